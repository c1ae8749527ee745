//! Times: milliseconds after the epoch, and days for dates. There is no zone but UTC.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use rusqlite::types::Value;

use super::{Functions, number, text};
use crate::sandbox::clock::DAY_MS;

pub(super) const FUNCTIONS: Functions = &[
    ("floor_seconds", |args| {
        Ok(Value::Integer(args.int(0)?.div_euclid(1000)))
    }),
    ("ceil_seconds", |args| {
        Ok(Value::Integer(args.int(0)?.saturating_add(999).div_euclid(1000)))
    }),
    ("date_start", |args| {
        Ok(Value::Integer(args.int(0)?.saturating_mul(DAY_MS)))
    }),
    ("timestamp_to_date", |args| {
        Ok(Value::Integer(args.int(0)?.div_euclid(DAY_MS)))
    }),
    ("text_to_timestamp", |args| {
        timestamp_of(args.text(0)?).map(Value::Integer)
    }),
    ("text_to_date", |args| date_of(args.text(0)?).map(Value::Integer)),
    ("timestamp_to_text", |args| timestamp_text(args.int(0)?).map(text)),
    ("zoned_to_text", |args| {
        Ok(text(format!("{} UTC", timestamp_text(args.int(0)?)?)))
    }),
    ("date_to_text", |args| date_text(args.int(0)?).map(text)),
    ("timestamp_to_iso", |args| {
        Ok(text(civil(args.int(0)?)?.strftime("%Y-%m-%dT%H:%M:%S%.3f").to_string()))
    }),
    ("zoned_to_iso", |args| {
        Ok(text(
            civil(args.int(0)?)?.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        ))
    }),
    ("whole_days", |args| match args.int(0)? {
        ms if ms % DAY_MS == 0 => Ok(Value::Integer(ms / DAY_MS)),
        _ => Err("Cannot add hour, minutes or seconds to a date".to_owned()),
    }),
    ("add_months", |args| {
        months_later(args.int(0)?, args.int(1)?).map(Value::Integer)
    }),
    ("add_months_date", |args| {
        let later = months_later(args.int(0)?.saturating_mul(DAY_MS), args.int(1)?)?;
        Ok(Value::Integer(later.div_euclid(DAY_MS)))
    }),
    ("date_add", |args| {
        add(args.text(0)?, args.int(1)?, args.int(2)?).map(Value::Integer)
    }),
    ("date_add_date", |args| {
        must_be_days(args.text(0)?)?;
        let later = add(args.text(0)?, args.int(1)?, args.int(2)?.saturating_mul(DAY_MS))?;
        Ok(Value::Integer(later.div_euclid(DAY_MS)))
    }),
    ("date_trunc", |args| {
        truncated(args.text(0)?, args.int(1)?).map(Value::Integer)
    }),
    ("date_trunc_date", |args| {
        must_be_days(args.text(0)?)?;
        let begin = truncated(args.text(0)?, args.int(1)?.saturating_mul(DAY_MS))?;
        Ok(Value::Integer(begin.div_euclid(DAY_MS)))
    }),
    ("date_diff", |args| {
        difference(args.text(0)?, args.int(1)?, args.int(2)?).map(Value::Integer)
    }),
    ("date_format", |args| {
        formatted(civil(args.int(0)?)?, args.text(1)?).map(text)
    }),
    ("date_parse", |args| {
        parsed(args.text(0)?, args.text(1)?).map(Value::Integer)
    }),
    ("from_iso8601_timestamp", |args| {
        from_iso(args.text(0)?).map(Value::Integer)
    }),
    ("from_unixtime", |args| {
        let ms = (args.real(0)? * 1000.0).round();
        format!("{ms:.0}")
            .parse()
            .map(Value::Integer)
            .map_err(|_| "from_unixtime is out of range".to_owned())
    }),
    ("to_unixtime", |args| {
        Ok(Value::Real(number::real(args.int(0)?)? / 1000.0))
    }),
    ("year", |args| Ok(Value::Integer(civil(args.int(0)?)?.year().into()))),
    ("quarter", |args| {
        Ok(Value::Integer((i64::from(civil(args.int(0)?)?.month()) + 2) / 3))
    }),
    ("month", |args| Ok(Value::Integer(civil(args.int(0)?)?.month().into()))),
    ("week", |args| {
        Ok(Value::Integer(
            civil(args.int(0)?)?.date().iso_week_date().week().into(),
        ))
    }),
    ("year_of_week", |args| {
        Ok(Value::Integer(
            civil(args.int(0)?)?.date().iso_week_date().year().into(),
        ))
    }),
    ("day", |args| Ok(Value::Integer(civil(args.int(0)?)?.day().into()))),
    ("day_of_week", |args| {
        Ok(Value::Integer(
            civil(args.int(0)?)?.weekday().to_monday_one_offset().into(),
        ))
    }),
    ("day_of_year", |args| {
        Ok(Value::Integer(civil(args.int(0)?)?.day_of_year().into()))
    }),
    ("hour", |args| Ok(Value::Integer(civil(args.int(0)?)?.hour().into()))),
    ("minute", |args| {
        Ok(Value::Integer(civil(args.int(0)?)?.minute().into()))
    }),
    ("second", |args| {
        Ok(Value::Integer(civil(args.int(0)?)?.second().into()))
    }),
    ("millisecond", |args| Ok(Value::Integer(args.int(0)?.rem_euclid(1000)))),
];

