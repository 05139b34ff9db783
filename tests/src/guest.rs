//! Components of the project's own guest workspaces: examples, plugins, fixtures.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// Names of the extensions and outputs that come with runner: folders of `plugins/`.
pub const PLUGINS: [&str; 6] = [
    "compare",
    "faker",
    "output-log",
    "output-statsd",
    "redis",
    "sql",
];

/// The component of a workspace such as `plugins/compare`, built into the folder that `make`
/// builds guests into: nothing is done where that has happened.
pub fn guest(folder: &str) -> Vec<u8> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let test = std::env::current_exe().unwrap();
    // target/<profile>/deps/<test>
    let guests = test.ancestors().nth(3).unwrap().join("guests");
    let status = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()))
        .args([
            "build",
            "--quiet",
            "--release",
            "--target",
            "wasm32-wasip2",
            "--manifest-path",
        ])
        .arg(repository.join(folder).join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&guests)
        .args(settings(&repository.join(folder)))
        .envs(tool("CC_wasm32_wasip2", "clang"))
        .envs(tool("AR_wasm32_wasip2", "llvm-ar"))
        .status()
        .unwrap();
    assert!(status.success(), "building {folder}: {status}");
    let name = folder.rsplit('/').next().unwrap_or(folder);
    let file = format!("{}.wasm", name.replace('-', "_"));
    std::fs::read(guests.join("wasm32-wasip2/release").join(file)).unwrap()
}

/// Cargo looks for settings where it is started, not beside the manifest.
fn settings(folder: &Path) -> Vec<OsString> {
    let file = folder.join(".cargo/config.toml");
    match file.is_file() {
        true => vec!["--config".into(), file.into()],
        false => Vec::new(),
    }
}

/// A tool for C in guests, where it stands on the path with a version only. As `find_clang` in
/// `scripts/lib.sh`: another choice would build everything again.
fn tool(variable: &'static str, name: &str) -> Option<(&'static str, String)> {
    let on_path = |name: &String| {
        let folders = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&folders).any(|folder| folder.join(name).is_file())
    };
    if std::env::var_os(variable).is_some() || on_path(&name.to_owned()) {
        return None;
    }
    let mut versions = (13..=24).rev().map(|version| format!("{name}-{version}"));
    versions.find(on_path).map(|tool| (variable, tool))
}
