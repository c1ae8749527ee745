//! Laws of the journal: what was written can be read up to any cut, and a delivery that is killed and
//! started again sends everything, and nothing twice but what it told as doubtful.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use super::tests::{begun, digest, input, landed, scope, sending};
use super::*;

/// What a run did with a request: its events, and what became of each unless it was killed before.
type Asked = (Vec<u8>, Option<Vec<Landing>>);

/// How many events there are of each kind.
const KINDS: u8 = 5;

fn landing() -> impl Strategy<Value = Landing> {
    prop_oneof![Just(Landing::Accepted), Just(Landing::NotTaken), Just(Landing::Unknown)]
}

fn asked() -> impl Strategy<Value = Asked> {
    vec((0..KINDS, landing()), 1..6).prop_flat_map(|events| {
        let (events, landings): (Vec<u8>, Vec<Landing>) = events.into_iter().unzip();
        (Just(events), proptest::option::weighted(0.8, Just(landings)))
    })
}

/// Accepted and doubtful sendings of each kind.
type Truth = BTreeMap<u8, (u64, u64)>;

/// A journal of some runs, and what is true from each of its lengths on.
fn journal(runs: &[Vec<Asked>]) -> (Vec<u8>, Vec<(usize, Truth)>) {
    let mut journal = HEADER.to_vec();
    let mut truth = Truth::new();
    let mut truths = vec![(HEADER.len(), truth.clone())];
    for (run, requests) in (1..).zip(runs) {
        begun(&mut journal, run, false, 0);
        truths.push((journal.len(), truth.clone()));
        for (number, (events, landings)) in (1..).zip(requests) {
            sending(&mut journal, run, number, events);
            for event in events {
                truth.entry(*event).or_default().1 += 1;
            }
            truths.push((journal.len(), truth.clone()));
            let Some(landings) = landings else { continue };
            landed(&mut journal, run, number, landings);
            for (event, landing) in events.iter().zip(landings) {
                let (accepted, doubtful) = truth.get_mut(event).unwrap();
                *doubtful -= u64::from(*landing != Landing::Unknown);
                *accepted += u64::from(*landing == Landing::Accepted);
            }
            truths.push((journal.len(), truth.clone()));
        }
    }
    (journal, truths)
}

/// What a past says, by asking it until it knows of nothing more.
fn told(mut past: Past) -> Truth {
    let mut told = Truth::new();
    for kind in 0..KINDS {
        let (mut accepted, mut doubtful) = (0, 0);
        loop {
            match past.standing(&digest(kind)).unwrap() {
                Standing::Accepted => accepted += 1,
                Standing::Doubtful => doubtful += 1,
                Standing::Fresh => break,
            }
        }
        if (accepted, doubtful) != (0, 0) {
            told.insert(kind, (accepted, doubtful));
        }
    }
    told
}

