//! `runner inspect FILE`: the options of a script, as k6 prints them.
//!
//! One key is runner's own: `runner` says what the file is, which modules or interfaces it imports
//! and which functions it has. Of a script it stands last. Of a component, which k6 does not know, it
//! stands first, and what is not set is left out unless `--all` asks for it. With
//! `--execution-requirements` the options are those of environment, script and config file together,
//! with defaults, scenarios in the place of shortcuts, and how long the test takes and how many VUs
//! it needs.
//!
//! An extension is shown as the TypeScript module that scripts import, below a few lines that say
//! what it is.

use std::path::Path;
use std::sync::Arc;

use runner_plan::{Layers, Options};
use runner_session::{ComponentInfo, Prepared, ScriptKind, SessionError, extension_types, outside};
use serde_json::{Map, Value, json};

use super::layers::{config_file, environment_options, plan, script_options};
use super::print::print;
use super::{CommandError, prepare, threads};
use crate::args::{GlobalOptions, InspectArgs};
use crate::exit_code::ExitCode;
use crate::logging::Logger;
use crate::surroundings::{self, variable};

/// The contract that scripts run by the JS engine use.
const CONTRACT: &str = "0.1.0";

/// Prints options, requirements where asked for, and what the file is.
pub fn inspect(
    args: &InspectArgs,
    global: &GlobalOptions,
    logger: &Logger,
) -> Result<ExitCode, CommandError> {
    let surroundings = surroundings::environment(Arc::new(logger.clone()))?;
    let outside = outside(&args.file, &surroundings)?;
    if let Some(outside) = outside.as_ref().filter(|outside| outside.is_output()) {
        let report = json!({ "runner": output(&args.file, outside) });
        print(&format!("{report:#}"))?;
        return Ok(ExitCode::Success);
    }
    if let Some((types, name)) = extension_types(&args.file, &surroundings)? {
        return declare(args, &name, &types, &outside.unwrap_or_default());
    }
    if args.types.is_some() {
        let text = format!(
            "{} is a script; --types is for extensions",
            args.file.display()
        );
        return Err(SessionError::Usage(text).into());
    }
    let runtime = args.runtime(variable)?;
    let prepared = threads()?.block_on(prepare(&args.file, &runtime, &surroundings))?;
    let script = script_options(&prepared, logger)?;
    let mut report = if args.execution_requirements {
        let layers = Layers {
            cli: Options::default(),
            env: environment_options(logger)?,
            script,
            config: config_file(global, logger)?.options,
        };
        let plan = plan(layers, &prepared, logger)?;
        serde_json::from_str(&plan.requirements_json()).unwrap_or(Value::Null)
    } else {
        script.to_json()
    };
    if let Value::Object(options) = &mut report {
        let about = (
            "runner".to_owned(),
            Value::Object(describe(&prepared, args.all)),
        );
        match &prepared.kind {
            ScriptKind::Js => {
                options.insert(about.0, about.1);
            }
            ScriptKind::Component { .. } => {
                let options = std::mem::take(options).into_iter();
                let shown = options.filter(|(_, value)| args.all || is_set(value));
                report = std::iter::once(about).chain(shown).collect();
            }
        }
    }
    // As k6 prints it: outside strings, JSON has none of the three characters.
    let text = format!("{report:#}")
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026");
    print(&text)?;
    Ok(ExitCode::Success)
}

/// Whether an option says anything.
fn is_set(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Object(parts) if !parts.is_empty() => parts.values().any(is_set),
        _ => true,
    }
}

/// Prints an extension's declarations, or writes them where `--types` says.
fn declare(
    args: &InspectArgs,
    name: &str,
    types: &str,
    outside: &ComponentInfo,
) -> Result<ExitCode, CommandError> {
    let Some(file) = &args.types else {
        let mut text = format!("// {name} is an extension, which scripts import as k6/x/{name}.\n");
        for import in &outside.imports {
            text.push_str(&format!("// imports {import}\n"));
        }
        for (what, flag) in wanted(&outside.imports, Some(name)) {
            text.push_str(&format!("// may want to reach {what}: {flag}\n"));
        }
        print(&format!("{text}\n{}", types.trim_end()))?;
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

/// What a component is that is an output.
fn output(file: &Path, outside: &ComponentInfo) -> Map<String, Value> {
    let mut report = Map::new();
    let mut put = |key: &str, value: Value| report.insert(key.to_owned(), value);
    put("kind", json!("output"));
    put(
        "use",
        json!(format!("runner run --out {}=ARGUMENT", file.display())),
    );
    put("imports", json!(outside.imports));
    put("grants", grants(&outside.imports, Some("")));
    report
}

fn describe(prepared: &Prepared, all: bool) -> Map<String, Value> {
    let description = &prepared.description;
    let mut report = Map::new();
    let mut put = |key: &str, value: Value| report.insert(key.to_owned(), value);
    let functions = [
        ("functions", json!(description.functions)),
        ("setup", json!(description.setup)),
        ("teardown", json!(description.teardown)),
        ("handleSummary", json!(description.handle_summary)),
    ];
    match &prepared.kind {
        ScriptKind::Js => {
            put("kind", json!("javascript"));
            put("contract", json!(CONTRACT));
            put("modules", json!(prepared.modules()));
            for (key, value) in functions {
                put(key, value);
            }
        }
        ScriptKind::Component { info, bytes } => {
            put("kind", json!("component"));
            put("contract", json!(info.contract()));
            for (key, value) in functions {
                put(key, value);
            }
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
            put("imports", json!(info.imports));
            put("grants", grants(&info.imports, None));
            if all {
                put("exports", json!(info.exports));
            }
        }
    }
    report
}

fn grants(imports: &[String], plugin: Option<&str>) -> Value {
    let wanted = wanted(imports, plugin).into_iter();
    wanted
        .map(|(what, flag)| (what.to_owned(), Value::from(flag)))
        .collect()
}

/// What a component may want to reach by its imports, and the flag that lets it: one that runs
/// without may never ask. A script, unlike the `plugin` of that name (or of one yet to be given,
/// where it is empty), can always use the contract's own HTTP, variables and clock.
fn wanted(imports: &[String], plugin: Option<&str>) -> Vec<(&'static str, String)> {
    let name = plugin.unwrap_or("script");
    let (to, alone) = match name {
        "" => (String::new(), String::new()),
        name => (format!("{name}:"), format!("={name}")),
    };
    let has = |prefixes: &[&str]| {
        imports
            .iter()
            .any(|import| prefixes.iter().any(|prefix| import.starts_with(prefix)))
    };
    let by_contract = |prefix| plugin.is_some() && has(&[prefix]);
    let all = [
        (
            "network",
            has(&["wasi:sockets/"]) || by_contract("runner:http/"),
            format!("--allow-net {to}HOST:PORT"),
        ),
        (
            "files",
            has(&["wasi:filesystem/"]) || by_contract("runner:kv/manage"),
            format!("--allow-read {to}DIR or --allow-write {to}DIR"),
        ),
        (
            "variables",
            has(&["wasi:cli/environment"]) || by_contract("runner:execution/"),
            format!("--allow-env {to}NAME"),
        ),
        (
            "exact clocks",
            by_contract("wasi:clocks/") || by_contract("runner:execution/"),
            format!("--allow-hrtime{alone}"),
        ),
    ];
    all.into_iter()
        .filter(|(_, wants, _)| *wants)
        .map(|(what, _, flag)| (what, flag))
        .collect()
}
