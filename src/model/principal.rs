//! Whom a channel's policy lets in.

use std::fmt;
use std::str::FromStr;

use super::names::AccountId;

/// A principal of a resource policy: an account, a user, a role or a federated user
/// (reference §2.4, requirement 2), or what else may stand in its place in a document.
///
/// Twelve digits and the root ARN of that account are the same principal. The partition of an
/// account root is not part of it: it is the channel's, and is given when the ARN is printed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Principal {
    /// An account, that is every identity of it which the account itself lets in.
    Account(AccountId),
    /// The ARN of an IAM user or role, or of an STS session.
    Arn(IdentityArn),
    /// `AIDA…` or `AROA…`: what IAM shows in place of a user or role that has been deleted
    /// (IAM User Guide, "IAM identifiers", unique identifiers).
    UniqueId(String),
    /// `*`: everybody, in every account.
    Anyone,
    /// Something else, as it stands in the document.
    Other(String),
}

/// The ARN of an IAM user or role, or of an STS session.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdentityArn {
    text: String,
    partition: String,
    account: AccountId,
}

/// Why a text cannot be given as a principal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrincipalError {
    /// Letting in everybody is never written.
    #[error("\"{0}\" would let in everybody; name an account or an ARN")]
    Anyone(String),
    /// A unique id stands for something that has been deleted.
    #[error("\"{0}\" is the id of a user or role, which IAM shows after a deletion; give its ARN")]
    UniqueId(String),
    /// An account that is not twelve digits.
    #[error("\"{0}\" is not an account ID: that is twelve digits")]
    Account(String),
    /// An ARN, but not of something that can be let in.
    #[error("\"{0}\" is not the ARN of an account root, a user, a role or an STS session")]
    Arn(String),
    /// Neither an account nor an ARN.
    #[error("\"{0}\" is neither a twelve-digit account nor an ARN")]
    Shape(String),
}

impl Principal {
    /// What stands in a document, as the principal it is. Nothing is refused: what is not
    /// understood is [`Principal::Other`].
    pub fn read(text: &str) -> Self {
        if text == "*" {
            return Self::Anyone;
        }
        if is_unique_id(text) {
            return Self::UniqueId(text.to_owned());
        }
        text.parse().unwrap_or_else(|_| Self::Other(text.to_owned()))
    }

    /// The account it belongs to, where the text tells.
    pub fn account(&self) -> Option<&AccountId> {
        match self {
            Self::Account(account) => Some(account),
            Self::Arn(arn) => Some(&arn.account),
            Self::UniqueId(_) | Self::Anyone | Self::Other(_) => None,
        }
    }

    /// What is written into the policy of a channel in `partition`.
    pub fn in_partition(&self, partition: &str) -> String {
        match self {
            Self::Account(account) => format!("arn:{partition}:iam::{account}:root"),
            _ => self.to_string(),
        }
    }

    /// Whether somebody who is `other` is let in, wholly or in part, where this one is: equal, or
    /// everybody, or the one is an account and the other belongs to it.
    pub fn touches(&self, other: &Self) -> bool {
        if self == other || matches!(self, Self::Anyone) || matches!(other, Self::Anyone) {
            return true;
        }
        let root = matches!(self, Self::Account(_)) || matches!(other, Self::Account(_));
        root && self.account().is_some() && self.account() == other.account()
    }

    /// Whether it is an account or an ARN: the two that are ever written.
    pub fn is_storable(&self) -> bool {
        matches!(self, Self::Account(_) | Self::Arn(_))
    }
}

impl IdentityArn {
    /// The whole ARN.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The partition it is written for.
    pub fn partition(&self) -> &str {
        &self.partition
    }
}

/// `AIDA` a user, `AROA` a role; only capitals and digits follow.
fn is_unique_id(text: &str) -> bool {
    ["AIDA", "AROA"].iter().any(|prefix| {
        text.strip_prefix(prefix)
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()))
    })
}

/// An identity's ARN has no Region and no wildcard, and names something that can call: groups and
/// providers cannot be principals of a resource policy.
fn parse_arn(text: &str) -> Option<Principal> {
    let mut parts = text.splitn(6, ':');
    let [_scheme, partition, service, region, account, resource] = [(); 6].map(|()| parts.next());
    let (partition, service, resource) = (partition?, service?, resource?);
    if partition.is_empty() || !region?.is_empty() || !resource.chars().all(is_resource_char) {
        return None;
    }
    let account: AccountId = account?.parse().ok()?;
    if service == "iam" && resource == "root" {
        return Some(Principal::Account(account));
    }
    let (kind, name) = resource.split_once('/')?;
    let whole = !name.is_empty() && !name.ends_with('/');
    let fits = match (service, kind) {
        ("iam", "user" | "role") | ("sts", "federated-user") => whole,
        ("sts", "assumed-role") => whole && name.contains('/'),
        _ => false,
    };
    fits.then(|| {
        Principal::Arn(IdentityArn {
            text: text.to_owned(),
            partition: partition.to_owned(),
            account,
        })
    })
}

/// Paths of IAM take every visible ASCII character; wildcards are never part of a principal.
fn is_resource_char(c: char) -> bool {
    c.is_ascii_graphic() && !matches!(c, '*' | '?')
}

impl FromStr for Principal {
    type Err = PrincipalError;

