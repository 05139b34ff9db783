//! `runner new`: writes a script, or a project, to start from.
//!
//! Templates are folders under `templates/`, embedded; for scripts `script` knows them, for extensions
//! and outputs `project`. In their files and paths, and in a template of the user's own,
//! `{{ .Name }}` is filled in. With every project go the WIT files of the contract, so that it builds
//! without runner's source.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::CommandError;
use super::print::print;
use super::wit;
use crate::args::{Language, NewArgs, ProjectKind};
use crate::exit_code::ExitCode;

/// Files by their path in the project; a script is one file without a path.
type Files = &'static [(&'static str, &'static str)];

macro_rules! embedded {
    ($path:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/", $path))
    };
}

mod project;
mod script;

/// Writes what was asked for.
pub fn new(args: &NewArgs) -> Result<ExitCode, CommandError> {
    if args.kind != ProjectKind::Script {
        return new_project(args);
    }
    let language = language(args).unwrap_or(Language::Js);
    let own = args.template.contains(['/', '\\']);
    if args.project_id.is_some() && !own {
        return Err(failed(
            "--project-id is the number of a project in Grafana Cloud, which runner does not talk \
             to; only templates of your own can have a place for it"
                .to_owned(),
        ));
    }
    if own {
        return new_of_template(args, language);
    }
    let script = script::script(args, language)?;
    let path = &script.path;
    let mut files = rendered(path, script.files, &script.values)?;
    for (name, text) in script.beside {
        files.push((path.join(name), text));
    }
    write(&files, args.force)?;
    let kind = match script.is_project {
        true => "project",
        false => "script",
    };
    let created = format!(
        "New {kind} created: {} ({} template).",
        path.display(),
        args.template
    );
    print(&created)?;
    Ok(ExitCode::Success)
}

/// A script from a template of the user's own.
fn new_of_template(args: &NewArgs, language: Language) -> Result<ExitCode, CommandError> {
    let file = args.file.clone();
    let path = file.unwrap_or_else(|| script::default_path(language));
    let text = fs::read_to_string(&args.template).map_err(|error| {
        failed(format!(
            "cannot read the template {}: {error}",
            args.template
        ))
    })?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let values = [
        ("ScriptName", name.clone().into_owned()),
        ("ProjectID", args.project_id.clone().unwrap_or_default()),
    ];
    write(
        &rendered(&path, &[("", text.as_str())], &values)?,
        args.force,
    )?;
    let shown = path.display();
    print(&format!(
        "New script created: {shown} ({} template).",
        args.template
    ))?;
    Ok(ExitCode::Success)
}

/// Writes a project for something else than a script.
fn new_project(args: &NewArgs) -> Result<ExitCode, CommandError> {
    let (kind, folder) = project::labels(args.kind);
    let path = match &args.file {
        Some(file) => folder_of(file),
        None => folder.into(),
    };
    let project = project::project(args, language(args), &path)?;
    let mut files = rendered(&path, &project.files, &project.values)?;
    for (name, text) in wit::files()? {
        files.push((path.join("wit/deps").join(name), text));
    }
    write(&files, args.force)?;
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
            false => path.join(render(file, values)?),
        };
        Ok((file, render(template, values)?))
    };
    files.iter().map(render).collect()
}

fn failed(text: String) -> CommandError {
    CommandError::Other(ExitCode::Other, text)
}

/// What was said, or what the ending of the file says.
fn language(args: &NewArgs) -> Option<Language> {
    args.lang.or_else(|| by_ending(args.file.as_ref()?))
}

fn by_ending(file: &Path) -> Option<Language> {
    Some(match file.extension().and_then(OsStr::to_str)? {
        "js" | "mjs" | "cjs" => Language::Js,
        "ts" | "mts" => Language::Ts,
        "rs" => Language::Rust,
        "c" => Language::C,
        "cpp" | "cc" | "cxx" => Language::Cpp,
        "go" => Language::Go,
        "py" => Language::Python,
        "zig" => Language::Zig,
        _ => return None,
    })
}

/// A project is a folder: `load.rs` is `load`.
fn folder_of(file: &Path) -> PathBuf {
    match by_ending(file) {
        Some(_) => file.with_extension(""),
        None => file.to_owned(),
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
    fn endings_say_the_language_and_projects_are_folders() {
        assert_eq!(by_ending(Path::new("a/b.rs")), Some(Language::Rust));
        assert_eq!(by_ending(Path::new("my.test")), None);
        assert_eq!(folder_of(Path::new("a/b.rs")), Path::new("a/b"));
        assert_eq!(folder_of(Path::new("my.test")), Path::new("my.test"));
    }
}
