//! How often the service may be asked: a limiter per operation, its quota as the burst.
//!
//! The quotas are per account and Region and cannot be raised (reference §6, from
//! <https://docs.aws.amazon.com/general/latest/gr/ct.html>, November 2026). Others use the account too, so after
//! a throttle an operation goes at half its pace for a minute. A sandbox is never waited for, unless a setting
//! asks for it.
//!
//! Every read goes through here, and what starts or cancels a query. What creates, changes or deletes does not: a plan
//! has few such steps, and a throttled one is repeated by the SDK. Events have a pace of their own
//! (`plan::ingest::Pace`).

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use governor::clock::{Clock as _, MonotonicClock};
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use super::error::{self, CallError, is_throttle};

/// Starts and cancellations of queries a second.
const QUERIES: NonZeroU32 = NonZeroU32::new(3).unwrap();
/// Calls a second of every operation that only gets, lists or describes.
const READS: NonZeroU32 = NonZeroU32::new(10).unwrap();
/// How long an operation goes slower after a throttle.
const CAUTION: Duration = Duration::from_mins(1);

/// The limiters of one Region; none where there is nothing to limit.
#[derive(Debug, Clone, Default)]
pub(super) struct Quotas {
    gates: Option<Arc<Mutex<Gates>>>,
}

#[derive(Debug)]
struct Gate {
    full: Limiter,
    half: Limiter,
    throttled: Mutex<Option<Instant>>,
}

/// By operation.
type Gates = BTreeMap<&'static str, Arc<Gate>>;
type Limiter = RateLimiter<NotKeyed, InMemoryState, MonotonicClock>;

impl Quotas {
    /// The limiters of a Region, if there is something to limit.
    pub(super) fn new(limited: bool) -> Self {
        Self {
            gates: limited.then(Arc::default),
        }
    }

    /// Makes a call when the operation's quota has room, and remembers it if it is throttled.
    pub(super) async fn call<T, E>(
        &self,
        operation: &'static str,
        call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<T, CallError>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let gate = self.gate(operation);
        if let Some(gate) = &gate {
            gate.pass().await;
        }
        let reply = call.await.map_err(|error| error::call(operation, &error));
        if let (Some(gate), Err(error)) = (&gate, &reply)
            && error.code().is_some_and(is_throttle)
        {
            gate.slow_down();
        }
        reply
    }

    fn gate(&self, operation: &'static str) -> Option<Arc<Gate>> {
        let mut gates = self.gates.as_ref()?.lock().ok()?;
        let gate = gates
            .entry(operation)
            .or_insert_with(|| Arc::new(Gate::new(quota(operation))));
        Some(Arc::clone(gate))
    }
}

fn quota(operation: &str) -> NonZeroU32 {
    match operation {
        "StartQuery" | "CancelQuery" => QUERIES,
        _ => READS,
    }
}

impl Gate {
    fn new(a_second: NonZeroU32) -> Self {
        let half = NonZeroU32::new(a_second.get() / 2).unwrap_or(NonZeroU32::MIN);
        Self {
            full: Limiter::direct_with_clock(Quota::per_second(a_second), MonotonicClock),
            half: Limiter::direct_with_clock(Quota::per_second(half).allow_burst(NonZeroU32::MIN), MonotonicClock),
            throttled: Mutex::default(),
        }
    }

    async fn pass(&self) {
        if self.is_cautious() {
            wait(&self.half).await;
        }
        wait(&self.full).await;
    }

    fn slow_down(&self) {
        if let Ok(mut throttled) = self.throttled.lock() {
            *throttled = Some(Instant::now());
        }
    }

    fn is_cautious(&self) -> bool {
        let throttled = self.throttled.lock().ok().and_then(|throttled| *throttled);
        throttled.is_some_and(|at| at.elapsed() < CAUTION)
    }
}

async fn wait(limiter: &Limiter) {
    while let Err(not_yet) = limiter.check() {
        tokio::time::sleep(not_yet.wait_time_from(limiter.clock().now())).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn time(gate: &Gate, calls: u32) -> Duration {
        let begun = Instant::now();
        for _ in 0..calls {
            gate.pass().await;
        }
        begun.elapsed()
    }

    #[tokio::test]
    async fn a_burst_of_the_quota_does_not_wait_and_what_is_beyond_does() {
        let gate = Gate::new(READS);
        assert!(time(&gate, 10).await < Duration::from_millis(90));
        let beyond = time(&gate, 2).await;
        assert!(beyond >= Duration::from_millis(100), "{beyond:?}");
    }

    #[tokio::test]
    async fn after_a_throttle_it_goes_at_half_the_pace() {
        let gate = Gate::new(READS);
        gate.slow_down();
        let slow = time(&gate, 3).await;
        assert!(slow >= Duration::from_millis(390), "{slow:?}");
    }

    #[test]
    fn a_sandbox_has_no_gate_and_each_operation_its_own() {
        assert!(Quotas::new(false).gate("StartQuery").is_none());
        let quotas = Quotas::new(true);
        let gate = |operation| quotas.gate(operation).unwrap();
        assert!(Arc::ptr_eq(&gate("StartQuery"), &gate("StartQuery")));
        assert!(!Arc::ptr_eq(&gate("StartQuery"), &gate("CancelQuery")));
    }
}
