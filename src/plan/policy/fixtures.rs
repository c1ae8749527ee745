//! Documents and wishes for the tests of this room.

use serde_json::{Value, json};

use crate::model::{ChannelArn, Policy, Principal};

use super::{AccessWanted, ExternalIdChoice};

pub(super) const CHANNEL: &str =
    "arn:aws:cloudtrail:us-east-1:111122223333:channel/6f0c2a1e-1111-4222-8333-444455556666";
/// The partner's account (reference §4.1).
pub(super) const NORDCLOUD: &str = "855341727128";
/// Anybody else.
pub(super) const OTHER: &str = "444455556666";
pub(super) const GONE: &str = "AIDACKCEVSQ6C2EXAMPLE";

pub(super) fn channel() -> ChannelArn {
    CHANNEL.parse().unwrap()
}

pub(super) fn policy(statements: &[Value]) -> Policy {
    json!({"Version": "2012-10-17", "Statement": statements})
        .to_string()
        .parse()
        .unwrap()
}

/// A statement in the template's form; without an external ID if it is empty.
pub(super) fn statement(sid: &str, principals: &[&str], external_id: &str) -> Value {
    let mut statement = json!({
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": principals},
        "Action": ["cloudtrail-data:PutAuditEvents"],
        "Resource": [CHANNEL],
    });
    if !external_id.is_empty() {
        statement["Condition"] = json!({"StringEquals": {"cloudtrail:ExternalId": external_id}});
    }
    statement
}

/// The same, with one member set to something else.
pub(super) fn with(mut statement: Value, member: &str, value: Value) -> Value {
    statement[member] = value;
    statement
}

pub(super) fn people(names: &[&str]) -> Vec<Principal> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

pub(super) fn id(text: &str) -> ExternalIdChoice {
    ExternalIdChoice::Is(text.parse().unwrap())
}

/// A bare run for a direct partner whose account is published.
pub(super) fn direct() -> AccessWanted {
    AccessWanted {
        principals: None,
        catalogue: people(&[NORDCLOUD]),
        external_id: ExternalIdChoice::Unsaid,
        direct: true,
        external_id_required: true,
        replace_access: false,
    }
}

/// A bare run for an in-house application.
pub(super) fn custom() -> AccessWanted {
    AccessWanted {
        catalogue: Vec::new(),
        direct: false,
        external_id_required: false,
        ..direct()
    }
}
