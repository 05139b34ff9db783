//! One component of a script and the extensions that it imports, or of an extension and others.
//!
//! What an extension exports becomes the script's import inside the new component; what is left,
//! the contract and WASI, is imported by the whole and shared by all parts. `wac-graph` does the
//! graph and the merging of types; here is decided who provides what. An import that two parts
//! could satisfy, and parts that need each other, are refused.
//!
//! What cannot be composed is carried instead: a script in JavaScript calls extensions by
//! functions that are looked up at run time, so its component holds them whole, as data.

use runner_contract::{Importer, lifecycle};
use wac_graph::types::{Package, are_semver_compatible};
use wac_graph::{CompositionGraph, EncodeOptions, NodeId, PackageId};
use wasm_encoder::ComponentSection;

use crate::EngineError;
use crate::inspect::{ComponentInfo, describe, is_foreign};

/// What the whole exports it as, with the part's number behind; the host calls it.
pub const PART_INIT: &str = "extension-n";

/// A component by the name that the user gave it.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// For messages, and for `runner inspect`.
    pub name: &'a str,
    /// The component.
    pub bytes: &'a [u8],
}

/// A composed component.
#[derive(Debug)]
pub struct Composed {
    /// The component.
    pub bytes: Vec<u8>,
    /// Names of the parts that went in besides the main one.
    pub used: Vec<String>,
}

/// Whether an export of this name satisfies an import of that name: the same interface in the
/// same version, or in one that promises to be compatible.
pub fn satisfies(export: &str, import: &str) -> bool {
    export == import || are_semver_compatible(export, import)
}

/// Puts those of `parts` into `main` that it imports, directly or through another part. Imports
/// that nobody exports stay imports. The init functions of the parts are exported
/// ([`PART_INIT`]); with `script`, the parts' names are noted too.
pub fn compose(main: Part<'_>, parts: &[Part<'_>], script: bool) -> Result<Composed, EngineError> {
    let mut composer = Composer {
        main: main.name,
        graph: CompositionGraph::new(),
        parts: Vec::with_capacity(parts.len()),
        used: Vec::new(),
    };
    let info = describe(main.name, main.bytes)?;
    let package = composer.package("main", main)?;
    for (index, part) in parts.iter().enumerate() {
        let info = describe(part.name, part.bytes)?;
        let package = composer.package(&format!("part{index}"), *part)?;
        composer.parts.push(Known {
            name: part.name.to_owned(),
            info,
            package,
            state: State::Unused,
        });
    }
    let node = composer.graph.instantiate(package);
    composer.satisfy(node, &info)?;
    composer.export(node, info.exports.iter())?;
    composer.export_inits()?;
    composer.finish(script)
}

struct Composer<'a> {
    main: &'a str,
    graph: CompositionGraph,
    parts: Vec<Known>,
    /// In the order in which they went in.
    used: Vec<usize>,
}

struct Known {
    name: String,
    info: ComponentInfo,
    package: PackageId,
    state: State,
}

#[derive(Clone, Copy)]
enum State {
    Unused,
    /// Its own imports are being looked for.
    Begun,
    Done(NodeId),
}

