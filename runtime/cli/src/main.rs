//! The `runner` command: reads the command line, runs one command, ends with its exit code.

// A reader that goes away must not become a panic: `commands::print` and the log survive that.
#![deny(clippy::print_stdout, clippy::print_stderr)]
#![allow(
    clippy::disallowed_methods,
    reason = "the binary is where the process is asked what it has"
)]

mod args;
mod commands;
mod exit_code;
mod local_time;
mod log_sink;
mod logging;
mod panics;
mod signals;
mod surroundings;
mod terminal;
mod ui;
mod words;

use std::io::{IsTerminal, Write, stderr, stdout};

use exit_code::ExitCode;

fn main() -> std::process::ExitCode {
    panics::guard(start).into()
}

fn start() -> ExitCode {
    let coloured = stdout().is_terminal() && ui::use_color(false);
    match args::parse(std::env::args_os(), coloured) {
        Ok(cli) => commands::run(cli),
        Err(stop) => {
            // A closed pipe is the reader's wish not to read on.
            let _ = if stop.to_stdout {
                stdout().write_all(stop.text.as_bytes())
            } else {
                stderr().write_all(stop.text.as_bytes())
            };
            stop.code
        }
    }
}
