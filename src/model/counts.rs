//! Counts per content: how many equal things there are.
//!
//! What is counted may be millions, so where the counts are kept is a matter of their owner; here stand
//! what they answer, and the kind that stays in memory.

use std::collections::HashMap;
use std::fmt::Debug;

/// What stands for a content: the first half of its SHA-256.
pub type Key = [u8; 16];

/// The key of a content whose SHA-256 this is.
pub fn key(digest: &[u8; 32]) -> Key {
    let mut key = [0; 16];
    key.iter_mut().zip(digest).for_each(|(to, from)| *to = *from);
    key
}

/// The counts are lost: where they are kept does not work any more.
#[derive(Debug, thiserror::Error)]
#[error("what was counted could not be kept")]
pub struct CountsLost(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// How many there are of each key.
pub trait Counts: Debug + Send {
    /// Adds so many, and answers how many there are now.
    fn add(&mut self, key: Key, more: u64) -> Result<u64, CountsLost>;

    /// Takes one away; `false` if there is none.
    fn take(&mut self, key: Key) -> Result<bool, CountsLost>;

    /// Forgets everything.
    fn clear(&mut self) -> Result<(), CountsLost>;
}

/// Counts that grow with what is counted.
#[derive(Debug, Default)]
pub struct InMemory {
    counts: HashMap<Key, u64>,
}

impl Counts for InMemory {
    fn add(&mut self, key: Key, more: u64) -> Result<u64, CountsLost> {
        let count = self.counts.entry(key).or_insert(0);
        *count = count.saturating_add(more);
        Ok(*count)
    }

    fn take(&mut self, key: Key) -> Result<bool, CountsLost> {
        let Some(left) = self.counts.get(&key).and_then(|count| count.checked_sub(1)) else {
            return Ok(false);
        };
        if left == 0 {
            self.counts.remove(&key);
        } else {
            self.counts.insert(key, left);
        }
        Ok(true)
    }

    fn clear(&mut self) -> Result<(), CountsLost> {
        self.counts.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_can_be_taken_as_often() {
        let mut counts = InMemory::default();
        let (a, b) = (key(&[1; 32]), key(&[2; 32]));
        assert_eq!(counts.add(a, 1).unwrap(), 1);
        assert_eq!(counts.add(a, 2).unwrap(), 3);
        let taken: Vec<bool> = (0..4).map(|_| counts.take(a).unwrap()).collect();
        assert_eq!(taken, [true, true, true, false]);
        assert!(!counts.take(b).unwrap());
        counts.add(b, 1).unwrap();
        counts.clear().unwrap();
        assert!(!counts.take(b).unwrap());
    }
}
