//! Whole events: what is asked of each, and what its row says.
//!
//! A row has one column, the JSON text of an array of strings. How a result renders a null is not documented
//! (reference §5.3); in this text null is `null`, an empty string is `""`, and nothing has to be guessed. Columns
//! that are maps stand in the array as the text of a JSON object.

use std::sync::LazyLock;

use serde_json::value::RawValue;

use super::select::{ResultColumn, ValueKind};
use crate::model::event::EventTime;
use crate::model::event::text::Object;

/// A member of a stored record (reference §5.2 for the columns, §3.2 and §3.1 for the record).
enum Node {
    /// A text, and the SQL for it.
    Text(&'static str, &'static str),
    /// A time as text, and the SQL for it.
    Time(&'static str, &'static str),
    /// A map, and the SQL for it.
    Map(&'static str, &'static str),
    /// An object of other members.
    Object(&'static str, &'static [Self]),
}

use Node::{Map, Text, Time};

/// The record, in the order of its members.
const RECORD: &[Node] = &[
    Text("eventVersion", "eventVersion"),
    Text("eventCategory", "eventCategory"),
    Text("eventType", "eventType"),
    Text("eventID", "eventID"),
    // The one column that is a timestamp: as text of a form that is said, whatever its type makes of it.
    Time("eventTime", "date_format(eventTime, '%Y-%m-%dT%H:%i:%sZ')"),
    Text("awsRegion", "awsRegion"),
    Text("recipientAccountId", "recipientAccountId"),
    Node::Object(
        "addendum",
        &[
            Text("reason", "addendum.reason"),
            Text("updatedFields", "addendum.updatedFields"),
            Text("originalUID", "addendum.originalUID"),
            Text("originalEventID", "addendum.originalEventID"),
        ],
    ),
    Node::Object(
        "metadata",
        &[
            Text("ingestionTime", "metadata.ingestionTime"),
            Text("channelARN", "metadata.channelARN"),
        ],
    ),
    Node::Object(
        "eventData",
        &[
            Text("version", "eventData.version"),
            Node::Object(
                "userIdentity",
                &[
                    Text("type", "eventData.userIdentity.type"),
                    Text("principalId", "eventData.userIdentity.principalId"),
                    Map("details", "eventData.userIdentity.details"),
                ],
            ),
            Text("userAgent", "eventData.userAgent"),
            Text("eventSource", "eventData.eventSource"),
            Text("eventName", "eventData.eventName"),
            Text("eventTime", "eventData.eventTime"),
            Text("UID", "eventData.UID"),
            Map("requestParameters", "eventData.requestParameters"),
            Map("responseElements", "eventData.responseElements"),
            Text("errorCode", "eventData.errorCode"),
            Text("errorMessage", "eventData.errorMessage"),
            Text("sourceIPAddress", "eventData.sourceIPAddress"),
            Text("recipientAccountId", "eventData.recipientAccountId"),
            Map("additionalEventData", "eventData.additionalEventData"),
        ],
    ),
];

/// Where in the array the event's ID stands.
const ID: usize = 3;
/// Where in the array its time stands.
const TIME: usize = 4;
/// The column whose name AWS prints with a letter missing.
const ERROR_MESSAGE: &str = "eventData.errorMessage";
/// That name.
const MISSPELT: &str = "eventData.errorMssage";

static WELL_SPELT: LazyLock<String> = LazyLock::new(expression);
static AS_PRINTED: LazyLock<String> = LazyLock::new(|| expression().replace(ERROR_MESSAGE, MISSPELT));

/// How the column of the error's message is spelt: a store whose schema is as AWS prints it has it misspelt, and
/// which one is live is not known (reference §5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// `errorMessage`
    Right,
    /// `errorMssage`
    AsPrinted,
}

impl Spelling {
    /// The column's name.
    pub fn column(self) -> &'static str {
        match self {
            Self::Right => "errorMessage",
            Self::AsPrinted => "errorMssage",
        }
    }

    /// The spelling that a manifest names.
    pub fn of_column(name: &str) -> Self {
        if name == Self::AsPrinted.column() {
            Self::AsPrinted
        } else {
            Self::Right
        }
    }

    /// The SQL of the one column that is asked for.
    pub fn expression(self) -> &'static str {
        match self {
            Self::Right => &WELL_SPELT,
            Self::AsPrinted => &AS_PRINTED,
        }
    }
}

