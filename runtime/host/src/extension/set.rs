//! The extensions of a run: each is read, checked and compiled once, when a script first asks
//! for it. A run whose script asks for none has an empty set and nothing else.
//!
//! They have a wasmtime engine of their own, without a pool: components in other languages can
//! have many modules, tables and memories, and which VUs use one is not known beforehand.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use runner_contract::{Importer, lifecycle};
use runner_engine::{
    Cache, CacheOutcome, ComponentInfo, EngineOptions, PART_INIT, Part, Ticker, compose, engine,
    is_foreign,
};
use runner_extensions::{
    Catalog, CatalogSettings, Description, ExtensionError, Found, Function, Grants, LineSink,
    Reach, Stream, check, describe,
};
use wasmtime::Engine;
use wasmtime::component::{Component, ComponentExportIndex, InstancePre, Linker};

use super::bytes;
use super::locks::Locks;
use super::script_wasi::Told;
use super::state::ExtensionState;
use super::wire;
use crate::bindings::runner as wit;
use crate::linker::extension_linker;
use crate::log::{Level, LogSink, Repeats, compiling};

/// What each instance of an extension may use.
#[derive(Debug, Clone, Copy)]
pub struct ExtensionLimits {
    /// Most linear memory in bytes.
    pub memory: usize,
    /// How long a call may compute without waiting or returning.
    pub busy: Duration,
}

/// All that a run can use.
pub struct Extensions {
    catalog: Catalog,
    cache: Cache,
    pub(crate) limits: ExtensionLimits,
    log: Arc<dyn LogSink>,
    repeats: Arc<Repeats>,
    open: Mutex<Open>,
    /// Nanoseconds that compiling and loading took.
    compiling: AtomicU64,
    pub(crate) locks: Arc<Locks>,
    pub(super) told: Told,
    nothing: Reach,
}

/// Names of extensions with what each exports.
type Outsides = Vec<(String, Vec<String>)>;

#[derive(Default)]
struct Open {
    runtime: Option<Arc<Runtime>>,
    loaded: Vec<Arc<Loaded>>,
    outsides: Option<Arc<Outsides>>,
}

/// What all extensions share.
struct Runtime {
    engine: Engine,
    linker: Linker<ExtensionState>,
    _ticker: Ticker,
}

/// One extension, compiled and linked.
pub(crate) struct Loaded {
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) engine: Engine,
    pub(crate) pre: InstancePre<ExtensionState>,
    pub(crate) grants: Grants,
    pub(crate) lines: LineSink,
    pub(crate) limits: ExtensionLimits,
    pub(crate) functions: Vec<Exported>,
    /// Of the extensions inside it, then its own.
    pub(crate) inits: Vec<ComponentExportIndex>,
    pub(crate) description: Description,
    pub(crate) wire: wit::extension::extensions::Description,
    _runtime: Arc<Runtime>,
}

/// One function.
pub(crate) struct Exported {
    pub(crate) index: ComponentExportIndex,
    pub(crate) function: Function,
    /// It takes or gives whole byte lists, in a form that can be copied at once.
    pub(crate) on_bytes: bool,
}

impl std::fmt::Debug for Extensions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Extensions").finish_non_exhaustive()
    }
}

impl Extensions {
    /// What `settings` and `runner.toml` in the script's `folder` name. Compiled code is kept in `cache`.
    ///
    /// # Errors
    /// Of either; see [`Catalog::new`].
    pub fn new(
        settings: CatalogSettings,
        folder: &Path,
        cache: Cache,
        limits: ExtensionLimits,
        log: Arc<dyn LogSink>,
        repeats: Arc<Repeats>,
    ) -> Result<Self, ExtensionError> {
        Ok(Self {
            catalog: Catalog::new(settings, folder)?,
            locks: Arc::new(Locks::new(cache.clone())),
            cache,
            limits,
            log,
            repeats,
            open: Mutex::default(),
            compiling: AtomicU64::new(0),
            told: Told::default(),
            nothing: Reach::new("script", &Grants::default()),
        })
    }

    /// How long it took to compile those that were asked for. It is the machine's time, not the
    /// script's.
    pub fn compile_time(&self) -> Duration {
        Duration::from_nanos(self.compiling.load(Ordering::Relaxed))
    }

