//! Who is told what becomes of each event while a delivery is under way.

use std::time::Duration;

use crate::model::event::{EntryId, Place, Violation};

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

/// One event that has come to its end.
#[derive(Debug, Clone, Copy)]
pub struct Settled<'a> {
    /// Where it stands in its input.
    pub place: &'a Place,
    /// Its entry id, as far as it has one.
    pub id: Option<&'a EntryId>,
    /// How it ended.
    pub fate: Fate,
    /// The id CloudTrail gave it.
    pub event_id: Option<&'a str>,
    /// Why the service did not take it.
    pub cause: Option<&'a Cause>,
    /// Why it was not sent at all.
    pub violations: &'a [Violation],
    /// A reply about it was lost, so it may have been stored by that sending too.
    pub maybe_stored: bool,
}

/// Whoever wants to know what becomes of events.
pub trait Witness: Send {
    /// An event has come to its end.
    fn settled(&mut self, settled: &Settled<'_>);
    /// Something is not quite right with an event that is sent all the same.
    fn warned(&mut self, place: &Place, warning: &Violation);
    /// Nothing is sent for a while.
    fn pausing(&mut self, cause: &Cause, wait: Duration);
}
