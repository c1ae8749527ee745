//! Holding one event to the schema, with everything that is wrong with it found at once.
//!
//! Where AWS leaves a limit's unit open (characters or bytes, kB of 1000 or 1024), what only the
//! stricter reading refuses is a warning, and what the looser one refuses too is refused (reference §3.1).

use std::borrow::Cow;
use std::net::IpAddr;

use super::form::{not_an_object, twice};
use super::schema::{ADDED_BY_CLOUDTRAIL, EVENT, Field, Holds, IDENTITY, MAX_EVENT_KB, meant};
use super::text::Object;
use super::time::EventTime;
use super::value::{Kind, Member, Value};
use super::violation::{Rule, Violation, step};
use super::{Gaps, Terms};
use crate::model::AccountId;

/// How many things are said about one event. More than this is some other kind of file.
const MAX_FOUND: usize = 100;

/// What the validator learnt about an event, for filling in and for what is said about it.
#[derive(Default)]
pub(super) struct Facts<'a> {
    pub(super) uid: Option<Cow<'a, str>>,
    pub(super) event_source: Option<Cow<'a, str>>,
    pub(super) time: Option<(Value<'a>, EventTime)>,
    pub(super) has_recipient: bool,
}

/// Checks an event. Pointers begin with `base`.
pub(super) fn check<'a>(object: &Object<'a>, base: &str, terms: &Terms<'_>, found: &mut Vec<Violation>) -> Facts<'a> {
    let mut check = Check { terms, found };
    let values = check.members(object, &EVENT, &|| base.to_owned());
    let mut facts = Facts::default();
    for (field, value) in EVENT.iter().zip(values) {
        let pointer = || format!("{base}/{}", field.name);
        let Some(value) = value else {
            check.absent(field, pointer);
            continue;
        };
        match field.holds {
            Holds::Text(max) => {
                let text = check.text(field, value, max, pointer);
                match field.name {
                    "UID" => facts.uid = text,
                    "eventSource" => facts.event_source = text,
                    _ => {}
                }
            }
            Holds::Object(kb) => check.object(field, value, kb, pointer),
            Holds::Identity => check.identity(field, value, pointer),
            Holds::Time => facts.time = check.time(field, value, pointer).map(|time| (value, time)),
            Holds::Account => {
                facts.has_recipient = true;
                check.account(field, value, pointer);
            }
            Holds::Address => check.address(field, value, pointer),
        }
    }
    check.half_pair(object, base);
    facts
}

/// Checks the size of the text that would be sent.
pub(super) fn check_size(event_data: &str, found: &mut Vec<Violation>) {
    if let Some((severe, message)) = too_large("The event", event_data.len(), MAX_EVENT_KB) {
        found.push(size(severe, String::new(), message));
    }
}

fn too_large(what: &str, bytes: usize, kb: usize) -> Option<(bool, String)> {
    let (strict, loose) = (kb * 1000, kb * 1024);
    let severe = bytes > loose;
    (bytes > strict).then(|| {
        let message = if severe {
            format!("{what} has {bytes} bytes, and {kb} kB are allowed: {loose} at most.")
        } else {
            format!("{what} has {bytes} bytes: {kb} kB are allowed, and AWS does not say that they are of 1024.")
        };
        (severe, message)
    })
}

fn size(severe: bool, pointer: String, message: String) -> Violation {
    let violation = if severe {
        Violation::error(Rule::TooLarge, pointer, message)
    } else {
        Violation::warning(Rule::TooLarge, pointer, message)
    };
    violation.fix("Shorten it at its source, white space included.")
}

struct Check<'c> {
    terms: &'c Terms<'c>,
    found: &'c mut Vec<Violation>,
}

