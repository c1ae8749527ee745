//! The rules about event data stores: which are reused, and what may be done to them.

use serde_json::{Value, json};

use super::{NORDCLOUD, STORE, by_hand, changes, enabled, keeps, nordcloud, notes, refused, steps};
use crate::harness::{Ctl, Lake, now, store_input, text, with};

/// A sandbox with a store of this shape under the default name.
fn with_store(more: Value) -> (Lake, Ctl, String) {
    let lake = Lake::new();
    let made = lake
        .owner()
        .call("CreateEventDataStore", with(store_input(STORE), more))
        .unwrap();
    let ctl = lake.ctl();
    let arn = text(&made, "EventDataStoreArn");
    (lake, ctl, arn)
}

/// The first store.
fn store(lake: &Lake) -> Value {
    lake.state()["stores"][0].clone()
}

#[test]
fn a_store_that_fits_is_reused_as_it_is() {
    let (lake, ctl, arn) = with_store(json!({"RetentionPeriod": 30, "TerminationProtectionEnabled": false}));
    let before = store(&lake);
    let document = changes(&lake, &ctl, &nordcloud(), &["CreateChannel", "PutResourcePolicy"]);
    assert_eq!(steps(&document)[0], format!("done keep event_data_store {STORE}"));
    assert_eq!(document["integration"]["event_data_stores"][0]["arn"], json!(arn));
    assert_eq!(store(&lake), before);
}

#[test]
fn a_store_that_does_not_fit_is_not_used() {
    let management = json!([{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]);
    let misfits = [
        (json!({"AdvancedEventSelectors": management}), json!({}), "Management"),
        (json!({}), json!({"multi_region_enabled": true}), "multi-Region"),
        (json!({}), json!({"organization_enabled": true}), "organization"),
    ];
    for (shape, planted, word) in misfits {
        let (lake, ctl, arn) = with_store(shape);
        lake.plant("event_data_store", with(json!({"id": arn}), planted));
        let words = ["cannot be used", word, "--event-data-store ANOTHER-NAME"];
        refused(&lake, &ctl, &nordcloud(), 5, &words);
        let other = format!("{} --event-data-store other-ds", nordcloud());
        drop(ctl.run(&other).exits(0));
        // To an integration that exists it is not added either.
        refused(
            &lake,
            &ctl,
            &format!("{NORDCLOUD} --event-data-store {STORE}"),
            5,
            &[word],
        );
    }
}

#[test]
fn a_store_pending_deletion_is_restored_only_when_asked() {
    let (lake, ctl, arn) = with_store(json!({"TerminationProtectionEnabled": false}));
    lake.owner()
        .call("DeleteEventDataStore", json!({"EventDataStore": arn}))
        .unwrap();
    refused(&lake, &ctl, &nordcloud(), 5, &["pending deletion", "--restore"]);
    let run = format!("{} --restore", nordcloud());
    let writes = [
        "RestoreEventDataStore",
        "UpdateEventDataStore",
        "CreateChannel",
        "PutResourcePolicy",
    ];
    let document = changes(&lake, &ctl, &run, &writes);
    assert_eq!(steps(&document)[0], format!("done update event_data_store {STORE}"));
    let restored = store(&lake);
    assert_eq!(restored["EventDataStoreArn"], json!(arn));
    assert_eq!(
        (&restored["Status"], &restored["TerminationProtectionEnabled"]),
        (&json!("ENABLED"), &json!(true))
    );
}

#[test]
fn the_store_of_an_integration_is_restored_only_when_asked() {
    let (lake, ctl) = enabled();
    lake.plant(
        "event_data_store",
        json!({"id": lake.only_store(), "status": "PENDING_DELETION"}),
    );
    refused(&lake, &ctl, NORDCLOUD, 5, &["pending deletion", "--restore"]);
    let restored = format!("{NORDCLOUD} --restore");
    changes(
        &lake,
        &ctl,
        &restored,
        &["RestoreEventDataStore", "UpdateEventDataStore"],
    );
}

#[test]
fn a_store_may_serve_two_channels() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let (shared, _) = lake.owner().integration();
    let run = format!("{} --event-data-store my-events", nordcloud());
    changes(&lake, &ctl, &run, &["CreateChannel", "PutResourcePolicy"]);
    assert_eq!(lake.only_store(), shared);
}

#[test]
fn a_federated_or_renamed_store_stays_the_integrations() {
    let (lake, ctl) = enabled();
    let arn = lake.only_store();
    let planted = json!({"id": arn, "name": "renamed-ds", "federation_status": "ENABLED"});
    lake.plant("event_data_store", planted);
    let document = keeps(&lake, &ctl, NORDCLOUD);
    assert_eq!(document["integration"]["event_data_stores"][0]["name"], "renamed-ds");
}

