//! Makes VUs for the scheduler.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::RwLock;
use runner_host::{LoadContext, ScriptContext};
use runner_scheduler::{VuError as Opaque, VuFactory};

use crate::{Program, ScriptVu, VuError};

/// What a VU needs to know of a scenario.
#[derive(Debug, Clone)]
pub struct ScenarioSetup {
    /// Function to run.
    pub exec: String,
    /// On top of the script's environment.
    pub env: Vec<(String, String)>,
    /// On all samples.
    pub tags: Vec<(String, String)>,
}

/// Makes VUs that run one program.
#[derive(Debug)]
pub struct Factory {
    pub(crate) program: Program,
    pub(crate) script: Arc<ScriptContext>,
    pub(crate) load: Arc<LoadContext>,
    pub(crate) scenarios: HashMap<String, Arc<ScenarioSetup>>,
    /// What setup returned; VUs are made before it runs.
    pub(crate) data: RwLock<Option<Arc<str>>>,
}

impl Factory {
    /// A factory for the VUs of all `scenarios`.
    pub fn new(
        program: Program,
        script: Arc<ScriptContext>,
        load: Arc<LoadContext>,
        scenarios: HashMap<String, Arc<ScenarioSetup>>,
    ) -> Self {
        Self {
            program,
            script,
            load,
            scenarios,
            data: RwLock::new(None),
        }
    }

    /// Sets what the VUs' functions are given: setup's result as JSON.
    pub fn set_data(&self, data: Option<String>) {
        *self.data.write() = data.map(Arc::from);
    }
}

/// A handle that the scheduler can own while the session keeps another.
#[derive(Debug, Clone)]
pub struct SharedFactory(pub Arc<Factory>);

impl VuFactory for SharedFactory {
    type Vu = ScriptVu;

    async fn create(&self, id: u64) -> Result<ScriptVu, Opaque> {
        ScriptVu::new(id, Arc::clone(&self.0))
            .await
            .map_err(|error: VuError| Opaque::new(error))
    }
}
