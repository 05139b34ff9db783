//! `runner types`: declarations of everything that scripts can use, compared with what the engine has,
//! and accepted by `tsc --strict` where that is (`make languages`).

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use regex::Regex;
use runner_tests::{Project, Runner, Tools, guest, is_k6};

/// Modules that scripts can import.
const MODULES: [&str; 8] = [
    "k6",
    "k6/data",
    "k6/encoding",
    "k6/execution",
    "k6/http",
    "k6/metrics",
    "k6/timers",
    "k6/x/kv",
];

fn declarations() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sdk-js/types");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    files
        .map(|file| fs::read_to_string(file).unwrap())
        .collect()
}

/// The text between an opening line and its closing brace.
fn block<'a>(text: &'a str, opening: &str, indent: &str) -> &'a str {
    let start = text.find(opening).unwrap_or_else(|| panic!("no {opening}"));
    let rest = &text[start + opening.len()..];
    &rest[..rest.find(&format!("\n{indent}}}")).unwrap()]
}

fn names(text: &str, pattern: &str) -> BTreeSet<String> {
    let pattern = Regex::new(pattern).unwrap();
    pattern
        .captures_iter(text)
        .map(|found| found[1].to_owned())
        .collect()
}

/// What the engine has: keys by a label.
fn engine() -> serde_json::Value {
    let imports: String = MODULES
        .iter()
        .enumerate()
        .map(|(place, module)| format!("import * as m{place} from '{module}';\n"))
        .collect();
    let keys: String = MODULES
        .iter()
        .enumerate()
        .map(|(place, module)| format!("{module:?}: Object.keys(m{place}),\n"))
        .collect();
    let script = format!(
        "{imports}
        import http from 'k6/http';
        import exec from 'k6/execution';
        import {{ openKv }} from 'k6/x/kv';
        import k6 from 'k6';
        const kv = openKv({{ backend: 'memory' }});
        const all = (object) => {{
          const keys = new Set();
          for (; object && object !== Object.prototype; object = Object.getPrototypeOf(object)) {{
            Object.getOwnPropertyNames(object).forEach((key) => keys.add(key));
          }}
          return [...keys].filter((key) => key !== 'constructor');
        }};
        export default function () {{
          const found = {{
            {keys}
            'default k6': Object.keys(k6),
            'default http': Object.keys(http),
            response: all(http.get(__ENV.BASE_URL + '/get')),
            jar: all(http.cookieJar()),
            kv: all(kv),
            vu: all(exec.vu),
            scenario: all(exec.scenario),
            instance: all(exec.instance),
            test: all(exec.test),
            console: all(console),
            globals: Object.getOwnPropertyNames(globalThis),
          }};
          console.log('FOUND' + JSON.stringify(found));
        }}"
    );
    let output = Runner::new()
        .script(&script)
        .script_env("BASE_URL", runner_tests::target().http())
        .args(["--log-format", "raw"])
        .run()
        .succeeds();
    let line = output
        .stderr
        .lines()
        .find_map(|line| line.split_once("FOUND"));
    serde_json::from_str(line.unwrap_or_else(|| panic!("{output}")).1).unwrap()
}

#[test]
fn everything_that_the_engine_has_is_declared() {
    if is_k6() {
        return;
    }
    let declared = declarations();
    let engine = engine();
    let there = |label: &str| -> BTreeSet<String> {
        let keys = engine[label]
            .as_array()
            .unwrap_or_else(|| panic!("no {label}"));
        keys.iter()
            .map(|key| key.as_str().unwrap().to_owned())
            .collect()
    };
    let value = r"(?m)^  export (?:abstract )?(?:const|function|class) (\w+)";
    for module in MODULES {
        let block = block(&declared, &format!("declare module \"{module}\" {{"), "");
        let mut exported = names(block, value);
        if block.contains("  export default ") {
            exported.insert("default".to_owned());
        }
        let real = there(module);
        assert_eq!(exported, real, "{module}");
    }
    // Members of what is handed out.
    let member = r"(?m)^ {4}(?:readonly )?(\w+)[<(?:]";
    for (label, opening) in [
        ("response", "  export interface Response {"),
        ("jar", "  export class CookieJar {"),
        ("kv", "  export interface KV {"),
        ("vu", "  export interface VirtualUser {"),
        ("scenario", "  export interface Scenario {\n    readonly"),
        ("instance", "  export interface Instance {"),
        ("test", "  export interface Test {"),
    ] {
        let text = format!(
            "{}{}",
            &opening[opening.find('{').unwrap() + 1..],
            block(&declared, opening, "  ")
        );
        let declared = names(&text, member);
        let mut real = there(label);
        // Of k6, and not there yet: calling it says so.
        for name in ["html", "submitForm", "clickLink"] {
            real.remove(name);
        }
        assert_eq!(declared, real, "{label}");
    }
    // Globals that are not the language's own.
    let globals = names(
        &declared,
        r"(?m)^declare (?:const|var|function|class) (\w+)",
    );
    let real = there("globals");
    for global in &globals {
        // `open` is there in init code only, `require` in CommonJS too.
        assert!(
            real.contains(global) || ["open", "require"].contains(&global.as_str()),
            "{global}"
        );
    }
    let language =
        "^([A-Z]|eval|isFinite|isNaN|parse|decode|encode|escape|unescape|undefined|globalThis";
    // What QuickJS brings and k6 has not, and what modules of CommonJS have.
    let more = "|global|atob|btoa|queueMicrotask|performance|navigator|module|exports)";
    let language = Regex::new(&format!("{language}{more}")).unwrap();
    for global in real.iter().filter(|name| !language.is_match(name)) {
        assert!(globals.contains(global), "{global} is not declared");
    }
}

