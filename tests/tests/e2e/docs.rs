//! The book in `docs/` says what is true: every example in it is run, chapter by chapter, its links lead
//! somewhere, and the chapters that are made of the command line and of `wit/` are not stale.
//!
//! A chapter's files and commands are one after the other in a folder of its own, where `runner` is the
//! binary under test, the plugins are found by their names, and whatever is said to be on port 8080 is the
//! tests' own server. How blocks are marked, see `runner_tests::blocks`.

use std::collections::BTreeSet;
use std::fs;
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::Command;

use runner_tests::{
    Block, Fate, PLUGINS, binary, blocks, book, chapters, free_port, guest, is_k6, is_shown, links,
    steps, target, wit_reference,
};
use tempfile::TempDir;

/// Seconds that the commands of one block may take.
const LIMIT: &str = "240";

macro_rules! chapters {
    ($($test:ident: $file:literal,)*) => {
        $(
            #[test]
            fn $test() {
                if !is_k6() {
                    Chapter::open($file).run();
                }
            }
        )*

        /// Those with something to run.
        const TRIED: &[&str] = &[$($file),*];
    };
}

chapters! {
    getting_started: "getting-started.md",
    coming_from_k6: "coming-from-k6.md",
    scripts: "scripts.md",
    scenarios: "scenarios.md",
    thresholds: "thresholds.md",
    extensions: "extensions.md",
    writing_extensions: "extensions-writing.md",
    rust: "rust.md",
    outputs: "outputs.md",
    kv: "kv.md",
    ci: "ci.md",
    security: "security.md",
    control: "control.md",
    troubleshooting: "troubleshooting.md",
}

fn read(chapter: &str) -> String {
    let path = book().join(chapter);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A chapter that is being tried.
struct Chapter {
    name: &'static str,
    folder: TempDir,
    port: u16,
    /// A StatsD server that reads nothing.
    statsd: UdpSocket,
}

impl Chapter {
    fn open(name: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["bin", "work", "data/extensions"] {
            fs::create_dir_all(path(name)).unwrap();
        }
        std::os::unix::fs::symlink(fs::canonicalize(binary()).unwrap(), path("bin/runner"))
            .unwrap();
        Self {
            name,
            folder,
            port: free_port(),
            statsd: UdpSocket::bind(("127.0.0.1", 0)).unwrap(),
        }
    }

    fn run(&self) {
        let text = read(self.name);
        for plugin in PLUGINS {
            // Only those that the chapter speaks of, because each may have to be built.
            let name = plugin.trim_start_matches("output-");
            if text.contains(name) {
                let path = self.folder.path().join("data/extensions");
                let component = guest(&format!("plugins/{plugin}"));
                fs::write(path.join(format!("{plugin}.wasm")), component).unwrap();
            }
        }
        for block in blocks(&text) {
            match &block.fate {
                Fate::File(name) => self.write(name, &block.text),
                Fate::Run(code) => self.commands(&block, *code),
                Fate::Text | Fate::NotRun(_) | Fate::Unknown => {}
            }
        }
    }

    /// With what stands where the book says `127.0.0.1:8080` and the like.
    fn here(&self, text: &str) -> String {
        let sdk = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sdk-rust");
        text.replace("127.0.0.1:8080", &target().host())
            .replace("127.0.0.1:8443", &target().https_host())
            .replace(
                "127.0.0.1:8125",
                &self.statsd.local_addr().unwrap().to_string(),
            )
            .replace("127.0.0.1:6565", &format!("127.0.0.1:{}", self.port))
            .replace("../runner/sdk-rust", sdk.to_str().unwrap())
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join("work").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, self.here(text)).unwrap();
        if path.ends_with("Cargo.toml") {
            self.cargo(path.parent().unwrap(), "examples/rust-http-get");
        }
    }

    /// A project in Rust has the versions that are on this machine already, and is built beside the other
    /// guests, so that what they share is compiled once.
    fn cargo(&self, project: &Path, like: &str) {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let package = fs::read_to_string(project.join("Cargo.toml")).unwrap();
        let name = package
            .lines()
            .find_map(|line| line.strip_prefix("name = "))
            .unwrap();
        let lock = fs::read_to_string(repository.join(like).join("Cargo.lock")).unwrap();
        let own = format!("name = \"{}\"", like.rsplit('/').next().unwrap());
        assert!(lock.contains(&own), "{like}");
        fs::write(
            project.join("Cargo.lock"),
            lock.replace(&own, &format!("name = {name}")),
        )
        .unwrap();
        let test = std::env::current_exe().unwrap();
        let guests = test.ancestors().nth(3).unwrap().join("guests");
        fs::create_dir_all(&guests).unwrap();
        std::os::unix::fs::symlink(guests, project.join("target")).unwrap();
    }

    /// Runs the commands of a block in one shell, and compares what each printed.
    fn commands(&self, block: &Block, code: i32) {
        let steps = steps(&block.text);
        let mark = "==== step";
        let mut script =
            String::from("finish() { kill $(jobs -p) 2>/dev/null; wait; }\ntrap finish EXIT\n");
        for step in &steps {
            script += &format!("printf '\\n{mark}\\n'\n");
            script += &self.as_run(&step.command);
            script += "\ncode=$?\n";
            let is_last = std::ptr::eq(step, steps.last().unwrap());
            let wanted = if is_last { code } else { 0 };
            script += &format!("[ $code = {wanted} ] || {{ echo \"exit code $code\"; exit 1; }}\n");
        }
        let said = self.shell(&self.here(&script), block);
        let printed: Vec<_> = said.split(&format!("\n{mark}\n")).skip(1).collect();
        for (step, printed) in steps.iter().zip(printed) {
            let expected: Vec<_> = step.expected.iter().map(|line| self.here(line)).collect();
            assert!(
                is_shown(&expected, printed),
                "docs/src/{}, line {}: $ {}\nprinted\n{printed}\nand the book has\n{}",
                self.name,
                block.line,
                step.command,
                step.expected.join("\n")
            );
            if step.command.starts_with("runner new ") && step.command.contains("--lang rust") {
                // What was written is a project.
                assert!(!printed.contains("rror"), "{printed}");
            }
        }
    }

    /// A command as it is run here. The server of the tests is there already; what runs in the background
    /// keeps its words to itself, and is waited for where it offers the REST API.
    fn as_run(&self, command: &str) -> String {
        if command == "runner target &" {
            return "true".to_owned();
        }
        let Some(background) = command.strip_suffix('&') else {
            return format!("{{ {command}\n}} 2>&1");
        };
        let mut text = format!("{background} >background.log 2>&1 &\n");
        if background.contains("--address") {
            text += "until runner status >/dev/null 2>&1; do kill -0 $! || break; sleep 0.1; done";
        }
        text
    }

    fn shell(&self, script: &str, block: &Block) -> String {
        let folder = self.folder.path();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = [folder.join("bin")]
            .into_iter()
            .chain(std::env::split_paths(&path));
        let mut command = Command::new("timeout");
        command.args([LIMIT, "bash", "-c", script]);
        for (name, _) in std::env::vars() {
            if name.starts_with("K6_") || name.starts_with("RUNNER_") {
                command.env_remove(name);
            }
        }
        command
            .env("PATH", std::env::join_paths(folders).unwrap())
            .env("RUNNER_DATA_DIR", folder.join("data"))
            .env_remove("CARGO_TARGET_DIR")
            .current_dir(folder.join("work"));
        // Its default would be a fixed port.
        if script.contains("runner status") {
            command.env("K6_ADDRESS", format!("127.0.0.1:{}", self.port));
        }
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "docs/src/{}, line {}: {}\n{said}\n{}",
            self.name,
            block.line,
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        said
    }
}

