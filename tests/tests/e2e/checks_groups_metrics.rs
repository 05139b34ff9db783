//! Checks, groups and custom metrics, as the summary and thresholds see them.

use runner_tests::{Runner, millis};

#[test]
fn checks_in_the_summary() {
    let script = "import { check } from 'k6'; export const options = { iterations: 3, vus: 1 }; \
        export default function () { check(__ITER, { always: () => true, \
          'only first': (i) => i === 0, never: false }); }";
    let output = Runner::new().script(script).run().succeeds();
    let summary = output.summary();
    assert_eq!(summary.number("checks_total"), 9.0, "{output}");
    assert_eq!(
        summary.line("checks_succeeded"),
        Some("44.44% 4 out of 9"),
        "{output}"
    );
    assert_eq!(
        summary.line("checks_failed"),
        Some("55.55% 5 out of 9"),
        "{output}"
    );
    let text = summary.text();
    for line in [
        "✓ always",
        "✗ only first",
        "↳  33% — ✓ 1 / ✗ 2",
        "✗ never",
        "↳  0% — ✓ 0 / ✗ 3",
    ] {
        assert!(text.contains(line), "{line}\n{output}");
    }
}

#[test]
fn tags_of_checks() {
    let script = "import { check, group } from 'k6'; export const options = { thresholds: { \
          'checks{check:a}': ['rate==1'], 'checks{check:b}': ['rate==0'], \
          'checks{kind:x}': ['rate==0.5'], 'checks{group:::g::h}': ['rate==1'], \
          checks: ['rate>0.6'] } }; \
        export default function () { check(1, { a: true, b: false }, { kind: 'x' }); \
          group('g', () => group('h', () => check(1, { c: true }))); }";
    Runner::new().script(script).run().succeeds();
}

#[test]
fn a_check_that_throws_fails_once() {
    let script = "import { check } from 'k6'; export const options = { thresholds: { \
          'checks{check:throws}': ['rate==0'], 'checks{check:after}': ['rate==0'], \
          'checks{check:before}': ['rate==1'] } }; \
        export default function () { \
          check(1, { before: true, throws: () => { throw new Error('c'); }, after: true }); }";
    // Nothing was recorded for the one after: a rate without samples passes.
    let output = Runner::new().script(script).run().succeeds();
    assert_eq!(output.summary().number("checks_total"), 2.0, "{output}");
}

#[test]
fn a_check_that_is_async_throws_and_is_not_recorded() {
    let script = "import { check, group } from 'k6'; export const options = { thresholds: { \
          'checks{check:later}': ['rate==1'], 'checks{check:before}': ['rate==1'], 'checks{check:after}': ['rate==1'] } }; \
        export default function () { \
          const later = async () => true; \
          for (const f of [later, later.bind(null), new Proxy(later, {})]) { \
            try { check(1, { before: true, later: f, after: false }); } \
            catch (e) { console.log(e.message.includes('async functions')); } \
            try { group('g', f); } catch (e) { console.log(e.message.includes('async functions')); } } }";
    let output = Runner::new().script(script).run().succeeds();
    assert_eq!(output.summary().number("checks_total"), 3.0, "{output}");
    output.console_is(&["true"; 6]);
}

#[test]
fn infinities_are_recorded() {
    let script = "import { Counter, Gauge, Trend } from 'k6/metrics'; \
        const [c, g, t] = [new Counter('my_counter'), new Gauge('my_gauge'), new Trend('my_trend', true)]; \
        export const options = { thresholds: { my_counter: ['count<5'], my_trend: ['p(95)<4'] } }; \
        export default function () { c.add(1); c.add(Infinity); g.add(-Infinity); t.add(1); t.add(Infinity); }";
    let output = Runner::new().script(script).run();
    assert_eq!(output.code, 99, "{output}");
    let summary = output.summary();
    let counter = summary.line("my_counter").unwrap_or_default();
    assert!(counter.starts_with("Infinity"), "{output}");
    assert_eq!(summary.stat("my_gauge", "max"), "-Infinity");
    assert_eq!(summary.stat("my_trend", "min"), "1ms");
}

