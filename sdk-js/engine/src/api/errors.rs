//! `GoError`, the class of errors that come from the tool (modules/errors.js).

use crate::api::room::Room;
use crate::atoms::atoms;
use crate::js::{JsResult, Val};
use crate::script;
use crate::state::{engine, replace};

pub const ROOM: Room = Room::new(install);

fn install(_: &Val) -> JsResult<()> {
    let class = script!("errors.js", &Val::object()?)?;
    replace(
        &engine().protos.host_error,
        class.get(atoms().prototype)?.into_raw(),
    );
    Ok(())
}

/// What every script of a module is given: an object with the class in it.
pub fn natives() -> JsResult<Val> {
    let native = Val::object()?;
    let proto = Val::dup(engine().protos.host_error.get());
    native.set_str("GoError", proto.get_str("constructor")?)?;
    Ok(native)
}
