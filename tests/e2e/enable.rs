//! `enable` of what is not there yet, and again.

use ctl::sandbox::Config;
use serde_json::{Value, json};

use super::{
    CHANNEL, NORDCLOUD, STORE, both_sources, changes, enabled, keeps, nordcloud, notes, put_policy, refused, steps,
};
use crate::harness::{
    HOME, Lake, PARTNER, SECRET, Seen, channel_input, document, fixed, policy, statement, store_input, text, with,
};

/// How many requests there were, polls of a new store left out.
fn counted(requests: &[Seen]) -> usize {
    let at = |operation: &str| requests.iter().position(|seen| seen.operation == operation);
    let waiting = at("CreateEventDataStore").zip(at("CreateChannel"));
    let polls = waiting.map_or(0, |(from, to)| {
        let between = requests.iter().take(to).skip(from);
        between.filter(|seen| seen.operation == "GetEventDataStore").count()
    });
    requests.len() - polls
}

#[test]
fn a_fresh_enable_makes_store_channel_and_policy() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let document = changes(
        &lake,
        &ctl,
        &nordcloud(),
        &["CreateEventDataStore", "CreateChannel", "PutResourcePolicy"],
    );
    assert_eq!(
        steps(&document),
        [
            format!("done create event_data_store {STORE}"),
            format!("done create channel {CHANNEL}"),
            format!("done create resource_policy {CHANNEL}"),
        ]
    );
    let (channel, store) = (lake.only_channel(), lake.only_store());
    assert_eq!(
        document["integration"],
        json!({
            "name": CHANNEL, "partner": "nordcloud", "source": "IBMMulticloud", "region": "us-east-1", "account": HOME,
            "channel_arn": channel,
            "event_data_stores": [
                {"name": STORE, "arn": store, "status": "ENABLED", "retention_days": 366, "termination_protection": true}
            ],
            "policy": {
                "attached": true, "principals": [format!("arn:aws:iam::{PARTNER}:root")], "external_id": "set",
                "statements": 1
            },
            "ingestion": {
                "last_success": null, "last_success_event_id": null, "last_attempt": null, "last_error": null
            },
            "findings": []
        })
    );
    let handoff = &document["handoff"];
    assert_eq!(
        (&handoff["channel_arn"], &handoff["account"], &handoff["region"]),
        (&json!(channel), &json!(HOME), &json!("us-east-1"))
    );
    assert!(
        notes(&document).contains("older than 366 days are removed"),
        "{document}"
    );
    assert!(notes(&document).contains("--retention-days 2557"), "{document}");
}

#[test]
fn a_new_store_is_of_one_region_and_one_account_and_protected() {
    let (lake, _) = enabled();
    let state = lake.state();
    let made = &state["stores"][0];
    assert_eq!(
        made["AdvancedEventSelectors"][0]["FieldSelectors"],
        json!([{"Field": "eventCategory", "Equals": ["ActivityAuditLog"]}])
    );
    for (member, value) in [
        ("MultiRegionEnabled", json!(false)),
        ("OrganizationEnabled", json!(false)),
        ("RetentionPeriod", json!(366)),
        ("BillingMode", json!("EXTENDABLE_RETENTION_PRICING")),
        ("TerminationProtectionEnabled", json!(true)),
        ("Status", json!("ENABLED")),
    ] {
        assert_eq!(made[member], value, "{member}");
    }
}

#[test]
fn the_policy_is_the_scripts_template_to_the_letter() {
    let (lake, _) = enabled();
    let channel = lake.only_channel();
    let got = lake
        .owner()
        .call("GetResourcePolicy", json!({"ResourceArn": channel}))
        .unwrap();
    assert_eq!(text(&got, "ResourcePolicy"), policy(&channel, PARTNER, Some(SECRET)));
}

