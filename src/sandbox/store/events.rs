//! Delivered events at rest.

use rusqlite::{Connection, params};

use crate::sandbox::wire::Fault;

/// An event in one store.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// The id `CloudTrail` gave.
    pub(crate) id: String,
    /// The sender's id.
    pub(crate) entry_id: String,
    /// The source's id.
    pub(crate) uid: String,
    /// Seconds; what retention goes by.
    pub(crate) time: i64,
    /// Milliseconds; readers do not see it before.
    pub(crate) visible_at: i64,
    /// How it came.
    pub(crate) channel_arn: String,
    /// The stored record, as JSON.
    pub(crate) record: String,
    /// The text that was sent.
    pub(crate) data: String,
}

/// Adds an event to a store.
pub(crate) fn insert(sql: &Connection, store: &str, event: &Event) -> Result<(), Fault> {
    sql.prepare_cached(
        "INSERT INTO events (store, event_id, entry_id, uid, event_time, visible_at, channel_arn, record, event_data,
             record_bytes, event_source, event_name, principal_id, error_code, source_ip_address)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
             octet_length(?8), ?9 ->> '$.eventSource', ?9 ->> '$.eventName', ?9 ->> '$.userIdentity.principalId',
             ?9 ->> '$.errorCode', ?9 ->> '$.sourceIPAddress')",
    )?
    .execute(params![
        store,
        event.id,
        event.entry_id,
        event.uid,
        event.time,
        event.visible_at,
        event.channel_arn,
        event.record,
        event.data
    ])?;
    Ok(())
}

/// All events, or those of one store (ARN or id), in the order of arrival, with the store's ARN.
pub(crate) fn all(sql: &Connection, store: Option<&str>) -> Result<Vec<(String, Event)>, Fault> {
    let mut statement = sql.prepare_cached(
        "SELECT arn, event_id, entry_id, uid, event_time, visible_at, channel_arn, record, event_data
         FROM events JOIN event_data_stores ON id = store
         WHERE ?1 IS NULL OR id = ?1 OR arn = ?1 ORDER BY events.seq",
    )?;
    let rows = statement.query_map([store], |row| {
        let event = Event {
            id: row.get(1)?,
            entry_id: row.get(2)?,
            uid: row.get(3)?,
            time: row.get(4)?,
            visible_at: row.get(5)?,
            channel_arn: row.get(6)?,
            record: row.get(7)?,
            data: row.get(8)?,
        };
        Ok((row.get(0)?, event))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Removes what is past its store's retention.
pub(crate) fn expire(sql: &Connection, now_ms: i64) -> Result<(), Fault> {
    sql.execute(
        "DELETE FROM events WHERE seq IN (SELECT events.seq FROM events JOIN event_data_stores AS s ON s.id = store
         WHERE event_time < ?1 / 1000 - s.retention * 86400)",
        [now_ms],
    )?;
    Ok(())
}
