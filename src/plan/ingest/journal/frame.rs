//! The frames of a journal: to bytes and back.
//!
//! ```text
//! frame   = marker (4 bytes) · length of the payload (u32) · CRC-32 of length and payload (u32) · payload
//! payload = kind (1 byte) · tag (8 bytes) · run (u32) · what the kind has
//! ```
//!
//! Numbers are little-endian. Every frame says which input and run it belongs to, so none needs another one
//! to be understood.

use jiff::Timestamp;

use super::Tag;
use crate::model::counts::Key;

/// What every frame begins with. The first byte is in no UTF-8 text.
pub(super) const MARKER: [u8; 4] = [0xFE, b'j', b'f', 0xA5];
/// Marker, length and checksum.
const AROUND: usize = 12;
/// How long a payload may be; a length beyond that is no length.
const MAX_PAYLOAD: usize = 64 * 1024;
/// How many events of one input a request may have at most.
pub const MAX_MARKS: usize = 4000;

/// What became of one sending of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Landing {
    /// The service took it.
    Accepted,
    /// The service did not take it.
    NotTaken,
    /// Whether it was taken is not known.
    Unknown,
}

/// The beginning of a run, for one input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun<'a> {
    /// When it began.
    pub time: Timestamp,
    /// What was accepted before does not count any more.
    pub afresh: bool,
    /// How many bytes before this cannot be read, as the user was told.
    pub damaged: u64,
    /// The endpoint's URL.
    pub endpoint: &'a str,
    /// The channel's ARN.
    pub channel: &'a str,
    /// The input's key.
    pub input: &'a [u8],
}

/// What a frame says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What<'a> {
    /// A run has begun.
    Begun(Begun<'a>),
    /// A request is about to go out.
    Sending {
        /// Its number in the run.
        request: u64,
        /// The marks of its events, in order.
        marks: &'a [Key],
    },
    /// A request has come to its end.
    Landed {
        /// Its number in the run.
        request: u64,
        /// When.
        time: Timestamp,
        /// What became of its events, in order.
        landings: Vec<Landing>,
    },
    /// The run has come to its end for this input.
    Ended {
        /// When.
        time: Timestamp,
        /// Nothing of the input is left to be sent.
        complete: bool,
    },
}

/// A frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The scope and the input that it is about.
    pub tag: Tag,
    /// The number of the run in the journal.
    pub run: u32,
    /// What it says.
    pub what: What<'a>,
}

/// What stands at a place in a journal.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Seen<'a> {
    /// A frame of so many bytes.
    Frame(Frame<'a>, usize),
    /// Perhaps the beginning of a frame.
    Short,
    /// No frame.
    Nothing,
}

impl Frame<'_> {
    /// Writes the frame at the end of `out`. One that is too long to be read again is not written: `false`.
    #[must_use]
    pub fn write(&self, out: &mut Vec<u8>) -> bool {
        let begin = out.len();
        out.extend_from_slice(&MARKER);
        out.extend_from_slice(&[0; AROUND - MARKER.len()]);
        let payload_from = out.len();
        self.payload(out);
        let payload_len = out.len() - payload_from;
        let length = u32::try_from(payload_len).unwrap_or(u32::MAX).to_le_bytes();
        let crc = checksum(length, out.get(payload_from..).unwrap_or_default());
        let head = MARKER.into_iter().chain(length).chain(crc);
        out.iter_mut().skip(begin).zip(head).for_each(|(to, from)| *to = from);
        if payload_len > MAX_PAYLOAD {
            out.truncate(begin);
        }
        payload_len <= MAX_PAYLOAD
    }

    fn payload(&self, out: &mut Vec<u8>) {
        out.push(match self.what {
            What::Begun(_) => 1,
            What::Sending { .. } => 2,
            What::Landed { .. } => 3,
            What::Ended { .. } => 4,
        });
        out.extend_from_slice(&self.tag.0);
        out.extend_from_slice(&self.run.to_le_bytes());
        match &self.what {
            What::Begun(begun) => {
                out.extend_from_slice(&begun.time.as_millisecond().to_le_bytes());
                out.push(u8::from(begun.afresh));
                out.extend_from_slice(&begun.damaged.to_le_bytes());
                for part in [begun.endpoint.as_bytes(), begun.channel.as_bytes(), begun.input] {
                    out.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_le_bytes());
                    out.extend_from_slice(part);
                }
            }
            What::Sending { request, marks } => {
                out.extend_from_slice(&request.to_le_bytes());
                out.extend_from_slice(marks.as_flattened());
            }
            What::Landed {
                request,
                time,
                landings,
            } => {
                out.extend_from_slice(&request.to_le_bytes());
                out.extend_from_slice(&time.as_millisecond().to_le_bytes());
                out.extend(landings.chunks(4).map(|four| {
                    let add = |byte, (at, landing): (usize, &Landing)| byte | bits(*landing) << (2 * at);
                    four.iter().enumerate().fold(0, add)
                }));
            }
            What::Ended { time, complete } => {
                out.extend_from_slice(&time.as_millisecond().to_le_bytes());
                out.push(u8::from(*complete));
            }
        }
    }
}

