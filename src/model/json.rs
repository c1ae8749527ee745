//! Reading JSON that somebody else wrote, without letting anything slip.
//!
//! `serde_json` keeps the last of two equal member names and rounds numbers that do not fit. Both
//! would make a document say something else than its author's text, so both are refused here. (That
//! fractions come back as the double they were needs its feature `float_roundtrip`.)

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The largest whole number that a double holds exactly, 2^53.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Reads one JSON value, refusing member names that occur twice and numbers that would be rounded.
///
/// The error's message holds positions and member names, never a value.
pub(crate) fn read(text: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str::<Strict>(text).map(|strict| strict.0)
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .filter(|_| value.abs() <= EXACT)
            .map(Value::Number)
            .ok_or_else(|| E::custom("a number is too large to be kept exactly"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Strict(item)) = seq.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            if members.contains_key(&name) {
                return Err(A::Error::custom(format_args!("the member \"{name}\" occurs twice")));
            }
            let Strict(value) = map.next_value()?;
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_prints_as_it_was() {
        for text in [
            r#"{"b":1,"a":[true,null,-7,0.5,"x\ny"],"c":{}}"#,
            "18446744073709551615",
            "-9223372036854775808",
            "971241931.3408557",
            "[]",
        ] {
            assert_eq!(read(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_would_be_changed_is_refused() {
        for (text, says) in [
            (r#"{"a":1,"a":1}"#, "\"a\" occurs twice"),
            (r#"[{"x":{"a":1,"\u0061":2}}]"#, "\"a\" occurs twice"),
            ("18446744073709551616", "too large"),
            ("1e300", "too large"),
            ("{} {}", "trailing"),
            ("", "EOF"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
        assert!(read(&"[".repeat(100_000)).is_err());
    }
}
