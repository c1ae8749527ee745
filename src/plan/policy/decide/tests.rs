//! Every case of a decision, each with its write, its refusal or its peace.

use serde_json::{Value, json};

use super::*;
use crate::plan::policy::fixtures::*;

const SID: &str = TEMPLATE_SID;

fn run(found: &[Value], wanted: &AccessWanted) -> Result<PolicyDecision, PolicyRefusal> {
    let found = policy(found);
    decide(Some(&found), Some(&channel()), wanted)
}

fn written(found: &[Value], wanted: &AccessWanted) -> Policy {
    match run(found, wanted) {
        Ok(PolicyDecision::Write { draft, .. }) => draft.render(&channel()),
        other => panic!("{other:?}"),
    }
}

fn writes(found: &[Value], wanted: &AccessWanted, expected: &[Value]) {
    let written = written(found, wanted);
    let expected = policy(expected);
    assert!(written == expected, "{}\n{}", written.reveal(), expected.reveal());
}

fn keeps(found: &[Value], wanted: &AccessWanted) -> bool {
    matches!(run(found, wanted), Ok(PolicyDecision::Keep { .. }))
}

fn refused(found: &[Value], wanted: &AccessWanted) -> PolicyRefusal {
    run(found, wanted).unwrap_err()
}

/// What is wanted with `--principal`.
fn named(who: &[&str], external_id: ExternalIdChoice) -> AccessWanted {
    AccessWanted {
        principals: Some(people(who)),
        external_id,
        ..direct()
    }
}

fn replacing(wanted: AccessWanted) -> AccessWanted {
    AccessWanted {
        replace_access: true,
        ..wanted
    }
}

fn with_id(wanted: AccessWanted, text: &str) -> AccessWanted {
    AccessWanted {
        external_id: id(text),
        ..wanted
    }
}

#[test]
fn without_a_policy_the_partner_is_let_in_with_its_external_id() {
    let decision = decide(None, None, &with_id(direct(), "s3cret")).unwrap();
    let PolicyDecision::Write { draft, notes, replaces } = decision else {
        panic!("a write");
    };
    assert_eq!(
        draft.render(&channel()),
        policy(&[statement(SID, &[NORDCLOUD], "s3cret")])
    );
    assert!(!replaces);
    assert_eq!(notes, ["Lets in account 855341727128, with the external ID."]);
    let summary = draft.summary(None, "aws");
    assert_eq!(summary, draft.summary(Some(&channel()), "aws"));
    assert_eq!(summary.principals, ["arn:aws:iam::855341727128:root"]);
}

#[test]
fn what_is_missing_is_asked_for() {
    let nobody = AccessWanted {
        catalogue: Vec::new(),
        ..direct()
    };
    for (wanted, expected) in [
        (direct(), PolicyRefusal::ExternalIdRequired),
        (nobody.clone(), PolicyRefusal::PrincipalRequired),
        (with_id(nobody, "s3cret"), PolicyRefusal::PrincipalRequired),
        (with_id(custom(), "s3cret"), PolicyRefusal::PrincipalRequired),
        (
            named(&[OTHER], ExternalIdChoice::Unsaid),
            PolicyRefusal::ExternalIdRequired,
        ),
    ] {
        assert_eq!(decide(None, None, &wanted), Err(expected.clone()), "{wanted:?}");
        assert_eq!(expected.kind(), super::super::RefusalKind::Usage);
        // The same where only a Deny is there.
        let deny = with(statement("Out", &[OTHER], ""), "Effect", json!("Deny"));
        assert_eq!(refused(&[deny], &wanted), expected, "{wanted:?}");
    }
}

#[test]
fn where_only_the_owner_sends_there_is_no_policy() {
    let said_none = AccessWanted {
        external_id: ExternalIdChoice::None,
        ..custom()
    };
    for wanted in [custom(), said_none] {
        let decision = decide(None, Some(&channel()), &wanted).unwrap();
        assert!(matches!(decision, PolicyDecision::Keep { notes } if notes.len() == 1));
    }
}

