//! Resource policies at rest: the text as it came.

use rusqlite::{Connection, OptionalExtension as _};

use crate::sandbox::wire::Fault;

/// The policy of a resource.
pub(crate) fn get(sql: &Connection, resource_arn: &str) -> Result<Option<String>, Fault> {
    let mut statement = sql.prepare_cached("SELECT document FROM resource_policies WHERE resource_arn = ?1")?;
    Ok(statement.query_row([resource_arn], |row| row.get(0)).optional()?)
}

/// Attaches a policy, in place of the one that was there.
pub(crate) fn put(sql: &Connection, resource_arn: &str, document: &str) -> Result<(), Fault> {
    sql.prepare_cached("INSERT OR REPLACE INTO resource_policies (resource_arn, document) VALUES (?1, ?2)")?
        .execute([resource_arn, document])?;
    Ok(())
}

/// Takes the policy away; says whether there was one.
pub(crate) fn delete(sql: &Connection, resource_arn: &str) -> Result<bool, Fault> {
    let gone = sql
        .prepare_cached("DELETE FROM resource_policies WHERE resource_arn = ?1")?
        .execute([resource_arn])?;
    Ok(gone > 0)
}
