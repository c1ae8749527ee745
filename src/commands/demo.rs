//! `ctl demo`: the whole story of an integration, on a sandbox in memory.

use std::path::Path;

use clap::{Args, Parser as _};
use tempfile::TempDir;

use super::{Cli, dispatch};
use crate::apply::observe;
use crate::aws::session::SandboxAccess;
use crate::context::{self, Context, Surroundings};
use crate::error::{Error, Exit, Kind, Result};
use crate::sandbox::{Config, start};
use crate::settings::env;
use crate::ui::Ui;

/// Play the whole life of an integration, without AWS
///
/// Starts an empty CloudTrail Lake in memory and runs, against it, the commands that it prints: enable,
/// send, status, lock the partner out and let it in again, read the events back, disable. Nothing is left behind.
#[derive(Debug, Args)]
pub struct DemoArgs {}

/// The partner whose integration is played, and the account it calls from.
const PARTNER_ACCOUNT: &str = "855341727128";

/// Two files, each with a test event in Nordcloud's form.
const FILES: [(&str, &str); 2] = [
    (
        "event.json",
        r#"{"eventData":{"version":"v1","userIdentity":{"type":"USER","principalId":"name@example.com"},"eventSource":"com.nordcloudapp.imagefactory","eventName":"image.created","eventTime":"@","UID":"demo-1","requestParameters":{"imageName":"golden"}}}"#,
    ),
    (
        "next.json",
        r#"{"eventData":{"version":"v1","userIdentity":{"type":"USER","principalId":"name@example.com"},"eventSource":"com.nordcloudapp.imagefactory","eventName":"image.deleted","eventTime":"@","UID":"demo-2","requestParameters":{"imageName":"golden"}}}"#,
    ),
];

