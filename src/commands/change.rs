//! What `enable` and `disable` have in common: show the plan, ask, carry it out, read back, say.

use std::time::Duration;

use clap::Args;

use super::times::duration;
use crate::apply::observe::{self, Whole};
use crate::apply::{self, Outcome, Walk};
use crate::aws::Session;
use crate::context::Context;
use crate::error::{Error, Exit, Result};
use crate::model::partner::Partner;
use crate::plan::{Handoff, Integration, Note, Plan, Resource, State, StoreView, integration};
use crate::report::change::{Change, Proposal};
use crate::settings::Format;
use crate::ui::Ui;

/// Options of every verb that changes something.
#[derive(Debug, Args)]
pub(super) struct ChangeArgs {
    /// Show the plan and change nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// With --dry-run, exit 10 when something would be changed
    #[arg(long, requires = "dry_run")]
    pub(super) exit_code: bool,
    /// How long to wait for resources to become ready, for instance 90s or 10m
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = duration)]
    pub(super) timeout: Duration,
}

/// Refuses early where the question could not be asked.
pub(super) fn check_consent(args: &ChangeArgs, cx: &Context, ui: &Ui) -> Result<()> {
    if args.dry_run || cx.settings.yes || ui.can_ask() {
        return Ok(());
    }
    Err(Error::usage("--yes is required when not running interactively.")
        .hinted("Add --yes to agree beforehand, or --dry-run to see the plan."))
}

/// A plan on its way.
pub(super) struct Job<'a> {
    pub(super) schema: &'static str,
    pub(super) question: &'a str,
    pub(super) plan: &'a Plan,
    pub(super) args: &'a ChangeArgs,
    pub(super) aws: &'a Session,
    pub(super) partner: Option<&'a Partner>,
    /// Makes the hand-off of an integration, where the verb has one.
    pub(super) handoff: Option<&'a (dyn Fn(&Integration) -> Handoff + Send + Sync)>,
}

/// Shows, asks, carries out, reads back and says.
pub(super) async fn carry_out(job: Job<'_>, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    let pending = job.plan.changes();
    if job.args.dry_run {
        let outcome = Outcome::planned(job.plan);
        say(&job, &outcome, pending, &job.plan.expected, cx, ui)?;
        return Ok(if job.args.exit_code && pending {
            Exit::Drift
        } else {
            Exit::Done
        });
    }
    if pending {
        propose(&job, cx, ui)?;
    } else {
        tell_notes(job.plan, ui);
    }
    let mut progress = ui.progress();
    let walk = Walk {
        aws: job.aws,
        observer: &mut progress,
        interrupt: &cx.interrupt,
        patience: job.args.timeout,
    };
    let outcome = apply::walk(job.plan, walk).await;
    let changed = outcome.changed(job.plan);
    let (integration, unread) = if changed || outcome.error.is_some() {
        read_back(&job, &outcome).await
    } else {
        (job.plan.expected.clone(), None)
    };
    let said = say(&job, &outcome, changed, &integration, cx, ui);
    ui.told(said, outcome.error.or(unread))?;
    Ok(Exit::Done)
}

/// Shows the plan, and asks unless it was agreed to beforehand.
fn propose(job: &Job<'_>, cx: &Context, ui: &mut Ui) -> Result<()> {
    let asks = !cx.settings.yes;
    if asks || ui.format() == Format::Table && !cx.settings.quiet {
        ui.show(&Proposal {
            plan: job.plan,
            partners_file: cx.partners_file()?,
        });
    }
    if asks { ui.agree(job.question) } else { Ok(()) }
}

/// Says what a plan without changes has to say: nobody is shown it, and that may be why nothing is to be done.
fn tell_notes(plan: &Plan, ui: &mut Ui) {
    for note in &plan.notes {
        match note {
            Note::Info(text) => ui.status(&format!("Note: {text}")),
            Note::Warning(text) => ui.warn(text),
        }
    }
}

/// The integration as it is now. That it could not be read is told, and changes nothing of what was done.
async fn read_back(job: &Job<'_>, outcome: &Outcome) -> (Integration, Option<Error>) {
    let read = match &outcome.channel {
        Some(channel) => Whole::read(job.aws, channel).await,
        None => Ok(None),
    };
    let read = match read {
        Ok(Some(whole)) => Ok(integration::view(&whole.seen(job.partner), None)),
        Ok(None) => without_channel(job, outcome).await,
        Err(error) => Err(error),
    };
    match read {
        Ok(mut integration) => {
            // What was taken down on purpose is not a finding.
            if job.handoff.is_none() {
                integration.findings.clear();
            }
            (integration, None)
        }
        Err(error) => (
            as_far_as_known(job, outcome),
            Some(error.context("What is there now could not be read back.")),
        ),
    }
}

/// What is left of an integration whose channel is not there: its stores.
async fn without_channel(job: &Job<'_>, outcome: &Outcome) -> Result<Integration> {
    let known = as_far_as_known(job, outcome);
    let arns: Vec<_> = known.stores.iter().filter_map(|store| store.arn.clone()).collect();
    let (_, found) = observe::stores(job.aws, &arns, &[]).await?;
    let stores = known.stores.iter().map(|view| {
        let store = found.iter().find(|store| Some(&store.arn) == view.arn.as_ref());
        store.map_or_else(|| view.clone(), StoreView::of)
    });
    Ok(Integration {
        channel_arn: None,
        stores: stores.collect(),
        policy: integration::no_policy(),
        findings: Vec::new(),
        ..known
    })
}

/// The integration by what the walk alone knows: planned, with the ARNs of what was created, and without
/// what was not done.
fn as_far_as_known(job: &Job<'_>, outcome: &Outcome) -> Integration {
    let mut known = job.plan.expected.clone();
    known.channel_arn.clone_from(&outcome.channel);
    for (step, done) in job.plan.steps.iter().zip(&outcome.steps) {
        let undone = step.change.is_some() && done.state != State::Done;
        match step.resource {
            Resource::EventDataStore => {
                let stores = known.stores.iter_mut().filter(|store| store.arn.is_none());
                for store in stores.filter(|store| store.name.as_deref() == Some(&step.name)) {
                    store.arn = done.arn.as_deref().and_then(|arn| arn.parse().ok());
                }
            }
            Resource::ResourcePolicy if undone => known.policy = integration::no_policy(),
            Resource::ResourcePolicy | Resource::Channel | Resource::Tags => {}
        }
    }
    known
}

fn say(
    job: &Job<'_>,
    outcome: &Outcome,
    changed: bool,
    integration: &Integration,
    cx: &Context,
    ui: &mut Ui,
) -> Result<()> {
    let handoff = job.handoff.map(|make| make(integration));
    ui.say(&Change {
        schema: job.schema,
        sandbox: job.aws.is_sandbox(),
        dry_run: job.args.dry_run,
        changed,
        plan: job.plan,
        states: outcome
            .steps
            .iter()
            .map(|done| (done.state, done.arn.clone()))
            .collect(),
        integration,
        handoff: handoff.as_ref(),
        partners_file: cx.partners_file()?,
    })
}
