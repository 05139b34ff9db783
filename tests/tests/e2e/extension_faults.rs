//! Extensions that misbehave, scripts that call them wrongly, files that are none, and what an
//! extension may reach.

use runner_tests::{Output, Runner, guest, is_k6};

fn runner(script: &str) -> Runner {
    Runner::new()
        .script(script)
        .file("probe.wasm", guest("tests/guests/ext-probe"))
        .args(["--ext", "probe=probe.wasm"])
}

/// Two iterations: the first calls `misdeed` without catching anything, the second is well-behaved.
/// `timeout` in seconds bounds how long the extension may compute.
fn after(misdeed: &str, timeout: &str) -> Output {
    let script = format!(
        "import probe, {{ Counter }} from 'k6/x/probe';
export const options = {{ iterations: 2 }};
export default function () {{
  if (__ITER === 0) {{ {misdeed} }}
  console.log(probe.add(20, 22), Counter.alive());
}}"
    );
    runner(&script).env("RUNNER_EXT_TIMEOUT", timeout).run()
}

#[test]
fn whatever_an_extension_does_ends_one_iteration_and_no_more() {
    if is_k6() {
        return;
    }
    let cases = [
        ("probe.trap();", "60", "extension probe trapped in trap"),
        (
            "probe.spin();",
            "0.3",
            "extension probe did not return from spin",
        ),
        (
            "probe.grow();",
            "60",
            "extension probe exceeded its memory limit of 256 MiB in grow",
        ),
        (
            "new Counter(-1);",
            "60",
            "extension probe trapped in a constructor",
        ),
    ];
    for (misdeed, timeout, said) in cases {
        let output = after(misdeed, timeout).succeeds();
        output.says(said).console_is(&["42 0"]);
    }
}

#[test]
fn what_a_panic_says_is_logged_with_the_extension_s_name() {
    if is_k6() {
        return;
    }
    let output = after("probe.trap();", "60").succeeds();
    let logs = output.logs();
    let line = logs.iter().find(|log| log.message.contains("on purpose"));
    assert_eq!(line.and_then(|log| log.source()), Some("probe"), "{output}");
}

#[test]
fn a_trap_can_be_caught_and_old_objects_are_refused() {
    if is_k6() {
        return;
    }
    let script = "
import probe, { Counter } from 'k6/x/probe';
export default function () {
  const old = new Counter(3);
  try { probe.trap(); } catch (error) { console.log(error.message.split(':')[0]); }
  try { old.next(); } catch (error) { console.log(error.message); }
  console.log(new Counter(4).next());
}
";
    runner(script).run().succeeds().console_is(&[
        "extension probe trapped in trap",
        "extension probe: the object belongs to an instance that has ended, or was given away",
        "4",
    ]);
}

#[test]
fn wrong_arguments_are_type_errors_that_name_function_and_argument() {
    if is_k6() {
        return;
    }
    let script = r#"
import probe, { Counter } from 'k6/x/probe';
const cyclic = {}; cyclic.id = 1; cyclic.name = cyclic;
const calls = [
  () => probe.add(1), () => probe.add(1, 2, 3), () => probe.add('1', 2), () => probe.add(1.5, 2),
  () => probe.add(2147483648, 0), () => probe.add(undefined, 0), () => probe.echoU8(-1),
  () => probe.echoU64(-1), () => probe.echoU64(2 ** 53), () => probe.echoU64(1n << 64n),
  () => probe.echoString(5), () => probe.echoString('\ud800'), () => probe.echoString(() => 1),
  () => probe.echoChar('ab'), () => probe.echoBytes([1]), () => probe.echoColour('blue'),
  () => probe.echoUser(cyclic),
  () => probe.echoUser({ id: 1, name: 'a', addresses: [{ street: 'x', zipCode: 'y' }], rights: {} }),
  () => probe.echoFigure({ tag: 'circle' }), () => probe.echoList([[1], 2]), () => probe.echoTuple(['a']),
  () => Counter.merge({}, {}), () => Counter(1), () => Counter.prototype.next.call({}),
  () => probe.echoBytes(new Uint8Array(65 << 20)),
];
export default function () {
  for (const call of calls) {
    try { call(); console.log('accepted', call); } catch (error) { console.log(`${error.name}: ${error.message}`); }
  }
}
"#;
    let output = runner(script).run().succeeds();
    let said = output.console();
    let expected = [
        "probe.add(a, b) takes 2 arguments, got 1",
        "probe.add(a, b) takes 2 arguments, got 3",
        "probe.add: argument 1 (a) must be an integer from -2147483648 to 2147483647, got a string",
        "probe.add: argument 1 (a) must be an integer from -2147483648 to 2147483647, got 1.5",
        "probe.add: argument 1 (a) must be an integer from -2147483648 to 2147483647, got 2147483648",
        "probe.add: argument 1 (a) must be an integer from -2147483648 to 2147483647, got undefined",
        "probe.echoU8: argument 1 (number) must be an integer from 0 to 255, got -1",
        "probe.echoU64: argument 1 (number) must be an integer from 0 to 18446744073709551615, got -1",
        "probe.echoU64: argument 1 (number) must be an integer from 0 to 18446744073709551615, got 9007199254740992",
        "probe.echoU64: argument 1 (number) must be an integer from 0 to 18446744073709551615, got 18446744073709551616",
        "probe.echoString: argument 1 (text) must be a string, got 5",
        "probe.echoString: argument 1 (text) must be well-formed text, got a string with a lone surrogate",
        "probe.echoString: argument 1 (text) must be a string, got a function",
        "probe.echoChar: argument 1 (letter) must be a string of one character, got a string",
        "probe.echoBytes: argument 1 (data) must be a Uint8Array or ArrayBuffer, got an array",
        "probe.echoColour: argument 1 (colour) must be one of \"red\", \"dark-green\", got \"blue\"",
        "probe.echoUser: argument 1 (user.name) must be a string, got an object",
        "probe.echoUser: argument 1 (user.addresses[0].zipCode) must be an integer from 0 to 4294967295, got a string",
        "probe.echoFigure: argument 1 (figure.val) must be a number, got undefined",
        "probe.echoList: argument 1 (numbers[1]) must be an array, got 2",
        "probe.echoTuple: argument 1 (pair) must be an array of 2 elements, got one of 1 elements",
        "probe.Counter.merge: argument 1 (a) must be an object of the extension's class, got an object",
        "must be called with new",
        "probe.Counter.next: this must be an object of its class",
        "probe.echoBytes: argument 1 (data) must be arguments of at most 64 MiB, got more than that",
    ];
    for (said, expected) in said.iter().zip(expected) {
        let new = expected == "must be called with new" && said.contains("new");
        assert!(
            said == &format!("TypeError: {expected}") || new,
            "{said}\n{expected}"
        );
    }
    assert_eq!(said.len(), expected.len(), "{output}");
}