#[test]
fn ten_stores_are_the_limit_and_pending_ones_count() {
    let lake = Lake::new();
    let (ctl, owner) = (lake.ctl(), lake.owner());
    let stores: Vec<String> = (0..10).map(|n| owner.store(&format!("store-{n}"))).collect();
    lake.plant(
        "event_data_store",
        json!({"id": stores[0], "status": "PENDING_DELETION"}),
    );
    refused(&lake, &ctl, &nordcloud(), 5, &["10", "the limit", "--event-data-store"]);
    let run = format!("{} --event-data-store store-7", nordcloud());
    changes(&lake, &ctl, &run, &["CreateChannel", "PutResourcePolicy"]);
    refused(
        &lake,
        &ctl,
        &format!("{NORDCLOUD} --event-data-store one-more"),
        5,
        &["the limit"],
    );
}

#[test]
fn two_new_stores_do_not_fit_where_one_does() {
    let lake = Lake::new();
    let (ctl, owner) = (lake.ctl(), lake.owner());
    for n in 0..9 {
        owner.store(&format!("store-{n}"));
    }
    let run = format!(
        "{} --event-data-store first-new --event-data-store second-new",
        nordcloud()
    );
    refused(&lake, &ctl, &run, 5, &["the limit"]);
    let run = format!(
        "{} --event-data-store first-new --event-data-store first-new",
        nordcloud()
    );
    changes(
        &lake,
        &ctl,
        &run,
        &["CreateEventDataStore", "CreateChannel", "PutResourcePolicy"],
    );
}

#[test]
fn options_shape_a_new_store() {
    let key = "arn:aws:kms:us-east-1:111122223333:key/0d8b1a6e-6f51-4a0e-9a6e-7a5b0d8b1a6e";
    let lake = Lake::new();
    let ctl = lake.ctl();
    let run = format!(
        "{} --billing-mode fixed --kms-key-id {key} --no-termination-protection --event-data-store my-own-ds",
        nordcloud()
    );
    let document = changes(
        &lake,
        &ctl,
        &run,
        &["CreateEventDataStore", "CreateChannel", "PutResourcePolicy"],
    );
    let made = store(&lake);
    for (member, value) in [
        ("Name", json!("my-own-ds")),
        ("BillingMode", json!("FIXED_RETENTION_PRICING")),
        ("RetentionPeriod", json!(2557)),
        ("KmsKeyId", json!(key)),
        ("TerminationProtectionEnabled", json!(false)),
    ] {
        assert_eq!(made[member], value, "{member}: {made}");
    }
    // Seven years are there already, so nothing is said about how to get them.
    assert!(!notes(&document).contains("--retention-days"), "{document}");
    // A bare run leaves it unprotected: nobody asked for anything else.
    drop(keeps(&lake, &ctl, NORDCLOUD));

    let lake = Lake::new();
    let run = format!("{} --retention-days 2557", nordcloud());
    drop(lake.ctl().run(&run).exits(0));
    assert_eq!(store(&lake)["RetentionPeriod"], 2557);
}

#[test]
fn retention_is_extended_when_asked_and_shortened_only_twice_asked() {
    let (lake, ctl) = enabled();
    let run = |days: u32| format!("{NORDCLOUD} --retention-days {days}");
    changes(&lake, &ctl, &run(2557), &["UpdateEventDataStore"]);
    assert_eq!(store(&lake)["RetentionPeriod"], 2557);
    drop(keeps(&lake, &ctl, NORDCLOUD));
    // The plan names the date before which events go; ctl's own clock is the real one.
    let before = |at: jiff::Timestamp| {
        let cut = at - jiff::SignedDuration::from_hours(400 * 24);
        cut.strftime("%Y-%m-%d").to_string()
    };
    let earliest = before(now());
    let output = refused(&lake, &ctl, &run(400), 5, &["--shorten-retention", "removed for good"]);
    let latest = before(now());
    assert!(
        output.stderr.contains(&earliest) || output.stderr.contains(&latest),
        "{output}"
    );
    let document = changes(
        &lake,
        &ctl,
        &format!("{} --shorten-retention", run(400)),
        &["UpdateEventDataStore"],
    );
    assert!(
        notes(&document).contains("warning: Events from before 20"),
        "{document}"
    );
    assert_eq!(store(&lake)["RetentionPeriod"], 400);
}

