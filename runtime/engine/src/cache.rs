//! Compiled code on disk, because compiling the JS engine costs about a second and loading it
//! a few milliseconds.
//!
//! An entry is named by the SHA-256 of the component and of what the compiled code depends on
//! (wasmtime's version, its settings, the CPU's features), so a stale entry is never found, and
//! by the SHA-256 of its own content, so a damaged or foreign one is not used but replaced. It
//! holds machine code: the folder is private to the user and is not used when it belongs to
//! somebody else or others can write to it. Entries are written aside and renamed, so two
//! processes at once cannot harm each other. What was not used for longest goes when all of them
//! take more than a gigabyte. Everything works without a cache, only slower: a home that does not
//! exist, as that of a service's user, is not made for the sake of one.

use std::ffi::OsString;
use std::fs;
use std::hash::{Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::EngineError;
use crate::prune::{MOST, prune, used};

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
    /// Must exist for the folder to be made: whose home it is, and not somebody's mistake.
    home: Option<PathBuf>,
    /// Entry whose content was verified: a run loads the same one for each of its engines.
    verified: Arc<OnceLock<PathBuf>>,
}

impl Cache {
    /// One that keeps nothing.
    pub fn none() -> Self {
        Self {
            folder: None,
            home: None,
            verified: Arc::default(),
        }
    }

    /// A user's, by their variables: `$RUNNER_CACHE_DIR`, else `$XDG_CACHE_HOME/runner`, else
    /// `~/.cache/runner`.
    pub fn of_user(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let path = |name| {
            let value = variable(name).filter(|value| !value.is_empty())?;
            Some(PathBuf::from(value))
        };
        if let Some(folder) = path("RUNNER_CACHE_DIR") {
            return Self::at(folder);
        }
        // By the specification of these variables, a relative path is none.
        let whole = |name| path(name).filter(|path| path.is_absolute());
        let (folder, home) = match (whole("XDG_CACHE_HOME"), whole("HOME")) {
            // `~/.cache` may be missing, as for a new user, but not what it would be in.
            (Some(base), _) => (Some(base.join("runner")), base.parent().map(Path::to_owned)),
            (None, Some(home)) => (Some(home.join(".cache/runner")), Some(home)),
            (None, None) => (None, None),
        };
        Self {
            folder,
            home,
            verified: Arc::default(),
        }
    }

    /// A given folder.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: Some(folder.into()),
            home: None,
            verified: Arc::default(),
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
        let key = entry_key(engine, key);
        let folder = self.usable_folder();
        if let Ok(folder) = &folder
            && let Some(component) = self.find(engine, folder, &key)
        {
            return Ok((component, CacheOutcome::Hit));
        }
        let compiled = engine
            .precompile_component(&bytes()?)
            .map_err(EngineError::wasmtime("compiling the component"))?;
        let stored = folder.and_then(|folder| {
            let name = format!("{key}-{}.cwasm", digest(&compiled));
            let path = folder.join(name);
            store(&path, &compiled)?;
            prune(folder, &path, MOST);
            Ok(())
        });
        let outcome = match stored {
            Ok(()) => CacheOutcome::Stored,
            Err(reason) => CacheOutcome::Unusable(reason),
        };
        // SAFETY: the bytes were made by this process's own compiler just now.
        let component = unsafe { Component::deserialize(engine, &compiled) }
            .map_err(EngineError::wasmtime("loading the compiled component"))?;
        Ok((component, outcome))
    }

    /// The compiled form of a component that the user gave. `compiling` is called before it is
    /// compiled, which may take seconds.
    pub fn load_bytes(
        &self,
        engine: &Engine,
        bytes: &[u8],
        compiling: impl FnOnce(),
    ) -> Result<(Component, CacheOutcome), EngineError> {
        self.load(engine, &digest(bytes), || {
            compiling();
            Ok(bytes.to_vec())
        })
    }

    /// The entry of that key. One whose content does not fit its name is removed.
    fn find(&self, engine: &Engine, folder: &Path, key: &str) -> Option<Component> {
        for entry in fs::read_dir(folder).ok()?.flatten() {
            let name = entry.file_name();
            let content = name
                .to_str()
                .and_then(|name| name.strip_prefix(key)?.strip_prefix('-'))
                .and_then(|rest| rest.strip_suffix(".cwasm"));
            let Some(content) = content else { continue };
            let path = entry.path();
            if self.verified.get() != Some(&path) {
                if !fs::read(&path).is_ok_and(|bytes| digest(&bytes) == content) {
                    // Where it cannot be removed, it is found and refused again next time.
                    let _ = fs::remove_file(&path);
                    continue;
                }
                let _ = self.verified.set(path.clone());
            }
            if let Some(component) = deserialize(engine, &path) {
                used(&path);
                return Some(component);
            }
        }
        None
    }

    /// The folder, made where it was missing.
    ///
    /// # Errors
    /// Why it cannot be used: there is none, or it is not private to the user.
    pub fn usable_folder(&self) -> Result<&Path, String> {
        let folder = self
            .folder
            .as_deref()
            .ok_or("neither HOME nor RUNNER_CACHE_DIR is set to a folder")?;
        let problem = |reason: String| format!("cache folder {}: {reason}", folder.display());
        if let Some(home) = &self.home
            && !home.is_dir()
        {
            let home = home.display();
            return Err(problem(format!(
                "there is no folder {home}; set HOME or RUNNER_CACHE_DIR to one that may be used"
            )));
        }
        create_private(folder).map_err(|error| problem(error.to_string()))?;
        check_private(folder).map_err(problem)?;
        Ok(folder)
    }
}

