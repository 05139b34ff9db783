//! Where extensions are found, what wins, and what is said about a file, a name or a
//! `runner.toml` that cannot be used.

use runner_tests::{Output, Runner, guest, is_k6};
use sha2::{Digest, Sha256};
use wasm_encoder::{
    Component, ComponentExportKind, ComponentExportSection, ComponentImportSection,
    ComponentInstanceSection, ComponentTypeRef, ComponentTypeSection, InstanceType,
};

const SCRIPT: &str = "import probe from 'k6/x/probe';
export default function () { console.log(probe.add(40, 2)); }";

fn probe() -> Vec<u8> {
    guest("tests/guests/ext-probe")
}

fn runner(args: &[&str]) -> Runner {
    Runner::new().script(SCRIPT).args(args.iter().copied())
}

/// A run whose `probe` is that file.
fn with_file(content: &[u8]) -> Output {
    let runner = runner(&["--ext", "probe=x.wasm"]);
    runner.file("x.wasm", content).run()
}

/// A component that imports and exports empty interfaces of those names.
fn component(import: Option<&str>, export: Option<&str>) -> Vec<u8> {
    let mut component = Component::new();
    if let Some(name) = import {
        let mut types = ComponentTypeSection::new();
        types.instance(&InstanceType::new());
        component.section(&types);
        let mut imports = ComponentImportSection::new();
        imports.import(name, ComponentTypeRef::Instance(0));
        component.section(&imports);
    }
    if let Some(name) = export {
        let mut instances = ComponentInstanceSection::new();
        let nothing: [(&str, ComponentExportKind, u32); 0] = [];
        instances.export_items(nothing);
        component.section(&instances);
        let mut exports = ComponentExportSection::new();
        let index = u32::from(import.is_some());
        exports.export(name, ComponentExportKind::Instance, index, None);
        component.section(&exports);
    }
    component.finish()
}

#[test]
fn the_command_line_takes_names_and_files() {
    if is_k6() {
        return;
    }
    let refused = |args: &[&str], code: i32, said: &str| {
        let output = runner(args).file("x.wasm", b"x").run().exits(code);
        output.says(said)
    };
    refused(
        &["--ext", "probe"],
        255,
        "expected NAME=FILE, such as compare=./compare.wasm",
    );
    refused(&["--ext", "=x.wasm"], 255, "expected NAME=FILE");
    refused(&["--ext", "probe="], 255, "expected NAME=FILE");
    refused(
        &["--ext", "pro be=x.wasm"],
        104,
        "\"pro be\" is no name for an extension",
    );
    refused(
        &["--ext", "../probe=x.wasm"],
        104,
        "is no name for an extension",
    );
    refused(
        &["--ext", "kv=x.wasm"],
        104,
        "kv is built in; give the extension another name",
    );
    refused(
        &["--ext", "probe=nowhere.wasm"],
        104,
        "extension probe: cannot read nowhere.wasm",
    );
    refused(
        &["--ext", "probe=."],
        104,
        "extension probe: cannot read .: it is a folder",
    );
    let twice = ["--ext", "probe=x.wasm", "--ext", "probe=x.wasm"];
    refused(
        &twice,
        104,
        "--ext probe is given twice; each name belongs to one file",
    );
    // As the script imports it, and names with parts.
    let runner = runner(&["--ext", "k6/x/probe=deep/er/x.wasm"]);
    let output = runner.file("deep/er/x.wasm", probe()).run().succeeds();
    output.console_is(&["42"]);
    let script = SCRIPT.replace("k6/x/probe", "k6/x/acme/probe");
    let runner = Runner::new()
        .script(&script)
        .args(["--ext", "acme/probe=x.wasm"]);
    runner
        .file("x.wasm", probe())
        .run()
        .succeeds()
        .console_is(&["42"]);
}

#[test]
fn files_are_found_in_order() {
    if is_k6() {
        return;
    }
    let bad = |place: &str| format!("from {place}").into_bytes();
    // Each place that should not be looked at any more holds a file that cannot be used.
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("extensions/probe.wasm");
    std::fs::create_dir_all(data.parent().unwrap()).unwrap();
    let run = |runner: Runner| {
        let runner = runner.env("RUNNER_DATA_DIR", home.path().to_str().unwrap());
        runner.run().succeeds().console_is(&["42"]);
    };
    std::fs::write(&data, probe()).unwrap();
    run(runner(&[]));
    std::fs::write(&data, bad("data")).unwrap();
    run(runner(&[]).file("extensions/probe.wasm", probe()));
    let toml = "[extensions]\nprobe = \"lib/p.wasm\"\n";
    let listed = |runner: Runner| {
        let runner = runner.file("extensions/probe.wasm", bad("folder"));
        runner.file("runner.toml", toml)
    };
    run(listed(runner(&[])).file("lib/p.wasm", probe()));
    let named = listed(runner(&["--ext", "probe=x.wasm"]));
    run(named
        .file("lib/p.wasm", bad("toml"))
        .file("x.wasm", probe()));
}

