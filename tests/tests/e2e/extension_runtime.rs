//! Extensions that fail at every point of a run: in init, setup, teardown and the summary, in a
//! constructor, a destructor, by recursion; and how the run ends, or goes on.

use runner_tests::{Output, Runner, guest, is_k6};

fn runner(script: &str) -> Runner {
    Runner::new()
        .script(script)
        .file("probe.wasm", guest("tests/guests/ext-probe"))
        .args(["--ext", "probe=probe.wasm"])
}

fn run(script: &str) -> Output {
    runner(script).run()
}

const TRAPPED: &str = "extension probe trapped in trap: panicked at src/lib.rs:";

#[test]
fn a_trap_in_init_is_a_script_error() {
    if is_k6() {
        return;
    }
    let script = "import probe from 'k6/x/probe';
probe.trap();
export default function () {}";
    let output = run(script).exits(107);
    // Where it happened, and what the extension itself said.
    output.says(TRAPPED).says("script.js:2:").says("on purpose");
    let caught = "import probe from 'k6/x/probe';
try { probe.trap(); } catch (error) { }
export default function () { console.log(probe.add(1, 1)); }";
    run(caught).succeeds().console_is(&["2"]);
}

#[test]
fn an_init_of_its_own_that_fails_ends_the_run() {
    if is_k6() {
        return;
    }
    let script = "import probe from 'k6/x/probe'; export default function () {}";
    let with = |how: &str| {
        let runner = runner(script).env("PROBE_INIT", how);
        runner
            .args(["--allow-env", "PROBE_INIT"])
            .env("RUNNER_EXT_TIMEOUT", "0.3")
            .run()
    };
    with("").succeeds();
    with("error")
        .exits(107)
        .says("extension probe: told to fail");
    let trapped = with("trap").exits(107);
    trapped
        .says("extension probe trapped in init")
        .says("told to trap");
    with("spin")
        .exits(107)
        .says("extension probe did not return from init within 300ms");
}

#[test]
fn a_trap_in_setup_ends_the_run_and_one_in_teardown_its_success() {
    if is_k6() {
        return;
    }
    let setup = "import probe from 'k6/x/probe';
export function setup() { probe.trap(); }
export default function () { console.log('never'); }";
    run(setup).exits(107).says(TRAPPED).never_says("never");
    let teardown = "import probe from 'k6/x/probe';
export function teardown() { probe.trap(); }
export default function () { console.log('once'); }";
    run(teardown).exits(107).says(TRAPPED).says("once");
    let summary = "import probe from 'k6/x/probe';
export function handleSummary() { probe.trap(); return {}; }
export default function () {}";
    run(summary).says(TRAPPED);
}

#[test]
fn whatever_goes_wrong_is_one_iteration_s_and_the_next_has_a_new_instance() {
    if is_k6() {
        return;
    }
    let after = |misdeed: &str| {
        let script = format!(
            "import probe, {{ Counter }} from 'k6/x/probe';
export const options = {{ iterations: 2 }};
export default function () {{
  const kept = new Counter(1);
  if (__ITER === 0) {{ {misdeed} }}
  console.log(kept.next(), Counter.alive());
}}"
        );
        run(&script).succeeds()
    };
    let output = after("probe.recurse(1);");
    output
        .says("extension probe trapped in recurse")
        .console_is(&["1 1"]);
    let output = after("new probe.Bomb();");
    // The object was collected at once, and its destructor trapped: the iteration goes on without it.
    output.says("extension probe trapped in a destructor");
    let output = after("probe.trap();");
    output
        .says(TRAPPED)
        .says("source=probe")
        .console_is(&["1 1"]);
}

#[test]
fn a_result_that_is_too_large_is_an_error_and_no_heap_of_the_host_s() {
    if is_k6() {
        return;
    }
    let script = "import probe from 'k6/x/probe';
export const options = { iterations: 2 };
export default function () {
  if (__ITER === 0) {
    console.log(probe.zeros(1 << 20).length);
    try { probe.zeros(200 << 20); } catch (error) { console.log(error.message); }
  }
  console.log(probe.add(1, 1));
}";
    let output = run(script).succeeds();
    let said = output.console();
    assert_eq!(said[0], "1048576", "{output}");
    assert!(
        said[1].starts_with("extension probe returned more from zeros than"),
        "{output}"
    );
    assert_eq!(said[2..], ["2", "2"]);
}

