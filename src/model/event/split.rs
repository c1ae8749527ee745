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
            let run = match &mut self.open {
                Some(open) => open.plain_run(piece.get(at..).unwrap_or_default()),
                None => 0,
            };
            self.blank &= run == 0;
            at += run;
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
        // Of a log file nothing is held, so what it holds besides its records cannot be told.
        if self.open.as_ref().is_some_and(|open| open.log) {
            return false;
        }
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
fn is_solid(byte: u8) -> bool {
    !matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Without the white space after it.
fn trimmed(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|byte| is_solid(*byte)).map_or(0, |last| last + 1);
    text.get(..end).unwrap_or_default()
}

/// What stands before a member's name and colon at the end of a text; both are told from the end on.
fn before_array<I: Iterator<Item = u8>>(mut back: I, name: &[u8]) -> Option<I> {
    let (quote, rest) = name.split_last()?;
    let named = back.find(|byte| is_solid(*byte)) == Some(b':')
        && back.find(|byte| is_solid(*byte)) == Some(*quote)
        && rest.iter().rev().all(|byte| back.next() == Some(*byte));
    named.then_some(back)
}

/// Whether that is the opening brace alone.
fn is_brace(mut back: impl Iterator<Item = u8>) -> bool {
    back.find(|byte| is_solid(*byte)) == Some(b'{') && back.next().is_none()
}

fn as_u64(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
