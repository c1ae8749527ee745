//! Bounds: a query scans, and is billed, as much as its `eventTime` lets it (reference §5.3).
//!
//! Every SELECT that reads a store and says nothing about its `eventTime` gets a bound, at the place where it
//! restricts that store and nothing else. A SELECT whose WHERE speaks of the time in any form is left byte for byte.
//! A default bound is for statements that speak of the time in no condition at all: beside the author's bounds it
//! would change what the statement means. Where the right place is not certain, nothing is guessed.

mod look;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use jiff::Timestamp;
use sqlparser::ast::{Query, TableFactor, Visit as _, Visitor};
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Location, Token};

pub use self::look::Own;
use self::look::{Look, Missing, Place};
use super::literal;
use super::parsed::{Parsed, Placed, parse};
use crate::plan::Refusal;

/// The time that a query looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// From this on.
    pub from: Timestamp,
    /// Before this, if there is an end.
    pub to: Option<Timestamp>,
}

/// A statement and what was put into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounded {
    /// The statement as it is sent.
    pub sql: String,
    /// In how many SELECTs a bound was put.
    pub added: usize,
    /// What the author says of the time of stores, if anything.
    pub own: Option<Own>,
}

/// Clauses that may follow FROM.
const AFTER_FROM: &[Keyword] = &[
    Keyword::WHERE,
    Keyword::GROUP,
    Keyword::HAVING,
    Keyword::ORDER,
    Keyword::LIMIT,
    Keyword::OFFSET,
    Keyword::FETCH,
    Keyword::WINDOW,
    Keyword::QUALIFY,
];
/// What ends a SELECT.
const AFTER_SELECT: &[Keyword] = &[Keyword::UNION, Keyword::EXCEPT, Keyword::INTERSECT];
/// What ends the condition of a join.
const NEXT_JOIN: &[Keyword] = &[
    Keyword::JOIN,
    Keyword::LEFT,
    Keyword::RIGHT,
    Keyword::INNER,
    Keyword::FULL,
    Keyword::CROSS,
    Keyword::NATURAL,
];

impl Window {
    /// The condition on the `eventTime` of a table.
    fn condition(&self, qualifier: Option<&str>) -> String {
        let column = qualifier.map_or_else(|| "eventTime".to_owned(), |table| format!("{table}.eventTime"));
        let from = format!("{column} >= {}", literal::timestamp(self.from));
        match self.to {
            Some(to) => format!("{from} AND {column} < {}", literal::timestamp(to)),
            None => from,
        }
    }
}

/// Puts bounds where there are none. `asked` says that the user named the window, so that a condition on the time
/// elsewhere in the statement is no reason to refuse.
pub fn bound(sql: &str, window: &Window, asked: bool) -> Result<Bounded, Refusal> {
    let parsed = parse(sql).map_err(|error| unread(&error))?;
    let look = look_at(&parsed)?;
    if look.missing.is_empty() {
        return Ok(Bounded {
            sql: sql.to_owned(),
            added: 0,
            own: look.own,
        });
    }
    if look.is_spoken_of() && !asked {
        return Err(spoken_of(look.own));
    }
    let mut inserts = Vec::new();
    let mut selects: BTreeMap<(u64, u64), Vec<&Missing>> = BTreeMap::new();
    for missing in &look.missing {
        let key = (missing.select.line, missing.select.column);
        selects.entry(key).or_default().push(missing);
    }
    for missing in selects.values() {
        inserts.extend(places(&parsed, missing, window)?);
    }
    let bounded = insert(sql, inserts);
    // What was written is read again: whatever was not foreseen ends here.
    let again = parse(&bounded).ok().map(|parsed| look_at(&parsed));
    match again {
        Some(Ok(again)) if again.missing.is_empty() => Ok(Bounded {
            sql: bounded,
            added: selects.len(),
            own: look.own,
        }),
        _ => Err(unplaced("There is no certain place for a bound in the statement")),
    }
}

