//! The typed view of one statement.

use serde_json::Value;

use super::{EXTERNAL_ID_KEY, PUT_AUDIT_EVENTS};
use crate::model::arn::ChannelArn;
use crate::model::external_id::ExternalId;
use crate::model::principal::Principal;

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It lets in.
    Allow,
    /// It keeps out.
    Deny,
    /// The member is missing or is something else.
    Unknown,
}

/// The typed view of one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its name.
    pub sid: Option<String>,
    /// What it does.
    pub effect: Effect,
    /// Whom `Principal` names. Those that are not of type `AWS` are [`Principal::Other`].
    pub principals: Vec<Principal>,
    /// Whom `NotPrincipal` names.
    pub not_principals: Vec<Principal>,
    /// What `Action` names.
    pub actions: Vec<String>,
    /// What `Resource` names.
    pub resources: Vec<String>,
    /// The external IDs that are let in, any one of them; empty when none is asked for.
    pub external_ids: Vec<ExternalId>,
    /// Where there is more than the above, or something that was not understood: `NotAction`,
    /// `Condition/IpAddress`. Names only, never values.
    pub other: Vec<String>,
}

impl Statement {
    pub(super) fn read(raw: &Value) -> Self {
        let mut view = Self {
            sid: None,
            effect: Effect::Unknown,
            principals: Vec::new(),
            not_principals: Vec::new(),
            actions: Vec::new(),
            resources: Vec::new(),
            external_ids: Vec::new(),
            other: Vec::new(),
        };
        let Some(members) = raw.as_object() else {
            view.other.push("not an object".to_owned());
            return view;
        };
        for (name, value) in members {
            view.read_member(name, value);
        }
        view
    }

    fn read_member(&mut self, name: &str, value: &Value) {
        match name {
            "Sid" => match value.as_str() {
                Some(sid) => self.sid = Some(sid.to_owned()),
                None => self.other.push(name.to_owned()),
            },
            "Effect" => {
                self.effect = match value.as_str() {
                    Some("Allow") => Effect::Allow,
                    Some("Deny") => Effect::Deny,
                    _ => Effect::Unknown,
                };
            }
            "Principal" => self.principals = self.read_principals(name, value),
            "NotPrincipal" => {
                self.other.push(name.to_owned());
                self.not_principals = self.read_principals(name, value);
            }
            "Action" => self.actions = self.read_texts(name, value),
            "Resource" => self.resources = self.read_texts(name, value),
            "Condition" => self.read_condition(value),
            _ => self.other.push(name.to_owned()),
        }
    }

    fn read_texts(&mut self, place: &str, value: &Value) -> Vec<String> {
        let Some(items) = texts(value) else {
            self.other.push(place.to_owned());
            return Vec::new();
        };
        items.into_iter().map(str::to_owned).collect()
    }

    /// `"*"` and `{"AWS":"*"}` say the same (IAM User Guide, "IAM JSON policy elements: Principal").
    fn read_principals(&mut self, place: &str, value: &Value) -> Vec<Principal> {
        let Some(kinds) = value.as_object() else {
            let text = value.as_str().unwrap_or_default();
            if text == "*" {
                return vec![Principal::Anyone];
            }
            self.other.push(place.to_owned());
            return vec![Principal::Other(text.to_owned())];
        };
        let mut found = Vec::new();
        for (kind, value) in kinds {
            let named = format!("{place}/{kind}");
            if kind == "AWS" {
                let items = self.read_texts(&named, value);
                found.extend(items.iter().map(|text| Principal::read(text)));
            } else {
                let items = self.read_texts(&named, value);
                found.extend(items.iter().map(|text| Principal::Other(format!("{kind}:{text}"))));
                self.other.push(named);
            }
        }
        found
    }

    fn read_condition(&mut self, value: &Value) {
        let Some(operators) = value.as_object() else {
            self.other.push("Condition".to_owned());
            return;
        };
        for (operator, keys) in operators {
            let Some(keys) = keys.as_object() else {
                self.other.push(format!("Condition/{operator}"));
                continue;
            };
            for (key, value) in keys {
                let ids = texts(value).and_then(|ids| ids.into_iter().map(|id| id.parse().ok()).collect());
                match ids {
                    // Names of condition keys are not case-sensitive (IAM User Guide, "Condition").
                    Some(ids)
                        if operator == "StringEquals"
                            && key.eq_ignore_ascii_case(EXTERNAL_ID_KEY)
                            && self.external_ids.is_empty()
                            && !Vec::is_empty(&ids) =>
                    {
                        self.external_ids = ids;
                    }
                    _ => self.other.push(format!("Condition/{operator}/{key}")),
                }
            }
        }
    }

