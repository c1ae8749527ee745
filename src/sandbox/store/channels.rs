//! Channels at rest.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::Tx;
use crate::sandbox::arn::{self, Kind};
use crate::sandbox::rules::Caller;
use crate::sandbox::wire::Fault;
use crate::sandbox::wire::shapes::{self, Destination};

/// `Destination.Type` of an integration's channel.
pub(crate) const EVENT_DATA_STORE: &str = "EVENT_DATA_STORE";
/// `Destination.Type` of a service-linked channel.
pub(crate) const AWS_SERVICE: &str = "AWS_SERVICE";

/// A channel.
#[derive(Clone, Debug)]
pub(crate) struct Channel {
    /// Order of creation.
    pub(crate) seq: i64,
    /// With account and Region.
    pub(crate) arn: String,
    /// The owner.
    pub(crate) account: String,
    /// Unique in account and Region.
    pub(crate) name: String,
    /// Cannot be changed.
    pub(crate) source: String,
    /// The service of a service-linked one.
    pub(crate) service: Option<String>,
    /// What last came in.
    pub(crate) ingestion: Ingestion,
}

/// What last came in through a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ingestion {
    /// Milliseconds.
    pub(crate) success_time: Option<i64>,
    /// The id `CloudTrail` gave.
    pub(crate) success_event_id: Option<String>,
    /// Of the last event refused.
    pub(crate) error_code: Option<String>,
    /// Milliseconds.
    pub(crate) attempt_time: Option<i64>,
    /// The id `CloudTrail` gave.
    pub(crate) attempt_event_id: Option<String>,
}

const COLUMNS: &str = "seq, arn, account, name, source, service, success_time, success_event_id, \
     error_code, attempt_time, attempt_event_id";

fn read(row: &Row<'_>) -> rusqlite::Result<Channel> {
    Ok(Channel {
        seq: row.get(0)?,
        arn: row.get(1)?,
        account: row.get(2)?,
        name: row.get(3)?,
        source: row.get(4)?,
        service: row.get(5)?,
        ingestion: Ingestion {
            success_time: row.get(6)?,
            success_event_id: row.get(7)?,
            error_code: row.get(8)?,
            attempt_time: row.get(9)?,
            attempt_event_id: row.get(10)?,
        },
    })
}

/// The channel of an ARN or bare id, in the caller's account and Region.
pub(crate) fn find(tx: &Tx<'_>, arn_or_id: &str) -> Result<Channel, Fault> {
    let is_arn = arn::parse(arn_or_id).is_some_and(|arn| arn.kind == Kind::Channel);
    if !shapes::is_arn_like(arn_or_id) || !(is_arn || arn::is_uuid(arn_or_id)) {
        return Err(Fault::new(
            "ChannelARNInvalidException",
            format!("The channel ARN or ID {arn_or_id} is not valid."),
        ));
    }
    let found = by(tx, if is_arn { "arn" } else { "id" }, arn_or_id)?;
    found.ok_or_else(|| {
        Fault::new(
            "ChannelNotFoundException",
            format!("The channel {arn_or_id} was not found in {}.", tx.caller.region),
        )
    })
}

/// The channel whose `column` has this value, in the caller's account and Region.
pub(crate) fn by(tx: &Tx<'_>, column: &'static str, value: &str) -> Result<Option<Channel>, Fault> {
    let text = format!("SELECT {COLUMNS} FROM channels WHERE {column} = ?1 AND account = ?2 AND region = ?3");
    let mut statement = tx.sql.prepare_cached(&text)?;
    Ok(statement
        .query_row(params![value, tx.caller.account, tx.caller.region], read)
        .optional()?)
}

/// The channel of an ARN, whoever asks.
pub(crate) fn by_arn(sql: &Connection, arn: &str) -> Result<Option<Channel>, Fault> {
    let mut statement = sql.prepare_cached(&format!("SELECT {COLUMNS} FROM channels WHERE arn = ?1"))?;
    Ok(statement.query_row([arn], read).optional()?)
}

