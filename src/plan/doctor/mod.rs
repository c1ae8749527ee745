//! What `doctor` makes of what was seen: a list of checks, each with its evidence and the next step.
//!
//! Every check is made whatever became of the others. One that rests on something that could not be seen is
//! skipped, and says why; the reason itself is a finding of the check that it belongs to. What an
//! integration's policy, stores and deliveries are judged by is [`super::integration`], as for `status`.

pub mod iam;
mod integrations;
mod surroundings;

#[cfg(test)]
mod tests;

use jiff::Timestamp;

use super::Refusal;
use super::integration::Silence;
use crate::model::partner::Partner;
use crate::model::{AccountId, Channel, ChannelArn, Policy, Store, StoreArn};

/// How a check ended, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It could not be made, or there is nothing to compare with.
    Skipped,
    /// As it should be.
    Pass,
    /// Works today, and should be looked at.
    Warn,
    /// Does not work.
    Fail,
}

impl Verdict {
    /// The word that stands in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// One check and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its frozen id, in `snake_case`.
    pub id: &'static str,
    /// What is checked, in two or three words.
    pub title: &'static str,
    /// How it ended.
    pub verdict: Verdict,
    /// The integration it is about, by its channel's name; `None` for the surroundings of all.
    pub integration: Option<String>,
    /// What was seen, in sentences. Never holds a secret.
    pub evidence: String,
    /// What to do next, commands where there are some.
    pub next: Vec<String>,
}

impl Check {
    fn new(id: &'static str, title: &'static str, verdict: Verdict, evidence: impl Into<String>) -> Self {
        Self {
            id,
            title,
            verdict,
            integration: None,
            evidence: evidence.into(),
            next: Vec::new(),
        }
    }

    fn next(mut self, step: impl Into<String>) -> Self {
        self.next.push(step.into());
        self
    }

    fn steps(mut self, steps: &[String]) -> Self {
        self.next.extend(steps.iter().cloned());
        self
    }
}

/// In which way a call went wrong, as far as the checks tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// There are no credentials, or the service does not take them.
    Credentials,
    /// The caller's permissions do not allow the call.
    Denied,
    /// No answer of the service came: no connection, none in time, or somebody else's.
    Unreached,
    /// The service answered that it failed.
    Fault,
    /// The service answered, and what it answered cannot be read.
    Unreadable,
    /// The service answered something else.
    Other,
}

/// A call that went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// In which way.
    pub wrong: Wrong,
    /// The API operation.
    pub operation: String,
    /// The IAM action that the call needs.
    pub action: String,
    /// What happened, a sentence.
    pub words: String,
    /// What to do about it.
    pub remedies: Vec<String>,
}

/// What came of a look at something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look<T> {
    /// It was seen.
    Seen(T),
    /// The call went wrong.
    Failed(Trouble),
    /// Nobody looked, for this reason: the end of a sentence that begins with "not checked:".
    Omitted(String),
}

impl<T> Look<T> {
    /// What was seen.
    pub fn seen(&self) -> Option<&T> {
        match self {
            Self::Seen(seen) => Some(seen),
            Self::Failed(_) | Self::Omitted(_) => None,
        }
    }

    /// What went wrong.
    pub fn trouble(&self) -> Option<&Trouble> {
        match self {
            Self::Failed(trouble) => Some(trouble),
            Self::Seen(_) | Self::Omitted(_) => None,
        }
    }

    /// What was seen, or why it was not.
    fn or_why(&self) -> Result<&T, String> {
        match self {
            Self::Seen(seen) => Ok(seen),
            Self::Failed(trouble) => Err(format!("{} did not succeed", trouble.operation)),
            Self::Omitted(reason) => Err(reason.clone()),
        }
    }
}

/// Everything that was seen.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The time by `ctl`'s clock.
    pub now: Timestamp,
    /// The Region that was looked at.
    pub region: String,
    /// The Region of the settings, where a flag or a variable gives one.
    pub region_set: Option<String>,
    /// The channel that was named by its ARN.
    pub named: Option<ChannelArn>,
    /// `--expect-account`.
    pub expected: Option<AccountId>,
    /// Where calls go, in a word.
    pub endpoint: String,
    /// The credentials: when they run out, if they do.
    pub credentials: Look<Option<Timestamp>>,
    /// Who calls: account and ARN.
    pub caller: Look<(AccountId, String)>,
    /// The service's clock, with ours at the same moment.
    pub clock: Look<Clock>,
    /// All stores of the Region, those pending deletion included.
    pub stores: Look<Vec<(StoreArn, String)>>,
    /// All channels of the Region, service-linked ones included.
    pub channels: Look<Vec<(ChannelArn, String)>>,
    /// The endpoint that takes events: the HTTP status of a reply to a request that carries nothing.
    pub ingestion: Look<u16>,
    /// The integrations that are meant.
    pub integrations: Vec<SeenIntegration>,
    /// Why the one that was named could not be found.
    pub absent: Option<Refusal>,
}

/// Two clocks at the same moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// What the service's reply was stamped with, in whole seconds.
    pub service: Timestamp,
    /// What `ctl`'s clock showed when the reply was there.
    pub ours: Timestamp,
}

/// What was seen of one integration.
#[derive(Debug, Clone)]
pub struct SeenIntegration {
    /// The channel's ARN.
    pub arn: ChannelArn,
    /// The channel's name; its ARN's ID where the name is not known.
    pub name: String,
    /// The channel; `None` if there is none.
    pub channel: Look<Option<Channel>>,
    /// The stores that it feeds; `None` where there is none.
    pub stores: Vec<(StoreArn, Look<Option<Store>>)>,
    /// Its policy; `None` if there is none.
    pub policy: Look<Option<Policy>>,
    /// Whether its tags could be read, which `enable` needs.
    pub tags: Look<()>,
    /// The partner whose source it is.
    pub partner: Option<Partner>,
}

/// All checks, in an order that does not change: the surroundings, then each integration.
pub fn checks(seen: &Seen, silence: Option<Silence>) -> Vec<Check> {
    let mut checks = surroundings::checks(seen);
    checks.extend(integrations::presence(seen));
    for one in &seen.integrations {
        checks.extend(integrations::checks(one, silence));
    }
    checks
}

/// The checks of one integration, in an order that does not change.
pub fn of_integration(seen: &SeenIntegration, silence: Option<Silence>) -> Vec<Check> {
    integrations::checks(seen, silence)
}

/// A check that could not be made.
fn skipped(id: &'static str, title: &'static str, reason: &str) -> Check {
    Check::new(id, title, Verdict::Skipped, format!("Not checked: {reason}."))
}

/// A number of things, in words.
fn count(number: usize, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        several => format!("{several} {one}s"),
    }
}
