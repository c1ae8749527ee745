//! `disable`: what goes, in which order, and what is refused before anything goes.

use ctl::sandbox::Config;
use serde_json::{Value, json};

use super::{
    CHANNEL, NORDCLOUD, STORE, both_sources, by_hand, changes, enabled, keeps, nordcloud, notes, put_policy, refused,
    steps,
};
use crate::harness::{HOME, Lake, PARTNER, SECRET, document, fixed, policy, state_of, statement, with};

const DISABLE: &str = "disable nordcloud --yes -o json";

#[test]
fn the_channel_goes_and_the_store_stays() {
    let (lake, ctl) = enabled();
    let store = lake.state()["stores"][0].clone();
    let document = changes(&lake, &ctl, DISABLE, &["DeleteChannel"]);
    assert_eq!(document["schema"], "ctl.disable/v1");
    assert_eq!(steps(&document), [format!("done delete channel {CHANNEL}")]);
    assert!(document["handoff"].is_null(), "{document}");
    assert_eq!(lake.state(), json!({"stores": [store], "channels": []}));
    assert!(notes(&document).contains("its ARN with it"), "{document}");
}

#[test]
fn a_store_goes_after_the_channel_and_can_be_brought_back() {
    let (lake, ctl) = enabled();
    let store = lake.only_store();
    let id = store.rsplit('/').next().unwrap().to_owned();
    let run = format!("{DISABLE} --delete-store {STORE}");
    let writes = ["DeleteChannel", "UpdateEventDataStore", "DeleteEventDataStore"];
    let document = changes(&lake, &ctl, &run, &writes);
    assert_eq!(
        steps(&document),
        [
            format!("done delete channel {CHANNEL}"),
            format!("done delete event_data_store {STORE}")
        ]
    );
    for word in ["7 days", "--restore", "counts towards the 10", "name stays taken"] {
        assert!(notes(&document).contains(word), "{word}: {document}");
    }
    assert_eq!(document["integration"]["channel_arn"], Value::Null);
    assert_eq!(lake.state()["stores"][0]["Status"], "PENDING_DELETION");
    // By ID and by ARN it is the same store, and gone already.
    for selector in [id.as_str(), &store] {
        drop(keeps(&lake, &ctl, &format!("{DISABLE} --delete-store {selector}")));
    }
    drop(ctl.run(&format!("{} --restore", nordcloud())).exits(0));
    assert_eq!(lake.only_store(), store);
    assert_eq!(lake.state()["stores"][0]["TerminationProtectionEnabled"], true);
}

#[test]
fn an_unprotected_store_needs_no_unprotecting() {
    let (lake, ctl) = enabled();
    drop(ctl.run(&format!("{NORDCLOUD} --no-termination-protection")).exits(0));
    let run = format!("{DISABLE} --delete-store {STORE} --delete-store {STORE}");
    changes(&lake, &ctl, &run, &["DeleteChannel", "DeleteEventDataStore"]);
}

#[test]
fn a_store_is_deleted_although_the_channel_is_gone_already() {
    let (lake, ctl) = enabled();
    drop(ctl.run(DISABLE).exits(0));
    let run = format!("{DISABLE} --delete-store {STORE}");
    changes(&lake, &ctl, &run, &["UpdateEventDataStore", "DeleteEventDataStore"]);
}

#[test]
fn what_is_gone_already_is_said_with_account_and_region() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    for name in ["nordcloud", "okta"] {
        let document = keeps(&lake, &ctl, &format!("disable {name} --yes -o json"));
        let step = &document["steps"][0];
        assert_eq!((&step["action"], &step["state"]), (&json!("keep"), &json!("done")));
        let detail = step["detail"].as_str().unwrap();
        assert!(detail.contains(HOME) && detail.contains("us-east-1"), "{detail}");
    }
    let arn = format!("arn:aws:cloudtrail:us-east-1:{HOME}:channel/00000000-0000-4000-8000-000000000000");
    drop(keeps(&lake, &ctl, &format!("disable {arn} --yes -o json")));
    let output = ctl
        .run("disable nordcloud --yes")
        .exits(0)
        .says(&[HOME, "us-east-1", "already gone"]);
    assert!(output.stdout.contains("keep\tchannel\tnordcloud"), "{output}");
}

#[test]
fn a_name_that_matches_nothing_is_an_error_with_a_guess() {
    let (lake, ctl) = enabled();
    for (name, guess) in [
        ("nordclod", "Did you mean nordcloud"),
        ("nordcloud-integratoin", "Did you mean nordcloud-integration?"),
        ("something-else", CHANNEL),
        ("00000000-0000-4000-8000-000000000000", CHANNEL),
    ] {
        let output = refused(&lake, &ctl, &format!("disable {name} --yes -o json"), 5, &[guess]);
        assert_eq!(output.error()["kind"], "not_found");
    }
}

