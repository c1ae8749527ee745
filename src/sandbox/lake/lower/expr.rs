//! Expressions.

use sqlparser::ast::{self, AccessExpr, Expr, Subscript, UnaryOperator, Value};

use super::super::Invalid;
use super::super::node::{Ask, Form, Node};
use super::super::scope::{Scope, fields};
use super::super::types::{Meeting, Type, Typed, refuse};
use super::select::whole;
use super::{Ctes, Lowered, Lowerer, arithmetic, cast, coerce, compare, relation_of};

/// Where an expression stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    /// What its names mean.
    pub(super) scope: &'a Scope<'a>,
    /// For messages.
    pub(super) clause: &'static str,
    /// Whether aggregates may be here.
    pub(super) aggregates: bool,
    /// What subqueries may name.
    pub(super) ctes: &'a Ctes,
}

impl<'a> Place<'a> {
    /// A place without aggregates.
    pub(super) fn plain(scope: &'a Scope<'a>, clause: &'static str, ctes: &'a Ctes) -> Self {
        Self {
            scope,
            clause,
            aggregates: false,
            ctes,
        }
    }

    /// A place where aggregates may be.
    pub(super) fn aggregating(scope: &'a Scope<'a>, clause: &'static str, ctes: &'a Ctes) -> Self {
        Self {
            aggregates: true,
            ..Self::plain(scope, clause, ctes)
        }
    }
}

/// The parts of a dotted name as they are written.
pub(super) fn path(expr: &Expr) -> Option<Vec<String>> {
    match expr {
        Expr::Identifier(ident) => Some(vec![ident.value.clone()]),
        Expr::CompoundIdentifier(idents) => Some(idents.iter().map(|ident| ident.value.clone()).collect()),
        _ => None,
    }
}

