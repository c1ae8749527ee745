//! `export`: what is in a store comes out of it, whatever ends a run, and goes into another one.

mod archive;
mod kill;
mod trouble;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;

use serde_json::{Value, json};

use super::send::custom;
use crate::harness::{Ctl, HOME, Lake, Output, event, text, with};

/// The day of the events.
const DAY: &str = "--from 2026-11-20 --to 2026-11-21";

/// So many events, one every four seconds from the beginning of the day on, three of each second, and no two alike.
fn events(count: usize) -> Vec<Value> {
    (0..count).map(one).collect()
}

fn one(n: usize) -> Value {
    let second = n / 3 * 4;
    let time = format!(
        "2026-11-20T{:02}:{:02}:{:02}Z",
        second / 3600,
        second / 60 % 60,
        second % 60
    );
    let event = with(
        event(&format!("evt-{n}")),
        json!({"eventTime": time, "eventName": format!("Do {n}")}),
    );
    match n % 7 {
        0 => event,
        1 => with(
            event,
            json!({"requestParameters": {"path": "C:\\x", "number": n, "big": 1.5, "none": null, "yes": true,
                "list": [1, "a", {"b": []}], "nested": {"k": {"=": "{a=b, c}"}}, "": "empty key"}}),
        ),
        2 => with(
            event,
            json!({"responseElements": {}, "userAgent": "", "errorCode": "null", "errorMessage": "NULL"}),
        ),
        3 => with(
            event,
            json!({"additionalEventData": {"text": "line\nfeed, \"quotes\", é😀\u{2028}", "'": "''"}, "sourceIPAddress": "2001:db8::1"}),
        ),
        4 => with(
            event,
            json!({"userIdentity": {"type": "User", "principalId": format!("p{n}"), "details": {"groups": ["a", "b"], "id": "7"}}}),
        ),
        5 => with(
            event,
            json!({"userAgent": "x".repeat(1024), "sourceIPAddress": "192.0.2.1", "errorMessage": "'; DROP --"}),
        ),
        _ => with(
            event,
            json!({"requestParameters": {"a": "null", "b": ""}, "responseElements": {"z": "1", "a": "2"}}),
        ),
    }
}

/// What Lake keeps of an event: what stands in a map is text (reference §3.1, §12: compact JSON where it was none).
fn kept(event: &Value) -> Value {
    let as_text = |map: &Value| -> Value {
        let members = map.as_object().unwrap().iter();
        let text = |value: &Value| match value {
            Value::String(_) | Value::Null => value.clone(),
            other => json!(other.to_string()),
        };
        members.map(|(name, value)| (name.clone(), text(value))).collect()
    };
    let mut event = event.clone();
    for pointer in [
        "/userIdentity/details",
        "/requestParameters",
        "/responseElements",
        "/additionalEventData",
    ] {
        if let Some(map) = event.pointer_mut(pointer) {
            *map = as_text(map);
        }
    }
    event
}

/// A sandbox with these events in its store.
fn filled(events: &[Value]) -> (Lake, Ctl) {
    let (lake, ctl, channel) = custom();
    let mut lines = String::new();
    for event in events {
        writeln!(lines, "{event}").unwrap();
    }
    ctl.file("sent.ndjson", lines);
    drop(
        ctl.run(&format!("send sent.ndjson --channel {channel} --rate 0 -o json"))
            .exits(0),
    );
    lake.forget();
    (lake, ctl)
}

fn export(ctl: &Ctl, args: &str) -> Output {
    ctl.run(&format!("export {args} -o json"))
}

fn decompressed(file: &Path) -> Vec<u8> {
    let raw = std::fs::read(file).unwrap();
    let mut plain = Vec::new();
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("gz") => drop(
            flate2::read::MultiGzDecoder::new(&raw[..])
                .read_to_end(&mut plain)
                .unwrap(),
        ),
        Some("zst") => zstd::Decoder::new(&raw[..])
            .unwrap()
            .read_to_end(&mut plain)
            .map(drop)
            .unwrap(),
        _ => plain = raw,
    }
    plain
}

/// The records in a data file.
fn records(file: &Path) -> Vec<Value> {
    let text = String::from_utf8(decompressed(file)).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The events of records by their UIDs, each of which is there once.
fn by_uid(events: impl IntoIterator<Item = Value>) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for event in events {
        assert!(
            all.insert(text(&event, "UID"), event).is_none(),
            "an event is there twice"
        );
    }
    all
}

/// Holds an archive's records to the events that were sent, and to what the service gave them.
#[track_caller]
fn is_all(lake: &Lake, sent: &[Value], records: &[Value]) {
    let exported = by_uid(records.iter().map(|record| record["eventData"].clone()));
    let wanted = by_uid(sent.iter().map(kept));
    assert_eq!(exported.len(), wanted.len());
    for (uid, event) in &wanted {
        assert_eq!(&exported[uid], event);
    }
    // The other witness: what the sandbox holds.
    let stored = lake.look("/events")["events"].as_array().unwrap().clone();
    let ids: BTreeMap<String, String> = stored
        .iter()
        .map(|event| (text(event, "event_id"), text(event, "id")))
        .collect();
    for record in records {
        let uid = text(&record["eventData"], "UID");
        assert_eq!(ids[&text(record, "eventID")], uid);
        let added = json!({
            "eventCategory": "ActivityAuditLog",
            "eventType": "ActivityLog",
            "eventTime": record["eventData"]["eventTime"],
            "awsRegion": "us-east-1",
            "recipientAccountId": HOME,
        });
        for (name, value) in added.as_object().unwrap() {
            assert_eq!(&record[name], value, "{name}");
        }
        assert!(record["metadata"]["channelARN"].as_str().unwrap().contains(":channel/"));
        assert!(record.get("addendum").is_none());
    }
    let order = |record: &Value| (text(record, "eventTime"), text(record, "eventID"));
    assert!(records.is_sorted_by_key(order));
}

fn manifest(file: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

/// How often an operation was called.
fn calls(lake: &Lake, operation: &str) -> usize {
    lake.requests()
        .iter()
        .filter(|seen| seen.operation == operation)
        .count()
}
