//! Queries over event data stores: their IDs, states and results.
//!
//! Values of results are strings, counts and times included (reference §5.3). A row comes as a list of
//! one-entry maps; how a value that is null comes is not documented. So a missing entry, an empty map and an
//! explicit null all mean the same here, and [`Columns`] puts what is there into the column it belongs to.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;

use super::arn::is_uuid;

/// The longest statement that the service takes, in characters (`QueryStatement`, reference §1.6).
pub const MAX_STATEMENT: usize = 10_000;

/// The most rows that one page of results can have (`MaxQueryResults`, reference §1.6).
pub const MAX_PAGE: u32 = 1000;

/// The ID of a query: a UUID.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct QueryId(String);

/// A text that is no ID of a query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not the ID of a query")]
pub struct QueryIdError(String);

impl QueryId {
    /// The ID as the service has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for QueryId {
    type Err = QueryIdError;

    fn from_str(text: &str) -> Result<Self, QueryIdError> {
        if is_uuid(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(QueryIdError(text.to_owned()))
        }
    }
}

impl fmt::Display for QueryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a query stands (`QueryStatus`, reference §5.3).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum QueryStatus {
    /// It waits for its turn.
    #[default]
    Queued,
    /// It runs.
    Running,
    /// It is over, and its results can be read for seven days.
    Finished,
    /// It failed.
    Failed,
    /// Somebody cancelled it.
    Cancelled,
    /// It took too long for the service.
    TimedOut,
    /// A state that is not known; taken for one that will change.
    Other(String),
}

impl QueryStatus {
    /// The service's word.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Queued => "QUEUED",
            Self::Running => "RUNNING",
            Self::Finished => "FINISHED",
            Self::Failed => "FAILED",
            Self::Cancelled => "CANCELLED",
            Self::TimedOut => "TIMED_OUT",
            Self::Other(word) => word,
        }
    }

    /// Whether it will not change any more.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Finished | Self::Failed | Self::Cancelled | Self::TimedOut)
    }
}

impl From<&str> for QueryStatus {
    fn from(word: &str) -> Self {
        match word {
            "QUEUED" => Self::Queued,
            "RUNNING" => Self::Running,
            "FINISHED" => Self::Finished,
            "FAILED" => Self::Failed,
            "CANCELLED" => Self::Cancelled,
            "TIMED_OUT" => Self::TimedOut,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// What a query did so far; `None` where the service does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueryStatistics {
    /// Bytes scanned: what is billed, in bytes.
    pub bytes_scanned: Option<u64>,
    /// Events looked at.
    pub events_scanned: Option<u64>,
    /// Events that fit.
    pub events_matched: Option<u64>,
    /// Rows of the whole result.
    pub total_rows: Option<u64>,
    /// How long it ran at the service.
    pub ran: Option<Duration>,
}

impl QueryStatistics {
    /// What is known from either, the newer first.
    #[must_use]
    pub fn or(self, older: Self) -> Self {
        Self {
            bytes_scanned: self.bytes_scanned.or(older.bytes_scanned),
            events_scanned: self.events_scanned.or(older.events_scanned),
            events_matched: self.events_matched.or(older.events_matched),
            total_rows: self.total_rows.or(older.total_rows),
            ran: self.ran.or(older.ran),
        }
    }
}

/// How a query stands (`DescribeQuery`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueryState {
    /// Its status.
    pub status: QueryStatus,
    /// What it did so far.
    pub statistics: QueryStatistics,
    /// Why it failed, in the service's words.
    pub message: Option<String>,
    /// Its statement.
    pub statement: Option<String>,
}

/// A query in the list of a store's queries of the last seven days (`ListQueries`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedQuery {
    /// Its ID.
    pub id: QueryId,
    /// Its status.
    pub status: QueryStatus,
    /// When it was started.
    pub created: Option<Timestamp>,
}

/// One entry of a row as it came: the column's name and the value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// The column, where the entry says it: an empty map does not.
    pub column: Option<String>,
    /// The value; `None` is null.
    pub value: Option<String>,
}

