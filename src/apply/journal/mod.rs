//! Journals: what a delivery sends and what was accepted is on disk before it counts, so that a run that
//! was killed at any moment and started again sends only the rest. What is written and what follows from it
//! is decided in `plan::ingest::journal`; here are the files.
//!
//! [`Journals`] belongs to one run. The thread that reads the inputs opens the journal of each when its turn
//! comes; requests say what they send and how they landed, and are answered once that is on disk. One thread
//! writes ([`writer`]): whatever is waiting goes to the files together and they are synced once.
//!
//! The first write that fails ends the sending: what cannot be written down must not go out.

mod clean;
mod disk;
mod file;
mod open;
mod read;
mod writer;

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use jiff::Timestamp;
use tokio::sync::oneshot;

pub use read::look;

use crate::error::{Error, Kind, Result};
use crate::model::counts::{Key, key};
use crate::plan::ingest::journal::{Extents, Frame, InputNumber, Landing, MAX_MARKS, Scope, Tag, What};
use disk::MakeDisk;
use writer::{After, Append, Failure, FileNumber, FirstFailure, Job};

/// Where journals are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In a directory, one for each input. It is made if it is not there.
    Directory(PathBuf),
    /// In one file for all inputs.
    File(PathBuf),
}

/// What a run is about.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Where its journals are.
    pub place: Place,
    /// Where its events go.
    pub scope: Scope,
    /// What was accepted before is sent again.
    pub resend: bool,
    /// When it began.
    pub now: Timestamp,
}

/// The journals of a run. A clone is the same journals.
#[derive(Clone)]
pub struct Journals {
    shared: Arc<Shared>,
}

struct Shared {
    delivery: Delivery,
    make_disk: MakeDisk,
    /// The first write that failed.
    failed: FirstFailure,
    state: Mutex<State>,
    /// A journal was closed, or the delivery has ended.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// The inputs whose journals are open, by the numbers that this run gives them.
    inputs: HashMap<InputNumber, Input>,
    /// The inputs that are open or being opened.
    taken: HashSet<Tag>,
    /// Of which inputs the events of the requests under way are: so many of one, then so many of another.
    flying: HashMap<u64, Vec<(InputNumber, usize)>>,
    /// The inputs whose journals were open and are closed.
    closed: HashSet<InputNumber>,
    /// How many files were given to the thread that writes so far.
    handed: u32,
    /// The journal of all inputs, once it is open.
    common: Option<Common>,
    /// The way to the thread that writes; `None` once the delivery has ended.
    writer: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

/// An input whose journal is open.
#[derive(Debug, Clone, Copy)]
struct Input {
    tag: Tag,
    run: u32,
    file: FileNumber,
}

/// A journal of several inputs.
struct Common {
    file: FileNumber,
    /// Another handle of the file, to read from.
    reader: File,
    extents: Extents,
    run: u32,
    /// How many bytes of it are damaged.
    damaged: u64,
    /// Where this run begins in it.
    from: u64,
}

impl Journals {
    /// The journals of a run. Nothing is opened yet.
    pub fn new(delivery: Delivery) -> Result<Self> {
        Self::on(delivery, |file| Box::new(file))
    }

    /// Where they are.
    pub fn place(&self) -> &Place {
        &self.shared.delivery.place
    }

    fn on(delivery: Delivery, make_disk: MakeDisk) -> Result<Self> {
        let failed = FirstFailure::default();
        let (writer, thread) = writer::start(Arc::clone(&failed))
            .map_err(|error| Error::failed("Could not start a thread for the journal.").because(error))?;
        Ok(Self {
            shared: Arc::new(Shared {
                delivery,
                make_disk,
                failed,
                state: Mutex::new(State {
                    writer: Some(writer),
                    thread: Some(thread),
                    ..State::default()
                }),
                changed: Condvar::new(),
            }),
        })
    }

    /// Writes down that a request is about to go out with these events, by input and SHA-256 of what is
    /// sent. It must not go out before this has returned, nor if this fails. The number must not be that of
    /// a request that is still under way. Events of inputs that were never opened here are passed over.
    pub async fn sending(&self, request: u64, events: &[(InputNumber, [u8; 32])]) -> Result<()> {
        if let Some(failure) = self.shared.failed.get() {
            return Err(failure.clone().into());
        }
        let portions: Vec<(InputNumber, usize)> = events
            .chunk_by(|one, next| one.0 == next.0)
            .filter_map(|same| same.first().map(|(input, _)| (*input, same.len())))
            .collect();
        let frames = self
            .shared
            .frames(portions.iter().map(|(input, _)| *input), |number, frame| {
                let of = events.iter().filter(|(input, _)| *input == number);
                let marks: Vec<Key> = of.map(|(_, digest)| key(digest)).collect();
                marks.len() <= MAX_MARKS && frame.saying(What::Sending { request, marks: &marks })
            })?;
        self.shared.state().flying.insert(request, portions);
        self.shared.on_disk(frames, After::Sync).await
    }

