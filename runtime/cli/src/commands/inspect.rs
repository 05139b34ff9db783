//! `runner inspect FILE`: the options of a script, as k6 prints them.
//!
//! One key is runner's own and stands last: `runner` says what the file is, which modules or
//! interfaces it imports and which functions it has. With `--execution-requirements` the options
//! are those of environment, script and config file together, with defaults, scenarios in the
//! place of shortcuts, and how long the test takes and how many VUs it needs.
//!
//! An extension is shown as the TypeScript module that scripts import.

use std::sync::Arc;

use runner_plan::{Layers, Options};
use runner_session::{Prepared, ScriptKind, SessionError, extension_types};
use serde_json::{Map, Value, json};

use super::print::print;
use super::run::{plan, script_options};
use super::{CommandError, environment, prepare, threads};
use crate::args::{ArgsError, GlobalOptions, InspectArgs, load_config};
use crate::exit_code::ExitCode;
use crate::logging::Logger;

/// The contract that scripts run by the JS engine use.
const CONTRACT: &str = "0.1.0";

/// Prints options, requirements where asked for, and what the file is.
pub fn inspect(
    args: &InspectArgs,
    global: &GlobalOptions,
    logger: &Logger,
) -> Result<ExitCode, CommandError> {
    if let Some((types, name)) = extension_types(&args.file, logger)? {
        return declare(args, &name, &types);
    }
    if args.types.is_some() {
        let text = format!(
            "{} is a script; --types is for extensions",
            args.file.display()
        );
        return Err(SessionError::Usage(text).into());
    }
    let runtime = args.runtime(environment)?;
    let prepared = threads()?.block_on(prepare(&args.file, &runtime, Arc::new(logger.clone())))?;
    let script = script_options(&prepared, logger)?;
    let mut report = if args.execution_requirements {
        let layers = Layers {
            cli: Options::default(),
            env: Options::from_env(environment).map_err(ArgsError::from)?,
            script,
            config: load_config(global.config.as_deref(), environment)?.options,
        };
        let plan = plan(layers, &prepared, logger)?;
        serde_json::from_str(&plan.requirements_json()).unwrap_or(Value::Null)
    } else {
        script.to_json()
    };
    if let Value::Object(report) = &mut report {
        report.insert("runner".to_owned(), Value::Object(describe(&prepared)));
    }
    // As k6 prints it: outside strings, JSON has none of the three characters.
    let text = format!("{report:#}")
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026");
    print(&text)?;
    Ok(ExitCode::Success)
}

/// Prints an extension's declarations, or writes them where `--types` says.
fn declare(args: &InspectArgs, name: &str, types: &str) -> Result<ExitCode, CommandError> {
    let Some(file) = &args.types else {
        print(types.trim_end())?;
        return Ok(ExitCode::Success);
    };
    let file = match file {
        file if file.as_os_str() == "." => args.file.with_file_name(format!("{name}.d.ts")),
        file => file.clone(),
    };
    std::fs::write(&file, types).map_err(|error| SessionError::Write {
        file: file.display().to_string(),
        reason: error.to_string(),
    })?;
    print(&file.display().to_string())?;
    Ok(ExitCode::Success)
}

fn describe(prepared: &Prepared) -> Map<String, Value> {
    let description = &prepared.description;
    let mut report = Map::new();
    let mut put = |key: &str, value: Value| report.insert(key.to_owned(), value);
    match &prepared.kind {
        ScriptKind::Js => {
            put("kind", json!("javascript"));
            put("contract", json!(CONTRACT));
            put("modules", json!(prepared.modules()));
        }
        ScriptKind::Component { info, bytes } => {
            put("kind", json!("component"));
            put("contract", json!(info.contract()));
            put("imports", json!(info.imports));
            put("exports", json!(info.exports));
            let carried = info.carried(bytes).map(|(name, _)| name);
            let inside: Vec<_> = info
                .linked
                .iter()
                .map(String::as_str)
                .chain(carried)
                .collect();
            if !inside.is_empty() {
                put("extensions", json!(inside));
            }
        }
    }
    put("functions", json!(description.functions));
    put("setup", json!(description.setup));
    put("teardown", json!(description.teardown));
    put("handleSummary", json!(description.handle_summary));
    report
}
