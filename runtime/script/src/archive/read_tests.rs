use super::*;
use crate::archive::{JS, Pack};
use crate::{Files, ModuleStore, Source, SourceKind, SourceOptions, SourceType};
use std::collections::BTreeMap;
use std::path::Path;

/// Made by k6; what is in it is said beside it.
const OF_K6: &[u8] = include_bytes!("../../../../tests/archives/k6-1.1.tar");

fn metadata() -> Metadata {
    Metadata {
        kind: JS.to_owned(),
        options: serde_json::json!({ "vus": 3 }),
        filename: "file:///home/ann/p/main.ts".to_owned(),
        pwd: "file:///home/ann/p".to_owned(),
        env: Some(BTreeMap::from([("A".to_owned(), "1".to_owned())])),
        compatibility_mode: "base".to_owned(),
        k6_version: "2.2.0".to_owned(),
        runner_version: None,
        goos: "linux".to_owned(),
    }
}

const MAIN: &str = "import { x } from './lib/x.js'; import 'https://h:1/a%20b.js?v=1';\n\
                    const y: number = x; open('../data.csv');";

fn packed() -> Vec<u8> {
    let mut pack = Pack::new(metadata(), MAIN.as_bytes().into()).unwrap();
    let text = |text: &str| -> Arc<[u8]> { text.as_bytes().into() };
    pack.module("file:///home/ann/p/main.ts", text(MAIN))
        .unwrap();
    pack.module("file:///home/ann/p/lib/x.js", text("export const x = 1"))
        .unwrap();
    pack.module("https://h:1/a%20b.js?v=1", text("export {}"))
        .unwrap();
    pack.file(Path::new("/home/ann/data.csv"), text("a,b"))
        .unwrap();
    let long = format!("/work/{}/x.bin", "long".repeat(60));
    pack.file(Path::new(&long), vec![7; 3000].into()).unwrap();
    let mut out = Vec::new();
    pack.write(&mut out).unwrap();
    out
}

fn open(bytes: &[u8]) -> Result<Source, String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("test.tar");
    std::fs::write(&path, bytes).unwrap();
    Source::open(&path).map_err(|error| error.to_string())
}

/// A tar file of the tests' own making.
fn tar_of(entries: &[(&str, EntryType, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, kind, content) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(*kind);
        header.set_size(content.len() as u64);
        // Not set_path, which refuses what this is to be tested with.
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        if *kind == EntryType::Symlink || *kind == EntryType::Link {
            header.set_link_name("/etc/passwd").unwrap();
        }
        header.set_cksum();
        tar.append(&header, *content).unwrap();
    }
    tar.into_inner().unwrap()
}

#[test]
fn what_was_packed_comes_back() {
    let source = open(&packed()).unwrap();
    assert_eq!(source.kind(), SourceKind::Js);
    assert_eq!(source.id(), "file:///home/nobody/p/main.ts");
    assert_eq!(source.folder(), "file:///home/nobody/p");
    assert_eq!(source.bytes(), MAIN.as_bytes());
    let told = source.archive().unwrap();
    assert_eq!(told.options["vus"], 3);
    assert_eq!(told.env.as_ref().unwrap()["A"], "1");
    let store = ModuleStore::new(&source).unwrap();
    let load = |specifier| {
        let id = store.resolve(specifier, "").unwrap();
        store.load(&id).map(|module| module.source.to_string())
    };
    assert_eq!(load("./lib/x.js").unwrap(), "export const x = 1");
    assert_eq!(load("https://h:1/a%20b.js?v=1").unwrap(), "export {}");
    // Also under the name that it had: the script may have written it out.
    assert_eq!(load("/home/ann/p/lib/x.js").unwrap(), "export const x = 1");
    let error = load("./other.js").unwrap_err().to_string();
    assert!(error.contains("not in the archive"), "{error}");
    let error = load("https://h:1/other.js").unwrap_err().to_string();
    assert!(error.contains("not in the archive"), "{error}");
    let files = Files::new(&source);
    assert_eq!(&*files.read("../data.csv", None).unwrap(), b"a,b");
    // Files of the machine are out of reach.
    let error = files.read("/etc/hostname", None).unwrap_err().to_string();
    assert!(error.contains("not in the archive"), "{error}");
}

