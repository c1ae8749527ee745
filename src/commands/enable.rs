//! `ctl enable`.

use std::collections::BTreeMap;

use clap::Args;

use super::change::{self, ChangeArgs, Job};
use super::external_id::{self, ExternalIdArgs};
use super::partners;
use crate::apply::observe;
use crate::aws::Session;
use crate::context::Context;
use crate::error::{Error, Exit, Result};
use crate::model::partner::Partner;
use crate::model::principal::Principal;
use crate::model::{Billing, ChannelName, StoreName, StoreSelector, Tags};
use crate::plan::enable::{self, StoreOptions, Wanted};
use crate::plan::handoff::{self, HandoffService};
use crate::plan::policy::AccessWanted;
use crate::plan::{Handoff, Integration, Plan, Reason, Refusal};
use crate::ui::Ui;

/// Create an integration, or converge one that exists
///
/// Creates the event data store, the channel and its resource policy, each only if it is missing, and
/// shows the plan first. On what exists, only the options given here change anything; a second run
/// changes nothing.
///
/// Example: ctl enable --partner nordcloud --external-id-file id.txt
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct EnableArgs {
    /// The partner's key; `ctl partners list` shows them
    #[arg(
        long,
        value_name = "KEY",
        required_unless_present = "custom",
        conflicts_with = "custom"
    )]
    partner: Option<String>,
    /// Make an integration for applications of your own; needs --name
    #[arg(long, requires = "name")]
    custom: bool,
    /// The channel's name
    #[arg(long, value_name = "CHANNEL")]
    name: Option<ChannelName>,
    /// Choose one of the partner's sources
    #[arg(long, value_name = "SOURCE", conflicts_with = "custom")]
    source: Option<String>,
    /// Make a second custom channel although AWS documents one per source
    #[arg(long, requires = "custom")]
    second_channel: bool,
    /// Who may send: an account or an IAM ARN; repeatable
    #[arg(long, value_name = "ACCOUNT|ARN")]
    principal: Vec<Principal>,
    /// Remove principals or replace an external ID that is in force
    #[arg(long)]
    replace_access: bool,
    /// A tag for store and channel; repeatable
    #[arg(long = "tag", value_name = "KEY=VALUE", value_parser = tag)]
    tags: Vec<(String, Option<String>)>,
    /// A service of the partner that is to deliver, for the hand-off; repeatable
    #[arg(long, value_name = "NAME")]
    service: Vec<String>,
    /// Change what a CloudFormation stack owns
    #[arg(long)]
    take_over: bool,
    #[command(flatten)]
    change: ChangeArgs,
    // A heading holds for all that follows it, so these come last.
    #[command(flatten)]
    external_id: ExternalIdArgs,
    #[command(flatten)]
    store: StoreArgs,
}

/// Options about event data stores.
#[derive(Debug, Args)]
#[command(next_help_heading = "Event data store")]
struct StoreArgs {
    /// An event data store to feed, created if a NAME does not exist; repeatable
    #[arg(long, value_name = "NAME|ARN|ID")]
    event_data_store: Vec<StoreSelector>,
    /// How many days events are kept: 7 to 3653, or to 2557 with fixed pricing
    #[arg(long, value_name = "DAYS")]
    retention_days: Option<u32>,
    /// How the store is billed
    #[arg(long, value_enum, value_name = "MODE")]
    billing_mode: Option<BillingArg>,
    /// The KMS key of the store; it can never be changed
    #[arg(long, value_name = "KEY")]
    kms_key_id: Option<String>,
    /// Leave the store unprotected against deletion
    #[arg(long)]
    no_termination_protection: bool,
    /// Allow --retention-days to remove events
    #[arg(long, requires = "retention_days")]
    shorten_retention: bool,
    /// Restore a store that is pending deletion, and protect it again
    #[arg(long)]
    restore: bool,
}

/// How a store is billed.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum BillingArg {
    /// 366 days included, up to 3653
    Extendable,
    /// 2557 days included, and no more
    Fixed,
}

/// Runs the verb.
pub async fn run(args: &EnableArgs, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    let (mut wanted, services) = args.wanted(cx, ui)?;
    change::check_consent(&args.change, cx, ui)?;
    let aws = cx.aws().await?;
    let plan = decide(&mut wanted, aws, args.change.dry_run, cx, ui).await?;
    let make = |integration: &Integration| {
        Handoff::new(
            &wanted.partner,
            services.clone(),
            integration.channel_arn.clone(),
            integration.account.clone(),
            &integration.region,
        )
    };
    let job = Job {
        schema: "ctl.enable/v1",
        question: "Carry this out?",
        plan: &plan,
        args: &args.change,
        aws,
        partner: Some(&wanted.partner),
        handoff: Some(&make),
    };
    change::carry_out(job, cx, ui).await
}

