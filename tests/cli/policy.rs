//! `ctl policy render` and `ctl policy check FILE`, without a Region, credentials or an endpoint.

use serde_json::{Value, json};

use crate::harness::{Ctl, Output};

/// The channel of reference §2.4's example.
const CHANNEL: &str = "arn:aws:cloudtrail:us-east-1:777788889999:channel/0d8b1a6e-6f51-4a0e-9a6e-7a5b0d8b1a6e";
/// Shown on purpose, by `render` alone.
const ID: &str = "shown-on-purpose";

/// What the vendor's script puts, typed by hand: the document of reference §2.4, with arrays.
const SCRIPTS: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "ChannelPolicy",
      "Effect": "Allow",
      "Principal": {
        "AWS": [
          "arn:aws:iam::855341727128:root"
        ]
      },
      "Action": [
        "cloudtrail-data:PutAuditEvents"
      ],
      "Resource": [
        "arn:aws:cloudtrail:us-east-1:777788889999:channel/0d8b1a6e-6f51-4a0e-9a6e-7a5b0d8b1a6e"
      ],
      "Condition": {
        "StringEquals": {
          "cloudtrail:ExternalId": "shown-on-purpose"
        }
      }
    }
  ]
}
"#;

fn render(args: &str) -> Output {
    Ctl::new().run(&format!("policy render --channel-arn {CHANNEL} {args}"))
}

fn check(policy: &str, args: &str) -> Output {
    let ctl = Ctl::new();
    ctl.file("policy.json", policy);
    ctl.run(&format!("policy check policy.json {args}"))
}

/// Severity and code of each finding.
fn codes(output: &Output) -> Vec<String> {
    let document = output.json();
    assert_eq!(document["schema"], "ctl.policy-check/v1");
    let findings = document["findings"].as_array().unwrap().iter();
    let code = |finding: &Value| format!("{} {}", finding["severity"], finding["code"]).replace('"', "");
    findings.map(code).collect()
}

#[test]
fn render_prints_the_document_of_the_script_and_nothing_else() {
    let nordcloud = format!("--partner nordcloud --external-id {ID}");
    assert_eq!(render(&nordcloud).exits(0).stdout, SCRIPTS);
    assert_eq!(render(&format!("{nordcloud} --sandbox --quiet")).exits(0).stderr, "");
    let document = render(&format!("{nordcloud} -o json")).exits(0).json();
    assert_eq!(document["schema"], "ctl.policy/v1");
    assert_eq!(document["channel_arn"], CHANNEL);
    let scripts: Value = serde_json::from_str(SCRIPTS).unwrap();
    assert_eq!(document["policy"], scripts);
    // From the other two places an external ID comes from.
    let ctl = Ctl::new().env("CTL_EXTERNAL_ID", ID);
    ctl.file("id.txt", format!("{ID}\n"));
    for more in ["", "--external-id-file id.txt"] {
        let run = format!("policy render --partner nordcloud --channel-arn {CHANNEL} {more}");
        assert_eq!(ctl.run(&run).exits(0).stdout, SCRIPTS);
    }
}

#[test]
fn render_takes_principals_and_the_partition_of_the_channel() {
    let document = render("--custom --principal 444455556666 --principal arn:aws:iam::111122223333:role/x -o json");
    let statement = document.exits(0).json()["policy"]["Statement"][0].clone();
    assert_eq!(
        statement,
        json!({
            "Sid": "ChannelPolicy",
            "Effect": "Allow",
            "Principal": {"AWS": ["arn:aws:iam::444455556666:root", "arn:aws:iam::111122223333:role/x"]},
            "Action": ["cloudtrail-data:PutAuditEvents"],
            "Resource": [CHANNEL],
        })
    );
    let china = CHANNEL.replace("arn:aws:", "arn:aws-cn:");
    let run = format!("policy render --partner nordcloud --no-external-id --channel-arn {china}");
    let text = Ctl::new().run(&run).exits(0).stdout;
    assert!(text.contains("arn:aws-cn:iam::855341727128:root"), "{text}");
    let given = render(&format!("--partner clumio --principal 444455556666 --external-id {ID}"));
    assert_eq!(given.exits(0).stdout, SCRIPTS.replace("855341727128", "444455556666"));
    let other = render(&format!(
        "--partner nordcloud --principal 444455556666 --external-id {ID}"
    ));
    drop(other.exits(0).says(&["takes the place of account 855341727128"]));
}

