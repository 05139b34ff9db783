//! Makes the outputs of a run, and writes the summary's file.

use std::path::Path;

use std::time::Duration;

use runner_plan::Plan;
use runner_session::{Outputs, Prepared, Surroundings, create_outputs};
use serde_json::{Map, Value};

use super::{CommandError, seconds};
use crate::args::OutputArgs;
use crate::logging::{Level, Logger};
use crate::surroundings::variable;

/// How long one call of an output that is a component may take; `RUNNER_OUT_TIMEOUT` (seconds) overrides it.
const COMPONENT_CALL: Duration = Duration::from_secs(10);

/// The outputs that flags, environment and config file (its `out` and `collectors`) ask for;
/// nothing is opened yet.
pub(super) fn create(
    args: &OutputArgs,
    (out, collectors): (Option<&[String]>, &Map<String, Value>),
    prepared: &Prepared,
    plan: &Plan,
) -> Result<Outputs, CommandError> {
    let surroundings = Surroundings {
        env: &variable,
        collectors,
    };
    let specs = args.resolve(out, variable);
    let call = seconds("RUNNER_OUT_TIMEOUT").unwrap_or(COMPONENT_CALL);
    let outputs = create_outputs(&specs, &surroundings, prepared, plan, call)?;
    Ok(outputs)
}

/// Writes the text for `--summary-export` or `--junit`; whether that worked.
pub(super) fn export_summary(flag: &str, file: &Path, text: &str, logger: &Logger) -> bool {
    let written = std::fs::write(file, text);
    if let Err(error) = &written {
        let message = format!("{flag}: cannot write {}: {error}", file.display());
        logger.log(Level::Error, "", &message, &[]);
    }
    written.is_ok()
}
