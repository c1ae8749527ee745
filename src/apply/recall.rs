//! What earlier deliveries did with the events of an input, asked while it is read.

use super::inputs::Input;
use super::journal::{self, Delivery, Journals, Place};
use crate::error::Result;
use crate::model::CountsLost;
use crate::model::event::Event;
use crate::plan::ingest::History;
use crate::plan::ingest::journal::{InputKey, InputNumber, Past};

/// The key of an input that has no path: what comes down a pipe.
const NAMELESS: &str = "-";

/// Where a run remembers from.
pub enum Memory {
    /// Nowhere: every event is new.
    None,
    /// From journals in which it writes as well.
    Kept(Journals),
    /// From journals that it only reads.
    Read(Delivery),
}

/// What is remembered of one input.
#[derive(Default)]
pub struct Recalled {
    journal: Option<InputNumber>,
    past: Option<Past>,
}

impl Memory {
    /// What is remembered of an input; `None` when the delivery is over. May wait until there is room for
    /// another journal. The number is the input's, and no other's in this run; so many
    /// inputs up to this one have no path.
    pub fn of(&self, input: &Input, number: InputNumber, nameless: u32) -> Result<Option<Recalled>> {
        let recalled = |journal, past| {
            Some(Recalled {
                journal,
                past: Some(past),
            })
        };
        Ok(match self {
            Self::None => Some(Recalled::default()),
            Self::Kept(journals) => match key(input, journals.place(), nameless) {
                None => Some(Recalled::default()),
                Some(key) => journals
                    .open(number, &key)?
                    .and_then(|past| recalled(Some(number), past)),
            },
            Self::Read(delivery) => match key(input, &delivery.place, nameless) {
                None => Some(Recalled::default()),
                Some(key) => recalled(None, journal::look(delivery, &key)?),
            },
        })
    }
}

/// Under which key an input is remembered. What has no path is so only in a journal that was asked for.
fn key(input: &Input, place: &Place, nameless: u32) -> Option<InputKey> {
    match (input.path(), place) {
        (Some(path), _) => Some(InputKey::new(path.as_os_str().as_encoded_bytes())),
        (None, Place::File(_)) if nameless > 1 => Some(InputKey::new(format!("{NAMELESS}{nameless}"))),
        (None, Place::File(_)) => Some(InputKey::new(NAMELESS)),
        (None, Place::Directory(_)) => None,
    }
}

impl Recalled {
    /// The journal in which this run tells of the input.
    pub fn journal(&self) -> Option<InputNumber> {
        self.journal
    }

    /// What earlier runs did.
    pub fn past(&self) -> Option<&Past> {
        self.past.as_ref()
    }

    /// What was done with the next event of the input. After an error the input must not be read on.
    pub fn history(&mut self, event: &impl Event) -> Result<History, CountsLost> {
        match (&mut self.past, event.digest()) {
            (Some(past), Some(digest)) => Ok(History {
                standing: past.standing(digest)?,
                repeats: past.repeats(digest)?,
            }),
            (None, _) | (_, None) => Ok(History::NONE),
        }
    }
}
