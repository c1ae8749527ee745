//! Both wires, request ids, signatures and errors (reference 1.1, 1.2, 1.9).

use ctl::sandbox::Config;
use serde_json::{Value, json};

use crate::harness::*;

#[test]
fn both_target_prefixes_reach_the_same_operation() {
    let lake = Lake::new();
    for target in [
        "CloudTrail_20131101.ListChannels",
        "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.ListChannels",
    ] {
        let response = lake.owner().target(target, "{}").unwrap();
        assert_eq!(
            (response.status, response.json()),
            (200, json!({"Channels": []})),
            "{target}"
        );
        assert_eq!(response.header("x-amzn-requestid").unwrap().len(), 36);
        assert_eq!(response.header("x-amzn-requestid"), response.header("x-amz-request-id"));
    }
}

#[test]
fn the_exchanges_of_the_reference() {
    let lake = Lake::new();
    let owner = lake.owner();
    let store = owner.store("my-events");
    let created = owner
        .call("CreateChannel", channel_input("my-app", "Custom", &[&store]))
        .unwrap();
    let channel = text(&created, "ChannelArn");
    assert_eq!(
        created,
        json!({"ChannelArn": channel, "Name": "my-app", "Source": "Custom", "Destinations": destinations(&[&store])})
    );
    assert!(
        channel.starts_with("arn:aws:cloudtrail:us-east-1:111122223333:channel/"),
        "{channel}"
    );
    let refused = owner
        .call("CreateChannel", channel_input("other", "Nobody", &[&store]))
        .unwrap_err();
    assert_eq!((refused.0, refused.1.as_str()), (400, "InvalidSourceException"));

    let put = owner.put(&channel, Some("abc123"), json!([entry("e1")])).unwrap();
    let event_id = text(&put["successful"][0], "eventID");
    assert_eq!(
        put,
        json!({"successful": [{"id": "e1", "eventID": event_id}], "failed": []})
    );
    assert_eq!(
        owner.call("GetChannel", json!({"Channel": channel})).unwrap(),
        json!({
            "ChannelArn": channel, "Name": "my-app", "Source": "Custom", "Destinations": destinations(&[&store]),
            "IngestionStatus": {
                "LatestIngestionSuccessTime": NOON, "LatestIngestionSuccessEventID": event_id,
                "LatestIngestionAttemptTime": NOON, "LatestIngestionAttemptEventID": event_id
            }
        })
    );
    let gone = "arn:aws:cloudtrail:us-east-1:111122223333:channel/00000000-0000-4000-8000-000000000000";
    assert_eq!(
        owner.put(gone, None, json!([entry("e1")])).unwrap_err(),
        (
            400,
            "ChannelNotFound".to_owned(),
            format!("The channel {gone} could not be found.")
        )
    );
}

#[test]
fn operations_it_does_not_have_are_errors() {
    let lake = Lake::new();
    for operation in ["GenerateQuery", "CreateTrail", "LookupEvents", "EnableFederation"] {
        assert_eq!(lake.owner().code(operation, json!({})), "UnsupportedOperationException");
    }
    let unknown = lake.owner().call("MakeCoffee", json!({})).unwrap_err();
    assert_eq!((unknown.0, unknown.1.as_str()), (404, "UnknownOperationException"));
    for target in ["Logs_20140328.CreateLogGroup", "CloudTrail_20131101."] {
        let response = lake.owner().target(target, "{}").unwrap();
        assert_eq!(
            (response.status, response.json()["__type"].as_str()),
            (404, Some("UnknownOperationException"))
        );
    }
    for (method, path) in [
        ("GET", "/"),
        ("POST", "/nowhere"),
        ("GET", "/PutAuditEvents"),
        ("POST", "/"),
    ] {
        let response = send(lake.address(), method, path, &[], b"").unwrap();
        assert_eq!(response.status, 404, "{method} {path}");
    }
}

#[test]
fn bodies_must_be_json_objects_of_the_right_types() {
    let lake = Lake::new();
    for body in ["{", "[]", "7", "{\"Name\":7}", "{\"RetentionPeriod\":\"7\"}"] {
        let response = lake
            .owner()
            .target("CloudTrail_20131101.CreateEventDataStore", body)
            .unwrap();
        assert_eq!(
            (response.status, response.json()["__type"].as_str()),
            (400, Some("SerializationException")),
            "{body}"
        );
    }
    // What the model does not know is ignored, and null is absent, as AWS does.
    let output = lake
        .owner()
        .call("ListChannels", json!({"Whatever": 1, "MaxResults": null}))
        .unwrap();
    assert_eq!(output, json!({"Channels": []}));
}

#[test]
fn a_signature_is_wanted_on_every_wire() {
    let lake = Lake::new();
    let address = lake.address();
    let target = ("x-amz-target", "CloudTrail_20131101.ListChannels");
    let bare = send(address, "POST", "/", &[target], b"{}").unwrap();
    assert_eq!(
        (bare.status, bare.json()["__type"].as_str()),
        (403, Some("MissingAuthenticationTokenException"))
    );
    let broken = send(address, "POST", "/", &[target, ("authorization", "Basic x")], b"{}").unwrap();
    assert_eq!(
        (broken.status, broken.json()["__type"].as_str()),
        (403, Some("IncompleteSignature"))
    );
    let data = send(address, "POST", "/PutAuditEvents?channelArn=x", &[], b"{}").unwrap();
    assert_eq!(
        (data.status, data.header("x-amzn-errortype")),
        (403, Some("MissingAuthenticationTokenException"))
    );
    let form = ("content-type", "application/x-www-form-urlencoded");
    let sts = send(address, "POST", "/", &[form], b"Action=GetCallerIdentity").unwrap();
    assert_eq!(sts.status, 403);
}

