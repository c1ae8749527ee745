//! How many requests a second are let through: a bucket of tokens for each operation, account and Region.
//!
//! The real quotas are in [`limits::quota`]. That each is a bucket which holds one second's worth, and that it is the
//! caller's account which counts, are guesses.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};

use super::limits;
use super::rules::Caller;
use super::wire::Fault;

/// A token, in the unit in which buckets fill: with `n` a second, `n` of these come every millisecond.
const TOKEN: i64 = 1000;

/// Lets so many requests a second through, or all of them.
#[derive(Debug)]
pub(crate) struct Pace {
    max_tps: Option<NonZeroU32>,
    quotas: bool,
    buckets: Mutex<HashMap<(String, Caller), Bucket>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    filled: i64,
    at_ms: i64,
}

impl Pace {
    /// A maximum of `PutAuditEvents`, and whether the documented quotas hold for everything else (and for
    /// `PutAuditEvents` where there is no maximum). With neither nothing is ever held up.
    pub(crate) fn new(max_tps: Option<NonZeroU32>, quotas: bool) -> Self {
        Self {
            max_tps,
            quotas,
            buckets: Mutex::default(),
        }
    }

    fn per_second(&self, operation: &str) -> Option<u32> {
        let asked = self.max_tps.filter(|_| operation == "PutAuditEvents");
        let documented = self.quotas.then(|| limits::quota(operation));
        asked.map(NonZeroU32::get).or(documented)
    }

    /// Lets the request pass, or says what it is refused with. Times are the sandbox's.
    pub(crate) fn admit(&self, operation: &str, caller: &Caller, now_ms: i64) -> Result<(), Fault> {
        let Some(per_second) = self.per_second(operation) else {
            return Ok(());
        };
        // So many thousandths of a token come in each millisecond.
        let per_ms = i64::from(per_second);
        let full = per_ms.saturating_mul(TOKEN);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry((operation.to_owned(), caller.clone())).or_insert(Bucket {
            filled: full,
            at_ms: now_ms,
        });
        // The clock may have been set back; then nothing has come in.
        let passed = now_ms.saturating_sub(bucket.at_ms).max(0);
        bucket.filled = passed.saturating_mul(per_ms).saturating_add(bucket.filled).min(full);
        bucket.at_ms = now_ms;
        if bucket.filled < TOKEN {
            return Err(Fault::throttled());
        }
        bucket.filled -= TOKEN;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(account: &str, region: &str) -> Caller {
        Caller {
            account: account.to_owned(),
            region: region.to_owned(),
        }
    }

    #[test]
    fn a_bucket_holds_one_second_and_fills_evenly() {
        let pace = Pace::new(NonZeroU32::new(4), false);
        let one = caller("111122223333", "us-east-1");
        // When they come, and how many of five pass.
        for (now_ms, pass) in [(0, 4), (249, 0), (250, 1), (1000, 3), (999_000, 4), (5, 0), (505, 2)] {
            let passed = (0..5)
                .filter(|_| pace.admit("PutAuditEvents", &one, now_ms).is_ok())
                .count();
            assert_eq!(passed, pass, "at {now_ms} ms");
        }
        let fault = pace.admit("PutAuditEvents", &one, 505).unwrap_err();
        assert_eq!((fault.status, fault.code.as_ref()), (400, "ThrottlingException"));
    }

    #[test]
    fn accounts_and_regions_do_not_share() {
        let pace = Pace::new(NonZeroU32::new(1), false);
        let first = caller("111122223333", "us-east-1");
        assert!(pace.admit("PutAuditEvents", &first, 0).is_ok());
        assert!(pace.admit("PutAuditEvents", &first, 0).is_err());
        assert!(
            pace.admit("PutAuditEvents", &caller("444455556666", "us-east-1"), 0)
                .is_ok()
        );
        assert!(
            pace.admit("PutAuditEvents", &caller("111122223333", "eu-west-1"), 0)
                .is_ok()
        );
    }

    #[test]
    fn every_operation_has_a_bucket_of_its_own() {
        let passed = |pace: &Pace, operation: &str| {
            let caller = caller("111122223333", "us-east-1");
            (0..200).filter(|_| pace.admit(operation, &caller, 0).is_ok()).count()
        };
        let pace = Pace::new(None, true);
        for (operation, pass) in [
            ("PutAuditEvents", 100),
            ("StartQuery", 3),
            ("CancelQuery", 3),
            ("GetQueryResults", 10),
            ("DescribeQuery", 10),
            ("ListQueries", 10),
            ("CreateChannel", 1),
        ] {
            assert_eq!(passed(&pace, operation), pass, "{operation}");
        }
        let pace = Pace::new(NonZeroU32::new(7), true);
        assert_eq!(passed(&pace, "PutAuditEvents"), 7);
        assert_eq!(passed(&pace, "GetChannel"), 10);
    }

    #[test]
    fn without_a_maximum_all_pass() {
        let pace = Pace::new(None, false);
        assert!((0..1000).all(|_| pace.admit("PutAuditEvents", &caller("1", "r"), 0).is_ok()));
    }
}
