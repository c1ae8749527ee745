//! One input: a file, a pipe or a stream, and how it is opened.

use std::fs::File;
use std::io::{Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::decompress::Plain;
use crate::error::{Error, Result};

/// How much of a file is looked at to tell whether there is anything in it.
const HEAD: u64 = 64 * 1024;

/// What tells a file from all others whatever it is called: its device and its number there.
pub(super) type Identity = (u64, u64);

/// One input.
pub struct Input {
    name: Arc<str>,
    source: Source,
}

enum Source {
    /// A regular file, by its canonical path; it can be read again.
    File {
        path: PathBuf,
        size: u64,
        /// Known only of a file that has more than one name.
        identity: Option<Identity>,
    },
    /// A pipe or a device that is opened when its turn comes.
    Pipe(PathBuf),
    /// A stream that is open already.
    Stream(Box<dyn Read + Send>),
    /// A copy of a stream, in a file without a name.
    Spool(File),
}

impl Input {
    /// A file, by the name that is shown of it. It must exist and be readable.
    pub(super) fn file(name: &str, path: PathBuf) -> Result<Self> {
        let unreadable = |error| unreadable(name, error);
        let about = std::fs::metadata(&path).map_err(unreadable)?;
        let source = if about.is_file() {
            drop(File::open(&path).map_err(unreadable)?);
            Source::File {
                path: std::fs::canonicalize(&path).map_err(unreadable)?,
                size: about.len(),
                identity: identity(&about),
            }
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

    /// What it is called in every output.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// The canonical path of a regular file.
    pub fn path(&self) -> Option<&Path> {
        match &self.source {
            Source::File { path, .. } => Some(path),
            Source::Pipe(_) | Source::Stream(_) | Source::Spool(_) => None,
        }
    }

    /// What tells a file that has several names from all others.
    pub(super) fn identity(&self) -> Option<Identity> {
        match &self.source {
            Source::File { identity, .. } => *identity,
            Source::Pipe(_) | Source::Stream(_) | Source::Spool(_) => None,
        }
    }

    /// How many bytes it holds, as they lie on the disk, where that is known before it is read.
    pub fn size(&self) -> Option<u64> {
        match &self.source {
            Source::File { size, .. } => Some(*size),
            Source::Spool(copy) => copy.metadata().ok().map(|about| about.len()),
            Source::Pipe(_) | Source::Stream(_) => None,
        }
    }

    /// Whether a regular file holds nothing but white space, as far as its first piece shows. What
    /// cannot be decompressed is not blank: it is told where it is read.
    pub(super) fn is_blank(&self) -> bool {
        let Source::File { path, .. } = &self.source else {
            return false;
        };
        let mut head = Vec::new();
        let read = File::open(path).and_then(|file| Plain::open(Box::new(file))?.take(HEAD).read_to_end(&mut head));
        read.is_ok() && u64::try_from(head.len()).is_ok_and(|len| len < HEAD) && head.trim_ascii().is_empty()
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
            Source::File { .. } | Source::Spool(_) => return Ok(self),
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
            Source::File { path, size, identity } => Source::File {
                path: path.clone(),
                size: *size,
                identity: *identity,
            },
            Source::Spool(copy) => Source::Spool(copy.try_clone().ok()?),
            Source::Pipe(_) | Source::Stream(_) => return None,
        };
        Some(Self {
            name: Arc::clone(&self.name),
            source,
        })
    }

    /// Opens it: its bytes as they lie on the disk or come down the pipe, compressed or not.
    pub fn open(self) -> std::io::Result<Box<dyn Read + Send>> {
        Ok(match self.source {
            Source::File { path, .. } | Source::Pipe(path) => Box::new(File::open(path)?),
            Source::Stream(read) => read,
            Source::Spool(mut copy) => {
                copy.seek(SeekFrom::Start(0))?;
                Box::new(copy)
            }
        })
    }
}

#[cfg(unix)]
fn identity(about: &std::fs::Metadata) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    (about.nlink() > 1).then(|| (about.dev(), about.ino()))
}

/// Where it cannot be asked for, hard links are told apart by nobody.
#[cfg(not(unix))]
fn identity(_: &std::fs::Metadata) -> Option<Identity> {
    None
}

/// An input that cannot be read, told before anything is sent.
pub(super) fn unreadable(name: &str, error: std::io::Error) -> Error {
    Error::usage(format!("Could not read {name}.")).because(error)
}
