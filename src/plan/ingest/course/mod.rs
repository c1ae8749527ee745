//! The course of a delivery: which request goes next, and what the outcome of one means for its events.
//!
//! A state machine without I/O or a clock: `apply` tells it what came in and what came back, and when,
//! and sends what it hands out. Times are counted from the beginning of the delivery.
//!
//! * One request goes out alone until the service has answered; a channel that refuses is so found out
//!   with one request. Then as many as `width` at a time, no more than the [`Flow`] lets through in a
//!   second; one again, and slower, after the service has throttled.
//! * A request that was throttled or got no reply is sent again as it was; an event whose own entry asks
//!   for another try goes with a later request, under the same id. Both a bounded number of times.
//! * A request that is refused for something in it is halved, so that one event never takes another along.
//! * What is held at a time is bounded, in requests and in bytes, whatever the input has.

mod request;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

pub use request::{Incoming, Item, Request, Verdict};

use crate::model::event::{AuditEvent, Refusal, Rule};
use crate::plan::ingest::flow::{DEFAULT_RATE, Flow};
use crate::plan::ingest::history::History;
use crate::plan::ingest::journal::InputNumber;
use crate::plan::ingest::pack::{Limits, Packed, Packer, Parcel as _};
use crate::plan::ingest::retry::Schedule;
use crate::plan::ingest::sort::{Again, Said};
use crate::plan::ingest::tally::Tally;
use crate::plan::ingest::witness::{Cause, Fate, Settled, Witness};

/// How fast, how patiently and in what portions events are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// The limits of a request.
    pub limits: Limits,
    /// How many requests may be under way at a time.
    pub width: usize,
    /// How many requests go out in a second at most; as fast as they are answered if not said.
    pub rate: Option<u32>,
    /// How long events wait for others to share a request with.
    pub linger: Duration,
    /// How often an event is tried.
    pub event: Schedule,
    /// How often a request is tried.
    pub request: Schedule,
    /// How often a request is tried as long as nothing has ever answered.
    pub strangers: u32,
}

/// How many requests are under way at a time unless told otherwise: enough for [`DEFAULT_RATE`] when an
/// answer takes a sixth of a second.
pub const DEFAULT_WIDTH: usize = 16;

impl Default for Pace {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            width: DEFAULT_WIDTH,
            rate: Some(DEFAULT_RATE),
            linger: Duration::from_secs(1),
            event: Schedule::EVENT,
            request: Schedule::REQUEST,
            strangers: 3,
        }
    }
}

/// So many events in a row that were tried as often as allowed, or refused alone with their request,
/// and a delivery has no prospects.
const HOPELESS: u32 = 100;

/// A request that was tried as often as allowed is tried on as long as others were answered so lately…
const PATIENCE: Duration = Duration::from_mins(1);
/// …but so many times as often at most.
const MORE: u32 = 4;

/// How long nothing is sent after a throttle, at most.
const QUIET: Duration = Duration::from_millis(500);

/// So many bytes of events may be held before no more input is wanted.
const MAX_HELD: usize = 16 * 1024 * 1024;

/// Why a delivery ends before its input does. The later one counts more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    /// The time allowed is over.
    OutOfTime,
    /// It was tried as often as allowed.
    GaveUp,
    /// What becomes of events can no longer be written down.
    Unrecorded,
    /// The channel refuses.
    Closed,
    /// The user asked to stop.
    Interrupted,
}

/// When something happened, and a random number in 0 to 1.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The time since the delivery began.
    pub now: Duration,
    /// The random number.
    pub random: f64,
}

#[derive(Debug)]
enum Waiting {
    Request(Request),
    Items(Vec<Item>),
}

