//! Runs a statement to its end: starts it, asks how it stands, and reads its pages.
//!
//! A query is billed by what it scans, so it is started once. When the reply to that is lost, the store's list of
//! queries is looked through for one like it, and nothing is started again. Whoever stops waiting, by Ctrl-C or
//! because the time is over, cancels the query at the service.

use std::time::Duration;

use jiff::Timestamp;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::Interrupt;
use crate::aws::{CallError, Session};
use crate::error::{Error, Kind, Result};
use crate::model::query::{Columns, Page, QueryId, QueryState, QueryStatistics, QueryStatus, RawPage};
use crate::plan::query::{Headway, Patience, Poll, Statement, Watcher, text};

/// How long cancelling may take: whoever pressed Ctrl-C waits for it.
const CANCEL: Duration = Duration::from_secs(10);
/// When the list of queries is looked through after a lost reply, each from the one before.
const LOOKS: [Duration; 3] = [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(2)];
/// What became of a query that timed out at the service.
const TOO_LONG: &str = "took too long for the service, which allows an hour.";
/// By how many seconds the service's clock may be behind ours when a query is recognised by its time.
const SKEW: i64 = 1;

/// A query that is to be run.
pub struct Job<'a> {
    /// The statement.
    pub statement: &'a Statement,
    /// The columns, as far as the select list tells them.
    pub columns: Columns,
    /// How many rows to ask for at a time, 1 to 1000; the service's own choice if `None`.
    pub page_size: Option<u32>,
    /// How long to put up with what.
    pub patience: Patience,
    /// The wish to stop.
    pub interrupt: &'a Interrupt,
    /// The clock.
    pub clock: fn() -> Timestamp,
    /// A random number in 0..1, for the jitter of waits.
    pub random: fn() -> f64,
}

/// Why nobody waits any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Interrupted,
    OutOfTime,
}

/// Runs a query until its results can be read; exits as the issue has it: 1 when it failed or somebody cancelled
/// it, 2 when the statement is wrong, 5 when a store or the query is not there, 6 when patience or the service's
/// hour ran out, 130 when the user stopped it.
pub async fn run(aws: &Session, job: Job<'_>, watcher: &mut dyn Watcher) -> Result<Answer> {
    job.interrupt.obey_gracefully();
    let begun = Instant::now();
    let waiting = Waiting {
        interrupt: job.interrupt.clone(),
        deadline: job.patience.whole.and_then(|whole| begun.checked_add(whole)),
    };
    let id = start(aws, &job, &waiting, watcher).await?;
    watcher.started();
    let state = match follow(aws, &job, &id, &waiting, (begun, watcher)).await? {
        Ok(state) => state,
        Err(ended) => return Err(stop(aws, &id, ended, watcher).await),
    };
    verdict(&id, &state)?;
    let reading = Reading {
        aws: aws.clone(),
        id: id.clone(),
        page_size: job.page_size,
        patience: job.patience,
        random: job.random,
    };
    Ok(Answer {
        next: Some(reading.ask(None)),
        reading,
        waiting,
        columns: job.columns,
        statistics: state.statistics,
        begun,
        rows: 0,
    })
}

/// The results of a query that is over.
#[derive(Debug)]
pub struct Answer {
    reading: Reading,
    next: Option<JoinHandle<Result<RawPage>>>,
    waiting: Waiting,
    columns: Columns,
    statistics: QueryStatistics,
    begun: Instant,
    rows: u64,
}

impl Answer {
    /// The query's ID.
    pub fn id(&self) -> &QueryId {
        &self.reading.id
    }

    /// The columns, which are certain from the first page on.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// What the query did.
    pub fn statistics(&self) -> QueryStatistics {
        self.statistics
    }

    /// Whether there is a page that was not read yet.
    pub fn has_more(&self) -> bool {
        self.next.is_some()
    }

