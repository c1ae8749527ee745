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
    /// The event data stores are there, and take events.
    Stores,
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
            Self::Stores => "stores",
            Self::Deliveries => "deliveries",
            Self::Canary => "canary",
            Self::Ingestion => "ingestion",
            Self::Query => "query",
        }
    }

    /// The step that a check of `doctor` belongs to, if any.
    fn of(check: &Check) -> Option<Self> {
        match check.id {
            "policy" => Some(Self::Policy),
            "principal" => Some(Self::Principal),
            "external_id" => Some(Self::ExternalId),
            "destinations" | "store_state" | "store_category" => Some(Self::Stores),
            "deliveries" => Some(Self::Deliveries),
            _ => None,
        }
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

    /// Takes another check in: what failed is all that is told of it.
    fn join(&mut self, state: State, check: &Check) {
        match (self.state, state) {
            (State::Failed, State::Failed) => {
                self.detail = format!("{} {}", self.detail, check.evidence);
                self.next.extend(check.next.iter().cloned());
            }
            (_, State::Failed) => {
                self.state = state;
                self.detail.clone_from(&check.evidence);
                self.next.clone_from(&check.next);
            }
            (State::Done, State::Done) => self.detail = format!("{} {}", self.detail, check.evidence),
            (State::Failed | State::Pending | State::Skipped | State::Done, _) => {}
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
    let mut steps: Vec<Step> = Vec::new();
    for check in checks {
        let Some(what) = What::of(check) else { continue };
        let state = match check.verdict {
            Verdict::Skipped => State::Skipped,
            Verdict::Fail => State::Failed,
            Verdict::Warn if what == What::Deliveries => State::Failed,
            Verdict::Pass | Verdict::Warn => State::Done,
        };
        match steps.iter_mut().find(|step| step.what == what) {
            Some(step) => step.join(state, check),
            None => steps.push(Step {
                next: check.next.clone(),
                ..Step::new(what, state, check.evidence.clone())
            }),
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(id: &'static str, verdict: Verdict) -> Check {
        Check {
            id,
            title: "",
            verdict,
            integration: None,
            evidence: format!("{id}."),
            next: vec![format!("mend {id}")],
        }
    }

    #[test]
    fn a_warning_is_no_failure_but_for_deliveries() {
        for (id, verdict, expected) in [
            ("policy", Verdict::Warn, State::Done),
            ("policy", Verdict::Fail, State::Failed),
            ("external_id", Verdict::Skipped, State::Skipped),
            ("deliveries", Verdict::Pass, State::Done),
            ("deliveries", Verdict::Warn, State::Failed),
        ] {
            let steps = access(&[check(id, verdict), check("store_retention", Verdict::Pass)]);
            let states: Vec<_> = steps.iter().map(|step| (step.what.as_str(), step.state)).collect();
            assert_eq!(states, [(id, expected)]);
        }
    }

    #[test]
    fn one_store_that_takes_nothing_fails_the_stores() {
        let steps = access(&[
            check("destinations", Verdict::Pass),
            check("store_state", Verdict::Fail),
            check("store_category", Verdict::Pass),
        ]);
        assert_eq!(steps.len(), 1);
        assert_eq!((steps[0].what, steps[0].state), (What::Stores, State::Failed));
        assert_eq!(steps[0].detail, "store_state.");
        assert_eq!(steps[0].next, ["mend store_state"]);
    }
}
