//! What a script consists of.

use std::sync::Arc;

use runner_script::{Files, ModuleStore};

use super::{JsSettings, SharedArrays};

/// What scripts can read, the same for all VUs.
#[derive(Debug)]
pub struct DataContext {
    /// Modules of an interpreted script; none for a compiled one.
    pub modules: Option<Arc<ModuleStore>>,
    /// Files beside the script.
    pub files: Arc<Files>,
    /// Read-only arrays, once per process.
    pub shared: SharedArrays,
    /// What the JS engine is told besides.
    pub js: JsSettings,
}
