//! Which events are wanted, and of which store.

use clap::Args;

use super::stores::{self, Chosen, Finder};
use crate::aws::Session;
use crate::context::Context;
use crate::error::Result;
use crate::model::Channel;
use crate::plan::query::events::{ErrorFilter, Filter};
use crate::ui::Ui;

/// The store that is looked into.
#[derive(Debug, Args)]
pub(super) struct SourceArgs {
    /// A channel ARN or ID, a partner key, or a channel name; the only integration if left out
    #[arg(value_name = "INTEGRATION", conflicts_with = "event_data_store")]
    integration: Option<String>,
    /// The store to look into, instead of that of an integration
    #[arg(long, value_name = "NAME|ARN|ID")]
    event_data_store: Option<String>,
}

/// Which events are wanted.
#[derive(Debug, Args)]
pub(super) struct FilterArgs {
    /// Only events of this eventSource
    #[arg(long, value_name = "SOURCE")]
    source: Option<String>,
    /// Only events of this eventName
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Only events of this principal, userIdentity.principalId
    #[arg(long, value_name = "PRINCIPAL")]
    user: Option<String>,
    /// Only events with this UID
    #[arg(long, value_name = "UID")]
    uid: Option<String>,
    /// Only events with an error, or with this errorCode
    #[arg(long, value_name = "CODE", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    error: Option<String>,
}

impl SourceArgs {
    /// Finds the store, and the channel of the integration that was named; says which store it is where there are
    /// several.
    pub(super) async fn find(&self, cx: &Context, ui: &mut Ui) -> Result<(Session, Chosen, Option<Channel>)> {
        if let Some(word) = &self.event_data_store {
            let mut finder = Finder::open(std::iter::once(word.as_str()), cx).await?;
            let store = finder.find(word).await?;
            return Ok((finder.aws().clone(), store, None));
        }
        let (aws, all, channel) = stores::of_integration(self.integration.as_deref(), cx).await?;
        let store = stores::first(&all, &channel)?;
        if all.len() > 1 {
            let (name, id) = (&channel.name, store.table.as_str());
            ui.status(&format!(
                "{name} feeds {} stores; this looks into {id}. --event-data-store names another.",
                all.len()
            ));
        }
        Ok((aws, store, Some(channel)))
    }
}

impl FilterArgs {
    /// The filter.
    pub(super) fn filter(&self) -> Filter {
        Filter {
            source: self.source.clone(),
            name: self.name.clone(),
            user: self.user.clone(),
            uid: self.uid.clone(),
            error: self.error.as_ref().map(|code| match code.as_str() {
                "" => ErrorFilter::Any,
                code => ErrorFilter::Code(code.to_owned()),
            }),
        }
    }
}
