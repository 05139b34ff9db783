//! Components that were built for the contract as it was first released run on. Their WIT is a copy
//! in `tests/guests/contract-0.1.0` that nobody changes: a script in Rust, an extension in C, an output.

use std::fs;

use runner_tests::{Project, Runner, guest, is_k6, target};

#[test]
fn a_script_in_rust_runs() {
    if is_k6() {
        return;
    }
    let output = Runner::new()
        .named("old.wasm", guest("tests/guests/old-script"))
        .script_env("HTTP", target().http())
        .run()
        .succeeds();
    output
        .says("activated with Some(")
        .prints("✓ 'count==2'")
        .prints("✓ all there");
}

#[test]
fn an_output_runs() {
    if is_k6() {
        return;
    }
    Runner::new()
        .file("old.wasm", guest("tests/guests/old-output"))
        .args(["--out", "./old.wasm=argument"])
        .script("export default function () {}")
        .run()
        .succeeds()
        .prints("output: old (argument)")
        .says("saw samples: true");
}

#[test]
fn an_extension_in_c_runs() {
    if is_k6() {
        return;
    }
    let project = Project::copy_of("tests/guests/old-extension");
    project.add("tests/guests/contract-0.1.0", "wit/deps");
    let script = "import greeting from 'k6/x/greeting'; \
        export default function () { console.log(greeting.greet('you')); }";
    fs::write(project.path().join("script.js"), script).unwrap();
    let said = project.shell(
        "runner bindings c wit && \
         clang --target=wasm32-wasi -mexec-model=reactor -Os -Wl,--strip-debug -o core.wasm \
           extension.c bindings/*.c && \
         runner build core.wasm --wit wit -o greeting.wasm && \
         runner run --quiet --log-format raw script.js --ext greeting=greeting.wasm 2>&1",
    );
    assert_eq!(said.matches("Hello you, started 1").count(), 2, "{said}");
}
