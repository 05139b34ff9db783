//! The native half of k6's modules and globals. Each file or folder makes its own part; what is
//! not worth native code is in `sdk-js/modules` and gets those functions as its argument.

mod bind;
mod check;
mod collate;
mod console;
mod encoding;
mod env;
mod errors;
mod execution;
pub mod export;
pub mod extension;
mod files;
mod globals;
mod go_type;
mod gorand;
mod http;
mod kv;
mod methods;
mod metrics;
mod random;
pub mod room;
mod shared;
mod tags;
mod text;
mod web;

use crate::api::room::Room;
use crate::js::{JsResult, Val};
use crate::state::engine;
use crate::{lifecycle, zone};

/// All of them, in the order in which they are made: later ones may use what earlier ones made.
const ROOMS: [Room; 20] = [
    globals::ROOM,
    lifecycle::TIMERS,
    random::ROOM,
    zone::ROOM,
    bind::ROOM,
    collate::ROOM,
    env::ROOM,
    files::ROOM,
    errors::ROOM,
    export::ROOM,
    console::ROOM,
    web::ROOM,
    tags::ROOM,
    check::ROOM,
    metrics::ROOM,
    http::ROOM,
    execution::ROOM,
    shared::ROOM,
    kv::ROOM,
    encoding::ROOM,
];

/// Builds globals and modules. Runs once, while the snapshot is made.
pub fn install() -> JsResult<()> {
    let global = Val::own(engine().global_dup());
    extension::define_class();
    ROOMS.iter().try_for_each(|room| (room.install)(&global))
}

/// See [`Room::initialised`].
pub fn initialised() {
    ROOMS.iter().for_each(|room| (room.initialised)());
}

/// See [`Room::activated`].
pub fn activated() {
    ROOMS.iter().for_each(|room| (room.activated)());
}

/// See [`Room::imaged`].
pub fn imaged(portable: bool) {
    ROOMS.iter().for_each(|room| (room.imaged)(portable));
}

/// See [`Room::adopted`].
pub fn adopted() -> JsResult<()> {
    ROOMS.iter().try_for_each(|room| (room.adopted)())
}
