//! `CreateChannel`
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateChannel.html>

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::tagging;
use crate::sandbox::guesses;
use crate::sandbox::limits;
use crate::sandbox::selectors::{self, ACTIVITY_AUDIT_LOG};
use crate::sandbox::store::channels::{self, EVENT_DATA_STORE};
use crate::sandbox::store::event_data_stores::{self, Store};
use crate::sandbox::store::{Tx, tags};
use crate::sandbox::wire::Fault;
use crate::sandbox::wire::shapes::{self, AdvancedEventSelector, Destination, Tag};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct In {
    name: Option<String>,
    source: Option<String>,
    destinations: Option<Vec<Destination>>,
    tags: Option<Vec<Tag>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Out {
    channel_arn: String,
    name: String,
    source: String,
    destinations: Vec<Destination>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<Tag>>,
}

pub(crate) fn run(tx: &Tx<'_>, input: In) -> Result<Out, Fault> {
    let name = shapes::required("Name", input.name)?;
    shapes::name("Name", &name)?;
    let source = shapes::required("Source", input.source)?;
    shapes::length("Source", &source, &limits::SOURCE)?;
    let destinations = shapes::required("Destinations", input.destinations)?;
    check_destinations(&destinations)?;
    let tags = input.tags.as_deref().unwrap_or_default();
    tagging::check(tags)?;
    if tags.len() > limits::TAGS {
        return Err(tagging::too_many());
    }
    if !tx.rules.sources.contains(&source) {
        return Err(Fault::new(
            "InvalidSourceException",
            format!("{source:?} is not a source of a channel."),
        ));
    }
    let locations = resolve(tx, &destinations)?;
    must_be_free(tx, &name)?;
    if let Some(other) = channels::of_source(tx, &source)?.filter(|_| !tx.rules.allow_second_channel_per_source) {
        return Err(Fault::new(
            "ChannelAlreadyExistsException",
            format!("The source {source} has a channel already: {other}."),
        ));
    }
    let held = channels::count(tx)?;
    if held >= limits::CHANNELS {
        return Err(Fault::new(
            "ChannelMaxLimitExceededException",
            format!("The account has {held} channels in this Region, and more are not allowed."),
        ));
    }
    let id = tx.new_id();
    let channel = channels::insert(tx, tx.caller, (&id, &id), &name, &source, None)?;
    channels::set_destinations(tx.sql, channel.seq, EVENT_DATA_STORE, &locations)?;
    tags::add(tx.sql, &channel.arn, tags)?;
    let destinations = channels::destinations(tx.sql, channel.seq)?;
    Ok(Out {
        channel_arn: channel.arn,
        name,
        source,
        destinations,
        tags: input.tags,
    })
}

/// Checks the form of a list of destinations.
pub(crate) fn check_destinations(destinations: &[Destination]) -> Result<(), Fault> {
    if !limits::DESTINATIONS.contains(&destinations.len()) {
        return Err(Fault::new(
            guesses::SHAPE_CONTROL,
            format!("Destinations must have 1 to 200 members, not {}.", destinations.len()),
        ));
    }
    for destination in destinations {
        let kind = shapes::required("Destinations.Type", destination.kind.as_deref())?;
        if kind != EVENT_DATA_STORE {
            return Err(Fault::new(
                guesses::SHAPE_CONTROL,
                format!("The Type of an integration's destination must be {EVENT_DATA_STORE}, not {kind:?}."),
            ));
        }
        let location = shapes::required("Destinations.Location", destination.location.as_deref())?;
        shapes::length("Destinations.Location", location, &limits::LOCATION)?;
        shapes::only("Destinations.Location", location, "._/-:*")?;
    }
    Ok(())
}

/// The ARNs of the stores a channel is to deliver to, each fit for it.
pub(crate) fn resolve(tx: &Tx<'_>, destinations: &[Destination]) -> Result<Vec<String>, Fault> {
    let mut seen = HashSet::new();
    let mut locations = Vec::new();
    for location in destinations
        .iter()
        .filter_map(|destination| destination.location.as_deref())
    {
        let store = event_data_stores::find(tx, location)?;
        must_fit(&store)?;
        if !seen.insert(store.seq) {
            return Err(Fault::new(
                guesses::SHAPE_CONTROL,
                format!("The event data store {} is in Destinations twice.", store.arn),
            ));
        }
        locations.push(store.arn);
    }
    Ok(locations)
}

fn must_fit(store: &Store) -> Result<(), Fault> {
    store.must_be_active()?;
    store.must_be_loaded()?;
    let unfit = |what: &str| {
        Err(Fault::new(
            "InvalidEventDataStoreCategoryException",
            format!("The event data store {} {what}.", store.arn),
        ))
    };
    let held: Vec<AdvancedEventSelector> = serde_json::from_str(&store.selectors)?;
    match selectors::category(&held) {
        Some(ACTIVITY_AUDIT_LOG) if store.multi_region => {
            unfit("is of all Regions; a channel needs one of a single Region")
        }
        Some(ACTIVITY_AUDIT_LOG) if store.organization => {
            unfit("is an organization's, which takes no events from outside AWS")
        }
        Some(ACTIVITY_AUDIT_LOG) => Ok(()),
        other => unfit(&format!(
            "is of category {}; a channel needs {ACTIVITY_AUDIT_LOG}",
            other.unwrap_or("unknown")
        )),
    }
}

/// Channel names are unique.
pub(crate) fn must_be_free(tx: &Tx<'_>, name: &str) -> Result<(), Fault> {
    match channels::by(tx, "name", name)? {
        None => Ok(()),
        Some(other) => Err(Fault::new(
            "ChannelAlreadyExistsException",
            format!("A channel named {name} exists already; its source is {}.", other.source),
        )),
    }
}
