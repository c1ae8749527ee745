//! JSON, kept as text so that no digit of a number is lost.

use std::collections::BTreeMap;

use rusqlite::types::Value;
use serde_json::value::RawValue;

use super::number::real_text;
use super::{Args, Functions, count, text};

/// How deep JSON may be nested.
const DEEPEST: usize = 100;

pub(super) const FUNCTIONS: Functions = &[
    ("json_parse", |args| {
        let given = args.text(0)?;
        canonical(given, 0)
            .map(text)
            .map_err(|_| format!("Cannot convert value to JSON: '{given}'"))
    }),
    ("json_format", |args| Ok(text(args.text(0)?))),
    ("json_extract", |args| {
        Ok(found(args)?.map_or(Value::Null, |found| text(compact(found.get()))))
    }),
    ("json_extract_scalar", |args| {
        let Some(found) = found(args)? else {
            return Ok(Value::Null);
        };
        if found.get().starts_with(['{', '[']) {
            return Ok(Value::Null);
        }
        Ok(scalar(found.get())?.map_or(Value::Null, Value::Text))
    }),
    ("json_array_length", |args| {
        let items = serde_json::from_str::<Vec<&RawValue>>(args.text(0)?);
        Ok(items.map_or(Value::Null, |items| count(items.len())))
    }),
    ("json_to_text", |args| {
        let json = args.text(0)?;
        if json.starts_with(['{', '[']) {
            return Err("Cannot cast a JSON object or array to varchar; use json_format".to_owned());
        }
        Ok(scalar(json)?.map_or(Value::Null, Value::Text))
    }),
    ("text_to_json", |args| {
        serde_json::to_string(args.text(0)?)
            .map(text)
            .map_err(|error| error.to_string())
    }),
    ("number_to_json", |args| {
        Ok(text(match args.value(0)? {
            Value::Integer(value) => value.to_string(),
            _ => real_text(args.real(0)?),
        }))
    }),
];

/// A scalar as its text: strings without quotes, null as nothing.
pub(super) fn scalar(json: &str) -> Result<Option<String>, String> {
    match json {
        "null" => Ok(None),
        quoted if quoted.starts_with('"') => serde_json::from_str(quoted)
            .map(Some)
            .map_err(|error| error.to_string()),
        other => Ok(Some(other.to_owned())),
    }
}

/// JSON without the blanks between its tokens.
pub(super) fn compact(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut in_text = false;
    let mut escaped = false;
    for letter in json.chars() {
        if in_text || !letter.is_ascii_whitespace() {
            out.push(letter);
        }
        match letter {
            '"' if !escaped => in_text = !in_text,
            _ => {}
        }
        escaped = in_text && letter == '\\' && !escaped;
    }
    out
}

/// Compact JSON with the keys of its objects sorted, as `json_parse` has it.
fn canonical(json: &str, depth: usize) -> Result<String, String> {
    if depth > DEEPEST {
        return Err("nested too deeply".to_owned());
    }
    let wrong = |error: serde_json::Error| error.to_string();
    let raw: &RawValue = serde_json::from_str(json).map_err(wrong)?;
    let json = raw.get();
    if json.starts_with('{') {
        let members: BTreeMap<String, &RawValue> = serde_json::from_str(json).map_err(wrong)?;
        let mut parts = Vec::new();
        for (key, member) in members {
            let key = serde_json::to_string(&key).map_err(wrong)?;
            parts.push(format!("{key}:{}", canonical(member.get(), depth + 1)?));
        }
        return Ok(format!("{{{}}}", parts.join(",")));
    }
    if json.starts_with('[') {
        let items: Vec<&RawValue> = serde_json::from_str(json).map_err(wrong)?;
        let parts: Result<Vec<_>, _> = items.iter().map(|item| canonical(item.get(), depth + 1)).collect();
        return Ok(format!("[{}]", parts?.join(",")));
    }
    match scalar(json)? {
        Some(plain) if json.starts_with('"') => serde_json::to_string(&plain).map_err(wrong),
        _ => Ok(json.to_owned()),
    }
}

/// What a path leads to; nothing where there is no JSON.
fn found<'a>(args: &'a Args<'_, '_>) -> Result<Option<&'a RawValue>, String> {
    let steps = steps(args.text(1)?)?;
    let Ok(mut at) = serde_json::from_str::<&RawValue>(args.text(0)?) else {
        return Ok(None);
    };
    for step in steps {
        let next = match step {
            Step::Member(name) => serde_json::from_str::<BTreeMap<String, &RawValue>>(at.get())
                .ok()
                .and_then(|mut members| members.remove(&name)),
            Step::Item(index) => serde_json::from_str::<Vec<&RawValue>>(at.get())
                .ok()
                .and_then(|items| items.get(index).copied()),
        };
        match next {
            Some(next) => at = next,
            None => return Ok(None),
        }
    }
    Ok(Some(at))
}

#[derive(Debug, PartialEq, Eq)]
enum Step {
    Member(String),
    Item(usize),
}

/// `$.name`, `$["name"]`, `$[0]`.
fn steps(path: &str) -> Result<Vec<Step>, String> {
    let wrong = || format!("Invalid JSON path: '{path}'");
    let mut rest = path.strip_prefix('$').ok_or_else(wrong)?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            let (name, next) = after.split_at_checked(end).ok_or_else(wrong)?;
            let plain = !name.is_empty()
                && name
                    .chars()
                    .all(|letter| letter.is_alphanumeric() || "_-:".contains(letter));
            if !plain {
                return Err(wrong());
            }
            steps.push(Step::Member(name.to_owned()));
            rest = next;
        } else if let Some(after) = rest.strip_prefix("[\"") {
            let (name, next) = after.split_once("\"]").ok_or_else(wrong)?;
            if name.contains('\\') {
                return Err(wrong());
            }
            steps.push(Step::Member(name.to_owned()));
            rest = next;
        } else {
            let (index, next) = rest
                .strip_prefix('[')
                .and_then(|after| after.split_once(']'))
                .ok_or_else(wrong)?;
            steps.push(Step::Item(index.parse().map_err(|_| wrong())?));
            rest = next;
        }
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_its_digits_and_loses_its_blanks() {
        assert_eq!(compact("{ \"a b\" : [ 1.0,\n 2 ] }"), r#"{"a b":[1.0,2]}"#);
        assert_eq!(compact(r#"{"a" : "\" , \\" }"#), r#"{"a":"\" , \\"}"#);
        assert_eq!(
            canonical(r#"{"b": 12345678901234567890123, "a": [true, null]}"#, 0).unwrap(),
            r#"{"a":[true,null],"b":12345678901234567890123}"#
        );
        assert!(canonical(&"[".repeat(5000), 0).is_err());
        assert!(canonical(&format!("{}{}", "[".repeat(5000), "]".repeat(5000)), 0).is_err());
    }

    #[test]
    fn paths_are_taken_apart() {
        assert_eq!(
            steps("$.a[\"b.c\"][2].d").unwrap(),
            [
                Step::Member("a".to_owned()),
                Step::Member("b.c".to_owned()),
                Step::Item(2),
                Step::Member("d".to_owned())
            ]
        );
        for wrong in ["a", "$.", "$..a", "$[x]", "$.*", "$[\"a\""] {
            assert!(steps(wrong).is_err(), "{wrong}");
        }
    }
}
