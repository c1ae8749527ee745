//! The integration that a verb is about.

use clap::Args;

use crate::apply::observe;
use crate::aws::Session;
use crate::context::Context;
use crate::error::{Error, Kind, Result};
use crate::model::partner::Partner;
use crate::model::{AccountId, Channel, Place};
use crate::plan::resolve::{Named, Resolved, resolve};

/// Which integration is meant.
#[derive(Debug, Args)]
pub(super) struct TargetArgs {
    /// A channel ARN or ID, a partner key, or a channel name; the only integration if left out
    #[arg(value_name = "INTEGRATION")]
    pub(super) integration: Option<String>,
}

/// Among which channels a name is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Among {
    /// As few as the name allows: an ARN says it all.
    Needed,
    /// The integrations of the Region.
    Integrations,
    /// Those that AWS services made for themselves, too.
    All,
}

/// What was found where an integration was looked for.
#[derive(Debug)]
pub(super) struct Found {
    /// Where, and who asks.
    pub(super) place: Place,
    /// The channel that is meant; `None` if it is gone, or never was.
    pub(super) channel: Option<Channel>,
    /// The partner whose channel it is, or that was named.
    pub(super) partner: Option<Partner>,
}

impl TargetArgs {
    /// The integration as it was named.
    pub(super) fn named(&self) -> Result<Named> {
        Ok(Named::parse(self.integration.as_deref())?)
    }

    /// The refusal where what was named is not there.
    pub(super) fn absent(&self, place: &Place) -> Error {
        let name = self.integration.as_deref().unwrap_or_default();
        Error::not_found(format!("There is no integration {name} in {}.", place.region))
            .hinted("ctl status shows those that are there; ctl enable makes one.")
    }
}

/// The Region that a name settles, if it does.
pub(super) fn region(named: &Named) -> Option<&str> {
    match named {
        Named::Arn(arn) => Some(arn.region()),
        Named::Id(_) | Named::Word(_) | Named::Only => None,
    }
}

/// The channels among which a name is looked for, and whoever asks.
pub(super) async fn channels(aws: &Session, named: &Named, among: Among) -> Result<(Place, Vec<Channel>)> {
    let read = async {
        match among {
            Among::Needed => observe::candidates(aws, named, false).await,
            Among::Integrations => observe::candidates(aws, named, true).await,
            Among::All => {
                let channels = aws.channels(true).await;
                channels.map_err(|error| error.into_error(format!("Could not read the channels in {}", aws.region())))
            }
        }
    };
    let (place, channels) = tokio::join!(aws.place(), read);
    check_account(named, &place)?;
    Ok((place, channels?))
}

/// Looks for the integration that is meant.
pub(super) async fn look_up(aws: &Session, named: &Named, among: Among, cx: &Context) -> Result<Found> {
    let (place, channels) = channels(aws, named, among).await?;
    let catalogue = cx.catalogue()?;
    let (channel, partner) = match resolve(named, &channels, catalogue, &place)? {
        Resolved::Channel(channel) => (Some(channel.clone()), catalogue.by_source(&channel.source).cloned()),
        Resolved::Absent(partner) => (None, partner.map(|partner| *partner)),
    };
    Ok(Found {
        place,
        channel,
        partner,
    })
}

/// Refuses an ARN of another account: asked for with these credentials it would look as if it were gone.
fn check_account(named: &Named, place: &Place) -> Result<()> {
    let other = |account: &AccountId| match named {
        Named::Arn(arn) if arn.account() != account => Some(arn.account().clone()),
        _ => None,
    };
    match place
        .account
        .as_ref()
        .and_then(|account| Some((account, other(account)?)))
    {
        Some((account, owner)) => Err(Error::new(
            Kind::Access,
            format!("The channel belongs to account {owner}, and the credentials to {account}."),
        )
        .hinted("Use the credentials or the --profile of the channel's account.")),
        None => Ok(()),
    }
}
