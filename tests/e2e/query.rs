//! `query` and `events`: what was sent comes back, and every way in which a query can end is told.

use std::time::{Duration, Instant};

use ctl::sandbox::Config;
use serde_json::{Value, json};

use crate::harness::{Ctl, HOME, Lake, Output, fixed, now, signal, text};

/// A statement over the store of [`full`] that needs no bound.
const UIDS: &str =
    "SELECT eventData.UID AS uid FROM {store} WHERE eventTime >= '2026-11-20 00:00:00' ORDER BY eventData.UID";

fn sent(uid: &str, more: Value) -> Value {
    let event = json!({
        "version": "1.0",
        "userIdentity": {"type": "User", "principalId": "alice", "details": {"team": "red"}},
        "eventSource": "app.example.com",
        "eventName": "image.created",
        "eventTime": "2026-11-20T11:00:00Z",
        "UID": uid,
        "recipientAccountId": HOME
    });
    crate::harness::with(event, more)
}

/// The events of [`full`].
fn events() -> Vec<Value> {
    vec![
        sent("u1", json!({"requestParameters": {"size": "17", "name": "a, b=c"}})),
        sent(
            "u2",
            json!({"eventName": "image.deleted", "eventTime": "2026-11-20T11:30:00Z"}),
        ),
        sent(
            "u3",
            json!({
                "errorCode": "AccessDenied", "errorMessage": "it's no", "sourceIPAddress": "10.0.0.1",
                "userIdentity": {"type": "Service", "principalId": "bob's, app"}
            }),
        ),
    ]
}

/// A sandbox with an integration whose store is called `store` and holds [`events`].
fn with(config: Config) -> (Lake, Ctl) {
    let lake = Lake::with(config);
    let owner = lake.owner();
    let store = owner.store("store");
    let channel = owner.channel("app", "Custom", &[&store]);
    let entries: Value = events()
        .iter()
        .map(|event| json!({"id": text(event, "UID"), "eventData": event.to_string()}))
        .collect();
    let reply = owner.put(&channel, None, entries).unwrap();
    assert_eq!(reply["failed"], json!([]), "{reply}");
    lake.forget();
    let ctl = lake.ctl();
    (lake, ctl)
}

fn full() -> (Lake, Ctl) {
    with(fixed())
}

/// A sandbox whose queries take so many seconds of a clock that goes on.
fn slow(seconds: u64) -> (Lake, Ctl) {
    with(Config {
        query_delay: Duration::from_secs(seconds),
        ..Config::default()
    })
}

fn query(ctl: &Ctl, sql: &str, more: &str) -> Output {
    let more: Vec<&str> = more.split_whitespace().collect();
    ctl.run_args(&[&["query", sql], more.as_slice()].concat())
}

fn calls(lake: &Lake, operation: &str) -> usize {
    lake.requests()
        .iter()
        .filter(|seen| seen.operation == operation)
        .count()
}

#[test]
fn rows_come_back_in_every_format() {
    let (_lake, ctl) = full();
    let tabs = query(&ctl, UIDS, "").exits(0).says(&["3 rows; ", " scanned; "]);
    assert_eq!(tabs.stdout, "u1\nu2\nu3\n");
    let csv = query(&ctl, UIDS, "-o csv").exits(0);
    assert_eq!(csv.stdout, "uid\r\nu1\r\nu2\r\nu3\r\n");
    let json = query(&ctl, UIDS, "-o json").exits(0).json();
    assert_eq!(json["schema"], "ctl.query/v1");
    assert_eq!(json["rows"], json!([{"uid": "u1"}, {"uid": "u2"}, {"uid": "u3"}]));
    assert_eq!((&json["row_count"], &json["complete"]), (&json!(3), &json!(true)));
    assert_eq!(json["added_window"], Value::Null);
    let lines = query(&ctl, UIDS, "-o ndjson").exits(0);
    let lines: Vec<Value> = lines
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        lines[..3],
        [json!({"uid": "u1"}), json!({"uid": "u2"}), json!({"uid": "u3"})]
    );
    assert_eq!(
        (&lines[3]["schema"], &lines[3]["row_count"]),
        (&json!("ctl.query/v1"), &json!(3))
    );
    let selected = query(&ctl, UIDS, "--jmespath rows[0].uid").exits(0);
    assert_eq!(selected.stdout, "\"u1\"\n");
    let none = query(&ctl, &UIDS.replace(">=", "<"), "-o json").exits(0).json();
    assert_eq!((&none["rows"], &none["row_count"]), (&json!([]), &json!(0)));
}

