//! The resource policy of a channel: who may call `PutAuditEvents` on it (reference §2.4).
//!
//! The document is somebody's text and stays so: every member and statement, understood or not, is
//! kept as it came. Beside it stands a typed view of its statements. Two policies are equal when they
//! say the same, whatever their spelling. External IDs are part of the document, so it is shown only
//! by the two functions named `reveal…`.

use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value, json};

use super::arn::ChannelArn;
use super::external_id::ExternalId;
use super::json;
use super::principal::Principal;

mod compare;
mod statement;

pub use statement::{Effect, Statement};

/// The Sid of the statement that `ctl` writes, the one of the scripts' template (reference §2.4).
pub const TEMPLATE_SID: &str = "ChannelPolicy";
/// The only action a channel's policy may name (reference §2.4, requirement 3).
pub const PUT_AUDIT_EVENTS: &str = "cloudtrail-data:PutAuditEvents";
/// The condition key of the external ID (reference §2.4, "Condition").
pub const EXTERNAL_ID_KEY: &str = "cloudtrail:ExternalId";
/// The language version that is written (IAM User Guide, "IAM JSON policy elements: Version").
pub const POLICY_VERSION: &str = "2012-10-17";
/// The longest document, in characters (`ResourcePolicy`, reference §1.6 and §2.4, requirement 5).
pub const MAX_CHARACTERS: usize = 8192;
/// The most statements (reference §2.4, requirement 1).
pub const MAX_STATEMENTS: usize = 20;
/// The most principals in one statement (reference §2.4, requirement 2).
pub const MAX_PRINCIPALS: usize = 50;

/// A policy document.
#[derive(Clone)]
pub struct Policy {
    document: Map<String, Value>,
}

/// Why a text is no policy document. Positions and member names only, never a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Not JSON, or JSON that cannot be kept as it is.
    #[error("the policy is not readable JSON: {0}")]
    Json(String),
    /// JSON, but not an object.
    #[error("the policy is not a JSON object")]
    NotAnObject,
}

/// The statement `ctl` writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its name; a statement that has none keeps none.
    pub sid: Option<String>,
    /// Who is let in.
    pub principals: Vec<Principal>,
    /// The external IDs, any one of which has to be given; none when it is empty.
    pub external_ids: Vec<ExternalId>,
}

impl Policy {
    /// An empty document, to which statements are added.
    pub fn empty() -> Self {
        let document = [
            ("Version".to_owned(), json!(POLICY_VERSION)),
            ("Statement".to_owned(), json!([])),
        ];
        Self {
            document: document.into_iter().collect(),
        }
    }

    /// The document in one line, external IDs included: for the request, and for the two verbs that
    /// print it whole.
    pub fn reveal(&self) -> String {
        Value::Object(self.document.clone()).to_string()
    }

    /// The document over several lines, external IDs included.
    pub fn reveal_pretty(&self) -> String {
        format!("{:#}", Value::Object(self.document.clone()))
    }

    /// The document as JSON, external IDs included.
    pub fn reveal_json(&self) -> Value {
        Value::Object(self.document.clone())
    }

    /// The members of the document, for the linter.
    pub fn members(&self) -> &Map<String, Value> {
        &self.document
    }

    /// The length that the service limits, in characters of the document in one line.
    pub fn characters(&self) -> usize {
        self.reveal().chars().count()
    }

    /// The statements, in their order. A single one may stand without an array (IAM User Guide,
    /// "IAM JSON policy elements: Statement").
    pub fn statements(&self) -> Vec<Statement> {
        self.raw_statements().iter().map(Statement::read).collect()
    }

    /// The statements as they stand.
    pub fn raw_statements(&self) -> &[Value] {
        match self.document.get("Statement") {
            Some(Value::Array(items)) => items,
            Some(one @ Value::Object(_)) => std::slice::from_ref(one),
            _ => &[],
        }
    }

    /// Whether `Statement` is something that statements can be added to and taken from.
    pub fn is_editable(&self) -> bool {
        match self.document.get("Statement") {
            None | Some(Value::Object(_)) => true,
            Some(Value::Array(items)) => items.iter().all(Value::is_object),
            Some(_) => false,
        }
    }

