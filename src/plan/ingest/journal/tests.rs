use jiff::Timestamp;

use super::*;
use crate::model::counts::{Key, key};

const RUN: u32 = 1;

pub(super) fn scope() -> Scope {
    Scope {
        endpoint: "https://cloudtrail-data.eu-west-1.amazonaws.com".to_owned(),
        channel: "arn:aws:cloudtrail:eu-west-1:111122223333:channel/one".to_owned(),
    }
}

pub(super) fn input() -> InputKey {
    InputKey::new("/var/log/a")
}

pub(super) fn time(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

pub(super) fn digest(event: u8) -> [u8; 32] {
    [event; 32]
}

pub(super) fn write(journal: &mut Vec<u8>, run: u32, what: What<'_>) {
    let tag = scope().tag(&input());
    assert!(Frame { tag, run, what }.write(journal));
}

pub(super) fn begun(journal: &mut Vec<u8>, run: u32, afresh: bool, damaged: u64) {
    let (scope, input) = (scope(), input());
    let begun = Begun {
        time: time(0),
        afresh,
        damaged,
        endpoint: &scope.endpoint,
        channel: &scope.channel,
        input: input.as_bytes(),
    };
    write(journal, run, What::Begun(begun));
}

pub(super) fn sending(journal: &mut Vec<u8>, run: u32, request: u64, events: &[u8]) {
    let marks: Vec<Key> = events.iter().map(|event| key(&digest(*event))).collect();
    write(journal, run, What::Sending { request, marks: &marks });
}

pub(super) fn landed(journal: &mut Vec<u8>, run: u32, request: u64, landings: &[Landing]) {
    let what = What::Landed {
        request,
        time: time(i64::try_from(request).unwrap()),
        landings: landings.to_vec(),
    };
    write(journal, run, what);
}

/// A journal of one run that is under way.
fn one_run() -> Vec<u8> {
    let mut journal = HEADER.to_vec();
    begun(&mut journal, RUN, false, 0);
    journal
}

fn read(journal: &[u8]) -> Surveyed {
    replay(journal, &scope(), &input()).unwrap()
}

/// How each event stands that the input has.
fn standings(journal: &[u8], events: &[u8]) -> Vec<Standing> {
    let mut past = read(journal).past;
    events
        .iter()
        .map(|event| past.standing(&digest(*event)).unwrap())
        .collect()
}

const ACCEPTED: Landing = Landing::Accepted;
const UNKNOWN: Landing = Landing::Unknown;
const NOT_TAKEN: Landing = Landing::NotTaken;

#[test]
fn a_mark_makes_up_for_one_of_equal_events() {
    let mut journal = one_run();
    sending(&mut journal, RUN, 1, &[1, 1, 2, 3, 4]);
    landed(
        &mut journal,
        RUN,
        1,
        &[ACCEPTED, ACCEPTED, NOT_TAKEN, UNKNOWN, ACCEPTED],
    );
    let (accepted, doubtful, fresh) = (Standing::Accepted, Standing::Doubtful, Standing::Fresh);
    assert_eq!(
        standings(&journal, &[1, 1, 1, 2, 3, 3]),
        [accepted, accepted, fresh, fresh, doubtful, fresh]
    );
    let mut past = read(&journal).past;
    assert_eq!((past.unmatched(), past.accepted_on()), (3, Some(time(1))));
    for event in [1, 1, 1, 2] {
        past.standing(&digest(event)).unwrap();
    }
    assert_eq!(past.unmatched(), 1, "the input does not have 4 any more");
}

#[test]
fn what_was_doubtful_and_is_accepted_later_is_accepted() {
    let mut journal = one_run();
    sending(&mut journal, RUN, 1, &[1, 2]);
    landed(&mut journal, RUN, 1, &[UNKNOWN, UNKNOWN]);
    sending(&mut journal, RUN, 2, &[1]);
    landed(&mut journal, RUN, 2, &[ACCEPTED]);
    assert_eq!(standings(&journal, &[1, 2]), [Standing::Accepted, Standing::Doubtful]);
}

#[test]
fn what_was_under_way_is_doubtful() {
    let mut journal = one_run();
    sending(&mut journal, RUN, 1, &[1]);
    assert_eq!(standings(&journal, &[1]), [Standing::Doubtful]);
    // Request 1 of the next run is another one.
    begun(&mut journal, RUN + 1, false, 0);
    sending(&mut journal, RUN + 1, 1, &[2]);
    landed(&mut journal, RUN + 1, 1, &[ACCEPTED]);
    assert_eq!(standings(&journal, &[1, 2]), [Standing::Doubtful, Standing::Accepted]);
    assert_eq!(read(&journal).next_run, 3);
}

#[test]
fn a_run_afresh_forgets() {
    let mut journal = one_run();
    sending(&mut journal, RUN, 1, &[1, 2]);
    landed(&mut journal, RUN, 1, &[ACCEPTED, UNKNOWN]);
    sending(&mut journal, RUN, 2, &[3]);
    begun(&mut journal, RUN + 1, true, 0);
    sending(&mut journal, RUN + 1, 1, &[4]);
    landed(&mut journal, RUN + 1, 1, &[ACCEPTED]);
    let fresh = Standing::Fresh;
    assert_eq!(
        standings(&journal, &[1, 2, 3, 4]),
        [fresh, fresh, fresh, Standing::Accepted]
    );
    assert_eq!(read(&journal).past.unmatched(), 1);
}

#[test]
fn other_inputs_are_other_events() {
    let mut journal = one_run();
    sending(&mut journal, RUN, 1, &[1]);
    landed(&mut journal, RUN, 1, &[ACCEPTED]);
    for other in ["/var/log/b", "-", ""] {
        let surveyed = replay(&journal, &scope(), &InputKey::new(other)).unwrap();
        assert_eq!(surveyed.past.unmatched(), 0, "{other}");
        assert_eq!(surveyed.next_run, 2);
    }
}

#[test]
fn an_event_takes_about_17_bytes() {
    let mut journal = Vec::new();
    sending(&mut journal, RUN, 1, &[7; 100]);
    landed(&mut journal, RUN, 1, &[ACCEPTED; 100]);
    // Marker, length, checksum, kind, tag and run take 25 bytes.
    assert_eq!(journal.len(), (25 + 8 + 1600) + (25 + 16 + 25));
    sending(&mut journal, RUN, 2, &[7; MAX_MARKS]);
    let tag = scope().tag(&input());
    let (before, long) = (journal.clone(), vec![b'a'; 70_000]);
    let what = What::Begun(Begun {
        time: time(0),
        afresh: false,
        damaged: 0,
        endpoint: "",
        channel: "",
        input: &long,
    });
    assert!(!Frame { tag, run: RUN, what }.write(&mut journal));
    assert_eq!(journal, before, "nothing is written that could not be read");
}

#[test]
fn a_torn_tail_is_no_damage_and_a_hole_is() {
    let mut journal = one_run();
    sending(&mut journal, RUN, 1, &[1]);
    let first = journal.len();
    landed(&mut journal, RUN, 1, &[ACCEPTED]);
    let second = journal.len();
    for tail in [
        vec![0; 4096],
        b"\xFEjf\xA5".to_vec(),
        b"\xFE\xFE\xFE".to_vec(),
        vec![0xFE; 100_000],
    ] {
        let torn = [journal.as_slice(), &tail].concat();
        let surveyed = read(&torn);
        assert_eq!(usize::try_from(surveyed.scanned.end), Ok(second));
        assert_eq!(usize::try_from(surveyed.scanned.torn), Ok(tail.len()));
        assert!(surveyed.past.damage().is_empty());
        assert_eq!(standings(&torn, &[1]), [Standing::Accepted]);
    }
    sending(&mut journal, RUN, 2, &[2]);
    journal[first..second].fill(0);
    let damage = read(&journal).past.damage().clone();
    assert_eq!(damage.to_string(), format!("bytes {first} to {}", second - 1));
    assert_eq!(standings(&journal, &[1, 2]), [Standing::Doubtful, Standing::Doubtful]);
    // Once a run has told of it, the next one does not.
    begun(&mut journal, RUN + 1, false, damage.bytes());
    let surveyed = read(&journal);
    assert!(surveyed.past.damage().is_empty());
    assert_eq!(surveyed.scanned.damage, damage);
}

#[test]
fn many_damaged_places_are_told_in_a_line() {
    let mut journal = one_run();
    let mut wanted = Vec::new();
    for request in 1..=10 {
        let at = journal.len();
        journal.extend([0; 10]);
        wanted.push(format!("{at} to {}", at + 9));
        sending(&mut journal, RUN, request, &[1]);
        let told = read(&journal).past.damage().to_string();
        match request {
            1 => assert_eq!(told, format!("bytes {}", wanted[0])),
            2 => assert_eq!(told, format!("bytes {} and {}", wanted[0], wanted[1])),
            9 => assert_eq!(told, format!("bytes {} and 1 more place", wanted[..8].join(", "))),
            10 => assert_eq!(told, format!("bytes {} and 2 more places", wanted[..8].join(", "))),
            _ => {}
        }
    }
    assert_eq!(read(&journal).past.damage().bytes(), 100);
}

#[test]
fn a_file_that_was_just_made_becomes_a_journal_and_others_do_not() {
    for blank in [
        b"".as_slice(),
        b"ctl jour",
        b"ctl journal 00",
        &[0; 300],
        b"ctl\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    ] {
        let surveyed = read(blank);
        assert_eq!((surveyed.scanned.end, surveyed.next_run), (0, 1));
        assert_eq!(usize::try_from(surveyed.scanned.torn), Ok(blank.len()));
    }
    let newer = "a newer version of ctl wrote it, in format 12; this one knows format 1";
    let foreign = "it is no journal of ctl's";
    let zeros = vec![0; 100_000];
    for (bytes, why) in [
        (b"x".as_slice(), foreign),
        (b"ctl journals are nice", foreign),
        (b"ctl journal +12\n", newer),
        (b"ctl journal 012\n", newer),
        (&zeros, foreign),
        (b"ctl journal\0\0\0\0\0\0\0\0\0\0\0x", foreign),
    ] {
        let error = replay(bytes, &scope(), &input()).unwrap_err();
        assert_eq!(error.to_string(), why);
    }
}

#[test]
fn the_journal_of_another_channel_is_another() {
    let journal = one_run();
    let mut elsewhere = scope();
    elsewhere.endpoint = "http://127.0.0.1:4599".to_owned();
    let error = replay(&journal, &elsewhere, &input()).unwrap_err();
    assert!(matches!(error, Unusable::OtherScope(of) if *of == scope()));
    assert_ne!(elsewhere.file_name(&input()), scope().file_name(&input()));
}

#[test]
fn a_journal_is_finished_if_its_last_word_is() {
    let end = |complete| {
        let mut journal = one_run();
        sending(&mut journal, RUN, 1, &[1]);
        write(
            &mut journal,
            RUN,
            What::Ended {
                time: time(0),
                complete,
            },
        );
        journal
    };
    assert!(is_finished(&end(true)));
    assert!(is_finished(&end(true)[100..]));
    assert!(!is_finished(&end(false)));
    assert!(!is_finished(&one_run()));
    assert!(!is_finished(b""));
    assert!(!is_finished(&[end(true).as_slice(), b"\0"].concat()));
}

#[test]
fn frames_of_an_input_are_found_where_they_stand() {
    let (a, b) = (scope().tag(&input()), scope().tag(&InputKey::new("b")));
    let mut extents = Extents::default();
    for (tag, range) in [
        (a, 16..100),
        (b, 100..200),
        (a, 200..300),
        (b, 300..400),
        (a, 500_000..500_010),
    ] {
        extents.add(tag, range);
    }
    assert_eq!(extents.of(a), [16..300, 500_000..500_010]);
    assert_eq!(extents.of(b), vec![100..400; 1]);
    assert!(extents.of(scope().tag(&InputKey::new("c"))).is_empty());
    extents.add(b, 390..u64::MAX);
    assert_eq!(extents.of(b), vec![100..u64::MAX; 1]);
}

#[test]
fn a_damaged_journal_does_not_fill_the_memory() {
    // Requests of which it is not said what became of them, though they are of one run.
    let mut journal = one_run();
    for request in 0..100 {
        sending(&mut journal, RUN, request, &[9; MAX_MARKS]);
    }
    landed(&mut journal, RUN, 0, &[ACCEPTED; MAX_MARKS]);
    landed(&mut journal, RUN, 99, &[ACCEPTED; MAX_MARKS]);
    let past = read(&journal).past;
    assert_eq!(
        usize::try_from(past.unmatched()),
        Ok(MAX_MARKS),
        "the oldest was given up"
    );
}
