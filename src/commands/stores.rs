//! The event data stores that a statement is about.

use super::target::{self, Among, TargetArgs};
use crate::apply::observe;
use crate::aws::{CallError, Session};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::model::{Channel, StoreArn, StoreSelector};
use crate::plan::query::Table;
use crate::plan::resolve::{Named, Resolved, resolve};

/// A store as it stands in a statement.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    /// Its name in SQL.
    pub(super) table: Table,
    /// Its ARN; an ID alone does not tell it.
    pub(super) arn: Option<StoreArn>,
}

impl Chosen {
    fn of(arn: StoreArn) -> Result<Self> {
        Ok(Self {
            table: Table::of(&arn)?,
            arn: Some(arn),
        })
    }
}

/// Finds stores by what they are called.
pub(super) struct Finder<'a> {
    cx: &'a Context,
    aws: Session,
    listed: Option<Vec<(StoreArn, String)>>,
}

impl<'a> Finder<'a> {
    /// A finder in the Region that the ARNs among these words name; two Regions are no place for one statement.
    pub(super) async fn open(words: impl Iterator<Item = &str>, cx: &'a Context) -> Result<Self> {
        let mut region: Option<String> = None;
        for word in words {
            let Ok(StoreSelector::Arn(arn)) = word.parse() else {
                continue;
            };
            match &region {
                Some(region) if region != arn.region() => {
                    return Err(Error::usage(format!(
                        "The stores are in two Regions, {region} and {}.",
                        arn.region()
                    )));
                }
                _ => region = Some(arn.region().to_owned()),
            }
        }
        let aws = cx.aws_in(region.as_deref()).await?;
        Ok(Self { cx, aws, listed: None })
    }

    /// The session of the Region.
    pub(super) fn aws(&self) -> &Session {
        &self.aws
    }

    /// The store of this name, ARN or ID, or that of the integration of this name.
    pub(super) async fn find(&mut self, word: &str) -> Result<Chosen> {
        match word.parse()? {
            StoreSelector::Arn(arn) => Chosen::of(arn),
            StoreSelector::Id(id) => Ok(Chosen {
                table: Table::id(&id)?,
                arn: None,
            }),
            StoreSelector::Name(name) => match self.named(name.as_str()).await? {
                Some(arn) => Chosen::of(arn),
                None => self.of_integration(word).await,
            },
        }
    }

    /// The store that `{word}` stands for: as [`Finder::find`], but a word that is the name of one store and of an
    /// integration that feeds another is a question.
    pub(super) async fn meant(&mut self, word: &str) -> Result<Chosen> {
        let found = self.find(word).await?;
        let (Ok(StoreSelector::Name(_)), Some(store)) = (word.parse(), &found.arn) else {
            return Ok(found);
        };
        for channel in self.called(word).await? {
            if let Some(other) = channel.destinations.iter().find(|fed| *fed != store) {
                return Err(Error::usage(format!(
                    "{word} is the name of an event data store, {}, and of an integration that feeds another, {}.",
                    store.id(),
                    other.id()
                ))
                .hinted(format!(
                    "Write the ID of the one you mean, {{{}}} for instance.",
                    store.id()
                )));
            }
        }
        Ok(found)
    }

    /// The integrations of this name; none where channels may not be read.
    async fn called(&self, word: &str) -> Result<Vec<Channel>> {
        let failed =
            |error: CallError| error.into_error(format!("Could not read the channels in {}", self.aws.region()));
        let names = match self.aws.channel_names().await {
            Ok(names) => names,
            Err(error) if error.is_denied() => return Ok(Vec::new()),
            Err(error) => return Err(failed(error)),
        };
        let mut called = Vec::new();
        for (arn, _) in names.iter().filter(|(_, name)| name == word) {
            match self.aws.channel(arn.as_str()).await {
                Ok(channel) => called.extend(channel),
                Err(error) if error.is_denied() => {}
                Err(error) => return Err(failed(error)),
            }
        }
        Ok(called)
    }