/// A delivery under way.
#[derive(Debug)]
pub struct Course {
    pace: Pace,
    tally: Tally,
    flow: Flow,
    packer: Packer<Item>,
    /// Since when the open request has been waiting for company.
    open_since: Duration,
    ready: VecDeque<Request>,
    waiting: Vec<(Duration, Waiting)>,
    flying: usize,
    window: usize,
    quiet_until: Duration,
    /// The service has answered, if only that it cannot.
    answered: bool,
    /// When it last answered for events.
    served: Option<Duration>,
    /// How many requests were handed out.
    sendings: u64,
    hopeless: u32,
    /// Bytes of all events that are held.
    held: usize,
    journals: BTreeMap<InputNumber, Open>,
    done: Vec<Done>,
    input_over: bool,
    stop: Option<Stop>,
}

/// A journal that tells of events on their way.
#[derive(Debug, Default)]
struct Open {
    left: u64,
    ended: bool,
    pending: bool,
}

/// A journal whose input was read to its end, and all of whose events have come to theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// Which one.
    pub journal: InputNumber,
    /// None of the events is pending.
    pub complete: bool,
}

impl Course {
    /// A delivery that begins.
    pub fn new(pace: Pace) -> Self {
        Self {
            pace,
            tally: Tally::default(),
            flow: Flow::new(pace.rate),
            packer: Packer::new(pace.limits),
            open_since: Duration::ZERO,
            ready: VecDeque::new(),
            waiting: Vec::new(),
            flying: 0,
            window: 1,
            quiet_until: Duration::ZERO,
            answered: false,
            served: None,
            sendings: 0,
            hopeless: 0,
            held: 0,
            journals: BTreeMap::new(),
            done: Vec::new(),
            input_over: false,
            stop: None,
        }
    }

    /// An entry of the input was refused before it was sent.
    pub fn refuse(&mut self, refusal: &Refusal, witness: &mut dyn Witness) {
        self.tally.read_one();
        self.tally.refuse(refusal.code());
        witness.settled(&Settled::refused(refusal));
    }

    /// An event came in that an earlier delivery has brought home.
    pub fn skip(&mut self, event: &AuditEvent, history: History, witness: &mut dyn Witness) {
        witness.settled(&self.tally.skipped_event(event, history));
    }

    /// An event came in.
    pub fn add(&mut self, incoming: Incoming, now: Duration, witness: &mut dyn Witness) {
        self.tally.read_one();
        self.tally.fill(incoming.event.filled());
        let history = incoming.history.of(&incoming.event);
        self.tally.possibly_double_earlier += history.repeats;
        let item = Item::new(Incoming { history, ..incoming });
        self.held += item.encoded_len();
        if let Some(journal) = item.journal {
            self.journals.entry(journal).or_default().left += 1;
        }
        if self.stop.is_some() {
            self.settle(&item, item.settled(Fate::Pending), witness);
        } else {
            self.pack(item, now, witness);
        }
    }

    /// Nothing more will come in that this journal tells of; `whole` if its input was read to its end.
    pub fn end_of(&mut self, journal: InputNumber, whole: bool) {
        let open = self.journals.entry(journal).or_default();
        open.ended = true;
        open.pending |= !whole;
        self.look_if_done(journal);
    }

    /// Nothing more will come in.
    pub fn end_input(&mut self) {
        self.input_over = true;
    }

    /// The journals that are done since this was last asked.
    pub fn take_done(&mut self) -> Vec<Done> {
        std::mem::take(&mut self.done)
    }

    /// Whether more input may come in; what waits to be sent is bounded by that.
    pub fn wants_input(&self) -> bool {
        let requests = self.ready.len() + self.waiting.len() + self.flying;
        let room = requests < 2 * self.pace.width.max(1) && self.held < MAX_HELD;
        !self.input_over && self.stop.is_none() && room
    }

    /// The next request, if one may go now.
    pub fn next(&mut self, now: Duration) -> Option<Request> {
        if self.stop.is_some() || self.flying >= self.window || now < self.may_go_at() {
            return None;
        }
        if self.ready.is_empty() && self.packer.held() > 0 && now >= self.flush_at() {
            self.ready.extend(self.packer.flush().map(Request::new));
        }
        let mut request = self.ready.pop_front()?;
        self.flow.sent(now);
        self.flying += 1;
        self.sendings += 1;
        request.sent(self.sendings);
        Some(request)
    }