impl Lowerer<'_> {
    /// Lowers a condition.
    pub(super) fn condition(&mut self, expr: &Expr, place: Place<'_>) -> Result<Node, Invalid> {
        let value = self.expr(expr, place)?;
        match value.ty {
            Type::Boolean | Type::Unknown => value.one(),
            ty => refuse(format!("{} must be boolean, and {expr} is {ty}.", place.clause)),
        }
    }

    /// Lowers an expression.
    pub(super) fn expr(&mut self, expr: &Expr, place: Place<'_>) -> Result<Typed, Invalid> {
        self.nested(|this| match expr {
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => name(expr, place),
            Expr::Nested(inner) => this.expr(inner, place),
            Expr::Value(value) => literal(&value.value),
            Expr::BinaryOp { left, op, right } => this.binary(expr, left, op, right, place),
            Expr::UnaryOp { op, expr } => this.unary(*op, expr, place),
            Expr::CompoundFieldAccess { root, access_chain } => this.access(root, access_chain, place),
            Expr::Function(function) => this.function(function, place),
            Expr::Case { .. } => this.case(expr, place),
            Expr::Array(array) => this.array(array, place),
            Expr::Cast { .. } | Expr::TypedString(_) | Expr::Interval(_) => this.of_type(expr, place),
            Expr::Exists { .. } | Expr::Subquery(_) | Expr::InSubquery { .. } => this.subquery(expr, place),
            Expr::IsNull(_)
            | Expr::IsNotNull(_)
            | Expr::IsTrue(_)
            | Expr::IsNotTrue(_)
            | Expr::IsFalse(_)
            | Expr::IsNotFalse(_)
            | Expr::IsUnknown(_)
            | Expr::IsNotUnknown(_) => this.is(expr, place),
            Expr::IsDistinctFrom(..)
            | Expr::IsNotDistinctFrom(..)
            | Expr::Between { .. }
            | Expr::InList { .. }
            | Expr::Like { .. } => this.predicate(expr, place),
            Expr::Substring { .. }
            | Expr::Trim { .. }
            | Expr::Position { .. }
            | Expr::Extract { .. }
            | Expr::Ceil { .. }
            | Expr::Floor { .. } => this.spelled_call(expr, place),
            other => refuse(format!("The expression {other} is not known.")),
        })
    }

    fn binary(
        &mut self,
        whole: &Expr,
        left: &Expr,
        op: &ast::BinaryOperator,
        right: &Expr,
        place: Place<'_>,
    ) -> Result<Typed, Invalid> {
        use ast::BinaryOperator as Op;
        match op {
            Op::And => self.chain(whole, op, "AND", place),
            Op::Or => self.chain(whole, op, "OR", place),
            Op::StringConcat => self.concatenation(whole, place),
            Op::Eq | Op::NotEq | Op::Lt | Op::LtEq | Op::Gt | Op::GtEq => {
                let left = self.expr(left, place)?;
                let right = self.expr(right, place)?;
                compare::compare(op, left, right)
            }
            Op::Plus | Op::Minus | Op::Multiply | Op::Divide | Op::Modulo => {
                let left = self.expr(left, place)?;
                let right = self.expr(right, place)?;
                arithmetic::binary(op, left, right)
            }
            other => refuse(format!("The operator {other} is not known.")),
        }
    }

    /// `a AND b AND c …`, however long: the parser hangs it to the left.
    fn chain(
        &mut self,
        whole: &Expr,
        operator: &ast::BinaryOperator,
        sql: &'static str,
        place: Place<'_>,
    ) -> Result<Typed, Invalid> {
        let inside = Place { clause: sql, ..place };
        let mut args = Vec::new();
        for part in spine(whole, operator) {
            args.push(self.condition(part, inside)?);
        }
        Ok(Typed::new(Type::Boolean, Node::Apply(Form::Infix(sql), args)))
    }

    fn concatenation(&mut self, whole: &Expr, place: Place<'_>) -> Result<Typed, Invalid> {
        let mut args = Vec::new();
        for part in spine(whole, &ast::BinaryOperator::StringConcat) {
            let value = self.expr(part, place)?;
            if !matches!(value.ty, Type::Varchar | Type::Unknown) {
                return refuse(format!("'||' cannot be applied to {}; CAST it to varchar.", value.ty));
            }
            args.push(value.one()?);
        }
        Ok(Typed::new(Type::Varchar, Node::Apply(Form::Infix("||"), args)))
    }

    fn unary(&mut self, op: UnaryOperator, expr: &Expr, place: Place<'_>) -> Result<Typed, Invalid> {
        if op == UnaryOperator::Minus
            && let Expr::Value(value) = expr
            && let Value::Number(digits, false) = &value.value
        {
            return number(&format!("-{digits}"));
        }
        match op {
            UnaryOperator::Not => {
                let inside = Place { clause: "NOT", ..place };
                let condition = self.condition(expr, inside)?;
                Ok(Typed::new(Type::Boolean, condition.negated()))
            }
            UnaryOperator::Minus | UnaryOperator::Plus => {
                let value = self.expr(expr, place)?;
                arithmetic::signed(op == UnaryOperator::Minus, value)
            }
            other => refuse(format!("The operator {other} is not known.")),
        }
    }

    fn access(&mut self, root: &Expr, chain: &[AccessExpr], place: Place<'_>) -> Result<Typed, Invalid> {
        let mut value = self.expr(root, place)?;
        for access in chain {
            value = match access {
                AccessExpr::Dot(Expr::Identifier(ident)) => fields(value, &[ident.value.to_lowercase()])?,
                AccessExpr::Subscript(Subscript::Index { index }) => {
                    let index = self.expr(index, place)?;
                    subscript(value, index)?
                }
                other => return refuse(format!("{other} is not known behind {root}.")),
            };
        }
        Ok(value)
    }

    /// `ARRAY[…]` of texts or of whole numbers. `SQLite` writes a text into a JSON array as a string, and NULL as null.
    fn array(&mut self, array: &ast::Array, place: Place<'_>) -> Result<Typed, Invalid> {
        let items = array.elem.iter().map(|item| self.expr(item, place));
        let (ty, items) = coerce::alike(items.collect::<Result<_, _>>()?, Meeting::Choice, "ARRAY")?;
        match ty {
            Type::Varchar | Type::Bigint => Ok(Typed::new(
                Type::Array(Box::new(ty)),
                Node::Apply(Form::Builtin("json_array"), items),
            )),
            other => refuse(format!("An ARRAY of {other} is not known.")),
        }
    }

    fn case(&mut self, expr: &Expr, place: Place<'_>) -> Result<Typed, Invalid> {
        let Expr::Case {
            operand,
            conditions,
            else_result,
            ..
        } = expr
        else {
            return refuse(format!("{expr} is not known."));
        };
        let operand = match operand {
            Some(operand) => Some(self.expr(operand, place)?),
            None => None,
        };
        let mut whens = Vec::new();
        let mut values = Vec::new();
        for when in conditions {
            whens.push(match &operand {
                None => self.condition(
                    &when.condition,
                    Place {
                        clause: "WHEN",
                        ..place
                    },
                )?,
                Some(operand) => {
                    let value = self.expr(&when.condition, place)?;
                    compare::compare(&ast::BinaryOperator::Eq, operand.clone(), value)?.one()?
                }
            });
            values.push(self.expr(&when.result, place)?);
        }
        values.push(match else_result {
            Some(otherwise) => self.expr(otherwise, place)?,
            None => Typed::new(Type::Unknown, Node::Null),
        });
        let (ty, values) = coerce::alike(values, Meeting::Choice, "CASE")?;
        let mut values = values.into_iter();
        let mut args = Vec::new();
        for when in whens {
            args.push(when);
            args.extend(values.next());
        }
        args.extend(values);
        Ok(Typed::new(ty, Node::Apply(Form::Case, args)))
    }

    fn of_type(&mut self, expr: &Expr, place: Place<'_>) -> Result<Typed, Invalid> {
        match expr {
            Expr::Cast {
                kind: kind @ (ast::CastKind::Cast | ast::CastKind::TryCast),
                expr,
                data_type,
                format: None,
            } => {
                let value = self.expr(expr, place)?;
                cast::cast(value, data_type, *kind == ast::CastKind::TryCast)
            }
            Expr::TypedString(typed) => cast::typed_literal(typed),
            Expr::Interval(interval) => arithmetic::interval(interval),
            other => refuse(format!("The expression {other} is not known.")),
        }
    }

    fn is(&mut self, expr: &Expr, place: Place<'_>) -> Result<Typed, Invalid> {
        let (inner, test, of_boolean) = match expr {
            Expr::IsNull(inner) => (inner, "IS NULL", false),
            Expr::IsNotNull(inner) => (inner, "IS NOT NULL", false),
            Expr::IsTrue(inner) => (inner, "IS TRUE", true),
            Expr::IsNotTrue(inner) => (inner, "IS NOT TRUE", true),
            Expr::IsFalse(inner) => (inner, "IS FALSE", true),
            Expr::IsNotFalse(inner) => (inner, "IS NOT FALSE", true),
            Expr::IsUnknown(inner) => (inner, "IS NULL", true),
            Expr::IsNotUnknown(inner) => (inner, "IS NOT NULL", true),
            other => return refuse(format!("The expression {other} is not known.")),
        };
        let node = if of_boolean {
            self.condition(inner, Place { clause: test, ..place })?
        } else {
            whole(self.expr(inner, place)?)
        };
        Ok(Typed::new(Type::Boolean, Node::Apply(Form::Suffix(test), vec![node])))
    }

    fn subquery(&mut self, expr: &Expr, place: Place<'_>) -> Result<Typed, Invalid> {
        match expr {
            Expr::Exists { subquery, negated } => {
                let lowered = self.query(subquery, Some(place.scope), place.ctes)?;
                let node = asked(Ask::Exists, None, lowered);
                Ok(Typed::new(Type::Boolean, node.negated_if(*negated)))
            }
            Expr::Subquery(subquery) => {
                let lowered = self.query(subquery, Some(place.scope), place.ctes)?;
                let ty = only(&lowered)?;
                let lowered = Lowered {
                    // Two rows are a failure, not the first of them.
                    sql: format!(
                        "SELECT lake_only(count(*), min(c0)) FROM ({} LIMIT 2)",
                        bare(&lowered.sql)
                    ),
                    ..lowered
                };
                Ok(Typed::new(ty, asked(Ask::Value, None, lowered)))
            }
            Expr::InSubquery {
                expr,
                subquery,
                negated,
            } => {
                let subject = self.expr(expr, place)?;
                let lowered = self.query(subquery, Some(place.scope), place.ctes)?;
                let ty = only(&lowered)?;
                let common = compare::meeting("IN", &subject.ty, &ty)?;
                let subject = coerce::to(subject, &common, Meeting::Comparison)?.one()?;
                let id = self.next_id();
                let column = relation_of(id, None, &lowered.columns).columns.into_iter().next();
                let Some(column) = column else {
                    return refuse("A subquery has no columns.");
                };
                let value = coerce::to(column.value, &common, Meeting::Comparison)?.one()?;
                let lowered = Lowered {
                    sql: format!("SELECT {} FROM ({}) AS t{id}", value.sql(), lowered.sql),
                    ..lowered
                };
                let node = asked(Ask::Contains, Some(Box::new(subject)), lowered);
                Ok(Typed::new(Type::Boolean, node.negated_if(*negated)))
            }
            other => refuse(format!("The expression {other} is not known.")),
        }
    }
}

