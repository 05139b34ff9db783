//! Scripts that do the same in k6: `scripts/<subject>/*.js`, each beside an `.out` file with
//! the console lines that it must write.
//!
//! The `.out` files are k6's own lines, made with
//! `RUNNER_BIN=k6 UPDATE_EXPECT=1 cargo test -p runner-tests --test e2e scripts` and read by a
//! person. A script gets the target as `__ENV.HTTP` and `__ENV.HTTPS`, their hosts as
//! `__ENV.HOST` and `__ENV.HTTPS_HOST`, a closed port as `__ENV.CLOSED`. Comment lines at its
//! start can say `// args: …`, `// exit: …` and `// zone: …`, a time zone.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::binary::is_k6;
use crate::run::Runner;
use crate::server::{closed_port, target};

/// Runs every script of a subject and compares; all differences are shown together.
pub fn check_scripts(subject: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("scripts")
        .join(subject);
    let mut scripts: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|kind| kind == "js" || kind == "ts")
        })
        .collect();
    scripts.sort();
    assert!(!scripts.is_empty(), "{} is empty", folder.display());
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(script) = scripts.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(failure) = check(script) {
                        failures.lock().unwrap().push(failure);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(
        failures.is_empty(),
        "{} of {} scripts differ\n{}",
        failures.len(),
        scripts.len(),
        failures.join("\n")
    );
}

/// Our own binary runs each script twice: with an init for each VU, and with VUs that start from
/// an image wherever nobody can tell.
fn check(script: &Path) -> Result<(), String> {
    if is_k6() {
        return check_mode(script, None);
    }
    check_mode(script, Some("never"))?;
    check_mode(script, Some("always"))
}

fn check_mode(script: &Path, fork: Option<&str>) -> Result<(), String> {
    let source = std::fs::read_to_string(script).unwrap();
    let directive = |name: &str| {
        let prefix = format!("// {name}: ");
        let lines = source.lines().take_while(|line| line.starts_with("//"));
        lines
            .filter_map(|line| line.strip_prefix(prefix.as_str()))
            .next()
            .map(str::to_owned)
    };
    let name = script.file_name().unwrap().to_str().unwrap();
    let shown = fork.map_or_else(|| name.to_owned(), |mode| format!("{name} --fork {mode}"));
    let closed = format!("127.0.0.1:{}", closed_port());
    let target = target();
    let mut runner = Runner::new().named(name, &source);
    if let Some(mode) = fork {
        runner = runner.args(["--fork", mode]);
    }
    if let Some(zone) = directive("zone") {
        runner = runner.env("TZ", zone.trim());
    }
    if let Some(args) = directive("args") {
        runner = runner.args(args.split_whitespace());
    }
    // Files that a script opens or imports are those of its folder's `files`.
    let files = script.with_file_name("files");
    for entry in std::fs::read_dir(files).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = format!("files/{}", path.file_name().unwrap().to_str().unwrap());
        runner = runner.file(&name, std::fs::read(&path).unwrap());
    }
    let output = runner
        .script_env("HTTP", target.http())
        .script_env("HTTPS", target.https())
        .script_env("HOST", target.host())
        .script_env("HTTPS_HOST", target.https_host())
        .script_env("CLOSED", &closed)
        .run();
    let mut text = String::new();
    for line in output.console() {
        let line = line
            .replace(&target.host(), "HOST")
            .replace(&target.https_host(), "HTTPS_HOST")
            .replace(&closed, "CLOSED");
        text.push_str(&line);
        text.push('\n');
    }
    let expected_code: i32 = directive("exit").map_or(0, |code| code.trim().parse().unwrap());
    if output.code != expected_code {
        return Err(format!(
            "=== {shown}: exit code, not {expected_code}\n{output}"
        ));
    }
    let expected_path = script.with_extension("out");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(expected_path, text).unwrap();
        return Ok(());
    }
    let expected = std::fs::read_to_string(&expected_path)
        .map_err(|error| format!("{}: {error}", expected_path.display()))?;
    if text == expected {
        Ok(())
    } else {
        Err(difference(&shown, &expected, &text, &output))
    }
}

/// The lines that differ; the log as well where it says more.
fn difference(name: &str, expected: &str, got: &str, output: &crate::Output) -> String {
    let (mut left, mut right) = (expected.lines(), got.lines());
    let mut text = format!("=== {name}\n");
    loop {
        match (left.next(), right.next()) {
            (None, None) => break,
            (a, b) if a == b => {}
            (a, b) => {
                text.push_str(&format!("  expected {}\n", a.unwrap_or("nothing")));
                text.push_str(&format!("  got      {}\n", b.unwrap_or("nothing")));
            }
        }
    }
    for log in output
        .logs()
        .iter()
        .filter(|log| log.source() != Some("console"))
    {
        text.push_str(&format!(
            "  log {}: {} {:?}\n",
            log.level, log.message, log.fields
        ));
    }
    text
}
