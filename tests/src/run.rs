//! Starting the binary: a builder for its arguments, files, environment and input.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::binary::binary;
use crate::environment::{home, isolate};
use crate::output::Output;

/// What a run may take before it is killed and the test fails.
const LIMIT: Duration = Duration::from_secs(60);

/// One run to be. Each has a folder of its own, which is also its working directory.
pub struct Runner {
    command: String,
    options: Vec<String>,
    file: Option<String>,
    env: Vec<(String, String)>,
    stdin: Option<Vec<u8>>,
    folder: TempDir,
    limit: Duration,
    under: Vec<String>,
    is_read: bool,
}

impl Default for Runner {
    fn default() -> Self {
        Self::new()
    }
}

impl Runner {
    /// `runner run` with nothing else yet.
    pub fn new() -> Self {
        Self::command("run")
    }

    /// Another command.
    pub fn command(command: &str) -> Self {
        Self {
            command: command.to_owned(),
            options: Vec::new(),
            file: None,
            env: Vec::new(),
            stdin: None,
            folder: tempfile::tempdir().unwrap(),
            limit: LIMIT,
            under: Vec::new(),
            is_read: true,
        }
    }

    /// Writes `script.js` and runs it.
    pub fn script(self, source: &str) -> Self {
        self.named("script.js", source)
    }

    /// Writes a main script of that name and runs it.
    pub fn named(self, name: &str, source: impl AsRef<[u8]>) -> Self {
        self.file(name, source).main(name)
    }

    /// Runs a file by name, whoever made it.
    pub fn main(mut self, name: &str) -> Self {
        self.file = Some(name.to_owned());
        self
    }

    /// Writes a file beside the script.
    pub fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    /// Arguments between the command and the file.
    pub fn args<I>(mut self, args: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.options.extend(args.into_iter().map(Into::into));
        self
    }

    /// One environment variable. Of the tests' own, a run gets `PATH` and `TMPDIR`.
    pub fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.env.push((name.to_owned(), value.into()));
        self
    }

    /// `-e NAME=value`.
    pub fn script_env(self, name: &str, value: impl AsRef<str>) -> Self {
        self.args(["-e".to_owned(), format!("{name}={}", value.as_ref())])
    }

    /// What the run reads from its standard input.
    pub fn stdin(mut self, input: impl AsRef<[u8]>) -> Self {
        self.stdin = Some(input.as_ref().to_vec());
        self
    }

    /// Another time limit than a minute.
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// A command that starts the binary, such as `nohup`.
    pub fn under(mut self, command: &[&str]) -> Self {
        self.under = command.iter().map(|word| (*word).to_owned()).collect();
        self
    }

    /// Closes the other ends of standard output and standard error at once: writing to them
    /// fails with EPIPE.
    pub fn unread(mut self) -> Self {
        self.is_read = false;
        self
    }

    /// The folder of this run.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs to the end.
    pub fn run(self) -> Output {
        self.start().wait()
    }

    /// Starts without waiting.
    pub fn start(self) -> Running {
        let mut command = self.build();
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let shown = format!("{command:?}");
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", binary().display()));
        let mut stdin = child.stdin.take().unwrap();
        if let Some(input) = &self.stdin {
            // A run that fails before it reads is the test's business, not the pipe's.
            let _ = stdin.write_all(input);
        }
        drop(stdin);
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let (stdout, stderr) = if self.is_read {
            (Collector::start(stdout), Collector::start(stderr))
        } else {
            drop((stdout, stderr));
            (Collector::nothing(), Collector::nothing())
        };
        let deadline = Instant::now() + self.limit;
        Running {
            child,
            shown,
            stdout,
            stderr,
            deadline,
            started: Instant::now(),
            runner: self,
        }
    }

    /// The whole command line in its folder and environment; not yet where its streams go.
    pub(crate) fn build(&self) -> Command {
        let mut command = match self.under.split_first() {
            Some((program, arguments)) => {
                let mut command = Command::new(program);
                command.args(arguments).arg(binary());
                command
            }
            None => Command::new(binary()),
        };
        command
            .arg(&self.command)
            .args(&self.options)
            .args(&self.file);
        command.current_dir(self.folder.path());
        isolate(&mut command, self.folder.path());
        command.envs(self.env.iter().cloned());
        command
    }

    pub(crate) fn time_limit(&self) -> Duration {
        self.limit
    }
}

