//! `status`: what is there, and what is wrong with it.

use serde_json::{Value, json};

use super::{CHANNEL, NORDCLOUD, STORE, by_hand, enabled, findings, keeps, nordcloud, put_policy};
use crate::harness::{Ctl, HOME, Lake, PARTNER, SECRET, document, entry, now, statement, text, with};

/// The integrations that a run shows; it changes nothing.
#[track_caller]
fn shown(lake: &Lake, ctl: &Ctl, args: &str) -> Vec<Value> {
    lake.forget();
    let output = ctl.run(&format!("status {args} -o json")).exits(0);
    assert_eq!(lake.writes(), [""; 0], "{output}");
    let document = output.json();
    assert_eq!(document["schema"], "ctl.status/v1");
    document["integrations"].as_array().unwrap().clone()
}

/// The findings of the only integration.
#[track_caller]
fn found(lake: &Lake, ctl: &Ctl, args: &str) -> Vec<String> {
    let integrations = shown(lake, ctl, args);
    assert_eq!(integrations.len(), 1);
    findings(&integrations[0])
}

#[test]
fn a_healthy_integration_is_shown_whole() {
    let (lake, ctl) = enabled();
    let enabled = keeps(&lake, &ctl, NORDCLOUD);
    let document = ctl.run("status -o json").exits(0).json();
    assert_eq!(
        (&document["sandbox"], &document["region"], &document["account"]),
        (&json!(false), &json!("us-east-1"), &json!(HOME))
    );
    let mut integration = document["integrations"][0].clone();
    // The same object as in every other document, and the hand-off.
    assert_eq!(integration["handoff"], enabled["handoff"]);
    integration.as_object_mut().unwrap().remove("handoff");
    assert_eq!(integration, enabled["integration"]);
    drop(ctl.run("status --exit-code").exits(0));
}

#[test]
fn no_integration_is_an_empty_list_and_a_name_is_not_found() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    assert_eq!(shown(&lake, &ctl, ""), [Value::Null; 0]);
    assert_eq!(ctl.run("status").exits(0).stdout, "");
    for name in ["nordcloud", "nothing-of-this"] {
        let output = ctl.run(&format!("status {name} -o json")).exits(5);
        assert_eq!(output.error()["kind"], "not_found");
        drop(output.says(&["us-east-1"]));
    }
}

#[test]
fn two_integrations_are_two_entries_and_two_lines() {
    let (lake, ctl) = enabled();
    lake.owner().integration();
    let integrations = shown(&lake, &ctl, "");
    let names: Vec<String> = integrations.iter().map(|one| text(one, "name")).collect();
    assert_eq!(names, [CHANNEL, "my-app"]);
    assert_eq!(
        (&integrations[1]["partner"], &integrations[1]["source"]),
        (&Value::Null, &json!("Custom"))
    );
    let lines = ctl.run("status -o ndjson").exits(0).stdout;
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    for (line, integration) in lines.iter().zip(&integrations) {
        assert_eq!(line["schema"], "ctl.status/v1");
        assert_eq!(line["integration"], *integration);
    }
    // One alone, by name.
    assert_eq!(shown(&lake, &ctl, "my-app").len(), 1);
    let table = ctl.run("status").exits(0).stdout;
    let cells: Vec<Vec<&str>> = table.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(cells.len(), 2, "{table}");
    assert_eq!(cells[0][..4], [CHANNEL, "nordcloud", "IBMMulticloud", STORE]);
    assert_eq!(cells[1][..4], ["my-app", "custom", "Custom", "my-events"]);
}

#[test]
fn an_expression_selects_from_the_json() {
    let (lake, ctl) = enabled();
    let arn = lake.only_channel();
    let output = ctl.run("status --jmespath integrations[0].channel_arn").exits(0);
    assert_eq!(output.stdout, format!("{}\n", json!(arn)));
    let output = ctl
        .run("status --jmespath integrations[*].event_data_stores[].name")
        .exits(0);
    assert_eq!(output.stdout, format!("[\"{STORE}\"]\n"));
    lake.forget();
    drop(ctl.run("status --jmespath integrations[").exits(2).says(&["JMESPath"]));
    assert_eq!(lake.requests().len(), 0);
}

