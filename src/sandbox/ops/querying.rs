//! What the operations on a query have in common: how it is found, and whose it is.

use crate::sandbox::guesses;
use crate::sandbox::limits;
use crate::sandbox::rules::Caller;
use crate::sandbox::store::queries::{self, Query};
use crate::sandbox::store::{Tx, event_data_stores};
use crate::sandbox::wire::Fault;
use crate::sandbox::wire::shapes;

/// The account that owns the stores, where a request names one: there are no organizations here, so it is the caller's.
pub(crate) fn owner(caller: &Caller, account: Option<String>) -> Result<Option<String>, Fault> {
    let Some(account) = account else {
        return Ok(None);
    };
    shapes::length("EventDataStoreOwnerAccountId", &account, &limits::ACCOUNT)?;
    if !account.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::new(
            guesses::SHAPE_CONTROL,
            "EventDataStoreOwnerAccountId may have digits only.",
        ));
    }
    if account != caller.account {
        return Err(Fault::new(
            guesses::NO_ORGANIZATIONS,
            format!(
                "The sandbox has no organizations: the stores that {} queries are its own, not those of {account}.",
                caller.account
            ),
        ));
    }
    Ok(Some(account))
}

/// The query of an id, its stores all active; `store` is the deprecated parameter, and has to be one that it reads.
pub(crate) fn find(tx: &Tx<'_>, id: &str, store: Option<String>) -> Result<Query, Fault> {
    shapes::length("QueryId", id, &(36..=36))?;
    if !id.bytes().all(|byte| matches!(byte, b'a'..=b'f' | b'0'..=b'9' | b'-')) {
        return Err(Fault::new(guesses::SHAPE_CONTROL, "QueryId must be a lower-case UUID."));
    }
    let named = store.map(|store| event_data_stores::find(tx, &store)).transpose()?;
    let absent = || {
        Fault::new(
            "QueryIdNotFoundException",
            format!("The query {id} was not found in {}.", tx.caller.region),
        )
    };
    let query = queries::by_id(tx, id)?.ok_or_else(absent)?;
    let stores = queries::stores(tx.sql, query.seq)?;
    if named.is_some_and(|named| !stores.contains(&named.id)) {
        return Err(absent());
    }
    for store in &stores {
        if let Some(store) = event_data_stores::by(tx, "id", store)? {
            store.must_be_active()?;
        }
    }
    Ok(query)
}

/// Refuses a parameter that only dashboards have a use for.
pub(crate) fn no_dashboards(member: &str, value: Option<&str>) -> Result<(), Fault> {
    let Some(value) = value else {
        return Ok(());
    };
    if member == "QueryAlias" {
        shapes::length(member, value, &limits::QUERY_ALIAS)?;
        shapes::only(member, value, "._-")?;
    }
    Err(Fault::new(
        guesses::NO_DASHBOARDS,
        format!("The sandbox has no dashboards, and {member} is of no use without one."),
    ))
}

/// Refuses an `s3://bucket/prefix`, well-formed or not: there is no bucket here.
pub(crate) fn no_delivery(uri: &str) -> Result<(), Fault> {
    shapes::length("DeliveryS3Uri", uri, &limits::DELIVERY_URI)?;
    let Some(rest) = uri.strip_prefix("s3://") else {
        return Err(Fault::new(
            guesses::SHAPE_CONTROL,
            "DeliveryS3Uri must begin with s3://, as in s3://bucket/prefix.",
        ));
    };
    let bucket = rest.split('/').next().unwrap_or_default();
    if !is_bucket(bucket) {
        return Err(Fault::new(
            "InvalidS3BucketNameException",
            format!("{bucket:?} in DeliveryS3Uri is not the name of a bucket."),
        ));
    }
    Err(Fault::new(
        "S3BucketDoesNotExistException",
        format!("The bucket {bucket} does not exist: the sandbox has no S3. Leave DeliveryS3Uri out."),
    ))
}

/// `[a-z0-9][\.\-a-z0-9]{1,61}[a-z0-9]`
fn is_bucket(name: &str) -> bool {
    let is_end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    limits::BUCKET.contains(&name.len())
        && is_end(name.chars().next())
        && is_end(name.chars().last())
        && name.chars().all(|c| is_end(Some(c)) || matches!(c, '.' | '-'))
}
