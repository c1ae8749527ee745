//! When to look: as seldom as the channel's own word allows, since every query is billed by what it scans.
//!
//! `GetChannel` costs nothing and names the event that was taken in last (reference §2.8). So the channel is asked at
//! every beat, and the store only if it has not shown that event yet: soon at first, then less and less often, because
//! the query side follows minutes later. Where the channel says nothing, or there is none, time alone decides.

use std::time::Duration;

/// The longest wait between two queries while something is awaited.
const LONGEST: Duration = Duration::from_mins(1);
/// Between two queries when the store has shown all that the channel speaks of.
const IDLE: Duration = Duration::from_mins(5);
/// An event that no query shows for so long is told of: three times what Lake needs on average (reference §2.8).
const BLIND: Duration = Duration::from_mins(15);

/// The rhythm of following. Times are since it began.
#[derive(Debug)]
pub struct Pulse {
    beat: Duration,
    queried: Option<Duration>,
    /// Queries since something new came or was taken in.
    vain: u32,
    channel: Channel,
}

/// What the channel says.
#[derive(Debug)]
enum Channel {
    /// Nothing, or there is none.
    Mute,
    /// The store has shown its latest event, or it never had one.
    Settled(Option<String>),
    /// It took in an event that the store has not shown.
    Awaited { id: String, since: Duration, told: bool },
}

impl Pulse {
    /// A rhythm with a beat.
    pub fn new(beat: Duration) -> Self {
        Self {
            beat,
            queried: None,
            vain: 0,
            channel: Channel::Mute,
        }
    }

    /// The time between two looks at the channel.
    pub fn beat(&self) -> Duration {
        self.beat
    }

    /// The channel names the event it took in last; `None` if it never took one.
    pub fn channel_says(&mut self, now: Duration, latest: Option<&str>) {
        let known = match &self.channel {
            Channel::Mute => None,
            Channel::Settled(id) => Some(id.as_deref()),
            Channel::Awaited { id, .. } => Some(Some(id.as_str())),
        };
        if known == Some(latest) {
            return;
        }
        self.vain = 0;
        self.channel = match latest {
            None => Channel::Settled(None),
            Some(id) => Channel::Awaited {
                id: id.to_owned(),
                since: now,
                told: false,
            },
        };
    }

    /// The channel could not be asked: from now on time alone decides.
    pub fn channel_is_mute(&mut self) {
        self.channel = Channel::Mute;
    }

    /// Whether a query is due.
    pub fn is_due(&self, now: Duration) -> bool {
        self.queried.is_none_or(|queried| now >= queried + self.pause())
    }

    /// A query was read to its end; it showed something new, or not, and knows which events it has seen.
    pub fn queried(&mut self, now: Duration, news: bool, has_seen: impl Fn(&str) -> bool) {
        self.queried = Some(now);
        self.vain = if news { 0 } else { self.vain.saturating_add(1) };
        if let Channel::Awaited { id, .. } = &self.channel
            && has_seen(id)
        {
            self.channel = Channel::Settled(Some(id.clone()));
        }
    }

    /// A query failed; the next one waits as after one that was in vain.
    pub fn failed(&mut self, now: Duration) {
        self.queried = Some(now);
        self.vain = self.vain.saturating_add(1);
    }

    /// The event that the channel took in and no query has shown for too long; told of once.
    pub fn blind(&mut self, now: Duration) -> Option<(String, Duration)> {
        match &mut self.channel {
            Channel::Awaited { id, since, told } if !*told && now >= *since + BLIND => {
                *told = true;
                Some((id.clone(), now.saturating_sub(*since)))
            }
            _ => None,
        }
    }

    fn pause(&self) -> Duration {
        let growing = self.beat.saturating_mul(1 << self.vain.min(16));
        match &self.channel {
            // What was not shown for so long may never be.
            Channel::Settled(_) | Channel::Awaited { told: true, .. } => IDLE.max(self.beat),
            Channel::Mute | Channel::Awaited { .. } => growing.min(LONGEST.max(self.beat)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// The seconds at which queries are made, of those up to `end`, with a channel that says `latest` from the start.
    fn queries(pulse: &mut Pulse, end: u64, latest: Option<&str>, shown_from: u64) -> Vec<u64> {
        let mut at = Vec::new();
        for now in (0..=end).step_by(10) {
            pulse.channel_says(s(now), latest);
            if pulse.is_due(s(now)) {
                at.push(now);
                pulse.queried(s(now), now == shown_from, |_| now >= shown_from);
            }
            pulse.blind(s(now));
        }
        at
    }

    #[test]
    fn an_event_that_was_taken_in_is_asked_for_less_and_less_often_until_it_shows() {
        let mut pulse = Pulse::new(s(10));
        assert_eq!(
            queries(&mut pulse, 900, Some("e"), 250),
            [0, 20, 60, 120, 180, 240, 300, 600, 900]
        );
    }

    #[test]
    fn what_never_shows_is_told_of_once_and_then_seldom_asked_for() {
        let mut pulse = Pulse::new(s(10));
        let at = queries(&mut pulse, 1800, Some("e"), u64::MAX);
        assert_eq!(at.iter().filter(|now| **now <= 900).count(), 17);
        assert_eq!(at.iter().filter(|now| **now > 900).count(), 3);
        let mut pulse = Pulse::new(s(10));
        pulse.channel_says(s(0), Some("e"));
        assert_eq!(pulse.blind(s(899)), None);
        assert_eq!(pulse.blind(s(900)), Some(("e".to_owned(), s(900))));
        assert_eq!(pulse.blind(s(901)), None);
    }

    #[test]
    fn a_quiet_channel_costs_a_query_every_five_minutes() {
        let mut pulse = Pulse::new(s(10));
        assert_eq!(queries(&mut pulse, 700, None, u64::MAX), [0, 300, 600]);
    }

    #[test]
    fn without_a_channel_time_decides() {
        let mut pulse = Pulse::new(s(10));
        let mut at = Vec::new();
        for now in (0..=300).step_by(10) {
            if pulse.is_due(s(now)) {
                at.push(now);
                pulse.queried(s(now), now == 60, |_| false);
            }
        }
        assert_eq!(at, [0, 20, 60, 70, 90, 130, 190, 250]);
    }

    #[test]
    fn a_new_event_makes_it_quick_again() {
        let mut pulse = Pulse::new(s(10));
        queries(&mut pulse, 400, Some("e"), 0);
        assert!(!pulse.is_due(s(410)));
        pulse.channel_says(s(410), Some("f"));
        assert!(pulse.is_due(s(410)));
        pulse.queried(s(410), false, |id| id == "f");
        assert!(!pulse.is_due(s(600)) && pulse.is_due(s(710)));
        pulse.channel_is_mute();
        assert!(pulse.is_due(s(430)));
    }
}
