//! Tests of the engine's parts, which run where the parts do: in wasm. A test is an export, and
//! `sdk-js/component/tests/engine.rs` calls each in an instance of its own, in an interpreter, as it is after the
//! start-up: QuickJS runs and k6's modules are there. A panic says why a test failed. Functions of the host are
//! not there: calling one fails the test.
//!
//! Tests stand beside what they test, in `<file>/tests.rs`:
//!
//! ```text
//! wasm_tests! {
//!     fn numbers_are_what_they_were() { assert_eq!(evaluate("1 + 1").text().unwrap().as_str(), "2"); }
//! }
//! ```

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use std::ffi::CString;
use std::panic;

use crate::boot;
use crate::js::{JsResult, Val, caught};
use crate::lifecycle::describe;

#[link(wasm_import_module = "testing")]
unsafe extern "C" {
    /// Hears why the test fails.
    fn say(pointer: *const u8, length: usize);
}

/// Exports functions as tests.
macro_rules! wasm_tests {
    ($($(#[$meta:meta])* fn $name:ident() $body:block)*) => {$(
        $(#[$meta])*
        #[unsafe(export_name = concat!("test ", module_path!(), "::", stringify!($name)))]
        extern "C" fn $name() {
            $crate::testing::begin();
            $body
        }
    )*};
}

pub(crate) use wasm_tests;

/// Before each test.
pub fn begin() {
    panic::set_hook(Box::new(|info| {
        let text = info.to_string();
        unsafe { say(text.as_ptr(), text.len()) };
    }));
}

/// The value of a script's last expression. An exception is the error.
pub fn try_evaluate(source: &str) -> Result<Val, String> {
    let source = CString::new(source).unwrap();
    let result: JsResult<Val> = boot::evaluate(c"test.js", &source);
    result.map_err(|thrown| describe(&caught(thrown)).0)
}

/// The same for one that throws nothing.
#[track_caller]
pub fn evaluate(source: &str) -> Val {
    match try_evaluate(source) {
        Ok(value) => value,
        Err(exception) => panic!("{source}: {exception}"),
    }
}
