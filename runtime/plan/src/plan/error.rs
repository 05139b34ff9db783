//! Why options cannot become a plan. All of them mean exit code 104 (invalid configuration).

use std::fmt;

/// Options that contradict each other or ask for the impossible.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Two ways to say what runs, in one layer.
    #[error("using `{first}` and `{second}` options simultaneously is not allowed")]
    Conflict {
        /// One key.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
    /// `duration` is zero or negative.
    #[error(
        "`duration` option should be more than 0, for infinite duration use the \
         externally-controlled executor"
    )]
    DurationNotPositive,
    /// Everything else, all of it at once.
    #[error("{}", Problems(.0))]
    Invalid(Vec<String>),
}

/// The heading and list that k6 prints.
struct Problems<'a>(&'a [String]);

impl fmt::Display for Problems<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("There were problems with the specified script configuration:")?;
        self.0
            .iter()
            .try_for_each(|problem| write!(f, "\n\t- {problem}"))
    }
}
