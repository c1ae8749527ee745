//! The grammar of JSON (RFC 8259), walked without building anything.

use super::run;
use super::value::{Flaw, Kind, MAX_DEPTH, Member, Value};

/// What may come next inside a container.
enum Next {
    /// Right after the opening bracket: an element or the closing bracket.
    First,
    /// After a comma: an element.
    Element,
    /// After an element: a comma or the closing bracket.
    After,
}

pub(super) struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// The closing brackets still owed inside the value being skipped.
    owed: Vec<u8>,
    half_pair: Option<usize>,
    /// An escape was seen since this was last cleared.
    escaped: bool,
}

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            at: 0,
            owed: Vec::new(),
            half_pair: None,
            escaped: false,
        }
    }

    /// Where the first half of a surrogate pair without the other stands.
    pub(super) fn half_pair(&self) -> Option<usize> {
        self.half_pair
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn wants(&self, wanted: &'static str) -> Flaw {
        match self.peek() {
            None => Flaw::Truncated(self.bytes.len()),
            Some(_) => Flaw::Syntax { at: self.at, wanted },
        }
    }

    pub(super) fn white(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8, wanted: &'static str) -> Result<(), Flaw> {
        if self.peek() == Some(byte) {
            self.at += 1;
            Ok(())
        } else {
            Err(self.wants(wanted))
        }
    }

    /// The outermost object: its members and where its closing brace stands.
    pub(super) fn object(&mut self) -> Result<(Vec<Member<'a>>, usize), Flaw> {
        self.white();
        match self.peek() {
            Some(b'{') => self.at += 1,
            Some(b'[') => return Err(Flaw::NotAnObject("an array")),
            Some(b'"') => return Err(Flaw::NotAnObject("a string")),
            Some(_) => return Err(Flaw::NotAnObject("plain text or a bare value")),
            None => return Err(Flaw::Truncated(self.bytes.len())),
        }
        let mut members = Vec::with_capacity(16);
        self.white();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok((members, self.at - 1));
        }
        loop {
            members.push(self.member()?);
            self.white();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok((members, self.at - 1));
                }
                _ => return Err(self.wants("a comma or a closing brace")),
            }
            self.white();
        }
    }

    fn member(&mut self) -> Result<Member<'a>, Flaw> {
        let start = self.at + 1;
        self.escaped = false;
        self.name()?;
        let name = self.text.get(start..self.at - 1).unwrap_or_default();
        let name_escaped = std::mem::take(&mut self.escaped);
        self.colon()?;
        let start = self.at;
        let kind = self.value()?;
        let raw = self.text.get(start..self.at).unwrap_or_default();
        Ok(Member {
            name,
            escaped: name_escaped,
            value: Value {
                raw,
                start,
                kind,
                escaped: self.escaped,
            },
        })
    }

    fn name(&mut self) -> Result<(), Flaw> {
        self.take(b'"', "a member's name in quotes")?;
        self.string()
    }

    fn colon(&mut self) -> Result<(), Flaw> {
        self.white();
        self.take(b':', "a colon")?;
        self.white();
        Ok(())
    }

    /// Skips one value, whatever it is.
    fn value(&mut self) -> Result<Kind, Flaw> {
        match self.peek() {
            Some(b'{') => self.container().map(|()| Kind::Object),
            Some(b'[') => self.container().map(|()| Kind::Array),
            _ => self.scalar(),
        }
    }

    fn scalar(&mut self) -> Result<Kind, Flaw> {
        match self.peek() {
            Some(b'"') => {
                self.at += 1;
                self.string().map(|()| Kind::String)
            }
            Some(b'-' | b'0'..=b'9') => self.number().map(|()| Kind::Number),
            Some(b't') => self.word("true").map(|()| Kind::Bool),
            Some(b'f') => self.word("false").map(|()| Kind::Bool),
            Some(b'n') => self.word("null").map(|()| Kind::Null),
            _ => Err(self.wants("a value")),
        }
    }

    /// Skips an object or array of any depth without recursion, so that depth never costs stack.
    fn container(&mut self) -> Result<(), Flaw> {
        self.owed.clear();
        self.open()?;
        let mut next = Next::First;
        while let Some(&close) = self.owed.last() {
            self.white();
            next = match next {
                Next::First | Next::After if self.peek() == Some(close) => self.close(),
                Next::First | Next::Element => {
                    if close == b'}' {
                        self.name()?;
                        self.colon()?;
                    }
                    if matches!(self.peek(), Some(b'{' | b'[')) {
                        self.open()?;
                        Next::First
                    } else {
                        self.scalar()?;
                        Next::After
                    }
                }
                Next::After => {
                    self.take(b',', "a comma or a closing bracket")?;
                    Next::Element
                }
            };
        }
        Ok(())
    }

    fn open(&mut self) -> Result<(), Flaw> {
        // One level is the outermost object itself.
        if self.owed.len() + 1 >= MAX_DEPTH {
            return Err(Flaw::TooDeep(self.at));
        }
        self.owed.push(if self.peek() == Some(b'{') { b'}' } else { b']' });
        self.at += 1;
        Ok(())
    }

    fn close(&mut self) -> Next {
        self.owed.pop();
        self.at += 1;
        Next::After
    }

    fn word(&mut self, word: &'static str) -> Result<(), Flaw> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if rest.starts_with(word.as_bytes()) {
            self.at += word.len();
            Ok(())
        } else if word.as_bytes().starts_with(rest) {
            Err(Flaw::Truncated(self.bytes.len()))
        } else {
            Err(self.wants("a value"))
        }
    }

    fn number(&mut self) -> Result<(), Flaw> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Flaw> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start {
            return Err(self.wants("a digit"));
        }
        Ok(())
    }

    /// Skips the rest of a string, the quote that opens it being behind.
    fn string(&mut self) -> Result<(), Flaw> {
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            self.at += run::plain(rest);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.escape()?,
                // A control character, or the end of the text.
                _ => return Err(self.wants("the end of the string (control characters are escaped in JSON)")),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Flaw> {
        let start = self.at;
        self.at += 1;
        self.escaped = true;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.at += 1;
                Ok(())
            }
            Some(b'u') => {
                self.at += 1;
                let first = self.hex()?;
                let whole = match first {
                    0xD800..=0xDBFF => self.second_half(),
                    0xDC00..=0xDFFF => false,
                    _ => true,
                };
                if !whole {
                    self.half_pair.get_or_insert(start);
                }
                Ok(())
            }
            _ => Err(self.wants("one of the escapes \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u")),
        }
    }

    fn hex(&mut self) -> Result<u32, Flaw> {
        let mut sum = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            sum = sum * 16 + digit.ok_or_else(|| self.wants("a hexadecimal digit"))?;
            self.at += 1;
        }
        Ok(sum)
    }

    /// Takes the escape that completes a pair, if it follows.
    fn second_half(&mut self) -> bool {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let low = rest
            .strip_prefix(b"\\u")
            .and_then(|rest| rest.get(..4))
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .is_some_and(|low| (0xDC00..=0xDFFF).contains(&low));
        if low {
            self.at += 6;
        }
        low
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::event::text::Object;

    fn flaw(text: &str) -> Flaw {
        Object::read(text).err().unwrap()
    }

    #[test]
    fn the_grammar_is_rfc_8259() {
        for good in [
            "{}",
            " \r\n\t{ } \n",
            r#"{"":0}"#,
            r#"{"a":[],"b":[{}],"c":[[1,2],[3]],"d":-0.5E-7}"#,
            r#"{"a":true,"b":false,"c":null,"d":"\ud83d\ude00\"\\\/\b\f\n\r\t"}"#,
            "{\"a\":\"\u{7f}\u{2028}😀\"}",
        ] {
            assert!(Object::read(good).is_ok(), "{good}");
            assert!(serde_json::from_str::<serde_json::Value>(good).is_ok(), "{good}");
        }
        for bad in [
            r#"{"a":01}"#,
            r#"{"a":.5}"#,
            r#"{"a":1.}"#,
            r#"{"a":+1}"#,
            r#"{"a":1e}"#,
            r#"{"a":-}"#,
            r#"{"a":NaN}"#,
            r#"{"a":tru}"#,
            r#"{"a":1,}"#,
            r#"{,"a":1}"#,
            r#"{"a":[1,]}"#,
            r#"{"a":[,1]}"#,
            r#"{"a":[1}}"#,
            r#"{"a":{"b"}}"#,
            r"{'a':1}",
            r"{a:1}",
            r#"{"a" 1}"#,
            r#"{"a":"\x41"}"#,
            r#"{"a":"\u00g0"}"#,
            "{\"a\":\"line\nbreak\"}",
            "{\"a\":\"\u{0}\"}",
            r#"{"a":1} {"b":2}"#,
            r#"{"a":1}}"#,
            r#"{"a":1 /* no */}"#,
        ] {
            assert!(Object::read(bad).is_err(), "{bad}");
            assert!(serde_json::from_str::<serde_json::Value>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_cut_of_an_object_is_called_truncated() {
        let text = r#"{"a":[1,{"b":"\u00e9"},true],"c":null}"#;
        for end in 0..text.len() {
            assert!(
                matches!(flaw(text.get(..end).unwrap()), Flaw::Truncated(at) if at == end),
                "{end}"
            );
        }
    }

    #[test]
    fn flaws_name_their_place() {
        assert_eq!(
            flaw(r#"{"a":1,"b":x}"#),
            Flaw::Syntax {
                at: 11,
                wanted: "a value"
            }
        );
        assert_eq!(flaw("[1]"), Flaw::NotAnObject("an array"));
        assert_eq!(flaw("hello"), Flaw::NotAnObject("plain text or a bare value"));
    }

    #[test]
    fn depth_is_bounded_without_a_stack() {
        let nested = |n: usize| format!("{{\"a\":{}{}}}", "[".repeat(n), "]".repeat(n));
        assert!(Object::read(&nested(200)).is_ok());
        assert!(Object::read(&nested(MAX_DEPTH - 1)).is_ok());
        assert_eq!(flaw(&nested(MAX_DEPTH)), Flaw::TooDeep(5 + MAX_DEPTH - 1));
        assert_eq!(flaw(&"{\"a\":".repeat(100_000)), Flaw::TooDeep(5 * MAX_DEPTH));
    }

    const MEMBERS: [&str; 8] = [
        r#""a":-0.5E+7"#,
        r#" "a\u00e9" : [1,[],{"x":null},"]}"] "#,
        r#""":"\\\"\/\ud83d\ude00""#,
        r#""a":{"b":{"c":[true,false]}}"#,
        r#""é":"\ud800x""#,
        "\n\"t\":0\t",
        r#""n":1e5"#,
        r#""e":{}"#,
    ];

    proptest::proptest! {
        /// Whole objects, and objects with one byte changed, added or taken away. The oracle is
        /// `serde_json`, which skips values as this reader does: without decoding them.
        #[test]
        fn it_takes_what_another_reader_takes(
            members in proptest::collection::vec(proptest::sample::select(&MEMBERS[..]), 0..4),
            at in proptest::num::usize::ANY,
            change in proptest::option::of(proptest::sample::select(&b"{}[]\",:\\u01-.eE+ \n"[..])),
            (taken, changed) in proptest::prelude::any::<(bool, bool)>(),
        ) {
            let mut text = format!("{{{}}}", members.join(",")).into_bytes();
            if changed {
                let at = at % text.len();
                text.splice(at..at + usize::from(taken), change);
            }
            if let Ok(text) = std::str::from_utf8(&text) {
                let other = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
                let object = text.trim_start().starts_with('{');
                proptest::prop_assert_eq!(Object::read(text).is_ok(), other && object, "{}", text);
            }
        }
    }
}