#[test]
fn no_external_id_can_be_said_on_purpose() {
    let wanted = AccessWanted {
        external_id: ExternalIdChoice::None,
        ..direct()
    };
    writes(&[], &wanted, &[statement(SID, &[NORDCLOUD], "")]);
    let application = AccessWanted {
        principals: Some(people(&[OTHER])),
        ..custom()
    };
    writes(&[], &application, &[statement(SID, &[OTHER], "")]);
}

#[test]
fn a_bare_run_changes_nothing_that_stands() {
    let template = statement(SID, &[NORDCLOUD], "s3cret");
    let limited = json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}});
    let foreign = with(statement("Mine", &[NORDCLOUD], ""), "Condition", limited.clone());
    for found in [
        vec![template.clone()],
        vec![statement("Console", &[NORDCLOUD], "")],
        vec![statement(SID, &[OTHER], "s3cret")],
        vec![statement(SID, &[GONE], "s3cret")],
        vec![with(template.clone(), "Condition", limited)],
        vec![with(template.clone(), "Principal", json!("*"))],
        vec![with(
            template,
            "Resource",
            json!("arn:aws:cloudtrail:x:1:channel/other"),
        )],
        vec![foreign],
        vec![with(statement("Mine", &[], ""), "Principal", json!("*"))],
        vec![
            statement("One", &[NORDCLOUD], "s3cret"),
            statement("Two", &[NORDCLOUD], "other"),
        ],
    ] {
        assert!(keeps(&found, &direct()), "{found:?}");
        assert!(keeps(&found, &replacing(direct())), "{found:?}");
        assert!(keeps(&found, &custom()), "{found:?}");
    }
    let unknown = AccessWanted {
        catalogue: Vec::new(),
        ..direct()
    };
    assert!(keeps(
        &[with(
            statement("Mine", &[OTHER], ""),
            "Action",
            json!("cloudtrail-data:*")
        )],
        &unknown
    ));
}

#[test]
fn a_bare_run_adds_the_partner_beside_others_who_are_let_in() {
    let foreign = [
        with(statement("A", &[OTHER], ""), "Note", json!("mine")),
        with(statement("B", &["111122223333"], "x-y"), "Effect", json!("Deny")),
    ];
    let mut expected = foreign.to_vec();
    expected.push(statement(SID, &[NORDCLOUD], "s3cret"));
    writes(&foreign, &with_id(direct(), "s3cret"), &expected);
    assert_eq!(refused(&foreign, &direct()), PolicyRefusal::ExternalIdRequired);
}

#[test]
fn what_is_as_wanted_is_kept() {
    for (found, wanted) in [
        (statement(SID, &[NORDCLOUD], "s3cret"), with_id(direct(), "s3cret")),
        (
            with(statement(SID, &[], "s3cret"), "Principal", json!({"AWS": NORDCLOUD})),
            named(&["arn:aws:iam::855341727128:root"], id("s3cret")),
        ),
        (
            statement("Console", &[OTHER, NORDCLOUD], ""),
            named(&[NORDCLOUD, OTHER], ExternalIdChoice::None),
        ),
        (
            statement(SID, &[NORDCLOUD], ""),
            named(&[NORDCLOUD], ExternalIdChoice::Unsaid),
        ),
    ] {
        assert!(keeps(std::slice::from_ref(&found), &wanted), "{found}");
        assert!(keeps(std::slice::from_ref(&found), &replacing(wanted)), "{found}");
    }
}

