//! What stands beside a file that is not there: one of the same name with another ending or in
//! other letters, or the scripts of a folder. Only names are read, and of a large folder not all.

use std::ffi::OsStr;
use std::path::Path;

use runner_hints::near;

/// Most names of a folder that are looked at.
const MOST: usize = 2_000;
/// Most names that are offered.
const OFFERED: usize = 3;
/// Endings of scripts, the likely ones first.
const SCRIPTS: [&str; 7] = ["js", "ts", "mjs", "cjs", "mts", "wasm", "tar"];

/// ` (did you mean lib/b.js?)`, or that there is no such folder; empty where nothing is near. `as_typed`
/// is the name that led to `path`: what is offered can be typed in its place.
pub(crate) fn hint(path: &Path, as_typed: &str) -> String {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(OsStr::to_str))
    else {
        return String::new();
    };
    if !folder.is_dir() {
        return format!(" (there is no folder {})", folder.display());
    }
    let files = files(folder);
    let stem = |file: &str| Path::new(file).file_stem().map(OsStr::to_ascii_lowercase);
    let mut offered: Vec<&str> = files
        .iter()
        .map(String::as_str)
        .filter(|file| is_script(file) && stem(file) == stem(name))
        .collect();
    if offered.is_empty() {
        offered = near(name, files.iter().map(String::as_str));
    }
    offered.truncate(OFFERED);
    if offered.is_empty() {
        return String::new();
    }
    let before = as_typed.strip_suffix(name).unwrap_or_default();
    let offered: Vec<_> = offered
        .iter()
        .map(|file| format!("{before}{file}"))
        .collect();
    format!(" (did you mean {}?)", offered.join(" or "))
}

/// `, such as folder/script.js`; empty where the folder has no script.
pub(crate) fn scripts_in(folder: &Path) -> String {
    let files = files(folder);
    let script = SCRIPTS.iter().find_map(|ending| {
        files
            .iter()
            .find(|file| Path::new(file).extension() == Some(OsStr::new(ending)))
    });
    script.map_or_else(String::new, |file| {
        format!(", such as {}", folder.join(file).display())
    })
}

fn is_script(name: &str) -> bool {
    let ending = Path::new(name).extension().and_then(OsStr::to_str);
    ending.is_some_and(|ending| SCRIPTS.contains(&ending) || ending == "json")
}

/// In order; a folder that cannot be read has none.
fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .take(MOST)
        .filter(|entry| entry.path().is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_near_can_be_typed() {
        let dir = tempfile::tempdir().unwrap();
        for file in ["a.js", "Load.ts", "users.json", "users.csv", "notes.txt"] {
            std::fs::write(dir.path().join(file), "1").unwrap();
        }
        let hint = |typed: &str| hint(&dir.path().join(typed), typed);
        assert_eq!(hint("a"), " (did you mean a.js?)");
        assert_eq!(hint("./a.ts"), " (did you mean ./a.js?)");
        assert_eq!(hint("load.ts"), " (did you mean Load.ts?)");
        assert_eq!(hint("load.js"), " (did you mean Load.ts?)");
        assert_eq!(hint("laod.ts"), " (did you mean Load.ts?)");
        assert_eq!(hint("user.csv"), " (did you mean users.csv?)");
        assert_eq!(hint("something.js"), "");
        assert!(
            hint("lib/a.js").starts_with(" (there is no folder "),
            "{}",
            hint("lib/a.js")
        );
        let script = scripts_in(dir.path());
        assert!(
            script.ends_with("/a.js") && script.starts_with(", such as "),
            "{script}"
        );
        assert_eq!(scripts_in(&dir.path().join("gone")), "");
    }
}