fn known(truth: &Truth) -> Truth {
    truth
        .clone()
        .into_iter()
        .filter(|(_, counts)| *counts != (0, 0))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_journal_cut_at_any_byte_tells_what_was_written_before(runs in vec(vec(asked(), 0..5), 1..4)) {
        let (journal, truths) = journal(&runs);
        for cut in 0..=journal.len() {
            let surveyed = replay(&journal[..cut], &scope(), &input()).unwrap();
            let whole = truths.iter().rev().find(|(end, _)| *end <= cut);
            let (end, truth) = whole.map_or((0, Truth::new()), |(end, truth)| (*end, truth.clone()));
            prop_assert_eq!(usize::try_from(surveyed.scanned.end).unwrap(), end);
            prop_assert_eq!(usize::try_from(surveyed.scanned.torn).unwrap(), cut - end);
            prop_assert!(surveyed.past.damage().is_empty());
            prop_assert_eq!(surveyed.past.unmatched(), truth.values().map(|(accepted, _)| accepted).sum::<u64>());
            prop_assert_eq!(told(surveyed.past), known(&truth));
        }
    }

    #[test]
    fn a_spoiled_byte_makes_nothing_accepted(
        runs in vec(vec(asked(), 0..5), 1..4),
        place in any::<proptest::sample::Index>(),
        flip in 1_u8..,
    ) {
        let (mut journal, truths) = journal(&runs);
        let place = HEADER.len() + place.index(journal.len() - HEADER.len());
        journal[place] ^= flip;
        let surveyed = replay(&journal, &scope(), &input()).unwrap();
        let last = truths[truths.len() - 2].0;
        prop_assert_eq!(surveyed.past.damage().is_empty(), place >= last, "damage is what good frames follow");
        let truth = &truths.last().unwrap().1;
        for (kind, (accepted, _)) in told(surveyed.past) {
            prop_assert!(accepted <= truth[&kind].0);
        }
    }

    #[test]
    fn it_does_not_matter_in_what_pieces_a_journal_is_read(
        runs in vec(vec(asked(), 0..5), 1..4),
        noise in vec(any::<u8>(), 0..40),
        pieces in vec(1_usize..400, 1..20),
    ) {
        let (mut journal, truths) = journal(&runs);
        let hole = truths[truths.len() / 2].0;
        journal.splice(hole..hole, noise);
        let mut whole = replay(&journal, &scope(), &input()).unwrap();
        let ledger = Ledger::of::<crate::model::counts::InMemory>();
        let mut survey = Survey::new(scope(), &input(), ledger);
        let mut rest = journal.as_slice();
        for piece in pieces.into_iter().cycle().take_while(|_| !journal.is_empty()) {
            let (head, tail) = rest.split_at(piece.min(rest.len()));
            survey.feed(head).unwrap();
            rest = tail;
            if rest.is_empty() {
                break;
            }
        }
        let parts = survey.finish().unwrap();
        prop_assert_eq!(&parts.scanned, &whole.scanned);
        whole.past.damage = parts.past.damage().clone();
        prop_assert_eq!(told(parts.past), told(whole.past));
    }

    #[test]
    fn no_bytes_are_too_much(
        headed in any::<bool>(),
        bytes in vec(prop_oneof![any::<u8>(), Just(0xFE), Just(b'j'), Just(b'f'), Just(0xA5), Just(0)], 0..600),
    ) {
        let journal = if headed { [&HEADER, bytes.as_slice()].concat() } else { bytes };
        drop(replay(&journal, &scope(), &input()));
        is_finished(&journal);
    }
}

/// What the service does with a request, and when `ctl` is killed.
#[derive(Debug, Clone, Copy)]
enum Turn {
    /// It takes each event whose number here is odd, and says so.
    Answers(u8),
    /// It takes them and the reply is lost.
    LosesTheReply,
    /// Killed while the journal is told of the request: so much of the frame is on disk.
    KilledBefore(proptest::sample::Index),
    /// Killed after the service took them, while the journal is told so.
    KilledAfter(proptest::sample::Index),
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        4 => any::<u8>().prop_map(Turn::Answers),
        1 => Just(Turn::LosesTheReply),
        1 => any::<proptest::sample::Index>().prop_map(Turn::KilledBefore),
        1 => any::<proptest::sample::Index>().prop_map(Turn::KilledAfter),
    ]
}

/// Adds what `write` writes, and of that only a part: less than the whole.
fn torn(journal: &mut Vec<u8>, part: proptest::sample::Index, write: impl FnOnce(&mut Vec<u8>)) {
    let before = journal.len();
    write(journal);
    journal.truncate(before + part.index(journal.len() - before));
}

