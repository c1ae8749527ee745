//! What a run remembers of those before it.

use super::*;
use crate::harness::event;

#[test]
fn a_second_run_sends_only_what_is_new() {
    let (lake, ctl, channel) = custom();
    let args = format!("in --channel {channel}");
    ctl.file("in", numbered(0..150, 150));
    assert_eq!(ctl.send(&args, 0).sums(), [150, 150, 0, 0, 0]);
    let again = ctl.run(&format!("send {args}")).exits(0);
    let said = again.stdout.lines().nth(1).unwrap();
    let (before, after) = ("0 sent; all 150 accepted on ", "; --resend sends again.");
    let date = said.strip_prefix(before).and_then(|said| said.strip_suffix(after));
    date.unwrap_or_else(|| panic!("{again}"))
        .parse::<jiff::Timestamp>()
        .unwrap();
    // Appended, what was there is not sent again, nor is it where something is taken away.
    ctl.file("in", numbered(0..200, 200));
    assert_eq!(ctl.send(&args, 0).sums(), [200, 50, 0, 150, 0]);
    ctl.file("in", numbered(10..200, 200));
    let less = ctl.send(&args, 0);
    assert_eq!(less.sums(), [190, 0, 0, 190, 0]);
    drop(less.output.says(&[
        "in has changed since it was sent on ",
        "10 of the events accepted then are not in it",
    ]));
    assert_eq!((copies(&lake, 200), puts(&lake)), (vec![1; 200], 3));
    // Asked for, everything goes again; and then not.
    ctl.file("in", numbered(0..200, 200));
    assert_eq!(ctl.send(&format!("{args} --resend"), 0).sums(), [200, 200, 0, 0, 0]);
    assert_eq!(ctl.send(&args, 0).sums(), [200, 0, 0, 200, 0]);
    assert_eq!(ctl.send(&format!("{args} --no-journal"), 0).sums(), [200, 200, 0, 0, 0]);
    assert_eq!(copies(&lake, 200), [3; 200]);
    // What is elsewhere the same is not the same input, nor what goes elsewhere.
    ctl.file("other", numbered(0..200, 200));
    assert_eq!(ctl.send(&format!("other --channel {channel}"), 0).sums()[1], 200);
    let store = lake.only_store();
    let other = lake.owner().channel("other-app", "IBMMulticloud", &[&store]);
    assert_eq!(ctl.send(&format!("in --channel {other}"), 0).sums()[1], 200);
    assert_eq!(ctl.send(&args, 0).sums()[3], 200);
}

#[test]
fn a_stream_is_remembered_only_in_a_journal_that_was_asked_for() {
    let (lake, ctl, channel) = custom();
    let input = numbered(0..20, 20);
    for _ in 0..2 {
        let report = ctl.send_stdin(&format!("--channel {channel}"), &input, 0);
        assert_eq!(report.sums(), [20, 20, 0, 0, 0]);
    }
    assert!(!ctl.home().join("state/ctl/journals").exists());
    for skipped in [0, 20] {
        let report = ctl.send_stdin(&format!("--channel {channel} --journal j"), &input, 0);
        assert_eq!(report.number("skipped"), skipped);
    }
    assert_eq!(copies(&lake, 20), [3; 20]);
}

#[test]
fn one_journal_takes_many_inputs_of_one_place() {
    let (lake, ctl, channel) = custom();
    ctl.file("a", numbered(0..120, 120)).file("b", numbered(120..240, 240));
    let args = format!("a b --channel {channel} --journal j");
    assert_eq!(ctl.send(&args, 0).sums(), [240, 240, 0, 0, 0]);
    ctl.file("b", numbered(120..250, 250));
    assert_eq!(ctl.send(&args, 0).sums(), [250, 10, 0, 240, 0]);
    assert_eq!(
        ctl.send(&format!("b --channel {channel} --journal j"), 0).sums(),
        [130, 0, 0, 130, 0]
    );
    // Another channel or another endpoint is none of its business.
    let before = std::fs::read(ctl.home().join("j")).unwrap();
    let store = lake.only_store();
    let other = lake.owner().channel("other-app", "IBMMulticloud", &[&store]);
    lake.forget();
    let refused = ctl.run(&format!("send a --channel {other} --journal j")).exits(5);
    drop(refused.says(&["The journal", "cannot be used", &channel, "--journal FILE"]));
    ctl.file("foreign", "Dear diary\n");
    drop(
        ctl.run(&format!("send a --channel {channel} --journal foreign"))
            .exits(5)
            .says(&["no journal of ctl's"]),
    );
    assert_eq!(std::fs::read(ctl.home().join("foreign")).unwrap(), b"Dear diary\n");
    let elsewhere = Lake::new();
    let ctl = ctl.env("AWS_ENDPOINT_URL", &elsewhere.endpoint());
    drop(ctl.run(&format!("send a --channel {channel} --journal j")).exits(5));
    assert_eq!((puts(&lake), puts(&elsewhere)), (0, 0));
    assert_eq!(std::fs::read(ctl.home().join("j")).unwrap(), before);
    assert_eq!(copies(&lake, 250), [1; 250]);
}

