//! Sends a canary, and looks for it where it has to turn up: in the channel's ingestion status, then in every
//! store that the channel feeds.

use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::Interrupt;
use super::deliver::{self, Delivered};
use super::inputs::Input;
use super::intake::{self, Rules};
use super::query;
use super::recall::Memory;
use crate::aws::{AuditChannel, CallError, Session};
use crate::error::{Error, Kind, Result};
use crate::model::event::{Gaps, Place, Violation};
use crate::model::query::Columns;
use crate::model::{Channel, ChannelArn, StoreArn};
use crate::plan::ingest::{Cause, Destination, Fate, Headway, Pace, Settled, Witness};
use crate::plan::query::{Patience, Select, Table, Unwatched};
use crate::plan::verify::{Canary, Pauses, Sighting, State, Step, What, ingested};

/// Whoever wants to know what is waited for.
pub trait Onlooker: Send + Sync {
    /// Something is being done, in words that say what.
    fn doing(&mut self, what: &str);
}

/// What a proof needs.
pub struct Job<'a> {
    /// The session.
    pub aws: &'a Session,
    /// The channel as it was before anything was sent.
    pub channel: &'a Channel,
    /// The way into it.
    pub audit: &'a AuditChannel,
    /// What is sent.
    pub canary: &'a Canary,
    /// Whether it is looked for by query, too.
    pub query: bool,
    /// How long all may take.
    pub timeout: Duration,
    /// The wish to stop.
    pub interrupt: &'a Interrupt,
    /// A random number in 0..1.
    pub random: fn() -> f64,
    /// The clock.
    pub clock: fn() -> Timestamp,
    /// Whoever looks on.
    pub onlooker: &'a mut dyn Onlooker,
}

/// What came of it.
#[derive(Debug)]
pub struct Proof {
    /// The steps that were begun, each with its end.
    pub steps: Vec<Step>,
    /// The ID that CloudTrail gave the canary.
    pub event_id: Option<String>,
    /// A reply was lost, so that the canary may be stored twice.
    pub possibly_double: bool,
    /// How many queries were started.
    pub queries: u32,
    /// Bytes that they scanned, which is what is billed; `None` where the service did not say.
    pub bytes_scanned: Option<u64>,
    /// Why it is no proof.
    pub failure: Option<Error>,
}

/// Why nobody looks any more.
enum Ended {
    Interrupted,
    OutOfTime,
}

/// Sends the canary, and looks for it.
pub async fn prove(job: &mut Job<'_>) -> Proof {
    job.interrupt.obey_gracefully();
    let waiting = Waiting::of(job);
    job.onlooker.doing("sending the canary");
    let (sent, mut delivered) = send(job).await;
    let taken = waiting.begun.elapsed();
    let mut proof = Proof {
        steps: Vec::new(),
        event_id: sent.event_id.clone(),
        possibly_double: sent.maybe_stored && sent.fate == Some(Fate::Accepted),
        queries: 0,
        bytes_scanned: None,
        failure: None,
    };
    let accepted = |_: &String| sent.fate == Some(Fate::Accepted);
    let Some(event_id) = proof.event_id.clone().filter(accepted) else {
        let failure = delivered.failure(job.audit);
        proof.failure = Some(sent.explained(failure));
        proof.steps.push(sent.step());
        proof.leave_out(&[What::Ingestion, What::Query], "the canary was not taken");
        return proof;
    };
    let double = if proof.possibly_double {
        " An earlier reply was lost, so it may be stored twice."
    } else {
        ""
    };
    let uid = &job.canary.uid;
    let detail = format!("The service took it as event {event_id}, UID {uid}.{double}");
    proof
        .steps
        .push(Step::new(What::Canary, State::Done, detail).after(taken));
    let (step, failure) = watch(job, &event_id, &waiting).await;
    proof.steps.push(step);
    proof.failure = failure;
    if !job.query {
        proof.leave_out(&[What::Query], "--no-query was given");
    } else if proof.failure.is_some() {
        proof.leave_out(&[What::Query], "it was not seen in the ingestion status");
    } else {
        find(job, &waiting, &mut proof).await;
    }
    proof
}

