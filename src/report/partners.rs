//! What `partners list` and `partners show` say: the catalogue, with its dates and where it is from.

use serde::Serialize;
use serde_json::Value;

use super::{Block, Reader, Report, v1};
use crate::model::names::AccountId;
use crate::model::partner::{Fact, HandoffItem, Issuer, Override, Partner, PartnerKind, Service};

/// The partners of the catalogue.
pub struct Partners<'a> {
    /// Whether the run is one on the sandbox; the catalogue is the same.
    pub sandbox: bool,
    /// The partners, `custom` among them.
    pub partners: &'a [Partner],
    /// The file that was laid over the catalogue, if one was.
    pub file: Option<&'a str>,
}

/// One partner, with everything that is known about it.
pub struct OnePartner<'a> {
    /// Whether the run is one on the sandbox; the catalogue is the same.
    pub sandbox: bool,
    /// The partner.
    pub partner: &'a Partner,
    /// The file that was laid over the catalogue, if one was.
    pub file: Option<&'a str>,
}

#[derive(Serialize)]
struct ListDocument<'a> {
    schema: &'static str,
    sandbox: bool,
    partners: Vec<JsonSummary<'a>>,
    partners_file: Option<&'a str>,
}

#[derive(Serialize)]
struct Line<'a> {
    schema: &'static str,
    sandbox: bool,
    partner: JsonSummary<'a>,
    partners_file: Option<&'a str>,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    sandbox: bool,
    partner: JsonPartner<'a>,
    partners_file: Option<&'a str>,
}

/// What `list` says of each; `show` says the same and more.
#[derive(Serialize)]
struct JsonSummary<'a> {
    key: &'a str,
    aliases: &'a [String],
    name: &'a str,
    kind: &'static str,
    sources: &'a [String],
    accounts: Vec<&'a str>,
    external_id: JsonExternalId<'a>,
    checked: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonPartner<'a> {
    #[serde(flatten)]
    summary: JsonSummary<'a>,
    accounts_where: &'a str,
    channel_name: &'a str,
    event_data_store_name: &'a str,
    handoff: JsonHandoff<'a>,
    event_sources: &'a [String],
    services: Vec<JsonService<'a>>,
    docs: &'a [String],
    notes: &'a [String],
    provenance: &'a str,
    facts: Vec<JsonFact<'a>>,
    overrides: Vec<JsonOverride<'a>>,
}

#[derive(Serialize)]
struct JsonExternalId<'a> {
    rule: &'static str,
    issuer: &'static str,
    r#where: &'a str,
}

#[derive(Serialize)]
struct JsonHandoff<'a> {
    to: &'a str,
    give: Vec<&'static str>,
    note: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonService<'a> {
    key: &'a str,
    name: &'a str,
    also_called: &'a [String],
    old_names: &'a [String],
    event_source: &'a str,
    event_source_aliases: &'a [String],
    integrated: bool,
    events: &'a [String],
}

#[derive(Serialize)]
struct JsonFact<'a> {
    about: &'a str,
    note: &'a str,
    provenance: &'a str,
}

#[derive(Serialize)]
struct JsonOverride<'a> {
    file: &'a str,
    keys: &'a [String],
}

impl<'a> From<&'a Partner> for JsonSummary<'a> {
    fn from(partner: &'a Partner) -> Self {
        Self {
            key: &partner.key,
            aliases: &partner.aliases,
            name: &partner.name,
            kind: partner.kind.as_str(),
            sources: &partner.sources,
            accounts: partner.accounts.iter().map(AccountId::as_str).collect(),
            external_id: JsonExternalId {
                rule: partner.external_id.rule.as_str(),
                issuer: partner.external_id.issuer.as_str(),
                r#where: &partner.external_id.obtain,
            },
            checked: Some(partner.checked.as_str()).filter(|date| !date.is_empty()),
        }
    }
}

impl<'a> From<&'a Partner> for JsonPartner<'a> {
    fn from(partner: &'a Partner) -> Self {
        Self {
            summary: partner.into(),
            accounts_where: &partner.accounts_where,
            channel_name: partner.default_channel_name().as_str(),
            event_data_store_name: partner.default_store_name().as_str(),
            handoff: JsonHandoff {
                to: &partner.handoff.to,
                give: partner.handoff.give.iter().map(|item| item.as_str()).collect(),
                note: partner.handoff.note.as_deref(),
            },
            event_sources: &partner.event_sources,
            services: partner.services.iter().map(JsonService::from).collect(),
            docs: &partner.docs,
            notes: &partner.notes,
            provenance: &partner.provenance,
            facts: partner.facts.iter().map(JsonFact::from).collect(),
            overrides: partner.overrides.iter().map(JsonOverride::from).collect(),
        }
    }
}

