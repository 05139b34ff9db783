//! Why a command gave nothing; the same cases as `failure` in the WIT.

use thiserror::Error;

/// Messages are for the user and never hold a password.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Failure {
    /// The server's own words.
    #[error("server: {0}")]
    Server(String),
    /// None could be made, or it broke.
    #[error("connection: {0}")]
    Connection(String),
    /// Nothing came in time.
    #[error("timeout: {0}")]
    Timeout(String),
    /// No reply, or not one to this command.
    #[error("protocol: {0}")]
    Protocol(String),
    /// An option or argument.
    #[error("invalid: {0}")]
    Invalid(String),
}
