//! What holds for every policy that can be come by.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::model::{Policy, Principal};

use super::fixtures::*;
use super::{
    AccessWanted, ExternalIdChoice, PolicyDecision, Withdrawal, decide, findings, lint, own, summary, withdraw,
};

const SIDS: [&str; 4] = ["ChannelPolicy", "Console", "Mine", "Other"];
const IDS: [&str; 3] = ["", "one-s3cret", "two-s3cret"];
const PEOPLE: [&str; 4] = [
    NORDCLOUD,
    OTHER,
    "arn:aws:iam::855341727128:role/sender",
    "arn:aws:sts::444455556666:assumed-role/a/b",
];

fn some_people(at_least: usize) -> impl Strategy<Value = Vec<&'static str>> {
    prop::sample::subsequence(PEOPLE.to_vec(), at_least..=2)
}

/// A statement that ctl or the console may have written.
fn template() -> impl Strategy<Value = Value> {
    let who = prop_oneof![
        4 => some_people(1),
        1 => some_people(0).prop_map(|mut who| { who.push(GONE); who }),
    ];
    (
        prop::sample::select(SIDS.to_vec()),
        who,
        prop::sample::select(IDS.to_vec()),
    )
        .prop_map(|(sid, who, id)| statement(sid, &who, id))
}

/// A statement that somebody changed or wrote by hand.
fn any_statement() -> impl Strategy<Value = Value> {
    let change = prop::sample::select(vec![
        ("Effect", json!("Deny")),
        ("Principal", json!("*")),
        ("Principal", json!({"AWS": NORDCLOUD})),
        ("Principal", json!({"Service": "x.amazonaws.com"})),
        ("NotPrincipal", json!({"AWS": [OTHER]})),
        ("Action", json!("cloudtrail-data:*")),
        ("Action", json!("cloudtrail-data:PutAuditEvents")),
        ("Resource", json!("*")),
        ("Resource", json!([])),
        (
            "Condition",
            json!({"StringEquals": {"cloudtrail:ExternalId": ["one-s3cret", "three-s3cret"]}}),
        ),
        ("Condition", json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})),
        ("Note", json!({"b": 1, "a": [2.5, null]})),
    ]);
    prop_oneof![
        template(),
        (template(), change).prop_map(|(statement, (member, value))| with(statement, member, value)),
    ]
}

/// Every policy that can be come by has Sids that differ.
fn any_policy() -> impl Strategy<Value = Option<Policy>> {
    let statements = prop::collection::vec(any_statement(), 0..4).prop_map(|statements| {
        let mut kept: Vec<Value> = Vec::new();
        for statement in statements {
            if kept.iter().all(|other| other["Sid"] != statement["Sid"]) {
                kept.push(statement);
            }
        }
        policy(&kept)
    });
    prop::option::of(statements)
}