impl Composer<'_> {
    fn error(&self, reason: impl std::fmt::Display) -> EngineError {
        EngineError::Compose {
            file: self.main.to_owned(),
            reason: reason.to_string(),
        }
    }

    fn package(&mut self, key: &str, part: Part<'_>) -> Result<PackageId, EngineError> {
        let types = self.graph.types_mut();
        let package = Package::from_bytes(key, None, part.bytes.to_vec(), types)
            .map_err(|error| self.error(format!("{}: {error:#}", part.name)))?;
        self.graph
            .register_package(package)
            .map_err(|error| self.error(error))
    }

    /// Gives `node` what parts export.
    fn satisfy(&mut self, node: NodeId, info: &ComponentInfo) -> Result<(), EngineError> {
        for import in info.imports.iter().filter(|import| is_foreign(import)) {
            let Some((place, export)) = self.exporter(import)? else {
                continue;
            };
            let provider = self.instance(place)?;
            let alias = self
                .graph
                .alias_instance_export(provider, &export)
                .map_err(|error| self.error(error))?;
            self.graph
                .set_instantiation_argument(node, import, alias)
                .map_err(|error| {
                    self.error(format!("{import}: {error:#}; build both from the same WIT"))
                })?;
        }
        Ok(())
    }

    /// The part that exports `import`, and the name under which it does.
    fn exporter(&self, import: &str) -> Result<Option<(usize, String)>, EngineError> {
        let mut found: Option<(usize, &Known, &String)> = None;
        for (place, part) in self.parts.iter().enumerate() {
            let export = part.info.exports.iter().find(|e| satisfies(e, import));
            let Some(export) = export else { continue };
            if let Some((_, other, _)) = found {
                return Err(self.error(format!(
                    "{import} is exported by both {} and {}; give one of them",
                    other.name, part.name
                )));
            }
            found = Some((place, part, export));
        }
        Ok(found.map(|(place, _, export)| (place, export.clone())))
    }

    /// A part in the graph, put there at its first use.
    fn instance(&mut self, place: usize) -> Result<NodeId, EngineError> {
        let Some(part) = self.parts.get_mut(place) else {
            return Err(self.error("no such part"));
        };
        match part.state {
            State::Done(node) => return Ok(node),
            State::Begun => {
                let name = part.name.clone();
                return Err(self.error(format!(
                    "{name} and what it imports need each other, which cannot be put together"
                )));
            }
            State::Unused => part.state = State::Begun,
        }
        let (package, info) = (part.package, part.info.clone());
        let node = self.graph.instantiate(package);
        self.satisfy(node, &info)?;
        if let Some(part) = self.parts.get_mut(place) {
            part.state = State::Done(node);
        }
        self.used.push(place);
        Ok(node)
    }

    fn export<'e>(
        &mut self,
        node: NodeId,
        names: impl Iterator<Item = &'e String>,
    ) -> Result<(), EngineError> {
        for name in names {
            self.export_as(node, name, name)?;
        }
        Ok(())
    }

    fn export_as(&mut self, node: NodeId, name: &str, to: &str) -> Result<(), EngineError> {
        let alias = self
            .graph
            .alias_instance_export(node, name)
            .map_err(|error| self.error(error))?;
        self.graph
            .export(alias, to)
            .map_err(|error| self.error(error))
    }

    fn export_inits(&mut self) -> Result<(), EngineError> {
        for (number, place) in self.used.clone().into_iter().enumerate() {
            let Some(part) = self.parts.get(place) else {
                continue;
            };
            if let State::Done(node) = part.state
                && part
                    .info
                    .exports
                    .iter()
                    .any(|name| name == lifecycle(Importer::Extension))
            {
                self.export_as(
                    node,
                    lifecycle(Importer::Extension),
                    &format!("{PART_INIT}{number}"),
                )?;
            }
        }
        Ok(())
    }

    fn finish(self, script: bool) -> Result<Composed, EngineError> {
        let mut bytes = self
            .graph
            .encode(EncodeOptions::default())
            .map_err(|error| self.error(format!("{error:#}")))?;
        let used = self.used.iter().filter_map(|place| self.parts.get(*place));
        let used: Vec<String> = used.map(|part| part.name.clone()).collect();
        if script {
            for name in &used {
                section(&mut bytes, &format!("{LINKED}{name}"), &[]);
            }
        }
        Ok(Composed { bytes, used })
    }
}

/// Custom section that names a part of a composed script.
pub(crate) const LINKED: &str = "runner:linked:";
/// Custom section that holds an extension of a script in JavaScript.
pub(crate) const CARRIED: &str = "runner:extension:";

/// Puts a whole extension into a component, for its host to find ([`ComponentInfo::carried`]).
pub fn carry(component: &mut Vec<u8>, extension: Part<'_>) {
    section(
        component,
        &format!("{CARRIED}{}", extension.name),
        extension.bytes,
    );
}