#[test]
fn what_belongs_to_the_script_is_beside_the_script() {
    if is_k6() {
        return;
    }
    let runner = || {
        Runner::new()
            .file("tests/script.js", SCRIPT)
            .main("tests/script.js")
    };
    let toml = "[extensions]\nprobe = \"../lib/p.wasm\"\n";
    let output = runner()
        .file("tests/runner.toml", toml)
        .file("lib/p.wasm", probe());
    output.run().succeeds().console_is(&["42"]);
    let output = runner().file("tests/extensions/probe.wasm", probe());
    output.run().succeeds().console_is(&["42"]);
    let output = runner().file("extensions/probe.wasm", probe());
    output.run().succeeds().console_is(&["42"]);
}

#[test]
fn mistakes_in_runner_toml_name_the_place() {
    if is_k6() {
        return;
    }
    let refused = |toml: &str, said: &[&str]| {
        let runner = runner(&[]).file("extensions/probe.wasm", probe());
        let mut output = runner.file("runner.toml", toml).run().exits(104);
        output = output.says("runner.toml");
        for said in said {
            output = output.says(said);
        }
    };
    refused("[extensions\n", &["line 1"]);
    refused(
        "\n[extensions]\nprobe = 5\n",
        &[
            "line 3",
            "expected a path, or a table with path, sha256 and grants",
        ],
    );
    refused("[extension]\n", &["unknown field `extension`"]);
    refused(
        "[extensions.probe]\npath = \"x\"\nalow-net = []\n",
        &["line 3", "unknown field `alow-net`", "allow-net"],
    );
    refused(
        "[extensions.probe]\nsha256 = \"12\"\n",
        &["probe", "sha256 must be 64 hex digits"],
    );
    refused(
        "[extensions.probe]\nallow-net = [\"x\"]\n",
        &["probe", "HOST:PORT"],
    );
    refused("[extensions]\nkv = \"x.wasm\"\n", &["kv is built in"]);
    refused(
        "[extensions]\n\"a b\" = \"x.wasm\"\n",
        &["no name for an extension"],
    );
    // Found only when it is asked for, but then with the file's name.
    let toml = "[extensions]\nprobe = \"nowhere.wasm\"\n";
    let output = runner(&[]).file("runner.toml", toml).run().exits(107);
    output
        .says("extension probe: cannot read")
        .says("nowhere.wasm");
}

#[test]
fn a_file_that_was_changed_is_refused() {
    if is_k6() {
        return;
    }
    let hex = |bytes: &[u8]| -> String {
        let digest = Sha256::digest(bytes);
        digest.iter().map(|byte| format!("{byte:02X}")).collect()
    };
    let toml =
        |digest: &str| format!("[extensions.probe]\npath = \"p.wasm\"\nsha256 = \"{digest}\"\n");
    let run = |digest: &str| {
        let runner = runner(&[]).file("p.wasm", probe());
        runner.file("runner.toml", toml(digest)).run()
    };
    run(&hex(&probe())).succeeds().console_is(&["42"]);
    let refused = run(&"0".repeat(64)).exits(107);
    let refused = refused.says("if the file was changed on purpose, change runner.toml too");
    refused.says(&hex(&probe()).to_lowercase());
    // The digest is that of the file in runner.toml, not of one named instead of it.
    let runner = runner(&["--ext", "probe=x.wasm"]).file("x.wasm", probe());
    let runner = runner.file("runner.toml", toml(&"0".repeat(64)));
    runner.run().succeeds().console_is(&["42"]);
}

