//! The life of a query: when it runs, what is kept of it, and when it ends.
//!
//! A query is `QUEUED` until its moment to run, and its result is of exactly that moment: every request first lets run
//! what is due, so nothing that arrives later is in it. With no `query_delay` that moment is its creation, and it is
//! `FINISHED` at the next request. With a delay it is `QUEUED` for a tenth of it, and then `RUNNING` until the end.

use std::cell::RefCell;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use rusqlite::Connection;
use serde::ser::{Serialize, Serializer};

use super::arn;
use super::clock::DAY_MS;
use super::guesses;
use super::lake::{self, Invalid, Schema, Table};
use super::limits;
use super::nulls::Nulls;
use super::rules::Caller;
use super::selectors;
use super::store::event_data_stores::{self, CREATED};
use super::store::queries::{self, CANCELLED, FAILED, FINISHED, QUEUED, Query, RUNNING, TIMED_OUT};
use super::wire::Fault;

/// Which part of its delay a query is `QUEUED`: one of so many.
const QUEUED_PART: i64 = 10;

/// How long a query may really take: everybody else waits for it. One that goes on for ever fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// When a query begins to run and when it ends, and what becomes of it if nobody says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Course {
    /// Milliseconds.
    pub(crate) runs_at: i64,
    /// Milliseconds.
    pub(crate) ends_at: i64,
    /// `FINISHED`, or `TIMED_OUT` where the delay is over an hour.
    pub(crate) outcome: &'static str,
}

impl Course {
    /// That of a query accepted at `now_ms`.
    pub(crate) fn of(now_ms: i64, delay_ms: i64) -> Self {
        let took = delay_ms.min(limits::QUERY_TIMEOUT_MS);
        Self {
            runs_at: now_ms.saturating_add(took / QUEUED_PART),
            ends_at: now_ms.saturating_add(took),
            outcome: if delay_ms > took { TIMED_OUT } else { FINISHED },
        }
    }
}

/// Reads a statement as the caller's.
pub(crate) fn prepare(sql: &Connection, caller: &Caller, statement: &str) -> Result<lake::Query, Fault> {
    let refused = RefCell::new(None);
    let find = |name: &str| match table(sql, caller, name) {
        Ok(table) => table,
        Err(fault) => {
            refused.borrow_mut().get_or_insert(fault);
            None
        }
    };
    let prepared = lake::prepare(statement, &find);
    // The statement is refused because of the store, and this says why.
    if let Some(fault) = refused.into_inner() {
        return Err(fault);
    }
    prepared.map_err(|invalid| {
        let message = match invalid {
            Invalid::NoStore(name) => format!(
                "{name} is not the ID of an event data store. FROM takes the ID as it stands at the end of the ARN."
            ),
            Invalid::Statement(message) => message,
        };
        Fault::new("InvalidQueryStatementException", message)
    })
}

/// The store that a statement names. What is no id is nobody's store.
fn table(sql: &Connection, caller: &Caller, name: &str) -> Result<Option<Table>, Fault> {
    if !arn::is_uuid(name) {
        return Ok(None);
    }
    let Some(store) = event_data_stores::of(sql, caller, "id", name)? else {
        return Err(Fault::new(
            "EventDataStoreNotFoundException",
            format!("The event data store {name} was not found in {}.", caller.region),
        ));
    };
    store.must_be_active()?;
    if store.status == CREATED {
        return Err(Fault::new(
            "InactiveEventDataStoreException",
            format!("The event data store {name} is not yet fully loaded."),
        ));
    }
    let category = serde_json::from_str(&store.selectors)
        .ok()
        .and_then(|selectors: Vec<_>| selectors::category(&selectors).map(ToOwned::to_owned));
    let schema = match category.as_deref() {
        Some("ActivityAuditLog") => Schema::ActivityAuditLog,
        Some("Management" | "Data" | "NetworkActivity") => Schema::Management,
        _ => {
            return Err(Fault::new(
                "UnsupportedOperationException",
                format!("The sandbox can query events of integrations and of AWS, and {name} has others."),
            ));
        }
    };
    Ok(Some(Table { id: store.id, schema }))
}

