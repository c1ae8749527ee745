//! A run that goes wrong at any request, and the run after it.
//!
//! For every request of an `enable` and of a `disable` with its store, in turn: the connection is cut
//! before the request is handled, or the reply is lost after it; once, and for every try of that request.
//! Whatever the first run makes of it, the second converges: nothing twice, nothing left over.

use serde_json::{Value, json};

use super::{CHANNEL, NORDCLOUD, STORE, enabled, keeps, nordcloud, steps};
use crate::harness::{HOME, Lake, Output, PARTNER, SECRET, document, policy, statement, text, with};

/// How often the SDK tries a call that may be repeated.
const TRIES: usize = 3;
/// How many cases run at the same time; they mostly wait for the SDK's pauses.
const AT_ONCE: usize = 12;

/// A request of a run: its operation, and the how-manyth of that operation it is.
type Request = (String, usize);

/// The requests of what was just run.
fn requests(lake: &Lake) -> Vec<Request> {
    let seen = lake.requests();
    let nth = |at: usize| {
        let operation = &seen[at].operation;
        let before = seen.iter().take(at).filter(|other| other.operation == *operation);
        (operation.clone(), before.count() + 1)
    };
    (0..seen.len()).map(nth).collect()
}

/// Runs a case for each request, several at a time.
fn each(requests: &[Request], case: impl Fn(&Request) + Sync) {
    for group in requests.chunks(AT_ONCE) {
        std::thread::scope(|scope| {
            for request in group {
                scope.spawn(|| case(request));
            }
        });
    }
}

/// How a run ends that met a fault. What may be repeated is repeated, a bounded number of times; what
/// creates or deletes is not, but looked for: if it is there after all, all is well.
fn expected_code((operation, _): &Request, fault: &Value, times: usize) -> i32 {
    let lost = *fault == lose_reply();
    match operation.as_str() {
        // Who the caller is need not be known.
        "GetCallerIdentity" => 0,
        "CreateEventDataStore" | "CreateChannel" | "DeleteChannel" | "DeleteEventDataStore" if lost => 0,
        "CreateEventDataStore" | "CreateChannel" | "DeleteChannel" | "DeleteEventDataStore" => 6,
        _ if times == 1 => 0,
        // Attached as wanted is attached.
        "PutResourcePolicy" if lost => 0,
        "PutResourcePolicy" | "UpdateEventDataStore" => 6,
        _ => 1,
    }
}

/// A run that met a fault ends as it must, and tells what it tried and what to do.
fn ends_in_order(output: &Output, request: &Request, code: i32) {
    assert_eq!(output.code, code, "{request:?}: {output}");
    if output.code == 0 {
        drop(output.json());
        return;
    }
    let error = output.error();
    assert!(
        !error["hints"].as_array().unwrap().is_empty(),
        "{request:?}: no next step: {output}"
    );
    if code == 6 {
        // It was tried, so it is told.
        assert!(
            steps(&output.json()).iter().any(|step| step.starts_with("failed ")),
            "{request:?}: {output}"
        );
    }
}

/// The fault happened at the request that it was meant for.
fn was_hit(lake: &Lake, (operation, nth): &Request) {
    let seen = lake.requests();
    let mut same = seen.iter().filter(|seen| seen.operation == *operation);
    let hit = same.nth(nth - 1).and_then(|seen| seen.fault.clone());
    assert!(hit.is_some(), "{operation} {nth}: {seen:?}");
}

fn cut() -> Value {
    json!({"kind": "cut"})
}

fn lose_reply() -> Value {
    json!({"kind": "lose_reply"})
}

fn denied() -> Value {
    json!({"kind": "error", "status": 400, "code": "AccessDeniedException", "message": "not allowed"})
}

/// Exactly one store, one channel and one policy, as a run without faults leaves them.
fn one_of_each(lake: &Lake, request: &Request) {
    let state = lake.state();
    let count = |kind: &str| state[kind].as_array().unwrap().len();
    assert_eq!((count("stores"), count("channels")), (1, 1), "{request:?}: {state}");
    let (store, channel) = (&state["stores"][0], &state["channels"][0]);
    assert_eq!(store["Name"], STORE, "{request:?}");
    assert_eq!(
        (&store["Status"], &store["TerminationProtectionEnabled"]),
        (&json!("ENABLED"), &json!(true)),
        "{request:?}"
    );
    let arn = text(channel, "ChannelArn");
    assert_eq!(
        channel["Destinations"][0]["Location"], store["EventDataStoreArn"],
        "{request:?}"
    );
    let expected: Value = serde_json::from_str(&policy(&arn, PARTNER, Some(SECRET))).unwrap();
    assert_eq!(channel["Policy"], expected, "{request:?}");
}

