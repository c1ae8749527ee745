//! A small CloudTrail Lake: what exists, what a run finds of it, and what a change makes of it.

use std::collections::BTreeMap;

use ctl::model::{
    AccountId, Billing, Category, Channel, ChannelArn, Ingestion, NewStore, Place, Policy, Store, StoreArn,
    StoreChange, StoreSelector, StoreStatus, Tags,
};
use ctl::plan::resolve::{Named, Resolved, resolve};
use ctl::plan::{Change, Plan, Refusal, StoreRef, disable, enable};
use serde_json::{Value, json};

use super::{CATALOGUE, Meddling};

const ACCOUNT: &str = "111122223333";

/// What exists in one account and Region.
#[derive(Debug, Clone, Default)]
pub(super) struct World {
    pub(super) channels: Vec<Channel>,
    pub(super) stores: Vec<Store>,
    pub(super) policies: BTreeMap<String, Policy>,
    pub(super) tags: BTreeMap<String, Tags>,
    made: u32,
}

/// What earlier changes of the same plan made.
struct Ledger {
    stores: BTreeMap<String, StoreArn>,
    channel: Option<ChannelArn>,
}

impl Ledger {
    fn resolve(&self, stores: &[StoreRef]) -> Vec<StoreArn> {
        let one = |store: &StoreRef| match store {
            StoreRef::Known(arn) => arn.clone(),
            StoreRef::Planned(name) => self.stores[name.as_str()].clone(),
        };
        stores.iter().map(one).collect()
    }
}

/// What a run finds.
impl World {
    pub(super) fn place() -> Place {
        Place {
            region: "us-east-1".to_owned(),
            account: Some(ACCOUNT.parse::<AccountId>().unwrap()),
            caller: None,
        }
    }

    pub(super) fn found_by_enable(&self, wanted: &enable::Wanted) -> Result<enable::Found, Refusal> {
        let chosen = enable::choose(wanted, &self.channels)?;
        let selectors = enable::selected(wanted, chosen);
        let destinations = chosen.map(|channel| channel.destinations.clone()).unwrap_or_default();
        let stores = self.seen_stores(&destinations, &selectors);
        Ok(enable::Found {
            place: Self::place(),
            now: "2026-11-20T12:00:00Z".parse().unwrap(),
            policy: chosen
                .and_then(|channel| self.policies.get(channel.arn.as_str()))
                .cloned(),
            names: Some(
                self.stores
                    .iter()
                    .map(|store| (store.arn.clone(), store.name.clone()))
                    .collect(),
            ),
            tags: self.seen_tags(chosen, &stores),
            channels: self.channels.clone(),
            stores,
        })
    }

    pub(super) fn found_by_disable(&self, named: &Named, wanted: &disable::Wanted) -> Result<disable::Found, Refusal> {
        let (channel, partner) = match resolve(named, &self.channels, &CATALOGUE, &Self::place())? {
            Resolved::Channel(channel) => (Some(channel.clone()), CATALOGUE.by_source(&channel.source).cloned()),
            Resolved::Absent(partner) => (None, partner.map(|partner| *partner)),
        };
        let destinations = channel
            .as_ref()
            .map(|channel| channel.destinations.clone())
            .unwrap_or_default();
        let stores = self.seen_stores(&destinations, &wanted.stores);
        Ok(disable::Found {
            place: Self::place(),
            policy: channel
                .as_ref()
                .and_then(|channel| self.policies.get(channel.arn.as_str()))
                .cloned(),
            partner,
            tags: self.seen_tags(channel.as_ref(), &stores),
            channels: self.channels.clone(),
            channel,
            stores,
        })
    }

    fn seen_stores(&self, destinations: &[StoreArn], selectors: &[StoreSelector]) -> Vec<Store> {
        let meant = |store: &&Store| {
            destinations.contains(&store.arn) || selectors.iter().any(|one| one.means(&store.arn, &store.name))
        };
        self.stores.iter().filter(meant).cloned().collect()
    }

    fn seen_tags(&self, channel: Option<&Channel>, stores: &[Store]) -> BTreeMap<String, Tags> {
        let arns = stores.iter().map(|store| store.arn.to_string());
        let arns = arns.chain(channel.map(|channel| channel.arn.to_string()));
        arns.filter_map(|arn| Some((arn.clone(), self.tags.get(&arn)?.clone())))
            .collect()
    }
}

/// What a change makes of it. Each asserts what the service would insist on.
impl World {
    /// Carries the changes of a plan out, or the first few of them.
    pub(super) fn carry_out(&mut self, plan: &Plan, interrupted: Option<usize>) {
        let mut ledger = Ledger {
            stores: BTreeMap::new(),
            channel: plan.expected.channel_arn.clone(),
        };
        let changes = plan.steps.iter().filter_map(|step| step.change.as_ref());
        for change in changes.take(interrupted.unwrap_or(usize::MAX)) {
            self.apply(change, &mut ledger);
        }
    }