#[test]
fn the_compiler_accepts_them() {
    if is_k6() {
        return;
    }
    let Some(tools) = Tools::TypeScript.folder() else {
        return;
    };
    let project = Project::empty();
    let write = |file: &str, text: &[u8]| fs::write(project.path().join(file), text).unwrap();
    write("probe.wasm", &guest("tests/guests/ext-probe"));
    write("uses.ts", include_bytes!("../../typescript/uses.ts"));
    let tsc = tools.join("node_modules/.bin/tsc").display().to_string();
    // What a newcomer does.
    let said = project.shell(&format!(
        "runner new script.ts && runner new --template protocol load.ts && \
         runner types --types probe=probe.wasm && {tsc} -p . && echo accepted"
    ));
    assert!(said.contains("accepted"), "{said}");
    // Settings of the user's stay.
    let said = project.shell("echo '{}' > tsconfig.json; runner types; cat tsconfig.json");
    assert!(
        said.contains("should name types/index.d.ts") && said.ends_with("{}\n"),
        "{said}"
    );
}

/// Calls and what their results are declared to be. The claims are made by the lines before.
const RESULTS: &[(&str, &str)] = &[
    ("Response['timings']", "answer.timings"),
    ("Response['request']", "answer.request"),
    ("Response['request']", "posted.request"),
    ("Response['cookies']", "answer.cookies"),
    ("Response['headers']", "answer.headers"),
    ("Response['error_code']", "answer.error_code"),
    (
        "ReturnType<CookieJar['cookiesForURL']>",
        "http.cookieJar().cookiesForURL(answer.url)",
    ),
    ("Execution['scenario']", "exec.scenario"),
    ("Execution['instance']", "exec.instance"),
    // What is not set is null, which k6's declarations leave out too.
    (
        "Options",
        "JSON.parse(JSON.stringify(exec.test.options, (key, value) => value ?? undefined))",
    ),
    ("Kv<'set'>", "kv.set('n', 1)"),
    ("Kv<'getMany'>", "kv.getMany(['n', 'absent'])"),
    ("Kv<'setMany'>", "kv.setMany({ a: 1, b: { c: 2 }, d: 3 })"),
    ("Kv<'getOrSet'>", "kv.getOrSet('a', 2)"),
    ("Kv<'swap'>", "kv.swap('a', 3)"),
    (
        "Kv<'compareAndSwapDetailed'>",
        "kv.compareAndSwapDetailed('a', 3, 4)",
    ),
    (
        "Kv<'compareAndSwapDetailed'>",
        "kv.compareAndSwapDetailed('a', 3, 4, { includeCurrentOnMismatch: true })",
    ),
    (
        "Kv<'compareAndDeleteDetailed'>",
        "kv.compareAndDeleteDetailed('a', 9)",
    ),
    (
        "Kv<'compareAndDeleteDetailed'>",
        "kv.compareAndDeleteDetailed('d', 3)",
    ),
    ("Kv<'incrementBy'>", "kv.incrementBy('n', 1)"),
    ("Kv<'ttl'>", "kv.ttl('n')"),
    ("Kv<'scan'>", "kv.scan({ limit: 1 })"),
    ("Kv<'scanKeys'>", "kv.scanKeys({ limit: 1 })"),
    ("Kv<'list'>", "kv.list()"),
    ("Kv<'listKeys'>", "kv.listKeys()"),
    ("Kv<'nextCircular'>", "kv.nextCircular()"),
    (
        "Kv<'claimKey'>",
        "(claim = await kv.claimKey('a', { owner: 'me', ttl: 60000 }))",
    ),
    ("Kv<'claimKeys'>", "kv.claimKeys(['a', 'b', 'absent'])"),
    ("Kv<'allocationStats'>", "kv.allocationStats()"),
    (
        "Kv<'renewClaims'>",
        "kv.renewClaims([claim, { id: 'x', key: 'a', token: 1 }], { ttl: 60000 })",
    ),
    ("Kv<'releaseClaims'>", "kv.releaseClaims([claim, claim])"),
    ("Kv<'completeClaims'>", "kv.completeClaims([claim])"),
    ("Kv<'popRandom'>", "kv.popRandom({ prefix: 'a' })"),
    (
        "Kv<'exportJSONL'>",
        "kv.exportJSONL({ fileName: 'all.jsonl' })",
    ),
    (
        "Kv<'validateJSONL'>",
        "kv.validateJSONL({ fileName: 'all.jsonl' })",
    ),
    (
        "Kv<'importJSONL'>",
        "kv.importJSONL({ fileName: 'all.jsonl' })",
    ),
    (
        "Kv<'exportCSV'>",
        "kv.exportCSV({ fileName: 'all.csv', columns: ['c'], limit: 1 })",
    ),
    (
        "Kv<'validateCSV'>",
        "kv.validateCSV({ fileName: 'all.csv' })",
    ),
    (
        "Kv<'validateCSV'>",
        "kv.validateCSV({ fileName: 'wrong.csv', keyColumn: 'k' })",
    ),
    (
        "Kv<'importCSV'>",
        "kv.importCSV({ fileName: 'all.csv', keyColumn: 'key' })",
    ),
    ("Kv<'backup'>", "kv.backup({ fileName: 'copy.kv' })"),
    ("Kv<'restore'>", "kv.restore({ fileName: 'copy.kv' })"),
    ("Kv<'deleteMany'>", "kv.deleteMany(['n', 'absent'])"),
    (
        "Kv<'deleteByPrefix'>",
        "kv.deleteByPrefix({ prefix: 'b', limit: 100 })",
    ),
    ("Kv<'stats'>", "kv.stats()"),
];

