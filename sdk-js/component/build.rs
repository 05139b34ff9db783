//! Builds the JS engine for wasm and takes its first snapshot.
//!
//! 1. cargo compiles `sdk-js/engine` (Rust and QuickJS's C) for wasm32-unknown-unknown;
//! 2. an interpreter runs its `wizer-initialize`, which starts QuickJS and evaluates k6's modules;
//! 3. wizer writes the memory back into the module, so that every VU starts from there.
//!
//! What is missing on the machine is said in one sentence with the remedy.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::{Command, ExitCode};
use std::task::{Context, Poll, Waker};

use sha2::{Digest, Sha256};
use wasmi::{Engine, Extern, ExternType, Instance, Linker, Module, Store, Val};
use wasmtime_wizer::{InstanceState, SnapshotVal, ValType, Wizer};

const TARGET: &str = "wasm32-unknown-unknown";

fn main() -> ExitCode {
    for path in [
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
    let core = fs::read(compile(&out)?)?;
    let snapshot = snapshot(&core)?;
    let digest: String = Sha256::digest(&snapshot)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    fs::write(out.join("engine.wasm"), snapshot)?;
    fs::write(out.join("engine.sha256"), digest)?;
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Runs cargo for the engine; returns the path of the core module.
fn compile(out: &Path) -> Result<PathBuf, Box<dyn Error>> {
    check_rust_target()?;
    let clang = find_clang()?;
    let ar = find_ar();
    // target/<profile>/build/<crate>/out: one folder beside the profiles serves them all.
    let target = out
        .ancestors()
        .nth(4)
        .ok_or("OUT_DIR is not inside a target folder")?;
    let target = target.join("js-engine");
    let engine = Path::new(&env::var("CARGO_MANIFEST_DIR")?)
        .join("../engine")
        .canonicalize()?;
    let fixes = engine.join("quickjs-fixes.h");
    // Its digest as well, because only other flags make cargo compile QuickJS again.
    let digest = hex(&Sha256::digest(fs::read(&fixes)?));
    let flags = format!("-include {} -DRUNNER_FIXES_{digest}", fixes.display());
    let mut cargo = Command::new(env::var("CARGO")?);
    cargo
        .args(["build", "--release", "--locked", "--target", TARGET])
        .arg("--manifest-path")
        .arg(engine.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .env("CFLAGS_wasm32_unknown_unknown", flags)
        .env("CC_wasm32_unknown_unknown", clang)
        .env("AR_wasm32_unknown_unknown", ar);
    // What cargo set for this script must not leak into the other build.
    for (name, _) in env::vars() {
        let profile = [
            "OPT_LEVEL",
            "DEBUG",
            "PROFILE",
            "TARGET",
            "HOST",
            "NUM_JOBS",
            "OUT_DIR",
        ];
        if name.starts_with("CARGO_ENCODED")
            || name.starts_with("CARGO_CFG")
            || name.starts_with("CARGO_FEATURE")
            || name.starts_with("CARGO_PROFILE")
            || name == "RUSTFLAGS"
            || name == "RUSTC_WORKSPACE_WRAPPER"
            || name == "RUSTC_WRAPPER"
            || profile.contains(&name.as_str())
        {
            cargo.env_remove(name);
        }
    }
    let output = cargo.output()?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        for line in stderr.lines() {
            println!("cargo::warning={line}");
        }
        return Err("compiling sdk-js/engine failed; see the lines above".into());
    }
    Ok(target.join(TARGET).join("release/runner_js_engine.wasm"))
}

fn check_rust_target() -> Result<(), Box<dyn Error>> {
    let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let output = Command::new(rustc)
        .args(["--print", "target-libdir", "--target", TARGET])
        .output()?;
    let libdir = String::from_utf8(output.stdout)?;
    if Path::new(libdir.trim()).is_dir() {
        return Ok(());
    }
    Err(format!(
        "the Rust target {TARGET} is missing; run `rustup target add {TARGET} wasm32-wasip2`"
    )
    .into())
}

/// Any clang whose backends include wasm32.
fn find_clang() -> Result<String, Box<dyn Error>> {
    let given = env::var("CC_wasm32_unknown_unknown").ok();
    let versions = (13..=24).rev().map(|version| format!("clang-{version}"));
    let candidates = given
        .into_iter()
        .chain(["clang".to_owned()])
        .chain(versions);
    for candidate in candidates {
        let targets = Command::new(&candidate).arg("--print-targets").output();
        if targets.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("wasm32")) {
            return Ok(candidate);
        }
    }
    Err(
        "no clang with the wasm32 backend was found; run `apt-get install clang` (or set \
         CC_wasm32_unknown_unknown to one)"
            .into(),
    )
}

fn find_ar() -> String {
    let given = env::var("AR_wasm32_unknown_unknown").ok();
    let versions = (13..=24).rev().map(|version| format!("llvm-ar-{version}"));
    given
        .into_iter()
        .chain(["llvm-ar".to_owned()])
        .chain(versions)
        .find(|candidate| Command::new(candidate).arg("--version").output().is_ok())
        .unwrap_or_else(|| "ar".to_owned())
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
