//! `runner build` and `runner inspect`, and what a built component does.

use runner_tests::{Runner, guest, is_k6, target};
use serde_json::Value;

const SCRIPT: &str = "import http from 'k6/http'; import { check } from 'k6'; \
    import exec from 'k6/execution'; \
    import { lib } from './lib.js'; \
    export const options = { vus: 2, iterations: 4, thresholds: { checks: ['rate==1'] } }; \
    export function setup() { return { from: 'setup' }; } \
    export default function (data) { \
      const r = http.get(`${__ENV.HTTP}/get?x=${lib}`); \
      check(r, { ok: () => r.json('args.x') === 'lib' && data.from === 'setup' }); \
      if (exec.scenario.iterationInTest === 0) console.log('ran', text); } \
    export function other() {} \
    export function teardown() { console.log('tidied'); } \
    const text = open('./text.txt');";

fn project() -> Runner {
    Runner::command("build")
        .file("lib.js", "export const lib = 'lib';")
        .file("text.txt", "opened")
        .file("script.js", SCRIPT)
}

#[test]
fn a_built_component_behaves_as_its_script() {
    if is_k6() {
        return;
    }
    let built = project()
        .main("script.js")
        .args(["-o", "test.wasm"])
        .run()
        .succeeds();
    let component = built.bytes("test.wasm");
    assert!(component.starts_with(b"\0asm"), "{built}");
    let script = Runner::new()
        .file("lib.js", "export const lib = 'lib';")
        .file("text.txt", "opened")
        .script(SCRIPT)
        .script_env("HTTP", target().http())
        .run()
        .succeeds();
    // Alone in its folder: everything is inside.
    let runner = Runner::new().named("test.wasm", &component);
    let output = runner.script_env("HTTP", target().http()).run().succeeds();
    for output in [&script, &output] {
        let mut lines = output.console();
        lines.sort();
        assert_eq!(lines, ["ran opened", "tidied"], "{output}");
        assert_eq!(output.summary().number("iterations"), 4.0, "{output}");
        assert_eq!(output.summary().number("http_reqs"), 4.0, "{output}");
        assert_eq!(
            output.summary().line("checks_succeeded"),
            Some("100.00% 4 out of 4")
        );
    }
}

/// Files in a cache folder.
fn entries(folder: &std::path::Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

#[test]
fn a_built_component_uses_the_engine_that_is_compiled_already() {
    if is_k6() {
        return;
    }
    let cache = tempfile::tempdir().unwrap();
    let folder = cache.path().to_str().unwrap();
    // One that becomes an image, and one whose init reads what no image can carry.
    let image = "export default function () { console.log('image'); }";
    let modules = "const who = __ENV.WHO; export default function () { console.log(who); }";
    for source in [image, modules] {
        let built = Runner::command("build")
            .env("RUNNER_CACHE_DIR", folder)
            .file("s.js", source)
            .main("s.js")
            .args(["-o", "t.wasm"])
            .run()
            .succeeds();
        assert_eq!(entries(cache.path()), 1, "the engine");
        let run = Runner::new()
            .env("RUNNER_CACHE_DIR", folder)
            .named("t.wasm", built.bytes("t.wasm"))
            .args(["-e", "WHO=image"])
            .run();
        run.succeeds().console_is(&["image"]);
        assert_eq!(entries(cache.path()), 1, "nothing else was compiled");
    }
}

#[test]
fn a_component_takes_flags_and_environment() {
    if is_k6() {
        return;
    }
    let source = "export default function () { console.log(__ENV.WHO); }";
    let built = Runner::command("build")
        .file("s.js", source)
        .main("s.js")
        .args(["-o", "t.wasm"]);
    let component = built.run().succeeds().bytes("t.wasm");
    let runner = Runner::new()
        .named("t.wasm", component)
        .args(["-i", "2", "-e", "WHO=me"]);
    runner.run().succeeds().console_is(&["me", "me"]);
}

#[test]
fn inspecting_a_script() {
    if is_k6() {
        return;
    }
    let project = Runner::command("inspect")
        .file("lib.js", "export const lib = 'lib';")
        .file("text.txt", "opened");
    let output = project.script(SCRIPT).run().succeeds();
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(report["vus"], 2, "{output}");
    assert_eq!(report["iterations"], 4, "{output}");
    let mut functions: Vec<&str> = report["runner"]["functions"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    functions.retain(|name| !["setup", "teardown"].contains(name));
    functions.sort_unstable();
    assert_eq!(functions, ["default", "other"], "{output}");
}

#[test]
fn inspecting_a_component() {
    if is_k6() {
        return;
    }
    let source = "import http from 'k6/http'; export default function () {}";
    let built = Runner::command("build")
        .file("s.js", source)
        .main("s.js")
        .args(["-o", "t.wasm"]);
    let component = built.run().succeeds().bytes("t.wasm");
    let output = Runner::command("inspect")
        .named("t.wasm", component)
        .run()
        .succeeds();
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    let imports = report["runner"]["imports"].to_string();
    assert!(imports.contains("runner:http/http@0.1.0"), "{output}");
    // Nothing but our own interfaces.
    for import in report["runner"]["imports"].as_array().unwrap() {
        assert!(import.as_str().unwrap().starts_with("runner:"), "{output}");
    }
    assert!(report.to_string().contains("0.1.0"), "{output}");
}

#[test]
fn of_a_component_what_matters_comes_first() {
    if is_k6() {
        return;
    }
    let source = "export const options = { vus: 2, dns: { ttl: '1m' } }; \
        export default function () {} export function other() {}";
    let built = Runner::command("build").named("s.js", source);
    let built = built.args(["-o", "t.wasm"]).run().succeeds();
    let component = built.bytes("t.wasm");
    let inspect = |args: &[&str]| {
        let runner = Runner::command("inspect").args(args.iter().copied());
        let output = runner.named("t.wasm", &component).run().succeeds();
        serde_json::from_str::<Value>(&output.stdout).unwrap()
    };
    let keys =
        |value: &Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    let short = inspect(&[]);
    assert_eq!(keys(&short), ["runner", "vus", "dns"], "{short}");
    assert_eq!(short["runner"]["kind"], "component");
    let named = keys(&short["runner"]);
    assert_eq!(named[..3], ["kind", "contract", "functions"], "{short}");
    let all = inspect(&["--all"]);
    assert_eq!(keys(&all)[0], "runner");
    assert_eq!(all["iterations"], Value::Null);
    assert!(all["runner"]["exports"].is_array(), "{all}");
    assert!(keys(&all).len() > 40, "{all}");
}

#[test]
fn an_output_says_how_it_is_used() {
    if is_k6() {
        return;
    }
    let output = Runner::command("inspect")
        .named("output-log.wasm", guest("plugins/output-log"))
        .run()
        .succeeds();
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(report["runner"]["kind"], "output", "{output}");
    let usage = report["runner"]["use"].as_str().unwrap();
    assert_eq!(usage, "runner run --out output-log.wasm=ARGUMENT");
}

#[test]
fn a_script_with_an_error_is_not_built() {
    if is_k6() {
        return;
    }
    let broken = Runner::command("build").file("s.js", "export default function () { let x = ; }");
    let output = broken.main("s.js").args(["-o", "t.wasm"]).run().exits(107);
    assert!(output.file("t.wasm").is_none(), "{output}");
}