#[test]
fn what_render_lacks_is_wrong_usage_with_where_to_get_it() {
    for (args, words) in [
        (
            "--partner nordcloud",
            vec!["external ID", "--external-id-file", "ask IBM/Nordcloud support"],
        ),
        (
            "--partner clumio --external-id some-id",
            vec!["Clumio is not published", "--principal", "Ask Clumio"],
        ),
        ("--custom", vec!["--principal", "the account or the role it runs as"]),
        ("--partner okta", vec!["--principal", "Hint"]),
        ("--custom --external-id some-id", vec!["--principal"]),
        ("--partner nordclod", vec!["Did you mean nordcloud?"]),
        ("--partner custom", vec!["--custom"]),
        ("--partner nordcloud --custom", vec!["--custom"]),
        ("", vec!["--partner"]),
        ("--custom --principal *", vec!["everybody"]),
        ("--custom --principal 1234", vec!["twelve digits"]),
    ] {
        let output = render(args).exits(2).says(&words);
        assert_eq!(output.stdout, "", "{output}");
    }
    let empty = Ctl::new().env("CTL_EXTERNAL_ID", "");
    let run = format!("policy render --partner nordcloud --channel-arn {CHANNEL}");
    drop(empty.run(&run).exits(2).says(&["CTL_EXTERNAL_ID", "empty"]));
    let run = "policy render --partner nordcloud --external-id some-id --channel-arn";
    for (arn, says) in [
        ("nordcloud", "is not an ARN"),
        (
            "arn:aws:cloudtrail:us-east-1:777788889999:eventdatastore/x",
            "a channel",
        ),
        (
            "arn:aws:cloudtrail:us-east-1:777788889999:channel/aws-service-channel/x/y",
            "takes no policy",
        ),
    ] {
        drop(Ctl::new().run(&format!("{run} {arn}")).exits(2).says(&[says]));
    }
}

#[test]
fn the_scripts_document_has_no_findings() {
    for args in [
        "",
        "--partner nordcloud",
        &format!("--partner nordcloud --channel-arn {CHANNEL}"),
    ] {
        assert_eq!(check(SCRIPTS, args).exits(0).stdout, "No findings.\n");
    }
    let document = check(SCRIPTS, "--partner nordcloud -o json").exits(0).json();
    assert_eq!(document["file"], "policy.json");
    assert_eq!(document["partner"], "nordcloud");
    assert_eq!(document["findings"], json!([]));
    // From standard input, and by a path.
    let piped = Ctl::new().run_with_stdin("policy check - -o json", SCRIPTS).exits(0);
    assert_eq!(piped.json()["file"], "-");
    let ctl = Ctl::new();
    ctl.file("dir/policy", SCRIPTS).file("policy", SCRIPTS);
    for file in ["dir/policy", "./dir/policy", "policy"] {
        drop(ctl.run(&format!("policy check {file}")).exits(0));
    }
}

#[test]
fn every_mistake_in_a_file_is_a_finding_and_exit_3() {
    let without_id = {
        let mut document: Value = serde_json::from_str(SCRIPTS).unwrap();
        document["Statement"][0].as_object_mut().unwrap().remove("Condition");
        document.to_string()
    };
    let foreign = format!("--channel-arn {}", CHANNEL.replace("0d8b", "1d8b"));
    let nordcloud = "--partner nordcloud";
    for (policy, args, expected) in [
        ("", "", "error policy_syntax"),
        ("{", "", "error policy_syntax"),
        ("[]", "", "error policy_syntax"),
        (&without_id, nordcloud, "warning external_id_missing"),
        (SCRIPTS, &foreign, "error resource_mismatch"),
        (
            &SCRIPTS.replace("arn:aws:iam::855341727128:root", "*"),
            "",
            "error wildcard_principal",
        ),
        (
            &SCRIPTS.replace("arn:aws:iam::855341727128:root", "AIDACKCEVSQ6C2EXAMPLE"),
            "",
            "error principal_deleted",
        ),
        (
            &SCRIPTS.replace("855341727128", "444455556666"),
            nordcloud,
            "error principal_not_partner",
        ),
        (&SCRIPTS.replace("PutAuditEvents", "*"), "", "error action_not_allowed"),
        (
            &SCRIPTS.replace("cloudtrail:ExternalId", "sts:ExternalId"),
            "",
            "warning condition_unknown",
        ),
    ] {
        let output = check(policy, &format!("{args} -o json")).exits(3);
        assert_eq!(codes(&output), [expected], "{policy}");
        assert!(!output.stdout.contains(ID), "{output}");
    }
    assert_eq!(codes(&check(&without_id, "--partner okta -o json").exits(0)), [""; 0]);
    let many = SCRIPTS
        .replace("855341727128:root", "x")
        .replace("\"Allow\"", "\"Yes\"");
    let output = check(&many, "").exits(3);
    let rows: Vec<Vec<&str>> = output.stdout.lines().map(|row| row.split('\t').collect()).collect();
    assert_eq!(rows.len(), 2, "{output}");
    assert!(rows.iter().all(|row| row.len() == 4 && row[0] == "error"), "{output}");
}

#[test]
fn information_alone_is_no_failure() {
    let old = SCRIPTS.replace("2012-10-17", "2008-10-17");
    assert_eq!(codes(&check(&old, "-o json").exits(0)), ["info version_old"]);
}

#[test]
fn a_file_that_cannot_be_read_is_wrong_usage() {
    let ctl = Ctl::new();
    std::fs::write(ctl.home().join("latin"), b"{\"Id\":\"\xe9\"}").unwrap();
    for missing in ["none.json", "./none", "dir/none", "./"] {
        let output = ctl.run(&format!("policy check {missing}")).exits(2);
        drop(output.says(&[missing]));
    }
    assert_eq!(
        codes(&ctl.run("policy check latin -o json").exits(3)),
        ["error policy_syntax"]
    );
    // What is no file is an integration, of which everything is known.
    drop(
        ctl.run("policy check nordcloud --partner nordcloud")
            .exits(2)
            .says(&["for a FILE"]),
    );
    drop(
        ctl.run("policy check none.json --partner nordclod")
            .exits(2)
            .says(&["Did you mean nordcloud?"]),
    );
}
