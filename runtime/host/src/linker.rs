//! Lists every interface once.

use wasmtime::Engine;
use wasmtime::component::{HasSelf, Linker};

use crate::VuState;
use crate::bindings::{JsEngine, imaging::ImageMaker};

/// A linker with everything that a script can import: our interfaces, and of WASI what the
/// standard libraries of compiled languages ask for.
///
/// `with_wasi` is false for the JS engine, which needs none.
pub fn linker(engine: &Engine, with_wasi: bool) -> wasmtime::Result<Linker<VuState>> {
    let mut linker = Linker::new(engine);
    JsEngine::add_to_linker::<_, HasSelf<VuState>>(&mut linker, |state| state)?;
    ImageMaker::add_to_linker::<_, HasSelf<VuState>>(&mut linker, |state| state)?;
    if with_wasi {
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    }
    Ok(linker)
}
