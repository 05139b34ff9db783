//! The time that decides when entries and claims end.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Unix milliseconds, of the system or set by a test.
#[derive(Debug, Clone, Default)]
pub struct Clock(Option<Arc<AtomicU64>>);

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands still at `start` until it is moved.
    pub fn manual(start: u64) -> Self {
        Self(Some(Arc::new(AtomicU64::new(start))))
    }

    /// Moves a manual clock forward; does nothing to the system's.
    pub fn advance(&self, milliseconds: u64) {
        if let Some(time) = &self.0 {
            time.fetch_add(milliseconds, Ordering::Relaxed);
        }
    }

    /// Unix milliseconds.
    pub fn now(&self) -> u64 {
        match &self.0 {
            Some(time) => time.load(Ordering::Relaxed),
            None => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH);
                since.map_or(0, |since| {
                    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
                })
            }
        }
    }

    /// True when something that ends at `expires` (0: never) has ended. Looks at the time only
    /// where it matters.
    pub fn is_over(&self, expires: u64) -> bool {
        expires != 0 && self.now() >= expires
    }
}
