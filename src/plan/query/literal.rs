//! Values as they stand in SQL.

use jiff::Timestamp;
use jiff::tz::Offset;

/// A text as a literal: in single quotes, those in it doubled. Nothing else is special in a literal of Trino.
pub fn text(value: &str) -> String {
    let mut literal = String::with_capacity(value.len() + 2);
    literal.push('\'');
    for letter in value.chars() {
        if letter == '\'' {
            literal.push('\'');
        }
        literal.push(letter);
    }
    literal.push('\'');
    literal
}

/// A time as a literal, in UTC and whole milliseconds, a part of one cut: `timestamp '2026-11-20 12:00:00.000'`
/// without the fraction where it is nought, as AWS's samples have it (reference §5.1).
pub fn timestamp(at: Timestamp) -> String {
    format!("timestamp {}", text(&time(at)))
}

/// The same text without `timestamp`, for columns that hold times as strings of this form.
pub fn time(at: Timestamp) -> String {
    let utc = Offset::UTC.to_datetime(at);
    let (date, time) = (utc.date(), utc.time());
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    match time.millisecond() {
        0 => format!("{date} {hour:02}:{minute:02}:{second:02}"),
        milli => format!("{date} {hour:02}:{minute:02}:{second:02}.{milli:03}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads a literal as the standard has it, without the code above.
    fn read(literal: &str) -> Option<String> {
        let mut letters = literal.strip_prefix('\'')?.strip_suffix('\'')?.chars();
        let mut value = String::new();
        while let Some(letter) = letters.next() {
            if letter == '\'' && letters.next() != Some('\'') {
                return None;
            }
            value.push(letter);
        }
        Some(value)
    }

    proptest! {
        #[test]
        fn a_literal_is_one_literal_and_says_what_was_meant(value in r"[\PC'\-;\n\x00]{0,40}") {
            prop_assert_eq!(read(&text(&value)), Some(value));
        }
    }

    #[test]
    fn quotes_are_doubled() {
        assert_eq!(text("it's"), "'it''s'");
        assert_eq!(text("'; DROP TABLE x; --"), "'''; DROP TABLE x; --'");
        assert_eq!(text(""), "''");
    }

    #[test]
    fn times_are_utc_and_cut_to_milliseconds() {
        let at = |text: &str| timestamp(text.parse().unwrap());
        assert_eq!(at("2026-11-20T12:00:00Z"), "timestamp '2026-11-20 12:00:00'");
        assert_eq!(at("2026-11-20T01:02:03.0456Z"), "timestamp '2026-11-20 01:02:03.045'");
        assert_eq!(at("2026-11-20T01:00:00+02:00"), "timestamp '2026-11-19 23:00:00'");
    }
}
