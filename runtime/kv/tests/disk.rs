//! What is special about a store on disk: other processes, crashes, damage, full disks.
//!
//! Some of it needs a process of its own, which is this test binary once more with
//! `KV_CHILD` set.

#![allow(clippy::disallowed_methods, reason = "a test may ask its own process")]
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use bytes::Bytes;
use runner_kv::{Backend, ErrorKind, Options, Slot, Store};

fn b(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

fn quick(path: &Path) -> Options {
    Options {
        backend: Backend::Disk {
            path: path.to_owned(),
            timeout: Duration::from_millis(50),
            sync: false,
            read_only: false,
        },
        ..Options::disk(path)
    }
}

#[test]
#[ignore = "not a test of its own: what the children do"]
fn child_process() {
    let Ok(what) = std::env::var("KV_CHILD") else {
        return;
    };
    let path = std::env::var("KV_PATH").unwrap();
    let mut options = quick(Path::new(&path));
    if let Backend::Disk { sync, .. } = &mut options.backend {
        *sync = what == "write-synced";
    }
    let store = Store::open(&options).unwrap();
    let mut out = std::io::stdout();
    if what == "hold" {
        writeln!(out, "ready").unwrap();
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).unwrap();
        return;
    }
    if what == "full" {
        for number in 0..20 {
            let value = b(&"x".repeat(1000));
            store.set(&format!("k{number}"), value, None).unwrap();
        }
        let large = Bytes::from(vec![b'x'; runner_kv::MAX_VALUE]);
        let error = store.set("large", large, None).unwrap_err();
        assert_eq!(error.kind, ErrorKind::DiskFull, "{error}");
        // Nothing more is accepted, and what is there can still be read.
        let error = store.set("small", b("1"), None).unwrap_err();
        assert_eq!(error.kind, ErrorKind::DiskFull, "{error}");
        assert!(error.message.contains("make room"), "{error}");
        assert_eq!(store.get("k19").unwrap().len(), 1000);
        writeln!(out, "refused").unwrap();
        return;
    }
    for number in 0_u64.. {
        let key = format!("k{number:08}");
        // Large enough for memtables to be written out now and then.
        let value = format!("{number}:{}", "x".repeat(500));
        store.set(&key, value.into(), None).unwrap();
        let pair = vec![
            (format!("p{number:08}"), b("1")),
            (format!("q{number:08}"), b("1")),
        ];
        store.set_many(pair, None).unwrap();
        writeln!(out, "ack {number}").unwrap();
    }
}

fn start(what: &str, path: &Path) -> (Child, impl Iterator<Item = String> + use<>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "child_process",
            "--exact",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ])
        .env("KV_CHILD", what)
        .env("KV_PATH", path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    (child, lines.map_while(Result::ok))
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    for (what, wanted) in [("write", 3000_u64), ("write-synced", 40)] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        let mut total = 0;
        // Twice: the second time the store has been recovered before.
        for round in 0..2 {
            let (mut child, lines) = start(what, &path);
            let mut last = None;
            for line in lines {
                if let Some((_, number)) = line.split_once("ack ") {
                    last = Some(number.parse::<u64>().unwrap());
                }
                if last == Some(wanted) {
                    child.kill().unwrap();
                    break;
                }
            }
            child.wait().unwrap();
            let last = last.unwrap();
            let store = Store::open(&quick(&path)).unwrap();
            for number in 0..=last {
                let value = store.get(&format!("k{number:08}")).unwrap();
                assert!(
                    value.starts_with(format!("{number}:").as_bytes()),
                    "round {round}"
                );
                assert!(store.exists(&format!("p{number:08}")).unwrap());
                assert!(store.exists(&format!("q{number:08}")).unwrap());
            }
            // A batch is there completely or not at all.
            assert_eq!(store.count("p").unwrap(), store.count("q").unwrap());
            total = store.count("k").unwrap();
            assert!(total > last);
        }
        assert!(total > wanted);
    }
}

#[test]
fn entries_claims_and_ends_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        track_keys: true,
        ..quick(&folder.path().join("deep/store"))
    };
    let token = {
        let store = Store::open(&options).unwrap();
        store.set("a", b("1"), None).unwrap();
        store.set("soon", b("1"), Some(30)).unwrap();
        store.set("later", b("1"), Some(3_600_000)).unwrap();
        store
            .claim_next("a", None, None)
            .unwrap()
            .unwrap()
            .reference
            .token
    };
    std::thread::sleep(Duration::from_millis(40));
    let store = Store::open(&options).unwrap();
    assert_eq!(store.count("").unwrap(), 2);
    assert!(store.ttl("later").unwrap().unwrap().unwrap() > 3_000_000);
    assert_eq!(store.stats().unwrap().index_keys, Some(2));
    let claim = store.claim_next("a", None, None).unwrap().unwrap();
    assert!(claim.reference.token > token);
}

#[test]
fn another_process_has_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let (mut child, mut lines) = start("hold", &path);
    assert!(lines.any(|line| line.contains("ready")));
    let error = Store::open(&quick(&path)).unwrap_err();
    assert_eq!(error.kind, ErrorKind::DiskLocked);
    assert!(error.message.contains("another process"), "{error}");
    // With patience the store is there when the other one ends.
    let patient = Options::disk(&path);
    let waiting = std::thread::spawn(move || Store::open(&patient).map(drop));
    std::thread::sleep(Duration::from_millis(100));
    child.kill().unwrap();
    child.wait().unwrap();
    waiting.join().unwrap().unwrap();
}

