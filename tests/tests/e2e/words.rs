//! Words for a first hour: what is wrong and where, what was meant, and what would do.

use runner_tests::{Output, Runner, is_k6};

/// Runs a script with one mistake in it.
fn run(script: &str) -> Output {
    Runner::new().script(script).run()
}

fn with_options(options: &str) -> Output {
    run(&format!(
        "export const options = {{ {options} }}; export default function () {{}} \
         export function login() {{}}"
    ))
}

#[test]
fn durations_without_a_unit() {
    if is_k6() {
        return; // It says nothing.
    }
    let hint = |output: &Output| {
        let logs = output.logs();
        let said = |text: &str| text.contains("without a unit is in milliseconds");
        logs.iter().filter(|log| said(&log.message)).count()
    };
    let output = with_options("vus: 1, duration: 30")
        .says("`duration` is 30ms")
        .says("write \\\"30s\\\" for seconds");
    assert_eq!(hint(&output), 1, "{output}");
    let stages = "stages: [{ duration: 30, target: 1 }, { duration: '20', target: 0 }]";
    let output = with_options(stages)
        .succeeds()
        .says("`stages[0].duration` is 30ms, `stages[1].duration` is 20ms");
    assert_eq!(hint(&output), 1, "{output}");
    let fine = "scenarios: { s: { executor: 'shared-iterations', gracefulStop: 0, \
                maxDuration: 2000 } }, setupTimeout: '10s'";
    let output = with_options(fine).succeeds();
    assert_eq!(hint(&output), 0, "{output}");
    let output = Runner::new()
        .env("K6_DURATION", "20")
        .script("export default function () {}")
        .run();
    output.says("`K6_DURATION` is 20ms");
}

#[test]
fn names_that_do_not_exist() {
    if is_k6() {
        return;
    }
    for (options, code, said) in [
        ("vuss: 2", 0, "\\\"vuss\\\" (did you mean vus?)"),
        ("Threshold: {}", 0, "(did you mean thresholds?)"),
        (
            "thresholds: { http_req_durations: ['avg<1'] }",
            104,
            "(did you mean http_req_duration?)",
        ),
        (
            "scenarios: { s: { executor: 'constant_vus' } }",
            104,
            "(did you mean constant-vus?)",
        ),
        (
            "scenarios: { s: { executor: 'constant-vus', durration: '1s' } }",
            104,
            "(did you mean duration?)",
        ),
        (
            "scenarios: { s: { executor: 'shared-iterations', exec: 'logni' } }",
            104,
            "function 'logni' not found in exports (did you mean login?)",
        ),
    ] {
        let output = with_options(options).exits(code);
        output.says(said);
    }
    let no_default = "export function login() {} export const browse = () => {};";
    run(no_default)
        .exits(104)
        .says("function 'default' not found in exports (there is")
        .says("name it in a scenario's exec");
    for (flag, said) in [
        ("--out=results.json", "(did you mean json=results.json?)"),
        ("--out=cvs", "did you mean csv?"),
        ("--summary-mode=ful", "(did you mean full?)"),
        ("--compatibility-mode=bsae", "(did you mean base?)"),
        ("--log-format=jsn", "(did you mean json?)"),
        ("--features=freeze-en", "(did you mean freeze-env?)"),
    ] {
        let runner = Runner::new().args([flag]);
        runner
            .script("export default function () {}")
            .run()
            .says(said);
    }
}

#[test]
fn modules_and_files_that_are_near() {
    if is_k6() {
        return;
    }
    for (import, said) in [
        ("k6/htpp", "unknown module: k6/htpp (did you mean k6/http?)"),
        ("K6/HTTP", "write \"k6/http\""),
        ("k6/kv", "did you mean k6/x/kv?"),
        ("./lib/helper.js", "did you mean ./lib/helpers.js?"),
        ("./Top.js", "did you mean ./top.js?"),
        ("./top.ts", "did you mean ./top.js?"),
        ("./top", "top.js? extensions must be written out"),
        ("./libs/helpers.js", "there is no folder "),
    ] {
        let script = format!("import '{import}'; export default function () {{}}");
        let runner = Runner::new()
            .file("lib/helpers.js", "export const a = 1;")
            .file("top.js", "export const a = 1;");
        runner.script(&script).run().exits(107).says(said);
    }
    for (typed, said) in [
        ("scrpt.js", "did you mean script.js?"),
        ("script", "did you mean script.js?"),
        ("./script.ts", "did you mean ./script.js?"),
        ("gone/script.js", "there is no folder "),
        ("folder", "such as "),
    ] {
        let runner = Runner::new()
            .file("script.js", "export default function () {}")
            .file("folder/load.ts", "export default function () {}");
        runner.main(typed).run().exits(255).says(said);
    }
}

#[test]
fn scripts_with_nothing_to_run() {
    if is_k6() {
        return;
    }
    for content in [
        "",
        "\n// nothing yet\n",
        "function main() {}",
        "export default 5;",
    ] {
        let output = Runner::new().named("first.js", content).run().exits(255);
        output
            .says("first.js")
            .says("export default function () {")
            .says("one iteration");
    }
}

#[test]
fn errors_of_the_tool_are_told_without_their_class() {
    let script = "import { SharedArray } from 'k6/data'; \
        export default function () { \
          const late = () => new SharedArray('late', () => []); \
          try { late(); } catch (e) { console.log(e.name, e instanceof Error); console.warn(`${e}`); } \
          late(); } \
        export function teardown() { new SharedArray('later', () => []); }";
    let output = run(script).exits(107);
    let console = output.console();
    assert_eq!(
        console.first().map(String::as_str),
        Some("GoError true"),
        "{output}"
    );
    if is_k6() {
        return;
    }
    output
        .never_says("GoError:")
        .says("new SharedArray must be called in the init context");
}
