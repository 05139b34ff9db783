//! Plans out of options: shortcuts, validation messages, descriptions, needs. Expected texts
//! and figures were seen in k6.

use super::*;
use crate::options::{Layers, Options, consolidate};
use crate::types::{HttpDebug, Part};
use runner_values::executor::{Executor, RampingVus, SharedIterations, Stage};
use std::time::Duration;

fn try_plan(options: &str) -> Result<Plan, PlanError> {
    let script = Options::from_json(options, "the options of script.js")
        .unwrap()
        .0;
    let (options, _) = consolidate(Layers {
        script,
        ..Layers::default()
    });
    Plan::resolve(&options, &["default".to_owned(), "foo".to_owned()])
}

fn plan(options: &str) -> Plan {
    try_plan(options).unwrap()
}

fn error(options: &str) -> String {
    try_plan(options).unwrap_err().to_string()
}

fn scenario(executor: &str) -> String {
    format!(r#"{{"scenarios":{{"a":{{{executor}}}}}}}"#)
}

const ALL_EXECUTORS: &str = r#"{"scenarios":{
    "si":{"executor":"shared-iterations","vus":2,"iterations":10},
    "pv":{"executor":"per-vu-iterations","startTime":"10s","exec":"foo","env":{"A":"b"},"tags":{"x":"y"}},
    "cv":{"executor":"constant-vus","duration":"1m","gracefulStop":"0s"},
    "rv":{"executor":"ramping-vus","stages":[{"duration":"10s","target":5},{"duration":0,"target":2}],"gracefulRampDown":"5s"},
    "ca":{"executor":"constant-arrival-rate","rate":10,"duration":"1m30s","preAllocatedVUs":2,"maxVUs":20},
    "ra":{"executor":"ramping-arrival-rate","startRate":1,"timeUnit":"1m","preAllocatedVUs":2,"stages":[{"duration":"10s","target":50}]}
}}"#;

