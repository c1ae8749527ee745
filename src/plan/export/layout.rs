//! Windows of time: half-open, side by side, and as wide as what the last ones returned makes them.
//!
//! A window's width follows from what the window returned that is as many places before it as may be under way,
//! never from how fast anything went. So an export that is killed and goes on cuts the same windows as one that is
//! not, however many are under way just then.

use super::Second;

/// How wide the first windows are, in seconds.
const FIRST: i64 = 3600;
/// The widest window, in seconds: a year.
const WIDEST: i64 = 366 * 86_400;
/// How much wider than the window that it goes by a window is at most.
const GROWTH: i64 = 4;
/// And how much narrower.
const SHRINKAGE: i64 = 16;
/// The digits by which the events of a single second are divided, in the order of their characters.
const DIGITS: [&str; 15] = [
    "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f",
];
/// How many digits of an ID a second is divided by at most: into 256 parts.
const DEEPEST: usize = 2;

/// A span of time: from a second on, up to another one, which is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first second in it.
    pub from: Second,
    /// The first second after it.
    pub to: Second,
}

impl Span {
    /// A span that holds at least one second.
    pub fn new(from: Second, to: Second) -> Option<Self> {
        (from < to).then_some(Self { from, to })
    }

    /// Its length in seconds.
    pub fn seconds(&self) -> i64 {
        self.to.0.saturating_sub(self.from.0)
    }

    /// Whether a second is in it.
    pub fn holds(&self, at: Second) -> bool {
        self.from <= at && at < self.to
    }

    fn halves(&self) -> Option<[Self; 2]> {
        let middle = self.from.plus(self.seconds() / 2);
        let (first, second) = (Self::new(self.from, middle)?, Self::new(middle, self.to)?);
        Some([first, second])
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} to {}", self.from, self.to)
    }
}

/// What one query reads: a span of time and, where a single second holds too much, a range of event IDs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The span.
    pub span: Span,
    /// IDs from this on, in the order of their characters; from the first on if `None`.
    pub ids_from: Option<String>,
    /// IDs before this; up to the last if `None`.
    pub ids_before: Option<String>,
    depth: usize,
    prefix: String,
}

impl Part {
    /// All of a span.
    pub fn whole(span: Span) -> Self {
        Self {
            span,
            ids_from: None,
            ids_before: None,
            depth: 0,
            prefix: String::new(),
        }
    }

    /// The parts that this one is read in when it is too much at once, in the order of their events: halves, and
    /// of a single second ranges of IDs. `None` if it cannot be divided further.
    ///
    /// The ranges leave no text out, whatever an ID looks like; that it is hexadecimal only makes them even.
    pub fn split(&self) -> Option<Vec<Self>> {
        if let Some(halves) = self.span.halves() {
            return Some(halves.map(Self::whole).to_vec());
        }
        if self.depth == DEEPEST {
            return None;
        }
        let cuts = DIGITS.map(|digit| Some(format!("{}{digit}", self.prefix)));
        let from = std::iter::once(self.ids_from.clone()).chain(cuts.clone());
        let before = cuts.clone().into_iter().chain([self.ids_before.clone()]);
        let prefixes = std::iter::once(format!("{}0", self.prefix)).chain(cuts.into_iter().flatten());
        let parts = from
            .zip(before)
            .zip(prefixes)
            .map(|((ids_from, ids_before), prefix)| Self {
                span: self.span,
                ids_from,
                ids_before,
                depth: self.depth + 1,
                prefix,
            });
        Some(parts.collect())
    }
}

/// What a window returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// The window.
    pub span: Span,
    /// How many events were in it.
    pub events: u64,
    /// In how many queries it had to be read.
    pub parts: u64,
}

/// The windows of an export: those that are read, those under way, and how the next is cut.
#[derive(Debug, Clone)]
pub struct Layout {
    whole: Span,
    target: u64,
    ahead: usize,
    done: Vec<Outcome>,
    under_way: Vec<Span>,
}

impl Layout {
    /// The windows of a span, each to hold about `target` events, with up to `ahead` of them under way, of which
    /// these have been read.
    pub fn new(whole: Span, target: u64, ahead: usize, done: Vec<Outcome>) -> Self {
        Self {
            whole,
            target: target.max(1),
            ahead: ahead.max(1),
            done,
            under_way: Vec::new(),
        }
    }

