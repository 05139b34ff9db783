//! One component instance and its store.

use std::sync::Arc;
use std::time::Duration;

use runner_host::{
    Description, Failure, JsEngine, JsEnginePre, LoadContext, MemoryLimit, ScriptContext, VuState,
    linker,
};
use wasmtime::component::Component;
use wasmtime::{Engine, Store};

use crate::{ScriptError, VuError};

/// How far the JS engine's wrapper shifts the first line of a CommonJS module.
const COMMON_JS_COLUMNS: u32 = 0;

/// What all VUs of a run start from: the linked component and the settings of its stores.
#[derive(Clone)]
pub struct Program {
    engine: Engine,
    pre: JsEnginePre<VuState>,
    memory: usize,
    init_timeout: Duration,
}

impl std::fmt::Debug for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Program")
            .field("memory", &self.memory)
            .finish_non_exhaustive()
    }
}

impl Program {
    /// Links a component. `memory` bounds each VU in bytes; `compiled` scripts get the parts of
    /// WASI that their languages' libraries want.
    pub fn new(
        engine: &Engine,
        component: &Component,
        compiled: bool,
        memory: usize,
        init_timeout: Duration,
    ) -> Result<Self, VuError> {
        let start = |error: wasmtime::Error| VuError::Start(format!("{error:#}"));
        let linker = linker(engine, compiled).map_err(start)?;
        let pre = linker.instantiate_pre(component).map_err(start)?;
        let pre = JsEnginePre::new(pre).map_err(start)?;
        Ok(Self {
            engine: engine.clone(),
            pre,
            memory,
            init_timeout,
        })
    }

    /// Starts an instance and runs its init code as VU `vu`.
    pub async fn start(
        &self,
        vu: u64,
        script: &Arc<ScriptContext>,
        load: Option<&Arc<LoadContext>>,
    ) -> Result<(Instance, Description), VuError> {
        let limit = MemoryLimit::new(self.memory);
        let state = VuState::new(vu, Arc::clone(script), load.cloned(), limit);
        let mut store = Store::new(&self.engine, state);
        store.limiter(|state| state.limit());
        store.set_epoch_deadline(1);
        // A busy VU gives its thread back once a tick; that is also where it can be dropped.
        store.epoch_deadline_async_yield_and_update(1);
        let bindings = match self.pre.instantiate_async(&mut store).await {
            Ok(bindings) => bindings,
            Err(_) if store.data_mut().limit().take_refused() => {
                return Err(VuError::Memory { bytes: self.memory });
            }
            Err(error) => return Err(VuError::Start(format!("{error:#}"))),
        };
        let mut instance = Instance { store, bindings };
        let init = async {
            let Instance { store, bindings } = &mut instance;
            let result = bindings
                .runner_script_lifecycle()
                .call_init(&mut *store, vu)
                .await;
            instance.settle(result)
        };
        let description = within("init", self.init_timeout, init).await??;
        Ok((instance, description))
    }
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

    /// Rewrites positions of stripped or wrapped sources to the user's own.
    fn own_positions(&self, failure: Failure) -> ScriptError {
        let mut error = ScriptError::from(failure);
        if let Some(modules) = &self.store.data().script().modules {
            error.stack = modules.map_stack(&error.stack, COMMON_JS_COLUMNS);
            error.message = modules.map_stack(&error.message, COMMON_JS_COLUMNS);
        }
        error
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
