//! What is wrong with an event, under a code that does not change.
//!
//! A violation names the rule, the place (a JSON pointer, RFC 6901) and the way out. It never holds a
//! value of the event: ids, codes and pointers are all that is ever shown of one.

use std::fmt;

use crate::model::Severity;

/// The rules an event is held to before it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Not one JSON object.
    NotJson,
    /// Not UTF-8.
    NotUtf8,
    /// The input ended inside the event.
    Truncated,
    /// Compressed, or in another encoding than UTF-8.
    Unreadable,
    /// A CloudTrail log file, not an event of one's own.
    CloudTrailLog,
    /// An `{"auditEvents":[…]}` envelope where one event was wanted.
    Envelope,
    /// A member stands twice where it may stand once.
    Duplicate,
    /// A member that the schema does not have.
    UnknownMember,
    /// A required member is missing.
    Missing,
    /// The wrong JSON type.
    WrongType,
    /// A string that says nothing.
    Empty,
    /// A string beyond its limit.
    TooLong,
    /// An object or an event beyond its limit.
    TooLarge,
    /// Half a surrogate pair.
    HalfPair,
    /// Not a time, or not in the form that the service documents.
    EventTime,
    /// Not an IP address.
    IpAddress,
    /// Not an account, or not the channel owner's.
    Recipient,
    /// An entry id that the API does not allow.
    EntryId,
    /// The checksum that came with the event is not that of its text.
    Checksum,
    /// Older than the retention of the store.
    Old,
    /// Of a time that is still to come.
    Future,
    /// On a partner's channel, an event source that is not the partner's.
    ForeignSource,
    /// An old spelling of an event source.
    OldSpelling,
    /// An event like it, with the same UID, came before in the same run.
    Repeated,
}

impl Rule {
    /// The code that stands in every output.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotJson => "not_json",
            Self::NotUtf8 => "not_utf8",
            Self::Truncated => "truncated",
            Self::Unreadable => "unreadable",
            Self::CloudTrailLog => "cloudtrail_log",
            Self::Envelope => "envelope",
            Self::Duplicate => "duplicate_member",
            Self::UnknownMember => "unknown_member",
            Self::Missing => "missing",
            Self::WrongType => "wrong_type",
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::TooLarge => "too_large",
            Self::HalfPair => "half_surrogate_pair",
            Self::EventTime => "event_time",
            Self::IpAddress => "ip_address",
            Self::Recipient => "recipient",
            Self::EntryId => "entry_id",
            Self::Checksum => "checksum",
            Self::Old => "older_than_retention",
            Self::Future => "in_the_future",
            Self::ForeignSource => "foreign_source",
            Self::OldSpelling => "old_spelling",
            Self::Repeated => "repeated",
        }
    }
}

/// One thing wrong with an event: an error refuses it, a warning lets it go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// `Error` refuses the event, `Warning` does not.
    pub severity: Severity,
    /// The rule that is broken.
    pub rule: Rule,
    /// Where, from the entry's outermost object; `""` is the whole entry.
    pub pointer: String,
    /// What is wrong, a sentence.
    pub message: String,
    /// What to do, a sentence, where there is something.
    pub fix: Option<String>,
}

impl Violation {
    /// A violation that refuses the event.
    pub fn error(rule: Rule, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            rule,
            pointer: pointer.into(),
            message: message.into(),
            fix: None,
        }
    }

    /// A violation that does not.
    pub fn warning(rule: Rule, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(rule, pointer, message)
        }
    }

    /// The same, with what to do.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// Whether it refuses the event.
    pub fn refuses(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.pointer.is_empty() {
            write!(f, "{}: ", self.pointer)?;
        }
        f.write_str(&self.message)
    }
}

/// One step of a JSON pointer (RFC 6901 §3). A member's name comes from the event, so it is cut to
/// what a person needs to find it, and has no control characters.
pub(super) fn step(name: &str) -> String {
    let mut out = String::from("/");
    for (count, c) in name.chars().enumerate() {
        match c {
            _ if count == 64 => {
                out.push('…');
                break;
            }
            '~' => out.push_str("~0"),
            '/' => out.push_str("~1"),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_is_escaped_and_bounded() {
        for (name, wanted) in [
            ("UID", "/UID"),
            ("a/b~c", "/a~1b~0c"),
            ("", "/"),
            ("a\u{1b}[31m\n", "/a\u{fffd}[31m\u{fffd}"),
        ] {
            assert_eq!(step(name), wanted);
        }
        assert_eq!(step(&"x".repeat(100)).chars().count(), 66);
    }
}
