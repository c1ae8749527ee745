//! Runs of a string's inside in which nothing happens.
//!
//! Strings of events are short: eight bytes at a time in a register beat a search that has to be called.

/// A byte eight times over.
const fn eight(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The highest bit of each byte below a bound; above the first such byte there may be others.
const fn below(word: u64, bound: u8) -> u64 {
    word.wrapping_sub(eight(bound)) & !word & eight(0x80)
}

/// How many bytes stand before the first quote, backslash or control character.
pub(super) fn plain(bytes: &[u8]) -> usize {
    let mut at = 0;
    let (words, rest) = bytes.as_chunks::<8>();
    for chunk in words {
        let word = u64::from_le_bytes(*chunk);
        let hits = below(word ^ eight(b'"'), 1) | below(word ^ eight(b'\\'), 1) | below(word, 0x20);
        if hits != 0 {
            let bits = usize::try_from(hits.trailing_zeros()).unwrap_or_default();
            return at + bits / 8;
        }
        at += 8;
    }
    let stops = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1F);
    at + rest.iter().position(stops).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn it_stops_where_a_look_at_each_byte_stops(
            bytes in proptest::collection::vec(proptest::sample::select(&b"aa\x20!#[]\x21\x5b\x1f\x7f\x80\xff\"\\\n\0"[..]), 0..40),
        ) {
            let stops = |byte: &u8| *byte == b'"' || *byte == b'\\' || *byte < b' ';
            let wanted = bytes.iter().position(stops).unwrap_or(bytes.len());
            proptest::prop_assert_eq!(plain(&bytes), wanted);
        }
    }
}
