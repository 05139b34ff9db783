//! Projects for extensions and outputs: which files they have in each language, and what they may be
//! called.
//!
//! All extensions implement the same interface and come with the same script to try it; the language
//! only decides how.

use std::fs;
use std::path::Path;

use super::{Files, failed};
use crate::args::{Language, NewArgs, ProjectKind};
use crate::commands::CommandError;

/// What each extension has, whatever it is written in.
const COMMON: Files = &[
    (
        "wit/extension.wit",
        embedded!("extension/extension.wit.tmpl"),
    ),
    ("script.js", embedded!("extension/script.js.tmpl")),
];

const RUST: Files = &[
    ("Cargo.toml", embedded!("extension-rust/Cargo.toml.tmpl")),
    ("README.md", embedded!("extension-rust/README.md.tmpl")),
    (".gitignore", embedded!("extension-rust/gitignore.tmpl")),
    (".cargo/config.toml", embedded!("rust/config.toml.tmpl")),
    ("build.rs", embedded!("extension-rust/build.rs.tmpl")),
    ("src/lib.rs", embedded!("extension-rust/lib.rs.tmpl")),
];

/// An output: what differs from an extension in Rust.
const RUST_OUTPUT: Files = &[
    ("Cargo.toml", embedded!("extension-rust/Cargo.toml.tmpl")),
    ("README.md", embedded!("output-rust/README.md.tmpl")),
    (".gitignore", embedded!("extension-rust/gitignore.tmpl")),
    (".cargo/config.toml", embedded!("rust/config.toml.tmpl")),
    ("build.rs", embedded!("extension-rust/build.rs.tmpl")),
    ("src/lib.rs", embedded!("output-rust/lib.rs.tmpl")),
    ("wit/output.wit", embedded!("output/output.wit.tmpl")),
    ("script.js", embedded!("output/script.js.tmpl")),
];

const C: Files = &[
    ("Makefile", embedded!("extension-c/Makefile.tmpl")),
    ("README.md", embedded!("extension-c/README.md.tmpl")),
    (".gitignore", embedded!("extension-c/gitignore.tmpl")),
    ("src/extension.c", embedded!("extension-c/extension.c.tmpl")),
];

const CPP: Files = &[
    ("Makefile", embedded!("extension-cpp/Makefile.tmpl")),
    ("README.md", embedded!("extension-cpp/README.md.tmpl")),
    (".gitignore", embedded!("extension-cpp/gitignore.tmpl")),
    (
        "src/extension.cpp",
        embedded!("extension-cpp/extension.cpp.tmpl"),
    ),
    (
        "bindings/exports-local-{{ .Snake }}-api-Counter.h",
        embedded!("extension-cpp/counter.h.tmpl"),
    ),
];

const ZIG: Files = &[
    ("Makefile", embedded!("extension-zig/Makefile.tmpl")),
    ("README.md", embedded!("extension-zig/README.md.tmpl")),
    (".gitignore", embedded!("extension-zig/gitignore.tmpl")),
    (
        "src/extension.zig",
        embedded!("extension-zig/extension.zig.tmpl"),
    ),
];

const GO: Files = &[
    ("go.mod", embedded!("script-go/go.mod.tmpl")),
    ("Makefile", embedded!("extension-go/Makefile.tmpl")),
    ("README.md", embedded!("extension-go/README.md.tmpl")),
    (".gitignore", embedded!("extension-go/gitignore.tmpl")),
    (
        "export_local_{{ .Snake }}_api/api.go",
        embedded!("extension-go/api.go.tmpl"),
    ),
];

const PYTHON: Files = &[
    (
        "requirements.txt",
        embedded!("extension-python/requirements.txt.tmpl"),
    ),
    ("README.md", embedded!("extension-python/README.md.tmpl")),
    (".gitignore", embedded!("extension-python/gitignore.tmpl")),
    (
        "extension.py",
        embedded!("extension-python/extension.py.tmpl"),
    ),
    ("api.py", embedded!("extension-python/api.py.tmpl")),
];

const JS: Files = &[
    ("package.json", embedded!("extension-js/package.json.tmpl")),
    ("README.md", embedded!("extension-js/README.md.tmpl")),
    (".gitignore", embedded!("extension-js/gitignore.tmpl")),
    ("extension.js", embedded!("extension-js/extension.js.tmpl")),
];