/// A subquery's text for `FROM (… LIMIT 2)`.
fn bare(sql: &str) -> String {
    format!("SELECT c0 FROM ({sql})")
}

fn asked(form: Ask, subject: Option<Box<Node>>, lowered: Lowered) -> Node {
    Node::Query {
        form,
        subject,
        sql: lowered.sql,
        outer: lowered.outer,
    }
}

fn only(lowered: &Lowered) -> Result<Type, Invalid> {
    match lowered.columns.as_slice() {
        [output] if output.ty.width() == 1 && !matches!(output.ty, Type::Row(_)) => Ok(output.ty.clone()),
        [_] => refuse("A subquery that gives a row is not known here."),
        columns => refuse(format!("A subquery must give one column here, not {}.", columns.len())),
    }
}

/// The operands of a chain of one operator, from left to right.
fn spine<'a>(whole: &'a Expr, operator: &ast::BinaryOperator) -> Vec<&'a Expr> {
    let mut parts = Vec::new();
    let mut at = whole;
    while let Expr::BinaryOp { left, op, right } = at
        && op == operator
    {
        parts.push(right.as_ref());
        at = left;
    }
    parts.push(at);
    parts.reverse();
    parts
}

fn name(expr: &Expr, place: Place<'_>) -> Result<Typed, Invalid> {
    let parts = path(expr).unwrap_or_default();
    let parts: Vec<String> = parts.iter().map(|part| part.to_lowercase()).collect();
    let value = place.scope.resolve(&parts)?;
    if !place.aggregates && value.nodes.iter().any(Node::has_aggregate) {
        return refuse(format!(
            "{expr} is an aggregate, which {} cannot contain.",
            place.clause
        ));
    }
    Ok(value)
}

