//! What `SQLite` does not do as Trino does, as functions of the connection.
//!
//! Each is there three times: `lake_NAME` fails the query, `lake_noted_NAME` gives null and notes the failure for the
//! `TRY` around it, `lake_lenient_NAME` gives null (`TRY_CAST`). A null among the arguments makes the result null.

mod json;
mod map;
mod number;
mod text;
pub(super) mod time;

use std::cell::RefCell;
use std::sync::Arc;

use regex_lite::Regex;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{FromSql as _, Value, ValueRef};
use rusqlite::{Connection, Error};

pub(super) use self::map::entries;
pub(super) use self::number::real_text;

/// A function: what it gives, or why it cannot.
type Scalar = fn(&Args<'_, '_>) -> Result<Value, String>;

/// Functions of one kind.
type Functions = &'static [(&'static str, Scalar)];

/// The arguments of a call, none of them null.
struct Args<'a, 'b>(&'a Context<'b>);

impl Args<'_, '_> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn raw(&self, at: usize) -> ValueRef<'_> {
        if at < self.0.len() {
            self.0.get_raw(at)
        } else {
            ValueRef::Null
        }
    }

    fn value(&self, at: usize) -> Result<Value, String> {
        Value::column_result(self.raw(at)).map_err(|error| error.to_string())
    }

    fn text(&self, at: usize) -> Result<&str, String> {
        self.raw(at).as_str().map_err(|error| error.to_string())
    }

    fn int(&self, at: usize) -> Result<i64, String> {
        self.raw(at).as_i64().map_err(|error| error.to_string())
    }

    fn real(&self, at: usize) -> Result<f64, String> {
        match self.raw(at) {
            ValueRef::Integer(value) => number::real(value),
            other => other.as_f64().map_err(|error| error.to_string()),
        }
    }

    /// A regular expression, made once where it is the same for all rows.
    fn regex(&self, at: usize) -> Result<Arc<Regex>, String> {
        let index = i32::try_from(at).map_err(|error| error.to_string())?;
        let made = self.0.get_or_create_aux(index, |value| {
            let text = value.as_str().map_err(|error| error.to_string())?;
            Regex::new(text).map_err(|error| format!("Invalid regular expression: {error}."))
        });
        made.map_err(|error| match error {
            Error::UserFunctionError(inner) => inner.to_string(),
            other => other.to_string(),
        })
    }
}

thread_local! {
    /// Whether something failed within each `TRY` that is being computed.
    static TRIES: RefCell<Vec<bool>> = const { RefCell::new(Vec::new()) };
}

/// Forgets what an earlier query on this thread left.
pub(super) fn begin() {
    TRIES.with_borrow_mut(Vec::clear);
}

/// What becomes of a failure.
#[derive(Clone, Copy)]
enum Failing {
    Raised,
    Noted,
    Null,
}

/// Gives a connection all functions.
pub(crate) fn install(sql: &Connection) -> rusqlite::Result<()> {
    let all = [
        json::FUNCTIONS,
        map::FUNCTIONS,
        number::FUNCTIONS,
        text::FUNCTIONS,
        time::FUNCTIONS,
    ];
    for (name, function) in all.into_iter().flatten() {
        add(sql, &format!("lake_{name}"), *function, Failing::Raised)?;
        add(sql, &format!("lake_noted_{name}"), *function, Failing::Noted)?;
        add(sql, &format!("lake_lenient_{name}"), *function, Failing::Null)?;
    }
    let flags = FunctionFlags::SQLITE_UTF8;
    sql.create_scalar_function("lake_try_begin", 0, flags, |_| {
        TRIES.with_borrow_mut(|tries| tries.push(false));
        Ok(true)
    })?;
    sql.create_scalar_function("lake_try_end", 1, flags, |context| {
        let failed = TRIES.with_borrow_mut(Vec::pop).unwrap_or(false);
        if failed {
            Ok(Value::Null)
        } else {
            context.get::<Value>(0)
        }
    })?;
    sql.create_scalar_function("lake_only", 2, flags, |context| {
        if context.get::<i64>(0)? > 1 {
            return Err(failure("Scalar sub-query has returned multiple rows.".to_owned()));
        }
        context.get::<Value>(1)
    })
}

fn failure(message: String) -> Error {
    Error::UserFunctionError(message.into())
}

fn add(sql: &Connection, name: &str, function: Scalar, failing: Failing) -> rusqlite::Result<()> {
    let mut flags = FunctionFlags::SQLITE_UTF8;
    // What notes a failure must be called where it stands.
    if !matches!(failing, Failing::Noted) {
        flags |= FunctionFlags::SQLITE_DETERMINISTIC;
    }
    sql.create_scalar_function(name, -1, flags, move |context| {
        if (0..context.len()).any(|at| matches!(context.get_raw(at), ValueRef::Null)) {
            return Ok(Value::Null);
        }
        match (function(&Args(context)), failing) {
            (Ok(value), _) => Ok(value),
            (Err(message), Failing::Raised) => Err(failure(message)),
            (Err(_), Failing::Noted) => {
                TRIES.with_borrow_mut(|tries| {
                    if let Some(last) = tries.last_mut() {
                        *last = true;
                    }
                });
                Ok(Value::Null)
            }
            (Err(_), Failing::Null) => Ok(Value::Null),
        }
    })
}

fn text(value: impl Into<String>) -> Value {
    Value::Text(value.into())
}

fn boolean(value: bool) -> Value {
    Value::Integer(i64::from(value))
}

/// A count of things in memory.
fn count(value: usize) -> Value {
    Value::Integer(i64::try_from(value).unwrap_or(i64::MAX))
}
