//! Takes everything out of a store: windows of time, several at a time, and into the archive in their order.
//!
//! Each window is a task of its own that queries, reads the pages, and writes a segment. Segments become part of
//! the archive one after the other, so an archive never has a gap. A query that is too much for the service is
//! divided, and its parts are read one after the other.

pub mod archive;
pub mod segment;
#[cfg(test)]
mod tests;
pub mod verify;

use std::collections::VecDeque;

use jiff::Timestamp;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::JoinHandle;

use self::archive::{Archive, Read};
use self::segment::{Segment, Segments};
use super::Interrupt;
use super::query::{self, Answer};
use crate::aws::Session;
use crate::error::{Error, Kind, Result};
use crate::model::StoreArn;
use crate::model::query::{Columns, MAX_PAGE};
use crate::plan::export::{Layout, Part, Query, Second, Span, line, select};
use crate::plan::query::record::Spelling;
use crate::plan::query::{Headway as QueryHeadway, Patience, Table, Watcher};

/// What is to be exported, and with what.
pub struct Job<'a> {
    /// The session.
    pub aws: &'a Session,
    /// The store.
    pub store: &'a StoreArn,
    /// How long to put up with what.
    pub patience: Patience,
    /// The wish to stop.
    pub interrupt: &'a Interrupt,
    /// The clock.
    pub clock: fn() -> Timestamp,
    /// A random number in 0..1.
    pub random: fn() -> f64,
}

/// How far an export is.
#[derive(Debug, Clone, Copy)]
pub struct Headway {
    /// How many events were read by this run.
    pub events: u64,
    /// How many windows it made part of the archive.
    pub windows: u64,
    /// Up to when the archive is whole.
    pub whole_to: Second,
    /// What the archive is to span.
    pub span: Span,
}

/// Whoever wants to know how an export is going.
pub trait Witness: Send {
    /// It is this far.
    fn headway(&mut self, headway: &Headway);
    /// Something happened that a person should know, as a sentence.
    fn notice(&mut self, sentence: &str);
}

/// What an export came to.
#[derive(Debug, Default)]
pub struct Exported {
    /// How many windows were added to the archive.
    pub windows: u64,
    /// How many events they hold.
    pub events: u64,
    /// How many queries were started, for these windows and for those that did not become part of the archive.
    pub queries: u64,
    /// What those of the windows that were added scanned, as far as the service said, in bytes.
    pub bytes_scanned: u64,
    /// Why it ended before everything was read.
    pub failure: Option<Error>,
}

/// What a window's task tells while it is at it.
enum News {
    Started,
    Events(u64),
    Notice(String),
}

/// A window that was read.
struct Windowed {
    span: Span,
    segment: Segment,
    queries: Vec<Query>,
    at: Second,
}

/// Exports what the archive lacks. The archive is whole up to where it says, whatever this ends with.
pub async fn export(job: Job<'_>, archive: &mut Archive, witness: &mut dyn Witness) -> Exported {
    job.interrupt.obey_gracefully();
    let mut exported = Exported::default();
    let stop = Interrupt::default();
    stop.obey_gracefully();
    let forward = {
        let (asked, stop) = (job.interrupt.clone(), stop.clone());
        tokio::spawn(async move {
            asked.wait().await;
            stop.ask();
        })
    };
    let run = match Run::new(&job, archive, &stop) {
        Ok(run) => run,
        Err(error) => {
            exported.failure = Some(error);
            return exported;
        }
    };
    exported.failure = run.go(archive, witness, &mut exported).await.err();
    forward.abort();
    exported
}

/// A run: the windows under way, and what tells of them.
struct Run {
    reader: Reader,
    layout: Layout,
    whole: Span,
    under_way: VecDeque<JoinHandle<Result<Windowed>>>,
    news: UnboundedReceiver<News>,
    /// The statement is known to be understood.
    proven: bool,
    read: u64,
    started: u64,
}

