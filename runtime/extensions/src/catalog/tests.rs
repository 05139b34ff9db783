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
    assert_eq!(catalog.script_grants().unwrap().env, ["LISTED", "A", "B"]);
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
fn folders_of_the_machine_come_last() {
    let folder = tempfile::tempdir().unwrap();
    let places = Places {
        folder: folder.path().to_owned(),
        extensions: vec!["/usr/share/runner/extensions".into()],
        ..Places::default()
    };
    let settings = CatalogSettings {
        places,
        ..CatalogSettings::default()
    };
    let catalog = Catalog::new(settings, Path::new("x")).unwrap();
    let expected = [
        PathBuf::from("x/extensions"),
        folder.path().join("extensions"),
        "/usr/share/runner/extensions".into(),
    ];
    assert_eq!(catalog.folders, expected);
}

#[test]
fn nothing_is_granted_above_the_ceiling() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("in/deep")).unwrap();
    fs::create_dir_all(folder.path().join("out")).unwrap();
    fs::write(folder.path().join("a.wasm"), "").unwrap();
    let mut ceiling = Grants::default();
    ceiling.add(
        ScopedGrant::net("127.0.0.1:*").unwrap().grant,
        folder.path(),
    );
    ceiling.add(ScopedGrant::read("in").grant, folder.path());
    ceiling.add(ScopedGrant::env("OPEN").grant, folder.path());
    let extension = |grant: ScopedGrant| {
        let settings = CatalogSettings {
            named: vec![("a".into(), "a.wasm".into())],
            grants: vec![grant],
            places: Places {
                folder: folder.path().to_owned(),
                ceiling: Some(ceiling.clone()),
                ..Places::default()
            },
            ..CatalogSettings::default()
        };
        let catalog = Catalog::new(settings, folder.path()).unwrap();
        let script = catalog.script_grants().map(drop);
        let found = catalog.extension("a").map(drop);
        assert_eq!(script.is_ok(), found.is_ok());
        found.map_err(|error| error.to_string())
    };
    extension(ScopedGrant::net("127.0.0.1:80").unwrap()).unwrap();
    extension(ScopedGrant::read("in/deep")).unwrap();
    extension(ScopedGrant::env("OPEN")).unwrap();
    for (grant, named) in [
        (ScopedGrant::net("*:80").unwrap(), "--allow-net *:80"),
        (
            ScopedGrant::net("[::1]:80").unwrap(),
            "--allow-net [::1]:80",
        ),
        (ScopedGrant::read("out"), "--allow-read out"),
        (ScopedGrant::read("in/.."), "--allow-read in/.."),
        (ScopedGrant::read("gone"), "--allow-read gone"),
        (ScopedGrant::write("in"), "--allow-write in"),
        (ScopedGrant::env("SECRET"), "--allow-env SECRET"),
    ] {
        let refused = extension(grant).unwrap_err();
        assert!(refused.contains(named), "{refused}");
    }
}
