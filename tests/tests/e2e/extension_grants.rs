//! What an extension may reach: nothing without a grant, and what was granted to it and no more,
//! whether WASI or the contract's own interfaces lead there. Every refusal names the remedy.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, UdpSocket};
use std::path::Path;

use runner_tests::{Output, Runner, guest, is_k6, target};

/// A run that makes each of the calls, and prints what they return or throw.
fn runner(calls: &[&str]) -> Runner {
    let script = format!(
        "import reach from 'k6/x/reach';
const calls = [{}];
export default function () {{
  for (const call of calls) {{
    try {{ console.log(JSON.stringify(call()) ?? 'done'); }}
    catch (error) {{ console.log(`${{error.name}}: ${{error.message}}`); }}
  }}
}}",
        calls
            .iter()
            .map(|call| format!("() => reach.{call}"))
            .collect::<Vec<_>>()
            .join(", ")
    );
    Runner::new()
        .script(&script)
        .file("reach.wasm", guest("tests/guests/ext-reach"))
        .file("data/a.txt", "inside")
        .file("secret.txt", "outside")
        .args(["--ext", "reach=reach.wasm"])
        .env("PROBE_SECRET", "hush")
}

fn tries(calls: &[&str], args: &[&str]) -> Vec<String> {
    said(runner(calls).args(args.iter().copied()).run(), calls.len())
}

fn said(output: Output, calls: usize) -> Vec<String> {
    let output = output.succeeds();
    let said = output.console();
    assert_eq!(said.len(), calls, "{output}");
    said
}

#[track_caller]
fn all_say(said: &[String], expected: &[&str]) {
    assert_eq!(said.len(), expected.len(), "{said:#?}");
    for (said, expected) in said.iter().zip(expected) {
        assert!(said.contains(expected), "{said}\n{expected}");
    }
}

/// Sends lines back.
fn tcp() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut line = String::new();
            if BufReader::new(stream.try_clone().unwrap())
                .read_line(&mut line)
                .is_ok()
            {
                let _ = stream.write_all(line.as_bytes());
            }
        }
    });
    address
}

/// Sends datagrams back.
fn udp() -> String {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        let mut buffer = [0; 64];
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            let _ = socket.send_to(&buffer[..length], from);
        }
    });
    address
}

fn network_calls(tcp: &str, udp: &str) -> [String; 2] {
    [format!("tcp('{tcp}')"), format!("udp('{udp}')")]
}

#[test]
fn nothing_is_reached_without_a_grant() {
    if is_k6() {
        return;
    }
    let (tcp, udp) = (tcp(), udp());
    let network = network_calls(&tcp, &udp);
    let calls = [
        &network[0],
        &network[1],
        "lookup('localhost')",
        "listen('127.0.0.1:0')",
        "read('data/a.txt')",
        "write('data/b.txt', 'x')",
        "variable('PROBE_SECRET')",
        "variables()",
        "scriptVariables()",
        "dumpStore('data/dump.jsonl')",
    ];
    let said = tries(&calls, &[]);
    let files =
        "reach wants wasi:filesystem; allow it with --allow-read reach:DIR or --allow-write";
    let socket = "reach wants wasi:sockets";
    all_say(
        &said,
        &[
            socket,
            socket,
            "reach wants wasi:sockets to look up localhost; allow it with --allow-net reach:localhost:PORT",
            socket,
            files,
            files,
            "reach wants wasi:cli/environment; allow it with --allow-env reach:VARIABLE",
            "[]",
            "[]",
            "reach wants to write data/dump.jsonl; allow it with --allow-write reach:DIR",
        ],
    );
    for refused in &said[..2] {
        assert!(
            refused.contains("allow it with --allow-net reach:"),
            "{refused}"
        );
    }
    // A grant to somebody else is none.
    let net = format!("other:{tcp}");
    let others = [
        "--allow-net",
        &net,
        "--allow-read",
        "other:data",
        "--allow-env",
        "other:PROBE_SECRET",
    ];
    let calls = [
        &network[0],
        "read('data/a.txt')",
        "variable('PROBE_SECRET')",
    ];
    all_say(
        &tries(&calls, &others),
        &[socket, files, "wasi:cli/environment"],
    );
}

