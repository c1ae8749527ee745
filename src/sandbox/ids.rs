//! UUIDs: random, or the same ones on every run when there is a seed.

use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

/// Where ids come from.
#[derive(Debug)]
pub(crate) struct Ids {
    seed: Option<u64>,
    requests: AtomicU64,
}

impl Ids {
    /// Random without a seed.
    pub(crate) fn new(seed: Option<u64>) -> Self {
        Self {
            seed,
            requests: AtomicU64::new(0),
        }
    }

    /// Whether ids are taken from a counter that must be kept in the state.
    pub(crate) fn is_seeded(&self) -> bool {
        self.seed.is_some()
    }

    /// The id of a resource or event; `counter` matters only when seeded.
    pub(crate) fn resource(&self, counter: u64) -> String {
        self.make("resource", counter)
    }

    /// The id of a request.
    pub(crate) fn request(&self) -> String {
        self.make("request", self.requests.fetch_add(1, Ordering::Relaxed))
    }

    fn make(&self, realm: &str, counter: u64) -> String {
        let uuid = match self.seed {
            None => random(),
            Some(seed) => {
                let digest = Sha256::new()
                    .chain_update(seed.to_be_bytes())
                    .chain_update(realm)
                    .chain_update(counter.to_be_bytes())
                    .finalize();
                let mut bytes = [0_u8; 16];
                for (to, from) in bytes.iter_mut().zip(digest.iter()) {
                    *to = *from;
                }
                Builder::from_random_bytes(bytes).into_uuid()
            }
        };
        uuid.to_string()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the sandbox has its own ids, and this is where they are made"
)]
fn random() -> Uuid {
    Uuid::new_v4()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_itself() {
        let (one, two) = (Ids::new(Some(7)), Ids::new(Some(7)));
        assert_eq!(one.resource(1), two.resource(1));
        assert_ne!(one.resource(1), one.resource(2));
        assert_ne!(one.resource(0), one.request());
        assert_eq!(one.resource(1).len(), 36);
        assert_ne!(one.resource(1), Ids::new(Some(8)).resource(1));
    }

    #[test]
    fn without_a_seed_they_are_random() {
        let ids = Ids::new(None);
        assert_ne!(ids.resource(1), ids.resource(1));
    }
}
