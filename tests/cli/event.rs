//! `ctl event`: without a Region, credentials or an endpoint.

use serde_json::{Value, json};

use crate::harness::{Ctl, Lake, Output};

const ARN: &str = "arn:aws:cloudtrail:us-east-1:123456789012:channel/5b544c88-c68e-4193-8efe-d976d7a5e21d";

/// The minimal valid event of reference §3.3.
const MINIMAL: &str = r#"{"version":"1.0","userIdentity":{"type":"User","principalId":"alice"},"eventSource":"app.example.com","eventName":"Login","eventTime":"2026-11-20T12:00:00Z","UID":"evt-1","recipientAccountId":"123456789012"}"#;

fn without(member: &str) -> String {
    let mut event: Value = serde_json::from_str(MINIMAL).unwrap();
    assert!(event.as_object_mut().unwrap().remove(member).is_some());
    event.to_string()
}

fn lines(output: &Output) -> Vec<Value> {
    let lines = output.stdout.lines();
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A file of four events, of which the third is right.
fn mixed() -> Ctl {
    let ctl = Ctl::new();
    let misspelt = MINIMAL
        .replace("\"version\"", "\"eventVersion\"")
        .replace("alice", "s3cret");
    let warned = MINIMAL.replace("\"Login\"", "\"\"");
    let torn = MINIMAL.get(..80).unwrap();
    ctl.file("in.ndjson", format!("{misspelt}\n{warned}\n{MINIMAL}\n{torn}"));
    ctl
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let output = mixed().run("event validate in.ndjson").exits(3);
    insta::assert_snapshot!(output.snapshot(), @"
    $ ctl event validate in.ndjson
    --- stdout
    in.ndjson: 4 events, NDJSON (bare event)
    in.ndjson:1: invalid, id evt-1
        /eventVersion [unknown_member] The schema has no such member. Did you mean version?
        /version [missing] version is missing. Add it: the version of the event at its source.
    in.ndjson:2: valid, with a warning, id evt-1
        warning: /eventName [empty] eventName is empty.
    in.ndjson:4: invalid
        [truncated] The input ends inside this event: it may be cut short.
    4 events: 2 valid, 2 invalid, 1 warning
    [exit 3]
    ");
    assert!(!output.stdout.contains("s3cret"));
}

#[test]
fn each_violation_has_its_place_rule_and_fix_in_json() {
    let output = mixed().run("event validate in.ndjson -o json").exits(3);
    let document = output.json();
    assert_eq!(document["schema"], "ctl.event-validate/v1");
    let counts = ["events", "valid", "invalid", "warnings", "more"].map(|name| document[name].as_u64().unwrap());
    assert_eq!(counts, [4, 2, 2, 1, 0]);
    assert_eq!(document["channel_arn"], Value::Null);
    assert_eq!(
        document["violations"][0],
        json!({
            "file": "in.ndjson", "line": 1, "index": 1, "id": "evt-1", "pointer": "/eventVersion",
            "rule": "unknown_member", "severity": "error", "message": "The schema has no such member.",
            "fix": "Did you mean version?",
        })
    );
    assert!(!output.stdout.contains("s3cret"));

    let told = lines(&mixed().run("event validate in.ndjson -o ndjson").exits(3));
    let (summary, violations) = told.split_last().unwrap();
    assert_eq!(violations, document["violations"].as_array().unwrap().as_slice());
    assert_eq!(
        (&summary["schema"], &summary["invalid"]),
        (&json!("ctl.event-validate/v1"), &json!(2))
    );
    assert_eq!(summary.get("violations"), None);
}

#[test]
fn for_github_each_violation_is_an_annotation() {
    let output = mixed().run("event validate in.ndjson -o github").exits(3);
    insta::assert_snapshot!(output.stdout, @"
    ::error file=in.ndjson,line=1,title=unknown_member /eventVersion::Event evt-1: The schema has no such member. Did you mean version?
    ::error file=in.ndjson,line=1,title=missing /version::Event evt-1: version is missing. Add it: the version of the event at its source.
    ::warning file=in.ndjson,line=2,title=empty /eventName::Event evt-1: eventName is empty.
    ::error file=in.ndjson,line=4,title=truncated::The input ends inside this event: it may be cut short.
    4 events: 2 valid, 2 invalid, 1 warning
    ");
    for args in [
        "event schema -o github",
        "partners list -o github",
        "event new --source a --name b --output=github",
    ] {
        Ctl::new()
            .run(args)
            .exits(2)
            .says(&["Only ctl event validate", "--output github"]);
    }
    let unset = Ctl::new().env("CTL_OUTPUT", "github");
    assert_eq!(unset.run("partners list").exits(2).stdout, "");
    Ctl::new()
        .run("event validate - -o github --jmespath events")
        .exits(2)
        .says(&["--output github"]);
}

#[test]
fn events_are_judged_as_they_are_or_as_they_would_be_sent() {
    let local = MINIMAL.replace("12:00:00Z", "12:00:00");
    let entry = json!({"eventData": MINIMAL}).to_string();
    for (input, as_it_is, as_sent) in [
        (MINIMAL.to_owned(), vec![], vec![]),
        (format!("{{\"eventData\":{MINIMAL}}}"), vec![], vec![]),
        (entry, vec!["/id missing"], vec![]),
        (without("UID"), vec!["/UID missing"], vec![]),
        (
            without("recipientAccountId"),
            vec!["/recipientAccountId missing"],
            vec![],
        ),
        (local, vec!["/eventTime event_time"], vec![]),
        (
            MINIMAL.replace("123456789012", "210987654321"),
            vec![],
            vec!["/recipientAccountId recipient"],
        ),
        (
            MINIMAL.replace("2026-11-20T", "1999-11-20T"),
            vec![],
            vec!["/eventTime older_than_retention"],
        ),
        (
            MINIMAL.replace("app.example.com", "com.nordcloudapp.com.klarity"),
            vec!["/eventSource old_spelling"],
            vec!["/eventSource old_spelling"],
        ),
    ] {
        for (args, wanted) in [("", as_it_is), (ARN, as_sent)] {
            let args = if args.is_empty() {
                String::new()
            } else {
                format!("--as-sent {args}")
            };
            let output = Ctl::new().run_with_stdin(&format!("event validate - -o ndjson {args}"), &input);
            let told = lines(&output);
            let (summary, violations) = told.split_last().unwrap();
            let text = |name: &str, line: &Value| line[name].as_str().unwrap().to_owned();
            let found: Vec<String> = violations
                .iter()
                .map(|line| format!("{} {}", text("pointer", line), text("rule", line)))
                .collect();
            assert_eq!(found, wanted, "{input} {args}");
            let code = if summary["invalid"] == 0 { 0 } else { 3 };
            output.exits(code);
        }
    }
    let output = Ctl::new().run_with_stdin("event validate", without("UID"));
    output.exits(3).says(&["--as-sent CHANNEL_ARN"]);
    let misspelt = MINIMAL.replace("\"UID\"", "\"uid\"");
    assert_eq!(
        Ctl::new().run_with_stdin("event validate", &misspelt).exits(3).stderr,
        ""
    );
    Ctl::new()
        .run("event validate --as-sent nordcloud")
        .exits(2)
        .says(&["--as-sent"]);
}

#[test]
fn validate_takes_what_send_takes() {
    let ctl = Ctl::new();
    ctl.file("dir/a.json", MINIMAL)
        .file("dir/b.json", format!("[{MINIMAL},\n{MINIMAL}]"));
    let document = ctl.run("event validate dir -o json").exits(0).json();
    assert_eq!((&document["events"], &document["valid"]), (&json!(3), &json!(3)));
    ctl.run("event validate missing.json").exits(2).says(&["missing.json"]);
    let output = ctl
        .run_with_stdin("event validate -", r#"{"Records":[{"eventVersion":"1.08"}]}"#)
        .exits(3);
    assert!(output.stdout.contains("cloudtrail_log"), "{output}");
    ctl.run_with_stdin("event validate", "\n")
        .exits(0)
        .says(&["stdin holds no event."]);
}

#[test]
fn the_schema_is_printed_alone_or_in_a_document() {
    let alone: Value = serde_json::from_str(&Ctl::new().run("event schema").exits(0).stdout).unwrap();
    assert_eq!(alone["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let document = Ctl::new().run("event schema -o json").exits(0).json();
    assert_eq!(document["json_schema"], alone);
    let stored = Ctl::new()
        .run("event schema --stored --jmespath json_schema.required")
        .exits(0);
    assert!(stored.stdout.contains("\"eventCategory\""), "{stored}");
}

#[test]
fn the_printed_schema_and_the_verb_refuse_the_same_events() {
    let schema: Value = serde_json::from_str(&Ctl::new().run("event schema").exits(0).stdout).unwrap();
    let schema = jsonschema::draft202012::new(&schema).unwrap();
    let change = |old: &str, new: &str| MINIMAL.replace(old, new);
    let events = [
        MINIMAL.to_owned(),
        without("version"),
        without("UID"),
        change("\"evt-1\"", "\"\""),
        change("\"evt-1\"", "null"),
        change("\"alice\"", "\"alice\",\"details\":[]"),
        change("\"alice\"", "\"alice\",\"userName\":\"a\""),
        change("\"UID\"", "\"sourceIpAddress\":\"192.0.2.7\",\"UID\""),
        change("\"UID\"", "\"sourceIPAddress\":\"192.0.2.7\",\"UID\""),
        change("12:00:00Z", "12:00:00"),
        "{}".to_owned(),
    ];
    let ctl = Ctl::new();
    ctl.file("events.ndjson", events.join("\n"));
    let told = lines(&ctl.run("event validate events.ndjson -o ndjson").exits(3));
    for (at, event) in events.iter().enumerate() {
        let refused = told
            .iter()
            .any(|line| line["index"] == at + 1 && line["severity"] == "error");
        let event: Value = serde_json::from_str(event).unwrap();
        assert_eq!(schema.is_valid(&event), !refused, "{event}");
    }
}

#[test]
fn the_catalogue_says_where_each_event_is_from() {
    let document = Ctl::new().run("event catalog -o json").exits(0).json();
    assert_eq!(document["schema"], "ctl.event-catalog/v1");
    let sources = document["event_sources"].as_array().unwrap();
    assert_eq!(sources.len(), 10);
    for source in sources {
        assert!(
            source["provenance"].is_string() && source["checked"].is_string(),
            "{source}"
        );
    }
    let found = Ctl::new().run("event catalog imagefactory -o json").exits(0).json();
    assert_eq!(
        found["event_sources"][0]["event_names"],
        json!(["image.created", "image.distributed", "image.failed"])
    );
    let rows = Ctl::new().run("event catalog nordcloud").exits(0).stdout;
    assert_eq!(rows.lines().count(), 15);
    assert!(rows.lines().all(|row| row.split('\t').count() == 6), "{rows}");
    Ctl::new()
        .run("event catalog imagefactry")
        .exits(2)
        .says(&["Did you mean com.nordcloudapp.imagefactory?"]);
    Ctl::new()
        .run("event catalog snyk")
        .exits(2)
        .says(&["No event source of Snyk.io is known."]);

    // What an operator knows besides is in the catalogue, too.
    let ctl = Ctl::new();
    ctl.file(
        "mine.json",
        r#"{"partners":[{"key":"wiz","event_sources":["wiz.audit"]}]}"#,
    );
    let rows = ctl.run("event catalog wiz --partners mine.json").exits(0).stdout;
    assert!(rows.starts_with("wiz.audit\t\twiz\t"), "{rows}");
}

#[test]
fn a_new_event_is_valid() {
    let event = |args: &str| Ctl::new().run(&format!("event new {args}")).exits(0);
    for (args, source) in [
        (
            "--source imagefactory --name image.created",
            "com.nordcloudapp.imagefactory",
        ),
        (
            "--source com.nordcloudapp.maestro --name deployment.created",
            "com.nordcloudapp.maestro",
        ),
        ("--source okta --name user.session.start", "okta.system-log-events"),
        (
            "--source netskopealert.dlp --name x --user Agent:a:b --parameter a=b=c --parameter d=",
            "netskopealert.dlp",
        ),
        ("--source my-app --custom --name login", "my-app"),
    ] {
        let made = event(args);
        assert_eq!(made.stderr, "", "{args}");
        let read: Value = serde_json::from_str(&made.stdout).unwrap();
        assert_eq!(read["eventSource"], source);
        assert_eq!(read.get("recipientAccountId"), None);
        Ctl::new()
            .run_with_stdin(&format!("event validate --as-sent {ARN}"), &made.stdout)
            .exits(0);
        let known = event(&format!("{args} --account 123456789012"));
        Ctl::new().run_with_stdin("event validate", &known.stdout).exits(0);
    }
    let of_channel = event(&format!("--source okta --name a --channel {ARN} -o json")).stdout;
    let of_channel: Value = serde_json::from_str(&of_channel).unwrap();
    assert_eq!(of_channel["recipientAccountId"], "123456789012");
    let parameters = event("--source okta --name a --user A:b:c --parameter d=e=f").stdout;
    let parameters: Value = serde_json::from_str(&parameters).unwrap();
    assert_eq!(parameters["userIdentity"], json!({"type": "A", "principalId": "b:c"}));
    assert_eq!(parameters["requestParameters"], json!({"d": "e=f"}));
    let uid = |output: Output| serde_json::from_str::<Value>(&output.stdout).unwrap()["UID"].clone();
    assert_ne!(
        uid(event("--source okta --name a")),
        uid(event("--source okta --name a"))
    );
}

#[test]
fn a_new_event_that_is_not_in_the_catalogue() {
    let new = |args: &str| Ctl::new().run(&format!("event new {args}"));
    new("--source imagefactry --name a")
        .exits(2)
        .says(&["Did you mean com.nordcloudapp.imagefactory?", "--custom"]);
    new("--source netskope --name a")
        .exits(2)
        .says(&["netskopealert.*, netskopeevent.*"]);
    new("--source snyk --name a")
        .exits(2)
        .says(&["No event source of Snyk.io"]);
    new("--source imagefactory --name image.creatd")
        .exits(0)
        .says(&["Warning:", "Did you mean image.created?"]);
    new("--source com.nordcloudapp.com.klarity --name account.added")
        .exits(0)
        .says(&["old spelling"]);
    new("--source okta --name a --user nobody")
        .exits(2)
        .says(&["TYPE:PRINCIPAL"]);
    new("--source okta --name a --parameter nothing")
        .exits(2)
        .says(&["NAME=VALUE"]);
    let long = "x".repeat(1025);
    new(&format!("--source okta --name {long}"))
        .exits(2)
        .says(&["eventName has 1025 characters"]);
    new(&format!(
        "--source okta --name a --account 123456789012 --channel {ARN}"
    ))
    .exits(2)
    .says(&["--channel"]);
}

#[test]
fn a_new_event_is_delivered() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    drop(ctl.run("enable --custom --name my-app --yes --quiet").exits(0));
    let made = ctl.run("event new --source imagefactory --name image.created").exits(0);
    let sent = ctl
        .run_with_stdin("send --channel my-app -o json", &made.stdout)
        .exits(0)
        .json();
    assert_eq!(sent["accepted"], 1);
}
