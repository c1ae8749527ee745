//! Rows and lists page by page, and the tokens between them.

use serde_json::{Value, json};

use super::{column, delayed, id, pass, send, start, uids};
use crate::harness::*;

#[test]
fn pages_of_one_row_hold_together() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (store, channel) = owner.integration();
    send(&owner, &channel, &["u1", "u2", "u3"]);
    let query = start(&owner, &uids(&store));
    let mut input = json!({"QueryId": query, "MaxQueryResults": 1});
    let mut seen = Vec::new();
    loop {
        let output = owner.call("GetQueryResults", input.clone()).unwrap();
        assert_eq!(output["QueryStatistics"]["ResultsCount"], 1);
        assert_eq!(output["QueryStatistics"]["TotalResultsCount"], 3);
        seen.extend(column(&output, 0, "uid"));
        // The same page again, for a reply that was lost.
        assert_eq!(owner.call("GetQueryResults", input.clone()).unwrap(), output);
        let Some(token) = output.get("NextToken") else {
            break;
        };
        assert!((4..=1000).contains(&token.as_str().unwrap().len()));
        input["NextToken"] = token.clone();
    }
    assert_eq!(seen, ["u1", "u2", "u3"]);
    // A page that is just full is the last.
    let whole = owner
        .call("GetQueryResults", json!({"QueryId": query, "MaxQueryResults": 3}))
        .unwrap();
    assert!(whole.get("NextToken").is_none(), "{whole}");
}

#[test]
fn a_token_holds_for_its_parameters_only() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (store, channel) = owner.integration();
    send(&owner, &channel, &["u1", "u2", "u3"]);
    let (query, other) = (start(&owner, &uids(&store)), start(&owner, &uids(&store)));
    let first = json!({"QueryId": query, "MaxQueryResults": 1});
    let token = owner.call("GetQueryResults", first.clone()).unwrap()["NextToken"].clone();
    let again = with(first, json!({"NextToken": token}));
    owner.call("GetQueryResults", again.clone()).unwrap();
    let listed = json!({"EventDataStore": store, "MaxResults": 1});
    let listing = owner.call("ListQueries", listed.clone()).unwrap()["NextToken"].clone();
    for more in [
        json!({"MaxQueryResults": 2}),
        json!({"MaxQueryResults": null}),
        json!({"QueryId": other}),
        json!({"NextToken": "abcd"}),
        json!({"NextToken": ""}),
        json!({"NextToken": listing}),
    ] {
        assert_eq!(
            owner.code("GetQueryResults", with(again.clone(), more.clone())),
            "InvalidNextTokenException",
            "{more}"
        );
    }
    let again = with(listed, json!({"NextToken": listing}));
    owner.call("ListQueries", again.clone()).unwrap();
    for more in [
        json!({"MaxResults": 2}),
        json!({"QueryStatus": "FINISHED"}),
        json!({"StartTime": 0}),
        json!({"EndTime": NOON}),
        json!({"NextToken": token}),
    ] {
        assert_eq!(
            owner.code("ListQueries", with(again.clone(), more.clone())),
            "InvalidNextTokenException",
            "{more}"
        );
    }
}

#[test]
fn queries_are_listed_by_store_time_and_status() {
    let lake = delayed(60);
    let owner = lake.owner();
    let (store, _) = owner.integration();
    let other = owner.store("other");
    let mut queries = Vec::new();
    for _ in 0..3 {
        queries.push(start(&owner, &uids(&store)));
        pass(&lake, 40);
    }
    start(&owner, &uids(&other));
    let both = start(
        &owner,
        &format!(
            "SELECT a.eventID FROM {} a JOIN {} b ON a.eventID = b.eventID",
            id(&store),
            id(&other)
        ),
    );
    let listed = |more: Value| -> Vec<String> {
        let output = owner
            .call("ListQueries", with(json!({"EventDataStore": store}), more))
            .unwrap();
        let list = output["Queries"].as_array().unwrap().clone();
        list.iter().map(|query| text(query, "QueryId")).collect()
    };
    let latest_first = [&both, &queries[2], &queries[1], &queries[0]].map(Clone::clone);
    assert_eq!(listed(json!({})), latest_first);
    assert_eq!(listed(json!({"EventDataStore": id(&store)})), latest_first);
    assert_eq!(listed(json!({"StartTime": NOON + 40})), latest_first[..3]);
    assert_eq!(
        listed(json!({"StartTime": NOON + 40, "EndTime": NOON + 80})),
        latest_first[1..3]
    );
    assert_eq!(
        listed(json!({"EndTime": f64::from(u32::try_from(NOON).unwrap()) + 39.5})),
        latest_first[3..]
    );
    assert_eq!(listed(json!({"QueryStatus": "FINISHED"})), latest_first[2..]);
    assert_eq!(listed(json!({"QueryStatus": "RUNNING"})), latest_first[1..2]);
    assert_eq!(listed(json!({"QueryStatus": "QUEUED"})), latest_first[..1]);
    let output = owner
        .call("ListQueries", json!({"EventDataStore": store, "EndTime": NOON}))
        .unwrap();
    assert_eq!(
        output,
        json!({"Queries": [{"QueryId": queries[0], "QueryStatus": "FINISHED", "CreationTime": NOON}]})
    );

    let mut input = json!({"EventDataStore": store, "MaxResults": 1});
    let mut seen = Vec::new();
    loop {
        let output = owner.call("ListQueries", input.clone()).unwrap();
        seen.push(text(&output["Queries"][0], "QueryId"));
        let Some(token) = output.get("NextToken") else {
            break;
        };
        input["NextToken"] = token.clone();
        // What is started meanwhile does not move the pages.
        start(&owner, &uids(&store));
    }
    assert_eq!(seen, latest_first);
}
