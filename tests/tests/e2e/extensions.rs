//! Extensions in JavaScript: what crosses and how it looks, classes, metrics, where files are
//! found, declarations. What goes wrong is in `extension_faults`.

use runner_tests::{Output, Runner, guest, is_k6};

/// A run with the extension of k6's tutorial as `compare` and that of the tests as `probe`.
fn run(script: &str, args: &[&str]) -> Output {
    Runner::new()
        .script(script)
        .file("compare.wasm", guest("plugins/compare"))
        .file("probe.wasm", guest("tests/guests/ext-probe"))
        .args(["--ext", "compare=compare.wasm", "--ext", "probe=probe.wasm"])
        .args(args.iter().copied())
        .run()
}

#[test]
fn constructors_named_imports_and_require() {
    if is_k6() {
        return;
    }
    let script = "
import compare, { Comparator, isGreater } from 'k6/x/compare';
const same = require('k6/x/compare');

export default function () {
  const comparator = new compare.Comparator();
  comparator.isGreater(1, 2);
  comparator.isGreater(3, 2);
  class Own extends Comparator { twice() { return 2 * this.count(); } }
  const own = new Own();
  own.isGreater(1, 2);
  console.log(JSON.stringify([
    comparator instanceof Comparator, comparator.count(), isGreater(1, 2), same === compare,
    own.twice(), own instanceof Own && own instanceof Comparator, isGreater.name, Comparator.name,
  ]));
}
";
    let expected = r#"[true,2,false,true,2,true,"isGreater","Comparator"]"#;
    run(script, &[]).succeeds().console_is(&[expected]);
}

#[test]
fn the_tutorials_comparator_knows_the_state_and_has_a_metric() {
    if is_k6() {
        return;
    }
    let script = "
import { Comparator } from 'k6/x/compare';
const early = new Comparator().isGreater(2, 1);
export const options = { iterations: 3, thresholds: {
  compare_comparisons: ['count==6'], 'compare_comparisons{greater:true}': ['count==3'] } };

export default function () {
  const comparator = new Comparator();
  const state = comparator.getInternalState();
  console.log(early, comparator.isGreater(2, 1), comparator.isGreater(1, 2), state.iteration, state.vuID === __VU);
}
";
    let output = run(script, &[])
        .succeeds()
        .prints("✓ 'count==6'")
        .prints("✓ 'count==3'");
    output.console_is(&[
        "true true false 0 true",
        "true true false 1 true",
        "true true false 2 true",
    ]);
}

#[test]
fn every_type_crosses_both_ways() {
    if is_k6() {
        return;
    }
    let script = "
import probe from 'k6/x/probe';
const show = (value) => console.log(JSON.stringify(value, (_, v) => typeof v === 'bigint' ? `${v}n` : v));

export default function () {
  show([probe.add(2, 40), probe.add(-1, -2147483648), probe.echoU8(255), probe.echoF64(0.1)]);
  show([probe.echoU64(9007199254740991), probe.echoU64(18446744073709551615n), probe.echoU64(5n)]);
  show([probe.echoS64(-9223372036854775808n), probe.echoS64(-1)]);
  show([probe.echoString('häß ' + String.fromCodePoint(0x1f600)), probe.echoString(''), probe.echoChar('ß')]);
  const bytes = probe.echoBytes(new Uint8Array([0, 1, 255]));
  show([bytes instanceof Uint8Array, Array.from(bytes), probe.echoBytes(new ArrayBuffer(2)).length]);
  const user = { id: 7, name: 'ann', addresses: [{ street: 'a', zipCode: 1 }, { street: 'b' }], rights: { read: true } };
  show(probe.echoUser(user));
  show([probe.echoColour('dark-green'), probe.echoFigure({ tag: 'circle', val: 1.5 }), probe.echoFigure({ tag: 'empty' }), probe.echoFigure('empty')]);
  show([probe.echoList([[1, 2], [], [65535]]), probe.echoTuple(['x', false])]);
  show([probe.echoOption('x'), probe.echoOption() === undefined, probe.echoOption(null) === undefined, probe.nothing() === undefined]);
  show(probe.half(8));
  for (const call of [() => probe.half(7), () => probe.find('secret'), () => probe.find('nowhere')]) {
    try { call(); } catch (error) { show([error instanceof Error, error.message, error.payload]); }
  }
}
";
    run(script, &[]).succeeds().console_is(&[
        "[42,2147483647,255,0.1]",
        r#"[9007199254740991,"18446744073709551615n",5]"#,
        r#"["-9223372036854775808n",-1]"#,
        r#"["häß 😀","","ß"]"#,
        "[true,[0,1,255],2]",
        r#"{"id":7,"name":"ann","addresses":[{"street":"a","zipCode":1},{"street":"b"}],"rights":{"read":true,"writeAll":false}}"#,
        r#"["dark-green",{"tag":"circle","val":1.5},{"tag":"empty"},{"tag":"empty"}]"#,
        r#"[[[1,2],[],[65535]],["x",false]]"#,
        r#"["x",true,true,true]"#,
        "4",
        r#"[true,"7 is odd","7 is odd"]"#,
        r#"[true,"denied: not for you",{"tag":"denied","val":"not for you"}]"#,
        r#"[true,"not-found",{"tag":"not-found"}]"#,
    ]);
}

#[test]
fn objects_are_dropped_with_the_script_s_own() {
    if is_k6() {
        return;
    }
    let script = "
import { Counter } from 'k6/x/probe';

export default function () {
  let counter = new Counter(5);
  const seen = [counter.next(), counter.next(), Counter.alive()];
  counter = undefined;
  seen.push(Counter.alive());
  const a = new Counter(1), b = new Counter(10);
  const c = Counter.merge(a, b);
  seen.push(c.next(), b.next(), Counter.alive());
  try { a.next(); } catch (error) { seen.push(error instanceof TypeError); }
  console.log(JSON.stringify(seen));
}
";
    let line = "[5,6,1,0,11,10,2,true]";
    run(script, &["-i", "2"])
        .succeeds()
        .console_is(&[line, line]);
}

