//! From the parsed statement to `SQLite`'s text: queries, what they are made of, and in which order it comes out.

mod aggregate;
mod arithmetic;
mod call;
mod cast;
mod coerce;
mod compare;
mod expr;
mod from;
mod grouping;
mod select;

use std::collections::HashMap;

use sqlparser::ast;

use super::node::Node;
use super::scope::{Column, Relation, Scope};
use super::types::{Meeting, Type, Typed, common, refuse};
use super::{Invalid, Table};

/// How deep expressions and queries may be nested; the parser allows about as much.
const DEEPEST: usize = 60;

/// A query that was lowered.
#[derive(Clone, Debug)]
pub(super) struct Lowered {
    /// `SQLite`'s text; its columns are called c0, c1 and so on.
    pub(super) sql: String,
    /// What it gives.
    pub(super) columns: Vec<Output>,
    /// The columns of queries around it that it names.
    outer: Vec<Node>,
    /// Counts the rows before grouping and `LIMIT`, where that is one query's.
    pub(super) matched: Option<String>,
}

/// One column of a query.
#[derive(Clone, Debug)]
pub(super) struct Output {
    /// As it is shown; `None` is for the engine to name.
    pub(super) name: Option<String>,
    /// Its type.
    pub(super) ty: Type,
}

/// What is read of one store.
#[derive(Clone, Debug)]
pub(super) struct Scan {
    /// The store.
    pub(super) store: String,
    /// Conditions over `events AS e`.
    pub(super) bounds: Vec<String>,
}

/// Common table expressions: name, name in `SQLite`, columns.
type Ctes = HashMap<String, (String, Vec<Output>)>;

/// Lowers one statement.
pub(super) struct Lowerer<'a> {
    tables: &'a HashMap<String, Table>,
    /// The ids of relations.
    next: usize,
    depth: usize,
    /// The stores that are read, once for each time they are named.
    pub(super) scans: Vec<Scan>,
}

impl<'a> Lowerer<'a> {
    /// Begins a statement that may read these stores.
    pub(super) fn new(tables: &'a HashMap<String, Table>) -> Self {
        Self {
            tables,
            next: 0,
            depth: 0,
            scans: Vec::new(),
        }
    }

    /// Lowers the whole statement.
    pub(super) fn statement(&mut self, query: &ast::Query) -> Result<Lowered, Invalid> {
        let lowered = self.query(query, None, &Ctes::new())?;
        must_be_kept(&lowered.columns)?;
        Ok(lowered)
    }

    fn next_id(&mut self) -> usize {
        self.next += 1;
        self.next
    }

