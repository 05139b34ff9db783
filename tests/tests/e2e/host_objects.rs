//! Methods of host objects that k6 does not have, away from their objects. (Those that it has are in
//! `scripts/objects`.)

use runner_tests::{Runner, is_k6};

#[test]
fn a_stores_methods_are_bound_to_it() {
    if is_k6() {
        return;
    }
    let source = "import { openKv } from 'k6/x/kv';\n\
        const kv = openKv({ backend: 'memory' }); const { get, set, setIfAbsent, transaction, list } = kv;\n\
        export default async function () {\n\
          await set('a', 1); console.log(await get('a'), await setIfAbsent('a', 2), await setIfAbsent('b', 3));\n\
          await transaction(async ({ get, set, exists }) => { await set('c', (await get('a')) + 1); console.log(await exists('c')); });\n\
          console.log(JSON.stringify((await list()).map(({ key }) => key)), await Object.assign({}, kv).get('c'));\n\
          console.log(Object.keys(kv).includes('get'), (await Promise.all(['a', 'c'].map(get))).join()); }";
    for mode in ["always", "never"] {
        let output = Runner::new().script(source).args(["--fork", mode]).run();
        output.succeeds().console_is(&[
            "1 false true",
            "true",
            "[\"a\",\"b\",\"c\"] 2",
            "true 1,2",
        ]);
    }
}

#[test]
fn a_stores_measured_methods_are_bound_to_it() {
    if is_k6() {
        return;
    }
    let source = "import { openKv } from 'k6/x/kv';\n\
        const { get, set } = openKv({ backend: 'memory', metrics: { operations: true } });\n\
        export const options = { thresholds: { xk6_kv_operations_total: ['count==2'] } };\n\
        export default async function () { await set('a', 1); console.log(await get('a')); }";
    let output = Runner::new().script(source).run().succeeds();
    output.console_is(&["1"]);
}

#[test]
fn a_metric_of_an_image_and_of_a_built_component_is_its_own() {
    if is_k6() {
        return;
    }
    let source = "import { Counter, Trend } from 'k6/metrics';\n\
        const [first, second] = [new Counter('a_first'), new Counter('a_second')]; const { add } = new Trend('a_trend');\n\
        export const options = { vus: 2, iterations: 2, thresholds: {\n\
          a_first: ['count==2'], a_second: ['count==4'], a_trend: ['avg==7'] } };\n\
        export default function () { [1].forEach(first.add); [2].forEach(second.add); add(7); }";
    for mode in ["always", "never"] {
        Runner::new()
            .script(source)
            .args(["--fork", mode])
            .run()
            .succeeds();
        let built = Runner::command("build")
            .named("s.js", source)
            .args(["-o", "t.wasm", "--fork", mode])
            .run()
            .succeeds();
        Runner::new()
            .named("t.wasm", built.bytes("t.wasm"))
            .run()
            .succeeds();
    }
}
