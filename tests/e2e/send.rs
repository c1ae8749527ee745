//! `send`: what is sent is what was given, what became of each event is told, and the sums agree.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Lake, enabled, nordcloud};
use crate::harness::{Ctl, HOME, Output, PARTNER, SECRET, STRANGER, Silence, event, signal, text};

/// The event of Nordcloud's own documentation.
const NORDCLOUD: &str = r#"{"eventData":{"version":"v1","userIdentity":{"type":"USER","principalId":"name@example.com"},"eventSource":"com.nordcloudapp.com.klarity","eventName":"discoveryRule.created","eventTime":"2022-07-12T10:55:00","UID":"00000000-00000000-00000000-00000000","requestParameters":{"ruleName":"rule name","ruleId":"00000000-00000000-00000000-00000001","environment":"test env","application":"test app"}}}"#;

/// A sandbox with a custom integration.
pub(super) fn custom() -> (Lake, Ctl, String) {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let (_, channel) = lake.owner().integration();
    lake.forget();
    (lake, ctl, channel)
}

/// So many events, a line each.
pub(super) fn lines(count: usize) -> String {
    let mut all = String::new();
    for n in 0..count {
        writeln!(all, "{}", event(&format!("evt-{n}"))).unwrap();
    }
    all
}

/// What the store holds: entry id and text of each event.
pub(super) fn stored(lake: &Lake) -> Vec<(String, String)> {
    let all = lake.look("/events");
    let one = |event: &Value| (text(event, "id"), text(event, "event_data"));
    all["events"].as_array().unwrap().iter().map(one).collect()
}

/// The sums of a summary, which must agree: read, accepted, refused, pending, possibly double, requests.
pub(super) fn sums(output: &Output) -> [u64; 6] {
    let summary: Value = serde_json::from_str(output.stdout.lines().last().unwrap()).unwrap();
    assert_eq!(summary["schema"], "ctl.send/v1", "{output}");
    let [read, accepted, refused, skipped, pending, double, requests] = [
        "read",
        "accepted",
        "refused",
        "skipped",
        "pending",
        "possibly_double",
        "requests",
    ]
    .map(|member| summary[member].as_u64().unwrap());
    assert_eq!(read, accepted + refused + skipped + pending, "{output}");
    [read, accepted, refused, pending, double, requests]
}

pub(super) fn puts(lake: &Lake) -> usize {
    let seen = lake.requests();
    seen.iter().filter(|seen| seen.operation == "PutAuditEvents").count()
}

#[test]
fn the_event_of_the_vendors_documentation_goes_with_its_account_filled_in() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    drop(ctl.run(&format!("{} --retention-days 90", nordcloud())).exits(0));
    ctl.file("event.json", NORDCLOUD);
    let output = ctl.run("send event.json").exits(0).says(&[
        "event.json:1: /eventData/eventTime [older_than_retention] It is older than the 90 days",
        "[old_spelling]",
        "The spelling now is com.nordcloudapp.klarity.",
        "cannot be removed",
    ]);
    for word in [
        "event.json: 1 event, one JSON object (eventData object)",
        "Filled in: recipientAccountId in 1, id in 1, eventTime in 1.",
        "read 1 = accepted 1 + refused 0 + skipped 0 + pending 0",
    ] {
        assert!(output.stdout.contains(word), "{output}");
    }
    // Every byte as it came, but for what was put in.
    let inner = NORDCLOUD
        .strip_prefix("{\"eventData\":")
        .unwrap()
        .strip_suffix('}')
        .unwrap();
    let wanted = inner.replace("10:55:00", "10:55:00Z").replace(
        "test app\"}}",
        &format!("test app\"}},\"recipientAccountId\":\"{HOME}\"}}"),
    );
    assert_eq!(
        stored(&lake),
        [("00000000-00000000-00000000-00000000".to_owned(), wanted)]
    );
    // Nothing that it holds is shown.
    for secret in ["name@example.com", "rule name", "test env"] {
        assert!(!output.to_string().contains(secret), "{output}");
    }
}

