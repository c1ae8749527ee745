//! What is in an archive, and what is said of it.

use sha2::Digest as _;

use super::*;

#[test]
fn ten_thousand_events_come_back_as_they_were_sent() {
    let sent = events(10_000);
    let (lake, ctl) = filled(&sent);
    let output = export(
        &ctl,
        &format!("my-app --into all.ndjson.zst {DAY} --window-events 1000"),
    )
    .exits(0);
    let document = output.json();
    assert_eq!(document["schema"], "ctl.export/v1");
    assert_eq!(
        (&document["events"], &document["complete"]),
        (&json!(10_000), &json!(true))
    );
    assert_eq!(document["added"]["events"], 10_000);
    assert!(document["windows"].as_u64().unwrap() >= 10, "{document}");
    assert!(
        document["added"]["bytes_scanned"].as_u64().unwrap() > 1_000_000,
        "{document}"
    );
    let file = ctl.home().join("all.ndjson.zst");
    let records = records(&file);
    is_all(&lake, &sent, &records);
    let schema = ctl.run("event schema --stored --jmespath json_schema").exits(0);
    let schema = jsonschema::validator_for(&serde_json::from_str(&schema.stdout).unwrap()).unwrap();
    for record in records.iter().take(50) {
        schema.validate(record).unwrap();
    }
    // The manifest counts what is there, window by window, and says what a reader has to know.
    let manifest = manifest(&ctl.home().join("all.ndjson.zst.manifest.json"));
    let mut at = "2026-11-20T00:00:00Z".to_owned();
    let mut left = &records[..];
    for window in manifest["windows"].as_array().unwrap() {
        assert_eq!(text(window, "from"), at);
        at = text(window, "to");
        let (here, rest) = left.split_at(usize::try_from(window["events"].as_u64().unwrap()).unwrap());
        left = rest;
        assert!(
            here.iter()
                .all(|record| (text(window, "from")..at.clone()).contains(&text(record, "eventTime")))
        );
        for query in window["queries"].as_array().unwrap() {
            assert_eq!(query["events"], query["total_results_count"]);
        }
    }
    assert_eq!((at.as_str(), left.len()), ("2026-11-21T00:00:00Z", 0));
    assert!(manifest["notes"].to_string().contains("are strings"), "{manifest}");
    let sum = sha2::Sha256::digest(std::fs::read(&file).unwrap());
    let sum = sum.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    });
    assert_eq!(manifest["files"][0]["sha256"], sum);
    let verified = ctl.run("export --verify all.ndjson.zst -o json").exits(0).json();
    assert_eq!(
        (&verified["sound"], &verified["events"]),
        (&json!(true), &json!(10_000))
    );
}