    /// Does one thing inside another, unless that has gone too far.
    fn nested<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Invalid>) -> Result<T, Invalid> {
        if self.depth >= DEEPEST {
            return refuse(format!("The statement is nested deeper than {DEEPEST}."));
        }
        self.depth += 1;
        let done = work(self);
        self.depth -= 1;
        done
    }

    fn query(&mut self, query: &ast::Query, around: Option<&Scope<'_>>, ctes: &Ctes) -> Result<Lowered, Invalid> {
        self.nested(|this| this.query_inside(query, around, ctes))
    }

    fn query_inside(
        &mut self,
        query: &ast::Query,
        around: Option<&Scope<'_>>,
        ctes: &Ctes,
    ) -> Result<Lowered, Invalid> {
        must_be_plain(query)?;
        let mut ctes = ctes.clone();
        let mut with = Vec::new();
        if let Some(clause) = &query.with {
            if clause.recursive {
                return refuse("WITH RECURSIVE is not known.");
            }
            for cte in &clause.cte_tables {
                with.push(self.cte(cte, around, &mut ctes)?);
            }
        }
        let order = order_terms(query.order_by.as_ref())?;
        let limit = limit(query.limit_clause.as_ref())?;
        let mut lowered = match query.body.as_ref() {
            ast::SetExpr::Select(select) => self.select(select, order, around, &ctes)?,
            body => {
                let body = self.set(body, around, &ctes)?;
                self.ordered(body, order, &ctes)?
            }
        };
        lowered.sql.push_str(&limit);
        if !with.is_empty() {
            let with = format!("WITH {} ", with.join(", "));
            lowered.sql.insert_str(0, &with);
            lowered.matched.iter_mut().for_each(|sql| sql.insert_str(0, &with));
        }
        Ok(lowered)
    }

    fn cte(&mut self, cte: &ast::Cte, around: Option<&Scope<'_>>, ctes: &mut Ctes) -> Result<String, Invalid> {
        if cte.from.is_some() || cte.materialized.is_some() {
            return refuse(format!("WITH is not known in this form: {}.", cte.alias.name));
        }
        let lowered = self.query(&cte.query, around, ctes)?;
        let columns = renamed(lowered.columns, &cte.alias)?;
        let name = format!("w{}", self.next_id());
        let text = format!("{name} AS ({})", lowered.sql);
        if !lowered.outer.is_empty() {
            return refuse("A WITH query that names columns from outside is not known.");
        }
        ctes.insert(cte.alias.name.value.to_lowercase(), (name, columns));
        Ok(text)
    }

    fn set(&mut self, body: &ast::SetExpr, around: Option<&Scope<'_>>, ctes: &Ctes) -> Result<Lowered, Invalid> {
        match body {
            ast::SetExpr::Select(select) => self.select(select, &[], around, ctes),
            ast::SetExpr::Query(query) => self.query(query, around, ctes),
            ast::SetExpr::SetOperation {
                left,
                op,
                set_quantifier,
                right,
            } => {
                let operator = set_operator(*op, *set_quantifier)?;
                let left = self.nested(|this| this.set(left, around, ctes))?;
                let right = self.nested(|this| this.set(right, around, ctes))?;
                self.combined(operator, &left, &right)
            }
            ast::SetExpr::Values(_) => refuse("VALUES is not known."),
            other => refuse(format!("Only SELECT statements are known, not {other}.")),
        }
    }

    fn combined(&mut self, operator: &str, left: &Lowered, right: &Lowered) -> Result<Lowered, Invalid> {
        if left.columns.len() != right.columns.len() {
            return refuse(format!(
                "{operator} query has different number of fields: {}, {}.",
                left.columns.len(),
                right.columns.len()
            ));
        }
        let mut types = Vec::new();
        for (at, (a, b)) in left.columns.iter().zip(&right.columns).enumerate() {
            let Some(ty) = common(&a.ty, &b.ty, Meeting::Union) else {
                return refuse(format!(
                    "Column {} in {operator} query has incompatible types: {}, {}.",
                    at + 1,
                    a.ty,
                    b.ty
                ));
            };
            types.push(ty);
        }
        let columns = left.columns.iter().zip(&types).map(|(output, ty)| Output {
            name: output.name.clone(),
            ty: ty.clone(),
        });
        let columns = columns.collect();
        let outer = [left.outer.clone(), right.outer.clone()].concat();
        let left = self.converted(left, &types)?;
        let right = self.converted(right, &types)?;
        Ok(Lowered {
            sql: format!("{left} {operator} {right}"),
            columns,
            outer,
            matched: None,
        })
    }

    /// A query's text with its columns as other types.
    fn converted(&mut self, lowered: &Lowered, types: &[Type]) -> Result<String, Invalid> {
        let id = self.next_id();
        let relation = relation_of(id, None, &lowered.columns);
        let mut nodes = Vec::new();
        for (column, ty) in relation.columns.into_iter().zip(types) {
            nodes.extend(coerce::to(column.value, ty, Meeting::Union)?.nodes);
        }
        Ok(format!("SELECT {} FROM ({}) AS t{id}", listed(&nodes), lowered.sql))
    }

    /// Orders what a set operation gives, by its columns.
    fn ordered(&mut self, lowered: Lowered, order: &[ast::OrderByExpr], ctes: &Ctes) -> Result<Lowered, Invalid> {
        let id = self.next_id();
        let relation = relation_of(id, None, &lowered.columns);
        let nodes: Vec<Node> = relation
            .columns
            .iter()
            .flat_map(|column| column.value.nodes.clone())
            .collect();
        let outputs = relation.columns.clone();
        let scope = Scope {
            relations: &[relation],
            outputs: &[],
            around: None,
        };
        let mut terms = Vec::new();
        for term in order {
            let value = match ordinal(&term.expr, &outputs, "ORDER BY")? {
                Some(value) => value,
                None => self.expr(&term.expr, expr::Place::plain(&scope, "ORDER BY", ctes))?,
            };
            terms.extend(sorted(value, term)?);
        }
        let by = order_by(&terms);
        Ok(Lowered {
            sql: format!("SELECT {} FROM ({}) AS t{id}{by}", listed(&nodes), lowered.sql),
            ..lowered
        })
    }
}

/// The values as columns c0, c1 and so on.
fn listed(nodes: &[Node]) -> String {
    let columns = nodes
        .iter()
        .enumerate()
        .map(|(at, node)| format!("{} AS c{at}", node.sql()));
    columns.collect::<Vec<_>>().join(", ")
}

fn relation_of(id: usize, name: Option<String>, outputs: &[Output]) -> Relation {
    let columns = outputs.iter().map(|output| (output.name.clone(), output.ty.clone()));
    Relation::new(id, name, columns)
}

/// Gives columns the names of `AS t (a, b)`.
fn renamed(mut columns: Vec<Output>, alias: &ast::TableAlias) -> Result<Vec<Output>, Invalid> {
    if alias.at.is_some() || alias.columns.iter().any(|column| column.data_type.is_some()) {
        return refuse(format!("The alias {alias} is not known in this form."));
    }
    if alias.columns.is_empty() {
        return Ok(columns);
    }
    if alias.columns.len() != columns.len() {
        return refuse(format!(
            "Column alias list has {} entries but '{}' has {} columns.",
            alias.columns.len(),
            alias.name.value,
            columns.len()
        ));
    }
    for (column, name) in columns.iter_mut().zip(&alias.columns) {
        column.name = Some(name.name.value.clone());
    }
    Ok(columns)
}

