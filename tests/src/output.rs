//! What a run left behind, and assertions that show all of it when they fail.

use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;

use crate::logs::{self, Log};
use crate::summary::Summary;

/// A finished run.
pub struct Output {
    /// Exit code; -1 where a signal ended it.
    pub code: i32,
    /// Wall-clock time, start to end.
    pub took: Duration,
    /// Banner, progress and summary.
    pub stdout: String,
    /// Log lines.
    pub stderr: String,
    pub(crate) command: String,
    pub(crate) files: PathBuf,
    #[expect(dead_code, reason = "keeps the folder until the test has looked at it")]
    pub(crate) folder: TempDir,
}

impl Output {
    /// Fails the test, with everything that was written, unless the exit code is this one.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert!(
            self.code == code,
            "exit code {} instead of {code}\n{self}",
            self.code
        );
        self
    }

    /// Exit code 0.
    #[track_caller]
    pub fn succeeds(self) -> Self {
        self.exits(0)
    }

    /// Fails unless standard error has `text` in it.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(self.logged().contains(text), "never said {text:?}\n{self}");
        self
    }

    /// Fails if standard error has `text` in it.
    #[track_caller]
    pub fn never_says(self, text: &str) -> Self {
        assert!(!self.logged().contains(text), "said {text:?}\n{self}");
        self
    }

    /// Fails if standard output has `text` in it.
    #[track_caller]
    pub fn never_prints(self, text: &str) -> Self {
        assert!(!self.stdout.contains(text), "{text:?} in stdout\n{self}");
        self
    }

    /// Fails unless standard output has `text` in it.
    #[track_caller]
    pub fn prints(self, text: &str) -> Self {
        assert!(self.stdout.contains(text), "never printed {text:?}\n{self}");
        self
    }

    /// Fails unless the script's own console lines are these.
    #[track_caller]
    pub fn console_is(self, lines: &[&str]) -> Self {
        assert!(
            self.console() == lines,
            "console lines are not {lines:#?}\n{self}"
        );
        self
    }

    /// Log lines in order.
    pub fn logs(&self) -> Vec<Log> {
        logs::parse(&self.stderr)
    }

    /// Messages of the script's `console.*` calls, in order.
    pub fn console(&self) -> Vec<String> {
        let own = |log: &Log| log.source() == Some("console");
        self.logs()
            .into_iter()
            .filter(own)
            .map(|log| log.message)
            .collect()
    }

    /// The last console message as JSON, for scripts that report in one line.
    #[track_caller]
    pub fn report(&self) -> serde_json::Value {
        let Some(last) = self.console().pop() else {
            panic!("no console line\n{self}")
        };
        serde_json::from_str(&last).unwrap_or_else(|error| panic!("{error}: {last}\n{self}"))
    }

    /// The end-of-test summary.
    #[track_caller]
    pub fn summary(&self) -> Summary {
        match Summary::parse(&self.stdout) {
            Some(summary) => summary,
            None => panic!("no summary\n{self}"),
        }
    }

    /// Whether there is a file of that name beside the script, whatever is in it.
    pub fn wrote(&self, name: &str) -> bool {
        self.files.join(name).exists()
    }

    /// A file that the run wrote into its folder, as bytes.
    #[track_caller]
    pub fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.files.join(name))
            .unwrap_or_else(|error| panic!("{name}: {error}\n{self}"))
    }

    /// Whether there is such a file in the run's folder.
    pub fn has(&self, name: &str) -> bool {
        self.files.join(name).exists()
    }

    /// A file that the run wrote into its folder.
    pub fn file(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.files.join(name)).ok()
    }

    /// Standard error as written, and once more with the quoting of messages undone.
    fn logged(&self) -> String {
        let mut text = self.stderr.clone();
        for log in self.logs() {
            text.push('\n');
            text.push_str(&log.message);
            for (_, value) in &log.fields {
                text.push('\n');
                text.push_str(value);
            }
        }
        text
    }
}

impl std::fmt::Display for Output {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            command,
            code,
            stdout,
            stderr,
            ..
        } = self;
        write!(
            formatter,
            "{command} -> {code}\n--- stdout\n{stdout}\n--- stderr\n{stderr}"
        )
    }
}