#[test]
fn two_runs_at_once_are_kept_apart() {
    let (lake, ctl, channel) = custom();
    ctl.file("in", numbered(0..300, 300))
        .file("other", numbered(300..310, 310));
    for more in ["", " --journal j"] {
        slow(&lake, 1500);
        let args = format!("in --channel {channel} --resend{more}");
        lake.forget();
        let first = ctl.start(&format!("send {args} -o ndjson"));
        until(|| puts(&lake) > 0);
        let second = ctl.run(&format!("send {args}")).exits(5);
        drop(second.says(&["Another ctl is sending", "Wait for it to end"]));
        if !more.is_empty() {
            // The journal is one, whatever the input.
            drop(ctl.run(&format!("send other --channel {channel}{more}")).exits(5));
        }
        lake.heal();
        let output = ctl.output(&[], &first.wait_with_output().unwrap()).exits(0);
        assert_eq!(Report::of(&ctl, output).sums(), [300, 300, 0, 0, 0]);
    }
    assert_eq!(copies(&lake, 310), [vec![2; 300], vec![0; 10]].concat());
}

#[test]
fn a_torn_journal_is_gone_on_with() {
    let (_lake, ctl, channel) = custom();
    ctl.file("in", numbered(0..300, 300));
    let args = format!("in --channel {channel} --concurrency 1");
    assert_eq!(ctl.send(&args, 0).number("accepted"), 300);
    let journal = the_journal(&ctl);
    let whole = std::fs::read(&journal).unwrap();
    let (mut last, mut told) = (0, 0);
    for part in 0..=16 {
        std::fs::write(&journal, &whole[..whole.len() * part / 16]).unwrap();
        let torn = ctl.send(&args, 0);
        let skipped = torn.number("skipped");
        // Whole requests are known or not; of what was sent without a word of its end, that is said.
        assert!(
            skipped.is_multiple_of(100) && skipped >= last,
            "{part}: {skipped} after {last}"
        );
        let doubted = torn.lines.iter().filter(|line| line.doubted).count();
        assert_eq!(doubted, torn.number("possibly_double"));
        assert!([0, 100].contains(&doubted), "{doubted}");
        assert!(!torn.output.stderr.contains("cannot be read"), "{}", torn.output);
        told += usize::from(
            torn.output
                .stderr
                .contains("The journal of in breaks off inside an entry"),
        );
        let emptied = torn.output.stderr.contains("The journal of in was there and is empty");
        assert_eq!(emptied, part == 0, "{}", torn.output);
        assert_eq!(ctl.send(&args, 0).number("skipped"), 300);
        last = skipped;
    }
    assert_eq!(last, 300);
    // Where it breaks off between entries nobody can know.
    assert!((8..=15).contains(&told), "{told}");
}

#[test]
fn damage_in_the_middle_of_a_journal_is_told_once() {
    let (_lake, ctl, channel) = custom();
    ctl.file("in", numbered(0..300, 300));
    let args = format!("in --channel {channel} --concurrency 1");
    assert_eq!(ctl.send(&args, 0).number("accepted"), 300);
    let journal = the_journal(&ctl);
    let mut bytes = std::fs::read(&journal).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 40].fill(b'?');
    std::fs::write(&journal, bytes).unwrap();
    let damaged = ctl.send(&args, 0);
    assert_eq!(damaged.sums(), [300, 100, 0, 200, 0]);
    drop(damaged.output.says(&["The journal of in cannot be read at"]));
    let again = ctl.send(&args, 0);
    assert_eq!(again.sums(), [300, 0, 0, 300, 0]);
    assert!(!again.output.stderr.contains("cannot be read"), "{}", again.output);
}