#[test]
fn sts_says_who_calls() {
    let lake = Lake::with(Config {
        account: "444455556666".to_owned(),
        ..fixed()
    });
    for (key, account) in [("AKIAEXAMPLE", "444455556666"), (PARTNER, PARTNER)] {
        let authorization = authorization(key, "us-east-1", "sts");
        let headers = [
            ("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
            ("authorization", &*authorization),
        ];
        let body = b"Action=GetCallerIdentity&Version=2011-06-15";
        let response = send(lake.address(), "POST", "/", &headers, body).unwrap();
        assert_eq!(
            (response.status, response.header("content-type")),
            (200, Some("text/xml"))
        );
        assert!(
            response.body.contains(&format!("<Account>{account}</Account>")),
            "{}",
            response.body
        );
        assert!(
            response
                .body
                .contains(&format!("<Arn>arn:aws:iam::{account}:user/sandbox</Arn>"))
        );
        let other = send(lake.address(), "POST", "/", &headers, b"Action=AssumeRole").unwrap();
        assert_eq!(other.status, 400);
        assert!(other.body.contains("<Code>InvalidAction</Code>"));
    }
}

#[test]
fn accounts_and_regions_are_apart() {
    let lake = Lake::new();
    let (store, channel) = lake.owner().integration();
    let there = lake.caller(HOME, "eu-central-1");
    let partner = lake.caller(PARTNER, "us-east-1");
    for other in [&there, &partner] {
        assert_eq!(other.call("ListChannels", json!({})).unwrap(), json!({"Channels": []}));
        assert_eq!(
            other.call("ListEventDataStores", json!({})).unwrap(),
            json!({"EventDataStores": []})
        );
        assert_eq!(
            other.code("GetChannel", json!({"Channel": channel})),
            "ChannelNotFoundException"
        );
        assert_eq!(
            other.code("GetResourcePolicy", json!({"ResourceArn": channel})),
            "ResourceNotFoundException"
        );
        // The same names are free there.
        other.integration();
    }
    let get = |store: &str| json!({"EventDataStore": store});
    assert_eq!(
        there.code("GetEventDataStore", get(&store)),
        "EventDataStoreNotFoundException"
    );
    assert_eq!(
        partner.code("GetEventDataStore", get(&store)),
        "EventDataStoreARNInvalidException"
    );
    let refused = there.put(&channel, None, json!([entry("e1")])).unwrap_err();
    assert_eq!(refused.1, "ChannelNotFound");
    let gov = lake.caller(HOME, "us-gov-west-1").store("gov");
    assert!(gov.starts_with("arn:aws-us-gov:cloudtrail:us-gov-west-1:"), "{gov}");
}

#[test]
fn pages_are_stable() {
    let lake = Lake::new();
    let owner = lake.owner();
    let mut stores = Vec::new();
    for n in 0..5 {
        stores.push(owner.store(&format!("store-{n}")));
    }
    let mut seen = Vec::new();
    let mut token = Value::Null;
    loop {
        let page = owner
            .call("ListEventDataStores", json!({"MaxResults": 2, "NextToken": token}))
            .unwrap();
        for item in page["EventDataStores"].as_array().unwrap() {
            assert_eq!(
                item.as_object().unwrap().keys().collect::<Vec<_>>(),
                ["EventDataStoreArn", "Name"]
            );
            seen.push(text(item, "EventDataStoreArn"));
        }
        token = page["NextToken"].clone();
        if token.is_null() {
            break;
        }
        // A store made meanwhile does not shift the pages.
        owner.store(&format!("late-{}", seen.len()));
    }
    assert_eq!(seen[..5], stores);
}

#[test]
fn tokens_belong_to_their_list() {
    let lake = Lake::new();
    let owner = lake.owner();
    for n in 0..3 {
        owner.store(&format!("store-{n}"));
    }
    let first = owner.call("ListEventDataStores", json!({"MaxResults": 2})).unwrap();
    let token = text(&first, "NextToken");
    for input in [
        json!({"NextToken": "nonsense"}),
        json!({"NextToken": token, "MaxResults": 3}),
        json!({"NextToken": format!("{token}x"), "MaxResults": 2}),
    ] {
        assert_eq!(owner.code("ListEventDataStores", input), "InvalidNextTokenException");
    }
    let input = json!({"NextToken": token, "MaxResults": 2});
    assert_eq!(owner.code("ListChannels", input.clone()), "InvalidNextTokenException");
    assert_eq!(
        lake.caller(PARTNER, "us-east-1").code("ListEventDataStores", input),
        "InvalidNextTokenException"
    );
    for bad in [0, -1, 1001] {
        assert_eq!(
            owner.code("ListEventDataStores", json!({"MaxResults": bad})),
            "InvalidMaxResultsException"
        );
        assert_eq!(
            owner.code("ListChannels", json!({"MaxResults": bad})),
            "ValidationError"
        );
    }
}
