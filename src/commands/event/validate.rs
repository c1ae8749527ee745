//! `ctl event validate`.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use crate::apply::inputs::Meant;
use crate::apply::intake::{self, Arrived, Feed, Found, Rules};
use crate::apply::recall::Memory;
use crate::context::Context;
use crate::error::{Error, Exit, Result};
use crate::model::ChannelArn;
use crate::model::event::{EntryId, Gaps, Judged, Place, Rule, Violation};
use crate::plan::ingest::{Destination, Detected};
use crate::report::event::{Validated, Verdicts, lines};
use crate::settings::Format;
use crate::ui::Ui;

/// Check events against the schema, without sending them
///
/// Takes what `ctl send` takes. Judges the events as they are: nothing is filled in, so
/// recipientAccountId and UID have to be there; an entry id only in an entry of the API's own, where
/// eventData is a string. With --as-sent they are judged as `ctl send` would send them to that channel.
///
/// All violations are told at once, each with file, line, JSON pointer, rule and fix. Exits 3 when an
/// event is invalid; warnings alone are no reason. With -o ndjson each violation is told as it is found;
/// with -o github as an annotation for GitHub Actions.
///
/// Example: ctl event validate events.json
#[derive(Debug, Args)]
pub(super) struct ValidateArgs {
    /// Files of events, directories or patterns, - for standard input; standard input if left out
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Judge the events as they would be sent to this channel
    #[arg(long, value_name = "CHANNEL_ARN")]
    as_sent: Option<ChannelArn>,
}

/// Runs the verb.
pub(super) async fn run(args: &ValidateArgs, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    let Meant { inputs, notes } = cx.inputs(&args.files)?;
    for note in &notes {
        ui.warn(note);
    }
    let mut feed: Feed<Judged> = intake::read(inputs, args.rules(cx)?, Memory::None);
    let mut judge = Judge::new(ui);
    while let Some(batch) = feed.recv().await {
        for found in batch {
            judge.take(found)?;
        }
        judge.ui.flush_lines();
    }
    let Judge {
        ui,
        verdicts,
        inputs,
        failure,
        fillable,
    } = judge;
    let said = ui.say(&Validated {
        sandbox: cx.settings.sandbox,
        channel: args.as_sent.as_ref(),
        verdicts: &verdicts,
        inputs: &inputs,
    });
    ui.told(said, failure)?;
    if fillable && args.as_sent.is_none() {
        ui.hint("ctl send fills in what is missing here; --as-sent CHANNEL_ARN judges the events so.");
    }
    Ok(if verdicts.all_valid() {
        Exit::Done
    } else {
        Exit::Violations
    })
}

impl ValidateArgs {
    fn rules(&self, cx: &Context) -> Result<Rules> {
        let catalogue = cx.catalogue()?;
        Ok(match &self.as_sent {
            None => Rules {
                owner: None,
                gaps: Gaps::AsItIs,
                destination: Arc::new(Destination::nowhere(catalogue)),
                now: cx.time().as_second(),
            },
            Some(channel) => Rules {
                owner: Some(channel.account().clone()),
                gaps: Gaps::Fill,
                destination: Arc::new(Destination::new(None, None, catalogue)),
                now: cx.time().as_second(),
            },
        })
    }
}

/// Takes what was read, and keeps what is told of it.
struct Judge<'a> {
    ui: &'a mut Ui,
    verdicts: Verdicts,
    inputs: Vec<Detected>,
    failure: Option<Error>,
    /// An event lacks nothing but what `ctl send` would fill in.
    fillable: bool,
}

impl<'a> Judge<'a> {
    fn new(ui: &'a mut Ui) -> Self {
        Self {
            ui,
            verdicts: Verdicts::default(),
            inputs: Vec::new(),
            failure: None,
            fillable: false,
        }
    }

    fn take(&mut self, found: Found<Judged>) -> Result<()> {
        match found {
            Found::Event(arrived) if arrived.warnings.is_empty() => self.verdicts.add_valid(),
            Found::Event(Arrived { event, warnings, .. }) => self.add(event.place(), Some(event.id()), warnings)?,
            Found::Refused(refusal) => {
                let mut errors = refusal.violations.iter().filter(|violation| violation.refuses());
                self.fillable |= errors.all(is_fillable);
                self.add(&refusal.place, refusal.id.as_ref(), refusal.violations)?;
            }
            Found::End(input, _) => {
                if let Some(beside) = input.beside() {
                    self.ui.warn(&format!("{}: {beside}.", input.name()));
                }
                if input.entries() == 0 {
                    self.ui.warn(&format!("{} holds no event.", input.name()));
                }
                self.inputs.push(input);
            }
            Found::Broken(error) => self.failure = self.failure.take().or(Some(error)),
        }
        Ok(())
    }

    fn add(&mut self, place: &Place, id: Option<&EntryId>, violations: Vec<Violation>) -> Result<()> {
        if self.ui.format() == Format::Ndjson {
            for line in lines(place, id, &violations) {
                self.ui.say_line(line)?;
            }
        }
        self.verdicts.add(place, id, violations);
        Ok(())
    }
}

/// Whether `ctl send` would have filled it in.
fn is_fillable(violation: &Violation) -> bool {
    let member = violation.pointer.rsplit('/').next().unwrap_or_default();
    violation.rule == Rule::Missing && ["UID", "recipientAccountId", "id"].contains(&member)
}
