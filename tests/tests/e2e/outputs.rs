//! `--out`: what arrives in files, which outputs there are, and what becomes of samples that
//! cannot be written.

use runner_tests::{Output, Runner, target};
use serde_json::Value;

const SCRIPT: &str = "import { check, group } from 'k6'; import { Trend } from 'k6/metrics'; \
    import exec from 'k6/execution'; const t = new Trend('my_t', true); \
    export const options = { iterations: 2, tags: { run: 'r' }, thresholds: { \
      my_t: ['max<100'], 'my_t{a:1}': ['count>=0', 'avg<5'].slice(1) } }; \
    export default function () { exec.vu.metrics.tags.own = 'o'; \
      exec.vu.metrics.metadata.trace = 'x'; t.add(2.5, { a: '1' }); \
      group('g', () => check(1, { 'is, one': true })); }";

fn lines(output: &Output, name: &str) -> Vec<Value> {
    let text = output.file(name).unwrap_or_default();
    assert!(!text.is_empty(), "{name} is empty\n{output}");
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}\n{output}")))
        .collect()
}

fn points<'a>(lines: &'a [Value], metric: &str) -> Vec<&'a Value> {
    let of = |line: &&Value| line["metric"] == metric && line["type"] == "Point";
    lines.iter().filter(of).map(|line| &line["data"]).collect()
}

#[test]
fn json() {
    let output = Runner::new()
        .args(["--out", "json=out.json"])
        .script(SCRIPT)
        .run()
        .succeeds()
        .prints("output: json (out.json)");
    let lines = lines(&output, "out.json");
    let found = points(&lines, "my_t");
    assert_eq!(found.len(), 2, "{output}");
    let expected: Value = serde_json::json!(
        { "a": "1", "group": "", "own": "o", "run": "r", "scenario": "default" }
    );
    assert_eq!(found[0]["tags"], expected);
    assert_eq!(found[0]["value"], 2.5);
    assert_eq!(found[0]["metadata"], serde_json::json!({ "trace": "x" }));
    let time = found[0]["time"].as_str().unwrap();
    assert!(time.starts_with("20") && time.ends_with('Z'), "{time}");
    let check = points(&lines, "checks")[0];
    assert_eq!(check["tags"]["check"], "is, one");
    assert_eq!(check["tags"]["group"], "::g");
    assert_eq!(points(&lines, "iterations").len(), 2);
    // A metric is introduced once, before its first point.
    let introduced: Vec<_> = lines
        .iter()
        .filter(|line| line["metric"] == "my_t")
        .map(|line| line["type"].as_str().unwrap())
        .collect();
    assert_eq!(introduced, ["Metric", "Point", "Point"]);
    let metric = lines.iter().find(|line| line["metric"] == "my_t").unwrap();
    assert_eq!(
        metric["data"],
        serde_json::json!({ "name": "my_t", "type": "trend", "contains": "time",
            "thresholds": ["max<100"],
            "submetrics": [{ "name": "my_t{a:1}", "suffix": "a:1", "tags": { "a": "1" } }] })
    );
}

#[test]
fn csv_and_a_compressed_file() {
    let output = Runner::new()
        .args(["-o", "csv=out.csv", "-o", "json=out.json.gz"])
        .env("K6_CSV_TIME_FORMAT", "rfc3339_nano")
        .script(SCRIPT)
        .run()
        .succeeds()
        .prints("output: csv (out.csv), json (out.json.gz)");
    let text = output.file("out.csv").unwrap();
    let mut rows = text.lines();
    assert_eq!(
        rows.next().unwrap(),
        "metric_name,timestamp,metric_value,check,error,error_code,expected_response,group,\
         method,name,proto,scenario,service,status,subproto,tls_version,url,extra_tags,metadata"
    );
    let row = rows.find(|row| row.starts_with("my_t,")).unwrap();
    assert!(
        row.ends_with("Z,2.500000,,,,,,,,,default,,,,,,a=1&own=o&run=r,trace=x"),
        "{row}"
    );
    assert!(text.contains(",1.000000,\"is, one\",,,,::g,,"), "{text}");
    assert_eq!(&output.bytes("out.json.gz")[..2], [0x1f, 0x8b]);
}

