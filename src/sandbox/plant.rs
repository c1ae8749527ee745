//! States that the API cannot make, for tests: federation, foreign tags, broken policies, service-linked channels.

use serde::Deserialize;
use serde_json::{Value, json};

use super::arn;
use super::clock::{DAY_MS, Given};
use super::guesses;
use super::limits::PENDING_DELETION_DAYS;
use super::rules::Caller;
use super::store::channels::{self, AWS_SERVICE};
use super::store::event_data_stores::{self, PENDING_DELETION, STATUSES};
use super::store::{Tx, policies, tags};
use super::wire::Fault;
use super::wire::shapes::{AdvancedEventSelector, Tag};

/// What `POST /_sandbox/plant` takes; several at once are fine.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plant {
    event_data_store: Option<PlantStore>,
    tags: Option<PlantTags>,
    resource_policy: Option<PlantPolicy>,
    service_channel: Option<PlantServiceChannel>,
    ingestion_status: Option<PlantIngestion>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlantStore {
    /// ARN or id.
    id: String,
    name: Option<String>,
    status: Option<String>,
    federation_status: Option<String>,
    federation_role_arn: Option<String>,
    organization_enabled: Option<bool>,
    multi_region_enabled: Option<bool>,
    termination_protection_enabled: Option<bool>,
    retention_period: Option<i64>,
    advanced_event_selectors: Option<Vec<AdvancedEventSelector>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlantTags {
    resource_id: String,
    tags: Vec<Tag>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlantPolicy {
    resource_arn: String,
    document: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlantServiceChannel {
    name: String,
    service: String,
    account: Option<String>,
    region: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlantIngestion {
    /// ARN.
    channel: String,
    latest_ingestion_success_time: Option<Given>,
    latest_ingestion_success_event_id: Option<String>,
    latest_ingestion_error_code: Option<String>,
    latest_ingestion_attempt_time: Option<Given>,
    latest_ingestion_attempt_event_id: Option<String>,
}

/// Does it; the reply has the ARN of what was made new.
pub(crate) fn plant(tx: &Tx<'_>, wanted: Plant) -> Result<Value, Fault> {
    let mut planted = json!({});
    if let Some(store) = wanted.event_data_store {
        plant_store(tx, store)?;
    }
    if let Some(wanted) = wanted.tags {
        tags::add(tx.sql, &wanted.resource_id, &wanted.tags)?;
    }
    if let Some(policy) = wanted.resource_policy {
        policies::put(tx.sql, &policy.resource_arn, &policy.document)?;
    }
    if let Some(channel) = wanted.service_channel {
        planted = json!({"channel_arn": plant_service_channel(tx, &channel)?});
    }
    if let Some(status) = wanted.ingestion_status {
        plant_ingestion(tx, status)?;
    }
    Ok(planted)
}

fn absent(what: &str) -> Fault {
    Fault::new("", format!("There is no {what} in the sandbox."))
}

fn plant_store(tx: &Tx<'_>, wanted: PlantStore) -> Result<(), Fault> {
    let mut store = event_data_stores::by_arn(tx.sql, &wanted.id)?.ok_or_else(|| absent(&wanted.id))?;
    if let Some(status) = wanted.status {
        if !STATUSES.contains(&status.as_str()) {
            return Err(Fault::new("", format!("{status} is no status of an event data store.")));
        }
        store.deletion_at =
            (status == PENDING_DELETION).then(|| tx.now_ms.saturating_add(PENDING_DELETION_DAYS * DAY_MS));
        // Planted as CREATED it stays so, whatever the delay.
        store.ready_at = i64::MAX;
        store.status = status;
    }
    if let Some(selectors) = wanted.advanced_event_selectors {
        store.selectors = serde_json::to_string(&selectors)?;
    }
    store.name = wanted.name.unwrap_or(store.name);
    store.federation_status = wanted.federation_status.unwrap_or(store.federation_status);
    store.federation_role_arn = wanted.federation_role_arn.or(store.federation_role_arn);
    store.organization = wanted.organization_enabled.unwrap_or(store.organization);
    store.multi_region = wanted.multi_region_enabled.unwrap_or(store.multi_region);
    store.protected = wanted.termination_protection_enabled.unwrap_or(store.protected);
    store.retention = wanted.retention_period.unwrap_or(store.retention);
    event_data_stores::update(tx.sql, &store)
}

/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/viewing-service-linked-channels.html>
fn plant_service_channel(tx: &Tx<'_>, wanted: &PlantServiceChannel) -> Result<String, Fault> {
    let id = tx.new_id();
    let caller = Caller {
        account: wanted.account.clone().unwrap_or_else(|| tx.caller.account.clone()),
        region: wanted.region.clone().unwrap_or_else(|| tx.caller.region.clone()),
    };
    if !arn::is_account(&caller.account) {
        return Err(Fault::new("", "account must be twelve digits."));
    }
    let suffix = format!("aws-service-channel/{}/{id}", wanted.service);
    let source = guesses::SERVICE_LINKED_SOURCE;
    let channel = channels::insert(tx, &caller, (&id, &suffix), &wanted.name, source, Some(&wanted.service))?;
    channels::set_destinations(tx.sql, channel.seq, AWS_SERVICE, std::slice::from_ref(&wanted.service))?;
    Ok(channel.arn)
}

fn plant_ingestion(tx: &Tx<'_>, wanted: PlantIngestion) -> Result<(), Fault> {
    let channel = channels::by_arn(tx.sql, &wanted.channel)?.ok_or_else(|| absent(&wanted.channel))?;
    let ingestion = channels::Ingestion {
        success_time: wanted.latest_ingestion_success_time.map(|at| at.0),
        success_event_id: wanted.latest_ingestion_success_event_id,
        error_code: wanted.latest_ingestion_error_code,
        attempt_time: wanted.latest_ingestion_attempt_time.map(|at| at.0),
        attempt_event_id: wanted.latest_ingestion_attempt_event_id,
    };
    channels::set_ingestion(tx.sql, channel.seq, &ingestion)
}
