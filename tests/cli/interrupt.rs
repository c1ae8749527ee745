//! A signal while nothing is under way that must be finished: the run ends at once, and says so.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::harness::{Lake, Silence, signal};

#[test]
fn an_interrupted_run_says_so_and_nothing_else() {
    for (args, name) in [
        ("status", "INT"),
        ("status", "TERM"),
        ("status", "HUP"),
        ("status -o json", "INT"),
        ("status --output=ndjson", "TERM"),
        ("send in -o json", "INT"),
    ] {
        let silence = Silence::new();
        let lake = Lake::new();
        let ctl = lake.ctl().env("AWS_ENDPOINT_URL", &silence.endpoint());
        ctl.file("in", "{}");
        let child = ctl.start(args);
        silence.await_call();
        let begun = Instant::now();
        signal(&child, name);
        let output = child.wait_with_output().unwrap();
        assert!(
            begun.elapsed() < Duration::from_secs(5),
            "{args}: {:?}",
            begun.elapsed()
        );
        assert_eq!(output.status.code(), Some(130), "{args}");
        assert_eq!(output.stdout, b"", "{args}");
        let said = String::from_utf8(output.stderr).unwrap();
        let rest = said
            .strip_prefix("Error: Interrupted.\n")
            .unwrap_or_else(|| panic!("{args}: {said:?}"));
        if args == "status" {
            assert_eq!(rest, "");
            continue;
        }
        let error: Value = serde_json::from_str(rest).unwrap_or_else(|error| panic!("{args}: {error}: {said:?}"));
        assert_eq!(error["schema"], "ctl.error/v1", "{args}");
        assert_eq!(error["error"]["kind"], "interrupted", "{args}");
        assert_eq!(error["error"]["message"], "Interrupted.", "{args}");
    }
}