#[test]
fn every_form_of_input_is_taken_for_what_it_is() {
    let one = |id: &str| event(id).to_string();
    let entry = |id: &str| json!({"id": id, "eventData": one(id)}).to_string();
    let (a, b) = (one("a"), one("b"));
    for (input, layout) in [
        (a.clone(), "1 event, one JSON object (bare event)"),
        (format!("\u{feff}{a}\r\n{b}\r\n"), "2 events, NDJSON (bare event)"),
        (format!("[{a},\n {b}]"), "2 events, a JSON array (bare event)"),
        (
            format!("{{\"eventData\":{a}}}\n{}\n", entry("b")),
            "2 events, NDJSON (eventData object, AuditEvent)",
        ),
        (
            format!("{{\"auditEvents\":[{},{}]}}", entry("a"), entry("b")),
            "2 events, an auditEvents envelope (AuditEvent)",
        ),
        (
            format!("{:#}\n{:#}", event("a"), event("b")),
            "2 events, JSON objects one after another (bare event)",
        ),
    ] {
        let (lake, ctl, channel) = custom();
        ctl.file("in", &input);
        let output = ctl.run(&format!("send in --channel {channel}")).exits(0);
        assert!(output.stdout.contains(&format!("in: {layout}\n")), "{layout}: {output}");
        let piped = ctl
            .run_with_stdin(&format!("send --channel {channel}"), &input)
            .exits(0);
        assert!(piped.stdout.contains(&format!("stdin: {layout}\n")), "{piped}");
        let ids: Vec<String> = stored(&lake).into_iter().map(|(id, _)| id).collect();
        let wanted: Vec<&str> = if input == a {
            vec!["a", "a"]
        } else {
            vec!["a", "b", "a", "b"]
        };
        assert_eq!(ids, wanted);
    }
}

#[test]
fn events_go_byte_for_byte_and_in_requests_of_a_hundred() {
    let (lake, ctl, channel) = custom();
    let odd = event("odd").to_string().replace(
        "\"UID\"",
        " \"additionalEventData\" : {\"n\":123456789012345678901234567890,\"e\":1.0E+2,\"s\":\"\\u00e9\\/é\\ud83d\\ude00\"} , \"UID\"",
    );
    let input = format!("{odd}\n{}", lines(249));
    ctl.file("many.ndjson", &input);
    let output = ctl
        .run(&format!("send many.ndjson --channel {channel} -o json"))
        .exits(0);
    assert_eq!(sums(&output), [250, 250, 0, 0, 0, 3]);
    let found = stored(&lake);
    assert_eq!(found.len(), 250);
    let mut texts: Vec<String> = found.into_iter().map(|(_, text)| text).collect();
    let mut wanted: Vec<String> = input.lines().map(str::to_owned).collect();
    texts.sort();
    wanted.sort();
    assert_eq!(texts, wanted);
    // With an ARN nothing is called but what sends.
    assert!(lake.requests().iter().all(|seen| seen.operation == "PutAuditEvents"));
    // The service counts the escaped body, and so does the packing.
    let quotes = "\\\"".repeat(3000);
    let mut big = String::new();
    for n in 0..100 {
        let mut event = event(&format!("big-{n}"));
        event["userIdentity"] = json!({"type": "User", "principalId": "x", "details": {"q": quotes}});
        writeln!(big, "{event}").unwrap();
    }
    ctl.file("big.ndjson", &big);
    let output = ctl
        .run(&format!("send big.ndjson --channel {channel} -o json"))
        .exits(0);
    let [read, accepted, .., requests] = sums(&output);
    assert_eq!((read, accepted), (100, 100));
    assert!(requests > 1, "{output}");
}

