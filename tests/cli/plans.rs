//! Dry runs: the very plan, and nothing else.

use insta::assert_snapshot;

use crate::harness::{Lake, SECRET, statement};

/// An expected plan changes nothing and needs no agreement.
fn planned(lake: &Lake, args: &str) -> String {
    let before = lake.state();
    lake.forget();
    let output = lake.ctl().run(&format!("{args} --dry-run"));
    assert_eq!(lake.writes(), [""; 0], "{output}");
    assert_eq!(lake.state(), before, "{output}");
    output.snapshot().replace(SECRET, "[external id]")
}

fn enabled() -> Lake {
    let lake = Lake::new();
    drop(
        lake.ctl()
            .run(&format!("enable --partner nordcloud --external-id {SECRET} --yes"))
            .exits(0),
    );
    lake
}

#[test]
fn of_a_fresh_enable() {
    let lake = Lake::new();
    assert_snapshot!(planned(&lake, &format!("enable --partner nordcloud --external-id {SECRET}")), @r#"
$ ctl enable --partner nordcloud --external-id [external id] --dry-run
--- stdout
Dry run: nothing was changed. This is what would be done.
Account | 111122223333
Region | us-east-1
Caller | arn:aws:iam::111122223333:user/sandbox
planned | create | event_data_store | nordcloud-events-ds |  | 366 days, extendable pricing, protected against deletion, single-Region, ActivityAuditLog
planned | create | channel | nordcloud-integration |  | source IBMMulticloud, or NordcloudKlarity if the service refuses that
planned | create | resource_policy | nordcloud-integration |  | Lets in account 855341727128, with the external ID.
Note: Events older than 366 days are removed from nordcloud-events-ds; for seven years, add --retention-days 2557.
[exit 0]
"#);
    assert_snapshot!(planned(&lake, "enable --custom --name my-app"), @r#"
$ ctl enable --custom --name my-app --dry-run
--- stdout
Dry run: nothing was changed. This is what would be done.
Account | 111122223333
Region | us-east-1
Caller | arn:aws:iam::111122223333:user/sandbox
planned | create | event_data_store | my-app-events-ds |  | 366 days, extendable pricing, protected against deletion, single-Region, ActivityAuditLog
planned | create | channel | my-app |  | source Custom
planned | keep | resource_policy | my-app |  | none: only the owner's account can send
Note: Events older than 366 days are removed from my-app-events-ds; for seven years, add --retention-days 2557.
Note: Only the account that owns the channel may send events to it.
[exit 0]
"#);
}

#[test]
fn of_an_enable_that_changes_some() {
    let lake = enabled();
    let args = "enable --partner nordcloud --retention-days 2557 --event-data-store nordcloud-events-ds \
                --event-data-store more-ds --principal 444455556666 --replace-access --tag team=blue";
    assert_snapshot!(planned(&lake, args), @r#"
$ ctl enable --partner nordcloud --retention-days 2557 --event-data-store nordcloud-events-ds --event-data-store more-ds --principal 444455556666 --replace-access --tag team=blue --dry-run
--- stdout
Dry run: nothing was changed. This is what would be done.
Account | 111122223333
Region | us-east-1
Caller | arn:aws:iam::111122223333:user/sandbox
planned | update | event_data_store | nordcloud-events-ds | arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/[id] | retention 366 → 2557 days
planned | create | event_data_store | more-ds |  | 2557 days, extendable pricing, protected against deletion, single-Region, ActivityAuditLog, tags team
planned | update | channel | nordcloud-integration | arn:aws:cloudtrail:us-east-1:111122223333:channel/[id] | feeds 1 more, 2 in all
planned | update | resource_policy | nordcloud-integration | arn:aws:cloudtrail:us-east-1:111122223333:channel/[id] | Lets in account 444455556666, with the external ID.
planned | update | tags | nordcloud-events-ds | arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/[id] | adds team
planned | update | tags | nordcloud-integration | arn:aws:cloudtrail:us-east-1:111122223333:channel/[id] | adds team
Note: Events older than 2557 days are removed from more-ds.
Note: --principal takes the place of account 855341727128, which the catalogue names.
Note: Locks out account 855341727128.
[exit 0]
"#);
    assert_snapshot!(planned(&lake, "enable --partner nordcloud"), @r#"
$ ctl enable --partner nordcloud --dry-run
--- stdout
Dry run: nothing was changed. This is what would be done.
Account | 111122223333
Region | us-east-1
Caller | arn:aws:iam::111122223333:user/sandbox
planned | keep | event_data_store | nordcloud-events-ds | arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/[id] | 366 days, ENABLED
planned | keep | channel | nordcloud-integration | arn:aws:cloudtrail:us-east-1:111122223333:channel/[id] | source IBMMulticloud
planned | keep | resource_policy | nordcloud-integration | arn:aws:cloudtrail:us-east-1:111122223333:channel/[id] | the attached policy stays as it is
[exit 0]
"#);
}

#[test]
fn of_a_disable() {
    let lake = enabled();
    assert_snapshot!(planned(&lake, "disable nordcloud --delete-store nordcloud-events-ds"), @r#"
$ ctl disable nordcloud --delete-store nordcloud-events-ds --dry-run
--- stdout
Dry run: nothing was changed. This is what would be done.
Account | 111122223333
Region | us-east-1
Caller | arn:aws:iam::111122223333:user/sandbox
planned | delete | channel | nordcloud-integration | arn:aws:cloudtrail:us-east-1:111122223333:channel/[id] | the channel with its policy; its stores and their events stay
planned | delete | event_data_store | nordcloud-events-ds | arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/[id] | termination protection off, then deleted
Warning: The channel nordcloud-integration goes for good, and its ARN with it: a new one needs the new ARN at the sender.
Warning: The event data store nordcloud-events-ds is pending deletion for 7 days and then gone with its events. Until then it counts towards the 10 of the Region, its name stays taken, and this brings it back: ctl enable --region us-east-1 --partner nordcloud --event-data-store nordcloud-events-ds --restore
[exit 0]
"#);
    assert_snapshot!(planned(&lake, "disable nordcloud --keep-channel"), @r#"
$ ctl disable nordcloud --keep-channel --dry-run
--- stdout
Dry run: nothing was changed. This is what would be done.
Account | 111122223333
Region | us-east-1
Caller | arn:aws:iam::111122223333:user/sandbox
planned | delete | resource_policy | nordcloud-integration | arn:aws:cloudtrail:us-east-1:111122223333:channel/[id] | the last statement goes; the channel and its ARN stay, and only the owner can send
[exit 0]
"#);
    assert_snapshot!(planned(&lake, "disable okta"), @r#"
$ ctl disable okta --dry-run
--- stdout
Dry run: nothing was changed. This is what would be done.
Account | 111122223333
Region | us-east-1
Caller | arn:aws:iam::111122223333:user/sandbox
planned | keep | channel | okta |  | there is none in us-east-1 of account 111122223333
--- stderr
There is no channel of okta in us-east-1 of account 111122223333; it is already gone.
[exit 0]
"#);
}

#[test]
fn exit_codes_tell_whether_something_would_change() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let enable = format!("enable --partner nordcloud --external-id {SECRET} --dry-run");
    drop(ctl.run(&enable).exits(0));
    drop(ctl.run(&format!("{enable} --exit-code")).exits(10));
    drop(ctl.run("disable nordcloud --dry-run --exit-code").exits(0));
    let lake = enabled();
    let ctl = lake.ctl();
    drop(ctl.run(&format!("{enable} --exit-code")).exits(0));
    drop(ctl.run("disable nordcloud --dry-run --exit-code").exits(10));
    drop(
        ctl.run("disable nordcloud --keep-channel --dry-run --exit-code -o json")
            .exits(10),
    );
}

#[test]
fn json_knows_no_arn_of_what_does_not_exist() {
    let lake = Lake::new();
    let enable = format!("enable --partner nordcloud --external-id {SECRET} --dry-run -o json");
    let document = lake.ctl().run(&enable).exits(0).json();
    assert_eq!(document["dry_run"], true);
    assert_eq!(document["changed"], true);
    assert!(document["integration"]["channel_arn"].is_null(), "{document}");
    assert!(document["handoff"]["channel_arn"].is_null(), "{document}");
    for step in document["steps"].as_array().unwrap() {
        assert!(step["arn"].is_null(), "{step}");
        assert_eq!(step["state"], "planned");
    }
}

#[test]
fn a_refusal_is_the_same_with_and_without() {
    let lake = enabled();
    let owner = lake.owner();
    let channel = lake.only_channel();
    let both = crate::harness::document(&[
        statement(&channel, crate::harness::PARTNER, Some(SECRET)),
        crate::harness::with(
            statement(&channel, crate::harness::PARTNER, None),
            serde_json::json!({"Sid": "Mine"}),
        ),
    ]);
    let input = serde_json::json!({"ResourceArn": channel, "ResourcePolicy": both.to_string()});
    owner.call("PutResourcePolicy", input).unwrap();
    for args in [
        "disable nordcloud --keep-channel",
        "enable --partner nordcloud --retention-days 30",
        "enable --partner nordcloud --billing-mode fixed",
        "enable --partner nordcloud --external-id another-one",
    ] {
        let planned = lake.ctl().run(&format!("{args} --dry-run")).exits(5);
        let done = lake.ctl().run(&format!("{args} --yes")).exits(5);
        assert_eq!(planned.stderr, done.stderr);
        assert_eq!((planned.stdout.as_str(), done.stdout.as_str()), ("", ""));
    }
}

#[test]
fn of_a_sandbox_reset() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    drop(
        ctl.run(&format!(
            "--sandbox enable --partner nordcloud --external-id {SECRET} --yes"
        ))
        .exits(0),
    );
    drop(ctl.run("sandbox reset").exits(2).says(&["--yes"]));
    drop(ctl.run("sandbox reset --dry-run").exits(0));
    let document = ctl.run("--sandbox status -o json").exits(0).json();
    assert_eq!(document["integrations"].as_array().unwrap().len(), 1);
    drop(ctl.run("sandbox reset --yes").exits(0));
    let document = ctl.run("--sandbox status -o json").exits(0).json();
    assert_eq!(document["integrations"].as_array().unwrap().len(), 0);
}
