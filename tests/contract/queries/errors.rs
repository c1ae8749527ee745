//! What is refused, and with which error.

use serde_json::{Value, json};

use super::{ABSENT, column, delayed, id, pass, results, send, start, status, uids};
use crate::harness::*;

#[test]
fn ten_queries_at_a_time_and_no_more() {
    let lake = delayed(60);
    let owner = lake.owner();
    let (store, _) = owner.integration();
    let queries: Vec<String> = (0..10).map(|_| start(&owner, &uids(&store))).collect();
    let eleventh = json!({"QueryStatement": uids(&store)});
    assert_eq!(
        owner.code("StartQuery", eleventh.clone()),
        "MaxConcurrentQueriesException"
    );
    // Running ones count as queued ones do.
    pass(&lake, 30);
    assert_eq!(status(&owner, &queries[0]), "RUNNING");
    assert_eq!(
        owner.code("StartQuery", eleventh.clone()),
        "MaxConcurrentQueriesException"
    );
    // Neither another account nor another Region is held up by them.
    for elsewhere in [lake.caller(PARTNER, "us-east-1"), lake.caller(HOME, "eu-west-1")] {
        let store = elsewhere.store("elsewhere");
        start(&elsewhere, &uids(&store));
    }
    owner.call("CancelQuery", json!({"QueryId": queries[3]})).unwrap();
    owner.call("StartQuery", eleventh.clone()).unwrap();
    assert_eq!(
        owner.code("StartQuery", eleventh.clone()),
        "MaxConcurrentQueriesException"
    );
    pass(&lake, 30);
    owner.call("StartQuery", eleventh).unwrap();
}

/// Each input is refused, with the error of this name (without "Exception").
fn refused<const N: usize>(caller: &Caller, operation: &str, cases: [(Value, &str); N]) {
    for (input, error) in cases {
        let code = caller.code(operation, input.clone());
        assert_eq!(code, format!("{error}Exception"), "{operation} {input}");
    }
}

#[test]
fn a_statement_must_be_one_over_active_stores_of_ones_own() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (store, _) = owner.integration();
    let pending = owner.store("pending");
    lake.plant("event_data_store", json!({"id": pending, "status": "PENDING_DELETION"}));
    let fresh = owner.store("fresh");
    lake.plant("event_data_store", json!({"id": fresh, "status": "CREATED"}));
    let management = json!([{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["ConfigurationItem"]}]}]);
    let aws = with(store_input("aws"), json!({"AdvancedEventSelectors": management}));
    let aws = text(&owner.call("CreateEventDataStore", aws).unwrap(), "EventDataStoreArn");
    let theirs = lake.caller(PARTNER, "us-east-1").store("theirs");
    let elsewhere = lake.caller(HOME, "eu-west-1").store("elsewhere");
    let of = |statement: &str| json!({"QueryStatement": statement});
    let fine = uids(&store);
    let long = |characters: usize| of(&format!("{fine}{}", " ".repeat(characters - fine.len())));
    refused(
        &owner,
        "StartQuery",
        [
            (json!({}), "InvalidParameter"),
            (of(""), "InvalidParameter"),
            (long(10_001), "InvalidParameter"),
            (of("SELECT"), "InvalidQueryStatement"),
            (of(&format!("DELETE FROM {}", id(&store))), "InvalidQueryStatement"),
            (
                of(&format!("SELECT nonsense FROM {}", id(&store))),
                "InvalidQueryStatement",
            ),
            (of("SELECT eventID FROM my_events"), "InvalidQueryStatement"),
            (of(&uids(ABSENT)), "EventDataStoreNotFound"),
            (of(&uids(&theirs)), "EventDataStoreNotFound"),
            (of(&uids(&elsewhere)), "EventDataStoreNotFound"),
            (of(&uids(&pending)), "InactiveEventDataStore"),
            (of(&uids(&fresh)), "InactiveEventDataStore"),
            (of(&uids(&aws)), "UnsupportedOperation"),
        ],
    );
    // None of them is a query.
    assert_eq!(lake.look("/queries")["queries"], json!([]));
    owner.call("StartQuery", long(10_000)).unwrap();
}

#[test]
fn dashboards_buckets_and_other_owners_are_refused() {
    let lake = Lake::new();
    let owner = lake.owner();
    let fine = json!({"QueryStatement": uids(&owner.store("my-events"))});
    let plus = |member: &str, value: Value| with(fine.clone(), json!({ member: value }));
    let to = |uri: &str| plus("DeliveryS3Uri", json!(uri));
    let of = |account: &str| plus("EventDataStoreOwnerAccountId", json!(account));
    refused(
        &owner,
        "StartQuery",
        [
            (json!({"QueryAlias": "my-alias"}), "UnsupportedOperation"),
            (plus("QueryAlias", json!("my-alias")), "UnsupportedOperation"),
            (plus("QueryAlias", json!("my alias")), "InvalidParameter"),
            (plus("QueryParameters", json!(["x"])), "UnsupportedOperation"),
            (of(PARTNER), "OperationNotPermitted"),
            (of("1234"), "InvalidParameter"),
            (of("12345678901x"), "InvalidParameter"),
            (to("s3://my-bucket/results"), "S3BucketDoesNotExist"),
            (to("s3://my-bucket"), "S3BucketDoesNotExist"),
            (to("s3://My_Bucket/results"), "InvalidS3BucketName"),
            (to("s3://b/"), "InvalidS3BucketName"),
            (to("https://my-bucket"), "InvalidParameter"),
            (to(&format!("s3://my-bucket/{}", "x".repeat(1010))), "InvalidParameter"),
        ],
    );
    assert_eq!(lake.look("/queries")["queries"], json!([]));
    let output = owner.call("StartQuery", of(HOME)).unwrap();
    assert_eq!(output["EventDataStoreOwnerAccountId"], HOME);
}