/// How often a request that succeeded was handled.
fn handled(lake: &Lake, operation: &str) -> usize {
    let list = lake.look("/requests");
    let all = list["requests"].as_array().unwrap();
    let done =
        |seen: &&Value| seen["operation"] == operation && (seen["status"] == 200 || seen["fault"] == "lose_reply");
    all.iter().filter(done).count()
}

fn enable_with(fault: &Value, times: usize) {
    let lake = Lake::new();
    drop(lake.ctl().run(&nordcloud()).exits(0));
    let requests = requests(&lake);
    assert!(requests.len() >= 8, "{requests:?}");
    each(&requests, |request| {
        let lake = Lake::new();
        let ctl = lake.ctl();
        lake.fault(&request.0, request.1, times, fault.clone());
        let first = ctl.run(&nordcloud());
        was_hit(&lake, request);
        ends_in_order(&first, request, expected_code(request, fault, times));
        lake.heal();
        let second = ctl.run(&nordcloud()).exits(0);
        drop(second.json());
        one_of_each(&lake, request);
        for once in ["CreateEventDataStore", "CreateChannel"] {
            assert_eq!(handled(&lake, once), 1, "{once} after {request:?}: {first}");
        }
        drop(keeps(&lake, &ctl, NORDCLOUD));
    });
}

#[test]
fn enable_cut_once() {
    enable_with(&cut(), 1);
}

#[test]
fn enable_cut_at_every_try() {
    enable_with(&cut(), TRIES);
}

#[test]
fn enable_reply_lost_once() {
    enable_with(&lose_reply(), 1);
}

#[test]
fn enable_reply_lost_at_every_try() {
    enable_with(&lose_reply(), TRIES);
}

fn disable() -> String {
    format!("disable nordcloud --delete-store {STORE} --yes -o json")
}

/// Whether the store is on its way out or else protected, whatever happened to the channel.
fn never_left_unprotected(lake: &Lake, request: &Request, output: &Output) {
    let store = lake.state()["stores"][0].clone();
    assert!(
        store["Status"] == "PENDING_DELETION" || store["TerminationProtectionEnabled"] == true,
        "{request:?}: left unprotected: {store} {output}"
    );
}

fn disable_with(fault: &Value, times: usize) {
    let (lake, ctl) = enabled();
    drop(ctl.run(&disable()).exits(0));
    let requests = requests(&lake);
    assert!(requests.len() >= 6, "{requests:?}");
    each(&requests, |request| {
        let (lake, ctl) = enabled();
        lake.fault(&request.0, request.1, times, fault.clone());
        let first = ctl.run(&disable());
        was_hit(&lake, request);
        ends_in_order(&first, request, expected_code(request, fault, times));
        lake.heal();
        never_left_unprotected(&lake, request, &first);
        let second = ctl.run(&disable()).exits(0);
        drop(second.json());
        let state = lake.state();
        assert_eq!(state["channels"], json!([]), "{request:?}");
        assert_eq!(state["stores"].as_array().unwrap().len(), 1, "{request:?}");
        assert_eq!(state["stores"][0]["Status"], "PENDING_DELETION", "{request:?}");
        for once in ["DeleteChannel", "DeleteEventDataStore"] {
            assert_eq!(handled(&lake, once), 1, "{once} after {request:?}: {first}");
        }
        drop(keeps(&lake, &ctl, &disable()));
    });
}

#[test]
fn disable_cut_once() {
    disable_with(&cut(), 1);
}

#[test]
fn disable_cut_at_every_try() {
    disable_with(&cut(), TRIES);
}

#[test]
fn disable_reply_lost_once() {
    disable_with(&lose_reply(), 1);
}

#[test]
fn disable_reply_lost_at_every_try() {
    disable_with(&lose_reply(), TRIES);
}

#[test]
fn a_throttled_call_is_tried_again_whatever_it_is() {
    let lake = Lake::new();
    drop(lake.ctl().run(&nordcloud()).exits(0));
    each(&requests(&lake), |request| {
        let lake = Lake::new();
        lake.fault(&request.0, request.1, 1, json!({"kind": "throttle"}));
        drop(lake.ctl().run(&nordcloud()).exits(0));
        one_of_each(&lake, request);
    });
}

#[test]
fn throttling_without_end_is_exit_6() {
    let operations = [
        "ListChannels",
        "CreateEventDataStore",
        "CreateChannel",
        "PutResourcePolicy",
    ];
    let requests = operations.map(|operation| (operation.to_owned(), 1));
    each(&requests, |request| {
        let lake = Lake::new();
        let ctl = lake.ctl();
        lake.fault(&request.0, 1, 0, json!({"kind": "throttle"}));
        let output = ctl.run(&nordcloud()).exits(6).says(&["throttled"]);
        assert_eq!(output.error()["code"], "ThrottlingException", "{output}");
        lake.heal();
        drop(ctl.run(&nordcloud()).exits(0));
        one_of_each(&lake, request);
    });
}

