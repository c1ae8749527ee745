//! The partners that CloudTrail Lake knows, as data.
//!
//! What is known about a partner stands in `partners.json`, each entry with its date and where it is
//! from (reference §4). It can be corrected by a file of the operator's own without a new release: AWS
//! and the partners disagree in places, and most partner accounts are not published.

mod catalogue;
mod events;
mod file;

pub use catalogue::{Catalogue, CatalogueError};
pub use events::{KnownSource, SourceMatch};

use std::fmt;

use serde::Deserialize;

use super::names::{AccountId, ChannelName, StoreName};
use super::principal::Principal;

/// The key of the entry for integrations with in-house applications.
const CUSTOM: &str = "custom";

/// One partner, or `custom`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partner {
    /// What `--partner` takes.
    pub key: String,
    /// What it takes besides.
    pub aliases: Vec<String>,
    /// The name AWS's console shows.
    pub name: String,
    /// Who calls `PutAuditEvents`.
    pub kind: PartnerKind,
    /// The `Source` of the channel, the preferred one first.
    pub sources: Vec<String>,
    /// The partner's accounts, where they are published.
    pub accounts: Vec<AccountId>,
    /// Where to get the account, or whose it is, in a sentence.
    pub accounts_where: String,
    /// Whether there is an external ID, and who issues it.
    pub external_id: ExternalIdRule,
    /// What is given to whom when the integration stands.
    pub handoff: Handoff,
    /// The event sources it sends, apart from those of its services; `*` at the end stands for the rest.
    pub event_sources: Vec<String>,
    /// Its services, where events are told apart by them.
    pub services: Vec<Service>,
    /// Pages to read.
    pub docs: Vec<String>,
    /// What else is worth knowing.
    pub notes: Vec<String>,
    /// When the entry was checked, a date.
    pub checked: String,
    /// Where the entry is from.
    pub provenance: String,
    /// Where single facts are from, if not from there.
    pub facts: Vec<Fact>,
    /// Which files changed the entry that is compiled in, the last one last.
    pub overrides: Vec<Override>,
    channel_name: ChannelName,
    store_name: StoreName,
}

/// Who calls `PutAuditEvents` (reference §2.4, "Integration type").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartnerKind {
    /// The partner does, from its own account, with the external ID that it issued.
    Direct,
    /// An application in the customer's account does; an external ID is optional.
    Solution,
}

/// What holds for the external ID.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExternalIdRule {
    /// Whether there has to be one.
    pub rule: Need,
    /// Who makes it up.
    pub issuer: Issuer,
    /// Where to get it, in a sentence.
    #[serde(rename = "where")]
    pub obtain: String,
}

/// Whether something has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// It does.
    Required,
    /// It may.
    Optional,
}

/// Who makes up the external ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Issuer {
    /// The partner.
    Partner,
    /// The owner of the channel.
    You,
}

/// What is given to whom when the integration stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handoff {
    /// To whom.
    pub to: String,
    /// What.
    pub give: Vec<HandoffItem>,
    /// What to mind, a sentence.
    #[serde(default)]
    pub note: Option<String>,
}

/// A thing that is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandoffItem {
    /// The channel's ARN.
    ChannelArn,
    /// The account that owns the channel.
    Account,
    /// The Region of the channel.
    Region,
    /// Which of the partner's services are wanted.
    Services,
    /// The external ID, which is named here and never printed.
    ExternalId,
}

/// A service of a partner, with an event source of its own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// The name without capitals and spaces.
    pub key: String,
    /// The name.
    pub name: String,
    /// Other names it goes by.
    #[serde(default)]
    pub also_called: Vec<String>,
    /// Names it no longer goes by.
    #[serde(default)]
    pub old_names: Vec<String>,
    /// The event source of its events.
    pub event_source: String,
    /// Spellings of the event source that stand in older documents.
    #[serde(default)]
    pub event_source_aliases: Vec<String>,
    /// Whether the partner delivers its events yet.
    pub integrated: bool,
    /// The event names.
    #[serde(default)]
    pub events: Vec<String>,
}

