//! When to ask how a query stands, and how long to put up with what.

use std::time::Duration;

/// When to ask how a query stands: quickly at first, so that a short query is over at once, then steadily. Never
/// more often than the service allows `DescribeQuery`, ten times a second (reference §6), nor with ten queries
/// at a time once a second has passed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Poll {
    asked: u32,
}

impl Poll {
    /// The first waits, in milliseconds.
    const QUICK: [u64; 6] = [50, 100, 150, 250, 450, 700];
    /// Every wait after them.
    const STEADY: Duration = Duration::from_secs(1);

    /// How long to wait before asking again.
    pub fn wait(&mut self) -> Duration {
        let at = usize::try_from(self.asked).unwrap_or(usize::MAX);
        self.asked = self.asked.saturating_add(1);
        Self::QUICK
            .get(at)
            .map_or(Self::STEADY, |wait| Duration::from_millis(*wait))
    }
}

/// How long to put up with what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How long to wait before a query is asked for again that found ten others running: the service's page for
    /// `MaxConcurrentQueriesException` says about a minute.
    pub room: Duration,
    /// How long to wait for room in all.
    pub room_in_all: Duration,
    /// How often in a row reading may be throttled or fail, beyond what the SDK repeats by itself.
    pub failures: u32,
    /// How long the query may take from its start; no limit but the service's hour if `None`.
    pub whole: Option<Duration>,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            room: Duration::from_mins(1),
            room_in_all: Duration::from_mins(10),
            failures: 8,
            whole: None,
        }
    }
}

impl Patience {
    /// How long to wait after reading failed so many times in a row; `None` when that is enough. `random` is in
    /// 0 to 1.
    pub fn after_failures(&self, failed: u32, random: f64) -> Option<Duration> {
        const FIRST: Duration = Duration::from_millis(500);
        const MOST: Duration = Duration::from_secs(15);
        if failed >= self.failures {
            return None;
        }
        let longest = FIRST.saturating_mul(1 << failed.saturating_sub(1).min(10)).min(MOST);
        let random = if (0.0..=1.0).contains(&random) { random } else { 1.0 };
        Some(longest.mul_f64(0.5 + random / 2.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_asked_for_quickly_at_first_and_never_ten_times_a_second() {
        let mut poll = Poll::default();
        let mut at = 0;
        let mut asked = Vec::new();
        for _ in 0..50 {
            at += poll.wait().as_millis();
            asked.push(at);
        }
        assert_eq!(asked[0], 50);
        assert_eq!(asked[49] - asked[48], 1000);
        for (n, begin) in asked.iter().enumerate() {
            assert!(asked[n..].iter().filter(|time| **time - begin < 1000).count() <= 10);
        }
    }

    #[test]
    fn waits_after_failures_double_and_end() {
        let patience = Patience::default();
        let waits: Vec<_> = (1..=8)
            .map(|failed| patience.after_failures(failed, 1.0).map(|wait| wait.as_millis()))
            .collect();
        assert_eq!(
            waits,
            [
                Some(500),
                Some(1000),
                Some(2000),
                Some(4000),
                Some(8000),
                Some(15000),
                Some(15000),
                None
            ]
        );
        assert_eq!(patience.after_failures(1, 0.0), Some(Duration::from_millis(250)));
    }
}
