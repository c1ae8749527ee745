//! From the start to the end of a query, and what it sees.

use std::time::Duration;

use ctl::sandbox::{Config, State};
use serde_json::{Value, json};

use super::{column, delayed, describe, id, pass, results, send, start, status, uids};
use crate::harness::*;

#[test]
fn a_query_is_started_described_and_read() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (store, channel) = owner.integration();
    send(&owner, &channel, &["u2", "u1", "u3"]);
    let statement = format!(
        "SELECT eventData.uid AS uid, eventData.eventName, eventTime FROM {} WHERE eventData.uid <> 'u3' \
         ORDER BY eventData.uid",
        id(&store)
    );
    let started = owner.call("StartQuery", json!({"QueryStatement": statement})).unwrap();
    let query = text(&started, "QueryId");
    assert_eq!(started, json!({"QueryId": query}));
    assert!(query.len() == 36 && query.matches('-').count() == 4, "{query}");

    let described = describe(&owner, &query);
    let bytes = described["QueryStatistics"]["BytesScanned"].as_u64().unwrap();
    // Three records of over 300 bytes each.
    assert!((900..10_000).contains(&bytes), "{bytes}");
    assert_eq!(
        described,
        json!({
            "QueryId": query,
            "QueryString": statement,
            "QueryStatus": "FINISHED",
            "QueryStatistics": {
                "EventsMatched": 2, "EventsScanned": 3, "BytesScanned": bytes,
                "ExecutionTimeInMillis": 0, "CreationTime": NOON
            }
        })
    );
    assert_eq!(
        results(&owner, &query),
        json!({
            "QueryStatus": "FINISHED",
            "QueryStatistics": {"ResultsCount": 2, "TotalResultsCount": 2, "BytesScanned": bytes},
            "QueryResultRows": [
                [{"uid": "u1"}, {"eventName": "Login"}, {"eventTime": "2026-11-20 12:00:00.000"}],
                [{"uid": "u2"}, {"eventName": "Login"}, {"eventTime": "2026-11-20 12:00:00.000"}]
            ]
        })
    );
}

#[test]
fn a_count_is_a_string_and_a_null_an_empty_one() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (store, channel) = owner.integration();
    send(&owner, &channel, &["u1", "u2"]);
    let statement = format!(
        "SELECT count(*) AS n, max(eventData.errorCode) AS code FROM {}",
        id(&store)
    );
    let output = results(&owner, &start(&owner, &statement));
    assert_eq!(output["QueryResultRows"], json!([[{"n": "2"}, {"code": ""}]]));
    for (nulls, cell) in [
        ("empty", json!({"code": ""})),
        ("missing", json!({})),
        ("null", json!({"code": null})),
    ] {
        lake.tell("/queries", json!({"status": "FINISHED", "nulls": nulls}));
        let output = results(&owner, &start(&owner, &statement));
        assert_eq!(output["QueryResultRows"], json!([[{"n": "2"}, cell]]), "{nulls}");
    }
}

#[test]
fn a_result_is_of_the_moment_when_the_query_ran() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (store, channel) = owner.integration();
    send(&owner, &channel, &["u1"]);
    let first = start(&owner, &uids(&store));
    send(&owner, &channel, &["u2"]);
    pass(&lake, 60);
    let second = start(&owner, &uids(&store));
    assert_eq!(column(&results(&owner, &first), 0, "uid"), ["u1"]);
    assert_eq!(column(&results(&owner, &second), 0, "uid"), ["u1", "u2"]);
    // Long afterwards, too, when the events themselves are gone.
    let short = json!({"EventDataStore": store, "RetentionPeriod": 7});
    owner.call("UpdateEventDataStore", short).unwrap();
    pass(&lake, 7 * 86_400 - 30);
    assert_eq!(lake.look("/events")["events"], json!([]));
    assert_eq!(column(&results(&owner, &second), 0, "uid"), ["u1", "u2"]);
}