#[test]
fn the_json_answer_has_the_members_of_the_contract() {
    let (_lake, ctl, channel) = custom();
    let without = event("x").to_string().replace(",\"UID\":\"x\"", "");
    ctl.file("in.ndjson", format!("{without}\n{without}\n{{}}\n"));
    let document = ctl
        .run(&format!("send in.ndjson --channel {channel} -o json"))
        .exits(3)
        .json();
    let members: Vec<&String> = document.as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        [
            "schema",
            "sandbox",
            "channel_arn",
            "read",
            "accepted",
            "refused",
            "skipped",
            "pending",
            "possibly_double",
            "possibly_double_earlier",
            "requests",
            "retries",
            "bytes_sent",
            "filled",
            "refusals",
            "rejects_file",
            "duration_ms"
        ]
    );
    assert_eq!(document["channel_arn"], channel);
    assert_eq!(
        document["filled"],
        json!({"recipient_account_id": 0, "uid": 2, "id": 2, "event_time": 0})
    );
    assert_eq!(document["refusals"], json!([{"code": "missing", "count": 1}]));
    assert!(document["rejects_file"].is_null());
}

#[test]
fn ndjson_has_a_line_per_event_and_then_the_summary() {
    let (lake, ctl, channel) = custom();
    ctl.file("in.ndjson", format!("{{\"version\":1}}\n{}rubbish\n", lines(1)));
    let output = ctl
        .run(&format!("send in.ndjson --channel {channel} -o ndjson"))
        .exits(3);
    assert_eq!(sums(&output), [3, 1, 2, 0, 0, 1]);
    let events: Vec<Value> = output
        .stdout
        .lines()
        .take(3)
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for event in &events {
        let members: Vec<&String> = event.as_object().unwrap().keys().collect();
        assert_eq!(members, ["id", "status", "event_id", "code", "message", "file", "line"]);
        assert_eq!(event["file"], "in.ndjson");
    }
    let of_line = |line: u64| events.iter().find(|event| event["line"] == line).unwrap();
    assert_eq!(of_line(1)["status"], "refused");
    assert_eq!(of_line(1)["code"], "wrong_type");
    assert!(text(of_line(1), "message").contains("/userIdentity: "), "{output}");
    assert_eq!(of_line(3)["code"], "not_json");
    let accepted = of_line(2);
    assert_eq!(
        (&accepted["id"], &accepted["status"]),
        (&json!("evt-0"), &json!("accepted"))
    );
    assert!(accepted["code"].is_null() && accepted["message"].is_null());
    // The other witness: the id that CloudTrail gave is the one that is told.
    assert_eq!(lake.look("/events")["events"][0]["event_id"], accepted["event_id"]);
}

#[test]
fn an_event_that_is_put_off_goes_again_with_its_id_and_is_stored_once() {
    let (lake, ctl, channel) = custom();
    lake.fault(
        "PutAuditEvents",
        1,
        2,
        json!({"kind": "fail_entries", "ids": ["evt-1"], "code": "Throttling"}),
    );
    ctl.file("in", lines(3));
    let output = ctl.run(&format!("send in --channel {channel} -o json")).exits(0);
    assert_eq!(sums(&output), [3, 3, 0, 0, 0, 3]);
    let mut ids: Vec<String> = stored(&lake).into_iter().map(|(id, _)| id).collect();
    ids.sort();
    assert_eq!(ids, ["evt-0", "evt-1", "evt-2"]);
}

#[test]
fn an_event_that_the_service_refuses_is_told_with_code_reason_and_fix() {
    let (lake, ctl, channel) = custom();
    let fault = json!({"kind": "fail_entries", "ids": ["evt-1"], "code": "InvalidData", "message": "No good"});
    lake.fault("PutAuditEvents", 1, 1, fault);
    ctl.file("in", lines(3));
    let output = ctl.run(&format!("send in --channel {channel}")).exits(3);
    for word in [
        "in:2: refused, id evt-1\n    [InvalidData] The service: No good. The service reads the schema more strictly",
        "read 3 = accepted 2 + refused 1 + skipped 0 + pending 0",
    ] {
        assert!(output.stdout.contains(word), "{word}: {output}");
    }
    assert_eq!(stored(&lake).len(), 2);
    let output = output.says(&["1 of 3 events was refused."]);
    assert!(!output.stderr.contains("alice"), "{output}");
}