    /// Whether it has the form that `ctl` writes: Allow, accounts and ARNs only, exactly the one
    /// action and this channel, no condition but the external ID. Its Sid does not matter.
    pub fn is_template(&self, channel: &ChannelArn) -> bool {
        self.effect == Effect::Allow && self.differences(channel).is_empty()
    }

    /// The members in which it is not as `ctl` writes it. Names only, never values.
    pub fn differences(&self, channel: &ChannelArn) -> Vec<String> {
        let person = |p: &Principal| p.is_storable() || matches!(p, Principal::UniqueId(_));
        let action = |a: &String| a.eq_ignore_ascii_case(PUT_AUDIT_EVENTS);
        let resource = |r: &String| r == channel.as_str();
        let fits = [
            ("Principal", only(&self.principals, person)),
            ("Action", only(&self.actions, action)),
            ("Resource", only(&self.resources, resource)),
        ];
        let wrong = fits.iter().filter(|(_, fits)| !fits);
        let mut differences: Vec<String> = wrong.map(|(name, _)| (*name).to_owned()).collect();
        let more = self.other.iter().filter(|name| !differences.contains(name));
        let more: Vec<String> = more.cloned().collect();
        differences.extend(more);
        differences
    }

    /// Whether it is about `PutAuditEvents` on this channel. What is not understood counts as yes, so
    /// that nobody is called locked out who may not be.
    pub fn concerns(&self, channel: &ChannelArn) -> bool {
        let has = |name: &str| self.other.iter().any(|other| other == name);
        let action = PUT_AUDIT_EVENTS.to_ascii_lowercase();
        (has("NotAction") || self.actions.iter().any(|a| glob(&a.to_ascii_lowercase(), &action)))
            && (has("NotResource") || self.resources.iter().any(|r| glob(r, channel.as_str())))
    }

    /// Whether it names `principal`, wholly or in part, or by naming only who is excepted.
    pub fn names(&self, principal: &Principal) -> bool {
        self.names_everybody() || self.principals.iter().any(|named| named.touches(principal))
    }

    /// Whether it is about everybody, or everybody but a few.
    pub fn names_everybody(&self) -> bool {
        self.principals.contains(&Principal::Anyone) || self.other.iter().any(|other| other == "NotPrincipal")
    }

    /// Whether it lets `principal` in, as far as it can be told.
    pub fn lets_in(&self, principal: &Principal, channel: &ChannelArn) -> bool {
        self.effect == Effect::Allow && self.concerns(channel) && self.names(principal)
    }

    /// Whether it lets in anybody but the account that owns the channel, who is let in anyway
    /// (reference §2.4, "Owner access is implicit").
    pub fn lets_in_others(&self, channel: &ChannelArn) -> bool {
        let other = |p: &Principal| p.account() != Some(channel.account()) && !matches!(p, Principal::UniqueId(_));
        self.effect == Effect::Allow
            && self.concerns(channel)
            && (self.names_everybody() || self.principals.iter().any(other))
    }

    /// Whether it asks for an external ID, be it one that can never be given.
    pub fn asks_external_id(&self) -> bool {
        let asked = |other: &String| {
            ["StringEquals", "StringLike"]
                .iter()
                .any(|operator| other.eq_ignore_ascii_case(&format!("Condition/{operator}/{EXTERNAL_ID_KEY}")))
        };
        !self.external_ids.is_empty() || self.other.iter().any(asked)
    }

    /// The principals that are ids of deleted users and roles. Putting such a document back fails:
    /// the service refuses a principal that is not valid (reference §2.4, `ResourcePolicyNotValid`).
    pub fn deleted(&self) -> impl Iterator<Item = &Principal> {
        let all = self.principals.iter().chain(&self.not_principals);
        all.filter(|p| matches!(p, Principal::UniqueId(_)))
    }

    /// How a message names it: by its Sid, else by its place.
    pub fn title(&self, at: usize) -> String {
        match &self.sid {
            Some(sid) => format!("the statement \"{sid}\""),
            None => format!("statement {}", at.saturating_add(1)),
        }
    }
}

