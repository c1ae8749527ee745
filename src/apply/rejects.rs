//! The file of what a delivery left over, which `send` takes again.
//!
//! It is written beside the place it is to have and renamed when the delivery is over, so whoever finds
//! it under its name finds it whole. It is its owner's alone: it holds events.

use std::fs::File;
use std::io::{BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use tempfile::NamedTempFile;

use super::inputs::Input;
use super::private;
use crate::error::{Error, Result};
use crate::model::event::{Entry, Splitter};
use crate::plan::ingest::{Settled, Summary, reject};

/// How much of a file is read at a time.
const PIECE: usize = 64 * 1024;

/// What files of rejects are called while they are written.
const UNNAMED: &str = ".ctl-rejects-";
/// How long they are kept when a run that was killed has left them: somebody may want what is in them.
const KEPT: Duration = Duration::from_hours(90 * 24);

/// A file of rejects that has its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What it is called.
    pub name: String,
    /// How many of its lines hold no event, since that was too long to be held.
    pub unheld: u64,
    /// Nobody named it: it lies in a directory of `ctl`'s own.
    pub ours: bool,
}

/// A file of rejects being written.
pub struct Rejects {
    path: PathBuf,
    name: String,
    /// An empty file stood there when the delivery began.
    empty: bool,
    ours: bool,
    writer: BufWriter<NamedTempFile>,
    count: u64,
    unheld: u64,
    failed: Option<Error>,
}

impl Rejects {
    /// One that is to stand at `path`, which the user calls `name`. Nothing may stand there yet, and it may
    /// be none of the inputs, nor lie in a directory that is one: it would be taken for events the next time.
    pub fn create(
        path: &Path,
        name: &str,
        inputs: &[Input],
        words: impl Iterator<Item = PathBuf>,
        now: Timestamp,
    ) -> Result<Self> {
        let real = real(path)
            .map_err(|error| Error::usage(format!("Could not make the rejects file {name}.")).because(error))?;
        let mut directories = words
            .filter(|word| word.is_dir())
            .filter_map(|word| word.canonicalize().ok());
        if inputs.iter().any(|input| input.path() == Some(&real)) {
            return Err(Error::usage(format!("The rejects file {name} is also an input.")));
        }
        if directories.any(|directory| real.starts_with(directory)) {
            return Err(
                Error::usage(format!("The rejects file {name} lies in a directory that is an input."))
                    .hinted("The next delivery of that directory would take it for events; put it somewhere else."),
            );
        }
        Self::open(path, name, false, now)
    }

    /// One in a directory of `ctl`'s own, named by the time.
    pub fn create_in(directory: &Path, now: Timestamp) -> Result<Self> {
        let failed = |error| Error::failed(format!("Could not make {}.", directory.display())).because(error);
        private::make_directory(directory).map_err(failed)?;
        let time = now.strftime("%Y-%m-%dT%H-%M-%S.%3fZ");
        let path = directory.join(format!("{time}-{}.ndjson", std::process::id()));
        let name = path.display().to_string();
        Self::open(&path, &name, true, now)
    }

    fn open(path: &Path, name: &str, ours: bool, now: Timestamp) -> Result<Self> {
        let empty = match std::fs::metadata(path) {
            Ok(about) if about.is_file() && about.len() == 0 => true,
            Ok(about) => {
                let what = if about.is_file() {
                    "is not empty"
                } else {
                    "is no regular file"
                };
                return Err(Error::usage(format!("The rejects file {name} {what}."))
                    .hinted("Name another file, or move this one away: what is in it would be lost."));
            }
            Err(_) => false,
        };
        let directory = directory(path);
        clean(directory, now.into());
        let file = tempfile::Builder::new()
            .prefix(UNNAMED)
            .tempfile_in(directory)
            .map_err(|error| Error::usage(format!("Could not make the rejects file {name}.")).because(error))?;
        Ok(Self {
            path: path.to_owned(),
            name: name.to_owned(),
            empty,
            ours,
            writer: BufWriter::new(file),
            count: 0,
            unheld: 0,
            failed: None,
        })
    }

