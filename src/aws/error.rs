//! What a call that failed means: the only table from the service's codes to kinds and hints.
//!
//! Users see the operation, the code, the message and the request ID. The SDK's own rendering of an
//! error holds headers, bodies and URLs, and with them events and external IDs; it is never used.

use std::error::Error as StdError;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::error::{Error, Kind};
use crate::model::{ChannelArn, ExternalId};

/// A call that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallError {
    /// The API operation.
    pub operation: &'static str,
    /// What went wrong.
    pub failure: Failure,
    /// The service's request ID, where a reply came.
    pub request_id: Option<String>,
}

/// How a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The service said no, with a reply below 500: nothing was done.
    Refused {
        /// The error code.
        code: String,
        /// The service's message.
        message: String,
    },
    /// A reply of 500 or above: whether something was done is not known.
    Fault {
        /// The HTTP status.
        status: u16,
        /// The error code, where there was one.
        code: Option<String>,
        /// The service's message.
        message: String,
    },
    /// No reply in time: whether something was done is not known.
    TimedOut,
    /// The connection broke: whether something was done is not known.
    Lost,
    /// No connection could be made: nothing was sent.
    Unreachable,
    /// There are no credentials, or they could not be read: nothing was sent.
    NoCredentials,
    /// An answer that is not the service's.
    NotTheService {
        /// The HTTP status.
        status: u16,
    },
    /// The service's reply lacks what it must have.
    Incomplete(&'static str),
    /// The request could not be built.
    NotBuilt,
}

impl CallError {
    /// The service's error code.
    pub fn code(&self) -> Option<&str> {
        match &self.failure {
            Failure::Refused { code, .. } => Some(code),
            Failure::Fault { code, .. } => code.as_deref(),
            _ => None,
        }
    }

