//! `disable`: takes an integration down, or locks the partner out and keeps the channel.
//!
//! The channel goes first, because a store that a channel feeds cannot be deleted. Stores go only
//! when they are named, and everything that would stop half-way is refused before the first write.

use std::collections::BTreeMap;

use super::enable::owned_by_stack;
use super::integration::{self, Seen};
use super::policy::{self, Withdrawal};
use super::{Action, Change, Integration, Note, Plan, Refusal, Resource, Step};
use crate::model::partner::Partner;
use crate::model::policy::Policy;
use crate::model::{Channel, Place, Store, StoreSelector, StoreStatus, Tags};

/// What the command line asks for.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// How the user named the integration.
    pub named: String,
    /// The stores to delete too.
    pub stores: Vec<StoreSelector>,
    /// Whether only ctl's policy statement goes.
    pub keep_channel: bool,
    /// Whether to change what CloudFormation owns.
    pub take_over: bool,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Found {
    /// Where, and who asks.
    pub place: Place,
    /// The channel; `None` if it is already gone.
    pub channel: Option<Channel>,
    /// Its policy.
    pub policy: Option<Policy>,
    /// The partner that is meant, if one is.
    pub partner: Option<Partner>,
    /// Every integration channel of the Region.
    pub channels: Vec<Channel>,
    /// The channel's stores, and those named.
    pub stores: Vec<Store>,
    /// The tags of what exists, by ARN.
    pub tags: BTreeMap<String, Tags>,
}

/// The plan, or why there is none.
pub fn plan(wanted: &Wanted, found: &Found) -> Result<Plan, Refusal> {
    let mut notes = Vec::new();
    let mut steps = Vec::new();
    if wanted.keep_channel {
        steps.push(withdraw(wanted, found)?);
    } else {
        steps.push(channel_step(wanted, found));
        notes.extend(found.channel.as_ref().map(|channel| {
            Note::Warning(format!(
                "The channel {} goes for good, and its ARN with it: a new one needs the new ARN at the sender.",
                channel.name
            ))
        }));
    }
    for selector in &wanted.stores {
        let (step, note) = store_step(selector, found)?;
        notes.extend(note);
        if steps
            .iter()
            .all(|other: &Step| other.arn.is_none() || other.arn != step.arn)
        {
            steps.push(step);
        }
    }
    check_ownership(wanted, found, &steps)?;
    let expected = expected(wanted, found);
    Ok(Plan {
        place: found.place.clone(),
        notes,
        steps,
        expected,
    })
}

fn channel_step(wanted: &Wanted, found: &Found) -> Step {
    match &found.channel {
        Some(channel) => Step {
            action: Action::Delete,
            resource: Resource::Channel,
            name: channel.name.clone(),
            arn: Some(channel.arn.to_string()),
            detail: "the channel with its policy; its stores and their events stay".to_owned(),
            change: Some(Change::DeleteChannel(channel.arn.clone())),
        },
        None => Step {
            action: Action::Keep,
            resource: Resource::Channel,
            name: wanted.named.clone(),
            arn: None,
            detail: gone(found),
            change: None,
        },
    }
}

/// That there is nothing, and where it was looked for.
fn gone(found: &Found) -> String {
    let account = found
        .place
        .account
        .as_ref()
        .map_or("unknown", |account| account.as_str());
    format!("there is none in {} of account {account}", found.place.region)
}

fn withdraw(wanted: &Wanted, found: &Found) -> Result<Step, Refusal> {
    let Some(channel) = &found.channel else {
        let mut step = channel_step(wanted, found);
        step.resource = Resource::ResourcePolicy;
        return Ok(step);
    };
    let mut step = Step {
        action: Action::Keep,
        resource: Resource::ResourcePolicy,
        name: channel.name.clone(),
        arn: Some(channel.arn.to_string()),
        detail: "no statement lets the partner in".to_owned(),
        change: None,
    };
    let principals = found.partner.as_ref().map(Partner::principals).unwrap_or_default();
    let left = match (
        policy::withdraw(found.policy.as_ref(), &channel.arn, &principals)?,
        &found.policy,
    ) {
        (Withdrawal::Nothing, _) | (_, None) => return Ok(step),
        (Withdrawal::Put(left), Some(_)) => {
            step.action = Action::Update;
            "ctl's statement goes, the others stay; the channel and its ARN stay".clone_into(&mut step.detail);
            Some(left)
        }
        (Withdrawal::Delete, Some(_)) => {
            step.action = Action::Delete;
            "the last statement goes; the channel and its ARN stay, and only the owner can send"
                .clone_into(&mut step.detail);
            None
        }
    };
    step.change = found.policy.clone().map(|seen| Change::WithdrawPolicy {
        arn: channel.arn.clone(),
        left,
        seen,
    });
    Ok(step)
}

