//! VUs that start from an image of the initialised script: nobody can tell them from VUs that
//! ran its init, and what could be told apart makes each VU run it. (Every script under
//! `scripts/` runs both ways, too: see `check_scripts`.)

use runner_tests::{Output, Runner, is_k6, target};

/// The line that says that there is an image.
const IMAGE: &str = "VUs start from an image of the initialised script";

fn run(source: &str, mode: &str, args: &[&str]) -> Output {
    Runner::new()
        .script(source)
        .args(["-v", "--fork", mode])
        .args(args.iter().copied())
        .script_env("HTTP", target().http())
        .run()
}

fn sorted(output: &Output) -> Vec<String> {
    let mut lines = output.console();
    lines.sort();
    lines
}

/// Runs both ways and compares; returns the run that was to fork.
fn both(source: &str, args: &[&str]) -> Output {
    let own = run(source, "never", args);
    let forked = run(source, "always", args);
    assert_eq!(own.code, forked.code, "{own}\n{forked}");
    assert_eq!(sorted(&own), sorted(&forked), "{own}\n{forked}");
    own.never_says(IMAGE);
    forked
}

const THREE: &[&str] = &["-u", "3", "-i", "3"];

/// Three VUs, one iteration each.
const EACH: &str = "export const options = { scenarios: { s: \
    { executor: 'per-vu-iterations', vus: 3, iterations: 1 } } };\n";

fn each(source: &str) -> String {
    format!("{EACH}{source}")
}

#[test]
fn first_touches_are_named_with_their_line() {
    if is_k6() {
        return;
    }
    let cases = [
        ("const x = __VU;", "__VU"),
        ("const x = [1].map(() => Math.random());", "Math.random"),
        ("const x = Date.now();", "the clock"),
        ("const x = new Date();", "the clock"),
        ("const x = crypto.randomUUID();", "secure random numbers"),
        ("setTimeout(() => {}, 1);", "setTimeout"),
        ("new http.CookieJar();", "http.CookieJar"),
        ("sleep(0.001);", "sleep"),
    ];
    for (line, what) in cases {
        let source = format!(
            "import http from 'k6/http'; import {{ sleep }} from 'k6';\n\
             const early = 1;\n{line}\nexport default function () {{}}"
        );
        let output = run(&source, "always", &["-i", "1"]).succeeds();
        output
            .says(&format!(
                "each VU runs the script's init: its init code uses {what} at file:///"
            ))
            .says("script.js:3:")
            .never_says(IMAGE);
    }
}

#[test]
fn a_touch_inside_an_imported_typescript_module_has_its_own_line() {
    if is_k6() {
        return;
    }
    Runner::new()
        .file(
            "lib.ts",
            "type A = {\n  b: number;\n};\nexport const now: number = Date.now();\n",
        )
        .script("import { now } from './lib.ts'; export default function () { now; }")
        .args(["--fork", "always", "-i", "1"])
        .run()
        .succeeds()
        .says("the clock at file:///")
        .says("lib.ts:4:");
}

#[test]
fn auto_says_what_it_chose() {
    if is_k6() {
        return;
    }
    let source = "export default function () {}";
    run(source, "auto", &["-u", "400", "-i", "400"])
        .succeeds()
        .says(IMAGE);
    run(source, "never", THREE)
        .succeeds()
        .says("each VU runs the script's init: --fork never");
    let touching = "const x = __VU; export default function () {}";
    // A debug line, because nothing is wrong.
    Runner::new()
        .script(touching)
        .args(["-u", "400", "-i", "400"])
        .run()
        .succeeds()
        .never_says("__VU");
}

#[test]
fn state_of_init_is_each_vus_own() {
    if is_k6() {
        return;
    }
    let source = each(
        "const list = [1, 2]; const map = new Map([['a', 1]]); let count = 0;\n\
         class Base { #hidden = 7; get hidden() { return this.#hidden++; } } const base = new Base();\n\
         const later = Promise.resolve('settled'); const { f } = { f: (x) => (list.push(x), list) };\n\
         function* numbers() { yield 1; yield 2; } const running = numbers(); running.next();\n\
         export default async function () {\n\
           count++; map.set(__VU, __VU); f(__VU);\n\
           console.log(JSON.stringify([__VU, __ITER, list, [...map], count, base.hidden, base.hidden,\n\
             await later, running.next().value, /a+/.exec('caat')[0], list instanceof Array]));\n\
         }",
    );
    let forked = both(&source, &[]).succeeds().says(IMAGE);
    assert_eq!(forked.console().len(), 3, "{forked}");
}

