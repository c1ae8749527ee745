//! Which channel is meant, and what becomes of it.

use super::{Draft, MAX_CHANNELS, Wanted};
use crate::model::Channel;
use crate::plan::{Action, Change, Refusal, Resource, Step, StoreRef};

/// From here on CloudFormation refuses a channel; the API's own limit is 200 (reference §6).
const MANY_DESTINATIONS: usize = 10;
/// How many stores a channel may feed by the API model (`Destinations`, reference §1.6).
const MAX_DESTINATIONS: usize = 200;

/// The channel that is meant, if it exists. It is found by its source, because AWS allows one
/// channel per source and a source cannot change.
pub fn choose<'a>(wanted: &Wanted, channels: &'a [Channel]) -> Result<Option<&'a Channel>, Refusal> {
    let of_source: Vec<&Channel> = channels
        .iter()
        .filter(|channel| wanted.sources.contains(&channel.source))
        .collect();
    let named = |channel: &&&Channel| wanted.name.as_ref().is_some_and(|name| name.as_str() == channel.name);
    let chosen = match of_source.as_slice() {
        [] => None,
        several if wanted.second_channel => several.iter().find(named).copied(),
        [only] if wanted.partner.is_custom() && wanted.name.is_some() && !named(&only) => {
            return Err(other_custom_name(only, wanted));
        }
        [only] => Some(*only),
        several => Some(
            several
                .iter()
                .find(|channel| wanted.partner.is_custom() && named(channel))
                .copied()
                .ok_or_else(|| several_channels(several, wanted))?,
        ),
    };
    if chosen.is_none() {
        check_free(wanted, channels)?;
    }
    Ok(chosen)
}

fn other_custom_name(found: &Channel, wanted: &Wanted) -> Refusal {
    let other = &found.name;
    let name = wanted.name.as_ref().unwrap_or(&wanted.default_name);
    Refusal::state(format!(
        "The channel for custom integrations is named {other}, not {name}."
    ))
    .hinted(format!(
        "Use --name {other}: applications can share one channel, told apart by eventSource (AWS documents one \
             channel per source)."
    ))
    .hinted("Add --second-channel to try a second one all the same.")
}

fn several_channels(several: &[&Channel], wanted: &Wanted) -> Refusal {
    let list: Vec<String> = several
        .iter()
        .map(|channel| format!("{} (source {})", channel.name, channel.source))
        .collect();
    let refusal = Refusal::usage(format!(
        "There are several channels that could be meant: {}.",
        list.join(", ")
    ));
    if wanted.partner.is_custom() {
        return refusal.hinted("Choose one with --name NAME, or add --second-channel to try another one.");
    }
    let mut sources = several.iter().map(|channel| &channel.source);
    let first = sources.next();
    if sources.any(|source| Some(source) != first) {
        refusal.hinted("Choose one with --source SOURCE.")
    } else {
        refusal.hinted("AWS documents one channel per source; take the others down with `ctl disable ARN`.")
    }
}

/// Refuses before any write what could only fail later.
fn check_free(wanted: &Wanted, channels: &[Channel]) -> Result<(), Refusal> {
    let name = wanted.name.as_ref().unwrap_or(&wanted.default_name);
    if let Some(holder) = channels.iter().find(|channel| channel.name == name.as_str()) {
        return Err(Refusal::state(format!(
            "The name {name} is held by a channel of another source, {} ({}).",
            holder.source, holder.arn
        ))
        .hinted("Choose another name with --name NAME."));
    }
    if channels.len() >= MAX_CHANNELS {
        return Err(Refusal::state(format!(
            "There are {} channels in the Region, and {MAX_CHANNELS} are the limit; it cannot be raised.",
            channels.len()
        ))
        .hinted("ctl status lists them; ctl disable takes one down."));
    }
    Ok(())
}

impl Draft<'_> {
    /// The channel's step.
    pub(super) fn channel(&mut self, chosen: Option<&Channel>, stores: Vec<StoreRef>) -> Result<(), Refusal> {
        let step = match chosen {
            None => self.new_channel(stores),
            Some(channel) => self.existing_channel(channel, stores)?,
        };
        self.steps.push(step);
        Ok(())
    }

    fn new_channel(&mut self, stores: Vec<StoreRef>) -> Step {
        let name = self
            .wanted
            .name
            .clone()
            .unwrap_or_else(|| self.wanted.default_name.clone());
        let detail = match self.wanted.sources.as_slice() {
            [] => String::new(),
            [only] => format!("source {only}"),
            [first, rest @ ..] => format!("source {first}, or {} if the service refuses that", rest.join(", ")),
        };
        self.warn_about_many(stores.len());
        Step {
            action: Action::Create,
            resource: Resource::Channel,
            name: name.to_string(),
            arn: None,
            detail: detail + &super::stores::tagged(&self.wanted.tags),
            change: Some(Change::CreateChannel {
                name,
                sources: self.wanted.sources.clone(),
                stores,
                tags: self.wanted.tags.clone(),
            }),
        }
    }

    fn existing_channel(&mut self, channel: &Channel, stores: Vec<StoreRef>) -> Result<Step, Refusal> {
        if let Some(name) = self.wanted.name.as_ref().filter(|name| name.as_str() != channel.name) {
            self.info(format!(
                "The channel keeps its name, {}; a channel is never renamed to {name}.",
                channel.name
            ));
        }
        let known = |store: &StoreRef| matches!(store, StoreRef::Known(arn) if channel.destinations.contains(arn));
        let add: Vec<StoreRef> = stores.into_iter().filter(|store| !known(store)).collect();
        let total = channel.destinations.len() + add.len();
        if total > MAX_DESTINATIONS {
            return Err(Refusal::state(format!(
                "A channel feeds at most {MAX_DESTINATIONS} stores, and this would be {total}."
            )));
        }
        let mut step = Step {
            action: Action::Keep,
            resource: Resource::Channel,
            name: channel.name.clone(),
            arn: Some(channel.arn.to_string()),
            detail: format!("source {}", channel.source),
            change: None,
        };
        if !add.is_empty() {
            self.warn_about_many(total);
            step.action = Action::Update;
            step.detail = format!("feeds {} more, {total} in all", add.len());
            step.change = Some(Change::AddDestinations {
                arn: channel.arn.clone(),
                seen: channel.destinations.clone(),
                add,
            });
        }
        Ok(step)
    }

    fn warn_about_many(&mut self, total: usize) {
        if total > MANY_DESTINATIONS {
            self.warn(format!(
                "The channel would feed {total} stores; CloudFormation allows {MANY_DESTINATIONS}, the API {MAX_DESTINATIONS}."
            ));
        }
    }
}
