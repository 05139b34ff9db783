//! `runner bindings LANGUAGE`: the code by which programs in C, C++ and Go are compiled for a folder of
//! WIT files.

use std::fs;

use runner_kit::{BindingsLanguage, is_started_once};

use super::CommandError;
use super::print::print;
use super::writing::write;
use crate::args::{BindingsArgs, BindingsFor};
use crate::exit_code::ExitCode;

/// Writes them anew, whatever is there, so that `make` sees that it was done; but for a header that its
/// generator means to be changed.
pub fn bindings(args: &BindingsArgs) -> Result<ExitCode, CommandError> {
    let language = match args.language {
        BindingsFor::C => BindingsLanguage::C,
        BindingsFor::Cpp => BindingsLanguage::Cpp,
        BindingsFor::Go => BindingsLanguage::Go,
    };
    let failed = |text: String| CommandError::Other(ExitCode::Other, text);
    let files = runner_kit::bindings(language, &args.wit, args.world.as_deref());
    let files = files.map_err(|error| failed(error.to_string()))?;
    let count = files.len();
    for (name, text) in files {
        let path = args.output.join(&name);
        if is_started_once(&name) && path.exists() {
            continue;
        }
        // The time of a file that stays as it is counts, too.
        let _ = fs::remove_file(&path);
        write(&path, &text)?;
    }
    print(&format!("{}: {count} files", args.output.display()))?;
    Ok(ExitCode::Success)
}
