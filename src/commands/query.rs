//! `ctl query`.

use std::io::Read as _;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::rows::Telling;
use super::stores::{Chosen, Finder};
use super::times::duration;
use super::window::WindowArgs;
use crate::aws::Session;
use crate::context::Context;
use crate::error::{Error, Exit, Result};
use crate::model::query::MAX_PAGE;
use crate::model::{StoreArn, StoreSelector};
use crate::plan::query::Statement;
use crate::plan::query::bounds::{Own, Window, bound};
use crate::plan::query::sample::{self, SAMPLES, Sample};
use crate::plan::query::select;
use crate::plan::query::text::{EDS_ID, Hole, Template};
use crate::report::query::{Asked, DryRun, QUERY};
use crate::report::rows::Sheet;
use crate::report::samples::{OneSample, SampleList};
use crate::ui::Ui;

/// Ask the stores a question in SQL, and print every row
///
/// SQL is one SELECT as CloudTrail Lake takes it. A store is written {NAME}, by its name or by that of the
/// integration that feeds it, or as the ID at the end of its ARN; `$EDS_ID` is the store of --event-data-store, else
/// that of the only integration.
///
/// A query is billed by what it scans. Where a SELECT says nothing about the eventTime of the store that it reads,
/// the last 24 hours are looked at, or what --since, --from and --to say; the statement is sent as it stands
/// otherwise. Ctrl-C cancels the query at the service.
///
/// Example: ctl query 'SELECT eventTime, eventData.eventName FROM {nordcloud-events-ds}' --since 7d
#[derive(Debug, Args)]
pub struct QueryArgs {
    /// The statement; - reads it from standard input
    #[arg(value_name = "SQL", required_unless_present_any = ["file", "sample"], conflicts_with_all = ["file", "sample"])]
    sql: Option<String>,
    /// Read the statement from this file, - for standard input
    #[arg(short, long, value_name = "FILE", conflicts_with = "sample")]
    file: Option<PathBuf>,
    /// Print a statement that is ready to run, or list those there are; with --event-data-store, run it
    #[arg(long, value_name = "NAME|list")]
    sample: Option<String>,
    /// The store that `$EDS_ID` stands for
    #[arg(long, value_name = "NAME|ARN|ID")]
    event_data_store: Option<String>,
    #[command(flatten)]
    window: WindowArgs,
    /// Put no bound into the statement: it scans, and costs, whatever is in the store
    #[arg(long, conflicts_with_all = ["since", "from", "to"])]
    unbounded: bool,
    /// Stop after so many rows
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    max_rows: Option<u64>,
    /// How many rows to ask for at a time, 1 to 1000
    #[arg(long, value_name = "N", default_value_t = MAX_PAGE, value_parser = clap::value_parser!(u32).range(1..=1000))]
    page_size: u32,
    /// How long it may take in all, for instance 10m; the query is then cancelled
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    timeout: Option<Duration>,
    /// Print the statement as it would be sent, and send nothing
    #[arg(long)]
    dry_run: bool,
}

/// Runs the verb.
pub async fn run(args: &QueryArgs, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    let Some(text) = args.statement_text(cx, ui)? else {
        return Ok(Exit::Done);
    };
    let template = Template::read(text.trim_end())?;
    if args.event_data_store.is_some() && !template.holes().any(|hole| *hole == Hole::Chosen) {
        return Err(Error::usage(format!(
            "--event-data-store says what {EDS_ID} stands for, and the statement has none."
        ))
        .hinted(format!("Write FROM {EDS_ID}, or leave the option out.")));
    }
    let window = args.window.window(cx.time())?;
    // What is wrong with the statement is said before anybody is asked.
    let mask = vec![NOWHERE.to_owned(); template.holes().count()];
    args.final_sql(&template.fill(&mask), &window)?;
    let (aws, chosen) = if template.holes().next().is_none() {
        (None, Vec::new())
    } else {
        let (aws, chosen) = args.stores(&template, cx, ui).await?;
        (Some(aws), chosen)
    };
    let tables: Vec<String> = chosen.iter().map(|store| store.table.to_string()).collect();
    let (statement, bounded) = args.final_sql(&template.fill(&tables), &window)?;
    let mut stores: Vec<StoreArn> = chosen.into_iter().filter_map(|store| store.arn).collect();
    stores.dedup();
    let aws = match aws {
        None if !args.dry_run => Some(cx.aws().await?.clone()),
        aws => aws,
    };
    let asked = Asked {
        schema: QUERY,
        sandbox: aws.as_ref().map_or(cx.settings.sandbox, Session::is_sandbox),
        sql: statement.to_string(),
        stores: stores.iter().map(ToString::to_string).collect(),
        window: (bounded.added > 0).then_some(window),
    };
    args.tell_window(&asked, bounded.own, ui);
    let Some(aws) = aws.filter(|_| !args.dry_run) else {
        ui.say(&DryRun(&asked))?;
        return Ok(Exit::Done);
    };
    let columns = select::columns(statement.as_str());
    let telling = Telling {
        asked: &asked,
        statement: &statement,
        columns: columns.as_deref(),
        told_as: None,
        page_size: args.page_size,
        max_rows: args.max_rows,
        timeout: args.timeout,
        object: |sheet: &Sheet, row| sheet.object(row),
    };
    telling.run(&aws, cx, ui).await
}