#[test]
fn what_is_not_visible_yet_is_not_in_a_result() {
    let lake = Lake::with(Config {
        ingestion_delay: Duration::from_mins(1),
        query_delay: Duration::from_secs(10),
        ..fixed()
    });
    let owner = lake.owner();
    let (store, channel) = owner.integration();
    send(&owner, &channel, &["u1"]);
    pass(&lake, 58);
    // This one runs a second from now, and is over only when the event can be seen; the next runs just late enough.
    let early = start(&owner, &uids(&store));
    pass(&lake, 1);
    let next = start(&owner, &uids(&store));
    pass(&lake, 60);
    assert_eq!(column(&results(&owner, &early), 0, "uid"), [""; 0]);
    assert_eq!(column(&results(&owner, &next), 0, "uid"), ["u1"]);
}

#[test]
fn a_delay_goes_through_queued_and_running() {
    let lake = delayed(100);
    let owner = lake.owner();
    let (store, channel) = owner.integration();
    send(&owner, &channel, &["u1", "u2"]);
    let query = start(&owner, &uids(&store));
    let nothing = json!({"ResultsCount": 0, "TotalResultsCount": 0, "BytesScanned": 0});
    pass(&lake, 9);
    assert_eq!(
        results(&owner, &query),
        json!({"QueryStatus": "QUEUED", "QueryStatistics": nothing, "QueryResultRows": []})
    );
    assert_eq!(describe(&owner, &query)["QueryStatistics"]["ExecutionTimeInMillis"], 0);

    // It runs now; what comes later is not in its result.
    pass(&lake, 1);
    assert_eq!(status(&owner, &query), "RUNNING");
    send(&owner, &channel, &["u3"]);
    pass(&lake, 45);
    let half = results(&owner, &query);
    assert_eq!(
        (&half["QueryStatus"], &half["QueryResultRows"]),
        (&json!("RUNNING"), &json!([]))
    );
    assert_eq!(half["QueryStatistics"]["TotalResultsCount"], 0);
    let described = describe(&owner, &query)["QueryStatistics"].clone();
    assert_eq!(described["ExecutionTimeInMillis"], 45_000);
    assert_eq!(described["EventsScanned"], 1);

    pass(&lake, 44);
    assert_eq!(status(&owner, &query), "RUNNING");
    pass(&lake, 1);
    let whole = results(&owner, &query);
    assert_eq!(
        (whole["QueryStatus"].as_str(), column(&whole, 0, "uid")),
        (Some("FINISHED"), vec!["u1".to_owned(), "u2".to_owned()])
    );
    let scanned = |output: &Value| output["QueryStatistics"]["BytesScanned"].as_u64().unwrap();
    assert_eq!(scanned(&half), scanned(&whole) / 2);
    assert_eq!(
        describe(&owner, &query)["QueryStatistics"]["ExecutionTimeInMillis"],
        90_000
    );
}

#[test]
fn after_an_hour_a_query_times_out_with_half_of_its_rows() {
    let lake = delayed(7200);
    let owner = lake.owner();
    let (store, channel) = owner.integration();
    send(&owner, &channel, &["u1", "u2", "u3", "u4"]);
    let query = start(&owner, &uids(&store));
    pass(&lake, 3599);
    assert_eq!(status(&owner, &query), "RUNNING");
    pass(&lake, 1);
    let output = results(&owner, &query);
    assert_eq!(output["QueryStatus"], "TIMED_OUT");
    assert_eq!(column(&output, 0, "uid"), ["u1", "u2"]);
    assert_eq!(output["QueryStatistics"]["TotalResultsCount"], 2);
}

