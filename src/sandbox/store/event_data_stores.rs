//! Event data stores at rest.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::Tx;
use crate::sandbox::arn::{self, Kind};
use crate::sandbox::rules::Caller;
use crate::sandbox::wire::Fault;
use crate::sandbox::wire::shapes;

/// Just made.
pub(crate) const CREATED: &str = "CREATED";
/// Ready.
pub(crate) const ENABLED: &str = "ENABLED";
/// Deleted, but restorable.
pub(crate) const PENDING_DELETION: &str = "PENDING_DELETION";
/// Every status of the model.
pub(crate) const STATUSES: [&str; 6] = [
    CREATED,
    ENABLED,
    PENDING_DELETION,
    "STARTING_INGESTION",
    "STOPPING_INGESTION",
    "STOPPED_INGESTION",
];
/// No federation.
pub(crate) const DISABLED: &str = "DISABLED";

/// An event data store.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    /// Order of creation.
    pub(crate) seq: i64,
    /// UUID.
    pub(crate) id: String,
    /// With account and Region.
    pub(crate) arn: String,
    /// Unique in account and Region.
    pub(crate) name: String,
    /// One of `STATUSES`.
    pub(crate) status: String,
    /// When a new one becomes `ENABLED`.
    pub(crate) ready_at: i64,
    /// When a deleted one goes.
    pub(crate) deletion_at: Option<i64>,
    /// Advanced event selectors, as JSON.
    pub(crate) selectors: String,
    /// Of all Regions.
    pub(crate) multi_region: bool,
    /// Of all accounts.
    pub(crate) organization: bool,
    /// Days.
    pub(crate) retention: i64,
    /// Pricing.
    pub(crate) billing_mode: String,
    /// Termination protection.
    pub(crate) protected: bool,
    /// Cannot be changed once set.
    pub(crate) kms_key_id: Option<String>,
    /// `DISABLED` unless planted.
    pub(crate) federation_status: String,
    /// Set only by planting.
    pub(crate) federation_role_arn: Option<String>,
    /// Milliseconds.
    pub(crate) created_at: i64,
    /// Milliseconds.
    pub(crate) updated_at: i64,
}

const COLUMNS: &str = "seq, id, arn, name, status, ready_at, deletion_at, selectors, multi_region, organization, \
     retention, billing_mode, protected, kms_key_id, federation_status, federation_role_arn, created_at, updated_at";

fn read(row: &Row<'_>) -> rusqlite::Result<Store> {
    Ok(Store {
        seq: row.get(0)?,
        id: row.get(1)?,
        arn: row.get(2)?,
        name: row.get(3)?,
        status: row.get(4)?,
        ready_at: row.get(5)?,
        deletion_at: row.get(6)?,
        selectors: row.get(7)?,
        multi_region: row.get(8)?,
        organization: row.get(9)?,
        retention: row.get(10)?,
        billing_mode: row.get(11)?,
        protected: row.get(12)?,
        kms_key_id: row.get(13)?,
        federation_status: row.get(14)?,
        federation_role_arn: row.get(15)?,
        created_at: row.get(16)?,
        updated_at: row.get(17)?,
    })
}

/// Lets time pass: new stores become `ENABLED`, and those pending deletion long enough go with all they hold.
pub(crate) fn settle(sql: &Connection, now_ms: i64) -> Result<(), Fault> {
    sql.prepare_cached("UPDATE event_data_stores SET status = 'ENABLED' WHERE status = 'CREATED' AND ready_at <= ?1")?
        .execute([now_ms])?;
    let gone: Vec<(String, String)> = sql
        .prepare_cached(
            "SELECT id, arn FROM event_data_stores WHERE status = 'PENDING_DELETION' AND deletion_at <= ?1",
        )?
        .query_map([now_ms], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (id, arn) in gone {
        sql.execute("DELETE FROM events WHERE store = ?1", [&id])?;
        sql.execute("DELETE FROM tags WHERE resource_arn = ?1", [&arn])?;
        sql.execute("DELETE FROM resource_policies WHERE resource_arn = ?1", [&arn])?;
        sql.execute("DELETE FROM event_data_stores WHERE id = ?1", [&id])?;
    }
    Ok(())
}

/// The store of an ARN or bare id, in the caller's account and Region.
pub(crate) fn find(tx: &Tx<'_>, arn_or_id: &str) -> Result<Store, Fault> {
    let invalid = |what: &str| {
        Fault::new(
            "EventDataStoreARNInvalidException",
            format!("The event data store ARN or ID {arn_or_id} is not valid: {what}."),
        )
    };
    if !shapes::is_arn_like(arn_or_id) {
        return Err(invalid("it has characters or a length that no ARN has"));
    }
    let found = if arn_or_id.starts_with("arn:") {
        match arn::parse(arn_or_id) {
            Some(arn) if arn.kind != Kind::EventDataStore => {
                return Err(invalid("it names another kind of resource"));
            }
            Some(arn) if arn.account != tx.caller.account => {
                return Err(invalid("it does not map to an event data store in this account"));
            }
            Some(_) => by(tx, "arn", arn_or_id)?,
            None => return Err(invalid("it is malformed")),
        }
    } else if arn::is_uuid(arn_or_id) {
        by(tx, "id", arn_or_id)?
    } else {
        return Err(invalid("an ID is a lower-case UUID"));
    };
    found.ok_or_else(|| {
        Fault::new(
            "EventDataStoreNotFoundException",
            format!(
                "The event data store {arn_or_id} was not found in {}.",
                tx.caller.region
            ),
        )
    })
}

/// The store whose `column` has this value, in the caller's account and Region.
pub(crate) fn by(tx: &Tx<'_>, column: &'static str, value: &str) -> Result<Option<Store>, Fault> {
    of(tx.sql, tx.caller, column, value)
}

/// The store whose `column` has this value, in the account and Region of this caller.
pub(crate) fn of(sql: &Connection, caller: &Caller, column: &'static str, value: &str) -> Result<Option<Store>, Fault> {
    let text = format!("SELECT {COLUMNS} FROM event_data_stores WHERE {column} = ?1 AND account = ?2 AND region = ?3");
    let mut statement = sql.prepare_cached(&text)?;
    Ok(statement
        .query_row(params![value, caller.account, caller.region], read)
        .optional()?)
}

/// The store of an ARN, whoever asks.
pub(crate) fn by_arn(sql: &Connection, arn: &str) -> Result<Option<Store>, Fault> {
    let mut statement = sql.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM event_data_stores WHERE arn = ?1 OR id = ?1"
    ))?;
    Ok(statement.query_row([arn], read).optional()?)
}

