//! What becomes of a channel's resource policy.
//!
//! `ctl` looks after one statement and leaves the others as they are. Its own is the one with the Sid
//! `ChannelPolicy`; failing that, the only Allow statement that has the template's form, which is how
//! the console's looks. Nothing that stands is changed unless an option asks for something that is not
//! true yet, and nobody who is let in is locked out without `--replace-access`.

mod decide;
mod findings;
mod lint;
mod notes;
mod refusal;
mod scene;
mod withdraw;
mod words;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod laws;

pub use decide::{decide, render};
pub use findings::findings;
pub use lint::{lint, lint_attached, lint_bytes};
pub use refusal::{PolicyRefusal, RefusalKind};
pub use withdraw::{Withdrawal, withdraw};
pub(super) use words::sentence;

use crate::model::partner::Partner;
use crate::model::policy::TEMPLATE_SID;
use crate::model::{ChannelArn, Effect, ExternalId, Policy, Principal, Statement, Template};

/// What was said about the external ID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExternalIdChoice {
    /// Nothing: what stands is kept.
    Unsaid,
    /// That there is none, on purpose (`--no-external-id`).
    None,
    /// That it is this one.
    Is(ExternalId),
}

/// Who is to be let in, as far as it was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessWanted {
    /// `--principal`, where it was given: all whom `ctl`'s statement is to let in.
    pub principals: Option<Vec<Principal>>,
    /// The partner's published accounts.
    pub catalogue: Vec<Principal>,
    /// What was said about the external ID.
    pub external_id: ExternalIdChoice,
    /// Whether the partner itself calls, so that it has to be let in.
    pub direct: bool,
    /// Whether it has to be let in with an external ID.
    pub external_id_required: bool,
    /// `--replace-access`: whoever is let in may be locked out by this run.
    pub replace_access: bool,
}

/// What is to be done about the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyDecision {
    /// Nothing.
    Keep {
        /// Sentences for the plan.
        notes: Vec<String>,
    },
    /// Put a new document.
    Write {
        /// The document, but for the channel's ARN.
        draft: PolicyDraft,
        /// Sentences for the plan, the first of which says who is let in. Never an external ID.
        notes: Vec<String>,
        /// Whether somebody is locked out, or an external ID ends to hold.
        replaces: bool,
    },
}

/// A policy that is to be put, on a channel that may not exist yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyDraft {
    base: Policy,
    at: Option<usize>,
    statement: Template,
}

/// The policy as every `integration` object has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicySummary {
    /// Whether there is one.
    pub attached: bool,
    /// Whom its Allow statements name, account roots as ARNs, in their order.
    pub principals: Vec<String>,
    /// Whether `ctl`'s statement asks for an external ID; without such a statement, whether all do.
    pub external_id: bool,
    /// How many statements it has.
    pub statements: usize,
}

impl AccessWanted {
    /// What a partner needs, where no option says anything.
    pub fn of(partner: &Partner) -> Self {
        Self {
            principals: None,
            catalogue: partner.principals(),
            external_id: ExternalIdChoice::Unsaid,
            direct: partner.is_direct(),
            external_id_required: partner.needs_external_id(),
            replace_access: false,
        }
    }

    /// Whether an option says anything about the policy.
    fn asks(&self) -> bool {
        self.given().is_some() || self.external_id != ExternalIdChoice::Unsaid
    }

    fn given(&self) -> Option<&[Principal]> {
        self.principals.as_deref().filter(|given| !given.is_empty())
    }
}

impl PolicyDraft {
    /// The document for `channel`.
    pub fn render(&self, channel: &ChannelArn) -> Policy {
        self.base.with(self.at, &self.statement, channel)
    }

    /// What the integration's policy will be. `partition` is the channel's, for one that does not
    /// exist yet.
    pub fn summary(&self, channel: Option<&ChannelArn>, partition: &str) -> PolicySummary {
        match channel {
            Some(channel) => summary(Some(&self.render(channel)), channel),
            None => PolicySummary {
                attached: true,
                principals: self
                    .statement
                    .principals
                    .iter()
                    .map(|p| p.in_partition(partition))
                    .collect(),
                external_id: !self.statement.external_ids.is_empty(),
                statements: 1,
            },
        }
    }
}

impl PolicySummary {
    /// The word of the JSON: `set` or `none`.
    pub fn external_id_word(&self) -> &'static str {
        if self.external_id { "set" } else { "none" }
    }
}