#[test]
fn a_server_error_is_no_answer_about_a_write() {
    let cases: Vec<Request> = [
        "ListChannels",
        "CreateEventDataStore",
        "CreateChannel",
        "PutResourcePolicy",
    ]
    .into_iter()
    .flat_map(|operation| [500, 503].map(|status| (operation.to_owned(), status)))
    .collect();
    each(&cases, |request| {
        let lake = Lake::new();
        let ctl = lake.ctl();
        lake.fault(&request.0, 1, 1, json!({"kind": "status", "status": request.1}));
        let first = ctl.run(&nordcloud());
        // A call that may be repeated was; one that creates was not, and was looked up instead.
        let creates = request.0.starts_with("Create");
        assert_eq!(first.code, if creates { 6 } else { 0 }, "{request:?}: {first}");
        drop(ctl.run(&nordcloud()).exits(0));
        one_of_each(&lake, request);
    });
}

#[test]
fn an_early_conflict_means_not_ready() {
    let cases = ["CreateChannel", "PutResourcePolicy"].map(|operation| (operation.to_owned(), 2));
    each(&cases, |request| {
        let lake = Lake::new();
        let ctl = lake.ctl();
        let conflict = json!({
            "kind": "error", "status": 400, "code": "ConflictException", "message": "not loaded yet"
        });
        lake.fault(&request.0, 1, request.1, conflict.clone());
        drop(ctl.run(&nordcloud()).exits(0));
        one_of_each(&lake, request);

        // Without patience it ends, and the next run goes on.
        let lake = Lake::new();
        let ctl = lake.ctl();
        lake.fault(&request.0, 1, 1, conflict);
        let output = ctl.run(&format!("{} --timeout 0s", nordcloud())).exits(5);
        assert_eq!(output.error()["code"], "ConflictException", "{output}");
        drop(ctl.run(&nordcloud()).exits(0));
        one_of_each(&lake, request);
    });
}

#[test]
fn a_deletion_that_is_refused_leaves_the_store_protected() {
    for code in ["EventDataStoreHasOngoingImportException", "InternalFailure"] {
        let (lake, ctl) = enabled();
        let status = if code == "InternalFailure" { 500 } else { 400 };
        let refusal = json!({"kind": "error", "status": status, "code": code, "message": "not now, please"});
        lake.fault("DeleteEventDataStore", 1, 1, refusal);
        let output = ctl.run(&disable());
        assert_eq!(output.code, if status == 500 { 6 } else { 5 }, "{output}");
        assert_eq!(
            lake.writes(),
            [
                "DeleteChannel",
                "UpdateEventDataStore",
                "DeleteEventDataStore",
                "UpdateEventDataStore"
            ]
        );
        assert_eq!(
            steps(&output.json()),
            [
                "done delete channel nordcloud-integration".to_owned(),
                format!("failed delete event_data_store {STORE}")
            ]
        );
        let store = lake.state()["stores"][0].clone();
        assert_eq!(
            (&store["Status"], &store["TerminationProtectionEnabled"]),
            (&json!("ENABLED"), &json!(true)),
            "{store}"
        );
        drop(ctl.run(&disable()).exits(0));
        assert_eq!(lake.state()["stores"][0]["Status"], "PENDING_DELETION");
    }
}

#[test]
fn a_store_that_could_not_be_protected_again_is_told_with_the_command() {
    let (lake, ctl) = enabled();
    let refusal = json!({"kind": "error", "status": 400, "code": "OperationNotPermittedException", "message": "no"});
    lake.fault("DeleteEventDataStore", 1, 1, refusal.clone());
    lake.fault("UpdateEventDataStore", 2, 1, refusal);
    let output = ctl.run(&disable()).exits(5);
    let store = lake.only_store();
    let id = store.rsplit('/').next().unwrap();
    let command = format!("update-event-data-store --event-data-store {id} --termination-protection-enabled");
    drop(output.says(&["may be unprotected", &command]));
}

#[test]
fn a_store_whose_protection_was_never_taken_away_is_not_called_unprotected() {
    let (lake, ctl) = enabled();
    lake.fault("UpdateEventDataStore", 1, 2, denied());
    let output = ctl.run(&disable()).exits(4).says(&["cloudtrail:UpdateEventDataStore"]);
    assert_eq!(lake.state()["stores"][0]["TerminationProtectionEnabled"], true);
    assert!(!output.stderr.contains("may be unprotected"), "{output}");
}