/// The plan; asks for the external ID if it turns out to be needed and somebody can be asked.
async fn decide(wanted: &mut Wanted, aws: &Session, dry_run: bool, cx: &Context, ui: &mut Ui) -> Result<Plan> {
    let found = observe::for_enable(aws, wanted, cx.time()).await?;
    match enable::plan(wanted, &found) {
        Err(Refusal {
            reason: Reason::ExternalIdNeeded,
            hints,
            ..
        }) if ui.can_ask() && !dry_run && !cx.settings.yes => {
            wanted.access.external_id = external_id::ask(&wanted.partner, &hints, ui)?;
            Ok(enable::plan(wanted, &found)?)
        }
        other => Ok(other?),
    }
}

impl EnableArgs {
    /// What was typed, resolved and checked; and the services of the hand-off.
    fn wanted(&self, cx: &Context, ui: &mut Ui) -> Result<(Wanted, Vec<HandoffService>)> {
        let partner = partners::chosen(self.partner.as_deref(), cx)?;
        let (services, warnings) = handoff::services(&partner, &self.service)?;
        for warning in &warnings {
            ui.warn(warning);
        }
        let external_id = self.external_id.choice(cx)?;
        let default_name = self
            .name
            .clone()
            .unwrap_or_else(|| partner.default_channel_name().clone());
        let default_store = default_store(&partner, &default_name);
        let wanted = Wanted {
            sources: self.sources(&partner)?,
            name: self.name.clone(),
            default_name,
            second_channel: self.second_channel,
            stores: self.store.event_data_store.clone(),
            default_store,
            options: self.store.options()?,
            access: AccessWanted {
                principals: (!self.principal.is_empty()).then(|| self.principal.clone()),
                external_id,
                replace_access: self.replace_access,
                ..AccessWanted::of(&partner)
            },
            tags: self.tag_set()?,
            take_over: self.take_over,
            partner,
        };
        Ok((wanted, services))
    }

    fn sources(&self, partner: &Partner) -> Result<Vec<String>> {
        match &self.source {
            None => Ok(partner.sources.clone()),
            Some(source) if partner.sources.contains(source) => Ok(vec![source.clone()]),
            Some(source) => Err(Error::usage(format!("{source} is not a source of {}.", partner.name))
                .hinted(format!("There are: {}.", partner.sources.join(", ")))),
        }
    }

    fn tag_set(&self) -> Result<Tags> {
        let mut tags = BTreeMap::new();
        for (key, value) in &self.tags {
            if tags
                .insert(key.clone(), value.clone())
                .is_some_and(|before| before != *value)
            {
                return Err(Error::usage(format!(
                    "The tag {key} is given twice, with different values."
                )));
            }
        }
        Ok(Tags(tags))
    }
}

impl StoreArgs {
    fn options(&self) -> Result<StoreOptions> {
        use crate::model::integration::MIN_RETENTION;

        let billing = self.billing_mode.map(|mode| match mode {
            BillingArg::Extendable => Billing::Extendable,
            BillingArg::Fixed => Billing::Fixed,
        });
        // Whichever pricing the store turns out to have, nothing outside this is ever right.
        let most = billing.unwrap_or(Billing::Extendable).max_retention();
        if let Some(days) = self
            .retention_days
            .filter(|days| !(MIN_RETENTION..=most).contains(days))
        {
            return Err(Error::usage(format!(
                "--retention-days is {days}; {MIN_RETENTION} to {most} are allowed."
            )));
        }
        Ok(StoreOptions {
            retention_days: self.retention_days,
            billing,
            kms_key: self.kms_key_id.clone(),
            unprotected: self.no_termination_protection,
            shorten: self.shorten_retention,
            restore: self.restore,
        })
    }
}

/// The name of a store that is created without one named: a partner's, or `NAME-events-ds` if that is one.
fn default_store(partner: &Partner, channel: &ChannelName) -> Option<StoreName> {
    if partner.is_custom() {
        format!("{channel}-events-ds").parse().ok()
    } else {
        Some(partner.default_store_name().clone())
    }
}

/// Reads `KEY=VALUE` or `KEY`: 1–128 and 0–256 characters (`Tag`, reference §1.6).
fn tag(text: &str) -> Result<(String, Option<String>), String> {
    let (key, value) = match text.split_once('=') {
        Some((key, value)) => (key, Some(value)),
        None => (text, None),
    };
    if key.is_empty() || key.chars().count() > 128 {
        return Err("a tag's key has 1 to 128 characters".to_owned());
    }
    if key.to_ascii_lowercase().starts_with("aws:") {
        return Err("keys that begin with aws: are reserved".to_owned());
    }
    if value.is_some_and(|value| value.chars().count() > 256) {
        return Err("a tag's value has at most 256 characters".to_owned());
    }
    // The service takes no empty value; a tag without one is stored with none.
    Ok((
        key.to_owned(),
        value.filter(|value| !value.is_empty()).map(str::to_owned),
    ))
}
