//! Follows a store: asks the channel at every beat, queries the store when that is due, and tells what is new.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::Interrupt;
use super::query::{self, Job};
use crate::aws::Session;
use crate::error::{Error, Kind, Result};
use crate::model::ChannelArn;
use crate::model::query::{Columns, MAX_PAGE};
use crate::plan::query::events::{Extent, Filter, asked, cells};
use crate::plan::query::record::Spelling;
use crate::plan::query::{Headway, Patience, Table, Watcher};
use crate::plan::tail::{Follow, Listener, Pulse, Spent, arrival, arrivals};

/// How long nothing may be seen because of failures before following ends.
const PATIENCE: Duration = Duration::from_mins(15);
/// The longest that one query may take.
const QUERY: Duration = Duration::from_mins(10);

/// What is to be followed, and how.
pub struct Trail<'a> {
    /// The session of the store's Region.
    pub aws: &'a Session,
    /// The store.
    pub table: Table,
    /// The channel that says when something was taken in, if there is one.
    pub channel: Option<ChannelArn>,
    /// Which events are wanted.
    pub filter: Filter,
    /// How much of each.
    pub extent: Extent,
    /// The time between two looks at the channel.
    pub beat: Duration,
    /// How old an event may be by its `eventTime`.
    pub lookback: SignedDuration,
    /// Since when the first look shows events; from now on if `None`.
    pub since: Option<SignedDuration>,
    /// After how many events it ends.
    pub limit: Option<u64>,
    /// When it ends.
    pub timeout: Option<Duration>,
    /// The wish to stop.
    pub interrupt: &'a Interrupt,
    /// The clock.
    pub clock: fn() -> Timestamp,
    /// A random number in 0..1, for the jitter of waits.
    pub random: fn() -> f64,
}

/// Why following ended, where nothing failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// As many events as were wanted were shown.
    Full,
    /// The time is over.
    OutOfTime,
}

/// Follows until it is told to end; answers what that cost, too.
pub async fn follow(trail: Trail<'_>, listener: &mut dyn Listener) -> (Spent, Result<Ended>) {
    trail.interrupt.obey_gracefully();
    let mut run = Run {
        follow: Follow::new((trail.clock)(), trail.lookback, trail.since),
        pulse: Pulse::new(trail.beat),
        begun: Instant::now(),
        spent: Spent {
            blind: true,
            ..Spent::default()
        },
        failing: None,
        cause: None,
        trail,
        listener,
    };
    let ended = run.run().await;
    (run.spent, ended)
}

struct Run<'a> {
    trail: Trail<'a>,
    listener: &'a mut dyn Listener,
    follow: Follow,
    pulse: Pulse,
    begun: Instant,
    spent: Spent,
    /// Since when every query fails.
    failing: Option<Instant>,
    /// Why the last one did.
    cause: Option<String>,
}

