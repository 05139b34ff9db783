//! Finds and reads the config file.
//!
//! One that was asked for must exist; the default one may be missing. It is not k6's own file:
//! that one can hold tokens of a service that runner does not talk to.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use runner_plan::ConfigFile;

use super::ArgsError;

/// Reads the file at `asked`, or else the default one if it is there. `env` looks up the
/// variables that say where configuration lives.
///
/// # Errors
/// Where the file that was asked for is missing, and where either cannot be read or has options
/// that cannot be used.
pub fn load_config(
    asked: Option<&Path>,
    env: impl Fn(&str) -> Option<String>,
) -> Result<ConfigFile, ArgsError> {
    let (path, required) = match (asked, default_path(env)) {
        (Some(path), _) => (path.to_owned(), true),
        (None, Some(path)) => (path, false),
        (None, None) => return Ok(ConfigFile::default()),
    };
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(ConfigFile::from_json(&text, &path.to_string_lossy())?),
        Err(error) if error.kind() == ErrorKind::NotFound && !required => Ok(ConfigFile::default()),
        Err(source) => Err(ArgsError::ConfigFile { path, source }),
    }
}

/// `runner/config.json` in the user's configuration directory.
fn default_path(env: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let set = |name: &str| {
        env(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let folder = if cfg!(windows) {
        set("APPDATA")
    } else {
        set("XDG_CONFIG_HOME").or_else(|| set("HOME").map(|home| home.join(".config")))
    };
    folder.map(|folder| folder.join("runner").join("config.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_files() {
        let folder = tempfile::tempdir().unwrap();
        let nowhere = folder.path().join("gone");
        let home = nowhere.to_string_lossy().into_owned();
        let env = |name: &str| (name == "XDG_CONFIG_HOME").then(|| home.clone());
        assert_eq!(load_config(None, env).unwrap(), ConfigFile::default());
        assert_eq!(load_config(None, |_| None).unwrap(), ConfigFile::default());
        let error = load_config(Some(&nowhere.join("c.json")), |_| None).unwrap_err();
        assert_eq!(error.exit_code().code(), 104);
        assert!(error.to_string().contains("c.json"), "{error}");
    }

    #[test]
    fn the_default_place() {
        let env = |name: &str| (name == "HOME").then(|| "/h".to_owned());
        if !cfg!(windows) {
            assert_eq!(
                default_path(env),
                Some(PathBuf::from("/h/.config/runner/config.json"))
            );
        }
    }
}
