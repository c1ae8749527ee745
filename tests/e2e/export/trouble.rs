//! What the service refuses, puts off or cannot do at once; and what cannot be gone on with.

use super::*;

/// What is to become of coming queries.
fn outcome(lake: &Lake, outcome: Value) {
    lake.tell("/queries", outcome);
}

#[test]
fn what_is_too_much_at_once_is_read_in_parts() {
    let sent = events(900);
    for failure in [
        json!({"status": "FAILED", "error": "Query response is too large", "call": 1, "times": 3}),
        json!({"status": "FAILED", "error": "Query exhausted resources at this scale factor", "call": 2, "times": 4}),
        json!({"status": "TIMED_OUT", "call": 1, "times": 1}),
    ] {
        let (lake, ctl) = filled(&sent);
        outcome(&lake, failure.clone());
        let output = export(&ctl, &format!("--into e.ndjson {DAY} --concurrency 1"))
            .exits(0)
            .says(&["Too much at once from 2026-11-20T"]);
        let windows = manifest(&ctl.home().join("e.ndjson.manifest.json"))["windows"].clone();
        let divided = windows.as_array().unwrap().iter();
        assert!(
            divided
                .clone()
                .any(|window| window["queries"].as_array().unwrap().len() > 1),
            "{failure}: {output}"
        );
        is_all(&lake, &sent, &records(&ctl.home().join("e.ndjson")));
        drop(ctl.run("export --verify e.ndjson").exits(0));
    }
}

#[test]
fn a_second_that_is_too_much_is_read_by_ids_and_in_the_end_given_up() {
    let sent = events(30);
    let (lake, ctl) = filled(&sent);
    let second = "--from 2026-11-20T00:00:04Z --to 2026-11-20T00:00:05Z";
    let too_large = json!({"status": "FAILED", "error": "Query response is too large"});
    outcome(&lake, with(too_large.clone(), json!({"times": 2})));
    drop(export(&ctl, &format!("--into e.ndjson {second}")).exits(0));
    let windows = manifest(&ctl.home().join("e.ndjson.manifest.json"))["windows"].clone();
    // The whole failed, and the first sixteenth of it; so 16 parts of that, and 15 others.
    assert_eq!(windows[0]["queries"].as_array().unwrap().len(), 31);
    is_all(&lake, &sent[3..6], &records(&ctl.home().join("e.ndjson")));
    outcome(&lake, with(too_large, json!({"times": 0})));
    let output = export(&ctl, &format!("--into f.ndjson {second}")).exits(1);
    assert!(
        output.error()["hints"].to_string().contains("too many for the service"),
        "{output}"
    );
}

#[test]
fn throttles_are_waited_out_and_a_token_that_expires_ends_the_run() {
    let sent = events(600);
    let (lake, ctl) = filled(&sent);
    for operation in ["StartQuery", "DescribeQuery", "GetQueryResults"] {
        lake.fault(operation, 2, 2, json!({"kind": "throttle"}));
    }
    lake.fault("GetQueryResults", 5, 1, json!({"kind": "cut"}));
    let expired = json!({"kind": "error", "status": 400, "code": "ExpiredTokenException", "message": "The security token included in the request is expired"});
    lake.fault("GetQueryResults", 8, 0, expired);
    let args = format!("--into e.ndjson {DAY} --window-events 50");
    let output = export(&ctl, &args).exits(4);
    assert_eq!(output.error()["kind"], "access", "{output}");
    assert!(
        output.error()["hints"]
            .to_string()
            .contains("run the same command again"),
        "{output}"
    );
    let begun = output.json()["windows"].as_u64().unwrap();
    assert!(begun > 0, "{output}");
    drop(ctl.run("export --verify e.ndjson").exits(0));
    lake.heal();
    let document = export(&ctl, &args).exits(0).json();
    assert!(document["added"]["windows"].as_u64().unwrap() < document["windows"].as_u64().unwrap());
    is_all(&lake, &sent, &records(&ctl.home().join("e.ndjson")));
}

