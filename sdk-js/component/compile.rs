//! Compiles `sdk-js/engine` (Rust and QuickJS's C) for wasm32-unknown-unknown: for the build script, and with the
//! engine's own tests for `tests/engine.rs`.
//!
//! What is missing on the machine is said in one sentence with the remedy.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

const TARGET: &str = "wasm32-unknown-unknown";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Runs cargo for the engine with one of the profiles of its manifest, and these features; returns the path of
/// the core module. `target` is where all that cargo builds goes.
pub fn compile(target: &Path, profile: &str, features: &str) -> Result<PathBuf, Box<dyn Error>> {
    check_rust_target()?;
    let clang = find_clang()?;
    let ar = find_ar();
    // One folder beside the profiles serves them all.
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
        .args(["build", "--locked", "--target", TARGET])
        .args(["--profile", profile, "--features", features])
        .arg("--manifest-path")
        .arg(engine.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .env("CFLAGS_wasm32_unknown_unknown", flags)
        .env("CC_wasm32_unknown_unknown", clang)
        .env("AR_wasm32_unknown_unknown", ar);
    // What cargo set for this script must not leak into the other build.
    for (name, _) in env::vars() {
        let own = [
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
            || own.contains(&name.as_str())
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
    Ok(target
        .join(TARGET)
        .join(profile)
        .join("runner_js_engine.wasm"))
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
