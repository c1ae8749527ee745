//! Reading a file of partners: the one that is compiled in, and those of operators.
//!
//! Every entry is a set of changes to what is known under its key. It is read key by key, so that an
//! error can name both.

use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::catalogue::{Catalogue, CatalogueError, closest};
use super::{ExternalIdRule, Fact, Handoff, Issuer, Need, Override, Partner, PartnerKind, Service};
use crate::model::json;
use crate::model::names::AccountId;

/// What is compiled in: reference §4.1 and §4.2.
const BUILTIN: &str = include_str!("partners.json");

/// What `schema` says, where it is given.
const SCHEMA: &str = "ctl.catalogue/v1";

/// The keys of an entry besides `key`.
const KEYS: [&str; 16] = [
    "aliases",
    "name",
    "kind",
    "sources",
    "accounts",
    "accounts_where",
    "external_id",
    "handoff",
    "event_sources",
    "services",
    "docs",
    "notes",
    "checked",
    "provenance",
    "facts",
    "key",
];

/// The longest `Source` (reference §1.6).
const MAX_SOURCE: usize = 256;
/// The longest key, so that the names made from it stay within the service's 128 characters.
const MAX_KEY: usize = 64;

impl Catalogue {
    /// What is compiled in. A test reads it, so it is never the empty one.
    pub fn builtin() -> Self {
        merge(Self::default(), BUILTIN, None).unwrap_or_default()
    }

    /// The same catalogue, corrected by a file: an entry with a known key changes what it names, one
    /// with a new key is added.
    pub fn with_file(self, text: &str, origin: &str) -> Result<Self, CatalogueError> {
        merge(self, text, Some(origin))
    }
}

/// What an entry says.
#[derive(Default)]
struct Patch {
    aliases: Option<Vec<String>>,
    name: Option<String>,
    kind: Option<PartnerKind>,
    sources: Option<Vec<String>>,
    accounts: Option<Vec<AccountId>>,
    accounts_where: Option<String>,
    external_id: Option<ExternalIdRule>,
    handoff: Option<Handoff>,
    event_sources: Option<Vec<String>>,
    services: Option<Vec<Service>>,
    docs: Option<Vec<String>>,
    notes: Option<Vec<String>>,
    checked: Option<String>,
    provenance: Option<String>,
    facts: Option<Vec<Fact>>,
}

/// `catalogue` with the entries of a file; `origin` is the file, none for what is compiled in.
fn merge(mut catalogue: Catalogue, text: &str, origin: Option<&str>) -> Result<Catalogue, CatalogueError> {
    let file = origin.unwrap_or("the built-in catalogue");
    let mut seen = Vec::new();
    for (at, entry) in entries(text, file)?.into_iter().enumerate() {
        let Value::Object(mut members) = entry else {
            return Err(CatalogueError::Shape {
                origin: file.to_owned(),
                message: format!("entry {} of \"partners\" is not an object", at.saturating_add(1)),
            });
        };
        let key = take_key(&mut members).map_err(|message| CatalogueError::Entry {
            origin: file.to_owned(),
            entry: at.saturating_add(1).to_string(),
            message,
        })?;
        if seen.contains(&key) {
            return Err(entry_error(file, &key, "it is there twice"));
        }
        let partner = read_entry(&catalogue, file, origin, &key, members)?;
        match catalogue.partners.iter_mut().find(|known| known.key == key) {
            Some(known) => *known = partner,
            None => catalogue.partners.push(partner),
        }
        seen.push(key);
    }
    for key in &seen {
        check_unique(&catalogue, file, key)?;
    }
    Ok(catalogue)
}

fn entries(text: &str, file: &str) -> Result<Vec<Value>, CatalogueError> {
    let shape = |message: &str| CatalogueError::Shape {
        origin: file.to_owned(),
        message: message.to_owned(),
    };
    let document = json::read(text).map_err(|error| CatalogueError::Json {
        origin: file.to_owned(),
        message: error.to_string(),
    })?;
    let Value::Object(mut document) = document else {
        return Err(shape("not a JSON object with \"partners\""));
    };
    if document.remove("schema").is_some_and(|schema| schema != SCHEMA) {
        return Err(shape(&format!("\"schema\" is not \"{SCHEMA}\"")));
    }
    let Some(Value::Array(entries)) = document.remove("partners") else {
        return Err(shape("\"partners\" is missing or not an array"));
    };
    match document.keys().next() {
        Some(other) => Err(shape(&format!("unknown key \"{other}\""))),
        None => Ok(entries),
    }
}

