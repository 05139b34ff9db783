//! Two sessions at the same time in one process, with the same script in different surroundings: nothing
//! of one is seen in the other, and both give the right numbers.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail loudly too"
)]

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use runner_outputs::Surroundings;
use runner_plan::{Options, Plan};
use runner_session::{
    Cache, CatalogSettings, End, Environment, Event, Events, ForkMode, JsSettings, Level, Limits,
    Notice, Outcome, Prepared, Run, RunSettings, ScriptSettings, SessionError, Stage, SummaryMode,
    SummarySettings, create_outputs,
};
use serde_json::{Map, Value};

/// A script whose numbers come from its surroundings.
const SCRIPT: &str = r#"
import { Counter } from 'k6/metrics';
import exec from 'k6/execution';
import { openKv } from 'k6/x/kv';

const kv = openKv({ path: './store' });
const data = open('./data.txt');
const added = new Counter('added');

export const options = { vus: 3, iterations: Number(__ENV.COUNT), thresholds: { added: ['count>0'] } };

export default async function () {
  await kv.set(`${__ENV.WHO}-${exec.scenario.iterationInTest}`, data);
  added.add(Number(__ENV.WEIGHT));
}

export async function teardown() {
  const keys = await kv.listKeys();
  const foreign = keys.filter((key) => !key.startsWith(`${__ENV.WHO}-`));
  console.log(`${__ENV.WHO}: ${await kv.size()} keys, ${foreign.length} foreign, data ${data}`);
}
"#;

/// What one session told.
#[derive(Default)]
struct Told {
    lines: Mutex<Vec<String>>,
    stages: Mutex<Vec<Stage>>,
    notices: Mutex<Vec<Notice>>,
    thresholds: Mutex<Vec<bool>>,
    progress: Mutex<u64>,
}

impl Events for Told {
    fn event(&self, event: Event<'_>) {
        match event {
            Event::Log {
                source: "console",
                message,
                ..
            } => self.lines.lock().unwrap().push(message.to_owned()),
            Event::Log {
                level: Level::Error,
                message,
                ..
            } => panic!("{message}"),
            Event::Stage(stage) => self.stages.lock().unwrap().push(stage),
            Event::Notice(notice) => self.notices.lock().unwrap().push(notice.clone()),
            Event::Thresholds(results) => {
                let all = results.iter().all(|result| result.ok);
                self.thresholds.lock().unwrap().push(all);
            }
            Event::Progress(_) => *self.progress.lock().unwrap() += 1,
            _ => {}
        }
    }

    fn progress_every(&self) -> Option<Duration> {
        Some(Duration::from_millis(5))
    }
}

/// A session's folder, with its script and data.
fn surroundings(folder: &Path, events: &Arc<Told>) -> Environment {
    fs::write(folder.join("script.js"), SCRIPT).unwrap();
    Environment {
        cache: Cache::at(folder.join("cache")),
        ..Environment::bare(folder.to_owned(), Arc::clone(events) as _)
    }
}

fn settings(env: &[(&str, &str)]) -> ScriptSettings {
    let env = env.iter();
    ScriptSettings {
        env: env.map(|(k, v)| ((*k).into(), (*v).into())).collect(),
        js: JsSettings::default(),
        vu_memory: 64 << 20,
        init_timeout: Duration::from_secs(60),
        fork: ForkMode::Auto,
        extensions: CatalogSettings::default(),
        extension_busy: Duration::from_secs(10),
    }
}

async fn prepared(
    environment: &Environment,
    env: &[(&str, &str)],
) -> Result<Prepared, SessionError> {
    let source = runner_session::open(Path::new("script.js"), None, environment)?;
    Prepared::load(source, settings(env), environment).await
}

