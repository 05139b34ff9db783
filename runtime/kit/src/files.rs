//! Folders that are embedded: the contract, the Rust SDK, typings.

use crate::KitError;
use crate::wasi::wasi;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/files.rs"));

    pub(super) fn wit() -> &'static [(&'static str, &'static str)] {
        WIT
    }
    pub(super) fn sdk_rust() -> &'static [(&'static str, &'static str)] {
        SDK_RUST
    }
    pub(super) fn typings() -> &'static [(&'static str, &'static str)] {
        TYPINGS
    }
}

/// Packages that only the JS engine and its host speak, and the worlds of both.
const INTERNAL: [&str; 2] = ["deps/image/", "inside/"];

/// The contract's packages and WASI's, by their paths in a folder `deps`.
///
/// # Errors
/// None in a binary whose tests passed: WASI's are read from an adapter that is embedded, too.
pub fn wit_files() -> Result<Vec<(String, String)>, KitError> {
    let ours = embedded::wit()
        .iter()
        .filter(|(path, _)| !INTERNAL.iter().any(|folder| path.starts_with(folder)));
    let ours = ours.map(|(path, text)| {
        let inner = path.strip_prefix("deps/");
        // What is the main package here is one of many where it is used.
        let path = inner.map_or_else(|| format!("worlds/{path}"), str::to_owned);
        (path, (*text).to_owned())
    });
    let mut files: Vec<_> = ours.collect();
    files.extend(wasi()?);
    Ok(files)
}

/// The crate `runner-sdk`, by paths in its folder.
pub fn rust_sdk() -> impl Iterator<Item = (&'static str, &'static str)> {
    embedded::sdk_rust().iter().copied()
}

/// Declarations of k6's modules and globals.
pub fn typings() -> impl Iterator<Item = (&'static str, &'static str)> {
    embedded::typings().iter().copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// Every world that a project can name, with everything that it refers to.
    #[test]
    fn the_folder_is_complete() {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in wit_files().unwrap() {
            let path = folder.path().join("deps").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let world = "package local:test;
            world script { include runner:worlds/script; }
            world first-script { include runner:script/script@0.1.0; }
            world extension {
                include runner:worlds/extension;
                include runner:extension/extension@0.1.0;
                include runner:lock/holder@0.1.0;
                include wasi:cli/imports@0.2.12;
                import wasi:sockets/tcp@0.2.12;
            }
            world output { include runner:worlds/observing-output; }
            world first-output { include runner:output/observing-output@0.1.0; }\n";
        fs::write(folder.path().join("test.wit"), world).unwrap();
        let mut resolve = wit_parser::Resolve::default();
        let package = resolve.push_dir(folder.path()).map(|(package, _)| package);
        let package = package.unwrap_or_else(|error| panic!("{}", resolve.render_error(&error)));
        assert_eq!(resolve.packages[package].worlds.len(), 5);
    }

    #[test]
    fn the_sdk_brings_its_wit() {
        let files: Vec<_> = rust_sdk().map(|(path, _)| path).collect();
        for file in [
            "Cargo.toml",
            "src/lib.rs",
            "src/http/mod.rs",
            "wit/deps/http/http.wit",
        ] {
            assert!(files.contains(&file), "{files:?}");
        }
        assert!(typings().any(|(path, _)| path == "index.d.ts"));
    }
}