/// What was done about the bounds of a statement.
#[derive(Debug, Clone, Copy, Default)]
struct Bounds {
    /// In how many SELECTs a bound was put.
    added: usize,
    /// What the author says of the time.
    own: Option<Own>,
}

/// A table for looking at a statement before its stores are known.
const NOWHERE: &str = "00000000-0000-0000-0000-000000000000";

fn find_sample(name: &str) -> Result<&'static Sample> {
    sample::find(name).ok_or_else(|| {
        let names: Vec<&str> = SAMPLES.iter().map(|sample| sample.name).collect();
        Error::usage(format!("There is no sample \"{name}\".")).hinted(format!("There are: {}.", names.join(", ")))
    })
}

impl QueryArgs {
    /// The statement to run; `None` where samples were only to be told.
    fn statement_text(&self, cx: &Context, ui: &mut Ui) -> Result<Option<String>> {
        let sandbox = cx.settings.sandbox;
        match self.sample.as_deref() {
            None => self.text(cx).map(Some),
            Some("list") => ui.say(&SampleList { sandbox }).map(|()| None),
            Some(name) => {
                let sample = find_sample(name)?;
                if self.event_data_store.is_some() {
                    return Ok(Some(sample.sql.to_owned()));
                }
                ui.say(&OneSample { sandbox, sample }).map(|()| None)
            }
        }
    }

    fn text(&self, cx: &Context) -> Result<String> {
        match (&self.file, self.sql.as_deref()) {
            (Some(file), _) if file.as_os_str() != "-" => std::fs::read_to_string(cx.cwd.join(file)).map_err(|error| {
                Error::usage(format!("Could not read the statement from {}.", file.display())).because(error)
            }),
            (None, Some(sql)) if sql != "-" => Ok(sql.to_owned()),
            _ => {
                let mut stdin = cx
                    .take_stdin()
                    .ok_or_else(|| Error::usage("Standard input was read already."))?;
                let mut text = String::new();
                stdin.read_to_string(&mut text).map_err(|error| {
                    Error::usage("Could not read the statement from standard input.").because(error)
                })?;
                Ok(text)
            }
        }
    }

    /// The statement as it is sent, and what was done about its bounds.
    fn final_sql(&self, sql: &str, window: &Window) -> Result<(Statement, Bounds)> {
        let statement = Statement::new(sql)?;
        if self.unbounded {
            return Ok((statement, Bounds::default()));
        }
        let bounded = bound(statement.as_str(), window, self.window.is_given())?;
        let bounds = Bounds {
            added: bounded.added,
            own: bounded.own,
        };
        Ok((Statement::new(bounded.sql)?, bounds))
    }

    async fn stores(&self, template: &Template, cx: &Context, ui: &mut Ui) -> Result<(Session, Vec<Chosen>)> {
        let named = template.holes().filter_map(|hole| match hole {
            Hole::Named(name) => Some(name.as_str()),
            Hole::Chosen => None,
        });
        // A name that cannot be one is told without asking anybody.
        let words: Vec<&str> = named.chain(self.event_data_store.as_deref()).collect();
        for word in &words {
            word.parse::<StoreSelector>()?;
        }
        let mut finder = Finder::open(words.into_iter(), cx).await?;
        let mut stores = Vec::new();
        for hole in template.holes() {
            stores.push(match (hole, self.event_data_store.as_deref()) {
                (Hole::Named(word), _) => finder.meant(word).await?,
                (Hole::Chosen, Some(word)) => finder.find(word).await?,
                (Hole::Chosen, None) => {
                    let (store, integration) = finder.only().await?;
                    ui.status(&format!(
                        "{EDS_ID} is the store of {integration}, the only integration."
                    ));
                    store
                }
            });
        }
        Ok((finder.aws().clone(), stores))
    }

    fn tell_window(&self, asked: &Asked, own: Option<Own>, ui: &mut Ui) {
        if let Some(window) = asked.window {
            let from = crate::report::rfc3339(window.from);
            let to = window.to.map(|to| format!(" to {}", crate::report::rfc3339(to)));
            let way_out = if self.window.is_given() {
                String::new()
            } else {
                " --since, --from and --to choose another time; --unbounded leaves it out.".to_owned()
            };
            let to = to.unwrap_or_default();
            ui.status(&format!("The time was bounded: events from {from}{to}.{way_out}"));
        } else if self.window.is_given() {
            ui.warn(match own {
                Some(_) => "The statement bounds the time itself, so --since, --from and --to change nothing.",
                None => {
                    "No store that ctl recognises ({NAME} outside of quotes, or an ID) is read by the statement, so \
                     --since, --from and --to change nothing."
                }
            });
        }
        if own == Some(Own::Unclear) {
            ui.status("What the statement says of eventTime is left as it is, and may scan the whole store.");
        }
    }
}
