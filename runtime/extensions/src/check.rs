//! Whether a file can be an extension or an output here, told before it is compiled.

use runner_engine::{ComponentInfo, EngineError, describe};

use crate::ExtensionError;
use crate::catalog::Found;
use crate::describe::engine_error;

/// What a component is wanted for; they may import different interfaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Called by scripts.
    Extension,
    /// Fed with samples.
    Output,
}

const EXTENSION: &[&str] = &[
    "runner:log/log@0.1.0",
    "runner:tasks/tasks@0.1.0",
    "runner:execution/execution@0.1.0",
    "runner:metrics/metrics@0.1.0",
    "runner:http/http@0.1.0",
    "runner:kv/store@0.1.0",
    "runner:kv/claims@0.1.0",
    "runner:kv/manage@0.1.0",
    "runner:kv-pool/pool@0.1.0",
    "runner:lock/locks@0.1.0",
];
const OUTPUT: &[&str] = &["runner:log/log@0.1.0", "runner:output/run@0.1.0"];

/// An export that is not for scripts.
const LIFECYCLE: &str = "runner:extension/lifecycle@";

impl Purpose {
    fn provided(self) -> &'static [&'static str] {
        match self {
            Self::Extension => EXTENSION,
            Self::Output => OUTPUT,
        }
    }
}

/// Reads the outside of a component and refuses what could not be linked.
///
/// # Errors
/// For files that are no components, and imports that are unknown or of another version.
pub fn check(found: &Found, purpose: Purpose) -> Result<ComponentInfo, ExtensionError> {
    let file = found.path.display().to_string();
    let engine = |source| engine_error(&found.name, source);
    let info = describe(&file, &found.bytes).map_err(engine)?;
    // What it is comes first: a script or an output imports what extensions do not have.
    if let Some(what) = other_kind(&info, purpose) {
        let name = found.name.clone();
        return Err(ExtensionError::OtherKind { name, file, what });
    }
    for import in &info.imports {
        let checked = runner_engine::check_import(&file, import, purpose.provided());
        checked.map_err(|error| engine(alone(error)))?;
    }
    let of_use = |name: &String| !name.starts_with("wasi:") && !name.starts_with(LIFECYCLE);
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
fn other_kind(info: &ComponentInfo, purpose: Purpose) -> Option<&'static str> {
    let exports = |package: &str| info.exports.iter().any(|name| name.starts_with(package));
    if exports("runner:script/") {
        return Some("a script; run it with `runner run`");
    }
    let output = purpose == Purpose::Extension && exports("runner:output/");
    output.then_some("an output plugin; use it with --out FILE.wasm")
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
            check(&found, Purpose::Extension).unwrap_err().to_string()
        };
        assert!(refused(b"text").contains("extension x: x.wasm is not a valid"));
        assert!(refused(b"\0asm\x01\0\0\0").contains("core WebAssembly module"));
        assert!(refused(b"\0asm\x0d\0\x01\0").contains("exports no functions"));
    }
}
