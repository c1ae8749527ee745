//! What becomes of queries by script.

use serde_json::{Value, json};

use super::{column, delayed, describe, pass, results, send, start, status, uids};
use crate::harness::*;

#[test]
fn queries_can_fail_by_script() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (store, channel) = owner.integration();
    send(&owner, &channel, &["u1"]);
    let posted = lake.tell(
        "/queries",
        json!({"status": "FAILED", "error": "Query response is too large", "call": 2}),
    );
    assert_eq!(posted["outcomes"][0]["seen"], 0);
    lake.tell("/queries", json!({"status": "FAILED", "call": 3, "looks": 2}));
    let queries: Vec<String> = (0..4).map(|_| start(&owner, &uids(&store))).collect();
    assert_eq!(status(&owner, &queries[0]), "FINISHED");

    let output = results(&owner, &queries[1]);
    assert_eq!(
        (
            &output["QueryStatus"],
            &output["ErrorMessage"],
            &output["QueryResultRows"]
        ),
        (&json!("FAILED"), &json!("Query response is too large"), &json!([]))
    );
    assert_eq!(
        describe(&owner, &queries[1])["ErrorMessage"],
        "Query response is too large"
    );

    // Half-way: two looks find it running, and nothing of the error.
    let looks: Vec<Value> = (0..3).map(|_| results(&owner, &queries[2])).collect();
    let statuses: Vec<&str> = looks.iter().map(|look| look["QueryStatus"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["RUNNING", "RUNNING", "FAILED"]);
    assert!(looks[1].get("ErrorMessage").is_none());
    assert_eq!(
        looks[2]["ErrorMessage"],
        "Query exhausted resources at this scale factor"
    );

    assert_eq!(status(&owner, &queries[3]), "FINISHED");
    let seen = lake.look("/queries");
    assert_eq!(
        seen["outcomes"],
        json!([
            {"status": "FAILED", "error": "Query response is too large", "looks": 0, "call": 2, "times": 1, "seen": 4},
            {"status": "FAILED", "looks": 2, "call": 3, "times": 1, "seen": 4}
        ])
    );
    assert_eq!(
        seen["queries"][2],
        json!({
            "id": queries[2], "account": HOME, "region": "us-east-1", "statement": uids(&store), "status": "FAILED",
            "created_at": "2026-11-20T12:00:00Z"
        })
    );
}

#[test]
fn queries_can_time_out_or_be_cancelled_by_script() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (store, channel) = owner.integration();
    send(&owner, &channel, &["u1", "u2", "u3", "u4"]);
    lake.tell("/queries", json!({"status": "TIMED_OUT", "rows": 3}));
    lake.tell(
        "/queries",
        json!({"status": "CANCELLED", "call": 2, "looks": 1, "times": 0}),
    );
    let timed_out = start(&owner, &uids(&store));
    let mut input = json!({"QueryId": timed_out, "MaxQueryResults": 2});
    let page = owner.call("GetQueryResults", input.clone()).unwrap();
    assert_eq!(page["QueryStatus"], "TIMED_OUT");
    assert_eq!(column(&page, 0, "uid"), ["u1", "u2"]);
    input["NextToken"] = page["NextToken"].clone();
    let page = owner.call("GetQueryResults", input).unwrap();
    assert_eq!(
        (column(&page, 0, "uid"), page.get("NextToken")),
        (vec!["u3".to_owned()], None)
    );

    for _ in 0..2 {
        let cancelled = start(&owner, &uids(&store));
        assert_eq!(status(&owner, &cancelled), "RUNNING");
        let output = results(&owner, &cancelled);
        assert_eq!(
            (&output["QueryStatus"], &output["QueryResultRows"]),
            (&json!("CANCELLED"), &json!([]))
        );
    }
    assert_eq!(lake.control("DELETE", "/queries", &Value::Null).status, 200);
    assert_eq!(lake.look("/queries")["outcomes"], json!([]));
    assert_eq!(status(&owner, &start(&owner, &uids(&store))), "FINISHED");
}

