//! Scenarios whose iterations start at a rate, whose VUs are set from outside, and tests that
//! several processes share.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use runner_tests::{Output, Runner, is_k6};

fn scenario(body: &str, function: &str) -> String {
    format!(
        "import exec from 'k6/execution'; import {{ sleep }} from 'k6'; \
         export const options = {{ scenarios: {{ a: {{ {body} }} }} }}; \
         export default function () {{ {function} }}"
    )
}

/// The numbers in the console lines, one line after the other.
fn numbers(output: &Output) -> Vec<Vec<u64>> {
    let line = |line: &String| line.split(' ').map(|word| word.parse().unwrap()).collect();
    output.console().iter().map(line).collect()
}

#[test]
fn a_constant_rate_starts_all_that_is_due() {
    let body = "executor: 'constant-arrival-rate', rate: 40, timeUnit: '1.5s', duration: '3s', \
                preAllocatedVUs: 20";
    let output = Runner::new().script(&scenario(body, "sleep(0.2);")).run();
    let summary = output.succeeds().summary();
    let started = summary.number("iterations");
    // k6 may start one more, at the very end.
    let most = if is_k6() { 81.0 } else { 80.0 };
    assert!((80.0..=most).contains(&started), "{}", summary.text());
    assert!(summary.line("dropped_iterations").is_none());
}

#[test]
fn a_ramp_starts_as_many_as_the_area_under_it() {
    let body = "executor: 'ramping-arrival-rate', startRate: 0, preAllocatedVUs: 20, \
                stages: [{ target: 40, duration: '1s' }, { target: 0, duration: '1s' }]";
    let output = Runner::new().script(&scenario(body, "sleep(0.1);")).run();
    let summary = output.succeeds().summary();
    let least = if is_k6() { 39.0 } else { 40.0 };
    let started = summary.number("iterations");
    assert!((least..=40.0).contains(&started), "{}", summary.text());
}

#[test]
fn all_vus_of_a_ramp_see_one_start() {
    let body = "executor: 'ramping-arrival-rate', startRate: 40, preAllocatedVUs: 8, \
                stages: [{ target: 40, duration: '1s' }]";
    let function = "const { startTime, progress } = exec.scenario; \
        if (new Date(startTime).getTime() !== startTime) throw new Error(`no date: ${startTime}`); \
        if (!(progress >= 0 && progress <= 1)) throw new Error(`no progress: ${progress}`); \
        console.log(startTime, Date.now() - startTime, exec.vu.idInTest); sleep(0.15);";
    let before = SystemTime::now();
    let output = Runner::new().script(&scenario(body, function)).run();
    let millis = |at: SystemTime| at.duration_since(UNIX_EPOCH).unwrap().as_millis();
    let (earliest, latest) = (millis(before), millis(SystemTime::now()));
    let lines = numbers(&output.succeeds().never_says("level=error"));
    assert!(lines.len() >= 30, "{lines:?}");
    let mut vus: Vec<_> = lines.iter().map(|line| line[2]).collect();
    vus.sort_unstable();
    vus.dedup();
    assert!(vus.len() >= 4, "{vus:?}");
    let start = lines[0][0];
    assert!((earliest..latest).contains(&start.into()), "{start}");
    for line in &lines {
        assert_eq!(line[0], start, "{lines:?}");
        // Unsigned: no iteration starts before the scenario does.
        assert!(line[1] < 30_000, "{lines:?}");
    }
}

#[test]
fn iterations_without_an_idle_vu_are_dropped() {
    let script = "import { sleep } from 'k6'; \
        export const options = { scenarios: { a: { executor: 'constant-arrival-rate', rate: 10, \
          duration: '3050ms', preAllocatedVUs: 1, maxVUs: 3, gracefulStop: '100ms', \
          tags: { kind: 'x' } } }, \
          thresholds: { 'dropped_iterations{scenario:a}': ['count==28'] } }; \
        export default function () { sleep(20); }";
    let output = Runner::new().script(script).run().succeeds();
    let summary = output.summary();
    // 31 are due; VU 1 takes the first, and VUs 2 and 3, made when none is idle, one each.
    assert_eq!(summary.number("dropped_iterations"), 28.0, "{output}");
    assert_eq!(summary.number("vus_max"), 3.0, "{output}");
    let text = "Insufficient VUs, reached 3 active VUs and cannot initialize more";
    let logs = output.logs();
    let warnings: Vec<_> = logs.iter().filter(|log| log.message == text).collect();
    assert_eq!(warnings.len(), 1, "{output}");
    assert_eq!(warnings[0].field("scenario"), Some("a"));
    assert_eq!(warnings[0].field("executor"), Some("constant-arrival-rate"));
    output.prints("3 interrupted iterations");
}

