//! Scripts that are components and import extensions by their WIT interfaces: linked when they
//! run, and composed with `runner build` into one file that behaves the same. What is refused is in
//! `compiled_extension_faults`.

use runner_tests::{Output, Runner, guest, is_k6};
use serde_json::Value;

const EXTENSIONS: [(&str, &str); 3] = [
    ("compare", "plugins/compare"),
    ("probe", "tests/guests/ext-probe"),
    ("chain", "tests/guests/ext-chain"),
];

/// A command on the script of the tests, with all extensions.
pub fn with_extensions(runner: Runner) -> Runner {
    let runner = runner.named("test.wasm", guest("tests/guests/ext-user"));
    EXTENSIONS
        .into_iter()
        .fold(runner, |runner, (name, folder)| {
            let file = format!("{name}.wasm");
            let named = format!("{name}={file}");
            runner
                .file(&file, guest(folder))
                .args(["--ext", named.as_str()])
        })
}

/// The script with all extensions inside.
fn whole() -> Vec<u8> {
    let built = with_extensions(Runner::command("build"))
        .args(["-o", "whole.wasm"])
        .run()
        .succeeds();
    let built = built.prints("extensions: compare, probe, chain");
    built.bytes("whole.wasm")
}

/// The same run with host linking, and as one file.
fn both(set_up: impl Fn(Runner) -> Runner) -> [Output; 2] {
    [
        set_up(with_extensions(Runner::new())).run(),
        set_up(Runner::new().named("whole.wasm", whole())).run(),
    ]
}

fn messages(output: &Output) -> Vec<String> {
    output.logs().into_iter().map(|log| log.message).collect()
}

#[test]
fn every_type_crosses_and_both_ways_to_link_agree() {
    if is_k6() {
        return;
    }
    let [linked, whole] = both(|runner| runner.script_env("FUNCTION", "values"));
    let said = messages(&linked.succeeds());
    let expected = [
        "true false",
        "1 0 1",
        "18446744073709551615 -9223372036854775808",
        "häß 😀 'ß'",
        "true",
        "true",
        "Colour::DarkGreen",
        "Figure::Empty",
        "Figure::Circle(1.5)",
        "Figure::Named(\"x\")",
        "[[1, 2], [], [65535]]",
        "(\"x\", true)",
        "Some(\"x\") None",
        "Ok(4) Err(\"7 is odd\")",
        "[Ok(()), Err(Problem::Denied(\"not for you\")), Err(Problem::NotFound)]",
        "9 2",
    ];
    assert_eq!(said, expected);
    assert_eq!(messages(&whole.succeeds()), expected);
}

#[test]
fn objects_are_lent_given_away_and_dropped() {
    if is_k6() {
        return;
    }
    let several = |runner: Runner| {
        runner
            .script_env("FUNCTION", "objects")
            .args(["-u", "3", "-i", "12"])
    };
    for output in both(several) {
        let output = output.succeeds();
        let output = output
            .prints("✓ an object lives as long as its VU")
            .prints("checks_failed......................: 0.00%");
        let said = messages(&output);
        let first = said.iter().position(|line| line == "2 Some((5, 6)) 1");
        assert!(first.is_some(), "{output}");
        // One is left of the three once the first was given away, and the VU's own from then on.
        assert!(said.iter().any(|line| line == "11 10 2"), "{output}");
    }
}

#[test]
fn what_an_extension_does_wrong_ends_one_iteration_and_no_more() {
    if is_k6() {
        return;
    }
    let misdeeds = [
        ("trap", "extension probe trapped in trap"),
        ("spin", "extension probe did not return from spin"),
        (
            "grow",
            "extension probe exceeded its memory limit of 256 MiB in grow",
        ),
        ("constructor", "extension probe trapped in a constructor"),
    ];
    for (misdeed, said) in misdeeds {
        let output = with_extensions(Runner::new())
            .script_env("MISDEED", misdeed)
            .env("RUNNER_EXT_TIMEOUT", "0.3")
            .args(["-i", "3"])
            .run()
            .succeeds();
        let output = output.says(said);
        let calls = messages(&output);
        let well = calls.iter().filter(|line| *line == "42 0").count();
        assert_eq!(well, 2, "{output}");
    }
}

#[test]
fn a_trap_inside_one_file_names_the_extension_too() {
    if is_k6() {
        return;
    }
    let output = Runner::new()
        .named("whole.wasm", whole())
        .script_env("MISDEED", "trap")
        .args(["-i", "3"])
        .run()
        .succeeds();
    // The panic's own words, and the backtrace.
    let output = output
        .says("on purpose")
        .says("runner:probe/probe@0.1.0#trap");
    let calls = messages(&output);
    assert_eq!(
        calls.iter().filter(|line| *line == "42 0").count(),
        2,
        "{output}"
    );
}

#[test]
fn metrics_of_an_extension_have_thresholds() {
    if is_k6() {
        return;
    }
    let config = r#"{ "thresholds": { "probe_latency": ["max==7", "avg==7"] } }"#;
    let measured = |runner: Runner| {
        runner
            .script_env("FUNCTION", "metrics")
            .file("config.json", config)
            .args(["-u", "2", "-i", "4", "--config", "config.json"])
    };
    for output in both(measured) {
        output.succeeds().prints("✓ 'max==7'").prints("✓ 'avg==7'");
    }
}

