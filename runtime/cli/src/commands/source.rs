//! Opening what the command line names, and what the script in it starts with: of an archive, its
//! environment and its compatibility mode count too, below what was typed.

use std::collections::BTreeMap;
use std::path::Path;

use runner_session::{Environment, JsSettings, Source, SourceType};

use super::CommandError;
use crate::args::{CompatibilityMode, RuntimeOptions, ScriptType};

/// Reads a script, component or archive.
pub(super) fn open(
    file: &Path,
    kind: Option<ScriptType>,
    surroundings: &Environment,
) -> Result<Source, CommandError> {
    let kind = kind.map(|kind| match kind {
        ScriptType::Js => SourceType::Js,
        ScriptType::Wasm => SourceType::Wasm,
        ScriptType::Archive => SourceType::Archive,
    });
    Ok(runner_session::open(file, kind, surroundings)?)
}

/// The system's variables, where included, under those of the archive, under those of `-e`.
pub(super) fn environment(
    source: &Source,
    runtime: &RuntimeOptions,
    surroundings: &Environment,
) -> Vec<(String, String)> {
    let mut variables = BTreeMap::new();
    if runtime.include_system_env {
        let system = surroundings.variables.iter();
        variables.extend(system.map(|(name, value)| (name.clone(), value.clone())));
    }
    let packed = source.archive().and_then(|told| told.env.clone());
    variables.extend(packed.unwrap_or_default());
    variables.extend(runtime.env.iter().cloned());
    variables.into_iter().collect()
}

/// What JavaScript is like.
pub(super) fn javascript(source: &Source, runtime: &RuntimeOptions) -> JsSettings {
    let packed = || CompatibilityMode::parse(&source.archive()?.compatibility_mode);
    let mode = runtime.compatibility_mode.or_else(packed);
    JsSettings {
        base: mode == Some(CompatibilityMode::Base),
        freeze_env: runtime.freeze_env,
    }
}
