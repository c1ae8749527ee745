//! `ctl tail`.

use std::time::Duration;

use clap::Args;
use jiff::SignedDuration;
use serde_json::Value;

use super::filter::{FilterArgs, SourceArgs};
use super::times::duration;
use crate::apply::tail::{Ended, Trail, follow};
use crate::context::Context;
use crate::error::{Error, Exit, Kind, Result};
use crate::plan::query::events::{Extent, columns};
use crate::plan::query::record::Spelling;
use crate::plan::tail::{Listener, Spent};
use crate::report::events::event;
use crate::report::rows::{Layout, Row, Sheet, Widths};
use crate::report::tail::Tail;
use crate::settings::Format;
use crate::ui::Ui;
use crate::ui::progress::Progress;

/// Follow the events of an integration as they arrive
///
/// Shows each event once, in the order in which CloudTrail took them in, however late its own eventTime is. The channel
/// is asked at every --interval, which is free; the store is queried only when the channel took something in that it
/// has not shown, and every five minutes besides. A query scans, and is billed for, the events of --lookback.
///
/// It ends with Ctrl-C, after --limit events, or when --timeout is over: exit 6 if --limit events had not come by then.
///
/// Example: ctl tail nordcloud --error
#[derive(Debug, Args)]
pub struct TailArgs {
    #[command(flatten)]
    source: SourceArgs,
    #[command(flatten)]
    filter: FilterArgs,
    /// How old an event may be by its eventTime, for instance 24h or 7d: older ones that arrive now are not seen
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = duration)]
    lookback: Duration,
    /// First show what CloudTrail took in so long ago or later, for instance 1h
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    since: Option<Duration>,
    /// How often to ask the channel whether it took something in
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = beat)]
    interval: Duration,
    /// End after so many events
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    /// End when this time is over, for instance 10m
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    timeout: Option<Duration>,
}

/// Reads the time between two beats. Reads are allowed ten times a second to the whole account (reference §6).
fn beat(text: &str) -> Result<Duration, String> {
    const SHORTEST: Duration = Duration::from_millis(200);
    let beat = duration(text)?;
    if beat < SHORTEST {
        return Err("the shortest is 200ms".to_owned());
    }
    Ok(beat)
}

/// Runs the verb.
pub async fn run(args: &TailArgs, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    let (aws, store, channel) = args.source.find(cx, ui).await?;
    let whole = ui.format() != Format::Table;
    let extent = if whole {
        Extent::Whole(Spelling::Right)
    } else {
        Extent::Short
    };
    let lookback = signed(args.lookback)?;
    let trail = Trail {
        aws: &aws,
        table: store.table.clone(),
        channel: channel.map(|channel| channel.arn),
        filter: args.filter.filter(),
        extent,
        beat: args.interval,
        lookback,
        since: args.since.map(signed).transpose()?,
        limit: args.limit,
        timeout: args.timeout,
        interrupt: &cx.interrupt,
        clock: cx.now,
        random: cx.random,
    };
    ui.status(&format!(
        "Following {}: events whose eventTime is less than {} ago. Ctrl-C ends it.",
        store.table.as_str(),
        told(lookback)
    ));
    let mut teller = Teller::new(ui, extent);
    let (spent, ended) = follow(trail, &mut teller).await;
    let (events, trouble) = teller.finish();
    let report = Tail {
        sandbox: aws.is_sandbox(),
        store: store.table.as_str(),
        store_arn: store.arn.as_ref().map(ToString::to_string),
        spent,
        events,
    };
    let said = trouble.map_or(Ok(()), Err).and_then(|()| match ui.layout() {
        Layout::Json | Layout::Whole => ui.say(&report),
        Layout::Ndjson => ui.say_line(report.summary()),
        Layout::Fitted(_) | Layout::Tabs | Layout::Csv => Ok(()),
    });
    ui.flush_lines();
    ui.status(&report.line());
    let failure = match ended {
        Ok(Ended::Full) => None,
        Ok(Ended::OutOfTime) => args.limit.filter(|limit| spent.events < *limit).map(|limit| {
            let message = format!("The time is over; {} of {limit} events came.", spent.events);
            Error::new(Kind::GaveUp, message)
        }),
        Err(error) => Some(error),
    };
    ui.told(said, failure)?;
    Ok(Exit::Done)
}

