//! Every extension and output that a run could use, by name.
//!
//! A name means, in this order: the file given with `--ext`; the extension that a built script
//! carries under that name; the one in `runner.toml` beside the script; `NAME.wasm` in
//! `extensions/` beside the script, in `./extensions/`, or in a folder of the machine's
//! ([`Places::extensions`]). Outputs are found in the same folders, also as
//! `output-NAME.wasm`. Nothing is read before a script asks for it, except that files named on
//! the command line must exist.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use runner_hints::{did_you_mean, near};
use sha2::{Digest, Sha256};

use crate::grants::is_name;
use crate::manifest::{Entry, FILE, Manifest};
use crate::{ExtensionError, Grants, Places, ScopedGrant};

/// Modules of the tool itself under `k6/x/`.
const BUILT_IN: [&str; 1] = ["kv"];
/// Whom a grant to the script itself is for.
const SCRIPT: &str = "script";

/// What the command line says about extensions and outputs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CatalogSettings {
    /// `--ext`: names and files.
    pub named: Vec<(String, PathBuf)>,
    /// `--allow-net` and the others.
    pub grants: Vec<ScopedGrant>,
    /// Extensions that the script's component carries: names and components.
    pub carried: Vec<(String, Arc<[u8]>)>,
    /// Names of those that are composed into it.
    pub composed: Vec<String>,
    /// What surrounds all that.
    pub places: Places,
}

/// Names and where they lead.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    named: BTreeMap<String, PathBuf>,
    grants: Vec<ScopedGrant>,
    carried: BTreeMap<String, Arc<[u8]>>,
    composed: Vec<String>,
    manifest: Manifest,
    folders: Vec<PathBuf>,
    places: Places,
}

/// The file behind a name, read.
#[derive(Debug, Clone)]
pub struct Found {
    /// As the script or the command line says it.
    pub name: String,
    /// The component.
    pub path: PathBuf,
    /// Its content.
    pub bytes: Vec<u8>,
    /// What it may reach.
    pub grants: Grants,
}

impl Catalog {
    /// Reads `runner.toml` in `folder`, which is the script's, and checks the command line.
    ///
    /// # Errors
    /// For a broken `runner.toml`, names that clash, and files that are not there.
    pub fn new(settings: CatalogSettings, folder: &Path) -> Result<Self, ExtensionError> {
        let manifest = Manifest::read(folder)?;
        let mut named = BTreeMap::new();
        for (name, path) in settings.named {
            check_name(&name)?;
            let found = fs::metadata(settings.places.folder.join(&path));
            let found = found.map_err(|error| unreadable(&name, &path, &error))?;
            if found.is_dir() {
                return Err(ExtensionError::Read {
                    name,
                    file: path.display().to_string(),
                    reason: "it is a folder".into(),
                });
            }
            if named.insert(name.clone(), path).is_some() {
                return Err(ExtensionError::Twice { name });
            }
        }
        for name in manifest.extensions.keys() {
            check_name(name).map_err(|error| ExtensionError::Manifest {
                file: folder.join(FILE).display().to_string(),
                reason: error.to_string(),
            })?;
        }
        let places = settings.places;
        let mut folders = vec![folder.join("extensions"), places.folder.join("extensions")];
        folders.extend(places.extensions.iter().cloned());
        folders.dedup();
        Ok(Self {
            named,
            grants: settings.grants,
            carried: settings.carried.into_iter().collect(),
            composed: settings.composed,
            manifest,
            folders,
            places,
        })
    }

    /// The extension `name`; none where no file has that name.
    ///
    /// # Errors
    /// Where there is one that cannot be read, or is not the one that `runner.toml` means.
    pub fn extension(&self, name: &str) -> Result<Option<Found>, ExtensionError> {
        if !is_name(name) {
            return Ok(None);
        }
        let entry = self.manifest.extensions.get(name);
        if let (None, Some(bytes)) = (self.named.get(name), self.carried.get(name)) {
            return Ok(Some(Found {
                name: name.to_owned(),
                path: format!("{name} inside the script").into(),
                bytes: bytes.to_vec(),
                grants: self.grants_of(name, entry.map(|entry| &entry.grants))?,
            }));
        }
        let (path, digest) = match self.named.get(name) {
            // The digest in runner.toml is that of the file in runner.toml.
            Some(path) => (Some(path.clone()), None),
            None => (
                entry.and_then(|entry| entry.path.clone()),
                entry.and_then(|entry| entry.sha256.as_deref()),
            ),
        };
        let path = path.or_else(|| self.in_folders(&[name.to_owned()]));
        self.read(name, path, digest, entry)
    }