#[test]
fn pages_of_one_row_make_one_answer_and_max_rows_ends_it() {
    let (lake, ctl) = full();
    let paged = query(&ctl, UIDS, "--page-size 1").exits(0);
    assert_eq!(paged.stdout, "u1\nu2\nu3\n");
    assert_eq!(calls(&lake, "GetQueryResults"), 3);
    assert_eq!(calls(&lake, "StartQuery"), 1);
    let cut = query(&ctl, UIDS, "--max-rows 2 -o json").exits(0).says(&["--max-rows"]);
    let document = cut.json();
    assert_eq!(
        (&document["row_count"], &document["complete"]),
        (&json!(2), &json!(false))
    );
    assert_eq!(document["total_rows"], 3);
}

#[test]
fn values_are_typed_and_null_is_null() {
    let (lake, ctl) = full();
    let sql = "SELECT count(*) AS n, max(eventTime) AS latest, eventData.errorCode AS error FROM {store} \
               GROUP BY eventData.errorCode ORDER BY n";
    for nulls in ["missing", "null"] {
        lake.tell("/queries", json!({"status": "FINISHED", "nulls": nulls}));
        let document = query(&ctl, sql, "-o json --from 2026-11-20").exits(0).json();
        assert_eq!(
            document["rows"],
            json!([
                {"n": 1, "latest": "2026-11-20T11:00:00Z", "error": "AccessDenied"},
                {"n": 2, "latest": "2026-11-20T11:30:00Z", "error": null}
            ]),
            "{nulls}"
        );
    }
}

#[test]
fn a_bound_is_put_in_and_said_and_what_has_one_is_sent_as_it_is() {
    let (lake, ctl) = full();
    let bare = "SELECT eventData.UID FROM {store}";
    let said = query(&ctl, bare, "--from 2026-11-20 --to 2026-11-21 -o json").exits(0);
    let said = said.says(&["The time was bounded", "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"]);
    assert_eq!(said.json()["row_count"], 3);
    let day = query(&ctl, bare, "--from 2026-11-19 --to 2026-11-20 -o json")
        .exits(0)
        .json();
    assert_eq!(day["row_count"], 0);
    let unbounded = query(&ctl, bare, "--unbounded").exits(0);
    assert!(!unbounded.stderr.contains("bounded"), "{unbounded}");
    drop(query(&ctl, UIDS, "").exits(0));
    let queries = lake.look("/queries");
    let last = queries["queries"].as_array().unwrap().last().unwrap();
    let id = lake.only_store();
    let id = id.rsplit('/').next().unwrap();
    assert_eq!(last["statement"], UIDS.replace("{store}", id));
}

#[test]
fn a_dry_run_asks_for_names_and_nothing_else() {
    let (lake, ctl) = full();
    let planned = query(
        &ctl,
        "SELECT eventID FROM $EDS_ID",
        "--event-data-store store --dry-run -o json --since 7d",
    );
    let planned = planned.exits(0).json();
    assert_eq!(
        (&planned["dry_run"], &planned["schema"]),
        (&json!(true), &json!("ctl.query/v1"))
    );
    assert!(
        text(&planned, "statement").contains(" WHERE eventTime >= timestamp '"),
        "{planned}"
    );
    let asked: Vec<String> = lake.requests().into_iter().map(|seen| seen.operation).collect();
    assert_eq!(asked, ["ListEventDataStores"]);
    lake.forget();
    let bare = "SELECT 1 FROM 6f0c2a1e-1111-4222-8333-444455556666 WHERE eventTime > now()";
    assert_eq!(query(&ctl, bare, "--dry-run").exits(0).stdout, format!("{bare}\n"));
    assert_eq!(lake.requests(), []);
}

#[test]
fn every_sample_runs() {
    let (_lake, ctl) = full();
    let list = ctl.run("query --sample list -o json").exits(0).json();
    let mut counts = Vec::new();
    for sample in list["samples"].as_array().unwrap() {
        let name = text(sample, "name");
        let args = format!("query --sample {name} --event-data-store store --from 2026-11-20 -o json");
        let rows = ctl.run(&args).exits(0).json()["row_count"].as_u64().unwrap();
        counts.push((name, rows));
    }
    let counts: Vec<(&str, u64)> = counts.iter().map(|(name, rows)| (name.as_str(), *rows)).collect();
    // By hand, from the three events.
    assert_eq!(
        counts,
        [
            ("user-activity", 3),
            ("configuration-changes", 2),
            ("saas-actions", 1),
            ("compliance", 3),
            ("errors", 1),
            ("top-actors", 2),
            ("event-names", 2),
            ("arrivals", 3),
            ("per-day", 1)
        ]
    );
}