fn section(component: &mut Vec<u8>, name: &str, data: &[u8]) {
    wasm_encoder::CustomSection {
        name: name.into(),
        data: data.into(),
    }
    .append_to_component(component);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component(text: &str) -> Vec<u8> {
        wat::parse_str(text).unwrap()
    }

    /// Exports `interface` with a function, after importing `imports`.
    fn part(interface: &str, imports: &[&str]) -> Vec<u8> {
        let imports: String = imports
            .iter()
            .map(|name| {
                format!("(import \"{name}\" (instance (export \"f\" (func (result u32)))))")
            })
            .collect();
        component(&format!(
            "(component {imports}
               (core module $m (func (export \"f\") (result i32) i32.const 1))
               (core instance $i (instantiate $m))
               (func $f (result u32) (canon lift (core func $i \"f\")))
               (instance $o (export \"f\" (func $f)))
               (export \"{interface}\" (instance $o)))"
        ))
    }

    fn put(main: &[u8], parts: &[(&str, Vec<u8>)]) -> Result<Composed, String> {
        let main = Part {
            name: "test.wasm",
            bytes: main,
        };
        let parts: Vec<_> = parts
            .iter()
            .map(|(name, bytes)| Part { name, bytes })
            .collect();
        compose(main, &parts, true).map_err(|error| error.to_string())
    }

    #[test]
    fn what_parts_export_is_no_import_any_more() {
        let script = part(
            "runner:script/lifecycle@0.1.0",
            &["a:a/a@1.0.0", "runner:log/log@0.1.0"],
        );
        let parts = [
            ("a", part("a:a/a@1.2.0", &["b:b/b"])),
            ("b", part("b:b/b", &["runner:log/log@0.1.0"])),
            ("unused", part("c:c/c", &[])),
        ];
        let composed = put(&script, &parts).unwrap();
        let info = describe("whole.wasm", &composed.bytes).unwrap();
        assert_eq!(info.imports, ["runner:log/log@0.1.0"]);
        assert_eq!(info.exports, ["runner:script/lifecycle@0.1.0"]);
        assert_eq!(composed.used, ["b", "a"]);
        assert_eq!(info.linked, ["b", "a"]);
    }

    #[test]
    fn what_cannot_be_put_together_is_refused() {
        let script = part("runner:script/lifecycle@0.1.0", &["a:a/a"]);
        let twice = [("one", part("a:a/a", &[])), ("two", part("a:a/a", &[]))];
        let error = put(&script, &twice).unwrap_err();
        assert!(error.contains("both one and two"), "{error}");
        let circle = [
            ("a", part("a:a/a", &["b:b/b"])),
            ("b", part("b:b/b", &["a:a/a"])),
        ];
        let error = put(&script, &circle).unwrap_err();
        assert!(error.contains("need each other"), "{error}");
        let other = component(
            "(component (core module $m (func (export \"f\") (result i64) i64.const 1))
               (core instance $i (instantiate $m))
               (func $f (result u64) (canon lift (core func $i \"f\")))
               (instance $o (export \"f\" (func $f))) (export \"a:a/a\" (instance $o)))",
        );
        let error = put(&script, &[("a", other)]).unwrap_err();
        assert!(
            error.contains("a:a/a") && error.contains("same WIT"),
            "{error}"
        );
        let error = put(&script, &[("m", b"\0asm\x01\0\0\0".to_vec())]).unwrap_err();
        assert!(error.contains("core WebAssembly module"), "{error}");
    }

    #[test]
    fn an_extension_is_carried_whole() {
        let mut script = part("runner:script/lifecycle@0.1.0", &[]);
        let extension = part("a:a/a", &[]);
        carry(
            &mut script,
            Part {
                name: "db/a",
                bytes: &extension,
            },
        );
        let info = describe("t.wasm", &script).unwrap();
        let found: Vec<_> = info.carried(&script).collect();
        assert_eq!(found, [("db/a", &*extension)]);
    }
}
