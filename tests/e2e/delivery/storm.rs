//! Everything goes wrong at once, or always.

use super::*;

#[test]
fn whatever_goes_wrong_the_sums_agree_and_the_store_has_what_they_say() {
    let error = |status: u16, code: &str| json!({"kind": "error", "status": status, "code": code, "message": "no"});
    let entries = |code: &str| json!({"kind": "fail_entries", "share": 0.3, "seed": 3, "code": code});
    for fault in [
        json!({"kind": "throttle"}),
        json!({"kind": "status", "status": 500}),
        json!({"kind": "status", "status": 503}),
        json!({"kind": "cut"}),
        json!({"kind": "lose_reply"}),
        json!({"kind": "delay", "ms": 60_000}),
        error(400, "ValidationError"),
        error(413, "RequestEntityTooLargeException"),
        error(400, "SomethingNew"),
        error(403, "AccessDeniedException"),
        error(400, "ChannelNotFound"),
        entries("Throttling"),
        entries("InternalFailure"),
        entries("InvalidData"),
        entries("NeverHeardOf"),
    ] {
        // Now and then, and from the second request on always.
        for (call, times) in [(1, 2), (2, 0)] {
            let (lake, ctl, channel) = custom();
            lake.fault("PutAuditEvents", call, times, fault.clone());
            ctl.file("in", format!("{}{{}}\n", numbered(0..250, 250)));
            let args = format!("send in --channel {channel} --timeout 1s --rejects left -o ndjson");
            let output = ctl.run(&args);
            assert!([1, 3, 4, 5, 6].contains(&output.code), "{fault}: {output}");
            let mut report = Report::of(&ctl, output);
            assert_eq!(report.number("read"), 251, "{fault}");
            report.lines.retain(|line| line.number <= 250);
            agree(&report, &copies(&lake, 250));
        }
    }
}

#[test]
fn in_a_storm_each_accepted_event_is_stored_once_or_told_as_possibly_double() {
    let (lake, ctl, channel) = custom();
    let entries = |code: &str, share: f64| json!({"kind": "fail_entries", "share": share, "seed": 7, "code": code});
    storm(
        &lake,
        &[
            // Throttles slow everything down for long, so they come late.
            (180, 0.1, json!({"kind": "throttle"})),
            (1, 0.03, json!({"kind": "status", "status": 500})),
            (1, 0.03, json!({"kind": "cut"})),
            (1, 0.04, json!({"kind": "lose_reply"})),
            (1, 0.05, entries("InvalidData", 0.02)),
            (180, 0.05, entries("Throttling", 0.1)),
            (1, 1.0, entries("InternalFailure", 0.03)),
        ],
    );
    ctl.file("in", numbered(0..20_000, 20_000));
    let report = ctl.send(&format!("in --channel {channel} --rate 0"), 3);
    let [read, accepted, refused, skipped, pending] = report.sums();
    assert_eq!((read, skipped, pending), (20_000, 0, 0));
    assert!(accepted > 19_900 && refused > 0, "{refused}");
    let copies = copies(&lake, 20_000);
    agree(&report, &copies);
    // The storm was one: each kind of fault hit, and some events did go twice.
    assert!(copies.iter().any(|copies| *copies > 1));
    for kind in ["throttle", "status", "cut", "lose_reply", "fail_entries"] {
        let hits = lake
            .requests()
            .iter()
            .filter(|seen| seen.fault.as_deref() == Some(kind))
            .count();
        assert!(hits > 0, "{kind}");
    }
}