    /// The same failure without these secrets in what the service said: it may quote the request.
    #[must_use]
    pub(super) fn without<'a>(mut self, secrets: impl Iterator<Item = &'a ExternalId>) -> Self {
        if let Failure::Refused { message, .. } | Failure::Fault { message, .. } = &mut self.failure {
            for secret in secrets {
                *message = scrub(message, secret);
            }
        }
        self
    }

    /// Whether the service refused with this code.
    pub fn is(&self, code: &str) -> bool {
        matches!(&self.failure, Failure::Refused { code: found, .. } if found == code)
    }

    /// Whether the call may have been carried out all the same.
    pub fn is_unknown(&self) -> bool {
        matches!(
            self.failure,
            Failure::Fault { .. }
                | Failure::TimedOut
                | Failure::Lost
                | Failure::NotTheService { .. }
                | Failure::Incomplete(_)
        )
    }

    /// Whether the resource does not exist.
    pub fn is_not_found(&self) -> bool {
        matches!(
            self.code(),
            Some(
                "ChannelNotFoundException"
                    | "EventDataStoreNotFoundException"
                    | "ResourceNotFoundException"
                    | "ResourcePolicyNotFoundException"
                    | "ChannelNotFound"
            )
        )
    }

    /// The kind that decides the exit code.
    pub fn kind(&self) -> Kind {
        match &self.failure {
            Failure::Refused { code, message } => kind_of(code, message),
            Failure::Fault { .. }
            | Failure::Lost
            | Failure::Unreachable
            | Failure::NotTheService { .. }
            | Failure::Incomplete(_)
            | Failure::NotBuilt => Kind::Failed,
            Failure::TimedOut => Kind::GaveUp,
            Failure::NoCredentials => Kind::Access,
        }
    }

    /// The failure as the user is told of it; `message` says what failed in the user's nouns.
    pub fn into_error(self, message: impl Into<String>) -> Error {
        let mut error =
            Error::new(self.kind(), format!("{}.", message.into())).because(anyhow::Error::msg(self.cause()));
        error.hints = self.hints();
        error.code = self.code().map(str::to_owned);
        error.request_id = self.request_id;
        error
    }

    /// The failure of a delivery to a channel, told with what is known about the request: the Region it
    /// went to, and whether an external ID went along.
    pub fn into_delivery_error(self, channel: &ChannelArn, external_id_sent: bool) -> Error {
        let region = channel.region();
        let refused = matches!(self.failure, Failure::Refused { .. });
        let (message, mut hints) = match self.code() {
            Some("ChannelNotFound") => (
                format!("There is no channel {channel} in {region}"),
                vec![format!(
                    "PutAuditEvents was called in {region}, the Region of the ARN. With the credentials of account {}, \
                     `ctl status --region {region}` lists the channels that are there; one that was deleted and made \
                     again has another ARN.",
                    channel.account()
                )],
            ),
            Some("ChannelInsufficientPermission") => {
                let words = match &self.failure {
                    Failure::Refused { message, .. } => message.to_ascii_lowercase(),
                    _ => String::new(),
                };
                not_let_in(channel, external_id_sent, words.contains("external"))
            }
            Some("AccessDeniedException" | "AccessDenied" | "NotAuthorized") => (
                "The caller's own IAM permissions do not allow it to send events".to_owned(),
                vec![format!(
                    "Its IAM policy needs {{\"Effect\":\"Allow\",\"Action\":\"cloudtrail-data:PutAuditEvents\",\
                     \"Resource\":\"{channel}\"}}."
                )],
            ),
            _ => (format!("Could not send events to the channel {channel}"), self.hints()),
        };
        let mut error = self.into_error(message);
        if refused && error.kind == Kind::Failed {
            // A code that nobody knows: it is the state of something at the service that forbids it.
            error.kind = Kind::State;
            hints.push("ctl does not know this answer. What the service says, and its request ID, are for AWS.".into());
        }
        std::mem::swap(&mut error.hints, &mut hints);
        error
    }

    /// A word for what happened: the service's code, where it gave one.
    pub fn word(&self) -> &str {
        self.failure.word()
    }

    /// What happened, in a sentence.
    pub fn sentence(&self) -> String {
        match &self.failure {
            Failure::Refused { message, .. } if !message.is_empty() => message.clone(),
            _ => format!("{}.", self.cause()),
        }
    }

    /// The IAM action that the caller needs for the call.
    pub fn action(&self) -> String {
        action(self.operation)
    }

    /// Whether the caller's permissions do not allow the call; the credentials are good.
    pub fn is_denied(&self) -> bool {
        matches!(
            self.code(),
            Some("AccessDeniedException" | "AccessDenied" | "NotAuthorized")
        )
    }

    /// What happened, with the code and the request ID, in a sentence.
    pub fn told(&self) -> String {
        let cause = self.cause();
        let cause = cause.trim_end_matches('.');
        match &self.request_id {
            Some(id) => format!("{cause} (request {id})."),
            None => format!("{cause}."),
        }
    }

    /// What to do about it.
    pub fn remedies(&self) -> Vec<String> {
        self.hints()
    }

    fn cause(&self) -> String {
        let operation = self.operation;
        match &self.failure {
            Failure::Refused { code, message } if message.is_empty() => format!("{operation}: {code}"),
            Failure::Refused { code, message } => format!("{operation}: {code}: {message}"),
            Failure::Fault { status, code, message } => {
                let code = code.as_deref().unwrap_or("no error code");
                format!("{operation}: HTTP {status}, {code} {message}")
                    .trim_end()
                    .to_owned()
            }
            Failure::TimedOut => format!("{operation}: no reply in time"),
            Failure::Lost => format!("{operation}: the connection broke before the reply was complete"),
            Failure::Unreachable => format!("{operation}: no connection to the endpoint could be made"),
            Failure::NoCredentials => format!("{operation}: no usable AWS credentials were found"),
            Failure::NotTheService { status } => {
                format!("{operation}: HTTP {status}, and the body is not a reply of this service")
            }
            Failure::Incomplete(what) => format!("{operation}: the reply lacks {what}"),
            Failure::NotBuilt => format!("{operation}: the request could not be built"),
        }
    }

    fn hints(&self) -> Vec<String> {
        let hint = match &self.failure {
            Failure::Refused { code, message } => hint_of(code, message, self.operation),
            Failure::NoCredentials => Some(
                "Set AWS_PROFILE or --profile to a profile that exists, sign in with `aws sso login`, or try without AWS: add --sandbox.".into(),
            ),
            Failure::Unreachable | Failure::Lost => {
                Some("Check the network, the proxy and --endpoint-url; then run it again.".into())
            }
            Failure::NotTheService { .. } => {
                Some("Something else answers there: check --endpoint-url, AWS_ENDPOINT_URL and the proxy.".into())
            }
            Failure::Fault { .. } | Failure::TimedOut => Some("Run it again in a minute.".into()),
            Failure::Incomplete(_) | Failure::NotBuilt => None,
        };
        hint.into_iter().collect()
    }
}

