//! The external ID that a partner and a channel's owner agree on.

use std::fmt;
use std::str::FromStr;

/// An external ID: 2–1224 of `\w + = , . @ : / -` (`ExternalId`, reference §1.7).
///
/// It is never printed: `Debug` says `(redacted)` and there is no `Display`. Only a policy document
/// that was asked for whole, and the request itself, carry it.
#[derive(Clone, PartialEq, Eq)]
pub struct ExternalId(String);

/// Why a text is not an external ID. The text itself is never part of the message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExternalIdError {
    /// An empty one never means "none".
    #[error("the external ID is empty")]
    Empty,
    /// Too short or too long.
    #[error("the external ID has {0} characters, and 2 to 1224 are allowed")]
    Length(usize),
    /// A character that the service does not take.
    #[error("the external ID has a character other than letters, digits and _ + = , . @ : / -")]
    Character,
}

impl ExternalId {
    /// The text itself, for the request and for the policy document. Nothing else may show it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl FromStr for ExternalId {
    type Err = ExternalIdError;

    fn from_str(text: &str) -> Result<Self, ExternalIdError> {
        if text.is_empty() {
            return Err(ExternalIdError::Empty);
        }
        if !text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_+=,.@:/-".contains(c))
        {
            return Err(ExternalIdError::Character);
        }
        match text.len() {
            2..=1224 => Ok(Self(text.to_owned())),
            length => Err(ExternalIdError::Length(length)),
        }
    }
}

impl fmt::Debug for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_are_those_of_the_service_model() {
        assert_eq!("".parse::<ExternalId>(), Err(ExternalIdError::Empty));
        assert_eq!("a".parse::<ExternalId>(), Err(ExternalIdError::Length(1)));
        assert!("ab".parse::<ExternalId>().is_ok());
        assert!("x".repeat(1224).parse::<ExternalId>().is_ok());
        assert_eq!(
            "x".repeat(1225).parse::<ExternalId>(),
            Err(ExternalIdError::Length(1225))
        );
        assert!("a_Z9+=,.@:/-".parse::<ExternalId>().is_ok());
        for bad in ["a b", "a*", "a\n", "\"ab\"", "größe"] {
            assert_eq!(bad.parse::<ExternalId>(), Err(ExternalIdError::Character), "{bad:?}");
        }
    }

    #[test]
    fn debug_never_shows_it() {
        let id: ExternalId = "s3cret-id".parse().unwrap();
        assert_eq!(format!("{id:?}"), "(redacted)");
    }
}
