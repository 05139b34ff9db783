//! Templates of load tests: a file in JavaScript and TypeScript, a project in every other language.

use std::path::{Path, PathBuf};

use super::{Files, failed, folder_of};
use crate::args::{Language, NewArgs};
use crate::commands::{CommandError, wit};

const MINIMAL_RUST: Files = &[
    ("Cargo.toml", embedded!("rust-minimal/Cargo.toml.tmpl")),
    ("README.md", embedded!("rust-minimal/README.md.tmpl")),
    (".gitignore", embedded!("rust-minimal/gitignore.tmpl")),
    (".cargo/config.toml", embedded!("rust/config.toml.tmpl")),
    ("build.rs", embedded!("rust-minimal/build.rs.tmpl")),
    ("src/lib.rs", embedded!("rust-minimal/lib.rs.tmpl")),
];

const PROTOCOL_RUST: Files = &[
    ("Cargo.toml", embedded!("rust-minimal/Cargo.toml.tmpl")),
    ("README.md", embedded!("rust-minimal/README.md.tmpl")),
    (".gitignore", embedded!("rust-minimal/gitignore.tmpl")),
    (".cargo/config.toml", embedded!("rust/config.toml.tmpl")),
    ("build.rs", embedded!("rust-minimal/build.rs.tmpl")),
    ("src/lib.rs", embedded!("rust-protocol/lib.rs.tmpl")),
];

const C: Files = &[
    ("Makefile", embedded!("script-c/Makefile.tmpl")),
    ("README.md", embedded!("script-c/README.md.tmpl")),
    (".gitignore", embedded!("script-c/gitignore.tmpl")),
    ("src/script.c", embedded!("script-c/script.c.tmpl")),
    ("wit/script.wit", embedded!("script/script.wit.tmpl")),
];

const GO: Files = &[
    ("go.mod", embedded!("script-go/go.mod.tmpl")),
    ("Makefile", embedded!("script-go/Makefile.tmpl")),
    ("README.md", embedded!("script-go/README.md.tmpl")),
    (".gitignore", embedded!("script-go/gitignore.tmpl")),
    (
        "export_runner_script_lifecycle/script.go",
        embedded!("script-go/script.go.tmpl"),
    ),
    ("wit/script.wit", embedded!("script/script.wit.tmpl")),
];

const PYTHON: Files = &[
    (
        "requirements.txt",
        embedded!("script-python/requirements.txt.tmpl"),
    ),
    ("README.md", embedded!("script-python/README.md.tmpl")),
    (".gitignore", embedded!("script-python/gitignore.tmpl")),
    ("script.py", embedded!("script-python/script.py.tmpl")),
    ("wit/script.wit", embedded!("script/script.wit.tmpl")),
];

/// What there is, by name and language.
const TEMPLATES: [(&str, Language, Files); 9] = [
    (
        "minimal",
        Language::Js,
        &[("", embedded!("minimal/script.js"))],
    ),
    (
        "minimal",
        Language::Ts,
        &[("", embedded!("minimal/script.ts"))],
    ),
    ("minimal", Language::Rust, MINIMAL_RUST),
    ("minimal", Language::C, C),
    ("minimal", Language::Go, GO),
    ("minimal", Language::Python, PYTHON),
    (
        "protocol",
        Language::Js,
        &[("", embedded!("protocol/script.js"))],
    ),
    (
        "protocol",
        Language::Ts,
        &[("", embedded!("protocol/script.ts"))],
    ),
    ("protocol", Language::Rust, PROTOCOL_RUST),
];

/// Where the SDK is written to in a project.
const SDK: &str = "runner-sdk";