#[test]
fn the_layout_is_that_of_k6() {
    let bytes = packed();
    let mut archive = tar::Archive::new(&bytes[..]);
    let names: Vec<_> = archive
        .entries()
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let kind = entry.header().entry_type().as_byte() as char;
            (
                kind,
                String::from_utf8_lossy(&entry.path_bytes()).into_owned(),
            )
        })
        .filter(|(_, name)| !name.starts_with("file/work"))
        .collect();
    let names: Vec<_> = names
        .iter()
        .map(|(kind, name)| (*kind, name.as_str()))
        .collect();
    assert_eq!(
        names,
        [
            ('0', "metadata.json"),
            ('0', "data"),
            ('5', "file"),
            ('5', "file/home"),
            ('5', "file/home/nobody"),
            ('5', "file/home/nobody/p"),
            ('5', "file/home/nobody/p/lib"),
            ('5', "https"),
            ('5', "https/h:1"),
            ('0', "file/home/nobody/data.csv"),
            ('0', "file/home/nobody/p/lib/x.js"),
            ('0', "https/h:1/a b.js?v=1"),
            ('1', "file/home/nobody/p/main.ts"),
        ]
    );
}

#[test]
fn archives_of_k6_are_read() {
    let source = open(OF_K6).unwrap();
    assert_eq!(source.id(), "file:///srv/shop/checkout.ts");
    let told = source.archive().unwrap();
    assert_eq!(
        (told.kind.as_str(), told.k6_version.as_str()),
        (JS, "1.1.0")
    );
    assert_eq!(told.options["iterations"], 6);
    assert_eq!(told.env.as_ref().unwrap()["REGION"], "north");
    let store = ModuleStore::new(&source).unwrap();
    for specifier in ["./lib/cart.js", "./lib/currency.cjs"] {
        let id = store.resolve(specifier, "").unwrap();
        store.load(&id).unwrap();
    }
    let files = Files::new(&source);
    assert_eq!(
        &*files.read("../shop/logo.bin", None).unwrap(),
        b"\0\x01\xfe\xff"
    );
}

#[test]
fn typescript_is_packed_as_it_was_written() {
    let source = open(&packed()).unwrap();
    let store = ModuleStore::new(&source).unwrap();
    let originals = store.originals();
    assert_eq!(originals.len(), 1);
    assert_eq!(&*originals[0].1, MAIN);
}

#[test]
fn source_maps_come_along() {
    let dir = tempfile::tempdir().unwrap();
    let map = r#"{"version":3,"sources":["in.ts"],"names":[],"mappings":"AAAA"}"#;
    std::fs::write(dir.path().join("out.js.map"), map).unwrap();
    let main = dir.path().join("out.js");
    std::fs::write(&main, "f()\n//# sourceMappingURL=out.js.map").unwrap();
    let store = ModuleStore::new(&Source::open(&main).unwrap()).unwrap();
    let mut told = metadata();
    told.filename = store.entry().to_owned();
    told.pwd = String::new();
    let originals = store.originals();
    assert_eq!(originals.len(), 2);
    let text = |text: &str| -> Arc<[u8]> { text.as_bytes().into() };
    let mut pack = Pack::new(told, text(&originals[0].1)).unwrap();
    for (id, content) in &originals {
        pack.module(id, text(content)).unwrap();
    }
    let mut tar = Vec::new();
    pack.write(&mut tar).unwrap();
    drop(dir);
    let source = open(&tar).unwrap();
    let store = ModuleStore::new(&source).unwrap();
    let trace = store.map_stack(&format!("at f ({}:1:1)", store.entry()));
    assert!(trace.ends_with("/in.ts:1:1)"), "{trace}");
}

