//! `ListQueries`: those of the last seven days over one store, latest first.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListQueries.html>

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::paging::{self, Scope};
use crate::sandbox::guesses;
use crate::sandbox::store::queries::{self, STATUSES, Wanted};
use crate::sandbox::store::{Tx, event_data_stores};
use crate::sandbox::wire::Fault;
use crate::sandbox::wire::shapes;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct In {
    event_data_store: Option<String>,
    next_token: Option<String>,
    max_results: Option<i64>,
    start_time: Option<f64>,
    end_time: Option<f64>,
    query_status: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Out {
    queries: Vec<Item>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Item {
    query_id: String,
    query_status: String,
    creation_time: Number,
}

pub(crate) fn run(tx: &Tx<'_>, input: In) -> Result<Out, Fault> {
    let store = event_data_stores::find(tx, &shapes::required("EventDataStore", input.event_data_store)?)?;
    store.must_be_active()?;
    let limit = paging::size("MaxResults", input.max_results, "InvalidMaxResultsException")?;
    let from = time("StartTime", input.start_time)?.unwrap_or(i64::MIN);
    let to = time("EndTime", input.end_time)?.unwrap_or(i64::MAX);
    if from > to {
        return Err(Fault::new(
            "InvalidDateRangeException",
            "StartTime is later than EndTime.",
        ));
    }
    let status = input.query_status.as_deref();
    if let Some(status) = status.filter(|status| !STATUSES.contains(status)) {
        return Err(Fault::new(
            "InvalidQueryStatusException",
            format!("{status:?} is no status of a query."),
        ));
    }
    let parameters = format!("{}/{limit}/{from}/{to}/{}", store.id, status.unwrap_or_default());
    let scope = Scope::new(tx, "ListQueries", &parameters);
    let before = input.next_token.map_or(Ok(i64::MAX), |token| scope.read(&token))?;
    let wanted = Wanted {
        store: &store.id,
        status,
        from,
        to,
    };
    let mut found = queries::page(tx, &wanted, before, limit + 1)?;
    let more = paging::cut(&mut found, limit);
    let last = found.last().map(|(seq, ..)| *seq).filter(|_| more);
    let items = found.into_iter().map(|(_, query_id, query_status, created_at)| Item {
        query_id,
        query_status,
        creation_time: shapes::epoch(created_at),
    });
    Ok(Out {
        queries: items.collect(),
        next_token: last.map(|before| scope.write(before)).transpose()?,
    })
}

/// A time on the wire, in milliseconds.
fn time(member: &str, seconds: Option<f64>) -> Result<Option<i64>, Fault> {
    let read = |seconds| {
        SignedDuration::try_from_secs_f64(seconds)
            .ok()
            .and_then(|time| i64::try_from(time.as_millis()).ok())
            .ok_or_else(|| Fault::new(guesses::SHAPE_CONTROL, format!("{member} is no time: {seconds}.")))
    };
    seconds.map(read).transpose()
}