impl Proof {
    fn leave_out(&mut self, steps: &[What], why: &str) {
        let skipped = |what: &What| Step::new(*what, State::Skipped, format!("Not looked at: {why}."));
        self.steps.extend(steps.iter().map(skipped));
    }

    fn count(&mut self, bytes_scanned: Option<u64>) {
        self.queries += 1;
        if let Some(bytes) = bytes_scanned {
            self.bytes_scanned = Some(self.bytes_scanned.unwrap_or(0).saturating_add(bytes));
        }
    }
}

/// Looks for the canary in every store that the channel feeds, by as few queries as will do.
async fn find(job: &mut Job<'_>, waiting: &Waiting, proof: &mut Proof) {
    if job.channel.destinations.is_empty() {
        let nowhere = "The channel feeds no event data store, so it is kept nowhere.";
        proof.steps.push(Step::new(What::Query, State::Failed, nowhere));
        let error = Error::new(Kind::Violations, nowhere);
        proof.failure = Some(error.hinted(format!("ctl doctor {} says what is missing.", job.channel.arn)));
        return;
    }
    job.onlooker.doing("waiting for the canary in the results of a query");
    let mut left = job.channel.destinations.clone();
    let mut pauses = Pauses::of_queries();
    // Why the latest query told nothing, if it did not.
    let mut last: Option<String> = None;
    loop {
        while let Some(store) = left.first() {
            match look_into(job, store, waiting, proof).await {
                Ok(true) => drop(left.remove(0)),
                Ok(false) => {
                    last = None;
                    break;
                }
                Err(error) if matches!(error.kind, Kind::Failed | Kind::GaveUp | Kind::Interrupted) => {
                    // That the time was over tells less than a query that failed before.
                    if error.kind != Kind::GaveUp || last.is_none() {
                        last = Some(error.to_string());
                    }
                    break;
                }
                Err(error) => {
                    proof
                        .steps
                        .push(Step::new(What::Query, State::Failed, format!("{error}")));
                    proof.failure = Some(error);
                    return;
                }
            }
        }
        if left.is_empty() {
            let detail = match job.channel.destinations.len() {
                1 => "A query finds it in the event data store.".to_owned(),
                several => format!("Queries find it in each of the {several} event data stores."),
            };
            let step = Step::new(What::Query, State::Done, detail).after(waiting.begun.elapsed());
            return proof.steps.push(step);
        }
        let pause = pauses.next().unwrap_or_default();
        if let Err(ended) = waiting.pause(pause).await {
            let (step, failure) = unseen(job, What::Query, &ended, last);
            proof.steps.push(step);
            proof.failure = failure;
            return;
        }
    }
}

/// By how much the canary's time may be before what the service goes by.
const LEEWAY: SignedDuration = SignedDuration::from_mins(10);
/// More copies of one canary than this are not of interest.
const COPIES: u64 = 10;

