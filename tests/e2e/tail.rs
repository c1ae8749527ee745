//! `tail`: each event is shown once, however and whenever it comes, and following says when it cannot see.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout};

use ctl::sandbox::Config;
use serde_json::{Value, json};

use crate::harness::{Ctl, Lake, Output, event, now, signal, text, until, with};

/// A sandbox that tells the real time, with a custom integration.
fn custom() -> (Lake, Ctl, String) {
    let lake = Lake::with(Config::default());
    let ctl = lake.ctl();
    let (_, channel) = lake.owner().integration();
    lake.forget();
    (lake, ctl, channel)
}

/// An event whose `eventTime` is so many seconds ago.
fn aged(uid: &str, seconds: i64) -> Value {
    let at = now() - jiff::SignedDuration::from_secs(seconds);
    let time = at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    with(event(uid), json!({"eventTime": time}))
}

fn send(lake: &Lake, channel: &str, events: &[Value]) {
    let entries: Vec<Value> = events
        .iter()
        .enumerate()
        .map(|(at, event)| json!({"id": format!("e{at}"), "eventData": event.to_string()}))
        .collect();
    let reply = lake.owner().put(channel, None, json!(entries)).unwrap();
    assert_eq!(reply["successful"].as_array().unwrap().len(), events.len(), "{reply}");
}

fn calls(lake: &Lake, operation: &str) -> usize {
    lake.requests()
        .iter()
        .filter(|seen| seen.operation == operation && seen.status.is_some())
        .count()
}

/// A run of `ctl tail` that knows what is there already.
struct Following {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Following {
    fn start(lake: &Lake, ctl: &Ctl, args: &str) -> Self {
        let read = calls(lake, "GetQueryResults");
        let mut child = ctl.start(&format!("tail --interval 200ms -o ndjson {args}"));
        let lines = BufReader::new(child.stdout.take().unwrap());
        until(|| calls(lake, "GetQueryResults") > read);
        Self { child, lines }
    }

