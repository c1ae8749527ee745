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
        "SELECT a FROM <A> WHERE eventTime > '2026-01-01' UNION ALL SELECT b FROM <B> ORDER BY 1",
        "SELECT a FROM <A> WHERE eventTime > '2026-01-01' UNION ALL SELECT b FROM <B> WHERE eventTime >= <T> ORDER BY 1",
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
        "SELECT x.a FROM <A> x, <B> y WHERE x.id = y.id AND x.eventTime = y.eventTime AND x.eventTime > now()",
        "SELECT x.a FROM <A> x, <B> y WHERE y.eventTime >= <T> AND ( x.id = y.id AND x.eventTime = y.eventTime AND x.eventTime > now())",
    ),
    (
        "SELECT a FROM <A> WHERE eventData.eventTime > '2026-01-01'",
        "SELECT a FROM <A> WHERE eventTime >= <T> AND ( eventData.eventTime > '2026-01-01')",
    ),
    (
        "SELECT a FROM <A> WHERE eventTime > '2026-01-01' OR b = 1",
        "SELECT a FROM <A> WHERE eventTime >= <T> AND ( eventTime > '2026-01-01' OR b = 1)",
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
        let sql = full(sql);
        let same = Bounded {
            sql: sql.clone(),
            added: 0,
        };
        assert_eq!(bound(&sql, &window(), false), Ok(same), "{sql}");
    }
}

#[test]
fn where_the_place_is_not_certain_nothing_is_guessed() {
    for sql in [
        "SELECT a FROM <A> WHERE",
        "SELECT a FROM <A>; SELECT b FROM <B>",
        "DELETE FROM <A>",
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
