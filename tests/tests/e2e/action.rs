//! The GitHub Action and `--junit`, which it uses: `action.yml` is read, and its steps are run as the
//! service would run them, with the archive of `make dist`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use roxmltree::Document;
use runner_tests::{Runner, is_k6, target};
use saphyr::{LoadableYamlNode, Yaml};
use tempfile::TempDir;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A file of the repository, as YAML.
fn yaml(text: &str) -> Yaml<'_> {
    Yaml::load_from_str(text).unwrap().remove(0)
}

fn keys(mapping: &Yaml) -> Vec<String> {
    let pairs = mapping.as_mapping().unwrap();
    pairs
        .keys()
        .map(|key| key.as_str().unwrap().to_owned())
        .collect()
}

/// A workflow's machine: a workspace, and the files by which steps talk to each other.
struct Machine {
    folder: TempDir,
    path: String,
}

impl Machine {
    fn new(script: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["temp", "work", "work/tests"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        fs::write(folder.path().join("work/tests/load.js"), script).unwrap();
        let path = std::env::var("PATH").unwrap();
        Self { folder, path }
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }

    /// Runs the steps until one fails. Returns the exit code, what was said, and the step's outputs.
    fn act(&mut self, inputs: &[(&str, &str)]) -> (i32, String, BTreeMap<String, String>) {
        let text = fs::read_to_string(repository().join("action.yml")).unwrap();
        let action = yaml(&text);
        let mut values = BTreeMap::new();
        for name in keys(&action["inputs"]) {
            let given = inputs.iter().find(|(input, _)| *input == name);
            let value = match given {
                Some((_, value)) => (*value).to_owned(),
                None => action["inputs"][name.as_str()]["default"]
                    .as_str()
                    .unwrap_or_else(|| panic!("the input {name} is required"))
                    .to_owned(),
            };
            values.insert(name, value);
        }
        let expand = |text: &str| {
            let mut text = text.to_owned();
            for (name, value) in &values {
                text = text.replace(&format!("${{{{ inputs.{name} }}}}"), value);
            }
            assert!(!text.contains("${{"), "{text}");
            text
        };
        let mut said = String::new();
        for step in action["runs"]["steps"].as_sequence().unwrap() {
            // Inputs reach a shell through variables alone, so that none can be a command.
            let run = step["run"].as_str().unwrap();
            assert!(!run.contains("${{"), "{run}");
            assert_eq!(step["shell"].as_str(), Some("bash"));
            let folder = step
                .as_mapping_get("working-directory")
                .map_or(".".to_owned(), |folder| expand(folder.as_str().unwrap()));
            let mut command = Command::new("timeout");
            command.args([
                "60",
                "bash",
                "--noprofile",
                "--norc",
                "-eo",
                "pipefail",
                "-c",
                run,
            ]);
            command.current_dir(self.folder.path().join("work").join(folder));
            command.env_clear().env("PATH", &self.path);
            command.env("HOME", self.folder.path());
            command.env("RUNNER_CACHE_DIR", super::dist::cache());
            for (name, file) in [
                ("RUNNER_TEMP", "temp"),
                ("GITHUB_PATH", "path"),
                ("GITHUB_OUTPUT", "output"),
                ("GITHUB_STEP_SUMMARY", "summary"),
            ] {
                command.env(name, self.folder.path().join(file));
            }
            for name in keys(&step["env"]) {
                let value = expand(step["env"][name.as_str()].as_str().unwrap());
                command.env(name, value);
            }
            let output = command.output().unwrap();
            said += &String::from_utf8_lossy(&output.stdout);
            said += &String::from_utf8_lossy(&output.stderr);
            if !output.status.success() {
                return (output.status.code().unwrap(), said, self.outputs());
            }
            for folder in self.file("path").lines() {
                self.path = format!("{folder}:{}", self.path);
            }
        }
        (0, said, self.outputs())
    }

    fn outputs(&self) -> BTreeMap<String, String> {
        let output = self.file("output");
        let pairs = output.lines().map(|line| line.split_once('=').unwrap());
        pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }
}

const LOAD: &str = "import http from 'k6/http'; import { check, group } from 'k6'; \
    import compare from 'k6/x/compare'; \
    export const options = { thresholds: { checks: ['rate>0.9'], http_reqs: ['count<' + __ENV.MOST] } }; \
    export default function () { group('front page', () => { \
      check(http.get(__ENV.URL), { 'is <200>': (r) => r.status === 200 && compare.isGreater(2, 1) }); }); }";

#[test]
fn the_action_installs_runs_and_reports() {
    if is_k6() {
        return;
    }
    let archive = super::dist::archive();
    let sums = fs::read_to_string(archive.parent().unwrap().join("SHA256SUMS")).unwrap();
    let sum = sums.lines().find(|line| line.ends_with(".tar.gz")).unwrap();
    let flags = format!("-i\n3\n-eURL={}/get\n-eMOST=99\n", target().http());
    let mut machine = Machine::new(LOAD);
    let (code, said, outputs) = machine.act(&[
        ("archive", archive.to_str().unwrap()),
        ("sha256", sum.split(' ').next().unwrap()),
        ("script", "load.js"),
        ("flags", &flags),
        ("working-directory", "tests"),
        ("junit", "report.xml"),
    ]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(outputs["exit-code"], "0");
    assert_eq!(outputs["summary"], "tests/runner-summary.json");
    assert_eq!(outputs["junit"], "tests/report.xml");
    let summary = machine.file(&format!("work/{}", outputs["summary"]));
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    assert_eq!(summary["metrics"]["http_reqs"]["count"], 3);
    let report = machine.file(&format!("work/{}", outputs["junit"]));
    assert_eq!(
        cases(&report),
        [
            "run run",
            "thresholds.checks rate>0.9",
            "thresholds.http_reqs count<99"
        ]
    );
    let page = machine.file("summary");
    assert!(
        page.starts_with("### load.js: exit code 0\n```\n"),
        "{page}"
    );
    assert!(
        page.contains("█ TOTAL RESULTS") && page.contains("checks_total"),
        "{page}"
    );
}

#[test]
fn the_action_fails_as_the_run_does_and_still_reports() {
    if is_k6() {
        return;
    }
    let archive = super::dist::archive();
    let flags = format!("--iterations=3\n-eMOST=2\n-eURL={}/get", target().http());
    let inputs = [
        ("archive", archive.to_str().unwrap()),
        ("script", "tests/load.js"),
        ("flags", &flags),
    ];
    let mut machine = Machine::new(LOAD);
    let (code, said, outputs) = machine.act(&inputs);
    assert_eq!((code, outputs["exit-code"].as_str()), (99, "99"), "{said}");
    let report = machine.file(&format!("work/{}", outputs["junit"]));
    assert_eq!(
        cases(&report),
        [
            "run run",
            "thresholds.checks rate>0.9",
            "thresholds.http_reqs count<2: count is 3"
        ]
    );
    assert!(machine.file("summary").contains("exit code 99"));

    // Another archive than the one that is meant is not even unpacked.
    let mut machine = Machine::new(LOAD);
    let wrong = "0".repeat(64);
    let (code, said, outputs) = machine.act(&[&inputs[..], &[("sha256", &wrong)]].concat());
    assert_ne!(code, 0, "{said}");
    assert!(
        outputs.is_empty() && machine.file("path").is_empty(),
        "{said}"
    );
}

#[test]
fn the_example_workflow_knows_the_action() {
    if is_k6() {
        return;
    }
    let read = |path: &str| fs::read_to_string(repository().join(path)).unwrap();
    let (action, workflow) = (read("action.yml"), read("examples/ci/github.yml"));
    let (action, workflow) = (yaml(&action), yaml(&workflow));
    let inputs = keys(&action["inputs"]);
    let steps = workflow["jobs"]["load-test"]["steps"]
        .as_sequence()
        .unwrap();
    let step = steps
        .iter()
        .find(|step| step["uses"].as_str().unwrap().contains("/runner@"))
        .unwrap();
    let given = keys(&step["with"]);
    for name in &given {
        assert!(inputs.contains(name), "{name}");
    }
    for name in inputs {
        let required = action["inputs"][name.as_str()]
            .as_mapping_get("required")
            .is_some();
        assert!(!required || given.contains(&name), "{name}");
    }
    let upload = steps.last().unwrap();
    let paths = upload["with"]["path"].as_str().unwrap();
    for line in paths.lines() {
        let name = line.rsplit('.').next().unwrap().trim_end_matches(" }}");
        let output = &action["outputs"][name]["value"];
        assert!(
            output.as_str().unwrap().contains("steps.run.outputs"),
            "{line}"
        );
    }
    assert_eq!(upload["if"].as_str(), Some("${{ !cancelled() }}"));
}

/// Checks the report by what readers of JUnit XML agree on, and gives class, name and failure of each
/// test case.
fn cases(report: &str) -> Vec<String> {
    let document = Document::parse(report).unwrap_or_else(|error| panic!("{error}: {report}"));
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "testsuites", "{report}");
    let suites: Vec<_> = root
        .children()
        .filter(roxmltree::Node::is_element)
        .collect();
    assert_eq!(suites.len(), 1, "{report}");
    let mut found = Vec::new();
    let mut failures = 0;
    for node in suites[0].children().filter(roxmltree::Node::is_element) {
        if node.has_tag_name("system-out") {
            continue;
        }
        assert!(node.has_tag_name("testcase"), "{report}");
        let attribute = |name| node.attribute(name).unwrap();
        let mut case = format!("{} {}", attribute("classname"), attribute("name"));
        for failure in node.children().filter(roxmltree::Node::is_element) {
            assert!(failure.has_tag_name("failure"), "{report}");
            case += &format!(": {}", failure.attribute("message").unwrap());
            failures += 1;
        }
        found.push(case);
    }
    for element in [root, suites[0]] {
        let number = |name| element.attribute(name).unwrap().parse::<f64>().unwrap();
        assert_eq!(number("tests") as usize, found.len(), "{report}");
        assert_eq!(number("failures") as usize, failures, "{report}");
        assert!(number("errors") == 0.0 && number("time") >= 0.0, "{report}");
    }
    found
}

#[test]
fn junit_says_why_a_run_failed() {
    if is_k6() {
        return;
    }
    let run = |script: &str| {
        Runner::new()
            .args(["--junit", "r.xml"])
            .script(script)
            .run()
    };
    let output = run(
        "import exec from 'k6/execution'; import { check } from 'k6'; \
        export default function () { check(1, { 'a & b': false }); exec.test.abort('enough <of> it'); }",
    );
    let report = output.exits(108).file("r.xml").unwrap();
    assert_eq!(
        cases(&report),
        ["run run: the script aborted: enough <of> it"]
    );
    assert!(
        report.contains("a &amp; b: 0 passed, 1 failed\n"),
        "{report}"
    );

    let output = run(
        "export const options = { thresholds: { iterations: ['count<1'] } }; \
        export function setup() { throw new Error('no'); } export default function () {}",
    );
    let report = output.exits(107).file("r.xml").unwrap();
    assert_eq!(
        cases(&report),
        ["run run: script exception", "thresholds.iterations count<1"]
    );

    // By its variable, and only where there is a summary.
    let script = "export default function () {}";
    let output = Runner::new()
        .env("RUNNER_JUNIT", "r.xml")
        .script(script)
        .run();
    assert_eq!(
        cases(&output.succeeds().file("r.xml").unwrap()),
        ["run run"]
    );
    let output = Runner::new()
        .args(["--junit", "missing/r.xml"])
        .script(script)
        .run();
    output
        .exits(255)
        .says("--junit: cannot write missing/r.xml");
}
