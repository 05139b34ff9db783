//! One file per command. Each returns the exit code; what it has to say is said before.

mod build;
mod inspect;
mod run;
mod target;
mod version;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use runner_session::{End, LogSink, Prepared, ScriptSettings, SessionError};

use crate::args::{ArgsError, Cli, Command, RuntimeOptions, ScriptType};
use crate::exit_code::ExitCode;
use crate::log_sink;
use crate::logging::Level;

/// How long a script's init code may take; `RUNNER_INIT_TIMEOUT` (seconds) overrides it.
const INIT_TIMEOUT: Duration = Duration::from_secs(60);

/// Why a command ended without doing what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// Arguments, environment or config file.
    #[error(transparent)]
    Args(#[from] ArgsError),
    /// Reading, planning or running the script.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Anything else, with its exit code.
    #[error("{1}")]
    Other(ExitCode, String),
}

impl CommandError {
    fn exit_code(&self) -> ExitCode {
        match self {
            Self::Args(error) => error.exit_code(),
            Self::Session(error) => exit_code(error.end()),
            Self::Other(code, _) => *code,
        }
    }
}

/// Runs the command line to its exit code.
pub fn run(cli: Cli) -> ExitCode {
    let options = match cli.global.resolve(environment) {
        Ok(options) => options,
        Err(error) => {
            eprintln!("runner: {error}");
            return error.exit_code();
        }
    };
    let console = match &cli.command {
        Command::Run(args) => run::console_output(args),
        _ => None,
    };
    let logger = match log_sink::open(&options, console) {
        Ok(logger) => logger,
        Err(error) => {
            eprintln!("runner: {error}");
            return ExitCode::Other;
        }
    };
    let result = match cli.command {
        Command::Run(args) => run::run(&args, &options, &logger),
        Command::Build(args) => build::build(&args, &logger),
        Command::Inspect(args) => inspect::inspect(&args, &logger),
        Command::Target(args) => target::target(&args),
        Command::Version(args) => Ok(version::version(&args)),
    };
    let code = result.unwrap_or_else(|error| {
        logger.log(Level::Error, "", &error.to_string(), &[]);
        error.exit_code()
    });
    logger.flush();
    code
}

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The number for each way to end.
fn exit_code(end: End) -> ExitCode {
    match end {
        End::Success => ExitCode::Success,
        End::ThresholdsFailed => ExitCode::ThresholdsFailed,
        End::SetupTimeout => ExitCode::SetupTimeout,
        End::TeardownTimeout => ExitCode::TeardownTimeout,
        End::Timeout => ExitCode::Timeout,
        End::InvalidConfig => ExitCode::InvalidConfig,
        End::Signal => ExitCode::Signal,
        End::ScriptException => ExitCode::ScriptException,
        End::ScriptAborted => ExitCode::ScriptAborted,
        End::MarkedAsFailed => ExitCode::MarkedAsFailed,
        End::Other => ExitCode::Other,
    }
}

/// Reads a script and asks it what it is.
async fn prepare(
    file: &Path,
    runtime: &RuntimeOptions,
    log: Arc<dyn LogSink>,
) -> Result<Prepared, CommandError> {
    if runtime.script_type == Some(ScriptType::Archive) {
        let text = "archives are not supported yet; run the script itself".to_owned();
        return Err(CommandError::Other(ExitCode::Other, text));
    }
    let init_timeout = environment("RUNNER_INIT_TIMEOUT")
        .and_then(|seconds| seconds.parse().ok())
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .unwrap_or(INIT_TIMEOUT);
    let settings = ScriptSettings {
        env: script_environment(runtime),
        vu_memory: usize::try_from(runtime.vu_memory).unwrap_or(usize::MAX),
        init_timeout,
        log,
    };
    Ok(Prepared::load(&file.to_string_lossy(), settings).await?)
}

/// The system's variables, where included, under those of `-e`. The last of equal names wins.
fn script_environment(runtime: &RuntimeOptions) -> Vec<(String, String)> {
    let mut variables = std::collections::BTreeMap::new();
    if runtime.include_system_env {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        variables.extend(std::env::vars_os().filter_map(text));
    }
    variables.extend(runtime.env.iter().cloned());
    variables.into_iter().collect()
}

/// Several threads, because VUs keep them busy.
fn threads() -> Result<tokio::runtime::Runtime, CommandError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CommandError::Other(ExitCode::Other, format!("cannot start: {error}")))
}
