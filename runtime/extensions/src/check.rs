//! Whether a file can be an extension or an output here, told before it is compiled.

use runner_contract::{Importer, lifecycle, versionless};
use runner_engine::{ComponentInfo, EngineError, describe};

use crate::ExtensionError;
use crate::catalog::Found;
use crate::describe::engine_error;

/// Reads the outside of a component and refuses what could not be linked.
///
/// # Errors
/// For files that are no components, and imports that are unknown or of another version.
pub fn check(found: &Found, purpose: Importer) -> Result<ComponentInfo, ExtensionError> {
    let file = found.path.display().to_string();
    let engine = |source| engine_error(&found.name, source);
    let info = describe(&file, &found.bytes).map_err(engine)?;
    // What it is comes first: a script or an output imports what extensions do not have.
    if let Some(what) = other_kind(&info, purpose) {
        let name = found.name.clone();
        return Err(ExtensionError::OtherKind { name, file, what });
    }
    for import in &info.imports {
        let checked = runner_engine::check_import(&file, import, purpose);
        checked.map_err(|error| engine(alone(error)))?;
    }
    // An export that is not for scripts.
    let own = versionless(lifecycle(Importer::Extension));
    let of_use = |name: &String| !name.starts_with("wasi:") && versionless(name) != own;
    if !info.exports.iter().any(of_use) {
        return Err(ExtensionError::NoExports {
            name: found.name.clone(),
            file,
            found: match info.exports.as_slice() {
                [] => "nothing".into(),
                exports => exports.join(", "),
            },
        });
    }
    Ok(info)
}

/// Says what else a component is.
fn other_kind(info: &ComponentInfo, purpose: Importer) -> Option<&'static str> {
    let exports = |package: &str| info.exports.iter().any(|name| name.starts_with(package));
    if exports("runner:script/") {
        return Some("a script; run it with `runner run`");
    }
    let output = purpose == Importer::Extension && exports("runner:output/");
    output.then_some("an output; use it with --out FILE.wasm")
}

/// What a script can import from an extension, an output cannot, and an extension only where that
/// one is named.
fn alone(error: EngineError) -> EngineError {
    match error {
        EngineError::UnknownImport { file, import, hint } if hint.contains("--ext") => {
            EngineError::UnknownImport {
                file,
                import,
                hint: "; an extension can import what another exports that is named with --ext"
                    .into(),
            }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Grants;

    #[test]
    fn files_that_are_no_extensions_are_refused() {
        let refused = |bytes: &[u8]| {
            let found = Found {
                name: "x".into(),
                path: "x.wasm".into(),
                bytes: bytes.to_vec(),
                grants: Grants::default(),
            };
            check(&found, Importer::Extension).unwrap_err().to_string()
        };
        assert!(refused(b"text").contains("extension x: x.wasm is not a valid"));
        assert!(refused(b"\0asm\x01\0\0\0").contains("core WebAssembly module"));
        assert!(refused(b"\0asm\x0d\0\x01\0").contains("exports no functions"));
    }
}
