//! `runner archive`, and running, inspecting and building what it and k6 made.

use std::fs;

use runner_tests::{Output, Runner, is_k6};
use serde_json::Value;

/// Made by k6; `tests/archives/README.md` says of what.
const OF_K6: &[u8] = include_bytes!("../../archives/k6-1.1.tar");

const SCRIPT: &str = "import { lib } from './lib/lib.js'; \
    const common = require('./lib/common.cjs'); \
    const text = open('./data/text.txt'); const bytes = open('./data/bytes.bin', 'b'); \
    export const options = { vus: 1, iterations: 2, tags: { of: 'script' } }; \
    export default function () { \
      console.log(lib, common.x, text, bytes.byteLength, __ENV.WHO, __ENV.SYSTEM); }";

fn project(command: &str) -> Runner {
    Runner::command(command)
        .file("lib/lib.js", "export const lib = 'lib';")
        .file("lib/common.cjs", "exports.x = 7;")
        .file("data/text.txt", "opened")
        .file("data/bytes.bin", [0, 1, 254, 255])
        .file("main.js", SCRIPT)
        .main("main.js")
}

fn archived(args: &[&str]) -> (Output, Vec<u8>) {
    let made = project("archive")
        .args(args.iter().copied())
        .run()
        .succeeds();
    let bytes = made.bytes("archive.tar");
    (made, bytes)
}

/// `metadata.json` is the first entry of the tar file, one header before its text.
fn metadata(tar: &[u8]) -> Value {
    let mut values = serde_json::Deserializer::from_slice(&tar[512..]).into_iter();
    values.next().unwrap().unwrap()
}

fn run(tar: &[u8]) -> Runner {
    Runner::new().named("test.tar", tar)
}

#[test]
fn an_archive_runs_alone() {
    let (_, tar) = archived(&["-e", "WHO=packed"]);
    run(&tar)
        .env("SYSTEM", "here")
        .run()
        .succeeds()
        .console_is(&["lib 7 opened 4 packed here"; 2]);
    // What is typed goes before what is packed.
    run(&tar)
        .env("WHO", "system")
        .script_env("WHO", "typed")
        .args(["-i", "1"])
        .run()
        .succeeds()
        .console_is(&["lib 7 opened 4 typed undefined"]);
    Runner::new()
        .main("-")
        .stdin(&tar)
        .run()
        .succeeds()
        .console_is(&["lib 7 opened 4 packed undefined"; 2]);
}

#[test]
fn the_options_of_all_layers_are_packed() {
    let (_, tar) = archived(&["-i", "3", "--tag", "of=flag"]);
    let metadata = metadata(&tar);
    assert_eq!(metadata["type"], "js");
    assert_eq!(metadata["options"]["iterations"], 3);
    assert_eq!(metadata["options"]["vus"], 1);
    assert_eq!(metadata["options"]["tags"]["of"], "flag");
    // Not derived.
    assert_eq!(metadata["options"]["scenarios"], Value::Null);
    assert_eq!(metadata["compatibilityMode"], "extended");
    assert_eq!(run(&tar).run().succeeds().console().len(), 3);
}

#[test]
fn the_environment_is_packed_as_asked() {
    let (_, tar) = archived(&["-e", "WHO=me"]);
    assert_eq!(metadata(&tar)["env"], serde_json::json!({ "WHO": "me" }));
    let (_, tar) = archived(&["-e", "WHO=me", "--exclude-env-vars"]);
    assert_eq!(metadata(&tar)["env"], Value::Null);
    let made = project("archive")
        .args(["--include-system-env-vars"])
        .env("SYSTEM", "here")
        .run()
        .succeeds();
    assert_eq!(
        metadata(&made.bytes("archive.tar"))["env"]["SYSTEM"],
        "here"
    );
}

