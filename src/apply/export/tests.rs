//! Archives without a service: what is written, resumed, spoilt and found out.

use std::io::Write as _;
use std::path::Path;

use tempfile::TempDir;

use super::archive::{Archive, Place, Read};
use super::verify::verify;
use crate::error::Kind;
use crate::plan::export::manifest::{Beginning, StoreName};
use crate::plan::export::{Compression, Query, Second, Span};

const COMPRESSIONS: [(&str, Compression); 3] = [
    ("events.ndjson", Compression::None),
    ("events.ndjson.gz", Compression::Gzip),
    ("events.ndjson.zst", Compression::Zstd),
];

fn beginning(compression: Compression) -> Beginning {
    Beginning {
        sandbox: true,
        store: StoreName {
            arn: "arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/x".to_owned(),
            name: "x".to_owned(),
            retention_days: 366,
        },
        span: span(0, 50),
        compression,
        window_events: 10,
        concurrency: 2,
    }
}

fn span(from: i64, to: i64) -> Span {
    Span::new(Second(from), Second(to)).unwrap()
}

fn open(place: &Place, compression: Compression) -> Archive {
    Archive::open(place.clone(), &beginning(compression), |_| Ok(())).unwrap()
}

fn record(second: i64, n: u64) -> String {
    format!(
        "{{\"eventID\":\"{second}-{n:02}\",\"eventTime\":\"1970-01-01T00:00:{second:02}Z\",\"eventData\":{{\"eventName\":\"né\"}}}}\n"
    )
}

/// Writes the window of ten seconds that begins with this one; of the fourth there is nothing.
fn write(archive: &mut Archive, from: i64) {
    let mut segment = archive.segments().begin();
    let events = if from == 30 { 0 } else { 25 };
    for n in 0..events {
        segment
            .add(&record(from + i64::try_from(n * 10 / events).unwrap(), n), 1)
            .unwrap();
    }
    let read = Read {
        span: span(from, from + 10),
        queries: vec![Query {
            id: format!("q{from}"),
            events,
            total_results_count: Some(events),
            bytes_scanned: Some(5),
        }],
        at: Second(99),
    };
    archive.add(segment, read).unwrap();
}

fn whole(place: &Place, compression: Compression) {
    let mut archive = open(place, compression);
    for from in [0, 10, 20, 30, 40] {
        write(&mut archive, from);
    }
}

/// The names of a directory's files and what is in them.
fn content(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            (
                entry.file_name().into_string().unwrap(),
                std::fs::read(entry.path()).unwrap(),
            )
        })
        .collect();
    files.sort();
    files
}

fn codes(place: &Place) -> Vec<&'static str> {
    let mut codes: Vec<_> = verify(place).unwrap().flaws.iter().map(|flaw| flaw.code).collect();
    codes.dedup();
    codes
}

#[test]
fn what_goes_on_wherever_it_was_cut_off_is_the_same_archive() {
    for (name, compression) in COMPRESSIONS {
        for in_directory in [false, true] {
            let place = |dir: &TempDir| {
                let name = if in_directory { "archive/" } else { name };
                Place::of(Path::new(name), dir.path())
            };
            let expected = tempfile::tempdir().unwrap();
            whole(&place(&expected), compression);
            let expected_place = place(&expected);
            assert_eq!(codes(&expected_place), [""; 0]);
            let verified = verify(&expected_place).unwrap();
            assert_eq!((verified.events, verified.manifest.complete), (100, true));
            let dir = tempfile::tempdir().unwrap();
            let place = place(&dir);
            for from in [0, 10, 20, 30, 40] {
                write(&mut open(&place, compression), from);
                // A kill leaves a part of the next window, and a manifest that was not finished.
                let manifest = place.read_manifest().unwrap().unwrap();
                let data = place.data_path(&manifest.files[0].name);
                let mut file = std::fs::OpenOptions::new().append(true).open(data).unwrap();
                file.write_all(&[0x1F, 0x8B, b'{', 7]).unwrap();
                assert_eq!(codes(&place), if from < 40 { [].as_slice() } else { &["file_longer"] });
            }
            drop(open(&place, compression));
            let root = |dir: &TempDir| {
                if in_directory {
                    dir.path().join("archive")
                } else {
                    dir.path().to_owned()
                }
            };
            assert_eq!(content(&root(&dir)), content(&root(&expected)), "{name}");
        }
    }
}

