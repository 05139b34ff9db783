//! Takes from clap's errors what does not help.
//!
//! - "to pass '--nonsense' as a value, use '-- --nonsense'", which is never what was meant: the one
//!   positional argument is a file.
//! - hidden commands, where all commands are listed because none was given.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory};

use super::Cli;

/// Changes an error before it is shown.
pub(super) fn explain(error: &mut clap::Error) {
    match error.kind() {
        ErrorKind::UnknownArgument => drop_escape(error),
        ErrorKind::MissingSubcommand => drop_hidden(error),
        _ => {}
    }
}

fn drop_hidden(error: &mut clap::Error) {
    let Some(ContextValue::Strings(names)) = error.get(ContextKind::ValidSubcommand) else {
        return;
    };
    let cli = Cli::command();
    let is_hidden = |name: &String| cli.find_subcommand(name).is_some_and(Command::is_hide_set);
    let shown: Vec<_> = names
        .iter()
        .filter(|name| !is_hidden(name))
        .cloned()
        .collect();
    error.insert(ContextKind::ValidSubcommand, ContextValue::Strings(shown));
}

fn drop_escape(error: &mut clap::Error) {
    let is_escape = matches!(
        error.get(ContextKind::Suggested),
        Some(ContextValue::StyledStrs(tips))
            if tips.iter().any(|tip| tip.to_string().contains("as a value, use"))
    );
    if is_escape {
        error.remove(ContextKind::Suggested);
    }
}
