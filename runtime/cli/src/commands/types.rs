//! `runner types DIR`: TypeScript declarations of everything that a script can import or use, for
//! editors and for `tsc`; extensions are under the names that scripts import them by.

use std::path::Path;
use std::sync::Arc;

use runner_session::extension_declarations;

use super::CommandError;
use super::print::print;
use super::writing::{write, write_all};
use crate::args::TypesArgs;
use crate::exit_code::ExitCode;
use crate::logging::Logger;
use crate::surroundings;

/// The file that refers to all others.
const INDEX: &str = "index.d.ts";

/// Settings for scripts: the language without the web and Node, checked and not compiled.
const SETTINGS: &str = "tsconfig.json";

/// Writes the declarations, and settings for editors beside them, unless there are any.
pub fn types(args: &TypesArgs, logger: &Logger) -> Result<ExitCode, CommandError> {
    let here = Path::new(".");
    let surroundings = surroundings::environment(Arc::new(logger.clone()))?;
    let extensions = extension_declarations(args.extensions.settings(), here, &surroundings)?;
    let mut index = String::new();
    let mut files = Vec::new();
    for (path, text) in runner_kit::typings() {
        match path {
            INDEX => index = text.to_owned(),
            path => files.push((path.to_owned(), text.to_owned())),
        }
    }
    for (name, text) in extensions {
        let path = format!("extensions/{}.d.ts", name.replace('/', "-"));
        index.push_str(&format!("/// <reference path=\"./{path}\" />\n"));
        print(&format!("k6/x/{name}"))?;
        files.push((path, text));
    }
    files.push((INDEX.to_owned(), index));
    let written = files.iter().map(|(path, text)| (&**path, text.as_bytes()));
    write_all(&args.dir, written)?;
    let shown = args.dir.display();
    let mut said = format!("{shown}: {} files", files.len());
    let parent = args.dir.parent().unwrap_or(here);
    let taken = [SETTINGS, "jsconfig.json"].map(|name| parent.join(name).exists());
    let index = args.dir.file_name().unwrap_or_default().to_string_lossy();
    if taken.contains(&true) {
        said = format!("{said}; \"files\" of your settings should name {shown}/{INDEX}");
    } else {
        let path = parent.join(SETTINGS);
        write(&path, settings(&index).as_bytes())?;
        said = format!("{said}\n{}", path.display());
    }
    print(&said)?;
    Ok(ExitCode::Success)
}

fn settings(folder: &str) -> String {
    let index = serde_json::json!(format!("{folder}/{INDEX}"));
    format!(
        "{{
  \"compilerOptions\": {{
    \"strict\": true,
    \"noEmit\": true,
    \"target\": \"es2023\",
    \"module\": \"es2022\",
    \"moduleResolution\": \"bundler\",
    \"allowImportingTsExtensions\": true,
    \"lib\": [\"es2023\"],
    \"types\": []
  }},
  \"files\": [{index}],
  \"include\": [\"**/*.ts\"],
  \"exclude\": [\"node_modules\", \"extensions\"]
}}
"
    )
}
