//! The modules of a script: names to ids, ids to code, each read and compiled once per run.
//!
//! One store serves all VUs of a run. While VU 0 is initialised it finds and loads whatever
//! the script asks for; [`ModuleStore::seal`] then closes it, and later VUs get what was
//! loaded, and no others: every VU runs the same code, whatever happens to the files. k6's own
//! modules (`k6/…`) are the engine's and never asked for here.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use parking_lot::RwLock;
use url::Url;

use crate::compile::{CompileError, Compiled, Format, compile};
use crate::contents::Contents;
use crate::location::{self, Base, STDIN_ID};
use crate::nearby;
use crate::remote;
use crate::snapshot::{ModuleSnapshot, ModulesSnapshot, Resolution};
use crate::source::Source;
use crate::source_map::Mapping;

/// Largest module that is read, in bytes.
const MAX_LEN: u64 = 256 << 20;

/// One module, ready for the engine.
#[derive(Debug)]
pub struct Module {
    /// Absolute URL; stack traces show it.
    pub id: Arc<str>,
    /// How it is evaluated.
    pub format: Format,
    /// JavaScript without types, or JSON.
    pub source: Arc<str>,
    /// Compiled code that the engine made of `source`, once it has.
    pub bytecode: OnceLock<Arc<[u8]>>,
    /// The text as it was read, where `source` is another: TypeScript.
    original: Option<Arc<str>>,
    /// Where its source map is, if it has one beside it.
    contents: Contents,
    /// Where the lines of `source` begin; made when a position in text that is not all ASCII is wanted.
    lines: OnceLock<Vec<usize>>,
    /// Filled at once for TypeScript; for a bundle, when the first stack trace needs it.
    mapping: OnceLock<Option<Mapping>>,
}

impl Module {
    /// Compiles what was read under that id.
    fn compile(id: &str, text: String, contents: &Contents) -> Result<Self, CompileError> {
        let read = text.clone();
        let mut module = Self::new(id, compile(id, text)?, contents);
        module.original = (*module.source != *read).then(|| read.into());
        Ok(module)
    }

    fn new(id: &str, compiled: Compiled, contents: &Contents) -> Self {
        let mapping = OnceLock::new();
        if let Some(map) = compiled.mapping {
            let _ = mapping.set(Some(map));
        }
        Self {
            id: id.into(),
            format: compiled.format,
            source: compiled.text.into(),
            bytecode: OnceLock::new(),
            original: None,
            contents: contents.clone(),
            lines: OnceLock::new(),
            mapping,
        }
    }

    /// The text as it was read, before types were stripped.
    pub fn original(&self) -> &Arc<str> {
        self.original.as_ref().unwrap_or(&self.source)
    }

    /// Column `column` of a line of `source`, both from 1, which the engine counts in bytes, in units of
    /// UTF-16.
    pub(crate) fn characters(&self, line: u32, column: u32) -> u32 {
        let starts = self.lines.get_or_init(|| line_starts(&self.source));
        let before = || {
            let start = *starts.get(line.checked_sub(1)? as usize)?;
            let rest = self.source.get(start..)?;
            let text = rest.get(..rest.find('\n').unwrap_or(rest.len()))?;
            let bytes = text.as_bytes();
            let before = bytes.get(..bytes.len().min(column.checked_sub(1)? as usize))?;
            u32::try_from(String::from_utf8_lossy(before).encode_utf16().count()).ok()
        };
        before().map_or(column, |before| before + 1)
    }

    /// Where the user's own positions are; none where `source` has them.
    pub(crate) fn mapping(&self) -> Option<&Mapping> {
        self.mapping
            .get_or_init(|| Mapping::of_comment(&self.id, &self.source, &self.contents))
            .as_ref()
    }
}

/// None where every byte is a character.
fn line_starts(text: &str) -> Vec<usize> {
    if text.is_ascii() {
        return Vec::new();
    }
    let ends = text.match_indices('\n').map(|(at, _)| at + 1);
    std::iter::once(0).chain(ends).collect()
}

/// Why a module cannot be had. Each text is what the user should see.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModuleError {
    /// There is no such module, or no module can have that name.
    #[error("{0}")]
    NotFound(String),
    /// The store is sealed, and VU 0 did not ask for this module.
    #[error("{0}")]
    NotResolved(String),
    /// `file:///x.js:3:14: message`, the line, and a caret under the place.
    #[error("SyntaxError: {0}")]
    Syntax(String),
    /// The file is there but cannot be read.
    #[error("{0}")]
    Other(String),
}

