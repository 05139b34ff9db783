//! What a `.wasm` file is, and whether it fits our contract, told before it is compiled.
//!
//! wasmtime would refuse an unsuitable component too, but only when it is linked, and in terms
//! of types. Here every refusal names the import or export, both versions and the remedy.

use std::ops::Range;

use runner_contract::{Importer, LIFECYCLES, interfaces, is_wasi, lifecycle, table, versionless};
use wasmparser::{Encoding, Parser, Payload};

use crate::EngineError;
use crate::compose::{CARRIED, LINKED};

/// What the first bytes of a file say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A WebAssembly component.
    Component,
    /// A core module.
    CoreModule,
    /// Something else.
    Other,
}

/// Tells components, core modules and everything else apart.
pub fn kind_of(bytes: &[u8]) -> Kind {
    match bytes.get(..8) {
        Some([b'\0', b'a', b's', b'm', 1, 0, 0, 0]) => Kind::CoreModule,
        Some([b'\0', b'a', b's', b'm', _, _, 1, 0]) => Kind::Component,
        _ => Kind::Other,
    }
}

/// The outside of a component.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ComponentInfo {
    /// Names of imports, in order.
    pub imports: Vec<String>,
    /// Names of exports, in order.
    pub exports: Vec<String>,
    /// Extensions that were composed into it.
    pub linked: Vec<String>,
    /// Names and places of the extensions that it carries.
    carried: Vec<(String, Range<usize>)>,
}

impl ComponentInfo {
    /// Extensions that the component carries, which `bytes` is.
    pub fn carried<'a>(&'a self, bytes: &'a [u8]) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        let found = |(name, place): &'a (String, Range<usize>)| {
            Some((name.as_str(), bytes.get(place.clone())?))
        };
        self.carried.iter().filter_map(found)
    }

    /// Whether it is an output.
    pub fn is_output(&self) -> bool {
        self.exports
            .iter()
            .any(|name| name.starts_with("runner:output/"))
    }

    /// Version of the script contract that the component was built for.
    pub fn contract(&self) -> Option<&str> {
        let lifecycle = self
            .exports
            .iter()
            .find(|name| name.starts_with("runner:script/"))?;
        lifecycle.split_once('@').map(|(_, version)| version)
    }
}

/// Reads imports and exports; `file` is for messages.
pub fn describe(file: &str, bytes: &[u8]) -> Result<ComponentInfo, EngineError> {
    match kind_of(bytes) {
        Kind::Component => {}
        Kind::CoreModule => return Err(EngineError::CoreModule(file.into())),
        Kind::Other => {
            return Err(EngineError::Invalid {
                file: file.into(),
                reason: "it does not start with the WebAssembly magic number".into(),
            });
        }
    }
    let invalid = |error: wasmparser::BinaryReaderError| EngineError::Invalid {
        file: file.into(),
        reason: error.to_string(),
    };
    let mut info = ComponentInfo::default();
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(invalid)? {
            Payload::Version {
                encoding: Encoding::Component | Encoding::Module,
                ..
            } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 1 => {
                for import in section {
                    info.imports.push(import.map_err(invalid)?.name.name.into());
                }
            }
            Payload::ComponentExportSection(section) if depth == 1 => {
                for export in section {
                    info.exports.push(export.map_err(invalid)?.name.name.into());
                }
            }
            Payload::CustomSection(section) if depth == 1 => {
                let start = section.data_offset();
                let place = start..start + section.data().len();
                if let Some(name) = section.name().strip_prefix(CARRIED) {
                    info.carried.push((name.into(), place));
                } else if let Some(name) = section.name().strip_prefix(LINKED) {
                    info.linked.push(name.into());
                }
            }
            _ => {}
        }
    }
    Ok(info)
}

/// Whether an import is neither of the contract nor of WASI, in whatever version: only an
/// extension can satisfy it.
pub fn is_foreign(import: &str) -> bool {
    let name = versionless(import);
    let mut scripts = table().filter(|interface| interface.is_for(Importer::Script));
    !is_wasi(name) && !scripts.any(|interface| versionless(interface.id) == name)
}

/// Says whether a component can run here as a script. `linked` are interfaces that extensions
/// provide.
pub fn check_contract(
    file: &str,
    info: &ComponentInfo,
    linked: &[String],
) -> Result<(), EngineError> {
    for import in &info.imports {
        if !linked.contains(import) {
            check_import(file, import, Importer::Script)?;
        }
    }
    let newest = lifecycle(Importer::Script);
    let mut known = LIFECYCLES
        .iter()
        .filter(|known| known.of == Importer::Script && known.needed);
    if known.any(|known| info.exports.iter().any(|name| name == known.id)) {
        return Ok(());
    }
    if let Some(other) = info
        .exports
        .iter()
        .find(|name| versionless(name) == versionless(newest))
    {
        return Err(version_error(file, other, newest));
    }
    let found = if info.exports.is_empty() {
        "nothing".into()
    } else {
        info.exports.join(", ")
    };
    Err(EngineError::NotAScript {
        file: file.into(),
        expected: newest.into(),
        found,
    })
}