#[test]
fn each_grant_opens_what_it_names() {
    if is_k6() {
        return;
    }
    let (tcp, udp) = (tcp(), udp());
    let network = network_calls(&tcp, &udp);
    let elsewhere = "tcp('127.0.0.1:1')";
    let calls = [
        &network[0],
        &network[1],
        elsewhere,
        "read('data/a.txt')",
        "write('out/b.txt', 'x')",
        "read('out/b.txt')",
        "names('out')",
        "remove('out/b.txt')",
        "variable('PROBE_SECRET')",
        "variables()",
        "variable('HOME')",
        "dumpStore('out/dump.jsonl')",
    ];
    let expected = [
        "\"ping\"",
        "\"ping\"",
        "reach wants wasi:sockets for 127.0.0.1:1; allow it with --allow-net reach:127.0.0.1:1",
        "\"inside\"",
        "done",
        "\"x\"",
        "[\"b.txt\"]",
        "done",
        "\"hush\"",
        "[\"PROBE_SECRET\"]",
        "not found",
        "done",
    ];
    let run = |runner: Runner| said(runner.file("out/.keep", "").run(), calls.len());
    for scope in ["", "reach:"] {
        let args = [
            "--allow-net".to_owned(),
            format!("{scope}{tcp}"),
            "--allow-net".to_owned(),
            format!("{scope}{udp}"),
            "--allow-read".to_owned(),
            format!("{scope}data"),
            "--allow-write".to_owned(),
            format!("{scope}out"),
            "--allow-env".to_owned(),
            format!("{scope}PROBE_SECRET"),
        ];
        let mut said = run(runner(&calls).args(args));
        said[6] = said[6].replace("\".keep\",", "");
        all_say(&said, &expected);
    }
    let toml = format!(
        "[extensions.reach]\nallow-net = [\"{tcp}\", \"{udp}\"]\nallow-read = [\"./data\"]\n\
         allow-write = [\"out\"]\nallow-env = [\"PROBE_SECRET\"]\n"
    );
    let mut said = run(runner(&calls).file("runner.toml", toml));
    said[6] = said[6].replace("\".keep\",", "");
    all_say(&said, &expected);
}

#[test]
fn a_granted_folder_has_no_way_out() {
    if is_k6() {
        return;
    }
    let calls = [
        "read('data/../secret.txt')",
        "read('secret.txt')",
        "read('data/link.txt')",
        "read('data/folder/secret.txt')",
        "read('/etc/passwd')",
        "write('data/a.txt', 'x')",
        "write('data/new.txt', 'x')",
        "remove('data/a.txt')",
        "dumpStore('data/dump.jsonl')",
        "read('data/a.txt')",
    ];
    let runner = runner(&calls).args(["--allow-read", "data"]);
    let link = |to: &Path, name: &str| {
        std::os::unix::fs::symlink(to, runner.folder().join(name)).unwrap();
    };
    link(&runner.folder().join("secret.txt"), "data/link.txt");
    link(runner.folder(), "data/folder");
    let said = said(runner.run(), calls.len());
    for refused in &said[..9] {
        assert!(refused.starts_with("Error: "), "{said:#?}");
    }
    let more = "reach may read data; allow more with --allow-read reach:DIR or --allow-write";
    for place in 0..8 {
        assert!(said[place].contains(more), "{said:#?}");
    }
    assert_eq!(said[9], "\"inside\"");
}

#[test]
fn names_are_looked_up_where_they_were_granted_by_name() {
    if is_k6() {
        return;
    }
    let address = tcp();
    let port = address.rsplit(':').next().unwrap();
    let by_name = format!("tcp('localhost:{port}')");
    let by_address = format!("tcp('{address}')");
    let calls = [
        &by_name,
        &by_address,
        "lookup('localhost')",
        "lookup('runner.invalid')",
    ];
    let name = format!("localhost:{port}");
    let granted = tries(&calls, &["--allow-net", &name]);
    assert_eq!(granted[..2], ["\"ping\"", "\"ping\""]);
    assert!(granted[2].contains("127.0.0.1"), "{granted:?}");
    assert!(granted[3].contains("look up runner.invalid"), "{granted:?}");
    let granted = tries(&calls, &["--allow-net", &address]);
    assert!(granted[0].contains("look up localhost"), "{granted:?}");
    assert_eq!(granted[1], "\"ping\"");
    let any = format!("*:{port}");
    assert_eq!(
        tries(&calls, &["--allow-net", &any])[..2],
        ["\"ping\"", "\"ping\""]
    );
}

