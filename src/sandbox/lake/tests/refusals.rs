//! What is not known is named.

use super::{all_fail, all_give};

/// Statements, and the word that names what is unknown.
const UNKNOWN: &[(&str, &str)] = &[
    ("", "Only SELECT"),
    (";", "Only SELECT"),
    ("SELEKT 1", "not understood"),
    ("SELECT", "not understood"),
    ("SELECT 1 FROM", "not understood"),
    ("DELETE FROM {A}", "Only SELECT"),
    ("INSERT INTO {A} VALUES (1)", "Only SELECT"),
    ("DROP TABLE {A}", "Only SELECT"),
    ("EXPLAIN SELECT 1", "Only SELECT"),
    ("SELECT 1; SELECT 2", "Only one statement"),
    ("SELECT 1; DROP TABLE {A}", "Only one statement"),
    ("VALUES (1)", "VALUES"),
    ("WITH RECURSIVE t AS (SELECT 1) SELECT * FROM t", "RECURSIVE"),
    ("SELECT soundex(eventID) FROM {A}", "soundex"),
    ("SELECT json_object('a')", "json_object"),
    ("SELECT random()", "random"),
    ("SELECT row_number() OVER (ORDER BY eventID) FROM {A}", "OVER"),
    ("SELECT min_by(eventID, eventTime) FROM {A}", "min_by"),
    (
        "SELECT eventID FROM {A} WHERE count(*) > 1",
        "count is an aggregate, which WHERE cannot contain",
    ),
    ("SELECT sum(count(*)) FROM {A}", "an aggregate cannot contain"),
    (
        "SELECT eventID FROM {A} GROUP BY max(eventID)",
        "max is an aggregate, which GROUP BY",
    ),
    (
        "SELECT 1 FROM {A} a JOIN {B} b ON count(*) > 1",
        "a JOIN condition cannot contain",
    ),
    (
        "SELECT count(DISTINCT eventID, eventTime) FROM {A}",
        "for function count",
    ),
    ("SELECT count() FROM {A}", "for function count"),
    ("SELECT lower(DISTINCT eventID) FROM {A}", "DISTINCT"),
    ("SELECT lower(*) FROM {A}", "lower(*)"),
    ("SELECT (SELECT max(a.eventID) FROM {B}) FROM {A} a", "around this one"),
    ("SELECT DISTINCT ON (eventID) eventID FROM {A}", "DISTINCT ON"),
    ("SELECT eventID FROM {A} NATURAL JOIN {B}", "NATURAL"),
    ("SELECT 1 FROM {A} a JOIN {B} b USING (eventID)", "USING"),
    ("SELECT 1 FROM {A} a JOIN {B} b", "ON"),
    (
        "SELECT eventID FROM {A} CROSS JOIN UNNEST(split('a', ',')) AS t (x)",
        "UNNEST",
    ),
    ("SELECT 1 FROM {A}, {A}", "two tables"),
    ("SELECT eventID FROM {A} FETCH FIRST 1 ROWS ONLY", "FETCH"),
    ("SELECT eventID FROM {A} LIMIT 1 + 1", "LIMIT"),
    ("SELECT eventID FROM {A} LIMIT -1", "LIMIT"),
    (
        "SELECT eventID FROM {A} EXCEPT ALL SELECT eventID FROM {B}",
        "EXCEPT ALL",
    ),
    ("SELECT eventID FROM {A} GROUP BY ROLLUP (eventID)", "rollup"),
    ("SELECT eventID ILIKE 'A' FROM {A}", "ILIKE"),
    ("SELECT eventID SIMILAR TO 'a' FROM {A}", "SIMILAR"),
    ("SELECT 1 & 2", "&"),
    ("SELECT x -> x + 1", "->"),
    ("SELECT CAST(1 AS decimal(10, 2))", "DECIMAL"),
    ("SELECT CAST('a' AS char(3))", "CHAR"),
    ("SELECT CAST(1 AS smallint)", "SMALLINT"),
    ("SELECT '1'::bigint", "'1'::BIGINT"),
    ("SELECT X'00'", "X'00'"),
    ("SELECT time '10:00:00'", "10:00:00"),
    ("SELECT interval '1 day'", "interval"),
    ("SELECT interval '1' century", "CENTURY"),
    ("SELECT now() AT TIME ZONE 'Europe/Helsinki'", "AT TIME ZONE"),
    ("SELECT extract(epoch FROM now())", "EPOCH"),
    ("SELECT current_user", "current_user"),
    ("SELECT try((SELECT 1))", "try"),
    ("SELECT trim(BOTH 'x' FROM 'xax')", "TRIM"),
    ("SELECT eventID = ANY (SELECT eventID FROM {B}) FROM {A}", "ANY"),
    ("SELECT (1, 2)", "(1, 2)"),
    ("SELECT ?", "?"),
    ("SELECT 99999999999999999999", "99999999999999999999"),
    ("SELECT *", "FROM"),
    ("SELECT x.* FROM {A}", "x.*"),
    ("SELECT t.a FROM (SELECT 1) AS t (a, b)", "2 entries"),
    ("SELECT 1 FROM {A} TABLESAMPLE BERNOULLI (10)", "TABLESAMPLE"),
    ("TABLE t", "not understood"),
];

#[test]
fn the_unknown_is_named() {
    all_fail(UNKNOWN);
}

#[test]
fn nothing_is_pasted_into_sqlite() {
    all_give(&[
        ("SELECT 'x''; DROP TABLE events; --'", &["x'; DROP TABLE events; --"]),
        (
            "SELECT eventID AS \"c0\"\" FROM t\" FROM {A} WHERE eventID = 'a1'",
            &["a1"],
        ),
        ("SELECT '?1' || 'x'", &["?1x"]),
        (
            "SELECT eventData.requestParameters['visi' || 'bility'] FROM {A} WHERE eventID = 'a1'",
            &["private"],
        ),
        ("SELECT count(*) FROM {A} -- WHERE 1 = 0", &["5"]),
    ]);
    all_fail(&[
        ("SELECT * FROM \"events\"", "no store events"),
        ("SELECT * FROM sqlite_master", "no store sqlite_master"),
        ("SELECT sqlite_version()", "sqlite_version"),
        ("SELECT load_extension('x')", "load_extension"),
        ("SELECT rowid FROM {A}", "'rowid' cannot be resolved"),
        ("SELECT t1.c0 FROM {A}", "'t1.c0' cannot be resolved"),
    ]);
}
