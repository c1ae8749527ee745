//! `ctl events`.

use std::time::Duration;

use clap::Args;

use super::change::duration;
use super::rows::Telling;
use super::stores::{Chosen, Finder};
use super::window::WindowArgs;
use crate::aws::Session;
use crate::context::Context;
use crate::error::{Exit, Result};
use crate::model::query::MAX_PAGE;
use crate::plan::query::events::{ErrorFilter, Extent, Filter, Spelling, columns, latest};
use crate::report::events::event;
use crate::report::query::{Asked, DryRun, EVENTS};
use crate::report::rows::Sheet;
use crate::settings::Format;
use crate::ui::Ui;

/// Show the latest events of an integration
///
/// The latest come first. A table has what a person looks at; -o json, ndjson and csv have the whole event. The
/// values of requestParameters and its kin are texts: the service keeps no other type.
///
/// Example: ctl events nordcloud --name image.created --since 7d
#[derive(Debug, Args)]
pub struct EventsArgs {
    /// A channel ARN or ID, a partner key, or a channel name; the only integration if left out
    #[arg(value_name = "INTEGRATION", conflicts_with = "event_data_store")]
    integration: Option<String>,
    /// The store to look into, instead of that of an integration
    #[arg(long, value_name = "NAME|ARN|ID")]
    event_data_store: Option<String>,
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
    #[command(flatten)]
    window: WindowArgs,
    /// How many events at most
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..))]
    limit: u64,
    /// How long it may take in all, for instance 10m; the query is then cancelled
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    timeout: Option<Duration>,
    /// Print the statement as it would be sent, and send nothing
    #[arg(long)]
    dry_run: bool,
}

/// Runs the verb.
pub async fn run(args: &EventsArgs, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    let window = args.window.window(cx.time())?;
    let (aws, store) = args.store(cx, ui).await?;
    let whole = args.dry_run || ui.format() != Format::Table;
    let first = if whole {
        Extent::Whole(Spelling::Right)
    } else {
        Extent::Short
    };
    let stores: Vec<_> = store.arn.iter().cloned().collect();
    let mut extents = vec![first];
    if whole {
        // A column that is not there is refused before anything is scanned.
        extents.push(Extent::Whole(Spelling::Printed));
    }
    let mut last = Ok(Exit::Done);
    for extent in extents {
        let statement = latest(store.table.clone(), &args.filter(), &window, args.limit, extent)?;
        let asked = Asked {
            schema: EVENTS,
            sandbox: aws.is_sandbox(),
            sql: statement.to_string(),
            stores: stores.iter().map(ToString::to_string).collect(),
            window: Some(window),
        };
        if args.dry_run {
            ui.say(&DryRun(&asked))?;
            return Ok(Exit::Done);
        }
        let telling = Telling {
            asked: &asked,
            statement: &statement,
            columns: Some(&columns(extent)),
            stores: &stores,
            page_size: MAX_PAGE,
            max_rows: Some(args.limit),
            timeout: args.timeout,
            object: if whole {
                event
            } else {
                |sheet: &Sheet, row| sheet.object(row)
            },
        };
        last = telling.run(&aws, cx, ui).await;
        let misspelt = |error: &crate::error::Error| {
            error.code.as_deref() == Some("InvalidQueryStatementException")
                && error.to_string().to_lowercase().contains("errormessage")
        };
        if !last.as_ref().is_err_and(misspelt) {
            break;
        }
    }
    last
}

impl EventsArgs {
    fn filter(&self) -> Filter {
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

    async fn store(&self, cx: &Context, ui: &mut Ui) -> Result<(Session, Chosen)> {
        if let Some(word) = &self.event_data_store {
            let mut finder = Finder::open(std::iter::once(word.as_str()), cx).await?;
            let store = finder.find(word).await?;
            return Ok((finder.aws().clone(), store));
        }
        let (aws, stores, channel) = super::stores::of_integration(self.integration.as_deref(), cx).await?;
        let store = super::stores::first(&stores, &channel)?;
        if stores.len() > 1 {
            let (name, id) = (&channel.name, store.table.as_str());
            ui.status(&format!(
                "{name} feeds {} stores; this looks into {id}. --event-data-store names another.",
                stores.len()
            ));
        }
        Ok((aws, store))
    }
}
