//! `ctl sandbox`: the embedded CloudTrail Lake, to serve, to run a command against, to empty.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::json;

use super::times::duration;
use crate::context::{self, Context};
use crate::error::{Error, Exit, Result};
use crate::report::reset::Reset;
use crate::sandbox::{Config, Handle, Quotas, State, parse_faults, start};
use crate::settings::env::CTL_SANDBOX_ENDPOINT;
use crate::ui::Ui;

/// Run an embedded CloudTrail Lake, without AWS
///
/// The AWS CLI, boto3 and every AWS SDK work against it. It is loopback only, checks no signature, and
/// keeps its state in a file or in memory.
#[derive(Debug, Args)]
pub struct SandboxArgs {
    #[command(subcommand)]
    verb: SandboxVerb,
}

#[derive(Debug, Subcommand)]
enum SandboxVerb {
    Serve(ServeArgs),
    Exec(ExecArgs),
    Reset(ResetArgs),
}

/// Serve it until interrupted
///
/// Prints `{"endpoint":…,"account":…,"region":…}` first; give that endpoint to a client, with any
/// credentials. An access key ID of twelve digits is taken as the caller's account.
#[derive(Debug, Args)]
struct ServeArgs {
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4599")]
    listen: SocketAddr,
    /// Allow an address that other machines can reach
    #[arg(long)]
    expose_to_the_network: bool,
    #[command(flatten)]
    lake: LakeArgs,
}

/// Run a command against a sandbox of its own
///
/// Sets the endpoints of CloudTrail, CloudTrail Data and STS, a Region and dummy credentials for the
/// command, and exits with the command's code. Without --state the sandbox is empty at first and gone
/// afterwards.
///
/// Example: ctl sandbox exec -- aws cloudtrail list-channels
#[derive(Debug, Args)]
struct ExecArgs {
    #[command(flatten)]
    lake: LakeArgs,
    /// The command and its arguments
    #[arg(
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "COMMAND"
    )]
    command: Vec<OsString>,
}

/// Empty the state that `ctl --sandbox` uses
#[derive(Debug, Args)]
struct ResetArgs {
    /// The file that holds the state
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Show the plan and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// How the sandbox is to behave.
#[derive(Debug, Args)]
struct LakeArgs {
    /// A file to keep the state in, or :memory:
    #[arg(long, value_name = "FILE", default_value = ":memory:")]
    state: PathBuf,
    /// The account of callers whose access key ID is not an account
    #[arg(long, value_name = "ACCOUNT", default_value = "111122223333")]
    account: crate::model::AccountId,
    /// How long a new store stays CREATED
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration)]
    store_delay: Duration,
    /// How long an event stays invisible to queries
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration)]
    ingestion_delay: Duration,
    /// How long a query is under way before it has finished
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration)]
    query_delay: Duration,
    /// Refuse new customers, as AWS has since 31 May 2026
    #[arg(long)]
    closed_to_new_customers: bool,
    /// The sources a channel may have, separated by commas
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    sources: Option<Vec<String>>,
    /// Throttle deliveries at over N requests a second, as AWS does at over 100
    #[arg(long, value_name = "N")]
    max_tps: Option<NonZeroU32>,
    /// Throttle every operation at the rate that AWS documents for it
    #[arg(long)]
    api_quotas: bool,
    /// A file of faults to play
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
}

/// Runs the verb.
pub async fn run(args: &SandboxArgs, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    match &args.verb {
        SandboxVerb::Serve(args) => serve(args, cx, ui).await,
        SandboxVerb::Exec(args) => exec(args, cx).await,
        SandboxVerb::Reset(args) => reset(args, cx, ui).await,
    }
}

async fn serve(args: &ServeArgs, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    if !args.listen.ip().is_loopback() && !args.expose_to_the_network {
        return Err(
            Error::usage(format!("{} can be reached by other machines.", args.listen))
                .hinted("The sandbox checks no credentials; add --expose-to-the-network if that is what you want."),
        );
    }
    let (handle, region) = args.lake.start(args.listen, cx).await?;
    cx.interrupt.obey_gracefully();
    let line = json!({
        "endpoint": handle.endpoint(),
        "account": args.lake.account.as_str(),
        "region": region,
    });
    ui.say_raw(&format!("{line}\n"));
    cx.interrupt.wait().await;
    handle.stop().await;
    Ok(Exit::Done)
}