#[test]
fn an_absurd_rate_ends_in_time() {
    if is_k6() {
        return; // It drops as many as it gets round to.
    }
    let body = "executor: 'constant-arrival-rate', rate: 1e9, duration: '1s', preAllocatedVUs: 2";
    let output = Runner::new().script(&scenario(body, "")).run().succeeds();
    let summary = output.summary();
    let all = summary.number("iterations") + summary.number("dropped_iterations");
    assert!((all - 1e9).abs() < 10.0, "{output}");
    assert!(output.took < Duration::from_secs(30), "{output}");
}

#[test]
fn externally_controlled_runs_as_it_is_told_at_the_start() {
    let body = "executor: 'externally-controlled', vus: 2, maxVUs: 4, duration: '2s'";
    let function = "console.log(exec.vu.idInTest); sleep(1.4);";
    let output = Runner::new().script(&scenario(body, function)).run();
    let output = output.succeeds();
    assert_eq!(output.summary().number("iterations"), 2.0, "{output}");
    assert_eq!(output.summary().number("vus_max"), 4.0, "{output}");
    output
        .prints("Externally controlled execution with 2 VUs, 4 max VUs, 2s duration")
        .prints("2 interrupted iterations");
}

#[test]
fn externally_controlled_without_an_end_goes_on_until_it_is_stopped() {
    let body = "executor: 'externally-controlled', vus: 1, duration: 0";
    let run = Runner::new()
        .script(&scenario(body, "console.log('iteration'); sleep(0.1);"))
        .start();
    run.until("iteration");
    run.interrupt();
    run.wait().exits(105).prints("infinite duration");
}

#[test]
fn the_parts_of_a_test_are_the_whole() {
    let scenarios = "export const options = { scenarios: { \
        shared: { executor: 'shared-iterations', vus: 4, iterations: 11 }, \
        each: { executor: 'per-vu-iterations', vus: 5, iterations: 2, exec: 'each' } } }; \
        import exec from 'k6/execution'; import { sleep } from 'k6'; \
        export default function () { console.log(0, 0, exec.scenario.iterationInTest); sleep(0.05); } \
        export function each() { console.log(1, exec.vu.idInTest, exec.scenario.iterationInTest); }";
    let (mut shared, mut each, mut vus) = (Vec::new(), Vec::new(), Vec::new());
    for segment in ["0:1/3", "1/3:0.5", "50%:1"] {
        let output = Runner::new()
            .args(["--execution-segment", segment])
            .args(["--execution-segment-sequence", "0,1/3,0.5,1"])
            .script(scenarios)
            .run();
        for line in numbers(&output.succeeds()) {
            if line[0] == 0 {
                shared.push(line[2]);
            } else {
                vus.push(line[1]);
                each.push(line[2]);
            }
        }
    }
    shared.sort_unstable();
    assert_eq!(shared, (0..11).collect::<Vec<_>>());
    // Iterations that are not shared are numbered in each part as they come: none twice.
    let count = each.len();
    each.sort_unstable();
    each.dedup();
    assert_eq!((count, each.len()), (10, 10));
    vus.sort_unstable();
    vus.dedup();
    assert!(vus.len() >= 5, "{vus:?}");
}

#[test]
fn a_part_says_how_large_it_is() {
    let script = "export const options = { executionSegment: '0:1/4', vus: 8, iterations: 40 }; \
        export default function () {}";
    let output = Runner::new().script(script).run().succeeds();
    output
        .prints("(25.00%) 1 scenario, 2 max VUs")
        .prints("10 iterations shared among 2 VUs");
}

#[test]
fn parts_that_make_no_sense() {
    let script = "export default function () {}";
    for (args, text) in [
        (&["--execution-segment", "2/3:1/3"][..], "execution-segment"),
        (&["--execution-segment", "0:2"], "execution-segment"),
        (
            &["--execution-segment-sequence", "0,x,1"],
            "execution-segment-sequence",
        ),
    ] {
        let output = Runner::new()
            .args(args.iter().copied())
            .script(script)
            .run();
        assert_eq!(output.code, 255, "{args:?}\n{output}");
        if !is_k6() {
            output.says(text);
        }
    }
    let args = [
        "--execution-segment",
        "0:1/3",
        "--execution-segment-sequence",
        "0,1/2,1",
    ];
    Runner::new()
        .args(args)
        .script(script)
        .run()
        .exits(104)
        .says("provided segment 0:1/3 can't be found in sequence 0,1/2,1");
}