impl Run<'_> {
    async fn run(&mut self) -> Result<Ended> {
        loop {
            if self.trail.interrupt.asked() {
                return Err(Error::new(Kind::Interrupted, "Interrupted."));
            }
            self.ask_the_channel().await?;
            if self.pulse.is_due(self.begun.elapsed()) {
                self.listener.headway("looking", &self.spent);
                match self.look().await {
                    Ok(news) => self.looked(news),
                    Err(error) => self.failed(error)?,
                }
            }
            self.tell_of_blindness();
            if self.trail.limit.is_some_and(|limit| self.spent.events >= limit) {
                return Ok(Ended::Full);
            }
            let left = self.time_left();
            if left.is_some_and(|left| left.is_zero()) {
                return self.out_of_time();
            }
            self.listener.headway("waiting for events", &self.spent);
            let pause = left.map_or(self.pulse.beat(), |left| left.min(self.pulse.beat()));
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.trail.interrupt.wait() => {}
            }
        }
    }

    /// The time is over; what could not be looked for has not been missed by anyone but this run.
    fn out_of_time(&mut self) -> Result<Ended> {
        if !self.spent.blind {
            return Ok(Ended::OutOfTime);
        }
        let blind = Error::new(
            Kind::GaveUp,
            "The time is over, and the store could not be read to the end.",
        );
        Err(match self.cause.take() {
            Some(cause) => blind.because(anyhow::Error::msg(cause)),
            None => blind,
        })
    }

    fn time_left(&self) -> Option<Duration> {
        let timeout = self.trail.timeout?;
        Some(timeout.saturating_sub(self.begun.elapsed()))
    }

    /// Asks the channel what it took in last. Without an answer, time alone decides when to look.
    async fn ask_the_channel(&mut self) -> Result<()> {
        let Some(arn) = &self.trail.channel else { return Ok(()) };
        match self.trail.aws.channel(arn.as_str()).await {
            Ok(Some(channel)) => {
                let latest = channel.ingestion.last_success_event_id;
                self.pulse.channel_says(self.begun.elapsed(), latest.as_deref());
            }
            Ok(None) => {
                let message = format!("The channel {arn} is gone: nothing comes through it any more.");
                return Err(Error::not_found(message));
            }
            Err(error) if error.kind() == Kind::Access => {
                self.pulse.channel_is_mute();
                self.trail.channel = None;
                self.listener
                    .notice("GetChannel is not allowed, so the store is queried more often than it need be.");
            }
            Err(_) => self.pulse.channel_is_mute(),
        }
        Ok(())
    }

    /// Looks once; answers whether there was something new.
    async fn look(&mut self) -> Result<bool> {
        let look = self.follow.look((self.trail.clock)());
        let trail = &self.trail;
        let statement = arrivals(trail.table.clone(), &trail.filter, &look, trail.extent)?;
        let names = [Some("arrival__id".to_owned()), Some("arrival__taken".to_owned())];
        let names = names
            .into_iter()
            .chain(asked(trail.extent).into_iter().map(|column| column.name));
        let job = Job {
            statement: &statement,
            columns: Columns::selected(names),
            page_size: Some(MAX_PAGE),
            patience: Patience {
                failures: 3,
                whole: Some(self.time_left().map_or(QUERY, |left| left.min(QUERY))),
                ..Patience::default()
            },
            interrupt: trail.interrupt,
            clock: trail.clock,
            random: trail.random,
        };
        self.spent.queries += 1;
        let mut answer = query::run(trail.aws, job, &mut Relay(&mut *self.listener)).await?;
        let mut news = false;
        let read = loop {
            match answer.next().await {
                Ok(Some(page)) => match self.tell(page.rows) {
                    Ok(some) => news |= some,
                    Err(error) => break Err(error),
                },
                Ok(None) => break Ok(news),
                Err(error) => break Err(error),
            }
        };
        self.spent.bytes_scanned += answer.statistics().bytes_scanned.unwrap_or(0);
        read
    }

    /// Tells what is new among rows.
    fn tell(&mut self, rows: Vec<Vec<Option<String>>>) -> Result<bool> {
        let mut fresh = Vec::new();
        for row in rows {
            let found = arrival(row).ok_or_else(|| {
                Error::new(
                    Kind::State,
                    "The service tells of an event without its ID, or when it was taken in.",
                )
                .hinted("ctl events shows events by their eventTime.")
            })?;
            let room = self.trail.limit.is_none_or(|limit| self.spent.events < limit);
            if room && self.follow.find(&found.id, found.taken) {
                self.spent.events += 1;
                fresh.push(cells(self.trail.extent, found.row)?);
            }
        }
        let news = !fresh.is_empty();
        if news {
            self.listener.events(fresh);
        }
        Ok(news)
    }

    fn looked(&mut self, news: bool) {
        self.spent.blind = false;
        self.follow.looked();
        let follow = &self.follow;
        self.pulse.queried(self.begun.elapsed(), news, |id| follow.has_seen(id));
        if self.failing.take().is_some() {
            self.listener
                .notice("The store can be read again; nothing was passed over meanwhile.");
        }
    }

    /// A look that failed is made again, unless that is of no use.
    fn failed(&mut self, error: Error) -> Result<()> {
        if self.misspelt(&error) {
            self.trail.extent = Extent::Whole(Spelling::AsPrinted);
            return Ok(());
        }
        self.spent.blind = true;
        self.cause = Some(error.to_string());
        let over = self.time_left().is_some_and(|left| left.is_zero());
        if over && error.kind == Kind::GaveUp {
            return Ok(());
        }
        let first = self.failing.is_none();
        let since = *self.failing.get_or_insert_with(Instant::now);
        let hopeless = !matches!(error.kind, Kind::GaveUp | Kind::Failed) || since.elapsed() >= PATIENCE;
        if hopeless {
            return Err(error);
        }
        if first {
            let cause = error.to_string();
            let cause = cause.trim_end_matches('.');
            self.listener.notice(&format!(
                "Blind for now: {cause}. Trying again; nothing is passed over."
            ));
        }
        self.pulse.failed(self.begun.elapsed());
        Ok(())
    }

    /// Whether the column of the error's message is spelt otherwise (reference §5.2).
    fn misspelt(&self, error: &Error) -> bool {
        self.trail.extent == Extent::Whole(Spelling::Right) && error.is_about_column("errorMessage")
    }

    fn tell_of_blindness(&mut self) {
        if let Some((id, age)) = self.pulse.blind(self.begun.elapsed())
            && self.trail.filter.is_open()
        {
            let (minutes, hours) = (age.as_secs() / 60, self.trail.lookback.as_hours());
            self.listener.notice(&format!(
                "The channel took in event {id} at least {minutes} minutes ago, and no query shows it: its eventTime is \
                 more than {hours} h ago (--lookback), it went to another store, or queries lag behind."
            ));
        }
    }
}

/// Hands on what a query says of itself: that it waits for room, for instance.
struct Relay<'a>(&'a mut dyn Listener);

impl Watcher for Relay<'_> {
    fn headway(&mut self, _: Headway<'_>) {}

    fn notice(&mut self, sentence: &str) {
        self.0.notice(sentence);
    }
}