    /// Writes down what became of the events of a request, in their order. Nothing counts as accepted before
    /// this has returned.
    pub async fn landed(&self, request: u64, landings: &[Landing], time: Timestamp) -> Result<()> {
        let portions = self.shared.state().flying.remove(&request).unwrap_or_default();
        let owners: Vec<InputNumber> = portions
            .iter()
            .flat_map(|(input, count)| std::iter::repeat_n(*input, *count))
            .collect();
        if owners.len() != landings.len() {
            return Err(bug("a request came back with other events than it went with"));
        }
        let frames = self
            .shared
            .frames(portions.iter().map(|(input, _)| *input), |number, frame| {
                let of = owners.iter().zip(landings).filter(|(owner, _)| **owner == number);
                frame.saying(What::Landed {
                    request,
                    time,
                    landings: of.map(|(_, landing)| *landing).collect(),
                })
            })?;
        self.shared.on_disk(frames, After::SyncSoon).await
    }

    /// Writes down that an input has come to its end; `complete` if nothing of it is left to be sent. Its
    /// journal is closed, whether that succeeds or not. Should this be lost in a power cut, nothing else is.
    pub async fn close(&self, input: InputNumber, complete: bool, time: Timestamp) -> Result<()> {
        let frames = self.shared.frames([input].into_iter(), |_, frame| {
            frame.saying(What::Ended { time, complete })
        })?;
        let after = {
            let state = self.shared.state();
            let own = matches!(self.shared.delivery.place, Place::Directory(_));
            let file = state.inputs.get(&input).filter(|_| own).map(|input| input.file);
            file.map_or(After::Nothing, After::Close)
        };
        if frames.is_empty() {
            return Ok(());
        }
        let written = self.shared.append(frames, after)?.await;
        self.shared.forget(input);
        written.map_err(ended)?.map_err(Error::from)
    }

    /// The delivery has ended. Whoever waits to open a journal is told so; journals that are still open are
    /// closed as they are, unfinished. Then old journals are removed, as far as that can be done.
    pub async fn finish(&self) {
        let shared = Arc::clone(&self.shared);
        // What cannot be cleaned up now is cleaned up another time.
        drop(tokio::task::spawn_blocking(move || shared.finish()).await);
    }
}

/// Where a frame of an input is put together.
struct Draft {
    input: Input,
    bytes: Vec<u8>,
}

impl Draft {
    /// Writes a frame; `false` if it is too long.
    fn saying(&mut self, what: What<'_>) -> bool {
        let frame = Frame {
            tag: self.input.tag,
            run: self.input.run,
            what,
        };
        frame.write(&mut self.bytes)
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A frame for each of some inputs, which may be named more than once.
    fn frames(
        &self,
        inputs: impl Iterator<Item = InputNumber>,
        mut write: impl FnMut(InputNumber, &mut Draft) -> bool,
    ) -> Result<Vec<(FileNumber, Vec<u8>)>> {
        let mut numbers: Vec<InputNumber> = inputs.collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut frames = Vec::with_capacity(numbers.len());
        for number in numbers {
            let input = {
                let state = self.state();
                if state.closed.contains(&number) {
                    return Err(bug("an event is of an input whose journal is closed"));
                }
                state.inputs.get(&number).copied()
            };
            let Some(input) = input else { continue };
            let bytes = Vec::new();
            let mut draft = Draft { input, bytes };
            if !write(number, &mut draft) {
                return Err(bug("a request has more events than a journal can tell of"));
            }
            frames.push((input.file, draft.bytes));
        }
        Ok(frames)
    }

    /// Returns once frames are on disk.
    async fn on_disk(&self, frames: Vec<(FileNumber, Vec<u8>)>, after: After) -> Result<()> {
        if frames.is_empty() {
            return Ok(());
        }
        self.append(frames, after)?.await.map_err(ended)?.map_err(Error::from)
    }

    /// Hands frames to the thread that writes, which answers once that is done.
    fn append(
        &self,
        parts: Vec<(FileNumber, Vec<u8>)>,
        after: After,
    ) -> Result<oneshot::Receiver<Result<(), Failure>>> {
        let (done, told) = oneshot::channel();
        self.tell(Job::Append(Append { parts, after, done }))?;
        Ok(told)
    }

    fn tell(&self, job: Job) -> Result<()> {
        let state = self.state();
        let told = state.writer.as_ref().map(|writer| writer.send(job));
        told.and_then(std::result::Result::ok).ok_or_else(|| ended(()))
    }

    /// An input is not open any more.
    fn forget(&self, number: InputNumber) {
        let mut state = self.state();
        if let Some(input) = state.inputs.remove(&number) {
            state.closed.insert(number);
            state.taken.remove(&input.tag);
            if let Some(common) = &mut state.common {
                // Should it be opened again, what this run wrote about it is to be read.
                common.extents.add(input.tag, common.from..u64::MAX);
            }
        }
        self.changed.notify_all();
    }

    fn finish(&self) {
        let thread = {
            let mut state = self.state();
            state.writer = None;
            state.common = None;
            state.thread.take()
        };
        self.changed.notify_all();
        if let Some(thread) = thread {
            drop(thread.join());
        }
        if let Place::Directory(directory) = &self.delivery.place {
            clean::clean(directory, self.delivery.now);
        }
    }
}

fn ended<E>(_: E) -> Error {
    Error::failed("The journal is closed: the delivery has ended.")
}

fn bug(what: &str) -> Error {
    Error::new(Kind::Bug, format!("The journal was misled: {what}."))
}

#[cfg(test)]
mod tests;
