//! Makes the outputs of a run, and writes the summary's file.

use std::path::Path;

use runner_plan::ConfigFile;
use runner_session::{Outputs, Surroundings, create_output};

use super::{CommandError, environment};
use crate::args::OutputArgs;
use crate::exit_code::ExitCode;
use crate::logging::{Level, Logger};

/// The outputs that flags, environment and config file ask for; nothing is opened yet.
pub(super) fn create(args: &OutputArgs, config: &ConfigFile) -> Result<Outputs, CommandError> {
    let surroundings = Surroundings {
        env: &environment,
        collectors: &config.collectors,
    };
    let outputs: Result<Vec<_>, _> = args
        .resolve(config.out.as_deref(), environment)
        .iter()
        .map(|spec| create_output(spec, &surroundings))
        .collect();
    outputs
        .map(Outputs)
        .map_err(|error| CommandError::Other(ExitCode::Other, error.to_string()))
}

/// Writes the text for `--summary-export`; whether that worked.
pub(super) fn export_summary(file: &Path, text: &str, logger: &Logger) -> bool {
    let written = std::fs::write(file, text);
    if let Err(error) = &written {
        let message = format!("--summary-export: cannot write {}: {error}", file.display());
        logger.log(Level::Error, "", &message, &[]);
    }
    written.is_ok()
}