/// What calls give, written as literals: the compiler finds members that are declared and not there, and
/// those that are there and not declared.
#[test]
fn results_are_what_is_declared() {
    if is_k6() {
        return;
    }
    let Some(tools) = Tools::TypeScript.folder() else {
        return;
    };
    let calls: String = RESULTS
        .iter()
        .map(|(_, call)| format!("show(await {call});\n"))
        .collect();
    let script = format!(
        "import http from 'k6/http'; import exec from 'k6/execution'; import {{ openKv }} from 'k6/x/kv';
         const kv = openKv({{ backend: 'memory' }});
         const show = (value) => console.log('RESULT' + JSON.stringify(value));
         export const options = {{ thresholds: {{ iterations: ['count==1'] }} }};
         export default async function () {{
           let claim; const answer = http.get(__ENV.HTTP + '/cookies/set?a=b', {{ cookies: {{ e: 'f' }}, redirects: 0 }});
           const posted = http.post(__ENV.HTTP + '/post', {{ c: 'd' }});
           {calls} }}"
    );
    let output = Runner::new()
        .file("wrong.csv", "a,b\n1,2,3\n")
        .script(&script)
        .script_env("HTTP", runner_tests::target().http())
        .args(["--log-format", "raw"])
        .run()
        .succeeds();
    let results: Vec<_> = output
        .stderr
        .lines()
        .filter_map(|line| line.strip_prefix("RESULT"))
        .collect();
    assert_eq!(results.len(), RESULTS.len(), "{output}");
    let literals: String = RESULTS
        .iter()
        .zip(results)
        .map(|((shape, call), literal)| format!("// {call}\nuse<{shape}>({literal});\n"))
        .collect();
    let text = format!(
        "import type {{ CookieJar, Response }} from 'k6/http';
         import type exec from 'k6/execution';
         import type {{ KV }} from 'k6/x/kv';
         import type {{ Options }} from 'k6/options';
         type Execution = typeof exec;
         type Kv<Name extends keyof KV> = Awaited<ReturnType<KV[Name]>>;
         function use<T>(value: T) {{ console.log(value); }}
         {literals}"
    );
    let project = Project::empty();
    fs::write(project.path().join("results.ts"), &text).unwrap();
    let tsc = tools.join("node_modules/.bin/tsc").display().to_string();
    let said = project.shell(&format!("runner types && {tsc} -p . && echo accepted"));
    assert!(said.contains("accepted"), "{said}\n{text}");
}

#[test]
fn named_extensions_are_declared_by_their_names() {
    if is_k6() {
        return;
    }
    let output = Runner::command("types")
        .file("probe.wasm", guest("tests/guests/ext-probe"))
        .file(
            "runner.toml",
            "[extensions.listed]\npath = \"probe.wasm\"\n",
        )
        .args(["--ext", "k6/x/deep=probe.wasm", "out"])
        .run()
        .succeeds();
    for name in ["deep", "listed"] {
        let text = output.file(&format!("out/extensions/{name}.d.ts"));
        let text = text.unwrap_or_else(|| panic!("no {name}: {output}"));
        assert!(
            text.contains(&format!("declare module \"k6/x/{name}\"")),
            "{text}"
        );
    }
    assert!(output.file("out/k6.d.ts").is_some() && output.file("out/options.d.ts").is_some());
    Runner::command("types")
        .args(["--ext", "gone=gone.wasm"])
        .run()
        .exits(104)
        .says("gone.wasm");
}
