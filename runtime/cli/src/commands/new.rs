//! `runner new`: writes a script, or a project, to start from.
//!
//! Templates are folders under `templates/`, embedded; for scripts, the list below is all that
//! knows them, for extensions `project`. In their files, and in a template of the user's own,
//! `{{ .Name }}` is filled in.

use std::fs;
use std::path::{Path, PathBuf};

use super::CommandError;
use super::print::print;
use crate::args::{Language, NewArgs, ProjectKind};
use crate::exit_code::ExitCode;

/// Files by their path in the project; a script is one file without a path.
type Files = &'static [(&'static str, &'static str)];

macro_rules! embedded {
    ($path:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/", $path))
    };
}

mod contract;
mod project;

/// What there is, by name and language.
const TEMPLATES: [(&str, Language, Files); 6] = [
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
    (
        "minimal",
        Language::Rust,
        &[
            ("Cargo.toml", embedded!("rust-minimal/Cargo.toml.tmpl")),
            ("README.md", embedded!("rust-minimal/README.md.tmpl")),
            (".gitignore", embedded!("rust-minimal/gitignore.tmpl")),
            ("build.rs", embedded!("rust-minimal/build.rs.tmpl")),
            ("src/lib.rs", embedded!("rust-minimal/lib.rs.tmpl")),
        ],
    ),
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
    (
        "protocol",
        Language::Rust,
        &[
            ("Cargo.toml", embedded!("rust-minimal/Cargo.toml.tmpl")),
            ("README.md", embedded!("rust-minimal/README.md.tmpl")),
            (".gitignore", embedded!("rust-minimal/gitignore.tmpl")),
            ("build.rs", embedded!("rust-minimal/build.rs.tmpl")),
            ("src/lib.rs", embedded!("rust-protocol/lib.rs.tmpl")),
        ],
    ),
];

/// What stands in a project where the SDK was not found.
const SDK_UNKNOWN: &str = "../runner/sdk-rust";

