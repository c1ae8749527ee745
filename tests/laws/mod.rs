//! Laws of the plans: a plan that was carried out leaves nothing to do, wherever it began.
//!
//! A small model of the service carries plans out. It refuses what the service refuses, so that a plan
//! which could not be carried out breaks a law too. What is there is made by random runs of the verbs,
//! some of them interrupted, and by somebody who meddles in between.

mod schema;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use ctl::model::partner::Partner;
use ctl::model::{Billing, Catalogue, Principal, StoreSelector, Tags};
use ctl::plan::enable::StoreOptions;
use ctl::plan::policy::{AccessWanted, ExternalIdChoice};
use ctl::plan::resolve::{Named, Resolved, resolve};
use ctl::plan::{Plan, Refusal, disable, enable};
use proptest::prelude::*;

use world::World;

const STORES: [&str; 3] = ["nordcloud-events-ds", "first-ds", "second-ds"];
const CHANNELS: [&str; 3] = ["one-ch", "two-ch", "nordcloud-integration"];
const PEOPLE: [&str; 3] = ["855341727128", "444455556666", "arn:aws:iam::855341727128:role/deliver"];
const IDS: [&str; 2] = ["one-external-id", "two-external-id"];

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::builtin);

/// Something that happens to the world.
#[derive(Debug, Clone)]
enum Event {
    Enable(Box<Enable>),
    Disable(Disable),
    Meddle(Meddling),
}

/// The options of an `enable`.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
struct Enable {
    partner: &'static str,
    source: bool,
    name: Option<&'static str>,
    second_channel: bool,
    stores: Vec<&'static str>,
    options: Options,
    principals: Vec<&'static str>,
    external_id: ExternalIdChoice,
    replace_access: bool,
    tags: Vec<(&'static str, &'static str)>,
    take_over: bool,
    /// After how many changes it is interrupted, if it is.
    interrupted: Option<usize>,
}

#[derive(Debug, Clone)]
struct Options {
    retention_days: Option<u32>,
    billing: Option<Billing>,
    kms_key: Option<&'static str>,
    unprotected: bool,
    shorten: bool,
    restore: bool,
}

/// The options of a `disable`.
#[derive(Debug, Clone)]
struct Disable {
    named: Option<String>,
    stores: Vec<&'static str>,
    keep_channel: bool,
    take_over: bool,
    interrupted: Option<usize>,
}

/// What somebody does by hand.
#[derive(Debug, Clone)]
enum Meddling {
    ForeignStatement(&'static str),
    ChangeStatement,
    DeletePrincipal,
    DropPolicy,
    Unprotect,
    Federate,
    DeleteStore,
    TagStack,
    WidenStore,
}

fn options() -> impl Strategy<Value = Options> {
    (
        prop::option::weighted(0.3, prop::sample::select(vec![7, 90, 366, 2557, 3000, 3653])),
        prop::option::weighted(0.2, prop::sample::select(vec![Billing::Extendable, Billing::Fixed])),
        prop::option::weighted(0.2, prop::sample::select(vec!["alias/one", "alias/two"])),
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.5),
        prop::bool::weighted(0.4),
    )
        .prop_map(
            |(retention_days, billing, kms_key, unprotected, shorten, restore)| Options {
                retention_days,
                billing,
                kms_key,
                unprotected,
                shorten,
                restore,
            },
        )
}

fn interrupted() -> impl Strategy<Value = Option<usize>> {
    prop::option::weighted(0.3, 0..4_usize)
}

fn enable() -> impl Strategy<Value = Enable> {
    let who = (
        prop::sample::select(vec!["nordcloud", "okta", "custom", "clumio"]),
        prop::bool::weighted(0.2),
        prop::option::weighted(0.3, prop::sample::select(CHANNELS.to_vec())),
        prop::bool::weighted(0.2),
    );
    let external_id = prop_oneof![
        4 => Just(ExternalIdChoice::Unsaid),
        1 => Just(ExternalIdChoice::None),
        5 => prop::sample::select(IDS.to_vec()).prop_map(|id| ExternalIdChoice::Is(id.parse().unwrap())),
    ];
    let access = (
        prop::sample::subsequence(PEOPLE.to_vec(), 0..=2),
        external_id,
        prop::bool::weighted(0.5),
    );
    let tags = prop::sample::subsequence(vec![("team", "blue"), ("stage", "prod"), ("stage", "test")], 0..=1);
    let rest = (tags, prop::bool::weighted(0.5), interrupted());
    let stores = prop_oneof![
        2 => Just(Vec::new()),
        1 => prop::sample::subsequence(STORES.to_vec(), 1..=2)
    ];
    (who, stores, options(), access, rest).prop_map(|(who, stores, options, access, rest)| Enable {
        partner: who.0,
        source: who.1,
        name: who.2.or((who.0 == "custom").then_some("one-ch")),
        second_channel: who.3 && who.0 == "custom",
        stores,
        options,
        principals: access.0,
        external_id: access.1,
        replace_access: access.2,
        tags: rest.0,
        take_over: rest.1,
        interrupted: rest.2,
    })
}

