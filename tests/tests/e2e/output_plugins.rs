//! Outputs as components: what they are given, what they may reach, and that nothing they do slows
//! or ends a run.

use std::net::UdpSocket;
use std::time::Duration;

use runner_tests::{Output, Runner, guest, is_k6};

/// 40 iterations that take about a second.
const SCRIPT: &str = "import { sleep } from 'k6'; import { Trend } from 'k6/metrics'; \
    const t = new Trend('my_trend', true); \
    export const options = { vus: 4, iterations: 40, systemTags: ['scenario', 'vu', 'iter'], \
      tags: { run: 'r' } }; \
    export default function () { t.add(2.5); sleep(0.1); }";

/// A run with the faulty output. Its calls may take a second where one is to take too long.
fn faulty(argument: &str) -> Runner {
    let too_long = argument.ends_with("-loop") || argument.ends_with("-sleep");
    Runner::new()
        .file(
            "extensions/output-faults.wasm",
            guest("tests/guests/output-faults"),
        )
        .env("RUNNER_OUT_TIMEOUT", if too_long { "1" } else { "30" })
        .args(["--out".to_owned(), format!("faults={argument}")])
}

/// Fails unless the summary counts so many iterations.
fn ran(output: &Output, iterations: &str) {
    let mut lines = output.stdout.lines().map(str::trim_start);
    let line = lines.find(|line| line.starts_with("iterations.."));
    let counted = line.and_then(|line| line.split_once(": ")?.1.split(' ').next());
    assert_eq!(counted, Some(iterations), "{output}");
}

#[test]
fn every_sample_arrives_with_its_metric_tags_and_metadata() {
    if is_k6() {
        return;
    }
    let output = faulty("count").script(SCRIPT).run().succeeds();
    ran(&output, "40");
    output
        .prints("output: faults (count)")
        .prints("faults saw 40 iterations in ")
        .prints("last \"run=r&scenario=default iter=")
        .prints("no error");
}

#[test]
fn what_fails_before_the_run_ends_it_there() {
    if is_k6() {
        return;
    }
    for (argument, said) in [
        (
            "configure-fail",
            "could not create the 'faults' output: configure fails on purpose",
        ),
        (
            "configure-trap",
            "could not create the 'faults' output: it trapped in configure",
        ),
        (
            "configure-loop",
            "could not create the 'faults' output: it did not return from configure within 1s",
        ),
        (
            "start-fail",
            "cannot start the output faults (start-fail): start fails on purpose",
        ),
        (
            "start-trap",
            "cannot start the output faults (start-trap): it trapped in start",
        ),
        ("start-sleep", "it did not return from start within 1s"),
        (
            "start-grow",
            "it exceeded its memory limit of 256 MiB in start",
        ),
    ] {
        let output = faulty(argument).script(SCRIPT).run().exits(255).says(said);
        assert!(!output.stdout.contains("iterations..."), "{output}");
    }
}

#[test]
fn whatever_an_output_does_the_run_goes_on_and_its_losses_are_reported() {
    if is_k6() {
        return;
    }
    for (argument, said) in [
        ("add-trap", "it trapped in add-samples"),
        (
            "add-loop",
            "it did not return from add-samples within 1s; it is not called again",
        ),
        (
            "add-sleep",
            "it did not return from add-samples within 1s; it is not called again",
        ),
        (
            "add-grow",
            "it exceeded its memory limit of 256 MiB in add-samples",
        ),
        ("add-fail", "add fails on purpose"),
        ("stop-fail", "stop fails on purpose"),
        ("stop-trap", "it trapped in stop"),
        ("stop-loop", "it did not return from stop within 1s"),
    ] {
        let output = faulty(argument).script(SCRIPT).run().exits(255);
        ran(&output, "40");
        let output = output
            .says("an output fails, and the test goes on")
            .says(said);
        let logs = output.logs();
        let lost = logs.iter().find_map(|log| {
            let rest = log.message.strip_prefix("the output lost ")?;
            rest.split_once(" samples: ")?.0.parse::<u64>().ok()
        });
        let lost = lost.unwrap_or_else(|| panic!("{argument}: no report\n{output}"));
        match argument {
            "stop-fail" => assert_eq!(lost, 7, "{output}"),
            "stop-trap" | "stop-loop" => assert_eq!(lost, 0, "{output}"),
            // Each iteration makes three samples at least.
            _ => assert!(lost >= 120, "{lost}\n{output}"),
        }
        assert!(
            output.took < Duration::from_secs(20),
            "{:?}\n{output}",
            output.took
        );
    }
}