#[test]
fn the_hash_of_a_file_is_the_one_that_others_compute() {
    let dir = tempfile::tempdir().unwrap();
    let place = Place::of(Path::new("events.ndjson"), dir.path());
    let mut archive = open(&place, Compression::None);
    let mut segment = archive.segments().begin();
    segment.add("abc", 1).unwrap();
    let read = Read {
        span: span(0, 10),
        queries: Vec::new(),
        at: Second(0),
    };
    archive.add(segment, read).unwrap();
    // FIPS 180-2, appendix B.1.
    assert_eq!(
        archive.manifest().files[0].sha256,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

#[test]
fn whatever_is_done_to_a_file_is_found() {
    for (name, compression) in COMPRESSIONS {
        let dir = tempfile::tempdir().unwrap();
        let place = Place::of(Path::new(name), dir.path());
        whole(&place, compression);
        let data = place.data_path(name);
        let good = std::fs::read(&data).unwrap();
        for at in (0..good.len()).step_by(good.len() / 40) {
            let mut flipped = good.clone();
            flipped[at] ^= 1;
            std::fs::write(&data, flipped).unwrap();
            assert!(codes(&place).contains(&"file_changed"), "{name} {at}");
        }
        std::fs::write(&data, &good[..good.len() - 1]).unwrap();
        let found = codes(&place);
        assert_eq!(found[0], "file_truncated", "{found:?}");
        std::fs::write(&data, [&good[..], b"x"].concat()).unwrap();
        assert_eq!(codes(&place), ["file_longer"]);
        std::fs::remove_file(&data).unwrap();
        assert_eq!(codes(&place), ["file_missing"]);
    }
}

/// An archive of one window of ten seconds, with these lines as its events.
fn of_lines(place: &Place, lines: &str, events: u64) {
    let mut archive = open(place, Compression::None);
    let mut segment = archive.segments().begin();
    segment.add(lines, events).unwrap();
    let query = Query {
        id: "q".to_owned(),
        events,
        total_results_count: Some(events),
        bytes_scanned: None,
    };
    let read = Read {
        span: span(0, 10),
        queries: vec![query],
        at: Second(0),
    };
    archive.add(segment, read).unwrap();
}

#[test]
fn lines_that_are_no_events_of_their_windows_are_found() {
    let null = "{\"eventID\":\"x\",\"eventTime\":\"1970-01-01T00:00:05Z\",\"eventData\":null}\n";
    for (lines, events, found) in [
        ("{\"eventID\":\"a\"}\n".to_owned(), 1, "not_json"),
        (null.to_owned(), 1, "not_json"),
        ("{\n".to_owned(), 1, "not_json"),
        (record(15, 1), 1, "outside_window"),
        (record(5, 1).repeat(2), 1, "count"),
        (record(5, 1).repeat(2), 2, "duplicate"),
        (record(5, 2) + &record(5, 1), 2, "order"),
        (record(6, 1) + &record(5, 2), 2, "order"),
        (record(5, 1).trim_end().to_owned(), 1, "not_json"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let place = Place::of(Path::new("e.ndjson"), dir.path());
        of_lines(&place, &lines, events);
        assert!(codes(&place).contains(&found), "{lines}: {:?}", codes(&place));
    }
    let dir = tempfile::tempdir().unwrap();
    let place = Place::of(Path::new("e.ndjson"), dir.path());
    of_lines(&place, &(record(5, 1) + &record(5, 2) + &record(6, 0)), 3);
    assert_eq!(codes(&place), [""; 0]);
}

#[test]
fn what_is_no_regular_file_is_not_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let place = Place::of(Path::new("d/"), dir.path());
    whole(&place, Compression::None);
    let data = place.data_path("events-00001.ndjson");
    std::fs::remove_file(&data).unwrap();
    std::fs::create_dir(&data).unwrap();
    assert_eq!(codes(&place), ["file_irregular"]);
    std::fs::remove_dir(&data).unwrap();
    #[cfg(unix)]
    {
        let made = std::process::Command::new("mkfifo").arg(&data).status().unwrap();
        assert!(made.success());
        assert_eq!(codes(&place), ["file_irregular"]);
    }
}

#[test]
fn a_data_file_that_no_manifest_names_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let place = Place::of(Path::new("d/"), dir.path());
    let next = place.data_path("events-00002.ndjson");
    let far = place.data_path("events-00007.ndjson");
    write(&mut open(&place, Compression::None), 0);
    // A run that is killed leaves the beginning of its next file.
    std::fs::write(&next, record(15, 1)).unwrap();
    assert_eq!(codes(&place), [""; 0]);
    std::fs::write(&far, record(15, 1)).unwrap();
    assert_eq!(codes(&place), ["file_unknown"]);
    std::fs::remove_file(&far).unwrap();
    std::fs::remove_file(&next).unwrap();
    let mut archive = open(&place, Compression::None);
    for from in [10, 20, 30, 40] {
        write(&mut archive, from);
    }
    drop(archive);
    assert_eq!(codes(&place), [""; 0]);
    std::fs::write(&next, record(15, 1)).unwrap();
    assert_eq!(codes(&place), ["file_unknown"]);
}

#[test]
fn an_archive_is_written_by_one_at_a_time_and_nothing_else_is_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let refused = |name: &str| {
        let place = Place::of(Path::new(name), dir.path());
        let opened = Archive::open(place, &beginning(Compression::None), |_| Ok(()));
        opened.err().unwrap().kind
    };
    for name in ["file.ndjson", "directory/"] {
        let first = open(&Place::of(Path::new(name), dir.path()), Compression::None);
        assert_eq!(refused(name), Kind::State, "{name}");
        drop(first);
        drop(open(&Place::of(Path::new(name), dir.path()), Compression::None));
    }
    std::fs::write(dir.path().join("mine.ndjson"), "{}").unwrap();
    std::fs::create_dir(dir.path().join("full")).unwrap();
    std::fs::write(dir.path().join("full/letter"), "").unwrap();
    assert_eq!(refused("mine.ndjson"), Kind::Usage);
    assert_eq!(refused("full"), Kind::Usage);
    assert_eq!(refused("nowhere/x.ndjson"), Kind::Usage);
    assert_eq!(std::fs::read(dir.path().join("mine.ndjson")).unwrap(), b"{}");
}

