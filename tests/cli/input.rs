//! Wrong words on the command line.

use serde_json::json;

use super::refused;
use crate::harness::{Lake, SECRET};

/// Arguments of an `enable` that would go through, and more.
fn enable<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let mut args = vec!["enable", "--partner", "nordcloud", "--yes"];
    args.extend(more);
    if !more.iter().any(|word| word.contains("external-id")) {
        args.extend(["--external-id", SECRET]);
    }
    args
}

#[test]
fn partners_and_their_absence() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let run = |args: &[&str], words: &[&str]| refused(&lake, &ctl, args, 2, words);
    run(
        &["enable", "--partner", "nordclod", "--yes"],
        &["no partner nordclod", "Did you mean nordcloud?"],
    );
    run(&["enable", "--partner", "xyzzy", "--yes"], &["no partner xyzzy"]);
    run(
        &[
            "enable",
            "--partner",
            "nordcloud",
            "--custom",
            "--name",
            "my-app",
            "--yes",
        ],
        &["--partner", "--custom"],
    );
    run(&["enable", "--yes"], &["--partner"]);
    run(&["enable", "--custom", "--yes"], &["--name"]);
    run(&["enable", "--partner", "custom", "--yes"], &["Use --custom"]);
    run(
        &["enable", "--custom", "--name", "my-app", "--source", "Custom", "--yes"],
        &["--source"],
    );
}

#[test]
fn a_direct_partner_without_its_external_id() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let words = ["external ID is needed", "--external-id-file", "--no-external-id"];
    refused(&lake, &ctl, &["enable", "--partner", "nordcloud", "--yes"], 2, &words);
}

#[test]
fn an_empty_external_id_is_never_none() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    ctl.file("empty", "").file("newline", "\n");
    for (args, whence) in [
        (vec!["--external-id", ""], "--external-id: "),
        (vec!["--external-id-file", "empty"], "the file empty: "),
        (vec!["--external-id-file", "newline"], "the file newline: "),
    ] {
        refused(
            &lake,
            &ctl,
            &enable(&args),
            2,
            &[whence, "is empty", "--no-external-id"],
        );
    }
    let ctl = lake.ctl().env("CTL_EXTERNAL_ID", "");
    let args = ["enable", "--partner", "nordcloud", "--yes"];
    refused(
        &lake,
        &ctl,
        &args,
        2,
        &["CTL_EXTERNAL_ID: ", "is empty", "--no-external-id"],
    );
}

#[test]
fn external_ids_that_the_service_would_not_take() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let long = "x".repeat(1225);
    ctl.file("two-lines", "first\nsecond\n")
        .file("two-newlines", "an-id\n\n");
    for (args, word) in [
        (vec!["--external-id", "a"], "1 characters, and 2 to 1224"),
        (vec!["--external-id", long.as_str()], "1225 characters, and 2 to 1224"),
        (vec!["--external-id", "with space"], "a character other than"),
        (vec!["--external-id", "gr\u{fc}n"], "a character other than"),
        (vec!["--external-id", "semi;colon"], "a character other than"),
        (vec!["--external-id-file", "two-lines"], "a character other than"),
        (vec!["--external-id-file", "two-newlines"], "a character other than"),
    ] {
        let output = refused(&lake, &ctl, &enable(&args), 2, &[word]);
        // Not even a wrong one is told.
        for secret in [
            "with space",
            "gr\u{fc}n",
            "semi;colon",
            "second",
            "an-id",
            long.as_str(),
        ] {
            assert!(!output.stderr.contains(secret), "{output}");
        }
    }
    // Nor is one in a place where none belongs.
    let output = refused(
        &lake,
        &ctl,
        &enable(&["--no-external-id=an-id"]),
        2,
        &["takes no value"],
    );
    assert!(!output.stderr.contains("an-id"), "{output}");
    for file in ["missing", "."] {
        refused(
            &lake,
            &ctl,
            &enable(&["--external-id-file", file]),
            2,
            &["Could not read the external ID"],
        );
    }
    let both = enable(&["--external-id", "ab", "--no-external-id"]);
    refused(&lake, &ctl, &both, 2, &["--no-external-id"]);
}