#[test]
fn an_integration_is_found_by_any_of_its_names() {
    for name in ["nordcloud", CHANNEL, "ARN", "ID", ""] {
        let (lake, ctl) = enabled();
        let arn = lake.only_channel();
        let name = match name {
            "ARN" => arn.as_str(),
            "ID" => arn.rsplit('/').next().unwrap(),
            name => name,
        };
        changes_once(
            &lake,
            &ctl.run(&format!("disable {name} --yes -o json")).exits(0).json(),
        );
    }
}

fn changes_once(lake: &Lake, document: &Value) {
    assert_eq!(document["changed"], true);
    assert_eq!(lake.writes(), ["DeleteChannel"]);
}

#[test]
fn the_region_and_the_account_are_those_of_the_arn() {
    let lake = Lake::new();
    drop(lake.ctl().region("eu-west-1").run(&nordcloud()).exits(0));
    let state = state_of(&lake.caller(HOME, "eu-west-1"));
    let arn = state["channels"][0]["ChannelArn"].as_str().unwrap();
    let elsewhere = lake.ctl();
    let document = elsewhere.run(&format!("status {arn} -o json")).exits(0).json();
    assert_eq!(document["region"], "eu-west-1");
    // Somebody else's credentials must not take it for gone.
    let stranger = lake.ctl().env("AWS_ACCESS_KEY_ID", "999999999999");
    let output = stranger.run(&format!("disable {arn} --yes -o json")).exits(4);
    drop(output.says(&["belongs to account 111122223333", "--profile"]));
    let nowhere = lake.ctl().without("AWS_REGION");
    let document = nowhere.run(&format!("disable {arn} --yes -o json")).exits(0).json();
    assert_eq!(document["changed"], true);
}

#[test]
fn a_partner_key_that_is_another_channels_name_is_ambiguous() {
    let lake = Lake::with(Config {
        allow_second_channel_per_source: true,
        ..fixed()
    });
    let ctl = lake.ctl();
    by_hand(&lake);
    let store = lake.only_store();
    lake.owner().channel("nordcloud", "Custom", &[&store]);
    refused(&lake, &ctl, DISABLE, 2, &["key of", "name of another channel", "ARN"]);
    drop(ctl.run(&format!("disable {CHANNEL} --yes -o json")).exits(0));
}

#[test]
fn both_sources_of_nordcloud_need_a_choice() {
    let lake = both_sources();
    let (ctl, owner) = (lake.ctl(), lake.owner());
    let store = owner.store(STORE);
    owner.channel("new-one", "IBMMulticloud", &[&store]);
    owner.channel("old-one", "NordcloudKlarity", &[&store]);
    refused(
        &lake,
        &ctl,
        DISABLE,
        2,
        &["new-one (source IBMMulticloud)", "old-one (source NordcloudKlarity)"],
    );
    refused(&lake, &ctl, "disable --yes -o json", 2, &["new-one, old-one"]);
    drop(ctl.run("disable old-one --yes -o json").exits(0));
    assert_eq!(lake.state()["channels"][0]["Name"], "new-one");
}

#[test]
fn a_store_that_another_channel_feeds_is_not_deleted() {
    let (lake, ctl) = enabled();
    let store = lake.only_store();
    lake.owner().channel("my-app", "Custom", &[&store]);
    let run = format!("{DISABLE} --delete-store {STORE}");
    refused(
        &lake,
        &ctl,
        &run,
        5,
        &["my-app", "feeds the event data store nordcloud-events-ds too"],
    );
    // The same once the first channel is gone.
    drop(ctl.run(DISABLE).exits(0));
    refused(&lake, &ctl, &run, 5, &["my-app"]);
}

#[test]
fn a_store_of_nothing_of_this_is_not_deleted() {
    let (lake, ctl) = enabled();
    let other = lake.owner().store("other-ds");
    let gone = other.replace(
        other.rsplit('/').next().unwrap(),
        "00000000-0000-4000-8000-000000000000",
    );
    for selector in ["other-ds", &other, "misspelt-events-ds", &gone] {
        let run = format!("{DISABLE} --delete-store {selector}");
        refused(&lake, &ctl, &run, 5, &["does not feed", "--delete-store"]);
    }
}

#[test]
fn a_federated_store_is_not_deleted() {
    for status in ["ENABLED", "ENABLING", "DISABLING"] {
        let (lake, ctl) = enabled();
        lake.plant(
            "event_data_store",
            json!({"id": lake.only_store(), "federation_status": status}),
        );
        let run = format!("{DISABLE} --delete-store {STORE}");
        refused(
            &lake,
            &ctl,
            &run,
            5,
            &["federation", "aws cloudtrail disable-federation"],
        );
    }
}