#[test]
fn a_slow_output_gets_everything_and_holds_up_nobody() {
    if is_k6() {
        return;
    }
    let output = faulty("add-slow").script(SCRIPT).run().succeeds();
    ran(&output, "40");
    output.prints("faults saw 40 iterations");
}

#[test]
fn an_output_can_end_the_run() {
    if is_k6() {
        return;
    }
    let script = "import { sleep } from 'k6'; export const options = { duration: '2m' }; \
        export default function () { sleep(0.05); } \
        export function teardown() { console.log('torn down'); }";
    let output = faulty("end-run").script(script).run().exits(255);
    output
        .says("the output faults stopped the test: the output has seen enough")
        .says("torn down")
        .prints("the output faults stopped the test: the output has seen enough\n")
        .never_says("says so twice");
}

#[test]
fn thresholds_and_status_are_delivered() {
    if is_k6() {
        return;
    }
    let script = "import { sleep } from 'k6'; \
        export const options = { vus: 2, duration: '3s', thresholds: { iterations: ['count>0', \
          { threshold: 'count<1', abortOnFail: false }], \
          'iteration_duration{scenario:x}': [{ threshold: 'p(95)<900', abortOnFail: true }] } }; \
        export default function () { sleep(0.1); }";
    let output = faulty("observe").script(script).run().exits(99);
    let from_output = |log: &runner_tests::Log| log.source() == Some("faults");
    let lines: Vec<_> = output
        .logs()
        .into_iter()
        .filter(from_output)
        .map(|log| log.message)
        .collect();
    let at = |text: &str| {
        lines
            .iter()
            .position(|line| line.starts_with(text))
            .unwrap_or_else(|| panic!("never said {text:?}\n{output}"))
    };
    let first = at("threshold iterations count>0 false State::Pending");
    at("threshold iteration_duration{scenario:x} p(95)<900 true State::Pending");
    let passed = at("threshold iterations count>0 false State::Passed");
    let crossed = at("threshold iterations count<1 false State::Crossed");
    let status = at("status 2 of 2 VUs, ");
    assert!(
        first < status && first < passed && passed < crossed,
        "{output}"
    );
    let last = lines.last().unwrap();
    assert!(
        last.starts_with("status 0 of 2 VUs, ") && last.ends_with("started"),
        "{output}"
    );
    output.prints("thresholds on metrics 'iterations' have been crossed\n");
}

#[test]
fn losses_do_not_hide_why_a_run_failed() {
    if is_k6() {
        return;
    }
    let script = "export const options = { iterations: 5, thresholds: { iterations: ['count>9'] } }; \
        export default function () {}";
    faulty("add-trap")
        .script(script)
        .run()
        .exits(99)
        .says("the output lost");
    let aborted = "import exec from 'k6/execution'; \
        export default function () { exec.test.abort('enough'); }";
    let output = faulty("count").script(aborted).run().exits(108);
    output.prints("the script aborted: enough\n");
}

#[test]
fn nothing_is_granted_that_was_not_asked_for() {
    if is_k6() {
        return;
    }
    let script = "export default function () {}";
    let output = faulty("env")
        .env("SECRET", "x")
        .script(script)
        .run()
        .succeeds();
    let logs = output.logs();
    let line = logs
        .iter()
        .find(|log| log.message.starts_with("variables:"))
        .unwrap();
    assert_eq!(line.message.trim(), "variables:", "{output}");
    for grant in ["SECRET", "faults:SECRET"] {
        let runner = faulty("env")
            .env("SECRET", "x")
            .args(["--allow-env", grant]);
        runner
            .script(script)
            .run()
            .succeeds()
            .says("variables: SECRET");
    }
    let other = faulty("env")
        .env("SECRET", "x")
        .args(["--allow-env", "log:SECRET"]);
    other
        .script(script)
        .run()
        .succeeds()
        .never_says("variables: SECRET");
    faulty("net")
        .script(script)
        .run()
        .exits(255)
        .says("faults wants wasi:sockets for 127.0.0.1:9")
        .says("--allow-net faults:127.0.0.1:9");
    let granted = faulty("net").args(["--allow-net", "faults:127.0.0.1:10"]);
    granted.script(script).run().exits(255).says(
        "faults wants wasi:sockets for 127.0.0.1:9; allow it with --allow-net faults:127.0.0.1:9",
    );
}

