//! Text as the inside of a JSON string.

/// Appends a text, escaped as the AWS SDK does it: quote, backslash and control characters, and nothing
/// else.
pub fn escape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest
        .bytes()
        .position(|byte| byte < 0x20 || byte == b'"' || byte == b'\\')
    {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        // What was found is one byte long.
        let (special, after) = special.split_at(1);
        escape_one(special, out);
        rest = after;
    }
    out.push_str(rest);
}

fn escape_one(special: &str, out: &mut String) {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    match special.as_bytes() {
        b"\"" => out.push_str("\\\""),
        b"\\" => out.push_str("\\\\"),
        b"\n" => out.push_str("\\n"),
        b"\r" => out.push_str("\\r"),
        b"\t" => out.push_str("\\t"),
        [0x08] => out.push_str("\\b"),
        [0x0C] => out.push_str("\\f"),
        [other] => {
            out.push_str("\\u00");
            out.push(digit(other >> 4));
            out.push(digit(other & 0xF));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn escaped(text: &str) -> String {
        let mut out = String::new();
        escape(text, &mut out);
        out
    }

    #[test]
    fn what_json_wants_escaped_is_and_nothing_else() {
        // RFC 8259 §7.
        assert_eq!(escaped("a\"b\\c/é\u{2028}\u{7f}"), "a\\\"b\\\\c/é\u{2028}\u{7f}");
        assert_eq!(escaped("\n\r\t\u{8}\u{c}\u{0}\u{1f}"), r"\n\r\t\b\f\u0000\u001f");
    }

    proptest! {
        #[test]
        fn a_json_reader_reads_what_was_written(text in any::<String>()) {
            let read: String = serde_json::from_str(&format!("\"{}\"", escaped(&text))).unwrap();
            prop_assert_eq!(read, text);
        }
    }
}
