//! An archive on disk: data files that only grow, and the manifest that says how much of them counts.
//!
//! A window's events are appended and synced before a manifest that knows of them takes the place of the old
//! one. So whatever ends a run, what the manifest says is in the files, and what they hold beyond that is the
//! beginning of a window and is cut off when the export goes on.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read as _, Result as IoResult, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::segment::{Segment, Segments};
use crate::apply::private;
use crate::error::{Error, Kind, Result};
use crate::plan::export::manifest::{Beginning, SCHEMA};
use crate::plan::export::{Compression, DataFile, Manifest, Query, Second, Span, Window};

/// The value of [`Archive::full`].
const FULL: u64 = 256 * 1024 * 1024;
/// How much is read at a time.
pub(super) const PIECE: usize = 64 * 1024;
/// The manifest of a directory.
const MANIFEST: &str = "manifest.json";

/// Where an archive is.
#[derive(Debug, Clone)]
pub struct Place {
    pub(super) directory: PathBuf,
    /// The one data file; in a directory of its own the archive has as many as it needs.
    file: Option<String>,
    /// What the user calls it.
    name: String,
}

impl Place {
    /// The place that a user names: a directory, that exists or ends in `/`, or a file.
    pub fn of(name: &Path, cwd: &Path) -> Self {
        let path = cwd.join(name);
        let text = name.display().to_string();
        let is_directory = path.is_dir() || text.ends_with(['/', std::path::MAIN_SEPARATOR]);
        let file = path.file_name().map(|file| file.to_string_lossy().into_owned());
        match file.filter(|_| !is_directory) {
            Some(file) => Self {
                directory: path.parent().map(Path::to_owned).unwrap_or_default(),
                file: Some(file),
                name: text,
            },
            None => Self {
                directory: path,
                file: None,
                name: text,
            },
        }
    }

    /// What the user calls it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is a directory of the archive's own.
    pub fn is_directory(&self) -> bool {
        self.file.is_none()
    }

    /// How its files are compressed, where its name says that.
    pub fn compression(&self) -> Option<Compression> {
        self.file.as_deref().map(Compression::of_name)
    }

    /// Where its manifest is.
    pub fn manifest_path(&self) -> PathBuf {
        self.directory.join(self.manifest_name())
    }

    fn manifest_name(&self) -> String {
        match &self.file {
            Some(file) => format!("{file}.{MANIFEST}"),
            None => MANIFEST.to_owned(),
        }
    }

    /// The name of a manifest that is being written.
    fn unfinished_name(&self) -> String {
        format!(".{}.new", self.manifest_name())
    }

    /// The manifest as the user would name it.
    pub fn manifest_shown(&self) -> String {
        match &self.file {
            Some(_) => format!("{}.{MANIFEST}", self.name),
            None => Path::new(&self.name).join(MANIFEST).display().to_string(),
        }
    }

    /// Where a data file is.
    pub fn data_path(&self, file: &str) -> PathBuf {
        self.directory.join(file)
    }

    /// The name of a data file, by its number from 1 on.
    pub(super) fn data_name(&self, number: usize, compression: Compression) -> String {
        match &self.file {
            Some(file) => file.clone(),
            None => format!("events-{number:05}.ndjson{}", compression.suffix()),
        }
    }

    /// The manifest as it is on disk; `None` if there is none.
    pub fn read_manifest(&self) -> Result<Option<Manifest>> {
        let path = self.manifest_path();
        let shown = self.manifest_shown();
        if std::fs::metadata(&path).is_ok_and(|about| !about.is_file()) {
            return Err(Error::new(Kind::Violations, format!("{shown} is no regular file.")));
        }
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::failed(format!("Could not read {shown}.")).because(error)),
        };
        let damaged = |error: serde_json::Error| {
            Error::new(Kind::Violations, format!("The manifest {shown} cannot be read."))
                .because(error)
                .hinted("Without its manifest an archive cannot be continued; export into another place.")
        };
        let manifest: Manifest = serde_json::from_str(&text).map_err(damaged)?;
        if manifest.schema != SCHEMA {
            return Err(Error::state(format!(
                "{shown} is a {:?}, and this ctl knows {SCHEMA}.",
                manifest.schema
            ))
            .hinted("A newer ctl may know it."));
        }
        Ok(Some(manifest))
    }
}