fn civil(ms: i64) -> Result<DateTime, String> {
    Timestamp::from_millisecond(ms)
        .map(|at| at.to_zoned(TimeZone::UTC).datetime())
        .map_err(|_| format!("A timestamp is out of range: {ms} ms"))
}

fn ms(at: DateTime) -> Result<i64, String> {
    at.to_zoned(TimeZone::UTC)
        .map(|at| at.timestamp().as_millisecond())
        .map_err(|_| format!("A timestamp is out of range: {at}"))
}

/// As rows show it.
pub(in super::super) fn timestamp_text(ms: i64) -> Result<String, String> {
    Ok(civil(ms)?.strftime("%Y-%m-%d %H:%M:%S%.3f").to_string())
}

/// As rows show it.
pub(in super::super) fn date_text(days: i64) -> Result<String, String> {
    Ok(civil(days.saturating_mul(DAY_MS))?.strftime("%Y-%m-%d").to_string())
}

/// Reads `YYYY-MM-DD[ HH:MM[:SS[.fff]]]`, as a cast does.
pub(in super::super) fn timestamp_of(given: &str) -> Result<i64, String> {
    let wrong = || format!("Value cannot be cast to timestamp: {given}; it is written 2026-11-20 12:00:00.");
    let (date, time) = match given.trim().split_once(' ') {
        Some((date, time)) => (date, time),
        None => (given.trim(), ""),
    };
    let date = civil_date(date).ok_or_else(wrong)?;
    let time = if time.is_empty() {
        Some(Time::midnight())
    } else {
        civil_time(time)
    };
    ms(date.to_datetime(time.ok_or_else(wrong)?))
}

/// Reads `YYYY-MM-DD`, as a cast does.
pub(in super::super) fn date_of(given: &str) -> Result<i64, String> {
    let wrong = || format!("Value cannot be cast to date: {given}; it is written 2026-11-20.");
    let date = civil_date(given.trim()).ok_or_else(wrong)?;
    Ok(ms(date.to_datetime(Time::midnight()))?.div_euclid(DAY_MS))
}