/// What is to be written.
pub struct Script {
    /// The file, or the project's folder.
    pub path: PathBuf,
    /// Templates.
    pub files: Files,
    /// What is filled in there.
    pub values: Vec<(&'static str, String)>,
    /// Files of the project that are written as they are.
    pub beside: Vec<(String, String)>,
    /// A folder, not a file.
    pub is_project: bool,
}

/// The script that was asked for.
///
/// # Errors
/// For templates that there are not.
pub fn script(args: &NewArgs, language: Language) -> Result<Script, CommandError> {
    let files = find(&args.template, language)?;
    let is_project = !matches!(language, Language::Js | Language::Ts);
    let path = match &args.file {
        Some(file) if is_project => folder_of(file),
        Some(file) => file.clone(),
        None => default_path(language),
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let package = package(&name);
    let mut values = vec![
        ("Name", package.clone()),
        ("Package", wit_package(&package)),
    ];
    let mut beside = Vec::new();
    if language == Language::Rust {
        let sdk = match &args.sdk {
            Some(folder) => sdk_in(folder)?,
            None => SDK.into(),
        };
        if args.sdk.is_none() {
            let files = runner_kit::rust_sdk();
            beside.extend(files.map(|(path, text)| (format!("{SDK}/{path}"), text.to_owned())));
        }
        values.push(("CrateName", package.replace('-', "_")));
        // Rust's escapes are TOML's.
        values.push(("SdkPath", format!("{:?}", sdk.display().to_string())));
        values.push(("ScriptName", package));
    } else if is_project {
        let deps = wit::files()?.into_iter();
        beside.extend(deps.map(|(path, text)| (format!("wit/deps/{path}"), text)));
    } else {
        values.push(("ScriptName", name.into_owned()));
    }
    Ok(Script {
        path,
        files,
        values,
        beside,
        is_project,
    })
}

/// Where a script goes that was given no name.
pub fn default_path(language: Language) -> PathBuf {
    match language {
        Language::Js => "script.js".into(),
        Language::Ts => "script.ts".into(),
        _ => "load-test".into(),
    }
}

fn find(name: &str, language: Language) -> Result<Files, CommandError> {
    let found = |name: &str| {
        let mut templates = TEMPLATES.iter();
        templates.find(|(known, of, _)| *known == name && *of == language)
    };
    match found(name) {
        Some((.., files)) => Ok(files),
        None if name == "browser" => Err(failed(
            "there is no browser template: runner has no browser module".to_owned(),
        )),
        None if found("minimal").is_none() => Err(failed(
            "scripts are written in js, ts, rust, c, go or python; with --kind extension there also \
             are cpp and zig"
                .to_owned(),
        )),
        None if name == "protocol" => Err(failed(
            "the protocol template is there in js, ts and rust; leave out --template".to_owned(),
        )),
        None => Err(failed(format!(
            "invalid template type \"{name}\": it is minimal, protocol, or the path of a file with \
             a slash in it, such as ./{name}"
        ))),
    }
}

/// A name that cargo takes.
fn package(name: &str) -> String {
    let plain = |c: char| match c {
        'a'..='z' | '0'..='9' | '_' | '-' => c,
        'A'..='Z' => c.to_ascii_lowercase(),
        _ => '-',
    };
    let name: String = name.chars().map(plain).collect();
    let name = name.trim_matches('-');
    match name.chars().next() {
        None => "load-test".to_owned(),
        Some('a'..='z') => name.to_owned(),
        Some(_) => format!("test-{name}"),
    }
}

/// A name that WIT takes too: words that begin with a letter.
fn wit_package(package: &str) -> String {
    let words = package.split(['-', '_']).filter(|word| !word.is_empty());
    let words = words.map(
        |word| match word.starts_with(|c: char| c.is_ascii_digit()) {
            true => format!("n{word}"),
            false => word.to_owned(),
        },
    );
    // Alone, a word may be one of WIT's own.
    words
        .chain(["test".to_owned()])
        .collect::<Vec<_>>()
        .join("-")
}

/// The SDK where the user says it is.
fn sdk_in(said: &Path) -> Result<PathBuf, CommandError> {
    let path = std::path::absolute(said).unwrap_or_else(|_| said.to_owned());
    match path.join("Cargo.toml").is_file() {
        true => Ok(path),
        false => Err(failed(format!(
            "{} has no Cargo.toml; --sdk is a folder that holds runner-sdk",
            said.display()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_have_names_that_tools_take() {
        for (name, package_name, wit_name) in [
            ("load-test", "load-test", "load-test-test"),
            ("My Test", "my-test", "my-test-test"),
            ("1st", "test-1st", "test-n1st-test"),
            ("a__2", "a__2", "a-n2-test"),
            ("list", "list", "list-test"),
            ("äö", "load-test", "load-test-test"),
        ] {
            assert_eq!(package(name), package_name);
            assert_eq!(wit_package(package_name), wit_name);
        }
    }

    #[test]
    fn templates_by_language() {
        use Language::{C, Cpp, Go, Js, Python, Rust, Ts, Zig};
        for language in [Js, Ts, Rust, C, Go, Python] {
            assert!(find("minimal", language).is_ok(), "{language:?}");
        }
        for language in [Js, Ts, Rust] {
            assert!(find("protocol", language).is_ok(), "{language:?}");
        }
        for (name, language, expected) in [
            ("browser", Js, "no browser"),
            ("protocol", Go, "js, ts and rust"),
            ("minimal", Zig, "--kind extension"),
            ("minimal", Cpp, "--kind extension"),
            ("nope", C, "invalid template"),
        ] {
            let error = find(name, language).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
