//! Every number of the service, with the AWS page it is from. The emulator's own choices are in `guesses.rs`.
//!
//! GR-CT is <https://docs.aws.amazon.com/general/latest/gr/ct.html>, UG
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/>, API
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/>, DAPI
//! <https://docs.aws.amazon.com/awscloudtraildata/latest/APIReference/>.

use std::ops::RangeInclusive;

/// Event data stores per account and Region, in any lifecycle stage. GR-CT; UG/WhatIsCloudTrail-Limits.
pub(crate) const EVENT_DATA_STORES: i64 = 10;
/// Integration channels per account and Region; service-linked ones do not count. GR-CT.
pub(crate) const CHANNELS: i64 = 25;
/// Destinations per channel. `API/API_CreateChannel`.
pub(crate) const DESTINATIONS: RangeInclusive<usize> = 1..=200;
/// Advanced event selectors per event data store. `API/API_AdvancedEventSelector`.
pub(crate) const SELECTORS: usize = 5;
/// Values in all advanced event selectors of a store together. `API/API_AdvancedEventSelector`.
pub(crate) const SELECTOR_VALUES: usize = 500;
/// Characters of a selector's value. `API/API_AdvancedFieldSelector`.
pub(crate) const SELECTOR_VALUE: RangeInclusive<usize> = 1..=2048;
/// Characters of a selector's field name. `API/API_AdvancedFieldSelector`.
pub(crate) const SELECTOR_FIELD: RangeInclusive<usize> = 1..=1000;
/// Characters of a selector's name. `API/API_AdvancedEventSelector`.
pub(crate) const SELECTOR_NAME: usize = 1000;
/// Characters of the name of a store or a channel. `API/API_CreateEventDataStore`, `API/API_CreateChannel`.
pub(crate) const NAME: RangeInclusive<usize> = 3..=128;
/// Characters of a channel's source. `API/API_CreateChannel`.
pub(crate) const SOURCE: RangeInclusive<usize> = 1..=256;
/// Characters of a destination's location. `API/API_Destination`.
pub(crate) const LOCATION: RangeInclusive<usize> = 3..=1024;
/// Characters of an ARN parameter. `API/API_GetChannel` and the like.
pub(crate) const ARN: RangeInclusive<usize> = 3..=256;
/// Characters of a KMS key id. `API/API_CreateEventDataStore`.
pub(crate) const KMS_KEY_ID: RangeInclusive<usize> = 1..=350;
/// Days of retention with extendable pricing. `API/API_CreateEventDataStore`.
pub(crate) const RETENTION_EXTENDABLE: RangeInclusive<i64> = 7..=3653;
/// Days of retention with fixed pricing. `API/API_CreateEventDataStore`.
pub(crate) const RETENTION_FIXED: RangeInclusive<i64> = 7..=2557;
/// Default days of retention with extendable pricing. `API/API_CreateEventDataStore`.
pub(crate) const RETENTION_EXTENDABLE_DEFAULT: i64 = 366;
/// Default days of retention with fixed pricing. `API/API_CreateEventDataStore`.
pub(crate) const RETENTION_FIXED_DEFAULT: i64 = 2557;
/// Days a deleted store stays restorable. UG/query-event-data-store-delete.
pub(crate) const PENDING_DELETION_DAYS: i64 = 7;
/// Items of a page, of every operation that has pages. `API/API_ListChannels`, `API/API_ListEventDataStores`,
/// `API/API_ListQueries`, `API/API_GetQueryResults`.
pub(crate) const PAGE: RangeInclusive<i64> = 1..=1000;
/// Characters of a query statement. `API/API_StartQuery`.
pub(crate) const QUERY_STATEMENT: RangeInclusive<usize> = 1..=10_000;
/// Characters of the URI that results are to be delivered to. `API/API_StartQuery`.
pub(crate) const DELIVERY_URI: RangeInclusive<usize> = 1..=1024;
/// Characters of a bucket's name. `API/API_StartQuery`.
pub(crate) const BUCKET: RangeInclusive<usize> = 3..=63;
/// Characters of a query's alias. `API/API_StartQuery`.
pub(crate) const QUERY_ALIAS: RangeInclusive<usize> = 1..=256;
/// Digits of an account parameter. `API/API_StartQuery`.
pub(crate) const ACCOUNT: RangeInclusive<usize> = 12..=16;
/// Queries queued or running, per account and Region. GR-CT; UG/WhatIsCloudTrail-Limits.
pub(crate) const CONCURRENT_QUERIES: i64 = 10;
/// Days that a query and its results are kept. UG/lake-queries-cli; `API/API_ListQueries`.
pub(crate) const QUERY_DAYS: i64 = 7;
/// Milliseconds after which a query may time out: an hour. UG/query-run-query.
pub(crate) const QUERY_TIMEOUT_MS: i64 = 3_600_000;
/// Characters of the `ErrorMessage` of a query. `API/API_DescribeQuery`.
pub(crate) const ERROR_MESSAGE: RangeInclusive<usize> = 4..=1000;
/// Characters of a next-page token. `API/API_GetQueryResults`.
pub(crate) const TOKEN: RangeInclusive<usize> = 4..=1000;
/// Tags per resource. `API/API_AddTags`.
pub(crate) const TAGS: usize = 50;
/// Tags of one request. `API/API_AddTags`.
pub(crate) const TAGS_LIST: usize = 200;
/// Characters of a tag's key. `API/API_Tag`.
pub(crate) const TAG_KEY: RangeInclusive<usize> = 1..=128;
/// Characters of a tag's value, if it has one. `API/API_Tag`.
pub(crate) const TAG_VALUE: RangeInclusive<usize> = 1..=256;
/// Resources of one `ListTags`. `API/API_ListTags`.
pub(crate) const TAGGED_RESOURCES: RangeInclusive<usize> = 1..=20;
/// Characters of a resource policy. `API/API_PutResourcePolicy`.
pub(crate) const POLICY: RangeInclusive<usize> = 1..=8192;
/// Statements of a resource policy. UG/security_iam_resource-based-policy-examples.
pub(crate) const STATEMENTS: RangeInclusive<usize> = 1..=20;
/// Principals of a statement. UG/security_iam_resource-based-policy-examples.
pub(crate) const PRINCIPALS: RangeInclusive<usize> = 1..=50;
/// Events of one `PutAuditEvents`. `DAPI/API_PutAuditEvents`, GR-CT.
pub(crate) const AUDIT_EVENTS: RangeInclusive<usize> = 1..=100;
/// Characters of an entry's id. `DAPI/API_AuditEvent`.
pub(crate) const AUDIT_EVENT_ID: RangeInclusive<usize> = 1..=128;
/// Characters of an external id. `DAPI/API_PutAuditEvents`.
pub(crate) const EXTERNAL_ID: RangeInclusive<usize> = 2..=1224;