fn digits<T: std::str::FromStr>(text: &str, most: usize) -> Option<T> {
    let plain = (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

fn civil_date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let year = parts.next().filter(|year| year.len() == 4)?;
    let (month, day) = (parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    Date::new(digits(year, 4)?, digits(month, 2)?, digits(day, 2)?).ok()
}

fn civil_time(text: &str) -> Option<Time> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut parts = whole.split(':');
    let (hour, minute) = (parts.next()?, parts.next()?);
    let second = parts.next();
    let too_many = parts.next().is_some() || (second.is_none() && !fraction.is_empty());
    if too_many || text.ends_with('.') {
        return None;
    }
    let nanos: i32 = if fraction.is_empty() {
        0
    } else {
        milliseconds(fraction)?.checked_mul(1_000_000)?
    };
    Time::new(
        digits(hour, 2)?,
        digits(minute, 2)?,
        digits(second.unwrap_or("0"), 2)?,
        nanos,
    )
    .ok()
}

/// A fraction of a second; digits behind the third are cut off.
fn milliseconds(fraction: &str) -> Option<i32> {
    let all: u64 = digits(fraction, 12)?;
    format!("{all:0width$}000", width = fraction.len())
        .get(..3)?
        .parse()
        .ok()
}

fn must_be_days(unit: &str) -> Result<(), String> {
    match unit.to_ascii_lowercase().as_str() {
        "day" | "week" | "month" | "quarter" | "year" => Ok(()),
        _ => Err(format!("'{unit}' is not a valid DATE field")),
    }
}

fn wrong_unit<T>(unit: &str) -> Result<T, String> {
    Err(format!("'{unit}' is not a valid TIMESTAMP field"))
}

fn months_later(at: i64, months: i64) -> Result<i64, String> {
    let span = jiff::Span::new()
        .try_months(months)
        .map_err(|error| error.to_string())?;
    ms(civil(at)?.checked_add(span).map_err(|error| error.to_string())?)
}

/// Milliseconds of a unit that is always as long.
fn fixed(unit: &str) -> Option<i64> {
    Some(match unit.to_ascii_lowercase().as_str() {
        "millisecond" => 1,
        "second" => 1000,
        "minute" => 60_000,
        "hour" => 3_600_000,
        "day" => DAY_MS,
        "week" => 7 * DAY_MS,
        _ => return None,
    })
}

/// Months of a unit that is not.
fn months(unit: &str) -> Option<i64> {
    Some(match unit.to_ascii_lowercase().as_str() {
        "month" => 1,
        "quarter" => 3,
        "year" => 12,
        _ => return None,
    })
}

fn add(unit: &str, amount: i64, at: i64) -> Result<i64, String> {
    let over = || "A timestamp is out of range".to_owned();
    if let Some(length) = fixed(unit) {
        return amount
            .checked_mul(length)
            .and_then(|more| at.checked_add(more))
            .ok_or_else(over);
    }
    match months(unit) {
        Some(length) => months_later(at, amount.checked_mul(length).ok_or_else(over)?),
        None => wrong_unit(unit),
    }
}

fn truncated(unit: &str, at: i64) -> Result<i64, String> {
    let here = civil(at)?;
    let day = here.date();
    let begin = match unit.to_ascii_lowercase().as_str() {
        "week" => {
            let past = i64::from(here.weekday().to_monday_zero_offset());
            day.checked_sub(past.days()).map_err(|error| error.to_string())?
        }
        "month" => day.first_of_month(),
        "quarter" => {
            let month = (here.month() - 1) / 3 * 3 + 1;
            Date::new(here.year(), month, 1).map_err(|error| error.to_string())?
        }
        "year" => day.first_of_year(),
        other => match fixed(other) {
            Some(length) => return Ok(at.div_euclid(length) * length),
            None => return wrong_unit(unit),
        },
    };
    ms(begin.to_datetime(Time::midnight()))
}

/// How many whole units lie between two times.
fn difference(unit: &str, from: i64, to: i64) -> Result<i64, String> {
    if let Some(length) = fixed(unit) {
        let between = to
            .checked_sub(from)
            .ok_or_else(|| "A timestamp is out of range".to_owned())?;
        return Ok(between / length);
    }
    let Some(length) = months(unit) else {
        return wrong_unit(unit);
    };
    let (a, b) = (civil(from)?, civil(to)?);
    let mut whole = (i64::from(b.year()) - i64::from(a.year())) * 12 + i64::from(b.month()) - i64::from(a.month());
    // The month that is under way does not count.
    if whole > 0 && months_later(from, whole)? > to {
        whole -= 1;
    }
    if whole < 0 && months_later(from, whole)? < to {
        whole += 1;
    }
    Ok(whole / length)
}

/// `date_format`, in the letters of `MySQL`.
fn formatted(at: DateTime, format: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            out.push(letter);
            continue;
        }
        let strftime = match letters.next() {
            Some('a') => "%a",
            Some('b') => "%b",
            Some('c') => "%-m",
            Some('d') => "%d",
            Some('e') => "%-d",
            Some('f') => "%6f",
            Some('H') => "%H",
            Some('h' | 'I') => "%I",
            Some('i') => "%M",
            Some('j') => "%j",
            Some('k') => "%-H",
            Some('l') => "%-I",
            Some('M') => "%B",
            Some('m') => "%m",
            Some('p') => "%p",
            Some('r') => "%I:%M:%S %p",
            Some('S' | 's') => "%S",
            Some('T') => "%H:%M:%S",
            Some('v') => "%V",
            Some('W') => "%A",
            Some('x') => "%G",
            Some('Y') => "%Y",
            Some('y') => "%y",
            Some('%') => "%%",
            other => return Err(unknown_letter(other)),
        };
        out.push_str(&at.strftime(strftime).to_string());
    }
    Ok(out)
}

fn unknown_letter(letter: Option<char>) -> String {
    format!(
        "%{} not supported in date format string",
        letter.map(String::from).unwrap_or_default()
    )
}

/// What `date_parse` has read so far.
#[derive(Default)]
struct Read {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    hour: Option<i8>,
    half: Option<i8>,
    afternoon: bool,
    minute: Option<i8>,
    second: Option<i8>,
    ms: Option<i32>,
}

