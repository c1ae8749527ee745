use super::*;

const A: &str = "6f0c2a1e-1111-4222-8333-444455556666";
const B: &str = "7f0c2a1e-1111-4222-8333-444455556666";

fn window() -> Window {
    Window {
        from: "2026-11-19T12:00:00Z".parse().unwrap(),
        to: None,
    }
}

/// `A` and `B` stand for stores in what is asked and in what is wanted, `T` for the time.
fn full(text: &str) -> String {
    text.replace("<A>", A)
        .replace("<B>", B)
        .replace("<T>", "timestamp '2026-11-19 12:00:00'")
}

fn bounded(sql: &str) -> Result<Bounded, Refusal> {
    bound(&full(sql), &window(), false)
}

/// A statement, and what it is with bounds.
const PLACES: &[(&str, &str)] = &[
    (
        "SELECT eventID FROM <A>",
        "SELECT eventID FROM <A> WHERE eventTime >= <T>",
    ),
    ("select * from <A>;", "select * from <A> WHERE eventTime >= <T>;"),
    (
        "SELECT a FROM <A> WHERE x = 1 OR y = 2 ORDER BY a LIMIT 3",
        "SELECT a FROM <A> WHERE eventTime >= <T> AND ( x = 1 OR y = 2) ORDER BY a LIMIT 3",
    ),
    (
        "SELECT n, count(*)\nFROM <A> -- all of it\nGROUP BY n HAVING count(*) > 1",
        "SELECT n, count(*)\nFROM <A> WHERE eventTime >= <T> -- all of it\nGROUP BY n HAVING count(*) > 1",
    ),
    (
        "SELECT 'é' FROM (SELECT a FROM <A>) t",
        "SELECT 'é' FROM (SELECT a FROM <A> WHERE eventTime >= <T>) t",
    ),
    (
        "SELECT a FROM <A> UNION ALL SELECT b FROM <B> ORDER BY 1",
        "SELECT a FROM <A> WHERE eventTime >= <T> UNION ALL SELECT b FROM <B> WHERE eventTime >= <T> ORDER BY 1",
    ),
    (
        "WITH e AS (SELECT a FROM <A> WHERE b IN ('x')) SELECT a FROM e",
        "WITH e AS (SELECT a FROM <A> WHERE eventTime >= <T> AND ( b IN ('x'))) SELECT a FROM e",
    ),
    (
        "SELECT x.a FROM <A> x JOIN <B> AS y ON x.id = y.id WHERE x.c = 'd'",
        "SELECT x.a FROM <A> x JOIN <B> AS y ON x.id = y.id WHERE x.eventTime >= <T> AND y.eventTime >= <T> AND ( x.c = 'd')",
    ),
    (
        "SELECT x.a FROM <A> x LEFT JOIN <B> y ON x.id = y.id AND left(y.a, 1) = 'b'",
        "SELECT x.a FROM <A> x LEFT JOIN <B> y ON y.eventTime >= <T> AND ( x.id = y.id AND left(y.a, 1) = 'b') WHERE x.eventTime >= <T>",
    ),
    (
        "SELECT a IS DISTINCT FROM b, extract(year FROM eventTime) FROM <A>",
        "SELECT a IS DISTINCT FROM b, extract(year FROM eventTime) FROM <A> WHERE eventTime >= <T>",
    ),
    (
        "SELECT a FROM <A> WHERE b IN (SELECT b FROM <B> WHERE c = 1)",
        "SELECT a FROM <A> WHERE eventTime >= <T> AND ( b IN (SELECT b FROM <B> WHERE eventTime >= <T> AND ( c = 1)))",
    ),
    (
        "SELECT a FROM \"<A>\" WHERE \"where\" = 'FROM x WHERE y'",
        "SELECT a FROM \"<A>\" WHERE eventTime >= <T> AND ( \"where\" = 'FROM x WHERE y')",
    ),
];

#[test]
fn a_bound_is_put_where_it_restricts_the_store() {
    for (sql, wanted) in PLACES {
        assert_eq!(bounded(sql).map(|bounded| bounded.sql), Ok(full(wanted)), "{sql}");
    }
}

#[test]
fn what_has_bounds_is_left_byte_for_byte() {
    for sql in [
        "SELECT a FROM <A> WHERE eventTime > '2026-01-01 00:00:00'",
        "SELECT a FROM <A> x WHERE x.EVENTTIME BETWEEN '2026-01-01' AND '2026-01-02'",
        "SELECT a FROM <A> WHERE b = 1 AND (eventTime >= date_add('day', -1, now()))",
        "SELECT a FROM <A> WHERE (eventTime > '2' AND eventTime < '3') OR (eventTime > '4' AND b = 1)",
        "SELECT a FROM <A> WHERE date(eventTime) = date '2026-01-01'",
        "SELECT a FROM <A> WHERE '2026-01-01' < eventTime ;",
        "SELECT x.a FROM <A> x JOIN <B> y ON x.id = y.id AND y.eventTime > now() WHERE x.eventTime > now()",
        "SELECT 1",
        "SELECT a FROM somewhere",
    ] {
        for asked in [false, true] {
            let bounded = bound(&full(sql), &window(), asked).unwrap();
            assert_eq!((bounded.sql, bounded.added), (full(sql), 0), "{sql}");
            assert_eq!(bounded.own.is_some(), sql.contains("<A>"), "{sql}");
            assert_ne!(bounded.own, Some(Own::Unclear), "{sql}");
        }
    }
}