/// So many stores after `after`, oldest first.
pub(crate) fn page(tx: &Tx<'_>, after: i64, limit: i64) -> Result<Vec<(i64, String, String)>, Fault> {
    let mut statement = tx.sql.prepare_cached(
        "SELECT seq, arn, name FROM event_data_stores WHERE account = ?1 AND region = ?2 AND seq > ?3
         ORDER BY seq LIMIT ?4",
    )?;
    let rows = statement.query_map(params![tx.caller.account, tx.caller.region, after, limit], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many there are, in any stage.
pub(crate) fn count(tx: &Tx<'_>) -> Result<i64, Fault> {
    let mut statement = tx
        .sql
        .prepare_cached("SELECT count(*) FROM event_data_stores WHERE account = ?1 AND region = ?2")?;
    Ok(statement.query_row(params![tx.caller.account, tx.caller.region], |row| row.get(0))?)
}

/// Whether the account holds a store anywhere, or did once.
pub(crate) fn is_customer(tx: &Tx<'_>) -> Result<bool, Fault> {
    let mut statement = tx
        .sql
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM customers WHERE account = ?1)")?;
    Ok(statement.query_row([&tx.caller.account], |row| row.get(0))?)
}

/// Adds a store.
pub(crate) fn insert(tx: &Tx<'_>, store: &Store) -> Result<(), Fault> {
    tx.sql
        .prepare_cached("INSERT OR IGNORE INTO customers (account) VALUES (?1)")?
        .execute([&tx.caller.account])?;
    tx.sql
        .prepare_cached(
            "INSERT INTO event_data_stores (id, arn, account, region, name, status, ready_at, deletion_at, selectors,
             multi_region, organization, retention, billing_mode, protected, kms_key_id, federation_status,
             federation_role_arn, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
        )?
        .execute(params![
            store.id,
            store.arn,
            tx.caller.account,
            tx.caller.region,
            store.name,
            store.status,
            store.ready_at,
            store.deletion_at,
            store.selectors,
            store.multi_region,
            store.organization,
            store.retention,
            store.billing_mode,
            store.protected,
            store.kms_key_id,
            store.federation_status,
            store.federation_role_arn,
            store.created_at,
            store.updated_at,
        ])?;
    Ok(())
}

/// Writes back a store.
pub(crate) fn update(sql: &Connection, store: &Store) -> Result<(), Fault> {
    sql.prepare_cached(
        "UPDATE event_data_stores SET name = ?2, status = ?3, ready_at = ?4, deletion_at = ?5, selectors = ?6,
         multi_region = ?7, organization = ?8, retention = ?9, billing_mode = ?10, protected = ?11, kms_key_id = ?12,
         federation_status = ?13, federation_role_arn = ?14, updated_at = ?15 WHERE seq = ?1",
    )?
    .execute(params![
        store.seq,
        store.name,
        store.status,
        store.ready_at,
        store.deletion_at,
        store.selectors,
        store.multi_region,
        store.organization,
        store.retention,
        store.billing_mode,
        store.protected,
        store.kms_key_id,
        store.federation_status,
        store.federation_role_arn,
        store.updated_at,
    ])?;
    Ok(())
}

impl Store {
    /// Refuses what a store pending deletion cannot do.
    pub(crate) fn must_be_active(&self) -> Result<(), Fault> {
        if self.status == PENDING_DELETION {
            return Err(Fault::new(
                "InactiveEventDataStoreException",
                format!(
                    "The event data store {} is pending deletion. Restore it first.",
                    self.arn
                ),
            ));
        }
        Ok(())
    }

    /// Refuses what a store cannot do before it is loaded.
    pub(crate) fn must_be_loaded(&self) -> Result<(), Fault> {
        if self.status == CREATED {
            return Err(Fault::new(
                "ConflictException",
                format!(
                    "The event data store {} is not yet fully loaded. Wait a few minutes and try again.",
                    self.arn
                ),
            ));
        }
        Ok(())
    }
}
