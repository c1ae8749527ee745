//! The file of what a delivery left over, which `send` takes again.
//!
//! It is written beside the place it is to have and renamed when the delivery is over, so whoever finds
//! it under its name finds it whole. It is its owner's alone: it holds events.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{Error, Result};
use crate::plan::ingest::{Settled, reject};

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
    /// One that is to stand at `path`; nothing else may stand there. `name` is what the user calls it.
    pub fn create(path: &Path, name: &str) -> Result<Self> {
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
    Error::failed(format!("Could not write the rejects file {name}.")).because(error)
}

fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
