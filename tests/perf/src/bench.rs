//! One benchmark from start to end: finds the tools, starts the target, lets the contestants
//! take turns, prints and saves.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::args::{Args, Row};
use crate::nginx::Nginx;
use crate::process::{Job, Outcome};
use crate::report::markdown;
use crate::tools::{self, Tools};
use crate::{rows, save};

/// A contestant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// runner with the JS script.
    Runner,
    /// runner with the Rust component.
    RunnerRust,
    /// k6 with the JS script.
    K6,
}

impl Who {
    /// Its name in results.
    fn label(self) -> &'static str {
        match self {
            Self::Runner => "runner",
            Self::RunnerRust => "runner (Rust)",
            Self::K6 => "k6",
        }
    }
}

/// A run with constant VUs.
#[derive(Debug, Clone, Copy)]
pub struct Load<'a> {
    /// In tests/perf/scripts, or an absolute path; the Rust component takes its place where it runs.
    pub script: &'a str,
    /// How many VUs.
    pub vus: u32,
    /// For how long.
    pub seconds: u64,
    /// Whether to look at the memory meanwhile.
    pub watch_memory: bool,
}

/// The values of one contestant, or why there are none.
#[derive(Debug)]
pub struct Series {
    /// Whose.
    pub who: Who,
    /// One per repetition.
    pub values: Vec<f64>,
    /// The first failure; the contestant sits out after it.
    pub failed: Option<String>,
}

/// What every row needs.
pub struct Bench<'a> {
    args: &'a Args,
    tools: &'a Tools,
    nginx: Nginx,
    folder: PathBuf,
    files: u64,
    raw: RefCell<Vec<Value>>,
    failures: RefCell<Vec<String>>,
}

/// Measures, prints, saves; `false` when a row could not be measured.
pub fn run(args: &Args) -> Result<bool> {
    let tools = Tools::find(args)?;
    let files = tools::raise_open_files();
    std::env::set_current_dir(tools::root()).context("cannot enter the project's folder")?;
    let folder = std::env::temp_dir().join(format!("runner-bench-{}", std::process::id()));
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let result = run_in(args, &tools, &folder, files);
    let _ = fs::remove_dir_all(&folder);
    result
}

fn run_in(args: &Args, tools: &Tools, folder: &Path, files: u64) -> Result<bool> {
    let nginx = Nginx::start(&tools.nginx, folder, files)?;
    let bench = Bench {
        args,
        tools,
        nginx,
        folder: folder.to_owned(),
        files,
        raw: RefCell::default(),
        failures: RefCell::default(),
    };
    // Fills the cache, so that no row but the last pays for the first start.
    if let Err(error) = bench
        .once(Who::Runner, "empty.js", &[], None)
        .and_then(Outcome::must_be_clean)
    {
        bail!("runner cannot run an empty script: {error:#}");
    }
    let lines = rows::measure(&bench);
    let table = markdown(&lines);
    println!("\n{table}");
    let failures = bench.failures.into_inner();
    for failure in &failures {
        println!("not measured: {failure}");
    }
    if args.save {
        let folder = save::save(args, tools, &lines, &bench.raw.into_inner(), &failures)?;
        println!("saved in {}", folder.display());
    }
    Ok(failures.is_empty())
}

