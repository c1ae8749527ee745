//! What AWS does not say, decided here (the choices of the fact sheet's last section, and a few more).
//!
//! Nothing in this file is known of the real service. Besides the constants, these behaviours are guesses:
//!
//! * A second channel on a source, and a second channel of a name: `ChannelAlreadyExistsException`.
//! * A multi-Region or organization store as a destination: `InvalidEventDataStoreCategoryException`, at
//!   `CreateChannel` and `UpdateChannel`; `CreateEventDataStore` lets it pass.
//! * Accepted sources are compared with their case.
//! * A store pending deletion as a destination, on update, delete and on the tag operations:
//!   `InactiveEventDataStoreException`; a store still `CREATED` on update, delete and as a destination: `ConflictException`.
//! * After a restore a store is `ENABLED` and unprotected, as it was when it was deleted.
//! * A store's ARN of another account is `EventDataStoreARNInvalidException`, of another Region
//!   `EventDataStoreNotFoundException`; a channel's ARN of either is `ChannelNotFoundException`; with policies
//!   malformed is `ResourceARNNotValidException` and absent `ResourceNotFoundException`.
//! * `GetChannel` echoes destinations as ARNs; the policy comes back byte for byte.
//! * A policy's `"*"` is accepted; `Not…` elements and principals of other types than `AWS` are refused.
//! * A condition on anything but `StringEquals` `cloudtrail:ExternalId` never holds.
//! * The owner need not pass the external id (`owner_needs_external_id` turns that round).
//! * Events: `eventTime` with or without `Z` and nothing else; keys outside the schema, and null where a type
//!   is named, are `InvalidData`; a missing or null required field is `FieldNotFound`; characters are counted,
//!   not bytes; no `eventSource` is ever refused; `AccountNotSubscribed` is never said.
//! * The same event sent in two requests is stored twice.
//! * With some destinations inactive the rest is served; with all of them inactive each event fails.
//! * `LatestIngestionErrorCode` stays after a later success; a refused entry gets an event id of its own, shown as the
//!   last attempt's. A request refused as a whole leaves no trace in the ingestion status.
//! * A quota is a bucket that holds one second's worth and fills evenly, of the caller's account and Region.
//! * `PutAuditEvents` looks in this order: pace (of the caller's account and Region), channel ARN, channel, permission, shape, duplicates, each event.
//! * `ListTags` of a store pending deletion is `InactiveEventDataStoreException`; an empty tag value, and keys that
//!   begin with `aws:`, are `InvalidTagParameterException`; so are over 50 tags at `CreateEventDataStore`.
//! * A KMS key comes back as it was given. `GetEventDataStore` shows no `PartitionKeys`.
//! * Over an integration's selector no further field is allowed: `InvalidEventSelectorsException`.
//! * Past retention, events go when the sandbox's clock is moved, not before; shortening it removes nothing at once.
//! * A next-page token belongs to operation, account, Region and all other parameters.
//! * `StartQuery` looks in this order: alias and parameters, statement's length, owner's account, delivery, the SQL with
//!   its stores, queries under way. A store that is `CREATED` or pending deletion is `InactiveEventDataStoreException`.
//! * A query belongs to the account that started it; for another, and over another store than the deprecated
//!   `EventDataStore` names, it is `QueryIdNotFoundException`. While one of its stores is pending deletion it is
//!   `InactiveEventDataStoreException`.
//! * The result of a query is of the moment when it begins to run. Before it has ended there are no rows (unless
//!   scripted), and what was scanned grows evenly. One that takes over 30 real seconds fails. A cancelled one has no rows; one that timed out has half of its rows and has scanned half.
//! * `GetQueryResults` of a query that failed or was cancelled is no error. `ResultsCount` is of the page.
//! * `EventDataStoreOwnerAccountId` comes back only where it was given.
//! * `ListQueries` shows the latest first; both ends of its time range are included.
//! * Queries and their rows are kept for seven days after the query was started.
//! * `RemoveTags` goes by the key and does not mind a key that is absent.
//! * SQL: where a text is compared with a time it is read as Trino's `CAST` reads it, and nothing else; where `UNION` puts
//!   a time and a text into one column, the time becomes text. `WITH` is accepted. An unnamed column is `_colN`.
//! * Values of a `map<string,string>` are the text of a scalar and the compact JSON of what is nested; keys are sorted.
//! * Maps, structs and arrays are shown as `{k=v, …}` and `[a, b]`, a struct without any value as null, a timestamp with
//!   time zone with ` UTC` behind it, a double as Java writes it.
//! * Bytes scanned are those of the records within the bounds of `eventTime` that must hold for every row; events matched
//!   are the rows before grouping and `LIMIT`.

