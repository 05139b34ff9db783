//! Says what will have been meant by a command line that is wrong, and takes from clap's errors
//! what does not help:
//!
//! - "to pass '--nonsense' as a value, use '-- --nonsense'", which is never what was meant: the one
//!   positional argument is a file.
//! - hidden commands, where all commands are listed because none was given.

use std::ffi::OsString;
use std::path::Path;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory};
use runner_hints::near;

use super::Cli;

/// Endings of what `runner run` takes.
const SCRIPTS: [&str; 7] = ["js", "mjs", "cjs", "ts", "mts", "wasm", "tar"];

/// Flags that k6 has or had, and what there is in their place.
const GONE: [(&str, &str); 12] = [
    (
        "--no-summary",
        "use --summary-mode=disabled, or -q to leave out everything but the summary",
    ),
    ("--upload-only", CLOUD),
    ("--no-archive-upload", CLOUD),
    (
        "--local-execution",
        "runner always runs a test on this machine",
    ),
    ("--exit-on-running", CLOUD),
    ("--show-logs", CLOUD),
    ("--token", CLOUD),
    (
        "--secret-source",
        "k6/secrets is not there yet; pass a secret with -e NAME=VALUE or as a variable of the \
         environment, and read it from __ENV",
    ),
    (
        "--traces-output",
        "there are no traces yet; --out writes every sample",
    ),
    (
        "--profiling-enabled",
        "it served Go's profiler; perf shows what runner does",
    ),
    ("--max", MAX_VUS),
    ("--max-vus", MAX_VUS),
];
const CLOUD: &str = "runner does not talk to Grafana Cloud";
const MAX_VUS: &str = "the most VUs are an option of a scenario, maxVUs";

/// Changes an error before it is shown. `arguments` begin with the program's name.
pub(super) fn explain(error: &mut clap::Error, arguments: &[OsString]) {
    let arguments: Vec<_> = arguments
        .iter()
        .skip(1)
        .map(|a| a.to_string_lossy())
        .collect();
    let words: Vec<&str> = arguments.iter().map(AsRef::as_ref).collect();
    match error.kind() {
        ErrorKind::UnknownArgument => drop_escape(error),
        ErrorKind::InvalidSubcommand => add_near_commands(error),
        ErrorKind::MissingSubcommand => drop_hidden(error),
        _ => {}
    }
    if let Some(tip) = tip(error, &words) {
        let tips = ContextValue::StyledStrs(vec![StyledStr::from(tip)]);
        error.insert(ContextKind::Suggested, tips);
        // What is known better than by likeness; the usage would show the flag that is alike.
        if error.remove(ContextKind::SuggestedArg).is_some() {
            error.remove(ContextKind::Usage);
        }
    }
}

/// clap has its own idea of likeness, by which `rnu` is not like `run`.
fn add_near_commands(error: &mut clap::Error) {
    let Some(ContextValue::String(written)) = error.get(ContextKind::InvalidSubcommand) else {
        return;
    };
    let cli = Cli::command();
    let shown = cli
        .get_subcommands()
        .filter(|command| !command.is_hide_set());
    let near = near(written, shown.map(Command::get_name));
    let near: Vec<String> = near.into_iter().map(str::to_owned).collect();
    if !near.is_empty() && error.get(ContextKind::SuggestedSubcommand).is_none() {
        let near = ContextValue::Strings(near);
        error.insert(ContextKind::SuggestedSubcommand, near);
    }
}

fn tip(error: &clap::Error, words: &[&str]) -> Option<String> {
    let named = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let kind = error.kind();
    let is_run = match kind {
        ErrorKind::InvalidSubcommand => {
            named(ContextKind::InvalidSubcommand).is_some_and(is_script)
        }
        ErrorKind::UnknownArgument => {
            !words.iter().any(|word| is_command(word)) && words.iter().any(|word| is_script(word))
        }
        _ => false,
    };
    if is_run {
        return Some(format!("to run a script: runner run {}", words.join(" ")));
    }
    if let Some(tip) = words.iter().find_map(|word| one_dash(word)) {
        return Some(tip);
    }
    if kind != ErrorKind::UnknownArgument {
        return None;
    }
    let argument = named(ContextKind::InvalidArg)?;
    if !argument.starts_with('-') {
        let text = "a run has one script, and a flag's value stands behind the flag";
        return Some(text.to_owned());
    }
    let flag = argument.split('=').next().unwrap_or(argument);
    let (_, instead) = GONE.iter().find(|(gone, _)| *gone == flag)?;
    Some(format!(
        "{flag} is a flag of k6 that runner has not: {instead}"
    ))
}

/// The name of a command, of a hidden one too.
fn is_command(word: &str) -> bool {
    word == "help" || Cli::command().find_subcommand(word).is_some()
}

/// A file or address that `run` takes, by its name.
fn is_script(word: &str) -> bool {
    let ending = Path::new(word)
        .extension()
        .and_then(|ending| ending.to_str());
    !word.starts_with('-')
        && (word.starts_with("https://")
            || ending.is_some_and(|ending| SCRIPTS.contains(&ending))
            || Path::new(word).is_file())
}

/// `-vus 5`, which are the short flags `-v` and `-u` with the value `s`.
fn one_dash(word: &str) -> Option<String> {
    let name = word.strip_prefix('-')?.split('=').next()?;
    let cli = Cli::command();
    let mut flags = cli
        .find_subcommand("run")?
        .get_arguments()
        .chain(cli.get_arguments());
    let is_flag = name.len() > 1 && flags.any(|arg| arg.get_long() == Some(name));
    is_flag.then(|| format!("--{name} has two dashes"))
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
