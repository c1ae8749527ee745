//! The schema of an event as a JSON Schema (draft 2020-12), for editors and for other programs.
//!
//! It is projected from the one table in [`schema`](super::schema), which the validator reads too, so
//! that both refuse the same events. What a JSON Schema cannot say is in [`UNSAID`]. Warnings are no
//! reason to refuse, so the schema knows nothing of them.

use serde_json::{Map, Value, json};

use super::schema::{EVENT, Field, Holds, IDENTITY, MAX_EVENT_KB};

/// What the validator refuses and a JSON Schema cannot.
pub const UNSAID: [&str; 6] = [
    "the sizes of objects in bytes",
    "the size of the whole event in bytes",
    "a member that stands twice",
    "half a surrogate pair",
    "brackets that nest deeper than 1000 levels",
    "that recipientAccountId is the account which owns the channel",
];

/// A day that the calendar has, as `YYYY-MM-DD`.
const DATE: &str = "(?:(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29\
    |[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8])))";
/// A time of a day.
const TIME: &str = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]";
/// A byte of an IPv4 address.
const OCTET: &str = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

/// The schema of what is sent: the event itself, without any wrapping.
pub fn event() -> Value {
    document(
        "CloudTrail Lake integration event",
        &format!(
            "What stands in eventData of PutAuditEvents. An event has at most {MAX_EVENT_KB} kB. Not said here: {}.",
            UNSAID.join("; ")
        ),
        sent(),
    )
}

/// The schema of what CloudTrail stores: the event, and what CloudTrail adds to it.
pub fn stored() -> Value {
    let mut event = sent();
    if let Some(time) = event.pointer_mut("/properties/eventTime") {
        *time = stored_time("When it was done, UTC");
    }
    let text = |about: &str| json!({"description": about, "type": "string"});
    let record = json!({
        "type": "object",
        "properties": {
            "eventVersion": text("The version of the record"),
            "eventCategory": {"description": "The category of the event", "const": "ActivityAuditLog"},
            "eventType": {"description": "The type of the event", "const": "ActivityLog"},
            "eventID": {"description": "The id that CloudTrail gave the event", "type": "string", "minLength": 1},
            "eventTime": stored_time("When it was done, UTC"),
            "awsRegion": {"description": "The Region that it was sent to", "type": "string", "minLength": 1},
            "recipientAccountId": account("The account that owns the channel"),
            "addendum": addendum(),
            "metadata": {
                "description": "How the event came in",
                "type": "object",
                "properties": {
                    "ingestionTime": stored_time("When CloudTrail took it in, UTC"),
                    "channelARN": {"description": "The channel", "type": "string", "pattern": "^arn:[a-z-]+:cloudtrail:"},
                },
                "required": ["ingestionTime", "channelARN"],
            },
            "eventData": event,
        },
        "required": [
            "eventVersion", "eventCategory", "eventType", "eventID", "eventTime", "awsRegion", "recipientAccountId",
            "metadata", "eventData",
        ],
    });
    document(
        "CloudTrail Lake integration event, as stored",
        "The event as it was sent, in eventData, and what CloudTrail adds around it.",
        record,
    )
}

fn document(title: &str, description: &str, schema: Value) -> Value {
    let mut document = Map::new();
    document.insert(
        "$schema".to_owned(),
        json!("https://json-schema.org/draft/2020-12/schema"),
    );
    document.insert("title".to_owned(), json!(title));
    document.insert("description".to_owned(), json!(description));
    if let Value::Object(members) = schema {
        document.extend(members);
    }
    Value::Object(document)
}

fn sent() -> Value {
    let mut schema = object(&EVENT);
    // Members of the event itself that the schema does not have are refused; those of userIdentity warned of.
    schema.insert("additionalProperties".to_owned(), json!(false));
    Value::Object(schema)
}

