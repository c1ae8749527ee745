//! `ctl doctor`.

use std::time::Duration;

use clap::Args;

use super::status::FailOn;
use super::target::{self, TargetArgs};
use super::times::{duration, silence};
use crate::apply::examine::Examination;
use crate::context::Context;
use crate::error::{Exit, Result};
use crate::plan::doctor::iam::{self, Scope};
use crate::plan::doctor::{self, Verdict};
use crate::plan::resolve::Named;
use crate::report::doctor::{Diagnosis, IamPolicy};
use crate::ui::Ui;

/// Check everything that an integration needs
///
/// Checks credentials, account, Region, endpoints, clock, quotas and permissions, and of every integration
/// of the Region, or of the one named: channel, stores, policy, external ID and deliveries. Each check ends
/// as pass, warn, fail or skipped, with what was seen and what to do next. It changes nothing, goes on
/// whatever fails, and exits 3 when a check failed.
///
/// Example: ctl doctor nordcloud --expect-account 111122223333
#[derive(Debug, Args)]
pub struct DoctorArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// From which severity on a check makes the exit code 3
    #[arg(long, value_enum, value_name = "SEVERITY", default_value = "error")]
    fail_on: FailOn,
    /// Warn when no event was taken for this long, for instance 24h
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    max_silence: Option<Duration>,
    /// Print the IAM policy that ctl's verbs need, and check nothing
    #[arg(long, conflicts_with_all = ["max_silence", "fail_on"])]
    iam_policy: bool,
}

/// Runs the verb.
pub async fn run(args: &DoctorArgs, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    let named = args.target.named()?;
    let channel = match &named {
        Named::Arn(arn) => Some(arn),
        Named::Id(_) | Named::Word(_) | Named::Only => None,
    };
    let settings = &cx.settings;
    if args.iam_policy {
        let scope = Scope {
            region: settings.region.as_deref(),
            account: settings.expect_account.as_ref(),
            channel,
        };
        ui.say(&IamPolicy {
            sandbox: settings.sandbox,
            document: iam::document(&scope),
        })?;
        return Ok(Exit::Done);
    }
    let aws = cx.unchecked(target::region(&named)).await?;
    let examination = Examination {
        named: &named,
        expected: settings.expect_account.as_ref(),
        region_set: settings.region.as_deref(),
        catalogue: cx.catalogue()?,
        now: cx.now,
    };
    let seen = examination.run(&aws).await;
    let silence = silence(args.max_silence, seen.now);
    let checks = doctor::checks(&seen, silence);
    let account = seen.caller.seen().map(|(account, _)| account);
    let scope = Scope {
        region: Some(&seen.region),
        account: account.or(settings.expect_account.as_ref()),
        channel,
    };
    ui.say(&Diagnosis {
        sandbox: aws.is_sandbox(),
        region: &seen.region,
        caller: seen.caller.seen(),
        checks: &checks,
        iam_policy: iam::document(&scope),
    })?;
    let least = match args.fail_on {
        FailOn::Error => Verdict::Fail,
        FailOn::Warning => Verdict::Warn,
    };
    Ok(if checks.iter().any(|check| check.verdict >= least) {
        Exit::Violations
    } else {
        Exit::Done
    })
}
