//! What `vus`, `duration`, `iterations`, `stages` and `scenarios` turn into.

use runner_tests::Runner;

const EXECUTOR: &str = "import exec from 'k6/execution'; import { sleep } from 'k6'; \
    export default function () { \
      if (__ITER === 0 && __VU === 1) console.log(exec.scenario.name, exec.scenario.executor); \
      sleep(0.05); }";

#[test]
fn derived_executors() {
    for (args, executor) in [
        (&[][..], "per-vu-iterations"),
        (&["-u", "1"], "shared-iterations"),
        (&["-i", "1"], "shared-iterations"),
        (&["-d", "1s"], "constant-vus"),
        (&["-u", "1", "-d", "1s", "-i", "3"], "shared-iterations"),
        (&["-s", "0s:1,1s:1"], "ramping-vus"),
    ] {
        let output = Runner::new()
            .args(args.iter().copied())
            .script(EXECUTOR)
            .run();
        output
            .succeeds()
            .console_is(&[&format!("default {executor}")]);
    }
}

/// By the script, the config file, and an archive of the script.
#[test]
fn case_does_not_matter_in_what_runs() {
    for (json, line) in [
        (
            r#"{"Stages":[{"Duration":"0s","Target":2},{"DURATION":"500ms","target":2}]}"#,
            "default ramping-vus",
        ),
        (
            r#"{"SCENARIOS":{"A":{"Executor":"constant-vus","VUs":1,"Duration":"1s","gracefulstop":"0s",
                "ENV":{"x":"1"},"Tags":{"Y":"2"},"StartTime":"0s"}}}"#,
            "A constant-vus",
        ),
    ] {
        let script = format!("export const options = {json}; {EXECUTOR}");
        let packed = Runner::command("archive")
            .args(["-O", "a.tar"])
            .script(&script)
            .run()
            .succeeds();
        let archive = Runner::new().named("a.tar", packed.bytes("a.tar"));
        let config = Runner::new().args(["-c", "c.json"]).file("c.json", json);
        for runner in [
            Runner::new().script(&script),
            archive,
            config.script(EXECUTOR),
        ] {
            runner.run().succeeds().console_is(&[line]);
        }
    }
    // Strict about what is unknown all the same.
    let wrong = "export const options = { scenarios: { a: { Executor: 'ramping-vus', \
        Stages: [{ Duration: '1s', Targt: 1 }] } } }; export default function () {}";
    Runner::new().script(wrong).run().exits(104).says("Targt");
}

#[test]
fn scenarios_side_by_side() {
    let script = "export const options = { scenarios: { \
          shared: { executor: 'shared-iterations', vus: 2, iterations: 5 }, \
          each: { executor: 'per-vu-iterations', vus: 2, iterations: 3, exec: 'other', \
            tags: { kind: 'each' } } }, \
        thresholds: { 'iterations{scenario:shared}': ['count==5'], \
          'iterations{scenario:each}': ['count==6'], 'iterations{kind:each}': ['count==6'] } }; \
        export default function () {} export function other() {}";
    let output = Runner::new().script(script).run().succeeds();
    assert_eq!(output.summary().number("iterations"), 11.0);
}

#[test]
fn iterations_can_run_out_of_time() {
    let script = "import { sleep } from 'k6'; \
        export const options = { scenarios: { s: { executor: 'shared-iterations', vus: 1, \
          iterations: 100, maxDuration: '1s', gracefulStop: '0s' } } }; \
        export default function () { sleep(0.3); }";
    let output = Runner::new().script(script).run().succeeds();
    assert!(
        output.summary().number("dropped_iterations") >= 95.0,
        "{output}"
    );
    assert!(output.took.as_secs() < 10, "{output}");
}

#[test]
fn ramping_goes_up_and_down() {
    let script = "import { sleep } from 'k6'; import exec from 'k6/execution'; \
        export const options = { stages: [{ duration: '1s', target: 4 }, \
          { duration: '500ms', target: 0 }] }; \
        export default function () { sleep(0.1); }";
    let output = Runner::new().script(script).run().succeeds();
    assert!(output.summary().number("iterations") >= 10.0, "{output}");
    output.prints("Up to 4 looping VUs");
}

#[test]
fn conflicting_shortcuts_are_refused() {
    for (options, text) in [
        (
            "iterations: 5, stages: [{ duration: '1s', target: 1 }]",
            "simultaneously",
        ),
        (
            "duration: '1s', stages: [{ duration: '1s', target: 1 }]",
            "simultaneously",
        ),
        ("duration: '0s'", "should be more than 0"),
        ("iterations: 2, vus: 5", "iterations"),
        (
            "scenarios: { 'bad name': { executor: 'constant-vus', duration: '1s' } }",
            "bad name",
        ),
        ("scenarios: { s: { executor: 'constant-vus' } }", "duration"),
        ("scenarios: { s: { executor: 'nope' } }", "nope"),
        ("scenarios: { s: {} }", "executor"),
        (
            "scenarios: { s: { executor: 'constant-vus', duration: '1s', bogus: 1 } }",
            "bogus",
        ),
        (
            "scenarios: { s: { executor: 'shared-iterations', exec: 'gone' } }",
            "'gone' not found",
        ),
    ] {
        let script =
            format!("export const options = {{ {options} }}; export default function () {{}}");
        Runner::new().script(&script).run().exits(104).says(text);
    }
}
