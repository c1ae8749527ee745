//! `ctl sandbox`: serve, exec and reset.

use crate::harness::{Ctl, HOME, SECRET, Served};

fn against(ctl: Ctl, endpoint: &str) -> Ctl {
    ctl.region("us-east-1")
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("AWS_ACCESS_KEY_ID", HOME)
        .env("AWS_SECRET_ACCESS_KEY", "sandbox")
}

fn enable() -> String {
    format!("enable --partner nordcloud --external-id {SECRET} --yes -o json")
}

#[test]
fn it_tells_where_it_is_first() {
    let ctl = Ctl::new();
    let served = Served::start(&ctl, "--account 444455556666 --region eu-west-1");
    assert_eq!(served.line["account"], "444455556666");
    assert_eq!(served.line["region"], "eu-west-1");
    assert!(served.endpoint().starts_with("http://127.0.0.1:"), "{}", served.line);
    let members: Vec<&String> = served.line.as_object().unwrap().keys().collect();
    assert_eq!(members, ["endpoint", "account", "region"]);
    let ctl = against(ctl, &served.endpoint());
    drop(ctl.run(&enable()).exits(0));
    served.kill();
    drop(ctl.run("status").exits(1));
}

#[test]
fn its_state_survives_a_kill() {
    let ctl = Ctl::new();
    let served = Served::start(&ctl, "--state dir/lake.sqlite");
    let ctl = against(ctl, &served.endpoint());
    let before = ctl.run(&enable()).exits(0).json();
    served.kill();
    let served = Served::start(&ctl, "--state dir/lake.sqlite");
    let ctl = against(ctl, &served.endpoint());
    let after = ctl.run(&enable()).exits(0).json();
    assert_eq!(after["changed"], false);
    assert_eq!(after["integration"], before["integration"]);
}

#[test]
fn it_listens_to_this_machine_alone_unless_told_otherwise() {
    let ctl = Ctl::new();
    for address in ["0.0.0.0:0", "[::]:0"] {
        let output = ctl.run(&format!("sandbox serve --listen {address}")).exits(2);
        drop(output.says(&["other machines", "--expose-to-the-network"]));
    }
}

