//! Event data stores: find, create, change, delete, restore.

use aws_sdk_cloudtrail::primitives::DateTime;
use aws_sdk_cloudtrail::types::{
    AdvancedEventSelector, AdvancedFieldSelector, BillingMode, EventDataStoreStatus, FederationStatus,
};
use jiff::Timestamp;

use super::error::{self, CallError};
use super::session::Session;
use super::{retry, tags};
use crate::model::integration::ACTIVITY_AUDIT_LOG;
use crate::model::{Billing, Category, NewStore, Store, StoreArn, StoreChange, StoreStatus};

impl Session {
    /// ARNs and names of every store of the Region, those pending deletion included.
    pub async fn stores(&self) -> Result<Vec<(StoreArn, String)>, CallError> {
        const OPERATION: &str = "ListEventDataStores";
        let mut found = Vec::new();
        let mut token = None;
        loop {
            let call = self.cloudtrail().list_event_data_stores().set_next_token(token);
            let page = self.quotas().call(OPERATION, Box::pin(call.send())).await?;
            for store in page.event_data_stores() {
                let arn = store.event_data_store_arn().and_then(|arn| arn.parse().ok());
                let arn = arn.ok_or_else(|| error::incomplete(OPERATION, "a store's ARN"))?;
                found.push((arn, store.name().unwrap_or_default().to_owned()));
            }
            token = page.next_token().map(str::to_owned);
            if token.is_none() {
                return Ok(found);
            }
        }
    }

    /// A store by ARN or ID; `None` if there is none.
    pub async fn store(&self, arn_or_id: &str) -> Result<Option<Store>, CallError> {
        const OPERATION: &str = "GetEventDataStore";
        let call = self.cloudtrail().get_event_data_store().event_data_store(arn_or_id);
        let reply = match self.quotas().call(OPERATION, Box::pin(call.send())).await {
            Ok(reply) => reply,
            // The ARN's code also means "does not map to a store in this account" (reference §1.8).
            Err(error) if error.is_not_found() || error.is("EventDataStoreARNInvalidException") => return Ok(None),
            Err(error) => return Err(error),
        };
        let arn = reply.event_data_store_arn().and_then(|arn| arn.parse().ok());
        Ok(Some(Store {
            arn: arn.ok_or_else(|| error::incomplete(OPERATION, "the store's ARN"))?,
            name: reply.name().unwrap_or_default().to_owned(),
            status: status(reply.status()),
            category: category(reply.advanced_event_selectors()),
            multi_region: reply.multi_region_enabled().unwrap_or(false),
            organization: reply.organization_enabled().unwrap_or(false),
            retention_days: reply
                .retention_period()
                .and_then(|days| u32::try_from(days).ok())
                .unwrap_or(0),
            billing: billing(reply.billing_mode()),
            termination_protection: reply.termination_protection_enabled().unwrap_or(false),
            kms_key: reply.kms_key_id().map(str::to_owned),
            federated: !matches!(reply.federation_status(), None | Some(FederationStatus::Disabled)),
        }))
    }

    /// Creates a store; never repeated unless the service refused. Answers its ARN.
    pub async fn create_store(&self, store: &NewStore) -> Result<StoreArn, CallError> {
        const OPERATION: &str = "CreateEventDataStore";
        let call = self
            .cloudtrail()
            .create_event_data_store()
            .name(store.name.as_str())
            .advanced_event_selectors(activity_selector().map_err(|_| error::not_built(OPERATION))?)
            // The service's default is a multi-Region store, which no channel can feed.
            .multi_region_enabled(false)
            .organization_enabled(false)
            .retention_period(days(store.retention_days))
            .billing_mode(billing_mode(store.billing))
            .termination_protection_enabled(store.termination_protection)
            .set_kms_key_id(store.kms_key.clone())
            .set_tags_list(tags::tag_list(&store.tags, OPERATION)?);
        let reply = call.customize().config_override(retry::once()).send().await;
        let reply = reply.map_err(|error| error::call(OPERATION, &error))?;
        let arn = reply.event_data_store_arn().and_then(|arn| arn.parse().ok());
        arn.ok_or_else(|| error::incomplete(OPERATION, "the store's ARN"))
    }

    /// Changes a store.
    pub async fn change_store(&self, arn: &StoreArn, change: &StoreChange) -> Result<(), CallError> {
        const OPERATION: &str = "UpdateEventDataStore";
        let call = self
            .cloudtrail()
            .update_event_data_store()
            .event_data_store(arn.as_str())
            .set_retention_period(change.retention_days.map(days))
            .set_billing_mode(change.billing.map(billing_mode))
            .set_kms_key_id(change.kms_key.clone())
            .set_termination_protection_enabled(change.termination_protection);
        call.send().await.map_err(|error| error::call(OPERATION, &error))?;
        Ok(())
    }

    /// Deletes a store: it is pending deletion for seven days. Never repeated unless refused.
    pub async fn delete_store(&self, arn: &StoreArn) -> Result<(), CallError> {
        let call = self
            .cloudtrail()
            .delete_event_data_store()
            .event_data_store(arn.as_str());
        let reply = call.customize().config_override(retry::once()).send().await;
        reply.map_err(|error| error::call("DeleteEventDataStore", &error))?;
        Ok(())
    }

    /// Restores a store that is pending deletion. Never repeated unless refused.
    pub async fn restore_store(&self, arn: &StoreArn) -> Result<(), CallError> {
        let call = self
            .cloudtrail()
            .restore_event_data_store()
            .event_data_store(arn.as_str());
        let reply = call.customize().config_override(retry::once()).send().await;
        reply.map_err(|error| error::call("RestoreEventDataStore", &error))?;
        Ok(())
    }
}

/// A time of the SDK as a time of ours.
pub(super) fn timestamp(at: &DateTime) -> Option<Timestamp> {
    Timestamp::from_second(at.secs()).ok()
}

fn activity_selector() -> Result<AdvancedEventSelector, aws_smithy_types::error::operation::BuildError> {
    let field = AdvancedFieldSelector::builder()
        .field("eventCategory")
        .equals(ACTIVITY_AUDIT_LOG)
        .build()?;
    AdvancedEventSelector::builder().field_selectors(field).build()
}

fn status(status: Option<&EventDataStoreStatus>) -> StoreStatus {
    status.map_or_else(
        || StoreStatus::Other("UNKNOWN".to_owned()),
        |status| StoreStatus::from(status.as_str()),
    )
}

fn category(selectors: &[AdvancedEventSelector]) -> Category {
    let mut categories: Vec<&str> = selectors
        .iter()
        .flat_map(AdvancedEventSelector::field_selectors)
        .filter(|field| field.field() == "eventCategory")
        .flat_map(AdvancedFieldSelector::equals)
        .map(String::as_str)
        .collect();
    categories.sort_unstable();
    categories.dedup();
    match categories.as_slice() {
        [only] if *only == ACTIVITY_AUDIT_LOG => Category::ActivityAuditLog,
        [] => Category::Other("Management events".to_owned()),
        several => Category::Other(format!("{} events", several.join(", "))),
    }
}

fn billing(mode: Option<&BillingMode>) -> Billing {
    match mode {
        Some(BillingMode::FixedRetentionPricing) => Billing::Fixed,
        _ => Billing::Extendable,
    }
}

fn billing_mode(billing: Billing) -> BillingMode {
    match billing {
        Billing::Extendable => BillingMode::ExtendableRetentionPricing,
        Billing::Fixed => BillingMode::FixedRetentionPricing,
    }
}

fn days(days: u32) -> i32 {
    i32::try_from(days).unwrap_or(i32::MAX)
}
