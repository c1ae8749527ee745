//! Names and numbers that the service limits: account, channel name, store name.

use std::fmt;
use std::str::FromStr;

/// A twelve-digit AWS account ID.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(String);

/// The name of a channel: 3–128 of `a-z A-Z 0-9 . _ -` (`ChannelName`, reference §1.6).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelName(String);

/// The name of an event data store: 3–128 of `a-z A-Z 0-9 . _ -` (`EventDataStoreName`, reference §1.6).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoreName(String);

/// Why a text is not a valid name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// An account ID is exactly twelve digits.
    #[error("\"{0}\" is not an account ID: that is twelve digits")]
    Account(String),
    /// Too short or too long.
    #[error("\"{text}\" is no {what} name: it has {length} characters, and 3 to 128 are allowed")]
    Length {
        /// `channel` or `event data store`.
        what: &'static str,
        /// What was given.
        text: String,
        /// How long it is, in characters.
        length: usize,
    },
    /// A character that is not allowed.
    #[error("\"{text}\" is no {what} name: only letters, digits and . _ - are allowed")]
    Character {
        /// `channel` or `event data store`.
        what: &'static str,
        /// What was given.
        text: String,
    },
}

fn check_name(text: &str, what: &'static str) -> Result<String, NameError> {
    if !text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
    {
        return Err(NameError::Character {
            what,
            text: text.to_owned(),
        });
    }
    match text.len() {
        3..=128 => Ok(text.to_owned()),
        length => Err(NameError::Length {
            what,
            text: text.to_owned(),
            length,
        }),
    }
}

macro_rules! text_type {
    ($name:ident, $check:expr) => {
        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                let check: fn(&str) -> Result<String, NameError> = $check;
                check(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_type!(AccountId, |text| {
    if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err(NameError::Account(text.to_owned()))
    }
});
text_type!(ChannelName, |text| check_name(text, "channel"));
text_type!(StoreName, |text| check_name(text, "event data store"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_twelve_digits() {
        assert!("855341727128".parse::<AccountId>().is_ok());
        for bad in [
            "",
            "85534172712",
            "8553417271280",
            "85534172712x",
            "８５５３４１７２７１２８",
        ] {
            assert_eq!(bad.parse::<AccountId>(), Err(NameError::Account(bad.to_owned())));
        }
    }

    #[test]
    fn a_name_has_3_to_128_characters_of_the_set() {
        assert!("a.b".parse::<ChannelName>().is_ok());
        assert!("x".repeat(128).parse::<StoreName>().is_ok());
        assert!(matches!(
            "ab".parse::<ChannelName>(),
            Err(NameError::Length { length: 2, .. })
        ));
        assert!(matches!(
            "x".repeat(129).parse::<StoreName>(),
            Err(NameError::Length { length: 129, .. })
        ));
        assert!(matches!(
            "my channel".parse::<ChannelName>(),
            Err(NameError::Character { .. })
        ));
        assert!(matches!("größe".parse::<StoreName>(), Err(NameError::Character { .. })));
    }
}
