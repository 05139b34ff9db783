//! Control of a running test: the REST API, the commands that use it, `--paused` and `--linger`.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use runner_tests::{Output, Runner, Running};
use serde_json::{Value, json};

/// How long anything may take that is to happen soon.
const SOON: Duration = Duration::from_secs(20);

const EXTERNAL: &str = "import { sleep, group, check } from 'k6'; \
    import { Trend } from 'k6/metrics'; \
    const trend = new Trend('mine', true); \
    export const options = { \
        scenarios: { a: { executor: 'externally-controlled', vus: 1, maxVUs: 4, duration: '10m' } }, \
        thresholds: { mine: ['avg<1'], iterations: ['count>=0'] } }; \
    export function setup() { return { a: 1 }; } \
    export default function () { \
        group('outer', () => check(1, { 'is one': (v) => v === 1 })); \
        trend.add(5); sleep(0.02); } \
    export function teardown(data) { console.log('teardown', JSON.stringify(data)); }";

/// A run whose REST API has been found.
struct Live {
    run: Running,
    address: String,
}

impl Live {
    fn start(runner: Runner) -> Self {
        let run = runner.args(["--address", "127.0.0.1:0"]).start();
        let said = "the REST API listens on ";
        run.until(said);
        // The rest of the line may be a moment behind.
        let address = soon("an address", || {
            let text = run.stderr();
            let (_, rest) = text.split_once(said)?;
            let (address, _) = rest.split_once('"')?;
            Some(address.to_owned())
        });
        Self { run, address }
    }

    /// Status and body of the answer to one request.
    fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(SOON)).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, body.to_owned())
    }

    fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask("GET", path, "");
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    fn status(&self) -> Value {
        self.get("/v1/status")["data"]["attributes"].clone()
    }

    fn patch(&self, attributes: &Value) -> (u16, String) {
        let body =
            json!({ "data": { "type": "status", "id": "default", "attributes": attributes } });
        self.ask("PATCH", "/v1/status", &body.to_string())
    }

    /// Waits until a status attribute has this value.
    fn until(&self, attribute: &str, value: &Value) {
        soon(&format!("{attribute} = {value}"), || {
            (&self.status()[attribute] == value).then_some(())
        });
    }

    /// Iterations so far.
    fn iterations(&self) -> f64 {
        match self.ask("GET", "/v1/metrics/iterations", "") {
            (200, body) => {
                let value: Value = serde_json::from_str(&body).unwrap();
                value["data"]["attributes"]["sample"]["count"]
                    .as_f64()
                    .unwrap()
            }
            // None yet.
            _ => 0.0,
        }
    }

    /// Waits until iterations go on.
    fn iterates(&self) {
        let before = self.iterations();
        soon("more iterations", || {
            (self.iterations() > before).then_some(())
        });
    }

    /// Waits until iterations stand still for half a second.
    fn stands_still(&self) {
        soon("no iterations", || {
            let before = self.iterations();
            std::thread::sleep(Duration::from_millis(500));
            (self.iterations() == before).then_some(())
        });
    }

    /// Runs a command against it.
    fn command(&self, command: &str, args: &[&str]) -> Output {
        let args = args.iter().map(|arg| (*arg).to_owned());
        Runner::command(command)
            .args(args)
            .args(["--address", &self.address])
            .run()
    }

    fn stop(&self) {
        assert_eq!(self.patch(&json!({ "stopped": true })).0, 200);
    }
}

fn soon<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + SOON;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn an_externally_controlled_run() {
    let live = Live::start(Runner::new().script(EXTERNAL));
    live.until("status", &json!(7));
    live.until("vus", &json!(1));
    let status = live.status();
    assert_eq!(status["vus-max"], 4, "{status}");
    assert_eq!(status["running"], true, "{status}");
    assert_eq!(status["stopped"], false, "{status}");
    live.iterates();

    let output = live.command("scale", &["--vus", "3"]).succeeds();
    assert!(
        output.stdout.contains("\nvus: \"3\"\nvus-max: \"4\"\n"),
        "{output}"
    );
    live.until("vus", &json!(3));
    live.command("scale", &["-m", "6", "-u", "6"]).succeeds();
    live.until("vus", &json!(6));
    live.until("vus-max", &json!(6));
    assert_eq!(live.patch(&json!({ "vus": 2 })).0, 200);
    live.until("vus", &json!(2));
    live.command("scale", &["--vus", "100"]).exits(255).says(
        "Config update error: invalid configuration supplied: the number of active VUs (100)",
    );
    live.command("scale", &["--vus", "-5"])
        .exits(255)
        .says("can't be negative");
    live.until("vus", &json!(2));

    // What it shows of itself.
    live.until("tainted", &json!(true));
    let mine = live.get("/v1/metrics/mine");
    let attributes = &mine["data"]["attributes"];
    assert_eq!(attributes["tainted"], true, "{mine}");
    assert_eq!(attributes["contains"], "time", "{mine}");
    assert_eq!(attributes["sample"]["p(95)"], 5, "{mine}");
    let iterations = live.get("/v1/metrics/iterations");
    assert_eq!(iterations["data"]["attributes"]["tainted"], false);
    let groups = live.get("/v1/groups");
    assert_eq!(
        groups["data"][1]["attributes"]["path"], "::outer",
        "{groups}"
    );
    assert_eq!(groups["data"][1]["attributes"]["checks"][0]["fails"], 0);
    let stats = live.command("stats", &[]).succeeds();
    assert!(
        stats
            .stdout
            .contains("- name: mine\n  type:\n    type: trend\n"),
        "{stats}"
    );
    let (_, page) = live.ask("GET", "/metrics", "");
    assert!(page.contains("\nrunner_vus 2\n"), "{page}");

    let output = live.command("pause", &[]).succeeds();
    assert!(output.stdout.contains("paused: \"true\"\n"), "{output}");
    live.stands_still();
    live.command("pause", &[])
        .exits(255)
        .says("Pause error: test execution was already paused");
    live.command("resume", &[]).succeeds();
    live.iterates();
    live.command("resume", &[]).exits(255).says("wasn't paused");

    live.stop();
    let output = live.run.wait().exits(103);
    let output = output.says("test run stopped from REST API");
    assert_eq!(output.console(), ["teardown {\"a\":1}"], "{output}");
    assert!(output.summary().line("iterations").is_some(), "{output}");
}

