//! `policy check`: a document against the rules of the service (reference §2.4).
//!
//! Where the reference says that something is unknown, it is a warning; what the service is documented
//! to refuse is an error.

use serde_json::{Map, Value};

use crate::model::policy::{
    EXTERNAL_ID_KEY, MAX_CHARACTERS, MAX_PRINCIPALS, MAX_STATEMENTS, POLICY_VERSION, PUT_AUDIT_EVENTS,
};
use crate::model::{ChannelArn, Effect, Finding, Partner, Policy, Principal, Severity, Statement};

use super::findings::{Judged, deleted, everybody};
use super::{own, words};

/// The version that is in force where none is named (IAM User Guide, "IAM JSON policy elements: Version").
const OLD_VERSION: &str = "2008-10-17";

/// What is wrong with the document in `text`, the worst first.
///
/// Without a `channel` the document's own resources have to agree on one.
pub fn lint(text: &str, channel: Option<&ChannelArn>, partner: Option<&Partner>) -> Vec<Finding> {
    worst_first(judge(text, channel, partner, false))
}

/// The same about bytes that somebody has put into a file.
pub fn lint_bytes(bytes: &[u8], channel: Option<&ChannelArn>, partner: Option<&Partner>) -> Vec<Finding> {
    match std::str::from_utf8(bytes) {
        Ok(text) => lint(text, channel, partner),
        Err(error) => {
            let message = format!("The policy is not UTF-8 text from byte {} on.", error.valid_up_to());
            vec![error_found("policy_syntax", message, "save it as UTF-8")]
        }
    }
}

/// The same about what is attached to `channel`, where the remedies are those of an integration that
/// stands. That there is no policy is right for everybody but a direct partner.
pub fn lint_attached(text: Option<&str>, channel: &ChannelArn, partner: Option<&Partner>) -> Vec<Finding> {
    worst_first(match text {
        Some(text) => judge(text, Some(channel), partner, true),
        None => super::findings(None, channel, partner),
    })
}

