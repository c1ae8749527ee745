//! Where the external ID comes from: flag > file > `CTL_EXTERNAL_ID` > prompt.

use std::fmt;
use std::path::PathBuf;

use clap::Args;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::model::ExternalId;
use crate::model::partner::Partner;
use crate::plan::policy::ExternalIdChoice;
use crate::settings::env::CTL_EXTERNAL_ID;
use crate::ui::Ui;

/// The options about the external ID.
#[derive(Debug, Args)]
#[command(next_help_heading = "External ID")]
pub(super) struct ExternalIdArgs {
    /// The external ID; it is never printed
    #[arg(long, value_name = "ID")]
    external_id: Option<Typed>,
    /// A file that holds the external ID; one newline at its end is dropped
    #[arg(long, value_name = "FILE")]
    external_id_file: Option<PathBuf>,
    /// Say on purpose that there is no external ID
    #[arg(long, conflicts_with_all = ["external_id", "external_id_file"])]
    no_external_id: bool,
}

/// An external ID as it was typed, before it is known to be one. `Debug` does not show it.
#[derive(Clone)]
struct Typed(String);

impl From<String> for Typed {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(redacted)")
    }
}

impl ExternalIdArgs {
    /// What was said about the external ID. An empty one, from wherever, is an error and never "none".
    pub(super) fn choice(&self, cx: &Context) -> Result<ExternalIdChoice> {
        if self.no_external_id {
            return Ok(ExternalIdChoice::None);
        }
        let (text, whence) = if let Some(Typed(text)) = &self.external_id {
            (text.clone(), "--external-id".to_owned())
        } else if let Some(file) = &self.external_id_file {
            let name = file.display();
            let text = std::fs::read_to_string(cx.cwd.join(file))
                .map_err(|error| Error::usage(format!("Could not read the external ID from {name}.")).because(error))?;
            (without_newline(&text).to_owned(), format!("the file {name}"))
        } else if let Some(text) = cx.env.raw(CTL_EXTERNAL_ID) {
            (text.to_owned(), CTL_EXTERNAL_ID.to_owned())
        } else {
            return Ok(ExternalIdChoice::Unsaid);
        };
        parse(&text, &whence).map(ExternalIdChoice::Is)
    }
}

/// Asks for the partner's, after saying where it is to be had.
pub(super) fn ask(partner: &Partner, hints: &[String], ui: &mut Ui) -> Result<ExternalIdChoice> {
    for hint in hints {
        ui.hint(hint);
    }
    let answer = ui.ask_secret(&format!("External ID from {}", partner.name))?;
    parse(&answer, "The answer").map(ExternalIdChoice::Is)
}

/// Reads an external ID; the message names where it came from, never what it is.
fn parse(text: &str, whence: &str) -> Result<ExternalId> {
    text.parse().map_err(|error| {
        Error::usage(format!("{whence}: {error}.")).hinted("To say that there is none, use --no-external-id.")
    })
}

fn without_newline(text: &str) -> &str {
    text.strip_suffix("\r\n")
        .or_else(|| text.strip_suffix('\n'))
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_newline_is_dropped_and_no_more() {
        assert_eq!(without_newline("abc\n"), "abc");
        assert_eq!(without_newline("abc\r\n"), "abc");
        assert_eq!(without_newline("abc\n\n"), "abc\n");
        assert_eq!(without_newline("abc"), "abc");
    }

    #[test]
    fn debug_of_the_command_line_never_shows_it() {
        use clap::Parser as _;

        let line = ["ctl", "enable", "--partner", "nordcloud", "--external-id", "s3cret-id"];
        let cli = crate::commands::Cli::try_parse_from(line).unwrap();
        assert!(!format!("{cli:?}").contains("s3cret"), "{cli:?}");
    }
}