impl<'a> From<&'a Service> for JsonService<'a> {
    fn from(service: &'a Service) -> Self {
        Self {
            key: &service.key,
            name: &service.name,
            also_called: &service.also_called,
            old_names: &service.old_names,
            event_source: &service.event_source,
            event_source_aliases: &service.event_source_aliases,
            integrated: service.integrated,
            events: &service.events,
        }
    }
}

impl<'a> From<&'a Fact> for JsonFact<'a> {
    fn from(fact: &'a Fact) -> Self {
        Self {
            about: &fact.about,
            note: &fact.note,
            provenance: &fact.provenance,
        }
    }
}

impl<'a> From<&'a Override> for JsonOverride<'a> {
    fn from(changed: &'a Override) -> Self {
        Self {
            file: &changed.file,
            keys: &changed.keys,
        }
    }
}

impl Report for Partners<'_> {
    fn json(&self) -> Value {
        v1::json(&ListDocument {
            schema: "ctl.partners/v1",
            sandbox: self.sandbox,
            partners: self.partners.iter().map(JsonSummary::from).collect(),
            partners_file: self.file,
        })
    }

    fn ndjson(&self) -> Vec<Value> {
        let line = |partner| {
            v1::json(&Line {
                schema: "ctl.partners/v1",
                sandbox: self.sandbox,
                partner: JsonSummary::from(partner),
                partners_file: self.file,
            })
        };
        self.partners.iter().map(line).collect()
    }

    fn text(&self, reader: Reader) -> Vec<Block> {
        let mut dates = self.partners.iter().map(|partner| partner.checked.as_str());
        let first = dates.next().unwrap_or_default();
        // A person does not need the same date in every row.
        let one_date = reader.terminal && dates.all(|date| date == first);
        let row = |partner: &Partner| {
            let mut row = vec![
                partner.key.clone(),
                partner.name.clone(),
                partner.kind.as_str().to_owned(),
                partner.sources.join(", "),
                partner.external_id.rule.as_str().to_owned(),
                account(partner),
            ];
            if !one_date {
                row.push(partner.checked.clone());
            }
            row
        };
        let mut headings = vec!["key", "name", "kind", "source", "external id", "account"];
        if !one_date {
            headings.push("checked");
        }
        let rows = self.partners.iter().map(row).collect();
        let mut blocks = vec![Block::Table { headings, rows }];
        if one_date {
            blocks.push(Block::Gap);
            blocks.push(Block::Text(format!(
                "All were checked on {first}; ctl partners show KEY says where each is from."
            )));
        }
        blocks
    }
}

impl Report for OnePartner<'_> {
    fn json(&self) -> Value {
        v1::json(&Document {
            schema: "ctl.partner/v1",
            sandbox: self.sandbox,
            partner: self.partner.into(),
            partners_file: self.file,
        })
    }

    fn text(&self, _reader: Reader) -> Vec<Block> {
        let partner = self.partner;
        let mut fields = identity(partner);
        fields.extend(access(partner));
        fields.extend(defaults_and_handoff(partner));
        fields.extend(several("Event source", &partner.event_sources));
        fields.extend(partner.services.iter().flat_map(service));
        fields.extend(origin(partner));
        vec![Block::Fields(fields)]
    }
}

type Fields = Vec<(String, String)>;

fn field(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}

fn several<'a>(name: &'a str, values: &'a [String]) -> impl Iterator<Item = (String, String)> + use<'a> {
    values.iter().map(move |value| field(name, value))
}

/// The account that is let in, as far as it is known.
fn account(partner: &Partner) -> String {
    let known: Vec<&str> = partner.accounts.iter().map(AccountId::as_str).collect();
    match (known.as_slice(), partner.kind) {
        ([], PartnerKind::Direct) => "not published".to_owned(),
        ([], PartnerKind::Solution) => "yours".to_owned(),
        (known, _) => known.join(", "),
    }
}