    /// Puts one more in. What goes wrong is told by [`Self::is_full`], and at the end.
    pub fn add(&mut self, settled: &Settled<'_>) {
        if self.failed.is_some() {
            return;
        }
        match self.writer.write_all(reject(settled).as_bytes()) {
            Ok(()) => {
                self.count += 1;
                self.unheld += u64::from(!settled.is_held());
            }
            Err(error) => self.failed = Some(self.unwritten(error)),
        }
    }

    /// Whether it takes nothing more: the disk is full, for instance.
    pub fn is_full(&self) -> bool {
        self.failed.is_some()
    }

    /// Gives the file its name, if there is anything in it, and answers what it is then.
    pub fn finish(mut self) -> Result<Option<Kept>> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        if self.count == 0 {
            return Ok(None);
        }
        let Self {
            path,
            name,
            empty,
            ours,
            writer,
            unheld,
            ..
        } = self;
        let unwritten = |error: std::io::Error| unwritten(&name, error);
        let file = writer.into_inner().map_err(|error| unwritten(error.into_error()))?;
        file.as_file().sync_all().map_err(unwritten)?;
        let named = if empty {
            file.persist(&path)
        } else {
            file.persist_noclobber(&path)
        };
        if let Err(error) = named {
            let reason = error.error;
            // Rather under a name that nobody asked for than gone.
            let kept = error.file.into_temp_path().keep();
            let hint = kept.map(|kept| format!("It is in {}.", kept.display()));
            let failed = Error::failed(format!("The rejects file could not be given its name {name}.")).because(reason);
            return Err(match hint {
                Ok(hint) => failed.hinted(hint),
                Err(_) => failed,
            });
        }
        // The name is to outlive a power cut as well; where a directory cannot be synced, it mostly does.
        drop(File::open(directory(&path)).and_then(|directory| directory.sync_all()));
        Ok(Some(Kept { name, unheld, ours }))
    }

    fn unwritten(&self, error: std::io::Error) -> Error {
        unwritten(&self.name, error)
    }
}

fn unwritten(name: &str, error: std::io::Error) -> Error {
    Error::failed(format!("Could not write the rejects file {name}."))
        .because(error)
        .hinted("What cannot be kept is not sent. Make room or name another file with --rejects, and run it again.")
}

/// Removes what runs that were killed have left in a directory long ago. What cannot be removed stays.
fn clean(directory: &Path, now: SystemTime) {
    let is_old = |touched: SystemTime| now.duration_since(touched).is_ok_and(|age| age > KEPT);
    let Ok(entries) = std::fs::read_dir(directory) else {
        return;
    };
    for entry in entries.flatten() {
        let ours = entry.file_name().as_encoded_bytes().starts_with(UNNAMED.as_bytes());
        let old = || {
            let about = entry.metadata();
            about.is_ok_and(|about| about.is_file() && about.modified().is_ok_and(is_old))
        };
        if ours && old() {
            drop(std::fs::remove_file(entry.path()));
        }
    }
}

/// Where a file stands that need not be there yet, links followed.
fn real(path: &Path) -> std::io::Result<PathBuf> {
    let directory = directory(path).canonicalize()?;
    Ok(directory.join(path.file_name().unwrap_or_default()))
}

/// Whether two paths name the same file, which need not be there yet.
pub fn are_one(one: &Path, other: &Path) -> bool {
    matches!((real(one), real(other)), (Ok(one), Ok(other)) if one == other)
}

/// What a file of rejects holds.
pub fn summary(path: &Path, name: &str) -> Result<Summary> {
    let unreadable = |error| Error::usage(format!("Could not read {name}.")).because(error);
    let mut file = File::open(path).map_err(unreadable)?;
    let mut splitter = Splitter::new(name.into());
    let mut summary = Summary::default();
    let mut take = |entry: Entry<'_>| summary.add(entry.bytes);
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece).map_err(unreadable)? {
            0 => break,
            count => splitter.feed(piece.get(..count).unwrap_or_default(), &mut take),
        }
    }
    splitter.finish(&mut take);
    if summary.events() == 0 {
        return Err(
            Error::usage(format!("{name} is no file of rejects.")).hinted("ctl send EVENTS --rejects FILE writes one.")
        );
    }
    Ok(summary)
}

fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