/// Where one fact of an entry is from, and what is uncertain about it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// The key of the entry it is about.
    pub about: String,
    /// What to know about it.
    pub note: String,
    /// Where it is from.
    pub provenance: String,
}

/// A file that changed an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The file.
    pub file: String,
    /// The keys it set.
    pub keys: Vec<String>,
}

/// A service that was asked for by one of its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceMatch<'a> {
    /// The service.
    pub service: &'a Service,
    /// What the operator should be told.
    pub warnings: Vec<ServiceWarning>,
}

/// Why a service may not be what was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceWarning {
    /// It was called by an old name.
    OldName {
        /// The old name.
        old: String,
        /// The name of today.
        name: String,
    },
    /// It was called by an old spelling of its event source.
    OldEventSource {
        /// The old spelling.
        old: String,
        /// The event source of today.
        event_source: String,
    },
    /// The partner does not deliver its events yet.
    NotIntegrated {
        /// Its name.
        name: String,
    },
}

/// How an event source relates to a partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventSourceMatch<'a> {
    /// It is one of the partner's.
    Known,
    /// It is an old spelling of this one.
    OldSpelling(&'a str),
    /// It is not one of those that are known.
    Foreign,
    /// Nothing is known about the partner's event sources.
    NothingKnown,
}

impl PartnerKind {
    /// The word that stands in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Solution => "solution",
        }
    }
}

impl Need {
    /// The word that stands in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Optional => "optional",
        }
    }
}

impl Issuer {
    /// The word that stands in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Partner => "partner",
            Self::You => "you",
        }
    }
}

impl HandoffItem {
    /// The word that stands in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ChannelArn => "channel_arn",
            Self::Account => "account",
            Self::Region => "region",
            Self::Services => "services",
            Self::ExternalId => "external_id",
        }
    }

    /// What a sentence calls it.
    pub fn noun(self) -> &'static str {
        match self {
            Self::ChannelArn => "the channel ARN",
            Self::Account => "your account",
            Self::Region => "the Region",
            Self::Services => "the services you want",
            Self::ExternalId => "the external ID, if there is one",
        }
    }
}

impl Partner {
    /// The channel's name where none is given.
    pub fn default_channel_name(&self) -> &ChannelName {
        &self.channel_name
    }

    /// The event data store's name where none is given.
    pub fn default_store_name(&self) -> &StoreName {
        &self.store_name
    }

    /// Whether it is the entry for in-house applications.
    pub fn is_custom(&self) -> bool {
        self.key == CUSTOM
    }

    /// Whether the partner itself calls `PutAuditEvents`.
    pub fn is_direct(&self) -> bool {
        self.kind == PartnerKind::Direct
    }

    /// Whether there has to be an external ID.
    pub fn needs_external_id(&self) -> bool {
        self.external_id.rule == Need::Required
    }

    /// The published accounts, as principals of a policy.
    pub fn principals(&self) -> Vec<Principal> {
        self.accounts.iter().cloned().map(Principal::Account).collect()
    }

