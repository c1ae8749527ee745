//! Requests and documents that many tests begin with.

use serde_json::{Value, json};

use super::HOME;

pub(crate) fn text(value: &Value, member: &str) -> String {
    value[member]
        .as_str()
        .unwrap_or_else(|| panic!("no {member} in {value}"))
        .to_owned()
}

pub(crate) fn store_input(name: &str) -> Value {
    json!({
        "Name": name,
        "AdvancedEventSelectors": [
            {"Name": "Audit", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["ActivityAuditLog"]}]}
        ],
        "MultiRegionEnabled": false
    })
}

/// The same with other members; null takes one away.
pub(crate) fn with(mut input: Value, more: Value) -> Value {
    let Value::Object(more) = more else {
        panic!("not an object: {more}")
    };
    for (name, value) in more {
        input[name] = value;
    }
    input
}

pub(crate) fn destinations(stores: &[&str]) -> Value {
    stores
        .iter()
        .map(|store| json!({"Type": "EVENT_DATA_STORE", "Location": store}))
        .collect()
}

pub(crate) fn channel_input(name: &str, source: &str, stores: &[&str]) -> Value {
    json!({"Name": name, "Source": source, "Destinations": destinations(stores)})
}

pub(crate) fn event(uid: &str) -> Value {
    json!({
        "version": "1.0",
        "userIdentity": {"type": "User", "principalId": "alice"},
        "eventSource": "app.example.com",
        "eventName": "Login",
        "eventTime": "2026-11-20T12:00:00Z",
        "UID": uid,
        "recipientAccountId": HOME
    })
}

pub(crate) fn entry(id: &str) -> Value {
    json!({"id": id, "eventData": event(id).to_string()})
}

/// The statement of the scripts' template.
pub(crate) fn statement(channel: &str, principal: &str, external_id: Option<&str>) -> Value {
    let mut statement = json!({
        "Sid": "ChannelPolicy",
        "Effect": "Allow",
        "Principal": {"AWS": [format!("arn:aws:iam::{principal}:root")]},
        "Action": ["cloudtrail-data:PutAuditEvents"],
        "Resource": [channel]
    });
    if let Some(external_id) = external_id {
        statement["Condition"] = json!({"StringEquals": {"cloudtrail:ExternalId": external_id}});
    }
    statement
}

/// A document of these statements.
pub(crate) fn document(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// The document that the scripts put.
pub(crate) fn policy(channel: &str, principal: &str, external_id: Option<&str>) -> String {
    document(&[statement(channel, principal, external_id)]).to_string()
}
