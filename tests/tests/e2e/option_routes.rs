//! Every option by every route: flag, environment variable, script, config file. What arrives is
//! read from `exec.test.options`; what is wrong has to be named by the name that its route has
//! for it.
//!
//! The shortcuts (`vus`, `duration`, `iterations`, `stages`, `scenarios`), which become scenarios,
//! have suites of their own: `shortcuts` and `cli_precedence`.

use runner_tests::{Output, Runner, is_k6};
use serde_json::{Map, Value, json};

/// One option. Texts are for flags and variables, values for scripts and config files. There are
/// two of each, so that precedence shows.
struct Key {
    name: &'static str,
    flag: Option<&'static str>,
    variable: Option<&'static str>,
    texts: [&'static str; 2],
    values: [Value; 2],
    /// What cannot be used, as a text and as values.
    wrong_texts: &'static [&'static str],
    wrong_values: Vec<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Route {
    Flag,
    Variable,
    Script,
    Config,
}

const fn name(text: &'static str) -> Option<&'static str> {
    Some(text)
}

/// All options but the shortcuts.
#[rustfmt::skip]
fn keys() -> Vec<Key> {
    let key = |name, flag, variable, texts, values, wrong_texts, wrong_values: Value| Key {
        name, flag, variable, texts, values, wrong_texts,
        wrong_values: wrong_values.as_array().unwrap().clone(),
    };
    let on_off = |option, flag, variable| key(
        option, flag, name(variable), ["true", "false"], [json!(true), json!(false)],
        &["yes"], json!(["true", 1]),
    );
    let whole = |option, flag, variable| key(
        option, flag, name(variable), ["7", "8"], [json!(7), json!(8)],
        &["x", "1.5"], json!(["x", 1.5, true]),
    );
    let time = |option, flag, variable| key(
        option, flag, name(variable), ["70ms", "80ms"], [json!("70ms"), json!("80ms")],
        &["abc", "5x"], json!(["abc", "1h1d", true]),
    );
    // Only scripts and config files have it.
    let json_only = |option, values, wrong_values| key(
        option, None, None, ["", ""], values, &[], wrong_values,
    );
    vec![
        on_off("noSetup", name("--no-setup"), "K6_NO_SETUP"),
        on_off("noTeardown", name("--no-teardown"), "K6_NO_TEARDOWN"),
        on_off("insecureSkipTLSVerify", name("--insecure-skip-tls-verify"), "K6_INSECURE_SKIP_TLS_VERIFY"),
        on_off("throw", name("--throw"), "K6_THROW"),
        on_off("noConnectionReuse", name("--no-connection-reuse"), "K6_NO_CONNECTION_REUSE"),
        on_off("noVUConnectionReuse", name("--no-vu-connection-reuse"), "K6_NO_VU_CONNECTION_REUSE"),
        on_off("noCookiesReset", None, "K6_NO_COOKIES_RESET"),
        on_off("discardResponseBodies", name("--discard-response-bodies"), "K6_DISCARD_RESPONSE_BODIES"),
        whole("rps", name("--rps"), "K6_RPS"),
        whole("maxRedirects", name("--max-redirects"), "K6_MAX_REDIRECTS"),
        whole("batch", name("--batch"), "K6_BATCH"),
        whole("batchPerHost", name("--batch-per-host"), "K6_BATCH_PER_HOST"),
        whole("metricSamplesBufferSize", None, "K6_METRIC_SAMPLES_BUFFER_SIZE"),
        time("setupTimeout", None, "K6_SETUP_TIMEOUT"),
        time("teardownTimeout", None, "K6_TEARDOWN_TIMEOUT"),
        time("minIterationDuration", name("--min-iteration-duration"), "K6_MIN_ITERATION_DURATION"),
        key("userAgent", name("--user-agent"), name("K6_USER_AGENT"), ["me/1", "me/2 (x)"],
            [json!("me/1"), json!("me/2 (x)")], &[], json!([5])),
        key("httpDebug", name("--http-debug"), name("K6_HTTP_DEBUG"), ["full", "headers"],
            [json!("full"), json!("headers")], &[], json!([5, true])),
        key("dns", name("--dns"), name("K6_DNS"),
            ["ttl=1m,select=first,policy=any", "ttl=0,select=roundRobin,policy=onlyIPv4"],
            [json!({"ttl": "1m", "select": "first", "policy": "any"}),
             json!({"ttl": "0", "select": "roundRobin", "policy": "onlyIPv4"})],
            &["x", "select=x", "policy=x", "speed=1"],
            json!(["x", {"select": "x"}, {"policy": "x"}, {"select": 5}])),
        key("blacklistIPs", name("--blacklist-ip"), name("K6_BLACKLIST_IPS"),
            ["10.0.0.0/8,fd00::/8", "192.168.0.0/16"],
            [json!(["10.0.0.0/8", "fd00::/8"]), json!(["192.168.0.0/16"])],
            &["x", "1.2.3.4", "1.2.3.4/33"], json!(["x", ["x"], ["1.2.3.4"]])),
        key("blockHostnames", name("--block-hostnames"), name("K6_BLOCK_HOSTNAMES"),
            ["*.example.com,a.test", "b.test"],
            [json!(["*.example.com", "a.test"]), json!(["b.test"])],
            &["a*b"], json!(["x", ["a*b"], [5]])),
        key("summaryTrendStats", name("--summary-trend-stats"), name("K6_SUMMARY_TREND_STATS"),
            ["avg,p(99.9)", "med,count"], [json!(["avg", "p(99.9)"]), json!(["med", "count"])],
            &["x", "p(101)"], json!(["x", [5]])),
        key("summaryTimeUnit", name("--summary-time-unit"), name("K6_SUMMARY_TIME_UNIT"),
            ["ms", "us"], [json!("ms"), json!("us")], &[], json!([5])),
        key("systemTags", name("--system-tags"), name("K6_SYSTEM_TAGS"),
            ["method,url", "status"], [json!(["method", "url"]), json!(["status"])],
            &[], json!(["x", [5]])),
        json_only("tlsVersion", [json!({"min": "tls1.2", "max": "tls1.3"}), json!({"min": "tls1.3", "max": "tls1.3"})],
            json!(["x", 5, {"min": "x"}])),
        json_only("tlsCipherSuites", [json!(["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]), json!(["TLS_AES_128_GCM_SHA256"])],
            json!(["x", ["x"], [5]])),
        json_only("hosts", [json!({"a.test": "127.0.0.1"}), json!({"*.b.test": "127.0.0.1:80"})],
            json!(["x", {"a*b": "127.0.0.1"}])),
        json_only("thresholds", [json!({"iterations": ["count>0"]}), json!({"vus_max": ["value>=0"]})],
            json!(["x", {"iterations": "count>0"}, {"iterations": [5]}])),
        key("executionSegment", name("--execution-segment"), None, ["0:1", "0:1"],
            [json!("0:1"), json!("0:1")], &["x", "1:0", "0:2"], json!(["x", "1/0", 5])),
        key("executionSegmentSequence", name("--execution-segment-sequence"), None,
            ["0,1", "0,1"], [json!("0,1"), json!("0,1")], &["x", "0"], json!(["x", "0", 5])),
        // A run that is paused waits.
        key("paused", name("--paused"), name("K6_PAUSED"), ["false", "false"],
            [json!(false), json!(false)], &["yes"], json!(["true", 1])),
        json_only("ext", [json!({"a": 1}), json!({"b": 2})], json!(["x", 5])),
        json_only("cloud", [json!({"name": "a"}), json!({"name": "b"})], json!([])),
    ]
}

/// The tags of a run are written in another way by each route.
const TAGS: [(Route, &str); 2] = [(Route::Flag, "a=1"), (Route::Variable, "a:1,b:x y")];

const SCRIPT: &str = "import exec from 'k6/execution'; \
    export default function () { console.log(JSON.stringify(exec.test.options)); }";

/// A run whose options come by some routes.
struct Routes(Runner, Map<String, Value>, Map<String, Value>);

impl Routes {
    fn new() -> Self {
        Self(Runner::new().args(["-q"]), Map::new(), Map::new())
    }

    /// Sets an option; one that a route does not have is left out.
    fn set(mut self, key: &Key, route: Route, which: usize) -> Self {
        match route {
            Route::Flag => {
                if let Some(flag) = key.flag {
                    self.0 = self.0.args([format!("{flag}={}", key.texts[which])]);
                }
            }
            Route::Variable => {
                if let Some(variable) = key.variable {
                    self.0 = self.0.env(variable, key.texts[which]);
                }
            }
            Route::Script => {
                self.1
                    .insert(key.name.to_owned(), key.values[which].clone());
            }
            Route::Config => {
                self.2
                    .insert(key.name.to_owned(), key.values[which].clone());
            }
        }
        self
    }

    fn run(self) -> Output {
        let Self(runner, script, config) = self;
        let runner = runner
            .args(["-c", "config.json"])
            .file("config.json", Value::Object(config).to_string());
        let options = Value::Object(script);
        let source = format!("export const options = {options}; {SCRIPT}");
        runner.script(&source).run()
    }
}

fn options(output: &Output) -> Value {
    let lines = output.console();
    serde_json::from_str(lines.first().unwrap_or_else(|| panic!("{output}"))).unwrap()
}

/// System tags are a set, which has no order.
fn sorted(value: &Value) -> Value {
    let mut value = value.clone();
    if let Some(list) = value.as_array_mut() {
        list.sort_by_key(Value::to_string);
    }
    value
}

fn has(key: &Key, route: Route) -> bool {
    match route {
        Route::Flag => key.flag.is_some(),
        Route::Variable => key.variable.is_some(),
        Route::Script | Route::Config => true,
    }
}

#[test]
fn every_option_arrives_by_every_route() {
    for route in [Route::Flag, Route::Variable, Route::Script, Route::Config] {
        let keys = keys();
        let set = |routes, key| Routes::set(routes, key, route, 0);
        let output = keys.iter().fold(Routes::new(), set).run().succeeds();
        let arrived = options(&output);
        for key in keys.iter().filter(|key| has(key, route)) {
            let name = key.name;
            assert_eq!(
                sorted(&arrived[name]),
                sorted(&key.values[0]),
                "{name} by {route:?}"
            );
        }
    }
}

/// Fields in capitals and in lower case.
#[test]
fn case_does_not_matter_in_keys() {
    let cased = |case: fn(&str) -> String| {
        let pairs = keys().into_iter().map(|key| {
            let [value, _] = key.values;
            let value = match value {
                // In other objects, names are data.
                Value::Object(fields) if matches!(key.name, "dns" | "tlsVersion") => fields
                    .into_iter()
                    .map(|(name, value)| (case(&name), value))
                    .collect(),
                value => value,
            };
            (case(key.name), value)
        });
        Value::Object(pairs.collect()).to_string()
    };
    for json in [cased(str::to_uppercase), cased(str::to_lowercase)] {
        let script = Runner::new().script(&format!("export const options = {json}; {SCRIPT}"));
        let config = Runner::new().args(["-c", "c.json"]).file("c.json", &json);
        for runner in [script, config.script(SCRIPT)] {
            let output = runner.run().succeeds().never_says("unknown field");
            let arrived = options(&output);
            for key in keys() {
                let (name, value) = (key.name, &key.values[0]);
                assert_eq!(sorted(&arrived[name]), sorted(value), "{name} of {json}");
            }
        }
    }
}

/// Lists go on.
#[test]
fn of_a_flag_given_twice_the_last_counts() {
    let keys = keys();
    let is_list = |key: &&Key| key.values[0].is_array();
    let set = |routes, key| {
        Routes::set(
            Routes::set(routes, key, Route::Flag, 1),
            key,
            Route::Flag,
            0,
        )
    };
    let output = keys.iter().fold(Routes::new(), set).run().succeeds();
    let arrived = options(&output);
    for key in keys.iter().filter(|key| key.flag.is_some()) {
        let value = &arrived[key.name];
        if is_list(&key) {
            let all = [&key.values[1], &key.values[0]].map(|list| list.as_array().unwrap().clone());
            let both = Value::Array(all.concat());
            assert_eq!(sorted(value), sorted(&both), "{}", key.name);
        } else {
            assert_eq!(value, &key.values[0], "{}", key.name);
        }
    }
}

#[test]
fn the_higher_route_wins() {
    let order = [Route::Flag, Route::Variable, Route::Script, Route::Config];
    for (index, higher) in order.into_iter().enumerate() {
        for lower in order.into_iter().skip(index + 1) {
            let keys: Vec<Key> = keys();
            let keys = keys
                .iter()
                .filter(|key| has(key, higher) && has(key, lower));
            let set = |routes, key| Routes::set(Routes::set(routes, key, lower, 1), key, higher, 0);
            let output = keys.clone().fold(Routes::new(), set).run().succeeds();
            let arrived = options(&output);
            for key in keys {
                let name = key.name;
                let context = format!("{name}: {higher:?} over {lower:?}");
                assert_eq!(sorted(&arrived[name]), sorted(&key.values[0]), "{context}");
            }
        }
    }
}

#[test]
fn tags_by_every_route() {
    let tags = |output: Output| options(&output.succeeds())["tags"].clone();
    for (route, text) in TAGS {
        let runner = match route {
            Route::Flag => Runner::new().args(["--tag", text, "--tag=b=x y"]),
            _ => Runner::new().env("K6_TAGS", text),
        };
        let output = runner.script(SCRIPT).run();
        assert_eq!(tags(output), json!({"a": "1", "b": "x y"}), "{route:?}");
    }
    let config = Runner::new()
        .args(["-c", "c.json"])
        .file("c.json", r#"{"tags": {"a": "1", "b": null}}"#);
    assert_eq!(
        tags(config.script(SCRIPT).run()),
        json!({"a": "1", "b": ""})
    );
}

#[test]
fn local_addresses_by_both_routes() {
    for runner in [
        Runner::new().args(["--local-ips", "127.0.0.1,127.0.0.2-127.0.0.5"]),
        Runner::new().env("K6_LOCAL_IPS", "127.0.0.1,127.0.0.2-127.0.0.5"),
    ] {
        let output = runner.script(SCRIPT).run().succeeds();
        assert_eq!(
            options(&output)["localIPs"],
            "127.0.0.1,127.0.0.2-127.0.0.5"
        );
    }
    for text in ["x", "127.0.0.1-", "127.0.0.1/33"] {
        let flag = Runner::new().args(["--local-ips", text]).script(SCRIPT);
        flag.run().exits(255).says(text);
        let variable = Runner::new().env("K6_LOCAL_IPS", text).script(SCRIPT);
        variable.run().exits(104).says(text);
    }
}

#[test]
fn wrong_values_are_named_by_their_route() {
    for key in keys() {
        for text in key.wrong_texts {
            if let Some(flag) = key.flag {
                let flags = Runner::new().args([format!("{flag}={text}")]);
                let output = flags.script(SCRIPT).run();
                assert!(output.code == 255, "{flag}={text}\n{output}");
                assert!(is_k6() || output.stderr.contains(flag), "{output}");
            }
            if let Some(variable) = key.variable {
                let output = Runner::new().env(variable, *text).script(SCRIPT).run();
                assert!(output.code == 104 || is_k6(), "{variable}={text}\n{output}");
                assert!(is_k6() || output.stderr.contains(variable), "{output}");
            }
        }
        for (index, value) in key.wrong_values.iter().enumerate() {
            let options = json!({ key.name: value }).to_string();
            let config = Runner::new()
                .args(["-c", "c.json"])
                .file("c.json", options.as_str());
            let output = config.script(SCRIPT).run();
            assert!(output.code == 104, "config file: {options}\n{output}");
            let is_named = output.stderr.contains(key.name) && output.stderr.contains("c.json");
            assert!(is_k6() || is_named, "{output}");
            // The script takes the same way; once per option is enough.
            if index > 0 {
                continue;
            }
            let source = format!("export const options = {options}; {SCRIPT}");
            let output = Runner::new().script(&source).run();
            assert!(output.code == 104, "script: {options}\n{output}");
            assert!(is_k6() || output.stderr.contains(key.name), "{output}");
        }
    }
}

#[test]
fn durations_by_every_route() {
    let with = |runner: Runner| runner.script(SCRIPT).run();
    let config = |text: &str| {
        let options = json!({ "duration": text }).to_string();
        with(Runner::new().args(["-c", "c.json"]).file("c.json", options))
    };
    let script = |text: &str| {
        let source = format!("export const options = {{ duration: '{text}' }}; {SCRIPT}");
        Runner::new().script(&source).run()
    };
    let variable = |text: &str| with(Runner::new().env("K6_DURATION", text));
    let flag = |text: &str| with(Runner::new().args(["-d", text]));
    // Negative and zero are durations, but not ones to run for.
    for output in [
        flag("-5s"),
        variable("-5s"),
        script("-5s"),
        config("-5s"),
        flag("0s"),
    ] {
        output
            .exits(104)
            .says("`duration` option should be more than 0");
    }
    for output in [variable("abc"), script("abc"), config("abc")] {
        output.exits(104).says("abc");
    }
    flag("abc").exits(255).says("abc");
    // Days are for all routes but the command line; less than a second is too short.
    flag("1d2h3m4.5s").exits(255).says("1d2h3m4.5s");
    for output in [variable("500"), script("500"), config("500"), flag("500ms")] {
        output
            .exits(104)
            .says("the duration must be at least 1s, but is 500ms");
    }
    let long = json!({ "scenarios": { "a": { "executor": "per-vu-iterations",
        "maxDuration": "1d2h3m4.5s" } } });
    let source = format!("export const options = {long}; {SCRIPT}");
    let output = Runner::new().script(&source).run().succeeds();
    output.prints("maxDuration: 26h3m4.5s");
}

#[test]
fn unknown_keys() {
    let source = format!("export const options = {{ vsu: 1 }}; {SCRIPT}");
    let output = Runner::new().script(&source).run().succeeds();
    let logs = output.logs();
    let warning = logs.iter().find(|log| log.level == "warning").unwrap();
    assert_eq!(
        warning.message,
        "There were unknown fields in the options exported in the script"
    );
    assert!(
        warning.field("error").unwrap().contains("\"vsu\""),
        "{output}"
    );
    // In a scenario it is an error.
    let source = format!(
        "export const options = {{ scenarios: {{ a: {{ executor: 'constant-vus', \
         duration: '1s', vsu: 1 }} }} }}; {SCRIPT}"
    );
    Runner::new().script(&source).run().exits(104).says("vsu");
    // A config file may serve several versions.
    let config = Runner::new()
        .args(["-c", "c.json"])
        .file("c.json", r#"{"vsu": 1, "iterations": 2}"#);
    config.script(SCRIPT).run().succeeds();
}

#[test]
fn config_files_that_cannot_be_used() {
    let with = |content: Option<&str>| {
        let runner = Runner::new().args(["-c", "c.json"]);
        let runner = match content {
            Some(content) => runner.file("c.json", content),
            None => runner,
        };
        runner.script(SCRIPT).run()
    };
    for content in [
        None,
        Some("{"),
        Some("[]"),
        Some("5"),
        Some("{\"vus\": \"x\"}"),
    ] {
        with(content).exits(104).says("c.json");
    }
    Runner::new()
        .env("K6_CONFIG", "gone.json")
        .script(SCRIPT)
        .run()
        .exits(104)
        .says("gone.json");
    // The default one may be missing.
    Runner::new()
        .env("XDG_CONFIG_HOME", "nowhere")
        .script(SCRIPT)
        .run()
        .succeeds();
    if !is_k6() {
        let home = Runner::new().file("runner/config.json", r#"{"iterations": 3}"#);
        let folder = home.folder().to_string_lossy().into_owned();
        let output = home.env("XDG_CONFIG_HOME", folder).script(SCRIPT).run();
        assert_eq!(output.succeeds().console().len(), 3);
    }
}

#[test]
fn variables_that_are_set_to_nothing_say_nothing() {
    let script = format!("export const options = {{ userAgent: 'script', rps: 3 }}; {SCRIPT}");
    let runner = keys()
        .iter()
        .filter_map(|key| key.variable)
        // Of all of them, k6 has one that may not be empty.
        .filter(|variable| !is_k6() || *variable != "K6_DNS")
        .fold(Runner::new(), |runner, variable| runner.env(variable, ""));
    let output = runner.script(&script).run().succeeds();
    let arrived = options(&output);
    assert_eq!(
        (&arrived["userAgent"], &arrived["rps"]),
        (&json!("script"), &json!(3))
    );
}
