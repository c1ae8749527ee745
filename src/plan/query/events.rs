//! The statement of `events`: the latest that fit.

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

/// How the service spells the column of the error's message. AWS's page of the schema has it without an e
/// (reference §5.2); which one is right is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// `errorMessage`, as the sender spells it.
    Right,
    /// `errorMssage`, as the page prints it.
    Printed,
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

const SHORT: [Column; 6] = [
    ("eventTime", "time", ValueKind::Time),
    ("eventData.eventSource", "source", ValueKind::Text),
    ("eventData.eventName", "name", ValueKind::Text),
    ("eventData.userIdentity.principalId", "user", ValueKind::Text),
    ("eventData.UID", "uid", ValueKind::Text),
    ("eventData.errorCode", "error", ValueKind::Text),
];

/// Leaf columns, each under a name that tells where it belongs: `a__b` is the member b of a. Maps come as JSON
/// text, so nothing has to be guessed from `{k=v}`.
const WHOLE: [Column; 29] = [
    ("eventID", "eventID", ValueKind::Text),
    ("eventTime", "eventTime", ValueKind::Time),
    ("eventVersion", "eventVersion", ValueKind::Text),
    ("eventCategory", "eventCategory", ValueKind::Text),
    ("eventType", "eventType", ValueKind::Text),
    ("awsRegion", "awsRegion", ValueKind::Text),
    ("recipientAccountId", "recipientAccountId", ValueKind::Text),
    ("metadata.ingestionTime", "metadata__ingestionTime", ValueKind::Text),
    ("metadata.channelARN", "metadata__channelARN", ValueKind::Text),
    ("addendum.reason", "addendum__reason", ValueKind::Text),
    ("addendum.updatedFields", "addendum__updatedFields", ValueKind::Text),
    ("addendum.originalUID", "addendum__originalUID", ValueKind::Text),
    ("addendum.originalEventID", "addendum__originalEventID", ValueKind::Text),
    ("eventData.version", "eventData__version", ValueKind::Text),
    (
        "eventData.userIdentity.type",
        "eventData__userIdentity__type",
        ValueKind::Text,
    ),
    (
        "eventData.userIdentity.principalId",
        "eventData__userIdentity__principalId",
        ValueKind::Text,
    ),
    (
        "json_format(cast(eventData.userIdentity.details AS json))",
        "eventData__userIdentity__details",
        ValueKind::Json,
    ),
    ("eventData.userAgent", "eventData__userAgent", ValueKind::Text),
    ("eventData.eventSource", "eventData__eventSource", ValueKind::Text),
    ("eventData.eventName", "eventData__eventName", ValueKind::Text),
    ("eventData.eventTime", "eventData__eventTime", ValueKind::Text),
    ("eventData.UID", "eventData__UID", ValueKind::Text),
    (
        "json_format(cast(eventData.requestParameters AS json))",
        "eventData__requestParameters",
        ValueKind::Json,
    ),
    (
        "json_format(cast(eventData.responseElements AS json))",
        "eventData__responseElements",
        ValueKind::Json,
    ),
    ("eventData.errorCode", "eventData__errorCode", ValueKind::Text),
    ("eventData.errorMessage", "eventData__errorMessage", ValueKind::Text),
    (
        "eventData.sourceIPAddress",
        "eventData__sourceIPAddress",
        ValueKind::Text,
    ),
    (
        "eventData.recipientAccountId",
        "eventData__recipientAccountId",
        ValueKind::Text,
    ),
    (
        "json_format(cast(eventData.additionalEventData AS json))",
        "eventData__additionalEventData",
        ValueKind::Json,
    ),
];

/// The columns of the result.
pub fn columns(extent: Extent) -> Vec<ResultColumn> {
    let column = |(_, name, kind): &Column| ResultColumn {
        name: Some((*name).to_owned()),
        kind: *kind,
    };
    list(extent).iter().map(column).collect()
}

fn list(extent: Extent) -> &'static [Column] {
    match extent {
        Extent::Short => &SHORT,
        Extent::Whole(_) => &WHOLE,
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
    let mut select = Select::from(table);
    for (expression, name, _) in list(extent) {
        let printed = extent == Extent::Whole(Spelling::Printed) && *expression == "eventData.errorMessage";
        let expression = if printed { "eventData.errorMssage" } else { *expression };
        select = select.column(expression, name);
    }
    select = select.time("eventTime", ">=", window.from);
    if let Some(to) = window.to {
        select = select.time("eventTime", "<", to);
    }
    for (column, value) in [
        ("eventData.eventSource", &filter.source),
        ("eventData.eventName", &filter.name),
        ("eventData.userIdentity.principalId", &filter.user),
        ("eventData.UID", &filter.uid),
    ] {
        if let Some(value) = value {
            select = select.text(column, "=", value);
        }
    }
    select = match &filter.error {
        None => select,
        Some(ErrorFilter::Any) => select.condition("eventData.errorCode IS NOT NULL AND eventData.errorCode <> ''"),
        Some(ErrorFilter::Code(code)) => select.text("eventData.errorCode", "=", code),
    };
    select.order("eventTime DESC").order("eventID").limit(limit).statement()
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
            (Spelling::Right, ".errorMessage "),
            (Spelling::Printed, ".errorMssage "),
        ] {
            let extent = Extent::Whole(spelling);
            let sql = latest(Table::id(ID).unwrap(), &Filter::default(), &window, 1, extent).unwrap();
            assert!(sql.as_str().contains(column));
            assert_eq!(columns(extent).len(), WHOLE.len());
        }
    }
}
