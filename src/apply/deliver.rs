//! Delivers events: keeps requests under way as the course of the delivery wants them, and tells it what
//! came back. What an outcome means is decided there, in `plan::ingest`.

use std::time::Duration;

use jiff::Timestamp;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::intake::{Arrived, Feed, Found};
use super::interrupt::Interrupt;
use super::journal::Journals;
use super::wire::Wire;
use crate::aws::{Answer, AuditChannel, CallError, Failure};
use crate::error::{Error, Kind};
use crate::model::event::AuditEvent;
use crate::plan::ingest::journal::Standing;
use crate::plan::ingest::{
    Cause, Course, Detected, Headway, Incoming, Moment, Pace, Packing, Rehearsal, Request, Stop, Tally, Verdict,
    Witness,
};

/// How long the rest of the input is read on, to be counted, when nothing more is sent.
const COUNTING: Duration = Duration::from_secs(5);
/// The same after the user asked to stop, who does not want to wait.
const COUNTING_INTERRUPTED: Duration = Duration::from_millis(200);

/// However little happens, it is told after so long, and so is what has happened just before.
const TELLING: Duration = Duration::from_millis(250);

/// What a delivery needs.
pub struct Job<'a> {
    /// The channel.
    pub channel: &'a AuditChannel,
    /// The wish to stop.
    pub interrupt: &'a Interrupt,
    /// A random number in 0..1.
    pub random: fn() -> f64,
    /// How long it may take in all.
    pub timeout: Option<Duration>,
    /// How fast and how patiently.
    pub pace: Pace,
    /// Where it is written down what becomes of events.
    pub journals: Option<Journals>,
    /// The clock.
    pub clock: fn() -> Timestamp,
    /// Whoever wants to know what becomes of each event.
    pub witness: &'a mut dyn Witness,
}

/// What became of a delivery.
#[derive(Debug)]
pub struct Delivered {
    /// The sums.
    pub tally: Tally,
    /// What the inputs turned out to be.
    pub inputs: Vec<Detected>,
    /// Why it ended before the input did.
    pub stop: Option<Stop>,
    /// What would be sent, if nothing was.
    pub packing: Option<Packing>,
    /// The input was not read to its end: there may be more in it than was counted.
    pub cut_short: bool,
    /// The call by which it ended.
    last: Option<CallError>,
    /// The inputs that could not be read to their ends.
    broken: Vec<Error>,
    /// Why what becomes of events could not be written down any more.
    unrecorded: Option<Error>,
}

/// Delivers what comes out of a feed.
pub async fn deliver(mut feed: Feed, job: Job<'_>) -> Delivered {
    job.interrupt.obey_gracefully();
    let pace = Pace {
        // A request whose outcome waits to be written down is not under way any more.
        width: job.pace.width * if job.journals.is_some() { 2 } else { 1 },
        ..job.pace
    };
    let mut run = Run {
        course: Course::new(pace),
        wire: Wire::new(job.pace.width),
        begun: Instant::now(),
        flying: JoinSet::new(),
        closing: JoinSet::new(),
        inputs: Vec::new(),
        last: None,
        unrecorded: None,
        broken: Vec::new(),
        job,
    };
    run.send(&mut feed).await;
    // What is held will not be sent any more, and lets journals be closed that the rest of the input may need.
    run.course.finish(run.job.witness);
    let cut_short = run.count_the_rest(&mut feed).await || feed.is_cut_short();
    // Ctrl-C goes to whoever feeds a pipe as well: that it has ended does not mean that it was at its end.
    let cut_short = cut_short || feed.size().is_none() && run.course.stopped() == Some(Stop::Interrupted);
    let tally = run.course.finish(run.job.witness);
    drop(feed);
    run.close_journals().await;
    Delivered {
        stop: run.course.stopped(),
        tally,
        inputs: run.inputs,
        packing: None,
        cut_short,
        last: run.last,
        broken: run.broken,
        unrecorded: run.unrecorded,
    }
}

