//! One file per command. Each returns the exit code; what it has to say is said before.

mod archive;
mod bindings;
mod build;
mod completion;
mod control;
mod deps;
mod features;
mod inspect;
mod layers;
mod manual;
mod new;
mod outputs;
mod print;
mod removed;
mod rest;
mod run;
mod source;
mod target;
mod types;
mod version;
mod wit;
mod writing;

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use runner_session::{End, Environment, Prepared, ScriptSettings, SessionError};

use crate::args::{ArgsError, Cli, Command, RuntimeOptions};
use crate::exit_code::ExitCode;
use crate::log_sink;
use crate::logging::Level;
use crate::surroundings::variable;
use crate::ui::Screen;

/// How long a script's init code may take; `RUNNER_INIT_TIMEOUT` (seconds) overrides it.
const INIT_TIMEOUT: Duration = Duration::from_secs(60);

/// How long an extension may compute in one call without waiting or returning;
/// `RUNNER_EXT_TIMEOUT` (seconds) overrides it.
const EXTENSION_BUSY: Duration = Duration::from_secs(10);

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
    let options = match cli.global.resolve(variable) {
        Ok(options) => options,
        Err(error) => {
            complain(&error);
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
            complain(&error);
            return ExitCode::Other;
        }
    };
    if let Some(screen) = Screen::of_stderr().filter(|_| !options.quiet) {
        logger.attach(screen);
    }
    let version = env!("CARGO_PKG_VERSION");
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    let hello = format!("runner {version} ({os}/{arch})");
    logger.log(Level::Debug, "", &hello, &[]);
    let result = match cli.command {
        Command::Run(args) => run::run(&args, &options, &logger),
        Command::Build(args) => build::build(&args, &logger),
        Command::Inspect(args) => inspect::inspect(&args, &options, &logger),
        Command::Archive(args) => archive::archive(&args, &options, &logger),
        Command::Deps(args) => deps::deps(&args, &logger),
        Command::New(args) => new::new(&args),
        Command::Types(args) => types::types(&args, &logger),
        Command::Wit(args) => wit::wit(&args),
        Command::Bindings(args) => bindings::bindings(&args),
        Command::Features(args) => features::features(&args),
        Command::Completion(args) => completion::completion(&args),
        Command::Manual(args) => manual::manual(&args),
        Command::X(args) => removed::x(&args),
        Command::Cloud(args) => removed::cloud(&args),
        Command::Login(_) => removed::login(),
        Command::Target(args) => target::target(&args),
        Command::Status => control::status(&options),
        Command::Pause => control::pause(&options, true),
        Command::Resume => control::pause(&options, false),
        Command::Scale(args) => control::scale(&options, args),
        Command::Stats => control::stats(&options),
        Command::Version(args) => version::version(&args),
    };
    let code = result.unwrap_or_else(|error| {
        logger.log(Level::Error, "", &error.to_string(), &[]);
        error.exit_code()
    });
    logger.flush();
    code
}

/// Before there is a log.
fn complain(error: &dyn std::fmt::Display) {
    // Where nobody reads, the exit code has to do.
    let _ = writeln!(std::io::stderr(), "runner: {error}");
}

/// The number for each way to end.
fn exit_code(end: End) -> ExitCode {
    match end {
        End::Success => ExitCode::Success,
        End::ThresholdsFailed => ExitCode::ThresholdsFailed,
        End::SetupTimeout => ExitCode::SetupTimeout,
        End::TeardownTimeout => ExitCode::TeardownTimeout,
        End::Timeout => ExitCode::Timeout,
        End::StoppedByRest => ExitCode::StoppedByRest,
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
    surroundings: &Environment,
) -> Result<Prepared, CommandError> {
    let source = source::open(file, runtime.script_type, surroundings)?;
    let init_timeout = seconds("RUNNER_INIT_TIMEOUT").unwrap_or(INIT_TIMEOUT);
    let settings = ScriptSettings {
        env: source::environment(&source, runtime, surroundings),
        js: source::javascript(&source, runtime),
        vu_memory: usize::try_from(runtime.vu_memory).unwrap_or(usize::MAX),
        init_timeout,
        fork: runtime.fork,
        extensions: runtime.extensions.clone(),
        extension_busy: seconds("RUNNER_EXT_TIMEOUT").unwrap_or(EXTENSION_BUSY),
    };
    Ok(Prepared::load(source, settings, surroundings).await?)
}

/// A duration of the environment, in seconds.
fn seconds(name: &str) -> Option<Duration> {
    let seconds = variable(name)?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// Several threads, because VUs keep them busy.
fn threads() -> Result<tokio::runtime::Runtime, CommandError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CommandError::Other(ExitCode::Other, format!("cannot start: {error}")))
}
