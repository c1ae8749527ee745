//! `ctl send`.

mod channel;
mod summary;
mod teller;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;

use self::channel::Target;
use self::teller::Teller;
use super::external_id::ExternalIdArgs;
use super::times::duration;
use crate::apply::deliver::{self, Delivered, Job};
use crate::apply::inputs::{Input, Meant};
use crate::apply::intake::{self, Rules};
use crate::apply::journal::{Delivery, Journals, Place};
use crate::apply::recall::Memory;
use crate::apply::rejects::{Kept, Rejects, are_one};
use crate::apply::strict;
use crate::context::Context;
use crate::error::{Error, Exit, Kind, Result};
use crate::model::event::Gaps;
use crate::model::{ChannelArn, ExternalId};
use crate::plan::ingest::journal::Scope;
use crate::plan::ingest::{DEFAULT_RATE, DEFAULT_WIDTH, Pace, Stop};
use crate::plan::policy::ExternalIdChoice;
use crate::plan::resolve::Named;
use crate::report::send::{OnlyRefusals, Sent};
use crate::settings::Format;
use crate::ui::Ui;

/// Validate events and deliver them
///
/// Takes one event, an array, an envelope or NDJSON, bare or wrapped, in gzip or zstd or neither, from files,
/// directories or standard input, and says what it took it for. Events that break the schema are refused and
/// never sent; what the channel decides (recipientAccountId) and the entry id are filled in; all else is sent
/// byte for byte. What the service puts off is sent again; the sums of what became of every event always agree.
///
/// What was accepted out of a file is remembered in a journal: run the same command again, after whatever
/// ended it, and only the rest is sent. What is refused or pending goes into the file of --rejects, which
/// send takes again; for standard input there is always one.
///
/// With --channel ARN no other call is made than that which sends, in the Region of the ARN.
///
/// Example: ctl send events.json --channel nordcloud
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct SendArgs {
    /// Files of events, directories or patterns, - for standard input; standard input if left out
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// A channel ARN or ID, a partner key, or a channel name; the only integration if left out
    #[arg(long, value_name = "INTEGRATION")]
    channel: Option<String>,
    /// Put what is refused or pending into this file, which must not exist yet and which send takes again
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Say what a file of rejects holds, by code and reason, and send nothing
    #[arg(long, value_name = "FILE", conflicts_with_all = ["files", "rejects", "dry_run"])]
    rejects_summary: Option<PathBuf>,
    /// Keep the journal in this file; if left out, of each file one in the state directory
    #[arg(long, value_name = "FILE", conflicts_with = "no_journal")]
    journal: Option<PathBuf>,
    /// Keep no journal: run again, everything is sent again
    #[arg(long)]
    no_journal: bool,
    /// Send again what the journal says was accepted
    #[arg(long)]
    resend: bool,
    /// Requests a second at most, of the 100 that AWS allows to the account; 0: no limit, where it is not AWS
    #[arg(long, value_name = "N", default_value_t = DEFAULT_RATE, value_parser = some_rate, allow_negative_numbers = true)]
    rate: u32,
    /// Requests under way at a time at most
    #[arg(long, value_name = "N", default_value_t = DEFAULT_WIDTH, value_parser = some_requests, allow_negative_numbers = true)]
    concurrency: usize,
    /// Send nothing if any event is refused
    #[arg(long)]
    strict: bool,
    /// Refuse events that lack something instead of filling it in
    #[arg(long)]
    no_fill: bool,
    /// Validate, show what would be sent, and send nothing
    #[arg(long)]
    dry_run: bool,
    /// With --dry-run, exit 10 when something would be sent
    #[arg(long, requires = "dry_run")]
    exit_code: bool,
    /// How long the run may take in all, for instance 10m; no limit if left out
    #[arg(long, value_name = "DURATION", value_parser = some_time)]
    timeout: Option<Duration>,
    #[command(flatten)]
    external_id: ExternalIdArgs,
}

/// Reads a duration in which something can be sent.
pub(super) fn some_time(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("nothing can be sent in no time; leave it out for no limit".to_owned()),
        time if time > LONGEST => Err("more than a year is no limit; leave it out for none".to_owned()),
        time => Ok(time),
    }
}

/// The longest that a run may be told to take.
const LONGEST: Duration = Duration::from_hours(24 * 366);

/// Reads how many requests may go out in a second.
fn some_rate(text: &str) -> Result<u32, String> {
    text.parse()
        .map_err(|_| "a whole number is wanted: 1 or more, or 0 for no limit".to_owned())
}

/// Reads how many requests may be under way.
fn some_requests(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count @ 1..=256) => Ok(count),
        Ok(_) | Err(_) => Err("1 to 256 are possible".to_owned()),
    }
}

