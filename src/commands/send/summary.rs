//! `ctl send --rejects-summary`: what a file of rejects holds.

use std::path::Path;

use crate::apply::rejects;
use crate::context::Context;
use crate::error::{Exit, Result};
use crate::report::rejects::Summarised;
use crate::ui::Ui;

/// Sums a file of rejects up.
pub(super) fn run(file: &Path, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    let name = file.display().to_string();
    let summary = rejects::summary(&cx.cwd.join(file), &name)?;
    ui.say(&Summarised {
        sandbox: cx.settings.sandbox,
        file: &name,
        summary: &summary,
    })?;
    Ok(Exit::Done)
}
