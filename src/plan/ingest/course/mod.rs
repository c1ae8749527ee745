//! The course of a delivery: which request goes next, and what the outcome of one means for its events.
//!
//! A state machine without I/O or a clock: `apply` tells it what came in and what came back, and when,
//! and sends what it hands out. Times are counted from the beginning of the delivery.
//!
//! * One request goes out alone until the service has answered; a channel that refuses is so found out
//!   with one request. Then as many as `width` at a time; one again while the service throttles.
//! * A request that was throttled or got no reply is sent again as it was; an event whose own entry asks
//!   for another try goes with a later request, under the same id. Both a bounded number of times.
//! * A request that is refused for something in it is halved, so that one event never takes another along.

use std::collections::VecDeque;
use std::time::Duration;

use crate::model::event::{AuditEvent, Refusal, Reply, Rule};
use crate::plan::ingest::pack::{Limits, Packed, Packer, Parcel, body_len};
use crate::plan::ingest::retry::Schedule;
use crate::plan::ingest::sort::{Again, Sorted, sort};
use crate::plan::ingest::tally::Tally;
use crate::plan::ingest::witness::{Cause, Fate, Settled, Witness};

/// How fast, how patiently and in what portions events are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// The limits of a request.
    pub limits: Limits,
    /// How many requests may be under way at a time.
    pub width: usize,
    /// How long events wait for others to share a request with.
    pub linger: Duration,
    /// How often an event is tried.
    pub event: Schedule,
    /// How often a request is tried.
    pub request: Schedule,
    /// How often a request is tried as long as nothing has ever answered.
    pub strangers: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            width: 4,
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

/// An event on its way.
#[derive(Debug)]
pub struct Item {
    event: AuditEvent,
    /// How often its own entry asked for another try.
    tried: u32,
    /// Whether its last sending may have stored it.
    doubtful: bool,
    /// Whether any of its sendings may have.
    maybe_stored: bool,
    cause: Option<Cause>,
}

/// A request: what was packed, in order.
#[derive(Debug)]
pub struct Request {
    items: Vec<Item>,
    tried: u32,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The service answered for each event.
    Answered(Reply),
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
}

/// Why a delivery ends before its input does. The later one counts more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    /// The time allowed is over.
    OutOfTime,
    /// It was tried as often as allowed.
    GaveUp,
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
    packer: Packer<Item>,
    /// Since when the open request has been waiting for company.
    open_since: Duration,
    ready: VecDeque<Request>,
    waiting: Vec<(Duration, Waiting)>,
    flying: usize,
    window: usize,
    quiet_until: Duration,
    answered: bool,
    hopeless: u32,
    input_over: bool,
    stop: Option<Stop>,
}

impl Parcel for Item {
    fn id(&self) -> &str {
        self.event.id().as_str()
    }

    fn encoded_len(&self) -> usize {
        self.event.encoded_len()
    }
}

impl Item {
    fn new(event: AuditEvent) -> Self {
        Self {
            event,
            tried: 0,
            doubtful: false,
            maybe_stored: false,
            cause: None,
        }
    }

    fn doubt(&mut self) {
        self.doubtful = true;
        self.maybe_stored = true;
    }

    fn settled(&self, fate: Fate) -> Settled<'_> {
        Settled {
            fate,
            cause: self.cause.as_ref(),
            maybe_stored: self.maybe_stored,
            ..Settled::unsent(&self.event)
        }
    }
}

impl Request {
    /// The events, in order.
    pub fn events(&self) -> impl ExactSizeIterator<Item = &AuditEvent> {
        self.items.iter().map(|item| &item.event)
    }

    fn new(items: Vec<Item>) -> Self {
        Self { items, tried: 0 }
    }
}

