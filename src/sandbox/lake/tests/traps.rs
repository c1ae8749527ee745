//! Where SQLite by itself would answer otherwise than Trino.

use super::{all_fail, all_give, values_are};

#[test]
fn values_are_trinos() {
    values_are(&[
        ("'git.clone' LIKE 'GIT%'", "false"),
        ("'git.clone' LIKE 'git%'", "true"),
        ("'a%c' LIKE 'a!%c' ESCAPE '!'", "true"),
        ("'abc' LIKE 'a!%c' ESCAPE '!'", "false"),
        ("'abc' NOT LIKE '_b_'", "false"),
        ("NULL LIKE 'a'", "NULL"),
        ("'a' = 'A'", "false"),
        ("'a ' = 'a'", "false"),
        ("'10' < '9'", "true"),
        ("10 < 9", "false"),
        ("5 / 2 * 2", "4"),
        ("1 = 1", "true"),
        ("NOT NULL", "NULL"),
        ("NULL AND false", "false"),
        ("NULL OR false", "NULL"),
        ("1 IN (2, NULL)", "NULL"),
        ("1 NOT IN (2, 3)", "true"),
        ("1 IN (1e0)", "true"),
        ("NULL IS NOT DISTINCT FROM NULL", "true"),
        ("length('ä' || 'b')", "2"),
        ("coalesce(TRY_CAST(CAST('1' AS bigint) AS bigint), 0)", "1"),
    ]);
    all_fail(&[("SELECT TRY_CAST(CAST('x' AS bigint) AS bigint)", "Cannot cast 'x'")]);
}

#[test]
fn columns_of_a_group_are_keys_or_aggregates() {
    let must = "must be an aggregate expression or appear in GROUP BY";
    all_fail(&[
        ("SELECT eventID, count(*) FROM {A}", must),
        ("SELECT eventID, eventTime FROM {A} GROUP BY eventID", must),
        ("SELECT lower(eventID) FROM {A} GROUP BY upper(eventID)", must),
        ("SELECT count(*) FROM {A} GROUP BY eventID ORDER BY eventTime", must),
        (
            "SELECT count(*) FROM {A} GROUP BY eventID HAVING eventTime > '2026-11-20'",
            must,
        ),
        ("SELECT eventID FROM {A} ORDER BY count(*)", must),
        (
            "SELECT eventData.eventName, count(*) FROM {A} GROUP BY eventData.eventSource",
            "'eventdata'",
        ),
        (
            "SELECT (SELECT count(*) FROM {B} b WHERE b.eventTime = a.eventTime), count(*) FROM {A} a",
            must,
        ),
        ("SELECT * FROM {A} GROUP BY eventID", must),
        ("SELECT eventID FROM {A} HAVING eventID = 'a1'", "HAVING needs"),
        (
            "SELECT DISTINCT eventID FROM {A} ORDER BY eventTime",
            "must appear in select list",
        ),
    ]);
    all_give(&[
        (
            "SELECT lower(eventID) || '!' FROM {A} WHERE eventID < 'a2' GROUP BY lower(eventID)",
            &["a1!"],
        ),
        (
            "SELECT a.eventTime, (SELECT count(*) FROM {B} b WHERE b.eventTime = a.eventTime) FROM {A} a
             GROUP BY a.eventTime ORDER BY 1 LIMIT 1",
            &["2026-11-20 12:00:00.000|1"],
        ),
        ("SELECT count(*) + 1 FROM {A} HAVING count(*) = 5", &["6"]),
    ]);
}

#[test]
fn aliases_are_for_order_by_alone() {
    all_fail(&[
        ("SELECT eventID AS x FROM {A} WHERE x = 'a1'", "'x' cannot be resolved"),
        (
            "SELECT eventID AS x, count(*) FROM {A} GROUP BY x",
            "'x' cannot be resolved",
        ),
        ("SELECT count(*) AS n FROM {A} HAVING n > 1", "'n' cannot be resolved"),
        (
            "SELECT eventID AS x, eventTime AS x FROM {A} ORDER BY x",
            "'x' is ambiguous",
        ),
        ("SELECT eventID FROM {A} ORDER BY 2", "ORDER BY position 2"),
        ("SELECT eventID FROM {A} GROUP BY 0", "GROUP BY position 0"),
        (
            "SELECT count(*) FROM {A} GROUP BY 1",
            "GROUP BY cannot contain aggregates",
        ),
    ]);
}

