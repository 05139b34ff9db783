//! Exit codes of the `runner` command: the same numbers as k6's, because pipelines test for
//! them. They are part of the interface and never change.

/// How the command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
#[allow(
    dead_code,
    reason = "the list is complete, also where no command ends that way yet"
)]
pub enum ExitCode {
    /// Everything went well, all thresholds held.
    Success = 0,
    /// A run in the cloud failed or was aborted.
    CloudRunFailed = 97,
    /// The progress of a run in the cloud could not be followed any more.
    CloudProgressLost = 98,
    /// At least one threshold was crossed.
    ThresholdsFailed = 99,
    /// `setup()` took longer than `setupTimeout`.
    SetupTimeout = 100,
    /// `teardown()` took longer than `teardownTimeout`.
    TeardownTimeout = 101,
    /// Something else took too long, such as the script's init code.
    Timeout = 102,
    /// The REST interface ended the run.
    StoppedByRest = 103,
    /// Options, environment variables or the config file cannot be used.
    InvalidConfig = 104,
    /// A signal such as Ctrl-C ended the run.
    Signal = 105,
    /// The REST interface could not start.
    CannotStartRest = 106,
    /// The script cannot be compiled, or threw outside an iteration; with `--fail-on-exceptions`
    /// also where it threw in one.
    ScriptException = 107,
    /// The script ended the run with `exec.test.abort()`.
    ScriptAborted = 108,
    /// A defect of the program itself.
    Panic = 109,
    /// The script failed the run with `exec.test.fail()`.
    MarkedAsFailed = 110,
    /// Everything else: a wrong flag, a missing file, a script without functions.
    Other = 255,
}

impl ExitCode {
    /// Every code there is, ascending.
    pub const ALL: [Self; 16] = [
        Self::Success,
        Self::CloudRunFailed,
        Self::CloudProgressLost,
        Self::ThresholdsFailed,
        Self::SetupTimeout,
        Self::TeardownTimeout,
        Self::Timeout,
        Self::StoppedByRest,
        Self::InvalidConfig,
        Self::Signal,
        Self::CannotStartRest,
        Self::ScriptException,
        Self::ScriptAborted,
        Self::Panic,
        Self::MarkedAsFailed,
        Self::Other,
    ];

    /// What it tells, for the manual.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Success => "everything went well, all thresholds held",
            Self::CloudRunFailed => "k6: a run in the cloud failed; never used here",
            Self::CloudProgressLost => "k6: a run in the cloud was lost sight of; never used here",
            Self::ThresholdsFailed => "at least one threshold was crossed",
            Self::SetupTimeout => "`setup()` took longer than `setupTimeout`",
            Self::TeardownTimeout => "`teardown()` took longer than `teardownTimeout`",
            Self::Timeout => "something else took too long, such as the script's init code",
            Self::StoppedByRest => "the run was stopped through the REST API",
            Self::InvalidConfig => {
                "options, environment variables or the config file cannot be used"
            }
            Self::Signal => "a signal such as Ctrl-C ended the run",
            Self::CannotStartRest => "the REST API could not start",
            Self::ScriptException => "the script cannot be compiled, or threw outside an iteration",
            Self::ScriptAborted => "the script ended the run with `exec.test.abort()`",
            Self::Panic => "a defect of runner itself",
            Self::MarkedAsFailed => "the script failed the run with `exec.test.fail()`",
            Self::Other => {
                "everything else: a wrong flag, a missing file, a script without functions, samples \
                 that an output lost"
            }
        }
    }

    /// The number that the shell sees.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_k6() {
        let codes: Vec<_> = ExitCode::ALL.iter().map(|code| code.code()).collect();
        let expected = [
            0, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 255,
        ];
        assert_eq!(codes, expected);
        assert_eq!(ExitCode::ThresholdsFailed.code(), 99);
        assert_eq!(ExitCode::InvalidConfig.code(), 104);
        assert_eq!(ExitCode::Signal.code(), 105);
        assert_eq!(ExitCode::ScriptException.code(), 107);
        assert_eq!(ExitCode::ScriptAborted.code(), 108);
        assert_eq!(ExitCode::Other.code(), 255);
    }
}
