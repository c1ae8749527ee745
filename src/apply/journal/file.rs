//! Getting hold of a journal's file: made for its owner alone, there after a power cut, and nobody else's.

use std::fs::{File, Metadata, TryLockError};
use std::io::{ErrorKind, Result as IoResult};
use std::path::Path;

use crate::apply::private;
use crate::error::{Error, Result};

/// How often a file is opened anew because it was removed while its lock was waited for.
const PATIENCE: usize = 8;

/// Opens a journal to go on in it, under its lock.
pub(super) fn obtain(path: &Path, busy: &str) -> Result<File> {
    let cannot = |error: std::io::Error| {
        Error::failed(format!("Could not open the journal {}.", path.display()))
            .because(error)
            .hinted("Name another with --journal FILE, or send with --no-journal.")
    };
    for _ in 0..PATIENCE {
        let file = private::growing().open(path).map_err(cannot)?;
        let about = file.metadata().map_err(cannot)?;
        if !about.is_file() {
            return Err(Error::state(format!(
                "The journal {} is no regular file.",
                path.display()
            )));
        }
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(
                    Error::state(format!("Another ctl is sending {busy}: it holds {}.", path.display()))
                        .hinted("Wait for it to end, or name another journal with --journal FILE."),
                );
            }
            Err(TryLockError::Error(error)) => return Err(cannot(error)),
        }
        if is_still(path, &about) {
            if about.len() == 0 {
                sync_parent(path).map_err(cannot)?;
            }
            return Ok(file);
        }
    }
    Err(Error::state(format!(
        "The journal {} is removed again and again.",
        path.display()
    )))
}

/// Makes a directory for its owner alone, with those above it that are missing.
pub(super) fn make_directory(directory: &Path) -> Result<()> {
    let cannot = |error: std::io::Error| {
        Error::failed(format!("Could not make the directory {}.", directory.display()))
            .because(error)
            .hinted("Name a journal with --journal FILE, or send with --no-journal.")
    };
    let missing: Vec<&Path> = directory.ancestors().take_while(|path| !path.exists()).collect();
    private::make_directory(directory).map_err(cannot)?;
    missing.into_iter().try_for_each(sync_parent).map_err(cannot)
}

/// Whether a path still names the file that was opened by it.
#[cfg(unix)]
pub(super) fn is_still(path: &Path, file: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).is_ok_and(|now| (now.dev(), now.ino()) == (file.dev(), file.ino()))
}

/// Whether a path still names the file that was opened by it. A file that is open cannot be removed here.
#[cfg(not(unix))]
pub(super) fn is_still(_: &Path, _: &Metadata) -> bool {
    true
}

/// Makes sure that a file is found under its name after a power cut.
fn sync_parent(path: &Path) -> IoResult<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let synced = File::open(parent.unwrap_or_else(|| Path::new("."))).and_then(|directory| directory.sync_all());
    match synced {
        // Not every file system syncs directories, and not every system opens them.
        Err(error) if cannot_be_synced(error.kind()) => Ok(()),
        synced => synced,
    }
}

fn cannot_be_synced(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::InvalidInput | ErrorKind::Unsupported | ErrorKind::PermissionDenied
    )
}
