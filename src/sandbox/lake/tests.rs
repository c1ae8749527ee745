//! Statements, and what they give over a handful of events. Every expected value was worked out by hand from the
//! events below.

mod clauses;
mod columns;
mod functions;
mod limits;
mod refusals;
mod traps;

use serde_json::{Value, json};

use super::*;
use crate::sandbox::clock::Clock;
use crate::sandbox::events::{self, Arrival};
use crate::sandbox::store::{Db, events as rows};

/// A store with five events that can be seen.
const A: &str = "3f2a9c1e-0000-4000-8000-00000000000a";
/// Another, with two.
const B: &str = "0f2a9c1e-0000-4000-8000-00000000000b";
/// A store of AWS events.
const C: &str = "ef2a9c1e-0000-4000-8000-00000000000c";

const OWNER: &str = "123456789012";
const CHANNEL: &str = "arn:aws:cloudtrail:us-east-1:123456789012:channel/c1";

/// 2026-12-02T00:00:00Z.
const NOW: i64 = 1_796_169_600_000;

fn event(store_time: &str, who: &str, source: &str, name: &str, more: &Value) -> Value {
    let mut event = json!({
        "version": "1.0",
        "userIdentity": {"type": "User", "principalId": who},
        "eventSource": source,
        "eventName": name,
        "eventTime": store_time,
        "UID": format!("u-{store_time}"),
        "recipientAccountId": OWNER
    });
    for (key, value) in more.as_object().unwrap() {
        event[key] = value.clone();
    }
    event
}

/// Of [`A`]: ids a1 to a5, and a6, which arrives after [`NOW`].
fn of_a() -> Vec<Value> {
    let git = "github.audit.streaming";
    vec![
        event(
            "2026-11-20T12:00:00Z",
            "alice",
            git,
            "git.clone",
            &json!({
                "requestParameters": {"visibility": "private", "count": 3, "deep": {"b": [1, 2.50], "a": null}, "none": null},
                "sourceIPAddress": "10.0.0.1",
                "additionalEventData": {"doc": "{\"x\": {\"y\": [10, \"z\"]}, \"k.l\": true}"}
            }),
        ),
        event(
            "2026-11-20T12:30:00Z",
            "alice",
            git,
            "git.push",
            &json!({"requestParameters": {"visibility": "public"}, "sourceIPAddress": "10.0.0.2"}),
        ),
        event(
            "2026-11-21T00:00:00Z",
            "bob",
            git,
            "git.clone",
            &json!({"errorCode": "AccessDenied", "errorMessage": "not today"}),
        ),
        event(
            "2026-11-21T08:15:30Z",
            "Bob",
            "app.example.com",
            "Login",
            &json!({
                "userIdentity": {"type": "Admin", "principalId": "Bob", "details": {"mfa": true, "groups": ["x", "y"]}},
                "userAgent": "Mozilla/5.0",
                "sourceIPAddress": "10.0.0.1"
            }),
        ),
        event(
            "2026-12-01T00:00:00Z",
            "carol",
            git,
            "git.clone",
            &json!({"requestParameters": {}}),
        ),
        event("2026-12-01T12:00:00Z", "zoe", git, "git.clone", &json!({})),
    ]
}

/// Of [`B`]: ids b1 and b2.
fn of_b() -> Vec<Value> {
    vec![
        event("2026-11-20T12:00:00Z", "alice", "okta.com", "Login", &json!({})),
        event("2026-11-22T10:00:00Z", "dave", "okta.com", "Logout", &json!({})),
    ]
}

fn store(db: &Db, id: &str, letter: char, all: &[Value]) {
    for (at, event) in all.iter().enumerate() {
        let event_id = format!("{letter}{}", at + 1);
        let data = event.to_string();
        let passed = events::check(&data, None, OWNER).unwrap();
        let visible_at = if event_id == "a6" { NOW + 1 } else { NOW };
        let arrival = Arrival {
            region: "us-east-1",
            account: OWNER,
            channel_arn: CHANNEL,
            now_ms: NOW,
        };
        let row = rows::Event {
            record: events::record(&data, &passed, &event_id, arrival).unwrap(),
            id: event_id,
            entry_id: format!("entry-{at}"),
            uid: passed.uid,
            time: passed.time,
            visible_at,
            channel_arn: CHANNEL.to_owned(),
            data,
        };
        db.raw(|sql| rows::insert(sql, id, &row)).unwrap();
    }
}

/// The stores and their events.
fn lake() -> Db {
    let db = Db::open(None, Clock::Fixed(NOW)).unwrap();
    store(&db, A, 'a', &of_a());
    store(&db, B, 'b', &of_b());
    db
}

fn find(id: &str) -> Option<Table> {
    let schema = match id {
        A | B => Schema::ActivityAuditLog,
        C => Schema::Management,
        _ => return None,
    };
    Some(Table {
        id: id.to_owned(),
        schema,
    })
}

/// Puts the stores' ids where {A}, {B} and {C} stand.
fn whole(statement: &str) -> String {
    statement.replace("{A}", A).replace("{B}", B).replace("{C}", C)
}

fn ask(db: &Db, statement: &str) -> Result<Answer, String> {
    let query = prepare(&whole(statement), &find).map_err(|invalid| match invalid {
        Invalid::Statement(message) => message,
        Invalid::NoStore(id) => format!("no store {id}"),
    })?;
    db.raw(|sql| Ok(query.run(sql, NOW).map_err(|failed| failed.message)))
        .unwrap()
}

/// The rows, each as its values with bars between, a null as `NULL`.
fn shown(answer: &Answer) -> Vec<String> {
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "NULL".to_owned());
    let row = |row: &Vec<Option<String>>| row.iter().map(value).collect::<Vec<_>>().join("|");
    answer.rows.iter().map(row).collect()
}

/// Runs all, and tells of all that differ.
fn all_give(cases: &[(&str, &[&str])]) {
    let db = lake();
    let mut wrong = Vec::new();
    for (statement, wanted) in cases {
        match ask(&db, statement) {
            Ok(answer) if shown(&answer) == *wanted => {}
            Ok(answer) => wrong.push(format!("{statement}\n  gives {:?}\n  not   {wanted:?}", shown(&answer))),
            Err(message) => wrong.push(format!("{statement}\n  fails: {message}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Expressions over no row at all, and their values.
fn values_are(cases: &[(&str, &str)]) {
    let cases: Vec<(String, [&str; 1])> = cases
        .iter()
        .map(|(expr, value)| (format!("SELECT {expr}"), [*value]))
        .collect();
    let cases: Vec<(&str, &[&str])> = cases
        .iter()
        .map(|(sql, value)| (sql.as_str(), value.as_slice()))
        .collect();
    all_give(&cases);
}

/// Statements that end in a message with a word in it.
fn all_fail(cases: &[(&str, &str)]) {
    let db = lake();
    let mut wrong = Vec::new();
    for (statement, word) in cases {
        match ask(&db, statement) {
            Err(message) if message.contains(word) => {}
            Err(message) => wrong.push(format!("{statement}\n  says {message:?}\n  and not {word:?}")),
            Ok(answer) => wrong.push(format!("{statement}\n  gives {:?}", shown(&answer))),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
