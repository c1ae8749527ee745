//! Resource policies: which documents are valid, and whom a channel's lets in.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/security_iam_resource-based-policy-examples.html>

use serde_json::{Map, Value};

use super::arn;
use super::limits;
use super::wire::Fault;

/// The one action of a channel's policy.
const PUT_AUDIT_EVENTS: &str = "cloudtrail-data:PutAuditEvents";

/// The actions of an event data store's policy.
const STORE_ACTIONS: [&str; 8] = [
    "cloudtrail:StartQuery",
    "cloudtrail:CancelQuery",
    "cloudtrail:ListQueries",
    "cloudtrail:DescribeQuery",
    "cloudtrail:GetQueryResults",
    "cloudtrail:GenerateQuery",
    "cloudtrail:GenerateQueryResultsSummary",
    "cloudtrail:GetEventDataStore",
];

/// The condition key of the external id.
const EXTERNAL_ID: &str = "cloudtrail:ExternalId";

/// What a policy is attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A channel.
    Channel,
    /// An event data store.
    EventDataStore,
}

impl Target {
    fn allows(self, action: &str) -> bool {
        match self {
            Self::Channel => action.eq_ignore_ascii_case(PUT_AUDIT_EVENTS),
            Self::EventDataStore => STORE_ACTIONS.iter().any(|known| known.eq_ignore_ascii_case(action)),
        }
    }
}

/// Checks a document that is to be attached to `resource`.
pub(crate) fn check(document: &str, resource: &str, target: Target) -> Result<(), Fault> {
    verdict(document, resource, target).map_err(|what| Fault::new("ResourcePolicyNotValidException", what))
}

fn verdict(document: &str, resource: &str, target: Target) -> Result<(), String> {
    let length = document.chars().count();
    if !limits::POLICY.contains(&length) {
        return Err(format!(
            "A resource policy has 1 to {} characters, not {length}.",
            limits::POLICY.end()
        ));
    }
    let Ok(Value::Object(policy)) = serde_json::from_str::<Value>(document) else {
        return Err("The resource policy is not a JSON object.".to_owned());
    };
    if let Some(key) = policy
        .keys()
        .find(|key| !matches!(key.as_str(), "Version" | "Id" | "Statement"))
    {
        return Err(format!("A resource policy has no element {key:?}."));
    }
    match policy.get("Version").map(Value::as_str) {
        None | Some(Some("2012-10-17" | "2008-10-17")) => {}
        Some(_) => return Err("Version must be \"2012-10-17\".".to_owned()),
    }
    let statements = one_or_many(policy.get("Statement").ok_or("The resource policy has no Statement.")?);
    if !limits::STATEMENTS.contains(&statements.len()) {
        return Err(format!(
            "A resource policy has 1 to {} statements, not {}.",
            limits::STATEMENTS.end(),
            statements.len()
        ));
    }
    let mut sids = Vec::new();
    for (index, statement) in statements.iter().enumerate() {
        let sid = check_statement(statement, resource, target).map_err(|what| format!("Statement {index}: {what}"))?;
        if let Some(sid) = sid {
            if sids.contains(&sid) {
                return Err(format!("The Sid {sid:?} is used twice."));
            }
            sids.push(sid);
        }
    }
    Ok(())
}

fn check_statement<'a>(statement: &'a Value, resource: &str, target: Target) -> Result<Option<&'a str>, String> {
    let statement = statement.as_object().ok_or("it is not an object.")?;
    let known = ["Sid", "Effect", "Principal", "Action", "Resource", "Condition"];
    if let Some(key) = statement.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(format!("the element {key:?} is not supported."));
    }
    let sid = match statement.get("Sid") {
        None => None,
        Some(Value::String(sid)) => Some(sid.as_str()),
        Some(_) => return Err("Sid is not a string.".to_owned()),
    };
    if !matches!(statement.get("Effect").and_then(Value::as_str), Some("Allow" | "Deny")) {
        return Err("Effect must be \"Allow\" or \"Deny\".".to_owned());
    }
    let actions = texts(statement.get("Action")).ok_or("Action must be a string or an array of strings.")?;
    if actions.is_empty() {
        return Err("Action is empty.".to_owned());
    }
    if let Some(action) = actions.iter().find(|action| !target.allows(action)) {
        return Err(format!(
            "the action {action:?} is not allowed in a policy of this resource."
        ));
    }
    let resources = texts(statement.get("Resource")).ok_or("Resource must be a string or an array of strings.")?;
    if resources.is_empty() || resources.iter().any(|named| *named != resource) {
        return Err(format!(
            "Resource must be the ARN of the resource it is attached to, {resource}."
        ));
    }
    check_principals(statement.get("Principal"))?;
    check_condition(statement.get("Condition"))?;
    Ok(sid)
}

fn check_principals(principal: Option<&Value>) -> Result<(), String> {
    let principals =
        principals(principal).ok_or("Principal must be {\"AWS\": …} with a string or an array of strings.")?;
    if !limits::PRINCIPALS.contains(&principals.len()) {
        return Err(format!(
            "a statement has 1 to {} principals, not {}.",
            limits::PRINCIPALS.end(),
            principals.len()
        ));
    }
    match principals.iter().find(|principal| !is_principal(principal)) {
        None => Ok(()),
        Some(bad) => Err(format!("Invalid principal in policy: {bad:?}.")),
    }
}

