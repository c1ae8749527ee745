//! Judging an event without making it ready to be sent: no checksum, and no copy of its text.

use super::prepare::{Complete, read};
use super::{AuditEvent, Entry, EntryId, EventTime, Occurrences, Place, Refusal, Terms, Violation, Wrapping, prepare};

/// What an entry is read as: an [`AuditEvent`] to be sent, or one that is only [`Judged`].
pub trait Event: Sized + Send + 'static {
    /// Reads one entry. `occurrences` is that of the entry's input.
    fn read(entry: &Entry<'_>, terms: &Terms<'_>, occurrences: &mut Occurrences) -> Result<Self, Box<Refusal>>;

    /// The event's source.
    fn event_source(&self) -> &str;

    /// The event's time.
    fn time(&self) -> EventTime;

    /// The wrapping it came in.
    fn wrapping(&self) -> Wrapping;

    /// What is not quite right with it.
    fn warnings(&self) -> &[Violation];

    /// The SHA-256 of what would be sent, where that is known.
    fn digest(&self) -> Option<&[u8; 32]>;
}

/// An event that may be sent, without what would be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    id: EntryId,
    event_source: String,
    time: EventTime,
    place: Place,
    wrapping: Wrapping,
    warnings: Vec<Violation>,
}

impl Judged {
    fn of(event: Complete<'_>) -> Self {
        Self {
            id: event.id,
            event_source: event.event_source,
            time: event.time,
            place: event.place,
            wrapping: event.wrapping,
            warnings: Vec::new(),
        }
    }

    /// The entry's id.
    pub fn id(&self) -> &EntryId {
        &self.id
    }

    /// Where the event stands in its input.
    pub fn place(&self) -> &Place {
        &self.place
    }
}

impl Event for Judged {
    fn read(entry: &Entry<'_>, terms: &Terms<'_>, occurrences: &mut Occurrences) -> Result<Self, Box<Refusal>> {
        let (event, warnings) = read(entry, terms, occurrences, Self::of)?;
        Ok(Self { warnings, ..event })
    }

    fn event_source(&self) -> &str {
        &self.event_source
    }

    fn time(&self) -> EventTime {
        self.time
    }

    fn wrapping(&self) -> Wrapping {
        self.wrapping
    }

    fn warnings(&self) -> &[Violation] {
        &self.warnings
    }

    fn digest(&self) -> Option<&[u8; 32]> {
        None
    }
}

impl Event for AuditEvent {
    fn read(entry: &Entry<'_>, terms: &Terms<'_>, occurrences: &mut Occurrences) -> Result<Self, Box<Refusal>> {
        prepare(entry, terms, occurrences)
    }

    fn event_source(&self) -> &str {
        self.event_source()
    }

    fn time(&self) -> EventTime {
        self.time()
    }

    fn wrapping(&self) -> Wrapping {
        self.wrapping()
    }

    fn warnings(&self) -> &[Violation] {
        self.warnings()
    }

    fn digest(&self) -> Option<&[u8; 32]> {
        Some(self.digest())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Gaps, Splitter};
    use super::*;

    const EVENT: &str = r#"{"version":"1.0","userIdentity":{"type":"User","principalId":"alice"},"eventSource":"app.example.com","eventName":"Login","eventTime":"2026-11-20T12:00:00Z","UID":"evt-1","recipientAccountId":"123456789012"}"#;

    /// `pointer rule` of everything that keeps the entry from being sent.
    fn errors(input: &str, gaps: Gaps) -> Vec<String> {
        let terms = Terms { owner: None, gaps };
        let mut occurrences = Occurrences::default();
        let mut found = Vec::new();
        let mut sink = |entry: Entry<'_>| {
            let judged = Judged::read(&entry, &terms, &mut occurrences);
            let prepared = prepare(&entry, &terms, &mut occurrences);
            assert_eq!(judged.is_ok(), prepared.is_ok(), "{input}");
            found.extend(judged.err().map(|refusal| refusal.violations).unwrap_or_default());
        };
        let mut splitter = Splitter::new("in".into());
        splitter.feed(input.as_bytes(), &mut sink);
        splitter.finish(&mut sink);
        found
            .iter()
            .map(|v| format!("{} {}", v.pointer, v.rule.code()))
            .collect()
    }

    #[test]
    fn as_it_is_only_an_entry_of_the_api_needs_an_id() {
        let entry = |id: &str| format!("{{{id}\"eventData\":{}}}", serde_json::to_string(EVENT).unwrap());
        for (input, as_it_is, refused) in [
            (EVENT.to_owned(), vec![], vec!["/id missing"]),
            (format!("{{\"eventData\":{EVENT}}}"), vec![], vec!["/id missing"]),
            (entry(""), vec!["/id missing"], vec!["/id missing"]),
            (entry("\"id\":\"a\","), vec![], vec![]),
        ] {
            assert_eq!(errors(&input, Gaps::AsItIs), as_it_is, "{input}");
            assert_eq!(errors(&input, Gaps::Refuse), refused, "{input}");
        }
    }

    #[test]
    fn as_it_is_nothing_is_filled_in() {
        for (old, new, wanted) in [
            (
                ",\"recipientAccountId\":\"123456789012\"",
                "",
                "/recipientAccountId missing",
            ),
            ("\"UID\":\"evt-1\",", "", "/UID missing"),
            ("12:00:00Z", "12:00:00", "/eventTime event_time"),
        ] {
            assert_eq!(errors(&EVENT.replace(old, new), Gaps::AsItIs), [wanted]);
        }
        // Which account owns the channel is not the file's to know.
        assert_eq!(
            errors(&EVENT.replace("123456789012", "210987654321"), Gaps::AsItIs),
            [""; 0]
        );
    }
}
