//! One line that tells what is being done now, drawn only when it takes long enough to be read.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::plan::{Observer, State, Step};

/// Draws what a plan's walk reports.
pub struct Progress {
    bar: ProgressBar,
    seen: bool,
    started: Option<Instant>,
}

/// What is over sooner than this is never drawn.
const INITIAL_DELAY: Duration = Duration::from_millis(250);

impl Progress {
    /// Progress on stderr, or nowhere.
    pub(super) fn new(seen: bool) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
            bar.set_style(style);
        }
        Self {
            bar,
            seen,
            started: None,
        }
    }

    /// Shows how far something is.
    pub fn draw(&mut self, message: String) {
        let started = *self.started.get_or_insert_with(Instant::now);
        if self.seen && started.elapsed() >= INITIAL_DELAY && self.bar.is_hidden() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.bar.enable_steady_tick(Duration::from_millis(120));
        }
        self.bar.set_message(message);
    }

    /// Takes the line away.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }

    /// Lets something else be written to stderr meanwhile.
    pub fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }
}

impl Observer for Progress {
    fn step_started(&mut self, step: &Step) {
        self.draw(format!(
            "{} {} {}",
            step.action.doing(),
            step.resource.noun(),
            step.name
        ));
    }

    fn step_done(&mut self, _step: &Step, _state: State) {}

    fn waiting(&mut self, what: &str) {
        self.draw(format!("waiting for {what}"));
    }

    fn finished(&mut self) {
        self.clear();
    }
}