fn check_condition(condition: Option<&Value>) -> Result<(), String> {
    let Some(condition) = condition else { return Ok(()) };
    let operators = condition.as_object().ok_or("Condition is not an object.")?;
    for (operator, keys) in operators {
        let keys = keys
            .as_object()
            .ok_or_else(|| format!("Condition.{operator} is not an object."))?;
        for (key, values) in keys {
            let fine = one_or_many(values)
                .iter()
                .all(|value| value.is_string() || value.is_number() || value.is_boolean());
            if !fine {
                return Err(format!(
                    "Condition.{operator}.{key} must be a string or an array of strings."
                ));
            }
        }
    }
    Ok(())
}

/// An account, its root, a user, role or federated user. IAM puts `AIDA…` or `AROA…` where one was deleted,
/// and refuses to take that back.
fn is_principal(text: &str) -> bool {
    if text == "*" || arn::is_account(text) {
        return true;
    }
    let mut parts = text.splitn(6, ':');
    let mut next = || parts.next().unwrap_or_default();
    let (scheme, partition, service, region, account, resource) = (next(), next(), next(), next(), next(), next());
    if scheme != "arn" || !partition.starts_with("aws") || !region.is_empty() || !arn::is_account(account) {
        return false;
    }
    let named = |prefix: &str| {
        resource.strip_prefix(prefix).is_some_and(|name| {
            !name.is_empty() && !name.starts_with('/') && !name.ends_with('/') && name.bytes().all(is_name_byte)
        })
    };
    match service {
        "iam" => resource == "root" || named("user/") || named("role/"),
        "sts" => {
            named("federated-user/")
                || (named("assumed-role/") && resource.split('/').filter(|part| !part.is_empty()).count() == 3)
        }
        _ => false,
    }
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+=,.@_-/".contains(&byte)
}

fn principals(principal: Option<&Value>) -> Option<Vec<&str>> {
    match principal? {
        Value::String(all) if all == "*" => Some(vec!["*"]),
        Value::Object(kinds) if kinds.len() == 1 => texts(kinds.get("AWS")),
        _ => None,
    }
}

fn texts(value: Option<&Value>) -> Option<Vec<&str>> {
    one_or_many(value?).into_iter().map(Value::as_str).collect()
}

fn one_or_many(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(many) => many.iter().collect(),
        one => vec![one],
    }
}

/// A call of `PutAuditEvents`, as a channel's policy sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    /// The account of the caller.
    pub(crate) account: &'a str,
    /// The account of the channel.
    pub(crate) owner: &'a str,
    /// The external id passed.
    pub(crate) external_id: Option<&'a str>,
    /// Whether an external id in the policy binds the owner too.
    pub(crate) owner_needs_external_id: bool,
}

/// Whether the channel lets the caller in. A document that cannot be read lets nobody in but the owner.
pub(crate) fn lets_in(document: Option<&str>, call: Call<'_>) -> bool {
    let policy = document.and_then(|text| serde_json::from_str::<Value>(text).ok());
    let statements: Vec<&Map<String, Value>> = policy
        .as_ref()
        .and_then(|policy| policy.get("Statement"))
        .map(|statements| {
            one_or_many(statements)
                .into_iter()
                .filter_map(Value::as_object)
                .collect()
        })
        .unwrap_or_default();
    let matching = |effect: &str| {
        statements.iter().any(|statement| {
            statement.get("Effect").and_then(Value::as_str) == Some(effect)
                && names(statement, call.account)
                && holds(statement.get("Condition"), call.external_id)
        })
    };
    if matching("Deny") {
        return false;
    }
    if call.account != call.owner {
        return matching("Allow");
    }
    if !call.owner_needs_external_id {
        return true;
    }
    let wanted: Vec<&str> = statements
        .iter()
        .filter(|statement| statement.get("Effect").and_then(Value::as_str) == Some("Allow"))
        .flat_map(|statement| external_ids(statement.get("Condition")))
        .collect();
    wanted.is_empty() || call.external_id.is_some_and(|given| wanted.contains(&given))
}

fn names(statement: &Map<String, Value>, account: &str) -> bool {
    principals(statement.get("Principal"))
        .unwrap_or_default()
        .into_iter()
        .any(|principal| principal == "*" || principal == account || principal.split(':').nth(4) == Some(account))
}

fn holds(condition: Option<&Value>, external_id: Option<&str>) -> bool {
    let Some(condition) = condition else { return true };
    let Some(operators) = condition.as_object() else {
        return false;
    };
    operators.iter().all(|(operator, keys)| {
        operator == "StringEquals"
            && keys.as_object().is_some_and(|keys| {
                keys.iter().all(|(key, values)| {
                    let wanted = texts(Some(values)).unwrap_or_default();
                    key.eq_ignore_ascii_case(EXTERNAL_ID) && external_id.is_some_and(|given| wanted.contains(&given))
                })
            })
    })
}

fn external_ids(condition: Option<&Value>) -> Vec<&str> {
    condition
        .and_then(|condition| condition.get("StringEquals"))
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter(|(key, _)| key.eq_ignore_ascii_case(EXTERNAL_ID))
        .flat_map(|(_, values)| texts(Some(values)).unwrap_or_default())
        .collect()
}

#[cfg(test)]
mod tests;
