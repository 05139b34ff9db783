//! `runner completion SHELL`: made from the command line's own definition, and so never behind.

use std::io::{Write, stdout};

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use super::CommandError;
use crate::args::{Cli, CompletionArgs};
use crate::exit_code::ExitCode;

/// Prints the shell's script.
pub fn completion(args: &CompletionArgs) -> Result<ExitCode, CommandError> {
    let shell = match args.shell.as_str() {
        "fish" => Shell::Fish,
        "powershell" => Shell::PowerShell,
        "zsh" => Shell::Zsh,
        _ => Shell::Bash,
    };
    // To memory first: a closed pipe is the reader's wish, and `generate` would panic at it.
    let mut script = Vec::new();
    generate(shell, &mut Cli::command(), "runner", &mut script);
    let _ = stdout().write_all(&script);
    Ok(ExitCode::Success)
}
