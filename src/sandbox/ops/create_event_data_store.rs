//! `CreateEventDataStore`
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateEventDataStore.html>

use serde::Deserialize;

use super::tagging;
use crate::sandbox::arn;
use crate::sandbox::guesses;
use crate::sandbox::limits;
use crate::sandbox::selectors;
use crate::sandbox::store::event_data_stores::{self, CREATED, DISABLED, Store};
use crate::sandbox::store::{Tx, tags};
use crate::sandbox::wire::Fault;
use crate::sandbox::wire::shapes::{self, AdvancedEventSelector, Tag};
use crate::sandbox::wire::store_view::StoreView;

/// Pricing by retention, extendable.
pub(crate) const EXTENDABLE: &str = "EXTENDABLE_RETENTION_PRICING";
/// Pricing by fixed retention.
pub(crate) const FIXED: &str = "FIXED_RETENTION_PRICING";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct In {
    name: Option<String>,
    advanced_event_selectors: Option<Vec<AdvancedEventSelector>>,
    multi_region_enabled: Option<bool>,
    organization_enabled: Option<bool>,
    retention_period: Option<i64>,
    termination_protection_enabled: Option<bool>,
    tags_list: Option<Vec<Tag>>,
    kms_key_id: Option<String>,
    start_ingestion: Option<bool>,
    billing_mode: Option<String>,
}

pub(crate) fn run(tx: &Tx<'_>, input: In) -> Result<StoreView, Fault> {
    let name = shapes::required("Name", input.name)?;
    shapes::name("Name", &name)?;
    must_be_welcome(tx)?;
    let chosen = input.advanced_event_selectors.filter(|chosen| !chosen.is_empty());
    let selectors = chosen.unwrap_or_else(selectors::management);
    selectors::check(&selectors)?;
    must_be_single_account(input.organization_enabled)?;
    let billing_mode = input.billing_mode.unwrap_or_else(|| EXTENDABLE.to_owned());
    let retention = retention(input.retention_period, &billing_mode)?;
    if let Some(key) = &input.kms_key_id {
        check_kms_key(key)?;
    }
    must_ingest(input.start_ingestion, &selectors)?;
    let tags = input.tags_list.as_deref().unwrap_or_default();
    tagging::check(tags)?;
    if tags.len() > limits::TAGS {
        // TagsLimitExceededException is not among the errors of this operation.
        return Err(Fault::new(
            "InvalidTagParameterException",
            "An event data store can have 50 tags.",
        ));
    }
    must_be_free(tx, &name)?;
    must_have_room(tx)?;
    let id = tx.new_id();
    let store = Store {
        seq: 0,
        arn: arn::make(&tx.caller.region, &tx.caller.account, &format!("eventdatastore/{id}")),
        id,
        name,
        status: CREATED.to_owned(),
        ready_at: tx.now_ms.saturating_add(tx.rules.store_delay_ms),
        deletion_at: None,
        selectors: serde_json::to_string(&selectors)?,
        multi_region: input.multi_region_enabled.unwrap_or(true),
        organization: false,
        retention,
        billing_mode,
        protected: input.termination_protection_enabled.unwrap_or(true),
        kms_key_id: input.kms_key_id,
        federation_status: DISABLED.to_owned(),
        federation_role_arn: None,
        created_at: tx.now_ms,
        updated_at: tx.now_ms,
    };
    event_data_stores::insert(tx, &store)?;
    tags::add(tx.sql, &store.arn, tags)?;
    Ok(StoreView::of(&store)?.with_tags(input.tags_list))
}

/// Lake is closed to accounts that never had a store; the text is the one observed (reference 7.2).
fn must_be_welcome(tx: &Tx<'_>) -> Result<(), Fault> {
    if tx.rules.closed_to_new_customers && !event_data_stores::is_customer(tx)? {
        return Err(Fault::new(
            "InvalidParameterException",
            "CloudTrail Lake is no longer accepting new customers. Existing customers can continue to use their \
             event data stores.",
        ));
    }
    Ok(())
}

/// Only stores of AWS events can be created without ingestion.
fn must_ingest(start_ingestion: Option<bool>, selectors: &[AdvancedEventSelector]) -> Result<(), Fault> {
    let category = selectors::category(selectors).unwrap_or_default();
    if start_ingestion == Some(false) && !selectors::is_aws(category) {
        return Err(Fault::new(
            guesses::NOT_ALLOWED_VALUE,
            format!("StartIngestion cannot be false for an event data store of category {category}."),
        ));
    }
    Ok(())
}

fn must_have_room(tx: &Tx<'_>) -> Result<(), Fault> {
    let held = event_data_stores::count(tx)?;
    if held >= limits::EVENT_DATA_STORES {
        return Err(Fault::new(
            "EventDataStoreMaxLimitExceededException",
            format!("The account has {held} event data stores in this Region, those pending deletion included."),
        ));
    }
    Ok(())
}

/// There are no organizations in the sandbox.
pub(crate) fn must_be_single_account(organization_enabled: Option<bool>) -> Result<(), Fault> {
    if organization_enabled == Some(true) {
        return Err(Fault::new(
            "OrganizationsNotInUseException",
            "The account is not a member of an organization in AWS Organizations.",
        ));
    }
    Ok(())
}

/// The days of retention: those given or the billing mode's default.
pub(crate) fn retention(days: Option<i64>, billing_mode: &str) -> Result<i64, Fault> {
    let (range, default) = match billing_mode {
        EXTENDABLE => (limits::RETENTION_EXTENDABLE, limits::RETENTION_EXTENDABLE_DEFAULT),
        FIXED => (limits::RETENTION_FIXED, limits::RETENTION_FIXED_DEFAULT),
        _ => {
            return Err(Fault::new(
                guesses::SHAPE_CONTROL,
                format!("BillingMode must be {EXTENDABLE} or {FIXED}, not {billing_mode:?}."),
            ));
        }
    };
    let days = days.unwrap_or(default);
    if range.contains(&days) {
        return Ok(days);
    }
    Err(Fault::new(
        guesses::SHAPE_CONTROL,
        format!(
            "RetentionPeriod must be {} to {} days with {billing_mode}, not {days}.",
            range.start(),
            range.end()
        ),
    ))
}

/// An alias, a key ARN, an alias ARN or a key id; whether there is such a key is not known here.
pub(crate) fn check_kms_key(key: &str) -> Result<(), Fault> {
    shapes::length("KmsKeyId", key, &limits::KMS_KEY_ID)?;
    shapes::only("KmsKeyId", key, "._/-:")?;
    let in_arn = key.starts_with("arn:") && key.contains(":kms:") && (key.contains(":key/") || key.contains(":alias/"));
    if in_arn || key.starts_with("alias/") || key.starts_with("mrk-") || arn::is_uuid(key) {
        return Ok(());
    }
    Err(Fault::new(
        "InvalidKmsKeyIdException",
        format!("{key} is not a KMS key ID, key ARN, alias or alias ARN."),
    ))
}

/// Names are unique, those of stores pending deletion included.
pub(crate) fn must_be_free(tx: &Tx<'_>, name: &str) -> Result<(), Fault> {
    match event_data_stores::by(tx, "name", name)? {
        None => Ok(()),
        Some(other) => Err(Fault::new(
            "EventDataStoreAlreadyExistsException",
            format!(
                "An event data store named {name} exists already; its status is {}.",
                other.status
            ),
        )),
    }
}
