//! `ctl completions`.

use clap::Args;
use clap_complete::Shell;

use crate::error::Exit;
use crate::ui::Ui;

/// Print the completion script of a shell
///
/// Example, for bash: ctl completions bash > ~/.local/share/bash-completion/completions/ctl
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Runs the verb.
pub fn run(args: &CompletionsArgs, ui: &mut Ui) -> Exit {
    ui.say_raw(&script(args.shell));
    Exit::Done
}

/// The completion script of a shell.
pub fn script(shell: Shell) -> String {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut super::tree(), "ctl", &mut text);
    String::from_utf8_lossy(&text).into_owned()
}
