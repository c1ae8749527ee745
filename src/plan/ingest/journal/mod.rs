//! The journal of a delivery, as values: what is written down of each request, and what can be read out
//! of that after a run that ended anyhow. Files are `apply::journal`'s business.
//!
//! A journal begins with [`HEADER`] and goes on in frames, each with a marker, its length and a checksum
//! ([`frame`]). A run writes `Begun` for each input; `Sending` before a request goes out, with a mark of
//! each event, which is the first half of the SHA-256 of what is sent; `Landed` with what became of each;
//! `Ended` when the input has come to its end. Nothing is ever changed, frames are only added.
//!
//! What follows from that for the next run ([`Past`]):
//!
//! * An event was accepted as often as `Landed` says of its mark. Equal events are counted, not told apart.
//! * It may have been stored if a request with it was sent and nothing, or nothing certain, came back.
//! * Frames that cannot be read are skipped ([`Scanner`]). After the last good one they are a torn tail,
//!   which is what a kill or a power cut leaves: what was being written had not been promised to anyone.
//!   Between good ones they are damage: what stood there is not known.

mod extents;
pub mod frame;
mod past;
mod replay;
mod scan;
mod survey;

use std::fmt;

use sha2::{Digest as _, Sha256};

pub use extents::Extents;
pub use frame::{Begun, Frame, Landing, MAX_MARKS, What};
pub use past::{Loss, Past, Standing};
pub use replay::{Ledger, Replay};
pub use scan::{Damage, Found, HEADER, Scanned, Scanner};
pub use survey::{Survey, Surveyed, is_finished, replay};

use crate::model::CountsLost;

/// Where a journal's events go: what was accepted there says nothing about any other place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The endpoint's URL.
    pub endpoint: String,
    /// The channel's ARN.
    pub channel: String,
}

/// What tells an input from others: the bytes of its canonical path.
#[derive(Clone, PartialEq, Eq)]
pub struct InputKey(Vec<u8>);

/// An input of a run whose journal is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InputNumber(pub u32);

/// What stands for a scope and an input in every frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag([u8; 8]);

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// It is something else.
    #[error("it is no journal of ctl's")]
    Foreign,
    /// A later ctl wrote it.
    #[error("a newer version of ctl wrote it, in format {0}; this one knows format {version}", version = scan::VERSION)]
    Newer(u32),
    /// It is about another place.
    #[error("it is the journal of a delivery to {channel} at {endpoint}", channel = .0.channel, endpoint = .0.endpoint)]
    OtherScope(Box<Scope>),
    /// What is in it cannot be counted.
    #[error(transparent)]
    Lost(#[from] CountsLost),
}

impl InputKey {
    /// The key of an input that has this canonical path, or `-` for standard input.
    pub fn new(path: impl Into<Vec<u8>>) -> Self {
        Self(path.into())
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for InputKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Debug for InputKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Scope {
    /// The tag of an input in this scope.
    pub fn tag(&self, input: &InputKey) -> Tag {
        Tag(first(&self.digest(input)))
    }

    /// The name of the journal of an input in a directory of journals.
    pub fn file_name(&self, input: &InputKey) -> String {
        let name: [u8; 16] = first(&self.digest(input));
        let name = name
            .iter()
            .fold(String::new(), |name, byte| format!("{name}{byte:02x}"));
        format!("{name}.journal")
    }

    fn digest(&self, input: &InputKey) -> [u8; 32] {
        let mut hash = Sha256::new();
        for part in [self.endpoint.as_bytes(), self.channel.as_bytes(), input.as_bytes()] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }
}

fn first<const N: usize>(bytes: &[u8; 32]) -> [u8; N] {
    let mut out = [0; N];
    out.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    out
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