    /// The strict reading, for what an operator gives: an account or an ARN, and nothing that would
    /// let in more than was meant.
    fn from_str(text: &str) -> Result<Self, PrincipalError> {
        if text.starts_with("arn:") {
            return parse_arn(text).ok_or_else(|| PrincipalError::Arn(text.to_owned()));
        }
        if text == "*" {
            return Err(PrincipalError::Anyone(text.to_owned()));
        }
        if is_unique_id(text) {
            return Err(PrincipalError::UniqueId(text.to_owned()));
        }
        if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
            let account = text.parse().map_err(|_| PrincipalError::Account(text.to_owned()))?;
            return Ok(Self::Account(account));
        }
        Err(PrincipalError::Shape(text.to_owned()))
    }
}

impl fmt::Display for Principal {
    /// An account as its twelve digits, everything else as it stands in a document.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Account(account) => account.as_str(),
            Self::Arn(arn) => arn.as_str(),
            Self::UniqueId(text) | Self::Other(text) => text,
            Self::Anyone => "*",
        })
    }
}

impl fmt::Debug for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for IdentityArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: &str = "855341727128";

    fn strict(text: &str) -> Result<Principal, PrincipalError> {
        text.parse()
    }

    #[test]
    fn an_account_and_its_root_are_one_principal() {
        let account = strict(ACCOUNT).unwrap();
        for root in [
            "arn:aws:iam::855341727128:root",
            "arn:aws-us-gov:iam::855341727128:root",
        ] {
            assert_eq!(strict(root).unwrap(), account);
            assert_eq!(Principal::read(root), account);
        }
        assert_eq!(account.account().unwrap().as_str(), ACCOUNT);
        assert_eq!(account.in_partition("aws-cn"), "arn:aws-cn:iam::855341727128:root");
    }

    #[test]
    fn users_roles_and_sessions_can_be_given() {
        for arn in [
            "arn:aws:iam::855341727128:user/delivery/bob",
            "arn:aws:iam::855341727128:role/sender",
            "arn:aws:sts::855341727128:assumed-role/sender/session-1",
            "arn:aws:sts::855341727128:federated-user/bob",
        ] {
            let principal = strict(arn).unwrap();
            assert_eq!(principal.to_string(), arn);
            assert_eq!(principal.in_partition("aws-cn"), arn);
            assert_eq!(principal.account().unwrap().as_str(), ACCOUNT);
            assert_eq!(Principal::read(arn), principal);
        }
    }

    #[test]
    fn what_cannot_be_given_is_refused_with_the_reason() {
        type Why = fn(String) -> PrincipalError;
        let table: Vec<(&str, Why)> = vec![
            ("*", PrincipalError::Anyone),
            ("AIDACKCEVSQ6C2EXAMPLE", PrincipalError::UniqueId),
            ("AROACKCEVSQ6C2EXAMPLE", PrincipalError::UniqueId),
            ("85534172712", PrincipalError::Account),
            ("8553417271280", PrincipalError::Account),
            ("8553-4172-7128", PrincipalError::Account),
            ("arn:aws:iam::8553:root", PrincipalError::Arn),
            ("arn:aws:iam::*:root", PrincipalError::Arn),
            ("arn:aws:iam::855341727128:*", PrincipalError::Arn),
            ("arn:aws:iam::855341727128:role/*", PrincipalError::Arn),
            ("arn:aws:iam::855341727128:role/", PrincipalError::Arn),
            ("arn:aws:iam::855341727128:group/admins", PrincipalError::Arn),
            ("arn:aws:iam:us-east-1:855341727128:role/x", PrincipalError::Arn),
            ("arn:aws:sts::855341727128:assumed-role/x", PrincipalError::Arn),
            ("arn:aws:s3:::bucket", PrincipalError::Arn),
            ("arn::iam::855341727128:root", PrincipalError::Arn),
            ("arn:", PrincipalError::Arn),
            ("", PrincipalError::Shape),
            ("nordcloud", PrincipalError::Shape),
            ("８５５３４１７２７１２８", PrincipalError::Shape),
        ];
        for (given, error) in table {
            assert_eq!(strict(given), Err(error(given.to_owned())), "{given}");
        }
    }

    #[test]
    fn a_document_is_read_leniently() {
        assert_eq!(Principal::read("*"), Principal::Anyone);
        for id in ["AIDACKCEVSQ6C2EXAMPLE", "AROACKCEVSQ6C2EXAMPLE"] {
            assert_eq!(Principal::read(id), Principal::UniqueId(id.to_owned()));
        }
        for other in ["arn:aws:iam::*:root", "1234", "", "AIDAlower", "AIDA"] {
            assert_eq!(Principal::read(other), Principal::Other(other.to_owned()));
        }
    }

    #[test]
    fn an_account_touches_its_own_identities_only() {
        let [root, role, user, other, anyone, gone] = [
            "111122223333",
            "arn:aws:iam::111122223333:role/a",
            "arn:aws:iam::111122223333:user/b",
            "444455556666",
            "*",
            "AIDACKCEVSQ6C2EXAMPLE",
        ]
        .map(Principal::read);
        for (a, b, expected) in [
            (&root, &root, true),
            (&root, &role, true),
            (&role, &root, true),
            (&role, &user, false),
            (&root, &other, false),
            (&anyone, &other, true),
            (&gone, &root, false),
            (&gone, &gone, true),
        ] {
            assert_eq!(a.touches(b), expected, "{a} {b}");
        }
    }
}
