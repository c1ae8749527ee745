//! Questions, on stderr, asked only where somebody can answer.

use dialoguer::console::Term;
use dialoguer::{Input, Password};

use super::Ui;
use crate::error::{Error, Kind, Result};

impl Ui {
    /// Asks whether to go on, and takes a whole line for the answer. Anything but a "yes" is a "no", exit 1.
    pub fn agree(&mut self, question: &str) -> Result<()> {
        let term = Term::stderr();
        let answer = Input::<String>::new()
            .with_prompt(format!("{question} [y/N]"))
            .allow_empty(true)
            .interact_text_on(&term)
            .map_err(|error| interrupted(&term, error))?;
        if is_yes(&answer) {
            Ok(())
        } else {
            Err(Error::new(Kind::Declined, "You said no; nothing was changed."))
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

fn is_yes(answer: &str) -> bool {
    let answer = answer.trim();
    answer.eq_ignore_ascii_case("y") || answer.eq_ignore_ascii_case("yes")
}

/// Shows the cursor again, which an interrupted prompt may have left hidden.
pub fn show_cursor() {
    drop(Term::stderr().show_cursor());
}

/// dialoguer leaves the cursor hidden when it is interrupted (its issues 77 and 188).
fn interrupted(term: &Term, error: dialoguer::Error) -> Error {
    drop(term.show_cursor());
    // What is said next begins a line of its own.
    drop(term.write_line(""));
    let dialoguer::Error::IO(error) = error;
    if error.kind() == std::io::ErrorKind::Interrupted {
        Error::new(Kind::Interrupted, "Interrupted; nothing was changed.")
    } else {
        Error::failed("Could not ask at the terminal.").because(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_agrees() {
        for yes in ["y", "Y", "yes", "YES", " yes "] {
            assert!(is_yes(yes), "{yes}");
        }
        for no in ["", "n", "no", "maybe", "ye", "yess", "y e s", "ja"] {
            assert!(!is_yes(no), "{no}");
        }
    }
}