#[test]
fn people_and_an_external_id_are_added_freely() {
    for (found, wanted, expected) in [
        (
            statement(SID, &[NORDCLOUD], "s3cret"),
            named(&[NORDCLOUD, OTHER], ExternalIdChoice::Unsaid),
            statement(SID, &[NORDCLOUD, OTHER], "s3cret"),
        ),
        (
            statement("Console", &[NORDCLOUD], ""),
            with_id(direct(), "s3cret"),
            statement("Console", &[NORDCLOUD], "s3cret"),
        ),
        (
            statement(SID, &[GONE], "s3cret"),
            named(&["arn:aws:iam::444455556666:role/x"], ExternalIdChoice::Unsaid),
            statement(SID, &["arn:aws:iam::444455556666:role/x"], "s3cret"),
        ),
    ] {
        writes(&[found], &wanted, &[expected]);
    }
    let mut unnamed = statement("", &[NORDCLOUD], "");
    unnamed.as_object_mut().unwrap().shift_remove("Sid");
    let now = written(&[unnamed], &with_id(direct(), "s3cret"));
    assert!(now.raw_statements()[0].get("Sid").is_none());
}

#[test]
fn whoever_is_let_in_is_locked_out_only_when_it_was_said() {
    let removed = |who: &[&str]| PolicyRefusal::WouldRemovePrincipals { removed: people(who) };
    let none = AccessWanted {
        external_id: ExternalIdChoice::None,
        ..direct()
    };
    for (wanted, refusal, expected) in [
        (
            named(&[OTHER], ExternalIdChoice::Unsaid),
            removed(&[NORDCLOUD]),
            statement(SID, &[OTHER], "s3cret"),
        ),
        (
            named(&["arn:aws:iam::855341727128:role/x"], ExternalIdChoice::Unsaid),
            removed(&[NORDCLOUD]),
            statement(SID, &["arn:aws:iam::855341727128:role/x"], "s3cret"),
        ),
        (
            with_id(direct(), "new-id"),
            PolicyRefusal::WouldReplaceExternalId,
            statement(SID, &[NORDCLOUD], "new-id"),
        ),
        (
            none,
            PolicyRefusal::WouldReplaceExternalId,
            statement(SID, &[NORDCLOUD], ""),
        ),
    ] {
        let found = [statement(SID, &[NORDCLOUD], "s3cret")];
        assert_eq!(refused(&found, &wanted), refusal);
        assert_eq!(refusal.kind(), super::super::RefusalKind::State);
        writes(&found, &replacing(wanted.clone()), &[expected]);
        let decision = run(&found, &replacing(wanted)).unwrap();
        assert!(matches!(decision, PolicyDecision::Write { replaces: true, .. }));
    }
}

#[test]
fn one_of_two_external_ids_is_no_reason_to_drop_the_other() {
    let both = json!({"StringEquals": {"cloudtrail:ExternalId": ["old-id", "new-id"]}});
    let found = with(statement(SID, &[NORDCLOUD], ""), "Condition", both.clone());
    assert!(keeps(std::slice::from_ref(&found), &with_id(direct(), "new-id")));
    writes(
        std::slice::from_ref(&found),
        &named(&[NORDCLOUD, OTHER], id("new-id")),
        &[with(statement(SID, &[NORDCLOUD, OTHER], ""), "Condition", both)],
    );
    writes(
        std::slice::from_ref(&found),
        &replacing(with_id(direct(), "new-id")),
        &[statement(SID, &[NORDCLOUD], "new-id")],
    );
    assert_eq!(
        refused(&[found], &with_id(direct(), "third-id")),
        PolicyRefusal::WouldReplaceExternalId
    );
}