#[test]
fn a_cancelled_query_stays_cancelled() {
    let lake = delayed(100);
    let owner = lake.owner();
    let (store, channel) = owner.integration();
    send(&owner, &channel, &["u1", "u2"]);
    let (queued, running) = (start(&owner, &uids(&store)), start(&owner, &uids(&store)));
    let cancelled = json!({"QueryId": queued, "QueryStatus": "CANCELLED"});
    assert_eq!(
        owner.call("CancelQuery", json!({"QueryId": queued})).unwrap(),
        cancelled
    );
    pass(&lake, 55);
    owner.call("CancelQuery", json!({"QueryId": running})).unwrap();
    pass(&lake, 1000);
    // What had been scanned is billed: nothing of the first, half of the second.
    for (query, scanned, took) in [(&queued, 0, 0), (&running, 1, 45_000)] {
        let described = describe(&owner, query);
        assert_eq!(described["QueryStatus"], "CANCELLED");
        assert_eq!(described["QueryStatistics"]["EventsScanned"], scanned);
        assert_eq!(described["QueryStatistics"]["ExecutionTimeInMillis"], took);
        let output = results(&owner, query);
        assert_eq!(
            (&output["QueryStatus"], &output["QueryResultRows"]),
            (&json!("CANCELLED"), &json!([]))
        );
        assert_eq!(
            owner.code("CancelQuery", json!({"QueryId": query})),
            "InactiveQueryException"
        );
    }
    let finished = start(&owner, &uids(&store));
    pass(&lake, 100);
    assert_eq!(
        owner.code("CancelQuery", json!({"QueryId": finished})),
        "InactiveQueryException"
    );
    assert_eq!(status(&owner, &finished), "FINISHED");
}

#[test]
fn results_are_kept_for_seven_days() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (store, channel) = owner.integration();
    send(&owner, &channel, &["u1"]);
    let query = start(&owner, &uids(&store));
    pass(&lake, 7 * 86_400 - 1);
    assert_eq!(column(&results(&owner, &query), 0, "uid"), ["u1"]);
    pass(&lake, 1);
    for operation in ["GetQueryResults", "DescribeQuery", "CancelQuery"] {
        assert_eq!(
            owner.code(operation, json!({"QueryId": query})),
            "QueryIdNotFoundException",
            "{operation}"
        );
    }
    assert_eq!(
        owner.call("ListQueries", json!({"EventDataStore": store})).unwrap(),
        json!({"Queries": []})
    );
}

#[test]
fn a_store_that_goes_before_the_query_runs_fails_it() {
    let lake = delayed(100);
    let owner = lake.owner();
    let store = owner.store("my-events");
    let query = start(&owner, &uids(&store));
    lake.plant("event_data_store", json!({"id": store, "status": "PENDING_DELETION"}));
    pass(&lake, 100);
    lake.look("/queries");
    owner
        .call("RestoreEventDataStore", json!({"EventDataStore": store}))
        .unwrap();
    let output = results(&owner, &query);
    assert_eq!(output["QueryStatus"], "FAILED");
    assert!(text(&output, "ErrorMessage").contains("pending deletion"), "{output}");
}

#[test]
fn reset_forgets_queries_and_outcomes() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (store, channel) = owner.integration();
    send(&owner, &channel, &["u1"]);
    let query = start(&owner, &uids(&store));
    assert_eq!(status(&owner, &query), "FINISHED");
    lake.tell("/queries", json!({"status": "FAILED"}));
    lake.tell("/reset", json!({}));
    assert_eq!(lake.look("/queries"), json!({"outcomes": [], "queries": []}));
    assert_eq!(
        owner.code("DescribeQuery", json!({"QueryId": query})),
        "QueryIdNotFoundException"
    );
}

#[test]
fn queries_outlive_the_sandbox_in_its_file() {
    let dir = tempfile::tempdir().unwrap();
    let again = || {
        Lake::with(Config {
            state: State::File(dir.path().join("state")),
            query_delay: Duration::from_secs(10),
            ..fixed()
        })
    };
    let lake = again();
    let owner = lake.owner();
    let (store, channel) = owner.integration();
    send(&owner, &channel, &["u1"]);
    let (done, begun) = (start(&owner, &uids(&store)), start(&owner, &uids(&store)));
    pass(&lake, 5);
    lake.stop();
    let lake = again();
    let owner = lake.owner();
    assert_eq!(status(&owner, &begun), "RUNNING");
    pass(&lake, 5);
    for query in [done, begun] {
        assert_eq!(column(&results(&owner, &query), 0, "uid"), ["u1"]);
    }
}
