//! The rules about the resource policy: whose statement is whose, and who is never locked out in passing.

use serde_json::{Value, json};

use super::{
    CHANNEL, NORDCLOUD, by_hand, changes, enabled, findings, keeps, nordcloud, notes, put_policy, refused, steps,
};
use crate::harness::{Ctl, Lake, PARTNER, SECRET, document, statement, with};

const OTHER: &str = "444455556666";

/// A sandbox with the integration and a policy of these statements; `own` is the template's.
fn with_statements(make: impl Fn(&str, Value) -> Vec<Value>) -> (Lake, Ctl, String) {
    let lake = Lake::new();
    let (channel, _) = by_hand(&lake);
    let statements = make(&channel, statement(&channel, PARTNER, Some(SECRET)));
    put_policy(&lake.owner(), &channel, &document(&statements).to_string());
    let ctl = lake.ctl();
    (lake, ctl, channel)
}

/// The statements that are attached.
fn attached(lake: &Lake) -> Vec<Value> {
    let state = lake.state();
    state["channels"][0]["Policy"]["Statement"].as_array().unwrap().clone()
}

#[test]
fn foreign_statements_are_kept_as_they_are() {
    let (lake, ctl, channel) = with_statements(|channel, _| {
        let condition = json!({"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}});
        vec![
            with(
                statement(channel, OTHER, None),
                json!({"Sid": "Audit", "Condition": condition}),
            ),
            with(
                statement(channel, "999999999999", None),
                json!({"Sid": "Out", "Effect": "Deny"}),
            ),
        ]
    });
    let foreign = attached(&lake);
    let document = changes(&lake, &ctl, &nordcloud(), &["PutResourcePolicy"]);
    assert_eq!(document["integration"]["policy"]["statements"], 3);
    let now = attached(&lake);
    assert_eq!(now[..2], foreign);
    assert_eq!(now[2], statement(&channel, PARTNER, Some(SECRET)));
}

#[test]
fn the_template_under_another_sid_is_ctls() {
    for sid in [json!("ChannelPolicyFromTheConsole"), Value::Null] {
        let (lake, ctl, _) = with_statements(|_, mut own| {
            own["Sid"] = sid.clone();
            if sid.is_null() {
                own.as_object_mut().unwrap().remove("Sid");
            }
            vec![own]
        });
        drop(keeps(&lake, &ctl, NORDCLOUD));
        drop(keeps(&lake, &ctl, &nordcloud()));
        let other = format!("{NORDCLOUD} --external-id another-one");
        refused(&lake, &ctl, &other, 5, &["--replace-access"]);
        changes(
            &lake,
            &ctl,
            &format!("{other} --replace-access"),
            &["PutResourcePolicy"],
        );
        let now = attached(&lake);
        assert_eq!(now.len(), 1);
        assert_eq!(now[0]["Sid"], sid);
        assert_eq!(
            now[0]["Condition"]["StringEquals"]["cloudtrail:ExternalId"],
            "another-one"
        );
    }
}

#[test]
fn a_changed_statement_of_ctls_is_kept_until_its_loss_is_agreed_to() {
    let (lake, ctl, channel) = with_statements(|_, mut own| {
        own["Condition"]["Bool"] = json!({"aws:SecureTransport": "true"});
        vec![own]
    });
    let document = keeps(&lake, &ctl, NORDCLOUD);
    assert!(
        notes(&document).contains("was changed by somebody (Condition/Bool/aws:SecureTransport) and is kept"),
        "{document}"
    );
    // That external ID is in force already; another one is not.
    drop(keeps(&lake, &ctl, &nordcloud()));
    let other = format!("{NORDCLOUD} --external-id another-one");
    refused(&lake, &ctl, &other, 5, &["Condition/Bool", "--replace-access"]);
    changes(
        &lake,
        &ctl,
        &format!("{} --replace-access", nordcloud()),
        &["PutResourcePolicy"],
    );
    assert_eq!(attached(&lake), [statement(&channel, PARTNER, Some(SECRET))]);
}

#[test]
fn policies_are_compared_by_what_they_say() {
    let (lake, ctl, _) = with_statements(|channel, own| {
        vec![with(
            own,
            json!({
                "Principal": {"AWS": PARTNER}, "Action": "cloudtrail-data:PutAuditEvents", "Resource": channel
            }),
        )]
    });
    drop(keeps(&lake, &ctl, &nordcloud()));
    drop(keeps(
        &lake,
        &ctl,
        &format!("{} --principal arn:aws:iam::{PARTNER}:root", nordcloud()),
    ));
    drop(keeps(&lake, &ctl, &format!("{} --principal {PARTNER}", nordcloud())));
}

#[test]
fn a_deleted_principal_in_ctls_statement_is_replaced_by_the_arn_given() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let (channel, _) = by_hand(&lake);
    let gone = json!({"Principal": {"AWS": ["AROAEXAMPLEEXAMPLE123"]}});
    let own = with(statement(&channel, PARTNER, Some(SECRET)), gone);
    let planted = json!({"resource_arn": channel, "document": document(&[own]).to_string()});
    lake.plant("resource_policy", planted);
    let shown = keeps(&lake, &ctl, NORDCLOUD);
    assert!(
        findings(&shown["integration"]).contains(&"error principal_deleted".to_owned()),
        "{shown}"
    );
    let role = "arn:aws:iam::855341727128:role/deliver";
    let run = format!("{NORDCLOUD} --principal {role}");
    let done = changes(&lake, &ctl, &run, &["PutResourcePolicy"]);
    assert!(notes(&done).contains("deleted in IAM"), "{done}");
    assert_eq!(attached(&lake)[0]["Principal"], json!({"AWS": [role]}));
    assert_eq!(done["integration"]["policy"]["external_id"], "set");
}

#[test]
fn a_deleted_principal_elsewhere_stops_it_before_any_write() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let (channel, _) = by_hand(&lake);
    let foreign = with(
        statement(&channel, OTHER, None),
        json!({"Sid": "Audit", "Principal": {"AWS": "AIDAEXAMPLEEXAMPLE123"}, "Condition": {"Bool": {"a:b": "true"}}}),
    );
    let both = document(&[statement(&channel, PARTNER, Some(SECRET)), foreign]);
    lake.plant(
        "resource_policy",
        json!({"resource_arn": channel, "document": both.to_string()}),
    );
    let run = format!("{NORDCLOUD} --external-id another-one --replace-access --retention-days 500");
    refused(
        &lake,
        &ctl,
        &run,
        5,
        &["Audit", "AIDAEXAMPLEEXAMPLE123", "deleted in IAM"],
    );
    // What needs no policy to be written goes on.
    changes(
        &lake,
        &ctl,
        &format!("{NORDCLOUD} --retention-days 500"),
        &["UpdateEventDataStore"],
    );
}

