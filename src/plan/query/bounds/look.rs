//! Which SELECTs read a store, and whether each bounds the time of what it reads.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sqlparser::ast::{
    BinaryOperator, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, Join, JoinConstraint,
    JoinOperator, ObjectName, ObjectNamePart, Query, Select, SelectItem, SetExpr, TableAlias, TableFactor, Visit as _,
    Visitor, visit_expressions,
};
use sqlparser::tokenizer::Location;

use crate::plan::query::parsed::is_store;

/// The column that bounds a scan.
const TIME: &str = "eventtime";

/// What was seen of a statement.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// The tables that are read without a bound.
    pub(super) missing: Vec<Missing>,
    /// How those are bounded whose time the author speaks of.
    pub(super) own: Option<Own>,
    /// What is named in select lists, and the columns that it is made of.
    named: Vec<(String, BTreeSet<String>)>,
    /// The columns that conditions are about, wherever they stand.
    compared: BTreeSet<String>,
}

/// What the author says of the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Own {
    /// A bound, wherever the time is spoken of.
    Bound,
    /// Something, in one place at least, that may hold the time within nothing.
    Unclear,
}

/// A table that is read without a bound.
#[derive(Debug)]
pub(super) struct Missing {
    /// Where its SELECT begins.
    pub(super) select: Location,
    /// What its columns have to be qualified with.
    pub(super) qualifier: Option<String>,
    /// Where a bound belongs.
    pub(super) place: Place,
}

/// Where a bound belongs.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// Into WHERE.
    Where,
    /// Into the ON of the join whose table stands there: a table that may be absent is not to become obligatory.
    On(Location),
}

/// A store among the tables of a SELECT.
struct Store<'a> {
    alias: Option<&'a str>,
    at: Location,
    /// The condition of its own join, where that alone restricts it.
    own: Option<&'a Expr>,
    optional: bool,
}

impl Look {
    /// Whether some condition is about the time of a store, by that name or by one that a select list gave it.
    pub(super) fn is_spoken_of(&self) -> bool {
        let mut times = BTreeSet::from([TIME]);
        loop {
            let before = times.len();
            for (name, columns) in &self.named {
                if columns.iter().any(|column| times.contains(column.as_str())) {
                    times.insert(name);
                }
            }
            if times.len() == before {
                break;
            }
        }
        self.compared.iter().any(|column| times.contains(column.as_str()))
    }

    /// Looks at one SELECT; the error says why no bound can be put there.
    pub(super) fn select(&mut self, select: &Select) -> Result<(), String> {
        self.remember(select);
        let (stores, shared, tables) = stores_of(select)?;
        let alone = tables == 1;
        for store in stores {
            let everywhere = || select.selection.iter().chain(select.prewhere.as_ref());
            let common = everywhere().chain(shared.iter().copied().filter(|_| !store.optional));
            let mut conditions = common.chain(store.own);
            if conditions.any(|condition| bounds(condition, store.alias, alone)) {
                self.own.get_or_insert(Own::Bound);
                continue;
            }
            if everywhere().any(|condition| speaks(condition, store.alias)) {
                self.own = Some(Own::Unclear);
                continue;
            }
            if !alone && store.alias.is_none() {
                return Err("A store among several tables has no alias, so its eventTime cannot be named".to_owned());
            }
            self.missing.push(Missing {
                select: select.select_token.0.span.start,
                qualifier: store.alias.filter(|_| !alone).map(str::to_owned),
                place: if store.optional {
                    Place::On(store.at)
                } else {
                    Place::Where
                },
            });
        }
        Ok(())
    }

    /// Takes in what `WITH e(t) AS (…)` and `(…) AS e(t)` call the columns of a query.
    pub(super) fn renamed(&mut self, alias: &TableAlias, query: &Query) {
        let mut body = query.body.as_ref();
        while let SetExpr::SetOperation { left, .. } = body {
            body = left;
        }
        let SetExpr::Select(select) = body else {
            return;
        };
        for (column, item) in alias.columns.iter().zip(&select.projection) {
            if let SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } = item {
                self.named.push((column.name.value.to_lowercase(), columns(expr)));
            }
        }
    }

    fn remember(&mut self, select: &Select) {
        let joins = select.from.iter().flat_map(|from| &from.joins);
        let wheres = select.selection.iter().chain(&select.prewhere);
        let conditions = wheres.chain(&select.having).chain(&select.qualify);
        for condition in conditions.chain(joins.filter_map(condition)) {
            self.compared.extend(columns(condition));
        }
        for item in &select.projection {
            match item {
                SelectItem::ExprWithAlias { expr, alias } => {
                    self.named.push((alias.value.to_lowercase(), columns(expr)));
                    self.compared.extend(compared(expr));
                }
                SelectItem::UnnamedExpr(expr) => self.compared.extend(compared(expr)),
                _ => {}
            }
        }
    }
}

