//! Channels (reference 2.3).

use ctl::sandbox::Config;
use serde_json::{Value, json};

use crate::harness::*;

const SOURCES: [&str; 16] = [
    "Custom",
    "CloudStorageSecurityConsole",
    "Clumio",
    "CrowdStrike",
    "CyberArk",
    "GitHub",
    "KongGatewayEnterprise",
    "LaunchDarkly",
    "NetskopeCloudExchange",
    "IBMMulticloud",
    "MontyCloud",
    "OktaSystemLogEvents",
    "OneLogin",
    "Shoreline",
    "Snyk",
    "WizAuditLogs",
];

#[test]
fn every_published_source_has_one_channel() {
    let lake = Lake::new();
    let owner = lake.owner();
    let store = owner.store("my-events");
    for source in SOURCES {
        owner.channel(&format!("channel-{source}"), source, &[&store]);
        let again = channel_input("again", source, &[&store]);
        assert_eq!(
            owner.code("CreateChannel", again),
            "ChannelAlreadyExistsException",
            "{source}"
        );
    }
    for source in ["custom", "NordcloudKlarity", "Nobody"] {
        let input = channel_input("again", source, &[&store]);
        assert_eq!(owner.code("CreateChannel", input), "InvalidSourceException", "{source}");
    }
    let listed = owner.call("ListChannels", json!({})).unwrap();
    let items = listed["Channels"].as_array().unwrap();
    assert_eq!(items.len(), 16);
    assert!(
        items
            .iter()
            .all(|item| item.as_object().unwrap().keys().eq(["ChannelArn", "Name"]))
    );
}

#[test]
fn sources_and_their_number_can_be_configured() {
    let sources = Some(vec!["NordcloudKlarity".to_owned()]);
    let lake = Lake::with(Config {
        sources,
        allow_second_channel_per_source: true,
        ..fixed()
    });
    let owner = lake.owner();
    let store = owner.store("my-events");
    for n in 0..25 {
        owner.channel(&format!("channel-{n}"), "NordcloudKlarity", &[&store]);
    }
    let input = |name: &str, source: &str| channel_input(name, source, &[&store]);
    assert_eq!(
        owner.code("CreateChannel", input("one-more", "Custom")),
        "InvalidSourceException"
    );
    assert_eq!(
        owner.code("CreateChannel", input("one-more", "NordcloudKlarity")),
        "ChannelMaxLimitExceededException"
    );
}

/// Each refusal of a channel that is otherwise right.
fn assert_refused(owner: &Caller, store: &str, cases: Vec<(Value, &str)>) {
    for (more, code) in cases {
        let input = with(channel_input("other", "GitHub", &[store]), more.clone());
        assert_eq!(owner.code("CreateChannel", input), code, "{more}");
    }
}

#[test]
fn bad_members_are_refused() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (store, _) = owner.integration();
    let fifty_one: Vec<Value> = (0..51).map(|n| json!({"Key": format!("k{n}")})).collect();
    let cases = vec![
        (json!({"Name": null}), "InvalidParameterException"),
        (json!({"Name": "x"}), "InvalidParameterException"),
        (json!({"Source": null}), "InvalidParameterException"),
        (json!({"Source": ""}), "InvalidParameterException"),
        (json!({"Name": "my-app"}), "ChannelAlreadyExistsException"),
        (json!({"Tags": [{"Key": ""}]}), "InvalidTagParameterException"),
        (json!({ "Tags": fifty_one }), "TagsLimitExceededException"),
    ];
    assert_refused(&owner, &store, cases);
}

#[test]
fn bad_destinations_are_refused() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (store, _) = owner.integration();
    let id = store.rsplit('/').next().unwrap();
    let absent = "arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/00000000-0000-4000-8000-000000000000";
    let to = |stores: &[&str]| json!({"Destinations": destinations(stores)});
    let cases = vec![
        (json!({"Destinations": null}), "InvalidParameterException"),
        (to(&[]), "InvalidParameterException"),
        (to(&vec![store.as_str(); 201]), "InvalidParameterException"),
        (to(&[&store, &store]), "InvalidParameterException"),
        (to(&[&store, id]), "InvalidParameterException"),
        (
            json!({"Destinations": [{"Type": "AWS_SERVICE", "Location": "ssm"}]}),
            "InvalidParameterException",
        ),
        (
            json!({"Destinations": [{"Type": "EVENT_DATA_STORE"}]}),
            "InvalidParameterException",
        ),
        (to(&["nonsense"]), "EventDataStoreARNInvalidException"),
        (to(&[absent]), "EventDataStoreNotFoundException"),
    ];
    assert_refused(&owner, &store, cases);
}

#[test]
fn unfit_stores_are_refused() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (store, _) = owner.integration();
    let multi = with(store_input("multi"), json!({"MultiRegionEnabled": true}));
    let multi = text(&owner.call("CreateEventDataStore", multi).unwrap(), "EventDataStoreArn");
    let management = json!({"Name": "management", "MultiRegionEnabled": false});
    let management = text(
        &owner.call("CreateEventDataStore", management).unwrap(),
        "EventDataStoreArn",
    );
    let organization = owner.store("organization");
    lake.tell(
        "/plant",
        json!({"event_data_store": {"id": organization, "organization_enabled": true}}),
    );
    let cases = [multi, management, organization]
        .iter()
        .map(|unfit| {
            (
                json!({"Destinations": destinations(&[&store, unfit])}),
                "InvalidEventDataStoreCategoryException",
            )
        })
        .collect();
    assert_refused(&owner, &store, cases);
}

