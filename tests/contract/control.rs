//! Control under `/_sandbox/`: faults, the log, the clock, reset, planting.

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use ctl::sandbox::{Config, Quotas, parse_faults};
use serde_json::{Value, json};

use crate::harness::*;

fn install(lake: &Lake, operation: &str, fault: Value) {
    lake.tell("/faults", json!({"faults": [{"operation": operation, "fault": fault}]}));
}

#[test]
fn throttling_and_server_errors() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (_, channel) = owner.integration();
    install(&lake, "*", json!({"kind": "throttle"}));
    let refused = owner.call("ListChannels", json!({})).unwrap_err();
    assert_eq!(
        refused,
        (400, "ThrottlingException".to_owned(), "Rate exceeded".to_owned())
    );
    owner.call("ListChannels", json!({})).unwrap();
    for (status, code) in [(500, "InternalFailure"), (503, "ServiceUnavailable")] {
        install(&lake, "PutAuditEvents", json!({"kind": "status", "status": status}));
        let refused = owner.put(&channel, None, json!([entry("e1")])).unwrap_err();
        assert_eq!((refused.0, refused.1.as_str()), (status, code));
    }
    install(
        &lake,
        "GetChannel",
        json!({"kind": "error", "status": 403, "code": "AccessDeniedException", "message": "no"}),
    );
    assert_eq!(
        owner.call("GetChannel", json!({"Channel": channel})).unwrap_err(),
        (403, "AccessDeniedException".to_owned(), "no".to_owned())
    );
    assert_eq!(lake.look("/events"), json!({"events": []}));
}

#[test]
fn a_cut_request_is_not_handled() {
    let lake = Lake::new();
    let owner = lake.owner();
    install(&lake, "CreateEventDataStore", json!({"kind": "cut"}));
    let target = "CloudTrail_20131101.CreateEventDataStore";
    let body = store_input("my-events").to_string();
    assert!(owner.target(target, &body).is_none());
    assert_eq!(
        owner.call("ListEventDataStores", json!({})).unwrap(),
        json!({"EventDataStores": []})
    );
    assert_eq!(owner.target(target, &body).unwrap().status, 200);
}

#[test]
fn a_lost_reply_is_of_a_request_that_was_handled() {
    let lake = Lake::new();
    let owner = lake.owner();
    install(&lake, "CreateEventDataStore", json!({"kind": "lose_reply"}));
    let body = store_input("my-events").to_string();
    assert!(
        owner
            .target("CloudTrail_20131101.CreateEventDataStore", &body)
            .is_none()
    );
    let listed = owner.call("ListEventDataStores", json!({})).unwrap();
    let store = text(&listed["EventDataStores"][0], "EventDataStoreArn");
    let channel = owner.channel("my-app", "Custom", &[&store]);
    install(&lake, "PutAuditEvents", json!({"kind": "lose_reply"}));
    let query = format!("?channelArn={}", percent(&channel));
    let body = json!({"auditEvents": [entry("e1")]}).to_string();
    assert!(owner.put_raw(&query, body.as_bytes()).is_none());
    assert_eq!(lake.look("/events")["events"].as_array().unwrap().len(), 1);
}

#[test]
fn entries_can_fail_by_script() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (_, channel) = owner.integration();
    let fault =
        json!({"kind": "fail_entries", "ids": ["e0"], "indexes": [2], "code": "InternalFailure", "message": "m"});
    install(&lake, "PutAuditEvents", fault);
    let entries = json!([entry("e0"), entry("e1"), entry("e2")]);
    let put = owner.put(&channel, None, entries.clone()).unwrap();
    assert_eq!(
        put["failed"],
        json!([
            {"id": "e0", "errorCode": "InternalFailure", "errorMessage": "m"},
            {"id": "e2", "errorCode": "InternalFailure", "errorMessage": "m"}
        ])
    );
    assert_eq!(lake.look("/events")["events"].as_array().unwrap().len(), 1);
    let put = owner.put(&channel, None, entries).unwrap();
    assert_eq!(put["failed"], json!([]));
}

