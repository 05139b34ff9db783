//! Wrong command lines, and help.

use runner_tests::{Output, Runner, is_k6};

fn command(words: &[&str]) -> Output {
    let (first, rest) = words.split_first().unwrap();
    Runner::command(first).args(rest.iter().copied()).run()
}

#[test]
fn similar_commands_and_flags_are_suggested() {
    command(&["rum", "script.js"]).exits(255).says("run");
    if is_k6() {
        return;
    }
    let output = command(&["run", "--vu", "3", "script.js"]).exits(255);
    output.says("--vus").never_says("as a value");
    command(&["run", "--nonsense", "script.js"])
        .exits(255)
        .says("--nonsense")
        .never_says("as a value");
}

#[test]
fn a_script_without_a_command_is_told_how_to_be_run() {
    if is_k6() {
        return;
    }
    for words in [
        &["script.js"][..],
        &["-u", "5", "lib/load.ts"],
        &["test.wasm", "-q"],
    ] {
        let (first, rest) = words.split_first().unwrap();
        let output = Runner::command(first).args(rest.iter().copied()).run();
        let said = format!("runner run {}", words.join(" "));
        output.exits(255).says(&said);
    }
}

#[test]
fn flags_that_are_gone_say_what_there_is() {
    if is_k6() {
        return;
    }
    for (flag, said) in [
        ("--no-summary", "--summary-mode=disabled"),
        ("--upload-only", "does not talk to Grafana Cloud"),
        (
            "--summary-mode=legacy",
            "compact (all figures of the legacy one)",
        ),
        ("-duration=5s", "--duration has two dashes"),
    ] {
        command(&["run", flag, "script.js"]).exits(255).says(said);
    }
}

#[test]
fn switches_take_values() {
    let script = "export default function () { console.debug('details'); }";
    let run = |flag: &str| Runner::new().args([flag]).script(script).run();
    run("--quiet=true")
        .succeeds()
        .never_prints("execution: local");
    run("--quiet=F").succeeds().prints("execution: local");
    run("--verbose=1").succeeds().says("details");
    run("-v=0").succeeds().never_says("details");
    run("--quiet=maybe")
        .exits(255)
        .says("--quiet")
        .says("maybe");
    let several = Runner::new().args(["-qv", "-u", "9", "-u2", "--address", ""]);
    let several = several.script(script).run().succeeds();
    let several = several.never_prints("execution: local").says("details");
    assert_eq!(several.summary().number("iterations"), 2.0, "{several}");
}

#[test]
fn an_empty_address_turns_the_api_off() {
    if is_k6() {
        return;
    }
    // The variable alone would start it.
    let run = |runner: Runner| {
        let runner = runner.env("K6_ADDRESS", "127.0.0.1:0");
        runner
            .script("export default function () {}")
            .run()
            .succeeds()
    };
    run(Runner::new()).says("the REST API listens on");
    run(Runner::new().args(["--address", ""])).never_says("the REST API");
    run(Runner::new().args(["--address="])).never_says("the REST API");
}

/// A shell makes an empty text of a variable that is not set. For some lists it is the empty list, in
/// place of the script's; elsewhere it says nothing.
#[test]
fn flags_may_be_empty() {
    let script = "import exec from 'k6/execution';
export const options = { stages: [{ duration: '0s', target: 1 }, { duration: '1s', target: 1 }],
  blacklistIPs: ['10.0.0.0/8'], blockHostnames: ['a.test'], summaryTrendStats: ['avg'], dns: { ttl: '1m' },
  summaryTimeUnit: 's' };
export default function () {}
export function teardown() {
  const { scenarios, blacklistIPs, blockHostnames, summaryTrendStats, dns, summaryTimeUnit } = exec.test.options;
  console.log(scenarios.default.executor, blacklistIPs, blockHostnames, summaryTrendStats, dns.ttl, summaryTimeUnit);
}";
    let lists = "[ \"10.0.0.0/8\" ] [ \"a.test\" ] [ \"avg\" ] 1m s";
    let rest = format!("ramping-vus {lists}");
    for (flag, said) in [
        ("--stage=", format!("per-vu-iterations {lists}").as_str()),
        ("--dns=", &rest),
        ("--blacklist-ip=", &rest),
        ("--local-ips=", &rest),
        ("--summary-time-unit=", &rest),
        (
            "--block-hostnames=",
            "ramping-vus [ \"10.0.0.0/8\" ] [] [ \"avg\" ] 1m s",
        ),
        (
            "--summary-trend-stats=",
            "ramping-vus [ \"10.0.0.0/8\" ] [ \"a.test\" ] [] 1m s",
        ),
        ("--execution-segment=", &rest),
    ] {
        Runner::new()
            .args([flag])
            .script(script)
            .run()
            .succeeds()
            .console_is(&[said]);
    }
}