/// Why a row is not what was asked for. Says nothing of what it holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// It is not an array of strings and nulls.
    #[error("it is not an array of texts")]
    Form,
    /// It has another number of members.
    #[error("it has {0} members where {1} were asked for")]
    Length(usize, usize),
    /// A member is not what it has to be.
    #[error("its {0} is not {1}")]
    Member(&'static str, &'static str),
}

fn expression() -> String {
    let mut columns = Vec::new();
    collect(RECORD, &mut columns);
    format!("json_format(CAST(ARRAY[{}] AS JSON))", columns.join(", "))
}

fn collect(nodes: &[Node], columns: &mut Vec<String>) {
    for node in nodes {
        match node {
            Text(_, sql) | Time(_, sql) => columns.push((*sql).to_owned()),
            Map(_, sql) => columns.push(format!("json_format(CAST({sql} AS JSON))")),
            Node::Object(_, inner) => collect(inner, columns),
        }
    }
}

/// How many members a row's array has.
fn width(nodes: &[Node]) -> usize {
    let one = |node: &Node| match node {
        Text(..) | Time(..) | Map(..) => 1,
        Node::Object(_, inner) => width(inner),
    };
    nodes.iter().map(one).sum()
}

/// The members of a record, each under its path, `eventData.userIdentity.type` for instance.
pub fn columns() -> Vec<ResultColumn> {
    let mut columns = Vec::new();
    name(RECORD, "", &mut columns);
    columns
}

fn name(nodes: &[Node], above: &str, columns: &mut Vec<ResultColumn>) {
    for node in nodes {
        let column = |name: &str, kind| ResultColumn {
            name: Some(format!("{above}{name}")),
            kind,
        };
        match node {
            Time(name, _) => columns.push(column(name, ValueKind::Time)),
            Text(name, _) => columns.push(column(name, ValueKind::Text)),
            Map(name, _) => columns.push(column(name, ValueKind::Json)),
            Node::Object(inside, inner) => name(inner, &format!("{above}{inside}."), columns),
        }
    }
}

/// A row that says which event it is, and when that was.
pub struct Record<'r> {
    values: Vec<Option<&'r RawValue>>,
    time: EventTime,
}

impl<'r> Record<'r> {
    /// Reads the text of a row.
    pub fn read(row: &'r str) -> Result<Self, RowError> {
        let values: Vec<Option<&RawValue>> = serde_json::from_str(row).map_err(|_| RowError::Form)?;
        let wanted = width(RECORD);
        if values.len() != wanted {
            return Err(RowError::Length(values.len(), wanted));
        }
        let text = |at: usize| values.get(at).copied().flatten().and_then(text);
        text(ID)
            .filter(|id| !id.is_empty())
            .ok_or(RowError::Member("eventID", "there"))?;
        let time = text(TIME).and_then(|time| EventTime::read(&time));
        let time = time.ok_or(RowError::Member("eventTime", "a time"))?;
        Ok(Self { values, time })
    }

    /// The event's time.
    pub fn time(&self) -> EventTime {
        self.time
    }

    /// The values of [`columns`]: texts, and maps as the text of an object.
    pub fn cells(&self) -> Vec<Option<String>> {
        self.values.iter().map(|value| value.and_then(text)).collect()
    }

    /// Adds the record to `out`, as one line without its line feed; on an error `out` is as it was.
    pub fn write(&self, out: &mut String) -> Result<(), RowError> {
        let begun = out.len();
        let written = write(RECORD, &mut self.values.iter().copied(), out);
        if written.is_err() {
            out.truncate(begun);
        }
        written.map(drop)
    }
}

fn text(raw: &RawValue) -> Option<String> {
    serde_json::from_str(raw.get()).ok()
}

/// Writes an object of what is not null; answers whether anything is in it.
fn write(
    nodes: &[Node],
    values: &mut dyn Iterator<Item = Option<&RawValue>>,
    out: &mut String,
) -> Result<bool, RowError> {
    out.push('{');
    let mut any = false;
    for node in nodes {
        let begun = out.len();
        let (Text(name, _) | Time(name, _) | Map(name, _) | Node::Object(name, _)) = node;
        if any {
            out.push(',');
        }
        out.extend(["\"", name, "\":"]);
        let there = match node {
            Node::Object(_, inner) => write(inner, values, out)?,
            Text(..) | Time(..) => write_text(name, values.next().flatten(), out)?,
            Map(..) => write_map(name, values.next().flatten(), out)?,
        };
        if !there {
            out.truncate(begun);
        }
        any |= there;
    }
    out.push('}');
    Ok(any)
}