fn identity(partner: &Partner) -> Fields {
    let kind = match partner.kind {
        PartnerKind::Direct => "direct: the partner itself calls PutAuditEvents, from its own account",
        PartnerKind::Solution => "solution: an application in your account calls PutAuditEvents",
    };
    let mut fields = vec![field("Key", &partner.key)];
    fields.extend(several("Also called", &partner.aliases));
    fields.push(field("Name", &partner.name));
    fields.push(field("Kind", kind));
    fields.extend(partner.sources.iter().enumerate().map(|(at, source)| {
        let rank = if at == 0 {
            ""
        } else {
            " (if the service refuses the one before)"
        };
        field("Source", format!("{source}{rank}"))
    }));
    fields
}

fn access(partner: &Partner) -> Fields {
    let issuer = match partner.external_id.issuer {
        Issuer::Partner => "issued by the partner",
        Issuer::You => "chosen by you",
    };
    vec![
        field("Account", account(partner)),
        field("Account from", &partner.accounts_where),
        field(
            "External ID",
            format!("{}, {issuer}", partner.external_id.rule.as_str()),
        ),
        field("External ID from", &partner.external_id.obtain),
    ]
}

fn defaults_and_handoff(partner: &Partner) -> Fields {
    let give: Vec<&str> = partner.handoff.give.iter().copied().map(HandoffItem::noun).collect();
    let mut fields = Fields::new();
    if !partner.is_custom() {
        fields.push(field("Channel", partner.default_channel_name().as_str()));
        fields.push(field("Event data store", partner.default_store_name().as_str()));
    }
    fields.push(field("Hand over", give.join(", ")));
    fields.push(field("To", &partner.handoff.to));
    fields.extend(partner.handoff.note.as_ref().map(|note| field("Mind", note)));
    fields
}

/// A service, with what it goes by and what it sends.
fn service(service: &Service) -> Fields {
    let integrated = if service.integrated {
        ""
    } else {
        " (not integrated by the partner yet)"
    };
    let mut fields = vec![
        field("Service", format!("{}{integrated}", service.name)),
        field("  event source", &service.event_source),
    ];
    let old: Vec<String> = service
        .old_names
        .iter()
        .chain(&service.event_source_aliases)
        .cloned()
        .collect();
    for (name, values) in [
        ("  also called", &service.also_called),
        ("  old names", &old),
        ("  events", &service.events),
    ] {
        if !values.is_empty() {
            fields.push(field(name, values.join(", ")));
        }
    }
    fields
}

