//! What becomes of a VU whose extension ended: objects that the script keeps between iterations, what
//! the error says, and what it does not say.

use runner_tests::{Log, Output, Runner, guest, is_k6};

fn runner(script: &str) -> Runner {
    Runner::new()
        .script(script)
        .file("probe.wasm", guest("tests/guests/ext-probe"))
        .args(["--ext", "probe=probe.wasm"])
}

/// One VU, four iterations: the second does `misdeed`, whichever way it ends, and each uses an object
/// that it got from `kept`.
fn keeping(kept: &str, misdeed: &str) -> Output {
    let script = format!(
        "import probe, {{ Counter }} from 'k6/x/probe';
console.log('init', __VU);
{kept}
export const options = {{ scenarios: {{
  s: {{ executor: 'per-vu-iterations', vus: 1, iterations: 4, maxDuration: '50s' }} }} }};
export default function () {{
  if (__ITER === 1) {{ {misdeed} }}
  console.log(__ITER, counter().next());
}}"
    );
    runner(&script).env("RUNNER_EXT_TIMEOUT", "0.3").run()
}

const IN_INIT: &str = "const made = new Counter(5); const counter = () => made;";
const KEPT_LATER: &str = "let made; const counter = () => made ??= new Counter(5);";

/// What iterations said.
fn iterations(output: &Output) -> Vec<String> {
    let lines = output.console().into_iter();
    lines.filter(|line| !line.starts_with("init")).collect()
}

#[test]
fn a_vu_that_keeps_an_object_of_an_instance_that_ended_is_started_anew() {
    if is_k6() {
        return;
    }
    for kept in [IN_INIT, KEPT_LATER] {
        for misdeed in [
            "probe.trap();",
            "probe.spin();",
            "probe.grow();",
            "probe.recurse(1);",
            "new Counter(-1);",
        ] {
            let output = keeping(kept, misdeed).succeeds();
            // The second iteration failed, and the third begins with an object as new.
            assert_eq!(
                iterations(&output),
                ["0 5", "2 5", "3 6"],
                "{kept} {misdeed}\n{output}"
            );
            output.never_says("belongs to an instance that has ended");
        }
    }
}

#[test]
fn so_is_one_whose_iteration_caught_the_error() {
    if is_k6() {
        return;
    }
    let output = keeping(IN_INIT, "try { probe.trap(); } catch {} return;").succeeds();
    assert_eq!(iterations(&output), ["0 5", "2 5", "3 6"], "{output}");
    // A destructor that traps takes the instance with it, too.
    let output = keeping(IN_INIT, "new probe.Bomb(); return;").succeeds();
    assert_eq!(iterations(&output), ["0 5", "2 5", "3 6"], "{output}");
}

#[test]
fn an_object_that_was_kept_after_the_trap_costs_one_iteration() {
    if is_k6() {
        return;
    }
    // Nobody can tell that it will be used again, before it is.
    let misdeed = "made = new Counter(9); try { probe.trap(); } catch {} return;";
    let kept = "let made; const counter = () => made ??= new Counter(5);";
    let script_first = keeping(kept, &format!("made = undefined; {misdeed}")).succeeds();
    assert_eq!(iterations(&script_first), ["0 5", "3 5"], "{script_first}");
    script_first.says("the object belongs to an instance that has ended");
}

#[test]
fn a_vu_that_keeps_nothing_goes_on() {
    if is_k6() {
        return;
    }
    let kept = "let seen = 0; const counter = () => ({ next: () => new Counter(seen++).next() });";
    for misdeed in ["probe.trap();", "const old = new Counter(1); probe.trap();"] {
        let output = keeping(kept, misdeed).succeeds();
        assert_eq!(
            iterations(&output),
            ["0 0", "2 1", "3 2"],
            "{misdeed}\n{output}"
        );
    }
}

#[test]
fn vus_that_start_from_an_image_recover_too() {
    if is_k6() {
        return;
    }
    let script = "import probe, { Counter } from 'k6/x/probe';
let made;
const large = Array.from({ length: 5000 }, (_, n) => `item ${n}`);
export const options = { scenarios: {
  s: { executor: 'per-vu-iterations', vus: 3, iterations: 3, maxDuration: '50s' } } };
export default function () {
  made ??= new Counter(large.length);
  if (__ITER === 1) probe.trap();
  console.log(__VU, __ITER, made.next());
  probe.recordLatency(1, 'x');
}";
    let output = runner(script).args(["--fork", "always"]).run().succeeds();
    let mut said = output.console();
    said.sort_unstable();
    let expected = [
        "1 0 5000", "1 2 5000", "2 0 5000", "2 2 5000", "3 0 5000", "3 2 5000",
    ];
    assert_eq!(said, expected, "{output}");
}

