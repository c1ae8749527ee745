//! Calls to AWS: the types of the SDK stop at this door.
//!
//! One file per resource, each with verbs in `model` types. Who repeats what: reads, updates, policy
//! and tag calls are repeated by the SDK's standard mode. Create, delete and restore calls are
//! repeated by nobody unless the service itself refused them with a reply below 500 (a throttle):
//! none of them has a client token (reference §1.3), so after an unknown outcome `apply` looks first.
//! `PutAuditEvents` is repeated by `apply` alone.

pub mod audit_events;
pub mod channel;
pub mod error;
pub mod event_data_store;
mod log;
mod nulls;
pub mod query;
mod quota;
pub mod resource_policy;
mod retry;
pub mod session;
pub mod tags;

pub use audit_events::{Answer, AuditChannel};
pub use error::{CallError, Failure};
pub use session::{Session, SessionSettings};
