//! Questions, on stderr, asked only where somebody can answer.

use dialoguer::console::Term;
use dialoguer::{Input, Password};

use super::Ui;
use crate::error::{Error, Kind, Result};

impl Ui {
    /// Asks whether to go on, and takes a whole line for the answer. Anything but a "yes" is a "no", exit 1.
    pub fn agree(&mut self, question: &str) -> Result<()> {
        let term = Term::stderr();
        let _asking = Asking::begin();
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
        let _asking = Asking::begin();
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

/// Leaves the terminal as it was before the question that is under way, if one is: a signal ends the run
/// without the prompt's leave, which may have hidden the cursor and what is typed.
pub fn abandon() {
    if attributes::restore() {
        let term = Term::stderr();
        drop(term.show_cursor());
        drop(term.write_line(""));
    }
}

/// A question under way: the terminal's attributes are kept from its beginning to its end.
struct Asking;

impl Asking {
    fn begin() -> Self {
        attributes::keep();
        Self
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        attributes::restore();
    }
}

/// The attributes of the terminal that is asked at.
#[cfg(unix)]
mod attributes {
    use std::sync::{Mutex, PoisonError};

    use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

    static KEPT: Mutex<Option<Termios>> = Mutex::new(None);

    pub(super) fn keep() {
        let attributes = tcgetattr(terminal()).ok();
        *KEPT.lock().unwrap_or_else(PoisonError::into_inner) = attributes;
    }

    /// Restores them; answers whether there were any.
    pub(super) fn restore() -> bool {
        let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(attributes) = &kept {
            tcsetattr(terminal(), OptionalActions::Now, attributes).ok();
        }
        kept.is_some()
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "it is not read: the prompt sets the attributes of this very terminal"
    )]
    fn terminal() -> std::io::Stdin {
        std::io::stdin()
    }
}

/// Where a terminal has no such attributes, the prompt itself leaves it as it was.
#[cfg(not(unix))]
mod attributes {
    use std::sync::atomic::{AtomicBool, Ordering};

    static ASKING: AtomicBool = AtomicBool::new(false);

    pub(super) fn keep() {
        ASKING.store(true, Ordering::SeqCst);
    }

    pub(super) fn restore() -> bool {
        ASKING.swap(false, Ordering::SeqCst)
    }
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
