//! `GetQueryResults`: no rows before the end, and after it a page at a time.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetQueryResults.html>

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::paging::{self, Scope};
use super::querying;
use crate::sandbox::queries::{self as lives, Scanned};
use crate::sandbox::store::{Tx, queries};
use crate::sandbox::wire::Fault;
use crate::sandbox::wire::shapes;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct In {
    event_data_store: Option<String>,
    query_id: Option<String>,
    next_token: Option<String>,
    max_query_results: Option<i64>,
    event_data_store_owner_account_id: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Out {
    query_status: String,
    query_statistics: Statistics,
    query_result_rows: Vec<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statistics {
    results_count: usize,
    total_results_count: i64,
    bytes_scanned: i64,
}

pub(crate) fn run(tx: &Tx<'_>, input: In) -> Result<Out, Fault> {
    let id = shapes::required("QueryId", input.query_id)?;
    let limit = paging::size("MaxQueryResults", input.max_query_results, "InvalidMaxResultsException")?;
    querying::owner(tx.caller, input.event_data_store_owner_account_id)?;
    let query = querying::find(tx, &id, input.event_data_store)?;
    let scope = Scope::new(tx, "GetQueryResults", &format!("{id}/{limit}"));
    let from = input.next_token.map_or(Ok(0), |token| scope.read(&token))?;
    lives::looked_at(tx.sql, &query, tx.now_ms)?;
    let (total, mut rows) = if query.ended_at.is_some() {
        (query.rows, queries::rows(tx.sql, query.seq, from, limit + 1)?)
    } else {
        let early = query.early.min(query.rows).min(limit);
        (early, queries::rows(tx.sql, query.seq, 0, early)?)
    };
    let more = paging::cut(&mut rows, limit);
    Ok(Out {
        error_message: query.error_now(),
        query_statistics: Statistics {
            results_count: rows.len(),
            total_results_count: total,
            bytes_scanned: Scanned::of(&query, tx.now_ms).bytes,
        },
        query_status: query.status,
        query_result_rows: rows,
        next_token: more.then(|| scope.write(from + limit)).transpose()?,
    })
}
