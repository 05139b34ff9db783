//! Compiled code on disk, because compiling the JS engine costs about a second and loading it
//! a few milliseconds.
//!
//! An entry is named by the SHA-256 of the component and of what the compiled code depends on
//! (wasmtime's version, its settings, the CPU's features), so a stale entry is never found. It
//! holds machine code: the folder is private to the user and is not used when it belongs to
//! somebody else or others can write to it. Entries are written aside and renamed, so two
//! processes at once cannot harm each other. Everything works without a cache, only slower.

use std::fs;
use std::hash::{Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::EngineError;

/// Where a component came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CacheOutcome {
    /// Loaded from disk.
    Hit,
    /// Compiled now, and kept for next time.
    Stored,
    /// Compiled now and not kept; the reason, for a warning.
    Unusable(String),
}

/// A folder of compiled components.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: Option<PathBuf>,
}

impl Cache {
    /// `$RUNNER_CACHE_DIR`, else `$XDG_CACHE_HOME/runner`, else `~/.cache/runner`.
    pub fn of_user() -> Self {
        let variable = |name| {
            std::env::var_os(name)
                .filter(|v| !v.is_empty())
                .map(PathBuf::from)
        };
        let folder = variable("RUNNER_CACHE_DIR")
            .or_else(|| variable("XDG_CACHE_HOME").map(|base| base.join("runner")))
            .or_else(|| variable("HOME").map(|home| home.join(".cache/runner")));
        Self { folder }
    }

    /// A given folder.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: Some(folder.into()),
        }
    }

    /// The compiled form of the component that `key` names, from disk or by compiling what
    /// `bytes` returns. `key` is any text that identifies the bytes, such as their digest.
    pub fn load(
        &self,
        engine: &Engine,
        key: &str,
        bytes: impl FnOnce() -> Result<Vec<u8>, EngineError>,
    ) -> Result<(Component, CacheOutcome), EngineError> {
        let entry = self
            .usable_folder()
            .map(|folder| folder.join(entry_name(engine, key)));
        if let Ok(path) = &entry
            && let Some(component) = deserialize(engine, path)
        {
            return Ok((component, CacheOutcome::Hit));
        }
        let compiled = engine
            .precompile_component(&bytes()?)
            .map_err(EngineError::wasmtime("compiling the component"))?;
        let outcome = match entry.and_then(|path| store(&path, &compiled)) {
            Ok(()) => CacheOutcome::Stored,
            Err(reason) => CacheOutcome::Unusable(reason),
        };
        // SAFETY: the bytes were made by this process's own compiler just now.
        let component = unsafe { Component::deserialize(engine, &compiled) }
            .map_err(EngineError::wasmtime("loading the compiled component"))?;
        Ok((component, outcome))
    }

    /// The compiled form of a component that the user gave.
    pub fn load_bytes(
        &self,
        engine: &Engine,
        bytes: &[u8],
    ) -> Result<(Component, CacheOutcome), EngineError> {
        self.load(engine, &digest(bytes), || Ok(bytes.to_vec()))
    }

    fn usable_folder(&self) -> Result<&Path, String> {
        let folder = self
            .folder
            .as_deref()
            .ok_or("neither HOME nor RUNNER_CACHE_DIR is set")?;
        let problem = |reason: String| format!("cache folder {}: {reason}", folder.display());
        create_private(folder).map_err(|error| problem(error.to_string()))?;
        check_private(folder).map_err(problem)?;
        Ok(folder)
    }
}

/// The digest that names a component's bytes.
fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn entry_name(engine: &Engine, key: &str) -> String {
    let mut settings = HashToDigest(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut settings);
    settings.0.update(key.as_bytes());
    format!("{}.cwasm", hex(&settings.0.finalize()))
}

/// Feeds std's `Hash` into a digest that is stable between processes.
struct HashToDigest(Sha256);

impl Hasher for HashToDigest {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        0
    }
}

fn deserialize(engine: &Engine, path: &Path) -> Option<Component> {
    if !path.exists() {
        return None;
    }
    // SAFETY: the folder belongs to this user, nobody else can write to it, and the name binds
    // the content to this engine; wasmtime checks version and settings once more.
    unsafe { Component::deserialize_file(engine, path) }.ok()
}

fn store(path: &Path, compiled: &[u8]) -> Result<(), String> {
    let aside = path.with_extension(format!("{}.tmp", std::process::id()));
    let write = || {
        let mut file = fs::File::create(&aside)?;
        file.write_all(compiled)?;
        fs::rename(&aside, path)
    };
    write().map_err(|error: std::io::Error| {
        // Half a file helps nobody; if it cannot be removed either, the disk has other problems.
        let _ = fs::remove_file(&aside);
        format!("{}: {error}", path.display())
    })
}

#[cfg(unix)]
fn create_private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

#[cfg(unix)]
fn check_private(folder: &Path) -> Result<(), String> {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::metadata(folder).map_err(|error| error.to_string())?;
    let me = fs::metadata("/proc/self").map_or(metadata.uid(), |own| own.uid());
    if metadata.uid() != me {
        return Err("it belongs to another user; set RUNNER_CACHE_DIR to one of your own".into());
    }
    if metadata.mode() & 0o022 != 0 {
        return Err("others can write to it; run `chmod go-w` on it".into());
    }
    Ok(())
}

#[cfg(not(unix))]
fn create_private(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(not(unix))]
fn check_private(_folder: &Path) -> Result<(), String> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EngineOptions, engine};

    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

    #[test]
    fn second_load_is_a_hit_and_a_damaged_entry_is_rebuilt() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path().join("deep/cache"));
        let engine = engine(EngineOptions { max_vus: 0 }).unwrap();
        let load = || cache.load(&engine, "k", || Ok(EMPTY.to_vec())).unwrap().1;
        assert_eq!(load(), CacheOutcome::Stored);
        assert_eq!(load(), CacheOutcome::Hit);
        let entry = fs::read_dir(folder.path().join("deep/cache"))
            .unwrap()
            .next()
            .unwrap()
            .unwrap();
        fs::write(entry.path(), b"not machine code").unwrap();
        assert_eq!(load(), CacheOutcome::Stored);
        assert_eq!(load(), CacheOutcome::Hit);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_others_can_write_is_not_used() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let engine = engine(EngineOptions { max_vus: 0 }).unwrap();
        let (_, outcome) = Cache::at(folder.path())
            .load(&engine, "k", || Ok(EMPTY.to_vec()))
            .unwrap();
        assert!(matches!(outcome, CacheOutcome::Unusable(reason) if reason.contains("chmod go-w")));
    }
}
