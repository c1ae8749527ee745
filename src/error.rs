//! The one error of the program: its kind decides the heading and the exit code.
//!
//! Errors of `model` and `plan` become one of these in this file; errors of the service do in
//! `aws/error.rs`. No message holds an external ID or an event's body.

use std::fmt;

/// What a run ends with. The numbers are frozen: `ctl help exit-codes` prints them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, or nothing to do.
    Done,
    /// Some events were refused, or something was found.
    Violations,
    /// Drift or pending changes, with `--exit-code`.
    Drift,
    /// The code of a command that `ctl sandbox exec` ran.
    Of(u8),
}

impl Exit {
    /// The process's exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Violations => 3,
            Self::Drift => 10,
            Self::Of(code) => code,
        }
    }
}

/// What kind of failure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It failed.
    Failed,
    /// The user said no.
    Declined,
    /// Wrong usage or settings.
    Usage,
    /// Something was refused or found.
    Violations,
    /// Credentials or permission.
    Access,
    /// What was named does not exist.
    NotFound,
    /// What is there forbids it.
    State,
    /// Gave up waiting: throttled, timed out, or the outcome is not known.
    GaveUp,
    /// A bug in `ctl`.
    Bug,
    /// Interrupted by a signal.
    Interrupted,
}

impl Kind {
    /// Every kind, in the order of the exit codes.
    pub const ALL: [Self; 10] = [
        Self::Failed,
        Self::Declined,
        Self::Usage,
        Self::Violations,
        Self::Access,
        Self::NotFound,
        Self::State,
        Self::GaveUp,
        Self::Bug,
        Self::Interrupted,
    ];

    /// The exit code (frozen).
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Failed | Self::Declined => 1,
            Self::Usage => 2,
            Self::Violations => 3,
            Self::Access => 4,
            Self::NotFound | Self::State => 5,
            Self::GaveUp => 6,
            Self::Bug => 70,
            Self::Interrupted => 130,
        }
    }

    /// The word in `error.kind` of the JSON error.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Declined => "declined",
            Self::Usage => "usage",
            Self::Violations => "violations",
            Self::Access => "access",
            Self::NotFound => "not_found",
            Self::State => "state",
            Self::GaveUp => "gave_up",
            Self::Bug => "bug",
            Self::Interrupted => "interrupted",
        }
    }
}

/// The exit codes and what they mean, as `ctl help exit-codes` prints them.
pub const EXIT_CODES: [(u8, &str); 10] = [
    (0, "done, or nothing to do"),
    (1, "failed, or you said no"),
    (2, "usage or settings"),
    (
        3,
        "violations or refusals: some events were refused, or a check found something",
    ),
    (4, "credentials or permission"),
    (
        5,
        "not found, or what is there forbids it (closed to new customers included)",
    ),
    (
        6,
        "gave up waiting: throttled, timed out, or an outcome that is not known; run it again",
    ),
    (10, "drift or pending changes, only with --exit-code"),
    (70, "a bug in ctl"),
    (130, "interrupted"),
];

/// A failure as the user is told of it.
#[derive(Debug)]
pub struct Error {
    /// The kind: it decides the exit code.
    pub kind: Kind,
    /// What failed, in the user's nouns.
    pub message: String,
    /// Why; each error in the chain is told, outermost first.
    pub source: Option<anyhow::Error>,
    /// The service's code, where it gave one.
    pub code: Option<String>,
    /// The service's request ID.
    pub request_id: Option<String>,
    /// What to do next.
    pub hints: Vec<String>,
}

/// What every room above `model` and `plan` returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A failure of a kind.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
            code: None,
            request_id: None,
            hints: Vec::new(),
        }
    }

    /// Wrong usage or settings: exit 2.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// What is there forbids it: exit 5.
    pub fn state(message: impl Into<String>) -> Self {
        Self::new(Kind::State, message)
    }

    /// What was named does not exist: exit 5.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, message)
    }

    /// It failed: exit 1.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(Kind::Failed, message)
    }

    /// The same failure with a next step.
    #[must_use]
    pub fn hinted(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The same failure with its cause.
    #[must_use]
    pub fn because(mut self, cause: impl Into<anyhow::Error>) -> Self {
        self.source = Some(cause.into());
        self
    }

    /// The same failure told as `message`; what it said before becomes its cause.
    #[must_use]
    pub fn context(mut self, message: impl Into<String>) -> Self {
        let before = std::mem::replace(&mut self.message, message.into());
        self.source = Some(match self.source.take() {
            Some(source) => source.context(before),
            None => anyhow::Error::msg(before),
        });
        self
    }

    /// The causes, outermost first.
    pub fn causes(&self) -> impl Iterator<Item = String> {
        self.source
            .iter()
            .flat_map(anyhow::Error::chain)
            .map(ToString::to_string)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.source.is_none() {
            return f.write_str(&self.message);
        }
        // One sentence: what failed, and why.
        f.write_str(self.message.trim_end_matches('.'))?;
        self.causes().try_for_each(|cause| write!(f, ": {cause}"))
    }
}

impl std::error::Error for Error {}

macro_rules! usage_from {
    ($($error:ty),+ $(,)?) => {$(
        impl From<$error> for Error {
            fn from(error: $error) -> Self {
                Self::usage(format!("{error}."))
            }
        }
    )+};
}

usage_from!(
    crate::model::ArnError,
    crate::model::NameError,
    crate::model::ExternalIdError,
    crate::model::selector::SelectorError,
    crate::plan::query::StatementError,
    crate::plan::query::TableError,
);

impl From<crate::model::CountsLost> for Error {
    fn from(lost: crate::model::CountsLost) -> Self {
        Self::failed("Could not count the events in a temporary file.")
            .because(lost)
            .hinted("Make room where temporary files are, or name another place in TMPDIR.")
    }
}

impl From<crate::plan::Refusal> for Error {
    fn from(refusal: crate::plan::Refusal) -> Self {
        use crate::plan::Reason;
        let kind = match refusal.reason {
            Reason::Usage | Reason::ExternalIdNeeded => Kind::Usage,
            Reason::State => Kind::State,
            Reason::NotFound => Kind::NotFound,
        };
        Self {
            hints: refusal.hints,
            ..Self::new(kind, refusal.message)
        }
    }
}