    /// The output `name`, or the file itself where `name` is a path to one. A file that is called
    /// `output-NAME.wasm` comes before one that may be an extension.
    ///
    /// # Errors
    /// As [`Catalog::extension`].
    pub fn output(&self, name: &str) -> Result<Option<Found>, ExtensionError> {
        if name.ends_with(".wasm") {
            let stem = stem(Path::new(name));
            let short = output_name(&stem).unwrap_or(&stem);
            let entry = self.manifest.outputs.get(short);
            return self.read(short, Some(name.into()), None, entry);
        }
        if !is_name(name) {
            return Ok(None);
        }
        let entry = self.manifest.outputs.get(name);
        let path = entry.and_then(|entry| entry.path.clone()).or_else(|| {
            // As cargo names what it builds of a package `output-NAME`.
            let built = format!("output_{}", name.replace('-', "_"));
            self.in_folders(&[format!("output-{name}"), built, name.to_owned()])
        });
        let digest = entry.and_then(|entry| entry.sha256.as_deref());
        self.read(name, path, digest, entry)
    }

    /// Extensions that were named, for compiled scripts, which import interfaces and not names.
    pub fn named(&self) -> Vec<String> {
        let manifest = self.manifest.extensions.iter();
        let manifest = manifest.filter(|(_, entry)| entry.path.is_some());
        let mut names: Vec<_> = manifest.map(|(name, _)| name.clone()).collect();
        names.extend(self.named.keys().cloned());
        names.sort();
        names.dedup();
        names
    }

    /// Extensions that were named, and those in the folder `extensions` of the project.
    pub fn of_project(&self) -> Vec<String> {
        let mut names = self.named();
        let folder = self.folders.first();
        let files = folder
            .into_iter()
            .flat_map(fs::read_dir)
            .flatten()
            .flatten();
        let paths = files.map(|entry| entry.path());
        let components = paths.filter(|path| path.extension().is_some_and(|end| end == "wasm"));
        let extensions = components.filter(|path| !is_output(path));
        names.extend(
            extensions
                .map(|path| stem(&path))
                .filter(|name| is_name(name)),
        );
        names.sort();
        names.dedup();
        names
    }

    /// What a script that is a component may reach by WASI: what is granted to all, and to `script`.
    /// Extensions that are composed into it are part of it.
    ///
    /// Its clocks are exact: the contract's own clock, which every script has, is too.
    ///
    /// # Errors
    /// For what is above the ceiling.
    pub fn script_grants(&self) -> Result<Grants, ExtensionError> {
        Ok(Grants {
            hrtime: true,
            ..self.grants_of(SCRIPT, Some(&self.manifest.script))?
        })
    }

    /// What surrounds it.
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// Names of the extensions that are composed into the script, in the order of their init.
    pub fn composed(&self) -> &[String] {
        &self.composed
    }

    fn grants_of(&self, name: &str, listed: Option<&Grants>) -> Result<Grants, ExtensionError> {
        let mut grants = listed.cloned().unwrap_or_default();
        for scoped in &self.grants {
            if scoped.to.as_deref().is_none_or(|to| to == name) {
                grants.add(scoped.grant.clone(), &self.places.folder);
            }
        }
        match self
            .places
            .ceiling
            .as_ref()
            .and_then(|most| grants.above(most))
        {
            Some(what) => Err(ExtensionError::Ceiling {
                name: name.to_owned(),
                what,
            }),
            None => Ok(grants),
        }
    }

    /// What to tell a user whose script imports a name that nobody has.
    pub fn unknown(&self, name: &str) -> String {
        let mut known = self.named();
        known.extend(BUILT_IN.map(str::to_owned));
        known.extend(self.components().map(|path| stem(&path)));
        let near = near(name, known.iter().map(String::as_str));
        let guess = match near.as_slice() {
            [] => String::new(),
            near => format!(" (did you mean k6/x/{}?)", near.join(" or k6/x/")),
        };
        let file = name.rsplit('/').next().unwrap_or(name);
        format!(
            "unknown module: k6/x/{name}{guess}; add an extension with --ext {name}=FILE.wasm, \
             list it in runner.toml beside the script, or put {file}.wasm into ./extensions/"
        )
    }