impl From<CompileError> for ModuleError {
    fn from(error: CompileError) -> Self {
        match error {
            CompileError::Syntax(text) => Self::Syntax(text),
            CompileError::Internal(text) => Self::Other(text),
        }
    }
}

type Loaded = Result<Arc<Module>, ModuleError>;

#[derive(Debug, Default)]
struct State {
    /// By referrer, then by specifier.
    resolved: HashMap<Box<str>, HashMap<Box<str>, Arc<str>>>,
    /// The words in which the script first asked for an id: specifier and referrer.
    asked_as: HashMap<Arc<str>, (Box<str>, Box<str>)>,
    /// Failures are kept too: a VU that catches one must see the same as VU 0.
    loaded: HashMap<Arc<str>, Loaded>,
}

/// All modules of one run's script. Share it in an [`Arc`].
#[derive(Debug)]
pub struct ModuleStore {
    entry: String,
    base: Base,
    contents: Contents,
    state: RwLock<State>,
    sealed: AtomicBool,
}

impl ModuleStore {
    /// A store for `source`, whose main module is compiled at once.
    ///
    /// # Errors
    /// The main module has a syntax error, or `source` is not text.
    pub fn new(source: &Source) -> Result<Self, ModuleError> {
        let text = std::str::from_utf8(source.bytes())
            .map_err(|_| ModuleError::Other(format!("{} is not text", source.name())))?;
        let entry = source.id().to_owned();
        let module = Module::compile(&entry, text.to_owned(), source.contents())?;
        let mut state = State::default();
        state
            .loaded
            .insert(entry.as_str().into(), Ok(Arc::new(module)));
        Ok(Self {
            entry,
            base: source.base().clone(),
            contents: source.contents().clone(),
            state: RwLock::new(state),
            sealed: AtomicBool::new(false),
        })
    }

    /// Id of the main module.
    pub fn entry(&self) -> &str {
        &self.entry
    }

    /// The id of what `specifier` means in module `referrer` (`""` is the main module). The
    /// file is not looked at before [`ModuleStore::load`].
    ///
    /// # Errors
    /// The specifier is of no known form.
    pub fn resolve(&self, specifier: &str, referrer: &str) -> Result<String, ModuleError> {
        let referrer = if referrer.is_empty() {
            &self.entry
        } else {
            referrer
        };
        if let Some(id) = self.known(specifier, referrer) {
            return Ok(id.to_string());
        }
        let id = self.locate(specifier, referrer)?;
        let mut state = self.state.write();
        let shared: Arc<str> = id.as_str().into();
        state
            .asked_as
            .entry(shared.clone())
            .or_insert_with(|| (specifier.into(), referrer.into()));
        state
            .resolved
            .entry(referrer.into())
            .or_default()
            .insert(specifier.into(), shared);
        Ok(id)
    }

    pub(crate) fn known(&self, specifier: &str, referrer: &str) -> Option<Arc<str>> {
        self.state
            .read()
            .resolved
            .get(referrer)?
            .get(specifier)
            .cloned()
    }

