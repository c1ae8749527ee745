//! `send`: hard inputs. Each event is refused with a reason or sent byte for byte; none is lost, and none changed.

use serde_json::{Value, json};

use super::send::{custom, puts, stored, sums};
use crate::harness::event;

/// An event with something in it that CloudTrail does not look into.
fn with(id: &str, data: &str) -> String {
    let data = format!("\"additionalEventData\":{{\"x\":{data}}},\"UID\"");
    let text = event(id).to_string().replacen("\"UID\"", &data, 1);
    assert!(text.contains(&data));
    text
}

fn plain(id: &str) -> String {
    event(id).to_string()
}

/// Sends an input through a pipe. These texts must arrive, and the others be refused with these codes.
#[track_caller]
fn becomes(name: &str, input: impl AsRef<[u8]>, sent: &[&str], refused: &[&str]) {
    let (lake, ctl, channel) = custom();
    let code = if refused.is_empty() { 0 } else { 3 };
    let output = ctl
        .run_with_stdin(&format!("send --channel {channel} -o ndjson"), &input)
        .exits(code);
    let [read, accepted, ..] = sums(&output);
    let events = output
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let codes: Vec<String> = events
        .filter(|event| event["status"] == "refused")
        .map(|event| event["code"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(codes, refused, "{name}: {output}");
    let texts: Vec<String> = stored(&lake).into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts, sent, "{name}: {output}");
    let both = u64::try_from(sent.len() + refused.len()).unwrap();
    assert_eq!(
        (read, accepted),
        (both, both - u64::try_from(refused.len()).unwrap()),
        "{name}"
    );
    // A rehearsal from a file comes to the same.
    ctl.file("in", input);
    let rehearsed = ctl
        .run(&format!("send in --dry-run --channel {channel} -o json"))
        .exits(code)
        .json();
    assert_eq!(rehearsed["would_send"]["events"], accepted, "{name}");
}

#[test]
fn values_that_no_reader_keeps_whole_go_as_they_came() {
    let digits = "9".repeat(300);
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    for (name, data) in [
        ("2^53 + 1", "9007199254740993"),
        ("300 digits", &digits),
        ("100 deep", &deep),
        ("beyond every float", "[-1E-999,1.0000000000000000000000001,-0]"),
        ("a key twice, inside", "{\"k\":1,\"k\":2}"),
        ("an escaped NUL", "\"a\\u0000b\""),
        ("line separators", "\"a\u{2028}b\u{2029}\u{85}\""),
        ("a byte order mark in a string", "\"a\u{feff}b\""),
        (
            "escapes of every kind",
            "\"\\u00e9\\/\\\"\\\\\\ud83d\\ude00\u{1f600}é\"",
        ),
        ("white space", "[ 1 ,\t2\r]"),
    ] {
        let event = with("a", data);
        becomes(name, &event, &[&event], &[]);
    }
    // What AWS does with these is not documented. They are JSON, so the service is asked, and its answer is told;
    // the sandbox is the stricter reader.
    let digits = "9".repeat(400);
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    for data in ["1e999", &digits, &deep, "\"\\ud83d\""] {
        let event = with("a", data);
        let (_lake, ctl, channel) = custom();
        ctl.file("in", &event);
        let send = format!("send in --channel {channel} -o json");
        let rehearsed = ctl.run(&format!("{send} --dry-run")).exits(0).json();
        assert_eq!(rehearsed["would_send"]["events"], 1, "{data}");
        let refusals = ctl.run(&send).exits(3).json()["refusals"].clone();
        assert_eq!(refusals, json!([{"code": "InvalidData", "count": 1}]));
    }
}

#[test]
fn what_is_not_json_is_refused_and_its_neighbours_go() {
    let (a, b) = (plain("a"), plain("b"));
    let deep = with("x", &format!("{}{}", "[".repeat(1200), "]".repeat(1200)));
    let long = with("x", &format!("\"{}\"", "x".repeat(8 * 1024 * 1024)));
    let twice = plain("x").replacen("\"UID\"", "\"UID\":\"y\",\"UID\"", 1);
    for (name, broken, code) in [
        ("a key twice, outermost", twice, "duplicate_member"),
        ("too deep", deep, "not_json"),
        ("too long", long, "too_large"),
        ("a raw NUL", with("x", "\"a\0b\""), "not_json"),
        ("a comma before the brace", with("x", "1,"), "not_json"),
        ("a comment", with("x", "1/* one */"), "not_json"),
        ("a comment of its own", "// events".to_owned(), "not_json"),
        ("single quotes", "{'version':'1'}".to_owned(), "not_json"),
        ("NaN", with("x", "NaN"), "not_json"),
        ("Infinity", with("x", "-Infinity"), "not_json"),
        ("a line cut short", cut(&plain("x"), 40), "truncated"),
        ("cut short in a string", cut(&plain("x"), 5), "truncated"),
        ("words", "hello".to_owned(), "not_json"),
        ("a number", "42".to_owned(), "not_json"),
        ("a string", "\"event\"".to_owned(), "not_json"),
        ("null", "null".to_owned(), "not_json"),
        ("NULs, as after a crash", "\0".repeat(5000), "not_json"),
    ] {
        becomes(name, format!("{a}\n{broken}\n{b}\n"), &[&a, &b], &[code]);
    }
    let latin = [
        a.as_bytes(),
        b"\n",
        &with("x", "\"?\"").replace('?', "\u{1}").into_bytes(),
        b"\n",
    ]
    .concat();
    let latin: Vec<u8> = latin
        .into_iter()
        .map(|byte| if byte == 1 { 0xE9 } else { byte })
        .collect();
    becomes("Latin-1", latin, &[&a], &["not_utf8"]);
}

/// The first so many bytes of a text.
fn cut(text: &str, bytes: usize) -> String {
    text.get(..bytes).unwrap().to_owned()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn layouts_that_are_not_quite_right() {
    let (a, b) = (plain("a"), plain("b"));
    let pretty = format!("{:#}", event("b"));
    let quoted = with("a", "\"x\ry\"");
    for (name, input, sent, refused) in [
        (
            "lines that end with CR only",
            format!("{a}\r{b}\r"),
            vec![&a, &b],
            vec![],
        ),
        (
            "a raw CR in a string",
            format!("{quoted}\r\n{b}"),
            vec![&b],
            vec!["not_json"],
        ),
        (
            "a comma before the bracket",
            format!("[{a},{b},]"),
            vec![&a, &b],
            vec![],
        ),
        ("commas between lines", format!("{a},\n{b},\n"), vec![&a, &b], vec![]),
        (
            "files joined that begin with a mark",
            format!("\u{feff}{a}\n\u{feff}{pretty}\n"),
            vec![&a, &pretty],
            vec![],
        ),
        (
            "a line separator between",
            format!("{a}\u{2028}{b}\n{b}"),
            vec![&a, &b],
            vec!["not_json"],
        ),
        (
            "another sign that begins like a mark",
            format!("{a}\n\u{ff5b}\n{b}"),
            vec![&a, &b],
            vec!["not_json"],
        ),
        (
            "half a mark at the end",
            format!("{a}\n\u{ff5b}"),
            vec![&a],
            vec!["not_json"],
        ),
        (
            "an array without its end",
            format!("[{a},{b}"),
            vec![&a, &b],
            vec!["truncated"],
        ),
        (
            "an array that ends in an event",
            format!("[{a},{}", cut(&b, 50)),
            vec![&a],
            vec!["truncated"],
        ),
        (
            "the last line cut short",
            format!("{a}\n{}", cut(&b, 50)),
            vec![&a],
            vec!["truncated"],
        ),
        (
            "an envelope without its end",
            format!("{{\"auditEvents\":[{{\"eventData\":{a}}}"),
            vec![&a],
            vec!["truncated"],
        ),
    ] {
        let sent: Vec<&str> = sent.into_iter().map(String::as_str).collect();
        becomes(name, input, &sent, &refused);
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn what_was_never_meant_as_events_is_called_so() {
    let (lake, ctl, channel) = custom();
    let record = "{\"eventVersion\":\"1.08\",\"eventSource\":\"s3.amazonaws.com\",\"requestParameters\":{\"k\":[{}]}}";
    let records = vec![record; 50_000].join(",\n ");
    let log = "a CloudTrail log file, no events of an integration";
    let page = "<!DOCTYPE html>\n<html>\n</html>\n";
    for (name, input, code, entries, said) in [
        ("log.json", format!("{{\"Records\":[{records}]}}"), 3, 1, log),
        (
            "pretty.json",
            format!("{{\n  \"Records\" : [\n{records}\n]\n}}\n"),
            3,
            1,
            log,
        ),
        ("cut.json", format!("{{\"Records\":[{records}"), 3, 1, log),
        ("number.json", "42".to_owned(), 3, 1, "1 entry, not a JSON object"),
        (
            "string.json",
            "\"hello\"\n".to_owned(),
            3,
            1,
            "1 entry, not a JSON object",
        ),
        (
            "table.csv",
            "id,name\n1,login\n".to_owned(),
            3,
            2,
            "2 entries, none of them a JSON object",
        ),
        (
            "page.html",
            page.to_owned(),
            3,
            3,
            "3 entries, none of them a JSON object",
        ),
        (
            "events.yaml",
            "- version: 1\n  UID: x\n".to_owned(),
            3,
            2,
            "2 entries, none of them a JSON object",
        ),
        ("array.json", "[]".to_owned(), 0, 0, "no events"),
        ("envelope.json", "{\"auditEvents\":[]}".to_owned(), 0, 0, "no events"),
    ] {
        ctl.file(name, &input);
        let output = ctl.run(&format!("send {name} --channel {channel}")).exits(code);
        assert!(output.stdout.starts_with(&format!("{name}: {said}\n")), "{output}");
        let sums = format!("read {entries} = accepted 0 + refused {entries} + skipped 0 + pending 0");
        assert!(output.stdout.contains(&sums), "{output}");
        if said == log {
            let why = [
                "/Records [cloudtrail_log]",
                "of what AWS services did.",
                "events of other applications only",
            ];
            assert!(why.iter().all(|word| output.stdout.contains(word)), "{output}");
        }
    }
    assert_eq!(puts(&lake), 0);
    // Its neighbours go.
    ctl.file("mixed", format!("{{\"Records\":[{record}]}}\n{}\n", plain("a")));
    drop(ctl.run(&format!("send mixed --channel {channel}")).exits(3));
    assert_eq!(stored(&lake).len(), 1);
}
