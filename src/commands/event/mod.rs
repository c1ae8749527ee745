//! `ctl event`: events, offline.

mod catalog;
mod new;
mod schema;
mod validate;

use clap::{Args, Subcommand};

use crate::context::Context;
use crate::error::{Exit, Result};
use crate::ui::Ui;

/// Check events, write new ones, show the schema; all offline
///
/// Needs no network, no credentials and no Region.
#[derive(Debug, Args)]
pub struct EventArgs {
    #[command(subcommand)]
    verb: EventVerb,
}

#[derive(Debug, Subcommand)]
enum EventVerb {
    Validate(validate::ValidateArgs),
    Schema(schema::SchemaArgs),
    New(new::NewArgs),
    Catalog(catalog::CatalogArgs),
}

impl EventArgs {
    /// Whether `-o github` is one of the verb's formats.
    pub(super) fn has_annotations(&self) -> bool {
        matches!(self.verb, EventVerb::Validate(_))
    }
}

/// Runs the verb.
pub async fn run(args: &EventArgs, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    match &args.verb {
        EventVerb::Validate(args) => validate::run(args, cx, ui).await,
        EventVerb::Schema(args) => schema::run(args, cx, ui),
        EventVerb::New(args) => new::run(args, cx, ui),
        EventVerb::Catalog(args) => catalog::run(args, cx, ui),
    }
}
