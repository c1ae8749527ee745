//! From the words of the command line to inputs: files, directories, patterns and standard input.
//!
//! All inputs are known, exist and can be opened before anything is sent. A directory stands for the
//! files below it, and a pattern that the shell left alone for what it matches, both in the order of
//! their names' bytes. No file may be meant twice: its events would be sent twice.

mod decompress;
mod input;
mod walk;

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};

pub use decompress::Plain;
use input::Identity;
pub use input::Input;

use crate::error::{Error, Result};

/// The word that stands for standard input.
const DASH: &str = "-";
/// The name of standard input in every output.
const STDIN: &str = "stdin";

/// Standard input, which can be taken once.
pub struct StandardInput<'a> {
    /// Somebody sits before it.
    pub is_terminal: bool,
    /// Takes it.
    pub take: &'a dyn Fn() -> Option<Box<dyn Read + Send>>,
}

/// Inputs that were found.
pub struct Meant {
    /// The inputs, in their order.
    pub inputs: Vec<Input>,
    /// What has to be said about them, each a sentence.
    pub notes: Vec<String>,
}

/// The inputs that are meant by words of the command line, in their order; without a word, standard input.
pub fn find(words: &[PathBuf], cwd: &Path, stdin: &StandardInput<'_>) -> Result<Meant> {
    let dash = [PathBuf::from(DASH)];
    let words = if words.is_empty() {
        if stdin.is_terminal {
            return Err(
                Error::usage("There is nothing to read: no FILE is named, and standard input is a terminal.")
                    .hinted("Name files, events.json for instance, or pipe events in."),
            );
        }
        &dash
    } else {
        words
    };
    let mut list = List::default();
    for word in words {
        if word.as_os_str() == DASH {
            list.once(word, PathBuf::from(DASH))?;
            let read = (stdin.take)().ok_or_else(|| Error::usage("Standard input can be read once only."))?;
            list.inputs.push(Input::stream(STDIN, read));
        } else {
            list.add(word, cwd)?;
        }
    }
    Ok(Meant {
        inputs: list.inputs,
        notes: list.notes,
    })
}

/// The inputs so far, and what each file is called.
#[derive(Default)]
struct List {
    inputs: Vec<Input>,
    seen: HashMap<PathBuf, String>,
    /// The same of files that have several names on the disk.
    linked: HashMap<Identity, String>,
    notes: Vec<String>,
}

impl List {
    fn add(&mut self, word: &Path, cwd: &Path) -> Result<()> {
        if let Some(files) = walk::files(word, cwd)? {
            for file in files {
                self.file(&file, cwd)?;
            }
            return Ok(());
        }
        // A file that is named is meant to hold something; one that was found need not.
        if let Some(input) = self.file(word, cwd)?
            && input.is_blank()
        {
            let name = input.name();
            return Err(
                Error::usage(format!("{name} is empty.")).hinted("Check what was to write it, or leave it out.")
            );
        }
        Ok(())
    }

    /// Takes a file up; `None` if it is one that was taken up before, by another name of the same rank.
    fn file(&mut self, file: &Path, cwd: &Path) -> Result<Option<&Input>> {
        let path = cwd.join(file);
        let input = Input::file(&file.display().to_string(), path.clone())?;
        // A pipe of the shell's has no path that could be followed.
        self.once(file, std::fs::canonicalize(&path).unwrap_or(path))?;
        if let Some(identity) = input.identity() {
            let name = file.display().to_string();
            if let Some(before) = self.linked.get(&identity) {
                let note = format!("{name} is the same file as {before}, by a hard link: it is read once.");
                self.notes.push(note);
                return Ok(None);
            }
            self.linked.insert(identity, name);
        }
        self.inputs.push(input);
        Ok(self.inputs.last())
    }

    /// Notes that this is an input; it must be none so far.
    fn once(&mut self, word: &Path, real: PathBuf) -> Result<()> {
        let name = word.display().to_string();
        let Some(before) = self.seen.insert(real, name.clone()) else {
            return Ok(());
        };
        let message = if before == name {
            format!("{name} is named twice.")
        } else {
            format!("{name} is named twice: it is {before} by another name.")
        };
        Err(Error::usage(message).hinted("Name it once: its events would count twice."))
    }
}