    /// The time that is to be between two requests now, if any.
    pub fn gap(&self) -> Option<Duration> {
        self.flow.gap()
    }

    /// Brings back what was to be tried again at this time.
    pub fn tick(&mut self, now: Duration, witness: &mut dyn Witness) {
        let (due, later) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition::<Vec<_>, _>(|(at, _)| *at <= now);
        self.waiting = later;
        for (_, waiting) in due {
            match waiting {
                Waiting::Request(request) => self.ready.push_front(request),
                Waiting::Items(items) => items.into_iter().for_each(|item| self.pack(item, now, witness)),
            }
        }
    }

    /// When to [`Self::tick`] and to ask for the next request if nothing happens before.
    pub fn wake(&self) -> Option<Duration> {
        if self.stop.is_some() {
            return None;
        }
        let due = self.waiting.iter().map(|(at, _)| *at);
        let may_go = self.flying < self.window;
        let open = (may_go && self.packer.held() > 0).then(|| self.flush_at());
        let ready = (may_go && !self.ready.is_empty()).then_some(Duration::ZERO);
        let go = open.into_iter().chain(ready).map(|at| at.max(self.may_go_at()));
        due.chain(go).min()
    }

    /// A request has come to an end.
    pub fn landed(&mut self, mut request: Request, verdict: Verdict, at: Moment, witness: &mut dyn Witness) {
        self.flying = self.flying.saturating_sub(1);
        if !matches!(verdict, Verdict::Unsent(_) | Verdict::Withheld) {
            self.count(&request);
        }
        self.answered |= matches!(verdict, Verdict::Answered(..) | Verdict::Busy(_) | Verdict::Flawed(_));
        match verdict {
            Verdict::Answered(said, strange) => {
                self.served = Some(at.now);
                self.window = (self.window + 1).min(self.pace.width.max(1));
                self.tally.strange.add(strange);
                self.sorted(request.items, said, at, witness);
            }
            Verdict::Busy(cause) => {
                // The flow slows the others down; there is no need for them to wait as long as this one.
                self.flow.throttled(at.now);
                self.again(request, (self.pace.request, QUIET), &cause, at, witness);
            }
            Verdict::Unreached(cause) => {
                let tries = if self.answered { u32::MAX } else { self.pace.strangers };
                let schedule = Schedule {
                    tries: tries.min(self.pace.request.tries),
                    ..self.pace.request
                };
                self.again(request, (schedule, Duration::MAX), &cause, at, witness);
            }
            Verdict::Unknown(cause) => {
                request.items.iter_mut().for_each(Item::doubt);
                self.again(request, (self.pace.request, Duration::MAX), &cause, at, witness);
            }
            Verdict::Flawed(cause) => self.halve(request, &cause, witness),
            Verdict::Closed(cause) => {
                self.stop(Stop::Closed);
                self.keep(request, &cause);
            }
            Verdict::Withheld => {
                request.unsent();
                self.ready.push_front(request);
            }
            Verdict::Unsent(cause) => {
                request.unsent();
                self.stop(Stop::Unrecorded);
                self.keep(request, &cause);
            }
            Verdict::Unrecorded(cause) => {
                request.items.iter_mut().for_each(Item::doubt);
                self.stop(Stop::Unrecorded);
                self.keep(request, &cause);
            }
        }
    }

    /// Sends nothing more.
    pub fn stop(&mut self, why: Stop) {
        self.stop = self.stop.max(Some(why));
    }

    /// Why nothing more is sent.
    pub fn stopped(&self) -> Option<Stop> {
        self.stop
    }

    /// Whether anything has been answered by the service.
    pub fn is_answered(&self) -> bool {
        self.answered
    }