#[test]
fn an_interval_log() {
    let output = Runner::new()
        .args(["-o", "hdr=fileName=out.hlog,interval=100ms"])
        .script(SCRIPT)
        .run()
        .succeeds()
        .prints("output: hdr (out.hlog)");
    let text = output.file("out.hlog").unwrap();
    assert!(
        text.starts_with("#[Histogram log format version 1.3]\n#[StartTime: "),
        "{text}"
    );
    for tag in ["my_t", "my_t{a:1}", "iteration_duration", "group_duration"] {
        let begin = format!("Tag={tag},");
        let line = text.lines().find_map(|line| line.strip_prefix(&begin));
        let fields: Vec<&str> = line.unwrap_or_default().split(',').collect();
        assert_eq!(fields.len(), 4, "{tag}\n{text}");
        assert!(fields[3].starts_with("HISTFAAA"), "{tag}\n{text}");
        let max: f64 = fields[2].parse().unwrap();
        assert!(
            !tag.starts_with("my_t") || (max - 2.5).abs() < 0.003,
            "{text}"
        );
    }
    assert!(!text.contains("Tag=iterations,"), "{text}");
}

#[test]
fn every_request_is_there() {
    let script = "import http from 'k6/http'; \
        export const options = { vus: 4, iterations: 200, systemTags: ['status', 'vu', 'iter'] }; \
        export default function () { http.get(`${__ENV.HTTP}/get`); }";
    let output = Runner::new()
        .args(["--out", "json=out.json"])
        .script(script)
        .script_env("HTTP", target().http())
        .run()
        .succeeds();
    let lines = lines(&output, "out.json");
    for metric in [
        "http_reqs",
        "http_req_duration",
        "http_req_failed",
        "iterations",
    ] {
        assert_eq!(points(&lines, metric).len(), 200, "{metric}\n{output}");
    }
    let request = points(&lines, "http_reqs")[0];
    assert_eq!(request["tags"], serde_json::json!({ "status": "200" }));
    let vus: std::collections::BTreeSet<_> = points(&lines, "iterations")
        .iter()
        .map(|point| point["metadata"]["vu"].as_str().unwrap().to_owned())
        .collect();
    assert!(
        vus.iter().all(|vu| ["1", "2", "3", "4"].contains(&&**vu)),
        "{vus:?}"
    );
    assert!(request["metadata"]["iter"].is_string(), "{request}");
}

#[test]
fn standard_output_takes_lines() {
    let output = Runner::new()
        .args(["-q", "--out", "json", "--summary-mode", "disabled"])
        .script(SCRIPT)
        .run()
        .succeeds();
    let values: Vec<Value> = output
        .stdout
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(points(&values, "my_t").len(), 2, "{output}");
}

#[test]
fn a_full_disk() {
    if !std::path::Path::new("/dev/full").exists() {
        return;
    }
    let script = "import { sleep } from 'k6'; export const options = { duration: '1s' }; \
        export default function () { sleep(0.01); }";
    for output in ["json=/dev/full", "csv=/dev/full"] {
        let output = Runner::new()
            .args(["--out", output])
            .script(script)
            .run()
            .exits(255)
            .says("No space left on device")
            .says("the output lost ");
        let lost = output
            .logs()
            .iter()
            .find_map(|log| {
                log.message
                    .strip_prefix("the output lost ")
                    .map(str::to_owned)
            })
            .unwrap();
        let lost: u64 = lost.split(' ').next().unwrap().parse().unwrap();
        let iterations = output.summary().number("iterations");
        assert!(
            lost as f64 >= iterations * 4.0,
            "{lost} of {iterations}\n{output}"
        );
    }
    // A threshold that was crossed says more.
    let crossed = script.replace("'1s'", "'1s', thresholds: { iterations: ['count<1'] }");
    Runner::new()
        .args(["--out", "json=/dev/full"])
        .script(&crossed)
        .run()
        .exits(99)
        .says("the output lost ");
}

#[test]
fn outputs_that_cannot_be() {
    for (output, text) in [
        (
            "nope",
            "invalid output type 'nope', available types are: csv, hdr, json",
        ),
        ("=x", "invalid output type ''"),
        (
            "influxdb=http://localhost:8086",
            "the 'influxdb' output is not available yet",
        ),
        ("experimental-prometheus-rw", "output is not available yet"),
        ("kafka=x", "use an output extension"),
        ("csv=a=b", "unknown key \"a\""),
        ("csv=timeFormat=zzz", "\"zzz\" is no time format"),
        ("csv=saveInterval=abc", "\"abc\" is no save interval"),
        ("hdr=a=b", "unknown key \"a\""),
        ("hdr=interval=abc", "\"abc\" is no interval"),
        (
            "json=gone/x.json",
            "open gone/x.json: No such file or directory",
        ),
        ("csv=gone/x.csv", "open gone/x.csv"),
    ] {
        let result = Runner::new().args(["--out", output]).script(SCRIPT).run();
        assert!(result.code == 255, "{output}\n{result}");
        let result = result.says(text);
        assert!(!result.stdout.contains("█"), "{result}");
    }
}

