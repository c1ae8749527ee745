//! `ctl help`.

use clap::Args;

use crate::error::{EXIT_CODES, Error, Exit, Result};
use crate::ui::Ui;

/// Print help about ctl, a verb, or exit-codes
#[derive(Debug, Args)]
pub struct HelpArgs {
    /// A verb, with its own verbs after it; or exit-codes
    #[arg(value_name = "TOPIC")]
    topic: Vec<String>,
}

/// Runs the verb.
pub fn run(args: &HelpArgs, ui: &mut Ui) -> Result<Exit> {
    if args.topic == ["exit-codes"] {
        ui.say_raw(&exit_codes());
        return Ok(Exit::Done);
    }
    let mut tree = super::tree();
    let mut command = &mut tree;
    for word in &args.topic {
        command = command.find_subcommand_mut(word).ok_or_else(|| {
            Error::usage(format!("There is no help about {word}.")).hinted("ctl help lists the verbs.")
        })?;
    }
    let text = command.render_long_help().to_string();
    ui.say_raw(&text);
    Ok(Exit::Done)
}

/// The exit codes, a line each.
pub fn exit_codes() -> String {
    let lines: Vec<String> = EXIT_CODES
        .iter()
        .map(|(code, meaning)| format!("{code:>3}  {meaning}"))
        .collect();
    format!("{}\n", lines.join("\n"))
}
