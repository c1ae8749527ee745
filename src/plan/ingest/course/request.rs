//! An event on its way, the request it goes in, and what may become of that.

use crate::model::event::{AuditEvent, Reply};
use crate::plan::ingest::history::History;
use crate::plan::ingest::journal::{InputNumber, Landing};
use crate::plan::ingest::pack::{Parcel, body_len};
use crate::plan::ingest::sort::{Again, Said, Strange, sort};
use crate::plan::ingest::witness::{Cause, Fate, Settled};

/// An event that came in.
#[derive(Debug)]
pub struct Incoming {
    /// The event.
    pub event: AuditEvent,
    /// The journal that tells of it.
    pub journal: Option<InputNumber>,
    /// What earlier deliveries did with it.
    pub history: History,
}

/// An event on its way.
#[derive(Debug)]
pub struct Item {
    pub(super) event: AuditEvent,
    pub(super) journal: Option<InputNumber>,
    /// How often it was sent.
    pub(super) sent: u32,
    /// How often its own entry asked for another try.
    pub(super) tried: u32,
    /// Whether its last sending may have stored it.
    pub(super) doubtful: bool,
    /// How many of its sendings may have, those of earlier deliveries included.
    pub(super) doubts: u64,
    pub(super) cause: Option<Cause>,
}

impl Parcel for Item {
    fn id(&self) -> &str {
        self.event.id().as_str()
    }

    fn encoded_len(&self) -> usize {
        self.event.encoded().len()
    }
}

impl Item {
    pub(super) fn new(incoming: Incoming) -> Self {
        let Incoming {
            event,
            journal,
            history,
        } = incoming;
        Self {
            event,
            journal,
            sent: 0,
            tried: 0,
            doubtful: history.is_doubtful(),
            doubts: history.doubts(),
            cause: None,
        }
    }

    pub(super) fn doubt(&mut self) {
        self.doubtful = true;
        self.doubts = self.doubts.saturating_add(1);
    }

    pub(super) fn settled(&self, fate: Fate) -> Settled<'_> {
        Settled {
            fate,
            cause: self.cause.as_ref(),
            attempts: self.sent,
            doubts: self.doubts,
            ..Settled::unsent(&self.event)
        }
    }
}

/// A request: what was packed, in order.
#[derive(Debug)]
pub struct Request {
    pub(super) number: u64,
    pub(super) items: Vec<Item>,
    pub(super) tried: u32,
    /// How many of its events this sending may store a second time.
    pub(super) doubles: u64,
}

impl Request {
    pub(super) fn new(items: Vec<Item>) -> Self {
        Self {
            number: 0,
            items,
            tried: 0,
            doubles: 0,
        }
    }

    /// Marks it as sent, once more.
    pub(super) fn sent(&mut self, number: u64) {
        self.number = number;
        self.tried += 1;
        self.doubles = 0;
        for item in &mut self.items {
            item.sent += 1;
            self.doubles += u64::from(std::mem::take(&mut item.doubtful));
        }
    }

    /// It was not sent after all.
    pub(super) fn unsent(&mut self) {
        self.tried = self.tried.saturating_sub(1);
        for item in &mut self.items {
            item.sent = item.sent.saturating_sub(1);
        }
    }

    /// Its number: every sending has one of its own.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The events, in order.
    pub fn events(&self) -> impl ExactSizeIterator<Item = &AuditEvent> {
        self.items.iter().map(|item| &item.event)
    }

    /// Of each event that a journal tells of, the journal and the SHA-256 of what is sent, in order.
    pub fn marks(&self) -> Vec<(InputNumber, [u8; 32])> {
        let mark = |item: &Item| item.journal.map(|journal| (journal, *item.event.digest()));
        self.items.iter().filter_map(mark).collect()
    }

    /// How long its body is.
    pub fn bytes(&self) -> u64 {
        u64::try_from(body_len(&self.items)).unwrap_or(u64::MAX)
    }

    /// The verdict of a reply with status 200.
    pub fn answered(&self, reply: Reply) -> Verdict {
        let (said, strange) = sort(&self.items, reply);
        Verdict::Answered(said, strange)
    }

    /// What a verdict means for each of [`Self::marks`], as far as it matters to a later delivery.
    pub fn landings(&self, verdict: &Verdict) -> Vec<Landing> {
        let journaled = || self.items.iter().filter(|item| item.journal.is_some());
        let all = |landing| vec![landing; journaled().count()];
        match verdict {
            Verdict::Answered(said, _) => {
                let both = self.items.iter().zip(said).filter(|(item, _)| item.journal.is_some());
                both.map(|(_, said)| landing(said)).collect()
            }
            Verdict::Unknown(_) | Verdict::Unrecorded(_) => all(Landing::Unknown),
            Verdict::Busy(_)
            | Verdict::Unreached(_)
            | Verdict::Flawed(_)
            | Verdict::Closed(_)
            | Verdict::Unsent(_)
            | Verdict::Withheld => all(Landing::NotTaken),
        }
    }
}

fn landing(said: &Said) -> Landing {
    match said {
        Said::Stored(_) => Landing::Accepted,
        Said::Again(Again::Unknown) => Landing::Unknown,
        Said::Again(Again::Failed(_)) | Said::Refused(_) => Landing::NotTaken,
    }
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The service answered for each event.
    Answered(Vec<Said>, Strange),
    /// The service said that it cannot just now, throttled for instance: nothing was taken.
    Busy(Cause),
    /// There was nobody to send it to: nothing was taken.
    Unreached(Cause),
    /// Whether it was taken is not known.
    Unknown(Cause),
    /// It was refused for something in it: nothing was taken.
    Flawed(Cause),
    /// It was refused as every other would be: the channel, the caller or the endpoint is not right.
    Closed(Cause),
    /// It was not sent, because nothing is sent any more.
    Withheld,
    /// It was not sent, because that could not be written down before.
    Unsent(Cause),
    /// What became of it could not be written down, so it does not count.
    Unrecorded(Cause),
}
