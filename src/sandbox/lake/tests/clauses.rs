//! Clauses, and the samples that AWS prints (reference 5.5).

use super::{all_fail, all_give};

#[test]
fn the_samples_of_the_reference_run() {
    all_give(&[
        (
            "SELECT eventData.eventTime AS eventTime, eventData.eventName AS eventName,
                 eventData.userIdentity.principalId AS actor,
                 element_at(eventData.requestParameters, 'visibility') AS visibility
             FROM {A}
             WHERE eventData.eventSource = 'github.audit.streaming'
               AND eventTime > '2026-11-20 12:00:00' AND eventTime < '2026-11-30 00:00:00';",
            &[
                "2026-11-20T12:30:00Z|git.push|alice|public",
                "2026-11-21T00:00:00Z|git.clone|bob|NULL",
            ],
        ),
        (
            "SELECT eventData.userIdentity.principalId AS actor, COUNT(*) AS apiCount FROM {A}
             WHERE eventData.eventName = 'git.clone' GROUP BY eventData.userIdentity.principalId HAVING COUNT(*) > 10;",
            &[],
        ),
        (
            "SELECT eventData.eventTime AS eventTime, eventData.eventSource AS eventSource FROM {B}
             UNION SELECT eventTime, eventSource FROM {C} WHERE eventSource = 'sts.amazonaws.com' ORDER BY eventTime",
            &["2026-11-20T12:00:00Z|okta.com", "2026-11-22T10:00:00Z|okta.com"],
        ),
        (
            "SELECT eventID, metadata.ingestionTime, metadata.channelARN FROM {A}
             WHERE eventData.UID = 'u-2026-11-20T12:30:00Z' AND eventTime >= '2026-11-20 00:00:00';",
            &["a2|2026-12-02T00:00:00|arn:aws:cloudtrail:us-east-1:123456789012:channel/c1"],
        ),
    ]);
}

#[test]
fn where_compares_times_with_text() {
    all_give(&[
        (
            "SELECT eventID FROM {A} WHERE eventTime > '2026-11-21' ORDER BY eventTime",
            &["a4", "a5"],
        ),
        (
            "SELECT eventID FROM {A} WHERE '2026-11-21' <= eventTime ORDER BY eventTime",
            &["a3", "a4", "a5"],
        ),
        (
            "SELECT eventID FROM {A} WHERE eventTime = '2026-11-20 12:30:00.000'",
            &["a2"],
        ),
        (
            "SELECT eventID FROM {A} WHERE eventTime > timestamp '2026-11-21 08:00:00' ORDER BY 1",
            &["a4", "a5"],
        ),
        (
            "SELECT eventID FROM {A} WHERE eventTime BETWEEN '2026-11-20 12:30:00' AND '2026-11-21 00:00:00' ORDER BY 1",
            &["a2", "a3"],
        ),
        (
            "SELECT eventID FROM {A} WHERE eventTime IN ('2026-11-20 12:30:00', '2026-12-01')  ORDER BY 1",
            &["a2", "a5"],
        ),
        (
            "SELECT eventID FROM {A} WHERE eventTime > date_add('day', -2, now()) ORDER BY 1",
            &["a5"],
        ),
        (
            "SELECT eventID FROM {A} WHERE eventTime > now() - interval '11' day ORDER BY 1",
            &["a4", "a5"],
        ),
        ("SELECT eventID FROM {A} WHERE eventTime >= date '2026-12-01'", &["a5"]),
        (
            "SELECT eventID FROM {A} WHERE eventTime < '2026-11-20 12:00:00.001'",
            &["a1"],
        ),
        (
            "SELECT eventID FROM {A} WHERE eventTime >= '2026-11-30 23:59:59.001'",
            &["a5"],
        ),
        (
            "SELECT eventID FROM {A} WHERE CAST(eventTime AS date) = '2026-11-20' ORDER BY 1",
            &["a1", "a2"],
        ),
    ]);
}

