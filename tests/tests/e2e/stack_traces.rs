//! Errors name the user's own file, line and column.

use runner_tests::{Output, Runner, is_k6, target};

#[track_caller]
fn says_place(output: Output, place: &str) {
    // k6 appends the program counter: file:///x.js:2:9(3).
    let text = output
        .logs()
        .iter()
        .map(|log| log.message.clone())
        .collect::<String>();
    assert!(text.contains(place), "{place} is not in\n{text}\n{output}");
}

#[test]
fn an_exception_in_an_iteration() {
    let script = "function inner() {\n  throw new TypeError('boom');\n}\n\
                  export default function () {\n  inner();\n}\n";
    let output = Runner::new()
        .args(["-i", "2"])
        .script(script)
        .run()
        .succeeds();
    let errors: Vec<_> = output
        .logs()
        .into_iter()
        .filter(|log| log.level == "error")
        .collect();
    assert_eq!(errors.len(), 2, "{output}");
    let error = &errors[0];
    assert!(error.message.starts_with("TypeError: boom"), "{output}");
    assert_eq!(error.field("scenario"), Some("default"), "{output}");
    assert_eq!(
        error.field("executor"),
        Some("shared-iterations"),
        "{output}"
    );
    assert!(error.message.contains("script.js:2:"), "{output}");
    assert!(error.message.contains("inner (file://"), "{output}");
    assert!(error.message.contains("script.js:5:"), "{output}");
    assert_eq!(output.summary().number("iterations"), 2.0);
}

#[test]
fn an_exception_in_a_module() {
    Runner::new()
        .file(
            "lib/deep.js",
            "// a comment\n\nexport function fails() {\n  null.x;\n}\n",
        )
        .script("import { fails } from './lib/deep.js';\nexport default function () { fails(); }")
        .run()
        .succeeds()
        .says("lib/deep.js:4:")
        .says("script.js:2:")
        .says("TypeError");
}

#[test]
fn an_exception_in_typescript() {
    let script = "interface A {\n  a: number\n}\n\nenum E { One, Two }\n\
        export default function (): void {\n  const e: E = E.Two;\n  \
        throw new Error('typed ' + e);\n}\n";
    let output = Runner::new().named("script.ts", script).run().succeeds();
    says_place(output, "script.ts:8:");
}

#[test]
fn a_syntax_error() {
    let script = "export default function () {\n  const fine = 1;\n  let broken = ;\n}\n";
    let output = Runner::new().script(script).run().exits(107);
    if is_k6() {
        return; // It says "Line 3:16" and shows no source.
    }
    output.says("script.js:3:16").says("let broken = ;");
}

#[test]
fn a_syntax_error_in_a_module() {
    let output = Runner::new()
        .file("lib.js", "export const a = 1;\nexport const b = ((;\n")
        .script("import { b } from './lib.js'; export default function () {}")
        .run()
        .exits(107);
    output.says("lib.js").never_says("script.js:2");
}

#[test]
fn exceptions_outside_iterations() {
    let init = "// line 1\nconst x = 1;\nx.y.z();\nexport default function () {}";
    says_place(Runner::new().script(init).run().exits(107), "script.js:3:");
    let setup = "export function setup() {\n  throw new Error('s');\n}\n\
                 export default function () {}";
    says_place(Runner::new().script(setup).run().exits(107), "script.js:2:");
}

#[test]
fn rejections_and_callbacks() {
    let rejected = "export default function () {\n  Promise.reject(new Error('unhandled'));\n}";
    let output = Runner::new().script(rejected).run().succeeds();
    output.says("Uncaught (in promise) Error: unhandled");
    let thrown = "export default async function () {\n  await null;\n  throw new Error('late');\n}";
    Runner::new().script(thrown).run().succeeds().says("late");
    let timer = "export default function () {\n  \
        setTimeout(() => { throw new Error('in timer'); }, 1);\n  setTimeout(() => {}, 5000);\n}";
    let output = Runner::new().script(timer).run().succeeds();
    assert!(output.took.as_secs() < 4, "{output}");
    output
        .says("in timer")
        .says("setTimeout 2 was stopped because the VU iteration was interrupted");
    let handled = "export default function () { \
        const p = Promise.reject(new Error('handled later')); \
        Promise.resolve().then(() => p.catch(() => console.log('handled'))); }";
    Runner::new()
        .script(handled)
        .run()
        .succeeds()
        .console_is(&["handled"]);
}

#[test]
fn whatever_can_be_thrown() {
    for (thrown, text) in [
        ("'text'", "text"),
        ("5", "5"),
        ("null", "null"),
        ("undefined", "undefined"),
    ] {
        let script = format!("export default function () {{ throw {thrown}; }}");
        let output = Runner::new().script(&script).run().succeeds();
        let found = output
            .logs()
            .iter()
            .any(|log| log.level == "error" && log.message.contains(text));
        assert!(found, "{thrown}\n{output}");
    }
    let custom = "class Mine extends Error { constructor(m) { super(m); this.name = 'Mine'; } } \
        export default function () { throw new Mine('own'); }";
    Runner::new().script(custom).run().succeeds().says("own");
}

#[test]
fn errors_of_host_functions_name_the_script() {
    let script = "import http from 'k6/http';\nexport default function () {\n  \
        http.get(`http://127.0.0.1:1/`, { throw: true });\n}";
    let output = Runner::new()
        .script(script)
        .script_env("HTTP", target().http())
        .run()
        .succeeds();
    says_place(output, "script.js:3:");
}
