//! The reader: any bytes are cut into entries, and each entry is prepared or refused.
//!
//! Nothing panics. Where the pieces of the input end makes no difference. Entries stand where they say, in order and
//! without overlap. What is accepted is sent as it came but for what is said to be filled in, with its checksum, and
//! read back from the request it is the same event again.

#![no_main]

#[allow(dead_code, unused_imports, reason = "a part of the package, taken in whole")]
#[path = "../../src/model/mod.rs"]
mod model;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use model::AccountId;
use model::event::{AuditEvent, Broken, Entry, Gaps, Occurrences, Place, Shape, Splitter, Terms, Violation, prepare};

const OWNER: &str = "111122223333";

/// An entry that outlives its input.
#[derive(Clone, Debug, PartialEq)]
struct Cut {
    place: Place,
    bytes: Vec<u8>,
    broken: Option<Broken>,
}

impl Cut {
    fn entry(&self) -> Entry<'_> {
        Entry {
            place: self.place.clone(),
            bytes: &self.bytes,
            broken: self.broken,
        }
    }
}

fuzz_target!(|input: &[u8]| {
    let (cuts, shape) = cut(input, || input.len());
    assert_eq!(shape.entries, cuts.len() as u64);
    assert_eq!(cut(input, || 1), (cuts.clone(), shape), "byte by byte");
    let mut state = input.iter().fold(0_usize, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(usize::from(*byte))
    });
    let ragged = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        state >> 33 & 63
    };
    assert_eq!(cut(input, ragged), (cuts.clone(), shape), "in pieces");
    stand_where_they_say(&cuts, input);

    let owner: AccountId = OWNER.parse().unwrap();
    let mut occurrences = [Occurrences::default(), Occurrences::default()];
    for cut in &cuts {
        let [fill, refuse] = [Gaps::Fill, Gaps::Refuse].map(|gaps| Terms {
            owner: Some(&owner),
            gaps,
        });
        let filled = prepare(&cut.entry(), &fill, &mut occurrences[0]);
        let strict = prepare(&cut.entry(), &refuse, &mut occurrences[1]);
        match &filled {
            Ok(event) => accepted(event, cut, &fill),
            Err(refusal) => assert!(refusal.violations.iter().any(Violation::refuses), "refused for nothing"),
        }
        if let Ok(strict) = strict {
            assert!(
                strict.filled() == model::event::Filled::default(),
                "filled in where nothing may be"
            );
            assert_eq!(filled.unwrap().encoded(), strict.encoded());
        }
    }
});

/// Cuts the input, fed in pieces of these sizes; an empty piece is one, too.
fn cut(input: &[u8], mut size: impl FnMut() -> usize) -> (Vec<Cut>, Shape) {
    let mut cuts = Vec::new();
    let mut sink = |entry: Entry<'_>| {
        cuts.push(Cut {
            place: entry.place,
            bytes: entry.bytes.to_vec(),
            broken: entry.broken,
        });
    };
    let mut splitter = Splitter::new("in".into());
    let mut rest = input;
    while !rest.is_empty() {
        let (piece, more) = rest.split_at(size().min(rest.len()));
        splitter.feed(piece, &mut sink);
        rest = more;
    }
    let shape = splitter.finish(&mut sink);
    (cuts, shape)
}

fn stand_where_they_say(cuts: &[Cut], input: &[u8]) {
    let mut end = 0;
    for (number, cut) in (1..).zip(cuts) {
        let from = usize::try_from(cut.place.offset).unwrap();
        assert_eq!(cut.place.index, number);
        assert!(from >= end, "entry {number} begins before the one before it ends");
        end = from + cut.bytes.len();
        assert!(
            input.get(from..end) == Some(&cut.bytes),
            "entry {number} does not stand where it says"
        );
        let lines = input[..from].iter().filter(|byte| **byte == b'\n').count();
        assert_eq!(cut.place.line, lines as u64 + 1, "entry {number}");
    }
}

/// Looks at what goes onto the wire with another reader of JSON than the package's.
fn accepted(event: &AuditEvent, cut: &Cut, terms: &Terms<'_>) {
    let entry: BTreeMap<String, String> = serde_json::from_slice(event.encoded()).expect("the entry is JSON");
    assert_eq!(
        entry.keys().collect::<Vec<_>>(),
        ["eventData", "eventDataChecksum", "id"]
    );
    let sent = &entry["eventData"];
    assert_eq!(entry["eventDataChecksum"], BASE64_STANDARD.encode(Sha256::digest(sent)));
    assert_eq!(entry["id"], event.id().as_str());
    assert!((1..=128).contains(&entry["id"].len()));
    as_it_came(&event_in(&String::from_utf8_lossy(&cut.bytes)), sent, event);

    let again = Cut {
        place: cut.place.clone(),
        bytes: event.encoded().to_vec(),
        broken: None,
    };
    let again = prepare(&again.entry(), terms, &mut Occurrences::default());
    assert_eq!(
        again.expect("what is sent can be sent again").encoded(),
        event.encoded()
    );
}

type Members<'a> = BTreeMap<String, &'a RawValue>;

fn members(text: &str) -> Members<'_> {
    serde_json::from_str(text).expect("an accepted event is JSON")
}

/// The event inside an entry that was accepted.
fn event_in(entry: &str) -> String {
    let object = members(entry);
    let text = |name| {
        object
            .get(name)
            .and_then(|raw: &&RawValue| serde_json::from_str::<String>(raw.get()).ok())
    };
    if let Some(event_data) = object.get("eventData") {
        return text("eventData").unwrap_or_else(|| event_data.get().to_owned());
    }
    if object
        .get("rejected")
        .is_some_and(|rejected| rejected.get().starts_with('{'))
    {
        let decoded = || BASE64_STANDARD.decode(text("entryBase64")?).ok();
        let kept = text("entry")
            .map(String::into_bytes)
            .or_else(decoded)
            .expect("a reject holds its entry");
        return event_in(&String::from_utf8_lossy(&kept));
    }
    entry.to_owned()
}

fn as_it_came(came: &str, sent: &str, event: &AuditEvent) {
    let came = came.trim_ascii();
    let filled = event.filled();
    let (before, after) = (members(came), members(sent));
    for (name, value) in &before {
        let changed = name == "eventTime" && filled.event_time;
        assert!(changed || after[name].get() == value.get(), "{name} is not as it came");
    }
    for (name, said) in [("UID", filled.uid), ("recipientAccountId", filled.recipient_account_id)] {
        assert_eq!(said, !before.contains_key(name), "{name}");
    }
    assert_eq!(
        after.len(),
        before.len() + usize::from(filled.uid) + usize::from(filled.recipient_account_id)
    );
    if !filled.event_time {
        // One piece was put in, or none.
        let same = |pair: &(u8, u8)| pair.0 == pair.1;
        let head = came.bytes().zip(sent.bytes()).take_while(same).count();
        let tail = came.bytes().rev().zip(sent.bytes().rev()).take_while(same).count();
        assert!(head + tail >= came.len(), "more than one piece was put in");
    }
}