    /// The next line.
    fn next(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    /// The UID of the next event.
    fn uid(&mut self) -> String {
        text(&self.next()["eventData"], "UID")
    }

    /// The last line, and the end.
    fn end(mut self, ctl: &Ctl) -> (Value, Output) {
        let last = self.next();
        let output = self.child.wait_with_output().unwrap();
        (last, ctl.output(&["tail"], &output))
    }
}

#[test]
fn late_equal_and_redelivered_events_are_shown_once() {
    let (lake, ctl, channel) = custom();
    send(&lake, &channel, &[aged("before", 10)]);
    let mut tail = Following::start(&lake, &ctl, "--limit 6");
    // Late by its own time, three of one second, and one that is delivered again.
    let twin = [aged("t1", 60), aged("t2", 60), aged("t3", 60)];
    send(&lake, &channel, &[aged("late", 23 * 3600)]);
    assert_eq!(tail.uid(), "late");
    send(&lake, &channel, &twin);
    let mut uids: Vec<String> = (0..3).map(|_| tail.uid()).collect();
    uids.sort();
    assert_eq!(uids, ["t1", "t2", "t3"]);
    send(&lake, &channel, &[aged("late", 23 * 3600)]);
    let again = tail.next();
    assert_eq!(again["eventData"]["UID"], "late");
    assert_eq!(text(&again["metadata"], "channelARN"), channel);
    send(&lake, &channel, &[aged("last", 0)]);
    assert_eq!(tail.uid(), "last");
    let (summary, output) = tail.end(&ctl);
    output.exits(0);
    assert_eq!(summary["schema"], "ctl.tail/v1");
    assert_eq!(summary["event_count"], 6);
    assert!(summary["bytes_scanned"].as_u64().unwrap() > 0);
    assert_eq!(summary["queries"], calls(&lake, "StartQuery"));
}

#[test]
fn what_lies_outside_the_lookback_is_not_scanned() {
    let (lake, ctl, channel) = custom();
    let mut tail = Following::start(&lake, &ctl, "--limit 1 --lookback 2h");
    send(&lake, &channel, &[aged("outside", 2 * 3600 + 60)]);
    send(&lake, &channel, &[aged("inside", 2 * 3600 - 60)]);
    assert_eq!(tail.uid(), "inside");
    let (_, output) = tail.end(&ctl);
    output.exits(0).says(&["less than 2 h ago"]);
}

#[test]
fn with_since_what_was_taken_in_before_is_shown_too() {
    let (lake, ctl, channel) = custom();
    send(&lake, &channel, &[aged("a", 7200), aged("b", 60)]);
    let output = ctl
        .run("tail --since 1h --limit 2 --interval 200ms --timeout 20s")
        .exits(0);
    let mut uids: Vec<&str> = output
        .stdout
        .lines()
        .map(|line| line.split('\t').nth(4).unwrap())
        .collect();
    uids.sort_unstable();
    assert_eq!(uids, ["a", "b"]);
    let whole = ctl
        .run("tail --since 1h --limit 2 --interval 200ms --timeout 20s -o json")
        .exits(0)
        .json();
    assert_eq!(whole["events"].as_array().unwrap().len(), 2);
    let csv = ctl
        .run("tail --since 1h --limit 2 --interval 200ms --timeout 20s -o csv")
        .exits(0);
    assert_eq!(csv.stdout.lines().count(), 3);
    assert!(csv.stdout.contains("eventData.userIdentity.principalId"));
}

#[test]
fn only_what_is_wanted_is_shown() {
    let (lake, ctl, channel) = custom();
    let mut tail = Following::start(&lake, &ctl, "--limit 1 --name Logout --error=Denied");
    let named = |uid: &str, name: &str, error: &str| with(aged(uid, 1), json!({"eventName": name, "errorCode": error}));
    send(
        &lake,
        &channel,
        &[
            named("1", "Login", "Denied"),
            named("2", "Logout", "Other"),
            named("3", "Logout", "Denied"),
        ],
    );
    assert_eq!(tail.uid(), "3");
    let (_, output) = tail.end(&ctl);
    output.exits(0);
}

#[test]
fn it_says_when_it_is_blind_and_passes_nothing_over() {
    let (lake, ctl, channel) = custom();
    let mut tail = Following::start(&lake, &ctl, "--limit 1");
    lake.fault("StartQuery", 1, 1000, json!({"kind": "throttle"}));
    send(&lake, &channel, &[aged("seen", 5)]);
    let mut said = BufReader::new(tail.child.stderr.take().unwrap()).lines();
    let notice = said.find(|line| line.as_ref().unwrap().contains("Blind for now"));
    assert!(notice.unwrap().unwrap().contains("ThrottlingException"));
    lake.heal();
    assert_eq!(tail.uid(), "seen");
    let (summary, output) = tail.end(&ctl);
    output.exits(0);
    assert_eq!(summary["event_count"], 1);
    let rest: Vec<String> = said.map(Result::unwrap).collect();
    assert!(
        rest.iter()
            .any(|line| line.contains("can be read again; nothing was passed over")),
        "{rest:?}"
    );
}

#[test]
fn who_never_saw_anything_does_not_say_that_nothing_came() {
    let (lake, ctl, channel) = custom();
    send(&lake, &channel, &[aged("unseen", 5)]);
    lake.tell(
        "/queries",
        json!({"status": "FAILED", "error": "Query exhausted resources at this scale factor", "times": 0}),
    );
    let output = ctl
        .run("tail --interval 200ms --since 1h --timeout 2s -o json")
        .exits(6);
    assert_eq!(output.json()["blind"], true);
    output.says(&["could not be read", "Query exhausted resources"]);
}

#[test]
fn without_leave_to_ask_the_channel_time_decides() {
    let (lake, ctl, channel) = custom();
    let denied = json!({"kind": "error", "status": 400, "code": "AccessDeniedException", "message": "No."});
    let mut tail = Following::start(&lake, &ctl, "--limit 1");
    lake.fault("GetChannel", 1, 1000, denied);
    until(|| lake.requests().iter().any(|seen| seen.fault.is_some()));
    send(&lake, &channel, &[aged("seen", 5)]);
    assert_eq!(tail.uid(), "seen");
    let (_, output) = tail.end(&ctl);
    output.exits(0).says(&["GetChannel is not allowed"]);
}

#[test]
fn a_quiet_channel_costs_one_query() {
    let (lake, ctl, _) = custom();
    let output = ctl.run("tail --interval 200ms --timeout 3s").exits(0);
    assert_eq!(output.stdout, "");
    assert_eq!(calls(&lake, "StartQuery"), 1);
    assert!(calls(&lake, "GetChannel") > 5);
    output.says(&["0 events in 1 query, 0 B scanned."]);
}

#[test]
fn what_did_not_come_in_time_is_exit_6() {
    let (_lake, ctl, _) = custom();
    let output = ctl
        .run("tail --interval 200ms --limit 1 --timeout 1s -o ndjson")
        .exits(6);
    assert_eq!(output.error()["message"], "The time is over; 0 of 1 events came.");
    let summary: Value = serde_json::from_str(output.stdout.trim()).unwrap();
    assert_eq!(summary["event_count"], 0);
}

#[test]
fn an_interrupt_ends_it_with_what_it_cost() {
    let (lake, ctl, channel) = custom();
    let mut tail = Following::start(&lake, &ctl, "");
    send(&lake, &channel, &[aged("seen", 5)]);
    assert_eq!(tail.uid(), "seen");
    signal(&tail.child, "INT");
    let (summary, output) = tail.end(&ctl);
    assert_eq!(summary["event_count"], 1);
    output.exits(130).says(&["1 event in", "Interrupted."]);
}

#[test]
fn a_channel_that_goes_away_ends_it() {
    let (lake, ctl, channel) = custom();
    let tail = Following::start(&lake, &ctl, "");
    lake.owner().call("DeleteChannel", json!({"Channel": channel})).unwrap();
    let (_, output) = tail.end(&ctl);
    output.exits(5).says(&["is gone"]);
}

#[test]
fn nothing_is_followed_where_there_is_nothing() {
    let (_lake, ctl, _) = custom();
    ctl.run("tail nowhere").exits(5);
    ctl.run("tail --event-data-store nowhere").exits(5);
    ctl.run("tail --interval 10ms")
        .exits(2)
        .says(&["the shortest is 200ms"]);
}
