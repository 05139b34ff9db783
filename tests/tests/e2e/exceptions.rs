//! Iterations that fail in a loop: what the log says of it, what the summary does, and how the run
//! can be made to fail.

use runner_tests::{Log, Output, Runner, free_port, is_k6};
use serde_json::{Value, json};

use crate::compiled_extensions::with_extensions;

/// Fails on its third line, in each iteration but those that `__ENV.EVERY` lets pass.
const FAILING: &str = "export const options = { iterations: 3000 };
export default function () {
  if (__ITER % __ENV.EVERY === 0) null.x;
}";

fn failing(every: &str) -> Runner {
    Runner::new().script(FAILING).script_env("EVERY", every)
}

/// How many more the log speaks of.
fn more(logs: &[Log], what: &str) -> u64 {
    let counts = logs.iter().filter_map(|log| {
        let rest = log.message.strip_prefix("… ")?;
        let (count, said) = rest.split_once(" more time")?;
        said.contains(what)
            .then(|| count.replace(',', "").parse::<u64>().unwrap())
    });
    counts.sum()
}

fn errors(output: &Output) -> Vec<Log> {
    let logs = output.logs().into_iter();
    logs.filter(|log| log.level == "error").collect()
}

#[test]
fn the_first_exception_is_told_whole_and_the_others_are_counted() {
    if is_k6() {
        return;
    }
    let output = failing("1").run().succeeds();
    let logs = errors(&output);
    // A line each second: the run takes less than the minute that a test may take.
    assert!(logs.len() < 70, "{output}");
    let first = &logs[0];
    assert!(first.message.starts_with("TypeError: "), "{output}");
    assert!(
        first.message.contains("\n\tat default (file://"),
        "{output}"
    );
    assert_eq!(first.source(), Some("stacktrace"), "{output}");
    assert_eq!(first.field("scenario"), Some("default"), "{output}");
    assert_eq!(1 + more(&logs, "script.js:3"), 3000, "{output}");
    assert_eq!(output.summary().number("iterations"), 3000.0);
}

#[test]
fn numbers_in_messages_are_no_difference_but_places_are() {
    if is_k6() {
        return;
    }
    let script = "export const options = { iterations: 200 };
export default function () {
  if (__ITER % 2) throw new Error(`order ${__ITER} of user f47ac${__ITER}b`);
  throw new Error(`order ${__ITER} of user f47ac${__ITER}b`);
}";
    let output = Runner::new().script(script).run().succeeds();
    let logs = errors(&output);
    let whole = logs.iter().filter(|log| log.message.starts_with("Error: "));
    assert_eq!(whole.count(), 2, "{output}");
    assert_eq!(more(&logs, "script.js:3"), 99, "{output}");
    assert_eq!(more(&logs, "script.js:4"), 99, "{output}");
}

#[test]
fn more_kinds_than_can_be_told_apart_are_counted_together() {
    if is_k6() {
        return;
    }
    let script = "export const options = { iterations: 300 };
export default function () {
  const letters = String.fromCharCode(97 + __ITER % 26, 97 + (__ITER / 26) % 26);
  throw new Error(letters);
}";
    let output = Runner::new().script(script).run().succeeds();
    let logs = errors(&output);
    let whole = logs.iter().filter(|log| log.message.starts_with("Error: "));
    assert_eq!(whole.count(), 100, "{output}");
    assert_eq!(more(&logs, "exceptions of other kinds"), 200, "{output}");
    output.prints("  200  -            exceptions of other kinds\n");
}

#[test]
fn rejections_and_callbacks_are_counted_too() {
    if is_k6() {
        return;
    }
    let script = "export const options = { iterations: 100 };
export default async function () {
  await null;
  throw new TypeError('late');
}";
    let output = Runner::new().script(script).run().succeeds();
    assert_eq!(more(&errors(&output), "script.js:4"), 99, "{output}");
}

#[test]
fn what_a_script_writes_itself_is_not_collapsed() {
    let script = "export const options = { iterations: 50 };
export default function () { console.error('the same'); console.log('again 1'); }";
    let output = Runner::new().script(script).run().succeeds();
    let count = |text: &str| output.console().iter().filter(|line| *line == text).count();
    assert_eq!((count("the same"), count("again 1")), (50, 50), "{output}");
}

#[test]
fn warnings_of_the_tool_are_collapsed() {
    if is_k6() {
        return;
    }
    let script = "import http from 'k6/http';
import { Trend } from 'k6/metrics';
const trend = new Trend('mine');
export const options = { iterations: 100 };
export default function () {
  http.get(`http://127.0.0.1:${__ENV.PORT}/${__ITER}`);
  http.get('http://127.0.0.1:x/');
  http.post(`http://127.0.0.1:${__ENV.PORT}/`, { inner: {} });
  trend.add('nothing');
  setTimeout(() => {}, 60000);
  throw new Error('and out');
}";
    let output = Runner::new()
        .script(script)
        .script_env("PORT", free_port().to_string())
        .run()
        .succeeds();
    let logs = output.logs();
    let failed = |log: &&Log| log.message == "Request Failed";
    assert_eq!(logs.iter().filter(failed).count(), 3, "{output}");
    assert_eq!(more(&logs, "Request Failed"), 297, "{output}");
    assert_eq!(more(&logs, "'inner' in a request body"), 99, "{output}");
    assert_eq!(more(&logs, "invalid value for metric"), 99, "{output}");
    assert_eq!(more(&logs, "setTimeout 1 was stopped"), 99, "{output}");
    assert_eq!(more(&logs, "and out"), 99, "{output}");
}