#[test]
fn a_lost_reply_is_sent_again_and_counted_as_possibly_double() {
    for (fault, doubles, stored_times) in [
        (json!({"kind": "lose_reply"}), 3, 2),
        (json!({"kind": "cut"}), 3, 1),
        (json!({"kind": "status", "status": 503}), 3, 1),
        (json!({"kind": "throttle"}), 0, 1),
        (
            json!({"kind": "error", "status": 400, "code": "RequestTimeoutException", "message": "late"}),
            0,
            1,
        ),
    ] {
        let (lake, ctl, channel) = custom();
        lake.fault("PutAuditEvents", 1, 1, fault.clone());
        ctl.file("in", lines(3));
        let output = ctl.run(&format!("send in --channel {channel} -o json")).exits(0);
        assert_eq!(sums(&output), [3, 3, 0, 0, doubles, 2], "{fault}");
        assert_eq!(output.json()["retries"], 1);
        assert_eq!(stored(&lake).len(), 3 * stored_times, "{fault}");
        assert_eq!(puts(&lake), 2, "no other layer sends again: {fault}");
    }
}

#[test]
fn a_request_that_is_refused_for_one_event_loses_no_other() {
    let (lake, ctl, channel) = custom();
    // Refused whole, then its halves are taken.
    let fault = json!({"kind": "error", "status": 400, "code": "ValidationError", "message": "no"});
    lake.fault("PutAuditEvents", 1, 1, fault);
    ctl.file("in", lines(3));
    let output = ctl.run(&format!("send in --channel {channel} -o json")).exits(0);
    assert_eq!(sums(&output), [3, 3, 0, 0, 0, 3]);
    // An event that is refused alone.
    let fault = json!({"kind": "error", "status": 413, "code": "RequestEntityTooLargeException", "message": "no"});
    lake.fault("PutAuditEvents", 1, 1, fault);
    ctl.file("one", lines(1));
    let output = ctl.run(&format!("send one --channel {channel} -o json")).exits(3);
    assert_eq!(sums(&output), [1, 0, 1, 0, 0, 1]);
    assert_eq!(output.json()["refusals"][0]["code"], "RequestEntityTooLargeException");
}

#[test]
fn equal_ids_go_in_different_requests() {
    let (lake, ctl, channel) = custom();
    ctl.file("in", format!("{}{}", lines(2), lines(2)));
    let output = ctl.run(&format!("send in --channel {channel} -o json")).exits(0);
    assert_eq!(sums(&output), [4, 4, 0, 0, 0, 2]);
    assert_eq!(stored(&lake).len(), 4);
}

