//! `doctor`: every check, and that no failure keeps another check from being made.

use std::collections::BTreeMap;
use std::net::TcpListener;

use ctl::sandbox::Config;
use serde_json::{Value, json};

use super::{NORDCLOUD, STORE, by_hand, enabled};
use crate::harness::{
    Ctl, HOME, Lake, Output, PARTNER, SECRET, STRANGER, Stamped, document, entry, fixed, statement, text, with,
};

/// The ids of the surroundings, in their order.
const SURROUNDINGS: [&str; 13] = [
    "credentials",
    "caller",
    "account",
    "region",
    "control_endpoint",
    "ingestion_endpoint",
    "ingestion_region",
    "clock",
    "store_quota",
    "channel_quota",
    "customer",
    "read_permissions",
    "write_permissions",
];

/// The ids of an integration, in their order.
const INTEGRATION: [&str; 10] = [
    "channel",
    "destinations",
    "store_state",
    "store_category",
    "store_protection",
    "store_retention",
    "policy",
    "principal",
    "external_id",
    "deliveries",
];

/// The checks of a run, by id; none of them changed anything.
struct Checks {
    output: Output,
    list: Vec<Value>,
}

impl Checks {
    #[track_caller]
    fn of(ctl: &Ctl, args: &str, code: i32) -> Self {
        let output = ctl.run(&format!("doctor {args} -o json")).exits(code);
        let document = output.json();
        assert_eq!(document["schema"], "ctl.doctor/v1");
        let list = document["checks"].as_array().unwrap().clone();
        for check in &list {
            let (status, next) = (text(check, "status"), check["next"].as_array().unwrap());
            assert!(!text(check, "evidence").is_empty(), "{check}");
            assert!(
                !["warn", "fail"].contains(&status.as_str()) || !next.is_empty(),
                "no next step: {check}"
            );
        }
        let of = |status: &str| list.iter().filter(|check| check["status"] == status).count();
        let summary = json!({"pass": of("pass"), "warn": of("warn"), "fail": of("fail"), "skipped": of("skipped")});
        assert_eq!(document["summary"], summary, "{output}");
        Self { output, list }
    }

    fn ids(&self) -> Vec<String> {
        self.list.iter().map(|check| text(check, "id")).collect()
    }

    fn check(&self, id: &str) -> &Value {
        let found = self.list.iter().find(|check| check["id"] == id);
        found.unwrap_or_else(|| panic!("no check {id}: {}", self.output))
    }

    /// The checks that ended neither as a pass nor, of those that are always skipped, as skipped.
    fn troubled(&self) -> BTreeMap<String, String> {
        let entry = |check: &Value| (text(check, "id"), text(check, "status"));
        let usual = |check: &&Value| {
            check["status"] == "skipped" && ["account", "write_permissions"].iter().any(|id| check["id"] == *id)
        };
        let others = self
            .list
            .iter()
            .filter(|check| check["status"] != "pass" && !usual(check));
        others.map(entry).collect()
    }

    /// The same, if these and no others are in trouble.
    #[track_caller]
    fn only(self, expected: &[(&str, &str)]) -> Self {
        let expected = expected
            .iter()
            .map(|(id, status)| ((*id).to_owned(), (*status).to_owned()));
        assert_eq!(self.troubled(), expected.collect(), "{}", self.output);
        self
    }

    /// The same, if a check's evidence and next step say all of this.
    #[track_caller]
    fn says(self, id: &str, words: &[&str]) -> Self {
        let check = self.check(id).to_string();
        for word in words {
            assert!(check.contains(word), "{word:?} is not said: {check}");
        }
        self
    }
}

/// An integration that has taken an event: nothing is left to be said.
fn healthy() -> (Lake, Ctl) {
    let (lake, ctl) = enabled();
    lake.owner()
        .put(&lake.only_channel(), None, json!([entry("e1")]))
        .unwrap();
    lake.forget();
    (lake, ctl)
}

/// An `AccessDeniedException` for every call of an operation.
fn deny(lake: &Lake, operation: &str) {
    let fault = json!({"kind": "error", "status": 403, "code": "AccessDeniedException", "message": "not authorized"});
    lake.fault(operation, 1, 1000, fault);
}

