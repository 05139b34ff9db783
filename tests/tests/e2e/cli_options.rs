//! Each option of `runner run`, as a flag and as its environment variable.

use runner_tests::{Output, Runner, millis, target};

/// Runs `script` once with the flag and once with the variable, and looks at both.
#[track_caller]
fn both(flag: &[&str], variable: (&str, &str), script: &str, look: impl Fn(&Output)) {
    let base = |runner: Runner| runner.script(script).script_env("HTTP", target().http());
    let by_flag = base(Runner::new().args(flag.iter().copied())).run();
    look(&by_flag.succeeds());
    let by_variable = base(Runner::new().env(variable.0, variable.1)).run();
    look(&by_variable.succeeds());
}

/// The same for a script whose console lines tell.
#[track_caller]
fn shows(flag: &[&str], variable: (&str, &str), script: &str, lines: &[&str]) {
    both(flag, variable, script, |output| {
        assert!(output.console() == lines, "expected {lines:#?}\n{output}");
    });
}

#[test]
fn iterations_and_vus() {
    let script = "export default function () {}";
    both(&["-i", "3"], ("K6_ITERATIONS", "3"), script, |output| {
        assert_eq!(output.summary().number("iterations"), 3.0, "{output}");
    });
    both(&["--vus", "4"], ("K6_VUS", "4"), script, |output| {
        assert_eq!(output.summary().number("iterations"), 4.0, "{output}");
    });
    let output = Runner::new()
        .args(["-u", "2", "--iterations", "5"])
        .script(script)
        .run();
    assert_eq!(output.succeeds().summary().number("iterations"), 5.0);
}

#[test]
fn duration() {
    let script = "import { sleep } from 'k6'; export default function () { sleep(0.1); }";
    both(&["-d", "1s"], ("K6_DURATION", "1s"), script, |output| {
        let iterations = output.summary().number("iterations");
        assert!((5.0..=11.0).contains(&iterations), "{output}");
        assert!(output.took.as_millis() >= 1000, "{output}");
    });
}

#[test]
fn stages() {
    let script = "import { sleep } from 'k6'; export default function () { sleep(0.1); }";
    both(
        &["-s", "0s:2,1s:2"],
        ("K6_STAGES", "0s:2,1s:2"),
        script,
        |output| {
            let iterations = output.summary().number("iterations");
            assert!((10.0..=22.0).contains(&iterations), "{output}");
        },
    );
    let output = Runner::new()
        .args(["-s", "0s:1", "--stage", "500ms:1"])
        .script(script)
        .run();
    assert!(output.succeeds().took.as_millis() >= 500);
}

#[test]
fn environment_of_the_script() {
    let script = "export default function () { \
                  console.log(__ENV.A, __ENV.B === '', __ENV.C, __ENV.HOST_VARIABLE); }";
    let run = |runner: Runner| runner.args(["-e", "A=1=2", "-e", "B", "--env", "C=x y"]);
    run(Runner::new()
        .env("HOST_VARIABLE", "inherited")
        .env("A", "hidden"))
    .script(script)
    .run()
    .succeeds()
    .console_is(&["1=2 true x y inherited"]);
    run(Runner::new().env("HOST_VARIABLE", "inherited"))
        .args(["--include-system-env-vars=false"])
        .script(script)
        .run()
        .succeeds()
        .console_is(&["1=2 true x y undefined"]);
}

#[test]
fn user_agent() {
    let script = "import http from 'k6/http'; export default function () { \
                  console.log(http.get(`${__ENV.HTTP}/user-agent`).json('user-agent')); }";
    shows(
        &["--user-agent", "me/2"],
        ("K6_USER_AGENT", "me/2"),
        script,
        &["me/2"],
    );
}

#[test]
fn max_redirects() {
    let script = "import http from 'k6/http'; export default function () { \
                  const r = http.get(`${__ENV.HTTP}/redirect/3`); \
                  console.log(r.status, r.headers.Location); }";
    let lines = ["302 /relative-redirect/1"];
    shows(
        &["--max-redirects", "2"],
        ("K6_MAX_REDIRECTS", "2"),
        script,
        &["302 /get"],
    );
    shows(
        &["--max-redirects=1"],
        ("K6_MAX_REDIRECTS", "1"),
        script,
        &lines,
    );
}

