//! The columns of a statement's result: their names and their types, as far as the select list tells them.
//!
//! Every value comes as a string (reference §5.3). What type it has is known from the schema of integration events
//! (reference §5.2) and from the functions it went through; what is not known is a text.

use std::collections::BTreeMap;

use sqlparser::ast::{
    BinaryOperator, DataType, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, ObjectName,
    ObjectNamePart, Query, Select, SelectItem, SetExpr, TableAlias, TableFactor, UnaryOperator, Value,
};

use super::parsed::{is_store, parse};

/// What a value is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ValueKind {
    /// A text, or something that is not known.
    #[default]
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A time, as `YYYY-MM-DD HH:MM:SS.000` in UTC.
    Time,
    /// A map, as `{k=v, …}`.
    Map,
    /// JSON as a text.
    Json,
}

/// A column of a result.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResultColumn {
    /// Its name, if the select list gives it one.
    pub name: Option<String>,
    /// What its values are.
    pub kind: ValueKind,
}

type Columns = Vec<ResultColumn>;
/// What tables of a statement's own have, by name.
type Known = BTreeMap<String, Option<Columns>>;

/// The columns of a statement; `None` where they cannot be told, of `SELECT *` over a store for instance.
pub fn columns(sql: &str) -> Option<Columns> {
    query(&parse(sql).ok()?.query, &Known::new())
}

/// What the columns of a store are that have a name of their own: for results whose select list is `*`.
pub fn kind_of_column(name: &str) -> ValueKind {
    schema(&[name.to_lowercase()])
}

fn query(query: &Query, known: &Known) -> Option<Columns> {
    let mut known = known.clone();
    for cte in query.with.iter().flat_map(|with| &with.cte_tables) {
        let found = self::query(&cte.query, &known).map(|found| renamed(found, &cte.alias));
        known.insert(cte.alias.name.value.to_lowercase(), found);
    }
    set(&query.body, &known)
}

fn set(body: &SetExpr, known: &Known) -> Option<Columns> {
    match body {
        SetExpr::Select(select) => self::select(select, known),
        SetExpr::Query(query) => self::query(query, known),
        SetExpr::SetOperation { left, right, .. } => {
            let (left, right) = (set(left, known)?, set(right, known)?);
            let both = |(one, other): (ResultColumn, ResultColumn)| ResultColumn {
                kind: if one.kind == other.kind {
                    one.kind
                } else {
                    ValueKind::Text
                },
                name: one.name,
            };
            Some(left.into_iter().zip(right).map(both).collect())
        }
        _ => None,
    }
}

/// A table that a SELECT reads.
struct Source {
    alias: Option<String>,
    content: Content,
}

enum Content {
    Store,
    Known(Columns),
    Unknown,
}

fn select(select: &Select, known: &Known) -> Option<Columns> {
    let tables = select.from.iter().flat_map(|from| {
        let joined = from.joins.iter().map(|join| &join.relation);
        std::iter::once(&from.relation).chain(joined)
    });
    let sources: Vec<Source> = tables.map(|table| source(table, known)).collect();
    let mut columns = Columns::new();
    for item in &select.projection {
        match item {
            SelectItem::UnnamedExpr(expr) => columns.push(ResultColumn {
                name: own_name(expr),
                kind: kind(expr, &sources),
            }),
            SelectItem::ExprWithAlias { expr, alias } => columns.push(ResultColumn {
                name: Some(alias.value.clone()),
                kind: kind(expr, &sources),
            }),
            SelectItem::Wildcard(_) => {
                for source in &sources {
                    match &source.content {
                        Content::Known(found) => columns.extend(found.iter().cloned()),
                        Content::Store | Content::Unknown => return None,
                    }
                }
            }
            SelectItem::QualifiedWildcard(..) | SelectItem::ExprWithAliases { .. } => return None,
        }
    }
    Some(columns)
}

fn source(table: &TableFactor, known: &Known) -> Source {
    match table {
        TableFactor::Table { name, alias, .. } => {
            let name = only_part(name);
            let content = match &name {
                Some(name) if is_store(name) => Content::Store,
                Some(name) => match known.get(&name.to_lowercase()) {
                    Some(Some(columns)) => Content::Known(renamed_by(columns.clone(), alias.as_ref())),
                    Some(None) | None => Content::Unknown,
                },
                None => Content::Unknown,
            };
            Source {
                alias: alias.as_ref().map(|alias| alias.name.value.to_lowercase()).or(name),
                content,
            }
        }
        TableFactor::Derived { subquery, alias, .. } => Source {
            alias: alias.as_ref().map(|alias| alias.name.value.to_lowercase()),
            content: match query(subquery, known) {
                Some(columns) => Content::Known(renamed_by(columns, alias.as_ref())),
                None => Content::Unknown,
            },
        },
        _ => Source {
            alias: None,
            content: Content::Unknown,
        },
    }
}