#[test]
fn a_paused_run_can_be_stopped() {
    let live = Live::start(Runner::new().script(EXTERNAL));
    live.iterates();
    live.command("pause", &[]).succeeds();
    live.stop();
    live.run.wait().exits(103);
}

#[test]
fn any_run_can_be_paused_and_no_other_can_be_scaled() {
    let script = "import { sleep } from 'k6'; \
        export const options = { vus: 2, duration: '5s' }; \
        export default function () { sleep(0.02); }";
    let live = Live::start(Runner::new().script(script));
    live.iterates();
    let (status, body) = live.patch(&json!({ "paused": true }));
    assert_eq!(status, 200, "{body}");
    let paused = Instant::now();
    live.stands_still();
    let status = live.status();
    assert_eq!(
        (&status["paused"], &status["status"]),
        (&json!(true), &json!(7))
    );
    live.command("scale", &["--vus", "3"])
        .exits(255)
        .says("Execution config error: an externally-controlled executor needs to be configured");
    // Longer than the run would have lasted.
    std::thread::sleep(Duration::from_secs(6).saturating_sub(paused.elapsed()));
    assert_eq!(live.status()["running"], true);
    live.command("resume", &[]).succeeds();
    live.run.wait().succeeds();
}

const PAUSED: &str = "export const options = { paused: true, vus: 1, iterations: 1 }; \
    export function setup() { console.log('setup'); return 'from setup'; } \
    export default function (data) { console.log('iteration', JSON.stringify(data)); } \
    export function teardown(data) { console.log('teardown', JSON.stringify(data)); }";

#[test]
fn a_run_that_waits_before_setup() {
    let live = Live::start(Runner::new().script(PAUSED));
    live.until("status", &json!(4));
    let status = live.status();
    assert_eq!(status["vus-max"], 1, "{status}");
    assert_eq!(status["running"], false, "{status}");
    let (code, body) = live.ask("GET", "/v1/setup", "");
    assert_eq!(
        (code, body.as_str()),
        (
            200,
            r#"{"data":{"type":"setupData","id":"default","attributes":{}}}"#
        )
    );
    live.run.until("] paused");
    live.command("resume", &[]).succeeds();
    let output = live.run.wait().succeeds();
    let lines = [
        "setup",
        "iteration \"from setup\"",
        "teardown \"from setup\"",
    ];
    assert_eq!(output.console(), lines, "{output}");
}

