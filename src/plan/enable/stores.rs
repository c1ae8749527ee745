//! Which stores the channel feeds, and what becomes of them.

use jiff::{SignedDuration, Timestamp};

use super::{Draft, Found, Wanted};
use crate::model::integration::MIN_RETENTION;
use crate::model::{
    Billing, Channel, NewStore, Store, StoreArn, StoreChange, StoreName, StoreSelector, StoreStatus, Tags,
};
use crate::plan::{Action, Change, Refusal, Resource, Step, StoreRef, StoreView};

/// What the command line wants of stores.
#[derive(Debug, Clone, Default)]
pub struct StoreOptions {
    /// `--retention-days`.
    pub retention_days: Option<u32>,
    /// `--billing-mode`.
    pub billing: Option<Billing>,
    /// `--kms-key-id`.
    pub kms_key: Option<String>,
    /// `--no-termination-protection`.
    pub unprotected: bool,
    /// `--shorten-retention`.
    pub shorten: bool,
    /// `--restore`.
    pub restore: bool,
}

/// How many stores an account may have in a Region, those pending deletion included:
/// <https://docs.aws.amazon.com/general/latest/gr/ct.html>, not adjustable (reference §6).
pub const MAX_STORES: usize = 10;
/// Seven years, which the default retention falls short of.
const SEVEN_YEARS: u32 = 2557;

/// The stores that the command line means: those named; without a name, for a new channel, the one
/// that bears the default name.
pub fn selected(wanted: &Wanted, chosen: Option<&Channel>) -> Vec<StoreSelector> {
    if wanted.stores.is_empty() && chosen.is_none() {
        wanted
            .default_store
            .clone()
            .map(StoreSelector::Name)
            .into_iter()
            .collect()
    } else {
        wanted.stores.clone()
    }
}

