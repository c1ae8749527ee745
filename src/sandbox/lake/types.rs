//! The types of Trino that the engine knows, and which of them go together.

use std::fmt;

use super::Invalid;
use super::node::Node;

/// The type of an expression. How each is kept in `SQLite` is said beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Type {
    /// Of a bare `NULL`.
    Unknown,
    /// 0 or 1.
    Boolean,
    /// All whole numbers.
    Bigint,
    /// A real number.
    Double,
    /// A literal such as `1.5`: a real number that may only be compared, or become a double.
    Decimal,
    /// Text.
    Varchar,
    /// Days after the epoch.
    Date,
    /// Milliseconds after the epoch.
    Timestamp,
    /// A timestamp with time zone, which is always UTC here: the same.
    Zoned,
    /// Milliseconds.
    DayInterval,
    /// Months.
    MonthInterval,
    /// JSON text.
    Json,
    /// A map from varchar to varchar: a JSON object of strings and nulls, its keys sorted.
    Map,
    /// A JSON array.
    Array(Box<Self>),
    /// A struct: not one value but those of its fields, one after the other.
    Row(Vec<(String, Self)>),
}

impl Type {
    /// How many values of `SQLite` it takes.
    pub(super) fn width(&self) -> usize {
        match self {
            Self::Row(fields) => fields.iter().map(|(_, ty)| ty.width()).sum(),
            _ => 1,
        }
    }

    /// Whether values may be compared with `=` and `<`.
    pub(super) fn is_comparable(&self) -> bool {
        !matches!(self, Self::Json | Self::Map | Self::Array(_) | Self::Row(_))
    }

    /// Whether it is a point in time.
    pub(super) fn is_time(&self) -> bool {
        matches!(self, Self::Date | Self::Timestamp | Self::Zoned)
    }

    fn is_number(&self) -> bool {
        matches!(self, Self::Bigint | Self::Double | Self::Decimal)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("unknown"),
            Self::Boolean => f.write_str("boolean"),
            Self::Bigint => f.write_str("bigint"),
            Self::Double => f.write_str("double"),
            Self::Decimal => f.write_str("decimal"),
            Self::Varchar => f.write_str("varchar"),
            Self::Date => f.write_str("date"),
            Self::Timestamp => f.write_str("timestamp"),
            Self::Zoned => f.write_str("timestamp with time zone"),
            Self::DayInterval => f.write_str("interval day to second"),
            Self::MonthInterval => f.write_str("interval year to month"),
            Self::Json => f.write_str("json"),
            Self::Map => f.write_str("map(varchar, varchar)"),
            Self::Array(item) => write!(f, "array({item})"),
            Self::Row(_) => f.write_str("row"),
        }
    }
}

/// An expression that was typed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Typed {
    /// Its type.
    pub(super) ty: Type,
    /// As many as the type is wide.
    pub(super) nodes: Vec<Node>,
}

impl Typed {
    /// An expression of one value.
    pub(super) fn new(ty: Type, node: Node) -> Self {
        Self { ty, nodes: vec![node] }
    }

    /// The one value of what is not a row.
    pub(super) fn one(self) -> Result<Node, Invalid> {
        let mut nodes = self.nodes.into_iter();
        match (nodes.next(), nodes.next(), self.ty) {
            (Some(node), None, ty) if !matches!(ty, Type::Row(_)) => Ok(node),
            _ => refuse("A row can be shown, grouped by and taken apart; nothing else can be done with it here."),
        }
    }
}

/// Where two types meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meeting {
    /// `=`, `<`, `IN`, `BETWEEN`: a text is read as a time (reference 5.1).
    Comparison,
    /// `CASE`, `coalesce`: one of several values comes out.
    Choice,
    /// `UNION`: a time is written as text (a guess).
    Union,
}

/// The type that both become, if there is one.
pub(super) fn common(a: &Type, b: &Type, meeting: Meeting) -> Option<Type> {
    if a == b {
        return Some(a.clone());
    }
    match (a, b) {
        (Type::Unknown, known) | (known, Type::Unknown) => Some(known.clone()),
        (Type::Decimal, Type::Bigint) | (Type::Bigint, Type::Decimal) if meeting != Meeting::Comparison => None,
        (Type::Decimal, Type::Bigint) | (Type::Bigint, Type::Decimal) => Some(Type::Decimal),
        (a, b) if a.is_number() && b.is_number() => Some(Type::Double),
        (Type::Varchar, time) | (time, Type::Varchar) if time.is_time() => match meeting {
            Meeting::Comparison => Some(time.clone()),
            Meeting::Union => Some(Type::Varchar),
            Meeting::Choice => None,
        },
        (a, b) if a.is_time() && b.is_time() => Some(if *a == Type::Zoned || *b == Type::Zoned {
            Type::Zoned
        } else {
            Type::Timestamp
        }),
        _ => None,
    }
}

/// Refuses a statement.
pub(super) fn refuse<T>(message: impl Into<String>) -> Result<T, Invalid> {
    Err(Invalid::Statement(message.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_meets_a_time_as_the_place_has_it() {
        let meet = |meeting| common(&Type::Varchar, &Type::Timestamp, meeting);
        assert_eq!(meet(Meeting::Comparison), Some(Type::Timestamp));
        assert_eq!(meet(Meeting::Union), Some(Type::Varchar));
        assert_eq!(meet(Meeting::Choice), None);
        assert_eq!(common(&Type::Varchar, &Type::Bigint, Meeting::Comparison), None);
        assert_eq!(
            common(&Type::Date, &Type::Timestamp, Meeting::Choice),
            Some(Type::Timestamp)
        );
    }
}
