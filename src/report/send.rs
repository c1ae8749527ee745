//! What `send` says: a line per event for `-o ndjson`, the sums, and each refusal with its way out.
//!
//! Of an event, its id, its place and JSON pointers are shown, and what the service said of it; never
//! anything that it holds.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::amount::{about, counted, float, milliseconds, time};
use super::{Block, Reader, Report, rfc3339, v1};
use crate::model::event::{Place, Violation};
use crate::model::{ChannelArn, Severity};
use crate::plan::ingest::{Detected, FilledCount, Headway, Packing, Settled, Tally, remedy};

/// How many refusals are told one by one.
const MOST: usize = 20;

/// A delivery that is over, or a rehearsal of one.
pub struct Sent<'a> {
    /// Whether a sandbox answered.
    pub sandbox: bool,
    /// The channel.
    pub channel: &'a ChannelArn,
    /// The sums.
    pub tally: &'a Tally,
    /// What the inputs turned out to be.
    pub inputs: &'a [Detected],
    /// What would be sent, where nothing was.
    pub packing: Option<Packing>,
    /// Nothing was sent because of `--strict` and a refusal.
    pub held_back: bool,
    /// The refusals.
    pub refusals: &'a Refusals,
    /// The file of what could not be delivered, if there is any.
    pub rejects: Option<Left<'a>>,
    /// How long it took.
    pub took: Duration,
}

/// A file of what could not be delivered.
#[derive(Debug, Clone, Copy)]
pub struct Left<'a> {
    /// What it is called.
    pub file: &'a str,
    /// How many events are not in it, only where they stand: they are too long to be kept.
    pub unheld: u64,
    /// `ctl` chose its place.
    pub ours: bool,
}

#[derive(Serialize)]
struct Summary<'a> {
    schema: &'static str,
    sandbox: bool,
    channel_arn: &'a str,
    read: u64,
    accepted: u64,
    refused: u64,
    skipped: u64,
    pending: u64,
    possibly_double: u64,
    possibly_double_earlier: u64,
    requests: u64,
    retries: u64,
    bytes_sent: u64,
    filled: Filled,
    refusals: Vec<Counted<'a>>,
    rejects_file: Option<&'a str>,
    duration_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    dry_run: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    would_send: Option<WouldSend>,
}

#[derive(Serialize)]
struct Filled {
    recipient_account_id: u64,
    uid: u64,
    id: u64,
    event_time: u64,
}

#[derive(Serialize)]
struct Counted<'a> {
    code: &'a str,
    count: u64,
}

#[derive(Serialize)]
struct WouldSend {
    events: u64,
    requests: u64,
    bytes: u64,
}

#[derive(Serialize)]
struct EventLine<'a> {
    id: Option<&'a str>,
    status: &'static str,
    event_id: Option<&'a str>,
    code: Option<&'a str>,
    message: Option<String>,
    file: &'a str,
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    possible_copies: Option<u64>,
}

/// What became of one event, as a line of `-o ndjson`.
pub fn line(settled: &Settled<'_>) -> Value {
    v1::json(&EventLine {
        id: settled.id().map(crate::model::event::EntryId::as_str),
        status: settled.fate.as_str(),
        event_id: settled.event_id,
        code: settled.code(),
        message: settled.message(),
        file: &settled.place().file,
        line: settled.place().line,
        possible_copies: settled.possible_copies(),
    })
}

/// How far a delivery is, in a line.
pub fn headway(headway: &Headway<'_>, elapsed: Duration) -> String {
    let tally = headway.tally;
    let seconds = elapsed.as_secs_f64().max(0.001);
    let mut parts = vec![
        counted(tally.accepted(), "event"),
        format!("{:.0}/s", float(tally.accepted()) / seconds),
    ];
    if tally.skipped() > 0 {
        parts.push(format!("{} skipped", tally.skipped()));
    }
    if tally.refused() > 0 {
        parts.push(format!("{} refused", tally.refused()));
    }
    // What is read ahead waits to be sent: that part of the bytes is done which that part of the events is.
    let done = tally.read() - tally.pending();
    let read = float(tally.read()).max(1.0);
    let share = float(done) / read;
    let size = headway.size.filter(|size| *size > 0);
    parts.push(match size {
        Some(size) => format!("{} of {}", about(float(headway.read) * share), about(float(size))),
        None => about(float(headway.read) * share),
    });
    // What was skipped took no time, and says nothing about the rest.
    let worked = done - tally.skipped();
    if let Some(size) = size
        && headway.read > 0
        && worked > 0
        && elapsed >= Duration::from_secs(2)
    {
        let all = read * (float(size) / float(headway.read)).max(1.0);
        let left = (all - float(done)) / float(worked) * seconds;
        parts.push(format!("{} left", time(left)));
    }
    parts.join(", ")
}

/// The refusals of a run: the first few whole, of the rest the number.
#[derive(Debug, Default)]
pub struct Refusals {
    told: Vec<Told>,
    more: u64,
}

