//! Globals of the web: encoders, decoders, `crypto` and the like (modules/web.js).

use crate::api::room::Room;
use crate::api::{errors, random, text};
use crate::js::{JsResult, Val};
use crate::script;

pub const ROOM: Room = Room::new(install);

fn install(_: &Val) -> JsResult<()> {
    let native = errors::natives()?;
    text::natives(&native)?;
    random::natives(&native)?;
    script!("web.js", &native).map(drop)
}
