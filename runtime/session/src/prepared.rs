//! A script that has been read and asked what it is.
//!
//! That needs one instance: VU 0, in an engine without a pool, whose size nobody knows yet. What
//! its init code resolved, opened and declared stays for the run: modules and files are sealed,
//! metrics are in the registry.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use runner_engine::{
    Cache, CacheOutcome, ComponentInfo, EngineOptions, Ticker, check_contract, describe, engine,
    js_engine,
};
use runner_host::{AbortRequest, Description, Level, LogSink, ScriptContext, SharedArrays};
use runner_metrics::Registry;
use runner_scheduler::{Abort, AbortReason};
use runner_script::{Files, ModuleStore, Source, SourceKind};
use runner_vu::Program;
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::SessionError;

/// Memory that a VU may have unless told otherwise, in bytes.
pub const DEFAULT_VU_MEMORY: usize = 256 << 20;

/// What a script is started with.
#[derive(Clone)]
pub struct ScriptSettings {
    /// The script's environment.
    pub env: Vec<(String, String)>,
    /// Most linear memory of one VU, in bytes.
    pub vu_memory: usize,
    /// How long init code may take.
    pub init_timeout: Duration,
    /// Where log lines go.
    pub log: Arc<dyn LogSink>,
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
    pub(crate) context: Arc<ScriptContext>,
    pub(crate) settings: ScriptSettings,
    pub(crate) abort: Abort,
    pub(crate) marked_failed: Arc<OnceLock<String>>,
    cache: Cache,
}

impl Prepared {
    /// Reads the file (or stdin for `-`) and runs its init code once.
    pub async fn load(name: &str, settings: ScriptSettings) -> Result<Self, SessionError> {
        let source = Source::open(name)?;
        let files = Arc::new(Files::new(&source));
        let (kind, modules) = match source.kind() {
            SourceKind::Js => (ScriptKind::Js, Some(Arc::new(ModuleStore::new(&source)?))),
            SourceKind::Component | SourceKind::CoreModule => {
                let info = describe(name, source.bytes())?;
                check_contract(name, &info)?;
                (
                    ScriptKind::Component {
                        info,
                        bytes: source.into_bytes(),
                    },
                    None,
                )
            }
        };
        let abort = Abort::new();
        let marked_failed = Arc::new(OnceLock::new());
        let context = Arc::new(ScriptContext {
            modules,
            files,
            shared: SharedArrays::default(),
            env: settings.env.clone(),
            registry: Arc::new(Registry::default()),
            log: Arc::clone(&settings.log),
            abort: abort_hook(
                abort.clone(),
                Arc::clone(&marked_failed),
                Arc::clone(&settings.log),
            ),
            epoch: Instant::now(),
            epoch_unix: ScriptContext::unix_now(),
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
            context,
            settings,
            abort,
            marked_failed,
            cache: Cache::of_user(),
        };
        prepared.describe().await?;
        Ok(prepared)
    }

    /// Ids of the modules that its init code loaded; none for a component.
    pub fn modules(&self) -> Vec<String> {
        let Some(modules) = &self.context.modules else {
            return Vec::new();
        };
        modules
            .snapshot()
            .modules
            .into_iter()
            .map(|module| module.id)
            .collect()
    }

    /// Runs init as VU 0.
    async fn describe(&mut self) -> Result<(), SessionError> {
        let engine = engine(EngineOptions { max_vus: 0 })?;
        let _ticker = Ticker::start(&engine).map_err(no_thread)?;
        let program = self.program(&engine)?;
        let started = program.start(0, &self.context, None).await;
        if let Some(AbortReason::Script(message)) = self.abort.reason() {
            return Err(SessionError::Aborted(message.clone()));
        }
        let (_, description) = started?;
        if let Some(modules) = &self.context.modules {
            modules.seal();
        }
        self.context.files.seal();
        self.description = description;
        Ok(())
    }

    /// Links the script's component for an engine; compiles it unless that was done before.
    pub(crate) fn program(&self, engine: &Engine) -> Result<Program, SessionError> {
        let component = self.component(engine)?;
        let compiled = matches!(self.kind, ScriptKind::Component { .. });
        let settings = &self.settings;
        let program = Program::new(
            engine,
            &component,
            compiled,
            settings.vu_memory,
            settings.init_timeout,
        )?;
        Ok(program)
    }

    fn component(&self, engine: &Engine) -> Result<Component, SessionError> {
        let (component, outcome) = match &self.kind {
            ScriptKind::Js => js_engine(engine, &self.cache)?,
            ScriptKind::Component { bytes, .. } => self.cache.load_bytes(engine, bytes)?,
        };
        if let CacheOutcome::Unusable(reason) = outcome {
            let message =
                format!("compiled code is not kept, so each start compiles anew: {reason}");
            self.log(Level::Warn, &message);
        }
        Ok(component)
    }

    pub(crate) fn log(&self, level: Level, message: &str) {
        self.context.log.log(level, "", message, &[]);
    }
}

fn abort_hook(
    abort: Abort,
    marked_failed: Arc<OnceLock<String>>,
    log: Arc<dyn LogSink>,
) -> Box<dyn Fn(AbortRequest) + Send + Sync> {
    Box::new(move |request| match request {
        AbortRequest::Abort(message) => {
            abort.abort(AbortReason::Script(message));
        }
        AbortRequest::Fail(message) => {
            log.log(
                Level::Error,
                "",
                &format!("test marked as failed: {message}"),
                &[],
            );
            // The first message stands.
            let _ = marked_failed.set(message);
        }
    })
}

pub(crate) fn no_thread(error: std::io::Error) -> SessionError {
    SessionError::Usage(format!("cannot start a thread: {error}"))
}
