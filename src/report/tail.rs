//! `tail`: what following brought, and what it cost.

use serde_json::{Value, json};

use super::amount::{counted, counted_as, size};
use super::{Block, Reader, Report};
use crate::plan::tail::Spent;

/// What is said when following ends.
#[derive(Debug)]
pub struct Tail<'a> {
    /// Whether a sandbox answers.
    pub sandbox: bool,
    /// The store, as SQL calls it.
    pub store: &'a str,
    /// Its ARN, where it is known.
    pub store_arn: Option<String>,
    /// What it cost.
    pub spent: Spent,
    /// The events, where the answer is one document.
    pub events: Vec<Value>,
}

impl Tail<'_> {
    /// The document without events: the last line of `-o ndjson`.
    pub fn summary(&self) -> Value {
        json!({
            "schema": "ctl.tail/v1",
            "sandbox": self.sandbox,
            "event_data_store": self.store_arn,
            "event_data_store_id": self.store,
            "event_count": self.spent.events,
            "queries": self.spent.queries,
            "bytes_scanned": self.spent.bytes_scanned,
            "blind": self.spent.blind,
        })
    }

    /// The closing line.
    pub fn line(&self) -> String {
        format!("{}.", cost(&self.spent))
    }
}

impl Report for Tail<'_> {
    fn json(&self) -> Value {
        let mut document = self.summary();
        if let Some(members) = document.as_object_mut() {
            members.insert("events".to_owned(), Value::Array(self.events.clone()));
        }
        document
    }

    fn text(&self, _: Reader) -> Vec<Block> {
        Vec::new()
    }
}

/// What following brought and cost so far.
pub fn cost(spent: &Spent) -> String {
    format!(
        "{} in {}, {} scanned",
        counted(spent.events, "event"),
        counted_as(spent.queries, "query", "queries"),
        size(spent.bytes_scanned)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_cost_is_said_in_a_line() {
        let mut spent = Spent::default();
        assert_eq!(cost(&spent), "0 events in 0 queries, 0 B scanned");
        spent = Spent {
            queries: 1,
            bytes_scanned: 4_200_000,
            events: 1,
            blind: false,
        };
        assert_eq!(cost(&spent), "1 event in 1 query, 4.2 MB scanned");
    }
}
