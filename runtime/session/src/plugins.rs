//! The outputs that a user asked for by name: those that are built in, and components.
//!
//! A component is looked for only where nothing built in has the name, among what the script's own
//! catalog of extensions and outputs knows. It reads its settings here; nothing is opened yet.

use std::sync::Arc;
use std::time::Duration;

use runner_host::{Level, LogSink, compiling};
use runner_output_plugins::{self as plugins, Log, PluginLimits, PluginSettings};
use runner_outputs::{Output, SpecError, Surroundings};
use runner_plan::Plan;

use crate::{Outputs, Prepared, SessionError};

/// Makes the outputs of `specs`, each `NAME` or `NAME=ARGUMENT`, where `NAME` may be a file that
/// ends in `.wasm`. No call of a component may take longer than `call`.
///
/// # Errors
/// For names that nobody has, components that cannot be used, and settings that are refused.
pub fn create_outputs(
    specs: &[String],
    surroundings: &Surroundings<'_>,
    prepared: &Prepared,
    plan: &Plan,
    call: Duration,
) -> Result<Outputs, SessionError> {
    let one = |spec: &String| match runner_outputs::create(spec, surroundings) {
        Ok(output) => Ok(output),
        Err(error @ SpecError::Settings { .. }) => Err(SessionError::Usage(error.to_string())),
        Err(unknown) => plugin(spec, surroundings, prepared, plan, call)?.ok_or_else(|| {
            let (name, _) = split(spec);
            let catalog = prepared.context.extensions.catalog();
            let hint = catalog.unknown_output(name, runner_outputs::available());
            SessionError::Usage(format!("{unknown}; {hint}"))
        }),
    };
    specs.iter().map(one).collect::<Result<_, _>>().map(Outputs)
}

/// None where nothing has the name.
fn plugin(
    spec: &str,
    surroundings: &Surroundings<'_>,
    prepared: &Prepared,
    plan: &Plan,
    call: Duration,
) -> Result<Option<Box<dyn Output>>, SessionError> {
    let (name, argument) = split(spec);
    let refused = |reason: String| {
        let name = name.to_owned();
        SessionError::Usage(SpecError::Settings { name, reason }.to_string())
    };
    let found = prepared.context.extensions.catalog().output(name);
    let Some(found) = found.map_err(|error| refused(plugins::reason(error)))? else {
        return Ok(None);
    };
    let settings = PluginSettings {
        argument: argument.to_owned(),
        settings: surroundings
            .collectors
            .get(&found.name)
            .map(ToString::to_string),
        script: prepared.name.clone(),
        options: plan.derived_options_json().to_string(),
    };
    let environment = &prepared.environment;
    let limits = PluginLimits {
        cache: environment.cache.clone(),
        variables: Arc::clone(&environment.variables),
        memory: prepared.settings.vu_memory,
        call,
    };
    let sink = &prepared.context.log;
    let output = plugins::open(&found, settings, limits, &log(sink), || {
        compiling(&**sink, &format!("output {name}"), found.bytes.len());
    });
    sink.busy(None);
    output.map(Some).map_err(refused)
}

fn split(spec: &str) -> (&str, &str) {
    spec.split_once('=').unwrap_or((spec, ""))
}

fn log(log: &Arc<dyn LogSink>) -> Log {
    let log = Arc::clone(log);
    Arc::new(move |level, source, message, fields| {
        let level = match level {
            plugins::Level::Debug => Level::Debug,
            plugins::Level::Info => Level::Info,
            plugins::Level::Warn => Level::Warn,
            plugins::Level::Error => Level::Error,
        };
        log.log(level, source, message, fields);
    })
}