#[test]
fn a_where_that_speaks_of_the_time_in_any_form_is_the_authors_bound() {
    for sql in [
        "SELECT a FROM <A> WHERE NOT eventTime < '2026-01-01'",
        "SELECT a FROM <A> WHERE cast(eventTime AS varchar) LIKE '2026-11-%'",
        "SELECT a FROM <A> WHERE eventData.eventTime >= '2026-01-01'",
        "SELECT a FROM <A> x WHERE x.eventData.eventTime >= '2026-01-01'",
        "SELECT a FROM <A> WHERE \"eventTime\" IS NOT NULL",
        "SELECT a FROM <A> WHERE eventTime > '2026-01-01' OR b = 1",
        "SELECT a FROM <A> WHERE eventTime <> b",
        "SELECT a FROM <A> WHERE CASE WHEN b = 1 THEN eventTime > '2026-01-01' ELSE false END",
        "SELECT a FROM <A> x, <B> y WHERE x.id = y.id AND x.eventTime = y.eventTime AND x.eventTime > now()",
        "SELECT a FROM <A> a LEFT JOIN <B> b ON a.id = b.id WHERE a.eventTime > now() AND b.eventTime IS NULL",
        "SELECT who FROM <A> WHERE NOT eventTime < '2026-01-01' GROUP BY who HAVING min(eventTime) > '2026-02-01'",
    ] {
        for asked in [false, true] {
            let bounded = bound(&full(sql), &window(), asked).unwrap();
            assert_eq!((bounded.sql, bounded.added), (full(sql), 0), "{sql}");
            assert_eq!(bounded.own, Some(Own::Unclear), "{sql}");
        }
    }
}

/// Statements that speak of the time in one place and read a store in another, with what `--since` makes of them.
const MIXED: &[(&str, &str)] = &[
    (
        "SELECT DISTINCT who FROM <A> WHERE eventTime > now() AND who NOT IN (SELECT who FROM <A> WHERE b = 'login')",
        "SELECT DISTINCT who FROM <A> WHERE eventTime > now() AND who NOT IN (SELECT who FROM <A> WHERE eventTime >= <T> AND ( b = 'login'))",
    ),
    (
        "SELECT who FROM <A> WHERE eventTime > now() EXCEPT SELECT who FROM <B> WHERE b = 1",
        "SELECT who FROM <A> WHERE eventTime > now() EXCEPT SELECT who FROM <B> WHERE eventTime >= <T> AND ( b = 1)",
    ),
    (
        "SELECT x.a FROM <A> x LEFT JOIN <B> y ON x.id = y.id WHERE x.eventTime > now() AND y.id IS NULL",
        "SELECT x.a FROM <A> x LEFT JOIN <B> y ON y.eventTime >= <T> AND ( x.id = y.id) WHERE x.eventTime > now() AND y.id IS NULL",
    ),
    (
        "SELECT a FROM <A> WHERE NOT eventTime < '2026' UNION ALL SELECT a FROM <B>",
        "SELECT a FROM <A> WHERE NOT eventTime < '2026' UNION ALL SELECT a FROM <B> WHERE eventTime >= <T>",
    ),
    (
        "SELECT a FROM <A> WHERE EXISTS (SELECT 1 FROM <B> b WHERE b.eventTime > now())",
        "SELECT a FROM <A> WHERE eventTime >= <T> AND ( EXISTS (SELECT 1 FROM <B> b WHERE b.eventTime > now()))",
    ),
];

#[test]
fn a_default_window_is_not_mixed_with_bounds_of_the_author() {
    for (sql, wanted) in MIXED {
        let refusal = bounded(sql).unwrap_err();
        assert_eq!(refusal.reason, crate::plan::Reason::Usage, "{sql}");
        assert!(
            refusal.message.contains("some") && refusal.message.contains("others"),
            "{sql}: {refusal:?}"
        );
        for way in ["--since", "--unbounded"] {
            assert!(
                refusal.hints.iter().any(|hint| hint.contains(way)),
                "{sql}: {refusal:?}"
            );
        }
        let asked = bound(&full(sql), &window(), true).map(|bounded| bounded.sql);
        assert_eq!(asked, Ok(full(wanted)), "{sql}");
    }
}

