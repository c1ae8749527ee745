//! `send`: which files are meant, and what they are compressed with.

use std::io::Write as _;
use std::process::{Command, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::Lake;
use super::send::{custom, lines, puts, stored, sums};
use crate::harness::{Ctl, event};

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn zstd(text: &str) -> Vec<u8> {
    zstd::encode_all(text.as_bytes(), 3).unwrap()
}

/// The texts that the store holds, in the order in which they came.
fn texts(lake: &Lake) -> Vec<String> {
    stored(lake).into_iter().map(|(_, text)| text).collect()
}

/// The ids that the store holds, in the order in which they came.
fn ids(lake: &Lake) -> Vec<String> {
    stored(lake).into_iter().map(|(id, _)| id).collect()
}

/// A file's name as the id of its event.
fn id(name: &str) -> String {
    name.replace(['/', '.', '[', ']'], "_")
}

/// A file with one event for each name.
fn each(ctl: &Ctl, names: &[&str]) {
    for name in names {
        ctl.file(name, event(&id(name)).to_string());
    }
}

#[test]
fn gzip_and_zstd_are_told_by_their_content() {
    let text = lines(110);
    let (head, tail) = text.split_at(text.len() / 2);
    // A frame to be skipped, which parallel compressors put first (RFC 8878 §3.1.2).
    let skipped = b"\x50\x2a\x4d\x18\x02\0\0\0ab".to_vec();
    for (data, how) in [
        (gzip(&text), "gzip"),
        ([gzip(head), gzip(""), gzip(tail)].concat(), "gzip"),
        (zstd(&text), "zstd"),
        ([zstd(head), skipped.clone(), zstd(tail)].concat(), "zstd"),
        ([skipped, zstd(&text)].concat(), "zstd"),
    ] {
        let (lake, ctl, channel) = custom();
        let said = format!("110 events, NDJSON in {how} (bare event)\n");
        ctl.file("events.json", &data);
        for strict in ["", " --strict"] {
            let output = ctl
                .run(&format!("send events.json --channel {channel} --no-journal{strict}"))
                .exits(0);
            assert!(output.stdout.contains(&format!("events.json: {said}")), "{output}");
            let piped = ctl.run_with_stdin(&format!("send --channel {channel}{strict}"), &data);
            assert!(piped.stdout.contains(&format!("stdin: {said}")), "{piped}");
        }
        let mut found = texts(&lake);
        assert_eq!(found.len(), 440);
        found.sort();
        found.dedup();
        let mut wanted: Vec<&str> = text.lines().collect();
        wanted.sort_unstable();
        assert_eq!(found, wanted);
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn damaged_data_gives_what_stands_before_the_flaw() {
    let text = lines(300);
    let cut = |mut data: Vec<u8>| {
        data.truncate(data.len() / 4 * 3);
        data
    };
    let spoilt = |mut data: Vec<u8>, from_end: usize| {
        let at = data.len() - from_end;
        data[at] ^= 0x55;
        data
    };
    let checked = |text: &str| {
        let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
        encoder.include_checksum(true).unwrap();
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    // A frame's header that asks for a window of 2 GiB (RFC 8878 §3.1.1.1.2), and an empty last block.
    let wide = b"\x28\xb5\x2f\xfd\x00\xa8\x01\0\0".to_vec();
    let all = 300;
    for (name, data, at_least, words) in [
        ("gzip, cut", cut(gzip(&text)), 1, "its gzip data is cut off"),
        ("zstd, cut", cut(zstd(&lines(1500))), 1, "its zstd data is cut off"),
        (
            "gzip, only a header",
            gzip(&text)[..7].to_vec(),
            0,
            "its gzip data is cut off",
        ),
        (
            "gzip, another checksum",
            spoilt(gzip(&text), 6),
            all,
            "its gzip data is damaged",
        ),
        (
            "zstd, another checksum",
            spoilt(checked(&lines(1500)), 2),
            all,
            "its zstd data is damaged",
        ),
        (
            "gzip, and more",
            [gzip(&text), b"and more of it".to_vec()].concat(),
            all,
            "or something else follows",
        ),
        (
            "zstd, and more",
            [zstd(&text), b"and more of it".to_vec()].concat(),
            all,
            "or something else follows",
        ),
        ("zstd, a wide window", wide, 0, "larger than 128 MiB; decompress it"),
    ] {
        let (lake, ctl, channel) = custom();
        ctl.file("bad", &data).file("good", event("good").to_string());
        let output = ctl.run(&format!("send bad good --channel {channel} -o json")).exits(1);
        let output = output.says(&["Could not read bad to its end: ", words]);
        let [read, accepted, refused, pending, ..] = sums(&output);
        assert!(accepted > at_least && pending == 0, "{name}: {output}");
        // The event in which it broke off is refused, and none is lost in silence.
        assert!(refused <= 1 && read == accepted + refused, "{name}: {output}");
        let sent = texts(&lake);
        assert_eq!(sent.len(), usize::try_from(accepted).unwrap());
        // Whole events, and exactly the first ones.
        let longer = lines(1500);
        let mut wanted: Vec<&str> = longer.lines().take(sent.len() - 1).collect();
        let good = event("good").to_string();
        wanted.push(&good);
        wanted.sort_unstable();
        let mut sorted = sent.clone();
        sorted.sort();
        assert_eq!(sorted, wanted, "{name}");
        // It does not pass as whole.
        let table = ctl.run(&format!("send bad --dry-run --channel {channel}")).exits(1);
        assert!(table.stdout.contains(", not read to its end\n"), "{name}: {table}");
        drop(ctl.run(&format!("send bad good --channel {channel} --strict")).exits(1));
        assert_eq!(stored(&lake).len(), sent.len(), "{name}");
    }
}

#[test]
fn each_input_that_breaks_is_told() {
    let (_lake, ctl, channel) = custom();
    let data = gzip(&lines(3));
    ctl.file("one.gz", &data[..20]).file("two.gz", &data[..20]);
    let output = ctl.run(&format!("send one.gz two.gz --channel {channel}"));
    drop(
        output
            .exits(1)
            .says(&["Could not read one.gz", "Could not read two.gz"]),
    );
}

#[test]
fn what_is_no_json_below_or_instead_is_refused_once_for_the_file() {
    let (lake, ctl, channel) = custom();
    let text = lines(50);
    let mut tar = vec![0; 512];
    tar[..11].copy_from_slice(b"events.json");
    tar[257..265].copy_from_slice(b"ustar\x0000");
    tar.extend(text.bytes());
    for (data, words) in [
        (gzip(&text).as_slice(), None),
        (&[gzip(&text), zstd("")].concat(), None),
        (
            b"PK\x03\x04\x14\0\0\0{}\n{}\n",
            Some("The input is a zip archive, not JSON."),
        ),
        (
            b"BZh91AY&SY\n{}\n{}",
            Some("The input is compressed with bzip2, not JSON."),
        ),
        (&tar, Some("The input is a tar archive, not JSON.")),
        (
            &"{}\n{}\n"
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect::<Vec<u8>>(),
            Some("The input is UTF-16"),
        ),
        (
            &"\u{feff}{}\n"
                .encode_utf16()
                .flat_map(u16::to_be_bytes)
                .collect::<Vec<u8>>(),
            Some("iconv -f UTF-16"),
        ),
    ] {
        // Each within a compression of its own, so that the first is compressed twice.
        let words = words.unwrap_or("The input is compressed twice.");
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(data).unwrap();
        let twice = packed.finish().unwrap();
        let zipped = zstd::encode_all(data, 1).unwrap();
        for data in [&twice, &zipped] {
            let output = ctl.run_with_stdin(&format!("send --channel {channel}"), data).exits(3);
            assert!(output.stdout.contains(words), "{output}");
            assert!(output.stdout.contains("read 1 = accepted 0 + refused 1 "), "{output}");
        }
    }
    assert_eq!(puts(&lake), 0);
}

/// With so little memory that nothing of any size could be held.
fn run_in_little_memory(ctl: &Ctl, args: &str) -> String {
    let line = format!("ulimit -v 300000; exec {} {args}", env!("CARGO_BIN_EXE_ctl"));
    let command = ctl.command(&[]);
    let env = command.get_envs().filter_map(|(name, value)| Some((name, value?)));
    let output = Command::new("sh")
        .args(["-c", &line])
        .env_clear()
        .envs(env)
        // Else each thread reserves 64 MiB that it does not use.
        .env("MALLOC_ARENA_MAX", "1")
        .current_dir(ctl.home())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_what_comes_out() {
    let (_lake, ctl, channel) = custom();
    let good = event("good").to_string();
    let wanted = "read 2 = accepted 1 + refused 1 ";
    // Half a gigabyte each, from less than a megabyte.
    let filler = "x".repeat(1024 * 1024);
    let record = format!("{{\"a\":\"{filler}\"}},");
    for (name, begin, filler, end) in [
        ("string", "{\"a\":\"", filler.as_str(), "\"}"),
        ("log", "{\"Records\":[", record.as_str(), "{}]}"),
    ] {
        let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
        let mut zst = zstd::Encoder::new(Vec::new(), 1).unwrap();
        zst.window_log(27).unwrap();
        let both: [&mut dyn std::io::Write; 2] = [&mut gz, &mut zst];
        for to in both {
            to.write_all(begin.as_bytes()).unwrap();
            for _ in 0..512 {
                to.write_all(filler.as_bytes()).unwrap();
            }
            to.write_all(format!("{end}\n{good}\n").as_bytes()).unwrap();
        }
        for data in [gz.finish().unwrap(), zst.finish().unwrap()] {
            ctl.file(name, data);
            let said = run_in_little_memory(&ctl, &format!("send {name} --channel {channel} --no-journal"));
            assert!(said.contains(wanted), "{name}: {said}");
        }
    }
}

#[test]
fn a_directory_stands_for_its_files_and_a_pattern_for_what_it_matches() {
    let lake = Lake::new();
    lake.owner().integration();
    let ctl = lake.ctl();
    each(
        &ctl,
        &[
            "logs/b.json",
            "logs/a/z.json",
            "logs/a.json",
            "logs/.hidden",
            "logs/.git/x",
            "other/[x].json",
            "other/x.json",
        ],
    );
    // As the shell would say it; sorted by the bytes of the names, in which "." comes before "/".
    for (words, wanted) in [
        (vec!["logs"], vec!["logs/a.json", "logs/a/z.json", "logs/b.json"]),
        (vec!["logs/"], vec!["logs/a.json", "logs/a/z.json", "logs/b.json"]),
        (vec!["./logs/*.json"], vec!["logs/a.json", "logs/b.json"]),
        (vec!["logs/*"], vec!["logs/a.json", "logs/a/z.json", "logs/b.json"]),
        (
            vec!["**/*.json"],
            vec![
                "logs/a.json",
                "logs/a/z.json",
                "logs/b.json",
                "other/[x].json",
                "other/x.json",
            ],
        ),
        (vec!["logs/**"], vec!["logs/a.json", "logs/a/z.json", "logs/b.json"]),
        (vec!["logs/.h*"], vec!["logs/.hidden"]),
        (vec!["logs/.hidden", "logs/.git"], vec!["logs/.hidden", "logs/.git/x"]),
        (
            vec!["l?gs/[ab].json", "other/x.json"],
            vec!["logs/a.json", "logs/b.json", "other/x.json"],
        ),
        // A file of that very name is that file.
        (vec!["other/[x].json"], vec!["other/[x].json"]),
    ] {
        lake.forget();
        let before = ids(&lake).len();
        let args = [&["send", "--channel", "my-app", "--no-journal"], words.as_slice()].concat();
        drop(ctl.run_args(&args).exits(0));
        let wanted: Vec<String> = wanted.into_iter().map(id).collect();
        assert_eq!(ids(&lake)[before..], wanted, "{words:?}");
    }
    let output = ctl.run_args(&["send", "--dry-run", "logs"]).exits(0);
    assert!(output.stdout.starts_with("logs/a.json: 1 event"), "{output}");
    let absolute = ctl.home().join("logs/*.json").display().to_string();
    drop(ctl.run_args(&["send", "--dry-run", &absolute]).exits(0));
}

#[cfg(unix)]
#[test]
fn links_lead_to_files_and_never_round_in_circles() {
    use std::os::unix::fs::symlink;

    let (lake, ctl, channel) = custom();
    each(&ctl, &["logs/a.json", "elsewhere/b.json"]);
    let link = |to: &str, at: &str| symlink(to, ctl.home().join(at)).unwrap();
    link("../elsewhere/b.json", "logs/b.json");
    link("..", "logs/up");
    link("logs", "linked");
    for (word, count) in [("logs", 2), ("linked", 2), ("logs/**/*.json", 2), ("*/a.json", 1)] {
        let args = ["send", "--channel", &channel, "--dry-run", "-o", "json", word];
        assert_eq!(sums(&ctl.run_args(&args).exits(0))[0], count, "{word}");
    }
    for (words, said) in [
        (vec!["logs", "logs/a.json"], "logs/a.json is named twice."),
        (
            vec!["elsewhere/b.json", "logs"],
            "logs/b.json is named twice: it is elsewhere/b.json by another name.",
        ),
        (
            vec!["logs/*.json", "linked/a.json"],
            "linked/a.json is named twice: it is logs/a.json by another name.",
        ),
    ] {
        let args = [&["send", "--channel", &channel], words.as_slice()].concat();
        drop(ctl.run_args(&args).exits(2).says(&[said, "count twice"]));
    }
    link("nowhere", "logs/broken");
    for word in ["logs", "logs/*", "logs/broken"] {
        let args = ["send", "--channel", &channel, word];
        drop(ctl.run_args(&args).exits(2).says(&["Could not read logs/broken."]));
    }
    assert_eq!(puts(&lake), 0);
}

#[cfg(unix)]
#[test]
fn a_file_with_two_names_is_read_once_and_copies_are_warned_of() {
    let (lake, ctl, channel) = custom();
    ctl.file("a.json", lines(3))
        .file("logs/other.json", event("other").to_string());
    for link in ["b.json", "logs/a.json"] {
        std::fs::hard_link(ctl.home().join("a.json"), ctl.home().join(link)).unwrap();
    }
    for verb in [
        format!("send --channel {channel} --dry-run"),
        "event validate".to_owned(),
    ] {
        let output = ctl.run(&format!("{verb} b.json a.json logs"));
        drop(output.says(&[
            "a.json is the same file as b.json, by a hard link: it is read once.",
            "logs/a.json is the same file as b.json",
        ]));
    }
    let output = ctl
        .run(&format!("send --channel {channel} b.json a.json -o json"))
        .exits(0);
    assert_eq!(sums(&output)[1], 3);
    assert!(!output.stderr.contains("repeated"), "{output}");
    // A copy may be meant, so it is sent; once it is, nothing more is to be said.
    ctl.file("copy.json", lines(3));
    let send = format!("send --channel {channel} b.json copy.json --resend -o json");
    let output = ctl.run(&send).exits(0).says(&[
        "copy.json:1: /UID [repeated] The same event, with the same UID, came before in this run.",
        "(And 2 more like it.)",
    ]);
    assert_eq!(sums(&output)[1], 6);
    let again = ctl.run(&send.replace(" --resend", "")).exits(0);
    assert!(!again.stderr.contains("repeated"), "{again}");
    assert_eq!(stored(&lake).len(), 9);
}

#[test]
fn words_that_mean_no_file_stop_before_anything_is_sent() {
    let (lake, ctl, channel) = custom();
    each(&ctl, &["good", "dots/.x"]);
    ctl.file("empty.gz", gzip("\n"));
    std::fs::create_dir(ctl.home().join("bare")).unwrap();
    for (word, said) in [
        ("bare", "There is no file in the directory bare."),
        ("dots", "begin with a dot"),
        ("*.json", "No file matches *.json."),
        ("nowhere/*.json", "No file matches nowhere/*.json."),
        ("good/*", "No file matches good/*."),
        ("x[", "There is no file x[, and it is no pattern either"),
        ("nowhere", "Could not read nowhere."),
        ("empty.gz", "empty.gz is empty."),
    ] {
        drop(
            ctl.run_args(&["send", "--channel", &channel, "good", word])
                .exits(2)
                .says(&[said]),
        );
    }
    assert_eq!(puts(&lake), 0);
    // One that was only found may be empty: it is told, and the others go.
    ctl.file("logs/empty", "").file("logs/one", event("one").to_string());
    let output = ctl.run(&format!("send logs --channel {channel} -o json")).exits(0);
    assert_eq!(sums(&output.says(&["logs/empty holds no event."]))[1], 1);
}
