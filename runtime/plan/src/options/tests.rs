//! Options out of JSON and back: what is accepted, what the messages say.

use super::*;

const SOURCE: &str = "the options of script.js";

fn read(text: &str) -> Options {
    Options::from_json(text, SOURCE).unwrap().0
}

#[test]
fn what_is_lenient() {
    assert_eq!(read("null"), Options::default());
    assert_eq!(read(""), Options::default());
    assert_eq!(
        read(r#"{"vus":null,"duration":null,"tags":null,"dns":null}"#),
        Options::default()
    );
    assert_eq!(read(r#"{"vus":"3"}"#).vus, Some(3));
    assert_eq!(read(r#"{"VUS":1e3}"#).vus, Some(1000));
    assert_eq!(
        read(r#"{"setupTimeout":"10"}"#)
            .setup_timeout
            .unwrap()
            .to_string(),
        "10ms"
    );
    assert_eq!(
        read(r#"{"stages":[{"duration":1,"target":1,"foo":1}]}"#)
            .stages
            .unwrap()
            .len(),
        1
    );
    assert_eq!(read(r#"{"tags":{"a":null}}"#).tags.unwrap()["a"], "");
    assert_eq!(
        read(r#"{"tlsVersion":"tls1.2"}"#)
            .tls_version
            .unwrap()
            .to_json()["max"],
        "tls1.2"
    );
}

#[test]
fn unknown_fields_are_a_warning() {
    let (options, warnings) =
        Options::from_json(r#"{"vus":1,"foo":1,"bar":2,"features":[]}"#, SOURCE).unwrap();
    assert_eq!(options.vus, Some(1));
    let message = "There were unknown fields in the options exported in the script";
    assert_eq!(warnings[0].message(), message);
    let detail = r#"unknown fields "foo", "bar", "features""#;
    assert_eq!(warnings[0].detail().as_deref(), Some(detail));
}

#[test]
fn errors_name_the_key() {
    let cases = [
        r#"{"vus":"a"}"#,
        r#"{"vus":1.5}"#,
        r#"{"vus":true}"#,
        r#"{"vus":99999999999999999999}"#,
        r#"{"duration":"xx"}"#,
        r#"{"duration":true}"#,
        r#"{"stages":{}}"#,
        r#"{"stages":[{"duration":"x"}]}"#,
        r#"{"stages":[5]}"#,
        r#"{"scenarios":[]}"#,
        r#"{"scenarios":{"a":5}}"#,
        r#"{"scenarios":{"a":{}}}"#,
        r#"{"scenarios":{"a":{"executor":"internally-controlled"}}}"#,
        r#"{"scenarios":{"a":{"executor":"constant-vus","foo":1}}}"#,
        r#"{"scenarios":{"a":{"executor":"constant-vus","iterations":1}}}"#,
        r#"{"scenarios":{"a":{"executor":"constant-vus","options":{"foo":1}}}}"#,
        r#"{"scenarios":{"a":{"executor":"constant-vus","vus":"x"}}}"#,
        r#"{"scenarios":{"a":{"executor":"constant-vus","env":{"A":1}}}}"#,
        r#"{"throw":"x"}"#,
        r#"{"tags":{"a":1}}"#,
        r#"{"thresholds":{"m":"p(95)<1"}}"#,
        r#"{"thresholds":{"m":[5]}}"#,
        r#"{"hosts":{"a":"b"}}"#,
        r#"{"hosts":{"*a*":"1.2.3.4"}}"#,
        r#"{"blacklistIPs":["1.2.3.4"]}"#,
        r#"{"blockHostnames":["a*b"]}"#,
        r#"{"dns":"x"}"#,
        r#"{"dns":{"ttl":"x"}}"#,
        r#"{"tlsVersion":"x"}"#,
        r#"{"tlsCipherSuites":["x"]}"#,
        r#"{"tlsAuth":[{"cert":"secret"}]}"#,
        r#"{"summaryTrendStats":["p(101)"]}"#,
        r#"{"summaryTimeUnit":"x"}"#,
        r#"{"systemTags":"x"}"#,
        r#"{"userAgent":5}"#,
        r#"{"executionSegment":"x"}"#,
        r#"{"ext":5}"#,
        "[]",
        "5",
    ];
    let messages: Vec<_> = cases
        .iter()
        .map(|case| Options::from_json(case, SOURCE).unwrap_err().to_string())
        .collect();
    insta::assert_snapshot!(messages.join("\n"), @r##"
    `vus` in the options of script.js must be a whole number, not "a"
    `vus` in the options of script.js must be a whole number, not 1.5
    `vus` in the options of script.js must be a whole number, not true
    `vus` in the options of script.js must be a whole number, not 1e+20
    `duration` in the options of script.js must be a duration such as "1d12h", "10m" or "1.5s", or a number of milliseconds, not "xx"
    `duration` in the options of script.js must be a duration such as "1d12h", "10m" or "1.5s", or a number of milliseconds, not true
    `stages` in the options of script.js must be an array, not {}
    `stages[0].duration` in the options of script.js must be a duration such as "1d12h", "10m" or "1.5s", or a number of milliseconds, not "x"
    `stages[0]` in the options of script.js must be an object, not 5
    `scenarios` in the options of script.js must be an object, not []
    `scenarios.a` in the options of script.js must be an object, not 5
    scenario 'a' doesn't have a specified executor type
    scenario 'a': unknown executor type 'internally-controlled', use one of shared-iterations, per-vu-iterations, constant-vus, ramping-vus, constant-arrival-rate, ramping-arrival-rate, externally-controlled
    scenario 'a': unknown field "foo" for the constant-vus executor
    scenario 'a': unknown field "iterations" for the constant-vus executor
    scenario 'a': unknown field "options.foo" for the constant-vus executor
    `scenarios.a.vus` in the options of script.js must be a whole number, not "x"
    `scenarios.a.env.A` in the options of script.js must be a string, not 1
    `throw` in the options of script.js must be true or false, not "x"
    `tags.a` in the options of script.js must be a string, not 1
    `thresholds.m` in the options of script.js must be an array, not "p(95)<1"
    `thresholds.m[0]` in the options of script.js must be an expression such as "p(95)<200", or an object with `threshold`, not 5
    `hosts.a` in the options of script.js must be an IP address, with a port where it differs, not "b"
    `hosts` in the options of script.js must be a host name, or * and the end of one, not "*a*"
    `blacklistIPs[0]` in the options of script.js must be an address range such as 10.0.0.0/8 or fd00::/8, not "1.2.3.4"
    `blockHostnames[0]` in the options of script.js must be a host name, or * and the end of one, not "a*b"
    `dns` in the options of script.js must be an object, not "x"
    `dns.ttl` in the options of script.js must be a DNS TTL: inf, 0 or a duration such as 5m, not "x"
    `tlsVersion` in the options of script.js must be one of tls1.0, tls1.1, tls1.2 and tls1.3, not "x"
    `tlsCipherSuites[0]` in the options of script.js must be the IANA name of a cipher suite, not "x"
    `tlsAuth[0].cert` in the options of script.js must be PEM text, not "…"
    `summaryTrendStats[0]` in the options of script.js must be avg, min, med, max, count or p(N) with N from 0 to 100, not "p(101)"
    `summaryTimeUnit` in the options of script.js must be one of s, ms and us, not "x"
    `systemTags` in the options of script.js must be an array, not "x"
    `userAgent` in the options of script.js must be a string, not 5
    `executionSegment` in the options of script.js must be a fraction (1/3), decimal (0.25) or whole percentage (25%) from 0 to 1, not "x"
    `ext` in the options of script.js must be an object, not 5
    the options of script.js must be an object, not []
    the options of script.js must be an object, not 5
    "##);
    let syntax = Options::from_json("{", SOURCE).unwrap_err().to_string();
    assert!(
        syntax.starts_with("the options of script.js cannot be read as JSON: "),
        "{syntax}"
    );
}

/// Every key, in k6's order, so that what is read prints the same.
const EVERYTHING: &str = r#"{"paused":false,"vus":3,"duration":"1.5s","iterations":null,"stages":null,"scenarios":{"s":{"executor":"ramping-arrival-rate","startTime":"10s","gracefulStop":"1m0s","env":{"A":"b"},"exec":"foo","tags":{"x":"y"},"options":{"browser":{"type":"chromium"}},"startRate":1,"timeUnit":"1m0s","stages":[{"duration":"10s","target":50}],"preAllocatedVUs":2,"maxVUs":null}},"executionSegment":"0:1/2","executionSegmentSequence":"0,1/2,1","noSetup":true,"setupTimeout":"1s","noTeardown":true,"teardownTimeout":"10ms","handleSummaryTimeout":"26h0m0s","rps":3,"dns":{"ttl":"1m","select":"first","policy":"any"},"maxRedirects":3,"userAgent":"x","batch":3,"batchPerHost":4,"httpDebug":"full","insecureSkipTLSVerify":true,"tlsCipherSuites":["TLS_RSA_WITH_RC4_128_SHA"],"tlsVersion":{"min":"tls1.1","max":"tls1.3"},"tlsAuth":null,"throw":true,"thresholds":{"http_req_duration":["p(95)<200",{"threshold":"avg<1","abortOnFail":true,"delayAbortEval":"10s"}]},"blacklistIPs":["10.0.0.0/8"],"blockHostnames":["*.foo.com","x"],"hosts":{"*.x.y":"1.2.3.5","a.com":"1.2.3.4","b.com:80":"1.2.3.4:8080"},"noConnectionReuse":false,"noVUConnectionReuse":true,"minIterationDuration":"1.5s","cloud":{"name":"a<b"},"ext":{"x":1},"summaryTrendStats":["avg","p(99.9)"],"summaryTimeUnit":"ms","systemTags":["method","url"],"tags":{"a":"b"},"metricSamplesBufferSize":3,"noCookiesReset":true,"discardResponseBodies":true}"#;

#[test]
fn what_is_read_prints_the_same() {
    let (options, warnings) = Options::from_json(EVERYTHING, SOURCE).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(options.to_json().to_string(), EVERYTHING);
    let pretty = inspect_json(&options);
    assert!(pretty.starts_with("{\n  \"paused\": false,\n"), "{pretty}");
    assert!(
        pretty.contains(r#""p(95)\u003c200""#) && !pretty.contains('<'),
        "{pretty}"
    );
}
