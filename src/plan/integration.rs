//! An integration as `status` shows it, and what is wrong with it.

use jiff::{SignedDuration, Timestamp};

use super::policy::{self, PolicySummary};
use crate::model::partner::Partner;
use crate::model::policy::Policy;
use crate::model::time::rfc3339;
use crate::model::{AccountId, Channel, ChannelArn, Finding, Ingestion, Severity, Store, StoreArn, StoreStatus};

/// An integration: one channel, its stores and its policy. The same value stands behind the
/// `integration` object of every JSON document.
#[derive(Debug, Clone)]
pub struct Integration {
    /// The channel's name.
    pub name: String,
    /// The partner's key; `None` for a custom integration or a source that is not in the catalogue.
    pub partner: Option<String>,
    /// The channel's source.
    pub source: String,
    /// The Region, from the channel's ARN.
    pub region: String,
    /// The account, from the channel's ARN.
    pub account: Option<AccountId>,
    /// The channel's ARN; not known before it exists.
    pub channel_arn: Option<ChannelArn>,
    /// The stores it feeds.
    pub stores: Vec<StoreView>,
    /// What the policy says.
    pub policy: PolicySummary,
    /// The last deliveries.
    pub ingestion: Ingestion,
    /// What is wrong, the worst first.
    pub findings: Vec<Finding>,
}

/// A store that an integration feeds; what is not known is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreView {
    /// Its name.
    pub name: Option<String>,
    /// Its ARN.
    pub arn: Option<StoreArn>,
    /// Its status.
    pub status: Option<StoreStatus>,
    /// How long it keeps events, in days.
    pub retention_days: Option<u32>,
    /// Whether it is protected against deletion.
    pub termination_protection: Option<bool>,
}

impl StoreView {
    /// A store that was found.
    pub fn of(store: &Store) -> Self {
        Self {
            name: Some(store.name.clone()),
            arn: Some(store.arn.clone()),
            status: Some(store.status.clone()),
            retention_days: Some(store.retention_days),
            termination_protection: Some(store.termination_protection),
        }
    }

    /// A destination that does not exist.
    pub fn missing(arn: &StoreArn) -> Self {
        Self {
            name: None,
            arn: Some(arn.clone()),
            status: None,
            retention_days: None,
            termination_protection: None,
        }
    }
}

/// What was found of one integration.
#[derive(Debug, Clone)]
pub struct Seen<'a> {
    /// The channel.
    pub channel: &'a Channel,
    /// The stores that exist, whoever feeds them.
    pub stores: &'a [Store],
    /// The policy of the channel.
    pub policy: Option<&'a Policy>,
    /// The partner whose source it is.
    pub partner: Option<&'a Partner>,
}

/// By what a silence is judged.
#[derive(Debug, Clone, Copy)]
pub struct Silence {
    /// The longest silence that is fine.
    pub longest: SignedDuration,
    /// The time.
    pub now: Timestamp,
}

