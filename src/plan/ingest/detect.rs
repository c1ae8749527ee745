//! What an input turned out to be, for whoever asks "did you read my file as I meant it?".

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::{Timestamp, Unit};

use super::journal::{Loss, Past};
use crate::model::event::{Entry, Event, Gaps, Refusal, Rule, Shape, Wrapping};

/// What an input is compressed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
}

impl Compression {
    /// What to call it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }
}

/// What is known of an input that was read.
#[derive(Debug, Clone)]
pub struct Detected {
    name: Arc<str>,
    shape: Shape,
    /// Each entry is on a line of its own.
    lines: bool,
    last_line: u64,
    /// Something in it was JSON, whether an event or not.
    json: bool,
    wrappings: BTreeSet<Wrapping>,
    compression: Option<Compression>,
    /// It could not be read to its end.
    broken: bool,
    /// How many entries were refused.
    refused: u64,
    accepted_on: Option<Timestamp>,
    notes: Vec<String>,
}

impl Detected {
    /// An input of which nothing has been read.
    pub fn new(name: Arc<str>) -> Self {
        Self {
            name,
            shape: Shape::default(),
            lines: true,
            last_line: 0,
            json: false,
            wrappings: BTreeSet::new(),
            compression: None,
            broken: false,
            refused: 0,
            accepted_on: None,
            notes: Vec::new(),
        }
    }

    /// It was compressed, or was not.
    pub fn compressed(&mut self, compression: Option<Compression>) {
        self.compression = compression;
    }

    /// It could not be read to its end.
    pub fn broken(&mut self) {
        self.broken = true;
    }

    /// All of it was held against what earlier deliveries did.
    /// What the events were held to explains why some may not be known again.
    pub fn remembered(&mut self, past: &Past, gaps: Gaps) {
        self.accepted_on = past.accepted_on();
        let name = &self.name;
        let on = past
            .accepted_on()
            .map(|time| format!(" on {}", rfc3339(time)))
            .unwrap_or_default();
        if !past.damage().is_empty() {
            let damage = past.damage();
            self.notes.push(format!(
                "The journal of {name} cannot be read at {damage}: events that were accepted there are sent once more"
            ));
        }
        self.notes.extend(past.loss().map(|loss| match loss {
            Loss::Emptied => format!(
                "The journal of {name} was there and is empty: if something was accepted before, it is sent once more"
            ),
            Loss::Cut => format!(
                "The journal of {name} breaks off inside an entry: what was accepted there and after it is sent once more"
            ),
        }));
        match past.unmatched() {
            _ if self.broken => {}
            // They lack what was filled in then, and are refused now.
            n if gaps == Gaps::Refuse && n <= self.refused => {}
            0 => {}
            1 => self.notes.push(format!(
                "{name} has changed since it was sent{on}: one of the events accepted then is not in it any more"
            )),
            n => self.notes.push(format!(
                "{name} has changed since it was sent{on}: {n} of the events accepted then are not in it any more"
            )),
        }
    }

    /// When an event of it was last accepted by an earlier delivery.
    pub fn accepted_on(&self) -> Option<Timestamp> {
        self.accepted_on
    }

    /// What has to be said about it.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Whether it could not be read to its end.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// An entry was cut from it.
    pub fn saw(&mut self, entry: &Entry<'_>) {
        self.lines &= entry.place.line != self.last_line && !entry.bytes.contains(&b'\n');
        self.last_line = entry.place.line;
    }

    /// The entry was an event.
    pub fn event(&mut self, event: &impl Event) {
        self.json = true;
        self.wrappings.insert(event.wrapping());
    }

    /// The entry was refused.
    pub fn refused(&mut self, refusal: &Refusal) {
        let unreadable = |rule| matches!(rule, Rule::NotJson | Rule::NotUtf8 | Rule::Truncated | Rule::Unreadable);
        self.refused += 1;
        self.json |= !refusal.violations.iter().any(|violation| unreadable(violation.rule));
    }

    /// It has been read to its end.
    pub fn end(&mut self, shape: Shape) {
        self.shape = shape;
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many entries it held.
    pub fn entries(&self) -> u64 {
        self.shape.entries
    }

    /// What stood beside the events of an envelope and was not looked at, if anything did.
    pub fn beside(&self) -> Option<&'static str> {
        self.shape
            .beside_envelope
            .then_some("what stands beside auditEvents was not looked at; the channel and the external ID come from the command line")
    }

