//! How a function of a script fails.

use std::fmt;

/// Why an iteration, `setup` or `teardown` failed. `?` turns every [`std::error::Error`] into
/// one, with the causes in its text.
///
/// ```no_run
/// use runner_sdk::prelude::*;
///
/// fn iteration() -> Result {
///     let id: u32 = env("ID").unwrap_or("1").parse()?;
///     if id == 0 {
///         return Err(fail("ID must not be 0"));
///     }
///     Ok(())
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Error {
    message: String,
}

/// The result of a function of a script: `Result` alone for those that return nothing.
pub type Result<T = (), E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error with that text.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }

    /// What went wrong.
    pub fn message(&self) -> &str {
        &self.message
    }
}

/// An error with that text: `return Err(fail("no token"))`.
pub fn fail(message: impl Into<String>) -> Error {
    Error::new(message)
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

// `Error` itself is no `std::error::Error`: it would be its own source here.
impl<E: std::error::Error> From<E> for Error {
    fn from(error: E) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            message.push_str(": ");
            message.push_str(&cause.to_string());
            source = cause.source();
        }
        Self { message }
    }
}

/// Says what was being done when something failed.
///
/// ```no_run
/// # use runner_sdk::prelude::*;
/// # fn f() -> Result {
/// let users = data::read("users.csv").context("cannot read the users")?;
/// let first = users.split(|b| *b == b'\n').next().context("there is no user")?;
/// # Ok(()) }
/// ```
pub trait ResultExt<T> {
    /// Puts `what` before the error's own text.
    ///
    /// # Errors
    /// The same as before, with more text; `what` alone for an empty [`Option`].
    fn context(self, what: &str) -> Result<T>;
}

impl<T, E: Into<Error>> ResultExt<T> for std::result::Result<T, E> {
    fn context(self, what: &str) -> Result<T> {
        self.map_err(|e| Error {
            message: format!("{what}: {}", e.into().message),
        })
    }
}

impl<T> ResultExt<T> for Option<T> {
    fn context(self, what: &str) -> Result<T> {
        self.ok_or_else(|| Error::new(what))
    }
}

/// What a function of a script may return: nothing, or a `Result` with an error that can be
/// printed.
pub trait Outcome {
    /// What the function returns when it succeeds.
    type Value;

    /// The value, or the text of the error.
    ///
    /// # Errors
    /// The function returned an error.
    fn outcome(self) -> std::result::Result<Self::Value, String>;
}

impl Outcome for () {
    type Value = ();

    fn outcome(self) -> std::result::Result<(), String> {
        Ok(())
    }
}

impl<T, E: fmt::Display> Outcome for std::result::Result<T, E> {
    type Value = T;

    fn outcome(self) -> std::result::Result<T, String> {
        // The alternate form: anyhow prints its causes only there.
        self.map_err(|e| format!("{e:#}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_in_the_text() {
        let error = "x".parse::<u32>().map_err(Error::from).err();
        assert_eq!(
            error.as_ref().map(Error::message),
            Some("invalid digit found in string")
        );
        let none: Option<u8> = None;
        assert_eq!(none.context("no byte"), Err(fail("no byte")));
        let wrapped = "x".parse::<u32>().context("bad ID");
        assert_eq!(wrapped, Err(fail("bad ID: invalid digit found in string")));
    }
}