/// Two bits for a landing; no bits are a place that is not filled.
fn bits(landing: Landing) -> u8 {
    match landing {
        Landing::Accepted => 1,
        Landing::NotTaken => 2,
        Landing::Unknown => 3,
    }
}

fn landing(of: u8) -> Option<Landing> {
    let all = [Landing::Accepted, Landing::NotTaken, Landing::Unknown];
    all.into_iter().find(|landing| bits(*landing) == of)
}

fn checksum(length: [u8; 4], payload: &[u8]) -> [u8; 4] {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&length);
    crc.update(payload);
    crc.finalize().to_le_bytes()
}

/// What stands at the beginning of `bytes`.
pub(super) fn see(bytes: &[u8]) -> Seen<'_> {
    let mut cursor = Cursor(bytes);
    let (Some(marker), Some(length), Some(crc)) = (cursor.array(), cursor.array(), cursor.array()) else {
        let begins_so = bytes.iter().zip(MARKER).all(|(byte, wanted)| *byte == wanted);
        return if begins_so { Seen::Short } else { Seen::Nothing };
    };
    let payload_len = usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX);
    if marker != MARKER || payload_len > MAX_PAYLOAD {
        return Seen::Nothing;
    }
    let Some(payload) = cursor.bytes(payload_len) else {
        return Seen::Short;
    };
    if checksum(length, payload) != crc {
        return Seen::Nothing;
    }
    match Cursor(payload).frame() {
        Some(frame) => Seen::Frame(frame, AROUND + payload_len),
        None => Seen::Nothing,
    }
}

/// What is left to be read of a payload.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(count)?;
        self.0 = tail;
        Some(head)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, tail) = self.0.split_first_chunk()?;
        self.0 = tail;
        Some(*head)
    }

    fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    fn truth(&mut self) -> Option<bool> {
        self.byte().map(|byte| byte != 0)
    }

    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    fn time(&mut self) -> Option<Timestamp> {
        Timestamp::from_millisecond(i64::from_le_bytes(self.array()?)).ok()
    }

    fn part(&mut self) -> Option<&'a [u8]> {
        let length = u32::from_le_bytes(self.array()?);
        self.bytes(usize::try_from(length).ok()?)
    }

    fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.part()?).ok()
    }

    fn frame(mut self) -> Option<Frame<'a>> {
        let kind = self.byte()?;
        let tag = Tag(self.array()?);
        let run = u32::from_le_bytes(self.array()?);
        let what = match kind {
            1 => What::Begun(Begun {
                time: self.time()?,
                afresh: self.truth()?,
                damaged: self.u64()?,
                endpoint: self.text()?,
                channel: self.text()?,
                input: self.part()?,
            }),
            2 => {
                let request = self.u64()?;
                let (marks, rest) = std::mem::take(&mut self.0).as_chunks();
                self.0 = rest;
                What::Sending { request, marks }
            }
            3 => What::Landed {
                request: self.u64()?,
                time: self.time()?,
                landings: self.landings()?,
            },
            4 => What::Ended {
                time: self.time()?,
                complete: self.truth()?,
            },
            _ => return None,
        };
        self.0.is_empty().then_some(Frame { tag, run, what })
    }

    fn landings(&mut self) -> Option<Vec<Landing>> {
        let bits = std::mem::take(&mut self.0)
            .iter()
            .flat_map(|byte| [byte & 3, byte >> 2 & 3, byte >> 4 & 3, byte >> 6]);
        let filled = bits.clone().take_while(|bits| *bits != 0).count();
        let landings: Vec<Landing> = bits.clone().map_while(landing).collect();
        // Only places at the end may be left open.
        bits.skip(filled).all(|bits| bits == 0).then_some(landings)
    }
}
