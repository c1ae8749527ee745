//! `events`: a whole event, put together again from its columns.

use serde_json::{Map, Value};

use super::rows::{Row, Sheet};

/// The event of a row whose columns are named by where they belong: `a__b` is the member b of a. What is null is
/// left out of `eventData` and below, where the sender left it out; on top it is null.
pub fn event(sheet: &Sheet, row: &Row) -> Value {
    let flat = sheet.object(row);
    let mut event = Map::new();
    for (path, value) in flat.as_object().into_iter().flatten() {
        let parts: Vec<&str> = path.split("__").collect();
        match parts.as_slice() {
            [name] => {
                event.insert((*name).to_owned(), value.clone());
            }
            _ if value.is_null() => {}
            parts => put(&mut event, parts, value.clone()),
        }
    }
    Value::Object(event)
}

fn put(object: &mut Map<String, Value>, path: &[&str], value: Value) {
    match path {
        [] => {}
        [name] => {
            object.insert((*name).to_owned(), value);
        }
        [name, rest @ ..] => {
            let inner = object
                .entry((*name).to_owned())
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::query::select::ValueKind;

    #[test]
    fn an_event_is_nested_again_and_lacks_what_is_null() {
        let names = [
            "eventID",
            "awsRegion",
            "eventData__userIdentity__type",
            "eventData__requestParameters",
            "eventData__UID",
        ];
        let names = names.map(str::to_owned);
        let text = ValueKind::Text;
        let sheet = Sheet::new(&names, vec![text, text, text, ValueKind::Json, text]);
        let row = [Some("e1"), None, Some("User"), Some(r#"{"size":"17"}"#), None];
        let row = row.iter().map(|value| value.map(str::to_owned)).collect();
        assert_eq!(
            event(&sheet, &row).to_string(),
            r#"{"eventID":"e1","awsRegion":null,"eventData":{"userIdentity":{"type":"User"},"requestParameters":{"size":"17"}}}"#
        );
    }
}
