//! `ctl demo`: the whole story of an integration, on a sandbox in memory.

use std::io::Cursor;

use clap::{Args, Parser as _};

use super::{Cli, dispatch};
use crate::aws::session::SandboxAccess;
use crate::context::{self, Context, Surroundings};
use crate::error::{Error, Exit, Kind, Result};
use crate::sandbox::{Config, start};
use crate::ui::Ui;

/// Play the whole life of an integration, without AWS
///
/// Starts an empty CloudTrail Lake in memory and runs, against it, the commands that it prints: enable,
/// send, status, lock the partner out and let it in again, disable. Nothing is left behind.
#[derive(Debug, Args)]
pub struct DemoArgs {}

/// The partner whose integration is played, and the account it calls from.
const PARTNER_ACCOUNT: &str = "855341727128";

/// A test event in Nordcloud's form.
const EVENT: &str = r#"{"eventData":{"version":"v1","userIdentity":{"type":"USER","principalId":"name@example.com"},"eventSource":"com.nordcloudapp.imagefactory","eventName":"image.created","eventTime":"@","UID":"demo-1","requestParameters":{"imageName":"golden"}}}"#;

/// One scene: what is said before, the command, and how it must end.
struct Scene {
    says: &'static str,
    /// Whether the partner runs it, from its own account.
    as_partner: bool,
    /// Whether the event is piped in.
    piped: bool,
    args: &'static [&'static str],
    ends: Result<u8, Kind>,
}

const ENABLE: &[&str] = &[
    "enable",
    "--partner",
    "nordcloud",
    "--external-id",
    "demo-id-42",
    "--yes",
    "--quiet",
];
const SEND: &[&str] = &["send", "-", "--channel", "nordcloud", "--external-id", "demo-id-42"];

const SCENES: [Scene; 9] = [
    scene(
        "See the plan first; nothing is changed.",
        &[
            "enable",
            "--partner",
            "nordcloud",
            "--external-id",
            "demo-id-42",
            "--dry-run",
        ],
    ),
    scene("Create the event data store, the channel and its policy.", ENABLE),
    scene("A second run finds nothing to do.", ENABLE),
    Scene {
        as_partner: true,
        piped: true,
        ..scene("The partner delivers an event.", SEND)
    },
    scene("Is it healthy?", &["status", "nordcloud"]),
    scene(
        "Lock the partner out; the channel keeps its ARN.",
        &["disable", "nordcloud", "--keep-channel", "--yes", "--quiet"],
    ),
    Scene {
        as_partner: true,
        piped: true,
        ends: Err(Kind::Access),
        ..scene("Now the partner is refused.", SEND)
    },
    scene("Let it in again.", ENABLE),
    scene(
        "Take everything down; the store can be restored for 7 days.",
        &[
            "disable",
            "nordcloud",
            "--delete-store",
            "nordcloud-events-ds",
            "--yes",
            "--quiet",
        ],
    ),
];

const fn scene(says: &'static str, args: &'static [&'static str]) -> Scene {
    Scene {
        says,
        as_partner: false,
        piped: false,
        args,
        ends: Ok(0),
    }
}

/// Runs the verb.
pub async fn run(_args: &DemoArgs, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    let config = Config::default();
    let account = config.account.clone();
    let handle = start(config).await.map_err(context::sandbox_failed)?;
    for scene in &SCENES {
        let caller = if scene.as_partner {
            PARTNER_ACCOUNT
        } else {
            account.as_str()
        };
        let access = SandboxAccess {
            endpoint: handle.endpoint(),
            account: caller.to_owned(),
        };
        ui.say_raw(&format!("# {}\n$ {}\n", scene.says, scene.command()));
        // The verbs call each other nowhere else; a future that holds itself has to be boxed.
        let ended = Box::pin(scene.play(access, cx, ui)).await.map(Exit::code);
        if let Err(error) = &ended {
            ui.error(error);
        }
        ui.say_raw("\n");
        if ended.as_ref().map_err(|error| error.kind) != scene.ends.as_ref().map_err(|kind| *kind) {
            let failed = Error::failed(format!("The demo did not go as planned: {}", scene.says));
            return Err(ended
                .err()
                .map_or(failed, |error| error.context("The demo did not go as planned.")));
        }
    }
    handle.stop().await;
    Ok(Exit::Done)
}

impl Scene {
    /// The command as a user would type it.
    fn command(&self) -> String {
        let command = format!("ctl {}", self.args.join(" "));
        let caller = if self.as_partner {
            format!("AWS_ACCESS_KEY_ID={PARTNER_ACCOUNT} ")
        } else {
            String::new()
        };
        let input = if self.piped { " < event.json" } else { "" };
        format!("{caller}{command}{input}")
    }

    async fn play(&self, access: SandboxAccess, cx: &Context, ui: &mut Ui) -> Result<Exit> {
        let words = std::iter::once("ctl").chain(self.args.iter().copied());
        let cli = Cli::try_parse_from(words)
            .map_err(|error| Error::new(Kind::Bug, "A command of the demo is not valid.").because(error))?;
        let mut settings = cx.settings.clone();
        settings.sandbox = true;
        settings.yes = true;
        settings.region = Some("us-east-1".to_owned());
        settings.expect_account = None;
        settings.endpoint_url = None;
        let event = EVENT.replace('@', &crate::report::rfc3339(cx.time()));
        let surroundings = Surroundings {
            env: cx.env.clone(),
            cwd: cx.cwd.clone(),
            terminal: crate::process::Terminal {
                stdin: false,
                ..cx.terminal
            },
            stdin: if self.piped {
                Box::new(Cursor::new(event))
            } else {
                Box::new(std::io::empty())
            },
            now: cx.now,
            random: cx.random,
            interrupt: cx.interrupt.clone(),
        };
        dispatch(&cli.verb, &Context::with_sandbox(settings, surroundings, access), ui).await
    }
}