impl Run {
    fn new(job: &Job<'_>, archive: &Archive, stop: &Interrupt) -> Result<Self> {
        let manifest = archive.manifest();
        let unsound = || {
            Error::new(
                Kind::Violations,
                "The times in the manifest of the archive make no span.",
            )
        };
        let table = Table::of(job.store)
            .map_err(|error| Error::state("The event data store cannot be queried.").because(error))?;
        let (tell, news) = mpsc::unbounded_channel();
        Ok(Self {
            reader: Reader {
                aws: job.aws.clone(),
                table,
                spelling: Spelling::of_column(&manifest.error_message_column),
                segments: archive.segments(),
                patience: job.patience,
                stop: stop.clone(),
                clock: job.clock,
                random: job.random,
                tell,
            },
            layout: manifest.layout().ok_or_else(unsound)?,
            whole: Span::new(manifest.from, manifest.to).ok_or_else(unsound)?,
            under_way: VecDeque::new(),
            news,
            proven: !manifest.windows.is_empty(),
            read: 0,
            started: 0,
        })
    }

    async fn go(mut self, archive: &mut Archive, witness: &mut dyn Witness, exported: &mut Exported) -> Result<()> {
        let result = self.windows(archive, witness, exported).await;
        self.end(witness).await;
        exported.queries = self.started;
        result
    }

    async fn windows(
        &mut self,
        archive: &mut Archive,
        witness: &mut dyn Witness,
        exported: &mut Exported,
    ) -> Result<()> {
        if !self.proven
            && let Some(first) = self.layout.cut()
        {
            self.prove(first, archive).await?;
        }
        loop {
            while let Some(span) = self.layout.cut() {
                let task = self.reader.clone().window(span);
                self.under_way.push_back(tokio::spawn(task));
            }
            let Some(mut task) = self.under_way.pop_front() else {
                return Ok(());
            };
            let window = self.follow(&mut task, witness, exported).await?;
            let (events, parts) = (window.segment.events(), window.queries.len());
            let scanned = window.queries.iter().filter_map(|query| query.bytes_scanned);
            let scanned = scanned.fold(0, u64::saturating_add);
            let read = Read {
                span: window.span,
                queries: window.queries,
                at: window.at,
            };
            archive.add(window.segment, read)?;
            let parts = u64::try_from(parts).unwrap_or(u64::MAX);
            self.layout.done(events, parts);
            exported.windows += 1;
            exported.events += events;
            exported.bytes_scanned = exported.bytes_scanned.saturating_add(scanned);
        }
    }

    /// Starts the first query of an archive by itself: it tells how the store spells a column.
    async fn prove(&mut self, first: Span, archive: &mut Archive) -> Result<()> {
        let part = Part::whole(first);
        let mut answer = self.reader.ask(&part).await;
        let is_not_understood = |error: &Error| error.code.as_deref() == Some("InvalidQueryStatementException");
        if answer.as_ref().is_err_and(is_not_understood) && self.reader.spelling == Spelling::Right {
            self.reader.spelling = Spelling::AsPrinted;
            // If it is not that, the first refusal says what it is.
            match self.reader.ask(&part).await {
                Err(error) if is_not_understood(&error) => {}
                other => answer = other,
            }
        }
        // One that is too much is asked for again in parts.
        let answer = match answer {
            Err(error) if !query::is_too_much(&error) => return Err(error),
            answer => answer,
        };
        archive.note_column(self.reader.spelling.column());
        let task = self.reader.clone().window_of(first, Some(answer));
        self.under_way.push_back(tokio::spawn(task));
        self.proven = true;
        Ok(())
    }

    /// Waits for a window, and tells meanwhile how far all of them are.
    async fn follow(
        &mut self,
        task: &mut JoinHandle<Result<Windowed>>,
        witness: &mut dyn Witness,
        exported: &Exported,
    ) -> Result<Windowed> {
        loop {
            let news = tokio::select! {
                done = &mut *task => {
                    return done.unwrap_or_else(|_| {
                        Err(Error::new(Kind::Bug, "Reading a window ended unexpectedly."))
                    });
                }
                Some(news) = self.news.recv() => news,
            };
            self.hear(news, witness);
            witness.headway(&Headway {
                events: self.read,
                windows: exported.windows,
                whole_to: self.layout.read_to(),
                span: self.whole,
            });
        }
    }

    fn hear(&mut self, news: News, witness: &mut dyn Witness) {
        match news {
            News::Started => self.started = self.started.saturating_add(1),
            News::Events(more) => self.read = self.read.saturating_add(more),
            News::Notice(sentence) => witness.notice(&sentence),
        }
    }

    /// Ends what is under way: its queries are cancelled at the service.
    async fn end(&mut self, witness: &mut dyn Witness) {
        self.reader.stop.ask();
        for task in std::mem::take(&mut self.under_way) {
            if let Ok(Err(error)) = task.await
                && let Some(hint) = error.hints.first()
                && error.kind == Kind::Interrupted
            {
                witness.notice(&format!("{} {hint}", error.message));
            }
        }
        while let Ok(news) = self.news.try_recv() {
            self.hear(news, witness);
        }
    }
}

