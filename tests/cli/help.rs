//! Help, usage errors and refusals, as a user sees them.

use insta::assert_snapshot;

use crate::harness::{Ctl, Lake, SECRET};

fn offline(args: &str) -> String {
    Ctl::new().run(args).snapshot()
}

#[test]
fn help_is_an_answer() {
    assert_snapshot!(offline("help exit-codes"), @r#"
$ ctl help exit-codes
--- stdout
  0  done, or nothing to do
  1  failed, or you said no
  2  usage or settings
  3  violations or refusals: some events were refused, or a check found something
  4  credentials or permission
  5  not found, or what is there forbids it (closed to new customers included)
  6  gave up waiting: throttled, timed out, or an outcome that is not known; run it again
 10  drift or pending changes, only with --exit-code
 70  a bug in ctl
130  interrupted
[exit 0]
"#);
    for args in [
        "--help",
        "help",
        "help enable",
        "enable --help",
        "sandbox serve -h",
        "--version",
    ] {
        let output = Ctl::new().run(args).exits(0);
        assert_eq!(output.stderr, "", "{output}");
        assert!(
            output.stdout.lines().all(|line| line.chars().count() <= 100),
            "{output}"
        );
    }
    assert_eq!(
        Ctl::new().run("help enable").stdout,
        Ctl::new().run("enable --help").stdout
    );
}

#[test]
fn usage_errors() {
    assert_snapshot!(offline("enable"), @r#"
$ ctl enable
--- stderr
Error: The following required arguments were not provided: --partner <KEY>.
Hint: Add --help to see what there is.
[exit 2]
"#);
    assert_snapshot!(offline("enabel --partner nordcloud"), @r#"
$ ctl enabel --partner nordcloud
--- stderr
Error: Unrecognized subcommand 'enabel'.
Hint: A similar subcommand exists: 'enable'.
Hint: Add --help to see what there is.
[exit 2]
"#);
    assert_snapshot!(offline("enable --partner nordcloud --retentoin-days 9"), @r#"
$ ctl enable --partner nordcloud --retentoin-days 9
--- stderr
Error: Unexpected argument '--retentoin-days' found.
Hint: A similar argument exists: '--retention-days'.
Hint: Add --help to see what there is.
[exit 2]
"#);
    assert_snapshot!(offline("enable --partner nordclod"), @r#"
$ ctl enable --partner nordclod
--- stderr
Error: There is no partner nordclod in the catalogue.
Hint: Did you mean nordcloud?
[exit 2]
"#);
    assert_snapshot!(offline("status -o json --expect-account 12"), @r#"
$ ctl status -o json --expect-account 12
--- stderr
Error: "12" is not an account ID: that is twelve digits.
{"schema":"ctl.error/v1","error":{"kind":"usage","message":"\"12\" is not an account ID: that is twelve digits.","code":null,"request_id":null,"hints":[]}}
[exit 2]
"#);
}

#[test]
fn refusals() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    let run = |args: &str| ctl.run(args).snapshot().replace(SECRET, "[external id]");
    assert_snapshot!(run("enable --partner nordcloud --yes"), @r#"
$ ctl enable --partner nordcloud --yes
--- stderr
Error: An external ID is needed, and none was given.
Hint: Give it with --external-id-file FILE, or say --no-external-id on purpose.
Hint: IBM/Nordcloud issues it: ask IBM/Nordcloud support or your customer success manager.
[exit 2]
"#);
    drop(
        ctl.run(&format!("enable --partner nordcloud --external-id {SECRET} --yes"))
            .exits(0),
    );
    assert_snapshot!(run("enable --partner nordcloud --external-id another-one --yes"), @r#"
$ ctl enable --partner nordcloud --external-id another-one --yes
--- stderr
Error: The external ID that is in force would no longer hold.
Hint: Add --replace-access once the partner uses the new one.
[exit 5]
"#);
    assert_snapshot!(run("disable nordclod --yes"), @r#"
$ ctl disable nordclod --yes
--- stderr
Error: There is no integration nordclod in us-east-1 of account 111122223333.
Hint: Did you mean nordcloud-integration?
[exit 5]
"#);
    lake.fault(
        "ListChannels",
        1,
        0,
        serde_json::json!({
            "kind": "error", "status": 400, "code": "AccessDeniedException",
            "message": "User: arn:aws:iam::111122223333:user/sandbox is not authorized"
        }),
    );
    assert_snapshot!(run("status"), @r#"
$ ctl status
--- stderr
Error: Could not read the channels in us-east-1.
Caused by: ListChannels: AccessDeniedException: User: arn:aws:iam::111122223333:user/sandbox is not authorized
Request id: [id]
Hint: The caller needs cloudtrail:ListChannels: README.md lists the permissions per verb.
[exit 4]
"#);
    assert_snapshot!(run("status -o json"), @r#"
$ ctl status -o json
--- stderr
Error: Could not read the channels in us-east-1.
Caused by: ListChannels: AccessDeniedException: User: arn:aws:iam::111122223333:user/sandbox is not authorized
Request id: [id]
Hint: The caller needs cloudtrail:ListChannels: README.md lists the permissions per verb.
{"schema":"ctl.error/v1","error":{"kind":"access","message":"Could not read the channels in us-east-1: ListChannels: AccessDeniedException: User: arn:aws:iam::111122223333:user/sandbox is not authorized","code":"AccessDeniedException","request_id":"[id]","hints":["The caller needs cloudtrail:ListChannels: README.md lists the permissions per verb."]}}
[exit 4]
"#);
}

#[test]
fn every_verb_has_help_in_every_place() {
    let help = Ctl::new().run("help").exits(0).stdout;
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let verbs: Vec<&str> = commands
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(verbs.len() >= 7, "{verbs:?}");
    for verb in verbs {
        let output = Ctl::new().run(&format!("help {verb}")).exits(0);
        assert!(output.stdout.contains("Usage: ctl"), "{output}");
        assert_eq!(output.stdout, Ctl::new().run(&format!("{verb} --help")).exits(0).stdout);
    }
}
