//! `CAST`, `TRY_CAST`, and literals that name their type.

use sqlparser::ast::{self, DataType, ExactNumberInfo, TimezoneInfo, Value};

use super::super::Invalid;
use super::super::functions;
use super::super::node::{Form, Node};
use super::super::types::{Meeting, Type, Typed, refuse};
use super::coerce;

/// A type as it is written, with what limits it.
enum Wanted {
    Type(Type),
    /// A whole number of 32 bits.
    Integer,
    /// A text cut after so many characters.
    Cut(i64),
}

/// `CAST(value AS data_type)`.
pub(super) fn cast(value: Typed, data_type: &DataType, lenient: bool) -> Result<Typed, Invalid> {
    let wanted = wanted(data_type)?;
    let from = value.ty.clone();
    let ty = match &wanted {
        Wanted::Type(ty) => ty.clone(),
        Wanted::Integer => Type::Bigint,
        Wanted::Cut(_) => Type::Varchar,
    };
    let impossible = || refuse(format!("Cannot cast {from} to {data_type}."));
    if matches!(from, Type::Row(_)) {
        return impossible();
    }
    // Only what the cast itself cannot do becomes null, not what its value fails at.
    let form = if lenient { Form::Lenient } else { Form::Call };
    let Some(node) = converted(value.one()?, &from, &ty, form) else {
        return impossible();
    };
    let node = match wanted {
        Wanted::Type(_) => node,
        Wanted::Integer => Node::Apply(form("to_integer"), vec![node]),
        Wanted::Cut(length) => Node::call("cut", vec![node, Node::Integer(length)]),
    };
    Ok(Typed::new(ty, node))
}

fn wanted(data_type: &DataType) -> Result<Wanted, Invalid> {
    Ok(match data_type {
        DataType::Varchar(None) => Wanted::Type(Type::Varchar),
        DataType::Varchar(Some(ast::CharacterLength::IntegerLength { length, unit: None })) => {
            Wanted::Cut(i64::try_from(*length).unwrap_or(i64::MAX))
        }
        DataType::BigInt(None) => Wanted::Type(Type::Bigint),
        DataType::Int(None) | DataType::Integer(None) => Wanted::Integer,
        DataType::Double(ExactNumberInfo::None) => Wanted::Type(Type::Double),
        DataType::Boolean => Wanted::Type(Type::Boolean),
        DataType::Date => Wanted::Type(Type::Date),
        DataType::Timestamp(None | Some(3), TimezoneInfo::None | TimezoneInfo::WithoutTimeZone) => {
            Wanted::Type(Type::Timestamp)
        }
        DataType::Timestamp(None | Some(3), TimezoneInfo::WithTimeZone) => Wanted::Type(Type::Zoned),
        DataType::JSON => Wanted::Type(Type::Json),
        other => return refuse(format!("The type {other} is not known.")),
    })
}

fn converted(node: Node, from: &Type, to: &Type, form: fn(&'static str) -> Form) -> Option<Node> {
    let name = match (from, to) {
        (from, to) if from == to => return Some(node),
        (Type::Unknown, _)
        | (Type::Decimal, Type::Double)
        | (Type::Boolean, Type::Bigint)
        | (Type::Timestamp, Type::Zoned)
        | (Type::Zoned, Type::Timestamp)
        | (Type::Map, Type::Json) => return Some(node),
        (Type::Varchar, Type::Bigint) => "text_to_bigint",
        (Type::Varchar, Type::Double) => "text_to_double",
        (Type::Varchar, Type::Boolean) => "text_to_boolean",
        (Type::Varchar, Type::Date) => "text_to_date",
        (Type::Varchar, Type::Timestamp | Type::Zoned) => "text_to_timestamp",
        (Type::Varchar, Type::Json) => "text_to_json",
        (Type::Bigint, Type::Varchar) => return Some(Node::Apply(Form::Digits, vec![node])),
        (Type::Bigint | Type::Boolean, Type::Double) => return Some(Node::Apply(Form::Real, vec![node])),
        (Type::Bigint | Type::Double, Type::Boolean) => {
            return Some(Node::infix("<>", node, Node::Integer(0)));
        }
        (Type::Bigint | Type::Double, Type::Json) => "number_to_json",
        (Type::Double, Type::Bigint) => "double_to_bigint",
        (Type::Double, Type::Varchar) => "double_to_text",
        (Type::Boolean, Type::Varchar | Type::Json) => "boolean_to_text",
        (Type::Date | Type::Timestamp | Type::Zoned, Type::Varchar) => return Some(coerce::time_as_text(node, from)),
        (Type::Date | Type::Timestamp | Type::Zoned, Type::Json) => {
            return Some(Node::call("text_to_json", vec![coerce::time_as_text(node, from)]));
        }
        (Type::Date, Type::Timestamp | Type::Zoned) => "date_start",
        (Type::Timestamp | Type::Zoned, Type::Date) => "timestamp_to_date",
        (Type::Json, Type::Varchar) => "json_to_text",
        (Type::Array(item), Type::Json) if **item == Type::Varchar || **item == Type::Bigint => return Some(node),
        _ => return None,
    };
    Some(Node::Apply(form(name), vec![node]))
}

/// `timestamp '…'` and `date '…'`.
pub(super) fn typed_literal(typed: &ast::TypedString) -> Result<Typed, Invalid> {
    let Value::SingleQuotedString(text) = &typed.value.value else {
        return refuse(format!("The literal {typed} is not known."));
    };
    let (ty, read) = match &typed.data_type {
        DataType::Date => (Type::Date, functions::time::date_of(text)),
        DataType::Timestamp(None, TimezoneInfo::None) => (Type::Timestamp, functions::time::timestamp_of(text)),
        DataType::JSON => {
            let node = Node::call("json_parse", vec![Node::Text(text.clone())]);
            return Ok(Typed::new(Type::Json, node));
        }
        _ => return refuse(format!("The literal {typed} is not known.")),
    };
    match read {
        Ok(value) => Ok(Typed::new(ty, Node::Integer(value))),
        Err(message) => refuse(message),
    }
}

/// A value as a double, where a function wants one.
pub(super) fn as_double(value: Typed) -> Result<Node, Invalid> {
    coerce::to(value, &Type::Double, Meeting::Choice)?.one()
}
