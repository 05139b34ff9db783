//! Finding the binary: `RUNNER_BIN` where it is set, else `runner` beside the test
//! executables (`target/<profile>/runner`), built once where it is missing.
//!
//! An old binary is not rebuilt: `cargo build -p runner-cli` comes before these suites.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Path of the binary under test.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| match std::env::var_os("RUNNER_BIN") {
        Some(path) => path.into(),
        None => beside_the_tests(),
    })
}

/// True when k6 is driven in place of `runner`.
pub fn is_k6() -> bool {
    binary().file_name().is_some_and(|name| name == "k6")
}

fn beside_the_tests() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    // target/<profile>/deps/<test>
    let profile = test
        .parent()
        .and_then(Path::parent)
        .expect("a target folder");
    let path = profile.join(format!("runner{}", std::env::consts::EXE_SUFFIX));
    if !path.exists() {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
        cargo.args(["build", "-p", "runner-cli"]);
        cargo
            .arg("--target-dir")
            .arg(profile.parent().expect("a target folder"));
        if profile.ends_with("release") {
            cargo.arg("--release");
        }
        let status = cargo
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()
            .unwrap();
        assert!(status.success(), "cargo build -p runner-cli: {status}");
    }
    path
}
