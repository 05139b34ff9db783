//! What an instance wanted and did not get, kept until the call that wanted it has ended.
//!
//! Some of it is a guess: languages look at the environment and at folders when they start or
//! panic, and can do without. A guess may explain an error that the guest returns; a trap has its own
//! reason, and only what was refused for certain can be that.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;

/// What an instance wanted and did not get.
#[derive(Debug, Clone, Default)]
pub struct Denials(Arc<Noted>);

#[derive(Debug, Default)]
struct Noted {
    some: AtomicBool,
    last: Mutex<Option<Denial>>,
}

/// One of them.
#[derive(Debug)]
struct Denial {
    text: String,
    is_guess: bool,
}

impl Denials {
    /// Notes what was refused.
    pub fn note(&self, text: String) {
        self.keep(Denial {
            text,
            is_guess: false,
        });
    }

    /// Notes what may have been missed, unless there is another, which is more to the point.
    pub(crate) fn guess(&self, text: impl FnOnce() -> String) {
        if self.0.last.lock().is_none() {
            self.keep(Denial {
                text: text(),
                is_guess: true,
            });
        }
    }

    /// Notes what was missed for certain, unless there is another that is certain.
    pub(crate) fn note_first(&self, text: impl FnOnce() -> String) {
        let known = self.0.last.lock();
        if known.as_ref().is_none_or(|known| known.is_guess) {
            drop(known);
            self.note(text());
        }
    }

    fn keep(&self, denial: Denial) {
        *self.0.last.lock() = Some(denial);
        self.0.some.store(true, Ordering::Release);
    }

    /// The last one since this was asked. Costs next to nothing where there is none.
    pub fn take(&self) -> Option<String> {
        self.last().map(|denial| denial.text)
    }

    /// The same after a trap, which no guess explains.
    pub fn take_certain(&self) -> Option<String> {
        let denial = self.last().filter(|denial| !denial.is_guess);
        denial.map(|denial| denial.text)
    }

    fn last(&self) -> Option<Denial> {
        if !self.0.some.swap(false, Ordering::AcqRel) {
            return None;
        }
        self.0.last.lock().take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_certain_goes_before_guesses() {
        let denials = Denials::default();
        denials.guess(|| "environment".into());
        denials.guess(|| "folders".into());
        assert_eq!(denials.take().as_deref(), Some("environment"));
        assert_eq!(denials.take(), None);
        denials.guess(|| "environment".into());
        assert_eq!(denials.take_certain(), None);
        assert_eq!(denials.take(), None);
        denials.guess(|| "environment".into());
        denials.note_first(|| "folder".into());
        denials.note_first(|| "other".into());
        denials.guess(|| "environment".into());
        assert_eq!(denials.take_certain().as_deref(), Some("folder"));
        denials.note("address".into());
        denials.note("other address".into());
        assert_eq!(denials.take().as_deref(), Some("other address"));
    }
}
