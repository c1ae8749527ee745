//! The options that every verb takes.

use clap::Args;

use crate::settings::{ColorChoice, Format, Layer};

/// Options of every verb.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(super) struct GlobalArgs {
    #[arg(help = "The Region [env: AWS_REGION]", long, global = true, value_name = "REGION")]
    region: Option<String>,
    #[arg(
        help = "The profile of the AWS configuration [env: AWS_PROFILE]",
        long,
        global = true,
        value_name = "NAME"
    )]
    profile: Option<String>,
    #[arg(
        help = "An endpoint for every service [env: AWS_ENDPOINT_URL and its kin]",
        long,
        global = true,
        value_name = "URL"
    )]
    endpoint_url: Option<String>,
    /// Refuse to act in any other account
    #[arg(long, global = true, value_name = "ACCOUNT")]
    expect_account: Option<String>,
    /// Use the embedded CloudTrail Lake instead of AWS
    #[arg(long, global = true)]
    sandbox: bool,
    /// The output format
    #[arg(short, long, global = true, value_enum, value_name = "FORMAT")]
    output: Option<Format>,
    /// Select from the JSON answer with a JMESPath expression
    #[arg(long, global = true, value_name = "EXPR")]
    jmespath: Option<String>,
    /// Say nothing but the answer, warnings and errors
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Log what is done, on stderr; twice for more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    /// When to colour
    #[arg(long, global = true, value_enum, value_name = "WHEN")]
    color: Option<ColorChoice>,
    #[arg(
        help = "Agree beforehand to what would be asked [env: CTL_YES]",
        short,
        long,
        global = true
    )]
    yes: bool,
    /// Allow plain http to a host that is not this machine
    #[arg(long, global = true)]
    allow_http: bool,
    /// A file of partners over the built-in catalogue
    #[arg(long, global = true, value_name = "FILE")]
    partners: Option<String>,
}

impl GlobalArgs {
    /// What was typed; what was not is `None`, so that a weaker layer may say it.
    pub(super) fn layer(&self) -> Layer {
        let given = |flag: bool| flag.then_some(true);
        Layer {
            region: self.region.clone(),
            profile: self.profile.clone(),
            endpoint_url: self.endpoint_url.clone(),
            expect_account: self.expect_account.clone(),
            sandbox: given(self.sandbox),
            sandbox_state: None,
            output: self.output,
            jmespath: self.jmespath.clone(),
            quiet: given(self.quiet),
            verbose: (self.verbose > 0).then_some(self.verbose),
            color: self.color,
            yes: given(self.yes),
            allow_http: given(self.allow_http),
            partners: self.partners.clone(),
            retry_mode: None,
            max_attempts: None,
            quotas: None,
        }
    }
}
