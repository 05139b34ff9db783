//! Classes whose objects carry native data. Each belongs to the file that defines it.

use core::cell::Cell;

use rquickjs_sys::{self as q, JSClassDef, JSClassID, JSValue};

use crate::js::{JsResult, Val, opaque};
use crate::state::{ctx, rt};

/// A class; before [`Class::define`] no object has it.
pub struct Class(Cell<JSClassID>);

// One thread per instance.
unsafe impl Sync for Class {}

impl Class {
    pub const fn new() -> Class {
        Class(Cell::new(0))
    }

    /// Makes the class known. Once, while the snapshot is made.
    pub fn define(&self, definition: &JSClassDef) {
        let mut id = 0;
        unsafe {
            q::JS_NewClassID(rt(), &mut id);
            q::JS_NewClass(rt(), id, definition);
        }
        self.0.set(id);
    }

    /// What objects made by [`Class::object`] inherit from.
    pub fn set_proto(&self, proto: Val) {
        unsafe { q::JS_SetClassProto(ctx(), self.id(), proto.into_raw()) };
    }

    #[inline(always)]
    pub fn id(&self) -> JSClassID {
        self.0.get()
    }

    /// A new object.
    #[inline]
    pub fn object(&self) -> JsResult<Val> {
        Val::check(unsafe { q::JS_NewObjectClass(ctx(), self.id()) })
    }

    /// A new object that inherits from `proto`.
    pub fn object_of(&self, proto: JSValue) -> JsResult<Val> {
        Val::check(unsafe { q::JS_NewObjectProtoClass(ctx(), proto, self.id()) })
    }

    /// What an object of this class carries; none for any other value.
    #[inline]
    pub fn data<'a, T>(&self, value: JSValue) -> Option<&'a T> {
        opaque(value, self.id())
    }

    /// Frees what an object carries, which was a box; for finalizers.
    ///
    /// # Safety
    /// Objects of this class carry a `Box<T>` or nothing.
    pub unsafe fn free<T>(&self, value: JSValue) {
        let pointer = unsafe { q::JS_GetOpaque(value, self.id()) };
        if !pointer.is_null() {
            drop(unsafe { Box::from_raw(pointer.cast::<T>()) });
        }
    }
}
