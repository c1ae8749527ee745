//! The ways in which a NULL of a query's result may come (reference 5.3 leaves it open).

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::{Deserialize, Serialize};

/// How a NULL is told in a row; the model wants a string there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Nulls {
    /// `{"column":""}`
    Empty,
    /// `{}`
    Missing,
    /// `{"column":null}`
    Null,
}

impl ToSql for Nulls {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(match self {
            Self::Empty => "empty",
            Self::Missing => "missing",
            Self::Null => "null",
        }))
    }
}

impl FromSql for Nulls {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_str()? {
            "empty" => Ok(Self::Empty),
            "missing" => Ok(Self::Missing),
            "null" => Ok(Self::Null),
            _ => Err(FromSqlError::InvalidType),
        }
    }
}
