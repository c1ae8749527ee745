//! Cutting an input into entries: one event each, in whatever wrapping it came.
//!
//! The cutter looks at brackets and quotes only. It takes the input in pieces of any size and holds no
//! more than one entry, so a file of any length can be fed through it. It knows values one after
//! another (one to a line, or printed over several), arrays, and the `{"auditEvents":[…]}` envelope of
//! the API, and it needs not be told which.
//!
//! A broken entry must not take its neighbours along. What cannot be JSON (a line break inside a
//! string, a bracket that closes another, a `{` where no value may begin) marks the entry as broken, and
//! the next entry begins at the next line that opens with `{`, indented no deeper than the broken one.
//! Where each value so far stood on a line of its own, every such line begins one.

use std::sync::Arc;

use super::entry::{Broken, Entry, MAX_ENTRY, Place, Shape};
use super::head;
use super::nest::{Body, Open, Step};

/// Cuts one input into entries.
pub struct Splitter {
    file: Arc<str>,
    /// The first bytes, until there are enough to tell what the input is.
    head: Option<Vec<u8>>,
    level: Level,
    offset: u64,
    line: u64,
    /// Where the line begins, in bytes of the input.
    line_start: u64,
    /// Nothing but white space on this line so far.
    blank: bool,
    open: Option<Open>,
    /// What earlier pieces held of the open entry.
    held: Vec<u8>,
    /// How much of a byte order mark stands between two values: files were joined that begin with one.
    mark: usize,
    /// Every value so far ended on the line it began on; `None` before the first.
    one_a_line: Option<bool>,
    /// The whole input cannot be read; nothing more is looked at.
    deaf: bool,
    shape: Shape,
}

/// The byte order mark in UTF-8.
const MARK: &[u8] = b"\xEF\xBB\xBF";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Document,
    Array,
    Envelope,
}

impl Splitter {
    /// A cutter for the input of that name.
    pub fn new(file: Arc<str>) -> Self {
        Self {
            file,
            head: Some(Vec::new()),
            level: Level::Document,
            offset: 0,
            line: 1,
            line_start: 0,
            blank: true,
            open: None,
            held: Vec::new(),
            mark: 0,
            one_a_line: None,
            deaf: false,
            shape: Shape::default(),
        }
    }