fn must_be_plain(query: &ast::Query) -> Result<(), Invalid> {
    let unknown = [
        (query.fetch.is_some(), "FETCH"),
        (!query.locks.is_empty(), "FOR UPDATE"),
        (query.for_clause.is_some(), "FOR"),
        (query.settings.is_some(), "SETTINGS"),
        (query.format_clause.is_some(), "FORMAT"),
        (!query.pipe_operators.is_empty(), "|>"),
    ];
    match unknown.into_iter().find(|(used, _)| *used) {
        Some((_, clause)) => refuse(format!("The clause {clause} is not known.")),
        None => Ok(()),
    }
}

/// What may leave a query: not a decimal, whose digits the engine does not keep.
fn must_be_kept(columns: &[Output]) -> Result<(), Invalid> {
    if columns.iter().any(|column| column.ty == Type::Decimal) {
        return refuse("The type decimal is not known as a result; write 1.5e0, or CAST(1.5 AS double).");
    }
    Ok(())
}

fn set_operator(op: ast::SetOperator, quantifier: ast::SetQuantifier) -> Result<&'static str, Invalid> {
    use ast::SetQuantifier as Quantifier;
    Ok(match (op, quantifier) {
        (ast::SetOperator::Union, Quantifier::All) => "UNION ALL",
        (ast::SetOperator::Union, Quantifier::None | Quantifier::Distinct) => "UNION",
        (ast::SetOperator::Except, Quantifier::None | Quantifier::Distinct) => "EXCEPT",
        (ast::SetOperator::Intersect, Quantifier::None | Quantifier::Distinct) => "INTERSECT",
        (op, quantifier) => return refuse(format!("{op} {quantifier} is not known.")),
    })
}

fn order_terms(order: Option<&ast::OrderBy>) -> Result<&[ast::OrderByExpr], Invalid> {
    match order {
        None => Ok(&[]),
        Some(ast::OrderBy {
            kind: ast::OrderByKind::Expressions(terms),
            interpolate: None,
        }) => Ok(terms),
        Some(_) => refuse("ORDER BY is not known in this form."),
    }
}

/// The output that a bare number means.
fn ordinal(expr: &ast::Expr, outputs: &[Column], clause: &str) -> Result<Option<Typed>, Invalid> {
    let ast::Expr::Value(ast::ValueWithSpan {
        value: ast::Value::Number(digits, false),
        ..
    }) = expr
    else {
        return Ok(None);
    };
    let output = digits
        .parse::<usize>()
        .ok()
        .and_then(|position| position.checked_sub(1))
        .and_then(|at| outputs.get(at));
    match output {
        Some(output) => Ok(Some(output.value.clone())),
        None => refuse(format!("{clause} position {digits} is not in select list.")),
    }
}

/// A term of `ORDER BY` as `SQLite` writes it: nulls come last unless it is said otherwise.
fn sorted(value: Typed, term: &ast::OrderByExpr) -> Result<Vec<(Node, String)>, Invalid> {
    if term.with_fill.is_some() {
        return refuse("WITH FILL is not known.");
    }
    let descending = match &term.options.sort {
        None | Some(ast::OrderBySort::Asc) => "",
        Some(ast::OrderBySort::Desc) => " DESC",
        Some(other) => return refuse(format!("ORDER BY {other:?} is not known.")),
    };
    if !value.ty.is_comparable() {
        return refuse(format!(
            "Type {} is not orderable, and therefore cannot be used in ORDER BY.",
            value.ty
        ));
    }
    let nulls = match term.options.nulls_first {
        Some(true) => " NULLS FIRST",
        _ => " NULLS LAST",
    };
    Ok(vec![(value.one()?, format!("{descending}{nulls}"))])
}

fn order_by(terms: &[(Node, String)]) -> String {
    if terms.is_empty() {
        return String::new();
    }
    let terms = terms.iter().map(|(node, way)| format!("{}{way}", node.term()));
    format!(" ORDER BY {}", terms.collect::<Vec<_>>().join(", "))
}

fn limit(clause: Option<&ast::LimitClause>) -> Result<String, Invalid> {
    let Some(clause) = clause else {
        return Ok(String::new());
    };
    let ast::LimitClause::LimitOffset {
        limit,
        offset,
        limit_by,
    } = clause
    else {
        return refuse("LIMIT a, b is not known; write OFFSET a LIMIT b.");
    };
    if !limit_by.is_empty() {
        return refuse("LIMIT … BY is not known.");
    }
    let number = |expr: &ast::Expr, clause: &str| match expr {
        ast::Expr::Value(ast::ValueWithSpan {
            value: ast::Value::Number(digits, false),
            ..
        }) if digits.parse::<i64>().is_ok() => Ok(digits.clone()),
        other => refuse(format!("{clause} must be a whole number, not {other}.")),
    };
    let limit = limit
        .as_ref()
        .map_or(Ok("-1".to_owned()), |limit| number(limit, "LIMIT"))?;
    let offset = offset
        .as_ref()
        .map_or(Ok("0".to_owned()), |offset| number(&offset.value, "OFFSET"))?;
    Ok(format!(" LIMIT {limit} OFFSET {offset}"))
}