#[test]
fn scenarios_that_make_no_sense() {
    let rate = "executor: 'constant-arrival-rate', duration: '1s', preAllocatedVUs: 1";
    let ramp = "executor: 'ramping-arrival-rate', preAllocatedVUs: 1";
    let constant = "executor: 'constant-vus', duration: '1s'";
    let external = "executor: 'externally-controlled', duration: '1s'";
    for (body, text) in [
        (
            format!("{rate}, rate: 0"),
            "the iteration rate must be more than 0",
        ),
        (
            format!("{rate}, rate: -5"),
            "the iteration rate must be more than 0",
        ),
        (rate.to_owned(), "the iteration rate isn't specified"),
        (
            format!("{rate}, rate: 1, timeUnit: '0s'"),
            "the timeUnit must be more than 0",
        ),
        (
            format!("{rate}, rate: 1, timeUnit: '-5s'"),
            "the timeUnit must be more than 0",
        ),
        (
            format!("{rate}, rate: 1, maxVUs: 0"),
            "maxVUs can't be less than preAllocatedVUs",
        ),
        (
            "executor: 'constant-arrival-rate', rate: 1, duration: '1s'".to_owned(),
            "the number of preAllocatedVUs isn't specified",
        ),
        (ramp.to_owned(), "at least one stage has to be specified"),
        (
            format!("{ramp}, startRate: -1, stages: [{{ target: 1, duration: '1s' }}]"),
            "the startRate value can't be negative",
        ),
        (
            format!("{ramp}, stages: [{{ target: -1, duration: '-5s' }}]"),
            "the duration for stage 1 can't be negative, the target for stage 1 can't be negative",
        ),
        (
            format!("{constant}, exec: 'gone'"),
            "executor a: function 'gone' not found in exports",
        ),
        (
            format!("{constant}, startTime: '-5s'"),
            "the startTime can't be negative",
        ),
        (
            format!("{constant}, gracefulStop: '-5s'"),
            "the gracefulStop timeout can't be negative",
        ),
        (
            "executor: 'constant-vus', duration: '999ms'".to_owned(),
            "the duration must be at least 1s, but is 999ms",
        ),
        (
            format!("{external}, vus: -1"),
            "the number of VUs can't be negative",
        ),
        (
            format!("{external}, vus: 3, maxVUs: 2"),
            "the number of active VUs (3) must be less than or equal to the number of maxVUs (2)",
        ),
        (
            "executor: 'externally-controlled'".to_owned(),
            "the duration must be specified, for infinite duration use 0",
        ),
        (
            format!("{external}, gracefulStop: '1s'"),
            "gracefulStop is not supported by the externally controlled executor",
        ),
    ] {
        let output = Runner::new().script(&scenario(&body, "")).run();
        assert_eq!(output.code, 104, "{body}\n{output}");
        output
            .says("problems with the specified script configuration")
            .says(text);
    }
}

#[test]
fn values_that_cannot_be_read_name_their_key() {
    for (body, key) in [
        ("executor: 'constant-arrival-rate', rate: 1.5", "rate"),
        ("executor: 'constant-arrival-rate', rate: 1e300", "rate"),
        ("executor: 'constant-arrival-rate', rate: 'fast'", "rate"),
        ("executor: 'constant-vus', duration: 'abc'", "duration"),
        ("executor: 'constant-vus', duration: '5 s'", "duration"),
        ("executor: 'constant-vus', duration: {}", "duration"),
        ("executor: 'no-such'", "no-such"),
        ("executor: 'constant-vus', rate: 5", "rate"),
        ("", "executor"),
    ] {
        let output = Runner::new().script(&scenario(body, "")).run();
        assert_eq!(output.code, 104, "{body}\n{output}");
        if !is_k6() {
            output.says(key);
        }
    }
}

#[test]
fn long_durations_and_no_scenarios() {
    let script = "export const options = { scenarios: { a: { executor: 'shared-iterations', \
        maxDuration: '1d2h3m4.5s' } } }; export default function () {}";
    Runner::new()
        .script(script)
        .run()
        .succeeds()
        .prints("maxDuration: 26h3m4.5s");
    let script = "export const options = { scenarios: {} }; \
        export default function () { console.log('once'); }";
    Runner::new()
        .script(script)
        .run()
        .succeeds()
        .says("`scenarios` was explicitly set to an empty value")
        .console_is(&["once"]);
}