    fn apply(&mut self, change: &Change, ledger: &mut Ledger) {
        match change {
            Change::CreateStore(store) => {
                let arn = self.create_store(store);
                ledger.stores.insert(store.name.to_string(), arn);
            }
            Change::RestoreStore(arn) => {
                let store = self.store(arn);
                assert_eq!(store.status, StoreStatus::PendingDeletion);
                store.status = StoreStatus::Enabled;
                store.termination_protection = true;
            }
            Change::ChangeStore(arn, change) => self.change_store(arn, change),
            Change::DeleteStore { arn, protected } => self.delete_store(arn, *protected),
            Change::CreateChannel {
                name,
                sources,
                stores,
                tags,
            } => {
                let arn = self.create_channel(name.as_str(), &sources[0], &ledger.resolve(stores), tags);
                ledger.channel = Some(arn);
            }
            Change::AddDestinations { arn, seen, add } => {
                let add = ledger.resolve(add);
                self.must_serve(&add);
                let channel = self.channels.iter_mut().find(|channel| channel.arn == *arn).unwrap();
                assert_eq!(channel.destinations, *seen);
                channel.destinations.extend(add);
            }
            Change::DeleteChannel(arn) => {
                let before = self.channels.len();
                self.channels.retain(|channel| channel.arn != *arn);
                assert_eq!(self.channels.len() + 1, before);
                self.policies.remove(arn.as_str());
                self.tags.remove(arn.as_str());
                ledger.channel = None;
            }
            Change::PutPolicy { draft, seen } => {
                let channel = ledger.channel.clone().expect("a channel");
                assert_eq!(self.policies.get(channel.as_str()), seen.as_ref());
                self.put(&channel, draft.render(&channel));
            }
            Change::WithdrawPolicy { arn, left, seen } => {
                assert_eq!(self.policies.get(arn.as_str()), Some(seen));
                match left {
                    Some(left) => self.put(arn, left.clone()),
                    None => drop(self.policies.remove(arn.as_str())),
                }
            }
            Change::AddTags(arn, tags) => {
                assert!(!tags.is_empty());
                let alive = self.stores.iter().find(|store| store.arn.as_str() == arn);
                assert!(alive.is_none_or(|store| store.status == StoreStatus::Enabled));
                self.tags.entry(arn.clone()).or_default().0.extend(tags.0.clone());
            }
        }
    }

    fn create_store(&mut self, wanted: &NewStore) -> StoreArn {
        assert!(self.stores.len() < 10, "ten stores are the limit");
        assert!(
            self.stores.iter().all(|store| store.name != wanted.name.as_str()),
            "names are unique"
        );
        assert!((7..=wanted.billing.max_retention()).contains(&wanted.retention_days));
        let arn: StoreArn = self.new_arn("eventdatastore").parse().unwrap();
        self.stores.push(Store {
            arn: arn.clone(),
            name: wanted.name.to_string(),
            status: StoreStatus::Enabled,
            category: Category::ActivityAuditLog,
            multi_region: false,
            organization: false,
            retention_days: wanted.retention_days,
            billing: wanted.billing,
            termination_protection: wanted.termination_protection,
            kms_key: wanted.kms_key.clone(),
            federated: false,
        });
        self.tag_new(arn.as_str(), &wanted.tags);
        arn
    }

    fn change_store(&mut self, arn: &StoreArn, change: &StoreChange) {
        assert_ne!(*change, StoreChange::default(), "nothing to change is an error");
        let store = self.store(arn);
        assert_eq!(store.status, StoreStatus::Enabled);
        if let Some(billing) = change.billing {
            assert!(store.billing == billing || billing == Billing::Extendable);
            store.billing = billing;
        }
        store.retention_days = change.retention_days.unwrap_or(store.retention_days);
        assert!((7..=store.billing.max_retention()).contains(&store.retention_days));
        if let Some(key) = &change.kms_key {
            assert!(store.kms_key.is_none(), "a key is never changed");
            store.kms_key = Some(key.clone());
        }
        store.termination_protection = change.termination_protection.unwrap_or(store.termination_protection);
    }

    fn delete_store(&mut self, arn: &StoreArn, protected: bool) {
        assert!(
            self.channels.iter().all(|channel| !channel.destinations.contains(arn)),
            "a channel feeds it"
        );
        let store = self.store(arn);
        assert_eq!(store.status, StoreStatus::Enabled);
        assert_eq!(store.termination_protection, protected);
        assert!(!store.federated);
        store.termination_protection = false;
        store.status = StoreStatus::PendingDeletion;
    }