#[test]
fn insecure_skip_tls_verify() {
    let script = "import http from 'k6/http'; export default function () { \
                  const r = http.get(`${__ENV.HTTPS}/get`); console.log(r.status, r.error_code); }";
    for (flag, variable, line) in [
        (&["--insecure-skip-tls-verify"][..], None, "200 0"),
        (&[], Some("true"), "200 0"),
        (&[], None, "0 1310"),
        (
            &["--insecure-skip-tls-verify=false"],
            Some("true"),
            "0 1310",
        ),
    ] {
        let mut runner = Runner::new().args(flag.iter().copied());
        if let Some(value) = variable {
            runner = runner.env("K6_INSECURE_SKIP_TLS_VERIFY", value);
        }
        runner
            .script(script)
            .script_env("HTTPS", target().https())
            .run()
            .succeeds()
            .console_is(&[line]);
    }
}

#[test]
fn connection_reuse() {
    let script = "import http from 'k6/http'; export const options = { vus: 1, iterations: 2 }; \
        export default function () { \
        const news = [0, 1].map(() => http.get(`${__ENV.HTTP}/get`).timings.connecting > 0); \
        console.log(news.join()); }";
    let every = ["true,true", "true,true"];
    shows(
        &["--no-connection-reuse"],
        ("K6_NO_CONNECTION_REUSE", "true"),
        script,
        &every,
    );
    let first = ["true,false", "true,false"];
    shows(
        &["--no-vu-connection-reuse"],
        ("K6_NO_VU_CONNECTION_REUSE", "true"),
        script,
        &first,
    );
    shows(&[], ("NOTHING", ""), script, &["true,false", "false,false"]);
}

#[test]
fn discard_response_bodies() {
    let script = "import http from 'k6/http'; export default function () { \
        console.log(http.get(`${__ENV.HTTP}/get`).body === null, \
        http.get(`${__ENV.HTTP}/get`, { responseType: 'text' }).body === null); }";
    let lines = ["true false"];
    let variable = ("K6_DISCARD_RESPONSE_BODIES", "true");
    shows(&["--discard-response-bodies"], variable, script, &lines);
}

#[test]
fn http_debug() {
    let script = "import http from 'k6/http'; export default function () { \
                  http.post(`${__ENV.HTTP}/anything/debugged`, 'the body'); }";
    let looks = |full: bool| {
        move |output: &Output| {
            let logs = output.logs();
            let text: String = logs
                .iter()
                .filter(|log| log.source() == Some("http-debug"))
                .map(|log| log.message.as_str())
                .collect();
            assert!(
                text.contains("POST /anything/debugged HTTP/1.1"),
                "{output}"
            );
            assert!(text.contains("HTTP/1.1 200 OK"), "{output}");
            assert_eq!(text.contains("the body"), full, "{output}");
        }
    };
    both(
        &["--http-debug"],
        ("K6_HTTP_DEBUG", "headers"),
        script,
        looks(false),
    );
    both(
        &["--http-debug=full"],
        ("K6_HTTP_DEBUG", "full"),
        script,
        looks(true),
    );
}

#[test]
fn tags() {
    let script = "export const options = { thresholds: { \
        'iterations{kind:smoke}': ['count==1'], 'iterations{team:a b}': ['count==1'] } }; \
        export default function () {}";
    let flags = ["--tag", "kind=smoke", "--tag", "team=a b"];
    both(&flags, ("K6_TAGS", "kind:smoke,team:a b"), script, |_| {});
    let other = Runner::new()
        .args(["--tag", "kind=load"])
        .script(script)
        .run();
    other.exits(99);
}

#[test]
fn min_iteration_duration() {
    let script = "export const options = { vus: 1, iterations: 2 }; export default function () {}";
    let variable = ("K6_MIN_ITERATION_DURATION", "300ms");
    both(
        &["--min-iteration-duration", "300ms"],
        variable,
        script,
        |output| {
            assert!(output.took.as_millis() >= 300, "{output}");
            // The wait is no part of the iteration.
            let max = millis(output.summary().stat("iteration_duration", "max"));
            assert!(max < 200.0, "{output}");
        },
    );
}

#[test]
fn no_setup_and_no_teardown() {
    let script = "export function setup() { console.log('setup'); return 1; } \
        export default function (data) { console.log('default', data); } \
        export function teardown() { console.log('teardown'); }";
    let lines = ["default undefined", "teardown"];
    shows(&["--no-setup"], ("K6_NO_SETUP", "true"), script, &lines);
    shows(
        &["--no-teardown"],
        ("K6_NO_TEARDOWN", "true"),
        script,
        &["setup", "default 1"],
    );
    let all = ["setup", "default 1", "teardown"];
    shows(
        &["--no-setup=false"],
        ("K6_NO_TEARDOWN", "false"),
        script,
        &all,
    );
}

