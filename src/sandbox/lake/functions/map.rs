//! Maps and arrays.

use std::collections::BTreeMap;

use rusqlite::types::Value;
use serde_json::value::RawValue;

use super::json::{compact, scalar};
use super::{Args, Functions, boolean, count, text};

pub(super) const FUNCTIONS: Functions = &[
    ("map", |args| flat(args.text(0)?).map(text)),
    ("map_element", |args| {
        Ok(value(entries(args.text(0)?)?.remove(args.text(1)?).flatten()))
    }),
    ("map_at", |args| {
        let key = args.text(1)?;
        match entries(args.text(0)?)?.remove(key) {
            Some(found) => Ok(value(found)),
            None => Err(format!("Key not present in map: {key}")),
        }
    }),
    ("map_size", |args| Ok(count(entries(args.text(0)?)?.len()))),
    ("map_keys", |args| {
        let keys: Vec<String> = entries(args.text(0)?)?.into_keys().collect();
        serde_json::to_string(&keys)
            .map(text)
            .map_err(|error| error.to_string())
    }),
    ("map_values", |args| {
        let values: Vec<Option<String>> = entries(args.text(0)?)?.into_values().collect();
        serde_json::to_string(&values)
            .map(text)
            .map_err(|error| error.to_string())
    }),
    ("array_size", |args| Ok(count(items(args.text(0)?)?.len()))),
    ("array_element", |args| {
        let items = items(args.text(0)?)?;
        let at = args.int(1)?;
        if at == 0 {
            return Err("SQL array indices start at 1".to_owned());
        }
        let from_end = i64::try_from(items.len()).unwrap_or(i64::MAX).saturating_add(at);
        let at = if at > 0 { at - 1 } else { from_end };
        Ok(usize::try_from(at)
            .ok()
            .and_then(|at| items.get(at).cloned())
            .unwrap_or(Value::Null))
    }),
    ("array_at", array_at),
    ("array_contains", |args| {
        let wanted = args.value(1)?;
        let items = items(args.text(0)?)?;
        if items.contains(&wanted) {
            return Ok(boolean(true));
        }
        Ok(if items.contains(&Value::Null) {
            Value::Null
        } else {
            boolean(false)
        })
    }),
    ("array_join", |args| {
        let items = items(args.text(0)?)?.into_iter().filter_map(|item| match item {
            Value::Text(text) => Some(text),
            Value::Integer(value) => Some(value.to_string()),
            _ => None,
        });
        Ok(text(items.collect::<Vec<_>>().join(args.text(1)?)))
    }),
];

fn value(found: Option<String>) -> Value {
    found.map_or(Value::Null, Value::Text)
}

/// A JSON object as `map<string,string>`: scalars as their text, what is nested as compact JSON (a guess).
fn flat(object: &str) -> Result<String, String> {
    let Ok(members) = serde_json::from_str::<BTreeMap<String, &RawValue>>(object) else {
        return Err("A map is not a JSON object.".to_owned());
    };
    let mut flat = BTreeMap::new();
    for (key, member) in members {
        let member = member.get();
        let value = if member.starts_with(['{', '[']) {
            Some(compact(member))
        } else {
            scalar(member)?
        };
        flat.insert(key, value);
    }
    serde_json::to_string(&flat).map_err(|error| error.to_string())
}

/// The entries of a map by their keys.
pub(in super::super) fn entries(map: &str) -> Result<BTreeMap<String, Option<String>>, String> {
    serde_json::from_str(map).map_err(|error| error.to_string())
}

/// The items of an array of texts or whole numbers.
fn items(array: &str) -> Result<Vec<Value>, String> {
    let items: Vec<serde_json::Value> = serde_json::from_str(array).map_err(|error| error.to_string())?;
    let item = |item| match item {
        serde_json::Value::String(text) => Value::Text(text),
        serde_json::Value::Number(number) => number.as_i64().map_or(Value::Null, Value::Integer),
        _ => Value::Null,
    };
    Ok(items.into_iter().map(item).collect())
}

fn array_at(args: &Args<'_, '_>) -> Result<Value, String> {
    let items = items(args.text(0)?)?;
    let at = args.int(1)?;
    match at {
        0 => return Err("SQL array indices start at 1".to_owned()),
        i64::MIN..=-1 => return Err(format!("Array subscript is negative: {at}")),
        _ => {}
    }
    let found = usize::try_from(at - 1).ok().and_then(|at| items.get(at).cloned());
    let length = items.len();
    found.ok_or_else(|| format!("Array subscript must be less than or equal to array length: {at} > {length}"))
}
