//! One audit event: whether it may pass, and what is stored of it.
//!
//! The schema is <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-integration-event-schema.html>,
//! the codes <https://docs.aws.amazon.com/awscloudtraildata/latest/APIReference/API_ResultErrorEntry.html>. Which
//! code goes with what, and every message, is a guess.

use std::net::IpAddr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::clock::event_format;
use super::guesses;
use super::limits::field;

/// Why an event is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// One of the documented codes.
    pub(crate) code: &'static str,
    /// The sandbox's own words.
    pub(crate) message: String,
}

/// What the sandbox wants to know of an event that may pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Passed {
    /// The source's id.
    pub(crate) uid: String,
    /// Seconds after the epoch.
    pub(crate) time: i64,
}

const FIELD_TOO_LONG: &str = "FieldTooLong";
const FIELD_NOT_FOUND: &str = "FieldNotFound";
const INVALID_CHECKSUM: &str = "InvalidChecksum";
const INVALID_DATA: &str = "InvalidData";
const INVALID_RECIPIENT: &str = "InvalidRecipient";

/// What a field must be.
#[derive(Clone, Copy, Debug)]
enum Rule {
    /// A string of so many characters.
    Text(usize),
    /// A string whose form is looked at elsewhere.
    Formed,
    /// An object of so many bytes.
    Object(usize),
}

const TOP: [(&str, bool, Rule); 14] = [
    ("version", true, Rule::Text(field::VERSION)),
    ("userIdentity", true, Rule::Object(usize::MAX)),
    ("userAgent", false, Rule::Text(field::USER_AGENT)),
    ("eventSource", true, Rule::Text(field::EVENT_SOURCE)),
    ("eventName", true, Rule::Text(field::EVENT_NAME)),
    ("eventTime", true, Rule::Formed),
    ("UID", true, Rule::Text(field::UID)),
    ("requestParameters", false, Rule::Object(guesses::PARAMETERS_BYTES)),
    ("responseElements", false, Rule::Object(guesses::PARAMETERS_BYTES)),
    ("errorCode", false, Rule::Text(field::ERROR_CODE)),
    ("errorMessage", false, Rule::Text(field::ERROR_MESSAGE)),
    ("sourceIPAddress", false, Rule::Formed),
    ("recipientAccountId", true, Rule::Formed),
    ("additionalEventData", false, Rule::Object(guesses::ADDITIONAL_BYTES)),
];

const IDENTITY: [(&str, bool, Rule); 3] = [
    ("type", true, Rule::Text(field::IDENTITY_TYPE)),
    ("principalId", true, Rule::Text(field::PRINCIPAL_ID)),
    ("details", false, Rule::Object(usize::MAX)),
];

/// Looks at one entry; `owner` is the account of its channel.
pub(crate) fn check(event_data: &str, checksum: Option<&str>, owner: &str) -> Result<Passed, Refusal> {
    if let Some(checksum) = checksum
        && BASE64_STANDARD.encode(Sha256::digest(event_data)) != checksum
    {
        return refuse(
            INVALID_CHECKSUM,
            "eventDataChecksum is not the Base64 of the SHA-256 of eventData.",
        );
    }
    if event_data.len() > guesses::EVENT_BYTES {
        let message = format!("The event has {} bytes; 256 kB are allowed.", event_data.len());
        return refuse(FIELD_TOO_LONG, message);
    }
    let event = match serde_json::from_str(event_data) {
        Ok(Value::Object(event)) => event,
        Ok(_) => return refuse(INVALID_DATA, "eventData is not a JSON object."),
        Err(error) => return refuse(INVALID_DATA, format!("eventData is not JSON: {error}.")),
    };
    check_object(&event, "", &TOP)?;
    if let Some(Value::Object(identity)) = event.get("userIdentity") {
        check_object(identity, "userIdentity.", &IDENTITY)?;
    }
    let text = |name: &str| event.get(name).and_then(Value::as_str);
    let time = text("eventTime").and_then(event_time).ok_or_else(|| Refusal {
        code: INVALID_DATA,
        message: "eventTime must be a time in UTC of the form yyyy-MM-DDTHH:mm:ss.".to_owned(),
    })?;
    if text("sourceIPAddress").is_some_and(|address| address.parse::<IpAddr>().is_err()) {
        return refuse(INVALID_DATA, "sourceIPAddress is neither an IPv4 nor an IPv6 address.");
    }
    if text("recipientAccountId") != Some(owner) {
        return refuse(
            INVALID_RECIPIENT,
            "recipientAccountId is not the account that owns the channel.",
        );
    }
    Ok(Passed {
        uid: text("UID").unwrap_or_default().to_owned(),
        time,
    })
}