/// An endpoint at which nobody listens.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[test]
fn a_healthy_integration_passes_every_check_and_nothing_is_written() {
    let (lake, ctl) = healthy();
    let checks = Checks::of(&ctl, "", 0).only(&[]);
    assert_eq!(checks.ids(), [&SURROUNDINGS[..], &INTEGRATION[..]].concat());
    assert_eq!(lake.writes(), [""; 0]);
    let document = checks.output.json();
    assert_eq!(document["account"], HOME);
    assert_eq!(document["iam_policy"]["Version"], "2012-10-17");
    // The one read of each kind, and no more.
    let reads: Vec<String> = lake.requests().into_iter().map(|seen| seen.operation).collect();
    let mut sorted = reads.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(sorted.len(), reads.len(), "{reads:?}");
    // A line a check, also as text.
    let lines = ctl.run("doctor -o ndjson").exits(0).stdout;
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ids: Vec<String> = lines.iter().map(|line| text(&line["check"], "id")).collect();
    assert_eq!(ids, checks.ids());
    assert!(lines.iter().all(|line| line["schema"] == "ctl.doctor/v1"));
    let table = ctl.run("doctor").exits(0).stdout;
    let ids: Vec<&str> = table.lines().map(|line| line.split('\t').nth(1).unwrap()).collect();
    assert_eq!(ids, checks.ids());
}

#[test]
fn without_an_integration_the_surroundings_are_checked_and_enable_is_named() {
    let lake = Lake::new();
    let checks = Checks::of(&lake.ctl(), "", 0)
        .only(&[("channel", "warn"), ("customer", "warn")])
        .says(
            "channel",
            &["no integration in us-east-1", "ctl enable --region us-east-1"],
        )
        .says("customer", &["31 May 2026", "may be refused"]);
    assert_eq!(checks.ids(), [&SURROUNDINGS[..], &["channel"]].concat());
    drop(Checks::of(&lake.ctl(), "--fail-on warning", 3));
    // What was named and is not there is a failure.
    drop(Checks::of(&lake.ctl(), "nordcloud", 3).says("channel", &["\"fail\"", "Nordcloud"]));
    let arn = format!("arn:aws:cloudtrail:us-east-1:{HOME}:channel/6f0c2a1e-1111-4222-8333-444455556666");
    let checks = Checks::of(&lake.ctl(), &arn, 3).says("channel", &["fail", "does not exist"]);
    assert_eq!(checks.check("policy")["status"], "skipped");
}

#[test]
fn an_account_that_may_be_refused_is_warned_and_not_tried() {
    let lake = Lake::with(Config {
        closed_to_new_customers: true,
        ..fixed()
    });
    drop(Checks::of(&lake.ctl(), "", 0).says("customer", &["warn", "may be refused", "CloudWatch"]));
    assert_eq!(lake.writes(), [""; 0]);
    // The warning was right.
    let output = lake.ctl().run("enable --custom --name my-app --yes").exits(5);
    drop(output.says(&["new customers"]));
}

#[test]
fn several_integrations_are_all_checked_unless_one_is_named() {
    let (lake, ctl) = healthy();
    lake.owner().integration();
    // No policy, as is right for an application of the owner's: then there is no external ID to look at.
    let checks = Checks::of(&ctl, "", 0).only(&[("deliveries", "warn"), ("external_id", "skipped")]);
    assert_eq!(
        checks.ids(),
        [&SURROUNDINGS[..], &INTEGRATION[..], &INTEGRATION[..]].concat()
    );
    assert_eq!(checks.list[13]["integration"], "nordcloud-integration");
    assert_eq!(checks.list[23]["integration"], "my-app");
    assert_eq!(checks.list[0]["integration"], Value::Null);
    let one = Checks::of(&ctl, "nordcloud", 0).only(&[]);
    assert_eq!(one.list.len(), 23);
    // A name that nearly fits is told.
    drop(Checks::of(&ctl, "my-ap", 3).says("channel", &["fail", "my-app"]));
}

/// Makes the statements of a policy from the channel's ARN and the template's statement.
type Make = fn(&str, Value) -> Vec<Value>;

