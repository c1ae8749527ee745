//! The time that a verb looks at.

use std::time::Duration;

use clap::Args;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::change::duration;
use crate::error::{Error, Result};
use crate::plan::query::bounds::Window;

/// How far back is looked if nothing else is said.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(24);

/// The time that a verb looks at.
#[derive(Debug, Args)]
pub(super) struct WindowArgs {
    /// How far back to look by eventTime, for instance 90m, 24h or 7d; 24h if nothing else is said
    #[arg(long, value_name = "DURATION", value_parser = span, conflicts_with = "from")]
    since: Option<Duration>,
    /// Look at events from this time on: 2026-11-20, or with the time of day in UTC, or RFC 3339
    #[arg(long, value_name = "TIME", value_parser = time)]
    from: Option<Timestamp>,
    /// Look at events before this time
    #[arg(long, value_name = "TIME", value_parser = time)]
    to: Option<Timestamp>,
}

impl WindowArgs {
    /// Whether anything was said.
    pub(super) fn is_given(&self) -> bool {
        self.since.is_some() || self.from.is_some() || self.to.is_some()
    }

    /// The window; the last 24 hours, or those before its end, if nothing else was said.
    pub(super) fn window(&self, now: Timestamp) -> Result<Window> {
        let back = match self.since {
            Some(since) => SignedDuration::try_from(since).unwrap_or(SignedDuration::MAX),
            None => LOOK_BACK,
        };
        let end = self.to.unwrap_or(now);
        let from = match self.from {
            Some(from) => from,
            None => end
                .checked_sub(back)
                .map_err(|_| Error::usage("--since reaches further back than time does."))?,
        };
        // A window that begins at a full second reads better, and loses nothing.
        let from = Timestamp::from_second(from.as_second()).unwrap_or(from);
        if self.to.is_some_and(|to| to <= from) {
            return Err(Error::usage(
                "--to is not later than the beginning of the time looked at.",
            ));
        }
        Ok(Window { from, to: self.to })
    }
}

/// Reads a duration; days are possible too.
fn span(text: &str) -> Result<Duration, String> {
    let days = text.strip_suffix('d').and_then(|days| days.parse::<u64>().ok());
    let hours = days
        .and_then(|days| days.checked_mul(24))
        .filter(|hours| *hours <= 24 * 36_600);
    match hours {
        Some(hours) => Ok(Duration::from_hours(hours)),
        None => duration(text),
    }
}

/// Reads a time; one without a zone is UTC.
fn time(text: &str) -> Result<Timestamp, String> {
    let in_utc = || {
        let civil: DateTime = text.parse().ok()?;
        Offset::UTC.to_timestamp(civil).ok()
    };
    text.parse()
        .ok()
        .or_else(in_utc)
        .ok_or_else(|| "expected a time such as 2026-11-20 or 2026-11-20T12:00:00Z".to_owned())
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
        assert_eq!(span("7d").unwrap(), Duration::from_hours(168));
        assert!(span("-1d").is_err() && span("99999999999d").is_err());
    }
}
