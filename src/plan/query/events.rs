//! The statement of `events`: the latest that fit.

use super::record::{self, Record, RowError, Spelling};
use super::select::{ResultColumn, ValueKind};
use super::{Select, Statement, StatementError, Table};
use crate::plan::query::bounds::Window;

/// Which events are wanted; what is `None` does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Their `eventSource`.
    pub source: Option<String>,
    /// Their `eventName`.
    pub name: Option<String>,
    /// The principal of their `userIdentity`.
    pub user: Option<String>,
    /// Their `UID`.
    pub uid: Option<String>,
    /// Whether they have an error, and which.
    pub error: Option<ErrorFilter>,
}

/// Which errors are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrorFilter {
    /// Any.
    Any,
    /// One with this code.
    Code(String),
}

/// How much of each event is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What a person looks at.
    Short,
    /// All of it.
    Whole(Spelling),
}

type Column = (&'static str, &'static str, ValueKind);

/// The name of the one column in which a whole event comes.
const RECORD: &str = "record";

const SHORT: [Column; 6] = [
    ("eventTime", "time", ValueKind::Time),
    ("eventData.eventSource", "source", ValueKind::Text),
    ("eventData.eventName", "name", ValueKind::Text),
    ("eventData.userIdentity.principalId", "user", ValueKind::Text),
    ("eventData.UID", "uid", ValueKind::Text),
    ("eventData.errorCode", "error", ValueKind::Text),
];

/// The columns of an event of this extent.
pub fn columns(extent: Extent) -> Vec<ResultColumn> {
    match extent {
        Extent::Short => SHORT.iter().map(|(_, name, kind)| column(name, *kind)).collect(),
        Extent::Whole(_) => record::columns(),
    }
}

/// The columns of the result in which events of this extent come: whole ones as one text each.
pub fn asked(extent: Extent) -> Vec<ResultColumn> {
    match extent {
        Extent::Short => columns(extent),
        Extent::Whole(_) => vec![column(RECORD, ValueKind::Json)],
    }
}

fn column(name: &str, kind: ValueKind) -> ResultColumn {
    ResultColumn {
        name: Some(name.to_owned()),
        kind,
    }
}

/// The values of [`columns`] from a row of [`asked`].
pub fn cells(extent: Extent, row: Vec<Option<String>>) -> Result<Vec<Option<String>>, RowError> {
    match extent {
        Extent::Short => Ok(row),
        Extent::Whole(_) => {
            let text = row.first().and_then(Option::as_deref).unwrap_or_default();
            Ok(Record::read(text)?.cells())
        }
    }
}

/// The statement for the latest events that fit.
pub fn latest(
    table: Table,
    filter: &Filter,
    window: &Window,
    limit: u64,
    extent: Extent,
) -> Result<Statement, StatementError> {
    let mut select = selected(Select::from(table), extent).time("eventTime", ">=", window.from);
    if let Some(to) = window.to {
        select = select.time("eventTime", "<", to);
    }
    let select = filter.on(select).order("eventTime DESC").order("eventID");
    select.limit(limit).statement()
}

/// With the columns of an event.
pub fn selected(select: Select, extent: Extent) -> Select {
    match extent {
        Extent::Short => SHORT
            .iter()
            .fold(select, |select, (expression, name, _)| select.column(expression, name)),
        Extent::Whole(spelling) => select.column(spelling.expression(), RECORD),
    }
}

impl Filter {
    /// Where an event is wanted.
    pub fn on(&self, mut select: Select) -> Select {
        for (column, value) in [
            ("eventData.eventSource", &self.source),
            ("eventData.eventName", &self.name),
            ("eventData.userIdentity.principalId", &self.user),
            ("eventData.UID", &self.uid),
        ] {
            if let Some(value) = value {
                select = select.text(column, "=", value);
            }
        }
        match &self.error {
            None => select,
            Some(ErrorFilter::Any) => select.condition("eventData.errorCode IS NOT NULL AND eventData.errorCode <> ''"),
            Some(ErrorFilter::Code(code)) => select.text("eventData.errorCode", "=", code),
        }
    }

    /// Whether every event is wanted.
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::query::bounds::bound;

    const ID: &str = "6f0c2a1e-1111-4222-8333-444455556666";

    #[test]
    fn values_are_literals_whatever_they_say() {
        let filter = Filter {
            source: Some("x' OR 1=1 --".to_owned()),
            name: Some("na'me".to_owned()),
            user: Some("\\'; DROP TABLE x".to_owned()),
            uid: Some("{u}$EDS_ID".to_owned()),
            error: Some(ErrorFilter::Code("'".to_owned())),
        };
        let window = Window {
            from: "2026-11-20T00:00:00Z".parse().unwrap(),
            to: Some("2026-11-21T00:00:00Z".parse().unwrap()),
        };
        let sql = latest(Table::id(ID).unwrap(), &filter, &window, 20, Extent::Short).unwrap();
        assert_eq!(
            sql.as_str(),
            format!(
                "SELECT eventTime AS time, eventData.eventSource AS source, eventData.eventName AS name, \
                 eventData.userIdentity.principalId AS user, eventData.UID AS uid, eventData.errorCode AS error \
                 FROM {ID} WHERE eventTime >= timestamp '2026-11-20 00:00:00' AND eventTime < timestamp \
                 '2026-11-21 00:00:00' AND eventData.eventSource = 'x'' OR 1=1 --' AND eventData.eventName = 'na''me' \
                 AND eventData.userIdentity.principalId = '\\''; DROP TABLE x' AND eventData.UID = '{{u}}$EDS_ID' \
                 AND eventData.errorCode = '''' ORDER BY eventTime DESC, eventID LIMIT 20"
            )
        );
        assert_eq!(
            bound(sql.as_str(), &window, false).unwrap().added,
            0,
            "it is one statement, and bounded"
        );
    }

    #[test]
    fn a_whole_event_fits_into_a_statement_in_either_spelling() {
        let window = Window {
            from: "2026-11-20T00:00:00Z".parse().unwrap(),
            to: None,
        };
        for (spelling, column) in [
            (Spelling::Right, ".errorMessage,"),
            (Spelling::AsPrinted, ".errorMssage,"),
        ] {
            let extent = Extent::Whole(spelling);
            let sql = latest(Table::id(ID).unwrap(), &Filter::default(), &window, 1, extent).unwrap();
            assert!(sql.as_str().contains(column));
            assert_eq!(columns(extent).len(), 29);
        }
    }
}
