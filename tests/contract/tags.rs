//! Tags (reference 1.7, 6).

use serde_json::{Value, json};

use crate::harness::*;

#[test]
fn tags_come_and_go() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (store, channel) = owner.integration();
    let tags = json!([{"Key": "a", "Value": "1"}, {"Key": "none"}]);
    assert_eq!(
        owner
            .call("AddTags", json!({"ResourceId": channel, "TagsList": tags}))
            .unwrap(),
        json!({})
    );
    owner
        .call(
            "AddTags",
            json!({"ResourceId": channel, "TagsList": [{"Key": "a", "Value": "2"}]}),
        )
        .unwrap();
    assert_eq!(
        owner
            .call("ListTags", json!({"ResourceIdList": [channel, store]}))
            .unwrap(),
        json!({"ResourceTagList": [
            {"ResourceId": channel, "TagsList": [{"Key": "a", "Value": "2"}, {"Key": "none"}]},
            {"ResourceId": store, "TagsList": []}
        ]})
    );
    let gone = json!({"ResourceId": channel, "TagsList": [{"Key": "a"}, {"Key": "absent"}]});
    assert_eq!(owner.call("RemoveTags", gone).unwrap(), json!({}));
    let left = owner.call("ListTags", json!({"ResourceIdList": [channel]})).unwrap();
    assert_eq!(left["ResourceTagList"][0]["TagsList"], json!([{"Key": "none"}]));
}

#[test]
fn fifty_tags_and_twenty_resources() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (_, channel) = owner.integration();
    let tags = |from: usize, to: usize| -> Value { (from..to).map(|n| json!({"Key": format!("k{n}")})).collect() };
    owner
        .call("AddTags", json!({"ResourceId": channel, "TagsList": tags(0, 50)}))
        .unwrap();
    owner
        .call("AddTags", json!({"ResourceId": channel, "TagsList": tags(0, 10)}))
        .unwrap();
    let one_more = json!({"ResourceId": channel, "TagsList": tags(50, 51)});
    assert_eq!(owner.code("AddTags", one_more), "TagsLimitExceededException");
    let listed = owner.call("ListTags", json!({"ResourceIdList": [channel]})).unwrap();
    assert_eq!(listed["ResourceTagList"][0]["TagsList"].as_array().unwrap().len(), 50);
    owner
        .call("ListTags", json!({"ResourceIdList": vec![channel.as_str(); 20]}))
        .unwrap();
    for input in [
        json!({"ResourceIdList": vec![channel.as_str(); 21]}),
        json!({"ResourceIdList": []}),
        json!({}),
    ] {
        assert_eq!(owner.code("ListTags", input), "ValidationError");
    }
    let reserved = json!({"ResourceIdList": [channel], "NextToken": "abcd"});
    assert_eq!(owner.code("ListTags", reserved), "InvalidTokenException");
}

#[test]
fn resources_that_have_no_tags() {
    let lake = Lake::new();
    let owner = lake.owner();
    let arn = |resource: &str| format!("arn:aws:cloudtrail:us-east-1:111122223333:{resource}");
    let id = "00000000-0000-4000-8000-000000000000";
    let (store, _) = owner.integration();
    lake.tell(
        "/plant",
        json!({"event_data_store": {"id": store, "status": "PENDING_DELETION"}}),
    );
    for (resource, code) in [
        ("nonsense".to_owned(), "CloudTrailARNInvalidException"),
        (arn("eventdatastore/x"), "EventDataStoreARNInvalidException"),
        (arn("channel/x"), "ChannelARNInvalidException"),
        (arn("trail/x"), "ResourceNotFoundException"),
        (arn("dashboard/x"), "ResourceTypeNotSupportedException"),
        (arn(&format!("eventdatastore/{id}")), "EventDataStoreNotFoundException"),
        (arn(&format!("channel/{id}")), "ChannelNotFoundException"),
        (store, "InactiveEventDataStoreException"),
    ] {
        for operation in ["AddTags", "RemoveTags"] {
            let input = json!({"ResourceId": resource, "TagsList": [{"Key": "a"}]});
            assert_eq!(owner.code(operation, input), code, "{operation} {resource}");
        }
        let code = if code == "ChannelNotFoundException" {
            "ResourceNotFoundException"
        } else {
            code
        };
        assert_eq!(owner.code("ListTags", json!({"ResourceIdList": [resource]})), code);
    }
}

#[test]
fn reserved_keys_are_only_planted() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (_, channel) = owner.integration();
    for key in ["aws:cloudformation:stack-name", "AWS:x"] {
        let input = json!({"ResourceId": channel, "TagsList": [{"Key": key, "Value": "v"}]});
        assert_eq!(owner.code("AddTags", input), "InvalidTagParameterException");
    }
    let tags = json!([{"Key": "aws:cloudformation:stack-name", "Value": "my-stack"}]);
    lake.tell("/plant", json!({"tags": {"resource_id": channel, "tags": tags}}));
    let listed = owner.call("ListTags", json!({"ResourceIdList": [channel]})).unwrap();
    assert_eq!(listed["ResourceTagList"][0]["TagsList"], tags);
}
