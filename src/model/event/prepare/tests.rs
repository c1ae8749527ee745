//! From entries to what is sent, and to reasons why not.

use super::super::split::Splitter;
use super::*;

const EVENT: &str = r#"{"version":"1.0","userIdentity":{"type":"User","principalId":"alice"},"eventSource":"app.example.com","eventName":"Login","eventTime":"2026-11-20T12:00:00Z","UID":"evt-1","recipientAccountId":"123456789012"}"#;

/// The event of Nordcloud's own documentation.
const NORDCLOUD: &str = r#"{"eventData":{"version":"v1","userIdentity":{"type":"USER","principalId":"name@example.com"},"eventSource":"com.nordcloudapp.com.klarity","eventName":"discoveryRule.created","eventTime":"2022-07-12T10:55:00","UID":"00000000-00000000-00000000-00000000","requestParameters":{"ruleName":"rule name","ruleId":"00000000-00000000-00000000-00000001","environment":"test env","application":"test app"}}}"#;

type Prepared = Vec<Result<AuditEvent, Box<Refusal>>>;

fn all(input: &[u8], gaps: Gaps) -> Prepared {
    let owner = "123456789012".parse().unwrap();
    let terms = Terms {
        owner: Some(&owner),
        gaps,
    };
    let mut occurrences = Occurrences::default();
    let mut out = Vec::new();
    let mut splitter = Splitter::new("in".into());
    let mut sink = |entry: Entry<'_>| out.push(prepare(&entry, &terms, &mut occurrences));
    splitter.feed(input, &mut sink);
    splitter.finish(&mut sink);
    out
}

fn one(input: &str) -> AuditEvent {
    let mut out = all(input.as_bytes(), Gaps::Fill);
    assert_eq!(out.len(), 1);
    out.pop().unwrap().unwrap()
}

/// The text that is sent, as a JSON reader takes it out of the request.
fn event_data(event: &AuditEvent) -> String {
    let entry: serde_json::Value = serde_json::from_slice(event.encoded()).unwrap();
    entry["eventData"].as_str().unwrap().to_owned()
}

fn codes(input: &[u8], gaps: Gaps) -> Vec<String> {
    let refusal = all(input, gaps).pop().unwrap().unwrap_err();
    let code = |v: &Violation| format!("{} {}", v.pointer, v.rule.code());
    refusal.violations.iter().map(code).collect()
}

#[test]
fn what_is_complete_is_sent_byte_for_byte() {
    let odd = EVENT.replace(
        "\"UID\"",
        " \"additionalEventData\" : {\"big\":123456789012345678901234567890, \"e\":1.0E+2,\"dup\":1,\"dup\":2,\"s\":\"\\u00e9\\/é\"},\n\"UID\"",
    );
    let event = one(&odd);
    assert_eq!(event_data(&event), odd);
    assert_eq!(event.id().as_str(), "evt-1");
    assert_eq!(
        event.filled(),
        Filled {
            id: true,
            ..Filled::default()
        }
    );
    assert_eq!(event.event_source(), "app.example.com");
    assert_eq!(event.wrapping(), Wrapping::Bare);
    assert!(event.warnings().is_empty());
}

#[test]
fn the_event_of_the_vendors_documentation_goes() {
    let event = one(NORDCLOUD);
    // Every byte of the input but for the splices.
    let inner = NORDCLOUD
        .strip_prefix("{\"eventData\":")
        .and_then(|rest| rest.strip_suffix("}"))
        .unwrap();
    let sent = inner.replace("10:55:00", "10:55:00Z").replace(
        "\"test app\"}}",
        "\"test app\"},\"recipientAccountId\":\"123456789012\"}",
    );
    assert_eq!(event_data(&event), sent);
    assert_eq!(event.id().as_str(), "00000000-00000000-00000000-00000000");
    assert_eq!(
        event.filled(),
        Filled {
            recipient_account_id: true,
            uid: false,
            id: true,
            event_time: true
        }
    );
    assert_eq!(event.wrapping(), Wrapping::Object);
    assert_eq!(event.time().unix(), 1_657_623_300);
    assert!(!format!("{event:?}").contains("name@example.com"));
    assert_eq!(
        codes(NORDCLOUD.as_bytes(), Gaps::Refuse),
        [
            "/eventData/eventTime event_time",
            "/eventData/recipientAccountId missing",
            "/id missing"
        ]
    );
}

