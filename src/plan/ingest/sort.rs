//! What a reply says about each event of a request.
//!
//! A status of 200 says nothing about an event; only its own entry in the reply does, found by its id
//! and never by its position. What the reply leaves open is not known to be stored, and goes again:
//! nothing is lost, and what may be stored twice by that is counted.

use std::collections::HashMap;

use super::pack::Parcel;
use crate::model::event::{Failed, Reply, Stored};

/// Why an event is sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Again {
    /// The service said that it did not take it, and that trying again may help.
    Failed(Failed),
    /// The reply does not say, or says both: it may be stored already.
    Unknown,
}

/// What in a reply did not fit its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Strange {
    /// Ids that were not asked about.
    pub unknown: usize,
    /// Ids that stand more than once in one list.
    pub repeated: usize,
    /// Events that stand in both lists.
    pub contradicted: usize,
    /// Events that stand in neither.
    pub missing: usize,
}

impl Strange {
    /// Whether there was anything.
    pub fn is_any(self) -> bool {
        self != Self::default()
    }

    /// Adds what another reply had.
    pub fn add(&mut self, other: Self) {
        self.unknown += other.unknown;
        self.repeated += other.repeated;
        self.contradicted += other.contradicted;
        self.missing += other.missing;
    }
}

/// What a reply says about one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Stored, with the id CloudTrail gave.
    Stored(String),
    /// To be sent again with the same id.
    Again(Again),
    /// Refused for good.
    Refused(Failed),
}

/// Whether sending the event again may help: of the codes documented, only these two are about the
/// service's state and not about the event (reference §1.3, §2.6).
pub fn retryable(code: &str) -> bool {
    matches!(code, "Throttling" | "InternalFailure")
}

/// What both lists of a reply hold about an id.
#[derive(Default)]
struct Entries<'r> {
    stored: Option<&'r Stored>,
    failed: Option<&'r Failed>,
}

/// What a reply says about each event of a request, in the request's order, and what did not fit.
///
/// An id in both lists says two things, so it says nothing: again. An id that fails twice counts by the
/// more hopeful code. An id that was not asked about is counted and ignored.
pub fn sort<P: Parcel>(request: &[P], reply: Reply) -> (Vec<Said>, Strange) {
    if is_plain(request, &reply) {
        let stored = reply.successful.into_iter().map(|stored| Said::Stored(stored.event_id));
        return (stored.collect(), Strange::default());
    }
    let mut strange = Strange::default();
    let mut by_id: HashMap<&str, Entries<'_>> =
        request.iter().map(|parcel| (parcel.id(), Entries::default())).collect();
    for stored in &reply.successful {
        match by_id.get_mut(stored.id.as_str()) {
            None => strange.unknown += 1,
            Some(entries) if entries.stored.is_some() => strange.repeated += 1,
            Some(entries) => entries.stored = Some(stored),
        }
    }
    for failed in &reply.failed {
        let Some(entries) = by_id.get_mut(failed.id.as_str()) else {
            strange.unknown += 1;
            continue;
        };
        strange.repeated += usize::from(entries.failed.is_some());
        if entries.failed.is_none_or(|earlier| !retryable(&earlier.code)) {
            let hopeful = entries.failed.is_none() || retryable(&failed.code);
            entries.failed = if hopeful { Some(failed) } else { entries.failed };
        }
    }
    let said = request
        .iter()
        .map(|parcel| said(by_id.get(parcel.id()), &mut strange))
        .collect();
    (said, strange)
}

/// Whether everything was stored and stands in the request's order, as it nearly always is and does.
fn is_plain<P: Parcel>(request: &[P], reply: &Reply) -> bool {
    let pairs = || request.iter().zip(&reply.successful);
    reply.failed.is_empty()
        && reply.successful.len() == request.len()
        && pairs().all(|(parcel, stored)| parcel.id() == stored.id)
}