/// A row as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawRow(pub Vec<Entry>);

/// A page of results as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawPage {
    /// Its rows.
    pub rows: Vec<RawRow>,
    /// How to ask for the next page; `None` after the last.
    pub next: Option<String>,
    /// How the query stands.
    pub state: QueryState,
}

/// A page of results: every row has a value, or null, for every column, in the order of the select list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The rows; each is as long as [`Columns::names`] said when the page was made.
    pub rows: Vec<Vec<Option<String>>>,
}

/// The columns of a result, in the order of the select list.
///
/// They are known from the select list where that can be read, and from rows that lack nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    slots: Vec<Slot>,
    /// Whether the number of columns is certain.
    fixed: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Slot {
    /// What the select list calls it.
    selected: Option<String>,
    /// What rows call it.
    seen: Option<String>,
}

impl Slot {
    fn name(&self) -> Option<&str> {
        self.seen.as_deref().or(self.selected.as_deref())
    }

    /// Whether an entry of this name may stand here. An entry without a name may stand anywhere.
    fn takes(&self, entry: &Entry) -> bool {
        match (self.name(), &entry.column) {
            (Some(name), Some(column)) => name.eq_ignore_ascii_case(column),
            (None, _) | (_, None) => true,
        }
    }
}

impl Columns {
    /// The columns of a select list; a column that has no name of its own there is `None`.
    pub fn selected(names: impl IntoIterator<Item = Option<String>>) -> Self {
        let slots = names.into_iter().map(|selected| Slot { selected, seen: None });
        Self {
            slots: slots.collect(),
            fixed: true,
        }
    }

    /// The names as the rows have them; one that no row told is that of the select list, else `_col` and its
    /// number from 0 on, as Trino has it.
    pub fn names(&self) -> Vec<String> {
        let name = |(at, slot): (usize, &Slot)| slot.name().map_or_else(|| format!("_col{at}"), str::to_owned);
        self.slots.iter().enumerate().map(name).collect()
    }

    /// Makes a page of rows as they came.
    pub fn page(&mut self, rows: Vec<RawRow>) -> Page {
        for row in &rows {
            self.learn(row);
        }
        Page {
            rows: rows.into_iter().map(|row| self.fit(row)).collect(),
        }
    }

    /// Learns the columns' names, and where the select list is not known their number, from a row.
    fn learn(&mut self, row: &RawRow) {
        if self.fixed && row.0.len() != self.slots.len() {
            return;
        }
        let fits = row.0.len() == self.slots.len();
        if fits
            && row
                .0
                .iter()
                .zip(&self.slots)
                .all(|(entry, slot)| slot.seen.is_none() || slot.takes(entry))
        {
            for (entry, slot) in row.0.iter().zip(&mut self.slots) {
                if slot.seen.is_none() {
                    slot.seen.clone_from(&entry.column);
                }
            }
        } else if !self.fixed {
            self.merge(row);
        }
    }

    /// Adds columns that the row has and that are not known yet, behind the ones that precede them in the row.
    fn merge(&mut self, row: &RawRow) {
        let mut at = 0;
        for entry in &row.0 {
            let known = self.slots.iter().skip(at).position(|slot| slot.takes(entry));
            if let Some(further) = known {
                at += further + 1;
            } else {
                let slot = Slot {
                    selected: None,
                    seen: entry.column.clone(),
                };
                self.slots.insert(at, slot);
                at += 1;
            }
        }
    }

