//! Module `k6/http`: the functions that scripts call most are native, and their responses
//! read from the host only what the script looks at.

pub mod atoms;
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

use crate::api::room::Room;
use crate::api::{console, errors, random, text};
use crate::js::{JsResult, Val};
use crate::script;
use crate::source::register;
use crate::state::ctx;

pub const ROOM: Room = Room::new(install);

fn install(_: &Val) -> JsResult<()> {
    unsafe { atoms::intern_atoms(ctx()) };
    let native = errors::natives()?;
    response::install()?;
    expectation::install(&native)?;
    jar::install(&native)?;
    batch::install(&native)?;
    send::install(&native)?;
    console::natives(&native)?;
    text::natives(&native)?;
    random::natives(&native)?;
    let module = script!("http.js", &native)?;
    body::encode_with(native.get_str("encodeForm")?);
    register("k6/http", module)
}