fn said(entries: Option<&Entries<'_>>, strange: &mut Strange) -> Said {
    match entries {
        Some(Entries {
            stored: Some(_),
            failed: Some(_),
        }) => {
            strange.contradicted += 1;
            Said::Again(Again::Unknown)
        }
        Some(Entries {
            stored: Some(stored), ..
        }) => Said::Stored(stored.event_id.clone()),
        Some(Entries {
            failed: Some(failed), ..
        }) if retryable(&failed.code) => Said::Again(Again::Failed((*failed).clone())),
        Some(Entries {
            failed: Some(failed), ..
        }) => Said::Refused((*failed).clone()),
        _ => {
            strange.missing += 1;
            Said::Again(Again::Unknown)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone, PartialEq, Eq)]
    struct Id(&'static str);

    impl Parcel for Id {
        fn id(&self) -> &str {
            self.0
        }

        fn encoded_len(&self) -> usize {
            1
        }
    }

    const IDS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
    const CODES: [&str; 4] = ["Throttling", "InternalFailure", "InvalidData", "FieldTooLong"];

    fn stored(id: &str) -> Stored {
        Stored {
            id: id.to_owned(),
            event_id: format!("event-{id}"),
        }
    }

    fn failed(id: &str, code: &str) -> Failed {
        Failed {
            id: id.to_owned(),
            code: code.to_owned(),
            message: "words".to_owned(),
        }
    }

    /// `id:outcome` of each event in the order of the lists.
    fn sorted(request: &[&'static str], ok: &[&str], bad: &[(&str, &str)]) -> (Vec<String>, Strange) {
        let reply = Reply {
            successful: ok.iter().map(|id| stored(id)).collect(),
            failed: bad.iter().map(|(id, code)| failed(id, code)).collect(),
        };
        let parcels: Vec<Id> = request.iter().copied().map(Id).collect();
        let (said, strange) = sort(&parcels, reply);
        let out = request.iter().zip(said).map(|(id, said)| match said {
            Said::Stored(event) => format!("{id}:{event}"),
            Said::Again(Again::Failed(failed)) => format!("{id}:again {}", failed.code),
            Said::Again(Again::Unknown) => format!("{id}:unknown"),
            Said::Refused(failed) => format!("{id}:{}", failed.code),
        });
        (out.collect(), strange)
    }

    #[test]
    fn each_event_has_what_its_own_entry_says() {
        let bad = [("a", "InvalidData"), ("d", "Throttling"), ("b", "InternalFailure")];
        let (out, strange) = sorted(&["a", "b", "c", "d"], &["c"], &bad);
        assert_eq!(
            out,
            [
                "a:InvalidData",
                "b:again InternalFailure",
                "c:event-c",
                "d:again Throttling",
            ]
        );
        assert_eq!(strange, Strange::default());
    }

    #[test]
    fn a_reply_in_another_order_is_no_other_reply() {
        let (out, strange) = sorted(&["a", "b"], &["b", "a"], &[]);
        assert_eq!(out, ["a:event-a", "b:event-b"]);
        assert_eq!(strange, Strange::default());
    }

    #[test]
    fn every_documented_code_but_two_is_for_good() {
        for code in [
            "FieldTooLong",
            "FieldNotFound",
            "InvalidChecksum",
            "InvalidData",
            "InvalidRecipient",
            "InvalidEventSource",
            "AccountNotSubscribed",
            "SomethingNew",
        ] {
            assert!(!retryable(code), "{code}");
        }
    }

    #[test]
    fn what_the_reply_leaves_open_goes_again() {
        let (out, strange) = sorted(&["a", "b"], &["b", "b", "x"], &[("y", "InvalidData")]);
        assert_eq!(out, ["a:unknown", "b:event-b"]);
        let wanted = Strange {
            unknown: 2,
            repeated: 1,
            contradicted: 0,
            missing: 1,
        };
        assert_eq!(strange, wanted);

        let (out, strange) = sorted(&["a"], &["a"], &[("a", "InvalidData")]);
        assert_eq!((out, strange.contradicted), (vec!["a:unknown".to_owned()], 1));

        let twice = [("a", "InvalidData"), ("a", "Throttling"), ("a", "FieldTooLong")];
        let (out, strange) = sorted(&["a"], &[], &twice);
        assert_eq!((out, strange.repeated), (vec!["a:again Throttling".to_owned()], 2));
    }

    proptest! {
        #[test]
        fn the_parts_make_the_whole(
            count in 0_usize..6,
            ok in proptest::collection::vec(0_usize..6, 0..10),
            bad in proptest::collection::vec((0_usize..6, 0_usize..4), 0..10),
        ) {
            let request: Vec<Id> = IDS.iter().take(count).copied().map(Id).collect();
            let reply = Reply {
                successful: ok.iter().map(|i| stored(IDS[*i])).collect(),
                failed: bad.iter().map(|(i, code)| failed(IDS[*i], CODES[*code])).collect(),
            };
            let (said, _) = sort(&request, reply.clone());
            prop_assert_eq!(said.len(), request.len());
            for (id, said) in request.iter().zip(said) {
                let stored = reply.successful.iter().any(|entry| entry.id == id.0);
                let failed: Vec<_> = reply.failed.iter().filter(|entry| entry.id == id.0).collect();
                let hope = failed.iter().any(|entry| retryable(&entry.code));
                match said {
                    Said::Stored(event_id) => {
                        prop_assert!(stored && failed.is_empty());
                        prop_assert_eq!(event_id, format!("event-{}", id.0));
                    }
                    Said::Again(Again::Unknown) => prop_assert_eq!(stored, !failed.is_empty()),
                    Said::Again(Again::Failed(_)) => prop_assert!(!stored && hope),
                    Said::Refused(one) => prop_assert!(!stored && !hope && failed.contains(&&one)),
                }
            }
        }
    }
}
