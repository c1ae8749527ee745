//! Why there is no plan, and what to do about it.

use super::policy::{PolicyRefusal, RefusalKind, sentence};
use crate::model::partner::Partner;

/// What kind of refusal it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The command says too little or contradicts itself: exit 2.
    Usage,
    /// What is there forbids it: exit 5.
    State,
    /// What was named does not exist: exit 5.
    NotFound,
    /// A direct partner's external ID is needed: asked for at a terminal, else exit 2.
    ExternalIdNeeded,
}

/// A refusal: nothing is changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// What kind it is.
    pub reason: Reason,
    /// What stands in the way.
    pub message: String,
    /// The remedies.
    pub hints: Vec<String>,
}

impl Refusal {
    /// A refusal.
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: message.into(),
            hints: Vec::new(),
        }
    }

    /// What is there forbids it.
    pub fn state(message: impl Into<String>) -> Self {
        Self::new(Reason::State, message)
    }

    /// The command says too little or contradicts itself.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Reason::Usage, message)
    }

    /// What was named does not exist.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Reason::NotFound, message)
    }

    /// Why a policy for `partner` is not written; where something is missing, with where to get it.
    pub fn of_policy(refusal: PolicyRefusal, partner: &Partner) -> Self {
        match &refusal {
            PolicyRefusal::PrincipalRequired if partner.is_direct() && partner.accounts.is_empty() => {
                Self::usage(format!(
                    "The AWS account of {} is not published; --principal is needed.",
                    partner.name
                ))
                .hinted(&partner.accounts_where)
            }
            PolicyRefusal::PrincipalRequired => Self::from(refusal).hinted(&partner.accounts_where),
            PolicyRefusal::ExternalIdRequired => Self::from(refusal).hinted(&partner.external_id.obtain),
            _ => refusal.into(),
        }
    }

    /// The same refusal with a remedy.
    #[must_use]
    pub fn hinted(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl From<PolicyRefusal> for Refusal {
    fn from(refusal: PolicyRefusal) -> Self {
        let reason = match (&refusal, refusal.kind()) {
            (PolicyRefusal::ExternalIdRequired, _) => Reason::ExternalIdNeeded,
            (_, RefusalKind::Usage) => Reason::Usage,
            (_, RefusalKind::State) => Reason::State,
        };
        let told = |phrase: &str| format!("{}.", sentence(phrase));
        Self::new(reason, told(&refusal.to_string())).hinted(told(refusal.hint()))
    }
}
