//! The native half of k6's modules and globals. Each file installs its own functions; what is
//! not worth native code is in `sdk-js/modules` and gets those functions as its argument.

mod bind;
mod check;
mod collate;
mod console;
mod encoding;
mod env;
mod execution;
pub mod extension;
mod files;
mod gorand;
pub mod http;
mod kv;
mod methods;
mod metrics;
mod random;
mod scripts;
mod shared;
mod tags;
mod text;

use crate::js::{JsResult, Val};
use crate::lifecycle;
use crate::state::engine;
use crate::zone;

pub use env::prepare as prepare_env;
pub use metrics::redefine as redefine_metrics;
pub use random::forget_seed;

/// Builds globals and modules. Runs once, while the snapshot is made.
pub fn install() -> JsResult<()> {
    let engine = engine();
    let global = Val::own(engine.global_dup());
    // Known in advance, so that a VU changes their values and not the shape of the object.
    global.set(engine.atoms.iter, Val::UNDEFINED)?;
    files::define_vu(&global)?;
    global.set_str("global", global.clone())?;
    lifecycle::install_timers(&global)?;
    random::install(&global)?;
    zone::install(&global)?;
    bind::install(&global)?;
    collate::install(&global)?;
    env::define_class()?;
    files::install(&global)?;
    extension::define_class();
    scripts::install(&global)
}