fn origin(partner: &Partner) -> Fields {
    let mut fields = Fields::new();
    fields.extend(several("Note", &partner.notes));
    fields.extend(several("Documentation", &partner.docs));
    let checked = if partner.checked.is_empty() {
        "never"
    } else {
        &partner.checked
    };
    fields.push(field("Checked", checked));
    fields.push(field("From", &partner.provenance));
    let fact = |fact: &Fact| {
        field(
            "Fact",
            format!("{}: {} From: {}", fact.about, fact.note, fact.provenance),
        )
    };
    fields.extend(partner.facts.iter().map(fact));
    let changed = |by: &Override| field("Changed by", format!("{} ({})", by.file, by.keys.join(", ")));
    fields.extend(partner.overrides.iter().map(changed));
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Catalogue;

    fn reader(terminal: bool) -> Reader {
        Reader {
            terminal,
            now: "2026-11-20T12:00:00Z".parse().unwrap(),
        }
    }

    fn show(partner: &Partner) -> Value {
        OnePartner {
            sandbox: false,
            partner,
            file: None,
        }
        .json()
    }

    /// The fields of `show`, as a program reads them.
    fn told(partner: &Partner) -> Vec<(String, String)> {
        let one = OnePartner {
            sandbox: false,
            partner,
            file: None,
        };
        let blocks = one.text(reader(false)).into_iter();
        let fields = blocks.filter_map(|block| match block {
            Block::Fields(fields) => Some(fields),
            _ => None,
        });
        fields.flatten().collect()
    }

    #[test]
    fn the_list_has_the_fifteen_and_custom() {
        let catalogue = Catalogue::builtin();
        let list = Partners {
            sandbox: true,
            partners: catalogue.partners(),
            file: None,
        };
        let json = list.json();
        assert_eq!(json.as_object().unwrap().keys().next().unwrap(), "schema");
        assert_eq!(json["schema"], "ctl.partners/v1");
        assert_eq!(json["sandbox"], true);
        assert!(json["partners_file"].is_null());
        assert_eq!(json["partners"].as_array().unwrap().len(), 16);
        assert_eq!(list.ndjson().len(), 16);
        let [Block::Table { headings, rows }] = &list.text(reader(false))[..] else {
            panic!("a table");
        };
        assert!(rows.iter().all(|row| row.len() == headings.len()));
        let told = list.text(reader(true));
        assert!(
            matches!(told.as_slice(), [Block::Table { headings, .. }, _, Block::Text(checked)]
            if headings.len() == 6 && checked.contains("2026-11-20"))
        );
        let row = |key: &str| rows.iter().find(|row| row[0] == key).unwrap().join("|");
        assert_eq!(
            row("nordcloud"),
            "nordcloud|Nordcloud, an IBM Company|direct|IBMMulticloud, NordcloudKlarity|required|855341727128|2026-11-20"
        );
        assert_eq!(
            row("snyk"),
            "snyk|Snyk.io|direct|Snyk|required|not published|2026-11-20"
        );
        assert_eq!(
            row("custom"),
            "custom|My custom integration|solution|Custom|optional|yours|2026-11-20"
        );
    }

    #[test]
    fn nordcloud_is_shown_with_its_five_services() {
        let catalogue = Catalogue::builtin();
        let partner = catalogue.find("nordcloud").unwrap();
        let json = show(partner);
        assert_eq!(json["schema"], "ctl.partner/v1");
        let shown = &json["partner"];
        let services: Vec<(&str, bool)> = shown["services"]
            .as_array()
            .unwrap()
            .iter()
            .map(|service| {
                assert!(!service["events"].as_array().unwrap().is_empty());
                (
                    service["name"].as_str().unwrap(),
                    service["integrated"].as_bool().unwrap(),
                )
            })
            .collect();
        assert_eq!(
            services,
            [
                ("Accelerator", false),
                ("AutoBackup", false),
                ("AutoPatcher", false),
                ("Machine Image Toolkit", true),
                ("Maestro", true),
            ]
        );
        assert_eq!(shown["services"][0]["old_names"][0], "Klarity Core");
        assert_eq!(
            shown["services"][0]["event_source_aliases"][0],
            "com.nordcloudapp.com.klarity"
        );
        assert_eq!(shown["channel_name"], "nordcloud-integration");
        assert_eq!(shown["external_id"]["rule"], "required");
        assert_eq!(shown["checked"], "2026-11-20");
        assert!(!shown["provenance"].as_str().unwrap().is_empty());
        let told: Vec<String> = told(partner)
            .into_iter()
            .skip_while(|(_, value)| value != "Machine Image Toolkit")
            .take(4)
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        assert_eq!(
            told,
            [
                "Service: Machine Image Toolkit",
                "  event source: com.nordcloudapp.imagefactory",
                "  old names: Image Factory, com.nordcloudapp.com.imagefactory",
                "  events: image.created, image.distributed, image.failed",
            ]
        );
    }

    #[test]
    fn where_to_get_what_is_needed_is_shown_of_everybody() {
        for partner in Catalogue::builtin().partners() {
            let told = told(partner);
            let has = |value: &str| told.iter().any(|(_, told)| told == value);
            assert!(has(&partner.accounts_where) && has(&partner.external_id.obtain));
            assert!(has(&partner.provenance) && has(&partner.checked));
            assert!(partner.docs.iter().all(|docs| has(docs)));
        }
    }

    #[test]
    fn what_a_file_changed_is_shown_with_the_file() {
        let text = r#"{"partners":[{"key":"snyk","accounts":["444455556666"]},
            {"key":"mine","name":"Mine","kind":"direct","sources":["Mine"]}]}"#;
        let catalogue = Catalogue::builtin().with_file(text, "/home/me/partners.json").unwrap();
        let json = show(catalogue.find("snyk").unwrap());
        assert_eq!(json["partner"]["accounts"][0], "444455556666");
        assert_eq!(
            json["partner"]["overrides"].to_string(),
            r#"[{"file":"/home/me/partners.json","keys":["accounts"]}]"#
        );
        let changed = ("Changed by".to_owned(), "/home/me/partners.json (accounts)".to_owned());
        assert!(told(catalogue.find("snyk").unwrap()).contains(&changed));
        let mine = catalogue.find("mine").unwrap();
        assert!(show(mine)["partner"]["checked"].is_null());
        assert!(told(mine).contains(&("Checked".to_owned(), "never".to_owned())));
    }
}
