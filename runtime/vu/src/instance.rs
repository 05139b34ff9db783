//! One component instance and its store.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use runner_engine::{IMAGE_IMPORT, InstanceNeeds, Trapped};
use runner_host::{
    Description, ExtensionFailed, Extensions, Failure, HostImage, Linked, LoadContext, MemoryLimit,
    ScriptContext, VuHost, VuHostPre, VuState, linker,
};
use wasmtime::component::{self, Component, Linker};
use wasmtime::{Engine, Module, Store};

use crate::{ScriptError, ScriptErrorKind, VuError};

/// What all VUs of a run start from: the linked component and the settings of its stores.
#[derive(Clone)]
pub struct Program {
    engine: Engine,
    component: Component,
    pre: VuHostPre<VuState>,
    linked: Linked,
    settings: ProgramSettings,
    /// There when VUs start from an initialised script.
    image: Option<Arc<HostImage>>,
}

/// How each VU is started.
#[derive(Debug, Clone, Copy)]
pub struct ProgramSettings {
    /// Most linear memory, in bytes.
    pub memory: usize,
    /// How long init code may take.
    pub init_timeout: Duration,
}

impl std::fmt::Debug for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Program")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Program {
    /// Links a component. `memory` is what the JS engine starts from; without one it is a
    /// component of its own, which gets the parts of WASI that its language's library wants, and
    /// those `extensions` that it imports.
    pub fn new(
        engine: &Engine,
        component: &Component,
        memory: Option<&Module>,
        extensions: &Extensions,
        settings: ProgramSettings,
    ) -> Result<Self, VuError> {
        let mut linker = linker(engine, memory.is_none()).map_err(not_started)?;
        let linked = match memory {
            None => extensions
                .link(&mut linker, component, engine)
                .map_err(|error| VuError::Extension(error.to_string()))?,
            Some(_) => Linked::default(),
        };
        Ok(Self {
            linked,
            engine: engine.clone(),
            component: component.clone(),
            pre: link(linker, component, memory).map_err(not_started)?,
            settings,
            image: None,
        })
    }

    /// The same program for VUs whose init has run: `memory` and `image` are what it left.
    pub fn initialised(&self, memory: &Module, image: HostImage) -> Result<Self, VuError> {
        Ok(Self {
            pre: linker(&self.engine, false)
                .and_then(|linker| link(linker, &self.component, Some(memory)))
                .map_err(not_started)?,
            image: Some(Arc::new(image)),
            ..self.clone()
        })
    }

    /// Starts an instance and runs its init code as VU `vu`.
    pub async fn start(
        &self,
        vu: u64,
        script: &Arc<ScriptContext>,
        load: Option<&Arc<LoadContext>>,
    ) -> Result<(Instance, Description), VuError> {
        let (mut instance, raw) = self.instantiate(vu, script, load).await?;
        if let Some(image) = &self.image {
            let adopted = instance.store.data_mut().adopt(image).await;
            adopted.map_err(VuError::Start)?;
        }
        let limit = self.settings.init_timeout;
        let start = instance.start_linked(&self.linked, &raw);
        within_init(script, limit, start).await??;
        let description = instance.init(vu, self.settings.init_timeout).await?;
        Ok((instance, description))
    }

    /// An instance whose init has not run, and wasmtime's own handle of it.
    pub(crate) async fn instantiate(
        &self,
        vu: u64,
        script: &Arc<ScriptContext>,
        load: Option<&Arc<LoadContext>>,
    ) -> Result<(Instance, component::Instance), VuError> {
        let bytes = self.settings.memory;
        let limit = MemoryLimit::new(bytes);
        let state = VuState::new(vu, Arc::clone(script), load.cloned(), limit);
        let mut store = Store::new(&self.engine, state);
        store.limiter(|state| state.limit());
        store.set_epoch_deadline(1);
        // A busy VU gives its thread back once a tick; that is also where it can be dropped.
        store.epoch_deadline_async_yield_and_update(1);
        let raw = match self.pre.instance_pre().instantiate_async(&mut store).await {
            Ok(raw) => raw,
            Err(_) if store.data_mut().limit().take_refused() => {
                return Err(VuError::Memory { bytes });
            }
            Err(error) => return Err(not_started(error)),
        };
        let bindings = VuHost::new(&mut store, &raw).map_err(not_started)?;
        Ok((Instance { store, bindings }, raw))
    }

    /// What an instance takes of a pool.
    pub fn needs(&self) -> InstanceNeeds {
        InstanceNeeds::of(&self.component)
    }

    pub(crate) fn init_timeout(&self) -> Duration {
        self.settings.init_timeout
    }
}

