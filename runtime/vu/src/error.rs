//! How calls into a script end badly.

use std::fmt;
use std::time::Duration;

use runner_engine::Trapped;
use runner_host::{Failure, FailureKind};
use thiserror::Error;

/// What the script itself reported.
///
/// Shown as k6 shows it: the message, then one indented line per frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptError {
    /// Whether it is the source, an exception, or something missing.
    pub kind: ScriptErrorKind,
    /// Its message, such as `Error: boom`.
    pub message: String,
    /// Frames, one per line, in the user's own positions; may be empty.
    pub stack: String,
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        for frame in self.stack.lines() {
            write!(f, "\n\t{}", frame.trim_start())?;
        }
        if self.stack.is_empty() {
            Ok(())
        } else {
            f.write_str("\n")
        }
    }
}

impl std::error::Error for ScriptError {}

/// The cases of [`ScriptError`].
pub type ScriptErrorKind = FailureKind;

impl From<Failure> for ScriptError {
    fn from(failure: Failure) -> Self {
        Self {
            kind: failure.kind,
            message: failure.message,
            stack: failure.stack,
        }
    }
}

/// Why a call into a VU gave no result.
#[derive(Debug, Error)]
pub enum VuError {
    /// The script reported an error; its instance can go on.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// The VU wanted more memory than it may have; its instance is gone.
    #[error("the VU exceeded its memory limit of {} MiB; raise it with --vu-memory", bytes >> 20)]
    Memory {
        /// The limit.
        bytes: usize,
    },
    /// The instance trapped, and is gone.
    #[error("the script trapped: {0}")]
    Trap(Trapped),
    /// An extension that a compiled script called failed, and the instance is gone. The text names
    /// the extension.
    #[error("{0}")]
    Extension(String),
    /// It took too long, and the instance is gone.
    #[error("{what}() execution timed out after {} seconds", limit.as_secs_f64())]
    Timeout {
        /// Which function.
        what: &'static str,
        /// How long it was given.
        limit: Duration,
    },
    /// The instance could not be made.
    #[error("a VU could not be started: {0}")]
    Start(String),
}

impl VuError {
    /// The message without frames, and these, one per line.
    pub(crate) fn parts(&self) -> (String, String) {
        match self {
            Self::Script(error) => (error.message.clone(), error.stack.clone()),
            other => {
                let text = other.to_string();
                match text.split_once("\n\t") {
                    Some((message, frames)) => (message.to_owned(), frames.to_owned()),
                    None => (text, String::new()),
                }
            }
        }
    }

    /// True where the script ran, and what it returned cannot be used: NaN, a rejected promise.
    pub fn is_invalid_result(&self) -> bool {
        matches!(self, Self::Script(script) if script.kind == ScriptErrorKind::InvalidResult)
    }
}
