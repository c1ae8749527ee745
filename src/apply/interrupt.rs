//! The wish to stop: the first Ctrl-C, SIGTERM or SIGHUP lets the current step finish, the second does not.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

/// Counts how often the user asked to stop; cheap to clone.
#[derive(Debug, Clone)]
pub struct Interrupt {
    asked: Arc<watch::Sender<u32>>,
    graceful: Arc<AtomicBool>,
}

impl Default for Interrupt {
    fn default() -> Self {
        Self {
            asked: Arc::new(watch::Sender::new(0)),
            graceful: Arc::default(),
        }
    }
}

impl Interrupt {
    /// Says that the user asked to stop.
    pub fn ask(&self) {
        self.asked.send_modify(|count| *count += 1);
    }

    /// From now on the first request to stop is obeyed by whoever asks [`Interrupt::asked`]; before,
    /// it ends the run at once.
    pub fn obey_gracefully(&self) {
        self.graceful.store(true, Ordering::SeqCst);
    }

    /// Whether the user asked to stop.
    pub fn asked(&self) -> bool {
        *self.asked.borrow() > 0
    }

    /// Waits until the user asks to stop.
    pub async fn wait(&self) {
        let mut asked = self.asked.subscribe();
        if asked.wait_for(|count| *count > 0).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Waits until the run has to end at once.
    pub async fn end(&self) {
        let mut asked = self.asked.subscribe();
        let graceful = Arc::clone(&self.graceful);
        let over = move |count: &u32| *count > u32::from(graceful.load(Ordering::SeqCst));
        if asked.wait_for(over).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