#[test]
fn descriptions() {
    let plan = plan(ALL_EXECUTORS);
    let mut lines = vec![plan.description()];
    lines.extend(
        plan.scenarios
            .iter()
            .map(|s| format!("* {}: {}", s.name, s.description())),
    );
    insta::assert_snapshot!(lines.join("\n"), @r"
    (100.00%) 6 scenarios, 31 max VUs, 10m40s max duration (incl. graceful stop)
    * ca: 10.00 iterations/s for 1m30s (maxVUs: 2-20, gracefulStop: 30s)
    * cv: 1 looping VUs for 1m0s
    * ra: Up to 0.83 iterations/s for 10s over 1 stages (maxVUs: 2, gracefulStop: 30s)
    * rv: Up to 5 looping VUs for 10s over 2 stages (gracefulRampDown: 5s, gracefulStop: 30s)
    * si: 10 iterations shared among 2 VUs (maxDuration: 10m0s, gracefulStop: 30s)
    * pv: 1 iterations for each of 1 VUs (maxDuration: 10m0s, exec: foo, startTime: 10s, gracefulStop: 30s)
    ");
    assert_eq!((plan.max_vus(), plan.planned_vus()), (31, 13));
}

#[test]
fn shortcuts() {
    let cases = [
        (
            "{}",
            "1 iterations for each of 1 VUs (maxDuration: 10m0s, gracefulStop: 30s)",
        ),
        (
            r#"{"iterations":5}"#,
            "5 iterations shared among 1 VUs (maxDuration: 10m0s, gracefulStop: 30s)",
        ),
        (
            r#"{"vus":2,"iterations":5,"duration":"3s"}"#,
            "5 iterations shared among 2 VUs (maxDuration: 3s, gracefulStop: 30s)",
        ),
        (
            r#"{"vus":3,"duration":1500}"#,
            "3 looping VUs for 1.5s (gracefulStop: 30s)",
        ),
        (
            r#"{"vus":0,"stages":[{"duration":"1s","target":5},{"duration":"1s","target":0}]}"#,
            "Up to 5 looping VUs for 2s over 2 stages (gracefulRampDown: 30s, gracefulStop: 30s)",
        ),
        (
            r#"{"vus":4}"#,
            "4 iterations shared among 4 VUs (maxDuration: 10m0s, gracefulStop: 30s)",
        ),
    ];
    for (options, description) in cases {
        let plan = plan(options);
        assert_eq!(plan.scenarios.len(), 1);
        assert_eq!(plan.scenarios[0].name, "default");
        assert_eq!(plan.scenarios[0].description(), description, "{options}");
        assert!(plan.warnings.is_empty());
    }
    let ramp = plan(r#"{"stages":[{"duration":"1s","target":5}]}"#);
    let stages = vec![Stage {
        duration: Duration::from_secs(1),
        target: 5,
    }];
    let graceful_ramp_down = Duration::from_secs(30);
    let expected = Executor::RampingVus(RampingVus {
        start_vus: 1,
        stages,
        graceful_ramp_down,
        part: Part::default(),
    });
    assert_eq!(ramp.scenarios[0].executor, expected);
}

#[test]
fn warnings() {
    let with_vus = r#"{"vus":2,"scenarios":{"a":{"executor":"constant-vus","duration":"1s"}}}"#;
    let cases = [
        (with_vus, "`vus=2` overrides scenarios configuration"),
        (
            r#"{"stages":[]}"#,
            "`stages` was explicitly set to an empty value, running the script with 1 iteration in 1 VU",
        ),
        (
            r#"{"scenarios":{}}"#,
            "`scenarios` was explicitly set to an empty value, running the script with 1 iteration in 1 VU",
        ),
    ];
    for (options, message) in cases {
        let plan = plan(options);
        assert_eq!(plan.warnings[0].to_string(), message);
        assert_eq!(plan.scenarios[0].name, "default");
    }
}

#[test]
fn conflicts() {
    let stages = r#""stages":[{"duration":"1s","target":1}]"#;
    let scenarios = r#""scenarios":{"a":{"executor":"constant-vus","duration":"1s"}}"#;
    let cases = [
        (
            format!(r#"{{"iterations":1,{stages}}}"#),
            "iterations",
            "stages",
        ),
        (
            format!(r#"{{"duration":"1s",{stages}}}"#),
            "duration",
            "stages",
        ),
        (
            format!(r#"{{"duration":"1s",{scenarios}}}"#),
            "duration",
            "scenarios",
        ),
        (
            format!(r#"{{"iterations":1,{scenarios}}}"#),
            "iterations",
            "scenarios",
        ),
        (
            format!(r#"{{{stages},{scenarios}}}"#),
            "stages",
            "scenarios",
        ),
    ];
    for (options, first, second) in cases {
        let message =
            format!("using `{first}` and `{second}` options simultaneously is not allowed");
        assert_eq!(error(&options), message);
    }
    assert_eq!(
        error(r#"{"duration":"0s"}"#),
        "`duration` option should be more than 0, for infinite duration use the externally-controlled executor"
    );
}

#[test]
fn validation() {
    let bodies = [
        r#""executor":"constant-vus""#,
        r#""executor":"constant-vus","duration":"100ms""#,
        r#""executor":"constant-vus","duration":"1s","vus":-1,"startTime":"-1s","gracefulStop":"-1s""#,
        r#""executor":"constant-vus","duration":"1s","exec":"""#,
        r#""executor":"shared-iterations","vus":5,"iterations":2,"maxDuration":"1ms""#,
        r#""executor":"shared-iterations","vus":0,"iterations":0"#,
        r#""executor":"per-vu-iterations","vus":0,"iterations":0,"maxDuration":0"#,
        r#""executor":"ramping-vus","stages":[]"#,
        r#""executor":"ramping-vus","startVUs":0,"stages":[{"duration":"1s","target":0}]"#,
        r#""executor":"ramping-vus","startVUs":-1,"stages":[{"duration":"-1s","target":-1},{"target":5},{"duration":"1s"}]"#,
        r#""executor":"ramping-vus","stages":[{"duration":"1s","target":100000001}]"#,
        r#""executor":"constant-arrival-rate""#,
        r#""executor":"constant-arrival-rate","rate":0,"timeUnit":0,"duration":"1ms","preAllocatedVUs":-1,"maxVUs":-2"#,
        r#""executor":"ramping-arrival-rate""#,
        r#""executor":"ramping-arrival-rate","startRate":-1,"timeUnit":-1,"stages":[{"duration":"1s","target":-1}],"preAllocatedVUs":5,"maxVUs":2"#,
    ];
    let head = "There were problems with the specified script configuration:\n\t- scenario a has configuration errors: ";
    let messages: Vec<_> = bodies
        .iter()
        .map(|body| {
            error(&scenario(body))
                .strip_prefix(head)
                .unwrap()
                .to_owned()
        })
        .collect();
    insta::assert_snapshot!(messages.join("\n"), @r"
    the duration is unspecified
    the duration must be at least 1s, but is 100ms
    the startTime can't be negative, the gracefulStop timeout can't be negative, the number of VUs must be more than 0
    exec value cannot be empty
    the number of iterations (2) can't be less than the number of VUs (5), the maxDuration must be at least 1s, but is 1ms
    the number of VUs must be more than 0
    the number of VUs must be more than 0, the number of iterations must be more than 0, the maxDuration must be at least 1s, but is 0s
    at least one stage has to be specified
    either startVUs or one of the stages' target values must be greater than 0
    the number of start VUs can't be negative, the duration for stage 1 can't be negative, the target for stage 1 can't be negative, stage 2 doesn't have a duration, stage 3 doesn't have a target
    target for stage 1 exceeds max limit of 100000000
    the iteration rate isn't specified, the duration is unspecified, the number of preAllocatedVUs isn't specified
    the iteration rate must be more than 0, the timeUnit must be more than 0, the duration must be at least 1s, but is 1ms, the number of preAllocatedVUs can't be negative, maxVUs can't be less than preAllocatedVUs
    at least one stage has to be specified, the number of preAllocatedVUs isn't specified
    the startRate value can't be negative, the timeUnit must be more than 0, the target for stage 1 can't be negative, maxVUs can't be less than preAllocatedVUs
    ");
}

#[test]
fn all_problems_are_listed() {
    let options = r#"{"setupTimeout":"0s","executionSegment":"0:1/3","executionSegmentSequence":"0,1/2,1",
        "scenarios":{"a b":{"executor":"constant-vus","duration":"1s"},
                     "b":{"executor":"constant-vus","duration":"1s","exec":"nope"}}}"#;
    insta::assert_snapshot!(error(options), @r"
    There were problems with the specified script configuration:
    	- scenario a b has configuration errors: the scenario name should contain only numbers, latin letters, underscores, and dashes
    	- provided segment 0:1/3 can't be found in sequence 0,1/2,1
    	- setupTimeout must be positive
    	- executor b: function 'nope' not found in exports
    ");
}

#[test]
fn how_long_ramps_hold_their_vus() {
    let cases = [
        (
            r#"[{"duration":"1s","target":5},{"duration":"1s","target":0}]"#,
            "0s",
            "30s",
            2,
        ),
        (
            r#"[{"duration":"1s","target":5},{"duration":"10s","target":0}]"#,
            "2s",
            "30s",
            13,
        ),
        (
            r#"[{"duration":"1s","target":5},{"duration":"1s","target":0}]"#,
            "2s",
            "1s",
            3,
        ),
        (
            r#"[{"duration":0,"target":5},{"duration":"10s","target":1},{"duration":"40s","target":0}]"#,
            "30s",
            "30s",
            80,
        ),
        (
            r#"[{"duration":"1s","target":5},{"duration":"1s","target":0},{"duration":"100s","target":0}]"#,
            "30s",
            "30s",
            32,
        ),
        (r#"[{"duration":"1s","target":5}]"#, "0s", "30s", 31),
    ];
    for (stages, ramp_down, stop, seconds) in cases {
        let plan = plan(&scenario(&format!(
            r#""executor":"ramping-vus","stages":{stages},"gracefulRampDown":"{ramp_down}","gracefulStop":"{stop}""#
        )));
        assert_eq!(
            plan.total_duration(),
            Duration::from_secs(seconds),
            "{stages}"
        );
        assert_eq!(plan.max_vus(), 5);
    }
}

#[test]
fn vus_are_shared_by_scenarios_one_after_the_other() {
    let sequence = |second: &str| {
        plan(&format!(
            r#"{{"scenarios":{{
                "a":{{"executor":"constant-vus","vus":5,"duration":"10s","gracefulStop":"5s"}},
                "b":{{"executor":"constant-vus","vus":3,"duration":"10s","startTime":"{second}"}}}}}}"#
        ))
        .max_vus()
    };
    assert_eq!((sequence("15s"), sequence("14s")), (5, 8));
}

#[test]
fn settings() {
    let plan = plan(
        r#"{"maxRedirects":0,"userAgent":"","batch":0,"httpDebug":"full","rps":-1,
            "dns":{"ttl":"inf"},"throw":true,"tags":{"a":"b"},"minIterationDuration":"1.5s",
            "noSetup":true,"setupTimeout":"1s","summaryTrendStats":["avg"],"systemTags":["url"],
            "thresholds":{"http_req_duration":["avg<1",{"threshold":"p(95)<2","abortOnFail":true}]}}"#,
    );
    assert_eq!(
        (plan.http.max_redirects, plan.http.max_redirects_set),
        (0, true)
    );
    assert_eq!(
        (plan.http.user_agent.as_deref(), plan.http.batch),
        (None, None)
    );
    assert_eq!((plan.http.batch_per_host, plan.http.rps), (Some(6), None));
    assert_eq!((plan.http.debug, plan.net.dns.ttl), (HttpDebug::Full, None));
    assert!(plan.throw && plan.no_setup && !plan.no_teardown);
    assert_eq!(
        plan.min_iteration_duration,
        Some(Duration::from_millis(1500))
    );
    assert_eq!(plan.setup_timeout, Duration::from_secs(1));
    assert_eq!(plan.teardown_timeout, Duration::from_secs(60));
    assert_eq!(plan.handle_summary_timeout, Duration::from_secs(120));
    assert_eq!(plan.thresholds["http_req_duration"].len(), 2);
    assert_eq!(plan.system_tags.names(), ["url"]);
    assert_eq!(plan.summary.trend_stats.len(), 1);
}

#[test]
fn json_for_the_script() {
    let json = plan(r#"{"vus":2,"duration":"1s","tags":{"a":"b"}}"#).derived_options_json();
    assert!(json.get("vus").is_none() && json.get("duration").is_none());
    let scenario = json["scenarios"]["default"].to_string();
    assert_eq!(
        scenario,
        r#"{"executor":"constant-vus","startTime":null,"gracefulStop":null,"env":null,"exec":null,"tags":null,"vus":2,"duration":"1s"}"#
    );
    assert_eq!(json["summaryTrendStats"][4], "p(90)");
    assert_eq!(json["systemTags"].as_array().map(Vec::len), Some(14));
    assert_eq!(json["tags"]["a"], "b");
}

#[test]
fn json_with_requirements() {
    let text = plan("{}").requirements_json();
    assert!(
        text.ends_with(",\n  \"totalDuration\": \"10m30s\",\n  \"maxVUs\": 1\n}"),
        "{text}"
    );
}

fn in_part(segment: &str, scenarios: &str) -> Plan {
    plan(&format!(
        r#"{{"executionSegment":"{segment}","executionSegmentSequence":"0,1/4,1/2,1","scenarios":{scenarios}}}"#
    ))
}

#[test]
fn a_part_has_its_share_of_everything() {
    let scenarios = ALL_EXECUTORS
        .strip_prefix(r#"{"scenarios":"#)
        .unwrap()
        .strip_suffix('}')
        .unwrap();
    let plan = in_part("1/2:1", scenarios);
    let mut lines = vec![plan.description()];
    lines.extend(
        plan.scenarios
            .iter()
            .map(|s| format!("* {}: {}", s.name, s.description())),
    );
    insta::assert_snapshot!(lines.join("\n"), @r"
    (50.00%) 6 scenarios, 17 max VUs, 10m40s max duration (incl. graceful stop)
    * ca: 5.00 iterations/s for 1m30s (maxVUs: 1-10, gracefulStop: 30s)
    * cv: 1 looping VUs for 1m0s
    * ra: Up to 0.42 iterations/s for 10s over 1 stages (maxVUs: 1, gracefulStop: 30s)
    * rv: Up to 3 looping VUs for 10s over 2 stages (gracefulRampDown: 5s, gracefulStop: 30s)
    * si: 5 iterations shared among 1 VUs (maxDuration: 10m0s, gracefulStop: 30s)
    * pv: 1 iterations for each of 1 VUs (maxDuration: 10m0s, exec: foo, startTime: 10s, gracefulStop: 30s)
    ");
    // The second quarter has only the fourth of every four VUs.
    let plan = in_part("1/4:1/2", scenarios);
    let head = "(25.00%) 6 scenarios, 6 max VUs, 2m0s max duration (incl. graceful stop)";
    assert_eq!(plan.description(), head);
}

#[test]
fn the_parts_of_a_test_are_the_whole() {
    let scenarios = r#"{"a":{"executor":"shared-iterations","vus":3,"iterations":7}}"#;
    let of = |segment: &str| {
        let plan = in_part(segment, scenarios);
        let work = plan.scenarios.first().map(|s| match s.executor {
            Executor::SharedIterations(SharedIterations {
                vus, iterations, ..
            }) => (vus, iterations),
            _ => (0, 0),
        });
        (plan.planned_vus(), work)
    };
    assert_eq!(of("0:1/4"), (1, Some((1, 2))));
    assert_eq!(of("1/4:1/2"), (0, Some((0, 0))));
    assert_eq!(of("1/2:1"), (2, Some((2, 5))));
}

#[test]
fn externally_controlled() {
    let of = |body: &str| scenario(&format!(r#""executor":"externally-controlled"{body}"#));
    let plan = plan(&of(r#","vus":2,"maxVUs":5,"duration":"4s""#));
    assert_eq!(
        plan.scenarios[0].description(),
        "Externally controlled execution with 2 VUs, 5 max VUs, 4s duration"
    );
    assert_eq!(
        (plan.max_vus(), plan.total_duration()),
        (5, Duration::from_secs(4))
    );
    let endless = self::plan(&of(r#","vus":2,"duration":0"#));
    assert_eq!(
        endless.scenarios[0].description(),
        "Externally controlled execution with 2 VUs, 2 max VUs, infinite duration"
    );
    assert_eq!(
        (endless.max_vus(), endless.total_duration()),
        (2, Duration::ZERO)
    );
    let cases = [
        (
            "",
            "the duration must be specified, for infinite duration use 0",
        ),
        (
            r#","duration":"-1s""#,
            "the duration can't be negative, for infinite duration use 0",
        ),
        (
            r#","duration":"1s","vus":-1"#,
            "the number of VUs can't be negative",
        ),
        (
            r#","duration":"1s","vus":3,"maxVUs":2"#,
            "the number of active VUs (3) must be less than or equal to the number of maxVUs (2)",
        ),
        (
            r#","duration":"1s","gracefulStop":"1s""#,
            "gracefulStop is not supported by the externally controlled executor",
        ),
    ];
    for (body, problem) in cases {
        let text = error(&of(body));
        assert!(text.ends_with(&format!("errors: {problem}")), "{text}");
    }
}

#[test]
fn needs_of_overlapping_scenarios_are_summed_over_time() {
    // As seen in k6.
    let ramp = r#""executor":"ramping-vus","startVUs":0,"gracefulRampDown":"5s","stages":[{"duration":"1s","target":4},{"duration":"1s","target":0}]"#;
    let plan = plan(&format!(
        r#"{{"scenarios":{{
            "a":{{{ramp}}},
            "b":{{"executor":"constant-vus","vus":2,"duration":"1s","gracefulStop":"1s"}},
            "c":{{"executor":"constant-vus","vus":3,"duration":"1s","gracefulStop":"0s","startTime":"2s"}},
            "d":{{"executor":"constant-vus","duration":"1s","gracefulStop":"0s"}}}}}}"#
    ));
    assert_eq!((plan.planned_vus(), plan.max_vus()), (7, 7));
    assert_eq!(plan.total_duration(), Duration::from_secs(7));
    let all = self::plan(
        r#"{"scenarios":{
            "r":{"executor":"ramping-vus","startVUs":0,"gracefulRampDown":"2s","gracefulStop":"1s",
                "stages":[{"duration":"10s","target":10},{"duration":"5s","target":2},{"duration":"3s","target":8}]},
            "c":{"executor":"constant-vus","vus":5,"duration":"3s","gracefulStop":"0s"},
            "d":{"executor":"constant-arrival-rate","rate":5,"duration":"3s","preAllocatedVUs":2,"maxVUs":9,"gracefulStop":"1s","startTime":"4s"},
            "e":{"executor":"ramping-arrival-rate","preAllocatedVUs":1,"maxVUs":3,"stages":[{"duration":"3s","target":2}],"startTime":"15s"},
            "f":{"executor":"externally-controlled","vus":1,"maxVUs":2,"duration":"20s","startTime":"3s"}}}"#,
    );
    assert_eq!(
        (all.max_vus(), all.total_duration()),
        (19, Duration::from_secs(48))
    );
    let huge = self::plan(&scenario(
        r#""executor":"ramping-vus","stages":[{"duration":"1s","target":100000000},{"duration":"1s","target":0}]"#,
    ));
    assert_eq!(huge.max_vus(), 100_000_000);
}
