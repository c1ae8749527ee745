//! Resource policies over the wire, and the external-ID matrix end to end (reference 2.4).

use ctl::sandbox::Config;
use serde_json::json;

use crate::harness::*;

#[test]
fn a_policy_comes_back_byte_for_byte_and_is_replaced_as_a_whole() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (_, channel) = owner.integration();
    let named = json!({"ResourceArn": channel});
    assert_eq!(
        owner.code("GetResourcePolicy", named.clone()),
        "ResourcePolicyNotFoundException"
    );
    assert_eq!(
        owner.code("DeleteResourcePolicy", named.clone()),
        "ResourcePolicyNotFoundException"
    );
    for document in [
        format!(" {}\n", policy(&channel, PARTNER, Some("secret"))),
        policy(&channel, STRANGER, None),
    ] {
        let both = json!({"ResourceArn": channel, "ResourcePolicy": document});
        assert_eq!(owner.call("PutResourcePolicy", both.clone()).unwrap(), both);
        assert_eq!(owner.call("GetResourcePolicy", named.clone()).unwrap(), both);
    }
    assert_eq!(owner.call("DeleteResourcePolicy", named.clone()).unwrap(), json!({}));
    assert_eq!(
        owner.code("GetResourcePolicy", named),
        "ResourcePolicyNotFoundException"
    );
}

#[test]
fn resources_that_have_no_policy() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (store, channel) = owner.integration();
    for operation in ["PutResourcePolicy", "GetResourcePolicy", "DeleteResourcePolicy"] {
        for (arn, code) in [
            (json!(null), "InvalidParameterException"),
            (json!("nonsense"), "ResourceARNNotValidException"),
            (
                json!(channel.rsplit('/').next().unwrap()),
                "ResourceARNNotValidException",
            ),
            (
                json!("arn:aws:cloudtrail:us-east-1:111122223333:channel/00000000-0000-4000-8000-000000000000"),
                "ResourceNotFoundException",
            ),
            (
                json!("arn:aws:cloudtrail:us-east-1:111122223333:trail/mine"),
                "ResourceTypeNotSupportedException",
            ),
        ] {
            let input = json!({"ResourceArn": arn, "ResourcePolicy": "{}"});
            assert_eq!(owner.code(operation, input), code, "{operation} {arn}");
        }
    }
    for document in [
        json!("{}"),
        json!("x".repeat(8193)),
        json!(policy(&store, PARTNER, None)),
        json!(policy(&channel, PARTNER, None).replace("arn:aws:iam::855341727128:root", "AIDAEXAMPLE")),
    ] {
        let input = json!({"ResourceArn": channel, "ResourcePolicy": document});
        assert_eq!(
            owner.code("PutResourcePolicy", input),
            "ResourcePolicyNotValidException"
        );
    }
    let document = policy(&store, PARTNER, None).replace("cloudtrail-data:PutAuditEvents", "cloudtrail:StartQuery");
    owner
        .call(
            "PutResourcePolicy",
            json!({"ResourceArn": store, "ResourcePolicy": document}),
        )
        .unwrap();
}

#[test]
fn who_may_send_with_which_external_id() {
    let lake = Lake::new();
    let owner = lake.owner();
    let (_, channel) = owner.integration();
    let mut sent = 0;
    for (document, expected) in [
        // owner none, owner any, partner none, partner right, partner wrong, stranger right
        (None, [true, true, false, false, false, false]),
        (
            Some(policy(&channel, PARTNER, None)),
            [true, true, true, true, true, false],
        ),
        (
            Some(policy(&channel, PARTNER, Some("se+c/ret=:@"))),
            [true, true, false, true, false, false],
        ),
    ] {
        if let Some(document) = &document {
            let input = json!({"ResourceArn": channel, "ResourcePolicy": document});
            owner.call("PutResourcePolicy", input).unwrap();
        }
        let calls = [
            (HOME, None),
            (HOME, Some("any")),
            (PARTNER, None),
            (PARTNER, Some("se+c/ret=:@")),
            (PARTNER, Some("wrong")),
            (STRANGER, Some("se+c/ret=:@")),
        ];
        for ((account, external_id), allowed) in calls.into_iter().zip(expected) {
            let caller = lake.caller(account, "us-east-1");
            let outcome = caller.put(&channel, external_id, json!([entry("e1")]));
            match (allowed, outcome) {
                (true, Ok(_)) => sent += 1,
                (false, Err((400, code, _))) => assert_eq!(code, "ChannelInsufficientPermission"),
                (_, outcome) => panic!("{document:?} {account} {external_id:?}: {outcome:?}"),
            }
        }
    }
    let events = lake.look("/events");
    assert_eq!(events["events"].as_array().unwrap().len(), sent);
}

#[test]
fn the_owner_can_be_bound_too() {
    let lake = Lake::with(Config {
        owner_needs_external_id: true,
        ..fixed()
    });
    let owner = lake.owner();
    let (_, channel) = owner.integration();
    let document = policy(&channel, PARTNER, Some("secret"));
    owner.put(&channel, None, json!([entry("e1")])).unwrap();
    owner
        .call(
            "PutResourcePolicy",
            json!({"ResourceArn": channel, "ResourcePolicy": document}),
        )
        .unwrap();
    let refused = owner.put(&channel, None, json!([entry("e1")])).unwrap_err();
    assert_eq!(refused.1, "ChannelInsufficientPermission");
    owner.put(&channel, Some("secret"), json!([entry("e1")])).unwrap();
}

#[test]
fn a_planted_policy_is_not_checked() {
    let lake = Lake::new();
    let (_, channel) = lake.owner().integration();
    for document in [
        "not even JSON",
        r#"{"Statement":[{"Principal":{"AWS":"AIDAEXAMPLE"}}]}"#,
    ] {
        lake.tell(
            "/plant",
            json!({"resource_policy": {"resource_arn": channel, "document": document}}),
        );
        let output = lake
            .owner()
            .call("GetResourcePolicy", json!({"ResourceArn": channel}))
            .unwrap();
        assert_eq!(output["ResourcePolicy"], json!(document));
        lake.owner().put(&channel, None, json!([entry("e1")])).unwrap();
        let partner = lake.caller(PARTNER, "us-east-1");
        assert!(partner.put(&channel, None, json!([entry("e1")])).is_err());
    }
}
