//! What an instance wanted and did not get, kept until the call that wanted it has ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;

/// What an instance wanted and did not get.
#[derive(Debug, Clone, Default)]
pub struct Denials(Arc<Noted>);

#[derive(Debug, Default)]
struct Noted {
    some: AtomicBool,
    last: Mutex<Option<String>>,
}

impl Denials {
    /// Notes one.
    pub fn note(&self, text: String) {
        *self.0.last.lock() = Some(text);
        self.0.some.store(true, Ordering::Release);
    }

    /// Notes one unless there is another already, which is more to the point.
    pub(crate) fn note_first(&self, text: impl FnOnce() -> String) {
        let mut last = self.0.last.lock();
        if last.is_none() {
            *last = Some(text());
            self.0.some.store(true, Ordering::Release);
        }
    }

    /// The last one since this was asked. Costs next to nothing where there is none.
    pub fn take(&self) -> Option<String> {
        if !self.0.some.swap(false, Ordering::AcqRel) {
            return None;
        }
        self.0.last.lock().take()
    }
}