    /// The next window; `None` if nothing is left, or if one that is under way has to be read first.
    pub fn cut(&mut self) -> Option<Span> {
        if self.under_way.len() >= self.ahead {
            return None;
        }
        let from = self.end();
        let next = Span::new(from, from.plus(self.width()).min(self.whole.to))?;
        self.under_way.push(next);
        Some(next)
    }

    /// The oldest window under way was read.
    pub fn done(&mut self, events: u64, parts: u64) {
        if self.under_way.is_empty() {
            return;
        }
        let span = self.under_way.remove(0);
        self.done.push(Outcome { span, events, parts });
    }

    /// Up to when everything is read.
    pub fn read_to(&self) -> Second {
        self.done.last().map_or(self.whole.from, |outcome| outcome.span.to)
    }

    /// Where the next window begins.
    fn end(&self) -> Second {
        self.under_way.last().map_or_else(|| self.read_to(), |span| span.to)
    }

    fn width(&self) -> i64 {
        let position = self.done.len() + self.under_way.len();
        let model = position.checked_sub(self.ahead).and_then(|at| self.done.get(at));
        model.map_or(FIRST, |outcome| self.width_after(outcome))
    }

    fn width_after(&self, outcome: &Outcome) -> i64 {
        let seconds = outcome.span.seconds().max(1);
        let (least, most) = ((seconds / SHRINKAGE).max(1), seconds.saturating_mul(GROWTH));
        let even = if outcome.events == 0 {
            most
        } else {
            let even = i128::from(seconds) * i128::from(self.target) / i128::from(outcome.events);
            i64::try_from(even).unwrap_or(most).clamp(least, most)
        };
        // What had to be divided is not taken as wide again.
        let parts = i64::try_from(outcome.parts).unwrap_or(i64::MAX).max(1);
        let bound = if parts > 1 { (seconds / parts).max(1) } else { WIDEST };
        even.min(bound).clamp(1, WIDEST)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn span(from: i64, to: i64) -> Span {
        Span::new(Second(from), Second(to)).unwrap()
    }

    /// Cuts a span into windows that hold what `events` says, reading them `at_a_time`; answers the windows.
    fn run(whole: Span, ahead: usize, mut at_a_time: impl FnMut() -> usize, events: impl Fn(Span) -> u64) -> Vec<Span> {
        let mut layout = Layout::new(whole, 1000, ahead, Vec::new());
        let mut windows: Vec<Span> = Vec::new();
        let mut read = 0;
        loop {
            for _ in 0..at_a_time() {
                windows.extend(layout.cut());
            }
            windows.extend(if read == windows.len() { layout.cut() } else { None });
            let Some(window) = windows.get(read) else {
                assert_eq!(layout.read_to(), whole.to);
                return windows;
            };
            layout.done(events(*window), 1 + events(*window) / 100_000);
            read += 1;
        }
    }

    /// Events that are not spread evenly.
    fn busy(seed: u64) -> impl Fn(Span) -> u64 {
        move |window| {
            let day = u64::try_from(window.from.0.rem_euclid(1 << 40)).unwrap() / 86_400;
            let rate = [0, 1, 30, 0, 900][usize::try_from(day.wrapping_mul(seed | 1) % 5).unwrap()];
            rate * u64::try_from(window.seconds()).unwrap() / 60
        }
    }

    proptest! {
        #[test]
        fn windows_cover_a_span_exactly(from in -1_000_000_i64..2_000_000_000, length in 1_i64..40_000_000, ahead in 1_usize..6, seed: u64) {
            let whole = span(from, from + length);
            let windows = run(whole, ahead, || 2, busy(seed));
            prop_assert_eq!(windows.first().unwrap().from, whole.from);
            prop_assert_eq!(windows.last().unwrap().to, whole.to);
            for pair in windows.windows(2) {
                prop_assert_eq!(pair[0].to, pair[1].from);
            }
            prop_assert!(windows.iter().all(|window| window.seconds() >= 1 && window.seconds() <= WIDEST));
        }

        #[test]
        fn how_many_are_under_way_just_then_changes_no_window(length in 1_i64..40_000_000, ahead in 1_usize..6, seed: u64, paces in prop::collection::vec(0_usize..7, 1..50)) {
            let whole = span(0, length);
            let mut at = 0;
            let uneven = || {
                at += 1;
                paces[at % paces.len()]
            };
            prop_assert_eq!(run(whole, ahead, uneven, busy(seed)), run(whole, ahead, || 1, busy(seed)));
        }

        #[test]
        fn what_goes_on_after_any_window_cuts_the_same(length in 1_i64..40_000_000, ahead in 1_usize..6, seed: u64, cut: prop::sample::Index) {
            let (whole, events) = (span(0, length), busy(seed));
            let windows = run(whole, ahead, || 9, &events);
            let kept = cut.index(windows.len());
            let done = windows[..kept].iter().map(|window| Outcome {
                span: *window,
                events: events(*window),
                parts: 1 + events(*window) / 100_000,
            });
            let mut layout = Layout::new(whole, 1000, ahead, done.collect());
            for window in &windows[kept..] {
                prop_assert_eq!(layout.cut(), Some(*window));
                layout.done(events(*window), 1 + events(*window) / 100_000);
            }
            prop_assert_eq!(layout.cut(), None);
        }

        #[test]
        fn the_parts_of_a_part_hold_each_event_once_and_in_order(seconds in 1_i64..100, at in 0_i64..100, id in "[0-9a-z~ -]{0,4}", depth in 0_usize..12) {
            prop_assume!(at < seconds);
            let mut part = Part::whole(span(0, seconds));
            let holds = |part: &Part| {
                part.span.holds(Second(at))
                    && part.ids_from.as_ref().is_none_or(|from| *from <= id)
                    && part.ids_before.as_ref().is_none_or(|before| id < *before)
            };
            for _ in 0..depth {
                let Some(parts) = part.split() else { break };
                let holding: Vec<&Part> = parts.iter().filter(|part| holds(part)).collect();
                prop_assert_eq!(holding.len(), 1, "{:?}", parts);
                for pair in parts.windows(2) {
                    let follows = pair[0].span.to == pair[1].span.from || pair[0].ids_before == pair[1].ids_from;
                    prop_assert!(follows, "{:?}", pair);
                }
                part = holding[0].clone();
            }
        }
    }

    #[test]
    fn windows_grow_over_nothing_and_shrink_where_much_is() {
        let mut layout = Layout::new(span(0, 10_000_000), 1000, 1, Vec::new());
        let mut next = |events, parts| {
            let seconds = layout.cut().map(|window| window.seconds());
            layout.done(events, parts);
            seconds
        };
        assert_eq!(next(0, 1), Some(3600), "the first");
        assert_eq!(next(500, 1), Some(14_400), "four times, after nothing");
        assert_eq!(next(4000, 1), Some(28_800), "twice, after half of what is wanted");
        assert_eq!(next(1_000_000, 1), Some(7200), "a quarter, after four times as much");
        assert_eq!(next(1000, 8), Some(450), "no less than a sixteenth");
        assert_eq!(
            next(1000, 1),
            Some(56),
            "what was read in eight parts is taken an eighth as wide"
        );
        assert_eq!(next(1000, 1), Some(56));
    }

    #[test]
    fn what_holds_enough_stays_and_the_end_is_the_end() {
        let mut layout = Layout::new(span(0, 5000), 1000, 2, Vec::new());
        assert_eq!(layout.cut(), Some(span(0, 3600)));
        assert_eq!(layout.cut(), Some(span(3600, 5000)));
        assert_eq!(layout.cut(), None);
        layout.done(1, 1);
        assert_eq!((layout.read_to(), layout.cut()), (Second(3600), None));
        layout.done(1, 1);
        assert_eq!((layout.read_to(), layout.cut()), (Second(5000), None));
    }

    #[test]
    fn a_second_is_divided_by_ids_twice_and_then_not_at_all() {
        let second = Part::whole(span(7, 8));
        let parts = second.split().unwrap();
        assert_eq!(parts.len(), 16);
        assert_eq!(
            (parts[0].ids_from.as_deref(), parts[0].ids_before.as_deref()),
            (None, Some("1"))
        );
        assert_eq!(
            (parts[15].ids_from.as_deref(), parts[15].ids_before.as_deref()),
            (Some("f"), None)
        );
        let deeper = parts[10].split().unwrap();
        assert_eq!(
            (deeper[0].ids_from.as_deref(), deeper[0].ids_before.as_deref()),
            (Some("a"), Some("a1"))
        );
        assert_eq!(
            (deeper[15].ids_from.as_deref(), deeper[15].ids_before.as_deref()),
            (Some("af"), Some("b"))
        );
        assert_eq!(deeper[3].split(), None);
    }
}
