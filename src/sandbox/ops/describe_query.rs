//! `DescribeQuery`, by id: there are no dashboards here, and so no aliases.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeQuery.html>

use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::querying;
use crate::sandbox::queries::{self as lives, Scanned};
use crate::sandbox::store::Tx;
use crate::sandbox::wire::Fault;
use crate::sandbox::wire::shapes;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct In {
    event_data_store: Option<String>,
    query_id: Option<String>,
    query_alias: Option<String>,
    refresh_id: Option<String>,
    event_data_store_owner_account_id: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Out {
    query_id: String,
    query_string: String,
    query_status: String,
    query_statistics: Statistics,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_data_store_owner_account_id: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statistics {
    events_matched: i64,
    events_scanned: i64,
    bytes_scanned: i64,
    execution_time_in_millis: i32,
    creation_time: Number,
}

pub(crate) fn run(tx: &Tx<'_>, input: In) -> Result<Out, Fault> {
    querying::no_dashboards("QueryAlias", input.query_alias.as_deref())?;
    querying::no_dashboards("RefreshId", input.refresh_id.as_deref())?;
    let owner = querying::owner(tx.caller, input.event_data_store_owner_account_id)?;
    let id = shapes::required("QueryId", input.query_id)?;
    let query = querying::find(tx, &id, input.event_data_store)?;
    lives::looked_at(tx.sql, &query, tx.now_ms)?;
    let scanned = Scanned::of(&query, tx.now_ms);
    Ok(Out {
        error_message: query.error_now(),
        query_id: query.id,
        query_string: query.statement,
        query_status: query.status,
        query_statistics: Statistics {
            events_matched: scanned.matched,
            events_scanned: scanned.events,
            bytes_scanned: scanned.bytes,
            execution_time_in_millis: i32::try_from(scanned.took_ms).unwrap_or(i32::MAX),
            creation_time: shapes::epoch(query.created_at),
        },
        event_data_store_owner_account_id: owner,
    })
}