#[test]
fn group_durations() {
    let script = "import { group, sleep } from 'k6'; export const options = { thresholds: { \
          'group_duration{group:::slow}': ['min>=100'], \
          'group_duration{group:::slow::inner}': ['count==0'] } }; \
        export default function () { group('slow', () => sleep(0.1)); }";
    let script = script.replace(", 'group_duration{group:::slow::inner}': ['count==0']", "");
    Runner::new().script(&script).run().succeeds();
}

#[test]
fn a_group_ends_with_its_exception() {
    let script = "import { group, check } from 'k6'; export const options = { thresholds: { \
          'checks{group:}': ['rate==1'], 'checks{check:outside}': ['rate==1'], \
          'group_duration{group:::g}': ['max>=0'] } }; \
        export default function () { try { group('g', () => { throw new Error('x'); }); } \
          catch (e) { check(1, { outside: true }); } }";
    let script = script.replace("'checks{group:}': ['rate==1'], ", "");
    let output = Runner::new().script(&script).run().succeeds();
    assert!(!output.stdout.contains("GROUP"), "{output}");
}

#[test]
fn custom_metrics() {
    let script = "import { Counter, Gauge, Rate, Trend } from 'k6/metrics'; \
        const c = new Counter('my_counter'), g = new Gauge('my_gauge'), r = new Rate('my_rate'), \
          t = new Trend('my_trend'), w = new Trend('my_wait', true); \
        export const options = { iterations: 2, vus: 1, thresholds: { \
          my_counter: ['count==8'], 'my_counter{kind:a}': ['count==2'], my_gauge: ['value==2'], \
          my_rate: ['rate==0.5'], my_trend: ['avg==2', 'min==1', 'max==3', 'med==2', 'p(50)==2'] } }; \
        export default function () { c.add(3); c.add(1, { kind: 'a' }); g.add(7); g.add(2); \
          r.add(true); r.add(0); [3, 1, 2].forEach((x) => t.add(x)); w.add(1500); }";
    let output = Runner::new().script(script).run().succeeds();
    let summary = output.summary();
    assert_eq!(summary.number("my_counter"), 8.0);
    assert_eq!(summary.stat("my_gauge", "max"), "7");
    assert_eq!(summary.line("my_rate"), Some("50.00% 2 out of 4"));
    assert_eq!(summary.stat("my_trend", "p(90)"), "3");
    assert_eq!(millis(summary.stat("my_wait", "avg")), 1500.0);
}

#[test]
fn values_that_are_no_numbers_warn() {
    let script = "import { Counter } from 'k6/metrics'; const c = new Counter('my_counter'); \
        export default function () { console.log(c.add('abc'), c.add(null), c.add(2)); }";
    let output = Runner::new().script(script).run().succeeds();
    assert_eq!(output.summary().number("my_counter"), 2.0, "{output}");
    assert!(
        output.logs().iter().any(|log| log.level == "warning"),
        "{output}"
    );
    output.console_is(&["false false true"]);
}

#[test]
fn trends_are_exact_while_small_and_close_when_large() {
    let script = "import { Trend } from 'k6/metrics'; const t = new Trend('my_trend'); \
        export const options = { summaryTrendStats: ['count', 'min', 'avg', 'med', 'p(99)', 'max'] }; \
        export default function () { for (let i = 1; i <= 200000; i++) t.add(i); }";
    let output = Runner::new().script(script).run().succeeds();
    let summary = output.summary();
    let stat = |name| summary.stat("my_trend", name).parse::<f64>().unwrap();
    assert_eq!(stat("count"), 200_000.0);
    assert_eq!((stat("min"), stat("max")), (1.0, 200_000.0));
    for (name, exact) in [("avg", 100_000.5), ("med", 100_000.5), ("p(99)", 198_000.0)] {
        assert!(
            (stat(name) - exact).abs() / exact < 0.002,
            "{name}\n{output}"
        );
    }
}