/// The condition of a join of any kind.
fn condition(join: &Join) -> Option<&Expr> {
    match &join.join_operator {
        JoinOperator::Join(constraint)
        | JoinOperator::Inner(constraint)
        | JoinOperator::CrossJoin(constraint)
        | JoinOperator::Left(constraint)
        | JoinOperator::LeftOuter(constraint)
        | JoinOperator::Right(constraint)
        | JoinOperator::RightOuter(constraint)
        | JoinOperator::FullOuter(constraint) => on(constraint),
        _ => None,
    }
}

/// The stores that a SELECT reads itself, the conditions of joins that restrict every table, and how many tables
/// it has.
fn stores_of(select: &Select) -> Result<(Vec<Store<'_>>, Vec<&Expr>, usize), String> {
    let mut stores = Vec::new();
    let mut shared = Vec::new();
    let mut tables = 0;
    for from in &select.from {
        tables += 1 + from.joins.len();
        stores.extend(store(&from.relation, None, false)?);
        for join in &from.joins {
            let before = !stores.is_empty();
            let found = match kind(join) {
                Kind::Inner(on) => {
                    shared.extend(on);
                    store(&join.relation, None, false)?
                }
                Kind::Left(on) => store(&join.relation, on, true)?,
                Kind::Other if before || is_a_store(&join.relation) => {
                    return Err("No bound can be put beside this kind of join".to_owned());
                }
                Kind::Other => None,
            };
            stores.extend(found);
        }
    }
    Ok((stores, shared, tables))
}

/// What a join does to the table on its right.
enum Kind<'a> {
    /// Rows of both sides.
    Inner(Option<&'a Expr>),
    /// Rows of the left side, with or without one of the right.
    Left(Option<&'a Expr>),
    Other,
}

fn kind(join: &Join) -> Kind<'_> {
    match &join.join_operator {
        JoinOperator::Join(constraint) | JoinOperator::Inner(constraint) | JoinOperator::CrossJoin(constraint) => {
            Kind::Inner(on(constraint))
        }
        JoinOperator::Left(JoinConstraint::On(on)) | JoinOperator::LeftOuter(JoinConstraint::On(on)) => {
            Kind::Left(Some(on))
        }
        // An outer join the other way round or both, or one whose condition takes no bound.
        _ => Kind::Other,
    }
}

fn on(constraint: &JoinConstraint) -> Option<&Expr> {
    match constraint {
        JoinConstraint::On(on) => Some(on),
        JoinConstraint::Using(_) | JoinConstraint::Natural | JoinConstraint::None => None,
    }
}

fn store<'a>(factor: &'a TableFactor, own: Option<&'a Expr>, optional: bool) -> Result<Option<Store<'a>>, String> {
    match factor {
        TableFactor::Table { name, alias, .. } => Ok(table(name).map(|at| Store {
            alias: alias.as_ref().map(|alias| alias.name.value.as_str()),
            at,
            own,
            optional,
        })),
        TableFactor::NestedJoin { table_with_joins, .. } => {
            let joined = table_with_joins.joins.iter().map(|join| &join.relation);
            if std::iter::once(&table_with_joins.relation)
                .chain(joined)
                .any(is_a_store)
            {
                Err("No bound can be put into a join in parentheses".to_owned())
            } else {
                Ok(None)
            }
        }
        _ => Ok(None),
    }
}

fn is_a_store(factor: &TableFactor) -> bool {
    match factor {
        TableFactor::Table { name, .. } => table(name).is_some(),
        TableFactor::NestedJoin { table_with_joins, .. } => {
            let joined = table_with_joins.joins.iter().map(|join| &join.relation);
            std::iter::once(&table_with_joins.relation)
                .chain(joined)
                .any(is_a_store)
        }
        _ => false,
    }
}

/// Where the name of a store stands.
fn table(name: &ObjectName) -> Option<Location> {
    match name.0.as_slice() {
        [ObjectNamePart::Identifier(ident)] if is_store(&ident.value) => Some(ident.span.start),
        _ => None,
    }
}

/// Whether a condition, wherever it holds, holds the time of the table within something.
fn bounds(condition: &Expr, alias: Option<&str>, alone: bool) -> bool {
    let time = |expr: &Expr| mentions(expr, alias, alone);
    match condition {
        Expr::Nested(inner) => bounds(inner, alias, alone),
        Expr::BinaryOp { left, op, right } => match op {
            BinaryOperator::And => bounds(left, alias, alone) || bounds(right, alias, alone),
            BinaryOperator::Or => bounds(left, alias, alone) && bounds(right, alias, alone),
            op if compares(op) => time(left) && is_fixed(right) || time(right) && is_fixed(left),
            _ => false,
        },
        Expr::Between {
            expr,
            negated: false,
            low,
            high,
        } => time(expr) && is_fixed(low) && is_fixed(high),
        Expr::InList {
            expr,
            list,
            negated: false,
        } => time(expr) && list.iter().all(is_fixed),
        _ => false,
    }
}