/// The integration as it stands, with its findings.
pub fn view(seen: &Seen<'_>, silence: Option<Silence>) -> Integration {
    let channel = seen.channel;
    let find = |arn: &StoreArn| seen.stores.iter().find(|store| store.arn == *arn);
    let stores = channel
        .destinations
        .iter()
        .map(|arn| find(arn).map_or_else(|| StoreView::missing(arn), StoreView::of));
    let again = enable_again(channel.arn.region(), &channel.name, seen.partner);
    let mut findings = policy::findings(seen.policy, &channel.arn, seen.partner);
    findings.extend(
        channel
            .destinations
            .iter()
            .flat_map(|arn| store_findings(arn, find(arn), &again)),
    );
    findings.extend(ingestion_findings(&channel.ingestion, silence));
    if channel.destinations.is_empty() && !channel.arn.is_service_linked() {
        findings.push(
            Finding::new(
                Severity::Error,
                "store_missing",
                "The channel feeds no event data store.",
            )
            .hinted(format!("{again} --event-data-store NAME gives it one.")),
        );
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    Integration {
        name: channel.name.clone(),
        partner: seen
            .partner
            .filter(|partner| !partner.is_custom())
            .map(|partner| partner.key.clone()),
        source: channel.source.clone(),
        region: channel.arn.region().to_owned(),
        account: Some(channel.arn.account().clone()),
        channel_arn: Some(channel.arn.clone()),
        stores: stores.collect(),
        policy: policy::summary(seen.policy, &channel.arn),
        ingestion: channel.ingestion.clone(),
        findings,
    }
}

/// The summary of a policy that does not exist.
pub fn no_policy() -> PolicySummary {
    PolicySummary {
        attached: false,
        principals: Vec::new(),
        external_id: false,
        statements: 0,
    }
}

/// The command that an option of `enable` can be added to, to mend this integration.
pub(super) fn enable_again(region: &str, channel: &str, partner: Option<&Partner>) -> String {
    match partner.filter(|partner| !partner.is_custom()) {
        Some(partner) => format!("ctl enable --region {region} --partner {}", partner.key),
        None => format!("ctl enable --region {region} --custom --name {channel}"),
    }
}

fn store_findings(arn: &StoreArn, store: Option<&Store>, again: &str) -> Vec<Finding> {
    let Some(store) = store else {
        let message = format!("The event data store {} does not exist.", arn.id());
        let hint = format!("{again} --event-data-store NAME adds another one to the channel.");
        return vec![Finding::new(Severity::Error, "store_missing", message).hinted(hint)];
    };
    let name = &store.name;
    let mut findings = Vec::new();
    if store.status == StoreStatus::PendingDeletion {
        let message = format!("The event data store {name} is pending deletion and takes no events.");
        let hint = format!("{again} --restore brings it back, within 7 days of its deletion.");
        findings.push(Finding::new(Severity::Error, "store_pending_deletion", message).hinted(hint));
    }
    if let Some(misfit) = store.misfit() {
        let message = format!("The event data store {name} cannot serve an integration: {misfit}.");
        let hint = format!("{again} --event-data-store NAME adds a store that fits.");
        findings.push(Finding::new(Severity::Error, "store_wrong_category", message).hinted(hint));
    }
    if !store.termination_protection && store.status != StoreStatus::PendingDeletion {
        let message = format!("The event data store {name} is not protected against deletion.");
        let hint = format!(
            "aws cloudtrail update-event-data-store --event-data-store {} --termination-protection-enabled",
            arn.id()
        );
        findings.push(Finding::new(Severity::Warning, "store_unprotected", message).hinted(hint));
    }
    findings
}

fn ingestion_findings(ingestion: &Ingestion, silence: Option<Silence>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(code) = ingestion.current_error() {
        findings.push(
            Finding::new(
                Severity::Error,
                "last_error",
                format!("The last delivery failed with {code}."),
            )
            .hinted("ctl send tells the reason per event; events in this state are not stored."),
        );
    }
    if let Some(Silence { longest, now }) = silence {
        let silent = ingestion
            .last_success
            .is_none_or(|last| now.duration_since(last) > longest);
        if silent {
            let message = match ingestion.last_success {
                None => "No event has ever been taken.".to_owned(),
                Some(last) => format!("No event has been taken since {}.", rfc3339(last)),
            };
            let hint = "Send one with ctl send, and ask the partner whether it is still delivering.";
            findings.push(Finding::new(Severity::Warning, "silent", message).hinted(hint));
        }
    }
    findings
}

impl Integration {
    /// An integration whose channel does not exist.
    pub fn absent(named: &str, partner: Option<&Partner>, place: &crate::model::Place) -> Self {
        Self {
            name: named.to_owned(),
            partner: partner
                .filter(|partner| !partner.is_custom())
                .map(|partner| partner.key.clone()),
            source: partner
                .and_then(|partner| partner.sources.first().cloned())
                .unwrap_or_default(),
            region: place.region.clone(),
            account: place.account.clone(),
            channel_arn: None,
            stores: Vec::new(),
            policy: no_policy(),
            ingestion: Ingestion::default(),
            findings: Vec::new(),
        }
    }
}
