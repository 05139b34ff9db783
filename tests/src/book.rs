//! The book in `docs/`: its chapters, and what is in their fenced blocks. Every block says in its first
//! line what becomes of it:
//!
//! - `js file=script.js`, in any language: a file, written into the chapter's folder.
//! - `console`: commands behind `$ `, each with what it prints. Lines of `...` and the mark `[..]` stand
//!   for anything; `exit=99` says that the last command ends that way.
//! - `text`, `wit`: for readers only, such as the shape of something.
//! - `console not-run: why`, in any language: what cannot be tried here.

use std::fs;
use std::path::{Path, PathBuf};

use crate::redact::redact;

/// The folder of the book.
pub fn book() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src")
}

/// The chapters that `SUMMARY.md` names, as paths in [`book`].
pub fn chapters() -> Vec<String> {
    let summary = fs::read_to_string(book().join("SUMMARY.md")).unwrap();
    links(&summary)
        .into_iter()
        .filter(|link| link.ends_with(".md"))
        .collect()
}

/// Where the links of a text lead, without those in code.
pub fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        }
        let mut rest = line;
        while let Some((_, after)) = rest.split_once("](").filter(|_| !is_code) {
            let Some((link, after)) = after.split_once(')') else {
                break;
            };
            found.push(link.to_owned());
            rest = after;
        }
    }
    found
}

/// A fenced block.
#[derive(Debug, Clone)]
pub struct Block {
    /// Such as `js`.
    pub language: String,
    /// What becomes of it.
    pub fate: Fate,
    /// Its lines.
    pub text: String,
    /// The line that it begins in.
    pub line: usize,
}

/// What becomes of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is a file of that name.
    File(String),
    /// Its commands are run; the last ends with that code.
    Run(i32),
    /// It is for readers.
    Text,
    /// It would be run or written, but for that reason.
    NotRun(String),
    /// It says none of these.
    Unknown,
}

/// The blocks of a chapter, in order.
pub fn blocks(text: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut is_open = false;
    for (number, line) in text.lines().enumerate() {
        match line.strip_prefix("```") {
            Some(_) if is_open => is_open = false,
            Some(info) => {
                is_open = true;
                let (language, rest) = info.split_once(' ').unwrap_or((info, ""));
                found.push(Block {
                    language: language.to_owned(),
                    fate: fate(language, rest.trim()),
                    text: String::new(),
                    line: number + 1,
                });
            }
            None if is_open => {
                let block = found.last_mut().unwrap();
                block.text.push_str(line);
                block.text.push('\n');
            }
            None => {}
        }
    }
    assert!(!is_open, "a block has no end");
    found
}

fn fate(language: &str, rest: &str) -> Fate {
    if let Some(why) = rest.strip_prefix("not-run: ") {
        return Fate::NotRun(why.to_owned());
    }
    if let Some(file) = rest.strip_prefix("file=") {
        return Fate::File(file.to_owned());
    }
    match (language, rest.strip_prefix("exit=")) {
        ("console", Some(code)) => Fate::Run(code.parse().unwrap()),
        ("console", None) if rest.is_empty() => Fate::Run(0),
        ("text" | "wit", None) if rest.is_empty() => Fate::Text,
        _ => Fate::Unknown,
    }
}

/// A command of a block, and what it prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// As it is typed; it may have several lines.
    pub command: String,
    /// Empty where the book does not show it.
    pub expected: Vec<String>,
}

/// The commands of a block. Lines that begin with `> ` go on with the one before.
pub fn steps(text: &str) -> Vec<Step> {
    let mut found: Vec<Step> = Vec::new();
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            found.push(Step {
                command: command.to_owned(),
                expected: Vec::new(),
            });
            continue;
        }
        let step = found.last_mut().expect("a block begins with a command");
        match line.strip_prefix("> ") {
            Some(more) if step.expected.is_empty() => {
                step.command.push('\n');
                step.command.push_str(more);
            }
            _ => step.expected.push(line.to_owned()),
        }
    }
    found
}

/// Whether what was printed is what the book shows, but for what differs from run to run: times, rates
/// and sizes, how wide a column is, and how a log line looks off a terminal.
pub fn is_shown(expected: &[String], printed: &str) -> bool {
    let expected: Vec<_> = expected.iter().map(|line| plain(line)).collect();
    let expected: Vec<_> = expected.iter().filter(|line| !line.is_empty()).collect();
    // Said once on each machine.
    let printed = printed.lines().filter(|line| !line.contains("compiling "));
    let printed: Vec<_> = printed.map(plain).collect();
    let printed: Vec<_> = printed.iter().filter(|line| !line.is_empty()).collect();
    expected.is_empty() || all_match(&expected, &printed)
}

fn all_match(expected: &[&String], printed: &[&String]) -> bool {
    match (expected.split_first(), printed.split_first()) {
        (None, None) => true,
        (Some((first, rest)), _) if *first == "..." => {
            (0..=printed.len()).any(|skipped| all_match(rest, &printed[skipped..]))
        }
        (Some((first, rest)), Some((line, lines))) => {
            line_matches(first, line) && all_match(rest, lines)
        }
        _ => false,
    }
}

