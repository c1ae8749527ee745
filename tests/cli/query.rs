//! `query` and `events`: what is wrong usage, and what needs no service.

use insta::assert_snapshot;

use crate::harness::{Ctl, Lake};

const ID: &str = "6f0c2a1e-1111-4222-8333-444455556666";

#[test]
fn wrong_usage_is_told_before_anybody_is_asked() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let bounded = format!("SELECT eventID FROM {ID} WHERE eventTime > now()");
    let outside = format!("SELECT * FROM (SELECT * FROM {ID}) WHERE eventTime > now()");
    let long = format!("SELECT '{}' FROM {ID}", "x".repeat(10_000));
    for (args, words) in [
        (vec!["query"], "<SQL>"),
        (vec!["query", ""], "empty"),
        (vec!["query", "DELETE FROM {x}"], "SELECT"),
        (vec!["query", "SELECT a FROM ("], "cannot be read"),
        (vec!["query", outside.as_str()], "--unbounded"),
        (vec!["query", long.as_str()], "10000"),
        (vec!["query", bounded.as_str(), "--event-data-store", "x"], "$EDS_ID"),
        (
            vec!["query", bounded.as_str(), "--since", "1h", "--unbounded"],
            "--unbounded",
        ),
        (vec!["query", bounded.as_str(), "--since", "soon"], "90s"),
        (
            vec!["query", bounded.as_str(), "--from", "2026-11-21", "--to", "2026-11-20"],
            "--to",
        ),
        (vec!["query", bounded.as_str(), "--page-size", "1001"], "1000"),
        (vec!["query", bounded.as_str(), "--max-rows", "0"], "max-rows"),
        (vec!["query", bounded.as_str(), "-f", "x"], "--file"),
        (vec!["query", "-f", "absent.sql"], "absent.sql"),
        (vec!["query", "--sample", "nonsense"], "user-activity"),
        (vec!["events", "--limit", "0"], "limit"),
        (vec!["events", "app", "--event-data-store", "x"], "--event-data-store"),
        (vec!["status", "-o", "csv"], "csv"),
    ] {
        drop(ctl.run_args(&args).exits(2).says(&[words]));
    }
    assert_eq!(lake.requests(), []);
}

#[test]
fn a_statement_comes_from_the_command_line_a_file_or_a_pipe() {
    let ctl = Ctl::new();
    let sql = format!("SELECT eventID\nFROM {ID} -- all\nWHERE eventTime > now()");
    ctl.file("q.sql", format!("{sql}\n"));
    for output in [
        ctl.run_args(&["query", &sql, "--dry-run"]),
        ctl.run("query -f q.sql --dry-run"),
        ctl.run_with_stdin("query - --dry-run", &sql),
        ctl.run_with_stdin("query -f - --dry-run", &sql),
    ] {
        let output = output.exits(0);
        assert_eq!(output.stdout, format!("{sql}\n"), "{output}");
        assert_eq!(output.stderr, "", "{output}");
    }
}

#[test]
fn a_dry_run_shows_what_was_put_in() {
    let ctl = Ctl::new();
    let sql = format!("SELECT eventID FROM {ID} a LEFT JOIN {ID} b ON a.x = b.x WHERE a.y = 'it''s'");
    let output = ctl.run_args(&[
        "query",
        &sql,
        "--from",
        "2026-11-20",
        "--to",
        "2026-11-21T12:30:00Z",
        "--dry-run",
    ]);
    assert_snapshot!(output.stdout.trim_end(), @"SELECT eventID FROM 6f0c2a1e-1111-4222-8333-444455556666 a LEFT JOIN 6f0c2a1e-1111-4222-8333-444455556666 b ON b.eventTime >= timestamp '2026-11-20 00:00:00' AND b.eventTime < timestamp '2026-11-21 12:30:00' AND ( a.x = b.x) WHERE a.eventTime >= timestamp '2026-11-20 00:00:00' AND a.eventTime < timestamp '2026-11-21 12:30:00' AND ( a.y = 'it''s')");
    assert_snapshot!(output.stderr.trim_end(), @"The time was bounded: events from 2026-11-20T00:00:00Z to 2026-11-21T12:30:00Z.");
}
