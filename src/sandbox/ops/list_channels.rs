//! `ListChannels`: ARN and name of each, nothing else.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListChannels.html>

use serde::Serialize;

use super::paging;
use crate::sandbox::guesses;
use crate::sandbox::store::{Tx, channels};
use crate::sandbox::wire::Fault;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Out {
    channels: Vec<Item>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Item {
    channel_arn: String,
    name: String,
}

pub(crate) fn run(tx: &Tx<'_>, input: paging::In) -> Result<Out, Fault> {
    let page = paging::page(tx, "ListChannels", input, guesses::SHAPE_UNMODELLED, channels::page)?;
    let channels = page
        .items
        .into_iter()
        .map(|(channel_arn, name)| Item { channel_arn, name })
        .collect();
    Ok(Out {
        channels,
        next_token: page.next_token,
    })
}
