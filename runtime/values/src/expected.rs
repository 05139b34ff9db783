//! The one error of everything that parses an option's text: what would have been right.
//!
//! Who asked (a key of the script, an environment variable, a flag) is not known here and is
//! added by the caller, so the message is a fragment that reads after the name of the option.

use std::borrow::Cow;

/// A text is not a value of its type; says what a value looks like.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be {0}")]
pub struct Expected(pub Cow<'static, str>);

impl Expected {
    /// From a fixed description such as `a whole number`.
    pub const fn fixed(what: &'static str) -> Self {
        Self(Cow::Borrowed(what))
    }
}