#[test]
fn the_partner_needs_the_right_external_id() {
    let (lake, _) = enabled();
    let channel = lake.only_channel();
    let partner = lake.ctl().env("AWS_ACCESS_KEY_ID", PARTNER);
    partner.file("in", lines(250)).file("id.txt", format!("{SECRET}\n"));
    let send = format!("send in --channel {channel} --no-journal");
    lake.forget();
    for (args, words) in [
        ("", vec!["no external ID was sent", "--external-id-file"]),
        (
            " --external-id wrong-one",
            vec!["with this external ID", "Compare the external ID"],
        ),
    ] {
        let output = partner.run(&format!("{send}{args} -o json")).exits(4).says(&words);
        assert_eq!(output.error()["code"], "ChannelInsufficientPermission");
        // One reply is enough to know.
        assert_eq!(sums(&output), [250, 0, 0, 250, 0, 1]);
        assert!(
            !format!("{}{}", output.stdout, output.stderr).contains("wrong-one"),
            "{output}"
        );
    }
    assert_eq!(stored(&lake), []);
    for args in [
        format!(" --external-id {SECRET}"),
        " --external-id-file id.txt".to_owned(),
    ] {
        drop(partner.run(&format!("{send}{args}")).exits(0));
    }
    assert_eq!(stored(&lake).len(), 500);
    let by_variable = lake
        .ctl()
        .env("AWS_ACCESS_KEY_ID", PARTNER)
        .env("CTL_EXTERNAL_ID", SECRET);
    by_variable.file("in", lines(1));
    drop(by_variable.run(&send).exits(0));
    drop(by_variable.run(&format!("{send} --no-external-id")).exits(4));
    let empty = lake.ctl().env("CTL_EXTERNAL_ID", "");
    empty.file("in", lines(1));
    drop(empty.run(&send).exits(2));
    // A stranger is not let in with the right one; the owner is without any.
    let stranger = lake.ctl().env("AWS_ACCESS_KEY_ID", STRANGER);
    stranger.file("in", lines(1));
    drop(stranger.run(&format!("{send} --external-id {SECRET}")).exits(4));
    let owner = lake.ctl();
    owner.file("in", lines(1));
    drop(owner.run(&send).exits(0));
}

#[test]
fn a_channel_that_is_not_there_is_told_with_the_region_of_its_arn() {
    let (lake, ctl, channel) = custom();
    ctl.file("in", lines(250));
    let elsewhere = channel.replace("us-east-1", "eu-west-1");
    let output = ctl
        .run(&format!("send in --channel {elsewhere} -o json"))
        .exits(5)
        .says(&["in eu-west-1", "the Region of the ARN"]);
    assert_eq!(output.error()["code"], "ChannelNotFound");
    assert_eq!(sums(&output), [250, 0, 0, 250, 0, 1]);
    assert_eq!(puts(&lake), 1);
    for (fault, code) in [
        (
            json!({"kind": "error", "status": 403, "code": "AccessDeniedException", "message": "no"}),
            4,
        ),
        (
            json!({"kind": "error", "status": 403, "code": "ExpiredTokenException", "message": "no"}),
            4,
        ),
        (
            json!({"kind": "error", "status": 400, "code": "InvalidChannelARN", "message": "no"}),
            5,
        ),
        (
            json!({"kind": "error", "status": 400, "code": "ChannelUnsupportedSchema", "message": "no"}),
            5,
        ),
    ] {
        lake.forget();
        lake.fault("PutAuditEvents", 1, 1, fault);
        let output = ctl.run(&format!("send in --channel {channel} -o json")).exits(code);
        assert_eq!(sums(&output), [250, 0, 0, 250, 0, 1]);
    }
}

#[test]
fn patience_runs_out_with_what_is_left_pending() {
    let (lake, ctl, channel) = custom();
    lake.fault("PutAuditEvents", 2, 0, json!({"kind": "throttle"}));
    ctl.file("in", lines(250));
    let begun = Instant::now();
    let output = ctl
        .run(&format!("send in --channel {channel} --timeout 2s -o ndjson"))
        .exits(6);
    assert!(begun.elapsed() < Duration::from_secs(20));
    let [read, accepted, _, pending, double, _] = sums(&output);
    assert_eq!([read, accepted, pending, double], [250, 100, 150, 0]);
    assert!(
        output.error()["message"]
            .as_str()
            .unwrap()
            .contains("150 events are pending")
    );
    let told = |status: &str| {
        let line = format!("\"status\":\"{status}\"");
        output.stdout.lines().filter(|l| l.contains(&line)).count()
    };
    assert_eq!((told("accepted"), told("pending")), (100, 150));
    assert_eq!(stored(&lake).len(), 100);
    // One event that is always put off is tried so often; all others are taken.
    lake.heal();
    let fault = json!({"kind": "fail_entries", "ids": ["evt-7"], "code": "InternalFailure"});
    lake.fault("PutAuditEvents", 1, 0, fault);
    let output = ctl
        .run(&format!("send in --channel {channel} --resend -o json"))
        .exits(6);
    assert_eq!(sums(&output), [250, 249, 0, 1, 0, 8]);
}

