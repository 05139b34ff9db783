//! `runner deps FILE`: what a script imports, found without running it.
//!
//! The report is k6's. "Custom build" is k6's word for extensions that a binary does not have;
//! here it means that no file was found for one, and what to do is said below the report.

use std::sync::Arc;

use runner_session::{dependencies, is_extension, missing_extensions};
use serde_json::json;

use super::print::print;
use super::{CommandError, source};
use crate::args::DepsArgs;
use crate::exit_code::ExitCode;
use crate::logging::Logger;
use crate::surroundings::{self, variable};

/// Extensions of k6 that runner has of its own accord.
const BUILT_IN: [&str; 1] = ["k6/x/kv"];

/// Prints imports and extensions.
pub fn deps(args: &DepsArgs, logger: &Logger) -> Result<ExitCode, CommandError> {
    let runtime = args.runtime(variable)?;
    let surroundings = surroundings::environment(Arc::new(logger.clone()))?;
    let source = source::open(&args.file, runtime.script_type, &surroundings)?;
    let found = dependencies(&source)?;
    let wanted = found.build.keys().map(String::as_str);
    let wanted = wanted.filter(|name| is_extension(name) && !BUILT_IN.contains(name));
    let missing = missing_extensions(&source, runtime.extensions, &surroundings, wanted)?;
    let custom = !missing.is_empty();
    if args.json {
        let report = json!({
            "buildDependencies": found.build,
            "imports": found.imports,
            "customBuildRequired": custom,
        });
        print(&format!("{report:#}"))?;
        return Ok(ExitCode::Success);
    }
    let mut lines = vec!["Build Dependencies:".to_owned()];
    if found.build.is_empty() {
        lines.push("  (none)".to_owned());
    }
    let dependency = |(name, constraint): (&String, &String)| format!("  {name}: {constraint}");
    lines.extend(found.build.iter().map(dependency));
    lines.push("\nImports:".to_owned());
    lines.extend(found.imports.iter().map(|name| format!("  {name}")));
    let answer = if custom { "yes" } else { "no" };
    lines.push(format!("\nCustom Build Required: {answer}"));
    lines.extend(missing);
    print(&lines.join("\n"))?;
    Ok(ExitCode::Success)
}
