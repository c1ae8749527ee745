//! The journal: any bytes are read or refused, and what was written is found again whatever became of the file.
//!
//! Nothing panics. Where the pieces of the file end makes no difference. A journal cut off anywhere says what its whole
//! frames say. Of one that is damaged every frame that was left alone is found where it stands, and no event is taken
//! for accepted of which that was not written.

#![no_main]

#[allow(dead_code, unused_imports, reason = "a part of the package, taken in whole")]
#[path = "../../src/model/mod.rs"]
mod model;

#[allow(dead_code, unused_imports, reason = "a part of the package, taken in whole")]
#[path = "../../src/plan/ingest/journal/mod.rs"]
mod journal;

use std::ops::Range;

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

use journal::{Begun, Frame, HEADER, InputKey, Landing, Ledger, Scanner, Scope, Standing, Survey, Unusable, What};
use model::counts::InMemory;

/// A few events are enough to be mixed up.
const MARKS: u8 = 4;

fuzz_target!(|input: &[u8]| {
    reads_anything(input);
    let mut script = Script(input);
    let (cut, spoil) = (script.number(), script.spoil());
    let written = Written::by(&mut script);
    torn_anywhere(&written, cut % (written.bytes.len() + 1));
    damaged_anywhere(&written, &spoil);
});

fn scope() -> Scope {
    Scope {
        endpoint: "http://127.0.0.1:1".to_owned(),
        channel: "arn:x".to_owned(),
    }
}

fn inputs() -> [InputKey; 2] {
    [InputKey::new("/a"), InputKey::new("/b")]
}

/// What a journal says of an input: how often each event was accepted and may have been stored, and of the file.
type Said = ([(usize, usize); MARKS as usize], [u64; 4], u32);

fn survey(bytes: &[u8], input: &InputKey, piece: usize) -> Result<Said, String> {
    let mut survey = Survey::new(scope(), input, Ledger::of::<InMemory>());
    let mut feed = || {
        for piece in bytes.chunks(piece.max(1)) {
            survey.feed(piece)?;
        }
        Ok::<_, Unusable>(())
    };
    feed().map_err(|error| error.to_string())?;
    let mut said = survey.finish().map_err(|error| error.to_string())?;
    let unmatched = said.past.unmatched();
    let mut events = [(0, 0); MARKS as usize];
    for (mark, (accepted, doubtful)) in (0..).zip(&mut events) {
        loop {
            match said.past.standing(&[mark; 32]).unwrap() {
                Standing::Accepted => *accepted += 1,
                Standing::Doubtful => *doubtful += 1,
                Standing::Fresh => break,
            }
        }
    }
    let scanned = said.scanned;
    assert_eq!(scanned.end + scanned.torn, bytes.len() as u64);
    Ok((
        events,
        [scanned.end, scanned.torn, scanned.damage.bytes(), unmatched],
        said.next_run,
    ))
}

fn reads_anything(input: &[u8]) {
    let mut with_header = HEADER.to_vec();
    with_header.extend_from_slice(input);
    for bytes in [input, &with_header] {
        let whole = survey(bytes, &inputs()[0], bytes.len());
        for piece in [1, 7, 64] {
            assert_eq!(survey(bytes, &inputs()[0], piece), whole, "in pieces of {piece}");
        }
        journal::is_finished(bytes);
    }
}

fn torn_anywhere(written: &Written, cut: usize) {
    let whole = written
        .frames
        .iter()
        .map(|range| range.end)
        .filter(|end| *end <= cut)
        .max()
        .unwrap_or(HEADER.len());
    for input in &inputs() {
        let torn = survey(&written.bytes[..cut], input, 50).expect("a torn journal can be read");
        if cut < HEADER.len() {
            assert_eq!(torn.1, [0, cut as u64, 0, 0]);
            continue;
        }
        let clean = survey(&written.bytes[..whole], input, 50).expect("a journal can be read");
        assert_eq!(clean.1[..3], [whole as u64, 0, 0]);
        assert_eq!(torn.1[..3], [whole as u64, (cut - whole) as u64, 0]);
        assert_eq!((torn.0, torn.1[3], torn.2), (clean.0, clean.1[3], clean.2));
    }
}

