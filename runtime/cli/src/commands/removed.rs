//! Commands of k6 that runner has not: what they were for, and what to do instead. All end as an
//! unknown command does.

use super::CommandError;
use crate::args::RemovedArgs;
use crate::exit_code::ExitCode;

fn gone(text: &str) -> Result<ExitCode, CommandError> {
    Err(CommandError::Other(ExitCode::Other, text.to_owned()))
}

/// `runner x`: in k6, commands of extensions that were built into it.
pub fn x(args: &RemovedArgs) -> Result<ExitCode, CommandError> {
    let name = args.rest.first().map(|name| name.to_string_lossy());
    let asked = name.map_or(String::new(), |name| format!(" \"{name}\""));
    gone(&format!(
        "there is no extension command{asked}: extensions of runner are WebAssembly components \
         that a script imports, and nothing is built into the binary; a command of your own is a \
         program of its own"
    ))
}

/// `runner cloud …`.
pub fn cloud(args: &RemovedArgs) -> Result<ExitCode, CommandError> {
    let file = args
        .rest
        .iter()
        .filter_map(|arg| arg.to_str())
        .find(|arg| !arg.starts_with('-') && arg.contains('.'));
    let hint = match file {
        Some(file) => format!("`runner run {file}` runs it on this machine"),
        None => {
            "`runner run FILE` runs a test on this machine, `runner archive FILE` packs it for \
                 another"
                .to_owned()
        }
    };
    gone(&format!(
        "runner does not talk to Grafana Cloud, so there is no command \"cloud\"; {hint}"
    ))
}

/// `runner login …`.
pub fn login() -> Result<ExitCode, CommandError> {
    gone(
        "there is no command \"login\": runner has no accounts; outputs take their credentials \
         from environment variables",
    )
}
