//! The IAM permissions that `ctl` needs, as a policy document to compare with, or to attach.
//!
//! A statement per group of verbs, each with what that group calls and no more (reference §10.1). Whoever only
//! sends needs the statement of `send` alone.

use serde_json::{Value, json};

use crate::model::{AccountId, ChannelArn};

/// Where the permissions are to hold; what is not known is a `*`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scope<'a> {
    /// The Region.
    pub region: Option<&'a str>,
    /// The account.
    pub account: Option<&'a AccountId>,
    /// The one channel; all of them where none is named.
    pub channel: Option<&'a ChannelArn>,
}

/// What `status`, `doctor`, `verify`, `policy show` and every `--dry-run` read; the lists are of no resource.
const READ: [&str; 4] = ["GetChannel", "GetEventDataStore", "GetResourcePolicy", "ListTags"];
const LIST: [&str; 2] = ["ListChannels", "ListEventDataStores"];
/// What `enable` writes.
const ENABLE: [&str; 7] = [
    "AddTags",
    "CreateChannel",
    "CreateEventDataStore",
    "PutResourcePolicy",
    "RestoreEventDataStore",
    "UpdateChannel",
    "UpdateEventDataStore",
];
/// What AWS lists as needed besides for making a store (reference §10.1).
const DEPENDENT: [&str; 3] = [
    "iam:CreateServiceLinkedRole",
    "iam:GetRole",
    "organizations:ListAWSServiceAccessForOrganization",
];
/// What `disable` writes.
const DISABLE: [&str; 5] = [
    "DeleteChannel",
    "DeleteEventDataStore",
    "DeleteResourcePolicy",
    "PutResourcePolicy",
    "UpdateEventDataStore",
];
/// What reading events back calls.
const QUERY: [&str; 5] = [
    "CancelQuery",
    "DescribeQuery",
    "GetQueryResults",
    "ListQueries",
    "StartQuery",
];

/// The policy document.
pub fn document(scope: &Scope<'_>) -> Value {
    let partition = scope
        .channel
        .map_or_else(|| partition(scope.region), ChannelArn::partition);
    let region = scope.channel.map(ChannelArn::region).or(scope.region).unwrap_or("*");
    let account = scope.channel.map(ChannelArn::account).or(scope.account);
    let account = account.map_or("*", AccountId::as_str);
    let place = format!("arn:{partition}:cloudtrail:{region}:{account}");
    let channels = format!("{place}:channel/*");
    let stores = format!("{place}:eventdatastore/*");
    let one = scope.channel.map_or_else(|| channels.clone(), ToString::to_string);
    let cloudtrail =
        |actions: &[&str]| -> Value { actions.iter().map(|action| format!("cloudtrail:{action}")).collect() };
    let allow = |sid: &str, actions: Value, resources: Value| json!({"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources});
    json!({
        "Version": "2012-10-17",
        "Statement": [
            allow("CtlList", cloudtrail(&LIST), json!("*")),
            allow("CtlRead", cloudtrail(&READ), json!([channels, stores])),
            allow("CtlEnable", cloudtrail(&ENABLE), json!([channels, stores])),
            allow("CtlEnableDependent", json!(DEPENDENT), json!("*")),
            allow("CtlDisable", cloudtrail(&DISABLE), json!([channels, stores])),
            allow("CtlSend", json!(["cloudtrail-data:PutAuditEvents"]), json!([one])),
            allow("CtlQuery", cloudtrail(&QUERY), json!([stores])),
        ],
    })
}

/// The partition of a Region by its name.
fn partition(region: Option<&str>) -> &'static str {
    match region {
        Some(region) if region.starts_with("us-gov-") => "aws-us-gov",
        Some(region) if region.starts_with("cn-") => "aws-cn",
        Some(_) | None => "aws",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_names_the_place_as_far_as_it_is_known() {
        let everywhere = document(&Scope::default());
        let send = &everywhere["Statement"][5];
        assert_eq!(send["Action"], json!(["cloudtrail-data:PutAuditEvents"]));
        assert_eq!(send["Resource"], json!(["arn:aws:cloudtrail:*:*:channel/*"]));
        let arn = "arn:aws-us-gov:cloudtrail:us-gov-west-1:111122223333:channel/6f0c2a1e-1111-4222-8333-444455556666";
        let channel: ChannelArn = arn.parse().unwrap();
        let here = document(&Scope {
            region: Some("us-east-1"),
            account: None,
            channel: Some(&channel),
        });
        assert_eq!(here["Statement"][5]["Resource"], json!([arn]));
        let stores = "arn:aws-us-gov:cloudtrail:us-gov-west-1:111122223333:eventdatastore/*";
        assert_eq!(here["Statement"][6]["Resource"], json!([stores]));
    }

    #[test]
    fn each_action_stands_in_it_once_a_statement() {
        let document = document(&Scope::default());
        for statement in document["Statement"].as_array().unwrap() {
            let actions: Vec<&str> = statement["Action"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(Value::as_str)
                .collect();
            let mut sorted = actions.clone();
            sorted.sort_unstable();
            sorted.dedup();
            assert_eq!(sorted, actions, "{statement}");
        }
    }
}
