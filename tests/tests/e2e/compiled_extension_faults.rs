//! Extensions that do not fit a compiled script, and what `runner build` cannot do.

use runner_tests::{Runner, guest, is_k6};

/// Runs and builds the example with these extensions; both must refuse.
fn refused(extensions: &[(&str, Vec<u8>)], exit: i32, said: &[&str]) {
    for command in ["run", "build"] {
        let runner = match command {
            "run" => Runner::new(),
            _ => Runner::command("build").args(["-o", "whole.wasm"]),
        };
        let mut runner = runner.named("test.wasm", guest("examples/rust-extension"));
        for (name, bytes) in extensions {
            let file = format!("{name}.wasm");
            let named = format!("{name}={file}");
            runner = runner.file(&file, bytes).args(["--ext", named.as_str()]);
        }
        let mut output = runner.run().exits(exit);
        for text in said {
            output = output.says(text);
        }
        assert!(!output.wrote("whole.wasm"), "{output}");
    }
}

/// A component that imports or exports instances of one function, written as text.
fn written(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

/// Exports an interface whose only function takes nothing and returns a number.
fn exporting(interface: &str) -> Vec<u8> {
    written(&format!(
        "(component
           (core module $m (func (export \"f\") (result i32) i32.const 1))
           (core instance $i (instantiate $m))
           (func $f (result u32) (canon lift (core func $i \"f\")))
           (instance $o (export \"is-greater\" (func $f)))
           (export \"{interface}\" (instance $o)))"
    ))
}

#[test]
fn an_interface_that_nobody_exports_is_named_with_the_remedy() {
    if is_k6() {
        return;
    }
    let import = "runner:compare/compare@0.1.0";
    refused(&[], 255, &[import, "--ext NAME=FILE.wasm"]);
    let other = guest("tests/guests/ext-probe");
    refused(
        &[("probe", other)],
        104,
        &[
            import,
            "none of the extensions exports",
            "probe: runner:",
            "--ext NAME=FILE.wasm",
        ],
    );
}

#[test]
fn another_version_is_named_with_both() {
    if is_k6() {
        return;
    }
    let newer = exporting("runner:compare/compare@0.2.0");
    let said = ["compare@0.1.0, but extension newer exports runner:compare/compare@0.2.0"];
    refused(&[("newer", newer)], 104, &said);
}

#[test]
fn two_extensions_with_the_same_interface_are_refused() {
    if is_k6() {
        return;
    }
    let compare = guest("plugins/compare");
    let two = [("one", compare.clone()), ("two", compare)];
    refused(
        &two,
        104,
        &["extension two", "exported by the extension one too"],
    );
}

#[test]
fn other_types_and_missing_functions_are_refused() {
    if is_k6() {
        return;
    }
    let other = exporting("runner:compare/compare@0.1.0");
    refused(
        &[("other", other)],
        107,
        &["extension other: runner:compare/compare@0.1.0.", "same WIT"],
    );
}

#[test]
fn files_that_are_no_extensions_are_refused() {
    if is_k6() {
        return;
    }
    let core = b"\0asm\x01\0\0\0".to_vec();
    refused(
        &[("core", core)],
        104,
        &["extension core", "core WebAssembly module"],
    );
    let text = b"hello".to_vec();
    refused(
        &[("text", text)],
        104,
        &["extension text", "not a valid WebAssembly component"],
    );
    let runner = Runner::new().named("core.wasm", b"\0asm\x01\0\0\0");
    runner.run().exits(255).says("core WebAssembly module");
}

#[test]
fn where_the_file_goes_must_be_said_and_writable() {
    if is_k6() {
        return;
    }
    let build = || {
        Runner::command("build")
            .named("test.wasm", guest("examples/rust-extension"))
            .file("compare.wasm", guest("plugins/compare"))
            .args(["--ext", "compare=compare.wasm"])
    };
    build().run().exits(255).says("--output");
    let output = build().args(["-o", "nowhere/whole.wasm"]).run().exits(255);
    output.says("cannot write nowhere/whole.wasm");
}