#[test]
fn a_share_of_the_entries_fails_by_the_seed_and_gets_through_when_sent_again() {
    let pictures: Vec<Vec<String>> = [7, 7, 8]
        .into_iter()
        .map(|seed| {
            let lake = Lake::new();
            let owner = lake.owner();
            let (_, channel) = owner.integration();
            let fault = json!({"kind": "fail_entries", "share": 0.3, "seed": seed, "code": "InternalFailure"});
            lake.fault("PutAuditEvents", 1, 0, fault);
            let ids = |put: &Value, list: &str| -> Vec<String> {
                put[list]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|entry| text(entry, "id"))
                    .collect()
            };
            let all: Value = (0..100).map(|n| entry(&format!("e{n}"))).collect();
            let first = owner.put(&channel, None, all).unwrap();
            let failed = ids(&first, "failed");
            assert_eq!(first["failed"][0]["errorCode"], "InternalFailure");
            let mut again = failed.clone();
            for _ in 0..20 {
                if again.is_empty() {
                    break;
                }
                let entries: Value = again.iter().map(|id| entry(id)).collect();
                again = ids(&owner.put(&channel, None, entries).unwrap(), "failed");
            }
            assert_eq!(again, Vec::<String>::new());
            assert_eq!(lake.look("/events")["events"].as_array().unwrap().len(), 100);
            failed
        })
        .collect();
    assert!((15..=45).contains(&pictures[0].len()), "{pictures:?}");
    assert_eq!(pictures[0], pictures[1]);
    assert_ne!(pictures[0], pictures[2]);
}

#[test]
fn a_share_of_the_requests_goes_wrong_by_the_seed() {
    let picture = |seed: u64| {
        let lake = Lake::new();
        let rules = json!([
            {"operation": "ListChannels", "share": 0.2, "seed": seed, "fault": {"kind": "throttle"}},
            {"operation": "ListChannels", "share": 0.2, "seed": seed, "fault": {"kind": "status", "status": 500}}
        ]);
        lake.tell("/faults", json!({"faults": rules}));
        for _ in 0..300 {
            lake.owner().call("ListChannels", json!({})).ok();
        }
        let seen = lake.requests();
        seen.into_iter().map(|seen| seen.fault).collect::<Vec<_>>()
    };
    let first = picture(1);
    for (fault, most) in [("throttle", 85), ("status", 72)] {
        let hit = first.iter().filter(|seen| seen.as_deref() == Some(fault)).count();
        assert!((25..=most).contains(&hit), "{fault}: {hit} of 300");
    }
    assert_eq!(first, picture(1));
    assert_ne!(first, picture(2));
}

#[test]
fn too_many_requests_a_second_are_throttled() {
    let lake = Lake::with(Config {
        max_tps: NonZeroU32::new(3),
        ..fixed()
    });
    let owner = lake.owner();
    let (_, channel) = owner.integration();
    let mut sent = 0..;
    let mut put = |count: usize| -> usize {
        let fine = sent.by_ref().take(count).filter(|n: &u32| {
            match owner.put(&channel, None, json!([entry(&format!("e{n}"))])) {
                Ok(_) => true,
                Err(refused) => {
                    let throttled = (400, "ThrottlingException".to_owned(), "Rate exceeded".to_owned());
                    assert_eq!(refused, throttled);
                    false
                }
            }
        });
        fine.count()
    };
    // The clock stands still, so nothing comes in between.
    assert_eq!(put(5), 3);
    lake.tell("/clock", json!({"advance_seconds": 1}));
    assert_eq!(put(4), 3);
    // Other operations are not held up, and what was throttled is not stored.
    owner.call("ListChannels", json!({})).unwrap();
    assert_eq!(lake.look("/events")["events"].as_array().unwrap().len(), 6);
}