#[test]
fn a_second_enable_changes_nothing() {
    let (lake, ctl) = enabled();
    for args in [NORDCLOUD.to_owned(), nordcloud()] {
        let document = keeps(&lake, &ctl, &args);
        assert_eq!(
            steps(&document),
            [
                format!("done keep event_data_store {STORE}"),
                format!("done keep channel {CHANNEL}"),
                format!("done keep resource_policy {CHANNEL}"),
            ]
        );
        assert_eq!(document["handoff"]["channel_arn"], json!(lake.only_channel()));
    }
}

#[test]
fn few_requests_are_made() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    drop(ctl.run(&nordcloud()).exits(0));
    let fresh = lake.requests();
    assert!(counted(&fresh) <= 12, "{fresh:?}");
    for args in [NORDCLOUD.to_owned(), nordcloud()] {
        lake.forget();
        drop(ctl.run(&args).exits(0));
        let unchanged = lake.requests();
        assert!(unchanged.len() <= 8, "{unchanged:?}");
    }
}

#[test]
fn a_bare_run_keeps_whatever_somebody_chose() {
    let lake = both_sources();
    let (ctl, owner) = (lake.ctl(), lake.owner());
    let fixed_pricing = json!({
        "RetentionPeriod": 90, "BillingMode": "FIXED_RETENTION_PRICING", "TerminationProtectionEnabled": false,
        "TagsList": [{"Key": "team", "Value": "blue"}]
    });
    let first = owner
        .call("CreateEventDataStore", with(store_input("chosen-ds"), fixed_pricing))
        .unwrap();
    let first = text(&first, "EventDataStoreArn");
    let second = owner.store("another-ds");
    let tagged = json!({"Tags": [{"Key": "cost-center", "Value": "7"}]});
    let input = channel_input("chosen-name", "NordcloudKlarity", &[&first, &second]);
    let channel = text(&owner.call("CreateChannel", with(input, tagged)).unwrap(), "ChannelArn");
    let own = with(
        statement(&channel, PARTNER, Some("an-older-one")),
        json!({"Principal": {"AWS": [
            format!("arn:aws:iam::{PARTNER}:root"), "arn:aws:iam::444455556666:role/deliver"
        ]}}),
    );
    let foreign = with(statement(&channel, "444455556666", None), json!({"Sid": "Audit"}));
    put_policy(&owner, &channel, &document(&[foreign, own]).to_string());

    let found = keeps(&lake, &ctl, NORDCLOUD);
    assert_eq!(found["integration"]["name"], "chosen-name");
    assert_eq!(found["integration"]["source"], "NordcloudKlarity");
    assert_eq!(found["integration"]["event_data_stores"][0]["retention_days"], 90);
    assert_eq!(found["integration"]["policy"]["statements"], 2);
}

#[test]
fn a_custom_integration_needs_a_name_and_no_policy() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let run = "enable --custom --name my-app --yes -o json";
    let document = changes(&lake, &ctl, run, &["CreateEventDataStore", "CreateChannel"]);
    assert_eq!(document["integration"]["partner"], Value::Null);
    assert_eq!(
        document["integration"]["event_data_stores"][0]["name"],
        "my-app-events-ds"
    );
    let state = lake.state();
    assert_eq!(state["channels"][0]["Source"], "Custom");
    assert_eq!(state["channels"][0]["Policy"], Value::Null);
}

#[test]
fn the_second_source_is_tried_when_the_service_refuses_the_first() {
    let lake = Lake::with(Config {
        sources: Some(vec!["NordcloudKlarity".to_owned(), "Custom".to_owned()]),
        ..fixed()
    });
    let ctl = lake.ctl();
    let document = ctl.run(&nordcloud()).exits(0).json();
    assert_eq!(document["integration"]["source"], "NordcloudKlarity");
    assert_eq!(document["integration"]["partner"], "nordcloud");
    assert_eq!(
        lake.writes(),
        [
            "CreateEventDataStore",
            "CreateChannel",
            "CreateChannel",
            "PutResourcePolicy"
        ]
    );
    assert_eq!(lake.state()["channels"][0]["Source"], "NordcloudKlarity");
    drop(keeps(&lake, &ctl, &nordcloud()));

    // A source that was chosen is not fallen back from, and what was made stays for the next run.
    let lake = Lake::with(Config {
        sources: Some(vec!["NordcloudKlarity".to_owned()]),
        ..fixed()
    });
    let ctl = lake.ctl();
    let chosen = format!("{} --source IBMMulticloud", nordcloud());
    let output = ctl.run(&chosen).exits(1);
    assert_eq!(output.error()["code"], "InvalidSourceException");
    assert_eq!(
        steps(&output.json()),
        [
            format!("done create event_data_store {STORE}"),
            format!("failed create channel {CHANNEL}"),
            format!("skipped create resource_policy {CHANNEL}"),
        ]
    );
    drop(ctl.run(&nordcloud()).exits(0));
    drop((lake.only_channel(), lake.only_store()));
}

