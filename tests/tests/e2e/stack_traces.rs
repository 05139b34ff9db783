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
        setTimeout(() => { throw new Error('in timer'); }, 1);\n  setTimeout(() => {}, 3600000);\n}";
    // No run of a test may take as long as the second timer.
    let output = Runner::new().script(timer).run().succeeds();
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

/// k6 shows frames for what is thrown, whatever it is.
#[test]
fn a_thrown_value_keeps_its_place() {
    for thrown in [
        "'text'",
        "{ a: 1 }",
        "5",
        "null",
        "undefined",
        "Symbol('s')",
    ] {
        let script = format!(
            "function inner() {{\n  throw {thrown};\n}}\n\
             export default function () {{\n  new Error('not thrown');\n  inner();\n}}"
        );
        let output = Runner::new().script(&script).run().succeeds();
        let output = output.says("inner (file://");
        says_place(output, "script.js:2:");
    }
    // The last place counts, in callbacks of ours too.
    let again = "import { group } from 'k6';\n\
        function inner() {\n  throw 'text';\n}\n\
        export default function () {\n  let kept;\n\
        \x20 try { inner(); } catch (e) { kept = e; }\n\
        \x20 group('g', () => {\n    throw kept;\n  });\n}";
    let output = Runner::new().script(again).run().succeeds();
    says_place(output.never_says("script.js:3:"), "script.js:9:");
    // One iteration's place is not another's.
    let script = "export default function () {\n  if (__ITER === 0) throw 'text';\n\
        \x20 if (__ITER === 1) Promise.reject('text');\n  if (__ITER === 2) throw 'text';\n}";
    let output = Runner::new()
        .script(script)
        .args(["-i", "3"])
        .run()
        .succeeds();
    let logs = output.logs();
    let errors: Vec<_> = logs.iter().filter(|log| log.level == "error").collect();
    assert_eq!(errors.len(), 3, "{output}");
    assert!(errors[0].message.contains("script.js:2:"), "{output}");
    assert!(!errors[1].message.contains("script.js:"), "{output}");
    assert!(errors[2].message.contains("script.js:4:"), "{output}");
}

#[test]
fn what_is_no_function_is_named() {
    if is_k6() {
        return; // It says "Object has no member 'jsonn'".
    }
    let cases = [
        (
            "res.jsonn()",
            "TypeError: res.jsonn is not a function; did you mean json?",
        ),
        (
            "res.jsonn(res.json(), res ? 1 : 2, [3])",
            "res.jsonn is not a function; did you mean json?",
        ),
        (
            "res.json(res.status.nope())",
            "TypeError: res.status.nope is not a function",
        ),
        (
            "res.status()",
            "TypeError: res.status is not a function; it is a number",
        ),
        (
            "res.inner.deep.far()",
            "TypeError: res.inner.deep.far is not a function",
        ),
        ("res['two words']()", "TypeError: res[…] is not a function"),
        (
            "res.make().nope()",
            "TypeError: res.make().nope is not a function",
        ),
        (
            "http.gett('x')",
            "TypeError: http.gett is not a function; did you mean get?",
        ),
        (
            "k6.slep(1)",
            "TypeError: k6.slep is not a function; did you mean sleep?",
        ),
        ("'text'.contain('x')", "contain is not a function"),
        (
            "'text'.inclides('x')",
            "inclides is not a function; did you mean includes?",
        ),
        ("nothing()", "TypeError: nothing is not a function"),
        (
            "local()",
            "TypeError: local is not a function; it is a string",
        ),
        ("res?.nope(1)", "TypeError: res.nope is not a function"),
        ("res.tag`x`", "TypeError: res.tag is not a function"),
        ("new res.Nope()", "TypeError: res.Nope is not a constructor"),
        (
            "for (const x of [1]) { try { res.nope(x); } finally { local; } }",
            "res.nope is not a function",
        ),
    ];
    for (call, message) in cases {
        let script = format!(
            "import http from 'k6/http';\nimport * as k6 from 'k6';\nlet nothing;\n\
             export default function () {{\n  const local = 'text';\n\
             \x20 const res = {{ json() {{}}, make() {{ return {{}}; }}, status: 200, inner: {{ deep: {{}} }} }};\n\
             \x20 if (__ITER < 0) return nothing;\n  {call};\n}}"
        );
        let output = Runner::new().script(&script).run().succeeds();
        says_place(output.says(message), "script.js:8:");
    }
    // A script that catches it reads the same.
    let script = "export default function () { try { [].mapp(); } catch (e) { \
        console.log(e instanceof TypeError, e.message); } }";
    Runner::new()
        .script(script)
        .run()
        .succeeds()
        .says("mapp is not a function; did you mean map?");
}

