//! Looks: gathers what a decision needs, and nothing else.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::aws::Session;
use crate::error::{Error, Result};
use crate::model::policy::Policy;
use crate::model::{Channel, ChannelArn, Store, StoreArn, StoreSelector, StoreStatus, Tags};
use crate::plan::resolve::Named;
use crate::plan::{self, enable};

/// What `enable` has to know.
pub async fn for_enable(aws: &Session, wanted: &enable::Wanted, now: Timestamp) -> Result<enable::Found> {
    let (place, channels) = tokio::join!(aws.place(), integrations(aws));
    let channels = channels?;
    let chosen = enable::choose(wanted, &channels)?;
    let selectors = enable::selected(wanted, chosen);
    let destinations = chosen.map(|channel| channel.destinations.clone()).unwrap_or_default();
    let (names, stores) = stores(aws, &destinations, &selectors).await?;
    let policy = match chosen {
        Some(channel) => policy(aws, &channel.arn).await?,
        None => None,
    };
    let tags = tags(aws, chosen.map(|channel| &channel.arn), &stores).await?;
    Ok(enable::Found {
        place,
        now,
        channels,
        policy,
        names,
        stores,
        tags,
    })
}

/// The integration channels of the Region: none that an AWS service made for itself.
pub async fn integrations(aws: &Session) -> Result<Vec<Channel>> {
    aws.channels(false)
        .await
        .map_err(|error| error.into_error(format!("Could not read the channels in {}", aws.region())))
}

/// The channels among which a name is looked for: one alone where its ARN says all.
pub async fn candidates(aws: &Session, named: &Named, all: bool) -> Result<Vec<Channel>> {
    match named {
        Named::Arn(arn) if !all => {
            let found = aws.channel(arn.as_str()).await;
            let found = found.map_err(|error| error.into_error(format!("Could not read the channel {arn}")))?;
            Ok(found.into_iter().collect())
        }
        _ => integrations(aws).await,
    }
}

/// The policy of a channel as it is attached. A service-linked channel has none that could be read.
pub async fn policy_text(aws: &Session, channel: &ChannelArn) -> Result<Option<String>> {
    if channel.is_service_linked() {
        return Ok(None);
    }
    let text = aws.policy(channel).await;
    text.map_err(|error| error.into_error("Could not read the resource policy"))
}

/// The policy of a channel.
pub async fn policy(aws: &Session, channel: &ChannelArn) -> Result<Option<Policy>> {
    policy_from(policy_text(aws, channel).await?)
}

/// The policy that a text is.
pub fn policy_from(text: Option<String>) -> Result<Option<Policy>> {
    text.map(|text| text.parse())
        .transpose()
        .map_err(|error| Error::state("The attached resource policy cannot be read.").because(error))
}

/// The tags of a channel and of stores, by ARN. A store that is pending deletion tells none.
pub async fn tags(aws: &Session, channel: Option<&ChannelArn>, stores: &[Store]) -> Result<BTreeMap<String, Tags>> {
    let stores = stores
        .iter()
        .filter(|store| store.status != StoreStatus::PendingDeletion);
    let arns: Vec<String> = channel
        .map(ToString::to_string)
        .into_iter()
        .chain(stores.map(|store| store.arn.to_string()))
        .collect();
    if arns.is_empty() {
        return Ok(BTreeMap::new());
    }
    aws.tags(&arns)
        .await
        .map_err(|error| error.into_error("Could not read the tags"))
}

/// Names of all stores, where a name has to be looked up, and the stores that matter.
type Stores = (Option<Vec<(StoreArn, String)>>, Vec<Store>);

/// The stores that a channel feeds, and those that are named, as far as they exist.
pub async fn stores(aws: &Session, destinations: &[StoreArn], selectors: &[StoreSelector]) -> Result<Stores> {
    let mut found: Vec<Store> = Vec::new();
    for arn in destinations {
        found.extend(store(aws, arn.as_str()).await?);
    }
    let known = |found: &[Store], selector: &StoreSelector| found.iter().any(|s| selector.means(&s.arn, &s.name));
    let by_name = |selector: &StoreSelector| matches!(selector, StoreSelector::Name(_));
    let names = if selectors
        .iter()
        .any(|selector| by_name(selector) && !known(&found, selector))
    {
        Some(store_names(aws).await?)
    } else {
        None
    };
    for selector in selectors {
        if known(&found, selector) {
            continue;
        }
        let arn = match selector {
            StoreSelector::Name(name) => {
                let entry = names.iter().flatten().find(|(_, found)| found == name.as_str());
                entry.map(|(arn, _)| arn.to_string())
            }
            StoreSelector::Arn(arn) => Some(arn.to_string()),
            StoreSelector::Id(id) => Some(id.clone()),
        };
        if let Some(arn) = arn {
            found.extend(store(aws, &arn).await?);
        }
    }
    Ok((names, found))
}

/// ARNs and names of every store of the Region, those pending deletion included.
pub async fn store_names(aws: &Session) -> Result<Vec<(StoreArn, String)>> {
    let listed = aws.stores().await;
    listed.map_err(|error| error.into_error(format!("Could not list the event data stores in {}", aws.region())))
}

async fn store(aws: &Session, arn_or_id: &str) -> Result<Option<Store>> {
    let found = aws.store(arn_or_id).await;
    found.map_err(|error| error.into_error(format!("Could not read the event data store {arn_or_id}")))
}

/// One integration read whole, after a change or for `status`.
#[derive(Debug)]
pub struct Whole {
    /// The channel.
    pub channel: Channel,
    /// Its stores, as far as they exist.
    pub stores: Vec<Store>,
    /// Its policy.
    pub policy: Option<Policy>,
}

impl Whole {
    /// Reads what belongs to a channel.
    pub async fn of(aws: &Session, channel: Channel) -> Result<Self> {
        let (_, stores) = stores(aws, &channel.destinations, &[]).await?;
        let policy = policy(aws, &channel.arn).await?;
        Ok(Self {
            channel,
            stores,
            policy,
        })
    }

    /// Reads a channel and what belongs to it; `None` if it is gone.
    pub async fn read(aws: &Session, arn: &ChannelArn) -> Result<Option<Self>> {
        let channel = aws.channel(arn.as_str()).await;
        match channel.map_err(|error| error.into_error(format!("Could not read the channel {arn}")))? {
            Some(channel) => Ok(Some(Self::of(aws, channel).await?)),
            None => Ok(None),
        }
    }

    /// What was found, for [`plan::integration::view`].
    pub fn seen<'a>(&'a self, partner: Option<&'a crate::model::partner::Partner>) -> plan::integration::Seen<'a> {
        plan::integration::Seen {
            channel: &self.channel,
            stores: &self.stores,
            policy: self.policy.as_ref(),
            partner,
        }
    }
}
