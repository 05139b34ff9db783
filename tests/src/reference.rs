//! The book's chapter about the contract, made of the files in `wit/`: every interface and world with
//! what its comments say, and each function and type as it is written there.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

const HEAD: &str = "\
<!-- Made of the files in wit/ by `make reference`. -->

# The contract (WIT)

What scripts, extensions and outputs know of runner, and runner of them, in any language. A released
package never changes; a new version stands beside the old one. Times are nanoseconds unless a comment
says otherwise.
";

/// The whole chapter.
pub fn wit_reference() -> String {
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
    let mut files: Vec<PathBuf> = fs::read_dir(wit.join("deps"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .flat_map(|folder| {
            fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().path())
        })
        .filter(|path| path.extension().is_some_and(|ending| ending == "wit"))
        .collect();
    files.sort();
    files.insert(0, wit.join("worlds.wit"));
    let mut out = HEAD.to_owned();
    let mut package = String::new();
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        let items = items(&text);
        for item in items {
            let name = item.code.trim_end_matches(';').to_owned();
            if let Some(name) = name.strip_prefix("package ") {
                // One package may be several files.
                if package != name {
                    let _ = write!(out, "\n## {name}\n{}", paragraph(&item.docs));
                    name.clone_into(&mut package);
                }
            } else {
                top_level(&mut out, &item, &package);
            }
        }
    }
    out
}

/// An interface or a world.
fn top_level(out: &mut String, item: &Item, package: &str) {
    let (head, body) = item.code.split_once('{').unwrap_or((&item.code, ""));
    let short = package.split('@').next().unwrap_or(package);
    let _ = write!(
        out,
        "\n### {} of {short}\n{}",
        head.trim(),
        paragraph(&item.docs)
    );
    let body = body.trim_end().trim_end_matches('}');
    let mut uses = String::new();
    for item in items(&undented(body)) {
        let word = item.code.split([' ', ':']).next().unwrap_or_default();
        if matches!(word, "use" | "import" | "include" | "export") && item.docs.is_empty() {
            let _ = writeln!(uses, "{}", item.code);
            continue;
        }
        flush(out, &mut uses);
        let docs = paragraph(&item.docs);
        let _ = write!(
            out,
            "\n#### {}\n{docs}\n```wit\n{}\n```\n",
            title(&item.code),
            item.code
        );
    }
    flush(out, &mut uses);
}

fn flush(out: &mut String, uses: &mut String) {
    if !uses.is_empty() {
        let _ = write!(out, "\n```wit\n{uses}```\n");
        uses.clear();
    }
}

/// `record request`, `start`, or `export handle-summary`.
fn title(code: &str) -> String {
    let first = code.lines().next().unwrap_or_default();
    let end = first.find([':', '{', '=', ';']).unwrap_or(first.len());
    // The name of another package has a colon of its own.
    let name = match first.contains(" runner:") {
        true => first.trim_end_matches(';'),
        false => first[..end].trim(),
    };
    name.to_owned()
}

fn paragraph(docs: &str) -> String {
    match docs {
        "" => String::new(),
        docs => format!("\n{docs}\n"),
    }
}

/// A declaration with its comment.
struct Item {
    docs: String,
    code: String,
}

/// The declarations of a text at its outermost level: each ends with `;` or its closing brace.
fn items(text: &str) -> Vec<Item> {
    let mut found = Vec::new();
    let (mut docs, mut code) = (String::new(), String::new());
    let mut depth = 0;
    for line in text.lines() {
        if code.is_empty() {
            let line = line.trim();
            if let Some(comment) = line.strip_prefix("///") {
                if !docs.is_empty() {
                    docs.push('\n');
                }
                docs.push_str(comment.strip_prefix(' ').unwrap_or(comment));
                continue;
            }
            if line.is_empty() || line.starts_with("//") {
                continue;
            }
        }
        let bare = line.split("//").next().unwrap_or_default();
        depth += bare.matches('{').count();
        depth -= bare.matches('}').count();
        if !code.is_empty() {
            code.push('\n');
        }
        code.push_str(line);
        if depth == 0 && bare.trim_end().ends_with([';', '}']) {
            found.push(Item {
                docs: std::mem::take(&mut docs),
                code: std::mem::take(&mut code),
            });
        }
    }
    assert!(code.trim().is_empty(), "{code}");
    found
}

fn undented(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| line.strip_prefix("    ").unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_with_their_comments() {
        let text = "package a:b@1.0.0;\n\n/// One.\n/// Two.\ninterface i {\n    /// F.\n    f: func(\n        a: u8,\n    );\n    enum e { x, y }\n}\n";
        let items = items(text);
        assert_eq!(items.len(), 2);
        assert_eq!(items[1].docs, "One.\nTwo.");
        let mut out = String::new();
        top_level(&mut out, &items[1], "a:b@1.0.0");
        let expected = "\n### interface i of a:b\n\nOne.\nTwo.\n\n#### f\n\nF.\n\n```wit\nf: func(\n    a: u8,\n);\n```\n\n#### enum e\n\n```wit\nenum e { x, y }\n```\n";
        assert_eq!(out, expected);
    }
}