async fn exec(args: &ExecArgs, cx: &Context) -> Result<Exit> {
    let Some((program, rest)) = args.command.split_first() else {
        return Err(Error::usage("There is no command to run."));
    };
    let (handle, region) = args.lake.start(SocketAddr::from(([127, 0, 0, 1], 0)), cx).await?;
    let endpoint = handle.endpoint();
    // The child gets the same Ctrl-C; this process waits for what it makes of it.
    cx.interrupt.obey_gracefully();
    let mut child = tokio::process::Command::new(program);
    child.args(rest).current_dir(&cx.cwd);
    for name in [
        "AWS_ENDPOINT_URL_CLOUDTRAIL",
        "AWS_ENDPOINT_URL_CLOUDTRAIL_DATA",
        "AWS_ENDPOINT_URL_STS",
        CTL_SANDBOX_ENDPOINT,
    ] {
        child.env(name, &endpoint);
    }
    for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
        child.env(name, &region);
    }
    for name in ["NO_PROXY", "no_proxy"] {
        child.env(name, with_loopback(cx.env.get(name)));
    }
    for name in [
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_SESSION_TOKEN",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "CTL_SANDBOX",
    ] {
        child.env_remove(name);
    }
    child
        .env("AWS_ACCESS_KEY_ID", args.lake.account.as_str())
        .env("AWS_SECRET_ACCESS_KEY", "sandbox");
    let name = program.to_string_lossy();
    let status = child
        .status()
        .await
        .map_err(|error| Error::failed(format!("Could not run {name}.")).because(error));
    handle.stop().await;
    Ok(Exit::Of(exit_code(status?)))
}

fn with_loopback(before: Option<&str>) -> String {
    match before {
        Some(list) => format!("{list},127.0.0.1"),
        None => "127.0.0.1".to_owned(),
    }
}

/// The code of a command, as a shell would tell it: 128 and the signal where one ended it.
fn exit_code(status: std::process::ExitStatus) -> u8 {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;
        if let Some(signal) = status.signal() {
            return u8::try_from(signal).map_or(u8::MAX, |signal| signal.saturating_add(128));
        }
    }
    status
        .code()
        .and_then(|code| u8::try_from(code & 0xff).ok())
        .unwrap_or(1)
}

async fn reset(args: &ResetArgs, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    let file = match &args.state {
        Some(file) => cx.cwd.join(file),
        None => cx.sandbox_state()?,
    };
    let name = file.display();
    let answer = |changed: bool| Reset {
        file: name.to_string(),
        dry_run: args.dry_run,
        changed,
    };
    if !file.exists() {
        ui.status(&format!("There is no state in {name}; nothing to do."));
        ui.say(&answer(false))?;
        return Ok(Exit::Done);
    }
    if args.dry_run {
        ui.say(&answer(true))?;
        return Ok(Exit::Done);
    }
    if !cx.settings.yes {
        if !ui.can_ask() {
            return Err(Error::usage("--yes is required when not running interactively.")
                .hinted("Add --yes to agree beforehand, or --dry-run to see what would be done."));
        }
        ui.agree(&format!("Empty the sandbox state in {name}?"))?;
    }
    // Through the sandbox itself, so that what is no sandbox state is never deleted, and one in use is.
    let handle = start(Config {
        state: State::File(file.clone()),
        ..Config::default()
    })
    .await
    .map_err(|error| {
        context::sandbox_failed(error).hinted(format!("If {name} is no state of a sandbox any more, remove it."))
    })?;
    let emptied = handle.reset().await;
    handle.stop().await;
    emptied.map_err(|error| Error::failed(format!("Could not empty the sandbox state in {name}.")).because(error))?;
    ui.status(&format!("The sandbox state in {name} is empty."));
    ui.say(&answer(true))?;
    Ok(Exit::Done)
}

impl LakeArgs {
    async fn start(&self, listen: SocketAddr, cx: &Context) -> Result<(Handle, String)> {
        let region = cx.settings.region.clone().unwrap_or_else(|| Config::default().region);
        let state = if self.state.as_os_str() == ":memory:" {
            State::Memory
        } else {
            let file = cx.cwd.join(&self.state);
            context::prepare_state(&file)?;
            State::File(file)
        };
        let faults = match &self.faults {
            None => crate::sandbox::Faults::default(),
            Some(file) => {
                let name = file.display();
                let text = std::fs::read_to_string(cx.cwd.join(file))
                    .map_err(|error| Error::usage(format!("Could not read the faults in {name}.")).because(error))?;
                parse_faults(&text)
                    .map_err(|error| Error::usage(format!("The faults in {name} are not valid.")).because(error).hinted(
                        r#"A file of faults is {"faults":[{"operation":"PutAuditEvents","fault":{"kind":"throttle"}}]}; the chapter on the sandbox has all kinds."#,
                    ))?
            }
        };
        let config = Config {
            listen,
            state,
            account: self.account.to_string(),
            region: region.clone(),
            store_delay: self.store_delay,
            ingestion_delay: self.ingestion_delay,
            query_delay: self.query_delay,
            closed_to_new_customers: self.closed_to_new_customers,
            sources: self.sources.clone(),
            max_tps: self.max_tps,
            quotas: if self.api_quotas {
                Quotas::Documented
            } else {
                Quotas::Off
            },
            faults,
            ..Config::default()
        };
        let handle = start(config).await.map_err(context::sandbox_failed)?;
        Ok((handle, region))
    }
}
