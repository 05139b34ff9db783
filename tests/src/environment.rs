//! What a run is given of the machine: `PATH`, the folder for temporary files, and nothing else of
//! the tests' own environment, so that neither a user's settings nor what lies in a home decides
//! what a test sees.
//!
//! The home of a run does not exist and must not be made. Compiled code is kept in the target
//! folder, for all runs: to compile the JS engine for each would take minutes.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Variables of the tests' own that a run gets.
const PASSED_ON: [&str; 2] = ["PATH", "TMPDIR"];

/// Where runs keep compiled code.
pub fn cache() -> &'static Path {
    static CACHE: OnceLock<PathBuf> = OnceLock::new();
    CACHE.get_or_init(|| {
        let test = std::env::current_exe().unwrap();
        // target/<profile>/deps/<test>
        let profile = test.ancestors().nth(2).expect("a target folder");
        profile.join("runner-cache")
    })
}

/// Where the home of a run in `folder` would be.
pub fn home(folder: &Path) -> PathBuf {
    folder.join("no-home")
}

/// All variables of a run in `folder`, before its own.
pub fn variables(folder: &Path) -> Vec<(&'static str, OsString)> {
    let passed = PASSED_ON
        .into_iter()
        .filter_map(|name| Some((name, std::env::var_os(name)?)));
    let own = [
        ("HOME", home(folder).into_os_string()),
        ("RUNNER_CACHE_DIR", cache().as_os_str().to_owned()),
    ];
    passed.chain(own).collect()
}

/// Gives a command these variables and no others.
pub fn isolate(command: &mut Command, folder: &Path) {
    command.env_clear().envs(variables(folder));
}
