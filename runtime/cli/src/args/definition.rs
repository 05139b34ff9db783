//! Changes the definition of the command line as a whole, so that no flag can forget what k6's
//! users rely on: of a flag given twice the last counts, and a switch takes a value.
//!
//! Lists are not touched: a flag that is a list goes on with what it is given.

use clap::{Arg, ArgAction, Command};

use super::values;

/// The command line with the rules of k6's.
pub(super) fn as_k6_reads(command: Command) -> Command {
    switches(command.args_override_self(true))
}

/// Of the command and of those below it.
fn switches(command: Command) -> Command {
    command
        .mut_args(|arg| match arg.get_action() {
            ArgAction::SetTrue => switch(arg),
            _ => arg,
        })
        .mut_subcommands(switches)
}

/// `--quiet`, and `--quiet=false` too; `--quiet false` would be a file's name.
fn switch(arg: Arg) -> Arg {
    arg.action(ArgAction::Set)
        .num_args(0..=1)
        .require_equals(true)
        .value_name("BOOL")
        .default_missing_value("true")
        .default_value("false")
        .hide_default_value(true)
        .value_parser(values::boolean)
}
