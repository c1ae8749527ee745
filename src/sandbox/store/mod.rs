//! The state: one `SQLite` database, in memory or in a file that several processes may share.
//!
//! Every request is one transaction, begun `IMMEDIATE`; in write-ahead mode a committed one survives a killed process.

pub(crate) mod channels;
pub(crate) mod event_data_stores;
pub(crate) mod events;
pub(crate) mod policies;
pub(crate) mod queries;
pub(crate) mod tags;

use std::cell::Cell;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OptionalExtension as _, TransactionBehavior, params};

use super::clock::Clock;
use super::faults::Spoiled;
use super::ids::Ids;
use super::lake;
use super::queries as lives;
use super::rules::{Caller, Rules};
use super::wire::Fault;

/// How to get from each version of the schema to the next.
const MIGRATIONS: [&str; 3] = [
    include_str!("schema.sql"),
    include_str!("queried.sql"),
    include_str!("queries.sql"),
];

/// How long to wait for another process.
const PATIENCE: Duration = Duration::from_secs(20);

/// The database.
#[derive(Debug)]
pub(crate) struct Db {
    connection: Mutex<Connection>,
}

/// One request's view of the state.
#[derive(Debug)]
pub(crate) struct Tx<'a> {
    /// The transaction.
    pub(crate) sql: &'a Connection,
    /// Who calls.
    pub(crate) caller: &'a Caller,
    /// The sandbox's time, the same during the whole request.
    pub(crate) now_ms: i64,
    /// The sandbox's switches.
    pub(crate) rules: &'a Rules,
    /// Entries that a fault wants to fail.
    pub(crate) spoiled: Option<&'a Spoiled>,
    ids: &'a Ids,
    counter: Cell<u64>,
}

impl Tx<'_> {
    /// A new id for a resource or event.
    pub(crate) fn new_id(&self) -> String {
        let counter = self.counter.get();
        self.counter.set(counter.wrapping_add(1));
        self.ids.resource(counter)
    }
}

/// What a transaction is run with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scene<'a> {
    /// Who calls.
    pub(crate) caller: &'a Caller,
    /// The sandbox's switches.
    pub(crate) rules: &'a Rules,
    /// Where ids come from.
    pub(crate) ids: &'a Ids,
    /// Entries that a fault wants to fail.
    pub(crate) spoiled: Option<&'a Spoiled>,
}

