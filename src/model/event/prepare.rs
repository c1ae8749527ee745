//! From an entry to the event that is sent, or to the reasons why it is not.

use std::borrow::Cow;

use super::check::{Facts, check, check_size};
use super::encode::escape;
use super::entry::{Entry, Place};
use super::form::{Form, Unwrapped, Wrapping, not_an_object, unreadable, unwrap};
use super::id::{EntryId, Occurrences, SUM, base64, sha256};
use super::text::Object;
use super::time::EventTime;
use super::violation::{Rule, Violation};
use crate::model::AccountId;

/// What is done about what an event lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gaps {
    /// It is filled in where it follows from the channel or from the event.
    Fill,
    /// The event is refused.
    Refuse,
    /// The event is refused, unless what it lacks is no part of it: an event that is not in an entry of
    /// the API's needs no entry id, since that is made from its UID.
    AsItIs,
}

impl Gaps {
    fn want_an_id(self, wrapping: Wrapping) -> bool {
        match self {
            Self::Fill => false,
            Self::Refuse => true,
            Self::AsItIs => wrapping == Wrapping::AuditEvent,
        }
    }
}

/// What events are held to beside the schema.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The account that owns the channel: `recipientAccountId` must be this one (reference §2.5).
    pub owner: Option<&'a AccountId>,
    /// What is done about gaps.
    pub gaps: Gaps,
}

/// What was filled in, in one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent facts, counted one by one"
)]
pub struct Filled {
    /// The account was put in.
    pub recipient_account_id: bool,
    /// The UID was made from the content.
    pub uid: bool,
    /// The entry id was made from the UID.
    pub id: bool,
    /// The time was put into the form that is sent.
    pub event_time: bool,
}

/// An event that may be sent: exactly what goes onto the wire, and what is known about it.
///
/// Its `Debug` does not show the event.
#[derive(Clone, PartialEq, Eq)]
pub struct AuditEvent {
    id: EntryId,
    encoded: Vec<u8>,
    digest: [u8; 32],
    event_source: String,
    time: EventTime,
    place: Place,
    wrapping: Wrapping,
    filled: Filled,
    maybe_stored: bool,
    warnings: Vec<Violation>,
}

impl AuditEvent {
    fn of(event: Complete<'_>) -> Self {
        let digest = sha256(event.event_data);
        Self {
            encoded: encoded(&event.id, event.event_data, &digest),
            digest,
            id: event.id,
            event_source: event.event_source,
            time: event.time,
            place: event.place,
            wrapping: event.wrapping,
            filled: event.filled,
            maybe_stored: event.maybe_stored,
            warnings: Vec::new(),
        }
    }

    /// The entry's id in the request, and in the reply.
    pub fn id(&self) -> &EntryId {
        &self.id
    }

    /// Its entry in a request's body: id, text and checksum, escaped as it goes onto the wire. Only a
    /// request and a file of rejects may show it.
    pub fn encoded(&self) -> &[u8] {
        &self.encoded
    }

    /// The same without its checksum and its last brace, for whoever puts something else beside it.
    pub fn unsummed(&self) -> &[u8] {
        let end = self.encoded.len().saturating_sub(SUM_LEN);
        self.encoded.get(..end).unwrap_or_default()
    }

    /// The SHA-256 of the text that is sent.
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// The event's source.
    pub fn event_source(&self) -> &str {
        &self.event_source
    }

    /// The event's time.
    pub fn time(&self) -> EventTime {
        self.time
    }

    /// Where the event stands in its input.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The wrapping it came in.
    pub fn wrapping(&self) -> Wrapping {
        self.wrapping
    }

    /// What was filled in.
    pub fn filled(&self) -> Filled {
        self.filled
    }

    /// Whether an earlier delivery may have stored it, which left it over as a reject.
    pub fn maybe_stored(&self) -> bool {
        self.maybe_stored
    }

    /// What is not quite right with it.
    pub fn warnings(&self) -> &[Violation] {
        &self.warnings
    }
}

impl std::fmt::Debug for AuditEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuditEvent")
            .field("id", &self.id)
            .field("place", &self.place)
            .field("encoded", &format_args!("(redacted)"))
            .finish_non_exhaustive()
    }
}

/// An event that is not sent, with everything that is wrong with it.
///
/// Its `Debug` does not show the entry.
#[derive(Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Where it stands in its input.
    pub place: Place,
    /// Its entry id, as far as it has one.
    pub id: Option<EntryId>,
    /// What is wrong, warnings included.
    pub violations: Vec<Violation>,
    /// The entry as it stood; what was too long to be held is not. Only a file of rejects may show it.
    pub entry: Option<Box<[u8]>>,
}

