//! Builds the JS engine for wasm and takes its first snapshot.
//!
//! 1. cargo compiles `sdk-js/engine` (Rust and QuickJS's C) for wasm32-unknown-unknown;
//! 2. an interpreter runs its `wizer-initialize`, which starts QuickJS and evaluates k6's modules;
//! 3. wizer writes the memory back into the module, so that every VU starts from there.

use std::env;
use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::pin::pin;
use std::process::ExitCode;
use std::task::{Context, Poll, Waker};

use sha2::{Digest, Sha256};
use wasmi::{Engine, Extern, ExternType, Instance, Linker, Module, Store, Val};
use wasmtime_wizer::{InstanceState, SnapshotVal, ValType, Wizer};

mod compile;

fn main() -> ExitCode {
    for path in [
        "build.rs",
        "compile.rs",
        "../engine/src",
        "../engine/Cargo.toml",
        "../engine/Cargo.lock",
        "../engine/build.rs",
        "../engine/quickjs-fixes.h",
        "../modules",
        "../../runtime/contract",
        "../../runtime/hints",
        "../../wit",
    ] {
        println!("cargo::rerun-if-changed={path}");
    }
    for name in ["CC_wasm32_unknown_unknown", "AR_wasm32_unknown_unknown"] {
        println!("cargo::rerun-if-env-changed={name}");
    }
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("cargo::error=the JS engine cannot be built: {error}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    // target/<profile>/build/<crate>/out
    let target = out
        .ancestors()
        .nth(4)
        .ok_or("OUT_DIR is not inside a target folder")?;
    let core = fs::read(compile::compile(target, "release", "")?)?;
    let snapshot = snapshot(&core)?;
    let digest: String = Sha256::digest(&snapshot)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    fs::write(out.join("engine.wasm"), snapshot)?;
    fs::write(out.join("engine.sha256"), digest)?;
    Ok(())
}

/// Runs the engine's start-up and writes the memory back into the module.
fn snapshot(core: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let wizer = Wizer::new();
    let (context, instrumented) = wizer
        .instrument(core)
        .map_err(|error| format!("{error:#}"))?;
    let engine = Engine::default();
    let module = Module::new(&engine, &instrumented)?;
    let mut store = Store::new(&engine, ());
    let mut linker = Linker::new(&engine);
    for import in module.imports() {
        if let ExternType::Func(ty) = import.ty() {
            let name = format!("{}.{}", import.module(), import.name());
            linker.func_new(
                import.module(),
                import.name(),
                ty.clone(),
                move |_, _, _| {
                    Err(wasmi::Error::new(format!(
                        "the start-up called the import {name}"
                    )))
                },
            )?;
        }
    }
    let instance = linker.instantiate_and_start(&mut store, &module)?;
    for start in ["_initialize", "wizer-initialize"] {
        if let Some(Extern::Func(function)) = instance.get_export(&store, start) {
            function.call(&mut store, &[], &mut [])?;
        } else if start == "wizer-initialize" {
            return Err("the engine does not export `wizer-initialize`".into());
        }
    }
    let mut state = State { store, instance };
    match pin!(wizer.snapshot(&context, &mut state)).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(snapshot) => snapshot.map_err(|error| format!("{error:#}").into()),
        Poll::Pending => Err("the snapshot waited for something".into()),
    }
}

struct State {
    store: Store<()>,
    instance: Instance,
}

impl InstanceState for State {
    async fn global_get(&mut self, name: &str, _type_hint: ValType) -> SnapshotVal {
        match self
            .instance
            .get_global(&self.store, name)
            .map(|global| global.get(&self.store))
        {
            Some(Val::I64(value)) => SnapshotVal::I64(value),
            Some(Val::F32(value)) => SnapshotVal::F32(value.to_bits()),
            Some(Val::F64(value)) => SnapshotVal::F64(value.to_bits()),
            Some(Val::I32(value)) => SnapshotVal::I32(value),
            // wizer exported the global itself and refuses other types.
            _ => SnapshotVal::I32(0),
        }
    }

    async fn memory_contents(&mut self, name: &str, contents: impl FnOnce(&[u8]) + Send) {
        if let Some(memory) = self.instance.get_memory(&self.store, name) {
            contents(memory.data(&self.store));
        }
    }
}
