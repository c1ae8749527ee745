//! Every function, by values that were worked out by hand.

use super::{all_fail, all_give, values_are};

#[test]
fn text() {
    values_are(&[
        ("lower('ÄbC')", "äbc"),
        ("upper('straße')", "STRAßE"),
        ("length('äöü')", "3"),
        ("length('')", "0"),
        ("substr('abcdef', 2)", "bcdef"),
        ("substr('abcdef', 2, 3)", "bcd"),
        ("substring('abcdef', -2)", "ef"),
        ("substring('abcdef' FROM 2 FOR 2)", "bc"),
        ("substr('abcdef', 0)", ""),
        ("substr('abcdef', -7)", ""),
        ("substr('abcdef', 7)", ""),
        ("substr('abcdef', 2, 0)", ""),
        ("substr('abcdef', 2, -1)", ""),
        ("substr('abcdef', 5, 99)", "ef"),
        ("concat('a', 'b', 'c')", "abc"),
        ("concat('a', NULL)", "NULL"),
        ("'a' || 'b' || 'c'", "abc"),
        ("'a' || NULL", "NULL"),
        ("replace('banana', 'an', 'x')", "bxxa"),
        ("replace('banana', 'an')", "ba"),
        ("split_part('a.b.c', '.', 2)", "b"),
        ("split_part('a.b.c', '.', 4)", "NULL"),
        ("split('a,b,,c', ',')", "[a, b, , c]"),
        ("trim('  a b ')", "a b"),
        ("ltrim('  a ') || '|'", "a |"),
        ("rtrim('  a ') || '|'", "  a|"),
        ("strpos('github', 'hub')", "4"),
        ("strpos('github', 'x')", "0"),
        ("position('hub' IN 'github')", "4"),
        ("starts_with('github', 'git')", "true"),
        ("reverse('abc')", "cba"),
        ("'it''s'", "it's"),
        ("regexp_like('git.clone', '^git\\.')", "true"),
        ("regexp_like('git.clone', 'CLONE')", "false"),
        ("regexp_like('git.clone', '(?i)CLONE')", "true"),
        ("regexp_extract('id=42;', '[0-9]+')", "42"),
        ("regexp_extract('id=42;', '([a-z]+)=([0-9]+)', 2)", "42"),
        ("regexp_extract('id', '[0-9]+')", "NULL"),
        ("regexp_replace('a1b22', '[0-9]+', '#')", "a#b#"),
        ("regexp_replace('a1b22', '[0-9]+')", "ab"),
        ("array_join(split('a,b', ','), '-')", "a-b"),
        ("element_at(split('a,b', ','), -1)", "b"),
        ("element_at(split('a,b', ','), 3)", "NULL"),
        ("split('a,b', ',')[1]", "a"),
        ("contains(split('a,b', ','), 'b')", "true"),
        ("cardinality(split('a,b', ','))", "2"),
        ("ARRAY[1, 2]", "[1, 2]"),
        ("cardinality(ARRAY['a', NULL])", "2"),
        ("json_format(CAST(ARRAY['a', NULL, ''] AS JSON))", "[\"a\",null,\"\"]"),
    ]);
}

#[test]
fn choices() {
    values_are(&[
        ("coalesce(NULL, 'a', 'b')", "a"),
        ("coalesce('a')", "a"),
        ("nullif(1, 1)", "NULL"),
        ("nullif(1, 2)", "1"),
        ("if(1 = 1, 'y', 'n')", "y"),
        ("if(NULL, 'y', 'n')", "n"),
        ("if(false, 'y')", "NULL"),
        ("greatest(1, 3, 2)", "3"),
        ("least('b', 'a')", "a"),
        ("greatest(1, NULL)", "NULL"),
        (
            "greatest(timestamp '2026-11-20 00:00:00', date '2026-11-21')",
            "2026-11-21 00:00:00.000",
        ),
        ("CASE WHEN 1 = 2 THEN 'a' WHEN 1 = 1 THEN 'b' ELSE 'c' END", "b"),
        ("CASE 3 WHEN 1 THEN 'a' WHEN 3 THEN 'b' END", "b"),
        ("CASE NULL WHEN NULL THEN 'a' ELSE 'b' END", "b"),
        ("CASE WHEN false THEN 1 ELSE 2e0 END", "2.0"),
        ("CASE WHEN true THEN 1 ELSE 1 / 0 END", "1"),
        ("try(1 / 0)", "NULL"),
        ("try(6 / 2)", "3"),
        // The whole is null, not only the part that failed.
        ("try(coalesce(1 / 0, 5))", "NULL"),
        ("coalesce(try(1 / 0), 5)", "5"),
        ("try(coalesce(try(1 / 0), 5))", "5"),
        ("try(CAST('x' AS bigint))", "NULL"),
        ("TRY_CAST('x' AS bigint)", "NULL"),
        ("TRY_CAST('7' AS bigint)", "7"),
        ("TRY_CAST('3000000000' AS integer)", "NULL"),
        ("TRY_CAST('soon' AS timestamp)", "NULL"),
    ]);
    all_fail(&[("SELECT TRY_CAST(1 / 0 AS varchar)", "Division by zero")]);
}

