//! The table and `wit/` say the same.

#![allow(clippy::disallowed_methods, reason = "a test may ask its own process")]
#![expect(clippy::unwrap_used, reason = "helpers of a test fail it by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use runner_contract::{LIFECYCLES, Worlds, table, worlds};
use wit_parser::{Resolve, UnresolvedPackageGroup};

fn wit() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit")
}

fn packages() -> Vec<PathBuf> {
    let folders = fs::read_dir(wit().join("deps")).unwrap();
    folders.map(|entry| entry.unwrap().path()).collect()
}

/// What stands in `wit/` and not in the table, and the other way.
fn differences(
    written: &BTreeSet<String>,
    listed: &BTreeSet<String>,
) -> (Vec<String>, Vec<String>) {
    let of = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect();
    (of(written, listed), of(listed, written))
}

#[test]
fn every_interface_is_in_the_table() {
    let mut written = BTreeSet::new();
    for folder in packages() {
        let group = UnresolvedPackageGroup::parse_dir(&folder).unwrap();
        let (name, version) = (&group.main.name, group.main.name.version.as_ref().unwrap());
        for (_, interface) in &group.main.interfaces {
            let Some(of) = &interface.name else { continue };
            written.insert(format!("{}:{}/{of}@{version}", name.namespace, name.name));
        }
    }
    let lifecycles = LIFECYCLES.iter().map(|lifecycle| lifecycle.id);
    let listed = table().map(|interface| interface.id).chain(lifecycles);
    let listed: BTreeSet<String> = listed.map(str::to_owned).collect();
    assert!(written.len() > 10, "{written:?}");
    let (missing, gone) = differences(&written, &listed);
    assert!(missing.is_empty(), "not in runtime/contract: {missing:?}");
    assert!(
        gone.is_empty(),
        "in runtime/contract and not in wit/: {gone:?}"
    );
}

#[test]
fn the_worlds_are_those_of_the_table() {
    for Worlds { path, text } in worlds() {
        let path = wit().join(path);
        if std::env::var_os("UPDATE_WORLDS").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &text).unwrap();
        }
        let written = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(
            written.replace("\r\n", "\n"),
            text,
            "write it anew: UPDATE_WORLDS=1 cargo test -p runner-contract"
        );
    }
    // As bindings generators read them.
    let mut resolve = Resolve::default();
    for folder in [wit(), wit().join("inside")] {
        let pushed = resolve.push_dir(&folder).map(|(package, _)| package);
        let package = pushed.unwrap_or_else(|error| panic!("{}", resolve.render_error(&error)));
        assert!(resolve.packages[package].worlds.len() > 2);
    }
}

#[test]
fn a_difference_is_noticed() {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let (missing, gone) = differences(&set(&["a", "b"]), &set(&["b", "c"]));
    assert_eq!((missing, gone), (vec!["a".into()], vec!["c".into()]));
}