/// At least one, and nothing else.
fn only<T>(items: &[T], fits: impl Fn(&T) -> bool) -> bool {
    !items.is_empty() && items.iter().all(fits)
}

/// A string, or an array of strings.
fn texts(value: &Value) -> Option<Vec<&str>> {
    match value {
        Value::String(text) => Some(vec![text]),
        Value::Array(items) => items.iter().map(Value::as_str).collect(),
        _ => None,
    }
}

/// Whether `text` fits a pattern of the policy language: `*` any run of characters, `?` any one.
fn glob(pattern: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let runs: Vec<Vec<char>> = pattern.split('*').map(|run| run.chars().collect()).collect();
    let [first, middle @ .., last] = runs.as_slice() else {
        return runs.first().is_some_and(|only| fits(only, &text));
    };
    let Some((head, rest)) = text.split_at_checked(first.len()) else {
        return false;
    };
    let Some((mut body, tail)) = rest
        .len()
        .checked_sub(last.len())
        .and_then(|at| rest.split_at_checked(at))
    else {
        return false;
    };
    for run in middle.iter().filter(|run| !run.is_empty()) {
        let Some(at) = body.windows(run.len()).position(|here| fits(run, here)) else {
            return false;
        };
        body = body.get(at.saturating_add(run.len())..).unwrap_or_default();
    }
    fits(first, head) && fits(last, tail)
}

