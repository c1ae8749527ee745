//! The parts of a JSON object as text: values and members, and what may be wrong with a text.

use std::borrow::Cow;

/// How deep brackets may nest. The service states no limit; this is the default of Jackson, the
/// most used JSON reader on the JVM (`StreamReadConstraints.DEFAULT_MAX_DEPTH`).
pub const MAX_DEPTH: usize = 1000;

/// Why a text is not one JSON object. Offsets are bytes from its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The text ends before its object does.
    #[error("it ends in the middle, after {0} bytes")]
    Truncated(usize),
    /// The grammar is broken.
    #[error("at byte {at}, {wanted} is missing")]
    Syntax {
        /// Where.
        at: usize,
        /// What the grammar has there, with its article.
        wanted: &'static str,
    },
    /// Nested deeper than [`MAX_DEPTH`].
    #[error("its brackets nest deeper than 1000 levels, at byte {0}")]
    TooDeep(usize),
    /// A JSON value, or the beginning of one, that is not an object.
    #[error("it is {0}, and an event is an object")]
    NotAnObject(&'static str),
}

/// What kind of value a member has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number of any size.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl Kind {
    /// The kind with its article, for messages.
    pub fn with_article(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "a boolean",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }
}

/// A string that holds half a surrogate pair, which no UTF-8 text can express.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it holds half a surrogate pair")]
pub struct HalfPair;

/// The text of one value and where it stands.
#[derive(Clone, Copy)]
pub struct Value<'a> {
    pub(super) raw: &'a str,
    pub(super) start: usize,
    pub(super) kind: Kind,
    /// Whether there is an escape in it.
    pub(super) escaped: bool,
}

impl<'a> Value<'a> {
    /// The text of the value, quotes or brackets included.
    pub fn raw(&self) -> &'a str {
        self.raw
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Where it begins in the object's text.
    pub fn start(&self) -> usize {
        self.start
    }

    /// Where it ends in the object's text.
    pub fn end(&self) -> usize {
        self.start.saturating_add(self.raw.len())
    }

    /// What a string says, its escapes undone; of any other kind its text.
    pub fn text(&self) -> Result<Cow<'a, str>, HalfPair> {
        match self.inner() {
            Some(inner) if self.escaped => unescape(inner),
            Some(inner) => Ok(Cow::Borrowed(inner)),
            None => Ok(Cow::Borrowed(self.raw)),
        }
    }

    /// The text between a string's quotes, escapes as they came.
    pub(super) fn inner(&self) -> Option<&'a str> {
        self.raw.strip_prefix('"')?.strip_suffix('"')
    }
}

/// One member of an object.
#[derive(Clone, Copy)]
pub struct Member<'a> {
    pub(super) name: &'a str,
    /// Whether there is an escape in its name.
    pub(super) escaped: bool,
    pub(super) value: Value<'a>,
}

impl<'a> Member<'a> {
    /// The member's name, its escapes undone; with half a surrogate pair in it, as it came.
    pub fn name(&self) -> Cow<'a, str> {
        if self.escaped {
            unescape(self.name).unwrap_or(Cow::Borrowed(self.name))
        } else {
            Cow::Borrowed(self.name)
        }
    }

    /// Whether that is its name.
    pub fn is_named(&self, name: &str) -> bool {
        self.name == name || self.escaped && self.name() == name
    }

    /// The member's value.
    pub fn value(&self) -> Value<'a> {
        self.value
    }
}

fn unescape(raw: &str) -> Result<Cow<'_, str>, HalfPair> {
    let Some(first) = raw.bytes().position(|byte| byte == b'\\') else {
        return Ok(Cow::Borrowed(raw));
    };
    let (plain, rest) = raw.split_at(first);
    let mut out = String::with_capacity(raw.len());
    out.push_str(plain);
    let mut chars = rest.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        out.push(match chars.next() {
            Some('n') => '\n',
            Some('t') => '\t',
            Some('r') => '\r',
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('u') => code_point(&mut chars)?,
            Some(other) => other,
            None => return Err(HalfPair),
        });
    }
    Ok(Cow::Owned(out))
}

/// The character of a `\u` escape, and of the second one where the first is half a pair.
fn code_point(chars: &mut std::str::Chars<'_>) -> Result<char, HalfPair> {
    let high = four_hex(chars).ok_or(HalfPair)?;
    if let Some(c) = char::from_u32(high) {
        return Ok(c);
    }
    if chars.next() != Some('\\') || chars.next() != Some('u') {
        return Err(HalfPair);
    }
    let low = four_hex(chars).ok_or(HalfPair)?;
    pair(high, low).ok_or(HalfPair)
}

fn four_hex(chars: &mut std::str::Chars<'_>) -> Option<u32> {
    (0..4).try_fold(0, |sum, _| Some(sum * 16 + chars.next()?.to_digit(16)?))
}

fn pair(high: u32, low: u32) -> Option<char> {
    let high = high.checked_sub(0xD800).filter(|bits| *bits < 0x400)?;
    let low = low.checked_sub(0xDC00).filter(|bits| *bits < 0x400)?;
    char::from_u32(0x1_0000 + high * 0x400 + low)
}
