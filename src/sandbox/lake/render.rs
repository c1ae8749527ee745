//! Values as rows show them: everything is text (reference 5.3); how maps, structs and arrays look is a guess.

use rusqlite::types::Value;

use super::functions::{entries, real_text, time};
use super::types::Type;

/// Takes as many values as the type is wide, and shows them.
pub(super) fn shown(ty: &Type, values: &mut impl Iterator<Item = Value>) -> Result<Option<String>, String> {
    if let Type::Row(fields) = ty {
        let mut parts = Vec::new();
        let mut any = false;
        for (name, ty) in fields {
            let value = shown(ty, values)?;
            any |= value.is_some();
            parts.push(format!("{name}={}", or_null(value)));
        }
        return Ok(any.then(|| format!("{{{}}}", parts.join(", "))));
    }
    match values.next() {
        None | Some(Value::Null) => Ok(None),
        Some(value) => one(ty, value).map(Some),
    }
}

fn or_null(value: Option<String>) -> String {
    value.unwrap_or_else(|| "null".to_owned())
}

fn one(ty: &Type, value: Value) -> Result<String, String> {
    match (ty, value) {
        (Type::Boolean, Value::Integer(value)) => Ok(if value != 0 { "true" } else { "false" }.to_owned()),
        (Type::Date, Value::Integer(days)) => time::date_text(days),
        (Type::Timestamp, Value::Integer(ms)) => time::timestamp_text(ms),
        (Type::Zoned, Value::Integer(ms)) => Ok(format!("{} UTC", time::timestamp_text(ms)?)),
        (Type::DayInterval, Value::Integer(ms)) => Ok(day_interval(ms)),
        (Type::MonthInterval, Value::Integer(months)) => Ok(signed(months, |all| format!("{}-{}", all / 12, all % 12))),
        (_, Value::Integer(value)) => Ok(value.to_string()),
        (_, Value::Real(value)) => Ok(real_text(value)),
        (Type::Map, Value::Text(map)) => {
            let parts = entries(&map)?.into_iter();
            let parts = parts.map(|(key, value)| format!("{key}={}", or_null(value)));
            Ok(format!("{{{}}}", parts.collect::<Vec<_>>().join(", ")))
        }
        (Type::Array(item), Value::Text(array)) => items(item, &array),
        (_, Value::Text(text)) => Ok(text),
        (ty, value) => Err(format!("The sandbox has a {} where a {ty} is due.", value.data_type())),
    }
}

fn items(ty: &Type, array: &str) -> Result<String, String> {
    let items: Vec<serde_json::Value> = serde_json::from_str(array).map_err(|error| error.to_string())?;
    let mut parts = Vec::new();
    for item in items {
        let value = match item {
            serde_json::Value::Null => None,
            serde_json::Value::String(text) => Some(one(ty, Value::Text(text))?),
            other => Some(other.to_string()),
        };
        parts.push(or_null(value));
    }
    Ok(format!("[{}]", parts.join(", ")))
}

fn signed(value: i64, show: fn(u64) -> String) -> String {
    format!("{}{}", if value < 0 { "-" } else { "" }, show(value.unsigned_abs()))
}

/// `2 03:04:05.678`, as Trino writes it.
fn day_interval(ms: i64) -> String {
    signed(ms, |all| {
        let (seconds, ms) = (all / 1000, all % 1000);
        format!(
            "{} {:02}:{:02}:{:02}.{ms:03}",
            seconds / 86_400,
            seconds / 3600 % 24,
            seconds / 60 % 60,
            seconds % 60
        )
    })
}
