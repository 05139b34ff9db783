//! A script that has been read and asked what it is.
//!
//! That needs one instance: VU 0, in an engine without a pool, whose size nobody knows yet. What
//! its init code resolved, opened and declared stays for the run: modules and files are sealed,
//! metrics are in the registry.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use runner_engine::{
    CacheOutcome, ComponentInfo, InstanceNeeds, MemoryImage, check_contract, describe, js_engine,
    memory_of_js_component,
};
use runner_extensions::{CatalogSettings, ExtensionError};
use runner_host::{
    AbortRequest, DataContext, Description, ExtensionLimits, Extensions, JsSettings, Level,
    LogSink, Repeats, ScriptContext, SharedArrays, compiling,
};
use runner_metrics::Registry;
use runner_scheduler::{Abort, AbortReason};
use runner_script::{Files, ModuleStore, Source, SourceKind};
use runner_vu::{Program, ProgramSettings};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::archive::Place;
use crate::events::AsLog;
use crate::{Environment, Event, ForkMode, Notice, SessionError};

/// Memory that a VU may have unless told otherwise, in bytes.
pub const DEFAULT_VU_MEMORY: usize = 256 << 20;

/// What a script is started with.
#[derive(Clone)]
pub struct ScriptSettings {
    /// The script's environment.
    pub env: Vec<(String, String)>,
    /// How JavaScript differs from what it is by default.
    pub js: JsSettings,
    /// Most linear memory of one VU, in bytes.
    pub vu_memory: usize,
    /// How long init code may take.
    pub init_timeout: Duration,
    /// Whether VUs start from an image of the initialised script.
    pub fork: ForkMode,
    /// What `--ext` and `--allow-…` say.
    pub extensions: CatalogSettings,
    /// How long an extension may compute in one call.
    pub extension_busy: Duration,
}

impl std::fmt::Debug for ScriptSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ScriptSettings")
            .field("vu_memory", &self.vu_memory)
            .finish_non_exhaustive()
    }
}

/// What kind of file the script is.
#[derive(Debug)]
pub enum ScriptKind {
    /// JavaScript or TypeScript, run by the JS engine.
    Js,
    /// A component of its own.
    Component {
        /// Its outside.
        info: ComponentInfo,
        /// The file.
        bytes: Vec<u8>,
    },
}

/// A script, ready to be planned.
#[derive(Debug)]
pub struct Prepared {
    /// As the user named it.
    pub name: String,
    /// What it is.
    pub kind: ScriptKind,
    /// What it says of itself.
    pub description: Description,
    /// Where it was, for an archive of it.
    pub(crate) place: Place,
    pub(crate) context: Arc<ScriptContext>,
    pub(crate) settings: ScriptSettings,
    pub(crate) environment: Environment,
    pub(crate) abort: Abort,
    pub(crate) marked_failed: Arc<OnceLock<String>>,
    /// How long VU 0 took to start.
    pub(crate) first_start: Duration,
    /// What the JS engine starts from, also where `runner build` put it into a component; none for
    /// a component of another kind, or with another engine.
    memory: Option<MemoryImage>,
    /// What an instance of it takes of a pool.
    pub(crate) needs: InstanceNeeds,
    /// It was said that code is not kept; each engine finds out anew.
    is_uncached_told: OnceLock<()>,
}

impl Prepared {
    /// That nothing in it can be run.
    pub fn no_functions(&self) -> SessionError {
        SessionError::NoFunctions {
            name: self.name.clone(),
            is_component: matches!(self.kind, ScriptKind::Component { .. }),
        }
    }

    /// Runs the init code of a script once. The options of an archive take the place of those
    /// that its script exports.
    ///
    /// # Errors
    /// For a script that cannot be run, or whose init code fails.
    pub async fn load(
        source: Source,
        mut settings: ScriptSettings,
        environment: &Environment,
    ) -> Result<Self, SessionError> {
        if let Some(most) = environment.limits.vu_memory {
            settings.vu_memory = settings.vu_memory.min(most);
        }
        let log: Arc<dyn LogSink> = Arc::new(AsLog(Arc::clone(&environment.events)));
        let name = source.name().to_owned();
        let name = name.as_str();
        let place = Place::of(&source);
        let packed_options = source
            .archive()
            .filter(|told| told.options.is_object())
            .map(|told| told.options.to_string());
        let info = match source.kind() {
            SourceKind::Js => None,
            SourceKind::Component | SourceKind::CoreModule => Some(describe(name, source.bytes())?),
        };
        let mut named = settings.extensions.clone();
        named.places = environment.places();
        if let Some(info) = &info {
            inside(&mut named, info, source.bytes());
        }
        let repeats = Arc::new(Repeats::new(Arc::clone(&log)));
        let extensions = Extensions::new(
            named,
            source.folder_here(),
            environment.cache.clone(),
            ExtensionLimits {
                memory: settings.vu_memory,
                busy: settings.extension_busy,
            },
            Arc::clone(&log),
            Arc::clone(&repeats),
        )
        .map_err(extension)?;
        let files = Arc::new(Files::new(&source));
        let (kind, modules) = match info {
            None => (ScriptKind::Js, Some(Arc::new(ModuleStore::new(&source)?))),
            Some(info) => {
                let linked = extensions.satisfied(name, &info.imports);
                check_contract(name, &info, &linked.map_err(extension)?)?;
                // A grant that cannot be kept is told now, and not by each VU.
                let granted = extensions.script_sandbox(&settings.env);
                granted.map_err(extension)?;
                (
                    ScriptKind::Component {
                        info,
                        bytes: source.into_bytes(),
                    },
                    None,
                )
            }
        };
        let memory = match &kind {
            ScriptKind::Js => Some(MemoryImage::of_engine()?),
            ScriptKind::Component { bytes, .. } => {
                memory_of_js_component(bytes, settings.vu_memory)?
            }
        };
        let abort = Abort::new();
        let marked_failed = Arc::new(OnceLock::new());
        let context = Arc::new(ScriptContext {
            data: DataContext {
                modules,
                files,
                shared: SharedArrays::default(),
                js: settings.js,
            },
            folder: environment.folder.clone(),
            kv: runner_kv::Slot::in_folder(environment.folder.clone()),
            extensions: Arc::new(extensions),
            env: settings.env.clone(),
            registry: Arc::new(Registry::default()),
            log,
            abort: abort_hook(
                abort.clone(),
                Arc::clone(&marked_failed),
                Arc::clone(&repeats),
            ),
            repeats,
            epoch: Instant::now(),
            epoch_unix: ScriptContext::unix_now(),
            zone: environment.zone.clone(),
        });
        let mut prepared = Self {
            name: name.to_owned(),
            kind,
            description: Description {
                options: "{}".into(),
                functions: Vec::new(),
                setup: false,
                teardown: false,
                handle_summary: false,
            },
            place,
            context,
            settings,
            environment: environment.clone(),
            abort,
            marked_failed,
            first_start: Duration::ZERO,
            memory,
            needs: InstanceNeeds::default(),
            is_uncached_told: OnceLock::new(),
        };
        prepared.describe().await?;
        if let Some(options) = packed_options {
            prepared.description.options = options;
        }
        Ok(prepared)
    }

