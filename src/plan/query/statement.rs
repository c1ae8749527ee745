//! Statements, and how those are built that ctl writes itself.

use std::fmt;

use super::literal;
use crate::model::StoreArn;
use crate::model::arn::is_uuid;
use crate::model::query::MAX_STATEMENT;

/// A statement that is not empty and not longer than the service takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement(String);

/// Why a text is no statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// There is nothing in it.
    #[error("the statement is empty")]
    Empty,
    /// It is longer than the service takes.
    #[error("the statement has {0} characters, and the service takes {MAX_STATEMENT}")]
    TooLong(usize),
}

impl Statement {
    /// A statement of this text, as it stands.
    pub fn new(sql: impl Into<String>) -> Result<Self, StatementError> {
        let sql = sql.into();
        if sql.trim().is_empty() {
            return Err(StatementError::Empty);
        }
        match sql.chars().count() {
            length if length > MAX_STATEMENT => Err(StatementError::TooLong(length)),
            _ => Ok(Self(sql)),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A store as a table of SQL: the UUID at the end of its ARN, bare, as every sample of AWS has it (reference §5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table(String);

/// A store whose ARN does not end in a UUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} does not end in a UUID, so it cannot be queried")]
pub struct TableError(String);

impl Table {
    /// The table of a store.
    pub fn of(store: &StoreArn) -> Result<Self, TableError> {
        Self::id(store.id()).map_err(|_| TableError(store.to_string()))
    }

    /// The table of the store with this ID.
    pub fn id(id: &str) -> Result<Self, TableError> {
        if is_uuid(id) {
            Ok(Self(id.to_owned()))
        } else {
            Err(TableError(id.to_owned()))
        }
    }

    /// The name in SQL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A statement over one store, put together from expressions that ctl holds (`&'static str`) and from values,
/// which become literals.
#[derive(Debug, Clone)]
pub struct Select {
    columns: Vec<String>,
    names: Vec<Option<String>>,
    table: Table,
    conditions: Vec<String>,
    order: Vec<&'static str>,
    limit: Option<u64>,
}

impl Select {
    /// A statement that selects nothing yet.
    pub fn from(table: Table) -> Self {
        Self {
            columns: Vec::new(),
            names: Vec::new(),
            table,
            conditions: Vec::new(),
            order: Vec::new(),
            limit: None,
        }
    }

    /// With a column under a name.
    #[must_use]
    pub fn column(mut self, expression: &'static str, name: &'static str) -> Self {
        self.columns.push(format!("{expression} AS {name}"));
        self.names.push(Some(name.to_owned()));
        self
    }

    /// Where a text is this: `text("eventData.eventName", "=", "it's")`.
    #[must_use]
    pub fn text(mut self, expression: &'static str, operator: &'static str, value: &str) -> Self {
        self.conditions
            .push(format!("{expression} {operator} {}", literal::text(value)));
        self
    }

    /// Where a text is one of these; where there are none, never.
    #[must_use]
    pub fn one_of<'a>(mut self, expression: &'static str, values: impl IntoIterator<Item = &'a str>) -> Self {
        let list: Vec<String> = values.into_iter().map(literal::text).collect();
        self.conditions.push(match list.as_slice() {
            [] => "1 = 0".to_owned(),
            [only] => format!("{expression} = {only}"),
            several => format!("{expression} IN ({})", several.join(", ")),
        });
        self
    }

    /// Where a time is before, at or after this.
    #[must_use]
    pub fn time(mut self, expression: &'static str, operator: &'static str, at: jiff::Timestamp) -> Self {
        self.conditions
            .push(format!("{expression} {operator} {}", literal::timestamp(at)));
        self
    }

    /// Where this holds.
    #[must_use]
    pub fn condition(mut self, condition: &'static str) -> Self {
        self.conditions.push(condition.to_owned());
        self
    }

    /// Ordered by this, besides what it is ordered by already: `order("eventTime DESC")`.
    #[must_use]
    pub fn order(mut self, by: &'static str) -> Self {
        self.order.push(by);
        self
    }

    /// With so many rows at most.
    #[must_use]
    pub fn limit(mut self, rows: u64) -> Self {
        self.limit = Some(rows);
        self
    }

    /// The columns' names, for `model::query::Columns::selected`.
    pub fn names(&self) -> Vec<Option<String>> {
        self.names.clone()
    }

    /// The statement.
    pub fn statement(&self) -> Result<Statement, StatementError> {
        let mut sql = format!("SELECT {} FROM {}", self.columns.join(", "), self.table);
        if !self.conditions.is_empty() {
            sql = format!("{sql} WHERE {}", self.conditions.join(" AND "));
        }
        if !self.order.is_empty() {
            sql = format!("{sql} ORDER BY {}", self.order.join(", "));
        }
        if let Some(limit) = self.limit {
            sql = format!("{sql} LIMIT {limit}");
        }
        Statement::new(sql)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "6f0c2a1e-1111-4222-8333-444455556666";

    fn store(id: &str) -> StoreArn {
        format!("arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/{id}")
            .parse()
            .unwrap()
    }

    #[test]
    fn a_store_is_its_uuid_and_nothing_else() {
        assert_eq!(Table::of(&store(ID)).unwrap().as_str(), ID);
        assert!(Table::of(&store("x")).is_err());
        assert!(Table::of(&store(&format!("{ID}.x"))).is_err());
    }

    #[test]
    fn a_statement_is_put_together_from_values() {
        let select = Select::from(Table::of(&store(ID)).unwrap())
            .column("eventID", "id")
            .column("eventData.eventName", "name")
            .text("eventData.eventSource", "=", "it's; DROP")
            .one_of("eventData.eventName", ["a", "b"])
            .time("eventTime", ">=", "2026-11-20T12:00:00Z".parse().unwrap())
            .order("eventTime DESC")
            .limit(20);
        assert_eq!(
            select.statement().unwrap().as_str(),
            format!(
                "SELECT eventID AS id, eventData.eventName AS name FROM {ID} WHERE eventData.eventSource = 'it''s; DROP' \
                 AND eventData.eventName IN ('a', 'b') AND eventTime >= timestamp '2026-11-20 12:00:00' ORDER BY \
                 eventTime DESC LIMIT 20"
            )
        );
        assert_eq!(select.names(), [Some("id".to_owned()), Some("name".to_owned())]);
    }

    #[test]
    fn a_statement_is_neither_empty_nor_too_long() {
        assert_eq!(Statement::new(" \n"), Err(StatementError::Empty));
        assert!(Statement::new("é".repeat(10_000)).is_ok());
        assert_eq!(Statement::new("é".repeat(10_001)), Err(StatementError::TooLong(10_001)));
    }
}
