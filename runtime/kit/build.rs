//! Makes tables of the folders that `runner` hands out, so that a new file there needs no list.

#![allow(
    clippy::disallowed_methods,
    reason = "cargo tells build scripts by variables"
)]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../..");
    let mut code = String::new();
    for (name, folder, endings) in [
        ("WIT", "wit", &["wit"][..]),
        ("SDK_RUST", "sdk-rust", &["rs", "toml", "md", "wit"]),
        ("TYPINGS", "sdk-js/types", &["ts"]),
    ] {
        let folder = fs::canonicalize(root.join(folder))?;
        let mut files = Vec::new();
        collect(&folder, &mut files)?;
        files.retain(|file| {
            let ending = file.extension().unwrap_or_default();
            endings.iter().any(|wanted| ending == *wanted)
        });
        files.sort();
        let _ = writeln!(code, "static {name}: &[(&str, &str)] = &[");
        for file in files {
            let path = file.strip_prefix(&folder).unwrap_or(&file);
            let _ = writeln!(code, "    ({path:?}, include_str!({file:?})),");
        }
        let _ = writeln!(code, "];");
    }
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("files.rs"), code)
}

/// All files below, but for what cargo builds.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true if path.ends_with("target") => {}
            true => collect(&path, files)?,
            false => files.push(path),
        }
    }
    Ok(())
}
