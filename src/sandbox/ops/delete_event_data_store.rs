//! `DeleteEventDataStore`: pending for seven days, then gone.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DeleteEventDataStore.html>

use super::get_event_data_store::In;
use crate::sandbox::clock::DAY_MS;
use crate::sandbox::limits::PENDING_DELETION_DAYS;
use crate::sandbox::store::event_data_stores::{self, DISABLED, PENDING_DELETION};
use crate::sandbox::store::{Tx, channels};
use crate::sandbox::wire::Fault;
use crate::sandbox::wire::shapes::Empty;

pub(crate) fn run(tx: &Tx<'_>, input: In) -> Result<Empty, Fault> {
    let mut store = input.find(tx)?;
    store.must_be_active()?;
    store.must_be_loaded()?;
    if store.protected {
        return Err(Fault::new(
            "EventDataStoreTerminationProtectedException",
            format!("Termination protection is on for the event data store {}.", store.arn),
        ));
    }
    if store.federation_status != DISABLED {
        return Err(Fault::new(
            "EventDataStoreFederationEnabledException",
            format!(
                "Federation is {} for the event data store {}.",
                store.federation_status, store.arn
            ),
        ));
    }
    let feeding = channels::feeding(tx, &store.arn)?;
    if !feeding.is_empty() {
        return Err(Fault::new(
            "ChannelExistsForEDSException",
            format!(
                "Channels deliver to the event data store {}: {}.",
                store.arn,
                feeding.join(", ")
            ),
        ));
    }
    PENDING_DELETION.clone_into(&mut store.status);
    store.deletion_at = Some(tx.now_ms.saturating_add(PENDING_DELETION_DAYS * DAY_MS));
    store.updated_at = tx.now_ms;
    event_data_stores::update(tx.sql, &store)?;
    Ok(Empty {})
}