fn line_matches(expected: &str, printed: &str) -> bool {
    let mut rest = printed;
    let mut parts = expected.split("[..]").peekable();
    let Some(tail) = parts.next().and_then(|first| rest.strip_prefix(first)) else {
        return false;
    };
    rest = tail;
    while let Some(part) = parts.next() {
        let found = match parts.peek() {
            Some(_) => rest.find(part),
            // The last part ends the line.
            None => rest.strip_suffix(part).map(str::len),
        };
        let Some(at) = found else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.is_empty()
}

/// A line without what differs.
fn plain(line: &str) -> String {
    let line = as_on_a_terminal(line.trim());
    let line = redact(&line);
    let words: Vec<_> = line.split_whitespace().map(without_dots).collect();
    words.join(" ")
}

/// `iterations.....:` is `iterations:`, because dots fill a column; a number with a fraction, or one that
/// is as long as a time in nanoseconds, is some number.
fn without_dots(word: &str) -> String {
    match word.strip_suffix(':') {
        Some(name) if name.ends_with("...") => format!("{}:", name.trim_end_matches('.')),
        _ if is_fraction(word) || is_nanoseconds(word) => "<number>".to_owned(),
        _ => word.to_owned(),
    }
}

fn is_fraction(word: &str) -> bool {
    word.contains('.') && word.parse::<f64>().is_ok()
}

fn is_nanoseconds(word: &str) -> bool {
    word.len() >= 19 && word.bytes().all(|digit| digit.is_ascii_digit())
}

/// `time="…" level=info msg=hello source=console` as `INFO hello source=console`, and
/// `INFO[0003] hello  source=console` too.
fn as_on_a_terminal(line: &str) -> String {
    for (level, shown) in [
        ("info", "INFO"),
        ("warning", "WARN"),
        ("error", "ERRO"),
        ("debug", "DEBU"),
    ] {
        if let Some(rest) = line.strip_prefix(shown)
            && let Some((number, rest)) = rest.strip_prefix('[').and_then(|r| r.split_once(']'))
            && number.chars().all(|digit| digit.is_ascii_digit())
        {
            return format!("{shown} {}", rest.trim());
        }
        let Some((_, rest)) = line.split_once(&format!("\" level={level} msg=")) else {
            continue;
        };
        if !line.starts_with("time=\"") {
            continue;
        }
        return format!("{shown} {}", message(rest));
    }
    line.to_owned()
}

/// The message without the quotes that it may have, and what stands behind it.
fn message(text: &str) -> String {
    let Some(quoted) = text.strip_prefix('"') else {
        return text.to_owned();
    };
    let mut out = String::new();
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n') => out.push(' '),
                Some('t') => out.push(' '),
                Some(other) => out.push(other),
                None => {}
            },
            '"' => break,
            other => out.push(other),
        }
    }
    out.push_str(characters.as_str());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(expected: &str, printed: &str) -> bool {
        let lines: Vec<_> = expected.lines().map(str::to_owned).collect();
        is_shown(&lines, printed)
    }

    #[test]
    fn what_differs_from_run_to_run_may_differ() {
        assert!(shown("a 1.5ms\n...\nd", "a 20s\nb\nc\nd"));
        assert!(!shown("a\n...\nd", "a\nb"));
        assert!(shown(
            "iterations....: 4  1.5/s",
            "  iterations..........: 4 7/s\n\n"
        ));
        assert!(!shown(
            "iterations....: 4  1.5/s",
            "iterations..........: 5 7/s"
        ));
        assert!(shown("at [..].js:3 and [..]", "at /tmp/x.js:3 and more"));
        assert!(!shown("at [..].js:3", "at /tmp/x.js:34"));
        assert!(shown("", "anything"));
        let log = "time=\"2026-01-01T00:00:00Z\" level=warning msg=\"a \\\"b\\\"\" source=console";
        assert!(shown("WARN[0000] a \"b\"  source=console", log));
        assert!(!shown("INFO[0000] a \"b\"  source=console", log));
    }

    #[test]
    fn blocks_and_their_steps() {
        let text = "x\n```js file=a.js\n1\n```\n```console exit=99\n$ a \\\n> b\nout\n$ c\n```\n\
                    ```go\n```\n```toml not-run: no\n```\n";
        let blocks = blocks(text);
        let fates: Vec<_> = blocks.iter().map(|block| block.fate.clone()).collect();
        let no = Fate::NotRun("no".into());
        assert_eq!(
            fates,
            [Fate::File("a.js".into()), Fate::Run(99), Fate::Unknown, no]
        );
        let steps = steps(&blocks[1].text);
        assert_eq!(steps[0].command, "a \\\nb");
        assert_eq!((steps[0].expected.len(), steps[1].expected.len()), (1, 0));
        assert_eq!(
            links("[a](b.md) `x` [c](d)\n```\n[e](f)\n```"),
            ["b.md", "d"]
        );
    }
}
