//! Numbers for the eye: sizes, times, and how many there are of something.

use std::time::Duration;

/// A number of bytes, in units of 1000; cut, not rounded, so that it never says more than there is.
pub fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 4] = [
        (1_000_000_000_000, "TB"),
        (1_000_000_000, "GB"),
        (1_000_000, "MB"),
        (1_000, "kB"),
    ];
    for (unit, name) in UNITS {
        if bytes >= unit {
            let tenths = bytes / (unit / 10);
            return format!("{}.{} {name}", tenths / 10, tenths % 10);
        }
    }
    format!("{bytes} B")
}

/// About so many bytes, in units of 1000: as fine as a line can bear that is drawn again and again.
pub(super) fn about(bytes: f64) -> String {
    match bytes {
        0.0..1e3 => format!("{bytes:.0} B"),
        1e3..1e6 => format!("{:.0} kB", bytes / 1e3),
        1e6..1e9 => format!("{:.1} MB", bytes / 1e6),
        _ => format!("{:.2} GB", bytes / 1e9),
    }
}

/// A time, in seconds, as it is told of what is left.
pub(super) fn time(seconds: f64) -> String {
    match seconds {
        0.0..90.0 => format!("{seconds:.0} s"),
        90.0..5400.0 => format!("{:.0} min", seconds / 60.0),
        _ => format!("{:.1} h", seconds / 3600.0),
    }
}

/// So many of a noun whose plural ends in s.
pub(super) fn counted(count: u64, noun: &str) -> String {
    counted_as(count, noun, &format!("{noun}s"))
}

/// So many of a noun.
pub(super) fn counted_as(count: u64, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}

/// A count as a number to divide; rounded beyond 2^53, which nobody sees.
#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "for the eye only")]
pub(super) fn float(count: u64) -> f64 {
    count as f64
}

/// A duration as JSON has it, in whole milliseconds.
pub(super) fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_in_thousands() {
        for (bytes, wanted) in [(0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (1_990_000_000, "1.9 GB")] {
            assert_eq!(size(bytes), wanted);
        }
    }

    #[test]
    fn times_are_told_in_a_unit_that_fits() {
        for (seconds, wanted) in [(89.0, "89 s"), (90.0, "2 min"), (5400.0, "1.5 h")] {
            assert_eq!(time(seconds), wanted);
        }
    }
}