#[test]
fn where_outputs_are_named() {
    let empty = "export default function () {}";
    Runner::new()
        .env("K6_OUT", "json=a.json,csv=b.csv")
        .script(empty)
        .run()
        .succeeds()
        .prints("output: json (a.json), csv (b.csv)");
    let config = r#"{ "out": ["csv"], "collectors": { "csv": { "fileName": "c.csv" } } }"#;
    let output = Runner::new()
        .file("config.json", config)
        .args(["--config", "config.json"])
        .script(empty)
        .run()
        .succeeds()
        .prints("output: csv (c.csv)");
    assert!(output.file("c.csv").unwrap().contains("iterations,"));
    Runner::new()
        .file("config.json", config)
        .args(["--config", "config.json", "-o", "json=x.json"])
        .script(empty)
        .run()
        .succeeds()
        .prints("output: json (x.json)");
}

#[test]
fn the_group_tag_is_the_scripts_to_choose() {
    let script = "import { Counter } from 'k6/metrics'; import { check, group } from 'k6'; \
        import exec from 'k6/execution'; const c = new Counter('my_c'); \
        const tags = exec.vu.metrics.tags; \
        export const options = { iterations: 1, systemTags: ['group', 'check'] }; \
        export default function () { c.add(1); tags.group = 'mine'; c.add(2); \
          group('gg', () => { c.add(3); tags.foo = 'bar'; tags.group = 'inner'; c.add(4); \
            group('hh', () => { c.add(5); check(1, { a: true }, { group: 'xx', check: 'yy' }); }); \
            c.add(6); }); \
          c.add(7); delete tags.group; c.add(9); group('kk', () => c.add(10)); c.add(11); \
          c.add(12, { group: 'call' }); console.log(JSON.stringify(tags)); }"
        .replace("const tags = exec.vu.metrics.tags;", "")
        .replace(
            "{ c.add(1); tags",
            "{ const tags = exec.vu.metrics.tags; c.add(1); tags",
        );
    let output = Runner::new()
        .args(["--out", "json=out.json"])
        .script(&script)
        .run()
        .succeeds();
    let lines = lines(&output, "out.json");
    let groups: Vec<_> = points(&lines, "my_c")
        .iter()
        .map(|point| {
            (
                point["value"].as_i64().unwrap(),
                point["tags"]["group"].as_str(),
            )
        })
        .collect();
    // As k6 1.1 has it.
    let expected = [
        (1, Some("")),
        (2, Some("mine")),
        (3, Some("mine::gg")),
        (4, Some("inner")),
        (5, Some("inner::hh")),
        (6, Some("inner")),
        (7, Some("mine")),
        (9, None),
        (10, Some("::kk")),
        (11, Some("")),
        (12, Some("call")),
    ];
    assert_eq!(groups, expected, "{output}");
    let check = points(&lines, "checks")[0];
    assert_eq!(
        check["tags"],
        serde_json::json!({ "check": "a", "foo": "bar", "group": "xx" })
    );
    let durations: Vec<_> = points(&lines, "group_duration")
        .iter()
        .map(|point| point["tags"]["group"].as_str().unwrap())
        .collect();
    assert_eq!(durations, ["inner::hh", "inner", "::kk"]);
}

#[test]
fn a_name_tag_names_the_url() {
    let script = "import http from 'k6/http'; import exec from 'k6/execution'; \
        export const options = { iterations: 1, systemTags: ['name', 'url'] }; \
        export default function () { const u = `${__ENV.HTTP}/get`; \
          http.get(u, { tags: { name: 'called' } }); http.get(u, { tags: { name: 'called' } }); \
          exec.vu.metrics.tags.name = 'of the vu'; http.get(u); \
          http.get(http.url`${__ENV.HTTP}/get?a=${1}`); }";
    let output = Runner::new()
        .args(["--out", "json=out.json"])
        .script(script)
        .script_env("HTTP", target().http())
        .run()
        .succeeds();
    let lines = lines(&output, "out.json");
    let names: Vec<_> = points(&lines, "http_reqs")
        .iter()
        .map(|point| {
            assert_eq!(point["tags"]["name"], point["tags"]["url"]);
            point["tags"]["name"].as_str().unwrap()
        })
        .collect();
    // In the template the address is a parameter too.
    let template = "${}/get?a=${}";
    assert_eq!(names, ["called", "called", "of the vu", template]);
}