/// Writes what was asked for.
pub fn new(args: &NewArgs) -> Result<ExitCode, CommandError> {
    if args.kind != ProjectKind::Script {
        return new_project(args);
    }
    let language = language(args);
    let path = args.file.clone().unwrap_or_else(|| match language {
        Language::Js => "script.js".into(),
        Language::Ts => "script.ts".into(),
        _ => "load-test".into(),
    });
    let own = args.template.contains(['/', '\\']);
    if args.project_id.is_some() && !own {
        return Err(failed(
            "--project-id is the number of a project in Grafana Cloud, which runner does not talk \
             to; only templates of your own can have a place for it"
                .to_owned(),
        ));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut values = vec![
        ("ScriptName", name.clone().into_owned()),
        ("ProjectID", args.project_id.clone().unwrap_or_default()),
    ];
    let text;
    let embedded;
    let files: &[(&str, &str)] = if own {
        text = fs::read_to_string(&args.template).map_err(|error| {
            failed(format!(
                "cannot read the template {}: {error}",
                args.template
            ))
        })?;
        embedded = [("", text.as_str())];
        &embedded
    } else {
        find(&args.template, language)?
    };
    if language == Language::Rust && !own {
        let package = package(&name);
        let sdk = sdk(args.sdk.as_deref())?;
        values = vec![
            ("CrateName", package.replace('-', "_")),
            ("ScriptName", package),
            // Rust's escapes are TOML's.
            ("SdkPath", format!("{:?}", sdk.display().to_string())),
        ];
    }
    write(&rendered(&path, files, &values)?, args.force)?;
    let kind = match language {
        Language::Rust if !own => "project",
        _ => "script",
    };
    print(&format!(
        "New {kind} created: {} ({} template).",
        path.display(),
        args.template
    ))?;
    Ok(ExitCode::Success)
}

/// Writes a project for something else than a script.
fn new_project(args: &NewArgs) -> Result<ExitCode, CommandError> {
    let (kind, folder) = project::labels(args.kind);
    let path = args.file.clone().unwrap_or_else(|| folder.into());
    let project = project::project(args, &path)?;
    write(
        &rendered(&path, &project.files, &project.values)?,
        args.force,
    )?;
    print(&format!(
        "New {kind} created: {}. Its README.md says how to build it.",
        path.display()
    ))?;
    Ok(ExitCode::Success)
}

/// What is to be written, and where.
fn rendered(
    path: &Path,
    files: &[(&str, &str)],
    values: &[(&str, String)],
) -> Result<Vec<(PathBuf, String)>, CommandError> {
    let render = |(file, template): &(&str, &str)| {
        let file = match file.is_empty() {
            true => path.to_owned(),
            false => path.join(file),
        };
        Ok((file, render(template, values)?))
    };
    files.iter().map(render).collect()
}

fn failed(text: String) -> CommandError {
    CommandError::Other(ExitCode::Other, text)
}

fn language(args: &NewArgs) -> Language {
    let typed = || {
        let extension = args.file.as_ref()?.extension()?;
        (extension == "ts").then_some(Language::Ts)
    };
    args.lang.or_else(typed).unwrap_or(Language::Js)
}

fn find(name: &str, language: Language) -> Result<Files, CommandError> {
    let found = TEMPLATES
        .iter()
        .find(|(known, of, _)| *known == name && *of == language);
    match found {
        Some((.., files)) => Ok(files),
        None if matches!(language, Language::C | Language::Python) => Err(failed(
            "scripts are written in js, ts or rust; with --kind extension there also are c and \
             python"
                .to_owned(),
        )),
        None if name == "browser" => Err(failed(
            "there is no browser template: runner has no browser module".to_owned(),
        )),
        None => Err(failed(format!(
            "invalid template type \"{name}\": it is minimal, protocol, or the path of a file with \
             a slash in it, such as ./{name}"
        ))),
    }
}

/// Nothing is written where something is in the way.
fn write(files: &[(PathBuf, String)], force: bool) -> Result<(), CommandError> {
    if let Some((taken, _)) = files.iter().find(|(path, _)| !force && path.exists()) {
        return Err(failed(format!(
            "{} already exists. Use the `--force` flag to overwrite it",
            taken.display()
        )));
    }
    for (path, text) in files {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let made = match folder {
            Some(folder) => fs::create_dir_all(folder),
            None => Ok(()),
        };
        made.and_then(|()| fs::write(path, text))
            .map_err(|error| failed(format!("cannot write {}: {error}", path.display())))?;
    }
    Ok(())
}

/// Fills in `{{ .Name }}`; of Go's templates, that is all there is.
fn render(template: &str, values: &[(&str, String)]) -> Result<String, CommandError> {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, action)) = rest.split_once("{{") {
        out.push_str(before);
        let (action, after) = action
            .split_once("}}")
            .ok_or_else(|| failed("the template has {{ without }}".to_owned()))?;
        let name = action.trim().trim_matches('-').trim();
        let value = values
            .iter()
            .find(|(known, _)| name.strip_prefix('.') == Some(known));
        match value {
            Some((_, value)) => out.push_str(value),
            None => {
                return Err(failed(format!(
                    "the template has {{{{{action}}}}}; only {{{{ .ScriptName }}}} and \
                     {{{{ .ProjectID }}}} can be filled in"
                )));
            }
        }
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
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

/// Where the SDK is: as said, or beside the working directory or the binary, or where the binary
/// was made.
fn sdk(said: Option<&Path>) -> Result<PathBuf, CommandError> {
    let is_sdk = |path: &PathBuf| path.join("Cargo.toml").is_file();
    if let Some(said) = said {
        let path = std::path::absolute(said).unwrap_or_else(|_| said.to_owned());
        return match is_sdk(&path) {
            true => Ok(path),
            false => Err(failed(format!(
                "{} has no Cargo.toml; --sdk is the folder sdk-rust of runner's source",
                said.display()
            ))),
        };
    }
    let above = |path: PathBuf| {
        path.ancestors()
            .map(|folder| folder.join("sdk-rust"))
            .find(is_sdk)
    };
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf();
    let found = [
        std::env::current_dir().ok(),
        std::env::current_exe().ok(),
        Some(made),
    ]
    .into_iter()
    .flatten()
    .find_map(above);
    Ok(found.unwrap_or_else(|| {
        super::complain(&format!(
            "the Rust SDK was not found: write its place into Cargo.toml instead of \
             {SDK_UNKNOWN}, or give --sdk"
        ));
        SDK_UNKNOWN.into()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_filled_in() {
        let values = [
            ("ScriptName", "a.js".to_owned()),
            ("ProjectID", String::new()),
        ];
        let text = "x {{ .ScriptName }}{{.ProjectID}} {{- .ScriptName -}} `${y}`";
        assert_eq!(render(text, &values).unwrap(), "x a.js a.js `${y}`");
        for wrong in ["{{ if .ProjectID }}", "{{ .Nope }}", "{{ .ScriptName"] {
            assert!(render(wrong, &values).is_err(), "{wrong}");
        }
    }

    #[test]
    fn packages_have_names_that_cargo_takes() {
        for (name, package_name) in [
            ("load-test", "load-test"),
            ("My Test", "my-test"),
            ("1st", "test-1st"),
            ("äö", "load-test"),
        ] {
            assert_eq!(package(name), package_name);
        }
    }

    #[test]
    fn every_language_has_every_template() {
        for name in ["minimal", "protocol"] {
            for language in [Language::Js, Language::Ts, Language::Rust] {
                assert!(find(name, language).is_ok(), "{name}");
            }
        }
        let error = find("browser", Language::Js).unwrap_err().to_string();
        assert!(error.contains("no browser"), "{error}");
    }
}
