//! Channels: create, feed more stores, delete.

use super::{Walk, changed_in_between, not_there, settle, unseen, unsettled};
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
        let aws = self.aws;
        let mut last = None;
        for source in sources {
            let create = || aws.create_channel(name, source, stores, tags);
            match self.when_ready("the event data store", create).await? {
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

    /// Looks whether a channel came to be although the reply was lost or says that it exists.
    async fn channel_after_all(
        &self,
        name: &ChannelName,
        source: &str,
        stores: &[StoreArn],
        error: CallError,
    ) -> Result<ChannelArn> {
        let what = format!("create the channel {name}");
        let channels = match super::observe::integrations(self.aws).await {
            Ok(channels) => channels,
            Err(look) => return Err(unseen(error, look, &what)),
        };
        let same = |channel: &&Channel| channel.name == name.as_str() && channel.source == source;
        match channels.iter().find(same) {
            Some(channel) if stores.iter().all(|store| channel.destinations.contains(store)) => Ok(channel.arn.clone()),
            Some(_) => Err(changed_in_between(&format!("The channel {name}"))),
            None => Err(not_there(error, &what)),
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
        let done = async {
            let now = self.destinations(arn, name).await?;
            Ok(all.iter().all(|store| now.contains(store)))
        };
        settle(error, &what, done).await
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
        let gone = async {
            let looked = self.aws.channel(arn.as_str()).await;
            let looked = looked.map_err(|error| error.into_error(format!("Could not read the channel {name}")))?;
            Ok(looked.is_none())
        };
        settle(error, &format!("delete the channel {name}"), gone).await
    }
}
