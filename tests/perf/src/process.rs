//! Runs one tool once: with a deadline, its output in files, its memory watched on request.
//!
//! Output goes to files and not to pipes, so that nobody has to read along and a tool that logs
//! ten thousand lines is never held up by us.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::memory::{self, Sample};
use crate::summary::Summary;

/// Looks at the memory with the time since the spawn.
pub type Looks = Vec<(Duration, Sample)>;

/// What a run left behind.
#[derive(Debug)]
pub struct Outcome {
    /// The command as recorded in the results.
    pub command: String,
    /// From the spawn to the end.
    pub wall: Duration,
    /// Exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// What the summary said.
    pub summary: Summary,
    /// Everything that was logged.
    pub log: String,
    /// Memory with the time since the spawn, when it was asked for.
    pub memory: Looks,
}

impl Outcome {
    /// Refuses runs that must not be compared: a bad exit code, failed requests or checks.
    pub fn must_be_clean(self) -> Result<Self> {
        if self.code != Some(0) {
            bail!(
                "{} ended with {:?}: {}",
                self.command,
                self.code,
                last_lines(&self.log)
            );
        }
        if self.summary.failed_requests > 0 || self.summary.failed_checks > 0 {
            bail!(
                "{}: {} requests and {} checks failed: {}",
                self.command,
                self.summary.failed_requests,
                self.summary.failed_checks,
                last_lines(&self.log)
            );
        }
        Ok(self)
    }
}

/// A program, its arguments and its environment.
#[derive(Debug, Clone)]
pub struct Job {
    /// The program.
    pub program: PathBuf,
    /// How the program is called in results.
    pub name: &'static str,
    /// Its arguments.
    pub args: Vec<String>,
    /// Variables that are added to the environment.
    pub env: Vec<(String, String)>,
    /// After this it is killed and the run counts as failed.
    pub deadline: Duration,
    /// Whether to look at its memory once a second.
    pub watch_memory: bool,
}

impl Job {
    /// Runs it with its output in `folder`.
    pub fn run(&self, folder: &Path) -> Result<Outcome> {
        let (stdout, stderr) = (folder.join("stdout.txt"), folder.join("stderr.txt"));
        let mut command = Command::new(&self.program);
        command
            .args(&self.args)
            .stdin(Stdio::null())
            .stdout(File::create(&stdout).context("cannot create the file for the output")?)
            .stderr(File::create(&stderr).context("cannot create the file for the log")?);
        // Options in the environment would make the two tools do different things.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("K6_") {
                command.env_remove(name);
            }
        }
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        let start = Instant::now();
        let child = command
            .spawn()
            .with_context(|| format!("cannot start {}", self.program.display()))?;
        let (code, wall, memory) = self.attend(child, start)?;
        let text = fs::read_to_string(&stdout).unwrap_or_default();
        let log = fs::read_to_string(&stderr).unwrap_or_default();
        let command = self.recorded();
        Ok(Outcome {
            command,
            wall,
            code,
            summary: Summary::parse(&text),
            log,
            memory,
        })
    }

    /// Waits for the end. Polls: finely at first, because a start is measured in milliseconds.
    fn attend(&self, mut child: Child, start: Instant) -> Result<(Option<i32>, Duration, Looks)> {
        let mut memory = Vec::new();
        let mut next_look = Duration::from_secs(1);
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok((status.code(), start.elapsed(), memory));
            }
            let elapsed = start.elapsed();
            if elapsed > self.deadline {
                child.kill()?;
                child.wait()?;
                bail!(
                    "{} was still running after {:?} and was killed",
                    self.recorded(),
                    self.deadline
                );
            }
            if self.watch_memory && elapsed >= next_look {
                memory.push((elapsed, memory::sample(child.id())));
                next_look = start.elapsed() + Duration::from_secs(1);
            }
            let fine = elapsed < Duration::from_secs(1);
            std::thread::sleep(if fine {
                Duration::from_micros(500)
            } else {
                Duration::from_millis(20)
            });
        }
    }

    /// The command without the machine's paths.
    fn recorded(&self) -> String {
        let args = self.args.iter().map(|arg| match Path::new(arg) {
            path if path.is_absolute() => path
                .file_name()
                .map_or_else(|| arg.clone(), |name| name.to_string_lossy().into_owned()),
            _ => arg.clone(),
        });
        let words: Vec<String> = std::iter::once(self.name.to_owned()).chain(args).collect();
        words.join(" ")
    }
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().rev().take(5).collect();
    let lines: Vec<&str> = lines.into_iter().rev().collect();
    if lines.is_empty() {
        "it logged nothing".to_owned()
    } else {
        lines.join(" | ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, deadline: Duration) -> Job {
        Job {
            program: "/bin/sh".into(),
            name: "sh",
            args: vec!["-c".into(), script.into()],
            env: Vec::new(),
            deadline,
            watch_memory: false,
        }
    }

    fn folder(name: &str) -> PathBuf {
        let folder =
            std::env::temp_dir().join(format!("runner-perf-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn collects_code_summary_and_log() {
        let folder = folder("collects");
        let job = shell(
            "echo 'iterations....: 7 3.5/s'; echo oops >&2; exit 3",
            Duration::from_secs(30),
        );
        let outcome = job.run(&folder).unwrap();
        assert_eq!(outcome.code, Some(3));
        assert_eq!(
            outcome.summary.iterations.map(|counter| counter.count),
            Some(7)
        );
        let error = outcome.must_be_clean().unwrap_err().to_string();
        assert!(error.contains("oops"), "{error}");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn kills_what_does_not_end() {
        let folder = folder("kills");
        let error = shell("exec sleep 600", Duration::from_millis(50))
            .run(&folder)
            .unwrap_err();
        assert!(error.to_string().contains("was killed"));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn recorded_commands_hold_no_absolute_paths() {
        let mut job = shell("true", Duration::from_secs(1));
        job.args = vec![
            "run".into(),
            "/home/somebody/target/test.wasm".into(),
            "tests/perf/get.js".into(),
        ];
        assert_eq!(job.recorded(), "sh run test.wasm tests/perf/get.js");
    }
}