#[test]
fn different_files_never_share_a_name() {
    let mut pack = Pack::new(metadata(), MAIN.as_bytes().into()).unwrap();
    let text = |text: &str| -> Arc<[u8]> { text.as_bytes().into() };
    pack.file(Path::new("/home/ann/x.csv"), text("a")).unwrap();
    pack.file(Path::new("/home/bob/x.csv"), text("a")).unwrap();
    let error = pack
        .file(Path::new("/home/eve/x.csv"), text("b"))
        .unwrap_err();
    assert!(
        error.to_string().contains("file/home/nobody/x.csv"),
        "{error}"
    );
    let error = pack
        .file(Path::new("/home/bob/p/main.ts"), text("b"))
        .unwrap_err();
    assert!(matches!(error, ArchiveError::Clash(_)), "{error}");
}

#[test]
fn cut_off_archives_are_noticed_wherever_they_end() {
    for whole in [packed(), OF_K6.to_vec()] {
        let content = whole.len() - whole.iter().rev().take_while(|byte| **byte == 0).count();
        let content = content.div_ceil(512) * 512;
        for length in (512..=content).step_by(61).chain([content]) {
            let error = open(&whole[..length]).unwrap_err();
            assert!(error.contains("cut off after"), "{length}: {error}");
        }
    }
}

#[test]
fn damage_is_noticed() {
    let mut bytes = packed();
    // In the second header.
    let second = 512
        + bytes[512..]
            .chunks(512)
            .position(|b| &b[..4] == b"data")
            .unwrap()
            * 512;
    bytes[second + 130] ^= 0x55;
    let error = open(&bytes).unwrap_err();
    assert!(error.contains("it is damaged"), "{error}");
}

#[test]
fn other_tar_files_are_no_archives() {
    let file = EntryType::Regular;
    let meta = serde_json::to_vec(&metadata()).unwrap();
    for (entries, part) in [
        (
            &[("src/main.c", file, &b"x"[..])][..],
            "it has \"src/main.c\"",
        ),
        (&[("data", file, b"x")], "metadata.json is missing"),
        (&[("metadata.json", file, &meta)], "data is missing"),
        (
            &[("metadata.json/x", file, b"x")],
            "it has \"metadata.json/x\"",
        ),
        (
            &[("metadata.json", file, b"{"), ("data", file, b"x")],
            "metadata.json cannot be used",
        ),
    ] {
        let error = open(&tar_of(entries)).unwrap_err();
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn names_and_entries_that_lead_out_are_refused() {
    let file = EntryType::Regular;
    for (name, kind, part) in [
        ("file/../../etc/passwd", file, "must stay within"),
        ("/etc/passwd", file, "must stay within"),
        ("file/a\\b", file, "must stay within"),
        ("../x", EntryType::Directory, "must stay within"),
        ("file/link", EntryType::Symlink, "symbolic link"),
        ("file/device", EntryType::Char, "device"),
        ("file/hard", EntryType::Link, "which is not in it"),
    ] {
        let error = open(&tar_of(&[(name, kind, b"")])).unwrap_err();
        assert!(error.contains(part), "{name}: {error}");
    }
}

#[test]
fn sizes_that_are_not_there_allocate_nothing() {
    let mut bytes = tar_of(&[("data", EntryType::Regular, b"x")]);
    let mut header = tar::Header::new_gnu();
    header.as_mut_bytes().copy_from_slice(&bytes[..512]);
    header.set_size(1 << 60);
    header.set_cksum();
    bytes[..512].copy_from_slice(header.as_bytes());
    let error = open(&bytes).unwrap_err();
    assert!(error.contains("cut off"), "{error}");
}

#[test]
fn text_is_no_archive_even_if_said_to_be() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.js");
    std::fs::write(&path, "let a;".repeat(1000)).unwrap();
    let options = SourceOptions {
        kind: Some(SourceType::Archive),
        fetch: None,
        ..SourceOptions::default()
    };
    let error = Source::open_with(&path, &options).unwrap_err().to_string();
    assert!(error.contains("it is no tar file"), "{error}");
}