/// Whether [`settle`] has anything to do.
pub(crate) fn any_due(sql: &Connection, now_ms: i64) -> Result<bool, Fault> {
    queries::any_due(sql, now_ms, oldest(now_ms))
}

/// Lets time pass: queries run and end, and go after seven days.
pub(crate) fn settle(sql: &Connection, now_ms: i64) -> Result<(), Fault> {
    queries::forget(sql, oldest(now_ms))?;
    for mut query in queries::under_way(sql, now_ms)? {
        if query.status == QUEUED {
            RUNNING.clone_into(&mut query.status);
            execute(sql, &mut query)?;
        }
        if query.ends_at <= now_ms && query.looks == 0 {
            end(sql, &mut query)?;
        }
        queries::update(sql, &query)?;
    }
    Ok(())
}

/// Queries made then or earlier are gone.
fn oldest(now_ms: i64) -> i64 {
    now_ms.saturating_sub(limits::QUERY_DAYS * DAY_MS)
}

/// Computes the result, once and for all.
fn execute(sql: &Connection, query: &mut Query) -> Result<(), Fault> {
    let caller = Caller {
        account: query.account.clone(),
        region: query.region.clone(),
    };
    let answer = prepare(sql, &caller, &query.statement).and_then(|prepared| {
        let run = || prepared.run(sql, query.runs_at);
        match within(sql, PATIENCE, run) {
            None => Err(Fault::new("", guesses::QUERY_FAILED)),
            Some(answer) => answer.map_err(|failed| Fault::new("", failed.message)),
        }
    });
    let answer = match answer {
        Ok(answer) => answer,
        Err(fault) => {
            if query.outcome == FINISHED {
                FAILED.clone_into(&mut query.outcome);
                query.error = Some(fault.message.chars().take(*limits::ERROR_MESSAGE.end()).collect());
            }
            return Ok(());
        }
    };
    query.bytes_scanned = count(answer.bytes_scanned);
    query.events_scanned = count(answer.events_scanned);
    query.events_matched = count(answer.events_matched);
    let ends_with_rows = query.outcome == FINISHED || query.outcome == TIMED_OUT;
    let kept = if ends_with_rows { i64::MAX } else { query.early };
    for (position, row) in (0..kept).zip(&answer.rows) {
        queries::add_row(sql, query.seq, position, &wire(&answer.columns, row, query.nulls)?)?;
        query.rows = position + 1;
    }
    Ok(())
}

/// Does `work` on the connection, and gives it up after a time: then there is no answer.
fn within<T>(sql: &Connection, patience: Duration, work: impl FnOnce() -> T) -> Option<T> {
    let handle = sql.get_interrupt_handle();
    let (done, wait) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let watch = scope.spawn(move || {
            let late = wait.recv_timeout(patience) == Err(RecvTimeoutError::Timeout);
            if late {
                handle.interrupt();
            }
            late
        });
        let answer = work();
        drop(done);
        let late = watch.join().unwrap_or(false);
        (!late).then_some(answer)
    })
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// `[{"column":"value"},…]`, in the order of the columns.
fn wire(columns: &[String], row: &[Option<String>], nulls: Nulls) -> Result<String, Fault> {
    let cells: Vec<Cell<'_>> = columns
        .iter()
        .zip(row)
        .map(|(column, value)| {
            Cell(match (value.as_deref(), nulls) {
                (Some(value), _) => Some((column, Some(value))),
                (None, Nulls::Empty) => Some((column, Some(""))),
                (None, Nulls::Missing) => None,
                (None, Nulls::Null) => Some((column, None)),
            })
        })
        .collect();
    Ok(serde_json::to_string(&cells)?)
}

/// A map of one entry, or of none.
struct Cell<'a>(Option<(&'a str, Option<&'a str>)>);

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0)
    }
}

/// Brings a query to the end that is meant for it.
fn end(sql: &Connection, query: &mut Query) -> Result<(), Fault> {
    query.ended_at = Some(query.ends_at);
    query.status.clone_from(&query.outcome);
    if query.status == FAILED || query.status == CANCELLED {
        query.rows = 0;
        queries::drop_rows(sql, query.seq, 0)?;
    } else if query.status == TIMED_OUT {
        // Of what did not get through, half was.
        query.rows = query.readable.unwrap_or(query.rows / 2).min(query.rows);
        query.bytes_scanned /= 2;
        query.events_scanned /= 2;
        query.events_matched /= 2;
        queries::drop_rows(sql, query.seq, query.rows)?;
    }
    Ok(())
}