/// The external ID that the attached policy asks for.
fn attached(lake: &Lake) -> String {
    let state = lake.state();
    let policy = &state["channels"][0]["Policy"]["Statement"][0];
    policy["Condition"]["StringEquals"]["cloudtrail:ExternalId"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn an_external_id_comes_from_the_flag_then_the_file_then_the_environment() {
    let run = |args: &[&str], env: Option<&str>| {
        let lake = Lake::new();
        let mut ctl = lake.ctl();
        if let Some(value) = env {
            ctl = ctl.env("CTL_EXTERNAL_ID", value);
        }
        ctl.file("id", "from-the-file\n").file("windows", "from-windows\r\n");
        let args = [&["enable", "--partner", "nordcloud", "--yes"], args].concat();
        drop(ctl.run_args(&args).exits(0));
        attached(&lake)
    };
    let file = ["--external-id-file", "id"];
    let flag = ["--external-id", "from-the-flag"];
    assert_eq!(run(&[], Some("from-the-environment")), "from-the-environment");
    assert_eq!(run(&file, Some("from-the-environment")), "from-the-file");
    assert_eq!(
        run(&[file, flag].concat(), Some("from-the-environment")),
        "from-the-flag"
    );
    assert_eq!(run(&["--external-id-file", "windows"], None), "from-windows");
    // The limits themselves are inside.
    let long = "x".repeat(1224);
    for edge in ["ab", "a_Z9+=,.@:/-", long.as_str()] {
        assert_eq!(run(&["--external-id", edge], None), edge);
    }
}

#[test]
fn principals_and_accounts() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    for bad in [
        "85534172712",
        "8553417271280",
        "85534172712x",
        "*",
        "",
        "arn:aws:s3:::bucket",
        "AROAEXAMPLEEXAMPLE123",
    ] {
        refused(&lake, &ctl, &enable(&["--principal", bad]), 2, &["--principal"]);
    }
    for bad in ["1234", "11112222333x", ""] {
        refused(&lake, &ctl, &enable(&["--expect-account", bad]), 2, &["twelve digits"]);
    }
}

#[test]
fn names_of_channels_and_stores() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let long = "x".repeat(129);
    for bad in ["ab", "", "my channel", "gr\u{f6}\u{df}e", "a/b", long.as_str()] {
        refused(&lake, &ctl, &enable(&["--name", bad]), 2, &["--name"]);
        refused(
            &lake,
            &ctl,
            &enable(&["--event-data-store", bad]),
            2,
            &["--event-data-store"],
        );
        let disable = ["disable", "nordcloud", "--yes", "--delete-store", bad];
        refused(&lake, &ctl, &disable, 2, &["--delete-store"]);
    }
    // A store's name is made from the channel's, which may leave no room for it.
    let name = "x".repeat(128);
    let custom = ["enable", "--custom", "--name", &name, "--yes"];
    refused(&lake, &ctl, &custom, 2, &["too long", "--event-data-store"]);
    let named = [&custom[..], &["--event-data-store", "my-ds"]].concat();
    drop(ctl.run_args(&named).exits(0));
    // Once it stands, it needs no name for a store any more.
    drop(ctl.run_args(&custom).exits(0));
    assert_eq!(lake.state()["channels"][0]["Name"], json!(name));
}

#[test]
fn other_options_of_enable() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let long = "x".repeat(129);
    let value = format!("k={}", "v".repeat(257));
    for (args, word) in [
        (vec!["--retention-days", "many"], "--retention-days"),
        (vec!["--retention-days=-1"], "--retention-days"),
        (vec!["--retention-days", "6"], "7 to 3653"),
        (vec!["--retention-days", "3654"], "7 to 3653"),
        (vec!["--billing-mode", "fixed", "--retention-days", "2558"], "7 to 2557"),
        (vec!["--billing-mode", "cheap"], "extendable"),
        (vec!["--shorten-retention"], "--retention-days"),
        (vec!["--tag", "=v"], "1 to 128"),
        (vec!["--tag", long.as_str()], "1 to 128"),
        (vec!["--tag", value.as_str()], "at most 256"),
        (vec!["--tag", "aws:mine=1"], "reserved"),
        (vec!["--tag", "a=1", "--tag", "a=2"], "given twice"),
        (vec!["--source", "OktaSystemLogEvents"], "IBMMulticloud"),
        (vec!["--service", "nothing"], "nothing"),
        (vec!["--timeout", "soon"], "90s"),
        (vec!["--timeout=-5s"], "negative"),
        (vec!["--exit-code"], "--dry-run"),
        (vec!["--second-channel"], "--custom"),
    ] {
        refused(&lake, &ctl, &enable(&args), 2, &[word]);
    }
}

