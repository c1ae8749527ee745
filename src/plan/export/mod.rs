//! Exporting a store: which windows of time are read, what a window's rows become, and what an archive says of
//! itself. The reasons are in docs/design/008-export.md.

pub mod layout;
pub mod manifest;
mod second;

pub use layout::{Layout, Outcome, Part, Span};
pub use manifest::{Compression, DataFile, Flaw, Manifest, Query, Window};
pub use second::Second;

use crate::plan::query::record::{Record, RowError, Spelling};
use crate::plan::query::{Select, Table};

/// How many events a window is to hold about: fifty pages, which the service lets be read in five seconds.
pub const WINDOW_EVENTS: u64 = 50_000;
/// How many windows are read at a time, if nobody says otherwise.
pub const CONCURRENCY: usize = 3;
/// How many are at most: the queries that the service runs at a time (reference §6).
pub const MOST_CONCURRENT: usize = 10;
/// How long before now an export ends that is not told where, in seconds: events come to be seen some minutes
/// after they were sent, five on average by AWS's word (reference §2.8).
pub const MARGIN: i64 = 15 * 60;
/// How long before a store's retention an export begins that is not told where, in seconds: nothing is removed to
/// the minute.
const LEEWAY: i64 = 86_400;

/// The first second of which a store may hold an event. Retention goes by eventTime, so an event may be older
/// than its store (reference §2.1).
pub fn oldest(now: Second, retention_days: u32) -> Second {
    now.plus(-i64::from(retention_days) * 86_400 - LEEWAY)
}

/// The query that reads a part: its events in the order of their times, and of their IDs within a second, so that
/// what is read again is the same.
pub fn select(table: &Table, part: &Part, spelling: Spelling) -> Select {
    let select = Select::from(table.clone())
        .column(spelling.expression(), "record")
        .time("eventTime", ">=", part.span.from.timestamp())
        .time("eventTime", "<", part.span.to.timestamp());
    let select = match &part.ids_from {
        Some(id) => select.text("eventID", ">=", id),
        None => select,
    };
    let select = match &part.ids_before {
        Some(id) => select.text("eventID", "<", id),
        None => select,
    };
    select.order("eventTime").order("eventID")
}

/// Why a row does not belong into the archive. Says nothing of what it holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// It is not what was asked for.
    #[error(transparent)]
    Row(#[from] RowError),
    /// It is of another time.
    #[error("its eventTime is not in the window")]
    Outside,
}

/// Adds the line of a row, with its line feed, to `out`; on an error `out` is as it was.
pub fn line(row: &str, span: Span, out: &mut String) -> Result<(), LineError> {
    let record = Record::read(row)?;
    if !span.holds(Second(record.time().unix())) {
        return Err(LineError::Outside);
    }
    record.write(out)?;
    out.push('\n');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_another_time_is_no_line() {
        let mut values = vec![serde_json::Value::Null; 29];
        values[3] = "id-1".into();
        values[4] = "2026-11-20T12:00:00Z".into();
        let row = serde_json::Value::Array(values).to_string();
        // Noon is 1795176000 by `date +%s`.
        let span = |from, to| Span::new(Second(from), Second(to)).unwrap();
        let mut out = String::from("kept");
        line(&row, span(1_795_176_000, 1_795_176_001), &mut out).unwrap();
        assert_eq!(
            out,
            "kept{\"eventID\":\"id-1\",\"eventTime\":\"2026-11-20T12:00:00Z\"}\n"
        );
        let before = out.clone();
        for other in [span(1_795_175_999, 1_795_176_000), span(1_795_176_001, 1_795_176_002)] {
            assert_eq!(line(&row, other, &mut out), Err(LineError::Outside));
        }
        assert_eq!(
            line("[]", span(0, 1), &mut out),
            Err(LineError::Row(RowError::Length(0, 29)))
        );
        assert_eq!(out, before);
    }

    #[test]
    fn a_part_is_asked_for_by_time_and_by_id() {
        let store = "arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/6f0c2a1e-1111-4222-8333-444455556666";
        let table = Table::of(&store.parse().unwrap()).unwrap();
        let second = Span::new(Second(1_657_623_300), Second(1_657_623_301)).unwrap();
        let tail = |part: &Part| {
            let statement = select(&table, part, Spelling::Right).statement().unwrap();
            let (_, tail) = statement.as_str().split_once(" AS record ").unwrap();
            tail.to_owned()
        };
        let whole = Part::whole(second);
        insta::assert_snapshot!(tail(&whole), @"FROM 6f0c2a1e-1111-4222-8333-444455556666 WHERE eventTime >= timestamp '2022-07-12 10:55:00' AND eventTime < timestamp '2022-07-12 10:55:01' ORDER BY eventTime, eventID");
        let parts = whole.split().unwrap();
        insta::assert_snapshot!(tail(&parts[1]), @"FROM 6f0c2a1e-1111-4222-8333-444455556666 WHERE eventTime >= timestamp '2022-07-12 10:55:00' AND eventTime < timestamp '2022-07-12 10:55:01' AND eventID >= '1' AND eventID < '2' ORDER BY eventTime, eventID");
    }

    #[test]
    fn an_export_begins_before_anything_can_be_left() {
        // `date -u -d '2026-11-20T12:00:00Z - 367 days' +%s`
        assert_eq!(oldest(Second(1_795_176_000), 366), Second(1_795_176_000 - 367 * 86_400));
    }
}
