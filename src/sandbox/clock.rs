//! The sandbox's clock: the real one, the real one moved, or one that stands still.
//!
//! It is part of the state, so that a second process on the same file tells the same time.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One day, in milliseconds.
pub(crate) const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A time given as RFC 3339, in milliseconds after the epoch.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Given(pub(crate) i64);

impl TryFrom<String> for Given {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.parse::<Timestamp>() {
            Ok(at) => Ok(Self(at.as_millisecond())),
            Err(error) => Err(format!("{text:?} is no time as RFC 3339 has it: {error}")),
        }
    }
}

/// How the sandbox tells the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Clock {
    /// The real clock plus so many milliseconds.
    Offset(i64),
    /// Always this many milliseconds after the epoch.
    Fixed(i64),
}

impl Clock {
    /// The clock a fresh state begins with.
    pub(crate) fn starting_at(fixed: Option<Timestamp>) -> Self {
        fixed.map_or(Self::Offset(0), |start| Self::Fixed(start.as_millisecond()))
    }

    /// Milliseconds after the epoch.
    pub(crate) fn now_ms(self) -> i64 {
        match self {
            Self::Offset(offset) => real_ms().saturating_add(offset),
            Self::Fixed(now) => now,
        }
    }

    /// The same kind of clock, showing another time.
    pub(crate) fn set(self, now_ms: i64) -> Self {
        match self {
            Self::Offset(_) => Self::Offset(now_ms.saturating_sub(real_ms())),
            Self::Fixed(_) => Self::Fixed(now_ms),
        }
    }

    /// The same kind of clock, so much later (or earlier).
    pub(crate) fn advance(self, ms: i64) -> Self {
        match self {
            Self::Offset(offset) => Self::Offset(offset.saturating_add(ms)),
            Self::Fixed(now) => Self::Fixed(now.saturating_add(ms)),
        }
    }

    /// Whether the time stands still.
    pub(crate) fn is_fixed(self) -> bool {
        matches!(self, Self::Fixed(_))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the sandbox has its own clock, and this is where it is read"
)]
pub(crate) fn real_ms() -> i64 {
    Timestamp::now().as_millisecond()
}

/// RFC 3339 in UTC.
pub(crate) fn rfc3339(ms: i64) -> String {
    Timestamp::from_millisecond(ms).map_or_else(|_| format!("{ms}ms"), |at| at.to_string())
}

/// `yyyy-MM-DDTHH:mm:ss`, the format of a stored event's times (UG/query-integration-event-schema).
pub(crate) fn event_format(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(
        |_| seconds.to_string(),
        |at| at.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_moves_only_when_told() {
        let clock = Clock::Fixed(1_795_176_000_000);
        assert_eq!(clock.now_ms(), clock.now_ms());
        assert_eq!(clock.advance(DAY_MS).now_ms(), 1_795_262_400_000);
        assert_eq!(clock.set(5).now_ms(), 5);
        assert_eq!(rfc3339(1_795_176_000_000), "2026-11-20T12:00:00Z");
        assert_eq!(event_format(1_795_176_000), "2026-11-20T12:00:00");
    }

    #[test]
    fn a_moved_clock_runs_on() {
        let clock = Clock::Offset(0).set(1_000);
        assert!((1_000..60_000).contains(&clock.now_ms()));
    }
}