fn take_key(members: &mut Map<String, Value>) -> Result<String, String> {
    match members.remove("key") {
        Some(Value::String(key)) => check_key(&key).map(|()| key),
        Some(_) => Err("\"key\" is not a string".to_owned()),
        None => Err("\"key\" is missing".to_owned()),
    }
}

fn check_key(key: &str) -> Result<(), String> {
    let parts_fit = key
        .split('-')
        .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
    if parts_fit && key.len() <= MAX_KEY {
        Ok(())
    } else {
        Err(format!(
            "\"{key}\" is no key: that is up to {MAX_KEY} lower-case letters and digits, with single hyphens between"
        ))
    }
}

fn entry_error(file: &str, entry: &str, message: impl Into<String>) -> CatalogueError {
    CatalogueError::Entry {
        origin: file.to_owned(),
        entry: entry.to_owned(),
        message: message.into(),
    }
}

fn read_entry(
    catalogue: &Catalogue,
    file: &str,
    origin: Option<&str>,
    key: &str,
    members: Map<String, Value>,
) -> Result<Partner, CatalogueError> {
    let mut patch = Patch::default();
    let mut keys = Vec::new();
    for (name, value) in members {
        patch.set(&name, value).map_err(|message| CatalogueError::Key {
            origin: file.to_owned(),
            entry: key.to_owned(),
            key: name.clone(),
            message,
        })?;
        keys.push(name);
    }
    let known = catalogue.partners.iter().find(|partner| partner.key == key);
    let mut partner = match known {
        Some(known) => known.clone(),
        None => blank(key, file, &mut patch).map_err(|message| entry_error(file, key, message))?,
    };
    patch.apply(&mut partner);
    if let Some(file) = origin {
        partner.overrides.push(Override {
            file: file.to_owned(),
            keys,
        });
    }
    Ok(partner)
}

/// A new entry has to say who it is and what its channel's source is; the rest has defaults.
fn blank(key: &str, file: &str, patch: &mut Patch) -> Result<Partner, String> {
    let missing = |what: &str| format!("it is new, and \"{what}\" is missing");
    let name = patch.name.take().ok_or_else(|| missing("name"))?;
    let kind = patch.kind.take().ok_or_else(|| missing("kind"))?;
    let sources = patch.sources.take().ok_or_else(|| missing("sources"))?;
    let (rule, issuer) = match kind {
        PartnerKind::Direct => (Need::Required, Issuer::Partner),
        PartnerKind::Solution => (Need::Optional, Issuer::You),
    };
    Ok(Partner {
        key: key.to_owned(),
        aliases: Vec::new(),
        kind,
        sources,
        accounts: Vec::new(),
        accounts_where: format!("Ask {name}."),
        external_id: ExternalIdRule {
            rule,
            issuer,
            obtain: format!("Ask {name}."),
        },
        handoff: Handoff {
            to: name.clone(),
            give: vec![
                super::HandoffItem::ChannelArn,
                super::HandoffItem::Account,
                super::HandoffItem::Region,
            ],
            note: None,
        },
        name,
        event_sources: Vec::new(),
        services: Vec::new(),
        docs: Vec::new(),
        notes: Vec::new(),
        checked: String::new(),
        provenance: file.to_owned(),
        facts: Vec::new(),
        overrides: Vec::new(),
        channel_name: format!("{key}-integration")
            .parse()
            .map_err(|error: crate::model::NameError| error.to_string())?,
        store_name: format!("{key}-events-ds")
            .parse()
            .map_err(|error: crate::model::NameError| error.to_string())?,
    })
}