/// Requests a second of an operation, per account and Region; none is adjustable. GR-CT.
pub(crate) fn quota(operation: &str) -> u32 {
    match operation {
        "PutAuditEvents" => 100,
        "StartQuery" | "CancelQuery" => 3,
        reads if ["Get", "List", "Describe"].iter().any(|verb| reads.starts_with(verb)) => 10,
        _ => 1,
    }
}

/// Lengths of the fields of `eventData`, in characters. UG/query-integration-event-schema.
pub(crate) mod field {
    /// `version`
    pub(crate) const VERSION: usize = 256;
    /// `userIdentity.type`
    pub(crate) const IDENTITY_TYPE: usize = 128;
    /// `userIdentity.principalId`
    pub(crate) const PRINCIPAL_ID: usize = 1024;
    /// `userAgent`
    pub(crate) const USER_AGENT: usize = 1024;
    /// `eventSource`
    pub(crate) const EVENT_SOURCE: usize = 1024;
    /// `eventName`
    pub(crate) const EVENT_NAME: usize = 1024;
    /// `UID`
    pub(crate) const UID: usize = 1024;
    /// `errorCode`
    pub(crate) const ERROR_CODE: usize = 256;
    /// `errorMessage`
    pub(crate) const ERROR_MESSAGE: usize = 256;
}