/// The words by which the service says that it takes no new customers (reference §7.2). The code is
/// `InvalidParameterException`, like for a bad argument.
const CLOSED: &str = "no longer accepting new customers";

/// A text of the service without an external ID, plain or as it stands in a URL.
pub(super) fn scrub(text: &str, secret: &ExternalId) -> String {
    let in_url: String = url::form_urlencoded::byte_serialize(secret.reveal().as_bytes()).collect();
    text.replace(secret.reveal(), "(redacted)")
        .replace(&in_url, "(redacted)")
}

/// Whether the service throttled the call; CloudTrail does so with HTTP 400 (reference §1.3).
pub fn is_throttle(code: &str) -> bool {
    matches!(
        code,
        "ThrottlingException" | "Throttling" | "TooManyRequestsException" | "RequestLimitExceeded"
    )
}

/// How far the refusal of a whole delivery request reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// For the moment only: the same request may be taken later.
    Moment,
    /// This request: something in it is not right.
    Request,
    /// Every request: the channel, the caller or the endpoint is not right.
    Channel,
}

/// How far a refusal of `PutAuditEvents` reaches (reference §1.2, §1.3, §2.6). A code that is not
/// known is taken to reach every request: then nothing is refused, and everything is left pending.
pub(super) fn reach(code: &str) -> Reach {
    match code {
        code if is_throttle(code) => Reach::Moment,
        "ServiceUnavailable" | "InternalFailure" | "RequestTimeoutException" | "RequestAbortedException" => {
            Reach::Moment
        }
        "DuplicatedAuditEventId"
        | "MalformedHttpRequestException"
        | "RequestEntityTooLargeException"
        | "SerializationException"
        | "ValidationError"
        | "ValidationException" => Reach::Request,
        _ => Reach::Channel,
    }
}

fn kind_of(code: &str, message: &str) -> Kind {
    if message.contains(CLOSED) {
        return Kind::State;
    }
    match code {
        code if is_throttle(code) => Kind::GaveUp,
        "MaxConcurrentQueriesException" => Kind::GaveUp,
        "InvalidQueryStatementException" => Kind::Usage,
        "AccessDeniedException"
        | "AccessDenied"
        | "NotAuthorized"
        | "OptInRequired"
        | "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidAccessKeyId"
        | "ExpiredTokenException"
        | "ExpiredToken"
        | "IncompleteSignature"
        | "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "ChannelInsufficientPermission" => Kind::Access,
        "ChannelNotFoundException"
        | "ChannelNotFound"
        | "InvalidChannelARN"
        | "EventDataStoreNotFoundException"
        | "ResourceNotFoundException"
        | "ResourcePolicyNotFoundException"
        | "QueryIdNotFoundException"
        | "KmsKeyNotFoundException" => Kind::NotFound,
        "ChannelAlreadyExistsException"
        | "ChannelMaxLimitExceededException"
        | "ChannelExistsForEDSException"
        | "EventDataStoreAlreadyExistsException"
        | "EventDataStoreMaxLimitExceededException"
        | "EventDataStoreTerminationProtectedException"
        | "EventDataStoreFederationEnabledException"
        | "EventDataStoreHasOngoingImportException"
        | "InactiveEventDataStoreException"
        | "InactiveQueryException"
        | "InsufficientEncryptionPolicyException"
        | "InvalidEventDataStoreStatusException"
        | "InvalidEventDataStoreCategoryException"
        | "ConflictException"
        | "OperationNotPermittedException"
        | "UnsupportedOperationException"
        | "ChannelUnsupportedSchema"
        | "TagsLimitExceededException" => Kind::State,
        _ => Kind::Failed,
    }
}

