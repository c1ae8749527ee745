//! Rows of events: as a table, tab-separated, as CSV and as JSON, so many at a time as there are.

use jiff::civil::DateTime;
use serde_json::{Map, Number, Value};

use crate::plan::query::select::{ResultColumn, ValueKind};

/// A row of a result: a value, or null, for each column.
pub type Row = Vec<Option<String>>;

/// The columns of a result as they are told.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    names: Vec<String>,
    kinds: Vec<ValueKind>,
}

/// How rows are laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// A table for a person, in this many columns of the terminal if they are known.
    Fitted(Option<usize>),
    /// Tab-separated, without headings.
    Tabs,
    /// CSV as RFC 4180 has it, with a header.
    Csv,
    /// One JSON document, written as it comes.
    Json,
    /// One JSON document, from which something is selected: it has to be whole.
    Whole,
    /// A line of JSON for each.
    Ndjson,
}

/// The widths of a table's columns, in characters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Widths(Vec<usize>);

/// The gap between two columns of a table.
const GAP: usize = 2;
/// No column is made narrower than this.
const LEAST: usize = 3;

impl Sheet {
    /// Columns of these names and kinds; a name that was there before gets a number, so that a JSON object can
    /// hold both.
    pub fn new(names: &[String], kinds: Vec<ValueKind>) -> Self {
        let mut unique: Vec<String> = Vec::with_capacity(names.len());
        for name in names {
            let mut candidate = name.clone();
            let mut number = 1;
            while unique.contains(&candidate) {
                number += 1;
                candidate = format!("{name}_{number}");
            }
            unique.push(candidate);
        }
        Self { names: unique, kinds }
    }

    /// These columns, each of which has a name.
    pub fn of(columns: &[ResultColumn]) -> Self {
        let names: Vec<String> = columns.iter().filter_map(|column| column.name.clone()).collect();
        Self::new(&names, columns.iter().map(|column| column.kind).collect())
    }

    /// The columns' names.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The columns for JSON: name and type.
    pub fn columns(&self) -> Value {
        let column = |(at, name): (usize, &String)| serde_json::json!({"name": name, "type": word(self.kind(at))});
        self.names.iter().enumerate().map(column).collect()
    }

    fn kind(&self, at: usize) -> ValueKind {
        self.kinds.get(at).copied().unwrap_or_default()
    }

    /// A row as a JSON object, its values typed as far as their types are known.
    pub fn object(&self, row: &[Option<String>]) -> Value {
        let member = |(at, name): (usize, &String)| {
            let kind = self.kind(at);
            let text = row.get(at).and_then(Option::as_deref);
            let present = text.filter(|text| !is_absent(text, kind));
            (name.clone(), present.map_or(Value::Null, |text| value(text, kind)))
        };
        Value::Object(self.names.iter().enumerate().map(member).collect())
    }

    fn cells(&self, row: &[Option<String>]) -> impl Iterator<Item = String> {
        let cell = |(at, value): (usize, &Option<String>)| {
            value
                .as_deref()
                .map(|text| told(text, self.kind(at)))
                .unwrap_or_default()
        };
        row.iter().enumerate().map(cell)
    }

    /// A line of tab-separated values; a tab or a line break in one is a space.
    pub fn tabs(&self, row: &[Option<String>]) -> String {
        let cells: Vec<String> = self.cells(row).map(|cell| flat(&cell)).collect();
        format!("{}\n", cells.join("\t"))
    }

    /// The header of CSV.
    pub fn csv_header(&self) -> String {
        csv(self.names.iter().map(|name| Some(name.as_str())))
    }

    /// A record of CSV: null is nothing, an empty text `""`.
    pub fn csv(&self, row: &[Option<String>]) -> String {
        let cells: Vec<String> = self.cells(row).collect();
        csv(cells.iter().zip(row).enumerate().map(|(at, (cell, value))| {
            let present = value.as_ref().filter(|text| !is_absent(text, self.kind(at)));
            present.map(|_| cell.as_str())
        }))
    }