impl Bench<'_> {
    /// Whether `row` was asked for.
    pub fn wants(&self, row: Row) -> bool {
        self.args.wants(row)
    }

    /// Repetitions of a row.
    pub fn runs(&self) -> u32 {
        self.args.runs
    }

    /// Repetitions of a row with thousands of VUs.
    pub fn heavy_runs(&self) -> u32 {
        self.args.runs.min(2)
    }

    /// Seconds of a throughput run.
    pub fn seconds(&self) -> u64 {
        self.args.seconds
    }

    /// Seconds of a run with thousands of VUs: it needs time to become steady.
    pub fn heavy_seconds(&self) -> u64 {
        self.args.seconds.max(5) * 2
    }

    /// Refuses a row that the limit of open files rules out.
    pub fn needs_files(&self, vus: u32) -> Result<()> {
        let needed = u64::from(vus) + 500;
        if self.files < needed {
            bail!(
                "{vus} VUs need {needed} open files and the limit is {}; raise `ulimit -Hn`",
                self.files
            );
        }
        Ok(())
    }

    /// An empty folder for `RUNNER_CACHE_DIR`.
    pub fn fresh_cache(&self) -> Result<PathBuf> {
        let cache = self.folder.join("first-start");
        if cache.exists() {
            fs::remove_dir_all(&cache)?;
        }
        fs::create_dir_all(&cache)?;
        Ok(cache)
    }

    /// Lets the contestants take turns; each repetition starts with another one.
    pub fn race(
        &self,
        row: &str,
        whos: &[Who],
        runs: u32,
        measure: impl Fn(Who) -> Result<f64>,
    ) -> Vec<Series> {
        let mut series: Vec<Series> = whos
            .iter()
            .map(|who| Series {
                who: *who,
                values: Vec::new(),
                failed: None,
            })
            .collect();
        for run in 0..runs {
            for turn in &mut series {
                if turn.failed.is_some() {
                    continue;
                }
                match measure(turn.who) {
                    Ok(value) => {
                        eprintln!("{row} {}/{runs}: {} {value:.2}", run + 1, turn.who.label());
                        turn.values.push(value);
                    }
                    Err(error) => {
                        let reason = format!("{row}, {}: {error:#}", turn.who.label());
                        eprintln!("{reason}");
                        self.failures.borrow_mut().push(reason.clone());
                        turn.failed = Some(reason);
                    }
                }
            }
            // The order decides who meets a warm or a tired machine.
            series.rotate_left(1);
        }
        for turn in &series {
            self.raw.borrow_mut().push(json!({
                "row": row, "tool": turn.who.label(), "values": turn.values, "failed": turn.failed,
            }));
        }
        series
    }

    /// A load run, with what the tool claims held against what nginx served.
    pub fn load_checked(&self, who: Who, load: &Load) -> Result<Outcome> {
        let before = self.nginx.served()?;
        let outcome = self.load(who, load)?;
        // The look itself is a request that nginx counts.
        let served = self.nginx.served()?.saturating_sub(before + 1);
        if let Some(claimed) = outcome.summary.requests.map(|requests| requests.count) {
            // Requests in flight at the end may be served and not counted: one per VU at most.
            let least = served.saturating_sub(u64::from(load.vus) + served / 100);
            if claimed > served || claimed < least {
                bail!(
                    "{} claims {claimed} requests and nginx served {served}",
                    outcome.command
                );
            }
        }
        Ok(outcome)
    }

    /// Whether `row` was asked for by name.
    pub fn asks_for(&self, row: Row) -> bool {
        self.args.only.contains(&row)
    }

    /// Seconds of the soak.
    pub fn soak_seconds(&self) -> u64 {
        self.args.soak_seconds
    }

    /// A file that may be large and is gone after the benchmark.
    pub fn scratch(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A load run.
    pub fn load(&self, who: Who, load: &Load) -> Result<Outcome> {
        self.load_with(who, load, &[])
    }

    /// A load run with further flags.
    pub fn load_with(&self, who: Who, load: &Load, flags: &[&str]) -> Result<Outcome> {
        let url = format!("URL={}", self.nginx.url(self.args.body.path()));
        let script = self.script(who, load.script)?;
        let (vus, duration) = (load.vus.to_string(), format!("{}s", load.seconds));
        let mut args = vec!["run", "-q", "-u", &vus, "-d", &duration, "-e", &url];
        args.extend(flags);
        args.push(&script);
        // Making thousands of VUs takes k6 a while, and it may use its graceful stop.
        let extra = 60 + u64::from(load.vus) / 100;
        let mut job = self.job(who, &args, None);
        job.deadline = Duration::from_secs(load.seconds + extra);
        job.watch_memory = load.watch_memory;
        self.execute(&job)
    }

    /// One iteration of one VU.
    pub fn once(
        &self,
        who: Who,
        script: &str,
        variables: &[(&str, &str)],
        cache: Option<&Path>,
    ) -> Result<Outcome> {
        let script = self.script(who, script)?;
        let variables = pairs(variables);
        let mut args = vec!["run", "-q", "-u", "1", "-i", "1"];
        for variable in &variables {
            args.extend(["-e", variable.as_str()]);
        }
        args.push(&script);
        self.execute(&self.job(who, &args, cache))
    }

    /// A script that brings its own scenarios; it gets the target's address in URL.
    pub fn scenarios(&self, who: Who, script: &str, variables: &[(&str, &str)]) -> Result<Outcome> {
        let script = self.script(who, script)?;
        let url = format!("URL={}", self.nginx.url(self.args.body.path()));
        let variables: Vec<String> = variables
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut args = vec!["run", "-q", "-e", url.as_str()];
        for variable in &variables {
            args.extend(["-e", variable.as_str()]);
        }
        args.push(&script);
        self.execute(&self.job(who, &args, None))
    }

    /// As many iterations as VUs, from the start of the process to its end.
    pub fn one_each(&self, who: Who, script: &str, vus: u32) -> Result<Outcome> {
        self.needs_files(vus)?;
        let script = self.script(who, script)?;
        let url = format!("URL={}", self.nginx.url(self.args.body.path()));
        let count = vus.to_string();
        let args = ["run", "-q", "-u", &count, "-i", &count, "-e", &url, &script];
        self.execute(&self.job(who, &args, None))
    }

    /// The extension that rows call, when it was built.
    pub fn extension(&self) -> Option<&Path> {
        self.tools.extension.as_deref()
    }

    /// Where rows may write.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn script(&self, who: Who, script: &str) -> Result<String> {
        if who != Who::RunnerRust {
            let path = Path::new("tests/perf/scripts").join(script);
            return Ok(path.display().to_string());
        }
        let component = self.tools.component.as_ref().context(
            "examples/rust-http-get is not built; run `cargo build --release --target wasm32-wasip2` \
             there or give --component",
        )?;
        Ok(component.display().to_string())
    }

    fn job(&self, who: Who, args: &[&str], cache: Option<&Path>) -> Job {
        let cache = cache.map_or_else(|| self.folder.join("cache"), Path::to_owned);
        let (program, name) = match who {
            Who::K6 => (&self.tools.k6, "k6"),
            Who::Runner | Who::RunnerRust => (&self.tools.runner, "runner"),
        };
        Job {
            program: program.clone(),
            name,
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            env: vec![
                ("RUNNER_CACHE_DIR".to_owned(), cache.display().to_string()),
                // k6 would report the run to its makers; nothing leaves the machine here.
                ("K6_NO_USAGE_REPORT".to_owned(), "true".to_owned()),
            ],
            deadline: Duration::from_secs(60),
            watch_memory: false,
        }
    }

    fn execute(&self, job: &Job) -> Result<Outcome> {
        let outcome = job.run(&self.folder)?;
        let memory: Vec<Value> = outcome
            .memory
            .iter()
            .map(|(at, sample)| {
                json!({
                    "second": at.as_secs(), "private": sample.private,
                    "resident": sample.resident, "page_tables": sample.page_tables,
                })
            })
            .collect();
        self.raw.borrow_mut().push(json!({
            "command": outcome.command,
            "wall_ms": (outcome.wall.as_secs_f64() * 1e6).round() / 1e3,
            "exit_code": outcome.code,
            "requests": outcome.summary.requests.map(|counter| json!({"count": counter.count, "rate": counter.rate})),
            "iterations": outcome.summary.iterations.map(|counter| json!({"count": counter.count, "rate": counter.rate})),
            "failed_requests": outcome.summary.failed_requests,
            "failed_checks": outcome.summary.failed_checks,
            "memory": memory,
        }));
        Ok(outcome)
    }
}

fn pairs(variables: &[(&str, &str)]) -> Vec<String> {
    variables
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect()
}
