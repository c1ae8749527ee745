//! Ids and checksums: what ties an event to its entry in the reply.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::model::counts::{self, Counts, CountsLost, InMemory};

/// The id of an entry in a request: 1–128 of `A-Z a-z 0-9 _ -` (`Uuid`, reference §1.7).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(String);

/// Why a text is no entry id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntryIdError {
    /// Too short or too long.
    #[error("it has {0} characters, and 1 to 128 are allowed")]
    Length(usize),
    /// A character that is not allowed.
    #[error("only letters, digits, _ and - are allowed")]
    Character,
}

impl EntryId {
    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id of an event whose source gives it this UID: the UID where the API takes it, else its SHA-256.
    pub fn from_uid(uid: &str) -> Self {
        uid.parse().unwrap_or_else(|_| Self(hex(&sha256(uid))))
    }
}

impl FromStr for EntryId {
    type Err = EntryIdError;

    fn from_str(text: &str) -> Result<Self, EntryIdError> {
        if !text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        {
            return Err(EntryIdError::Character);
        }
        match text.len() {
            1..=128 => Ok(Self(text.to_owned())),
            length => Err(EntryIdError::Length(length)),
        }
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The checksum of an event: the base64 of the SHA-256 of the exact `eventData` string, as
/// `AuditEvent` in the API reference has it; the user guide hashes more, wrongly (reference §2.5, §11).
pub fn checksum(event_data: &str) -> String {
    STANDARD.encode(sha256(event_data))
}

pub(super) fn sha256(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// How long a checksum is: 32 bytes in base64.
pub(super) const SUM: usize = 44;

/// A checksum, as text.
pub(super) fn base64(digest: &[u8; 32]) -> [u8; SUM] {
    let mut out = [b'='; SUM];
    // It has room for exactly that.
    drop(STANDARD.encode_slice(digest, &mut out));
    out
}

pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

pub(super) fn hex(digest: &[u8; 32]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    digest
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 0xF)])
        .collect()
}

/// How often each event without a UID has been seen in one input, so that equal ones are told apart.
#[derive(Debug)]
pub struct Occurrences {
    seen: Box<dyn Counts>,
    lost: Option<CountsLost>,
}

impl Default for Occurrences {
    fn default() -> Self {
        Self::kept_in(Box::new(InMemory::default()))
    }
}

impl Occurrences {
    /// Those of an input that begins, kept in counts that are empty.
    pub fn kept_in(seen: Box<dyn Counts>) -> Self {
        Self { seen, lost: None }
    }

    /// Why no more events can be told apart, if it has come to that: then the input must not be read on.
    pub fn lost(&mut self) -> Option<CountsLost> {
        self.lost.take()
    }

    /// The UID of an event that has none: its content's SHA-256, and from the second equal event on its number.
    pub(super) fn uid(&mut self, content: &str) -> Option<String> {
        let digest = sha256(content);
        match self.seen.add(counts::key(&digest), 1) {
            Ok(1) => Some(hex(&digest)),
            Ok(k) => Some(format!("{}-{k}", hex(&digest))),
            Err(lost) => {
                self.lost = Some(lost);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_openssl() {
        // printf %s TEXT | openssl dgst -binary -sha256 | base64
        for (text, wanted) in [
            ("", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
            ("{}", "RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o="),
            (r#"{"a":"é","b":1.0}"#, "8mcpR4y/XQd3qGndnByqn1vAXrSBP+XZOYW+RSqZzV8="),
        ] {
            assert_eq!(checksum(text), wanted, "{text}");
        }
    }

    #[test]
    fn an_entry_id_is_what_the_model_allows() {
        for good in ["a", "00000000-00000000-00000000-00000000", "A_b-9", &"x".repeat(128)] {
            assert_eq!(good.parse::<EntryId>().unwrap().as_str(), good);
            assert_eq!(EntryId::from_uid(good).as_str(), good);
        }
        assert_eq!("".parse::<EntryId>(), Err(EntryIdError::Length(0)));
        assert_eq!("x".repeat(129).parse::<EntryId>(), Err(EntryIdError::Length(129)));
        for bad in ["a b", "a:b", "a.b", "é", "a/b", "a\n"] {
            assert_eq!(bad.parse::<EntryId>(), Err(EntryIdError::Character), "{bad}");
        }
    }

    #[test]
    fn a_uid_that_the_api_does_not_take_is_hashed() {
        // printf %s a:b | sha256sum
        assert_eq!(
            EntryId::from_uid("a:b").as_str(),
            "6783a31eabf68ccc0660f935c0826282bdd2241f3a80a9f2d10d59aea9ebb5d8"
        );
    }

    #[test]
    fn equal_events_without_a_uid_are_told_apart() {
        // printf %s {} | sha256sum
        let hash = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
        let mut occurrences = Occurrences::default();
        let mut uid = |content: &str| occurrences.uid(content).unwrap();
        assert_eq!(uid("{}"), hash);
        assert_ne!(uid("{ }"), hash);
        assert_eq!(uid("{}"), format!("{hash}-2"));
        assert_eq!(uid("{}"), format!("{hash}-3"));
    }

    #[derive(Debug)]
    struct Broken;

    impl Counts for Broken {
        fn add(&mut self, _: counts::Key, _: u64) -> Result<u64, CountsLost> {
            Err(CountsLost("the disk is full".into()))
        }

        fn take(&mut self, _: counts::Key) -> Result<bool, CountsLost> {
            unreachable!()
        }

        fn clear(&mut self) -> Result<(), CountsLost> {
            unreachable!()
        }
    }

    #[test]
    fn no_uid_is_made_without_counts_and_the_loss_is_told_once() {
        let mut occurrences = Occurrences::kept_in(Box::new(Broken));
        assert!(occurrences.lost().is_none());
        assert_eq!(occurrences.uid("{}"), None);
        assert_eq!(occurrences.lost().unwrap().0.to_string(), "the disk is full");
        assert!(occurrences.lost().is_none());
    }
}
