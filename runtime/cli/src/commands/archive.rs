//! `runner archive FILE`: everything that a script's init code used, in one tar file that runner
//! and k6 run.

use std::fs::{self, File};
use std::io::{BufWriter, stdout};
use std::path::Path;
use std::sync::Arc;

use runner_plan::{Layers, consolidate};
use runner_session::{ArchiveSettings, Prepared};

use super::layers::{config_file, environment_options, plan, script_options};
use super::{CommandError, prepare, threads};
use crate::args::{ArchiveArgs, GlobalOptions};
use crate::exit_code::ExitCode;
use crate::logging::{Level, Logger};
use crate::surroundings::{self, variable};

/// Writes the archive.
pub fn archive(
    args: &ArchiveArgs,
    global: &GlobalOptions,
    logger: &Logger,
) -> Result<ExitCode, CommandError> {
    let runtime = args.runtime(variable)?;
    let config = config_file(global, logger)?;
    let env = environment_options(logger)?;
    let surroundings = surroundings::environment(Arc::new(logger.clone()))?;
    let prepared = threads()?.block_on(prepare(&args.file, &runtime, &surroundings))?;
    let layers = Layers {
        cli: args.options(),
        env,
        script: script_options(&prepared, logger)?,
        config: config.options,
    };
    // What cannot be run is not packed either.
    plan(layers.clone(), &prepared, logger)?;
    let settings = ArchiveSettings {
        options: consolidate(layers).0.to_json(),
        env: !args.exclude_env_vars,
    };
    if args.archive_out.as_os_str() == "-" {
        prepared.archive(settings, BufWriter::new(stdout().lock()))?;
    } else {
        write(&prepared, settings, &args.archive_out)?;
    }
    for name in prepared.extensions() {
        let text = format!(
            "the extension {name} is not in the archive; run it with --ext {name}=FILE.wasm, \
             or where it is found in runner.toml or ./extensions/"
        );
        logger.log(Level::Warning, "", &text, &[]);
    }
    Ok(ExitCode::Success)
}

/// Aside first: a full disk must not leave half an archive under the wanted name.
fn write(prepared: &Prepared, settings: ArchiveSettings, path: &Path) -> Result<(), CommandError> {
    let failed = |error: std::io::Error| {
        let text = format!("cannot write {}: {error}", path.display());
        CommandError::Other(ExitCode::Other, text)
    };
    let mut aside = path.as_os_str().to_owned();
    aside.push(".tmp");
    let aside = Path::new(&aside);
    let file = File::create(aside).map_err(failed)?;
    let written = prepared
        .archive(settings, BufWriter::new(file))
        .map_err(CommandError::from)
        .and_then(|()| fs::rename(aside, path).map_err(failed));
    if written.is_err() {
        // The archive is missing already; that a rest of it stays is not worth a second error.
        let _ = fs::remove_file(aside);
    }
    written
}
