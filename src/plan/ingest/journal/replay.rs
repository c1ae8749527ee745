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

/// Follows what runs did with the events of one input.
#[derive(Debug)]
pub struct Replay {
    tag: Tag,
    accepted: Box<dyn Counts>,
    doubtful: Box<dyn Counts>,
    /// What was sent and has not come back, by run and request.
    open: BTreeMap<(u32, u64), Vec<Key>>,
    held: usize,
    total: u64,
    accepted_on: Option<Timestamp>,
}

impl Replay {
    /// For the input of a tag, with counts that are empty.
    pub fn new(tag: Tag, accepted: Box<dyn Counts>, doubtful: Box<dyn Counts>) -> Self {
        Self {
            tag,
            accepted,
            doubtful,
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
            accepted: self.accepted,
            doubtful: self.doubtful,
            unmatched: self.total,
            accepted_on: self.accepted_on,
            damage,
        })
    }

    fn sending(&mut self, request: (u32, u64), marks: &[Key]) -> Result<(), CountsLost> {
        self.doubt(request)?;
        self.held += marks.len();
        self.open.insert(request, marks.to_vec());
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
        for (at, mark) in marks.into_iter().enumerate() {
            match landings.get(at) {
                Some(Landing::Accepted) => {
                    self.accepted.add(mark, 1)?;
                    self.total += 1;
                    self.accepted_on = self.accepted_on.max(Some(time));
                }
                Some(Landing::NotTaken) => {}
                Some(Landing::Unknown) | None => {
                    self.doubtful.add(mark, 1)?;
                }
            }
        }
        Ok(())
    }

    /// Nothing more will be heard of a request.
    fn doubt(&mut self, request: (u32, u64)) -> Result<(), CountsLost> {
        let marks = self.open.remove(&request).unwrap_or_default();
        self.held -= marks.len();
        for mark in marks {
            self.doubtful.add(mark, 1)?;
        }
        Ok(())
    }

    fn forget(&mut self) -> Result<(), CountsLost> {
        self.open.clear();
        (self.held, self.total, self.accepted_on) = (0, 0, None);
        self.accepted.clear()?;
        self.doubtful.clear()
    }
}
