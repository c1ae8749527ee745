//! `ctl event new`.

use clap::Args;
use serde_json::{Map, Value};

use super::catalog;
use crate::context::Context;
use crate::error::{Error, Exit, Result};
use crate::model::event::compose::{Identity, NewEvent};
use crate::model::event::{Entry, Event as _, Gaps, Judged, Occurrences, Place, Terms};
use crate::model::partner::{Catalogue, SourceMatch};
use crate::model::{AccountId, ChannelArn};
use crate::report::rfc3339;
use crate::ui::Ui;

/// Write a new event: an example, or one to test with
///
/// On one line, in every output format the event alone, ready for `ctl send`. Its time is now, its UID
/// is fresh. Without --account or --channel it has no recipientAccountId, which `ctl send` fills in.
///
/// The event source is one of the catalogue, by its name in full or by that of the service; with
/// --custom it is any, for an application of your own.
///
/// Example: ctl event new --source imagefactory --name image.created | ctl send --channel nordcloud
#[derive(Debug, Args)]
pub(super) struct NewArgs {
    /// The event source, or the service's name; `ctl event catalog` shows those that are known
    #[arg(long, value_name = "SOURCE")]
    source: String,
    /// The event name: what was done
    #[arg(long, value_name = "NAME")]
    name: String,
    /// The event source is an application of your own, and need not be in the catalogue
    #[arg(long)]
    custom: bool,
    /// The account that owns the channel
    #[arg(long, value_name = "ACCOUNT", conflicts_with = "channel")]
    account: Option<AccountId>,
    /// The channel, whose account is taken
    #[arg(long, value_name = "ARN")]
    channel: Option<ChannelArn>,
    /// Who did it; a placeholder if left out
    #[arg(long, value_name = "TYPE:PRINCIPAL")]
    user: Option<Identity>,
    /// A parameter of the request; repeatable
    #[arg(long, value_name = "NAME=VALUE", value_parser = parameter)]
    parameter: Vec<(String, String)>,
}

fn parameter(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("it is not of the form NAME=VALUE".to_owned()),
    }
}

/// Runs the verb.
pub(super) fn run(args: &NewArgs, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    let event_source = if args.custom {
        args.source.clone()
    } else {
        known_source(args, cx.catalogue()?, ui)?
    };
    let of_channel = args.channel.as_ref().map(ChannelArn::account);
    let parameters = args.parameter.iter().cloned();
    let event = NewEvent {
        event_source,
        event_name: args.name.clone(),
        event_time: rfc3339(cx.time()),
        uid: (cx.uuid)().to_string(),
        identity: args.user.clone().unwrap_or_else(Identity::placeholder),
        request_parameters: parameters
            .map(|(name, value)| (name, Value::String(value)))
            .collect::<Map<String, Value>>(),
        additional: Map::new(),
        recipient: args.account.as_ref().or(of_channel).cloned(),
    };
    let text = event.text();
    judge(&event, &text, ui)?;
    ui.say_raw(&format!("{text}\n"));
    Ok(Exit::Done)
}

/// The event source in full. What is odd about it or about the event name is said.
fn known_source(args: &NewArgs, catalogue: &Catalogue, ui: &mut Ui) -> Result<String> {
    let found = catalog::named(&args.source, catalogue)
        .map_err(|error| error.hinted("With --custom the event source may be any, for an application of your own."))?;
    let found = match found.as_slice() {
        [one] if one.is_whole() => one,
        several => return Err(which(&args.source, several)),
    };
    if found.old_spelling {
        ui.warn(&format!(
            "{} is an old spelling; the event source is {}.",
            args.source, found.event_source
        ));
    }
    let events = found.known.events();
    if !events.is_empty() && !events.contains(&args.name) {
        let meant = match found.known.suggest_event(&args.name) {
            Some(close) => format!("Did you mean {close}?"),
            None => format!("Known are {}.", events.join(", ")),
        };
        ui.warn(&format!(
            "{} is no event name that is known of {}. {meant}",
            args.name, found.event_source
        ));
    }
    Ok(found.event_source.clone())
}

fn which(name: &str, found: &[SourceMatch<'_>]) -> Error {
    let sources: Vec<&str> = found.iter().map(|found| found.event_source.as_str()).collect();
    Error::usage(format!("{name} does not say which event source is meant."))
        .hinted(format!("Write one of them in full: {}.", sources.join(", ")))
}

/// Holds the new event to the schema: what was given may be too long.
fn judge(event: &NewEvent, text: &str, ui: &mut Ui) -> Result<()> {
    let entry = Entry {
        place: Place {
            file: "the new event".into(),
            line: 1,
            index: 1,
            offset: 0,
        },
        bytes: text.as_bytes(),
        broken: None,
    };
    // Any account will do where none is known: ctl send will put in the channel's.
    let owner = match &event.recipient {
        Some(account) => account.clone(),
        None => "123456789012".parse()?,
    };
    let terms = Terms {
        owner: Some(&owner),
        gaps: Gaps::Fill,
    };
    match Judged::read(&entry, &terms, &mut Occurrences::default()) {
        Ok(event) => {
            for warning in event.warnings() {
                ui.warn(&warning.to_string());
            }
            Ok(())
        }
        Err(refusal) => {
            let reasons: Vec<String> = refusal.violations.iter().map(ToString::to_string).collect();
            Err(Error::usage(format!(
                "Such an event is not valid. {}",
                reasons.join(" ")
            )))
        }
    }
}
