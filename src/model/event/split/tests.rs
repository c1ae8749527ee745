//! The cutter, in pieces of every size.

use super::*;

type Seen = (u64, u64, String, Option<Broken>);

fn cut_by(input: &[u8], size: usize) -> (Vec<Seen>, Shape) {
    let mut seen = Vec::new();
    let mut sink = |entry: Entry<'_>| {
        seen.push((
            entry.place.line,
            entry.place.offset,
            String::from_utf8_lossy(entry.bytes).into_owned(),
            entry.broken,
        ));
        assert_eq!(entry.place.index, as_u64(seen.len()));
    };
    let mut splitter = Splitter::new("in".into());
    for piece in input.chunks(size.max(1)) {
        splitter.feed(piece, &mut sink);
    }
    let shape = splitter.finish(&mut sink);
    assert_eq!(shape.entries, as_u64(seen.len()));
    (seen, shape)
}

/// Cuts it in one piece, and checks that pieces of every size give the same.
fn cut(input: &str) -> (Vec<Seen>, Shape) {
    let whole = cut_by(input.as_bytes(), input.len());
    for size in 1..input.len() {
        assert_eq!(cut_by(input.as_bytes(), size), whole, "in pieces of {size}: {input}");
    }
    whole
}

fn texts(input: &str) -> Vec<String> {
    cut(input).0.into_iter().map(|(_, _, text, _)| text).collect()
}

