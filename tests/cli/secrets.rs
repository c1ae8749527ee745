//! The external ID, the secret access key and the policy's document are in no output, at any verbosity.
//! Every run of the harness looks for them; these runs try to bring them out.

use serde_json::json;

use crate::harness::{Lake, PARTNER, SECRET, document, event, policy, statement, with};

const LOUD: &str = "-vvv";

/// Runs the verb as loud as it gets, in every format; the harness looks at what comes out.
fn loud(lake: &Lake, args: &str) {
    for format in ["table", "json", "ndjson"] {
        for (name, level) in [("CTL_LOG", "trace"), ("RUST_LOG", "trace")] {
            let ctl = lake.ctl().env(name, level).env("CTL_EXTERNAL_ID", SECRET);
            let output = ctl.run(&format!("{LOUD} {args} -o {format}"));
            assert!(
                !output.stderr.contains("cloudtrail:ExternalId"),
                "a policy's document: {output}"
            );
        }
    }
}

#[test]
fn while_all_goes_well() {
    let lake = Lake::new();
    loud(&lake, "enable --partner nordcloud --yes");
    loud(&lake, "enable --partner nordcloud --yes --dry-run");
    loud(
        &lake,
        "enable --partner nordcloud --external-id another-one --replace-access --yes",
    );
    loud(&lake, "enable --partner nordcloud --replace-access --yes");
    loud(&lake, "status");
    loud(&lake, "disable nordcloud --keep-channel --yes");
}

#[test]
fn while_calls_fail() {
    for fault in [
        json!({"kind": "cut"}),
        json!({"kind": "lose_reply"}),
        json!({"kind": "status", "status": 500}),
        json!({"kind": "error", "status": 400, "code": "ResourcePolicyNotValidException", "message": "not valid"}),
    ] {
        let lake = Lake::new();
        for operation in ["PutResourcePolicy", "GetResourcePolicy"] {
            lake.fault(operation, 1, 0, fault.clone());
        }
        let ctl = lake.ctl().env("CTL_EXTERNAL_ID", SECRET).env("AWS_MAX_ATTEMPTS", "1");
        let output = ctl.run("-vvv enable --partner nordcloud --yes -o json");
        assert_ne!(output.code, 0, "{output}");
        assert!(output.stderr.contains("PutResourcePolicy"), "{output}");
    }
}

#[test]
fn while_it_is_refused() {
    let lake = Lake::new();
    let owner = lake.owner();
    let store = owner.store("my-events");
    let channel = owner.channel("nordcloud-integration", "IBMMulticloud", &[&store]);
    let changed = with(
        statement(&channel, PARTNER, Some(SECRET)),
        json!({"Principal": {"AWS": "AROAEXAMPLEEXAMPLE123"}}),
    );
    for text in [
        policy(&channel, PARTNER, Some(SECRET)),
        document(&[changed]).to_string(),
        format!("{{\"broken\": \"{SECRET}\""),
    ] {
        lake.plant("resource_policy", json!({"resource_arn": channel, "document": text}));
        loud(&lake, "enable --partner nordcloud --external-id another-one --yes");
        loud(&lake, "enable --partner nordcloud --no-external-id --yes");
        loud(&lake, "disable nordcloud --keep-channel --dry-run");
        loud(&lake, "status");
    }
}

#[test]
fn nothing_of_an_event_but_its_id_is_told() {
    let body = "something-only-the-body-says";
    let good = with(event("good"), json!({"additionalEventData": {"said": body}}));
    let bad = with(
        event("bad"),
        json!({"eventTime": body, "additionalEventData": {"said": body}}),
    );
    let worse = format!("{{\"eventData\": {{\"{body}\": \"{body}\"");
    let lake = Lake::new();
    let (_, channel) = lake.owner().integration();
    for input in [good.to_string(), bad.to_string(), format!("{good}\n{bad}\n{worse}")] {
        for fault in [
            None,
            Some(json!({"kind": "cut"})),
            Some(json!({"kind": "status", "status": 500})),
            Some(json!({"kind": "error", "status": 400, "code": "InvalidChannelARN", "message": "not valid"})),
            Some(json!({"kind": "fail_entries", "indexes": [0], "code": "InvalidData", "message": "not valid"})),
        ] {
            lake.heal();
            if let Some(fault) = fault {
                lake.fault("PutAuditEvents", 1, 0, fault);
            }
            for args in [
                "-o table",
                "-o json",
                "-o ndjson",
                "-o json --dry-run",
                "--strict",
                "--no-fill",
            ] {
                let ctl = lake.ctl().env("CTL_LOG", "trace").env("CTL_EXTERNAL_ID", SECRET);
                ctl.file("in", &input);
                let args = format!("-vvv send in --channel {channel} --timeout 0s {args}");
                let output = ctl.run(&args);
                let told = format!("{}{}", output.stdout, output.stderr);
                assert!(!told.contains(body), "{output}");
            }
        }
    }
}