#[test]
fn only_a_refused_source_leads_to_the_next() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let denied = json!({"kind": "error", "status": 400, "code": "AccessDeniedException", "message": "not authorized"});
    lake.fault("CreateChannel", 1, 1, denied);
    let output = ctl.run(&nordcloud()).exits(4).says(&["cloudtrail:CreateChannel"]);
    assert_eq!(output.error()["code"], "AccessDeniedException");
    let created = lake.writes();
    assert_eq!(
        created.iter().filter(|write| *write == "CreateChannel").count(),
        1,
        "{created:?}"
    );
}

#[test]
fn an_account_that_never_had_lake_is_told_so() {
    let lake = Lake::with(Config {
        closed_to_new_customers: true,
        ..fixed()
    });
    let ctl = lake.ctl();
    let output = ctl.run(&nordcloud()).exits(5);
    let error = output.error();
    assert!(
        text(&error, "message").contains("no longer accepting new customers"),
        "{output}"
    );
    assert!(
        error["hints"][0].as_str().unwrap().contains("closed to new customers"),
        "{output}"
    );
    assert!(error["request_id"].is_string(), "{output}");
    assert_eq!(
        steps(&output.json())[0],
        format!("failed create event_data_store {STORE}")
    );
    assert_eq!(lake.state(), json!({"stores": [], "channels": []}));
}

#[test]
fn a_region_without_an_endpoint_for_events_is_warned_about() {
    let lake = Lake::new();
    let ctl = lake.ctl().region("eu-central-2");
    let document = ctl.run(&nordcloud()).exits(0).json();
    assert!(
        notes(&document).contains("warning: AWS lists no endpoint for delivering events in eu-central-2"),
        "{document}"
    );
    let ctl = lake.ctl().region("eu-central-1");
    let document = ctl.run(&nordcloud()).exits(0).json();
    assert!(!notes(&document).contains("warning"), "{document}");
}

#[test]
fn tags_are_put_on_what_is_made_and_added_to_what_exists() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let tag = |key: &str, value: &str| json!({"Key": key, "Value": value});
    drop(ctl.run(&format!("{} --tag team=blue", nordcloud())).exits(0));
    assert_eq!(
        lake.writes(),
        ["CreateEventDataStore", "CreateChannel", "PutResourcePolicy"]
    );
    for kind in ["stores", "channels"] {
        assert_eq!(lake.state()[kind][0]["Tags"], json!([tag("team", "blue")]), "{kind}");
    }
    let run = format!("{NORDCLOUD} --tag stage=prod");
    let document = changes(&lake, &ctl, &run, &["AddTags", "AddTags"]);
    assert!(
        steps(&document).contains(&format!("done update tags {STORE}")),
        "{document}"
    );
    for kind in ["stores", "channels"] {
        let tags = lake.state()[kind][0]["Tags"].clone();
        for wanted in [tag("team", "blue"), tag("stage", "prod")] {
            assert!(tags.as_array().unwrap().contains(&wanted), "{kind}: {tags}");
        }
    }
    drop(keeps(&lake, &ctl, NORDCLOUD));
}

