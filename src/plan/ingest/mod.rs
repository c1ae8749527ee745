//! What becomes of events on their way to a channel: which request they go in, what a reply means for
//! each, when one is tried again, and the sums that must agree.

mod pack;
mod retry;
mod sort;
mod tally;
mod warn;

pub use pack::{Limits, MAX_BYTES, MAX_EVENTS, Packed, Packer, Parcel, pack};
pub use retry::Schedule;
pub use sort::{Again, Failed, Reply, Sorted, Stored, Strange, retryable, sort};
pub use tally::{FilledCount, Tally};
pub use warn::{DEFAULT_RETENTION_DAYS, Destination, PartnerChannel};
