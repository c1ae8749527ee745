//! Reading inputs: from files and streams to events and refusals, on a thread of its own.
//!
//! An input is read in pieces, and what comes of a piece waits until it is wanted: memory does not grow
//! with the input. Checks, hashes and escapes are done here, beside the network and not before it.

use std::fs::File;
use std::io::{ErrorKind, Read, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc;

use crate::error::{Error, Result};
use crate::model::AccountId;
use crate::model::event::{AuditEvent, Entry, Event, Gaps, Occurrences, Refusal, Splitter, Terms, Violation};
use crate::plan::ingest::{Destination, Detected};

/// How much is read at a time.
const PIECE: usize = 64 * 1024;
/// How many pieces' worth of events wait to be taken.
const AHEAD: usize = 4;

/// One input.
pub struct Input {
    name: Arc<str>,
    source: Source,
}

enum Source {
    /// A regular file; it can be read again.
    File(PathBuf),
    /// A pipe or a device that is opened when its turn comes.
    Pipe(PathBuf),
    /// A stream that is open already.
    Stream(Box<dyn Read + Send>),
    /// A copy of a stream, in a file without a name.
    Spool(File),
}

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
    /// An event, and what is not quite right with it.
    Event(Box<E>, Vec<Violation>),
    /// An entry that is refused.
    Refused(Box<Refusal>),
    /// An input was read to its end.
    End(Detected),
    /// An input could not be read to its end.
    Broken(Error),
}

/// Where what is read comes out, in the order of the inputs.
pub type Feed<E = AuditEvent> = mpsc::Receiver<Vec<Found<E>>>;

impl Input {
    /// A file, by the name the user gave it. It must exist, be readable and not be empty.
    pub fn file(name: &str, path: PathBuf) -> Result<Self> {
        let about = std::fs::metadata(&path).map_err(|error| unreadable(name, error))?;
        if about.is_dir() {
            return Err(Error::usage(format!("{name} is a directory."))
                .hinted("Name the files in it, DIR/*.json for instance."));
        }
        let source = if about.is_file() {
            if is_blank(&path).map_err(|error| unreadable(name, error))? {
                return Err(Error::usage(format!("{name} is empty."))
                    .hinted("Nothing was sent. Check what was to write it, or leave it out."));
            }
            Source::File(path)
        } else {
            Source::Pipe(path)
        };
        Ok(Self {
            name: name.into(),
            source,
        })
    }

    /// A stream that is open, standard input for instance.
    pub fn stream(name: &str, read: Box<dyn Read + Send>) -> Self {
        Self {
            name: name.into(),
            source: Source::Stream(read),
        }
    }

    /// The same input, so that it can be read twice: a stream is copied to a file without a name.
    pub async fn kept(self) -> Result<Self> {
        let name = Arc::clone(&self.name);
        let kept = tokio::task::spawn_blocking(move || self.keep());
        let failed = || Error::failed(format!("Could not keep a copy of {name}."));
        match kept.await {
            Ok(Ok(input)) => Ok(input),
            Ok(Err(error)) => Err(failed().because(error)),
            Err(_) => Err(failed()),
        }
    }

    fn keep(self) -> std::io::Result<Self> {
        let mut read: Box<dyn Read> = match self.source {
            Source::File(_) | Source::Spool(_) => return Ok(self),
            Source::Pipe(path) => Box::new(File::open(path)?),
            Source::Stream(read) => read,
        };
        let mut copy = tempfile::tempfile()?;
        std::io::copy(&mut read, &mut copy)?;
        copy.flush()?;
        Ok(Self {
            name: self.name,
            source: Source::Spool(copy),
        })
    }

    /// The input once more, from its beginning; `None` for a stream that was not [`Self::kept`].
    pub fn again(&self) -> Option<Self> {
        let source = match &self.source {
            Source::File(path) => Source::File(path.clone()),
            Source::Spool(copy) => Source::Spool(copy.try_clone().ok()?),
            Source::Pipe(_) | Source::Stream(_) => return None,
        };
        Some(Self {
            name: Arc::clone(&self.name),
            source,
        })
    }

