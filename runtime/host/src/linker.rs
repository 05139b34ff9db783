//! Lists every interface once.

use runner_extensions::add_script_wasi_to_linker;
use wasmtime::Engine;
use wasmtime::component::{HasSelf, Linker};

use crate::VuState;
use crate::bindings::{JsEngine, imaging::ImageMaker};
use crate::extension::add_locks_to_linker;
use crate::kv::add_pool_to_linker;
use crate::{collation, time_zone};

/// A linker with everything that a script can import: our interfaces, and of WASI what the
/// standard libraries of compiled languages ask for.
///
/// `with_wasi` is false for the JS engine, which needs none.
pub fn linker(engine: &Engine, with_wasi: bool) -> wasmtime::Result<Linker<VuState>> {
    let mut linker = Linker::new(engine);
    JsEngine::add_to_linker::<_, HasSelf<VuState>>(&mut linker, |state| state)?;
    ImageMaker::add_to_linker::<_, HasSelf<VuState>>(&mut linker, |state| state)?;
    collation::add_to_linker(&mut linker)?;
    time_zone::add_to_linker(&mut linker)?;
    add_pool_to_linker(&mut linker, |state| state)?;
    if with_wasi {
        add_locks_to_linker(&mut linker)?;
        add_script_wasi_to_linker(&mut linker)?;
    }
    Ok(linker)
}