/// So many channels after `after`, oldest first.
pub(crate) fn page(tx: &Tx<'_>, after: i64, limit: i64) -> Result<Vec<(i64, String, String)>, Fault> {
    let mut statement = tx.sql.prepare_cached(
        "SELECT seq, arn, name FROM channels WHERE account = ?1 AND region = ?2 AND seq > ?3 ORDER BY seq LIMIT ?4",
    )?;
    let rows = statement.query_map(params![tx.caller.account, tx.caller.region, after, limit], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many count towards the quota.
pub(crate) fn count(tx: &Tx<'_>) -> Result<i64, Fault> {
    let mut statement = tx
        .sql
        .prepare_cached("SELECT count(*) FROM channels WHERE account = ?1 AND region = ?2 AND service IS NULL")?;
    Ok(statement.query_row(params![tx.caller.account, tx.caller.region], |row| row.get(0))?)
}

/// The name of an integration's channel with this source.
pub(crate) fn of_source(tx: &Tx<'_>, source: &str) -> Result<Option<String>, Fault> {
    let mut statement = tx.sql.prepare_cached(
        "SELECT name FROM channels WHERE account = ?1 AND region = ?2 AND source = ?3 AND service IS NULL",
    )?;
    Ok(statement
        .query_row(params![tx.caller.account, tx.caller.region, source], |row| row.get(0))
        .optional()?)
}

/// The names of the channels that feed a store.
pub(crate) fn feeding(tx: &Tx<'_>, store_arn: &str) -> Result<Vec<String>, Fault> {
    let mut statement = tx.sql.prepare_cached(
        "SELECT name FROM channels JOIN destinations ON channel = seq WHERE location = ?1 ORDER BY seq",
    )?;
    let rows = statement.query_map([store_arn], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Where a channel leads, in the order given.
pub(crate) fn destinations(sql: &Connection, channel: i64) -> Result<Vec<Destination>, Fault> {
    let mut statement =
        sql.prepare_cached("SELECT type, location FROM destinations WHERE channel = ?1 ORDER BY position")?;
    let rows = statement.query_map([channel], |row| {
        Ok(Destination {
            kind: Some(row.get(0)?),
            location: Some(row.get(1)?),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Replaces where a channel leads.
pub(crate) fn set_destinations(sql: &Connection, channel: i64, kind: &str, locations: &[String]) -> Result<(), Fault> {
    sql.prepare_cached("DELETE FROM destinations WHERE channel = ?1")?
        .execute([channel])?;
    let mut insert =
        sql.prepare_cached("INSERT INTO destinations (channel, position, type, location) VALUES (?1, ?2, ?3, ?4)")?;
    for (position, location) in (0_i64..).zip(locations) {
        insert.execute(params![channel, position, kind, location])?;
    }
    Ok(())
}

/// Adds a channel; the pair is its UUID and the ARN's part after `channel/`.
pub(crate) fn insert(
    tx: &Tx<'_>,
    owner: &Caller,
    (id, suffix): (&str, &str),
    name: &str,
    source: &str,
    service: Option<&str>,
) -> Result<Channel, Fault> {
    let arn = arn::make(&owner.region, &owner.account, &format!("channel/{suffix}"));
    tx.sql
        .prepare_cached(
            "INSERT INTO channels (id, arn, account, region, name, source, service)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![id, arn, owner.account, owner.region, name, source, service])?;
    Ok(Channel {
        seq: tx.sql.last_insert_rowid(),
        arn,
        account: owner.account.clone(),
        name: name.to_owned(),
        source: source.to_owned(),
        service: service.map(ToOwned::to_owned),
        ingestion: Ingestion::default(),
    })
}

/// Gives a channel another name.
pub(crate) fn rename(sql: &Connection, channel: i64, name: &str) -> Result<(), Fault> {
    sql.prepare_cached("UPDATE channels SET name = ?2 WHERE seq = ?1")?
        .execute(params![channel, name])?;
    Ok(())
}

/// Writes down what last came in.
pub(crate) fn set_ingestion(sql: &Connection, channel: i64, ingestion: &Ingestion) -> Result<(), Fault> {
    sql.prepare_cached(
        "UPDATE channels SET success_time = ?2, success_event_id = ?3, error_code = ?4, attempt_time = ?5,
         attempt_event_id = ?6 WHERE seq = ?1",
    )?
    .execute(params![
        channel,
        ingestion.success_time,
        ingestion.success_event_id,
        ingestion.error_code,
        ingestion.attempt_time,
        ingestion.attempt_event_id
    ])?;
    Ok(())
}

/// Deletes a channel with its policy and tags.
pub(crate) fn delete(sql: &Connection, channel: &Channel) -> Result<(), Fault> {
    sql.execute("DELETE FROM tags WHERE resource_arn = ?1", [&channel.arn])?;
    sql.execute("DELETE FROM resource_policies WHERE resource_arn = ?1", [&channel.arn])?;
    sql.execute("DELETE FROM channels WHERE seq = ?1", [channel.seq])?;
    Ok(())
}

impl Channel {
    /// Refuses what cannot be done to a service-linked channel.
    pub(crate) fn must_be_ours(&self) -> Result<(), Fault> {
        match &self.service {
            None => Ok(()),
            Some(service) => Err(Fault::new(
                "OperationNotPermittedException",
                format!(
                    "The channel {} is linked to the service {service}, which alone may change it.",
                    self.arn
                ),
            )),
        }
    }
}