    /// What to tell a user who asks for an output that nobody has, besides that: near names among
    /// those of `built_in` and of components, and how to add one.
    pub fn unknown_output(&self, name: &str, built_in: &[&str]) -> String {
        let mut known: Vec<String> = built_in.iter().map(|name| (*name).to_owned()).collect();
        known.extend(self.manifest.outputs.keys().cloned());
        for path in self.components() {
            let stem = stem(&path);
            match output_name(&stem) {
                Some(name) => known.push(name.to_owned()),
                None if is_output(&path) => known.push(stem),
                None => {}
            }
        }
        let guess = did_you_mean(name, known.iter().map(String::as_str))
            .map_or_else(String::new, |guess| format!("{guess} "));
        format!(
            "{guess}to add one, name its file with --out FILE.wasm=ARGUMENT, list it under [outputs] \
             in runner.toml beside the script, or put output-NAME.wasm into ./extensions/"
        )
    }

    /// The components in the folders.
    fn components(&self) -> impl Iterator<Item = PathBuf> {
        let files = self.folders.iter().flat_map(fs::read_dir);
        let paths = files.flatten().flatten().map(|entry| entry.path());
        paths.filter(|path| path.extension().is_some_and(|ending| ending == "wasm"))
    }

    fn in_folders(&self, names: &[String]) -> Option<PathBuf> {
        let candidates = self.folders.iter().flat_map(|folder| {
            names
                .iter()
                .map(move |name| folder.join(format!("{name}.wasm")))
        });
        candidates.into_iter().find(|path| path.is_file())
    }

    fn read(
        &self,
        name: &str,
        path: Option<PathBuf>,
        digest: Option<&str>,
        entry: Option<&Entry>,
    ) -> Result<Option<Found>, ExtensionError> {
        let Some(path) = path else { return Ok(None) };
        let bytes = fs::read(self.places.folder.join(&path));
        let bytes = bytes.map_err(|error| unreadable(name, &path, &error))?;
        if let Some(expected) = digest {
            let found: String = Sha256::digest(&bytes)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            if found != expected {
                return Err(ExtensionError::Digest {
                    name: name.to_owned(),
                    file: path.display().to_string(),
                    found,
                    expected: expected.to_owned(),
                });
            }
        }
        let grants = self.grants_of(name, entry.map(|entry| &entry.grants))?;
        folders_exist(name, &grants)?;
        Ok(Some(Found {
            name: name.to_owned(),
            path,
            bytes,
            grants,
        }))
    }
}

/// `compare` of `extensions/compare.wasm`.
fn stem(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

/// Whether the file is an output, for messages only.
fn is_output(path: &Path) -> bool {
    let info = fs::read(path).map(|bytes| runner_engine::describe("", &bytes));
    let of = |name: &String| name.starts_with("runner:output/");
    info.is_ok_and(|info| info.is_ok_and(|info| info.exports.iter().any(of)))
}

/// `statsd` of `output-statsd`.
fn output_name(stem: &str) -> Option<&str> {
    stem.strip_prefix("output-")
        .or_else(|| stem.strip_prefix("output_"))
}

/// Said before the run, not by the first VU that opens one.
fn folders_exist(name: &str, grants: &Grants) -> Result<(), ExtensionError> {
    let read = grants.read.iter().map(|folder| ("--allow-read", folder));
    let write = grants.write.iter().map(|folder| ("--allow-write", folder));
    for (flag, folder) in read.chain(write) {
        let reason = match fs::metadata(&folder.host) {
            Ok(found) if found.is_dir() => continue,
            Ok(_) => "it is no folder".to_owned(),
            Err(error) => error.to_string(),
        };
        return Err(ExtensionError::Folder {
            name: name.to_owned(),
            flag,
            folder: folder.guest.clone(),
            reason,
        });
    }
    Ok(())
}

fn check_name(name: &str) -> Result<(), ExtensionError> {
    let name = name.to_owned();
    if !is_name(&name) {
        Err(ExtensionError::Name { name })
    } else if BUILT_IN.contains(&name.as_str()) {
        Err(ExtensionError::BuiltIn { name })
    } else if name == SCRIPT {
        Err(ExtensionError::Reserved { name })
    } else {
        Ok(())
    }
}

fn unreadable(name: &str, path: &Path, error: &std::io::Error) -> ExtensionError {
    ExtensionError::Read {
        name: name.to_owned(),
        file: path.display().to_string(),
        reason: error.to_string(),
    }
}

#[cfg(test)]
mod tests;
