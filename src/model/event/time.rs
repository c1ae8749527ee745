//! The time of an event, and the one form in which it is sent.
//!
//! The schema says `yyyy-MM-DDTHH:mm:ss`, UTC; AWS's own sample and every working sender add a `Z`; no
//! page says what becomes of fractions and offsets (reference §3.1). So what is sent is exactly
//! `YYYY-MM-DDTHH:MM:SSZ`: a time without a zone is UTC, as the schema has it, an offset is converted,
//! a fraction is cut. What is no time stays none: nothing is guessed or padded.

use jiff::ToSpan as _;
use jiff::civil::DateTime;

/// A time that an event states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventTime {
    /// In UTC, in whole seconds.
    utc: DateTime,
    as_sent: bool,
}

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

impl EventTime {
    /// Reads a time: date, `T`, hours to seconds, perhaps a fraction, perhaps `Z` or an offset.
    pub fn read(text: &str) -> Option<Self> {
        let (date_time, rest) = text.split_at_checked(19)?;
        let local = local(date_time.as_bytes())?;
        let west = offset(without_fraction(rest)?)?;
        let utc = match west {
            0 => local,
            west => local.checked_sub(west.seconds()).ok()?,
        };
        (0..=9999).contains(&utc.year()).then_some(())?;
        // A sixtieth second was read as the one before it.
        let as_sent = rest == "Z" && date_time.get(10..11) == Some("T") && !date_time.ends_with("60");
        Some(Self { utc, as_sent })
    }

    /// Whether it already had the form in which it is sent.
    pub fn is_as_sent(&self) -> bool {
        self.as_sent
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub fn unix(&self) -> i64 {
        self.utc.duration_since(EPOCH).as_secs()
    }
}

impl std::fmt::Display for EventTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}Z", self.utc)
    }
}

fn local(text: &[u8]) -> Option<DateTime> {
    let [
        y1,
        y2,
        y3,
        y4,
        b'-',
        o1,
        o2,
        b'-',
        d1,
        d2,
        b'T' | b't' | b' ',
        h1,
        h2,
        b':',
        m1,
        m2,
        b':',
        s1,
        s2,
    ] = text
    else {
        return None;
    };
    let year = i16::from(two(*y1, *y2)?) * 100 + i16::from(two(*y3, *y4)?);
    // A leap second is the last of its minute: no form of the service has a sixtieth.
    let second = Some(two(*s1, *s2)?).filter(|s| *s <= 60)?.min(59);
    let (month, day) = (two(*o1, *o2)?, two(*d1, *d2)?);
    DateTime::new(year, month, day, two(*h1, *h2)?, two(*m1, *m2)?, second, 0).ok()
}

fn two(tens: u8, ones: u8) -> Option<i8> {
    let digit = |byte: u8| byte.checked_sub(b'0').filter(|digit| *digit <= 9);
    i8::try_from(digit(tens)? * 10 + digit(ones)?).ok()
}

fn without_fraction(rest: &str) -> Option<&str> {
    let Some(fraction) = rest.strip_prefix(['.', ',']) else {
        return Some(rest);
    };
    let after = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    (after.len() < fraction.len()).then_some(after)
}

/// How many seconds the offset is ahead of UTC.
fn offset(rest: &str) -> Option<i64> {
    let (sign, digits) = match rest.as_bytes() {
        [] | [b'Z' | b'z'] => return Some(0),
        [b'+', digits @ ..] => (1, digits),
        [b'-', digits @ ..] => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits {
        [h1, h2, b':', m1, m2] | [h1, h2, m1, m2] => (two(*h1, *h2)?, two(*m1, *m2)?),
        [h1, h2] => (two(*h1, *h2)?, 0),
        _ => return None,
    };
    let in_range = hours <= 23 && minutes <= 59;
    in_range.then(|| sign * (i64::from(hours) * 3600 + i64::from(minutes) * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_is_sent_in_one_form() {
        // The right-hand side agrees with `date -u -d TEXT +%FT%TZ` of GNU coreutils.
        for (text, sent) in [
            ("2026-11-20T12:00:00Z", "2026-11-20T12:00:00Z"),
            ("2022-07-12T10:55:00", "2022-07-12T10:55:00Z"),
            ("2026-11-20 12:00:00", "2026-11-20T12:00:00Z"),
            ("2026-11-20t12:00:00z", "2026-11-20T12:00:00Z"),
            ("2026-11-20T12:00:00.999999999Z", "2026-11-20T12:00:00Z"),
            ("2026-11-20T12:00:00,5", "2026-11-20T12:00:00Z"),
            ("2026-11-20T12:00:00+02:00", "2026-11-20T10:00:00Z"),
            ("2026-11-20T12:00:00.123-0530", "2026-11-20T17:30:00Z"),
            ("2026-12-31T23:30:00-01", "2027-01-01T00:30:00Z"),
            ("2024-02-29T00:00:00+00:01", "2024-02-28T23:59:00Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
        ] {
            let time = EventTime::read(text).unwrap();
            assert_eq!(time.to_string(), sent, "{text}");
            assert_eq!(time.is_as_sent(), text == sent, "{text}");
            let again = EventTime::read(sent).unwrap();
            assert!(again.is_as_sent() && again.unix() == time.unix());
        }
        // `date -u -d 2022-07-12T10:55:00Z +%s`
        assert_eq!(EventTime::read("2022-07-12T10:55:00").unwrap().unix(), 1_657_623_300);
    }

    #[test]
    fn what_is_no_time_stays_none() {
        for text in [
            "",
            "now",
            "1657623300",
            "2022-07-12",
            "2022-07-12T10:55",
            "2022-07-12T10:55Z",
            "202-07-12T10:55:00",
            "202-07-12T10:55:00Z",
            "2022-7-12T10:55:00",
            "2022-13-12T10:55:00",
            "2023-02-29T10:55:00",
            "2022-07-12T24:00:00",
            "2022-07-12T10:60:00",
            "2022-07-12T10:55:61",
            "2022-07-12T10:55:00.",
            "2022-07-12T10:55:00.Z",
            "2022-07-12T10:55:00+2",
            "2022-07-12T10:55:00+24:00",
            "2022-07-12T10:55:00 Z",
            " 2022-07-12T10:55:00",
            "2022-07-12T10:55:00+02:00[Europe/Helsinki]",
            "0000-01-01T00:00:00+01:00",
            "9999-12-31T23:59:59-01:00",
            "２022-07-12T10:55:00",
            "Tue, 12 Jul 2022 10:55:00 GMT",
        ] {
            assert_eq!(EventTime::read(text), None, "{text}");
        }
    }
}
