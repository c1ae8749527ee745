//! Event data stores: creation, change, life and death (reference 2.1, 2.2, 7.2).

use std::time::Duration;

use ctl::sandbox::Config;
use serde_json::{Value, json};

use crate::harness::*;

fn status(owner: &Caller, store: &str) -> Value {
    match owner.call("GetEventDataStore", json!({"EventDataStore": store})) {
        Ok(output) => output["Status"].clone(),
        Err((_, code, _)) => json!(code),
    }
}

fn unprotect(owner: &Caller, store: &str) {
    owner
        .call(
            "UpdateEventDataStore",
            json!({"EventDataStore": store, "TerminationProtectionEnabled": false}),
        )
        .unwrap();
}

#[test]
fn replies_have_the_members_of_the_model() {
    let lake = Lake::new();
    let owner = lake.owner();
    let input = with(
        store_input("my-events"),
        json!({"TagsList": [{"Key": "team", "Value": "a"}]}),
    );
    let created = owner.call("CreateEventDataStore", input.clone()).unwrap();
    let arn = text(&created, "EventDataStoreArn");
    let common = json!({
        "EventDataStoreArn": arn, "Name": "my-events", "Status": "CREATED",
        "AdvancedEventSelectors": input["AdvancedEventSelectors"],
        "MultiRegionEnabled": false, "OrganizationEnabled": false, "RetentionPeriod": 366,
        "TerminationProtectionEnabled": true, "CreatedTimestamp": NOON, "UpdatedTimestamp": NOON,
        "BillingMode": "EXTENDABLE_RETENTION_PRICING"
    });
    assert_eq!(created, with(common.clone(), json!({"TagsList": input["TagsList"]})));
    let enabled = with(common, json!({"Status": "ENABLED", "FederationStatus": "DISABLED"}));
    for name in [arn.as_str(), arn.rsplit('/').next().unwrap()] {
        assert_eq!(
            owner
                .call("GetEventDataStore", json!({"EventDataStore": name}))
                .unwrap(),
            enabled
        );
    }
    lake.tell("/clock", json!({"advance_seconds": 60}));
    let updated = owner
        .call(
            "UpdateEventDataStore",
            json!({"EventDataStore": arn, "Name": "renamed", "RetentionPeriod": 400}),
        )
        .unwrap();
    let expected = with(
        enabled,
        json!({"Name": "renamed", "RetentionPeriod": 400, "UpdatedTimestamp": NOON + 60}),
    );
    assert_eq!(updated, expected);
}

#[test]
fn defaults_are_those_of_the_service() {
    let lake = Lake::new();
    let output = lake
        .owner()
        .call("CreateEventDataStore", json!({"Name": "plain"}))
        .unwrap();
    assert_eq!(output["MultiRegionEnabled"], json!(true));
    assert_eq!(output["TerminationProtectionEnabled"], json!(true));
    assert_eq!(
        output["AdvancedEventSelectors"][0]["FieldSelectors"][0]["Equals"],
        json!(["Management"])
    );
    let fixed = json!({"Name": "fixed", "BillingMode": "FIXED_RETENTION_PRICING"});
    let output = lake.owner().call("CreateEventDataStore", fixed).unwrap();
    assert_eq!(output["RetentionPeriod"], json!(2557));
}

#[test]
fn bad_parameters_are_refused() {
    let lake = Lake::new();
    let owner = lake.owner();
    for (more, code) in [
        (json!({"Name": null}), "InvalidParameterException"),
        (json!({"Name": "ab"}), "InvalidParameterException"),
        (json!({"Name": "a b c"}), "InvalidParameterException"),
        (json!({"RetentionPeriod": 6}), "InvalidParameterException"),
        (json!({"RetentionPeriod": 3654}), "InvalidParameterException"),
        (
            json!({"RetentionPeriod": 2558, "BillingMode": "FIXED_RETENTION_PRICING"}),
            "InvalidParameterException",
        ),
        (json!({"BillingMode": "FREE"}), "InvalidParameterException"),
        (json!({"StartIngestion": false}), "InvalidParameterException"),
        (json!({"KmsKeyId": ""}), "InvalidParameterException"),
        (json!({"KmsKeyId": "my-key"}), "InvalidKmsKeyIdException"),
        (json!({"OrganizationEnabled": true}), "OrganizationsNotInUseException"),
        (
            json!({"AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Nope"]}]}]}),
            "InvalidEventSelectorsException",
        ),
        (
            json!({"AdvancedEventSelectors": [{"Name": "x"}]}),
            "InvalidEventSelectorsException",
        ),
        (
            json!({"TagsList": [{"Key": "a"}, {"Key": "a"}]}),
            "InvalidTagParameterException",
        ),
        (
            json!({"TagsList": [{"Key": "aws:x", "Value": "y"}]}),
            "InvalidTagParameterException",
        ),
    ] {
        assert_eq!(
            owner.code("CreateEventDataStore", with(store_input("my-events"), more.clone())),
            code,
            "{more}"
        );
    }
    assert_eq!(
        owner.call("ListEventDataStores", json!({})).unwrap(),
        json!({"EventDataStores": []})
    );
}