    /// Takes the next piece of the input and hands on every entry that ends in it.
    pub fn feed(&mut self, piece: &[u8], sink: &mut dyn FnMut(Entry<'_>)) {
        let Some(mut head) = self.head.take() else {
            return self.cut(piece, sink);
        };
        head.extend_from_slice(piece);
        if head::is_enough(&head) {
            self.begin(&head, sink);
        } else {
            self.head = Some(head);
        }
    }

    /// Whether nothing more is looked at, whatever follows.
    pub fn is_deaf(&self) -> bool {
        self.deaf
    }

    /// Ends the input: hands on what is left of it and says what it was.
    pub fn finish(mut self, sink: &mut dyn FnMut(Entry<'_>)) -> Shape {
        if let Some(head) = self.head.take() {
            self.begin(&head, sink);
        }
        if self.mark > 0 {
            self.no_mark();
        }
        let unclosed = self.level != Level::Document;
        if let Some(open) = self.open.take() {
            let broken = match open.body {
                // The reader tells better what is wrong with what was no JSON from its middle on.
                Body::Value if !open.broken => Some(Broken::Truncated),
                Body::Tail => Some(Broken::OpenArray),
                _ => None,
            };
            let held = std::mem::take(&mut self.held);
            self.emit(open, &held, broken, sink);
        } else if unclosed {
            let open = self.opened(Body::Element, 0, self.offset);
            self.emit(open, b"", Some(Broken::OpenArray), sink);
        }
        self.shape
    }

    fn begin(&mut self, head: &[u8], sink: &mut dyn FnMut(Entry<'_>)) {
        let unreadable = head::unreadable(head);
        if unreadable.is_some() {
            self.deaf = true;
            let open = self.opened(Body::Stray, 0, 0);
            return self.emit(open, b"", unreadable, sink);
        }
        // A byte order mark is no part of the JSON (RFC 8259 §8.1 lets a reader ignore it).
        match head.strip_prefix(MARK) {
            Some(rest) => {
                self.offset = 3;
                self.line_start = 3;
                self.cut(rest, sink);
            }
            None => self.cut(head, sink),
        }
    }

    fn cut(&mut self, piece: &[u8], sink: &mut dyn FnMut(Entry<'_>)) {
        if self.deaf {
            return;
        }
        let base = self.offset;
        let (mut from, mut at) = (0, 0);
        loop {
            at += self.plain_run(piece.get(at..).unwrap_or_default());
            let Some(&byte) = piece.get(at) else { break };
            self.offset = base + as_u64(at);
            let step = self.step(byte);
            match step {
                Step::On => {}
                Step::Begin | Step::Resume => from = at,
                Step::After | Step::Before => {
                    let end = at + usize::from(matches!(step, Step::After));
                    self.end(piece.get(from..end).unwrap_or_default(), sink);
                }
                Step::Envelope => {
                    if self.enter_envelope(piece.get(from..at).unwrap_or_default()) {
                        from = at;
                    } else if let Some(open) = &mut self.open {
                        open.nest.push(byte);
                        open.last = byte;
                    }
                }
            }
            if !matches!(step, Step::Before | Step::Resume) {
                self.pass(byte);
                at += 1;
            }
        }
        self.offset = base + as_u64(piece.len());
        self.hold(piece.get(from..).unwrap_or_default());
    }

    /// How many bytes of a string's inside can be stepped over at once.
    fn plain_run(&self, rest: &[u8]) -> usize {
        match &self.open {
            Some(open) if open.string && !open.escape && !open.broken => {
                memchr::memchr3(b'"', b'\\', b'\n', rest).unwrap_or(rest.len())
            }
            _ => 0,
        }
    }

    fn pass(&mut self, byte: u8) {
        if byte == b'\n' {
            self.line += 1;
            self.line_start = self.offset + 1;
            self.blank = true;
        } else if !byte.is_ascii_whitespace() {
            self.blank = false;
        }
    }

    fn hold(&mut self, rest: &[u8]) {
        if let Some(open) = &mut self.open {
            if self.held.len() + rest.len() > MAX_ENTRY {
                open.long = true;
            }
            if open.long || open.log {
                self.held = Vec::new();
            } else {
                self.held.extend_from_slice(rest);
            }
        }
    }

    fn step(&mut self, byte: u8) -> Step {
        let column = self.offset - self.line_start;
        let level = self.level;
        let Some(open) = &mut self.open else {
            return self.between(byte);
        };
        match open.body {
            Body::Stray if byte == b'\n' => Step::Before,
            Body::Stray => Step::On,
            Body::Element => open.element(byte),
            Body::Value | Body::Tail => {
                let fresh_line = self.blank && column <= open.column;
                let document = level == Level::Document;
                open.inside(byte, fresh_line, document, document && self.one_a_line == Some(true))
            }
        }
    }

    /// A byte outside any entry.
    fn between(&mut self, byte: u8) -> Step {
        let document = self.level == Level::Document;
        if document && MARK.get(self.mark) == Some(&byte) {
            self.mark = (self.mark + 1) % MARK.len();
            return Step::On;
        }
        if self.mark > 0 {
            self.no_mark();
            return Step::Resume;
        }
        match byte {
            b'[' if document => {
                self.level = Level::Array;
                self.shape.array = true;
                return Step::On;
            }
            // Between lines, a comma is what is left of an array whose brackets were cut away.
            b',' | b' ' | b'\t' | b'\n' | b'\r' => return Step::On,
            b']' if !document => {
                if self.level == Level::Envelope {
                    let mut tail = self.opened(Body::Tail, b'{', self.offset);
                    tail.last = byte;
                    self.open = Some(tail);
                    self.level = Level::Document;
                    return Step::Begin;
                }
                self.level = Level::Document;
                return Step::On;
            }
            _ => {}
        }
        let body = match byte {
            b'{' | b'[' => Body::Value,
            _ if document => Body::Stray,
            _ => Body::Element,
        };
        let mut open = self.opened(body, byte, self.offset);
        open.string = body == Body::Element && byte == b'"';
        self.open = Some(open);
        Step::Begin
    }

    /// What looked like a byte order mark is none: an entry began with it.
    fn no_mark(&mut self) {
        let begun = MARK.get(..self.mark).unwrap_or_default();
        self.open = Some(self.opened(Body::Stray, 0, self.offset - as_u64(begun.len())));
        self.held.extend_from_slice(begun);
        self.mark = 0;
    }

    fn opened(&self, body: Body, bracket: u8, offset: u64) -> Open {
        Open {
            body,
            place: Place {
                file: Arc::clone(&self.file),
                line: self.line,
                index: self.shape.entries + 1,
                offset,
            },
            column: offset.saturating_sub(self.line_start),
            nest: vec![bracket],
            string: false,
            escape: false,
            last: bracket,
            broken: false,
            long: false,
            log: false,
        }
    }

    /// Whether the object read so far is an envelope whose array begins here; if so, its elements are entries.
    /// That it is a log file whose `Records` begin here is noted.
    fn enter_envelope(&mut self, part: &[u8]) -> bool {
        // Looked at from its end, a long object is not read once per array in it.
        let back = || self.held.iter().chain(part).rev().copied();
        let Some(before) = before_array(back(), b"\"auditEvents\"") else {
            let log = before_array(back(), b"\"Records\"").is_some_and(is_brace);
            if let Some(open) = &mut self.open {
                open.log |= log;
            }
            return false;
        };
        let bare = is_brace(before);
        self.shape.envelope = true;
        self.shape.beside_envelope |= !bare;
        self.level = Level::Envelope;
        self.open = None;
        self.held.clear();
        true
    }

    fn end(&mut self, part: &[u8], sink: &mut dyn FnMut(Entry<'_>)) {
        let Some(open) = self.open.take() else { return };
        if open.body == Body::Value && !open.broken {
            self.one_a_line = Some(self.one_a_line != Some(false) && open.place.line == self.line);
        }
        if self.held.is_empty() {
            self.emit(open, part, None, sink);
        } else {
            let mut held = std::mem::take(&mut self.held);
            held.extend_from_slice(part);
            self.emit(open, &held, None, sink);
            held.clear();
            self.held = held;
        }
    }

    fn emit(&mut self, open: Open, text: &[u8], broken: Option<Broken>, sink: &mut dyn FnMut(Entry<'_>)) {
        if open.body == Body::Tail && broken.is_none() {
            let text = text.strip_prefix(b"]").unwrap_or(text);
            self.shape.beside_envelope |= text.trim_ascii() != b"}";
            return;
        }
        self.shape.entries += 1;
        self.shape.logs += u64::from(open.log);
        let broken = match broken {
            _ if open.log => Some(Broken::CloudTrailLog),
            _ if open.long || text.len() > MAX_ENTRY => Some(Broken::TooLong),
            broken => broken,
        };
        let held = !matches!(broken, Some(Broken::CloudTrailLog | Broken::TooLong));
        sink(Entry {
            place: open.place,
            bytes: if held { trimmed(text) } else { b"" },
            broken,
        });
    }
}

/// Whether it is more than the white space of JSON, to which a form feed does not belong.
fn is_solid(byte: &u8) -> bool {
    !matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Without the white space after it.
fn trimmed(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(is_solid).map_or(0, |last| last + 1);
    text.get(..end).unwrap_or_default()
}

/// What stands before a member's name and colon at the end of a text; both are told from the end on.
fn before_array<I: Iterator<Item = u8>>(mut back: I, name: &[u8]) -> Option<I> {
    let (quote, rest) = name.split_last()?;
    let named = back.find(is_solid) == Some(b':')
        && back.find(is_solid) == Some(*quote)
        && rest.iter().rev().all(|byte| back.next() == Some(*byte));
    named.then_some(back)
}

/// Whether that is the opening brace alone.
fn is_brace(mut back: impl Iterator<Item = u8>) -> bool {
    back.find(is_solid) == Some(b'{') && back.next().is_none()
}

fn as_u64(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
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
}