#[test]
fn a_condition_on_the_time_further_out_takes_no_default_window() {
    for (sql, wanted) in [
        (
            "SELECT who FROM <A> GROUP BY who HAVING min(eventTime) > '2026-01-01'",
            "SELECT who FROM <A> WHERE eventTime >= <T> GROUP BY who HAVING min(eventTime) > '2026-01-01'",
        ),
        (
            "SELECT count(*) FILTER (WHERE eventTime > '2026-01-01') FROM <A>",
            "SELECT count(*) FILTER (WHERE eventTime > '2026-01-01') FROM <A> WHERE eventTime >= <T>",
        ),
        (
            "SELECT count_if(eventTime > '2026-01-01') FROM <A>",
            "SELECT count_if(eventTime > '2026-01-01') FROM <A> WHERE eventTime >= <T>",
        ),
        (
            "WITH e AS (SELECT eventTime AS t FROM <A>), f AS (SELECT t AS u FROM e) SELECT * FROM f WHERE u > '2026'",
            "WITH e AS (SELECT eventTime AS t FROM <A> WHERE eventTime >= <T>), f AS (SELECT t AS u FROM e) SELECT * FROM f WHERE u > '2026'",
        ),
        (
            "WITH e(n, t) AS (SELECT count(*), max(eventTime) FROM <A>) SELECT t FROM e WHERE t > now()",
            "WITH e(n, t) AS (SELECT count(*), max(eventTime) FROM <A> WHERE eventTime >= <T>) SELECT t FROM e WHERE t > now()",
        ),
        (
            "SELECT t FROM (SELECT eventTime FROM <A>) AS e(t) WHERE t > now()",
            "SELECT t FROM (SELECT eventTime FROM <A> WHERE eventTime >= <T>) AS e(t) WHERE t > now()",
        ),
        (
            "SELECT x.a FROM <A> x JOIN <B> y ON x.eventTime = y.eventTime",
            "SELECT x.a FROM <A> x JOIN <B> y ON x.eventTime = y.eventTime WHERE x.eventTime >= <T> AND y.eventTime >= <T>",
        ),
    ] {
        let refusal = bounded(sql).unwrap_err();
        assert_eq!(refusal.reason, crate::plan::Reason::Usage, "{sql}");
        assert!(
            refusal.hints.iter().any(|hint| hint.contains("--since")),
            "{sql}: {refusal:?}"
        );
        let asked = bound(&full(sql), &window(), true).map(|bounded| bounded.sql);
        assert_eq!(asked, Ok(full(wanted)), "{sql}");
    }
}

#[test]
fn what_cannot_be_read_is_told_without_what_stands_for_a_store() {
    for (sql, word) in [
        ("SELECT a FROM x <A> <B>", "a store"),
        ("SELECT a FROM <A> WHERE", "EOF"),
        ("SELECT a,\nb FROM <A> WHERE c = = 1", "in line 2"),
        ("SELECT a FROM <A> WHERE b = 'x", "string"),
        ("DELETE FROM <A>", "only SELECT"),
        ("SELECT a FROM <A>; SELECT b FROM <B>", "one statement"),
    ] {
        let refusal = bounded(sql).unwrap_err();
        let told = format!("{} {}", refusal.message, refusal.hints.join(" "));
        assert!(told.contains(word), "{told}");
        for not in ["ctl_store", A, "Column", "parser", "eventTime"] {
            assert!(!told.contains(not), "{told}");
        }
    }
}

#[test]
fn where_the_place_is_not_certain_nothing_is_guessed() {
    for sql in [
        "SELECT a FROM <A> JOIN <B> ON c = d",
        "SELECT x.a FROM <A> x FULL JOIN <B> y ON x.id = y.id",
        "SELECT x.a FROM <A> x RIGHT JOIN <B> y ON x.id = y.id",
        "SELECT x.a FROM (<A> x JOIN <B> y ON x.id = y.id)",
        "SELECT a FROM (SELECT * FROM <A>) WHERE eventTime > '2026-01-01'",
        "WITH e AS (SELECT eventTime AS t FROM <A>) SELECT * FROM e WHERE t > '2026-01-01'",
    ] {
        let refusal = bounded(sql).unwrap_err();
        assert_eq!(refusal.reason, crate::plan::Reason::Usage, "{sql}");
        assert!(refusal.hints.iter().any(|hint| hint.contains("--unbounded")), "{sql}");
    }
}

#[test]
fn a_window_that_was_asked_for_goes_inside() {
    let sql = full("SELECT a FROM (SELECT * FROM <A>) WHERE eventTime > '2026-01-01'");
    let window = Window {
        to: Some("2026-11-20T00:00:00Z".parse().unwrap()),
        ..window()
    };
    assert_eq!(
        bound(&sql, &window, true).unwrap().sql,
        full(
            "SELECT a FROM (SELECT * FROM <A> WHERE eventTime >= <T> AND eventTime < timestamp '2026-11-20 00:00:00') \
             WHERE eventTime > '2026-01-01'"
        )
    );
}
