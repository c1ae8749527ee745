//! One JSON object as text: its members, each with the exact text of its value.
//!
//! An event is sent as the bytes its source wrote. Key order, number literals and escapes survive
//! because nothing here builds a value tree: the reader checks the grammar of the whole text
//! (RFC 8259) and keeps where each member of the outermost object begins and ends.
//!
//! What a value tree would decide in silence is decided here in so many words. A number of any size
//! is text. A key that stands twice in an object inside the outermost one is left as it came; whether
//! one may stand twice in the outermost object is the caller's question, since all are reported. Half
//! a surrogate pair (`"\ud83d"`) is grammatical and is reported by its place. Nesting is bounded by
//! [`MAX_DEPTH`](super::value::MAX_DEPTH), and no depth overflows the stack.

use super::scan::Scan;
use super::value::{Flaw, Member, Value};

/// One JSON object, read but not taken apart. It has no `Debug`: an event's body is never printed.
pub struct Object<'a> {
    text: &'a str,
    members: Vec<Member<'a>>,
    close: usize,
    half_pair: Option<usize>,
}

impl<'a> Object<'a> {
    /// Reads a text that holds one object and, around it, nothing but white space.
    pub fn read(text: &'a str) -> Result<Self, Flaw> {
        let mut scan = Scan::new(text);
        let (members, close) = scan.object()?;
        scan.white();
        match scan.peek() {
            Some(_) => Err(scan.wants("the end of the text")),
            None => Ok(Self {
                text,
                members,
                close,
                half_pair: scan.half_pair(),
            }),
        }
    }

    /// The text the object was read from.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Its members, in their order; a name may occur twice.
    pub fn members(&self) -> &[Member<'a>] {
        &self.members
    }

    /// The first member of that name.
    pub fn get(&self, name: &str) -> Option<Value<'a>> {
        let member = self.members.iter().find(|member| member.is_named(name))?;
        Some(member.value)
    }

    /// Where a further member would be put: after the last one, or inside the empty braces.
    pub fn tail(&self) -> usize {
        self.members.last().map_or(self.close, |member| member.value.end())
    }

    /// Where the first half of a surrogate pair without the other stands, in a name or a string at any depth.
    pub fn half_pair(&self) -> Option<usize> {
        self.half_pair
    }
}

#[cfg(test)]
mod tests {
    use super::super::value::{HalfPair, Kind};
    use super::*;

    #[test]
    fn members_keep_their_exact_text() {
        let text =
            "{ \"b\" : 12345678901234567890.10e+05 ,\"a\\u0041\":\"\\u00e9\\/\", \"n\":{\"x\":1,\"x\":[2 , {}]}}";
        let object = Object::read(text).unwrap();
        let members: Vec<_> = object
            .members()
            .iter()
            .map(|m| (m.name().into_owned(), m.value().raw(), m.value().kind()))
            .collect();
        assert_eq!(
            members,
            [
                ("b".to_owned(), "12345678901234567890.10e+05", Kind::Number),
                ("aA".to_owned(), "\"\\u00e9\\/\"", Kind::String),
                ("n".to_owned(), "{\"x\":1,\"x\":[2 , {}]}", Kind::Object),
            ]
        );
        assert_eq!(object.get("aA").unwrap().text(), Ok("é/".into()));
        assert_eq!(object.tail(), text.len() - 1);
        for member in object.members() {
            let value = member.value();
            assert_eq!(text.get(value.start()..value.end()), Some(value.raw()));
        }
    }

    #[test]
    fn half_a_surrogate_pair_is_found_at_any_depth_and_is_no_text() {
        for (text, at) in [
            (r#"{"a":"x\ud800"}"#, Some(7)),
            (r#"{"a":{"b":["\udc00"]}}"#, Some(12)),
            (r#"{"a":"\ud800\ud800\udc00"}"#, Some(6)),
            (r#"{"a":"\ud83d\ude00"}"#, None),
            (r#"{"a":"\\ud800"}"#, None),
        ] {
            assert_eq!(Object::read(text).unwrap().half_pair(), at, "{text}");
        }
        let object = Object::read(r#"{"a":"\ud800","b":"\ud83d\ude00"}"#).unwrap();
        assert_eq!(object.get("a").unwrap().text(), Err(HalfPair));
        assert_eq!(object.get("b").unwrap().text(), Ok("😀".into()));
    }
}
