//! `runner inspect` on extensions: the module as TypeScript declarations, for every shape that
//! WIT has. That `tsc` accepts them, see `types_command`.

use runner_tests::{Runner, guest, is_k6};

fn inspect(args: &[&str]) -> Runner {
    Runner::command("inspect")
        .named("probe.wasm", guest("tests/guests/ext-probe"))
        .args(args.iter().copied())
}

#[test]
fn every_shape_is_declared() {
    if is_k6() {
        return;
    }
    let printed = inspect(&[]).run().succeeds().stdout;
    for line in [
        "declare module \"k6/x/probe\" {",
        "  export type Colour = \"red\" | \"dark-green\";",
        "  export interface Rights {",
        "    writeAll: boolean;",
        "  export interface RightsInput {",
        "    writeAll?: boolean;",
        "  export type Figure = { tag: \"empty\" } | { tag: \"circle\"; val: number } | { tag: \"named\"; val: string };",
        "    zipCode?: number | undefined;",
        "    id: number | bigint;",
        "    addresses: Address[];",
        "    rights: Rights;",
        "    rights: RightsInput;",
        "  export type Problem = { tag: \"not-found\" } | { tag: \"denied\"; val: string };",
        "  export function add(a: number, b: number): number;",
        "  export function echoBytes(data: ArrayBufferView | ArrayBuffer): Uint8Array;",
        "  export function echoU64(number: number | bigint): number | bigint;",
        "  export function echoList(numbers: number[][]): number[][];",
        "  export function echoTuple(pair: [string, boolean]): [string, boolean];",
        "  export function echoOption(text?: string | undefined): string | undefined;",
        "  /** @throws {Error} with the extension's message */",
        "  export function half(number: number): number;",
        "  /** @throws {Error & { payload: Problem }} */",
        "  export function find(name: string): void;",
        "  export class Counter {",
        "    constructor(start: number);",
        "    next(): number;",
        "    static alive(): number;",
        "    static merge(a: Counter, b: Counter): Counter;",
        "  export default _default;",
    ] {
        let count = printed.lines().filter(|printed| *printed == line).count();
        assert!(count >= 1, "{line}\n{printed}");
    }
}

#[test]
fn declarations_are_written_where_they_are_wanted() {
    if is_k6() {
        return;
    }
    let printed = inspect(&[]).run().succeeds().stdout;
    let output = inspect(&["--types"]).run().succeeds().prints("probe.d.ts");
    // Printed, they stand below some lines about the extension.
    let (about, declared) = printed.split_once("\n\n").unwrap();
    assert!(
        about.lines().all(|line| line.starts_with("// ")),
        "{printed}"
    );
    assert!(about.starts_with("// probe is an extension"), "{printed}");
    assert_eq!(output.file("probe.d.ts").as_deref(), Some(declared));
    let output = inspect(&["--types=other.d.ts"]).run().succeeds();
    assert_eq!(output.file("other.d.ts").as_deref(), Some(declared));
    let output = inspect(&["--types=no/such/folder.d.ts"]).run();
    assert_ne!(output.code, 0, "{output}");
    output.says("no/such/folder.d.ts");
    let script = Runner::command("inspect").script("export default function () {}");
    let output = script.args(["--types"]).run();
    assert_ne!(output.code, 0, "{output}");
    output.says("script.js is a script; --types is for extensions");
}

#[test]
fn files_that_have_no_types_are_refused() {
    if is_k6() {
        return;
    }
    let refused = |content: &[u8], said: &str| {
        let output = Runner::command("inspect").named("x.wasm", content).run();
        assert_ne!(output.code, 0, "{output}");
        output.says(said);
    };
    refused(b"\0asm\x0d\0\x01\0", "exports no functions");
    refused(b"\0asm\x01\0\0\0", "core WebAssembly module");
    refused(b"\0asm", "x.wasm");
}
