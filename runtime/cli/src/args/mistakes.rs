//! Takes from clap's errors what does not help.

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Leaves out "to pass '--nonsense' as a value, use '-- --nonsense'", which is never what was
/// meant: the one positional argument is a file.
pub(super) fn explain(error: &mut clap::Error) {
    if error.kind() != ErrorKind::UnknownArgument {
        return;
    }
    let is_escape = matches!(
        error.get(ContextKind::Suggested),
        Some(ContextValue::StyledStrs(tips))
            if tips.iter().any(|tip| tip.to_string().contains("as a value, use"))
    );
    if is_escape {
        error.remove(ContextKind::Suggested);
    }
}