#[test]
fn marking_the_test_as_failed_in_a_loop_is_told_once() {
    if is_k6() {
        return;
    }
    let script = "import exec from 'k6/execution';
export const options = { iterations: 100 };
export default function () { exec.test.fail(`reason ${__ITER}`); }";
    let output = Runner::new().script(script).run().exits(110);
    assert_eq!(
        more(&output.logs(), "marked as failed: reason 0"),
        99,
        "{output}"
    );
}

#[test]
fn the_summary_has_a_table_where_iterations_failed() {
    if is_k6() {
        return;
    }
    let script = "export const options = { iterations: 30 };
export default function () {
  if (__ITER % 3) throw new Error('often');
  null.x;
}";
    let output = Runner::new().script(script).run().succeeds();
    let table = output.stdout.split("█ EXCEPTIONS").nth(1).unwrap();
    let rows: Vec<_> = table
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    assert_eq!(rows[0], "    20  script.js:3  Error: often", "{output}");
    assert!(
        rows[1].starts_with("    10  script.js:4  TypeError: "),
        "{output}"
    );
}

/// The list in each form of the summary's data.
fn lists(every: &str) -> [Value; 3] {
    let handling = format!(
        "{FAILING}\nexport function handleSummary(data) {{ \
         return {{ 'data.json': JSON.stringify(data) }}; }}"
    );
    let read = |output: &Output, name: &str| -> Value {
        serde_json::from_str(&output.file(name).unwrap()).unwrap()
    };
    let run = |args: &[&str]| {
        let runner = Runner::new().script(&handling).script_env("EVERY", every);
        let runner = runner.args(["--summary-export", "export.json"]);
        runner.args(args.iter().copied()).run().succeeds()
    };
    let plain = run(&[]);
    let machine = run(&["--new-machine-readable-summary"]);
    let mut new = read(&machine, "data.json");
    assert_eq!(
        read(&machine, "export.json")["results"]["exceptions"],
        new["results"]["exceptions"]
    );
    let list = |mut data: Value| data["exceptions"].take();
    [
        list(read(&plain, "data.json")),
        list(read(&plain, "export.json")),
        list(new["results"].take()),
    ]
}

#[test]
fn the_data_of_the_summary_has_it_too() {
    if is_k6() {
        return;
    }
    for list in lists("2") {
        let entry = &list[0];
        assert_eq!(entry["count"], 1500, "{list}");
        assert_eq!(
            (&entry["file"], &entry["line"]),
            (&json!("script.js"), &json!(3)),
            "{list}"
        );
        assert!(
            entry["message"]
                .as_str()
                .unwrap()
                .starts_with("TypeError: "),
            "{list}"
        );
        assert!(list[1].is_null(), "{list}");
    }
}

#[test]
fn where_nothing_failed_nothing_is_added() {
    if is_k6() {
        return;
    }
    // 0 is no remainder of anything.
    assert_eq!(lists("NaN"), [Value::Null, Value::Null, Value::Null]);
    let output = failing("NaN")
        .args(["--summary-mode", "full"])
        .run()
        .succeeds();
    assert!(!output.stdout.contains("EXCEPTIONS"), "{output}");
    assert!(!output.stdout.contains("iterations_failed"), "{output}");
}

#[test]
fn a_run_can_be_made_to_fail() {
    if is_k6() {
        return;
    }
    failing("2").run().succeeds();
    let flag = ["--fail-on-exceptions"];
    let output = failing("2").args(flag).run().exits(107);
    output.says("1500 iterations failed (--fail-on-exceptions)");
    let variable = failing("2").env("RUNNER_FAIL_ON_EXCEPTIONS", "true");
    variable.run().exits(107);
    let both = failing("2").env("RUNNER_FAIL_ON_EXCEPTIONS", "true");
    both.args(["--fail-on-exceptions=false"]).run().succeeds();
    failing("NaN").args(flag).run().succeeds();
    // What a threshold says goes first, and so does what ended the run.
    let script = FAILING.replace(
        "iterations: 3000",
        "iterations: 3, thresholds: { iterations: ['count<1'] }",
    );
    let crossed = Runner::new().script(&script).script_env("EVERY", "1");
    let output = crossed.args(flag).run().exits(99);
    output.says("3 iterations failed");
}

