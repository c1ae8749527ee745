//! The schema of an integration event: every member, its type, its limit.
//!
//! One table, from the pages "CloudTrail Lake integrations event schema" of the user guide and of the
//! partner guide, which agree (reference §3.1). The validator reads it; so does whatever else has to
//! agree with it.

/// What a member may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// A string of at most so many characters.
    Text(usize),
    /// A JSON object of at most so many kB, where a limit is stated.
    Object(Option<usize>),
    /// The object of [`IDENTITY`].
    Identity,
    /// The time of the event, UTC.
    Time,
    /// The account that owns the channel.
    Account,
    /// An IPv4 or IPv6 address.
    Address,
}

/// One member of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its exact spelling.
    pub name: &'static str,
    /// Whether an event without it is refused.
    pub required: bool,
    /// What it may hold.
    pub holds: Holds,
    /// What it says, for whoever has to add it.
    pub about: &'static str,
}

const fn field(name: &'static str, required: bool, holds: Holds, about: &'static str) -> Field {
    Field {
        name,
        required,
        holds,
        about,
    }
}

/// The members of an event.
pub const EVENT: [Field; 14] = [
    field(
        "version",
        true,
        Holds::Text(256),
        "the version of the event at its source",
    ),
    field(
        "userIdentity",
        true,
        Holds::Identity,
        "an object with type and principalId: who did it",
    ),
    field(
        "userAgent",
        false,
        Holds::Text(1024),
        "the agent the request came through",
    ),
    field(
        "eventSource",
        true,
        Holds::Text(1024),
        "the partner's event source, or the application's name",
    ),
    field("eventName", true, Holds::Text(1024), "what was done"),
    field("eventTime", true, Holds::Time, "when it was done, UTC"),
    field(
        "UID",
        true,
        Holds::Text(1024),
        "the request's or event's identifier at its source",
    ),
    field(
        "requestParameters",
        false,
        Holds::Object(Some(100)),
        "what the request asked for",
    ),
    field(
        "responseElements",
        false,
        Holds::Object(Some(100)),
        "what the reply said",
    ),
    field(
        "errorCode",
        false,
        Holds::Text(256),
        "the code of the error, if it failed",
    ),
    field(
        "errorMessage",
        false,
        Holds::Text(256),
        "the message of the error, if it failed",
    ),
    field("sourceIPAddress", false, Holds::Address, "where the request came from"),
    field(
        "recipientAccountId",
        true,
        Holds::Account,
        "the account that owns the channel",
    ),
    field(
        "additionalEventData",
        false,
        Holds::Object(Some(28)),
        "anything that has no place elsewhere",
    ),
];

/// The members of `userIdentity`.
pub const IDENTITY: [Field; 3] = [
    field(
        "type",
        true,
        Holds::Text(128),
        "what kind of identity it is, in free text",
    ),
    field("principalId", true, Holds::Text(1024), "who it is"),
    field("details", false, Holds::Object(None), "more about the identity"),
];

/// The size of one event, in kB (partner guide, tasks page, and the service quotas: reference §2.5).
pub const MAX_EVENT_KB: usize = 256;

/// Names that other schemas use for a member, in lower case. Everything CloudTrail adds to the stored
/// record but `eventVersion` is in [`ADDED_BY_CLOUDTRAIL`] instead.
const ALIASES: [(&str, &str); 20] = [
    // The CLI walkthrough in the user guide itself says eventVersion (reference §11).
    ("eventversion", "version"),
    ("id", "UID"),
    ("uuid", "UID"),
    ("requestid", "UID"),
    ("timestamp", "eventTime"),
    ("time", "eventTime"),
    ("source", "eventSource"),
    ("action", "eventName"),
    ("sourceip", "sourceIPAddress"),
    ("sourceipaddr", "sourceIPAddress"),
    ("clientip", "sourceIPAddress"),
    ("accountid", "recipientAccountId"),
    ("recipientaccount", "recipientAccountId"),
    ("awsaccountid", "recipientAccountId"),
    ("identity", "userIdentity"),
    ("user", "userIdentity"),
    ("additionaldata", "additionalEventData"),
    ("parameters", "requestParameters"),
    ("response", "responseElements"),
    ("principal", "principalId"),
];

/// What CloudTrail puts into the stored record by itself (reference §3.2).
pub(super) const ADDED_BY_CLOUDTRAIL: [&str; 6] = [
    "eventCategory",
    "eventType",
    "eventID",
    "awsRegion",
    "addendum",
    "metadata",
];

/// The member of these that an unknown name was probably meant to be.
pub(super) fn meant(name: &str, fields: &[Field]) -> Option<&'static str> {
    let lower = name.to_lowercase();
    let known = |wanted: &str| fields.iter().map(|field| field.name).find(|known| *known == wanted);
    let spelt = fields
        .iter()
        .map(|field| field.name)
        .find(|known| known.to_lowercase() == lower);
    let alias = || {
        let (_, wanted) = ALIASES.iter().find(|(alias, _)| *alias == lower)?;
        known(wanted)
    };
    let near = || {
        fields
            .iter()
            .map(|field| (strsim::osa_distance(&lower, &field.name.to_lowercase()), field.name))
            .filter(|(distance, name)| distance * 4 <= name.len())
            .min()
            .map(|(_, name)| name)
    };
    spelt.or_else(alias).or_else(near)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_members_are_known() {
        for (name, meant_one) in [
            ("eventVersion", Some("version")),
            ("sourceIpAddress", Some("sourceIPAddress")),
            ("sourceIPAdress", Some("sourceIPAddress")),
            ("uid", Some("UID")),
            ("Uid", Some("UID")),
            ("id", Some("UID")),
            ("eventsource", Some("eventSource")),
            ("eventTimes", Some("eventTime")),
            ("recipientAccountID", Some("recipientAccountId")),
            ("additionalEventdata", Some("additionalEventData")),
            ("responseElement", Some("responseElements")),
            ("userIdentiy", Some("userIdentity")),
            ("colour", None),
            ("principalId", None),
            ("", None),
        ] {
            assert_eq!(meant(name, &EVENT), meant_one, "{name}");
        }
        assert_eq!(meant("principalID", &IDENTITY), Some("principalId"));
        assert_eq!(meant("userName", &IDENTITY), None);
    }

    #[test]
    fn eight_members_are_required() {
        // The "required" column of reference §3.1; userIdentity's two are within it.
        let required = |fields: &[Field]| -> Vec<_> {
            fields
                .iter()
                .filter(|field| field.required)
                .map(|field| field.name)
                .collect()
        };
        assert_eq!(
            required(&EVENT),
            [
                "version",
                "userIdentity",
                "eventSource",
                "eventName",
                "eventTime",
                "UID",
                "recipientAccountId"
            ]
        );
        assert_eq!(required(&IDENTITY), ["type", "principalId"]);
    }
}