#[test]
fn each_fault_of_a_policy_is_found_by_the_check_it_belongs_to() {
    let cases: [(&[(&str, &str)], Make); 5] = [
        (&[("principal", "fail")], |channel, _| {
            vec![statement(channel, STRANGER, Some(SECRET))]
        }),
        (&[("policy", "warn")], |_, mut own| {
            own["Condition"]["Bool"] = json!({"aws:SecureTransport": "true"});
            vec![own]
        }),
        (&[("external_id", "warn")], |channel, _| {
            vec![statement(channel, PARTNER, None)]
        }),
        (&[("principal", "fail"), ("external_id", "warn")], |channel, own| {
            let all = json!({"Sid": "All", "Principal": "*"});
            vec![own, with(statement(channel, PARTNER, None), all)]
        }),
        (&[("principal", "fail")], |_, own| {
            let gone = json!({"Principal": {"AWS": ["AROAEXAMPLEEXAMPLE123", PARTNER]}});
            vec![with(own, gone)]
        }),
    ];
    for (expected, make) in cases {
        let lake = Lake::new();
        let ctl = lake.ctl();
        let (channel, _) = by_hand(&lake);
        lake.owner().put(&channel, None, json!([entry("e1")])).unwrap();
        let document = document(&make(&channel, statement(&channel, PARTNER, Some(SECRET))));
        lake.plant(
            "resource_policy",
            json!({"resource_arn": channel, "document": document.to_string()}),
        );
        let failed = expected.iter().any(|(_, status)| *status == "fail");
        drop(Checks::of(&ctl, "", if failed { 3 } else { 0 }).only(expected));
    }
}

#[test]
fn a_policy_that_is_missing_or_no_policy_fails() {
    let (lake, ctl) = healthy();
    let channel = lake.only_channel();
    lake.owner()
        .call("DeleteResourcePolicy", json!({"ResourceArn": channel}))
        .unwrap();
    drop(
        Checks::of(&ctl, "", 3)
            .only(&[("policy", "fail"), ("principal", "fail"), ("external_id", "skipped")])
            .says(
                "policy",
                &["ctl enable --region us-east-1 --partner nordcloud --external-id-file FILE"],
            ),
    );
    lake.plant("resource_policy", json!({"resource_arn": channel, "document": "{"}));
    drop(Checks::of(&ctl, "", 3).only(&[("policy", "fail"), ("principal", "skipped"), ("external_id", "skipped")]));
}

