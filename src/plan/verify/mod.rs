//! Proving that an integration works: a canary and where it was seen, or what can be told without one.
//!
//! A canary is an event of `ctl`'s own, and says so. It is seen twice: in the channel's ingestion status, which
//! is AWS's documented way to check an integration, and some time later in the results of a query (reference §2.8).

pub mod canary;
mod origin;
mod steps;

pub use canary::Canary;
pub use origin::{Origin, attribute, is_delivered, offer_canary};
pub use steps::{State, Step, What, access};

use std::time::Duration;

use crate::model::Ingestion;

/// By what the canary was seen in the channel's ingestion status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sighting {
    /// The last event that was taken is the canary.
    Itself,
    /// An event was taken after it: the status tells of the last one only.
    Later,
}

/// Whether the ingestion status shows the canary. `before` was read before it was sent.
pub fn ingested(before: &Ingestion, now: &Ingestion, event_id: &str) -> Option<Sighting> {
    if now.last_success_event_id.as_deref() == Some(event_id) {
        return Some(Sighting::Itself);
    }
    let later = match (before.last_success, now.last_success) {
        (Some(before), Some(now)) => now > before,
        (None, Some(_)) => true,
        (_, None) => false,
    };
    later.then_some(Sighting::Later)
}

/// The pauses between two looks: each is longer than the one before, up to a bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pauses {
    next: Duration,
    longest: Duration,
}

impl Pauses {
    /// Between looks at the channel: `GetChannel` may be called ten times a second by the whole account
    /// (reference §6), and this begins with five.
    pub fn of_status() -> Self {
        Self {
            next: Duration::from_millis(200),
            longest: Duration::from_secs(5),
        }
    }

    /// Between queries: each is billed by what it scans, and events are there after five minutes on average
    /// (reference §2.8), so a proof takes some ten of them.
    pub fn of_queries() -> Self {
        Self {
            next: Duration::from_secs(1),
            longest: Duration::from_mins(1),
        }
    }
}

impl Iterator for Pauses {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        let pause = self.next;
        self.next = self.next.saturating_mul(2).min(self.longest);
        Some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ingestion(at: Option<&str>, id: Option<&str>) -> Ingestion {
        Ingestion {
            last_success: at.map(|at| at.parse().unwrap()),
            last_success_event_id: id.map(str::to_owned),
            ..Ingestion::default()
        }
    }

    #[test]
    fn the_status_shows_the_canary_or_an_event_after_it() {
        const NOON: Option<&str> = Some("2026-11-20T12:00:00Z");
        const LATER: Option<&str> = Some("2026-11-20T12:00:01Z");
        let nothing = ingestion(None, None);
        let old = ingestion(NOON, Some("a"));
        for (before, now, expected) in [
            (&nothing, ingestion(None, None), None),
            (&nothing, ingestion(NOON, Some("c")), Some(Sighting::Itself)),
            (&nothing, ingestion(NOON, Some("x")), Some(Sighting::Later)),
            (&old, ingestion(NOON, Some("a")), None),
            (&old, ingestion(NOON, Some("c")), Some(Sighting::Itself)),
            (&old, ingestion(LATER, Some("b")), Some(Sighting::Later)),
            (&old, ingestion(NOON, None), None),
        ] {
            assert_eq!(ingested(before, &now, "c"), expected, "{now:?}");
        }
    }

    #[test]
    fn looks_are_few_and_ever_rarer() {
        let waits: Vec<Duration> = Pauses::of_queries().take(12).collect();
        assert!(waits.is_sorted());
        // Five minutes are over with the tenth: 1+2+4+8+16+32 = 63, and 60 more each.
        let ten: Duration = waits.iter().take(10).sum();
        assert_eq!(ten, Duration::from_secs(63 + 4 * 60));
        // Never ten looks at the channel in a second.
        let mut second = Duration::ZERO;
        let looks = Pauses::of_status().take_while(|pause| {
            second += *pause;
            second < Duration::from_secs(1)
        });
        assert_eq!(looks.count(), 2);
    }
}