#[test]
fn conditions_know_three_truths() {
    all_give(&[
        ("SELECT eventID FROM {A} WHERE eventData.errorCode IS NOT NULL", &["a3"]),
        (
            "SELECT eventID FROM {A} WHERE eventData.errorCode <> 'x' OR eventID = 'a1' ORDER BY 1",
            &["a1", "a3"],
        ),
        (
            "SELECT eventID FROM {A} WHERE NOT (eventData.errorCode = 'x') ORDER BY 1",
            &["a3"],
        ),
        (
            "SELECT eventID FROM {A} WHERE eventData.errorCode IS DISTINCT FROM 'AccessDenied' ORDER BY 1",
            &["a1", "a2", "a4", "a5"],
        ),
        (
            "SELECT eventID FROM {A} WHERE eventData.errorCode IS NOT DISTINCT FROM NULL ORDER BY 1",
            &["a1", "a2", "a4", "a5"],
        ),
        (
            "SELECT eventID FROM {A} WHERE eventData.sourceIPAddress NOT IN ('10.0.0.1') ORDER BY 1",
            &["a2"],
        ),
        ("SELECT eventID FROM {A} WHERE eventID NOT IN ('a1', NULL)", &[]),
        (
            "SELECT eventID FROM {A} WHERE eventID NOT BETWEEN 'a2' AND 'a5'",
            &["a1"],
        ),
        (
            "SELECT eventID FROM {A} WHERE eventID != 'a1' AND eventID < 'a3'",
            &["a2"],
        ),
        (
            "SELECT eventID FROM {A} WHERE addendum IS NULL AND addendum.reason IS NULL AND eventID = 'a1'",
            &["a1"],
        ),
        (
            "SELECT eventID FROM {A} WHERE eventData.userIdentity.details IS NOT NULL",
            &["a4"],
        ),
        (
            "SELECT eventID FROM {A} WHERE true AND NOT false AND eventID = 'a1'",
            &["a1"],
        ),
        (
            "SELECT eventID FROM {A} WHERE (eventData.errorCode = 'AccessDenied') IS TRUE",
            &["a3"],
        ),
        (
            "SELECT count(*) FROM {A} WHERE (eventData.errorCode = 'AccessDenied') IS NOT TRUE",
            &["4"],
        ),
    ]);
}

#[test]
fn rows_are_grouped() {
    all_give(&[
        (
            "SELECT eventData.eventName, count(*) AS n FROM {A} GROUP BY 1 ORDER BY n DESC, eventName",
            &["git.clone|3", "Login|1", "git.push|1"],
        ),
        (
            "SELECT lower(eventData.userIdentity.principalId) AS who, count(*) FROM {A}
             GROUP BY lower(eventData.userIdentity.principalId) ORDER BY who",
            &["alice|2", "bob|2", "carol|1"],
        ),
        (
            "SELECT eventData.eventName FROM {A} GROUP BY eventData.eventName HAVING count(*) > 1",
            &["git.clone"],
        ),
        (
            "SELECT count(*), count(eventData.errorCode), count_if(eventData.eventName = 'git.clone'),
                 count(DISTINCT eventData.sourceIPAddress), approx_distinct(eventData.eventSource),
                 count(*) FILTER (WHERE eventData.sourceIPAddress = '10.0.0.1'), min(eventTime), max(eventID)
             FROM {A}",
            &["5|1|3|2|2|2|2026-11-20 12:00:00.000|a5"],
        ),
        (
            "SELECT sum(length(eventData.eventName)), avg(length(eventData.eventName)), sum(1.5e0), arbitrary(awsRegion),
                 bool_or(eventID = 'a1'), bool_and(eventID = 'a1'), every(eventID LIKE 'a%'), any_value(awsRegion)
             FROM {A}",
            // 9 + 8 + 9 + 5 + 9
            &["40|8.0|7.5|us-east-1|true|false|true|us-east-1"],
        ),
        ("SELECT count(*), sum(1), max(eventID), array_agg(eventID) FROM {A} WHERE 1 = 0", &["0|NULL|NULL|NULL"]),
        ("SELECT count(*) FROM {A} WHERE 1 = 0 GROUP BY eventID", &[]),
        ("SELECT count(*) FROM {A} WHERE 1 = 0 HAVING count(*) = 0", &["0"]),
        ("SELECT 'x' AS k, count(*) FROM {A} GROUP BY 1", &["x|5"]),
        ("SELECT 7, count(*) FROM {A} WHERE 1 = 0 GROUP BY 1", &[]),
        (
            "SELECT date_trunc('day', eventTime) AS day, count(*) FROM {A} GROUP BY date_trunc('day', eventTime) ORDER BY day",
            &["2026-11-20 00:00:00.000|2", "2026-11-21 00:00:00.000|2", "2026-12-01 00:00:00.000|1"],
        ),
        (
            "SELECT eventData.userIdentity.type, max(eventTime) - min(eventTime) FROM {A} GROUP BY 1 ORDER BY 1",
            &["Admin|0 00:00:00.000", "User|10 12:00:00.000"],
        ),
        (
            "SELECT eventData.userIdentity, count(*) FROM {A} GROUP BY eventData.userIdentity ORDER BY count(*) DESC LIMIT 1",
            &["{type=User, principalid=alice, details=null}|2"],
        ),
        (
            "SELECT array_agg(eventID) FROM {A} WHERE eventID IN ('a1') GROUP BY eventData.eventName",
            &["[a1]"],
        ),
    ]);
}

