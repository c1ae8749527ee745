//! Questions, on stderr, asked only where somebody can answer.

use dialoguer::console::Term;
use dialoguer::{Confirm, Password};

use super::Ui;
use crate::error::{Error, Kind, Result};

impl Ui {
    /// Asks whether to go on. A "no" is exit 1.
    pub fn agree(&mut self, question: &str) -> Result<()> {
        let term = Term::stderr();
        let answer = Confirm::new()
            .with_prompt(question)
            .default(false)
            .interact_on_opt(&term);
        match answer {
            Ok(Some(true)) => Ok(()),
            Ok(Some(false) | None) => Err(Error::new(Kind::Declined, "You said no; nothing was changed.")),
            Err(error) => Err(interrupted(&term, error)),
        }
    }

    /// Asks for something that must not be seen, the external ID for instance.
    pub fn ask_secret(&mut self, question: &str) -> Result<String> {
        let term = Term::stderr();
        Password::new()
            .with_prompt(question)
            .allow_empty_password(true)
            .interact_on(&term)
            .map_err(|error| interrupted(&term, error))
    }
}

/// Shows the cursor again, which an interrupted prompt may have left hidden.
pub fn show_cursor() {
    drop(Term::stderr().show_cursor());
}

/// dialoguer leaves the cursor hidden when it is interrupted (its issues 77 and 188).
fn interrupted(term: &Term, error: dialoguer::Error) -> Error {
    drop(term.show_cursor());
    let dialoguer::Error::IO(error) = error;
    if error.kind() == std::io::ErrorKind::Interrupted {
        Error::new(Kind::Interrupted, "Interrupted; nothing was changed.")
    } else {
        Error::failed("Could not ask at the terminal.").because(error)
    }
}