#[test]
fn an_extension_has_metrics_of_its_own_with_thresholds() {
    if is_k6() {
        return;
    }
    let script = "
import { recordLatency } from 'k6/x/probe';
export const options = { scenarios: { each: { executor: 'per-vu-iterations', vus: 2, iterations: 3 } }, thresholds: {
  probe_latency: ['max==9'], 'probe_latency{kind:odd}': ['max==9', 'min==7'] } };
export default function () {
  recordLatency(__ITER % 2 ? 7 + 2 * (__VU % 2) : 1, __ITER % 2 ? 'odd' : 'even');
}
";
    run(script, &[])
        .succeeds()
        .prints("probe_latency")
        .prints("✓ 'max==9'")
        .prints("✓ 'min==7'");
}

#[test]
fn each_vu_has_an_instance_of_its_own() {
    if is_k6() {
        return;
    }
    let script = "
import { Counter } from 'k6/x/probe';
export const options = { scenarios: { each: { executor: 'per-vu-iterations', vus: 5, iterations: 3 } } };
const counter = __VU ? new Counter(__VU * 100) : undefined;
export default function () {
  if (Counter.alive() !== 1 || counter.next() !== __VU * 100 + __ITER) throw new Error('shared');
}
";
    run(script, &[]).succeeds().never_says("shared");
}

#[test]
fn extensions_are_found_by_runner_toml_and_in_the_folder() {
    if is_k6() {
        return;
    }
    let script = "
import compare from 'k6/x/compare';
import probe from 'k6/x/probe';
export default function () { console.log(compare.isGreater(2, 1), probe.add(1, 1)); }
";
    let runner = || {
        Runner::new()
            .script(script)
            .file("extensions/probe.wasm", guest("tests/guests/ext-probe"))
            .file("lib/c.wasm", guest("plugins/compare"))
    };
    let toml = "[extensions]\ncompare = \"lib/c.wasm\"\n";
    let output = runner().file("runner.toml", toml).run().succeeds();
    output.console_is(&["true 2"]);
    let digest = "0".repeat(64);
    let toml = format!("[extensions.compare]\npath = \"lib/c.wasm\"\nsha256 = \"{digest}\"\n");
    let output = runner().file("runner.toml", toml).run();
    output.exits(107).says("but runner.toml expects");
    let output = runner().file("runner.toml", "[extension]\n").run();
    output.exits(104).says("runner.toml");
}

#[test]
fn inspect_prints_and_writes_declarations() {
    if is_k6() {
        return;
    }
    let inspect = |args: &[&str]| {
        Runner::command("inspect")
            .named("compare.wasm", guest("plugins/compare"))
            .args(args.iter().copied())
            .run()
            .succeeds()
    };
    let printed = inspect(&[]).stdout;
    let (about, declared) = printed.split_once("\n\n").unwrap();
    for line in [
        "// compare is an extension, which scripts import as k6/x/compare.",
        "// imports runner:execution/execution@0.1.0",
        "// may want to reach variables: --allow-env compare:NAME",
    ] {
        assert!(about.lines().any(|one| one == line), "{line}\n{printed}");
    }
    assert!(
        declared.starts_with("declare module \"k6/x/compare\" {\n"),
        "{printed}"
    );
    assert!(
        declared.contains("activeVUs: number | bigint;"),
        "{printed}"
    );
    let output = inspect(&["--types"]);
    assert_eq!(output.file("compare.d.ts").as_deref(), Some(declared));
}

#[test]
fn bytes_cross_in_every_company() {
    if is_k6() {
        return;
    }
    let script = "
import probe from 'k6/x/probe';
export default function () {
  const large = new Uint8Array(300000).map((_, index) => index % 251);
  const back = probe.echoBytes(large);
  console.log(back instanceof Uint8Array, back.length, back.every((byte, index) => byte === index % 251));
  console.log(probe.echoBytes(new Uint8Array(0)).length, probe.echoBytes(new Uint8Array([7]).buffer)[0]);
  console.log(probe.echoString('ü'.repeat(100000)).length);
}
";
    run(script, &[])
        .succeeds()
        .console_is(&["true 300000 true", "0 7", "100000"]);
}

/// VUs start from an image of the initialised script, and each has an instance whose init has run.
#[test]
fn an_extension_with_an_init_goes_with_an_image() {
    if is_k6() {
        return;
    }
    let options = "export const options = { scenarios: { each: \
                   { executor: 'per-vu-iterations', vus: 4, iterations: 2 } } };";
    let image = "VUs start from an image of the initialised script";
    let script = format!(
        "import {{ recordLatency, Counter }} from 'k6/x/probe'; {options}
         export default function () {{
           recordLatency(7, 'odd');
           const counter = new Counter(__VU);
           console.log(counter.next() - __VU + Counter.alive());
         }}"
    );
    let output = run(&script, &["-v", "--fork", "always"])
        .succeeds()
        .says(image)
        .prints("probe_latency");
    assert_eq!(output.console(), ["1"; 8], "{output}");
    // A call in init code leaves something in the instance, which no image holds.
    let script = format!(
        "import {{ Counter }} from 'k6/x/probe'; {options} const counter = new Counter(5);
         export default function () {{ console.log(counter.next() - __ITER); }}"
    );
    let output = run(&script, &["-v", "--fork", "always"])
        .succeeds()
        .never_says(image)
        .says("its init code uses an extension");
    assert_eq!(output.console(), ["5"; 8], "{output}");
}
