//! What the `event` verbs say: verdicts on events, the catalogue of events, the schema.
//!
//! Of an event that was read, its id, its place and JSON pointers are shown; never anything that it holds.

mod catalog;
mod schema;
mod validate;

pub use catalog::Catalog;
pub use schema::Schema;
pub use validate::{Validated, Verdicts, lines};
