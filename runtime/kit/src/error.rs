//! Why bindings cannot be made, or not be used.

/// Bad WIT, mostly.
#[derive(Debug, thiserror::Error)]
pub enum KitError {
    /// WIT files that cannot be used.
    #[error("cannot use the WIT in {path}: {reason}")]
    Wit {
        /// The folder or file as the user named it.
        path: String,
        /// What is wrong, with the place in the text.
        reason: String,
    },
    /// A module whose bindings are of another time.
    #[error(
        "cannot make a component of {file}: it was compiled for another WIT than is in {wit}; write the \
         bindings anew (make bindings, or runner bindings) and compile again"
    )]
    Stale {
        /// The module as the user named it.
        file: String,
        /// The folder or file as the user named it.
        wit: String,
    },
    /// A generator gave up.
    #[error("cannot make bindings of {path}: {reason}")]
    Generator {
        /// As in `Wit`.
        path: String,
        /// The generator's words.
        reason: String,
    },
}
