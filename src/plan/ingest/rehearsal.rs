//! A delivery without sending: what would go, in which requests, and what would not.

use super::history::History;
use super::pack::{Limits, Packed, Packer, body_len};
use super::tally::Tally;
use super::witness::{Settled, Witness};
use crate::model::event::{AuditEvent, Refusal};

/// What would be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Packing {
    /// How many events.
    pub events: u64,
    /// In how many requests.
    pub requests: u64,
    /// Of how many bytes of body in all.
    pub bytes: u64,
}

/// A rehearsal under way. It keeps no more than one request.
#[derive(Debug)]
pub struct Rehearsal {
    tally: Tally,
    packer: Packer<AuditEvent>,
    packing: Packing,
}

impl Rehearsal {
    /// One that begins.
    pub fn new(limits: Limits) -> Self {
        Self {
            tally: Tally::default(),
            packer: Packer::new(limits),
            packing: Packing::default(),
        }
    }

    /// An entry of the input was refused.
    pub fn refuse(&mut self, refusal: &Refusal, witness: &mut dyn Witness) {
        self.tally.read_one();
        self.tally.refuse(refusal.code());
        witness.settled(&Settled::refused(refusal));
    }

    /// An event came in that an earlier delivery has brought home.
    pub fn skip(&mut self, event: &AuditEvent, history: History, witness: &mut dyn Witness) {
        witness.settled(&self.tally.skipped_event(event, history));
    }

    /// An event came in that would be sent.
    pub fn add(&mut self, event: AuditEvent, history: History, witness: &mut dyn Witness) {
        let history = history.of(&event);
        self.tally.read_one();
        self.tally.fill(event.filled());
        self.tally.possibly_double += u64::from(history.is_doubtful());
        self.tally.possibly_double_earlier += history.repeats;
        witness.settled(&Settled {
            doubts: history.doubts(),
            ..Settled::unsent(&event)
        });
        match self.packer.push(event) {
            Packed::Full(request) => self.count(&request),
            // No event that passed is too large: escaping doubles its 256 kB at most.
            Packed::Held | Packed::TooLarge(_) => {}
        }
    }

    /// The sums, and what would be sent.
    pub fn finish(mut self) -> (Tally, Packing) {
        if let Some(request) = self.packer.flush() {
            self.count(&request);
        }
        (self.tally, self.packing)
    }

    fn count(&mut self, request: &[AuditEvent]) {
        let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        self.packing.events += number(request.len());
        self.packing.requests += 1;
        self.packing.bytes += number(body_len(request));
    }
}
