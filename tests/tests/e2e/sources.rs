//! Where a script can come from: `.js`, `.mjs`, `.ts`, standard input, folders around it.

use runner_tests::Runner;

const HELLO: &str = "export default function () { console.log('hello'); }";

#[test]
fn javascript_by_any_name() {
    for name in [
        "script.js",
        "script.mjs",
        "script",
        "with space.js",
        "folder/deep/script.js",
    ] {
        Runner::new()
            .named(name, HELLO)
            .run()
            .succeeds()
            .console_is(&["hello"]);
    }
}

#[test]
fn an_absolute_path_and_a_file_url() {
    let runner = Runner::new().file("a.js", HELLO);
    let path = runner.folder().join("a.js");
    let path = path.to_str().unwrap().to_owned();
    runner.main(&path).run().succeeds().console_is(&["hello"]);
    let runner = Runner::new().file("a.js", HELLO);
    let url = format!("file://{}", runner.folder().join("a.js").display());
    runner.main(&url).run().succeeds().console_is(&["hello"]);
}

#[test]
fn typescript() {
    let script = "interface A { a: number }\nconst a: A = { a: 1 };\n\
                  export default function (): void { console.log(a.a as number); }\n";
    Runner::new()
        .named("script.ts", script)
        .run()
        .succeeds()
        .console_is(&["1"]);
    // Types are only TypeScript's.
    Runner::new().named("script.js", script).run().exits(107);
}

#[test]
fn typescript_imports_typescript() {
    Runner::new()
        .file(
            "lib.ts",
            "export const twice = (n: number): number => n * 2;",
        )
        .named(
            "main.ts",
            "import { twice } from './lib.ts'; \
            export default function (): void { console.log(twice(21)); }",
        )
        .run()
        .succeeds()
        .console_is(&["42"]);
}

#[test]
fn standard_input() {
    Runner::new()
        .main("-")
        .stdin(HELLO)
        .run()
        .succeeds()
        .console_is(&["hello"]);
    let typed = "export default function (): void { const n: number = 5; console.log(n); }";
    Runner::new()
        .main("-")
        .stdin(typed)
        .run()
        .succeeds()
        .console_is(&["5"]);
    Runner::new()
        .file("lib.js", "export const x = 'beside';")
        .main("-")
        .stdin("import { x } from './lib.js'; export default function () { console.log(x); }")
        .run()
        .succeeds()
        .console_is(&["beside"]);
}

#[test]
fn imports_are_relative_to_their_own_file() {
    Runner::new()
        .file("a/b/leaf.js", "export const leaf = 'leaf';")
        .file(
            "a/middle.js",
            "export { leaf } from './b/leaf.js'; export const up = 1;",
        )
        .file(
            "shared/up.js",
            "import { up } from '../a/middle.js'; export default up + 1;",
        )
        .named(
            "main/script.js",
            "import { leaf } from '../a/middle.js'; \
            import up from '../shared/up.js'; \
            export default function () { console.log(leaf, up); }",
        )
        .run()
        .succeeds()
        .console_is(&["leaf 2"]);
}

#[test]
fn files_are_opened_beside_the_main_script() {
    Runner::new()
        .file("folder/users.csv", "ann\nbob")
        .named(
            "folder/script.js",
            "const users = open('./users.csv').split('\\n'); \
            export default function () { console.log(users.join()); }",
        )
        .run()
        .succeeds()
        .console_is(&["ann,bob"]);
}

#[test]
fn a_byte_order_mark_and_windows_line_ends() {
    let script = "\u{feff}export default function () {\r\n  console.log('fine');\r\n}\r\n";
    Runner::new()
        .script(script)
        .run()
        .succeeds()
        .console_is(&["fine"]);
}

#[test]
fn modules_are_loaded_only_in_init() {
    let script = "export const options = { vus: 2, iterations: 2 }; \
        if (__VU === 2) require('./late.js'); export default function () {}";
    let output = Runner::new()
        .file("late.js", "exports.x = 1;")
        .script(script)
        .run();
    output.says("not previously resolved during initialization");
}
