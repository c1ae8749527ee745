//! Reading inputs: from files and streams to events and refusals, on a thread of its own.
//!
//! An input is read in pieces, and what comes of a piece waits until it is wanted: memory does not grow
//! with the input. Checks, hashes and escapes are done here, beside the network and not before it.

use std::io::{ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::inputs::{Input, Plain};
use super::recall::{Memory, Recalled};
use super::spill::Spill;
use crate::error::Error;
use crate::model::event::{AuditEvent, Entry, Event, Gaps, Occurrences, Refusal, Splitter, Terms, Violation};
use crate::model::{AccountId, CountsLost};
use crate::plan::ingest::journal::InputNumber;
use crate::plan::ingest::{Destination, Detected, History, Twins};

/// How much is read at a time.
const PIECE: usize = 64 * 1024;
/// How many portions wait to be taken.
const AHEAD: usize = 4;
/// How many events or refusals a portion has at most.
const PORTION: usize = 1000;

/// What events are held to while they are read.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The account that owns the channel, if it is one channel that they are for.
    pub owner: Option<AccountId>,
    /// What is done about gaps.
    pub gaps: Gaps,
    /// Where they go.
    pub destination: Arc<Destination>,
    /// The time, in seconds since 1970-01-01T00:00:00Z.
    pub now: i64,
}

/// What comes of reading.
pub enum Found<E = AuditEvent> {
    /// An event.
    Event(Arrived<E>),
    /// An entry that is refused.
    Refused(Box<Refusal>),
    /// An input was read as far as it could be.
    End(Detected, Option<InputNumber>),
    /// It could not be read to its end.
    Broken(Error),
}

/// An event as it comes out of an input.
pub struct Arrived<E> {
    /// The event.
    pub event: E,
    /// What is not quite right with it.
    pub warnings: Vec<Violation>,
    /// What earlier deliveries did with it.
    pub history: History,
    /// The journal in which this delivery tells of it.
    pub journal: Option<InputNumber>,
}

/// Where what is read comes out, in the order of the inputs.
pub struct Feed<E = AuditEvent> {
    found: mpsc::Receiver<Vec<Found<E>>>,
    reader: Option<JoinHandle<bool>>,
    cut_short: bool,
    read: Arc<AtomicU64>,
    size: Option<u64>,
}

impl<E> Feed<E> {
    /// What comes of the next piece; `None` after the last one.
    pub async fn recv(&mut self) -> Option<Vec<Found<E>>> {
        let found = self.found.recv().await;
        if found.is_none()
            && let Some(reader) = &mut self.reader
        {
            let ended = reader.await;
            self.reader = None;
            match ended {
                Ok(all) => self.cut_short = !all,
                // Inputs that were not read because of a bug must not look as if they were at their end.
                Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                Err(_) => self.cut_short = true,
            }
        }
        found
    }

    /// Whether inputs were left unread, once [`Self::recv`] has given the last.
    pub fn is_cut_short(&self) -> bool {
        self.cut_short
    }

    /// How many bytes of the inputs have been read, as they lie on the disk or come down the pipe.
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// How many bytes all inputs have, where that is known.
    pub fn size(&self) -> Option<u64> {
        self.size
    }
}

/// Reads the inputs one after another. Reading ends when nobody takes what comes of it.
pub fn read<E: Event>(inputs: Vec<Input>, rules: Rules, memory: Memory) -> Feed<E> {
    let (sender, found) = mpsc::channel(AHEAD);
    let size = inputs.iter().map(Input::size).sum();
    let read = Arc::new(AtomicU64::new(0));
    let reader = Reader {
        rules,
        memory,
        count: Arc::clone(&read),
        sender,
    };
    // A read from a terminal or a pipe cannot be ended; the runtime does not wait for this thread.
    let reader = tokio::task::spawn_blocking(move || {
        let (mut nameless, mut twins) = (0, Twins::default());
        (0..).map(InputNumber).zip(inputs).all(|(number, input)| {
            nameless += u32::from(input.path().is_none());
            reader.read(input, number, nameless, &mut twins)
        })
    });
    Feed {
        found,
        reader: Some(reader),
        cut_short: false,
        read,
        size,
    }
}

/// Counts what is read.
struct Counted {
    inner: Box<dyn Read + Send>,
    count: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buf)?;
        self.count
            .fetch_add(u64::try_from(read).unwrap_or(u64::MAX), Ordering::Relaxed);
        Ok(read)
    }
}

/// What reads inputs.
struct Reader<E> {
    rules: Rules,
    memory: Memory,
    count: Arc<AtomicU64>,
    sender: mpsc::Sender<Vec<Found<E>>>,
}

impl<E: Event> Reader<E> {
    /// Reads one input; `false` when nobody listens any more.
    fn read(&self, input: Input, number: InputNumber, nameless: u32, twins: &mut Twins) -> bool {
        let recalled = match self.memory.of(&input, number, nameless) {
            Ok(Some(recalled)) => recalled,
            Ok(None) => return false,
            Err(error) => return self.send(vec![Found::Broken(error)]),
        };
        let mut desk = Desk::new(input.name(), &self.rules, recalled, twins);
        let counted = |inner| {
            Box::new(Counted {
                inner,
                count: Arc::clone(&self.count),
            })
        };
        let broken = match input.open().and_then(|read| Plain::open(counted(read))) {
            Ok(mut plain) => match self.read_pieces(&mut plain, &mut desk) {
                Ok(true) => None,
                Ok(false) => return false,
                Err(error) => Some(plain.flaw(error)),
            },
            Err(error) => Some(error.into()),
        };
        self.send(desk.close(broken))
    }

