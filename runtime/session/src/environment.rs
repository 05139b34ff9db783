//! What a session may know of the machine that it runs on, and use of it.
//!
//! No library crate asks the process for its variables, its home or its working folder (clippy refuses
//! the calls by name): they are here, so that two sessions in one process can have different ones, and
//! a server can give each of its users what is theirs. The binary makes one of what the process has.
//!
//! Limits: the system's root certificates and name servers are the process's, as are standard
//! input and output.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use runner_engine::{Cache, EngineOptions, Ticker, engine};
use runner_extensions::{Grants, Places};
use runner_host::TimeZone;
use wasmtime::Engine;

use crate::prepared::no_thread;
use crate::{Events, SessionError};

/// The surroundings of a session. Cloning is cheap.
#[derive(Clone)]
pub struct Environment {
    /// Hears what happens.
    pub events: Arc<dyn Events>,
    /// Compiled code.
    pub cache: Cache,
    /// What `--allow-env` can name.
    pub variables: Arc<BTreeMap<String, String>>,
    /// Where relative paths start; absolute.
    pub folder: PathBuf,
    /// Where extensions and outputs are looked for, after the project's own folders.
    pub extensions: Vec<PathBuf>,
    /// The most that extensions, outputs and scripts may be granted; none for no ceiling.
    pub ceiling: Option<Grants>,
    /// The most that a run may take.
    pub limits: Limits,
    /// Local time of scripts.
    pub zone: TimeZone,
    /// The engine for instances that need no pool: those that are asked what a script is.
    pub engine: SharedEngine,
}

/// Bounds of a run, whatever its script or its user asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// VUs at the same time; none for no bound.
    pub vus: Option<u64>,
    /// Linear memory of one VU, in bytes; none for no bound.
    pub vu_memory: Option<usize>,
}

/// An engine that all sessions with a clone of this share while one of them uses it: with the last it
/// goes, and the compiled code that it holds in memory with it.
#[derive(Clone, Default)]
pub struct SharedEngine(Arc<Mutex<Weak<Ticking>>>);

/// An engine whose epochs tick.
pub(crate) struct Ticking {
    pub(crate) engine: Engine,
    _ticker: Ticker,
}

impl std::fmt::Debug for SharedEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SharedEngine").finish_non_exhaustive()
    }
}

impl SharedEngine {
    /// The engine, for as long as what is returned lives.
    ///
    /// # Errors
    /// Where the machine cannot run WebAssembly, or has no thread left.
    pub(crate) fn get(&self) -> Result<Arc<Ticking>, SessionError> {
        let mut shared = self.0.lock();
        if let Some(engine) = shared.upgrade() {
            return Ok(engine);
        }
        let engine = engine(EngineOptions { max_vus: 0 })?;
        let ticking = Arc::new(Ticking {
            _ticker: Ticker::start(&engine).map_err(no_thread)?,
            engine,
        });
        *shared = Arc::downgrade(&ticking);
        Ok(ticking)
    }
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment")
            .field("folder", &self.folder)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl Environment {
    /// One in `folder` that keeps no code, knows no variables and finds extensions only where a project
    /// has them. What differs is set on it.
    #[must_use]
    pub fn bare(folder: PathBuf, events: Arc<dyn Events>) -> Self {
        Self {
            events,
            cache: Cache::none(),
            variables: Arc::default(),
            folder,
            extensions: Vec::new(),
            ceiling: None,
            limits: Limits::default(),
            zone: TimeZone::UTC,
            engine: SharedEngine::default(),
        }
    }

    /// Where extensions and outputs may be.
    pub(crate) fn places(&self) -> Places {
        Places {
            folder: self.folder.clone(),
            extensions: self.extensions.clone(),
            variables: Arc::clone(&self.variables),
            ceiling: self.ceiling.clone(),
        }
    }
}
