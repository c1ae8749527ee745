//! The hand-off: what has to be given to the partner, and to whom, before events flow.

use super::Refusal;
use crate::model::partner::Partner;
use crate::model::{AccountId, ChannelArn};

/// What to hand over after an integration was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handoff {
    /// The partner's key; `None` for a custom integration.
    pub partner: Option<String>,
    /// To whom.
    pub to: String,
    /// The channel's ARN; not known before it exists.
    pub channel_arn: Option<ChannelArn>,
    /// The account that owns the channel.
    pub account: Option<AccountId>,
    /// The Region of the channel.
    pub region: String,
    /// The partner's services that are to deliver, as far as the partner has several.
    pub services: Vec<HandoffService>,
    /// Anything else to know.
    pub note: Option<String>,
    /// Where the partner's documentation is.
    pub docs: Vec<String>,
}

/// A service of the partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandoffService {
    /// Its name.
    pub name: String,
    /// The `eventSource` of its events.
    pub event_source: String,
    /// Whether the partner has integrated it yet.
    pub integrated: bool,
}

/// The services that are meant: those named, or all that the partner has integrated. Answers what
/// has to be warned about, too.
pub fn services(partner: &Partner, names: &[String]) -> Result<(Vec<HandoffService>, Vec<String>), Refusal> {
    let mut warnings = Vec::new();
    let mut chosen = Vec::new();
    for name in names {
        let found = partner.service(name).ok_or_else(|| no_such_service(partner, name))?;
        warnings.extend(found.warnings.iter().map(ToString::to_string));
        if !chosen.contains(&found.service) {
            chosen.push(found.service);
        }
    }
    if names.is_empty() {
        chosen.extend(partner.services.iter().filter(|service| service.integrated));
    }
    let services = chosen.into_iter().map(|service| HandoffService {
        name: service.name.clone(),
        event_source: service.event_source.clone(),
        integrated: service.integrated,
    });
    Ok((services.collect(), warnings))
}

fn no_such_service(partner: &Partner, name: &str) -> Refusal {
    let refusal = Refusal::usage(format!("{} has no service {name}.", partner.name));
    if let Some(close) = partner.suggest_service(name) {
        return refusal.hinted(format!("Did you mean {close}?"));
    }
    let all: Vec<&str> = partner.services.iter().map(|service| service.name.as_str()).collect();
    if all.is_empty() {
        refusal
    } else {
        refusal.hinted(format!("There are: {}.", all.join(", ")))
    }
}

impl Handoff {
    /// The hand-off of a partner's integration.
    pub fn new(
        partner: &Partner,
        services: Vec<HandoffService>,
        channel_arn: Option<ChannelArn>,
        account: Option<AccountId>,
        region: &str,
    ) -> Self {
        Self {
            partner: (!partner.is_custom()).then(|| partner.key.clone()),
            to: partner.handoff.to.clone(),
            account: channel_arn.as_ref().map(|arn| arn.account().clone()).or(account),
            region: channel_arn.as_ref().map_or(region, |arn| arn.region()).to_owned(),
            channel_arn,
            services,
            note: partner.handoff.note.clone(),
            docs: partner.docs.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Catalogue;

    #[test]
    fn a_service_is_handed_over_once_by_whatever_names_it_is_asked_for() {
        let catalogue = Catalogue::builtin();
        let names = ["maestro", "Provisioning", "imagefactory"].map(str::to_owned);
        let (services, _) = services(catalogue.find("nordcloud").unwrap(), &names).unwrap();
        let names: Vec<&str> = services.iter().map(|service| service.name.as_str()).collect();
        assert_eq!(names, ["Maestro", "Machine Image Toolkit"]);
    }
}
