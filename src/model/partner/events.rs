//! Which events are known: the event sources of partners and their services, with their event names.

use super::catalogue::{Catalogue, closest};
use super::{Partner, Service, ServiceWarning};

/// What stands at the end of an event source of which the rest is not known.
const REST: char = '*';

/// An event source that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownSource<'a> {
    /// Whose it is.
    pub partner: &'a Partner,
    /// The service, where the partner's events are told apart by services.
    pub service: Option<&'a Service>,
    /// The event source; `*` at its end stands for the rest.
    pub event_source: &'a str,
}

/// An event source that was asked for by one of its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceMatch<'a> {
    /// What is known about it.
    pub known: KnownSource<'a>,
    /// The event source; `*` at its end if the name left the rest open.
    pub event_source: String,
    /// It was called by an old spelling.
    pub old_spelling: bool,
}

impl<'a> KnownSource<'a> {
    /// The event names that are known.
    pub fn events(&self) -> &'a [String] {
        self.service.map_or(&[], |service| &service.events)
    }

    /// Where the event source is from.
    pub fn provenance(&self) -> &'a str {
        let key = if self.service.is_some() {
            "services"
        } else {
            "event_sources"
        };
        let fact = self.partner.facts.iter().find(|fact| fact.about == key);
        fact.map_or(&self.partner.provenance, |fact| &fact.provenance)
    }

    /// The event name that was probably meant.
    pub fn suggest_event(&self, name: &str) -> Option<&'a str> {
        closest(name, self.events().iter().map(|known| (known.as_str(), known.as_str())))
    }

    fn named(self, event_source: &str) -> SourceMatch<'a> {
        SourceMatch {
            known: self,
            event_source: event_source.to_owned(),
            old_spelling: false,
        }
    }

    /// Whether the event source is this one, or one of those that a `*` stands for.
    fn is(&self, source: &str) -> bool {
        match self.event_source.strip_suffix(REST) {
            Some(start) => source.len() > start.len() && source.starts_with(start),
            None => source == self.event_source,
        }
    }
}

impl<'a> From<KnownSource<'a>> for SourceMatch<'a> {
    fn from(known: KnownSource<'a>) -> Self {
        known.named(known.event_source)
    }
}

impl SourceMatch<'_> {
    /// Whether the whole event source is known.
    pub fn is_whole(&self) -> bool {
        !self.event_source.ends_with(REST)
    }
}

impl Catalogue {
    /// Every event source that is known, in the order of the partners.
    pub fn event_sources(&self) -> impl Iterator<Item = KnownSource<'_>> {
        // That a custom application may have any is no knowledge.
        let partners = self.partners().iter().filter(|partner| !partner.is_custom());
        partners.flat_map(|partner| {
            let own = partner.event_sources.iter().map(|source| (None, source));
            let services = partner.services.iter();
            own.chain(services.map(|service| (Some(service), &service.event_source)))
                .map(move |(service, event_source)| KnownSource {
                    partner,
                    service,
                    event_source,
                })
        })
    }

    /// The event sources that go by this name: the source itself, a name of the service, or the key of
    /// the partner.
    pub fn event_sources_named(&self, name: &str) -> Vec<SourceMatch<'_>> {
        if let Some(known) = self.event_sources().find(|known| known.is(name)) {
            return vec![known.named(name)];
        }
        if let Some(found) = self.partners().iter().find_map(|partner| service(partner, name)) {
            return vec![found];
        }
        let Some(partner) = self.find(name) else {
            return Vec::new();
        };
        let of_partner = self.event_sources().filter(|known| known.partner.key == partner.key);
        of_partner.map(SourceMatch::from).collect()
    }

    /// The event source, or the service's or partner's key, that was probably meant.
    pub fn suggest_event_source(&self, name: &str) -> Option<&str> {
        let names = self.event_sources().flat_map(|known| {
            let last = known.event_source.rsplit('.').next().unwrap_or_default();
            let source = [(known.event_source, known.event_source), (last, known.event_source)];
            let partner = (known.partner.key.as_str(), known.partner.key.as_str());
            let service = known
                .service
                .map(|service| (service.key.as_str(), service.event_source.as_str()));
            source.into_iter().chain([partner]).chain(service)
        });
        closest(name, names)
    }
}

fn service<'a>(partner: &'a Partner, name: &str) -> Option<SourceMatch<'a>> {
    let found = partner.service(name)?;
    let old = |warning: &ServiceWarning| matches!(warning, ServiceWarning::OldEventSource { .. });
    Some(SourceMatch {
        known: KnownSource {
            partner,
            service: Some(found.service),
            event_source: &found.service.event_source,
        },
        event_source: found.service.event_source.clone(),
        old_spelling: found.warnings.iter().any(old),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_source_of_the_reference_is_known() {
        // Reference §4.2, typed again.
        let catalogue = Catalogue::builtin();
        let sources: Vec<&str> = catalogue.event_sources().map(|known| known.event_source).collect();
        assert_eq!(
            sources,
            [
                "crowdstrike",
                "github.audit.streaming",
                "netskopealert.*",
                "netskopeevent.*",
                "com.nordcloudapp.klarity",
                "com.nordcloudapp.autobackup",
                "com.nordcloudapp.autopatcher",
                "com.nordcloudapp.imagefactory",
                "com.nordcloudapp.maestro",
                "okta.system-log-events"
            ]
        );
        for known in catalogue.event_sources() {
            assert!(!known.provenance().is_empty() && !known.partner.checked.is_empty());
        }
    }

    #[test]
    fn an_event_source_goes_by_several_names() {
        let catalogue = Catalogue::builtin();
        for (name, expected) in [
            ("imagefactory", vec!["com.nordcloudapp.imagefactory"]),
            ("com.nordcloudapp.imagefactory", vec!["com.nordcloudapp.imagefactory"]),
            ("Machine Image Toolkit", vec!["com.nordcloudapp.imagefactory"]),
            ("com.nordcloudapp.com.klarity", vec!["com.nordcloudapp.klarity"]),
            ("okta", vec!["okta.system-log-events"]),
            ("netskopealert.dlp", vec!["netskopealert.dlp"]),
            ("netskopealert.", vec![]),
            ("netskope", vec!["netskopealert.*", "netskopeevent.*"]),
            ("custom", vec![]),
            ("my-app", vec![]),
        ] {
            let found = catalogue.event_sources_named(name);
            let sources: Vec<&str> = found.iter().map(|found| found.event_source.as_str()).collect();
            assert_eq!(sources, expected, "{name}");
            assert!(found.iter().all(|found| found.is_whole() == (name != "netskope")));
            assert_eq!(
                found.iter().any(|found| found.old_spelling),
                name == "com.nordcloudapp.com.klarity"
            );
        }
        assert_eq!(
            catalogue.suggest_event_source("imagefactry"),
            Some("com.nordcloudapp.imagefactory")
        );
        assert_eq!(catalogue.suggest_event_source("xyzzy"), None);
    }
}