fn hint_of(code: &str, message: &str, operation: &str) -> Option<String> {
    if message.contains(CLOSED) {
        return Some(
            "CloudTrail Lake has been closed to new customers since 31 May 2026, and this account has never held an \
             event data store. Nothing in the command or its permissions can change that; AWS points to CloudWatch."
                .into(),
        );
    }
    let text = match code {
        code if is_throttle(code) => "The account is being throttled; run it again in a minute.",
        "ExpiredTokenException" | "ExpiredToken" => "The credentials have expired: sign in again, `aws sso login`.",
        "UnrecognizedClientException" | "InvalidClientTokenId" | "InvalidAccessKeyId" => {
            "The access key is not known: check AWS_PROFILE and AWS_ACCESS_KEY_ID, and that the Region is enabled."
        }
        "SignatureDoesNotMatch" | "InvalidSignatureException" | "IncompleteSignature" => {
            "Check the secret access key, and this machine's clock."
        }
        "AccessDeniedException" | "AccessDenied" | "NotAuthorized" => {
            return Some(format!(
                "The caller needs {}: README.md lists the permissions per verb.",
                action(operation)
            ));
        }
        "ConflictException" => "The resource is being changed or is not ready; run it again in a few minutes.",
        "MaxConcurrentQueriesException" => {
            "Ten queries at a time are the limit of an account and Region; run it again when one of them is over."
        }
        "InvalidQueryStatementException" => {
            "A table is the ID of an event data store, and what integrations sent is under eventData; add --dry-run to \
             see the statement as it is sent."
        }
        "QueryIdNotFoundException" => "The results of a query are kept for seven days.",
        "InactiveEventDataStoreException" => {
            "A store that is pending deletion cannot be queried; `ctl enable` with --restore brings it back."
        }
        "InsufficientEncryptionPolicyException" => {
            "The store is encrypted with a key of the account: the caller needs kms:Decrypt and kms:GenerateDataKey on it."
        }
        "ChannelMaxLimitExceededException" => "25 channels per Region are the limit; `ctl status` lists them.",
        "EventDataStoreMaxLimitExceededException" => {
            "10 event data stores per Region are the limit, those pending deletion included; wait up to 7 days, or use \
             an existing one with --event-data-store."
        }
        "ChannelAlreadyExistsException" => {
            "AWS allows one channel per source; `ctl status` shows the one that is there."
        }
        _ => return None,
    };
    Some(text.to_owned())
}

/// What `ChannelInsufficientPermission` means. The service has one code for a missing or wrong external
/// ID and for an account that the policy does not name (reference §2.6); its words and whether an ID
/// was sent are all there is to tell them apart.
fn not_let_in(channel: &ChannelArn, sent: bool, about_external_id: bool) -> (String, Vec<String>) {
    let add =
        "Add --external-id-file FILE, or set CTL_EXTERNAL_ID, with the external ID that the channel's policy asks for.";
    let compare = "Compare the external ID with the one that the owner of the channel was given; \
                   `ctl enable --replace-access` puts another one into the policy.";
    let owner = channel.account();
    let principal = format!(
        "If that is not it, the caller's account is not among the principals of the policy: with the credentials of \
         account {owner}, `ctl status {channel}` shows them, and `ctl enable` with --principal sets them."
    );
    match (sent, about_external_id) {
        (false, true) => (
            "The channel's policy asks for an external ID, and none was sent".to_owned(),
            vec![add.to_owned()],
        ),
        (true, true) => (
            "The external ID is not the one that the channel's policy asks for".to_owned(),
            vec![compare.to_owned()],
        ),
        (false, false) => (
            "The channel's policy does not let this caller in; no external ID was sent".to_owned(),
            vec![add.to_owned(), principal],
        ),
        (true, false) => (
            "The channel's policy does not let this caller in with this external ID".to_owned(),
            vec![compare.to_owned(), principal],
        ),
    }
}

fn action(operation: &str) -> String {
    match operation {
        "PutAuditEvents" => "cloudtrail-data:PutAuditEvents".to_owned(),
        "GetCallerIdentity" => "sts:GetCallerIdentity".to_owned(),
        other => format!("cloudtrail:{other}"),
    }
}

/// A reply that lacks what the model says it has.
pub(super) fn incomplete(operation: &'static str, what: &'static str) -> CallError {
    CallError {
        operation,
        failure: Failure::Incomplete(what),
        request_id: None,
    }
}

