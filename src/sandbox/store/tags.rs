//! Tags at rest, in the order in which they came.

use rusqlite::{Connection, params};

use crate::sandbox::wire::Fault;
use crate::sandbox::wire::shapes::Tag;

/// The tags of a resource.
pub(crate) fn of(sql: &Connection, resource_arn: &str) -> Result<Vec<Tag>, Fault> {
    let mut statement = sql.prepare_cached("SELECT key, value FROM tags WHERE resource_arn = ?1 ORDER BY seq")?;
    let rows = statement.query_map([resource_arn], |row| {
        Ok(Tag {
            key: row.get(0)?,
            value: row.get(1)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Adds tags; one whose key is there gets the new value.
pub(crate) fn add(sql: &Connection, resource_arn: &str, tags: &[Tag]) -> Result<(), Fault> {
    let mut statement = sql.prepare_cached(
        "INSERT INTO tags (resource_arn, key, value) VALUES (?1, ?2, ?3)
         ON CONFLICT (resource_arn, key) DO UPDATE SET value = excluded.value",
    )?;
    for tag in tags {
        statement.execute(params![resource_arn, tag.key, tag.value])?;
    }
    Ok(())
}

/// Removes the tags with these keys.
pub(crate) fn remove(sql: &Connection, resource_arn: &str, tags: &[Tag]) -> Result<(), Fault> {
    let mut statement = sql.prepare_cached("DELETE FROM tags WHERE resource_arn = ?1 AND key = ?2")?;
    for tag in tags {
        statement.execute(params![resource_arn, tag.key])?;
    }
    Ok(())
}