#[test]
fn a_changed_statement_of_ctls_is_written_anew_only_when_it_was_said() {
    let limit = json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}});
    let changed = with(statement(SID, &[NORDCLOUD], ""), "Condition", limit);
    let wanted = with_id(direct(), "s3cret");
    assert_eq!(
        refused(std::slice::from_ref(&changed), &wanted),
        PolicyRefusal::WouldReplaceStatement {
            sid: SID.to_owned(),
            differences: vec!["Condition/IpAddress/aws:SourceIp".to_owned()],
        }
    );
    writes(
        &[changed],
        &replacing(wanted.clone()),
        &[statement(SID, &[NORDCLOUD], "s3cret")],
    );
    // Everybody is never written again.
    let open = with(statement(SID, &[], ""), "Principal", json!({"AWS": ["*", OTHER]}));
    writes(
        &[open],
        &replacing(wanted.clone()),
        &[statement(SID, &[OTHER], "s3cret")],
    );
    let all = with(statement(SID, &[], "s3cret"), "Principal", json!("*"));
    let none_known = AccessWanted {
        catalogue: Vec::new(),
        ..replacing(wanted)
    };
    assert_eq!(refused(&[all], &none_known), PolicyRefusal::PrincipalRequired);
}

#[test]
fn what_a_changed_statement_does_already_is_not_refused() {
    let limit = json!({
        "StringEquals": {"cloudtrail:ExternalId": ["s3cret", "new-id"]},
        "IpAddress": {"aws:SourceIp": "10.0.0.0/8"},
    });
    let limited = with(statement(SID, &[NORDCLOUD, OTHER], ""), "Condition", limit);
    let noted = with(statement(SID, &[NORDCLOUD], ""), "Note", json!("mine"));
    for (found, wanted) in [
        (&limited, with_id(direct(), "s3cret")),
        (&limited, with_id(direct(), "new-id")),
        (&limited, named(&[OTHER, NORDCLOUD], ExternalIdChoice::Unsaid)),
        (&limited, named(&[OTHER, NORDCLOUD], id("s3cret"))),
        (&noted, named(&[NORDCLOUD], ExternalIdChoice::None)),
        (&noted, named(&[NORDCLOUD], ExternalIdChoice::Unsaid)),
    ] {
        assert!(keeps(std::slice::from_ref(found), &wanted), "{found} {wanted:?}");
        // The template takes its place where that was said.
        let template = written(std::slice::from_ref(found), &replacing(with_id(wanted, "s3cret")));
        assert!(template.statements()[0].is_template(&channel()));
    }
    let changed = |found: &Value, wanted: &AccessWanted| {
        let refusal = refused(std::slice::from_ref(found), wanted);
        matches!(refusal, PolicyRefusal::WouldReplaceStatement { .. })
    };
    for (found, wanted) in [
        (&limited, with_id(direct(), "third-id")),
        (&limited, named(&[NORDCLOUD], ExternalIdChoice::Unsaid)),
        (&limited, named(&[NORDCLOUD, OTHER], ExternalIdChoice::None)),
        (&noted, with_id(direct(), "s3cret")),
        // It is about another channel, or lets in everybody.
        (
            &with(noted.clone(), "Resource", json!("x")),
            named(&[NORDCLOUD], ExternalIdChoice::Unsaid),
        ),
        (
            &with(noted.clone(), "Principal", json!("*")),
            named(&[NORDCLOUD], ExternalIdChoice::Unsaid),
        ),
    ] {
        assert!(changed(found, &wanted), "{found} {wanted:?}");
    }
}

#[test]
fn what_a_statement_of_others_does_already_is_not_done_twice() {
    let condition = json!({
        "StringEquals": {"cloudtrail:ExternalId": "s3cret"},
        "IpAddress": {"aws:SourceIp": "10.0.0.0/8"},
    });
    let mine = with(statement("Mine", &[NORDCLOUD, OTHER], ""), "Condition", condition);
    let unknown = AccessWanted {
        catalogue: Vec::new(),
        ..direct()
    };
    for wanted in [
        with_id(direct(), "s3cret"),
        with_id(unknown.clone(), "s3cret"),
        named(&[OTHER], ExternalIdChoice::Unsaid),
        named(&[OTHER], id("s3cret")),
    ] {
        let decision = run(std::slice::from_ref(&mine), &wanted).unwrap();
        let PolicyDecision::Keep { notes } = decision else {
            panic!("kept: {wanted:?}");
        };
        assert!(
            notes[0].ends_with("is let in already by the statement \"Mine\"."),
            "{notes:?}"
        );
    }
    for (wanted, expected) in [
        (with_id(direct(), "new-id"), statement(SID, &[NORDCLOUD], "new-id")),
        (
            replacing(with_id(direct(), "s3cret")),
            statement(SID, &[NORDCLOUD], "s3cret"),
        ),
        (named(&[OTHER], ExternalIdChoice::None), statement(SID, &[OTHER], "")),
    ] {
        writes(std::slice::from_ref(&mine), &wanted, &[mine.clone(), expected]);
    }
    assert_eq!(
        refused(std::slice::from_ref(&mine), &with_id(unknown, "new-id")),
        PolicyRefusal::PrincipalRequired
    );
}