#[test]
fn a_log_file_stays_one_whatever_else_it_holds() {
    let (seen, shape) = cut(r#"{"Records":[{"a":1}],"auditEvents":[{"b":2}]} {"c":3}"#);
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert_eq!(seen[0].3, Some(Broken::CloudTrailLog));
    assert_eq!(seen[1].2, r#"{"c":3}"#);
    assert!(!shape.envelope);
}

#[test]
fn values_one_after_another_in_any_layout() {
    for (input, wanted) in [
        ("", vec![]),
        (" \n\t\r\n", vec![]),
        (r#"{"a":1}"#, vec![r#"{"a":1}"#]),
        ("{\"a\":1}\n\n{\"b\":2}\r\n", vec![r#"{"a":1}"#, r#"{"b":2}"#]),
        (
            "{\n  \"a\": [\n  {}]\n}\n{\n}\n",
            vec!["{\n  \"a\": [\n  {}]\n}", "{\n}"],
        ),
        (r#"{"a":1}{"b":2} {}"#, vec![r#"{"a":1}"#, r#"{"b":2}"#, "{}"]),
        (
            r#"{"a":"}{][\"\\"}{"b":"\\\""}"#,
            vec![r#"{"a":"}{][\"\\"}"#, r#"{"b":"\\\""}"#],
        ),
        (
            r#"[{"a":1}, {"b":[{"c":2}]}]"#,
            vec![r#"{"a":1}"#, r#"{"b":[{"c":2}]}"#],
        ),
        ("[]", vec![]),
        ("[{}]\n[{}]\n", vec!["{}", "{}"]),
        ("[\n{\n\"a\":1},\n{}\n]", vec!["{\n\"a\":1}", "{}"]),
        ("{\"a\":1},\n{\"b\":2}\n", vec![r#"{"a":1}"#, r#"{"b":2}"#]),
        ("\u{feff}{\"a\":1}\n", vec![r#"{"a":1}"#]),
    ] {
        assert_eq!(texts(input), wanted, "{input}");
        assert!(cut(input).0.iter().all(|(_, _, _, broken)| broken.is_none()));
    }
}

#[test]
fn lines_and_offsets_are_those_of_the_file() {
    let (seen, shape) = cut("\u{feff}\n [{\n},\n\n {}]");
    let places: Vec<_> = seen.iter().map(|(line, offset, ..)| (*line, *offset)).collect();
    assert_eq!(places, [(2, 6), (5, 13)]);
    // A form feed is no white space of JSON's: it is part of what stands there, and no event may hide behind it.
    let (seen, _) = cut("[\u{c}{},\t{}\n]\u{c}\n");
    let places: Vec<_> = seen
        .iter()
        .map(|(_, offset, text, _)| (*offset, text.as_str()))
        .collect();
    assert_eq!(places, [(1, "\u{c}{}"), (6, "{}"), (10, "\u{c}")]);
    assert!(shape.array && !shape.envelope);
}

#[test]
fn an_envelope_is_opened_and_what_is_beside_it_is_noticed() {
    let (seen, shape) = cut(r#"{ "auditEvents" : [{"id":"a"},{"id":"b"}] } {"c":1}"#);
    assert_eq!(seen.len(), 3);
    assert!(shape.envelope && !shape.beside_envelope);
    for beside in [
        r#"{"channelArn":"arn","auditEvents":[{"id":"a"}]}"#,
        r#"{"auditEvents":[{"id":"a"}],"externalId":"}"}"#,
    ] {
        let (seen, shape) = cut(beside);
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0].2, r#"{"id":"a"}"#);
        assert!(shape.envelope && shape.beside_envelope, "{beside}");
    }
    // However far apart its parts are, and wherever the input is cut.
    let far = format!("{{{0}\"auditEvents\"{0}:{0}[{{\"a\":1}}]}}", " ".repeat(70));
    let (seen, shape) = cut(&far);
    assert_eq!((seen.len(), shape.envelope, shape.beside_envelope), (1, true, false));
    let (seen, shape) = cut(&far.replace("auditEvents", "Records"));
    assert_eq!((seen.len(), shape.logs), (1, 1));
    // Only the outermost member of that name opens one.
    assert_eq!(cut(r#"{"a":{"auditEvents":[{}]}}"#).0.len(), 1);
    assert_eq!(cut(r#"{"a":"auditEvents","b":[{}]}"#).0.len(), 1);
    assert_eq!(cut(r#"[{"auditEvents":[{}]}]"#).0.len(), 1);
}

#[test]
fn a_broken_entry_leaves_its_neighbours_alone() {
    for (name, input, wanted) in [
        (
            "a line cut short",
            "{\"a\":1\n{\"b\":2}\n",
            vec!["{\"a\":1", "{\"b\":2}"],
        ),
        (
            "cut short in a string",
            "{\"a\":\"x\n{\"b\":2}\n",
            vec!["{\"a\":\"x", "{\"b\":2}"],
        ),
        (
            "cut short after a bracket",
            "{\"a\":{\n{\"b\":2}\n{}\n",
            vec!["{\"a\":{", "{\"b\":2}", "{}"],
        ),
        (
            "cut short after a colon, where each has a line",
            "{}\n{\"a\":\n{\"b\":2}\n{\"c\":[\n{\"d\":4}\n",
            vec!["{}", "{\"a\":", "{\"b\":2}", "{\"c\":[", "{\"d\":4}"],
        ),
        (
            "the wrong bracket",
            "{\"a\":[1}}\n{\"b\":2}\n",
            vec!["{\"a\":[1}}", "{\"b\":2}"],
        ),
        (
            "one bracket too many",
            "{\"a\":1}}\n{\"b\":2}\n",
            vec!["{\"a\":1}", "}", "{\"b\":2}"],
        ),
        (
            "a raw line break, printed over lines",
            "{\n \"a\": \"{\n  {\"b\"\n\"\n}\n{\n}\n",
            vec!["{\n \"a\": \"{\n  {\"b\"\n\"\n}", "{\n}"],
        ),
        (
            "inside an indented array",
            "[\n  {\"a\":\n  {\"b\":1,\n  {\"c\":2},\n  {\"d\":3}\n]\n",
            vec!["{\"a\":\n  {\"b\":1,", "{\"c\":2}", "{\"d\":3}"],
        ),
        (
            "words between",
            "hello \"world\n{\"b\":2}\n",
            vec!["hello \"world", "{\"b\":2}"],
        ),
        (
            "no objects in an array",
            "[1, \"x,]\",[2],null,{\"b\":2}]",
            vec!["1", "\"x,]\"", "[2]", "null", "{\"b\":2}"],
        ),
    ] {
        assert_eq!(texts(input), wanted, "{name}");
    }
}

#[test]
fn an_input_that_ends_too_early_says_so() {
    for (input, entries, broken) in [
        ("{\"a\":1}\n{\"b\":", 2, Broken::Truncated),
        ("[{\"a\":1},{\"b\"", 2, Broken::Truncated),
        ("[{\"a\":1}", 2, Broken::OpenArray),
        ("{\"auditEvents\":[{\"a\":1}", 2, Broken::OpenArray),
        ("{\"auditEvents\":[{\"a\":1}],", 2, Broken::OpenArray),
    ] {
        let (seen, _) = cut(input);
        assert_eq!(seen.len(), entries, "{input}");
        assert_eq!(seen.last().unwrap().3, Some(broken), "{input}");
        assert!(seen.iter().rev().skip(1).all(|(_, _, _, broken)| broken.is_none()));
    }
}

#[test]
fn what_is_no_text_is_one_entry() {
    let mut tar = [b"events.json".as_slice(), &[0; 246], b"ustar\x0000", &[0; 248]].concat();
    tar.extend(b"{}\n{}\n");
    for (bytes, broken) in [
        (b"\x1f\x8b\x08\x00abc".as_slice(), Broken::CompressedTwice),
        (b"\x28\xb5\x2f\xfdabc", Broken::CompressedTwice),
        (b"PK\x03\x04abc", Broken::Foreign("a zip archive")),
        (b"BZh91AY&SY\n\n{}", Broken::Foreign("compressed with bzip2")),
        (b"\xfd7zXZ\0", Broken::Foreign("compressed with xz")),
        (b"PAR1", Broken::Foreign("a Parquet file")),
        (&tar, Broken::Foreign("a tar archive")),
        (b"\xff\xfe{\0}\0", Broken::WideText),
        (b"{\0}\0\n\0{\0}\0", Broken::WideText),
        (b"\0{\0}", Broken::WideText),
    ] {
        for size in [1, 3, 100] {
            let (seen, _) = cut_by(bytes, size);
            assert_eq!(seen, [(1, 0, String::new(), Some(broken))]);
        }
    }
}

#[test]
fn an_entry_without_end_is_skipped_without_being_held() {
    let mut splitter = Splitter::new("in".into());
    let mut seen = Vec::new();
    let mut sink = |entry: Entry<'_>| seen.push((entry.bytes.len(), entry.broken));
    splitter.feed(b"{\"a\":\"", &mut sink);
    let piece = vec![b'x'; 1024 * 1024];
    for _ in 0..10 {
        splitter.feed(&piece, &mut sink);
        assert!(splitter.held.capacity() <= 2 * MAX_ENTRY);
    }
    splitter.feed(b"\"}{\"b\":1}", &mut sink);
    splitter.finish(&mut sink);
    assert_eq!(seen, [(0, Some(Broken::TooLong)), (7, None)]);
}

proptest::proptest! {
    /// The same entries whatever the pieces, and every byte but white space, commas and the
    /// brackets of arrays is in one of them, in order.
    #[test]
    fn pieces_do_not_matter_and_nothing_is_lost(
        input in proptest::string::string_regex("([{}\\[\\]\",:\\\\\n a1]|\\{\"a\":1\\}\n|\"auditEvents\":\\[){0,40}").unwrap(),
    ) {
        let (whole, shape) = cut(&input);
        let mut from = 0;
        for (_, offset, text, _) in &whole {
            let start = usize::try_from(*offset).unwrap();
            proptest::prop_assert!(start >= from, "{:?}", input);
            proptest::prop_assert!(input.get(start..).unwrap().starts_with(text.as_str()), "{:?}", input);
            let between = input.get(from..start).unwrap();
            if !shape.envelope {
                proptest::prop_assert!(between.chars().all(|c| " \n,[]".contains(c)), "{:?}", input);
            }
            from = start + text.len();
        }
    }
}
