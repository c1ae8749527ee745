//! What is said of deliveries.

use super::*;
use crate::model::event::{Refusal, Rule};
use crate::plan::ingest::{Cause, Fate};

fn place(line: u64) -> Place {
    Place {
        file: "events.json".into(),
        line,
        index: line,
        offset: 0,
    }
}

fn refusal(line: u64, id: Option<&str>, violations: Vec<Violation>) -> Refusal {
    Refusal {
        place: place(line),
        id: id.map(|id| id.parse().unwrap()),
        violations,
        entry: None,
    }
}

fn text(refusals: &Refusals) -> String {
    let blocks = refusals.blocks();
    let lines = blocks.iter().map(|block| match block {
        Block::Text(text) => text.clone(),
        other => panic!("{other:?}"),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_refusal_has_its_place_its_code_its_reason_and_its_way_out() {
    let mut refusals = Refusals::default();
    let violations = vec![
        Violation::error(Rule::EventTime, "/eventTime", "It is no time.").fix("Write 2026-11-20T12:00:00Z."),
        Violation::warning(Rule::TooLarge, "", "It is large."),
    ];
    refusals.add(&Settled::refused(&refusal(2, None, violations)));
    let cause = Cause {
        code: "InvalidRecipient".to_owned(),
        message: "Wrong".to_owned(),
    };
    refusals.add(&Settled {
        cause: Some(&cause),
        ..Settled::refused(&refusal(3, Some("evt-3"), Vec::new()))
    });
    insta::assert_snapshot!(text(&refusals), @"
    events.json:2: refused
        /eventTime [event_time] It is no time. Write 2026-11-20T12:00:00Z.
        warning: [too_large] It is large.
    events.json:3: refused, id evt-3
        [InvalidRecipient] The service: Wrong. recipientAccountId must be the account that owns the channel; leave it out, and ctl fills it in.
    ");
}

#[test]
fn how_far_it_is_fits_into_a_line() {
    let mut tally = Tally::default();
    (0..12_000).for_each(|_| tally.read_one());
    (0..10_000).for_each(|_| tally.accept());
    tally.refuse("missing");
    let at = |tally: &Tally, read, size, seconds| {
        let so_far = Headway { tally, read, size };
        headway(&so_far, Duration::from_secs(seconds))
    };
    // Of 12 000 events that were read, 10 001 are done. All have 1.2 million, at 2000 a second.
    assert_eq!(
        at(&tally, 8_000_000, Some(800_000_000), 5),
        "10000 events, 2000/s, 1 refused, 6.7 MB of 800.0 MB, 10 min left"
    );
    assert_eq!(at(&tally, 1200, None, 1), "10000 events, 10000/s, 1 refused, 1 kB");
    assert_eq!(at(&Tally::default(), 0, Some(9), 5), "0 events, 0/s, 0 B of 9 B");
}

#[test]
fn what_is_read_and_not_sent_is_still_to_come() {
    let so_far = |tally: &Tally| {
        let headway = Headway {
            tally,
            read: 1_000_000,
            size: Some(1_000_000),
        };
        super::headway(&headway, Duration::from_secs(10))
    };
    let mut tally = Tally::default();
    (0..2000).for_each(|_| tally.read_one());
    assert_eq!(so_far(&tally), "0 events, 0/s, 0 B of 1.0 MB");
    (0..500).for_each(|_| tally.accept());
    // 500 in ten seconds, so 1500 in thirty.
    assert_eq!(so_far(&tally), "500 events, 50/s, 250 kB of 1.0 MB, 30 s left");
    // What was skipped is done, and says nothing about the time that the rest takes.
    (0..1000).for_each(|_| tally.skip());
    assert_eq!(
        so_far(&tally),
        "500 events, 50/s, 1000 skipped, 750 kB of 1.0 MB, 10 s left"
    );
}

#[test]
fn many_refusals_are_told_by_their_number() {
    let mut refusals = Refusals::default();
    for n in 1..=25 {
        refusals.add(&Settled::refused(&refusal(n, None, Vec::new())));
    }
    let text = text(&refusals);
    assert_eq!(text.lines().count(), 21);
    assert!(
        text.ends_with("… and 5 more refused; -o ndjson tells of each."),
        "{text}"
    );
}

#[test]
fn warnings_are_told_once_each() {
    let mut warnings = Warnings::default();
    let old = Violation::warning(Rule::Old, "/eventTime", "It is old.");
    (1..=3).for_each(|n| warnings.add(&place(n), &old));
    let lines: Vec<String> = warnings.lines().collect();
    assert_eq!(
        lines,
        ["events.json:1: /eventTime [older_than_retention] It is old. (And 2 more like it.)"]
    );
}

#[test]
fn a_line_per_event_has_these_members_in_this_order() {
    let cause = Cause {
        code: "Throttling".to_owned(),
        message: "Later.".to_owned(),
    };
    let refusal = refusal(7, None, Vec::new());
    let mut pending = Settled::refused(&refusal);
    pending.cause = Some(&cause);
    pending.fate = Fate::Pending;
    pending.doubts = 1;
    assert_eq!(
        line(&pending).to_string(),
        r#"{"id":null,"status":"pending","event_id":null,"code":"Throttling","message":"Later. It may be stored all the same.","file":"events.json","line":7,"possible_copies":1}"#
    );
}

#[test]
fn the_summary_has_the_members_of_the_contract() {
    let mut tally = Tally::default();
    (0..3).for_each(|_| tally.read_one());
    tally.accept();
    tally.refuse("missing");
    let channel = "arn:aws:cloudtrail:us-east-1:123456789012:channel/11111111-2222-4333-8444-555555555555";
    let channel = channel.parse().unwrap();
    let sent = Sent {
        sandbox: true,
        channel: &channel,
        tally: &tally,
        inputs: &[],
        packing: None,
        held_back: false,
        refusals: &Refusals::default(),
        rejects: None,
        took: Duration::from_millis(12),
    };
    insta::assert_snapshot!(sent.json(), @r#"{"schema":"ctl.send/v1","sandbox":true,"channel_arn":"arn:aws:cloudtrail:us-east-1:123456789012:channel/11111111-2222-4333-8444-555555555555","read":3,"accepted":1,"refused":1,"skipped":0,"pending":1,"possibly_double":0,"possibly_double_earlier":0,"requests":0,"retries":0,"bytes_sent":0,"filled":{"recipient_account_id":0,"uid":0,"id":0,"event_time":0},"refusals":[{"code":"missing","count":1}],"rejects_file":null,"duration_ms":12}"#);
    assert_eq!(
        reconciliation(&tally),
        "read 3 = accepted 1 + refused 1 + skipped 0 + pending 1"
    );
}
