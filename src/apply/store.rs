//! Stores: create and wait, restore and protect, unprotect and delete.

use super::{Pauses, Walk, interrupted, not_there, unseen, unsettled};
use crate::error::{Error, Kind, Result};
use crate::model::{NewStore, Store, StoreArn, StoreChange, StoreStatus};

impl Walk<'_> {
    /// Creates a store, which is then not ready yet.
    pub(super) async fn create_store(&mut self, store: &NewStore) -> Result<StoreArn> {
        let what = format!("create the event data store {}", store.name);
        match self.aws.create_store(store).await {
            Ok(arn) => Ok(arn),
            Err(error) if error.is_unknown() || error.is("EventDataStoreAlreadyExistsException") => {
                let found = match self.store_named(store.name.as_str()).await {
                    Ok(found) => found,
                    Err(look) => return Err(unseen(error, look, &what)),
                };
                match found {
                    Some(found) if found.misfit().is_none() && found.status != StoreStatus::PendingDeletion => {
                        Ok(found.arn)
                    }
                    Some(_) => Err(super::changed_in_between(&format!(
                        "The event data store {}",
                        store.name
                    ))),
                    None => Err(not_there(error, &what)),
                }
            }
            Err(error) => Err(unsettled(error, &what)),
        }
    }

    async fn store_named(&self, name: &str) -> Result<Option<Store>> {
        let looked = "Could not look for the event data store";
        let names = self.aws.stores().await.map_err(|error| error.into_error(looked))?;
        match names.into_iter().find(|(_, found)| found == name) {
            Some((arn, _)) => self
                .aws
                .store(arn.as_str())
                .await
                .map_err(|error| error.into_error(looked)),
            None => Ok(None),
        }
    }

    async fn read_store(&self, arn: &StoreArn, name: &str) -> Result<Option<Store>> {
        let store = self.aws.store(arn.as_str()).await;
        store.map_err(|error| error.into_error(format!("Could not read the event data store {name}")))
    }

    /// Waits until a store is ready.
    pub(super) async fn wait_until_enabled(&mut self, arn: &StoreArn, name: &str) -> Result<()> {
        let mut pauses = Pauses::new(self.patience);
        loop {
            match self.read_store(arn, name).await?.map(|store| store.status) {
                Some(StoreStatus::Enabled) => return Ok(()),
                // A list may show a store before it can be read, and a restore takes minutes.
                None | Some(StoreStatus::Created | StoreStatus::PendingDeletion) => {}
                Some(StoreStatus::Other(status)) => {
                    return Err(Error::state(format!(
                        "The event data store {name} is {status}, not ENABLED."
                    )));
                }
            }
            self.observer
                .waiting(&format!("the event data store {name} to become ENABLED"));
            if !pauses.sleep(self.interrupt).await {
                return Err(if self.interrupt.asked() {
                    interrupted()
                } else {
                    Error::new(
                        Kind::GaveUp,
                        format!("The event data store {name} did not become ENABLED in time."),
                    )
                    .hinted("Run the same command again, with a longer --timeout if need be.")
                });
            }
        }
    }

    /// Restores a store and protects it again.
    pub(super) async fn restore_store(&mut self, arn: &StoreArn, name: &str) -> Result<()> {
        let what = format!("restore the event data store {name}");
        if let Err(error) = self.aws.restore_store(arn).await {
            match self.read_store(arn, name).await {
                Ok(Some(store)) if store.status != StoreStatus::PendingDeletion => {}
                Ok(_) => return Err(not_there(error, &what)),
                Err(look) => return Err(unseen(error, look, &what)),
            }
        }
        self.wait_until_enabled(arn, name).await?;
        let protection = self.aws.change_store(arn, &protection(true)).await;
        protection.map_err(|error| unsettled(error, &format!("protect the event data store {name} again")))
    }

    /// Takes the protection away and deletes the store; protects it again if the deletion fails.
    pub(super) async fn delete_store(&mut self, arn: &StoreArn, name: &str, protected: bool) -> Result<()> {
        if protected && let Err(error) = self.aws.change_store(arn, &protection(false)).await {
            let failed = unsettled(
                error,
                &format!("take the protection of the event data store {name} away"),
            );
            return Err(self.protect_again(arn, name, failed).await);
        }
        let Err(error) = self.aws.delete_store(arn).await else {
            return Ok(());
        };
        let looked = self.aws.store(arn.as_str()).await;
        if let Ok(
            None
            | Some(Store {
                status: StoreStatus::PendingDeletion,
                ..
            }),
        ) = looked
        {
            return Ok(());
        }
        let failed = not_there(error, &format!("delete the event data store {name}"));
        Err(if protected {
            self.protect_again(arn, name, failed).await
        } else {
            failed
        })
    }

    /// Undoes the first half of a deletion whose second half failed.
    async fn protect_again(&mut self, arn: &StoreArn, name: &str, failed: Error) -> Error {
        let Err(error) = self.aws.change_store(arn, &protection(true)).await else {
            return failed;
        };
        // Whoever may not change the store has not taken its protection away either.
        if let Ok(Some(store)) = self.aws.store(arn.as_str()).await
            && store.termination_protection
        {
            return failed;
        }
        let cause = error.into_error(format!("Could not protect the event data store {name} again"));
        failed
            .hinted(format!("Protecting it again failed too: {cause}"))
            .hinted(format!(
                "The store may be unprotected now: aws cloudtrail update-event-data-store --event-data-store {} \
             --termination-protection-enabled",
                arn.id()
            ))
    }
}

fn protection(on: bool) -> StoreChange {
    StoreChange {
        termination_protection: Some(on),
        ..StoreChange::default()
    }
}