#[test]
fn strict_sends_all_or_nothing() {
    let (lake, ctl, channel) = custom();
    ctl.file("good", lines(2)).file("bad", format!("{}{{}}\n", lines(2)));
    let send = format!("--channel {channel} --strict -o ndjson");
    for output in [
        ctl.run(&format!("send good bad {send}")),
        ctl.run_with_stdin(&format!("send {send}"), format!("{}{{}}\n{}", lines(2), event("z"))),
    ] {
        let output = output.exits(3).says(&["--strict"]);
        let [read, accepted, refused, pending, ..] = sums(&output);
        assert_eq!((accepted, refused, pending), (0, 1, read - 1));
        assert_eq!(output.stdout.lines().count(), 1 + usize::try_from(read).unwrap());
    }
    assert_eq!(puts(&lake), 0);
    for output in [
        ctl.run(&format!("send good {send}")),
        ctl.run_with_stdin(&format!("send {send}"), lines(2)),
    ] {
        assert_eq!(sums(&output.exits(0)), [2, 2, 0, 0, 0, 1]);
    }
    assert_eq!(stored(&lake).len(), 4);
}

#[test]
fn no_fill_refuses_what_lacks_something() {
    let (lake, ctl, channel) = custom();
    ctl.file("in", NORDCLOUD);
    let output = ctl.run(&format!("send in --channel {channel} --no-fill")).exits(3);
    for code in [
        "/eventData/eventTime [event_time]",
        "/eventData/recipientAccountId [missing]",
        "/id [missing]",
    ] {
        assert!(output.stdout.contains(code), "{output}");
    }
    assert_eq!(puts(&lake), 0);
    // What was filled in before is not gone.
    drop(ctl.run(&format!("send in --channel {channel}")));
    let output = ctl.run(&format!("send in --channel {channel} --no-fill")).exits(3);
    assert!(!output.stderr.contains("has changed"), "{output}");
}

#[test]
fn a_dry_run_shows_the_packing_and_sends_nothing() {
    let (lake, ctl) = enabled();
    let channel = lake.only_channel();
    ctl.file("in", format!("{}{{}}\n", lines(250))).file("good", lines(1));
    for args in [
        "send in --dry-run -o json".to_owned(),
        format!("send in --dry-run --channel {channel} -o json"),
    ] {
        let output = ctl.run(&args).exits(3);
        assert_eq!(sums(&output), [251, 0, 1, 250, 0, 0]);
        let document = output.json();
        assert_eq!(document["dry_run"], true);
        assert_eq!(
            (&document["would_send"]["events"], &document["would_send"]["requests"]),
            (&json!(250), &json!(3))
        );
    }
    let output = ctl.run("send good --dry-run").exits(0);
    assert!(output.stdout.contains("Dry run: nothing was sent."), "{output}");
    assert!(output.stdout.contains("1 event in 1 request"), "{output}");
    drop(ctl.run("send good --dry-run --exit-code").exits(10));
    assert_eq!(
        lake.writes().iter().filter(|name| *name != "GetCallerIdentity").count(),
        0
    );
    // With an ARN it needs neither network nor credentials.
    let alone = Ctl::new();
    alone.file("in", lines(1));
    drop(alone.run(&format!("send in --dry-run --channel {channel}")).exits(0));
}