    /// The only store of the only integration.
    pub(super) async fn only(&mut self) -> Result<(Chosen, String)> {
        let channels = self.channels(&Named::Only).await?;
        let place = self.aws.place().await;
        match resolve(&Named::Only, &channels, self.cx.catalogue()?, &place)? {
            Resolved::Channel(channel) => Ok((Chosen::of(only_store(channel)?)?, channel.name.clone())),
            Resolved::Absent(_) => Err(no_store("an integration", self.aws.region())),
        }
    }

    async fn named(&mut self, name: &str) -> Result<Option<StoreArn>> {
        if self.listed.is_none() {
            self.listed = Some(observe::store_names(&self.aws).await?);
        }
        let found = self.listed.iter().flatten().find(|(_, found)| found == name);
        Ok(found.map(|(arn, _)| arn.clone()))
    }

    async fn channels(&self, named: &Named) -> Result<Vec<Channel>> {
        observe::candidates(&self.aws, named, false).await
    }

    async fn of_integration(&mut self, word: &str) -> Result<Chosen> {
        let named = Named::parse(Some(word))?;
        let channels = self.channels(&named).await?;
        let place = self.aws.place().await;
        let absent = || {
            let mut error = no_store(word, self.aws.region());
            let stores = self.listed.iter().flatten().map(|(_, name)| name.as_str());
            let close = stores.map(|name| (strsim::jaro_winkler(word, name), name));
            let best = close
                .filter(|(likeness, _)| *likeness > 0.8)
                .max_by(|a, b| a.0.total_cmp(&b.0));
            if let Some((_, name)) = best {
                error = error.hinted(format!("Did you mean {name}?"));
            }
            error
        };
        match resolve(&named, &channels, self.cx.catalogue()?, &place) {
            Ok(Resolved::Channel(channel)) => Chosen::of(only_store(channel)?),
            Ok(Resolved::Absent(_)) => Err(absent()),
            Err(refusal) if refusal.reason == crate::plan::Reason::NotFound => Err(absent()),
            Err(refusal) => Err(refusal.into()),
        }
    }
}

fn no_store(word: &str, region: &str) -> Error {
    Error::not_found(format!(
        "There is no event data store or integration {word} in {region}."
    ))
    .hinted("ctl status shows the integrations and their stores.")
}

fn only_store(channel: &Channel) -> Result<StoreArn> {
    match channel.destinations.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(feeds_nothing(channel)),
        several => {
            let ids: Vec<&str> = several.iter().map(StoreArn::id).collect();
            Err(several_stores(channel, &ids).hinted("Name the one you mean."))
        }
    }
}

/// The refusal where an integration feeds several stores, and one is meant.
pub(super) fn several_stores(channel: &Channel, stores: &[&str]) -> Error {
    Error::usage(format!(
        "The integration {} feeds several event data stores: {}.",
        channel.name,
        stores.join(", ")
    ))
}

/// The stores that an integration feeds.
pub(super) async fn of_integration(word: Option<&str>, cx: &Context) -> Result<(Session, Vec<StoreArn>, Channel)> {
    let target = TargetArgs {
        integration: word.map(str::to_owned),
    };
    let named = target.named()?;
    let aws = cx.aws_in(target::region(&named)).await?;
    let found = target::look_up(&aws, &named, Among::Needed, cx).await?;
    match found.channel {
        Some(channel) => Ok((aws, channel.destinations.clone(), channel)),
        None => Err(target.absent(&found.place)),
    }
}

/// The first of the stores that an integration feeds.
pub(super) fn first(stores: &[StoreArn], channel: &Channel) -> Result<Chosen> {
    match stores.first() {
        Some(store) => Chosen::of(store.clone()),
        None => Err(feeds_nothing(channel)),
    }
}

fn feeds_nothing(channel: &Channel) -> Error {
    Error::state(format!("The integration {} feeds no event data store.", channel.name))
}
