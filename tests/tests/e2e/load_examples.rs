//! The load profiles that tutorials teach (smoke, average, stress, spike, arrival rates, several
//! scenarios) against the demo API. Only their URL and their lengths differ from what people
//! write: minutes became fractions of a second.

use runner_tests::{Output, Runner, target};

const GET: &str = r#"
import http from "k6/http"
import { check, sleep } from "k6"

export default function () {
  const response = http.get("https://test-api.k6.io")
  check(response, { "status is 200": (r) => r.status === 200 })
  sleep(0.05)
}
"#;

fn run(options: &str) -> Output {
    let script = format!("{GET}\nexport const options = {options}");
    let script = script.replace("https://test-api.k6.io", &target().http());
    let output = Runner::new().script(&script).run().succeeds();
    let summary = output.summary();
    assert_eq!(summary.number("checks_succeeded"), 100.0, "{output}");
    assert!(summary.number("iterations") > 0.0, "{output}");
    output
}

fn iterations(output: &Output) -> f64 {
    output.summary().number("iterations")
}

/// With those for which a machine that stood still had no VU.
fn due(output: &Output) -> f64 {
    let summary = output.summary();
    let dropped = summary.line("dropped_iterations");
    iterations(output) + dropped.map_or(0.0, |_| summary.number("dropped_iterations"))
}

#[test]
fn a_smoke_test() {
    let output = run(r#"{
        vus: 3,
        duration: "1s",
        thresholds: { http_req_duration: ["p(95)<5000"], http_req_failed: ["rate<0.01"] },
    }"#);
    assert!(
        output.stdout.contains("✓ 'rate<0.01' rate=0.00%"),
        "{output}"
    );
}

#[test]
fn stages_up_along_and_down() {
    let output = run(r#"{
        stages: [
            { duration: "0.5s", target: 10 },
            { duration: "1s", target: 10 },
            { duration: "0.5s", target: 0 },
        ],
        thresholds: { http_req_failed: ["rate<0.05"] },
    }"#);
    assert!(iterations(&output) >= 10.0, "{output}");
}

#[test]
fn a_spike() {
    let output = run(r#"{
        stages: [{ duration: "0.7s", target: 40 }, { duration: "0.3s", target: 0 }],
    }"#);
    assert!(iterations(&output) >= 20.0, "{output}");
}

#[test]
fn a_constant_arrival_rate() {
    let output = run(r#"{
        discardResponseBodies: true,
        scenarios: {
            constant_request_rate: {
                executor: "constant-arrival-rate",
                rate: 10,
                timeUnit: "1s",
                duration: "2s",
                preAllocatedVUs: 5,
                maxVUs: 20,
            },
        },
    }"#);
    assert_eq!(due(&output), 20.0, "{output}");
}

#[test]
fn a_ramping_arrival_rate() {
    let output = run(r#"{
        discardResponseBodies: true,
        scenarios: {
            ramping_arrival_rate: {
                executor: "ramping-arrival-rate",
                startRate: 10,
                timeUnit: "1s",
                preAllocatedVUs: 5,
                maxVUs: 20,
                stages: [{ duration: "1s", target: 50 }, { duration: "1s", target: 50 }],
            },
        },
    }"#);
    // The area below the rate: 30 and 50.
    assert_eq!(due(&output), 80.0, "{output}");
}

#[test]
fn two_scenarios_at_once() {
    let output = run(r#"{
        scenarios: {
            api_load: {
                executor: "constant-arrival-rate",
                rate: 50,
                timeUnit: "1s",
                duration: "2s",
                preAllocatedVUs: 10,
                maxVUs: 50,
            },
            web_load: {
                executor: "ramping-vus",
                startVUs: 0,
                stages: [
                    { duration: "0.5s", target: 5 },
                    { duration: "1s", target: 5 },
                    { duration: "0.5s", target: 0 },
                ],
            },
        },
        thresholds: { "iterations{scenario:api_load}": ["count>0"] },
    }"#);
    assert!(due(&output) > 100.0, "{output}");
}
