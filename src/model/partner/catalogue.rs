//! The list of partners, and finding one in it.

use super::Partner;

/// Below this a name is no likely misspelling of another.
const ALIKE: f64 = 0.8;

/// The partners, in the order of AWS's table, each known by one key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    pub(super) partners: Vec<Partner>,
}

/// What is wrong with a file of partners.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// It cannot be read as JSON.
    #[error("{origin}: not readable JSON: {message}")]
    Json {
        /// The file.
        origin: String,
        /// What is wrong, and where.
        message: String,
    },
    /// It is not the object it should be.
    #[error("{origin}: {message}")]
    Shape {
        /// The file.
        origin: String,
        /// What is wrong.
        message: String,
    },
    /// An entry is wrong.
    #[error("{origin}: partner {entry}: {message}")]
    Entry {
        /// The file.
        origin: String,
        /// The entry's key, or its place if it has none.
        entry: String,
        /// What is wrong.
        message: String,
    },
    /// A key of an entry is wrong.
    #[error("{origin}: partner {entry}, key \"{key}\": {message}")]
    Key {
        /// The file.
        origin: String,
        /// The entry's key, or its place if it has none.
        entry: String,
        /// The key within the entry.
        key: String,
        /// What is wrong.
        message: String,
    },
}

impl Catalogue {
    /// Every partner, `custom` among them.
    pub fn partners(&self) -> &[Partner] {
        &self.partners
    }

    /// The partner with this key or alias; capitals make no difference.
    pub fn find(&self, key: &str) -> Option<&Partner> {
        let is = |own: &String| own.eq_ignore_ascii_case(key);
        self.partners
            .iter()
            .find(|partner| is(&partner.key) || partner.aliases.iter().any(is))
    }

    /// The partner whose channels have this source.
    pub fn by_source(&self, source: &str) -> Option<&Partner> {
        self.partners
            .iter()
            .find(|partner| partner.sources.iter().any(|own| own == source))
    }

    /// The entry for in-house applications.
    pub fn custom(&self) -> Option<&Partner> {
        self.partners.iter().find(|partner| partner.is_custom())
    }

    /// The key that was probably meant.
    pub fn suggest(&self, key: &str) -> Option<&str> {
        let names = self.partners.iter().flat_map(|partner| {
            let others = partner.aliases.iter().chain(&partner.sources);
            let all = [&partner.key, &partner.name].into_iter().chain(others);
            all.map(|name| (name.as_str(), partner.key.as_str()))
        });
        closest(key, names)
    }
}

/// Of pairs of a name and what it stands for, what the name most like `given` stands for.
pub(super) fn closest<'a>(given: &str, names: impl Iterator<Item = (&'a str, &'a str)>) -> Option<&'a str> {
    let given = given.to_ascii_lowercase();
    let scored = names.map(|(name, key)| (strsim::jaro_winkler(&given, &name.to_ascii_lowercase()), key));
    scored
        .filter(|(score, _)| *score >= ALIKE)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, key)| key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::partner::{Issuer, PartnerKind};

    /// Reference §4.1, typed again: console name, source, whether direct.
    const TABLE: [(&str, &str, &str, bool); 16] = [
        ("custom", "My custom integration", "Custom", false),
        (
            "cloud-storage-security",
            "Cloud Storage Security",
            "CloudStorageSecurityConsole",
            false,
        ),
        ("clumio", "Clumio", "Clumio", true),
        ("crowdstrike", "CrowdStrike", "CrowdStrike", false),
        ("cyberark", "CyberArk", "CyberArk", false),
        ("github", "GitHub", "GitHub", false),
        ("kong", "Kong Inc", "KongGatewayEnterprise", false),
        ("launchdarkly", "LaunchDarkly", "LaunchDarkly", true),
        ("netskope", "Netskope", "NetskopeCloudExchange", false),
        ("nordcloud", "Nordcloud, an IBM Company", "IBMMulticloud", true),
        ("montycloud", "MontyCloud", "MontyCloud", true),
        ("okta", "Okta", "OktaSystemLogEvents", false),
        ("one-identity", "One Identity", "OneLogin", false),
        ("shoreline", "Shoreline.io", "Shoreline", false),
        ("snyk", "Snyk.io", "Snyk", true),
        ("wiz", "Wiz", "WizAuditLogs", false),
    ];

    #[test]
    fn the_table_of_aws_is_there_and_nothing_else() {
        let catalogue = Catalogue::builtin();
        assert_eq!(catalogue.partners().len(), TABLE.len());
        for (partner, (key, name, source, direct)) in catalogue.partners().iter().zip(TABLE) {
            assert_eq!(partner.key, key);
            assert_eq!(partner.name, name);
            assert_eq!(partner.sources[0], source);
            assert_eq!(partner.is_direct(), direct, "{key}");
            assert_eq!(catalogue.by_source(source), Some(partner));
        }
    }

    #[test]
    fn every_entry_says_what_it_rests_on() {
        for partner in Catalogue::builtin().partners() {
            let key = &partner.key;
            assert_eq!(partner.checked, "2026-11-20", "{key}");
            assert!(!partner.provenance.is_empty(), "{key}");
            assert!(!partner.docs.is_empty(), "{key}");
            assert!(!partner.accounts_where.is_empty(), "{key}");
            assert!(!partner.external_id.obtain.is_empty(), "{key}");
            assert!(!partner.handoff.give.is_empty(), "{key}");
            assert_eq!(partner.needs_external_id(), partner.kind == PartnerKind::Direct);
            let partners_own = partner.external_id.issuer == Issuer::Partner;
            assert_eq!(partners_own, partner.kind == PartnerKind::Direct, "{key}");
            // AWS publishes no account at all; one stands in a script of the vendor's (reference §4.1).
            assert_eq!(partner.accounts.is_empty(), key != "nordcloud", "{key}");
            assert!(partner.overrides.is_empty(), "{key}");
        }
    }

    #[test]
    fn a_partner_is_found_by_key_alias_and_source() {
        let catalogue = Catalogue::builtin();
        let key = |found: Option<&Partner>| found.map(|partner| partner.key.clone());
        for (asked, expected) in [
            ("nordcloud", Some("nordcloud")),
            ("NordCloud", Some("nordcloud")),
            ("ibm-multicloud", Some("nordcloud")),
            ("OneLogin", Some("one-identity")),
            ("custom", Some("custom")),
            ("IBMMulticloud", None),
            ("", None),
        ] {
            assert_eq!(key(catalogue.find(asked)).as_deref(), expected, "{asked}");
        }
        for (source, expected) in [
            ("IBMMulticloud", Some("nordcloud")),
            ("NordcloudKlarity", Some("nordcloud")),
            ("Custom", Some("custom")),
            ("custom", None),
        ] {
            assert_eq!(key(catalogue.by_source(source)).as_deref(), expected, "{source}");
        }
        assert!(catalogue.custom().unwrap().is_custom());
    }

    #[test]
    fn a_misspelt_key_is_recognised() {
        let catalogue = Catalogue::builtin();
        for (given, expected) in [
            ("nordclod", Some("nordcloud")),
            ("IBMMulticloud", Some("nordcloud")),
            ("crowdstirke", Some("crowdstrike")),
            ("octa", Some("okta")),
            ("WizAuditLog", Some("wiz")),
            ("onelogn", Some("one-identity")),
            ("xyzzy", None),
            ("", None),
        ] {
            assert_eq!(catalogue.suggest(given), expected, "{given}");
        }
    }
}