#[test]
fn each_end_of_a_query_has_its_code() {
    let (lake, ctl) = full();
    for (outcome, code, words) in [
        (
            json!({"status": "FAILED", "error": "Query response is too large"}),
            1,
            "fewer columns",
        ),
        (json!({"status": "FAILED", "looks": 3}), 1, "Run it again"),
        (json!({"status": "CANCELLED"}), 1, "somebody else"),
        (json!({"status": "TIMED_OUT"}), 6, "an hour"),
    ] {
        lake.tell("/queries", outcome);
        drop(query(&ctl, UIDS, "").exits(code).says(&[words]));
    }
    let wrong = query(&ctl, "SELECT nothing_like_it FROM {store}", "-o json --since 1h").exits(2);
    assert_eq!(wrong.error()["code"], "InvalidQueryStatementException");
}

#[test]
fn throttled_polls_are_asked_again_and_an_unconfirmed_start_is_not() {
    let (lake, ctl) = full();
    lake.fault("DescribeQuery", 1, 4, json!({"kind": "throttle"}));
    lake.fault("GetQueryResults", 1, 4, json!({"kind": "throttle"}));
    assert_eq!(query(&ctl, UIDS, "").exits(0).stdout, "u1\nu2\nu3\n");
    let (lake, ctl) = with(Config::default());
    lake.fault("StartQuery", 1, 1, json!({"kind": "lose_reply"}));
    let found = query(&ctl, UIDS, "")
        .exits(0)
        .says(&["The reply to StartQuery was lost"]);
    assert_eq!(found.stdout, "u1\nu2\nu3\n");
    assert_eq!(calls(&lake, "StartQuery"), 1);
}

#[test]
fn a_query_that_takes_too_long_is_cancelled() {
    let (lake, ctl) = slow(600);
    let over = query(&ctl, UIDS, "--timeout 1s").exits(6).says(&["cancelled"]);
    assert_eq!(over.stdout, "");
    assert_eq!(lake.look("/queries")["queries"][0]["status"], "CANCELLED");
    let owner = lake.owner();
    let id = lake.only_store();
    let statement = UIDS.replace("{store}", id.rsplit('/').next().unwrap());
    for _ in 0..10 {
        owner.call("StartQuery", json!({"QueryStatement": statement})).unwrap();
    }
    drop(
        query(&ctl, UIDS, "--timeout 1s")
            .exits(6)
            .says(&["MaxConcurrentQueriesException", "Ten queries"]),
    );
}

#[cfg(unix)]
#[test]
fn an_interrupted_query_is_cancelled_at_the_service() {
    for name in ["INT", "TERM"] {
        let (lake, ctl) = slow(600);
        let child = ctl.command(&["query", UIDS]).spawn().unwrap();
        let begun = Instant::now();
        while calls(&lake, "DescribeQuery") == 0 {
            assert!(begun.elapsed() < Duration::from_mins(1), "no query was started");
            std::thread::yield_now();
        }
        signal(&child, name);
        let output = ctl.output(&["query"], &child.wait_with_output().unwrap());
        drop(output.exits(130).says(&["Cancelling query", "was cancelled"]));
        assert_eq!(lake.look("/queries")["queries"][0]["status"], "CANCELLED");
    }
}

#[test]
fn a_closed_stdout_ends_the_reading_and_nothing_else() {
    let (lake, ctl) = full();
    let output = ctl
        .run_with_closed_stdout("query --sample compliance --event-data-store store --from 2026-11-20 --page-size 1");
    drop(output.exits(0));
    assert!(calls(&lake, "GetQueryResults") <= 2);
}

#[test]
fn names_and_values_are_never_sql() {
    let (lake, ctl) = full();
    for sql in [
        "SELECT 1 FROM {x; DROP}",
        "SELECT 1 FROM {store' OR 1=1}",
        "SELECT 1 FROM {}",
        "SELECT 1 FROM {store",
    ] {
        drop(query(&ctl, sql, "").exits(2));
    }
    assert_eq!(lake.requests(), []);
    drop(
        query(&ctl, "SELECT 1 FROM {sture}", "")
            .exits(5)
            .says(&["Did you mean store?"]),
    );
    for (filter, found) in [
        ("--user=bob's, app", 1),
        ("--user=bob' OR 1=1 --", 0),
        ("--uid=u1'; DROP TABLE x", 0),
        ("--name=image.deleted", 1),
        ("--source={store}", 0),
        ("--error", 1),
        ("--error=AccessDenied", 1),
        ("--error='", 0),
    ] {
        let output = ctl
            .run_args(&["events", "app", filter, "--from", "2026-11-20", "-o", "json"])
            .exits(0);
        assert_eq!(output.json()["row_count"], found, "{filter}");
    }
}