    /// How wide the columns of a table are: as wide as these rows need, and where that is more than there is, the
    /// widest are cut first. A time is not cut: half of one tells nothing.
    pub fn widths(&self, rows: &[Row], room: Option<usize>) -> Widths {
        let mut widths: Vec<usize> = self.names.iter().map(|name| name.chars().count()).collect();
        for row in rows {
            for (width, cell) in widths.iter_mut().zip(self.cells(row)) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let gaps = GAP * widths.len().saturating_sub(1);
        let Some(room) = room.map(|room| room.saturating_sub(gaps)) else {
            return Widths(widths);
        };
        let fit = |(at, width): (usize, usize), most: usize| match self.kind(at) {
            ValueKind::Time => width,
            _ => width.min(most),
        };
        let total = |most: usize| {
            let columns = widths.iter().copied().enumerate();
            columns.map(|column| fit(column, most)).sum::<usize>()
        };
        let widest = widths.iter().copied().max().unwrap_or(0);
        let most = (LEAST..=widest)
            .rev()
            .find(|most| total(*most) <= room)
            .unwrap_or(LEAST);
        Widths(
            widths
                .iter()
                .copied()
                .enumerate()
                .map(|column| fit(column, most))
                .collect(),
        )
    }

    /// The headings of a table.
    pub fn headings(&self, widths: &Widths) -> String {
        line(self.names.iter().map(|name| name.to_uppercase()), widths)
    }

    /// A line of a table; what is wider than its column is cut, with a mark.
    pub fn fitted(&self, row: &[Option<String>], widths: &Widths) -> String {
        line(self.cells(row), widths)
    }
}

fn line(cells: impl Iterator<Item = String>, widths: &Widths) -> String {
    let cells = cells
        .zip(&widths.0)
        .map(|(cell, width)| format!("{:width$}", cut(&flat(&cell), *width)));
    let line = cells.collect::<Vec<_>>().join(&" ".repeat(GAP));
    format!("{}\n", line.trim_end())
}

/// The text in so many characters.
fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept = text.chars().take(width.saturating_sub(1));
    kept.chain(['…']).collect()
}

/// A value in one line, and without what would steer a terminal.
fn flat(text: &str) -> String {
    let one = |letter: char| match letter {
        '\t' | '\n' | '\r' => ' ',
        letter if letter.is_control() => '\u{fffd}',
        letter => letter,
    };
    text.chars().map(one).collect()
}

fn csv<'a>(cells: impl Iterator<Item = Option<&'a str>>) -> String {
    let quoted = |cell: Option<&str>| match cell {
        None => String::new(),
        Some(text) if text.is_empty() || text.contains(['"', ',', '\n', '\r']) => {
            format!("\"{}\"", text.replace('"', "\"\""))
        }
        Some(text) => text.to_owned(),
    };
    format!("{}\r\n", cells.map(quoted).collect::<Vec<_>>().join(","))
}

/// The kind's word in JSON.
fn word(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Text => "string",
        ValueKind::Integer => "integer",
        ValueKind::Number => "number",
        ValueKind::Boolean => "boolean",
        ValueKind::Time => "time",
        ValueKind::Map => "map",
        ValueKind::Json => "json",
    }
}

/// Whether a value is null although it came as a text: how the service writes a null is not documented (reference
/// §5.3), and nothing but a text is ever empty.
fn is_absent(text: &str, kind: ValueKind) -> bool {
    text.is_empty() && kind != ValueKind::Text
}

/// A value as text: a time in RFC 3339, all else as it came.
fn told(text: &str, kind: ValueKind) -> String {
    match kind {
        ValueKind::Time => time(text).unwrap_or_else(|| text.to_owned()),
        ValueKind::Json => match serde_json::from_str(text) {
            Ok(Value::String(inside)) => inside,
            Ok(_) | Err(_) => text.to_owned(),
        },
        _ => text.to_owned(),
    }
}

/// A value as JSON. What does not look like what its type says is left as text.
pub fn value(text: &str, kind: ValueKind) -> Value {
    let typed = match kind {
        ValueKind::Text => None,
        ValueKind::Integer | ValueKind::Number => text.parse().ok().map(|number: Number| Value::Number(number)),
        ValueKind::Boolean => text.parse().ok().map(Value::Bool),
        ValueKind::Time => time(text).map(Value::String),
        ValueKind::Map => map(text),
        ValueKind::Json => serde_json::from_str(text).ok(),
    };
    typed.unwrap_or_else(|| Value::String(text.to_owned()))
}

/// A time of a result, `YYYY-MM-DD HH:MM:SS.000`, in RFC 3339; a fraction of nought is left out.
fn time(text: &str) -> Option<String> {
    let text = text.strip_suffix(" UTC").unwrap_or(text);
    let at: DateTime = text.parse().ok()?;
    // A date alone is no time.
    text.contains(':').then(|| format!("{at}Z"))
}