#[test]
fn what_cloudformation_owns_is_not_changed() {
    let (lake, ctl) = enabled();
    let store = lake.only_store();
    let tags = json!([{"Key": "aws:cloudformation:stack-name", "Value": "lake-stack"}]);
    lake.plant("tags", json!({"resource_id": store, "tags": tags}));
    // What changes nothing is nobody's business.
    drop(keeps(&lake, &ctl, NORDCLOUD));
    let longer = format!("{NORDCLOUD} --retention-days 2557");
    refused(&lake, &ctl, &longer, 5, &["lake-stack", "--take-over"]);
    refused(&lake, &ctl, &format!("{NORDCLOUD} --tag a=b"), 5, &["lake-stack"]);
    changes(&lake, &ctl, &format!("{longer} --take-over"), &["UpdateEventDataStore"]);

    let channel = lake.only_channel();
    lake.plant("tags", json!({"resource_id": channel, "tags": tags}));
    let other = format!("{NORDCLOUD} --external-id another-one --replace-access");
    refused(&lake, &ctl, &other, 5, &["lake-stack", "--take-over"]);
    let more = format!("{NORDCLOUD} --event-data-store more-ds");
    refused(&lake, &ctl, &more, 5, &["lake-stack"]);
    changes(&lake, &ctl, &format!("{other} --take-over"), &["PutResourcePolicy"]);
}

#[test]
fn a_new_store_is_waited_for() {
    let lake = Lake::with(Config {
        store_delay: std::time::Duration::from_secs(1),
        ..Config::default()
    });
    let ctl = lake.ctl();
    // Patience that does not suffice is told, and the next run goes on.
    let output = ctl
        .run(&format!("{} --timeout 0s", nordcloud()))
        .exits(6)
        .says(&["--timeout"]);
    assert_eq!(output.error()["kind"], "gave_up");
    assert_eq!(lake.writes(), ["CreateEventDataStore"]);
    // What was created is told, although the step did not succeed.
    let told = output.json();
    assert_eq!(
        (&told["changed"], &told["steps"][0]["state"]),
        (&json!(true), &json!("failed"))
    );
    assert_eq!(told["steps"][0]["arn"], lake.only_store());
    assert_eq!(told["integration"]["event_data_stores"][0]["arn"], lake.only_store());
    drop(ctl.run(&nordcloud()).exits(0));
    drop((lake.only_channel(), lake.only_store()));

    let lake = Lake::with(Config {
        store_delay: std::time::Duration::from_secs(1),
        ..Config::default()
    });
    let document = lake.ctl().run(&nordcloud()).exits(0).json();
    assert_eq!(document["integration"]["event_data_stores"][0]["status"], "ENABLED");
}

#[test]
fn services_of_the_hand_off_can_be_chosen() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let output = ctl
        .run(&format!("{} --service maestro --service autobackup", nordcloud()))
        .exits(0);
    let document = output.json();
    let services = document["handoff"]["services"].as_array().unwrap().clone();
    let names: Vec<String> = services.iter().map(|service| text(service, "event_source")).collect();
    assert_eq!(names, ["com.nordcloudapp.maestro", "com.nordcloudapp.autobackup"]);
    assert!(
        output.stderr.contains("AutoBackup"),
        "a warning that it is not integrated yet: {output}"
    );
    refused(&lake, &ctl, &format!("{NORDCLOUD} --service maesto"), 2, &["aestro"]);
}

#[test]
fn sts_out_of_reach_does_not_stop_it() {
    let lake = Lake::new();
    let ctl = lake.ctl().env("AWS_MAX_ATTEMPTS", "1");
    let denied = json!({"kind": "error", "status": 403, "code": "AccessDenied", "message": "no"});
    lake.fault("GetCallerIdentity", 1, 0, denied);
    let document = ctl.run(&nordcloud()).exits(0).json();
    assert_eq!(document["caller"], Value::Null);
    assert_eq!(document["integration"]["account"], HOME);
    let expecting = format!("{NORDCLOUD} --expect-account {HOME}");
    refused(&lake, &ctl, &expecting, 4, &["--expect-account"]);
}
