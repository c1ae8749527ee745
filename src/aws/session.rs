//! The clients of one Region, and the account behind the credentials.

use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::ProvideCredentials as _;
use aws_sdk_cloudtrail::config::Credentials;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use jiff::Timestamp;
use tokio::sync::OnceCell;
use url::Url;

use super::error::{self, CallError};
use super::log::{CallLog, LastDate};
use super::quota::Quotas;
use crate::error::{Error, Kind, Result};
use crate::model::{AccountId, Place};

/// What a session is made of.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct SessionSettings {
    /// The Region, where a flag or a variable gives one.
    pub region: Option<String>,
    /// The profile.
    pub profile: Option<String>,
    /// Whether the profile was named on the command line: its credentials then go before those of the
    /// environment, as with the AWS CLI.
    pub profile_chosen: bool,
    /// An endpoint for every service.
    pub endpoint_url: Option<String>,
    /// The endpoint of a sandbox that this process started; it takes dummy credentials.
    pub sandbox: Option<SandboxAccess>,
    /// The endpoint of a sandbox that another process said it started.
    pub sandbox_endpoint: Option<String>,
    /// Plain http to any host is allowed.
    pub allow_http: bool,
    /// Whether the SDK's adaptive mode was asked for.
    pub adaptive: bool,
    /// How often a call is tried in all.
    pub attempts: u32,
    /// Whether to keep to the quotas of the service on this machine, too.
    pub quotas_everywhere: bool,
}

/// A sandbox inside this process.
#[derive(Debug, Clone)]
pub struct SandboxAccess {
    /// Its endpoint.
    pub endpoint: String,
    /// The account whose credentials to play.
    pub account: String,
    /// What tells it from other sandboxes; the endpoint of one that lasts for a command does not.
    pub state: String,
}

/// Clients of one Region.
#[derive(Debug, Clone)]
pub struct Session {
    region: String,
    config: SdkConfig,
    sandbox: bool,
    places: Places,
    place: std::sync::Arc<OnceCell<Place>>,
    date: LastDate,
    /// Whether the quotas of the service are kept to.
    limited: bool,
    quotas: Quotas,
    cloudtrail: aws_sdk_cloudtrail::Client,
}

/// Where the services are called, in words.
#[derive(Debug, Clone, Default)]
struct Places {
    /// What tells the place where events go from others.
    data: String,
    /// Where the control plane is called.
    control: String,
}

/// How long one try of a call may take; a call without a limit hangs a deployment.
const ATTEMPT: Duration = Duration::from_secs(30);
/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// How long to wait for STS, which is only asked who the caller is.
const STS_PATIENCE: Duration = Duration::from_secs(4);