    /// Names and files.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Names of those that the script has asked for.
    pub fn opened(&self) -> Vec<String> {
        let open = self.open.lock();
        open.loaded
            .iter()
            .map(|loaded| loaded.name.clone())
            .collect()
    }

    /// No grants at all.
    pub(crate) fn nothing(&self) -> &Reach {
        &self.nothing
    }

    pub(super) fn log(&self) -> &Arc<dyn LogSink> {
        &self.log
    }

    /// Lines of standard output and error, as log lines from `name`. Panics come with every call
    /// that causes one; the rest is what the extension wants to be read.
    pub(super) fn lines(&self, name: &str) -> LineSink {
        let (log, repeats) = (Arc::clone(&self.log), Arc::clone(&self.repeats));
        let source = name.to_owned();
        Arc::new(move |stream, line| match stream {
            Stream::Output => log.log(Level::Info, &source, line, &[]),
            Stream::Error => log.log(Level::Warn, &source, line, &[]),
            Stream::Panic => repeats.notice(Level::Warn, &source, line, &[]),
        })
    }

    /// What the named extensions export, without compiling them.
    pub(super) fn outsides(&self) -> Result<Arc<Outsides>, ExtensionError> {
        if let Some(known) = &self.open.lock().outsides {
            return Ok(Arc::clone(known));
        }
        let mut outsides = Outsides::new();
        for name in self.catalog.named() {
            if let Some(found) = self.catalog.extension(&name)? {
                outsides.push((name, outside(&found)?.exports));
            }
        }
        let outsides = Arc::new(outsides);
        self.open.lock().outsides = Some(Arc::clone(&outsides));
        Ok(outsides)
    }

    /// The named extensions, for a component that is to have them inside.
    ///
    /// # Errors
    /// Where one of them cannot be read.
    pub fn parts(&self) -> Result<Vec<(String, Vec<u8>)>, ExtensionError> {
        let names = self.catalog.named().into_iter();
        let found = names.filter_map(|name| self.catalog.extension(&name).transpose());
        found
            .map(|found| found.map(|found| (found.name, found.bytes)))
            .collect()
    }

    /// Those that scripts have opened, each whole.
    ///
    /// # Errors
    /// Where one of them cannot be read any more.
    pub fn opened_files(&self) -> Result<Vec<(String, Vec<u8>)>, ExtensionError> {
        let names = self.opened();
        let found = names.iter().filter_map(|name| self.found(name).transpose());
        found
            .map(|found| found.map(|found| (found.name, found.bytes)))
            .collect()
    }

    /// The file of an extension. What it imports of another named one is inside.
    fn found(&self, name: &str) -> Result<Option<Found>, ExtensionError> {
        let Some(mut found) = self.catalog.extension(name)? else {
            return Ok(None);
        };
        if !outside(&found)?.imports.iter().any(|name| is_foreign(name)) {
            return Ok(Some(found));
        }
        let others = self.parts()?;
        let others = others.iter().filter(|(other, _)| other != name);
        let parts: Vec<_> = others.map(|(name, bytes)| Part { name, bytes }).collect();
        let file = found.path.display().to_string();
        let main = Part {
            name: &file,
            bytes: &found.bytes,
        };
        let composed = compose(main, &parts, false);
        let composed = composed.map_err(|source| ExtensionError::Engine {
            name: name.to_owned(),
            source,
        })?;
        // Else whoever checks it says what is missing.
        if !composed.used.is_empty() {
            found.bytes = composed.bytes;
        }
        Ok(Some(found))
    }

    /// Reads what `name` exports; none where nothing has that name.
    ///
    /// # Errors
    /// Where it cannot be used.
    pub fn describe(&self, name: &str) -> Result<Option<Description>, ExtensionError> {
        let loaded = self.load(name)?;
        Ok(loaded.map(|loaded| loaded.description.clone()))
    }

