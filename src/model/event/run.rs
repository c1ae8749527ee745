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

/// Eight bytes of a text.
#[derive(Clone, Copy)]
pub(super) struct Word(u64);

impl From<[u8; 8]> for Word {
    fn from(bytes: [u8; 8]) -> Self {
        Self(u64::from_le_bytes(bytes))
    }
}

impl Word {
    /// How many bytes stand before the first quote or backslash: eight, if there is none.
    pub(super) fn plain(self) -> usize {
        first(self.specials())
    }

    /// Whether there is a control character among them.
    pub(super) fn has_control(self) -> bool {
        below(self.0, 0x20) != 0
    }

    /// The bytes.
    pub(super) fn bytes(self) -> [u8; 8] {
        self.0.to_le_bytes()
    }

    /// What comes after the first so many bytes, and zeros.
    pub(super) fn after(self, bytes: usize) -> Self {
        let bits = u32::try_from(bytes * 8).unwrap_or(u32::MAX);
        Self(self.0.checked_shr(bits).unwrap_or_default())
    }

    fn specials(self) -> u64 {
        below(self.0 ^ eight(b'"'), 1) | below(self.0 ^ eight(b'\\'), 1)
    }
}

/// Whether that is a quote, a bracket or white space: what stops a walk between strings.
pub(super) fn is_structure(byte: u8) -> bool {
    matches!(byte, b'"' | b'{' | b'[' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r')
}

/// Which byte the first of these hits is.
fn first(hits: u64) -> usize {
    usize::try_from(hits.trailing_zeros() / 8).unwrap_or_default()
}

/// How many bytes stand before the first quote, backslash or control character.
pub(super) fn plain(bytes: &[u8]) -> usize {
    let mut at = 0;
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        let word = Word::from(*word);
        let hits = word.specials() | below(word.0, 0x20);
        if hits != 0 {
            return at + first(hits);
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