#[test]
fn a_missing_uid_comes_from_the_content() {
    let without = EVENT.replace("\"UID\":\"evt-1\",", "");
    let events = all(format!("{without}\n{without}\n").as_bytes(), Gaps::Fill);
    let ids: Vec<_> = events
        .iter()
        .map(|event| event.as_ref().unwrap().id().to_string())
        .collect();
    // printf %s "$without" | sha256sum
    let hash = "262f4c73affb0ae3ac55be4f84cd1b6e761229b682a0c4e0a35c41f9a669dd86";
    assert_eq!(ids, [hash.to_owned(), format!("{hash}-2")]);
    let first = events[0].as_ref().unwrap();
    let tail = format!(",\"UID\":\"{hash}\"}}");
    assert_eq!(event_data(first), without.trim_end_matches('}').to_owned() + &tail);
    assert!(first.filled().uid && first.filled().id);
}

#[test]
fn splices_leave_white_space_and_order_alone() {
    let text = "{ \"eventTime\" : \"2026-11-20T12:00:00.5+02:00\" ,\r\n \"version\":\"1\",\"userIdentity\":{\"principalId\":\"a\",\"type\":\"b\"},\"eventSource\":\"s\",\"eventName\":\"n\" \n}";
    let event = one(text);
    let uid = event.id().to_string();
    assert_eq!(
        event_data(&event),
        format!(
            "{{ \"eventTime\" : \"2026-11-20T10:00:00Z\" ,\r\n \"version\":\"1\",\"userIdentity\":{{\"principalId\":\"a\",\"type\":\"b\"}},\"eventSource\":\"s\",\"eventName\":\"n\",\"UID\":\"{uid}\",\"recipientAccountId\":\"123456789012\" \n}}"
        )
    );
}

#[test]
fn an_audit_event_keeps_its_id_and_its_checksum_is_verified() {
    let quoted = serde_json::to_string(EVENT).unwrap();
    // printf %s "$EVENT" | openssl dgst -binary -sha256 | base64
    let sum = "lhudtR9NiLy05glWzsLk4gm/fubKBAYP+F+0GVNOYbg=";
    let event = one(&format!(
        "{{\"id\":\"x-1\",\"eventData\":{quoted},\"eventDataChecksum\":\"{sum}\"}}"
    ));
    assert_eq!(event.id().as_str(), "x-1");
    assert_eq!(event_data(&event), EVENT);
    assert_eq!(event.filled(), Filled::default());
    assert_eq!(event.wrapping(), Wrapping::AuditEvent);
    let entry = format!("{{\"id\":\"x-1\",\"eventData\":{quoted},\"eventDataChecksum\":\"{sum}\"}}");
    assert_eq!(event.encoded(), entry.as_bytes());
    // With --no-fill, this one is complete.
    assert!(all(entry.as_bytes(), Gaps::Refuse)[0].is_ok());
}

