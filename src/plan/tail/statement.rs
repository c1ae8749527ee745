//! What a look asks for, as a statement, and its rows.

use super::{Look, taken};
use crate::plan::query::events::{Extent, Filter, selected};
use crate::plan::query::{Select, Statement, StatementError, Table, literal};
use jiff::Timestamp;

/// An event that a look found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Its event ID.
    pub id: String,
    /// When it was taken in.
    pub taken: Timestamp,
    /// The columns of its extent.
    pub row: Vec<Option<String>>,
}

/// The statement of a look; its rows come in the order in which the events were taken in.
///
/// `metadata.ingestionTime` is a text, and the pages give two forms of time (reference §3.2, §5.3) that differ in the
/// letter between date and time only: as texts of one form they are in the order of time.
pub fn arrivals(table: Table, filter: &Filter, look: &Look, extent: Extent) -> Result<Statement, StatementError> {
    const TAKEN: &str = "replace(metadata.ingestionTime, 'T', ' ')";
    let select = Select::from(table)
        .column("eventID", "arrival__id")
        .column("metadata.ingestionTime", "arrival__taken");
    let select = selected(select, extent).time("eventTime", ">=", look.event_from).text(
        TAKEN,
        ">=",
        &literal::time(look.taken_from),
    );
    let select = filter.on(select).order(TAKEN).order("eventID");
    select.statement()
}

/// Reads a row of that statement; `None` if it does not say which event it is, and when that was taken in.
pub fn arrival(mut row: Vec<Option<String>>) -> Option<Arrival> {
    let rest = row.split_off(row.len().min(2));
    let mut head = row.into_iter();
    let id = head.next()??;
    let taken = taken(&head.next()??)?;
    Some(Arrival { id, taken, row: rest })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_is_bounded_twice_and_asks_for_what_is_wanted() {
        let look = Look {
            taken_from: "2026-11-20T11:45:00Z".parse().unwrap(),
            event_from: "2026-11-19T12:00:00Z".parse().unwrap(),
        };
        let filter = Filter {
            name: Some("it's".to_owned()),
            ..Filter::default()
        };
        let table = Table::id("6f0c2a1e-1111-4222-8333-444455556666").unwrap();
        let sql = arrivals(table, &filter, &look, Extent::Short).unwrap();
        assert_eq!(
            sql.as_str(),
            "SELECT eventID AS arrival__id, metadata.ingestionTime AS arrival__taken, eventTime AS time, \
             eventData.eventSource AS source, eventData.eventName AS name, eventData.userIdentity.principalId AS user, \
             eventData.UID AS uid, eventData.errorCode AS error FROM 6f0c2a1e-1111-4222-8333-444455556666 WHERE \
             eventTime >= timestamp '2026-11-19 12:00:00' AND replace(metadata.ingestionTime, 'T', ' ') >= '2026-11-20 \
             11:45:00' AND eventData.eventName = 'it''s' ORDER BY replace(metadata.ingestionTime, 'T', ' '), eventID"
        );
    }

    #[test]
    fn a_row_has_to_say_which_event_it_is() {
        let row = |values: &[Option<&str>]| values.iter().map(|value| value.map(str::to_owned)).collect::<Vec<_>>();
        let read = arrival(row(&[Some("e-1"), Some("2026-11-20T12:00:00Z"), None, Some("x")])).unwrap();
        assert_eq!((read.id.as_str(), read.row), ("e-1", row(&[None, Some("x")])));
        for broken in [
            row(&[]),
            row(&[Some("e-1")]),
            row(&[None, Some("2026-11-20T12:00:00Z"), None]),
            row(&[Some("e-1"), Some("soon"), None]),
        ] {
            assert_eq!(arrival(broken), None);
        }
    }
}
