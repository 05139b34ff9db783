//! `runner inspect FILE`: what a file is, as JSON.
//!
//! k6 prints the options alone; here they are under `options`, beside what only a component has.

use std::sync::Arc;

use runner_plan::{Options, Plan};
use runner_session::{Prepared, ScriptKind, SessionError};
use serde_json::{Map, Value, json};

use super::{CommandError, environment, prepare, threads};
use crate::args::InspectArgs;
use crate::exit_code::ExitCode;
use crate::logging::{Level, Logger};

/// The contract that scripts run by the JS engine use.
const CONTRACT: &str = "0.1.0";

/// Prints kind, contract version, imports, functions and options.
pub fn inspect(args: &InspectArgs, logger: &Logger) -> Result<ExitCode, CommandError> {
    let runtime = args.runtime(environment)?;
    let prepared = threads()?.block_on(prepare(&args.file, &runtime, Arc::new(logger.clone())))?;
    let (options, warnings) = Options::from_json(&prepared.description.options, &prepared.name)
        .map_err(|error| SessionError::Config(error.to_string()))?;
    for warning in warnings {
        logger.log(Level::Warning, "", &warning.message(), &[]);
    }
    let mut report = describe(&prepared);
    if args.execution_requirements {
        let plan = Plan::resolve(&options, &prepared.description.functions)
            .map_err(|error| SessionError::Config(error.to_string()))?;
        let requirements = serde_json::from_str(&plan.requirements_json()).unwrap_or(Value::Null);
        report.insert("executionRequirements".into(), requirements);
    }
    report.insert("options".into(), options.to_json());
    println!("{:#}", Value::Object(report));
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
        ScriptKind::Component { info, .. } => {
            put("kind", json!("component"));
            put("contract", json!(info.contract()));
            put("imports", json!(info.imports));
            put("exports", json!(info.exports));
        }
    }
    put("functions", json!(description.functions));
    put("setup", json!(description.setup));
    put("teardown", json!(description.teardown));
    put("handleSummary", json!(description.handle_summary));
    report
}
