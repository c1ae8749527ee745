//! What is scanned, what is seen when, and how far a statement may go.

use rusqlite::Connection;

use super::{A, B, C, CHANNEL, NOW, OWNER, ask, find, lake, of_a, shown, whole};
use crate::sandbox::clock::Clock;
use crate::sandbox::events::{self, Arrival};
use crate::sandbox::lake::prepare;
use crate::sandbox::store::Db;
use crate::sandbox::wire::Fault;

fn bytes(ids: &[&str]) -> u64 {
    let db = lake();
    let all = db.raw(rows_of).unwrap();
    let wanted = all.iter().filter(|(id, _)| ids.contains(&id.as_str()));
    wanted.map(|(_, record)| u64::try_from(record.len()).unwrap()).sum()
}

fn rows_of(sql: &Connection) -> Result<Vec<(String, String)>, Fault> {
    let mut statement = sql.prepare("SELECT event_id, record FROM events")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

const EVERYTHING: &[&str] = &["a1", "a2", "a3", "a4", "a5"];

/// Statements, which events they read, and how many rows these are before grouping and `LIMIT`.
const SCANS: &[(&str, &[&str], u64)] = &[
    ("SELECT eventID FROM {A}", EVERYTHING, 5),
    ("SELECT eventID FROM {A} LIMIT 1", EVERYTHING, 5),
    (
        "SELECT count(*) FROM {A} WHERE eventTime > '2026-11-21'",
        &["a4", "a5"],
        2,
    ),
    (
        "SELECT count(*) FROM {A} WHERE eventTime >= '2026-11-21'",
        &["a3", "a4", "a5"],
        3,
    ),
    (
        "SELECT count(*) FROM {A} WHERE eventTime < '2026-11-21' AND eventID = 'a1'",
        &["a1", "a2"],
        1,
    ),
    (
        "SELECT count(*) FROM {A} WHERE '2026-11-20 12:30:00' = eventTime",
        &["a2"],
        1,
    ),
    (
        "SELECT 1 FROM {A} WHERE eventTime BETWEEN '2026-11-20 12:10:00' AND '2026-11-21'",
        &["a2", "a3"],
        2,
    ),
    (
        "SELECT 1 FROM {A} WHERE eventTime > now() - interval '2' day",
        &["a5"],
        1,
    ),
    (
        "SELECT 1 FROM {A} WHERE eventTime <= '2026-11-20 12:29:59.999'",
        &["a1"],
        1,
    ),
    // No bound holds for all rows here.
    (
        "SELECT 1 FROM {A} WHERE eventTime > '2026-11-21' OR eventID = 'a1'",
        EVERYTHING,
        3,
    ),
    ("SELECT 1 FROM {A} WHERE NOT eventTime > '2026-11-21'", EVERYTHING, 3),
    (
        "SELECT 1 FROM {A} a JOIN {B} b ON a.eventTime = b.eventTime WHERE b.eventTime < '2026-11-21'",
        &["a1", "a2", "a3", "a4", "a5", "b1"],
        1,
    ),
    (
        "SELECT eventID FROM {A} WHERE eventTime > '2026-12-01' UNION SELECT eventID FROM {B}",
        &["b1", "b2"],
        2,
    ),
    ("SELECT 1 FROM {C}", &[], 0),
    ("SELECT 1", &[], 1),
];

#[test]
fn bounds_of_event_time_spare_bytes() {
    let db = lake();
    for (statement, scanned, matched) in SCANS {
        let answer = ask(&db, statement).unwrap();
        assert_eq!(
            answer.events_scanned,
            u64::try_from(scanned.len()).unwrap(),
            "{statement}"
        );
        assert_eq!(answer.bytes_scanned, bytes(scanned), "{statement}");
        assert_eq!(answer.events_matched, *matched, "{statement}");
    }
}

#[test]
fn events_are_seen_when_they_have_arrived() {
    let db = lake();
    let query = prepare(&whole("SELECT max(eventID) FROM {A}"), &find).unwrap();
    for (now, wanted) in [(NOW - 1, None), (NOW, Some("a5")), (NOW + 1, Some("a6"))] {
        let answer = db.raw(|sql| Ok(query.run(sql, now).unwrap())).unwrap();
        assert_eq!(answer.rows[0][0].as_deref(), wanted);
    }
}

#[test]
fn the_stores_of_a_statement_are_told() {
    let stores = |statement: &str| prepare(&whole(statement), &find).unwrap().stores().to_vec();
    assert_eq!(stores("SELECT 1 FROM {B} b, {A} a, {B} c"), [B, A]);
    assert_eq!(stores("WITH t AS (SELECT 1 FROM {A}) SELECT 1 FROM {C}"), [A, C]);
    assert_eq!(stores("SELECT 1"), [""; 0]);
}

#[test]
fn long_statements_are_answered() {
    let ors = vec!["eventID = 'a1'"; 400].join(" OR ");
    let ids = vec!["'a1'"; 1500].join(", ");
    let parts = vec!["'x'"; 900].join(" || ");
    let nested = format!("{}SELECT 'a1' AS x{}", "SELECT x FROM (".repeat(20), ")".repeat(20));
    let db = lake();
    for statement in [
        nested,
        format!("SELECT eventID FROM {{A}} WHERE {ors}"),
        format!("SELECT eventID FROM {{A}} WHERE eventID IN ({ids})"),
    ] {
        assert_eq!(shown(&ask(&db, &statement).unwrap()), ["a1"]);
    }
    assert_eq!(
        ask(&db, &format!("SELECT length({parts})")).unwrap().rows[0][0].as_deref(),
        Some("900")
    );
}

#[test]
fn deep_statements_are_refused_and_nothing_breaks() {
    let db = lake();
    for statement in [
        format!("SELECT {}1{}", "(".repeat(4900), ")".repeat(4900)),
        format!("SELECT {}1", "1 + ".repeat(900)),
        format!("SELECT {}1", "1+".repeat(4900)),
        format!("SELECT {} true", "NOT ".repeat(900)),
        format!("SELECT {}1", "- ".repeat(900)),
        format!("SELECT {}1{}", "abs(".repeat(900), ")".repeat(900)),
        format!("SELECT {}1{}", "CASE WHEN true THEN ".repeat(300), " END".repeat(300)),
        format!("{}SELECT 1{}", "SELECT * FROM (".repeat(300), ")".repeat(300)),
        format!("{}SELECT 1", "SELECT 1 UNION ".repeat(300)),
        format!("SELECT eventData{} FROM {{A}}", ".x".repeat(2000)),
        format!("SELECT json_parse('{}')", "[".repeat(4000)),
    ] {
        assert!(
            ask(&db, &statement).is_err(),
            "{}",
            statement.get(..40).unwrap_or_default()
        );
    }
    let just = format!("SELECT {}1{}", "(".repeat(20), ")".repeat(20));
    assert_eq!(shown(&ask(&db, &just).unwrap()), ["1"]);
}

#[test]
fn a_state_from_before_queries_can_be_queried() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state");
    {
        let old = Connection::open(&path).unwrap();
        old.execute_batch(include_str!("../../store/schema.sql")).unwrap();
        old.pragma_update(None, "user_version", 1).unwrap();
        let data = of_a()[2].to_string();
        let passed = events::check(&data, None, OWNER).unwrap();
        let arrival = Arrival {
            region: "us-east-1",
            account: OWNER,
            channel_arn: CHANNEL,
            now_ms: NOW,
        };
        let record = events::record(&data, &passed, "a3", arrival).unwrap();
        old.execute(
            "INSERT INTO events (store, event_id, entry_id, uid, event_time, visible_at, channel_arn, record, event_data)
             VALUES (?1, 'a3', 'e', 'u', ?2, 0, ?3, ?4, ?5)",
            (A, passed.time, CHANNEL, record, data),
        )
        .unwrap();
    }
    let db = Db::open(Some(&path), Clock::Fixed(NOW)).unwrap();
    let answer = ask(
        &db,
        "SELECT eventData.eventSource, eventData.eventName, eventData.userIdentity.principalId, eventData.errorCode,
             eventData.sourceIPAddress FROM {A} WHERE eventTime = '2026-11-21'",
    )
    .unwrap();
    assert_eq!(
        shown(&answer),
        ["github.audit.streaming|git.clone|bob|AccessDenied|NULL"]
    );
    assert_eq!(answer.bytes_scanned, bytes(&["a3"]));
}
