//! `StartQuery`
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_StartQuery.html>

use serde::{Deserialize, Serialize};

use super::querying;
use crate::sandbox::guesses;
use crate::sandbox::limits;
use crate::sandbox::outcomes;
use crate::sandbox::queries::{self as lives, Course};
use crate::sandbox::store::Tx;
use crate::sandbox::store::queries::{self, Accepted};
use crate::sandbox::wire::Fault;
use crate::sandbox::wire::shapes;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct In {
    query_statement: Option<String>,
    #[serde(rename = "DeliveryS3Uri")]
    delivery_uri: Option<String>,
    query_alias: Option<String>,
    query_parameters: Option<Vec<String>>,
    event_data_store_owner_account_id: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Out {
    query_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_data_store_owner_account_id: Option<String>,
}

pub(crate) fn run(tx: &Tx<'_>, input: In) -> Result<Out, Fault> {
    querying::no_dashboards("QueryAlias", input.query_alias.as_deref())?;
    if input.query_parameters.is_some() {
        querying::no_dashboards("QueryParameters", Some(""))?;
    }
    let statement = input.query_statement.ok_or_else(|| {
        Fault::new(
            guesses::SHAPE_CONTROL,
            "A query needs a QueryStatement: the SQL, with the ID of an event data store in FROM.",
        )
    })?;
    shapes::length("QueryStatement", &statement, &limits::QUERY_STATEMENT)?;
    let owner = querying::owner(tx.caller, input.event_data_store_owner_account_id)?;
    if let Some(uri) = &input.delivery_uri {
        querying::no_delivery(uri)?;
    }
    let prepared = lives::prepare(tx.sql, tx.caller, &statement)?;
    if queries::unfinished(tx)? >= limits::CONCURRENT_QUERIES {
        return Err(Fault::new(
            "MaxConcurrentQueriesException",
            format!(
                "{} queries are queued or running already. Wait for one to end, or cancel one.",
                limits::CONCURRENT_QUERIES
            ),
        ));
    }
    let course = Course::of(tx.now_ms, tx.rules.query_delay_ms);
    let wanted = outcomes::next(tx.sql)?;
    let id = tx.new_id();
    queries::insert(
        tx,
        &Accepted {
            id: &id,
            statement: &statement,
            stores: prepared.stores(),
            runs_at: course.runs_at,
            ends_at: course.ends_at,
            looks: wanted.as_ref().map_or(0, |wanted| wanted.looks),
            outcome: wanted.as_ref().map_or(course.outcome, outcomes::Outcome::status),
            readable: wanted.as_ref().and_then(|wanted| wanted.rows),
            early: wanted.as_ref().and_then(|wanted| wanted.early).unwrap_or(0),
            nulls: wanted
                .as_ref()
                .and_then(|wanted| wanted.nulls)
                .unwrap_or(guesses::NULL_IN_ROWS),
            error: wanted.as_ref().and_then(outcomes::Outcome::error),
        },
    )?;
    Ok(Out {
        query_id: id,
        event_data_store_owner_account_id: owner,
    })
}
