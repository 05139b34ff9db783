//! Ctrl-C: once finishes with teardown and summary, twice stops at once; both exit with 105.

use std::time::Duration;

use runner_tests::Runner;

const SCRIPT: &str = "import { sleep } from 'k6'; \
    export const options = { vus: 2, duration: '10m' }; \
    export function setup() { return 'data'; } \
    export default function () { console.log('iteration'); sleep(0.1); } \
    export function teardown(data) { console.log('teardown', data); }";

#[test]
fn once() {
    let run = Runner::new().script(SCRIPT).start();
    run.until("iteration");
    run.interrupt();
    let output = run.wait().exits(105);
    assert!(output.took < Duration::from_secs(20), "{output}");
    assert_eq!(
        output.console().last().map(String::as_str),
        Some("teardown data"),
        "{output}"
    );
    assert!(output.summary().line("data_received").is_some(), "{output}");
}

#[test]
fn sigterm_is_the_same() {
    let run = Runner::new().script(SCRIPT).start();
    run.until("iteration");
    run.terminate();
    let output = run.wait().exits(105);
    assert_eq!(
        output.console().last().map(String::as_str),
        Some("teardown data"),
        "{output}"
    );
    output.says("signal");
}

#[test]
fn once_interrupts_what_runs() {
    for body in [
        "sleep(600)",
        "while (true) {}",
        "http.get(`${__ENV.HTTP}/delay/60`)",
    ] {
        let script = format!(
            "import {{ sleep }} from 'k6'; import http from 'k6/http'; \
             export const options = {{ vus: 1, duration: '10m' }}; \
             export default function () {{ console.log('begun'); {body}; }} \
             export function teardown() {{ console.log('teardown'); }}"
        );
        let runner = Runner::new().script(&script);
        let run = runner
            .script_env("HTTP", runner_tests::target().http())
            .start();
        run.until("begun");
        run.interrupt();
        let output = run.wait().exits(105);
        assert!(output.took < Duration::from_secs(20), "{body}\n{output}");
        assert_eq!(output.console(), ["begun", "teardown"], "{body}\n{output}");
    }
}

#[test]
fn twice() {
    let script = "import { sleep } from 'k6'; export const options = { duration: '10m' }; \
        export default function () { console.log('begun'); sleep(0.1); } \
        export function teardown() { console.log('tidying'); sleep(600); console.log('never'); }";
    let run = Runner::new().script(script).start();
    run.until("begun");
    run.interrupt();
    run.until("tidying");
    run.interrupt();
    let output = run.wait().exits(105).never_says("never");
    assert!(output.took < Duration::from_secs(20), "{output}");
}

#[test]
fn during_setup() {
    let script = "import { sleep } from 'k6'; \
        export function setup() { console.log('setting up'); sleep(600); } \
        export default function () { console.log('never'); }";
    let run = Runner::new().script(script).start();
    run.until("setting up");
    run.interrupt();
    let output = run.wait().exits(105).never_says("never");
    assert!(output.took < Duration::from_secs(20), "{output}");
}
