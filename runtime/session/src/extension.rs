//! What the commands say of extensions: `runner inspect compare.wasm` what a component exports that
//! is no script, `runner deps` and `runner archive` which ones a script wants.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use runner_contract::Importer;
use runner_engine::{ComponentInfo, Kind, kind_of};
use runner_extensions::{
    Catalog, CatalogSettings, Docs, ExtensionError, Found, Grants, check, describe, typescript,
};
use runner_host::{LogSink, compiling};
use runner_script::Source;

use crate::events::AsLog;
use crate::{Environment, Prepared, SessionError};

impl Prepared {
    /// Names of the extensions that init code imported.
    pub fn extensions(&self) -> Vec<String> {
        self.context.extensions.opened()
    }
}

/// Of the modules `k6/x/…` in `imported`, those that no extension is found for, each with what to
/// do about it.
///
/// # Errors
/// For a broken `runner.toml` or command line, and extensions that are found but unreadable.
pub fn missing_extensions<'a>(
    source: &Source,
    settings: CatalogSettings,
    environment: &Environment,
    imported: impl Iterator<Item = &'a str>,
) -> Result<Vec<String>, SessionError> {
    let config = |error: ExtensionError| SessionError::Config(error.to_string());
    let settings = placed(settings, environment);
    let catalog = Catalog::new(settings, source.folder_here()).map_err(config)?;
    let mut missing = Vec::new();
    for module in imported {
        if let Some(name) = module.strip_prefix("k6/x/")
            && catalog.extension(name).map_err(config)?.is_none()
        {
            missing.push(catalog.unknown(name));
        }
    }
    Ok(missing)
}

/// Imports and exports of a component; none where the file is something else, or cannot be read,
/// which whoever reads it next will say.
///
/// # Errors
/// Where it breaks off.
pub fn outside(
    path: &Path,
    environment: &Environment,
) -> Result<Option<ComponentInfo>, SessionError> {
    Ok(component(path, environment)?.map(|(info, _)| info))
}

/// What [`outside`] says, with the file.
fn component(
    path: &Path,
    environment: &Environment,
) -> Result<Option<(ComponentInfo, Vec<u8>)>, SessionError> {
    let Ok(bytes) = fs::read(environment.folder.join(path)) else {
        return Ok(None);
    };
    if kind_of(&bytes) != Kind::Component {
        return Ok(None);
    }
    let info = runner_engine::describe(&path.to_string_lossy(), &bytes)?;
    Ok(Some((info, bytes)))
}

/// An extension's module as TypeScript declarations, and the name that it would have; none where
/// the file is a script, or cannot be read, which whoever reads it next will say.
///
/// # Errors
/// Where the component cannot be an extension.
pub fn extension_types(
    path: &Path,
    environment: &Environment,
) -> Result<Option<(String, String)>, SessionError> {
    let Some((info, bytes)) = component(path, environment)? else {
        return Ok(None);
    };
    let is = |package: &str| info.exports.iter().any(|name| name.starts_with(package));
    if is("runner:script/") {
        return Ok(None);
    }
    let name = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    if is("runner:output/") {
        let text = format!("{name} is an output; use it with --out {}", path.display());
        return Err(SessionError::Usage(text));
    }
    let found = Found {
        name: name.clone(),
        path: path.to_owned(),
        bytes,
        grants: Grants::default(),
    };
    let types = declared(&found, environment)?;
    Ok(Some((types, name)))
}

/// Declarations of the extensions that a project in `folder` names, by name: with `--ext`, in
/// `runner.toml` or in `extensions/`.
///
/// # Errors
/// For a broken `runner.toml` or command line, and components that cannot be extensions.
pub fn extension_declarations(
    settings: CatalogSettings,
    folder: &Path,
    environment: &Environment,
) -> Result<Vec<(String, String)>, SessionError> {
    let config = |error: ExtensionError| SessionError::Config(error.to_string());
    let settings = placed(settings, environment);
    let catalog = Catalog::new(settings, folder).map_err(config)?;
    let mut declarations = Vec::new();
    for name in catalog.of_project() {
        if let Some(found) = catalog.extension(&name).map_err(config)? {
            declarations.push((name, declared(&found, environment)?));
        }
    }
    Ok(declarations)
}

fn placed(settings: CatalogSettings, environment: &Environment) -> CatalogSettings {
    CatalogSettings {
        places: environment.places(),
        ..settings
    }
}

fn declared(found: &Found, environment: &Environment) -> Result<String, SessionError> {
    let config = |error: ExtensionError| SessionError::Config(error.to_string());
    check(found, Importer::Extension).map_err(config)?;
    let log = AsLog(Arc::clone(&environment.events));
    let shared = environment.engine.get()?;
    let engine = &shared.engine;
    let loaded = environment.cache.load_bytes(engine, &found.bytes, || {
        compiling(
            &log,
            &format!("extension {}", found.name),
            found.bytes.len(),
        );
    });
    log.busy(None);
    let (component, _) = loaded?;
    let description = describe(&found.name, &component, engine).map_err(config)?;
    let docs = Docs::find(&environment.folder.join(&found.path), &found.bytes);
    Ok(typescript(&found.name, &description, &docs))
}
