//! Chance by a seed: which ones a share of many things is.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// More than none, and at most all.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "f64")]
pub(crate) struct Share(f64);

impl TryFrom<f64> for Share {
    type Error = String;

    fn try_from(share: f64) -> Result<Self, String> {
        if share > 0.0 && share <= 1.0 {
            Ok(Self(share))
        } else {
            Err(format!("a share is more than 0 and at most 1, not {share}"))
        }
    }
}

impl Share {
    /// Whether the thing with these numbers is one of the share. The same seed draws the same ones again, and things
    /// with other numbers are drawn independently.
    pub(crate) fn draws(self, seed: u64, numbers: [u64; 3]) -> bool {
        let mut digest = Sha256::new().chain_update(seed.to_be_bytes());
        for number in numbers {
            digest.update(number.to_be_bytes());
        }
        let drawn = digest
            .finalize()
            .iter()
            .take(4)
            .fold(0, |drawn: u32, byte| (drawn << 8) | u32::from(*byte));
        f64::from(drawn) < self.0 * 2_f64.powi(32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(share: f64, seed: u64) -> Vec<u64> {
        let share = Share::try_from(share).unwrap();
        (0..10_000)
            .filter(|number| share.draws(seed, [0, 0, *number]))
            .collect()
    }

    #[test]
    fn it_is_about_as_large_as_said() {
        for (share, from, to) in [(0.05, 400, 600), (0.5, 4800, 5200), (1.0, 10_000, 10_000)] {
            let count = drawn(share, 7).len();
            assert!((from..=to).contains(&count), "{share}: {count} of 10000");
        }
    }

    #[test]
    fn the_seed_decides() {
        assert_eq!(drawn(0.1, 1), drawn(0.1, 1));
        assert_ne!(drawn(0.1, 1), drawn(0.1, 2));
        let share = Share::try_from(0.5).unwrap();
        let apart = |at: usize| {
            (0..64).any(|number| {
                let mut numbers = [0; 3];
                numbers[at] = number;
                share.draws(0, numbers) != share.draws(0, [0; 3])
            })
        };
        assert_eq!([apart(0), apart(1), apart(2)], [true; 3]);
    }
}
