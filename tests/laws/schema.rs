//! The JSON Schema that `ctl event schema` prints and the validator refuse the same events.
//!
//! The judge of the schema is another program's (`jsonschema`), which knows nothing of the validator. What
//! a JSON Schema cannot say, and is left out here: sizes in bytes (of objects and of the whole event), a
//! member that stands twice, half a surrogate pair, nesting beyond 1000 levels, and whose account
//! `recipientAccountId` is. [`UNSAID`] says the same to whoever reads the schema.

use std::sync::LazyLock;

use ctl::model::event::json_schema::{self, UNSAID};
use ctl::model::event::{Entry, Event as _, Gaps, Judged, Occurrences, Place, Terms};
use jsonschema::Validator;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

static SENT: LazyLock<Validator> = LazyLock::new(|| jsonschema::draft202012::new(&json_schema::event()).unwrap());
static STORED: LazyLock<Validator> = LazyLock::new(|| jsonschema::draft202012::new(&json_schema::stored()).unwrap());

/// Every member, as reference §3.1 has it.
fn whole() -> Value {
    json!({
        "version": "1.0",
        "userIdentity": {"type": "User", "principalId": "alice", "details": {"team": "a", "n": null}},
        "userAgent": "curl/8",
        "eventSource": "app.example.com",
        "eventName": "Login",
        "eventTime": "2026-11-20T12:00:00Z",
        "UID": "evt-1",
        "requestParameters": {"a": [1, {"b": true}]},
        "responseElements": {},
        "errorCode": "E",
        "errorMessage": "m",
        "sourceIPAddress": "192.0.2.7",
        "recipientAccountId": "123456789012",
        "additionalEventData": {"x": 1.5},
    })
}

/// Whether `ctl event validate` takes the event as it is.
fn is_valid(event: &Value) -> bool {
    let text = event.to_string();
    let place = Place {
        file: "in".into(),
        line: 1,
        index: 1,
        offset: 0,
    };
    let entry = Entry {
        place,
        bytes: text.as_bytes(),
        broken: None,
    };
    let terms = Terms {
        owner: None,
        gaps: Gaps::AsItIs,
    };
    Judged::read(&entry, &terms, &mut Occurrences::default()).is_ok()
}

fn agree(event: &Value) -> bool {
    let (schema, validator) = (SENT.is_valid(event), is_valid(event));
    assert_eq!(schema, validator, "schema {schema}, validator {validator}: {event}");
    validator
}

/// The event with something else under a pointer; without it if it is `None`.
fn with(pointer: &str, value: Option<Value>) -> Value {
    let mut event = whole();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let object: &mut Map<String, Value> = event.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value {
        Some(value) => object.insert(name.to_owned(), value),
        None => object.remove(name),
    };
    event
}

const MEMBERS: [&str; 17] = [
    "/version",
    "/userIdentity",
    "/userIdentity/type",
    "/userIdentity/principalId",
    "/userIdentity/details",
    "/userAgent",
    "/eventSource",
    "/eventName",
    "/eventTime",
    "/UID",
    "/requestParameters",
    "/responseElements",
    "/errorCode",
    "/errorMessage",
    "/sourceIPAddress",
    "/recipientAccountId",
    "/additionalEventData",
];

#[test]
fn both_take_what_the_reference_calls_valid() {
    assert!(agree(&whole()));
    let required = [
        "version",
        "userIdentity",
        "eventSource",
        "eventName",
        "eventTime",
        "UID",
        "recipientAccountId",
    ];
    for pointer in MEMBERS {
        let name = pointer.trim_start_matches('/');
        let needed = required.contains(&name) || ["userIdentity/type", "userIdentity/principalId"].contains(&name);
        assert_eq!(agree(&with(pointer, None)), !needed, "{pointer}");
    }
}

#[test]
fn both_refuse_each_wrong_type() {
    for pointer in MEMBERS {
        let object = whole().pointer(pointer).unwrap().is_object();
        for value in [json!(null), json!(1), json!(true), json!([]), json!([{}])] {
            assert!(!agree(&with(pointer, Some(value))), "{pointer}");
        }
        assert!(!agree(&with(
            pointer,
            Some(if object { json!("None") } else { json!({}) })
        )));
    }
}

#[test]
fn both_count_characters() {
    for (pointer, max) in [
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
        for letter in ["x", "é", "😀"] {
            assert!(agree(&with(pointer, Some(json!(letter.repeat(max))))), "{pointer}");
            assert!(!agree(&with(pointer, Some(json!(letter.repeat(max + 1))))), "{pointer}");
        }
        assert_eq!(agree(&with(pointer, Some(json!("")))), pointer != "/UID");
    }
}

#[test]
fn both_know_the_same_members() {
    for name in [
        "eventVersion",
        "sourceIpAddress",
        "uid",
        "eventID",
        "",
        "a/b",
        "version ",
    ] {
        let mut event = whole();
        event[name] = json!("x");
        assert!(!agree(&event), "{name}");
    }
    // Of userIdentity the pages do not say that it has no others.
    assert!(agree(&with("/userIdentity/userName", Some(json!("a")))));
}

fn texts_agree(pointer: &str, good: &[&str], bad: &[&str]) {
    for (texts, wanted) in [(good, true), (bad, false)] {
        for text in texts {
            assert_eq!(agree(&with(pointer, Some(json!(text)))), wanted, "{pointer} {text:?}");
        }
    }
}

