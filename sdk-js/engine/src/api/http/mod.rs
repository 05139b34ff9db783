//! Module `k6/http`: the functions that scripts call most are native, and their responses
//! read from the host only what the script looks at.

mod batch;
mod body;
mod call;
mod duration;
mod expectation;
mod fields;
mod jar;
mod json;
mod json_error;
mod json_modifiers;
mod json_path;
mod response;
mod send;

use crate::js::{JsResult, Val};

pub use send::{Started, finish};

/// Native functions of the module, and its classes.
pub fn install(native: &Val) -> JsResult<()> {
    response::install()?;
    expectation::install(native)?;
    jar::install(native)?;
    batch::install(native)?;
    send::install(native)
}