impl Session {
    /// Opens a session: reads the AWS configuration, calls nothing.
    pub async fn open(settings: &SessionSettings) -> Result<Self> {
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .retry_config(retry(settings))
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(CONNECT)
                    .operation_attempt_timeout(ATTEMPT)
                    .build(),
            );
        if let Some(profile) = &settings.profile {
            loader = loader.profile_name(profile);
        }
        let region = match &settings.region {
            Some(region) => region.clone(),
            None if settings.sandbox.is_some() => "us-east-1".to_owned(),
            None => profile_region(settings.profile.as_deref()).await?,
        };
        loader = loader.region(Region::new(region.clone()));
        if let Some(profile) = settings.profile.as_ref().filter(|_| settings.profile_chosen) {
            let place = ProviderConfig::default().with_region(Some(Region::new(region.clone())));
            let provider = ProfileFileCredentialsProvider::builder()
                .profile_name(profile)
                .configure(&place)
                .build();
            loader = loader.credentials_provider(provider);
        }
        if let Some(url) = &settings.endpoint_url {
            loader = loader.endpoint_url(url);
        }
        if let Some(sandbox) = &settings.sandbox {
            loader = loader
                .endpoint_url(&sandbox.endpoint)
                .credentials_provider(Credentials::new(&sandbox.account, "sandbox", None, None, "sandbox"));
        }
        let mut config = loader.load().await;
        let forced = settings.sandbox.is_some() || settings.endpoint_url.is_some();
        let endpoints = Endpoints::of(&config, forced);
        endpoints.check(settings.allow_http)?;
        let limited = settings.quotas_everywhere || !endpoints.all_on_loopback();
        if endpoints.all_on_loopback() {
            // A proxy is never meant for this machine, plain http needs no certificates, and AWS's FIPS and
            // dual-stack hosts are not what was asked for.
            config = config
                .into_builder()
                .use_fips(false)
                .use_dual_stack(false)
                .http_client(aws_smithy_http_client::Builder::new().build_http())
                .build();
        }
        let sandbox = settings.sandbox.is_some() || endpoints.is(settings.sandbox_endpoint.as_deref());
        let place = |url: &Option<String>| match &settings.sandbox {
            Some(sandbox) => format!("sandbox {}", sandbox.state),
            None => url.as_deref().map_or_else(|| "AWS".to_owned(), without_secrets),
        };
        let places = Places {
            data: place(&endpoints.data),
            control: place(&endpoints.cloudtrail),
        };
        Ok(Self::over(region, config, sandbox, places, limited))
    }

    fn over(region: String, config: SdkConfig, sandbox: bool, places: Places, limited: bool) -> Self {
        let date = LastDate::default();
        let ours = aws_sdk_cloudtrail::config::Builder::from(&config)
            .interceptor(CallLog { date: date.clone() })
            .build();
        let cloudtrail = aws_sdk_cloudtrail::Client::from_conf(ours);
        Self {
            region,
            config,
            sandbox,
            places,
            place: std::sync::Arc::default(),
            date,
            limited,
            quotas: Quotas::new(limited),
            cloudtrail,
        }
    }

    /// A session over a client that a test made.
    #[cfg(test)]
    pub(crate) fn fake(cloudtrail: aws_sdk_cloudtrail::Client) -> Self {
        let config = SdkConfig::builder().behavior_version(BehaviorVersion::latest()).build();
        Self {
            cloudtrail,
            ..Self::over("us-east-1".to_owned(), config, true, Places::default(), false)
        }
    }

    /// The same session in another Region: a channel is asked for where its ARN says it lives.
    #[must_use]
    pub fn in_region(&self, region: &str) -> Self {
        if region == self.region {
            return self.clone();
        }
        let config = self.config.to_builder().region(Region::new(region.to_owned())).build();
        Self::over(
            region.to_owned(),
            config,
            self.sandbox,
            self.places.clone(),
            self.limited,
        )
    }

    /// The Region.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Whether a sandbox answers.
    pub fn is_sandbox(&self) -> bool {
        self.sandbox
    }

    /// Where events go, in a word that tells it from other places: AWS, the URL of another endpoint without
    /// its secrets, or a sandbox by its state.
    pub fn destination(&self) -> &str {
        &self.places.data
    }

    /// Where the control plane is called, in the same words.
    pub fn control(&self) -> &str {
        &self.places.control
    }

    /// The client of the control plane.
    pub(super) fn cloudtrail(&self) -> &aws_sdk_cloudtrail::Client {
        &self.cloudtrail
    }

    /// The time that the control plane stamped its last reply with (the `Date` header), in whole seconds;
    /// `None` before any reply came.
    pub fn service_time(&self) -> Option<Timestamp> {
        let date = self.date.get()?;
        jiff::fmt::rfc2822::parse(&date).ok().map(|date| date.timestamp())
    }

    /// When the credentials run out, if they do. Nothing is called, but for what the chain of credentials calls.
    pub async fn credentials(&self) -> Result<Option<Timestamp>, CallError> {
        let found = match self.config.credentials_provider() {
            Some(provider) => provider.provide_credentials().await.ok(),
            None => None,
        };
        let found = found.ok_or_else(|| error::no_credentials("credentials"))?;
        Ok(found.expiry().and_then(|at| Timestamp::try_from(at).ok()))
    }

    /// Who asks, from STS, or why that is not known; it is not waited for longer than a few seconds.
    pub async fn who(&self) -> Result<(AccountId, String), CallError> {
        match tokio::time::timeout(STS_PATIENCE, self.caller()).await {
            Ok(answer) => answer,
            Err(_) => Err(error::timed_out("GetCallerIdentity")),
        }
    }

    /// The limiters of this Region.
    pub(super) fn quotas(&self) -> &Quotas {
        &self.quotas
    }

    /// What a client of another service is made of.
    pub(super) fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// Who asks, and where. STS may be out of reach: the caller is then unknown.
    pub async fn place(&self) -> Place {
        self.place
            .get_or_init(|| async {
                let caller = tokio::time::timeout(STS_PATIENCE, self.caller()).await;
                let (account, caller) = match caller {
                    Ok(Ok((account, caller))) => (Some(account), Some(caller)),
                    Ok(Err(_)) | Err(_) => (None, None),
                };
                Place {
                    region: self.region.clone(),
                    account,
                    caller,
                }
            })
            .await
            .clone()
    }

    /// Refuses to act in any account but this one.
    pub async fn expect_account(&self, expected: &AccountId) -> Result<()> {
        let place = self.place().await;
        match &place.account {
            Some(account) if account == expected => Ok(()),
            Some(account) => Err(Error::new(
                Kind::Access,
                format!("The credentials belong to account {account}, and --expect-account says {expected}."),
            )
            .hinted("Use the credentials or the --profile of that account.")),
            None => {
                let error = match tokio::time::timeout(STS_PATIENCE, self.caller()).await {
                    Ok(Err(error)) => error.into_error("Could not find out whose credentials these are"),
                    Ok(Ok(_)) | Err(_) => {
                        Error::new(Kind::GaveUp, "Could not find out whose credentials these are in time.")
                    }
                };
                Err(error.hinted("--expect-account needs STS; leave it out if STS is out of reach."))
            }
        }
    }

    async fn caller(&self) -> Result<(AccountId, String), CallError> {
        const OPERATION: &str = "GetCallerIdentity";
        let config = aws_sdk_sts::config::Builder::from(&self.config)
            .interceptor(CallLog::default())
            .build();
        let client = aws_sdk_sts::Client::from_conf(config);
        let reply = client
            .get_caller_identity()
            .send()
            .await
            .map_err(|error| error::call(OPERATION, &error))?;
        let account = reply.account().and_then(|account| account.parse().ok());
        account
            .zip(reply.arn().map(str::to_owned))
            .ok_or_else(|| error::incomplete(OPERATION, "the account and the caller's ARN"))
    }
}

