//! Following a store: what each look asks for, and what of that is new.
//!
//! CloudTrail stamps an event when it takes it in (`metadata.ingestionTime`, reference §3.2) and shows it to queries
//! some time later, not always in that order and whatever its `eventTime` says. So a look asks for what was taken in
//! since the newest event seen, and for an overlap before that; what was seen is known again by its event ID. The
//! clock of this machine decides nothing but how far back the first look reaches.

mod pulse;
mod statement;

use std::collections::HashMap;

use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

pub use pulse::Pulse;
pub use statement::{Arrival, arrival, arrivals};

/// How much later than another an event may become visible that was taken in before it. Lake needs about five minutes
/// on average (reference §2.8); three times that.
const OVERLAP: SignedDuration = SignedDuration::from_mins(15);

/// What a look asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Events taken in at or after this, by the service's clock.
    pub taken_from: Timestamp,
    /// Events whose `eventTime` is at or after this: what bounds the scan, and so the bill.
    pub event_from: Timestamp,
}

/// What was seen of a store that is followed.
#[derive(Debug)]
pub struct Follow {
    lookback: SignedDuration,
    /// Where the first look begins.
    first: Timestamp,
    /// The first look only tells what is there already.
    silent: bool,
    /// When the newest event of all whole looks was taken in.
    newest: Option<Timestamp>,
    /// The same, of the look under way too.
    highest: Option<Timestamp>,
    /// The events that the next look may show again, each with the time it was taken in.
    seen: HashMap<String, Timestamp>,
}

impl Follow {
    /// Follows from now on; with `since`, also shows what was taken in so long ago or later.
    pub fn new(now: Timestamp, lookback: SignedDuration, since: Option<SignedDuration>) -> Self {
        let first = now.checked_sub(since.unwrap_or(OVERLAP)).unwrap_or(Timestamp::MIN);
        Self {
            lookback,
            first,
            silent: since.is_none(),
            newest: None,
            highest: None,
            seen: HashMap::new(),
        }
    }

    /// What to ask for now.
    pub fn look(&self, now: Timestamp) -> Look {
        let since_newest = self.newest.and_then(|newest| newest.checked_sub(OVERLAP).ok());
        Look {
            taken_from: since_newest.map_or(self.first, |since| since.max(self.first)),
            event_from: now.checked_sub(self.lookback).unwrap_or(Timestamp::MIN),
        }
    }

    /// Notes an event that a look found; answers whether it is to be shown.
    pub fn find(&mut self, id: &str, taken: Timestamp) -> bool {
        self.highest = self.highest.max(Some(taken));
        self.seen.insert(id.to_owned(), taken).is_none() && !self.silent
    }

    /// Whether an event was seen by this look or the one before.
    pub fn has_seen(&self, id: &str) -> bool {
        self.seen.contains_key(id)
    }

    /// Ends a look that was read to its end. One that was not is made again: nothing it did not reach is passed over.
    pub fn looked(&mut self) {
        self.silent = false;
        self.newest = self.highest;
        if let Some(since) = self.newest.and_then(|newest| newest.checked_sub(OVERLAP).ok()) {
            self.seen.retain(|_, taken| *taken >= since);
        }
    }
}

/// What following cost and brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// Queries that were made.
    pub queries: u64,
    /// What they scanned, in bytes: what is billed.
    pub bytes_scanned: u64,
    /// Events that were shown.
    pub events: u64,
    /// Nothing is seen: the last query failed, or none has come to its end yet.
    pub blind: bool,
}

/// Whoever is told what comes.
pub trait Listener: Send {
    /// New events, in the order in which they were taken in; each as its row, in the columns of the extent.
    fn events(&mut self, rows: Vec<Vec<Option<String>>>);
    /// What is being done, for a line of progress.
    fn headway(&mut self, doing: &str, spent: &Spent);
    /// Something that a person should know, as a sentence.
    fn notice(&mut self, sentence: &str);
}

