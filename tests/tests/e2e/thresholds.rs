//! Thresholds at the end of a run: what passes, what fails with 99, what is refused with 104.

use runner_tests::{Output, Runner};

fn run(thresholds: &str) -> Output {
    let script = format!(
        "import {{ Counter, Gauge, Rate, Trend }} from 'k6/metrics'; \
         const c = new Counter('c_c'), g = new Gauge('g_g'), r = new Rate('r_r'), \
           t = new Trend('t_t'), u = new Counter('unused'), v = new Rate('unused_rate'); \
         export const options = {{ thresholds: {{ {thresholds} }} }}; \
         export default function () {{ c.add(10); c.add(2, {{ k: 'v' }}); g.add(5); \
           r.add(1); r.add(0); r.add(0); r.add(0); [1, 2, 3, 4].forEach((x) => t.add(x)); }}"
    );
    Runner::new().script(&script).run()
}

#[test]
fn that_hold() {
    for rule in [
        "c_c: ['count==12']",
        "c_c: ['count>=12', 'count<=12', 'count>11', 'count<13', 'count!=5', 'count===12']",
        "c_c: ['rate>0']",
        "'c_c{k:v}': ['count==2']",
        "'c_c{k:other}': ['count==0']",
        "g_g: ['value==5']",
        "r_r: ['rate==0.25', 'rate<0.26']",
        "t_t: ['avg==2.5', 'min==1', 'max==4', 'med==2.5', 'p(50)==2.5', 'p(100)==4', 'p(0)==1']",
        "t_t: ['p(90) < 3.8', 'p(99.9)<4']",
        "unused: ['count==0']",
        "unused_rate: ['rate>0.99']",
        "iterations: [{ threshold: 'count==1' }]",
        "c_c: [{ threshold: 'count==12', abortOnFail: true, delayAbortEval: '10s' }]",
        "http_req_duration: ['p(95)<500'], http_req_failed: ['rate<0.01']",
        "c_c: []",
    ] {
        let output = run(rule);
        assert!(output.code == 0, "{rule}\n{output}");
    }
}

#[test]
fn that_are_crossed() {
    for (rule, names) in [
        ("c_c: ['count<12']", "'c_c'"),
        ("'c_c{k:v}': ['count>2']", "'c_c{k:v}'"),
        ("r_r: ['rate>0.5']", "'r_r'"),
        ("t_t: ['max<4', 'min==1']", "'t_t'"),
        ("g_g: ['value!=5'], c_c: ['count>100']", "'c_c, g_g'"),
        (
            "iterations: [{ threshold: 'count>5', abortOnFail: false }]",
            "'iterations'",
        ),
    ] {
        let output = run(rule);
        assert!(output.code == 99, "{rule}\n{output}");
        output.says(&format!("thresholds on metrics {names} have been crossed"));
    }
}

#[test]
fn that_make_no_sense() {
    for rule in [
        "nope: ['count>1']",
        "c_c: ['avg>1']",
        "t_t: ['count>1']",
        "t_t: ['p(101)<1']",
        "c_c: ['count>>1']",
        "c_c: ['count']",
        "c_c: ['count>x']",
        "c_c: 5",
        "'c_c{k:}': ['count>1']",
        "'c_c{k': ['count>1']",
    ] {
        let output = run(rule);
        assert!(output.code == 104, "{rule}\n{output}");
        assert!(!output.stderr.is_empty(), "{rule}\n{output}");
    }
}

#[test]
fn in_the_summary() {
    let output = run("t_t: ['max<10', 'avg>100'], c_c: ['count==12']").exits(99);
    let text = output.summary().text().to_owned();
    let section = &text[text.find("THRESHOLDS").unwrap()..text.find("TOTAL RESULTS").unwrap()];
    let lines: Vec<&str> = section
        .lines()
        .skip(1)
        .map(str::trim)
        .filter(|line| !line.is_empty() && *line != "█")
        .collect();
    let expected = [
        "c_c",
        "✓ 'count==12' count=12",
        "t_t",
        "✓ 'max<10' max=4",
        "✗ 'avg>100' avg=2.5",
    ];
    assert_eq!(lines, expected, "{output}");
}

#[test]
fn switched_off() {
    let script = "export const options = { thresholds: { iterations: ['count>5'] } }; \
                  export default function () {}";
    Runner::new()
        .args(["--no-thresholds"])
        .script(script)
        .run()
        .succeeds();
}
