//! `ctl status`.

use std::time::Duration;

use clap::Args;

use super::target::{self, Among, TargetArgs};
use super::times::{duration, silence};
use crate::apply::observe::Whole;
use crate::aws::Session;
use crate::context::Context;
use crate::error::{Exit, Result};
use crate::model::{Channel, Place, Severity};
use crate::plan::integration;
use crate::plan::resolve::Named;
use crate::plan::{Handoff, Integration, handoff};
use crate::report::status::Status;
use crate::ui::Ui;

/// Show what is there, whether it is healthy, and whether it has drifted
///
/// Shows every integration of the Region, or one: its channel, stores and policy, the last delivery,
/// what to hand over to the partner, and findings with codes that do not change.
///
/// Example: ctl status nordcloud --max-silence 24h --exit-code
#[derive(Debug, Args)]
pub struct StatusArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// Exit 10 when there is an error or a warning among the findings
    #[arg(long)]
    exit_code: bool,
    /// From which severity on --exit-code counts a finding
    #[arg(long, value_enum, value_name = "SEVERITY", requires = "exit_code")]
    fail_on: Option<FailOn>,
    /// A finding's code that does not count; repeatable
    #[arg(long, value_name = "CODE")]
    ignore: Vec<String>,
    /// Warn when no event was taken for this long, for instance 24h
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    max_silence: Option<Duration>,
    /// Show channels that AWS services made for themselves, too
    #[arg(long)]
    all: bool,
}

/// From which severity on a finding counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum FailOn {
    /// Errors alone
    Error,
    /// Errors and warnings
    Warning,
}

/// Runs the verb.
pub async fn run(args: &StatusArgs, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    let named = args.target.named()?;
    let aws = cx.aws_in(target::region(&named)).await?;
    let (place, channels) = gather(args, &named, &aws, cx).await?;
    let mut integrations = Vec::new();
    for channel in channels {
        integrations.push(whole(args, channel, &aws, cx).await?);
    }
    ui.say(&Status {
        sandbox: aws.is_sandbox(),
        place: &place,
        integrations: &integrations,
        one: args.target.integration.is_some(),
    })?;
    let least = match args.fail_on {
        Some(FailOn::Error) => Severity::Error,
        None | Some(FailOn::Warning) => Severity::Warning,
    };
    let counts = |(integration, _): &(Integration, Option<Handoff>)| {
        integration.findings.iter().any(|finding| finding.severity >= least)
    };
    Ok(if args.exit_code && integrations.iter().any(counts) {
        Exit::Drift
    } else {
        Exit::Done
    })
}

/// The channels that are meant: the one named, or all.
async fn gather(args: &StatusArgs, named: &Named, aws: &Session, cx: &Context) -> Result<(Place, Vec<Channel>)> {
    let among = if args.all { Among::All } else { Among::Needed };
    if matches!(named, Named::Only) {
        return target::channels(aws, named, among).await;
    }
    let found = target::look_up(aws, named, among, cx).await?;
    match found.channel {
        Some(channel) => Ok((found.place, vec![channel])),
        None => Err(args.target.absent(&found.place)),
    }
}

async fn whole(
    args: &StatusArgs,
    channel: Channel,
    aws: &Session,
    cx: &Context,
) -> Result<(Integration, Option<Handoff>)> {
    let partner = cx.catalogue()?.by_source(&channel.source);
    let silence = silence(args.max_silence, cx.time());
    let whole = Whole::of(aws, channel).await?;
    let mut view = integration::view(&whole.seen(partner), silence);
    view.findings
        .retain(|finding| !args.ignore.iter().any(|code| code == finding.code));
    let handoff = match partner {
        Some(partner) => {
            let (services, _) = handoff::services(partner, &[])?;
            Some(Handoff::new(
                partner,
                services,
                view.channel_arn.clone(),
                view.account.clone(),
                &view.region,
            ))
        }
        None => None,
    };
    Ok((view, handoff))
}
