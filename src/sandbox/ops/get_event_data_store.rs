//! `GetEventDataStore`
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetEventDataStore.html>

use serde::Deserialize;

use crate::sandbox::store::{Tx, event_data_stores};
use crate::sandbox::wire::Fault;
use crate::sandbox::wire::shapes;
use crate::sandbox::wire::store_view::StoreView;

/// The input of every operation on one store.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct In {
    event_data_store: Option<String>,
}

impl In {
    /// The store meant.
    pub(crate) fn find(self, tx: &Tx<'_>) -> Result<event_data_stores::Store, Fault> {
        event_data_stores::find(tx, &shapes::required("EventDataStore", self.event_data_store)?)
    }
}

pub(crate) fn run(tx: &Tx<'_>, input: In) -> Result<StoreView, Fault> {
    let store = input.find(tx)?;
    Ok(StoreView::of(&store)?.with_federation(&store))
}
