//! `ctl send`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;

use super::change::duration;
use super::external_id::ExternalIdArgs;
use super::target;
use crate::apply::deliver::{self, Delivered, Job};
use crate::apply::inputs::{self, Input, StandardInput};
use crate::apply::intake::{self, Feed, Rules};
use crate::apply::observe;
use crate::aws::Session;
use crate::context::Context;
use crate::error::{Error, Exit, Kind, Result};
use crate::model::event::{self, Gaps, Violation};
use crate::model::partner::Partner;
use crate::model::{Channel, ChannelArn, ExternalId, Place, StoreStatus};
use crate::plan::ingest::{Cause, Destination, Fate, Headway, Pace, Settled, Witness};
use crate::plan::policy::ExternalIdChoice;
use crate::plan::resolve::{Named, Resolved, resolve};
use crate::report::send::{OnlyRefusals, Refusals, Sent, Warnings, line};
use crate::settings::Format;
use crate::ui::Ui;

/// Validate events and deliver them
///
/// Takes one event, an array, an envelope or NDJSON, bare or wrapped, in gzip or zstd or neither, from files,
/// directories or standard input, and says what it took it for. Events that break the schema are refused and never sent; what the channel
/// decides (recipientAccountId) and the entry id are filled in; all else is sent byte for byte. What
/// the service puts off is sent again; the sums of what became of every event always agree.
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
    /// How long the delivery may take in all, for instance 10m; no limit if left out
    #[arg(long, value_name = "DURATION", value_parser = some_time)]
    timeout: Option<Duration>,
    #[command(flatten)]
    external_id: ExternalIdArgs,
}

/// Reads a duration in which something can be sent.
fn some_time(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("nothing can be sent in no time; leave it out for no limit".to_owned()),
        time => Ok(time),
    }
}

/// Where to send.
struct Target {
    aws: Session,
    arn: ChannelArn,
    destination: Destination,
}

/// Runs the verb.
pub async fn run(args: &SendArgs, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    let begun = Instant::now();
    let named = Named::parse(args.channel.as_deref())?;
    let external_id = args.external_id(cx)?;
    let mut inputs = args.inputs(cx)?;
    let target = find(&named, args, cx, ui).await?;
    let channel = target.aws.audit_channel(&target.arn, external_id);
    let rules = args.rules(&target, cx);
    let mut held_back = false;
    if args.strict && !args.dry_run {
        inputs = kept(inputs).await?;
        held_back = is_any_refused(again(&inputs)?, &rules).await;
    }
    let feed = intake::read(inputs, rules);
    let mut teller = Teller::new(ui);
    let mut delivered = if args.dry_run || held_back {
        deliver::rehearse(feed, Pace::default(), &mut teller).await
    } else {
        let job = Job {
            channel: &channel,
            interrupt: &cx.interrupt,
            random: cx.random,
            timeout: args.timeout,
            pace: Pace::default(),
            witness: &mut teller,
        };
        deliver::deliver(feed, job).await
    };
    let (refusals, trouble) = teller.finish(&delivered);
    if ui.format() == Format::Json && !refusals.is_empty() {
        ui.show(&OnlyRefusals(&refusals));
    }
    let said = ui.say(&Sent {
        sandbox: target.aws.is_sandbox(),
        channel: channel.arn(),
        tally: &delivered.tally,
        inputs: &delivered.inputs,
        packing: delivered.packing,
        held_back,
        refusals: &refusals,
        took: begun.elapsed(),
    });
    let failure = delivered.failure(&channel).or(trouble).map(|error| {
        if held_back {
            error.hinted("Because of --strict nothing was sent.")
        } else {
            error
        }
    });
    for unread in delivered.unread() {
        ui.warn(&format!("{unread}."));
    }
    ui.told(said, failure)?;
    let would_send = delivered.packing.is_some_and(|packing| packing.events > 0);
    Ok(if args.exit_code && would_send {
        Exit::Drift
    } else {
        Exit::Done
    })
}

impl SendArgs {
    fn external_id(&self, cx: &Context) -> Result<Option<ExternalId>> {
        Ok(match self.external_id.choice(cx)? {
            ExternalIdChoice::Is(id) => Some(id),
            ExternalIdChoice::None | ExternalIdChoice::Unsaid => None,
        })
    }

    fn inputs(&self, cx: &Context) -> Result<Vec<Input>> {
        let stdin = StandardInput {
            is_terminal: cx.terminal.stdin,
            take: &|| cx.take_stdin(),
        };
        inputs::find(&self.files, &cx.cwd, &stdin)
    }

    fn rules(&self, target: &Target, cx: &Context) -> Rules {
        Rules {
            owner: Some(target.arn.account().clone()),
            gaps: if self.no_fill { Gaps::Refuse } else { Gaps::Fill },
            destination: Arc::new(target.destination.clone()),
            now: cx.time().as_second(),
        }
    }
}

/// The inputs in a form in which they can be read twice.
async fn kept(inputs: Vec<Input>) -> Result<Vec<Input>> {
    let mut kept = Vec::with_capacity(inputs.len());
    for input in inputs {
        kept.push(input.kept().await?);
    }
    Ok(kept)
}

fn again(inputs: &[Input]) -> Result<Vec<Input>> {
    let all: Option<Vec<Input>> = inputs.iter().map(Input::again).collect();
    all.ok_or_else(|| Error::new(Kind::Bug, "An input cannot be read twice."))
}

