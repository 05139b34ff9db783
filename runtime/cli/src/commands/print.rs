//! What commands say on standard output. A reader that went away (`runner inspect x.js | head`)
//! is no failure; a full disk behind a redirection is.

use std::io::{ErrorKind, Write, stdout};

use super::CommandError;
use crate::exit_code::ExitCode;

/// Prints `text` and a line end.
///
/// # Errors
/// When it cannot be written, unless nobody reads it.
pub fn print(text: &str) -> Result<(), CommandError> {
    let mut out = stdout().lock();
    let written = writeln!(out, "{text}").and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            let message = format!("cannot write to standard output: {error}");
            Err(CommandError::Other(ExitCode::Other, message))
        }
        _ => Ok(()),
    }
}