#[test]
fn whole_events_come_back_as_they_were_sent() {
    let (lake, ctl) = full();
    for nulls in ["empty", "missing", "null"] {
        lake.tell("/queries", json!({"status": "FINISHED", "nulls": nulls}));
        let document = ctl.run("events app --from 2026-11-20 -o json").exits(0).json();
        assert_eq!(document["schema"], "ctl.events/v1");
        let mut found: Vec<Value> = document["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["eventData"].clone())
            .collect();
        found.sort_by_key(|event| text(event, "UID"));
        assert_eq!(found, events(), "{nulls}");
        assert_eq!(document["rows"][0]["eventData"]["UID"], "u2", "the latest comes first");
        assert!(document["rows"][0].get("addendum").is_none(), "{nulls}: {document}");
    }
    let short = ctl.run("events --from 2026-11-20 --limit 1").exits(0);
    assert_eq!(
        short.stdout,
        "2026-11-20T11:30:00Z\tapp.example.com\timage.deleted\talice\tu2\t\n"
    );
}

#[test]
fn an_integration_with_several_stores_says_which_one_it_looks_into() {
    let lake = Lake::new();
    let owner = lake.owner();
    let stores = [owner.store("one"), owner.store("two")];
    owner.channel("app", "Custom", &[&stores[0], &stores[1]]);
    let first = stores[0].rsplit('/').next().unwrap();
    let ctl = lake.ctl();
    drop(
        ctl.run("events")
            .exits(0)
            .says(&["feeds 2 stores", first, "--event-data-store"]),
    );
    drop(
        query(&ctl, "SELECT eventID FROM {app}", "")
            .exits(2)
            .says(&["several event data stores", first]),
    );
    drop(ctl.run("events --event-data-store two").exits(0));
}

#[test]
fn a_name_of_a_store_and_of_an_integration_that_feeds_another_is_a_question() {
    let lake = Lake::new();
    let owner = lake.owner();
    let stores = [owner.store("app"), owner.store("fed"), owner.store("same")];
    owner.channel("app", "Custom", &[&stores[1]]);
    owner.channel("same", "IBMMulticloud", &[&stores[2]]);
    let ids: Vec<&str> = stores.iter().map(|arn| arn.rsplit('/').next().unwrap()).collect();
    let ctl = lake.ctl();
    drop(
        query(&ctl, "SELECT eventID FROM {app}", "")
            .exits(2)
            .says(&["integration", ids[0], ids[1]]),
    );
    for (sql, id) in [
        ("SELECT eventID FROM {same}".to_owned(), ids[2]),
        (format!("SELECT eventID FROM {{{}}}", ids[0]), ids[0]),
    ] {
        let planned = query(&ctl, &sql, "--dry-run").exits(0);
        assert!(planned.stdout.contains(id), "{planned}");
    }
    let chosen = query(&ctl, "SELECT eventID FROM $EDS_ID", "--event-data-store app --dry-run").exits(0);
    assert!(chosen.stdout.contains(ids[0]), "{chosen}");
}

#[test]
fn what_was_not_bounded_is_not_said_to_be() {
    let (_lake, ctl) = full();
    for sql in ["SELECT 1", "SELECT 1 FROM \"{store}\""] {
        let planned = query(&ctl, sql, "--since 1h --dry-run")
            .exits(0)
            .says(&["No store", "change nothing"]);
        assert!(!planned.stderr.contains("bounds the time"), "{planned}");
    }
    drop(
        query(&ctl, UIDS, "--since 1h")
            .exits(0)
            .says(&["bounds the time itself"]),
    );
    let unclear = UIDS.replace("eventTime >=", "NOT eventTime <");
    let planned = query(&ctl, &unclear, "--dry-run").exits(0).says(&["left as it is"]);
    assert!(planned.stdout.contains("WHERE NOT eventTime <"), "{planned}");
}

#[test]
fn an_error_of_syntax_shows_nothing_that_the_user_did_not_write() {
    let (lake, ctl) = full();
    for sql in ["SELECT 1 FROM x {store} {store}", "SELECT 1 FROM {store} WHERE = 1"] {
        let wrong = query(&ctl, sql, "").exits(2).says(&["cannot be read"]);
        for not in ["ctl_store", "00000000", "Column", "eventTime >="] {
            assert!(!wrong.stderr.contains(not), "{wrong}");
        }
    }
    assert_eq!(lake.requests(), []);
}

#[test]
fn the_quotas_of_aws_are_kept_to_where_that_is_asked_for() {
    let (lake, ctl) = full();
    let ctl = ctl.env("CTL_QUOTAS", "1");
    let begun = now();
    drop(query(&ctl, UIDS, "--page-size 1").exits(0));
    // A burst of the quota does not wait.
    assert!(now().duration_since(begun).as_secs() < 10);
    assert_eq!(calls(&lake, "GetQueryResults"), 3);
}