    fn open(source: Source) -> std::io::Result<Box<dyn Read + Send>> {
        Ok(match source {
            Source::File(path) | Source::Pipe(path) => Box::new(File::open(path)?),
            Source::Stream(read) => read,
            Source::Spool(mut copy) => {
                copy.seek(SeekFrom::Start(0))?;
                Box::new(copy)
            }
        })
    }
}

fn unreadable(name: &str, error: std::io::Error) -> Error {
    Error::usage(format!("Could not read {name}.")).because(error)
}

/// Whether a file holds nothing but white space, as far as its first piece shows.
fn is_blank(path: &PathBuf) -> std::io::Result<bool> {
    let mut head = Vec::new();
    let limit = u64::try_from(PIECE).unwrap_or(u64::MAX);
    let read = File::open(path)?.take(limit).read_to_end(&mut head)?;
    Ok(read < PIECE && head.trim_ascii().is_empty())
}

/// Reads the inputs one after another. Reading ends when nobody takes what comes of it.
pub fn read<E: Event>(inputs: Vec<Input>, rules: Rules) -> Feed<E> {
    let (sender, feed) = mpsc::channel(AHEAD);
    // A read from a terminal or a pipe cannot be ended; the runtime does not wait for this thread.
    tokio::task::spawn_blocking(move || {
        for input in inputs {
            if !read_one(input, &rules, &sender) {
                return;
            }
        }
    });
    feed
}

/// Reads one input; `false` when nobody listens any more.
fn read_one<E: Event>(input: Input, rules: &Rules, sender: &mpsc::Sender<Vec<Found<E>>>) -> bool {
    let name = Arc::clone(&input.name);
    let broken = |error: std::io::Error| {
        let error = Error::failed(format!("Could not read {name} to its end.")).because(error);
        sender.blocking_send(vec![Found::Broken(error)]).is_ok()
    };
    let mut read = match Input::open(input.source) {
        Ok(read) => read,
        Err(error) => return broken(error),
    };
    let mut desk = Desk {
        rules,
        occurrences: Occurrences::default(),
        detected: Detected::new(Arc::clone(&name)),
        found: Vec::new(),
    };
    let mut splitter = Splitter::new(Arc::clone(&name));
    let mut piece = vec![0; PIECE];
    loop {
        let count = match read.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return broken(error),
        };
        splitter.feed(piece.get(..count).unwrap_or_default(), &mut |entry| desk.take(&entry));
        if !desk.found.is_empty() && sender.blocking_send(std::mem::take(&mut desk.found)).is_err() {
            return false;
        }
    }
    let shape = splitter.finish(&mut |entry| desk.take(&entry));
    desk.detected.end(shape);
    let mut found = desk.found;
    found.push(Found::End(desk.detected));
    sender.blocking_send(found).is_ok()
}

/// Where entries become events.
struct Desk<'a, E> {
    rules: &'a Rules,
    occurrences: Occurrences,
    detected: Detected,
    found: Vec<Found<E>>,
}

impl<E: Event> Desk<'_, E> {
    fn take(&mut self, entry: &Entry<'_>) {
        let terms = Terms {
            owner: self.rules.owner.as_ref(),
            gaps: self.rules.gaps,
        };
        self.detected.saw(entry);
        self.found.push(match E::read(entry, &terms, &mut self.occurrences) {
            Ok(event) => {
                self.detected.event(&event);
                let mut warnings = event.warnings().to_vec();
                warnings.extend(self.rules.destination.warnings(&event, self.rules.now));
                Found::Event(Box::new(event), warnings)
            }
            Err(refusal) => {
                self.detected.refused(&refusal);
                Found::Refused(refusal)
            }
        });
    }
}
