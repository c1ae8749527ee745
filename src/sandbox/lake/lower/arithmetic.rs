//! Sums: whole numbers that do not run over in silence, real ones, and times with intervals.

use sqlparser::ast::{self, BinaryOperator, DateTimeField, Expr, Value};

use super::super::Invalid;
use super::super::node::{Form, Node};
use super::super::types::{Meeting, Type, Typed, refuse};
use super::coerce;
use crate::sandbox::clock::DAY_MS;

/// `+ - * / %`.
pub(super) fn binary(op: &BinaryOperator, left: Typed, right: Typed) -> Result<Typed, Invalid> {
    let (a, b) = (left.ty.clone(), right.ty.clone());
    match (&a, &b) {
        (Type::Unknown, Type::Unknown) => Ok(Typed::new(Type::Bigint, Node::Null)),
        (Type::Bigint | Type::Unknown, Type::Bigint | Type::Unknown) => {
            let name = match op {
                BinaryOperator::Plus => "add",
                BinaryOperator::Minus => "subtract",
                BinaryOperator::Multiply => "multiply",
                BinaryOperator::Divide => "divide",
                _ => "modulo",
            };
            Ok(Typed::new(
                Type::Bigint,
                Node::call(name, vec![left.one()?, right.one()?]),
            ))
        }
        (Type::Decimal, Type::Double | Type::Unknown)
        | (Type::Double | Type::Unknown, Type::Decimal)
        | (Type::Double, Type::Double | Type::Bigint | Type::Unknown)
        | (Type::Bigint | Type::Unknown, Type::Double) => real(op, left, right),
        (Type::Decimal, _) | (_, Type::Decimal) => refuse(format!(
            "'{op}' with a decimal is not known ({a}, {b}); write 1.5e0, or CAST(1.5 AS double)."
        )),
        _ => times(op, left, right),
    }
}

fn real(op: &BinaryOperator, left: Typed, right: Typed) -> Result<Typed, Invalid> {
    let left = coerce::to(left, &Type::Double, Meeting::Choice)?.one()?;
    let right = coerce::to(right, &Type::Double, Meeting::Choice)?.one()?;
    let name = match op {
        BinaryOperator::Plus => "add_real",
        BinaryOperator::Minus => "subtract_real",
        BinaryOperator::Multiply => "multiply_real",
        BinaryOperator::Divide => "divide_real",
        _ => "modulo_real",
    };
    Ok(Typed::new(Type::Double, Node::call(name, vec![left, right])))
}

/// Times and intervals.
fn times(op: &BinaryOperator, left: Typed, right: Typed) -> Result<Typed, Invalid> {
    let (a, b) = (left.ty.clone(), right.ty.clone());
    let plus = *op == BinaryOperator::Plus;
    let minus = *op == BinaryOperator::Minus;
    let name = if plus { "add" } else { "subtract" };
    let (left, right) = (left.one()?, right.one()?);
    let call = |ty: Type, name, args| Ok(Typed::new(ty, Node::call(name, args)));
    match (&a, &b) {
        (Type::Timestamp | Type::Zoned, Type::DayInterval) if plus || minus => call(a, name, vec![left, right]),
        (Type::DayInterval, Type::Timestamp | Type::Zoned) if plus => call(b, name, vec![left, right]),
        (Type::DayInterval, Type::DayInterval) | (Type::MonthInterval, Type::MonthInterval) if plus || minus => {
            call(a, name, vec![left, right])
        }
        (Type::Timestamp | Type::Zoned, Type::Timestamp | Type::Zoned) if minus => {
            call(Type::DayInterval, name, vec![left, right])
        }
        (Type::Timestamp | Type::Zoned | Type::Date, Type::MonthInterval) if plus || minus => {
            let months = if plus { right } else { Node::call("negate", vec![right]) };
            let name = if a == Type::Date {
                "add_months_date"
            } else {
                "add_months"
            };
            call(a, name, vec![left, months])
        }
        (Type::Date, Type::DayInterval) if plus || minus => {
            let days = Node::call("whole_days", vec![right]);
            call(a, name, vec![left, days])
        }
        (Type::DayInterval, Type::Bigint) | (Type::Bigint, Type::DayInterval) if *op == BinaryOperator::Multiply => {
            call(Type::DayInterval, "multiply", vec![left, right])
        }
        _ => refuse(format!("'{op}' cannot be applied to {a}, {b}.")),
    }
}

/// `-x` and `+x`.
pub(super) fn signed(minus: bool, value: Typed) -> Result<Typed, Invalid> {
    let ty = value.ty.clone();
    let name = match ty {
        Type::Bigint | Type::DayInterval | Type::MonthInterval | Type::Unknown => "negate",
        Type::Double => "negate_real",
        ref other => return refuse(format!("A sign cannot be applied to {other}.")),
    };
    let node = value.one()?;
    Ok(Typed::new(ty, if minus { Node::call(name, vec![node]) } else { node }))
}

/// `interval '1' day`.
pub(super) fn interval(interval: &ast::Interval) -> Result<Typed, Invalid> {
    let unknown = || refuse(format!("{interval} is not known; write interval '1' day."));
    let ast::Interval {
        value,
        leading_field: Some(field),
        leading_precision: None,
        last_field: None,
        fractional_seconds_precision: None,
    } = interval
    else {
        return unknown();
    };
    let Expr::Value(ast::ValueWithSpan {
        value: Value::SingleQuotedString(digits),
        ..
    }) = value.as_ref()
    else {
        return unknown();
    };
    let Ok(count) = digits.parse::<i64>() else {
        return unknown();
    };
    let (ty, unit) = match field {
        DateTimeField::Year => (Type::MonthInterval, 12),
        DateTimeField::Month => (Type::MonthInterval, 1),
        DateTimeField::Week(None) => (Type::DayInterval, 7 * DAY_MS),
        DateTimeField::Day => (Type::DayInterval, DAY_MS),
        DateTimeField::Hour => (Type::DayInterval, 3_600_000),
        DateTimeField::Minute => (Type::DayInterval, 60_000),
        DateTimeField::Second => (Type::DayInterval, 1000),
        _ => return unknown(),
    };
    match count.checked_mul(unit) {
        Some(amount) => Ok(Typed::new(ty, Node::Integer(amount))),
        None => unknown(),
    }
}

/// A condition as 1, to be counted.
pub(super) fn counted(condition: Node) -> Node {
    Node::Apply(Form::Case, vec![condition, Node::Integer(1)])
}
