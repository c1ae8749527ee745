//! Integration events: from the bytes of an input to what is sent, byte for byte.
//!
//! [`split`] cuts an input into entries, [`prepare`](fn@prepare) takes each out of its wrapping, holds
//! it to the [`schema`], fills in what follows from the channel, and gives an [`AuditEvent`] or a
//! [`Refusal`] with every reason. Nothing here builds a value tree of an event or re-serialises one.

pub mod compose;
pub mod encode;
pub mod entry;
pub mod id;
pub mod json_schema;
pub mod reply;
pub mod schema;
pub mod split;
pub mod text;
pub mod time;
pub mod value;
pub mod violation;

mod check;
mod form;
mod head;
mod judge;
mod nest;
mod prepare;
mod run;
mod scan;

pub use entry::{Broken, Entry, Place, Shape};
pub use form::Wrapping;
pub use id::{EntryId, EntryIdError, Occurrences, checksum};
pub use judge::{Event, Judged};
pub use prepare::{AuditEvent, Filled, Gaps, Refusal, Terms, prepare};
pub use reply::{Failed, Reply, Stored};
pub use split::Splitter;
pub use time::EventTime;
pub use violation::{Rule, Violation};