    fn locate(&self, specifier: &str, referrer: &str) -> Result<String, ModuleError> {
        let cannot = |why: &str| {
            Err(ModuleError::NotFound(format!(
                "cannot import \"{specifier}\" in {referrer}: {why}"
            )))
        };
        let from = self.base.of(referrer);
        let path = if ["./", "../", "/"].iter().any(|p| specifier.starts_with(p)) {
            match from {
                Some(Base::Folder(dir)) => dir.join(specifier),
                Some(Base::Web(url)) => {
                    return match url.join(specifier) {
                        Ok(url) => Ok(url.into()),
                        Err(error) => cannot(&error.to_string()),
                    };
                }
                None => return cannot("the importing module has no folder"),
            }
        } else if specifier.starts_with("file://") {
            if let Some(Base::Web(_)) = from {
                return cannot(&format!(
                    "origin ({referrer}) not allowed to load local file: {specifier}"
                ));
            }
            match location::path_of(specifier) {
                Some(path) => path,
                None => return cannot("it names no local file; write file:///folder/module.js"),
            }
        } else if specifier.is_empty() {
            return cannot("the name is empty");
        } else if specifier.starts_with("https://") {
            return match Url::parse(specifier) {
                Ok(url) => Ok(url.into()),
                Err(error) => cannot(&error.to_string()),
            };
        } else if let Some((scheme, _)) = specifier.split_once("://") {
            return cannot(&remote::wrong_scheme(specifier, scheme));
        } else if specifier == "." || specifier == ".." || specifier.starts_with('\\') {
            return cannot("name a file, such as \"./module.js\"");
        } else {
            let file = specifier.contains('.') || specifier.contains('/');
            let lower = specifier.to_lowercase();
            let hint = if lower == "k6" || lower.starts_with("k6/") {
                format!("write \"{lower}\": the names of built-in modules are in lower case")
            } else if file && Path::new(specifier).extension().is_some() {
                format!("write \"./{specifier}\" if it is a file beside the script")
            } else {
                "packages are not looked up in node_modules: bundle them into the script, or \
                 import a file by its relative path, such as \"./lib/package.js\""
                    .to_owned()
            };
            return cannot(&format!(
                "it is neither a built-in module nor a path; {hint}"
            ));
        };
        match location::id_of(&location::normalize(&path)) {
            Some(id) => Ok(id),
            None => cannot("its path cannot be written as a file URL"),
        }
    }

    /// The module of that id, read and compiled the first time.
    ///
    /// # Errors
    /// The file is missing or unreadable, has a syntax error, or was not loaded before the
    /// store was sealed. The same error is returned each time.
    pub fn load(&self, id: &str) -> Result<Arc<Module>, ModuleError> {
        {
            let state = self.state.read();
            if let Some(loaded) = state.loaded.get(id) {
                return loaded.clone();
            }
            if self.sealed.load(Ordering::Acquire) {
                let asked = state
                    .asked_as
                    .get(id)
                    .map_or(id, |(specifier, _)| specifier);
                return Err(late(asked));
            }
        }
        // Outside the lock: compiling takes its time, and twice does no harm.
        let loaded = self.read(id);
        self.state
            .write()
            .loaded
            .entry(id.into())
            .or_insert(loaded)
            .clone()
    }

    fn read(&self, id: &str) -> Loaded {
        let asked = self.state.read().asked_as.get(id).cloned();
        let (specifier, referrer) = match &asked {
            Some((specifier, referrer)) => (&**specifier, &**referrer),
            None => (id, self.entry.as_str()),
        };
        let (shown, bytes) = match self.contents.packed_module(id) {
            Some(Ok(bytes)) => (id.to_owned(), bytes.to_vec()),
            Some(Err(why)) => {
                return Err(ModuleError::NotFound(format!(
                    "cannot import \"{specifier}\" in {referrer}: {why}"
                )));
            }
            None if id.starts_with("https://") => match self.contents.remote(id) {
                Ok(bytes) => (id.to_owned(), bytes),
                Err(why) => {
                    return Err(ModuleError::NotFound(format!(
                        "the moduleSpecifier \"{specifier}\" couldn't be retrieved from the \
                         resolved url \"{id}\": {why}"
                    )));
                }
            },
            None => read_local(id, specifier, referrer)?,
        };
        let fail = |why: String| format!("cannot import \"{specifier}\" in {referrer}: {why}");
        if bytes.starts_with(b"\0asm") {
            return Err(ModuleError::Other(fail(
                "WebAssembly files cannot be imported; `runner run` takes them as scripts".into(),
            )));
        }
        let text = String::from_utf8(bytes).map_err(|e| {
            let at = e.utf8_error().valid_up_to();
            ModuleError::Other(fail(format!("{shown} is not UTF-8 at byte {at}")))
        })?;
        Ok(Arc::new(Module::compile(id, text, &self.contents)?))
    }

    /// Keeps what the engine compiled of module `id`, for the other VUs. The first wins;
    /// unknown ids are ignored.
    pub fn store_bytecode(&self, id: &str, bytes: impl Into<Arc<[u8]>>) {
        if let Some(Ok(module)) = self.state.read().loaded.get(id) {
            let _ = module.bytecode.set(bytes.into());
        }
    }

    /// Ends the time in which new modules can be resolved and loaded: VU 0 is initialised.
    pub fn seal(&self) {
        self.sealed.store(true, Ordering::Release);
    }

    /// A loaded module; none when it failed or was never asked for.
    pub(crate) fn loaded(&self, id: &str) -> Option<Arc<Module>> {
        self.state.read().loaded.get(id)?.as_ref().ok().cloned()
    }