#[test]
fn what_cannot_be_served_is_told() {
    let ctl = Ctl::new();
    ctl.file("empty", "")
        .file("text", "not JSON")
        .file("kind", r#"{"faults":[{"operation":"*","fault":{"kind":"x"}}]}"#);
    for (args, code, word) in [
        ("--faults missing", 2, "Could not read the faults in missing"),
        ("--faults empty", 2, "not valid"),
        ("--faults text", 2, "not valid"),
        ("--faults kind", 2, "not valid"),
        ("--account 1", 2, "twelve digits"),
        ("--listen nowhere", 2, "--listen"),
        ("--store-delay soon", 2, "--store-delay"),
        ("--max-tps 0", 2, "--max-tps"),
        ("--listen 127.0.0.1:0 --state text", 1, "Could not start the sandbox"),
    ] {
        let output = ctl
            .run(&format!("sandbox serve {args} -o json"))
            .exits(code)
            .says(&[word]);
        drop(output.error());
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let output = ctl.run(&format!("sandbox serve --listen {address}")).exits(1);
    drop(output.says(&["cannot listen on", &address.to_string()]));
}

#[test]
fn a_command_runs_against_a_sandbox_of_its_own() {
    let ctl = Ctl::new()
        .env("AWS_PROFILE", "production")
        .env("AWS_SESSION_TOKEN", "token")
        .env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
        .env("NO_PROXY", "example.com");
    let binary = env!("CARGO_BIN_EXE_ctl");
    let document = ctl
        .run(&format!("sandbox exec -- {binary} {}", enable()))
        .exits(0)
        .json();
    assert_eq!(document["sandbox"], true);
    // Empty each time.
    let document = ctl
        .run(&format!("sandbox exec -- {binary} status -o json"))
        .exits(0)
        .json();
    assert_eq!(document["integrations"], serde_json::json!([]));
    // Unless it has a state.
    drop(
        ctl.run(&format!("sandbox exec --state lake -- {binary} {}", enable()))
            .exits(0),
    );
    let document = ctl
        .run(&format!("sandbox exec --state lake -- {binary} status -o json"))
        .exits(0)
        .json();
    assert_eq!(document["integrations"].as_array().unwrap().len(), 1);
    let printed = ctl.run("sandbox exec -- env").exits(0).stdout;
    let variable = |name: &str| {
        let start = format!("{name}=");
        printed.lines().find_map(|line| line.strip_prefix(&start))
    };
    for name in [
        "AWS_ENDPOINT_URL_CLOUDTRAIL",
        "AWS_ENDPOINT_URL_CLOUDTRAIL_DATA",
        "AWS_ENDPOINT_URL_STS",
    ] {
        assert!(variable(name).unwrap().starts_with("http://127.0.0.1:"), "{printed}");
    }
    for name in ["NO_PROXY", "no_proxy"] {
        assert!(variable(name).unwrap().contains("127.0.0.1"), "{printed}");
    }
    assert!(variable("NO_PROXY").unwrap().contains("example.com"), "{printed}");
    for name in [
        "AWS_PROFILE",
        "AWS_SESSION_TOKEN",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    ] {
        assert_eq!(variable(name), None, "{printed}");
    }
}

#[test]
fn the_commands_exit_code_is_passed_on() {
    let ctl = Ctl::new();
    for code in [0, 1, 3, 42, 255] {
        let script = format!("exit {code}");
        drop(
            ctl.run_args(&["sandbox", "exec", "--", "sh", "-c", &script])
                .exits(code),
        );
    }
    drop(
        ctl.run_args(&["sandbox", "exec", "--", "sh", "-c", "kill -TERM $$"])
            .exits(143),
    );
    drop(
        ctl.run("sandbox exec -- no-such-command-anywhere")
            .exits(1)
            .says(&["no-such-command-anywhere"]),
    );
    drop(ctl.run("sandbox exec").exits(2));
}

#[test]
fn a_reset_is_told_as_json_too() {
    let ctl = Ctl::new();
    drop(ctl.run("--sandbox enable --custom --name my-app --yes").exits(0));
    for (args, dry_run, changed) in [("--dry-run", true, true), ("--yes", false, true)] {
        let document = ctl.run(&format!("sandbox reset {args} -o json")).exits(0).json();
        assert_eq!(document["schema"], "ctl.sandbox-reset/v1");
        assert_eq!(
            (&document["dry_run"], &document["changed"]),
            (&dry_run.into(), &changed.into())
        );
        assert!(
            document["state_file"].as_str().unwrap().ends_with("sandbox.sqlite"),
            "{document}"
        );
    }
    drop(ctl.run("sandbox reset --state gone --yes -o json").exits(0).json());
    assert_eq!(
        ctl.run("--sandbox status -o json").exits(0).json()["integrations"],
        serde_json::json!([])
    );
}

#[test]
fn only_a_state_is_emptied() {
    let ctl = Ctl::new();
    drop(ctl.run("sandbox reset --yes").exits(0).says(&["nothing to do"]));
    ctl.file(
        "precious.txt",
        "not a state at all, but something that is dear to somebody",
    );
    drop(ctl.run("sandbox reset --state precious.txt --yes").exits(1));
    let kept = std::fs::read_to_string(ctl.home().join("precious.txt")).unwrap();
    assert!(kept.starts_with("not a state"));
}

#[test]
fn commands_in_json_can_be_pasted_into_the_sandbox_too() {
    let ctl = Ctl::new().region("us-east-1");
    let doctor = ctl.run("--sandbox doctor -o json").json();
    let next: Vec<&str> = doctor["checks"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|check| check["next"].as_array().into_iter().flatten())
        .filter_map(serde_json::Value::as_str)
        .filter(|next| next.contains("enable"))
        .collect();
    assert!(!next.is_empty(), "{doctor}");
    assert!(
        next.iter().all(|next| next.contains("ctl --sandbox enable ")),
        "{next:?}"
    );
    let error = ctl.run("--sandbox policy show nordcloud -o json").exits(5).error();
    assert!(error["hints"].to_string().contains("ctl --sandbox "), "{error}");
}
