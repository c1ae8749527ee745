//! `ctl event schema`.

use clap::Args;

use crate::context::Context;
use crate::error::{Exit, Result};
use crate::model::event::json_schema;
use crate::report::event::Schema;
use crate::ui::Ui;

/// Print the JSON Schema of events
///
/// For editors and for other programs: draft 2020-12, of the event itself, without any wrapping. It
/// refuses what `ctl event validate` refuses, but for what a JSON Schema cannot say, sizes in bytes for
/// instance; its description names that. Copies are in docs/schema/ of the project.
///
/// Example: ctl event schema > event.schema.json
#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// Of the record that CloudTrail stores: the event, and what CloudTrail adds
    #[arg(long)]
    stored: bool,
}

/// Runs the verb.
pub(super) fn run(args: &SchemaArgs, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    let document = if args.stored {
        json_schema::stored()
    } else {
        json_schema::event()
    };
    ui.say(&Schema {
        sandbox: cx.settings.sandbox,
        stored: args.stored,
        document,
    })?;
    Ok(Exit::Done)
}