impl Course {
    /// A delivery that begins.
    pub fn new(pace: Pace) -> Self {
        Self {
            pace,
            tally: Tally::default(),
            packer: Packer::new(pace.limits),
            open_since: Duration::ZERO,
            ready: VecDeque::new(),
            waiting: Vec::new(),
            flying: 0,
            window: 1,
            quiet_until: Duration::ZERO,
            answered: false,
            hopeless: 0,
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

    /// An event came in.
    pub fn add(&mut self, event: AuditEvent, now: Duration, witness: &mut dyn Witness) {
        self.tally.read_one();
        self.tally.fill(event.filled());
        let item = Item::new(event);
        if self.stop.is_some() {
            witness.settled(&item.settled(Fate::Pending));
        } else {
            self.pack(item, now, witness);
        }
    }

    /// Nothing more will come in.
    pub fn end_input(&mut self) {
        self.input_over = true;
    }

    /// Whether more input may come in; what waits to be sent is bounded by that.
    pub fn wants_input(&self) -> bool {
        let held = self.ready.len() + self.waiting.len() + self.flying;
        !self.input_over && self.stop.is_none() && held < 3 * self.pace.width.max(1)
    }

    /// The next request, if one may go now.
    pub fn next(&mut self, now: Duration) -> Option<Request> {
        if self.stop.is_some() || self.flying >= self.window || now < self.quiet_until {
            return None;
        }
        if self.ready.is_empty() && self.packer.held() > 0 && now >= self.flush_at() {
            self.ready.extend(self.packer.flush().map(Request::new));
        }
        let mut request = self.ready.pop_front()?;
        self.flying += 1;
        self.tally.requests += 1;
        self.tally.retries += u64::from(request.tried > 0);
        self.tally.bytes_sent += u64::try_from(body_len(&request.items)).unwrap_or(u64::MAX);
        request.tried += 1;
        for item in &mut request.items {
            self.tally.possibly_double += u64::from(item.doubtful);
            item.doubtful = false;
        }
        Some(request)
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
        let go = open.into_iter().chain(ready).map(|at| at.max(self.quiet_until));
        due.chain(go).min()
    }

    /// A request has come to an end.
    pub fn landed(&mut self, mut request: Request, verdict: Verdict, at: Moment, witness: &mut dyn Witness) {
        self.flying = self.flying.saturating_sub(1);
        self.answered |= matches!(verdict, Verdict::Answered(_) | Verdict::Busy(_) | Verdict::Flawed(_));
        match verdict {
            Verdict::Answered(reply) => {
                self.window = (self.window + 1).min(self.pace.width);
                self.sorted(sort(request.items, &reply), at, witness);
            }
            Verdict::Busy(cause) => self.again(request, self.pace.request, &cause, at, witness),
            Verdict::Unreached(cause) => {
                let tries = if self.answered { u32::MAX } else { self.pace.strangers };
                let schedule = Schedule {
                    tries: tries.min(self.pace.request.tries),
                    ..self.pace.request
                };
                self.again(request, schedule, &cause, at, witness);
            }
            Verdict::Unknown(cause) => {
                request.items.iter_mut().for_each(Item::doubt);
                self.again(request, self.pace.request, &cause, at, witness);
            }
            Verdict::Flawed(cause) => self.halve(request, &cause, witness),
            Verdict::Closed(cause) => {
                self.stop(Stop::Closed);
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

    /// Ends the delivery: what is left is pending.
    pub fn finish(mut self, witness: &mut dyn Witness) -> Tally {
        let waiting = self.waiting.drain(..).flat_map(|(_, waiting)| match waiting {
            Waiting::Request(request) => request.items,
            Waiting::Items(items) => items,
        });
        let ready = self.ready.drain(..).flat_map(|request| request.items);
        for item in waiting.chain(ready).chain(self.packer.flush().unwrap_or_default()) {
            witness.settled(&item.settled(Fate::Pending));
        }
        self.tally
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
        witness.settled(&item.settled(Fate::Refused));
    }

    fn sorted(&mut self, sorted: Sorted<Item>, at: Moment, witness: &mut dyn Witness) {
        for (item, event_id) in sorted.accepted {
            self.hopeless = 0;
            self.tally.accept();
            witness.settled(&Settled {
                event_id: Some(&event_id),
                cause: None,
                ..item.settled(Fate::Accepted)
            });
        }
        for (mut item, failed) in sorted.refused {
            self.hopeless = 0;
            item.cause = Some(Cause {
                code: failed.code,
                message: failed.message,
            });
            self.refused(&item, witness);
        }
        for (mut item, why) in sorted.again {
            item.tried += 1;
            if why == Again::Unknown {
                item.doubt();
            }
            item.cause = Some(cause_of(why));
            if let Some(wait) = self.pace.event.wait(item.tried, at.random) {
                self.wait_items(at.now.saturating_add(wait), item);
            } else {
                witness.settled(&item.settled(Fate::Pending));
                self.lose_hope();
            }
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
        schedule: Schedule,
        cause: &Cause,
        at: Moment,
        witness: &mut dyn Witness,
    ) {
        self.window = 1;
        let Some(wait) = schedule.wait(request.tried, at.random) else {
            self.stop(Stop::GaveUp);
            return self.keep(request, cause);
        };
        let due = at.now.saturating_add(wait);
        self.quiet_until = self.quiet_until.max(due);
        if self.stop.is_none() {
            witness.pausing(cause, wait);
        }
        for item in &mut request.items {
            item.cause = Some(cause.clone());
        }
        self.waiting.push((due, Waiting::Request(request)));
    }

    fn halve(&mut self, mut request: Request, cause: &Cause, witness: &mut dyn Witness) {
        if request.items.len() > 1 {
            let second = request.items.split_off(request.items.len() / 2);
            self.ready.push_front(Request::new(second));
            self.ready.push_front(Request::new(request.items));
            return;
        }
        for mut item in request.items {
            item.cause = Some(cause.clone());
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