/// One scene: what is said before, the command, and how it must end.
struct Scene {
    says: &'static str,
    /// Whether the partner runs it, from its own account.
    as_partner: bool,
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
/// What stands for the channel's ARN in the scenes.
const CHANNEL_ARN: &str = "CHANNEL_ARN";

const SCENES: [Scene; 14] = [
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
    partner("The partner delivers an event.", &send("event.json")),
    partner("Started again, it sends nothing twice.", &send("event.json")),
    scene("Is it healthy?", &["status", "nordcloud"]),
    scene(
        "Lock the partner out; the channel keeps its ARN.",
        &["disable", "nordcloud", "--keep-channel", "--yes", "--quiet"],
    ),
    Scene {
        ends: Err(Kind::Access),
        ..partner(
            "Now the partner is refused, and what could not be delivered is kept.",
            &[
                "send",
                "next.json",
                "--channel",
                CHANNEL_ARN,
                "--external-id",
                "demo-id-42",
                "--rejects",
                "left.ndjson",
            ],
        )
    },
    scene("Let it in again.", ENABLE),
    partner("What was left over is delivered now.", &send("left.ndjson")),
    scene(
        "Does everything hold? Nothing is written into the partner's log for that.",
        &["verify", "nordcloud"],
    ),
    scene("Read the events back.", &["events", "nordcloud"]),
    scene(
        "Ask about them in SQL.",
        &[
            "query",
            "SELECT eventData.userIdentity.principalId AS who, count(*) AS events FROM {nordcloud-events-ds} GROUP BY \
             eventData.userIdentity.principalId",
        ],
    ),
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

/// What the partner types: it knows the channel by the ARN that was handed over to it.
const fn send(file: &'static str) -> [&'static str; 6] {
    ["send", file, "--channel", CHANNEL_ARN, "--external-id", "demo-id-42"]
}

/// A scene of the partner's.
const fn partner(says: &'static str, args: &'static [&'static str]) -> Scene {
    Scene {
        as_partner: true,
        ..scene(says, args)
    }
}

const fn scene(says: &'static str, args: &'static [&'static str]) -> Scene {
    Scene {
        says,
        as_partner: false,
        args,
        ends: Ok(0),
    }
}

/// Runs the verb.
pub async fn run(_args: &DemoArgs, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    let config = Config::default();
    let account = config.account.clone();
    let handle = start(config).await.map_err(context::sandbox_failed)?;
    let stage = stage(cx)?;
    let mut channel = None;
    for scene in &SCENES {
        if scene.as_partner && channel.is_none() {
            channel = handed_over(&handle.endpoint(), &account, stage.path(), cx).await?;
        }
        let caller = if scene.as_partner {
            PARTNER_ACCOUNT
        } else {
            account.as_str()
        };
        let access = SandboxAccess {
            endpoint: handle.endpoint(),
            account: caller.to_owned(),
            state: "demo".to_owned(),
        };
        ui.say_raw(&format!("# {}\n$ {}\n", scene.says, scene.command(channel.as_deref())));
        // The verbs call each other nowhere else; a future that holds itself has to be boxed.
        let ended = Box::pin(scene.play(context_of(access, stage.path(), cx), channel.as_deref(), ui))
            .await
            .map(Exit::code);
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

/// A directory of the demo's own: its files, and all that the commands remember.
fn stage(cx: &Context) -> Result<TempDir> {
    let failed = |error| Error::failed("Could not make the files of the demo.").because(error);
    let stage = tempfile::tempdir().map_err(failed)?;
    for (name, event) in FILES {
        let event = event.replace('@', &crate::report::rfc3339(cx.time()));
        std::fs::write(stage.path().join(name), event).map_err(failed)?;
    }
    Ok(stage)
}

/// The ARN of the channel, as its owner hands it over.
async fn handed_over(endpoint: &str, account: &str, stage: &Path, cx: &Context) -> Result<Option<String>> {
    let access = SandboxAccess {
        endpoint: endpoint.to_owned(),
        account: account.to_owned(),
        state: "demo".to_owned(),
    };
    let owner = context_of(access, stage, cx);
    let channels = observe::integrations(owner.aws().await?).await?;
    Ok(channels.first().map(|channel| channel.arn.to_string()))
}

/// The capabilities of one scene.
fn context_of(access: SandboxAccess, stage: &Path, cx: &Context) -> Context {
    let mut settings = cx.settings.clone();
    settings.sandbox = true;
    settings.yes = true;
    // The first scene has shown the plan already.
    settings.quiet = true;
    settings.region = Some("us-east-1".to_owned());
    settings.expect_account = None;
    settings.endpoint_url = None;
    let surroundings = Surroundings {
        env: cx.env.with(env::XDG_STATE_HOME, &stage.display().to_string()),
        cwd: stage.to_owned(),
        terminal: crate::process::Terminal {
            stdin: false,
            ..cx.terminal
        },
        stdin: Box::new(std::io::empty()),
        now: cx.now,
        random: cx.random,
        uuid: cx.uuid,
        interrupt: cx.interrupt.clone(),
    };
    Context::with_sandbox(settings, surroundings, access)
}

impl Scene {
    /// The arguments, with the channel's ARN where it belongs.
    fn words<'a>(&self, channel: Option<&'a str>) -> impl Iterator<Item = &'a str> {
        let word = move |word: &&'static str| match channel {
            Some(arn) if *word == CHANNEL_ARN => arn,
            _ => *word,
        };
        self.args.iter().map(word)
    }

    /// The command as a user would type it.
    fn command(&self, channel: Option<&str>) -> String {
        // No word of the scenes holds a single quote.
        let word = |word: &str| {
            if word.contains(' ') {
                format!("'{word}'")
            } else {
                word.to_owned()
            }
        };
        let words: Vec<String> = self.words(channel).map(word).collect();
        let command = format!("ctl {}", words.join(" "));
        let caller = if self.as_partner {
            format!("AWS_ACCESS_KEY_ID={PARTNER_ACCOUNT} ")
        } else {
            String::new()
        };
        format!("{caller}{command}")
    }

    async fn play(&self, cx: Context, channel: Option<&str>, ui: &mut Ui) -> Result<Exit> {
        let words = std::iter::once("ctl").chain(self.words(channel));
        let cli = Cli::try_parse_from(words)
            .map_err(|error| Error::new(Kind::Bug, "A command of the demo is not valid.").because(error))?;
        dispatch(&cli.verb, &cx, ui).await
    }
}