#[test]
fn files_that_are_no_extensions_say_what_they_are() {
    if is_k6() {
        return;
    }
    let whole = probe();
    let refused = |content: &[u8], said: &str| {
        with_file(content)
            .exits(107)
            .says("extension probe: ")
            .says(said);
    };
    refused(b"", "x.wasm is not a valid WebAssembly component");
    refused(
        b"#!/bin/sh\n",
        "x.wasm is not a valid WebAssembly component",
    );
    refused(&whole[..4], "x.wasm is not a valid WebAssembly component");
    refused(
        &whole[..whole.len() / 2],
        "x.wasm is not a valid WebAssembly component",
    );
    refused(b"\0asm\x01\0\0\0", "x.wasm is a core WebAssembly module");
    let mut spoilt = whole.clone();
    let (start, end) = (spoilt.len() / 4, spoilt.len() / 2);
    spoilt[start..end].fill(0xff);
    refused(&spoilt, "extension probe: ");
    refused(&component(None, None), "exports no functions");
    let script = guest("examples/rust-http-get");
    refused(&script, "x.wasm is a script; run it with `runner run`");
    let output = component(None, Some("runner:output/lifecycle@0.1.0"));
    refused(&output, "x.wasm is an output; use it with --out FILE.wasm");
    let import = |name| component(Some(name), Some("acme:x/x@1.0.0"));
    refused(
        &import("acme:other/api@1.0.0"),
        "x.wasm wants the import acme:other/api@1.0.0, which this runner does not provide; an extension can import what another exports that is named with --ext",
    );
    refused(&import("runner:http/http@0.2.0"), "runner:http/http@0.2.0");
    refused(&import("runner:http/http@0.2.0"), "runner:http/http@0.1.0");
    refused(
        &import("runner:data/arrays@0.1.0"),
        "which this runner does not provide; it provides runner:log/log@0.1.0",
    );
    refused(
        &import("wasi:http/outgoing-handler@0.2.0"),
        "of WASI it provides cli, io, clocks",
    );
    refused(
        &component(None, Some("acme:x/x@1.0.0")),
        "exports no functions",
    );
}

#[test]
fn unknown_extensions_are_explained_wherever_they_are_imported() {
    if is_k6() {
        return;
    }
    let how = "unknown module: k6/x/prob (did you mean k6/x/probe?); add an extension with --ext \
               prob=FILE.wasm, list it in runner.toml beside the script, or put prob.wasm into \
               ./extensions/";
    let missing = "import prob from 'k6/x/prob'; export default function () {}";
    let required = "const prob = require('k6/x/prob'); export default function () {}";
    let dynamic = "await import('k6/x/prob'); export default function () {}";
    let ext = ["--ext", "probe=x.wasm"];
    for script in [missing, required, dynamic] {
        let runner = Runner::new()
            .script(script)
            .args(ext)
            .file("x.wasm", probe());
        runner.run().exits(107).says(how);
    }
    for command in ["inspect", "archive"] {
        let runner = Runner::command(command).script(missing).args(ext);
        runner.file("x.wasm", probe()).run().exits(107).says(how);
    }
    // Those in the folders are known too; what looks like nothing gets no guess.
    let runner = Runner::new()
        .script(missing)
        .file("extensions/probe.wasm", probe());
    runner.run().exits(107).says("did you mean k6/x/probe?");
    let runner = Runner::new().script(&missing.replace("prob", "kafka"));
    runner
        .run()
        .exits(107)
        .says("unknown module: k6/x/kafka; add an extension with");
    let late = "export default async function () {
  try { await import('k6/x/probe'); } catch (error) { console.log(error.message); }
}";
    let runner = Runner::new().script(late).args(ext).file("x.wasm", probe());
    runner.run().succeeds().console_is(&[
        "module k6/x/probe was not loaded while the script was initialised; import it at the top of a file",
    ]);
}

#[test]
fn deps_and_archives_know_which_extensions_a_script_wants() {
    if is_k6() {
        return;
    }
    let deps = Runner::command("deps").script(SCRIPT).run().succeeds();
    let deps = deps
        .prints("k6/x/probe")
        .prints("Custom Build Required: yes");
    deps.prints("add an extension with --ext probe=FILE.wasm");
    let found = Runner::command("deps")
        .script(SCRIPT)
        .file("extensions/probe.wasm", probe());
    found.run().succeeds().prints("Custom Build Required: no");

    let archive = Runner::command("archive")
        .script(SCRIPT)
        .file("extensions/probe.wasm", probe());
    let archive = archive.args(["-O", "out.tar"]).run().succeeds();
    let packed = archive.bytes("out.tar");
    archive.says("the extension probe is not in the archive; run it with --ext probe=FILE.wasm");
    let run = |runner: Runner| runner.named("out.tar", &packed).run();
    run(Runner::new())
        .exits(107)
        .says("unknown module: k6/x/probe; add an extension with --ext");
    let named = Runner::new()
        .args(["--ext", "probe=x.wasm"])
        .file("x.wasm", probe());
    run(named).succeeds().console_is(&["42"]);
    run(Runner::new().file("extensions/probe.wasm", probe()))
        .succeeds()
        .console_is(&["42"]);
}
