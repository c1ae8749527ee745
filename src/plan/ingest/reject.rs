//! What could not be delivered, as a line of a file that `send` takes again.
//!
//! An event goes into the line as it was sent, so a replay sends the same bytes under the same id. An
//! entry that could not be sent goes in as it stood in its input. Beside either stands `rejected`: why,
//! and how far it got.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::witness::{Settled, Subject};

/// Why an event was left over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// `refused` or `pending`.
    pub status: String,
    /// The service's code, or the first rule it breaks; none for what was never tried.
    pub code: Option<String>,
    /// Why, in a line.
    pub reason: Option<String>,
    /// How often it was sent.
    pub attempts: u32,
    /// Whether it may be stored all the same.
    pub maybe_stored: bool,
    /// The input it came from.
    pub file: String,
    /// The line it stands on there.
    pub line: u64,
}

/// The line of an event that was left over, its end of line included.
pub fn reject(settled: &Settled<'_>) -> String {
    let mut line = match settled.subject {
        Subject::Event(event) => String::from_utf8_lossy(event.unsummed()).into_owned(),
        Subject::Entry(refusal) => match refusal.entry.as_deref().map(std::str::from_utf8) {
            Some(Ok(text)) => format!("{{\"entry\":{}", serde_json::Value::from(text)),
            Some(Err(_)) => {
                let bytes = refusal.entry.as_deref().unwrap_or_default();
                format!("{{\"entryBase64\":\"{}\"", STANDARD.encode(bytes))
            }
            None => String::from("{\"entry\":null"),
        },
    };
    let place = settled.place();
    let rejected = Rejected {
        status: settled.fate.as_str().to_owned(),
        code: settled.code().map(str::to_owned),
        reason: settled.message(),
        attempts: settled.attempts,
        maybe_stored: settled.maybe_stored,
        file: place.file.to_string(),
        line: place.line,
    };
    line.push_str(",\"rejected\":");
    line.push_str(&serde_json::to_string(&rejected).unwrap_or_default());
    line.push_str("}\n");
    line
}

/// What is alike among rejects.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RejectKind {
    /// `refused` or `pending`.
    pub status: String,
    /// The code.
    pub code: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// How many of a kind there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// All of them.
    pub events: u64,
    /// Those that may be stored all the same.
    pub maybe_stored: u64,
}

/// Rejects, summed up by their kinds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    kinds: BTreeMap<RejectKind, Count>,
    /// Those of kinds for which there was no room.
    more: u64,
    /// Entries that are no rejects.
    others: u64,
}

/// So many kinds are told apart.
const MOST_KINDS: usize = 1000;

impl Summary {
    /// One more line.
    pub fn add(&mut self, line: &[u8]) {
        #[derive(Deserialize)]
        struct Line {
            rejected: Rejected,
        }
        let Ok(Line { rejected }) = serde_json::from_slice(line) else {
            self.others += 1;
            return;
        };
        let kind = RejectKind {
            status: rejected.status,
            code: rejected.code,
            reason: rejected.reason,
        };
        if self.kinds.len() >= MOST_KINDS && !self.kinds.contains_key(&kind) {
            self.more += 1;
            return;
        }
        let count = self.kinds.entry(kind).or_default();
        count.events += 1;
        count.maybe_stored += u64::from(rejected.maybe_stored);
    }

    /// How many rejects there are.
    pub fn events(&self) -> u64 {
        self.kinds.values().map(|count| count.events).sum::<u64>() + self.more
    }

    /// How many entries are no rejects.
    pub fn others(&self) -> u64 {
        self.others
    }

    /// The kinds, the most frequent first.
    pub fn kinds(&self) -> Vec<(&RejectKind, Count)> {
        let mut kinds: Vec<_> = self.kinds.iter().map(|(kind, count)| (kind, *count)).collect();
        kinds.sort_by_key(|(_, count)| std::cmp::Reverse(count.events));
        kinds
    }

    /// How many rejects are of none of these kinds, because there are too many kinds.
    pub fn more(&self) -> u64 {
        self.more
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::event::{AuditEvent, Entry, Gaps, Occurrences, Place, Refusal, Terms, Wrapping, prepare};
    use crate::plan::ingest::{Cause, Fate};

    fn read(bytes: &[u8]) -> Result<AuditEvent, Box<Refusal>> {
        let place = Place {
            file: "in".into(),
            line: 7,
            index: 1,
            offset: 0,
        };
        let entry = Entry {
            place,
            bytes,
            broken: None,
        };
        let owner = "123456789012".parse().unwrap();
        let terms = Terms {
            owner: Some(&owner),
            gaps: Gaps::Fill,
        };
        prepare(&entry, &terms, &mut Occurrences::default())
    }

    const EVENT: &str = "{\"version\":\"1\",\"userIdentity\":{\"type\":\"a\",\"principalId\":\"b\"},\"eventSource\":\"s\",\n\"eventName\":\"n\",\"eventTime\":\"2026-11-20T12:00:00\"}";

    #[test]
    fn a_replay_sends_the_same_bytes_under_the_same_id() {
        let event = read(EVENT.as_bytes()).unwrap();
        let cause = Cause {
            code: "InvalidData".to_owned(),
            message: "No.".to_owned(),
        };
        let line = reject(&Settled {
            fate: Fate::Refused,
            cause: Some(&cause),
            attempts: 2,
            ..Settled::unsent(&event)
        });
        assert_eq!(line.matches('\n').count(), 1);
        let value: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            value["rejected"].to_string(),
            r#"{"status":"refused","code":"InvalidData","reason":"No.","attempts":2,"maybe_stored":false,"file":"in","line":7}"#
        );
        let again = read(line.trim_end().as_bytes()).unwrap();
        assert_eq!(again.encoded(), event.encoded());
        assert_eq!((again.wrapping(), again.maybe_stored()), (Wrapping::Reject, false));
    }

    #[test]
    fn a_doubt_is_handed_on() {
        let event = read(EVENT.as_bytes()).unwrap();
        let line = reject(&Settled {
            maybe_stored: true,
            ..Settled::unsent(&event)
        });
        assert!(read(line.trim_end().as_bytes()).unwrap().maybe_stored());
    }

    #[test]
    fn what_could_not_be_sent_is_kept_as_it_stood_however_often_it_is_tried() {
        let wrong_sum = format!("{{\"eventData\":{EVENT},\"eventDataChecksum\":\"x\"}}");
        for entry in [
            EVENT.replace("\"version\":\"1\",", "").as_bytes(),
            wrong_sum.as_bytes(),
            b"{\"cut\":",
            b"no \"JSON\" \\ at all",
            b"{\"a\":\"\xff\"}",
        ] {
            let refusal = read(entry).unwrap_err();
            let code = refusal.code();
            let mut line = reject(&Settled::refused(&refusal));
            for _ in 0..2 {
                let again = read(line.trim_end().as_bytes()).unwrap_err();
                assert_eq!((again.code(), again.entry.as_deref()), (code, Some(entry)));
                line = reject(&Settled::refused(&again));
            }
        }
    }

    #[test]
    fn what_was_too_long_to_be_held_is_told_and_stays_refused() {
        let mut refusal = read(b"[]").unwrap_err();
        refusal.entry = None;
        let line = reject(&Settled::refused(&refusal));
        assert_eq!(read(line.trim_end().as_bytes()).unwrap_err().code(), "missing");
    }
}
