//! Whether bindings belong to WIT files: a digest of the world that they were made of goes through
//! the compiler into the module, and `runner build` compares it.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};
use wasmparser::{Parser, Payload};
use wit_component::{OutputToString, StringEncoding, WitPrinter, metadata};
use wit_parser::{Resolve, WorldId};

use crate::KitError;

/// The custom section of a core module that holds the digest as text.
pub(crate) const DIGEST_SECTION: &str = "runner_bindings";

/// The same for worlds that differ in comments, or in what they do not use, only. None where the
/// world cannot be written, which whoever needs it will say.
pub(crate) fn digest(resolve: &Resolve, world: WorldId) -> Option<String> {
    // Written and read again, nothing is left that the world does not use.
    let encoded = metadata::encode(resolve, world, StringEncoding::UTF8, None).ok()?;
    let (found, world) = wit_parser::decoding::decode_world(&encoded).ok()?;
    let mut packages: Vec<_> = found.packages.iter().collect();
    packages.sort_by_key(|(_, package)| package.name.to_string());
    let mut hash = Sha256::new();
    hash.update(&found.worlds.get(world)?.name);
    for (id, _) in packages {
        let mut printer = WitPrinter::<OutputToString>::default();
        printer.print(&found, id, &[]).ok()?;
        hash.update(printer.output.to_string());
    }
    let bytes = hash.finalize();
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Refuses the core module `file` where it was compiled with bindings of another WIT than there is in
/// `wit`. What cannot be read is fine here: whoever reads it next will say so.
///
/// # Errors
/// Where the digests differ.
pub fn check_bindings(file: &Path, wit: &Path, world: Option<&str>) -> Result<(), KitError> {
    let compared = || {
        let core = fs::read(file).ok()?;
        let was = left_in(&core)?;
        let mut resolve = Resolve::default();
        let (package, _) = resolve.push_path(wit).ok()?;
        let world = resolve.select_world(&[package], world).ok()?;
        Some(was == digest(&resolve, world)?.as_bytes())
    };
    match compared() {
        Some(false) => Err(KitError::Stale {
            file: file.display().to_string(),
            wit: wit.display().to_string(),
        }),
        _ => Ok(()),
    }
}

/// The digest in a module.
fn left_in(core: &[u8]) -> Option<&[u8]> {
    let mut payloads = Parser::new(0).parse_all(core);
    payloads.find_map(|payload| match payload.ok()? {
        Payload::CustomSection(section) if section.name() == DIGEST_SECTION => Some(section.data()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> String {
        let mut resolve = Resolve::default();
        let package = resolve.push_str("a.wit", text).unwrap();
        let world = resolve.select_world(&[package], Some("w")).unwrap();
        digest(&resolve, world).unwrap()
    }

    #[test]
    fn what_code_depends_on_counts() {
        let one = of("package a:b; interface i { f: func(a: u32); } world w { export i; }");
        let same = of(
            "package a:b;\n/// Said.\ninterface i { /// F.\n f: func(a: u32); }
            interface unused { g: func(); }
            world v { export unused; }\nworld w { export i; }",
        );
        assert_eq!(one, same);
        let other = of("package a:b; interface i { f: func(a: s32); } world w { export i; }");
        assert_ne!(one, other);
        assert_eq!(one.len(), 64);
    }
}
