//! `runner build core.wasm`: a component of a core module, such as clang makes.

use std::fs;
use std::path::Path;

use runner_engine::{EngineError, Kind, Wit, componentize, kind_of};

use crate::SessionError;

/// Whether the file begins as a core module does. False where it cannot be read, which whoever
/// reads it next will say.
pub fn is_core_module(path: &Path) -> bool {
    use std::io::Read;
    let mut start = [0; 8];
    let read = fs::File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && kind_of(&start) == Kind::CoreModule
}

/// Makes a component of the core module `path`, by the types of `wit` (a folder or file) and its
/// `world`, or by those that the module carries.
///
/// # Errors
/// For files that cannot be read, and those of [`componentize`].
pub fn core_component(
    path: &Path,
    wit: Option<&Path>,
    world: Option<&str>,
) -> Result<Vec<u8>, SessionError> {
    let file = path.display().to_string();
    let core = fs::read(path).map_err(|error| EngineError::NoComponent {
        file: file.clone(),
        reason: error.to_string(),
    })?;
    let wit = wit.map(|path| Wit { path, world });
    Ok(componentize(&file, &core, wit)?)
}
