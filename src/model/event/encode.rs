//! Text as the inside of a JSON string.

use super::run;

/// How many bytes are put together before they are appended.
const BLOCK: usize = 128;

/// What one word may take at most: eight bytes that are all escaped, and a word that is written whole after seven of them.
const WORD: usize = 24;

/// Appends a text, escaped as the AWS SDK does it: quote, backslash and control characters, and nothing
/// else.
///
/// Every fifth byte of an event is a quote, so what stands between two of them is too short to be searched and copied by
/// a call. Eight bytes are written at once, and what follows the first special one of them is written again after it.
pub fn escape(text: &str, out: &mut Vec<u8>) {
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let mut block = [0; BLOCK + WORD];
    let mut len = 0;
    for word in words {
        if len > BLOCK {
            out.extend_from_slice(block.get(..len).unwrap_or_default());
            len = 0;
        }
        let word = run::Word::from(*word);
        if word.has_control() {
            out.extend_from_slice(block.get(..len).unwrap_or_default());
            len = 0;
            for byte in word.bytes() {
                escape_one(byte, out);
            }
        } else {
            len = escape_word(word, &mut block, len);
        }
    }
    out.extend_from_slice(block.get(..len).unwrap_or_default());
    for byte in rest {
        escape_one(*byte, out);
    }
}

/// Puts a word without control characters into a block from `len` on; answers where it ends.
fn escape_word(mut word: run::Word, block: &mut [u8; BLOCK + WORD], mut len: usize) -> usize {
    let mut left = 8;
    loop {
        let plain = word.plain().min(left);
        put(word.bytes(), block, len);
        len += plain;
        if plain == left {
            return len;
        }
        word = word.after(plain);
        let [special, ..] = word.bytes();
        put([b'\\', special], block, len);
        len += 2;
        left -= plain + 1;
        word = word.after(1);
    }
}

/// Writes bytes into a block. There is always room for a word and what it becomes.
fn put<const N: usize>(bytes: [u8; N], block: &mut [u8; BLOCK + WORD], at: usize) {
    if let Some(place) = block.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
        *place = bytes;
    }
}

fn escape_one(byte: u8, out: &mut Vec<u8>) {
    match byte {
        b'"' | b'\\' => out.extend([b'\\', byte]),
        b'\n' => out.extend(br"\n"),
        b'\r' => out.extend(br"\r"),
        b'\t' => out.extend(br"\t"),
        0x08 => out.extend(br"\b"),
        0x0C => out.extend(br"\f"),
        0x00..=0x0F => out.extend([b'\\', b'u', b'0', b'0', b'0', hex(byte)]),
        0x10..=0x1F => out.extend([b'\\', b'u', b'0', b'0', b'1', hex(byte & 0xF)]),
        plain => out.push(plain),
    }
}

/// A nibble as a digit.
fn hex(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn escaped(text: &str) -> String {
        let mut out = Vec::new();
        escape(text, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_json_wants_escaped_is_and_nothing_else() {
        // RFC 8259 §7.
        assert_eq!(escaped("a\"b\\c/é\u{2028}\u{7f}"), "a\\\"b\\\\c/é\u{2028}\u{7f}");
        assert_eq!(escaped("\n\r\t\u{8}\u{c}\u{0}\u{1f}"), r"\n\r\t\b\f\u0000\u001f");
    }

    proptest! {
        #[test]
        fn whole_words_are_escaped_as_single_bytes_are(
            text in proptest::collection::vec(proptest::sample::select(vec!["a", "\"", "\\", "é", "😀", "\n", "\u{1}", "0123"]), 0..80),
        ) {
            let text = text.concat();
            let mut wanted = Vec::new();
            for byte in text.bytes() {
                escape_one(byte, &mut wanted);
            }
            prop_assert_eq!(escaped(&text).into_bytes(), wanted);
        }

        #[test]
        fn a_json_reader_reads_what_was_written(text in any::<String>()) {
            let read: String = serde_json::from_str(&format!("\"{}\"", escaped(&text))).unwrap();
            prop_assert_eq!(read, text);
        }
    }
}