#[test]
fn a_direct_partner_without_a_policy_needs_the_external_id() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let store = lake.owner().store("my-events");
    lake.owner().channel(CHANNEL, "IBMMulticloud", &[&store]);
    refused(&lake, &ctl, NORDCLOUD, 2, &["--external-id-file", "--no-external-id"]);
    let document = changes(&lake, &ctl, &nordcloud(), &["PutResourcePolicy"]);
    assert_eq!(steps(&document)[2], format!("done create resource_policy {CHANNEL}"));

    let lake = Lake::new();
    let ctl = lake.ctl();
    let on_purpose = format!("{NORDCLOUD} --no-external-id");
    let writes = ["CreateEventDataStore", "CreateChannel", "PutResourcePolicy"];
    let document = changes(&lake, &ctl, &on_purpose, &writes);
    assert_eq!(document["integration"]["policy"]["external_id"], "none");
    assert_eq!(findings(&document["integration"]), ["warning external_id_missing"]);
    assert_eq!(attached(&lake)[0]["Condition"], Value::Null);
}

#[test]
fn everybody_is_never_written_and_a_foreign_everybody_is_kept() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let refused_principal = format!("{} --principal *", nordcloud());
    let output = ctl.run(&refused_principal).exits(2);
    assert!(output.stderr.contains("--principal"), "{output}");
    assert_eq!(lake.writes(), [""; 0]);

    let (channel, _) = by_hand(&lake);
    let everybody = with(
        statement(&channel, PARTNER, None),
        json!({"Sid": "All", "Principal": "*"}),
    );
    let planted = json!({"resource_arn": channel, "document": document(std::slice::from_ref(&everybody)).to_string()});
    lake.plant("resource_policy", planted);
    let done = changes(&lake, &ctl, &nordcloud(), &["PutResourcePolicy"]);
    assert!(
        findings(&done["integration"]).contains(&"error wildcard_principal".to_owned()),
        "{done}"
    );
    assert_eq!(attached(&lake), [everybody, statement(&channel, PARTNER, Some(SECRET))]);
}

