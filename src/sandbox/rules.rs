//! The switches of one sandbox, and who calls it.

use std::time::Duration;

/// What `Config` says about behaviour.
#[derive(Debug)]
pub(crate) struct Rules {
    /// How long a new store stays `CREATED`.
    pub(crate) store_delay_ms: i64,
    /// How long an accepted event stays invisible to readers.
    pub(crate) ingestion_delay_ms: i64,
    /// How long a query takes.
    pub(crate) query_delay_ms: i64,
    /// Lake is closed to accounts that never had a store (reference 7.2).
    pub(crate) closed_to_new_customers: bool,
    /// Sources a channel may have.
    pub(crate) sources: Vec<String>,
    /// Lets an account have several channels of one source.
    pub(crate) allow_second_channel_per_source: bool,
    /// Makes the external id binding for the channel's owner too.
    pub(crate) owner_needs_external_id: bool,
}

/// `Custom` and the partner sources AWS publishes.
///
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-event-data-store-integration.html>
pub(crate) const SOURCES: [&str; 16] = [
    "Custom",
    "CloudStorageSecurityConsole",
    "Clumio",
    "CrowdStrike",
    "CyberArk",
    "GitHub",
    "KongGatewayEnterprise",
    "LaunchDarkly",
    "NetskopeCloudExchange",
    "IBMMulticloud",
    "MontyCloud",
    "OktaSystemLogEvents",
    "OneLogin",
    "Shoreline",
    "Snyk",
    "WizAuditLogs",
];

/// Whole milliseconds, capped.
pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Who a request is from, and which Region it is for: both from its credential scope.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Caller {
    /// The account of the access key.
    pub(crate) account: String,
    /// The Region of the signature.
    pub(crate) region: String,
}