/// Credentials that could not be had.
pub(super) fn no_credentials(operation: &'static str) -> CallError {
    CallError {
        operation,
        failure: Failure::NoCredentials,
        request_id: None,
    }
}

/// A call that was not answered in time.
pub(super) fn timed_out(operation: &'static str) -> CallError {
    CallError {
        operation,
        failure: Failure::TimedOut,
        request_id: None,
    }
}

/// A request that lacks what the model demands.
pub(super) fn not_built(operation: &'static str) -> CallError {
    CallError {
        operation,
        failure: Failure::NotBuilt,
        request_id: None,
    }
}

/// What an error of the SDK means.
pub(super) fn call<E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> CallError
where
    E: ProvideErrorMetadata + StdError + 'static,
{
    let reply = error.raw_response();
    let status = reply.map(|reply| reply.status().as_u16());
    let request_id = reply.and_then(|reply| {
        let headers = reply.headers();
        headers
            .get("x-amzn-requestid")
            .or_else(|| headers.get("x-amz-request-id"))
            .map(str::to_owned)
    });
    let failure = match (error, status) {
        (SdkError::ServiceError(inner), Some(status)) => refusal(inner.err(), status),
        (SdkError::TimeoutError(_), _) => Failure::TimedOut,
        (SdkError::ResponseError(_), Some(status)) => Failure::NotTheService { status },
        (SdkError::DispatchFailure(inner), _) => {
            let connector = inner.as_connector_error();
            if has_credentials_error(error) {
                Failure::NoCredentials
            } else if inner.is_timeout() {
                Failure::TimedOut
            } else if connector.is_some_and(never_connected) {
                Failure::Unreachable
            } else {
                Failure::Lost
            }
        }
        _ if has_credentials_error(error) => Failure::NoCredentials,
        (SdkError::ConstructionFailure(_), _) => Failure::NotBuilt,
        _ => Failure::Lost,
    };
    tracing::info!(operation, status, request_id, failure = failure.word(), "call failed");
    CallError {
        operation,
        failure,
        request_id,
    }
}

impl Failure {
    fn word(&self) -> &str {
        match self {
            Self::Refused { code, .. } => code,
            Self::Fault { .. } => "fault",
            Self::TimedOut => "timed out",
            Self::Lost => "lost",
            Self::Unreachable => "unreachable",
            Self::NoCredentials => "no credentials",
            Self::NotTheService { .. } => "not the service",
            Self::Incomplete(_) => "incomplete",
            Self::NotBuilt => "not built",
        }
    }
}

fn refusal(error: &impl ProvideErrorMetadata, status: u16) -> Failure {
    let code = error.code().map(str::to_owned);
    let message = error.message().unwrap_or_default().to_owned();
    match code {
        code if status >= 500 => Failure::Fault { status, code, message },
        Some(code) => Failure::Refused { code, message },
        None => Failure::NotTheService { status },
    }
}

fn sources<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        next = error.source();
        Some(error)
    })
}

fn has_credentials_error<E: StdError + 'static>(error: &SdkError<E, HttpResponse>) -> bool {
    sources(error).any(<dyn StdError>::is::<CredentialsError>)
}

/// Whether no connection was made at all, so that nothing can have been sent.
fn never_connected(error: &aws_smithy_runtime_api::client::result::ConnectorError) -> bool {
    use std::io::ErrorKind;
    sources(error)
        .filter_map(|source| source.downcast_ref::<std::io::Error>())
        .any(|io| {
            matches!(
                io.kind(),
                ErrorKind::ConnectionRefused | ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable
            )
        })
        || sources(error).any(|source| source.to_string().contains("dns error"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_service_says_never_shows_the_external_id_that_was_sent() {
        let secret: ExternalId = "ab/cd+ef@gh".parse().unwrap();
        let error = CallError {
            operation: "PutAuditEvents",
            failure: Failure::Refused {
                code: "ValidationException".to_owned(),
                message: "bad: ab/cd+ef@gh in ?externalId=ab%2Fcd%2Bef%40gh&x=1".to_owned(),
            },
            request_id: None,
        };
        let told = error
            .without([&secret].into_iter())
            .into_error("Could not send")
            .to_string();
        assert!(told.contains("bad: (redacted) in ?externalId=(redacted)&x=1"), "{told}");
    }
}
