//! One component instance and its store.

use std::sync::Arc;
use std::time::Duration;

use runner_engine::IMAGE_IMPORT;
use runner_host::{
    Description, Failure, HostImage, JsEngine, JsEnginePre, LoadContext, MemoryLimit,
    ScriptContext, VuState, linker,
};
use wasmtime::component::{self, Component};
use wasmtime::{Engine, Module, Store};

use crate::{ScriptError, VuError};

/// How far the JS engine's wrapper shifts the first line of a CommonJS module.
const COMMON_JS_COLUMNS: u32 = 0;

/// What all VUs of a run start from: the linked component and the settings of its stores.
#[derive(Clone)]
pub struct Program {
    engine: Engine,
    component: Component,
    pre: JsEnginePre<VuState>,
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
    /// component of its own, which gets the parts of WASI that its language's library wants.
    pub fn new(
        engine: &Engine,
        component: &Component,
        memory: Option<&Module>,
        settings: ProgramSettings,
    ) -> Result<Self, VuError> {
        Ok(Self {
            engine: engine.clone(),
            component: component.clone(),
            pre: link(engine, component, memory).map_err(not_started)?,
            settings,
            image: None,
        })
    }

    /// The same program for VUs whose init has run: `memory` and `image` are what it left.
    pub fn initialised(&self, memory: &Module, image: HostImage) -> Result<Self, VuError> {
        Ok(Self {
            pre: link(&self.engine, &self.component, Some(memory)).map_err(not_started)?,
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
        let (mut instance, _) = self.instantiate(vu, script, load).await?;
        if let Some(image) = &self.image {
            instance.store.data_mut().adopt(image);
        }
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
        let bindings = JsEngine::new(&mut store, &raw).map_err(not_started)?;
        Ok((Instance { store, bindings }, raw))
    }

    pub(crate) fn init_timeout(&self) -> Duration {
        self.settings.init_timeout
    }
}

fn link(
    engine: &Engine,
    component: &Component,
    memory: Option<&Module>,
) -> wasmtime::Result<JsEnginePre<VuState>> {
    let mut linker = linker(engine, memory.is_none())?;
    if let Some(memory) = memory {
        linker.root().module(IMAGE_IMPORT, memory)?;
    }
    JsEnginePre::new(linker.instantiate_pre(component)?)
}

pub(crate) fn not_started(error: wasmtime::Error) -> VuError {
    VuError::Start(format!("{error:#}"))
}

/// A VU after its init.
pub struct Instance {
    pub(crate) store: Store<VuState>,
    pub(crate) bindings: JsEngine,
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
        let init = async {
            let Instance { store, bindings } = &mut *self;
            let result = bindings
                .runner_script_lifecycle()
                .call_init(&mut *store, vu)
                .await;
            self.settle(result)
        };
        within("init", limit, init).await?
    }

    /// Sorts what a call into the guest ended with.
    pub(crate) fn settle<T>(
        &mut self,
        result: wasmtime::Result<Result<T, Failure>>,
    ) -> Result<T, VuError> {
        let refused = self.store.data_mut().limit().take_refused();
        match result {
            Ok(Ok(value)) => Ok(value),
            _ if refused => Err(VuError::Memory {
                bytes: self.store.data_mut().limit().bytes(),
            }),
            Ok(Err(failure)) => Err(VuError::Script(self.own_positions(failure))),
            Err(trap) => Err(VuError::Trap(format!("{trap:#}"))),
        }
    }

    fn own_positions(&self, failure: Failure) -> ScriptError {
        let mut error = ScriptError::from(failure);
        error.stack = self.map_stack(error.stack);
        error.message = self.map_stack(error.message);
        error
    }

    /// Rewrites positions of stripped or wrapped sources to the user's own.
    pub(crate) fn map_stack(&self, text: String) -> String {
        match &self.store.data().script().modules {
            Some(modules) => modules.map_stack(&text, COMMON_JS_COLUMNS),
            None => text,
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
