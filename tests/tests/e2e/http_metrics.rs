//! Samples and tags of requests, looked at through thresholds on submetrics.

use runner_tests::{Output, Runner, bytes, closed_port, target};

/// Runs `body` in one iteration and expects each of `thresholds` to hold.
#[track_caller]
fn holds(thresholds: &[(&str, &str)], body: &str) -> Output {
    let thresholds: String = thresholds
        .iter()
        .map(|(metric, rule)| format!("{metric:?}: [{rule:?}],"))
        .collect();
    let script = format!(
        "import http from 'k6/http'; import {{ check, group, sleep }} from 'k6'; \
         import exec from 'k6/execution'; \
         export const options = {{ thresholds: {{ {thresholds} }} }}; \
         const b = __ENV.HTTP; export default function () {{ {body} }}"
    );
    Runner::new()
        .script(&script)
        .script_env("HTTP", target().http())
        .script_env("HTTPS", target().https())
        .script_env("CLOSED", format!("http://127.0.0.1:{}/", closed_port()))
        .run()
        .succeeds()
}

#[test]
fn system_tags() {
    holds(
        &[
            ("http_reqs{status:200}", "count==1"),
            ("http_reqs{status:404}", "count==1"),
            ("http_reqs{method:POST}", "count==1"),
            ("http_reqs{proto:HTTP/1.1}", "count==2"),
            ("http_reqs{scenario:default}", "count==2"),
            ("http_reqs{expected_response:true}", "count==1"),
            ("http_reqs{expected_response:false}", "count==1"),
            ("http_reqs{error_code:1404}", "count==1"),
            ("http_req_failed{status:404}", "rate==1"),
            ("http_req_failed", "rate==0.5"),
            ("http_req_duration{expected_response:true}", "max>0"),
        ],
        "http.get(`${b}/get`); http.post(`${b}/status/404`);",
    );
}

#[test]
fn names_and_urls() {
    holds(
        &[
            ("http_reqs{name:mine}", "count==1"),
            ("http_reqs{url:mine}", "count==1"),
            ("http_reqs{custom:yes}", "count==1"),
            ("http_reqs{group:::outer::inner}", "count==1"),
        ],
        "http.get(`${b}/get`, { tags: { name: 'mine', custom: 'yes' } }); \
         group('outer', () => group('inner', () => http.get(`${b}/get`)));",
    );
    let script = "import http from 'k6/http'; export const options = { thresholds: { \
          'http_reqs{name:${}/anything/${}}': ['count==2'] } }; \
        export default function () { [1, 2].forEach((id) => \
          http.get(http.url`${__ENV.HTTP}/anything/${id}`)); }";
    Runner::new()
        .script(script)
        .script_env("HTTP", target().http())
        .run()
        .succeeds();
}

#[test]
fn tags_of_the_vu() {
    holds(
        &[
            ("http_reqs{mine:v}", "count==1"),
            ("iterations{mine:v}", "count==1"),
        ],
        "http.get(`${b}/get`); exec.vu.metrics.tags.mine = 'v'; http.get(`${b}/get`);",
    );
}

#[test]
fn every_hop_counts() {
    let output = holds(
        &[
            ("http_reqs", "count==4"),
            ("http_reqs{status:302}", "count==3"),
            ("http_req_failed", "rate==0"),
        ],
        "http.get(`${b}/redirect/3`);",
    );
    assert!(output.summary().number("http_reqs") == 4.0, "{output}");
}

#[test]
fn failures_count_and_say_why() {
    holds(
        &[
            ("http_reqs", "count==1"),
            ("http_req_failed", "rate==1"),
            ("http_reqs{error_code:1212}", "count==1"),
            ("http_reqs{status:0}", "count==1"),
        ],
        "http.get(__ENV.CLOSED);",
    )
    .says("Request Failed");
}

#[test]
fn expected_statuses() {
    holds(
        &[
            ("http_req_failed", "rate==0"),
            ("http_reqs{expected_response:true}", "count==1"),
        ],
        "http.get(`${b}/status/404`, { responseCallback: http.expectedStatuses(404) });",
    );
    holds(
        &[("http_req_failed", "rate==1")],
        "http.setResponseCallback(http.expectedStatuses({ min: 400, max: 499 })); \
         http.get(`${b}/get`);",
    );
    let output = holds(
        &[("http_reqs", "count==1")],
        "http.setResponseCallback(null); http.get(`${b}/status/500`);",
    );
    assert!(
        output.summary().line("http_req_failed").is_none(),
        "{output}"
    );
}

#[test]
fn bytes_on_the_wire() {
    let output = holds(
        &[
            ("data_received", "count>100000"),
            ("data_sent", "count>50000"),
        ],
        "http.get(`${b}/bytes/100000`); http.post(`${b}/anything`, 'x'.repeat(50000), \
           { responseType: 'none' });",
    );
    let sent = bytes(output.summary().line("data_sent").unwrap());
    assert!((50_000.0..52_000.0).contains(&sent), "{output}");
}

#[test]
fn tls_and_http2() {
    let script = "import http from 'k6/http'; export const options = { \
          insecureSkipTLSVerify: true, thresholds: { \
          'http_reqs{proto:HTTP/2.0}': ['count==2'], 'http_reqs{tls_version:tls1.3}': ['count==2'], \
          http_req_tls_handshaking: ['max>0'] } }; \
        export default function () { http.get(`${__ENV.HTTPS}/get`); \
          http.post(`${__ENV.HTTPS}/anything`, 'x'.repeat(200000)); }";
    Runner::new()
        .script(script)
        .script_env("HTTPS", target().https())
        .run()
        .succeeds();
}

#[test]
fn digest_takes_two_requests() {
    let script = "import http from 'k6/http'; export const options = { thresholds: { \
          http_reqs: ['count==2'], 'http_reqs{status:401}': ['count==1'], \
          http_req_failed: ['rate==0'] } }; export default function () { \
          const url = `${__ENV.HOST}/digest-auth/auth/u/p`; \
          const r = http.get(`http://u:p@${url}`, { auth: 'digest' }); \
          console.log(r.url === `http://${url}`, r.request.url === `http://u:p@${url}`); }";
    Runner::new()
        .script(script)
        .script_env("HOST", target().host())
        .run()
        .succeeds()
        .console_is(&["true true"]);
}

#[test]
fn credentials_stay_out_of_the_tags() {
    holds(&[("http_reqs", "count==1")], "http.get(`${b}/get`);");
    let script = "import http from 'k6/http'; export const options = { thresholds: { \
          ['http_reqs{name:http://****:****@' + __ENV.HOST + '/get}']: ['count==1'] } }; \
        export default function () { http.get(`http://u:p@${__ENV.HOST}/get`); }";
    Runner::new()
        .script(script)
        .script_env("HOST", target().host())
        .run()
        .succeeds();
}
