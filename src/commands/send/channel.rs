//! Where a delivery goes: the channel, and what is known of it.

use super::SendArgs;
use crate::apply::observe;
use crate::aws::Session;
use crate::commands::target;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::model::partner::Partner;
use crate::model::{Channel, ChannelArn, Place, StoreStatus};
use crate::plan::ingest::Destination;
use crate::plan::resolve::{Named, Resolved, resolve};
use crate::ui::Ui;

/// Where to send.
pub(super) struct Target {
    pub(super) aws: Session,
    pub(super) arn: ChannelArn,
    pub(super) destination: Destination,
}

/// Finds the channel. Its ARN says all that is needed, and then nothing is called.
pub(super) async fn find(named: &Named, args: &SendArgs, cx: &Context, ui: &mut Ui) -> Result<Target> {
    let aws = cx.aws_in(target::region(named)).await?;
    let catalogue = cx.catalogue()?;
    if let Named::Arn(arn) = named {
        return Ok(Target {
            aws,
            arn: arn.clone(),
            destination: Destination::new(None, None, catalogue),
        });
    }
    let channels = observe::candidates(&aws, named, false).await?;
    let unnamed = Place {
        region: aws.region().to_owned(),
        account: None,
        caller: None,
    };
    let channel = match resolve(named, &channels, catalogue, &unnamed) {
        Ok(Resolved::Channel(channel)) => channel.clone(),
        // Only whoever is told what is not there has to know whose Region was looked into.
        Ok(Resolved::Absent(_)) | Err(_) => return Err(not_there(named, args, &channels, &aws, cx).await),
    };
    let partner: Option<&Partner> = catalogue.by_source(&channel.source);
    let retention = retention(&aws, &channel, ui).await;
    let destination = Destination::new(retention, partner, catalogue);
    // Channels that can be listed are the caller's own.
    if let Some(finding) = destination.finding() {
        ui.warn(&finding.message);
    }
    Ok(Target {
        aws,
        arn: channel.arn,
        destination,
    })
}

/// Why no channel is meant, told with the account that was looked into.
async fn not_there(named: &Named, args: &SendArgs, channels: &[Channel], aws: &Session, cx: &Context) -> Error {
    let place = aws.place().await;
    let catalogue = match cx.catalogue() {
        Ok(catalogue) => catalogue,
        Err(error) => return error,
    };
    if let Err(refusal) = resolve(named, channels, catalogue, &place) {
        return refusal.into();
    }
    let name = args.channel.as_deref().unwrap_or_default();
    let account = place
        .account
        .map_or_else(String::new, |account| format!(" of account {account}"));
    Error::not_found(format!("There is no integration {name} in {}{account}.", place.region))
        .hinted("`ctl status` shows those that are there; `ctl enable` makes one. To send to another account's channel, name its ARN.")
}

/// How long the stores of a channel keep events, the shortest. A caller that may not read them may send all the same.
async fn retention(aws: &Session, channel: &Channel, ui: &mut Ui) -> Option<u32> {
    let (_, stores) = observe::stores(aws, &channel.destinations, &[]).await.ok()?;
    let enabled = stores.iter().filter(|store| store.status == StoreStatus::Enabled);
    let shortest = enabled.map(|store| store.retention_days).min();
    if shortest.is_none() {
        ui.warn(&format!(
            "No event data store of {} is enabled: the service will hardly take events now.",
            channel.name
        ));
    }
    shortest
}
