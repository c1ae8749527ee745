//! What `event validate` says: every violation with its place and the way out, and the counts.

use serde::Serialize;
use serde_json::Value;

use crate::model::event::{EntryId, Place, Violation};
use crate::model::{ChannelArn, Severity};
use crate::plan::ingest::Detected;
use crate::report::send::reason;
use crate::report::{Block, Reader, Report, v1};

/// How many violations one document holds.
const MOST: usize = 10_000;
/// How many are told in text. GitHub shows ten errors and ten warnings of a step.
const MOST_TOLD: usize = 200;

/// What was found in the events so far.
#[derive(Debug, Default)]
pub struct Verdicts {
    events: u64,
    invalid: u64,
    warnings: u64,
    told: Vec<Told>,
    held: usize,
    more: u64,
}

/// An event of which there is something to say.
#[derive(Debug)]
struct Told {
    place: Place,
    id: Option<String>,
    violations: Vec<Violation>,
}

/// Events that were judged.
pub struct Validated<'a> {
    /// Whether the run is one on the sandbox; the verdicts are the same.
    pub sandbox: bool,
    /// The channel to which they would be sent, if they were judged so.
    pub channel: Option<&'a ChannelArn>,
    /// What was found.
    pub verdicts: &'a Verdicts,
    /// What the inputs turned out to be.
    pub inputs: &'a [Detected],
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    summary: Summary,
    violations: Vec<Row<'a>>,
    /// Violations that are counted and not in the list.
    more: u64,
}

#[derive(Serialize)]
struct Summary {
    schema: &'static str,
    sandbox: bool,
    channel_arn: Option<String>,
    events: u64,
    valid: u64,
    invalid: u64,
    warnings: u64,
}

#[derive(Serialize)]
struct Row<'a> {
    file: &'a str,
    line: u64,
    index: u64,
    id: Option<&'a str>,
    pointer: &'a str,
    rule: &'static str,
    severity: &'static str,
    message: &'a str,
    fix: Option<&'a str>,
}

impl Verdicts {
    /// One more event, and what is wrong with it.
    pub fn add(&mut self, place: &Place, id: Option<&EntryId>, violations: Vec<Violation>) {
        self.events += 1;
        self.invalid += u64::from(violations.iter().any(Violation::refuses));
        self.warnings += count(violations.iter().filter(|violation| !violation.refuses()));
        let mut held = violations;
        let room = MOST - self.held;
        self.more += count(held.iter().skip(room));
        held.truncate(room);
        self.held += held.len();
        if !held.is_empty() {
            self.told.push(Told {
                place: place.clone(),
                id: id.map(ToString::to_string),
                violations: held,
            });
        }
    }

    /// One more event with nothing wrong.
    pub fn add_valid(&mut self) {
        self.events += 1;
    }

    /// Whether every event is valid.
    pub fn all_valid(&self) -> bool {
        self.invalid == 0
    }

    /// The events of which text tells, and how many violations that leaves out.
    fn in_text(&self) -> (&[Told], u64) {
        let mut told = 0;
        let events = self.told.iter().take_while(|event| {
            let fits = told < MOST_TOLD;
            told += if fits { event.violations.len() } else { 0 };
            fits
        });
        let events = events.count();
        let shown = self.told.get(..events).unwrap_or_default();
        let left = self.held - told;
        (shown, self.more + u64::try_from(left).unwrap_or(u64::MAX))
    }

    fn summary(&self, sandbox: bool, channel: Option<&ChannelArn>) -> Summary {
        Summary {
            schema: "ctl.event-validate/v1",
            sandbox,
            channel_arn: channel.map(ToString::to_string),
            events: self.events,
            valid: self.events - self.invalid,
            invalid: self.invalid,
            warnings: self.warnings,
        }
    }
}

fn count<'a>(violations: impl Iterator<Item = &'a Violation>) -> u64 {
    u64::try_from(violations.count()).unwrap_or(u64::MAX)
}

/// A line of `-o ndjson` for each violation of an event.
pub fn lines<'a>(
    place: &'a Place,
    id: Option<&'a EntryId>,
    violations: &'a [Violation],
) -> impl Iterator<Item = Value> + use<'a> {
    let id = id.map(EntryId::as_str);
    let rows = violations.iter().map(move |violation| Row::of(place, id, violation));
    rows.map(|row| v1::json(&row))
}

impl<'a> Row<'a> {
    fn of(place: &'a Place, id: Option<&'a str>, violation: &'a Violation) -> Self {
        Self {
            file: &place.file,
            line: place.line,
            index: place.index,
            id,
            pointer: &violation.pointer,
            rule: violation.rule.code(),
            severity: violation.severity.as_str(),
            message: &violation.message,
            fix: violation.fix.as_deref(),
        }
    }
}

