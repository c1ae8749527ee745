//! What `export` says: what is in the archive, and what became of it in this run. Nothing of an event is shown.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::amount::{counted, counted_as, float, milliseconds, time};
use super::{Block, Reader, Report, v1};
use crate::plan::export::{Flaw, Manifest, Second, Span};

/// What a run added to an archive.
#[derive(Debug, Clone, Copy, Default)]
pub struct Added {
    /// Windows.
    pub windows: u64,
    /// Events in them.
    pub events: u64,
    /// Queries that were started, for windows that were not added too.
    pub queries: u64,
    /// What those of the windows that were added scanned, in bytes.
    pub bytes_scanned: u64,
}

/// An export that is over, or that was not begun.
pub struct Exported<'a> {
    /// Whether a sandbox answered.
    pub sandbox: bool,
    /// What is in the archive, or would be begun.
    pub manifest: &'a Manifest,
    /// What the user calls the archive.
    pub archive: &'a str,
    /// Where its manifest is.
    pub manifest_file: &'a str,
    /// What this run added.
    pub added: Added,
    /// The query of the next window, where nothing was done.
    pub plan: Option<Plan<'a>>,
    /// How long it took.
    pub took: Duration,
}

/// What an export would do next.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    /// The window; none if there is nothing to do.
    pub window: Option<Span>,
    /// Its query.
    pub statement: &'a str,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    sandbox: bool,
    dry_run: bool,
    event_data_store: Store<'a>,
    archive: &'a str,
    manifest: &'a str,
    from: String,
    to: String,
    whole_to: String,
    complete: bool,
    events: u64,
    windows: usize,
    files: usize,
    bytes: u64,
    added: AddedJson,
    duration_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Next<'a>>,
}

#[derive(Serialize)]
struct Store<'a> {
    name: &'a str,
    arn: &'a str,
}

#[derive(Serialize)]
struct AddedJson {
    windows: u64,
    events: u64,
    queries: u64,
    bytes_scanned: u64,
}

#[derive(Serialize)]
struct Next<'a> {
    from: String,
    to: String,
    statement: &'a str,
}

impl Report for Exported<'_> {
    fn json(&self) -> Value {
        let manifest = self.manifest;
        let next = self.plan.and_then(|plan| Some((plan.window?, plan.statement)));
        v1::json(&Document {
            schema: "ctl.export/v1",
            sandbox: self.sandbox,
            dry_run: self.plan.is_some(),
            event_data_store: Store {
                name: &manifest.event_data_store.name,
                arn: &manifest.event_data_store.arn,
            },
            archive: self.archive,
            manifest: self.manifest_file,
            from: manifest.from.to_string(),
            to: manifest.to.to_string(),
            whole_to: manifest.whole_to().to_string(),
            complete: manifest.complete,
            events: manifest.events,
            windows: manifest.windows.len(),
            files: manifest.files.len(),
            bytes: manifest.bytes(),
            added: AddedJson {
                windows: self.added.windows,
                events: self.added.events,
                queries: self.added.queries,
                bytes_scanned: self.added.bytes_scanned,
            },
            duration_ms: milliseconds(self.took),
            next: next.map(|(window, statement)| Next {
                from: window.from.to_string(),
                to: window.to.to_string(),
                statement,
            }),
        })
    }

    fn text(&self, _reader: Reader) -> Vec<Block> {
        match self.plan {
            Some(plan) => self.planned(plan),
            None => vec![Block::Text(self.what_is_there()), Block::Text(self.reconciliation())],
        }
    }
}

impl Exported<'_> {
    fn planned(&self, plan: Plan<'_>) -> Vec<Block> {
        let manifest = self.manifest;
        let begun = manifest.whole_to();
        let store = &manifest.event_data_store;
        let Some(window) = plan.window else {
            let text = format!(
                "Dry run: {} is complete up to {}; there is nothing to do.",
                self.archive, manifest.to
            );
            return vec![Block::Text(text)];
        };
        let on = if manifest.windows.is_empty() {
            "would be exported"
        } else {
            "would be gone on with"
        };
        vec![
            Block::Text(format!(
                "Dry run: nothing is queried and nothing written. {} {on}, {begun} to {}, into {}.",
                store.name, manifest.to, self.archive
            )),
            Block::Text(format!("First window: {window}. Its query:")),
            Block::Raw(format!("{}\n", plan.statement)),
            Block::Text("Every further window is as wide as what the ones before it returned makes it.".to_owned()),
        ]
    }

    fn what_is_there(&self) -> String {
        let manifest = self.manifest;
        let state = if manifest.complete {
            format!("complete from {} to {}", manifest.from, manifest.to)
        } else {
            format!(
                "not complete: whole from {} to {}, and to end at {}",
                manifest.from,
                manifest.whole_to(),
                manifest.to
            )
        };
        format!("{} of {}: {state}.", self.archive, manifest.event_data_store.name)
    }

    /// The line that every export ends with.
    fn reconciliation(&self) -> String {
        let (manifest, added) = (self.manifest, self.added);
        format!(
            "archive {}; this run {}, {}, {}, {} scanned",
            content(manifest, manifest.events),
            counted(added.events, "event"),
            counted(added.windows, "window"),
            counted_as(added.queries, "query", "queries"),
            counted(added.bytes_scanned, "byte")
        )
    }
}

