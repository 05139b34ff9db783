//! A terminal or a reader that goes away takes no results with it.

use runner_tests::{Output, Runner, Terminal, is_k6};

/// Leaves its results in a file.
const SCRIPT: &str = "import { sleep } from 'k6'; \
    export const options = { vus: 1, duration: __ENV.DURATION || '10m', \
      thresholds: { iterations: [`count<${__ENV.LIMIT || 1e9}`] } }; \
    export default function () { console.log('begun'); sleep(0.1); } \
    export function teardown() { console.log('torn down'); } \
    export function handleSummary(data) { return { \
      'result.json': JSON.stringify(data.metrics.iterations.values.count), \
      stdout: 'to nobody\\n', stderr: 'to nobody\\n' }; }";

fn runner(duration: &str) -> Runner {
    Runner::new()
        .script(SCRIPT)
        .script_env("DURATION", duration)
        .args(["--console-output", "console.log"])
}

#[track_caller]
fn has_results(output: &Output) {
    let count: f64 = output
        .file("result.json")
        .expect("a result")
        .parse()
        .unwrap();
    assert!(count >= 0.0, "{output}");
    let console = output.file("console.log").unwrap_or_default();
    assert!(console.contains("torn down"), "{output}");
}

#[test]
fn a_hang_up_ends_the_run_in_order() {
    if is_k6() {
        return; // It dies of SIGHUP.
    }
    // Several signals come while it is torn down.
    let script = SCRIPT.replace("teardown() {", "teardown() { sleep(0.3);");
    let run = Runner::new().script(&script).start();
    run.until("begun");
    // A closed terminal sends several: the kernel's, the shell's.
    run.until_after("torn down", || run.hang_up());
    let output = run.wait().exits(105);
    assert_eq!(output.console().last().unwrap(), "torn down", "{output}");
    assert!(output.file("result.json").is_some(), "{output}");
    output.says("received a 'hangup' signal");
}

#[test]
fn nohup_is_respected() {
    if is_k6() {
        return;
    }
    let run = runner("1500ms").under(&["nohup"]).start();
    run.until_file("console.log", "begun");
    run.hang_up();
    let output = run.wait().succeeds();
    has_results(&output);
}

#[test]
fn a_terminal_that_vanishes_does_not_stop_the_run() {
    // Two seconds at least.
    let runner = runner("10m").args(["-i", "20"]);
    let mut terminal = Terminal::start(runner, 80, 24);
    terminal.until("running (");
    terminal.vanish();
    let code = terminal.wait();
    if is_k6() {
        return;
    }
    assert_eq!(code, 0);
    let count: f64 = terminal
        .file("result.json")
        .expect("a result")
        .parse()
        .unwrap();
    assert_eq!(count, 20.0);
}

#[test]
fn a_terminal_that_takes_nothing_holds_up_no_vu() {
    if is_k6() {
        return;
    }
    // Much to draw: the terminal's buffer is full long before the end. A VU that was held up would never end.
    let script = "import { sleep } from 'k6'; const scenarios = {}; \
        for (let i = 10; i < 50; i++) scenarios['s' + i] = { executor: 'per-vu-iterations', vus: 1, \
          iterations: 30 }; \
        export const options = { scenarios }; export default function () { sleep(0.1); } \
        export function handleSummary(data) { return { \
          'count.txt': String(data.metrics.iterations.values.count), stdout: 'the end' }; }";
    let mut terminal = Terminal::start(Runner::new().script(script), 120, 100);
    terminal.until("running (");
    terminal.stop(true);
    let count: f64 = terminal.until_file("count.txt").parse().unwrap();
    assert_eq!(count, 40.0 * 30.0);
    assert!(!terminal.text().contains("the end"));
    terminal.stop(false);
    assert_eq!(terminal.wait(), 0);
    assert!(terminal.text().contains("the end"), "{}", terminal.text());
}

#[test]
fn closed_pipes_do_not_stop_the_run() {
    if is_k6() {
        return; // It dies of SIGPIPE.
    }
    let output = runner("1s").unread().start().wait().succeeds();
    has_results(&output);
    // Nor do they change how it ends.
    let output = runner("1s")
        .script_env("LIMIT", "1")
        .unread()
        .run()
        .exits(99);
    has_results(&output);
    // With much to log.
    let loud = "export const options = { vus: 2, iterations: 20000 }; \
        export default function () { console.log('x'.repeat(100)); } \
        export function handleSummary() { return { 'done.txt': 'done' }; }";
    let output = Runner::new().script(loud).unread().run().succeeds();
    assert_eq!(output.file("done.txt").as_deref(), Some("done"));
}

#[test]
fn commands_that_print_into_closed_pipes() {
    if is_k6() {
        return;
    }
    let script = "export default function () {}";
    Runner::command("inspect")
        .script(script)
        .unread()
        .run()
        .succeeds();
    Runner::command("deps")
        .script(script)
        .unread()
        .run()
        .succeeds();
    Runner::command("new").unread().run().succeeds();
    for (command, argument) in [
        ("version", "--json"),
        ("features", "--json"),
        ("completion", "bash"),
    ] {
        let runner = Runner::command(command);
        runner.args([argument]).unread().run().succeeds();
    }
    Runner::command("--help").unread().run().succeeds();
    Runner::command("nonsense").unread().run().exits(255);
    let wrong = Runner::new()
        .args(["--log-format", "nonsense"])
        .script(script);
    wrong.unread().run().exits(255);
}
