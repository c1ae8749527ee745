//! Version 1 of the JSON that others parse: within it fields are only added.
//!
//! These structs are their own, and the values of `model` and `plan` are copied into them, so that a
//! change inside never changes what others read.

use jiff::Timestamp;
use serde::Serialize;

use super::rfc3339;
use crate::model::Finding;
use crate::plan;

/// The `integration` object, the same in every document.
#[derive(Debug, Serialize)]
pub struct Integration<'a> {
    name: &'a str,
    partner: Option<&'a str>,
    source: &'a str,
    region: &'a str,
    account: Option<&'a str>,
    channel_arn: Option<&'a str>,
    event_data_stores: Vec<Store<'a>>,
    policy: Policy<'a>,
    ingestion: Ingestion<'a>,
    findings: Vec<JsonFinding<'a>>,
}

/// A store of an integration.
#[derive(Debug, Serialize)]
pub struct Store<'a> {
    name: Option<&'a str>,
    arn: Option<&'a str>,
    status: Option<&'a str>,
    retention_days: Option<u32>,
    termination_protection: Option<bool>,
}

/// The policy of an integration.
#[derive(Debug, Serialize)]
pub struct Policy<'a> {
    attached: bool,
    principals: &'a [String],
    external_id: &'static str,
    statements: usize,
}

/// The last deliveries of an integration.
#[expect(clippy::struct_field_names, reason = "the names are the contract")]
#[derive(Debug, Serialize)]
pub struct Ingestion<'a> {
    last_success: Option<String>,
    last_success_event_id: Option<&'a str>,
    last_attempt: Option<String>,
    last_error: Option<&'a str>,
}

/// A finding.
#[derive(Debug, Serialize)]
pub struct JsonFinding<'a> {
    severity: &'static str,
    code: &'a str,
    message: &'a str,
    hint: Option<&'a str>,
}

/// The hand-off.
#[derive(Debug, Serialize)]
pub struct Handoff<'a> {
    partner: Option<&'a str>,
    to: &'a str,
    channel_arn: Option<&'a str>,
    account: Option<&'a str>,
    region: &'a str,
    services: Vec<HandoffService<'a>>,
    note: Option<&'a str>,
    docs: &'a [String],
}

/// A service of the hand-off.
#[derive(Debug, Serialize)]
pub struct HandoffService<'a> {
    name: &'a str,
    event_source: &'a str,
    integrated: bool,
}

impl<'a> From<&'a plan::Integration> for Integration<'a> {
    fn from(integration: &'a plan::Integration) -> Self {
        let ingestion = &integration.ingestion;
        let time = |at: Option<Timestamp>| at.map(rfc3339);
        Self {
            name: &integration.name,
            partner: integration.partner.as_deref(),
            source: &integration.source,
            region: &integration.region,
            account: integration.account.as_ref().map(crate::model::AccountId::as_str),
            channel_arn: integration.channel_arn.as_ref().map(crate::model::ChannelArn::as_str),
            event_data_stores: integration.stores.iter().map(Store::from).collect(),
            policy: Policy {
                attached: integration.policy.attached,
                principals: &integration.policy.principals,
                external_id: integration.policy.external_id_word(),
                statements: integration.policy.statements,
            },
            ingestion: Ingestion {
                last_success: time(ingestion.last_success),
                last_success_event_id: ingestion.last_success_event_id.as_deref(),
                last_attempt: time(ingestion.last_attempt),
                last_error: ingestion.last_error.as_deref(),
            },
            findings: integration.findings.iter().map(JsonFinding::from).collect(),
        }
    }
}

impl<'a> From<&'a plan::StoreView> for Store<'a> {
    fn from(store: &'a plan::StoreView) -> Self {
        Self {
            name: store.name.as_deref(),
            arn: store.arn.as_ref().map(crate::model::StoreArn::as_str),
            status: store.status.as_ref().map(crate::model::StoreStatus::as_str),
            retention_days: store.retention_days,
            termination_protection: store.termination_protection,
        }
    }
}

impl<'a> From<&'a Finding> for JsonFinding<'a> {
    fn from(finding: &'a Finding) -> Self {
        Self {
            severity: finding.severity.as_str(),
            code: finding.code,
            message: &finding.message,
            hint: finding.hint.as_deref(),
        }
    }
}

impl<'a> From<&'a plan::Handoff> for Handoff<'a> {
    fn from(handoff: &'a plan::Handoff) -> Self {
        Self {
            partner: handoff.partner.as_deref(),
            to: &handoff.to,
            channel_arn: handoff.channel_arn.as_ref().map(crate::model::ChannelArn::as_str),
            account: handoff.account.as_ref().map(crate::model::AccountId::as_str),
            region: &handoff.region,
            services: handoff
                .services
                .iter()
                .map(|service| HandoffService {
                    name: &service.name,
                    event_source: &service.event_source,
                    integrated: service.integrated,
                })
                .collect(),
            note: handoff.note.as_deref(),
            docs: &handoff.docs,
        }
    }
}

/// A value as JSON; none of these structs can fail to be written.
pub fn json(value: &impl Serialize) -> serde_json::Value {
    serde_json::to_value(value).unwrap_or_default()
}