    /// What it was taken for: "events.json.gz: 3 events, NDJSON in gzip (bare event)".
    pub fn describe(&self) -> String {
        let what = match self.shape {
            Shape { entries: 0, .. } => "no events".to_owned(),
            Shape { entries, logs, .. } if entries == logs => {
                "a CloudTrail log file, no events of an integration".to_owned()
            }
            Shape { entries: 1, .. } if !self.json => "1 entry, not a JSON object".to_owned(),
            Shape { entries, .. } if !self.json => format!("{entries} entries, none of them a JSON object"),
            Shape { entries: 1, .. } => format!("1 event, {}", self.layout()),
            Shape { entries, .. } => format!("{entries} events, {}", self.layout()),
        };
        let mut text = format!("{}: {what}", self.name);
        if let Some(compression) = self.compression {
            text = text + " in " + compression.as_str();
        }
        let wrapped: Vec<&str> = self.wrappings.iter().map(|wrapping| wrapping.as_str()).collect();
        if !wrapped.is_empty() {
            text = format!("{text} ({})", wrapped.join(", "));
        }
        if self.broken {
            text += ", not read to its end";
        }
        text
    }

    /// How events stand in it.
    fn layout(&self) -> &'static str {
        match self.shape {
            Shape { envelope: true, .. } => "an auditEvents envelope",
            Shape { array: true, .. } => "a JSON array",
            Shape { entries: 1, .. } => "one JSON object",
            _ if self.lines => "NDJSON",
            _ => "JSON objects one after another",
        }
    }
}

/// A time to the second.
fn rfc3339(time: Timestamp) -> String {
    time.round(Unit::Second).unwrap_or(time).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::event::{Occurrences, Splitter, Terms, prepare};

    fn described(input: &str) -> String {
        let owner = "123456789012".parse().unwrap();
        let terms = Terms {
            owner: Some(&owner),
            gaps: Gaps::Fill,
        };
        let mut occurrences = Occurrences::default();
        let mut detected = Detected::new("in".into());
        let mut sink = |entry: Entry<'_>| {
            detected.saw(&entry);
            match prepare(&entry, &terms, &mut occurrences) {
                Ok(event) => detected.event(&event),
                Err(refusal) => detected.refused(&refusal),
            }
        };
        let mut splitter = Splitter::new("in".into());
        splitter.feed(input.as_bytes(), &mut sink);
        let shape = splitter.finish(&mut sink);
        detected.end(shape);
        detected.describe()
    }

    #[test]
    fn what_was_around_it_is_told() {
        let mut detected = Detected::new("in".into());
        detected.compressed(Some(Compression::Zstd));
        assert_eq!(detected.describe(), "in: no events in zstd");
        detected.compressed(Some(Compression::Gzip));
        detected.broken();
        assert_eq!(detected.describe(), "in: no events in gzip, not read to its end");
    }

    #[test]
    fn an_input_is_called_what_it_is() {
        let bare = r#"{"version":"1","userIdentity":{"type":"a","principalId":"b"},"eventSource":"s","eventName":"n","eventTime":"2026-11-20T12:00:00Z","UID":"u"}"#;
        let wrapped = format!("{{\"eventData\":{bare}}}");
        let string = format!(
            "{{\"id\":\"a\",\"eventData\":{}}}",
            serde_json::to_string(bare).unwrap()
        );
        for (input, wanted) in [
            (String::new(), "no events"),
            ("[]".to_owned(), "no events"),
            (bare.to_owned(), "1 event, one JSON object (bare event)"),
            (wrapped.clone(), "1 event, one JSON object (eventData object)"),
            (format!("{bare}\n{bare}\n"), "2 events, NDJSON (bare event)"),
            (
                format!("{bare}\n{wrapped}\n{string}"),
                "3 events, NDJSON (bare event, eventData object, AuditEvent)",
            ),
            (
                format!("{bare}{bare}"),
                "2 events, JSON objects one after another (bare event)",
            ),
            (
                format!("{bare}\n{}", bare.replace(",\"UID\"", ",\n\"UID\"")),
                "2 events, JSON objects one after another (bare event)",
            ),
            (format!("[{bare},\n{bare}]"), "2 events, a JSON array (bare event)"),
            (
                format!("{{\"auditEvents\":[{string}]}}"),
                "1 event, an auditEvents envelope (AuditEvent)",
            ),
            ("{}".to_owned(), "1 event, one JSON object"),
            ("hello".to_owned(), "1 entry, not a JSON object"),
            ("a,b\n1,2\n".to_owned(), "2 entries, none of them a JSON object"),
            (
                "{\"Records\":[{},{}]}".to_owned(),
                "a CloudTrail log file, no events of an integration",
            ),
            (
                format!("{{\"Records\":[{{}}]}}\n{bare}"),
                "2 events, NDJSON (bare event)",
            ),
        ] {
            assert_eq!(described(&input), format!("in: {wanted}"), "{input}");
        }
    }
}