#[test]
fn names_of_stores_that_are_not_there() {
    let lake = Lake::new();
    let owner = lake.owner();
    for operation in [
        "GetEventDataStore",
        "UpdateEventDataStore",
        "DeleteEventDataStore",
        "RestoreEventDataStore",
    ] {
        for (store, code) in [
            (json!(null), "InvalidParameterException"),
            (json!("nonsense"), "EventDataStoreARNInvalidException"),
            (
                json!("arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/x"),
                "EventDataStoreARNInvalidException",
            ),
            (
                json!("arn:aws:cloudtrail:us-east-1:111122223333:channel/00000000-0000-4000-8000-000000000000"),
                "EventDataStoreARNInvalidException",
            ),
            (
                json!("00000000-0000-4000-8000-000000000000"),
                "EventDataStoreNotFoundException",
            ),
            (
                json!("arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/00000000-0000-4000-8000-000000000000"),
                "EventDataStoreNotFoundException",
            ),
        ] {
            assert_eq!(
                owner.code(operation, json!({"EventDataStore": store})),
                code,
                "{operation} {store}"
            );
        }
    }
}

#[test]
fn updates_have_their_limits() {
    let lake = Lake::new();
    let owner = lake.owner();
    let store = owner.store("my-events");
    owner.store("other");
    let management = json!([{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]);
    let key = "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-000000000000";
    owner
        .call(
            "UpdateEventDataStore",
            json!({"EventDataStore": store, "KmsKeyId": key}),
        )
        .unwrap();
    for (more, code) in [
        (json!({}), "InvalidParameterException"),
        (json!({"Name": "other"}), "EventDataStoreAlreadyExistsException"),
        (
            json!({"BillingMode": "FIXED_RETENTION_PRICING"}),
            "InvalidParameterException",
        ),
        (json!({"RetentionPeriod": 1}), "InvalidParameterException"),
        (json!({"KmsKeyId": "alias/another"}), "InvalidParameterException"),
        (json!({"OrganizationEnabled": true}), "OrganizationsNotInUseException"),
        (
            json!({"AdvancedEventSelectors": management}),
            "InvalidEventSelectorsException",
        ),
    ] {
        let input = with(json!({"EventDataStore": store}), more.clone());
        assert_eq!(owner.code("UpdateEventDataStore", input), code, "{more}");
    }
    let fixed = with(store_input("fixed"), json!({"BillingMode": "FIXED_RETENTION_PRICING"}));
    let fixed = text(&owner.call("CreateEventDataStore", fixed).unwrap(), "EventDataStoreArn");
    let input =
        json!({"EventDataStore": fixed, "BillingMode": "EXTENDABLE_RETENTION_PRICING", "RetentionPeriod": 3653});
    let output = owner.call("UpdateEventDataStore", input).unwrap();
    assert_eq!(output["BillingMode"], json!("EXTENDABLE_RETENTION_PRICING"));
}

#[test]
fn a_store_is_pending_for_seven_days() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (store, channel) = owner.integration();
    let named = json!({"EventDataStore": store});
    assert_eq!(
        owner.code("DeleteEventDataStore", named.clone()),
        "EventDataStoreTerminationProtectedException"
    );
    unprotect(&owner, &store);
    assert_eq!(
        owner.code("DeleteEventDataStore", named.clone()),
        "ChannelExistsForEDSException"
    );
    owner.put(&channel, None, json!([entry("e1")])).unwrap();
    owner.call("DeleteChannel", json!({"Channel": channel})).unwrap();
    assert_eq!(
        owner.code("RestoreEventDataStore", named.clone()),
        "InvalidEventDataStoreStatusException"
    );
    assert_eq!(owner.call("DeleteEventDataStore", named.clone()).unwrap(), json!({}));

    assert_eq!(status(&owner, &store), json!("PENDING_DELETION"));
    assert_eq!(
        owner.code("DeleteEventDataStore", named.clone()),
        "InactiveEventDataStoreException"
    );
    let rename = with(named.clone(), json!({"Name": "new-name"}));
    assert_eq!(
        owner.code("UpdateEventDataStore", rename),
        "InactiveEventDataStoreException"
    );
    let channel = channel_input("my-app", "Custom", &[&store]);
    assert_eq!(owner.code("CreateChannel", channel), "InactiveEventDataStoreException");
    assert_eq!(
        owner.code("CreateEventDataStore", store_input("my-events")),
        "EventDataStoreAlreadyExistsException"
    );

    lake.tell("/clock", json!({"advance_seconds": 7 * 86400 - 1}));
    let restored = owner.call("RestoreEventDataStore", named.clone()).unwrap();
    assert_eq!(
        (&restored["Status"], &restored["TerminationProtectionEnabled"]),
        (&json!("ENABLED"), &json!(false))
    );
    assert!(restored.get("FederationStatus").is_none());
    assert_eq!(lake.look("/events")["events"].as_array().unwrap().len(), 1);
}

