//! A line in the log per try of a call: operation, attempt, status, request ID, and nothing else.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::FinalizerInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// Logs every try.
#[derive(Debug)]
pub(super) struct CallLog;

impl Intercept for CallLog {
    fn name(&self) -> &'static str {
        "log of calls"
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = config.load::<Metadata>().map(Metadata::name);
        let attempt = config.load::<RequestAttempts>().map(RequestAttempts::attempts);
        let reply = context.response();
        let status = reply.map(|reply| reply.status().as_u16());
        let request_id = reply.and_then(|reply| reply.headers().get("x-amzn-requestid"));
        tracing::info!(operation, attempt, status, request_id, "call");
        Ok(())
    }
}