    /// Everything that was loaded so far as it was read, by id, with source maps that are files
    /// of their own: what an archive has.
    pub fn originals(&self) -> Vec<(String, Arc<str>)> {
        let state = self.state.read();
        let loaded = state
            .loaded
            .values()
            .filter_map(|loaded| loaded.as_ref().ok());
        let mut all: Vec<_> = loaded
            .map(|module| (module.id.to_string(), Arc::clone(module.original())))
            .collect();
        let maps: Vec<_> = all
            .iter()
            .filter_map(|(id, text)| {
                let url = Mapping::file_of(id, text)?;
                let map = self.contents.source_map(id, &url)?;
                Some((String::from(url), map.into()))
            })
            .collect();
        all.extend(maps);
        all.sort();
        all
    }

    /// Everything that was loaded and resolved so far, in a stable order.
    pub fn snapshot(&self) -> ModulesSnapshot {
        let state = self.state.read();
        let mut modules: Vec<ModuleSnapshot> = state
            .loaded
            .values()
            .filter_map(|loaded| loaded.as_ref().ok())
            .map(|module| ModuleSnapshot {
                id: module.id.to_string(),
                format: module.format,
                source: module.source.clone(),
                bytecode: module.bytecode.get().cloned(),
            })
            .collect();
        modules.sort_by(|a, b| a.id.cmp(&b.id));
        let mut resolutions: Vec<Resolution> = state
            .resolved
            .iter()
            .flat_map(|(referrer, by_specifier)| {
                by_specifier.iter().map(move |(specifier, id)| Resolution {
                    referrer: referrer.to_string(),
                    specifier: specifier.to_string(),
                    id: id.to_string(),
                })
            })
            .collect();
        resolutions.sort();
        ModulesSnapshot {
            entry: self.entry.clone(),
            modules,
            resolutions,
        }
    }
}

/// A module from the disk, and how to call it in messages.
fn read_local(id: &str, specifier: &str, referrer: &str) -> Result<(String, Vec<u8>), ModuleError> {
    let Some(path) = location::path_of(id) else {
        return Err(ModuleError::NotFound(format!("{id} names no local file")));
    };
    let fail = |why: String| format!("cannot import \"{specifier}\" in {referrer}: {why}");
    let length = match std::fs::metadata(&path) {
        Ok(found) if found.is_dir() => {
            return Err(ModuleError::NotFound(fail(format!(
                "{} is a folder; name the file in it, with its extension",
                path.display()
            ))));
        }
        Ok(found) => found.len(),
        Err(_) => {
            return Err(ModuleError::NotFound(format!(
                "the moduleSpecifier \"{specifier}\" couldn't be found on local disk: {}",
                missing(&path, specifier, referrer)
            )));
        }
    };
    if length > MAX_LEN {
        return Err(ModuleError::Other(fail(format!(
            "{} has more than {} MiB",
            path.display(),
            MAX_LEN >> 20
        ))));
    }
    let bytes = std::fs::read(&path)
        .map_err(|e| ModuleError::Other(fail(format!("{}: {e}", path.display()))))?;
    Ok((path.display().to_string(), bytes))
}

fn late(specifier: &str) -> ModuleError {
    ModuleError::NotResolved(format!(
        "the module \"{specifier}\" was not previously resolved during initialization (__VU==0)"
    ))
}

/// What to try when `path` is not there.
fn missing(path: &Path, specifier: &str, referrer: &str) -> String {
    let mut text = format!(
        "{referrer} imports it, and there is no file {}",
        path.display()
    );
    let with = |extension: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(extension);
        Path::new(&name)
            .is_file()
            .then(|| Path::new(&name).display().to_string())
    };
    if let Some(near) = [".js", ".ts", ".mjs", ".cjs", ".json", "/index.js"]
        .into_iter()
        .find_map(with)
    {
        text.push_str(&format!(
            "; did you mean {near}? extensions must be written out"
        ));
        return text;
    }
    let hint = nearby::hint(path, specifier);
    if !hint.is_empty() {
        text.push_str(&hint);
    } else if referrer == STDIN_ID {
        text.push_str("; names in a script from standard input start at the working folder");
    } else {
        text.push_str("; inside a container check that its folder is mounted");
    }
    text
}

#[cfg(test)]
#[path = "modules_tests.rs"]
mod tests;