#[test]
fn some_rows_may_come_before_the_end() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (store, channel) = owner.integration();
    send(&owner, &channel, &["u1", "u2", "u3"]);
    for (outcome, in_the_end) in [
        ("FINISHED", &["u1", "u2", "u3"][..]),
        ("FAILED", &[]),
        ("CANCELLED", &[]),
    ] {
        lake.tell("/queries", json!({"status": outcome, "looks": 1, "early": 2}));
        let query = start(&owner, &uids(&store));
        let early = results(&owner, &query);
        assert_eq!(early["QueryStatus"], "RUNNING");
        assert_eq!(column(&early, 0, "uid"), ["u1", "u2"]);
        assert_eq!(early["QueryStatistics"]["TotalResultsCount"], 2);
        assert!(early.get("NextToken").is_none());
        let ended = results(&owner, &query);
        assert_eq!(ended["QueryStatus"], outcome);
        assert_eq!(column(&ended, 0, "uid"), in_the_end);
    }
}

#[test]
fn looks_keep_a_query_running_whatever_the_clock_says() {
    let lake = delayed(10);
    let owner = lake.owner();
    let (store, channel) = owner.integration();
    send(&owner, &channel, &["u1"]);
    lake.tell("/queries", json!({"status": "FINISHED", "looks": 2}));
    let query = start(&owner, &uids(&store));
    pass(&lake, 1000);
    assert_eq!(status(&owner, &query), "RUNNING");
    pass(&lake, 1000);
    assert_eq!(status(&owner, &query), "RUNNING");
    assert_eq!(status(&owner, &query), "FINISHED");
    // It may still be cancelled while it is looked at.
    lake.tell("/queries", json!({"status": "FINISHED", "looks": 9}));
    let query = start(&owner, &uids(&store));
    pass(&lake, 1000);
    assert_eq!(status(&owner, &query), "RUNNING");
    owner.call("CancelQuery", json!({"QueryId": query})).unwrap();
    assert_eq!(status(&owner, &query), "CANCELLED");
}

#[test]
fn bad_outcomes_are_refused_with_a_reason() {
    let lake = Lake::new();
    for (body, word) in [
        (json!({"status": "RUNNING"}), "RUNNING"),
        (json!({"status": "FAILED", "after": 2}), "after"),
        (json!({"status": "FAILED", "rows": 2}), "rows"),
        (json!({"status": "TIMED_OUT", "error": "too slow"}), "error"),
        (json!({"status": "FAILED", "looks": -1}), "looks"),
        (json!({"status": "FAILED", "call": 0}), "call"),
    ] {
        let response = lake.control("POST", "/queries", &body);
        assert_eq!(response.status, 400, "{body}");
        assert!(
            text(&response.json(), "error").contains(word),
            "{body}: {}",
            response.body
        );
    }
    assert_eq!(lake.look("/queries"), json!({"outcomes": [], "queries": []}));
}

#[test]
fn faults_hold_for_queries_as_for_all_else() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (store, _) = owner.integration();
    lake.fault("StartQuery", 1, 1, json!({"kind": "throttle"}));
    let input = json!({"QueryStatement": uids(&store)});
    assert_eq!(owner.code("StartQuery", input.clone()), "ThrottlingException");
    assert_eq!(lake.look("/queries")["queries"], json!([]));
    // A reply that is lost is of a query that runs.
    lake.fault("StartQuery", 1, 1, json!({"kind": "lose_reply"}));
    assert!(
        owner
            .target("CloudTrail_20131101.StartQuery", &input.to_string())
            .is_none()
    );
    let listed = owner.call("ListQueries", json!({"EventDataStore": store})).unwrap();
    let query = text(&listed["Queries"][0], "QueryId");
    lake.fault("GetQueryResults", 1, 1, json!({"kind": "cut"}));
    let input = json!({"QueryId": query}).to_string();
    assert!(owner.target("CloudTrail_20131101.GetQueryResults", &input).is_none());
    assert_eq!(results(&owner, &query)["QueryStatus"], "FINISHED");
}
