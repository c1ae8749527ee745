//! Many inputs.

use super::*;

#[cfg(unix)]
#[test]
fn two_thousand_files_are_delivered_and_gone_on_with_under_few_descriptors() {
    const FILES: usize = 2000;
    let (lake, ctl, channel) = custom();
    for n in 0..FILES {
        ctl.file(&format!("dir/{n:04}.json"), numbered(n..n + 1, FILES + 10));
    }
    let args = format!("send dir --channel {channel} --rate 0");
    // Killed on the way.
    slow(&lake, 50);
    let mut run = ctl.start(&format!("{args} -o json"));
    until(|| puts(&lake) > 5);
    run.kill().unwrap();
    run.wait().unwrap();
    lake.heal();
    for n in FILES..FILES + 10 {
        ctl.file(&format!("dir/{n:04}.json"), numbered(n..n + 1, FILES + 10));
    }
    let few = "ulimit -n 256";
    let rest = Report::of(&ctl, ctl.run_after(few, &format!("{args} -o ndjson")).exits(0));
    assert_eq!(rest.number("read"), FILES + 10);
    assert!(rest.number("skipped") >= 100, "{:?}", rest.sums());
    let copies = copies(&lake, FILES + 10);
    let extra: usize = copies.iter().map(|copies| copies - 1).sum();
    assert!(extra <= rest.number("possibly_double"), "{extra} {:?}", rest.sums());
    let again = Report::of(&ctl, ctl.run_after(few, &format!("{args} -o ndjson")).exits(0));
    assert_eq!((again.number("skipped"), again.number("requests")), (FILES + 10, 0));
}

#[test]
fn all_files_are_counted_although_only_some_journals_are_open_when_patience_runs_out() {
    const FILES: usize = 600;
    let (lake, ctl, channel) = custom();
    for n in 0..FILES {
        ctl.file(&format!("dir/{n:04}.json"), numbered(n..n + 1, FILES));
    }
    lake.fault("PutAuditEvents", 1, 0, json!({"kind": "throttle"}));
    let report = ctl.send(&format!("dir --channel {channel} --timeout 1s"), 6);
    assert_eq!(report.sums(), [FILES, 0, 0, 0, FILES]);
    assert!(
        !report.output.stderr.contains("not read to its end"),
        "{}",
        report.output
    );
}

#[cfg(unix)]
#[test]
fn two_pipes_in_one_journal_are_two_inputs() {
    let (lake, ctl, channel) = custom();
    ctl.file("one", numbered(0..2, 2)).file("two", numbered(0..2, 2));
    let pipes = "mkfifo a b; cat one > a & cat two > b &";
    let args = format!("send a b --channel {channel} --journal j -o ndjson");
    let first = Report::of(&ctl, ctl.run_after(&format!("{pipes} true"), &args).exits(0));
    assert_eq!(first.sums(), [4, 4, 0, 0, 0]);
    let again = "cat one > a & cat two > b & true";
    let second = Report::of(&ctl, ctl.run_after(again, &args).exits(0));
    assert_eq!(second.sums(), [4, 0, 0, 4, 0]);
    assert_eq!(copies(&lake, 2), [2, 2]);
}
