//! What is said about events that go where they may not be wanted.

use crate::model::event::{Event, Rule, Violation};
use crate::model::partner::{Catalogue, EventSourceMatch, Partner};
use crate::model::{Finding, Severity};

/// The retention a new store has unless told otherwise, in days: included in extendable pricing
/// (reference §2.1). Events count by their `eventTime`, so older ones are removed as soon as they come.
pub const DEFAULT_RETENTION_DAYS: u32 = 366;

/// How far an event may be ahead of the clock here, in seconds: a time zone that was left out is no more.
const AHEAD: i64 = 86_400;

/// What is known about where events go. What is not known warns of nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Destination {
    retention: Retention,
    /// The partner whose channel it is.
    partner: Option<Partner>,
    /// Old spellings of event sources, each with the one that counts now.
    old_spellings: Vec<(String, String)>,
}

/// How long events are kept where they go, by their time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Retention {
    /// They go nowhere: no event is too old.
    #[default]
    Nowhere,
    /// Nobody knows, so as long as by default.
    Unknown,
    /// So many days. With several stores, the shortest.
    Days(u32),
}

impl Destination {
    /// No destination: of an event that goes nowhere, only old spellings are warned of.
    pub fn nowhere(catalogue: &Catalogue) -> Self {
        Self {
            retention: Retention::Nowhere,
            ..Self::new(None, None, catalogue)
        }
    }

    /// A destination. Old spellings are warned of whoever's channel it is: no channel wants them.
    pub fn new(retention_days: Option<u32>, partner: Option<&Partner>, catalogue: &Catalogue) -> Self {
        let services = catalogue.partners().iter().flat_map(|partner| &partner.services);
        let old_spellings = services.flat_map(|service| {
            let aliases = service.event_source_aliases.iter();
            aliases.map(|old| (old.clone(), service.event_source.clone()))
        });
        Self {
            retention: retention_days.map_or(Retention::Unknown, Retention::Days),
            partner: partner.filter(|partner| !partner.is_custom()).cloned(),
            old_spellings: old_spellings.collect(),
        }
    }

    /// What is said once about a delivery there, however many events it has.
    pub fn finding(&self) -> Option<Finding> {
        let partner = self.partner.as_ref()?;
        Some(Finding::new(
            Severity::Warning,
            "partner_channel",
            format!(
                "This channel is for events of {}: what is sent to it stands beside theirs, and cannot be removed.",
                partner.name
            ),
        ))
    }

    /// What is said about one event. `now` is in seconds since 1970-01-01T00:00:00Z.
    pub fn warnings(&self, event: &impl Event, now: i64) -> Vec<Violation> {
        let mut found = Vec::new();
        let base = event.wrapping().pointer();
        let age = now.saturating_sub(event.time().unix());
        found.extend(self.age_warning(age, || format!("{base}/eventTime")));
        found.extend(self.source_warning(event.event_source(), || format!("{base}/eventSource")));
        found
    }

    /// What is said of an event like one that came before in the same run.
    pub fn repeated(event: &impl Event) -> Violation {
        let pointer = format!("{}/UID", event.wrapping().pointer());
        Violation::warning(
            Rule::Repeated,
            pointer,
            "The same event, with the same UID, came before in this run.",
        )
        .fix("Both are sent, and the store will have both; name no file beside its copy.")
    }

    fn age_warning(&self, seconds: i64, pointer: impl Fn() -> String) -> Option<Violation> {
        if self.retention != Retention::Nowhere && seconds < -AHEAD {
            let message = "It lies more than a day in the future.";
            return Some(
                Violation::warning(Rule::Future, pointer(), message).fix(
                    "Check the clock of where it is from; queries by eventTime will not find it where it belongs.",
                ),
            );
        }
        let older = |days: u32| seconds > i64::from(days) * 86_400;
        let message = match self.retention {
            Retention::Days(days) if older(days) => {
                format!("It is older than the {days} days that the store keeps events.")
            }
            Retention::Unknown if older(DEFAULT_RETENTION_DAYS) => {
                format!("It is older than {DEFAULT_RETENTION_DAYS} days, which is what a store keeps by default.")
            }
            Retention::Nowhere | Retention::Unknown | Retention::Days(_) => return None,
        };
        Some(
            Violation::warning(Rule::Old, pointer(), message)
                .fix("Retention goes by eventTime: such an event is removed as soon as it comes, unless the store keeps events longer."),
        )
    }