#[derive(Debug)]
struct Told {
    place: Place,
    id: Option<String>,
    reasons: Vec<String>,
}

impl Refusals {
    /// One more.
    pub fn add(&mut self, settled: &Settled<'_>) {
        if self.told.len() >= MOST {
            self.more += 1;
            return;
        }
        let reasons = match settled.cause {
            Some(cause) => {
                let fix = remedy(&cause.code).map(|fix| format!(" {fix}")).unwrap_or_default();
                let words = full_stop(&cause.message);
                vec![format!("[{}] The service: {words}{fix}", cause.code)]
            }
            None => settled.violations().iter().map(reason).collect(),
        };
        self.told.push(Told {
            place: settled.place().clone(),
            id: settled.id().map(ToString::to_string),
            reasons,
        });
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    fn blocks(&self) -> Vec<Block> {
        let mut blocks: Vec<Block> = self.told.iter().map(|told| Block::Text(told.text())).collect();
        if self.more > 0 {
            blocks.push(Block::Text(format!(
                "… and {} more refused; -o ndjson tells of each.",
                self.more
            )));
        }
        blocks
    }
}

impl Told {
    fn text(&self) -> String {
        let id = self.id.as_ref().map(|id| format!(", id {id}")).unwrap_or_default();
        let refused = format!("{}: refused{id}", self.place);
        let lines = std::iter::once(&refused).chain(&self.reasons);
        lines.map(String::as_str).collect::<Vec<_>>().join("\n    ")
    }
}

pub(super) fn reason(violation: &Violation) -> String {
    let word = if violation.severity == Severity::Error {
        String::new()
    } else {
        format!("{}: ", violation.severity.as_str())
    };
    let pointer = if violation.pointer.is_empty() {
        String::new()
    } else {
        format!("{} ", violation.pointer)
    };
    let fix = violation.fix.as_ref().map(|fix| format!(" {fix}")).unwrap_or_default();
    format!("{word}{pointer}[{}] {}{fix}", violation.rule.code(), violation.message)
}

/// Words of the service's as a sentence.
pub fn full_stop(words: &str) -> String {
    let words = words.trim();
    if words.is_empty() {
        return "no reason given.".to_owned();
    }
    let ended = words.ends_with(['.', '!', '?']);
    format!("{words}{}", if ended { "" } else { "." })
}

/// The refusals alone, for whoever gets the answer as JSON and reads stderr.
pub struct OnlyRefusals<'a>(pub &'a Refusals);

impl Report for OnlyRefusals<'_> {
    fn json(&self) -> Value {
        Value::Null
    }

    fn text(&self, _reader: Reader) -> Vec<Block> {
        self.0.blocks()
    }
}

/// What is not quite right with events that are sent: the first of each kind, and how many.
#[derive(Debug, Default)]
pub struct Warnings {
    kinds: BTreeMap<&'static str, (u64, String)>,
}

impl Warnings {
    /// One more.
    pub fn add(&mut self, place: &Place, warning: &Violation) {
        let (count, _) = self
            .kinds
            .entry(warning.rule.code())
            .or_insert_with(|| (0, format!("{place}: {}", reason_of_warning(warning))));
        *count += 1;
    }

    /// A line for each kind.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.kinds.values().map(|(count, first)| match count {
            1 => first.clone(),
            2 => format!("{first} (And another one like it.)"),
            n => format!("{first} (And {} more like it.)", n - 1),
        })
    }
}

fn reason_of_warning(warning: &Violation) -> String {
    reason(&Violation {
        severity: Severity::Error,
        ..warning.clone()
    })
}

impl Report for Sent<'_> {
    fn json(&self) -> Value {
        let tally = self.tally;
        let FilledCount {
            recipient_account_id,
            uid,
            id,
            event_time,
        } = tally.filled();
        v1::json(&Summary {
            schema: "ctl.send/v1",
            sandbox: self.sandbox,
            channel_arn: self.channel.as_str(),
            read: tally.read(),
            accepted: tally.accepted(),
            refused: tally.refused(),
            skipped: tally.skipped(),
            pending: tally.pending(),
            possibly_double: tally.possibly_double,
            possibly_double_earlier: tally.possibly_double_earlier,
            requests: tally.requests,
            retries: tally.retries,
            bytes_sent: tally.bytes_sent,
            filled: Filled {
                recipient_account_id,
                uid,
                id,
                event_time,
            },
            refusals: tally.refusals().map(|(code, count)| Counted { code, count }).collect(),
            rejects_file: self.rejects.map(|left| left.file),
            duration_ms: milliseconds(self.took),
            dry_run: self.dry_run().then_some(true),
            would_send: self.packing.filter(|_| self.dry_run()).map(|packing| WouldSend {
                events: packing.events,
                requests: packing.requests,
                bytes: packing.bytes,
            }),
        })
    }

    fn text(&self, _reader: Reader) -> Vec<Block> {
        let mut blocks: Vec<Block> = self.inputs.iter().map(|input| Block::Text(input.describe())).collect();
        blocks.extend(self.refusals.blocks());
        blocks.extend(self.filled());
        blocks.push(Block::Text(self.what_was_sent()));
        if let Some(left) = self.rejects {
            let count = self.tally.refused() + self.tally.pending();
            blocks.extend(left.lines(count, self.channel).into_iter().map(Block::Text));
        }
        blocks.extend(self.possibly_double());
        blocks.push(Block::Text(reconciliation(self.tally)));
        blocks
    }
}