    /// The same document with `statement` in the place of the one at `at`, or after all others.
    #[must_use]
    pub fn with(&self, at: Option<usize>, statement: &Template, channel: &ChannelArn) -> Self {
        let mut items = self.raw_statements().to_vec();
        let written = statement.render(channel);
        match at.and_then(|at| items.get_mut(at)) {
            Some(place) => *place = written,
            None => items.push(written),
        }
        self.with_statements(items)
    }

    /// The same document without the statement at `at`.
    #[must_use]
    pub fn without(&self, at: usize) -> Self {
        let rest = self.raw_statements().iter().enumerate();
        self.with_statements(rest.filter(|(n, _)| *n != at).map(|(_, item)| item.clone()).collect())
    }

    fn with_statements(&self, items: Vec<Value>) -> Self {
        let mut document = self.document.clone();
        document.insert("Statement".to_owned(), Value::Array(items));
        Self { document }
    }
}

impl FromStr for Policy {
    type Err = PolicyError;

    fn from_str(text: &str) -> Result<Self, PolicyError> {
        match json::read(text).map_err(|e| PolicyError::Json(e.to_string()))? {
            Value::Object(document) => Ok(Self { document }),
            _ => Err(PolicyError::NotAnObject),
        }
    }
}

impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        compare::canonical(&self.document) == compare::canonical(&other.document)
    }
}

impl Eq for Policy {}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Policy({} statements)", self.raw_statements().len())
    }
}

