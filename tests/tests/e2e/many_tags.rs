//! Tags without end: a million values, values of a megabyte, names of a megabyte.

use runner_tests::Runner;

#[test]
fn a_million_distinct_values_are_warned_about_and_bounded() {
    // Half a million fit a test; what is bounded at 100,000 stays bounded.
    let script = "import { Counter } from 'k6/metrics'; const c = new Counter('c_c'); \
        export const options = { vus: 2, iterations: 500, thresholds: { \
          c_c: ['count==500000'], 'c_c{kind:even}': ['count==250000'] } }; \
        export default function () { for (let n = 0; n < 1000; n++) { \
          c.add(1, { id: `${__VU}-${__ITER}-${n}`, kind: n % 2 ? 'odd' : 'even' }); } }";
    let output = Runner::new().script(script).run().succeeds();
    let warnings = output
        .logs()
        .iter()
        .filter(|log| log.message.contains("unique time series"))
        .count();
    // At 100,000, 200,000 and 400,000.
    assert_eq!(warnings, 3, "{output}");
}

#[test]
fn tags_of_a_megabyte() {
    let script = "import { Counter } from 'k6/metrics'; const c = new Counter('c_c'); \
        export const options = { iterations: 1, thresholds: { c_c: ['count==200'] } }; \
        export default function () { const big = 'x'.repeat(1 << 20); \
          for (let n = 0; n < 200; n++) { c.add(1, { big: `${n}${big}` }); } \
          c.add(0, { [big]: 'y' }); }";
    let output = Runner::new()
        .args(["--out", "json=out.json"])
        .script(script)
        .run()
        .succeeds();
    let size = output.bytes("out.json").len();
    assert!(size > 200 << 20, "{size}");
}

#[test]
fn a_metric_name_of_a_megabyte() {
    let script = "import { Counter } from 'k6/metrics'; \
        const c = new Counter('x'.repeat(1 << 20)); export default function () {}";
    Runner::new()
        .script(script)
        .run()
        .exits(107)
        .says("Invalid metric name");
}
