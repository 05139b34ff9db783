//! `handleSummary`: what it is given, and what becomes of what it returns.

use runner_tests::{Runner, target};
use serde_json::Value;

#[test]
fn files_and_streams() {
    let script = "export default function () {} \
        export function handleSummary(data) { return { stdout: 'to stdout\\n', \
          stderr: 'to stderr\\n', 'out.json': JSON.stringify(data), \
          'raw.bin': new Uint8Array([1, 2, 255]).buffer }; }";
    let output = Runner::new().script(script).run().succeeds();
    assert!(
        output.stdout.contains("to stdout") && output.stderr.contains("to stderr"),
        "{output}"
    );
    assert!(
        !output.stdout.contains('█'),
        "the default summary is replaced\n{output}"
    );
    assert_eq!(output.bytes("raw.bin"), [1, 2, 255]);
    let data: Value = serde_json::from_str(&output.file("out.json").unwrap()).unwrap();
    assert_eq!(
        data["metrics"]["iterations"]["values"]["count"], 1,
        "{output}"
    );
}

#[test]
fn the_data() {
    let script = "import http from 'k6/http'; import { check, group } from 'k6'; \
        export const options = { thresholds: { http_reqs: ['count>=1', 'count>100'] } }; \
        export function setup() { return { s: 1 }; } \
        export default function () { const r = http.get(`${__ENV.HTTP}/get`); \
          group('g', () => check(r, { ok: true, no: false })); } \
        export function handleSummary(data) { return { 'd.json': JSON.stringify(data) }; }";
    let runner = Runner::new()
        .script(script)
        .script_env("HTTP", target().http());
    let output = runner.run().exits(99);
    let data: Value = serde_json::from_str(&output.file("d.json").unwrap()).unwrap();
    let group = &data["root_group"]["groups"][0];
    assert_eq!(
        (group["name"].as_str(), group["path"].as_str()),
        (Some("g"), Some("::g")),
        "{data}"
    );
    let checks = &group["checks"];
    assert_eq!(
        (
            &checks[0]["name"],
            &checks[0]["passes"],
            &checks[0]["fails"]
        ),
        (&"ok".into(), &1.into(), &0.into()),
        "{data}"
    );
    assert_eq!(
        (&checks[1]["path"], &checks[1]["fails"]),
        (&"::g::no".into(), &1.into()),
        "{data}"
    );
    assert_eq!(checks[0]["id"].as_str().map(str::len), Some(32), "{data}");
    let requests = &data["metrics"]["http_reqs"];
    assert_eq!(
        (&requests["type"], &requests["contains"]),
        (&"counter".into(), &"default".into())
    );
    assert_eq!(requests["thresholds"]["count>=1"]["ok"], true, "{data}");
    assert_eq!(requests["thresholds"]["count>100"]["ok"], false, "{data}");
    let duration = &data["metrics"]["http_req_duration"];
    assert_eq!(
        (&duration["type"], &duration["contains"]),
        (&"trend".into(), &"time".into())
    );
    let stats: Vec<&String> = duration["values"].as_object().unwrap().keys().collect();
    assert!(
        ["avg", "min", "med", "max", "p(90)", "p(95)"]
            .iter()
            .all(|stat| stats.iter().any(|have| have == stat)),
        "{data}"
    );
    let checks = &data["metrics"]["checks"]["values"];
    assert_eq!(
        (&checks["passes"], &checks["fails"]),
        (&1.into(), &1.into()),
        "{data}"
    );
    assert_eq!(data["setup_data"]["s"], 1, "{data}");
    assert!(
        data["state"]["testRunDurationMs"].as_f64().unwrap() > 0.0,
        "{data}"
    );
    assert_eq!(data["state"]["isStdOutTTY"], false, "{data}");
    assert!(data["options"]["summaryTrendStats"].is_array(), "{data}");
}

#[test]
fn nothing_returned_means_the_default() {
    let script = "export default function () {} export function handleSummary() {}";
    let output = Runner::new().script(script).run().succeeds();
    assert_eq!(output.summary().number("iterations"), 1.0);
}

#[test]
fn an_exception_means_the_default_too() {
    let script = "export default function () {} \
                  export function handleSummary() { throw new Error('no summary'); }";
    let output = Runner::new().script(script).run();
    assert_eq!(output.summary().number("iterations"), 1.0);
    output.says("no summary");
}

#[test]
fn async_is_fine() {
    let script = "export default function () {} export async function handleSummary(data) { \
        await new Promise((r) => setTimeout(r, 5)); \
        return { stdout: `async ${data.metrics.iterations.values.count}` }; }";
    Runner::new()
        .script(script)
        .run()
        .succeeds()
        .prints("async 1");
}
