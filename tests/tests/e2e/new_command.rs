//! `runner new`: each template runs as it was written, and nothing is overwritten by accident.

use std::process::Command;

use runner_tests::{Output, Project, Runner, Tools, is_k6, target};

fn new(args: &[&str]) -> Output {
    Runner::command("new").args(args.iter().copied()).run()
}

/// Runs what was written, against the target server.
fn runs(name: &str, written: &Output, args: &[&str]) -> Output {
    Runner::new()
        .named(name, written.bytes(name))
        .script_env("BASE_URL", target().http())
        .args(args.iter().copied())
        .run()
        .succeeds()
}

#[test]
fn minimal_scripts_run() {
    if is_k6() {
        return;
    }
    for (args, name) in [
        (&[][..], "script.js"),
        (&["first.js"], "first.js"),
        (&["--lang", "ts"], "script.ts"),
        (&["load.ts"], "load.ts"),
        (
            &["--template", "minimal", "folder/deep.js"],
            "folder/deep.js",
        ),
    ] {
        let written = new(args).succeeds();
        let written = written.prints(&format!("New script created: {name} (minimal template)."));
        runs(name, &written, &["-u", "2", "-i", "2"]).prints("✓ status is 200");
    }
}

#[test]
fn protocol_scripts_run() {
    if is_k6() {
        return;
    }
    for name in ["script.js", "script.ts"] {
        let written = new(&["--template", "protocol", name]).succeeds();
        let script = String::from_utf8(written.bytes(name)).unwrap();
        // As written, but for the half minute.
        let short = script
            .replace("'10s'", "'1s'")
            .replace("'20s'", "'1s'")
            .replace("'35s'", "'2s'");
        assert_ne!(script, short);
        let output = Runner::new()
            .named(name, short)
            .script_env("BASE_URL", target().http())
            .run()
            .succeeds();
        output
            .prints("✓ article is ours")
            .prints("✓ page is there")
            .says("finished what was started at");
    }
}

/// Does what the README says, with less load, against the target server; but for what is installed
/// once per machine.
fn works(project: &Project, flags: &str) -> String {
    let commands = project.commands();
    assert_eq!(commands.len(), 3, "{commands:?}");
    project.shell(&commands[1]);
    // The compiled code of what differs with each build is not for the user's cache.
    let cache = "export RUNNER_CACHE_DIR=cache";
    let url = target().http();
    project.shell(&format!(
        "{cache}; {} -e BASE_URL={url} {flags}",
        commands[2]
    ))
}

#[test]
fn a_rust_project_builds_and_runs() {
    if is_k6() {
        return;
    }
    let test = std::env::current_exe().unwrap();
    let guests = test.ancestors().nth(3).unwrap().join("guests");
    for (template, flags) in [("minimal", "-u 2 -i 2"), ("protocol", "")] {
        // The ending says the language; nothing is needed but the binary.
        let name = format!("my-{template}");
        let file = format!("{name}.rs");
        let project = Project::made_by_new(&["--template", template, &file]);
        let read = |file: &str| std::fs::read_to_string(project.path().join(file)).unwrap();
        let script = read("src/lib.rs");
        let script = script
            .replace("\"10s\"", "\"1s\"")
            .replace("\"20s\"", "\"1s\"")
            .replace("\"35s\"", "\"2s\"");
        std::fs::write(project.path().join("src/lib.rs"), script).unwrap();
        // The same versions as the examples', which are on this machine already.
        let lock = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../examples/rust-http-get/Cargo.lock"
        );
        let lock = std::fs::read_to_string(lock).unwrap();
        let lock = lock.replace("name = \"rust-http-get\"", &format!("name = \"{name}\""));
        std::fs::write(project.path().join("Cargo.lock"), lock).unwrap();
        std::fs::create_dir_all(&guests).unwrap();
        std::os::unix::fs::symlink(&guests, project.path().join("target")).unwrap();
        let said = works(&project, flags);
        assert!(said.contains("100.00%"), "{said}");
    }
}

#[test]
fn the_sdk_can_be_published() {
    if is_k6() {
        return;
    }
    let repository = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let folder = tempfile::tempdir().unwrap();
    // It is compiled from the package in other tests, by what `runner new` writes: here it has to be whole.
    let status = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()))
        .args([
            "package",
            "--no-verify",
            "--allow-dirty",
            "--offline",
            "--target-dir",
        ])
        .arg(folder.path())
        .current_dir(format!("{repository}/sdk-rust"))
        .status()
        .unwrap();
    assert!(status.success(), "{status}");
    let package = folder.path().join("package/runner-sdk-0.1.0.crate");
    let list = Command::new("tar")
        .arg("tzf")
        .arg(package)
        .output()
        .unwrap();
    let list = String::from_utf8(list.stdout).unwrap();
    for file in [
        "src/lib.rs",
        "wit/deps/http/http.wit",
        "wit/deps/kv/store.wit",
        "LICENSE",
        "README.md",
    ] {
        assert!(
            list.contains(&format!("runner-sdk-0.1.0/{file}\n")),
            "{list}"
        );
    }
}