#[test]
fn an_output_is_found_by_name_in_every_place() {
    if is_k6() {
        return;
    }
    let script = "export default function () {}";
    let bytes = guest("tests/guests/output-faults");
    let runner = || Runner::new().file("here/my-own.wasm", &bytes);
    // As a file, named by the environment; settings and options reach it.
    let output = runner()
        .env("K6_OUT", "./here/my-own.wasm=config")
        .file("config.json", "{\"collectors\":{\"my-own\":{\"a\":1}}}")
        .args(["--config", "config.json", "-u", "3", "-i", "3"])
        .script(script)
        .run()
        .succeeds();
    output
        .says("my-own Some(\"{\\\"a\\\":1}\") ")
        .says("\"scenarios\":")
        .prints("output: faults (config)");
    // In the config file, listed in runner.toml.
    runner()
        .file("config.json", "{\"out\":[\"mine=count\"]}")
        .file("runner.toml", "[outputs]\nmine = \"here/my-own.wasm\"\n")
        .args(["--config", "config.json"])
        .script(script)
        .run()
        .succeeds()
        .prints("faults saw 1 iterations");
    // In the user's folder, by its short name.
    let data = tempfile::tempdir().unwrap();
    std::fs::create_dir(data.path().join("extensions")).unwrap();
    std::fs::write(data.path().join("extensions/output-far.wasm"), &bytes).unwrap();
    Runner::new()
        .env("RUNNER_DATA_DIR", data.path().to_string_lossy())
        .args(["--out", "far=count", "--out", "json=x.json"])
        .script(script)
        .run()
        .succeeds()
        .prints("output: faults (count), json (x.json)")
        .prints("faults saw 1 iterations");
}

#[test]
fn what_is_no_output_is_refused_by_name() {
    if is_k6() {
        return;
    }
    let script = "export default function () {}";
    let run = |out: &str| {
        Runner::new()
            .file("extensions/output-faults.wasm", guest("tests/guests/output-faults"))
            .file("probe.wasm", guest("tests/guests/ext-probe"))
            .file("script.wasm", guest("examples/rust-http-get"))
            .file("text.wasm", "not wasm")
            .file("core.wasm", b"\0asm\x01\0\0\0")
            .file("runner.toml", "[outputs.changed]\npath = \"text.wasm\"\nsha256 = \"0000000000000000000000000000000000000000000000000000000000000000\"\n")
            .args(["--out", out])
            .script(script)
            .run()
            .exits(255)
    };
    for (out, said) in [
        (
            "fault",
            "invalid output type 'fault', available types are: csv, hdr, json; did you mean faults? \
             to add one, name its file with --out FILE.wasm=ARGUMENT",
        ),
        ("jsn=x", "did you mean json?"),
        ("kafka", "output-NAME.wasm into ./extensions/"),
        (
            "gone.wasm=x",
            "could not create the 'gone.wasm' output: cannot read gone.wasm: ",
        ),
        (
            "text.wasm",
            "could not create the 'text.wasm' output: text.wasm is not a valid",
        ),
        ("core.wasm", "core WebAssembly module"),
        ("probe.wasm", "probe.wasm is no output: it exports "),
        (
            "probe.wasm",
            "if it is an extension, use it with --ext NAME=FILE",
        ),
        (
            "script.wasm",
            "script.wasm is a script and no output; run it with `runner run`",
        ),
        ("changed", "could not create the 'changed' output: "),
        ("changed", "but runner.toml expects 0000"),
    ] {
        run(out).says(said);
    }
    // The other way round.
    let output = Runner::new()
        .file("faults.wasm", guest("tests/guests/output-faults"))
        .args(["--ext", "faults=faults.wasm"])
        .script("import f from 'k6/x/faults'; export default function () {}")
        .run();
    assert_ne!(output.code, 0, "{output}");
    output.says("extension faults: faults.wasm is an output; use it with --out");
}

#[test]
fn log_prints_a_line_for_each_sample() {
    if is_k6() {
        return;
    }
    let runner = || Runner::new().file("extensions/output-log.wasm", guest("plugins/output-log"));
    let output = runner()
        .args(["--out", "log"])
        .script(SCRIPT)
        .run()
        .succeeds();
    let is_line = |line: &&str| {
        line.strip_suffix(" my_trend: 2.500000")
            .is_some_and(|time| time.len() == 19 && time.chars().all(|c| c.is_ascii_digit()))
    };
    assert_eq!(
        output.stdout.lines().filter(is_line).count(),
        40,
        "{output}"
    );
    output.prints("output: log (stdout)");

    let output = runner()
        .file("out/old", "")
        .args(["--out", "log=out/samples.txt", "--allow-write", "log:out"])
        .script(SCRIPT)
        .run()
        .succeeds();
    let text = output.file("out/samples.txt").unwrap();
    assert_eq!(text.lines().filter(is_line).count(), 40, "{text}");
    assert_eq!(
        text.lines()
            .filter(|line| line.ends_with(" iterations: 1.000000"))
            .count(),
        40
    );

    runner()
        .args(["--out", "log=samples.txt"])
        .script(SCRIPT)
        .run()
        .exits(255)
        .says("cannot start the output log (samples.txt): cannot write samples.txt: ")
        .says("allow it with --allow-write log:DIR");
}