#[test]
fn after_seven_days_a_deleted_store_is_gone() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (store, channel) = owner.integration();
    owner.put(&channel, None, json!([entry("e1")])).unwrap();
    owner.call("DeleteChannel", json!({"Channel": channel})).unwrap();
    unprotect(&owner, &store);
    owner
        .call("DeleteEventDataStore", json!({"EventDataStore": store}))
        .unwrap();
    lake.tell("/clock", json!({"advance_seconds": 7 * 86400}));
    assert_eq!(status(&owner, &store), json!("EventDataStoreNotFoundException"));
    assert_eq!(lake.look("/events")["events"], json!([]));
    owner.store("my-events");
}

#[test]
fn ten_stores_and_no_more_even_if_pending() {
    let lake = Lake::new();
    let owner = lake.owner();
    for n in 0..10 {
        owner.store(&format!("store-{n}"));
    }
    let last = json!({"EventDataStore": owner.call("ListEventDataStores", json!({})).unwrap()
        ["EventDataStores"][9]["EventDataStoreArn"]});
    unprotect(&owner, last["EventDataStore"].as_str().unwrap());
    owner.call("DeleteEventDataStore", last).unwrap();
    assert_eq!(
        owner.code("CreateEventDataStore", store_input("one-more")),
        "EventDataStoreMaxLimitExceededException"
    );
    lake.caller(HOME, "eu-west-1").store("one-more");
}

#[test]
fn a_delay_keeps_a_new_store_from_use() {
    let lake = Lake::with(Config {
        store_delay: Duration::from_secs(20),
        ..fixed()
    });
    let owner = lake.owner();
    let store = owner.store("my-events");
    assert_eq!(status(&owner, &store), json!("CREATED"));
    let channel = channel_input("my-app", "Custom", &[&store]);
    assert_eq!(owner.code("CreateChannel", channel.clone()), "ConflictException");
    let rename = json!({"EventDataStore": store, "Name": "renamed"});
    assert_eq!(owner.code("UpdateEventDataStore", rename), "ConflictException");
    assert_eq!(
        owner.code("DeleteEventDataStore", json!({"EventDataStore": store})),
        "ConflictException"
    );
    lake.tell("/clock", json!({"advance_seconds": 20}));
    assert_eq!(status(&owner, &store), json!("ENABLED"));
    owner.call("CreateChannel", channel).unwrap();
}

#[test]
fn federation_blocks_deletion() {
    let lake = Lake::new();
    let owner = lake.owner();
    let store = owner.store("my-events");
    unprotect(&owner, &store);
    let role = "arn:aws:iam::111122223333:role/federation";
    let planted = json!({"id": store, "federation_status": "ENABLED", "federation_role_arn": role});
    lake.tell("/plant", json!({ "event_data_store": planted }));
    let output = owner
        .call("GetEventDataStore", json!({"EventDataStore": store}))
        .unwrap();
    assert_eq!(
        (&output["FederationStatus"], &output["FederationRoleArn"]),
        (&json!("ENABLED"), &json!(role))
    );
    assert_eq!(
        owner.code("DeleteEventDataStore", json!({"EventDataStore": store})),
        "EventDataStoreFederationEnabledException"
    );
}

#[test]
fn lake_can_be_closed_to_new_customers() {
    let dir = tempfile::tempdir().unwrap();
    let state = ctl::sandbox::State::File(dir.path().join("state"));
    let open = Lake::with(Config {
        state: state.clone(),
        ..fixed()
    });
    open.owner().store("my-events");
    open.stop();
    let closed = Lake::with(Config {
        state,
        closed_to_new_customers: true,
        ..fixed()
    });
    closed.owner().store("another");
    assert_eq!(
        closed
            .caller(PARTNER, "us-east-1")
            .call("CreateEventDataStore", store_input("first"))
            .unwrap_err(),
        (
            400,
            "InvalidParameterException".to_owned(),
            "CloudTrail Lake is no longer accepting new customers. Existing customers can continue to use their \
             event data stores."
                .to_owned()
        )
    );
}
