//! A component of a core module: what compilers for C and its like leave to another tool.
//!
//! The types come from WIT files, or from the sections that wit-bindgen's object file leaves in the
//! module. A module that uses WASI's preview 1, as wasi-libc does for `printf`, gets the adapter to
//! WASI 0.2 that belongs to wasmtime. What the WIT files say of their items goes with the component,
//! for typings. Nothing is run.

use std::fmt::Display;
use std::path::Path;

use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME as PREVIEW1,
    WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER as ADAPTER,
};
use wasm_encoder::{ComponentSection, CustomSection};
use wasmparser::{Parser, Payload};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{PackageMetadata, Resolve};

use crate::{EngineError, Kind, kind_of};

/// What the module implements.
#[derive(Debug, Clone, Copy)]
pub struct Wit<'a> {
    /// A folder with WIT files, and with what they use in its `deps`; or one file.
    pub path: &'a Path,
    /// Which of the package's worlds; only where there are several.
    pub world: Option<&'a str>,
}

/// Makes a component of the core module `core`; `file` is for messages.
///
/// # Errors
/// For what is no core module, says nothing of its types, or does not fit them; and for WIT that
/// cannot be read.
pub fn componentize(file: &str, core: &[u8], wit: Option<Wit<'_>>) -> Result<Vec<u8>, EngineError> {
    if kind_of(core) != Kind::CoreModule {
        let reason = match kind_of(core) {
            Kind::Component => "it is a component already",
            _ => "it is no WebAssembly module",
        };
        return Err(cannot(file, reason));
    }
    let mut module = core.to_vec();
    let found = outside(file, core)?;
    let mut docs = None;
    match wit {
        Some(wit) => docs = embed(&mut module, wit)?,
        None if found.types => {}
        None => {
            let reason = "it does not say what it implements; name the folder of its WIT files \
                          with --wit";
            return Err(cannot(file, reason));
        }
    }
    let encode = || {
        let mut encoder = ComponentEncoder::default().validate(true).module(&module)?;
        if found.preview1 {
            encoder = encoder.adapter(PREVIEW1, ADAPTER)?;
        }
        encoder.encode()
    };
    let mut component = encode().map_err(|error| match wit {
        Some(wit) => cannot(file, &format!("{}; {}", causes(error), stale(wit.path))),
        None => cannot(file, &causes(error)),
    })?;
    if let Some(docs) = docs {
        let section = CustomSection {
            name: PackageMetadata::SECTION_NAME.into(),
            data: docs.into(),
        };
        section.append_to_component(&mut component);
    }
    Ok(component)
}

/// Adds the types of `wit`, as a section that the encoder reads. Returns what the package's comments
/// say.
fn embed(module: &mut Vec<u8>, wit: Wit<'_>) -> Result<Option<Vec<u8>>, EngineError> {
    let failed = |reason| EngineError::Wit {
        path: wit.path.display().to_string(),
        reason,
    };
    let mut resolve = Resolve::default();
    let package = resolve.push_path(wit.path);
    // With the line that is wrong.
    let (package, _) = package.map_err(|error| failed(resolve.render_error(&error)))?;
    let world = resolve
        .select_world(&[package], wit.world)
        .map_err(|error| match wit.world {
            Some(_) => failed(causes(error)),
            None => failed(format!("{}; name it with --world", causes(error))),
        })?;
    embed_component_metadata(module, &resolve, world, StringEncoding::UTF8)
        .map_err(|error| failed(causes(error)))?;
    Ok(PackageMetadata::extract(&resolve, package).encode().ok())
}

fn stale(wit: &Path) -> String {
    format!(
        "after a change of {}, write the bindings anew (make bindings, or runner bindings) and \
         compile again",
        wit.display()
    )
}

/// What matters of a core module here.
#[derive(Debug, Default)]
struct Outside {
    /// It carries the types of its world.
    types: bool,
    /// It uses WASI's preview 1.
    preview1: bool,
}

fn outside(file: &str, core: &[u8]) -> Result<Outside, EngineError> {
    let mut found = Outside::default();
    for payload in Parser::new(0).parse_all(core) {
        match payload.map_err(|error| cannot(file, &error.to_string()))? {
            Payload::CustomSection(section) => {
                found.types |= section.name().starts_with("component-type");
            }
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import.map_err(|error| cannot(file, &error.to_string()))?;
                    found.preview1 |= import.module == PREVIEW1;
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

fn cannot(file: &str, reason: &str) -> EngineError {
    EngineError::NoComponent {
        file: file.to_owned(),
        reason: reason.to_owned(),
    }
}

/// An error with what caused it.
fn causes(error: impl Display) -> String {
    format!("{error:#}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::describe;

    /// `(module (func (export "f")))`, and a world that it implements.
    const MODULE: &[u8] = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x07\x05\x01\x01f\0\0\x0a\x04\x01\x02\0\x0b";
    const WORLD: &str = "package a:b;\nworld w { export f: func(); }\n";

    fn wit(text: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.wit"), text).unwrap();
        folder
    }

    fn made(core: &[u8], text: &str, world: Option<&str>) -> Result<Vec<u8>, String> {
        let folder = wit(text);
        let path = folder.path();
        componentize("a.wasm", core, Some(Wit { path, world })).map_err(|error| error.to_string())
    }

    #[test]
    fn a_module_becomes_a_component() {
        let component = made(MODULE, WORLD, None).unwrap();
        assert_eq!(describe("a.wasm", &component).unwrap().exports, ["f"]);
        // Types that are in the module already.
        let mut typed = MODULE.to_vec();
        let folder = wit(WORLD);
        let path = folder.path();
        let wit = Wit { path, world: None };
        embed(&mut typed, wit).unwrap();
        let typed = componentize("a.wasm", &typed, None).unwrap();
        assert_eq!(component[..typed.len()], typed);
        let again = componentize("a.wasm", &component, None).unwrap_err();
        assert!(again.to_string().contains("component already"), "{again}");
    }

    #[test]
    fn refusals_say_what_is_wrong() {
        let untyped = componentize("a.wasm", MODULE, None)
            .unwrap_err()
            .to_string();
        assert!(untyped.contains("--wit"), "{untyped}");
        let cut = componentize("a.wasm", &MODULE[..20], None).unwrap_err();
        assert!(cut.to_string().contains("a.wasm"), "{cut}");
        for (text, world, expected) in [
            ("package a:b;\nworld w { export g: func(); }", None, "`g`"),
            ("package a:b;\nworld {", None, "a.wit:2"),
            (WORLD, Some("nope"), "nope"),
            ("package a:b;\nworld v {}\nworld w {}", None, "--world"),
        ] {
            let error = made(MODULE, text, world).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
