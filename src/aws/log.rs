//! A line in the log per try of a call: operation, attempt, status, request ID, and nothing else. The
//! time that the last reply was stamped with is kept, for whoever compares clocks.

use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::FinalizerInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// The `Date` header of the last reply, as it stood there.
#[derive(Debug, Clone, Default)]
pub(super) struct LastDate(Arc<Mutex<Option<String>>>);

impl LastDate {
    /// What the last reply was stamped with.
    pub(super) fn get(&self) -> Option<String> {
        self.0.lock().ok()?.clone()
    }

    fn set(&self, date: &str) {
        if let Ok(mut last) = self.0.lock() {
            *last = Some(date.to_owned());
        }
    }
}

/// Logs every try.
#[derive(Debug, Default)]
pub(super) struct CallLog {
    /// Where the time of a reply is kept.
    pub(super) date: LastDate,
}

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
        if let Some(date) = reply.and_then(|reply| reply.headers().get("date")) {
            self.date.set(date);
        }
        tracing::info!(operation, attempt, status, request_id, "call");
        Ok(())
    }
}
