//! The classifier that keeps the SDK from repeating what must not be done twice.

use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction, RetryClassifierPriority};

/// Forbids a repetition unless a reply below 500 came: only then is it certain that nothing was done.
#[derive(Debug)]
pub(super) struct OnlyRefusals;

impl ClassifyRetry for OnlyRefusals {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match context.response().map(|response| response.status().as_u16()) {
            Some(status) if status < 500 => RetryAction::NoActionIndicated,
            _ => RetryAction::RetryForbidden,
        }
    }

    fn name(&self) -> &'static str {
        "only refusals are repeated"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_before(RetryClassifierPriority::transient_error_classifier())
    }
}

/// The configuration of a call that must not be done twice.
pub(super) fn once() -> aws_sdk_cloudtrail::config::Builder {
    aws_sdk_cloudtrail::config::Builder::default().retry_classifier(OnlyRefusals)
}