/// Whether any event would be refused; reading stops at the first.
async fn is_any_refused(inputs: Vec<Input>, rules: &Rules) -> bool {
    let mut feed: Feed = intake::read(inputs, rules.clone());
    while let Some(batch) = feed.recv().await {
        let wrong = |found: &intake::Found| matches!(found, intake::Found::Refused(_) | intake::Found::Broken(_));
        if batch.iter().any(wrong) {
            return true;
        }
    }
    false
}

/// Finds the channel. Its ARN says all that is needed, and then nothing is called.
async fn find(named: &Named, args: &SendArgs, cx: &Context, ui: &mut Ui) -> Result<Target> {
    let aws = cx.aws_in(target::region(named)).await?;
    let catalogue = cx.catalogue()?;
    if let Named::Arn(arn) = named {
        return Ok(Target {
            aws,
            arn: arn.clone(),
            destination: Destination::new(None, None, catalogue),
        });
    }
    let channels = observe::candidates(&aws, named, false).await?;
    let unnamed = Place {
        region: aws.region().to_owned(),
        account: None,
        caller: None,
    };
    let channel = match resolve(named, &channels, catalogue, &unnamed) {
        Ok(Resolved::Channel(channel)) => channel.clone(),
        // Only whoever is told what is not there has to know whose Region was looked into.
        Ok(Resolved::Absent(_)) | Err(_) => return Err(not_there(named, args, &channels, &aws, cx).await),
    };
    let partner: Option<&Partner> = catalogue.by_source(&channel.source);
    let retention = retention(&aws, &channel, ui).await;
    let destination = Destination::new(retention, partner, catalogue);
    // Channels that can be listed are the caller's own.
    if let Some(finding) = destination.finding() {
        ui.warn(&finding.message);
    }
    Ok(Target {
        aws,
        arn: channel.arn,
        destination,
    })
}

/// Why no channel is meant, told with the account that was looked into.
async fn not_there(named: &Named, args: &SendArgs, channels: &[Channel], aws: &Session, cx: &Context) -> Error {
    let place = aws.place().await;
    let catalogue = match cx.catalogue() {
        Ok(catalogue) => catalogue,
        Err(error) => return error,
    };
    if let Err(refusal) = resolve(named, channels, catalogue, &place) {
        return refusal.into();
    }
    let name = args.channel.as_deref().unwrap_or_default();
    let account = place
        .account
        .map_or_else(String::new, |account| format!(" of account {account}"));
    Error::not_found(format!("There is no integration {name} in {}{account}.", place.region))
        .hinted("`ctl status` shows those that are there; `ctl enable` makes one. To send to another account's channel, name its ARN.")
}

/// How long the stores of a channel keep events, the shortest. A caller that may not read them may send all the same.
async fn retention(aws: &Session, channel: &Channel, ui: &mut Ui) -> Option<u32> {
    let (_, stores) = observe::stores(aws, &channel.destinations, &[]).await.ok()?;
    let enabled = stores.iter().filter(|store| store.status == StoreStatus::Enabled);
    let shortest = enabled.map(|store| store.retention_days).min();
    if shortest.is_none() {
        ui.warn(&format!(
            "No event data store of {} is enabled: the service will hardly take events now.",
            channel.name
        ));
    }
    shortest
}

/// Tells what becomes of each event: at once for `-o ndjson`, at the end else.
struct Teller<'a> {
    ui: &'a mut Ui,
    refusals: Refusals,
    warnings: Warnings,
    trouble: Option<Error>,
}

impl<'a> Teller<'a> {
    fn new(ui: &'a mut Ui) -> Self {
        Self {
            ui,
            refusals: Refusals::default(),
            warnings: Warnings::default(),
            trouble: None,
        }
    }

    /// Says the warnings; answers the refusals, and what went wrong with telling.
    fn finish(self, delivered: &Delivered) -> (Refusals, Option<Error>) {
        for warning in self.warnings.lines() {
            self.ui.warn(&warning);
        }
        for input in &delivered.inputs {
            if let Some(beside) = input.beside() {
                self.ui.warn(&format!("{}: {beside}.", input.name()));
            }
            if input.entries() == 0 {
                self.ui.warn(&format!("{} holds no event.", input.name()));
            }
        }
        if delivered.cut_short {
            self.ui
                .warn("The input was not read to its end: what was not read is not counted.");
        }
        (self.refusals, self.trouble)
    }
}

impl Witness for Teller<'_> {
    fn settled(&mut self, settled: &Settled<'_>) {
        if settled.fate == Fate::Refused {
            self.refusals.add(settled);
        }
        if self.ui.format() == Format::Ndjson
            && let Err(error) = self.ui.say_line(line(settled))
        {
            // A delivery goes on whatever becomes of its output.
            self.trouble.get_or_insert(error);
        }
    }

    fn warned(&mut self, place: &event::Place, warning: &Violation) {
        self.warnings.add(place, warning);
    }

    fn pausing(&mut self, cause: &Cause, wait: Duration) {
        if wait >= Duration::from_secs(1) {
            let seconds = wait.as_secs_f64();
            self.ui.status(&format!(
                "{}: {} Trying again in {seconds:.1} s.",
                cause.code, cause.message
            ));
        }
    }

    fn headway(&mut self, _headway: &Headway<'_>) {}

    fn is_full(&self) -> bool {
        false
    }
}