/// Why the state cannot be used.
#[derive(Debug)]
pub(crate) enum OpenError {
    /// `SQLite` says no.
    Sqlite(rusqlite::Error),
    /// A later version of the sandbox wrote it.
    Newer(i64),
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl Db {
    /// Opens the state, and makes it if there is none; without a path it is in memory.
    pub(crate) fn open(path: Option<&Path>, start: Clock) -> Result<Self, OpenError> {
        let mut connection = match path {
            None => Connection::open_in_memory()?,
            Some(path) => Connection::open(path)?,
        };
        connection.busy_timeout(PATIENCE)?;
        if path.is_some() {
            write_ahead(&connection)?;
        }
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.set_prepared_statement_cache_capacity(128);
        lake::install(&connection)?;
        migrate(&mut connection, start)?;
        Ok(Self {
            connection: Mutex::new(connection),
        })
    }

    /// Runs `work` in one transaction, committed if it succeeds.
    pub(crate) fn transact<T>(
        &self,
        scene: Scene<'_>,
        work: impl FnOnce(&Tx<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.catch_up()?;
        self.raw(|sql| {
            let now_ms = clock(sql)?.now_ms();
            settle(sql, now_ms)?;
            let first = if scene.ids.is_seeded() { counter(sql)? } else { 0 };
            let tx = Tx {
                sql,
                caller: scene.caller,
                now_ms,
                rules: scene.rules,
                spoiled: scene.spoiled,
                ids: scene.ids,
                counter: Cell::new(first),
            };
            let out = work(&tx)?;
            if scene.ids.is_seeded() && tx.counter.get() != first {
                set_meta(sql, "ids", &tx.counter.get().to_string())?;
            }
            Ok(out)
        })
    }

    /// Lets queries run and end whose time has come, so that a request which is then refused does not undo it.
    fn catch_up(&self) -> Result<(), Fault> {
        let is_due = {
            let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
            lives::any_due(&connection, clock(&connection)?.now_ms())?
        };
        if is_due {
            self.raw(|sql| settle(sql, clock(sql)?.now_ms()))?;
        }
        Ok(())
    }

    /// Runs `work` in one transaction that knows of no caller.
    pub(crate) fn raw<T>(&self, work: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T, Fault> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let out = work(&transaction)?;
        transaction.commit()?;
        Ok(out)
    }
}

/// Lets time pass: queries first, because what is about to go may be in their results.
pub(crate) fn settle(sql: &Connection, now_ms: i64) -> Result<(), Fault> {
    lives::settle(sql, now_ms)?;
    event_data_stores::settle(sql, now_ms)
}

/// Empties everything and sets the clock.
pub(crate) fn reset(sql: &Connection, start: Clock) -> Result<(), Fault> {
    sql.execute_batch(
        "DELETE FROM outcomes; DELETE FROM query_rows; DELETE FROM query_stores; DELETE FROM queries; DELETE FROM events; DELETE FROM tags; DELETE FROM resource_policies; DELETE FROM destinations;
         DELETE FROM channels; DELETE FROM event_data_stores; DELETE FROM customers; DELETE FROM meta;
         DELETE FROM sqlite_sequence;",
    )?;
    set_clock(sql, start)
}

/// The clock of this state.
pub(crate) fn clock(sql: &Connection) -> Result<Clock, Fault> {
    let text = meta(sql, "clock")?;
    Ok(text
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or(Clock::Offset(0)))
}

/// Sets the clock of this state.
pub(crate) fn set_clock(sql: &Connection, clock: Clock) -> Result<(), Fault> {
    set_meta(sql, "clock", &serde_json::to_string(&clock)?)
}

fn counter(sql: &Connection) -> Result<u64, Fault> {
    Ok(meta(sql, "ids")?.and_then(|text| text.parse().ok()).unwrap_or(0))
}

fn meta(sql: &Connection, key: &str) -> Result<Option<String>, Fault> {
    let mut statement = sql.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
    Ok(statement.query_row([key], |row| row.get(0)).optional()?)
}

fn set_meta(sql: &Connection, key: &str, value: &str) -> Result<(), Fault> {
    sql.prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)")?
        .execute(params![key, value])?;
    Ok(())
}

/// Turns write-ahead mode on. Where two processes do that at once `SQLite` does not wait, so this does.
fn write_ahead(connection: &Connection) -> Result<(), OpenError> {
    const TRIES: u32 = 400;
    let mut tried = 0;
    loop {
        let mode = connection
            .query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0))
            .map(|_| ());
        match mode {
            Ok(()) => break,
            Err(error) if tried < TRIES && is_busy(&error) => {
                tried += 1;
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(error) => return Err(error.into()),
        }
    }
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    Ok(())
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

fn migrate(connection: &mut Connection, start: Clock) -> Result<(), OpenError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let Some(pending) = usize::try_from(version).ok().and_then(|done| MIGRATIONS.get(done..)) else {
        return Err(OpenError::Newer(version));
    };
    for migration in pending {
        transaction.execute_batch(migration)?;
    }
    if !pending.is_empty() {
        transaction.pragma_update(
            None,
            "user_version",
            i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX),
        )?;
    }
    if version == 0 {
        let clock = serde_json::to_string(&start).unwrap_or_default();
        transaction.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('clock', ?1)", [clock])?;
    }
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_kept_and_a_newer_state_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state");
        let db = Db::open(Some(&path), Clock::Fixed(5)).unwrap();
        db.raw(|sql| set_clock(sql, Clock::Fixed(9))).unwrap();
        let again = Db::open(Some(&path), Clock::Fixed(5)).unwrap();
        assert_eq!(again.raw(clock).unwrap(), Clock::Fixed(9));
        db.raw(|sql| Ok(sql.pragma_update(None, "user_version", 99)?)).unwrap();
        assert!(matches!(
            Db::open(Some(&path), Clock::Fixed(5)),
            Err(OpenError::Newer(99))
        ));
    }

    #[test]
    fn a_state_of_an_earlier_release_is_brought_up_to_date() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state");
        let old = Connection::open(&path).unwrap();
        old.execute_batch(MIGRATIONS[0]).unwrap();
        old.pragma_update(None, "user_version", 1).unwrap();
        set_clock(&old, Clock::Fixed(9)).unwrap();
        drop(old);
        let db = Db::open(Some(&path), Clock::Fixed(5)).unwrap();
        assert_eq!(db.raw(clock).unwrap(), Clock::Fixed(9));
        assert_eq!(db.raw(queries::all).unwrap().len(), 0);
    }

    #[test]
    fn what_fails_leaves_no_trace() {
        let db = Db::open(None, Clock::Fixed(5)).unwrap();
        let refused: Result<(), Fault> = db.raw(|sql| {
            set_clock(sql, Clock::Fixed(6))?;
            Err(Fault::new("X", "no"))
        });
        assert_eq!(refused.unwrap_err().code, "X");
        assert_eq!(db.raw(clock).unwrap(), Clock::Fixed(5));
    }

    #[test]
    fn many_may_open_one_file_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state");
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| Db::open(Some(&path), Clock::Offset(0)).unwrap().raw(clock).unwrap());
            }
        });
    }
}