#[test]
fn summary_trend_stats_and_time_unit() {
    let script = "import { Trend } from 'k6/metrics'; const t = new Trend('my_time', true); \
                  export default function () { [1000, 2000, 3000].forEach((x) => t.add(x)); }";
    let variable = ("K6_SUMMARY_TREND_STATS", "med,count,p(99.9)");
    both(
        &["--summary-trend-stats", "med,count,p(99.9)"],
        variable,
        script,
        |output| {
            let summary = output.summary();
            let line: Vec<&str> = summary
                .line("my_time")
                .unwrap()
                .split_whitespace()
                .collect();
            assert_eq!(line, ["med=2s", "count=3", "p(99.9)=2.99s"], "{output}");
        },
    );
    let variable = ("K6_SUMMARY_TIME_UNIT", "ms");
    both(&["--summary-time-unit", "ms"], variable, script, |output| {
        assert_eq!(
            output.summary().stat("my_time", "max"),
            "3000.00ms",
            "{output}"
        );
    });
    both(
        &["--summary-time-unit=s"],
        ("K6_SUMMARY_TIME_UNIT", "s"),
        script,
        |output| {
            assert_eq!(output.summary().stat("my_time", "avg"), "2.00s", "{output}");
        },
    );
}

#[test]
fn summary_mode() {
    let script = "import http from 'k6/http'; \
                  export default function () { http.get(`${__ENV.HTTP}/get`); }";
    both(
        &["--summary-mode", "full"],
        ("K6_SUMMARY_MODE", "full"),
        script,
        |output| {
            assert!(
                output.summary().line("http_req_waiting").is_some(),
                "{output}"
            );
        },
    );
    both(
        &["--summary-mode", "compact"],
        ("K6_SUMMARY_MODE", "compact"),
        script,
        |output| {
            assert!(
                output.summary().line("http_req_waiting").is_none(),
                "{output}"
            );
        },
    );
}

#[test]
fn quiet_hides_everything_but_the_summary() {
    let script = "export default function () { console.log('still logged'); }";
    let loud = Runner::new().script(script).run().succeeds();
    loud.prints("execution: local").prints("default ✓");
    let quiet = Runner::new().args(["-q"]).script(script).run().succeeds();
    assert!(!quiet.stdout.contains("execution: local"), "{quiet}");
    assert!(!quiet.stdout.contains("default ✓"), "{quiet}");
    assert_eq!(quiet.summary().number("iterations"), 1.0);
    quiet.console_is(&["still logged"]);
}

#[test]
fn verbose_shows_debug_lines() {
    let script = "export default function () { console.debug('details'); }";
    Runner::new()
        .script(script)
        .run()
        .succeeds()
        .console_is(&[]);
    for flag in ["-v", "--verbose"] {
        let output = Runner::new().args([flag]).script(script).run().succeeds();
        assert!(output.console().contains(&"details".to_owned()), "{output}");
    }
}

#[test]
fn no_colours_without_a_terminal() {
    for args in [&["--no-color"][..], &[]] {
        let script = "export default function () { console.error('x'); }";
        let output = Runner::new()
            .args(args.iter().copied())
            .script(script)
            .run()
            .succeeds();
        assert!(
            !output.stdout.contains('\x1b') && !output.stderr.contains('\x1b'),
            "{output}"
        );
    }
}

#[test]
fn wrong_values_are_named() {
    let script = "export default function () {}";
    for (args, code, text) in [
        (&["--nope"][..], 255, "--nope"),
        (&["-u", "many"], 255, "many"),
        (&["-d", "soon"], 255, "soon"),
        (&["-e", "1A=x"], 255, "1A"),
        (&["--summary-trend-stats", "p(abc)"], 255, "p(abc)"),
        (&["--summary-time-unit", "weeks"], 255, "weeks"),
        (&["-i", "0"], 104, "iterations"),
        (&["-s", "1s"], 104, "target"),
    ] {
        let output = Runner::new()
            .args(args.iter().copied())
            .script(script)
            .run();
        assert!(output.code == code, "{args:?}: {code}\n{output}");
        output.says(text);
    }
    for (name, value) in [
        ("K6_VUS", "many"),
        ("K6_ITERATIONS", "1.5x"),
        ("K6_DURATION", "soon"),
    ] {
        let output = Runner::new().env(name, value).script(script).run();
        assert!(output.code == 104, "{name}\n{output}");
        output.says(value);
    }
}
