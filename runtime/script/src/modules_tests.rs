//! What a script can import, how often it is read, and what changes when VU 0 is done.

use std::fs;
use std::path::Path;

use super::*;
use crate::SourceOptions;

fn project(files: &[(&str, &str)]) -> (tempfile::TempDir, ModuleStore) {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let main = dir.path().join(files[0].0);
    let store = ModuleStore::new(&Source::open(main).unwrap()).unwrap();
    (dir, store)
}

fn id(dir: &Path, name: &str) -> String {
    location::id_of(&dir.join(name)).unwrap()
}

#[test]
fn specifiers_become_absolute_ids() {
    let (dir, store) = project(&[("main.js", "export {}")]);
    let dir = dir.path();
    let nested = id(dir, "lib/a.js");
    assert_eq!(store.entry(), id(dir, "main.js"));
    assert_eq!(store.resolve("./a.js", "").unwrap(), id(dir, "a.js"));
    assert_eq!(
        store.resolve("./b.js", &nested).unwrap(),
        id(dir, "lib/b.js")
    );
    assert_eq!(
        store.resolve("../b c.js", &nested).unwrap(),
        id(dir, "b c.js")
    );
    assert_eq!(
        store.resolve("/abs/./x.js", &nested).unwrap(),
        "file:///abs/x.js"
    );
    assert_eq!(
        store.resolve("file:///abs/x.js", "").unwrap(),
        "file:///abs/x.js"
    );
}

#[test]
fn other_specifiers_are_refused_with_a_remedy() {
    let (_dir, store) = project(&[("main.js", "export {}")]);
    for (specifier, part) in [
        ("lodash", "bundle them"),
        ("@scope/pkg", "bundle them"),
        ("utils.js", "write \"./utils.js\""),
        (
            "http://a/x.js",
            "are file and https, http://a/x.js has `http`",
        ),
        ("ftp://a/x.js", "has `ftp`"),
        ("file://remote/x.js", "no local file"),
        ("", "empty"),
        ("..", "name a file"),
    ] {
        let error = store.resolve(specifier, "").unwrap_err().to_string();
        assert!(error.contains(part), "{specifier}: {error}");
        assert!(error.contains(&format!("\"{specifier}\"")), "{error}");
    }
}

#[test]
fn modules_are_read_once() {
    let (dir, store) = project(&[("main.js", "export {}"), ("a.js", "export const a = 1;")]);
    let a = store.resolve("./a.js", "").unwrap();
    let first = store.load(&a).unwrap();
    fs::write(dir.path().join("a.js"), "changed(").unwrap();
    assert!(Arc::ptr_eq(&first, &store.load(&a).unwrap()));
    assert_eq!(
        (&*first.source, first.format),
        ("export const a = 1;", Format::Esm)
    );
}

#[test]
fn formats_are_told_apart() {
    let (_dir, store) = project(&[
        (
            "main.ts",
            "import x from './x.cjs'; export const y: number = x;",
        ),
        ("x.cjs", "module.exports = 1"),
        ("d.json", "[1]"),
    ]);
    assert_eq!(store.load(store.entry()).unwrap().format, Format::Esm);
    for (name, format) in [("./x.cjs", Format::CommonJs), ("./d.json", Format::Json)] {
        let id = store.resolve(name, "").unwrap();
        assert_eq!(store.load(&id).unwrap().format, format);
    }
}

#[test]
fn missing_modules_are_named_in_the_scripts_words() {
    let (dir, store) = project(&[
        ("main.js", "export {}"),
        ("util.js", "1"),
        ("lib/index.js", "1"),
    ]);
    let missing = store.resolve("./no.js", "").unwrap();
    let error = store.load(&missing).unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, ModuleError::NotFound(_)));
    assert!(
        text.contains("\"./no.js\" couldn't be found on local disk"),
        "{text}"
    );
    assert!(text.contains(store.entry()), "{text}");
    assert!(
        text.contains(dir.path().join("no.js").to_str().unwrap()),
        "{text}"
    );

    let no_extension = store.resolve("./util", "").unwrap();
    let text = store.load(&no_extension).unwrap_err().to_string();
    assert!(
        text.contains("util.js? extensions must be written out"),
        "{text}"
    );

    let folder = store.resolve("./lib", "").unwrap();
    let text = store.load(&folder).unwrap_err().to_string();
    assert!(text.contains("is a folder"), "{text}");
}

