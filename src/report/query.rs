//! `query` and `events`: what is said besides the rows.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::amount::{counted, milliseconds, size};
use super::rows::Sheet;
use super::{Block, Reader, Report, rfc3339};
use crate::model::query::{QueryId, QueryState, QueryStatistics};
use crate::plan::query::bounds::Window;

/// The schema of what `query` says.
pub const QUERY: &str = "ctl.query/v1";
/// The schema of what `events` says.
pub const EVENTS: &str = "ctl.events/v1";

/// What was asked.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The schema of the answer.
    pub schema: &'static str,
    /// Whether a sandbox answers.
    pub sandbox: bool,
    /// The statement as it is sent.
    pub sql: String,
    /// The stores that it reads, as far as their ARNs are known.
    pub stores: Vec<String>,
    /// The window that was put in.
    pub window: Option<Window>,
}

impl Asked {
    /// The first members of the JSON answer.
    pub fn head(&self, dry_run: bool) -> Map<String, Value> {
        let window = self.window.map(|window| {
            let to = window.to.map(rfc3339);
            json!({"from": rfc3339(window.from), "to": to})
        });
        let members = [
            ("schema", json!(self.schema)),
            ("sandbox", json!(self.sandbox)),
            ("dry_run", json!(dry_run)),
            ("statement", json!(self.sql)),
            ("event_data_stores", json!(self.stores)),
            ("added_window", json!(window)),
        ];
        members
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}

/// What a dry run says: the statement.
#[derive(Debug)]
pub struct DryRun<'a>(pub &'a Asked);

impl Report for DryRun<'_> {
    fn json(&self) -> Value {
        Value::Object(self.0.head(true))
    }

    fn text(&self, _: Reader) -> Vec<Block> {
        vec![Block::Raw(self.0.sql.clone())]
    }
}

/// What became of a query.
#[derive(Debug, Clone)]
pub struct Told {
    /// The query.
    pub id: QueryId,
    /// Rows that were told.
    pub rows: u64,
    /// Whether they are all.
    pub complete: bool,
    /// What the query did.
    pub statistics: QueryStatistics,
    /// How long it all took.
    pub took: Duration,
}

impl Told {
    /// The last members of the JSON answer.
    pub fn tail(&self) -> Map<String, Value> {
        let members = [
            ("query_id", json!(self.id.as_str())),
            ("row_count", json!(self.rows)),
            ("complete", json!(self.complete)),
            ("total_rows", json!(self.statistics.total_rows)),
            ("bytes_scanned", json!(self.statistics.bytes_scanned)),
            ("events_scanned", json!(self.statistics.events_scanned)),
            ("events_matched", json!(self.statistics.events_matched)),
            ("duration_ms", json!(milliseconds(self.took))),
        ];
        members
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// The closing line.
    pub fn line(&self) -> String {
        let of = match self.statistics.total_rows {
            Some(total) if total > self.rows => format!(" of {total}"),
            _ => String::new(),
        };
        let scanned = self
            .statistics
            .bytes_scanned
            .map(|bytes| format!("; {} scanned", size(bytes)));
        let seconds = self.took.as_secs_f64();
        format!(
            "{}{of}{}; {seconds:.1} s.",
            counted(self.rows, "row"),
            scanned.unwrap_or_default()
        )
    }
}

/// A whole answer, for whoever selects from it.
#[derive(Debug)]
pub struct Whole<'a> {
    /// What was asked.
    pub asked: &'a Asked,
    /// The columns.
    pub sheet: &'a Sheet,
    /// The rows, as objects.
    pub rows: Vec<Value>,
    /// What became of it.
    pub told: &'a Told,
}

impl Report for Whole<'_> {
    fn json(&self) -> Value {
        let mut document = self.asked.head(false);
        document.insert("columns".to_owned(), self.sheet.columns());
        document.insert("rows".to_owned(), Value::Array(self.rows.clone()));
        document.extend(self.told.tail());
        Value::Object(document)
    }

    fn text(&self, _: Reader) -> Vec<Block> {
        Vec::new()
    }
}

/// The last line of `-o ndjson`.
pub fn summary(asked: &Asked, sheet: &Sheet, told: &Told) -> Value {
    let mut document = asked.head(false);
    document.insert("columns".to_owned(), sheet.columns());
    document.extend(told.tail());
    Value::Object(document)
}

/// How far a query is, for the line of progress.
pub fn headway(state: &QueryState) -> String {
    let word = state.status.as_str().to_lowercase();
    match state.statistics.bytes_scanned {
        Some(bytes) if bytes > 0 => format!("query {word}, {} scanned", size(bytes)),
        _ => format!("query {word}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(rows: u64, total: Option<u64>) -> Told {
        Told {
            id: "11111111-2222-4333-8444-555555555555".parse().unwrap(),
            rows,
            complete: true,
            statistics: QueryStatistics {
                bytes_scanned: Some(12_345_678),
                total_rows: total,
                ..QueryStatistics::default()
            },
            took: Duration::from_millis(1_250),
        }
    }

    #[test]
    fn the_closing_line_says_rows_bytes_and_time() {
        assert_eq!(told(1, Some(1)).line(), "1 row; 12.3 MB scanned; 1.2 s.");
        assert_eq!(told(20, Some(1000)).line(), "20 rows of 1000; 12.3 MB scanned; 1.2 s.");
    }
}