impl Refusal {
    /// The violation that stands for the refusal where there is room for one.
    pub fn first(&self) -> Option<&Violation> {
        self.violations.iter().find(|violation| violation.refuses())
    }

    /// The code under which it is counted.
    pub fn code(&self) -> &'static str {
        self.first().map_or("refused", |violation| violation.rule.code())
    }
}

impl std::fmt::Debug for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Refusal")
            .field("place", &self.place)
            .field("id", &self.id)
            .field("violations", &self.violations)
            .field("entry", &format_args!("(redacted)"))
            .finish()
    }
}

/// Reads, checks and completes one entry.
///
/// `occurrences` is that of the entry's input. It is asked only for an event that has no UID.
pub fn prepare(
    entry: &Entry<'_>,
    terms: &Terms<'_>,
    occurrences: &mut Occurrences,
) -> Result<AuditEvent, Box<Refusal>> {
    let (event, warnings) = read(entry, terms, occurrences, AuditEvent::of)?;
    Ok(AuditEvent { warnings, ..event })
}

/// An event that lacks nothing, its text as it would be sent.
pub(super) struct Complete<'c> {
    pub(super) id: EntryId,
    pub(super) event_data: &'c str,
    pub(super) event_source: String,
    pub(super) time: EventTime,
    pub(super) place: Place,
    pub(super) wrapping: Wrapping,
    pub(super) filled: Filled,
    pub(super) maybe_stored: bool,
}

/// Reads, checks and completes one entry, and takes of it what is wanted. Answers the warnings, too.
pub(super) fn read<T>(
    entry: &Entry<'_>,
    terms: &Terms<'_>,
    occurrences: &mut Occurrences,
    take: fn(Complete<'_>) -> T,
) -> Result<(T, Vec<Violation>), Box<Refusal>> {
    let mut draft = Draft::default();
    match make(entry, terms, occurrences, &mut draft, take) {
        Some(made) if !draft.found.iter().any(Violation::refuses) => Ok((made, draft.found)),
        _ => {
            let whole = || (!entry.bytes.is_empty()).then(|| entry.bytes.to_vec());
            Err(Box::new(Refusal {
                place: entry.place.clone(),
                id: draft.id,
                violations: draft.found,
                entry: draft.kept.or_else(whole).map(Vec::into_boxed_slice),
            }))
        }
    }
}

/// What is known of an entry while it is read.
#[derive(Default)]
struct Draft {
    found: Vec<Violation>,
    id: Option<EntryId>,
    /// The entry that stands in a reject.
    kept: Option<Vec<u8>>,
}

fn make<T>(
    entry: &Entry<'_>,
    terms: &Terms<'_>,
    occurrences: &mut Occurrences,
    draft: &mut Draft,
    take: fn(Complete<'_>) -> T,
) -> Option<T> {
    let text = readable(entry, &mut draft.found)?;
    match unwrap(text, &mut draft.found)? {
        Form::Event(unwrapped) => complete(unwrapped, entry, terms, occurrences, draft, take),
        Form::Kept(kept) => {
            let kept = draft.kept.insert(kept).clone();
            let text = utf8(&kept, &mut draft.found)?;
            match unwrap(text, &mut draft.found)? {
                Form::Event(unwrapped) => complete(unwrapped, entry, terms, occurrences, draft, take),
                Form::Kept(_) => {
                    draft.found.push(Violation::error(
                        Rule::NotJson,
                        "/entry",
                        "This is a reject inside a reject, and no event.",
                    ));
                    None
                }
            }
        }
    }
}

fn complete<T>(
    unwrapped: Unwrapped<'_>,
    entry: &Entry<'_>,
    terms: &Terms<'_>,
    occurrences: &mut Occurrences,
    draft: &mut Draft,
    take: fn(Complete<'_>) -> T,
) -> Option<T> {
    let Draft { found, id, .. } = draft;
    id.clone_from(&unwrapped.beside.id);
    let base = unwrapped.wrapping.pointer();
    let object = match unwrapped.object {
        Some(object) => object,
        None => Object::read(&unwrapped.text)
            .map_err(|flaw| found.push(not_an_object(base, flaw)))
            .ok()?,
    };
    let facts = check(&object, base, terms, found);
    if let Some(uid) = facts.uid.as_deref().filter(|uid| !uid.is_empty()) {
        id.get_or_insert_with(|| EntryId::from_uid(uid));
    }
    if unwrapped.beside.id.is_none() && terms.gaps.want_an_id(unwrapped.wrapping) && !broken_id(found) {
        found.push(
            Violation::error(Rule::Missing, "/id", "The entry has no id.").fix(
                "Wrap the event as {\"id\":…,\"eventData\":…}; ctl send takes the UID, unless told not to fill in.",
            ),
        );
    }
    if found.iter().any(Violation::refuses) {
        check_size(object.text(), found);
        return None;
    }
    let (_, time) = facts.time?;
    let filled = Filled {
        recipient_account_id: !facts.has_recipient,
        uid: facts.uid.is_none(),
        id: unwrapped.beside.id.is_none(),
        event_time: !time.is_as_sent(),
    };
    let made_uid = if filled.uid {
        Some(made_uid(object.text(), occurrences, found)?)
    } else {
        None
    };
    let event_data = spliced(&object, &facts, made_uid.as_deref(), terms);
    check_size(&event_data, found);
    if let Some(uid) = made_uid.as_deref() {
        id.get_or_insert_with(|| EntryId::from_uid(uid));
    }
    if found.iter().any(Violation::refuses) {
        return None;
    }
    Some(take(Complete {
        id: id.take()?,
        event_data: &event_data,
        event_source: facts.event_source.unwrap_or_default().into_owned(),
        time,
        place: entry.place.clone(),
        wrapping: unwrapped.wrapping,
        filled,
        maybe_stored: unwrapped.beside.maybe_stored,
    }))
}

/// The UID that follows from the content.
fn made_uid(content: &str, occurrences: &mut Occurrences, found: &mut Vec<Violation>) -> Option<String> {
    let uid = occurrences.uid(content);
    if uid.is_none() {
        let message = "It has no UID, and how often it stands in the input could not be counted.";
        found.push(Violation::error(Rule::Unreadable, "", message));
    }
    uid
}

fn broken_id(found: &[Violation]) -> bool {
    found.iter().any(|violation| violation.pointer == "/id")
}

/// The entry's text, unless the cutter or its encoding refuses it.
fn readable<'a>(entry: &Entry<'a>, found: &mut Vec<Violation>) -> Option<&'a str> {
    if let Some(broken) = entry.broken {
        found.push(unreadable(broken));
        return None;
    }
    utf8(entry.bytes, found)
}

fn utf8<'a>(bytes: &'a [u8], found: &mut Vec<Violation>) -> Option<&'a str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(wrong) => {
            let message = format!("It is not UTF-8 from byte {} on.", wrong.valid_up_to());
            found.push(
                Violation::error(Rule::NotUtf8, "", message).fix("Convert the input, for example with iconv -t UTF-8."),
            );
            None
        }
    }
}

