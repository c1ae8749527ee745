//! How a user names an event data store.

use std::fmt;
use std::str::FromStr;

use super::arn::{ArnError, StoreArn, is_uuid};
use super::names::{NameError, StoreName};

/// An event data store as a user names it: `NAME|ARN|ID`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreSelector {
    /// By its name, which is unique in an account and Region.
    Name(StoreName),
    /// By its ARN.
    Arn(StoreArn),
    /// By the UUID at the end of its ARN.
    Id(String),
}

/// Why a text names no store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectorError {
    /// It begins like an ARN and is not a store's.
    #[error(transparent)]
    Arn(#[from] ArnError),
    /// It is not a name either.
    #[error(transparent)]
    Name(#[from] NameError),
}

impl StoreSelector {
    /// Whether this store is meant.
    pub fn means(&self, arn: &StoreArn, name: &str) -> bool {
        match self {
            Self::Name(wanted) => wanted.as_str() == name,
            Self::Arn(wanted) => wanted == arn,
            Self::Id(wanted) => wanted.eq_ignore_ascii_case(arn.id()),
        }
    }
}

impl FromStr for StoreSelector {
    type Err = SelectorError;

    fn from_str(text: &str) -> Result<Self, SelectorError> {
        if text.starts_with("arn:") {
            Ok(Self::Arn(text.parse()?))
        } else if is_uuid(text) {
            Ok(Self::Id(text.to_ascii_lowercase()))
        } else {
            Ok(Self::Name(text.parse()?))
        }
    }
}

impl fmt::Display for StoreSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => name.fmt(f),
            Self::Arn(arn) => arn.fmt(f),
            Self::Id(id) => id.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_arn_and_id_are_told_apart() {
        let id = "6f0c2a1e-1111-4222-8333-444455556666";
        let arn = format!("arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/{id}");
        assert!(matches!(arn.parse(), Ok(StoreSelector::Arn(_))));
        assert!(matches!(id.parse(), Ok(StoreSelector::Id(_))));
        assert!(matches!("nordcloud-events-ds".parse(), Ok(StoreSelector::Name(_))));
        assert!(matches!(
            "arn:aws:s3:::x".parse::<StoreSelector>(),
            Err(SelectorError::Arn(_))
        ));
        assert!(matches!("no".parse::<StoreSelector>(), Err(SelectorError::Name(_))));
        let store: StoreArn = arn.parse().unwrap();
        for text in [arn.as_str(), id, "the-name"] {
            assert!(
                text.parse::<StoreSelector>().unwrap().means(&store, "the-name"),
                "{text}"
            );
        }
    }
}
