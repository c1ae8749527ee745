//! Calls of functions: which there are, what they take, and what they give.

use sqlparser::ast::{self, Expr, FunctionArg, FunctionArgExpr, FunctionArguments};

use super::super::Invalid;
use super::super::node::{Form, Node};
use super::super::types::{Meeting, Type, Typed, refuse};
use super::aggregate::{Aggregation, aggregate, is_aggregate};
use super::compare::pair;
use super::expr::Place;
use super::{Lowerer, cast, coerce};

/// What a function takes in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    Varchar,
    Bigint,
    Double,
    /// A date, or a timestamp with or without zone, as milliseconds.
    Time,
    /// JSON, or text that is JSON.
    Json,
    /// JSON and not text.
    OnlyJson,
    Map,
    Array,
}

/// What a function gives.
#[derive(Clone, Copy, Debug)]
enum Gives {
    Varchar,
    Bigint,
    Double,
    Boolean,
    Timestamp,
    Zoned,
    Json,
    Texts,
}

/// Name, what it takes, how many of these may be left out, what it gives, name among our functions.
type Signature = (&'static str, &'static [Takes], usize, Gives, &'static str);

use Takes::{Array, Bigint as B, Double as D, Json as J, Map, OnlyJson, Time, Varchar as V};

const SIGNATURES: [Signature; 54] = [
    ("array_join", &[Array, V], 0, Gives::Varchar, "array_join"),
    ("ceil", &[D], 0, Gives::Double, "ceil"),
    ("ceiling", &[D], 0, Gives::Double, "ceil"),
    ("date_format", &[Time, V], 0, Gives::Varchar, "date_format"),
    ("date_parse", &[V, V], 0, Gives::Timestamp, "date_parse"),
    ("day", &[Time], 0, Gives::Bigint, "day"),
    ("day_of_month", &[Time], 0, Gives::Bigint, "day"),
    ("day_of_week", &[Time], 0, Gives::Bigint, "day_of_week"),
    ("day_of_year", &[Time], 0, Gives::Bigint, "day_of_year"),
    ("dow", &[Time], 0, Gives::Bigint, "day_of_week"),
    ("doy", &[Time], 0, Gives::Bigint, "day_of_year"),
    ("floor", &[D], 0, Gives::Double, "floor"),
    (
        "from_iso8601_timestamp",
        &[V],
        0,
        Gives::Zoned,
        "from_iso8601_timestamp",
    ),
    ("from_unixtime", &[D], 0, Gives::Zoned, "from_unixtime"),
    ("hour", &[Time], 0, Gives::Bigint, "hour"),
    ("json_array_length", &[J], 0, Gives::Bigint, "json_array_length"),
    ("json_extract", &[J, V], 0, Gives::Json, "json_extract"),
    ("json_extract_scalar", &[J, V], 0, Gives::Varchar, "json_extract_scalar"),
    ("json_format", &[OnlyJson], 0, Gives::Varchar, "json_format"),
    ("json_parse", &[V], 0, Gives::Json, "json_parse"),
    ("length", &[V], 0, Gives::Bigint, "length"),
    ("lower", &[V], 0, Gives::Varchar, "lower"),
    ("ltrim", &[V], 0, Gives::Varchar, "ltrim"),
    ("map_keys", &[Map], 0, Gives::Texts, "map_keys"),
    ("map_values", &[Map], 0, Gives::Texts, "map_values"),
    ("millisecond", &[Time], 0, Gives::Bigint, "millisecond"),
    ("minute", &[Time], 0, Gives::Bigint, "minute"),
    ("mod", &[B, B], 0, Gives::Bigint, "modulo"),
    ("month", &[Time], 0, Gives::Bigint, "month"),
    ("pow", &[D, D], 0, Gives::Double, "power"),
    ("power", &[D, D], 0, Gives::Double, "power"),
    ("quarter", &[Time], 0, Gives::Bigint, "quarter"),
    ("regexp_extract", &[V, V, B], 1, Gives::Varchar, "regexp_extract"),
    ("regexp_like", &[V, V], 0, Gives::Boolean, "regexp_like"),
    ("regexp_replace", &[V, V, V], 1, Gives::Varchar, "regexp_replace"),
    ("replace", &[V, V, V], 1, Gives::Varchar, "replace"),
    ("reverse", &[V], 0, Gives::Varchar, "reverse"),
    ("rtrim", &[V], 0, Gives::Varchar, "rtrim"),
    ("second", &[Time], 0, Gives::Bigint, "second"),
    ("split", &[V, V], 0, Gives::Texts, "split"),
    ("split_part", &[V, V, B], 0, Gives::Varchar, "split_part"),
    ("sqrt", &[D], 0, Gives::Double, "sqrt"),
    ("starts_with", &[V, V], 0, Gives::Boolean, "starts_with"),
    ("strpos", &[V, V], 0, Gives::Bigint, "strpos"),
    ("substr", &[V, B, B], 1, Gives::Varchar, "substr"),
    ("substring", &[V, B, B], 1, Gives::Varchar, "substr"),
    ("to_unixtime", &[Time], 0, Gives::Double, "to_unixtime"),
    ("trim", &[V], 0, Gives::Varchar, "trim"),
    ("upper", &[V], 0, Gives::Varchar, "upper"),
    ("week", &[Time], 0, Gives::Bigint, "week"),
    ("week_of_year", &[Time], 0, Gives::Bigint, "week"),
    ("year", &[Time], 0, Gives::Bigint, "year"),
    ("year_of_week", &[Time], 0, Gives::Bigint, "year_of_week"),
    ("yow", &[Time], 0, Gives::Bigint, "year_of_week"),
];

impl Lowerer<'_> {
    /// Lowers a call.
    pub(super) fn function(&mut self, function: &ast::Function, place: Place<'_>) -> Result<Typed, Invalid> {
        let name = function.name.to_string().to_lowercase();
        let unknown = [
            (function.over.is_some(), "OVER"),
            (!function.within_group.is_empty(), "WITHIN GROUP"),
            (function.null_treatment.is_some(), "IGNORE NULLS"),
            (function.uses_odbc_syntax, "{fn}"),
            (!matches!(function.parameters, FunctionArguments::None), "(…)(…)"),
        ];
        if let Some((_, clause)) = unknown.into_iter().find(|(used, _)| *used) {
            return refuse(format!("{clause} is not known behind {name}."));
        }
        let list = match &function.args {
            FunctionArguments::None => return without_parentheses(&name),
            FunctionArguments::List(list) if list.clauses.is_empty() => list,
            other => return refuse(format!("{name}{other} is not known.")),
        };
        let distinct = list.duplicate_treatment == Some(ast::DuplicateTreatment::Distinct);
        if is_aggregate(&name) {
            let star = name == "count"
                && !distinct
                && matches!(list.args.as_slice(), [FunctionArg::Unnamed(FunctionArgExpr::Wildcard)]);
            let inside = Place {
                clause: "an aggregate",
                aggregates: false,
                ..place
            };
            let args = if star {
                Vec::new()
            } else {
                self.args(&name, &list.args, inside)?
            };
            let filter = match &function.filter {
                Some(filter) => Some(self.condition(filter, inside)?),
                None => None,
            };
            let call = Aggregation {
                name,
                distinct,
                star,
                args,
                filter,
            };
            return aggregate(call, place);
        }
        if distinct || function.filter.is_some() {
            return refuse(format!(
                "{name} is not an aggregate: DISTINCT and FILTER are not known for it."
            ));
        }
        let args = self.args(&name, &list.args, place)?;
        call(&name, args)
    }

    fn args(&mut self, name: &str, args: &[FunctionArg], place: Place<'_>) -> Result<Vec<Typed>, Invalid> {
        let mut typed = Vec::new();
        for arg in args {
            match arg {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => typed.push(self.expr(expr, place)?),
                other => return refuse(format!("{name}({other}) is not known.")),
            }
        }
        Ok(typed)
    }

    /// Functions that have a syntax of their own.
    pub(super) fn spelled_call(&mut self, expr: &Expr, place: Place<'_>) -> Result<Typed, Invalid> {
        let unknown = || refuse(format!("The expression {expr} is not known."));
        let (name, args): (&str, Vec<&Expr>) = match expr {
            Expr::Substring {
                expr,
                substring_from: Some(from),
                substring_for,
                ..
            } => (
                "substr",
                [Some(expr), Some(from), substring_for.as_ref()]
                    .into_iter()
                    .flatten()
                    .map(AsRef::as_ref)
                    .collect(),
            ),
            Expr::Trim {
                trim_where: None,
                trim_what: None,
                expr,
                trim_characters: None,
            } => ("trim", vec![expr]),
            Expr::Position { expr, r#in } => ("strpos", vec![r#in, expr]),
            Expr::Extract { field, expr, .. } => match field {
                ast::DateTimeField::Year => ("year", vec![expr]),
                ast::DateTimeField::Quarter => ("quarter", vec![expr]),
                ast::DateTimeField::Month => ("month", vec![expr]),
                ast::DateTimeField::Day => ("day", vec![expr]),
                ast::DateTimeField::Hour => ("hour", vec![expr]),
                ast::DateTimeField::Minute => ("minute", vec![expr]),
                ast::DateTimeField::Second => ("second", vec![expr]),
                ast::DateTimeField::Dow | ast::DateTimeField::DayOfWeek => ("day_of_week", vec![expr]),
                _ => return unknown(),
            },
            Expr::Ceil {
                expr,
                field: ast::CeilFloorKind::DateTimeField(ast::DateTimeField::NoDateTime),
            } => ("ceil", vec![expr]),
            Expr::Floor {
                expr,
                field: ast::CeilFloorKind::DateTimeField(ast::DateTimeField::NoDateTime),
            } => ("floor", vec![expr]),
            _ => return unknown(),
        };
        let mut typed = Vec::new();
        for arg in args {
            typed.push(self.expr(arg, place)?);
        }
        call(name, typed)
    }
}

fn without_parentheses(name: &str) -> Result<Typed, Invalid> {
    match name {
        "current_timestamp" => Ok(Typed::new(Type::Zoned, Node::Now)),
        "localtimestamp" => Ok(Typed::new(Type::Timestamp, Node::Now)),
        "current_date" => Ok(Typed::new(Type::Date, Node::call("timestamp_to_date", vec![Node::Now]))),
        other => refuse(format!("{other} is not known.")),
    }
}

/// A call of what takes one row, with its arguments typed.
fn call(name: &str, args: Vec<Typed>) -> Result<Typed, Invalid> {
    if let Some(signature) = SIGNATURES.iter().find(|signature| signature.0 == name) {
        return plain(signature, args);
    }
    let given: Vec<String> = args.iter().map(|arg| arg.ty.to_string()).collect();
    let kinds: Vec<Type> = args.iter().map(|arg| arg.ty.clone()).collect();
    let done = match (name, kinds.as_slice()) {
        ("now", []) => Some(Typed::new(Type::Zoned, Node::Now)),
        ("coalesce", [_, ..]) => Some(choice("coalesce", "coalesce", args)?),
        ("greatest", [_, ..]) => Some(extreme("max", "greatest", args)?),
        ("least", [_, ..]) => Some(extreme("min", "least", args)?),
        ("concat", [_, _, ..]) => concat(args)?,
        ("if", [Type::Boolean | Type::Unknown, _] | [Type::Boolean | Type::Unknown, _, _]) => Some(conditional(args)?),
        ("nullif", [_, _]) => Some(null_if(args)?),
        ("try", [_]) => Some(attempt(args)?),
        ("abs", [Type::Bigint | Type::Double]) | ("round", [Type::Bigint]) => same(name, args)?,
        ("round", [Type::Double] | [Type::Double, Type::Bigint]) => same("round", args)?,
        ("date", [Type::Varchar | Type::Date | Type::Timestamp | Type::Zoned]) => {
            let date = ast::DataType::Date;
            args.into_iter()
                .next()
                .map(|arg| cast::cast(arg, &date, false))
                .transpose()?
        }
        ("to_iso8601", [ty]) if ty.is_time() => {
            let name = match ty {
                Type::Date => "date_to_text",
                Type::Zoned => "zoned_to_iso",
                _ => "timestamp_to_iso",
            };
            Some(Typed::new(Type::Varchar, Node::call(name, ones(args)?)))
        }
        ("date_add" | "date_trunc" | "date_diff", [Type::Varchar, ..]) => on_times(name, &kinds, args)?,
        _ => on_collections(name, &kinds, args)?,
    };
    match done {
        Some(done) => Ok(done),
        None if KNOWN.contains(&name) => refuse(format!(
            "Unexpected parameters ({}) for function {name}.",
            given.join(", ")
        )),
        None => refuse(format!("The function {name} is not known.")),
    }
}

/// What [`call`] knows besides [`SIGNATURES`].
const KNOWN: [&str; 18] = [
    "abs",
    "cardinality",
    "coalesce",
    "concat",
    "contains",
    "date",
    "date_add",
    "date_diff",
    "date_trunc",
    "element_at",
    "greatest",
    "if",
    "least",
    "now",
    "nullif",
    "round",
    "to_iso8601",
    "try",
];

fn ones(args: Vec<Typed>) -> Result<Vec<Node>, Invalid> {
    args.into_iter().map(Typed::one).collect()
}

fn plain(signature: &Signature, args: Vec<Typed>) -> Result<Typed, Invalid> {
    let (name, takes, optional, gives, ours) = *signature;
    let types: Vec<String> = args.iter().map(|arg| arg.ty.to_string()).collect();
    let wrong = || format!("Unexpected parameters ({}) for function {name}.", types.join(", "));
    if args.len() > takes.len() || args.len() + optional < takes.len() {
        return refuse(wrong());
    }
    let mut nodes = Vec::new();
    for (arg, takes) in args.into_iter().zip(takes) {
        match taken(arg, *takes)? {
            Some(node) => nodes.push(node),
            None => return refuse(wrong()),
        }
    }
    let ty = match gives {
        Gives::Varchar => Type::Varchar,
        Gives::Bigint => Type::Bigint,
        Gives::Double => Type::Double,
        Gives::Boolean => Type::Boolean,
        Gives::Timestamp => Type::Timestamp,
        Gives::Zoned => Type::Zoned,
        Gives::Json => Type::Json,
        Gives::Texts => Type::Array(Box::new(Type::Varchar)),
    };
    Ok(Typed::new(ty, Node::call(ours, nodes)))
}

fn taken(arg: Typed, takes: Takes) -> Result<Option<Node>, Invalid> {
    let fits = match (takes, &arg.ty) {
        (_, Type::Unknown)
        | (Takes::Varchar, Type::Varchar)
        | (Takes::Bigint, Type::Bigint)
        | (Takes::Json, Type::Json | Type::Varchar)
        | (OnlyJson, Type::Json)
        | (Map, Type::Map)
        | (Time, Type::Timestamp | Type::Zoned) => true,
        (Array, Type::Array(item)) => **item == Type::Varchar || **item == Type::Bigint,
        (Takes::Double, Type::Double | Type::Bigint | Type::Decimal) => return cast::as_double(arg).map(Some),
        (Time, Type::Date) => return Ok(Some(Node::call("date_start", vec![arg.one()?]))),
        _ => false,
    };
    if fits { arg.one().map(Some) } else { Ok(None) }
}

/// The same type comes out as goes in first.
fn same(name: &str, args: Vec<Typed>) -> Result<Option<Typed>, Invalid> {
    let ty = args.first().map_or(Type::Unknown, |arg| arg.ty.clone());
    let nodes = ones(args)?;
    let name = match (name, &ty) {
        ("abs", Type::Bigint) => "abs",
        ("abs", _) => "abs_real",
        ("round", Type::Bigint) => return Ok(nodes.into_iter().next().map(|node| Typed::new(ty, node))),
        _ => "round",
    };
    Ok(Some(Typed::new(ty, Node::call(name, nodes))))
}

fn choice(sql: &'static str, name: &str, args: Vec<Typed>) -> Result<Typed, Invalid> {
    let (ty, mut nodes) = coerce::alike(args, Meeting::Choice, name)?;
    // SQLite's want two.
    if nodes.len() == 1 {
        nodes.extend(nodes.first().cloned());
    }
    Ok(Typed::new(ty, Node::Apply(Form::Builtin(sql), nodes)))
}

fn extreme(sql: &'static str, name: &str, args: Vec<Typed>) -> Result<Typed, Invalid> {
    let value = choice(sql, name, args)?;
    if value.ty.is_comparable() {
        return Ok(value);
    }
    refuse(format!("{name} cannot be applied to {}.", value.ty))
}

fn concat(args: Vec<Typed>) -> Result<Option<Typed>, Invalid> {
    if args.iter().any(|arg| !matches!(arg.ty, Type::Varchar | Type::Unknown)) {
        return Ok(None);
    }
    let node = Node::Apply(Form::Infix("||"), ones(args)?);
    Ok(Some(Typed::new(Type::Varchar, node)))
}

fn conditional(args: Vec<Typed>) -> Result<Typed, Invalid> {
    let mut args = args.into_iter();
    let condition = args.next().map(Typed::one).transpose()?;
    let (ty, values) = coerce::alike(args.collect(), Meeting::Choice, "if")?;
    let nodes = condition.into_iter().chain(values).collect();
    Ok(Typed::new(ty, Node::Apply(Form::Case, nodes)))
}

fn null_if(args: Vec<Typed>) -> Result<Typed, Invalid> {
    let [value, other] = <[Typed; 2]>::try_from(args).or_else(|_| refuse("nullif takes two values."))?;
    let (left, right) = pair("nullif", value.clone(), other)?;
    let ty = value.ty.clone();
    let nodes = vec![Node::infix("=", left, right), Node::Null, value.one()?];
    Ok(Typed::new(ty, Node::Apply(Form::Case, nodes)))
}

fn attempt(args: Vec<Typed>) -> Result<Typed, Invalid> {
    let Some(arg) = args.into_iter().next() else {
        return refuse("try takes one value.");
    };
    let ty = arg.ty.clone();
    match arg.one()?.noted() {
        Some(node) => Ok(Typed::new(ty, Node::Apply(Form::Try, vec![node]))),
        None => refuse("A subquery within try is not known."),
    }
}

fn on_times(name: &str, kinds: &[Type], args: Vec<Typed>) -> Result<Option<Typed>, Invalid> {
    let of_date = |name: &'static str, dated: &'static str, ty: &Type| if *ty == Type::Date { dated } else { name };
    Ok(match (name, kinds) {
        ("date_add", [_, Type::Bigint, ty]) if ty.is_time() => {
            let ours = of_date("date_add", "date_add_date", ty);
            Some(Typed::new(ty.clone(), Node::call(ours, ones(args)?)))
        }
        ("date_trunc", [_, ty]) if ty.is_time() => {
            let ours = of_date("date_trunc", "date_trunc_date", ty);
            Some(Typed::new(ty.clone(), Node::call(ours, ones(args)?)))
        }
        ("date_diff", [_, from, to]) if from.is_time() && to.is_time() => {
            let mut nodes = Vec::new();
            for (at, arg) in args.into_iter().enumerate() {
                let takes = if at == 0 { Takes::Varchar } else { Time };
                nodes.extend(taken(arg, takes)?);
            }
            Some(Typed::new(Type::Bigint, Node::call("date_diff", nodes)))
        }
        _ => None,
    })
}

fn on_collections(name: &str, kinds: &[Type], args: Vec<Typed>) -> Result<Option<Typed>, Invalid> {
    Ok(match (name, kinds) {
        ("cardinality", [Type::Map]) => Some(Typed::new(Type::Bigint, Node::call("map_size", ones(args)?))),
        ("cardinality", [Type::Array(_)]) => Some(Typed::new(Type::Bigint, Node::call("array_size", ones(args)?))),
        ("element_at", [Type::Map, Type::Varchar]) => {
            Some(Typed::new(Type::Varchar, Node::call("map_element", ones(args)?)))
        }
        ("element_at", [Type::Array(item), Type::Bigint]) => {
            let item = item.as_ref().clone();
            Some(Typed::new(item, Node::call("array_element", ones(args)?)))
        }
        ("contains", [Type::Array(item), value]) if **item == *value => {
            Some(Typed::new(Type::Boolean, Node::call("array_contains", ones(args)?)))
        }
        _ => None,
    })
}
