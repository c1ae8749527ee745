//! Processes are killed, again and again.

use super::*;
use crate::harness::{Dice, HOME, SECRET_KEY, Served};

/// Every event is in the store, and as often at most as this one report says of it; its sums say it as well.
#[track_caller]
fn stored_as_told(report: &Report, copies: &[usize]) {
    assert_eq!(report.lines.len(), copies.len());
    for line in &report.lines {
        let stored = copies[line.number - 1];
        assert!((1..=line.copies).contains(&stored), "stored {stored} times: {line:?}");
    }
    let told: usize = report.lines.iter().map(|line| line.copies - 1).sum();
    assert_eq!(
        told,
        report.number("possibly_double") + report.number("possibly_double_earlier")
    );
}

#[test]
fn fifty_kills_lose_nothing_and_double_nothing_unsaid() {
    const EVENTS: usize = 2000;
    let (lake, ctl, channel) = custom();
    ctl.file("in", numbered(0..EVENTS, 10));
    slow(&lake, 10);
    let args = format!("in --channel {channel} --rate 0 --concurrency 3 --journal journal");
    let journal = ctl.home().join("journal");
    let length = || std::fs::metadata(&journal).map_or(0, |about| about.len());
    let mut dice = Dice::new(50);
    let mut kills = 0;
    while kills < 50 {
        assert!(copies(&lake, EVENTS).contains(&0), "{kills} kills only");
        lake.forget();
        if kills % 10 == 0 {
            // Taken by the service, and nobody hears of it: what is sent again comes twice, whenever the kill comes.
            lake.fault("PutAuditEvents", 1, 1, json!({"kind": "lose_reply"}));
        }
        let begun = length();
        let mut run = ctl.start(&format!("send {args}"));
        // At some byte of the journal, or some request; before the first of either, too.
        let (bytes, requests) = (dice.roll(1000), usize::try_from(dice.roll(5)).unwrap());
        until(|| match kills % 2 {
            0 => length() >= begun + bytes,
            _ => puts(&lake) >= requests,
        });
        run.kill().unwrap();
        run.wait().unwrap();
        kills += 1;
    }
    let known = ctl.send(&format!("{args} --dry-run"), 0);
    let last = ctl.send(&args, 0);
    assert_eq!(last.number("possibly_double"), known.number("possibly_double"));
    let copies = copies(&lake, EVENTS);
    stored_as_told(&last, &copies);
    // There was something to prove: kills hit requests under way, and events came twice.
    assert!(last.number("possibly_double_earlier") > 0, "nothing was in flight");
    assert!(copies.iter().any(|copies| *copies > 1), "nothing came twice");
    let again = ctl.send(&args, 0);
    assert_eq!((again.number("skipped"), again.number("requests")), (EVENTS, 0));
    stored_as_told(&again, &copies);
}

#[test]
fn a_service_that_is_killed_and_comes_back_gets_everything() {
    const EVENTS: usize = 3000;
    let ctl = Ctl::new()
        .region("us-east-1")
        .env("AWS_ACCESS_KEY_ID", HOME)
        .env("AWS_SECRET_ACCESS_KEY", SECRET_KEY);
    ctl.file("in", numbered(0..EVENTS, EVENTS));
    ctl.file(
        "faults",
        r#"{"faults":[{"operation":"PutAuditEvents","times":0,"fault":{"kind":"delay","ms":30}}]}"#,
    );
    let state = "--state lake.sqlite --faults faults";
    let served = Served::start(&ctl, state);
    let address = served.address();
    let ctl = ctl.env("AWS_ENDPOINT_URL", &served.endpoint());
    drop(ctl.run("enable --custom --name app --yes").exits(0));
    let run = ctl.start("send in --rate 0 --journal journal -o ndjson");
    let journal = ctl.home().join("journal");
    // Somebody has to read what it says, or it waits for that.
    let run = std::thread::spawn(|| run.wait_with_output().unwrap());
    until(|| std::fs::metadata(&journal).is_ok_and(|about| about.len() > 20_000));
    served.kill();
    let served = Served::start_on(&ctl, address, state);
    let output = run.join().unwrap();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    drop(served);
    // Whoever reads the state sees what all callers saw.
    let lake = Lake::with(ctl::sandbox::Config {
        state: ctl::sandbox::State::File(ctl.home().join("lake.sqlite")),
        ..ctl::sandbox::Config::default()
    });
    let output = ctl.output(&["send", "in"], &output);
    agree(&Report::of(&ctl, output), &copies(&lake, EVENTS));
}