#[test]
fn each_operation_can_be_held_to_its_quota() {
    let lake = Lake::with(Config {
        quotas: Quotas::Documented,
        ..fixed()
    });
    let owner = lake.owner();
    let store = owner.store("my-events");
    let passed = |operation: &str, input: Value| {
        let calls = (0..12).map(|_| owner.call(operation, input.clone()));
        let (fine, refused): (Vec<_>, Vec<_>) = calls.partition(Result::is_ok);
        for refused in refused {
            assert_eq!(refused.unwrap_err().1, "ThrottlingException");
        }
        fine.len()
    };
    let statement = format!("SELECT eventID FROM {}", store.rsplit('/').next().unwrap());
    assert_eq!(passed("StartQuery", json!({ "QueryStatement": statement })), 3);
    assert_eq!(passed("ListQueries", json!({ "EventDataStore": store })), 10);
    assert_eq!(passed("ListChannels", json!({})), 10);
    assert_eq!(passed("CreateEventDataStore", store_input("another")), 0);
    lake.tell("/clock", json!({"advance_seconds": 1}));
    assert_eq!(passed("CreateEventDataStore", store_input("another")), 1);
    assert_eq!(passed("StartQuery", json!({ "QueryStatement": statement })), 3);
}

#[test]
fn delays_and_faults_from_the_start() {
    let script = r#"{"faults":[{"operation":"ListChannels","call":2,"times":0,"fault":{"kind":"delay","ms":150}}]}"#;
    let lake = Lake::with(Config {
        faults: parse_faults(script).unwrap(),
        ..fixed()
    });
    let owner = lake.owner();
    let mut slow = Vec::new();
    for _ in 0..3 {
        let before = Instant::now();
        owner.call("ListChannels", json!({})).unwrap();
        slow.push(before.elapsed() >= Duration::from_millis(150));
    }
    assert_eq!(slow, [false, true, true]);
    assert_eq!(lake.look("/faults")["faults"].as_array().unwrap().len(), 1);
    assert_eq!(lake.control("DELETE", "/faults", &Value::Null).status, 200);
    assert_eq!(lake.look("/faults"), json!({"faults": []}));
}

#[test]
fn bad_scripts_are_refused_with_a_reason() {
    let lake = Lake::new();
    for (path, body, word) in [
        (
            "/faults",
            json!({"faults": [{"operation": "*", "fault": {"kind": "explode"}}]}),
            "explode",
        ),
        (
            "/faults",
            json!({"faults": [{"operation": "*", "fault": {"kind": "cut"}, "when": 1}]}),
            "when",
        ),
        ("/clock", json!({"now": "noon"}), "noon"),
        ("/clock", json!({}), "advance_seconds"),
        ("/clock", json!({"later": 5}), "later"),
        ("/plant", json!({"channel": {}}), "channel"),
        ("/plant", json!({"event_data_store": {"id": "x"}}), "There is no x"),
    ] {
        let response = lake.control("POST", path, &body);
        assert_eq!(response.status, 400, "{path} {body}");
        assert!(
            text(&response.json(), "error").contains(word),
            "{path} {body}: {}",
            response.body
        );
    }
    assert_eq!(lake.control("GET", "/nothing", &Value::Null).status, 404);
}

#[test]
fn requests_are_logged_in_order() {
    let begun = now();
    let lake = Lake::new();
    let owner = lake.owner();
    owner.call("ListChannels", json!({})).unwrap();
    owner.call("GetChannel", json!({"Channel": "x"})).unwrap_err();
    install(&lake, "*", json!({"kind": "cut"}));
    assert!(owner.target("CloudTrail_20131101.ListTags", "{}").is_none());
    install(&lake, "*", json!({"kind": "throttle"}));
    lake.caller(PARTNER, "us-east-1")
        .put("arn:x", None, json!([]))
        .unwrap_err();
    let mut seen = lake.look("/requests")["requests"].clone();
    let (begun, ended) = (begun.as_millisecond(), now().as_millisecond());
    for seen in seen.as_array_mut().unwrap() {
        let at: jiff::Timestamp = text(seen, "at").parse().unwrap();
        assert!((begun..=ended).contains(&at.as_millisecond()), "{seen}");
        seen.as_object_mut().unwrap().remove("at");
    }
    assert_eq!(
        seen,
        json!([
            {"seq": 1, "operation": "ListChannels", "account": HOME, "status": 200, "code": null, "fault": null},
            {"seq": 2, "operation": "GetChannel", "account": HOME, "status": 400, "code": "ChannelARNInvalidException", "fault": null},
            {"seq": 3, "operation": "ListTags", "account": HOME, "status": null, "code": null, "fault": "cut"},
            {"seq": 4, "operation": "PutAuditEvents", "account": PARTNER, "status": 400, "code": "ThrottlingException", "fault": "throttle"}
        ])
    );
    lake.control("DELETE", "/requests", &Value::Null);
    assert_eq!(lake.look("/requests"), json!({"requests": []}));
}

