//! Channels: find, create, change, delete.

use aws_sdk_cloudtrail::types::{Destination, DestinationType};

use super::error::{self, CallError};
use super::event_data_store::timestamp;
use super::retry;
use super::session::Session;
use crate::model::{Channel, ChannelArn, ChannelName, Ingestion, StoreArn, Tags};

impl Session {
    /// ARNs and names of every channel of the Region, service-linked ones included.
    pub async fn channel_names(&self) -> Result<Vec<(ChannelArn, String)>, CallError> {
        const OPERATION: &str = "ListChannels";
        let mut found = Vec::new();
        let mut token = None;
        loop {
            let call = self.cloudtrail().list_channels().set_next_token(token);
            let page = self.quotas().call(OPERATION, Box::pin(call.send())).await?;
            for channel in page.channels() {
                let arn = channel.channel_arn().and_then(|arn| arn.parse().ok());
                let arn = arn.ok_or_else(|| error::incomplete(OPERATION, "a channel's ARN"))?;
                found.push((arn, channel.name().unwrap_or_default().to_owned()));
            }
            token = page.next_token().map(str::to_owned);
            if token.is_none() {
                return Ok(found);
            }
        }
    }

    /// The channels of the Region with their sources. The list does not tell a channel's source
    /// (reference §1.7), so each is asked for; one that vanishes meanwhile is left out.
    pub async fn channels(&self, service_linked: bool) -> Result<Vec<Channel>, CallError> {
        let mut found = Vec::new();
        for (arn, _) in self.channel_names().await? {
            if service_linked || !arn.is_service_linked() {
                found.extend(self.channel(arn.as_str()).await?);
            }
        }
        Ok(found)
    }

    /// A channel by ARN or ID; `None` if there is none.
    pub async fn channel(&self, arn_or_id: &str) -> Result<Option<Channel>, CallError> {
        const OPERATION: &str = "GetChannel";
        let call = self.cloudtrail().get_channel().channel(arn_or_id);
        let reply = match self.quotas().call(OPERATION, Box::pin(call.send())).await {
            Ok(reply) => reply,
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error),
        };
        let arn: Option<ChannelArn> = reply.channel_arn().and_then(|arn| arn.parse().ok());
        let arn = arn.ok_or_else(|| error::incomplete(OPERATION, "the channel's ARN"))?;
        let stores = reply
            .destinations()
            .iter()
            .filter_map(|destination| store_arn(&arn, destination))
            .collect();
        let ingestion = reply.ingestion_status().map(|status| Ingestion {
            last_success: status.latest_ingestion_success_time().and_then(timestamp),
            last_success_event_id: status.latest_ingestion_success_event_id().map(str::to_owned),
            last_attempt: status.latest_ingestion_attempt_time().and_then(timestamp),
            last_error: status.latest_ingestion_error_code().map(str::to_owned),
        });
        Ok(Some(Channel {
            name: reply.name().unwrap_or_default().to_owned(),
            source: reply.source().unwrap_or_default().to_owned(),
            destinations: stores,
            ingestion: ingestion.unwrap_or_default(),
            arn,
        }))
    }

    /// Creates a channel; never repeated unless the service refused. Answers its ARN.
    pub async fn create_channel(
        &self,
        name: &ChannelName,
        source: &str,
        stores: &[StoreArn],
        tags: &Tags,
    ) -> Result<ChannelArn, CallError> {
        const OPERATION: &str = "CreateChannel";
        let call = self
            .cloudtrail()
            .create_channel()
            .name(name.as_str())
            .source(source)
            .set_destinations(Some(destinations(stores, OPERATION)?))
            .set_tags(super::tags::tag_list(tags, OPERATION)?);
        let reply = call.customize().config_override(retry::once()).send().await;
        let reply = reply.map_err(|error| error::call(OPERATION, &error))?;
        let arn = reply.channel_arn().and_then(|arn| arn.parse().ok());
        arn.ok_or_else(|| error::incomplete(OPERATION, "the channel's ARN"))
    }

    /// Gives a channel another list of stores; the list replaces the one before.
    pub async fn set_destinations(&self, arn: &ChannelArn, stores: &[StoreArn]) -> Result<(), CallError> {
        const OPERATION: &str = "UpdateChannel";
        let call = self
            .cloudtrail()
            .update_channel()
            .channel(arn.as_str())
            .set_destinations(Some(destinations(stores, OPERATION)?));
        call.send().await.map_err(|error| error::call(OPERATION, &error))?;
        Ok(())
    }

    /// Deletes a channel; never repeated unless the service refused.
    pub async fn delete_channel(&self, arn: &ChannelArn) -> Result<(), CallError> {
        let call = self.cloudtrail().delete_channel().channel(arn.as_str());
        let reply = call.customize().config_override(retry::once()).send().await;
        reply.map_err(|error| error::call("DeleteChannel", &error))?;
        Ok(())
    }
}

/// A destination's store. Whether the service echoes an ARN or the bare ID that was sent is not
/// documented (reference §1.7), so both are read.
fn store_arn(channel: &ChannelArn, destination: &Destination) -> Option<StoreArn> {
    if *destination.r#type() != DestinationType::EventDataStore {
        return None;
    }
    let location = destination.location();
    location.parse().ok().or_else(|| {
        let (partition, region, account) = (channel.partition(), channel.region(), channel.account());
        format!("arn:{partition}:cloudtrail:{region}:{account}:eventdatastore/{location}")
            .parse()
            .ok()
    })
}

fn destinations(stores: &[StoreArn], operation: &'static str) -> Result<Vec<Destination>, CallError> {
    let build = |store: &StoreArn| {
        Destination::builder()
            .r#type(DestinationType::EventDataStore)
            .location(store.as_str())
            .build()
    };
    stores
        .iter()
        .map(build)
        .collect::<Result<_, _>>()
        .map_err(|_| error::not_built(operation))
}
