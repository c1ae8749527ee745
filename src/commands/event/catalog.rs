//! `ctl event catalog`.

use clap::Args;

use crate::commands::partners;
use crate::context::Context;
use crate::error::{Error, Exit, Result};
use crate::model::partner::{Catalogue, SourceMatch};
use crate::report::event::Catalog;
use crate::ui::Ui;

/// List the event sources and event names that are known
///
/// Those of partners, each with where it is from and when that was checked. Applications of your own
/// may use any. A file given with --partners adds to them.
///
/// Example: ctl event catalog imagefactory
#[derive(Debug, Args)]
pub(super) struct CatalogArgs {
    /// An event source, a service's name, or a partner's key; all if left out
    #[arg(value_name = "SOURCE")]
    source: Option<String>,
}

/// Runs the verb.
pub(super) fn run(args: &CatalogArgs, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    let catalogue = cx.catalogue()?;
    let sources = match &args.source {
        None => catalogue.event_sources().map(SourceMatch::from).collect(),
        Some(name) => named(name, catalogue)?,
    };
    ui.say(&Catalog {
        sandbox: cx.settings.sandbox,
        sources: &sources,
        file: cx.partners_file()?,
    })?;
    partners::name_file(cx, ui)?;
    Ok(Exit::Done)
}

/// The event sources of that name, of which there has to be one.
pub(super) fn named<'a>(name: &str, catalogue: &'a Catalogue) -> Result<Vec<SourceMatch<'a>>> {
    let found = catalogue.event_sources_named(name);
    if !found.is_empty() {
        return Ok(found);
    }
    if let Some(partner) = catalogue.find(name) {
        let message = if partner.is_custom() {
            "Custom applications may use any event source.".to_owned()
        } else {
            format!("No event source of {} is known.", partner.name)
        };
        return Err(Error::usage(message));
    }
    let error = Error::usage(format!("There is no event source {name} in the catalogue."));
    Err(match catalogue.suggest_event_source(name) {
        Some(close) => error.hinted(format!("Did you mean {close}?")),
        None => error.hinted("ctl event catalog shows those that are known."),
    })
}
