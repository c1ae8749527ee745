//! What an entry holds: the event itself, or the event in one of its wrappings.

use std::borrow::Cow;

use super::entry::Broken;
use super::id::from_base64;
use super::text::Object;
use super::value::{Flaw, Kind, Member};
use super::violation::{Rule, Violation, step};
use super::{EntryId, checksum};

/// The wrapping an event came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wrapping {
    /// The event itself.
    Bare,
    /// `{"eventData":{…}}`
    Object,
    /// `{"id":…,"eventData":"{…}","eventDataChecksum":…}`, the API's own.
    AuditEvent,
    /// `{"id":…,"eventData":"{…}","rejected":{…}}`: what an earlier delivery left over.
    Reject,
}

impl Wrapping {
    /// What to call it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bare => "bare event",
            Self::Object => "eventData object",
            Self::AuditEvent => "AuditEvent",
            Self::Reject => "reject",
        }
    }

    /// The pointer of the event's outermost object inside the entry.
    pub fn pointer(self) -> &'static str {
        match self {
            Self::Bare => "",
            Self::Object | Self::AuditEvent | Self::Reject => "/eventData",
        }
    }
}

/// The event inside an entry, still as text.
pub(super) struct Unwrapped<'a> {
    pub(super) wrapping: Wrapping,
    /// The text of the event.
    pub(super) text: Cow<'a, str>,
    /// The event as it was read, where reading the entry has read it already.
    pub(super) object: Option<Object<'a>>,
    /// What stands beside it.
    pub(super) beside: Beside,
}

/// What stands beside an event in its wrapping.
#[derive(Default)]
pub(super) struct Beside {
    /// The entry id that was given.
    pub(super) id: Option<EntryId>,
    /// An earlier delivery left it over.
    reject: bool,
    /// That delivery does not know whether the event was stored.
    pub(super) maybe_stored: bool,
}

/// What an entry holds.
pub(super) enum Form<'a> {
    /// An event.
    Event(Unwrapped<'a>),
    /// An entry of another input, which was refused there and kept as it stood.
    Kept(Vec<u8>),
}

/// Takes the wrapping off. What is wrong with the wrapping is added to `found`; without an event in it, `None`.
pub(super) fn unwrap<'a>(entry: &'a str, found: &mut Vec<Violation>) -> Option<Form<'a>> {
    let object = match Object::read(entry) {
        Ok(object) => object,
        Err(flaw) => {
            found.push(not_an_object("", flaw));
            return None;
        }
    };
    let event_data = object.members().iter().find(|member| member.is_named("eventData"));
    let Some(member) = event_data else {
        return bare(object, found);
    };
    let value = member.value();
    let (wrapping, text) = match (value.kind(), value.text()) {
        (Kind::Object, _) => (Wrapping::Object, Cow::Borrowed(value.raw())),
        (Kind::String, Ok(text)) => (Wrapping::AuditEvent, text),
        (Kind::String, Err(half)) => {
            found.push(Violation::error(
                Rule::HalfPair,
                "/eventData",
                format!("eventData cannot be read: {half}."),
            ));
            return None;
        }
        (kind, _) => {
            let message = format!("eventData is {}, not an object or a string.", kind.with_article());
            found.push(Violation::error(Rule::WrongType, "/eventData", message));
            return None;
        }
    };
    let beside = beside(&object, &text, found);
    Some(Form::Event(Unwrapped {
        wrapping: if beside.reject { Wrapping::Reject } else { wrapping },
        text,
        object: None,
        beside,
    }))
}

fn bare<'a>(object: Object<'a>, found: &mut Vec<Violation>) -> Option<Form<'a>> {
    let has = |kind, name| {
        let mut members = object.members().iter();
        members.any(|member| member.value().kind() == kind && member.is_named(name))
    };
    if has(Kind::Object, "rejected") {
        return kept(&object, found).map(Form::Kept);
    }
    if has(Kind::Array, "Records") {
        found.push(unreadable(Broken::CloudTrailLog));
        return None;
    }
    if has(Kind::Array, "auditEvents") {
        found.push(
            Violation::error(
                Rule::Envelope,
                "/auditEvents",
                "This is a whole request where one event was wanted.",
            )
            .fix("Put it at the top of the file, not inside an array."),
        );
        return None;
    }
    Some(Form::Event(Unwrapped {
        wrapping: Wrapping::Bare,
        text: Cow::Borrowed(object.text()),
        object: Some(object),
        beside: Beside::default(),
    }))
}