/// What is in an archive.
fn content(manifest: &Manifest, events: u64) -> String {
    let count = |list: usize| u64::try_from(list).unwrap_or(u64::MAX);
    format!(
        "{}, {}, {}, {}",
        counted(events, "event"),
        counted(count(manifest.windows.len()), "window"),
        counted(count(manifest.files.len()), "file"),
        counted(manifest.bytes(), "byte")
    )
}

/// How far an export is, in a line: `begun` is up to when the archive was whole when this run began.
pub fn headway(events: u64, whole_to: Second, (begun, to): (Second, Second), elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64().max(0.001);
    let mut parts = vec![
        format!("{events} events"),
        format!("{:.0}/s", float(events) / seconds),
        format!("whole to {whole_to}"),
    ];
    let (covered, left) = (length(begun, whole_to), length(whole_to, to));
    if covered > 0.0 {
        parts.push(format!("{:.0} % of the time", 100.0 * covered / (covered + left)));
        parts.push(format!("about {} left", time(seconds * left / covered)));
    }
    parts.join(", ")
}

fn length(from: Second, to: Second) -> f64 {
    float(u64::try_from(to.0.saturating_sub(from.0)).unwrap_or_default())
}

/// What was found out about an archive.
pub struct Verified<'a> {
    /// What the user calls the archive.
    pub archive: &'a str,
    /// What its manifest says.
    pub manifest: &'a Manifest,
    /// How many events were found in its files.
    pub events: u64,
    /// What is wrong.
    pub flaws: &'a [Flaw],
}

#[derive(Serialize)]
struct VerifiedDocument<'a> {
    schema: &'static str,
    sandbox: bool,
    archive: &'a str,
    event_data_store: Store<'a>,
    from: String,
    to: String,
    whole_to: String,
    complete: bool,
    sound: bool,
    events: u64,
    windows: usize,
    files: usize,
    bytes: u64,
    findings: Vec<FlawJson<'a>>,
}

#[derive(Serialize)]
struct FlawJson<'a> {
    code: &'static str,
    file: Option<&'a str>,
    message: &'a str,
}

impl<'a> From<&'a Flaw> for FlawJson<'a> {
    fn from(flaw: &'a Flaw) -> Self {
        Self {
            code: flaw.code,
            file: flaw.file.as_deref(),
            message: &flaw.message,
        }
    }
}

impl Report for Verified<'_> {
    fn json(&self) -> Value {
        let manifest = self.manifest;
        v1::json(&VerifiedDocument {
            schema: "ctl.export-verify/v1",
            sandbox: manifest.sandbox,
            archive: self.archive,
            event_data_store: Store {
                name: &manifest.event_data_store.name,
                arn: &manifest.event_data_store.arn,
            },
            from: manifest.from.to_string(),
            to: manifest.to.to_string(),
            whole_to: manifest.whole_to().to_string(),
            complete: manifest.complete,
            sound: self.flaws.is_empty(),
            events: self.events,
            windows: manifest.windows.len(),
            files: manifest.files.len(),
            bytes: manifest.bytes(),
            findings: self.flaws.iter().map(FlawJson::from).collect(),
        })
    }

    fn text(&self, _reader: Reader) -> Vec<Block> {
        let manifest = self.manifest;
        let mut blocks: Vec<Block> = self.flaws.iter().map(|flaw| Block::Text(line(flaw))).collect();
        let verdict = match self.flaws.len() {
            0 => "sound".to_owned(),
            1 => "1 thing is wrong".to_owned(),
            n => format!("{n} things are wrong"),
        };
        let state = if manifest.complete { "complete" } else { "not complete" };
        blocks.push(Block::Text(format!(
            "{} of {}: {verdict}; {state}, {} to {}; {}.",
            self.archive,
            manifest.event_data_store.name,
            manifest.from,
            manifest.whole_to(),
            content(manifest, self.events)
        )));
        blocks
    }
}

fn line(flaw: &Flaw) -> String {
    let file = flaw.file.as_ref().map(|file| format!("{file}: ")).unwrap_or_default();
    format!("error [{}] {file}{}", flaw.code, flaw.message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_it_is_fits_into_a_line() {
        let at = |whole_to| {
            headway(
                20_000,
                Second(whole_to),
                (Second(0), Second(4000)),
                Duration::from_secs(10),
            )
        };
        assert_eq!(at(0), "20000 events, 2000/s, whole to 1970-01-01T00:00:00Z");
        assert_eq!(
            at(1000),
            "20000 events, 2000/s, whole to 1970-01-01T00:16:40Z, 25 % of the time, about 30 s left"
        );
    }
}
