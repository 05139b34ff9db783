//! Nothing lies about that no test looks at: every example, plugin, guest, folder of scripts and expected
//! summary is named by a suite, as a string in its code, and every suite is a module of `main.rs`, without which
//! it would not even be compiled.

use std::fs;
use std::path::{Path, PathBuf};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Names of what is in a folder of the repository, sorted.
fn names(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(repository().join(folder)).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(!names.is_empty(), "{folder} is empty");
    names.sort();
    names
}

/// The code of all suites, without comments.
fn suites() -> String {
    let mut code = String::new();
    for name in names("tests/tests/e2e") {
        let text = fs::read_to_string(repository().join("tests/tests/e2e").join(name)).unwrap();
        let lines = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        code.extend(lines.flat_map(|line| [line, "\n"]));
    }
    code
}

#[test]
fn every_fixture_is_named_by_a_suite() {
    let code = suites();
    let mut paths = Vec::new();
    for folder in ["examples", "plugins", "tests/guests"] {
        paths.extend(names(folder).iter().map(|name| format!("{folder}/{name}")));
    }
    // Whole, or something in it.
    let is_named = |path: &String| {
        [format!("\"{path}\""), format!("\"{path}/")]
            .iter()
            .any(|text| code.contains(text))
    };
    let unnamed: Vec<_> = paths.iter().filter(|path| !is_named(path)).collect();
    assert!(unnamed.is_empty(), "no suite uses {unnamed:?}");
}

#[test]
fn every_script_and_expectation_is_compared() {
    let code = suites();
    for subject in names("tests/scripts") {
        let call = format!("check_scripts(\"{subject}\")");
        assert!(code.contains(&call), "no suite has {call}");
        let files = names(&format!("tests/scripts/{subject}"));
        for file in files.iter().filter_map(|file| file.strip_suffix(".out")) {
            let has = |kind| files.contains(&format!("{file}.{kind}"));
            assert!(has("js") || has("ts"), "{subject}/{file} has no script");
        }
    }
    for name in names("tests/expected") {
        let call = format!("compare(\"{}\"", name.trim_end_matches(".txt"));
        assert!(code.contains(&call), "no suite has {call}");
    }
}

#[test]
fn every_suite_is_compiled() {
    let main = repository().join("tests/tests/e2e/main.rs");
    let main = fs::read_to_string(main).unwrap();
    for name in names("tests/tests/e2e") {
        let line = format!("mod {};", name.trim_end_matches(".rs"));
        let is_there = main.lines().any(|known| known == line);
        assert!(name == "main.rs" || is_there, "main.rs lacks {line}");
    }
}