/// Names that WIT, Rust or cargo keep for themselves.
const RESERVED: [&str; 83] = [
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "bool",
    "borrow",
    "box",
    "break",
    "char",
    "const",
    "constructor",
    "continue",
    "core",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "error-context",
    "export",
    "extern",
    "f32",
    "f64",
    "false",
    "final",
    "flags",
    "fn",
    "for",
    "from",
    "func",
    "future",
    "gen",
    "if",
    "impl",
    "import",
    "in",
    "include",
    "interface",
    "let",
    "list",
    "loop",
    "macro",
    "map",
    "match",
    "mod",
    "move",
    "mut",
    "option",
    "override",
    "own",
    "package",
    "priv",
    "proc-macro",
    "pub",
    "record",
    "ref",
    "resource",
    "result",
    "return",
    "s16",
    "s32",
    "s64",
    "s8",
    "self",
    "static",
    "std",
    "stream",
    "string",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "tuple",
    "type",
    "u16",
    "u32",
    "u64",
    "use",
    "world",
];

/// The files of a project, and what is filled in there.
pub struct Project {
    /// By their path in the project.
    pub files: Vec<(&'static str, &'static str)>,
    /// By the name in the template.
    pub values: Vec<(&'static str, String)>,
}

/// The project that was asked for, to be written into `folder`.
///
/// # Errors
/// For languages and names that cannot be, and where the folder holds something already.
pub fn project(
    args: &NewArgs,
    language: Option<Language>,
    folder: &Path,
) -> Result<Project, CommandError> {
    let groups = match args.kind {
        ProjectKind::Output => output(language)?,
        _ => extension(language)?,
    };
    if args.template != "minimal" {
        return Err(failed(format!(
            "there is one template of that kind; leave out --template {}",
            args.template
        )));
    }
    let name = name(folder)?;
    if !args.force {
        vacant(folder)?;
    }
    Ok(Project {
        files: groups.concat(),
        values: vec![("Snake", name.replace('-', "_")), ("Name", name)],
    })
}

/// Groups of files.
fn extension(language: Option<Language>) -> Result<Vec<Files>, CommandError> {
    let own = match language {
        Some(Language::Rust) => RUST,
        Some(Language::C) => C,
        Some(Language::Cpp) => CPP,
        Some(Language::Zig) => ZIG,
        Some(Language::Go) => GO,
        Some(Language::Python) => PYTHON,
        Some(Language::Js) => JS,
        Some(Language::Ts) => {
            return Err(failed(
                "there is no TypeScript template for extensions: use --lang js, and compile to \
                 extension.js with a tool of your choice"
                    .to_owned(),
            ));
        }
        None => {
            return Err(failed(
                "say what the extension is written in: --lang rust, c, cpp, zig, go, python or js"
                    .to_owned(),
            ));
        }
    };
    Ok(vec![own, COMMON])
}

fn output(language: Option<Language>) -> Result<Vec<Files>, CommandError> {
    match language {
        None | Some(Language::Rust) => Ok(vec![RUST_OUTPUT]),
        Some(_) => Err(failed(
            "there is a template for outputs in Rust only: use --lang rust, or write one by the WIT \
             that it comes with"
                .to_owned(),
        )),
    }
}

/// The project's name, which is that of its folder.
fn name(folder: &Path) -> Result<String, CommandError> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    if !name.split('-').all(word) {
        return Err(failed(format!(
            "\"{name}\" cannot be the name of a project: it is made of words of small letters \
             and digits with - between them, each beginning with a letter, such as my-extension"
        )));
    }
    if RESERVED.contains(&&*name) {
        return Err(failed(format!(
            "\"{name}\" cannot be the name of a project, because it is a word of WIT or Rust; \
             take another, such as my-{name}"
        )));
    }
    Ok(name.into_owned())
}

/// A project does not mix with what is there.
fn vacant(folder: &Path) -> Result<(), CommandError> {
    let taken = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(_) => folder.exists(),
    };
    match taken {
        true => Err(failed(format!(
            "{} already exists. Use the `--force` flag to write into it",
            folder.display()
        ))),
        false => Ok(()),
    }
}

/// What a kind of project is called when it is done, and in which folder it is without a name.
pub fn labels(kind: ProjectKind) -> (&'static str, &'static str) {
    match kind {
        ProjectKind::Script => ("project", "load-test"),
        ProjectKind::Extension => ("extension", "my-extension"),
        ProjectKind::Output => ("output", "my-output"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kebab_case() {
        for good in ["a", "my-ext", "x2-y3"] {
            assert_eq!(name(Path::new(good)).unwrap(), good);
            assert_eq!(name(&Path::new("deep").join(good)).unwrap(), good);
        }
        for bad in [
            "", "My-ext", "my_ext", "-a", "a-", "a--b", "2a", "a-2", "ä", "a.b", "list", "match",
        ] {
            assert!(name(Path::new(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_list_of_reserved_names_is_sorted() {
        assert!(RESERVED.is_sorted());
    }
}
