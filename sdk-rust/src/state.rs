//! What one VU must remember between calls of the SDK. An instance has one thread, so the
//! cells are never contended.

use std::cell::{Cell, RefCell};

thread_local! {
    /// First misuse of the SDK in this call: it fails the call when the function returns.
    static FAULT: RefCell<Option<String>> = const { RefCell::new(None) };
    static ABORTED: Cell<bool> = const { Cell::new(false) };
}

/// Remembers a misuse that has no other way out, such as a metric that was never declared.
#[cold]
pub(crate) fn fault(message: String) {
    FAULT.with_borrow_mut(|fault| {
        fault.get_or_insert(message);
    });
}

pub(crate) fn take_fault() -> Option<String> {
    FAULT.with_borrow_mut(Option::take)
}

pub(crate) fn set_aborted() {
    ABORTED.set(true);
}

pub(crate) fn aborted() -> bool {
    ABORTED.get()
}
