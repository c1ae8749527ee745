//! The steps of a proof, and how each ended.

use std::time::Duration;

use crate::plan::doctor::{Check, Verdict};

/// What a step proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    /// The policy is as it must be.
    Policy,
    /// The partner is let in, and nobody else.
    Principal,
    /// The policy asks for an external ID.
    ExternalId,
    /// Events have been taken.
    Deliveries,
    /// The service took the canary.
    Canary,
    /// The channel's ingestion status shows it.
    Ingestion,
    /// A query finds it.
    Query,
}

impl What {
    /// The frozen word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Principal => "principal",
            Self::ExternalId => "external_id",
            Self::Deliveries => "deliveries",
            Self::Canary => "canary",
            Self::Ingestion => "ingestion",
            Self::Query => "query",
        }
    }

    /// The step that a check of `doctor` is, if it is one.
    fn of(check: &Check) -> Option<Self> {
        [Self::Policy, Self::Principal, Self::ExternalId, Self::Deliveries]
            .into_iter()
            .find(|what| what.as_str() == check.id)
    }
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Proved.
    Done,
    /// Proved not to be so.
    Failed,
    /// Not seen yet when the time was over.
    Pending,
    /// Not looked at.
    Skipped,
}

impl State {
    /// The word in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Pending => "pending",
            Self::Skipped => "skipped",
        }
    }
}

/// One step of a proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it proves.
    pub what: What,
    /// How it ended.
    pub state: State,
    /// How long after the canary was sent it was seen.
    pub latency: Option<Duration>,
    /// What was seen, in sentences.
    pub detail: String,
    /// What to do next.
    pub next: Vec<String>,
}

impl Step {
    /// A step with its end.
    pub fn new(what: What, state: State, detail: impl Into<String>) -> Self {
        Self {
            what,
            state,
            latency: None,
            detail: detail.into(),
            next: Vec::new(),
        }
    }

    /// The same, seen so long after the canary was sent.
    #[must_use]
    pub fn after(self, latency: Duration) -> Self {
        Self {
            latency: Some(latency),
            ..self
        }
    }
}

/// What can be told of an integration without sending anything, from `doctor`'s checks of it. That no event was
/// ever taken, or none for too long, is no proof; whatever else is merely worth a look does no harm to it.
pub fn access(checks: &[Check]) -> Vec<Step> {
    let step = |check: &Check| {
        let what = What::of(check)?;
        let state = match check.verdict {
            Verdict::Skipped => State::Skipped,
            Verdict::Fail => State::Failed,
            Verdict::Warn if what == What::Deliveries => State::Failed,
            Verdict::Pass | Verdict::Warn => State::Done,
        };
        Some(Step {
            next: check.next.clone(),
            ..Step::new(what, state, check.evidence.clone())
        })
    };
    checks.iter().filter_map(step).collect()
}
