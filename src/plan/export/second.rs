//! A moment in whole seconds, which is what eventTime has.

use std::fmt;

use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::event::EventTime;
use crate::model::time::rfc3339;

/// Seconds since 1970-01-01T00:00:00Z; in text as RFC 3339, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Second(pub i64);

impl Second {
    /// The second in which a moment lies.
    pub fn of(at: Timestamp) -> Self {
        Self(at.as_second().saturating_sub(i64::from(at.subsec_nanosecond() < 0)))
    }

    /// As a timestamp; what is beyond all calendars is the end of them.
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_second(self.0).unwrap_or(if self.0 < 0 { Timestamp::MIN } else { Timestamp::MAX })
    }

    /// So many seconds later.
    #[must_use]
    pub fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }
}

impl fmt::Display for Second {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&rfc3339(self.timestamp()))
    }
}

impl Serialize for Second {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Second {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let time = EventTime::read(&text).filter(EventTime::is_as_sent);
        time.map(|time| Self(time.unix()))
            .ok_or_else(|| D::Error::custom(format_args!("{text:?} is no time like 2026-11-20T12:00:00Z")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_is_text_in_utc_and_back() {
        // `date -u -d 2022-07-12T10:55:00Z +%s`
        let second = Second(1_657_623_300);
        assert_eq!(second.to_string(), "2022-07-12T10:55:00Z");
        assert_eq!(
            serde_json::from_str::<Second>("\"2022-07-12T10:55:00Z\"").unwrap(),
            second
        );
        for text in ["\"2022-07-12\"", "\"2022-07-12T10:55:00+01:00\"", "1657623300"] {
            assert!(serde_json::from_str::<Second>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_fraction_is_cut_towards_the_past() {
        for (at, second) in [("1970-01-01T00:00:01.9Z", 1), ("1969-12-31T23:59:58.5Z", -2)] {
            assert_eq!(Second::of(at.parse().unwrap()), Second(second), "{at}");
        }
    }
}