#[test]
fn a_c_project_builds_and_runs() {
    if is_k6() {
        return;
    }
    let project = Project::made_by_new(&["--lang", "c", "my-c"]);
    let said = works(&project, "-u 2 -i 2");
    assert!(said.contains("100.00%"), "{said}");
    let again = project.shell("make");
    assert!(again.contains("up to date"), "{again}");
}

#[test]
fn a_go_project_builds_and_runs() {
    if is_k6() {
        return;
    }
    if let Some(tools) = Tools::Go.folder() {
        let project = Project::made_by_new(&["my-go.go"]);
        std::os::unix::fs::symlink(tools, project.path().join(".venv")).unwrap();
        let said = works(&project, "-u 2 -i 2");
        assert!(said.contains("100.00%"), "{said}");
    }
}

#[test]
fn a_python_project_builds_and_runs() {
    if is_k6() {
        return;
    }
    if let Some(tools) = Tools::Python.folder() {
        let project = Project::made_by_new(&["--lang", "python", "my-py"]);
        std::os::unix::fs::symlink(tools, project.path().join(".venv")).unwrap();
        let said = works(&project, "-u 2 -i 2");
        assert!(said.contains("100.00%"), "{said}");
    }
}

#[test]
fn wit_for_other_tools() {
    if is_k6() {
        return;
    }
    let project = Project::empty();
    let there = |file: &str| project.path().join(file).is_file();
    let said = project.shell("runner wit && runner wit api --kind extension");
    assert!(said.contains("wit/script.wit"), "{said}");
    for file in [
        "script.wit",
        "deps/http/http.wit",
        "deps/wasi-sockets/sockets.wit",
    ] {
        assert!(there(&format!("wit/{file}")), "{file}");
    }
    assert!(there("api/extension.wit"));
    // What is there is the user's; what is in deps is brought up to date.
    project.shell(
        "echo '// mine' >> wit/script.wit && echo broken > wit/deps/log/log.wit && runner wit && \
         grep -q mine wit/script.wit && ! grep -q broken wit/deps/log/log.wit",
    );
    for (language, file) in [
        ("c", "script.h"),
        ("cpp", "script_cpp.h"),
        ("go", "wit_exports.go"),
    ] {
        project.shell(&format!("runner bindings {language} wit -o {language}"));
        assert!(there(&format!("{language}/{file}")), "{language}");
    }
    for (command, expected) in [
        ("runner bindings c nowhere", "nowhere"),
        ("runner bindings c wit --world nope", "nope"),
        ("runner bindings cobol wit", "cobol"),
        (
            "echo 'world {' > api/extension.wit; runner bindings c api",
            "extension.wit:1",
        ),
    ] {
        let said = project.shell(&format!("! {{ {command}\n}}"));
        assert!(said.contains(expected), "{command}: {said}");
    }
}

#[test]
fn nothing_is_overwritten_unless_forced() {
    let taken = || Runner::command("new").file("a.js", "mine");
    let output = taken().main("a.js").run().exits(255);
    let output = output.says("a.js already exists. Use the `--force` flag to overwrite it");
    assert_eq!(output.file("a.js").unwrap(), "mine");
    let output = taken().args(["-f"]).main("a.js").run().succeeds();
    assert_ne!(output.file("a.js").unwrap(), "mine");
    if is_k6() {
        return;
    }
    // Of a project, not even the files that would be free.
    let project = Runner::command("new").file("p/Cargo.toml", "mine");
    let output = project.args(["--lang", "rust"]).main("p").run().exits(255);
    let output = output.says("p/Cargo.toml already exists");
    assert!(output.file("p/src/lib.rs").is_none(), "{output}");
}

#[test]
fn templates_of_ones_own() {
    let template = "// {{ .ScriptName }} of {{ .ProjectID }}\nexport default function () {}\n";
    let output = Runner::command("new")
        .file("own.tmpl", template)
        .args(["--template", "./own.tmpl", "--project-id", "7"])
        .main("b.js")
        .run()
        .succeeds();
    let expected = "// b.js of 7\nexport default function () {}\n";
    assert_eq!(output.file("b.js").unwrap(), expected);
}

#[test]
fn what_there_is_not() {
    new(&["--template", "nope"])
        .exits(255)
        .says("invalid template type \"nope\"");
    new(&["--template", "./nope"]).exits(255).says("nope");
    if is_k6() {
        return;
    }
    new(&["--template", "browser"])
        .exits(255)
        .says("no browser");
    new(&["--project-id", "3"]).exits(255).says("Grafana Cloud");
    new(&["--lang", "cobol"]).exits(255).says("cobol");
    new(&["--lang", "rust", "--sdk", "."])
        .exits(255)
        .says("no Cargo.toml");
    let broken = Runner::command("new").file("t", "{{ if .ProjectID }}x{{ end }}");
    broken
        .args(["--template", "./t"])
        .run()
        .exits(255)
        .says("can be filled in");
}