fn object(fields: &[Field]) -> Map<String, Value> {
    let properties: Map<String, Value> = fields
        .iter()
        .map(|field| (field.name.to_owned(), value(field)))
        .collect();
    let required: Vec<&str> = fields
        .iter()
        .filter(|field| field.required)
        .map(|field| field.name)
        .collect();
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Value::Object(properties));
    schema.insert("required".to_owned(), json!(required));
    schema
}

fn value(field: &Field) -> Value {
    let about = sentence(field.about);
    match field.holds {
        // An empty UID tells no event from another; other texts may be empty, with a warning.
        Holds::Text(max) if field.name == "UID" => {
            json!({"description": about, "type": "string", "minLength": 1, "maxLength": max})
        }
        Holds::Text(max) => json!({"description": about, "type": "string", "maxLength": max}),
        Holds::Object(None) => json!({"description": about, "type": "object"}),
        Holds::Object(Some(kb)) => {
            json!({"description": format!("{about}; at most {kb} kB"), "type": "object"})
        }
        Holds::Identity => {
            let mut identity = object(&IDENTITY);
            identity.insert("description".to_owned(), json!(about));
            Value::Object(identity)
        }
        Holds::Time => json!({
            "description": format!("{about}: YYYY-MM-DDTHH:MM:SSZ"),
            "type": "string",
            "pattern": format!("^{DATE}T{TIME}Z$"),
            "maxLength": 20,
        }),
        Holds::Account => account(&about),
        Holds::Address => json!({
            "description": format!("{about}: an IPv4 or IPv6 address"),
            "type": "string",
            "pattern": format!("^(?:{}|{})$", ipv4(), ipv6()),
            "maxLength": 45,
        }),
    }
}

fn account(about: &str) -> Value {
    json!({"description": about, "type": "string", "pattern": "^[0-9]{12}$", "maxLength": 12})
}

/// A time of a stored record. What the service keeps of `Z` and fractions is not documented.
fn stored_time(about: &str) -> Value {
    json!({
        "description": about,
        "type": "string",
        "pattern": format!("^{DATE}[T ]{TIME}(?:\\.[0-9]+)?Z?$"),
    })
}

/// Why a record was delivered late or again. The last three are there only when it was updated.
fn addendum() -> Value {
    let only_updated = ["updatedFields", "originalUID", "originalEventID"];
    let text = |about: &str| json!({"description": about, "type": "string"});
    let absent: Map<String, Value> = only_updated
        .iter()
        .map(|name| ((*name).to_owned(), json!(false)))
        .collect();
    json!({
        "description": "Why the record was delivered late or again",
        "type": "object",
        "properties": {
            "reason": text("The reason"),
            "updatedFields": text("What was updated"),
            "originalUID": text("The UID of the event that was updated"),
            "originalEventID": text("The eventID of the event that was updated"),
        },
        "if": {"properties": {"reason": {"const": "UPDATED_DATA"}}, "required": ["reason"]},
        "else": {"properties": absent},
    })
}

fn ipv4() -> String {
    format!("{OCTET}(?:\\.{OCTET}){{3}}")
}

/// The forms of RFC 4291 §2.2: eight groups, the last two perhaps as IPv4, and one `::` for one or more.
fn ipv6() -> String {
    let group = "[0-9A-Fa-f]{1,4}";
    let v4 = ipv4();
    let end = format!("(?:{group}:{group}|{v4})");
    let mut forms = vec![format!("(?:{group}:){{6}}{end}")];
    for before in 0_usize..=7 {
        let head = match before {
            0 => String::new(),
            1 => group.to_owned(),
            n => format!("{group}(?::{group}){{{}}}", n - 1),
        };
        // What follows `::` has at most this many groups; an IPv4 address counts for two.
        let after = 7 - before;
        let groups = match after {
            0 => String::new(),
            n => format!("(?:{group}(?::{group}){{0,{}}})?", n - 1),
        };
        forms.push(format!("{head}::{groups}"));
        if let Some(groups) = after.checked_sub(2) {
            forms.push(format!("{head}::(?:{group}:){{0,{groups}}}{v4}"));
        }
    }
    forms.join("|")
}

fn sentence(about: &str) -> String {
    let mut letters = about.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
