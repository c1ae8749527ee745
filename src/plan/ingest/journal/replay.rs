//! From the frames of a journal to what is known of an input's events.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Tag;
use super::frame::{Begun, Frame, Landing, What};
use super::past::Past;
use super::scan::Damage;
use crate::model::counts::{Counts, CountsLost, Key};

/// So many marks may wait for what became of their requests. More are under way only in a journal that is
/// damaged; of the oldest nothing is known then.
const MAX_OPEN: usize = 256 * 1024;

/// How much is known of the events of one input, each in counts of its own.
#[derive(Debug)]
pub struct Ledger {
    /// How often each was accepted.
    pub accepted: Box<dyn Counts>,
    /// How often each was sent and may have been stored.
    pub doubtful: Box<dyn Counts>,
    /// How many of those sendings were not followed by another one.
    pub unrepeated: Box<dyn Counts>,
    /// How often each was sent again after a sending that may have stored it.
    pub repeated: Box<dyn Counts>,
}

impl Ledger {
    /// A ledger of counts that are empty.
    pub fn of<C: Counts + Default + 'static>() -> Self {
        let empty = || Box::new(C::default());
        Self {
            accepted: empty(),
            doubtful: empty(),
            unrepeated: empty(),
            repeated: empty(),
        }
    }
}

/// An event of a request under way, and whether this sending repeats one that may have stored it.
type Sent = (Key, bool);

/// Follows what runs did with the events of one input.
#[derive(Debug)]
pub struct Replay {
    tag: Tag,
    ledger: Ledger,
    /// What was sent and has not come back, by run and request.
    open: BTreeMap<(u32, u64), Vec<Sent>>,
    held: usize,
    total: u64,
    accepted_on: Option<Timestamp>,
}

impl Replay {
    /// For the input of a tag, with counts that are empty.
    pub fn new(tag: Tag, ledger: Ledger) -> Self {
        Self {
            tag,
            ledger,
            open: BTreeMap::new(),
            held: 0,
            total: 0,
            accepted_on: None,
        }
    }

    /// Takes the next frame of the journal; those of other inputs are passed over.
    pub fn take(&mut self, frame: &Frame<'_>) -> Result<(), CountsLost> {
        if frame.tag != self.tag {
            return Ok(());
        }
        // A run begins when no other is going on any more.
        while let Some(&(run, request)) = self.open.keys().next().filter(|(run, _)| *run < frame.run) {
            self.doubt((run, request))?;
        }
        match &frame.what {
            What::Begun(Begun { afresh: true, .. }) => self.forget(),
            What::Begun(_) | What::Ended { .. } => Ok(()),
            What::Sending { request, marks } => self.sending((frame.run, *request), marks),
            What::Landed {
                request,
                time,
                landings,
            } => self.landed((frame.run, *request), *time, landings),
        }
    }

    /// The journal is at its end, and this is what is to be told of its damage.
    pub fn finish(mut self, damage: Damage) -> Result<Past, CountsLost> {
        while let Some(&oldest) = self.open.keys().next() {
            self.doubt(oldest)?;
        }
        Ok(Past {
            ledger: self.ledger,
            unmatched: self.total,
            accepted_on: self.accepted_on,
            damage,
            loss: None,
        })
    }

    fn sending(&mut self, request: (u32, u64), marks: &[Key]) -> Result<(), CountsLost> {
        self.doubt(request)?;
        self.held += marks.len();
        let mut sent = Vec::with_capacity(marks.len());
        for mark in marks {
            let repeats = self.ledger.unrepeated.take(*mark)?;
            if repeats {
                self.ledger.repeated.add(*mark, 1)?;
            }
            sent.push((*mark, repeats));
        }
        self.open.insert(request, sent);
        while self.held > MAX_OPEN
            && let Some(&oldest) = self.open.keys().next()
        {
            self.doubt(oldest)?;
        }
        Ok(())
    }

    fn landed(&mut self, request: (u32, u64), time: Timestamp, landings: &[Landing]) -> Result<(), CountsLost> {
        let marks = self.open.remove(&request).unwrap_or_default();
        self.held -= marks.len();
        for (at, (mark, repeats)) in marks.into_iter().enumerate() {
            match landings.get(at) {
                Some(Landing::Accepted) => {
                    self.ledger.accepted.add(mark, 1)?;
                    self.total += 1;
                    self.accepted_on = self.accepted_on.max(Some(time));
                }
                Some(Landing::NotTaken) => {
                    if repeats && self.ledger.repeated.take(mark)? {
                        self.ledger.unrepeated.add(mark, 1)?;
                    }
                }
                Some(Landing::Unknown) | None => self.may_be_stored(mark)?,
            }
        }
        Ok(())
    }

    /// Nothing more will be heard of a request.
    fn doubt(&mut self, request: (u32, u64)) -> Result<(), CountsLost> {
        let marks = self.open.remove(&request).unwrap_or_default();
        self.held -= marks.len();
        for (mark, _) in marks {
            self.may_be_stored(mark)?;
        }
        Ok(())
    }

    fn may_be_stored(&mut self, mark: Key) -> Result<(), CountsLost> {
        self.ledger.doubtful.add(mark, 1)?;
        self.ledger.unrepeated.add(mark, 1)?;
        Ok(())
    }

    fn forget(&mut self) -> Result<(), CountsLost> {
        self.open.clear();
        (self.held, self.total, self.accepted_on) = (0, 0, None);
        let Ledger {
            accepted,
            doubtful,
            unrepeated,
            repeated,
        } = &mut self.ledger;
        [accepted, doubtful, unrepeated, repeated]
            .into_iter()
            .try_for_each(|counts| counts.clear())
    }
}
