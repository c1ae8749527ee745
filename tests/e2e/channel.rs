//! The rules about the channel: which one is meant, and what is never done to it.

use ctl::sandbox::Config;
use serde_json::{Value, json};

use super::{
    CHANNEL, NORDCLOUD, STORE, both_sources, by_hand, changes, keeps, nordcloud, notes, put_policy, refused, steps,
};
use crate::harness::{Lake, PARTNER, SECRET, fixed, policy};

#[test]
fn a_channel_is_used_under_the_name_it_has() {
    let lake = Lake::new();
    let (ctl, owner) = (lake.ctl(), lake.owner());
    let store = owner.store("elsewhere-ds");
    let channel = owner.channel("old-name", "IBMMulticloud", &[&store]);
    put_policy(&owner, &channel, &policy(&channel, PARTNER, Some(SECRET)));
    let named = format!("{} --name new-name", nordcloud());
    let document = keeps(&lake, &ctl, &named);
    assert_eq!(document["integration"]["name"], "old-name");
    assert!(notes(&document).contains("keeps its name, old-name"), "{document}");
    assert_eq!(
        steps(&document),
        [
            "done keep event_data_store elsewhere-ds",
            "done keep channel old-name",
            "done keep resource_policy old-name"
        ]
    );
}

#[test]
fn stores_are_added_to_a_channel_and_never_removed() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let (channel, first) = by_hand(&lake);
    let second = lake.owner().store("second-ds");
    // One that exists, one that does not, and one that it has: named again, or by its ID.
    let id = first.rsplit('/').next().unwrap();
    let run = format!("{NORDCLOUD} --event-data-store second-ds --event-data-store third-ds --event-data-store {id}");
    let document = changes(&lake, &ctl, &run, &["CreateEventDataStore", "UpdateChannel"]);
    assert_eq!(
        steps(&document),
        [
            "done keep event_data_store nordcloud-events-ds",
            "done keep event_data_store second-ds",
            "done create event_data_store third-ds",
            "done update channel nordcloud-integration",
            "done keep resource_policy nordcloud-integration",
        ]
    );
    let got = lake.owner().call("GetChannel", json!({"Channel": channel})).unwrap();
    let fed: Vec<&Value> = got["Destinations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|to| &to["Location"])
        .collect();
    assert_eq!(fed.len(), 3, "{got}");
    assert!(fed.contains(&&json!(first)) && fed.contains(&&json!(second)), "{got}");
    let names = |document: &Value| -> Vec<Value> {
        let stores = document["integration"]["event_data_stores"].as_array().unwrap();
        stores.iter().map(|store| store["name"].clone()).collect()
    };
    assert_eq!(names(&document), ["nordcloud-events-ds", "second-ds", "third-ds"]);
    // A bare run afterwards, or one that names a single one, takes none away.
    for args in [NORDCLOUD.to_owned(), format!("{NORDCLOUD} --event-data-store third-ds")] {
        assert_eq!(names(&keeps(&lake, &ctl, &args)).len(), 3);
    }
}

#[test]
fn an_arn_or_id_that_does_not_exist_is_not_created() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let id = "00000000-0000-4000-8000-000000000000";
    let arn = format!("arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/{id}");
    for selector in [id, &arn] {
        let run = format!("{} --event-data-store {selector}", nordcloud());
        refused(&lake, &ctl, &run, 5, &["There is no event data store", "by a NAME"]);
    }
    by_hand(&lake);
    refused(&lake, &ctl, &format!("{NORDCLOUD} --event-data-store {id}"), 5, &[id]);
}

#[test]
fn both_sources_of_nordcloud_need_a_choice() {
    let lake = both_sources();
    let (ctl, owner) = (lake.ctl(), lake.owner());
    let store = owner.store(STORE);
    for (name, source) in [("new-one", "IBMMulticloud"), ("old-one", "NordcloudKlarity")] {
        let channel = owner.channel(name, source, &[&store]);
        put_policy(&owner, &channel, &policy(&channel, PARTNER, Some(SECRET)));
    }
    let words = [
        "new-one (source IBMMulticloud)",
        "old-one (source NordcloudKlarity)",
        "--source",
    ];
    refused(&lake, &ctl, NORDCLOUD, 2, &words);
    for (name, source) in [("new-one", "IBMMulticloud"), ("old-one", "NordcloudKlarity")] {
        let document = keeps(&lake, &ctl, &format!("{NORDCLOUD} --source {source}"));
        assert_eq!(document["integration"]["name"], name);
        assert_eq!(document["integration"]["source"], source);
    }
    refused(
        &lake,
        &ctl,
        &format!("{NORDCLOUD} --source Okta"),
        2,
        &["not a source of", "IBMMulticloud"],
    );
}

#[test]
fn a_name_that_another_source_holds_is_refused_before_any_write() {
    let lake = Lake::new();
    let (ctl, owner) = (lake.ctl(), lake.owner());
    let store = owner.store("my-events");
    owner.channel(CHANNEL, "Custom", &[&store]);
    refused(
        &lake,
        &ctl,
        &nordcloud(),
        5,
        &["held by a channel of another source, Custom", "--name"],
    );
    let document = ctl
        .run(&format!("{} --name nordcloud-two", nordcloud()))
        .exits(0)
        .json();
    assert_eq!(document["integration"]["name"], "nordcloud-two");
}

#[test]
fn applications_share_the_custom_channel() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let owner = lake.owner();
    owner.integration();
    let run = "enable --custom --name other-app --yes -o json";
    refused(
        &lake,
        &ctl,
        run,
        5,
        &[
            "named my-app, not other-app",
            "--name my-app",
            "eventSource",
            "--second-channel",
        ],
    );
    drop(keeps(&lake, &ctl, "enable --custom --name my-app --yes -o json"));

    // A second one is tried when that is wanted, and what AWS says about it is told.
    let output = ctl
        .run(&format!("{run} --second-channel"))
        .exits(5)
        .says(&["one channel per source"]);
    assert_eq!(output.error()["code"], "ChannelAlreadyExistsException");
    assert_eq!(lake.state()["channels"].as_array().unwrap().len(), 1);
}

#[test]
fn a_second_custom_channel_converges_where_the_service_takes_it() {
    let lake = Lake::with(Config {
        allow_second_channel_per_source: true,
        ..fixed()
    });
    let ctl = lake.ctl();
    lake.owner().integration();
    let run = "enable --custom --name other-app --yes -o json";
    changes(
        &lake,
        &ctl,
        &format!("{run} --second-channel"),
        &["CreateEventDataStore", "CreateChannel"],
    );
    for name in ["my-app", "other-app"] {
        let document = keeps(&lake, &ctl, &format!("enable --custom --name {name} --yes -o json"));
        assert_eq!(document["integration"]["name"], name);
    }
    refused(
        &lake,
        &ctl,
        "enable --custom --name third-app --yes -o json",
        2,
        &["my-app", "other-app", "--name NAME", "--second-channel"],
    );
}

#[test]
fn twenty_five_channels_are_the_limit() {
    let lake = Lake::with(Config {
        allow_second_channel_per_source: true,
        ..fixed()
    });
    let (ctl, owner) = (lake.ctl(), lake.owner());
    let store = owner.store("my-events");
    for n in 0..25 {
        owner.channel(&format!("app-{n}"), "Custom", &[&store]);
    }
    refused(&lake, &ctl, &nordcloud(), 5, &["25 are the limit"]);
}