#[test]
fn the_clock_moves_and_retention_goes_by_event_time() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (_, channel) = owner.integration();
    assert_eq!(
        lake.look("/clock"),
        json!({"now": "2026-11-20T12:00:00Z", "fixed": true})
    );
    let mut old = event("old");
    old["eventTime"] = json!("2025-01-01T00:00:00Z");
    let entries = json!([entry("new"), {"id": "old", "eventData": old.to_string()}]);
    owner.put(&channel, None, entries).unwrap();
    assert_eq!(lake.look("/events")["events"].as_array().unwrap().len(), 2);
    lake.tell("/clock", json!({"advance_seconds": 1}));
    assert_eq!(lake.look("/events")["events"].as_array().unwrap().len(), 1);
    let moved = lake.tell("/clock", json!({"now": "2027-11-22T13:00:00+01:00"}));
    assert_eq!(moved["now"], json!("2027-11-22T12:00:00Z"));
    assert_eq!(lake.look("/events")["events"], json!([]));
    let real = Lake::with(Config::default());
    assert_eq!(real.look("/clock")["fixed"], json!(false));
}

#[test]
fn an_ingestion_delay_concerns_readers_only() {
    let lake = Lake::with(Config {
        ingestion_delay: Duration::from_secs(30),
        ..fixed()
    });
    let owner = lake.owner();
    let (_, channel) = owner.integration();
    owner.put(&channel, None, json!([entry("e1")])).unwrap();
    assert_eq!(
        lake.look("/events")["events"][0]["visible_at"],
        json!("2026-11-20T12:00:30Z")
    );
    let output = owner.call("GetChannel", json!({"Channel": channel})).unwrap();
    assert_eq!(output["IngestionStatus"]["LatestIngestionSuccessTime"], json!(NOON));
}

#[test]
fn reset_empties_the_state() {
    let lake = Lake::with(Config {
        seed: Some(1),
        ..fixed()
    });
    let owner = lake.owner();
    let first = owner.integration();
    owner.put(&first.1, None, json!([entry("e1")])).unwrap();
    lake.tell("/clock", json!({"advance_seconds": 99}));
    lake.tell("/reset", json!({}));
    assert_eq!(owner.call("ListChannels", json!({})).unwrap(), json!({"Channels": []}));
    assert_eq!(
        owner.call("ListEventDataStores", json!({})).unwrap(),
        json!({"EventDataStores": []})
    );
    assert_eq!(lake.look("/events"), json!({"events": []}));
    assert_eq!(lake.look("/clock")["now"], json!("2026-11-20T12:00:00Z"));
    // Seeded ids begin again, too.
    assert_eq!(owner.integration(), first);
}

#[test]
fn an_ingestion_status_can_be_planted() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (_, channel) = owner.integration();
    let planted = json!({
        "channel": channel, "latest_ingestion_error_code": "InvalidData",
        "latest_ingestion_attempt_time": "2026-11-20T11:00:00Z"
    });
    lake.tell("/plant", json!({ "ingestion_status": planted }));
    let output = owner.call("GetChannel", json!({"Channel": channel})).unwrap();
    assert_eq!(
        output["IngestionStatus"],
        json!({"LatestIngestionErrorCode": "InvalidData", "LatestIngestionAttemptTime": NOON - 3600})
    );
}