#[test]
fn facts_of_a_vu_in_init_are_right() {
    if is_k6() {
        return;
    }
    let source = each("const me = __VU; export default function () { console.log(me); }");
    let output = both(&source, &[]).succeeds().never_says(IMAGE);
    assert_eq!(sorted(&output), ["1", "2", "3"], "{output}");
}

#[test]
fn vu_numbers_and_an_assigned_vu() {
    if is_k6() {
        return;
    }
    let source = each(
        "const at = Object.keys(globalThis).includes('__VU');\n\
         export default function () { const before = __VU; globalThis.__VU = 'mine';\n\
           console.log(before, __VU, at, typeof globalThis.__VU); }",
    );
    let output = both(&source, &[]).succeeds().says(IMAGE);
    assert_eq!(
        sorted(&output),
        [
            "1 mine true string",
            "2 mine true string",
            "3 mine true string"
        ]
    );
}

#[test]
fn randomness_differs_whatever_was_seeded_in_init() {
    if is_k6() {
        return;
    }
    let source = each("export default function () { console.log(Math.random()); }");
    let output = run(&source, "always", &[]).succeeds().says(IMAGE);
    let mut numbers = sorted(&output);
    numbers.dedup();
    assert_eq!(numbers.len(), 3, "{output}");
    let seeded = each(
        "import { randomSeed } from 'k6'; randomSeed(7); const first = Math.random();\n\
         export default function () { console.log(first); }",
    );
    let output = both(&seeded, &[]).succeeds().says(IMAGE);
    let mut numbers = sorted(&output);
    numbers.dedup();
    assert_eq!(numbers.len(), 1, "{output}");
    // The seed was for init: after it each VU draws numbers of its own, as in k6.
    let after = seeded.replace("console.log(first)", "console.log(Math.random())");
    for mode in ["never", "always"] {
        let output = run(&after, mode, &[]).succeeds();
        let mut numbers = sorted(&output);
        numbers.dedup();
        assert_eq!(numbers.len(), 3, "{mode}: {output}");
    }
}

#[test]
fn console_output_of_init_is_repeated_for_each_vu() {
    if is_k6() {
        return;
    }
    let source = each(
        "console.log('hello', { a: 1 }); console.warn('careful');\n\
         export function setup() {} export function teardown() {} export default function () {}",
    );
    let output = both(&source, &[]).succeeds().says(IMAGE);
    let hellos = output
        .console()
        .iter()
        .filter(|line| line.starts_with("hello"))
        .count();
    // VU 0, three VUs, setup, teardown, the summary.
    assert_eq!(hellos, 7, "{output}");
}

#[test]
fn what_only_the_first_init_does_is_not_in_the_image() {
    if is_k6() {
        return;
    }
    let source = each(
        "import { SharedArray } from 'k6/data'; let made = 0;\n\
         const data = new SharedArray('d', () => { made++; console.log('made at', typeof Date.now()); return [{ a: 1 }, { a: 2 }]; });\n\
         export default function () { console.log(made, data.length, data[1].a, Object.isFrozen(data[0])); }",
    );
    let output = both(&source, &[]).succeeds().says(IMAGE);
    assert_eq!(output.console().len(), 4, "{output}");
    assert!(
        output.console().contains(&"made at number".to_owned()),
        "{output}"
    );
}

#[test]
fn environments_metrics_and_files() {
    if is_k6() {
        return;
    }
    let source = "import { Counter, Trend } from 'k6/metrics';\n\
        const count = new Counter('my_count'); const trend = new Trend('my_trend', true);\n\
        const early = __ENV.WHO; __ENV.MADE = 'in init';\n\
        export const options = { scenarios: {\n\
          a: { executor: 'per-vu-iterations', vus: 2, iterations: 2, env: { WHO: 'scenario' }, exec: 'a' },\n\
          b: { executor: 'per-vu-iterations', vus: 1, iterations: 1 } } };\n\
        export function setup() { return { made: __ENV.MADE }; }\n\
        export function a(data) { count.add(2); trend.add(5); console.log('a', early, __ENV.WHO, __ENV.MADE, data.made); }\n\
        export default function () { count.add(1); console.log('b', early, __ENV.WHO, __ENV.MADE); }";
    let output = both(source, &["-e", "WHO=flag"]).succeeds().says(IMAGE);
    assert_eq!(output.summary().number("my_count"), 9.0, "{output}");
    assert!(
        output
            .console()
            .contains(&"b flag flag undefined".to_owned()),
        "{output}"
    );
}

