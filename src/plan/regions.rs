//! The Regions in which events can be delivered.

/// The Regions for which AWS lists a `cloudtrail-data` endpoint:
/// <https://docs.aws.amazon.com/general/latest/gr/ct.html>, read on 2026-11-20 (reference §2.10).
/// Lake itself is in more: a store and a channel can be made where no event can be delivered.
pub const WITH_INGESTION: [&str; 23] = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "af-south-1",
    "ap-east-1",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ca-central-1",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-south-1",
    "eu-north-1",
    "me-south-1",
    "me-central-1",
    "sa-east-1",
];

/// Whether AWS lists an endpoint that takes events in this Region.
pub fn takes_events(region: &str) -> bool {
    WITH_INGESTION.contains(&region)
}
