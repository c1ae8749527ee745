//! `ctl policy`: the channel's resource policy, rendered, shown and checked.

use std::io::Read as _;
use std::path::MAIN_SEPARATOR;

use clap::{Args, Subcommand};

use super::external_id::{self, ExternalIdArgs};
use super::partners;
use super::target::{self, Among, TargetArgs};
use crate::apply::observe;
use crate::aws::Session;
use crate::context::Context;
use crate::error::{Error, Exit, Result};
use crate::model::partner::Partner;
use crate::model::policy::Policy;
use crate::model::principal::Principal;
use crate::model::{Channel, ChannelArn, Finding, Severity};
use crate::plan::policy::{self, AccessWanted};
use crate::plan::{Reason, Refusal};
use crate::report::policy::{Checked, Document, Shown};
use crate::ui::Ui;

/// Render, show and check the policy that says who may send
///
/// Without a policy only the account that owns the channel may send events to it.
#[derive(Debug, Args)]
pub struct PolicyArgs {
    #[command(subcommand)]
    verb: PolicyVerb,
}

#[derive(Debug, Subcommand)]
enum PolicyVerb {
    Render(RenderArgs),
    Show(ShowArgs),
    Check(CheckArgs),
}

/// Print the policy that enable would put on a new channel
///
/// Needs no network and no credentials. Prints the document alone, external ID included, ready for
/// `aws cloudtrail put-resource-policy`.
///
/// Example: ctl policy render --partner nordcloud --channel-arn ARN --external-id-file id.txt
#[derive(Debug, Args)]
struct RenderArgs {
    /// The partner's key; `ctl partners list` shows them
    #[arg(
        long,
        value_name = "KEY",
        required_unless_present = "custom",
        conflicts_with = "custom"
    )]
    partner: Option<String>,
    /// For applications of your own; needs --principal
    #[arg(long)]
    custom: bool,
    /// Who may send: an account or an IAM ARN; repeatable
    #[arg(long, value_name = "ACCOUNT|ARN")]
    principal: Vec<Principal>,
    /// The channel
    #[arg(long, value_name = "ARN")]
    channel_arn: ChannelArn,
    #[command(flatten)]
    external_id: ExternalIdArgs,
}

/// Print the policy that is attached, whole
///
/// External IDs included: this and `policy render` are the only places that print them. That there is
/// no policy is an answer, not a failure: with `-o json` the policy is null.
///
/// Example: ctl policy show nordcloud
#[derive(Debug, Args)]
struct ShowArgs {
    #[command(flatten)]
    target: TargetArgs,
}

/// Look for mistakes in a policy, in a file or attached
///
/// Exits 3 when there is an error or a warning. A FILE is what exists as one, has a path separator in
/// its name or ends in .json; `-` is standard input. Everything else, and every ARN, is an
/// INTEGRATION; left out, it is the only one.
///
/// Example: ctl policy check policy.json --partner nordcloud
#[derive(Debug, Args)]
struct CheckArgs {
    /// A policy document, or an integration whose policy is meant
    #[arg(value_name = "FILE|INTEGRATION")]
    subject: Option<String>,
    /// The partner that the policy in FILE is for
    #[arg(long, value_name = "KEY", requires = "subject")]
    partner: Option<String>,
    /// The channel that the policy in FILE is for
    #[arg(long, value_name = "ARN", requires = "subject")]
    channel_arn: Option<ChannelArn>,
}

/// Runs the verb.
pub async fn run(args: &PolicyArgs, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    match &args.verb {
        PolicyVerb::Render(args) => render(args, cx, ui),
        PolicyVerb::Show(args) => show(args, cx, ui).await,
        PolicyVerb::Check(args) => match &args.subject {
            Some(subject) if is_file(subject, cx) => check_file(subject, args, cx, ui),
            _ => check_integration(args, cx, ui).await,
        },
    }
}

fn render(args: &RenderArgs, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    let partner = partners::chosen(args.partner.as_deref(), cx)?;
    let channel = &args.channel_arn;
    if channel.is_service_linked() {
        return Err(Error::usage(format!(
            "{channel} is a service's own channel, which takes no policy."
        )));
    }
    let mut wanted = AccessWanted {
        principals: (!args.principal.is_empty()).then(|| args.principal.clone()),
        external_id: args.external_id.choice(cx)?,
        ..AccessWanted::of(&partner)
    };
    let refused = |refusal| Refusal::of_policy(refusal, &partner);
    let (document, notes) = match policy::render(channel, &wanted).map_err(refused) {
        Err(Refusal {
            reason: Reason::ExternalIdNeeded,
            hints,
            ..
        }) if ui.can_ask() && !cx.settings.yes => {
            wanted.external_id = external_id::ask(&partner, &hints, ui)?;
            policy::render(channel, &wanted).map_err(refused)?
        }
        other => other?,
    };
    partners::name_file(cx, ui)?;
    for note in &notes {
        ui.status(note);
    }
    ui.say(&Document {
        sandbox: cx.settings.sandbox,
        channel,
        policy: Some(Shown::Policy(&document)),
        partners_file: cx.partners_file()?,
    })?;
    Ok(Exit::Done)
}