#[test]
fn both_read_times_alike() {
    let good = [
        "2024-02-29T23:59:59Z",
        "2000-02-29T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
    ];
    let bad = [
        "",
        "2022-07-12T10:55:00",
        "2026-11-20T12:00:00.5Z",
        "2026-11-20T12:00:00+00:00",
        "2026-11-20 12:00:00Z",
        "2023-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-11-20T24:00:00Z",
        "2016-12-31T23:59:60Z",
        "2026-11-20T12:00:00Z\n",
        "202-07-12T10:55:00Z",
    ];
    texts_agree("/eventTime", &good, &bad);
}

#[test]
fn both_read_accounts_alike() {
    let bad = [
        "",
        "12345678901",
        "1234567890123",
        "12345678901a",
        "123456789012\n",
        "１２３４５６７８９０１２",
    ];
    texts_agree("/recipientAccountId", &["000000000000", "123456789012"], &bad);
}

#[test]
fn both_read_addresses_alike() {
    let good = "0.0.0.0 255.255.255.255 :: ::1 1:: 2001:db8::1 1:2:3:4:5:6:7:8 1:2:3:4:5:6:7:: ::2:3:4:5:6:7:8 \
        ::ffff:192.0.2.7 1:2:3:4:5:6:192.0.2.7 64:ff9b::192.0.2.33 FE80::ABCD";
    let bad = "None 256.0.0.1 192.0.2.07 192.0.2 192.0.2.7:80 1:2:3:4:5:6:7 1::2::3 ::: 1:2:3:4:5:6:7:8:9 \
        1::2:3:4:5:6:7:8 12345:: fe80::1%eth0 ::192.0.2.7:1 [::1] 1:2:3:4:5:6:7:192.0.2.7";
    let words = |text: &'static str| text.split_whitespace().collect::<Vec<_>>();
    let odd = ["", "192.0.2.7\n", " 192.0.2.7", "AWS Internal"];
    texts_agree("/sourceIPAddress", &words(good), &[words(bad), odd.to_vec()].concat());
}

#[test]
fn what_the_schema_cannot_say_is_listed_in_it() {
    let description = json_schema::event()["description"].as_str().unwrap().to_owned();
    for unsaid in UNSAID {
        assert!(description.contains(unsaid), "{unsaid}");
    }
    // One of them, to see that the list is no excuse for what it can say.
    let large = with("/additionalEventData", Some(json!({"a": "x".repeat(30_000)})));
    assert!(SENT.is_valid(&large) && !is_valid(&large));
}

/// A stored record with the members of reference §3.2.
fn record() -> Value {
    json!({
        "eventVersion": "1.0",
        "eventCategory": "ActivityAuditLog",
        "eventType": "ActivityLog",
        "eventID": "5b544c88-c68e-4193-8efe-d976d7a5e21d",
        "eventTime": "2026-11-20T12:00:00Z",
        "awsRegion": "eu-west-1",
        "recipientAccountId": "123456789012",
        "metadata": {
            "ingestionTime": "2026-11-20T12:00:05Z",
            "channelARN": "arn:aws:cloudtrail:eu-west-1:123456789012:channel/5b544c88-c68e-4193-8efe-d976d7a5e21d",
        },
        "eventData": whole(),
    })
}

#[test]
fn a_stored_record_is_as_the_reference_has_it() {
    let valid = |change: &dyn Fn(&mut Value)| {
        let mut record = record();
        change(&mut record);
        STORED.is_valid(&record)
    };
    assert!(valid(&|_| ()));
    for name in record().as_object().unwrap().keys() {
        assert!(
            !valid(&|record| {
                record.as_object_mut().unwrap().remove(name);
            }),
            "{name}"
        );
    }
    assert!(valid(&|record| record["eventTime"] = json!("2026-11-20T12:00:00")));
    assert!(valid(&|record| record["addendum"] = json!({"reason": "DELIVERY_DELAY"})));
    assert!(!valid(
        &|record| record["addendum"] = json!({"reason": "DELIVERY_DELAY", "originalUID": "a"})
    ));
    let updated = json!({"reason": "UPDATED_DATA", "updatedFields": "a", "originalUID": "a", "originalEventID": "b"});
    assert!(valid(&|record| record["addendum"] = updated.clone()));
    assert!(!valid(&|record| record["eventCategory"] = json!("Management")));
    assert!(!valid(&|record| record["eventData"]["version"] = json!(1)));
}

/// Texts that are nearly right, for every member.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9a-fA-F:.]{0,24}",
        "(([0-9a-f]{1,4}:){0,7}:?){1,2}([0-9a-f]{1,4}|1.2.3.4|256.1.1.1)?",
        "[0-9]{1,3}(\\.[0-9]{1,3}){3}",
        "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]Z?",
        "[0-9]{11,13}",
        ".{0,8}",
        "[aé😀]{120,260}",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => text().prop_map(Value::from),
        1 => select(vec![json!(null), json!(1), json!(true), json!([]), json!({}), json!({"type": "a", "principalId": "b"})]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn schema_and_validator_agree(
        changes in proptest::collection::vec((select(&MEMBERS[..]), proptest::option::weighted(0.9, value())), 1..4),
        unknown in proptest::option::weighted(0.1, "[a-zA-Z/~]{0,6}"),
    ) {
        let mut event = whole();
        for (pointer, value) in changes {
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            if let Some(Value::Object(object)) = event.pointer_mut(parent) {
                match value {
                    Some(value) => object.insert(name.to_owned(), value),
                    None => object.remove(name),
                };
            }
        }
        if let Some(name) = unknown {
            event[name] = json!(1);
        }
        agree(&event);
    }
}