#[test]
fn a_response_callback_set_in_init_holds() {
    if is_k6() {
        return;
    }
    let source = each(
        "import http from 'k6/http'; http.setResponseCallback(http.expectedStatuses(404));\n\
         export default function () { http.get(`${__ENV.HTTP}/status/404`); }",
    );
    for mode in ["never", "always"] {
        let output = run(&source, mode, &[]).succeeds();
        let line = output.summary().line("http_req_failed").map(str::to_owned);
        assert_eq!(
            line.as_deref(),
            Some("0.00% 0 out of 3"),
            "{mode}: {output}"
        );
    }
}

#[test]
fn an_init_that_never_settles_is_each_vus_own() {
    if is_k6() {
        return;
    }
    for init in [
        "await new Promise(() => {}); console.log('never');",
        "await (async () => { await null; await new Promise(() => {}); })();",
    ] {
        let source = format!("export default function () {{ console.log('ran'); }}\n{init}");
        both(&source, THREE).never_says(IMAGE);
    }
    // One that nobody waits for is as any other value.
    let source = each(
        "let settle; const open = new Promise((resolve) => { settle = resolve; });\n\
         export default async function () { settle(__VU); console.log(await open); }",
    );
    let output = both(&source, &[]).succeeds().says(IMAGE);
    assert_eq!(sorted(&output), ["1", "2", "3"], "{output}");
}

#[test]
fn an_init_that_fails_only_sometimes_fails_as_ever() {
    if is_k6() {
        return;
    }
    let source = each("if (__VU === 2) throw new Error('not me'); export default function () {}");
    let output = both(&source, &[]);
    assert_ne!(output.code, 0, "{output}");
    output.says("not me");
    let first = "throw new Error('at once'); export default function () {}";
    assert_ne!(both(first, THREE).says("at once").code, 0);
}

#[test]
fn a_run_that_init_code_ends_is_ended_once() {
    if is_k6() {
        return;
    }
    let source = each(
        "import exec from 'k6/execution'; if (__VU > 1) exec.test.abort('enough');\n\
         export default function () {}",
    );
    assert_ne!(both(&source, &[]).code, 0);
}

#[test]
fn a_vu_that_is_replaced_starts_from_the_image_again() {
    if is_k6() {
        return;
    }
    let source = "let count = 0; const kept = ['init'];\n\
        export const options = { scenarios: { s: { executor: 'constant-vus', vus: 1, duration: '1s', gracefulStop: '0s' } } };\n\
        export default function () { count++; if (count === 2) { const big = []; for (;;) big.push(new Array(100000).fill(1)); }\n\
          console.log('count', count, kept.length); }";
    let output = run(source, "always", &["--vu-memory", "16MiB"]).says(IMAGE);
    let lines = output.console();
    assert!(lines.len() >= 2, "{output}");
    assert!(lines.iter().all(|line| line == "count 1 1"), "{output}");
}

#[test]
fn large_scripts_are_in_the_image_once() {
    if is_k6() {
        return;
    }
    let mut source = String::new();
    for number in 0..3_000 {
        source.push_str(&format!(
            "const table{number} = {{ a: {number}, b: 'text {number}', f(x) {{ return this.a + x; }} }};\n"
        ));
    }
    source.push_str(&each(
        "export default function () { console.log(table0.f(__VU), table2999.f(__VU), table7.b); }",
    ));
    let output = both(&source, &[]).succeeds().says(IMAGE);
    assert_eq!(
        sorted(&output),
        ["1 3000 text 7", "2 3001 text 7", "3 3002 text 7"]
    );
}

fn build(source: &str, args: &[&str]) -> Vec<u8> {
    Runner::command("build")
        .file(
            "lib.js",
            "export const lib = 'lib'; export default { deep: [1] };",
        )
        .file("text.txt", "opened")
        .file("s.js", source)
        .main("s.js")
        .args(["-o", "t.wasm"])
        .args(args.iter().copied())
        .run()
        .succeeds()
        .bytes("t.wasm")
}