/// The entry that an earlier delivery could not send, as it stood in its input.
fn kept(object: &Object<'_>, found: &mut Vec<Violation>) -> Option<Vec<u8>> {
    let text = |name| {
        object
            .get(name)
            .filter(|value| value.kind() == Kind::String)?
            .text()
            .ok()
    };
    let bytes = match text("entry") {
        Some(entry) => Some(entry.into_owned().into_bytes()),
        None => text("entryBase64").and_then(|coded| from_base64(&coded)),
    };
    if bytes.is_none() {
        found.push(Violation::error(
            Rule::Missing,
            "/entry",
            "This line says why an entry was refused, and does not hold the entry.",
        ));
    }
    bytes
}

/// Looks at the members beside `eventData`.
fn beside(object: &Object<'_>, text: &str, found: &mut Vec<Violation>) -> Beside {
    let mut seen: Vec<Cow<'_, str>> = Vec::with_capacity(3);
    let mut beside = Beside::default();
    for member in object.members() {
        let name = member.name();
        let pointer = step(&name);
        if seen.contains(&name) {
            found.push(twice(&pointer));
            continue;
        }
        match &*name {
            "eventData" => {}
            "id" => beside.id = entry_id(member, found),
            "rejected" => {
                beside.reject = true;
                beside.maybe_stored = is_maybe_stored(member);
            }
            "eventDataChecksum" => check_checksum(member, text, found),
            _ => found.push(
                Violation::error(
                    Rule::UnknownMember,
                    pointer,
                    "An AuditEvent has eventData, id and eventDataChecksum only.",
                )
                .fix("Leave it out; of a record that CloudTrail stored, only eventData can be sent."),
            ),
        }
        seen.push(name);
    }
    beside
}

fn is_maybe_stored(member: &Member<'_>) -> bool {
    let object = Object::read(member.value().raw()).ok();
    object.is_some_and(|object| object.get("maybe_stored").is_some_and(|value| value.raw() == "true"))
}

fn entry_id(member: &Member<'_>, found: &mut Vec<Violation>) -> Option<EntryId> {
    let value = member.value();
    let text = match (value.kind(), value.text()) {
        (Kind::String, Ok(text)) => text,
        (Kind::String, Err(_)) => Cow::Borrowed("\u{fffd}"),
        (kind, _) => {
            let message = format!("The id is {}, not a string.", kind.with_article());
            found.push(Violation::error(Rule::WrongType, "/id", message));
            return None;
        }
    };
    match text.parse() {
        Ok(id) => Some(id),
        Err(reason) => {
            found.push(
                Violation::error(
                    Rule::EntryId,
                    "/id",
                    format!("The API does not take this id: {reason}."),
                )
                .fix("Leave it out, and the UID stands for it."),
            );
            None
        }
    }
}

fn check_checksum(member: &Member<'_>, text: &str, found: &mut Vec<Violation>) {
    let value = member.value();
    if value.kind() != Kind::String {
        let message = format!("The checksum is {}, not a string.", value.kind().with_article());
        found.push(Violation::error(Rule::WrongType, "/eventDataChecksum", message));
    } else if value.text().ok().as_deref() != Some(&*checksum(text)) {
        found.push(
            Violation::error(
                Rule::Checksum,
                "/eventDataChecksum",
                "The checksum is not that of eventData: the event was changed after it was taken.",
            )
            .fix("If the event is right as it is, leave the checksum out: ctl puts in its own."),
        );
    }
}

/// An entry of which the cutter, or a look at its members, says what is wrong.
pub(super) fn unreadable(broken: Broken) -> Violation {
    let (rule, pointer) = match broken {
        Broken::Truncated | Broken::OpenArray => (Rule::Truncated, ""),
        Broken::TooLong => (Rule::TooLarge, ""),
        Broken::CloudTrailLog => (Rule::CloudTrailLog, "/Records"),
        Broken::CompressedTwice | Broken::Foreign(_) | Broken::WideText => (Rule::Unreadable, ""),
    };
    let violation = Violation::error(rule, pointer, sentence(&broken.to_string()));
    match broken.fix() {
        Some(fix) => violation.fix(fix),
        None => violation,
    }
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).chain(['.']).collect()
}

pub(super) fn not_an_object(pointer: &str, flaw: Flaw) -> Violation {
    let rule = match flaw {
        Flaw::Truncated(_) => Rule::Truncated,
        Flaw::Syntax { .. } | Flaw::TooDeep(_) | Flaw::NotAnObject(_) => Rule::NotJson,
    };
    Violation::error(rule, pointer, format!("This is no JSON object: {flaw}."))
}

pub(super) fn twice(pointer: &str) -> Violation {
    Violation::error(
        Rule::Duplicate,
        pointer,
        "It stands twice, and readers differ on which one counts.",
    )
    .fix("Leave one out.")
}