impl Told {
    fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let row = |violation| Row::of(&self.place, self.id.as_deref(), violation);
        self.violations.iter().map(row)
    }

    fn text(&self) -> String {
        let id = self.id.as_ref().map(|id| format!(", id {id}")).unwrap_or_default();
        let verdict = if self.violations.iter().any(Violation::refuses) {
            "invalid"
        } else {
            "valid, with a warning"
        };
        let head = format!("{}: {verdict}{id}", self.place);
        let lines = std::iter::once(head).chain(self.violations.iter().map(reason));
        lines.collect::<Vec<_>>().join("\n    ")
    }

    /// Each violation as a workflow command: `::error file=…,line=…,title=…::message`.
    fn annotations(&self) -> impl Iterator<Item = String> {
        self.rows().map(|row| {
            // The other severity that a violation can have has no other name there.
            let command = if row.severity == Severity::Error.as_str() {
                "error"
            } else {
                "warning"
            };
            let id = row.id.map(|id| format!("Event {id}: ")).unwrap_or_default();
            let fix = row.fix.map(|fix| format!(" {fix}")).unwrap_or_default();
            format!(
                "::{command} file={},line={},title={}::{}",
                property(row.file),
                row.line,
                property(format!("{} {}", row.rule, row.pointer).trim_end()),
                data(&format!("{id}{}{fix}", row.message)),
            )
        })
    }
}

/// The message of a workflow command, escaped as GitHub's own toolkit does it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

impl Validated<'_> {
    /// What is left out, and the counts.
    fn closing(&self, left: u64) -> impl Iterator<Item = String> {
        let Summary {
            events,
            valid,
            invalid,
            warnings,
            channel_arn,
            ..
        } = self.verdicts.summary(self.sandbox, self.channel);
        let more = match left {
            0 => None,
            n => Some(format!("… and {n} more; -o ndjson tells of each.")),
        };
        let plural = |n: u64, one: &str| {
            if n == 1 {
                format!("1 {one}")
            } else {
                format!("{n} {one}s")
            }
        };
        let counts = format!(
            "{}: {valid} valid, {invalid} invalid, {}",
            plural(events, "event"),
            plural(warnings, "warning")
        );
        let channel = channel_arn.map(|arn| format!("Judged as they would be sent to\n{arn}."));
        more.into_iter().chain(channel).chain([counts])
    }
}

impl Report for Validated<'_> {
    fn json(&self) -> Value {
        v1::json(&Document {
            summary: self.verdicts.summary(self.sandbox, self.channel),
            violations: self.verdicts.told.iter().flat_map(Told::rows).collect(),
            more: self.verdicts.more,
        })
    }

    /// The violations have been told, each in a line of its own.
    fn ndjson(&self) -> Vec<Value> {
        vec![v1::json(&self.verdicts.summary(self.sandbox, self.channel))]
    }

    fn annotations(&self) -> Vec<Block> {
        let (shown, left) = self.verdicts.in_text();
        let lines = shown.iter().flat_map(Told::annotations);
        lines.chain(self.closing(left)).map(Block::Text).collect()
    }

    fn text(&self, _reader: Reader) -> Vec<Block> {
        let (shown, left) = self.verdicts.in_text();
        let inputs = self.inputs.iter().map(Detected::describe);
        let lines = inputs.chain(shown.iter().map(Told::text)).chain(self.closing(left));
        lines.map(Block::Text).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::event::Rule;

    fn place(line: u64) -> Place {
        Place {
            file: "a,b:c%.json".into(),
            line,
            index: line,
            offset: 0,
        }
    }

    fn flaw(pointer: &str) -> Violation {
        Violation::error(Rule::Missing, pointer, "100 %\nmissing.").fix("Add it.")
    }

    fn report(verdicts: &Verdicts) -> Validated<'_> {
        Validated {
            sandbox: false,
            channel: None,
            verdicts,
            inputs: &[],
        }
    }

    fn annotations(verdicts: &Verdicts) -> Vec<String> {
        let text = |block| match block {
            Block::Text(text) => text,
            other => panic!("{other:?}"),
        };
        report(verdicts).annotations().into_iter().map(text).collect()
    }

    #[test]
    fn annotations_are_escaped_as_github_wants_it() {
        // "Workflow commands for GitHub Actions", and escapeData and escapeProperty of actions/toolkit.
        let mut verdicts = Verdicts::default();
        let id: EntryId = "evt-1".parse().unwrap();
        let warning = Violation::warning(Rule::Empty, "", "Empty.");
        verdicts.add(&place(7), Some(&id), vec![flaw("/a:b,c"), warning]);
        assert_eq!(
            annotations(&verdicts),
            [
                "::error file=a%2Cb%3Ac%25.json,line=7,title=missing /a%3Ab%2Cc::Event evt-1: 100 %25%0Amissing. Add it.",
                "::warning file=a%2Cb%3Ac%25.json,line=7,title=empty::Event evt-1: Empty.",
                "1 event: 0 valid, 1 invalid, 1 warning",
            ]
        );
    }

    #[test]
    fn no_number_of_violations_fills_the_memory() {
        let mut verdicts = Verdicts::default();
        for line in 1..=6000 {
            verdicts.add(&place(line), None, vec![flaw("/a"), flaw("/b")]);
        }
        verdicts.add_valid();
        let json = report(&verdicts).json();
        assert_eq!(json["violations"].as_array().unwrap().len(), 10_000);
        assert_eq!(
            (&json["invalid"], &json["valid"], &json["more"]),
            (&6000.into(), &1.into(), &2000.into())
        );
        let lines = annotations(&verdicts);
        assert_eq!(lines.len(), 202);
        assert_eq!(lines[200], "… and 11800 more; -o ndjson tells of each.");
    }
}