/// Runs the verb.
pub async fn run(args: &SendArgs, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    if let Some(file) = &args.rejects_summary {
        return summary::run(file, cx, ui);
    }
    let begun = Instant::now();
    let named = Named::parse(args.channel.as_deref())?;
    let external_id = args.external_id(cx)?;
    let inputs = args.inputs(cx, ui)?;
    let rejects = args.rejects(&inputs, cx, ui)?;
    let target = args.within(begun, channel::find(&named, args, cx, ui)).await?;
    let channel = target.aws.audit_channel(&target.arn, external_id);
    let rules = args.rules(&target, cx);
    let (inputs, held_back) = if args.strict && !args.dry_run {
        args.within(begun, strict::look_through(inputs, &rules)).await?
    } else {
        (inputs, false)
    };
    let sends = !args.dry_run && !held_back;
    let delivery = args.delivery(&inputs, target.aws.destination(), &target.arn, cx)?;
    let journals = delivery.clone().filter(|_| sends).map(Journals::new).transpose()?;
    let remembered = journals.is_some() && args.remembers(&inputs);
    let feed = intake::read(inputs, rules, args.memory(journals.as_ref(), delivery));
    let mut teller = Teller::new(ui, rejects, begun);
    let mut delivered = if sends {
        let job = Job {
            channel: &channel,
            interrupt: &cx.interrupt,
            random: cx.random,
            timeout: args.left(begun),
            pace: args.pace(),
            journals,
            clock: cx.now,
            witness: &mut teller,
        };
        deliver::deliver(feed, job).await
    } else {
        deliver::rehearse(feed, args.pace(), args.left(begun), &mut teller).await
    };
    let told = teller.finish(&delivered);
    let sent = Sent {
        sandbox: target.aws.is_sandbox(),
        channel: channel.arn(),
        tally: &delivered.tally,
        inputs: &delivered.inputs,
        packing: delivered.packing,
        held_back,
        refusals: &told.refusals,
        rejects: told.left(),
        took: begun.elapsed(),
    };
    let said = say(&sent, ui);
    let hint = sequel(&delivered, held_back, remembered, told.kept.as_ref());
    for unread in delivered.unread() {
        ui.warn(&unread);
    }
    let failure = weightier(delivered.failure(&channel), told.trouble, ui);
    ui.told(said, failure.map(|error| hint.into_iter().fold(error, Error::hinted)))?;
    Ok(args.exit(&delivered))
}

/// What a run fails with: what went wrong with the delivery before what went wrong with telling and keeping,
/// which is said besides.
fn weightier(failure: Option<Error>, trouble: Option<Error>, ui: &mut Ui) -> Option<Error> {
    if let (Some(_), Some(trouble)) = (&failure, &trouble) {
        ui.trouble(trouble);
    }
    failure.or(trouble)
}

/// Says what was sent. Whoever gets it as JSON reads about refusals on stderr.
fn say(sent: &Sent<'_>, ui: &mut Ui) -> Result<()> {
    if ui.format() == Format::Json && !sent.refusals.is_empty() {
        ui.show(&OnlyRefusals(sent.refusals));
    }
    ui.say(sent)
}

/// How to go on after a run that left events behind.
fn sequel(delivered: &Delivered, held_back: bool, remembered: bool, kept: Option<&Kept>) -> Option<String> {
    if held_back {
        return Some("Because of --strict nothing was sent.".to_owned());
    }
    if delivered.packing.is_some() || delivered.tally.pending() == 0 || delivered.stop == Some(Stop::Unrecorded) {
        return None;
    }
    if delivered.stop == Some(Stop::Closed) {
        return Some(match (remembered, kept) {
            (true, None) => "When that is put right, run it again: it sends only what was not accepted.".to_owned(),
            (true, Some(_)) => {
                "When that is put right, run it again with another --rejects: it sends only what was not accepted."
                    .to_owned()
            }
            (false, Some(Kept { name, .. })) => format!("When that is put right, send {name}: it holds the rest."),
            (false, None) => {
                "When that is put right, run it again: without a journal, what was accepted goes again, too.".to_owned()
            }
        });
    }
    match kept.map(|kept| &kept.name) {
        Some(file) if remembered && !delivered.cut_short => Some(format!(
            "Run the same command again with another --rejects, or send {file}; not both, or what is pending goes twice."
        )),
        Some(_) if remembered => {
            Some("Run the same command again with another --rejects: it sends only what was not accepted.".to_owned())
        }
        Some(_) => None,
        None if remembered => Some("Run the same command again: it sends only what was not accepted.".to_owned()),
        None => Some(
            "Without a journal, sending the same input again sends what was accepted again, too; -o ndjson tells of \
             each event what became of it."
                .to_owned(),
        ),
    }
}

impl SendArgs {
    fn external_id(&self, cx: &Context) -> Result<Option<ExternalId>> {
        Ok(match self.external_id.choice(cx)? {
            ExternalIdChoice::Is(id) => Some(id),
            ExternalIdChoice::None | ExternalIdChoice::Unsaid => None,
        })
    }

    /// What is read, and what there is to say about it.
    fn inputs(&self, cx: &Context, ui: &mut Ui) -> Result<Vec<Input>> {
        let Meant { inputs, notes } = cx.inputs(&self.files)?;
        for note in &notes {
            ui.warn(note);
        }
        Ok(inputs)
    }

