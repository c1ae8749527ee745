//! `ctl events`.

use std::time::Duration;

use clap::Args;

use super::filter::{FilterArgs, SourceArgs};
use super::rows::{Telling, ToldAs};
use super::times::duration;
use super::window::WindowArgs;
use crate::context::Context;
use crate::error::{Exit, Result};
use crate::model::query::MAX_PAGE;
use crate::plan::query::events::{Extent, asked, cells, columns, latest};
use crate::plan::query::record::Spelling;
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
    #[command(flatten)]
    source: SourceArgs,
    #[command(flatten)]
    filter: FilterArgs,
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
    let (aws, store, _) = args.source.find(cx, ui).await?;
    let whole = args.dry_run || ui.format() != Format::Table;
    let first = if whole {
        Extent::Whole(Spelling::Right)
    } else {
        Extent::Short
    };
    let mut extents = vec![first];
    if whole {
        // A column that is not there is refused before anything is scanned.
        extents.push(Extent::Whole(Spelling::AsPrinted));
    }
    let mut last = Ok(Exit::Done);
    for extent in extents {
        let statement = latest(store.table.clone(), &args.filter.filter(), &window, args.limit, extent)?;
        let question = Asked {
            schema: EVENTS,
            sandbox: aws.is_sandbox(),
            sql: statement.to_string(),
            stores: store.arn.iter().map(ToString::to_string).collect(),
            window: Some(window),
        };
        if args.dry_run {
            ui.say(&DryRun(&question))?;
            return Ok(Exit::Done);
        }
        let telling = Telling {
            asked: &question,
            statement: &statement,
            columns: Some(&asked(extent)),
            told_as: Some(ToldAs {
                columns: &columns(extent),
                read: &|row| Ok(cells(extent, row)?),
            }),
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
        if !last.as_ref().is_err_and(|error| error.is_about_column("errorMessage")) {
            break;
        }
    }
    last
}
