//! `runner archive`: a script that was asked what it is, with everything that its init code
//! used, in the layout of k6's archives.
//!
//! A component is packed as it is, under a type of its own: k6 refuses such an archive by name,
//! and runner runs it.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use runner_script::{ArchiveError, COMPONENT, JS, Metadata, Pack, Source};
use serde_json::Value;

use crate::SessionError;
use crate::prepared::{Prepared, ScriptKind};

/// The version of k6 whose layout archives have.
const LAYOUT_OF: &str = "2.2.0";

/// Where a script came from.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// Its URL.
    id: String,
    /// URL of the folder that its relative names start from.
    folder: String,
}

impl Place {
    pub(crate) fn of(source: &Source) -> Self {
        Self {
            id: source.id().to_owned(),
            folder: source.folder(),
        }
    }
}

/// What an archive says besides what the script is.
#[derive(Debug, Clone)]
pub struct ArchiveSettings {
    /// The options of all layers together, shortcuts as they are.
    pub options: Value,
    /// Whether the script's environment is packed.
    pub env: bool,
}

impl Prepared {
    /// Writes an archive of the script, its modules and the files that it opened.
    pub fn archive(&self, settings: ArchiveSettings, out: impl Write) -> Result<(), SessionError> {
        let failed = |problem: ArchiveError| {
            SessionError::Usage(format!(
                "cannot make an archive of {}: {problem}",
                self.name
            ))
        };
        let (kind, main) = match &self.kind {
            ScriptKind::Js => (JS, None),
            ScriptKind::Component { bytes, .. } => (COMPONENT, Some(Arc::from(bytes.as_slice()))),
        };
        let originals = self
            .context
            .data
            .modules
            .as_ref()
            .map(|modules| modules.originals())
            .unwrap_or_default();
        let text = || {
            let main = originals.iter().find(|(id, _)| *id == self.place.id);
            main.map(|(_, text)| Arc::from(text.as_bytes()))
        };
        let main = main.or_else(text).unwrap_or_default();
        let mut pack = Pack::new(self.metadata(kind, settings), main).map_err(failed)?;
        for (id, text) in &originals {
            pack.module(id, text.as_bytes().into()).map_err(failed)?;
        }
        for (path, content) in self.context.data.files.snapshot().files {
            pack.file(&path, content).map_err(failed)?;
        }
        pack.write(out).map_err(failed)
    }

    fn metadata(&self, kind: &str, settings: ArchiveSettings) -> Metadata {
        let env: BTreeMap<_, _> = self.settings.env.iter().cloned().collect();
        let mode = if self.settings.js.base {
            "base"
        } else {
            "extended"
        };
        Metadata {
            kind: kind.to_owned(),
            options: settings.options,
            filename: self.place.id.clone(),
            pwd: self.place.folder.clone(),
            env: settings.env.then_some(env),
            compatibility_mode: mode.to_owned(),
            k6_version: LAYOUT_OF.to_owned(),
            runner_version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            goos: match std::env::consts::OS {
                "macos" => "darwin",
                other => other,
            }
            .to_owned(),
        }
    }
}