fn compares(op: &BinaryOperator) -> bool {
    matches!(
        op,
        BinaryOperator::Eq | BinaryOperator::Lt | BinaryOperator::LtEq | BinaryOperator::Gt | BinaryOperator::GtEq
    )
}

/// Whether an expression is made of the time of the table.
fn mentions(expr: &Expr, alias: Option<&str>, alone: bool) -> bool {
    let is_time = |name: &str| name.eq_ignore_ascii_case(TIME);
    match expr {
        Expr::Identifier(ident) => is_time(&ident.value),
        Expr::CompoundIdentifier(parts) => match parts.as_slice() {
            [table, column] => {
                let ours = alias.is_some_and(|alias| alias.eq_ignore_ascii_case(&table.value));
                is_time(&column.value) && (ours || is_store(&table.value) || alone && !is_event_data(&table.value))
            }
            _ => false,
        },
        Expr::Nested(inner) => mentions(inner, alias, alone),
        Expr::Cast { expr, .. } => mentions(expr, alias, alone),
        Expr::AtTimeZone { timestamp, .. } => mentions(timestamp, alias, alone),
        Expr::BinaryOp {
            left,
            right,
            op: BinaryOperator::Plus | BinaryOperator::Minus,
        } => mentions(left, alias, alone) || mentions(right, alias, alone),
        Expr::Function(function) => match &function.args {
            FunctionArguments::List(list) => list.args.iter().any(|arg| match arg {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => mentions(expr, alias, alone),
                _ => false,
            }),
            FunctionArguments::None | FunctionArguments::Subquery(_) => false,
        },
        _ => false,
    }
}

/// The time inside the event is a string of the sender, and bounds no scan.
fn is_event_data(name: &str) -> bool {
    name.eq_ignore_ascii_case("eventdata")
}

/// Whether an expression is the same for every event: no column is in it.
fn is_fixed(expr: &Expr) -> bool {
    if matches!(expr, Expr::Subquery(_)) {
        return true;
    }
    let column = |expr: &Expr| match expr {
        Expr::Identifier(_) | Expr::CompoundIdentifier(_) => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    visit_expressions(expr, column).is_continue()
}

/// What an expression is made of, subqueries left out: they are looked at as SELECTs of their own.
#[derive(Default)]
struct Parts<'a> {
    depth: usize,
    alias: Option<&'a str>,
    /// Whether it has the time of the table.
    time: bool,
    /// Its columns, by the last part of their names.
    columns: BTreeSet<String>,
    /// The conditions within it.
    conditions: Vec<Expr>,
}

impl Visitor for Parts<'_> {
    type Break = ();

    fn pre_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        self.depth += 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        if self.depth > 0 {
            return ControlFlow::Continue(());
        }
        match expr {
            Expr::Identifier(column) => self.column(None, column),
            Expr::CompoundIdentifier(parts) => {
                if let Some(column) = parts.last() {
                    self.column(parts.first(), column);
                }
            }
            Expr::BinaryOp { op, .. } if compares(op) || *op == BinaryOperator::NotEq => {
                self.conditions.push(expr.clone());
            }
            Expr::Between { .. } | Expr::InList { .. } | Expr::InSubquery { .. } | Expr::Like { .. } => {
                self.conditions.push(expr.clone());
            }
            Expr::Case { operand: Some(of), .. } | Expr::Function(Function { filter: Some(of), .. }) => {
                self.conditions.push(Expr::clone(of));
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

impl Parts<'_> {
    fn of<'a>(expr: &Expr, alias: Option<&'a str>) -> Parts<'a> {
        let mut parts = Parts {
            alias,
            ..Parts::default()
        };
        let walked: ControlFlow<()> = expr.visit(&mut parts);
        debug_assert!(walked.is_continue(), "nothing ends the walk");
        parts
    }

    fn column(&mut self, of: Option<&Ident>, column: &Ident) {
        let ours = of.is_none_or(|of| {
            let alias = self.alias.is_some_and(|alias| alias.eq_ignore_ascii_case(&of.value));
            alias || is_store(&of.value) || is_event_data(&of.value)
        });
        self.time |= ours && column.value.eq_ignore_ascii_case(TIME);
        self.columns.insert(column.value.to_lowercase());
    }
}

/// Whether an expression speaks of the time of the table in any form, be it the event's own.
fn speaks(expr: &Expr, alias: Option<&str>) -> bool {
    Parts::of(expr, alias).time
}

/// The columns of an expression, by the last part of their names.
fn columns(expr: &Expr) -> BTreeSet<String> {
    Parts::of(expr, None).columns
}

/// The columns that conditions within an expression are about.
fn compared(expr: &Expr) -> BTreeSet<String> {
    Parts::of(expr, None).conditions.iter().flat_map(columns).collect()
}
