//! What is to become of queries that are yet to come, for the tests of clients: failed, timed out, cancelled by somebody
//! else, or finished after a number of looks.

use std::ops::RangeInclusive;

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::guesses;
use super::limits;
use super::nulls::Nulls;
use super::store::queries::{CANCELLED, FAILED, FINISHED, TIMED_OUT};
use super::wire::Fault;

/// How many looks may be asked for.
const LOOKS: RangeInclusive<i64> = 0..=1_000_000;

/// An outcome, as `POST /_sandbox/queries` takes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Outcome {
    /// What the query ends as.
    status: End,
    /// `ErrorMessage` of a failed one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// How many times a `DescribeQuery` or `GetQueryResults` still finds it under way, however late it is.
    #[serde(default)]
    pub(crate) looks: i64,
    /// How many rows of a timed-out one stay readable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rows: Option<i64>,
    /// How many rows can be read while it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) early: Option<i64>,
    /// How a NULL is told in its rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) nulls: Option<Nulls>,
    /// From which query on, counted from when it was posted.
    #[serde(default = "one")]
    call: i64,
    /// For how many of them; 0 is all.
    #[serde(default = "one")]
    times: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum End {
    Finished,
    Failed,
    Cancelled,
    TimedOut,
}

fn one() -> i64 {
    1
}

/// An outcome, and how many queries came since it was posted.
#[derive(Debug, Serialize)]
pub(crate) struct Posted {
    #[serde(flatten)]
    outcome: Outcome,
    seen: i64,
}

impl Outcome {
    /// The status in the end.
    pub(crate) fn status(&self) -> &'static str {
        match self.status {
            End::Finished => FINISHED,
            End::Failed => FAILED,
            End::Cancelled => CANCELLED,
            End::TimedOut => TIMED_OUT,
        }
    }

    /// Why it fails, if it does.
    pub(crate) fn error(&self) -> Option<&str> {
        match (self.status, &self.error) {
            (End::Failed, None) => Some(guesses::QUERY_FAILED),
            (_, error) => error.as_deref(),
        }
    }

    fn check(&self) -> Result<(), Fault> {
        let says = |what: String| Err(Fault::new("", what));
        if self.call < 1 || self.times < 0 {
            return says("call counts from 1, and times from 0.".to_owned());
        }
        if !LOOKS.contains(&self.looks) {
            return says(format!("looks is 0 to {}, not {}.", LOOKS.end(), self.looks));
        }
        if self.early.is_some_and(|early| early < 0) {
            return says("early counts from 0.".to_owned());
        }
        if self.rows.is_some_and(|rows| self.status != End::TimedOut || rows < 0) {
            return says("rows is for TIMED_OUT, and counts from 0.".to_owned());
        }
        if let Some(error) = &self.error {
            let characters = error.chars().count();
            if self.status != End::Failed || !limits::ERROR_MESSAGE.contains(&characters) {
                return says("error is for FAILED, and has 4 to 1000 characters.".to_owned());
            }
        }
        Ok(())
    }

    fn is_due(&self, seen: i64) -> bool {
        seen >= self.call && (self.times == 0 || seen - self.call < self.times)
    }
}

/// Adds an outcome after those posted before.
pub(crate) fn post(sql: &Connection, outcome: &Outcome) -> Result<(), Fault> {
    outcome.check()?;
    sql.execute(
        "INSERT INTO outcomes (document, seen) VALUES (?1, 0)",
        [serde_json::to_string(outcome)?],
    )?;
    Ok(())
}

/// Takes all away.
pub(crate) fn clear(sql: &Connection) -> Result<(), Fault> {
    sql.execute("DELETE FROM outcomes", [])?;
    Ok(())
}

/// All that were posted.
pub(crate) fn all(sql: &Connection) -> Result<Vec<Posted>, Fault> {
    let rows = read(sql)?.into_iter();
    Ok(rows.map(|(_, outcome, seen)| Posted { outcome, seen }).collect())
}

/// Counts a query, and says what is to become of it. Every outcome counts for itself; the first that is due holds.
pub(crate) fn next(sql: &Connection) -> Result<Option<Outcome>, Fault> {
    let mut due = None;
    for (seq, outcome, seen) in read(sql)? {
        let seen = seen.saturating_add(1);
        sql.prepare_cached("UPDATE outcomes SET seen = ?2 WHERE seq = ?1")?
            .execute(params![seq, seen])?;
        if due.is_none() && outcome.is_due(seen) {
            due = Some(outcome);
        }
    }
    Ok(due)
}

fn read(sql: &Connection) -> Result<Vec<(i64, Outcome, i64)>, Fault> {
    let mut statement = sql.prepare_cached("SELECT seq, document, seen FROM outcomes ORDER BY seq")?;
    let mut found = statement.query([])?;
    let mut outcomes = Vec::new();
    while let Some(row) = found.next()? {
        let document: String = row.get(1)?;
        outcomes.push((row.get(0)?, serde_json::from_str(&document)?, row.get(2)?));
    }
    Ok(outcomes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(document: &str) -> Outcome {
        serde_json::from_str(document).unwrap()
    }

    #[test]
    fn call_and_times_choose_the_queries() {
        let due = |document: &str| -> Vec<i64> {
            let outcome = outcome(document);
            (1..=5).filter(|seen| outcome.is_due(*seen)).collect()
        };
        assert_eq!(due(r#"{"status":"FAILED"}"#), [1]);
        assert_eq!(due(r#"{"status":"FAILED","call":2,"times":2}"#), [2, 3]);
        assert_eq!(due(r#"{"status":"FAILED","call":4,"times":0}"#), [4, 5]);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        assert!(outcome(r#"{"status":"TIMED_OUT","rows":2,"looks":3}"#).check().is_ok());
        assert!(outcome(r#"{"status":"FAILED","error":"oh no"}"#).check().is_ok());
        for document in [
            r#"{"status":"FAILED","call":0}"#,
            r#"{"status":"FAILED","times":-1}"#,
            r#"{"status":"FAILED","looks":-1}"#,
            r#"{"status":"FAILED","early":-1}"#,
            r#"{"status":"FAILED","rows":1}"#,
            r#"{"status":"TIMED_OUT","rows":-1}"#,
            r#"{"status":"FAILED","error":"abc"}"#,
            r#"{"status":"CANCELLED","error":"oh no"}"#,
        ] {
            assert!(outcome(document).check().is_err(), "{document}");
        }
        assert!(serde_json::from_str::<Outcome>(r#"{"status":"RUNNING"}"#).is_err());
        assert!(serde_json::from_str::<Outcome>(r#"{"status":"FAILED","after":1}"#).is_err());
    }
}
