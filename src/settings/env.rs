//! Every environment variable that `ctl` itself reads, with what it means.
//!
//! The AWS SDK reads more (credentials, profiles, proxies); docs/environment.md is made from
//! [`VARIABLES`].

use super::layers::{ColorChoice, Format, Layer};
use crate::error::{Error, Result};
use crate::process::Env;

/// A variable and what it means.
pub type Variable = (&'static str, &'static str);

/// The agreement given beforehand.
pub const CTL_YES: &str = "CTL_YES";
/// The external ID.
pub const CTL_EXTERNAL_ID: &str = "CTL_EXTERNAL_ID";
/// The state of the embedded CloudTrail Lake.
pub const CTL_SANDBOX_STATE: &str = "CTL_SANDBOX_STATE";
/// Set by `ctl sandbox exec` for the command it runs.
pub const CTL_SANDBOX_ENDPOINT: &str = "CTL_SANDBOX_ENDPOINT";
/// Where programs keep what they must remember.
pub const XDG_STATE_HOME: &str = "XDG_STATE_HOME";
/// How much to log.
pub const CTL_LOG: &str = "CTL_LOG";

/// The endpoints that the AWS CLI and every SDK know, one per service that `ctl` calls.
pub const ENDPOINTS: [&str; 4] = [
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_CLOUDTRAIL",
    "AWS_ENDPOINT_URL_CLOUDTRAIL_DATA",
    "AWS_ENDPOINT_URL_STS",
];

/// Every variable, in the order of the documentation.
pub const VARIABLES: [Variable; 22] = [
    (
        "AWS_REGION",
        "The Region, where `--region` is absent. An empty one counts as not set.",
    ),
    (
        "AWS_DEFAULT_REGION",
        "The Region, where neither `--region` nor `AWS_REGION` is given.",
    ),
    (
        "AWS_PROFILE",
        "The profile of the AWS configuration, where `--profile` is absent.",
    ),
    (
        "AWS_ENDPOINT_URL",
        "An endpoint for every service, where `--endpoint-url` is absent.",
    ),
    ("AWS_ENDPOINT_URL_CLOUDTRAIL", "The endpoint of CloudTrail."),
    (
        "AWS_ENDPOINT_URL_CLOUDTRAIL_DATA",
        "The endpoint of CloudTrail Data, which takes the events.",
    ),
    (
        "AWS_ENDPOINT_URL_STS",
        "The endpoint of STS, which tells who the caller is.",
    ),
    (
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "`true`: the endpoints above and those of the profile do not count.",
    ),
    (
        "AWS_RETRY_MODE",
        "`standard` or `adaptive`; `legacy` works as `standard`.",
    ),
    (
        "AWS_MAX_ATTEMPTS",
        "How often a call is tried in all, at least 1. The default is 3.",
    ),
    (
        CTL_EXTERNAL_ID,
        "The external ID, where no flag gives one. An empty one is an error.",
    ),
    (CTL_YES, "`1`: agree beforehand, like `--yes`."),
    ("CTL_OUTPUT", "The output format, like `--output`."),
    ("CTL_COLOR", "`auto`, `always` or `never`, like `--color`."),
    (
        "CTL_EXPECT_ACCOUNT",
        "The only account to act in, like `--expect-account`.",
    ),
    (
        "CTL_SANDBOX",
        "`1`: use the embedded CloudTrail Lake, like `--sandbox`.",
    ),
    (CTL_SANDBOX_STATE, "The file in which `--sandbox` keeps its state."),
    (
        CTL_SANDBOX_ENDPOINT,
        "Set by `ctl sandbox exec`: which endpoint is a sandbox's.",
    ),
    (
        "CTL_QUOTAS",
        "`1`: keep to the quotas of AWS, requests a second, where the endpoint is on this machine too.",
    ),
    (
        CTL_LOG,
        "`error`, `warn`, `info`, `debug` or `trace`: what to log on stderr.",
    ),
    (
        "NO_COLOR",
        "Any value: no colour, unless a flag or `CTL_COLOR` says otherwise.",
    ),
    ("CLICOLOR_FORCE", "Any value but `0`: colour, even off a terminal."),
];

/// What the environment says.
pub fn layer(env: &Env) -> Result<Layer> {
    let text = |name: &str| env.get(name).map(str::to_owned);
    Ok(Layer {
        region: text("AWS_REGION").or_else(|| text("AWS_DEFAULT_REGION")),
        profile: text("AWS_PROFILE"),
        endpoint_url: None,
        expect_account: text("CTL_EXPECT_ACCOUNT"),
        sandbox: switch(env, "CTL_SANDBOX")?,
        sandbox_state: text(CTL_SANDBOX_STATE),
        output: choice(env, "CTL_OUTPUT")?,
        jmespath: None,
        quiet: None,
        verbose: None,
        color: choice::<ColorChoice>(env, "CTL_COLOR")?.or_else(|| convention(env)),
        yes: switch(env, CTL_YES)?,
        allow_http: None,
        partners: None,
        retry_mode: text("AWS_RETRY_MODE"),
        max_attempts: text("AWS_MAX_ATTEMPTS"),
        quotas: switch(env, "CTL_QUOTAS")?,
    })
}

/// Whether the environment asks for colour, for what has to be said before the settings are known.
pub fn color(env: &Env) -> Option<ColorChoice> {
    let chosen = choice(env, "CTL_COLOR").ok().flatten();
    chosen.or_else(|| convention(env))
}

/// The output format that the environment asks for, where it is one at all: an error about the
/// environment must still be said in that format.
pub fn format(env: &Env) -> Option<Format> {
    choice(env, "CTL_OUTPUT").ok().flatten()
}

fn convention(env: &Env) -> Option<ColorChoice> {
    if env.get("NO_COLOR").is_some() {
        Some(ColorChoice::Never)
    } else if env.get("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
        Some(ColorChoice::Always)
    } else {
        None
    }
}

fn switch(env: &Env, name: &str) -> Result<Option<bool>> {
    match env.get(name) {
        None => Ok(None),
        Some("1" | "true" | "yes") => Ok(Some(true)),
        Some("0" | "false" | "no") => Ok(Some(false)),
        Some(other) => Err(Error::usage(format!("{name} is \"{other}\", and 1 or 0 was expected."))),
    }
}

fn choice<T: clap::ValueEnum>(env: &Env, name: &str) -> Result<Option<T>> {
    let Some(text) = env.get(name) else { return Ok(None) };
    if let Ok(value) = T::from_str(text, false) {
        Ok(Some(value))
    } else {
        let all: Vec<String> = T::value_variants()
            .iter()
            .filter_map(|variant| Some(variant.to_possible_value()?.get_name().to_owned()))
            .collect();
        Err(Error::usage(format!(
            "{name} is \"{text}\", and one of {} was expected.",
            all.join(", ")
        )))
    }
}
