//! What one running sandbox is made of.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::clock::Clock;
use super::faults::{Faults, Spoiled};
use super::ids::Ids;
use super::pace::Pace;
use super::requests::Requests;
use super::rules::{Caller, Rules};
use super::store::{self, Db, Scene, Tx};
use super::wire::Fault;

/// Shared by all connections.
#[derive(Debug)]
pub(crate) struct World {
    /// The state.
    pub(crate) db: Db,
    /// The switches.
    pub(crate) rules: Rules,
    /// Where ids come from.
    pub(crate) ids: Ids,
    /// The account of keys that are not account numbers.
    pub(crate) account: String,
    /// The Region of what comes without one.
    pub(crate) region: String,
    /// The clock of a fresh state.
    pub(crate) start: Clock,
    /// What holds requests up.
    pub(crate) pace: Pace,
    /// The script, and how far it is.
    pub(super) faults: Mutex<Faults>,
    /// What was asked lately.
    pub(super) requests: Mutex<Requests>,
}

impl World {
    /// Empties the state, and starts its clock afresh.
    pub(crate) async fn reset(self: &Arc<Self>) -> Result<(), Fault> {
        self.blocking(|world| world.db.raw(|sql| store::reset(sql, world.start)))
            .await
    }

    /// The scripted faults.
    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The log of requests.
    pub(crate) fn requests(&self) -> MutexGuard<'_, Requests> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` in one transaction on a thread where it may block.
    pub(crate) async fn transact<T: Send + 'static>(
        self: &Arc<Self>,
        caller: Caller,
        spoiled: Option<Spoiled>,
        work: impl FnOnce(&Tx<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        self.blocking(move |world| {
            let scene = Scene {
                caller: &caller,
                rules: &world.rules,
                ids: &world.ids,
                spoiled: spoiled.as_ref(),
            };
            world.db.transact(scene, work)
        })
        .await
    }

    /// Runs `work` on a thread where it may block.
    pub(crate) async fn blocking<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let world = Arc::clone(self);
        match tokio::task::spawn_blocking(move || work(&world)).await {
            Ok(outcome) => outcome,
            Err(error) => Err(Fault::new("InternalFailure", format!("The sandbox failed: {error}.")).with_status(500)),
        }
    }
}
