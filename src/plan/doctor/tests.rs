use serde_json::json;

use super::Verdict::{Fail, Skipped, Warn};
use super::*;
use crate::model::partner::Catalogue;
use crate::model::{Billing, Category, Ingestion, StoreStatus};

const REGION: &str = "us-east-1";
const ACCOUNT: &str = "111122223333";
const OTHER: &str = "999999999999";
const ID: &str = "6f0c2a1e-1111-4222-8333-444455556666";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn channel_arn() -> ChannelArn {
    format!("arn:aws:cloudtrail:{REGION}:{ACCOUNT}:channel/{ID}")
        .parse()
        .unwrap()
}

fn store_arn(number: usize) -> StoreArn {
    let id = format!("6f0c2a1e-1111-4222-8333-4444555566{number:02}");
    format!("arn:aws:cloudtrail:{REGION}:{ACCOUNT}:eventdatastore/{id}")
        .parse()
        .unwrap()
}

fn store() -> Store {
    Store {
        arn: store_arn(0),
        name: "events".to_owned(),
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

fn policy() -> Policy {
    let statement = json!({
        "Sid": "ChannelPolicy", "Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::855341727128:root"]},
        "Action": ["cloudtrail-data:PutAuditEvents"], "Resource": [channel_arn().as_str()],
        "Condition": {"StringEquals": {"cloudtrail:ExternalId": "s3cret"}},
    });
    json!({"Version": "2012-10-17", "Statement": [statement]})
        .to_string()
        .parse()
        .unwrap()
}

fn integration() -> SeenIntegration {
    let catalogue = Catalogue::builtin();
    let channel = Channel {
        arn: channel_arn(),
        name: "ours".to_owned(),
        source: "IBMMulticloud".to_owned(),
        destinations: vec![store_arn(0)],
        ingestion: Ingestion {
            last_success: Some(at("2026-11-20T11:00:00Z")),
            ..Ingestion::default()
        },
    };
    SeenIntegration {
        arn: channel_arn(),
        name: "ours".to_owned(),
        partner: catalogue.by_source(&channel.source).cloned(),
        channel: Look::Seen(Some(channel)),
        stores: vec![(store_arn(0), Look::Seen(Some(store())))],
        policy: Look::Seen(Some(policy())),
        tags: Look::Seen(()),
    }
}

fn seen() -> Seen {
    let now = at("2026-11-20T12:00:00Z");
    Seen {
        now,
        region: REGION.to_owned(),
        region_set: Some(REGION.to_owned()),
        named: None,
        expected: None,
        endpoint: "AWS".to_owned(),
        credentials: Look::Seen(None),
        caller: Look::Seen((
            ACCOUNT.parse().unwrap(),
            "arn:aws:iam::111122223333:user/ops".to_owned(),
        )),
        clock: Look::Seen(Clock {
            service: now,
            ours: now,
        }),
        stores: Look::Seen(vec![(store_arn(0), "events".to_owned())]),
        channels: Look::Seen(vec![(channel_arn(), "ours".to_owned())]),
        ingestion: Look::Seen(404),
        integrations: vec![integration()],
        absent: None,
    }
}

fn failed<T>(wrong: Wrong, operation: &str) -> Look<T> {
    Look::Failed(Trouble {
        wrong,
        operation: operation.to_owned(),
        action: format!("cloudtrail:{operation}"),
        words: format!("{operation}: no."),
        remedies: vec!["Do something.".to_owned()],
    })
}

/// What is neither a pass nor one of the two checks that are skipped as a rule.
fn troubled(seen: &Seen) -> Vec<(&'static str, Verdict)> {
    let usual = |check: &Check| {
        check.verdict == Verdict::Pass
            || check.verdict == Skipped && ["account", "write_permissions"].contains(&check.id)
    };
    let checks = checks(seen, None);
    for check in &checks {
        let told = check.verdict < Warn || !check.next.is_empty();
        assert!(told, "no next step: {check:?}");
        assert!(!check.evidence.contains("s3cret"), "{check:?}");
    }
    let others = checks.iter().filter(|check| !usual(check));
    others.map(|check| (check.id, check.verdict)).collect()
}

