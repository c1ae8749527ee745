//! One type where another is wanted.

use super::super::Invalid;
use super::super::functions;
use super::super::node::{Form, Node};
use super::super::types::{Meeting, Type, Typed, common, refuse};

/// Makes a value another type, where that loses nothing.
pub(super) fn to(value: Typed, wanted: &Type, meeting: Meeting) -> Result<Typed, Invalid> {
    if value.ty == *wanted {
        return Ok(value);
    }
    if let (Type::Unknown, Type::Row(_)) = (&value.ty, wanted) {
        return Ok(Typed {
            ty: wanted.clone(),
            nodes: vec![Node::Null; wanted.width()],
        });
    }
    let from = value.ty.clone();
    let node = value.one()?;
    let node = match (&from, wanted) {
        (Type::Unknown, _)
        | (Type::Decimal, Type::Double)
        | (Type::Bigint, Type::Decimal)
        | (Type::Timestamp, Type::Zoned) => node,
        (Type::Bigint, Type::Double) => Node::Apply(Form::Real, vec![node]),
        (Type::Date, Type::Timestamp | Type::Zoned) => Node::call("date_start", vec![node]),
        (Type::Varchar, time) if time.is_time() && meeting == Meeting::Comparison => text_as_time(node, time)?,
        (time, Type::Varchar) if time.is_time() && meeting == Meeting::Union => time_as_text(node, time),
        _ => return refuse(format!("A {from} cannot stand where a {wanted} is wanted.")),
    };
    Ok(Typed::new(wanted.clone(), node))
}

/// A literal is read at once, so that a mistake in it is told before anything runs.
fn text_as_time(node: Node, wanted: &Type) -> Result<Node, Invalid> {
    let (name, of_date) = match wanted {
        Type::Date => ("text_to_date", true),
        _ => ("text_to_timestamp", false),
    };
    let Node::Text(text) = node else {
        return Ok(Node::call(name, vec![node]));
    };
    let read = if of_date {
        functions::time::date_of(&text)
    } else {
        functions::time::timestamp_of(&text)
    };
    match read {
        Ok(value) => Ok(Node::Integer(value)),
        Err(message) => refuse(message),
    }
}

/// Writes a time as rows show it.
pub(super) fn time_as_text(node: Node, ty: &Type) -> Node {
    let name = match ty {
        Type::Date => "date_to_text",
        Type::Zoned => "zoned_to_text",
        _ => "timestamp_to_text",
    };
    Node::call(name, vec![node])
}

/// Makes several values one type.
pub(super) fn alike(values: Vec<Typed>, meeting: Meeting, what: &str) -> Result<(Type, Vec<Node>), Invalid> {
    let mut ty = Type::Unknown;
    for value in &values {
        ty = match common(&ty, &value.ty, meeting) {
            Some(ty) => ty,
            None => {
                return refuse(format!(
                    "All values of {what} must be the same type, not {ty} and {}.",
                    value.ty
                ));
            }
        };
    }
    let nodes = values.into_iter().map(|value| to(value, &ty, meeting)?.one());
    let nodes = nodes.collect::<Result<_, _>>()?;
    Ok((ty, nodes))
}
