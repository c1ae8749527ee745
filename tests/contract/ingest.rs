//! `PutAuditEvents` (reference 2.5, 2.6, 2.7, 3).

use serde_json::{Value, json};

use crate::harness::*;

fn ids(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|item| text(item, "id")).collect()
}

fn sha256(text: &str) -> String {
    use base64::Engine as _;
    use sha2::Digest as _;
    base64::prelude::BASE64_STANDARD.encode(sha2::Sha256::digest(text))
}

#[test]
fn the_stored_record_has_what_cloudtrail_adds() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (store, channel) = owner.integration();
    // Key order, number literals and escapes stay as they were sent.
    let data = event("e1").to_string().replace(
        "\"eventName\"",
        "\"additionalEventData\": {\"b\":1.10,\"a\":12345678901234567890123,\"c\":\"\\u00e4\"},\"eventName\"",
    );
    let put = owner
        .put(&channel, None, json!([{"id": "i-1", "eventData": data}]))
        .unwrap();
    let event_id = text(&put["successful"][0], "eventID");
    let response = lake.control("GET", "/events", &Value::Null);
    assert!(
        response.body.contains(&format!("\"eventData\":{data}}}")),
        "{}",
        response.body
    );
    let seen = &response.json()["events"][0];
    for (member, value) in [
        ("event_data_store", json!(store)),
        ("event_id", json!(event_id)),
        ("id", json!("i-1")),
        ("uid", json!("e1")),
        ("event_data", json!(data)),
    ] {
        assert_eq!(seen[member], value, "{member}");
    }
    let mut record = seen["record"].clone();
    record.as_object_mut().unwrap().remove("eventData");
    assert_eq!(
        record,
        json!({
            "eventVersion": "1.0", "eventCategory": "ActivityAuditLog", "eventType": "ActivityLog",
            "eventID": event_id, "eventTime": "2026-11-20T12:00:00", "awsRegion": "us-east-1",
            "recipientAccountId": HOME,
            "metadata": {"ingestionTime": "2026-11-20T12:00:00", "channelARN": channel}
        })
    );
}

#[test]
fn the_whole_request_is_refused() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (store, channel) = owner.integration();
    for (arn, code) in [
        ("", "InvalidChannelARN"),
        ("arn:", "InvalidChannelARN"),
        (channel.rsplit('/').next().unwrap(), "InvalidChannelARN"),
        (store.as_str(), "InvalidChannelARN"),
        (
            "arn:aws:cloudtrail:us-east-1:111122223333:channel/00000000-0000-4000-8000-000000000000",
            "ChannelNotFound",
        ),
    ] {
        // The channel comes before everything else: these entries are wrong, too.
        let refused = owner.put(arn, None, json!([])).unwrap_err();
        assert_eq!((refused.0, refused.1.as_str()), (400, code), "{arn}");
    }
    let many: Value = (0..101).map(|n| entry(&format!("e{n}"))).collect();
    for (external_id, entries, code) in [
        (None, json!([]), "ValidationError"),
        (None, many, "ValidationError"),
        (None, json!(null), "ValidationError"),
        (None, json!([{"eventData": "{}"}]), "ValidationError"),
        (None, json!([{"id": "a"}]), "ValidationError"),
        (None, json!([{"id": "a.b", "eventData": "{}"}]), "ValidationError"),
        (None, json!([{"id": "", "eventData": "{}"}]), "ValidationError"),
        (
            None,
            json!([{"id": "x".repeat(129), "eventData": "{}"}]),
            "ValidationError",
        ),
        (None, json!([{"id": "a", "eventData": {}}]), "SerializationException"),
        (Some("x"), json!([entry("a")]), "ValidationError"),
        (Some("white space"), json!([entry("a")]), "ValidationError"),
        (Some(""), json!([entry("a")]), "ValidationError"),
        (
            None,
            json!([entry("a"), entry("b"), entry("a")]),
            "DuplicatedAuditEventId",
        ),
    ] {
        let refused = owner.put(&channel, external_id, entries.clone()).unwrap_err();
        assert_eq!(
            (refused.0, refused.1.as_str()),
            (400, code),
            "{external_id:?} {entries}"
        );
    }
    assert_eq!(lake.look("/events"), json!({"events": []}));
    let got = owner.call("GetChannel", json!({"Channel": channel})).unwrap();
    assert_eq!(got.get("IngestionStatus"), None);
}

#[test]
fn size_limits() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (_, channel) = owner.integration();
    let query = format!("?channelArn={}", percent(&channel));
    let body = |size: usize| {
        let body = json!({"auditEvents": [entry("e1")]}).to_string();
        format!("{body}{}", " ".repeat(size - body.len()))
    };
    assert_eq!(owner.put_raw(&query, body(1_048_576).as_bytes()).unwrap().status, 200);
    let refused = owner.put_raw(&query, body(1_048_577).as_bytes()).unwrap();
    assert_eq!(
        (refused.status, refused.header("x-amzn-errortype")),
        (413, Some("RequestEntityTooLargeException"))
    );
    // A hard cut may lose its own reply, but never stores anything.
    if let Some(response) = owner.put_raw(&query, body(7_000_000).as_bytes()) {
        assert_eq!(response.status, 413);
    }
    assert_eq!(lake.look("/events")["events"].as_array().unwrap().len(), 1);
}

