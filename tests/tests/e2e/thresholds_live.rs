//! Thresholds while the run goes on: `abortOnFail` and `delayAbortEval`.

use std::time::Duration;

use runner_tests::Runner;

fn script(threshold: &str) -> String {
    format!(
        "import {{ sleep }} from 'k6'; import {{ Counter }} from 'k6/metrics'; \
         const c = new Counter('c_c'); \
         export const options = {{ duration: '30s', thresholds: {{ {threshold} }} }}; \
         export default function () {{ c.add(1, {{ k: 'v' }}); sleep(0.05); }} \
         export function teardown() {{ console.log('torn down'); }}"
    )
}

#[test]
fn a_crossed_one_ends_the_run() {
    let script = script("'c_c{k:v}': [{ threshold: 'count<5', abortOnFail: true }]");
    let output = Runner::new().script(&script).run().exits(99);
    let output = output
        .says(
            "thresholds on metrics 'c_c{k:v}' were crossed; at least one has abortOnFail \
             enabled, stopping test prematurely",
        )
        .never_says("have been crossed");
    assert_eq!(output.console(), ["torn down"], "{output}");
    assert!(output.took < Duration::from_secs(20), "{output}");
    output.prints("✗ 'count<5'");
}

#[test]
fn a_delay_is_waited_for() {
    for (delay, least) in [("'3s'", 3), ("3000", 3), ("'0d3s'", 3), ("'-5s'", 2)] {
        let script = script(&format!(
            "c_c: ['count<4', {{ threshold: 'count<5', abortOnFail: true, \
             delayAbortEval: {delay} }}]"
        ));
        let output = Runner::new().script(&script).run().exits(99);
        assert!(
            output.took >= Duration::from_secs(least),
            "{delay}\n{output}"
        );
        assert!(output.took < Duration::from_secs(20), "{delay}\n{output}");
    }
}

#[test]
fn metrics_without_samples_end_nothing() {
    let script = "import { sleep } from 'k6'; import { Counter } from 'k6/metrics'; \
        const u = new Counter('unused'); export const options = { duration: '3s', thresholds: { \
          unused: [{ threshold: 'count>0', abortOnFail: true }] } }; \
        export default function () { sleep(0.1); }";
    let output = Runner::new().script(script).run().exits(99);
    let output = output.says("thresholds on metrics 'unused' have been crossed");
    assert!(output.took >= Duration::from_secs(3), "{output}");
}

#[test]
fn delays_that_make_no_sense() {
    for delay in ["'abc'", "true", "'1x'"] {
        let script = script(&format!(
            "c_c: [{{ threshold: 'count<5', abortOnFail: true, delayAbortEval: {delay} }}]"
        ));
        let output = Runner::new().script(&script).run();
        assert!(output.code == 104, "{delay}\n{output}");
        output.says("delayAbortEval");
    }
}