fn check_object(object: &Map<String, Value>, prefix: &str, rules: &[(&str, bool, Rule)]) -> Result<(), Refusal> {
    if let Some(key) = object.keys().find(|key| !rules.iter().any(|(name, ..)| name == key)) {
        return refuse(
            INVALID_DATA,
            format!("{prefix}{key} is not a field of the event schema."),
        );
    }
    for (name, needed, _) in rules {
        if *needed && object.get(*name).is_none_or(Value::is_null) {
            return refuse(
                FIELD_NOT_FOUND,
                format!("The required field {prefix}{name} is missing."),
            );
        }
    }
    for (name, _, rule) in rules {
        if let Some(value) = object.get(*name) {
            check_value(&format!("{prefix}{name}"), value, *rule)?;
        }
    }
    Ok(())
}

fn check_value(name: &str, value: &Value, rule: Rule) -> Result<(), Refusal> {
    let (count, limit, unit) = match (rule, value) {
        (Rule::Formed, Value::String(_)) => return Ok(()),
        (Rule::Text(limit), Value::String(text)) => (text.chars().count(), limit, "characters"),
        (Rule::Object(limit), Value::Object(_)) if limit == usize::MAX => return Ok(()),
        (Rule::Object(limit), Value::Object(_)) => (value.to_string().len(), limit, "bytes"),
        (Rule::Object(_), _) => return refuse(INVALID_DATA, format!("{name} is not a JSON object.")),
        _ => return refuse(INVALID_DATA, format!("{name} is not a string.")),
    };
    if count > limit {
        return refuse(
            FIELD_TOO_LONG,
            format!("{name} has {count} {unit}; {limit} are allowed."),
        );
    }
    Ok(())
}

/// `yyyy-MM-DDTHH:mm:ss` with or without `Z`, in seconds after the epoch.
fn event_time(text: &str) -> Option<i64> {
    let plain = text.strip_suffix('Z').unwrap_or(text);
    let shaped = plain.len() == 19
        && plain
            .bytes()
            .zip("0000-00-00T00:00:00".bytes())
            .all(|(byte, form)| match form {
                b'0' => byte.is_ascii_digit(),
                _ => byte == form,
            });
    if !shaped || plain.ends_with(":60") {
        return None;
    }
    let time: DateTime = plain.parse().ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
}

fn refuse<T>(code: &'static str, message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal {
        code,
        message: message.into(),
    })
}

/// A stored event (reference 3.2), with `eventData` as it came.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    event_version: &'a str,
    event_category: &'a str,
    event_type: &'a str,
    #[serde(rename = "eventID")]
    event_id: &'a str,
    event_time: String,
    aws_region: &'a str,
    recipient_account_id: &'a str,
    metadata: Metadata<'a>,
    event_data: &'a RawValue,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Metadata<'a> {
    ingestion_time: String,
    #[serde(rename = "channelARN")]
    channel_arn: &'a str,
}

/// Where and when an event came in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrival<'a> {
    /// Region of the call.
    pub(crate) region: &'a str,
    /// Owner of the channel.
    pub(crate) account: &'a str,
    /// The channel.
    pub(crate) channel_arn: &'a str,
    /// Milliseconds.
    pub(crate) now_ms: i64,
}

/// The record that is stored of an event that has passed.
pub(crate) fn record(
    event_data: &str,
    passed: &Passed,
    event_id: &str,
    arrival: Arrival<'_>,
) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Record {
        event_version: guesses::EVENT_VERSION,
        event_category: super::selectors::ACTIVITY_AUDIT_LOG,
        event_type: "ActivityLog",
        event_id,
        event_time: event_format(passed.time),
        aws_region: arrival.region,
        recipient_account_id: arrival.account,
        metadata: Metadata {
            ingestion_time: event_format(arrival.now_ms.div_euclid(1000)),
            channel_arn: arrival.channel_arn,
        },
        event_data: serde_json::from_str(event_data)?,
    })
}

#[cfg(test)]
mod tests;
