//! Flags about extensions and outputs: which files, and what they may reach.

use std::path::PathBuf;

use runner_session::{CatalogSettings, ScopedGrant};

/// As typed.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Extensions")]
pub struct ExtensionArgs {
    /// Extension that scripts import as k6/x/NAME, and components by its WIT interface; repeat for
    /// more. Also found: those in runner.toml beside the script, and NAME.wasm in ./extensions/
    #[arg(long = "ext", value_name = "NAME=FILE", value_parser = named)]
    pub extensions: Vec<(String, PathBuf)>,
    /// Address that extensions, outputs and a script that is a component may connect to, as
    /// HOST:PORT, or NAME:HOST:PORT for one of them (script for the script); * stands for any
    #[arg(long, value_name = "[NAME:]HOST:PORT", value_parser = net)]
    pub allow_net: Vec<ScopedGrant>,
    /// Folder that extensions and outputs may read
    #[arg(long, value_name = "[NAME:]DIR", value_parser = read)]
    pub allow_read: Vec<ScopedGrant>,
    /// Folder that extensions and outputs may read and write
    #[arg(long, value_name = "[NAME:]DIR", value_parser = write)]
    pub allow_write: Vec<ScopedGrant>,
    /// Environment variable that extensions and outputs may see
    #[arg(long, value_name = "[NAME:]VARIABLE", value_parser = env)]
    pub allow_env: Vec<ScopedGrant>,
    /// Let extensions and outputs, or the one named, read clocks to the nanosecond; without it
    /// clocks move in steps of 0.1 ms
    #[arg(long, value_name = "NAME", num_args = 0..=1, require_equals = true,
          default_missing_value = "", value_parser = hrtime)]
    pub allow_hrtime: Vec<ScopedGrant>,
}

impl ExtensionArgs {
    /// In one list.
    pub fn settings(&self) -> CatalogSettings {
        let grants = [
            &self.allow_net,
            &self.allow_read,
            &self.allow_write,
            &self.allow_env,
            &self.allow_hrtime,
        ];
        CatalogSettings {
            named: self.extensions.clone(),
            grants: grants.into_iter().flatten().cloned().collect(),
            ..CatalogSettings::default()
        }
    }
}

pub(super) fn named(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, file)) if !name.is_empty() && !file.is_empty() => {
            // As the script imports it, or without what all of them begin with.
            let name = name.strip_prefix("k6/x/").unwrap_or(name);
            Ok((name.to_owned(), file.into()))
        }
        _ => Err("expected NAME=FILE, such as compare=./compare.wasm".into()),
    }
}

fn net(text: &str) -> Result<ScopedGrant, String> {
    ScopedGrant::net(text).map_err(|error| error.to_string())
}

fn read(text: &str) -> Result<ScopedGrant, String> {
    Ok(ScopedGrant::read(text))
}

fn write(text: &str) -> Result<ScopedGrant, String> {
    Ok(ScopedGrant::write(text))
}

fn env(text: &str) -> Result<ScopedGrant, String> {
    Ok(ScopedGrant::env(text))
}

fn hrtime(text: &str) -> Result<ScopedGrant, String> {
    ScopedGrant::hrtime(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_files() {
        assert_eq!(
            named("a=./x.wasm").unwrap(),
            ("a".into(), "./x.wasm".into())
        );
        assert_eq!(named("k6/x/a=b=c").unwrap(), ("a".into(), "b=c".into()));
        assert!(named("a").is_err() && named("=a").is_err() && named("a=").is_err());
    }
}