    /// Puts each entry into its column: by position where nothing is missing, else by name from the left.
    fn fit(&self, row: RawRow) -> Vec<Option<String>> {
        if row.0.len() == self.slots.len() {
            return row.0.into_iter().map(|entry| entry.value).collect();
        }
        let mut values = vec![None; self.slots.len()];
        let mut at = 0;
        for entry in row.0 {
            let place = self.slots.iter().skip(at).position(|slot| slot.takes(&entry));
            let Some(further) = place else { continue };
            at += further;
            if let Some(value) = values.get_mut(at) {
                *value = entry.value;
            }
            at += 1;
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(column: &str, value: &str) -> Entry {
        Entry {
            column: Some(column.to_owned()),
            value: Some(value.to_owned()),
        }
    }

    fn null(column: &str) -> Entry {
        Entry {
            column: Some(column.to_owned()),
            value: None,
        }
    }

    fn told(page: &Page) -> Vec<Vec<String>> {
        let texts = |row: &'_ [Option<String>]| -> Vec<String> {
            let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "NULL".to_owned());
            row.iter().map(text).collect()
        };
        page.rows.iter().map(|row| texts(row)).collect()
    }

    fn named(names: &[&str]) -> Columns {
        Columns::selected(names.iter().map(|name| Some((*name).to_owned())))
    }

    #[test]
    fn null_is_null_however_it_comes() {
        let rows = || {
            vec![
                RawRow(vec![entry("a", "1"), Entry::default(), entry("c", "3")]),
                RawRow(vec![entry("a", "1"), null("b"), entry("c", "3")]),
                RawRow(vec![entry("a", "1"), entry("c", "3")]),
                RawRow(vec![entry("a", "1"), entry("b", "2"), entry("c", "3")]),
                RawRow(vec![entry("b", "2")]),
                RawRow(vec![]),
            ]
        };
        for mut columns in [named(&["A", "b", "c"]), Columns::default()] {
            let page = columns.page(rows());
            assert_eq!(columns.names(), ["a", "b", "c"]);
            assert_eq!(
                told(&page),
                [
                    ["1", "NULL", "3"],
                    ["1", "NULL", "3"],
                    ["1", "NULL", "3"],
                    ["1", "2", "3"],
                    ["NULL", "2", "NULL"],
                    ["NULL", "NULL", "NULL"],
                ]
            );
        }
    }

    #[test]
    fn columns_of_one_name_keep_their_places() {
        let mut columns = named(&["x", "y", "x"]);
        let page = columns.page(vec![
            RawRow(vec![entry("x", "1"), entry("y", "2"), entry("x", "3")]),
            RawRow(vec![Entry::default(), entry("y", "2"), entry("x", "3")]),
            RawRow(vec![entry("y", "2"), entry("x", "3")]),
            RawRow(vec![entry("x", "1"), entry("y", "2")]),
        ]);
        assert_eq!(
            told(&page),
            [
                ["1", "2", "3"],
                ["NULL", "2", "3"],
                ["NULL", "2", "3"],
                ["1", "2", "NULL"]
            ]
        );
    }

    #[test]
    fn a_column_without_a_name_gets_that_of_the_rows_or_its_number() {
        let mut columns = Columns::selected([Some("n".to_owned()), None, None]);
        assert_eq!(columns.names(), ["n", "_col1", "_col2"]);
        columns.page(vec![RawRow(vec![
            entry("n", "1"),
            entry("count", "2"),
            Entry::default(),
        ])]);
        assert_eq!(columns.names(), ["n", "count", "_col2"]);
    }

    #[test]
    fn a_column_that_a_later_row_has_finds_its_place() {
        let mut columns = Columns::default();
        let page = columns.page(vec![
            RawRow(vec![entry("a", "1"), entry("c", "3")]),
            RawRow(vec![entry("a", "1"), entry("b", "2"), entry("c", "3"), entry("d", "4")]),
        ]);
        assert_eq!(columns.names(), ["a", "b", "c", "d"]);
        assert_eq!(told(&page)[0], ["1", "NULL", "3", "NULL"]);
    }

    #[test]
    fn a_state_that_is_not_known_is_not_final() {
        for word in ["QUEUED", "RUNNING", "PAUSED"] {
            let status = QueryStatus::from(word);
            assert!(!status.is_final() && status.as_str() == word);
        }
        for word in ["FINISHED", "FAILED", "CANCELLED", "TIMED_OUT"] {
            let status = QueryStatus::from(word);
            assert!(status.is_final() && status.as_str() == word);
        }
    }
}