    /// Hands on what was found, in portions: what is no event may be many to a piece.
    fn send(&self, mut found: Vec<Found<E>>) -> bool {
        while found.len() > PORTION {
            let rest = found.split_off(PORTION);
            if self.sender.blocking_send(found).is_err() {
                return false;
            }
            found = rest;
        }
        self.sender.blocking_send(found).is_ok()
    }

    /// Takes everything out of an input, piece by piece; `false` when nobody listens any more.
    fn read_pieces(&self, plain: &mut Plain, desk: &mut Desk<'_, E>) -> std::io::Result<bool> {
        desk.tray.detected.compressed(plain.compression());
        let mut piece = vec![0; PIECE];
        while !desk.splitter.is_deaf() {
            let count = match plain.read(&mut piece) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let found = desk.feed(piece.get(..count).unwrap_or_default());
            if !found.is_empty() && !self.send(found) {
                return Ok(false);
            }
            if let Some(lost) = desk.tray.lost.take() {
                return Err(std::io::Error::other(lost));
            }
        }
        Ok(true)
    }
}

/// Where an input is cut into entries, and entries become events.
struct Desk<'a, E> {
    splitter: Splitter,
    tray: Tray<'a, E>,
}

impl<'a, E: Event> Desk<'a, E> {
    fn new(name: &Arc<str>, rules: &'a Rules, recalled: Recalled, twins: &'a mut Twins) -> Self {
        Self {
            splitter: Splitter::new(Arc::clone(name)),
            tray: Tray {
                rules,
                occurrences: Occurrences::kept_in(Box::new(Spill::default())),
                recalled,
                twins,
                detected: Detected::new(Arc::clone(name)),
                found: Vec::new(),
                spoiled: false,
                lost: None,
            },
        }
    }

    /// What comes of the next piece.
    fn feed(&mut self, piece: &[u8]) -> Vec<Found<E>> {
        let tray = &mut self.tray;
        self.splitter.feed(piece, &mut |entry| tray.take(&entry));
        let next = Vec::with_capacity(tray.found.len());
        std::mem::replace(&mut tray.found, next)
    }

    /// What comes of the end, or of what keeps the input from being read to its end.
    fn close(self, broken: Option<anyhow::Error>) -> Vec<Found<E>> {
        let Self { splitter, mut tray } = self;
        let shape = splitter.finish(&mut |entry| tray.take(&entry));
        tray.detected.end(shape);
        let broken = broken.or_else(|| tray.lost.take().map(anyhow::Error::from));
        let error = broken.map(|flaw| {
            tray.detected.broken();
            Error::failed(format!("Could not read {} to its end.", tray.detected.name())).because(flaw)
        });
        let gaps = tray.rules.gaps;
        let Tray {
            mut found,
            mut detected,
            recalled,
            ..
        } = tray;
        if let Some(past) = recalled.past() {
            detected.remembered(past, gaps);
        }
        found.push(Found::End(detected, recalled.journal()));
        found.extend(error.map(Found::Broken));
        found
    }
}

/// What has come of entries and has not been handed on.
struct Tray<'a, E> {
    rules: &'a Rules,
    occurrences: Occurrences,
    recalled: Recalled,
    /// The events of all inputs.
    twins: &'a mut Twins,
    detected: Detected,
    found: Vec<Found<E>>,
    /// No more can be taken.
    spoiled: bool,
    /// Why, until it is told.
    lost: Option<CountsLost>,
}

impl<E: Event> Tray<'_, E> {
    fn take(&mut self, entry: &Entry<'_>) {
        let terms = Terms {
            owner: self.rules.owner.as_ref(),
            gaps: self.rules.gaps,
        };
        if self.spoiled {
            return;
        }
        let read = E::read(entry, &terms, &mut self.occurrences);
        if let Some(lost) = self.occurrences.lost() {
            return self.lose(lost);
        }
        self.detected.saw(entry);
        match read {
            Ok(event) => {
                self.detected.event(&event);
                self.arrived(event);
            }
            Err(refusal) => {
                self.detected.refused(&refusal);
                self.found.push(Found::Refused(refusal));
            }
        }
    }

    fn arrived(&mut self, event: E) {
        let mut warnings = event.warnings().to_vec();
        warnings.extend(self.rules.destination.warnings(&event, self.rules.now));
        if event.digest().is_some_and(|digest| self.twins.saw(digest)) {
            warnings.push(Destination::repeated(&event));
        }
        match self.recalled.history(&event) {
            Ok(history) => self.found.push(Found::Event(Arrived {
                event,
                warnings,
                history,
                journal: self.recalled.journal(),
            })),
            Err(lost) => self.lose(lost),
        }
    }

    /// How this event stands among its equals is not known, nor how whatever follows does.
    fn lose(&mut self, lost: CountsLost) {
        self.spoiled = true;
        self.lost = Some(lost);
    }
}