#[test]
fn each_fault_of_a_store_is_found_by_the_check_it_belongs_to() {
    let management = json!([{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]);
    for (planted, expected) in [
        (json!({"status": "PENDING_DELETION"}), ("store_state", "fail")),
        (
            json!({"advanced_event_selectors": management}),
            ("store_category", "fail"),
        ),
        (json!({"multi_region_enabled": true}), ("store_category", "fail")),
        (
            json!({"termination_protection_enabled": false}),
            ("store_protection", "warn"),
        ),
    ] {
        let (lake, ctl) = healthy();
        lake.plant(
            "event_data_store",
            with(planted.clone(), json!({"id": lake.only_store()})),
        );
        let code = if expected.1 == "fail" { 3 } else { 0 };
        drop(Checks::of(&ctl, "", code).only(&[expected]).says(expected.0, &[STORE]));
    }
}

#[test]
fn deliveries_are_judged_by_the_last_one() {
    let (lake, ctl) = enabled();
    drop(
        Checks::of(&ctl, "", 0)
            .only(&[("deliveries", "warn")])
            .says("deliveries", &["ever"]),
    );
    let channel = lake.only_channel();
    let owner = lake.owner();
    owner
        .put(&channel, None, json!([{"id": "bad", "eventData": "no JSON"}]))
        .unwrap();
    drop(
        Checks::of(&ctl, "", 3)
            .only(&[("deliveries", "fail")])
            .says("deliveries", &["InvalidData"]),
    );
    lake.tell("/clock", json!({"advance_seconds": 60}));
    owner.put(&channel, None, json!([entry("e1")])).unwrap();
    drop(
        Checks::of(&ctl, "", 0)
            .only(&[])
            .says("deliveries", &["2026-11-20T12:01:00Z"]),
    );
    // The sandbox's clock stands days before ctl's.
    drop(Checks::of(&ctl, "--max-silence 1h", 0).only(&[("deliveries", "warn")]));
}

#[test]
fn a_denied_read_is_named_and_what_rests_on_it_is_skipped() {
    let skipped = |ids: &[&'static str]| -> Vec<(&'static str, &'static str)> {
        std::iter::once(("read_permissions", "fail"))
            .chain(ids.iter().map(|id| (*id, "skipped")))
            .collect()
    };
    for (operation, rest) in [
        ("ListEventDataStores", &["store_quota", "customer"][..]),
        ("ListChannels", &["channel_quota", "channel"]),
        ("GetChannel", &INTEGRATION),
        (
            "GetEventDataStore",
            &[
                "destinations",
                "store_state",
                "store_category",
                "store_protection",
                "store_retention",
            ],
        ),
        ("GetResourcePolicy", &["policy", "principal", "external_id"]),
        ("ListTags", &[]),
    ] {
        let (lake, ctl) = healthy();
        deny(&lake, operation);
        drop(Checks::of(&ctl, "", 3).only(&skipped(rest)).says(
            "read_permissions",
            &[&format!("cloudtrail:{operation}"), "--iam-policy"],
        ));
    }
}

#[test]
fn every_read_denied_still_leaves_a_whole_answer() {
    let (lake, ctl) = healthy();
    let arn = lake.only_channel();
    let fault = json!({"kind": "error", "status": 403, "code": "AccessDeniedException", "message": "no"});
    let rules: Vec<Value> = ["ListEventDataStores", "ListChannels", "GetChannel"]
        .map(|operation| json!({"operation": operation, "call": 1, "times": 1000, "fault": fault}))
        .to_vec();
    lake.tell("/faults", json!({"faults": rules}));
    let checks = Checks::of(&ctl, &arn, 3);
    assert_eq!(checks.ids(), [&SURROUNDINGS[..], &INTEGRATION[..]].concat());
    // The endpoint answers, and the credentials are good.
    for id in ["credentials", "control_endpoint", "clock"] {
        assert_eq!(checks.check(id)["status"], "pass", "{id}");
    }
}

#[test]
fn sts_out_of_reach_is_a_warning_and_matters_to_expect_account_alone() {
    let (lake, ctl) = healthy();
    let cut = json!({"kind": "cut"});
    lake.fault("GetCallerIdentity", 1, 1000, cut);
    drop(Checks::of(&ctl, "", 0).only(&[("caller", "warn")]));
    let checks = Checks::of(&ctl, &format!("--expect-account {HOME}"), 3);
    assert_eq!(checks.check("account")["status"], "fail");
    assert_eq!(checks.check("store_quota")["status"], "skipped");
}

#[test]
fn the_account_must_be_the_one_that_was_expected() {
    let (lake, ctl) = healthy();
    let checks = Checks::of(&ctl, &format!("--expect-account {HOME}"), 0).only(&[]);
    assert_eq!(checks.check("account")["status"], "pass");
    lake.forget();
    let checks = Checks::of(&ctl, &format!("--expect-account {STRANGER}"), 3);
    assert_eq!(checks.check("account")["status"], "fail");
    // Nothing of the other account was looked at.
    assert!(lake.requests().iter().all(|seen| !seen.operation.starts_with("List")));
    // The account of a channel's ARN is expected as well.
    let other = format!("arn:aws:cloudtrail:us-east-1:{STRANGER}:channel/6f0c2a1e-1111-4222-8333-444455556666");
    drop(Checks::of(&ctl, &other, 3).says("account", &["fail", STRANGER]));
}

#[test]
fn the_region_is_the_one_of_the_arn() {
    let (lake, ctl) = healthy();
    let arn = lake.only_channel();
    let elsewhere = ctl.region("eu-west-1");
    drop(
        Checks::of(&elsewhere, &arn, 0)
            .only(&[("region", "warn")])
            .says("region", &["us-east-1", "eu-west-1"]),
    );
    // Lake is in more Regions than deliveries are.
    let zurich = lake.ctl().region("eu-central-2");
    drop(Checks::of(&zurich, "", 0).says("ingestion_region", &["warn", "eu-central-2"]));
}

#[test]
fn each_endpoint_is_reached_by_itself() {
    let (lake, ctl) = healthy();
    let nobody = nobody();
    drop(
        Checks::of(&lake.ctl().env("AWS_ENDPOINT_URL_CLOUDTRAIL_DATA", &nobody), "", 3)
            .only(&[("ingestion_endpoint", "fail")]),
    );
    let checks = Checks::of(&ctl.env("AWS_ENDPOINT_URL_CLOUDTRAIL", &nobody), "", 3);
    for (id, status) in [
        ("caller", "pass"),
        ("ingestion_endpoint", "pass"),
        ("control_endpoint", "fail"),
        ("clock", "skipped"),
        ("store_quota", "skipped"),
        ("channel_quota", "skipped"),
        ("channel", "skipped"),
    ] {
        assert_eq!(checks.check(id)["status"], status, "{id}: {}", checks.output);
    }
}

#[test]
fn without_credentials_everything_else_is_skipped() {
    let (lake, ctl) = healthy();
    let none = ctl
        .env("AWS_ACCESS_KEY_ID", "")
        .env("AWS_SECRET_ACCESS_KEY", "")
        .env("AWS_EC2_METADATA_DISABLED", "true");
    let checks = Checks::of(&none, "", 3);
    assert_eq!(checks.check("credentials")["status"], "fail");
    for id in ["caller", "clock", "store_quota", "channel", "read_permissions"] {
        assert_eq!(checks.check(id)["status"], "skipped", "{id}");
    }
    assert_eq!(lake.requests().len(), 0);
    // Those that are not accepted are a failure of the same check.
    let (lake, ctl) = healthy();
    let refused = json!({"kind": "error", "status": 403, "code": "ExpiredTokenException", "message": "expired"});
    for operation in ["GetCallerIdentity", "ListEventDataStores"] {
        lake.fault(operation, 1, 1000, refused.clone());
    }
    let checks = Checks::of(&ctl, "", 3);
    assert_eq!(checks.check("credentials")["status"], "fail");
}

#[test]
fn the_clock_is_compared_with_the_services() {
    let lake = Lake::new();
    for (ahead, status, code) in [
        (0, "pass", 0),
        (-45, "pass", 0),
        (90, "warn", 0),
        (-90, "warn", 0),
        (3600, "fail", 3),
        (-3600, "fail", 3),
    ] {
        let stamped = Stamped::ahead(ahead);
        let ctl = lake.ctl().env("AWS_ENDPOINT_URL_CLOUDTRAIL", &stamped.endpoint());
        let checks = Checks::of(&ctl, "", code);
        assert_eq!(checks.check("clock")["status"], status, "{ahead}: {}", checks.output);
    }
}

#[test]
fn quotas_that_are_used_up_are_warned_of() {
    let (lake, ctl) = healthy();
    for number in 0..9 {
        let store = lake.owner().store(&format!("other-{number}"));
        if number == 0 {
            lake.plant("event_data_store", json!({"id": store, "status": "PENDING_DELETION"}));
        }
    }
    drop(
        Checks::of(&ctl, "", 0)
            .only(&[("store_quota", "warn")])
            .says("store_quota", &["10 of 10"]),
    );
    // A channel that a service made for itself does not count.
    lake.plant(
        "service_channel",
        json!({"name": "aws-made", "service": "some-service"}),
    );
    drop(Checks::of(&ctl, "", 0).says("channel_quota", &["1 of 25"]));
}

#[test]
fn a_service_that_fails_is_told_as_such() {
    let (lake, ctl) = healthy();
    lake.fault("ListChannels", 1, 1000, json!({"kind": "status", "status": 503}));
    let checks = Checks::of(&ctl, "", 3).says("control_endpoint", &["fail", "503"]);
    assert_eq!(checks.check("store_quota")["status"], "pass");
    let (lake, ctl) = healthy();
    lake.fault("GetResourcePolicy", 1, 1000, json!({"kind": "throttle"}));
    let checks = Checks::of(&ctl, "", 3).says("read_permissions", &["fail", "ThrottlingException"]);
    assert_eq!(checks.check("policy")["status"], "skipped");
}

#[test]
fn the_iam_policy_is_printed_without_a_call() {
    let (lake, ctl) = healthy();
    let arn = lake.only_channel();
    lake.forget();
    let output = ctl.run(&format!("doctor {arn} --iam-policy")).exits(0);
    let document: Value = serde_json::from_str(&output.stdout).unwrap();
    let sids: Vec<String> = document["Statement"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| text(one, "Sid"))
        .collect();
    assert_eq!(
        sids,
        [
            "CtlList",
            "CtlRead",
            "CtlEnable",
            "CtlEnableDependent",
            "CtlDisable",
            "CtlSend",
            "CtlQuery"
        ]
    );
    assert_eq!(document["Statement"][5]["Resource"], json!([arn]));
    let output = ctl.run("doctor --iam-policy -o json").exits(0).json();
    assert_eq!(output["schema"], "ctl.iam-policy/v1");
    assert_eq!(lake.requests().len(), 0);
    // Every operation that the other verbs make is among the actions.
    let actions = document.to_string();
    let (lake, ctl) = enabled();
    drop(ctl.run(NORDCLOUD).exits(0));
    drop(ctl.run("disable --delete-store nordcloud-events-ds --yes").exits(0));
    for seen in lake.requests() {
        let known = actions.contains(&format!(":{}\"", seen.operation));
        assert!(known || seen.operation == "GetCallerIdentity", "{seen:?}");
    }
}
