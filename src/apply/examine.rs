//! Looks for `doctor`: at everything, each look by itself, so that one that fails keeps no other from being made.

use jiff::Timestamp;

use super::observe::{Whole, policy_from};
use crate::aws::{CallError, Failure, Session};
use crate::model::partner::{Catalogue, Partner};
use crate::model::{AccountId, Channel, ChannelArn, Place, Policy, StoreArn, StoreStatus};
use crate::plan::doctor::{Clock, Look, Seen, SeenIntegration, Trouble, Wrong};
use crate::plan::resolve::{Named, Resolved, resolve};

/// What is to be looked at, and by what it is judged.
#[derive(Debug)]
pub struct Examination<'a> {
    /// The integration that is meant; all of them where none is.
    pub named: &'a Named,
    /// `--expect-account`.
    pub expected: Option<&'a AccountId>,
    /// The Region of the settings.
    pub region_set: Option<&'a str>,
    /// The partners.
    pub catalogue: &'a Catalogue,
    /// The clock.
    pub now: fn() -> Timestamp,
}

impl Examination<'_> {
    /// Looks at everything.
    pub async fn run(&self, aws: &Session) -> Seen {
        let credentials = look(aws.credentials().await);
        let nobody = credentials.trouble().is_some();
        let without = || Look::Omitted("there are no credentials".to_owned());
        let (caller, ingestion) = if nobody {
            (without(), Look::Omitted("there are no credentials".to_owned()))
        } else {
            let (caller, ingestion) = tokio::join!(aws.who(), aws.knock());
            (look(caller), look(ingestion))
        };
        let barred = if nobody {
            Some("there are no credentials".to_owned())
        } else {
            self.barred(&caller)
        };
        let mut seen = Seen {
            now: (self.now)(),
            region: aws.region().to_owned(),
            region_set: self.region_set.map(str::to_owned),
            named: match self.named {
                Named::Arn(arn) => Some(arn.clone()),
                Named::Id(_) | Named::Word(_) | Named::Only => None,
            },
            expected: self.expected.cloned(),
            endpoint: aws.control().to_owned(),
            credentials,
            caller,
            clock: Look::Omitted("no reply of the service came".to_owned()),
            stores: Look::Omitted(barred.clone().unwrap_or_default()),
            channels: Look::Omitted(barred.clone().unwrap_or_default()),
            ingestion,
            integrations: Vec::new(),
            absent: None,
        };
        match barred {
            Some(reason) => seen.clock = Look::Omitted(reason),
            None => self.service(aws, &mut seen).await,
        }
        seen
    }

    /// Why nothing may be looked at in the account, if so.
    fn barred(&self, caller: &Look<(AccountId, String)>) -> Option<String> {
        let owner = match self.named {
            Named::Arn(arn) => Some(arn.account()),
            Named::Id(_) | Named::Word(_) | Named::Only => None,
        };
        match caller.seen() {
            Some((account, _)) => {
                let mut wanted = self.expected.into_iter().chain(owner);
                let other = wanted.any(|wanted| wanted != account);
                other.then(|| "the credentials belong to another account".to_owned())
            }
            None => self
                .expected
                .map(|_| "--expect-account could not be checked".to_owned()),
        }
    }

    async fn service(&self, aws: &Session, seen: &mut Seen) {
        seen.stores = look(aws.stores().await);
        if let Some(service) = aws.service_time() {
            let ours = (self.now)();
            seen.clock = Look::Seen(Clock { service, ours });
        }
        if let Some(trouble) = seen
            .stores
            .trouble()
            .filter(|trouble| trouble.wrong == Wrong::Unreached)
        {
            // What did not answer once is not asked again.
            seen.channels = Look::Omitted(format!("{} did not succeed", trouble.operation));
            return;
        }
        seen.channels = look(aws.channel_names().await);
        let mut integrations = Vec::new();
        for (arn, name) in self.candidates(seen) {
            integrations.push(self.integration(aws, arn, name).await);
        }
        self.narrow(seen, &mut integrations);
        for one in &mut integrations {
            details(aws, one).await;
        }
        seen.integrations = integrations;
    }

    /// The channels that may be meant.
    fn candidates(&self, seen: &Seen) -> Vec<(ChannelArn, String)> {
        if let Named::Arn(arn) = self.named {
            return vec![(arn.clone(), arn.id().to_owned())];
        }
        let listed = seen.channels.seen().into_iter().flatten();
        listed.filter(|(arn, _)| !arn.is_service_linked()).cloned().collect()
    }

    async fn integration(&self, aws: &Session, arn: ChannelArn, name: String) -> SeenIntegration {
        let channel = look(aws.channel(arn.as_str()).await);
        let found = channel.seen().and_then(Option::as_ref);
        let partner = found.and_then(|channel| self.catalogue.by_source(&channel.source).cloned());
        let unread = || "the channel was not read".to_owned();
        SeenIntegration {
            name: found.map_or(name, |channel| channel.name.clone()),
            arn,
            partner,
            stores: Vec::new(),
            policy: Look::Omitted(unread()),
            tags: Look::Omitted(unread()),
            channel,
        }
    }

    /// Leaves the one that was named.
    fn narrow(&self, seen: &mut Seen, integrations: &mut Vec<SeenIntegration>) {
        if matches!(self.named, Named::Only | Named::Arn(_)) {
            return;
        }
        if seen.channels.seen().is_none() {
            integrations.clear();
            return;
        }
        let channels: Vec<Channel> = integrations.iter().map(as_channel).collect();
        let place = Place {
            region: seen.region.clone(),
            account: seen.caller.seen().map(|(account, _)| account.clone()),
            caller: None,
        };
        let absent = match resolve(self.named, &channels, self.catalogue, &place) {
            Ok(Resolved::Channel(channel)) => {
                integrations.retain(|one| one.arn == channel.arn);
                return;
            }
            Ok(Resolved::Absent(partner)) => {
                let partner =
                    partner.map_or_else(|| "of that name".to_owned(), |partner| format!("of {}", partner.name));
                crate::plan::Refusal::not_found(format!("There is no integration {partner} in {}.", seen.region))
                    .hinted(format!("ctl enable --region {} --partner KEY", seen.region))
            }
            Err(refusal) => refusal,
        };
        integrations.clear();
        seen.absent = Some(absent);
    }
}

