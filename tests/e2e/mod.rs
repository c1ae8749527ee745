//! The verbs against the sandbox, each with two witnesses: what `ctl` says, and what the sandbox has and saw.

mod channel;
mod delivery;
mod disable;
mod doctor;
mod enable;
mod export;
mod faults;
mod forms;
mod inputs;
mod partner;
mod policy;
mod policy_verbs;
mod query;
mod send;
mod status;
mod stores;
mod tail;
mod verify;

use ctl::sandbox::Config;
use serde_json::{Value, json};

use crate::harness::{Caller, Ctl, Lake, Output, PARTNER, SECRET, fixed, policy, text};

/// `enable` for Nordcloud with nothing said besides: a bare run.
const NORDCLOUD: &str = "enable --partner nordcloud --yes -o json";
/// The store of Nordcloud's integration.
const STORE: &str = "nordcloud-events-ds";
/// The channel of Nordcloud's integration.
const CHANNEL: &str = "nordcloud-integration";

/// A bare run with the external ID.
fn nordcloud() -> String {
    format!("{NORDCLOUD} --external-id {SECRET}")
}

/// A sandbox with Nordcloud's integration as `ctl` makes it, its requests forgotten.
fn enabled() -> (Lake, Ctl) {
    let lake = Lake::new();
    let ctl = lake.ctl();
    drop(ctl.run(&nordcloud()).exits(0));
    lake.forget();
    (lake, ctl)
}

/// A sandbox that takes both of Nordcloud's sources.
fn both_sources() -> Lake {
    let sources = ["IBMMulticloud", "NordcloudKlarity", "Custom", "Okta"];
    Lake::with(Config {
        sources: Some(sources.map(str::to_owned).to_vec()),
        ..fixed()
    })
}

/// The same made by hand; answers the ARNs of channel and store.
fn by_hand(lake: &Lake) -> (String, String) {
    let owner = lake.owner();
    let store = owner.store(STORE);
    let channel = owner.channel(CHANNEL, "IBMMulticloud", &[&store]);
    put_policy(&owner, &channel, &policy(&channel, PARTNER, Some(SECRET)));
    lake.forget();
    (channel, store)
}

fn put_policy(owner: &Caller, channel: &str, document: &str) {
    let input = json!({"ResourceArn": channel, "ResourcePolicy": document});
    owner.call("PutResourcePolicy", input).unwrap();
}

/// The steps of a document, a line each.
fn steps(document: &Value) -> Vec<String> {
    let steps = document["steps"].as_array().unwrap();
    let line = |step: &Value| {
        ["state", "action", "resource", "name"]
            .map(|member| text(step, member))
            .join(" ")
    };
    steps.iter().map(line).collect()
}

/// All notes of a document.
fn notes(document: &Value) -> String {
    let notes = document["notes"].as_array().unwrap();
    let line = |note: &Value| format!("{}: {}\n", text(note, "severity"), text(note, "message"));
    notes.iter().map(line).collect()
}

/// The codes of an integration's findings, with their severities.
fn findings(integration: &Value) -> Vec<String> {
    let findings = integration["findings"].as_array().unwrap();
    let line = |finding: &Value| format!("{} {}", text(finding, "severity"), text(finding, "code"));
    findings.iter().map(line).collect()
}

/// Runs what must be refused: with this code and these words, a remedy, and nothing changed.
#[track_caller]
fn refused(lake: &Lake, ctl: &Ctl, args: &str, code: i32, words: &[&str]) -> Output {
    let before = lake.state();
    lake.forget();
    let output = ctl.run(args).exits(code);
    let hints = output.error()["hints"].clone();
    // What is wrong usage may say what is right at once.
    assert!(
        code == 2 || !hints.as_array().unwrap().is_empty(),
        "no remedy: {output}"
    );
    assert_eq!(lake.writes(), [""; 0], "{output}");
    assert_eq!(lake.state(), before, "{output}");
    output.says(words)
}

/// Runs what must find everything as it should be: nothing is written, nothing changes.
#[track_caller]
fn keeps(lake: &Lake, ctl: &Ctl, args: &str) -> Value {
    let before = lake.state();
    lake.forget();
    let output = ctl.run(args).exits(0);
    let document = output.json();
    assert_eq!(document["changed"], false, "{output}");
    assert_eq!(lake.writes(), [""; 0], "{output}");
    assert_eq!(lake.state(), before, "{output}");
    document
}

/// Runs what must change something, with these writes and no other.
#[track_caller]
fn changes(lake: &Lake, ctl: &Ctl, args: &str, writes: &[&str]) -> Value {
    let planned = ctl.run(&format!("{args} --dry-run")).exits(0).json();
    lake.forget();
    let output = ctl.run(args).exits(0);
    let document = output.json();
    assert_eq!(document["changed"], true, "{output}");
    assert_eq!(lake.writes(), writes, "{output}");
    // What was done is the very plan that a dry run shows.
    let done: Vec<String> = steps(&planned)
        .iter()
        .map(|step| step.replacen("planned", "done", 1))
        .collect();
    assert_eq!(done, steps(&document));
    assert_eq!(planned["notes"], document["notes"]);
    // And it has converged.
    drop(keeps(lake, ctl, args));
    document
}
