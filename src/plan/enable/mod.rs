//! `enable`: creates an integration, or converges one that exists.
//!
//! Defaults apply only to what is created. On what exists, only an option of this command line
//! changes anything; nothing is widened, shortened, removed or replaced in passing.

mod channel;
mod stores;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::Timestamp;

pub use channel::choose;
pub use stores::{MAX_STORES, StoreOptions, selected};

use super::integration::{self, Seen};
use super::policy::{self, AccessWanted, PolicyDecision, PolicySummary};
use super::{Action, Change, Integration, Note, Plan, Refusal, Resource, Step, StoreView, regions};
use crate::model::partner::Partner;
use crate::model::policy::Policy;
use crate::model::{Channel, ChannelName, Place, Store, StoreArn, StoreName, StoreSelector, Tags};

/// What the command line asks for, resolved.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The partner, or the catalogue's entry for custom integrations.
    pub partner: Partner,
    /// The sources, in order of preference.
    pub sources: Vec<String>,
    /// The channel's name, if given.
    pub name: Option<ChannelName>,
    /// The name of a channel that is created without one given.
    pub default_name: ChannelName,
    /// Whether a second channel of one source is wanted all the same.
    pub second_channel: bool,
    /// The stores, as named.
    pub stores: Vec<StoreSelector>,
    /// The name of a store that is created without one named; `None` where none can be made of the channel's.
    pub default_store: Option<StoreName>,
    /// What is wanted of the stores.
    pub options: StoreOptions,
    /// Who may send, and with what.
    pub access: AccessWanted,
    /// Tags for store and channel.
    pub tags: Tags,
    /// Whether to change what CloudFormation owns.
    pub take_over: bool,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Found {
    /// Where, and who asks.
    pub place: Place,
    /// The time.
    pub now: Timestamp,
    /// Every integration channel of the Region.
    pub channels: Vec<Channel>,
    /// The policy of the channel that [`choose`] names.
    pub policy: Option<Policy>,
    /// ARN and name of every store of the Region; `None` where they were not listed.
    pub names: Option<Vec<(StoreArn, String)>>,
    /// The stores that matter: the channel's, and those named.
    pub stores: Vec<Store>,
    /// The tags of what exists, by ARN.
    pub tags: BTreeMap<String, Tags>,
}

/// How many integration channels an account may have in a Region, service-linked ones not counted:
/// <https://docs.aws.amazon.com/general/latest/gr/ct.html>, not adjustable (reference §6).
pub const MAX_CHANNELS: usize = 25;

/// The plan, or why there is none.
pub fn plan(wanted: &Wanted, found: &Found) -> Result<Plan, Refusal> {
    let chosen = choose(wanted, &found.channels)?;
    let mut draft = Draft {
        wanted,
        found,
        notes: Vec::new(),
        steps: Vec::new(),
    };
    draft.warn_about_region();
    let (refs, views) = draft.stores(chosen)?;
    draft.channel(chosen, refs)?;
    let summary = draft.policy(chosen)?;
    draft.tags(chosen);
    draft.check_ownership(chosen)?;
    let expected = draft.expected(chosen, views, summary);
    Ok(Plan {
        place: found.place.clone(),
        notes: draft.notes,
        steps: draft.steps,
        expected,
    })
}

/// A plan in the making.
struct Draft<'a> {
    wanted: &'a Wanted,
    found: &'a Found,
    notes: Vec<Note>,
    steps: Vec<Step>,
}

