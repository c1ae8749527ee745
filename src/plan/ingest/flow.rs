//! How many requests go out in a second: the rate that is asked for, and less of it after the service
//! has throttled.
//!
//! `PutAuditEvents` takes 100 requests a second of a whole account and Region (reference §2.10), so other
//! senders share them, and nobody says how many there are. A throttle takes the rate down at once, for
//! all requests of the delivery; each answer after it brings a little back.

use std::time::Duration;

/// The rate without `--rate`: a tenth of the quota is left to others (PRODUCT.md §6).
pub const DEFAULT_RATE: u32 = 90;

/// What is left of the rate after a throttle.
const AFTER_THROTTLE: f64 = 0.7;
/// How long a throttle counts as the same as the one before: requests that were under way together.
const SAME: Duration = Duration::from_millis(500);
/// What each answer brings back, as a share of the rate asked for.
const REGAIN: f64 = 0.001;
/// The same without a rate asked for, as a share of the rate there is.
const REGAIN_UNPACED: f64 = 0.002;
/// …and at least so much, or what is slow would stay slow.
const REGAIN_LEAST: f64 = 0.1;
/// How much of a delay, of a timer or of the machine, is made up for afterwards.
const SLACK: Duration = Duration::from_millis(50);
/// The rate is kept by this much below what is asked for, so that no clock's error makes it more.
const SAFETY: f64 = 0.998;
/// Slower than this nothing gets.
const SLOWEST: f64 = 0.5;

/// The requests of one delivery, spread over time. All times are since the delivery began.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flow {
    /// Requests a second asked for.
    limit: Option<f64>,
    /// Requests a second allowed now.
    rate: Option<f64>,
    next: Duration,
    slowed: Option<Duration>,
    measured: Measured,
}

/// How many requests really went out lately.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Measured {
    since: Duration,
    count: u32,
    before: f64,
}

impl Flow {
    /// A flow of so many requests a second; without a limit, as fast as they are answered.
    pub fn new(limit: Option<u32>) -> Self {
        let limit = limit.map(|limit| f64::from(limit) * SAFETY);
        Self {
            limit,
            rate: limit,
            next: Duration::ZERO,
            slowed: None,
            measured: Measured::default(),
        }
    }

    /// When the next request may go.
    pub fn next(&self) -> Duration {
        self.next
    }

    /// The time between two requests; `None` for none.
    pub fn gap(&self) -> Option<Duration> {
        self.rate.map(|rate| Duration::from_secs_f64(1.0 / rate))
    }

    /// A request goes out.
    pub fn sent(&mut self, now: Duration) {
        self.measured.count(now);
        if let Some(gap) = self.gap() {
            let from = self.next.max(now.saturating_sub(SLACK));
            self.next = from.saturating_add(gap);
        }
    }

    /// The service has throttled.
    pub fn throttled(&mut self, now: Duration) {
        if self.slowed.is_some_and(|at| now < at.saturating_add(SAME)) {
            return;
        }
        self.slowed = Some(now);
        let real = self.measured.rate(now);
        let rate = self.rate.map_or(real, |rate| rate.min(real));
        self.rate = Some((rate * AFTER_THROTTLE).max(SLOWEST));
    }

    /// The service has answered.
    pub fn answered(&mut self) {
        if self.slowed.is_none() {
            return;
        }
        self.rate = match (self.rate, self.limit) {
            (Some(rate), Some(limit)) => Some((rate + limit * REGAIN).min(limit)),
            (Some(rate), None) => Some(rate + (rate * REGAIN_UNPACED).max(REGAIN_LEAST)),
            (None, _) => None,
        };
    }
}

impl Measured {
    const WINDOW: Duration = Duration::from_secs(1);
    /// Less time than this says nothing.
    const LEAST: Duration = Duration::from_millis(200);

    fn count(&mut self, now: Duration) {
        if now.saturating_sub(self.since) >= Self::WINDOW {
            self.before = self.rate(now);
            self.since = now;
            self.count = 0;
        }
        self.count += 1;
    }

