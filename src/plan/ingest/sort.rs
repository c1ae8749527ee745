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

/// The events of a request, sorted by what the reply says; in each list in their order.
#[derive(Debug, PartialEq, Eq)]
pub struct Sorted<P> {
    /// Stored, with the id CloudTrail gave.
    pub accepted: Vec<(P, String)>,
    /// To be sent again with the same id.
    pub again: Vec<(P, Again)>,
    /// Refused for good.
    pub refused: Vec<(P, Failed)>,
    /// What did not fit.
    pub strange: Strange,
}

/// Whether sending the event again may help: of the codes documented, only these two are about the
/// service's state and not about the event (reference §1.3, §2.6).
pub fn retryable(code: &str) -> bool {
    matches!(code, "Throttling" | "InternalFailure")
}

#[derive(Default)]
struct Said<'r> {
    stored: Option<&'r Stored>,
    failed: Option<&'r Failed>,
}

/// Sorts a request by its reply.
///
/// An id in both lists says two things, so it says nothing: again. An id that fails twice counts by the
/// more hopeful code. An id that was not asked about is counted and ignored.
pub fn sort<P: Parcel>(request: Vec<P>, reply: &Reply) -> Sorted<P> {
    let mut strange = Strange::default();
    let mut said: HashMap<&str, Said<'_>> = request.iter().map(|parcel| (parcel.id(), Said::default())).collect();
    for stored in &reply.successful {
        match said.get_mut(stored.id.as_str()) {
            None => strange.unknown += 1,
            Some(said) if said.stored.is_some() => strange.repeated += 1,
            Some(said) => said.stored = Some(stored),
        }
    }
    for failed in &reply.failed {
        let Some(said) = said.get_mut(failed.id.as_str()) else {
            strange.unknown += 1;
            continue;
        };
        strange.repeated += usize::from(said.failed.is_some());
        if said.failed.is_none_or(|earlier| !retryable(&earlier.code)) {
            let hopeful = said.failed.is_none() || retryable(&failed.code);
            said.failed = if hopeful { Some(failed) } else { said.failed };
        }
    }
    let verdicts: Vec<Verdict> = request.iter().map(|parcel| verdict(said.get(parcel.id()))).collect();
    let mut sorted = Sorted {
        accepted: Vec::new(),
        again: Vec::new(),
        refused: Vec::new(),
        strange,
    };
    for (parcel, verdict) in request.into_iter().zip(verdicts) {
        sorted.put(parcel, verdict);
    }
    sorted
}

enum Verdict {
    Stored(String),
    Failed(Failed),
    Both,
    Neither,
}

fn verdict(said: Option<&Said<'_>>) -> Verdict {
    match said {
        Some(Said {
            stored: Some(_),
            failed: Some(_),
        }) => Verdict::Both,
        Some(Said {
            stored: Some(stored), ..
        }) => Verdict::Stored(stored.event_id.clone()),
        Some(Said {
            failed: Some(failed), ..
        }) => Verdict::Failed((*failed).clone()),
        _ => Verdict::Neither,
    }
}

impl<P> Sorted<P> {
    fn put(&mut self, parcel: P, verdict: Verdict) {
        match verdict {
            Verdict::Stored(event_id) => self.accepted.push((parcel, event_id)),
            Verdict::Failed(failed) if retryable(&failed.code) => {
                self.again.push((parcel, Again::Failed(failed)));
            }
            Verdict::Failed(failed) => self.refused.push((parcel, failed)),
            Verdict::Both => {
                self.strange.contradicted += 1;
                self.again.push((parcel, Again::Unknown));
            }
            Verdict::Neither => {
                self.strange.missing += 1;
                self.again.push((parcel, Again::Unknown));
            }
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
        let sorted = sort(request.iter().copied().map(Id).collect(), &reply);
        let mut out = Vec::new();
        out.extend(sorted.accepted.iter().map(|(id, event)| format!("{}:{event}", id.0)));
        out.extend(sorted.again.iter().map(|(id, why)| match why {
            Again::Failed(failed) => format!("{}:again {}", id.0, failed.code),
            Again::Unknown => format!("{}:unknown", id.0),
        }));
        out.extend(
            sorted
                .refused
                .iter()
                .map(|(id, failed)| format!("{}:{}", id.0, failed.code)),
        );
        (out, sorted.strange)
    }

    #[test]
    fn each_event_has_what_its_own_entry_says() {
        let bad = [("a", "InvalidData"), ("d", "Throttling"), ("b", "InternalFailure")];
        let (out, strange) = sorted(&["a", "b", "c", "d"], &["c"], &bad);
        assert_eq!(
            out,
            [
                "c:event-c",
                "b:again InternalFailure",
                "d:again Throttling",
                "a:InvalidData"
            ]
        );
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
        assert_eq!(out, ["b:event-b", "a:unknown"]);
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
            let sorted = sort(request.clone(), &reply);
            for (id, event_id) in &sorted.accepted {
                prop_assert_eq!(event_id, &format!("event-{}", id.0));
                prop_assert!(reply.successful.iter().any(|entry| entry.id == id.0));
                prop_assert!(reply.failed.iter().all(|entry| entry.id != id.0));
            }
            for (id, failed) in &sorted.refused {
                prop_assert_eq!(&failed.id, id.0);
                prop_assert!(reply.failed.iter().filter(|entry| entry.id == id.0).all(|e| !retryable(&e.code)));
            }
            let mut all: Vec<_> = sorted.accepted.into_iter().map(|(id, _)| id).collect();
            all.extend(sorted.again.into_iter().map(|(id, _)| id));
            all.extend(sorted.refused.into_iter().map(|(id, _)| id));
            all.sort_by_key(|id| id.0);
            prop_assert_eq!(all, request);
        }
    }
}