#[test]
fn commonjs_has_its_own_lines() {
    let script = "const lib = require('./lib.js');\n\
        module.exports.default = function () {\n  lib.fails();\n};\n";
    let output = Runner::new()
        .file(
            "lib.js",
            "exports.fails = () => {\n  throw new Error('x');\n};\n",
        )
        .script(script)
        .run()
        .succeeds()
        .says("lib.js:2:");
    says_place(output, "script.js:3:");
    let script = "'use strict'; exports.default = () => { throw new Error('one line'); };";
    let output = Runner::new().script(script).run().succeeds();
    says_place(output, "script.js:1:");
}

#[test]
fn minified_commonjs_is_mapped() {
    // What a bundler makes of src/main.ts, whose third line throws at column 3. The text before the
    // throw has characters of two and four bytes.
    let code = "\"use strict\";exports.default=()=>{var a='äöü😀';throw new Error(a)};";
    let column = code.split("throw").next().unwrap().encode_utf16().count();
    let map = format!(
        r#"{{"version":3,"sources":["src/main.ts"],"names":[],"mappings":"AAAA,{}AEE"}}"#,
        vlq(column)
    );
    let place = "src/main.ts:3:3";
    let output = Runner::new()
        .file("script.js.map", &map)
        .script(&format!("{code}\n//# sourceMappingURL=script.js.map\n"))
        .run()
        .succeeds();
    says_place(output, place);
    let inline = format!(
        "{code}\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,{}\n",
        base64(map.as_bytes())
    );
    says_place(Runner::new().script(&inline).run().succeeds(), place);
}

/// A number of a source map.
fn vlq(number: usize) -> String {
    let mut rest = number << 1;
    let mut text = String::new();
    loop {
        let digit = rest & 31;
        rest >>= 5;
        text.push(base64_digit(if rest > 0 { digit | 32 } else { digit }));
        if rest == 0 {
            return text;
        }
    }
}

fn base64_digit(value: usize) -> char {
    char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[value])
}

fn base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().enumerate();
        let bits = bits.fold(0, |bits, (at, byte)| {
            bits | usize::from(*byte) << (16 - 8 * at)
        });
        for at in 0..4 {
            let digit = base64_digit(bits >> (18 - 6 * at) & 63);
            text.push(if at <= chunk.len() { digit } else { '=' });
        }
    }
    text
}

#[test]
fn modules_are_named_in_full() {
    if is_k6() {
        return; // It lets missing exports be undefined.
    }
    let folder = "a-folder-whose-name-alone-is-longer-than-what-fits-into-the-engines-buffers";
    let name = format!("{folder}/library.js");
    let lib = "export const known = 1;\n";
    let script = format!(
        "// first line\nimport {{ known,\n  nope }} from './{name}';\nexport default function () {{}}"
    );
    Runner::new()
        .file(&name, lib)
        .script(&script)
        .run()
        .exits(107)
        .says("SyntaxError: file:///")
        .says("script.js:3:3: module 'file:///")
        .says(&format!("{name}' has no export 'nope'"))
        .says("3 |   nope } from");
    Runner::new()
        .file(&name, "export const a = ;\n")
        .script(&script)
        .run()
        .exits(107)
        .says(&format!("{name}:1:18"));
    Runner::new().script(&script).run().exits(107).says(&name);
    Runner::new()
        .file(&name, "export { gone } from './other.js';")
        .file(&format!("{folder}/other.js"), "export {};")
        .script(&script.replace("nope", "gone"))
        .run()
        .exits(107)
        .says(&format!("{folder}/other.js' has no export 'gone'"));
}

#[test]
fn a_second_default_export_is_a_syntax_error() {
    let script = "export default function () {}\nexport default 5;\n";
    for name in ["script.js", "script.ts"] {
        let output = Runner::new().named(name, script).run().exits(107);
        if is_k6() {
            continue; // It names no line.
        }
        output
            .says(&format!("{name}:2:"))
            .says("export default 5;")
            .never_says("TypeScript")
            .never_says("ends in .ts");
    }
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