    /// Where what is left over goes: where it is wanted; from a stream, which cannot be read again, into
    /// the state directory.
    fn rejects(&self, inputs: &[Input], cx: &Context, ui: &mut Ui) -> Result<Option<Rejects>> {
        if self.dry_run {
            return Ok(None);
        }
        if let Some(file) = &self.rejects {
            self.check_rejects(file, cx)?;
            let words = self.files.iter().map(|word| cx.cwd.join(word));
            let name = file.display().to_string();
            return Rejects::create(&cx.cwd.join(file), &name, inputs, words, cx.time()).map(Some);
        }
        let is_stream = inputs.iter().any(|input| input.path().is_none());
        if !is_stream || self.journal.is_some() {
            return Ok(None);
        }
        let kept = cx
            .state_dir()
            .and_then(|state| Rejects::create_in(&state.join("rejects"), cx.time()));
        Ok(kept.map_or_else(
            |error| {
                ui.warn(&format!(
                    "What is left over will not be kept. {error}. --rejects FILE names a place."
                ));
                None
            },
            Some,
        ))
    }

    /// Fails if no rejects can stand there.
    fn check_rejects(&self, file: &Path, cx: &Context) -> Result<()> {
        if file.as_os_str() == "-" {
            return Err(
                Error::usage("--rejects needs a file: standard output is for the answer.")
                    .hinted("-o ndjson tells there of each event what became of it."),
            );
        }
        let journal = self.journal.as_ref().map(|journal| cx.cwd.join(journal));
        if journal.is_some_and(|journal| are_one(&journal, &cx.cwd.join(file))) {
            let name = file.display();
            return Err(Error::usage(format!("{name} cannot be both --journal and --rejects."))
                .hinted("Name two files: the journal remembers what was accepted, the rejects hold the rest."));
        }
        Ok(())
    }

    fn rules(&self, target: &Target, cx: &Context) -> Rules {
        Rules {
            owner: Some(target.arn.account().clone()),
            gaps: if self.no_fill { Gaps::Refuse } else { Gaps::Fill },
            destination: Arc::new(target.destination.clone()),
            now: cx.time().as_second(),
        }
    }

    /// Whether the same command, run again, knows of every input what was accepted.
    fn remembers(&self, inputs: &[Input]) -> bool {
        self.journal.is_some() || inputs.iter().all(|input| input.path().is_some())
    }

    /// What the journals are about; `None` where none is kept.
    fn delivery(
        &self,
        inputs: &[Input],
        endpoint: &str,
        channel: &ChannelArn,
        cx: &Context,
    ) -> Result<Option<Delivery>> {
        let place = match &self.journal {
            _ if self.no_journal => return Ok(None),
            Some(file) => Place::File(cx.cwd.join(file)),
            // What comes down a pipe cannot be sent again from the beginning.
            None if inputs.iter().all(|input| input.path().is_none()) => return Ok(None),
            None => {
                let state = cx.state_dir();
                let state = state
                    .map_err(|error| error.hinted("--no-journal sends without one, --journal FILE keeps it there."))?;
                Place::Directory(state.join("journals"))
            }
        };
        Ok(Some(Delivery {
            place,
            scope: Scope {
                endpoint: endpoint.to_owned(),
                channel: channel.to_string(),
            },
            resend: self.resend,
            now: cx.time(),
        }))
    }

    /// Where this run remembers from: the journals in which it writes, or those that it would write in.
    fn memory(&self, journals: Option<&Journals>, delivery: Option<Delivery>) -> Memory {
        match (journals, delivery) {
            (Some(journals), _) => Memory::Kept(journals.clone()),
            (None, Some(delivery)) if !self.resend => Memory::Read(delivery),
            (None, _) => Memory::None,
        }
    }

    fn pace(&self) -> Pace {
        Pace {
            rate: (self.rate > 0).then_some(self.rate),
            width: self.concurrency,
            ..Pace::default()
        }
    }

    /// What is left of the time allowed.
    fn left(&self, begun: Instant) -> Option<Duration> {
        self.timeout.map(|timeout| timeout.saturating_sub(begun.elapsed()))
    }

    /// Does something before the delivery begins, in the time allowed.
    async fn within<T>(&self, begun: Instant, work: impl Future<Output = Result<T>>) -> Result<T> {
        let work = Box::pin(work);
        match self.left(begun) {
            None => work.await,
            Some(left) => tokio::time::timeout(left, work).await.unwrap_or_else(|_| {
                Err(Error::new(
                    Kind::GaveUp,
                    "The time of --timeout is over before anything could be sent.",
                ))
            }),
        }
    }

    fn exit(&self, delivered: &Delivered) -> Exit {
        let would_send = delivered.packing.is_some_and(|packing| packing.events > 0);
        if self.exit_code && would_send {
            Exit::Drift
        } else {
            Exit::Done
        }
    }
}
