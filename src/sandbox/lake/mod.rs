//! Lake's SQL over the events of the sandbox (reference §5): parsed, typed as Trino types it, and lowered onto `SQLite`.
//!
//! What the engine does not know is [`Invalid`] and named; what `SQLite` would do differently from Trino is done by
//! functions of our own. It never answers with a guess at what a statement may have meant.

mod functions;
mod lower;
mod node;
mod render;
mod schema;
mod scope;
mod tokens;
mod types;

use std::collections::HashMap;
use std::thread::{self, ScopedJoinHandle};

use rusqlite::Connection;
use rusqlite::types::Value;
use sqlparser::ast::Statement;
use sqlparser::parser::Parser;

pub(crate) use self::functions::install;

use self::lower::{Lowerer, Output, Scan};

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
    sql: String,
    columns: Vec<Output>,
    matched: Option<String>,
    scans: Vec<Scan>,
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The columns' keys, as spelled in the statement.
    pub(crate) columns: Vec<String>,
    /// As many values a row as columns; everything is text, as Lake has it, and a null is `None`.
    pub(crate) rows: Vec<Vec<Option<String>>>,
    /// Bytes of the records that were read: all within the bounds that the statement has for `eventTime`.
    pub(crate) bytes_scanned: u64,
    /// How many records these are.
    pub(crate) events_scanned: u64,
    /// Rows before grouping and `LIMIT`; of a set operation, those it gives.
    pub(crate) events_matched: u64,
}

/// Trino's words, as far as the parser has to know of them.
#[derive(Debug)]
struct Dialect;

impl sqlparser::dialect::Dialect for Dialect {
    fn is_delimited_identifier_start(&self, letter: char) -> bool {
        letter == '"'
    }

    fn is_identifier_start(&self, letter: char) -> bool {
        letter.is_alphabetic() || letter == '_'
    }

    fn is_identifier_part(&self, letter: char) -> bool {
        letter.is_alphanumeric() || letter == '_'
    }

    fn supports_filter_during_aggregation(&self) -> bool {
        true
    }
}

/// Stack of the thread that takes a statement apart: its tree is walked by functions that call themselves.
const STACK: usize = 32 * 1024 * 1024;

/// Checks a statement. `find` answers the store that an identifier (a store's ID, in lower case) means, if the caller
/// has it.
pub(crate) fn prepare(statement: &str, find: &dyn Fn(&str) -> Option<Table>) -> Result<Query, Invalid> {
    let quoted = tokens::quote_ids(statement)?;
    let tables = quoted
        .ids
        .into_iter()
        .filter_map(|id| find(&id).map(|table| (id, table)));
    let tables: HashMap<String, Table> = tables.collect();
    let text = quoted.text;
    thread::scope(|scope| {
        let lowering = thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, || lower(&text, &tables));
        match lowering.map(ScopedJoinHandle::join) {
            Ok(Ok(query)) => query,
            _ => types::refuse("The sandbox could not take the statement apart."),
        }
    })
}

fn lower(text: &str, tables: &HashMap<String, Table>) -> Result<Query, Invalid> {
    let parsed = Parser::parse_sql(&Dialect, text);
    let mut statements = parsed
        .map_err(|error| Invalid::Statement(format!("The statement is not understood: {error}.")))?
        .into_iter();
    let query = match (statements.next(), statements.next()) {
        (Some(Statement::Query(query)), None) => query,
        (Some(Statement::Query(_)), Some(_)) => return types::refuse("Only one statement can be run at a time."),
        _ => return types::refuse("Only SELECT statements are known."),
    };
    let mut work = Lowerer::new(tables);
    let lowered = work.statement(&query)?;
    let mut stores: Vec<String> = Vec::new();
    for scan in &work.scans {
        if !stores.contains(&scan.store) {
            stores.push(scan.store.clone());
        }
    }
    Ok(Query {
        stores,
        sql: lowered.sql,
        columns: lowered.columns,
        matched: lowered.matched,
        scans: work.scans,
    })
}

impl Query {
    /// The ids of the stores that are read, each once, in the order they are named.
    pub(crate) fn stores(&self) -> &[String] {
        &self.stores
    }

    /// Runs the statement at a time, in milliseconds; events that arrive later are not seen.
    pub(crate) fn run(&self, sql: &Connection, now_ms: i64) -> Result<Answer, Failed> {
        functions::begin();
        let mut answer = Answer {
            columns: self.keys(),
            rows: self.rows(sql, now_ms)?,
            bytes_scanned: 0,
            events_scanned: 0,
            events_matched: 0,
        };
        for scan in &self.scans {
            let counted = format!("SELECT count(*), coalesce(sum(e.record_bytes), 0) {}", scan.rows());
            let (events, bytes) = sql.query_row(&counted, [now_ms], |row| Ok((row.get(0)?, row.get(1)?)))?;
            answer.events_scanned += unsigned(events);
            answer.bytes_scanned += unsigned(bytes);
        }
        answer.events_matched = match &self.matched {
            Some(matched) => {
                let mut statement = sql.prepare(matched)?;
                let mut rows = at(&mut statement, now_ms)?;
                rows.next()?.map_or(Ok(0), |row| row.get(0)).map(unsigned)?
            }
            None => u64::try_from(answer.rows.len()).unwrap_or(u64::MAX),
        };
        Ok(answer)
    }

    fn keys(&self) -> Vec<String> {
        let name = |(at, column): (usize, &Output)| column.name.clone().unwrap_or_else(|| format!("_col{at}"));
        self.columns.iter().enumerate().map(name).collect()
    }

    fn rows(&self, sql: &Connection, now_ms: i64) -> Result<Vec<Vec<Option<String>>>, Failed> {
        let width: usize = self.columns.iter().map(|column| column.ty.width()).sum();
        let mut statement = sql.prepare(&self.sql)?;
        let mut found = at(&mut statement, now_ms)?;
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            let values: Vec<Value> = (0..width).map(|at| row.get(at)).collect::<Result<_, _>>()?;
            let mut values = values.into_iter();
            let shown = self.columns.iter().map(|column| render::shown(&column.ty, &mut values));
            rows.push(shown.collect::<Result<_, _>>().map_err(|message| Failed { message })?);
        }
        Ok(rows)
    }
}

/// Runs a statement, which may have no need of the time.
fn at<'a>(statement: &'a mut rusqlite::Statement<'_>, now_ms: i64) -> rusqlite::Result<rusqlite::Rows<'a>> {
    match statement.parameter_count() {
        0 => statement.query([]),
        _ => statement.query([now_ms]),
    }
}

fn unsigned(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

impl From<rusqlite::Error> for Failed {
    fn from(error: rusqlite::Error) -> Self {
        let message = match error {
            rusqlite::Error::SqliteFailure(_, Some(message)) => message,
            rusqlite::Error::UserFunctionError(inner) => inner.to_string(),
            other => other.to_string(),
        };
        Self { message }
    }
}

#[cfg(test)]
mod tests;