fn retry(settings: &SessionSettings) -> RetryConfig {
    let config = if settings.adaptive {
        RetryConfig::adaptive()
    } else {
        RetryConfig::standard()
    };
    config.with_max_attempts(settings.attempts.max(1))
}

/// The Region of the profile. Asking the instance metadata service as well would cost seconds
/// wherever there is none.
async fn profile_region(profile: Option<&str>) -> Result<String> {
    use aws_config::meta::region::ProvideRegion as _;
    use aws_config::profile::region::ProfileFileRegionProvider;

    let mut provider = ProfileFileRegionProvider::builder();
    if let Some(profile) = profile {
        provider = provider.profile_name(profile);
    }
    provider
        .build()
        .region()
        .await
        .map(|region| region.to_string())
        .filter(|region| !region.is_empty())
        .ok_or_else(|| {
            Error::usage("No Region is set.")
                .hinted("Add --region us-east-1 (or the Region you use), or set AWS_REGION.")
        })
}

/// The endpoints that the three services are called at, where they are not AWS's own.
struct Endpoints {
    cloudtrail: Option<String>,
    data: Option<String>,
    sts: Option<String>,
}

impl Endpoints {
    fn of(config: &SdkConfig, forced: bool) -> Self {
        let global = config.endpoint_url().map(str::to_owned);
        let of = |service: &'static str| {
            let specific = config.service_config().filter(|_| !forced).and_then(|all| {
                let key = aws_config_key(service)?;
                all.load_config(key)
            });
            specific.or_else(|| global.clone())
        };
        Self {
            cloudtrail: of("CloudTrail"),
            data: of("CloudTrail Data"),
            sts: of("STS"),
        }
    }

    fn each(&self) -> [&Option<String>; 3] {
        [&self.cloudtrail, &self.data, &self.sts]
    }

    fn check(&self, allow_http: bool) -> Result<()> {
        self.each()
            .into_iter()
            .flatten()
            .try_for_each(|url| check_endpoint(url, allow_http))
    }

    fn all_on_loopback(&self) -> bool {
        self.each().iter().all(|url| {
            url.as_deref()
                .and_then(|url| Url::parse(url).ok())
                .is_some_and(|url| url.scheme() == "http" && is_loopback(&url))
        })
    }

    fn is(&self, endpoint: Option<&str>) -> bool {
        let trimmed = |url: &str| url.trim_end_matches('/').to_owned();
        endpoint.is_some_and(|endpoint| self.cloudtrail.as_deref().map(trimmed) == Some(trimmed(endpoint)))
    }
}