#[cfg(unix)]
#[test]
fn what_cannot_be_written_down_is_not_sent() {
    let (lake, ctl, channel) = custom();
    ctl.file("in", numbered(0..1000, 1000)).file("no-directory", "");
    for (journal, code) in [("no-directory/j", 1), ("missing/j", 1), (".", 1), ("/dev/full", 5)] {
        let output = ctl.run(&format!("send in --channel {channel} --journal {journal}"));
        drop(
            output
                .exits(code)
                .says(&["The journal ", journal].map(|word| if word == "The journal " { "journal" } else { word })),
        );
    }
    // The state directory cannot be made.
    ctl.file("state", "");
    let output = ctl.run(&format!("send in --channel {channel}")).exits(1);
    drop(output.says(&["--no-journal"]));
    assert_eq!(puts(&lake), 0);
    // A disk that is full after some requests, which a limit on the length of files plays.
    let args = format!("in --channel {channel} --journal j");
    let full = "trap '' XFSZ; ulimit -f 8";
    let output = ctl
        .run_after(full, &format!("send {args} --concurrency 1 -o ndjson"))
        .exits(1);
    let output = output.says(&["Could not write the journal", "what was accepted is not sent again"]);
    let report = Report::of(&ctl, output);
    assert!(
        report.number("accepted") > 0 && report.number("pending") > 500,
        "{:?}",
        report.sums()
    );
    agree(&report, &copies(&lake, 1000));
    let rest = ctl.send(&args, 0);
    let doubts = report.lines.iter().filter(|line| line.doubted).count();
    assert_eq!(
        rest.sums(),
        [1000, report.number("pending"), 0, report.number("accepted"), 0]
    );
    assert_eq!(copies(&lake, 1000).iter().sum::<usize>(), 1000 + doubts);
    assert_eq!(rest.number("possibly_double"), doubts);
}

#[test]
fn a_dry_run_tells_what_would_be_skipped_and_changes_nothing() {
    let (lake, ctl, channel) = custom();
    let args = format!("in --channel {channel}");
    ctl.file("in", numbered(0..120, 120));
    assert_eq!(ctl.send(&format!("{args} --dry-run"), 0).sums(), [120, 0, 0, 0, 120]);
    assert!(!ctl.home().join("state").exists());
    assert_eq!(ctl.send(&args, 0).number("accepted"), 120);
    ctl.file("in", numbered(0..150, 150));
    // The last reply is lost, and the time is over: of these nothing is known.
    lake.fault("PutAuditEvents", 1, 0, json!({"kind": "lose_reply"}));
    let lost = ctl.send(&format!("{args} --timeout 1s"), 6);
    assert_eq!(lost.sums(), [150, 0, 0, 120, 30]);
    drop(lost.output.says(&["it sends only what was not accepted"]));
    lake.heal();
    let journal = the_journal(&ctl);
    let before = std::fs::read(&journal).unwrap();
    lake.forget();
    let dry = ctl.send(&format!("{args} --dry-run"), 0);
    assert_eq!((dry.sums(), dry.number("possibly_double")), ([150, 0, 0, 120, 30], 30));
    let output = ctl.run(&format!("send {args} --dry-run")).exits(0);
    assert!(output.stdout.contains("Of these, 30 may be stored already"), "{output}");
    assert_eq!(
        ctl.send(&format!("{args} --dry-run --resend"), 0).sums(),
        [150, 0, 0, 0, 150]
    );
    assert_eq!((std::fs::read(&journal).unwrap(), puts(&lake)), (before, 0));
    let rest = ctl.send(&args, 0);
    assert_eq!(
        (rest.sums(), rest.number("possibly_double")),
        ([150, 30, 0, 120, 0], 30)
    );
}

#[test]
fn equal_events_and_nameless_ones_are_each_accepted_once() {
    let (lake, ctl, channel) = custom();
    let named = event("same").to_string() + "\n";
    let nameless = named.replace(",\"UID\":\"same\"", "");
    let args = format!("in --channel {channel} --concurrency 1");
    ctl.file("in", named.repeat(4) + &nameless.repeat(4));
    // Half of them, and then no more.
    lake.fault(
        "PutAuditEvents",
        2,
        0,
        json!({"kind": "error", "status": 403, "code": "AccessDeniedException", "message": "no"}),
    );
    let first = ctl.send(&args, 4);
    assert!(
        first.number("accepted") > 0 && first.number("pending") > 0,
        "{:?}",
        first.sums()
    );
    lake.heal();
    let rest = ctl.send(&args, 0);
    assert_eq!(
        rest.sums(),
        [8, first.number("pending"), 0, first.number("accepted"), 0]
    );
    assert_eq!(stored(&lake).len(), 8);
    // A fifth of each is new.
    ctl.file("in", named.repeat(5) + &nameless.repeat(5));
    assert_eq!(ctl.send(&args, 0).sums(), [10, 2, 0, 8, 0]);
    assert_eq!(stored(&lake).len(), 10);
}