/// The channel as far as it is known: one that could not be read has a name and no source.
fn as_channel(one: &SeenIntegration) -> Channel {
    let read = one.channel.seen().cloned().flatten();
    read.unwrap_or_else(|| Channel {
        arn: one.arn.clone(),
        name: one.name.clone(),
        source: String::new(),
        destinations: Vec::new(),
        ingestion: crate::model::Ingestion::default(),
    })
}

/// Looks at what belongs to a channel.
async fn details(aws: &Session, one: &mut SeenIntegration) {
    let Some(Some(channel)) = one.channel.seen() else {
        return;
    };
    for arn in &channel.destinations {
        let store = look(aws.store(arn.as_str()).await);
        one.stores.push((arn.clone(), store));
    }
    one.policy = policy(aws, &channel.arn).await;
    let pending = |look: &Look<Option<crate::model::Store>>| {
        let store = look.seen().and_then(Option::as_ref);
        store.is_none_or(|store| store.status == StoreStatus::PendingDeletion)
    };
    // A store that is pending deletion tells no tags.
    let stores = one.stores.iter().filter(|(_, store)| !pending(store));
    let arns: Vec<String> = std::iter::once(channel.arn.to_string())
        .chain(stores.map(|(arn, _)| arn.to_string()))
        .collect();
    one.tags = look(aws.tags(&arns).await.map(|_| ()));
}

async fn policy(aws: &Session, channel: &ChannelArn) -> Look<Option<Policy>> {
    if channel.is_service_linked() {
        return Look::Omitted("a service's own channel has no policy that could be read".to_owned());
    }
    match aws.policy(channel).await.map(policy_from) {
        Ok(Ok(policy)) => Look::Seen(policy),
        Ok(Err(error)) => Look::Failed(Trouble {
            wrong: Wrong::Unreadable,
            operation: "GetResourcePolicy".to_owned(),
            action: "cloudtrail:GetResourcePolicy".to_owned(),
            words: format!("{error}."),
            remedies: vec![format!("look at it with `ctl policy show {channel}`")],
        }),
        Err(error) => look(Err(error)),
    }
}

/// An integration that was read whole.
pub fn whole(whole: Whole, partner: Option<Partner>) -> SeenIntegration {
    let Whole {
        channel,
        stores,
        policy,
    } = whole;
    let store = |arn: &StoreArn| stores.iter().find(|store| store.arn == *arn).cloned();
    SeenIntegration {
        arn: channel.arn.clone(),
        name: channel.name.clone(),
        stores: channel
            .destinations
            .iter()
            .map(|arn| (arn.clone(), Look::Seen(store(arn))))
            .collect(),
        policy: Look::Seen(policy),
        tags: Look::Omitted("nothing needs them".to_owned()),
        partner,
        channel: Look::Seen(Some(channel)),
    }
}

fn look<T>(answer: Result<T, CallError>) -> Look<T> {
    match answer {
        Ok(seen) => Look::Seen(seen),
        Err(error) => Look::Failed(trouble(&error)),
    }
}

fn trouble(error: &CallError) -> Trouble {
    let wrong = match &error.failure {
        Failure::NoCredentials => Wrong::Credentials,
        Failure::TimedOut | Failure::Lost | Failure::Unreachable | Failure::NotTheService { .. } => Wrong::Unreached,
        Failure::Fault { .. } => Wrong::Fault,
        Failure::Refused { .. } if error.is_denied() => Wrong::Denied,
        Failure::Refused { .. } if error.kind() == crate::error::Kind::Access => Wrong::Credentials,
        Failure::Refused { .. } | Failure::Incomplete(_) | Failure::NotBuilt => Wrong::Other,
    };
    Trouble {
        wrong,
        operation: error.operation.to_owned(),
        action: error.action(),
        words: error.told(),
        remedies: error.remedies(),
    }
}
