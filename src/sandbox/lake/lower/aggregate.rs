//! Aggregate functions.

use super::super::Invalid;
use super::super::node::{Form, Node};
use super::super::types::{Meeting, Type, Typed, refuse};
use super::arithmetic::counted;
use super::coerce;
use super::expr::Place;
use super::grouping::is_of;
use super::select::whole;

/// A call of an aggregate whose arguments are typed.
pub(super) struct Aggregation {
    /// In lower case.
    pub(super) name: String,
    /// Whether equal values count once.
    pub(super) distinct: bool,
    /// `count(*)`.
    pub(super) star: bool,
    /// The arguments.
    pub(super) args: Vec<Typed>,
    /// `FILTER (WHERE …)`.
    pub(super) filter: Option<Node>,
}

/// Whether a function takes many rows.
pub(super) fn is_aggregate(name: &str) -> bool {
    [
        "any_value",
        "approx_distinct",
        "arbitrary",
        "array_agg",
        "avg",
        "bool_and",
        "bool_or",
        "count",
        "count_if",
        "every",
        "max",
        "min",
        "sum",
    ]
    .contains(&name)
}

/// Lowers a call.
pub(super) fn aggregate(call: Aggregation, place: Place<'_>) -> Result<Typed, Invalid> {
    let Aggregation {
        name,
        distinct,
        star,
        args,
        filter,
    } = call;
    if !place.aggregates {
        return refuse(format!(
            "{name} is an aggregate, which {} cannot contain.",
            place.clause
        ));
    }
    must_be_own(&name, &args, filter.as_ref(), place)?;
    let types: Vec<String> = args.iter().map(|arg| arg.ty.to_string()).collect();
    let wrong = || format!("Unexpected parameters ({}) for function {name}.", types.join(", "));
    if star {
        return Ok(built(Type::Bigint, "count", false, Vec::new(), filter));
    }
    let [arg] = <[Typed; 1]>::try_from(args).or_else(|_| refuse(wrong()))?;
    let ty = arg.ty.clone();
    Ok(match name.as_str() {
        "count" | "approx_distinct" => {
            let distinct = distinct || name == "approx_distinct";
            if distinct && matches!(ty, Type::Row(_)) {
                return refuse(wrong());
            }
            built(Type::Bigint, "count", distinct, vec![whole(arg)], filter)
        }
        "count_if" if ty == Type::Boolean && !distinct => {
            built(Type::Bigint, "count", false, vec![counted(arg.one()?)], filter)
        }
        "bool_and" | "every" if ty == Type::Boolean => built(ty, "min", false, vec![arg.one()?], filter),
        "bool_or" if ty == Type::Boolean => built(ty, "max", false, vec![arg.one()?], filter),
        "sum" if matches!(ty, Type::Bigint | Type::Double) => built(ty, "sum", distinct, vec![arg.one()?], filter),
        "avg" if matches!(ty, Type::Bigint | Type::Double) => {
            let node = coerce::to(arg, &Type::Double, Meeting::Choice)?.one()?;
            built(Type::Double, "avg", distinct, vec![node], filter)
        }
        "min" | "max" if ty.is_comparable() && ty != Type::Decimal => {
            let sql = if name == "min" { "min" } else { "max" };
            built(ty, sql, false, vec![arg.one()?], filter)
        }
        "arbitrary" | "any_value" => built(ty, "min", false, vec![arg.one()?], filter),
        "array_agg" if matches!(ty, Type::Varchar | Type::Bigint) => {
            let all = built(ty.clone(), "json_group_array", distinct, vec![arg.one()?], filter).one()?;
            let node = Node::Apply(Form::Builtin("nullif"), vec![all, Node::Text("[]".to_owned())]);
            Typed::new(Type::Array(Box::new(ty)), node)
        }
        _ => return refuse(wrong()),
    })
}

/// `SQLite` would give an aggregate over the columns of a query around this one to that query.
fn must_be_own(name: &str, args: &[Typed], filter: Option<&Node>, place: Place<'_>) -> Result<(), Invalid> {
    let mut columns = Vec::new();
    for node in args.iter().flat_map(|arg| &arg.nodes).chain(filter) {
        node.columns(&mut columns);
    }
    if columns.iter().all(|column| is_of(column, place.scope.relations)) {
        return Ok(());
    }
    refuse(format!(
        "{name} over a column of the query around this one is not known."
    ))
}

fn built(ty: Type, name: &'static str, distinct: bool, args: Vec<Node>, filter: Option<Node>) -> Typed {
    let node = Node::Aggregate {
        name,
        distinct,
        args,
        filter: filter.map(Box::new),
    };
    Typed::new(ty, node)
}
