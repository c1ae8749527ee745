//! awsJson1.1: the operation is in `X-Amz-Target`, input and output are JSON objects.
//!
//! <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html>

use serde::de::DeserializeOwned;
use serde_json::json;

use super::Fault;
use crate::sandbox::guesses;

/// Of requests and replies.
pub(crate) const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// Both prefixes are in use: the model's `targetPrefix`, and the one of the API reference's examples.
const PREFIXES: [&str; 2] = [
    "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.",
    "CloudTrail_20131101.",
];

/// The operation a target names.
pub(crate) fn operation(target: &str) -> Option<&str> {
    PREFIXES
        .iter()
        .find_map(|prefix| target.strip_prefix(prefix))
        .filter(|name| !name.is_empty())
}

/// Reads an input; an empty body is an empty object.
pub(crate) fn input<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    let body = if body.is_empty() { b"{}" } else { body };
    if body.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Err(Fault::new(guesses::NOT_JSON, "The request body is not a JSON object."));
    }
    serde_json::from_slice(body)
        .map_err(|error| Fault::new(guesses::NOT_JSON, format!("The request body cannot be read: {error}.")))
}

/// `{"__type":…,"message":…}`
pub(crate) fn error_body(fault: &Fault) -> Vec<u8> {
    json!({"__type": fault.code, "message": fault.message})
        .to_string()
        .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_target_prefixes_are_known() {
        assert_eq!(operation("CloudTrail_20131101.GetChannel"), Some("GetChannel"));
        assert_eq!(
            operation("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.GetChannel"),
            Some("GetChannel")
        );
        assert_eq!(operation("Logs_20140328.GetChannel"), None);
        assert_eq!(operation("CloudTrail_20131101."), None);
    }

    #[test]
    fn input_must_be_an_object() {
        assert!(input::<serde_json::Value>(b"").is_ok());
        for body in ["[]", "\"x\"", "{", "null"] {
            assert_eq!(
                input::<serde_json::Value>(body.as_bytes()).unwrap_err().code,
                guesses::NOT_JSON,
                "{body}"
            );
        }
    }
}
