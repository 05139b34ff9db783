//! What the engine knows of a module of the API: when to call it. Everything else of it, its classes,
//! property names, hooks and state, is its own.

use core::ffi::CStr;

use rquickjs_sys as q;

use crate::boot::evaluate;
use crate::js::{JsResult, Val};

/// One module, or one part of what scripts find in every module.
pub struct Room {
    /// Makes what scripts see. Once, while the snapshot is made: the host cannot be called.
    pub install: fn(&Val) -> JsResult<()>,
    /// The script's init code has ended, in this instance.
    pub initialised: fn(),
    /// This VU has been given a scenario.
    pub activated: fn(),
    /// An image is made of this instance for the VUs of this run, if `portable` is false, or for a file.
    pub imaged: fn(portable: bool),
    /// This instance started from an image out of a file, so that the host has not heard of what
    /// init told it.
    pub adopted: fn() -> JsResult<()>,
}

impl Room {
    /// One that only has to be made. `install` gets the global object.
    pub const fn new(install: fn(&Val) -> JsResult<()>) -> Room {
        Room {
            install,
            initialised: || {},
            activated: || {},
            imaged: |_| {},
            adopted: || Ok(()),
        }
    }
}

/// A file of `sdk-js/modules`, with the native functions that it may call.
#[macro_export]
macro_rules! script {
    ($file:literal, $native:expr) => {
        $crate::api::room::run(
            concat!("k6:", $file, "\0").as_bytes(),
            concat!(
                include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../modules/", $file)),
                "\0"
            )
            .as_bytes(),
            $native,
        )
    };
}

/// Evaluates an expression that is a function of the object with the native functions, and calls it;
/// what it returns is said in its file. Both texts end with a zero.
pub fn run(name: &[u8], source: &[u8], native: &Val) -> JsResult<Val> {
    let name = CStr::from_bytes_until_nul(name).unwrap_or_default();
    let source = CStr::from_bytes_until_nul(source).unwrap_or_default();
    evaluate(name, source)?.call(q::JS_UNDEFINED, &[native.raw()])
}
