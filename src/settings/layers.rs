//! One all-`Option` layer per source of settings.

/// What one source says; `None` where it is silent.
#[derive(Debug, Clone, Default)]
pub struct Layer {
    /// The Region.
    pub region: Option<String>,
    /// The profile of the AWS configuration.
    pub profile: Option<String>,
    /// An endpoint for every service.
    pub endpoint_url: Option<String>,
    /// The only account `ctl` may act in.
    pub expect_account: Option<String>,
    /// Whether to use the embedded CloudTrail Lake.
    pub sandbox: Option<bool>,
    /// Where the embedded CloudTrail Lake keeps its state.
    pub sandbox_state: Option<String>,
    /// The output format.
    pub output: Option<Format>,
    /// A JMESPath expression over the JSON answer.
    pub jmespath: Option<String>,
    /// Whether to say nothing but the answer and errors.
    pub quiet: Option<bool>,
    /// How much to log: 0 nothing, 1 calls, 2 more.
    pub verbose: Option<u8>,
    /// Whether to colour.
    pub color: Option<ColorChoice>,
    /// Whether the user has agreed beforehand.
    pub yes: Option<bool>,
    /// Whether plain http to a host that is not loopback is allowed.
    pub allow_http: Option<bool>,
    /// A file of partners over the built-in catalogue.
    pub partners: Option<String>,
    /// `standard`, `adaptive` or `legacy`.
    pub retry_mode: Option<String>,
    /// How often a call is tried in all.
    pub max_attempts: Option<String>,
    /// Whether to keep to the quotas of AWS where it is not AWS that answers.
    pub quotas: Option<bool>,
}

/// The output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A table for people; tab-separated when piped.
    Table,
    /// One JSON document.
    Json,
    /// A JSON document a line.
    Ndjson,
    /// CSV with a header, for the verbs that answer with rows.
    Csv,
    /// Annotations of GitHub Actions, which `event validate` alone has.
    #[value(hide = true)]
    Github,
}

impl Format {
    /// The word on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
            Self::Github => "github",
        }
    }

    /// Whether the answer is JSON.
    pub fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Ndjson)
    }
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorChoice {
    /// At a terminal, unless `NO_COLOR` says otherwise.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}