impl Patch {
    fn set(&mut self, name: &str, value: Value) -> Result<(), String> {
        match name {
            "aliases" => self.aliases = Some(checked(value, check_key)?),
            "name" => self.name = Some(text(value)?),
            "kind" => self.kind = Some(typed(value)?),
            "sources" => self.sources = Some(sources(value)?),
            "accounts" => self.accounts = Some(accounts(value)?),
            "accounts_where" => self.accounts_where = Some(text(value)?),
            "external_id" => self.external_id = Some(typed(value)?),
            "handoff" => self.handoff = Some(typed(value)?),
            "event_sources" => self.event_sources = Some(checked(value, check_pattern)?),
            "services" => self.services = Some(services(value)?),
            "docs" => self.docs = Some(checked(value, check_link)?),
            "notes" => self.notes = Some(typed(value)?),
            "checked" => self.checked = Some(date(value)?),
            "provenance" => self.provenance = Some(text(value)?),
            "facts" => self.facts = Some(facts(value)?),
            other => {
                return Err(match closest(other, KEYS.iter().map(|key| (*key, *key))) {
                    Some(meant) => format!("unknown; did you mean \"{meant}\"?"),
                    None => "unknown".to_owned(),
                });
            }
        }
        Ok(())
    }

    fn apply(self, partner: &mut Partner) {
        fn put<T>(place: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *place = value;
            }
        }
        put(&mut partner.aliases, self.aliases);
        put(&mut partner.name, self.name);
        put(&mut partner.kind, self.kind);
        put(&mut partner.sources, self.sources);
        put(&mut partner.accounts, self.accounts);
        put(&mut partner.accounts_where, self.accounts_where);
        put(&mut partner.external_id, self.external_id);
        put(&mut partner.handoff, self.handoff);
        put(&mut partner.event_sources, self.event_sources);
        put(&mut partner.services, self.services);
        put(&mut partner.docs, self.docs);
        put(&mut partner.notes, self.notes);
        put(&mut partner.checked, self.checked);
        put(&mut partner.provenance, self.provenance);
        put(&mut partner.facts, self.facts);
    }
}

fn typed<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_json::from_value(value).map_err(|error| error.to_string())
}

fn text(value: Value) -> Result<String, String> {
    let text: String = typed(value)?;
    if text.trim().is_empty() {
        return Err("it is empty".to_owned());
    }
    Ok(text)
}

fn checked(value: Value, check: fn(&str) -> Result<(), String>) -> Result<Vec<String>, String> {
    let items: Vec<String> = typed(value)?;
    for item in &items {
        check(item)?;
    }
    Ok(items)
}

fn sources(value: Value) -> Result<Vec<String>, String> {
    let sources = checked(value, |source| match source.chars().count() {
        1..=MAX_SOURCE => Ok(()),
        length => Err(format!(
            "a source has {length} characters, and 1 to {MAX_SOURCE} are allowed"
        )),
    })?;
    match sources.iter().enumerate().find(|(at, source)| {
        let mut before = sources.iter().take(*at);
        before.any(|other| other == *source)
    }) {
        Some((_, twice)) => Err(format!("{twice} is there twice")),
        None if sources.is_empty() => Err("at least one is needed".to_owned()),
        None => Ok(sources),
    }
}

fn accounts(value: Value) -> Result<Vec<AccountId>, String> {
    let items: Vec<String> = typed(value)?;
    let parsed = items.iter().map(|item| item.parse::<AccountId>());
    parsed.collect::<Result<_, _>>().map_err(|error| error.to_string())
}

fn services(value: Value) -> Result<Vec<Service>, String> {
    let services: Vec<Service> = typed(value)?;
    for (at, service) in services.iter().enumerate() {
        check_key(&service.key)?;
        if service.event_source.is_empty() {
            return Err(format!("service {}: the event source is empty", service.key));
        }
        let before = services.iter().take(at);
        for other in before {
            if other.key == service.key || other.event_source == service.event_source {
                return Err(format!("service {} is there twice", service.key));
            }
        }
    }
    Ok(services)
}

fn facts(value: Value) -> Result<Vec<Fact>, String> {
    let facts: Vec<Fact> = typed(value)?;
    match facts.iter().find(|fact| !KEYS.contains(&fact.about.as_str())) {
        Some(fact) => Err(format!("\"{}\" is not a key of an entry", fact.about)),
        None => Ok(facts),
    }
}

