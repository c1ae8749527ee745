//! Shapes that several operations share, and the constraints the model puts on values.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Types.html>

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::Fault;
use crate::sandbox::guesses::SHAPE_CONTROL;
use crate::sandbox::limits;

/// `Tag`; one without a value is kept without.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Tag {
    /// Required.
    pub(crate) key: Option<String>,
    /// Optional.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<String>,
}

/// `Destination`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Destination {
    /// `EVENT_DATA_STORE` or `AWS_SERVICE`
    #[serde(rename = "Type")]
    pub(crate) kind: Option<String>,
    /// An ARN, an id, or a service.
    pub(crate) location: Option<String>,
}

/// `AdvancedEventSelector`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AdvancedEventSelector {
    /// Optional.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// Required.
    pub(crate) field_selectors: Option<Vec<AdvancedFieldSelector>>,
}

/// `AdvancedFieldSelector`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AdvancedFieldSelector {
    /// Required.
    pub(crate) field: Option<String>,
    /// Operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) equals: Option<Vec<String>>,
    /// Operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) starts_with: Option<Vec<String>>,
    /// Operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ends_with: Option<Vec<String>>,
    /// Operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) not_equals: Option<Vec<String>>,
    /// Operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) not_starts_with: Option<Vec<String>>,
    /// Operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) not_ends_with: Option<Vec<String>>,
}

/// The empty output.
#[derive(Debug, Serialize)]
pub(crate) struct Empty {}

/// A timestamp on the wire: epoch seconds, with a fraction only where there is one.
pub(crate) fn epoch(ms: i64) -> Number {
    if ms % 1000 == 0 {
        return Number::from(ms / 1000);
    }
    format!("{}.{:03}", ms.div_euclid(1000), ms.rem_euclid(1000))
        .parse::<f64>()
        .ok()
        .and_then(Number::from_f64)
        .unwrap_or_else(|| Number::from(ms / 1000))
}

/// A member the model calls required.
pub(crate) fn required<T>(member: &str, value: Option<T>) -> Result<T, Fault> {
    value.ok_or_else(|| Fault::new(SHAPE_CONTROL, format!("The member {member} is required.")))
}

/// A string of so many characters.
pub(crate) fn length(member: &str, value: &str, range: &RangeInclusive<usize>) -> Result<(), Fault> {
    let count = value.chars().count();
    if range.contains(&count) {
        return Ok(());
    }
    Err(Fault::new(
        SHAPE_CONTROL,
        format!(
            "{member} must have {} to {} characters, not {count}.",
            range.start(),
            range.end()
        ),
    ))
}

/// The name of a store or channel: `^[a-zA-Z0-9._\-]+$`.
pub(crate) fn name(member: &str, value: &str) -> Result<(), Fault> {
    length(member, value, &limits::NAME)?;
    only(member, value, "._-")
}

/// An ARN-like string: `^[a-zA-Z0-9._/\-:]+$`.
pub(crate) fn is_arn_like(value: &str) -> bool {
    limits::ARN.contains(&value.chars().count()) && only("", value, "._/-:").is_ok()
}

/// Letters, digits and `extra`.
pub(crate) fn only(member: &str, value: &str, extra: &str) -> Result<(), Fault> {
    match value
        .chars()
        .find(|c| !c.is_ascii_alphanumeric() && !extra.contains(*c))
    {
        None => Ok(()),
        Some(bad) => Err(Fault::new(
            SHAPE_CONTROL,
            format!("{member} may have letters, digits and {extra} only, not {bad:?}."),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_numbers_of_seconds() {
        assert_eq!(epoch(1_795_176_000_000).to_string(), "1795176000");
        assert_eq!(epoch(1_795_176_000_250).to_string(), "1795176000.25");
    }

    #[test]
    fn names_follow_the_models_pattern() {
        for good in ["abc", "a.b_c-D9", &"x".repeat(128)] {
            assert!(name("Name", good).is_ok(), "{good}");
        }
        for bad in ["ab", "a b c", "abc/", "äbc", &"x".repeat(129)] {
            assert_eq!(name("Name", bad).unwrap_err().code, SHAPE_CONTROL, "{bad}");
        }
    }
}