/// `m['k']` and `a[1]`.
fn subscript(of: Typed, index: Typed) -> Result<Typed, Invalid> {
    let (ty, index_ty) = (of.ty.clone(), index.ty.clone());
    let args = vec![of.one()?, index.one()?];
    match (ty, index_ty) {
        (Type::Map, Type::Varchar) => Ok(Typed::new(Type::Varchar, Node::call("map_at", args))),
        (Type::Array(item), Type::Bigint) => Ok(Typed::new(*item, Node::call("array_at", args))),
        (ty, index) => refuse(format!("[] cannot be applied to {ty}, {index}.")),
    }
}

fn literal(value: &Value) -> Result<Typed, Invalid> {
    match value {
        Value::SingleQuotedString(text) => Ok(Typed::new(Type::Varchar, Node::Text(text.clone()))),
        Value::Number(digits, false) => number(digits),
        Value::Boolean(value) => Ok(Typed::new(Type::Boolean, Node::Integer(i64::from(*value)))),
        Value::Null => Ok(Typed::new(Type::Unknown, Node::Null)),
        other => refuse(format!("The literal {other} is not known.")),
    }
}

/// Digits of a decimal that a double keeps.
const EXACT_DIGITS: usize = 15;

/// Digits are a whole number, with a point they are a decimal, with an exponent a double.
fn number(digits: &str) -> Result<Typed, Invalid> {
    let unknown = || format!("The number {digits} is not known: it is out of range.");
    if digits.contains(['e', 'E']) {
        let value: f64 = digits.parse().or_else(|_| refuse(unknown()))?;
        return Ok(Typed::new(Type::Double, Node::Real(value)));
    }
    if digits.contains('.') {
        if digits.bytes().filter(u8::is_ascii_digit).count() > EXACT_DIGITS {
            return refuse(unknown());
        }
        let value: f64 = digits.parse().or_else(|_| refuse(unknown()))?;
        return Ok(Typed::new(Type::Decimal, Node::Real(value)));
    }
    let value: i64 = digits.parse().or_else(|_| refuse(unknown()))?;
    Ok(Typed::new(Type::Bigint, Node::Integer(value)))
}