#[test]
fn the_name_decides_the_form_and_a_directory_has_a_manifest() {
    let sent = events(50);
    let (lake, ctl) = filled(&sent);
    for (args, file, magic) in [
        ("--into a.ndjson", "a.ndjson", &b"{\"ev"[..]),
        ("--into a.ndjson.gz", "a.ndjson.gz", &[0x1F, 0x8B]),
        ("--into a.ndjson.zst", "a.ndjson.zst", &[0x28, 0xB5, 0x2F, 0xFD]),
        ("--into d/", "d/events-00001.ndjson.zst", &[0x28, 0xB5, 0x2F, 0xFD]),
        ("--into n/ --compression none", "n/events-00001.ndjson", b"{\"ev"),
    ] {
        drop(export(&ctl, &format!("{args} {DAY}")).exits(0));
        let file = ctl.home().join(file);
        assert!(std::fs::read(&file).unwrap().starts_with(magic), "{args}");
        is_all(&lake, &sent, &records(&file));
    }
    let names: Vec<_> = std::fs::read_dir(ctl.home().join("d"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert_eq!(
        decompressed(&ctl.home().join("a.ndjson.gz")),
        std::fs::read(ctl.home().join("a.ndjson")).unwrap()
    );
}

#[test]
fn an_archive_moves_to_another_store() {
    let sent = events(300);
    let (lake, ctl) = filled(&sent);
    drop(export(&ctl, &format!("--into moved/ {DAY} --window-events 60")).exits(0));
    let owner = lake.owner();
    let store = owner.store("new-events");
    let channel = owner.channel("new-app", "OktaSystemLogEvents", &[&store]);
    let output = ctl.run(&format!("send moved --channel {channel} --rate 0")).exits(0);
    let said = "moved/events-00001.ndjson.zst: 300 events, NDJSON in zstd (stored record)";
    assert!(output.stdout.contains(said), "{output}");
    assert!(output.stdout.contains("read 300 = accepted 300"), "{output}");
    drop(
        export(
            &ctl,
            &format!("--event-data-store new-events --into again.ndjson {DAY}"),
        )
        .exits(0),
    );
    let again = records(&ctl.home().join("again.ndjson"));
    let exported = by_uid(again.iter().map(|record| record["eventData"].clone()));
    assert_eq!(exported, by_uid(sent.iter().map(kept)));
    assert!(again.iter().all(|record| record["metadata"]["channelARN"] == channel));
    // Another account's events are refused, and not changed in passing.
    let line = std::fs::read_to_string(ctl.home().join("again.ndjson")).unwrap();
    let line = line.lines().next().unwrap().replace(HOME, "999988887777");
    ctl.file("other.ndjson", line);
    let output = ctl.run(&format!("send other.ndjson --channel {channel}")).exits(3);
    assert!(
        output.stdout.contains("/eventData/recipientAccountId [recipient]"),
        "{output}"
    );
    // What is no part of a stored record is no stored record.
    let mut record = again[0].clone();
    record["extra"] = json!(1);
    ctl.file("extra.ndjson", record.to_string());
    let output = ctl.run(&format!("send extra.ndjson --channel {channel}")).exits(3);
    assert!(output.stdout.contains("/extra [unknown_member]"), "{output}");
}

#[test]
fn run_again_an_export_adds_what_is_newer_and_nothing_twice() {
    let sent = events(200);
    let (lake, ctl) = filled(&sent);
    let middle = "2026-11-20T00:02:00Z";
    drop(export(&ctl, &format!("--into e.ndjson --from 2026-11-20 --to {middle}")).exits(0));
    let first = std::fs::read(ctl.home().join("e.ndjson")).unwrap();
    let again = export(&ctl, &format!("--into e.ndjson --to {middle}")).exits(0).json();
    assert_eq!((&again["added"]["windows"], &again["events"]), (&json!(0), &json!(90)));
    let more = export(&ctl, "--into e.ndjson --to 2026-11-21").exits(0).json();
    assert_eq!((&more["added"]["events"], &more["events"]), (&json!(110), &json!(200)));
    let all = std::fs::read(ctl.home().join("e.ndjson")).unwrap();
    assert!(all.starts_with(&first));
    is_all(&lake, &sent, &records(&ctl.home().join("e.ndjson")));
}

#[test]
fn a_dry_run_shows_the_query_and_asks_nothing() {
    let (lake, ctl) = filled(&events(3));
    let output = export(&ctl, &format!("--into e.ndjson {DAY} --dry-run")).exits(0);
    let document = output.json();
    assert_eq!(document["dry_run"], true);
    let statement = text(&document["next"], "statement");
    assert!(statement.ends_with("ORDER BY eventTime, eventID"), "{statement}");
    assert!(
        statement.contains("eventTime >= timestamp '2026-11-20 00:00:00'"),
        "{statement}"
    );
    assert_eq!(calls(&lake, "StartQuery"), 0);
    assert!(!ctl.home().join("e.ndjson").exists());
    // Without an end, it is a quarter of an hour ago; without a beginning, all that retention leaves and a day.
    let document = export(&ctl, "--into e.ndjson --dry-run").exits(0).json();
    let time = |member| text(&document, member).parse::<jiff::Timestamp>().unwrap();
    let ago = crate::harness::now().duration_since(time("to")).as_secs();
    assert!((900..960).contains(&ago), "{ago}");
    assert_eq!(time("to").duration_since(time("from")).as_secs(), 367 * 86_400 - 900);
    let document = export(&ctl, "--into e.ndjson --since 30d --dry-run").exits(0).json();
    let since = text(&document, "from").parse::<jiff::Timestamp>().unwrap();
    let ago = crate::harness::now().duration_since(since).as_secs() - 30 * 86_400;
    assert!((0..60).contains(&ago), "{ago}");
    let human = ctl.run(&format!("export --into e.ndjson {DAY} --dry-run")).exits(0);
    assert!(
        human
            .stdout
            .starts_with("Dry run: nothing is queried and nothing written."),
        "{human}"
    );
}

#[test]
fn what_is_wrong_with_an_archive_is_found_without_a_service() {
    let (_lake, ctl) = filled(&events(300));
    drop(export(&ctl, &format!("--into e.ndjson.gz {DAY} --window-events 50")).exits(0));
    let offline = Ctl::new();
    let copy = |change: &dyn Fn(&mut Vec<u8>)| {
        for name in ["e.ndjson.gz", "e.ndjson.gz.manifest.json"] {
            let mut bytes = std::fs::read(ctl.home().join(name)).unwrap();
            if name.ends_with("gz") {
                change(&mut bytes);
            }
            offline.file(name, bytes);
        }
        offline.run("export --verify e.ndjson.gz -o json")
    };
    let found = |output: &Output| -> Vec<String> {
        let document = output.json();
        assert_eq!(document["schema"], "ctl.export-verify/v1");
        assert_eq!(document["sound"], false);
        let findings = document["findings"].as_array().unwrap().clone();
        findings.iter().map(|finding| text(finding, "code")).collect()
    };
    drop(copy(&|_| {}).exits(0));
    let middle = |bytes: &mut Vec<u8>| {
        let at = bytes.len() / 2;
        bytes[at] ^= 4;
    };
    assert_eq!(found(&copy(&middle).exits(3))[0], "file_changed");
    assert_eq!(found(&copy(&|bytes| bytes.truncate(900)).exits(3))[0], "file_truncated");
    assert_eq!(found(&copy(&|bytes| bytes.push(0)).exits(3)), ["file_longer"]);
    std::fs::remove_file(offline.home().join("e.ndjson.gz")).unwrap();
    let output = offline.run("export --verify e.ndjson.gz").exits(3);
    assert!(
        output
            .stdout
            .contains("error [file_missing] e.ndjson.gz: It is not there."),
        "{output}"
    );
    drop(offline.run("export --verify nothing").exits(5));
}