    /// How long it is since the query was asked for.
    pub fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// The next page, `None` after the last; the page after it is asked for at once.
    pub async fn next(&mut self) -> Result<Option<Page>> {
        let Some(next) = &mut self.next else {
            return Ok(None);
        };
        let read = self.waiting.unless_ended(next).await;
        let page = match read {
            Ok(Ok(page)) => page?,
            Ok(Err(_)) => return Err(Error::new(Kind::Bug, "Reading the results ended unexpectedly.")),
            Err(ended) => return Err(self.ended(ended)),
        };
        self.statistics = page.state.statistics.or(self.statistics);
        self.next = page.next.map(|token| self.reading.ask(Some(token)));
        let page = self.columns.page(page.rows);
        self.rows = self
            .rows
            .saturating_add(u64::try_from(page.rows.len()).unwrap_or(u64::MAX));
        Ok(Some(page))
    }

    fn ended(&self, ended: Ended) -> Error {
        let (id, rows) = (&self.reading.id, self.rows);
        match ended {
            Ended::Interrupted => Error::new(
                Kind::Interrupted,
                format!("Interrupted while reading the results of query {id}, after {rows} rows."),
            ),
            Ended::OutOfTime => Error::new(
                Kind::GaveUp,
                format!("The time is over while reading the results of query {id}, after {rows} rows."),
            ),
        }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        if let Some(next) = &self.next {
            next.abort();
        }
    }
}

/// Until when somebody waits.
#[derive(Debug)]
struct Waiting {
    interrupt: Interrupt,
    deadline: Option<Instant>,
}