/// A map that can be read in one way only: it is empty, or has one entry in which nothing could be a separator.
/// With several, what looks like the next entry may as well be part of a value.
fn map(text: &str) -> Option<Value> {
    let inside = text.strip_prefix('{')?.strip_suffix('}')?;
    if inside.is_empty() {
        return Some(Value::Object(Map::new()));
    }
    let (key, value) = inside.split_once('=')?;
    let clear = |text: &str| !text.contains(['=', ',', '{', '}', '[', ']']);
    let entry = (key.to_owned(), Value::String(value.to_owned()));
    (clear(key) && clear(value) && value != "null").then(|| Value::Object(Map::from_iter([entry])))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(values: &[Option<&str>]) -> Row {
        values.iter().map(|value| value.map(str::to_owned)).collect()
    }

    fn sheet(columns: &[(&str, ValueKind)]) -> Sheet {
        let names: Vec<String> = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        Sheet::new(&names, columns.iter().map(|(_, kind)| *kind).collect())
    }

    #[test]
    fn values_are_typed_where_they_look_like_it() {
        for (text, kind, wanted) in [
            ("17", ValueKind::Text, json!("17")),
            ("17", ValueKind::Integer, json!(17)),
            ("-0.5", ValueKind::Number, json!(-0.5)),
            ("many", ValueKind::Integer, json!("many")),
            ("true", ValueKind::Boolean, json!(true)),
            (
                "2026-11-20 12:00:00.000",
                ValueKind::Time,
                json!("2026-11-20T12:00:00Z"),
            ),
            (
                "2026-11-20 12:00:00.250",
                ValueKind::Time,
                json!("2026-11-20T12:00:00.25Z"),
            ),
            ("2026-11-20", ValueKind::Time, json!("2026-11-20")),
            ("{}", ValueKind::Map, json!({})),
            ("{a=b c}", ValueKind::Map, json!({"a": "b c"})),
            ("{a=1, b=2}", ValueKind::Map, json!("{a=1, b=2}")),
            ("{a=b=c}", ValueKind::Map, json!("{a=b=c}")),
            ("{a={b=c}}", ValueKind::Map, json!("{a={b=c}}")),
            ("{a=null}", ValueKind::Map, json!("{a=null}")),
            ("{a=b}", ValueKind::Text, json!("{a=b}")),
        ] {
            assert_eq!(value(text, kind), wanted, "{text} {kind:?}");
        }
    }

    #[test]
    fn csv_is_that_of_rfc_4180() {
        let sheet = sheet(&[("a", ValueKind::Text), ("b,c", ValueKind::Text), ("t", ValueKind::Time)]);
        assert_eq!(sheet.csv_header(), "a,\"b,c\",t\r\n");
        let values = row(&[Some("say \"hi\",\nyou"), None, Some("2026-11-20 12:00:00.000")]);
        assert_eq!(sheet.csv(&values), "\"say \"\"hi\"\",\nyou\",,2026-11-20T12:00:00Z\r\n");
        assert_eq!(sheet.csv(&row(&[Some(""), Some("ü"), None])), "\"\",ü,\r\n");
    }

    #[test]
    fn a_table_is_as_wide_as_the_terminal_and_says_what_it_cuts() {
        let sheet = sheet(&[
            ("id", ValueKind::Text),
            ("name", ValueKind::Text),
            ("detail", ValueKind::Text),
        ]);
        let rows = [
            row(&[Some("1"), Some("image.created"), Some(&"x".repeat(200))]),
            row(&[Some("22"), None, Some("a\tb\u{1b}[31m")]),
        ];
        let widths = sheet.widths(&rows, Some(40));
        let lines = [
            sheet.headings(&widths),
            sheet.fitted(&rows[0], &widths),
            sheet.fitted(&rows[1], &widths),
        ];
        assert_eq!(
            lines.concat(),
            "ID  NAME           DETAIL\n\
             1   image.created  xxxxxxxxxxxxxxxxxxxx…\n\
             22                 a b\u{fffd}[31m\n"
        );
        assert!(lines.iter().all(|line| line.trim_end().chars().count() <= 40));
        assert_eq!(sheet.widths(&rows, None), Widths(vec![2, 13, 200]));
        assert_eq!(sheet.tabs(&rows[1]), "22\t\ta b\u{fffd}[31m\n");
    }

    #[test]
    fn a_time_is_not_cut() {
        let sheet = sheet(&[("at", ValueKind::Time), ("a", ValueKind::Text), ("b", ValueKind::Text)]);
        let values = row(&[
            Some("2026-11-20 12:00:00.000"),
            Some(&"x".repeat(50)),
            Some(&"y".repeat(50)),
        ]);
        let widths = sheet.widths(std::slice::from_ref(&values), Some(44));
        assert_eq!(
            sheet.fitted(&values, &widths),
            "2026-11-20T12:00:00Z  xxxxxxxxx…  yyyyyyyyy…\n"
        );
    }

    #[test]
    fn columns_of_one_name_are_told_apart() {
        let sheet = sheet(&[
            ("a", ValueKind::Integer),
            ("a", ValueKind::Text),
            ("b", ValueKind::Text),
        ]);
        let object = sheet.object(&row(&[Some("1"), Some("2"), None]));
        assert_eq!(object.to_string(), r#"{"a":1,"a_2":"2","b":null}"#);
    }
}
