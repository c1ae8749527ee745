//! Reading journals.

use std::fs::{File, Metadata};
use std::io::{ErrorKind, Read, Seek as _, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::{Delivery, Place};
use crate::apply::spill::Spill;
use crate::error::{Error, Result};
use crate::plan::ingest::journal::{
    Damage, InputKey, Ledger, Past, Replay, Scanner, Scope, Survey, Surveyed, Unusable,
};

/// How much is read at a time.
const PIECE: usize = 64 * 1024;

/// What earlier runs did with the events of an input, without going on from there: nothing is locked,
/// changed or made. Blocks.
pub fn look(delivery: &Delivery, input: &InputKey) -> Result<Past> {
    let path = path(delivery, input);
    if delivery.resend {
        return Ok(blank(&delivery.scope, input)?);
    }
    let about = std::fs::metadata(&path);
    let emptied = is_emptied(&about, &delivery.place);
    let mut file = match about.and_then(|about| Ok((about, File::open(&path)?))) {
        Ok((about, file)) if about.is_file() => file,
        Ok(_) => {
            return Err(Error::state(format!(
                "The journal {} is no regular file.",
                path.display()
            )));
        }
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(blank(&delivery.scope, input)?),
        Err(error) => return Err(unreadable(&path, error)),
    };
    let past = survey(&mut file, &path, &delivery.scope, input)?.past;
    Ok(if emptied { past.emptied() } else { past })
}

/// Whether a journal is there, and empty. One that the user names may be made so; others only `ctl` makes, and
/// none stays empty but for a kill at that very moment.
pub(super) fn is_emptied(about: &std::io::Result<Metadata>, place: &Place) -> bool {
    let is_empty = |about: &Metadata| about.is_file() && about.len() == 0;
    matches!(place, Place::Directory(_)) && about.as_ref().is_ok_and(is_empty)
}

/// The path of an input's journal.
pub(super) fn path(delivery: &Delivery, input: &InputKey) -> PathBuf {
    match &delivery.place {
        Place::Directory(directory) => directory.join(delivery.scope.file_name(input)),
        Place::File(path) => path.clone(),
    }
}

/// The past of an input that has none.
pub(super) fn blank(scope: &Scope, input: &InputKey) -> Result<Past, crate::model::CountsLost> {
    replay(scope, input).finish(Damage::default())
}

/// Reads a journal from its beginning.
pub(super) fn survey(file: &mut File, path: &Path, scope: &Scope, input: &InputKey) -> Result<Surveyed> {
    let mut survey = Survey::new(scope.clone(), input, Ledger::of::<Spill>());
    file.seek(SeekFrom::Start(0)).map_err(|error| unreadable(path, error))?;
    pieces(file, path, |piece| survey.feed(piece))?;
    survey.finish().map_err(|unusable| explain(path, unusable))
}

/// Reads the frames of an input where they stand.
pub(super) fn revisit(
    file: &mut File,
    path: &Path,
    ranges: &[Range<u64>],
    scope: &Scope,
    input: &InputKey,
) -> Result<Past> {
    let mut replay = replay(scope, input);
    for range in ranges {
        file.seek(SeekFrom::Start(range.start))
            .map_err(|error| unreadable(path, error))?;
        let part = file.by_ref().take(range.end - range.start);
        let mut scanner = Scanner::from_within(range.start);
        pieces(part, path, |piece| {
            scanner.feed(piece, &mut |frame, _| Ok(replay.take(frame)?))
        })?;
        let rest = scanner.finish(&mut |frame, _| Ok(replay.take(frame)?));
        rest.map_err(|unusable| explain(path, unusable))?;
    }
    Ok(replay.finish(Damage::default())?)
}

fn replay(scope: &Scope, input: &InputKey) -> Replay {
    Replay::new(scope.tag(input), Ledger::of::<Spill>())
}

fn pieces(mut file: impl Read, path: &Path, mut take: impl FnMut(&[u8]) -> Result<(), Unusable>) -> Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(count) => {
                let read = piece.get(..count).unwrap_or_default();
                take(read).map_err(|unusable| explain(path, unusable))?;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(path, error)),
        }
    }
}

fn unreadable(path: &Path, error: std::io::Error) -> Error {
    Error::failed(format!("Could not read the journal {}.", path.display())).because(error)
}

fn explain(path: &Path, unusable: Unusable) -> Error {
    match unusable {
        Unusable::Lost(lost) => lost.into(),
        Unusable::Foreign | Unusable::Newer(_) | Unusable::OtherScope(_) => {
            Error::state(format!("The journal {} cannot be used.", path.display()))
                .because(unusable)
                .hinted("It was left as it is. Name another file with --journal FILE.")
        }
    }
}