    fn create_channel(&mut self, name: &str, source: &str, stores: &[StoreArn], tags: &Tags) -> ChannelArn {
        let second = self.channels.iter().any(|channel| channel.source == source);
        assert!(!second || source == "Custom", "one channel per source");
        assert!(
            self.channels.iter().all(|channel| channel.name != name),
            "names are unique"
        );
        assert!(!stores.is_empty());
        self.must_serve(stores);
        let arn: ChannelArn = self.new_arn("channel").parse().unwrap();
        self.channels.push(Channel {
            arn: arn.clone(),
            name: name.to_owned(),
            source: source.to_owned(),
            destinations: stores.to_vec(),
            ingestion: Ingestion::default(),
        });
        self.tag_new(arn.as_str(), tags);
        arn
    }

    /// A channel feeds only stores that fit and are ready.
    fn must_serve(&mut self, stores: &[StoreArn]) {
        for arn in stores {
            let store = self.store(arn);
            assert_eq!((store.misfit(), &store.status), (None, &StoreStatus::Enabled));
        }
    }

    /// Only a policy that names nobody who is gone can be put, and each Sid stands once.
    fn put(&mut self, channel: &ChannelArn, policy: Policy) {
        let statements = policy.statements();
        assert!((1..=20).contains(&statements.len()));
        let mut sids = Vec::new();
        for statement in &statements {
            assert!(statement.deleted().next().is_none(), "a deleted principal");
            sids.extend(statement.sid.clone());
        }
        let all = sids.len();
        sids.sort();
        sids.dedup();
        assert_eq!(sids.len(), all, "a Sid twice");
        self.policies.insert(channel.to_string(), policy);
    }

    fn store(&mut self, arn: &StoreArn) -> &mut Store {
        self.stores
            .iter_mut()
            .find(|store| store.arn == *arn)
            .expect("a store that exists")
    }

    fn tag_new(&mut self, arn: &str, tags: &Tags) {
        if !tags.is_empty() {
            self.tags.insert(arn.to_owned(), tags.clone());
        }
    }

    fn new_arn(&mut self, kind: &str) -> String {
        self.made += 1;
        let id = format!("00000000-0000-4000-8000-{:012}", self.made);
        format!("arn:aws:cloudtrail:us-east-1:{ACCOUNT}:{kind}/{id}")
    }
}

/// What somebody does by hand, to the first thing to which it can be done.
impl World {
    pub(super) fn meddle(&mut self, meddling: &Meddling) {
        match meddling {
            Meddling::ForeignStatement(who) => self.edit_policy(|channel, statements| {
                let foreign = json!({
                    "Sid": "Somebody", "Effect": "Allow", "Principal": {"AWS": who},
                    "Action": "cloudtrail-data:PutAuditEvents", "Resource": channel.as_str()
                });
                if statements.iter().all(|statement| statement["Sid"] != "Somebody") {
                    statements.push(foreign);
                }
            }),
            Meddling::ChangeStatement => self.edit_policy(|_, statements| {
                if let Some(first) = statements.first_mut() {
                    first["Condition"]["Bool"] = json!({"aws:SecureTransport": "true"});
                }
            }),
            Meddling::DeletePrincipal => self.edit_policy(|_, statements| {
                if let Some(first) = statements.first_mut() {
                    first["Principal"] = json!({"AWS": "AIDACKCEVSQ6C2EXAMPLE"});
                }
            }),
            Meddling::DropPolicy => drop(self.policies.pop_first()),
            Meddling::TagStack => {
                let arn = self.channels.first().map(|channel| channel.arn.to_string());
                let arn = arn.or_else(|| self.stores.first().map(|store| store.arn.to_string()));
                if let Some(arn) = arn {
                    let stack = ("aws:cloudformation:stack-name".to_owned(), Some("lake".to_owned()));
                    self.tags.entry(arn).or_default().0.extend([stack]);
                }
            }
            Meddling::Unprotect => self
                .stores
                .iter_mut()
                .take(1)
                .for_each(|store| store.termination_protection = false),
            Meddling::Federate => self.stores.iter_mut().take(1).for_each(|store| store.federated = true),
            Meddling::WidenStore => self
                .stores
                .iter_mut()
                .take(1)
                .for_each(|store| store.multi_region = true),
            Meddling::DeleteStore => {
                for store in &mut self.stores {
                    store.termination_protection = false;
                    store.status = StoreStatus::PendingDeletion;
                }
            }
        }
    }

    /// Edits the statements of the first channel's policy as text, as somebody with the AWS CLI would.
    fn edit_policy(&mut self, edit: impl Fn(&ChannelArn, &mut Vec<Value>)) {
        let Some(channel) = self.channels.first().map(|channel| channel.arn.clone()) else {
            return;
        };
        let before = self.policies.get(channel.as_str());
        let mut statements = before
            .map(|policy| policy.raw_statements().to_vec())
            .unwrap_or_default();
        edit(&channel, &mut statements);
        if !statements.is_empty() {
            let document = json!({"Version": "2012-10-17", "Statement": statements});
            self.policies
                .insert(channel.to_string(), document.to_string().parse().unwrap());
        }
    }
}