fn aws_config_key(service: &'static str) -> Option<aws_types::service_config::ServiceConfigKey<'static>> {
    aws_types::service_config::ServiceConfigKey::builder()
        .service_id(service)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok()
}

/// Refuses what is no URL, and plain http to anything but this machine.
pub fn check_endpoint(text: &str, allow_http: bool) -> Result<()> {
    let url = Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| {
            Error::usage(format!("\"{}\" is no endpoint URL.", without_secrets(text)))
                .hinted("An endpoint looks like https://host or http://127.0.0.1:4599.")
        })?;
    if url.scheme() == "http" && !is_loopback(&url) && !allow_http {
        return Err(Error::usage(format!(
            "{} is plain http and not on this machine: events and credentials would travel unencrypted.",
            without_secrets(text)
        ))
        .hinted("Use https, or add --allow-http if the network is yours."));
    }
    Ok(())
}

/// A URL may carry a user's name, password or query; none of them belongs into a message.
fn without_secrets(text: &str) -> String {
    match Url::parse(text) {
        Ok(mut url) if url.has_host() => {
            url.set_query(None);
            url.set_fragment(None);
            // Neither can fail for a URL that has a host.
            let cleaned = url.set_password(None).and_then(|()| url.set_username(""));
            cleaned.map_or_else(|()| "(an endpoint)".to_owned(), |()| url.to_string())
        }
        // What stands before an @ may be a name and a password, whether or not the rest is a URL.
        _ => {
            let before_query = text.split(['?', '#']).next().unwrap_or_default();
            before_query.rsplit('@').next().unwrap_or_default().to_owned()
        }
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_a_url_and_not_plain_http_to_others() {
        for good in [
            "https://vpce.example.com",
            "http://127.0.0.1:4599",
            "http://[::1]:80/",
            "http://localhost:1",
        ] {
            assert!(check_endpoint(good, false).is_ok(), "{good}");
        }
        for bad in [
            "",
            "nonsense",
            "127.0.0.1:4599",
            "ftp://host",
            "http://",
            "http://10.0.0.1",
            "http://example.com",
        ] {
            assert_eq!(check_endpoint(bad, false).unwrap_err().kind, Kind::Usage, "{bad}");
        }
        assert!(check_endpoint("http://10.0.0.1", true).is_ok());
    }

    #[test]
    fn a_message_about_an_endpoint_holds_no_secret() {
        for endpoint in [
            "http://me:hunter2@example.com/?token=abc#abc",
            "me:hunter2@example.com?token=abc",
            "http://me:hunter2@example.com:port/#token=abc",
        ] {
            let error = check_endpoint(endpoint, false).unwrap_err();
            assert!(error.message.contains("example.com"), "{}", error.message);
            for secret in ["hunter2", "token", "abc"] {
                assert!(!error.message.contains(secret), "{}", error.message);
            }
        }
    }
}