/// The digest that names a component, or an entry's content.
fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn entry_key(engine: &Engine, key: &str) -> String {
    let mut settings = HashToDigest(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut settings);
    settings.0.update(key.as_bytes());
    hex(&settings.0.finalize())
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
    // SAFETY: the folder belongs to this user, nobody else can write to it, the content is what
    // was stored, and the name binds it to this engine; wasmtime checks version and settings
    // once more.
    unsafe { Component::deserialize_file(engine, path) }.ok()
}

fn store(path: &Path, compiled: &[u8]) -> Result<(), String> {
    static STORES: AtomicU32 = AtomicU32::new(0);
    let number = STORES.fetch_add(1, Ordering::Relaxed);
    let aside = path.with_extension(format!("{}.{number}.tmp", std::process::id()));
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
        let load = |cache: &Cache| cache.load(&engine, "k", || Ok(EMPTY.to_vec())).unwrap().1;
        assert_eq!(load(&cache), CacheOutcome::Stored);
        assert_eq!(load(&cache), CacheOutcome::Hit);
        let path = || {
            let mut entries = fs::read_dir(folder.path().join("deep/cache")).unwrap();
            let path = entries.next().unwrap().unwrap().path();
            assert!(entries.next().is_none());
            path
        };
        let whole = fs::read(path()).unwrap();
        let mut flipped = whole.clone();
        *flipped.last_mut().unwrap() ^= 1;
        for damaged in [
            &b"not machine code"[..],
            &whole[..whole.len() / 2],
            &flipped,
        ] {
            fs::write(path(), damaged).unwrap();
            // As another process: this one has verified the entry.
            let next = Cache::at(cache.folder.clone().unwrap());
            assert_eq!(load(&next), CacheOutcome::Stored);
            assert_eq!(load(&next), CacheOutcome::Hit);
            assert_eq!(fs::read(path()).unwrap(), whole);
        }
    }

    #[test]
    fn another_components_entry_is_not_taken() {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine(EngineOptions { max_vus: 0 }).unwrap();
        let load = |key| {
            let cache = Cache::at(folder.path());
            cache.load(&engine, key, || Ok(EMPTY.to_vec())).unwrap().1
        };
        assert_eq!(load("a"), CacheOutcome::Stored);
        assert_eq!(load("b"), CacheOutcome::Stored);
        assert_eq!(load("a"), CacheOutcome::Hit);
    }

    #[test]
    fn many_at_once_do_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine(EngineOptions { max_vus: 0 }).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let cache = Cache::at(folder.path());
                    let (_, outcome) = cache.load(&engine, "k", || Ok(EMPTY.to_vec())).unwrap();
                    assert!(!matches!(outcome, CacheOutcome::Unusable(_)), "{outcome:?}");
                });
            }
        });
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_cannot_be_made_costs_only_time() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let engine = engine(EngineOptions { max_vus: 0 }).unwrap();
        let cache = Cache::at(file.path().join("cache"));
        let (_, outcome) = cache.load(&engine, "k", || Ok(EMPTY.to_vec())).unwrap();
        assert!(matches!(outcome, CacheOutcome::Unusable(_)), "{outcome:?}");
    }

    #[test]
    fn homes_that_do_not_exist_are_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let there = folder.path().join("there");
        fs::create_dir(&there).unwrap();
        let gone = folder.path().join("gone");
        let usable = |name: &str, value: PathBuf| {
            let cache = Cache::of_user(|asked| (asked == name).then(|| value.clone().into()));
            cache.usable_folder().map(Path::to_owned)
        };
        for (name, value) in [
            ("HOME", gone.clone()),
            ("XDG_CACHE_HOME", gone.join(".cache")),
        ] {
            let reason = usable(name, value).unwrap_err();
            assert!(reason.contains("there is no folder"), "{reason}");
            assert!(!gone.exists(), "{name}");
        }
        let cache = there.join(".cache/runner");
        assert_eq!(usable("HOME", there.clone()).unwrap(), cache);
        fs::remove_dir_all(there.join(".cache")).unwrap();
        assert_eq!(
            usable("XDG_CACHE_HOME", there.join(".cache")).unwrap(),
            cache
        );
        // Whoever names the folder itself wants it.
        assert_eq!(
            usable("RUNNER_CACHE_DIR", gone.join("x")).unwrap(),
            gone.join("x")
        );
        assert!(
            usable("NOTHING", gone)
                .unwrap_err()
                .contains("neither HOME")
        );
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