#[test]
fn a_query_that_somebody_cancels_ends_the_run() {
    let (lake, ctl) = filled(&events(30));
    outcome(&lake, json!({"status": "CANCELLED"}));
    let output = export(&ctl, &format!("--into e.ndjson {DAY}")).exits(1);
    assert!(
        output.error()["message"]
            .as_str()
            .unwrap()
            .contains("cancelled by somebody else"),
        "{output}"
    );
    drop(export(&ctl, &format!("--into e.ndjson {DAY}")).exits(0));
}

#[test]
fn an_archive_is_gone_on_with_as_it_was_begun_or_not_at_all() {
    let (lake, ctl) = filled(&events(30));
    let owner = lake.owner();
    drop(owner.store("other-events"));
    drop(export(&ctl, &format!("my-app --into d/ {DAY}")).exits(0));
    for (args, code, words) in [
        ("--event-data-store other-events --into d", 5, "holds the events of"),
        ("my-app --into d --from 2026-11-19", 2, "begins at 2026-11-20T00:00:00Z"),
        ("my-app --into d --compression gzip", 2, "are not compressed with gzip"),
        ("my-app --into state --from 2026-11-20", 2, "is not empty"),
        ("my-app --into sent.ndjson", 2, "there is no manifest for it"),
        (
            "my-app --into x.gz --compression gzip",
            2,
            "compressed as its name says",
        ),
        ("my-app --into x --to 2126-11-19", 2, "lies in the future"),
        (
            "my-app --into x --from 2026-11-20 --to 2026-11-20",
            2,
            "there is no time",
        ),
        ("my-app --into x --concurrency 11", 2, "1 to 10 are possible"),
        ("my-app --event-data-store my-events --into x", 2, "cannot be used with"),
        (
            "--event-data-store nothing --into x",
            5,
            "There is no event data store nothing",
        ),
        ("nothing --into x", 5, "There is no integration nothing"),
        ("my-app", 2, "--into"),
    ] {
        ctl.file("state/mine", "x");
        drop(export(&ctl, args).exits(code).says(&[words]));
    }
    drop(ctl.run("export --verify d").exits(0));
}

#[test]
fn a_store_that_changed_meanwhile_is_told_of() {
    let (lake, ctl) = filled(&events(30));
    outcome(&lake, json!({"status": "CANCELLED", "call": 3}));
    drop(export(&ctl, "--into e.ndjson --window-events 10 --concurrency 1").exits(1));
    let store = lake.only_store();
    lake.plant("event_data_store", json!({"id": store, "retention_period": 30}));
    drop(
        export(&ctl, "--into e.ndjson")
            .exits(0)
            .says(&["was shortened from 366 to 30 days since the export began"]),
    );
    lake.plant("event_data_store", json!({"id": store, "status": "PENDING_DELETION"}));
    drop(export(&ctl, "--into e.ndjson").exits(5).says(&["is pending deletion"]));
}

#[test]
fn an_integration_with_two_stores_wants_one_named() {
    let lake = Lake::new();
    let (ctl, owner) = (lake.ctl(), lake.owner());
    let (one, other) = (owner.store("events-one"), owner.store("events-two"));
    drop(owner.channel("my-app", "Custom", &[&one, &other]));
    let output = export(&ctl, "my-app --into x").exits(2);
    let message = text(&output.error(), "message");
    assert!(
        message.contains("events-one") && message.contains("events-two"),
        "{message}"
    );
    drop(export(&ctl, &format!("--event-data-store {one} --into x {DAY}")).exits(0));
}

