//! The small commands: deps, features, completion, version, and those that are no more.

use runner_tests::{Runner, is_k6};
use serde_json::Value;

fn json(runner: Runner) -> Value {
    let output = runner.run().succeeds();
    serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}\n{output}"))
}

#[test]
fn dependencies() {
    if is_k6() {
        return;
    }
    let project = |args: &[&str]| {
        Runner::command("deps")
            .file("lib.js", "import 'k6/metrics'; require('./late.js');")
            .args(args.iter().copied())
            .script("'use k6 >= 1.0';\nimport http from 'k6/http';\nimport './lib.js';\nthrow 1;")
    };
    let runner = project(&["--json"]);
    let folder = format!("file://{}/", runner.folder().display());
    let report = json(runner);
    let imports = report["imports"].to_string().replace(&folder, "");
    assert_eq!(imports, r#"["lib.js","script.js","k6/http","k6/metrics"]"#);
    assert_eq!(
        report["buildDependencies"],
        serde_json::json!({ "k6": ">= 1.0" })
    );
    assert_eq!(report["customBuildRequired"], false);
    project(&[])
        .run()
        .succeeds()
        .prints("Build Dependencies:\n  k6: >= 1.0\n\nImports:\n  file://")
        .prints("\n  k6/metrics\n\nCustom Build Required: no\n");
    let extension = Runner::command("deps").args(["--json"]);
    let report = json(extension.script("import faker from 'k6/x/faker';"));
    assert_eq!(report["customBuildRequired"], true);
    assert_eq!(report["buildDependencies"]["k6/x/faker"], "*");
}

#[test]
fn dependencies_of_what_is_not_there() {
    if is_k6() {
        return;
    }
    let deps = || Runner::command("deps");
    deps()
        .script("import './nowhere.js';")
        .run()
        .exits(107)
        .says("nowhere.js");
    deps().script("import {").run().exits(107);
    deps().main("nowhere.js").run().exits(255);
    deps()
        .named("a.wasm", b"\0asm\x0d\0\x01\0")
        .run()
        .exits(255)
        .says("is a component");
    deps().run().exits(255);
}

#[test]
fn features_are_listed() {
    if is_k6() {
        return;
    }
    Runner::command("features")
        .run()
        .succeeds()
        .prints("FEATURE          LIFECYCLE      DESCRIPTION\nfreeze-env       Experimental   ");
    let report = json(Runner::command("features").args(["--json"]));
    assert_eq!(report[1]["feature"], "merge-run-tags");
    assert_eq!(report[1]["lifecycle"], "Experimental");
    assert_eq!(report.as_array().unwrap().len(), 2);
}

#[test]
fn frozen_environment() {
    if is_k6() {
        return;
    }
    let script = "export const options = { tags: { own: 'x' } }; \
        export default function () { \
          let error = 'none'; \
          try { __ENV.WHO = 'other'; } catch (e) { error = e.name; } \
          console.log(error, __ENV.WHO, Object.isFrozen(__ENV)); }";
    let run = || Runner::new().script(script).script_env("WHO", "me");
    run().run().succeeds().console_is(&["none other false"]);
    let frozen = "TypeError me true";
    run()
        .args(["--features", "freeze-env"])
        .run()
        .succeeds()
        .console_is(&[frozen]);
    run()
        .env("K6_FEATURES", "freeze-env")
        .run()
        .succeeds()
        .console_is(&[frozen]);
    let config = run().file("c.json", r#"{ "features": ["freeze-env"] }"#);
    config
        .args(["-c", "c.json"])
        .run()
        .succeeds()
        .console_is(&[frozen]);
    // The first source that says anything decides alone.
    run()
        .env("K6_FEATURES", "freeze-env")
        .args(["--features", "merge-run-tags"])
        .run()
        .succeeds()
        .console_is(&["none other false"]);
}

#[test]
fn merged_run_tags() {
    if is_k6() {
        return;
    }
    let script = "import exec from 'k6/execution'; \
        export const options = { tags: { a: 'script', b: 'script' } }; \
        export default function () { const t = exec.vu.metrics.tags; \
          console.log(t.a, t.b, t.k6_feature_merge_run_tags); }";
    let run = || Runner::new().script(script).args(["--tag", "b=flag"]);
    run()
        .run()
        .succeeds()
        .console_is(&["undefined flag undefined"]);
    run()
        .args(["--features", "merge-run-tags"])
        .run()
        .succeeds()
        .console_is(&["script flag true"]);
}

#[test]
fn features_that_cannot_be_had() {
    if is_k6() {
        return;
    }
    Runner::new()
        .script("export default function () {}")
        .args(["--features", "nope,native-histograms"])
        .run()
        .succeeds()
        .says("unknown feature \"nope\"")
        .says("the feature \"native-histograms\" cannot be turned on");
}

#[test]
fn compatibility_modes() {
    let script = "export default function () { console.log(typeof global, typeof globalThis); }";
    let run = || Runner::new().script(script);
    run().run().succeeds().console_is(&["object object"]);
    let base = "undefined object";
    for (mode, line) in [
        ("extended", "object object"),
        ("base", base),
        ("experimental_enhanced", base),
    ] {
        let output = run().args(["--compatibility-mode", mode]).run().succeeds();
        output.console_is(&[line]);
    }
    run()
        .env("K6_COMPATIBILITY_MODE", "base")
        .run()
        .succeeds()
        .console_is(&[base]);
    run().args(["--compatibility-mode=es5"]).run().exits(255);
    // An archive keeps it, and a flag goes before it.
    let made = Runner::command("archive")
        .script(script)
        .args(["--compatibility-mode=base"]);
    let tar = made.run().succeeds().bytes("archive.tar");
    let run = || Runner::new().named("test.tar", &tar);
    run().run().succeeds().console_is(&[base]);
    run()
        .args(["--compatibility-mode=extended"])
        .run()
        .succeeds()
        .console_is(&["object object"]);
}

#[test]
fn usage_reports_are_accepted_and_never_sent() {
    let run = || Runner::new().script("export default function () {}");
    run().args(["--no-usage-report"]).run().succeeds();
    run().env("K6_NO_USAGE_REPORT", "true").run().succeeds();
}

#[test]
fn completions() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let output = Runner::command("completion").args([shell]).run().succeeds();
        if !is_k6() {
            assert!(output.stdout.contains("archive"), "{shell}: {output}");
            assert!(output.stdout.contains("summary-mode"), "{shell}");
        }
    }
    if !is_k6() {
        Runner::command("completion")
            .args(["tcsh"])
            .run()
            .exits(255);
    }
}