#[test]
fn memory_is_bounded_by_vu_memory() {
    if is_k6() {
        return;
    }
    let script = "import probe from 'k6/x/probe';
export const options = { iterations: 2 };
export default function () {
  if (__ITER === 0) { probe.grow(); }
  console.log(probe.add(1, 1));
}";
    let output = runner(script)
        .args(["--vu-memory", "32MiB"])
        .run()
        .succeeds();
    let limit =
        "extension probe exceeded its memory limit of 32 MiB in grow; raise it with --vu-memory";
    output.says(limit).console_is(&["2"]);
}

#[test]
fn an_interrupted_run_ends_while_an_extension_computes() {
    if is_k6() {
        return;
    }
    let script = "import probe from 'k6/x/probe';
export const options = { scenarios: { busy: {
  executor: 'constant-vus', duration: '1s', vus: 2, gracefulStop: '0s' } } };
export default function () { probe.spin(); }";
    let output = runner(script).env("RUNNER_EXT_TIMEOUT", "30").run();
    assert!(output.took.as_secs() < 20, "{output}");
}

#[test]
fn numbers_lists_and_objects_are_checked_to_the_last_bit() {
    if is_k6() {
        return;
    }
    let script = r#"
import probe, { Counter } from 'k6/x/probe';
const user = (more) => ({ id: 1, name: 'a', addresses: [], rights: {}, ...more });
const getter = { get street() { throw new Error('from the getter'); } };
const calls = [
  () => probe.add(NaN, 0), () => probe.add(Infinity, 0), () => probe.add(-2147483649, 0),
  () => probe.add(1n, 0), () => probe.add(true, 0), () => probe.add([1], 0),
  () => probe.echoU8(256), () => probe.echoU8(0.5), () => probe.echoS64(2n ** 63n),
  () => probe.echoS64(-(2n ** 63n) - 1n), () => probe.echoS64('1'), () => probe.echoU64(-1n),
  () => probe.echoU64(NaN), () => probe.echoF64('1'), () => probe.echoF64(1n),
  () => probe.echoList([[65536]]), () => probe.echoList([[, 1]]), () => probe.echoList({ length: 1 }),
  () => probe.echoTuple(['a', false, 1]), () => probe.echoTuple(['a', 0]),
  () => probe.echoOption(1), () => probe.echoChar(''), () => probe.echoChar('\udc00'),
  () => probe.echoUser(), () => probe.echoUser(null), () => probe.echoUser([]),
  () => probe.echoUser(user({ name: undefined })), () => probe.echoUser(user({ rights: { raed: true } })),
  () => probe.echoUser(user({ rights: { read: 1 } })), () => probe.echoUser(user({ rights: ['read'] })),
  () => probe.echoUser(user({ addresses: [getter] })), () => probe.echoUser(user({ name: '\ud800x' })),
  () => probe.echoFigure({ tag: 'square' }), () => probe.echoFigure({}), () => probe.echoFigure(1),
  () => probe.echoFigure({ tag: 'circle', val: '1' }), () => probe.echoColour({ tag: 'red' }),
  () => probe.echoColour('Red'), () => probe.half(4, 5), () => probe.nothing(1),
  () => new Counter(), () => new Counter(1, 2), () => new Counter('1'), () => Counter.merge(new Counter(1)),
  () => { const c = new Counter(1); Counter.merge(c, c); }, () => probe.echoString(Symbol('x')),
  () => probe.echoBytes('abc'), () => probe.echoBytes(new Uint8Array(3).buffer.slice(1).length),
];
export default function () {
  for (const call of calls) {
    try { call(); console.log('accepted', call); } catch (error) { console.log(`${error.name}: ${error.message}`); }
  }
  console.log(Counter.alive());
}
"#;
    let output = run(script).succeeds();
    let expected = [
        "probe.add: argument 1 (a) must be an integer from -2147483648 to 2147483647, got NaN",
        "got Infinity",
        "got -2147483649",
        "must be an integer from -2147483648 to 2147483647, got 1",
        "got true",
        "got an array",
        "probe.echoU8: argument 1 (number) must be an integer from 0 to 255, got 256",
        "got 0.5",
        "probe.echoS64: argument 1 (number) must be an integer from -9223372036854775808 to 9223372036854775807, got 9223372036854775808",
        "got -9223372036854775809",
        "got a string",
        "probe.echoU64: argument 1 (number) must be an integer from 0 to 18446744073709551615, got -1",
        "got NaN",
        "probe.echoF64: argument 1 (number) must be a number, got a string",
        "must be a number, got 1",
        "probe.echoList: argument 1 (numbers[0][0]) must be an integer from 0 to 65535, got 65536",
        "(numbers[0][0]) must be an integer from 0 to 65535, got undefined",
        "(numbers) must be an array, got an object",
        "probe.echoTuple: argument 1 (pair) must be an array of 2 elements, got one of 3 elements",
        "(pair[1]) must be a boolean, got 0",
        "probe.echoOption: argument 1 (text) must be a string, got 1",
        "probe.echoChar: argument 1 (letter) must be a string of one character, got a string",
        "(letter) must be well-formed text, got a string with a lone surrogate",
        "probe.echoUser(user) takes 1 argument, got 0",
        "probe.echoUser: argument 1 (user) must be an object, got null",
        "(user) must be an object, got an array",
        "(user.name) must be a string, got undefined",
        "(user.rights) must be an object of the flags read, writeAll, got the flag raed",
        "(user.rights.read) must be a boolean, got 1",
        "(user.rights) must be an object of the flags read, writeAll, got an array",
        "from the getter",
        "(user.name) must be well-formed text, got a string with a lone surrogate",
        "(figure) must be {tag, val} with one of the tags \"empty\", \"circle\", \"named\", got \"square\"",
        "(figure) must be {tag, val} with one of the tags",
        "got 1",
        "(figure.val) must be a number, got a string",
        "probe.echoColour: argument 1 (colour) must be one of \"red\", \"dark-green\", got an object",
        "got \"Red\"",
        "probe.half(number) takes 1 argument, got 2",
        "probe.nothing() takes 0 arguments, got 1",
        "new probe.Counter(start) takes 1 argument, got 0",
        "new probe.Counter(start) takes 1 argument, got 2",
        "new probe.Counter: argument 1 (start) must be an integer",
        "probe.Counter.merge(a, b) takes 2 arguments, got 1",
        "probe.Counter.merge: argument 2 (b) must be an object of the extension's class, got one that is given away in the same call",
        "probe.echoString: argument 1 (text) must be a string, got",
        "must be a Uint8Array or ArrayBuffer, got a string",
        "must be a Uint8Array or ArrayBuffer, got undefined",
    ];
    let said = output.console();
    for (said, expected) in said.iter().zip(expected) {
        let kind = if expected.contains("getter") {
            "Error: "
        } else {
            "TypeError: "
        };
        assert!(
            said.starts_with(kind) && said.contains(expected),
            "{said}\n{expected}"
        );
    }
    assert_eq!(said.len(), expected.len() + 1, "{output}");
    // Nothing leaked: what could not be passed was not given away, and was collected.
    assert_eq!(said.last().map(String::as_str), Some("0"), "{output}");
}

#[test]
fn objects_belong_to_their_class_and_their_extension() {
    if is_k6() {
        return;
    }
    let script = "
import probe, { Counter } from 'k6/x/probe';
import other, { Counter as OtherCounter } from 'k6/x/other';
const tried = (call) => { try { call(); return 'accepted'; } catch (error) { return error.name; } };
export default function () {
  const mine = new Counter(1), theirs = new OtherCounter(1);
  console.log(tried(() => Counter.merge(mine, theirs)), tried(() => mine.next.call(theirs)));
  console.log(tried(() => Counter(1)), tried(() => Object.create(Counter.prototype).next()));
  console.log(tried(() => Counter.merge(new Proxy(mine, {}), mine)), mine.next(), theirs.next());
  console.log(Counter.alive(), OtherCounter.alive());
}";
    let runner = runner(script).file("other.wasm", guest("tests/guests/ext-probe"));
    let output = runner.args(["--ext", "other=other.wasm"]).run().succeeds();
    output.console_is(&[
        "TypeError TypeError",
        "TypeError TypeError",
        "TypeError 1 1",
        "1 1",
    ]);
}