#[test]
fn an_answer_that_cannot_be_said_hides_no_failure() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    lake.fault("PutResourcePolicy", 1, 1, denied());
    let output = ctl.run(&format!("{} --jmespath abs(schema)", nordcloud())).exits(4);
    drop(output.says(&["JMESPath", "cloudtrail:PutResourcePolicy"]));
    // Where all else went well, that is what went wrong.
    drop(ctl.run(&format!("{} --jmespath abs(schema)", nordcloud())).exits(2));
    one_of_each(&lake, &("PutResourcePolicy".to_owned(), 1));
}

#[test]
fn a_look_that_fails_too_leaves_the_outcome_unknown() {
    let cases = [
        ("CreateEventDataStore", "ListEventDataStores", 2),
        ("CreateChannel", "ListChannels", 2),
        ("PutResourcePolicy", "GetResourcePolicy", 1),
    ];
    for (write, look, call) in cases {
        let lake = Lake::new();
        let ctl = lake.ctl();
        lake.fault(write, 1, TRIES, lose_reply());
        lake.fault(look, call, 1, denied());
        let output = ctl.run(&nordcloud()).exits(6);
        let permission = format!("cloudtrail:{look}");
        let output = output.says(&["It is not known whether", write, "Looking whether it did", &permission]);
        assert_eq!(output.error()["kind"], "gave_up", "{output}");
        lake.heal();
        drop(ctl.run(&nordcloud()).exits(0));
        one_of_each(&lake, &(write.to_owned(), 1));
    }
}

#[test]
fn a_restored_store_is_protected_whatever_went_wrong() {
    let restore = format!("{} --restore", nordcloud());
    for (operation, fault, times) in [
        ("RestoreEventDataStore", lose_reply(), 1),
        ("RestoreEventDataStore", cut(), 1),
        ("UpdateEventDataStore", lose_reply(), TRIES),
        ("UpdateEventDataStore", cut(), TRIES),
        ("UpdateEventDataStore", denied(), 1),
    ] {
        let request = (operation.to_owned(), 1);
        let (lake, ctl) = enabled();
        drop(ctl.run(&disable()).exits(0));
        lake.forget();
        lake.fault(operation, 1, times, fault);
        drop(ctl.run(&restore));
        was_hit(&lake, &request);
        lake.heal();
        drop(ctl.run(&restore).exits(0));
        one_of_each(&lake, &request);
        drop(keeps(&lake, &ctl, &restore));
    }
}

#[test]
fn a_policy_that_somebody_changed_meanwhile_is_not_overwritten() {
    let (lake, ctl) = enabled();
    let channel = lake.only_channel();
    let other = document(&[
        statement(&channel, PARTNER, Some(SECRET)),
        with(statement(&channel, HOME, None), json!({"Sid": "Mine"})),
    ]);
    // The plan is made from the first look at the policy; the second, before it is written, is slow
    // enough for somebody else to come in between.
    lake.forget();
    lake.fault("GetResourcePolicy", 2, 1, json!({"kind": "delay", "ms": 1000}));
    let looks = || {
        lake.requests()
            .iter()
            .filter(|seen| seen.operation == "GetResourcePolicy")
            .count()
    };
    let output = std::thread::scope(|scope| {
        let run = scope.spawn(|| ctl.run(&format!("{NORDCLOUD} --external-id another-one --replace-access")));
        while looks() < 2 {
            assert!(!run.is_finished(), "it did not look again before writing");
            std::thread::yield_now();
        }
        lake.plant(
            "resource_policy",
            json!({"resource_arn": channel, "document": other.to_string()}),
        );
        run.join().unwrap()
    });
    let output = output.exits(5).says(&["changed by somebody else", "again"]);
    assert_eq!(lake.writes(), [""; 0], "{output}");
    assert_eq!(lake.state()["channels"][0]["Policy"], other);
}

#[cfg(unix)]
#[test]
fn a_signal_lets_the_step_under_way_end() {
    let lake = Lake::new();
    let ctl = lake.ctl();
    lake.fault("CreateChannel", 1, 1, json!({"kind": "delay", "ms": 1000}));
    let args = nordcloud();
    let args: Vec<&str> = args.split(' ').collect();
    let child = ctl.command(&args).spawn().unwrap();
    while !lake.requests().iter().any(|seen| seen.operation == "CreateChannel") {
        std::thread::yield_now();
    }
    let kill = std::process::Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        steps(&document),
        [
            format!("done create event_data_store {STORE}"),
            format!("done create channel {CHANNEL}"),
            format!("skipped create resource_policy {CHANNEL}"),
        ]
    );
    drop(ctl.run(&nordcloud()).exits(0));
    one_of_each(&lake, &("CreateChannel".to_owned(), 1));
}