/// A change of what is seen.
type Change = fn(&mut Seen);

/// What goes wrong around integrations, and the checks that tell it.
const TROUBLES: [(Change, &[(&str, Verdict)]); 16] = [
    (
        |seen| seen.credentials = failed(Wrong::Credentials, "credentials"),
        &[("credentials", Fail)],
    ),
    (
        |seen| seen.credentials = Look::Seen(Some(at("2026-11-20T11:59:59Z"))),
        &[("credentials", Fail)],
    ),
    (
        |seen| seen.caller = failed(Wrong::Credentials, "GetCallerIdentity"),
        &[("credentials", Fail), ("caller", Skipped)],
    ),
    (
        |seen| seen.caller = failed(Wrong::Unreached, "GetCallerIdentity"),
        &[("caller", Warn)],
    ),
    (
        |seen| seen.caller = failed(Wrong::Denied, "GetCallerIdentity"),
        &[("caller", Warn)],
    ),
    (
        |seen| seen.expected = Some(OTHER.parse().unwrap()),
        &[("account", Fail)],
    ),
    (
        |seen| {
            seen.named = Some(channel_arn());
            seen.region_set = Some("eu-west-1".to_owned());
        },
        &[("region", Warn)],
    ),
    (
        |seen| seen.stores = failed(Wrong::Unreached, "ListEventDataStores"),
        &[
            ("control_endpoint", Fail),
            ("store_quota", Skipped),
            ("customer", Skipped),
        ],
    ),
    (
        |seen| seen.ingestion = failed(Wrong::Unreached, "PutAuditEvents"),
        &[("ingestion_endpoint", Fail)],
    ),
    (
        |seen| seen.region = "il-central-1".to_owned(),
        &[("ingestion_region", Warn)],
    ),
    (
        |seen| seen.stores = failed(Wrong::Denied, "ListEventDataStores"),
        &[
            ("store_quota", Skipped),
            ("customer", Skipped),
            ("read_permissions", Fail),
        ],
    ),
    (
        |seen| seen.channels = failed(Wrong::Other, "ListChannels"),
        &[("channel_quota", Skipped), ("read_permissions", Fail)],
    ),
    (
        |seen| seen.stores = Look::Seen((0..10).map(|n| (store_arn(n), String::new())).collect()),
        &[("store_quota", Warn)],
    ),
    (|seen| seen.stores = Look::Seen(Vec::new()), &[("customer", Warn)]),
    (
        |seen| seen.channels = Look::Seen(vec![(channel_arn(), String::new()); 25]),
        &[("channel_quota", Warn)],
    ),
    (|seen| seen.integrations.clear(), &[("channel", Warn)]),
];

#[test]
fn every_trouble_is_found_by_its_own_check() {
    assert_eq!(troubled(&seen()), []);
    for (at, (change, expected)) in TROUBLES.into_iter().enumerate() {
        let mut seen = seen();
        change(&mut seen);
        assert_eq!(troubled(&seen), expected, "case {at}");
    }
}

#[test]
fn the_clock_may_be_off_by_a_minute_and_never_by_more_than_five() {
    for (off, expected) in [
        (0, Verdict::Pass),
        (60, Verdict::Pass),
        (61, Warn),
        (300, Warn),
        (301, Fail),
    ] {
        for off in [off, -off] {
            let mut seen = seen();
            let ours = seen.now + jiff::SignedDuration::from_secs(off);
            seen.clock = Look::Seen(Clock {
                service: seen.now,
                ours,
            });
            let checks = checks(&seen, None);
            let clock = checks.iter().find(|check| check.id == "clock").unwrap();
            assert_eq!(clock.verdict, expected, "{off}");
        }
    }
}

/// A change of what is seen of an integration.
type Mutation = fn(&mut SeenIntegration, &mut Store);

