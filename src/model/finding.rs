//! What `status` and the policy linter find, each under a code that does not change.

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; never a reason to fail.
    Info,
    /// Works today, and should be looked at.
    Warning,
    /// Does not work, or lets somebody in who should not be.
    Error,
}

impl Severity {
    /// The word that stands in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One thing found, with a frozen code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The frozen code, in `snake_case`.
    pub code: &'static str,
    /// What was found, a sentence. Never holds an external ID or an event's body.
    pub message: String,
    /// What to do, a command where there is one.
    pub hint: Option<String>,
}

impl Finding {
    /// A finding without a hint.
    pub fn new(severity: Severity, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity,
            code,
            message: message.into(),
            hint: None,
        }
    }

    /// The same finding with a hint.
    #[must_use]
    pub fn hinted(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
