//! From an entry to the event that is sent, or to the reasons why it is not.

use std::borrow::Cow;

use super::check::{Facts, check, check_size};
use super::encode::escape;
use super::entry::{Entry, Place};
use super::form::{Form, Unwrapped, Wrapping, not_an_object, unreadable, unwrap};
use super::id::{EntryId, Occurrences, base64, sha256};
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
    encoded: String,
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
    pub fn encoded(&self) -> &str {
        &self.encoded
    }

    /// The same without its checksum and its last brace, for whoever puts something else beside it.
    pub fn unsummed(&self) -> &str {
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
    let id = id.clone()?;
    Some(take(Complete {
        id,
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
const SUM_LEN: usize = r#","eventDataChecksum":""}"#.len() + 44;

/// The entry of a request's body, as the AWS SDK would write it.
fn encoded(id: &EntryId, event_data: &str, digest: &[u8; 32]) -> String {
    // Every fifth byte of an event is a quote at most, as a rule; if not, the string grows.
    let mut out = String::with_capacity(event_data.len() + event_data.len() / 4 + id.as_str().len() + 96);
    out.push_str("{\"id\":\"");
    out.push_str(id.as_str());
    out.push_str("\",\"eventData\":\"");
    escape(event_data, &mut out);
    out.push_str("\",\"eventDataChecksum\":\"");
    base64(digest, &mut out);
    out.push_str("\"}");
    out
}

#[cfg(test)]
mod tests {
    use super::super::split::Splitter;
    use super::*;

    const EVENT: &str = r#"{"version":"1.0","userIdentity":{"type":"User","principalId":"alice"},"eventSource":"app.example.com","eventName":"Login","eventTime":"2026-11-20T12:00:00Z","UID":"evt-1","recipientAccountId":"123456789012"}"#;

    /// The event of Nordcloud's own documentation.
    const NORDCLOUD: &str = r#"{"eventData":{"version":"v1","userIdentity":{"type":"USER","principalId":"name@example.com"},"eventSource":"com.nordcloudapp.com.klarity","eventName":"discoveryRule.created","eventTime":"2022-07-12T10:55:00","UID":"00000000-00000000-00000000-00000000","requestParameters":{"ruleName":"rule name","ruleId":"00000000-00000000-00000000-00000001","environment":"test env","application":"test app"}}}"#;

    type Prepared = Vec<Result<AuditEvent, Box<Refusal>>>;

    fn all(input: &[u8], gaps: Gaps) -> Prepared {
        let owner = "123456789012".parse().unwrap();
        let terms = Terms {
            owner: Some(&owner),
            gaps,
        };
        let mut occurrences = Occurrences::default();
        let mut out = Vec::new();
        let mut splitter = Splitter::new("in".into());
        let mut sink = |entry: Entry<'_>| out.push(prepare(&entry, &terms, &mut occurrences));
        splitter.feed(input, &mut sink);
        splitter.finish(&mut sink);
        out
    }

    fn one(input: &str) -> AuditEvent {
        let mut out = all(input.as_bytes(), Gaps::Fill);
        assert_eq!(out.len(), 1);
        out.pop().unwrap().unwrap()
    }

    /// The text that is sent, as a JSON reader takes it out of the request.
    fn event_data(event: &AuditEvent) -> String {
        let entry: serde_json::Value = serde_json::from_str(event.encoded()).unwrap();
        entry["eventData"].as_str().unwrap().to_owned()
    }

    fn codes(input: &[u8], gaps: Gaps) -> Vec<String> {
        let refusal = all(input, gaps).pop().unwrap().unwrap_err();
        let code = |v: &Violation| format!("{} {}", v.pointer, v.rule.code());
        refusal.violations.iter().map(code).collect()
    }

    #[test]
    fn what_is_complete_is_sent_byte_for_byte() {
        let odd = EVENT.replace(
            "\"UID\"",
            " \"additionalEventData\" : {\"big\":123456789012345678901234567890, \"e\":1.0E+2,\"dup\":1,\"dup\":2,\"s\":\"\\u00e9\\/é\"},\n\"UID\"",
        );
        let event = one(&odd);
        assert_eq!(event_data(&event), odd);
        assert_eq!(event.id().as_str(), "evt-1");
        assert_eq!(
            event.filled(),
            Filled {
                id: true,
                ..Filled::default()
            }
        );
        assert_eq!(event.event_source(), "app.example.com");
        assert_eq!(event.wrapping(), Wrapping::Bare);
        assert!(event.warnings().is_empty());
    }

    #[test]
    fn the_event_of_the_vendors_documentation_goes() {
        let event = one(NORDCLOUD);
        // Every byte of the input but for the splices.
        let inner = NORDCLOUD
            .strip_prefix("{\"eventData\":")
            .and_then(|rest| rest.strip_suffix("}"))
            .unwrap();
        let sent = inner.replace("10:55:00", "10:55:00Z").replace(
            "\"test app\"}}",
            "\"test app\"},\"recipientAccountId\":\"123456789012\"}",
        );
        assert_eq!(event_data(&event), sent);
        assert_eq!(event.id().as_str(), "00000000-00000000-00000000-00000000");
        assert_eq!(
            event.filled(),
            Filled {
                recipient_account_id: true,
                uid: false,
                id: true,
                event_time: true
            }
        );
        assert_eq!(event.wrapping(), Wrapping::Object);
        assert_eq!(event.time().unix(), 1_657_623_300);
        assert!(!format!("{event:?}").contains("name@example.com"));
        assert_eq!(
            codes(NORDCLOUD.as_bytes(), Gaps::Refuse),
            [
                "/eventData/eventTime event_time",
                "/eventData/recipientAccountId missing",
                "/id missing"
            ]
        );
    }

    #[test]
    fn a_missing_uid_comes_from_the_content() {
        let without = EVENT.replace("\"UID\":\"evt-1\",", "");
        let events = all(format!("{without}\n{without}\n").as_bytes(), Gaps::Fill);
        let ids: Vec<_> = events
            .iter()
            .map(|event| event.as_ref().unwrap().id().to_string())
            .collect();
        // printf %s "$without" | sha256sum
        let hash = "262f4c73affb0ae3ac55be4f84cd1b6e761229b682a0c4e0a35c41f9a669dd86";
        assert_eq!(ids, [hash.to_owned(), format!("{hash}-2")]);
        let first = events[0].as_ref().unwrap();
        let tail = format!(",\"UID\":\"{hash}\"}}");
        assert_eq!(event_data(first), without.trim_end_matches('}').to_owned() + &tail);
        assert!(first.filled().uid && first.filled().id);
    }

    #[test]
    fn splices_leave_white_space_and_order_alone() {
        let text = "{ \"eventTime\" : \"2026-11-20T12:00:00.5+02:00\" ,\r\n \"version\":\"1\",\"userIdentity\":{\"principalId\":\"a\",\"type\":\"b\"},\"eventSource\":\"s\",\"eventName\":\"n\" \n}";
        let event = one(text);
        let uid = event.id().to_string();
        assert_eq!(
            event_data(&event),
            format!(
                "{{ \"eventTime\" : \"2026-11-20T10:00:00Z\" ,\r\n \"version\":\"1\",\"userIdentity\":{{\"principalId\":\"a\",\"type\":\"b\"}},\"eventSource\":\"s\",\"eventName\":\"n\",\"UID\":\"{uid}\",\"recipientAccountId\":\"123456789012\" \n}}"
            )
        );
    }

    #[test]
    fn an_audit_event_keeps_its_id_and_its_checksum_is_verified() {
        let quoted = serde_json::to_string(EVENT).unwrap();
        // printf %s "$EVENT" | openssl dgst -binary -sha256 | base64
        let sum = "lhudtR9NiLy05glWzsLk4gm/fubKBAYP+F+0GVNOYbg=";
        let event = one(&format!(
            "{{\"id\":\"x-1\",\"eventData\":{quoted},\"eventDataChecksum\":\"{sum}\"}}"
        ));
        assert_eq!(event.id().as_str(), "x-1");
        assert_eq!(event_data(&event), EVENT);
        assert_eq!(event.filled(), Filled::default());
        assert_eq!(event.wrapping(), Wrapping::AuditEvent);
        let entry = format!("{{\"id\":\"x-1\",\"eventData\":{quoted},\"eventDataChecksum\":\"{sum}\"}}");
        assert_eq!(event.encoded(), entry);
        // With --no-fill, this one is complete.
        assert!(all(entry.as_bytes(), Gaps::Refuse)[0].is_ok());
    }

    #[test]
    fn a_wrong_wrapping_is_refused_with_its_reason() {
        for (input, wanted) in [
            ("[[]]", vec![" not_json"]),
            ("12", vec![" not_json"]),
            ("{\"a\":}", vec![" not_json"]),
            ("{\"a\":1", vec![" truncated"]),
            ("{\"Records\":[]}", vec!["/Records cloudtrail_log"]),
            ("[{\"auditEvents\":[]}]", vec!["/auditEvents envelope"]),
            ("{\"eventData\":1}", vec!["/eventData wrong_type"]),
            ("{\"eventData\":\"[]\"}", vec!["/eventData not_json"]),
            ("{\"eventData\":\"{\"}", vec!["/eventData truncated"]),
            ("{\"eventData\":\"\\ud800\"}", vec!["/eventData half_surrogate_pair"]),
            ("\u{1f}\u{8b}", vec![" not_json"]),
        ] {
            assert_eq!(codes(input.as_bytes(), Gaps::Fill), wanted, "{input}");
        }
        assert_eq!(codes(b"{\"a\":\"\xff\"}", Gaps::Fill), [" not_utf8"]);
        assert_eq!(codes(b"\x1f\x8b\x08\x00", Gaps::Fill), [" unreadable"]);
        for (beside, wanted) in [
            ("\"id\":\"a:b\"", "/id entry_id"),
            ("\"id\":\"\"", "/id entry_id"),
            ("\"id\":1", "/id wrong_type"),
            ("\"id\":\"a\",\"id\":\"b\"", "/id duplicate_member"),
            ("\"eventDataChecksum\":\"abc\"", "/eventDataChecksum checksum"),
            ("\"eventDataChecksum\":null", "/eventDataChecksum wrong_type"),
            (
                "\"eventCategory\":\"ActivityAuditLog\"",
                "/eventCategory unknown_member",
            ),
            ("\"eventData\":{}", "/eventData duplicate_member"),
        ] {
            let input = format!("{{\"eventData\":{EVENT},{beside}}}");
            assert_eq!(codes(input.as_bytes(), Gaps::Fill), [wanted], "{input}");
        }
    }

    #[test]
    fn a_refusal_knows_its_id_and_shows_no_value() {
        let input = EVENT.replace("\"1.0\"", "17").replace("alice", "s3cret\\ud800");
        let refusal = all(input.as_bytes(), Gaps::Fill).pop().unwrap().unwrap_err();
        assert_eq!(refusal.id.as_ref().map(EntryId::as_str), Some("evt-1"));
        assert_eq!(refusal.first().unwrap().pointer, "/version");
        assert!(!format!("{refusal:?}").contains("s3cret"));
    }

    #[test]
    fn an_event_over_its_size_is_refused_whole() {
        let pad = |n: usize| {
            let details = format!("\"alice\",\"details\":{{\"a\":\"{}\"}}", "x".repeat(n));
            EVENT.replace("\"alice\"", &details)
        };
        let around = pad(0).len();
        assert!(one(&pad(256_000 - around)).warnings().is_empty());
        assert_eq!(one(&pad(262_144 - around)).warnings().len(), 1);
        assert_eq!(codes(pad(262_145 - around).as_bytes(), Gaps::Fill), [" too_large"]);
    }
}