#[test]
fn a_principal_given_takes_the_place_of_the_catalogues() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let run = format!(
        "{} --principal {OTHER} --principal arn:aws:iam::{OTHER}:role/x",
        nordcloud()
    );
    let document = changes(
        &lake,
        &ctl,
        &run,
        &["CreateEventDataStore", "CreateChannel", "PutResourcePolicy"],
    );
    assert!(
        notes(&document).contains(&format!("--principal takes the place of account {PARTNER}")),
        "{document}"
    );
    let principals = json!([
        format!("arn:aws:iam::{OTHER}:root"),
        format!("arn:aws:iam::{OTHER}:role/x")
    ]);
    assert_eq!(attached(&lake)[0]["Principal"], json!({"AWS": principals}));
    assert_eq!(document["integration"]["policy"]["principals"], principals);
    // The bare run afterwards does not bring the catalogue's back.
    drop(keeps(&lake, &ctl, NORDCLOUD));
}

#[test]
fn nobody_is_locked_out_without_replace_access() {
    let (lake, ctl) = enabled();
    let other = format!("{NORDCLOUD} --principal {OTHER}");
    refused(&lake, &ctl, &other, 5, &[PARTNER, "locked out", "--replace-access"]);
    let both = format!("{NORDCLOUD} --principal {OTHER} --principal {PARTNER}");
    changes(&lake, &ctl, &both, &["PutResourcePolicy"]);
    changes(
        &lake,
        &ctl,
        &format!("{other} --replace-access"),
        &["PutResourcePolicy"],
    );
    let now = attached(&lake);
    assert_eq!(
        now[0]["Principal"],
        json!({"AWS": [format!("arn:aws:iam::{OTHER}:root")]})
    );
    // The external ID stays in force all the while.
    assert_eq!(now[0]["Condition"]["StringEquals"]["cloudtrail:ExternalId"], SECRET);
}

#[test]
fn an_external_id_in_force_is_replaced_only_with_replace_access() {
    let (lake, ctl) = enabled();
    for other in ["--external-id another-one", "--no-external-id"] {
        let run = format!("{NORDCLOUD} {other}");
        refused(
            &lake,
            &ctl,
            &run,
            5,
            &["external ID that is in force", "--replace-access"],
        );
    }
    let run = format!("{NORDCLOUD} --external-id another-one --replace-access");
    changes(&lake, &ctl, &run, &["PutResourcePolicy"]);
    assert_eq!(
        attached(&lake)[0]["Condition"]["StringEquals"]["cloudtrail:ExternalId"],
        "another-one"
    );
}

#[test]
fn a_custom_integration_gets_a_policy_when_a_principal_is_named() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let run = format!("enable --custom --name my-app --principal {OTHER} --external-id {SECRET} --yes -o json");
    let writes = ["CreateEventDataStore", "CreateChannel", "PutResourcePolicy"];
    changes(&lake, &ctl, &run, &writes);
    assert_eq!(attached(&lake), [statement(&lake.only_channel(), OTHER, Some(SECRET))]);
    drop(keeps(&lake, &ctl, "enable --custom --name my-app --yes -o json"));
}

#[test]
fn a_direct_partner_whose_account_is_not_published_needs_a_principal() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let run = format!("enable --partner clumio --external-id {SECRET} --yes -o json");
    refused(&lake, &ctl, &run, 2, &["not published", "--principal", "Clumio"]);
    let document = ctl.run(&format!("{run} --principal {OTHER}")).exits(0).json();
    assert_eq!(document["integration"]["name"], "clumio-integration");
    assert_eq!(
        document["integration"]["event_data_stores"][0]["name"],
        "clumio-events-ds"
    );
    // Once it stands, a bare run does not ask again.
    drop(keeps(&lake, &ctl, "enable --partner clumio --yes -o json"));
}