#[test]
fn the_network_needs_a_grant_to_the_extension_or_to_the_whole() {
    if is_k6() {
        return;
    }
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap().to_string();
    let wants = |runner: Runner| {
        runner
            .script_env("FUNCTION", "network")
            .script_env("ADDRESS", &address)
            .env("GRANTED_VARIABLE", "seen")
    };
    let granted = |to: &str| {
        let (net, env) = (format!("{to}{address}"), format!("{to}GRANTED_VARIABLE"));
        both(move |runner| wants(runner).args(["--allow-net", &net, "--allow-env", &env]))
    };
    let told = |output: &Output| {
        let mut said = messages(output);
        said.retain(|line| !line.contains("--allow-net"));
        match said.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["connected: true", "Some(\"seen\")"] => true,
            ["connected: false", "None"] => false,
            _ => panic!("{output}"),
        }
    };
    let [linked, whole] = both(wants);
    let linked = linked.says("probe wants wasi:sockets for 127.0.0.1:");
    let whole = whole.says("allow it with --allow-net script:127.0.0.1:");
    assert_eq!([told(&linked), told(&whole)], [false, false]);
    for (to, expected) in [
        ("", [true, true]),
        ("probe:", [true, false]),
        ("script:", [false, true]),
    ] {
        let [linked, whole] = granted(to);
        assert_eq!([told(&linked), told(&whole)], expected, "{to}");
    }
}

#[test]
fn one_file_imports_only_what_every_runner_has() {
    if is_k6() {
        return;
    }
    let whole = whole();
    let inspected = Runner::command("inspect")
        .named("whole.wasm", &whole)
        .run()
        .succeeds();
    let report: Value = serde_json::from_str(&inspected.stdout).unwrap();
    let runner = &report["runner"];
    assert_eq!(
        runner["extensions"],
        serde_json::json!(["compare", "probe", "chain"])
    );
    for import in runner["imports"].as_array().unwrap() {
        let import = import.as_str().unwrap();
        let own = ["compare", "probe", "chain"];
        assert!(!own.iter().any(|name| import.contains(name)), "{inspected}");
        assert!(
            import.starts_with("runner:") || import.starts_with("wasi:"),
            "{inspected}"
        );
    }
    // There is nothing left to put in.
    let again = Runner::command("build")
        .named("whole.wasm", &whole)
        .args(["-o", "again.wasm"])
        .run();
    again.exits(255).says("imports no extension");
}

#[test]
fn many_vus_of_one_file() {
    if is_k6() {
        return;
    }
    let output = Runner::new()
        .named("whole.wasm", whole())
        .script_env("FUNCTION", "objects")
        .args(["-u", "50", "-i", "200"])
        .run()
        .succeeds();
    output.prints("checks_succeeded...................: 100.00% 200 out of 200");
}

#[test]
fn the_example_both_ways() {
    if is_k6() {
        return;
    }
    let example = guest("examples/rust-extension");
    let with = |runner: Runner| {
        runner
            .named("test.wasm", &example)
            .file("compare.wasm", guest("plugins/compare"))
            .args(["--ext", "compare=compare.wasm"])
    };
    let linked = with(Runner::new()).run().succeeds();
    let built = with(Runner::command("build"))
        .args(["-o", "whole.wasm"])
        .run()
        .succeeds();
    let alone = Runner::new().named("whole.wasm", built.bytes("whole.wasm"));
    for output in [linked, alone.run().succeeds()] {
        output
            .prints("checks_succeeded...................: 100.00% 18 out of 18")
            .prints("✓ 'rate==1'");
    }
    // Also by the file beside the script.
    let toml = "[extensions]\ncompare = \"lib/c.wasm\"\n";
    let output = Runner::new()
        .named("test.wasm", &example)
        .file("lib/c.wasm", guest("plugins/compare"))
        .file("runner.toml", toml)
        .run();
    output.succeeds();
}

#[test]
fn a_built_javascript_has_its_extensions_with_it() {
    if is_k6() {
        return;
    }
    let script = "
import compare from 'k6/x/compare';
import { recordLatency } from 'k6/x/probe';
export const options = { iterations: 2, thresholds: { probe_latency: ['max==1'] } };
export default function () {
  recordLatency(1, 'a');
  console.log(compare.isGreater(2, 1));
}
";
    let built = Runner::command("build")
        .file("script.js", script)
        .main("script.js")
        .file("compare.wasm", guest("plugins/compare"))
        .file("extensions/probe.wasm", guest("tests/guests/ext-probe"))
        .args(["--ext", "compare=compare.wasm", "-o", "test.wasm"])
        .run()
        .succeeds();
    let built = built.prints("extensions: compare, probe");
    let component = built.bytes("test.wasm");
    let alone = || Runner::new().named("test.wasm", &component);
    let output = alone().run().succeeds().prints("✓ 'max==1'");
    output.console_is(&["true", "true"]);
    let inspected = Runner::command("inspect")
        .named("test.wasm", &component)
        .run()
        .succeeds();
    let report: Value = serde_json::from_str(&inspected.stdout).unwrap();
    assert_eq!(
        report["runner"]["extensions"],
        serde_json::json!(["compare", "probe"])
    );
    // What the command line names stands before what is inside.
    let output = alone()
        .file("other.wasm", guest("tests/guests/ext-probe"))
        .args(["--ext", "compare=other.wasm"])
        .run();
    output.exits(0).says("TypeError");
}
