//! setup, teardown and handleSummary: each in an instance of its own, as VU 0.

use std::sync::Arc;
use std::time::Duration;

use runner_host::{LoadContext, Phase, ScriptContext};

use crate::instance::within;
use crate::{Instance, Program, VuError};

/// What `handleSummary()` wants written: file names (or `stdout`, `stderr`) and contents.
pub type HandleSummary = Option<Vec<(String, Vec<u8>)>>;

/// Runs the functions that are called once per run.
#[derive(Debug, Clone)]
pub struct Phases {
    /// What they run in.
    pub program: Program,
    /// Shared by all VUs.
    pub script: Arc<ScriptContext>,
    /// Shared by all VUs.
    pub load: Arc<LoadContext>,
}

impl Phases {
    /// Runs setup; its result is JSON, none when it returned nothing.
    pub async fn setup(&self, limit: Duration) -> Result<Option<String>, VuError> {
        let mut instance = self.instance(Phase::Setup).await?;
        let call = async {
            let Instance { store, bindings } = &mut instance;
            let result = bindings
                .runner_script_lifecycle()
                .call_setup(&mut *store)
                .await;
            instance.finish(result)
        };
        within("setup", limit, call).await?
    }

    /// Runs teardown with what setup returned.
    pub async fn teardown(&self, data: Option<&str>, limit: Duration) -> Result<(), VuError> {
        let mut instance = self.instance(Phase::Teardown).await?;
        let call = async {
            let Instance { store, bindings } = &mut instance;
            let result = bindings
                .runner_script_lifecycle()
                .call_teardown(&mut *store, data)
                .await;
            instance.finish(result)
        };
        within("teardown", limit, call).await?
    }

    /// Runs handleSummary with the summary as JSON.
    pub async fn handle_summary(
        &self,
        data: &str,
        limit: Duration,
    ) -> Result<HandleSummary, VuError> {
        let mut instance = self.instance(Phase::Summary).await?;
        let call = async {
            let Instance { store, bindings } = &mut instance;
            let lifecycle = bindings.runner_script_lifecycle();
            let result = lifecycle.call_handle_summary(&mut *store, data).await;
            instance.settle(result)
        };
        within("handleSummary", limit, call).await?
    }

    /// Runs the init code once more, as k6 does for a summary that no script handles.
    pub async fn init_for_summary(&self) -> Result<(), VuError> {
        self.instance(Phase::Summary).await.map(drop)
    }

    async fn instance(&self, phase: Phase) -> Result<Instance, VuError> {
        let (mut instance, _) = self
            .program
            .start(0, &self.script, Some(&self.load))
            .await?;
        instance.store.data_mut().begin_phase(phase);
        Ok(instance)
    }
}

impl Instance {
    fn finish<T>(
        &mut self,
        result: wasmtime::Result<Result<T, runner_host::Failure>>,
    ) -> Result<T, VuError> {
        let settled = self.settle(result);
        self.store.data_mut().end_phase();
        settled
    }
}
