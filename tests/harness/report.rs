//! What a delivery told, held against itself and against the store.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::shapes::{event, text, with};
use super::{Ctl, Lake, Output};

/// What a run of `send -o ndjson` told.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) output: Output,
    pub(crate) lines: Vec<Line>,
    summary: Value,
}

/// What it told of one event.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) status: String,
    pub(crate) code: Option<String>,
    /// The line of the input that it stands on.
    pub(crate) number: usize,
    /// It may be stored otherwise than it is told.
    pub(crate) doubted: bool,
    /// How many copies there may be of it at most, as it was told.
    pub(crate) copies: usize,
}

impl Ctl {
    /// Sends, and checks that the sums agree, with each other, with what was told of each event, and with
    /// what is left over.
    pub(crate) fn send(&self, args: &str, code: i32) -> Report {
        Report::of(self, self.run(&format!("send {args} -o ndjson")).exits(code))
    }

    /// The same with something on standard input.
    pub(crate) fn send_stdin(&self, args: &str, stdin: impl AsRef<[u8]>, code: i32) -> Report {
        let output = self.run_with_stdin(&format!("send {args} -o ndjson"), stdin);
        Report::of(self, output.exits(code))
    }
}

impl Report {
    pub(crate) fn of(ctl: &Ctl, output: Output) -> Self {
        let mut lines: Vec<Value> = output
            .stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line:?}")))
            .collect();
        let summary = lines.pop().expect("a summary");
        assert_eq!(summary["schema"], "ctl.send/v1", "{output}");
        let report = Self {
            lines: lines.iter().map(Line::of).collect(),
            summary,
            output,
        };
        let sums = ["accepted", "refused", "skipped", "pending"].map(|status| {
            let told = report.lines.iter().filter(|line| line.status == status).count();
            assert_eq!(told, report.number(status), "{status}: {}", report.summary);
            told
        });
        assert_eq!(sums.iter().sum::<usize>(), report.number("read"), "{}", report.summary);
        let kept = report.rejects_file().map_or(0, |file| {
            let kept = std::fs::read_to_string(ctl.home().join(file)).unwrap();
            kept.lines().count()
        });
        if report.rejects_file().is_some() {
            assert_eq!(
                kept,
                report.number("refused") + report.number("pending"),
                "{}",
                report.summary
            );
        }
        report
    }

    /// A number of the summary.
    pub(crate) fn number(&self, member: &str) -> usize {
        count_of(&self.summary, member)
    }

    /// Read, accepted, refused, skipped, pending.
    pub(crate) fn sums(&self) -> [usize; 5] {
        ["read", "accepted", "refused", "skipped", "pending"].map(|member| self.number(member))
    }

    pub(crate) fn rejects_file(&self) -> Option<&str> {
        self.summary["rejects_file"].as_str()
    }
}

impl Line {
    fn of(line: &Value) -> Self {
        let word = |member: &str| line[member].as_str().map(str::to_owned);
        let certain = usize::from(matches!(text(line, "status").as_str(), "accepted" | "skipped"));
        let doubted = word("message").is_some_and(|message| message.contains("may be stored"));
        assert_eq!(doubted, line.get("possible_copies").is_some(), "{line}");
        Self {
            copies: if doubted {
                count_of(line, "possible_copies")
            } else {
                certain
            },
            doubted,
            status: text(line, "status"),
            code: word("code"),
            number: count_of(line, "line"),
        }
    }
}

/// A member that counts.
pub(crate) fn count_of(value: &Value, member: &str) -> usize {
    let count = value[member]
        .as_u64()
        .unwrap_or_else(|| panic!("no {member} in {value}"));
    usize::try_from(count).unwrap()
}

/// So many events, a line each, no two the same. So many have different ids, and then the ids come again:
/// as equal ids never meet, that is how many go in a request.
pub(crate) fn numbered(events: std::ops::Range<usize>, ids: usize) -> String {
    let mut all = String::new();
    for n in events {
        let event = with(event(&format!("evt-{}", n % ids)), json!({"eventName": n.to_string()}));
        writeln!(all, "{event}").unwrap();
    }
    all
}

/// How often each of so many [`numbered`] events is stored.
pub(crate) fn copies(lake: &Lake, count: usize) -> Vec<usize> {
    let mut copies = vec![0; count];
    for stored in lake.look("/events")["events"].as_array().unwrap() {
        let event: Value = serde_json::from_str(stored["event_data"].as_str().unwrap()).unwrap();
        copies[text(&event, "eventName").parse::<usize>().unwrap()] += 1;
    }
    copies
}

/// Whether a first delivery of [`numbered`] events told the truth: what is accepted is stored, what is not
/// is not, and what may be otherwise is told as such.
pub(crate) fn agree(report: &Report, copies: &[usize]) {
    assert_eq!(report.lines.len(), copies.len());
    let extra: usize = copies.iter().map(|copies| copies.saturating_sub(1)).sum();
    assert!(extra <= report.number("possibly_double"), "{extra}: {}", report.summary);
    for line in &report.lines {
        let stored = copies[line.number - 1];
        let wanted = usize::from(line.status == "accepted");
        assert!(
            if line.doubted {
                stored >= wanted
            } else {
                stored == wanted
            },
            "stored {stored} times: {line:?}"
        );
    }
}