#[test]
fn destinations_are_echoed_as_arns_and_replaced_as_a_list() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (one, two) = (owner.store("one-events"), owner.store("two-events"));
    let id = one.rsplit('/').next().unwrap();
    let input = with(
        channel_input("my-app", "Custom", &[id]),
        json!({"Tags": [{"Key": "a"}]}),
    );
    let created = owner.call("CreateChannel", input).unwrap();
    assert_eq!(
        (&created["Destinations"], &created["Tags"]),
        (&destinations(&[&one]), &json!([{"Key": "a"}]))
    );
    let channel = text(&created, "ChannelArn");
    let get = json!({"Channel": channel.rsplit('/').next().unwrap()});
    assert_eq!(
        owner.call("GetChannel", get.clone()).unwrap(),
        json!({"ChannelArn": channel, "Name": "my-app", "Source": "Custom", "Destinations": destinations(&[&one])})
    );
    let update = json!({"Channel": channel, "Name": "renamed", "Destinations": destinations(&[&two, &one])});
    let updated = owner.call("UpdateChannel", update).unwrap();
    assert_eq!(
        updated,
        json!({"ChannelArn": channel, "Name": "renamed", "Source": "Custom", "Destinations": destinations(&[&two, &one])})
    );
    assert_eq!(owner.call("GetChannel", get).unwrap(), updated);
}

#[test]
fn updates_have_their_limits() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (store, channel) = owner.integration();
    owner.channel("other", "GitHub", &[&store]);
    for (more, code) in [
        (json!({}), "InvalidParameterException"),
        (json!({"Name": "other"}), "ChannelAlreadyExistsException"),
        (json!({"Name": "x"}), "InvalidParameterException"),
        (json!({"Destinations": []}), "InvalidParameterException"),
        (
            json!({"Destinations": destinations(&["x:y"])}),
            "EventDataStoreARNInvalidException",
        ),
    ] {
        let input = with(json!({"Channel": channel}), more.clone());
        assert_eq!(owner.code("UpdateChannel", input), code, "{more}");
    }
    owner
        .call("UpdateChannel", json!({"Channel": channel, "Name": "my-app"}))
        .unwrap();
}

#[test]
fn names_of_channels_that_are_not_there() {
    let lake = Lake::new();
    for operation in ["GetChannel", "UpdateChannel", "DeleteChannel"] {
        for (channel, code) in [
            (json!(null), "InvalidParameterException"),
            (json!("x"), "ChannelARNInvalidException"),
            (json!("my-app"), "ChannelARNInvalidException"),
            (
                json!("arn:aws:cloudtrail:us-east-1:111122223333:channel/x"),
                "ChannelARNInvalidException",
            ),
            (
                json!("00000000-0000-4000-8000-000000000000"),
                "ChannelNotFoundException",
            ),
            (
                json!("arn:aws:cloudtrail:us-east-1:111122223333:channel/00000000-0000-4000-8000-000000000000"),
                "ChannelNotFoundException",
            ),
        ] {
            let code_now = lake.owner().code(operation, json!({"Channel": channel, "Name": "abc"}));
            assert_eq!(code_now, code, "{operation} {channel}");
        }
    }
}

#[test]
fn deletion_is_immediate_and_takes_policy_and_tags_along() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (store, channel) = owner.integration();
    let document = policy(&channel, PARTNER, Some("secret"));
    owner
        .call(
            "PutResourcePolicy",
            json!({"ResourceArn": channel, "ResourcePolicy": document}),
        )
        .unwrap();
    owner
        .call("AddTags", json!({"ResourceId": channel, "TagsList": [{"Key": "a"}]}))
        .unwrap();
    assert_eq!(
        owner.call("DeleteChannel", json!({"Channel": channel})).unwrap(),
        json!({})
    );
    assert_eq!(
        owner.code("DeleteChannel", json!({"Channel": channel})),
        "ChannelNotFoundException"
    );
    assert_eq!(
        owner.code("GetResourcePolicy", json!({"ResourceArn": channel})),
        "ResourceNotFoundException"
    );
    assert_eq!(
        owner.put(&channel, None, json!([entry("e1")])).unwrap_err().1,
        "ChannelNotFound"
    );
    // Name and source are free again, the ARN is another.
    assert_ne!(owner.channel("my-app", "Custom", &[&store]), channel);
}

#[test]
fn service_linked_channels_are_not_ours() {
    let lake = Lake::new();
    let owner = lake.owner();
    let planted = lake.tell(
        "/plant",
        json!({"service_channel": {"name": "linked", "service": "ssm"}}),
    );
    let channel = text(&planted, "channel_arn");
    assert!(channel.contains(":channel/aws-service-channel/ssm/"), "{channel}");
    let output = owner.call("GetChannel", json!({"Channel": channel})).unwrap();
    assert_eq!(
        output["Destinations"],
        json!([{"Type": "AWS_SERVICE", "Location": "ssm"}])
    );
    assert!(output["SourceConfig"]["AdvancedEventSelectors"].is_array());
    for operation in ["DeleteChannel", "UpdateChannel"] {
        let input = json!({"Channel": channel, "Name": "mine"});
        assert_eq!(owner.code(operation, input), "OperationNotPermittedException");
    }
    assert_eq!(
        owner.call("ListChannels", json!({})).unwrap()["Channels"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}
