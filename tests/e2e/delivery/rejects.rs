//! What is left over, and what can be done with it.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::*;
use crate::harness::signal;

/// The lines of a file of rejects: line of the input to status, code, attempts, and whether it may be stored.
fn left(file: &Path) -> BTreeMap<usize, (String, Option<String>, usize, bool)> {
    let text = std::fs::read_to_string(file).unwrap();
    let one = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let why = &line["rejected"];
        let about = (
            text_of(why, "status").unwrap(),
            text_of(why, "code"),
            count_of(why, "attempts"),
            why["maybe_stored"].as_bool().unwrap(),
        );
        assert!(why["reason"].is_string() && why["file"].is_string(), "{why}");
        (count_of(why, "line"), about)
    };
    let left: BTreeMap<_, _> = text.lines().map(one).collect();
    assert_eq!(left.len(), text.lines().count(), "twice in it");
    left
}

fn text_of(value: &Value, member: &str) -> Option<String> {
    value[member].as_str().map(str::to_owned)
}

fn refuse(lake: &Lake, ids: &[&str], code: &str) {
    lake.fault(
        "PutAuditEvents",
        1,
        0,
        json!({"kind": "fail_entries", "ids": ids, "code": code, "message": "No good"}),
    );
}

/// The sums of that test's file.
fn sums_up(ctl: &Ctl) {
    let summary = ctl.run("send --rejects-summary out -o json").exits(0).json();
    let groups: Vec<String> = summary["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| format!("{} {} {}", group["count"], text(group, "status"), text(group, "code")))
        .collect();
    assert_eq!(groups[0], "50 pending ThrottlingException");
    assert_eq!(groups.len(), 3);
    let table = ctl.run("send --rejects-summary out").exits(0);
    assert!(table.stdout.contains("refused\tInvalidData\tNo good"), "{table}");
}

#[cfg(unix)]
#[test]
fn what_is_left_over_is_kept_whole_for_its_owner_and_sent_again_as_it_was() {
    use std::os::unix::fs::PermissionsExt as _;
    let (lake, ctl, channel) = custom();
    lake.fault("PutAuditEvents", 1, 0, json!({"kind": "delay", "ms": 300}));
    lake.fault("PutAuditEvents", 2, 0, json!({"kind": "throttle"}));
    refuse(&lake, &["evt-1", "evt-2"], "InvalidData");
    // One without a time zone and one without an id: both are filled in.
    let input = numbered(0..150, 150)
        .replacen("12:00:00Z", "12:00:00", 2)
        .replacen(",\"UID\":\"evt-2\"", "", 1);
    ctl.file("in", format!("{{}}\n{input}"));
    let out = ctl.home().join("out");
    let run = ctl.start(&format!(
        "send in --channel {channel} --rejects out --timeout 2s -o ndjson"
    ));
    until(|| puts(&lake) > 0);
    assert!(!out.exists(), "it is not whole yet");
    let output = ctl.output(&[], &run.wait_with_output().unwrap()).exits(6);
    let report = Report::of(&ctl, output);
    assert_eq!(report.sums(), [151, 99, 2, 0, 50]);
    assert_eq!(std::fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    let kept = left(&out);
    assert_eq!(kept[&1], ("refused".to_owned(), Some("missing".to_owned()), 0, false));
    assert_eq!(
        kept[&3],
        ("refused".to_owned(), Some("InvalidData".to_owned()), 1, false)
    );
    let pending = kept.values().filter(|about| about.0 == "pending");
    assert!(
        pending
            .clone()
            .all(|about| about.1.as_deref() == Some("ThrottlingException") && about.2 > 0)
    );
    assert_eq!(pending.count(), 50);

    sums_up(&ctl);

    // What is sent again has the bytes and the ids that it would have had.
    lake.heal();
    let replay = ctl.send(&format!("out --channel {channel} --rejects left"), 3);
    assert_eq!(replay.sums(), [52, 51, 1, 0, 0]);
    assert_eq!(left(&ctl.home().join("left"))[&1].1.as_deref(), Some("missing"));
    let reference = custom();
    reference.1.file("in", &input);
    assert_eq!(
        reference
            .1
            .send(&format!("in --channel {}", reference.2), 0)
            .number("accepted"),
        150
    );
    let sorted = |lake: &Lake| {
        let mut all = stored(lake);
        all.sort();
        all
    };
    assert_eq!(sorted(&lake), sorted(&reference.0));
}

#[test]
fn a_file_of_rejects_takes_no_place_that_is_another_s() {
    let (lake, ctl, channel) = custom();
    ctl.file("in", numbered(0..2, 2))
        .file("full", "{}\n")
        .file("dir/a.json", numbered(2..3, 3));
    for (args, words) in [
        ("in --rejects in", "is also an input"),
        ("in --rejects ./in", "is also an input"),
        ("in --rejects full", "is not empty"),
        ("dir --rejects dir/out", "lies in a directory that is an input"),
        ("dir --rejects dir/sub/../out", "rejects file"),
        ("in --rejects nowhere/out", "Could not make the rejects file"),
        ("in --rejects dir", "is no regular file"),
        ("in --rejects -", "--rejects needs a file"),
        (
            "in --rejects out --journal out",
            "out cannot be both --journal and --rejects.",
        ),
        ("in --rejects dir/../out --journal ./out", "cannot be both"),
    ] {
        drop(
            ctl.run(&format!("send {args} --channel {channel}"))
                .exits(2)
                .says(&[words]),
        );
    }
    assert_eq!(puts(&lake), 0);
    assert_eq!(std::fs::read_to_string(ctl.home().join("full")).unwrap(), "{}\n");
    // An empty one is taken, and where nothing is left over nothing is made.
    ctl.file("empty", "");
    refuse(&lake, &["evt-0"], "InvalidData");
    assert_eq!(
        ctl.send(&format!("in --channel {channel} --rejects empty"), 3)
            .rejects_file(),
        Some("empty")
    );
    lake.heal();
    assert_eq!(
        ctl.send(&format!("in --channel {channel} --rejects none"), 0)
            .rejects_file(),
        None
    );
    assert!(!ctl.home().join("none").exists());
    let names = std::fs::read_dir(ctl.home())
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    assert!(
        names
            .into_iter()
            .all(|name| !name.to_string_lossy().starts_with(".ctl-rejects"))
    );
}

#[test]
fn what_is_left_of_a_stream_is_kept_unasked() {
    let (lake, ctl, channel) = custom();
    refuse(&lake, &["evt-1"], "InvalidData");
    let input = numbered(0..3, 3);
    let output = ctl
        .run_with_stdin(&format!("send --channel {channel}"), &input)
        .exits(3);
    let directory = ctl.home().join("state/ctl/rejects");
    let kept = |count: usize| {
        let files = std::fs::read_dir(&directory).unwrap();
        let files: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
        assert_eq!(files.len(), count, "{files:?}");
        files
    };
    let file = kept(1).remove(0).display().to_string();
    assert!(
        output
            .stdout
            .contains(&format!("Left over: 1 event in {file}; ctl send {file} --channel arn:")),
        "{output}"
    );
    assert!(output.stdout.contains("stays there until you remove it"), "{output}");
    let report = ctl.send_stdin(&format!("--channel {channel} --journal j"), &input, 3);
    assert_eq!(report.rejects_file(), None);
    lake.heal();
    assert_eq!(
        ctl.send_stdin(&format!("--channel {channel}"), &input, 0)
            .rejects_file(),
        None
    );
    drop(kept(1));
    assert_eq!(
        ctl.send(&format!("{file} --channel {channel}"), 0).sums(),
        [1, 1, 0, 0, 0]
    );
}

#[test]
fn what_is_too_long_to_be_kept_is_told_so() {
    let (_lake, ctl, channel) = custom();
    let long = format!("{{\"a\":\"{}\"}}\n", "x".repeat(8 * 1024 * 1024));
    ctl.file("both", format!("{long}{{}}\n")).file("alone", long);
    let output = ctl
        .run(&format!("send both --channel {channel} --rejects left"))
        .exits(3);
    for words in [
        "Left over: 2 events in left; ctl send left --channel arn:",
        "1 of them is longer than 8 MiB and cannot be tried again: the file has only its place.",
    ] {
        assert!(output.stdout.contains(words), "{output}");
    }
    let output = ctl
        .run(&format!("send alone --channel {channel} --rejects none"))
        .exits(3);
    let words = "Left over: 1 event, too long to be kept: none says where it stands.";
    assert!(
        output.stdout.contains(words) && !output.stdout.contains("tries again"),
        "{output}"
    );
}

#[test]
fn what_killed_runs_left_is_removed_when_it_is_old() {
    let (_lake, ctl, channel) = custom();
    ctl.file("in", numbered(0..1, 1));
    let day = Duration::from_hours(24);
    let names = [(".ctl-rejects-old", 91), (".ctl-rejects-new", 89), (".other", 91)];
    for (name, days) in names {
        ctl.file(name, "{}\n");
        let file = std::fs::File::options().append(true).open(ctl.home().join(name));
        let file = file.unwrap();
        let now = file.metadata().unwrap().modified().unwrap();
        file.set_modified(now - days * day).unwrap();
    }
    drop(ctl.send(&format!("in --channel {channel} --rejects out"), 0));
    let there = names.map(|(name, _)| ctl.home().join(name).exists());
    assert_eq!(there, [false, true, true]);
}

#[cfg(unix)]
#[test]
fn a_stream_that_ends_with_the_interrupt_is_not_taken_for_whole() {
    let (lake, ctl, channel) = custom();
    slow(&lake, 300);
    ctl.file("in", numbered(0..300, 300));
    // The other end of the pipe is closed by the time, as Ctrl-C at a terminal does it.
    let run = ctl.start_after(
        "exec < in",
        &format!("send --channel {channel} --concurrency 1 -o ndjson"),
    );
    until(|| puts(&lake) > 0);
    signal(&run, "INT");
    let output = ctl.output(&[], &run.wait_with_output().unwrap()).exits(130);
    let report = Report::of(&ctl, output);
    drop(report.output.says(&["was not read to its end"]));
}

#[test]
fn what_strict_holds_back_can_be_kept() {
    let (lake, ctl, channel) = custom();
    ctl.file("in", format!("{}{{}}\n{}", numbered(0..2, 9), numbered(2..4, 9)));
    let report = ctl.send(&format!("in --channel {channel} --strict --rejects out"), 3);
    assert_eq!((report.sums(), puts(&lake)), ([5, 0, 1, 0, 4], 0));
    let kept = left(&ctl.home().join("out"));
    let states: Vec<&str> = kept.values().map(|about| about.0.as_str()).collect();
    assert_eq!(states, ["pending", "pending", "refused", "pending", "pending"]);
    assert_eq!(ctl.send(&format!("out --channel {channel}"), 3).sums(), [5, 4, 1, 0, 0]);
    assert_eq!(copies(&lake, 4), [1; 4]);
}

#[cfg(unix)]
#[test]
fn what_an_interrupt_leaves_is_kept() {
    const EVENTS: usize = 3000;
    for name in ["INT", "HUP"] {
        let (lake, ctl, channel) = custom();
        slow(&lake, 300);
        ctl.file("in", numbered(0..EVENTS, EVENTS));
        let run = ctl.start(&format!(
            "send in --channel {channel} --rejects out --no-journal -o ndjson"
        ));
        until(|| puts(&lake) > 2);
        signal(&run, name);
        let output = ctl.output(&[], &run.wait_with_output().unwrap()).exits(130);
        let report = Report::of(&ctl, output);
        let [read, accepted, _, _, pending] = report.sums();
        assert!(accepted >= 100 && pending > 0, "{accepted} {pending}");
        assert_eq!(left(&ctl.home().join("out")).len(), pending);
        lake.heal();
        assert_eq!(
            ctl.send(&format!("out --channel {channel}"), 0).sums(),
            [pending, pending, 0, 0, 0]
        );
        let read_once = [vec![1; read], vec![0; EVENTS - read]].concat();
        assert_eq!(copies(&lake, EVENTS), read_once);
    }
}

#[cfg(unix)]
#[test]
fn a_terminal_that_is_gone_stops_nothing_under_nohup() {
    let (lake, ctl, channel) = custom();
    lake.fault("PutAuditEvents", 1, 1, json!({"kind": "delay", "ms": 300}));
    ctl.file("in", numbered(0..3, 3));
    let run = ctl.start_after("trap '' HUP", &format!("send in --channel {channel} -o ndjson"));
    until(|| puts(&lake) > 0);
    signal(&run, "HUP");
    let output = ctl.output(&[], &run.wait_with_output().unwrap()).exits(0);
    assert_eq!(Report::of(&ctl, output).sums(), [3, 3, 0, 0, 0]);
}

#[test]
fn what_may_be_stored_counts_as_possibly_double_when_it_is_sent_again() {
    let (lake, ctl, channel) = custom();
    lake.fault("PutAuditEvents", 1, 0, json!({"kind": "lose_reply"}));
    ctl.file("in", numbered(0..30, 30));
    let report = ctl.send(&format!("in --channel {channel} --rejects out --timeout 500ms"), 6);
    assert_eq!(report.sums(), [30, 0, 0, 0, 30]);
    let first = copies(&lake, 30);
    agree(&report, &first);
    assert!(
        left(&ctl.home().join("out"))
            .values()
            .all(|about| about.0 == "pending" && about.3)
    );
    lake.heal();
    let summary = ctl.run("send --rejects-summary out").exits(0);
    assert!(summary.stdout.contains("30 may be stored all the same"), "{summary}");
    let replay = ctl.send(&format!("out --channel {channel}"), 0);
    assert_eq!((replay.number("accepted"), replay.number("possibly_double")), (30, 30));
    assert!(replay.lines.iter().all(|line| line.doubted));
    let wanted: Vec<usize> = first.iter().map(|copies| copies + 1).collect();
    assert_eq!(copies(&lake, 30), wanted);
}

#[test]
fn rejects_whose_place_was_taken_meanwhile_are_kept_and_told() {
    let (lake, ctl, channel) = custom();
    ctl.file("in", format!("{{}}\n{}", numbered(0..1, 1)));
    slow(&lake, 400);
    let run = ctl.start(&format!("send in --channel {channel} --rejects out"));
    until(|| puts(&lake) > 0);
    ctl.file("out", "mine\n");
    let output = ctl.output(&[], &run.wait_with_output().unwrap()).exits(3);
    let output = output.says(&["1 of 2 events was refused", "could not be given its name", "It is in"]);
    assert_eq!(std::fs::read_to_string(ctl.home().join("out")).unwrap(), "mine\n");
    let kept = output.stderr.split("It is in ").nth(1).unwrap();
    let kept = kept.lines().next().unwrap().trim_end_matches('.');
    assert_eq!(left(Path::new(kept)).len(), 1);
}
