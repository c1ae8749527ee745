//! Comparisons, and the predicates made of them.

use sqlparser::ast::{BinaryOperator, Expr};

use super::super::Invalid;
use super::super::node::{Form, Node};
use super::super::types::{Meeting, Type, Typed, common, refuse};
use super::expr::Place;
use super::{Lowerer, coerce};

/// The type in which two values are compared.
pub(super) fn meeting(operator: &str, left: &Type, right: &Type) -> Result<Type, Invalid> {
    match common(left, right, Meeting::Comparison) {
        Some(ty) if ty.is_comparable() => Ok(ty),
        Some(Type::Row(_)) => refuse(format!("'{operator}' between rows is not known; compare their fields.")),
        _ => refuse(format!("'{operator}' cannot be applied to {left}, {right}.")),
    }
}

/// `=`, `<>`, `<`, `<=`, `>`, `>=`.
pub(super) fn compare(op: &BinaryOperator, left: Typed, right: Typed) -> Result<Typed, Invalid> {
    let sql = match op {
        BinaryOperator::Eq => "=",
        BinaryOperator::NotEq => "<>",
        BinaryOperator::Lt => "<",
        BinaryOperator::LtEq => "<=",
        BinaryOperator::Gt => ">",
        BinaryOperator::GtEq => ">=",
        other => return refuse(format!("The operator {other} is not known.")),
    };
    let (left, right) = pair(sql, left, right)?;
    Ok(Typed::new(Type::Boolean, Node::infix(sql, left, right)))
}

/// Two values in the type in which they are compared.
pub(super) fn pair(operator: &str, left: Typed, right: Typed) -> Result<(Node, Node), Invalid> {
    let ty = meeting(operator, &left.ty, &right.ty)?;
    let left = coerce::to(left, &ty, Meeting::Comparison)?.one()?;
    let right = coerce::to(right, &ty, Meeting::Comparison)?.one()?;
    Ok((left, right))
}

impl Lowerer<'_> {
    /// `IS DISTINCT FROM`, `BETWEEN`, `IN`, `LIKE`.
    pub(super) fn predicate(&mut self, expr: &Expr, place: Place<'_>) -> Result<Typed, Invalid> {
        let node = match expr {
            Expr::IsDistinctFrom(left, right) => self.distinct("IS NOT", left, right, place)?,
            Expr::IsNotDistinctFrom(left, right) => self.distinct("IS", left, right, place)?,
            Expr::Between {
                expr,
                negated,
                low,
                high,
            } => {
                let value = self.expr(expr, place)?;
                let low = self.expr(low, place)?;
                let high = self.expr(high, place)?;
                let above = compare(&BinaryOperator::GtEq, value.clone(), low)?.one()?;
                let below = compare(&BinaryOperator::LtEq, value, high)?.one()?;
                Node::infix("AND", above, below).negated_if(*negated)
            }
            Expr::InList { expr, list, negated } => self.in_list(expr, list, place)?.negated_if(*negated),
            Expr::Like {
                negated,
                any: false,
                expr,
                pattern,
                escape_char,
            } => self
                .like(expr, pattern, escape_char.as_deref(), place)?
                .negated_if(*negated),
            other => return refuse(format!("The expression {other} is not known.")),
        };
        Ok(Typed::new(Type::Boolean, node))
    }

    fn distinct(&mut self, sql: &'static str, left: &Expr, right: &Expr, place: Place<'_>) -> Result<Node, Invalid> {
        let left = self.expr(left, place)?;
        let right = self.expr(right, place)?;
        let (left, right) = pair("IS DISTINCT FROM", left, right)?;
        Ok(Node::infix(sql, left, right))
    }

    fn in_list(&mut self, expr: &Expr, list: &[Expr], place: Place<'_>) -> Result<Node, Invalid> {
        let mut values = vec![self.expr(expr, place)?];
        for item in list {
            values.push(self.expr(item, place)?);
        }
        let mut ty = Type::Unknown;
        for value in &values {
            ty = meeting("IN", &ty, &value.ty)?;
        }
        let values = values
            .into_iter()
            .map(|value| coerce::to(value, &ty, Meeting::Comparison)?.one());
        Ok(Node::Apply(Form::In, values.collect::<Result<_, _>>()?))
    }

    /// With regard to case, unlike `SQLite`'s.
    fn like(&mut self, expr: &Expr, pattern: &Expr, escape: Option<&Expr>, place: Place<'_>) -> Result<Node, Invalid> {
        let mut args = Vec::new();
        for part in [Some(expr), Some(pattern), escape].into_iter().flatten() {
            let value = self.expr(part, place)?;
            if !matches!(value.ty, Type::Varchar | Type::Unknown) {
                return refuse(format!("LIKE cannot be applied to {}; CAST it to varchar.", value.ty));
            }
            args.push(value.one()?);
        }
        Ok(Node::call(if escape.is_some() { "like_escape" } else { "like" }, args))
    }
}
