//! `UpdateEventDataStore`: changes the members given, and no others.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateEventDataStore.html>

use serde::Deserialize;

use super::create_event_data_store::{self as create, EXTENDABLE, FIXED};
use crate::sandbox::guesses;
use crate::sandbox::selectors;
use crate::sandbox::store::Tx;
use crate::sandbox::store::event_data_stores::{self, Store};
use crate::sandbox::wire::Fault;
use crate::sandbox::wire::shapes::{self, AdvancedEventSelector};
use crate::sandbox::wire::store_view::StoreView;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct In {
    event_data_store: Option<String>,
    #[serde(flatten)]
    change: Change,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Change {
    name: Option<String>,
    advanced_event_selectors: Option<Vec<AdvancedEventSelector>>,
    multi_region_enabled: Option<bool>,
    organization_enabled: Option<bool>,
    retention_period: Option<i64>,
    termination_protection_enabled: Option<bool>,
    kms_key_id: Option<String>,
    billing_mode: Option<String>,
}

pub(crate) fn run(tx: &Tx<'_>, input: In) -> Result<StoreView, Fault> {
    let mut store = event_data_stores::find(tx, &shapes::required("EventDataStore", input.event_data_store)?)?;
    let change = input.change;
    if change.is_empty() {
        return Err(Fault::new(
            guesses::NOTHING_TO_UPDATE,
            "At least one optional parameter is required to update an event data store.",
        ));
    }
    store.must_be_active()?;
    store.must_be_loaded()?;
    create::must_be_single_account(change.organization_enabled)?;
    if let Some(name) = &change.name {
        shapes::name("Name", name)?;
        if *name != store.name {
            create::must_be_free(tx, name)?;
        }
        store.name.clone_from(name);
    }
    if let Some(selectors) = &change.advanced_event_selectors {
        store.selectors = reselect(&store, selectors)?;
    }
    rebill(&mut store, &change)?;
    if let Some(key) = change.kms_key_id {
        create::check_kms_key(&key)?;
        if store.kms_key_id.as_ref().is_some_and(|old| *old != key) {
            return Err(Fault::new(
                guesses::NOT_ALLOWED_VALUE,
                "The KMS key of an event data store cannot be changed once it is set.",
            ));
        }
        store.kms_key_id = Some(key);
    }
    store.multi_region = change.multi_region_enabled.unwrap_or(store.multi_region);
    store.organization = change.organization_enabled.unwrap_or(store.organization);
    store.protected = change.termination_protection_enabled.unwrap_or(store.protected);
    store.updated_at = tx.now_ms;
    event_data_stores::update(tx.sql, &store)?;
    Ok(StoreView::of(&store)?.with_federation(&store))
}

impl Change {
    fn is_empty(&self) -> bool {
        self.name.is_none()
            && self.advanced_event_selectors.is_none()
            && self.multi_region_enabled.is_none()
            && self.organization_enabled.is_none()
            && self.retention_period.is_none()
            && self.termination_protection_enabled.is_none()
            && self.kms_key_id.is_none()
            && self.billing_mode.is_none()
    }
}

fn reselect(store: &Store, wanted: &[AdvancedEventSelector]) -> Result<String, Fault> {
    selectors::check(wanted)?;
    let held: Vec<AdvancedEventSelector> = serde_json::from_str(&store.selectors)?;
    let (from, to) = (selectors::category(&held), selectors::category(wanted));
    let aws = |category: Option<&str>| category.is_some_and(selectors::is_aws);
    if from != to && !(aws(from) && aws(to)) {
        return Err(Fault::new(
            "InvalidEventSelectorsException",
            "An event data store cannot be switched between AWS events and events from outside AWS.",
        ));
    }
    Ok(serde_json::to_string(wanted)?)
}

fn rebill(store: &mut Store, change: &Change) -> Result<(), Fault> {
    let billing_mode = change
        .billing_mode
        .clone()
        .unwrap_or_else(|| store.billing_mode.clone());
    if store.billing_mode == EXTENDABLE && billing_mode == FIXED {
        return Err(Fault::new(
            guesses::NOT_ALLOWED_VALUE,
            format!("The billing mode cannot be changed from {EXTENDABLE} to {FIXED}."),
        ));
    }
    store.retention = create::retention(Some(change.retention_period.unwrap_or(store.retention)), &billing_mode)?;
    store.billing_mode = billing_mode;
    Ok(())
}