fn any_wanted() -> impl Strategy<Value = AccessWanted> {
    let external_id = prop_oneof![
        Just(ExternalIdChoice::Unsaid),
        Just(ExternalIdChoice::None),
        prop::sample::select(vec!["one-s3cret", "two-s3cret"]).prop_map(id),
    ];
    (
        prop::option::of(some_people(0)),
        any::<bool>(),
        external_id,
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(
            |(principals, published, external_id, direct, required, replace_access)| AccessWanted {
                principals: principals.map(|who| people(&who)),
                catalogue: if published { people(&[NORDCLOUD]) } else { Vec::new() },
                external_id,
                direct,
                external_id_required: required,
                replace_access,
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, ..ProptestConfig::default() })]

    #[test]
    fn deciding_again_changes_nothing(found in any_policy(), wanted in any_wanted()) {
        let channel = channel();
        let Ok(PolicyDecision::Write { draft, .. }) = decide(found.as_ref(), Some(&channel), &wanted) else {
            return Ok(());
        };
        let now = draft.render(&channel);
        let again = decide(Some(&now), Some(&channel), &wanted);
        prop_assert!(matches!(again, Ok(PolicyDecision::Keep { .. })), "{:?} after {}", again, now.reveal());
        let bare = AccessWanted { principals: None, external_id: ExternalIdChoice::Unsaid, ..wanted };
        let again = decide(Some(&now), Some(&channel), &bare);
        prop_assert!(matches!(again, Ok(PolicyDecision::Keep { .. })), "{:?} after {}", again, now.reveal());
    }

    #[test]
    fn what_is_not_ctls_stays_word_for_word(found in any_policy(), wanted in any_wanted()) {
        let channel = channel();
        let Ok(PolicyDecision::Write { draft, .. }) = decide(found.as_ref(), Some(&channel), &wanted) else {
            return Ok(());
        };
        let mut expected: Vec<String> =
            found.iter().flat_map(Policy::raw_statements).map(Value::to_string).collect();
        let mut after: Vec<String> =
            draft.render(&channel).raw_statements().iter().map(Value::to_string).collect();
        match draft.at {
            Some(at) => {
                expected.remove(at);
                after.remove(at);
            }
            None => {
                after.pop();
            }
        }
        prop_assert_eq!(after, expected);
    }

    #[test]
    fn a_write_is_valid_and_locks_nobody_out_unasked(found in any_policy(), wanted in any_wanted()) {
        let channel = channel();
        let decision = decide(found.as_ref(), Some(&channel), &wanted);
        let Ok(PolicyDecision::Write { draft, notes, replaces }) = decision else {
            return Ok(());
        };
        prop_assert!(wanted.replace_access || !replaces);
        prop_assert!(!notes.join(" ").contains("s3cret"));
        let now = draft.render(&channel);
        let after = now.statements();
        let ours = own(&after, &channel).unwrap();
        prop_assert!(ours.template);
        prop_assert!(ours.view.principals.iter().all(Principal::is_storable));
        prop_assert!(after.iter().all(|statement| statement.deleted().next().is_none()));
        let before = found.as_ref().map(Policy::statements).unwrap_or_default();
        if let Some(old) = draft.at.filter(|_| !replaces).map(|at| &before[at]) {
            for principal in old.principals.iter().filter(|p| p.is_storable()) {
                prop_assert!(ours.view.principals.contains(principal));
            }
            for id in &old.external_ids {
                prop_assert!(ours.view.external_ids.contains(id));
            }
        }
        if let Some(given) = wanted.principals.filter(|given| !given.is_empty()) {
            let same = given.iter().all(|p| ours.view.principals.contains(p))
                && ours.view.principals.iter().all(|p| given.contains(p));
            prop_assert!(same);
        }
        if wanted.external_id_required && wanted.external_id == ExternalIdChoice::Unsaid {
            prop_assert!(ours.view.asks_external_id());
        }
    }

    #[test]
    fn a_bare_run_keeps_every_policy_that_lets_the_partner_in(found in any_policy(), wanted in any_wanted()) {
        let channel = channel();
        let bare = AccessWanted { principals: None, external_id: ExternalIdChoice::Unsaid, ..wanted };
        let statements = found.as_ref().map(Policy::statements).unwrap_or_default();
        let partner = &Principal::read(NORDCLOUD);
        if !statements.iter().any(|statement| statement.lets_in(partner, &channel)) {
            return Ok(());
        }
        let decision = decide(found.as_ref(), Some(&channel), &bare);
        prop_assert!(matches!(decision, Ok(PolicyDecision::Keep { .. })), "{:?}", decision);
    }

    #[test]
    fn after_a_withdrawal_the_partner_is_out(found in any_policy(), published in any::<bool>()) {
        let channel = channel();
        let partner = if published { people(&[NORDCLOUD]) } else { Vec::new() };
        let left = match withdraw(found.as_ref(), &channel, &partner) {
            Err(_) => return Ok(()),
            Ok(Withdrawal::Nothing) => found.clone(),
            Ok(Withdrawal::Delete) => None,
            Ok(Withdrawal::Put(left)) => {
                prop_assert!(!left.raw_statements().is_empty());
                Some(left)
            }
        };
        let statements = left.as_ref().map(Policy::statements).unwrap_or_default();
        for statement in &statements {
            let in_still = match partner.first() {
                Some(partner) => statement.lets_in(partner, &channel),
                None => statement.lets_in_others(&channel),
            };
            prop_assert!(!in_still);
        }
        prop_assert_eq!(withdraw(left.as_ref(), &channel, &partner), Ok(Withdrawal::Nothing));
    }

    #[test]
    fn nothing_that_is_said_holds_an_external_id(found in any_policy(), wanted in any_wanted()) {
        let channel = channel();
        let catalogue = crate::model::Catalogue::builtin();
        let partner = catalogue.find("nordcloud");
        let text = found.as_ref().map(Policy::reveal).unwrap_or_default();
        let said = [
            format!("{:?}", findings(found.as_ref(), &channel, partner)),
            format!("{:?}", lint(&text, None, partner)),
            format!("{:?}", summary(found.as_ref(), &channel)),
            match decide(found.as_ref(), Some(&channel), &wanted) {
                Ok(decision) => format!("{decision:?}"),
                Err(refusal) => format!("{refusal:?} {refusal} {}", refusal.hint()),
            },
            match withdraw(found.as_ref(), &channel, &[]) {
                Ok(withdrawal) => format!("{withdrawal:?}"),
                Err(refusal) => format!("{refusal:?} {refusal} {}", refusal.hint()),
            },
        ]
        .concat();
        prop_assert!(!said.contains("s3cret"), "{}", said);
    }

    #[test]
    fn every_finding_has_a_hint(found in any_policy()) {
        let catalogue = crate::model::Catalogue::builtin();
        for partner in [None, catalogue.find("nordcloud"), catalogue.find("snyk"), catalogue.find("okta")] {
            let text = found.as_ref().map(Policy::reveal).unwrap_or_default();
            let mut all = findings(found.as_ref(), &channel(), partner);
            all.extend(lint(&text, Some(&channel()), partner));
            prop_assert!(all.iter().all(|finding| finding.hint.is_some()));
            prop_assert!(all.iter().all(|finding| finding.message.ends_with('.') || finding.message.ends_with('-')));
        }
    }
}