impl Waiting {
    /// Does something unless it is stopped before.
    async fn unless_ended<T>(&self, work: impl Future<Output = T>) -> Result<T, Ended> {
        let over = async {
            match self.deadline {
                Some(deadline) => tokio::time::sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = self.interrupt.wait() => Err(Ended::Interrupted),
            done = work => Ok(done),
            () = over => Err(Ended::OutOfTime),
        }
    }

    async fn pause(&self, time: Duration) -> Result<(), Ended> {
        self.unless_ended(tokio::time::sleep(time)).await
    }
}

/// Starts the query, when there is room for it.
async fn start(aws: &Session, job: &Job<'_>, waiting: &Waiting, watcher: &mut dyn Watcher) -> Result<QueryId> {
    let begun = Instant::now();
    let mut failed = 0;
    loop {
        let asked = (job.clock)();
        // Not given up halfway: a query that was started has to be known to be cancelled.
        let error = match aws.start_query(job.statement.as_str()).await {
            Ok(id) => return Ok(id),
            Err(error) if error.is_unknown() => return find_again(aws, job, asked, error, watcher).await,
            Err(error) => error,
        };
        let wait = if error.is("MaxConcurrentQueriesException") {
            let patient = begun.elapsed() < job.patience.room_in_all;
            patient.then_some(job.patience.room)
        } else if error.kind() == Kind::GaveUp {
            failed += 1;
            job.patience.after_failures(failed, (job.random)())
        } else {
            None
        };
        let Some(wait) = wait else {
            return Err(error.into_error("Could not start the query"));
        };
        if error.is("MaxConcurrentQueriesException") {
            watcher.notice(&format!(
                "Ten queries are running, which is the limit; trying again in {} s.",
                wait.as_secs_f64().round()
            ));
        }
        match waiting.pause(wait).await {
            Ok(()) => {}
            Err(Ended::Interrupted) => return Err(Error::new(Kind::Interrupted, "Interrupted; no query was started.")),
            Err(Ended::OutOfTime) => return Err(error.into_error("Could not start the query in time")),
        }
    }
}

/// Looks for a query whose start nobody knows the outcome of.
async fn find_again(
    aws: &Session,
    job: &Job<'_>,
    asked: Timestamp,
    lost: CallError,
    watcher: &mut dyn Watcher,
) -> Result<QueryId> {
    for wait in LOOKS {
        tokio::time::sleep(wait).await;
        if let Some(id) = look(aws, job, asked).await {
            watcher.notice(&format!("The reply to StartQuery was lost; the query is {id}."));
            return Ok(id);
        }
    }
    let cause = lost.into_error("Could not start the query");
    let mut error = Error::new(
        Kind::GaveUp,
        "The reply to StartQuery was lost: the query may be running, and its results cannot be read.",
    );
    error.code.clone_from(&cause.code);
    error.request_id.clone_from(&cause.request_id);
    Err(error
        .because(anyhow::Error::msg(cause.to_string()))
        .hinted("Run it again; if it is running, what it scans is billed twice."))
}

/// A query over one of the statement's stores that says the same, and was started no earlier than it was asked for.
async fn look(aws: &Session, job: &Job<'_>, asked: Timestamp) -> Option<QueryId> {
    let since = Timestamp::from_second(asked.as_second() - SKEW).ok()?;
    for store in text::tables(job.statement.as_str()) {
        let mut listed = aws.list_queries(&store, Some(since)).await.ok()?;
        listed.retain(|query| query.created.is_some_and(|created| created >= since));
        listed.sort_by_key(|query| std::cmp::Reverse(query.created));
        for query in listed {
            let state = aws.query_state(&query.id).await.ok()?;
            if state.statement.as_deref() == Some(job.statement.as_str()) {
                return Some(query.id);
            }
        }
    }
    None
}

/// Asks how the query stands until it is over.
async fn follow(
    aws: &Session,
    job: &Job<'_>,
    id: &QueryId,
    waiting: &Waiting,
    (begun, watcher): (Instant, &mut dyn Watcher),
) -> Result<Result<QueryState, Ended>> {
    let mut poll = Poll::default();
    let mut failed = 0;
    let mut wait = poll.wait();
    loop {
        if let Err(ended) = waiting.pause(wait).await {
            return Ok(Err(ended));
        }
        let state = match waiting.unless_ended(aws.query_state(id)).await {
            Err(ended) => return Ok(Err(ended)),
            Ok(state) => state,
        };
        match state {
            Ok(state) => {
                failed = 0;
                watcher.headway(Headway {
                    id,
                    state: &state,
                    elapsed: begun.elapsed(),
                });
                if state.status.is_final() {
                    return Ok(Ok(state));
                }
                wait = poll.wait();
            }
            Err(error) => {
                failed += 1;
                wait = again(&error, failed, &job.patience, job.random).ok_or_else(|| {
                    let error = error.into_error(format!("Could not find out how query {id} stands"));
                    error.hinted(format!("It may be running still: {}", cancel_command(id)))
                })?;
            }
        }
    }
}

/// How long to wait before reading is tried again; `None` when that is of no use.
fn again(error: &CallError, failed: u32, patience: &Patience, random: fn() -> f64) -> Option<Duration> {
    let for_a_moment = error.is_unknown() || error.kind() == Kind::GaveUp;
    for_a_moment.then(|| patience.after_failures(failed, random()))?
}

fn cancel_command(id: &QueryId) -> String {
    format!("`aws cloudtrail cancel-query --query-id {id}` ends it.")
}

/// Cancels the query, and tells what became of that.
async fn stop(aws: &Session, id: &QueryId, ended: Ended, watcher: &mut dyn Watcher) -> Error {
    watcher.notice(&format!("Cancelling query {id}."));
    let (kind, why) = match ended {
        Ended::Interrupted => (Kind::Interrupted, "Interrupted"),
        Ended::OutOfTime => (Kind::GaveUp, "The time is over"),
    };
    match tokio::time::timeout(CANCEL, aws.cancel_query(id)).await {
        Ok(Ok(_)) => Error::new(
            kind,
            format!("{why}; query {id} was cancelled. What it scanned is billed."),
        ),
        Ok(Err(error)) if error.is("InactiveQueryException") => {
            Error::new(kind, format!("{why}; query {id} was over already."))
        }
        Ok(Err(error)) => {
            let cause = error.into_error(format!("Query {id} could not be cancelled"));
            Error::new(kind, format!("{why}, and query {id} could not be cancelled."))
                .because(anyhow::Error::msg(cause.to_string()))
                .hinted(cancel_command(id))
        }
        Err(_) => Error::new(kind, format!("{why}; whether query {id} was cancelled is not known."))
            .hinted(cancel_command(id)),
    }
}

/// Whether a query failed because it was too much at once: the same in parts may well be answered.
pub fn is_too_much(error: &Error) -> bool {
    error.message.ends_with(TOO_LONG) || error.causes().any(|cause| remedy(&cause).is_some())
}

/// What the state of a query that is over means.
fn verdict(id: &QueryId, state: &QueryState) -> Result<()> {
    let message = state.message.clone().unwrap_or_default();
    let told = |error: Error| match message.as_str() {
        "" => error,
        message => error.because(anyhow::Error::msg(message.to_owned())),
    };
    match &state.status {
        QueryStatus::Failed => {
            let error = told(Error::failed(format!("The query failed; it was {id}.")));
            Err(match remedy(&message) {
                Some(hint) => error.hinted(hint),
                None => error,
            })
        }
        QueryStatus::Cancelled => Err(told(Error::failed(format!(
            "Query {id} was cancelled by somebody else."
        )))),
        QueryStatus::TimedOut => Err(told(Error::new(Kind::GaveUp, format!("Query {id} {TOO_LONG}")))
            .hinted("Look at a shorter time, with --since or --from and --to.")),
        QueryStatus::Finished | QueryStatus::Queued | QueryStatus::Running | QueryStatus::Other(_) => Ok(()),
    }
}

/// What helps against the two failures that AWS explains
/// (<https://docs.aws.amazon.com/awscloudtrail/latest/userguide/lake-queries-optimization.html>, reference §5.3).
fn remedy(message: &str) -> Option<&'static str> {
    if message.contains("Query response is too large") {
        Some("Select fewer columns, group by fewer of them, or look at a shorter time.")
    } else if message.contains("Query exhausted resources at this scale factor") {
        Some("Run it again; if it fails again, look at a shorter time.")
    } else {
        None
    }
}

