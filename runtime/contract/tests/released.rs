//! A released WIT package never changes: components that were built for it exist. This test
//! compares each package in `wit/` with the hash in `wit/released.lock`.
//!
//! After adding a package or a version, or while nothing of it is released yet:
//!
//!     UPDATE_WIT_LOCK=1 cargo test -p runner-contract --test released
//!
//! The worlds have no version and may change. Lines of versions that are no longer in `wit/` stay: their numbers are taken for ever.

#![allow(clippy::disallowed_methods, reason = "a test may ask its own process")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of a test fail it by panicking"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

const HEADER: &str = "\
# SHA-256 of each released WIT package, over the text of its files in the order of their names.
# A package whose text changes needs a new version. To add the new line:
#   UPDATE_WIT_LOCK=1 cargo test -p runner-contract --test released
";

fn wit() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit")
}

/// `namespace:name@version` and hash of the package in `folder`; none without WIT files.
fn package(folder: &Path) -> Option<(String, String)> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "wit"))
        .collect();
    files.sort();
    let texts: Vec<String> = files
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let name = texts
        .iter()
        .flat_map(|text| text.lines())
        .find_map(|line| {
            line.strip_prefix("package ")
                .and_then(|rest| rest.strip_suffix(';'))
        })?;
    Some((name.trim().to_owned(), hash(&texts)))
}

fn hash(texts: &[String]) -> String {
    let mut hasher = Sha256::new();
    for text in texts {
        // A checkout may have other line ends.
        hasher.update(text.replace("\r\n", "\n"));
        // Text that moves to the next file is a change.
        hasher.update([0]);
    }
    let mut hex = String::new();
    for byte in hasher.finalize() {
        write!(hex, "{byte:02x}").unwrap();
    }
    hex
}

fn packages(folder: &Path) -> BTreeMap<String, String> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter_map(|folder| package(&folder))
        .collect()
}

fn parse(lock: &str) -> BTreeMap<String, String> {
    lock.lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .map(|line| {
            let (name, hash) = line
                .split_once(' ')
                .expect("a line is `package@version hash`");
            (name.to_owned(), hash.trim().to_owned())
        })
        .collect()
}

/// What is wrong with `packages`, given the lock; nothing when all is well.
fn differences(
    packages: &BTreeMap<String, String>,
    lock: &BTreeMap<String, String>,
) -> Vec<String> {
    packages
        .iter()
        .filter_map(|(name, hash)| match lock.get(name) {
            Some(locked) if locked == hash => None,
            Some(_) => Some(format!(
                "{name} is released, and its text has changed: undo that, or give the package a \
                 new version"
            )),
            None => Some(format!(
                "{name} is not in wit/released.lock: add it as its head says"
            )),
        })
        .collect()
}

#[test]
fn released_packages_do_not_change() {
    let path = wit().join("released.lock");
    let packages = packages(&wit().join("deps"));
    assert!(packages.contains_key("runner:script@0.1.0"), "{packages:?}");
    let mut lock = parse(&fs::read_to_string(&path).unwrap_or_default());
    if std::env::var_os("UPDATE_WIT_LOCK").is_some() {
        lock.extend(packages);
        let lines: String = lock
            .iter()
            .map(|(name, hash)| format!("{name} {hash}\n"))
            .collect();
        fs::write(&path, format!("{HEADER}{lines}")).unwrap();
        return;
    }
    let wrong = differences(&packages, &lock);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What old components in the tests are built with.
#[test]
fn the_vendored_contract_is_the_released_one() {
    let vendored = wit().join("../tests/guests/contract-0.1.0");
    let lock = parse(&fs::read_to_string(wit().join("released.lock")).unwrap());
    let vendored = packages(&vendored);
    assert!(vendored.len() > 5, "{vendored:?}");
    assert!(vendored.keys().all(|name| name.ends_with("@0.1.0")));
    let wrong = differences(&vendored, &lock);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn changes_and_new_versions_are_noticed() {
    let old = hash(&["package a:b@0.1.0;".to_owned()]);
    let changed = hash(&["package a:b@0.1.0; // x".to_owned()]);
    let lock = parse(&format!("# head\n\na:b@0.1.0 {old}\na:gone@0.1.0 {old}\n"));
    let with = |name: &str, hash: &str| BTreeMap::from([(name.to_owned(), hash.to_owned())]);
    assert!(differences(&with("a:b@0.1.0", &old), &lock).is_empty());
    let wrong = differences(&with("a:b@0.1.0", &changed), &lock);
    assert!(
        wrong.len() == 1 && wrong[0].contains("new version"),
        "{wrong:?}"
    );
    let wrong = differences(&with("a:b@0.2.0", &changed), &lock);
    assert!(
        wrong.len() == 1 && wrong[0].contains("not in wit/released.lock"),
        "{wrong:?}"
    );
}

#[test]
fn line_ends_do_not_count_and_file_borders_do() {
    let text = |texts: &[&str]| hash(&texts.iter().map(|t| t.to_string()).collect::<Vec<_>>());
    assert_eq!(text(&["a\r\nb"]), text(&["a\nb"]));
    assert_ne!(text(&["a", "b"]), text(&["ab"]));
}