const MISMATCHES: &[(&str, &str)] = &[
    ("SELECT 1 = '1'", "'=' cannot be applied to bigint, varchar"),
    (
        "SELECT eventID FROM {A} WHERE eventID > 5",
        "'>' cannot be applied to varchar, bigint",
    ),
    (
        "SELECT eventID FROM {A} WHERE eventID IN (1, 2)",
        "'IN' cannot be applied to varchar, bigint",
    ),
    ("SELECT eventID FROM {A} WHERE eventTime = 5", "timestamp, bigint"),
    (
        "SELECT eventID FROM {A} WHERE eventTime > 'soon'",
        "cannot be cast to timestamp: soon",
    ),
    (
        "SELECT eventID FROM {A} WHERE eventTime > '2026-11-20T00:00:00Z'",
        "cannot be cast to timestamp",
    ),
    (
        "SELECT eventID FROM {A} WHERE eventTime > '2026-02-30'",
        "cannot be cast to timestamp",
    ),
    ("SELECT true = 1", "boolean, bigint"),
    ("SELECT eventID FROM {A} WHERE 1", "WHERE must be boolean"),
    ("SELECT eventID FROM {A} WHERE eventID", "WHERE must be boolean"),
    ("SELECT 1 AND true", "AND must be boolean"),
    ("SELECT NOT 1", "NOT must be boolean"),
    ("SELECT 'a' || 1", "'||' cannot be applied to bigint"),
    ("SELECT 'a' + 1", "'+' cannot be applied to varchar, bigint"),
    ("SELECT 1 LIKE 'a'", "LIKE cannot be applied to bigint"),
    ("SELECT lower(1)", "Unexpected parameters (bigint) for function lower"),
    (
        "SELECT lower('a', 'b')",
        "Unexpected parameters (varchar, varchar) for function lower",
    ),
    ("SELECT substr('a')", "SUBSTR('a')"),
    (
        "SELECT sum(eventID) FROM {A}",
        "Unexpected parameters (varchar) for function sum",
    ),
    ("SELECT date_trunc('day', '2026-11-20')", "for function date_trunc"),
    (
        "SELECT date_format(eventData.eventTime, '%Y') FROM {A}",
        "for function date_format",
    ),
    (
        "SELECT CASE WHEN true THEN 1 ELSE 'a' END",
        "All values of CASE must be the same type",
    ),
    ("SELECT coalesce(1, 'a')", "All values of coalesce"),
    ("SELECT if(1, 2, 3)", "for function if"),
    ("SELECT element_at(eventData, 'x') FROM {A}", "for function element_at"),
    (
        "SELECT eventData.requestParameters.visibility FROM {A}",
        "'.visibility' needs a row",
    ),
    ("SELECT eventID['x'] FROM {A}", "[] cannot be applied to varchar"),
    ("SELECT eventID FROM {A} ORDER BY eventData", "not orderable"),
    (
        "SELECT eventID FROM {A} ORDER BY eventData.requestParameters",
        "not orderable",
    ),
    ("SELECT max(eventData.requestParameters) FROM {A}", "for function max"),
    (
        "SELECT eventID FROM {A} WHERE eventData = eventData",
        "compare their fields",
    ),
    (
        "SELECT eventID FROM {A} WHERE eventData.requestParameters = eventData.requestParameters",
        "cannot be applied to map",
    ),
    (
        "SELECT eventID FROM {A} UNION SELECT eventID, eventTime FROM {B}",
        "different number of fields: 1, 2",
    ),
    (
        "SELECT eventID FROM {A} UNION SELECT 1",
        "incompatible types: varchar, bigint",
    ),
    (
        "SELECT CAST(eventTime AS bigint) FROM {A}",
        "Cannot cast timestamp to BIGINT",
    ),
    ("SELECT CAST(eventData AS json) FROM {A}", "Cannot cast row to JSON"),
    ("SELECT 1.5", "decimal"),
    ("SELECT 100.0 * count(*) / 3 FROM {A}", "decimal"),
    ("SELECT round(1.5)", "for function round"),
];

#[test]
fn types_must_go_together() {
    all_fail(MISMATCHES);
}

#[test]
fn outer_joins_keep_their_places() {
    all_give(&[
        // The comma binds less tightly than the join: two rows of b for each of a, though none has a partner.
        (
            "SELECT count(*) FROM {A} a, {C} c RIGHT JOIN {B} b ON c.eventID = b.eventID",
            &["10"],
        ),
        (
            "SELECT count(*), count(c.eventID) FROM {A} a LEFT JOIN {C} c ON true JOIN {B} b ON a.eventTime = b.eventTime",
            &["1|0"],
        ),
    ]);
}