    /// Ids of the modules that its init code loaded; none for a component.
    pub fn modules(&self) -> Vec<String> {
        let Some(modules) = &self.context.data.modules else {
            return Vec::new();
        };
        modules
            .snapshot()
            .modules
            .into_iter()
            .map(|module| module.id)
            .collect()
    }

    /// The text of the main module, without types; empty for a component.
    pub(crate) fn source_text(&self) -> String {
        let Some(modules) = &self.context.data.modules else {
            return String::new();
        };
        let snapshot = modules.snapshot();
        let main = snapshot
            .modules
            .iter()
            .find(|module| module.id == snapshot.entry);
        main.map_or_else(String::new, |main| main.source.to_string())
    }

    /// Runs init as VU 0.
    async fn describe(&mut self) -> Result<(), SessionError> {
        let shared = self.environment.engine.get()?;
        let program = self.program(&shared.engine)?;
        self.needs = program.needs();
        let before = Instant::now();
        self.context
            .log
            .busy(Some(&format!("running the init code of {}", self.name)));
        let started = program.start(0, &self.context, None).await;
        self.context.log.busy(None);
        self.first_start = before.elapsed();
        if let Some(AbortReason::Script(message)) = self.abort.reason() {
            return Err(SessionError::Aborted(message.clone()));
        }
        let (_, description) = started?;
        if let Some(modules) = &self.context.data.modules {
            modules.seal();
        }
        self.context.data.files.seal();
        self.description = description;
        Ok(())
    }

    /// Links the script's component for an engine; compiles it unless that was done before.
    pub(crate) fn program(&self, engine: &Engine) -> Result<Program, SessionError> {
        let component = self.component(engine)?;
        let memory = match &self.memory {
            Some(memory) => Some(memory.module(engine)?),
            None => None,
        };
        let settings = ProgramSettings {
            memory: self.settings.vu_memory,
            init_timeout: self.settings.init_timeout,
        };
        let extensions = &self.context.extensions;
        Ok(Program::new(
            engine,
            &component,
            memory.as_ref(),
            extensions,
            settings,
        )?)
    }

    fn component(&self, engine: &Engine) -> Result<Component, SessionError> {
        let log = &*self.context.log;
        let loaded = match &self.kind {
            ScriptKind::Component { bytes, .. } if self.memory.is_none() => {
                self.environment.cache.load_bytes(engine, bytes, || {
                    compiling(log, &self.name, bytes.len());
                })
            }
            _ => js_engine(engine, &self.environment.cache, |bytes| {
                compiling(log, "the JS engine", bytes);
            }),
        };
        log.busy(None);
        let (component, outcome) = loaded?;
        if let CacheOutcome::Unusable(reason) = outcome
            && self.is_uncached_told.set(()).is_ok()
        {
            self.tell(&Notice::Uncached(reason));
        }
        Ok(component)
    }

    pub(crate) fn tell(&self, notice: &Notice) {
        self.environment.events.event(Event::Notice(notice));
    }
}

fn abort_hook(
    abort: Abort,
    marked_failed: Arc<OnceLock<String>>,
    repeats: Arc<Repeats>,
) -> Box<dyn Fn(AbortRequest) + Send + Sync> {
    Box::new(move |request| match request {
        AbortRequest::Abort(message) => {
            abort.abort(AbortReason::Script(message));
        }
        AbortRequest::Fail(message) => {
            let text = format!("test marked as failed: {message}");
            repeats.notice(Level::Error, "", &text, &[]);
            // The first message stands.
            let _ = marked_failed.set(message);
        }
    })
}

/// Adds the extensions that a component brings with it.
fn inside(settings: &mut CatalogSettings, info: &ComponentInfo, bytes: &[u8]) {
    let carried = info.carried(bytes);
    settings.carried = carried
        .map(|(name, bytes)| (name.to_owned(), Arc::from(bytes)))
        .collect();
    settings.composed.clone_from(&info.linked);
}

pub(crate) fn extension(error: ExtensionError) -> SessionError {
    SessionError::Config(error.to_string())
}

pub(crate) fn no_thread(error: std::io::Error) -> SessionError {
    SessionError::Usage(format!("cannot start a thread: {error}"))
}
