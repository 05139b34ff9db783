//! Each exit code that a local run can have.

use runner_tests::Runner;

#[track_caller]
fn code(script: &str, code: i32) -> runner_tests::Output {
    Runner::new().script(script).run().exits(code)
}

#[test]
fn success() {
    code("export default function () {}", 0);
    // What happens in an iteration never fails the run.
    code("export default function () { throw new Error('x'); }", 0);
}

#[test]
fn thresholds_failed() {
    let script = "export const options = { thresholds: { iterations: ['count>5'] } }; \
                  export default function () {}";
    code(script, 99).says("thresholds on metrics 'iterations' have been crossed");
}

#[test]
fn setup_and_teardown_timeouts() {
    let setup = "export const options = { setupTimeout: '300ms' }; \
        export function setup() { while (true) {} } export default function () {}";
    code(setup, 100).says("setup() execution timed out");
    let teardown = "import { sleep } from 'k6'; \
        export const options = { teardownTimeout: '300ms' }; \
        export function teardown() { sleep(30); } export default function () {}";
    code(teardown, 101).says("teardown() execution timed out");
}

#[test]
fn invalid_configuration() {
    code(
        "export const options = { vus: 'many' }; export default function () {}",
        104,
    );
    code(
        "export const options = { thresholds: { nope: ['count>1'] } }; \
          export default function () {}",
        104,
    )
    .says("nope");
    let environment = Runner::new()
        .env("K6_VUS", "many")
        .script("export default function () {}");
    environment.run().exits(104);
}

#[test]
fn script_exceptions() {
    code(
        "throw new Error('in init'); export default function () {}",
        107,
    )
    .says("in init");
    code(
        "export function setup() { throw new Error('in setup'); } export default () => {};",
        107,
    )
    .says("in setup");
    code(
        "export function teardown() { throw new Error('in td'); } export default () => {};",
        107,
    )
    .says("in td");
    code("export default function () { let x = ; }", 107);
    code("throw 'text in init'; export default () => {};", 107).says("text in init");
    code(
        "await Promise.reject(new Error('awaited')); export default () => {};",
        107,
    )
    .says("Error: awaited");
    code("import './gone.js'; export default function () {}", 107).says("gone.js");
    code(
        "import x from 'k6/gone'; export default function () {}",
        107,
    )
    .says("k6/gone");
    code("import x from 'lodash'; export default function () {}", 107).says("lodash");
}

#[test]
fn aborted_by_the_script() {
    let text = "import exec from 'k6/execution'; \
                export default function () { exec.test.abort('enough'); console.log('never'); }";
    code(text, 108)
        .says("test aborted: enough")
        .never_says("never");
    code(
        "import exec from 'k6/execution'; exec.test.abort('early'); \
          export default function () {}",
        108,
    )
    .says("test aborted: early");
    let teardown = "import exec from 'k6/execution'; \
        export default function () { exec.test.abort(); } \
        export function teardown() { console.log('still tidied'); }";
    code(teardown, 108).console_is(&["still tidied"]);
}

#[test]
fn marked_as_failed_by_the_script() {
    if runner_tests::is_k6() {
        return; // exec.test.fail() came with k6 1.2.
    }
    let output = code(
        "import exec from 'k6/execution'; export const options = { iterations: 2 }; \
         export default function () { exec.test.fail('wrong'); console.log('goes on'); }",
        110,
    );
    output.console_is(&["goes on", "goes on"]);
}

#[test]
fn everything_else() {
    Runner::new()
        .main("missing.js")
        .run()
        .exits(255)
        .says("missing.js");
    code("export const x = 1;", 255).says("no exported functions in script");
    code("export default 5;", 255).says("no exported functions in script");
    code("export const setup = 5; export default function () {}", 255).says("setup");
    Runner::new().run().exits(255);
    Runner::command("nonsense").run().exits(255);
}

/// Promises that are rejected and data that is none are results that cannot be used.
#[test]
fn results_that_cannot_be_used() {
    let reject = |name: &str, body: &str| {
        format!("export {name} {{ {body} }} export default function () {{}}")
    };
    for (name, text) in [
        ("async function setup()", "s"),
        ("async function teardown()", "t"),
    ] {
        let script = reject(name, &format!("throw new Error('{text}')"));
        code(&script, 255).says(&format!("Uncaught (in promise) Error: {text}"));
        let script = reject(name, "Promise.reject('loose')");
        code(&script, 255).says("Uncaught (in promise) loose");
        let script = reject(name, "throw new Error('thrown')").replace("async ", "");
        code(&script, 107).says("Error: thrown");
    }
    code(
        "Promise.reject(new Error('loose')); export default () => {};",
        255,
    )
    .says("Uncaught (in promise) Error: loose");
    for value in [
        "NaN",
        "{ a: Infinity }",
        "() => 1",
        "{ a() {} }",
        "(() => { const a = {}; a.a = a; return a; })()",
    ] {
        let script = reject("function setup()", &format!("return {value}"));
        code(&script, 255).says("setup()");
    }
    for body in ["throw new Error('h')", "return Promise.reject('h')"] {
        let script = reject("async function handleSummary()", body);
        code(&script, 0).says("Uncaught (in promise)");
    }
}
