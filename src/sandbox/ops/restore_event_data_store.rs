//! `RestoreEventDataStore`: within the seven days.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_RestoreEventDataStore.html>

use super::get_event_data_store::In;
use crate::sandbox::limits;
use crate::sandbox::store::Tx;
use crate::sandbox::store::event_data_stores::{self, ENABLED, PENDING_DELETION};
use crate::sandbox::wire::Fault;
use crate::sandbox::wire::store_view::StoreView;

pub(crate) fn run(tx: &Tx<'_>, input: In) -> Result<StoreView, Fault> {
    let mut store = input.find(tx)?;
    if store.status != PENDING_DELETION {
        return Err(Fault::new(
            "InvalidEventDataStoreStatusException",
            format!(
                "The event data store {} is {}; only one pending deletion is restored.",
                store.arn, store.status
            ),
        ));
    }
    if event_data_stores::count(tx)? > limits::EVENT_DATA_STORES {
        return Err(Fault::new(
            "EventDataStoreMaxLimitExceededException",
            "The account has too many event data stores in this Region.",
        ));
    }
    ENABLED.clone_into(&mut store.status);
    store.deletion_at = None;
    store.updated_at = tx.now_ms;
    event_data_stores::update(tx.sql, &store)?;
    StoreView::of(&store)
}