    fn rate(&self, now: Duration) -> f64 {
        let time = now.saturating_sub(self.since);
        if time < Self::LEAST && self.before > 0.0 {
            return self.before;
        }
        f64::from(self.count.max(1)) / time.max(Self::LEAST).as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends as soon as it may for so many seconds, looking at the clock every `step`; a service throttles
    /// what is above `quota` in a second. Answers how many were sent and how many of these throttled, by second.
    fn play(flow: &mut Flow, seconds: u64, step: Duration, quota: u32) -> Vec<(u32, u32)> {
        let mut now = Duration::ZERO;
        let mut out = Vec::new();
        for second in 0..seconds {
            let (mut sent, mut throttled) = (0, 0);
            while now < Duration::from_secs(second + 1) {
                while flow.next() <= now && sent < 10_000 {
                    flow.sent(now);
                    sent += 1;
                    if sent > quota {
                        flow.throttled(now);
                        throttled += 1;
                    } else {
                        flow.answered();
                    }
                }
                now += step;
            }
            out.push((sent, throttled));
        }
        out
    }

    #[test]
    fn the_rate_is_held_and_never_passed_whatever_the_timer_does() {
        for step in [1, 7, 40] {
            let mut flow = Flow::new(Some(100));
            let seconds = play(&mut flow, 60, Duration::from_millis(step), u32::MAX);
            let all: u32 = seconds.iter().map(|(sent, _)| sent).sum();
            // 99 to 100 requests a second over the minute: 9 900 to 10 000 events.
            assert!((5940..=6000).contains(&all), "{step} ms: {all}");
        }
    }

    #[test]
    fn a_throttle_slows_everything_down_and_answers_bring_it_back() {
        let mut flow = Flow::new(Some(90));
        let seconds = play(&mut flow, 60, Duration::from_millis(1), 50);
        let settled = seconds.get(5..).unwrap_or_default();
        let (sent, throttled) = settled.iter().fold((0, 0), |(s, t), (sent, thr)| (s + sent, t + thr));
        assert!(throttled * 20 < sent, "{throttled} of {sent} throttled");
        assert!(sent - throttled > 55 * 40, "{sent}: the quota is used");
        // The other senders go away.
        let mut now = Duration::from_mins(1);
        while now < Duration::from_mins(2) {
            if flow.next() <= now {
                flow.sent(now);
                flow.answered();
            }
            now += Duration::from_millis(1);
        }
        assert_eq!(flow.rate, flow.limit);
    }

    #[test]
    fn without_a_limit_there_is_none_until_the_service_sets_one() {
        let mut flow = Flow::new(None);
        (0..100).for_each(|_| flow.sent(Duration::ZERO));
        assert_eq!(flow.next(), Duration::ZERO);
        flow.throttled(Duration::from_secs(1));
        flow.sent(Duration::from_secs(1));
        // 100 in the first second, and 70 a second from now on.
        let gap = flow.next().saturating_sub(Duration::from_millis(950));
        assert!((14..=15).contains(&gap.as_millis()), "{gap:?}");
    }

    #[test]
    fn without_a_limit_it_comes_back_from_a_bad_hour_as_well() {
        let mut flow = Flow::new(None);
        let mut now = Duration::ZERO;
        for _ in 0..40 {
            now += Duration::from_secs(1);
            flow.sent(now);
            flow.throttled(now);
        }
        let since = now;
        let mut sent = 0;
        while now < since + Duration::from_mins(2) {
            if flow.next() <= now {
                flow.sent(now);
                flow.answered();
                sent += 1;
            }
            now += Duration::from_millis(1);
        }
        assert!(sent > 2000, "{sent} in two minutes");
    }

    #[test]
    fn requests_throttled_together_slow_down_once() {
        let mut flow = Flow::new(Some(90));
        flow.throttled(Duration::from_secs(3));
        let once = flow.rate;
        flow.throttled(Duration::from_millis(3100));
        assert_eq!(flow.rate, once);
    }
}
