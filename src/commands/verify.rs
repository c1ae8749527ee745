//! `ctl verify`.

use std::time::{Duration, Instant};

use clap::Args;

use super::external_id::ExternalIdArgs;
use super::send::some_time;
use super::target::{self, Among, Found, TargetArgs};
use super::times::{duration, silence};
use crate::apply::observe::Whole;
use crate::apply::verify::{self, Job, Onlooker, Proof};
use crate::apply::{examine, origin};
use crate::aws::Session;
use crate::context::Context;
use crate::error::{Error, Exit, Kind, Result};
use crate::model::integration::CUSTOM_SOURCE;
use crate::model::{Channel, ExternalId};
use crate::plan::doctor;
use crate::plan::policy::ExternalIdChoice;
use crate::plan::verify::{Canary, Origin, State, Step, access, attribute, is_delivered, offer_canary};
use crate::report::verify::{Sent, Verified};
use crate::ui::Ui;
use crate::ui::progress::Progress;

/// Prove that an integration works, end to end
///
/// To a custom integration it sends a canary: an event of its own (eventSource ctl.canary, eventName Verify) that
/// says what it is, by the way that every event goes. It then waits until the channel's ingestion status shows it,
/// and until a query finds it, which AWS says takes some five minutes, and tells how long each took. It makes few
/// queries, ever rarer, since each is billed by what it scans.
///
/// Into a partner's log it writes nothing, unless --canary asks for it. It checks the policy, the principal, the
/// external ID, the event data stores, and when the last event was taken; one query finds out whether that was a canary
/// of ctl's own, unless --no-query forbids it.
///
/// Example: ctl verify my-app --timeout 15m
#[derive(Debug, Args)]
pub struct VerifyArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// Send a canary into a partner's channel, too; what lands there cannot be removed
    #[arg(long)]
    canary: bool,
    /// Fail when no event was taken for this long, for instance 24h; for a partner's channel
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    max_silence: Option<Duration>,
    /// Stop when the ingestion status shows the canary: no query, nothing scanned
    #[arg(long)]
    no_query: bool,
    /// How long to wait for the canary in all, for instance 90s or 15m
    #[arg(long, value_name = "DURATION", default_value = "10m", value_parser = some_time)]
    timeout: Duration,
    #[command(flatten)]
    external_id: ExternalIdArgs,
}

/// Runs the verb.
pub async fn run(args: &VerifyArgs, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    let begun = Instant::now();
    let named = args.target.named()?;
    let external_id = args.external_id(cx)?;
    let aws = cx.aws_in(target::region(&named)).await?;
    let found = target::look_up(&aws, &named, Among::Needed, cx).await?;
    let Some(channel) = &found.channel else {
        return Err(args.target.absent(&found.place));
    };
    let is_custom = channel.source == CUSTOM_SOURCE;
    let mut steps = if is_custom {
        Vec::new()
    } else {
        args.access(&found, channel, &aws, cx).await?
    };
    let looked_up = args.attribute(&mut steps, channel, &aws, cx, ui.progress()).await?;
    let checked = steps.clone();
    let mut canary = None;
    let mut failure = None;
    if is_custom || args.canary {
        if !is_custom {
            ui.warn(&into_a_partners_log(&found));
        }
        let sent = Canary::new(
            (cx.uuid)(),
            cx.time(),
            channel.arn.account(),
            found.place.caller.as_deref(),
        );
        let mut proof = args.prove(&aws, channel, &sent, external_id, cx, ui.progress()).await;
        steps.append(&mut proof.steps);
        failure = proof.failure.take();
        canary = Some((sent, proof));
    }
    let verified = Verified {
        sandbox: aws.is_sandbox(),
        channel,
        partner: found
            .partner
            .as_ref()
            .filter(|partner| !partner.is_custom())
            .map(|partner| partner.key.as_str()),
        canary: canary.as_ref().map(|(canary, proof)| Sent {
            canary,
            event_id: proof.event_id.as_deref(),
            possibly_double: proof.possibly_double,
        }),
        steps: &steps,
        queries: looked_up.queries + canary.as_ref().map_or(0, |(_, proof)| proof.queries),
        bytes_scanned: sum(
            looked_up.bytes_scanned,
            canary.as_ref().and_then(|(_, proof)| proof.bytes_scanned),
        ),
        took: begun.elapsed(),
    };
    let said = ui.say(&verified);
    ui.told(said, failure.or_else(|| unproved(&checked)))?;
    Ok(Exit::Done)
}

