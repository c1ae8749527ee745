//! Queries at rest, with their rows.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde_json::value::RawValue;

use super::Tx;
use crate::sandbox::nulls::Nulls;
use crate::sandbox::wire::Fault;

/// Accepted.
pub(crate) const QUEUED: &str = "QUEUED";
/// Under way.
pub(crate) const RUNNING: &str = "RUNNING";
/// Done.
pub(crate) const FINISHED: &str = "FINISHED";
/// Gone wrong.
pub(crate) const FAILED: &str = "FAILED";
/// Given up, by whomever.
pub(crate) const CANCELLED: &str = "CANCELLED";
/// Took too long.
pub(crate) const TIMED_OUT: &str = "TIMED_OUT";
/// Every status of the model.
pub(crate) const STATUSES: [&str; 6] = [QUEUED, RUNNING, FINISHED, FAILED, CANCELLED, TIMED_OUT];

/// A query.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    /// Order of creation.
    pub(crate) seq: i64,
    /// UUID.
    pub(crate) id: String,
    /// Whose it is.
    pub(crate) account: String,
    /// Where it is.
    pub(crate) region: String,
    /// The SQL, as it was sent.
    pub(crate) statement: String,
    /// One of `STATUSES`.
    pub(crate) status: String,
    /// When it was accepted.
    pub(crate) created_at: i64,
    /// When it goes from `QUEUED` to `RUNNING`; its result is of this moment.
    pub(crate) runs_at: i64,
    /// When it comes to its end.
    pub(crate) ends_at: i64,
    /// How many more times it is still to be found unfinished, whatever the time.
    pub(crate) looks: i64,
    /// The status that it will have in the end.
    pub(crate) outcome: String,
    /// How many rows stay readable after a time-out, where that was said.
    pub(crate) readable: Option<i64>,
    /// How many rows can be read while it runs.
    pub(crate) early: i64,
    /// How a NULL is told in a row.
    pub(crate) nulls: Nulls,
    /// When it came to its end.
    pub(crate) ended_at: Option<i64>,
    /// Why it failed, or is going to.
    pub(crate) error: Option<String>,
    /// Rows kept.
    pub(crate) rows: i64,
    /// Bytes of the events scanned, when it is through.
    pub(crate) bytes_scanned: i64,
    /// Events scanned, when it is through.
    pub(crate) events_scanned: i64,
    /// Events that its conditions let pass, when it is through.
    pub(crate) events_matched: i64,
}

impl Query {
    /// Why it failed, once it has.
    pub(crate) fn error_now(&self) -> Option<String> {
        self.error.clone().filter(|_| self.ended_at.is_some())
    }
}

const COLUMNS: &str = "seq, id, account, region, statement, status, created_at, runs_at, ends_at, looks, outcome, \
     readable, early, nulls, ended_at, error, rows, bytes_scanned, events_scanned, events_matched";

fn read(row: &Row<'_>) -> rusqlite::Result<Query> {
    Ok(Query {
        seq: row.get(0)?,
        id: row.get(1)?,
        account: row.get(2)?,
        region: row.get(3)?,
        statement: row.get(4)?,
        status: row.get(5)?,
        created_at: row.get(6)?,
        runs_at: row.get(7)?,
        ends_at: row.get(8)?,
        looks: row.get(9)?,
        outcome: row.get(10)?,
        readable: row.get(11)?,
        early: row.get(12)?,
        nulls: row.get(13)?,
        ended_at: row.get(14)?,
        error: row.get(15)?,
        rows: row.get(16)?,
        bytes_scanned: row.get(17)?,
        events_scanned: row.get(18)?,
        events_matched: row.get(19)?,
    })
}