impl Draft<'_> {
    fn info(&mut self, text: impl Into<String>) {
        self.notes.push(Note::Info(text.into()));
    }

    fn warn(&mut self, text: impl Into<String>) {
        self.notes.push(Note::Warning(text.into()));
    }

    fn warn_about_region(&mut self) {
        let region = &self.found.place.region;
        if !regions::takes_events(region) {
            self.warn(format!(
                "AWS lists no endpoint for delivering events in {region}: the integration can be made there, and \
                 PutAuditEvents may have nowhere to go."
            ));
        }
    }

    /// The policy's step, and what the policy will say.
    fn policy(&mut self, chosen: Option<&Channel>) -> Result<PolicySummary, Refusal> {
        let found = chosen.and(self.found.policy.as_ref());
        let name = chosen.map_or_else(|| self.channel_name().to_owned(), |channel| channel.name.clone());
        let mut step = Step {
            action: Action::Keep,
            resource: Resource::ResourcePolicy,
            name,
            arn: chosen.map(|channel| channel.arn.to_string()),
            detail: String::new(),
            change: None,
        };
        let decision = policy::decide(found, chosen.map(|channel| &channel.arn), &self.wanted.access)
            .map_err(|refusal| Refusal::of_policy(refusal, &self.wanted.partner))?;
        let (notes, summary) = match decision {
            PolicyDecision::Keep { notes } => {
                step.detail = match found {
                    Some(_) => "the attached policy stays as it is".to_owned(),
                    None => "none: only the owner's account can send".to_owned(),
                };
                let summary =
                    chosen.map_or_else(integration::no_policy, |channel| policy::summary(found, &channel.arn));
                (notes, summary)
            }
            PolicyDecision::Write { draft, mut notes, .. } => {
                let summary = draft.summary(chosen.map(|channel| &channel.arn), self.partition());
                step.action = if found.is_some() {
                    Action::Update
                } else {
                    Action::Create
                };
                // The first sentence says who is let in, which is what the step does.
                step.detail = if notes.is_empty() {
                    String::new()
                } else {
                    notes.remove(0)
                };
                step.change = Some(Change::PutPolicy {
                    draft: Box::new(draft),
                    seen: found.cloned(),
                });
                (notes, summary)
            }
        };
        for note in notes {
            self.info(note);
        }
        self.steps.push(step);
        Ok(summary)
    }

    /// Tags on what exists; what is created gets them with its creation.
    fn tags(&mut self, chosen: Option<&Channel>) {
        if self.wanted.tags.is_empty() {
            return;
        }
        let stores = self.found.stores.iter().filter(|store| self.serves(chosen, store));
        let stores: Vec<(String, String)> = stores.map(|s| (s.arn.to_string(), s.name.clone())).collect();
        let channel = chosen.map(|channel| (channel.arn.to_string(), channel.name.clone()));
        for (arn, name) in stores.into_iter().chain(channel) {
            let none = Tags::default();
            let lacking = self.found.tags.get(&arn).unwrap_or(&none).lacking(&self.wanted.tags);
            if lacking.is_empty() {
                continue;
            }
            let keys: Vec<&str> = lacking.0.keys().map(String::as_str).collect();
            self.steps.push(Step {
                action: Action::Update,
                resource: Resource::Tags,
                name,
                arn: Some(arn.clone()),
                detail: format!("adds {}", keys.join(", ")),
                change: Some(Change::AddTags(arn, lacking)),
            });
        }
    }

    /// Whether a store is one of the channel's, or named on the command line.
    fn serves(&self, chosen: Option<&Channel>, store: &Store) -> bool {
        chosen.is_some_and(|channel| channel.destinations.contains(&store.arn))
            || self
                .wanted
                .stores
                .iter()
                .any(|selector| selector.means(&store.arn, &store.name))
            || (chosen.is_none()
                && self.wanted.stores.is_empty()
                && self
                    .wanted
                    .default_store
                    .as_ref()
                    .is_some_and(|name| name.as_str() == store.name))
    }

    /// Refuses to change what CloudFormation owns.
    fn check_ownership(&self, chosen: Option<&Channel>) -> Result<(), Refusal> {
        if self.wanted.take_over {
            return Ok(());
        }
        for step in self.steps.iter().filter(|step| step.change.is_some()) {
            let arn = match step.resource {
                Resource::ResourcePolicy => chosen.map(|channel| channel.arn.to_string()),
                _ => step.arn.clone(),
            };
            let tags = arn.and_then(|arn| self.found.tags.get(&arn));
            if let Some(stack) = tags.and_then(Tags::cloudformation_stack) {
                return Err(owned_by_stack(step, stack));
            }
        }
        Ok(())
    }

    /// The partition of a channel that is yet to be created: that of the caller, else the usual one.
    fn partition(&self) -> &str {
        let caller = self.found.place.caller.as_deref();
        caller
            .and_then(|arn| arn.split(':').nth(1))
            .filter(|partition| !partition.is_empty())
            .unwrap_or("aws")
    }

    fn channel_name(&self) -> &str {
        self.wanted.name.as_ref().unwrap_or(&self.wanted.default_name).as_str()
    }

    fn expected(&self, chosen: Option<&Channel>, stores: Vec<StoreView>, policy: PolicySummary) -> Integration {
        let place = &self.found.place;
        let mut expected = match chosen {
            Some(channel) => integration::view(
                &Seen {
                    channel,
                    stores: &self.found.stores,
                    policy: self.found.policy.as_ref(),
                    partner: Some(&self.wanted.partner),
                },
                None,
            ),
            None => Integration::absent(self.channel_name(), Some(&self.wanted.partner), place),
        };
        expected.stores = stores;
        expected.policy = policy;
        expected
    }
}

/// The refusal to change what a stack owns.
pub(super) fn owned_by_stack(step: &Step, stack: &str) -> Refusal {
    Refusal::state(format!(
        "The {} {} belongs to the CloudFormation stack {stack}; a change here would be undone by the stack.",
        match step.resource {
            Resource::ResourcePolicy => "channel",
            other => other.noun(),
        },
        step.name
    ))
    .hinted("Change the stack, or add --take-over if it is being retired.")
}
