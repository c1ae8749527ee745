//! What goes in one request.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::*;
use crate::harness::{Recorder, event, with};

#[test]
fn what_fits_unescaped_only_is_cut_into_more_requests() {
    // 100 events of 9 kB, the half of it quotes: escaped, they are beyond the megabyte.
    for (filler, requests) in [("\\\"".repeat(4400), 2), ("x".repeat(8800), 1)] {
        let text = |n: usize| {
            let event = event(&format!("evt-{n}")).to_string();
            event.replace(
                "\"UID\"",
                &format!("\"additionalEventData\":{{\"q\":\"{filler}\"}},\"UID\""),
            )
        };
        let (lake, ctl, channel) = custom();
        let input = (0..100).map(|n| text(n) + "\n").collect::<String>();
        assert!(input.len() < 1_000_000, "{}", input.len());
        ctl.file("in", input);
        let report = ctl.send(&format!("in --channel {channel}"), 0);
        assert_eq!((report.number("accepted"), report.number("requests")), (100, requests));
        assert_eq!((stored(&lake).len(), puts(&lake)), (100, requests));
    }
}

#[test]
fn an_event_that_is_too_large_is_refused_alone() {
    let (lake, ctl, channel) = custom();
    let large = with(
        event("large"),
        json!({"additionalEventData": {"q": "x".repeat(300_000)}}),
    );
    ctl.file(
        "in",
        format!("{}{large}\n{}", numbered(0..60, 250), numbered(60..120, 250)),
    );
    let report = ctl.send(&format!("in --channel {channel} --rejects left"), 3);
    assert_eq!(report.sums(), [121, 120, 1, 0, 0]);
    let refused = report.lines.iter().find(|line| line.status == "refused").unwrap();
    assert_eq!((refused.number, refused.code.as_deref()), (61, Some("too_large")));
    assert_eq!(copies(&lake, 120), [1; 120]);
}

#[test]
fn one_bad_event_of_a_hundred_takes_none_along() {
    // The service refuses whole requests in which it is: each time the half that has it.
    let (lake, ctl, channel) = custom();
    let flawed = json!({"kind": "error", "status": 400, "code": "ValidationError", "message": "no"});
    // Halves of 100, with the bad one in front: 100, 50, 25, 12, 6, 3, 1.
    lake.fault("PutAuditEvents", 1, 7, flawed);
    ctl.file("in", numbered(0..100, 100));
    let report = ctl.send(&format!("in --channel {channel} --concurrency 1"), 3);
    assert_eq!(report.sums(), [100, 99, 1, 0, 0]);
    let mut wanted = vec![1; 100];
    wanted[0] = 0;
    assert_eq!(copies(&lake, 100), wanted);
    agree(&report, &wanted);
}

#[test]
fn equal_ids_never_meet_whatever_is_sent_again() {
    // The sandbox refuses requests with an id twice, as the service does; events that are put off come
    // back among others of their id.
    let (lake, ctl, channel) = custom();
    storm(
        &lake,
        &[(
            1,
            1.0,
            json!({"kind": "fail_entries", "share": 0.2, "seed": 1, "code": "InternalFailure"}),
        )],
    );
    ctl.file("in", numbered(0..600, 7));
    let report = ctl.send(&format!("in --channel {channel} --rate 0"), 0);
    assert_eq!(report.sums(), [600, 600, 0, 0, 0]);
    assert_eq!(copies(&lake, 600), [1; 600]);
    assert!(lake.requests().iter().all(|seen| seen.status == Some(200)));
}

/// What `printf %s … | openssl dgst -binary -sha256 | base64` prints.
fn openssl(text: &str) -> Option<String> {
    let mut child = Command::new("sh")
        .args(["-c", "openssl dgst -binary -sha256 | base64"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let sum = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    (sum.len() == 44).then_some(sum)
}

#[test]
fn checksums_agree_with_openssl() {
    if openssl("").is_none() {
        return;
    }
    let sink = Recorder::new();
    let (_lake, ctl, channel) = custom();
    let ctl = ctl.env("AWS_ENDPOINT_URL", &sink.endpoint());
    let odd = "{\"é\" : \"\\u00e9\\/\\ud83d\\ude00 \\\"\\\\\\n\", \"n\": 1.0E+2}";
    let mut input = numbered(0..3, 3);
    input += &event("odd")
        .to_string()
        .replace("\"UID\"", &format!("\"additionalEventData\": {odd}, \"UID\""));
    input += "\n";
    // One whose time and account are filled in.
    input += &event("filled")
        .to_string()
        .replace("12:00:00Z", "13:00:00+01:00")
        .replace(",\"recipientAccountId\":\"111122223333\"", "");
    ctl.file("in", input);
    let report = ctl.send(&format!("in --channel {channel} --no-journal"), 0);
    assert_eq!(report.sums(), [5, 5, 0, 0, 0]);
    let sent = sink.bodies();
    let entries = sent[0]["auditEvents"].as_array().unwrap();
    assert_eq!(entries.len(), 5);
    for entry in entries {
        assert_eq!(
            Some(text(entry, "eventDataChecksum")),
            openssl(&text(entry, "eventData")),
            "{entry}"
        );
    }
}
