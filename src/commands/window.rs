//! The time that a verb looks at.

use std::time::Duration;

use clap::Args;
use jiff::{SignedDuration, Timestamp};

use super::times::{duration, time};
use crate::error::{Error, Result};
use crate::plan::query::bounds::Window;

/// How far back is looked if nothing else is said.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(24);

/// The time that a verb looks at.
#[derive(Debug, Args)]
pub(super) struct WindowArgs {
    /// How far back to look by eventTime, for instance 90m, 24h or 7d; 24h if nothing else is said
    #[arg(long, value_name = "DURATION", value_parser = duration, conflicts_with = "from")]
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
