use serde_json::json;

use super::*;

const OWNER: &str = "123456789012";

fn event() -> Value {
    json!({
        "version": "1.0",
        "userIdentity": {"type": "User", "principalId": "alice", "details": {"mfa": true}},
        "eventSource": "app.example.com",
        "eventName": "Login",
        "eventTime": "2026-11-20T12:00:00Z",
        "UID": "evt-1",
        "recipientAccountId": OWNER
    })
}

fn with(pointer: &str, value: Value) -> Value {
    let mut event = event();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    event.pointer_mut(parent).unwrap()[name] = value;
    event
}

fn without(pointer: &str) -> Value {
    let mut event = event();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    event.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
    event
}

fn code(event: &Value) -> &'static str {
    check(&event.to_string(), None, OWNER).map_or_else(|refusal| refusal.code, |_| "ok")
}

#[test]
fn the_minimal_event_passes() {
    let passed = check(&event().to_string(), None, OWNER).unwrap();
    assert_eq!(
        passed,
        Passed {
            uid: "evt-1".to_owned(),
            time: 1_795_176_000
        }
    );
}

#[test]
fn every_required_field_is_required() {
    for pointer in [
        "/version",
        "/userIdentity",
        "/userIdentity/type",
        "/userIdentity/principalId",
        "/eventSource",
        "/eventName",
        "/eventTime",
        "/UID",
        "/recipientAccountId",
    ] {
        assert_eq!(code(&without(pointer)), "FieldNotFound", "{pointer}");
        assert_eq!(code(&with(pointer, Value::Null)), "FieldNotFound", "{pointer} null");
        assert_eq!(code(&with(pointer, json!(7))), "InvalidData", "{pointer} number");
    }
}

#[test]
fn every_length_has_its_limit() {
    for (pointer, limit) in [
        ("/version", 256),
        ("/userIdentity/type", 128),
        ("/userIdentity/principalId", 1024),
        ("/userAgent", 1024),
        ("/eventSource", 1024),
        ("/eventName", 1024),
        ("/UID", 1024),
        ("/errorCode", 256),
        ("/errorMessage", 256),
    ] {
        assert_eq!(code(&with(pointer, json!("ä".repeat(limit)))), "ok", "{pointer}");
        assert_eq!(
            code(&with(pointer, json!("x".repeat(limit + 1)))),
            "FieldTooLong",
            "{pointer}"
        );
    }
    for (pointer, limit) in [
        ("/requestParameters", 102_400),
        ("/responseElements", 102_400),
        ("/additionalEventData", 28_672),
    ] {
        // {"k":"…"} is eight bytes more than its value.
        assert_eq!(
            code(&with(pointer, json!({"k": "x".repeat(limit - 8)}))),
            "ok",
            "{pointer}"
        );
        assert_eq!(
            code(&with(pointer, json!({"k": "x".repeat(limit - 7)}))),
            "FieldTooLong",
            "{pointer}"
        );
        assert_eq!(code(&with(pointer, json!("None"))), "InvalidData", "{pointer}");
    }
    let big = with("/userIdentity/details", json!({"k": "x".repeat(262_144)}));
    assert_eq!(code(&big), "FieldTooLong");
}

#[test]
fn forms_are_checked() {
    for (pointer, value, expected) in [
        ("/eventTime", json!("2026-11-20T12:00:00"), "ok"),
        ("/eventTime", json!("2024-02-29T23:59:59Z"), "ok"),
        ("/eventTime", json!("2026-11-20T12:00:00.5Z"), "InvalidData"),
        ("/eventTime", json!("2026-11-20T12:00:00+01:00"), "InvalidData"),
        ("/eventTime", json!("2026-11-20 12:00:00Z"), "InvalidData"),
        ("/eventTime", json!("2026-02-29T12:00:00Z"), "InvalidData"),
        ("/eventTime", json!("2026-11-20T24:00:00Z"), "InvalidData"),
        ("/eventTime", json!("2026-11-20T12:00:60Z"), "InvalidData"),
        ("/eventTime", json!("20 Nov 2026"), "InvalidData"),
        ("/sourceIPAddress", json!("192.0.2.1"), "ok"),
        ("/sourceIPAddress", json!("2001:db8::1"), "ok"),
        ("/sourceIPAddress", json!("192.0.2.256"), "InvalidData"),
        ("/sourceIPAddress", json!("host.example.com"), "InvalidData"),
        ("/recipientAccountId", json!("210987654321"), "InvalidRecipient"),
        ("/requestParameters", json!({"a": [1, null, {"b": 1.5}]}), "ok"),
        ("/userAgent", Value::Null, "InvalidData"),
        ("/eventVersion", json!("1.0"), "InvalidData"),
        ("/sourceIpAddress", json!("192.0.2.1"), "InvalidData"),
        ("/userIdentity/name", json!("x"), "InvalidData"),
    ] {
        assert_eq!(code(&with(pointer, value.clone())), expected, "{pointer} {value}");
    }
    for text in ["", "x", "[]", "null", "{\"a\":1} {}"] {
        assert_eq!(check(text, None, OWNER).unwrap_err().code, "InvalidData", "{text}");
    }
}

#[test]
fn the_checksum_is_over_the_exact_text() {
    let text = event().to_string();
    let right = BASE64_STANDARD.encode(Sha256::digest(&text));
    assert!(check(&text, Some(&right), OWNER).is_ok());
    assert_eq!(
        check(&format!("{text} "), Some(&right), OWNER).unwrap_err().code,
        "InvalidChecksum"
    );
    assert_eq!(check(&text, Some(""), OWNER).unwrap_err().code, "InvalidChecksum");
}

#[test]
fn a_record_keeps_the_event_as_it_came() {
    let text = event().to_string().replace("true", "12345678901234567890.10");
    let passed = check(&text, None, OWNER).unwrap();
    let arrival = Arrival {
        region: "us-east-1",
        account: OWNER,
        channel_arn: "arn:c",
        now_ms: 1_795_176_060_999,
    };
    let record = record(&text, &passed, "some-id", arrival).unwrap();
    assert_eq!(
        record,
        format!(
            "{{\"eventVersion\":\"1.0\",\"eventCategory\":\"ActivityAuditLog\",\"eventType\":\"ActivityLog\",\
             \"eventID\":\"some-id\",\"eventTime\":\"2026-11-20T12:00:00\",\"awsRegion\":\"us-east-1\",\
             \"recipientAccountId\":\"{OWNER}\",\"metadata\":{{\"ingestionTime\":\"2026-11-20T12:01:00\",\
             \"channelARN\":\"arn:c\"}},\"eventData\":{text}}}"
        )
    );
}
