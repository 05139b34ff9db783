//! Native half of `k6/x/kv` (modules/kv.js). What an iteration calls most is native to the end
//! and returns promises that are settled already (`entries`); the rest throws and returns, and
//! the methods in JavaScript are async.

mod claims;
mod entries;
mod manage;
mod queries;
mod value;

use crate::js::{JsResult, Val};

pub fn install(native: &Val) -> JsResult<()> {
    entries::install(native)?;
    queries::install(native)?;
    claims::install(native)?;
    manage::install(native)
}
