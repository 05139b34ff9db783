//! From a file to an output: checked, compiled, linked, configured. Whatever is wrong with it is
//! said here, before the run begins.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use runner_contract::Importer;
use runner_engine::{Cache, CacheOutcome, EngineError, EngineOptions, Ticker, engine};
use runner_extensions::{ExtensionError, Found, add_wasi_to_linker, check, sandbox};
use runner_outputs::Output;
use wasmtime::component::{HasSelf, Linker};
use wasmtime::{Engine, Store};

use crate::bindings::exports::runner::output::{lifecycle, observer};
use crate::bindings::runner as wit;
use crate::instance::{Instance, Running};
use crate::plugin::Plugin;
use crate::state::{Level, Log, State};
use crate::stdout::Stdout;

/// What every output exports.
const LIFECYCLE: &str = "runner:output/lifecycle@0.1.0";
/// What it may export besides.
const OBSERVER: &str = "runner:output/observer@0.1.0";

/// What an output is told of the run.
#[derive(Debug, Clone, Default)]
pub struct PluginSettings {
    /// What stands after `=` in `--out`.
    pub argument: String,
    /// Its settings in the config file, as JSON.
    pub settings: Option<String>,
    /// The script as the user named it.
    pub script: String,
    /// The options of the run, resolved, as JSON.
    pub options: String,
}

/// What an output may use.
#[derive(Debug, Clone)]
pub struct PluginLimits {
    /// Where its compiled code is kept.
    pub cache: Cache,
    /// What `--allow-env` can name.
    pub variables: Arc<BTreeMap<String, String>>,
    /// Most linear memory in bytes.
    pub memory: usize,
    /// How long one call may take, computing or waiting.
    pub call: Duration,
}

/// Makes an output of a component, and lets it read its settings. `compiling` is called before the
/// component is compiled, which may take seconds.
///
/// # Errors
/// For what is no output, cannot be linked, or does not like its settings; the text does not
/// name the output.
pub fn open(
    found: &Found,
    settings: PluginSettings,
    limits: PluginLimits,
    log: &Log,
    compiling: impl FnOnce(),
) -> Result<Box<dyn Output>, String> {
    let info = outside(found)?;
    let engine = engine(EngineOptions { max_vus: 0 }).map_err(text)?;
    let ticker = Ticker::start(&engine).map_err(|error| format!("no thread for it: {error}"))?;
    let (component, outcome) = limits
        .cache
        .load_bytes(&engine, &found.bytes, compiling)
        .map_err(text)?;
    if let CacheOutcome::Unusable(reason) = outcome {
        let text = format!("it is compiled anew at each start: {reason}");
        log(Level::Debug, &found.name, &text, &[]);
    }
    let pre = linker(&engine).and_then(|linker| linker.instantiate_pre(&component));
    let pre = pre.map_err(wrong)?;
    let indices = lifecycle::GuestIndices::new(&pre).map_err(wrong)?;
    let watching = info.exports.iter().any(|name| name == OBSERVER);
    let watching = watching
        .then(|| observer::GuestIndices::new(&pre))
        .transpose();
    let watching = watching.map_err(wrong)?;

    let stdout = Stdout::default();
    let sandbox = sandbox(
        &found.name,
        &found.grants,
        &[],
        &limits.variables,
        &stdout.sink(&found.name, log),
    );
    let sandbox = sandbox.map_err(reason)?;
    let mut store = Store::new(
        &engine,
        State::new(&found.name, log, limits.memory, sandbox),
    );
    store.limiter(|state| &mut state.memory);
    // At each epoch the thread is given back, which is where a call can be ended.
    store.set_epoch_deadline(1);
    store.epoch_deadline_async_yield_and_update(1);

    let mut running = Running::new(store, stdout, limits.call, ticker)?;
    running.start(async |store| {
        let raw = pre.instantiate_async(&mut *store).await?;
        Ok(Instance {
            lifecycle: indices.load(&mut *store, &raw)?,
            observer: match &watching {
                Some(watching) => Some(watching.load(&mut *store, &raw)?),
                None => None,
            },
        })
    })?;
    let description = running.configure(&lifecycle::Config {
        name: found.name.clone(),
        argument: settings.argument,
        settings: settings.settings,
        script: settings.script,
        options: settings.options,
    })?;
    Ok(Box::new(Plugin::new(description, running)))
}

/// Refuses what is something else, in words that say what it is.
fn outside(found: &Found) -> Result<runner_engine::ComponentInfo, String> {
    let file = found.path.display();
    let info = runner_engine::describe(&file.to_string(), &found.bytes).map_err(text)?;
    let exports = |name: &str| info.exports.iter().find(|export| export.starts_with(name));
    if let Some(found) = exports("runner:output/lifecycle@") {
        if found != LIFECYCLE {
            return Err(format!(
                "{file} was built for {found}, and this runner speaks {LIFECYCLE}: build it anew"
            ));
        }
    } else if exports("runner:script/").is_some() {
        return Err(format!(
            "{file} is a script and no output; run it with `runner run`"
        ));
    } else {
        let exported: Vec<_> = info.exports.iter().map(String::as_str).collect();
        return Err(match exported.as_slice() {
            [] => format!("{file} exports nothing; an output exports {LIFECYCLE}"),
            exported => format!(
                "{file} is no output: it exports {}, and not {LIFECYCLE}; if it is an extension, \
                 use it with --ext NAME=FILE",
                exported.join(", ")
            ),
        });
    }
    check(found, Importer::Output).map_err(reason)?;
    Ok(info)
}

/// Everything that the world `output` imports.
fn linker(engine: &Engine) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    wit::log::log::add_to_linker::<_, HasSelf<State>>(&mut linker, |state| state)?;
    wit::output::run::add_to_linker::<_, HasSelf<State>>(&mut linker, |state| state)?;
    add_wasi_to_linker(&mut linker)?;
    Ok(linker)
}

fn text(error: EngineError) -> String {
    error.to_string()
}

fn wrong(error: wasmtime::Error) -> String {
    format!("it does not fit the contract: {error:#}")
}

/// What is wrong, for a message that names the output itself.
pub fn reason(error: ExtensionError) -> String {
    match error {
        ExtensionError::Read { file, reason, .. } => format!("cannot read {file}: {reason}"),
        ExtensionError::Engine { source, .. } => source.to_string(),
        ExtensionError::Sandbox { reason, .. } => reason,
        ExtensionError::OtherKind { file, what, .. } => format!("{file} is {what}"),
        ExtensionError::Folder {
            flag,
            folder,
            reason,
            ..
        } => format!("{flag} {folder}: {reason}; name a folder that exists"),
        ExtensionError::Digest {
            file,
            found,
            expected,
            ..
        } => format!(
            "{file} has the SHA-256 {found}, but runner.toml expects {expected}; if the file was \
             changed on purpose, change runner.toml too"
        ),
        other => other.to_string(),
    }
}