/// Makes the statements of a policy from the channel's ARN and the template's statement.
type Make = fn(&str, Value) -> Vec<Value>;

/// Policies, and what `status` finds in each.
const POLICIES: [(&[&str], Make); 10] = [
    // The template.
    (&[], |_, own| vec![own]),
    // Not the partner.
    (&["error principal_not_partner"], |channel, _| {
        vec![statement(channel, "444455556666", Some(SECRET))]
    }),
    // Somebody besides the partner.
    (&["warning principal_not_partner"], |_, own| {
        vec![with(own, json!({"Principal": {"AWS": [PARTNER, "444455556666"]}}))]
    }),
    // A role of the partner's is the partner.
    (&[], |_, own| {
        vec![with(
            own,
            json!({"Principal": {"AWS": ["arn:aws:iam::855341727128:role/x"]}}),
        )]
    }),
    // One more condition.
    (&["warning policy_differs"], |_, mut own| {
        own["Condition"]["Bool"] = json!({"aws:SecureTransport": "true"});
        vec![own]
    }),
    // No external ID.
    (&["warning external_id_missing"], |channel, _| {
        vec![statement(channel, PARTNER, None)]
    }),
    // Somebody else by another statement.
    (&["info also_allowed_by"], |channel, own| {
        vec![
            own,
            with(statement(channel, "444455556666", None), json!({"Sid": "Audit"})),
        ]
    }),
    // The partner by another statement.
    (
        &["warning external_id_missing", "warning also_allowed_by"],
        |channel, own| vec![own, with(statement(channel, PARTNER, None), json!({"Sid": "Again"}))],
    ),
    // Everybody.
    (
        &["error wildcard_principal", "warning external_id_missing"],
        |channel, own| {
            let all = json!({"Sid": "All", "Principal": "*"});
            vec![own, with(statement(channel, PARTNER, None), all)]
        },
    ),
    // A deleted role.
    (&["error principal_not_partner", "error principal_deleted"], |_, own| {
        let gone = json!({"Principal": {"AWS": ["AROAEXAMPLEEXAMPLE123", "444455556666"]}});
        vec![with(own, gone)]
    }),
];

#[test]
fn each_fault_of_a_policy_has_its_code() {
    for (expected, make) in POLICIES {
        let lake = Lake::new();
        let ctl = lake.ctl();
        let (channel, _) = by_hand(&lake);
        let document = document(&make(&channel, statement(&channel, PARTNER, Some(SECRET))));
        lake.plant(
            "resource_policy",
            json!({"resource_arn": channel, "document": document.to_string()}),
        );
        assert_eq!(found(&lake, &ctl, "nordcloud"), expected, "{document}");
    }
}

#[test]
fn a_missing_policy_is_an_error_for_a_direct_partner_alone() {
    let (lake, ctl) = enabled();
    drop(ctl.run("disable nordcloud --keep-channel --yes").exits(0));
    assert_eq!(found(&lake, &ctl, ""), ["error policy_missing"]);
    let lake = Lake::new();
    lake.owner().integration();
    assert_eq!(found(&lake, &lake.ctl(), ""), [""; 0]);
}