fn check_pattern(pattern: &str) -> Result<(), String> {
    let start = pattern.strip_suffix('*').unwrap_or(pattern);
    if pattern.is_empty() || start.contains('*') {
        return Err(format!(
            "\"{pattern}\" is no event source: \"*\" may stand at its end only"
        ));
    }
    Ok(())
}

fn check_link(link: &str) -> Result<(), String> {
    if link.starts_with("https://") {
        Ok(())
    } else {
        Err(format!("\"{link}\" does not begin with https://"))
    }
}

fn date(value: Value) -> Result<String, String> {
    let text: String = typed(value)?;
    let date: Date = text
        .parse()
        .map_err(|_| format!("\"{text}\" is not a date: write YYYY-MM-DD"))?;
    Ok(date.to_string())
}

/// A key, an alias or a source leads to one partner.
fn check_unique(catalogue: &Catalogue, file: &str, key: &str) -> Result<(), CatalogueError> {
    let Some(partner) = catalogue.partners.iter().find(|partner| partner.key == key) else {
        return Ok(());
    };
    for other in catalogue.partners.iter().filter(|other| other.key != key) {
        let taken = |alias: &&String| **alias == other.key || other.aliases.contains(alias);
        let own = || std::iter::once(&partner.key).chain(&partner.aliases);
        if let Some(name) = own().find(taken) {
            let message = format!("\"{name}\" belongs to {} already", other.key);
            return Err(entry_error(file, key, message));
        }
        if let Some(source) = partner.sources.iter().find(|source| other.sources.contains(source)) {
            let message = format!("the source {source} belongs to {} already", other.key);
            return Err(entry_error(file, key, message));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "partners.json";

    fn parse(text: &str) -> Result<Catalogue, CatalogueError> {
        Catalogue::builtin().with_file(text, FILE)
    }

    fn error(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn a_known_entry_changes_in_what_the_file_names_only() {
        let builtin = Catalogue::builtin();
        let changed = parse(r#"{"partners":[{"key":"clumio","accounts":["444455556666"]}]}"#).unwrap();
        let before = builtin.find("clumio").unwrap();
        let after = changed.find("clumio").unwrap();
        assert_eq!(
            after.principals(),
            ["444455556666".parse::<crate::model::Principal>().unwrap()]
        );
        assert_eq!(
            after.overrides,
            [Override {
                file: FILE.to_owned(),
                keys: vec!["accounts".to_owned()]
            }]
        );
        let mut back = after.clone();
        back.accounts.clear();
        back.overrides.clear();
        assert_eq!(&back, before);
        for partner in builtin.partners().iter().filter(|p| p.key != "clumio") {
            assert_eq!(changed.find(&partner.key), Some(partner));
        }
    }

    #[test]
    fn a_new_entry_has_defaults_by_its_kind() {
        let catalogue = parse(
            r#"{"schema":"ctl.catalogue/v1","partners":[
                {"key":"acme","name":"Acme","kind":"direct","sources":["AcmeAudit"],"aliases":["acme-corp"]}]}"#,
        )
        .unwrap();
        let acme = catalogue.find("ACME-corp").unwrap();
        assert_eq!(catalogue.by_source("AcmeAudit"), Some(acme));
        assert!(acme.is_direct() && acme.needs_external_id());
        assert_eq!(acme.default_channel_name().as_str(), "acme-integration");
        assert_eq!(acme.default_store_name().as_str(), "acme-events-ds");
        assert_eq!(acme.provenance, FILE);
        assert_eq!(catalogue.partners().len(), 17);
    }

    #[test]
    fn files_can_be_laid_over_each_other() {
        let twice = parse(r#"{"partners":[{"key":"snyk","accounts":["111122223333"]}]}"#)
            .unwrap()
            .with_file(r#"{"partners":[{"key":"snyk","accounts":["444455556666"]}]}"#, "two")
            .unwrap();
        let snyk = twice.find("snyk").unwrap();
        assert_eq!(snyk.accounts[0].as_str(), "444455556666");
        let files: Vec<&str> = snyk.overrides.iter().map(|o| o.file.as_str()).collect();
        assert_eq!(files, [FILE, "two"]);
    }

    #[test]
    fn a_wrong_file_is_refused_with_its_name() {
        for (text, says) in [
            ("", "partners.json: not readable JSON"),
            (r#"{"partners":[],"partners":[]}"#, "occurs twice"),
            ("[]", "partners.json: not a JSON object with \"partners\""),
            ("{}", "\"partners\" is missing"),
            (r#"{"partners":{}}"#, "\"partners\" is missing or not an array"),
            (r#"{"partners":[],"x":1}"#, "unknown key \"x\""),
            (r#"{"schema":"ctl.catalogue/v2","partners":[]}"#, "\"schema\" is not"),
            (r#"{"partners":[1]}"#, "entry 1 of \"partners\" is not an object"),
        ] {
            assert!(error(text).contains(says), "{text}: {}", error(text));
        }
    }

    #[test]
    fn a_wrong_entry_is_refused_with_its_key() {
        for (entry, says) in [
            (r"{}", "partner 1: \"key\" is missing"),
            (r#"{"key":7}"#, "partner 1: \"key\" is not a string"),
            (r#"{"key":"Acme"}"#, "\"Acme\" is no key"),
            (r#"{"key":"a--b"}"#, "\"a--b\" is no key"),
            (r#"{"key":"acme"}"#, "partner acme: it is new, and \"name\" is missing"),
            (
                r#"{"key":"acme","name":"Acme","kind":"direct"}"#,
                "partner acme: it is new, and \"sources\" is missing",
            ),
            (
                r#"{"key":"acme","name":"A","kind":"direct","sources":["Clumio"]}"#,
                "partner acme: the source Clumio belongs to clumio already",
            ),
            (
                r#"{"key":"onelogin","name":"A","kind":"direct","sources":["A"]}"#,
                "partner onelogin: \"onelogin\" belongs to one-identity already",
            ),
            (
                r#"{"key":"wiz","aliases":["okta"]}"#,
                "partner wiz: \"okta\" belongs to okta already",
            ),
            (r#"{"key":"wiz"},{"key":"wiz"}"#, "partner wiz: it is there twice"),
        ] {
            let error = error(&format!(r#"{{"partners":[{entry}]}}"#));
            assert!(error.contains(says), "{entry}: {error}");
        }
    }

    #[test]
    fn a_wrong_value_is_refused_with_entry_and_key() {
        for (key, value, says) in [
            ("acounts", "[]", "unknown; did you mean \"accounts\"?"),
            ("zzz", "1", "unknown"),
            ("name", "1", "expected a string"),
            ("name", "\" \"", "it is empty"),
            ("kind", "\"both\"", "unknown variant `both`"),
            ("sources", "[]", "at least one is needed"),
            ("sources", "[\"\"]", "a source has 0 characters"),
            ("sources", "[\"W\",\"W\"]", "W is there twice"),
            ("accounts", "[\"1234\"]", "\"1234\" is not an account ID"),
            ("accounts", "[123412341234]", "expected a string"),
            ("external_id", r#"{"rule":"required"}"#, "missing field `issuer`"),
            (
                "external_id",
                r#"{"rule":"required","issuer":"you","where":"x","extra":1}"#,
                "unknown field `extra`",
            ),
            ("handoff", r#"{"to":"x","give":["money"]}"#, "unknown variant `money`"),
            ("event_sources", r#"["a*b"]"#, "may stand at its end only"),
            ("docs", r#"["http://x"]"#, "does not begin with https://"),
            ("checked", "\"2026-13-01\"", "is not a date"),
            (
                "facts",
                r#"[{"about":"weather","note":"x","provenance":"y"}]"#,
                "\"weather\" is not a key of an entry",
            ),
            (
                "services",
                r#"[{"key":"a","name":"A","event_source":"","integrated":true}]"#,
                "the event source is empty",
            ),
        ] {
            let error = error(&format!(r#"{{"partners":[{{"key":"wiz","{key}":{value}}}]}}"#));
            let expected = format!("partners.json: partner wiz, key \"{key}\": ");
            assert!(error.starts_with(&expected) && error.contains(says), "{error}");
        }
    }
}