/// Gives a query up that has not ended: what was scanned stays known, and no row does.
pub(crate) fn cancel(sql: &Connection, query: &mut Query, now_ms: i64) -> Result<(), Fault> {
    let scanned = Scanned::of(query, now_ms);
    query.bytes_scanned = scanned.bytes;
    query.events_scanned = scanned.events;
    query.events_matched = scanned.matched;
    query.rows = 0;
    query.error = None;
    CANCELLED.clone_into(&mut query.status);
    query.ended_at = Some(now_ms);
    queries::drop_rows(sql, query.seq, 0)?;
    queries::update(sql, query)
}

/// Takes down that somebody looked at a query which has not ended.
pub(crate) fn looked_at(sql: &Connection, query: &Query, now_ms: i64) -> Result<(), Fault> {
    if query.ended_at.is_none() && query.looks > 0 {
        queries::count_look(sql, query.seq, now_ms)?;
    }
    Ok(())
}

/// How far a query got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scanned {
    /// Bytes of the events.
    pub(crate) bytes: i64,
    /// Events.
    pub(crate) events: i64,
    /// Events that its conditions let pass.
    pub(crate) matched: i64,
    /// For how long it has been running, in milliseconds.
    pub(crate) took_ms: i64,
}

impl Scanned {
    /// What is known of a query by now; of one that is running, in proportion to the time.
    pub(crate) fn of(query: &Query, now_ms: i64) -> Self {
        let whole = query.ends_at.saturating_sub(query.runs_at);
        let took_ms = match (query.status.as_str(), query.ended_at) {
            (QUEUED, _) => 0,
            (_, Some(ended_at)) => ended_at.saturating_sub(query.runs_at).max(0),
            (_, None) => now_ms.saturating_sub(query.runs_at).max(0),
        };
        let part = |number: i64| {
            if query.ended_at.is_some() || took_ms >= whole {
                number
            } else {
                number.saturating_mul(took_ms) / whole
            }
        };
        Self {
            bytes: part(query.bytes_scanned),
            events: part(query.events_scanned),
            matched: part(query.events_matched),
            took_ms,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_course_goes_by_the_delay() {
        let course = |delay_ms| Course::of(1000, delay_ms);
        let (none, some, most, over) = (course(0), course(5000), course(3_600_000), course(3_600_001));
        assert_eq!((none.runs_at, none.ends_at, none.outcome), (1000, 1000, FINISHED));
        assert_eq!((some.runs_at, some.ends_at, some.outcome), (1500, 6000, FINISHED));
        assert_eq!((most.ends_at, most.outcome), (3_601_000, FINISHED));
        assert_eq!(
            (over.runs_at, over.ends_at, over.outcome),
            (361_000, 3_601_000, TIMED_OUT)
        );
    }

    #[test]
    fn what_goes_on_for_ever_is_given_up() {
        let sql = Connection::open_in_memory().unwrap();
        let count = |text: &str| sql.query_row(text, [], |row| row.get::<_, i64>(0));
        let soon = Duration::from_millis(20);
        let endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
        assert!(within(&sql, soon, || count(endless)).is_none());
        // The connection goes on.
        assert_eq!(within(&sql, PATIENCE, || count("SELECT 7")).unwrap().unwrap(), 7);
    }

    #[test]
    fn a_row_is_a_list_of_maps_of_one_entry() {
        let columns = ["b", "a", "b"].map(ToOwned::to_owned);
        let row = [Some("1".to_owned()), None, Some("\"\u{e9}\"".to_owned())];
        for (nulls, cell) in [
            (Nulls::Empty, r#"{"a":""}"#),
            (Nulls::Missing, "{}"),
            (Nulls::Null, r#"{"a":null}"#),
        ] {
            assert_eq!(
                wire(&columns, &row, nulls).unwrap(),
                format!(r#"[{{"b":"1"}},{cell},{{"b":"\"é\""}}]"#)
            );
        }
    }
}