fn look_at(parsed: &Parsed) -> Result<Look, Refusal> {
    struct Walk(Look);

    impl Visitor for Walk {
        type Break = String;

        fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<String> {
            for cte in query.with.iter().flat_map(|with| &with.cte_tables) {
                self.0.renamed(&cte.alias, &cte.query);
            }
            ControlFlow::Continue(())
        }

        fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<String> {
            if let TableFactor::Derived {
                subquery,
                alias: Some(alias),
                ..
            } = factor
            {
                self.0.renamed(alias, subquery);
            }
            ControlFlow::Continue(())
        }

        fn pre_visit_select(&mut self, select: &sqlparser::ast::Select) -> ControlFlow<String> {
            match self.0.select(select) {
                Ok(()) => ControlFlow::Continue(()),
                Err(why) => ControlFlow::Break(why),
            }
        }
    }

    let mut walk = Walk(Look::default());
    match parsed.query.visit(&mut walk) {
        ControlFlow::Continue(()) => Ok(walk.0),
        ControlFlow::Break(why) => Err(unplaced(&why)),
    }
}

fn unplaced(why: &str) -> Refusal {
    Refusal::usage(format!("{}.", why.trim_end_matches('.')))
        .hinted(
            "Write the bound yourself, eventTime >= '2026-11-20 00:00:00' for instance, in each SELECT over a store.",
        )
        .hinted(UNBOUNDED)
}

/// Why no default goes into a statement that speaks of the time itself.
fn spoken_of(own: Option<Own>) -> Refusal {
    let (message, others) = if own.is_some() {
        (
            "The statement speaks of the eventTime of some stores that it reads and not of others; a default bound on \
             those might change its meaning.",
            "the others, too",
        )
    } else {
        (
            "A condition outside of the WHERE that reads the store is about its time; a default bound inside might \
             hide events.",
            "the WHERE of each SELECT over a store",
        )
    };
    Refusal::usage(message)
        .hinted(format!(
            "Put a bound into {others}: eventTime >= '2026-11-20 00:00:00', for instance."
        ))
        .hinted("--since or --from puts its window into each SELECT that has none.")
        .hinted(UNBOUNDED)
}

const UNBOUNDED: &str = "--unbounded sends the statement as it is; it scans, and costs, what is in the store.";

fn unread(error: &str) -> Refusal {
    Refusal::usage(format!(
        "The statement cannot be read: {}.",
        error.trim_end_matches('.')
    ))
    .hinted("CloudTrail Lake takes one SELECT; --unbounded sends unread what is right in its SQL all the same.")
}

/// The insertions into one SELECT: where, and what.
fn places(parsed: &Parsed, missing: &[&Missing], window: &Window) -> Result<Vec<(usize, String)>, Refusal> {
    let lost = || unplaced("There is no certain place for a bound in the statement");
    let mut inserts = Vec::new();
    let mut where_conditions = Vec::new();
    for one in missing {
        let condition = window.condition(one.qualifier.as_deref());
        match one.place {
            Place::Where => where_conditions.push(condition),
            Place::On(table) => {
                let (after, before) = on_clause(&parsed.tokens, table).ok_or_else(lost)?;
                inserts.push((after, format!(" {condition} AND (")));
                inserts.push((before, ")".to_owned()));
            }
        }
    }
    let Some(select) = missing
        .first()
        .map(|one| one.select)
        .filter(|_| !where_conditions.is_empty())
    else {
        return Ok(inserts);
    };
    let condition = where_conditions.join(" AND ");
    let clauses = Clauses::of(&parsed.tokens, select).ok_or_else(lost)?;
    match clauses.condition {
        Some((after, before)) => {
            inserts.push((after, format!(" {condition} AND (")));
            inserts.push((before, ")".to_owned()));
        }
        None => inserts.push((clauses.from_end, format!(" WHERE {condition}"))),
    }
    Ok(inserts)
}

