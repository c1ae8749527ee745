//! Counts that do not grow in memory: what is beyond a table of fixed size goes to a database in a
//! temporary file that has no name and goes with the process.
//!
//! The table holds whole counts, not differences, so what it has need not be looked up. For what it does not
//! have a sieve says in most cases that the database has none either.

use std::collections::HashMap;
use std::fmt;

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::model::counts::{Counts, CountsLost, Key};

/// How many keys are held in memory.
const ROOM: usize = 64 * 1024;
/// Bits of the sieve, a power of two: 4 MiB.
const BITS: u32 = 1 << 25;
/// How many bits of the sieve stand for a key.
const PROBES: usize = 3;
/// The database is nobody else's and need not outlive the process; its cache takes at most 4 MiB.
const SCHEMA: &str = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA cache_size = -4096; PRAGMA temp_store = FILE;
    CREATE TABLE counts (key BLOB PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID";
const PUT: &str = "INSERT INTO counts (key, n) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET n = excluded.n";
const GET: &str = "SELECT n FROM counts WHERE key = ?1";

/// Counts of which only some are in memory.
pub struct Spill {
    held: HashMap<Key, u64>,
    room: usize,
    spilled: Option<Spilled>,
}

struct Spilled {
    sql: Connection,
    sieve: Vec<u64>,
}

impl Default for Spill {
    fn default() -> Self {
        Self::with_room(ROOM)
    }
}

impl fmt::Debug for Spill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spill")
            .field("held", &self.held.len())
            .field("spilled", &self.spilled.is_some())
            .finish_non_exhaustive()
    }
}

impl Spill {
    fn with_room(room: usize) -> Self {
        Self {
            held: HashMap::new(),
            room,
            spilled: None,
        }
    }

    fn count(&self, key: &Key) -> rusqlite::Result<u64> {
        match (self.held.get(key), &self.spilled) {
            (Some(count), _) => Ok(*count),
            (None, Some(spilled)) => spilled.count(key),
            (None, None) => Ok(0),
        }
    }

    fn put(&mut self, key: Key, count: u64) -> rusqlite::Result<()> {
        if self.held.len() >= self.room && !self.held.contains_key(&key) {
            let spilled = match &mut self.spilled {
                Some(spilled) => spilled,
                none => none.insert(Spilled::new()?),
            };
            spilled.take_in(&mut self.held)?;
        }
        self.held.insert(key, count);
        Ok(())
    }
}

impl Counts for Spill {
    fn add(&mut self, key: Key, more: u64) -> Result<u64, CountsLost> {
        let count = self.count(&key).map_err(lost)?.saturating_add(more);
        self.put(key, count).map_err(lost)?;
        Ok(count)
    }

    fn take(&mut self, key: Key) -> Result<bool, CountsLost> {
        let Some(left) = self.count(&key).map_err(lost)?.checked_sub(1) else {
            return Ok(false);
        };
        self.put(key, left).map_err(lost)?;
        Ok(true)
    }

    fn clear(&mut self) -> Result<(), CountsLost> {
        self.held.clear();
        self.spilled = None;
        Ok(())
    }
}

fn lost(error: rusqlite::Error) -> CountsLost {
    CountsLost(error.into())
}

impl Spilled {
    fn new() -> rusqlite::Result<Self> {
        // Without a name, SQLite makes a temporary file and deletes it at once.
        let sql = Connection::open("")?;
        sql.execute_batch(SCHEMA)?;
        let words = usize::try_from(BITS / u64::BITS).unwrap_or_default();
        Ok(Self {
            sql,
            sieve: vec![0; words],
        })
    }

    fn count(&self, key: &Key) -> rusqlite::Result<u64> {
        let perhaps = places(key).all(|(word, bit)| self.sieve.get(word).is_some_and(|word| word & bit != 0));
        if !perhaps {
            return Ok(0);
        }
        let count: Option<i64> = self
            .sql
            .prepare_cached(GET)?
            .query_row([key], |row| row.get(0))
            .optional()?;
        Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0))
    }

    /// Takes over all that is held in memory; in the order of the keys, each page of the database is touched once.
    fn take_in(&mut self, held: &mut HashMap<Key, u64>) -> rusqlite::Result<()> {
        let mut all: Vec<(Key, u64)> = held.drain().collect();
        all.sort_unstable();
        let transaction = self.sql.transaction()?;
        {
            let mut put = transaction.prepare_cached(PUT)?;
            for (key, count) in all {
                put.execute(params![key, i64::try_from(count).unwrap_or(i64::MAX)])?;
                for (word, bit) in places(&key) {
                    if let Some(word) = self.sieve.get_mut(word) {
                        *word |= bit;
                    }
                }
            }
        }
        transaction.commit()
    }
}

/// The bits that stand for a key, each by its word and within that. Keys are halves of hashes, so parts of
/// them serve as they are.
fn places(key: &Key) -> impl Iterator<Item = (usize, u64)> {
    let (parts, _) = key.as_chunks::<4>();
    parts.iter().take(PROBES).map(|part| {
        let place = u32::from_le_bytes(*part) % BITS;
        let word = usize::try_from(place / u64::BITS).unwrap_or_default();
        (word, 1 << (place % u64::BITS))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::counts::{InMemory, key};

    #[derive(Debug, Clone)]
    enum Act {
        Add(u8, u64),
        Take(u8),
        Clear,
    }

    fn act() -> impl Strategy<Value = Act> {
        prop_oneof![
            8 => (any::<u8>(), 0_u64..3).prop_map(|(key, more)| Act::Add(key, more)),
            8 => any::<u8>().prop_map(Act::Take),
            1 => Just(Act::Clear),
        ]
    }

    /// A key whose first bytes fall together with others', so that the sieve is no help.
    fn crowded(number: u8) -> Key {
        let mut key = [0; 16];
        key[15] = number % 32;
        key
    }

    proptest! {
        #[test]
        fn it_counts_as_counts_in_memory_do(room in 1_usize..12, acts in proptest::collection::vec(act(), 0..200)) {
            let (mut spill, mut model) = (Spill::with_room(room), InMemory::default());
            for act in acts {
                match act {
                    Act::Add(key, more) => prop_assert_eq!(
                        spill.add(crowded(key), more).unwrap(),
                        model.add(crowded(key), more).unwrap()
                    ),
                    Act::Take(key) => prop_assert_eq!(
                        spill.take(crowded(key)).unwrap(),
                        model.take(crowded(key)).unwrap()
                    ),
                    Act::Clear => {
                        spill.clear().unwrap();
                        model.clear().unwrap();
                    }
                }
                prop_assert!(spill.held.len() <= room);
            }
        }
    }

    #[test]
    fn a_database_that_fails_is_told() {
        let mut spill = Spill::with_room(1);
        for number in 0..3 {
            spill.add(key(&[number; 32]), 1).unwrap();
        }
        spill
            .spilled
            .as_ref()
            .unwrap()
            .sql
            .execute_batch("DROP TABLE counts")
            .unwrap();
        let lost = spill.take(key(&[0; 32])).unwrap_err();
        assert!(lost.0.to_string().contains("no such table"), "{lost:?}");
    }
}
