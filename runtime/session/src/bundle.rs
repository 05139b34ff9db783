//! `runner build`: everything that a script's init used, in one component.
//!
//! The layout of the bundle is documented where it is read: `sdk-js/engine/src/bundle.rs`.

use runner_engine::JsImage;
use runner_script::{FilesSnapshot, Format, ModulesSnapshot};

use crate::SessionError;
use crate::prepared::{Prepared, ScriptKind};

const MAGIC: &[u8] = b"RJSB";
const VERSION: u32 = 1;

impl Prepared {
    /// A component that is the JS engine with this script: initialised where an image of it
    /// can outlive the run, else with its modules and the files that it opened. Errors for a script that is a component already.
    pub async fn build(&self) -> Result<Vec<u8>, SessionError> {
        let (ScriptKind::Js, Some(modules)) = (&self.kind, &self.context.modules) else {
            return Err(SessionError::Usage(format!(
                "{} is a component already; build takes JavaScript or TypeScript",
                self.name
            )));
        };
        if let Some(memory) = self.portable_image().await? {
            return Ok(JsImage::initialised(&memory)?);
        }
        let bundle = encode(&modules.snapshot(), &self.context.files.snapshot());
        Ok(JsImage::with_bundle(&bundle)?)
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
