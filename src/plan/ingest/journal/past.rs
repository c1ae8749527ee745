//! What earlier runs did with the events of an input.

use jiff::Timestamp;

use super::replay::Ledger;
use super::scan::Damage;
use crate::model::counts::{CountsLost, key};

/// What is known of an event before it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It was never sent, or it was not taken.
    Fresh,
    /// It was sent, and may have been stored.
    Doubtful,
    /// It was accepted.
    Accepted,
}

/// What a journal has lost at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// Everything: the file is there, and empty.
    Emptied,
    /// It breaks off inside an entry.
    Cut,
}

/// What earlier runs did with the events of an input.
#[derive(Debug)]
pub struct Past {
    pub(super) ledger: Ledger,
    pub(super) unmatched: u64,
    pub(super) accepted_on: Option<Timestamp>,
    pub(super) damage: Damage,
    pub(super) loss: Option<Loss>,
}

impl Past {
    /// How the next event of the input stands, by the SHA-256 of what is sent. Each event of the input is to
    /// be asked for once: one acceptance makes up for one event.
    pub fn standing(&mut self, digest: &[u8; 32]) -> Result<Standing, CountsLost> {
        let mark = key(digest);
        if self.ledger.accepted.take(mark)? {
            self.unmatched = self.unmatched.saturating_sub(1);
            return Ok(Standing::Accepted);
        }
        Ok(if self.ledger.doubtful.take(mark)? {
            Standing::Doubtful
        } else {
            Standing::Fresh
        })
    }

    /// How often earlier runs sent an event again after a sending that may have stored it: so many copies too
    /// many there may be, whatever this run does. Of equal events the first one that is asked for has them all.
    pub fn repeats(&mut self, digest: &[u8; 32]) -> Result<u64, CountsLost> {
        let mark = key(digest);
        let mut repeats = 0;
        while self.ledger.repeated.take(mark)? {
            repeats += 1;
        }
        Ok(repeats)
    }

    /// When an event was accepted last.
    pub fn accepted_on(&self) -> Option<Timestamp> {
        self.accepted_on
    }

    /// How many accepted events have not been asked for. When the input is at its end: how many it no
    /// longer has, so it has changed.
    pub fn unmatched(&self) -> u64 {
        self.unmatched
    }

    /// What the journal has lost at its end. A kill may do that, and so may somebody who copies or cuts it.
    pub fn loss(&self) -> Option<Loss> {
        self.loss
    }

    /// The same, where the journal was found empty.
    #[must_use]
    pub fn emptied(mut self) -> Self {
        self.loss = Some(Loss::Emptied);
        self
    }

    /// What of the journal cannot be read and was not told by an earlier run: events that are written down
    /// there may be sent twice.
    pub fn damage(&self) -> &Damage {
        &self.damage
    }
}