/// Reads the time at which an event was taken in: UTC, in the form that the page of the schema gives (reference §3.2)
/// or in the one that results have for timestamps (reference §5.3).
pub fn taken(text: &str) -> Option<Timestamp> {
    let utc = |time: DateTime| Offset::UTC.to_timestamp(time).ok();
    let exact = text.parse::<Timestamp>().ok();
    exact.or_else(|| text.parse().ok().and_then(utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: SignedDuration = SignedDuration::from_hours(24);

    fn at(time: &str) -> Timestamp {
        format!("2026-11-20T{time}Z").parse().unwrap()
    }

    #[test]
    fn what_was_there_is_not_shown_and_what_comes_is_once() {
        let mut follow = Follow::new(at("12:00:00"), DAY, None);
        let look = follow.look(at("12:00:00"));
        assert_eq!(look.taken_from, at("11:45:00"));
        assert_eq!(look.event_from, "2026-11-19T12:00:00Z".parse().unwrap());
        assert!(!follow.find("old", at("11:50:00")));
        follow.looked();
        // The old one again, one of the same second, and one that was taken in before but shows only now.
        assert_eq!(follow.look(at("12:01:00")).taken_from, at("11:45:00"));
        assert!(!follow.find("old", at("11:50:00")));
        assert!(follow.find("twin", at("11:50:00")));
        assert!(follow.find("late", at("11:46:00")));
        follow.looked();
        for id in ["old", "twin", "late"] {
            assert!(!follow.find(id, at("11:50:00")), "{id}");
        }
    }

    #[test]
    fn with_since_the_first_look_shows_what_it_finds() {
        let mut follow = Follow::new(at("12:00:00"), DAY, Some(SignedDuration::from_hours(1)));
        assert_eq!(follow.look(at("12:00:00")).taken_from, at("11:00:00"));
        assert!(follow.find("a", at("11:01:00")));
        follow.looked();
        assert_eq!(follow.look(at("12:00:30")).taken_from, at("11:00:00"));
        assert!(!follow.find("a", at("11:01:00")));
    }

    #[test]
    fn a_look_that_broke_off_passes_nothing_over_and_shows_nothing_twice() {
        let mut follow = Follow::new(at("12:00:00"), DAY, None);
        follow.looked();
        assert!(follow.find("first", at("13:00:00")));
        // The look ends here: what it did not reach may be as old as before.
        assert_eq!(follow.look(at("13:01:00")).taken_from, at("11:45:00"));
        assert!(!follow.find("first", at("13:00:00")));
        assert!(follow.find("before it", at("12:30:00")));
        follow.looked();
        assert_eq!(follow.look(at("13:02:00")).taken_from, at("12:45:00"));
    }

    #[test]
    fn only_what_can_come_again_is_remembered() {
        let mut follow = Follow::new(at("10:00:00"), DAY, Some(SignedDuration::ZERO));
        for minute in 0..50 {
            assert!(follow.find(&format!("e{minute}"), at(&format!("11:{minute:02}:00"))));
        }
        follow.looked();
        let from = follow.look(at("12:00:00")).taken_from;
        assert_eq!(from, at("11:34:00"));
        let kept: Vec<_> = (0..50)
            .filter(|minute| follow.has_seen(&format!("e{minute}")))
            .collect();
        assert_eq!(kept, (34..50).collect::<Vec<_>>());
    }

    #[test]
    fn the_clock_here_may_be_wrong() {
        // Three hours fast: the first look finds nothing, and what is taken in later is found by its own time.
        let mut follow = Follow::new(at("15:00:00"), DAY, None);
        follow.looked();
        assert_eq!(follow.look(at("15:00:10")).taken_from, at("14:45:00"));
    }

    #[test]
    fn the_time_of_taking_in_is_read_in_both_forms() {
        for text in [
            "2026-11-20T12:00:00",
            "2026-11-20T12:00:00Z",
            "2026-11-20 12:00:00",
            "2026-11-20 12:00:00.000",
            "2026-11-20T13:00:00+01:00",
        ] {
            assert_eq!(taken(text), Some(at("12:00:00")), "{text}");
        }
        for text in ["", "yesterday", "1795176000"] {
            assert_eq!(taken(text), None, "{text}");
        }
    }
}
