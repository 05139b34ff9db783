//! `--summary-export` and the machine-readable summary.

use runner_tests::Runner;
use serde_json::Value;

const SCRIPT: &str = "import { check, group } from 'k6'; \
    export const options = { iterations: 2, thresholds: { \
      iterations: ['count>1', 'count>5'], checks: ['rate>0.1'] } }; \
    export function setup() { return { s: 1 }; } \
    export default function () { \
      group('g', () => check(1, { ok: true, 'not, ok': false })); }";

#[test]
fn the_flattened_shape() {
    let output = Runner::new()
        .args(["--summary-export", "s.json"])
        .script(SCRIPT)
        .run()
        .exits(99);
    let text = output.file("s.json").unwrap();
    assert!(
        text.starts_with("{\n    \"root_group\": {\n        "),
        "{text}"
    );
    let data: Value = serde_json::from_str(&text).unwrap();
    let check = &data["root_group"]["groups"]["g"]["checks"]["not, ok"];
    assert_eq!(
        (&check["passes"], &check["fails"]),
        (&0.into(), &2.into()),
        "{text}"
    );
    assert_eq!(check["path"], "::g::not, ok");
    let iterations = &data["metrics"]["iterations"];
    assert_eq!(iterations["count"], 2, "{text}");
    assert!(iterations["rate"].is_number(), "{text}");
    // True means that it was crossed.
    assert_eq!(
        iterations["thresholds"],
        serde_json::json!({ "count>1": false, "count>5": true })
    );
    let checks = &data["metrics"]["checks"];
    assert_eq!(
        (&checks["value"], &checks["passes"], &checks["fails"]),
        (&0.5.into(), &2.into(), &2.into()),
        "{text}"
    );
    assert!(
        data["metrics"]["iteration_duration"]["p(95)"].is_number(),
        "{text}"
    );
    assert_eq!(data["setup_data"]["s"], 1);
    assert!(
        data.get("state").is_none() && data.get("options").is_none(),
        "{text}"
    );
}

#[test]
fn the_new_shape_for_both_uses() {
    let script = format!(
        "{SCRIPT} export function handleSummary(data) {{ \
         return {{ 'h.json': JSON.stringify(data), stdout: 'handled\\n' }}; }}"
    );
    let output = Runner::new()
        .args(["--new-machine-readable-summary"])
        .env("K6_SUMMARY_EXPORT", "s.json")
        .script(&script)
        .run()
        .exits(99)
        .prints("handled");
    for name in ["s.json", "h.json"] {
        let text = output.file(name).unwrap();
        let data: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(data["version"], "1.0.0", "{text}");
        assert!(
            data["metadata"]["generated_at"]
                .as_str()
                .unwrap()
                .ends_with('Z')
        );
        assert!(data["metadata"]["k6_version"].is_string());
        assert!(
            data["config"]["script"]
                .as_str()
                .unwrap()
                .contains("not, ok")
        );
        assert_eq!(data["config"]["execution"], "local");
        assert!(data["config"]["duration"].as_f64().unwrap() > 0.0);
        let checks = &data["results"]["checks"];
        assert_eq!(
            checks["results"][1],
            serde_json::json!({ "name": "not, ok", "passes": 0, "fails": 2 })
        );
        let iterations = data["results"]["metrics"]
            .as_array()
            .unwrap()
            .iter()
            .find(|metric| metric["name"] == "iterations")
            .unwrap();
        assert_eq!(
            *iterations,
            serde_json::json!({ "name": "iterations", "type": "counter",
                "contains": "default", "values": { "count": 2 } })
        );
    }
}

#[test]
fn disabled_means_nothing_at_all() {
    let script =
        format!("{SCRIPT} export function handleSummary() {{ return {{ 'h.json': '' }}; }}");
    let output = Runner::new()
        .args(["--summary-export", "s.json", "--summary-mode", "disabled"])
        .script(&script)
        .run()
        .exits(99);
    assert!(output.file("s.json").is_none() && output.file("h.json").is_none());
    assert!(!output.stdout.contains("iterations..."), "{output}");
}

#[test]
fn a_file_that_cannot_be_written() {
    Runner::new()
        .args(["--summary-export", "gone/s.json"])
        .script("export default function () {}")
        .run()
        .exits(255)
        .says("cannot write gone/s.json")
        .prints("iterations...");
}

#[test]
fn the_export_is_written_whatever_handle_summary_does() {
    for body in [
        "throw new Error('boom');",
        "return 5;",
        "return { a: 5 };",
        "while (true);",
    ] {
        let script = format!(
            "export const options = {{ handleSummaryTimeout: '1s' }}; \
             export default function () {{}} export function handleSummary() {{ {body} }}"
        );
        let output = Runner::new()
            .args(["--summary-export", "s.json"])
            .script(&script)
            .run();
        let text = output.file("s.json").unwrap_or_default();
        let data: Value = serde_json::from_str(&text).unwrap_or_default();
        assert_eq!(
            data["metrics"]["iterations"]["count"], 1,
            "{body}\n{output}"
        );
        assert!(!output.stderr.is_empty(), "{body}\n{output}");
    }
}