#[test]
fn a_wrong_wrapping_is_refused_with_its_reason() {
    for (input, wanted) in [
        ("[[]]", vec![" not_json"]),
        ("12", vec![" not_json"]),
        ("{\"a\":}", vec![" not_json"]),
        ("{\"a\":1", vec![" truncated"]),
        ("{\"Records\":[]}", vec!["/Records cloudtrail_log"]),
        ("[{\"auditEvents\":[]}]", vec!["/auditEvents envelope"]),
        ("{\"eventData\":1}", vec!["/eventData wrong_type"]),
        ("{\"eventData\":\"[]\"}", vec!["/eventData not_json"]),
        ("{\"eventData\":\"{\"}", vec!["/eventData truncated"]),
        ("{\"eventData\":\"\\ud800\"}", vec!["/eventData half_surrogate_pair"]),
        ("\u{1f}\u{8b}", vec![" not_json"]),
    ] {
        assert_eq!(codes(input.as_bytes(), Gaps::Fill), wanted, "{input}");
    }
    assert_eq!(codes(b"{\"a\":\"\xff\"}", Gaps::Fill), [" not_utf8"]);
    assert_eq!(codes(b"\x1f\x8b\x08\x00", Gaps::Fill), [" unreadable"]);
    for (beside, wanted) in [
        ("\"id\":\"a:b\"", "/id entry_id"),
        ("\"id\":\"\"", "/id entry_id"),
        ("\"id\":1", "/id wrong_type"),
        ("\"id\":\"a\",\"id\":\"b\"", "/id duplicate_member"),
        ("\"eventDataChecksum\":\"abc\"", "/eventDataChecksum checksum"),
        ("\"eventDataChecksum\":null", "/eventDataChecksum wrong_type"),
        (
            "\"eventCategory\":\"ActivityAuditLog\"",
            "/eventCategory unknown_member",
        ),
        ("\"eventData\":{}", "/eventData duplicate_member"),
    ] {
        let input = format!("{{\"eventData\":{EVENT},{beside}}}");
        assert_eq!(codes(input.as_bytes(), Gaps::Fill), [wanted], "{input}");
    }
}

#[test]
fn a_refusal_knows_its_id_and_shows_no_value() {
    let input = EVENT.replace("\"1.0\"", "17").replace("alice", "s3cret\\ud800");
    let refusal = all(input.as_bytes(), Gaps::Fill).pop().unwrap().unwrap_err();
    assert_eq!(refusal.id.as_ref().map(EntryId::as_str), Some("evt-1"));
    assert_eq!(refusal.first().unwrap().pointer, "/version");
    assert!(!format!("{refusal:?}").contains("s3cret"));
}

#[test]
fn an_event_over_its_size_is_refused_whole() {
    let pad = |n: usize| {
        let details = format!("\"alice\",\"details\":{{\"a\":\"{}\"}}", "x".repeat(n));
        EVENT.replace("\"alice\"", &details)
    };
    let around = pad(0).len();
    assert!(one(&pad(256_000 - around)).warnings().is_empty());
    assert_eq!(one(&pad(262_144 - around)).warnings().len(), 1);
    assert_eq!(codes(pad(262_145 - around).as_bytes(), Gaps::Fill), [" too_large"]);
}

#[test]
fn of_a_stored_record_the_event_is_sent_and_nothing_around_it() {
    let data = event_data(&one(NORDCLOUD));
    let around = |more: &str| {
        format!(
            "{{\"eventVersion\":\"1.0\",\"eventCategory\":\"ActivityAuditLog\",\"eventType\":\"ActivityLog\",\"eventID\":\"x\",\
             \"eventTime\":\"2022-07-12T10:55:00Z\",\"awsRegion\":\"us-east-1\",\"recipientAccountId\":\"999988887777\",\
             \"addendum\":{{\"reason\":\"r\"}},\"metadata\":{{\"ingestionTime\":\"t\",\"channelARN\":\"c\"}},{more}\"eventData\":{data}}}"
        )
    };
    let event = one(&around(""));
    assert_eq!(event.wrapping(), Wrapping::Stored);
    assert_eq!(event_data(&event), data);
    assert_eq!(event.id(), one(NORDCLOUD).id());
    assert_eq!(
        codes(around("\"more\":1,").as_bytes(), Gaps::Fill),
        ["/more unknown_member"]
    );
    // Without an eventID it is none.
    let no_record = around("").replace("\"eventID\":\"x\",", "");
    assert!(codes(no_record.as_bytes(), Gaps::Fill).contains(&"/awsRegion unknown_member".to_owned()));
}