    /// Whether there is nothing left to do.
    pub fn is_over(&self) -> bool {
        let idle = self.ready.is_empty() && self.waiting.is_empty() && self.packer.held() == 0;
        self.flying == 0 && (self.stop.is_some() || self.input_over && idle)
    }

    /// The sums so far.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Ends the delivery: what is left is pending.
    pub fn finish(&mut self, witness: &mut dyn Witness) -> Tally {
        let waiting = std::mem::take(&mut self.waiting);
        let waiting = waiting.into_iter().flat_map(|(_, waiting)| match waiting {
            Waiting::Request(request) => request.items,
            Waiting::Items(items) => items,
        });
        let ready = std::mem::take(&mut self.ready);
        let ready = ready.into_iter().flat_map(|request| request.items);
        let open = self.packer.flush().unwrap_or_default();
        for item in waiting.chain(ready).chain(open) {
            self.settle(&item, item.settled(Fate::Pending), witness);
        }
        self.tally.clone()
    }

    fn may_go_at(&self) -> Duration {
        self.quiet_until.max(self.flow.next())
    }

    fn count(&mut self, request: &Request) {
        self.tally.requests += 1;
        self.tally.retries += u64::from(request.tried > 1);
        self.tally.bytes_sent += request.bytes();
        self.tally.possibly_double += request.doubles;
    }

    /// An event comes to its end.
    fn settle(&mut self, item: &Item, settled: Settled<'_>, witness: &mut dyn Witness) {
        self.held = self.held.saturating_sub(item.encoded_len());
        witness.settled(&settled);
        if let Some(journal) = item.journal {
            if let Some(open) = self.journals.get_mut(&journal) {
                open.left = open.left.saturating_sub(1);
                open.pending |= settled.fate == Fate::Pending;
            }
            self.look_if_done(journal);
        }
    }

    fn look_if_done(&mut self, journal: InputNumber) {
        let is_done = |open: &Open| open.ended && open.left == 0;
        if self.journals.get(&journal).is_some_and(is_done)
            && let Some(open) = self.journals.remove(&journal)
        {
            self.done.push(Done {
                journal,
                complete: !open.pending,
            });
        }
    }

    fn pack(&mut self, item: Item, now: Duration, witness: &mut dyn Witness) {
        if self.packer.held() == 0 {
            self.open_since = now;
        }
        match self.packer.push(item) {
            Packed::Held => {}
            Packed::Full(items) => {
                self.open_since = now;
                self.ready.push_back(Request::new(items));
            }
            Packed::TooLarge(mut item) => {
                item.cause = Some(Cause {
                    code: Rule::TooLarge.code().to_owned(),
                    message: "It fits into no request: escaped, it takes more than 1 MB.".to_owned(),
                });
                self.refused(&item, witness);
            }
        }
    }

    fn flush_at(&self) -> Duration {
        if self.input_over {
            Duration::ZERO
        } else {
            self.open_since.saturating_add(self.pace.linger)
        }
    }

    fn refused(&mut self, item: &Item, witness: &mut dyn Witness) {
        let code = item.cause.as_ref().map_or("refused", |cause| &cause.code);
        self.tally.refuse(code);
        self.settle(item, item.settled(Fate::Refused), witness);
    }

    fn sorted(&mut self, items: Vec<Item>, said: Vec<Said>, at: Moment, witness: &mut dyn Witness) {
        let mut throttled = false;
        for (mut item, said) in items.into_iter().zip(said) {
            match said {
                Said::Stored(event_id) => {
                    self.hopeless = 0;
                    self.tally.accept();
                    let settled = Settled {
                        event_id: Some(&event_id),
                        cause: None,
                        ..item.settled(Fate::Accepted)
                    };
                    self.settle(&item, settled, witness);
                }
                Said::Refused(failed) => {
                    self.hopeless = 0;
                    item.cause = Some(Cause {
                        code: failed.code,
                        message: failed.message,
                    });
                    self.refused(&item, witness);
                }
                Said::Again(why) => {
                    throttled |= matches!(&why, Again::Failed(failed) if failed.code == "Throttling");
                    self.item_again(item, why, at, witness);
                }
            }
        }
        if throttled {
            self.flow.throttled(at.now);
        } else {
            self.flow.answered();
        }
    }

