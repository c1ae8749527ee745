use serde_json::json;

use super::*;

const CHANNEL: &str = "arn:aws:cloudtrail:us-east-1:777788889999:channel/01234567-89ab-4cde-8f01-23456789abcd";
const OWNER: &str = "777788889999";
const PARTNER: &str = "111122223333";
const STRANGER: &str = "999999999999";

fn statement() -> Value {
    json!({
        "Sid": "ChannelPolicy",
        "Effect": "Allow",
        "Principal": {"AWS": ["arn:aws:iam::111122223333:root"]},
        "Action": "cloudtrail-data:PutAuditEvents",
        "Resource": CHANNEL,
        "Condition": {"StringEquals": {"cloudtrail:ExternalId": "secret"}}
    })
}

fn with(member: &str, value: Value) -> Value {
    let mut statement = statement();
    statement[member] = value;
    statement
}

fn policy(statements: &[Value]) -> String {
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

fn refusal(document: &str) -> Option<String> {
    check(document, CHANNEL, Target::Channel).err().map(|fault| {
        assert_eq!(fault.code, "ResourcePolicyNotValidException");
        fault.message
    })
}

#[test]
fn the_documents_of_the_reference_are_valid() {
    assert_eq!(refusal(&policy(&[statement()])), None);
    assert_eq!(
        refusal(&json!({"Version": "2012-10-17", "Statement": statement()}).to_string()),
        None
    );
    for (member, value) in [
        ("Action", json!(["cloudtrail-data:PutAuditEvents"])),
        ("Resource", json!([CHANNEL])),
        ("Effect", json!("Deny")),
        ("Principal", json!("*")),
        ("Principal", json!({"AWS": "*"})),
        ("Principal", json!({"AWS": "111122223333"})),
        ("Principal", json!({"AWS": "arn:aws:iam::111122223333:user/a/b/carol"})),
        ("Principal", json!({"AWS": "arn:aws:iam::111122223333:role/r"})),
        (
            "Principal",
            json!({"AWS": "arn:aws:sts::111122223333:assumed-role/r/session"}),
        ),
        (
            "Principal",
            json!({"AWS": "arn:aws:sts::111122223333:federated-user/bob"}),
        ),
        ("Principal", json!({"AWS": vec!["111122223333"; 50]})),
        (
            "Condition",
            json!({"StringEquals": {"cloudtrail:ExternalId": ["a", "b"]}}),
        ),
    ] {
        assert_eq!(
            refusal(&policy(&[with(member, value.clone())])),
            None,
            "{member} {value}"
        );
    }
}

#[test]
fn each_requirement_is_enforced() {
    for (member, value, word) in [
        ("Action", json!("cloudtrail-data:*"), "action"),
        (
            "Action",
            json!(["cloudtrail-data:PutAuditEvents", "cloudtrail:GetChannel"]),
            "GetChannel",
        ),
        ("Action", json!([]), "empty"),
        ("Action", json!(7), "Action"),
        ("Resource", json!("*"), "Resource"),
        ("Resource", json!([]), "Resource"),
        ("Effect", json!("allow"), "Effect"),
        ("Sid", json!(1), "Sid"),
        ("Principal", json!({"AWS": []}), "not 0"),
        ("Principal", json!({"AWS": vec!["111122223333"; 51]}), "not 51"),
        ("Principal", json!({"Service": "ec2.amazonaws.com"}), "Principal"),
        ("Principal", json!("111122223333"), "Principal"),
        ("Principal", json!({"AWS": "AIDAEXAMPLEEXAMPLE"}), "AIDA"),
        ("Principal", json!({"AWS": "AROAEXAMPLEEXAMPLE"}), "AROA"),
        (
            "Principal",
            json!({"AWS": "arn:aws:iam::1111:root"}),
            "Invalid principal",
        ),
        (
            "Principal",
            json!({"AWS": "arn:aws:iam::111122223333:group/g"}),
            "Invalid principal",
        ),
        (
            "Principal",
            json!({"AWS": "arn:aws:iam::111122223333:user/"}),
            "Invalid principal",
        ),
        (
            "Principal",
            json!({"AWS": "arn:aws:iam::111122223333:user/*"}),
            "Invalid principal",
        ),
        (
            "Principal",
            json!({"AWS": "arn:aws:sts::111122223333:assumed-role/r"}),
            "Invalid principal",
        ),
        ("Condition", json!("x"), "Condition"),
        (
            "Condition",
            json!({"StringEquals": {"cloudtrail:ExternalId": [{}]}}),
            "Condition",
        ),
        ("NotPrincipal", json!({"AWS": "*"}), "NotPrincipal"),
    ] {
        let message = refusal(&policy(&[with(member, value.clone())])).unwrap_or_else(|| panic!("{member} {value}"));
        assert!(message.contains(word), "{member} {value}: {message}");
    }
}

#[test]
fn the_document_as_a_whole_has_limits() {
    let numbered = |count: usize| {
        let statements: Vec<Value> = (0..count).map(|n| with("Sid", json!(format!("S{n}")))).collect();
        refusal(&policy(&statements)).unwrap_or_default()
    };
    assert_eq!(numbered(20), "");
    assert!(numbered(21).contains("not 21"));
    assert!(numbered(0).contains("not 0"));
    assert!(refusal(&policy(&[statement(), statement()])).unwrap().contains("twice"));
    assert!(refusal("").unwrap().contains("8192"));
    assert!(refusal(&" ".repeat(8193)).unwrap().contains("8192"));
    assert!(refusal("[]").unwrap().contains("JSON object"));
    assert!(refusal("{\"Version\":").unwrap().contains("JSON object"));
    assert!(refusal("{}").unwrap().contains("no Statement"));
    assert!(
        refusal(r#"{"Version":"2020-01-01","Statement":[]}"#)
            .unwrap()
            .contains("Version")
    );
    assert!(
        refusal(r#"{"Versoin":"2012-10-17","Statement":[]}"#)
            .unwrap()
            .contains("Versoin")
    );
}

#[test]
fn a_stores_policy_has_other_actions() {
    let store = "arn:aws:cloudtrail:us-east-1:777788889999:eventdatastore/01234567-89ab-4cde-8f01-23456789abcd";
    let mut statement = statement();
    statement["Resource"] = json!(store);
    statement["Action"] = json!(["cloudtrail:StartQuery", "cloudtrail:GetQueryResults"]);
    assert!(check(&policy(&[statement.clone()]), store, Target::EventDataStore).is_ok());
    statement["Action"] = json!("cloudtrail-data:PutAuditEvents");
    assert!(check(&policy(&[statement]), store, Target::EventDataStore).is_err());
}

fn call<'a>(account: &'a str, external_id: Option<&'a str>) -> Call<'a> {
    Call {
        account,
        owner: OWNER,
        external_id,
        owner_needs_external_id: false,
    }
}

#[test]
fn without_a_policy_only_the_owner_may_send() {
    assert!(lets_in(None, call(OWNER, None)));
    assert!(lets_in(None, call(OWNER, Some("whatever"))));
    assert!(!lets_in(None, call(PARTNER, None)));
}

#[test]
fn the_external_id_matrix() {
    let with_id = policy(&[statement()]);
    let list = policy(&[with(
        "Condition",
        json!({"StringEquals": {"cloudtrail:externalid": ["a", "secret"]}}),
    )]);
    let mut open = statement();
    open.as_object_mut().unwrap().remove("Condition");
    let without = policy(&[open]);
    for (document, account, external_id, expected) in [
        (&with_id, PARTNER, Some("secret"), true),
        (&with_id, PARTNER, Some("Secret"), false),
        (&with_id, PARTNER, None, false),
        (&with_id, STRANGER, Some("secret"), false),
        (&with_id, OWNER, None, true),
        (&with_id, OWNER, Some("wrong"), true),
        (&list, PARTNER, Some("a"), true),
        (&list, PARTNER, Some("secret"), true),
        (&list, PARTNER, Some("b"), false),
        (&without, PARTNER, None, true),
        (&without, PARTNER, Some("harmless"), true),
        (&without, STRANGER, None, false),
    ] {
        assert_eq!(
            lets_in(Some(document), call(account, external_id)),
            expected,
            "{account} {external_id:?}"
        );
    }
    let strict = |external_id| Call {
        owner_needs_external_id: true,
        ..call(OWNER, external_id)
    };
    assert!(!lets_in(Some(&with_id), strict(None)));
    assert!(lets_in(Some(&with_id), strict(Some("secret"))));
    assert!(lets_in(Some(&without), strict(None)));
}

#[test]
fn principals_of_every_form_mean_the_account() {
    for principal in [
        json!("*"),
        json!({"AWS": "*"}),
        json!({"AWS": PARTNER}),
        json!({"AWS": ["999999999998", PARTNER]}),
        json!({"AWS": "arn:aws:iam::111122223333:user/u"}),
        json!({"AWS": "arn:aws:sts::111122223333:assumed-role/r/s"}),
    ] {
        let document = policy(&[with("Principal", principal.clone())]);
        assert!(lets_in(Some(&document), call(PARTNER, Some("secret"))), "{principal}");
    }
    let deleted = policy(&[with("Principal", json!({"AWS": "AIDAEXAMPLE"}))]);
    assert!(!lets_in(Some(&deleted), call(PARTNER, Some("secret"))));
}

#[test]
fn deny_wins_and_strange_conditions_never_hold() {
    let mut deny = with("Effect", json!("Deny"));
    deny.as_object_mut().unwrap().remove("Condition");
    assert!(!lets_in(
        Some(&policy(&[statement(), deny.clone()])),
        call(PARTNER, Some("secret"))
    ));
    deny["Principal"] = json!({"AWS": OWNER});
    assert!(!lets_in(Some(&policy(&[deny])), call(OWNER, None)));
    for condition in [
        json!({"StringLike": {"cloudtrail:ExternalId": "*"}}),
        json!({"StringEquals": {"aws:SourceArn": "secret"}}),
        json!({"StringEquals": {"cloudtrail:ExternalId": "secret"}, "Bool": {"aws:SecureTransport": "true"}}),
    ] {
        let document = policy(&[with("Condition", condition.clone())]);
        assert!(!lets_in(Some(&document), call(PARTNER, Some("secret"))), "{condition}");
    }
}
