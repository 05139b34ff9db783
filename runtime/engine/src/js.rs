//! The JS engine: a component whose memory image already holds QuickJS with k6's modules, and
//! the components that `runner build` makes of it: with a script that was initialised in it, or
//! with a script's modules where an image of it cannot outlive a run.
//!
//! The build script of `runner-js` compiles the engine and takes the first snapshot; for modules
//! this file takes another. Both go the same way: run the core module up to the wanted state,
//! and write its memory back as data segments.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use wasmtime::component::Component;
use wasmtime::{Engine, Extern, ExternType, Func, Instance, Memory, Module, Store, Trap, Val};
use wasmtime_wizer::{InstanceState, SnapshotVal, ValType, Wizer};
use wit_component::ComponentEncoder;

use crate::image::engine_component;
use crate::{Cache, CacheOutcome, EngineError, MemoryImage};

/// The JS engine as a compiled component, which imports its memory ([`crate::IMAGE_IMPORT`]).
pub fn js_engine(engine: &Engine, cache: &Cache) -> Result<(Component, CacheOutcome), EngineError> {
    // The number changes with what `engine_component` makes of the core module.
    let key = format!("{} split 1", runner_js::CORE_DIGEST);
    cache.load(engine, &key, || {
        engine_component(runner_js::CORE, &encode(runner_js::CORE)?)
    })
}

/// Makes components that carry a script.
#[derive(Debug)]
pub struct JsImage;

impl JsImage {
    /// A component that is the JS engine with a script that was initialised before.
    pub fn initialised(memory: &MemoryImage) -> Result<Vec<u8>, EngineError> {
        encode(&memory.core()?)
    }

    /// A component that is the JS engine with `bundle` in its memory (format: `sdk-js/engine/src/bundle.rs`).
    pub fn with_bundle(bundle: &[u8]) -> Result<Vec<u8>, EngineError> {
        let failed = |what| EngineError::wasmtime(what);
        let wizer = {
            let mut wizer = Wizer::new();
            wizer.init_func("runner_preload");
            wizer
        };
        let (context, instrumented) = wizer
            .instrument(runner_js::CORE)
            .map_err(failed("preparing the JS engine"))?;
        let engine = Engine::default();
        let module =
            Module::new(&engine, &instrumented).map_err(failed("compiling the JS engine"))?;
        let mut store = Store::new(&engine, ());
        let imports = stubs(&mut store, &module);
        let instance = Instance::new(&mut store, &module, &imports)
            .map_err(failed("starting the JS engine"))?;
        put_bundle(&mut store, &instance, bundle).map_err(failed("putting the script in"))?;
        let mut state = CoreState { store, instance };
        let snapshot =
            ready(wizer.snapshot(&context, &mut state)).map_err(failed("taking the snapshot"))?;
        encode(&snapshot)
    }
}

pub(crate) fn encode(core: &[u8]) -> Result<Vec<u8>, EngineError> {
    ComponentEncoder::default()
        .validate(false)
        .module(core)
        .and_then(|mut encoder| encoder.encode())
        .map_err(|error| EngineError::Wasmtime {
            what: "making a component of the JS engine",
            reason: format!("{error:#}"),
        })
}

/// While a snapshot is taken nothing outside exists: every import traps.
fn stubs(store: &mut Store<()>, module: &Module) -> Vec<Extern> {
    let mut imports = Vec::new();
    for import in module.imports() {
        if let ExternType::Func(ty) = import.ty() {
            let trap = |_: wasmtime::Caller<'_, ()>, _: &[Val], _: &mut [Val]| {
                Err(Trap::UnreachableCodeReached.into())
            };
            imports.push(Func::new(&mut *store, ty, trap).into());
        }
    }
    imports
}

fn put_bundle(
    store: &mut Store<()>,
    instance: &Instance,
    bundle: &[u8],
) -> Result<(), wasmtime::Error> {
    let size = u32::try_from(bundle.len())
        .map_err(|_| wasmtime::Error::msg("the script's modules are larger than 4 GiB"))?;
    let alloc = instance.get_typed_func::<u32, u32>(&mut *store, "runner_preload_alloc")?;
    let preload = instance.get_typed_func::<u32, u32>(&mut *store, "runner_preload")?;
    let pointer = alloc.call(&mut *store, size)?;
    memory(store, instance)?.write(&mut *store, pointer as usize, bundle)?;
    match preload.call(store, size)? {
        0 => Ok(()),
        _ => Err(wasmtime::Error::msg(
            "the JS engine does not understand the bundle",
        )),
    }
}

fn memory(store: &mut Store<()>, instance: &Instance) -> Result<Memory, wasmtime::Error> {
    instance
        .get_memory(store, "memory")
        .ok_or_else(|| wasmtime::Error::msg("the JS engine exports no memory"))
}

/// Polls a future that never waits: wizer's interface is async for other embeddings' sake.
fn ready<T>(future: impl Future<Output = wasmtime::Result<T>>) -> wasmtime::Result<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => Err(wasmtime::Error::msg("the snapshot waited for something")),
    }
}

struct CoreState {
    store: Store<()>,
    instance: Instance,
}

impl InstanceState for CoreState {
    async fn global_get(&mut self, name: &str, _type_hint: ValType) -> SnapshotVal {
        let value = self
            .instance
            .get_global(&mut self.store, name)
            .map(|g| g.get(&mut self.store));
        match value {
            Some(Val::I64(value)) => SnapshotVal::I64(value),
            Some(Val::F32(value)) => SnapshotVal::F32(value),
            Some(Val::F64(value)) => SnapshotVal::F64(value),
            Some(Val::I32(value)) => SnapshotVal::I32(value),
            // wizer itself exported the global under this name, and refused other types.
            _ => SnapshotVal::I32(0),
        }
    }

    async fn memory_contents(&mut self, name: &str, contents: impl FnOnce(&[u8]) + Send) {
        if let Some(memory) = self.instance.get_memory(&mut self.store, name) {
            contents(memory.data(&self.store));
        }
    }
}
