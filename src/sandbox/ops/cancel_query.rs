//! `CancelQuery`: of one that is queued or running.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CancelQuery.html>

use serde::{Deserialize, Serialize};

use super::querying;
use crate::sandbox::queries as lives;
use crate::sandbox::store::Tx;
use crate::sandbox::wire::Fault;
use crate::sandbox::wire::shapes;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct In {
    event_data_store: Option<String>,
    query_id: Option<String>,
    event_data_store_owner_account_id: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Out {
    query_id: String,
    query_status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_data_store_owner_account_id: Option<String>,
}

pub(crate) fn run(tx: &Tx<'_>, input: In) -> Result<Out, Fault> {
    let id = shapes::required("QueryId", input.query_id)?;
    let owner = querying::owner(tx.caller, input.event_data_store_owner_account_id)?;
    let mut query = querying::find(tx, &id, input.event_data_store)?;
    if query.ended_at.is_some() {
        return Err(Fault::new(
            "InactiveQueryException",
            format!("The query {id} is {} and cannot be cancelled.", query.status),
        ));
    }
    lives::cancel(tx.sql, &mut query, tx.now_ms)?;
    Ok(Out {
        query_id: query.id,
        query_status: query.status,
        event_data_store_owner_account_id: owner,
    })
}