#[test]
fn an_external_id_that_was_not_understood_is_not_dropped_in_passing() {
    let like = json!({"StringLike": {"cloudtrail:ExternalId": "s3cret-*"}});
    let found = with(statement(SID, &[OTHER], ""), "Condition", like);
    let wanted = |choice| AccessWanted {
        principals: Some(people(&[OTHER])),
        external_id: choice,
        ..replacing(custom())
    };
    assert_eq!(
        refused(std::slice::from_ref(&found), &wanted(ExternalIdChoice::Unsaid)),
        PolicyRefusal::ExternalIdRequired
    );
    writes(
        &[found],
        &wanted(ExternalIdChoice::None),
        &[statement(SID, &[OTHER], "")],
    );
}

#[test]
fn who_has_to_be_let_in_is_not_who_needs_an_external_id() {
    // A catalogue file may say of a direct partner that it sends none, and of a solution that it does.
    let direct_without = AccessWanted {
        external_id_required: false,
        ..direct()
    };
    writes(&[], &direct_without, &[statement(SID, &[NORDCLOUD], "")]);
    let solution = AccessWanted {
        external_id_required: true,
        ..custom()
    };
    assert!(keeps(&[], &solution));
    assert_eq!(
        decide(
            None,
            None,
            &AccessWanted {
                principals: Some(people(&[OTHER])),
                ..solution
            }
        ),
        Err(PolicyRefusal::ExternalIdRequired)
    );
}

#[test]
fn a_deleted_principal_stops_every_write() {
    let foreign = with(statement("Mine", &[OTHER, GONE], ""), "Note", json!(1));
    let deleted = vec![Principal::read(GONE)];
    assert_eq!(
        refused(std::slice::from_ref(&foreign), &with_id(direct(), "s3cret")),
        PolicyRefusal::DeletedPrincipalElsewhere {
            statement: "The statement \"Mine\"".to_owned(),
            deleted: deleted.clone(),
        }
    );
    assert!(keeps(
        &[foreign, statement(SID, &[NORDCLOUD], "s3cret")],
        &with_id(direct(), "s3cret")
    ));
    assert_eq!(
        refused(&[statement(SID, &[NORDCLOUD, GONE], "")], &with_id(direct(), "s3cret")),
        PolicyRefusal::DeletedPrincipalNeedsPrincipal { deleted }
    );
}

#[test]
fn a_sid_that_is_taken_is_not_taken_again() {
    let deny = with(statement(SID, &[OTHER], ""), "Effect", json!("Deny"));
    let taken = PolicyRefusal::SidTaken { sid: SID.to_owned() };
    assert_eq!(
        refused(std::slice::from_ref(&deny), &with_id(direct(), "s3cret")),
        taken
    );
    // The template under another Sid keeps that one.
    let console = statement("Console", &[NORDCLOUD], "");
    writes(
        &[deny.clone(), console],
        &with_id(direct(), "s3cret"),
        &[deny, statement("Console", &[NORDCLOUD], "s3cret")],
    );
}