#[test]
fn broken_modules_give_their_own_place() {
    let (dir, store) = project(&[("main.js", "export {}"), ("bad.js", "export const a = ;\n")]);
    let bad = store.resolve("./bad.js", "").unwrap();
    let error = store.load(&bad).unwrap_err();
    let place = format!("{}:1:18: ", id(dir.path(), "bad.js"));
    assert!(
        matches!(&error, ModuleError::Syntax(text) if text.starts_with(&place)),
        "{error}"
    );
    // Repaired meanwhile: the run keeps its answer.
    fs::write(dir.path().join("bad.js"), "export const a = 1;").unwrap();
    assert_eq!(store.load(&bad).unwrap_err(), error);
}

#[test]
fn a_broken_main_module_is_reported_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("main.js");
    fs::write(&path, "export default function () {").unwrap();
    let error = ModuleStore::new(&Source::open(&path).unwrap()).unwrap_err();
    assert!(matches!(error, ModuleError::Syntax(_)), "{error}");
}

#[test]
fn a_sealed_store_has_what_vu_0_loaded() {
    let (_dir, store) = project(&[
        ("main.js", "export {}"),
        ("a.js", "1"),
        ("b.js", "2"),
        ("c.js", "3"),
    ]);
    let a = store.resolve("./a.js", "").unwrap();
    store.load(&a).unwrap();
    let c = store.resolve("./c.js", "").unwrap();
    store.seal();

    assert_eq!(store.resolve("./a.js", "").unwrap(), a);
    // The same module in other words.
    assert_eq!(store.resolve("./x/../a.js", "").unwrap(), a);
    store.load(&a).unwrap();
    let text = "the module \"./b.js\" was not previously resolved during initialization (__VU==0)";
    // Naming a module is always possible, as by `import.meta.resolve`; having it is not.
    let b = store.resolve("./b.js", "").unwrap();
    assert_eq!(
        store.load(&b).unwrap_err(),
        ModuleError::NotResolved(text.into())
    );
    // Resolved in time, but never loaded.
    assert_eq!(store.resolve("./c.js", "").unwrap(), c);
    let error = store.load(&c).unwrap_err().to_string();
    assert_eq!(error, text.replace("b.js", "c.js"));
}

#[test]
fn bytecode_is_kept_for_the_other_vus() {
    let (_dir, store) = project(&[("main.js", "export {}")]);
    assert!(store.load(store.entry()).unwrap().bytecode.get().is_none());
    store.store_bytecode(store.entry(), vec![1, 2]);
    store.store_bytecode(store.entry(), vec![3]);
    store.store_bytecode("file:///unknown.js", vec![4]);
    store.seal();
    assert_eq!(
        &**store.load(store.entry()).unwrap().bytecode.get().unwrap(),
        [1, 2]
    );
}

#[test]
fn standard_input_imports_from_the_working_folder() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.js"), "1").unwrap();
    let source = Source::from_input(
        &b"const a: number = 1; export default a"[..],
        dir.path(),
        &SourceOptions::default(),
    )
    .unwrap();
    let store = ModuleStore::new(&source).unwrap();
    assert_eq!(store.entry(), "file:///-");
    let a = store.resolve("./a.js", store.entry()).unwrap();
    store.load(&a).unwrap();
}

#[test]
fn snapshots_have_modules_and_resolutions() {
    let (dir, store) = project(&[("main.js", "export {}"), ("a.js", "module.exports = 1")]);
    let a = store.resolve("./a.js", "").unwrap();
    store.load(&a).unwrap();
    let gone = store.resolve("./gone.js", "").unwrap();
    store.load(&gone).unwrap_err();
    store.store_bytecode(&a, vec![7]);
    let taken = store.snapshot();
    assert_eq!(taken.entry, store.entry());
    let ids: Vec<&str> = taken.modules.iter().map(|m| m.id.as_str()).collect();
    assert_eq!(ids, [id(dir.path(), "a.js"), id(dir.path(), "main.js")]);
    assert_eq!(taken.modules[0].bytecode.as_deref(), Some(&[7u8][..]));
    assert!(taken.resolutions.contains(&Resolution {
        referrer: store.entry().to_owned(),
        specifier: "./a.js".into(),
        id: a,
    }));
}

#[test]
fn vus_can_load_at_once() {
    let (_dir, store) = project(&[("main.js", "export {}"), ("a.js", "export const a = 1;")]);
    let store = Arc::new(store);
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let store = store.clone();
            std::thread::spawn(move || {
                let id = store.resolve("./a.js", "").unwrap();
                store.load(&id).unwrap()
            })
        })
        .collect();
    let modules: Vec<_> = threads.into_iter().map(|t| t.join().unwrap()).collect();
    assert!(modules.iter().all(|m| Arc::ptr_eq(m, &modules[0])));
}
