//! `ctl disable`.

use clap::Args;

use super::change::{self, ChangeArgs, Job};
use super::target::{self, Among, TargetArgs};
use crate::apply::observe;
use crate::aws::Session;
use crate::context::Context;
use crate::error::{Exit, Result};
use crate::model::StoreSelector;
use crate::plan::Reason;
use crate::plan::disable::{self, Found, Wanted};
use crate::plan::resolve::{Named, Resolved, resolve};
use crate::ui::Ui;

/// Take an integration down
///
/// Deletes the channel, which is what stops an integration. Event data stores and their events stay,
/// but for those named with --delete-store: they are pending deletion for 7 days and can be restored
/// with `ctl enable --restore`. With --keep-channel only ctl's policy statement goes: the partner is
/// locked out, and the channel keeps its ARN.
///
/// Example: ctl disable nordcloud --dry-run
#[derive(Debug, Args)]
pub struct DisableArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// An event data store to delete too; naming it is the confirmation; repeatable
    #[arg(long, value_name = "NAME|ARN|ID", conflicts_with = "keep_channel")]
    delete_store: Vec<StoreSelector>,
    /// Take only ctl's policy statement away, and keep the channel with its ARN
    #[arg(long)]
    keep_channel: bool,
    /// Change what a CloudFormation stack owns
    #[arg(long)]
    take_over: bool,
    #[command(flatten)]
    change: ChangeArgs,
}

/// Runs the verb.
pub async fn run(args: &DisableArgs, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    let named = args.target.named()?;
    change::check_consent(&args.change, cx, ui)?;
    let aws = cx.aws_in(target::region(&named)).await?;
    let wanted = Wanted {
        named: args.target.integration.clone().unwrap_or_default(),
        stores: args.delete_store.clone(),
        keep_channel: args.keep_channel,
        take_over: args.take_over,
    };
    let found = observe_integration(&aws, &named, &wanted, cx).await?;
    let plan = disable::plan(&wanted, &found)?;
    if found.channel.is_none() {
        let account = found
            .place
            .account
            .as_ref()
            .map_or("unknown", |account| account.as_str());
        ui.status(&format!(
            "There is no channel of {} in {} of account {account}; it is already gone.",
            wanted.named, found.place.region
        ));
    }
    let job = Job {
        schema: "ctl.disable/v1",
        question: "Carry this out?",
        plan: &plan,
        args: &args.change,
        aws: &aws,
        partner: found.partner.as_ref(),
        handoff: None,
    };
    change::carry_out(job, cx, ui).await
}

async fn observe_integration(aws: &Session, named: &Named, wanted: &Wanted, cx: &Context) -> Result<Found> {
    let among = if wanted.stores.is_empty() {
        Among::Needed
    } else {
        Among::Integrations
    };
    let (place, channels) = target::channels(aws, named, among).await?;
    let catalogue = cx.catalogue()?;
    let mut unknown = None;
    let (channel, partner) = match resolve(named, &channels, catalogue, &place) {
        Ok(Resolved::Channel(channel)) => (Some(channel.clone()), catalogue.by_source(&channel.source).cloned()),
        Ok(Resolved::Absent(partner)) => (None, partner.map(|partner| *partner)),
        // A run that deleted the channel and then stopped is run again: the stores that it names tell.
        Err(refusal) if refusal.reason == Reason::NotFound && !wanted.named.is_empty() => {
            unknown = Some(refusal);
            (None, None)
        }
        Err(refusal) => return Err(refusal.into()),
    };
    let destinations = channel
        .as_ref()
        .map(|channel| channel.destinations.clone())
        .unwrap_or_default();
    let (_, stores) = observe::stores(aws, &destinations, &wanted.stores).await?;
    if let Some(refusal) = unknown.filter(|_| stores.is_empty()) {
        return Err(refusal.into());
    }
    let policy = match channel.as_ref().filter(|_| wanted.keep_channel) {
        Some(channel) => observe::policy(aws, &channel.arn).await?,
        None => None,
    };
    let tags = observe::tags(aws, channel.as_ref().map(|channel| &channel.arn), &stores).await?;
    Ok(Found {
        place,
        channel,
        policy,
        partner,
        channels,
        stores,
        tags,
    })
}
