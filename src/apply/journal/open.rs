//! Opening the journal of an input when its turn comes.

use std::fs::File;
use std::path::Path;
use std::sync::PoisonError;

use super::file::{make_directory, obtain};
use super::read::{blank, is_emptied, path, revisit, survey};
use super::writer::{After, FileNumber, Job, Written};
use super::{Common, Input, Journals, Place, Shared, State, ended};
use crate::error::{Error, Result};
use crate::plan::ingest::journal::{Begun, Frame, HEADER, InputKey, InputNumber, Past, Tag, What};

/// How many journals are open at a time; systems allow a process few more files by default.
const MAX_OPEN: usize = 192;

/// A journal that is going to be gone on in.
struct Going {
    past: Past,
    file: FileNumber,
    run: u32,
    damaged: u64,
    /// It has no header yet.
    blank: bool,
}

impl Journals {
    /// Opens the journal of an input, which has this number in this run, and answers what earlier runs did
    /// with its events. `None` if the delivery has ended.
    ///
    /// Blocks: while too many others are open, or the same input is. Not to be called where `async` code runs.
    pub fn open(&self, number: InputNumber, input: &InputKey) -> Result<Option<Past>> {
        let shared = &self.shared;
        let tag = shared.delivery.scope.tag(input);
        // After the first write that failed nothing is sent any more, as if the delivery had ended.
        if shared.failed.get().is_some() || !shared.reserve(tag) {
            return Ok(None);
        }
        let opened = shared.open(number, input, tag);
        if opened.is_err() {
            shared.state().taken.remove(&tag);
            shared.changed.notify_all();
        }
        opened.map(Some)
    }
}

impl Shared {
    /// Waits until there is room for an input; `false` if the delivery has ended.
    fn reserve(&self, tag: Tag) -> bool {
        let own = matches!(self.delivery.place, Place::Directory(_));
        let full = |state: &State| own && state.taken.len() >= MAX_OPEN || state.taken.contains(&tag);
        let wait = |state: &mut State| state.writer.is_some() && full(state);
        let waited = self.changed.wait_while(self.state(), wait);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        state.writer.is_some() && state.taken.insert(tag)
    }

    fn open(&self, number: InputNumber, input: &InputKey, tag: Tag) -> Result<Past> {
        // What cannot be written must not have been opened.
        self.write_begun(input, tag, (0, 0), &mut Vec::new())?;
        let path = path(&self.delivery, input);
        let again = self.again(&path, input, tag)?;
        let mut going = match again {
            Some(going) => going,
            None => self.first(&path, input)?,
        };
        if self.delivery.resend {
            going.past = blank(&self.delivery.scope, input)?;
        }
        self.begin(input, tag, &going)?;
        let (run, file) = (going.run, going.file);
        self.state().inputs.insert(number, Input { tag, run, file });
        Ok(going.past)
    }

    /// An input whose journal is that of others too, and open already.
    fn again(&self, path: &Path, input: &InputKey, tag: Tag) -> Result<Option<Going>> {
        let (mut reader, ranges, file, run, damaged) = match &self.state().common {
            None => return Ok(None),
            Some(common) => {
                let reader = common.reader.try_clone().map_err(|error| {
                    Error::failed(format!("Could not read the journal {}.", path.display())).because(error)
                })?;
                let ranges = common.extents.of(tag).to_vec();
                (reader, ranges, common.file, common.run, common.damaged)
            }
        };
        Ok(Some(Going {
            past: revisit(&mut reader, path, &ranges, &self.delivery.scope, input)?,
            file,
            run,
            damaged,
            blank: false,
        }))
    }

    /// An input whose journal is still to be opened.
    fn first(&self, path: &Path, input: &InputKey) -> Result<Going> {
        let cannot = |error: std::io::Error| {
            Error::failed(format!("Could not open the journal {}.", path.display())).because(error)
        };
        if let Place::Directory(directory) = &self.delivery.place {
            make_directory(directory)?;
        }
        let emptied = is_emptied(&std::fs::metadata(path), &self.delivery.place);
        let mut disk = obtain(path, &self.whose(input))?;
        let surveyed = survey(&mut disk, path, &self.delivery.scope, input)?;
        let length = surveyed.scanned.end;
        if surveyed.scanned.torn > 0 {
            disk.set_len(length).map_err(cannot)?;
        }
        let reader = File::open(path).map_err(cannot)?;
        let file = self.hand_over(disk, length, path)?;
        let going = Going {
            past: if emptied {
                surveyed.past.emptied()
            } else {
                surveyed.past
            },
            file,
            run: surveyed.next_run,
            damaged: surveyed.scanned.damage.bytes(),
            blank: length == 0,
        };
        if matches!(self.delivery.place, Place::File(_)) {
            self.state().common = Some(Common {
                file,
                reader,
                extents: surveyed.extents,
                run: going.run,
                damaged: going.damaged,
                from: length,
            });
        }
        Ok(going)
    }

    /// Gives a file to the thread that writes.
    fn hand_over(&self, file: File, length: u64, path: &Path) -> Result<FileNumber> {
        let number = {
            let mut state = self.state();
            state.handed += 1;
            FileNumber(state.handed)
        };
        let written = Written {
            disk: (self.make_disk)(file),
            length,
            path: path.to_owned(),
            failed: None,
        };
        self.tell(Job::Open(number, written))?;
        Ok(number)
    }

    /// Writes down that this run begins with an input. It need not be on disk before a request is.
    fn begin(&self, input: &InputKey, tag: Tag, going: &Going) -> Result<()> {
        let mut bytes = if going.blank { HEADER.to_vec() } else { Vec::new() };
        self.write_begun(input, tag, (going.run, going.damaged), &mut bytes)?;
        let parts = vec![(going.file, bytes)];
        let told = self.append(parts, After::Nothing)?;
        told.blocking_recv().map_err(ended)?.map_err(Error::from)
    }

    fn write_begun(&self, input: &InputKey, tag: Tag, (run, damaged): (u32, u64), out: &mut Vec<u8>) -> Result<()> {
        let begun = Begun {
            time: self.delivery.now,
            afresh: self.delivery.resend,
            damaged,
            endpoint: &self.delivery.scope.endpoint,
            channel: &self.delivery.scope.channel,
            input: input.as_bytes(),
        };
        let what = What::Begun(begun);
        let frame = Frame { tag, run, what };
        if frame.write(out) {
            return Ok(());
        }
        Err(Error::usage("The name of an input is too long for a journal."))
    }

    /// What another `ctl` is doing that holds the journal.
    fn whose(&self, input: &InputKey) -> String {
        match &self.delivery.place {
            Place::Directory(_) if input.as_bytes() == b"-" => "standard input".to_owned(),
            Place::Directory(_) => input.to_string(),
            Place::File(_) => "with the same journal".to_owned(),
        }
    }
}
