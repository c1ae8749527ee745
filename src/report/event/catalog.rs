//! What `event catalog` says: event sources and event names, with where they are from and when that was checked.

use serde::Serialize;
use serde_json::Value;

use crate::model::partner::{KnownSource, SourceMatch};
use crate::report::{Block, Reader, Report, v1};

/// The events that are known.
pub struct Catalog<'a> {
    /// Whether the run is one on the sandbox; the catalogue is the same.
    pub sandbox: bool,
    /// The event sources, with what is known about each.
    pub sources: &'a [SourceMatch<'a>],
    /// The file that was laid over the catalogue, if one was.
    pub file: Option<&'a str>,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    sandbox: bool,
    event_sources: Vec<Known<'a>>,
    partners_file: Option<&'a str>,
}

#[derive(Serialize)]
struct Line<'a> {
    schema: &'static str,
    sandbox: bool,
    event_source: Known<'a>,
    partners_file: Option<&'a str>,
}

#[derive(Serialize)]
struct Known<'a> {
    event_source: &'a str,
    partner: &'a str,
    service: Option<&'a str>,
    integrated: Option<bool>,
    event_names: &'a [String],
    old_spellings: &'a [String],
    checked: Option<&'a str>,
    provenance: &'a str,
}

impl<'a> From<&'a SourceMatch<'a>> for Known<'a> {
    fn from(found: &'a SourceMatch<'a>) -> Self {
        let KnownSource { partner, service, .. } = found.known;
        Self {
            event_source: &found.event_source,
            partner: &partner.key,
            service: service.map(|service| service.name.as_str()),
            integrated: service.map(|service| service.integrated),
            event_names: found.known.events(),
            old_spellings: service.map_or(&[], |service| &service.event_source_aliases),
            checked: Some(partner.checked.as_str()).filter(|date| !date.is_empty()),
            provenance: found.known.provenance(),
        }
    }
}

impl Report for Catalog<'_> {
    fn json(&self) -> Value {
        v1::json(&Document {
            schema: "ctl.event-catalog/v1",
            sandbox: self.sandbox,
            event_sources: self.sources.iter().map(Known::from).collect(),
            partners_file: self.file,
        })
    }

    fn ndjson(&self) -> Vec<Value> {
        let line = |found| {
            v1::json(&Line {
                schema: "ctl.event-catalog/v1",
                sandbox: self.sandbox,
                event_source: Known::from(found),
                partners_file: self.file,
            })
        };
        self.sources.iter().map(line).collect()
    }

    fn text(&self, reader: Reader) -> Vec<Block> {
        let mut headings = vec!["event source", "event name", "partner", "service"];
        if !reader.terminal {
            headings.extend(["checked", "provenance"]);
        }
        let rows = self
            .sources
            .iter()
            .flat_map(|found| rows(found, reader.terminal))
            .collect();
        let mut blocks = vec![Block::Table { headings, rows }];
        if reader.terminal {
            blocks.push(Block::Gap);
            blocks.extend(self.origins().into_iter().map(Block::Text));
        }
        blocks
    }
}

impl Catalog<'_> {
    /// A line for each partner, for a person: in a table, where it is from would be in every row.
    fn origins(&self) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for found in self.sources {
            let source = Known::from(found);
            let checked = source
                .checked
                .map(|date| format!(", checked on {date}"))
                .unwrap_or_default();
            let line = format!("{} is from {}{checked}.", source.partner, source.provenance);
            if lines.last() != Some(&line) {
                lines.push(line);
            }
        }
        lines
    }
}

/// A row for each event name, or one where none is known.
fn rows(found: &SourceMatch<'_>, terminal: bool) -> Vec<Vec<String>> {
    let source = Known::from(found);
    let service = match (source.service, source.integrated) {
        (Some(name), Some(false)) => format!("{name} (not integrated yet)"),
        (name, _) => name.unwrap_or_default().to_owned(),
    };
    let row = |event: &str| {
        let mut row: Vec<String> = [source.event_source, event, source.partner, &service]
            .map(str::to_owned)
            .into();
        if !terminal {
            row.extend([source.checked.unwrap_or_default(), source.provenance].map(str::to_owned));
        }
        row
    };
    match source.event_names {
        [] => vec![row("")],
        names => names.iter().map(|name| row(name)).collect(),
    }
}
