//! Why a policy is not touched.

use crate::model::Principal;
use crate::model::policy::{MAX_CHARACTERS, MAX_PRINCIPALS, MAX_STATEMENTS};

use super::words;

/// Why a policy is not written. No message holds an external ID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyRefusal {
    /// A direct partner is let in with its external ID only, and one that stands is not dropped.
    #[error("an external ID is needed, and none was given")]
    ExternalIdRequired,
    /// Nobody is known whom the policy could let in.
    #[error("no account is known that the policy could let in, and no principal was given")]
    PrincipalRequired,
    /// Somebody who is let in would be locked out.
    #[error("{} would be locked out", words::all(.removed))]
    WouldRemovePrincipals {
        /// Who.
        removed: Vec<Principal>,
    },
    /// The external ID in force would no longer hold.
    #[error("the external ID that is in force would no longer hold")]
    WouldReplaceExternalId,
    /// `ctl`'s statement was changed by somebody, which would be lost.
    #[error(
        "the statement \"{sid}\" was changed by somebody ({}), and that would be lost",
        .differences.join(", ")
    )]
    WouldReplaceStatement {
        /// Its Sid.
        sid: String,
        /// In what it differs from the template: names of members, no values.
        differences: Vec<String>,
    },
    /// A statement of somebody's names a deleted user or role, so that the document cannot be put back.
    #[error("{statement} names {}, which has been deleted in IAM, so no policy that contains it can be put", words::all(.deleted))]
    DeletedPrincipalElsewhere {
        /// The statement, as messages name it.
        statement: String,
        /// The ids.
        deleted: Vec<Principal>,
    },
    /// `ctl`'s own statement names one, and nobody was given in its place.
    #[error("ctl's statement names {}, which has been deleted in IAM", words::all(.deleted))]
    DeletedPrincipalNeedsPrincipal {
        /// The ids.
        deleted: Vec<Principal>,
    },
    /// Another statement has the Sid.
    #[error("another statement has the Sid \"{sid}\" already")]
    SidTaken {
        /// The Sid.
        sid: String,
    },
    /// The document would be longer than the service takes.
    #[error("the policy would have {characters} characters, and {MAX_CHARACTERS} are allowed")]
    TooLarge {
        /// How long it would be.
        characters: usize,
        /// Whether there are statements of others in it.
        shared: bool,
    },
    /// One more statement than the service takes.
    #[error("the policy would have {statements} statements, and {MAX_STATEMENTS} are allowed")]
    TooManyStatements {
        /// How many there would be.
        statements: usize,
    },
    /// More principals than the service takes.
    #[error("{principals} principals were given, and one statement takes {MAX_PRINCIPALS}")]
    TooManyPrincipals {
        /// How many there would be.
        principals: usize,
    },
    /// The document is not built as policies are.
    #[error("the \"Statement\" of the policy is neither a statement nor a list of statements")]
    Unreadable,
    /// Taking `ctl`'s statement away would not lock the partner out.
    #[error("the partner may still be let in by {}", words::list(.statements.clone()))]
    PartnerStillAllowed {
        /// The statements, as messages name them.
        statements: Vec<String>,
    },
}

/// What kind of trouble it is, for the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// An option is missing or too much: exit 2.
    Usage,
    /// What is there forbids it: exit 5.
    State,
}

impl PolicyRefusal {
    /// What kind of trouble it is.
    pub fn kind(&self) -> RefusalKind {
        match self {
            Self::ExternalIdRequired
            | Self::PrincipalRequired
            | Self::TooManyPrincipals { .. }
            | Self::TooLarge { shared: false, .. } => RefusalKind::Usage,
            Self::WouldRemovePrincipals { .. }
            | Self::WouldReplaceExternalId
            | Self::WouldReplaceStatement { .. }
            | Self::DeletedPrincipalElsewhere { .. }
            | Self::DeletedPrincipalNeedsPrincipal { .. }
            | Self::SidTaken { .. }
            | Self::TooLarge { shared: true, .. }
            | Self::TooManyStatements { .. }
            | Self::Unreadable
            | Self::PartnerStillAllowed { .. } => RefusalKind::State,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::ExternalIdRequired => "give it with --external-id-file FILE, or say --no-external-id on purpose",
            Self::PrincipalRequired => "name the account with --principal ACCOUNT",
            Self::WouldRemovePrincipals { .. } => {
                "repeat --principal for everybody who is to be let in, or add --replace-access"
            }
            Self::WouldReplaceExternalId => "add --replace-access once the partner uses the new one",
            Self::WouldReplaceStatement { .. } => {
                "look at it with `ctl policy show`; --replace-access puts the template in its place"
            }
            Self::DeletedPrincipalElsewhere { .. } => {
                "take the id out of that statement first (`ctl policy show`, then `aws cloudtrail put-resource-policy`)"
            }
            Self::DeletedPrincipalNeedsPrincipal { .. } => "name who takes its place with --principal ARN",
            Self::SidTaken { .. } => {
                "give that statement another Sid first (`ctl policy show`, then `aws cloudtrail put-resource-policy`)"
            }
            Self::TooLarge { shared: false, .. } | Self::TooManyPrincipals { .. } => {
                "give fewer principals: an account stands for all its users and roles"
            }
            Self::TooLarge { shared: true, .. } | Self::TooManyStatements { .. } => {
                "take statements out that are no longer needed (`ctl policy show`)"
            }
            Self::Unreadable => "look at it with `ctl policy show` and `ctl policy check`",
            Self::PartnerStillAllowed { .. } => {
                "take those statements out first (`ctl policy show`), or delete the channel: `ctl disable` without --keep-channel"
            }
        }
    }
}