fn damaged_anywhere(written: &Written, spoil: &[(usize, u8)]) {
    let mut bytes = written.bytes.clone();
    let body = bytes.len() - HEADER.len();
    let mut touched = Vec::new();
    for (at, by) in spoil.iter().filter(|_| body > 0) {
        let at = HEADER.len() + at % body;
        bytes[at] ^= by;
        touched.push(at);
    }
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut scanner = Scanner::default();
    let mut note = |_: &Frame<'_>, range: Range<u64>| {
        found.push(range.start.try_into().unwrap()..range.end.try_into().unwrap());
        Ok(())
    };
    for piece in bytes.chunks(50) {
        scanner.feed(piece, &mut note).unwrap();
    }
    scanner.finish(&mut note).unwrap();
    for frame in &written.frames {
        let intact = written.bytes[frame.clone()] == bytes[frame.clone()];
        assert_eq!(
            intact,
            found.contains(frame),
            "the frame at {frame:?}, with {touched:?} touched"
        );
    }
    for (input, accepted) in inputs().iter().zip(written.accepted) {
        if let Ok((events, ..)) = survey(&bytes, input, 50) {
            for (said, wrote) in events.iter().zip(accepted) {
                assert!(said.0 <= wrote, "accepted {} times, and written {wrote} times", said.0);
            }
        }
    }
}

/// The input as a list of decisions.
struct Script<'a>(&'a [u8]);

impl Script<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    fn number(&mut self) -> usize {
        usize::from(self.byte()) << 8 | usize::from(self.byte())
    }

    fn spoil(&mut self) -> Vec<(usize, u8)> {
        (0..self.byte() % 4).map(|_| (self.number(), self.byte())).collect()
    }
}

/// A journal as runs would write it, in good order or not.
struct Written {
    bytes: Vec<u8>,
    frames: Vec<Range<usize>>,
    /// How often each event of each input was written down as accepted, at most.
    accepted: [[usize; MARKS as usize]; 2],
}

impl Written {
    fn by(script: &mut Script<'_>) -> Self {
        let mut written = Self {
            bytes: HEADER.to_vec(),
            frames: Vec::new(),
            accepted: Default::default(),
        };
        let (scope, inputs) = (scope(), inputs());
        let mut run = 1;
        while !script.0.is_empty() {
            let step = script.byte();
            let which = usize::from(step >> 7);
            let request = u64::from(step >> 4 & 3);
            let time = Timestamp::UNIX_EPOCH;
            let marks: Vec<[u8; 16]>;
            let what = match step % 8 {
                0 | 1 => {
                    run += u32::from(step % 8);
                    What::Begun(Begun {
                        time,
                        afresh: step & 8 != 0,
                        damaged: 0,
                        endpoint: &scope.endpoint,
                        channel: &scope.channel,
                        input: inputs[which].as_bytes(),
                    })
                }
                2..=4 => {
                    marks = (0..script.byte() % 6).map(|_| [script.byte() % MARKS; 16]).collect();
                    // Each may be said to be accepted once for each time it is said to be sent.
                    marks
                        .iter()
                        .for_each(|mark| written.accepted[which][usize::from(mark[0])] += 1);
                    What::Sending { request, marks: &marks }
                }
                5 | 6 => What::Landed {
                    request,
                    time,
                    landings: (0..script.byte() % 6)
                        .map(|_| match script.byte() % 3 {
                            0 => Landing::Accepted,
                            1 => Landing::NotTaken,
                            _ => Landing::Unknown,
                        })
                        .collect(),
                },
                _ => What::Ended {
                    time,
                    complete: step & 8 != 0,
                },
            };
            let tag = scope.tag(&inputs[which]);
            let from = written.bytes.len();
            assert!(
                Frame { tag, run, what }.write(&mut written.bytes),
                "a frame of this size is written"
            );
            written.frames.push(from..written.bytes.len());
        }
        written
    }
}