/// Goes through what comes out of a feed without sending anything, for so long at most.
pub async fn rehearse(mut feed: Feed, pace: Pace, timeout: Option<Duration>, witness: &mut dyn Witness) -> Delivered {
    let mut rehearsal = Rehearsal::new(pace.limits);
    let (mut inputs, mut broken) = (Vec::new(), Vec::new());
    let begun = Instant::now();
    let mut stop = None;
    loop {
        let batch = tokio::select! {
            batch = feed.recv() => batch,
            () = at(begun, timeout) => {
                stop = Some(Stop::OutOfTime);
                break;
            }
        };
        let Some(batch) = batch else { break };
        for found in batch {
            match found {
                Found::Event(arrived) if arrived.history.standing == Standing::Accepted => {
                    rehearsal.skip(&arrived.event, arrived.history, witness);
                }
                Found::Event(arrived) => {
                    for warning in &arrived.warnings {
                        witness.warned(arrived.event.place(), warning);
                    }
                    rehearsal.add(arrived.event, arrived.history, witness);
                }
                Found::Refused(refusal) => rehearsal.refuse(&refusal, witness),
                Found::End(detected, _) => inputs.push(detected),
                Found::Broken(error) => broken.push(error),
            }
        }
    }
    let (tally, packing) = rehearsal.finish();
    Delivered {
        tally,
        inputs,
        stop,
        packing: Some(packing),
        cut_short: stop.is_some(),
        last: None,
        broken,
        unrecorded: None,
    }
}

/// What sends one request.
struct Sender {
    channel: AuditChannel,
    answered_before: bool,
    until: Option<Instant>,
    wire: Wire,
    /// How far it is to be from the request before it.
    gap: Option<Duration>,
}

impl Sender {
    async fn send(&self, request: &Request) -> (Verdict, Option<CallError>) {
        if !self.wire.turn(self.gap).await {
            return (Verdict::Withheld, None);
        }
        let left = self.until.map(|until| until.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            return (Verdict::Withheld, None);
        }
        let answer = self.channel.put(request.events(), left).await;
        verdict(answer, request, self.answered_before)
    }
}

/// A request that has come back.
struct Landed {
    request: Request,
    verdict: Verdict,
    /// The failure of the call, where it was one.
    error: Option<CallError>,
    /// Why it could not be written down.
    unrecorded: Option<Error>,
}

impl Landed {
    fn told(request: Request, verdict: Verdict, error: Option<CallError>) -> Self {
        Self {
            request,
            verdict,
            error,
            unrecorded: None,
        }
    }

    fn untold(request: Request, verdict: Verdict, unrecorded: Error) -> Self {
        Self {
            request,
            verdict,
            error: None,
            unrecorded: Some(unrecorded),
        }
    }
}

fn unwritten() -> Cause {
    Cause {
        code: "journal".to_owned(),
        message: "It could not be written down.".to_owned(),
    }
}

struct Run<'a> {
    job: Job<'a>,
    course: Course,
    wire: Wire,
    begun: Instant,
    flying: JoinSet<Landed>,
    /// Journals that are being closed.
    closing: JoinSet<()>,
    inputs: Vec<Detected>,
    last: Option<CallError>,
    broken: Vec<Error>,
    unrecorded: Option<Error>,
}