impl Check<'_> {
    fn push(&mut self, violation: Violation) {
        // However much there is to warn of, the first error is never left out: it refuses the event.
        if self.found.len() < MAX_FOUND || violation.refuses() && !self.found.iter().any(Violation::refuses) {
            self.found.push(violation);
        }
    }

    /// The value of each field, in the fields' order. What belongs to none, or stands twice, is reported.
    fn members<'a, const N: usize>(
        &mut self,
        object: &Object<'a>,
        fields: &[Field; N],
        base: &dyn Fn() -> String,
    ) -> [Option<Value<'a>>; N] {
        let mut values = [None; N];
        for member in object.members() {
            let name = member.name();
            let slot = fields
                .iter()
                .zip(values.iter_mut())
                .find(|(field, _)| field.name == name);
            match slot {
                Some((_, slot @ None)) => *slot = Some(member.value()),
                Some(_) => self.push(twice(&(base() + &step(&name)))),
                None => self.unknown(member, fields, &base()),
            }
        }
        values
    }

    fn unknown(&mut self, member: &Member<'_>, fields: &[Field], base: &str) {
        let name = member.name();
        let outermost = fields.len() == EVENT.len();
        let pointer = format!("{base}{}", step(&name));
        let fix = if let Some(meant) = meant(&name, fields) {
            format!("Did you mean {meant}?")
        } else if outermost && ADDED_BY_CLOUDTRAIL.contains(&&*name) {
            "Leave it out: CloudTrail adds it by itself.".to_owned()
        } else if outermost {
            "Move it into additionalEventData.".to_owned()
        } else {
            "Move it into details.".to_owned()
        };
        // The pages speak of the event's own members; whether userIdentity may have more, they do not say.
        let violation = if outermost {
            Violation::error(Rule::UnknownMember, pointer, "The schema has no such member.")
        } else {
            Violation::warning(
                Rule::UnknownMember,
                pointer,
                "The schema has no such member of userIdentity.",
            )
        };
        self.push(violation.fix(fix));
    }

    fn absent(&mut self, field: &Field, pointer: impl Fn() -> String) {
        let filled = self.terms.gaps == Gaps::Fill
            && match field.holds {
                Holds::Account => self.terms.owner.is_some(),
                _ => field.name == "UID",
            };
        if field.required && !filled {
            self.push(
                Violation::error(Rule::Missing, pointer(), format!("{} is missing.", field.name))
                    .fix(format!("Add it: {}.", field.about)),
            );
        }
    }

    fn wrong_type(&mut self, field: &Field, value: Value<'_>, wanted: &str, pointer: String) {
        let kind = value.kind();
        let message = format!("{} is {}, not {wanted}.", field.name, kind.with_article());
        let violation = Violation::error(Rule::WrongType, pointer, message);
        self.push(match (kind, field.required) {
            (Kind::Null, false) => violation.fix("Leave the member out."),
            _ => violation,
        });
    }

    /// The text of a string; of anything else, none, and that is reported.
    fn string<'a>(&mut self, field: &Field, value: Value<'a>, pointer: impl Fn() -> String) -> Option<Cow<'a, str>> {
        if value.kind() != Kind::String {
            self.wrong_type(field, value, "a string", pointer());
            return None;
        }
        match value.text() {
            Ok(text) => Some(text),
            Err(half) => {
                let message = format!("{} cannot be read: {half}.", field.name);
                self.push(Violation::error(Rule::HalfPair, pointer(), message));
                None
            }
        }
    }

    fn text<'a>(
        &mut self,
        field: &Field,
        value: Value<'a>,
        max: usize,
        pointer: impl Fn() -> String,
    ) -> Option<Cow<'a, str>> {
        let text = self.string(field, value, &pointer)?;
        if text.is_empty() {
            let message = format!("{} is empty.", field.name);
            self.push(if field.name == "UID" {
                Violation::error(Rule::Empty, pointer(), message)
                    .fix("Leave it out, and ctl send makes it from the event's content.")
            } else {
                Violation::warning(Rule::Empty, pointer(), message)
            });
        }
        if text.len() > max {
            let chars = text.chars().count();
            self.push(if chars > max {
                let message = format!("{} has {chars} characters, and {max} are allowed.", field.name);
                Violation::error(Rule::TooLong, pointer(), message).fix("Shorten it at its source.")
            } else {
                let bytes = text.len();
                let message = format!(
                    "{} has {chars} characters in {bytes} bytes: {max} are allowed, and AWS does not say of which.",
                    field.name
                );
                Violation::warning(Rule::TooLong, pointer(), message)
            });
        }
        Some(text)
    }

    fn object(&mut self, field: &Field, value: Value<'_>, kb: Option<usize>, pointer: impl Fn() -> String) {
        if value.kind() != Kind::Object {
            return self.wrong_type(field, value, "an object", pointer());
        }
        let bytes = value.raw().len();
        if let Some((severe, message)) = kb.and_then(|kb| too_large(field.name, bytes, kb)) {
            self.push(size(severe, pointer(), message));
        }
    }

    fn identity(&mut self, field: &Field, value: Value<'_>, pointer: impl Fn() -> String) {
        if value.kind() != Kind::Object {
            return self.wrong_type(field, value, "an object", pointer());
        }
        let object = match Object::read(value.raw()) {
            Ok(object) => object,
            // It was read as part of the event; the outer reading has refused whatever this one would.
            Err(flaw) => return self.push(not_an_object(&pointer(), flaw)),
        };
        let values = self.members(&object, &IDENTITY, &pointer);
        for (field, value) in IDENTITY.iter().zip(values) {
            let pointer = || format!("{}/{}", pointer(), field.name);
            match (value, field.holds) {
                (None, _) => self.absent(field, pointer),
                (Some(value), Holds::Text(max)) => {
                    self.text(field, value, max, pointer);
                }
                (Some(value), _) => self.object(field, value, None, pointer),
            }
        }
    }

    fn time(&mut self, field: &Field, value: Value<'_>, pointer: impl Fn() -> String) -> Option<EventTime> {
        let text = self.string(field, value, &pointer)?;
        let Some(time) = EventTime::read(&text) else {
            self.push(
                Violation::error(Rule::EventTime, pointer(), "eventTime is no time.")
                    .fix("Write it as YYYY-MM-DDTHH:MM:SSZ, in UTC."),
            );
            return None;
        };
        if !time.is_as_sent() && self.terms.gaps != Gaps::Fill {
            self.push(
                Violation::error(
                    Rule::EventTime,
                    pointer(),
                    "eventTime is not of the form YYYY-MM-DDTHH:MM:SSZ.",
                )
                .fix("Write it in that form, in UTC; ctl send converts it, unless told not to fill in."),
            );
        }
        Some(time)
    }

    fn account(&mut self, field: &Field, value: Value<'_>, pointer: impl Fn() -> String) {
        let Some(text) = self.string(field, value, &pointer) else {
            return;
        };
        if self.terms.owner.is_some_and(|owner| owner.as_str() == text) {
            return;
        }
        if text.parse::<AccountId>().is_err() {
            self.push(
                Violation::error(
                    Rule::Recipient,
                    pointer(),
                    "recipientAccountId is no account ID: that is twelve digits.",
                )
                .fix("Leave it out, and ctl send fills in the channel's account."),
            );
            return;
        }
        if let Some(owner) = self.terms.owner {
            let message = format!("recipientAccountId is not {owner}, the account that owns the channel.");
            self.push(
                Violation::error(Rule::Recipient, pointer(), message)
                    .fix("Leave it out, or send the event to a channel of its own account."),
            );
        }
    }

    fn address(&mut self, field: &Field, value: Value<'_>, pointer: impl Fn() -> String) {
        let Some(text) = self.string(field, value, &pointer) else {
            return;
        };
        if text.parse::<IpAddr>().is_err() {
            self.push(
                Violation::error(
                    Rule::IpAddress,
                    pointer(),
                    "sourceIPAddress is neither an IPv4 nor an IPv6 address.",
                )
                .fix("Leave it out where there is none; a host's name can go into additionalEventData."),
            );
        }
    }

    /// Half a pair in what ctl need not read is sent as it came, since the escape itself is plain text.
    fn half_pair(&mut self, object: &Object<'_>, base: &str) {
        let Some(at) = object.half_pair() else { return };
        if self.found.iter().any(|found| found.rule == Rule::HalfPair) {
            return;
        }
        let member = object
            .members()
            .iter()
            .find(|member| (member.value().start()..member.value().end()).contains(&at));
        let pointer = member.map_or_else(String::new, |member| step(&member.name()));
        self.push(
            Violation::warning(
                Rule::HalfPair,
                format!("{base}{pointer}"),
                "A string in it holds half a surrogate pair, which CloudTrail may refuse.",
            )
            .fix("Mend it at its source; it is sent as it came."),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: &str = "123456789012";

    /// The minimal valid event of reference §3.3.
    const MINIMAL: &str = r#"{"version":"1.0","userIdentity":{"type":"User","principalId":"alice"},"eventSource":"app.example.com","eventName":"Login","eventTime":"2026-11-20T12:00:00Z","UID":"evt-1","recipientAccountId":"123456789012"}"#;

    /// `pointer rule` of everything found, a warning with a question mark.
    fn found(text: &str, gaps: Gaps) -> Vec<String> {
        let owner = OWNER.parse().unwrap();
        let terms = Terms {
            owner: Some(&owner),
            gaps,
        };
        let object = Object::read(text).ok().unwrap();
        let mut found = Vec::new();
        check(&object, "", &terms, &mut found);
        found
            .iter()
            .map(|v| {
                let mark = if v.refuses() { "" } else { "?" };
                format!("{} {}{mark}", v.pointer, v.rule.code())
            })
            .collect()
    }

    fn with(old: &str, new: &str) -> Vec<String> {
        assert!(MINIMAL.contains(old), "{old}");
        found(&MINIMAL.replace(old, new), Gaps::Refuse)
    }

    fn plus(member: &str) -> Vec<String> {
        with("\"UID\"", &format!("{member},\"UID\""))
    }

    #[test]
    fn the_minimal_event_is_valid() {
        assert_eq!(found(MINIMAL, Gaps::Refuse), [""; 0]);
        assert_eq!(found(MINIMAL, Gaps::Fill), [""; 0]);
    }

    #[test]
    fn everything_that_is_wrong_is_found_at_once() {
        assert_eq!(
            found("{}", Gaps::Refuse),
            [
                "/version missing",
                "/userIdentity missing",
                "/eventSource missing",
                "/eventName missing",
                "/eventTime missing",
                "/UID missing",
                "/recipientAccountId missing"
            ]
        );
        assert_eq!(
            found(
                r#"{"eventVersion":"1","userIdentity":{"type":7},"eventSource":null,"eventName":"","eventTime":1,"a/b":1,"version":"1","version":"2"}"#,
                Gaps::Fill
            ),
            [
                "/eventVersion unknown_member",
                "/a~1b unknown_member",
                "/version duplicate_member",
                "/userIdentity/type wrong_type",
                "/userIdentity/principalId missing",
                "/eventSource wrong_type",
                "/eventName empty?",
                "/eventTime wrong_type"
            ]
        );
    }

    #[test]
    fn types_are_those_of_the_schema() {
        for (member, wanted) in [
            (r#""userAgent":"curl""#, None),
            (r#""userAgent":null"#, Some("/userAgent wrong_type")),
            (r#""userAgent":1"#, Some("/userAgent wrong_type")),
            (r#""requestParameters":{"a":[null,1,{}]}"#, None),
            (r#""requestParameters":{"a":1,"a":2}"#, None),
            (r#""requestParameters":"None""#, Some("/requestParameters wrong_type")),
            (r#""responseElements":[{}]"#, Some("/responseElements wrong_type")),
            (r#""errorCode":404"#, Some("/errorCode wrong_type")),
            (r#""sourceIPAddress":"192.0.2.7""#, None),
            (r#""sourceIPAddress":"2001:db8::1""#, None),
            (r#""sourceIPAddress":"None""#, Some("/sourceIPAddress ip_address")),
            (r#""sourceIPAddress":"""#, Some("/sourceIPAddress ip_address")),
            (
                r#""sourceIPAddress":"192.0.2.7:80""#,
                Some("/sourceIPAddress ip_address"),
            ),
            (r#""sourceIPAddress":"192.0.2.07""#, Some("/sourceIPAddress ip_address")),
            (
                r#""sourceIpAddress":"192.0.2.7""#,
                Some("/sourceIpAddress unknown_member"),
            ),
            (r#""eventID":"x""#, Some("/eventID unknown_member")),
            (r#""errorCode":"\ud800""#, Some("/errorCode half_surrogate_pair")),
            (
                r#""requestParameters":{"a":"\ud800"}"#,
                Some("/requestParameters half_surrogate_pair?"),
            ),
        ] {
            assert_eq!(plus(member), wanted.into_iter().collect::<Vec<_>>(), "{member}");
        }
    }

    #[test]
    fn so_is_what_the_required_members_hold() {
        for (old, new, wanted) in [
            (
                "\"alice\"",
                "\"alice\",\"details\":\"None\"",
                Some("/userIdentity/details wrong_type"),
            ),
            ("\"alice\"", "\"alice\",\"details\":{\"a\":1}", None),
            (
                "\"alice\"",
                "\"alice\",\"userName\":\"a\"",
                Some("/userIdentity/userName unknown_member?"),
            ),
            (
                "\"alice\"",
                "\"alice\",\"type\":\"b\"",
                Some("/userIdentity/type duplicate_member"),
            ),
            ("\"evt-1\"", "\"\"", Some("/UID empty")),
            (
                "\"123456789012\"",
                "123456789012",
                Some("/recipientAccountId wrong_type"),
            ),
            ("123456789012", "210987654321", Some("/recipientAccountId recipient")),
            ("123456789012", "12345678901", Some("/recipientAccountId recipient")),
            (
                "{\"type\":\"User\",\"principalId\":\"alice\"}",
                "\"alice\"",
                Some("/userIdentity wrong_type"),
            ),
            ("\"UID\"", "\"\\u0055ID\"", None),
        ] {
            assert_eq!(with(old, new), wanted.into_iter().collect::<Vec<_>>(), "{new}");
        }
    }

    #[test]
    fn a_string_too_long_in_characters_is_refused_and_in_bytes_warned_of() {
        for (name, max) in [
            ("version", 256),
            ("userAgent", 1024),
            ("errorCode", 256),
            ("errorMessage", 256),
        ] {
            let text = |of: &str| match name {
                "version" => with("\"1.0\"", &format!("\"{of}\"")),
                _ => plus(&format!("\"{name}\":\"{of}\"")),
            };
            assert_eq!(text(&"x".repeat(max)), [""; 0], "{name}");
            assert_eq!(text(&"x".repeat(max + 1)), [format!("/{name} too_long")]);
            assert_eq!(text(&"é".repeat(max)), [format!("/{name} too_long?")]);
            assert_eq!(text(&"\\u0061".repeat(max)), [""; 0], "escapes count as what they say");
        }
        assert_eq!(
            with("\"User\"", &format!("\"{}\"", "x".repeat(129))),
            ["/userIdentity/type too_long"]
        );
        assert_eq!(
            with("\"evt-1\"", &format!("\"{}\"", "x".repeat(1025))),
            ["/UID too_long"]
        );
    }

    #[test]
    fn kilobytes_are_of_1000_for_a_warning_and_of_1024_for_a_refusal() {
        for (name, kb) in [
            ("requestParameters", 100),
            ("responseElements", 100),
            ("additionalEventData", 28),
        ] {
            let of = |bytes: usize| plus(&format!("\"{name}\":{{\"a\":\"{}\"}}", "x".repeat(bytes - 8)));
            assert_eq!(of(kb * 1000), [""; 0]);
            assert_eq!(of(kb * 1000 + 1), [format!("/{name} too_large?")]);
            assert_eq!(of(kb * 1024), [format!("/{name} too_large?")]);
            assert_eq!(of(kb * 1024 + 1), [format!("/{name} too_large")]);
        }
        for (bytes, wanted) in [
            (256_000, None),
            (256_001, Some(false)),
            (262_144, Some(false)),
            (262_145, Some(true)),
        ] {
            let mut found = Vec::new();
            check_size(&"x".repeat(bytes), &mut found);
            assert_eq!(found.first().map(Violation::refuses), wanted, "{bytes}");
        }
    }

    #[test]
    fn gaps_are_violations_only_where_they_are_not_filled() {
        let cases = [
            (
                ",\"recipientAccountId\":\"123456789012\"",
                "",
                "/recipientAccountId missing",
            ),
            ("\"UID\":\"evt-1\",", "", "/UID missing"),
            ("12:00:00Z", "12:00:00", "/eventTime event_time"),
            ("12:00:00Z", "12:00:00.5+01:00", "/eventTime event_time"),
        ];
        for (old, new, wanted) in cases {
            assert_eq!(with(old, new), [wanted]);
            assert_eq!(found(&MINIMAL.replace(old, new), Gaps::Fill), [""; 0]);
        }
        let bad = MINIMAL.replace("2026-11-20T", "202-11-20T");
        assert_eq!(found(&bad, Gaps::Fill), ["/eventTime event_time"]);
    }

    #[test]
    fn a_file_of_another_kind_gets_no_endless_list() {
        let many: Vec<_> = (0..1000).map(|n| format!("\"k{n}\":1")).collect();
        let text = format!("{{{}}}", many.join(","));
        assert_eq!(found(&text, Gaps::Fill).len(), MAX_FOUND);
    }

    #[test]
    fn no_number_of_warnings_hides_an_error() {
        let many: Vec<_> = (0..1000).map(|n| format!(",\"k{n}\":1")).collect();
        let text = MINIMAL
            .replace("\"alice\"", &format!("\"alice\"{}", many.concat()))
            .replace("\"UID\":\"evt-1\"", "\"UID\":7");
        let found = found(&text, Gaps::Fill);
        assert_eq!(found.len(), MAX_FOUND + 1);
        assert_eq!(found.last().unwrap(), "/UID wrong_type");
    }
}
