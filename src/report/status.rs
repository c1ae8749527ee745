//! What `status` says.

use serde::Serialize;
use serde_json::Value;

use super::{Block, Reader, Report, finding_line, handoff_blocks, v1};
use crate::model::integration::CUSTOM_SOURCE;
use crate::model::{Place, StoreStatus};
use crate::plan::{Handoff, Integration, StoreView};

/// The integrations of a Region, or one of them.
pub struct Status<'a> {
    /// Whether a sandbox answered.
    pub sandbox: bool,
    /// Where, and who asks.
    pub place: &'a Place,
    /// The integrations, each with its hand-off.
    pub integrations: &'a [(Integration, Option<Handoff>)],
    /// Whether one was asked for by name, so that it is shown in detail.
    pub one: bool,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    sandbox: bool,
    region: &'a str,
    account: Option<&'a str>,
    integrations: Vec<WithHandoff<'a>>,
}

#[derive(Serialize)]
struct WithHandoff<'a> {
    #[serde(flatten)]
    integration: v1::Integration<'a>,
    handoff: Option<v1::Handoff<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    schema: &'static str,
    sandbox: bool,
    integration: WithHandoff<'a>,
}

fn with_handoff((integration, handoff): &(Integration, Option<Handoff>)) -> WithHandoff<'_> {
    WithHandoff {
        integration: integration.into(),
        handoff: handoff.as_ref().map(Into::into),
    }
}

impl Report for Status<'_> {
    fn json(&self) -> Value {
        v1::json(&Document {
            schema: "ctl.status/v1",
            sandbox: self.sandbox,
            region: &self.place.region,
            account: self.place.account.as_ref().map(crate::model::AccountId::as_str),
            integrations: self.integrations.iter().map(with_handoff).collect(),
        })
    }

    fn ndjson(&self) -> Vec<Value> {
        let line = |entry| {
            v1::json(&Line {
                schema: "ctl.status/v1",
                sandbox: self.sandbox,
                integration: with_handoff(entry),
            })
        };
        self.integrations.iter().map(line).collect()
    }

    fn text(&self, reader: Reader) -> Vec<Block> {
        if !reader.terminal {
            return vec![self.table(reader)];
        }
        match self.integrations {
            [] => vec![Block::Text(format!(
                "There is no integration in {}.",
                self.place.region
            ))],
            [(only, handoff)] if self.one => detailed(only, handoff.as_ref(), reader),
            all => {
                let mut blocks = vec![self.table(reader)];
                for (integration, _) in all.iter().filter(|(integration, _)| !integration.findings.is_empty()) {
                    blocks.push(Block::Gap);
                    blocks.push(Block::Text(integration.name.clone()));
                    blocks.extend(integration.findings.iter().map(finding_line));
                }
                blocks
            }
        }
    }
}

impl Status<'_> {
    fn table(&self, reader: Reader) -> Block {
        let rows = self.integrations.iter().map(|(integration, _)| {
            let partner = partner_word(integration);
            let stores: Vec<String> = integration.stores.iter().map(store_name).collect();
            let mut row = vec![
                integration.name.clone(),
                partner.to_owned(),
                integration.source.clone(),
                stores.join(", "),
                reader.time(integration.ingestion.last_success),
                health(integration),
            ];
            // Too long for a terminal, where one integration is shown with it; a program wants it at once.
            if !reader.terminal {
                row.push(
                    integration
                        .channel_arn
                        .as_ref()
                        .map(ToString::to_string)
                        .unwrap_or_default(),
                );
            }
            row
        });
        let mut headings = vec!["name", "partner", "source", "event data stores", "last event", "health"];
        if !reader.terminal {
            headings.push("channel ARN");
        }
        Block::Table {
            headings,
            rows: rows.collect(),
        }
    }
}

/// The partner's key; a source that is not in the catalogue is nobody's that is known.
fn partner_word(integration: &Integration) -> &str {
    match &integration.partner {
        Some(key) => key,
        None if integration.source == CUSTOM_SOURCE => "custom",
        None => "unknown",
    }
}

fn health(integration: &Integration) -> String {
    if integration.findings.is_empty() {
        return "ok".to_owned();
    }
    integration
        .findings
        .iter()
        .map(|finding| finding.code)
        .collect::<Vec<_>>()
        .join(", ")
}

fn store_name(store: &StoreView) -> String {
    let arn = || {
        store
            .arn
            .as_ref()
            .map_or_else(|| "?".to_owned(), |arn| arn.id().to_owned())
    };
    store.name.clone().unwrap_or_else(arn)
}

fn detailed(integration: &Integration, handoff: Option<&Handoff>, reader: Reader) -> Vec<Block> {
    let policy = &integration.policy;
    let external_id = policy.external_id_word();
    let access = if policy.attached {
        format!("{} (external ID: {external_id})", policy.principals.join(", "))
    } else {
        "no policy: only the owner's account can send".to_owned()
    };
    let field = |name: &str, value: String| (name.to_owned(), value);
    let mut fields = vec![
        field("Name", integration.name.clone()),
        field("Partner", partner_word(integration).to_owned()),
        field("Source", integration.source.clone()),
        field(
            "Channel",
            integration
                .channel_arn
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
        ),
    ];
    fields.extend(
        integration
            .stores
            .iter()
            .map(|store| field("Event data store", store_line(store))),
    );
    fields.push(field("May send", access));
    fields.push(field("Last event", reader.time(integration.ingestion.last_success)));
    fields.extend(
        integration
            .ingestion
            .current_error()
            .map(|code| field("Last error", code.to_owned())),
    );
    let mut blocks = vec![Block::Fields(fields), Block::Gap];
    if integration.findings.is_empty() {
        blocks.push(Block::Text("No findings.".to_owned()));
    }
    blocks.extend(integration.findings.iter().map(finding_line));
    if let Some(handoff) = handoff {
        blocks.push(Block::Gap);
        blocks.extend(handoff_blocks(handoff));
    }
    blocks
}

fn store_line(store: &StoreView) -> String {
    let status = store.status.as_ref().map_or("missing", StoreStatus::as_str);
    let retention = store
        .retention_days
        .map(|days| format!(", {days} days"))
        .unwrap_or_default();
    let protection = match store.termination_protection {
        Some(true) => ", protected",
        Some(false) => ", not protected",
        None => "",
    };
    format!("{} ({status}{retention}{protection})", store_name(store))
}