#[test]
fn a_threshold_can_judge_the_share_of_iterations_that_failed() {
    if is_k6() {
        return;
    }
    let judged = |threshold: &str| {
        let thresholds =
            format!("iterations: 300, thresholds: {{ iterations_failed: ['{threshold}'] }}");
        let script = FAILING.replace("iterations: 3000", &thresholds);
        let runner = Runner::new().script(&script).script_env("EVERY", "3");
        runner.args(["--out", "csv=samples.csv"]).run()
    };
    let output = judged("rate<0.4").succeeds();
    let output = output.prints("✓ 'rate<0.4' rate=33.33%");
    let summary = output.summary();
    let line = summary.line("iterations_failed").unwrap();
    assert!(
        line.contains("33.33%") && line.contains("100 out of 300"),
        "{output}"
    );
    let samples = output.file("samples.csv").unwrap();
    assert_eq!(samples.matches("iterations_failed,").count(), 300);
    judged("rate<0.3")
        .exits(99)
        .prints("✗ 'rate<0.3' rate=33.33%");
    judged("count<3").exits(104);
    // Nobody who does not name it sees it.
    let output = failing("3")
        .args(["--out", "csv=samples.csv"])
        .run()
        .succeeds();
    let samples = output.file("samples.csv").unwrap();
    assert!(!samples.contains("iterations_failed"), "{output}");
}

#[test]
fn the_share_is_known_for_each_scenario() {
    if is_k6() {
        return;
    }
    let script = "
const scenario = (exec) => ({ executor: 'per-vu-iterations', iterations: 10, exec });
export const options = {
  scenarios: { good: scenario('good'), bad: scenario('bad') },
  thresholds: {
    'iterations_failed{scenario:good}': ['rate==0'],
    'iterations_failed{scenario:bad}': ['rate==1'],
  },
};
export function good() {}
export function bad() { throw new Error('bad'); }";
    Runner::new().script(script).run().succeeds();
}

#[test]
fn a_metric_of_the_script_s_with_that_name_is_the_script_s() {
    if is_k6() {
        return;
    }
    let script = "import { Counter } from 'k6/metrics';
const failed = new Counter('iterations_failed');
export const options = { iterations: 4, thresholds: { iterations_failed: ['count==8'] } };
export default function () { failed.add(2); throw new Error('x'); }";
    Runner::new().script(script).run().succeeds();
}

#[test]
fn iterations_that_were_cut_short_did_not_fail() {
    if is_k6() {
        return;
    }
    let interrupted = "import { sleep } from 'k6';
export const options = {
  scenarios: { s: { executor: 'constant-vus', vus: 2, duration: '1s', gracefulStop: '0s' } },
  thresholds: { iterations_failed: ['rate==0'] },
};
export default function () { sleep(30); }";
    let flag = ["--fail-on-exceptions"];
    let output = Runner::new()
        .script(interrupted)
        .args(flag)
        .run()
        .succeeds();
    assert!(!output.stdout.contains("EXCEPTIONS"), "{output}");
    let aborted = "import exec from 'k6/execution';
export const options = { thresholds: { iterations_failed: ['rate==0'] } };
export default function () { exec.test.abort('enough'); }";
    let output = Runner::new().script(aborted).args(flag).run().exits(108);
    assert!(!output.stdout.contains("EXCEPTIONS"), "{output}");
}

/// A script in Rust whose iterations all do the same.
fn in_rust(does: &str) -> Runner {
    with_extensions(Runner::new())
        .script_env("FUNCTION", does)
        .args(["-i", "20", "--fail-on-exceptions"])
}

#[test]
fn errors_of_a_script_in_rust_are_counted() {
    if is_k6() {
        return;
    }
    let output = in_rust("error").run().exits(107);
    let logs = errors(&output);
    assert_eq!(more(&logs, "no luck at all"), 19, "{output}");
    output.prints("    20  -  no luck at all\n");
}

#[test]
fn panics_of_a_script_in_rust_are_counted_and_name_its_functions() {
    if is_k6() {
        return;
    }
    let output = in_rust("panic").run().exits(107);
    let logs = errors(&output);
    let first = &logs[0];
    let lines: Vec<_> = first.message.lines().map(str::trim).collect();
    assert!(
        lines[0].starts_with("the script trapped: panicked at src/lib.rs:"),
        "{output}"
    );
    assert!(lines[0].ends_with(": on purpose, 0"), "{output}");
    assert!(lines[1].starts_with("at ext_user::fall"), "{output}");
    assert!(lines.len() <= 4, "{output}");
    assert!(
        !first.message.contains("0x") && !first.message.contains("17h"),
        "{output}"
    );
    assert_eq!(first.source(), Some("vu"), "{output}");
    assert_eq!(more(&logs, "panicked at src/lib.rs:"), 19, "{output}");
    // Said with the trap, and not a second time.
    let said = output
        .logs()
        .into_iter()
        .filter(|log| log.message.contains("on purpose, 0"));
    assert_eq!(
        said.count(),
        1 + logs
            .iter()
            .filter(|log| log.message.starts_with('…'))
            .count()
    );
    output.prints("the script trapped: panicked at src/lib.rs:");
}