impl Template {
    /// The statement for `channel`, with arrays throughout, as the scripts wrote it.
    pub fn render(&self, channel: &ChannelArn) -> Value {
        let principals: Vec<String> = self
            .principals
            .iter()
            .map(|principal| principal.in_partition(channel.partition()))
            .collect();
        let mut members = Map::new();
        let mut member = |name: &str, value: Value| members.insert(name.to_owned(), value);
        if let Some(sid) = &self.sid {
            member("Sid", json!(sid));
        }
        member("Effect", json!("Allow"));
        member("Principal", json!({ "AWS": principals }));
        member("Action", json!([PUT_AUDIT_EVENTS]));
        member("Resource", json!([channel.as_str()]));
        let ids: Vec<&str> = self.external_ids.iter().map(ExternalId::reveal).collect();
        match ids.as_slice() {
            [] => None,
            [one] => member("Condition", json!({ "StringEquals": { EXTERNAL_ID_KEY: one } })),
            several => member("Condition", json!({ "StringEquals": { EXTERNAL_ID_KEY: several } })),
        };
        Value::Object(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CHANNEL: &str = "arn:aws:cloudtrail:us-east-1:111122223333:channel/6f0c2a1e-1111-4222-8333-444455556666";

    fn policy(text: &str) -> Policy {
        text.parse().unwrap()
    }

    /// The scripts' document (reference §2.4, "Example in use", in the arrays of the vendor's script).
    fn scripts_document() -> String {
        format!(
            "{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Sid\":\"ChannelPolicy\",\"Effect\":\"Allow\",\
             \"Principal\":{{\"AWS\":[\"arn:aws:iam::855341727128:root\"]}},\
             \"Action\":[\"cloudtrail-data:PutAuditEvents\"],\"Resource\":[\"{CHANNEL}\"],\
             \"Condition\":{{\"StringEquals\":{{\"cloudtrail:ExternalId\":\"s3cret-id\"}}}}}}]}}"
        )
    }

    fn nordcloud() -> Template {
        Template {
            sid: Some(TEMPLATE_SID.to_owned()),
            principals: vec!["855341727128".parse().unwrap()],
            external_ids: vec!["s3cret-id".parse().unwrap()],
        }
    }

    #[test]
    fn what_is_written_is_the_scripts_document() {
        let channel: ChannelArn = CHANNEL.parse().unwrap();
        let written = Policy::empty().with(None, &nordcloud(), &channel);
        assert_eq!(written.reveal(), scripts_document());
        let [view] = &written.statements()[..] else {
            panic!("one statement");
        };
        assert!(view.is_template(&channel));
    }

    #[test]
    fn the_partition_of_the_channel_is_written() {
        let channel: ChannelArn = CHANNEL.replace("arn:aws:", "arn:aws-us-gov:").parse().unwrap();
        let written = nordcloud().render(&channel);
        assert_eq!(written["Principal"]["AWS"][0], "arn:aws-us-gov:iam::855341727128:root");
    }

    #[test]
    fn other_statements_and_members_stay_as_they_are() {
        let channel: ChannelArn = CHANNEL.parse().unwrap();
        let foreign = r#"{"Note":"mine","Effect":"Deny","Principal":"*","Action":"x","N":1.50}"#;
        let found = policy(&format!(r#"{{"Id":"x","Statement":{foreign},"Z":[1]}}"#));
        let written = found.with(None, &nordcloud(), &channel);
        let ours = nordcloud().render(&channel);
        assert_eq!(
            written.reveal(),
            format!(
                r#"{{"Id":"x","Statement":[{},{ours}],"Z":[1]}}"#,
                foreign.replace("1.50", "1.5")
            )
        );
        assert_eq!(written.without(1), found);
        assert_eq!(written.with(Some(1), &nordcloud(), &channel), written);
    }

    #[test]
    fn what_is_no_policy_is_refused_without_its_values() {
        for text in [
            "",
            "{",
            r#"{"s3cret":"#,
            r#"{"a":"s3cret","a":"s3cret"}"#,
            "s3cret",
            "{} s3cret",
        ] {
            let error = text.parse::<Policy>().unwrap_err();
            assert!(matches!(error, PolicyError::Json(_)), "{text}");
            assert!(!error.to_string().contains("s3cret"), "{error}");
        }
        for text in ["[]", "null", "\"s3cret\"", "1"] {
            assert_eq!(text.parse::<Policy>(), Err(PolicyError::NotAnObject), "{text}");
        }
    }

    #[test]
    fn only_lists_of_objects_are_edited() {
        for (text, expected) in [
            ("{}", true),
            (r#"{"Statement":{}}"#, true),
            (r#"{"Statement":[]}"#, true),
            (r#"{"Statement":[{},{}]}"#, true),
            (r#"{"Statement":[{},1]}"#, false),
            (r#"{"Statement":"x"}"#, false),
            (r#"{"Statement":null}"#, false),
        ] {
            assert_eq!(policy(text).is_editable(), expected, "{text}");
        }
    }

    #[test]
    fn debug_shows_nothing_of_it() {
        assert_eq!(format!("{:?}", policy(&scripts_document())), "Policy(1 statements)");
        assert!(!format!("{:?}", nordcloud()).contains("s3cret"));
    }

    #[test]
    fn policies_are_compared_by_what_they_say() {
        let base = scripts_document();
        let put = "[\"cloudtrail-data:PutAuditEvents\"]";
        for (from, to, same) in [
            ("[\"arn:aws:iam::855341727128:root\"]", "\"855341727128\"", true),
            ("arn:aws:iam", "arn:aws-cn:iam", true),
            (put, "\"cloudtrail-data:PutAuditEvents\"", true),
            ("\"s3cret-id\"", "[\"s3cret-id\"]", true),
            ("\"Statement\":[", "\"Statement\": [ ", true),
            (
                "\"Sid\":\"ChannelPolicy\",\"Effect\":\"Allow\"",
                "\"Effect\":\"Allow\",\"Sid\":\"ChannelPolicy\"",
                true,
            ),
            ("ChannelPolicy", "Other", false),
            ("s3cret-id", "other-id", false),
            ("s3cret-id", "S3cret-id", false),
            ("855341727128", "855341727129", false),
            ("Allow", "Deny", false),
            ("2012-10-17", "2008-10-17", false),
            ("StringEquals", "StringLike", false),
            ("channel/6", "channel/7", false),
        ] {
            assert!(base.contains(from), "{from}");
            assert_eq!(policy(&base) == policy(&base.replace(from, to)), same, "{from} -> {to}");
        }
        assert_eq!(
            policy(r#"{"Statement":{"Principal":"*"}}"#),
            policy(r#"{"Statement":[{"Principal":{"AWS":["*","*"]}}]}"#)
        );
    }

    /// A statement as anybody may have written it: members of the language and others, in any order.
    fn any_statement() -> impl Strategy<Value = Value> {
        let principal = prop::sample::subsequence(
            vec![
                "arn:aws:iam::855341727128:root",
                "111122223333",
                "*",
                "AIDACKCEVSQ6C2EXAMPLE",
                "arn:aws:iam::111122223333:role/x",
                "what",
            ],
            0..4,
        );
        let texts = |values: Vec<&'static str>| prop::sample::subsequence(values, 0..=2);
        (
            prop::option::of("[a-zA-Z]{0,8}"),
            prop::sample::select(vec!["Allow", "Deny", "?"]),
            principal,
            texts(vec![PUT_AUDIT_EVENTS, "*", "s3:*"]),
            texts(vec![CHANNEL, "*"]),
            prop::option::of(texts(vec!["one-id", "two-id"])),
            prop::option::of(any_json()),
        )
            .prop_map(|(sid, effect, who, actions, resources, ids, extra)| {
                let mut members = Map::new();
                let mut member = |name: &str, value: Value| members.insert(name.to_owned(), value);
                if let Some(extra) = extra {
                    member("Extra", extra);
                }
                if let Some(sid) = sid {
                    member("Sid", json!(sid));
                }
                member("Effect", json!(effect));
                member("Principal", json!({ "AWS": who }));
                member("Action", json!(actions));
                member("Resource", json!(resources));
                if let Some(ids) = ids {
                    member("Condition", json!({"StringEquals": {EXTERNAL_ID_KEY: ids}}));
                }
                Value::Object(members)
            })
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (-1e9..1e9).prop_map(|n: f64| json!(n)),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 12, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((".{0,3}", inner), 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    fn any_document() -> impl Strategy<Value = Value> {
        let statements = prop::collection::vec(any_statement(), 0..4);
        (statements, prop::option::of(any_json())).prop_map(|(statements, extra)| {
            let mut document = json!({ "Version": "2012-10-17", "Statement": statements });
            if let Some(extra) = extra {
                document["Extra"] = extra;
            }
            document
        })
    }

    /// The same document in another spelling: each place decides by the next of `coins`.
    fn respelled(document: &Value, coins: &mut impl Iterator<Item = bool>) -> Value {
        let mut document = document.clone();
        let mut flip = || coins.next().unwrap_or_default();
        for statement in document["Statement"].as_array_mut().unwrap() {
            for place in [
                "/Principal/AWS",
                "/Action",
                "/Resource",
                "/Condition/StringEquals/cloudtrail:ExternalId",
            ] {
                let Some(value) = statement.pointer_mut(place) else {
                    continue;
                };
                let items = value.as_array_mut().unwrap();
                if flip() {
                    items.reverse();
                }
                if place == "/Principal/AWS" && flip() {
                    for item in items.iter_mut() {
                        let read = Principal::read(item.as_str().unwrap());
                        *item = json!(if flip() {
                            read.in_partition("aws")
                        } else {
                            read.to_string()
                        });
                    }
                }
                if flip()
                    && let [one] = &items[..]
                {
                    *value = one.clone();
                }
            }
            if flip() {
                let members = std::mem::take(statement.as_object_mut().unwrap());
                let turned: Vec<_> = members.into_iter().collect();
                *statement = Value::Object(turned.into_iter().rev().collect());
            }
        }
        if flip() {
            document["Statement"].as_array_mut().unwrap().reverse();
        }
        if flip()
            && let [one] = &document["Statement"].as_array().unwrap()[..]
        {
            document["Statement"] = one.clone();
        }
        document
    }

    proptest! {
        #[test]
        fn printing_and_reading_is_the_same_document(document in any_document()) {
            let text = document.to_string();
            let read = policy(&text);
            prop_assert_eq!(read.reveal(), text);
            prop_assert_eq!(policy(&read.reveal_pretty()).reveal(), read.reveal());
        }

        #[test]
        fn spelling_makes_no_difference(
            document in any_document(),
            coins in prop::collection::vec(any::<bool>(), 64),
        ) {
            let other = respelled(&document, &mut coins.into_iter());
            prop_assert_eq!(policy(&document.to_string()), policy(&other.to_string()));
        }

        #[test]
        fn another_effect_principal_or_condition_makes_a_difference(
            document in any_document(),
            at in any::<prop::sample::Index>(),
        ) {
            let count = document["Statement"].as_array().unwrap().len();
            prop_assume!(count > 0);
            for (place, value) in [
                ("Effect", json!("Never")),
                ("Principal", json!({"AWS": ["999999999999"]})),
                ("Condition", json!({"StringEquals": {"cloudtrail:ExternalId": "new-id"}})),
            ] {
                let mut other = document.clone();
                other["Statement"][at.index(count)][place] = value;
                prop_assert_ne!(policy(&document.to_string()), policy(&other.to_string()));
            }
        }
    }
}
