//! Whatever ends a run, the archive is whole as far as its manifest says, and goes on to be the same.

use super::*;
use crate::harness::{Dice, signal};

/// A manifest without what differs from run to run: when a window was read, and by which query.
fn settled(file: &Path) -> Value {
    let mut manifest = manifest(file);
    for window in manifest["windows"].as_array_mut().unwrap() {
        window["read_at"] = Value::Null;
        for query in window["queries"].as_array_mut().unwrap() {
            query["id"] = Value::Null;
        }
    }
    manifest
}

#[test]
fn killed_at_twenty_moments_it_is_the_same_archive() {
    let sent = events(3000);
    let (lake, ctl) = filled(&sent);
    let args = format!("{DAY} --window-events 100 --concurrency 3");
    drop(export(&ctl, &format!("--into expected.ndjson.gz {args}")).exits(0));
    is_all(&lake, &sent, &records(&ctl.home().join("expected.ndjson.gz")));
    lake.fault("GetQueryResults", 1, 0, json!({"kind": "delay", "ms": 10}));
    let manifest_file = ctl.home().join("killed.ndjson.gz.manifest.json");
    let windows = || {
        let manifest = std::fs::read(&manifest_file).unwrap_or_default();
        let manifest = serde_json::from_slice(&manifest).unwrap_or(Value::Null);
        manifest["windows"].as_array().map_or(0, Vec::len)
    };
    let mut dice = Dice::new(20);
    let mut kills = 0;
    while kills < 20 {
        lake.forget();
        let begun = windows();
        let mut run = ctl.start(&format!("export --into killed.ndjson.gz {args}"));
        // After some requests or some windows, at once too.
        let some = usize::try_from(dice.roll(12)).unwrap();
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
        let mut ended = false;
        while !ended {
            assert!(std::time::Instant::now() < deadline, "it never came to that");
            let moment = match kills % 2 {
                0 => lake.requests().len() >= some,
                _ => windows() >= begun + some / 6,
            };
            ended = moment || run.try_wait().unwrap().is_some();
            std::thread::yield_now();
        }
        run.kill().unwrap();
        run.wait().unwrap();
        kills += 1;
        if manifest_file.exists() {
            assert_eq!(manifest(&manifest_file)["complete"], false, "{kills} kills only");
            drop(ctl.run("export --verify killed.ndjson.gz").exits(0));
        }
    }
    lake.heal();
    drop(export(&ctl, &format!("--into killed.ndjson.gz {args}")).exits(0));
    for file in ["ndjson.gz", "ndjson.gz.manifest.json"] {
        let (killed, expected) = (
            ctl.home().join(format!("killed.{file}")),
            ctl.home().join(format!("expected.{file}")),
        );
        if file == "ndjson.gz" {
            assert!(std::fs::read(killed).unwrap() == std::fs::read(expected).unwrap());
        } else {
            let rename = |manifest: Value| manifest.to_string().replace("expected.", "killed.");
            assert_eq!(rename(settled(&killed)), rename(settled(&expected)));
        }
    }
    let left = std::fs::read_dir(ctl.home())
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left
        .filter(|name| name.to_string_lossy().starts_with(".killed"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn interrupted_it_ends_in_good_order_and_says_how_to_go_on() {
    let sent = events(600);
    let (lake, ctl) = filled(&sent);
    lake.fault("GetQueryResults", 4, 0, json!({"kind": "delay", "ms": 100_000}));
    let args = [
        "export",
        "--into",
        "e.ndjson",
        "--from",
        "2026-11-20",
        "--to",
        "2026-11-21",
        "--window-events",
        "50",
    ];
    let run = ctl.command(&args).spawn().unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while calls(&lake, "GetQueryResults") < 3 {
        assert!(std::time::Instant::now() < deadline);
        std::thread::yield_now();
    }
    signal(&run, "INT");
    let output = ctl.output(&args, &run.wait_with_output().unwrap());
    let output = output.exits(130).says(&["run the same command again"]);
    assert!(
        output.stdout.contains("not complete: whole from 2026-11-20T00:00:00Z"),
        "{output}"
    );
    drop(ctl.run("export --verify e.ndjson").exits(0));
    lake.heal();
    let args = format!("--into e.ndjson {DAY} --window-events 50");
    assert_eq!(export(&ctl, &args).exits(0).json()["events"], 600);
    is_all(&lake, &sent, &records(&ctl.home().join("e.ndjson")));
}

#[test]
fn a_query_counts_from_when_it_is_started() {
    let (lake, ctl) = filled(&events(30));
    lake.fault("GetQueryResults", 1, 0, json!({"kind": "delay", "ms": 100_000}));
    let args = [
        "export",
        "--into",
        "e.ndjson",
        "--from",
        "2026-11-20",
        "--to",
        "2026-11-21",
        "--concurrency",
        "1",
    ];
    let run = ctl.command(&args).spawn().unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while calls(&lake, "GetQueryResults") < 1 {
        assert!(std::time::Instant::now() < deadline);
        std::thread::yield_now();
    }
    signal(&run, "INT");
    let output = ctl.output(&args, &run.wait_with_output().unwrap()).exits(130);
    assert_eq!(calls(&lake, "StartQuery"), 1);
    assert!(output.stdout.contains("0 windows, 1 query, "), "{output}");
}

#[test]
fn a_full_disk_is_told_and_the_archive_goes_on_later() {
    let sent = events(600);
    let (lake, ctl) = filled(&sent);
    let args = format!("export --into e.ndjson {DAY} --window-events 50");
    let full = "trap '' XFSZ; ulimit -f 64";
    let output = ctl
        .run_after(full, &args)
        .exits(1)
        .says(&["Could not write e.ndjson.", "Make room"]);
    assert!(output.stdout.contains("not complete"), "{output}");
    drop(ctl.run("export --verify e.ndjson").exits(0));
    drop(ctl.run(&args).exits(0));
    is_all(&lake, &sent, &records(&ctl.home().join("e.ndjson")));
}

#[test]
fn a_window_whose_manifest_could_not_be_written_does_not_count() {
    let sent = events(3);
    let (lake, ctl) = filled(&sent);
    // The data stay small: what grows beyond 4096 bytes, window by window, is the manifest.
    let args = format!("export --into e.ndjson.gz {DAY} --window-events 1 --concurrency 10 -o json");
    let full = "trap '' XFSZ; ulimit -f 8";
    let output = ctl.run_after(full, &args).exits(1);
    let (document, manifest) = (output.json(), manifest(&ctl.home().join("e.ndjson.gz.manifest.json")));
    let windows = manifest["windows"].as_array().unwrap();
    assert!(!windows.is_empty(), "{output}");
    assert_eq!(document["whole_to"], windows.last().unwrap()["to"]);
    for member in ["from", "to", "complete", "events"] {
        assert_eq!(document[member], manifest[member], "{member}: {output}");
    }
    assert_eq!(document["added"]["events"], manifest["events"]);
    assert_eq!(document["windows"], windows.len());
    let hints = output.error()["hints"].to_string();
    assert_eq!(hints.matches("in the archive is whole").count(), 1, "{hints}");
    assert!(!ctl.home().join(".e.ndjson.gz.manifest.json.new").exists());
    drop(ctl.run("export --verify e.ndjson.gz").exits(0));
    drop(ctl.run(&args).exits(0));
    is_all(&lake, &sent, &records(&ctl.home().join("e.ndjson.gz")));
}
