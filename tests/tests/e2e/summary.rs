//! The end-of-test summary, whole, with what differs from run to run taken out.

use runner_tests::{Output, Runner, redact, target};

const SCRIPT: &str = "import http from 'k6/http'; import { check, group } from 'k6'; \
    import { Counter, Gauge, Rate, Trend } from 'k6/metrics'; \
    const c = new Counter('my_counter'), g = new Gauge('my_gauge'), r = new Rate('my_rate'), \
      t = new Trend('my_trend'), w = new Trend('my_wait', true); \
    export const options = { vus: 1, iterations: 2, thresholds: { my_trend: ['max<10', 'avg>100'], \
      'http_reqs{status:200}': ['count>=2'], checks: ['rate>0.5'] } }; \
    export default function () { \
      [1, 2, 3].forEach((x) => t.add(x)); w.add(1234.5); c.add(3); g.add(5); g.add(2); \
      r.add(true); r.add(false); r.add(true); \
      const a = http.get(`${__ENV.HTTP}/get`); http.get(`${__ENV.HTTP}/status/404`); \
      check(a, { ok: (x) => x.status === 200, bad: (x) => x.status === 1, 'ünï': () => true }); \
      group('outer', () => { check(1, { 'in group': () => true }); \
        group('inner', () => { check(1, { deep: (x) => x === __ITER }); }); }); }";

fn run(args: &[&str]) -> Output {
    let runner = Runner::new().args(args.iter().copied()).script(SCRIPT);
    runner.script_env("HTTP", target().http()).run().exits(99)
}

/// Columns are as wide as their widest value, so that only single blanks can be compared.
fn normal(text: &str) -> String {
    let narrow = |line: &str| {
        let indent = line.len() - line.trim_start().len();
        let words: Vec<&str> = line.split_whitespace().collect();
        format!("{}{}\n", &line[..indent], words.join(" "))
    };
    redact(text).lines().map(narrow).collect()
}

#[track_caller]
fn compare(name: &str, output: &Output) {
    let path = format!("{}/expected/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    let summary = output.summary();
    // The line of progress that follows belongs to the screen.
    let text = summary.text().split("\nrunning (").next().unwrap();
    let text = format!("{}\n", normal(text).trim_end());
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    assert!(
        text == expected,
        "--- expected\n{expected}\n--- got\n{text}"
    );
}

#[test]
fn compact() {
    compare("summary_compact", &run(&[]));
}

#[test]
fn full() {
    compare("summary_full", &run(&["--summary-mode", "full"]));
}

#[test]
fn fixed_unit_and_chosen_statistics() {
    let args = [
        "--summary-time-unit",
        "ms",
        "--summary-trend-stats",
        "avg,min,max,p(99),count",
    ];
    compare("summary_unit", &run(&args));
}

#[test]
fn nothing_but_iterations() {
    let output = Runner::new()
        .script("export default function () {}")
        .run()
        .succeeds();
    let names = [
        "data_received",
        "data_sent",
        "iteration_duration",
        "iterations",
    ];
    assert_eq!(output.summary().names(), names, "{output}");
}

#[test]
fn scenarios_in_the_full_summary() {
    let script = "import { check } from 'k6'; export const options = { scenarios: { \
          first: { executor: 'per-vu-iterations', vus: 1, iterations: 2 }, \
          second: { executor: 'shared-iterations', vus: 1, iterations: 3, exec: 'other' } } }; \
        export default function () { check(1, { one: true }); } \
        export function other() { check(1, { two: true }); }";
    let output = Runner::new()
        .args(["--summary-mode", "full"])
        .script(script)
        .run()
        .succeeds();
    let summary = output.summary();
    assert!(summary.text().contains("█ SCENARIO: first"), "{output}");
    assert!(summary.text().contains("█ SCENARIO: second"), "{output}");
}

#[test]
fn disabled() {
    let output = Runner::new()
        .args(["--summary-mode", "disabled"])
        .script(
            "export default function () {} \
             export function handleSummary() { return { stdout: 'never' }; }",
        )
        .run();
    if output.code == 255 && runner_tests::is_k6() {
        return; // The mode came with k6 2.0; before, it was --no-summary.
    }
    let output = output.succeeds();
    assert!(
        !output.stdout.contains('█') && !output.stdout.contains("never"),
        "{output}"
    );
}

#[test]
fn the_banner_and_the_plan() {
    let output = run(&[]);
    for text in [
        "execution: local",
        "script: script.js",
        "scenarios: (100.00%) 1 scenario, 1 max VUs, 10m30s max duration (incl. graceful stop):",
        "* default: 2 iterations shared among 1 VUs (maxDuration: 10m0s, gracefulStop: 30s)",
        "0/1 VUs, 2 complete and 0 interrupted iterations",
    ] {
        assert!(output.stdout.contains(text), "{text}\n{output}");
    }
}
