//! The integration that a verb is about.

use clap::Args;

use crate::error::{Error, Kind, Result};
use crate::model::{AccountId, Place};
use crate::plan::resolve::Named;

/// Which integration is meant.
#[derive(Debug, Args)]
pub(super) struct TargetArgs {
    /// A channel ARN or ID, a partner key, or a channel name; the only integration if left out
    #[arg(value_name = "INTEGRATION")]
    pub(super) integration: Option<String>,
}

impl TargetArgs {
    /// The integration as it was named.
    pub(super) fn named(&self) -> Result<Named> {
        Ok(Named::parse(self.integration.as_deref())?)
    }
}

/// The Region that a name settles, if it does.
pub(super) fn region(named: &Named) -> Option<&str> {
    match named {
        Named::Arn(arn) => Some(arn.region()),
        Named::Id(_) | Named::Word(_) | Named::Only => None,
    }
}

/// Refuses an ARN of another account: asked for with these credentials it would look as if it were gone.
pub(super) fn check_account(named: &Named, place: &Place) -> Result<()> {
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
