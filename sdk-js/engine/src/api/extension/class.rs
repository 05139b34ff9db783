//! Resources as objects: class data, what happens when an object is collected.

use core::cell::Cell;
use core::ffi::c_void;

use rquickjs_sys::{self as q, JSRuntime, JSValue};

use crate::api::extension::module::Module;
use crate::bindings::runner::extension::extensions;
use crate::js::{Class, JsResult, Val};

/// What an object of an extension's class holds.
pub struct Resource {
    module: u32,
    resource: usize,
    /// None once it was given away.
    handle: Cell<Option<u32>>,
}

impl Resource {
    pub fn is(&self, module: u32, resource: usize) -> bool {
        self.module == module && self.resource == resource
    }

    pub fn handle(&self) -> Option<u32> {
        self.handle.get()
    }

    /// The extension owns it now.
    pub fn give_away(&self) {
        self.handle.set(None);
    }
}

pub static RESOURCE: Class = Class::new();

/// Registers the class that all extensions' objects share.
pub fn define_class() {
    RESOURCE.define(&q::JSClassDef {
        class_name: c"ExtensionObject".as_ptr(),
        finalizer: Some(finalize),
        gc_mark: None,
        call: None,
        exotic: core::ptr::null_mut(),
    });
}

/// The object is gone: so is the resource.
unsafe extern "C" fn finalize(_: *mut JSRuntime, value: JSValue) {
    let pointer = unsafe { q::JS_GetOpaque(value, RESOURCE.id()) };
    if pointer.is_null() {
        return;
    }
    let resource = unsafe { Box::from_raw(pointer.cast::<Resource>()) };
    if let Some(handle) = resource.handle.get() {
        extensions::drop_resource(resource.module, handle);
    }
}

/// An object of the class of `resource`.
pub fn object(module: &'static Module, resource: usize, handle: u32) -> JsResult<Val> {
    let proto = module.prototype(resource);
    let object = RESOURCE.object_of(proto)?;
    let data = Box::new(Resource {
        module: module.id,
        resource,
        handle: Cell::new(Some(handle)),
    });
    unsafe { q::JS_SetOpaque(object.raw(), Box::into_raw(data).cast::<c_void>()) };
    Ok(object)
}
