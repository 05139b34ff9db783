//! How `console.*` shows values. Strings and numbers are as in every k6; objects are shown in
//! the form that k6 has since 2.0 (1.x wrote JSON).

use runner_tests::{Runner, is_k6};

/// What one `console.log(expression)` writes.
fn shown(expressions: &[&str]) -> Vec<String> {
    let calls: String = expressions
        .iter()
        .map(|e| format!("console.log({e});\n"))
        .collect();
    let script = format!("export default function () {{\n{calls}}}");
    Runner::new().script(&script).run().succeeds().console()
}

#[track_caller]
fn check(table: &[(&str, &str)]) {
    let (expressions, expected): (Vec<&str>, Vec<&str>) = table.iter().copied().unzip();
    let lines = shown(&expressions);
    let differ: Vec<String> = expressions
        .iter()
        .zip(&expected)
        .zip(
            lines
                .iter()
                .map(String::as_str)
                .chain(std::iter::repeat("nothing")),
        )
        .filter(|((_, expected), got)| *expected != got)
        .map(|((call, expected), got)| format!("{call}: {got:?} instead of {expected:?}"))
        .collect();
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

#[test]
fn scalars() {
    check(&[
        ("'text'", "text"),
        ("'a', 'b', 1", "a b 1"),
        ("'', 'x'", " x"),
        ("", ""),
        ("1.5", "1.5"),
        ("1e21, 1e-7, 100", "1e+21 1e-7 100"),
        ("NaN, Infinity, -Infinity", "NaN Infinity -Infinity"),
        ("true, false", "true false"),
        ("null, undefined", "null undefined"),
        ("10n", "10"),
        ("'percent %s %d', 1", "percent %s %d 1"),
        ("'ünï 😀'", "ünï 😀"),
        (
            "'line\\nbreak\\ttab \"quote\" back\\\\slash'",
            "line\nbreak\ttab \"quote\" back\\slash",
        ),
    ]);
}

#[test]
fn objects() {
    if is_k6() {
        return;
    }
    check(&[
        ("{ a: 1 }", "{ a: 1 }"),
        ("{ a: [1, 'x'] }", "{ a: [ 1, \"x\" ] }"),
        ("{ a: 1, b: 'x', c: true }", "{ a: 1, b: \"x\", c: true }"),
        ("{ f() {} }", "{ f: [object Function] }"),
        ("{ a: { b: { c: 1 } } }", "{ a: { b: { c: 1 } } }"),
        ("[1, 2, 3]", "[ 1, 2, 3 ]"),
        ("['x', \"y\"]", "[ \"x\", \"y\" ]"),
        ("[undefined, null]", "[ null, null ]"),
        ("new Uint8Array([1, 2])", "Uint8Array(2) [ 1, 2 ]"),
        (
            "new Uint8Array([0, 1]).buffer",
            "ArrayBuffer { [Uint8Contents]: <00 01>, byteLength: 2 }",
        ),
        ("new Error('boo')", "Error: boo"),
        ("new TypeError('t')", "TypeError: t"),
        ("[new Date(0)]", "[ \"1970-01-01T00:00:00.000Z\" ]"),
        (
            "(() => { const o = { n: 1 }; o.me = o; return o; })()",
            "{ n: 1, me: [Circular] }",
        ),
        ("'label', { a: 1 }, [2]", "label { a: 1 } [ 2 ]"),
    ]);
}

#[test]
fn levels() {
    let script = "export default function () { console.debug('d'); console.log('l'); \
                  console.info('i'); console.warn('w'); console.error('e'); }";
    let output = Runner::new().args(["-v"]).script(script).run().succeeds();
    let own = output
        .logs()
        .into_iter()
        .filter(|log| log.source() == Some("console"));
    let lines: Vec<(String, String)> = own.map(|log| (log.level, log.message)).collect();
    let expected = [
        ("debug", "d"),
        ("info", "l"),
        ("info", "i"),
        ("warning", "w"),
        ("error", "e"),
    ];
    let expected = expected.map(|(level, text)| (level.to_owned(), text.to_owned()));
    assert_eq!(lines, expected, "{output}");
}

#[test]
fn lines_are_whole_with_many_vus() {
    let script = "export const options = { vus: 10, iterations: 500 }; \
                  export default function () { console.log('x'.repeat(200)); }";
    let output = Runner::new().script(script).run().succeeds();
    let console = output.console();
    assert_eq!(console.len(), 500);
    assert!(console.iter().all(|line| line.len() == 200), "{output}");
}