#[test]
fn a_query_is_found_by_its_owner_and_over_its_own_store() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (store, _) = owner.integration();
    let other = owner.store("other");
    let query = start(&owner, &uids(&store));
    let of = |store: &str| json!({"QueryId": query, "EventDataStore": store});
    for operation in ["DescribeQuery", "GetQueryResults", "CancelQuery"] {
        refused(
            &owner,
            operation,
            [
                (json!({}), "InvalidParameter"),
                (json!({"QueryId": "short"}), "InvalidParameter"),
                (json!({"QueryId": ABSENT.replace('0', "X")}), "InvalidParameter"),
                (json!({"QueryId": ABSENT}), "QueryIdNotFound"),
                (of(&other), "QueryIdNotFound"),
                (of("x y"), "EventDataStoreARNInvalid"),
                (of(ABSENT), "EventDataStoreNotFound"),
                (
                    json!({"QueryId": query, "EventDataStoreOwnerAccountId": PARTNER}),
                    "OperationNotPermitted",
                ),
            ],
        );
        for stranger in [lake.caller(PARTNER, "us-east-1"), lake.caller(HOME, "eu-west-1")] {
            refused(&stranger, operation, [(json!({"QueryId": query}), "QueryIdNotFound")]);
        }
    }
    let named = with(of(id(&store)), json!({"EventDataStoreOwnerAccountId": HOME}));
    let described = owner.call("DescribeQuery", named.clone()).unwrap();
    assert_eq!(described["EventDataStoreOwnerAccountId"], HOME);
    owner.call("GetQueryResults", named).unwrap();
}

#[test]
fn reading_and_listing_have_their_limits() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (store, _) = owner.integration();
    let query = start(&owner, &uids(&store));
    let described = [
        (json!({"QueryAlias": "mine"}), "UnsupportedOperation"),
        (
            json!({"QueryId": query, "RefreshId": "1234567890"}),
            "UnsupportedOperation",
        ),
    ];
    refused(&owner, "DescribeQuery", described);
    let read = [0, 1001].map(|size| (json!({"QueryId": query, "MaxQueryResults": size}), "InvalidMaxResults"));
    refused(&owner, "GetQueryResults", read);
    let of = |more: Value| with(json!({"EventDataStore": store}), more);
    refused(
        &owner,
        "ListQueries",
        [
            (json!({}), "InvalidParameter"),
            (json!({"EventDataStore": ABSENT}), "EventDataStoreNotFound"),
            (json!({"EventDataStore": "x y"}), "EventDataStoreARNInvalid"),
            (of(json!({"MaxResults": 0})), "InvalidMaxResults"),
            (of(json!({"MaxResults": 1001})), "InvalidMaxResults"),
            (of(json!({"QueryStatus": "DONE"})), "InvalidQueryStatus"),
            (of(json!({"NextToken": "nonsense"})), "InvalidNextToken"),
            (of(json!({"StartTime": NOON, "EndTime": NOON - 1})), "InvalidDateRange"),
            (of(json!({"StartTime": 1e300})), "InvalidParameter"),
        ],
    );
}

#[test]
fn a_deleted_store_takes_its_queries_along_until_it_is_restored() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (store, channel) = owner.integration();
    send(&owner, &channel, &["u1"]);
    let query = start(&owner, &uids(&store));
    owner.call("DeleteChannel", json!({"Channel": channel})).unwrap();
    let unprotected = json!({"EventDataStore": store, "TerminationProtectionEnabled": false});
    owner.call("UpdateEventDataStore", unprotected).unwrap();
    owner
        .call("DeleteEventDataStore", json!({"EventDataStore": store}))
        .unwrap();
    for operation in ["DescribeQuery", "GetQueryResults", "CancelQuery"] {
        assert_eq!(
            owner.code(operation, json!({"QueryId": query})),
            "InactiveEventDataStoreException",
            "{operation}"
        );
    }
    assert_eq!(
        owner.code("ListQueries", json!({"EventDataStore": store})),
        "InactiveEventDataStoreException"
    );
    owner
        .call("RestoreEventDataStore", json!({"EventDataStore": store}))
        .unwrap();
    assert_eq!(column(&results(&owner, &query), 0, "uid"), ["u1"]);
}
