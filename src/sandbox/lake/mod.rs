//! Stands in for the SQL engine until that is merged: it gives the UIDs of a store, whatever the statement is.
use rusqlite::Connection;
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) id: String,
}
#[derive(Debug)]
pub(crate) struct Query {
    stores: Vec<String>,
}
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Invalid(String);
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Failure(String);
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<Option<String>>>,
    pub(crate) bytes_scanned: u64,
    pub(crate) events_scanned: u64,
    pub(crate) events_matched: u64,
}
pub(crate) fn prepare(statement: &str, find: &dyn Fn(&str) -> Option<Table>) -> Result<Query, Invalid> {
    let name = statement.split("FROM ").nth(1).ok_or(Invalid("no FROM".to_owned()))?;
    let t = find(name.split(' ').next().unwrap_or_default()).ok_or(Invalid("no table".to_owned()))?;
    Ok(Query { stores: vec![t.id] })
}
impl Query {
    pub(crate) fn stores(&self) -> Vec<String> {
        self.stores.clone()
    }
    pub(crate) fn run(&self, sql: &Connection, now_ms: i64) -> Result<Answer, Failure> {
        let mut s = sql
            .prepare("SELECT event_id, uid FROM events WHERE store = ?1 AND visible_at <= ?2 ORDER BY uid")
            .map_err(|e| Failure(e.to_string()))?;
        let rows: Vec<Vec<Option<String>>> = s
            .query_map(rusqlite::params![self.stores.first(), now_ms], |r| {
                Ok(vec![Some(r.get(1)?)])
            })
            .map_err(|e| Failure(e.to_string()))?
            .collect::<Result<_, _>>()
            .map_err(|e| Failure(e.to_string()))?;
        let n = u64::try_from(rows.len()).unwrap_or(0);
        Ok(Answer {
            columns: vec!["uid".into()],
            rows,
            bytes_scanned: n * 100,
            events_scanned: n,
            events_matched: n,
        })
    }
}
