//! `runner wit DIR`: WIT files as tools for every language want them: the contract's packages and WASI's
//! in `deps/`, and beside it a world to start from, where there is none yet.

use std::fs;
use std::path::Path;

use super::CommandError;
use super::print::print;
use super::writing::{write, write_all};
use crate::args::{ProjectKind, WitArgs};
use crate::exit_code::ExitCode;

const SCRIPT: &str = "package local:test;

world script {
    include runner:worlds/script;
    // What else a script may import, such as WASI's sockets, is in deps/.
}
";
const EXTENSION: &str = "package local:my-extension;

interface api {
    // What scripts can call.
    answer: func() -> u32;
}

world plugin {
    include runner:worlds/extension;
    // What else an extension may import, such as WASI's sockets, is in deps/.

    export api;
}
";
const OUTPUT: &str = "package local:my-output;

world plugin {
    include runner:worlds/output;
}
";

/// Writes the folder.
pub fn wit(args: &WitArgs) -> Result<ExitCode, CommandError> {
    let deps = args.dir.join("deps");
    let files = files()?;
    write_all(
        &deps,
        files.iter().map(|(path, text)| (&**path, text.as_bytes())),
    )?;
    let (name, text) = match args.kind {
        ProjectKind::Script => ("script.wit", SCRIPT),
        ProjectKind::Extension => ("extension.wit", EXTENSION),
        ProjectKind::Output => ("output.wit", OUTPUT),
    };
    let mut said = format!("{}: {} files", deps.display(), files.len());
    if !has_wit(&args.dir) {
        let file = args.dir.join(name);
        write(&file, text.as_bytes())?;
        said = format!("{said}\n{}", file.display());
    }
    print(&said)?;
    Ok(ExitCode::Success)
}

/// Everything in `deps/`.
pub fn files() -> Result<Vec<(String, String)>, CommandError> {
    runner_kit::wit_files().map_err(|error| CommandError::Other(ExitCode::Other, error.to_string()))
}

fn has_wit(folder: &Path) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths = entries.map(|entry| entry.path());
    paths.any(|path| path.extension().is_some_and(|ending| ending == "wit"))
}
