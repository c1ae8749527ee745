//! When something is tried again, and when no more.

use std::time::Duration;

/// How often something is tried, and how long the waits between are.
///
/// Waits double from `first` up to `most`, and each is cut by up to a half at random, so that senders
/// that failed together do not come back together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// How often in all, the first time included.
    pub tries: u32,
    /// The longest the first wait may be.
    pub first: Duration,
    /// The longest any wait may be.
    pub most: Duration,
}

impl Schedule {
    /// For an event that the service refused for a moment: `Throttling` or `InternalFailure` in a reply.
    pub const EVENT: Self = Self {
        tries: 6,
        first: Duration::from_millis(200),
        most: Duration::from_secs(5),
    };

    /// For a whole request: throttled, or without a reply. Some 45 seconds in all at most.
    pub const REQUEST: Self = Self {
        tries: 9,
        first: Duration::from_millis(200),
        most: Duration::from_secs(10),
    };

    /// How long to wait after so many tries; `None` when there are no more. `random` is in 0 to 1.
    pub fn wait(&self, tried: u32, random: f64) -> Option<Duration> {
        if tried >= self.tries {
            return None;
        }
        let doublings = tried.saturating_sub(1).min(30);
        let longest = self.first.saturating_mul(1 << doublings).min(self.most);
        let random = if (0.0..=1.0).contains(&random) { random } else { 1.0 };
        Some(longest.mul_f64(0.5 + random / 2.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_bound_and_end() {
        let waits: Vec<_> = (1..=10)
            .map(|tried| Schedule::EVENT.wait(tried, 1.0).map(|wait| wait.as_millis()))
            .collect();
        assert_eq!(
            waits,
            [
                Some(200),
                Some(400),
                Some(800),
                Some(1600),
                Some(3200),
                None,
                None,
                None,
                None,
                None
            ]
        );
        assert_eq!(
            Schedule::REQUEST.wait(8, 1.0),
            Some(Duration::from_secs(10)),
            "25.6 s, but for the bound"
        );
        assert_eq!(Schedule::REQUEST.wait(9, 1.0), None);
    }

    #[test]
    fn chance_cuts_at_most_a_half() {
        let wait = |random| Schedule::EVENT.wait(1, random).unwrap();
        assert_eq!(wait(0.0), Duration::from_millis(100));
        assert_eq!(wait(0.5), Duration::from_millis(150));
        for odd in [f64::NAN, -1.0, 7.0, f64::INFINITY] {
            assert_eq!(wait(odd), Duration::from_millis(200));
        }
        let forever = Schedule {
            tries: u32::MAX,
            ..Schedule::EVENT
        };
        assert_eq!(forever.wait(u32::MAX - 1, 1.0), Some(Duration::from_secs(5)));
    }
}
