//! `runner new`: each template runs as it was written, and nothing is overwritten by accident.

use std::process::Command;

use runner_tests::{Output, Runner, is_k6, target};

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

#[test]
fn a_rust_project_builds_and_runs() {
    if is_k6() {
        return;
    }
    let sdk = concat!(env!("CARGO_MANIFEST_DIR"), "/../sdk-rust");
    let folder = std::env::current_exe().unwrap();
    let guests = folder.ancestors().nth(3).unwrap().join("guests");
    for (template, flags) in [("minimal", &["-u", "2", "-i", "2"][..]), ("protocol", &[])] {
        let name = format!("my-{template}");
        let written = new(&[
            "--lang",
            "rust",
            "--sdk",
            sdk,
            "--template",
            template,
            &name,
        ])
        .succeeds();
        let readme = written.file(&format!("{name}/README.md")).unwrap();
        assert!(
            readme.contains(&format!("release/my_{template}.wasm")),
            "{readme}"
        );
        let project = tempfile::tempdir().unwrap();
        for file in ["Cargo.toml", "build.rs", "src/lib.rs"] {
            let to = project.path().join(file);
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            let text = written.file(&format!("{name}/{file}")).unwrap();
            std::fs::write(
                to,
                text.replace("\"10s\"", "\"1s\"")
                    .replace("\"20s\"", "\"1s\"")
                    .replace("\"35s\"", "\"2s\""),
            )
            .unwrap();
        }
        // The same versions as the examples', which are on this machine already.
        let lock = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../examples/rust-http-get/Cargo.lock"
        );
        let lock = std::fs::read_to_string(lock).unwrap();
        let lock = lock.replace("name = \"rust-http-get\"", &format!("name = \"{name}\""));
        std::fs::write(project.path().join("Cargo.lock"), lock).unwrap();
        let status = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()))
            .args([
                "build",
                "--release",
                "--target",
                "wasm32-wasip2",
                "--target-dir",
            ])
            .arg(&guests)
            .current_dir(project.path())
            .status()
            .unwrap();
        assert!(status.success(), "{template}: {status}");
        let component = guests.join(format!("wasm32-wasip2/release/my_{template}.wasm"));
        let output = Runner::new()
            .named("test.wasm", std::fs::read(component).unwrap())
            .script_env("BASE_URL", target().http())
            .args(flags.iter().copied())
            .run()
            .succeeds();
        output.prints("100.00%");
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
