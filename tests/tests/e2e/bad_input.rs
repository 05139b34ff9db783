//! Scripts and files that cannot work, and scripts that go wild: a clear message, the right
//! exit code, and nobody else harmed.

use runner_tests::{Runner, is_k6};

#[test]
fn a_missing_file() {
    Runner::new()
        .main("gone.js")
        .run()
        .exits(255)
        .says("gone.js");
    Runner::new()
        .main("folder/gone.wasm")
        .run()
        .exits(255)
        .says("gone.wasm");
}

#[test]
fn a_folder_and_an_empty_file() {
    let output = Runner::new().file("folder/x", "").main("folder").run();
    assert_ne!(output.code, 0, "{output}");
    let output = Runner::new().script("").run().exits(255);
    output.says("exported function");
}

#[test]
fn a_file_that_is_no_text() {
    let output = Runner::new()
        .named("script.js", [0xff, 0xfe, 0x00, 0x80, 0x0a])
        .run();
    assert_ne!(output.code, 0, "{output}");
    assert!(!output.stderr.is_empty(), "{output}");
}

#[test]
fn unknown_and_wrong_options() {
    let script = "export const options = { iterations: 1, bogus: 1 }; \
                  export default function () { console.log('ran'); }";
    let output = Runner::new().script(script).run().succeeds();
    output
        .says("unknown fields in the options")
        .says("bogus")
        .console_is(&["ran"]);
    for (options, key) in [
        ("vus: 'many'", "vus"),
        ("duration: 'soon'", "duration"),
        ("iterations: {}", "iterations"),
        ("stages: 5", "stages"),
        ("thresholds: 5", "thresholds"),
        ("tags: 'x'", "tags"),
        ("insecureSkipTLSVerify: 'yes'", "insecureSkipTLSVerify"),
        ("scenarios: []", "scenarios"),
    ] {
        let script =
            format!("export const options = {{ {options} }}; export default function () {{}}");
        let output = Runner::new().script(&script).run();
        assert!(output.code == 104, "{options}\n{output}");
        if !is_k6() {
            output.says(key);
        }
    }
}

#[test]
fn a_name_without_end_is_not_repeated_whole() {
    let script = "import { Counter } from 'k6/metrics'; new Counter('a b'.repeat(1 << 18)); \
                  export default function () {}";
    let output = Runner::new()
        .script(script)
        .run()
        .exits(107)
        .says("Invalid metric name: 'a ba b");
    if !is_k6() {
        let length = output.stderr.len();
        assert!(length < 10_000, "{length} bytes");
        output.says("…'. Metric names must only include");
    }
}

#[test]
fn endless_recursion_is_a_range_error() {
    if is_k6() {
        return; // It takes all the memory there is.
    }
    let script = "export const options = { iterations: 2, vus: 1 }; \
        function deeper(n) { return deeper(n + 1) + 1; } \
        export default function () { \
          try { deeper(0); } catch (e) { console.log(e instanceof RangeError); } \
          if (__ITER === 0) deeper(0); \
          console.log('second iteration'); }";
    let output = Runner::new().script(script).run().succeeds();
    output.console_is(&["true", "true", "second iteration"]);
}

#[test]
fn ordinary_recursion_is_deep_enough() {
    let script = "function depth(n) { return n === 0 ? 0 : 1 + depth(n - 1); } \
        const nested = (n) => (n === 0 ? [] : [nested(n - 1)]); \
        export default function () { console.log(depth(1000)); \
          console.log(JSON.stringify(JSON.parse(JSON.stringify(nested(300)))).length); }";
    Runner::new()
        .script(script)
        .run()
        .succeeds()
        .console_is(&["1000", "602"]);
}

#[test]
fn recursion_through_host_and_native_calls() {
    if is_k6() {
        return;
    }
    let script = "import { group } from 'k6'; export const options = { iterations: 1 }; \
        const attempts = { group: (f) => group('g', f), sort: (f) => [2, 1].sort(f), \
          json: (f) => JSON.parse('[1]', f), replace: (f) => 'x'.replace(/x/, f), \
          getter: (f) => ({ get x() { return f(); } }).x }; \
        export default function () { for (const name of Object.keys(attempts)) { \
          const deeper = () => attempts[name](deeper); \
          try { deeper(); console.log(name, 'ended'); } \
          catch (e) { console.log(name, e instanceof RangeError); } } }";
    let output = Runner::new().script(script).run().succeeds();
    let lines = [
        "group true",
        "sort true",
        "json true",
        "replace true",
        "getter true",
    ];
    output.console_is(&lines);
}

#[test]
fn a_loop_without_end_in_an_iteration() {
    let script = "export const options = { scenarios: { s: { executor: 'constant-vus', vus: 2, \
          duration: '1s', gracefulStop: '500ms' } } }; \
        export default function () { if (__VU === 1) while (true) {} } \
        export function teardown() { console.log('tidied'); }";
    let output = Runner::new().script(script).run().succeeds();
    assert!(output.took.as_secs() < 15, "{output}");
    assert!(
        output.summary().number("iterations") > 10.0,
        "the other VU went on\n{output}"
    );
    output
        .prints("1 interrupted iterations")
        .console_is(&["tidied"]);
}

#[test]
fn a_sleep_beyond_the_end() {
    let script = "import { sleep } from 'k6'; export const options = { scenarios: { s: { \
          executor: 'per-vu-iterations', vus: 1, maxDuration: '1s', gracefulStop: '0s' } } }; \
        export default function () { sleep(100); console.log('never'); }";
    let output = Runner::new()
        .script(script)
        .run()
        .succeeds()
        .console_is(&[]);
    assert!(output.took.as_secs() < 15, "{output}");
    output.prints("0 complete and 1 interrupted iterations");
}

