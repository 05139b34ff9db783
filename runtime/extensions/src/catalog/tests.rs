//! Tests of [`super`].

use super::*;

#[test]
fn the_command_line_wins_over_the_file_and_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    };
    file("extensions/a.wasm", "folder");
    file("extensions/output-b.wasm", "output");
    let content = |settings: CatalogSettings| {
        let catalog = Catalog::new(settings, folder.path()).unwrap();
        String::from_utf8(catalog.extension("a").unwrap().unwrap().bytes).unwrap()
    };
    assert_eq!(content(CatalogSettings::default()), "folder");
    file(
        "runner.toml",
        "[extensions.a]\npath = \"toml.wasm\"\nallow-env = [\"X\"]\n",
    );
    file("toml.wasm", "toml");
    assert_eq!(content(CatalogSettings::default()), "toml");
    let flag = CatalogSettings {
        named: vec![("a".into(), file("flag.wasm", "flag"))],
        grants: vec![ScopedGrant::env("a:Y"), ScopedGrant::env("b:Z")],
        ..CatalogSettings::default()
    };
    assert_eq!(content(flag.clone()), "flag");
    let catalog = Catalog::new(flag, folder.path()).unwrap();
    assert_eq!(
        catalog.extension("a").unwrap().unwrap().grants.env,
        ["X", "Y"]
    );
    assert_eq!(catalog.output("b").unwrap().unwrap().bytes, b"output");
    assert!(catalog.extension("../a").unwrap().is_none());
    let text = catalog.unknown_output("bb", &["csv"]);
    assert!(
        text.starts_with("did you mean b? ") && text.contains("[outputs]"),
        "{text}"
    );
    assert!(
        catalog
            .unknown_output("", &["csv"])
            .starts_with("to add one")
    );
    // What may be an extension does not hide an output, and cargo's name for one will do.
    file("extensions/c.wasm", "extension");
    file("extensions/output_c.wasm", "output c");
    let output = |name: &str| catalog.output(name).unwrap().unwrap();
    assert_eq!(output("c").bytes, b"output c");
    let path = folder.path().join("extensions/output_c.wasm");
    let named = output(&path.to_string_lossy());
    assert_eq!(
        (named.name.as_str(), &*named.bytes),
        ("c", &b"output c"[..])
    );
    let text = catalog.unknown("aa");
    assert!(
        text.contains("did you mean k6/x/a?)") && text.contains("--ext aa="),
        "{text}"
    );
}

#[test]
fn clashes_and_missing_files_are_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().join("x.wasm");
    fs::write(&here, "x").unwrap();
    let refused = |named: &[(&str, &Path)]| {
        let named = named.iter().map(|(n, p)| ((*n).into(), p.into())).collect();
        let settings = CatalogSettings {
            named,
            ..CatalogSettings::default()
        };
        Catalog::new(settings, folder.path())
            .unwrap_err()
            .to_string()
    };
    assert!(refused(&[("a", &here), ("a", &here)]).contains("given twice"));
    assert!(refused(&[("kv", &here)]).contains("built in"));
    assert!(refused(&[("script", &here)]).contains("the script itself"));
    assert!(refused(&[("a b", &here)]).contains("no name"));
    assert!(refused(&[("a", Path::new("/nowhere/a.wasm"))]).contains("/nowhere/a.wasm"));
}

#[test]
fn what_a_script_carries_stands_before_files_that_nobody_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.wasm");
    fs::write(&file, "file").unwrap();
    let text = "[extensions.a]\npath = \"a.wasm\"\nallow-env = [\"X\"]\n";
    fs::write(folder.path().join("runner.toml"), text).unwrap();
    let mut settings = CatalogSettings {
        carried: vec![("a".into(), Arc::from(*b"carried"))],
        ..CatalogSettings::default()
    };
    let found = |settings: &CatalogSettings| {
        let catalog = Catalog::new(settings.clone(), folder.path()).unwrap();
        catalog.extension("a").unwrap().unwrap()
    };
    let carried = found(&settings);
    assert_eq!(carried.bytes, b"carried");
    assert_eq!(carried.grants.env, ["X"]);
    settings.named.push(("a".into(), file.clone()));
    assert_eq!(found(&settings).bytes, b"file");
}

#[test]
fn a_script_has_grants_of_its_own_and_those_of_all() {
    let folder = tempfile::tempdir().unwrap();
    let text = "[script]\nallow-env = [\"LISTED\"]\n";
    fs::write(folder.path().join("runner.toml"), text).unwrap();
    let settings = CatalogSettings {
        grants: ["A", "script:B", "compare:C"].map(ScopedGrant::env).into(),
        ..CatalogSettings::default()
    };
    let catalog = Catalog::new(settings, folder.path()).unwrap();
    assert_eq!(catalog.script_grants().env, ["LISTED", "A", "B"]);
}

#[test]
fn a_changed_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.wasm"), "changed").unwrap();
    let digest = "0".repeat(64);
    let text = format!("[extensions.a]\npath = \"a.wasm\"\nsha256 = \"{digest}\"\n");
    fs::write(folder.path().join("runner.toml"), text).unwrap();
    let catalog = Catalog::new(CatalogSettings::default(), folder.path()).unwrap();
    let error = catalog.extension("a").unwrap_err().to_string();
    assert!(
        error.contains(&digest) && error.contains("change runner.toml"),
        "{error}"
    );
}

#[test]
fn what_is_installed_with_the_binary_is_found_last() {
    let from = |binary: &str| installed(Path::new(binary));
    let folder = |path: &str| Some(PathBuf::from(path));
    assert_eq!(
        from("/usr/bin/runner"),
        folder("/usr/share/runner/extensions")
    );
    assert_eq!(
        from("/opt/runner/bin/runner"),
        folder("/opt/runner/share/runner/extensions")
    );
    assert_eq!(from("/"), None);
    let catalog = Catalog::new(CatalogSettings::default(), Path::new("x")).unwrap();
    let last = catalog.folders.last().unwrap();
    assert_eq!(*last, installed(&std::env::current_exe().unwrap()).unwrap());
}