#[test]
fn help_is_no_failure() {
    for words in [
        &["--help"][..],
        &["help"],
        &["run", "--help"],
        &["run", "-h"],
    ] {
        let output = command(words).succeeds();
        output.prints("run").prints("Usage");
    }
    let output = command(&["help", "run"]).succeeds();
    output.prints("--vus").prints("--duration");
}

#[test]
fn every_command_has_help_that_fits_a_terminal() {
    if is_k6() {
        return;
    }
    let all = command(&["--help"]).succeeds();
    let commands: Vec<String> = all
        .stdout
        .lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect();
    assert!(commands.contains(&"run".to_owned()), "{all}");
    for name in commands.iter().filter(|name| *name != "help") {
        let help = command(&[name, "--help"]).succeeds();
        assert!(help.stdout.lines().count() > 5, "{help}");
        for line in help.stdout.lines() {
            assert!(line.chars().count() <= 100, "{name}: {line}");
        }
    }
}

#[test]
fn arguments_that_are_missing_or_too_many() {
    for words in [
        &["run"][..],
        &["run", "a.js", "b.js"],
        &["inspect"],
        &["run", "-u"],
    ] {
        let output = command(words).exits(255);
        assert!(!output.stderr.is_empty(), "{output}");
    }
}

#[test]
fn logs_that_cannot_be_written() {
    let script = "export default function () {}";
    for (flag, value) in [
        ("--log-output", "nonsense"),
        ("--log-output", "file="),
        ("--log-output", "file=nowhere/x.log"),
        ("--log-output", "file=x.log,level=loud"),
        ("--console-output", "nowhere/x.log"),
    ] {
        let output = Runner::new().args([flag, value]).script(script).run();
        assert!(output.code == 255, "{flag} {value}\n{output}");
        assert!(!output.stderr.is_empty(), "{output}");
    }
}

#[test]
fn log_formats_and_outputs() {
    let script = "export default function () { console.log('a \"b\"'); console.warn('careful'); \
        console.debug('details'); }";
    let run = |args: &[&str]| {
        let runner = Runner::new().args(["-q"]).args(args.iter().copied());
        runner.script(script).run().succeeds()
    };
    assert_eq!(run(&["--log-format", "raw"]).stderr, "a \"b\"\ncareful\n");
    let json = run(&["--log-format=json"]).stderr;
    let first: serde_json::Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!(first["level"], "info");
    assert_eq!(first["msg"], "a \"b\"");
    assert_eq!(first["source"], "console");
    assert!(first["time"].as_str().unwrap().len() >= 20, "{json}");
    let text = run(&["--log-format=text"]).stderr;
    assert!(
        text.contains(" level=info msg=\"a \\\"b\\\"\" source=console\n"),
        "{text}"
    );
    assert!(
        text.contains(" level=warning msg=careful source=console\n"),
        "{text}"
    );
    let none = run(&["--log-output=none"]);
    assert_eq!(none.stderr, "", "{none}");
    let stdout = run(&["--log-output=stdout", "--log-format=raw"]);
    assert!(
        stdout.stderr.is_empty() && stdout.stdout.starts_with("a \"b\"\n"),
        "{stdout}"
    );
    let file = run(&[
        "--log-output=file=x.log,level=warn",
        "--log-format=raw",
        "-v",
    ]);
    assert_eq!(file.file("x.log").as_deref(), Some("careful\n"), "{file}");
    assert!(file.stderr.is_empty() || is_k6(), "{file}");
    let debug = run(&["-v", "--log-format=raw"]).stderr;
    assert!(debug.contains("\ndetails\n"), "{debug}");
}

#[test]
fn verbose_says_what_is_decided() {
    if is_k6() {
        return;
    }
    let script = "export const options = { iterations: 3 }; export default function () {}";
    let output = Runner::new().args(["-v"]).script(script).run().succeeds();
    let debug: Vec<String> = output
        .logs()
        .into_iter()
        .filter(|log| log.level == "debug")
        .map(|log| log.message)
        .collect();
    let says = |text: &str| debug.iter().any(|line| line.contains(text));
    assert!(says("runner ") && says("\"iterations\":3"), "{output}");
    assert!(says("running the scenarios"), "{output}");
    // But no secrets.
    let pem = "-----BEGIN PRIVATE KEY-----";
    let script = format!(
        "export const options = {{ tlsAuth: [{{ cert: '{pem}', key: '{pem} secret' }}] }}; \
         export default function () {{}}"
    );
    let output = Runner::new().args(["-v"]).script(&script).run();
    output.says("consolidated options").never_says("secret");
}
