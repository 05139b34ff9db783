//! Promises that were rejected and that nobody handles. One that is still here when the job
//! queue is empty ends the iteration, as in k6.

use core::cell::{Cell, RefCell};
use core::ffi::c_void;

use rquickjs_sys::{JSContext, JSValue};

use crate::js::Val;
use crate::state::engine;

/// Unhandled rejections, oldest first.
pub struct Rejections {
    /// Read once per turn of the loop; the list is not touched while this is false.
    any: Cell<bool>,
    list: RefCell<Vec<(Val, Val)>>,
}

impl Rejections {
    pub fn new() -> Rejections {
        Rejections {
            any: Cell::new(false),
            list: RefCell::new(Vec::new()),
        }
    }

    /// Reason of the oldest unhandled rejection.
    pub fn take(&self) -> Option<Val> {
        if !self.any.get() {
            return None;
        }
        let mut list = self.list.borrow_mut();
        let first = if list.is_empty() {
            None
        } else {
            Some(list.remove(0).1)
        };
        self.any.set(!list.is_empty());
        first
    }

    /// The rejection of `promise` has been dealt with.
    pub fn forget(&self, promise: JSValue) {
        self.list
            .borrow_mut()
            .retain(|entry| entry.0.raw() != promise);
    }

    pub fn clear(&self) {
        if self.any.replace(false) {
            self.list.borrow_mut().clear();
        }
    }
}

/// QuickJS's hook.
pub unsafe extern "C" fn track(
    _: *mut JSContext,
    promise: JSValue,
    reason: JSValue,
    handled: bool,
    _: *mut c_void,
) {
    let rejections = &engine().rejections;
    if handled {
        rejections.forget(promise);
        return;
    }
    rejections
        .list
        .borrow_mut()
        .push((Val::dup(promise), Val::dup(reason)));
    rejections.any.set(true);
}