impl Draft<'_> {
    /// The stores' steps; answers the stores that the command line means, and all that the channel
    /// will feed as they will be.
    pub(super) fn stores(&mut self, chosen: Option<&Channel>) -> Result<(Vec<StoreRef>, Vec<StoreView>), Refusal> {
        let selectors = selected(self.wanted, chosen);
        if chosen.is_none() && selectors.is_empty() {
            return Err(no_default_store(self.wanted));
        }
        let targets = self.targets_of_options(chosen)?;
        let (mut refs, mut views) = (Vec::new(), Vec::new());
        for arn in chosen.iter().flat_map(|channel| &channel.destinations) {
            match self.found.stores.iter().find(|store| store.arn == *arn) {
                Some(store) => views.push(self.existing_store(store, targets.contains(arn), false)?),
                None => views.push(StoreView::missing(arn)),
            }
        }
        let mut created = 0;
        for selector in &selectors {
            match find(self.found, selector) {
                Some(store) if refs.contains(&StoreRef::Known(store.arn.clone())) => {}
                Some(store) => {
                    refs.push(StoreRef::Known(store.arn.clone()));
                    if !chosen.is_some_and(|channel| channel.destinations.contains(&store.arn)) {
                        views.push(self.existing_store(store, true, true)?);
                    }
                }
                None => {
                    let StoreSelector::Name(name) = selector else {
                        return Err(no_such_store(selector, self.found));
                    };
                    if !refs.contains(&StoreRef::Planned(name.clone())) {
                        refs.push(StoreRef::Planned(name.clone()));
                        created += 1;
                        views.push(self.new_store(name, created)?);
                    }
                }
            }
        }
        Ok((refs, views))
    }

    /// The stores of an existing channel that retention, billing, key and protection are meant for.
    /// `--restore` alone need not say which: it is meant for all that are pending deletion.
    fn targets_of_options(&self, chosen: Option<&Channel>) -> Result<Vec<StoreArn>, Refusal> {
        let options = &self.wanted.options;
        let asked = options.retention_days.is_some()
            || options.billing.is_some()
            || options.kms_key.is_some()
            || options.unprotected;
        let Some(channel) = chosen.filter(|_| asked || options.restore) else {
            return Ok(Vec::new());
        };
        if self.wanted.stores.is_empty() && channel.destinations.len() > 1 {
            if !asked {
                return Ok(Vec::new());
            }
            return Err(Refusal::usage(format!(
                "The channel {} feeds {} event data stores, and the options do not say which is meant.",
                channel.name,
                channel.destinations.len()
            ))
            .hinted("Name it with --event-data-store NAME."));
        }
        let meant = |arn: &&StoreArn| {
            self.wanted.stores.is_empty()
                || self.found.stores.iter().any(|store| {
                    store.arn == **arn && self.wanted.stores.iter().any(|s| s.means(&store.arn, &store.name))
                })
        };
        Ok(channel.destinations.iter().filter(meant).cloned().collect())
    }

    fn new_store(&mut self, name: &StoreName, created: usize) -> Result<StoreView, Refusal> {
        let there = self.found.names.as_ref().map_or(0, Vec::len);
        if there + created > MAX_STORES {
            return Err(Refusal::state(format!(
                "There are {there} event data stores in the Region, those pending deletion included, and {MAX_STORES} \
                 are the limit; it cannot be raised."
            ))
            .hinted("Use an existing one with --event-data-store NAME, or wait until one pending deletion is gone."));
        }
        let options = &self.wanted.options;
        let billing = options.billing.unwrap_or(Billing::Extendable);
        let retention_days = options.retention_days.unwrap_or(billing.default_retention());
        check_retention(retention_days, billing)?;
        let store = NewStore {
            name: name.clone(),
            retention_days,
            billing,
            kms_key: options.kms_key.clone(),
            termination_protection: !options.unprotected,
            tags: self.wanted.tags.clone(),
        };
        let protection = if store.termination_protection {
            "protected"
        } else {
            "not protected"
        };
        self.steps.push(Step {
            action: Action::Create,
            resource: Resource::EventDataStore,
            name: name.to_string(),
            arn: None,
            detail: format!(
                "{retention_days} days, {} pricing, {protection} against deletion, single-Region, ActivityAuditLog{}{}",
                billing.word(),
                if store.kms_key.is_some() {
                    ", encrypted with the given KMS key for good"
                } else {
                    ""
                },
                tagged(&store.tags),
            ),
            change: Some(Change::CreateStore(store.clone())),
        });
        self.note_retention(name.as_str(), retention_days);
        Ok(StoreView {
            name: Some(name.to_string()),
            arn: None,
            status: None,
            retention_days: Some(retention_days),
            termination_protection: Some(store.termination_protection),
        })
    }

    fn note_retention(&mut self, name: &str, days: u32) {
        let seven = if days < SEVEN_YEARS {
            format!("; for seven years, add --retention-days {SEVEN_YEARS}")
        } else {
            String::new()
        };
        self.info(format!("Events older than {days} days are removed from {name}{seven}."));
    }

    /// The step of a store that exists. `added` says that the channel does not feed it yet: it must
    /// then fit; `asked` that the options of the command line are meant for it.
    fn existing_store(&mut self, store: &Store, asked: bool, added: bool) -> Result<StoreView, Refusal> {
        let name = &store.name;
        if let Some(misfit) = store.misfit().filter(|_| added) {
            return Err(
                Refusal::state(format!("The event data store {name} cannot be used: {misfit}."))
                    .hinted("A store cannot be changed that way; let ctl create one: --event-data-store ANOTHER-NAME."),
            );
        }
        let mut step = Step {
            action: Action::Keep,
            resource: Resource::EventDataStore,
            name: name.clone(),
            arn: Some(store.arn.to_string()),
            detail: format!("{} days, {}", store.retention_days, store.status.as_str()),
            change: None,
        };
        let mut view = StoreView::of(store);
        if store.status == StoreStatus::PendingDeletion {
            if !self.wanted.options.restore {
                return Err(
                    Refusal::state(format!("The event data store {name} is pending deletion."))
                        .hinted("Add --restore to bring it back and protect it, within 7 days of its deletion.")
                        .hinted("Or use another name with --event-data-store; this one stays taken until it is gone."),
                );
            }
            step.action = Action::Update;
            "restored from pending deletion, and protected against deletion".clone_into(&mut step.detail);
            step.change = Some(Change::RestoreStore(store.arn.clone()));
            view.status = Some(StoreStatus::Enabled);
            view.termination_protection = Some(true);
            self.steps.push(step.clone());
        }
        let change = if asked {
            self.store_change(store)?
        } else {
            StoreChange::default()
        };
        if change != StoreChange::default() {
            view.retention_days = change.retention_days.or(view.retention_days);
            view.termination_protection = change.termination_protection.or(view.termination_protection);
            step.action = Action::Update;
            step.detail = describe(store, &change);
            step.change = Some(Change::ChangeStore(store.arn.clone(), change));
            self.steps.push(step);
        } else if step.change.is_none() {
            self.steps.push(step);
        }
        Ok(view)
    }

    fn store_change(&mut self, store: &Store) -> Result<StoreChange, Refusal> {
        let options = self.wanted.options.clone();
        let billing = billing_change(store, options.billing)?;
        let resulting = billing.unwrap_or(store.billing);
        if let Some(days) = options.retention_days {
            check_retention(days, resulting)?;
        }
        let retention = options.retention_days.filter(|days| *days != store.retention_days);
        if let Some(days) = retention.filter(|days| *days < store.retention_days) {
            let until = cut_off(self.found.now, days);
            if !options.shorten {
                return Err(Refusal::state(format!(
                    "The event data store {} keeps events for {} days; with {days} those from before {until} would be \
                     removed for good.",
                    store.name, store.retention_days
                ))
                .hinted("Add --shorten-retention if that is what you want."));
            }
            self.warn(format!(
                "Events from before {until} are removed from {} for good.",
                store.name
            ));
        }
        let kms_key = self.key_change(store)?;
        Ok(StoreChange {
            retention_days: retention,
            billing,
            kms_key,
            termination_protection: protection_change(store, &options),
        })
    }

    /// The KMS key that a store is to get: it can be set once.
    fn key_change(&mut self, store: &Store) -> Result<Option<String>, Refusal> {
        let name = &store.name;
        let Some(wanted) = self.wanted.options.kms_key.clone() else {
            return Ok(None);
        };
        let Some(found) = &store.kms_key else {
            self.warn(format!(
                "The KMS key of {name} can never be changed or removed afterwards."
            ));
            return Ok(Some(wanted));
        };
        if same_key(found, &wanted) {
            return Ok(None);
        }
        // The service tells the key's ARN, whatever it was given; only KMS knows what an alias stands for
        // (https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetEventDataStore.html).
        if is_alias(&wanted) && !is_alias(found) {
            self.warn(format!(
                "The event data store {name} keeps its KMS key {found}; whether {wanted} stands for it is not known here."
            ));
            return Ok(None);
        }
        Err(Refusal::state(format!(
            "The event data store {name} has another KMS key, and a store's key can never be changed."
        ))
        .hinted("Leave --kms-key-id out, or let ctl create another store: --event-data-store ANOTHER-NAME."))
    }
}