#[test]
fn archives_go_where_they_are_sent() {
    let made = project("archive")
        .args(["-O", "folder.tar"])
        .run()
        .succeeds();
    assert!(made.file("archive.tar").is_none(), "{made}");
    run(&made.bytes("folder.tar")).run().succeeds();
    let piped = project("archive").args(["-O", "-"]).run().succeeds();
    assert!(piped.stdout.starts_with("metadata.json\0"), "{piped}");
    project("archive")
        .args(["-O", "no/such/folder.tar"])
        .run()
        .exits(255);
}

#[test]
fn an_archive_of_an_archive_is_the_same() {
    let (_, tar) = archived(&["-e", "WHO=first"]);
    let again = Runner::command("archive")
        .named("test.tar", &tar)
        .run()
        .succeeds();
    let again = again.bytes("archive.tar");
    let (first, second) = (metadata(&tar), metadata(&again));
    assert_eq!(first["filename"], second["filename"]);
    assert_eq!(first["env"], second["env"]);
    run(&again)
        .run()
        .succeeds()
        .console_is(&["lib 7 opened 4 first undefined"; 2]);
}

#[test]
fn an_archive_of_k6_runs() {
    let line = "12 EUR 4 north";
    run(OF_K6).run().succeeds().console_is(&[line; 6]);
    run(OF_K6)
        .args([
            "--type",
            "archive",
            "-i",
            "1",
            "-u",
            "1",
            "-e",
            "REGION=south",
        ])
        .run()
        .succeeds()
        .console_is(&["12 EUR 4 south"]);
}

#[test]
fn k6_runs_an_archive_of_ours() {
    // Only where there is a k6.
    let k6 = std::env::var_os("PATH").and_then(|path| {
        std::env::split_paths(&path)
            .map(|folder| folder.join("k6"))
            .find(|file| file.is_file())
    });
    let Some(k6) = k6.filter(|_| !is_k6()) else {
        return;
    };
    let (made, _) = archived(&["-e", "WHO=ours"]);
    let folder = tempfile::tempdir().unwrap();
    let tar = folder.path().join("ours.tar");
    fs::write(&tar, made.bytes("archive.tar")).unwrap();
    let output = std::process::Command::new(k6)
        .args(["run", "-q", "--address", "127.0.0.1:0"])
        .arg(&tar)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    assert_eq!(
        text.matches("lib 7 opened 4 ours undefined").count(),
        2,
        "{text}"
    );
}

#[test]
fn typescript_and_standard_input() {
    let typed = "export default function (): void { const n: number = 5; console.log(n); }";
    let made = Runner::command("archive")
        .named("main.ts", typed)
        .run()
        .succeeds();
    run(&made.bytes("archive.tar"))
        .run()
        .succeeds()
        .console_is(&["5"]);
    // k6 packs such an archive too, and then finds nothing beside the script.
    if is_k6() {
        return;
    }
    let made = Runner::command("archive")
        .file("lib.js", "export const x = 'beside';")
        .main("-")
        .stdin("import { x } from './lib.js'; export default function () { console.log(x); }")
        .run()
        .succeeds();
    let tar = made.bytes("archive.tar");
    assert_eq!(metadata(&tar)["filename"], "file:///-");
    run(&tar).run().succeeds().console_is(&["beside"]);
}

#[test]
fn what_was_not_packed_is_not_found() {
    if is_k6() {
        return;
    }
    let script = "const name = __ENV.ALL ? './b.txt' : './a.txt'; const text = open(name); \
                  export default function () { console.log(text); }";
    let made = Runner::command("archive")
        .file("a.txt", "a")
        .file("b.txt", "b")
        .named("main.js", script)
        .run()
        .succeeds();
    let tar = made.bytes("archive.tar");
    // Not even where the file is there.
    let output = run(&tar)
        .file("b.txt", "b")
        .args(["-e", "ALL=1"])
        .run()
        .exits(107);
    output.says("not in the archive");
}