#[test]
fn two_that_look_like_ctls_are_both_left_alone() {
    let both = [statement("One", &[NORDCLOUD], "s3cret"), statement("Two", &[OTHER], "")];
    assert!(keeps(&both, &with_id(direct(), "s3cret")));
    let mut expected = both.to_vec();
    expected.push(statement(SID, &[NORDCLOUD], "new-id"));
    writes(&both, &with_id(direct(), "new-id"), &expected);
}

#[test]
fn an_external_id_is_not_put_on_somebody_elses_statement() {
    let mine = statement("Mine", &[OTHER], "");
    writes(
        std::slice::from_ref(&mine),
        &with_id(direct(), "s3cret"),
        &[mine.clone(), statement(SID, &[NORDCLOUD], "s3cret")],
    );
    // It is the console's where nobody is known whom it should let in.
    let unknown = AccessWanted {
        catalogue: Vec::new(),
        ..with_id(direct(), "s3cret")
    };
    writes(&[mine], &unknown, &[statement("Mine", &[OTHER], "s3cret")]);
}

#[test]
fn the_limits_of_the_service_are_kept() {
    let numbered = |n: usize| format!("{n:012}");
    let accounts: Vec<String> = (0..51).map(numbered).collect();
    let names: Vec<&str> = accounts.iter().map(String::as_str).collect();
    let none = ExternalIdChoice::None;
    written(&[], &named(&names[..50], none.clone()));
    assert_eq!(
        refused(&[], &named(&names, none.clone())),
        PolicyRefusal::TooManyPrincipals { principals: 51 }
    );
    let foreign: Vec<Value> = (0..20)
        .map(|n| json!({"Sid": format!("S{n}"), "Effect": "Deny"}))
        .collect();
    written(&foreign[..19], &named(&[OTHER], none.clone()));
    assert_eq!(
        refused(&foreign, &named(&[OTHER], none.clone())),
        PolicyRefusal::TooManyStatements { statements: 21 }
    );
    let long = |n: usize| format!("arn:aws:iam::{n:012}:role/{}", "x".repeat(200));
    let roles: Vec<String> = (0..40).map(long).collect();
    let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
    for found in [None, Some(channel())] {
        let refusal = decide(None, found.as_ref(), &named(&roles, none.clone())).unwrap_err();
        assert!(matches!(refusal, PolicyRefusal::TooLarge { shared: false, .. }));
    }
    let big = json!({"Sid": "Big", "Effect": "Deny", "Note": "x".repeat(8000)});
    assert!(matches!(
        refused(&[big], &named(&[OTHER], none)),
        PolicyRefusal::TooLarge { shared: true, .. }
    ));
}

#[test]
fn what_cannot_be_edited_is_left_alone() {
    let strange: Policy = r#"{"Statement":["x"]}"#.parse().unwrap();
    assert_eq!(
        decide(Some(&strange), Some(&channel()), &with_id(direct(), "s3cret")),
        Err(PolicyRefusal::Unreadable)
    );
    assert!(matches!(
        decide(Some(&strange), Some(&channel()), &custom()),
        Ok(PolicyDecision::Keep { .. })
    ));
}

#[test]
fn the_plan_says_what_happens_and_no_external_id() {
    let found = [
        statement(SID, &[NORDCLOUD], "old-s3cret"),
        statement("Mine", &[OTHER], "my-s3cret"),
    ];
    let wanted = replacing(named(&[OTHER], id("new-s3cret")));
    let Ok(PolicyDecision::Write { notes, draft, .. }) = run(&found, &wanted) else {
        panic!("a write");
    };
    assert_eq!(
        notes,
        [
            "Lets in account 444455556666, with the external ID.",
            "--principal takes the place of account 855341727128, which the catalogue names.",
            "Locks out account 855341727128.",
            "Replaces the external ID.",
            "Keeps the statement \"Mine\" unchanged.",
            "The same are let in by the statement \"Mine\" too.",
        ]
    );
    assert!(!format!("{draft:?}{wanted:?}").contains("s3cret"));
}
