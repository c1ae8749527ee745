//! One entry of an input: the bytes of one event in its wrapping, and where they stand.

use std::fmt;
use std::sync::Arc;

/// The longest entry that is read. An event has at most 262 144 bytes (reference §3), which escapes and
/// white space may blow up; what is longer than this can be no event and is skipped without being held.
pub const MAX_ENTRY: usize = 8 * 1024 * 1024;

/// Where an entry stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file's name as the user gave it.
    pub file: Arc<str>,
    /// The line it begins on, from 1.
    pub line: u64,
    /// Its number among the file's entries, from 1.
    pub index: u64,
    /// The byte of the file it begins at.
    pub offset: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// What the cutter already knows to be wrong with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The input ended inside it.
    #[error("the input ends inside this event: it may be cut short")]
    Truncated,
    /// The input ended inside an array or an envelope, after an entry.
    #[error("the input ends before the array does: events may be missing from it")]
    OpenArray,
    /// Longer than [`MAX_ENTRY`].
    #[error("it is longer than 8 MiB, and an event has at most 256 kB")]
    TooLong,
    /// It begins `{"Records":[`, as a CloudTrail log file does.
    #[error("this is a CloudTrail log file, or another list of Records, of what AWS services did")]
    CloudTrailLog,
    /// The whole input is compressed, below the compression that was taken off already.
    #[error("the input is compressed twice")]
    CompressedTwice,
    /// The whole input is something that JSON cannot be mistaken for.
    #[error("the input is {0}, not JSON")]
    Foreign(&'static str),
    /// The whole input is UTF-16 or UTF-32, or no text at all.
    #[error("the input is UTF-16, UTF-32 or no text at all, and JSON is UTF-8")]
    WideText,
}

impl Broken {
    /// What to do about it, a sentence.
    pub fn fix(self) -> Option<&'static str> {
        match self {
            Self::Truncated | Self::OpenArray | Self::TooLong => None,
            Self::CloudTrailLog => Some(
                "An integration takes events of other applications only; AWS events reach Lake through an event data store of their own.",
            ),
            Self::CompressedTwice => Some("Decompress it once, and send what comes out."),
            Self::Foreign(_) => {
                Some("Unpack or convert it to JSON, and pipe that in; gzip and zstd need no unpacking.")
            }
            Self::WideText => Some("If it is text, convert it, for example with iconv -f UTF-16 -t UTF-8."),
        }
    }
}

/// One entry: its bytes, without white space around them, and where they stand.
#[derive(Clone)]
pub struct Entry<'a> {
    /// Where it stands.
    pub place: Place,
    /// What it says. Empty when it was too long to be held.
    pub bytes: &'a [u8],
    /// What is wrong with it, as far as the cutter can tell.
    pub broken: Option<Broken>,
}

/// What an input turned out to be, once it has been read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shape {
    /// How many entries it held, broken ones included.
    pub entries: u64,
    /// It holds an array.
    pub array: bool,
    /// It holds an `{"auditEvents":[…]}` envelope.
    pub envelope: bool,
    /// How many of the entries are lists of `Records`, as CloudTrail's own log files.
    pub logs: u64,
    /// An envelope had members beside `auditEvents`, such as `channelArn`. They were not looked at.
    pub beside_envelope: bool,
}