#[test]
fn a_built_component_holds_the_initialised_script() {
    if is_k6() {
        return;
    }
    let source = each(
        "import { Trend, Counter } from 'k6/metrics'; import def from './lib.js';\n\
         const trend = new Trend('built_trend'); const count = new Counter('built_count');\n\
         const text = open('./text.txt'); let state = 1;\n\
         export function setup() { return text.length; }\n\
         export default async function (data) { count.add(2); trend.add(3); state += __VU; def.deep.push(1);\n\
           const again = await import('./lib.js');\n\
           console.log(__VU, state, text, data, again.lib, def.deep.length, __ENV.WHO, Math.random() < 1); }",
    );
    let image = build(&source, &[]);
    let modules = build(&source, &["--fork", "never"]);
    assert_ne!(image, modules);
    for component in [image, modules] {
        let output = Runner::new()
            .named("t.wasm", component)
            .script_env("WHO", "me")
            .run()
            .succeeds();
        assert_eq!(
            sorted(&output),
            [
                "1 2 opened 6 lib 2 me true",
                "2 3 opened 6 lib 2 me true",
                "3 4 opened 6 lib 2 me true"
            ],
            "{output}"
        );
        assert_eq!(output.summary().number("built_count"), 6.0, "{output}");
    }
}

#[test]
fn a_built_component_never_holds_the_builders_environment() {
    if is_k6() {
        return;
    }
    for init in [
        "const who = __ENV.WHO;",
        "console.log('init of', __ENV.WHO); const who = __ENV.WHO;",
        "import { SharedArray } from 'k6/data'; const a = new SharedArray('a', () => [__ENV.WHO]); const who = a[0];",
    ] {
        let source = format!("{init}\nexport default function () {{ console.log('who', who); }}");
        let component = build(&source, &["-e", "WHO=builder"]);
        let output = Runner::new()
            .named("t.wasm", component)
            .script_env("WHO", "user")
            .run()
            .succeeds()
            .never_says("builder");
        assert!(
            output.console().contains(&"who user".to_owned()),
            "{output}"
        );
    }
}

#[test]
fn an_image_that_exceeds_the_memory_of_a_vu_is_refused_by_name() {
    if is_k6() {
        return;
    }
    let source = "const big = 'x'.repeat(8 << 20) + 1; export default function () { big; }";
    let component = build(source, &[]);
    let output = Runner::new()
        .named("t.wasm", component)
        .args(["--vu-memory", "4MiB"])
        .run();
    assert_ne!(output.code, 0, "{output}");
    output.says("memory limit of 4 MiB; raise it with --vu-memory");
}

#[test]
fn a_cache_that_cannot_be_used_costs_only_a_warning() {
    if is_k6() {
        return;
    }
    let source = "export default function () { console.log('ran'); }";
    let runner = Runner::new()
        .file("cache", "a file, not a folder")
        .script(source);
    let cache = runner.folder().join("cache").display().to_string();
    let output = runner.env("RUNNER_CACHE_DIR", cache).run().succeeds();
    output
        .says("compiled code is not kept")
        .console_is(&["ran"]);
}

#[test]
fn a_home_that_does_not_exist_is_not_made() {
    if is_k6() {
        return;
    }
    for (name, place) in [("HOME", "gone"), ("XDG_CACHE_HOME", "gone/.cache")] {
        let runner = Runner::new()
            .args(["--fork", "always", "-u", "2", "-i", "2"])
            .script("export default function () { console.log('ran'); }");
        let gone = runner.folder().join("gone");
        let place = runner.folder().join(place).display().to_string();
        let output = runner
            .env("RUNNER_CACHE_DIR", "")
            .env(name, place)
            .run()
            .succeeds()
            .console_is(&["ran", "ran"]);
        assert!(!gone.exists(), "{name}");
        let logs = output.logs();
        let told = |log: &&runner_tests::Log| log.message.contains("there is no folder");
        assert_eq!(logs.iter().filter(told).count(), 1, "{output}");
    }
}

#[test]
fn two_processes_fill_one_cache_and_a_damaged_entry_is_replaced() {
    if is_k6() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache");
    let start = || {
        Runner::new()
            .script("export default function () { console.log('ran'); }")
            .args(["--fork", "always"])
            .env("RUNNER_CACHE_DIR", cache.display().to_string())
            .start()
    };
    for running in [start(), start()] {
        running.wait().succeeds().console_is(&["ran"]);
    }
    let entries = || -> Vec<_> {
        let entries = std::fs::read_dir(&cache).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    };
    let [entry] = entries().try_into().unwrap();
    let mut bytes = std::fs::read(&entry).unwrap();
    let whole = bytes.clone();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    std::fs::write(&entry, bytes).unwrap();
    start().wait().succeeds().console_is(&["ran"]);
    let [entry] = entries().try_into().unwrap();
    assert!(std::fs::read(entry).unwrap() == whole);
}
