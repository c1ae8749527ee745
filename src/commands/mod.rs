//! The verbs: a file each, with its arguments (their doc comments are the help) and its `run`.
//!
//! A `run` gathers, decides, asks, acts and says, and holds no policy of its own.

mod change;
pub mod completions;
#[cfg(feature = "sandbox")]
pub mod demo;
pub mod disable;
pub mod doctor;
pub mod enable;
pub mod event;
pub mod events;
pub mod export;
mod external_id;
mod filter;
mod global;
pub mod help;
pub mod man;
pub mod partners;
pub mod policy;
pub mod query;
pub mod reference;
mod rows;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod send;
pub mod status;
mod stores;
pub mod tail;
mod target;
mod times;
pub mod verify;
mod window;

use clap::error::{ContextKind, ErrorKind};
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::apply::Interrupt;
use crate::context::Context;
use crate::error::{Error, Exit, Result};
use crate::process::Process;
use crate::settings::{self, ColorChoice, Format};
use crate::ui::{self, Manner, Ui};

use global::GlobalArgs;

/// Run the whole life of AWS CloudTrail Lake integrations
///
/// An integration is a channel, the event data stores it feeds, and the resource policy that says who
/// may send events through it. ctl creates it, proves that it works, sends events, watches it and takes
/// it down; at a terminal and scripted in CI.
///
/// Try it without AWS: `ctl demo`.
#[derive(Debug, Parser)]
#[command(name = "ctl", version, disable_help_subcommand = true, max_term_width = 100)]
#[command(after_help = "`ctl help exit-codes` prints the exit codes. Documentation: docs/ of the project.")]
pub struct Cli {
    #[command(flatten)]
    globals: GlobalArgs,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Enable(Box<enable::EnableArgs>),
    Disable(disable::DisableArgs),
    Status(status::StatusArgs),
    Doctor(doctor::DoctorArgs),
    Verify(verify::VerifyArgs),
    Send(Box<send::SendArgs>),
    Query(Box<query::QueryArgs>),
    Events(Box<events::EventsArgs>),
    Tail(Box<tail::TailArgs>),
    Export(Box<export::ExportArgs>),
    Event(event::EventArgs),
    Partners(partners::PartnersArgs),
    Policy(policy::PolicyArgs),
    #[cfg(feature = "sandbox")]
    Sandbox(sandbox::SandboxArgs),
    #[cfg(feature = "sandbox")]
    Demo(demo::DemoArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
    Help(help::HelpArgs),
}

/// The verbs with rows: those that have an answer for `-o csv`.
const WITH_ROWS: [&str; 3] = ["query", "events", "tail"];

/// The verbs that never call the service: `--sandbox` would say nothing to them.
const OFFLINE: [&str; 7] = ["completions", "demo", "event", "help", "man", "partners", "sandbox"];

impl Verb {
    /// Whether `-o github` is one of its formats.
    fn has_annotations(&self) -> bool {
        matches!(self, Self::Event(args) if args.has_annotations())
    }
}

/// How to speak before the settings are known, as far as the command line and the environment say it.
pub fn first_manner(process: &Process) -> Manner {
    Manner {
        color: settings::env::color(&process.env).unwrap_or(ColorChoice::Auto),
        ..Manner::plain(format_of(process))
    }
}

/// Runs `ctl` in a process; answers the exit code.
pub async fn run(process: Process, interrupt: Interrupt) -> u8 {
    let manner = first_manner(&process);
    let Process {
        args,
        env,
        cwd,
        terminal,
        stdin,
        stdout,
        stderr,
        now,
        heeds_hangup: _,
        random,
        uuid,
    } = process;
    let mut ui = Ui::new(stdout, stderr, terminal, now, manner);
    let surroundings = crate::context::Surroundings {
        env,
        cwd,
        terminal,
        stdin,
        now,
        random,
        uuid,
        interrupt,
    };
    let mut code = match execute(&args, surroundings, &mut ui).await {
        Ok(exit) => exit.code(),
        Err(error) => {
            ui.error(&error);
            error.kind.exit_code()
        }
    };
    if let Err(error) = ui.finish() {
        ui.error(&error);
        code = if code == 0 { error.kind.exit_code() } else { code };
    }
    code
}

async fn execute(args: &[std::ffi::OsString], surroundings: crate::context::Surroundings, ui: &mut Ui) -> Result<Exit> {
    let (cli, verb) = match parse(args) {
        Ok(parsed) => parsed,
        Err(error) => return told_by_clap(&error, ui),
    };
    let env_layer = settings::env::layer(&surroundings.env)?;
    let settings = settings::resolve(cli.globals.layer(), env_layer)?;
    if settings.output == Format::Csv && !WITH_ROWS.contains(&verb.as_str()) {
        let verbs = listed(&WITH_ROWS.map(|verb| format!("ctl {verb}")));
        return Err(Error::usage(format!("Only {verbs} have an answer for --output csv."))
            .hinted("The other formats are table, json and ndjson."));
    }
    if settings.output == Format::Github && !cli.verb.has_annotations() {
        return Err(
            Error::usage("Only ctl event validate has an answer for --output github.")
                .hinted("The other formats are table, json and ndjson."),
        );
    }
    let jmespath = settings.jmespath.as_deref().map(ui::compile).transpose()?;
    ui.set_manner(Manner {
        format: settings.output,
        jmespath,
        quiet: settings.quiet,
        color: settings.color,
        sandboxed: if settings.sandbox { online() } else { Vec::new() },
    });
    ui::log::start(settings.verbose, surroundings.env.get(settings::env::CTL_LOG))?;
    let cx = Context::new(settings, surroundings);
    dispatch(&cli.verb, &cx, ui).await
}

/// Reads a command line; answers the name of its verb, too.
fn parse(args: &[std::ffi::OsString]) -> std::result::Result<(Cli, String), clap::Error> {
    let mut command = Cli::command();
    let mut matches = command.try_get_matches_from_mut(args)?;
    let verb = matches.subcommand_name().unwrap_or_default().to_owned();
    let cli = Cli::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))?;
    Ok((cli, verb))
}