/// An archive that is being written, and is nobody else's meanwhile.
pub struct Archive {
    place: Place,
    manifest: Manifest,
    /// What is on disk, until this run adds its first window.
    before: Option<Manifest>,
    /// Holds the lock: the first data file.
    _lock: File,
    data: Option<Data>,
    /// From which length on a data file of a directory is followed by another, in bytes.
    pub(super) full: u64,
}

/// A data file that is being written.
struct Data {
    name: String,
    file: File,
    events: u64,
    bytes: u64,
    hash: Sha256,
}

impl Archive {
    /// Takes hold of an archive: the one that is there, else a new one that begins as `beginning` says.
    ///
    /// `check` decides whether the one that is there can be gone on with, and changes of its manifest what has to
    /// be changed. What it changes is written with the first window: an archive to which nothing is added stays
    /// as it is.
    pub fn open(place: Place, beginning: &Beginning, check: impl FnOnce(&mut Manifest) -> Result<()>) -> Result<Self> {
        make_directory(&place)?;
        let there = place.read_manifest()?;
        let compression = there
            .as_ref()
            .map_or(beginning.compression, |manifest| manifest.compression);
        let first = place.data_name(1, compression);
        if there.is_none() {
            refuse_others(&place, &first)?;
        }
        let is_begun = there.is_some_and(|manifest| !manifest.files.is_empty());
        let lock = obtain(&place, &first, is_begun)?;
        // It may have been written between the look and the lock.
        let before = place.read_manifest()?;
        let manifest = if let Some(before) = &before {
            let mut manifest = before.clone();
            check(&mut manifest)?;
            manifest
        } else {
            let manifest = Manifest::begin(beginning);
            write_manifest(&place, &manifest)?;
            manifest
        };
        let mut archive = Self {
            place,
            manifest,
            before,
            _lock: lock,
            data: None,
            full: FULL,
        };
        archive.data = archive.resume()?;
        Ok(archive)
    }

    /// What is in it, and what is to be.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The manifest as it is on disk.
    pub fn on_disk(&self) -> &Manifest {
        self.before.as_ref().unwrap_or(&self.manifest)
    }

    /// Where it is.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Notes how the column of the error's message is spelt; it is written with the next window.
    pub fn note_column(&mut self, column: &str) {
        column.clone_into(&mut self.manifest.error_message_column);
    }

    /// What a window is written into before it becomes part of the archive.
    pub fn segments(&self) -> Segments {
        Segments::new(self.place.clone(), self.manifest.compression)
    }

    /// Makes a window part of the archive.
    pub fn add(&mut self, segment: Segment, read: Read) -> Result<()> {
        let place = self.place.clone();
        let failed = |error| unwritten(&place, error);
        // One that was complete says that it is not before its files grow.
        if self.before.is_some() {
            write_manifest(&self.place, &self.manifest)?;
            self.before = None;
        }
        let events = segment.events();
        let mut file = None;
        if let Some(mut written) = segment.finish().map_err(failed)? {
            let data = self.data()?;
            data.append(&mut written, events).map_err(failed)?;
            file = Some(data.known());
        }
        let window = Window {
            from: read.span.from,
            to: read.span.to,
            events,
            file: file.as_ref().map(|file| file.name.clone()),
            read_at: read.at,
            queries: read.queries,
        };
        let mut manifest = self.manifest.clone();
        manifest.add(window, file);
        write_manifest(&self.place, &manifest)?;
        self.manifest = manifest;
        Ok(())
    }