fn only_part(name: &ObjectName) -> Option<String> {
    match name.0.as_slice() {
        [ObjectNamePart::Identifier(ident)] => Some(ident.value.to_lowercase()),
        _ => None,
    }
}

fn renamed_by(columns: Columns, alias: Option<&TableAlias>) -> Columns {
    match alias {
        Some(alias) => renamed(columns, alias),
        None => columns,
    }
}

/// `AS t (a, b)` gives the columns other names.
fn renamed(mut columns: Columns, alias: &TableAlias) -> Columns {
    for (column, name) in columns.iter_mut().zip(&alias.columns) {
        column.name = Some(name.name.value.clone());
    }
    columns
}

/// What a column without an alias is called: a member by its last part (reference §5.3).
fn own_name(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Identifier(ident) => Some(ident.value.clone()),
        Expr::CompoundIdentifier(parts) => parts.last().map(|ident| ident.value.clone()),
        Expr::Nested(inner) => own_name(inner),
        _ => None,
    }
}

fn kind(expr: &Expr, sources: &[Source]) -> ValueKind {
    match expr {
        Expr::Identifier(ident) => column(std::slice::from_ref(ident), sources),
        Expr::CompoundIdentifier(parts) => column(parts, sources),
        Expr::Nested(inner)
        | Expr::UnaryOp {
            expr: inner,
            op: UnaryOperator::Minus | UnaryOperator::Plus,
        } => kind(inner, sources),
        Expr::Value(value) => match &value.value {
            Value::Number(text, _) if text.bytes().all(|byte| byte.is_ascii_digit()) => ValueKind::Integer,
            Value::Number(..) => ValueKind::Number,
            Value::Boolean(_) => ValueKind::Boolean,
            _ => ValueKind::Text,
        },
        Expr::Cast { data_type, .. } => cast(data_type),
        Expr::BinaryOp { left, op, right } => operator(op, kind(left, sources), kind(right, sources)),
        Expr::Function(function) => call(function, sources),
        Expr::Extract { .. } | Expr::Position { .. } => ValueKind::Integer,
        Expr::IsNull(_)
        | Expr::IsNotNull(_)
        | Expr::Between { .. }
        | Expr::InList { .. }
        | Expr::InSubquery { .. }
        | Expr::Like { .. }
        | Expr::Exists { .. }
        | Expr::UnaryOp {
            op: UnaryOperator::Not, ..
        } => ValueKind::Boolean,
        Expr::Case {
            conditions,
            else_result,
            ..
        } => {
            let results = conditions.iter().map(|case| &case.result).chain(else_result.as_deref());
            same(results.map(|result| kind(result, sources)))
        }
        _ => ValueKind::Text,
    }
}

/// The kind that all have.
fn same(kinds: impl Iterator<Item = ValueKind>) -> ValueKind {
    kinds
        .reduce(|one, other| if one == other { one } else { ValueKind::Text })
        .unwrap_or_default()
}

fn column(parts: &[Ident], sources: &[Source]) -> ValueKind {
    let path: Vec<String> = parts.iter().map(|part| part.value.to_lowercase()).collect();
    let Some((first, members)) = path.split_first() else {
        return ValueKind::Text;
    };
    let qualified = sources
        .iter()
        .find(|source| source.alias.as_ref() == Some(first))
        .filter(|_| !members.is_empty());
    if let Some(source) = qualified {
        return within(source, members).unwrap_or_default();
    }
    sources
        .iter()
        .find_map(|source| within(source, &path))
        .unwrap_or_default()
}

fn within(source: &Source, path: &[String]) -> Option<ValueKind> {
    match (&source.content, path) {
        (Content::Store, path) => Some(schema(path)),
        (Content::Known(columns), [name]) => {
            let named = |column: &&ResultColumn| column.name.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(name));
            columns.iter().find(named).map(|column| column.kind)
        }
        (Content::Known(_) | Content::Unknown, _) => None,
    }
}

/// The schema of a store of integration events, its texts left out (reference §5.2).
fn schema(path: &[String]) -> ValueKind {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["eventtime"] => ValueKind::Time,
        [
            "eventdata",
            "requestparameters" | "responseelements" | "additionaleventdata",
        ]
        | ["eventdata", "useridentity", "details"] => ValueKind::Map,
        _ => ValueKind::Text,
    }
}

fn cast(to: &DataType) -> ValueKind {
    match to {
        DataType::BigInt(_)
        | DataType::Int(_)
        | DataType::Integer(_)
        | DataType::SmallInt(_)
        | DataType::TinyInt(_) => ValueKind::Integer,
        DataType::Double(_) | DataType::DoublePrecision | DataType::Real | DataType::Decimal(_) => ValueKind::Number,
        DataType::Boolean | DataType::Bool => ValueKind::Boolean,
        DataType::Timestamp(..) => ValueKind::Time,
        _ => ValueKind::Text,
    }
}

