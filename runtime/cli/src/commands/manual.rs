//! `runner manual`: the command line as man pages and as a chapter of the book, made from its own
//! definition and so never behind. Hidden: packages and the book are made with it.

mod markdown;

use std::path::Path;

use clap::CommandFactory;

use super::CommandError;
use super::print::print;
use crate::args::{Cli, ManualArgs};
use crate::exit_code::ExitCode;

/// Writes the man pages into a folder, or prints the chapter.
pub fn manual(args: &ManualArgs) -> Result<ExitCode, CommandError> {
    if args.markdown {
        print(markdown::chapter().trim_end())?;
    }
    if let Some(folder) = &args.folder {
        man_pages(folder)?;
    }
    Ok(ExitCode::Success)
}

fn man_pages(folder: &Path) -> Result<(), CommandError> {
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Cli::command(), folder));
    written.map_err(|error| {
        let message = format!("cannot write man pages to {}: {error}", folder.display());
        CommandError::Other(ExitCode::Other, message)
    })
}