#[test]
fn the_integration_is_found_and_a_foreign_source_is_warned_of() {
    let (lake, ctl) = enabled();
    ctl.file("in", lines(3));
    for args in ["", " --channel nordcloud", " --channel nordcloud-integration"] {
        let output = ctl.run(&format!("send in{args} --no-journal")).exits(0);
        let output = output.says(&["[foreign_source]", "(And 2 more like it.)", "cannot be removed"]);
        assert!(!output.stderr.contains("older_than_retention"), "{output}");
    }
    let output = ctl
        .run("send in --channel nordclowd")
        .exits(5)
        .says(&["Did you mean nordcloud"]);
    assert!(output.stderr.contains(HOME), "{output}");
    drop(ctl.run("send in --channel okta").exits(5));
    let id = "00000000-0000-4000-8000-000000000000";
    drop(ctl.run(&format!("send in --channel {id}")).exits(5));
    drop(ctl.run("send in --channel arn:aws:s3:::bucket").exits(2));
    lake.owner().channel("my-app", "Custom", &[&lake.only_store()]);
    drop(ctl.run("send in").exits(2).says(&["2 integrations", "my-app"]));
}

#[test]
fn inputs_that_cannot_be_are_refused_before_anything_is_sent() {
    let (lake, ctl, channel) = custom();
    ctl.file("good", lines(1)).file("empty", "").file("blank", " \n\t\n");
    for (files, words) in [
        ("nowhere", vec!["Could not read nowhere."]),
        ("good nowhere", vec!["Could not read nowhere."]),
        ("good empty", vec!["empty is empty."]),
        ("blank", vec!["blank is empty."]),
        ("good ./good", vec!["named twice"]),
        ("- -", vec!["named twice"]),
    ] {
        drop(
            ctl.run(&format!("send {files} --channel {channel}"))
                .exits(2)
                .says(&words),
        );
    }
    assert_eq!(puts(&lake), 0);
    let nothing = ctl
        .run_with_stdin(&format!("send --channel {channel} -o json"), "")
        .exits(0);
    assert_eq!(sums(&nothing.says(&["stdin holds no event."])), [0; 6]);
    for input in ["hello", "\u{1f}\u{8b}\u{8}", "{\"a\":", "<html>", "{\"Records\":[]}"] {
        let output = ctl
            .run_with_stdin(&format!("send --channel {channel} -o json"), input)
            .exits(3);
        assert_eq!(sums(&output), [1, 0, 1, 0, 0, 0], "{input}");
    }
    assert_eq!(puts(&lake), 0);
}

#[test]
fn a_refusal_of_the_channel_that_nobody_knows_is_one_all_the_same() {
    let (lake, ctl, channel) = custom();
    let fault = json!({"kind": "error", "status": 400, "code": "SomethingNew", "message": "No more."});
    lake.fault("PutAuditEvents", 1, 0, fault);
    ctl.file("in", lines(3));
    let output = ctl.run(&format!("send in --channel {channel} -o json")).exits(5);
    let output = output.says(&[
        "SomethingNew",
        "ctl does not know this answer",
        "When that is put right, run it again",
    ]);
    assert_eq!(sums(&output), [3, 0, 0, 3, 0, 1]);
}

#[test]
fn a_number_that_is_none_is_told_what_is_wanted() {
    let ctl = Ctl::new();
    for (args, words) in [
        ("--rate 0.5", "a whole number is wanted: 1 or more, or 0 for no limit"),
        ("--rate -1", "a whole number is wanted"),
        ("--concurrency -1", "1 to 256 are possible"),
    ] {
        drop(ctl.run(&format!("send in {args}")).exits(2).says(&[words]));
    }
}

#[test]
fn many_refusals_are_told_in_part() {
    let (_lake, ctl, channel) = custom();
    ctl.file("in", "{}\n".repeat(50));
    let output = ctl.run(&format!("send in --channel {channel}")).exits(3);
    assert!(output.stdout.contains("… and 30 more refused"), "{output}");
    assert!(output.stdout.contains("read 50 = accepted 0 + refused 50"), "{output}");
}

