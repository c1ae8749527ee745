//! Following one open entry by its brackets and quotes, to where it ends.

use super::entry::Place;
use super::run;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    /// An object or a nested array, to its closing bracket.
    Value,
    /// What follows the array of an envelope, to the envelope's closing brace.
    Tail,
    /// Something else between values, to the end of the line.
    Stray,
    /// Something else in an array, to the comma.
    Element,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "a cutter's state: each is a flag of its own"
)]
pub(super) struct Open {
    pub(super) body: Body,
    pub(super) place: Place,
    pub(super) column: u64,
    pub(super) nest: Vec<u8>,
    pub(super) string: bool,
    pub(super) escape: bool,
    /// The last byte outside strings that is not white space.
    pub(super) last: u8,
    pub(super) broken: bool,
    pub(super) long: bool,
    /// It is a list of `Records`; nothing of it is held.
    pub(super) log: bool,
}

/// How deep brackets are followed. Deeper than any reader takes them, and no more than this is held of them.
const DEEPEST: usize = 64 * 1024;

/// What a byte means to the open entry.
pub(super) enum Step {
    /// It is part of it, or of nothing.
    On,
    /// An entry begins with it.
    Begin,
    /// The entry ends with it.
    After,
    /// The entry ended before it.
    Before,
    /// It opens an array that may be an envelope's.
    Envelope,
    /// An entry began before it, with bytes that might have been a mark and are none.
    Resume,
}

impl Open {
    /// How many bytes can be stepped over at once: whole strings, and what stands between strings and brackets.
    /// No line ends in them.
    pub(super) fn plain_run(&mut self, bytes: &[u8]) -> usize {
        if self.broken || self.escape || !(self.string || matches!(self.body, Body::Value | Body::Tail)) {
            return 0;
        }
        let mut at = 0;
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            if self.string {
                at += run::plain(rest);
                match (bytes.get(at), bytes.get(at + 1)) {
                    (Some(b'"'), _) => self.string = false,
                    // What is escaped is one byte here: of a longer escape the rest is as plain as any.
                    (Some(b'\\'), Some(0x20..)) => at += 1,
                    _ => return at,
                }
                at += 1;
                if !matches!(self.body, Body::Value | Body::Tail) {
                    return at;
                }
            } else {
                let run = rest
                    .iter()
                    .position(|byte| run::is_structure(*byte))
                    .unwrap_or(rest.len());
                if let Some(&last) = rest.get(..run).and_then(<[u8]>::last) {
                    self.last = last;
                }
                at += run;
                if bytes.get(at) != Some(&b'"') {
                    return at;
                }
                self.string = true;
                self.last = b'"';
                at += 1;
            }
        }
    }

    pub(super) fn element(&mut self, byte: u8) -> Step {
        match byte {
            b'\n' => return Step::Before,
            _ if self.escape => self.escape = false,
            b'\\' if self.string => self.escape = true,
            b'"' => self.string = !self.string,
            b',' | b']' if !self.string => return Step::Before,
            _ => {}
        }
        Step::On
    }

    pub(super) fn inside(&mut self, byte: u8, fresh_line: bool, may_be_envelope: bool, one_a_line: bool) -> Step {
        if self.broken {
            let next = byte == b'{' && fresh_line;
            return if next { Step::Before } else { Step::On };
        }
        if self.string {
            match byte {
                b'\n' => self.broken = true,
                _ if self.escape => self.escape = false,
                b'\\' => self.escape = true,
                b'"' => self.string = false,
                _ => {}
            }
            return Step::On;
        }
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => return Step::On,
            b'"' => self.string = true,
            b'{' | b'[' => return self.bracket(byte, fresh_line, may_be_envelope, one_a_line),
            b'}' | b']' => {
                let fits = matches!((self.nest.pop(), byte), (Some(b'{'), b'}') | (Some(b'['), b']'));
                self.broken = !fits;
                if fits && self.nest.is_empty() {
                    return Step::After;
                }
            }
            _ => {}
        }
        self.last = byte;
        Step::On
    }

    /// An opening bracket, which may stand only where a value may begin.
    fn bracket(&mut self, byte: u8, fresh_line: bool, may_be_envelope: bool, one_a_line: bool) -> Step {
        let next = one_a_line && fresh_line && byte == b'{';
        let fits = match self.nest.last() {
            _ if next => false,
            Some(b'{') => self.last == b':',
            _ => matches!(self.last, b'[' | b','),
        };
        if !fits || self.nest.len() >= DEEPEST {
            self.broken = true;
            return if byte == b'{' && fresh_line {
                Step::Before
            } else {
                Step::On
            };
        }
        let outermost = self.nest.len() == 1 && self.nest.first() == Some(&b'{');
        if byte == b'[' && outermost && may_be_envelope && self.body == Body::Value {
            return Step::Envelope;
        }
        self.nest.push(byte);
        self.last = byte;
        Step::On
    }
}
