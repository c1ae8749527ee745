//! The fold of the layers into settings: pure, and the only place where a default stands.

use std::path::PathBuf;

use super::layers::{ColorChoice, Format, Layer};
use crate::error::{Error, Result};
use crate::model::AccountId;

/// How calls that may be repeated are repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// Whether the SDK's adaptive mode was asked for.
    pub adaptive: bool,
    /// How often a call is tried in all.
    pub attempts: u32,
}

/// The settings of a run.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Settings {
    /// The Region, where a flag or a variable gives one; else the profile may.
    pub region: Option<String>,
    /// The profile.
    pub profile: Option<String>,
    /// Whether the profile was named on the command line.
    pub profile_chosen: bool,
    /// An endpoint for every service, from `--endpoint-url`.
    pub endpoint_url: Option<String>,
    /// The only account to act in.
    pub expect_account: Option<AccountId>,
    /// Whether the embedded CloudTrail Lake is used.
    pub sandbox: bool,
    /// Where it keeps its state, if not in the user's state directory.
    pub sandbox_state: Option<PathBuf>,
    /// The output format.
    pub output: Format,
    /// A JMESPath expression over the JSON answer.
    pub jmespath: Option<String>,
    /// Nothing but the answer and errors.
    pub quiet: bool,
    /// How much to log.
    pub verbose: u8,
    /// When to colour.
    pub color: ColorChoice,
    /// The user has agreed beforehand.
    pub yes: bool,
    /// Plain http to any host is allowed.
    pub allow_http: bool,
    /// A file of partners.
    pub partners: Option<PathBuf>,
    /// How calls are repeated.
    pub retry: Retry,
    /// The quotas of AWS are kept to on this machine, too.
    pub quotas_everywhere: bool,
}

/// Folds the layers, the strongest first.
pub fn resolve(flags: Layer, env: Layer) -> Result<Settings> {
    let jmespath = flags.jmespath.or(env.jmespath);
    if jmespath.is_some()
        && let Some(format) = flags.output.filter(|format| !format.is_json())
    {
        let name = format.as_str();
        return Err(Error::usage(format!(
            "--jmespath selects from JSON, and --output {name} was asked for."
        )));
    }
    // An expression asks for JSON, whatever the environment prefers.
    let output = flags
        .output
        .or(env.output.filter(|format| jmespath.is_none() || format.is_json()));
    Ok(Settings {
        region: non_empty(flags.region, "--region")?
            .or(env.region)
            .map(region)
            .transpose()?,
        profile_chosen: flags.profile.is_some(),
        profile: non_empty(flags.profile, "--profile")?.or(env.profile),
        endpoint_url: flags.endpoint_url.or(env.endpoint_url),
        expect_account: flags
            .expect_account
            .or(env.expect_account)
            .map(|text| text.parse())
            .transpose()?,
        sandbox: flags.sandbox.or(env.sandbox).unwrap_or(false),
        sandbox_state: flags.sandbox_state.or(env.sandbox_state).map(PathBuf::from),
        output: output.unwrap_or(if jmespath.is_some() {
            Format::Json
        } else {
            Format::Table
        }),
        jmespath,
        quiet: flags.quiet.or(env.quiet).unwrap_or(false),
        verbose: flags.verbose.or(env.verbose).unwrap_or(0),
        color: flags.color.or(env.color).unwrap_or(ColorChoice::Auto),
        yes: flags.yes.or(env.yes).unwrap_or(false),
        allow_http: flags.allow_http.or(env.allow_http).unwrap_or(false),
        partners: flags.partners.or(env.partners).map(PathBuf::from),
        retry: Retry {
            adaptive: adaptive(flags.retry_mode.or(env.retry_mode).as_deref())?,
            attempts: attempts(flags.max_attempts.or(env.max_attempts).as_deref())?,
        },
        quotas_everywhere: flags.quotas.or(env.quotas).unwrap_or(false),
    })
}

/// A Region's name becomes part of a host name.
fn region(text: String) -> Result<String> {
    if text
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    {
        return Ok(text);
    }
    Err(Error::usage(format!("\"{text}\" is no Region.")).hinted("A Region is named like us-east-1."))
}

fn non_empty(value: Option<String>, flag: &str) -> Result<Option<String>> {
    match value {
        Some(text) if text.is_empty() => Err(Error::usage(format!("{flag} is empty."))),
        other => Ok(other),
    }
}

fn adaptive(mode: Option<&str>) -> Result<bool> {
    match mode {
        // The SDK for Rust has no legacy mode and panics on the word; the AWS CLI still documents it.
        None | Some("standard" | "legacy") => Ok(false),
        Some("adaptive") => Ok(true),
        Some(other) => Err(Error::usage(format!(
            "AWS_RETRY_MODE is \"{other}\", and standard, adaptive or legacy was expected."
        ))),
    }
}

fn attempts(text: Option<&str>) -> Result<u32> {
    /// What the SDK's standard mode takes by itself.
    const DEFAULT: u32 = 3;
    match text.map(str::parse) {
        None => Ok(DEFAULT),
        Some(Ok(count)) if count > 0 => Ok(count),
        Some(_) => Err(Error::usage(format!(
            "AWS_MAX_ATTEMPTS is \"{}\", and a whole number from 1 on was expected.",
            text.unwrap_or_default()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(change: impl FnOnce(&mut Layer)) -> Layer {
        let mut layer = Layer::default();
        change(&mut layer);
        layer
    }

    #[test]
    fn flags_win_over_the_environment() {
        let flags = env(|l| l.region = Some("eu-west-1".into()));
        let settings = resolve(flags, env(|l| l.region = Some("us-east-1".into()))).unwrap();
        assert_eq!(settings.region.as_deref(), Some("eu-west-1"));
    }

    #[test]
    fn a_region_is_a_part_of_a_host_name() {
        let with = |text: &str| resolve(Layer::default(), env(|l| l.region = Some(text.into())));
        assert!(with("us-gov-west-1").is_ok());
        for bad in ["a b", "us-east-1/", "US-EAST-1", "eu.west"] {
            assert!(with(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn retry_variables_are_checked_before_the_sdk_sees_them() {
        let with = |mode: Option<&str>, attempts: Option<&str>| {
            resolve(
                Layer::default(),
                env(|l| {
                    l.retry_mode = mode.map(str::to_owned);
                    l.max_attempts = attempts.map(str::to_owned);
                }),
            )
            .map(|settings| settings.retry)
            .map_err(|error| error.kind)
        };
        assert_eq!(
            with(None, None),
            Ok(Retry {
                adaptive: false,
                attempts: 3
            })
        );
        assert_eq!(
            with(Some("legacy"), Some("5")),
            Ok(Retry {
                adaptive: false,
                attempts: 5
            })
        );
        assert_eq!(
            with(Some("adaptive"), None),
            Ok(Retry {
                adaptive: true,
                attempts: 3
            })
        );
        for attempts in ["0", "five", "-1", "1.5"] {
            assert_eq!(with(None, Some(attempts)), Err(crate::error::Kind::Usage), "{attempts}");
        }
        assert_eq!(with(Some("fast"), None), Err(crate::error::Kind::Usage));
    }

    #[test]
    fn an_expression_asks_for_json() {
        let settings = resolve(env(|l| l.jmespath = Some("integrations".into())), Layer::default()).unwrap();
        assert_eq!(settings.output, Format::Json);
        for format in [Format::Table, Format::Github] {
            let contradiction = env(|l| {
                l.jmespath = Some("integrations".into());
                l.output = Some(format);
            });
            assert!(resolve(contradiction, Layer::default()).is_err());
        }
    }
}