fn signed(time: Duration) -> Result<SignedDuration> {
    SignedDuration::try_from(time).map_err(|_| Error::usage("A duration is too long."))
}

/// A duration in its largest whole unit.
fn told(time: SignedDuration) -> String {
    let seconds = time.as_secs();
    match seconds {
        s if s >= 86_400 && s % 86_400 == 0 => format!("{} d", s / 86_400),
        s if s >= 3600 && s % 3600 == 0 => format!("{} h", s / 3600),
        s if s >= 60 && s % 60 == 0 => format!("{} min", s / 60),
        s => format!("{s} s"),
    }
}

/// Tells events as they come.
struct Teller<'a> {
    ui: &'a mut Ui,
    progress: Progress,
    sheet: Sheet,
    layout: Layout,
    widths: Option<Widths>,
    /// The events of an answer that comes whole.
    collected: Vec<Value>,
    /// Why events could not be told.
    trouble: Option<Error>,
}

impl<'a> Teller<'a> {
    fn new(ui: &'a mut Ui, extent: Extent) -> Self {
        Self {
            progress: ui.progress(),
            layout: ui.layout(),
            sheet: Sheet::of(&columns(extent)),
            ui,
            widths: None,
            collected: Vec::new(),
            trouble: None,
        }
    }

    fn finish(self) -> (Vec<Value>, Option<Error>) {
        self.progress.clear();
        (self.collected, self.trouble)
    }

    /// What stands before the first rows.
    fn heading(&mut self, rows: &[Row]) -> String {
        if self.widths.is_some() {
            return String::new();
        }
        let Layout::Fitted(room) = self.layout else {
            self.widths = Some(Widths::default());
            return match self.layout {
                Layout::Csv => self.sheet.csv_header(),
                _ => String::new(),
            };
        };
        // What comes later is not known, so columns get the room that their values usually need.
        let usual = [20, 24, 24, 28, 36, 12].map(|width| Some("x".repeat(width)));
        let mut sample = rows.to_vec();
        sample.push(usual.to_vec());
        let widths = self.sheet.widths(&sample, room);
        let heading = self.sheet.headings(&widths);
        self.widths = Some(widths);
        heading
    }

    fn text(&mut self, rows: &[Row]) -> String {
        let mut text = self.heading(rows);
        for row in rows {
            match &self.layout {
                Layout::Fitted(_) => {
                    let fitted = self.widths.as_ref().map(|widths| self.sheet.fitted(row, widths));
                    text.push_str(&fitted.unwrap_or_default());
                }
                Layout::Tabs => text.push_str(&self.sheet.tabs(row)),
                Layout::Csv => text.push_str(&self.sheet.csv(row)),
                Layout::Json | Layout::Whole => self.collected.push(event(&self.sheet, row)),
                Layout::Ndjson => {
                    let said = self.ui.say_line(event(&self.sheet, row));
                    self.trouble = self.trouble.take().or(said.err());
                }
            }
        }
        text
    }
}

impl Listener for Teller<'_> {
    fn events(&mut self, rows: Vec<Row>) {
        let text = self.text(&rows);
        let Self { ui, progress, .. } = self;
        progress.aside(|| {
            ui.flush_lines();
            ui.say_raw(&text);
        });
    }

    fn headway(&mut self, doing: &str, spent: &Spent) {
        self.progress
            .draw(format!("{doing}; {}", crate::report::tail::cost(spent)));
    }

    fn notice(&mut self, sentence: &str) {
        let Self { ui, progress, .. } = self;
        progress.aside(|| ui.warn(sentence));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_told_in_their_largest_unit() {
        for (seconds, wanted) in [(86_400, "1 d"), (90_000, "25 h"), (5400, "90 min"), (61, "61 s")] {
            assert_eq!(told(SignedDuration::from_secs(seconds)), wanted);
        }
    }

    #[test]
    fn a_beat_is_not_too_short() {
        assert_eq!(beat("200ms"), Ok(Duration::from_millis(200)));
        assert!(beat("199ms").is_err() && beat("soon").is_err());
    }
}
