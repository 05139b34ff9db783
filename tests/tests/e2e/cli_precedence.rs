//! Who wins: built-in defaults < script < environment < flags, and what wipes what.

use runner_tests::{Runner, target};

const AGENT: &str = "import http from 'k6/http'; \
    export const options = { userAgent: 'script', tags: { a: 'script', b: 'script' }, \
      thresholds: { 'iterations{a:flag}': ['count>=0'] } }; \
    export default function () { \
      console.log(http.get(`${__ENV.HTTP}/user-agent`).json('user-agent')); }";

fn agent(runner: Runner, line: &str) {
    let runner = runner.script(AGENT).script_env("HTTP", target().http());
    runner.run().succeeds().console_is(&[line]);
}

#[test]
fn scalar_options() {
    agent(Runner::new(), "script");
    agent(
        Runner::new().env("K6_USER_AGENT", "environment"),
        "environment",
    );
    let both = Runner::new()
        .env("K6_USER_AGENT", "environment")
        .args(["--user-agent", "flag"]);
    agent(both, "flag");
}

#[test]
fn maps_are_replaced_whole() {
    let script = "export const options = { tags: { a: 'script', b: 'script' }, thresholds: { \
          'iterations{a:flag}': ['count==1'], 'iterations{b:script}': ['count==0'] } }; \
        export default function () {}";
    Runner::new()
        .args(["--tag", "a=flag"])
        .script(script)
        .run()
        .succeeds();
}

#[test]
fn shortcuts_wipe_scenarios() {
    let script = "export const options = { scenarios: { mine: { executor: 'per-vu-iterations', \
          vus: 3, iterations: 3 } } }; \
        export default function () {}";
    let own = Runner::new().script(script).run().succeeds();
    assert_eq!(own.summary().number("iterations"), 9.0);
    let wiped = Runner::new()
        .args(["-i", "2"])
        .script(script)
        .run()
        .succeeds();
    assert_eq!(wiped.summary().number("iterations"), 2.0, "{wiped}");
    wiped.says("level configuration overrode scenarios configuration entirely");
    let by_environment = Runner::new()
        .env("K6_ITERATIONS", "4")
        .script(script)
        .run()
        .succeeds();
    assert_eq!(by_environment.summary().number("iterations"), 4.0);
}

#[test]
fn a_duration_wipes_iterations() {
    let script = "import { sleep } from 'k6'; \
        export const options = { iterations: 1, vus: 2 }; \
        export default function () { sleep(0.2); }";
    let output = Runner::new()
        .args(["-d", "1s"])
        .script(script)
        .run()
        .succeeds();
    // Two VUs of the script, for the duration of the flag.
    assert!(output.summary().number("iterations") >= 6.0, "{output}");
}

#[test]
fn vus_alone_override_scenarios() {
    let script = "export const options = { vus: 2, scenarios: { mine: { \
          executor: 'per-vu-iterations', vus: 3, iterations: 3 } } }; \
        export default function () {}";
    let output = Runner::new()
        .args(["-u", "2"])
        .script(script)
        .run()
        .succeeds();
    assert_eq!(output.summary().number("iterations"), 2.0, "{output}");
    output.says("overrides scenarios configuration");
}

#[test]
fn flags_can_come_after_the_file() {
    let runner = Runner::new().file("script.js", "export default function () {}");
    let output = runner.args(["script.js", "-i", "3"]).run().succeeds();
    assert_eq!(output.summary().number("iterations"), 3.0);
}
