//! Queries: their life, their pages, their errors (reference 1.5 to 1.8, 5.3, 5.4).

mod errors;
mod life;
mod outcomes;
mod pages;

use std::time::Duration;

use ctl::sandbox::Config;
use serde_json::{Value, json};

use crate::harness::*;

const ABSENT: &str = "00000000-0000-4000-8000-000000000000";

/// The ID of a store, as `FROM` wants it.
fn id(store: &str) -> &str {
    store.rsplit('/').next().unwrap()
}

/// A statement with one row per event, in the order of the UIDs.
fn uids(store: &str) -> String {
    format!("SELECT eventData.uid AS uid FROM {} ORDER BY eventData.uid", id(store))
}

fn start(caller: &Caller, statement: &str) -> String {
    let output = caller
        .call("StartQuery", json!({"QueryStatement": statement}))
        .unwrap_or_else(|refused| panic!("{statement}: {refused:?}"));
    text(&output, "QueryId")
}

fn describe(caller: &Caller, query: &str) -> Value {
    caller.call("DescribeQuery", json!({"QueryId": query})).unwrap()
}

fn status(caller: &Caller, query: &str) -> String {
    text(&describe(caller, query), "QueryStatus")
}

fn results(caller: &Caller, query: &str) -> Value {
    caller.call("GetQueryResults", json!({"QueryId": query})).unwrap()
}

/// One column of the rows.
fn column(output: &Value, at: usize, name: &str) -> Vec<String> {
    let rows = output["QueryResultRows"].as_array().unwrap();
    rows.iter().map(|row| text(&row[at], name)).collect()
}

/// Sends events of these UIDs.
fn send(caller: &Caller, channel: &str, uids: &[&str]) {
    let entries: Value = uids.iter().map(|uid| entry(uid)).collect();
    let put = caller.put(channel, None, entries).unwrap();
    assert_eq!(put["failed"], json!([]));
}

fn delayed(seconds: u64) -> Lake {
    Lake::with(Config {
        query_delay: Duration::from_secs(seconds),
        ..fixed()
    })
}

fn pass(lake: &Lake, seconds: i64) {
    lake.tell("/clock", json!({"advance_seconds": seconds}));
}
