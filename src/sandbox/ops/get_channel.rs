//! `GetChannel`
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetChannel.html>

use serde::{Deserialize, Serialize};
use serde_json::Number;

use crate::sandbox::selectors;
use crate::sandbox::store::Tx;
use crate::sandbox::store::channels::{self, Channel, Ingestion};
use crate::sandbox::wire::Fault;
use crate::sandbox::wire::shapes::{self, AdvancedEventSelector, Destination};

/// The input of every operation on one channel.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct In {
    channel: Option<String>,
}

impl In {
    /// The channel meant.
    pub(crate) fn find(self, tx: &Tx<'_>) -> Result<Channel, Fault> {
        channels::find(tx, &shapes::required("Channel", self.channel)?)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Out {
    channel_arn: String,
    name: String,
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_config: Option<SourceConfig>,
    destinations: Vec<Destination>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ingestion_status: Option<IngestionStatus>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SourceConfig {
    apply_to_all_regions: bool,
    advanced_event_selectors: Vec<AdvancedEventSelector>,
}

#[derive(Serialize)]
struct IngestionStatus {
    #[serde(rename = "LatestIngestionSuccessTime", skip_serializing_if = "Option::is_none")]
    success_time: Option<Number>,
    #[serde(rename = "LatestIngestionSuccessEventID", skip_serializing_if = "Option::is_none")]
    success_event_id: Option<String>,
    #[serde(rename = "LatestIngestionErrorCode", skip_serializing_if = "Option::is_none")]
    error_code: Option<String>,
    #[serde(rename = "LatestIngestionAttemptTime", skip_serializing_if = "Option::is_none")]
    attempt_time: Option<Number>,
    #[serde(rename = "LatestIngestionAttemptEventID", skip_serializing_if = "Option::is_none")]
    attempt_event_id: Option<String>,
}

pub(crate) fn run(tx: &Tx<'_>, input: In) -> Result<Out, Fault> {
    let channel = input.find(tx)?;
    let source_config = channel.service.as_ref().map(|_| SourceConfig {
        apply_to_all_regions: true,
        advanced_event_selectors: selectors::management(),
    });
    let destinations = channels::destinations(tx.sql, channel.seq)?;
    Ok(Out {
        channel_arn: channel.arn,
        name: channel.name,
        source: channel.source,
        source_config,
        destinations,
        ingestion_status: status(channel.ingestion),
    })
}

/// Nothing at all before the first attempt.
fn status(ingestion: Ingestion) -> Option<IngestionStatus> {
    (ingestion != Ingestion::default()).then(|| IngestionStatus {
        success_time: ingestion.success_time.map(shapes::epoch),
        success_event_id: ingestion.success_event_id,
        error_code: ingestion.error_code,
        attempt_time: ingestion.attempt_time.map(shapes::epoch),
        attempt_event_id: ingestion.attempt_event_id,
    })
}
