//! `verify`: a canary that went through, and everything that may keep it from doing so.

use std::time::Duration;

use ctl::sandbox::Config;
use serde_json::{Value, json};

use super::{enabled, put_policy};
use crate::harness::{Ctl, HOME, Lake, Output, SECRET, STRANGER, entry, fixed, policy, signal, text, until, with};

/// A sandbox with a custom integration; events can be queried so long after they came, by its clock.
fn custom(delay: Duration) -> (Lake, Ctl, String) {
    let lake = Lake::with(Config {
        ingestion_delay: delay,
        ..fixed()
    });
    let (_, channel) = lake.owner().integration();
    lake.forget();
    let ctl = lake.ctl();
    (lake, ctl, channel)
}

/// The steps of a document, `state step` each.
fn steps(document: &Value) -> Vec<String> {
    assert_eq!(document["schema"], "ctl.verify/v1");
    let steps = document["steps"].as_array().unwrap();
    let line = |step: &Value| format!("{} {}", text(step, "state"), text(step, "step"));
    for step in steps {
        assert!(!text(step, "detail").is_empty(), "{step}");
    }
    steps.iter().map(line).collect()
}

/// What is told of the deliveries.
fn deliveries(document: &Value) -> String {
    let steps = document["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["step"] == "deliveries").unwrap();
    text(step, "detail")
}

/// The events that are stored.
fn stored(lake: &Lake) -> Vec<Value> {
    let events = lake.look("/events");
    let event = |stored: &Value| serde_json::from_str(stored["event_data"].as_str().unwrap()).unwrap();
    events["events"].as_array().unwrap().iter().map(event).collect()
}

/// How often an operation was called.
fn calls(lake: &Lake, operation: &str) -> usize {
    lake.requests()
        .iter()
        .filter(|seen| seen.operation == operation)
        .count()
}

#[test]
fn a_canary_goes_through_and_is_found() {
    let (lake, ctl, channel) = custom(Duration::ZERO);
    let output = ctl.run("verify -o json").exits(0);
    let document = output.json();
    assert_eq!(steps(&document), ["done canary", "done ingestion", "done query"]);
    assert_eq!(document["verified"], true);
    assert_eq!(document["integration"]["channel_arn"], channel);
    assert_eq!(document["queries"], 1);
    assert!(document["bytes_scanned"].as_u64().unwrap() > 0);
    for step in document["steps"].as_array().unwrap() {
        assert!(step["latency_ms"].is_u64(), "{step}");
    }
    // One event of its own, marked as one.
    let events = stored(&lake);
    assert_eq!(events.len(), 1);
    let canary = &document["canary"];
    assert_eq!(events[0]["UID"], canary["uid"]);
    assert_eq!(events[0]["eventTime"], canary["event_time"]);
    assert_eq!(
        (&events[0]["eventSource"], &events[0]["eventName"]),
        (&json!("ctl.canary"), &json!("Verify"))
    );
    assert_eq!(events[0]["additionalEventData"]["canary"], "true");
    assert_eq!(events[0]["recipientAccountId"], HOME);
    let shown = lake.owner().call("GetChannel", json!({"Channel": channel})).unwrap();
    assert_eq!(
        shown["IngestionStatus"]["LatestIngestionSuccessEventID"],
        canary["event_id"]
    );
    // The statement is bounded by a time, and asks for the canary.
    let queries = lake.look("/queries");
    let statement = text(&queries["queries"][0], "statement");
    assert!(statement.contains("eventTime >= timestamp '"), "{statement}");
    assert!(statement.contains(&format!("'{}'", text(canary, "uid"))), "{statement}");
    // Another run sends another.
    drop(ctl.run("verify my-app").exits(0));
    assert_eq!(stored(&lake).len(), 2);
}

#[test]
fn without_a_query_nothing_is_scanned() {
    let (lake, ctl, _) = custom(Duration::from_hours(1));
    let document = ctl.run("verify --no-query -o json").exits(0).json();
    assert_eq!(steps(&document), ["done canary", "done ingestion", "skipped query"]);
    assert_eq!(
        (document["verified"].as_bool(), document["queries"].as_u64()),
        (Some(true), Some(0))
    );
    assert_eq!(calls(&lake, "StartQuery"), 0);
    let table = ctl.run("verify --no-query").exits(0).stdout;
    let states: Vec<&str> = table.lines().map(|line| line.split('\t').next().unwrap()).collect();
    assert_eq!(states, ["done", "done", "skipped"]);
}

#[test]
fn it_waits_for_the_query_side_with_few_queries() {
    let (lake, ctl, _) = custom(Duration::from_mins(5));
    let run = ctl.start("verify -o json");
    until(|| calls(&lake, "StartQuery") >= 1 && calls(&lake, "GetQueryResults") >= 1);
    lake.tell("/clock", json!({"advance_seconds": 301}));
    let document = ctl.output(&[], &run.wait_with_output().unwrap()).exits(0).json();
    assert_eq!(steps(&document), ["done canary", "done ingestion", "done query"]);
    assert_eq!(document["queries"], 2);
    let latency = |at: usize| document["steps"][at]["latency_ms"].as_u64().unwrap();
    assert!(latency(2) >= 1000 && latency(1) < latency(2), "{document}");
}

#[test]
fn when_the_time_is_over_it_tells_what_was_seen_so_far() {
    let (lake, ctl, _) = custom(Duration::from_hours(1));
    let output = ctl
        .run("verify --timeout 2s -o json")
        .exits(6)
        .says(&["query", "--timeout"]);
    assert_eq!(
        steps(&output.json()),
        ["done canary", "done ingestion", "pending query"]
    );
    assert_eq!(output.json()["verified"], false);
    assert_eq!(output.error()["kind"], "gave_up");
    assert!(calls(&lake, "StartQuery") <= 3);
    // The hint finds it, once it can be found.
    let uid = text(&output.json()["canary"], "uid");
    let hint = output.error()["hints"][0].as_str().unwrap().to_owned();
    let command = hint.split_once("ctl ").unwrap().1;
    assert!(command.ends_with(&uid), "{hint}");
    lake.tell("/clock", json!({"advance_seconds": 3601}));
    assert!(ctl.run(command).exits(0).stdout.contains("ctl.canary"));
    // The ingestion status cannot be read for a while, or for too long.
    let fails = json!({"kind": "status", "status": 503});
    let (lake, ctl, _) = custom(Duration::ZERO);
    lake.fault("GetChannel", 2, 3, fails.clone());
    let document = ctl.run("verify -o json").exits(0).json();
    assert_eq!(steps(&document), ["done canary", "done ingestion", "done query"]);
    let (lake, ctl, _) = custom(Duration::ZERO);
    lake.fault("GetChannel", 2, 1000, fails);
    let output = ctl.run("verify --timeout 1s -o json").exits(6).says(&["503"]);
    assert_eq!(
        steps(&output.json()),
        ["done canary", "pending ingestion", "skipped query"]
    );
    for bad in ["0s", "soon", "99999h"] {
        drop(ctl.run(&format!("verify --timeout {bad}")).exits(2));
    }
}

#[test]
fn a_query_that_fails_is_made_again() {
    let (lake, ctl, _) = custom(Duration::ZERO);
    lake.tell(
        "/queries",
        json!({"status": "FAILED", "error": "Query exhausted resources"}),
    );
    let document = ctl.run("verify -o json").exits(0).json();
    assert_eq!(steps(&document), ["done canary", "done ingestion", "done query"]);
    assert_eq!(document["queries"], 2);
    // When none succeeds, the service's words are told.
    let (lake, ctl, _) = custom(Duration::ZERO);
    for call in 1..=6 {
        let failed = json!({"status": "FAILED", "error": "Query exhausted resources", "call": call});
        lake.tell("/queries", failed);
    }
    let output = ctl
        .run("verify --timeout 3s -o json")
        .exits(6)
        .says(&["Query exhausted resources"]);
    let document = output.json();
    assert_eq!(steps(&document)[2], "pending query");
    assert!(text(&document["steps"][2], "detail").contains("Query exhausted resources"));
    // Who may not query is told so, and what was proved stands.
    let (lake, ctl, _) = custom(Duration::ZERO);
    let denied = json!({"kind": "error", "status": 403, "code": "AccessDeniedException", "message": "no"});
    lake.fault("StartQuery", 1, 1000, denied);
    let output = ctl.run("verify -o json").exits(4).says(&["AccessDenied"]);
    assert_eq!(steps(&output.json()), ["done canary", "done ingestion", "failed query"]);
}

/// A run that ends with the canary not taken.
#[track_caller]
fn not_taken(fault: Value, code: i32, state: &str, word: &str) -> Output {
    let (lake, ctl, _) = custom(Duration::ZERO);
    lake.fault("PutAuditEvents", 1, 1000, fault);
    let output = ctl.run("verify --timeout 2s -o json").exits(code).says(&[word]);
    let document = output.json();
    assert_eq!(
        steps(&document),
        [&format!("{state} canary"), "skipped ingestion", "skipped query"]
    );
    assert_eq!(document["verified"], false);
    assert_eq!(document["canary"]["event_id"], Value::Null);
    assert_eq!(calls(&lake, "StartQuery"), 0);
    output
}

#[test]
fn a_canary_that_is_not_taken_ends_as_send_does() {
    let refuses = |code: &str| json!({"kind": "fail_entries", "indexes": [0], "code": code, "message": "not so"});
    drop(not_taken(
        refuses("InvalidEventSource"),
        3,
        "failed",
        "InvalidEventSource",
    ));
    let says = |code: &str| json!({"kind": "error", "status": 400, "code": code, "message": "no"});
    drop(not_taken(
        says("ChannelInsufficientPermission"),
        4,
        "pending",
        "ChannelInsufficientPermission",
    ));
    drop(not_taken(says("ChannelNotFound"), 5, "pending", "ChannelNotFound"));
    drop(not_taken(json!({"kind": "throttle"}), 6, "pending", "--timeout"));
}

#[test]
fn a_lost_reply_is_told_of_and_the_canary_found_all_the_same() {
    let (lake, ctl, _) = custom(Duration::ZERO);
    lake.fault("PutAuditEvents", 1, 1, json!({"kind": "lose_reply"}));
    let document = ctl.run("verify -o json").exits(0).json();
    assert_eq!(steps(&document), ["done canary", "done ingestion", "done query"]);
    assert_eq!(document["canary"]["possibly_double"], true);
    assert!(text(&document["steps"][0], "detail").contains("twice"), "{document}");
    let uids: Vec<Value> = stored(&lake).into_iter().map(|event| event["UID"].clone()).collect();
    assert_eq!(
        uids,
        [document["canary"]["uid"].clone(), document["canary"]["uid"].clone()]
    );
}

#[test]
fn ctrl_c_tells_what_was_seen() {
    let (lake, ctl, _) = custom(Duration::from_hours(1));
    let run = ctl.start("verify -o json");
    until(|| calls(&lake, "GetQueryResults") >= 1);
    signal(&run, "INT");
    let output = ctl.output(&[], &run.wait_with_output().unwrap()).exits(130);
    assert_eq!(
        steps(&output.json()),
        ["done canary", "done ingestion", "pending query"]
    );
    // A query that is running is cancelled, and that is said.
    let (lake, ctl, _) = custom(Duration::ZERO);
    lake.tell("/queries", json!({"status": "FAILED", "looks": 1_000_000}));
    let run = ctl.start("verify -o json");
    until(|| calls(&lake, "DescribeQuery") >= 1);
    signal(&run, "INT");
    let output = ctl.output(&[], &run.wait_with_output().unwrap()).exits(130);
    assert_eq!(calls(&lake, "CancelQuery"), 1);
    drop(output.says(&["was cancelled"]));
}

#[test]
fn nothing_is_written_into_a_partners_log() {
    let (lake, ctl) = enabled();
    let channel = lake.only_channel();
    // Nothing was ever taken, which proves nothing.
    let output = ctl.run("verify nordcloud -o json").exits(3).says(&["deliveries"]);
    let expected = [
        "done stores",
        "done policy",
        "done principal",
        "done external_id",
        "failed deliveries",
    ];
    assert_eq!(steps(&output.json()), expected);
    assert_eq!(lake.writes(), [""; 0]);
    assert!(output.stderr.contains(&format!("ctl status {channel}")), "{output}");
    lake.owner().put(&channel, None, json!([entry("e1")])).unwrap();
    lake.forget();
    let document = ctl.run("verify nordcloud --no-query -o json").exits(0).json();
    assert!(deliveries(&document).contains("may be a canary"), "{document}");
    assert_eq!(lake.writes(), [""; 0]);
    let document = ctl.run("verify nordcloud -o json").exits(0).json();
    assert_eq!(
        (document["verified"].as_bool(), &document["canary"]),
        (Some(true), &Value::Null)
    );
    assert!(deliveries(&document).contains("is no canary"), "{document}");
    assert_eq!(document["queries"], 1);
    assert_eq!(lake.writes(), ["StartQuery"]);
    lake.forget();
    assert_eq!(document["integration"]["partner"], "nordcloud");
    // The sandbox's clock stands days before ctl's.
    drop(ctl.run("verify nordcloud --max-silence 1h").exits(3));
    assert_eq!(lake.writes(), [""; 0]);
    let denied = json!({"kind": "error", "status": 403, "code": "AccessDeniedException", "message": "no"});
    lake.fault("StartQuery", 1, 1, denied);
    let document = ctl.run("verify nordcloud -o json").exits(0).json();
    assert!(deliveries(&document).contains("AccessDenied"), "{document}");
    put_policy(&lake.owner(), &channel, &policy(&channel, STRANGER, Some(SECRET)));
    let output = ctl.run("verify nordcloud -o json").exits(3).says(&["principal"]);
    assert!(steps(&output.json()).contains(&"failed principal".to_owned()));
}

#[test]
fn a_store_that_takes_nothing_is_no_proof() {
    let (lake, ctl) = enabled();
    lake.owner()
        .put(&lake.only_channel(), None, json!([entry("e1")]))
        .unwrap();
    let planted = with(json!({"status": "PENDING_DELETION"}), json!({"id": lake.only_store()}));
    lake.plant("event_data_store", planted);
    let output = ctl.run("verify -o json").exits(3).says(&["stores", "--restore"]);
    assert!(steps(&output.json()).contains(&"failed stores".to_owned()));
}

#[test]
fn a_canary_into_a_partners_channel_is_asked_for_and_warned_of() {
    let (lake, ctl) = enabled();
    let output = ctl
        .run(&format!(
            "verify nordcloud --canary --external-id {SECRET} --timeout 5s -o json"
        ))
        .says(&["Warning", "cannot be removed"]);
    let document = output.json();
    let expected = ["done canary", "done ingestion", "done query"];
    assert_eq!(steps(&document)[5..], expected, "{output}");
    assert_eq!(stored(&lake).len(), 1);
    // Another one is not advised.
    assert!(!output.stderr.contains("--canary"), "{output}");
}

#[test]
fn a_canary_is_no_delivery_of_the_partner() {
    let (lake, ctl) = enabled();
    let canary = format!("verify nordcloud --canary --external-id {SECRET} -o json");
    drop(ctl.run(&canary).exits(3));
    let output = ctl.run("verify nordcloud -o json").exits(3).says(&["deliveries"]);
    assert_eq!(output.json()["verified"], false);
    assert!(deliveries(&output.json()).contains("a canary of ctl's own"), "{output}");
    assert!(!output.stderr.contains("--canary"), "{output}");
    let shown = ctl.run("doctor nordcloud -o json").exits(0);
    assert!(
        shown.stdout.contains("does not tell whether the partner sent it"),
        "{shown}"
    );
    // A canary sent now does not count either, nor the one before.
    let output = ctl.run(&canary).exits(3);
    assert!(
        steps(&output.json()).contains(&"failed deliveries".to_owned()),
        "{output}"
    );
    // What the partner sends does.
    lake.tell("/clock", json!({"advance_seconds": 60}));
    lake.owner()
        .put(&lake.only_channel(), None, json!([entry("e1")]))
        .unwrap();
    drop(ctl.run("verify nordcloud -o json").exits(0));
}

#[test]
fn a_partner_that_is_locked_out_is_told_with_a_command_that_works() {
    let (lake, ctl) = enabled();
    let channel = lake.only_channel();
    lake.owner().put(&channel, None, json!([entry("e1")])).unwrap();
    lake.owner()
        .call("DeleteResourcePolicy", json!({"ResourceArn": channel}))
        .unwrap();
    let output = ctl.run("verify nordcloud -o json").exits(3);
    assert!(
        steps(&output.json()).contains(&"failed principal".to_owned()),
        "{output}"
    );
    let hints = output.error()["hints"].as_array().unwrap().clone();
    let command = "ctl enable --region us-east-1 --partner nordcloud --external-id-file FILE";
    assert!(hints.contains(&json!(command)), "{output}");
    ctl.file("id.txt", format!("{SECRET}\n"));
    let command = command.trim_start_matches("ctl ").replace("FILE", "id.txt");
    drop(ctl.run(&format!("{command} --yes")).exits(0));
    drop(ctl.run("verify nordcloud").exits(0));
}

#[test]
fn what_is_not_there_is_not_verified() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    drop(ctl.run("verify").exits(5));
    drop(ctl.run("verify nordcloud").exits(5).says(&["us-east-1"]));
    lake.owner().integration();
    drop(ctl.run("verify nothing-of-this").exits(5));
    assert_eq!(stored(&lake).len(), 0);
}
