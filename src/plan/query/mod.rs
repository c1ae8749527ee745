//! Queries: their statements, when to ask how they stand, and whom to tell.
//!
//! Nothing that a user or an account names is pasted into SQL: a store stands there as the UUID of its ARN
//! ([`Table`]), every value as a literal that [`literal`] makes.

pub mod bounds;
pub mod events;
pub mod literal;
mod parsed;
pub mod poll;
pub mod record;
pub mod sample;
pub mod select;
pub mod statement;
pub mod text;

pub use poll::{Patience, Poll};
pub use statement::{Select, Statement, StatementError, Table, TableError};

use std::time::Duration;

use crate::model::query::{QueryId, QueryState};

/// What is known of a query that is under way.
#[derive(Debug, Clone, Copy)]
pub struct Headway<'a> {
    /// Its ID.
    pub id: &'a QueryId,
    /// How it stands.
    pub state: &'a QueryState,
    /// How long ago it was asked for.
    pub elapsed: Duration,
}

/// Whoever wants to know how a query is going.
pub trait Watcher: Send {
    /// It was started, and is billed from now on.
    fn started(&mut self) {}
    /// It was asked how the query stands.
    fn headway(&mut self, headway: Headway<'_>);
    /// Something happened that a person should know, as a sentence: the query waits, was found again, is being
    /// cancelled.
    fn notice(&mut self, sentence: &str);
}

/// A watcher that does not look.
#[derive(Debug, Default)]
pub struct Unwatched;

impl Watcher for Unwatched {
    fn headway(&mut self, _: Headway<'_>) {}

    fn notice(&mut self, _: &str) {}
}