/// Says whether one import is there for a kind of component: in the contract, or part of WASI.
pub fn check_import(file: &str, import: &str, importer: Importer) -> Result<(), EngineError> {
    let provided = interfaces(importer);
    if provided.contains(&import) {
        return Ok(());
    }
    let (name, version) = import.split_once('@').unwrap_or((import, ""));
    if is_wasi(name) {
        return if version.starts_with("0.2.") {
            Ok(())
        } else {
            Err(version_error(file, import, "the 0.2 series of WASI"))
        };
    }
    if let Some(provided) = provided.iter().find(|known| versionless(known) == name) {
        return Err(version_error(file, import, provided));
    }
    let hint = match name.split_once(':') {
        Some(("wasi", _)) => {
            "; of WASI it provides cli, io, clocks, random, filesystem and sockets".into()
        }
        _ if interfaces(Importer::Output)
            .iter()
            .any(|known| versionless(known) == name) =>
        {
            "; only outputs have it".into()
        }
        // First-party extensions have our namespace, but no package of the contract's.
        _ if table().any(|known| known.package() == package(name)) => {
            format!("; it provides {}", provided.join(", "))
        }
        _ => "; name the extension that exports it with --ext NAME=FILE.wasm".into(),
    };
    Err(EngineError::UnknownImport {
        file: file.into(),
        import: import.into(),
        hint,
    })
}

fn package(name: &str) -> &str {
    name.split('/').next().unwrap_or(name)
}

fn version_error(file: &str, wanted: &str, provided: &str) -> EngineError {
    EngineError::Version {
        file: file.into(),
        wanted: wanted.into(),
        provided: provided.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFECYCLE: &str = "runner:script/lifecycle@0.1.0";

    fn info(imports: &[&str], exports: &[&str]) -> ComponentInfo {
        let own = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        ComponentInfo {
            imports: own(imports),
            exports: own(exports),
            ..ComponentInfo::default()
        }
    }

    fn refusal(imports: &[&str], exports: &[&str]) -> String {
        check_contract("x.wasm", &info(imports, exports), &[])
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn magic_numbers() {
        assert_eq!(kind_of(b"\0asm\x01\0\0\0"), Kind::CoreModule);
        assert_eq!(kind_of(b"\0asm\x0d\0\x01\0"), Kind::Component);
        assert_eq!(kind_of(b"export default"), Kind::Other);
        assert_eq!(kind_of(b""), Kind::Other);
    }

    #[test]
    fn a_script_is_accepted_with_wasi() {
        let script = info(
            &["runner:http/http@0.1.0", "wasi:clocks/wall-clock@0.2.6"],
            &[LIFECYCLE],
        );
        check_contract("x.wasm", &script, &[]).unwrap();
        assert_eq!(script.contract(), Some("0.1.0"));
    }

    #[test]
    fn refusals_name_what_is_wrong() {
        let newer = refusal(&["runner:http/http@9.0.0"], &[LIFECYCLE]);
        assert!(
            newer.contains("http@9.0.0") && newer.contains("http@0.1.0"),
            "{newer}"
        );
        let export = refusal(&[], &["runner:script/lifecycle@2.0.0"]);
        assert!(
            export.contains("@2.0.0") && export.contains("@0.1.0"),
            "{export}"
        );
        assert!(refusal(&["acme:db/sql@1.0.0"], &[LIFECYCLE]).contains("acme:db/sql@1.0.0"));
        assert!(refusal(&[], &["wasi:cli/run@0.2.0"]).contains("wasi:cli/run@0.2.0"));
        assert!(refusal(&["wasi:http/types@0.2.0"], &[LIFECYCLE]).contains("of WASI it provides"));
        assert!(refusal(&["runner:output/run@0.1.0"], &[LIFECYCLE]).contains("only outputs"));
        assert!(refusal(&["runner:compare/compare@0.1.0"], &[LIFECYCLE]).contains("--ext NAME="));
        let core = describe("m.wasm", b"\0asm\x01\0\0\0")
            .unwrap_err()
            .to_string();
        assert!(core.contains("core WebAssembly module"), "{core}");
        assert!(describe("m.wasm", b"\0asm\x0d\0\x01\0garbage").is_err());
    }
}