fn store_step(selector: &StoreSelector, found: &Found) -> Result<(Step, Option<Note>), Refusal> {
    let mut step = Step {
        action: Action::Keep,
        resource: Resource::EventDataStore,
        name: selector.to_string(),
        arn: None,
        detail: gone(found),
        change: None,
    };
    let Some(store) = found
        .stores
        .iter()
        .find(|store| selector.means(&store.arn, &store.name))
    else {
        return match &found.channel {
            // A destination that is gone has no name any more by which it could be meant.
            Some(channel) if !channel.destinations.iter().any(|arn| selector.means(arn, "")) => {
                Err(not_fed(channel, &step.name))
            }
            _ => Ok((step, None)),
        };
    };
    step.name.clone_from(&store.name);
    step.arn = Some(store.arn.to_string());
    if store.status == StoreStatus::PendingDeletion {
        "already pending deletion".clone_into(&mut step.detail);
        return Ok((step, None));
    }
    refuse_deletion(store, found)?;
    step.action = Action::Delete;
    step.detail = if store.termination_protection {
        "termination protection off, then deleted".to_owned()
    } else {
        "deleted".to_owned()
    };
    step.change = Some(Change::DeleteStore {
        arn: store.arn.clone(),
        protected: store.termination_protection,
    });
    let channel = found.channel.as_ref().map_or("NAME", |channel| &channel.name);
    let again = integration::enable_again(&found.place.region, channel, found.partner.as_ref());
    let note = format!(
        "The event data store {name} is pending deletion for 7 days and then gone with its events. Until then it \
         counts towards the 10 of the Region, its name stays taken, and this brings it back: {again} \
         --event-data-store {name} --restore",
        name = store.name
    );
    Ok((step, Some(Note::Warning(note))))
}

fn refuse_deletion(store: &Store, found: &Found) -> Result<(), Refusal> {
    let name = &store.name;
    if let Some(channel) = &found.channel
        && !channel.destinations.contains(&store.arn)
    {
        return Err(not_fed(channel, name));
    }
    let this = found.channel.as_ref().map(|channel| &channel.arn);
    let feeds = |channel: &&Channel| Some(&channel.arn) != this && channel.destinations.contains(&store.arn);
    if let Some(other) = found.channels.iter().find(feeds) {
        return Err(Refusal::state(format!(
            "The channel {} feeds the event data store {name} too; it cannot be deleted while it does.",
            other.name
        ))
        .hinted("Leave that --delete-store out, or disable the other integration first."));
    }
    if store.federated {
        return Err(Refusal::state(format!(
            "Lake query federation is on for the event data store {name}; it cannot be deleted while it is."
        ))
        .hinted(format!(
            "aws cloudtrail disable-federation --event-data-store {}",
            store.arn.id()
        )));
    }
    Ok(())
}

fn not_fed(channel: &Channel, store: &str) -> Refusal {
    Refusal::state(format!(
        "The channel {} does not feed the event data store {store}, so it is not deleted with it.",
        channel.name
    ))
    .hinted("Leave that --delete-store out; `ctl status` shows the stores of an integration.")
}

fn check_ownership(wanted: &Wanted, found: &Found, steps: &[Step]) -> Result<(), Refusal> {
    if wanted.take_over {
        return Ok(());
    }
    for step in steps.iter().filter(|step| step.change.is_some()) {
        let tags = step.arn.as_ref().and_then(|arn| found.tags.get(arn));
        if let Some(stack) = tags.and_then(Tags::cloudformation_stack) {
            return Err(owned_by_stack(step, stack));
        }
    }
    Ok(())
}

