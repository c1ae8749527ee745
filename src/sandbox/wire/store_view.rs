//! An event data store in a reply; each operation shows other members of it.

use serde::Serialize;
use serde_json::Number;
use serde_json::value::RawValue;

use super::Fault;
use super::shapes::{self, Tag};
use crate::sandbox::store::event_data_stores::Store;

/// The members that Create, Get, Update and Restore have in common, and a few that not all have.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct StoreView {
    event_data_store_arn: String,
    name: String,
    status: String,
    advanced_event_selectors: Box<RawValue>,
    multi_region_enabled: bool,
    organization_enabled: bool,
    retention_period: i64,
    termination_protection_enabled: bool,
    /// Create only.
    #[serde(skip_serializing_if = "Option::is_none")]
    tags_list: Option<Vec<Tag>>,
    created_timestamp: Number,
    updated_timestamp: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    kms_key_id: Option<String>,
    billing_mode: String,
    /// Get and Update only.
    #[serde(skip_serializing_if = "Option::is_none")]
    federation_status: Option<String>,
    /// Get and Update only.
    #[serde(skip_serializing_if = "Option::is_none")]
    federation_role_arn: Option<String>,
}

impl StoreView {
    /// The members that all have in common.
    pub(crate) fn of(store: &Store) -> Result<Self, Fault> {
        Ok(Self {
            event_data_store_arn: store.arn.clone(),
            name: store.name.clone(),
            status: store.status.clone(),
            advanced_event_selectors: RawValue::from_string(store.selectors.clone())?,
            multi_region_enabled: store.multi_region,
            organization_enabled: store.organization,
            retention_period: store.retention,
            termination_protection_enabled: store.protected,
            tags_list: None,
            created_timestamp: shapes::epoch(store.created_at),
            updated_timestamp: shapes::epoch(store.updated_at),
            kms_key_id: store.kms_key_id.clone(),
            billing_mode: store.billing_mode.clone(),
            federation_status: None,
            federation_role_arn: None,
        })
    }

    /// With the tags it was created with.
    pub(crate) fn with_tags(mut self, tags: Option<Vec<Tag>>) -> Self {
        self.tags_list = tags;
        self
    }

    /// With its federation.
    pub(crate) fn with_federation(mut self, store: &Store) -> Self {
        self.federation_status = Some(store.federation_status.clone());
        self.federation_role_arn.clone_from(&store.federation_role_arn);
        self
    }
}
