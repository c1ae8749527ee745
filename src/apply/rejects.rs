//! The file of what a delivery left over, which `send` takes again.
//!
//! It is written beside the place it is to have and renamed when the delivery is over, so whoever finds
//! it under its name finds it whole. It is its owner's alone: it holds events.

use std::fs::File;
use std::io::{BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use tempfile::NamedTempFile;

use super::inputs::Input;
use crate::error::{Error, Result};
use crate::model::event::{Entry, Splitter};
use crate::plan::ingest::{Settled, Summary, reject};

/// How much of a file is read at a time.
const PIECE: usize = 64 * 1024;

/// A file of rejects being written.
pub struct Rejects {
    path: PathBuf,
    name: String,
    /// An empty file stood there when the delivery began.
    empty: bool,
    writer: BufWriter<NamedTempFile>,
    count: u64,
    failed: Option<Error>,
}

impl Rejects {
    /// One that is to stand at `path`, which the user calls `name`. Nothing may stand there yet, and it may
    /// be none of the inputs, nor lie in a directory that is one: it would be taken for events the next time.
    pub fn create(path: &Path, name: &str, inputs: &[Input], words: impl Iterator<Item = PathBuf>) -> Result<Self> {
        let real = directory(path)
            .canonicalize()
            .map_err(|error| Error::usage(format!("Could not make the rejects file {name}.")).because(error))?
            .join(path.file_name().unwrap_or_default());
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
        Self::open(path, name)
    }

    /// One in a directory of `ctl`'s own, named by the time.
    pub fn create_in(directory: &Path, now: Timestamp) -> Result<Self> {
        let failed = |error| Error::failed(format!("Could not make {}.", directory.display())).because(error);
        own_directory(directory).map_err(failed)?;
        let time = now.strftime("%Y-%m-%dT%H-%M-%S.%3fZ");
        let path = directory.join(format!("{time}-{}.ndjson", std::process::id()));
        let name = path.display().to_string();
        Self::open(&path, &name)
    }

    fn open(path: &Path, name: &str) -> Result<Self> {
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
        let file = tempfile::Builder::new()
            .prefix(".ctl-rejects-")
            .tempfile_in(directory)
            .map_err(|error| Error::usage(format!("Could not make the rejects file {name}.")).because(error))?;
        Ok(Self {
            path: path.to_owned(),
            name: name.to_owned(),
            empty,
            writer: BufWriter::new(file),
            count: 0,
            failed: None,
        })
    }

    /// Puts one more in. What goes wrong is told by [`Self::is_full`], and at the end.
    pub fn add(&mut self, settled: &Settled<'_>) {
        if self.failed.is_some() {
            return;
        }
        match self.writer.write_all(reject(settled).as_bytes()) {
            Ok(()) => self.count += 1,
            Err(error) => self.failed = Some(self.unwritten(error)),
        }
    }

    /// Whether it takes nothing more: the disk is full, for instance.
    pub fn is_full(&self) -> bool {
        self.failed.is_some()
    }

    /// Gives the file its name, if there is anything in it, and answers that name.
    pub fn finish(mut self) -> Result<Option<String>> {
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
            writer,
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
        Ok(Some(name))
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

/// Makes a directory for its owner alone, and those above it.
fn own_directory(directory: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
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