#[test]
fn each_fault_of_a_store_has_its_code() {
    let management = json!([{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]);
    for (planted, expected) in [
        (json!({"status": "PENDING_DELETION"}), "error store_pending_deletion"),
        (
            json!({"advanced_event_selectors": management}),
            "error store_wrong_category",
        ),
        (json!({"multi_region_enabled": true}), "error store_wrong_category"),
        (json!({"organization_enabled": true}), "error store_wrong_category"),
        (
            json!({"termination_protection_enabled": false}),
            "warning store_unprotected",
        ),
    ] {
        let (lake, ctl) = enabled();
        let id = lake.only_store();
        lake.plant("event_data_store", with(planted.clone(), json!({"id": id})));
        assert_eq!(found(&lake, &ctl, ""), [expected], "{planted}");
    }
}

#[test]
fn the_last_error_counts_until_a_delivery_succeeds() {
    let (lake, ctl) = enabled();
    let channel = lake.only_channel();
    let owner = lake.owner();
    owner.put(&channel, None, json!([entry("e1")])).unwrap();
    let shown_now = |code: &str| {
        let integration = shown(&lake, &ctl, "")[0].clone();
        assert_eq!(
            integration["ingestion"]["last_error"],
            json!(code).take(),
            "{integration}"
        );
        integration
    };
    assert_eq!(
        shown(&lake, &ctl, "")[0]["ingestion"]["last_success"],
        "2026-11-20T12:00:00Z"
    );
    lake.tell("/clock", json!({"advance_seconds": 60}));
    owner
        .put(&channel, None, json!([{"id": "bad", "eventData": "no JSON"}]))
        .unwrap();
    let failed = shown_now("InvalidData");
    assert_eq!(findings(&failed), ["error last_error"]);
    assert_eq!(failed["ingestion"]["last_attempt"], "2026-11-20T12:01:00Z");
    lake.tell("/clock", json!({"advance_seconds": 60}));
    owner.put(&channel, None, json!([entry("e2")])).unwrap();
    assert_eq!(findings(&shown_now("InvalidData")), [""; 0]);
}

#[test]
fn silence_is_a_finding_when_it_was_asked_about() {
    let (lake, ctl) = enabled();
    assert_eq!(found(&lake, &ctl, ""), [""; 0]);
    assert_eq!(found(&lake, &ctl, "--max-silence 24h"), ["warning silent"]);
    let channel = lake.only_channel();
    let succeeded = |ago: i64| {
        let at = now() - jiff::SignedDuration::from_hours(ago);
        let at = at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let planted = json!({
            "channel": channel, "latest_ingestion_success_time": at, "latest_ingestion_attempt_time": at
        });
        lake.plant("ingestion_status", planted);
    };
    succeeded(23);
    assert_eq!(found(&lake, &ctl, "--max-silence 24h"), [""; 0]);
    succeeded(25);
    assert_eq!(found(&lake, &ctl, "--max-silence 24h"), ["warning silent"]);
    assert_eq!(found(&lake, &ctl, "--max-silence 48h"), [""; 0]);
    for bad in ["soon", "-1h", "24"] {
        drop(ctl.run(&format!("status --max-silence={bad}")).exits(2));
    }
}

#[test]
fn the_exit_code_follows_what_counts() {
    let (lake, ctl) = enabled();
    lake.plant(
        "event_data_store",
        json!({"id": lake.only_store(), "termination_protection_enabled": false}),
    );
    for (args, code) in [
        ("", 0),
        ("--exit-code", 10),
        ("--exit-code --fail-on warning", 10),
        ("--exit-code --fail-on error", 0),
        ("--exit-code --ignore store_unprotected", 0),
        ("--exit-code --ignore silent", 10),
        ("--exit-code --ignore store_unprotected --max-silence 1h", 10),
        (
            "--exit-code --ignore store_unprotected --ignore silent --max-silence 1h",
            0,
        ),
        ("--fail-on error", 2),
    ] {
        drop(ctl.run(&format!("status {args}")).exits(code));
    }
    // What is merely worth knowing does not count.
    let lake = Lake::new();
    let ctl = lake.ctl();
    let (channel, _) = by_hand(&lake);
    let both = document(&[
        statement(&channel, PARTNER, Some(SECRET)),
        with(statement(&channel, "444455556666", None), json!({"Sid": "Audit"})),
    ]);
    put_policy(&lake.owner(), &channel, &both.to_string());
    assert_eq!(found(&lake, &ctl, "--exit-code"), ["info also_allowed_by"]);
}

#[test]
fn channels_that_services_made_are_left_out_unless_asked_for() {
    let (lake, ctl) = enabled();
    let planted = lake.plant(
        "service_channel",
        json!({"name": "aws-made", "service": "some-service"}),
    );
    let arn = text(&planted, "channel_arn");
    assert_eq!(shown(&lake, &ctl, "").len(), 1);
    let all = shown(&lake, &ctl, "--all");
    assert_eq!(all.len(), 2);
    assert!(all.iter().any(|one| one["channel_arn"] == json!(arn)), "{all:?}");
    // Nobody's source is not called a custom integration.
    let table = ctl.run("status --all").exits(0);
    assert!(table.stdout.contains("aws-made\tunknown\t"), "{table}");
    // The only integration is still the only one, and it alone is counted.
    drop(keeps(&lake, &ctl, &nordcloud()));
    drop(ctl.run("disable --yes -o json").exits(0));
}