/// `AT` is 2026-11-20 12:34:56.789, a Friday.
const TIMES: &[(&str, &str)] = &[
    ("now()", "2026-12-02 00:00:00.000 UTC"),
    ("current_timestamp", "2026-12-02 00:00:00.000 UTC"),
    ("current_date", "2026-12-02"),
    ("AT", "2026-11-20 12:34:56.789"),
    ("date_add('day', 11, AT)", "2026-12-01 12:34:56.789"),
    (
        "date_add('month', 3, timestamp '2026-11-30 00:00:00')",
        "2027-02-28 00:00:00.000",
    ),
    ("date_add('hour', -13, AT)", "2026-11-19 23:34:56.789"),
    ("date_add('week', 1, date '2026-11-20')", "2026-11-27"),
    ("date_diff('hour', timestamp '2026-11-20 00:00:00', AT)", "12"),
    ("date_diff('day', AT, timestamp '2026-11-19 00:00:00')", "-1"),
    ("date_diff('month', date '2026-01-31', date '2026-02-28')", "1"),
    ("date_diff('month', date '2026-01-15', date '2026-03-14')", "1"),
    ("date_diff('year', date '2026-11-20', date '2025-11-21')", "0"),
    ("date_trunc('second', AT)", "2026-11-20 12:34:56.000"),
    ("date_trunc('hour', AT)", "2026-11-20 12:00:00.000"),
    ("date_trunc('week', AT)", "2026-11-16 00:00:00.000"),
    ("date_trunc('month', AT)", "2026-11-01 00:00:00.000"),
    ("date_trunc('quarter', AT)", "2026-10-01 00:00:00.000"),
    ("date_trunc('year', date '2026-11-20')", "2026-01-01"),
    ("date_format(AT, '%Y-%m-%d %H:%i:%s')", "2026-11-20 12:34:56"),
    (
        "date_format(AT, '%a %W %b %M %c %e %j %I %l %p %y %T %f %%')",
        "Fri Friday Nov November 11 20 324 12 12 PM 26 12:34:56 789000 %",
    ),
    ("date_format(AT, '%x-%v %k %r')", "2026-47 12 12:34:56 PM"),
    (
        "date_parse('20/11/2026 07:05 PM', '%d/%m/%Y %h:%i %p')",
        "2026-11-20 19:05:00.000",
    ),
    ("date_parse('Nov 5 26', '%b %e %y')", "2026-11-05 00:00:00.000"),
    (
        "date_parse('2026-11-20T12:34:56.5', '%Y-%m-%dT%T.%f')",
        "2026-11-20 12:34:56.500",
    ),
    (
        "from_iso8601_timestamp('2026-11-20T12:34:56Z')",
        "2026-11-20 12:34:56.000 UTC",
    ),
    ("from_iso8601_timestamp('2026-11-20')", "2026-11-20 00:00:00.000 UTC"),
    ("to_iso8601(AT)", "2026-11-20T12:34:56.789"),
    ("to_iso8601(now())", "2026-12-02T00:00:00.000Z"),
    ("to_iso8601(date '2026-11-20')", "2026-11-20"),
    // 1 795 176 000 is 2026-11-20T12:00:00Z.
    ("from_unixtime(1795176000)", "2026-11-20 12:00:00.000 UTC"),
    ("from_unixtime(1795176000.25e0)", "2026-11-20 12:00:00.250 UTC"),
    ("to_unixtime(timestamp '2026-11-20 12:00:00')", "1.795176E9"),
    ("AT + interval '1' day", "2026-11-21 12:34:56.789"),
    ("AT - interval '13' hour", "2026-11-19 23:34:56.789"),
    ("AT - interval '1' month", "2026-10-20 12:34:56.789"),
    ("interval '2' minute + AT", "2026-11-20 12:36:56.789"),
    ("date '2026-11-20' + interval '1' week", "2026-11-27"),
    ("interval '36' hour", "1 12:00:00.000"),
    ("interval '14' month", "1-2"),
    ("AT - timestamp '2026-11-19 00:00:00'", "1 12:34:56.789"),
    ("year(AT) * 10000 + month(AT) * 100 + day(AT)", "20261120"),
    ("hour(AT) * 10000 + minute(AT) * 100 + second(AT)", "123456"),
    ("extract(year FROM AT) + quarter(AT) + millisecond(AT)", "2819"),
    ("day_of_week(AT) * 1000 + day_of_year(AT)", "5324"),
    ("week(AT) + year_of_week(AT)", "2073"),
    ("date(AT)", "2026-11-20"),
    ("date('2026-11-20')", "2026-11-20"),
    ("CAST('2026-11-20 7:05' AS timestamp)", "2026-11-20 07:05:00.000"),
    ("CAST(AT AS varchar)", "2026-11-20 12:34:56.789"),
    ("CAST(AT AS date)", "2026-11-20"),
    ("CAST(date '2026-11-20' AS timestamp)", "2026-11-20 00:00:00.000"),
    ("CAST(now() AS varchar)", "2026-12-02 00:00:00.000 UTC"),
    ("CAST(now() AS timestamp)", "2026-12-02 00:00:00.000"),
    ("timestamp '1969-12-31 23:59:59.999'", "1969-12-31 23:59:59.999"),
    (
        "date_trunc('day', timestamp '1969-12-31 23:59:59.999')",
        "1969-12-31 00:00:00.000",
    ),
];

