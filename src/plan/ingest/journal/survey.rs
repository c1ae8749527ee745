//! Reading a journal as a whole, when it is opened: is it the right one, what does it say about an input,
//! and what must be known to go on in it.

use std::ops::Range;

use super::extents::Extents;
use super::frame::{Begun, Frame, Seen, What, see};
use super::past::{Loss, Past};
use super::replay::{Ledger, Replay};
use super::scan::{Damage, Scanned, Scanner};
use super::{InputKey, Scope, Unusable};
use crate::model::counts::InMemory;

/// A journal that is being read.
#[derive(Debug)]
pub struct Survey {
    scope: Scope,
    replay: Replay,
    scanner: Scanner,
    notes: Notes,
}

#[derive(Debug, Default)]
struct Notes {
    extents: Extents,
    last_run: u32,
    damage_told: u64,
}

/// What a journal says.
#[derive(Debug)]
pub struct Surveyed {
    /// What it says about the input.
    pub past: Past,
    /// Where its frames are, and what of it cannot be read.
    pub scanned: Scanned,
    /// Where the frames of each input are.
    pub extents: Extents,
    /// The number of the next run.
    pub next_run: u32,
}

impl Survey {
    /// Begins to read for an input, with counts that are empty.
    pub fn new(scope: Scope, input: &InputKey, ledger: Ledger) -> Self {
        Self {
            replay: Replay::new(scope.tag(input), ledger),
            scope,
            scanner: Scanner::default(),
            notes: Notes::default(),
        }
    }

    /// Takes the next piece of the file.
    pub fn feed(&mut self, piece: &[u8]) -> Result<(), Unusable> {
        let Self {
            scope,
            replay,
            scanner,
            notes,
        } = self;
        scanner.feed(piece, &mut |frame, range| notes.take(frame, range, scope, replay))
    }

    /// The file has come to its end.
    pub fn finish(self) -> Result<Surveyed, Unusable> {
        let Self {
            scope,
            mut replay,
            scanner,
            mut notes,
        } = self;
        let scanned = scanner.finish(&mut |frame, range| notes.take(frame, range, &scope, &mut replay))?;
        let damage = if scanned.damage.bytes() > notes.damage_told {
            scanned.damage.clone()
        } else {
            Damage::default()
        };
        let mut past = replay.finish(damage)?;
        past.loss = (scanned.torn > 0).then_some(Loss::Cut);
        Ok(Surveyed {
            past,
            scanned,
            extents: notes.extents,
            next_run: notes.last_run.saturating_add(1),
        })
    }
}

impl Notes {
    fn take(
        &mut self,
        frame: &Frame<'_>,
        range: Range<u64>,
        scope: &Scope,
        replay: &mut Replay,
    ) -> Result<(), Unusable> {
        if let What::Begun(begun) = &frame.what {
            check(begun, scope)?;
            self.damage_told = begun.damaged;
        }
        self.extents.add(frame.tag, range);
        self.last_run = self.last_run.max(frame.run);
        Ok(replay.take(frame)?)
    }
}

/// Fails if a run was about another place.
fn check(begun: &Begun<'_>, scope: &Scope) -> Result<(), Unusable> {
    if begun.endpoint == scope.endpoint && begun.channel == scope.channel {
        return Ok(());
    }
    Err(Unusable::OtherScope(Box::new(Scope {
        endpoint: begun.endpoint.to_owned(),
        channel: begun.channel.to_owned(),
    })))
}

/// Reads a journal that is in memory.
pub fn replay(journal: &[u8], scope: &Scope, input: &InputKey) -> Result<Surveyed, Unusable> {
    let mut survey = Survey::new(scope.clone(), input, Ledger::of::<InMemory>());
    survey.feed(journal)?;
    survey.finish()
}

/// Whether the last bytes of a journal say that nothing of its input is left to be sent.
pub fn is_finished(tail: &[u8]) -> bool {
    let mut suffixes = (0..tail.len()).filter_map(|at| tail.get(at..));
    suffixes.any(|suffix| match see(suffix) {
        Seen::Frame(frame, length) => {
            length == suffix.len() && matches!(frame.what, What::Ended { complete: true, .. })
        }
        Seen::Short | Seen::Nothing => false,
    })
}