/// Takes up to so many digits off the front.
fn take<T: std::str::FromStr>(rest: &mut &str, most: usize) -> Option<T> {
    let end = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (number, after) = rest.split_at_checked(end)?;
    *rest = after;
    digits(number, most)
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// `date_parse`, in the letters of `MySQL`.
fn parsed(given: &str, format: &str) -> Result<i64, String> {
    let wrong = || format!("Invalid format: \"{given}\"");
    let format = format.replace("%T", "%H:%i:%s").replace("%r", "%I:%i:%s %p");
    let mut read = Read::default();
    let mut rest = given;
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            rest = rest.strip_prefix(letter).ok_or_else(wrong)?;
            continue;
        }
        match letters.next() {
            Some('%') => rest = rest.strip_prefix('%').ok_or_else(wrong)?,
            Some(letter) if "YymcdeHkhIliSsfpMb".contains(letter) => {
                rest = read.part(letter, rest).ok_or_else(wrong)?;
            }
            other => return Err(unknown_letter(other)),
        }
    }
    if !rest.is_empty() {
        return Err(format!("Invalid format: \"{given}\" is malformed at \"{rest}\""));
    }
    read.ms().ok_or_else(wrong)
}

impl Read {
    /// Reads one part, and gives what is left.
    fn part<'a>(&mut self, letter: char, mut rest: &'a str) -> Option<&'a str> {
        match letter {
            'Y' => self.year = Some(take(&mut rest, 4)?),
            'y' => {
                let year: i16 = take(&mut rest, 2)?;
                self.year = Some(if year < 70 { 2000 + year } else { 1900 + year });
            }
            'm' | 'c' => self.month = Some(take(&mut rest, 2)?),
            'd' | 'e' => self.day = Some(take(&mut rest, 2)?),
            'H' | 'k' => self.hour = Some(take(&mut rest, 2)?),
            'h' | 'I' | 'l' => self.half = Some(take(&mut rest, 2)?),
            'i' => self.minute = Some(take(&mut rest, 2)?),
            'S' | 's' => self.second = Some(take(&mut rest, 2)?),
            'f' => {
                let end = rest.bytes().take(9).take_while(u8::is_ascii_digit).count();
                let (fraction, after) = rest.split_at_checked(end)?;
                self.ms = Some(milliseconds(fraction)?);
                rest = after;
            }
            'p' => {
                let (half, after) = rest.split_at_checked(2)?;
                self.afternoon = half.eq_ignore_ascii_case("pm");
                if !self.afternoon && !half.eq_ignore_ascii_case("am") {
                    return None;
                }
                rest = after;
            }
            'M' | 'b' => {
                let lower = rest.to_ascii_lowercase();
                let name = |name: &'static str| {
                    if letter == 'M' {
                        name
                    } else {
                        name.get(..3).unwrap_or(name)
                    }
                };
                let at = MONTHS.iter().position(|month| lower.starts_with(name(month)))?;
                self.month = Some(i8::try_from(at + 1).ok()?);
                rest = rest.get(MONTHS.get(at).map_or(0, |month| name(month).len())..)?;
            }
            _ => return None,
        }
        Some(rest)
    }

    fn ms(&self) -> Option<i64> {
        let date = Date::new(
            self.year.unwrap_or(1970),
            self.month.unwrap_or(1),
            self.day.unwrap_or(1),
        )
        .ok()?;
        let hour = match (self.hour, self.half) {
            (Some(hour), _) => hour,
            (None, Some(half)) if (1..=12).contains(&half) => half % 12 + if self.afternoon { 12 } else { 0 },
            (None, Some(_)) => return None,
            (None, None) => 0,
        };
        let nanos = self.ms.unwrap_or(0).checked_mul(1_000_000)?;
        let time = Time::new(hour, self.minute.unwrap_or(0), self.second.unwrap_or(0), nanos).ok()?;
        ms(date.to_datetime(time)).ok()
    }
}

/// `YYYY-MM-DD[THH:MM[:SS[.fff]][Z]]`; another zone than UTC is not known here.
fn from_iso(given: &str) -> Result<i64, String> {
    let wrong = || format!("Invalid format: \"{given}\"");
    let Some((date, time)) = given.split_once('T') else {
        return timestamp_of(given).map_err(|_| wrong());
    };
    let plain = ["Z", "+00:00", "-00:00", "+0000"]
        .into_iter()
        .find_map(|utc| time.strip_suffix(utc))
        .unwrap_or(time);
    if plain.contains(['+', '-']) {
        return Err(format!("The sandbox knows no time zone but UTC: \"{given}\""));
    }
    let date = civil_date(date).ok_or_else(wrong)?;
    let time = civil_time(plain).ok_or_else(wrong)?;
    ms(date.to_datetime(time))
}
