//! When two policies say the same.
//!
//! One string is an array of it, twelve digits are the account's root, and what is a set has no order:
//! statements, principals, actions, resources and the values of a condition. Everything else is
//! compared as JSON.

use serde_json::{Map, Value, json};

use crate::model::principal::Principal;

/// The document in the one spelling that is compared.
pub(super) fn canonical(document: &Map<String, Value>) -> Value {
    let members = document.iter().map(|(name, value)| {
        let value = if name == "Statement" {
            set(items(value).into_iter().map(canonical_statement))
        } else {
            sorted(value)
        };
        (name.clone(), value)
    });
    sorted(&Value::Object(members.collect()))
}

fn canonical_statement(statement: &Value) -> Value {
    let Some(members) = statement.as_object() else {
        return statement.clone();
    };
    let members = members.iter().map(|(name, value)| {
        let value = match name.as_str() {
            "Principal" | "NotPrincipal" => canonical_principals(value),
            "Action" | "NotAction" => {
                // Actions are not case-sensitive (IAM User Guide, "IAM JSON policy elements: Action").
                let lower = |item: &Value| {
                    item.as_str()
                        .map_or_else(|| sorted(item), |text| json!(text.to_ascii_lowercase()))
                };
                set(items(value).into_iter().map(lower))
            }
            "Resource" | "NotResource" => set(items(value).into_iter().map(sorted)),
            "Condition" => canonical_condition(value),
            _ => sorted(value),
        };
        (name.clone(), value)
    });
    sorted(&Value::Object(members.collect()))
}

fn canonical_principals(value: &Value) -> Value {
    if value == "*" {
        return json!({ "AWS": ["*"] });
    }
    let Some(kinds) = value.as_object() else {
        return sorted(value);
    };
    let kinds = kinds.iter().map(|(kind, value)| {
        let one = |item: &Value| match item.as_str() {
            Some(text) if kind == "AWS" => json!(Principal::read(text).to_string()),
            _ => sorted(item),
        };
        (kind.clone(), set(items(value).into_iter().map(one)))
    });
    Value::Object(kinds.collect())
}

fn canonical_condition(value: &Value) -> Value {
    let Some(operators) = value.as_object() else {
        return sorted(value);
    };
    let operators = operators.iter().map(|(operator, keys)| {
        let keys = match keys.as_object() {
            Some(keys) => keys
                .iter()
                .map(|(key, value)| (key.clone(), set(items(value).into_iter().map(sorted))))
                .collect(),
            None => sorted(keys),
        };
        (operator.clone(), keys)
    });
    Value::Object(operators.collect())
}

/// An array's items, or the one thing that stands in its place.
fn items(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    }
}

/// Items whose order and repetition say nothing.
fn set(items: impl Iterator<Item = Value>) -> Value {
    let mut items: Vec<Value> = items.collect();
    items.sort_by_cached_key(Value::to_string);
    items.dedup();
    Value::Array(items)
}

/// The same value with the members of every object in alphabetical order, so that equal values print
/// equally and can be sorted by that.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().map(|(k, v)| (k.clone(), sorted(v))).collect();
            members.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(members.into_iter().collect())
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}
