//! What a verb says: values that know their JSON and their text, and nothing of where they are said.
//!
//! JSON structs are their own types (`v1`), never those of `model`, so that a change inside never
//! changes what others parse. Times are RFC 3339 in UTC, unknown values are null.

pub mod amount;
pub mod change;
pub mod doctor;
pub mod event;
pub mod events;
pub mod export;
pub mod partners;
pub mod policy;
pub mod query;
pub mod rejects;
pub mod reset;
pub mod rows;
pub mod samples;
pub mod send;
pub mod status;
pub mod tail;
pub mod v1;
pub mod verify;

use jiff::Timestamp;
use serde_json::Value;

pub use crate::model::time::rfc3339;

use crate::model::Finding;
use crate::plan::Handoff;

/// Something a verb answers with.
pub trait Report {
    /// The answer as one JSON object; its first member is `schema`.
    fn json(&self) -> Value;

    /// The answer as lines of JSON, for `-o ndjson`.
    fn ndjson(&self) -> Vec<Value> {
        vec![self.json()]
    }

    /// The answer as annotations of GitHub Actions, for `-o github`, where there is such an answer.
    fn annotations(&self) -> Vec<Block> {
        Vec::new()
    }

    /// The answer for a person, or for a pipe that wants text.
    fn text(&self, reader: Reader) -> Vec<Block>;
}

/// Who reads the text.
#[derive(Debug, Clone, Copy)]
pub struct Reader {
    /// Whether it is a person at a terminal; else it is a program behind a pipe.
    pub terminal: bool,
    /// The time, for "3 minutes ago".
    pub now: Timestamp,
}

/// A piece of text output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A line or several.
    Text(String),
    /// Text to print exactly as it is, a policy document for instance.
    Raw(String),
    /// Names and values, one to a line.
    Fields(Vec<(String, String)>),
    /// Rows under headings; off a terminal tab-separated and without the headings.
    Table {
        /// The headings.
        headings: Vec<&'static str>,
        /// The rows, each as long as the headings.
        rows: Vec<Vec<String>>,
    },
    /// An empty line, at a terminal only.
    Gap,
}

impl Reader {
    /// A time as this reader wants it: "3 minutes ago" at a terminal, RFC 3339 elsewhere.
    pub fn time(&self, at: Option<Timestamp>) -> String {
        match at {
            None if self.terminal => "never".to_owned(),
            None => String::new(),
            Some(at) if self.terminal => ago(self.now, at),
            Some(at) => rfc3339(at),
        }
    }
}

fn ago(now: Timestamp, at: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(at.as_second());
    let (count, unit) = match seconds {
        ..=-1 => return rfc3339(at),
        0..=1 => return "just now".to_owned(),
        2..60 => (seconds, "second"),
        60..3600 => (seconds / 60, "minute"),
        3600..86400 => (seconds / 3600, "hour"),
        _ => (seconds / 86400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural} ago")
}

/// A finding as a line, with its hint.
pub fn finding_line(finding: &Finding) -> Block {
    let hint = finding
        .hint
        .as_ref()
        .map(|hint| format!("\n    {hint}"))
        .unwrap_or_default();
    Block::Text(format!(
        "{} [{}] {}{hint}",
        finding.severity.as_str(),
        finding.code,
        finding.message
    ))
}

/// The hand-off for a person.
pub fn handoff_blocks(handoff: &Handoff) -> Vec<Block> {
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut fields = vec![field("Give this to", &handoff.to)];
    fields.push(match &handoff.channel_arn {
        Some(arn) => field("Channel ARN", arn.as_str()),
        None => field("Channel ARN", "(known when the channel exists)"),
    });
    fields.extend(
        handoff
            .account
            .as_ref()
            .map(|account| field("Account", account.as_str())),
    );
    fields.push(field("Region", &handoff.region));
    for service in &handoff.services {
        let integrated = if service.integrated {
            ""
        } else {
            " (not integrated by the partner yet)"
        };
        fields.push(field(
            "Service",
            &format!("{} {}{integrated}", service.name, service.event_source),
        ));
    }
    fields.extend(handoff.docs.iter().map(|docs| field("Documentation", docs)));
    let mut blocks = vec![Block::Fields(fields)];
    blocks.extend(handoff.note.clone().map(Block::Text));
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_relative_at_a_terminal_and_exact_elsewhere() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let at: Timestamp = "2026-11-20T11:57:00Z".parse().unwrap();
        let person = Reader { terminal: true, now };
        let program = Reader { terminal: false, now };
        assert_eq!(person.time(Some(at)), "3 minutes ago");
        assert_eq!(person.time(Some("2026-11-19T11:00:00Z".parse().unwrap())), "1 day ago");
        assert_eq!(
            person.time(Some("2026-11-20T12:00:05Z".parse().unwrap())),
            "2026-11-20T12:00:05Z"
        );
        assert_eq!(person.time(None), "never");
        assert_eq!(program.time(Some(at)), "2026-11-20T11:57:00Z");
        assert_eq!(program.time(None), "");
    }
}
