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
        read(r#"{"tlsVersion":"tls1.2"}"#).to_json()["tlsVersion"]["max"],
        "tls1.2"
    );
}

/// In what `inspect` prints, all names of fields are in lower case and in k6's.
#[test]
fn case_does_not_matter_in_names_of_fields() {
    let lower = |text: &str| {
        let mut value: serde_json::Value = serde_json::from_str(text).unwrap();
        in_lower_case(&mut value, "");
        value.to_string()
    };
    let (options, warnings) = Options::from_json(&lower(EVERYTHING), SOURCE).unwrap();
    assert_eq!(
        (options.to_json().to_string().as_str(), &*warnings),
        (EVERYTHING, &[][..])
    );
    for kind in runner_values::executor::ExecutorKind::ALL {
        let empty = ScenarioOptions::new(crate::ExecutorOptions::empty(kind));
        let all = serde_json::json!({ "scenarios": { "s": empty.to_json() } }).to_string();
        let (options, warnings) = Options::from_json(&lower(&all), SOURCE).unwrap();
        assert_eq!(
            (&options.scenarios.unwrap()["s"], &*warnings),
            (&empty, &[][..])
        );
    }
    let auth = r#"{"TLSAUTH":[{"Cert":"-----BEGIN a","KEY":"-----BEGIN b","Domains":["c"]}]}"#;
    assert_eq!(read(auth).tls_auth.unwrap()[0].domains, ["c"]);
}

/// Names below these are the user's own, or passed on as they are.
const DATA: [&str; 8] = [
    "scenarios",
    "env",
    "tags",
    "thresholds",
    "hosts",
    "cloud",
    "ext",
    "browser",
];

fn in_lower_case(value: &mut serde_json::Value, below: &str) {
    use serde_json::Value;
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| in_lower_case(item, below)),
        Value::Object(map) => {
            let is_data = DATA.contains(&below);
            for (name, mut value) in std::mem::take(map) {
                let inner = match below {
                    "scenarios" | "thresholds" => "fields again",
                    data if is_data => data,
                    _ => name.as_str(),
                };
                in_lower_case(&mut value, inner);
                let lower = name.to_lowercase();
                map.insert(if is_data { name } else { lower }, value);
            }
        }
        _ => {}
    }
}

/// As k6 1.1 does it: a script's keys are sorted first, a config file's are not.
#[test]
fn of_keys_that_differ_only_in_case_the_last_one_counts() {
    assert_eq!(read(r#"{"vus":1,"VUS":2,"Vus":3}"#).vus, Some(1));
    let stages = read(r#"{"stages":[{"duration":"1s","Duration":"2s"}]}"#).stages;
    assert_eq!(stages.unwrap()[0].duration.unwrap().to_string(), "1s");
    let scenarios = r#"{"scenarios":{"a":{"executor":"per-vu-iterations","Executor":"constant-vus"},
                                     "A":{"executor":"constant-vus"}}}"#;
    let scenarios = read(scenarios).scenarios.unwrap();
    assert_eq!(scenarios["a"].executor.kind().name(), "per-vu-iterations");
    assert_eq!(scenarios.len(), 2);
    let file = r#"{"vus":1,"VUS":2,"OUT":["json"],"nousagereport":true,"stages":[{"TARGET":1}]}"#;
    let file = ConfigFile::from_json(file, "c.json").unwrap();
    assert_eq!(
        (file.options.vus, file.no_usage_report),
        (Some(2), Some(true))
    );
    assert_eq!(file.out.unwrap(), ["json"]);
    assert_eq!(file.options.stages.unwrap()[0].target, Some(1));
}

#[test]
fn unknown_fields_are_a_warning() {
    let text = r#"{"vus":1,"foo":1,"iteration":2,"features":[],"thresholds":
        {"http_reqs":[{"threshold":"count>0","abortOnFial":true}]},"dns":{"tt":"1s"}}"#;
    let (options, warnings) = Options::from_json(text, SOURCE).unwrap();
    assert_eq!(options.vus, Some(1));
    let message = "There were unknown fields in the options exported in the script";
    assert_eq!(warnings[0].message(), message);
    insta::assert_snapshot!(warnings[0].detail().unwrap(), @r#"unknown fields "dns.tt" (did you mean ttl?), "thresholds.http_reqs[0].abortOnFial" (did you mean abortOnFail?), "features", "foo", "iteration" (did you mean iterations?)"#);
}

#[test]
fn durations_without_a_unit_are_suspicious() {
    let warnings = |text: &str| Options::from_json(text, SOURCE).unwrap().1;
    let one = warnings(r#"{"duration":30}"#);
    insta::assert_snapshot!(one[0].message(), @r#"a duration without a unit is in milliseconds: `duration` is 30ms; write "30s" for seconds, or "30ms" where that is meant"#);
    let many = warnings(
        r#"{"stages":[{"duration":5,"target":1},{"duration":"10","target":2},{"duration":0}],
            "scenarios":{"a":{"executor":"constant-arrival-rate","timeUnit":1,"gracefulStop":0}},
            "minIterationDuration":2.5}"#,
    );
    insta::assert_snapshot!(many[0].message(), @r#"a duration without a unit is in milliseconds: `minIterationDuration` is 2.5ms, `scenarios.a.timeUnit` is 1ms, `stages[0].duration` is 5ms and 1 more; write "2.5s" for seconds, or "2.5ms" where that is meant"#);
    assert_eq!(
        warnings(r#"{"duration":1000,"setupTimeout":"30s","dns":{"ttl":"0"}}"#),
        []
    );
    let file = ConfigFile::from_json(r#"{"duration":"30","nope":1}"#, "c.json").unwrap();
    assert_eq!(file.warnings.len(), 1);
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
        r#"{"scenarios":{"a":{"executor":"constantVus"}}}"#,
        r#"{"scenarios":{"a":{"executor":"constant-vus","foo":1}}}"#,
        r#"{"scenarios":{"a":{"executor":"constant-vus","gracefullStop":1}}}"#,
        r#"{"scenarios":{"a":{"executor":"ramping-vus","stages":[{"targt":1}]}}}"#,
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
    scenario 'a': unknown executor type 'internally-controlled' (did you mean externally-controlled?), use one of shared-iterations, per-vu-iterations, constant-vus, ramping-vus, constant-arrival-rate, ramping-arrival-rate, externally-controlled
    scenario 'a': unknown executor type 'constantVus' (did you mean constant-vus?), use one of shared-iterations, per-vu-iterations, constant-vus, ramping-vus, constant-arrival-rate, ramping-arrival-rate, externally-controlled
    scenario 'a': unknown field "foo" for the constant-vus executor
    scenario 'a': unknown field "gracefullStop" for the constant-vus executor (did you mean gracefulStop?)
    unknown field `scenarios.a.stages[0].targt` in the options of script.js (did you mean target?)
    scenario 'a': unknown field "iterations" for the constant-vus executor
    unknown field `scenarios.a.options.foo` in the options of script.js
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
    let pretty = pretty(&options.to_json());
    assert!(pretty.starts_with("{\n  \"paused\": false,\n"), "{pretty}");
    assert!(
        pretty.contains(r#""p(95)\u003c200""#) && !pretty.contains('<'),
        "{pretty}"
    );
}