/// How pages are read.
#[derive(Debug, Clone)]
struct Reading {
    aws: Session,
    id: QueryId,
    page_size: Option<u32>,
    patience: Patience,
    random: fn() -> f64,
}

impl Reading {
    /// Asks for a page, without waiting for it.
    fn ask(&self, token: Option<String>) -> JoinHandle<Result<RawPage>> {
        let reading = self.clone();
        tokio::spawn(async move { reading.read(token).await })
    }

    async fn read(&self, token: Option<String>) -> Result<RawPage> {
        let mut failed = 0;
        loop {
            let read = self.aws.query_results(&self.id, token.clone(), self.page_size).await;
            let error = match read {
                Ok(page) if page.state.status.is_final() => return self.checked(page, token.as_deref()),
                Ok(_) => None,
                Err(error) => Some(error),
            };
            failed += 1;
            let wait = match &error {
                Some(error) => again(error, failed, &self.patience, self.random),
                // The results lag behind the state.
                None => self.patience.after_failures(failed, (self.random)()),
            };
            let Some(wait) = wait else {
                let what = format!("Could not read the results of query {}", self.id);
                return Err(match error {
                    Some(error) => error.into_error(what),
                    None => Error::new(Kind::GaveUp, format!("{what}: they are not ready.")),
                });
            };
            tokio::time::sleep(wait).await;
        }
    }

    fn checked(&self, page: RawPage, token: Option<&str>) -> Result<RawPage> {
        verdict(&self.id, &page.state)?;
        if token.is_some() && page.next.as_deref() == token {
            return Err(Error::failed(format!(
                "The service leads from a page of query {} back to the same page.",
                self.id
            )));
        }
        Ok(page)
    }
}

#[cfg(test)]
mod tests;