fn fits(run: &[char], text: &[char]) -> bool {
    run.len() == text.len() && run.iter().zip(text).all(|(wanted, c)| *wanted == '?' || wanted == c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const CHANNEL: &str = "arn:aws:cloudtrail:us-east-1:111122223333:channel/6f0c2a1e-1111-4222-8333-444455556666";

    fn channel() -> ChannelArn {
        CHANNEL.parse().unwrap()
    }

    fn template() -> Value {
        json!({
            "Sid": "ChannelPolicy",
            "Effect": "Allow",
            "Principal": {"AWS": ["arn:aws:iam::855341727128:root"]},
            "Action": ["cloudtrail-data:PutAuditEvents"],
            "Resource": [CHANNEL],
            "Condition": {"StringEquals": {"cloudtrail:ExternalId": "s3cret-id"}},
        })
    }

    fn changed(name: &str, value: Value) -> Value {
        let mut statement = template();
        statement[name] = value;
        statement
    }

    #[test]
    fn the_view_of_the_template_is_complete() {
        let view = Statement::read(&template());
        assert_eq!(view.sid.as_deref(), Some("ChannelPolicy"));
        assert_eq!(view.effect, Effect::Allow);
        assert_eq!(view.principals, [Principal::read("855341727128")]);
        assert_eq!(view.actions, ["cloudtrail-data:PutAuditEvents"]);
        assert_eq!(view.resources, [CHANNEL]);
        assert_eq!(view.external_ids, ["s3cret-id".parse().unwrap()]);
        assert!(view.other.is_empty());
        assert!(view.is_template(&channel()));
        assert!(!format!("{view:?}").contains("s3cret"));
    }

    #[test]
    fn the_template_has_one_form_in_several_spellings() {
        let mut unnamed = template();
        unnamed.as_object_mut().unwrap().remove("Sid");
        let mut open = template();
        open.as_object_mut().unwrap().remove("Condition");
        for same in [
            unnamed,
            open,
            changed("Sid", json!("Console")),
            changed("Principal", json!({"AWS": "855341727128"})),
            changed("Principal", json!({"AWS": ["AIDACKCEVSQ6C2EXAMPLE"]})),
            changed("Action", json!("cloudtrail-data:putAuditEvents")),
            changed("Resource", json!(CHANNEL)),
            changed(
                "Condition",
                json!({"StringEquals": {"cloudtrail:externalid": ["ab", "cd"]}}),
            ),
        ] {
            assert!(Statement::read(&same).is_template(&channel()), "{same}");
        }
    }

    #[test]
    fn another_value_is_not_the_template() {
        let elsewhere = CHANNEL.replace("6f0c", "7f0c");
        for other in [
            changed("Effect", json!("Deny")),
            changed("Effect", json!("allow")),
            changed("Principal", json!("*")),
            changed("Principal", json!({"AWS": ["*"]})),
            changed("Principal", json!({"AWS": []})),
            changed("Action", json!("cloudtrail-data:*")),
            changed("Resource", json!("*")),
            changed("Resource", json!([elsewhere])),
        ] {
            let view = Statement::read(&other);
            assert!(!view.is_template(&channel()), "{other}");
            assert!(view.other.is_empty(), "{other}");
        }
    }

    #[test]
    fn what_is_not_understood_is_named_and_not_the_template() {
        for (other, named) in [
            (changed("Principal", json!({"AWS": [12]})), "Principal/AWS"),
            (changed("Principal", json!("855341727128")), "Principal"),
            (
                changed(
                    "Principal",
                    json!({"AWS": "855341727128", "Service": "x.amazonaws.com"}),
                ),
                "Principal/Service",
            ),
            (changed("NotPrincipal", json!({"AWS": "855341727128"})), "NotPrincipal"),
            (changed("NotAction", json!("x:y")), "NotAction"),
            (changed("Action", json!(7)), "Action"),
            (changed("Sid", json!(7)), "Sid"),
            (changed("Condition", json!([])), "Condition"),
            (
                changed("Condition", json!({"StringEquals": 1})),
                "Condition/StringEquals",
            ),
            (
                changed("Condition", json!({"StringLike": {"cloudtrail:ExternalId": "ab"}})),
                "Condition/StringLike/cloudtrail:ExternalId",
            ),
            (
                changed("Condition", json!({"StringEquals": {"cloudtrail:ExternalId": "a b"}})),
                "Condition/StringEquals/cloudtrail:ExternalId",
            ),
            (
                changed("Condition", json!({"StringEquals": {"cloudtrail:ExternalId": []}})),
                "Condition/StringEquals/cloudtrail:ExternalId",
            ),
            (
                changed("Condition", json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})),
                "Condition/IpAddress/aws:SourceIp",
            ),
            (json!("ChannelPolicy"), "not an object"),
        ] {
            let view = Statement::read(&other);
            assert!(!view.is_template(&channel()), "{other}");
            assert_eq!(view.other, [named], "{other}");
        }
    }

    #[test]
    fn who_is_let_in_is_told_on_the_safe_side() {
        let partner = Principal::read("855341727128");
        for (statement, expected) in [
            (template(), true),
            (changed("Effect", json!("Deny")), false),
            (changed("Principal", json!("*")), true),
            (
                changed("Principal", json!({"AWS": "arn:aws:iam::855341727128:role/x"})),
                true,
            ),
            (changed("Principal", json!({"AWS": "444455556666"})), false),
            (changed("NotPrincipal", json!({"AWS": "444455556666"})), true),
            (changed("Action", json!("cloudtrail-data:*")), true),
            (changed("Action", json!("*Events")), true),
            (changed("Action", json!("s3:*")), false),
            (
                changed("Resource", json!("arn:aws:cloudtrail:*:*:channel/6f0c?a1e*")),
                true,
            ),
            (changed("Resource", json!("arn:aws:cloudtrail:*:*:trail/*")), false),
        ] {
            assert_eq!(
                Statement::read(&statement).lets_in(&partner, &channel()),
                expected,
                "{statement}"
            );
        }
    }

    #[test]
    fn an_external_id_that_cannot_be_given_is_asked_for_all_the_same() {
        for (condition, expected) in [
            (json!({"StringEquals": {"cloudtrail:ExternalId": "ab"}}), true),
            (json!({"StringEquals": {"cloudtrail:ExternalId": "a b"}}), true),
            (json!({"StringLike": {"cloudtrail:externalId": "ab*"}}), true),
            (json!({"StringEqualsIfExists": {"cloudtrail:ExternalId": "ab"}}), false),
            (json!({"StringEquals": {"sts:ExternalId": "ab"}}), false),
            (json!({}), false),
        ] {
            let view = Statement::read(&changed("Condition", condition.clone()));
            assert_eq!(view.asks_external_id(), expected, "{condition}");
        }
    }

    #[test]
    fn patterns_match_as_the_policy_language_has_them() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("*", "", true),
            ("*", "abc", true),
            ("a*c", "abbc", true),
            ("a*c", "ac", true),
            ("a*c", "a", false),
            ("ab*ba", "aba", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*b*d*", "abcd", true),
            ("*d*b*", "abcd", false),
            ("**a**", "a", true),
            ("abc", "abcd", false),
        ] {
            assert_eq!(glob(pattern, text), expected, "{pattern} {text}");
        }
    }
}