async fn run(environment: Environment, env: &[(&str, &str)]) -> Result<Outcome, SessionError> {
    let prepared = prepared(&environment, env).await?;
    let (options, _) = Options::from_json(&prepared.description.options, "script.js").unwrap();
    let plan = Plan::resolve(&options, &prepared.description.functions).unwrap();
    let collectors = Map::new();
    let surroundings = Surroundings {
        env: &|_| None,
        collectors: &collectors,
    };
    let call = Duration::from_secs(10);
    let specs = ["json=samples.json".to_owned()];
    let settings = RunSettings {
        summary: Some(SummarySettings {
            mode: SummaryMode::Compact,
            color: false,
            no_color: true,
            stdout_tty: false,
            stderr_tty: false,
            machine_readable: false,
            export: true,
            junit: false,
            width: || None,
        }),
        thresholds: true,
        linger: false,
        fail_on_exceptions: true,
        outputs: create_outputs(&specs, &surroundings, &prepared, &plan, call)?,
    };
    Ok(Run::new(prepared, plan, settings).await?.execute().await)
}

/// Iterations and the counter of a summary, and the iterations among the samples.
fn numbers(outcome: &Outcome, folder: &Path) -> (f64, f64, usize) {
    let summary: Value = serde_json::from_str(outcome.export.as_ref().unwrap()).unwrap();
    let count = |metric: &str| summary["metrics"][metric]["count"].as_f64().unwrap();
    let samples = fs::read_to_string(folder.join("samples.json")).unwrap();
    let of_iterations = samples.lines().filter(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        line["type"] == "Point" && line["metric"] == "iterations"
    });
    (count("iterations"), count("added"), of_iterations.count())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sessions_know_nothing_of_each_other() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (told_one, told_two) = (Arc::<Told>::default(), Arc::<Told>::default());
    fs::write(one.path().join("data.txt"), "of one").unwrap();
    fs::write(two.path().join("data.txt"), "of two").unwrap();
    let first = [("WHO", "one"), ("COUNT", "40"), ("WEIGHT", "2")];
    let second = [("WHO", "two"), ("COUNT", "70"), ("WEIGHT", "5")];
    let (first, second) = tokio::join!(
        run(surroundings(one.path(), &told_one), &first),
        run(surroundings(two.path(), &told_two), &second),
    );
    let (first, second) = (first.unwrap(), second.unwrap());

    assert_eq!((first.end, second.end), (End::Success, End::Success));
    assert_eq!(numbers(&first, one.path()), (40.0, 80.0, 40));
    assert_eq!(numbers(&second, two.path()), (70.0, 350.0, 70));
    for (told, line) in [
        (&told_one, "one: 40 keys, 0 foreign, data of one"),
        (&told_two, "two: 70 keys, 0 foreign, data of two"),
    ] {
        assert_eq!(*told.lines.lock().unwrap(), [line]);
        let stages = told.stages.lock().unwrap();
        let ended = [Stage::Running, Stage::Teardown, Stage::Finished];
        assert!(stages.ends_with(&ended), "{stages:?}");
        assert_eq!(told.thresholds.lock().unwrap().last(), Some(&true));
        let unexpected = |notice: &Notice| !matches!(notice, Notice::Image { .. });
        let notices = told.notices.lock().unwrap();
        assert!(!notices.iter().any(unexpected), "{notices:?}");
    }
    for folder in [&one, &two] {
        assert!(folder.path().join("store").is_dir());
        let kept = fs::read_dir(folder.path().join("cache")).unwrap();
        assert!(kept.flatten().any(|entry| {
            let name = entry.file_name();
            name.to_string_lossy().ends_with(".cwasm")
        }));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_are_those_of_the_surroundings() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("data.txt"), "").unwrap();
    let told = Arc::<Told>::default();
    let environment = Environment {
        limits: Limits {
            vus: Some(2),
            vu_memory: None,
        },
        ..surroundings(folder.path(), &told)
    };
    let env = [("WHO", "one"), ("COUNT", "3"), ("WEIGHT", "1")];
    let refused = run(environment.clone(), &env).await.unwrap_err();
    let text = refused.to_string();
    assert!(text.contains("needs 3 VUs, and at most 2"), "{text}");
    assert!(!folder.path().join("samples.json").exists());

    let environment = Environment {
        limits: Limits {
            vus: None,
            vu_memory: Some(1 << 20),
        },
        ..environment
    };
    let refused = prepared(&environment, &env).await.unwrap_err();
    assert!(refused.to_string().contains("memory"), "{refused}");
}
