//! What `enable` and `disable` say: a plan before it is carried out, and what became of it.

use serde::Serialize;
use serde_json::Value;

use super::{Block, Reader, Report, v1};
use crate::model::Severity;
use crate::plan::{Handoff, Integration, Note, Plan, State};

/// A plan and what became of it.
pub struct Change<'a> {
    /// Which verb's document it is.
    pub schema: &'static str,
    /// Whether a sandbox answered.
    pub sandbox: bool,
    /// Whether the plan was only to be shown.
    pub dry_run: bool,
    /// Whether anything was changed; in a dry run, whether anything would be.
    pub changed: bool,
    /// The plan.
    pub plan: &'a Plan,
    /// What became of each step, and its ARN.
    pub states: Vec<(State, Option<String>)>,
    /// The integration, read back where it was changed.
    pub integration: &'a Integration,
    /// What to hand over; `disable` has nothing to hand over.
    pub handoff: Option<&'a Handoff>,
    /// The file that was laid over the catalogue, if one was.
    pub partners_file: Option<&'a str>,
}

/// A plan that is shown before it is confirmed.
pub struct Proposal<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The file that was laid over the catalogue, if one was.
    pub partners_file: Option<&'a str>,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    sandbox: bool,
    dry_run: bool,
    changed: bool,
    integration: v1::Integration<'a>,
    steps: Vec<JsonStep<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    handoff: Option<v1::Handoff<'a>>,
    notes: Vec<JsonNote<'a>>,
    caller: Option<&'a str>,
    partners_file: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonStep<'a> {
    action: &'static str,
    resource: &'static str,
    name: &'a str,
    arn: Option<&'a str>,
    state: &'static str,
    detail: &'a str,
}

#[derive(Serialize)]
struct JsonNote<'a> {
    severity: &'static str,
    message: &'a str,
}

impl Report for Change<'_> {
    fn json(&self) -> Value {
        let steps = self
            .plan
            .steps
            .iter()
            .zip(&self.states)
            .map(|(step, (state, arn))| JsonStep {
                action: step.action.as_str(),
                resource: step.resource.as_str(),
                name: &step.name,
                arn: arn.as_deref(),
                state: state.as_str(),
                detail: &step.detail,
            });
        let notes = self.plan.notes.iter().map(|note| match note {
            Note::Info(message) => JsonNote {
                severity: "info",
                message,
            },
            Note::Warning(message) => JsonNote {
                severity: "warning",
                message,
            },
        });
        v1::json(&Document {
            schema: self.schema,
            sandbox: self.sandbox,
            dry_run: self.dry_run,
            changed: self.changed,
            integration: self.integration.into(),
            steps: steps.collect(),
            handoff: self.handoff.map(Into::into),
            notes: notes.collect(),
            caller: self.plan.place.caller.as_deref(),
            partners_file: self.partners_file,
        })
    }

    fn text(&self, reader: Reader) -> Vec<Block> {
        let mut blocks = Vec::new();
        if self.dry_run {
            blocks.push(Block::Text(
                "Dry run: nothing was changed. This is what would be done.".to_owned(),
            ));
            blocks.extend(heading(self.plan, self.partners_file));
        }
        blocks.push(self.table(reader));
        if self.dry_run {
            blocks.extend(notes(self.plan));
        } else if reader.terminal {
            blocks.extend(self.closing());
        }
        blocks
    }
}

impl Change<'_> {
    /// The steps: a person who has seen the plan reads what became of it, a program gets the ARNs.
    fn table(&self, reader: Reader) -> Block {
        let rows = self.plan.steps.iter().zip(&self.states).map(|(step, (state, arn))| {
            let mut row = vec![state.as_str(), step.action.as_str(), step.resource.as_str(), &step.name];
            if !reader.terminal {
                row.push(arn.as_deref().unwrap_or_default());
            }
            if self.dry_run {
                row.push(&step.detail);
            }
            row.into_iter().map(str::to_owned).collect()
        });
        let mut headings = vec!["state", "action", "resource", "name"];
        if !reader.terminal {
            headings.push("arn");
        }
        if self.dry_run {
            headings.push("detail");
        }
        Block::Table {
            headings,
            rows: rows.collect(),
        }
    }

    fn closing(&self) -> Vec<Block> {
        let mut blocks = vec![Block::Gap];
        if !self.changed && self.states.iter().all(|(state, _)| *state == State::Done) {
            let wrong = self
                .integration
                .findings
                .iter()
                .any(|finding| finding.severity > Severity::Info);
            let text = if wrong {
                "Nothing to do: all that was asked for is there. What is wrong with it:"
            } else {
                "Nothing to do: everything is as it should be."
            };
            blocks.push(Block::Text(text.to_owned()));
        }
        if let Some(arn) = &self.integration.channel_arn {
            blocks.push(Block::Fields(vec![("Channel".to_owned(), arn.to_string())]));
        }
        blocks.extend(self.integration.findings.iter().map(super::finding_line));
        let failed = self
            .states
            .iter()
            .any(|(state, _)| matches!(state, State::Failed | State::Skipped));
        if let Some(handoff) = self.handoff.filter(|_| !failed) {
            blocks.push(Block::Gap);
            blocks.extend(super::handoff_blocks(handoff));
        }
        blocks
    }
}

impl Report for Proposal<'_> {
    fn json(&self) -> Value {
        Value::Null
    }

    fn text(&self, _reader: Reader) -> Vec<Block> {
        let mut blocks: Vec<Block> = heading(self.plan, self.partners_file).into_iter().collect();
        let rows = self.plan.steps.iter().map(|step| {
            [step.action.as_str(), step.resource.noun(), &step.name, &step.detail]
                .map(str::to_owned)
                .to_vec()
        });
        blocks.push(Block::Table {
            headings: vec!["action", "resource", "name", "detail"],
            rows: rows.collect(),
        });
        blocks.extend(notes(self.plan));
        blocks.push(Block::Gap);
        blocks
    }
}

/// A plan is headed by account, Region and caller, as far as they are known.
fn heading(plan: &Plan, partners_file: Option<&str>) -> Vec<Block> {
    let place = &plan.place;
    let unknown = "unknown (STS did not answer)";
    let mut fields = vec![
        (
            "Account".to_owned(),
            place
                .account
                .as_ref()
                .map_or(unknown, |account| account.as_str())
                .to_owned(),
        ),
        ("Region".to_owned(), place.region.clone()),
        (
            "Caller".to_owned(),
            place.caller.as_deref().unwrap_or(unknown).to_owned(),
        ),
    ];
    fields.extend(partners_file.map(|file| ("Partners".to_owned(), file.to_owned())));
    vec![Block::Fields(fields), Block::Gap]
}

fn notes(plan: &Plan) -> Vec<Block> {
    let line = |note: &Note| match note {
        Note::Info(text) => Block::Text(format!("Note: {text}")),
        Note::Warning(text) => Block::Text(format!("Warning: {text}")),
    };
    let lines: Vec<Block> = plan.notes.iter().map(line).collect();
    if lines.is_empty() {
        lines
    } else {
        [vec![Block::Gap], lines].concat()
    }
}
