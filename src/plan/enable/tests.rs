//! The rules of `enable`, each with its plan or its refusal.

use super::*;
use crate::model::{Billing, Catalogue, Category, ExternalId, Ingestion, Principal, StoreStatus};
use crate::plan::policy::ExternalIdChoice;
use crate::plan::{Reason, StoreRef};

const ACCOUNT: &str = "111122223333";

fn channel_arn(n: u8) -> crate::model::ChannelArn {
    format!("arn:aws:cloudtrail:us-east-1:{ACCOUNT}:channel/00000000-0000-4000-8000-0000000000{n:02}")
        .parse()
        .unwrap()
}

fn store_arn(n: u8) -> StoreArn {
    let id = format!("10000000-0000-4000-8000-0000000000{n:02}");
    format!("arn:aws:cloudtrail:us-east-1:{ACCOUNT}:eventdatastore/{id}")
        .parse()
        .unwrap()
}

fn store(n: u8, name: &str) -> Store {
    Store {
        arn: store_arn(n),
        name: name.to_owned(),
        status: StoreStatus::Enabled,
        category: Category::ActivityAuditLog,
        multi_region: false,
        organization: false,
        retention_days: 366,
        billing: Billing::Extendable,
        termination_protection: true,
        kms_key: None,
        federated: false,
    }
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

fn external_id() -> ExternalId {
    "partner-id-1".parse().unwrap()
}

fn wanted(key: &str) -> Wanted {
    let partner = Catalogue::builtin().find(key).unwrap().clone();
    Wanted {
        sources: partner.sources.clone(),
        name: None,
        default_name: partner.default_channel_name().clone(),
        second_channel: false,
        stores: Vec::new(),
        default_store: Some(partner.default_store_name().clone()),
        options: StoreOptions::default(),
        access: AccessWanted {
            external_id: ExternalIdChoice::Is(external_id()),
            ..AccessWanted::of(&partner)
        },
        tags: Tags::default(),
        take_over: false,
        partner,
    }
}

/// A run without any option about what exists.
fn bare(key: &str) -> Wanted {
    let mut wanted = wanted(key);
    wanted.access.external_id = ExternalIdChoice::Unsaid;
    wanted
}

fn custom(name: &str) -> Wanted {
    let mut wanted = bare("custom");
    wanted.name = Some(name.parse().unwrap());
    wanted.default_name = name.parse().unwrap();
    wanted.default_store = format!("{name}-events-ds").parse().ok();
    wanted
}

fn empty() -> Found {
    Found {
        place: Place {
            region: "us-east-1".into(),
            account: ACCOUNT.parse().ok(),
            caller: None,
        },
        now: "2026-11-20T12:00:00Z".parse().unwrap(),
        channels: Vec::new(),
        policy: None,
        names: Some(Vec::new()),
        stores: Vec::new(),
        tags: BTreeMap::new(),
    }
}

/// A healthy Nordcloud integration, as `enable` itself makes it.
fn healthy() -> Found {
    let nordcloud = wanted("nordcloud");
    let made = plan(&nordcloud, &empty()).unwrap();
    let draft = made.steps.iter().find_map(|step| match &step.change {
        Some(Change::PutPolicy { draft, .. }) => Some(draft.clone()),
        _ => None,
    });
    Found {
        channels: vec![channel(1, "nordcloud-integration", "IBMMulticloud", &[1])],
        policy: draft.map(|draft| draft.render(&channel_arn(1))),
        stores: vec![store(1, "nordcloud-events-ds")],
        names: None,
        ..empty()
    }
}

fn changes(plan: &Plan) -> Vec<&Change> {
    plan.steps.iter().filter_map(|step| step.change.as_ref()).collect()
}

fn refused(wanted: &Wanted, found: &Found) -> Refusal {
    match plan(wanted, found) {
        Err(refusal) => refusal,
        Ok(plan) => panic!("expected a refusal, got {:?}", changes(&plan)),
    }
}

#[test]
fn an_empty_region_gets_a_store_a_channel_and_a_policy_in_this_order() {
    let plan = plan(&wanted("nordcloud"), &empty()).unwrap();
    let [
        Change::CreateStore(store),
        Change::CreateChannel {
            name, sources, stores, ..
        },
        Change::PutPolicy { draft, seen },
    ] = changes(&plan)[..]
    else {
        panic!("{:?}", plan.steps)
    };
    assert_eq!(store.name.as_str(), "nordcloud-events-ds");
    assert_eq!((store.retention_days, store.billing), (366, Billing::Extendable));
    assert!(store.termination_protection);
    assert_eq!(name.as_str(), "nordcloud-integration");
    assert_eq!(sources, &["IBMMulticloud", "NordcloudKlarity"]);
    assert_eq!(stores, &[StoreRef::Planned(store.name.clone())]);
    assert_eq!(seen, &None);
    // The scripts' template, written with arrays.
    let arn = channel_arn(1);
    let document: serde_json::Value = serde_json::from_str(&draft.render(&arn).reveal()).unwrap();
    assert_eq!(
        document,
        serde_json::json!({"Version": "2012-10-17", "Statement": [{
            "Sid": "ChannelPolicy", "Effect": "Allow",
            "Principal": {"AWS": ["arn:aws:iam::855341727128:root"]},
            "Action": ["cloudtrail-data:PutAuditEvents"], "Resource": [arn.as_str()],
            "Condition": {"StringEquals": {"cloudtrail:ExternalId": "partner-id-1"}},
        }]})
    );
    assert!(plan.notes.iter().any(
        |note| matches!(note, Note::Info(text) if text.contains("366 days are removed")
        && text.contains("--retention-days 2557"))
    ));
}

#[test]
fn no_text_of_a_plan_holds_the_external_id() {
    let text = format!("{:?}", plan(&wanted("nordcloud"), &empty()).unwrap());
    assert!(!text.contains("partner-id-1"), "{text}");
}

#[test]
fn a_second_run_changes_nothing_with_or_without_the_options() {
    for wanted in [wanted("nordcloud"), bare("nordcloud")] {
        let plan = plan(&wanted, &healthy()).unwrap();
        assert!(!plan.changes(), "{:?}", plan.steps);
    }
}

#[test]
fn a_bare_run_keeps_what_differs_from_the_defaults() {
    let mut found = healthy();
    found.channels[0].name = "renamed-by-hand".into();
    found.channels[0].source = "NordcloudKlarity".into();
    found.channels[0].destinations.push(store_arn(2));
    found.stores[0].retention_days = 30;
    found.stores[0].termination_protection = false;
    found.stores[0].billing = Billing::Fixed;
    found.stores[0].kms_key = Some("arn:aws:kms:us-east-1:111122223333:key/k".into());
    found.stores.push(store(2, "another"));
    found.tags.insert(
        store_arn(1).to_string(),
        Tags(BTreeMap::from([("team".into(), Some("a".into()))])),
    );
    assert!(!plan(&bare("nordcloud"), &found).unwrap().changes());
}

#[test]
fn a_direct_partner_needs_an_external_id_only_when_none_is_set() {
    assert_eq!(refused(&bare("nordcloud"), &empty()).reason, Reason::ExternalIdNeeded);
    assert!(plan(&bare("nordcloud"), &healthy()).is_ok());
}

#[test]
fn what_is_missing_is_said_with_where_to_get_it() {
    let refusal = refused(&bare("nordcloud"), &empty());
    assert_eq!(
        refusal.hints,
        [
            "Give it with --external-id-file FILE, or say --no-external-id on purpose.",
            "IBM/Nordcloud issues it: ask IBM/Nordcloud support or your customer success manager.",
        ]
    );
    let refusal = refused(&wanted("clumio"), &empty());
    assert_eq!(refusal.reason, Reason::Usage);
    assert!(
        refusal
            .message
            .contains("Clumio is not published; --principal is needed")
    );
    assert!(refusal.hints[0].starts_with("AWS and Clumio publish no account."));
    let refusal = refused(&wanted("custom"), &empty());
    assert_eq!(refusal.hints.len(), 2);
    assert_eq!(refusal.hints[0], "Name the account with --principal ACCOUNT.");
    assert!(refusal.hints[1].starts_with("The application runs in your own account"));
}

#[test]
fn an_integration_whose_account_is_not_published_is_named_its_principal_once() {
    let mut clumio = wanted("clumio");
    clumio.access.principals = Some(vec![Principal::read("222233334444")]);
    let made = plan(&clumio, &empty()).unwrap();
    let draft = made.steps.iter().find_map(|step| match &step.change {
        Some(Change::PutPolicy { draft, .. }) => Some(draft.clone()),
        _ => None,
    });
    let found = Found {
        channels: vec![channel(1, "clumio-integration", "Clumio", &[1])],
        policy: draft.map(|draft| draft.render(&channel_arn(1))),
        stores: vec![store(1, "clumio-events-ds")],
        names: None,
        ..empty()
    };
    for again in [clumio, wanted("clumio"), bare("clumio")] {
        assert!(!plan(&again, &found).unwrap().changes());
    }
}

#[test]
fn the_channel_is_found_by_its_source() {
    let mut found = healthy();
    found.channels.push(channel(2, "old", "NordcloudKlarity", &[1]));
    assert_eq!(refused(&bare("nordcloud"), &found).reason, Reason::Usage);
    let mut chosen = bare("nordcloud");
    chosen.sources = vec!["IBMMulticloud".into()];
    assert!(!plan(&chosen, &found).unwrap().changes());

    let mut held = empty();
    held.channels.push(channel(3, "nordcloud-integration", "Okta", &[1]));
    let refusal = refused(&wanted("nordcloud"), &held);
    assert_eq!(refusal.reason, Reason::State);
    assert!(refusal.hints[0].contains("--name"));
}

#[test]
fn a_custom_channel_of_another_name_is_pointed_out() {
    let mut found = empty();
    found.channels.push(channel(1, "first-app", "Custom", &[1]));
    found.stores.push(store(1, "first-app-events-ds"));
    let refusal = refused(&custom("second-app"), &found);
    assert_eq!(refusal.reason, Reason::State);
    assert!(refusal.hints[0].contains("--name first-app"), "{:?}", refusal.hints);
    assert!(!plan(&custom("first-app"), &found).unwrap().changes());

    let mut anyway = custom("second-app");
    anyway.second_channel = true;
    let plan = plan(&anyway, &found).unwrap();
    assert!(
        changes(&plan)
            .iter()
            .any(|change| matches!(change, Change::CreateChannel { .. }))
    );
}

#[test]
fn a_custom_integration_without_principals_gets_no_policy() {
    let plan = plan(&custom("my-app"), &empty()).unwrap();
    assert!(
        !changes(&plan)
            .iter()
            .any(|change| matches!(change, Change::PutPolicy { .. }))
    );
}

#[test]
fn a_store_is_reused_only_if_it_fits() {
    let with = |change: fn(&mut Store)| {
        let mut found = empty();
        let mut one = store(1, "nordcloud-events-ds");
        change(&mut one);
        found.names = Some(vec![(one.arn.clone(), one.name.clone())]);
        found.stores.push(one);
        found
    };
    let fits = plan(&wanted("nordcloud"), &with(|_| {})).unwrap();
    assert!(
        !changes(&fits)
            .iter()
            .any(|change| matches!(change, Change::CreateStore(_)))
    );
    let misfits: [fn(&mut Store); 4] = [
        |store| store.category = Category::Other("Management events".into()),
        |store| store.multi_region = true,
        |store| store.organization = true,
        |store| store.status = StoreStatus::PendingDeletion,
    ];
    for misfit in misfits {
        assert_eq!(refused(&wanted("nordcloud"), &with(misfit)).reason, Reason::State);
    }
    let mut restoring = wanted("nordcloud");
    restoring.options.restore = true;
    let restored = plan(&restoring, &with(|store| store.status = StoreStatus::PendingDeletion)).unwrap();
    assert!(matches!(changes(&restored)[0], Change::RestoreStore(_)));
}

#[test]
fn stores_are_added_and_never_removed() {
    let mut found = healthy();
    found.names = Some(vec![(store_arn(1), "nordcloud-events-ds".into())]);
    let mut more = bare("nordcloud");
    more.stores = vec!["second".parse().unwrap(), "nordcloud-events-ds".parse().unwrap()];
    let plan = plan(&more, &found).unwrap();
    let [Change::CreateStore(created), Change::AddDestinations { seen, add, .. }] = changes(&plan)[..] else {
        panic!("{:?}", plan.steps)
    };
    assert_eq!(created.name.as_str(), "second");
    assert_eq!(seen, &[store_arn(1)]);
    assert_eq!(add, &[StoreRef::Planned("second".parse().unwrap())]);
}

#[test]
fn an_arn_or_id_of_no_store_is_not_created() {
    for text in [store_arn(9).to_string(), store_arn(9).id().to_owned()] {
        let mut other = wanted("nordcloud");
        other.stores = vec![text.parse().unwrap()];
        assert_eq!(refused(&other, &empty()).reason, Reason::NotFound);
    }
}

#[test]
fn the_eleventh_store_and_the_26th_channel_are_refused_before_any_write() {
    let mut found = empty();
    found.names = Some((0..10).map(|n| (store_arn(n), format!("store-{n}"))).collect());
    assert_eq!(refused(&wanted("nordcloud"), &found).reason, Reason::State);
    let mut full = empty();
    full.channels = (0..25)
        .map(|n| channel(n, &format!("channel-{n}"), &format!("Source{n}"), &[1]))
        .collect();
    assert_eq!(refused(&wanted("nordcloud"), &full).reason, Reason::State);
}

#[test]
fn retention_is_lengthened_on_request_and_shortened_only_when_said_twice() {
    let asked = |days: u32, shorten: bool| {
        let mut wanted = bare("nordcloud");
        wanted.options.retention_days = Some(days);
        wanted.options.shorten = shorten;
        wanted
    };
    let longer = plan(&asked(2557, false), &healthy()).unwrap();
    assert!(matches!(changes(&longer)[0], Change::ChangeStore(_, change) if change.retention_days == Some(2557)));
    assert!(!plan(&asked(366, false), &healthy()).unwrap().changes());
    let refusal = refused(&asked(90, false), &healthy());
    assert_eq!(refusal.reason, Reason::State);
    // 90 days before 20 November 2026, by the calendar.
    assert!(refusal.message.contains("2026-08-22"), "{}", refusal.message);
    let shorter = plan(&asked(90, true), &healthy()).unwrap();
    assert!(
        shorter
            .notes
            .iter()
            .any(|note| matches!(note, Note::Warning(text) if text.contains("2026-08-22")))
    );
    let mut fixed = healthy();
    fixed.stores[0].billing = Billing::Fixed;
    assert_eq!(refused(&asked(2558, false), &fixed).reason, Reason::Usage);
}

#[test]
fn pricing_changes_one_way_and_a_key_never() {
    let billing = |wanted_billing: Billing, found_billing: Billing| {
        let mut wanted = bare("nordcloud");
        wanted.options.billing = Some(wanted_billing);
        let mut found = healthy();
        found.stores[0].billing = found_billing;
        plan(&wanted, &found)
            .map(|plan| plan.changes())
            .map_err(|refusal| refusal.reason)
    };
    assert_eq!(billing(Billing::Extendable, Billing::Fixed), Ok(true));
    assert_eq!(billing(Billing::Fixed, Billing::Extendable), Err(Reason::State));
    assert_eq!(billing(Billing::Fixed, Billing::Fixed), Ok(false));

    let key = |wanted_key: &str, found_key: Option<&str>| {
        let mut wanted = bare("nordcloud");
        wanted.options.kms_key = Some(wanted_key.to_owned());
        let mut found = healthy();
        found.stores[0].kms_key = found_key.map(str::to_owned);
        plan(&wanted, &found)
            .map(|plan| plan.changes())
            .map_err(|refusal| refusal.reason)
    };
    let arn = "arn:aws:kms:us-east-1:111122223333:key/1234";
    assert_eq!(key("1234", Some(arn)), Ok(false));
    assert_eq!(key("5678", Some(arn)), Err(Reason::State));
    assert_eq!(key("1234", None), Ok(true));
}

#[test]
fn options_for_one_of_several_stores_must_name_it() {
    let mut found = healthy();
    found.channels[0].destinations.push(store_arn(2));
    found.stores.push(store(2, "second"));
    let mut wanted = bare("nordcloud");
    wanted.options.retention_days = Some(3653);
    assert_eq!(refused(&wanted, &found).reason, Reason::Usage);
    wanted.stores = vec!["second".parse().unwrap()];
    let plan = plan(&wanted, &found).unwrap();
    let [Change::ChangeStore(arn, _)] = changes(&plan)[..] else {
        panic!("{:?}", plan.steps)
    };
    assert_eq!(arn, &store_arn(2));
}

#[test]
fn tags_are_added_to_store_and_channel_and_kept_otherwise() {
    let mut found = healthy();
    let tags = |pairs: &[(&str, &str)]| {
        Tags(
            pairs
                .iter()
                .map(|(key, value)| ((*key).to_owned(), Some((*value).to_owned())))
                .collect(),
        )
    };
    found
        .tags
        .insert(store_arn(1).to_string(), tags(&[("team", "a"), ("cost", "1")]));
    let mut wanted = bare("nordcloud");
    wanted.tags = tags(&[("team", "a")]);
    let plan = plan(&wanted, &found).unwrap();
    let [Change::AddTags(arn, added)] = changes(&plan)[..] else {
        panic!("{:?}", plan.steps)
    };
    assert_eq!(arn, channel_arn(1).as_str());
    assert_eq!(added, &tags(&[("team", "a")]));
}

#[test]
fn what_a_stack_owns_is_changed_only_on_request() {
    let mut found = healthy();
    let owned = Tags(BTreeMap::from([(
        "aws:cloudformation:stack-name".to_owned(),
        Some("lake".to_owned()),
    )]));
    found.tags.insert(channel_arn(1).to_string(), owned);
    assert!(!plan(&bare("nordcloud"), &found).unwrap().changes());
    let mut wanted = bare("nordcloud");
    wanted.access.principals = Some(vec![Principal::read("855341727128"), Principal::read("222233334444")]);
    let refusal = refused(&wanted, &found);
    assert_eq!(refusal.reason, Reason::State);
    assert!(refusal.message.contains("lake"));
    wanted.take_over = true;
    assert!(plan(&wanted, &found).unwrap().changes());
}

#[test]
fn a_region_without_an_ingestion_endpoint_is_warned_about() {
    let mut found = empty();
    found.place.region = "eu-central-2".into();
    let plan = plan(&wanted("nordcloud"), &found).unwrap();
    assert!(
        plan.notes
            .iter()
            .any(|note| matches!(note, Note::Warning(text) if text.contains("eu-central-2")))
    );
}

#[test]
fn more_than_ten_stores_of_one_channel_are_worth_a_warning() {
    let many = |count: u8| {
        let all: Vec<u8> = (1..=count).collect();
        Found {
            channels: vec![channel(1, "nordcloud-integration", "IBMMulticloud", &all)],
            stores: (1..=count + 1).map(|n| store(n, &format!("store-{n}"))).collect(),
            ..healthy()
        }
    };
    let mut more = bare("nordcloud");
    more.stores = vec![StoreSelector::Arn(store_arn(11))];
    let warns = |plan: &Plan| {
        plan.notes
            .iter()
            .any(|note| matches!(note, Note::Warning(text) if text.contains("11 stores")))
    };
    assert!(warns(&plan(&more, &many(10)).unwrap()));
    more.stores = vec![StoreSelector::Arn(store_arn(10))];
    assert!(!warns(&plan(&more, &many(9)).unwrap()));
    // What is there already is nobody's business.
    assert!(!warns(&plan(&bare("nordcloud"), &many(11)).unwrap()));
}
