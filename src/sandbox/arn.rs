//! ARNs of `CloudTrail` resources, typed from the user guide and the API reference.
//!
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudtrail.html>

use uuid::Uuid;

/// What an ARN names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `eventdatastore/{uuid}`
    EventDataStore,
    /// `channel/{uuid}` or `channel/aws-service-channel/{service}/{uuid}`
    Channel,
    /// `dashboard/{name}`
    Dashboard,
    /// `trail/{name}`
    Trail,
}

/// A well-formed `CloudTrail` ARN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arn<'a> {
    /// The Region it carries.
    pub(crate) region: &'a str,
    /// The account it carries.
    pub(crate) account: &'a str,
    /// What it names.
    pub(crate) kind: Kind,
}

/// Reads an ARN, or says nothing at all.
pub(crate) fn parse(text: &str) -> Option<Arn<'_>> {
    let mut parts = text.splitn(6, ':');
    let (arn, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
    let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
    let well_formed = arn == "arn"
        && matches!(partition, "aws" | "aws-us-gov" | "aws-cn" | "aws-iso" | "aws-iso-b")
        && service == "cloudtrail"
        && is_region(region)
        && is_account(account)
        && text.len() <= 256;
    if !well_formed {
        return None;
    }
    Some(Arn {
        region,
        account,
        kind: kind(resource)?,
    })
}

fn kind(resource: &str) -> Option<Kind> {
    let (name, rest) = resource.split_once('/')?;
    match name {
        "eventdatastore" if is_uuid(rest) => Some(Kind::EventDataStore),
        "channel" if is_uuid(rest) => Some(Kind::Channel),
        "channel" => {
            let (service, id) = rest.strip_prefix("aws-service-channel/")?.split_once('/')?;
            (!service.is_empty() && is_uuid(id)).then_some(Kind::Channel)
        }
        "dashboard" if !rest.is_empty() => Some(Kind::Dashboard),
        "trail" if !rest.is_empty() => Some(Kind::Trail),
        _ => None,
    }
}

/// Twelve digits.
pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A lower-case UUID, as `CloudTrail` gives them out.
pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36 && !text.bytes().any(|byte| byte.is_ascii_uppercase()) && Uuid::try_parse(text).is_ok()
}

fn is_region(text: &str) -> bool {
    text.contains('-')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// The partition a Region belongs to.
pub(crate) fn partition(region: &str) -> &'static str {
    if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else if region.starts_with("cn-") {
        "aws-cn"
    } else {
        "aws"
    }
}

/// An ARN of this account and Region; `resource` is what comes last.
pub(crate) fn make(region: &str, account: &str, resource: &str) -> String {
    format!("arn:{}:cloudtrail:{region}:{account}:{resource}", partition(region))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01234567-89ab-4cde-8f01-23456789abcd";

    #[test]
    fn the_shapes_of_the_reference_are_read() {
        for (resource, kind) in [
            (format!("eventdatastore/{ID}"), Kind::EventDataStore),
            (format!("channel/{ID}"), Kind::Channel),
            (format!("channel/aws-service-channel/ssm/{ID}"), Kind::Channel),
            ("dashboard/mine".to_owned(), Kind::Dashboard),
            ("trail/mine".to_owned(), Kind::Trail),
        ] {
            let text = make("eu-central-1", "123456789012", &resource);
            let arn = parse(&text).unwrap();
            assert_eq!(
                (arn.region, arn.account, arn.kind),
                ("eu-central-1", "123456789012", kind),
                "{text}"
            );
        }
        assert!(make("us-gov-west-1", "123456789012", "x").starts_with("arn:aws-us-gov:"));
    }

    #[test]
    fn other_texts_are_not() {
        for text in [
            "",
            "arn:",
            "arn:aws:s3:us-east-1:123456789012:channel/x",
            "arn:aws:cloudtrail:us-east-1:12345678901:channel/01234567-89ab-4cde-8f01-23456789abcd",
            "arn:aws:cloudtrail::123456789012:channel/01234567-89ab-4cde-8f01-23456789abcd",
            "arn:aws:cloudtrail:us-east-1:123456789012:channel/not-a-uuid",
            "arn:aws:cloudtrail:us-east-1:123456789012:channel/01234567-89AB-4cde-8f01-23456789abcd",
            "arn:aws:cloudtrail:us-east-1:123456789012:queue/x",
            "01234567-89ab-4cde-8f01-23456789abcd",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