impl VerifyArgs {
    fn external_id(&self, cx: &Context) -> Result<Option<ExternalId>> {
        Ok(match self.external_id.choice(cx)? {
            ExternalIdChoice::Is(id) => Some(id),
            ExternalIdChoice::None | ExternalIdChoice::Unsaid => None,
        })
    }

    /// What can be told without sending anything.
    async fn access(&self, found: &Found, channel: &Channel, aws: &Session, cx: &Context) -> Result<Vec<Step>> {
        let whole = Whole::of(aws, channel.clone()).await?;
        let silence = silence(self.max_silence, cx.time());
        let seen = examine::whole(whole, found.partner.clone());
        Ok(access(&doctor::of_integration(&seen, silence)))
    }

    /// Looks up whose the last event is, as it was before anything was sent: what the owner sends proves nothing
    /// of a partner's deliveries.
    async fn attribute(
        &self,
        steps: &mut [Step],
        channel: &Channel,
        aws: &Session,
        cx: &Context,
        progress: Progress,
    ) -> Result<LookedUp> {
        if !is_delivered(steps) {
            if !self.canary && channel.ingestion.last_success.is_none() {
                offer_canary(steps, &channel.arn);
            }
            return Ok(LookedUp::default());
        }
        if self.no_query {
            let unknown = Origin::Unknown("Not looked up: --no-query was given.".to_owned());
            attribute(steps, &unknown, &channel.arn);
            return Ok(LookedUp::default());
        }
        let mut shown = Shown(progress);
        shown.doing("looking up the last event that was taken");
        let job = origin::Job {
            aws,
            channel,
            timeout: self.timeout,
            interrupt: &cx.interrupt,
            clock: cx.now,
            random: cx.random,
        };
        let found = origin::look_up(&job).await;
        shown.0.clear();
        let found = found?;
        attribute(steps, &found.origin, &channel.arn);
        Ok(LookedUp {
            queries: found.queries,
            bytes_scanned: found.bytes_scanned,
        })
    }

    /// Sends the canary, and looks for it.
    async fn prove(
        &self,
        aws: &Session,
        channel: &Channel,
        canary: &Canary,
        external_id: Option<ExternalId>,
        cx: &Context,
        progress: Progress,
    ) -> Proof {
        let mut shown = Shown(progress);
        let audit = aws.audit_channel(&channel.arn, external_id);
        let mut job = Job {
            aws,
            channel,
            audit: &audit,
            canary,
            query: !self.no_query,
            timeout: self.timeout,
            interrupt: &cx.interrupt,
            random: cx.random,
            clock: cx.now,
            onlooker: &mut shown,
        };
        let proof = verify::prove(&mut job).await;
        shown.0.clear();
        proof
    }
}

/// What looking the last event up took.
#[derive(Debug, Clone, Copy, Default)]
struct LookedUp {
    queries: u32,
    bytes_scanned: Option<u64>,
}

/// The sum of what is known.
fn sum(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.saturating_add(other)),
        (one, other) => one.or(other),
    }
}

/// Shows what is waited for.
struct Shown(Progress);

impl Onlooker for Shown {
    fn doing(&mut self, what: &str) {
        self.0.draw(what.to_owned());
    }
}

fn into_a_partners_log(found: &Found) -> String {
    let whose = match &found.partner {
        Some(partner) => format!("of {}", partner.name),
        None => "of somebody else's".to_owned(),
    };
    format!("The canary goes into a channel {whose}: it stands beside their events, and cannot be removed.")
}

/// Why the checks are no proof, if they are not.
fn unproved(steps: &[Step]) -> Option<Error> {
    let failed: Vec<&Step> = steps.iter().filter(|step| step.state == State::Failed).collect();
    let names: Vec<&str> = failed.iter().map(|step| step.what.as_str()).collect();
    if names.is_empty() {
        return None;
    }
    let message = format!("Not as it has to be: {}.", names.join(", "));
    let next = failed.iter().flat_map(|step| step.next.iter());
    Some(next.fold(Error::new(Kind::Violations, message), Error::hinted))
}
