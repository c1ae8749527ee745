//! Exporting a store: which windows of time are read, what a window's rows become, and what an archive says of
//! itself. The reasons are in docs/design/007-export.md.

pub mod layout;
pub mod manifest;
pub mod record;
mod second;

pub use layout::{Layout, Outcome, Part, Span};
pub use manifest::{Compression, DataFile, Flaw, Manifest, Query, Window};
pub use second::Second;