#[test]
fn a_loop_without_end_in_init() {
    if is_k6() {
        return; // It waits for ever.
    }
    let output = Runner::new()
        .env("RUNNER_INIT_TIMEOUT", "2")
        .script("while (true) {} export default function () {}")
        .limit(std::time::Duration::from_secs(90))
        .run();
    assert_eq!(output.code, 102, "{output}");
    assert!(!output.stderr.is_empty(), "{output}");
}

#[test]
fn a_vu_that_takes_too_much_memory() {
    if is_k6() {
        return;
    }
    let script = "export const options = { scenarios: { s: { executor: 'per-vu-iterations', \
          vus: 2, iterations: 2 } } }; \
        export default function () { \
          if (__VU === 1 && __ITER === 0) { const kept = []; \
            for (;;) kept.push(new Uint8Array(1 << 20).fill(1)); } \
          console.log('fine', __VU, __ITER); }";
    let output = Runner::new()
        .args(["--vu-memory", "32MiB"])
        .script(script)
        .run()
        .succeeds();
    let mut lines = output.console();
    lines.sort();
    assert_eq!(lines.len(), 3, "{output}");
    assert!(
        lines.contains(&"fine 2 0".into()) && lines.contains(&"fine 2 1".into()),
        "{output}"
    );
    let clear = |log: &runner_tests::Log| {
        log.level == "error" && log.message.to_lowercase().contains("memory")
    };
    assert!(output.logs().iter().any(clear), "{output}");
}

#[test]
fn components_that_are_not_ours() {
    if is_k6() {
        return;
    }
    // A core module, eight bytes long.
    let core = b"\0asm\x01\0\0\0";
    let output = Runner::new().named("core.wasm", core).run();
    assert_ne!(output.code, 0, "{output}");
    output.says("core.wasm").says("core WebAssembly module");
    // An empty component.
    let empty = b"\0asm\x0d\0\x01\0";
    let output = Runner::new().named("empty.wasm", empty).run();
    assert_ne!(output.code, 0, "{output}");
    output.says("empty.wasm");
    // No WebAssembly at all, and a component that breaks off.
    for bytes in [&b"not wasm"[..], b"\0asm", b"\0asm\x0d\0\x01\0\x01\xff\xff"] {
        let output = Runner::new().named("broken.wasm", bytes).run();
        assert_ne!(output.code, 0, "{output}");
        output.says("broken.wasm");
    }
}

/// A component that does nothing but import an empty interface of that name.
fn importing(interface: &str) -> Vec<u8> {
    let mut import = vec![1, 0, u8::try_from(interface.len()).unwrap()];
    import.extend_from_slice(interface.as_bytes());
    import.extend_from_slice(&[5, 0]);
    // The preamble of a component; section 7: one instance type without members; section 10.
    let mut component = b"\0asm\x0d\0\x01\0\x07\x03\x01\x42\0\x0a".to_vec();
    component.push(u8::try_from(import.len()).unwrap());
    component.extend_from_slice(&import);
    component
}

#[test]
fn contracts_that_we_do_not_have_are_named() {
    if is_k6() {
        return;
    }
    let newer = Runner::new()
        .named("newer.wasm", importing("runner:http/http@9.9.0"))
        .run();
    assert_ne!(newer.code, 0, "{newer}");
    newer
        .says("newer.wasm")
        .says("runner:http/http@9.9.0")
        .says("runner:http/http@0.1.0");
    let foreign = Runner::new()
        .named("foreign.wasm", importing("other:thing/api@1.0.0"))
        .run();
    assert_ne!(foreign.code, 0, "{foreign}");
    foreign.says("foreign.wasm").says("other:thing/api@1.0.0");
}

#[test]
fn imports_that_are_missing_are_named() {
    for (source, text) in [
        ("import './gone.js';", "gone.js"),
        ("import x from 'lodash';", "lodash"),
        ("import x from 'k6/gone';", "k6/gone"),
        ("require('./gone.js');", "gone.js"),
        ("open('gone.txt');", "gone.txt"),
        ("open('');", ""),
        ("import x from 'http://127.0.0.1/x.js';", "http://"),
    ] {
        let script = format!("{source} export default function () {{}}");
        let script = if source.starts_with("require") {
            script.replace("export default", "exports.default =")
        } else {
            script
        };
        Runner::new().script(&script).run().exits(107).says(text);
    }
}

#[test]
fn a_default_that_throws_at_once_many_times() {
    let script = "export const options = { vus: 5, iterations: 1000 }; \
                  export default function () { throw new Error('each time'); }";
    let output = Runner::new().args(["-q"]).script(script).run().succeeds();
    assert_eq!(output.summary().number("iterations"), 1000.0);
    // The first one whole, then how many more there were.
    let counts = output.logs().into_iter().filter(|log| log.level == "error");
    let counts = counts.map(|log| {
        let more = log.message.strip_prefix("… ").unwrap_or("1");
        let number = more.split(' ').next().unwrap_or_default();
        number.replace(',', "").parse::<u32>().unwrap()
    });
    let counts: Vec<_> = counts.collect();
    assert!(counts.len() < 100, "{output}");
    assert_eq!(counts.iter().sum::<u32>(), 1000, "{output}");
}