#[test]
fn entries_fail_one_by_one() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (_, channel) = owner.integration();
    let good = event("u").to_string();
    let with_field = |name: &str, value: Value| with(event("u"), json!({name: value})).to_string();
    let entries = json!([
        {"id": "good", "eventData": good},
        {"id": "sum-right", "eventData": good, "eventDataChecksum": sha256(&good)},
        {"id": "sum-wrong", "eventData": good, "eventDataChecksum": sha256("x")},
        {"id": "not-json", "eventData": "x"},
        {"id": "missing", "eventData": "{}"},
        {"id": "too-long", "eventData": with_field("errorCode", json!("x".repeat(257)))},
        {"id": "stranger", "eventData": with_field("recipientAccountId", json!(STRANGER))},
        {"id": "extra-key", "eventData": with_field("extra", json!(1))},
        {"id": "fraction", "eventData": with_field("eventTime", json!("2026-11-20T12:00:00.1Z"))},
        {"id": "big", "eventData": with_field("additionalEventData", json!({"k": "x".repeat(30_000)}))},
        {"id": "same-again", "eventData": good}
    ]);
    let put = owner.put(&channel, None, entries).unwrap();
    assert_eq!(ids(&put["successful"]), ["good", "sum-right", "same-again"]);
    let failed: Vec<(String, String)> = put["failed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            assert!((1..=1024).contains(&text(item, "errorMessage").len()));
            (text(item, "id"), text(item, "errorCode"))
        })
        .collect();
    let expected = [
        ("sum-wrong", "InvalidChecksum"),
        ("not-json", "InvalidData"),
        ("missing", "FieldNotFound"),
        ("too-long", "FieldTooLong"),
        ("stranger", "InvalidRecipient"),
        ("extra-key", "InvalidData"),
        ("fraction", "InvalidData"),
        ("big", "FieldTooLong"),
    ];
    assert_eq!(failed, expected.map(|(id, code)| (id.to_owned(), code.to_owned())));
    assert_eq!(lake.look("/events")["events"].as_array().unwrap().len(), 3);
    // The same entry in a second request is stored again, with another id.
    let once = owner.put(&channel, None, json!([entry("good")])).unwrap();
    let twice = owner.put(&channel, None, json!([entry("good")])).unwrap();
    assert_ne!(once["successful"][0]["eventID"], twice["successful"][0]["eventID"]);
}

#[test]
fn the_channel_remembers_success_and_failure() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (_, channel) = owner.integration();
    let put = owner.put(&channel, None, json!([entry("e1")])).unwrap();
    let good = text(&put["successful"][0], "eventID");
    lake.tell("/clock", json!({"advance_seconds": 5}));
    owner
        .put(&channel, None, json!([{"id": "bad", "eventData": "{}"}]))
        .unwrap();
    let output = owner.call("GetChannel", json!({"Channel": channel})).unwrap();
    let mut status = output["IngestionStatus"].clone();
    let attempt = status
        .as_object_mut()
        .unwrap()
        .remove("LatestIngestionAttemptEventID")
        .unwrap();
    assert_eq!(attempt.as_str().unwrap().len(), 36);
    assert_ne!(attempt, json!(good));
    assert_eq!(
        status,
        json!({
            "LatestIngestionSuccessTime": NOON, "LatestIngestionSuccessEventID": good,
            "LatestIngestionErrorCode": "FieldNotFound", "LatestIngestionAttemptTime": NOON + 5
        })
    );
}

#[test]
fn every_enabled_destination_is_served() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (one, two) = (owner.store("one-events"), owner.store("two-events"));
    let channel = owner.channel("my-app", "Custom", &[&one, &two]);
    owner.put(&channel, None, json!([entry("e1")])).unwrap();
    let pending = |store: &str| json!({"event_data_store": {"id": store, "status": "PENDING_DELETION"}});
    lake.tell("/plant", pending(&one));
    let put = owner.put(&channel, None, json!([entry("e2")])).unwrap();
    assert_eq!(ids(&put["successful"]), ["e2"]);
    let output = owner.call("GetChannel", json!({"Channel": channel})).unwrap();
    assert_eq!(
        output["IngestionStatus"]["LatestIngestionErrorCode"],
        json!("InternalFailure")
    );
    lake.tell("/plant", pending(&two));
    let put = owner.put(&channel, None, json!([entry("e3")])).unwrap();
    assert_eq!(put["failed"][0]["errorCode"], json!("InternalFailure"));
    for (store, expected) in [(&one, vec!["e1"]), (&two, vec!["e1", "e2"])] {
        let seen = lake.look(&format!(
            "/events?event_data_store={}",
            store.rsplit('/').next().unwrap()
        ));
        assert_eq!(ids(&seen["events"]), expected);
        assert_eq!(lake.look(&format!("/events?event_data_store={store}")), seen);
    }
}

#[test]
fn full_requests_one_after_another() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (_, channel) = owner.integration();
    let entries: Value = (0..100).map(|n| entry(&format!("e{n}"))).collect();
    for _ in 0..10 {
        let put = owner.put(&channel, None, entries.clone()).unwrap();
        assert_eq!(put["successful"].as_array().unwrap().len(), 100);
    }
    assert_eq!(lake.look("/events")["events"].as_array().unwrap().len(), 1000);
}
