//! What a file of rejects holds, by code and reason.

use serde::Serialize;
use serde_json::Value;

use super::{Block, Reader, Report, v1};
use crate::plan::ingest::Summary;

/// A file of rejects, summed up.
pub struct Summarised<'a> {
    /// Whether it was asked for with `--sandbox`.
    pub sandbox: bool,
    /// What the user calls it.
    pub file: &'a str,
    /// The sums.
    pub summary: &'a Summary,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    sandbox: bool,
    file: &'a str,
    events: u64,
    other_entries: u64,
    groups: Vec<Group<'a>>,
    more: u64,
}

#[derive(Serialize)]
struct Group<'a> {
    status: &'a str,
    code: Option<&'a str>,
    reason: Option<&'a str>,
    count: u64,
    maybe_stored: u64,
}

impl Report for Summarised<'_> {
    fn json(&self) -> Value {
        let kinds = self.summary.kinds().into_iter();
        let groups = kinds.map(|(kind, count)| Group {
            status: &kind.status,
            code: kind.code.as_deref(),
            reason: kind.reason.as_deref(),
            count: count.events,
            maybe_stored: count.maybe_stored,
        });
        v1::json(&Document {
            schema: "ctl.rejects-summary/v1",
            sandbox: self.sandbox,
            file: self.file,
            events: self.summary.events(),
            other_entries: self.summary.others(),
            groups: groups.collect(),
            more: self.summary.more(),
        })
    }

    fn text(&self, _reader: Reader) -> Vec<Block> {
        let kinds = self.summary.kinds();
        let rows = kinds.iter().map(|(kind, count)| {
            let word = |word: &Option<String>| word.clone().unwrap_or_default();
            vec![
                count.events.to_string(),
                kind.status.clone(),
                word(&kind.code),
                word(&kind.reason),
            ]
        });
        let mut blocks = vec![Block::Table {
            headings: vec!["EVENTS", "STATUS", "CODE", "REASON"],
            rows: rows.collect(),
        }];
        let maybe: u64 = kinds.iter().map(|(_, count)| count.maybe_stored).sum();
        let notes = [
            (
                maybe,
                "may be stored all the same: sending them again counts as possibly double",
            ),
            (self.summary.more(), "are of other kinds"),
            (self.summary.others(), "are no rejects"),
        ];
        let notes = notes.into_iter().filter(|(count, _)| *count > 0);
        blocks.extend(notes.map(|(count, what)| Block::Text(format!("{count} {what}."))));
        blocks
    }
}