/// What arrives at a socket, packet by packet.
fn packets(socket: &UdpSocket) -> Vec<String> {
    socket
        .set_read_timeout(Some(Duration::from_millis(300)))
        .unwrap();
    let mut packets = Vec::new();
    let mut buffer = vec![0; 65_536];
    while let Ok(length) = socket.recv(&mut buffer) {
        packets.push(String::from_utf8(buffer[..length].to_vec()).unwrap());
    }
    packets
}

#[test]
fn statsd_sends_lines_in_packets() {
    if is_k6() {
        return;
    }
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap().to_string();
    let script = "import { check, sleep } from 'k6'; import { Gauge } from 'k6/metrics'; \
        const g = new Gauge('my_gauge'); \
        export const options = { vus: 4, iterations: 100 }; \
        export default function () { g.add(-3); check(1, { 'is 1': true }); }";
    let runner = || {
        Runner::new().file(
            "extensions/output-statsd.wasm",
            guest("plugins/output-statsd"),
        )
    };
    let output = runner()
        .args(["--out".to_owned(), format!("statsd={address}")])
        .args(["--allow-net".to_owned(), address.clone()])
        .script(script)
        .run()
        .succeeds();
    let sent = packets(&socket);
    assert!(sent.iter().all(|packet| packet.len() <= 1432), "{sent:?}");
    let lines: Vec<_> = sent.iter().flat_map(|packet| packet.lines()).collect();
    let count = |text: &str| lines.iter().filter(|line| line.starts_with(text)).count();
    assert_eq!(count("k6.iterations:1|c"), 100, "{output}");
    assert_eq!(count("k6.check.is_1.pass:1|c"), 100);
    assert_eq!(count("k6.my_gauge:0|g"), 100);
    assert_eq!(count("k6.my_gauge:-3|g"), 100);
    assert_eq!(
        lines
            .iter()
            .filter(|line| line.contains("iteration_duration:") && line.ends_with("|ms"))
            .count(),
        100
    );
    assert!(sent.len() < lines.len() / 10, "{} packets", sent.len());
    output.prints(&format!("output: statsd ({address})"));

    // With tags; settings from the environment, which must be granted.
    let arguments = format!("statsd={address}?tags&blocklist=group,url");
    let output = runner()
        .env("K6_STATSD_NAMESPACE", "mine.")
        .args([
            "--out".to_owned(),
            arguments,
            "--tag".to_owned(),
            "a=b".to_owned(),
        ])
        .args(["--allow-net".to_owned(), format!("statsd:{address}")])
        .args(["--allow-env", "statsd:K6_STATSD_NAMESPACE"])
        .script(script)
        .run()
        .succeeds();
    let text = packets(&socket).join("\n");
    assert!(
        text.contains("mine.iterations:1|c|#a:b,scenario:default"),
        "{text}\n{output}"
    );
    assert!(
        text.contains("mine.check.is_1.pass:1|c|#a:b,check:is 1,scenario:default"),
        "{text}"
    );
}

#[test]
fn statsd_says_what_it_lacks() {
    if is_k6() {
        return;
    }
    let script = "export default function () {}";
    let runner = || Runner::new().file("extensions/statsd.wasm", guest("plugins/output-statsd"));
    runner()
        .args(["--out", "statsd=127.0.0.1:8125"])
        .script(script)
        .run()
        .exits(255)
        .says("cannot start the output statsd (127.0.0.1:8125): cannot send to 127.0.0.1:8125")
        .says("statsd wants wasi:sockets for 127.0.0.1:8125")
        .says("allow it with --allow-net statsd:127.0.0.1:8125");
    runner()
        .args(["--out", "statsd=127.0.0.1:8125?tag=x"])
        .script(script)
        .run()
        .exits(255)
        .says("could not create the 'statsd' output: tag: unknown key \"tag\"");
    // Grants of runner.toml.
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap().to_string();
    runner()
        .file(
            "runner.toml",
            format!("[outputs.statsd]\nallow-net = [\"{address}\"]\n"),
        )
        .args(["--out".to_owned(), format!("statsd={address}")])
        .script(script)
        .run()
        .succeeds();
    assert!(packets(&socket).join("\n").contains("k6.iterations:1|c"));
}
