//! Finding the frames of a journal in its bytes, piece by piece, past whatever is broken.

use std::fmt;
use std::ops::Range;

use super::Unusable;
use super::frame::{Frame, MARKER, Seen, see};

/// The format that is written, and the only one that is read.
pub(super) const VERSION: u32 = 1;
/// What a journal begins with.
pub const HEADER: [u8; 16] = *b"ctl journal 001\n";
/// What the header of every version begins with; three digits and a line end follow.
const NAME: &[u8] = b"ctl journal ";
/// How many zeros the beginning of a journal may have become.
const BLANK: usize = 64 * 1024;
/// So many damaged places are told by their bytes.
const TOLD: usize = 8;

/// What cannot be read although something readable follows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Damage {
    ranges: Vec<Range<u64>>,
    more: u64,
    bytes: u64,
}

/// What a journal turned out to be once all of it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scanned {
    /// Where the last good frame ends: what follows is a torn tail. 0 if the file is still to become a journal.
    pub end: u64,
    /// How long the torn tail is.
    pub torn: u64,
    /// What is broken before that.
    pub damage: Damage,
}

/// Whoever is given the frames, each with where it stands.
pub type Found<'f> = dyn FnMut(&Frame<'_>, Range<u64>) -> Result<(), Unusable> + 'f;

/// Finds frames.
#[derive(Debug, Default)]
pub struct Scanner {
    held: Vec<u8>,
    /// Where in the file `held` begins.
    at: u64,
    head: Head,
    end: u64,
    damage: Damage,
}

/// What the beginning of the file is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Head {
    /// Too few bytes were seen.
    #[default]
    Unread,
    /// No header, but zeros, as a power cut leaves them of a file that was just made.
    Blank,
    /// That of a journal.
    Read,
}

impl Damage {
    /// How many bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    fn add(&mut self, range: Range<u64>) {
        self.bytes += range.end - range.start;
        if self.ranges.len() < TOLD {
            self.ranges.push(range);
        } else {
            self.more += 1;
        }
    }
}

impl fmt::Display for Damage {
    /// `bytes 16 to 99 and 200 to 1200`, the first byte of a file being byte 0.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes ")?;
        for (at, range) in self.ranges.iter().enumerate() {
            let last = at + 1 == self.ranges.len() && self.more == 0;
            let before = match at {
                0 => "",
                _ if last => " and ",
                _ => ", ",
            };
            write!(f, "{before}{} to {}", range.start, range.end.saturating_sub(1))?;
        }
        match self.more {
            0 => Ok(()),
            1 => f.write_str(" and 1 more place"),
            more => write!(f, " and {more} more places"),
        }
    }
}

impl Scanner {
    /// A scanner of a journal whose frames begin at `at`, the header being seen already.
    pub fn from_within(at: u64) -> Self {
        Self {
            at,
            end: at,
            head: Head::Read,
            ..Self::default()
        }
    }

    /// Takes the next piece of the file, and gives out the frames that it completes with where they stand.
    pub fn feed(&mut self, piece: &[u8], found: &mut Found<'_>) -> Result<(), Unusable> {
        self.held.extend_from_slice(piece);
        self.header(false)?;
        self.look(false, found)
    }

    /// The file has come to its end.
    pub fn finish(mut self, found: &mut Found<'_>) -> Result<Scanned, Unusable> {
        self.header(true)?;
        self.look(true, found)?;
        let whole = self.at + u64_of(self.held.len());
        Ok(Scanned {
            end: self.end,
            torn: whole - self.end,
            damage: self.damage,
        })
    }

    /// Looks at the beginning of the file; `last` says that no more bytes will come.
    fn header(&mut self, last: bool) -> Result<(), Unusable> {
        if self.head == Head::Unread && (last || self.held.len() >= HEADER.len()) {
            self.head = head(&self.held)?;
            if self.head == Head::Read {
                self.advance(HEADER.len());
                self.end = self.at;
            }
        }
        if self.head == Head::Blank && !is_blank(&self.held) {
            return Err(Unusable::Foreign);
        }
        Ok(())
    }

    /// Gives out the frames that are held; `last` says that no more bytes will come.
    fn look(&mut self, last: bool, found: &mut Found<'_>) -> Result<(), Unusable> {
        if self.head != Head::Read {
            return Ok(());
        }
        let mut here = 0;
        while let Some(rest) = self.held.get(here..).filter(|rest| !rest.is_empty()) {
            match see(rest) {
                Seen::Frame(frame, length) => {
                    let begin = self.at + u64_of(here);
                    if begin > self.end {
                        self.damage.add(self.end..begin);
                    }
                    here += length;
                    self.end = self.at + u64_of(here);
                    found(&frame, begin..self.end)?;
                }
                Seen::Short if !last => break,
                Seen::Short | Seen::Nothing => here += 1 + until_marker(rest),
            }
        }
        self.advance(here);
        Ok(())
    }

    fn advance(&mut self, count: usize) {
        self.held.drain(..count.min(self.held.len()));
        self.at += u64_of(count);
    }
}

/// How many bytes after the first one come before something that may be a marker.
fn until_marker(rest: &[u8]) -> usize {
    let [marker, ..] = MARKER;
    let after = rest.get(1..).unwrap_or_default();
    memchr::memchr(marker, after).unwrap_or(after.len())
}

/// What the beginning of a file says that it is.
fn head(bytes: &[u8]) -> Result<Head, Unusable> {
    if bytes.starts_with(&HEADER) {
        return Ok(Head::Read);
    }
    if is_blank(bytes) {
        return Ok(Head::Blank);
    }
    let digits = bytes
        .strip_prefix(NAME)
        .and_then(|rest| rest.get(..4)?.strip_suffix(b"\n"));
    let version = digits.and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
    Err(version.map_or(Unusable::Foreign, Unusable::Newer))
}

/// Whether a file may become a journal: empty, or a header that was not written to its end, and zeros for
/// what is missing. A large file of zeros is something else.
fn is_blank(bytes: &[u8]) -> bool {
    let written = bytes
        .iter()
        .zip(HEADER)
        .take_while(|(byte, wanted)| **byte == *wanted)
        .count();
    bytes.len() <= BLANK && bytes.iter().skip(written).all(|byte| *byte == 0)
}

fn u64_of(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
