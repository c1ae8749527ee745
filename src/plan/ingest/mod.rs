//! What becomes of events on their way to a channel: which request they go in, what a reply means for
//! each, when one is tried again, and the sums that must agree.

mod course;
mod detect;
pub mod journal;
mod pack;
mod rehearsal;
mod remedy;
mod retry;
mod sort;
mod tally;
mod warn;
mod witness;

pub use course::{Course, Item, Moment, Pace, Request, Stop, Verdict};
pub use detect::Detected;
pub use pack::{Limits, MAX_BYTES, MAX_EVENTS, Packed, Packer, Parcel, body_len, pack};
pub use rehearsal::{Packing, Rehearsal};
pub use remedy::remedy;
pub use retry::Schedule;
pub use sort::{Again, Sorted, Strange, retryable, sort};
pub use tally::{FilledCount, Tally};
pub use warn::{DEFAULT_RETENTION_DAYS, Destination};
pub use witness::{Cause, Fate, Settled, Witness};