    /// The data file that the next events go into.
    fn data(&mut self) -> Result<&mut Data> {
        let full = self.place.is_directory() && self.data.as_ref().is_some_and(|data| data.bytes >= self.full);
        let data = if let Some(data) = self.data.take().filter(|_| !full) {
            data
        } else {
            let number = self.manifest.files.len().saturating_add(1);
            let name = self.place.data_name(number, self.manifest.compression);
            Data::open(&self.place, &name, None)?
        };
        Ok(self.data.insert(data))
    }

    /// Opens the last data file where the manifest has it end.
    fn resume(&self) -> Result<Option<Data>> {
        for file in &self.manifest.files {
            let path = self.place.data_path(&file.name);
            let length = std::fs::metadata(path).map(|about| about.len()).unwrap_or_default();
            if length < file.bytes {
                return Err(changed(&self.place, &file.name));
            }
        }
        let last = self.manifest.files.last();
        last.map(|file| Data::open(&self.place, &file.name, Some(file)))
            .transpose()
    }
}

impl Data {
    /// Opens a data file, a new one or one that goes on where the manifest says.
    fn open(place: &Place, name: &str, known: Option<&DataFile>) -> Result<Self> {
        let path = place.data_path(name);
        let failed = |error| unwritten(place, error);
        let file = private::growing().open(&path).map_err(failed)?;
        let mut data = Self {
            name: name.to_owned(),
            file,
            events: 0,
            bytes: 0,
            hash: Sha256::new(),
        };
        if let Some(known) = known {
            data.hash = hash(&path, known.bytes).map_err(failed)?;
            if hexadecimal(&data.hash) != known.sha256 {
                return Err(changed(place, name));
            }
            data.events = known.events;
            data.bytes = known.bytes;
        }
        data.cut().map_err(failed)?;
        Ok(data)
    }

    /// Cuts off what no manifest knows of.
    fn cut(&mut self) -> IoResult<()> {
        self.file.set_len(self.bytes)
    }

    /// Appends a window, and sees to it that it is on disk.
    fn append(&mut self, written: &mut File, events: u64) -> IoResult<()> {
        self.cut()?;
        let mut counted = Counted {
            file: &self.file,
            hash: self.hash.clone(),
            bytes: self.bytes,
        };
        std::io::copy(written, &mut counted)?;
        let Counted { hash, bytes, .. } = counted;
        self.file.sync_data()?;
        self.hash = hash;
        self.bytes = bytes;
        self.events = self.events.saturating_add(events);
        Ok(())
    }

    fn known(&self) -> DataFile {
        DataFile {
            name: self.name.clone(),
            events: self.events,
            bytes: self.bytes,
            sha256: hexadecimal(&self.hash),
        }
    }
}

/// What a window was, beside its events.
pub struct Read {
    /// The window.
    pub span: Span,
    /// The queries that read it.
    pub queries: Vec<Query>,
    /// When.
    pub at: Second,
}

/// Counts and hashes what goes into a file.
struct Counted<'a> {
    file: &'a File,
    hash: Sha256,
    bytes: u64,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> IoResult<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        self.bytes = self.bytes.saturating_add(u64::try_from(written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> IoResult<()> {
        self.file.flush()
    }
}

/// The SHA-256 of the first bytes of a file.
pub(super) fn hash(path: &Path, bytes: u64) -> IoResult<Sha256> {
    let mut hash = Sha256::new();
    let mut file = File::open(path)?.take(bytes);
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(hash),
            count => hash.update(piece.get(..count).unwrap_or_default()),
        }
    }
}

/// A hash as text.
pub(super) fn hexadecimal(hash: &Sha256) -> String {
    let nibbles = hash
        .clone()
        .finalize()
        .into_iter()
        .flat_map(|byte| [byte >> 4, byte & 0xF]);
    nibbles
        .filter_map(|nibble| char::from_digit(u32::from(nibble), 16))
        .collect()
}

