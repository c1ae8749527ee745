//! Checks an archive: nothing but its files is looked at.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};

use serde::Deserialize;

use super::archive::{Place, hash, hexadecimal};
use crate::apply::inputs::Plain;
use crate::error::{Error, Result};
use crate::model::event::EventTime;
use crate::plan::export::{DataFile, Flaw, Manifest, Second, Span};

/// The longest line that can be an event: four times what the service takes (reference §2.5), for its additions
/// and its escapes.
const LONGEST: u64 = 1024 * 1024;
/// How many flaws of one file are told one by one.
const MOST: usize = 20;

/// What was found out about an archive.
#[derive(Debug)]
pub struct Verified {
    /// Its manifest.
    pub manifest: Manifest,
    /// What is wrong.
    pub flaws: Vec<Flaw>,
    /// How many events were found.
    pub events: u64,
}

/// What is looked at in a line.
#[derive(Deserialize)]
struct Line {
    #[serde(rename = "eventID")]
    event_id: String,
    #[serde(rename = "eventTime")]
    event_time: String,
    #[serde(rename = "eventData")]
    _event_data: Object,
}

/// An object, whatever is in it.
#[derive(Deserialize)]
struct Object {}

/// Checks an archive: its manifest, and of each file that it is there, its length, its hash, and that every line
/// of it is an event of its window, in its order and once; and that there is no other data file.
pub fn verify(place: &Place) -> Result<Verified> {
    let Some(manifest) = place.read_manifest()? else {
        return Err(
            Error::not_found(format!("There is no manifest {}.", place.manifest_shown()))
                .hinted("Name the file or the directory that was exported into."),
        );
    };
    let mut flaws = manifest.flaws();
    let mut events = 0_u64;
    for file in &manifest.files {
        if file.name.contains(['/', '\\']) {
            flaws.push(Flaw::of(
                &file.name,
                "manifest",
                "It is no name of a file beside the manifest.",
            ));
            continue;
        }
        events = events.saturating_add(check(place, &manifest, file, &mut flaws)?);
    }
    strangers(place, &manifest, &mut flaws)?;
    Ok(Verified {
        manifest,
        flaws,
        events,
    })
}

/// Finds data files that the manifest does not name: whoever reads the directory reads them too. What an ended run
/// left of its next file is none.
fn strangers(place: &Place, manifest: &Manifest, flaws: &mut Vec<Flaw>) -> Result<()> {
    if !place.is_directory() {
        return Ok(());
    }
    let unreadable = |error| Error::failed(format!("Could not read {}.", place.name())).because(error);
    let next = place.data_name(manifest.files.len().saturating_add(1), manifest.compression);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&place.directory).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_named = manifest.files.iter().any(|file| file.name == name);
        let is_empty = || entry.metadata().is_ok_and(|about| about.len() == 0);
        let is_left = name == next && (!manifest.complete || is_empty());
        if name.starts_with("events-") && !is_named && !is_left {
            names.push(name);
        }
    }
    names.sort();
    let flaw = |name: &String| Flaw::of(name, "file_unknown", "The manifest does not name it.");
    flaws.extend(names.iter().map(flaw));
    Ok(())
}

/// Checks a file; answers how many events are in it.
fn check(place: &Place, manifest: &Manifest, known: &DataFile, flaws: &mut Vec<Flaw>) -> Result<u64> {
    let unreadable = |error| Error::failed(format!("Could not read {}.", known.name)).because(error);
    let path = place.data_path(&known.name);
    let length = match std::fs::metadata(&path) {
        // A pipe would be waited for.
        Ok(about) if !about.is_file() => {
            flaws.push(Flaw::of(&known.name, "file_irregular", "It is no regular file."));
            return Ok(0);
        }
        Ok(about) => about.len(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            flaws.push(Flaw::of(&known.name, "file_missing", "It is not there."));
            return Ok(0);
        }
        Err(error) => return Err(unreadable(error)),
    };
    if length < known.bytes {
        let message = format!("It has {length} bytes, and the manifest says {}.", known.bytes);
        flaws.push(Flaw::of(&known.name, "file_truncated", message));
    } else {
        if length > known.bytes && manifest.complete {
            let message = format!("It has {length} bytes, and the manifest says {}.", known.bytes);
            flaws.push(Flaw::of(&known.name, "file_longer", message));
        }
        if hexadecimal(&hash(&path, known.bytes).map_err(unreadable)?) != known.sha256 {
            let message = "Its SHA-256 is not the one in the manifest: it was changed.";
            flaws.push(Flaw::of(&known.name, "file_changed", message));
        }
    }
    let raw = File::open(&path).map_err(unreadable)?.take(known.bytes);
    let plain = Plain::open(Box::new(raw)).map_err(unreadable)?;
    let mut lines = Lines::new(manifest, known);
    lines.read(plain, flaws);
    Ok(lines.events)
}