fn disable() -> impl Strategy<Value = Disable> {
    (
        prop::option::weighted(0.9, prop::sample::select(vec!["nordcloud", "okta", "one-ch", "two-ch"])),
        prop::sample::subsequence(STORES.to_vec(), 0..=2),
        prop::bool::weighted(0.3),
        prop::bool::weighted(0.5),
        interrupted(),
    )
        .prop_map(|(named, stores, keep_channel, take_over, interrupted)| Disable {
            named: named.map(str::to_owned),
            stores: if keep_channel { Vec::new() } else { stores },
            keep_channel,
            take_over,
            interrupted,
        })
}

fn event() -> impl Strategy<Value = Event> {
    let meddling = prop::sample::select(vec![
        Meddling::ForeignStatement("444455556666"),
        Meddling::ForeignStatement("855341727128"),
        Meddling::ChangeStatement,
        Meddling::DeletePrincipal,
        Meddling::DropPolicy,
        Meddling::Unprotect,
        Meddling::Federate,
        Meddling::DeleteStore,
        Meddling::TagStack,
        Meddling::WidenStore,
    ]);
    prop_oneof![
        4 => enable().prop_map(|enable| Event::Enable(Box::new(enable))),
        2 => disable().prop_map(Event::Disable),
        3 => meddling.prop_map(Event::Meddle),
    ]
}

impl Enable {
    fn partner(&self) -> Partner {
        CATALOGUE.find(self.partner).unwrap().clone()
    }

    /// What the verb makes of these options.
    fn wanted(&self) -> enable::Wanted {
        let partner = self.partner();
        let name = self.name.map(|name| name.parse().unwrap());
        let default_name = name.clone().unwrap_or_else(|| partner.default_channel_name().clone());
        let default_store = if partner.is_custom() {
            format!("{default_name}-events-ds").parse().ok()
        } else {
            Some(partner.default_store_name().clone())
        };
        let principals: Vec<Principal> = self.principals.iter().map(|who| who.parse().unwrap()).collect();
        let options = &self.options;
        enable::Wanted {
            sources: if self.source {
                partner.sources.iter().take(1).cloned().collect()
            } else {
                partner.sources.clone()
            },
            name,
            default_name,
            second_channel: self.second_channel,
            stores: selectors(&self.stores),
            default_store,
            options: StoreOptions {
                retention_days: options.retention_days,
                billing: options.billing,
                kms_key: options.kms_key.map(str::to_owned),
                unprotected: options.unprotected,
                shorten: options.shorten,
                restore: options.restore,
            },
            access: AccessWanted {
                principals: (!principals.is_empty()).then_some(principals),
                external_id: self.external_id.clone(),
                replace_access: self.replace_access,
                ..AccessWanted::of(&partner)
            },
            tags: tags(&self.tags),
            take_over: self.take_over,
            partner,
        }
    }

    fn plan(&self, world: &World) -> Result<Plan, Refusal> {
        let wanted = self.wanted();
        let found = world.found_by_enable(&wanted)?;
        enable::plan(&wanted, &found)
    }
}

impl Disable {
    fn named(&self) -> Named {
        Named::parse(self.named.as_deref()).unwrap()
    }

    fn plan(&self, world: &World) -> Result<Plan, Refusal> {
        let wanted = disable::Wanted {
            named: self.named.clone().unwrap_or_default(),
            stores: selectors(&self.stores),
            keep_channel: self.keep_channel,
            take_over: self.take_over,
        };
        disable::plan(&wanted, &world.found_by_disable(&self.named(), &wanted)?)
    }

    /// The same with the channel named by its ARN: once it is gone, only that or a partner's key tells
    /// it from a misspelt name.
    fn by_arn(self, world: &World) -> Self {
        let resolved = resolve(&self.named(), &world.channels, &CATALOGUE, &World::place());
        match resolved {
            Ok(Resolved::Channel(channel)) => Self {
                named: Some(channel.arn.to_string()),
                ..self
            },
            _ => self,
        }
    }
}

fn selectors(names: &[&str]) -> Vec<StoreSelector> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

fn tags(pairs: &[(&str, &str)]) -> Tags {
    let one = |(key, value): &(&str, &str)| ((*key).to_owned(), Some((*value).to_owned()));
    Tags(pairs.iter().map(one).collect::<BTreeMap<_, _>>())
}

