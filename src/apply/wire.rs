//! The way out of requests: so many at a time, one after another in the rhythm of the pace, until it is closed.
//!
//! The course of a delivery hands requests out in that rhythm already, but each is written down before it
//! goes, and a disk that is slow for a moment would let many go together.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// A clone is the same wire.
#[derive(Clone)]
pub(super) struct Wire {
    places: Arc<Semaphore>,
    /// When the next request may go.
    next: Arc<Mutex<Instant>>,
}

impl Wire {
    /// One for so many requests at a time.
    pub(super) fn new(width: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(width)),
            next: Arc::new(Mutex::new(Instant::now())),
        }
    }

    /// A place on it, once there is one; `None` if it is closed.
    pub(super) async fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).acquire_owned().await.ok()
    }

    /// Waits for the turn of a request that is to be so far from the one before; `false` if it is closed.
    pub(super) async fn turn(&self, gap: Option<Duration>) -> bool {
        if let Some(gap) = gap {
            let at = {
                let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
                let at = Instant::now().max(*next);
                *next = at + gap;
                at
            };
            tokio::time::sleep_until(at).await;
        }
        !self.places.is_closed()
    }

    /// Lets nothing out any more.
    pub(super) fn close(&self) {
        self.places.close();
    }
}