#[test]
fn times() {
    let at = "timestamp '2026-11-20 12:34:56.789'";
    let cases: Vec<(String, &str)> = TIMES
        .iter()
        .map(|(expr, value)| (expr.replace("AT", at), *value))
        .collect();
    let cases: Vec<(&str, &str)> = cases.iter().map(|(expr, value)| (expr.as_str(), *value)).collect();
    values_are(&cases);
}

#[test]
fn json() {
    let doc = r#"'{"a": {"b": [10, "x", null]}, "k.l": true, "big": 12345678901234567890123, "e": 1.50}'"#;
    let cases = [
        ("json_extract_scalar(DOC, '$.a.b[0]')", "10"),
        ("json_extract_scalar(DOC, '$.a.b[1]')", "x"),
        ("json_extract_scalar(DOC, '$.a.b[2]')", "NULL"),
        ("json_extract_scalar(DOC, '$.a.b[3]')", "NULL"),
        ("json_extract_scalar(DOC, '$.a')", "NULL"),
        ("json_extract_scalar(DOC, '$[\"k.l\"]')", "true"),
        ("json_extract_scalar(DOC, '$.big')", "12345678901234567890123"),
        ("json_extract_scalar('no json', '$.a')", "NULL"),
        ("json_extract(DOC, '$.a')", "{\"b\":[10,\"x\",null]}"),
        ("json_extract(DOC, '$.a.b[1]')", "\"x\""),
        ("json_extract(DOC, '$.z')", "NULL"),
        ("json_parse('{\"b\": 1, \"a\": [ ]}')", "{\"a\":[],\"b\":1}"),
        ("json_format(json_parse('[1, 2]'))", "[1,2]"),
        ("json_array_length('[1, [2, 3]]')", "2"),
        ("json_array_length('{}')", "NULL"),
        ("CAST('a\"b' AS json)", "\"a\\\"b\""),
        ("CAST(1 AS json)", "1"),
        ("CAST(true AS json)", "true"),
        ("CAST(json_parse('\"x\"') AS varchar)", "x"),
        ("CAST(json_parse('null') AS varchar)", "NULL"),
        ("json_extract_scalar(json_parse(DOC), '$.e')", "1.50"),
        ("json_format(CAST(split('a,b', ',') AS json))", "[\"a\",\"b\"]"),
    ];
    let cases: Vec<(String, &str)> = cases
        .iter()
        .map(|(expr, value)| (expr.replace("DOC", doc), *value))
        .collect();
    let cases: Vec<(&str, &str)> = cases.iter().map(|(expr, value)| (expr.as_str(), *value)).collect();
    values_are(&cases);
    all_give(&[
        (
            "SELECT json_format(CAST(eventData.requestParameters AS json)) FROM {A} WHERE eventID IN ('a1', 'a5') ORDER BY eventID",
            &[
                r#"{"count":"3","deep":"{\"b\":[1,2.5],\"a\":null}","none":null,"visibility":"private"}"#,
                "{}",
            ],
        ),
        (
            "SELECT json_extract_scalar(element_at(eventData.additionalEventData, 'doc'), '$.x.y[1]'),
                 json_extract(eventData.requestParameters['deep'], '$.b') FROM {A} WHERE eventID = 'a1'",
            &["z|[1,2.5]"],
        ),
    ]);
}

