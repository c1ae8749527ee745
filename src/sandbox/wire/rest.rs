//! restJson1: `POST /PutAuditEvents?channelArn=…&externalId=…`.
//!
//! <https://docs.aws.amazon.com/awscloudtraildata/latest/APIReference/API_PutAuditEvents.html>

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Fault;
use crate::sandbox::guesses;

/// Of requests and replies.
pub(crate) const CONTENT_TYPE: &str = "application/json";

/// The query string of `PutAuditEvents`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Query {
    /// `channelArn`
    pub(crate) channel_arn: Option<String>,
    /// `externalId`
    pub(crate) external_id: Option<String>,
}

/// The body of `PutAuditEvents`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    /// The entries.
    pub(crate) audit_events: Option<Vec<Entry>>,
}

/// `AuditEvent`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    /// The sender's id.
    pub(crate) id: Option<String>,
    /// A JSON object as a string.
    pub(crate) event_data: Option<String>,
    /// Base64 of the SHA-256 of `event_data`.
    pub(crate) event_data_checksum: Option<String>,
}

/// The reply; both lists are always there.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Output {
    /// Entries accepted.
    pub(crate) successful: Vec<Successful>,
    /// Entries refused.
    pub(crate) failed: Vec<Failed>,
}

/// `AuditEventResultEntry`
#[derive(Debug, Serialize)]
pub(crate) struct Successful {
    /// The sender's id.
    pub(crate) id: String,
    /// The id `CloudTrail` gave.
    #[serde(rename = "eventID")]
    pub(crate) event_id: String,
}

/// `ResultErrorEntry`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Failed {
    /// The sender's id.
    pub(crate) id: String,
    /// One of the documented codes.
    pub(crate) error_code: String,
    /// The sandbox's own words: AWS's are not known.
    pub(crate) error_message: String,
}

/// Reads the query string; the first of two equal names counts.
pub(crate) fn query(raw: &str) -> Query {
    let mut query = Query::default();
    for pair in raw.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let slot = match name {
            "channelArn" => &mut query.channel_arn,
            "externalId" => &mut query.external_id,
            _ => continue,
        };
        if slot.is_none() {
            *slot = Some(percent_decode_str(value).decode_utf8_lossy().into_owned());
        }
    }
    query
}

/// Reads the body.
pub(crate) fn body(bytes: &[u8]) -> Result<Body, Fault> {
    serde_json::from_slice(bytes)
        .map_err(|error| Fault::new(guesses::NOT_JSON, format!("The request body cannot be read: {error}.")))
}

/// `{"message":…}`; the code is in the header `x-amzn-ErrorType`.
pub(crate) fn error_body(fault: &Fault) -> Vec<u8> {
    json!({"message": fault.message}).to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_is_percent_decoded() {
        let read = query("externalId=a%2Bb&channelArn=arn%3Aaws%3Acloudtrail&x=y&externalId=z");
        assert_eq!(read.channel_arn.as_deref(), Some("arn:aws:cloudtrail"));
        assert_eq!(read.external_id.as_deref(), Some("a+b"));
        assert_eq!(query("externalId=").external_id.as_deref(), Some(""));
        assert_eq!(query(""), Query::default());
    }
}