/// Looks into one store: is the canary there?
async fn look_into(job: &Job<'_>, store: &StoreArn, waiting: &Waiting, proof: &mut Proof) -> Result<bool> {
    let unasked = |error: String| Error::state(format!("{error}."));
    let table = Table::of(store).map_err(|error| unasked(error.to_string()))?;
    let select = Select::from(table)
        .column("eventData.UID", "uid")
        .text("eventData.UID", "=", &job.canary.uid)
        // Unbounded, it would scan, and be billed for, everything that the store has.
        .time("eventTime", ">=", job.canary.time - LEEWAY)
        .limit(COPIES);
    let statement = select.statement().map_err(|error| unasked(error.to_string()))?;
    let query = query::Job {
        statement: &statement,
        columns: Columns::selected(select.names()),
        page_size: None,
        patience: Patience {
            whole: Some(waiting.over.saturating_duration_since(Instant::now())),
            ..Patience::default()
        },
        interrupt: job.interrupt,
        clock: job.clock,
        random: job.random,
    };
    let answer = query::run(job.aws, query, &mut Unwatched).await;
    let mut answer = match answer {
        Ok(answer) => answer,
        Err(error) => {
            // One that was refused was not started.
            if matches!(error.kind, Kind::Failed | Kind::GaveUp | Kind::Interrupted) {
                proof.count(None);
            }
            return Err(error);
        }
    };
    let mut found = false;
    let read = loop {
        match answer.next().await {
            Ok(Some(page)) => {
                let uids = page.rows.iter().filter_map(|row| row.first()?.as_deref());
                found = found || uids.into_iter().any(|uid| uid == job.canary.uid);
            }
            Ok(None) => break Ok(found),
            Err(error) => break Err(error),
        }
    };
    proof.count(answer.statistics().bytes_scanned);
    read
}

/// Waits for the ingestion status.
async fn watch(job: &mut Job<'_>, event_id: &str, waiting: &Waiting) -> (Step, Option<Error>) {
    job.onlooker.doing("waiting for the channel's ingestion status");
    let mut pauses = Pauses::of_status();
    loop {
        let mut last = None;
        match job.aws.channel(job.channel.arn.as_str()).await {
            Ok(Some(channel)) => {
                if let Some(sighting) = ingested(&job.channel.ingestion, &channel.ingestion, event_id) {
                    let detail = match sighting {
                        Sighting::Itself => "The channel's ingestion status names it as the last event taken.",
                        Sighting::Later => {
                            "The channel's ingestion status names an event that was taken after it was sent."
                        }
                    };
                    let step = Step::new(What::Ingestion, State::Done, detail).after(waiting.begun.elapsed());
                    return (step, None);
                }
            }
            Ok(None) => return gone(&job.channel.arn),
            Err(error) if is_for_a_moment(&error) => last = Some(error.told()),
            Err(error) => {
                let step = Step::new(What::Ingestion, State::Failed, error.told());
                return (
                    step,
                    Some(error.into_error("Could not read the channel's ingestion status")),
                );
            }
        }
        let pause = pauses.next().unwrap_or_default();
        if let Err(ended) = waiting.pause(pause).await {
            return unseen(job, What::Ingestion, &ended, last);
        }
    }
}

fn gone(arn: &ChannelArn) -> (Step, Option<Error>) {
    let message = "The channel was deleted meanwhile.";
    let error = Error::not_found(message).hinted(format!("ctl status --region {}", arn.region()));
    (Step::new(What::Ingestion, State::Failed, message), Some(error))
}

/// Whether asking again may help.
fn is_for_a_moment(error: &CallError) -> bool {
    use crate::aws::Failure;
    error.is_unknown() || error.kind() == Kind::GaveUp || error.failure == Failure::Unreachable
}

/// Until when somebody waits.
struct Waiting {
    interrupt: Interrupt,
    begun: Instant,
    over: Instant,
}

impl Waiting {
    fn of(job: &Job<'_>) -> Self {
        let begun = Instant::now();
        Self {
            interrupt: job.interrupt.clone(),
            begun,
            over: begun + job.timeout,
        }
    }

    /// Sleeps, unless the time is over or the user wants to stop.
    async fn pause(&self, pause: Duration) -> Result<(), Ended> {
        if self.interrupt.asked() {
            return Err(Ended::Interrupted);
        }
        if Instant::now() >= self.over {
            return Err(Ended::OutOfTime);
        }
        tokio::select! {
            () = self.interrupt.wait() => Err(Ended::Interrupted),
            () = tokio::time::sleep_until((Instant::now() + pause).min(self.over)) => Ok(()),
        }
    }
}