impl Left<'_> {
    /// What is said of it, `count` being all that is left over. The file does not say which channel it was for, and the
    /// next run may find another one.
    fn lines(&self, count: u64, channel: &ChannelArn) -> Vec<String> {
        let Self { file, unheld, ours } = *self;
        if unheld >= count {
            let which = if count == 1 { "it stands" } else { "they stand" };
            let left = counted(count, "event");
            return vec![format!(
                "Left over: {left}, too long to be kept: {file} says where {which}."
            )];
        }
        let mut lines = vec![format!(
            "Left over: {} in {file}; ctl send {file} --channel {channel} tries again.",
            counted(count, "event")
        )];
        if unheld > 0 {
            let (are, their) = if unheld == 1 {
                ("is", "its place")
            } else {
                ("are", "their places")
            };
            lines.push(format!(
                "{unheld} of them {are} longer than 8 MiB and cannot be tried again: the file has only {their}."
            ));
        }
        if ours {
            lines.push("That file stays there until you remove it.".to_owned());
        }
        lines
    }
}

impl Sent<'_> {
    fn dry_run(&self) -> bool {
        self.packing.is_some() && !self.held_back
    }

    fn possibly_double(&self) -> Option<Block> {
        let (now, earlier) = (self.tally.possibly_double, self.tally.possibly_double_earlier);
        let again = "an event was sent again after an outcome that is not known";
        let by_earlier = format!("Possibly stored twice: {} {again}, by earlier runs.", times(earlier));
        let text = match (self.packing, now, earlier) {
            (_, 0, 0) => return None,
            (_, 0, _) => by_earlier,
            (None, now, 0) => format!("Possibly stored twice: {} {again}.", times(now)),
            (None, now, earlier) => format!(
                "Possibly stored twice: {} {again}, and {} by earlier runs.",
                times(now),
                times(earlier)
            ),
            (Some(_), now, earlier) => {
                let already =
                    format!("Of these, {now} may be stored already: the reply to an earlier delivery was lost.");
                if earlier == 0 {
                    already
                } else {
                    format!("{already} {by_earlier}")
                }
            }
        };
        Some(Block::Text(text))
    }

    fn filled(&self) -> Option<Block> {
        let filled = self.tally.filled();
        let parts: Vec<String> = [
            ("recipientAccountId", filled.recipient_account_id),
            ("UID", filled.uid),
            ("id", filled.id),
            ("eventTime", filled.event_time),
        ]
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| format!("{name} in {count}"))
        .collect();
        (!parts.is_empty()).then(|| Block::Text(format!("Filled in: {}.", parts.join(", "))))
    }

    fn what_was_sent(&self) -> String {
        let tally = self.tally;
        match self.packing {
            Some(_) if self.held_back => "Nothing was sent: --strict, and not every event is right.".to_owned(),
            Some(packing) => format!(
                "Dry run: nothing was sent. {} in {}, {} bytes, would go to {}.",
                counted(packing.events, "event"),
                counted(packing.requests, "request"),
                packing.bytes,
                self.channel
            ),
            None if tally.requests == 0 && tally.skipped() > 0 && tally.skipped() == tally.read() => {
                let on = self.inputs.iter().filter_map(Detected::accepted_on).max();
                let on = on.map(|on| format!(" on {}", rfc3339(on))).unwrap_or_default();
                format!("0 sent; all {} accepted{on}; --resend sends again.", tally.skipped())
            }
            None => {
                let retries = match tally.retries {
                    0 => String::new(),
                    n => format!(" ({n} of them repeated)"),
                };
                format!(
                    "Sent {}{retries}, {} bytes, to {}.",
                    counted(tally.requests, "request"),
                    tally.bytes_sent,
                    self.channel
                )
            }
        }
    }
}

/// The line that every delivery ends with.
fn reconciliation(tally: &Tally) -> String {
    format!(
        "read {} = accepted {} + refused {} + skipped {} + pending {}",
        tally.read(),
        tally.accepted(),
        tally.refused(),
        tally.skipped(),
        tally.pending()
    )
}

/// How often.
fn times(count: u64) -> String {
    match count {
        1 => "once".to_owned(),
        n => format!("{n} times"),
    }
}

#[cfg(test)]
mod tests;
