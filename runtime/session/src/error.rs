//! Why a command could not do what it was asked, and which kind of failure that is.

use runner_engine::EngineError;
use runner_script::{ModuleError, SMALLEST_SCRIPT, SourceError};
use runner_vu::VuError;
use thiserror::Error;

/// A failure that ends a command.
#[derive(Debug, Error)]
pub enum SessionError {
    /// The file cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The main module cannot be compiled.
    #[error(transparent)]
    Module(#[from] ModuleError),
    /// The component or the machine does not fit.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The script's init code failed.
    #[error(transparent)]
    Script(#[from] VuError),
    /// The script called `exec.test.abort` in its init code.
    #[error("test aborted: {0}")]
    Aborted(String),
    /// Options that cannot be used.
    #[error("{0}")]
    Config(String),
    /// The script exports nothing that can be run.
    #[error("no exported functions in script {name}{}", no_functions(*.is_component))]
    NoFunctions {
        /// As typed.
        name: String,
        /// It is no text that lines could be added to.
        is_component: bool,
    },
    /// What was asked for makes no sense with this file.
    #[error("{0}")]
    Usage(String),
    /// An output cannot be opened.
    #[error(transparent)]
    Output(#[from] runner_outputs::StartError),
    /// A file cannot be written.
    #[error("cannot write {file}: {reason}")]
    Write {
        /// Its path.
        file: String,
        /// What the system says.
        reason: String,
    },
}

/// What would do.
fn no_functions(is_component: bool) -> String {
    if is_component {
        ": its description must name at least one".to_owned()
    } else {
        format!("; what is run must be exported, such as:\n\n{SMALLEST_SCRIPT}")
    }
}

/// How a run or command ended, in the terms of the exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Nothing to complain about.
    Success,
    /// A threshold was crossed.
    ThresholdsFailed,
    /// setup took too long.
    SetupTimeout,
    /// teardown took too long.
    TeardownTimeout,
    /// Init took too long.
    Timeout,
    /// A client of the REST interface stopped the run.
    StoppedByRest,
    /// The options cannot be used.
    InvalidConfig,
    /// A signal ended the run.
    Signal,
    /// Init, setup or teardown threw.
    ScriptException,
    /// The script aborted the run.
    ScriptAborted,
    /// The script marked the run as failed.
    MarkedAsFailed,
    /// Everything else.
    Other,
}

impl SessionError {
    /// Which kind of failure it is.
    pub fn end(&self) -> End {
        match self {
            Self::Module(_) => End::ScriptException,
            Self::Script(VuError::Timeout { .. }) => End::Timeout,
            // Such as `export const setup = 5`.
            Self::Script(error) if error.is_invalid_result() => End::Other,
            Self::Script(
                VuError::Script(_)
                | VuError::Trap(_)
                | VuError::Extension(_)
                | VuError::Memory { .. },
            ) => End::ScriptException,
            Self::Config(_) => End::InvalidConfig,
            Self::Aborted(_) => End::ScriptAborted,
            _ => End::Other,
        }
    }
}