/// What goes wrong with an integration, and the checks that tell it.
const TROUBLES_OF_ONE: [(Mutation, &[(&str, Verdict)]); 11] = [
    (|_, store| store.status = StoreStatus::Created, &[("store_state", Warn)]),
    (
        |_, store| store.status = StoreStatus::PendingDeletion,
        &[("store_state", Fail)],
    ),
    (
        |_, store| store.status = StoreStatus::Other("STOPPED_INGESTION".to_owned()),
        &[("store_state", Fail)],
    ),
    (
        |_, store| store.category = Category::Other("Management events".to_owned()),
        &[("store_category", Fail)],
    ),
    (|_, store| store.organization = true, &[("store_category", Fail)]),
    (
        |_, store| store.termination_protection = false,
        &[("store_protection", Warn)],
    ),
    (
        |one, _| one.policy = Look::Seen(None),
        &[("policy", Fail), ("principal", Fail), ("external_id", Skipped)],
    ),
    (
        |one, _| one.policy = failed(Wrong::Unreadable, "GetResourcePolicy"),
        &[("policy", Fail), ("principal", Skipped), ("external_id", Skipped)],
    ),
    (
        |one, _| one.policy = failed(Wrong::Denied, "GetResourcePolicy"),
        &[
            ("read_permissions", Fail),
            ("policy", Skipped),
            ("principal", Skipped),
            ("external_id", Skipped),
        ],
    ),
    (
        |one, _| {
            let Look::Seen(Some(channel)) = &mut one.channel else {
                unreachable!();
            };
            channel.ingestion = Ingestion::default();
        },
        &[("deliveries", Warn)],
    ),
    (
        |one, _| {
            let Look::Seen(Some(channel)) = &mut one.channel else {
                unreachable!();
            };
            channel.ingestion.last_attempt = Some(at("2026-11-20T11:30:00Z"));
            channel.ingestion.last_error = Some("InvalidData".to_owned());
        },
        &[("deliveries", Fail)],
    ),
];

#[test]
fn every_trouble_of_an_integration_is_found_by_its_own_check() {
    for (at, (change, expected)) in TROUBLES_OF_ONE.into_iter().enumerate() {
        let mut seen = seen();
        let (mut one, mut store) = (integration(), store());
        change(&mut one, &mut store);
        one.stores = vec![(store_arn(0), Look::Seen(Some(store)))];
        seen.integrations = vec![one];
        assert_eq!(troubled(&seen), expected, "case {at}");
    }
}

#[test]
fn a_store_that_is_missing_is_told_and_one_that_could_not_be_read_is_not_missing() {
    let mut one = integration();
    one.stores = vec![(store_arn(0), Look::Seen(None))];
    let mut seen = seen();
    seen.integrations = vec![one.clone()];
    let checks = |seen: &Seen| troubled(seen).into_iter().take(2).collect::<Vec<_>>();
    assert_eq!(checks(&seen), [("destinations", Fail), ("store_state", Skipped)]);
    one.stores = vec![
        (store_arn(0), Look::Seen(Some(store()))),
        (store_arn(1), failed(Wrong::Denied, "GetEventDataStore")),
    ];
    seen.integrations = vec![one.clone()];
    assert_eq!(troubled(&seen), [("read_permissions", Fail)]);
    one.stores.remove(0);
    seen.integrations = vec![one];
    assert_eq!(checks(&seen), [("read_permissions", Fail), ("destinations", Skipped)]);
}

#[test]
fn the_ids_are_frozen() {
    let ids: Vec<&str> = checks(&seen(), None).iter().map(|check| check.id).collect();
    let expected = "credentials caller account region control_endpoint ingestion_endpoint ingestion_region clock \
                    store_quota channel_quota customer read_permissions write_permissions channel destinations \
                    store_state store_category store_protection store_retention policy principal external_id deliveries";
    assert_eq!(ids.join(" "), expected);
}