/// A world in which these events have happened.
fn after(events: &[Event]) -> World {
    let mut world = World::default();
    for event in events {
        match event {
            Event::Enable(enable) => {
                if let Ok(plan) = enable.plan(&world) {
                    world.carry_out(&plan, enable.interrupted);
                }
            }
            Event::Disable(disable) => {
                if let Ok(plan) = disable.plan(&world) {
                    world.carry_out(&plan, disable.interrupted);
                }
            }
            Event::Meddle(meddling) => world.meddle(meddling),
        }
    }
    world
}

/// Carries a plan out, at first only in part, and then the plan that is made of what is there.
#[track_caller]
fn converges(world: &mut World, interrupted: Option<usize>, plan: impl Fn(&World) -> Result<Plan, Refusal>) {
    let Ok(first) = plan(world) else { return };
    world.carry_out(&first, interrupted);
    let second = plan(world).expect("a plan after a plan that was carried out");
    assert!(interrupted.is_some() || !second.changes(), "{:?}", second.steps);
    world.carry_out(&second, None);
    let third = plan(world).expect("a plan after a plan that was carried out");
    assert!(!third.changes(), "{:?}", third.steps);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_enable_that_was_carried_out_leaves_nothing_to_do(
        events in prop::collection::vec(event(), 0..6), enable in enable()
    ) {
        let mut world = after(&events);
        converges(&mut world, enable.interrupted, |world| enable.plan(world));
    }

    #[test]
    fn a_disable_that_was_carried_out_leaves_nothing_to_do(
        events in prop::collection::vec(event(), 0..6), disable in disable()
    ) {
        let mut world = after(&events);
        let disable = disable.by_arn(&world);
        converges(&mut world, disable.interrupted, |world| disable.plan(world));
    }

    /// Defaults apply to what is created; on what exists only an option changes anything.
    #[test]
    fn a_bare_enable_changes_nothing_of_what_exists(
        events in prop::collection::vec(event(), 1..6), partner in prop::sample::select(vec!["nordcloud", "okta"])
    ) {
        let mut world = after(&events);
        let bare = Enable {
            partner, source: false, name: None, second_channel: false, stores: Vec::new(),
            options: Options {
                retention_days: None, billing: None, kms_key: None, unprotected: false, shorten: false, restore: false
            },
            principals: Vec::new(), external_id: ExternalIdChoice::Unsaid, replace_access: false, tags: Vec::new(), take_over: false,
            interrupted: None,
        };
        let before = world.clone();
        let Ok(plan) = bare.plan(&world) else { return Ok(()) };
        world.carry_out(&plan, None);
        for store in &before.stores {
            prop_assert!(world.stores.contains(store), "{:?}", plan.steps);
        }
        for channel in &before.channels {
            prop_assert!(world.channels.contains(channel), "{:?}", plan.steps);
        }
        for (arn, policy) in &before.policies {
            prop_assert_eq!(world.policies.get(arn), Some(policy), "{:?}", &plan.steps);
        }
        prop_assert!(before.tags.iter().all(|(arn, tags)| world.tags.get(arn) == Some(tags)));
    }

    /// Nothing that `enable` finds is taken away, whatever it is told, but for access with --replace-access.
    #[test]
    fn an_enable_takes_nothing_away(events in prop::collection::vec(event(), 1..6), enable in enable()) {
        let mut world = after(&events);
        let before = world.clone();
        let Ok(plan) = enable.plan(&world) else { return Ok(()) };
        world.carry_out(&plan, None);
        for store in &before.stores {
            let now = world.stores.iter().find(|now| now.arn == store.arn).expect("the store");
            prop_assert!(enable.options.shorten || now.retention_days >= store.retention_days);
            prop_assert!(enable.options.unprotected || now.termination_protection >= store.termination_protection);
        }
        for channel in &before.channels {
            let now = world.channels.iter().find(|now| now.arn == channel.arn).expect("the channel");
            prop_assert_eq!((&now.name, &now.source), (&channel.name, &channel.source));
            prop_assert!(channel.destinations.iter().all(|store| now.destinations.contains(store)));
        }
        for (arn, tags) in &before.tags {
            let keys = |tags: &Tags| tags.0.keys().cloned().collect::<BTreeSet<_>>();
            prop_assert!(keys(tags).is_subset(&keys(&world.tags[arn])));
        }
        for (arn, policy) in &before.policies {
            let now = world.policies.get(arn).expect("the policy");
            if !enable.replace_access {
                let people = |policy: &ctl::model::Policy| -> Vec<Principal> {
                    policy.statements().iter().flat_map(|one| one.principals.clone()).collect()
                };
                let kept = people(now);
                for who in people(policy).into_iter().filter(Principal::is_storable) {
                    prop_assert!(kept.contains(&who), "{who} is locked out");
                }
            }
        }
    }
}