/// The integration as it stands: what becomes of it is read back. What is wrong with something that is
/// taken down is nobody's concern any more.
fn expected(wanted: &Wanted, found: &Found) -> Integration {
    let mut expected = match &found.channel {
        Some(channel) => integration::view(
            &Seen {
                channel,
                stores: &found.stores,
                policy: found.policy.as_ref(),
                partner: found.partner.as_ref(),
            },
            None,
        ),
        None => Integration::absent(&wanted.named, found.partner.as_ref(), &found.place),
    };
    expected.findings.clear();
    expected
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Billing, Catalogue, Category, ChannelArn, Ingestion, StoreArn};
    use crate::plan::Reason;

    fn channel_arn(n: u8) -> ChannelArn {
        format!("arn:aws:cloudtrail:us-east-1:111122223333:channel/{n}")
            .parse()
            .unwrap()
    }

    fn store_arn(n: u8) -> StoreArn {
        format!("arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/{n}")
            .parse()
            .unwrap()
    }

    fn channel(n: u8, name: &str, source: &str, stores: &[u8]) -> Channel {
        Channel {
            arn: channel_arn(n),
            name: name.to_owned(),
            source: source.to_owned(),
            destinations: stores.iter().map(|n| store_arn(*n)).collect(),
            ingestion: Ingestion::default(),
        }
    }

    fn found() -> Found {
        let channel = channel(1, "nordcloud-integration", "IBMMulticloud", &[1]);
        Found {
            place: Place {
                region: "us-east-1".into(),
                account: "111122223333".parse().ok(),
                caller: None,
            },
            channels: vec![channel.clone()],
            channel: Some(channel),
            policy: None,
            partner: Catalogue::builtin().find("nordcloud").cloned(),
            stores: vec![Store {
                arn: store_arn(1),
                name: "nordcloud-events-ds".into(),
                status: StoreStatus::Enabled,
                category: Category::ActivityAuditLog,
                multi_region: false,
                organization: false,
                retention_days: 366,
                billing: Billing::Extendable,
                termination_protection: true,
                kms_key: None,
                federated: false,
            }],
            tags: BTreeMap::new(),
        }
    }

    fn wanted(stores: &[&str]) -> Wanted {
        Wanted {
            named: "nordcloud".into(),
            stores: stores.iter().map(|name| name.parse().unwrap()).collect(),
            keep_channel: false,
            take_over: false,
        }
    }

    fn changes(plan: &Plan) -> Vec<&Change> {
        plan.steps.iter().filter_map(|step| step.change.as_ref()).collect()
    }

    #[test]
    fn stores_stay_unless_they_are_named() {
        let plan = plan(&wanted(&[]), &found()).unwrap();
        assert!(
            matches!(changes(&plan)[..], [Change::DeleteChannel(_)]),
            "{:?}",
            plan.steps
        );
    }

    #[test]
    fn the_channel_goes_before_its_store() {
        let plan = plan(&wanted(&["nordcloud-events-ds"]), &found()).unwrap();
        let [Change::DeleteChannel(_), Change::DeleteStore { protected: true, .. }] = changes(&plan)[..] else {
            panic!("{:?}", plan.steps)
        };
        let said = |text: &str| {
            plan.notes
                .iter()
                .any(|note| matches!(note, Note::Warning(note) if note.contains(text)))
        };
        assert!(
            said("7 days") && said("--restore") && said("name stays taken"),
            "{:?}",
            plan.notes
        );
    }

    #[test]
    fn a_second_run_converges_when_the_channel_is_gone() {
        let mut found = found();
        found.channel = None;
        found.channels.clear();
        let half = plan(&wanted(&["nordcloud-events-ds"]), &found).unwrap();
        assert!(
            matches!(changes(&half)[..], [Change::DeleteStore { .. }]),
            "{:?}",
            half.steps
        );
        found.stores[0].status = StoreStatus::PendingDeletion;
        assert!(!plan(&wanted(&["nordcloud-events-ds"]), &found).unwrap().changes());
        found.stores.clear();
        assert!(!plan(&wanted(&["nordcloud-events-ds"]), &found).unwrap().changes());
    }

    #[test]
    fn a_store_that_cannot_go_is_refused_before_any_write() {
        let reason = |change: fn(&mut Found)| {
            let mut found = found();
            change(&mut found);
            plan(&wanted(&["nordcloud-events-ds"]), &found)
                .map(|_| ())
                .map_err(|refusal| refusal.reason)
        };
        assert_eq!(reason(|_| {}), Ok(()));
        assert_eq!(
            reason(|found| found.channels.push(channel(2, "other", "Custom", &[1]))),
            Err(Reason::State)
        );
        assert_eq!(reason(|found| found.stores[0].federated = true), Err(Reason::State));
        assert_eq!(
            reason(|found| {
                found.channel = Some(channel(1, "nordcloud-integration", "IBMMulticloud", &[2]));
            }),
            Err(Reason::State)
        );
        assert_eq!(
            reason(|found| {
                let owned = BTreeMap::from([("aws:cloudformation:stack-name".to_owned(), Some("lake".to_owned()))]);
                found.tags.insert(store_arn(1).to_string(), Tags(owned));
            }),
            Err(Reason::State)
        );
    }
}
