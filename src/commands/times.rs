//! Durations and times as they are written on a command line.

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use crate::plan::integration::Silence;

/// The most days that a duration may be given in: a hundred years, which reaches behind any event.
const MOST_DAYS: u64 = 36_600;

/// Reads a duration such as `90s`, `10m`, `24h` or `7d`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let days = text.strip_suffix('d').and_then(|days| days.parse::<u64>().ok());
    if let Some(days) = days.filter(|days| *days <= MOST_DAYS) {
        return Ok(Duration::from_hours(24 * days));
    }
    let span: SignedDuration = text
        .parse()
        .map_err(|_| "expected a duration such as 90s, 10m, 24h or 7d".to_owned())?;
    Duration::try_from(span).map_err(|_| "a duration cannot be negative".to_owned())
}

/// Reads a time; one without a zone is UTC.
pub(super) fn time(text: &str) -> Result<Timestamp, String> {
    let in_utc = || {
        let civil: DateTime = text.parse().ok()?;
        Offset::UTC.to_timestamp(civil).ok()
    };
    text.parse()
        .ok()
        .or_else(in_utc)
        .ok_or_else(|| "expected a time such as 2026-11-20 or 2026-11-20T12:00:00Z".to_owned())
}

/// What `--max-silence` asks for.
pub(super) fn silence(longest: Option<Duration>, now: Timestamp) -> Option<Silence> {
    longest.map(|longest| Silence {
        longest: SignedDuration::try_from(longest).unwrap_or(SignedDuration::MAX),
        now,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_without_a_zone_are_utc() {
        for text in [
            "2026-11-20",
            "2026-11-20 00:00:00",
            "2026-11-20T02:00:00+02:00",
            "2026-11-20T00:00:00Z",
        ] {
            assert_eq!(time(text).unwrap().to_string(), "2026-11-20T00:00:00Z", "{text}");
        }
        assert!(time("yesterday").is_err());
    }

    #[test]
    fn durations_may_be_in_days() {
        assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("7d"), Ok(Duration::from_hours(168)));
        for text in ["-1d", "-1s", "99999999999d", "7", "soon"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