/// Goes through the lines of a file and the windows that they belong to.
struct Lines<'a> {
    file: &'a DataFile,
    /// The windows of the file, and how many events each is still to have.
    windows: VecDeque<(Span, u64)>,
    events: u64,
    /// The time and the ID of the line before.
    last: Option<(Second, String)>,
    told: usize,
}

impl<'a> Lines<'a> {
    fn new(manifest: &Manifest, file: &'a DataFile) -> Self {
        let here = manifest
            .windows
            .iter()
            .filter(|window| window.file.as_ref() == Some(&file.name));
        let windows = here.map(|window| {
            let span = Span {
                from: window.from,
                to: window.to,
            };
            (span, window.events)
        });
        Self {
            file,
            windows: windows.collect(),
            events: 0,
            last: None,
            told: 0,
        }
    }

    fn read(&mut self, plain: Plain, flaws: &mut Vec<Flaw>) {
        let mut reader = BufReader::new(plain);
        let mut line = Vec::new();
        loop {
            line.clear();
            match reader.by_ref().take(LONGEST).read_until(b'\n', &mut line) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) => {
                    let why = reader.get_ref().flaw(error);
                    self.tell(
                        flaws,
                        "unreadable",
                        format!("It cannot be read after {} events: {why}.", self.events),
                    );
                    break;
                }
            }
            if line.last() != Some(&b'\n') {
                let number = self.events.saturating_add(1);
                self.tell(
                    flaws,
                    "not_json",
                    format!("Line {number} does not end, or is longer than 1 MiB."),
                );
                break;
            }
            self.events = self.events.saturating_add(1);
            self.look(&line, flaws);
        }
        if self.events != self.file.events {
            let message = format!(
                "It holds {} events, and the manifest says {}.",
                self.events, self.file.events
            );
            flaws.push(Flaw::of(&self.file.name, "count", message));
        }
    }

    fn look(&mut self, line: &[u8], flaws: &mut Vec<Flaw>) {
        while self.windows.front().is_some_and(|(_, left)| *left == 0) {
            self.windows.pop_front();
        }
        let span = self.windows.front_mut().map(|(span, left)| {
            *left = left.saturating_sub(1);
            *span
        });
        let number = self.events;
        let Ok(read) = serde_json::from_slice::<Line>(line) else {
            self.tell(flaws, "not_json", format!("Line {number} is no stored record."));
            return;
        };
        let time = EventTime::read(&read.event_time).map(|time| Second(time.unix()));
        let Some(time) = time.filter(|_| !read.event_id.is_empty()) else {
            self.tell(
                flaws,
                "not_json",
                format!("Line {number} has no eventID or no eventTime."),
            );
            return;
        };
        if span.is_some_and(|span| !span.holds(time)) {
            self.tell(
                flaws,
                "outside_window",
                format!("The event of line {number} is not of its window."),
            );
        }
        let this = (time, read.event_id);
        match self.last.as_ref().map(|last| this.cmp(last)) {
            Some(Ordering::Equal) => self.tell(
                flaws,
                "duplicate",
                format!("The event of line {number} is that of the line before."),
            ),
            Some(Ordering::Less) => self.tell(
                flaws,
                "order",
                format!("The event of line {number} belongs before that of the line before."),
            ),
            Some(Ordering::Greater) | None => {}
        }
        self.last = Some(this);
    }

    fn tell(&mut self, flaws: &mut Vec<Flaw>, code: &'static str, message: String) {
        self.told = self.told.saturating_add(1);
        if self.told <= MOST {
            flaws.push(Flaw::of(&self.file.name, code, message));
        } else if self.told == MOST + 1 {
            flaws.push(Flaw::of(&self.file.name, code, "There is more of this in it."));
        }
    }
}
