//! Tells what becomes of each event, and keeps what could not be delivered.

use std::time::{Duration, Instant};

use crate::apply::deliver::Delivered;
use crate::apply::rejects::{Kept, Rejects};
use crate::error::{Error, Result};
use crate::model::event::{Place, Violation};
use crate::plan::ingest::{Cause, Fate, Headway, Settled, Witness};
use crate::report::send::{Left, Refusals, Warnings, full_stop, headway, line};
use crate::settings::Format;
use crate::ui::Ui;
use crate::ui::progress::Progress;

/// How often it is said how far the delivery is, to a person who looks on.
const DRAWN: Duration = Duration::from_millis(100);
/// The same to a log.
const LOGGED: Duration = Duration::from_secs(5);
/// A wait that is shorter than this is not told of.
const WORTH_TELLING: Duration = Duration::from_secs(1);

/// Tells what becomes of each event: at once for `-o ndjson`, at the end else.
pub(super) struct Teller<'a> {
    ui: &'a mut Ui,
    progress: Progress,
    begun: Instant,
    drawn: Instant,
    logged: Instant,
    refusals: Refusals,
    warnings: Warnings,
    rejects: Option<Rejects>,
    trouble: Option<Error>,
}

/// What a delivery left to be told.
pub(super) struct Told {
    /// The refusals.
    pub(super) refusals: Refusals,
    /// The file of what could not be delivered, if there is any.
    pub(super) kept: Option<Kept>,
    /// What went wrong with telling and keeping.
    pub(super) trouble: Option<Error>,
}

impl Told {
    /// The file of what could not be delivered, to be told of.
    pub(super) fn left(&self) -> Option<Left<'_>> {
        self.kept.as_ref().map(|kept| Left {
            file: &kept.name,
            unheld: kept.unheld,
            ours: kept.ours,
        })
    }
}

impl<'a> Teller<'a> {
    pub(super) fn new(ui: &'a mut Ui, rejects: Option<Rejects>, begun: Instant) -> Self {
        Self {
            progress: ui.progress(),
            ui,
            begun,
            drawn: begun,
            logged: begun,
            refusals: Refusals::default(),
            warnings: Warnings::default(),
            rejects,
            trouble: None,
        }
    }

    /// Says the warnings; answers what else is to be said.
    pub(super) fn finish(self, delivered: &Delivered) -> Told {
        self.progress.clear();
        self.ui.flush_lines();
        for warning in self.warnings.lines() {
            self.ui.warn(&warning);
        }
        for input in &delivered.inputs {
            for note in input.notes() {
                self.ui.warn(&format!("{note}."));
            }
            if let Some(beside) = input.beside() {
                self.ui.warn(&format!("{}: {beside}.", input.name()));
            }
            if input.entries() == 0 {
                self.ui.warn(&format!("{} holds no event.", input.name()));
            }
        }
        if delivered.cut_short {
            self.ui
                .warn("The input was not read to its end: what was not read is not counted.");
        }
        if delivered.tally.strange.is_any() {
            self.ui.warn(&strange(delivered));
        }
        let rejects_file = self.rejects.map_or(Ok(None), Rejects::finish);
        let (kept, unkept) = match rejects_file {
            Ok(kept) => (kept, None),
            Err(error) => (None, Some(error)),
        };
        Told {
            refusals: self.refusals,
            kept,
            trouble: unkept.or(self.trouble),
        }
    }

    fn say_line(&mut self, settled: &Settled<'_>) -> Result<()> {
        if self.ui.format() == Format::Ndjson {
            self.ui.say_line(line(settled))?;
        }
        Ok(())
    }
}

/// What in the replies did not fit, in a sentence.
fn strange(delivered: &Delivered) -> String {
    let strange = delivered.tally.strange;
    let parts: Vec<String> = [
        (strange.missing, "left events out"),
        (strange.contradicted, "named events as taken and as failed"),
        (strange.unknown, "named ids that were not sent"),
        (strange.repeated, "named ids more than once"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{what} ({count})"))
    .collect();
    format!("The service's replies {}.", parts.join(", "))
}

impl Witness for Teller<'_> {
    fn settled(&mut self, settled: &Settled<'_>) {
        match settled.fate {
            Fate::Refused => {
                self.refusals.add(settled);
                self.rejects.iter_mut().for_each(|rejects| rejects.add(settled));
            }
            Fate::Pending => self.rejects.iter_mut().for_each(|rejects| rejects.add(settled)),
            Fate::Accepted | Fate::Skipped => {}
        }
        if let Err(error) = self.say_line(settled) {
            // A delivery goes on whatever becomes of its output.
            self.trouble.get_or_insert(error);
        }
    }

    fn warned(&mut self, place: &Place, warning: &Violation) {
        self.warnings.add(place, warning);
    }

    fn pausing(&mut self, cause: &Cause, wait: Duration) {
        if wait >= WORTH_TELLING {
            let seconds = wait.as_secs_f64();
            let Self { ui, progress, .. } = self;
            progress.aside(|| {
                ui.status(&format!(
                    "{}: {} Trying again in {seconds:.1} s.",
                    cause.code,
                    full_stop(&cause.message)
                ));
            });
        }
    }

    fn headway(&mut self, so_far: &Headway<'_>) {
        if self.drawn.elapsed() < DRAWN {
            return;
        }
        self.drawn = Instant::now();
        self.ui.flush_lines();
        self.progress.draw(headway(so_far, self.begun.elapsed()));
        if self.logged.elapsed() >= LOGGED {
            self.logged = Instant::now();
            tracing::info!("{}", headway(so_far, self.begun.elapsed()));
        }
    }

    fn is_full(&self) -> bool {
        self.rejects.as_ref().is_some_and(Rejects::is_full)
    }
}
