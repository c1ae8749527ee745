//! Who is told what becomes of each event while a delivery is under way.

use std::time::Duration;

use super::tally::Tally;
use crate::model::event::{AuditEvent, EntryId, Place, Refusal, Violation};

/// How an event ends. Every event that was read ends in exactly one of these ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fate {
    /// The service took it.
    Accepted,
    /// It was refused for good, here or by the service.
    Refused,
    /// It had been accepted before.
    Skipped,
    /// It was not sent, or what became of it is not known.
    Pending,
}

impl Fate {
    /// The word in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Skipped => "skipped",
            Self::Pending => "pending",
        }
    }
}

/// Why the service did not take something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The service's code, or a word of `ctl`'s own where no reply came.
    pub code: String,
    /// What it said, or what happened.
    pub message: String,
}

/// What came to its end: an event that could be sent, or an entry that could not.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// An event.
    Event(&'a AuditEvent),
    /// An entry that was refused before it could be sent.
    Entry(&'a Refusal),
}

/// One event that has come to its end.
#[derive(Debug, Clone, Copy)]
pub struct Settled<'a> {
    /// What it is.
    pub subject: Subject<'a>,
    /// How it ended.
    pub fate: Fate,
    /// The id CloudTrail gave it.
    pub event_id: Option<&'a str>,
    /// Why the service did not take it.
    pub cause: Option<&'a Cause>,
    /// How often it was sent.
    pub attempts: u32,
    /// How many of its sendings may have stored it besides the one that it was accepted by: their replies
    /// were lost, in this run or before.
    pub doubts: u64,
}

impl<'a> Settled<'a> {
    /// An event that was not sent.
    pub fn unsent(event: &'a AuditEvent) -> Self {
        Self {
            subject: Subject::Event(event),
            fate: Fate::Pending,
            event_id: None,
            cause: None,
            attempts: 0,
            doubts: 0,
        }
    }

    /// An entry that was refused before it could be sent.
    pub fn refused(refusal: &'a Refusal) -> Self {
        Self {
            subject: Subject::Entry(refusal),
            fate: Fate::Refused,
            event_id: None,
            cause: None,
            attempts: 0,
            doubts: 0,
        }
    }

    /// Whether it may be stored otherwise than its end says.
    pub fn is_doubtful(&self) -> bool {
        self.doubts > 0
    }

    /// How many copies of it the store may have at most; `None` if that is certain: one of what was accepted,
    /// none of anything else.
    pub fn possible_copies(&self) -> Option<u64> {
        let accepted = matches!(self.fate, Fate::Accepted | Fate::Skipped);
        self.is_doubtful()
            .then(|| self.doubts.saturating_add(u64::from(accepted)))
    }

    /// Where it stands in its input.
    pub fn place(&self) -> &'a Place {
        match self.subject {
            Subject::Event(event) => event.place(),
            Subject::Entry(refusal) => &refusal.place,
        }
    }

    /// Whether what it is can be shown: an entry that was too long was not held.
    pub fn is_held(&self) -> bool {
        match self.subject {
            Subject::Event(_) => true,
            Subject::Entry(refusal) => refusal.entry.is_some(),
        }
    }

    /// Its entry id, as far as it has one.
    pub fn id(&self) -> Option<&'a EntryId> {
        match self.subject {
            Subject::Event(event) => Some(event.id()),
            Subject::Entry(refusal) => refusal.id.as_ref(),
        }
    }

    /// Why it was not sent at all.
    pub fn violations(&self) -> &'a [Violation] {
        match self.subject {
            Subject::Event(_) => &[],
            Subject::Entry(refusal) => &refusal.violations,
        }
    }

    /// The code under which it was refused or is pending: the service's, or the first rule it breaks.
    pub fn code(&self) -> Option<&'a str> {
        let broken = || self.violations().iter().find(|violation| violation.refuses());
        let cause = self.cause.map(|cause| cause.code.as_str());
        cause.or_else(|| broken().map(|violation| violation.rule.code()))
    }

    /// Why it was refused or is pending, in a line. Holds no value of the event.
    pub fn message(&self) -> Option<String> {
        let words = match (self.cause, self.fate) {
            (Some(cause), _) => cause.message.clone(),
            (None, Fate::Pending) => "It was not sent.".to_owned(),
            (None, Fate::Skipped) => "It was accepted before.".to_owned(),
            (None, _) => {
                let broken = self.violations().iter().filter(|violation| violation.refuses());
                broken.map(ToString::to_string).collect::<Vec<_>>().join(" ")
            }
        };
        let doubt = match (self.fate, self.possible_copies()) {
            (_, None) => String::new(),
            (Fate::Accepted, Some(2)) => "An earlier reply was lost: it may be stored twice.".to_owned(),
            (Fate::Accepted, Some(n)) => format!("Earlier replies were lost: it may be stored {n} times."),
            (Fate::Skipped, Some(2)) => "It may be stored twice.".to_owned(),
            (Fate::Skipped, Some(n)) => format!("It may be stored {n} times."),
            (Fate::Pending | Fate::Refused, Some(_)) => "It may be stored all the same.".to_owned(),
        };
        let both = [words.as_str(), doubt.as_str()];
        let said: Vec<&str> = both.into_iter().filter(|part| !part.is_empty()).collect();
        (!said.is_empty()).then(|| said.join(" "))
    }
}

/// Whoever wants to know what becomes of events.
pub trait Witness: Send {
    /// An event has come to its end.
    fn settled(&mut self, settled: &Settled<'_>);
    /// Something is not quite right with an event that is sent all the same.
    fn warned(&mut self, place: &Place, warning: &Violation);
    /// Nothing is sent for a while.
    fn pausing(&mut self, cause: &Cause, wait: Duration);
    /// How far it is.
    fn headway(&mut self, headway: &Headway<'_>);
    /// Whether what becomes of events can no longer be kept, so that nothing more may be sent.
    fn is_full(&self) -> bool;
}

/// How far a delivery is.
#[derive(Debug, Clone, Copy)]
pub struct Headway<'a> {
    /// The sums so far.
    pub tally: &'a Tally,
    /// How many bytes of the inputs have been read.
    pub read: u64,
    /// How many bytes they have, where that is known.
    pub size: Option<u64>,
}