/// A file that must not grow is what a full disk looks like from here.
#[test]
fn a_full_disk() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    // The journal has 64 MiB from the start; in units of 512 bytes.
    let limited = "trap '' XFSZ; ulimit -f 131090; exec \"$0\" \"$@\"";
    let output = Command::new("sh")
        .args(["-c", limited])
        .arg(std::env::current_exe().unwrap())
        .args([
            "child_process",
            "--exact",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ])
        .env("KV_CHILD", "full")
        .env("KV_PATH", &path)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("refused"), "{text}\n{errors}");
    let store = Store::open(&quick(&path)).unwrap();
    assert_eq!(store.count("k").unwrap(), 20);
    assert_eq!(store.count("").unwrap(), 20);
    store.set("again", b("1"), None).unwrap();
}

#[test]
fn paths_that_hold_no_store() {
    let folder = tempfile::tempdir().unwrap();
    let error = |path: &Path| Store::open(&quick(path)).unwrap_err();
    let file = folder.path().join("bolt.db");
    std::fs::write(&file, "x").unwrap();
    let found = error(&file);
    assert_eq!(found.kind, ErrorKind::DiskPath);
    assert!(found.message.contains("is a file"), "{found}");
    assert_eq!(error(&file.join("below")).kind, ErrorKind::DiskPath);
    assert_eq!(error(Path::new("")).kind, ErrorKind::DiskPath);
    assert_eq!(error(&file.join("kv")).kind, ErrorKind::DiskPath);
    let found = error(folder.path());
    assert_eq!(found.kind, ErrorKind::DiskPath);
    assert!(found.message.contains("without a store"), "{found}");
    assert!(file.exists());
}

#[test]
fn reading_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let read_only = Options {
        backend: Backend::Disk {
            path: path.clone(),
            timeout: Duration::ZERO,
            sync: false,
            read_only: true,
        },
        ..Options::disk(&path)
    };
    let error = Store::open(&read_only).unwrap_err();
    assert_eq!(error.kind, ErrorKind::DiskPath);
    Store::open(&quick(&path))
        .unwrap()
        .set("a", b("1"), None)
        .unwrap();
    let store = Store::open(&read_only).unwrap();
    assert_eq!(store.get("a").unwrap(), b("1"));
    assert_eq!(
        store.set("a", b("2"), None).unwrap_err().kind,
        ErrorKind::ReadOnly
    );
    assert_eq!(store.clear().unwrap_err().kind, ErrorKind::ReadOnly);
    // What could not be popped is free again.
    let error = store.pop_random("", 1).unwrap_err();
    assert_eq!(error.kind, ErrorKind::ReadOnly);
    assert_eq!(store.allocation_stats("").unwrap().claimable, 1);
    store.close().unwrap();
}

/// All files below a folder, by their place in it, with their content.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let entry = entry.unwrap().path();
            if entry.is_dir() {
                folders.push(entry);
            } else {
                let content = std::fs::read(&entry).unwrap();
                found.push((entry.strip_prefix(folder).unwrap().to_owned(), content));
            }
        }
    }
    found
}

/// Every file of a store, broken in several ways: it opens with what is left, or says that it is
/// damaged; it never panics and never hangs.
#[test]
fn damaged_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    {
        let store = Store::open(&quick(&path)).unwrap();
        for number in 0..50 {
            store.set(&format!("k{number}"), b("value"), None).unwrap();
        }
    }
    let mut refused = 0;
    for (file, good) in files(&path) {
        for garbage in [Vec::new(), b"garbage".to_vec(), vec![0xff; good.len()]] {
            // A copy each time: an opened store changes its files.
            let copy = tempfile::tempdir().unwrap();
            let copy = copy.path().join("store");
            for (other, content) in files(&path) {
                let place = copy.join(&other);
                std::fs::create_dir_all(place.parent().unwrap()).unwrap();
                std::fs::write(place, if other == file { &garbage } else { &content }).unwrap();
            }
            match Store::open(&quick(&copy)) {
                Ok(store) => drop(store.count("")),
                Err(error) => {
                    refused += 1;
                    let known = [
                        ErrorKind::DiskDamaged,
                        ErrorKind::DiskOpen,
                        ErrorKind::DiskPath,
                        ErrorKind::DiskRead,
                    ];
                    assert!(known.contains(&error.kind), "{}: {error}", file.display());
                    assert!(error.message.contains("store"), "{error}");
                }
            }
        }
    }
    assert!(refused > 2, "{refused}");
}

#[test]
fn one_store_per_run() {
    let slot = Slot::default();
    assert_eq!(slot.store().unwrap_err().kind, ErrorKind::NotOpen);
    slot.configure(Options::memory()).unwrap();
    slot.configure(Options::memory()).unwrap();
    let other = Options {
        track_keys: true,
        ..Options::memory()
    };
    let error = slot.configure(other).unwrap_err();
    assert_eq!(error.kind, ErrorKind::OptionsConflict);
    slot.store().unwrap().set("a", b("1"), None).unwrap();
    assert!(slot.store().unwrap().exists("a").unwrap());
}
