//! The command line as Markdown: every command that is not hidden, its arguments and flags with
//! their variables and defaults, and the exit codes.

use std::fmt::Write;

use clap::{Arg, ArgAction, Command, CommandFactory};

use crate::args::Cli;
use crate::exit_code::ExitCode;

const HEAD: &str = "\
<!-- Made of the command line's definition by `make reference`. -->

# Commands

Flags win over environment variables, those over the script's `options`, and those over the config
file. A flag with a value takes it after a space or after `=`.
";

const EXIT_CODES: &str = "
## Exit codes

They are k6's.

| code | meaning |
|---|---|
";

const VARIABLES: &str = "
## Variables without a flag

| variable | meaning |
|---|---|
| `RUNNER_CACHE_DIR` | where compiled code is kept, at most a gigabyte; `$XDG_CACHE_HOME/runner` or `~/.cache/runner` |
| `RUNNER_DATA_DIR` | where extensions of the user are, in its folder `extensions`; `$XDG_DATA_HOME/runner` or `~/.local/share/runner` |
| `RUNNER_INIT_TIMEOUT` | seconds that a script's init code may take; 60 |
| `RUNNER_EXT_TIMEOUT` | seconds that an extension may compute in one call; 10 |
| `RUNNER_OUT_TIMEOUT` | seconds that one call of an output may take; 10 |
| `SSL_CERT_FILE` | root certificates to trust in place of the system's |
| `K6_CSV_FILENAME`, `K6_CSV_SAVE_INTERVAL`, `K6_CSV_TIME_FORMAT` | settings of `--out csv` |
| `RUNNER_HDR_FILENAME`, `RUNNER_HDR_INTERVAL` | settings of `--out hdr` |
";

/// The whole chapter.
pub(super) fn chapter() -> String {
    let mut cli = Cli::command();
    cli.build();
    let mut out = HEAD.to_owned();
    for command in cli.get_subcommands() {
        if !command.is_hide_set() && command.get_name() != "help" {
            section(&mut out, command);
        }
    }
    out.push_str("\n## Global options\n\nEvery command has them.\n");
    table(
        &mut out,
        cli.get_arguments().filter(|arg| arg.is_global_set()),
    );
    out.push_str(VARIABLES);
    out.push_str(EXIT_CODES);
    for code in ExitCode::ALL {
        let _ = writeln!(out, "| {} | {} |", code.code(), code.meaning());
    }
    out
}

fn section(out: &mut String, command: &Command) {
    let _ = writeln!(out, "\n## runner {}\n", command.get_name());
    if let Some(about) = command.get_about() {
        let _ = writeln!(out, "{about}.\n");
    }
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let _ = writeln!(out, "```text\n{usage}\n```");
    let own = |arg: &&Arg| !arg.is_hide_set() && !arg.is_global_set() && arg.get_id() != "help";
    let arguments: Vec<_> = command.get_arguments().filter(own).collect();
    // In the order in which the headings first appear; arguments without a flag come first.
    let mut headings: Vec<Option<&str>> = Vec::new();
    for arg in &arguments {
        let heading = arg.get_help_heading();
        if !headings.contains(&heading) {
            headings.push(heading);
        }
    }
    headings.sort_by_key(Option::is_some);
    for heading in headings {
        if let Some(heading) = heading {
            let _ = writeln!(out, "\n### {heading} of {}", command.get_name());
        }
        let of_heading = arguments
            .iter()
            .copied()
            .filter(|arg| arg.get_help_heading() == heading);
        table(out, of_heading);
    }
    if let Some(examples) = command.get_after_help() {
        let examples = examples.to_string();
        let _ = writeln!(out, "\n```text\n{}\n```", examples.trim_end());
    }
}

fn table<'a>(out: &mut String, arguments: impl Iterator<Item = &'a Arg>) {
    out.push_str("\n| flag | variable | meaning |\n|---|---|---|\n");
    for arg in arguments {
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let (mut help, mut variable) = split_variable(&help.replace('\n', " "));
        if let Some(name) = arg.get_env() {
            variable = name.to_string_lossy().into_owned();
        }
        let values = arg.get_possible_values();
        if !values.is_empty() && arg.get_action().takes_values() {
            let names: Vec<_> = values.iter().map(|value| value.get_name()).collect();
            let _ = write!(help, "; one of {}", names.join(", "));
        }
        if let [default] = arg.get_default_values()
            && arg.get_action().takes_values()
        {
            let _ = write!(help, "; `{}` by default", default.to_string_lossy());
        }
        let variables: Vec<_> = variable
            .split(", ")
            .filter(|name| !name.is_empty())
            .collect();
        let variables: Vec<_> = variables.iter().map(|name| format!("`{name}`")).collect();
        let _ = writeln!(
            out,
            "| {} | {} | {} |",
            flag(arg),
            variables.join(", "),
            cell(&help)
        );
    }
}

/// As it is typed, such as `-u`, `--vus N`.
fn flag(arg: &Arg) -> String {
    let value = arg.get_value_names().and_then(<[_]>::first);
    let Some(long) = arg.get_long() else {
        return format!("`{}`", value.map_or("", |name| name.as_str()));
    };
    let takes = matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
    let optional = arg
        .get_num_args()
        .is_some_and(|range| range.min_values() == 0);
    let value = match (value, takes, optional) {
        (Some(name), true, true) => format!("[={name}]"),
        (Some(name), true, false) => format!(" {name}"),
        _ => String::new(),
    };
    let short = arg
        .get_short()
        .map_or(String::new(), |short| format!("`-{short}`, "));
    cell(&format!("{short}`--{long}{value}`"))
}

/// Takes `[env: NAME]` from the end of a help text.
fn split_variable(help: &str) -> (String, String) {
    match help.rsplit_once("[env: ") {
        Some((text, variable)) if variable.trim_end().ends_with(']') => (
            text.trim_end().to_owned(),
            variable.trim_end().trim_end_matches(']').to_owned(),
        ),
        _ => (help.to_owned(), String::new()),
    }
}

/// Text that stands in a cell of a table: neither a bar nor what looks like a tag.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_of_every_command_is_there_with_its_variable() {
        let chapter = chapter();
        assert!(chapter.contains("| `-u`, `--vus N` | `K6_VUS` | Number of virtual users"));
        assert!(chapter.contains("| `--no-color` | `K6_NO_COLOR`, `NO_COLOR` | No colours |"));
        assert!(chapter.contains("| 99 |"));
        assert!(
            !chapter.contains("runner x\n") && !chapter.contains("[env:"),
            "{chapter}"
        );
        for command in Cli::command().get_subcommands() {
            let listed = chapter.contains(&format!("\n## runner {}\n", command.get_name()));
            assert_eq!(listed, !command.is_hide_set(), "{}", command.get_name());
            if listed {
                let shown = command.get_arguments().filter(|arg| !arg.is_hide_set());
                for long in shown.filter_map(Arg::get_long) {
                    assert!(chapter.contains(&format!("`--{long}")), "{long}");
                }
            }
        }
    }
}
