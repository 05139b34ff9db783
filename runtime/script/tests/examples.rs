//! The JS examples of the project are scripts that load: each compiles, and its imports lead
//! to files that are there. The whole program runs them elsewhere.

use std::path::{Path, PathBuf};

use runner_script::{Files, Format, ModuleStore, Source};

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

#[test]
fn examples_are_es_modules_that_load() {
    let mut count = 0;
    for folder in [examples(), examples().join("modular")] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "js") {
                let store = ModuleStore::new(&Source::open(&path).unwrap()).unwrap();
                let module = store.load(store.entry()).unwrap();
                assert_eq!(module.format, Format::Esm, "{}", path.display());
                count += 1;
            }
        }
    }
    assert!(count >= 8, "only {count} examples were found");
}

#[test]
fn the_modular_example_finds_its_modules() {
    let main = Source::open(examples().join("modular/main-test.js")).unwrap();
    let store = ModuleStore::new(&main).unwrap();
    for specifier in ["./config.js", "./utils.js"] {
        let id = store.resolve(specifier, store.entry()).unwrap();
        store.load(&id).unwrap();
    }
    assert_eq!(store.snapshot().modules.len(), 3);
}

#[test]
fn the_data_driven_example_finds_its_users() {
    let main = Source::open(examples().join("data-driven.js")).unwrap();
    let users = Files::new(&main).read("./users.csv", None).unwrap();
    let lines = String::from_utf8(users.to_vec())
        .unwrap()
        .trim()
        .lines()
        .count();
    assert!(lines > 1, "{lines}");
}