    /// The service that goes, or went, by this name or event source.
    pub fn service(&self, name: &str) -> Option<ServiceMatch<'_>> {
        self.services
            .iter()
            .find_map(|service| service.called(name))
            .map(|(service, mut warnings)| {
                if !service.integrated {
                    warnings.push(ServiceWarning::NotIntegrated {
                        name: service.name.clone(),
                    });
                }
                ServiceMatch { service, warnings }
            })
    }

    /// The key of the service whose name looks most like this one, if one does.
    pub fn suggest_service(&self, name: &str) -> Option<&str> {
        let names = self.services.iter().flat_map(|service| {
            let others = service.also_called.iter().chain(&service.old_names);
            let all = [&service.key, &service.name].into_iter().chain(others);
            all.map(|name| (name.as_str(), service.key.as_str()))
        });
        catalogue::closest(name, names)
    }

    /// Whether an event with this source comes from the partner.
    pub fn event_source(&self, source: &str) -> EventSourceMatch<'_> {
        if self.event_sources.is_empty() && self.services.is_empty() {
            return EventSourceMatch::NothingKnown;
        }
        let old = |service: &&Service| service.event_source_aliases.iter().any(|alias| alias == source);
        if let Some(service) = self.services.iter().find(old) {
            return EventSourceMatch::OldSpelling(&service.event_source);
        }
        let named = self.services.iter().any(|service| service.event_source == source);
        let fits = |pattern: &String| match pattern.strip_suffix('*') {
            Some(start) => source.starts_with(start),
            None => pattern == source,
        };
        if named || self.event_sources.iter().any(fits) {
            EventSourceMatch::Known
        } else {
            EventSourceMatch::Foreign
        }
    }
}

impl Service {
    fn called(&self, name: &str) -> Option<(&Self, Vec<ServiceWarning>)> {
        let wanted = simplified(name);
        let among = |names: &[String]| names.iter().any(|own| simplified(own) == wanted);
        // `klarity` for com.nordcloudapp.klarity: what stands after the last full stop.
        let short = self.event_source.rsplit('.').next().unwrap_or_default();
        let direct = [&self.key, &self.name, &self.event_source];
        if direct.into_iter().any(|own| simplified(own) == wanted) || among(&self.also_called) {
            return Some((self, Vec::new()));
        }
        if among(&self.event_source_aliases) {
            let warning = ServiceWarning::OldEventSource {
                old: name.to_owned(),
                event_source: self.event_source.clone(),
            };
            return Some((self, vec![warning]));
        }
        if among(&self.old_names) {
            let warning = ServiceWarning::OldName {
                old: name.to_owned(),
                name: self.name.clone(),
            };
            return Some((self, vec![warning]));
        }
        (simplified(short) == wanted).then(|| (self, Vec::new()))
    }
}

/// Without capitals, spaces, hyphens and underscores: `Machine Image Toolkit` is
/// `machine-image-toolkit`.
fn simplified(name: &str) -> String {
    let kept = name.chars().filter(|c| !matches!(c, ' ' | '-' | '_'));
    kept.map(|c| c.to_ascii_lowercase()).collect()
}