#[test]
fn unknown_extensions_are_explained() {
    if is_k6() {
        return;
    }
    let script = "import x from 'k6/x/prob'; export default function () {}";
    let output = runner(script).run().exits(107);
    output
        .says("unknown module: k6/x/prob (did you mean k6/x/probe?)")
        .says("--ext prob=FILE.wasm");
}

#[test]
fn files_that_are_no_extensions_are_refused_by_name() {
    if is_k6() {
        return;
    }
    let script = "import x from 'k6/x/x'; export default function () {}";
    let refused = |content: &[u8], code: i32| {
        let runner = Runner::new().script(script).file("x.wasm", content);
        runner.args(["--ext", "x=x.wasm"]).run().exits(code)
    };
    refused(b"text", 107).says("extension x: x.wasm is not a valid WebAssembly component");
    refused(b"\0asm\x01\0\0\0", 107).says("x.wasm is a core WebAssembly module");
    refused(b"\0asm\x0d\0\x01\0", 107).says("extension x: x.wasm exports no functions");
    let twice = ["--ext", "probe=probe.wasm"];
    runner(script)
        .args(twice)
        .run()
        .exits(104)
        .says("--ext probe is given twice");
    let missing = Runner::new()
        .script(script)
        .args(["--ext", "x=nowhere.wasm"]);
    missing.run().exits(104).says("cannot read nowhere.wasm");
    let built_in = ["--ext", "kv=probe.wasm"];
    runner(script)
        .args(built_in)
        .run()
        .exits(104)
        .says("kv is built in");
    Runner::new()
        .script(script)
        .args(["--ext", "x"])
        .run()
        .exits(255)
        .says("NAME=FILE");
}

#[test]
fn nothing_is_reachable_without_a_grant_and_the_error_says_which() {
    if is_k6() {
        return;
    }
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let script = format!(
        "import probe from 'k6/x/probe';
const say = (call) => {{ try {{ console.log(call()); }} catch (error) {{ console.log(error.message); }} }};
export default function () {{
  say(() => probe.connect('{address}'));
  say(() => probe.readFile('data/a.txt'));
  say(() => probe.variable('PROBE_SECRET'));
}}"
    );
    let run = |args: &[&str]| {
        let runner = runner(&script).file("data/a.txt", "content");
        let runner = runner.env("PROBE_SECRET", "hush");
        runner.args(args.iter().copied()).run().succeeds().console()
    };
    let refused = run(&[]);
    let hint = format!("probe wants wasi:sockets; allow it with --allow-net probe:{address}");
    let hint = hint.replace("sockets;", &format!("sockets for {address};"));
    assert!(refused[0].contains(&hint), "{refused:?}");
    assert_ne!(refused[1], "content");
    assert_eq!(refused[2], "undefined");
    let net = format!("probe:{address}");
    let granted = [
        "--allow-net",
        &net,
        "--allow-read",
        "data",
        "--allow-env",
        "probe:PROBE_SECRET",
    ];
    assert_eq!(run(&granted), ["undefined", "content", "hush"]);
    let other = [
        "--allow-net",
        "127.0.0.1:1",
        "--allow-env",
        "other:PROBE_SECRET",
    ];
    let refused = run(&other);
    assert!(refused[0].contains(&hint), "{refused:?}");
    assert_eq!(refused[2], "undefined");
}
