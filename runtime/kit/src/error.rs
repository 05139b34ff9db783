//! Why bindings cannot be made.

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
    /// A generator gave up.
    #[error("cannot make bindings of {path}: {reason}")]
    Generator {
        /// As in `Wit`.
        path: String,
        /// The generator's words.
        reason: String,
    },
}