/// A run that goes on.
pub struct Running {
    child: Child,
    shown: String,
    stdout: Collector,
    stderr: Collector,
    started: Instant,
    deadline: Instant,
    runner: Runner,
}

impl Running {
    /// Waits for the end.
    pub fn wait(mut self) -> Output {
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if Instant::now() > self.deadline {
                let (stdout, stderr) = (self.stdout.text(), self.stderr.text());
                panic!(
                    "{} did not end\n--- stdout\n{stdout}\n--- stderr\n{stderr}",
                    self.shown
                );
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        let home = home(self.runner.folder.path());
        assert!(!home.exists(), "{} made its home", self.shown);
        Output {
            code: status.code().unwrap_or(-1),
            took: self.started.elapsed(),
            stdout: self.stdout.finish(),
            stderr: self.stderr.finish(),
            command: self.shown.clone(),
            files: self.runner.folder.path().to_owned(),
            folder: std::mem::replace(&mut self.runner.folder, tempfile::tempdir().unwrap()),
        }
    }

    /// Waits until `text` is in what it has written to either stream.
    pub fn until(&self, text: &str) {
        self.until_after(text, || ());
    }

    /// The same, and does something again and again meanwhile.
    pub fn until_after(&self, text: &str, mut act: impl FnMut()) {
        while !self.stdout.text().contains(text) && !self.stderr.text().contains(text) {
            act();
            assert!(
                Instant::now() < self.deadline,
                "{} never said {text:?}\n{}\n{}",
                self.shown,
                self.stdout.text(),
                self.stderr.text()
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until `text` is in a file of its folder.
    pub fn until_file(&self, name: &str, text: &str) {
        let path = self.runner.folder.path().join(name);
        loop {
            let found = std::fs::read_to_string(&path).unwrap_or_default();
            if found.contains(text) {
                return;
            }
            let is_late = Instant::now() > self.deadline;
            assert!(!is_late, "{text:?} is never in {name}\n{found}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// What it has written to standard output so far.
    pub fn stdout(&self) -> String {
        self.stdout.text()
    }

    /// What it has written to standard error so far.
    pub fn stderr(&self) -> String {
        self.stderr.text()
    }

    /// Sends SIGINT, as Ctrl-C does.
    pub fn interrupt(&self) {
        self.signal(Signal::INT);
    }

    /// Sends SIGTERM.
    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Sends SIGHUP, as a terminal that is closed does.
    pub fn hang_up(&self) {
        self.signal(Signal::HUP);
    }

    /// KiB that the process wrote to in each of its mappings with `name` in their names, where it wrote
    /// to any. The mappings of VUs' memories are called `wasm-memory-image`.
    pub fn written(&self, name: &str) -> Vec<u64> {
        let path = format!("/proc/{}/smaps", self.child.id());
        let mut wanted = false;
        let mut written = Vec::new();
        for line in std::fs::read_to_string(path).unwrap().lines() {
            if let Some(size) = line.strip_prefix("Private_Dirty:") {
                let size = size.trim_end_matches("kB").trim().parse().unwrap();
                if wanted && size > 0 {
                    written.push(size);
                }
            } else if line.starts_with(|c: char| c.is_ascii_digit() || ('a'..='f').contains(&c)) {
                wanted = line.contains(name);
            }
        }
        written
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Reads a pipe in a thread of its own, so that a full one never blocks the run.
struct Collector {
    text: Arc<Mutex<Vec<u8>>>,
    thread: Option<JoinHandle<()>>,
}

impl Collector {
    fn nothing() -> Self {
        Self {
            text: Arc::default(),
            thread: None,
        }
    }

    fn start(mut pipe: impl Read + Send + 'static) -> Self {
        let text = Arc::new(Mutex::new(Vec::new()));
        let shared = text.clone();
        let thread = std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(length @ 1..) = pipe.read(&mut buffer) {
                shared.lock().unwrap().extend_from_slice(&buffer[..length]);
            }
        });
        Self {
            text,
            thread: Some(thread),
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.text.lock().unwrap()).into_owned()
    }

    fn finish(&mut self) -> String {
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
        self.text()
    }
}