    fn item_again(&mut self, mut item: Item, why: Again, at: Moment, witness: &mut dyn Witness) {
        item.tried += 1;
        if why == Again::Unknown {
            item.doubt();
        }
        item.cause = Some(cause_of(why));
        if let Some(wait) = self.pace.event.wait(item.tried, at.random) {
            self.wait_items(at.now.saturating_add(wait), item);
        } else {
            self.settle(&item, item.settled(Fate::Pending), witness);
            self.lose_hope();
        }
    }

    fn wait_items(&mut self, due: Duration, item: Item) {
        let same = |(at, waiting): &&mut (Duration, Waiting)| *at == due && matches!(waiting, Waiting::Items(_));
        match self.waiting.iter_mut().find(same) {
            Some((_, Waiting::Items(items))) => items.push(item),
            _ => self.waiting.push((due, Waiting::Items(vec![item]))),
        }
    }

    fn again(
        &mut self,
        mut request: Request,
        (schedule, quiet): (Schedule, Duration),
        cause: &Cause,
        at: Moment,
        witness: &mut dyn Witness,
    ) {
        self.window = 1;
        let Some(wait) = self.wait_for(&request, schedule, at) else {
            self.stop(Stop::GaveUp);
            return self.keep(request, cause);
        };
        let due = at.now.saturating_add(wait);
        if self.stop.is_none() && due > self.quiet_until {
            witness.pausing(cause, wait);
        }
        self.quiet_until = self.quiet_until.max(due.min(at.now.saturating_add(quiet)));
        for item in &mut request.items {
            item.cause = Some(cause.clone());
        }
        self.waiting.push((due, Waiting::Request(request)));
    }

    /// How long a request waits for its next try. One that has used up its tries is not yet given up on
    /// while the service answers others: then it is only short of room there.
    fn wait_for(&self, request: &Request, schedule: Schedule, at: Moment) -> Option<Duration> {
        let lately = self
            .served
            .is_some_and(|served| at.now.saturating_sub(served) < PATIENCE);
        schedule.wait(request.tried, at.random).or_else(|| {
            let more = lately && request.tried < schedule.tries.saturating_mul(MORE);
            more.then(|| schedule.wait(schedule.tries.saturating_sub(1), at.random))
                .flatten()
        })
    }

    fn halve(&mut self, mut request: Request, cause: &Cause, witness: &mut dyn Witness) {
        for item in &mut request.items {
            item.cause = Some(cause.clone());
        }
        if request.items.len() > 1 {
            let second = request.items.split_off(request.items.len() / 2);
            self.ready.push_front(Request::new(second));
            self.ready.push_front(Request::new(request.items));
            return;
        }
        for item in request.items {
            self.refused(&item, witness);
        }
        // Should the flaw be in what all requests have in common, the halving must not go on for ever.
        self.lose_hope();
    }

    fn lose_hope(&mut self) {
        self.hopeless += 1;
        if self.hopeless >= HOPELESS {
            self.stop(Stop::GaveUp);
        }
    }

    /// Keeps what will not be sent any more, until it is told as pending.
    fn keep(&mut self, mut request: Request, cause: &Cause) {
        for item in &mut request.items {
            item.cause = Some(cause.clone());
        }
        self.ready.push_front(request);
    }
}

fn cause_of(why: Again) -> Cause {
    match why {
        Again::Failed(failed) => Cause {
            code: failed.code,
            message: failed.message,
        },
        Again::Unknown => Cause {
            code: "not_in_reply".to_owned(),
            message: "The reply does not say what became of it.".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests;
