//! Extensions in seven languages, and outputs: what `runner new` writes, and the examples, are built and run as
//! their READMEs say. Python, JS and Go need their tools (`make languages`), Zig and C++ those of
//! `make test-long`; where they are missing, their tests are skipped.

use std::path::Path;

use runner_tests::{Output, Project, Runner, Tools, guest, is_k6};

/// What the script that comes with every project shows.
const GREETING: &str = "Hello runner, from virtual user 1";

fn repository(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn extension(language: &str, name: &str) -> Project {
    let project = Project::made_by_new(&["--kind", "extension", "--lang", language, name]);
    let commands = project.commands();
    assert_eq!(commands.len(), 3, "{commands:?}");
    project
}

/// Does what the README says, but for what is installed once per machine.
fn works(project: &Project) -> String {
    let commands = project.commands();
    project.shell(&commands[1]);
    project.shell(&commands[2])
}

#[test]
fn a_rust_project_builds_and_runs() {
    if is_k6() {
        return;
    }
    let project = extension("rust", "my-ext");
    let said = rust_works(&project, "my-ext");
    assert!(said.contains(GREETING), "{said}");
}

#[test]
fn an_output_in_rust_builds_and_runs() {
    if is_k6() {
        return;
    }
    let project = Project::made_by_new(&["--kind", "output", "my-output"]);
    let said = rust_works(&project, "my-output");
    assert!(said.contains("ARGUMENTrounds: 10 samples"), "{said}");
}

fn rust_works(project: &Project, name: &str) -> String {
    // The same versions as a plugin's, which are on this machine already.
    let lock = std::fs::read_to_string(repository("plugins/compare/Cargo.lock")).unwrap();
    let lock = lock.replace("name = \"compare\"", &format!("name = \"{name}\""));
    std::fs::write(project.path().join("Cargo.lock"), lock).unwrap();
    let test = std::env::current_exe().unwrap();
    // Beside the other guests, so that what they share is compiled once.
    let guests = test.ancestors().nth(3).unwrap().join("guests");
    std::fs::create_dir_all(&guests).unwrap();
    std::os::unix::fs::symlink(guests, project.path().join("target")).unwrap();
    works(project)
}

#[test]
fn a_c_project_builds_and_runs() {
    if is_k6() {
        return;
    }
    let project = extension("c", "my-ext");
    let said = works(&project);
    assert!(said.contains(GREETING), "{said}");
    // Nothing to do the second time.
    let again = project.shell(&project.commands()[1]);
    assert!(again.contains("up to date"), "{again}");
}

#[test]
fn a_module_for_another_wit_is_refused() {
    if is_k6() {
        return;
    }
    let project = extension("c", "my-ext");
    project.shell("make build/core.wasm");
    let wit = project.path().join("wit/extension.wit");
    let text = std::fs::read_to_string(&wit).unwrap();
    // What a compiler would not notice: both are the same to the machine.
    let other = text.replace("func(number: u32)", "func(number: s32)");
    assert_ne!(text, other);
    std::fs::write(&wit, &other).unwrap();
    let build = "runner build build/core.wasm --wit wit -o my-ext.wasm";
    let said = project.shell(&format!("! {build}"));
    assert!(said.contains("compiled for another WIT"), "{said}");
    assert!(said.contains("make bindings"), "{said}");
    // A comment does not count.
    std::fs::write(&wit, text.replace("Half of", "One half of")).unwrap();
    project.shell(build);
    // `make` does by itself what the message says.
    std::fs::write(
        &wit,
        text.replace(
            "half: func(number: u32)",
            "half: func(number: u32, rest: u32)",
        ),
    )
    .unwrap();
    let said = project.shell("touch -d '1 hour' wit/extension.wit; ! make");
    assert!(said.contains("conflicting types"), "{said}");
}

#[test]
fn what_wit_says_reaches_the_declarations() {
    if is_k6() {
        return;
    }
    let project = extension("c", "my-ext");
    project.shell("make");
    // Without the folder, the component has it.
    project.shell("rm -r wit && runner types --types words=my-ext.wasm");
    let read = |file: &str| std::fs::read_to_string(project.path().join(file)).unwrap();
    let types = read("types/extensions/words.d.ts");
    for expected in [
        "declare module \"k6/x/words\" {",
        "/** A greeting that says which virtual user it comes from. */",
        "   * Half of an even number. The error is thrown in the script.\n   * @throws {Error} with",
        "/** A class: counts up from where it starts. */",
    ] {
        assert!(types.contains(expected), "{expected}: {types}");
    }
    assert!(read("types/index.d.ts").contains("./extensions/words.d.ts"));
}

#[test]
fn a_go_project_builds_and_runs() {
    if is_k6() {
        return;
    }
    let Some(tools) = Tools::Go.folder() else {
        return;
    };
    let project = extension("go", "my-ext");
    let said = in_venv(&project, &tools);
    assert!(said.contains(GREETING), "{said}");
    // Garbage is collected: far more than a virtual user may have is allocated, call by call.
    std::fs::write(
        project.path().join("many.js"),
        "import extension from 'k6/x/my-ext';
        const name = 'x'.repeat(100000);
        export default function () {
          for (let i = 0; i < 3000; i++) extension.greet(name);
          console.log(extension.half(84));
        }",
    )
    .unwrap();
    let run = "RUNNER_CACHE_DIR=cache runner run many.js --vu-memory 64MB --ext my-ext=my-ext.wasm";
    let said = project.shell(run);
    assert!(said.contains("42"), "{said}");
    assert!(!said.contains("level=error"), "{said}");
}

#[test]
fn zig_and_cpp_projects_build_and_run() {
    if is_k6() {
        return;
    }
    let Some(tools) = Tools::Zig.folder() else {
        return;
    };
    for language in ["zig", "cpp"] {
        let project = extension(language, "my-ext");
        let said = in_venv(&project, &tools);
        assert!(said.contains(GREETING), "{language}: {said}");
    }
}

#[test]
fn a_python_project_builds_and_runs() {
    if is_k6() {
        return;
    }
    let Some(tools) = Tools::Python.folder() else {
        return;
    };
    let project = extension("python", "my-ext");
    same_versions(
        &project,
        "requirements.txt",
        "examples/ext-python",
        "componentize-py",
    );
    let said = in_venv(&project, &tools);
    assert!(said.contains(GREETING), "{said}");
}

#[test]
fn a_js_project_builds_and_runs() {
    if is_k6() {
        return;
    }
    let Some(tools) = Tools::Js.folder() else {
        return;
    };
    let project = extension("js", "my-ext");
    same_versions(
        &project,
        "package.json",
        "examples/ext-js",
        "\"componentize-qjs\":",
    );
    let said = with_modules(&project, &tools);
    assert!(said.contains(GREETING), "{said}");
}

/// The project's own `.venv` is the one that is there.
fn in_venv(project: &Project, tools: &Path) -> String {
    std::os::unix::fs::symlink(tools, project.path().join(".venv")).unwrap();
    let commands = project.commands();
    project.shell(&commands[1]);
    // No two builds of a component are the same, and the compiled code has 35 MB: not for the
    // cache that runs share.
    let run = format!("export RUNNER_CACHE_DIR=cache; {}", commands[2]);
    project.shell(&run)
}

/// As `npm install` would leave it. Links that lead out of the project are not followed by
/// componentize-qjs.
fn with_modules(project: &Project, tools: &Path) -> String {
    let copy = format!("cp -R '{}' .", tools.join("node_modules").display());
    project.shell(&copy);
    works(project)
}

fn same_versions(project: &Project, file: &str, example: &str, line: &str) {
    let find = |text: String| text.lines().find(|l| l.contains(line)).map(str::to_owned);
    let ours = find(std::fs::read_to_string(project.path().join(file)).unwrap());
    let example = repository(example).join(file);
    assert_eq!(ours, find(std::fs::read_to_string(example).unwrap()));
}

#[test]
fn the_rust_example_runs() {
    if is_k6() {
        return;
    }
    let script = std::fs::read(repository("examples/ext-rust/script.js")).unwrap();
    Runner::new()
        .named("script.js", script)
        .file("totp.wasm", guest("examples/ext-rust"))
        .args(["--ext", "totp=totp.wasm"])
        .run()
        .succeeds()
        .prints("100.00%");
}

#[test]
fn the_c_example_runs() {
    if is_k6() {
        return;
    }
    let said = works(&Project::copy_of("examples/ext-c"));
    assert!(said.contains("100.00%"), "{said}");
}

#[test]
fn the_python_example_runs() {
    if is_k6() {
        return;
    }
    if let Some(tools) = Tools::Python.folder() {
        let said = in_venv(&Project::copy_of("examples/ext-python"), &tools);
        assert!(said.contains("100.00%"), "{said}");
    }
}

#[test]
fn the_js_example_runs() {
    if is_k6() {
        return;
    }
    if let Some(tools) = Tools::Js.folder() {
        let said = with_modules(&Project::copy_of("examples/ext-js"), &tools);
        assert!(said.contains("100.00%"), "{said}");
    }
}

fn new(args: &[&str]) -> Output {
    let kind = ["--kind", "extension"];
    let args = kind.iter().chain(args).copied();
    Runner::command("new").args(args).run()
}

#[test]
fn what_there_is_not() {
    if is_k6() {
        return;
    }
    new(&["x"])
        .exits(255)
        .says("--lang rust, c, cpp, zig, go, python or js");
    new(&["--lang", "ts", "x"]).exits(255).says("--lang js");
    new(&["--lang", "cobol", "x"]).exits(255).says("cobol");
    for template in ["protocol", "./mine"] {
        new(&["--lang", "js", "--template", template, "x"])
            .exits(255)
            .says("leave out --template");
    }
    for name in ["My-Ext", "my_ext", "a--b", "2fast", "x.y"] {
        new(&["--lang", "c", name])
            .exits(255)
            .says("such as my-extension");
    }
    Runner::command("new")
        .args(["--kind", "output", "--lang", "c", "x"])
        .run()
        .exits(255)
        .says("--lang rust");
    new(&["--lang", "c", "list"]).exits(255).says("my-list");
    for language in ["cpp", "zig"] {
        Runner::command("new")
            .args(["--lang", language, "x"])
            .run()
            .exits(255)
            .says("--kind extension");
    }
    Runner::command("new")
        .args(["--kind", "nope", "x"])
        .run()
        .exits(255)
        .says("nope");
}

#[test]
fn nothing_is_mixed_with_what_is_there() {
    if is_k6() {
        return;
    }
    let taken = || Runner::command("new").file("p/notes.txt", "mine");
    let args = ["--kind", "extension", "--lang", "python"];
    let output = taken().args(args).main("p").run().exits(255);
    let output = output.says("p already exists. Use the `--force` flag");
    assert!(output.file("p/extension.py").is_none(), "{output}");
    let output = taken().args(args).args(["-f"]).main("p").run().succeeds();
    assert_eq!(output.file("p/notes.txt").unwrap(), "mine");
    assert!(output.file("p/wit/deps/log/log.wit").is_some(), "{output}");
    Runner::command("new")
        .file("p", "a file")
        .args(args)
        .main("p")
        .run()
        .exits(255)
        .says("p already exists");
}

#[test]
fn core_modules_that_cannot_become_components() {
    if is_k6() {
        return;
    }
    // `(module (func (export "f")))`
    let core = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x07\x05\x01\x01f\0\0\x0a\x04\x01\x02\0\x0b";
    let build = |args: &[&str]| {
        Runner::command("build")
            .file("wit/a.wit", "package a:b;\nworld w { export f: func(); }\n")
            .file("other.wit", "package a:b;\nworld w { export g: func(); }\n")
            .file("broken.wit", "package a:b;\nworld w {\n")
            .file("script.js", "export default function () {}")
            .file("damaged.wasm", &core[..20])
            .named("core.wasm", core)
            .args(args.iter().copied())
            .args(["-o", "out.wasm"])
    };
    let made = build(&["--wit", "wit"]).run().succeeds();
    assert_eq!(made.bytes("out.wasm")[..8], *b"\0asm\x0d\0\x01\0");
    for (args, file, expected) in [
        (
            &[][..],
            "core.wasm",
            "name the folder of its WIT files with --wit",
        ),
        (&["--wit", "nowhere"], "core.wasm", "nowhere"),
        (&["--wit", "other.wit"], "core.wasm", "`g`"),
        (&["--wit", "broken.wit"], "core.wasm", "broken.wit:3"),
        (&["--wit", "wit", "--world", "v"], "core.wasm", "v"),
        (&["--wit", "wit"], "script.js", "no WebAssembly module"),
        (&["--wit", "wit"], "damaged.wasm", "damaged.wasm"),
        (&["--wit", "wit"], "missing.wasm", "missing.wasm"),
    ] {
        let output = build(args).main(file).run().exits(255).says(expected);
        assert!(output.file("out.wasm").is_none(), "{output}");
    }
    // Where a component is wanted, the message leads here.
    Runner::new()
        .script("import 'k6/x/a'; export default function () {}")
        .file("a.wasm", core)
        .args(["--ext", "a=a.wasm"])
        .run()
        .says("--wit");
}
