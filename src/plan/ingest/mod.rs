//! What becomes of events on their way to a channel: which request they go in, what a reply means for
//! each, when one is tried again, and the sums that must agree.

mod course;
mod detect;
mod flow;
mod history;
pub mod journal;
mod pack;
mod rehearsal;
mod reject;
mod remedy;
mod retry;
mod sort;
mod tally;
mod twins;
mod warn;
mod witness;

pub use course::{Course, DEFAULT_WIDTH, Done, Incoming, Item, Moment, Pace, Request, Stop, Verdict};
pub use detect::{Compression, Detected};
pub use flow::{DEFAULT_RATE, Flow};
pub use history::History;
pub use pack::{Limits, MAX_BYTES, MAX_EVENTS, Packed, Packer, Parcel, body_len, pack};
pub use rehearsal::{Packing, Rehearsal};
pub use reject::{Count, RejectKind, Rejected, Summary, reject};
pub use remedy::remedy;
pub use retry::Schedule;
pub use sort::{Again, Said, Strange, retryable, sort};
pub use tally::{FilledCount, Tally};
pub use twins::Twins;
pub use warn::{DEFAULT_RETENTION_DAYS, Destination};
pub use witness::{Cause, Fate, Headway, Settled, Subject, Witness};