#[test]
fn every_chapter_is_in_the_summary_and_every_example_says_what_it_is() {
    let listed: BTreeSet<String> = chapters().into_iter().collect();
    let mut found = BTreeSet::from(["SUMMARY.md".to_owned()]);
    found.extend(listed.iter().cloned());
    let files = walk(&book());
    assert_eq!(files, found, "chapters and SUMMARY.md");
    for chapter in &listed {
        let text = read(chapter);
        for block in blocks(&text) {
            let place = format!("docs/src/{chapter}, line {}", block.line);
            assert_ne!(
                block.fate,
                Fate::Unknown,
                "{place}: see runner_tests::blocks"
            );
            let is_tried = matches!(block.fate, Fate::File(_) | Fate::Run(_));
            assert!(
                !is_tried || TRIED.contains(&chapter.as_str()),
                "{place}: not in the list above"
            );
            if let Fate::NotRun(why) = &block.fate {
                assert!(why.split(' ').count() > 2, "{place}: {why}");
            }
        }
    }
}

fn walk(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(walk(&path));
        } else if path.extension().is_some_and(|ending| ending == "md") {
            let path = path.strip_prefix(book()).unwrap();
            found.insert(path.to_str().unwrap().to_owned());
        }
    }
    found
}

/// The name by which a heading is linked to: as GitHub and mdBook make it.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let text = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = text
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(anchor).collect()
}

#[test]
fn links_lead_somewhere() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files: Vec<PathBuf> = chapters().iter().map(|name| book().join(name)).collect();
    for name in [
        "README.md",
        "CONTRIBUTING.md",
        "ARCHITECTURE.md",
        "examples/README.md",
    ] {
        files.push(repository.join(name));
    }
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for link in links(&text) {
            if link.contains("://") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let to = match path {
                "" => file.clone(),
                path => file.parent().unwrap().join(path),
            };
            assert!(to.exists(), "{}: {link}", file.display());
            // Out of the book lead only addresses, because the book is read without the source too.
            let leaves = file.starts_with(book()) && path.starts_with("../..");
            assert!(!leaves, "{}: {link}", file.display());
            if !anchor.is_empty() {
                let known = anchors(&fs::read_to_string(&to).unwrap());
                assert!(
                    known.iter().any(|a| a == anchor),
                    "{}: {link}",
                    file.display()
                );
            }
        }
    }
}

/// `make reference` writes what this compares.
#[test]
fn the_reference_is_not_stale() {
    if is_k6() {
        return;
    }
    let output = Command::new(binary())
        .args(["manual", "--markdown"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let commands = String::from_utf8(output.stdout).unwrap();
    for (name, text) in [
        ("reference/commands.md", commands),
        ("reference/wit.md", wit_reference()),
    ] {
        let path = book().join(name);
        if std::env::var_os("UPDATE_REFERENCE").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &text).unwrap();
        }
        let current = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            current == text,
            "docs/src/{name} is stale; run `make reference`"
        );
    }
}
