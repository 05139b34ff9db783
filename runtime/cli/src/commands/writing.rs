//! Writing folders of generated files: only what changed, so that `make` has nothing to do where
//! nothing did.

use std::fs;
use std::path::Path;

use super::CommandError;
use crate::exit_code::ExitCode;

/// Writes `files` below `folder`. Files with other names are left alone.
///
/// # Errors
/// For what cannot be written, by name.
pub fn write_all<'a>(
    folder: &Path,
    files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
) -> Result<(), CommandError> {
    for (path, content) in files {
        write(&folder.join(path), content)?;
    }
    Ok(())
}

/// Writes one file with the folders above it, unless it has that content.
///
/// # Errors
/// As [`write_all`].
pub fn write(path: &Path, content: &[u8]) -> Result<(), CommandError> {
    if fs::read(path).is_ok_and(|there| there == content) {
        return Ok(());
    }
    let folder = path.parent();
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
    let made = folder.map_or(Ok(()), fs::create_dir_all);
    made.and_then(|()| fs::write(path, content))
        .map_err(|error| {
            let text = format!("cannot write {}: {error}", path.display());
            CommandError::Other(ExitCode::Other, text)
        })
}
