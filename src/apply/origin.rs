//! Looks up whose the last event is that a channel took, by one query for its ID.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{Interrupt, query};
use crate::aws::Session;
use crate::error::{Error, Kind, Result};
use crate::model::Channel;
use crate::model::query::Columns;
use crate::plan::query::{Patience, Select, Statement, Table, Unwatched};
use crate::plan::verify::Origin;

/// How long before it was taken an event may have happened to be found: the query is bounded, since it is billed
/// by what it scans.
const BACK: SignedDuration = SignedDuration::from_hours(1);

/// What a look-up needs.
pub struct Job<'a> {
    /// The session.
    pub aws: &'a Session,
    /// The channel, with its ingestion status.
    pub channel: &'a Channel,
    /// How long the query may take.
    pub timeout: Duration,
    /// The wish to stop.
    pub interrupt: &'a Interrupt,
    /// The clock.
    pub clock: fn() -> Timestamp,
    /// A random number in 0..1.
    pub random: fn() -> f64,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Whose the event is.
    pub origin: Origin,
    /// How many queries were started: one or none.
    pub queries: u32,
    /// Bytes that it scanned; `None` where the service did not say.
    pub bytes_scanned: Option<u64>,
}

impl Found {
    fn unknown(queries: u32, why: impl Into<String>) -> Self {
        Self {
            origin: Origin::Unknown(why.into()),
            queries,
            bytes_scanned: None,
        }
    }
}

/// Looks the last event up. A query that does not succeed leaves its origin unknown, and says why; only the wish
/// to stop is an error.
pub async fn look_up(job: &Job<'_>) -> Result<Found> {
    let ingestion = &job.channel.ingestion;
    let (Some(at), Some(id)) = (ingestion.last_success, &ingestion.last_success_event_id) else {
        return Ok(Found::unknown(0, "The status does not tell its ID."));
    };
    let Some(store) = job.channel.destinations.first() else {
        return Ok(Found::unknown(0, "The channel feeds no event data store."));
    };
    let Ok(table) = Table::of(store) else {
        return Ok(Found::unknown(0, "The event data store cannot be queried."));
    };
    let select = Select::from(table)
        .column("eventData.eventSource", "source")
        .text("eventID", "=", id)
        .time("eventTime", ">=", at - BACK)
        .limit(1);
    let statement: Statement = match select.statement() {
        Ok(statement) => statement,
        Err(error) => return Ok(Found::unknown(0, format!("{error}."))),
    };
    let asked = query::Job {
        statement: &statement,
        columns: Columns::selected(select.names()),
        page_size: None,
        patience: Patience {
            whole: Some(job.timeout),
            ..Patience::default()
        },
        interrupt: job.interrupt,
        clock: job.clock,
        random: job.random,
    };
    let mut answer = match query::run(job.aws, asked, &mut Unwatched).await {
        Ok(answer) => answer,
        Err(error) => {
            // One that was refused was not started.
            let started = matches!(error.kind, Kind::Failed | Kind::GaveUp);
            return unanswered(error, u32::from(started));
        }
    };
    let mut origin = None;
    loop {
        match answer.next().await {
            Ok(Some(page)) => {
                let first = page.rows.first().and_then(|row| row.first());
                origin = origin.or_else(|| first.map(|source| Origin::of(source.as_deref())));
            }
            Ok(None) => break,
            Err(error) => return unanswered(error, 1),
        }
    }
    let unseen = "A query does not find it: events can be queried some five minutes after they were taken.";
    Ok(Found {
        origin: origin.unwrap_or_else(|| Origin::Unknown(unseen.to_owned())),
        queries: 1,
        bytes_scanned: answer.statistics().bytes_scanned,
    })
}

fn unanswered(error: Error, queries: u32) -> Result<Found> {
    if error.kind == Kind::Interrupted {
        return Err(error);
    }
    let words = error.to_string();
    let why = format!("It could not be looked up: {}.", words.trim_end_matches('.'));
    Ok(Found::unknown(queries, why))
}