    /// The extension `name`, loaded; none where nothing has that name.
    pub(crate) fn load(&self, name: &str) -> Result<Option<Arc<Loaded>>, ExtensionError> {
        let mut open = self.open.lock();
        if let Some(loaded) = open.loaded.iter().find(|loaded| loaded.name == name) {
            return Ok(Some(Arc::clone(loaded)));
        }
        let Some(found) = self.found(name)? else {
            return Ok(None);
        };
        check(&found, Importer::Extension)?;
        let runtime = match &open.runtime {
            Some(runtime) => Arc::clone(runtime),
            None => {
                let runtime = Arc::new(runtime().map_err(|reason| ExtensionError::Sandbox {
                    name: name.to_owned(),
                    reason,
                })?);
                open.runtime = Some(Arc::clone(&runtime));
                runtime
            }
        };
        let id = u32::try_from(open.loaded.len()).unwrap_or(u32::MAX);
        let loaded = Arc::new(self.compile(id, found, &runtime)?);
        open.loaded.push(Arc::clone(&loaded));
        Ok(Some(loaded))
    }

    /// The extension that `open` gave this number.
    pub(crate) fn by_id(&self, id: u32) -> Option<Arc<Loaded>> {
        self.open.lock().loaded.get(id as usize).cloned()
    }

    fn compile(
        &self,
        id: u32,
        found: Found,
        runtime: &Arc<Runtime>,
    ) -> Result<Loaded, ExtensionError> {
        let name = found.name;
        let engine_error = |source| ExtensionError::Engine {
            name: name.clone(),
            source,
        };
        let began = Instant::now();
        let loaded = self.cache.load_bytes(&runtime.engine, &found.bytes, || {
            let what = format!("extension {name}");
            compiling(&*self.log, &what, found.bytes.len());
        });
        self.log.busy(None);
        let took = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.compiling.fetch_add(took, Ordering::Relaxed);
        let (component, outcome) = loaded.map_err(engine_error)?;
        if let CacheOutcome::Unusable(reason) = outcome {
            let text = format!("extension {name} is compiled anew at each start: {reason}");
            self.log.log(Level::Debug, "", &text, &[]);
        }
        let description = describe(&name, &component, &runtime.engine)?;
        if description.functions.is_empty() {
            return Err(ExtensionError::NoExports {
                name: name.clone(),
                file: found.path.display().to_string(),
                found: "interfaces without any".into(),
            });
        }
        let functions: Option<Vec<_>> = description
            .functions
            .iter()
            .map(|function| {
                let index = index(&component, function.interface.as_deref(), &function.export)?;
                Some(Exported {
                    index,
                    function: function.clone(),
                    on_bytes: bytes::suits(function),
                })
            })
            .collect();
        let unusable = |reason: String| ExtensionError::Sandbox {
            name: name.clone(),
            reason,
        };
        let functions =
            functions.ok_or_else(|| unusable("an export is listed but cannot be found".into()))?;
        let pre = runtime
            .linker
            .instantiate_pre(&component)
            .map_err(|error| unusable(format!("{error:#}")))?;
        let lines = self.lines(&name);
        let component_type = component.component_type();
        let exports = component_type.exports(&runtime.engine);
        let inner = exports.map(|(name, _)| name);
        let inner = inner.filter(|name| name.starts_with(PART_INIT));
        let own = description
            .lifecycle
            .then_some(lifecycle(Importer::Extension));
        let inits = inner
            .chain(own)
            .filter_map(|interface| index(&component, Some(interface), "init"));
        let inits = inits.collect();
        Ok(Loaded {
            id,
            engine: runtime.engine.clone(),
            pre,
            grants: found.grants,
            lines,
            limits: self.limits,
            functions,
            inits,
            wire: wire::description(&description),
            description,
            name,
            _runtime: Arc::clone(runtime),
        })
    }
}

fn outside(found: &Found) -> Result<ComponentInfo, ExtensionError> {
    let file = found.path.display().to_string();
    runner_engine::describe(&file, &found.bytes).map_err(|source| ExtensionError::Engine {
        name: found.name.clone(),
        source,
    })
}

fn index(
    component: &Component,
    interface: Option<&str>,
    export: &str,
) -> Option<ComponentExportIndex> {
    let interface = match interface {
        Some(interface) => Some(component.get_export_index(None, interface)?),
        None => None,
    };
    component.get_export_index(interface.as_ref(), export)
}

fn runtime() -> Result<Runtime, String> {
    let engine = engine(EngineOptions { max_vus: 0 }).map_err(|error| error.to_string())?;
    let ticker =
        Ticker::start(&engine).map_err(|error| format!("cannot start a thread: {error}"))?;
    let linker = extension_linker(&engine).map_err(|error| format!("{error:#}"))?;
    Ok(Runtime {
        engine,
        linker,
        _ticker: ticker,
    })
}