proptest! {
    #[test]
    fn a_delivery_killed_and_started_again_loses_nothing_and_tells_what_may_be_double(
        events in vec(0..KINDS, 1..12),
        turns in vec(turn(), 0..20),
        size in 1_usize..4,
    ) {
        let mut turns = turns.into_iter();
        let mut journal = Vec::new();
        let (mut stored, mut told) = (BTreeMap::<u8, u64>::new(), BTreeMap::<u8, u64>::new());
        // What the run tells that is not killed any more, and every run might be that.
        let mut last = BTreeMap::<u8, u64>::new();
        'runs: for run in 1.. {
            let surveyed = replay(&journal, &scope(), &input()).unwrap();
            prop_assert!(surveyed.past.damage().is_empty());
            journal.truncate(usize::try_from(surveyed.scanned.end).unwrap());
            if journal.is_empty() {
                journal.extend(HEADER);
            }
            prop_assert!(surveyed.next_run <= run);
            let run = surveyed.next_run;
            begun(&mut journal, run, false, 0);
            let mut past = surveyed.past;
            let mut left = Vec::new();
            last.clear();
            for event in &events {
                *last.entry(*event).or_default() += past.repeats(&digest(*event)).unwrap();
                match past.standing(&digest(*event)).unwrap() {
                    Standing::Accepted => {}
                    Standing::Doubtful => left.push((*event, true)),
                    Standing::Fresh => left.push((*event, false)),
                }
            }
            prop_assert_eq!(past.unmatched(), 0);
            for request in 1.. {
                if left.is_empty() {
                    break 'runs;
                }
                let asked: Vec<(u8, bool)> = left.drain(..size.min(left.len())).collect();
                let kinds: Vec<u8> = asked.iter().map(|(kind, _)| *kind).collect();
                let turn = turns.next().unwrap_or(Turn::Answers(0xFF));
                if let Turn::KilledBefore(part) = turn {
                    torn(&mut journal, part, |journal| sending(journal, run, request, &kinds));
                    continue 'runs;
                }
                sending(&mut journal, run, request, &kinds);
                for (kind, doubtful) in &asked {
                    *told.entry(*kind).or_default() += u64::from(*doubtful);
                    *last.entry(*kind).or_default() += u64::from(*doubtful);
                }
                let takes = |at: usize| !matches!(turn, Turn::Answers(bits) if bits >> at & 1 == 0);
                for (at, (kind, _)) in asked.iter().enumerate() {
                    *stored.entry(*kind).or_default() += u64::from(takes(at));
                }
                let landings: Vec<Landing> = (0..asked.len()).map(|at| match turn {
                    Turn::LosesTheReply => Landing::Unknown,
                    _ if takes(at) => Landing::Accepted,
                    _ => Landing::NotTaken,
                }).collect();
                if let Turn::KilledAfter(part) = turn {
                    torn(&mut journal, part, |journal| landed(journal, run, request, &landings));
                    continue 'runs;
                }
                landed(&mut journal, run, request, &landings);
                for (at, (kind, _)) in asked.into_iter().enumerate() {
                    if landings[at] != Landing::Accepted {
                        left.push((kind, landings[at] == Landing::Unknown));
                    }
                }
            }
        }
        let mut past = replay(&journal, &scope(), &input()).unwrap().past;
        for event in &events {
            prop_assert_eq!(past.standing(&digest(*event)).unwrap(), Standing::Accepted);
        }
        for kind in 0..KINDS {
            let wanted: u64 = events.iter().map(|event| u64::from(*event == kind)).sum();
            let of = |counts: &BTreeMap<u8, u64>| counts.get(&kind).copied().unwrap_or(0);
            prop_assert!(of(&stored) >= wanted, "lost");
            let twice = of(&stored) - wanted;
            prop_assert!(twice <= of(&told), "twice, and not told");
            prop_assert!(twice <= of(&last), "twice, and not told by the last run");
            prop_assert!(wanted != 1 || of(&last) <= of(&told), "told more than runs could see");
            prop_assert!(twice <= past.repeats(&digest(kind)).unwrap(), "twice, and not told by one that sends nothing");
        }
    }
}