    fn source_warning(&self, source: &str, pointer: impl Fn() -> String) -> Option<Violation> {
        if let Some((_, now)) = self.old_spellings.iter().find(|(old, _)| old == source) {
            let message = "The event source is spelt as it used to be.";
            return Some(
                Violation::warning(Rule::OldSpelling, pointer(), message).fix(format!("The spelling now is {now}.")),
            );
        }
        let partner = self.partner.as_ref()?;
        match partner.event_source(source) {
            EventSourceMatch::Foreign => {
                let message = format!("The event source is none of those known of {}.", partner.name);
                Some(Violation::warning(Rule::ForeignSource, pointer(), message))
            }
            EventSourceMatch::Known | EventSourceMatch::OldSpelling(_) | EventSourceMatch::NothingKnown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::event::{AuditEvent, Entry, Gaps, Occurrences, Place, Terms, prepare};

    /// 2026-11-20T12:00:00Z: `date -u -d 2026-11-20T12:00:00Z +%s`.
    const NOW: i64 = 1_795_176_000;

    fn event(source: &str, time: &str) -> AuditEvent {
        let text = format!(
            r#"{{"eventData":{{"version":"1","userIdentity":{{"type":"a","principalId":"b"}},"eventSource":"{source}","eventName":"n","eventTime":"{time}","UID":"u"}}}}"#
        );
        let place = Place {
            file: "in".into(),
            line: 1,
            index: 1,
            offset: 0,
        };
        let entry = Entry {
            place,
            bytes: text.as_bytes(),
            broken: None,
        };
        let owner = "123456789012".parse().unwrap();
        let terms = Terms {
            owner: Some(&owner),
            gaps: Gaps::Fill,
        };
        prepare(&entry, &terms, &mut Occurrences::default()).unwrap()
    }

    fn channel_of(key: &str, retention_days: Option<u32>) -> Destination {
        let catalogue = Catalogue::builtin();
        Destination::new(retention_days, catalogue.find(key), &catalogue)
    }

    fn nordcloud(retention_days: Option<u32>) -> Destination {
        channel_of("nordcloud", retention_days)
    }

    fn codes(to: &Destination, source: &str, time: &str) -> Vec<&'static str> {
        let warnings = to.warnings(&event(source, time), NOW);
        assert!(
            warnings
                .iter()
                .all(|w| !w.refuses() && w.pointer.starts_with("/eventData/event"))
        );
        warnings.iter().map(|warning| warning.rule.code()).collect()
    }

    #[test]
    fn age_goes_by_the_stores_retention_if_that_is_known() {
        let source = "com.nordcloudapp.klarity";
        // 366 days before NOW, and a second more.
        for (to, time, wanted) in [
            (nordcloud(None), "2025-11-19T12:00:00Z", vec![]),
            (nordcloud(None), "2025-11-19T11:59:59Z", vec!["older_than_retention"]),
            (nordcloud(Some(2557)), "2025-11-19T11:59:59Z", vec![]),
            (nordcloud(Some(7)), "2026-11-13T11:59:59Z", vec!["older_than_retention"]),
            (nordcloud(Some(7)), "2026-11-21T12:00:00Z", vec![]),
            (nordcloud(Some(7)), "2026-11-21T12:00:01Z", vec!["in_the_future"]),
            (nordcloud(None), "2099-01-01T00:00:00Z", vec!["in_the_future"]),
            (
                Destination::nowhere(&Catalogue::builtin()),
                "2099-01-01T00:00:00Z",
                vec![],
            ),
            (
                Destination::nowhere(&Catalogue::builtin()),
                "1999-01-01T00:00:00Z",
                vec![],
            ),
        ] {
            assert_eq!(codes(&to, source, time), wanted, "{time}");
        }
    }

    #[test]
    fn sources_are_held_against_what_is_known() {
        let now = "2026-11-20T12:00:00Z";
        let unknown = Destination::new(None, None, &Catalogue::builtin());
        for (to, source, wanted) in [
            (&nordcloud(None), "com.nordcloudapp.klarity", vec![]),
            (&nordcloud(None), "com.nordcloudapp.com.klarity", vec!["old_spelling"]),
            (&nordcloud(None), "my.app", vec!["foreign_source"]),
            (&channel_of("netskope", None), "netskopealert.dlp", vec![]),
            (&channel_of("clumio", None), "my.app", vec![]),
            (&channel_of("custom", None), "my.app", vec![]),
            (&unknown, "my.app", vec![]),
            (&unknown, "com.nordcloudapp.com.klarity", vec!["old_spelling"]),
        ] {
            assert_eq!(codes(to, source, now), wanted, "{source}");
        }
        assert!(nordcloud(None).finding().is_some());
        assert!(unknown.finding().is_none() && channel_of("custom", None).finding().is_none());
    }

    #[test]
    fn the_event_of_the_vendors_documentation_is_old_and_oddly_spelt() {
        let source = "com.nordcloudapp.com.klarity";
        let codes = codes(&nordcloud(None), source, "2022-07-12T10:55:00");
        assert_eq!(codes, ["older_than_retention", "old_spelling"]);
    }
}