#[test]
fn requests_of_its_own_need_a_grant_too() {
    if is_k6() {
        return;
    }
    let base = target().http();
    let host = target().host();
    let get = format!("http('{base}/status/204')");
    let redirected = format!("http('{base}/redirect/1')");
    let calls = [&*get, &*redirected];
    let hint = format!(
        "reach wants to send HTTP requests to {host}; allow it with --allow-net reach:{host}"
    );
    all_say(&tries(&calls, &[]), &[&hint, &hint]);
    // Redirects lead wherever the server says, so they are not followed.
    all_say(&tries(&calls, &["--allow-net", &host]), &["204", "302"]);
    all_say(&tries(&calls, &["--allow-net", "*:*"]), &["204", "200"]);
}

#[test]
fn variables_of_the_script_are_granted_by_name() {
    if is_k6() {
        return;
    }
    let calls = [
        "scriptVariables()",
        "variable('TOKEN')",
        "variable('OTHER')",
    ];
    let args = ["-e", "TOKEN=abc", "-e", "OTHER=x", "--allow-env", "TOKEN"];
    let said = tries(&calls, &args);
    assert_eq!(said[..2], ["[\"TOKEN=abc\"]", "\"abc\""]);
    assert!(said[2].contains("not found"), "{said:?}");
}

#[test]
fn clocks_are_coarse_unless_granted() {
    if is_k6() {
        return;
    }
    let calls = ["fineClocks()"];
    let all = r#"["monotonic","wall","tasks","execution"]"#;
    assert_eq!(tries(&calls, &[]), ["[]"]);
    assert_eq!(tries(&calls, &["--allow-hrtime=other"]), ["[]"]);
    assert_eq!(tries(&calls, &["--allow-hrtime=reach"]), [all]);
    assert_eq!(tries(&calls, &["--allow-hrtime"]), [all]);
    let toml = "[extensions.reach]\nallow-hrtime = true\n";
    assert_eq!(
        said(runner(&calls).file("runner.toml", toml).run(), 1),
        [all]
    );
}

#[test]
fn standard_streams_lead_to_the_log_and_nowhere_else() {
    if is_k6() {
        return;
    }
    let calls = ["stdin()", "print('from inside')", "exit()", "stdin()"];
    let output = runner(&calls).stdin("typed").run().succeeds();
    let said = output.console();
    assert_eq!(said[0], "\"\"");
    assert!(
        said[2].contains("extension reach ended itself in exit"),
        "{said:?}"
    );
    assert_eq!(said[3], "\"\"");
    let logs = output.logs();
    let line = logs.iter().find(|log| log.message == "from inside");
    assert_eq!(line.and_then(|log| log.source()), Some("reach"), "{output}");
}

#[test]
fn operations_of_the_script_stay_the_script_s() {
    if is_k6() {
        return;
    }
    let script = format!(
        "import http from 'k6/http';
import reach from 'k6/x/reach';
import {{ sleep }} from 'k6';
export default async function () {{
  const started = http.asyncRequest('GET', '{}/get');
  sleep(0.3);
  console.log(reach.nextTask());
  console.log((await started).status);
}}",
        target().http()
    );
    let runner = Runner::new()
        .script(&script)
        .file("reach.wasm", guest("tests/guests/ext-reach"));
    let output = runner.args(["--ext", "reach=reach.wasm"]).run().succeeds();
    output.console_is(&["undefined", "200"]);
}

#[test]
fn wrong_grants_are_refused_before_the_run() {
    if is_k6() {
        return;
    }
    let refused = |args: &[&str]| runner(&[]).args(args.iter().copied()).run().exits(255);
    refused(&["--allow-net", "localhost"]).says("--allow-net expects HOST:PORT or NAME:HOST:PORT");
    refused(&["--allow-net", "reach:localhost:99999"]).says("HOST:PORT");
    refused(&["--allow-hrtime=a b"]).says("no name for an extension");
    let output = runner(&[]).args(["--allow-read", "reach:nowhere"]).run();
    let output = output.exits(107);
    output.says("extension reach: --allow-read nowhere:");
    let output = runner(&[]).args(["--allow-write", "secret.txt"]).run();
    output.exits(107).says("--allow-write secret.txt: ");
}
