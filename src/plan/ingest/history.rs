//! What is known of an event before this delivery sends it.

use super::journal::Standing;
use crate::model::event::AuditEvent;

/// What earlier deliveries did with an event, as far as it makes a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct History {
    /// How it stands.
    pub standing: Standing,
    /// How often it was sent again after a sending that may have stored it.
    pub repeats: u64,
}

impl History {
    /// That of an event that was never sent.
    pub const NONE: Self = Self {
        standing: Standing::Fresh,
        repeats: 0,
    };

    /// The same, with what the event brings with it: its replay may be repeating a sending of before the replay.
    pub(super) fn of(self, event: &AuditEvent) -> Self {
        match (event.maybe_stored(), self.standing) {
            (false, _) => self,
            (true, Standing::Fresh) => Self {
                standing: Standing::Doubtful,
                ..self
            },
            (true, Standing::Doubtful | Standing::Accepted) => Self {
                repeats: self.repeats.saturating_add(1),
                ..self
            },
        }
    }

    /// How many sendings may have stored it, besides the one by which it was accepted.
    pub(super) fn doubts(self) -> u64 {
        self.repeats.saturating_add(u64::from(self.is_doubtful()))
    }

    /// Whether sending it now may store it twice.
    pub(super) fn is_doubtful(self) -> bool {
        self.standing == Standing::Doubtful
    }
}
