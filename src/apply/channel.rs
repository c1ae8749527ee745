//! Channels: create, feed more stores, delete.

use super::{Pauses, Walk, changed_in_between, interrupted, not_there, unsettled};
use crate::aws::CallError;
use crate::error::Result;
use crate::model::{Channel, ChannelArn, ChannelName, StoreArn, Tags};

impl Walk<'_> {
    /// Creates a channel with the first source that the service accepts.
    pub(super) async fn create_channel(
        &mut self,
        name: &ChannelName,
        sources: &[String],
        stores: &[StoreArn],
        tags: &Tags,
    ) -> Result<ChannelArn> {
        let what = format!("create the channel {name}");
        let mut last = None;
        for source in sources {
            match self.create_with_source(name, source, stores, tags).await? {
                Ok(arn) => return Ok(arn),
                // A definite no to this source: the next one may be tried.
                Err(error) if error.is("InvalidSourceException") => last = Some(error),
                Err(error) if error.is_unknown() || error.is("ChannelAlreadyExistsException") => {
                    return self.channel_after_all(name, source, stores, error).await;
                }
                Err(error) => return Err(unsettled(error, &what)),
            }
        }
        Err(last.map_or_else(
            || crate::error::Error::new(crate::error::Kind::Bug, "No source is known for the channel."),
            |error| unsettled(error, &what),
        ))
    }

    /// One source, again while the service says that the store is not ready.
    async fn create_with_source(
        &mut self,
        name: &ChannelName,
        source: &str,
        stores: &[StoreArn],
        tags: &Tags,
    ) -> Result<Result<ChannelArn, CallError>> {
        let mut pauses = Pauses::new(self.patience);
        loop {
            let reply = self.aws.create_channel(name, source, stores, tags).await;
            match reply {
                Err(error) if error.is("ConflictException") => {
                    self.observer.waiting("the event data store to be loaded");
                    if !pauses.sleep(self.interrupt).await {
                        return if self.interrupt.asked() {
                            Err(interrupted())
                        } else {
                            Ok(Err(error))
                        };
                    }
                }
                other => return Ok(other),
            }
        }
    }

    /// Looks whether a channel came to be although the reply was lost or says that it exists.
    async fn channel_after_all(
        &self,
        name: &ChannelName,
        source: &str,
        stores: &[StoreArn],
        error: CallError,
    ) -> Result<ChannelArn> {
        let looked = self.aws.channels(false).await;
        let channels = looked.map_err(|error| error.into_error("Could not look whether the channel was created"))?;
        let same = |channel: &&Channel| channel.name == name.as_str() && channel.source == source;
        match channels.iter().find(same) {
            Some(channel) if stores.iter().all(|store| channel.destinations.contains(store)) => Ok(channel.arn.clone()),
            Some(_) => Err(changed_in_between(&format!("The channel {name}"))),
            None => Err(not_there(error, &format!("create the channel {name}"))),
        }
    }

    /// Gives a channel more stores, if it still feeds those that were seen.
    pub(super) async fn add_destinations(
        &mut self,
        arn: &ChannelArn,
        name: &str,
        seen: &[StoreArn],
        add: &[StoreArn],
    ) -> Result<()> {
        let what = format!("add event data stores to the channel {name}");
        let now = self.destinations(arn, name).await?;
        if add.iter().all(|store| now.contains(store)) {
            return Ok(());
        }
        if now.len() != seen.len() || !seen.iter().all(|store| now.contains(store)) {
            return Err(changed_in_between(&format!("The channel {name}")));
        }
        let all: Vec<StoreArn> = now.into_iter().chain(add.iter().cloned()).collect();
        let Err(error) = self.aws.set_destinations(arn, &all).await else {
            return Ok(());
        };
        if error.is_unknown() {
            let now = self.destinations(arn, name).await?;
            if all.iter().all(|store| now.contains(store)) {
                return Ok(());
            }
        }
        Err(not_there(error, &what))
    }

    async fn destinations(&self, arn: &ChannelArn, name: &str) -> Result<Vec<StoreArn>> {
        let found = self.aws.channel(arn.as_str()).await;
        let found = found.map_err(|error| error.into_error(format!("Could not read the channel {name}")))?;
        found
            .map(|channel| channel.destinations)
            .ok_or_else(|| changed_in_between(&format!("The channel {name}")))
    }

    /// Deletes a channel; that it is gone already is fine.
    pub(super) async fn delete_channel(&mut self, arn: &ChannelArn, name: &str) -> Result<()> {
        let Err(error) = self.aws.delete_channel(arn).await else {
            return Ok(());
        };
        if error.is_not_found() {
            return Ok(());
        }
        if error.is_unknown() {
            let looked = self.aws.channel(arn.as_str()).await;
            if looked
                .map_err(|error| error.into_error("Could not look whether the channel was deleted"))?
                .is_none()
            {
                return Ok(());
            }
        }
        Err(not_there(error, &format!("delete the channel {name}")))
    }
}
