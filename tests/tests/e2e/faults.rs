//! Servers and networks that misbehave: k6's error codes, a log line, and the run goes on.

use std::io::Write as _;
use std::net::TcpListener;

use runner_tests::{Output, Runner, closed_port, target};

/// Sends `request` (an expression) and then a good one; what the first one's answer says.
fn answer(request: &str) -> (serde_json::Value, Output) {
    let script = format!(
        "import http from 'k6/http'; const b = __ENV.HTTP; export default function () {{ \
           const r = {request}; const after = http.get(`${{b}}/get`); \
           console.log(JSON.stringify({{ status: r.status, code: r.error_code, error: r.error, \
             body: r.body, after: after.status }})); }}"
    );
    let output = Runner::new()
        .script(&script)
        .script_env("HTTP", target().http())
        .script_env("HTTPS", target().https())
        .script_env("CLOSED", format!("http://127.0.0.1:{}/", closed_port()))
        .run()
        .succeeds();
    (output.report(), output)
}

#[track_caller]
fn fails_with(request: &str, code: u16, message: &str) {
    let (report, output) = answer(request);
    assert_eq!(
        (&report["status"], &report["code"]),
        (&0.into(), &code.into()),
        "{output}"
    );
    assert_eq!(report["after"], 200, "the run goes on\n{output}");
    let error = report["error"].as_str().unwrap();
    assert!(
        !error.is_empty() && error.contains(message),
        "{error}\n{output}"
    );
    assert_eq!(output.summary().number("iterations"), 1.0);
    let warned = |log: &runner_tests::Log| {
        log.level == "warning" && log.message.starts_with("Request Failed")
    };
    assert!(output.logs().iter().any(warned), "{output}");
}

#[test]
fn a_refused_connection() {
    fails_with("http.get(__ENV.CLOSED)", 1212, "dial: connection refused");
}

#[test]
fn an_unknown_host() {
    fails_with(
        "http.get('http://no-such-host.invalid/')",
        1101,
        "lookup: no such host",
    );
}

#[test]
fn a_timeout_before_the_answer() {
    fails_with(
        "http.get(`${b}/delay/10`, { timeout: '200ms' })",
        1050,
        "request timeout",
    );
    fails_with(
        "http.get(`${b}/delay/10`, { timeout: 200 })",
        1050,
        "request timeout",
    );
}

#[test]
fn a_timeout_within_the_body() {
    let request = "http.get(`${b}/drip?duration=20&numbytes=10&delay=0`, { timeout: 300 })";
    fails_with(request, 1050, "request timeout");
}

#[test]
fn a_timeout_over_redirects() {
    let request = "http.get(`${b}/redirect-to?url=/delay/10`, { timeout: 300 })";
    fails_with(request, 1050, "request timeout");
}

#[test]
fn a_body_that_never_ends() {
    let request = "http.get(`${b}/fault/endless`, { timeout: '500ms', responseType: 'none' })";
    fails_with(request, 1050, "request timeout");
}

#[test]
fn a_reset() {
    fails_with(
        "http.get(`${b}/fault/reset`)",
        1220,
        "connection reset by peer",
    );
    fails_with(
        "http.get(`${b}/fault/reset-early`)",
        1220,
        "connection reset by peer",
    );
}

#[test]
fn an_answer_that_breaks_off() {
    fails_with("http.get(`${b}/fault/close`)", 1000, "EOF");
    fails_with("http.get(`${b}/fault/truncated`)", 1000, "unexpected EOF");
}

#[test]
fn what_had_arrived_is_kept() {
    for (request, body) in [
        ("http.get(`${b}/fault/reset`)", "the first half"),
        ("http.get(`${b}/fault/truncated`)", "too short"),
        ("http.get(`${b}/fault/bad-chunk`)", "hello"),
        (
            "http.get(`${b}/drip?duration=50&numbytes=2&delay=0`, { timeout: 500 })",
            "*",
        ),
    ] {
        let (report, output) = answer(request);
        assert!(report["body"] == body, "{request}\n{output}");
    }
}

#[test]
fn an_answer_that_is_no_http() {
    for fault in ["bad-chunk", "bad-status-line", "bad-header", "bad-length"] {
        fails_with(&format!("http.get(`${{b}}/fault/{fault}`)"), 1000, "");
    }
}

#[test]
fn an_encoding_that_lies() {
    fails_with("http.get(`${b}/fault/bad-gzip`)", 1701, "decompress");
}

#[test]
fn a_certificate_that_nobody_knows() {
    fails_with(
        "http.get(`${__ENV.HTTPS}/get`)",
        1310,
        "x509: unknown authority",
    );
}

#[test]
fn tls_to_a_port_without_it() {
    fails_with("http.get(b.replace('http:', 'https:'))", 1301, "");
}

#[test]
fn a_server_that_accepts_and_says_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    fails_with(
        &format!("http.get('{url}', {{ timeout: 300 }})"),
        1050,
        "request timeout",
    );
}

#[test]
fn a_kept_connection_that_the_server_has_closed() {
    // Answers once per connection and closes it, without saying so beforehand.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = [0; 4096];
            let _ = std::io::Read::read(&mut stream, &mut request);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        }
    });
    let script = format!(
        "import http from 'k6/http'; import {{ sleep }} from 'k6'; \
         export default function () {{ const codes = []; for (let i = 0; i < 5; i++) {{ \
           codes.push(http.get('{url}').status); sleep(0.05); }} console.log(codes.join()); }}"
    );
    Runner::new()
        .script(&script)
        .run()
        .succeeds()
        .console_is(&["200,200,200,200,200"]);
}

#[test]
fn throwing_in_place_of_an_answer() {
    let script = "import http from 'k6/http'; export default function () { \
        try { http.get(__ENV.CLOSED, { throw: true }); } catch (e) { console.log('thrown'); } }";
    let closed = format!("http://127.0.0.1:{}/", closed_port());
    let output = Runner::new()
        .script(script)
        .script_env("CLOSED", closed)
        .run()
        .succeeds();
    output.console_is(&["thrown"]);
}

#[test]
fn many_failures_from_many_vus() {
    let script = "import http from 'k6/http'; export const options = { vus: 10, iterations: 200, \
          thresholds: { http_req_failed: ['rate>0.3'] } }; \
        const faults = ['reset', 'close', 'truncated', 'bad-chunk', 'bad-gzip']; \
        export default function () { \
          http.get(`${__ENV.HTTP}/fault/${faults[__ITER % 5]}`, { timeout: '5s' }); \
          if (http.get(`${__ENV.HTTP}/get`).status !== 200) throw new Error('lost'); }";
    let runner = Runner::new().args(["-q"]).script(script);
    let output = runner.script_env("HTTP", target().http()).run().succeeds();
    assert_eq!(output.summary().number("iterations"), 200.0);
    output.never_says("lost");
}