/// What is told of a canary that was taken and not seen.
fn unseen(job: &Job<'_>, what: What, ended: &Ended, last: Option<String>) -> (Step, Option<Error>) {
    let place = match what {
        What::Query => "the results of a query",
        _ => "the channel's ingestion status",
    };
    let so_far = format!("It was taken, and is not seen in {place} yet.");
    let (kind, why) = match ended {
        Ended::Interrupted => (Kind::Interrupted, "Interrupted."),
        Ended::OutOfTime => (Kind::GaveUp, "The time of --timeout is over."),
    };
    let (arn, uid) = (&job.channel.arn, &job.canary.uid);
    let error = Error::new(kind, format!("{why} {so_far}"));
    let error = error.hinted(format!("It may still turn up: ctl events {arn} --uid {uid}"));
    let Some(last) = last else {
        return (Step::new(what, State::Pending, so_far), Some(error));
    };
    let detail = format!("{so_far} The latest look: {}.", last.trim_end_matches('.'));
    (
        Step::new(what, State::Pending, detail),
        Some(error.because(anyhow::Error::msg(last))),
    )
}

/// Sends the canary by the way that every event goes.
async fn send(job: &mut Job<'_>) -> (Sent, Delivered) {
    let text = job.canary.text();
    let input = Input::stream("the canary", Box::new(Cursor::new(text.into_bytes())));
    let rules = Rules {
        owner: Some(job.channel.arn.account().clone()),
        gaps: Gaps::Fill,
        destination: Arc::new(Destination::default()),
        now: (job.clock)().as_second(),
    };
    let feed = intake::read(vec![input], rules, Memory::None);
    let mut sent = Sent::default();
    let delivered = deliver::deliver(
        feed,
        deliver::Job {
            channel: job.audit,
            interrupt: job.interrupt,
            random: job.random,
            timeout: Some(job.timeout),
            // Nothing comes to share the request with it.
            pace: Pace {
                linger: Duration::ZERO,
                ..Pace::default()
            },
            journals: None,
            clock: job.clock,
            witness: &mut sent,
        },
    )
    .await;
    (sent, delivered)
}

/// What became of the canary.
#[derive(Debug, Default)]
struct Sent {
    fate: Option<Fate>,
    event_id: Option<String>,
    cause: Option<String>,
    maybe_stored: bool,
}

impl Sent {
    fn step(&self) -> Step {
        let state = match self.fate {
            Some(Fate::Refused) => State::Failed,
            _ => State::Pending,
        };
        let doubt = if self.maybe_stored {
            " It may be stored all the same."
        } else {
            ""
        };
        let what = match state {
            State::Failed => "The service refused it",
            _ => "It was not taken",
        };
        let why = self
            .cause
            .as_ref()
            .map(|cause| format!(": {cause}"))
            .unwrap_or_default();
        Step::new(What::Canary, state, format!("{what}{why}.{doubt}"))
    }

    /// The failure of the delivery, told of the canary.
    fn explained(&self, failure: Option<Error>) -> Error {
        let why = self.cause.clone().unwrap_or_default();
        match failure {
            Some(error) if error.kind == Kind::Violations => {
                Error::new(Kind::Violations, "The canary was refused.").because(anyhow::Error::msg(why))
            }
            Some(error) => error,
            None => Error::new(Kind::GaveUp, "The canary was not taken.").because(anyhow::Error::msg(why)),
        }
    }
}

impl Witness for Sent {
    fn settled(&mut self, settled: &Settled<'_>) {
        self.fate = Some(settled.fate);
        self.event_id = settled.event_id.map(str::to_owned);
        self.maybe_stored = settled.is_doubtful();
        let message = settled.message().unwrap_or_default();
        self.cause = settled
            .code()
            .map(|code| format!("{code}: {}", message.trim_end_matches('.')));
    }

    fn warned(&mut self, _: &Place, _: &Violation) {}

    fn pausing(&mut self, _: &Cause, _: Duration) {}

    fn headway(&mut self, _: &Headway<'_>) {}

    fn is_full(&self) -> bool {
        false
    }
}
