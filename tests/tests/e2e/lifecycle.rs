//! Init, setup, iterations, teardown: how often, in which order, with what.

use runner_tests::Runner;

#[test]
fn init_runs_once_per_vu_and_more() {
    let script = "console.log('init', __VU); \
        export const options = { vus: 2, iterations: 2 }; \
        export function setup() {} export default function () {} export function teardown() {}";
    let output = Runner::new().script(script).run().succeeds();
    let count = |line: &str| {
        output
            .console()
            .iter()
            .filter(|shown| *shown == line)
            .count()
    };
    assert_eq!((count("init 1"), count("init 2")), (1, 1), "{output}");
    // The first look at the script, setup, teardown, and the summary.
    assert_eq!(count("init 0"), 4, "{output}");
}

#[test]
fn the_order_of_phases() {
    let script = "export function setup() { console.log('setup'); } \
        export default function () { console.log('default', __ITER); } \
        export function teardown() { console.log('teardown'); }";
    let output = Runner::new()
        .args(["-i", "2", "-u", "1"])
        .script(script)
        .run()
        .succeeds();
    output.console_is(&["setup", "default 0", "default 1", "teardown"]);
}

#[test]
fn each_vu_has_its_own_copy_of_the_data() {
    let script = "export const options = { scenarios: { s: { executor: 'per-vu-iterations', \
          vus: 2, iterations: 2 } } }; \
        export function setup() { return { seen: '' }; } \
        export default function (data) { data.seen += __VU; \
          if (__ITER === 1) console.log(`seen ${data.seen}`); } \
        export function teardown(data) { console.log(`seen ${data.seen}`); }";
    let output = Runner::new().script(script).run().succeeds();
    let mut lines = output.console();
    lines[..2].sort();
    assert_eq!(lines, ["seen 11", "seen 22", "seen "], "{output}");
}

#[test]
fn data_that_is_no_json_is_refused() {
    let script = "export function setup() { return { n: NaN }; } export default function () {} \
                  export function teardown() { console.log('never'); }";
    let output = Runner::new().script(script).run();
    assert_ne!(output.code, 0, "{output}");
    output.never_says("never");
}

#[test]
fn teardown_is_skipped_when_setup_fails() {
    let script = "export function setup() { throw new Error('no setup'); } \
        export default function () { console.log('never'); } \
        export function teardown() { console.log('never'); }";
    Runner::new()
        .script(script)
        .run()
        .exits(107)
        .console_is(&[]);
}

#[test]
fn teardown_runs_after_failed_thresholds_and_exceptions() {
    let script = "export const options = { thresholds: { iterations: ['count>5'] } }; \
        export default function () { throw new Error('x'); } \
        export function teardown() { console.log('tidied'); }";
    Runner::new()
        .script(script)
        .run()
        .exits(99)
        .console_is(&["tidied"]);
}

#[test]
fn some_calls_are_for_init_alone_and_some_never_there() {
    let script = "import http from 'k6/http'; import { check, group, sleep } from 'k6'; \
        import { Counter } from 'k6/metrics'; import { SharedArray } from 'k6/data'; \
        const early = []; const attempt = (list, name, call) => { \
          try { call(); list.push(name); } catch (e) { list.push('-'); } }; \
        attempt(early, 'http', () => http.get('http://127.0.0.1:1/')); \
        attempt(early, 'batch', () => http.batch(['http://127.0.0.1:1/'])); \
        attempt(early, 'check', () => check(1, { x: true })); \
        attempt(early, 'group', () => group('g', () => {})); \
        attempt(early, 'sleep', () => sleep(0.001)); \
        export default function () { const late = []; \
          attempt(late, 'open', () => open('./script.js')); \
          attempt(late, 'require', () => require('./other.js')); \
          attempt(late, 'metric', () => new Counter('late_one')); \
          attempt(late, 'shared', () => new SharedArray('late', () => [])); \
          console.log(early.join(), late.join()); }";
    let output = Runner::new()
        .file("other.js", "")
        .script(script)
        .run()
        .succeeds();
    output.console_is(&["-,-,-,-,sleep -,-,-,-"]);
}

#[test]
fn setup_and_teardown_can_send_requests() {
    let script = "import http from 'k6/http'; import { check } from 'k6'; \
        export const options = { thresholds: { 'http_reqs{group:::setup}': ['count==1'], \
          'http_reqs{group:::teardown}': ['count==1'], 'checks{group:::setup}': ['rate==1'] } }; \
        export function setup() { const r = http.get(`${__ENV.HTTP}/get`); \
          check(r, { up: () => r.status === 200 }); return r.json(); } \
        export default function (data) { console.log(data.url.endsWith('/get')); } \
        export function teardown() { http.get(`${__ENV.HTTP}/get`); }";
    let runner = Runner::new().script(script);
    let output = runner
        .script_env("HTTP", runner_tests::target().http())
        .run()
        .succeeds();
    output.console_is(&["true"]);
}

#[test]
fn iterations_end_when_nothing_is_pending() {
    let script = "export default function () { setTimeout(() => console.log('late'), 50); }";
    let output = Runner::new()
        .args(["-i", "2", "-u", "1"])
        .script(script)
        .run()
        .succeeds();
    output.console_is(&["late", "late"]);
}

#[test]
fn an_interval_that_is_never_cleared_ends_with_the_run() {
    let script = "export const options = { scenarios: { s: { executor: 'constant-vus', vus: 1, \
          duration: '1s', gracefulStop: '0s' } } }; \
        let n = 0; export default function () { setInterval(() => { n += 1; }, 10); }";
    let output = Runner::new().script(script).run().succeeds();
    assert!(output.took.as_secs() < 10, "{output}");
    assert!(output.summary().line("iterations").is_none(), "{output}");
}

#[test]
fn the_instance_is_there_in_setup_and_iterations_only() {
    let script = "import exec from 'k6/execution'; \
        function look(where) { \
          try { console.log(where, exec.instance.vusInitialized); } \
          catch (e) { console.log(where, e.message); } } \
        export function setup() { look('setup'); } \
        export default function () { look('default'); } \
        export function teardown() { look('teardown'); } \
        export function handleSummary() { look('summary'); return {}; }";
    let none = "getting instance information in the init context is not supported";
    Runner::new().script(script).run().succeeds().console_is(&[
        "setup 1",
        "default 1",
        &format!("teardown {none}"),
        &format!("summary {none}"),
    ]);
}