#[test]
fn setup_data_from_outside_makes_setup_unnecessary() {
    let live = Live::start(Runner::new().script(PAUSED));
    live.until("status", &json!(4));
    assert_eq!(live.ask("PUT", "/v1/setup", "nope").0, 400);
    let (code, body) = live.ask("PUT", "/v1/setup", "{\"z\":9}");
    assert_eq!(code, 200);
    assert!(body.contains(r#""attributes":{"data":{"z":9}}"#), "{body}");
    assert_eq!(live.patch(&json!({ "paused": false })).0, 200);
    let output = live.run.wait().succeeds();
    let lines = ["iteration {\"z\":9}", "teardown {\"z\":9}"];
    assert_eq!(output.console(), lines, "{output}");
}

#[test]
fn setup_and_teardown_on_demand() {
    let runner = Runner::new()
        .script(PAUSED)
        .args(["--no-setup", "--linger"]);
    let live = Live::start(runner);
    live.until("status", &json!(4));
    let (code, body) = live.ask("POST", "/v1/setup", "");
    assert_eq!(code, 200, "{body}");
    assert!(
        body.contains(r#""attributes":{"data":"from setup"}"#),
        "{body}"
    );
    live.command("resume", &[]).succeeds();
    live.run.until("--linger was enabled");
    assert_eq!(live.ask("PUT", "/v1/setup", "").0, 200);
    assert_eq!(live.ask("POST", "/v1/teardown", "").0, 200);
    live.stop();
    let output = live.run.wait().succeeds();
    let lines = [
        "setup",
        "iteration \"from setup\"",
        "teardown \"from setup\"",
        "teardown undefined",
    ];
    assert_eq!(output.console(), lines, "{output}");
}

#[test]
fn setup_on_demand_that_throws() {
    let script = "export const options = { paused: true }; \
        export function setup() { throw new Error('no way'); } export default function () {}";
    let live = Live::start(Runner::new().script(script));
    live.until("status", &json!(4));
    let (code, body) = live.ask("POST", "/v1/setup", "");
    assert_eq!(code, 500, "{body}");
    assert!(
        body.contains(r#""title":"Error executing setup""#),
        "{body}"
    );
    assert!(body.contains("no way"), "{body}");
    live.command("resume", &[]).succeeds();
    live.run.wait().exits(107);
}

#[test]
fn stopped_while_it_waits() {
    let live = Live::start(Runner::new().script(PAUSED));
    live.until("status", &json!(4));
    live.stop();
    let output = live.run.wait().exits(103);
    assert_eq!(output.console(), Vec::<String>::new(), "{output}");
}

#[test]
fn ctrl_c_while_it_waits() {
    let run = Runner::new().script(PAUSED).args(["--paused"]).start();
    run.until("] paused");
    run.interrupt();
    let output = run.wait().exits(105).says("nobody can resume it");
    assert_eq!(output.console(), Vec::<String>::new(), "{output}");
}

#[test]
fn lingering_ends_with_ctrl_c() {
    let script = "export const options = { thresholds: { iterations: ['count>5'] } }; \
        export default function () {} \
        export function teardown() { console.log('teardown'); }";
    let live = Live::start(Runner::new().script(script).args(["--linger"]));
    live.run.until("--linger was enabled");
    live.until("status", &json!(9));
    assert_eq!(live.status()["running"], false);
    assert!(!live.run.stdout().contains("TOTAL RESULTS"));
    assert_eq!(live.iterations(), 1.0);
    live.command("pause", &[]).exits(255).says("Pause error");
    live.run.interrupt();
    // As without Ctrl-C: the test was over.
    let output = live.run.wait().exits(99).prints("TOTAL RESULTS");
    assert_eq!(output.console(), ["teardown"], "{output}");
    output.never_says("signal");
}

#[test]
fn ctrl_c_in_the_middle_is_not_followed_by_lingering() {
    let script = "import { sleep } from 'k6'; export const options = { duration: '10m' }; \
        export default function () { console.log('begun'); sleep(0.1); }";
    let run = Runner::new()
        .script(script)
        .env("K6_LINGER", "true")
        .start();
    run.until("begun");
    run.interrupt();
    run.wait().exits(105);
}

#[test]
fn a_second_runner_on_the_same_port() {
    let live = Live::start(Runner::new().script(PAUSED));
    let script = "export default function () { console.log('ran'); }";
    let second = |runner: Runner| runner.script(script);
    let output = second(Runner::new().args(["--address", &live.address]))
        .run()
        .exits(106)
        .says("the REST API cannot start: cannot listen on 127.0.0.1:");
    assert_eq!(output.console(), Vec::<String>::new(), "{output}");
    // Nobody asked for it on the command line, so it is only worth a warning.
    let output = second(Runner::new().env("K6_ADDRESS", &live.address))
        .run()
        .succeeds()
        .says("the REST API cannot start");
    assert_eq!(output.console(), ["ran"], "{output}");
    live.stop();
    live.run.wait().exits(103);
}

#[test]
fn addresses() {
    let script = "export default function () {}";
    Runner::new()
        .script(script)
        .args(["--address", "nonsense"])
        .run()
        .exits(106)
        .says("address must be HOST:PORT");
    Runner::command("status")
        .args(["--address", "nonsense"])
        .run()
        .exits(255)
        .says("address must be HOST:PORT");
    Runner::new()
        .script(script)
        .args(["--address", "0.0.0.0:0"])
        .run()
        .succeeds()
        .says("has no authentication");
    Runner::new()
        .script(script)
        .args(["--address", ":0"])
        .run()
        .succeeds()
        .says("listens on 127.0.0.1:")
        .never_says("has no authentication");
    Runner::new()
        .script(script)
        .run()
        .succeeds()
        .never_says("REST");
}

#[test]
fn commands_without_a_run() {
    let address = format!("127.0.0.1:{}", runner_tests::closed_port());
    for (command, args) in [
        ("status", vec![]),
        ("pause", vec![]),
        ("resume", vec![]),
        ("scale", vec!["--vus", "3"]),
        ("stats", vec![]),
    ] {
        let output = Runner::command(command)
            .args(args)
            .env("K6_ADDRESS", &address)
            .run()
            .exits(255)
            .says(&format!("no run answers on {address}: "));
        assert_eq!(output.stdout, "", "{command}");
    }
    Runner::command("scale").run().exits(255).says("--vus");
}