/// A query that is accepted.
#[derive(Clone, Debug)]
pub(crate) struct Accepted<'a> {
    /// UUID.
    pub(crate) id: &'a str,
    /// The SQL.
    pub(crate) statement: &'a str,
    /// The ids of the stores it reads.
    pub(crate) stores: &'a [String],
    /// When it begins to run.
    pub(crate) runs_at: i64,
    /// When it ends.
    pub(crate) ends_at: i64,
    /// How many looks find it unfinished at least.
    pub(crate) looks: i64,
    /// What becomes of it.
    pub(crate) outcome: &'static str,
    /// How many rows stay readable after a time-out.
    pub(crate) readable: Option<i64>,
    /// How many rows can be read while it runs.
    pub(crate) early: i64,
    /// How a NULL is told in a row.
    pub(crate) nulls: Nulls,
    /// Why it is going to fail.
    pub(crate) error: Option<&'a str>,
}

/// Adds a query of the caller's.
pub(crate) fn insert(tx: &Tx<'_>, query: &Accepted<'_>) -> Result<(), Fault> {
    tx.sql
        .prepare_cached(
            "INSERT INTO queries (id, account, region, statement, status, created_at, runs_at, ends_at, looks, outcome,
             readable, early, nulls, error)
             VALUES (?1, ?2, ?3, ?4, 'QUEUED', ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(params![
            query.id,
            tx.caller.account,
            tx.caller.region,
            query.statement,
            tx.now_ms,
            query.runs_at,
            query.ends_at,
            query.looks,
            query.outcome,
            query.readable,
            query.early,
            query.nulls,
            query.error,
        ])?;
    let seq = tx.sql.last_insert_rowid();
    let mut add = tx
        .sql
        .prepare_cached("INSERT OR IGNORE INTO query_stores (query, store) VALUES (?1, ?2)")?;
    for store in query.stores {
        add.execute(params![seq, store])?;
    }
    Ok(())
}

/// Writes back what changes during a query's life.
pub(crate) fn update(sql: &Connection, query: &Query) -> Result<(), Fault> {
    sql.prepare_cached(
        "UPDATE queries SET status = ?2, looks = ?3, outcome = ?4, ended_at = ?5, error = ?6, rows = ?7,
         bytes_scanned = ?8, events_scanned = ?9, events_matched = ?10 WHERE seq = ?1",
    )?
    .execute(params![
        query.seq,
        query.status,
        query.looks,
        query.outcome,
        query.ended_at,
        query.error,
        query.rows,
        query.bytes_scanned,
        query.events_scanned,
        query.events_matched,
    ])?;
    Ok(())
}

/// The query of an id, in the caller's account and Region.
pub(crate) fn by_id(tx: &Tx<'_>, id: &str) -> Result<Option<Query>, Fault> {
    let text = format!("SELECT {COLUMNS} FROM queries WHERE id = ?1 AND account = ?2 AND region = ?3");
    let mut statement = tx.sql.prepare_cached(&text)?;
    Ok(statement
        .query_row(params![id, tx.caller.account, tx.caller.region], read)
        .optional()?)
}

/// The ids of the stores that a query reads.
pub(crate) fn stores(sql: &Connection, seq: i64) -> Result<Vec<String>, Fault> {
    let mut statement = sql.prepare_cached("SELECT store FROM query_stores WHERE query = ?1 ORDER BY store")?;
    let rows = statement.query_map([seq], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many of the caller's are queued or running.
pub(crate) fn unfinished(tx: &Tx<'_>) -> Result<i64, Fault> {
    let mut statement = tx
        .sql
        .prepare_cached("SELECT count(*) FROM queries WHERE ended_at IS NULL AND account = ?1 AND region = ?2")?;
    Ok(statement.query_row(params![tx.caller.account, tx.caller.region], |row| row.get(0))?)
}

/// Whether time has come for any query: to run, to end, or (made before `oldest`) to go.
pub(crate) fn any_due(sql: &Connection, now_ms: i64, oldest: i64) -> Result<bool, Fault> {
    let mut statement = sql.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM queries WHERE created_at <= ?2) OR EXISTS (SELECT 1 FROM queries
         WHERE ended_at IS NULL AND runs_at <= ?1 AND (status = 'QUEUED' OR (ends_at <= ?1 AND looks = 0)))",
    )?;
    Ok(statement.query_row([now_ms, oldest], |row| row.get(0))?)
}

/// The queries that have not ended although they are to run by now, oldest first.
pub(crate) fn under_way(sql: &Connection, now_ms: i64) -> Result<Vec<Query>, Fault> {
    let mut statement = sql.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM queries WHERE ended_at IS NULL AND runs_at <= ?1 ORDER BY seq"
    ))?;
    let rows = statement.query_map([now_ms], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Every query of every account, oldest first.
pub(crate) fn all(sql: &Connection) -> Result<Vec<Query>, Fault> {
    let mut statement = sql.prepare_cached(&format!("SELECT {COLUMNS} FROM queries ORDER BY seq"))?;
    let rows = statement.query_map([], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Forgets the queries made at or before `oldest`, with all that came out of them.
pub(crate) fn forget(sql: &Connection, oldest: i64) -> Result<(), Fault> {
    sql.execute("DELETE FROM queries WHERE created_at <= ?1", [oldest])?;
    Ok(())
}

/// Keeps a row, as it is on the wire.
pub(crate) fn add_row(sql: &Connection, seq: i64, position: i64, row: &str) -> Result<(), Fault> {
    sql.prepare_cached("INSERT INTO query_rows (query, position, row) VALUES (?1, ?2, ?3)")?
        .execute(params![seq, position, row])?;
    Ok(())
}

/// Forgets the rows from `position` on.
pub(crate) fn drop_rows(sql: &Connection, seq: i64, position: i64) -> Result<(), Fault> {
    sql.prepare_cached("DELETE FROM query_rows WHERE query = ?1 AND position >= ?2")?
        .execute([seq, position])?;
    Ok(())
}

/// So many rows from `position` on.
pub(crate) fn rows(sql: &Connection, seq: i64, position: i64, limit: i64) -> Result<Vec<Box<RawValue>>, Fault> {
    let mut statement = sql
        .prepare_cached("SELECT row FROM query_rows WHERE query = ?1 AND position >= ?2 ORDER BY position LIMIT ?3")?;
    let mut found = statement.query([seq, position, limit])?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        rows.push(RawValue::from_string(row.get(0)?)?);
    }
    Ok(rows)
}

/// One look less is to find the query unfinished; it does not end before this one.
pub(crate) fn count_look(sql: &Connection, seq: i64, now_ms: i64) -> Result<(), Fault> {
    sql.prepare_cached(
        "UPDATE queries SET looks = looks - 1, ends_at = max(ends_at, ?2) WHERE seq = ?1 AND looks > 0",
    )?
    .execute([seq, now_ms])?;
    Ok(())
}

/// Which queries `ListQueries` is to show.
#[derive(Clone, Debug)]
pub(crate) struct Wanted<'a> {
    /// The id of a store that they read.
    pub(crate) store: &'a str,
    /// Their status, if it matters.
    pub(crate) status: Option<&'a str>,
    /// Made at this time or later.
    pub(crate) from: i64,
    /// Made at this time or before.
    pub(crate) to: i64,
}

/// So many of the caller's queries made before that of number `before`, latest first: number, id, status, creation.
pub(crate) fn page(
    tx: &Tx<'_>,
    wanted: &Wanted<'_>,
    before: i64,
    limit: i64,
) -> Result<Vec<(i64, String, String, i64)>, Fault> {
    let mut statement = tx.sql.prepare_cached(
        "SELECT seq, id, status, created_at FROM queries JOIN query_stores ON query = seq AND store = ?1
         WHERE account = ?2 AND region = ?3 AND (?4 IS NULL OR status = ?4) AND created_at BETWEEN ?5 AND ?6
         AND seq < ?7 ORDER BY seq DESC LIMIT ?8",
    )?;
    let rows = statement.query_map(
        params![
            wanted.store,
            tx.caller.account,
            tx.caller.region,
            wanted.status,
            wanted.from,
            wanted.to,
            before,
            limit
        ],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}