use super::nulls::Nulls;

/// A broken shape constraint on the control plane.
pub(crate) const SHAPE_CONTROL: &str = "InvalidParameterException";
/// A broken shape constraint of a control-plane operation that models no `InvalidParameterException`
/// (`ListTags`, `ListChannels`): the common errors have one candidate.
pub(crate) const SHAPE_UNMODELLED: &str = "ValidationError";
/// A broken shape constraint on the data plane; the only candidate of its common errors.
pub(crate) const SHAPE_DATA: &str = "ValidationError";
/// A body that is not JSON, or has a member of the wrong type.
pub(crate) const NOT_JSON: &str = "SerializationException";
/// `UpdateEventDataStore` and `UpdateChannel` without anything to change.
pub(crate) const NOTHING_TO_UPDATE: &str = "InvalidParameterException";
/// From extendable to fixed pricing, another KMS key, `StartIngestion` false on an integration store.
pub(crate) const NOT_ALLOWED_VALUE: &str = "InvalidParameterException";
/// A request without `Authorization`; the common errors list nothing closer.
pub(crate) const NO_AUTHORIZATION: &str = "MissingAuthenticationTokenException";
/// Too big a `PutAuditEvents`.
pub(crate) const TOO_LARGE: &str = "RequestEntityTooLargeException";
/// A `NextToken` sent to `ListTags`, where it is reserved.
pub(crate) const LIST_TAGS_TOKEN: &str = "InvalidTokenException";
/// Bytes of a `PutAuditEvents` body: "1 MB", taken as 2^20 of the raw body.
pub(crate) const REQUEST_BYTES: usize = 1_048_576;
/// Bytes of one event: "256 kB", taken as 256 x 1024 of the `eventData` string.
pub(crate) const EVENT_BYTES: usize = 262_144;
/// Bytes of `requestParameters` and of `responseElements`: "100 kB" of compact JSON.
pub(crate) const PARAMETERS_BYTES: usize = 102_400;
/// Bytes of `additionalEventData`: "28 kB" of compact JSON.
pub(crate) const ADDITIONAL_BYTES: usize = 28_672;
/// Items of a page when `MaxResults` is absent.
pub(crate) const DEFAULT_PAGE: i64 = 1000;
/// A NULL in a row: the model wants a map of strings, which leaves the empty one.
pub(crate) const NULL_IN_ROWS: Nulls = Nulls::Empty;
/// `ErrorMessage` of a query that is to fail without a reason given; the text is a documented one
/// (UG/lake-queries-optimization).
pub(crate) const QUERY_FAILED: &str = "Query exhausted resources at this scale factor";
/// `EventDataStoreOwnerAccountId` of another account.
pub(crate) const NO_ORGANIZATIONS: &str = "OperationNotPermittedException";
/// `QueryAlias`, `QueryParameters`, `RefreshId`.
pub(crate) const NO_DASHBOARDS: &str = "UnsupportedOperationException";
/// `eventVersion` of a stored record.
pub(crate) const EVENT_VERSION: &str = "1.0";
/// `errorCode` of an event, and `LatestIngestionErrorCode`, when a destination cannot take it.
pub(crate) const NO_DESTINATION: &str = "InternalFailure";
/// `Source` of a service-linked channel.
pub(crate) const SERVICE_LINKED_SOURCE: &str = "CloudTrail";