/// A file that takes the place of what may be there.
fn replacing() -> OpenOptions {
    let mut options = private::options();
    options.write(true).create(true).truncate(true);
    options
}

/// Puts a manifest in the place of the one on disk. Where that fails, the one on disk stays, and nothing else does.
fn write_manifest(place: &Place, manifest: &Manifest) -> Result<()> {
    // Under the lock there is one at a time: what a killed run left is overwritten.
    let unfinished = place.directory.join(place.unfinished_name());
    let write = || -> IoResult<()> {
        let mut text = serde_json::to_string_pretty(manifest)?;
        text.push('\n');
        let mut file = replacing().open(&unfinished)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&unfinished, place.manifest_path())
    };
    write().map_err(|error| {
        drop(std::fs::remove_file(&unfinished));
        unwritten(place, error)
    })?;
    // Where a directory cannot be synced, the name mostly outlives a power cut all the same.
    drop(File::open(&place.directory).and_then(|directory| directory.sync_all()));
    Ok(())
}

fn make_directory(place: &Place) -> Result<()> {
    if !place.is_directory() {
        return if place.directory.is_dir() {
            Ok(())
        } else {
            Err(Error::usage(format!("There is no directory for {}.", place.name)))
        };
    }
    let made = private::make_directory(&place.directory);
    made.map_err(|error| Error::usage(format!("Could not make the directory {}.", place.name)).because(error))
}

/// Refuses a place where something else is. An empty first file was left by a run that ended before it began.
fn refuse_others(place: &Place, first: &str) -> Result<()> {
    let elsewhere = "Name a file or a directory that does not exist yet.";
    let path = place.data_path(first);
    let is_left = match std::fs::metadata(&path) {
        Ok(about) => about.is_file() && about.len() == 0,
        Err(_) => true,
    };
    if !is_left {
        let message = if place.is_directory() {
            format!("{} holds events, and no manifest.", place.name)
        } else {
            format!("{} exists, and there is no manifest for it.", place.name)
        };
        return Err(Error::usage(message).hinted(elsewhere));
    }
    if !place.is_directory() {
        return Ok(());
    }
    let unreadable = |error| Error::usage(format!("Could not read {}.", place.name)).because(error);
    for entry in std::fs::read_dir(&place.directory).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        if name != first && name != place.unfinished_name().as_str() {
            let message = format!("The directory {} is not empty, and holds no export.", place.name);
            return Err(Error::usage(message).hinted(elsewhere));
        }
    }
    Ok(())
}

/// Takes the lock of an archive: that of its first data file, which is never replaced. Of an archive that is begun
/// it has to be there.
fn obtain(place: &Place, first: &str, is_begun: bool) -> Result<File> {
    let cannot = |error: std::io::Error| Error::usage(format!("Could not open {}.", place.name)).because(error);
    let file = match private::growing().create(!is_begun).open(place.data_path(first)) {
        Err(error) if is_begun && error.kind() == ErrorKind::NotFound => return Err(changed(place, first)),
        opened => opened.map_err(cannot)?,
    };
    if !file.metadata().map_err(cannot)?.is_file() {
        return Err(Error::usage(format!("{} is no regular file.", place.name)));
    }
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::state(format!("Another ctl is exporting into {}.", place.name))
            .hinted("Wait for it to end, or export into another place.")),
        Err(TryLockError::Error(error)) => Err(cannot(error)),
    }
}

/// A failure to write into an archive.
pub(super) fn unwritten(place: &Place, error: std::io::Error) -> Error {
    Error::failed(format!("Could not write {}.", place.name))
        .because(error)
        .hinted("Make room there if the disk is full.")
}

fn changed(place: &Place, file: &str) -> Error {
    Error::new(
        Kind::Violations,
        format!("The file {file} of {} is not as the manifest has it.", place.name),
    )
    .hinted(format!(
        "ctl export --verify {} says what is wrong; export into another place.",
        place.name
    ))
}
