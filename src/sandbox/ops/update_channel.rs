//! `UpdateChannel`: another name, another list of destinations.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateChannel.html>

use serde::{Deserialize, Serialize};

use super::create_channel;
use crate::sandbox::guesses;
use crate::sandbox::store::Tx;
use crate::sandbox::store::channels::{self, EVENT_DATA_STORE};
use crate::sandbox::wire::Fault;
use crate::sandbox::wire::shapes::{self, Destination};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct In {
    channel: Option<String>,
    destinations: Option<Vec<Destination>>,
    name: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Out {
    channel_arn: String,
    name: String,
    source: String,
    destinations: Vec<Destination>,
}

pub(crate) fn run(tx: &Tx<'_>, input: In) -> Result<Out, Fault> {
    let mut channel = channels::find(tx, &shapes::required("Channel", input.channel)?)?;
    channel.must_be_ours()?;
    if input.name.is_none() && input.destinations.is_none() {
        return Err(Fault::new(
            guesses::NOTHING_TO_UPDATE,
            "Name or Destinations is required to update a channel.",
        ));
    }
    if let Some(name) = input.name {
        shapes::name("Name", &name)?;
        if name != channel.name {
            create_channel::must_be_free(tx, &name)?;
            channels::rename(tx.sql, channel.seq, &name)?;
            channel.name = name;
        }
    }
    if let Some(destinations) = input.destinations {
        create_channel::check_destinations(&destinations)?;
        let locations = create_channel::resolve(tx, &destinations)?;
        channels::set_destinations(tx.sql, channel.seq, EVENT_DATA_STORE, &locations)?;
    }
    let destinations = channels::destinations(tx.sql, channel.seq)?;
    Ok(Out {
        channel_arn: channel.arn,
        name: channel.name,
        source: channel.source,
        destinations,
    })
}
