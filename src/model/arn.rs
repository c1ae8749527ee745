//! ARNs of channels and event data stores.
//!
//! Region and account of an integration come from here and never from the caller: a client that
//! asks its own Region for another Region's channel is told `ChannelNotFound`
//! (reference §1.1 for the shapes, §1.2 for that reply).

use std::fmt;
use std::str::FromStr;

use super::names::AccountId;

/// The ARN of a channel: `arn:{partition}:cloudtrail:{region}:{account}:channel/{id}`, or
/// `…:channel/aws-service-channel/{service}/{id}` for a service-linked one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelArn(Arn);

/// The ARN of an event data store: `arn:{partition}:cloudtrail:{region}:{account}:eventdatastore/{id}`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoreArn(Arn);

/// Why a text is not the ARN that was wanted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArnError {
    /// Not six colon-separated parts that begin with `arn`.
    #[error("\"{0}\" is not an ARN")]
    Shape(String),
    /// An ARN of another service.
    #[error("\"{text}\" is an ARN of {service}, not of cloudtrail")]
    Service {
        /// What was given.
        text: String,
        /// The service it names.
        service: String,
    },
    /// An ARN of another kind of CloudTrail resource.
    #[error("\"{text}\" is not the ARN of {wanted}")]
    Resource {
        /// What was given.
        text: String,
        /// What was wanted, with its article.
        wanted: &'static str,
    },
    /// The account part is not twelve digits, or the Region is missing.
    #[error("\"{0}\" lacks a Region or a twelve-digit account")]
    Place(String),
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Arn {
    text: String,
    partition: String,
    region: String,
    account: AccountId,
    id: String,
}

impl Arn {
    fn parse(text: &str, kind: &str, wanted: &'static str) -> Result<Self, ArnError> {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let [scheme, partition, service, region, account, resource] = parts.as_slice() else {
            return Err(ArnError::Shape(text.to_owned()));
        };
        if *scheme != "arn" || partition.is_empty() {
            return Err(ArnError::Shape(text.to_owned()));
        }
        if *service != "cloudtrail" {
            return Err(ArnError::Service {
                text: text.to_owned(),
                service: (*service).to_owned(),
            });
        }
        let account: AccountId = account.parse().map_err(|_| ArnError::Place(text.to_owned()))?;
        if region.is_empty() {
            return Err(ArnError::Place(text.to_owned()));
        }
        let id = resource
            .strip_prefix(kind)
            .and_then(|rest| rest.strip_prefix('/'))
            .filter(|id| !id.is_empty() && id.chars().all(is_id_char))
            .ok_or_else(|| ArnError::Resource {
                text: text.to_owned(),
                wanted,
            })?;
        Ok(Self {
            text: text.to_owned(),
            partition: (*partition).to_owned(),
            region: (*region).to_owned(),
            account,
            id: id.to_owned(),
        })
    }
}

/// The characters of `ChannelArn` and `EventDataStoreArn` in the service model (reference §1.6).
fn is_id_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '/' | '-' | ':')
}

macro_rules! arn_type {
    ($name:ident, $kind:literal, $wanted:literal) => {
        impl $name {
            /// The whole ARN.
            pub fn as_str(&self) -> &str {
                &self.0.text
            }

            /// The partition: `aws`, `aws-us-gov`, `aws-cn`.
            pub fn partition(&self) -> &str {
                &self.0.partition
            }

            /// The Region the resource lives in.
            pub fn region(&self) -> &str {
                &self.0.region
            }

            /// The account that owns the resource.
            pub fn account(&self) -> &AccountId {
                &self.0.account
            }

            /// What follows the resource type: a UUID, where the resource is not service-linked.
            pub fn id(&self) -> &str {
                &self.0.id
            }
        }

        impl FromStr for $name {
            type Err = ArnError;

            fn from_str(text: &str) -> Result<Self, ArnError> {
                Arn::parse(text, $kind, $wanted).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

arn_type!(ChannelArn, "channel", "a channel");
arn_type!(StoreArn, "eventdatastore", "an event data store");

impl ChannelArn {
    /// Whether an AWS service made the channel for itself (`aws-service-channel/…`); such a
    /// channel is no integration.
    pub fn is_service_linked(&self) -> bool {
        self.id().starts_with("aws-service-channel/")
    }
}

/// Whether a text has the form of the UUID that stands at the end of an ARN and is accepted in its
/// place by most operations (reference §1.1).
pub fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.char_indices().all(|(at, c)| match at {
            8 | 13 | 18 | 23 => c == '-',
            _ => c.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "6f0c2a1e-1111-4222-8333-444455556666";

    #[test]
    fn a_channel_arn_tells_region_account_and_id() {
        let arn: ChannelArn = format!("arn:aws-us-gov:cloudtrail:us-gov-west-1:111122223333:channel/{ID}")
            .parse()
            .unwrap();
        assert_eq!(arn.partition(), "aws-us-gov");
        assert_eq!(arn.region(), "us-gov-west-1");
        assert_eq!(arn.account().as_str(), "111122223333");
        assert_eq!(arn.id(), ID);
        assert!(!arn.is_service_linked());
    }

    #[test]
    fn a_service_linked_channel_is_told_apart() {
        let arn: ChannelArn = "arn:aws:cloudtrail:us-east-1:111122223333:channel/aws-service-channel/inspector2/abc"
            .parse()
            .unwrap();
        assert!(arn.is_service_linked());
    }

    #[test]
    fn what_is_no_channel_arn_is_refused_with_the_reason() {
        let refused = |text: &str| text.parse::<ChannelArn>().unwrap_err();
        assert!(matches!(refused("nordcloud"), ArnError::Shape(_)));
        assert!(matches!(refused("arn:aws:s3:::bucket"), ArnError::Service { .. }));
        assert!(matches!(
            refused(&format!(
                "arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/{ID}"
            )),
            ArnError::Resource { .. }
        ));
        assert!(matches!(
            refused(&format!("arn:aws:cloudtrail:us-east-1:1111:channel/{ID}")),
            ArnError::Place(_)
        ));
        assert!(matches!(
            refused(&format!("arn:aws:cloudtrail::111122223333:channel/{ID}")),
            ArnError::Place(_)
        ));
    }

    #[test]
    fn a_uuid_is_known_by_its_form() {
        assert!(is_uuid(ID));
        assert!(!is_uuid("nordcloud-integration-aaaaaaaaaaaaaaaa"));
        assert!(!is_uuid("6f0c2a1e-1111-4222-8333-44445555666"));
    }
}