#[test]
fn retention_has_the_limits_of_the_pricing() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    for days in ["6", "0", "3654"] {
        refused(
            &lake,
            &ctl,
            &format!("{} --retention-days {days}", nordcloud()),
            2,
            &["7 to 3653"],
        );
    }
    let fixed = format!("{} --billing-mode fixed --retention-days 2558", nordcloud());
    refused(&lake, &ctl, &fixed, 2, &["7 to 2557"]);
    for edge in [
        "--retention-days 7",
        "--retention-days 3653",
        "--billing-mode fixed --retention-days 2557",
    ] {
        let lake = Lake::new();
        drop(lake.ctl().run(&format!("{} {edge}", nordcloud())).exits(0));
    }
    // The pricing of the store that exists counts, too.
    let (lake, ctl, _) = with_store(json!({"BillingMode": "FIXED_RETENTION_PRICING"}));
    drop(ctl.run(&nordcloud()).exits(0));
    refused(
        &lake,
        &ctl,
        &format!("{NORDCLOUD} --retention-days 3000"),
        2,
        &["7 to 2557"],
    );
    let both = format!("{NORDCLOUD} --retention-days 3000 --billing-mode extendable");
    changes(&lake, &ctl, &both, &["UpdateEventDataStore"]);
    assert_eq!(store(&lake)["BillingMode"], "EXTENDABLE_RETENTION_PRICING");
}

#[test]
fn pricing_never_goes_from_extendable_to_fixed() {
    let (lake, ctl) = enabled();
    let run = format!("{NORDCLOUD} --billing-mode fixed");
    refused(
        &lake,
        &ctl,
        &run,
        5,
        &["does not allow a change to fixed", "--event-data-store"],
    );
    drop(keeps(&lake, &ctl, &format!("{NORDCLOUD} --billing-mode extendable")));
}

#[test]
fn a_kms_key_is_set_once() {
    let id = "0d8b1a6e-6f51-4a0e-9a6e-7a5b0d8b1a6e";
    let key = format!("arn:aws:kms:us-east-1:111122223333:key/{id}");
    let (lake, ctl) = enabled();
    let document = changes(
        &lake,
        &ctl,
        &format!("{NORDCLOUD} --kms-key-id {key}"),
        &["UpdateEventDataStore"],
    );
    assert!(notes(&document).contains("warning: The KMS key"), "{document}");
    assert_eq!(store(&lake)["KmsKeyId"], json!(key));
    drop(keeps(&lake, &ctl, &format!("{NORDCLOUD} --kms-key-id {id}")));
    // What an alias stands for is KMS's to know.
    for alias in ["alias/lake", "arn:aws:kms:us-east-1:111122223333:alias/lake"] {
        let document = keeps(&lake, &ctl, &format!("{NORDCLOUD} --kms-key-id {alias}"));
        let said = notes(&document);
        assert!(
            said.contains(&format!("keeps its KMS key {key}")) && said.contains(alias),
            "{said}"
        );
    }
    let other = "11111111-6f51-4a0e-9a6e-7a5b0d8b1a6e";
    refused(
        &lake,
        &ctl,
        &format!("{NORDCLOUD} --kms-key-id {other}"),
        5,
        &["can never be changed"],
    );
}

#[test]
fn protection_goes_only_when_asked() {
    let (lake, ctl) = enabled();
    let run = format!("{NORDCLOUD} --no-termination-protection");
    let document = changes(&lake, &ctl, &run, &["UpdateEventDataStore"]);
    assert_eq!(store(&lake)["TerminationProtectionEnabled"], false);
    assert_eq!(document["integration"]["findings"][0]["code"], "store_unprotected");
}

#[test]
fn options_that_could_mean_two_stores_are_refused() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    by_hand(&lake);
    drop(ctl.run(&format!("{NORDCLOUD} --event-data-store second-ds")).exits(0));
    let longer = format!("{NORDCLOUD} --retention-days 500");
    refused(
        &lake,
        &ctl,
        &longer,
        2,
        &["feeds 2 event data stores", "--event-data-store NAME"],
    );
    changes(
        &lake,
        &ctl,
        &format!("{longer} --event-data-store second-ds"),
        &["UpdateEventDataStore"],
    );
    let state = lake.state();
    let retention = |name: &str| {
        let stores = state["stores"].as_array().unwrap();
        stores.iter().find(|store| store["Name"] == name).unwrap()["RetentionPeriod"].clone()
    };
    assert_eq!((retention("second-ds"), retention(STORE)), (json!(500), json!(366)));
}
