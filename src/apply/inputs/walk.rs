//! What a directory holds, and what a pattern matches.
//!
//! Regular files only, and links to such. Names that begin with a dot are left out unless they are
//! written out, as the shell does it. A link to a directory is not followed, so there is no going round
//! in circles; what cannot be looked into is an error, since events may be in it.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use glob::{MatchOptions, Pattern};
use walkdir::{DirEntry, WalkDir};

use super::input::unreadable;
use crate::error::{Error, Result};
use crate::plan::export::manifest::SCHEMA;

/// What the name of an export's manifest ends in.
const MANIFEST: &str = "manifest.json";
/// How much of a manifest is looked at to know it: it begins with its schema.
const HEAD: u64 = 256;

/// As the shell matches: `*` stays inside a name and takes no leading dot.
const AS_THE_SHELL: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: true,
};

/// The files that a word stands for, sorted, if it names a directory or is a pattern; `None` for anything else.
pub(super) fn files(word: &Path, cwd: &Path) -> Result<Option<Vec<PathBuf>>> {
    let path = cwd.join(word);
    if path.is_dir() {
        let found = below(word, &path)?;
        return sorted(found, || {
            Error::usage(format!("There is no file in the directory {}.", word.display()))
                .hinted("Files whose names begin with a dot are left out; name them if they are meant.")
        });
    }
    // A file of that very name is that file, whatever its name looks like.
    let text = word.to_string_lossy();
    if path.symlink_metadata().is_ok() || !text.contains(['*', '?', '[']) {
        return Ok(None);
    }
    let found = matching(word, cwd)?;
    sorted(found, || {
        Error::usage(format!("No file matches {text}."))
            .hinted("A name that begins with a dot has to be written with it.")
    })
}

fn sorted(mut found: Vec<PathBuf>, none: impl FnOnce() -> Error) -> Result<Option<Vec<PathBuf>>> {
    if found.is_empty() {
        return Err(none());
    }
    found.sort_by(|one, other| bytes(one).cmp(bytes(other)));
    // A pattern may match a directory and what is in it.
    found.dedup();
    Ok(Some(found))
}

fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

/// The files below a directory, each called by the directory's name and its own.
fn below(name: &Path, path: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let walk = WalkDir::new(path).min_depth(1).into_iter();
    for entry in walk.filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry.file_name())) {
        let entry = entry.map_err(|error| unwalkable(name, error))?;
        let called = name.join(entry.path().strip_prefix(path).unwrap_or(entry.path()));
        if is_file(&entry, &called)? && !is_manifest(entry.path()) {
            found.push(called);
        }
    }
    Ok(found)
}

/// Whether it is the manifest of an export, which stands beside the events and is none: by its name, and by what
/// it says of itself. One that is named, not found, is read like anything else.
fn is_manifest(path: &Path) -> bool {
    let named = path
        .file_name()
        .is_some_and(|name| name.to_string_lossy().ends_with(MANIFEST));
    let mut head = Vec::new();
    let read = named.then(|| File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head)));
    matches!(read, Some(Ok(_))) && String::from_utf8_lossy(&head).contains(&format!("{SCHEMA:?}"))
}

/// What a pattern matches: files, and the files below directories that it matches.
fn matching(word: &Path, cwd: &Path) -> Result<Vec<PathBuf>> {
    // Up to the first wildcard it is a path like any other.
    let is_wild = |part: &Component<'_>| part.as_os_str().to_string_lossy().contains(['*', '?', '[']);
    let base: PathBuf = word.components().take_while(|part| !is_wild(part)).collect();
    let rest: PathBuf = word.components().skip_while(|part| !is_wild(part)).collect();
    let pattern = Pattern::new(&rest.to_string_lossy()).map_err(|error| {
        let why = format!("There is no file {}, and it is no pattern either.", word.display());
        Error::usage(why).because(error)
    })?;
    let root = cwd.join(&base);
    if !root.is_dir() {
        return Ok(Vec::new());
    }
    let into_hidden = rest.iter().any(is_hidden);
    let at_any_depth = rest.iter().any(|part| part == "**");
    let depth = if at_any_depth { usize::MAX } else { rest.iter().count() };
    let walk = WalkDir::new(&root).min_depth(1).max_depth(depth).into_iter();
    let mut found = Vec::new();
    for entry in walk.filter_entry(|entry| entry.depth() == 0 || into_hidden || !is_hidden(entry.file_name())) {
        let entry = entry.map_err(|error| unwalkable(word, error))?;
        let inside = entry.path().strip_prefix(&root).unwrap_or(entry.path());
        if !pattern.matches_with(&inside.to_string_lossy(), AS_THE_SHELL) || is_manifest(entry.path()) {
            continue;
        }
        let called = base.join(inside);
        if entry.file_type().is_dir() {
            found.extend(below(&called, entry.path())?);
        } else if is_file(&entry, &called)? {
            found.push(called);
        }
    }
    Ok(found)
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

/// Whether it is a regular file, or a link to one.
fn is_file(entry: &DirEntry, called: &Path) -> Result<bool> {
    if !entry.path_is_symlink() {
        return Ok(entry.file_type().is_file());
    }
    let about = std::fs::metadata(entry.path()).map_err(|error| unreadable(&called.display().to_string(), error))?;
    Ok(about.is_file())
}

fn unwalkable(word: &Path, error: walkdir::Error) -> Error {
    let name = word.display().to_string();
    match error.io_error() {
        Some(_) => unreadable(&name, error.into()),
        None => Error::usage(format!("Could not read {name}.")).because(error),
    }
}
