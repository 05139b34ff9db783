//! Projects of users: a folder with a README whose commands build and run what is in it. Tests do
//! what the README says, so that it stays true.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::binary::binary;
use crate::environment::{self, isolate};

/// Seconds that one command may take; the first in Python compiles a whole interpreter.
const LIMIT: &str = "300";

/// A folder to build in.
pub struct Project {
    root: TempDir,
    path: PathBuf,
    bin: OnceLock<TempDir>,
}

impl Project {
    /// What `runner new` writes with these arguments, of which the last is the project's name.
    pub fn made_by_new(args: &[&str]) -> Self {
        let root = tempfile::tempdir().unwrap();
        let mut command = Command::new(binary());
        isolate(&mut command, root.path());
        command.arg("new").args(args).current_dir(root.path());
        let made = command.output().unwrap();
        assert!(made.status.success(), "runner new {args:?}: {made:?}");
        let path = root.path().join(args.last().unwrap());
        // A project is a folder: test.rs is test.
        let path = if path.is_dir() {
            path
        } else {
            path.with_extension("")
        };
        let bin = OnceLock::new();
        Self { root, path, bin }
    }

    /// An empty one.
    pub fn empty() -> Self {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("project");
        fs::create_dir(&path).unwrap();
        let bin = OnceLock::new();
        Self { root, path, bin }
    }

    /// A copy of a folder of the repository, without what was built there.
    pub fn copy_of(folder: &str) -> Self {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("project");
        copy(&repository(folder), &path);
        let bin = OnceLock::new();
        Self { root, path, bin }
    }

    /// Copies another folder of the repository into it, as `name`.
    pub fn add(&self, folder: &str, name: &str) {
        copy(&repository(folder), &self.path.join(name));
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The first indented lines of the README: what to install, how to build, how to run.
    pub fn commands(&self) -> Vec<String> {
        let readme = fs::read_to_string(self.path.join("README.md")).unwrap();
        let lines = readme.lines().skip_while(|line| !line.starts_with("    "));
        let lines = lines.take_while(|line| line.starts_with("    "));
        lines.map(|line| line.trim().to_owned()).collect()
    }

    /// Runs a command as a user would type it, with the binary under test as `runner`. Returns what it
    /// wrote; fails the test unless it succeeds. Compilers and package managers need the machine's
    /// environment; `runner` gets one of its own.
    pub fn shell(&self, command: &str) -> String {
        let bin = self.bin.get_or_init(|| self.make_bin());
        let bin = bin.path().to_owned();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = [bin].into_iter().chain(std::env::split_paths(&path));
        let path = std::env::join_paths(folders).unwrap();
        let output = Command::new("timeout")
            .args([LIMIT, "sh", "-c", &format!("{{ {command}\n}} 2>&1")])
            .env("PATH", path)
            .env("RUNNER_CACHE_DIR", environment::cache())
            .env_remove("CARGO_TARGET_DIR")
            .current_dir(&self.path)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "$ {command}: {}\n{said}",
            output.status
        );
        said
    }
}

impl Project {
    /// A folder with `runner` in it. It is in the target folder: what is in a folder for temporary
    /// files may not be run everywhere.
    fn make_bin(&self) -> TempDir {
        let target = environment::cache().parent().unwrap();
        let bin = tempfile::tempdir_in(target).unwrap();
        let set: String = environment::variables(self.root.path())
            .iter()
            .map(|(name, value)| match *name {
                // A command may choose another.
                "RUNNER_CACHE_DIR" => format!(" {name}=\"${name}\""),
                _ => format!(" {name}='{}'", value.display()),
            })
            .collect();
        let real = fs::canonicalize(binary()).unwrap();
        let script = format!("#!/bin/sh\nexec env -i{set} '{}' \"$@\"\n", real.display());
        let runner = bin.path().join("runner");
        fs::write(&runner, script).unwrap();
        fs::set_permissions(&runner, fs::Permissions::from_mode(0o755)).unwrap();
        bin
    }
}

fn repository(folder: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.join(folder)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (path, name) = (entry.path(), entry.file_name());
        let built = ["build", "target", "node_modules", ".venv", "__pycache__"];
        if path.is_dir() {
            if !built.iter().any(|folder| name == *folder) {
                copy(&path, &to.join(name));
            }
        } else if path.extension().is_none_or(|ending| ending != "wasm") {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}
