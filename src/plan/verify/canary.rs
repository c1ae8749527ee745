//! The event that is sent to be found again.

use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use crate::model::AccountId;
use crate::model::event::compose::{Identity, NewEvent};
use crate::model::time::rfc3339;

/// The event source of canaries: nobody else's, so that they are told from events at a glance.
pub const SOURCE: &str = "ctl.canary";
/// The event name of canaries.
pub const NAME: &str = "Verify";

/// A canary that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canary {
    /// Its UID, which no other event has.
    pub uid: String,
    /// Its time, in whole seconds.
    pub time: Timestamp,
    owner: AccountId,
    caller: Option<String>,
}

impl Canary {
    /// A canary for a channel of this account, sent by this caller as far as it is known.
    pub fn new(uid: Uuid, time: Timestamp, owner: &AccountId, caller: Option<&str>) -> Self {
        Self {
            uid: format!("ctl-canary-{uid}"),
            time: Timestamp::from_second(time.as_second()).unwrap_or(time),
            owner: owner.clone(),
            caller: caller.map(str::to_owned),
        }
    }

    /// The event, on one line.
    pub fn text(&self) -> String {
        let additional = json!({
            "canary": "true",
            "note": "Sent by ctl verify to prove that the integration works; nothing happened.",
        });
        let event = NewEvent {
            event_source: SOURCE.to_owned(),
            event_name: NAME.to_owned(),
            event_time: rfc3339(self.time),
            uid: self.uid.clone(),
            identity: Identity {
                kind: "ctl".to_owned(),
                principal_id: self.caller.clone().unwrap_or_else(|| "unknown".to_owned()),
            },
            request_parameters: serde_json::Map::new(),
            additional: additional.as_object().cloned().unwrap_or_default(),
            recipient: Some(self.owner.clone()),
        };
        event.text()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::event::{Entry, Event as _, Gaps, Judged, Occurrences, Place, Terms};

    #[test]
    fn a_canary_is_a_valid_event_and_says_what_it_is() {
        let owner: AccountId = "111122223333".parse().unwrap();
        let at = "2026-11-20T12:00:00.75Z".parse().unwrap();
        let canary = Canary::new(Uuid::nil(), at, &owner, None);
        let text = canary.text();
        let entry = Entry {
            place: Place {
                file: "canary".into(),
                line: 1,
                index: 1,
                offset: 0,
            },
            bytes: text.as_bytes(),
            broken: None,
        };
        let terms = Terms {
            owner: Some(&owner),
            gaps: Gaps::AsItIs,
        };
        let event = Judged::read(&entry, &terms, &mut Occurrences::default()).unwrap();
        assert_eq!(event.event_source(), "ctl.canary");
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["UID"], "ctl-canary-00000000-0000-0000-0000-000000000000");
        assert_eq!(value["eventTime"], "2026-11-20T12:00:00Z");
        assert_eq!(value["additionalEventData"]["canary"], "true");
        assert_eq!(value["recipientAccountId"], "111122223333");
    }
}