#[test]
fn the_version_as_json() {
    let report = json(Runner::command("version").args(["--json"]));
    assert!(report["version"].is_string(), "{report}");
    if !is_k6() {
        assert!(
            report["os"].is_string() && report["arch"].is_string(),
            "{report}"
        );
    }
}

#[test]
fn commands_that_are_no_more() {
    if is_k6() {
        return;
    }
    for (command, args, part) in [
        ("login", &["cloud", "-t", "x"][..], "no command \"login\""),
        (
            "cloud",
            &["run", "x.js"],
            "`runner run x.js` runs it on this machine",
        ),
        ("cloud", &["x.js", "--linger"], "`runner run x.js`"),
        ("cloud", &[], "does not talk to Grafana Cloud"),
        (
            "x",
            &["httpbin", "-p", "1"],
            "no extension command \"httpbin\"",
        ),
        ("x", &[], "WebAssembly components"),
    ] {
        let output = Runner::command(command)
            .args(args.iter().copied())
            .run()
            .exits(255);
        output.says(part);
    }
    Runner::command("convert").run().exits(255).says("convert");
}

#[test]
fn execution_requirements() {
    if is_k6() {
        return;
    }
    let script = "export const options = { vus: 1, stages: [{ duration: '1s', target: 3 }], \
                  thresholds: { checks: ['rate>0.5'] } }; export default function () {}";
    let inspect = |args: &[&str]| {
        Runner::command("inspect")
            .args(args.iter().copied())
            .script(script)
    };
    let report = json(inspect(&["--execution-requirements"]));
    assert_eq!(report["totalDuration"], "31s");
    assert_eq!(report["maxVUs"], 3);
    assert_eq!(report["scenarios"]["default"]["executor"], "ramping-vus");
    assert_eq!(report["scenarios"]["default"]["startVUs"], 1);
    assert_eq!(report["vus"], 1);
    let plain = inspect(&[]).run().succeeds().prints("rate\\u003e0.5");
    let report: Value = serde_json::from_str(&plain.stdout).unwrap();
    assert_eq!(report["scenarios"], Value::Null);
    assert_eq!(report["maxVUs"], Value::Null);
    // What the environment says counts where the whole is asked for.
    let report = json(inspect(&["--execution-requirements"]).env("K6_STAGES", "2s:5"));
    assert_eq!(report["maxVUs"], 5);
    let wrong = "export const options = { vus: 3, iterations: 1 }; export default function () {}";
    Runner::command("inspect")
        .args(["--execution-requirements"])
        .script(wrong)
        .run()
        .exits(104);
}