#[test]
fn nothing_is_asked_off_a_terminal() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let enable = ["enable", "--partner", "nordcloud", "--external-id", SECRET];
    refused(&lake, &ctl, &enable, 2, &["--yes", "--dry-run"]);
    lake.owner().integration();
    refused(&lake, &ctl, &["disable", "my-app"], 2, &["--yes", "--dry-run"]);
    // An answer that is piped in is no answer at a terminal.
    drop(ctl.run_with_stdin("disable my-app", "y\n").exits(2));
    let agreed = lake.ctl().env("CTL_YES", "1");
    drop(agreed.run("disable my-app").exits(0));
}

#[test]
fn usage_that_is_no_usage() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    for args in [
        vec!["enabel"],
        vec!["enable", "--partner"],
        vec!["status", "--no-such-option"],
        vec!["status", "one", "two"],
        vec!["status", "--fail-on", "info", "--exit-code"],
        vec!["status", "--jmespath", "["],
        vec!["sandbox"],
        vec!["completions", "tcsh"],
        vec!["help", "nothing"],
    ] {
        refused(&lake, &ctl, &args, 2, &[]);
    }
    drop(ctl.run("status -o xml").exits(2).says(&["table", "json", "ndjson"]));
    drop(ctl.run("").exits(2).says(&["verb", "--help"]));
}

#[test]
fn files_of_partners() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    ctl.file("empty.json", "")
        .file("text.json", "not JSON")
        .file("other.json", "{\"partners\": 5}");
    for (file, word) in [
        ("missing.json", "Could not read the partners file"),
        ("empty.json", "is not valid"),
        ("text.json", "is not valid"),
        ("other.json", "is not valid"),
    ] {
        refused(&lake, &ctl, &enable(&["--partners", file]), 2, &[word, file]);
    }
    // A file of the working directory is never taken by itself.
    ctl.file("partners.json", "not JSON")
        .file(".config/partners.json", "not JSON");
    drop(ctl.run_args(&enable(&["--dry-run"])).exits(0));
    // One of the user's own configuration is, and is named.
    ctl.file("config/ctl/partners.json", "not JSON");
    refused(&lake, &ctl, &enable(&[]), 2, &["config/ctl/partners.json"]);
}

#[test]
fn another_account_than_expected() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    for args in [enable(&[]), vec!["disable", "nordcloud", "--yes"], vec!["status"]] {
        let expecting = [&args[..], &["--expect-account", "999999999999"]].concat();
        refused(
            &lake,
            &ctl,
            &expecting,
            4,
            &["belong to account 111122223333", "999999999999"],
        );
    }
    // It stops before anything else is even read.
    lake.forget();
    drop(ctl.run("status --expect-account 999999999999").exits(4));
    let seen: Vec<String> = lake.requests().into_iter().map(|seen| seen.operation).collect();
    assert_eq!(seen, ["GetCallerIdentity"]);
    let ctl = lake.ctl().env("CTL_EXPECT_ACCOUNT", "999999999999");
    refused(&lake, &ctl, &enable(&[]), 4, &["999999999999"]);
    drop(ctl.run_args(&enable(&["--expect-account", "111122223333"])).exits(0));
}

#[test]
fn two_integrations_and_no_name() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let (store, _) = lake.owner().integration();
    lake.owner()
        .channel("okta-integration", "OktaSystemLogEvents", &[&store]);
    refused(
        &lake,
        &ctl,
        &["disable", "--yes"],
        2,
        &["2 integrations", "my-app", "okta-integration"],
    );
    let lake = Lake::new();
    refused(
        &lake,
        &lake.ctl(),
        &["disable", "--yes"],
        5,
        &["no integration in us-east-1"],
    );
    let bad = "arn:aws:cloudtrail:us-east-1:111122223333:trail/mine";
    refused(&lake, &lake.ctl(), &["status", bad], 2, &[bad]);
}
