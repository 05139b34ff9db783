//! Own enumerable string keys of an object, in JavaScript's order.

use rquickjs_sys::{self as q, JSAtom, JSPropertyEnum, JSValue};

use crate::js::{JsResult, Thrown};
use crate::state::ctx;

/// The keys; freed when dropped.
pub struct Keys {
    table: *mut JSPropertyEnum,
    length: u32,
}

impl Keys {
    pub fn of(object: JSValue) -> JsResult<Keys> {
        let mut keys = Keys {
            table: core::ptr::null_mut(),
            length: 0,
        };
        let flags = (q::JS_GPN_STRING_MASK | q::JS_GPN_ENUM_ONLY) as i32;
        let done = unsafe {
            q::JS_GetOwnPropertyNames(ctx(), &mut keys.table, &mut keys.length, object, flags)
        };
        if done < 0 { Err(Thrown) } else { Ok(keys) }
    }

    /// Valid as long as the keys live.
    pub fn iter(&self) -> impl Iterator<Item = JSAtom> + '_ {
        let entries = if self.table.is_null() {
            &[][..]
        } else {
            unsafe { core::slice::from_raw_parts(self.table, self.length as usize) }
        };
        entries.iter().map(|entry| entry.atom)
    }

    pub fn len(&self) -> usize {
        self.length as usize
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        if !self.table.is_null() {
            unsafe { q::JS_FreePropertyEnum(ctx(), self.table, self.length) }
        }
    }
}