/// The verbs that call the service.
fn online() -> Vec<String> {
    let command = Cli::command();
    let names = command.get_subcommands().map(clap::Command::get_name);
    names
        .filter(|name| !OFFLINE.contains(name))
        .map(str::to_owned)
        .collect()
}

/// Words as a sentence lists them.
fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

async fn dispatch(verb: &Verb, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    match verb {
        Verb::Enable(args) => enable::run(args, cx, ui).await,
        Verb::Disable(args) => disable::run(args, cx, ui).await,
        Verb::Status(args) => status::run(args, cx, ui).await,
        Verb::Doctor(args) => doctor::run(args, cx, ui).await,
        Verb::Verify(args) => Box::pin(verify::run(args, cx, ui)).await,
        Verb::Send(args) => Box::pin(send::run(args, cx, ui)).await,
        Verb::Query(args) => Box::pin(query::run(args, cx, ui)).await,
        Verb::Events(args) => Box::pin(events::run(args, cx, ui)).await,
        Verb::Tail(args) => Box::pin(tail::run(args, cx, ui)).await,
        Verb::Export(args) => Box::pin(export::run(args, cx, ui)).await,
        Verb::Event(args) => event::run(args, cx, ui).await,
        Verb::Partners(args) => partners::run(args, cx, ui),
        Verb::Policy(args) => policy::run(args, cx, ui).await,
        #[cfg(feature = "sandbox")]
        Verb::Sandbox(args) => sandbox::run(args, cx, ui).await,
        #[cfg(feature = "sandbox")]
        Verb::Demo(args) => demo::run(args, cx, ui).await,
        Verb::Completions(args) => Ok(completions::run(args, ui)),
        Verb::Man(args) => man::run(args, cx, ui),
        Verb::Help(args) => help::run(args, ui),
    }
}

/// The whole command tree, for help, completions and man pages.
pub fn tree() -> clap::Command {
    let mut tree = Cli::command();
    tree.build();
    tree
}

/// Help and version are answers; anything else that clap says is wrong usage.
fn told_by_clap(error: &clap::Error, ui: &mut Ui) -> Result<Exit> {
    let text = error.render().to_string();
    if !error.use_stderr() {
        ui.say_raw(&text);
        return Ok(Exit::Done);
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return Err(Error::usage("A verb is missing.").hinted("Add --help to see those there are."));
    }
    // clap repeats the value that a switch was given, which may be an external ID.
    if error.kind() == ErrorKind::TooManyValues
        && let Some(switch) = error.get(ContextKind::InvalidArg)
    {
        return Err(Error::usage(format!("{switch} takes no value.")).hinted("Add --help to see what there is."));
    }
    let mut paragraphs = text.trim().split("\n\n").map(one_line);
    let message = paragraphs.next().unwrap_or_default();
    let message = sentence(message.strip_prefix("error: ").unwrap_or(&message));
    let tips = paragraphs.filter_map(|paragraph| paragraph.strip_prefix("tip: ").map(sentence));
    let error = tips.fold(Error::usage(message), Error::hinted);
    Err(error.hinted("Add --help to see what there is."))
}

fn one_line(paragraph: &str) -> String {
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A phrase of clap's as a sentence.
fn sentence(phrase: &str) -> String {
    let mut letters = phrase.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(['.']).collect()
}

/// The format in which even a wrong command line is answered.
fn format_of(process: &Process) -> Format {
    use clap::ValueEnum as _;

    let args: Vec<&str> = process.args.iter().filter_map(|arg| arg.to_str()).collect();
    let asked = args.iter().enumerate().find_map(|(at, arg)| match *arg {
        "-o" | "--output" => args.get(at + 1).copied(),
        arg => arg
            .strip_prefix("--output=")
            .or_else(|| arg.strip_prefix("-o="))
            .or_else(|| arg.strip_prefix("-o")),
    });
    asked
        .and_then(|word| Format::from_str(word, false).ok())
        .or_else(|| settings::env::format(&process.env))
        .unwrap_or(Format::Table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_tree_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn verbs_that_are_named_are_verbs() {
        let command = Cli::command();
        let is_verb = |name: &&str| command.find_subcommand(name).is_some();
        let there = OFFLINE
            .iter()
            .filter(|name| cfg!(feature = "sandbox") || !["demo", "sandbox"].contains(*name));
        assert!(WITH_ROWS.iter().chain(there).all(is_verb));
        assert!(online().iter().any(|verb| verb == "enable"));
    }

    #[test]
    fn summaries_are_short_and_without_a_full_stop() {
        fn check(command: &clap::Command) {
            if let Some(about) = command.get_about().map(ToString::to_string) {
                assert!(about.chars().count() < 70, "{}: {about}", command.get_name());
                assert!(!about.ends_with('.'), "{}: {about}", command.get_name());
            }
            command.get_subcommands().for_each(check);
        }
        check(&tree());
    }
}
