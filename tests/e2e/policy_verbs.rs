//! `ctl policy show` and `ctl policy check INTEGRATION`: what is attached.

use serde_json::{Value, json};

use super::put_policy;
use crate::harness::{Ctl, HOME, Lake, PARTNER, document, policy, statement, with};

/// Shown on purpose, by `show` alone; not the secret that no output may hold.
const ID: &str = "shown-on-purpose";
const OTHER: &str = "444455556666";

/// A sandbox with a Nordcloud channel without a policy; answers its ARN.
fn channel() -> (Lake, Ctl, String) {
    let lake = Lake::new();
    let store = lake.owner().store("my-events");
    let channel = lake.owner().channel("mine", "IBMMulticloud", &[&store]);
    let ctl = lake.ctl();
    (lake, ctl, channel)
}

fn codes(document: &Value) -> Vec<&str> {
    let findings = document["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|finding| finding["code"].as_str().unwrap())
        .collect()
}

#[test]
fn what_is_attached_is_shown_whole() {
    let (lake, ctl, channel) = channel();
    let attached = policy(&channel, PARTNER, Some(ID));
    put_policy(&lake.owner(), &channel, &attached);
    lake.forget();
    let attached: Value = serde_json::from_str(&attached).unwrap();
    let id = channel.rsplit('/').next().unwrap();
    for name in ["", "nordcloud", "mine", channel.as_str(), id] {
        let text = ctl.run(&format!("policy show {name}")).exits(0).stdout;
        assert_eq!(text, format!("{attached:#}\n"));
    }
    let shown = ctl.run("policy show -o json").exits(0).json();
    assert_eq!(shown["schema"], "ctl.policy/v1");
    assert_eq!(shown["channel_arn"], channel);
    assert_eq!(shown["policy"], attached);
    // What `enable` would put is what `render` prints.
    let run = format!("policy render --partner nordcloud --external-id {ID} --channel-arn {channel} -o json");
    assert_eq!(ctl.run(&run).exits(0).json()["policy"], attached);
    assert_eq!(lake.writes(), [""; 0]);
}

#[test]
fn render_is_what_enable_puts() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let options = format!("--partner nordcloud --principal {OTHER} --principal {PARTNER} --external-id {ID}");
    drop(ctl.run(&format!("enable --yes {options}")).exits(0));
    let shown = ctl.run("policy show").exits(0).stdout;
    let rendered = ctl.run(&format!(
        "policy render {options} --channel-arn {}",
        lake.only_channel()
    ));
    assert_eq!(rendered.exits(0).stdout, shown);
}

#[test]
fn no_policy_is_an_answer() {
    let (_lake, ctl, channel) = channel();
    let output = ctl.run("policy show").exits(0);
    assert_eq!(output.stdout, "");
    drop(output.says(&["no policy", "only the owner's account can send", &channel]));
    let document = ctl.run("policy show -o json").exits(0).json();
    assert_eq!(document["policy"], Value::Null);
    assert_eq!(document["channel_arn"], channel);
}

#[test]
fn what_is_not_there_is_not_found() {
    let (lake, ctl, channel) = channel();
    let gone = format!("arn:aws:cloudtrail:us-east-1:{HOME}:channel/00000000-0000-4000-8000-000000000000");
    for verb in ["show", "check"] {
        for name in ["okta", "nothing", gone.as_str()] {
            let output = ctl.run(&format!("policy {verb} {name} -o json")).exits(5);
            assert_eq!(output.error()["kind"], "not_found");
            assert_eq!(output.stdout, "");
        }
        let elsewhere = channel.replace("111122223333", OTHER);
        drop(ctl.run(&format!("policy {verb} {elsewhere}")).exits(4).says(&[OTHER]));
        drop(
            Ctl::new()
                .run(&format!("policy {verb} mine"))
                .exits(2)
                .says(&["Region"]),
        );
    }
    let second = lake.owner().channel("second", "Custom", &[&lake.only_store()]);
    drop(ctl.run("policy show").exits(2).says(&["mine", "second"]));
    drop(ctl.run(&format!("policy show {second}")).exits(0));
}

#[test]
fn the_attached_policy_is_checked_with_what_is_known_of_the_integration() {
    let (lake, ctl, channel) = channel();
    let missing = ctl.run("policy check -o json").exits(3).json();
    assert_eq!(missing["attached"], false);
    assert_eq!(codes(&missing), ["policy_missing"]);
    put_policy(&lake.owner(), &channel, &policy(&channel, PARTNER, Some(ID)));
    assert_eq!(ctl.run("policy check mine").exits(0).stdout, "No findings.\n");
    let clean = ctl.run(&format!("policy check {channel} -o json")).exits(0).json();
    assert_eq!(clean["partner"], "nordcloud");
    assert_eq!(clean["file"], Value::Null);
    let open = statement(&channel, PARTNER, None);
    let stranger = with(statement(&channel, OTHER, None), json!({"Sid": "Mine"}));
    put_policy(&lake.owner(), &channel, &document(&[open, stranger]).to_string());
    let found = ctl.run("policy check nordcloud -o json").exits(3).json();
    assert_eq!(codes(&found), ["external_id_missing"]);
    // The remedy of what is attached is a change, not a document.
    let hint = found["findings"][0]["hint"].as_str().unwrap();
    assert!(
        hint.contains("ctl enable --region us-east-1 --partner nordcloud"),
        "{hint}"
    );
    // The owner's own application needs no policy.
    lake.owner().channel("app", "Custom", &[&lake.only_store()]);
    let text = ctl.run("policy check app").exits(0).stdout;
    assert!(text.starts_with("No findings: "), "{text}");
}

#[test]
fn a_file_goes_before_an_integration_of_that_name() {
    let (lake, ctl, channel) = channel();
    put_policy(&lake.owner(), &channel, &policy(&channel, PARTNER, Some(ID)));
    ctl.file("mine", "{");
    assert_eq!(
        codes(&ctl.run("policy check mine -o json").exits(3).json()),
        ["policy_syntax"]
    );
    drop(ctl.run(&format!("policy check {channel}")).exits(0));
}