fn link(
    mut linker: Linker<VuState>,
    component: &Component,
    memory: Option<&Module>,
) -> wasmtime::Result<VuHostPre<VuState>> {
    if let Some(memory) = memory {
        linker.root().module(IMAGE_IMPORT, memory)?;
    }
    VuHostPre::new(linker.instantiate_pre(component)?)
}

pub(crate) fn not_started(error: wasmtime::Error) -> VuError {
    VuError::Start(format!("{error:#}"))
}

/// A VU after its init.
pub struct Instance {
    pub(crate) store: Store<VuState>,
    pub(crate) bindings: VuHost,
}

impl std::fmt::Debug for Instance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Instance")
            .field("state", self.store.data())
            .finish_non_exhaustive()
    }
}

impl Instance {
    pub(crate) async fn init(&mut self, vu: u64, limit: Duration) -> Result<Description, VuError> {
        let script = Arc::clone(self.store.data().script());
        let init = async {
            let Instance { store, bindings } = &mut *self;
            let result = bindings
                .runner_script_lifecycle()
                .call_init(&mut *store, vu)
                .await;
            self.settle(result)
        };
        within_init(&script, limit, init).await?
    }

    /// Runs the init of the script's extensions, if they have one.
    async fn start_linked(
        &mut self,
        linked: &Linked,
        raw: &component::Instance,
    ) -> Result<(), VuError> {
        let started = self.store.data_mut().start_linked(linked).await;
        started.map_err(|failed| VuError::Extension(failed.0))?;
        let started = linked.start_inside(&mut self.store, raw).await;
        self.settle(started.map(Ok))
    }

    /// Sorts what a call into the guest ended with.
    pub(crate) fn settle<T>(
        &mut self,
        result: wasmtime::Result<Result<T, Failure>>,
    ) -> Result<T, VuError> {
        let state = self.store.data_mut();
        let refused = state.limit().take_refused();
        let panic = match &result {
            Ok(_) => {
                state.tell_denials();
                None
            }
            Err(_) => {
                let panic = state.take_panic();
                state.tell_denials_of_trap(panic.as_deref());
                panic
            }
        };
        match result {
            Ok(Ok(value)) => Ok(value),
            _ if refused => Err(VuError::Memory {
                bytes: self.store.data_mut().limit().bytes(),
            }),
            Ok(Err(failure)) => Err(VuError::Script(self.own_positions(failure))),
            Err(trap) => Err(match trap.downcast_ref::<ExtensionFailed>() {
                Some(failed) => VuError::Extension(failed.0.clone()),
                None => VuError::Trap(Trapped::new(&trap, panic)),
            }),
        }
    }

    fn own_positions(&self, failure: Failure) -> ScriptError {
        let mut error = ScriptError::from(failure);
        error.stack = self.map_stack(error.stack);
        error.message = self.map_stack(error.message);
        if let (ScriptErrorKind::Syntax, Some(modules)) =
            (error.kind, &self.store.data().script().data.modules)
            && let Some(placed) = modules.place_import(&error.message)
        {
            error.message = placed;
        }
        error
    }

    /// Rewrites positions of stripped or wrapped sources to the user's own.
    pub(crate) fn map_stack(&self, text: String) -> String {
        match &self.store.data().script().data.modules {
            Some(modules) => modules.map_stack(&text),
            None => text,
        }
    }
}

/// Bounds init code. What it takes to compile the extensions that it asks for, once on a machine and up to
/// minutes on a slow one, is not the script's.
pub(crate) async fn within_init<T>(
    script: &ScriptContext,
    limit: Duration,
    call: impl Future<Output = T>,
) -> Result<T, VuError> {
    let mut call = pin!(call);
    let mut known = script.extensions.compile_time();
    let mut wait = limit;
    loop {
        if let Ok(done) = tokio::time::timeout(wait, &mut call).await {
            return Ok(done);
        }
        let compiled = script.extensions.compile_time();
        wait = compiled.saturating_sub(known);
        known = compiled;
        if wait.is_zero() {
            return Err(VuError::Timeout {
                what: "init",
                limit,
            });
        }
    }
}

/// Bounds a call. The VU yields once a tick, so even `while (true)` ends here.
pub(crate) async fn within<T>(
    what: &'static str,
    limit: Duration,
    call: impl Future<Output = T>,
) -> Result<T, VuError> {
    tokio::time::timeout(limit, call)
        .await
        .map_err(|_| VuError::Timeout { what, limit })
}
