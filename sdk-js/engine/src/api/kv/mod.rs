//! Native half of `k6/x/kv` (modules/kv). What an iteration calls most is native to the end
//! and returns promises that are settled already (`entries`); the rest are tables of functions that
//! throw and return, and the methods in JavaScript are async.

pub mod atoms;
mod claims;
mod entries;
mod files;
mod manage;
mod queries;
mod value;

use crate::api::room::Room;
use crate::api::{errors, metrics};
use crate::js::{JsResult, Val, array};
use crate::script;
use crate::source::register;
use crate::state::{ctx, replace};

pub const ROOM: Room = Room::new(install);

fn install(_: &Val) -> JsResult<()> {
    unsafe { atoms::intern_atoms(ctx()) };
    let native = errors::natives()?;
    entries::install_methods(&native)?;
    entries::install(&native)?;
    queries::install(&native)?;
    claims::install(&native)?;
    files::install(&native)?;
    manage::install(&native)?;
    native.set_str("metrics", metrics::exports()?)?;
    native.set_str("arguments", script!("kv/arguments.js", &native)?)?;
    replace(&value::MAKE_ERROR, native.get_str("makeError")?.into_raw());
    native.set_str("handle", script!("kv/handle.js", &native)?)?;
    let parts = [
        script!("kv/entries.js", &native)?,
        script!("kv/queries.js", &native)?,
        script!("kv/transaction.js", &native)?,
        script!("kv/claims.js", &native)?,
        script!("kv/files.js", &native)?,
        script!("kv/stats.js", &native)?,
    ];
    native.set_str("parts", array(parts.map(Ok))?)?;
    native.set_str("measure", script!("kv/measure.js", &native)?)?;
    register("k6/x/kv", script!("kv/kv.js", &native)?)
}