/// Where the clauses of a SELECT stand, in bytes.
struct Clauses {
    /// Behind the last token of FROM.
    from_end: usize,
    /// Behind WHERE, and behind the last token of its condition.
    condition: Option<(usize, usize)>,
}

impl Clauses {
    fn of(tokens: &[Placed], select: Location) -> Option<Self> {
        let begin = tokens.iter().position(|token| token.start == select)?;
        let depth = tokens.get(begin)?.depth;
        let rest = tokens.get(begin..)?;
        let end = rest.iter().skip(1).position(|token| ends_select(token, depth));
        let own = rest.get(..end.map_or(rest.len(), |end| end + 1))?;
        let at = |from: usize, keywords: &[Keyword]| {
            let further = own
                .get(from..)?
                .iter()
                .enumerate()
                .position(|(at, token)| token.depth == depth && token.is(keywords) && !is_part(own, from + at))?;
            Some(from + further)
        };
        let behind = |index: usize| own.get(index).map(|token| token.end);
        let from = at(0, &[Keyword::FROM])?;
        let next = at(from, AFTER_FROM);
        let condition = match next {
            Some(next) if own.get(next)?.is(&[Keyword::WHERE]) => {
                let over = at(next + 1, AFTER_FROM).unwrap_or(own.len());
                Some((behind(next)?, behind(over.checked_sub(1)?)?))
            }
            Some(_) | None => None,
        };
        Some(Self {
            from_end: behind(next.unwrap_or(own.len()).checked_sub(1)?)?,
            condition,
        })
    }
}

fn ends_select(token: &Placed, depth: usize) -> bool {
    let closes = token.token == Token::RParen && token.depth < depth;
    closes || token.depth == depth && (token.is(AFTER_SELECT) || token.token == Token::SemiColon)
}

/// Whether the word is no clause of its own: a member after a dot, or the FROM of IS DISTINCT FROM.
fn is_part(tokens: &[Placed], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).and_then(|at| tokens.get(at));
    let after_dot = before(1).is_some_and(|token| token.token == Token::Period);
    let distinct = before(1).is_some_and(|token| token.is(&[Keyword::DISTINCT]))
        && before(2).is_some_and(|token| token.is(&[Keyword::IS, Keyword::NOT]));
    after_dot || distinct
}

/// Behind ON, and behind the last token of its condition, of the join whose table stands there.
fn on_clause(tokens: &[Placed], table: Location) -> Option<(usize, usize)> {
    let begin = tokens.iter().position(|token| token.start == table)?;
    let depth = tokens.get(begin)?.depth;
    let here = |token: &Placed| token.depth == depth;
    let rest = tokens.get(begin..)?;
    let on = rest.iter().position(|token| here(token) && token.is(&[Keyword::ON]))?;
    let over = rest.iter().enumerate().skip(on + 1).find(|(at, token)| {
        let called = rest.get(at + 1).is_some_and(|next| next.token == Token::LParen);
        ends_select(token, depth)
            || here(token) && (token.is(AFTER_FROM) || token.token == Token::Comma || token.is(NEXT_JOIN) && !called)
    });
    let last = over.map_or(rest.len(), |(at, _)| at).checked_sub(1)?;
    Some((rest.get(on)?.end, rest.get(last)?.end))
}

fn insert(sql: &str, mut inserts: Vec<(usize, String)>) -> String {
    inserts.sort_by_key(|(at, _)| *at);
    let mut bounded = String::with_capacity(sql.len() + 200);
    let mut begin = 0;
    for (at, text) in inserts {
        bounded.push_str(sql.get(begin..at).unwrap_or_default());
        bounded.push_str(&text);
        begin = at;
    }
    bounded.push_str(sql.get(begin..).unwrap_or_default());
    bounded
}

#[cfg(test)]
mod tests;
