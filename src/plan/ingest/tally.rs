//! The sums of a delivery.

use std::collections::BTreeMap;

use super::history::History;
use super::sort::Strange;
use super::witness::{Fate, Settled};
use crate::model::event::{AuditEvent, Filled};

/// How many events had what filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FilledCount {
    /// The account.
    pub recipient_account_id: u64,
    /// The UID.
    pub uid: u64,
    /// The entry id.
    pub id: u64,
    /// The form of the time.
    pub event_time: u64,
}

/// Every event that was read is in exactly one of four states, so the sums agree by construction:
/// an event enters as pending, and leaves that state once at most.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    accepted: u64,
    refused: u64,
    skipped: u64,
    pending: u64,
    filled: FilledCount,
    refusals: BTreeMap<String, u64>,
    /// Re-sends of events that may have been stored already, each counted.
    pub possibly_double: u64,
    /// The same by earlier runs, of events that were read in this one.
    pub possibly_double_earlier: u64,
    /// Requests that were put on the wire, retries included.
    pub requests: u64,
    /// Requests that were repeated whole, because of throttling or for want of a reply.
    pub retries: u64,
    /// Bytes of the bodies of these requests.
    pub bytes_sent: u64,
    /// What in the replies did not fit the requests.
    pub strange: Strange,
}

impl Tally {
    /// An event was read.
    pub fn read_one(&mut self) {
        self.pending += 1;
    }

    /// Something was filled in, in one event.
    pub fn fill(&mut self, filled: Filled) {
        self.filled.recipient_account_id += u64::from(filled.recipient_account_id);
        self.filled.uid += u64::from(filled.uid);
        self.filled.id += u64::from(filled.id);
        self.filled.event_time += u64::from(filled.event_time);
    }

    /// A pending event was accepted.
    pub fn accept(&mut self) {
        self.settle();
        self.accepted += 1;
    }

    /// A pending event was refused, here or by the service, under that code.
    pub fn refuse(&mut self, code: &str) {
        self.settle();
        self.refused += 1;
        match self.refusals.get_mut(code) {
            Some(count) => *count += 1,
            None => {
                self.refusals.insert(code.to_owned(), 1);
            }
        }
    }

    /// A pending event was skipped, because it had been accepted before.
    pub fn skip(&mut self) {
        self.settle();
        self.skipped += 1;
    }

    /// An event was read that is skipped, and this is its end.
    pub(super) fn skipped_event<'a>(&mut self, event: &'a AuditEvent, history: History) -> Settled<'a> {
        let History { repeats, .. } = history.of(event);
        self.read_one();
        self.skip();
        self.possibly_double_earlier += repeats;
        Settled {
            fate: Fate::Skipped,
            doubts: repeats,
            ..Settled::unsent(event)
        }
    }

    fn settle(&mut self) {
        debug_assert!(self.pending > 0, "an event is settled once");
        self.pending = self.pending.saturating_sub(1);
    }

    /// How many events were read: the sum of the four states.
    pub fn read(&self) -> u64 {
        self.accepted + self.refused + self.skipped + self.pending
    }

    /// How many the service took.
    pub fn accepted(&self) -> u64 {
        self.accepted
    }

    /// How many were refused, here or by the service.
    pub fn refused(&self) -> u64 {
        self.refused
    }

    /// How many had been accepted before.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// How many are neither: not sent, or without a known outcome.
    pub fn pending(&self) -> u64 {
        self.pending
    }

    /// What was filled in.
    pub fn filled(&self) -> FilledCount {
        self.filled
    }

    /// How many were refused under each code.
    pub fn refusals(&self) -> impl Iterator<Item = (&str, u64)> {
        self.refusals.iter().map(|(code, count)| (code.as_str(), *count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sums_agree_after_every_step() {
        let mut tally = Tally::default();
        for _ in 0..6 {
            tally.read_one();
        }
        tally.accept();
        tally.refuse("InvalidData");
        tally.refuse("missing");
        tally.refuse("InvalidData");
        tally.skip();
        let sums = (
            tally.read(),
            tally.accepted(),
            tally.refused(),
            tally.skipped(),
            tally.pending(),
        );
        assert_eq!(sums, (6, 1, 3, 1, 1));
        let refusals: Vec<_> = tally.refusals().collect();
        assert_eq!(refusals, [("InvalidData", 2), ("missing", 1)]);
    }

    #[test]
    fn what_was_filled_is_counted_by_kind() {
        let mut tally = Tally::default();
        tally.fill(Filled {
            id: true,
            event_time: true,
            ..Filled::default()
        });
        tally.fill(Filled {
            id: true,
            ..Filled::default()
        });
        let wanted = FilledCount {
            id: 2,
            event_time: 1,
            ..FilledCount::default()
        };
        assert_eq!(tally.filled(), wanted);
    }
}