#[test]
fn what_was_changed_is_not_gone_on_with() {
    let dir = tempfile::tempdir().unwrap();
    let place = Place::of(Path::new("e.ndjson"), dir.path());
    write(&mut open(&place, Compression::None), 0);
    let data = place.data_path("e.ndjson");
    let good = std::fs::read(&data).unwrap();
    let again = || Archive::open(place.clone(), &beginning(Compression::None), |_| Ok(()));
    for bad in [&good[1..], &good[..good.len() - 1], &[]] {
        std::fs::write(&data, bad).unwrap();
        assert_eq!(again().err().unwrap().kind, Kind::Violations);
    }
    std::fs::write(&data, &good).unwrap();
    assert!(again().is_ok());
    let manifest = place.manifest_path();
    let text = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, text.replace("manifest/v1", "manifest/v2")).unwrap();
    assert_eq!(again().err().unwrap().kind, Kind::State);
    std::fs::write(&manifest, text.split_at(text.len() / 2).0).unwrap();
    assert_eq!(again().err().unwrap().kind, Kind::Violations);
}

#[test]
fn a_directory_has_as_many_files_as_it_needs() {
    let dir = tempfile::tempdir().unwrap();
    let place = Place::of(Path::new("d/"), dir.path());
    let mut archive = open(&place, Compression::None);
    write(&mut archive, 0);
    let length = archive.manifest().files[0].bytes;
    archive.full = length + length / 2;
    write(&mut archive, 10);
    write(&mut archive, 20);
    write(&mut archive, 30);
    write(&mut archive, 40);
    let files = &archive.manifest().files;
    let names: Vec<(&str, u64)> = files.iter().map(|file| (file.name.as_str(), file.events)).collect();
    assert_eq!(names, [("events-00001.ndjson", 50), ("events-00002.ndjson", 50)]);
    drop(archive);
    assert_eq!(codes(&place), [""; 0]);
}
