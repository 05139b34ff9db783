//! Files that modules open: relative to the module that is being evaluated, wherever the script
//! runs from. (How that differs from functions that are called later: `scripts/modules/open_in_modules.js`.)

use runner_tests::{Output, Runner, is_k6};

/// Each module opens `leaf.txt` beside it, in each kind of module.
const FILES: &[(&str, &str)] = &[
    (
        "script.js",
        "import { text, all } from './lib/esm.js'; \
         const own = open('./leaf.txt'); \
         export default function () { console.log(own, text, ...all); }",
    ),
    (
        "lib/esm.js",
        "import common from './deep/common.cjs'; import { typed } from './deep/typed.ts'; \
         import { SharedArray } from 'k6/data'; \
         const rows = new SharedArray('rows', () => [open('./leaf.txt')]); \
         const bytes = new Uint8Array(open('leaf.txt', 'b')); \
         export const text = open('./leaf.txt'); \
         export const all = [rows[0], bytes.length, common.text, common.inner, typed];",
    ),
    (
        "lib/deep/common.cjs",
        "exports.text = open('./leaf.txt'); exports.inner = require('./inner/esm.js').text;",
    ),
    (
        "lib/deep/typed.ts",
        "export const typed: string = open('./leaf.txt');",
    ),
    (
        "lib/deep/inner/esm.js",
        "export const text = open('./leaf.txt') + open('../leaf.txt');",
    ),
    ("leaf.txt", "main"),
    ("lib/leaf.txt", "lib"),
    ("lib/deep/leaf.txt", "deep"),
    ("lib/deep/inner/leaf.txt", "inner"),
];

const LINE: &str = "main lib lib 3 deep innerdeep deep";

fn project(command: &str) -> Runner {
    let runner = FILES
        .iter()
        .fold(Runner::command(command), |runner, (name, text)| {
            runner.file(name, text)
        });
    runner.main("script.js")
}

fn alone(name: &str, bytes: &[u8]) -> Output {
    Runner::new()
        .named(name, bytes)
        .args(["-u", "2", "-i", "2"])
        .run()
        .succeeds()
}

#[test]
fn a_module_opens_what_is_beside_it() {
    let args: &[&[&str]] = if is_k6() {
        &[&[]]
    } else {
        &[&["--fork", "never"], &["--fork", "always"]]
    };
    for args in args {
        project("run")
            .args(["-u", "2", "-i", "2"])
            .args(args.iter().copied())
            .run()
            .succeeds()
            .console_is(&[LINE; 2]);
    }
}

#[test]
fn archives_have_what_modules_opened() {
    let made = project("archive").run().succeeds();
    alone("test.tar", &made.bytes("archive.tar")).console_is(&[LINE; 2]);
}

#[test]
fn built_components_have_what_modules_opened() {
    if is_k6() {
        return;
    }
    let made = project("build").args(["-o", "test.wasm"]).run().succeeds();
    alone("test.wasm", &made.bytes("test.wasm")).console_is(&[LINE; 2]);
    // SharedArrays keep this one from being built as an image; this one is.
    let made = Runner::command("build")
        .file("lib/esm.js", "export const text = open('./leaf.txt');")
        .file("lib/leaf.txt", "lib")
        .file(
            "script.js",
            "import { text } from './lib/esm.js'; export default function () { console.log(text); }",
        )
        .main("script.js")
        .args(["-o", "test.wasm"])
        .run()
        .succeeds();
    alone("test.wasm", &made.bytes("test.wasm")).console_is(&["lib"; 2]);
}

#[test]
fn a_missing_file_says_from_where_it_was_looked_for() {
    if is_k6() {
        return;
    }
    Runner::new()
        .file("lib/a.js", "export const text = open('./gone.txt');")
        .script("import './lib/a.js'; export default function () {}")
        .run()
        .exits(107)
        .says("lib/gone.txt")
        .says("relative names start at the folder of file:///")
        .says("lib/a.js, which is the module that is being evaluated");
}