impl Run<'_> {
    async fn send(&mut self, feed: &mut Feed) {
        loop {
            let now = self.begun.elapsed();
            self.course.tick(now, self.job.witness);
            while let Some(request) = self.course.next(now) {
                self.launch(request);
            }
            self.tell(feed);
            self.close_done();
            if self.course.is_over() {
                return;
            }
            let going_on = self.course.stopped().is_none();
            if !going_on {
                // What waits to go out stays.
                self.wire.close();
            }
            let wake = self.course.wake();
            tokio::select! {
                Some(landed) = self.flying.join_next() => match landed {
                    Ok(landed) => self.landed(landed),
                    Err(error) => std::panic::resume_unwind(error.into_panic()),
                },
                batch = feed.recv(), if self.course.wants_input() => match batch {
                    Some(batch) => self.take(batch),
                    None => self.course.end_input(),
                },
                () = at(self.begun, wake) => {}
                () = at(self.begun, self.job.timeout), if going_on => self.course.stop(Stop::OutOfTime),
                () = self.job.interrupt.wait(), if self.course.stopped() != Some(Stop::Interrupted) => {
                    self.course.stop(Stop::Interrupted);
                }
                () = tokio::time::sleep(TELLING) => {}
            }
        }
    }

    fn launch(&mut self, request: Request) {
        let sender = Sender {
            channel: self.job.channel.clone(),
            answered_before: self.course.is_answered(),
            until: self.job.timeout.map(|timeout| self.begun + timeout),
            wire: self.wire.clone(),
            gap: self.course.gap(),
        };
        let journals = self.job.journals.clone();
        let clock = self.job.clock;
        self.flying.spawn(async move {
            let Some(place) = sender.wire.place().await else {
                return Landed::told(request, Verdict::Withheld, None);
            };
            let Some(journals) = journals else {
                let (verdict, error) = sender.send(&request).await;
                return Landed::told(request, verdict, error);
            };
            if let Err(error) = journals.sending(request.number(), &request.marks()).await {
                return Landed::untold(request, Verdict::Unsent(unwritten()), error);
            }
            let (verdict, error) = sender.send(&request).await;
            drop(place);
            let landings = request.landings(&verdict);
            match journals.landed(request.number(), &landings, clock()).await {
                Ok(()) => Landed::told(request, verdict, error),
                Err(error) => Landed::untold(request, Verdict::Unrecorded(unwritten()), error),
            }
        });
    }

    fn landed(&mut self, landed: Landed) {
        let Landed {
            request,
            verdict,
            error,
            unrecorded,
        } = landed;
        self.unrecorded = self.unrecorded.take().or(unrecorded);
        let over = self.job.timeout.is_some_and(|timeout| self.begun.elapsed() >= timeout);
        if over && matches!(verdict, Verdict::Unknown(_) | Verdict::Withheld) {
            // Given up on because the time is over: it must not be sent again.
            self.course.stop(Stop::OutOfTime);
        }
        let at = Moment {
            now: self.begun.elapsed(),
            random: (self.job.random)(),
        };
        let closed = matches!(verdict, Verdict::Closed(_));
        // The first refusal of the channel is the one that is told; else the last failure.
        if closed && self.course.stopped() != Some(Stop::Closed) || self.course.stopped().is_none() {
            self.last = error;
        }
        self.course.landed(request, verdict, at, self.job.witness);
    }

    /// Says how far it is, and asks whether that can still be kept.
    fn tell(&mut self, feed: &Feed) {
        self.job.witness.headway(&Headway {
            tally: self.course.tally(),
            read: feed.read(),
            size: feed.size(),
        });
        if self.job.witness.is_full() {
            self.course.stop(Stop::Unrecorded);
        }
    }

    fn take(&mut self, batch: Vec<Found>) {
        let now = self.begun.elapsed();
        for found in batch {
            match found {
                Found::Event(arrived) => self.arrived(arrived, now),
                Found::Refused(refusal) => self.course.refuse(&refusal, self.job.witness),
                Found::End(detected, journal) => {
                    let whole = !detected.is_broken();
                    self.inputs.push(detected);
                    if let Some(journal) = journal {
                        self.course.end_of(journal, whole);
                    }
                }
                Found::Broken(error) => self.broken.push(error),
            }
        }
    }

    fn arrived(&mut self, arrived: Arrived<AuditEvent>, now: Duration) {
        let Arrived {
            event,
            warnings,
            history,
            journal,
        } = arrived;
        if history.standing == Standing::Accepted {
            return self.course.skip(&event, history, self.job.witness);
        }
        for warning in &warnings {
            self.job.witness.warned(event.place(), warning);
        }
        let incoming = Incoming {
            event,
            journal,
            history,
        };
        self.course.add(incoming, now, self.job.witness);
    }

    /// Closes the journals of inputs that have come to their ends.
    fn close_done(&mut self) {
        let done = self.course.take_done();
        let Some(journals) = &self.job.journals else { return };
        for done in done {
            let journals = journals.clone();
            let time = (self.job.clock)();
            // That an input is complete is worth knowing when old journals are removed, and to nobody else.
            self.closing
                .spawn(async move { drop(journals.close(done.journal, done.complete, time).await) });
        }
    }

    async fn close_journals(&mut self) {
        self.close_done();
        while self.closing.join_next().await.is_some() {}
        if let Some(journals) = &self.job.journals {
            journals.finish().await;
        }
    }

    /// Counts what is left of the input as pending, for a while: an input may have no end.
    /// Answers whether something may be left even so.
    async fn count_the_rest(&mut self, feed: &mut Feed) -> bool {
        let patience = match self.course.stopped() {
            None => return false,
            Some(Stop::Interrupted) => COUNTING_INTERRUPTED,
            Some(Stop::OutOfTime | Stop::GaveUp | Stop::Unrecorded | Stop::Closed) => COUNTING,
        };
        let until = tokio::time::sleep(patience);
        tokio::pin!(until);
        self.close_done();
        let asked_before = self.job.interrupt.asked();
        loop {
            tokio::select! {
                batch = feed.recv() => match batch {
                    Some(batch) => {
                        self.take(batch);
                        self.close_done();
                    }
                    None => return false,
                },
                () = &mut until => return true,
                () = self.job.interrupt.wait(), if !asked_before => return true,
            }
        }
    }
}

