//! `runner build`: everything that a script's init used, in one component.
//!
//! The layout of the bundle is documented where it is read: `sdk-js/engine/src/bundle.rs`.

use runner_engine::{Part, carry, check_contract, compose, describe, js_component, with_bundle};
use runner_script::{FilesSnapshot, Format, ModulesSnapshot};

use crate::SessionError;
use crate::prepared::{Prepared, ScriptKind, extension};

const MAGIC: &[u8] = b"RJSB";
const VERSION: u32 = 1;

/// What `runner build` makes.
#[derive(Debug)]
pub struct Built {
    /// The component.
    pub bytes: Vec<u8>,
    /// Extensions that are inside.
    pub extensions: Vec<String>,
}

impl Prepared {
    /// One component that needs no other file. Of a script in JavaScript: the JS engine with the
    /// script, initialised where an image of it can outlive the run, else with its modules and
    /// the files that it opened; extensions that it imports are carried whole. Of a component:
    /// itself, composed with the extensions that it imports.
    ///
    /// # Errors
    /// For a component that imports no extension, and extensions that do not fit.
    pub async fn build(&self) -> Result<Built, SessionError> {
        let modules = match (&self.kind, &self.context.data.modules) {
            (ScriptKind::Js, Some(modules)) => modules,
            (ScriptKind::Component { info, bytes }, _) => {
                let foreign = |import: &String| runner_engine::is_foreign(import);
                if info.imports.iter().any(foreign) {
                    return self.composed(bytes);
                }
                return Err(SessionError::Usage(format!(
                    "{} is a component already, and imports no extension; build takes JavaScript, \
                     TypeScript, or a component that imports interfaces of extensions (--ext)",
                    self.name
                )));
            }
            (ScriptKind::Js, None) => return Err(self.no_functions()),
        };
        let mut bytes = match self.portable_image().await? {
            Some(memory) => js_component(&memory)?,
            None => {
                let bundle = encode(&modules.snapshot(), &self.context.data.files.snapshot());
                js_component(&with_bundle(&bundle)?)?
            }
        };
        let mut extensions = Vec::new();
        for (name, extension) in self.context.extensions.opened_files().map_err(extension)? {
            let part = Part {
                name: &name,
                bytes: &extension,
            };
            carry(&mut bytes, part);
            extensions.push(name);
        }
        Ok(Built { bytes, extensions })
    }

    /// That the extensions fit was seen when the script's init ran, linked with them.
    fn composed(&self, bytes: &[u8]) -> Result<Built, SessionError> {
        let parts = self.context.extensions.parts().map_err(extension)?;
        let parts: Vec<_> = parts
            .iter()
            .map(|(name, bytes)| Part { name, bytes })
            .collect();
        let main = Part {
            name: &self.name,
            bytes,
        };
        let composed = compose(main, &parts, true)?;
        // Some interfaces are an extension's only, which it no longer is.
        let info = describe(&self.name, &composed.bytes)?;
        check_contract(&self.name, &info, &[]).map_err(|error| {
            SessionError::Usage(format!(
                "{error}; one of its extensions ({}) needs that, so link it when the script runs: \
                 runner run {} --ext …",
                composed.used.join(", "),
                self.name
            ))
        })?;
        Ok(Built {
            bytes: composed.bytes,
            extensions: composed.used,
        })
    }
}

fn encode(modules: &ModulesSnapshot, files: &FilesSnapshot) -> Vec<u8> {
    let mut out = Writer(MAGIC.to_vec());
    out.number(VERSION);
    out.text(&modules.entry);
    out.count(modules.modules.len());
    for module in &modules.modules {
        out.text(&module.id);
        out.0.push(match module.format {
            Format::Esm => 0,
            Format::CommonJs => 1,
            Format::Json => 2,
        });
        out.0.push(u8::from(module.bytecode.is_some()));
        match &module.bytecode {
            Some(bytecode) => out.bytes(bytecode),
            None => out.text(&module.source),
        }
    }
    out.count(modules.resolutions.len());
    for resolution in &modules.resolutions {
        out.text(&resolution.specifier);
        out.text(&resolution.referrer);
        out.text(&resolution.id);
    }
    out.count(files.reads.len());
    for read in &files.reads {
        let content = files.files.iter().find(|(path, _)| *path == read.path);
        out.text(&read.name);
        out.text(read.referrer.as_deref().unwrap_or_default());
        out.bytes(content.map_or(&[], |(_, content)| content));
    }
    out.0
}

/// Little-endian, lengths before contents.
struct Writer(Vec<u8>);

impl Writer {
    fn number(&mut self, number: u32) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    fn count(&mut self, count: usize) {
        // Lengths are bounded by the 4 GiB of the engine's memory, which is checked there.
        self.number(u32::try_from(count).unwrap_or(u32::MAX));
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }
}