#[test]
fn what_cloudformation_owns_is_not_taken_down() {
    let tags = json!([{"Key": "aws:cloudformation:stack-name", "Value": "lake-stack"}]);
    let (lake, ctl) = enabled();
    lake.plant("tags", json!({"resource_id": lake.only_channel(), "tags": tags}));
    refused(&lake, &ctl, DISABLE, 5, &["lake-stack", "--take-over"]);
    let locked = "disable nordcloud --keep-channel --yes -o json";
    refused(&lake, &ctl, locked, 5, &["lake-stack", "--take-over"]);
    changes(&lake, &ctl, &format!("{locked} --take-over"), &["DeleteResourcePolicy"]);
    changes(&lake, &ctl, &format!("{DISABLE} --take-over"), &["DeleteChannel"]);

    let (lake, ctl) = enabled();
    lake.plant("tags", json!({"resource_id": lake.only_store(), "tags": tags}));
    let run = format!("{DISABLE} --delete-store {STORE}");
    refused(&lake, &ctl, &run, 5, &["lake-stack"]);
    changes(&lake, &ctl, DISABLE, &["DeleteChannel"]);
}

#[test]
fn only_ctls_statement_is_taken_away() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let (channel, _) = by_hand(&lake);
    let foreign = with(statement(&channel, "444455556666", None), json!({"Sid": "Audit"}));
    let own = statement(&channel, PARTNER, Some(SECRET));
    put_policy(&lake.owner(), &channel, &document(&[foreign.clone(), own]).to_string());
    let run = "disable nordcloud --keep-channel --yes -o json";
    changes(&lake, &ctl, run, &["PutResourcePolicy"]);
    assert_eq!(lake.state()["channels"][0]["Policy"], document(&[foreign]));
}

#[test]
fn locking_out_is_no_success_while_another_statement_lets_the_partner_in() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let (channel, _) = by_hand(&lake);
    let role = json!({"Sid": "Mine", "Principal": {"AWS": "arn:aws:iam::855341727128:role/x"}});
    let both = document(&[
        statement(&channel, PARTNER, Some(SECRET)),
        with(statement(&channel, PARTNER, None), role),
    ]);
    put_policy(&lake.owner(), &channel, &both.to_string());
    let run = "disable nordcloud --keep-channel --yes -o json";
    refused(&lake, &ctl, run, 5, &["still be let in", "\"Mine\""]);
}

#[test]
fn keeping_the_channel_and_deleting_its_store_exclude_each_other() {
    let (lake, ctl) = enabled();
    let run = format!("{DISABLE} --keep-channel --delete-store {STORE}");
    refused(&lake, &ctl, &run, 2, &["--keep-channel", "--delete-store"]);
}

#[test]
fn a_channel_without_a_policy_has_nothing_to_withdraw() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    lake.owner().integration();
    drop(keeps(&lake, &ctl, "disable my-app --keep-channel --yes -o json"));
    let channel = lake.only_channel();
    put_policy(&lake.owner(), &channel, &policy(&channel, PARTNER, None));
    changes(
        &lake,
        &ctl,
        "disable my-app --keep-channel --yes -o json",
        &["DeleteResourcePolicy"],
    );
}

#[test]
fn a_run_that_stopped_before_the_store_can_be_run_again_by_any_name() {
    for name in ["my-app", "ID", "ARN"] {
        let lake = Lake::new();
        let ctl = lake.ctl();
        drop(ctl.run("enable --custom --name my-app --yes").exits(0));
        let arn = lake.only_channel();
        let name = match name {
            "ARN" => arn.as_str(),
            "ID" => arn.rsplit('/').next().unwrap(),
            name => name,
        };
        let run = format!("disable {name} --delete-store my-app-events-ds --yes -o json");
        let denied = json!({"kind": "error", "status": 400, "code": "AccessDeniedException", "message": "not yours"});
        lake.fault("DeleteEventDataStore", 1, 1, denied);
        drop(ctl.run(&run).exits(4));
        assert_eq!(lake.state()["channels"], json!([]));
        changes(&lake, &ctl, &run, &["UpdateEventDataStore", "DeleteEventDataStore"]);
    }
}

#[test]
fn a_misspelt_name_deletes_no_store_that_is_fed() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    drop(ctl.run("enable --custom --name my-app --yes").exits(0));
    let run = "disable my-ap --delete-store my-app-events-ds --yes -o json";
    refused(&lake, &ctl, run, 5, &["my-app"]);
    // Where the store is not there either, nothing of what was named is.
    let run = "disable my-ap --delete-store my-ap-events-ds --yes -o json";
    refused(&lake, &ctl, run, 5, &["Did you mean my-app?"]);
}