#[test]
fn numbers() {
    values_are(&[
        ("7 / 2", "3"),
        ("-7 / 2", "-3"),
        ("-7 % 3", "-1"),
        ("mod(7, 3)", "1"),
        ("7 / 2e0", "3.5"),
        ("7e0 / 0", "Infinity"),
        ("1 + 2 * 3", "7"),
        ("- (3)", "-3"),
        ("9223372036854775807", "9223372036854775807"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("0.5e0 + 0.25e0", "0.75"),
        ("1e7", "1.0E7"),
        ("abs(-3)", "3"),
        ("abs(-2.5e0)", "2.5"),
        ("round(2.5e0)", "3.0"),
        ("round(-2.5e0)", "-3.0"),
        ("round(3.14159e0, 2)", "3.14"),
        ("floor(-1.5e0)", "-2.0"),
        ("ceil(1.2e0)", "2.0"),
        ("power(2, 10)", "1024.0"),
        ("sqrt(9)", "3.0"),
        ("CAST('12' AS bigint) + 1", "13"),
        ("CAST(' 1.5 ' AS double)", "1.5"),
        ("CAST(2.5e0 AS bigint)", "3"),
        ("CAST(1 AS double)", "1.0"),
        ("CAST(1.5 AS double)", "1.5"),
        ("CAST(42 AS varchar) || '!'", "42!"),
        ("CAST(1e10 AS varchar)", "1.0E10"),
        ("CAST('TRUE' AS boolean)", "true"),
        ("CAST(0 AS boolean)", "false"),
        ("CAST(true AS bigint)", "1"),
        ("CAST(false AS varchar)", "false"),
        ("CAST('abcdef' AS varchar(3))", "abc"),
        ("CAST(NULL AS bigint)", "NULL"),
        ("1 < 1.5", "true"),
        ("2 = 2e0", "true"),
    ]);
}

#[test]
fn failures() {
    all_fail(&[
        ("SELECT 1 / 0", "Division by zero"),
        ("SELECT 1 % 0", "Division by zero"),
        ("SELECT 9223372036854775807 + 1", "overflow"),
        ("SELECT -9223372036854775808 - 1", "overflow"),
        ("SELECT 4611686018427387904 * 2", "overflow"),
        ("SELECT sum(9223372036854775807) FROM {A}", "overflow"),
        ("SELECT CAST('x' AS bigint)", "Cannot cast 'x' to BIGINT"),
        ("SELECT CAST('1.5' AS bigint)", "Cannot cast '1.5' to BIGINT"),
        ("SELECT CAST('' AS double)", "Cannot cast '' to DOUBLE"),
        ("SELECT CAST('yes' AS boolean)", "BOOLEAN"),
        ("SELECT CAST(3000000000 AS integer)", "Out of range"),
        ("SELECT 0e0 / 0", "NaN"),
        ("SELECT date_parse('x', '%Y')", "Invalid format"),
        ("SELECT date_parse('2026-11-20 1', '%Y-%m-%d')", "malformed"),
        ("SELECT date_parse('2026-13-01', '%Y-%m-%d')", "Invalid format"),
        ("SELECT date_format(now(), '%D')", "%D not supported"),
        ("SELECT date_add('fortnight', 1, now())", "'fortnight' is not a valid"),
        (
            "SELECT date_trunc('hour', date '2026-11-20')",
            "'hour' is not a valid DATE field",
        ),
        ("SELECT from_iso8601_timestamp('soon')", "Invalid format"),
        ("SELECT from_iso8601_timestamp('2026-11-20T12:00:00+02:00')", "UTC"),
        ("SELECT json_parse('{')", "Cannot convert value to JSON"),
        ("SELECT json_extract('{}', 'a')", "Invalid JSON path"),
        ("SELECT CAST(json_parse('{}') AS varchar)", "json_format"),
        ("SELECT regexp_like('a', '(')", "regular expression"),
        ("SELECT regexp_extract('a', 'a', 1)", "0 groups"),
        ("SELECT split_part('a', ',', 0)", "greater than zero"),
        ("SELECT 'a' LIKE 'b!' ESCAPE '!'", "Escape character"),
        ("SELECT 'a' LIKE 'b' ESCAPE '!!'", "single character"),
        ("SELECT element_at(split('a', ','), 0)", "start at 1"),
        ("SELECT split('a', ',')[2]", "array length: 2 > 1"),
        (
            "SELECT count(*) FROM {A} WHERE eventData.eventTime < eventTime",
            "cannot be cast to timestamp",
        ),
    ]);
}
