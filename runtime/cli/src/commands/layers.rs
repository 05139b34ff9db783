//! The layers of options of a command, and the plan that they make. What is probably not meant is
//! said in the log.

use runner_plan::{ConfigFile, Layers, Options, Plan, Warning, consolidate};
use runner_session::{Prepared, SessionError};

use super::CommandError;
use crate::args::{ArgsError, GlobalOptions, load_config};
use crate::logging::{Level, Logger};
use crate::surroundings::variable;

/// What the script says.
pub(super) fn script_options(
    prepared: &Prepared,
    logger: &Logger,
) -> Result<Options, CommandError> {
    let (options, warnings) = Options::from_json(&prepared.description.options, &prepared.name)
        .map_err(|error| SessionError::Config(error.to_string()))?;
    warn(logger, &warnings);
    Ok(options)
}

/// The config file, its options being the lowest layer.
pub(super) fn config_file(
    global: &GlobalOptions,
    logger: &Logger,
) -> Result<ConfigFile, CommandError> {
    let config = load_config(global.config.as_deref(), variable)?;
    warn(logger, &config.warnings);
    Ok(config)
}

/// The layer of `K6_…` variables.
pub(super) fn environment_options(logger: &Logger) -> Result<Options, CommandError> {
    let (options, warnings) = Options::from_env(variable).map_err(ArgsError::from)?;
    warn(logger, &warnings);
    Ok(options)
}

fn warn(logger: &Logger, warnings: &[Warning]) {
    for warning in warnings {
        let detail = warning.detail();
        let fields: Vec<_> = detail
            .iter()
            .map(|detail| ("error", detail.as_str()))
            .collect();
        logger.log(Level::Warning, "", &warning.message(), &fields);
    }
}

pub(super) fn plan(
    layers: Layers,
    prepared: &Prepared,
    logger: &Logger,
) -> Result<Plan, CommandError> {
    let (options, warnings) = consolidate(layers);
    if logger.is_enabled(Level::Debug) {
        let mut shown = options.to_json();
        // Private keys have no place in a log.
        if let Some(auth) = shown.get_mut("tlsAuth").filter(|auth| !auth.is_null()) {
            *auth = "…".into();
        }
        let text = format!("consolidated options: {shown}");
        logger.log(Level::Debug, "", &text, &[]);
    }
    if prepared.description.functions.is_empty() {
        return Err(prepared.no_functions().into());
    }
    let plan = Plan::resolve(&options, &prepared.description.functions)
        .map_err(|error| SessionError::Config(error.to_string()))?;
    warn(logger, &warnings);
    warn(logger, &plan.warnings);
    Ok(plan)
}
