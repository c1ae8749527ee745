//! Removing journals that have had their day.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use super::file::is_still;
use crate::plan::ingest::journal::is_finished;

/// How long a finished journal is kept: so long an input that is sent again is noticed.
const KEPT: Duration = Duration::from_hours(90 * 24);
/// How much of a journal's end is looked at.
const TAIL: u64 = 64;

/// Removes the finished journals of a directory that have not been touched for long. What cannot be removed
/// stays; so does what is not finished, as somebody may still want to go on with it.
pub(super) fn clean(directory: &Path, now: Timestamp) {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.extension().is_some_and(|extension| extension == "journal") {
            // Best effort: there will be other runs.
            drop(remove_if_old(&path, now.into()));
        }
    }
}

fn remove_if_old(path: &Path, now: SystemTime) -> std::io::Result<()> {
    // A time to come is the fault of a clock, and says nothing about age.
    let is_old = |touched: SystemTime| now.duration_since(touched).is_ok_and(|age| age > KEPT);
    let about = std::fs::symlink_metadata(path)?;
    if !about.is_file() || !is_old(about.modified()?) {
        return Ok(());
    }
    let mut file = OpenOptions::new().read(true).append(true).open(path)?;
    file.try_lock()?;
    let about = file.metadata()?;
    if is_old(about.modified()?) && is_still(path, &about) && is_finished(&tail(&mut file, about.len())?) {
        std::fs::remove_file(path)?;
    }
    Ok(())
}

fn tail(file: &mut File, length: u64) -> std::io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    file.take(TAIL).read_to_end(&mut tail)?;
    Ok(tail)
}