#[test]
fn rows_are_ordered() {
    all_give(&[
        // Nulls come last both ways.
        (
            "SELECT eventID FROM {A} ORDER BY eventData.sourceIPAddress, eventID",
            &["a1", "a4", "a2", "a3", "a5"],
        ),
        (
            "SELECT eventID FROM {A} ORDER BY eventData.sourceIPAddress DESC, eventID DESC",
            &["a2", "a4", "a1", "a5", "a3"],
        ),
        (
            "SELECT eventID FROM {A} ORDER BY eventData.errorCode NULLS FIRST, eventID LIMIT 2",
            &["a1", "a2"],
        ),
        (
            "SELECT eventID FROM {A} ORDER BY eventData.errorCode ASC NULLS LAST, 1 LIMIT 1",
            &["a3"],
        ),
        (
            "SELECT eventID FROM {A} ORDER BY eventID OFFSET 1 LIMIT 2",
            &["a2", "a3"],
        ),
        (
            "SELECT eventID FROM {A} ORDER BY eventID LIMIT 2 OFFSET 3",
            &["a4", "a5"],
        ),
        ("SELECT eventID FROM {A} ORDER BY eventID OFFSET 4 ROWS", &["a5"]),
        (
            "SELECT eventID FROM {A} ORDER BY 1 DESC LIMIT ALL",
            &["a5", "a4", "a3", "a2", "a1"],
        ),
        ("SELECT eventID FROM {A} LIMIT 0", &[]),
        // An alias goes before the column of its name.
        (
            "SELECT reverse(eventID) AS eventID FROM {A} ORDER BY eventID DESC LIMIT 1",
            &["5a"],
        ),
        // Capitals come before small letters.
        (
            "SELECT DISTINCT eventData.userIdentity.principalId AS who FROM {A} ORDER BY who",
            &["Bob", "alice", "bob", "carol"],
        ),
        (
            "SELECT eventData.eventName AS n FROM {A} GROUP BY eventData.eventName ORDER BY count(*) DESC, n LIMIT 2",
            &["git.clone", "Login"],
        ),
    ]);
}

#[test]
fn results_are_combined() {
    all_give(&[
        (
            "SELECT eventData.userIdentity.principalId FROM {A} UNION SELECT eventData.userIdentity.principalId FROM {B} ORDER BY 1",
            &["Bob", "alice", "bob", "carol", "dave"],
        ),
        (
            "SELECT count(*) FROM (SELECT eventID FROM {A} UNION ALL SELECT eventID FROM {B})",
            &["7"],
        ),
        (
            "SELECT eventData.userIdentity.principalId AS p FROM {A} INTERSECT SELECT eventData.userIdentity.principalId FROM {B}",
            &["alice"],
        ),
        (
            "SELECT eventData.userIdentity.principalId AS p FROM {B} EXCEPT SELECT eventData.userIdentity.principalId FROM {A}",
            &["dave"],
        ),
        (
            "WITH t AS (SELECT 1 AS y) SELECT 1 AS x UNION SELECT 2 ORDER BY x = (SELECT y FROM t), x",
            &["2", "1"],
        ),
        // INTERSECT binds more tightly than UNION.
        ("SELECT 1 UNION SELECT 2 INTERSECT SELECT 3", &["1"]),
        ("SELECT 1 AS x UNION ALL SELECT 2.5e0 ORDER BY x DESC", &["2.5", "1.0"]),
        (
            "SELECT NULL AS x UNION SELECT 'a' ORDER BY x NULLS FIRST",
            &["NULL", "a"],
        ),
        (
            "SELECT eventTime AS t FROM {A} WHERE eventID = 'a1' UNION SELECT eventData.eventTime FROM {A} WHERE eventID = 'a1' ORDER BY t",
            &["2026-11-20 12:00:00.000", "2026-11-20T12:00:00Z"],
        ),
        (
            "(SELECT eventID FROM {A} ORDER BY eventID LIMIT 1) UNION ALL (SELECT eventID FROM {B} ORDER BY eventID DESC LIMIT 1) ORDER BY 1",
            &["a1", "b2"],
        ),
        (
            "SELECT DISTINCT eventData.requestParameters FROM {A} WHERE eventID IN ('a3', 'a4')",
            &["NULL"],
        ),
    ]);
}

