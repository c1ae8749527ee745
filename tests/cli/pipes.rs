//! Standard output that nobody reads, or that is full.

use crate::harness::{Lake, SECRET};

fn enable(format: &str) -> String {
    format!("enable --partner nordcloud --external-id {SECRET} --yes -o {format}")
}

#[test]
fn a_closed_stdout_stops_no_write() {
    for format in ["table", "json", "ndjson"] {
        let lake = Lake::new();
        let ctl = lake.ctl();
        drop(ctl.run_with_closed_stdout(&enable(format)).exits(0));
        assert_eq!(
            lake.writes(),
            ["CreateEventDataStore", "CreateChannel", "PutResourcePolicy"]
        );
        drop(
            ctl.run_with_closed_stdout(&format!("disable nordcloud --yes -o {format}"))
                .exits(0),
        );
        assert_eq!(lake.state()["channels"], serde_json::json!([]));
    }
}

#[test]
fn a_closed_stdout_changes_no_exit_code() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    for args in [
        "status",
        "status -o json",
        "status nothing",
        "status --no-such-option",
        "disable nothing --yes",
        "enable --partner nordcloud --no-external-id --dry-run --exit-code",
        "enable --partner nordcloud --yes",
        "help",
        "--help",
        "--version",
        "help exit-codes",
        "completions bash",
        "man",
    ] {
        let open = ctl.run(args);
        let closed = ctl.run_with_closed_stdout(args);
        assert_eq!(closed.code, open.code, "{open}");
        assert_eq!(closed.stderr.lines().count(), open.stderr.lines().count(), "{closed}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_stops_no_write() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let output = ctl
        .run_into("/dev/full", &enable("json"))
        .exits(1)
        .says(&["standard output"]);
    assert_eq!(lake.writes().len(), 3, "{output}");
    // A failure of the run itself counts more.
    drop(ctl.run_into("/dev/full", "status nothing").exits(5));
}