/// What the policy of `channel` comes to.
pub fn summary(found: Option<&Policy>, channel: &ChannelArn) -> PolicySummary {
    let Some(policy) = found else {
        return PolicySummary {
            attached: false,
            principals: Vec::new(),
            external_id: false,
            statements: 0,
        };
    };
    let statements = policy.statements();
    let allows: Vec<&Statement> = statements.iter().filter(|s| s.effect == Effect::Allow).collect();
    let named = distinct(allows.iter().flat_map(|statement| &statement.principals));
    let external_id = match own(&statements, channel) {
        Some(own) => own.view.asks_external_id(),
        None => !allows.is_empty() && allows.iter().all(|statement| statement.asks_external_id()),
    };
    PolicySummary {
        attached: true,
        principals: named.iter().map(|p| p.in_partition(channel.partition())).collect(),
        external_id,
        statements: statements.len(),
    }
}

/// The statement that `ctl` looks after.
struct Own<'a> {
    at: usize,
    view: &'a Statement,
    /// Whether it has the form in which `ctl` writes it.
    template: bool,
    /// Whether it has `ctl`'s Sid; else it is taken for `ctl`'s by its form alone.
    named: bool,
}

fn own<'a>(statements: &'a [Statement], channel: &ChannelArn) -> Option<Own<'a>> {
    let allows = || {
        let all = statements.iter().enumerate();
        all.filter(|(_, statement)| statement.effect == Effect::Allow)
    };
    if let Some((at, view)) = allows().find(|(_, statement)| statement.sid.as_deref() == Some(TEMPLATE_SID)) {
        return Some(Own {
            at,
            view,
            template: view.is_template(channel),
            named: true,
        });
    }
    let mut alike = allows().filter(|(_, statement)| statement.is_template(channel));
    match (alike.next(), alike.next()) {
        (Some((at, view)), None) => Some(Own {
            at,
            view,
            template: true,
            named: false,
        }),
        _ => None,
    }
}

/// The statements other than `ctl`'s, with their places.
fn others<'a>(
    statements: &'a [Statement],
    own: Option<&Own<'_>>,
) -> impl Iterator<Item = (usize, &'a Statement)> + use<'a> {
    let own = own.map(|own| own.at);
    let all = statements.iter().enumerate();
    all.filter(move |(at, _)| Some(*at) != own)
}

/// Whether two lists have the same items, in whatever order and number.
fn same<T: PartialEq>(a: &[T], b: &[T]) -> bool {
    a.iter().all(|item| b.contains(item)) && b.iter().all(|item| a.contains(item))
}

/// Each principal once, in their order.
fn distinct<'a>(principals: impl IntoIterator<Item = &'a Principal>) -> Vec<Principal> {
    let mut kept: Vec<Principal> = Vec::new();
    for principal in principals {
        if !kept.contains(principal) {
            kept.push(principal.clone());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::fixtures::*;
    use super::*;

    #[test]
    fn the_summary_says_who_and_whether_with_an_external_id() {
        let deny = with(statement("Out", &[GONE], "x-y"), "Effect", json!("Deny"));
        let mine = |id: &str| with(statement("Mine", &[OTHER, NORDCLOUD], id), "Note", json!(1));
        let ours = statement("ChannelPolicy", &[NORDCLOUD], "s3cret");
        let roots = |accounts: &[&str]| -> Vec<String> {
            accounts
                .iter()
                .map(|account| format!("arn:aws:iam::{account}:root"))
                .collect()
        };
        let table: Vec<(Vec<Value>, Vec<String>, &str)> = vec![
            (vec![], vec![], "none"),
            (vec![deny.clone()], vec![], "none"),
            (vec![ours.clone()], roots(&[NORDCLOUD]), "set"),
            (vec![deny, mine(""), ours], roots(&[OTHER, NORDCLOUD]), "set"),
            (vec![mine("s3cret")], roots(&[OTHER, NORDCLOUD]), "set"),
            (vec![mine("s3cret"), mine("")], roots(&[OTHER, NORDCLOUD]), "none"),
            (
                vec![with(mine(""), "Principal", json!({"AWS": ["*", GONE]}))],
                vec!["*".to_owned(), GONE.to_owned()],
                "none",
            ),
        ];
        for (statements, principals, external_id) in table {
            let summary = summary(Some(&policy(&statements)), &channel());
            assert!(summary.attached);
            assert_eq!(summary.principals, principals);
            assert_eq!(summary.external_id_word(), external_id);
            assert_eq!(summary.statements, statements.len());
        }
        assert!(!summary(None, &channel()).attached);
    }
}
