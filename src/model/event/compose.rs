//! A new event, written from what is known of it: an example to start from, or a test event.

use serde_json::{Map, Value, json};

use crate::model::AccountId;

/// Who did it, as free text of two parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// What kind of identity it is.
    pub kind: String,
    /// Who it is.
    pub principal_id: String,
}

/// What a new event says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The event source.
    pub event_source: String,
    /// What was done.
    pub event_name: String,
    /// When, of the form `YYYY-MM-DDTHH:MM:SSZ`.
    pub event_time: String,
    /// Its identifier.
    pub uid: String,
    /// Who did it.
    pub identity: Identity,
    /// What the request asked for, if anything.
    pub request_parameters: Map<String, Value>,
    /// What does not fit anywhere else, if anything.
    pub additional: Map<String, Value>,
    /// The account that owns the channel, if it is known.
    pub recipient: Option<AccountId>,
}

/// The version of the event at its source, where nobody says any other.
const VERSION: &str = "1.0";

impl Identity {
    /// Somebody who stands in for whoever did it.
    pub fn placeholder() -> Self {
        Self {
            kind: "CustomUserIdentity".to_owned(),
            principal_id: "example-user".to_owned(),
        }
    }
}

impl std::str::FromStr for Identity {
    type Err = &'static str;

    /// Reads `TYPE:PRINCIPAL`; what stands behind the first colon may hold others.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some((kind, principal_id)) if !kind.is_empty() && !principal_id.is_empty() => Ok(Self {
                kind: kind.to_owned(),
                principal_id: principal_id.to_owned(),
            }),
            _ => Err("it is not of the form TYPE:PRINCIPAL, User:alice for instance"),
        }
    }
}

impl NewEvent {
    /// The event on one line.
    pub fn text(&self) -> String {
        let mut event = Map::new();
        let mut put = |name: &str, value: Value| event.insert(name.to_owned(), value);
        put("version", json!(VERSION));
        put(
            "userIdentity",
            json!({"type": self.identity.kind, "principalId": self.identity.principal_id}),
        );
        put("eventSource", json!(self.event_source));
        put("eventName", json!(self.event_name));
        put("eventTime", json!(self.event_time));
        put("UID", json!(self.uid));
        if !self.request_parameters.is_empty() {
            put("requestParameters", json!(self.request_parameters));
        }
        if !self.additional.is_empty() {
            put("additionalEventData", json!(self.additional));
        }
        if let Some(account) = &self.recipient {
            put("recipientAccountId", json!(account.as_str()));
        }
        Value::Object(event).to_string()
    }
}
