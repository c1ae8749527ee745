//! The typed tree between Trino's text and `SQLite`'s, and how it is written down.

use std::fmt::Write as _;

/// An expression whose names are resolved and whose types are settled.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    /// `NULL`.
    Null,
    /// The time of the run, in milliseconds.
    Now,
    /// A whole number, or a boolean, or a time.
    Integer(i64),
    /// A real number.
    Real(f64),
    /// A text.
    Text(String),
    /// A value of a relation of this query or of one around it.
    Column {
        /// Unique in the statement.
        relation: usize,
        /// Position among the relation's values.
        column: usize,
    },
    /// Something done to other values.
    Apply(Form, Vec<Self>),
    /// An aggregate function.
    Aggregate {
        /// `SQLite`'s name.
        name: &'static str,
        /// Whether equal values count once.
        distinct: bool,
        /// Empty for `count(*)`.
        args: Vec<Self>,
        /// `FILTER (WHERE …)`.
        filter: Option<Box<Self>>,
    },
    /// A subquery.
    Query {
        /// What is asked of it.
        form: Ask,
        /// What is looked for in it, for `IN`.
        subject: Option<Box<Self>>,
        /// `SQLite`'s text.
        sql: String,
        /// The columns of the queries around it that it names.
        outer: Vec<Self>,
    },
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A function of ours, which may fail the query.
    Call(&'static str),
    /// The same within `TRY`, where a failure is noted.
    Noted(&'static str),
    /// The same where a failure is null.
    Lenient(&'static str),
    /// A function of `SQLite` that does what Trino's does.
    Builtin(&'static str),
    /// An operator between any number of values.
    Infix(&'static str),
    /// An operator in front.
    Prefix(&'static str),
    /// An operator behind.
    Suffix(&'static str),
    /// Conditions and values in turn, then what else.
    Case,
    /// The first among the others.
    In,
    /// As a real number.
    Real,
    /// As text, of a whole number.
    Digits,
    /// `TRY`.
    Try,
}

/// What is asked of a subquery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// Its one value.
    Value,
    /// Whether it has rows.
    Exists,
    /// Whether a value is in it.
    Contains,
}

impl Node {
    /// A function of ours.
    pub(super) fn call(name: &'static str, args: Vec<Self>) -> Self {
        Self::Apply(Form::Call(name), args)
    }

    /// An operator between two values.
    pub(super) fn infix(operator: &'static str, left: Self, right: Self) -> Self {
        Self::Apply(Form::Infix(operator), vec![left, right])
    }

    /// What holds where this does not.
    pub(super) fn negated(self) -> Self {
        Self::Apply(Form::Prefix("NOT"), vec![self])
    }

    /// Negated if need be.
    pub(super) fn negated_if(self, negated: bool) -> Self {
        if negated { self.negated() } else { self }
    }

    /// The same with failures noted, not raised; `None` if there is a subquery in it.
    pub(super) fn noted(self) -> Option<Self> {
        match self {
            Self::Query { .. } => None,
            Self::Apply(form, args) => {
                let form = match form {
                    Form::Call(name) => Form::Noted(name),
                    other => other,
                };
                let args = args.into_iter().map(Self::noted).collect::<Option<_>>()?;
                Some(Self::Apply(form, args))
            }
            other => Some(other),
        }
    }

    /// Whether it is the same for all rows.
    pub(super) fn is_constant(&self) -> bool {
        match self {
            Self::Null | Self::Now | Self::Integer(_) | Self::Real(_) | Self::Text(_) => true,
            Self::Column { .. } | Self::Aggregate { .. } | Self::Query { .. } => false,
            Self::Apply(_, args) => args.iter().all(Self::is_constant),
        }
    }

    /// Whether there is an aggregate in it.
    pub(super) fn has_aggregate(&self) -> bool {
        match self {
            Self::Aggregate { .. } => true,
            Self::Apply(_, args) => args.iter().any(Self::has_aggregate),
            Self::Query { subject, .. } => subject.as_ref().is_some_and(|subject| subject.has_aggregate()),
            _ => false,
        }
    }

    /// All columns in it.
    pub(super) fn columns(&self, found: &mut Vec<Self>) {
        match self {
            Self::Column { .. } => found.push(self.clone()),
            Self::Apply(_, args) => args.iter().for_each(|arg| arg.columns(found)),
            Self::Aggregate { args, filter, .. } => {
                for inside in args.iter().chain(filter.as_deref()) {
                    inside.columns(found);
                }
            }
            Self::Query { subject, outer, .. } => {
                found.extend(outer.iter().cloned());
                if let Some(subject) = subject {
                    subject.columns(found);
                }
            }
            _ => {}
        }
    }

    /// `SQLite`'s text.
    pub(super) fn sql(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    /// The text as a term of `GROUP BY` or `ORDER BY`, where a bare number would be a position.
    pub(super) fn term(&self) -> String {
        match self {
            Self::Integer(_) | Self::Real(_) | Self::Apply(Form::Prefix(_), _) => {
                format!("coalesce({}, NULL)", self.sql())
            }
            other => other.sql(),
        }
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("NULL"),
            Self::Now => out.push_str("?1"),
            Self::Integer(i64::MIN) => out.push_str("(-9223372036854775807 - 1)"),
            Self::Integer(value) => put(out, format_args!("{value}")),
            Self::Real(value) if value.is_infinite() => out.push_str(if *value > 0.0 { "9e999" } else { "-9e999" }),
            Self::Real(value) => put(out, format_args!("{value:e}")),
            Self::Text(text) => put(out, format_args!("'{}'", text.replace('\'', "''"))),
            Self::Column { relation, column } => put(out, format_args!("t{relation}.c{column}")),
            Self::Apply(form, args) => write_apply(out, *form, args),
            Self::Aggregate {
                name,
                distinct,
                args,
                filter,
            } => {
                out.push_str(name);
                out.push_str(if *distinct { "(DISTINCT " } else { "(" });
                if args.is_empty() {
                    out.push('*');
                }
                write_list(out, args, ", ");
                out.push(')');
                if let Some(filter) = filter {
                    out.push_str(" FILTER (WHERE ");
                    filter.write(out);
                    out.push(')');
                }
            }
            Self::Query { form, subject, sql, .. } => {
                out.push('(');
                if let Some(subject) = subject {
                    subject.write(out);
                }
                out.push_str(match form {
                    Ask::Value => "(",
                    Ask::Exists => "EXISTS (",
                    Ask::Contains => " IN (",
                });
                out.push_str(sql);
                out.push_str("))");
            }
        }
    }
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    out.write_fmt(text).ok();
}

fn write_list(out: &mut String, args: &[Node], between: &str) {
    for (at, arg) in args.iter().enumerate() {
        if at > 0 {
            out.push_str(between);
        }
        arg.write(out);
    }
}

/// Halves a long chain, so that it is not as deep as it is long: `SQLite` allows a depth of 1000.
fn write_chain(out: &mut String, operator: &str, args: &[Node]) {
    match args {
        [] => {}
        [only] => only.write(out),
        _ => {
            let (left, right) = args.split_at(args.len() / 2);
            out.push('(');
            write_chain(out, operator, left);
            put(out, format_args!(" {operator} "));
            write_chain(out, operator, right);
            out.push(')');
        }
    }
}

fn write_apply(out: &mut String, form: Form, args: &[Node]) {
    let (open, between, close) = match form {
        Form::Infix(operator) => return write_chain(out, operator, args),
        Form::Case => return write_case(out, args),
        Form::In => {
            let Some((subject, list)) = args.split_first() else {
                return;
            };
            out.push('(');
            subject.write(out);
            out.push_str(" IN (");
            write_list(out, list, ", ");
            return out.push_str("))");
        }
        Form::Call(name) => (format!("lake_{name}("), ", ", ")".to_owned()),
        Form::Noted(name) => (format!("lake_noted_{name}("), ", ", ")".to_owned()),
        Form::Lenient(name) => (format!("lake_lenient_{name}("), ", ", ")".to_owned()),
        Form::Builtin(name) => (format!("{name}("), ", ", ")".to_owned()),
        Form::Prefix(operator) => (format!("({operator} "), "", ")".to_owned()),
        Form::Suffix(operator) => ("(".to_owned(), "", format!(" {operator})")),
        Form::Real => ("CAST(".to_owned(), "", " AS REAL)".to_owned()),
        Form::Digits => ("CAST(".to_owned(), "", " AS TEXT)".to_owned()),
        Form::Try => (
            "(CASE WHEN lake_try_begin() THEN lake_try_end(".to_owned(),
            "",
            ") END)".to_owned(),
        ),
    };
    out.push_str(&open);
    write_list(out, args, between);
    out.push_str(&close);
}

fn write_case(out: &mut String, args: &[Node]) {
    out.push_str("(CASE");
    let mut pairs = args.chunks_exact(2);
    for pair in pairs.by_ref() {
        if let [condition, value] = pair {
            out.push_str(" WHEN ");
            condition.write(out);
            out.push_str(" THEN ");
            value.write(out);
        }
    }
    if let [otherwise] = pairs.remainder() {
        out.push_str(" ELSE ");
        otherwise.write(out);
    }
    out.push_str(" END)");
}
