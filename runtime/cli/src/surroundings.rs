//! What a session is given of this process: the one place where its variables, its working folder and
//! its own place on the disk are asked for.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use runner_session::{Cache, Environment, Events};

use crate::commands::CommandError;
use crate::exit_code::ExitCode;
use crate::local_time;

/// A variable of the process; none where it is unset, or no text.
pub fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}

/// All variables that are text.
fn variables() -> BTreeMap<String, String> {
    let text = |(name, value): (OsString, OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    env::vars_os().filter_map(text).collect()
}

/// The surroundings of a session of this process.
///
/// # Errors
/// Where the working folder is gone.
pub fn environment(events: Arc<dyn Events>) -> Result<Environment, CommandError> {
    let folder = env::current_dir().map_err(|error| {
        let text = format!("the working folder cannot be used: {error}; change to another one");
        CommandError::Other(ExitCode::Other, text)
    })?;
    Ok(Environment {
        cache: Cache::of_user(|name| env::var_os(name)),
        variables: Arc::new(variables()),
        extensions: extensions(),
        zone: local_time::zone(),
        ..Environment::bare(folder, events)
    })
}

/// Where extensions are besides a project's own: in the user's data folder
/// (`$RUNNER_DATA_DIR/extensions`, else `$XDG_DATA_HOME/runner/extensions`, else
/// `~/.local/share/runner/extensions`), and in `../share/runner/extensions` from the binary, where
/// packages put those that come with it.
fn extensions() -> Vec<PathBuf> {
    let data = data_folder().map(|data| data.join("extensions"));
    let own = env::current_exe().ok().and_then(|exe| installed(&exe));
    data.into_iter().chain(own).collect()
}

/// Where a package, an unpacked archive or `make install` puts extensions, wherever that is: from
/// `bin/runner` it is beside `bin`.
fn installed(binary: &Path) -> Option<PathBuf> {
    let prefix = binary.parent()?.parent()?;
    Some(prefix.join("share/runner/extensions"))
}

fn data_folder() -> Option<PathBuf> {
    let folder = |name| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    folder("RUNNER_DATA_DIR")
        .or_else(|| folder("XDG_DATA_HOME").map(|base| base.join("runner")))
        .or_else(|| folder("HOME").map(|home| home.join(".local/share/runner")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_installed_is_beside_the_binary_s_folder() {
        let from = |binary: &str| installed(Path::new(binary));
        let folder = |path: &str| Some(PathBuf::from(path));
        assert_eq!(
            from("/usr/bin/runner"),
            folder("/usr/share/runner/extensions")
        );
        assert_eq!(
            from("/opt/runner/bin/runner"),
            folder("/opt/runner/share/runner/extensions")
        );
        assert_eq!(from("/"), None);
    }
}