#[test]
fn numbers_of_a_vu_survive_its_new_start() {
    if is_k6() {
        return;
    }
    let output = keeping(IN_INIT, "probe.trap();").succeeds();
    // Init of VU 0, of the VU, of the VU again, and k6's before the summary.
    let inits: Vec<_> = output
        .console()
        .into_iter()
        .filter(|line| line.starts_with("init"))
        .collect();
    assert_eq!(
        inits.iter().filter(|line| *line == "init 1").count(),
        2,
        "{output}"
    );
    assert_eq!(output.summary().number("iterations"), 4.0);
}

#[test]
fn a_trap_says_the_panic_first_and_the_functions_that_it_came_from() {
    if is_k6() {
        return;
    }
    let script = "import probe from 'k6/x/probe';
export default function () {
  try { probe.trap(); } catch (error) { console.log(error.message); console.log(error.stack); }
  probe.trap();
}";
    let output = runner(script).run().succeeds();
    let console = output.console();
    let message = &console[0];
    assert!(
        message.starts_with("extension probe trapped in trap: panicked at src/lib.rs:")
            && message.ends_with(": on purpose"),
        "{output}"
    );
    let stack: Vec<_> = console[1].lines().map(str::trim).collect();
    let own: Vec<_> = stack
        .iter()
        .take_while(|line| !line.contains("script.js"))
        .collect();
    assert!((1..=4).contains(&own.len()), "{output}");
    assert!(
        own.iter()
            .any(|line| line.contains("probe") && line.contains("trap")),
        "{output}"
    );
    assert!(
        stack.iter().any(|line| line.contains("script.js:3:")),
        "{output}"
    );
    let logs = output.logs();
    let error = logs
        .iter()
        .find(|log| log.source() == Some("stacktrace"))
        .unwrap();
    assert!(error.message.contains("script.js:4:"), "{output}");
    for noise in [
        "wasm backtrace",
        "0x",
        "17h",
        "std::",
        "core::",
        "RUST_BACKTRACE",
    ] {
        assert!(!output.stderr.contains(noise), "{noise}\n{output}");
    }
}

#[test]
fn nobody_is_advised_to_grant_what_only_the_panic_looked_at() {
    if is_k6() {
        return;
    }
    for misdeed in [
        "probe.trap();",
        "probe.grow();",
        "new Counter(-1);",
        "probe.recurse(1);",
    ] {
        let output = keeping("const counter = () => new Counter(1);", misdeed).succeeds();
        output.says("extension probe").never_says("allow it with");
    }
    let script = "import probe from 'k6/x/probe'; export default function () {}";
    // A grant for another, so that the variable of the fixture can be read.
    let output = runner(script)
        .env("PROBE_INIT", "trap")
        .args(["--allow-env", "PROBE_INIT"])
        .run()
        .exits(107);
    output
        .says("trapped in init: panicked at")
        .never_says("allow it with");
    // One that panics because it was refused something is another matter.
    runner(script)
        .env("PROBE_INIT", "read")
        .args(["--allow-env", "PROBE_INIT"])
        .run()
        .exits(107)
        .says("trapped in init: panicked at")
        .says("allow it with --allow-read probe:");
}

#[test]
fn a_hot_loop_of_traps_does_not_fill_the_log() {
    if is_k6() {
        return;
    }
    let script = "import probe from 'k6/x/probe';
export const options = { iterations: 100 };
export default function () { probe.trap(); }";
    let output = runner(script).run().succeeds();
    let logs = output.logs();
    let is_whole = |log: &&Log| !log.message.starts_with('…');
    let of = |source| logs.iter().filter(move |log| log.source() == Some(source));
    let whole = of("stacktrace").filter(is_whole);
    assert_eq!(whole.count(), 1, "{output}");
    // A panic is two lines.
    assert_eq!(of("probe").filter(is_whole).count(), 2, "{output}");
    output.prints("    100  script.js:3  ");
}