async fn show(args: &ShowArgs, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    let (aws, channel, _) = look_up(&args.target, cx).await?;
    let text = observe::policy_text(&aws, &channel.arn).await?;
    let parsed = text.as_deref().map(str::parse::<Policy>);
    let shown = match (&parsed, &text) {
        (Some(Ok(document)), _) => Some(Shown::Policy(document)),
        (_, Some(text)) => Some(Shown::Text(text)),
        (_, None) => None,
    };
    if shown.is_none() && !cx.terminal.stdout {
        ui.status(&format!(
            "{} has no policy: only the owner's account can send.",
            channel.arn
        ));
    }
    ui.say(&Document {
        sandbox: aws.is_sandbox(),
        channel: &channel.arn,
        policy: shown,
        partners_file: cx.partners_file()?,
    })?;
    Ok(Exit::Done)
}

/// Whether what is to be checked is a file. An ARN has a slash, and is never one.
fn is_file(subject: &str, cx: &Context) -> bool {
    if subject.starts_with("arn:") {
        return false;
    }
    let json = std::path::Path::new(subject)
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    subject == "-" || json || subject.contains(['/', MAIN_SEPARATOR]) || cx.cwd.join(subject).is_file()
}

fn check_file(file: &str, args: &CheckArgs, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    let partner = args.partner.as_deref().map(|key| partners::find(key, cx)).transpose()?;
    let bytes = read(file, cx)?;
    let findings = policy::lint_bytes(&bytes, args.channel_arn.as_ref(), partner);
    partners::name_file(cx, ui)?;
    ui.say(&Checked {
        sandbox: cx.settings.sandbox,
        file: Some(file),
        channel: args.channel_arn.as_ref(),
        partner: partner.map(|partner| partner.key.as_str()),
        attached: false,
        findings: &findings,
        partners_file: cx.partners_file()?,
    })?;
    Ok(verdict(&findings))
}

async fn check_integration(args: &CheckArgs, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    if args.partner.is_some() || args.channel_arn.is_some() {
        return Err(
            Error::usage("--partner and --channel-arn are for a FILE; an integration's are known.")
                .hinted("Is it a file that does not exist? Write it with its directory, ./NAME for instance."),
        );
    }
    let target = TargetArgs {
        integration: args.subject.clone(),
    };
    let (aws, channel, partner) = look_up(&target, cx).await?;
    let text = observe::policy_text(&aws, &channel.arn).await?;
    let findings = policy::lint_attached(text.as_deref(), &channel.arn, partner.as_ref());
    partners::name_file(cx, ui)?;
    ui.say(&Checked {
        sandbox: aws.is_sandbox(),
        file: None,
        channel: Some(&channel.arn),
        partner: partner.as_ref().map(|partner| partner.key.as_str()),
        attached: text.is_some(),
        findings: &findings,
        partners_file: cx.partners_file()?,
    })?;
    Ok(verdict(&findings))
}

/// The channel that is meant, with the partner whose it is.
async fn look_up(target: &TargetArgs, cx: &Context) -> Result<(Session, Channel, Option<Partner>)> {
    let named = target.named()?;
    let aws = cx.aws_in(target::region(&named)).await?;
    let found = target::look_up(&aws, &named, Among::Needed, cx).await?;
    match found.channel {
        Some(channel) => Ok((aws, channel, found.partner)),
        None => Err(target.absent(&found.place)),
    }
}

fn read(file: &str, cx: &Context) -> Result<Vec<u8>> {
    if file != "-" {
        return std::fs::read(cx.cwd.join(file))
            .map_err(|error| Error::usage(format!("Could not read the policy from {file}.")).because(error));
    }
    let mut stdin = cx
        .take_stdin()
        .ok_or_else(|| Error::usage("Standard input was read already."))?;
    let mut bytes = Vec::new();
    stdin
        .read_to_end(&mut bytes)
        .map_err(|error| Error::usage("Could not read the policy from standard input.").because(error))?;
    Ok(bytes)
}

/// An information alone is no reason to fail.
fn verdict(findings: &[Finding]) -> Exit {
    if findings.iter().any(|finding| finding.severity >= Severity::Warning) {
        Exit::Violations
    } else {
        Exit::Done
    }
}