/// Reads windows.
#[derive(Clone)]
struct Reader {
    aws: Session,
    table: Table,
    spelling: Spelling,
    segments: Segments,
    patience: Patience,
    stop: Interrupt,
    clock: fn() -> Timestamp,
    random: fn() -> f64,
    tell: UnboundedSender<News>,
}

impl Reader {
    /// Reads a window into a segment.
    async fn window(self, span: Span) -> Result<Windowed> {
        self.window_of(span, None).await
    }

    /// The same, where its query was asked for already.
    async fn window_of(self, span: Span, mut asked: Option<Result<Answer>>) -> Result<Windowed> {
        let at = Second::of((self.clock)());
        let mut segment = self.segments.begin();
        let mut queries = Vec::new();
        let mut parts = VecDeque::from([Part::whole(span)]);
        while let Some(part) = parts.pop_front() {
            let answer = match asked.take() {
                Some(answer) => answer,
                None => self.ask(&part).await,
            };
            match answer {
                Ok(answer) => queries.push(self.read(answer, &part, &mut segment).await?),
                Err(error) if query::is_too_much(&error) => {
                    let Some(smaller) = part.split() else {
                        return Err(error.hinted(format!(
                            "The events of {} are too many for the service to answer with.",
                            part.span.from
                        )));
                    };
                    let cause = error.causes().last().unwrap_or_else(|| error.message.clone());
                    self.notice(format!(
                        "Too much at once from {}; reading it in {} parts. The service: {cause}",
                        part.span,
                        smaller.len()
                    ));
                    smaller.into_iter().rev().for_each(|part| parts.push_front(part));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Windowed {
            span,
            segment,
            queries,
            at,
        })
    }

    /// Runs the query of a part until its results can be read.
    async fn ask(&self, part: &Part) -> Result<Answer> {
        let select = select(&self.table, part, self.spelling);
        let statement = select
            .statement()
            .map_err(|error| Error::new(Kind::Bug, "The statement of an export is none.").because(error))?;
        let job = query::Job {
            statement: &statement,
            columns: Columns::selected(select.names()),
            page_size: Some(MAX_PAGE),
            patience: self.patience,
            interrupt: &self.stop,
            clock: self.clock,
            random: self.random,
        };
        query::run(&self.aws, job, &mut Relay(&self.tell)).await
    }

    /// Reads the pages of a part, and counts them against what the service counted.
    async fn read(&self, mut answer: Answer, part: &Part, segment: &mut Segment) -> Result<Query> {
        let mut lines = String::new();
        let mut events = 0_u64;
        while let Some(page) = answer.next().await? {
            lines.clear();
            for row in &page.rows {
                let row = row.first().and_then(Option::as_deref).unwrap_or_default();
                line(row, part.span, &mut lines).map_err(|error| {
                    Error::failed(format!("Query {} answered with what was not asked for.", answer.id())).because(error)
                })?;
            }
            let count = u64::try_from(page.rows.len()).unwrap_or(u64::MAX);
            segment.add(&lines, count)?;
            events = events.saturating_add(count);
            drop(self.tell.send(News::Events(count)));
        }
        let statistics = answer.statistics();
        if let Some(total) = statistics.total_rows.filter(|total| *total != events) {
            return Err(Error::failed(format!(
                "Query {} gave {events} rows from {}, and the service counted {total}.",
                answer.id(),
                part.span
            ))
            .hinted("Nothing of this window is in the archive."));
        }
        Ok(Query {
            id: answer.id().to_string(),
            events,
            total_results_count: statistics.total_rows,
            bytes_scanned: statistics.bytes_scanned,
        })
    }

    fn notice(&self, sentence: String) {
        drop(self.tell.send(News::Notice(sentence)));
    }
}

/// Passes on what a query's watcher is told.
struct Relay<'a>(&'a UnboundedSender<News>);

impl Watcher for Relay<'_> {
    fn started(&mut self) {
        drop(self.0.send(News::Started));
    }

    fn headway(&mut self, _: QueryHeadway<'_>) {}

    fn notice(&mut self, sentence: &str) {
        drop(self.0.send(News::Notice(sentence.to_owned())));
    }
}
