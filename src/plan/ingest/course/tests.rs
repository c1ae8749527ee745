//! Deliveries played on paper: what a service says, in and out of order, and what must come of it.

use proptest::prelude::*;

use super::*;
use crate::model::event::{Entry, Failed, Gaps, Occurrences, Place, Reply, Stored, Terms, Violation, prepare};
use crate::plan::ingest::journal::Standing;
use crate::plan::ingest::witness::Headway;

/// What was told of each event, by its id, and the pauses.
#[derive(Default)]
struct Notes {
    ends: BTreeMap<String, Vec<String>>,
    pauses: Vec<Duration>,
}

impl Witness for Notes {
    fn settled(&mut self, settled: &Settled<'_>) {
        let mut end = settled.fate.as_str().to_owned();
        if let Some(cause) = settled.cause {
            end = format!("{end} {}", cause.code);
        }
        if settled.is_doubtful() {
            end.push('?');
        }
        let id = settled.id().map(ToString::to_string).unwrap_or_default();
        self.ends.entry(id).or_default().push(end);
    }

    fn warned(&mut self, _place: &Place, _warning: &Violation) {}

    fn pausing(&mut self, _cause: &Cause, wait: Duration) {
        self.pauses.push(wait);
    }

    fn headway(&mut self, _headway: &Headway<'_>) {}

    fn is_full(&self) -> bool {
        false
    }
}

fn event(id: &str) -> AuditEvent {
    let text = format!(
        r#"{{"version":"1","userIdentity":{{"type":"a","principalId":"b"}},"eventSource":"s","eventName":"n","eventTime":"2026-11-20T12:00:00Z","UID":"{id}"}}"#
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

fn incoming(id: &str) -> Incoming {
    Incoming {
        event: event(id),
        journal: Some(InputNumber(1)),
        history: History::NONE,
    }
}

fn pace(events: usize) -> Pace {
    Pace {
        limits: Limits {
            events,
            ..Limits::default()
        },
        rate: None,
        ..Pace::default()
    }
}

fn cause(code: &str) -> Cause {
    Cause {
        code: code.to_owned(),
        message: String::new(),
    }
}

fn failed(id: &str, code: &str) -> Failed {
    Failed {
        id: id.to_owned(),
        code: code.to_owned(),
        message: String::new(),
    }
}

fn ids(request: &Request) -> Vec<String> {
    request.events().map(|event| event.id().to_string()).collect()
}

/// A service that takes all but those that fail with a code.
fn answer(request: &Request, bad: &[(&str, &str)]) -> Verdict {
    let mut reply = Reply::default();
    for id in ids(request) {
        match bad.iter().find(|(bad, _)| *bad == id) {
            Some((_, code)) => reply.failed.push(failed(&id, code)),
            None => reply.successful.push(Stored {
                event_id: format!("event-{id}"),
                id,
            }),
        }
    }
    request.answered(reply)
}

struct Play {
    course: Course,
    notes: Notes,
    now: Duration,
    sent: Vec<Vec<String>>,
}

impl Play {
    fn of(events: &[&str], size: usize) -> Self {
        let mut play = Self {
            course: Course::new(pace(size)),
            notes: Notes::default(),
            now: Duration::ZERO,
            sent: Vec::new(),
        };
        for id in events {
            play.course.add(incoming(id), play.now, &mut play.notes);
        }
        play.course.end_input();
        play
    }

    /// Sends one request after another until it is over; the n-th gets the n-th verdict.
    fn run(
        mut self,
        mut service: impl FnMut(usize, &Request) -> Verdict,
    ) -> (Tally, Notes, Vec<Vec<String>>, Option<Stop>) {
        for _ in 0..10_000 {
            self.course.tick(self.now, &mut self.notes);
            while let Some(request) = self.course.next(self.now) {
                let verdict = service(self.sent.len(), &request);
                self.sent.push(ids(&request));
                let at = Moment {
                    now: self.now,
                    random: 0.5,
                };
                self.course.landed(request, verdict, at, &mut self.notes);
            }
            if self.course.is_over() {
                let stop = self.course.stopped();
                return (self.course.finish(&mut self.notes), self.notes, self.sent, stop);
            }
            let wake = self.course.wake().expect("something is waited for");
            assert!(wake > self.now, "it waits for what is to come");
            self.now = wake;
        }
        panic!("it never ends");
    }
}

fn sums(tally: &Tally) -> [u64; 4] {
    assert_eq!(
        tally.read(),
        tally.accepted() + tally.refused() + tally.skipped() + tally.pending()
    );
    [
        tally.accepted(),
        tally.refused(),
        tally.pending(),
        tally.possibly_double,
    ]
}

fn ends(notes: &Notes) -> Vec<String> {
    notes
        .ends
        .iter()
        .map(|(id, ends)| format!("{id}: {}", ends.join(" and ")))
        .collect()
}

#[test]
fn all_goes_well() {
    let (tally, notes, sent, stop) = Play::of(&["a", "b", "c"], 2).run(|_, request| answer(request, &[]));
    assert_eq!(sums(&tally), [3, 0, 0, 0]);
    assert_eq!((tally.requests, tally.retries), (2, 0));
    assert_eq!(sent, [vec!["a", "b"], vec!["c"]]);
    assert_eq!(ends(&notes), ["a: accepted", "b: accepted", "c: accepted"]);
    assert_eq!(stop, None);
}

#[test]
fn an_entry_that_asks_for_it_goes_again_with_its_id() {
    let (tally, notes, sent, _) = Play::of(&["a", "b"], 2).run(|n, request| match n {
        0 => answer(request, &[("a", "Throttling"), ("b", "InvalidData")]),
        1 => answer(request, &[("a", "InternalFailure")]),
        _ => answer(request, &[]),
    });
    assert_eq!(sums(&tally), [1, 1, 0, 0]);
    assert_eq!(sent, [vec!["a", "b"], vec!["a"], vec!["a"]]);
    assert_eq!(ends(&notes), ["a: accepted", "b: refused InvalidData"]);
}

#[test]
fn an_entry_is_tried_so_often_and_then_pending() {
    let (tally, notes, sent, stop) = Play::of(&["a", "b"], 2).run(|_, request| answer(request, &[("a", "Throttling")]));
    assert_eq!(sums(&tally), [1, 0, 1, 0]);
    assert_eq!(sent.len(), 6);
    assert_eq!(ends(&notes), ["a: pending Throttling", "b: accepted"]);
    assert_eq!(stop, None, "one event does not end a delivery");
}

#[test]
fn a_service_that_takes_nothing_is_given_up() {
    let many: Vec<String> = (0..250).map(|n| n.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let (tally, _, _, stop) = Play::of(&many, 100).run(|_, request| {
        let all = ids(request);
        let all: Vec<_> = all.iter().map(|id| (id.as_str(), "InternalFailure")).collect();
        answer(request, &all)
    });
    assert_eq!(sums(&tally), [0, 0, 250, 0]);
    assert_eq!(stop, Some(Stop::GaveUp));
}

#[test]
fn a_lost_reply_is_sent_again_and_counted() {
    let (tally, notes, sent, _) = Play::of(&["a", "b"], 2).run(|n, request| match n {
        0 => Verdict::Unknown(cause("lost")),
        1 => Verdict::Busy(cause("ThrottlingException")),
        _ => answer(request, &[]),
    });
    // Twice possibly stored by the first sending; the second is known not to have stored anything.
    assert_eq!(sums(&tally), [2, 0, 0, 2]);
    assert_eq!((tally.requests, tally.retries), (3, 2));
    assert_eq!(sent, vec![vec!["a", "b"]; 3]);
    assert_eq!(ends(&notes), ["a: accepted?", "b: accepted?"]);
    assert_eq!(notes.pauses.len(), 2);
}

#[test]
fn an_entry_that_the_reply_leaves_out_goes_again_and_is_counted() {
    let (tally, notes, _, _) = Play::of(&["a"], 2).run(|n, request| match n {
        0 => request.answered(Reply::default()),
        _ => answer(request, &[]),
    });
    assert_eq!(sums(&tally), [1, 0, 0, 1]);
    assert_eq!(ends(&notes), ["a: accepted?"]);
}

#[test]
fn a_throttle_slows_everything_down_and_is_not_counted_as_double() {
    let (tally, notes, _, stop) = Play::of(&["a", "b", "c"], 1).run(|_, _| Verdict::Busy(cause("ThrottlingException")));
    assert_eq!(sums(&tally), [0, 0, 3, 0]);
    assert!((9..=27).contains(&tally.requests), "{}", tally.requests);
    assert_eq!(stop, Some(Stop::GaveUp));
    assert_eq!(ends(&notes)[0], "a: pending ThrottlingException");
}

#[test]
fn an_endpoint_that_was_never_reached_is_given_up_early() {
    let (tally, _, _, stop) = Play::of(&["a"], 1).run(|_, _| Verdict::Unreached(cause("unreachable")));
    assert_eq!((sums(&tally), tally.requests), ([0, 0, 1, 0], 3));
    assert_eq!(stop, Some(Stop::GaveUp));
    let (tally, _, _, _) = Play::of(&["a", "b"], 1).run(|n, request| match n {
        1..=5 => Verdict::Unreached(cause("unreachable")),
        _ => answer(request, &[]),
    });
    assert_eq!(sums(&tally), [2, 0, 0, 0], "one that answered before is waited for");
}

#[test]
fn a_channel_that_refuses_is_asked_once() {
    let (tally, notes, sent, stop) =
        Play::of(&["a", "b", "c"], 1).run(|_, _| Verdict::Closed(cause("ChannelNotFound")));
    assert_eq!((sums(&tally), sent.len()), ([0, 0, 3, 0], 1));
    assert_eq!(stop, Some(Stop::Closed));
    assert_eq!(ends(&notes)[0], "a: pending ChannelNotFound");
}

#[test]
fn a_flawed_request_is_halved_until_the_flaw_stands_alone() {
    let (tally, notes, _, _) = Play::of(&["a", "b", "c", "d", "e"], 5).run(|_, request| {
        if ids(request).contains(&"d".to_owned()) {
            Verdict::Flawed(cause("ValidationError"))
        } else {
            answer(request, &[])
        }
    });
    assert_eq!(sums(&tally), [4, 1, 0, 0]);
    assert_eq!(ends(&notes)[3], "d: refused ValidationError");
}

#[test]
fn only_one_request_goes_until_the_service_has_answered() {
    let mut play = Play::of(&["a", "b", "c", "d", "e", "f"], 1);
    let first = play.course.next(play.now).unwrap();
    assert!(play.course.next(play.now).is_none());
    let at = Moment {
        now: play.now,
        random: 0.0,
    };
    let verdict = answer(&first, &[]);
    play.course.landed(first, verdict, at, &mut play.notes);
    let second = play.course.next(play.now).unwrap();
    assert!(play.course.next(play.now).is_some());
    assert!(play.course.next(play.now).is_none(), "two at a time, then");
    play.course
        .landed(second, Verdict::Busy(cause("x")), at, &mut play.notes);
    assert!(play.course.next(play.now).is_none(), "nothing goes while it throttles");
    assert!(play.course.wake() >= Some(Duration::from_millis(100)));
}

#[test]
fn requests_go_no_faster_than_the_rate() {
    let mut play = Play::of(&["a", "b", "c"], 1);
    play.course.flow = Flow::new(Some(10));
    let first = play.course.next(play.now).unwrap();
    let at = Moment {
        now: play.now,
        random: 0.0,
    };
    let verdict = answer(&first, &[]);
    play.course.landed(first, verdict, at, &mut play.notes);
    assert!(play.course.next(Duration::from_millis(100)).is_none());
    let wake = play.course.wake().unwrap();
    assert_eq!(wake.as_millis(), 100);
    assert!(play.course.next(wake).is_some());
    assert!(
        play.course.next(wake).is_none(),
        "two may be under way, but not so soon"
    );
}

#[test]
fn a_request_that_is_always_short_of_room_is_tried_on_while_others_get_through() {
    // Every request but the first of "a" is answered, and "a" is throttled 20 times: more than 9.
    let mut throttled = 0;
    let mut play = Play::of(&["a", "b"], 1);
    play.course.input_over = false;
    let (mut fresh, mut n) = (0, 0);
    while throttled < 20 {
        play.course.tick(play.now, &mut play.notes);
        if let Some(request) = play.course.next(play.now) {
            let is_a = ids(&request).contains(&"a".to_owned());
            throttled += usize::from(is_a);
            let verdict = if is_a {
                Verdict::Busy(cause("ThrottlingException"))
            } else {
                answer(&request, &[])
            };
            let at = Moment {
                now: play.now,
                random: 0.5,
            };
            play.course.landed(request, verdict, at, &mut play.notes);
        }
        n += 1;
        fresh += 1;
        play.course
            .add(incoming(&format!("f{fresh}")), play.now, &mut play.notes);
        play.now += Duration::from_secs(1);
        assert!(n < 10_000, "it is stuck");
    }
    assert_eq!(play.course.stopped(), None);
}

#[test]
fn what_may_be_stored_already_counts_as_double_when_it_is_sent() {
    let mut play = Play::of(&["a"], 2);
    play.course.add(
        Incoming {
            history: History {
                standing: Standing::Doubtful,
                repeats: 0,
            },
            ..incoming("b")
        },
        play.now,
        &mut play.notes,
    );
    let (tally, notes, _, _) = play.run(|_, request| answer(request, &[]));
    assert_eq!(sums(&tally), [2, 0, 0, 1]);
    assert_eq!(ends(&notes), ["a: accepted", "b: accepted?"]);
}

#[test]
fn what_cannot_be_written_down_ends_the_delivery_and_does_not_count() {
    for (verdict, double) in [
        (Verdict::Unsent(cause("journal")), false),
        (Verdict::Unrecorded(cause("journal")), true),
    ] {
        let (tally, notes, sent, stop) = Play::of(&["a", "b"], 1).run(|_, _| verdict.clone());
        assert_eq!((sums(&tally), sent.len()), ([0, 0, 2, 0], 1));
        assert_eq!(tally.requests, u64::from(double), "what was not sent is no request");
        let doubt = if double { "?" } else { "" };
        assert_eq!(ends(&notes)[0], format!("a: pending journal{doubt}"));
        assert_eq!(stop, Some(Stop::Unrecorded));
    }
}

#[test]
fn an_input_is_done_when_it_was_read_and_its_last_event_has_ended() {
    let mut course = Course::new(pace(1));
    let mut notes = Notes::default();
    course.add(incoming("a"), Duration::ZERO, &mut notes);
    course.end_of(InputNumber(1), true);
    course.end_of(InputNumber(2), false);
    course.end_input();
    let empty = Done {
        journal: InputNumber(2),
        complete: false,
    };
    assert_eq!(
        course.take_done(),
        [empty],
        "one without events is done at once, if not read to its end"
    );
    let request = course.next(Duration::ZERO).unwrap();
    let at = Moment {
        now: Duration::ZERO,
        random: 0.0,
    };
    let verdict = answer(&request, &[]);
    course.landed(request, verdict, at, &mut notes);
    let full = Done {
        journal: InputNumber(1),
        complete: true,
    };
    assert_eq!(course.take_done(), [full]);
    assert_eq!(course.take_done(), []);
}

#[test]
fn what_is_asked_to_stop_sends_nothing_more_and_counts_what_comes_in() {
    let mut course = Course::new(pace(1));
    let mut notes = Notes::default();
    course.add(incoming("a"), Duration::ZERO, &mut notes);
    course.add(incoming("b"), Duration::ZERO, &mut notes);
    let request = course.next(Duration::ZERO).unwrap();
    course.stop(Stop::Interrupted);
    course.stop(Stop::Closed);
    course.add(incoming("c"), Duration::ZERO, &mut notes);
    assert!(!course.is_over() && !course.wants_input());
    let at = Moment {
        now: Duration::ZERO,
        random: 0.0,
    };
    let verdict = answer(&request, &[]);
    course.landed(request, verdict, at, &mut notes);
    assert!(course.is_over());
    assert_eq!(course.stopped(), Some(Stop::Interrupted));
    assert_eq!(sums(&course.finish(&mut notes)), [1, 0, 2, 0]);
    assert_eq!(ends(&notes), ["a: accepted", "b: pending", "c: pending"]);
}

#[test]
fn events_do_not_wait_for_company_for_ever() {
    let mut course = Course::new(pace(100));
    let mut notes = Notes::default();
    let now = Duration::from_secs(5);
    course.add(incoming("a"), now, &mut notes);
    assert!(course.next(now).is_none());
    assert_eq!(course.wake(), Some(Duration::from_secs(6)));
    assert!(course.next(Duration::from_secs(6)).is_some());
}

proptest! {
    /// Whatever the service says: it ends, the sums agree, and every event ends exactly once.
    #[test]
    fn every_event_ends_once(
        count in 0_usize..12,
        size in 1_usize..5,
        script in proptest::collection::vec((0_u8..12, 0_usize..12), 0..60),
    ) {
        let names: Vec<String> = (0..count).map(|n| format!("e{n:02}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (tally, notes, sent, stop) = Play::of(&names, size).run(|n, request| {
            let (what, which) = script.get(n).copied().unwrap_or((0, 0));
            let all = ids(request);
            let one = all[which % all.len()].clone();
            match what {
                0..=3 => answer(request, &[]),
                4 => answer(request, &[(&one, "Throttling")]),
                5 => answer(request, &[(&one, "InvalidData")]),
                6 => request.answered(Reply::default()),
                7 => Verdict::Busy(cause("busy")),
                8 => Verdict::Unknown(cause("lost")),
                9 => Verdict::Flawed(cause("flaw")),
                10 => Verdict::Unreached(cause("unreached")),
                _ => Verdict::Closed(cause("closed")),
            }
        });
        let [accepted, refused, pending, _] = sums(&tally);
        prop_assert_eq!(tally.read(), u64::try_from(count).unwrap());
        prop_assert_eq!(notes.ends.len(), count);
        prop_assert!(notes.ends.values().all(|ends| ends.len() == 1));
        let told = |word: &str| {
            let ends = notes.ends.values().filter(|ends| ends[0].starts_with(word));
            u64::try_from(ends.count()).unwrap()
        };
        prop_assert_eq!([told("accepted"), told("refused"), told("pending")], [accepted, refused, pending]);
        prop_assert!(sent.iter().all(|request| request.len() <= size));
        if stop.is_none() {
            // An event alone is pending only because it was tried as often as allowed.
            prop_assert!(notes.ends.values().all(|ends| ends[0] != "pending"));
        }
    }
}