fn worst_first(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

fn judge(text: &str, channel: Option<&ChannelArn>, partner: Option<&Partner>, attached: bool) -> Vec<Finding> {
    let policy: Policy = match text.parse() {
        Ok(policy) => policy,
        Err(error) => {
            let message = words::sentence(&format!("{error}."));
            return vec![error_found(
                "policy_syntax",
                message,
                "mend it at the place that is named",
            )];
        }
    };
    let statements = policy.statements();
    let mut named = statements.iter().flat_map(|statement| &statement.resources);
    let own_channel: Option<ChannelArn> = named.find_map(|resource| resource.parse().ok());
    let channel = channel.or(own_channel.as_ref());
    let mut findings = Vec::new();
    findings.extend(size(text, &policy));
    findings.extend(members(&policy));
    findings.extend(list(&policy));
    findings.extend(duplicate_sids(&statements));
    for (at, statement) in statements.iter().enumerate() {
        let linted = Linted {
            title: words::sentence(&statement.title(at)),
            statement,
            channel,
        };
        findings.extend(linted.all(policy.raw_statements().get(at)));
        findings.extend(everybody(at, statement));
        findings.extend(deleted(at, statement));
    }
    if let Some(channel) = channel {
        let judged = Judged {
            statements: &statements,
            own: own(&statements, channel),
            channel,
            partner,
            attached,
        };
        findings.extend(judged.partner());
    }
    findings
}

fn error_found(code: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Finding {
    Finding::new(Severity::Error, code, message).hinted(hint)
}

fn warning(code: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Finding {
    Finding::new(Severity::Warning, code, message).hinted(hint)
}

fn size(text: &str, policy: &Policy) -> Option<Finding> {
    let written = text.trim_end().chars().count();
    let least = policy.characters();
    if least > MAX_CHARACTERS {
        let message = format!("The policy has {least} characters without any space, and {MAX_CHARACTERS} are allowed.");
        let hint = "name accounts instead of single users and roles, or take statements out";
        return Some(error_found("policy_too_large", message, hint));
    }
    (written > MAX_CHARACTERS).then(|| {
        let message = format!(
            "The policy as it is written has {written} characters, and {MAX_CHARACTERS} are allowed; without spaces it has {least}."
        );
        warning("policy_too_large", message, "put it without line breaks and indentation")
    })
}

fn members(policy: &Policy) -> Vec<Finding> {
    let mut findings = Vec::new();
    let hint = format!("write \"Version\": \"{POLICY_VERSION}\"");
    match policy.members().get("Version") {
        None => findings.push(warning(
            "version_missing",
            format!("There is no \"Version\", so {OLD_VERSION} is in force."),
            hint,
        )),
        Some(version) if version == POLICY_VERSION => {}
        Some(version) if version == OLD_VERSION => findings.push(
            Finding::new(
                Severity::Info,
                "version_old",
                format!("The \"Version\" is the old one, {OLD_VERSION}."),
            )
            .hinted(hint),
        ),
        Some(_) => findings.push(error_found(
            "policy_syntax",
            "The \"Version\" is none of the policy language.",
            hint,
        )),
    }
    let known = ["Version", "Id", "Statement"];
    for name in policy.members().keys().filter(|name| !known.contains(&name.as_str())) {
        let message = format!("\"{name}\" is no member of a policy.");
        findings.push(error_found("policy_syntax", message, "take it out"));
    }
    findings
}

fn list(policy: &Policy) -> Option<Finding> {
    let count = policy.raw_statements().len();
    let hint = "write at least one statement, as `ctl policy render` does";
    if !policy.is_editable() {
        let message = "\"Statement\" is neither a statement nor a list of statements.";
        return Some(error_found("policy_syntax", message, hint));
    }
    if count == 0 {
        let message = "There is no statement, and at least one is needed.";
        return Some(error_found("statement_missing", message, hint));
    }
    (count > MAX_STATEMENTS).then(|| {
        let message = format!("There are {count} statements, and {MAX_STATEMENTS} are allowed.");
        error_found(
            "too_many_statements",
            message,
            "put principals with the same condition into one statement",
        )
    })
}

fn duplicate_sids(statements: &[Statement]) -> Vec<Finding> {
    let repeated = statements.iter().enumerate().filter(|(at, statement)| {
        let mut before = statements.iter().take(*at);
        statement.sid.is_some() && before.any(|other| other.sid == statement.sid)
    });
    repeated
        .map(|(at, statement)| {
            let place = at.saturating_add(1);
            let sid = statement.sid.as_deref().unwrap_or_default();
            let message = format!("Statement {place} has the Sid \"{sid}\", which another one has too.");
            error_found("duplicate_sid", message, "give every statement a Sid of its own")
        })
        .collect()
}

/// A statement with all that is needed to judge it by itself.
struct Linted<'a> {
    title: String,
    statement: &'a Statement,
    channel: Option<&'a ChannelArn>,
}

impl Linted<'_> {
    fn all(&self, raw: Option<&Value>) -> Vec<Finding> {
        let Some(members) = raw.and_then(Value::as_object) else {
            // Said of the list as a whole already.
            return Vec::new();
        };
        let mut findings = Vec::new();
        findings.extend(self.effect());
        findings.extend(self.principals(members));
        findings.extend(self.action(members));
        findings.extend(self.resource(members));
        findings.extend(self.conditions());
        findings.extend(self.unknown_members(members));
        findings
    }

    fn effect(&self) -> Option<Finding> {
        (self.statement.effect == Effect::Unknown).then(|| {
            let message = format!("{} has no \"Effect\" of Allow or Deny.", self.title);
            error_found("effect_invalid", message, "write \"Effect\": \"Allow\"")
        })
    }

    fn principals(&self, members: &Map<String, Value>) -> Vec<Finding> {
        const EXAMPLE: &str = "write \"Principal\": {\"AWS\": [\"arn:aws:iam::ACCOUNT:root\"]}";
        let mut findings = Vec::new();
        let title = &self.title;
        if members.contains_key("NotPrincipal") {
            let message = format!("{title} uses \"NotPrincipal\"; only \"Principal\" is documented for channels.");
            findings.push(warning("principal_invalid", message, EXAMPLE));
        } else if self.statement.principals.is_empty() {
            let message = format!("{title} names no principal.");
            findings.push(error_found("principal_invalid", message, EXAMPLE));
        }
        let count = self.statement.principals.len();
        if count > MAX_PRINCIPALS {
            let message = format!("{title} names {count} principals, and {MAX_PRINCIPALS} are allowed.");
            let hint = "name accounts instead of single users and roles, or use a second statement";
            findings.push(error_found("too_many_principals", message, hint));
        }
        let not_understood = |name: &&String| name.starts_with("Principal");
        let strange = self.statement.other.iter().filter(not_understood);
        for name in strange {
            let message = format!("{title}: {name} does not name AWS accounts, users or roles.");
            findings.push(error_found("principal_invalid", message, EXAMPLE));
        }
        let whole = self.statement.other.iter().any(|name| name.starts_with("Principal"));
        for principal in self.statement.principals.iter().filter(|_| !whole) {
            if let Principal::Other(text) = principal {
                let message = format!("{title}: \"{text}\" is no account, user, role or session.");
                findings.push(error_found("principal_invalid", message, EXAMPLE));
            }
        }
        findings.extend(self.foreign_partition(members));
        findings
    }

    /// An ARN of another partition cannot name anybody who calls here.
    fn foreign_partition(&self, members: &Map<String, Value>) -> Vec<Finding> {
        let Some(channel) = self.channel else {
            return Vec::new();
        };
        let named = members.get("Principal").and_then(|kinds| kinds.get("AWS"));
        let texts: Vec<&str> = match named {
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(one)) => vec![one],
            _ => Vec::new(),
        };
        let home = format!("arn:{}:", channel.partition());
        let foreign = texts
            .into_iter()
            .filter(|text| text.starts_with("arn:") && !text.starts_with(&home));
        foreign
            .map(|text| {
                let message = format!("{}: \"{text}\" is of another partition than the channel.", self.title);
                error_found("principal_invalid", message, format!("begin it with {home}iam"))
            })
            .collect()
    }

    fn action(&self, members: &Map<String, Value>) -> Option<Finding> {
        let fits = |action: &String| action.eq_ignore_ascii_case(PUT_AUDIT_EVENTS);
        let right = !self.statement.actions.is_empty() && self.statement.actions.iter().all(fits);
        (!right || members.contains_key("NotAction")).then(|| {
            let message = format!("{} is not about {PUT_AUDIT_EVENTS} alone.", self.title);
            let hint = format!("write \"Action\": [\"{PUT_AUDIT_EVENTS}\"], the only one a channel's policy may name");
            error_found("action_not_allowed", message, hint)
        })
    }

    fn resource(&self, members: &Map<String, Value>) -> Option<Finding> {
        let channel = self.channel.map(ChannelArn::as_str);
        let fits = |resource: &String| Some(resource.as_str()) == channel;
        let right = !self.statement.resources.is_empty() && self.statement.resources.iter().all(fits);
        (!right || members.contains_key("NotResource")).then(|| {
            let (message, hint) = match channel {
                Some(channel) => (
                    format!("{}: the \"Resource\" is not the channel {channel}.", self.title),
                    format!("write \"Resource\": [\"{channel}\"]"),
                ),
                None => (
                    format!("{}: the \"Resource\" is not the ARN of a channel.", self.title),
                    "write the ARN of the channel that the policy is for".to_owned(),
                ),
            };
            error_found("resource_mismatch", message, hint)
        })
    }

    fn conditions(&self) -> Vec<Finding> {
        let documented = format!("Condition/StringEquals/{EXTERNAL_ID_KEY}");
        let names = self.statement.other.iter();
        let conditions = names.filter(|name| name.starts_with("Condition"));
        conditions
            .map(|name| {
                if name.eq_ignore_ascii_case(&documented) {
                    let message = format!(
                        "{}: the external ID is none that a call can carry: 2 to 1224 letters, digits and _ + = , . @ : / -",
                        self.title
                    );
                    return error_found("external_id_invalid", message, "use the one that the partner issued");
                }
                let message = format!(
                    "{}: {name} is not documented for channels; whether the service knows it is not known.",
                    self.title
                );
                let hint = if name.to_ascii_lowercase().ends_with("/sts:externalid") {
                    format!("the key of the external ID is {EXTERNAL_ID_KEY}")
                } else {
                    format!("the one documented condition is StringEquals on {EXTERNAL_ID_KEY}")
                };
                warning("condition_unknown", message, hint)
            })
            .collect()
    }

    fn unknown_members(&self, members: &Map<String, Value>) -> Vec<Finding> {
        let known = [
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition",
        ];
        let strange = members.keys().filter(|name| !known.contains(&name.as_str()));
        let mut findings: Vec<Finding> = strange
            .map(|name| {
                let message = format!("{}: \"{name}\" is no member of a statement.", self.title);
                error_found("policy_syntax", message, "take it out")
            })
            .collect();
        if members.get("Sid").is_some_and(|sid| !sid.is_string()) {
            let message = format!("{}: the \"Sid\" is not a string.", self.title);
            findings.push(error_found("policy_syntax", message, "write it in quotation marks"));
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::Catalogue;
    use crate::plan::policy::fixtures::*;

    fn codes(text: &str, channel: Option<&ChannelArn>, partner: &str) -> Vec<&'static str> {
        let catalogue = Catalogue::builtin();
        let findings = lint(text, channel, catalogue.find(partner));
        findings.iter().map(|finding| finding.code).collect()
    }

    fn ours() -> Value {
        statement("ChannelPolicy", &["arn:aws:iam::855341727128:root"], "s3cret")
    }

    fn document(statements: &[Value]) -> String {
        policy(statements).reveal()
    }

    #[test]
    fn the_scripts_document_is_clean() {
        for channel in [None, Some(&channel())] {
            for partner in ["", "nordcloud", "custom"] {
                assert_eq!(codes(&document(&[ours()]), channel, partner), [""; 0]);
            }
        }
    }

    #[test]
    fn what_is_no_policy_is_one_finding() {
        for text in ["", "[]", "{", r#"{"Version":"2012-10-17","Version":"x"}"#] {
            assert_eq!(codes(text, None, "nordcloud"), ["policy_syntax"], "{text}");
        }
    }

    /// Requirements 1 to 5 of reference §2.4, and the policy language.
    #[test]
    fn each_rule_of_the_document_has_its_code() {
        let with_version = |version: Value| {
            let mut document: Value = document(&[ours()]).parse().unwrap();
            document["Version"] = version;
            document.to_string()
        };
        let without_version = document(&[ours()]).replace(r#""Version":"2012-10-17","#, "");
        let named = |n: usize| with(ours(), "Sid", json!(format!("S{n}")));
        let many: Vec<Value> = (0..21).map(named).collect();
        let short = |n: usize| {
            let mut statement = named(n);
            statement.as_object_mut().unwrap().shift_remove("Condition");
            statement
        };
        let twenty: Vec<Value> = (0..20).map(short).collect();
        let padded = format!("{}{}", " ".repeat(8192), document(&[ours()]));
        let long: Vec<Value> = (0..19)
            .map(|n| with(named(n), "Sid", json!(format!("{n}{}", "x".repeat(400)))))
            .collect();
        for (text, expected) in [
            (without_version, vec!["version_missing"]),
            (with_version(json!("2008-10-17")), vec!["version_old"]),
            (with_version(json!("2021-01-01")), vec!["policy_syntax"]),
            (document(&[]), vec!["statement_missing"]),
            (r#"{"Version":"2012-10-17"}"#.to_owned(), vec!["statement_missing"]),
            (
                r#"{"Version":"2012-10-17","Statement":["x"]}"#.to_owned(),
                vec!["policy_syntax"],
            ),
            (document(&twenty), vec![]),
            (document(&many), vec!["too_many_statements"]),
            (document(&long), vec!["policy_too_large"]),
            (padded, vec!["policy_too_large"]),
            (document(&[ours(), ours()]), vec!["duplicate_sid"]),
            (
                document(&[ours()]).replace(r#""Version""#, r#""Id":"x","Owner":"me","Version""#),
                vec!["policy_syntax"],
            ),
        ] {
            assert_eq!(codes(&text, Some(&channel()), "custom"), expected, "{text}");
        }
    }

    #[test]
    fn each_rule_of_the_principals_has_its_code() {
        let people = |n: usize| {
            let accounts: Vec<String> = (0..n).map(|n| format!("arn:aws:iam::{n:012}:root")).collect();
            json!({ "AWS": accounts })
        };
        for (member, value, expected) in [
            ("Principal", people(50), vec![]),
            ("Principal", people(51), vec!["too_many_principals"]),
            ("Principal", json!({"AWS": []}), vec!["principal_invalid"]),
            ("Principal", json!({"AWS": "1234"}), vec!["principal_invalid"]),
            ("Principal", json!({"AWS": "855341727128"}), vec![]),
            (
                "Principal",
                json!({"AWS": "arn:aws:iam::*:root"}),
                vec!["principal_invalid"],
            ),
            (
                "Principal",
                json!({"AWS": "arn:aws-cn:iam::855341727128:root"}),
                vec!["principal_invalid"],
            ),
            (
                "Principal",
                json!({"Service": "x.amazonaws.com"}),
                vec!["principal_invalid"],
            ),
            ("Principal", json!("*"), vec!["wildcard_principal"]),
            ("Principal", json!({"AWS": ["*"]}), vec!["wildcard_principal"]),
            ("Principal", json!({"AWS": GONE}), vec!["principal_deleted"]),
            (
                "NotPrincipal",
                json!({"AWS": OTHER}),
                vec!["wildcard_principal", "principal_invalid"],
            ),
        ] {
            let text = document(&[with(ours(), member, value)]);
            assert_eq!(codes(&text, Some(&channel()), "custom"), expected, "{text}");
        }
    }

    #[test]
    fn each_rule_of_the_other_members_has_its_code() {
        let condition = |operator: &str, key: &str, value: &str| json!({operator: {key: value}});
        for (member, value, expected) in [
            ("Effect", json!("allow"), vec!["effect_invalid"]),
            ("Action", json!("cloudtrail-data:PutAuditEvents"), vec![]),
            ("Action", json!("*"), vec!["action_not_allowed"]),
            (
                "Action",
                json!(["cloudtrail-data:PutAuditEvents", "s3:*"]),
                vec!["action_not_allowed"],
            ),
            ("NotAction", json!("s3:*"), vec!["action_not_allowed"]),
            ("Resource", json!("*"), vec!["resource_mismatch"]),
            ("Resource", json!([]), vec!["resource_mismatch"]),
            ("NotResource", json!("x"), vec!["resource_mismatch"]),
            (
                "Condition",
                condition("StringEquals", "sts:ExternalId", "ab"),
                vec!["condition_unknown"],
            ),
            (
                "Condition",
                condition("StringLike", "cloudtrail:ExternalId", "ab"),
                vec!["condition_unknown"],
            ),
            (
                "Condition",
                condition("StringEquals", "cloudtrail:ExternalId", "a b"),
                vec!["external_id_invalid"],
            ),
            ("Comment", json!("mine"), vec!["policy_syntax"]),
            ("Sid", json!(1), vec!["policy_syntax"]),
        ] {
            let text = document(&[with(ours(), member, value)]);
            assert_eq!(codes(&text, Some(&channel()), "custom"), expected, "{text}");
        }
    }

    #[test]
    fn a_direct_partner_is_asked_for_more() {
        let open = statement("ChannelPolicy", &[NORDCLOUD], "");
        let stranger = statement("ChannelPolicy", &[OTHER], "s3cret");
        for (statement, partner, expected) in [
            (&open, "nordcloud", vec!["external_id_missing"]),
            (&open, "clumio", vec!["external_id_missing"]),
            (&open, "okta", vec![]),
            (&stranger, "nordcloud", vec!["principal_not_partner"]),
            (&stranger, "clumio", vec![]),
        ] {
            let text = document(std::slice::from_ref(statement));
            assert_eq!(codes(&text, None, partner), expected, "{partner}");
        }
    }

    #[test]
    fn without_a_channel_the_resources_have_to_agree_on_one() {
        let other = CHANNEL.replace("6f0c", "7f0c");
        let elsewhere = with(statement("Mine", &[OTHER], ""), "Resource", json!(other));
        let text = document(&[ours(), elsewhere.clone()]);
        assert_eq!(codes(&text, None, "custom"), ["resource_mismatch"]);
        assert_eq!(codes(&document(&[elsewhere]), None, "custom"), [""; 0]);
        let placeholder = with(ours(), "Resource", json!("<channel ARN>"));
        assert_eq!(
            codes(&document(&[placeholder]), None, "nordcloud"),
            ["resource_mismatch"]
        );
    }

    #[test]
    fn what_the_service_refuses_is_an_error_and_the_unknown_a_warning() {
        let severity = |text: &str| lint(text, Some(&channel()), None)[0].severity;
        let condition = json!({"Bool": {"aws:SecureTransport": "true"}});
        assert_eq!(
            severity(&document(&[with(ours(), "Condition", condition)])),
            Severity::Warning
        );
        assert_eq!(
            severity(&document(&[with(ours(), "Action", json!("*"))])),
            Severity::Error
        );
    }
}
