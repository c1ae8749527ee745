//! What is found in a Region: channels, event data stores, tags, and who asks.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;

use super::arn::{ChannelArn, StoreArn};
use super::names::{AccountId, StoreName};

/// The one event category that integrations use (reference §2.1).
pub const ACTIVITY_AUDIT_LOG: &str = "ActivityAuditLog";

/// The source of an integration that is no partner's.
pub const CUSTOM_SOURCE: &str = "Custom";

/// Who asks, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The Region.
    pub region: String,
    /// The caller's account, where STS told it.
    pub account: Option<AccountId>,
    /// The caller's ARN, where STS told it.
    pub caller: Option<String>,
}

/// A channel as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Its ARN.
    pub arn: ChannelArn,
    /// Its name.
    pub name: String,
    /// Its source: `Custom`, or a partner's; it cannot change.
    pub source: String,
    /// The stores that it feeds.
    pub destinations: Vec<StoreArn>,
    /// What the service says of the last deliveries.
    pub ingestion: Ingestion,
}

/// What the service says of the last deliveries through a channel (`IngestionStatus`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ingestion {
    /// When an event was last taken.
    pub last_success: Option<Timestamp>,
    /// The ID that CloudTrail gave that event.
    pub last_success_event_id: Option<String>,
    /// When a delivery was last tried.
    pub last_attempt: Option<Timestamp>,
    /// The code of the last error.
    pub last_error: Option<String>,
}

impl Ingestion {
    /// The last error, if the last attempt is the one that failed.
    pub fn current_error(&self) -> Option<&str> {
        let newer = match (self.last_attempt, self.last_success) {
            (Some(attempt), Some(success)) => attempt > success,
            (_, None) => true,
            (None, Some(_)) => false,
        };
        self.last_error.as_deref().filter(|_| newer)
    }
}

/// Where in its life an event data store is (reference §2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreStatus {
    /// Just made, not ready yet.
    Created,
    /// Ready.
    Enabled,
    /// Deleted; it can be restored for seven days.
    PendingDeletion,
    /// A status of stores that do not serve integrations.
    Other(String),
}

impl StoreStatus {
    /// The service's word.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Created => "CREATED",
            Self::Enabled => "ENABLED",
            Self::PendingDeletion => "PENDING_DELETION",
            Self::Other(word) => word,
        }
    }
}

impl From<&str> for StoreStatus {
    fn from(word: &str) -> Self {
        match word {
            "CREATED" => Self::Created,
            "ENABLED" => Self::Enabled,
            "PENDING_DELETION" => Self::PendingDeletion,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// How a store is billed, which decides how long it may keep events (reference §2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Billing {
    /// `EXTENDABLE_RETENTION_PRICING`: 366 days included, up to 3653.
    Extendable,
    /// `FIXED_RETENTION_PRICING`: 2557 days, and no more.
    Fixed,
}

impl Billing {
    /// The service's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Extendable => "EXTENDABLE_RETENTION_PRICING",
            Self::Fixed => "FIXED_RETENTION_PRICING",
        }
    }

    /// The word of `--billing-mode`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Extendable => "extendable",
            Self::Fixed => "fixed",
        }
    }

    /// The retention that a new store gets, in days.
    pub fn default_retention(self) -> u32 {
        match self {
            Self::Extendable => 366,
            Self::Fixed => 2557,
        }
    }

    /// The longest retention, in days; the shortest is always [`MIN_RETENTION`].
    pub fn max_retention(self) -> u32 {
        match self {
            Self::Extendable => 3653,
            Self::Fixed => 2557,
        }
    }
}

/// The shortest retention, in days (`RetentionPeriod`, reference §1.6).
pub const MIN_RETENTION: u32 = 7;

/// What a store collects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Category {
    /// Events of integrations, and nothing else.
    ActivityAuditLog,
    /// Anything else, in words.
    Other(String),
}

/// An event data store as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Store {
    /// Its ARN.
    pub arn: StoreArn,
    /// Its name.
    pub name: String,
    /// Where in its life it is.
    pub status: StoreStatus,
    /// What it collects.
    pub category: Category,
    /// Whether it collects from every Region; such a store cannot serve an integration.
    pub multi_region: bool,
    /// Whether it is an organization's; such a store cannot serve an integration.
    pub organization: bool,
    /// How long it keeps events, in days.
    pub retention_days: u32,
    /// How it is billed.
    pub billing: Billing,
    /// Whether it is protected against deletion.
    pub termination_protection: bool,
    /// Its KMS key, if it has its own.
    pub kms_key: Option<String>,
    /// Whether Lake query federation is on, or being changed.
    pub federated: bool,
}