/// Sleeps until a time of the delivery; for ever if there is none.
async fn at(begun: Instant, when: Option<Duration>) {
    match when {
        Some(when) => tokio::time::sleep_until(begun + when).await,
        None => std::future::pending().await,
    }
}

/// What an answer means for the course of the delivery.
fn verdict(answer: Answer, request: &Request, answered_before: bool) -> (Verdict, Option<CallError>) {
    let cause = |error: &CallError| Cause {
        code: error.word().replace(' ', "_"),
        message: error.sentence(),
    };
    match answer {
        Answer::Entries(reply) => (request.answered(reply), None),
        Answer::Busy(error) => (Verdict::Busy(cause(&error)), Some(error)),
        Answer::Unreached(error) => (Verdict::Unreached(cause(&error)), Some(error)),
        Answer::Flawed(error) => (Verdict::Flawed(cause(&error)), Some(error)),
        Answer::Closed(error) => (Verdict::Closed(cause(&error)), Some(error)),
        // What has never answered as the service does is something else, and asking again is no use.
        Answer::Unknown(error) if !answered_before && matches!(error.failure, Failure::NotTheService { .. }) => {
            (Verdict::Closed(cause(&error)), Some(error))
        }
        Answer::Unknown(error) => (Verdict::Unknown(cause(&error)), Some(error)),
    }
}

impl Delivered {
    /// What of the inputs could not be read, once [`Self::failure`] has told what it tells; each as a sentence.
    pub fn unread(&self) -> impl Iterator<Item = String> {
        let sentence = |error: &Error| format!("{}.", error.to_string().trim_end_matches('.'));
        self.broken.iter().map(sentence)
    }

    /// Why the run did not do all that was asked, if it did not: the first that holds decides the exit
    /// code (PRODUCT.md §2).
    pub fn failure(&mut self, channel: &AuditChannel) -> Option<Error> {
        let pending = so_many_are(self.tally.pending());
        match self.stop {
            Some(Stop::Interrupted) => {
                return Some(Error::new(
                    Kind::Interrupted,
                    format!("Interrupted; {pending} pending."),
                ));
            }
            Some(Stop::Closed) => return self.last.take().map(|error| channel.explain(error)),
            Some(Stop::Unrecorded) => return self.unrecorded.take(),
            Some(Stop::OutOfTime) => {
                let message = format!("The time of --timeout is over; {pending} pending.");
                return Some(Error::new(Kind::GaveUp, message));
            }
            Some(Stop::GaveUp) => {
                let mut error = match self.last.take() {
                    Some(error) => error.into_error(format!("Gave up sending; {pending} pending")),
                    None => Error::new(Kind::GaveUp, format!("Gave up sending; {pending} pending.")).because(
                        anyhow::Error::msg("the service put every event off, as often as it was tried"),
                    ),
                };
                error.kind = Kind::GaveUp;
                return Some(error);
            }
            None => {}
        }
        if self.packing.is_none() && self.tally.pending() > 0 {
            let message = format!("Gave up on some events; {pending} pending.");
            return Some(Error::new(Kind::GaveUp, message));
        }
        if !self.broken.is_empty() {
            return Some(self.broken.remove(0));
        }
        let (refused, read) = (self.tally.refused(), self.tally.read());
        (refused > 0).then(|| {
            let verb = if refused == 1 { "was" } else { "were" };
            let noun = if read == 1 { "event" } else { "events" };
            Error::new(Kind::Violations, format!("{refused} of {read} {noun} {verb} refused."))
        })
    }
}

/// So many events are, or one event is.
fn so_many_are(count: u64) -> String {
    match count {
        0 => "no event is".to_owned(),
        1 => "1 event is".to_owned(),
        n => format!("{n} events are"),
    }
}
