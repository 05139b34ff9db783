//! The `runner` command: reads the command line, runs one command, ends with its exit code.

mod args;
mod commands;
mod exit_code;
mod log_sink;
mod logging;
mod ui;

use std::io::{IsTerminal, Write, stderr, stdout};

fn main() -> std::process::ExitCode {
    let coloured = stdout().is_terminal() && ui::use_color(false);
    let code = match args::parse(std::env::args_os(), coloured) {
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
    };
    std::process::ExitCode::from(code.code())
}