impl fmt::Display for ServiceWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OldName { old, name } => write!(f, "\"{old}\" is an old name; it is {name} now."),
            Self::OldEventSource { old, event_source } => {
                write!(f, "\"{old}\" is an old spelling; the event source is {event_source}.")
            }
            Self::NotIntegrated { name } => write!(
                f,
                "{name} is not integrated with CloudTrail Lake yet; no events come until the partner says so."
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nordcloud() -> Partner {
        Catalogue::builtin().find("nordcloud").unwrap().clone()
    }

    #[test]
    fn nordcloud_is_as_its_documents_have_it() {
        let partner = nordcloud();
        assert_eq!(partner.sources, ["IBMMulticloud", "NordcloudKlarity"]);
        assert_eq!(partner.accounts[0].as_str(), "855341727128");
        assert_eq!(partner.default_channel_name().as_str(), "nordcloud-integration");
        assert_eq!(partner.default_store_name().as_str(), "nordcloud-events-ds");
        assert!(partner.facts.iter().any(|fact| fact.about == "sources"));
        assert!(partner.facts.iter().any(|fact| fact.about == "accounts"));
    }

    #[test]
    fn nordclouds_services_are_the_five_of_issue_2() {
        let partner = nordcloud();
        let services: Vec<(&str, &str, bool, Vec<&str>)> = partner
            .services
            .iter()
            .map(|service| {
                let events = service.events.iter().map(String::as_str).collect();
                let source = service.event_source.as_str();
                (service.name.as_str(), source, service.integrated, events)
            })
            .collect();
        let expected: Vec<(&str, &str, bool, Vec<&str>)> = vec![
            (
                "Accelerator",
                "com.nordcloudapp.klarity",
                false,
                vec![
                    "discoveryRule.created",
                    "discoveryRule.deleted",
                    "account.added",
                    "account.deleted",
                ],
            ),
            (
                "AutoBackup",
                "com.nordcloudapp.autobackup",
                false,
                vec!["backup.started", "backup.failed", "backup.completed"],
            ),
            (
                "AutoPatcher",
                "com.nordcloudapp.autopatcher",
                false,
                vec![
                    "baselinePatching.started",
                    "baselinePatching.failed",
                    "baselinePatching.completed",
                ],
            ),
            (
                "Machine Image Toolkit",
                "com.nordcloudapp.imagefactory",
                true,
                vec!["image.created", "image.distributed", "image.failed"],
            ),
            (
                "Maestro",
                "com.nordcloudapp.maestro",
                true,
                vec!["deployment.created", "deployment.completed"],
            ),
        ];
        assert_eq!(services, expected);
    }

    #[test]
    fn a_service_goes_by_several_names() {
        let partner = nordcloud();
        for (asked, expected, warnings) in [
            ("Maestro", "maestro", ""),
            ("provisioning", "maestro", ""),
            ("com.nordcloudapp.maestro", "maestro", ""),
            ("com.nordcloudapp.com.maestro", "maestro", "old spelling"),
            ("machine image toolkit", "machine-image-toolkit", ""),
            ("machine-image-toolkit", "machine-image-toolkit", ""),
            ("Image Factory", "machine-image-toolkit", "old name"),
            ("imagefactory", "machine-image-toolkit", "old name"),
            ("accelerator", "accelerator", "not integrated"),
            ("klarity", "accelerator", "not integrated"),
            ("Klarity Core", "accelerator", "old name; not integrated"),
            (
                "com.nordcloudapp.com.klarity",
                "accelerator",
                "old spelling; not integrated",
            ),
        ] {
            let found = partner.service(asked).unwrap();
            assert_eq!(found.service.key, expected, "{asked}");
            let expected: Vec<&str> = warnings.split("; ").filter(|w| !w.is_empty()).collect();
            assert_eq!(found.warnings.len(), expected.len(), "{asked}");
            for (warning, says) in found.warnings.iter().zip(expected) {
                assert!(warning.to_string().contains(says), "{warning}");
            }
        }
        assert_eq!(partner.service("billing"), None);
        assert_eq!(partner.suggest_service("mestro"), Some("maestro"));
        assert_eq!(partner.suggest_service("xyzzy"), None);
    }

    #[test]
    fn event_sources_are_told_apart() {
        let catalogue = Catalogue::builtin();
        for (key, source, expected) in [
            ("nordcloud", "com.nordcloudapp.klarity", EventSourceMatch::Known),
            (
                "nordcloud",
                "com.nordcloudapp.com.klarity",
                EventSourceMatch::OldSpelling("com.nordcloudapp.klarity"),
            ),
            ("nordcloud", "com.example.app", EventSourceMatch::Foreign),
            ("netskope", "netskopealert.dlp", EventSourceMatch::Known),
            ("netskope", "netskope", EventSourceMatch::Foreign),
            ("github", "github.audit.streaming", EventSourceMatch::Known),
            ("okta", "okta.system-log-events", EventSourceMatch::Known),
            ("crowdstrike", "crowdstrike", EventSourceMatch::Known),
            ("custom", "anything", EventSourceMatch::Known),
            ("snyk", "snyk", EventSourceMatch::NothingKnown),
        ] {
            let partner = catalogue.find(key).unwrap();
            assert_eq!(partner.event_source(source), expected, "{key} {source}");
        }
    }
}