#[test]
fn a_closed_stdout_stops_no_delivery() {
    let (lake, ctl, channel) = custom();
    ctl.file("in", lines(250));
    for format in ["table", "json", "ndjson"] {
        drop(
            ctl.run_with_closed_stdout(&format!("send in --channel {channel} --no-journal -o {format}"))
                .exits(0),
        );
    }
    assert_eq!(stored(&lake).len(), 750);
}

#[test]
fn an_interrupt_lets_the_request_in_flight_end() {
    let (lake, ctl, channel) = custom();
    lake.fault("PutAuditEvents", 2, 0, json!({"kind": "delay", "ms": 1500}));
    ctl.file("in", lines(2000));
    let child = ctl.start(&format!("send in --channel {channel} -o json"));
    let begun = Instant::now();
    while puts(&lake) < 1 {
        assert!(begun.elapsed() < Duration::from_secs(20), "nothing is sent");
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(300));
    signal(&child, "INT");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    let number = |member: &str| summary[member].as_u64().unwrap();
    assert_eq!(number("read"), number("accepted") + number("pending"));
    assert!(number("pending") > 0 && number("accepted") >= 100, "{summary}");
    // What was in flight was waited for: the store agrees with what is told.
    assert_eq!(u64::try_from(stored(&lake).len()).unwrap(), number("accepted"));
}

#[test]
fn an_endpoint_that_is_not_the_service_is_told_as_such() {
    let (_lake, ctl, channel) = custom();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = [0; 4096];
            drop(stream.read(&mut head));
            let page = "<html>Please sign in</html>";
            let reply = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{page}",
                page.len()
            );
            drop(stream.write_all(reply.as_bytes()));
        }
    });
    let ctl = ctl.env("AWS_ENDPOINT_URL", &format!("http://{address}"));
    ctl.file("in", lines(1));
    let output = ctl.run(&format!("send in --channel {channel} -o json")).exits(1);
    let output = output.says(&["not a reply of this service", "--endpoint-url"]);
    assert_eq!(sums(&output), [1, 0, 0, 1, 0, 1]);
    // Nobody there at all: tried a few times, and not for long.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ctl = ctl.env("AWS_ENDPOINT_URL", &format!("http://{free}"));
    let begun = Instant::now();
    let output = ctl.run(&format!("send in --channel {channel} -o json")).exits(6);
    assert!(begun.elapsed() < Duration::from_secs(15));
    assert_eq!(sums(&output), [1, 0, 0, 1, 0, 3]);
}

#[test]
fn an_endpoint_that_never_answers_costs_no_more_than_the_timeout() {
    let (_lake, ctl, channel) = custom();
    let silence = Silence::new();
    let ctl = ctl.env("AWS_ENDPOINT_URL", &silence.endpoint());
    ctl.file("in", lines(3));
    let begun = Instant::now();
    let output = ctl
        .run(&format!("send in --channel {channel} --timeout 2s -o json"))
        .exits(6)
        .says(&["--timeout", "3 events are pending"]);
    let took = begun.elapsed();
    assert!((2..6).contains(&took.as_secs()), "{took:?}: {output}");
    // What became of it is not known, so it is not sent again.
    assert_eq!(sums(&output), [3, 0, 0, 3, 0, 1]);
    assert_eq!(silence.calls(), 1);
    let output = ctl
        .run(&format!("send in --channel {channel} --timeout 0s -o json"))
        .exits(2);
    assert_eq!(output.error()["kind"], "usage", "{output}");
    assert_eq!(silence.calls(), 0);
}

#[test]
fn without_credentials_nothing_is_tried_twice() {
    let (lake, ctl, channel) = custom();
    let ctl = ctl.without("AWS_ACCESS_KEY_ID").without("AWS_SECRET_ACCESS_KEY");
    ctl.file("in", lines(1));
    let output = ctl.run(&format!("send in --channel {channel} -o json")).exits(4);
    assert!(output.stderr.contains("no usable AWS credentials"), "{output}");
    assert_eq!(puts(&lake), 0);
}
