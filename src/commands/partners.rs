//! `ctl partners`: the catalogue, offline.

use clap::{Args, Subcommand};

use crate::context::Context;
use crate::error::{Error, Exit, Result};
use crate::model::partner::Partner;
use crate::report::partners::{OnePartner, Partners};
use crate::settings::Format;
use crate::ui::Ui;

/// Show the partners that CloudTrail Lake knows, and what each needs
///
/// The catalogue is built in and needs no network. Every entry says when it was checked and where it
/// is from; a file given with --partners, or partners.json in your own configuration directory,
/// corrects it.
#[derive(Debug, Args)]
pub struct PartnersArgs {
    #[command(subcommand)]
    verb: PartnersVerb,
}

#[derive(Debug, Subcommand)]
enum PartnersVerb {
    List(ListArgs),
    Show(ShowArgs),
}

/// List the partners
///
/// Example: ctl partners list
#[derive(Debug, Args)]
struct ListArgs {}

/// Show everything that is known about one partner
///
/// Its sources, its account and external ID and where to get them, its services with their event
/// sources and event types, what to hand over, and where each of these facts is from.
///
/// Example: ctl partners show nordcloud
#[derive(Debug, Args)]
struct ShowArgs {
    /// The partner's key, or custom
    #[arg(value_name = "KEY")]
    key: String,
}

/// Runs the verb.
pub fn run(args: &PartnersArgs, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    match &args.verb {
        PartnersVerb::List(ListArgs {}) => {
            let partners = cx.catalogue()?.partners();
            ui.say(&Partners {
                sandbox: cx.settings.sandbox,
                partners,
                file: cx.partners_file()?,
            })?;
        }
        PartnersVerb::Show(args) => {
            let partner = find(&args.key, cx)?;
            ui.say(&OnePartner {
                sandbox: cx.settings.sandbox,
                partner,
                file: cx.partners_file()?,
            })?;
        }
    }
    name_file(cx, ui)?;
    Ok(Exit::Done)
}

/// The partner with this key.
pub(super) fn find<'a>(key: &str, cx: &'a Context) -> Result<&'a Partner> {
    let catalogue = cx.catalogue()?;
    catalogue.find(key).ok_or_else(|| {
        let error = Error::usage(format!("There is no partner {key} in the catalogue."));
        match catalogue.suggest(key) {
            Some(close) => error.hinted(format!("Did you mean {close}?")),
            None => error.hinted("ctl partners list shows them."),
        }
    })
}

/// What `--partner KEY` means or, where none is given, `--custom`.
pub(super) fn chosen(key: Option<&str>, cx: &Context) -> Result<Partner> {
    let Some(key) = key else {
        let entry = cx.catalogue()?.custom().cloned();
        return entry.ok_or_else(|| Error::usage("The catalogue has no entry for custom integrations."));
    };
    let found = find(key, cx)?;
    if found.is_custom() {
        return Err(Error::usage("A custom integration has no partner.").hinted("Use --custom."));
    }
    Ok(found.clone())
}

/// Says which file was laid over the catalogue, where the answer itself does not.
pub(super) fn name_file(cx: &Context, ui: &mut Ui) -> Result<()> {
    if let Some(file) = cx.partners_file()?.filter(|_| ui.format() == Format::Table) {
        ui.status(&format!(
            "Partners are taken from {file} besides the built-in catalogue."
        ));
    }
    Ok(())
}
