//! Events that come twice in one run, UID and all: a file beside its copy, for instance.
//!
//! They are sent, since nobody can tell a copy from what is meant; but it is said. What was seen is held in a
//! table of fixed size in which newer events take the places of older ones. So of events that stand far
//! apart, by more than some 250 000 events, only some are noticed; of a large file and its copy that is enough.

/// How many events are remembered, a power of two: 2 MiB.
const PLACES: usize = 1 << 18;

/// The events of a run, as far as they are remembered.
#[derive(Debug)]
pub struct Twins {
    seen: Vec<u64>,
}

impl Default for Twins {
    fn default() -> Self {
        Self { seen: vec![0; PLACES] }
    }
}

impl Twins {
    /// One more event, by the SHA-256 of what is sent: whether one like it was seen.
    pub fn saw(&mut self, digest: &[u8; 32]) -> bool {
        let (Some((place, _)), Some((_, mark))) = (digest.split_first_chunk(), digest.split_last_chunk()) else {
            return false;
        };
        let places = self.seen.len().max(1);
        let place = usize::try_from(u32::from_le_bytes(*place)).unwrap_or_default() % places;
        // No event is marked with nothing.
        let mark = u64::from_le_bytes(*mark) | 1;
        let before = self.seen.get_mut(place).map(|held| std::mem::replace(held, mark));
        before == Some(mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(number: u32) -> [u8; 32] {
        // Each part by SplitMix64: as evenly spread as a hash, and fast without optimisation.
        let mut digest = [0; 32];
        for (part, add) in digest.chunks_mut(8).zip(1_u64..) {
            let mut z = (u64::from(number) * 4 + add).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            part.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes());
        }
        digest
    }

    #[test]
    fn what_comes_again_is_seen() {
        let mut twins = Twins::default();
        let seen: Vec<bool> = [1, 2, 1, 3, 1].map(|number| twins.saw(&digest(number))).to_vec();
        assert_eq!(seen, [false, false, true, false, true]);
    }

    #[test]
    fn a_large_copy_is_noticed_and_nothing_else_is() {
        let mut twins = Twins::default();
        let all = 1 << 20;
        assert!((0..all).all(|number| !twins.saw(&digest(number))));
        // A place is left alone by so many others with a chance of e^-4 or so.
        let again = (0..all).filter(|number| twins.saw(&digest(*number))).count();
        assert!((10_000..40_000).contains(&again), "{again}");
    }
}