fn operator(op: &BinaryOperator, left: ValueKind, right: ValueKind) -> ValueKind {
    use BinaryOperator as Op;
    match op {
        Op::Eq | Op::NotEq | Op::Lt | Op::LtEq | Op::Gt | Op::GtEq | Op::And | Op::Or => ValueKind::Boolean,
        Op::Plus | Op::Minus | Op::Multiply | Op::Divide | Op::Modulo => match (left, right) {
            (ValueKind::Integer, ValueKind::Integer) => ValueKind::Integer,
            (ValueKind::Integer | ValueKind::Number, ValueKind::Integer | ValueKind::Number) => ValueKind::Number,
            (ValueKind::Time, _) if matches!(op, Op::Plus | Op::Minus) => ValueKind::Time,
            _ => ValueKind::Text,
        },
        _ => ValueKind::Text,
    }
}

fn call(function: &Function, sources: &[Source]) -> ValueKind {
    let name = only_part(&function.name).unwrap_or_default();
    let args = args(function, sources);
    let at = |n: usize| args.get(n).copied().unwrap_or_default();
    match name.as_str() {
        "count" | "count_if" | "approx_distinct" | "length" | "cardinality" | "strpos" | "date_diff" => {
            ValueKind::Integer
        }
        "avg" => ValueKind::Number,
        "sum" | "min" | "max" | "arbitrary" | "any_value" | "abs" | "nullif" | "try" => at(0),
        "coalesce" | "greatest" | "least" => same(args.into_iter()),
        "if" => same(args.into_iter().skip(1)),
        "now" | "current_timestamp" | "from_iso8601_timestamp" | "from_unixtime" | "date_parse" => ValueKind::Time,
        "date_trunc" => at(1),
        "date_add" => at(2),
        "regexp_like" | "starts_with" | "contains" => ValueKind::Boolean,
        _ => ValueKind::Text,
    }
}

fn args(function: &Function, sources: &[Source]) -> Vec<ValueKind> {
    let FunctionArguments::List(list) = &function.args else {
        return Vec::new();
    };
    let one = |arg: &FunctionArg| match arg {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => kind(expr, sources),
        _ => ValueKind::Text,
    };
    list.args.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(sql: &str) -> Option<String> {
        let sql = sql.replace("<A>", "6f0c2a1e-1111-4222-8333-444455556666");
        let column = |column: &ResultColumn| format!("{}:{:?}", column.name.as_deref().unwrap_or("-"), column.kind);
        columns(&sql).map(|columns| columns.iter().map(column).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn names_and_kinds_come_from_the_select_list_and_the_schema() {
        for (sql, wanted) in [
            (
                "SELECT eventID, EVENTTIME AS at, eventData.userIdentity.principalId, eventData.eventTime FROM <A>",
                "eventID:Text at:Time principalId:Text eventTime:Text",
            ),
            (
                "SELECT count(*), count(*) AS n, max(x.eventTime) m FROM <A> x",
                "-:Integer n:Integer m:Time",
            ),
            (
                "SELECT x.eventData.requestParameters FROM <A> x",
                "requestParameters:Map",
            ),
            (
                "SELECT cast(a AS bigint) a, a > b AS c, avg(length(a)) d, sum(length(a)) + 1 e FROM <A>",
                "a:Integer c:Boolean d:Number e:Integer",
            ),
            (
                "WITH e (t, n) AS (SELECT eventTime, count(*) FROM <A> GROUP BY 1) SELECT n, date_trunc('day', t) FROM e",
                "n:Integer -:Time",
            ),
            (
                "SELECT * FROM (SELECT count(*) AS n, eventID FROM <A>) t",
                "n:Integer eventID:Text",
            ),
            (
                "SELECT eventTime, eventID FROM <A> UNION SELECT eventData.eventTime, eventID FROM <A>",
                "eventTime:Text eventID:Text",
            ),
            (
                "SELECT 1, 1.5, 'a', NULL, true",
                "-:Integer -:Number -:Text -:Text -:Boolean",
            ),
            ("SELECT unheard_of(eventTime) AS x, n FROM elsewhere", "x:Text n:Text"),
        ] {
            assert_eq!(told(sql).as_deref(), Some(wanted), "{sql}");
        }
        for sql in ["SELECT * FROM <A>", "SELECT x.* FROM <A> x", "SELECT"] {
            assert_eq!(told(sql), None, "{sql}");
        }
        assert_eq!(kind_of_column("eventTime"), ValueKind::Time);
    }
}
