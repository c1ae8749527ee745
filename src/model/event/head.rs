//! What the first bytes of an input tell: that it is no JSON at all.

use super::entry::Broken;

/// Where an archive of `tar` names itself (POSIX.1-2024, pax, "ustar Interchange Format").
const USTAR: std::ops::Range<usize> = 257..262;

/// Formats that people keep logs in, by their first bytes.
const FOREIGN: [(&[u8], &str); 9] = [
    (b"PK\x03\x04", "a zip archive"),
    (b"BZh", "compressed with bzip2"),
    (b"\xFD7zXZ", "compressed with xz"),
    (b"\x04\x22\x4D\x18", "compressed with lz4"),
    (b"7z\xBC\xAF", "a 7z archive"),
    (b"PAR1", "a Parquet file"),
    (b"Obj\x01", "an Avro file"),
    (b"SQLite format 3", "an SQLite database"),
    (b"%PDF-", "a PDF document"),
];

/// Whether this much is enough to tell.
pub(super) fn is_enough(head: &[u8]) -> bool {
    let json = matches!(head.first(), Some(b'{' | b'[' | b' ' | b'\t' | b'\r' | b'\n'));
    head.len() >= if json { 4 } else { USTAR.end }
}

/// Why nothing of the input can be read, if it cannot.
pub(super) fn unreadable(head: &[u8]) -> Option<Broken> {
    if let [0x1F, 0x8B, ..] | [0x28, 0xB5, 0x2F, 0xFD, ..] = head {
        return Some(Broken::CompressedTwice);
    }
    if let Some((_, what)) = FOREIGN.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(Broken::Foreign(what));
    }
    if head.get(USTAR) == Some(b"ustar") {
        return Some(Broken::Foreign("a tar archive"));
    }
    matches!(head, [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] | [0, ..] | [_, 0, ..]).then_some(Broken::WideText)
}
