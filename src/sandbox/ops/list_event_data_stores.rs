//! `ListEventDataStores`: ARN and name of each; the other members are deprecated and not returned.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListEventDataStores.html>

use serde::Serialize;

use super::paging;
use crate::sandbox::store::{Tx, event_data_stores};
use crate::sandbox::wire::Fault;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Out {
    event_data_stores: Vec<Item>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Item {
    event_data_store_arn: String,
    name: String,
}

pub(crate) fn run(tx: &Tx<'_>, input: paging::In) -> Result<Out, Fault> {
    let page = paging::page(
        tx,
        "ListEventDataStores",
        input,
        "InvalidMaxResultsException",
        event_data_stores::page,
    )?;
    let items = page.items.into_iter().map(|(event_data_store_arn, name)| Item {
        event_data_store_arn,
        name,
    });
    Ok(Out {
        event_data_stores: items.collect(),
        next_token: page.next_token,
    })
}
