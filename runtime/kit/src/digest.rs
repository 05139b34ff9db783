//! Whether bindings belong to WIT files: a digest of the world that they were made of goes through
//! the compiler into the module, and `runner build` compares it.

use sha2::{Digest, Sha256};
use wit_component::{OutputToString, StringEncoding, WitPrinter, metadata};
use wit_parser::{Resolve, WorldId};

/// The custom section of a core module that holds the digest as text.
pub const DIGEST_SECTION: &str = "runner_bindings";

/// The same for worlds that differ in comments, or in what they do not use, only. None where the
/// world cannot be written, which whoever needs it will say.
pub fn digest(resolve: &Resolve, world: WorldId) -> Option<String> {
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