/// Whether the protection of a store is to change. A restored store is protected by its restoration;
/// one that a run before restored, and then could not protect, is protected by the next `--restore`.
fn protection_change(store: &Store, options: &StoreOptions) -> Option<bool> {
    let pending = store.status == StoreStatus::PendingDeletion;
    match store.termination_protection {
        protected if options.unprotected => (protected || pending).then_some(false),
        false if options.restore && !pending => Some(true),
        _ => None,
    }
}

/// The keys of the tags that something gets with its creation.
pub(super) fn tagged(tags: &Tags) -> String {
    let keys: Vec<&str> = tags.0.keys().map(String::as_str).collect();
    if keys.is_empty() {
        String::new()
    } else {
        format!(", tags {}", keys.join(", "))
    }
}

fn find<'a>(found: &'a Found, selector: &StoreSelector) -> Option<&'a Store> {
    found
        .stores
        .iter()
        .find(|store| selector.means(&store.arn, &store.name))
}

fn no_default_store(wanted: &Wanted) -> Refusal {
    let name = wanted.name.as_ref().unwrap_or(&wanted.default_name);
    Refusal::usage(format!(
        "The name {name} is too long for an event data store named {name}-events-ds."
    ))
    .hinted("Name the store with --event-data-store NAME.")
}

fn no_such_store(selector: &StoreSelector, found: &Found) -> Refusal {
    Refusal::not_found(format!(
        "There is no event data store {selector} in {}.",
        found.place.region
    ))
    .hinted("An event data store is created by a NAME; an ARN or ID must exist.")
}

fn billing_change(store: &Store, wanted: Option<Billing>) -> Result<Option<Billing>, Refusal> {
    match (store.billing, wanted) {
        (found, Some(wanted)) if found == wanted => Ok(None),
        (Billing::Extendable, Some(Billing::Fixed)) => Err(Refusal::state(format!(
            "The event data store {} has extendable pricing, and AWS does not allow a change to fixed.",
            store.name
        ))
        .hinted("Leave --billing-mode out, or let ctl create another store: --event-data-store ANOTHER-NAME.")),
        (_, wanted) => Ok(wanted),
    }
}

/// Refuses a retention that the pricing does not allow.
fn check_retention(days: u32, billing: Billing) -> Result<(), Refusal> {
    let most = billing.max_retention();
    if (MIN_RETENTION..=most).contains(&days) {
        return Ok(());
    }
    Err(Refusal::usage(format!(
        "The retention is {days} days; with {} pricing {MIN_RETENTION} to {most} are allowed.",
        billing.word()
    )))
}

fn cut_off(now: Timestamp, days: u32) -> String {
    let before = SignedDuration::from_hours(i64::from(days) * 24);
    now.checked_sub(before)
        .map_or_else(|_| "the beginning".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
}

/// Whether two ways of naming a KMS key name the same: an ARN ends in its key's ID or alias.
fn same_key(found: &str, wanted: &str) -> bool {
    let tail = |key: &str| {
        let resource = key.rsplit(':').next().unwrap_or(key).to_owned();
        resource
            .strip_prefix("key/")
            .map_or_else(|| resource.clone(), str::to_owned)
    };
    found == wanted || tail(found) == tail(wanted)
}

/// Whether a KMS key is named by an alias, `alias/x` or the ARN of one.
fn is_alias(key: &str) -> bool {
    key.rsplit(':')
        .next()
        .is_some_and(|resource| resource.starts_with("alias/"))
}

fn describe(store: &Store, change: &StoreChange) -> String {
    let mut parts = Vec::new();
    if let Some(days) = change.retention_days {
        parts.push(format!("retention {} → {days} days", store.retention_days));
    }
    if let Some(billing) = change.billing {
        parts.push(format!("pricing {} → {}", store.billing.word(), billing.word()));
    }
    if change.kms_key.is_some() {
        parts.push("encrypted with the given KMS key".to_owned());
    }
    match change.termination_protection {
        Some(true) => parts.push("protected against deletion".to_owned()),
        Some(false) => parts.push("no longer protected against deletion".to_owned()),
        None => {}
    }
    parts.join(", ")
}