impl Store {
    /// Why the store cannot serve an integration, if so.
    pub fn misfit(&self) -> Option<String> {
        if let Category::Other(what) = &self.category {
            return Some(format!("it collects {what}, not {ACTIVITY_AUDIT_LOG}"));
        }
        if self.organization {
            return Some("it is an organization's store".to_owned());
        }
        self.multi_region.then(|| "it is a multi-Region store".to_owned())
    }
}

/// A store to create. It is always single-Region, single-account and for `ActivityAuditLog` alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStore {
    /// Its name.
    pub name: StoreName,
    /// How long it keeps events, in days.
    pub retention_days: u32,
    /// How it is billed.
    pub billing: Billing,
    /// Its KMS key; it can never be changed.
    pub kms_key: Option<String>,
    /// Whether it is protected against deletion.
    pub termination_protection: bool,
    /// Its tags.
    pub tags: Tags,
}

/// What to change of a store; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoreChange {
    /// How long it keeps events, in days.
    pub retention_days: Option<u32>,
    /// How it is billed; only from fixed to extendable.
    pub billing: Option<Billing>,
    /// Its KMS key, if it has none yet.
    pub kms_key: Option<String>,
    /// Whether it is protected against deletion.
    pub termination_protection: Option<bool>,
}

/// The tags of a resource; a tag may have no value.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Tags(pub BTreeMap<String, Option<String>>);

impl Tags {
    /// The CloudFormation stack that owns the resource, if one does.
    pub fn cloudformation_stack(&self) -> Option<&str> {
        let owned = self.0.keys().any(|key| key.starts_with("aws:cloudformation:"));
        let name = self.0.get("aws:cloudformation:stack-name").and_then(Option::as_deref);
        name.or_else(|| owned.then_some("(unnamed)"))
    }

    /// Those of `wanted` that are not there, or have another value.
    #[must_use]
    pub fn lacking(&self, wanted: &Self) -> Self {
        let lacks = |key: &String, value: &Option<String>| self.0.get(key) != Some(value);
        Self(
            wanted
                .0
                .iter()
                .filter(|(key, value)| lacks(key, value))
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect(),
        )
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Tags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Option<Timestamp> {
        Timestamp::from_second(second).ok()
    }

    #[test]
    fn an_old_error_does_not_count_once_a_delivery_succeeded() {
        let ingestion = |success, attempt| Ingestion {
            last_success: success,
            last_attempt: attempt,
            last_error: Some("InvalidData".into()),
            last_success_event_id: None,
        };
        assert_eq!(ingestion(at(10), at(20)).current_error(), Some("InvalidData"));
        assert_eq!(ingestion(at(20), at(20)).current_error(), None);
        assert_eq!(ingestion(None, at(20)).current_error(), Some("InvalidData"));
        assert_eq!(ingestion(at(20), None).current_error(), None);
    }

    #[test]
    fn tags_that_cloudformation_put_name_the_stack() {
        let tags = |pairs: &[(&str, &str)]| {
            Tags(
                pairs
                    .iter()
                    .map(|(k, v)| ((*k).to_owned(), Some((*v).to_owned())))
                    .collect(),
            )
        };
        assert_eq!(tags(&[("team", "a")]).cloudformation_stack(), None);
        assert_eq!(
            tags(&[("aws:cloudformation:stack-name", "lake"), ("team", "a")]).cloudformation_stack(),
            Some("lake")
        );
        assert_eq!(
            tags(&[("aws:cloudformation:logical-id", "x")]).cloudformation_stack(),
            Some("(unnamed)")
        );
    }

    #[test]
    fn lacking_tags_are_those_absent_or_of_another_value() {
        let tags = |pairs: &[(&str, Option<&str>)]| {
            Tags(
                pairs
                    .iter()
                    .map(|(k, v)| ((*k).to_owned(), v.map(str::to_owned)))
                    .collect(),
            )
        };
        let found = tags(&[("a", Some("1")), ("b", Some("2")), ("c", None)]);
        let wanted = tags(&[("a", Some("1")), ("b", Some("3")), ("c", None), ("d", None)]);
        assert_eq!(found.lacking(&wanted), tags(&[("b", Some("3")), ("d", None)]));
    }
}