/// The event's text with what was missing put in. Everything else stays as it came.
fn spliced<'a>(object: &Object<'a>, facts: &Facts<'_>, uid: Option<&str>, terms: &Terms<'_>) -> Cow<'a, str> {
    let text = object.text();
    let mut added = String::new();
    // Both values are of letters, digits and hyphens only, so they need no escaping.
    if let Some(uid) = uid {
        added.push_str(",\"UID\":\"");
        added.push_str(uid);
        added.push('"');
    }
    if let Some(owner) = terms.owner.filter(|_| !facts.has_recipient) {
        added.push_str(",\"recipientAccountId\":\"");
        added.push_str(owner.as_str());
        added.push('"');
    }
    let time = facts
        .time
        .filter(|(_, time)| !time.is_as_sent())
        .map(|(value, time)| (value.start(), value.end(), format!("\"{time}\"")));
    if added.is_empty() && time.is_none() {
        return Cow::Borrowed(text);
    }
    let tail = object.tail();
    let cut = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let mut out = String::with_capacity(text.len() + added.len() + 32);
    match time {
        Some((start, end, time)) => {
            out.push_str(cut(0, start));
            out.push_str(&time);
            out.push_str(cut(end, tail));
        }
        None => out.push_str(cut(0, tail)),
    }
    out.push_str(&added);
    out.push_str(cut(tail, text.len()));
    Cow::Owned(out)
}

/// The checksum with its name, in base64, and the last brace.
const SUM_LEN: usize = r#","eventDataChecksum":""}"#.len() + SUM;

/// The entry of a request's body, as the AWS SDK would write it.
fn encoded(id: &EntryId, event_data: &str, digest: &[u8; 32]) -> Vec<u8> {
    // Every fifth byte of an event is a quote at most, as a rule; if not, it grows.
    let mut out = Vec::with_capacity(event_data.len() + event_data.len() / 4 + id.as_str().len() + 96);
    out.extend_from_slice(br#"{"id":""#);
    out.extend_from_slice(id.as_str().as_bytes());
    out.extend_from_slice(br#"","eventData":""#);
    escape(event_data, &mut out);
    out.extend_from_slice(br#"","eventDataChecksum":""#);
    out.extend_from_slice(&base64(digest));
    out.extend_from_slice(br#""}"#);
    out
}

#[cfg(test)]
mod tests;