#[test]
fn archives_are_inspected_and_built() {
    if is_k6() {
        return;
    }
    let (_, tar) = archived(&["-i", "3"]);
    let output = Runner::command("inspect")
        .named("test.tar", &tar)
        .run()
        .succeeds();
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(report["iterations"], 3, "{output}");
    let built = Runner::command("build")
        .named("test.tar", OF_K6)
        .args(["-o", "test.wasm"])
        .run()
        .succeeds();
    let component = built.bytes("test.wasm");
    Runner::new()
        .named("test.wasm", &component)
        .script_env("REGION", "built")
        .args(["-i", "1", "-u", "1"])
        .run()
        .succeeds()
        .console_is(&["12 EUR 4 built"]);
    // A component in an archive.
    let packed = Runner::command("archive")
        .named("test.wasm", &component)
        .args(["-e", "REGION=packed", "-i", "2", "-u", "1"])
        .run()
        .succeeds();
    let tar = packed.bytes("archive.tar");
    assert_eq!(metadata(&tar)["type"], "component");
    run(&tar)
        .run()
        .succeeds()
        .console_is(&["12 EUR 4 packed"; 2]);
}

#[test]
fn a_script_that_cannot_run_is_not_packed() {
    let broken = |script: &str, code| {
        let output = Runner::command("archive").script(script).run().exits(code);
        assert!(output.file("archive.tar").is_none(), "{output}");
        assert!(output.file("archive.tar.tmp").is_none(), "{output}");
        output
    };
    broken("throw new Error('no');", 107).says("no");
    broken("export default function () { let = ; }", 107);
    broken(
        "export const options = { vus: 4, iterations: 2 }; export default function () {}",
        104,
    )
    .says("can't be less than the number of VUs");
    broken(
        "export const options = { duration: 'abc' }; export default function () {}",
        104,
    );
    Runner::command("archive")
        .main("nowhere.js")
        .run()
        .exits(255);
    Runner::command("archive").run().exits(255);
}

#[test]
fn broken_archives_say_what_is_wrong() {
    if is_k6() {
        return;
    }
    let tampered = |from: &str, to: &str| {
        let at = OF_K6
            .windows(from.len())
            .position(|part| part == from.as_bytes())
            .unwrap();
        let mut tar = OF_K6.to_vec();
        tar[at..at + to.len()].copy_from_slice(to.as_bytes());
        tar
    };
    let mut flipped = OF_K6.to_vec();
    flipped[OF_K6.windows(5).position(|part| part == b"data\0").unwrap() + 100] ^= 1;
    for (tar, part) in [
        (OF_K6[..3000].to_vec(), "cut off after 3000 bytes"),
        (flipped, "damaged"),
        (tampered("\"js\"", "\"go\""), "test of the type \"go\""),
        (
            tampered("\"file:///srv", "\"gopher:/srv"),
            "must be a file or https URL",
        ),
        (
            tampered("{\n  \"type\"", "[\n  \"type\""),
            "metadata.json cannot be used",
        ),
    ] {
        run(&tar)
            .run()
            .exits(255)
            .says("cannot read the archive test.tar")
            .says(part);
    }
    run(b"not a tar file")
        .args(["--type", "archive"])
        .run()
        .exits(255)
        .says("it is no tar file");
}

#[test]
fn the_type_can_be_said() {
    Runner::new()
        .script("export default function () {}")
        .args(["-t", "js"])
        .run()
        .succeeds();
    if is_k6() {
        return;
    }
    run(OF_K6)
        .args(["--type", "js"])
        .run()
        .exits(255)
        .says("not UTF-8");
    Runner::new()
        .script("export default function () {}")
        .env("K6_TYPE", "wasm")
        .run()
        .exits(255)
        .says("script.js is no WebAssembly");
    Runner::new()
        .script("export default function () {}")
        .args(["--type", "exe"])
        .run()
        .exits(255)
        .says("js, wasm or archive");
}