#[test]
fn a_column_that_is_spelt_as_aws_prints_it_is_asked_for_so() {
    let sent = events(30);
    let (lake, ctl) = filled(&sent);
    let refusal = json!({"kind": "error", "status": 400, "code": "InvalidQueryStatementException", "message": "Column errormessage cannot be resolved"});
    lake.fault("StartQuery", 1, 1, refusal.clone());
    drop(export(&ctl, &format!("--into e.ndjson {DAY}")).exits(0));
    let manifest = manifest(&ctl.home().join("e.ndjson.manifest.json"));
    assert_eq!(manifest["error_message_column"], "errorMssage");
    is_all(&lake, &sent, &records(&ctl.home().join("e.ndjson")));
    lake.heal();
    lake.fault("StartQuery", 1, 0, refusal);
    let output = export(&ctl, &format!("--into f.ndjson {DAY}")).exits(2);
    assert_eq!(output.error()["code"], "InvalidQueryStatementException", "{output}");
}

#[test]
fn an_export_that_is_refused_or_fails_changes_nothing_of_an_archive() {
    let (lake, ctl) = filled(&events(30));
    let middle = "--from 2026-11-20 --to 2026-11-20T00:00:20Z";
    drop(export(&ctl, &format!("--into d/ --compression none {middle}")).exits(0));
    let (data, manifest_file) = (
        ctl.home().join("d/events-00001.ndjson"),
        ctl.home().join("d/manifest.json"),
    );
    let (good, before) = (std::fs::read(&data).unwrap(), std::fs::read(&manifest_file).unwrap());
    let denied = json!({"kind": "error", "status": 400, "code": "AccessDeniedException", "message": "no"});
    lake.fault("StartQuery", 1, 0, denied);
    let output = export(&ctl, "--into d").exits(4);
    assert_eq!(output.json()["complete"], true, "{output}");
    assert_eq!(output.json()["to"], "2026-11-20T00:00:20Z", "{output}");
    assert_eq!(std::fs::read(&manifest_file).unwrap(), before);
    lake.heal();
    let mut flipped = good.clone();
    flipped[7] ^= 1;
    std::fs::write(&data, &flipped).unwrap();
    drop(export(&ctl, "--into d").exits(3));
    assert_eq!(std::fs::read(&manifest_file).unwrap(), before);
    std::fs::remove_file(&data).unwrap();
    drop(export(&ctl, "--into d").exits(3));
    assert_eq!(std::fs::read(&manifest_file).unwrap(), before);
    assert!(!data.exists());
    std::fs::write(&data, &good).unwrap();
    drop(ctl.run("export --verify d").exits(0));
    assert_eq!(export(&ctl, "--into d --to 2026-11-21").exits(0).json()["events"], 30);
}

#[test]
fn a_manifest_that_contradicts_itself_is_not_gone_on_with() {
    let (_lake, ctl) = filled(&events(300));
    let args = format!("--into e.ndjson {DAY} --window-events 50");
    drop(export(&ctl, &args).exits(0));
    let file = ctl.home().join("e.ndjson.manifest.json");
    let good = manifest(&file);
    let with_windows = |change: &dyn Fn(&mut Vec<Value>)| {
        let mut changed = good.clone();
        change(changed["windows"].as_array_mut().unwrap());
        changed
    };
    let gap = with_windows(&|windows| drop(windows.remove(1)));
    let overlap = with_windows(&|windows| windows[1]["from"] = json!("2026-11-20T00:00:01Z"));
    let future = with(good.clone(), json!({"to": "2126-11-21T00:00:00Z", "complete": false}));
    for (changed, code, words) in [
        (gap, 3, "Nothing was read from"),
        (overlap, 3, "overlaps another"),
        (future, 2, "lies in the future"),
    ] {
        std::fs::write(&file, changed.to_string()).unwrap();
        for dry in ["", " --dry-run"] {
            drop(
                export(&ctl, &format!("--into e.ndjson{dry}"))
                    .exits(code)
                    .says(&[words]),
            );
        }
        assert_eq!(manifest(&file), changed);
    }
    std::fs::write(&file, good.to_string()).unwrap();
    drop(export(&ctl, &args).exits(0));
}