fn write_text(name: &'static str, value: Option<&RawValue>, out: &mut String) -> Result<bool, RowError> {
    let Some(raw) = value.map(RawValue::get) else {
        return Ok(false);
    };
    if !raw.starts_with('"') {
        return Err(RowError::Member(name, "a text"));
    }
    out.push_str(raw);
    Ok(true)
}

/// Writes a map with its keys in order: the service may list them in any, and the same event is to be the same
/// line each time.
fn write_map(name: &'static str, value: Option<&RawValue>, out: &mut String) -> Result<bool, RowError> {
    let Some(raw) = value.map(RawValue::get) else {
        return Ok(false);
    };
    let none = RowError::Member(name, "the text of an object");
    let text: String = serde_json::from_str(raw).map_err(|_| none.clone())?;
    let object = Object::read(&text).map_err(|_| none.clone())?;
    let mut members: Vec<_> = object.members().iter().map(|member| (member.name(), member)).collect();
    members.sort_by(|(one, _), (other, _)| one.cmp(other));
    if members
        .windows(2)
        .any(|pair| matches!(pair, [one, other] if one.0 == other.0))
    {
        return Err(none);
    }
    out.push('{');
    for (at, (name, member)) in members.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        out.push_str(&serde_json::to_string(name).map_err(|_| none.clone())?);
        out.push(':');
        // Outside strings a line feed is white space, and in them it is escaped.
        out.extend(member.value().raw().chars().map(|letter| match letter {
            '\n' | '\r' => ' ',
            letter => letter,
        }));
    }
    out.push('}');
    Ok(true)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn line(row: &str, out: &mut String) -> Result<(), RowError> {
        Record::read(row)?.write(out)
    }

    fn row(with: &[(usize, Value)]) -> String {
        let mut values = vec![Value::Null; 29];
        for (at, value) in [(ID, json!("id-1")), (TIME, json!("2026-11-20T12:00:00Z"))] {
            values[at] = value;
        }
        for (at, value) in with {
            values[*at] = value.clone();
        }
        Value::Array(values).to_string()
    }

    fn read(row: &str) -> Result<Value, RowError> {
        let mut out = String::from("kept");
        match line(row, &mut out) {
            Ok(()) => {
                let line = out.strip_prefix("kept").unwrap();
                assert!(!line.contains('\n'));
                Ok(serde_json::from_str(line).unwrap())
            }
            Err(error) => {
                assert_eq!(out, "kept");
                Err(error)
            }
        }
    }

    #[test]
    fn what_is_null_is_absent_and_what_is_empty_is_empty() {
        assert_eq!(
            read(&row(&[])).unwrap(),
            json!({"eventID": "id-1", "eventTime": "2026-11-20T12:00:00Z"})
        );
        let row = row(&[
            (13, json!("")),
            (14, json!("null")),
            (16, json!("{}")),
            (22, json!(r#"{"b":"null","a":null,"":"{\"x\": [1,\n2]}"}"#)),
            (28, json!("{\n\"n\": [1,\r\n 2]}")),
        ]);
        assert_eq!(
            read(&row).unwrap()["eventData"],
            json!({
                "version": "",
                "userIdentity": {"type": "null", "details": {}},
                "requestParameters": {"b": "null", "a": null, "": "{\"x\": [1,\n2]}"},
                "additionalEventData": {"n": [1, 2]},
            })
        );
    }

    #[test]
    fn a_whole_row_is_a_record_with_its_members_in_order() {
        let maps = [16, 22, 23, 28];
        let with: Vec<(usize, Value)> = (0..29)
            .filter(|at| *at != TIME)
            .map(|at| {
                let text = if maps.contains(&at) {
                    format!("{{\"z\":\"{at}\",\"a\":\"é\"}}")
                } else {
                    at.to_string()
                };
                (at, json!(text))
            })
            .collect();
        let mut out = String::new();
        line(&row(&with), &mut out).unwrap();
        insta::assert_snapshot!(out.trim_end(), @r#"{"eventVersion":"0","eventCategory":"1","eventType":"2","eventID":"3","eventTime":"2026-11-20T12:00:00Z","awsRegion":"5","recipientAccountId":"6","addendum":{"reason":"7","updatedFields":"8","originalUID":"9","originalEventID":"10"},"metadata":{"ingestionTime":"11","channelARN":"12"},"eventData":{"version":"13","userIdentity":{"type":"14","principalId":"15","details":{"a":"é","z":"16"}},"userAgent":"17","eventSource":"18","eventName":"19","eventTime":"20","UID":"21","requestParameters":{"a":"é","z":"22"},"responseElements":{"a":"é","z":"23"},"errorCode":"24","errorMessage":"25","sourceIPAddress":"26","recipientAccountId":"27","additionalEventData":{"a":"é","z":"28"}}}"#);
    }

    #[test]
    fn a_row_that_was_not_asked_for_is_refused_and_not_repeated() {
        let secret = "the-body";
        for (row, error) in [
            ("[".to_owned(), RowError::Form),
            (String::new(), RowError::Form),
            (format!("{{\"a\":\"{secret}\"}}"), RowError::Form),
            (format!("[\"{secret}\"]"), RowError::Length(1, 29)),
            (row(&[(ID, json!(null))]), RowError::Member("eventID", "there")),
            (row(&[(ID, json!(""))]), RowError::Member("eventID", "there")),
            (row(&[(TIME, json!(secret))]), RowError::Member("eventTime", "a time")),
            (row(&[(13, json!(1))]), RowError::Member("version", "a text")),
            (
                row(&[(22, json!(secret))]),
                RowError::Member("requestParameters", "the text of an object"),
            ),
            (
                row(&[(22, json!("[1]"))]),
                RowError::Member("requestParameters", "the text of an object"),
            ),
            (
                row(&[(22, json!("{\"a\":1,\"a\":2}"))]),
                RowError::Member("requestParameters", "the text of an object"),
            ),
        ] {
            let found = read(&row).unwrap_err();
            assert!(!found.to_string().contains(secret));
            assert_eq!(found, error);
        }
    }

    #[test]
    fn each_member_has_its_path_and_its_cell() {
        let columns = columns();
        let name = |at: usize| columns[at].name.clone().unwrap();
        assert_eq!(columns.len(), 29);
        assert_eq!((name(ID), columns[ID].kind), ("eventID".to_owned(), ValueKind::Text));
        assert_eq!(
            (name(TIME), columns[TIME].kind),
            ("eventTime".to_owned(), ValueKind::Time)
        );
        assert_eq!(name(15), "eventData.userIdentity.principalId");
        assert_eq!(
            (name(22), columns[22].kind),
            ("eventData.requestParameters".to_owned(), ValueKind::Json)
        );
        assert_eq!(
            (name(20), columns[20].kind),
            ("eventData.eventTime".to_owned(), ValueKind::Text)
        );
        let row = row(&[(13, json!("")), (22, json!(r#"{"a":"b"}"#))]);
        let cells = Record::read(&row).unwrap().cells();
        assert_eq!(cells[13].as_deref(), Some(""));
        assert_eq!(cells[14], None);
        assert_eq!(cells[22].as_deref(), Some(r#"{"a":"b"}"#));
    }

    proptest! {
        #[test]
        fn any_text_comes_out_as_it_was(text in any::<String>(), key in any::<String>()) {
            let map = json!({key.clone(): text.clone()});
            let record = read(&row(&[(19, json!(text)), (22, json!(map.to_string()))])).unwrap();
            prop_assert_eq!(&record["eventData"]["eventName"], &json!(text));
            prop_assert_eq!(&record["eventData"]["requestParameters"], &map);
        }
    }

    #[test]
    fn the_column_asks_for_every_member_once() {
        insta::assert_snapshot!(Spelling::Right.expression(), @"json_format(CAST(ARRAY[eventVersion, eventCategory, eventType, eventID, date_format(eventTime, '%Y-%m-%dT%H:%i:%sZ'), awsRegion, recipientAccountId, addendum.reason, addendum.updatedFields, addendum.originalUID, addendum.originalEventID, metadata.ingestionTime, metadata.channelARN, eventData.version, eventData.userIdentity.type, eventData.userIdentity.principalId, json_format(CAST(eventData.userIdentity.details AS JSON)), eventData.userAgent, eventData.eventSource, eventData.eventName, eventData.eventTime, eventData.UID, json_format(CAST(eventData.requestParameters AS JSON)), json_format(CAST(eventData.responseElements AS JSON)), eventData.errorCode, eventData.errorMessage, eventData.sourceIPAddress, eventData.recipientAccountId, json_format(CAST(eventData.additionalEventData AS JSON))] AS JSON))");
        let printed = Spelling::AsPrinted.expression();
        assert!(printed.contains("eventData.errorMssage, ") && !printed.contains("errorMessage"));
        assert_eq!(Spelling::of_column(Spelling::AsPrinted.column()), Spelling::AsPrinted);
    }
}