#[test]
fn stores_are_joined() {
    let who = "a.eventData.userIdentity.principalId = b.eventData.userIdentity.principalId";
    let cases = [
        (format!("SELECT a.eventID, b.eventID FROM {{A}} a JOIN {{B}} b ON {who} ORDER BY 1"), vec!["a1|b1", "a2|b1"]),
        (
            format!("SELECT a.eventID, b.eventID FROM {{A}} a LEFT JOIN {{B}} b ON {who} ORDER BY 1"),
            vec!["a1|b1", "a2|b1", "a3|NULL", "a4|NULL", "a5|NULL"],
        ),
        (
            format!("SELECT a.eventID, b.eventID FROM {{A}} a RIGHT OUTER JOIN {{B}} b ON {who} ORDER BY 2, 1"),
            vec!["a1|b1", "a2|b1", "NULL|b2"],
        ),
        (
            format!("SELECT count(*), count(a.eventID), count(b.eventID) FROM {{A}} a FULL JOIN {{B}} b ON {who}"),
            vec!["6|5|3"],
        ),
        ("SELECT count(*) FROM {A} CROSS JOIN {B}".to_owned(), vec!["10"]),
        ("SELECT count(*) FROM {A} AS x, {B} AS y WHERE x.eventTime = y.eventTime".to_owned(), vec!["1"]),
        // A bound on the outer side of a join must not bring rows back.
        (
            format!("SELECT a.eventID, b.eventID FROM {{A}} a LEFT JOIN {{B}} b ON {who} WHERE b.eventTime > '2026-11-21'"),
            vec![],
        ),
        (
            "SELECT x.eventID, y.eventID FROM {A} x JOIN {A} y ON x.eventData.sourceIPAddress = y.eventData.sourceIPAddress
             AND x.eventID < y.eventID"
                .to_owned(),
            vec!["a1|a4"],
        ),
        // A struct of a row that is not there is null.
        (
            format!("SELECT b.eventData.userIdentity FROM {{A}} a LEFT JOIN {{B}} b ON {who} WHERE a.eventID = 'a5'"),
            vec!["NULL"],
        ),
    ];
    let cases: Vec<(&str, &[&str])> = cases
        .iter()
        .map(|(sql, rows)| (sql.as_str(), rows.as_slice()))
        .collect();
    all_give(&cases);
}

#[test]
fn queries_stand_in_queries() {
    all_give(&[
        ("SELECT n FROM (SELECT count(*) AS n FROM {A}) AS t WHERE n > 4", &["5"]),
        (
            "WITH clones AS (SELECT * FROM {A} WHERE eventData.eventName = 'git.clone'),
                  late AS (SELECT eventID, eventData FROM clones WHERE eventTime > '2026-11-20 23:00:00')
             SELECT eventData.userIdentity.principalId, (SELECT count(*) FROM clones) FROM late ORDER BY 1",
            &["bob|3", "carol|3"],
        ),
        ("WITH t (who, n) AS (SELECT 'x', 1) SELECT who, n + 1 FROM t", &["x|2"]),
        (
            "SELECT eventID FROM {A} WHERE eventTime = (SELECT max(eventTime) FROM {A})",
            &["a5"],
        ),
        (
            "SELECT eventID FROM {A} WHERE eventData.userIdentity.principalId IN (SELECT eventData.userIdentity.principalId FROM {B}) ORDER BY 1",
            &["a1", "a2"],
        ),
        (
            "SELECT eventID FROM {A} WHERE eventData.userIdentity.principalId NOT IN (SELECT eventData.userIdentity.principalId FROM {B}) ORDER BY 1",
            &["a3", "a4", "a5"],
        ),
        (
            "SELECT a.eventID FROM {A} a WHERE EXISTS (SELECT 1 FROM {B} b WHERE b.eventTime = a.eventTime)",
            &["a1"],
        ),
        (
            "SELECT a.eventID FROM {A} a WHERE NOT EXISTS (SELECT 1 FROM {B} WHERE eventData.userIdentity.principalId
             = a.eventData.userIdentity.principalId) ORDER BY 1",
            &["a3", "a4", "a5"],
        ),
        (
            "SELECT a.eventID, (SELECT count(*) FROM {B} b WHERE b.eventTime < a.eventTime) FROM {A} a ORDER BY 1 LIMIT 3",
            &["a1|0", "a2|1", "a3|1"],
        ),
        ("SELECT (SELECT eventID FROM {A} WHERE 1 = 0)", &["NULL"]),
        (
            "SELECT count(*) FROM {A} WHERE eventTime > (SELECT '2026-11-21')",
            &["2"],
        ),
    ]);
    all_fail(&[
        ("SELECT (SELECT eventID FROM {A})", "multiple rows"),
        ("SELECT (SELECT eventID, eventTime FROM {A})", "one column"),
    ]);
}
